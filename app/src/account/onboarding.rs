//! The first minute.
use leptos::prelude::*;

/// The first minute.
#[component]
pub fn OnboardingPage() -> impl IntoView {
    view! { <h1>"OnboardingPage"</h1> }
}
