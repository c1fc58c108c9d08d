//! Cards that are due.
use leptos::prelude::*;

/// Cards that are due.
#[component]
pub fn ReviewPage() -> impl IntoView {
    view! { <h1>"ReviewPage"</h1> }
}
