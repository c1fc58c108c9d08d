//! The document around every page and the router.

use crate::{
    account::{
        log_in::LogInPage, onboarding::OnboardingPage, register::RegisterPage, settings::SettingsPage,
    },
    landing::page::LandingPage,
    library::{page::LibraryPage, reader::ReaderPage, search::SearchPage},
    progress::home::HomePage,
    quiz::{page::QuizPage, results::ResultsPage},
    review::page::ReviewPage,
    session::Look,
};
use leptos::prelude::*;
use leptos_meta::{MetaTags, Stylesheet, Title, provide_meta_context};
use leptos_router::{
    components::{Route, Router, Routes},
    path,
};

/// The HTML document.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let look = use_context::<Look>().unwrap_or_default();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=look.theme_attribute() data-motion=look.motion_attribute()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body><App/></body>
        </html>
    }
}

/// The whole page tree.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Stylesheet id="leptos" href="/pkg/mitochi.css"/>
        <Title formatter=|title: String| format!("{title} · Mitochi")/>
        <Router>
            <Routes fallback=|| "Not found">
                <Route path=path!("") view=LandingPage/>
                <Route path=path!("register") view=RegisterPage/>
                <Route path=path!("login") view=LogInPage/>
                <Route path=path!("onboarding") view=OnboardingPage/>
                <Route path=path!("home") view=HomePage/>
                <Route path=path!("library") view=LibraryPage/>
                <Route path=path!("library/:id") view=ReaderPage/>
                <Route path=path!("search") view=SearchPage/>
                <Route path=path!("quiz/:id") view=QuizPage/>
                <Route path=path!("quiz/:id/results") view=ResultsPage/>
                <Route path=path!("review") view=ReviewPage/>
                <Route path=path!("settings") view=SettingsPage/>
            </Routes>
        </Router>
    }
}
