//! A dialog that asks before a loss: the browser's own `<dialog>`, which keeps the focus inside and closes on Escape.

use leptos::{html, prelude::*};

/// A modal dialog. Without scripts it stands open in the page where the server was asked for it (`initially`).
#[component]
pub fn Dialog(
    /// Whether it stands open; closing it by Escape sets it too.
    open: RwSignal<bool>,
    /// Its heading.
    #[prop(into)]
    title: String,
    /// Names its heading: unique in the page.
    id: &'static str,
    /// Rendered open, for browsers without scripts.
    #[prop(optional)]
    initially: bool,
    /// Text, form and buttons (in `dialog__acts`).
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let open = open.get();
        let Some(dialog) = dialog.get() else { return };
        if open {
            // one that the server rendered open is not modal yet
            if dialog.open() && initially {
                dialog.close();
            }
            if !dialog.open() {
                // it refuses only where it is open already or gone from the page
                let _ = dialog.show_modal();
            }
        } else if dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog
            class="dialog"
            node_ref=dialog
            open=initially
            aria-labelledby=id
            on:close=move |_| {
                if !dialog.get_untracked().is_some_and(|dialog| dialog.open()) {
                    open.set(false);
                }
            }
        >
            <h2 id=id class="dialog__title">{title}</h2>
            {children()}
        </dialog>
    }
}
