//! A talk as text to keep (Markdown): who said what, with the pages. Refuses: what the page draws around it.

use app::tutor::api::{Body, Part, Said, Talk, Wording};
use domain::tutor::Verdict;
use std::fmt::Write as _;

/// The whole talk.
pub(super) fn of(talk: &Talk) -> String {
    let mut text = format!("# {}\n\nFrom: {}\n", talk.title, talk.material_title);
    for line in &talk.lines {
        // writing to a string cannot fail
        let _ = match &line.body.body {
            Body::Learner { text: said, confidence } => {
                let sure = confidence.map(|sure| format!(" ({} %)", sure.percent())).unwrap_or_default();
                writeln!(text, "\n**You:** {said}{sure}")
            }
            Body::Tutor(said) if line.body.follows => writeln!(text, "\n{}", going_on(said)),
            Body::Tutor(said) => writeln!(text, "\n**Mito:** {}", words(said)),
        };
    }
    text
}

/// What goes on where the line before stopped: its kind was said there.
fn going_on(said: &Said) -> String {
    match said {
        Said::Hinted { parts, .. } | Said::Judged { parts, .. } => listed(parts),
        said => words(said),
    }
}

fn words(said: &Said) -> String {
    match said {
        Said::Explained { parts, .. } | Said::Told(parts) | Said::Answered(parts) => listed(parts),
        Said::Hinted { parts, .. } => format!("A hint. {}", listed(parts)),
        Said::Judged { verdict, parts } => {
            let verdict = match verdict {
                Verdict::Right => "Right.",
                Verdict::Partly => "Partly right.",
                Verdict::Wrong => "Not yet.",
            };
            format!("{verdict} {}", listed(parts)).trim_end().to_string()
        }
        Said::Asked(asked) => {
            let mut text = asked.stem.clone();
            for (letter, option) in ('A'..).zip(&asked.options) {
                let _ = write!(text, "\n- {letter}: {option}");
            }
            text
        }
        Said::Concluded(outcome) => format!("You know this to about {} %.", outcome.mastery),
        Said::Ended(_) => "That was it.".into(),
    }
}

fn listed(parts: &[Part]) -> String {
    let part = |part: &Part| match (part.source, part.wording) {
        (Some(source), Wording::Put) => format!("{} (p. {})", part.text, source.page),
        (Some(source), _) => format!("“{}” (p. {})", part.text, source.page),
        (None, Wording::Outside) => format!("{} (not in your material)", part.text),
        (None, _) => part.text.clone(),
    };
    parts.iter().map(part).collect::<Vec<_>>().join("\n\n")
}
