//! What can be done with what Mito said last: copy it, have it said anew or otherwise, contest a judgement. Owns: which line has these
//! buttons, and the text that is copied.

use super::{
    api::{Act, Body, Doing, Line, Part, Said, Talk},
    talking::Talking,
};
use crate::{
    browser,
    ui::{Glyph, Icon, IconSize, Toast, Toasts},
};
use domain::tutor::{Event, Manner, Verdict, delivery::Numbered};
use leptos::prelude::*;

/// The parts of what was said, where it is of words about the matter.
fn said_parts(line: &Numbered<Line>) -> Option<&[Part]> {
    match &line.body.body {
        Body::Learner { .. } | Body::Tutor(Said::Asked(_) | Said::Concluded(_) | Said::Ended(_)) => None,
        Body::Tutor(said) => Some(said.parts()),
    }
}

/// The lines of what Mito said last about the matter: those in a row that follow on one act.
fn last_said(talk: &Talk) -> &[Numbered<Line>] {
    let lines = &talk.lines;
    let end = lines.iter().rposition(|line| said_parts(line).is_some()).map_or(0, |last| last + 1);
    let start =
        lines[..end].iter().rposition(|line| said_parts(line).is_none()).map_or(0, |before| before + 1);
    &lines[start..end]
}

/// The line below which the buttons stand; none while more is on its way.
pub(super) fn acts_at(talk: &Talk) -> Option<u64> {
    if talk.state.speaking { None } else { last_said(talk).last().map(|line| line.seq) }
}

/// As it is copied: our words, what the page says in quotes with its page, and the file.
fn copied(talk: &Talk) -> String {
    let part = |part: &Part| match part.source {
        Some(source) => format!("“{}” (p.\u{a0}{})", part.text, source.page),
        None => part.text.clone(),
    };
    let said = last_said(talk).iter().filter_map(said_parts).flatten().map(part);
    said.chain([format!("From: {}", talk.material_title)]).collect::<Vec<_>>().join("\n\n")
}

/// How long the first word took, where a model said it.
fn first_word(talk: &Talk) -> Option<u32> {
    last_said(talk).iter().find_map(|line| line.body.first_word)
}

fn seconds(milliseconds: u32) -> String {
    format!("{}.{}\u{a0}s", milliseconds / 1_000, milliseconds % 1_000 / 100)
}

