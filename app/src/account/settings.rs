//! What the learner can set.
use leptos::prelude::*;

/// What the learner can set.
#[component]
pub fn SettingsPage() -> impl IntoView {
    view! { <h1>"SettingsPage"</h1> }
}
