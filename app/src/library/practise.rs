//! The button that begins a set; a plain form, so that it works before the WASM is there.

use crate::quiz::api::StartQuiz;
use domain::id::MaterialId;
use leptos::{form::ActionForm, prelude::*};

/// Begins a set of questions from one material. The server leads on to it.
#[component]
pub fn Practise(
    /// Shared by the page, which also shows its error.
    start: ServerAction<StartQuiz>,
    /// From this material.
    material: MaterialId,
    /// From this page of it alone.
    #[prop(optional, into)]
    page: MaybeProp<u32>,
    /// How many questions.
    #[prop(into)]
    length: Signal<u32>,
    /// Classes of the button beside `btn`.
    #[prop(default = "btn--line btn--sm")]
    class: &'static str,
    /// Its words.
    #[prop(into)]
    label: Signal<String>,
    /// Added to its words for a screen reader: from what.
    #[prop(optional, into)]
    from: Option<String>,
) -> impl IntoView {
    view! {
        <ActionForm action=start>
            <input type="hidden" name="request[material]" value=material.to_string()/>
            {move || page.get().map(|page| view! {
                <input type="hidden" name="request[page]" value=page.to_string()/>
            })}
            <input type="hidden" name="request[length]" value=move || length.get().to_string()/>
            <button type="submit" class=format!("btn {class}") aria-disabled=move || start.pending().get().then_some("true")>
                {move || label.get()}
                {from.map(|from| view! { <span class="sr">" from "{from}</span> })}
            </button>
        </ActionForm>
    }
}
