//! Lines of a talk as they are read.

use super::{
    api::{Asked, Body, Line, Outcome, Part, Said, Source, Wording},
    talking::Talking,
};
use crate::{
    quiz::{due::comes_back, reason::letter},
    ui::{Cite, Glyph, Hue, Icon, IconSize, Mito, MitoSprite, Quote, prose::Prose},
};
use domain::{
    id::MaterialId,
    tutor::{Ending, Manner, Mode, Rung, Verdict, delivery::Numbered},
};
use leptos::prelude::*;

/// A line.
#[component]
pub(super) fn Spoken(talking: Talking, line: Numbered<Line>) -> impl IntoView {
    let follows = line.body.follows;
    let (material, title, now) =
        talking.talk.with_untracked(|talk| (talk.material, talk.material_title.clone(), talk.now));
    match line.body.body {
        Body::Learner { text, confidence } => {
            let sure = confidence
                .map(|sure| view! { <small class="micro soft">{format!("{}, {}\u{a0}%", sure.word(), sure.percent())}</small> });
            view! {
                <li class="msg msg--me">
                    <span class="sr">"You:"</span>
                    <p>{text}{sure}</p>
                </li>
            }
            .into_any()
        }
        Body::Tutor(said) => view! {
            <li class="msg msg--mito" class:msg--follows=follows>
                <MitoSprite state=Mito::Idle side=32 still=true/>
                <div class="msg__body">
                    {(!follows).then(|| view! { <span class="sr">"Mito:"</span> })}
                    {body(talking, said, follows, material, &title, now)}
                </div>
            </li>
        }
        .into_any(),
    }
}

/// What was said; what goes on where the line before stopped does not say its kind again.
fn body(talking: Talking, said: Said, follows: bool, material: MaterialId, title: &str, now: i64) -> AnyView {
    let parts = |parts: Vec<Part>| parts_view(parts, material, title);
    match said {
        Said::Explained { manner, parts: said } => {
            let chip = manner.filter(|_| !follows).map(|manner| {
                let word = match manner {
                    Manner::Simpler => "Simpler",
                    Manner::Deeper => "Deeper",
                    Manner::Analogy => "Analogy",
                    Manner::Mnemonic => "Mnemonic",
                    Manner::ClinicalCase => "At a patient",
                };
                view! { <p><span class="chip lav">{word}</span></p> }
            });
            view! { {chip} {parts(said)} }.into_any()
        }
        Said::Told(said) | Said::Answered(said) => parts(said),
        Said::Judged { parts: said, .. } | Said::Hinted { parts: said, .. } if follows => parts(said),
        Said::Asked(asked) => asked_view(talking, asked),
        Said::Judged { verdict, parts: said } => {
            let (class, glyph, word) = match verdict {
                Verdict::Right => ("chip mint", Glyph::Check, "Right"),
                Verdict::Partly => ("chip honey", Glyph::Info, "Partly right"),
                Verdict::Wrong => ("chip coral", Glyph::Cross, "Not yet"),
            };
            view! {
                <p><span class=class><Icon glyph size=IconSize::Small/>{word}</span></p>
                {parts(said)}
            }
            .into_any()
        }
        Said::Hinted { rung, parts: said } => view! {
            {parts(said)}
            <p><span class="chip honey"><Icon glyph=Glyph::Bulb size=IconSize::Small/>{rung_word(rung)}</span></p>
        }
        .into_any(),
        Said::Concluded(outcome) => concluded(outcome, now),
        Said::Ended(ending) => {
            let words = match ending {
                Ending::Done => "That was it for this one. What you answered comes back before you forget it.",
                Ending::TimeUp => "Your minutes are over. What you answered comes back before you forget it.",
                Ending::Stopped => "We stop here. You can begin again at any time.",
            };
            view! { <p>{words}</p> }.into_any()
        }
    }
}

