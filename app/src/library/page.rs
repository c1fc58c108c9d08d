//! The shelf, the drop zone, live progress.
use leptos::prelude::*;

/// The shelf, the drop zone, live progress.
#[component]
pub fn LibraryPage() -> impl IntoView {
    view! { <h1>"LibraryPage"</h1> }
}
