//! How a talk goes: how much is said, with how much care, how long and in which mode. Owns: the words for it, the choice before a talk
//! is begun and while it goes on. Refuses: what follows from it (`domain::tutor`).

use super::{
    api::{Act, Doing},
    talking::Talking,
};
use crate::ui::{Glyph, Icon, IconSize};
use domain::tutor::{Depth, Speed};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// What can be chosen, as a form sends it and as it is called.
pub(super) const DEPTHS: [(Depth, &str, &str); 3] =
    [(Depth::Short, "short", "Short"), (Depth::Normal, "normal", "Normal"), (Depth::Deep, "deep", "Deep")];
pub(super) const SPEEDS: [(Speed, &str, &str); 3] = [
    (Speed::Quick, "quick", "Quick"),
    (Speed::Balanced, "balanced", "Balanced"),
    (Speed::Thorough, "thorough", "Thorough"),
];
const MODES: [(&str, &str); 4] = [
    ("", "What fits"),
    ("first_pass", "Explain first"),
    ("practice", "Practise"),
    ("clinical_case", "A case"),
];
const MINUTES: [(&str, &str); 4] = [("5", "5"), ("10", "10"), ("15", "15"), ("20", "20")];

/// The word for a depth or a speed that is not the usual one.
pub(super) fn unusual(depth: Depth, speed: Speed) -> String {
    let depth = match depth {
        Depth::Short => " · short",
        Depth::Normal => "",
        Depth::Deep => " · deep",
    };
    let speed = match speed {
        Speed::Quick => " · quick",
        Speed::Balanced => "",
        Speed::Thorough => " · thorough",
    };
    format!("{depth}{speed}")
}

/// What was chosen for the talks to be begun, as forms send it; empty where nothing was.
#[derive(Clone, Copy)]
pub struct How(RwSignal<[String; 4]>);

/// The names of its fields.
const FIELDS: [&str; 4] = ["depth", "speed", "minutes", "mode"];

/// What can be chosen in a field.
fn options(at: usize) -> Vec<(&'static str, &'static str)> {
    match at {
        0 => choices(DEPTHS),
        1 => choices(SPEEDS),
        2 => MINUTES.to_vec(),
        _ => MODES.to_vec(),
    }
}

impl How {
    /// As the page's address says.
    pub(super) fn of_address() -> Self {
        let query = use_query_map();
        let kept = |at: usize| {
            let value = query.with_untracked(|query| query.get(FIELDS[at])).unwrap_or_default();
            // it comes from anybody: what the form does not offer is left out
            if options(at).iter().any(|(slug, _)| *slug == value) { value } else { String::new() }
        };
        Self(RwSignal::new([0, 1, 2, 3].map(kept)))
    }

    /// Fields of a form that begins a talk.
    pub(super) fn fields(self) -> impl IntoView {
        FIELDS
            .into_iter()
            .enumerate()
            .map(|(at, name)| {
                move || {
                    let value = self.0.with(|chosen| chosen[at].clone());
                    (!value.is_empty())
                        .then(|| view! { <input type="hidden" name=format!("request[{name}]") value=value/> })
                }
            })
            .collect_view()
    }
}

/// One of some: its name in a form, and what is chosen now.
fn row(
    legend: &'static str,
    name: &'static str,
    options: Vec<(&'static str, &'static str)>,
    chosen: Signal<String>,
    choose: Callback<&'static str>,
) -> AnyView {
    let options = options
        .into_iter()
        .map(|(slug, word)| {
            let is = move || chosen.with(|chosen| chosen == slug);
            view! {
                <label>
                    <input
                        type="radio"
                        name=name
                        value=slug
                        checked=is()
                        prop:checked=is
                        on:change=move |_| choose.run(slug)
                    />
                    {word}
                </label>
            }
        })
        .collect_view();
    view! { <fieldset><legend class="label">{legend}</legend><div class="seg">{options}</div></fieldset> }
        .into_any()
}

fn choices<T>(all: [(T, &'static str, &'static str); 3]) -> Vec<(&'static str, &'static str)> {
    all.map(|(_, slug, word)| (slug, word)).to_vec()
}

/// The choice before a talk is begun. Without scripts it is sent, and comes back in the page's address.
#[component]
pub(super) fn ChooseHow(how: How) -> impl IntoView {
    let row = |at: usize, legend, usual: &'static str| {
        let chosen = move || {
            how.0.with(|chosen| if chosen[at].is_empty() { usual.to_string() } else { chosen[at].clone() })
        };
        let choose = move |slug: &str| how.0.update(|chosen| chosen[at] = slug.to_string());
        row(legend, FIELDS[at], options(at), Signal::derive(chosen), Callback::new(choose))
    };
    view! {
        <form class="how" method="get" action="/tutor">
            <details>
                <summary class="btn btn--quiet btn--sm">"How it goes"<Icon glyph=Glyph::Down size=IconSize::Small/></summary>
                <div class="card stack">
                    {row(0, "How much is said", "normal")}
                    {row(1, "With how much care", "balanced")}
                    {row(2, "Minutes of a first pass", "10")}
                    {row(3, "Mode", "")}
                    <button type="submit" class="btn btn--line unscripted">"Keep this for the next talk"</button>
                </div>
            </details>
        </form>
    }
}

/// Depth and speed of the talk at hand; each change is sent at once.
#[component]
pub(super) fn Tune(talking: Talking) -> impl IntoView {
    let tune = move |depth: Option<Depth>, speed: Option<Speed>| {
        talking.act(Doing { depth, speed, ..talking.plain(Act::Tune) });
    };
    let depth = move || {
        let now = talking.talk.with(|talk| talk.state.depth);
        DEPTHS
            .into_iter()
            .find(|(depth, ..)| *depth == now)
            .map_or_else(String::new, |(_, slug, _)| slug.into())
    };
    let speed = move || {
        let now = talking.talk.with(|talk| talk.state.speed);
        SPEEDS
            .into_iter()
            .find(|(speed, ..)| *speed == now)
            .map_or_else(String::new, |(_, slug, _)| slug.into())
    };
    let deepen = move |chosen: &str| {
        tune(DEPTHS.into_iter().find(|(_, slug, _)| *slug == chosen).map(|(depth, ..)| depth), None);
    };
    let hasten = move |chosen: &str| {
        tune(None, SPEEDS.into_iter().find(|(_, slug, _)| *slug == chosen).map(|(speed, ..)| speed));
    };
    view! {
        <div class="scripted stack how">
            {row("How much is said", "tune-depth", choices(DEPTHS), Signal::derive(depth), Callback::new(deepen))}
            {row("With how much care", "tune-speed", choices(SPEEDS), Signal::derive(speed), Callback::new(hasten))}
        </div>
    }
}
