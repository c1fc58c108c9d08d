//! The verdict: a mark, a word and one line, with Mito beside it, who does not move while there is text to read.

use super::{
    api::{Question, Verdict},
    bar::COMBO_MARKS,
    reason::letter,
    sitting::{Sitting, Told},
};
use crate::ui::{Glyph, Icon, IconSize, Mito, MitoSprite, prose::bind_units};
use domain::{
    quiz::Confidence,
    xp::{XpGain, XpReason},
};
use leptos::prelude::*;

/// Mark, word and line.
#[component]
pub fn VerdictHead(sitting: Sitting, question: Question, told: Signal<Told>) -> impl IntoView {
    let key = question.key();
    let key_text = question.options.get(key).map(|option| bind_units(&option.text)).unwrap_or_default();
    let correct = move || told.with(|told| told.correct);
    let plays = move || sitting.quiz.with(|quiz| quiz.gamification);
    let line = move || {
        let sure = sitting.confidence.get();
        let paid = told
            .with(|told| told.verdict.as_ref().map(|verdict| verdict.xp))
            .filter(|_| plays())
            .and_then(paid);
        if correct() {
            let paid = paid.map(|(amount, why)| {
                view! { ": " <b class="nowrap">{format!("+{amount}\u{a0}XP")}</b> {why.map(|why| format!(", {why}"))} }
            });
            view! { {sure_and_right(sure)} {paid} }.into_any()
        } else {
            let paid = paid.map(|(amount, why)| {
                let why = why.unwrap_or("for trying");
                view! { ". " <span class="nowrap">{format!("+{amount}\u{a0}XP")}</span> " " {why} }
            });
            view! { "The key is " <b>{format!("{}, ", letter(key))} {key_text.clone()}</b> {paid} }.into_any()
        }
    };
    let mito = Signal::derive(move || if correct() { Mito::Idle } else { Mito::Comfort });
    let glyph = Signal::derive(move || if correct() { Glyph::Check } else { Glyph::Cross });
    view! {
        <header class="verdict" class:mint=correct class:coral=move || !correct()>
            <span class="verdict__mark"><Icon glyph size=IconSize::Large/></span>
            <div>
                <h2 id="verdict" tabindex="-1" aria-describedby="verdict-line">
                    {move || if correct() { "Correct" } else { "Not quite" }}
                </h2>
                <p class="small" id="verdict-line">{line}</p>
            </div>
            <Show when=plays>
                <MitoSprite state=mito side=64 still=true/>
            </Show>
        </header>
    }
}

fn sure_and_right(confidence: Option<Confidence>) -> &'static str {
    match confidence {
        None => "Right",
        Some(Confidence::Guess) => "A guess, and right",
        Some(Confidence::Unsure) => "Unsure, but right",
        Some(Confidence::Fairly) => "Fairly sure, and right",
        Some(Confidence::Certain) => "Certain, and right",
    }
}

/// What was paid and, where it is not plain, why; `None` for nothing.
fn paid(gain: XpGain) -> Option<(u32, Option<&'static str>)> {
    let why = match gain.reason {
        XpReason::Nothing | XpReason::FirstRight | XpReason::Recalled => None,
        XpReason::RightAgain => Some("missed before, right now"),
        XpReason::Tried => Some("for trying"),
        XpReason::Relearned => Some("for looking again"),
        XpReason::Repeated => Some("less, as you had it today already"),
    };
    (gain.amount > 0).then_some((gain.amount, why))
}

/// What the answer led to besides XP: a run, a level, a day that counts. Nothing where there is nothing.
#[component]
pub fn Feats(verdict: Verdict) -> impl IntoView {
    let combo = COMBO_MARKS
        .contains(&verdict.combo)
        .then(|| view! { <span class="chip honey"><Icon glyph=Glyph::Bolt/>{format!("{} in a row", verdict.combo)}</span> });
    let level = verdict
        .level_up
        .map(|level| view! { <span class="chip lav"><Icon glyph=Glyph::Star/>{format!("Level {level} reached")}</span> });
    let streak = verdict.streak.map(|days| {
        let words = if days == 1 { "Streak: day 1".into() } else { format!("Streak: {days} days in a row") };
        view! { <span class="chip coral"><Icon glyph=Glyph::Flame/>{words}</span> }
    });
    (combo.is_some() || level.is_some() || streak.is_some())
        .then(|| view! { <p class="row row--wrap chips">{combo} {level} {streak}</p> })
}
