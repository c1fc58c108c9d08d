//! Logging in.
use leptos::prelude::*;

/// Logging in.
#[component]
pub fn LogInPage() -> impl IntoView {
    view! { <h1>"LogInPage"</h1> }
}
