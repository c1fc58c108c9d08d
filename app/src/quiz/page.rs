//! A set of questions, one by one.
use leptos::prelude::*;

/// A set of questions, one by one.
#[component]
pub fn QuizPage() -> impl IntoView {
    view! { <h1>"QuizPage"</h1> }
}
