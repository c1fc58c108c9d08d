//! A set at its end.
use leptos::prelude::*;

/// A set at its end.
#[component]
pub fn ResultsPage() -> impl IntoView {
    view! { <h1>"ResultsPage"</h1> }
}
