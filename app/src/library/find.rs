//! The search field of the reader: a plain form that asks for the same page with its words marked.

use super::{
    address::Address,
    api::Place,
    place::{Shown, beside},
};
use crate::ui::{Glyph, Icon};
use leptos::{html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// The field, how many places it found, and the way from one to the next.
#[component]
pub fn Find(
    /// Where the reader stands.
    address: Memo<Address>,
    /// All hits of the material.
    hits: Vec<Place>,
    /// Which of them is current.
    hit: Memo<Option<usize>>,
    /// First and last page that are loaded.
    loaded: (u32, u32),
    /// The page in view: hits are counted from there.
    shown: RwSignal<Shown>,
    /// Whether the field is open on the phone.
    finding: RwSignal<bool>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let count = hits.len();
    let hits = StoredValue::new(hits);
    let searched = move || address.read().query.is_some();
    let told = move || match hit.get() {
        Some(index) if count >= 1_000 => format!("{} of 1,000+", index + 1),
        Some(index) => format!("{} of {count}", index + 1),
        None if searched() => "not found".into(),
        None => String::new(),
    };
    let there = move |forward: bool| {
        let place = hits.with_value(|hits| hit.get().and_then(|index| beside(hits, index, forward)));
        let address = address.get();
        place.map(|place| match (loaded.0..=loaded.1).contains(&place.page) {
            // in the same stretch only the mark moves: nothing is fetched again
            true => Address { at: Some(place.start), ..address },
            false => Address { at: Some(place.start), ..address.page(place.page) },
        })
    };
    let navigate = use_navigate();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let words = field.get_untracked().map(|field| field.value().trim().to_string()).unwrap_or_default();
        let next = Address {
            query: (!words.is_empty()).then_some(words),
            ..address.get_untracked().page(shown.get_untracked().page)
        };
        // the same words again: on to the next one
        let next = match there(true) {
            Some(there) if next.query == address.read_untracked().query => there,
            _ => next,
        };
        navigate(&next.href(), NavigateOptions { scroll: false, ..Default::default() });
    };
    Effect::new(move |before: Option<bool>| {
        let now = finding.get();
        if before == Some(false)
            && now
            && let Some(field) = field.get_untracked()
        {
            request_animation_frame(move || {
                let _ = field.focus();
            });
        }
        now
    });
    let step = move |forward: bool, label: &'static str, glyph: Glyph| {
        view! {
            <a
                class="btn btn--icon"
                href=move || there(forward).map(|address| address.href())
                aria-label=label
                data-noscroll=""
            >
                <Icon glyph/>
            </a>
        }
    };
    view! {
        <form
            class="find"
            id="find"
            role="search"
            method="get"
            action=move || format!("/library/{}", address.read().material)
            on:submit=submit
        >
            <div class="search">
                <Icon glyph=Glyph::Search/>
                <input
                    class="input"
                    node_ref=field
                    type="search"
                    name="q"
                    value=address.get_untracked().query
                    maxlength="200"
                    autocomplete="off"
                    aria-label="Search in this file"
                />
            </div>
            <input type="hidden" name="page" value=move || shown.get().page.to_string()/>
            {move || address.read().back.clone().map(|back| view! { <input type="hidden" name="back" value=back/> })}
            <span class="find__count small soft nowrap" role="status">{told}</span>
            <Show when=move || hit.get().is_some()>
                {step(false, "Previous hit", Glyph::Up)}
                {step(true, "Next hit", Glyph::Down)}
            </Show>
        </form>
    }
}
