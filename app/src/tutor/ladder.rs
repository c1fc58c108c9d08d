//! The ladder of hints: four rungs, of which the next one can be pressed.

use super::{api::Act, said::rung_word, talking::Talking};
use crate::ui::{Glyph, Icon};
use domain::tutor::{Event, Rung};
use leptos::prelude::*;

/// How a rung stands.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Used,
    Open,
    Locked,
}

/// A rung: a hint, or telling (`None`).
fn state(talking: Talking, rung: Option<Rung>) -> State {
    match rung {
        Some(rung) => {
            let used = talking.talk.with(|talk| talk.state.hints);
            match (rung as u8).cmp(&used) {
                std::cmp::Ordering::Less => State::Used,
                std::cmp::Ordering::Equal if talking.may(&Event::Hint) => State::Open,
                _ => State::Locked,
            }
        }
        None if talking.may(&Event::TellMe) || talking.may(&Event::ShowMe) => State::Open,
        None => State::Locked,
    }
}

const RUNGS: [(Option<Rung>, &str); 4] = [
    (Some(Rung::Pointing), "Where to look"),
    (Some(Rung::Narrowing), "A sentence from your page"),
    (Some(Rung::HalfWorked), "The answer, half of it"),
    (None, "The answer with its reason"),
];

fn word(talking: Talking, rung: Option<Rung>) -> &'static str {
    match rung {
        Some(rung) => rung_word(rung),
        None if talking.may(&Event::ShowMe) => "Show me",
        None => "Tell me",
    }
}

/// The ladder: a bar above the answer on phones, a list beside the talk from 1024 px.
#[component]
pub(super) fn Ladder(talking: Talking, #[prop(optional)] wide: bool) -> impl IntoView {
    let rungs = RUNGS
        .into_iter()
        .enumerate()
        .map(|(number, (rung, says))| {
            let state = Memo::new(move |_| state(talking, rung));
            let act = move || match rung {
                Some(_) => Act::Hint,
                None if talking.may(&Event::ShowMe) => Act::ShowMe,
                None => Act::TellMe,
            };
            let class = move || {
                let base = if wide { "hint" } else { "rung" };
                match (state.get(), wide) {
                    (State::Used, _) => format!("{base} honey"),
                    (State::Open, _) => format!("{base} open lav"),
                    (State::Locked, true) => format!("{base} lock"),
                    (State::Locked, false) => format!("{base} plain"),
                }
            };
            let mark = move || match state.get() {
                State::Used => view! { <Icon glyph=Glyph::Check/> }.into_any(),
                State::Locked => view! { <Icon glyph=Glyph::Lock/> }.into_any(),
                State::Open if wide => view! { <span>{number + 1}</span> }.into_any(),
                State::Open => view! { <Icon glyph=Glyph::Bulb/> }.into_any(),
            };
            let told = move || match state.get() {
                State::Used => ", used",
                State::Open => "",
                State::Locked => ", not yet",
            };
            view! {
                <button
                    type="submit"
                    form="act"
                    formnovalidate
                    name="request[act]"
                    value=move || act().slug()
                    class=class
                    aria-disabled=move || (state.get() != State::Open).then_some("true")
                    on:click=move |event| {
                        event.prevent_default();
                        if state.get_untracked() == State::Open {
                            talking.act(talking.plain(untrack(act)));
                        }
                    }
                >
                    <span aria-hidden="true">{mark}</span>
                    <b>{move || word(talking, rung)}<span class="sr">{told}</span></b>
                    {wide.then(|| view! { <small>{says}</small> })}
                </button>
            }
        })
        .collect_view();
    let class = if wide { "hints" } else { "ladbar" };
    view! { <div class=class role="group" aria-label="Hints">{rungs}</div> }
}
