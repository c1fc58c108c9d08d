//! Mitochi's pages and the ports behind them.
use leptos::prelude::*;

/// The whole page tree.
#[component]
pub fn App() -> impl IntoView {
    view! { <p>"Mitochi"</p> }
}