/// The buttons below what was said last.
#[component]
pub(super) fn MessageActs(talking: Talking) -> impl IntoView {
    let toasts = Toasts::here();
    let copy = move |_| {
        let text = talking.talk.with_untracked(copied);
        browser::copy(&text, move |done| {
            toasts.push(if done {
                Toast::done("Copied, with its pages.")
            } else {
                Toast::failed("This browser lets no page copy here. Save the talk as text instead.")
            });
        });
    };
    let word = Memo::new(move |_| talking.talk.with(first_word));
    let again = Memo::new(move |_| talking.talk.with(|talk| talk.state.again));
    let explained = move || Manner::ALL.iter().any(|manner| talking.may(&Event::Explain(*manner)));
    let judged = move || Verdict::ALL.iter().any(|verdict| talking.may(&Event::Overrule(*verdict)));
    let quiet = move |glyph: Option<Glyph>, words: &'static str, doing: Doing| {
        view! {
            <button
                type="button"
                class="btn btn--quiet btn--sm"
                disabled=move || talking.pending.get()
                on:click=move |_| talking.act(Doing { seen: talking.plain(doing.act).seen, ..doing.clone() })
            >
                {glyph.map(|glyph| view! { <Icon glyph size=IconSize::Small/> })}
                {words}
            </button>
        }
        .into_any()
    };
    let manners = move || {
        let manners = [
            (Manner::Simpler, "Simpler"),
            (Manner::Deeper, "Deeper"),
            (Manner::Analogy, "Analogy"),
            (Manner::Mnemonic, "Mnemonic"),
            (Manner::ClinicalCase, "At a patient"),
        ];
        let offered = manners.into_iter().filter(|(manner, _)| talking.may(&Event::Explain(*manner)));
        offered
            .map(|(manner, words)| {
                quiet(None, words, Doing { manner: Some(manner), ..talking.plain(Act::Explain) })
            })
            .collect_view()
    };
    let verdicts = move || {
        let verdicts = [(Verdict::Right, "It was right"), (Verdict::Partly, "Partly right")];
        let offered = verdicts.into_iter().filter(|(verdict, _)| talking.may(&Event::Overrule(*verdict)));
        offered
            .map(|(verdict, words)| {
                quiet(None, words, Doing { verdict: Some(verdict), ..talking.plain(Act::Overrule) })
            })
            .collect_view()
    };
    view! {
        <div class="msg__acts scripted">
            <button type="button" class="btn btn--quiet btn--sm" on:click=copy>
                <Icon glyph=Glyph::Copy size=IconSize::Small/>"Copy"
            </button>
            {move || again.get()
                .then(|| quiet(Some(Glyph::Refresh), "Say it again", talking.plain(Act::Again)))}
            {move || word.get().map(|took| {
                view! { <small class="micro soft">{format!("first word after {}", seconds(took))}</small> }
            })}
        </div>
        <Show when=explained>
            <details class="differ scripted">
                <summary class="btn btn--quiet btn--sm">"Explain it differently"</summary>
                <div class="msg__acts" role="group" aria-label="Explain it differently">{manners}</div>
            </details>
        </Show>
        <Show when=judged>
            <div class="msg__acts scripted" role="group" aria-label="Judged wrongly?">
                <span class="micro soft">"Judged wrongly?"</span>
                {verdicts}
            </div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::super::api::{Asked, TalkState};
    use super::*;
    use domain::{
        document::Span,
        id::{MaterialId, TalkId},
        tutor::{Ask, Because, Depth, Mode, Speed},
    };

    fn talk(bodies: Vec<Body>) -> Talk {
        let line = |body| Line { at: 0, body, first_word: Some(840), follows: false };
        Talk {
            id: TalkId(uuid::Uuid::nil()),
            title: "Preload".into(),
            concept: "Preload".into(),
            material: MaterialId(uuid::Uuid::nil()),
            material_title: "The heart".into(),
            why: None,
            lines: (1..).zip(bodies).map(|(seq, body)| Numbered { seq, body: line(body) }).collect(),
            state: TalkState {
                mode: Mode::FirstPass,
                because: Because::New,
                open: None,
                hints: 0,
                offers: vec![],
                over: false,
                depth: Depth::Normal,
                speed: Speed::Balanced,
                speaking: false,
                again: false,
            },
            now: 0,
        }
    }

    fn explained(part: Part) -> Body {
        Body::Tutor(Said::Explained { manner: None, parts: vec![part] })
    }

    #[test]
    fn what_was_said_last_is_copied_with_its_pages() {
        let asked = Asked { number: 0, ask: Ask::Easy, stem: "Which?".into(), options: vec![] };
        let mine = || Body::Learner { text: "It rises.".into(), confidence: None };
        let mut talk = talk(vec![
            explained(Part::ours("Long ago.")),
            mine(),
            explained(Part::ours("It fills less.")),
            explained(Part::cited("It fills.", Span { start: 1, end: 9 }, 24)),
            Body::Tutor(Said::Asked(asked)),
        ]);
        assert_eq!(acts_at(&talk), Some(4));
        assert_eq!(copied(&talk), "It fills less.\n\n“It fills.” (p.\u{a0}24)\n\nFrom: The heart");
        assert_eq!(first_word(&talk).map(seconds).as_deref(), Some("0.8\u{a0}s"));
        talk.state.speaking = true;
        assert_eq!(acts_at(&talk), None, "nothing to press while it is being said");
    }

    #[test]
    fn where_nothing_was_said_there_is_nothing_to_do() {
        assert_eq!(acts_at(&talk(vec![])), None);
        let mine = Body::Learner { text: "It rises.".into(), confidence: None };
        assert_eq!(acts_at(&talk(vec![mine])), None);
    }
}
