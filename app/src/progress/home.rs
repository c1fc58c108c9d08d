//! Today.
use leptos::prelude::*;

/// Today.
#[component]
pub fn HomePage() -> impl IntoView {
    view! { <h1>"HomePage"</h1> }
}
