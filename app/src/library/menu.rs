//! A menu behind three dots: the browser's own `<details>`, so that it opens without scripts.

use crate::ui::{Glyph, Icon};
use leptos::{ev, html, prelude::*, wasm_bindgen::JsCast};

/// Links and buttons in a sheet that a press outside, Escape or a choice closes.
#[component]
pub fn Menu(
    /// What it is for, as 'More for The heart'.
    #[prop(into)]
    label: String,
    /// Rows: `<a>` or `<button>`.
    children: Children,
) -> impl IntoView {
    let menu = NodeRef::<html::Details>::new();
    let close = move || {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };
    Effect::new(move |_| {
        let listener = window_event_listener(ev::click, move |event| {
            let inside = menu.get_untracked().is_some_and(|menu| {
                let pressed = event_target::<web_sys::Node>(&event);
                let summary = menu.first_element_child();
                summary.is_some_and(|summary| summary.contains(Some(&pressed)))
            });
            if !inside {
                close();
            }
        });
        on_cleanup(move || listener.remove());
    });
    view! {
        <details
            class="more"
            node_ref=menu
            on:keydown=move |event| {
                if event.key() == "Escape" && menu.get_untracked().is_some_and(|menu| menu.open()) {
                    close();
                    if let Some(Some(summary)) = menu.get_untracked().map(|menu| menu.query_selector("summary").ok().flatten()) {
                        crate::browser::focus(summary.unchecked_ref());
                    }
                }
            }
        >
            <summary class="btn btn--icon" aria-label=label><Icon glyph=Glyph::More/></summary>
            <div class="menu">{children()}</div>
        </details>
    }
}
