//! The library, searched.
use leptos::prelude::*;

/// The library, searched.
#[component]
pub fn SearchPage() -> impl IntoView {
    view! { <h1>"SearchPage"</h1> }
}
