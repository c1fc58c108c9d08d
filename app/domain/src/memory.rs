//! What the tutor remembers of a learner beyond a talk. Owns: what a lesson leaves, which repeats are one memory, which memories
//! are told in a talk, and how they stand in a request. Refuses: keeping them, the talk at hand (`tutor`), and how well something
//! is known (`tutor::Mastery`).
//!
//! Memories are a learner's own words or words of a page, so in a request they are data: quoted, on a line of their own.

mod window;

pub use window::{Budget, Turn, Window, clipped, tokens, window};

use crate::schedule::Rating;
use crate::tutor::{Concluded, matter};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// Longest memory, in characters.
pub const TEXT_MAX_CHARS: usize = 200;
/// Most memories of one learner.
pub const MOST: usize = 100;
/// Most memories that are told in a talk.
pub const MOST_TOLD: usize = 12;

/// A kind of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What the learner wants to reach, in their words.
    Goal,
    /// What the learner wants to be known, in their words.
    Note,
    /// A mistake that has a name.
    Misconception,
    /// A check question that was missed, by a mistake without a name.
    Error,
    /// Something that was missed at first, and was right at last without having been told.
    Breakthrough,
}

impl Kind {
    /// All, in the order in which a learner reads them.
    pub const ALL: [Self; 5] = [Self::Goal, Self::Note, Self::Misconception, Self::Error, Self::Breakthrough];

    /// As it is kept and sent.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Goal => "goal",
            Self::Note => "note",
            Self::Misconception => "misconception",
            Self::Error => "error",
            Self::Breakthrough => "breakthrough",
        }
    }

    /// Back from [`Kind::slug`].
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }

    /// Whether the learner writes it, and not a lesson.
    pub fn is_written(self) -> bool {
        matches!(self, Self::Goal | Self::Note)
    }
}

/// Something that is remembered, as a talk needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// What kind.
    pub kind: Kind,
    /// The concept, as its material calls it; empty for what is about none.
    pub concept: String,
    /// In words.
    pub text: String,
    /// How often it happened.
    pub times: u32,
    /// When it happened last, or was written; milliseconds since 1970.
    pub at: i64,
}

/// Something worth remembering that happened in a lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Episode {
    /// What kind; never one that a learner writes.
    pub kind: Kind,
    /// In words, at most [`TEXT_MAX_CHARS`].
    pub text: String,
    /// The same for each repeat of it at one concept, whatever the learner makes of the words.
    pub mark: String,
}

impl Episode {
    fn of(kind: Kind, text: &str, mark: String) -> Self {
        Self { kind, text: shortened(text), mark }
    }
}

/// What a lesson leaves: each named mistake; a missed check question where no mistake has a name; a breakthrough.
pub fn episodes(concluded: &Concluded) -> Vec<Episode> {
    let mut episodes: Vec<Episode> = vec![];
    let named = |name: &&String| name.contains(char::is_alphanumeric);
    for name in concluded.misconceptions.iter().filter(named) {
        let mark = matter::key(name);
        let new = episodes.iter().all(|episode| episode.mark != mark);
        if new {
            episodes.push(Episode::of(Kind::Misconception, name, mark));
        }
    }
    if episodes.is_empty() && concluded.rating == Some(Rating::Again) {
        let text = "The check question was not right yet.";
        episodes.push(Episode::of(Kind::Error, text, String::new()));
    }
    if concluded.breakthrough {
        let text = "Missed at first, then right without having been told.";
        episodes.push(Episode::of(Kind::Breakthrough, text, String::new()));
    }
    episodes
}

/// A memory on one line, without what cannot be read, cut after a word where it is too long.
pub fn shortened(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = line.char_indices().nth(TEXT_MAX_CHARS) else { return line };
    // room for the sign that something is missing
    let last = line[..end].char_indices().next_back().map_or(0, |(at, _)| at);
    let cut = line[..last].rfind(' ').unwrap_or(last);
    format!("{}…", &line[..cut])
}

/// What is told in a talk about a concept, at most [`MOST_TOLD`]: what happened at that concept, then goals, then notes, the newest
/// of each first. What happened at other concepts is left out.
pub fn relevant(all: Vec<Remembered>, concept_key: &str) -> Vec<Remembered> {
    let rank = |memory: &Remembered| match memory.kind {
        Kind::Goal => Some(1),
        Kind::Note => Some(2),
        _ if matter::key(&memory.concept) == concept_key => Some(0),
        _ => None,
    };
    let mut told: Vec<(u8, Remembered)> =
        all.into_iter().filter_map(|memory| Some((rank(&memory)?, memory))).collect();
    told.sort_by(|(a, x), (b, y)| a.cmp(b).then(y.at.cmp(&x.at)));
    told.truncate(MOST_TOLD);
    told.into_iter().map(|(_, memory)| memory).collect()
}

/// Memories as lines of a request, in their order, in at most so many [`tokens`]; one that does not fit is left out. Empty where
/// there is nothing.
pub fn told(memories: &[Remembered], budget: usize) -> String {
    let mut lines = String::new();
    for memory in memories {
        let line = line(memory);
        if tokens(&lines) + tokens(&line) <= budget {
            lines.push_str(&line);
        }
    }
    lines
}

fn line(memory: &Remembered) -> String {
    let about = quoted(&memory.concept);
    let head = match memory.kind {
        Kind::Goal => "Goal of the learner".to_string(),
        Kind::Note => "Note of the learner".to_string(),
        Kind::Misconception => format!("Misconception about {about}"),
        Kind::Error => format!("Missed at {about}"),
        Kind::Breakthrough => format!("Breakthrough at {about}"),
    };
    let times = if memory.times > 1 { format!(", {} times", memory.times) } else { String::new() };
    format!("- {head}{times}: {}\n", quoted(&memory.text))
}

/// Words between quotation marks and on a line that they cannot leave, and without the signs that tags are made of.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("“");
    for c in shortened(text).chars() {
        quoted.push(match c {
            '“' | '”' | '"' | '„' => '\'',
            '<' => '‹',
            '>' => '›',
            '{' => '(',
            '}' => ')',
            c => c,
        });
    }
    quoted.push('”');
    quoted
}

/// Earlier talks about a concept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// How many.
    pub talks: u32,
    /// Days since the last.
    pub days: u32,
    /// Whether the last check question that was answered was right; `None` where none was.
    pub right: Option<bool>,
}

impl Past {
    /// In a sentence: 'Two talks about it before, the last 3 days ago; the check question was right.' `None` where there was none.
    pub fn words(&self) -> Option<String> {
        let talks = match self.talks {
            0 => return None,
            1 => "One talk".to_string(),
            2 => "Two talks".to_string(),
            n => format!("{n} talks"),
        };
        let mut words = format!("{talks} about it before, ");
        // writing to a string cannot fail
        let _ = match (self.talks, self.days) {
            (1, 0) => write!(words, "today"),
            (1, 1) => write!(words, "yesterday"),
            (1, days) => write!(words, "{days} days ago"),
            (_, 0) => write!(words, "the last today"),
            (_, 1) => write!(words, "the last yesterday"),
            (_, days) => write!(words, "the last {days} days ago"),
        };
        words.push_str(match self.right {
            Some(true) => "; the check question was right.",
            Some(false) => "; the check question was missed.",
            None => "; no check question was answered.",
        });
        Some(words)
    }
}

#[cfg(test)]
mod tests;