/// A rung as the ladder calls it.
pub(super) fn rung_word(rung: Rung) -> &'static str {
    match rung {
        Rung::Pointing => "Nudge",
        Rung::Narrowing => "Clue",
        Rung::HalfWorked => "First step",
    }
}

/// A mode as the head of a talk calls it.
pub(super) fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::FirstPass => "First pass",
        Mode::Practice => "Practice",
        Mode::ClinicalCase => "Clinical case",
    }
}

/// Our words as paragraphs; what stands on one page in a row is one quote.
fn parts_view(parts: Vec<Part>, material: MaterialId, title: &str) -> AnyView {
    let mut shown: Vec<AnyView> = vec![];
    let mut parts = parts.into_iter().peekable();
    while let Some(Part { mut text, source, wording }) = parts.next() {
        let chip = match (wording, source) {
            (Wording::Put, Some(Source { span, page })) => {
                Some(view! { " "<Cite material span page/> }.into_any())
            }
            (Wording::Outside, _) => {
                Some(view! { " "<span class="chip honey">"not in your material"</span> }.into_any())
            }
            _ => None,
        };
        let (None, Some(mut source)) = (&chip, source) else {
            shown.push(view! { <p class="read"><Prose text=text/>{chip}</p> }.into_any());
            continue;
        };
        while let Some(next) = parts.next_if(|next| {
            next.wording == wording
                && next
                    .source
                    .is_some_and(|next| next.page == source.page && next.span.start >= source.span.end)
        }) {
            text.push(' ');
            text.push_str(&next.text);
            if let Some(next) = next.source {
                source.span.end = next.span.end;
            }
        }
        // the page never parts from the word before it, and a long title may break
        let (before, last) = title.rsplit_once(' ').unwrap_or(("", title));
        let (before, last) = (before.to_string(), last.to_string());
        shown.push(
            view! {
                <Quote text=text>
                    {before}" "<span class="nowrap">{last}" "<Cite material span=source.span page=source.page/></span>
                </Quote>
            }
            .into_any(),
        );
    }
    shown.into_any()
}

/// A question in the talk; the one that is open has its options where it is answered.
fn asked_view(talking: Talking, asked: Asked) -> AnyView {
    let Asked { number, stem, options, .. } = asked;
    let is_open = Memo::new(move |_| {
        talking.talk.with(|talk| talk.state.open.as_ref().is_some_and(|open| open.number == number))
    });
    let has_options = !options.is_empty();
    let options = move || {
        let options = options.clone().into_iter().enumerate();
        options
            .map(|(at, option)| view! { <li><b>{letter(at)}</b>" "<Prose text=option/></li> })
            .collect_view()
    };
    view! {
        <p class="read lead"><Prose text=stem/></p>
        <Show when=move || has_options && !is_open.get()>
            <ol class="options small">{options.clone()}</ol>
        </Show>
    }
    .into_any()
}

fn concluded(outcome: Outcome, now: i64) -> AnyView {
    let Outcome { right, due, xp, breakthrough, mastery, between } = outcome;
    let (hue, glyph, head) = match right {
        Some(true) if breakthrough => (Hue::Mint, Glyph::Star, "You missed it at first and now you have it."),
        Some(true) => (Hue::Mint, Glyph::Check, "Checked: you have it."),
        Some(false) => (Hue::Honey, Glyph::Refresh, "Not settled yet: it comes back soon."),
        None => (Hue::Sky, Glyph::Info, "No check this time."),
    };
    let paid = if xp.amount > 0 { format!("+{}\u{a0}XP. ", xp.amount) } else { String::new() };
    let back = due.map(|due| format!("Its card comes back {}. ", comes_back(due, now))).unwrap_or_default();
    let known = format!(
        "You know this to about {mastery}\u{a0}%, most likely between {} and {}\u{a0}%.",
        between.0, between.1
    );
    view! {
        <div class=format!("outcome note {}", hue.class())>
            <Icon glyph/>
            <p><b>{head}</b></p>
            <p>{paid}{back}{known}</p>
        </div>
    }
    .into_any()
}
