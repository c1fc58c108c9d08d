//! A material, read.
use leptos::prelude::*;

/// A material, read.
#[component]
pub fn ReaderPage() -> impl IntoView {
    view! { <h1>"ReaderPage"</h1> }
}
