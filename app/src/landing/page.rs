//! The front page.
use leptos::prelude::*;

/// The front page.
#[component]
pub fn LandingPage() -> impl IntoView {
    view! { <h1>"LandingPage"</h1> }
}
