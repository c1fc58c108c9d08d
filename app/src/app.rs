//! The document around every page and the router.

use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    components::{Route, Router, Routes},
    path,
};

use crate::session::Look;

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
        <Title text="Mitochi"/>
        <Router>
            <Routes fallback=|| "Not found">
                <Route path=path!("") view=|| "Mitochi"/>
            </Routes>
        </Router>
    }
}
