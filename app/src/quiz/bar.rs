//! The top of a set: the way out, how far, the combo, the keys.

use super::{api::Step, sitting::Sitting};
use crate::ui::{Glyph, Icon};
use leptos::prelude::*;

/// Right answers in a row that are marked.
pub const COMBO_MARKS: [u32; 3] = [3, 5, 10];

/// The top of a set.
#[component]
pub fn QuizBar(sitting: Sitting) -> impl IntoView {
    let total = move || sitting.quiz.with(|quiz| quiz.steps.len());
    let number = move || sitting.place.with(|place| (place.position as usize + 1).min(total()));
    let answered =
        move || sitting.steps().into_iter().filter(|step| matches!(step, Step::Right | Step::Missed)).count();
    let told = move || {
        let steps = sitting.steps();
        let count = |wanted| steps.iter().filter(|step| **step == wanted).count();
        let (right, missed) = (count(Step::Right), count(Step::Missed));
        format!("Question {} of {}; {right} right, {missed} missed", number(), total())
    };
    let steps = move || {
        let position = sitting.place.with(|place| place.position as usize);
        sitting
            .steps()
            .into_iter()
            .enumerate()
            .map(|(index, step)| {
                let class = match step {
                    Step::Right => "ok",
                    Step::Missed => "no",
                    Step::Gone => "gone",
                    Step::Open if index == position => "now",
                    Step::Open => "",
                };
                view! { <i class=class></i> }
            })
            .collect_view()
    };
    view! {
        <header class="focus__bar">
            <a class="btn btn--icon" href="/home" aria-label="Leave; your place is kept" title="Leave; your place is kept">
                <Icon glyph=Glyph::Cross/>
            </a>
            <div class="grow">
                <div
                    class="steps"
                    role="progressbar"
                    aria-label="Questions"
                    aria-valuemin="0"
                    aria-valuenow=move || answered().to_string()
                    aria-valuemax=move || total().to_string()
                    aria-valuetext=told
                >
                    {steps}
                </div>
                <span class="small nowrap">
                    <b>{number}</b>
                    <span class="soft">" / " {total}</span>
                </span>
                <Show when=move || sitting.quiz.with(|quiz| quiz.gamification)>
                    <Combo sitting/>
                </Show>
            </div>
            <Show when=move || sitting.quiz.with(|quiz| quiz.keys)>
                <button type="button" class="btn btn--icon keys" id="keys-button" popovertarget="keys" aria-label="Keyboard help">
                    <Icon glyph=Glyph::Keys/>
                </button>
            </Show>
        </header>
    }
}

#[component]
fn Combo(sitting: Sitting) -> impl IntoView {
    let mark = move || {
        let combo = sitting.combo();
        COMBO_MARKS.into_iter().find(|mark| combo < *mark).unwrap_or(COMBO_MARKS[2])
    };
    let label = move || match sitting.combo() {
        0 => format!("Combo: starts with the next one, first mark at {}", COMBO_MARKS[0]),
        combo if combo >= COMBO_MARKS[2] => format!("Combo: {combo} in a row"),
        combo => format!("Combo: {combo} in a row, next mark at {}", mark()),
    };
    let pips = move || {
        let combo = sitting.combo();
        (0..mark()).map(|pip| view! { <i class=if pip < combo { "on" } else { "" }></i> }).collect_view()
    };
    view! {
        <span class="combo honey" role="img" aria-label=label>
            <span class="pips" aria-hidden="true">
                {pips}
            </span>
        </span>
    }
}
