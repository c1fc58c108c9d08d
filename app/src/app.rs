//! The document around every page, the router, and what all pages share.

mod connection;
mod errors;
mod frame;
mod layout;
mod pages;

pub use connection::Connection;
pub use errors::{NotFound, error_document};
pub use frame::FrameHandle;

use crate::{
    session::{Look, Theme},
    ui::{ToastRegion, Toasts},
};
use leptos::{html, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::{
    Lazy, SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

/// Ground of the light theme, for the browser's own bars (`--color-bg`).
const LIGHT: &str = "#fbf6f1";
/// Ground of the dark theme.
const DARK: &str = "#1a141f";

/// The HTML document.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let look = use_context::<Look>().unwrap_or_default();
    let bars = match look.theme {
        Theme::System => {
            vec![(LIGHT, Some("(prefers-color-scheme: light)")), (DARK, Some("(prefers-color-scheme: dark)"))]
        }
        Theme::Light => vec![(LIGHT, None)],
        Theme::Dark => vec![(DARK, None)],
    };
    let bars = bars
        .into_iter()
        .map(|(color, media)| html::meta().name("theme-color").content(color).attr("media", media))
        .collect_view();
    let font = html::link()
        .rel("preload")
        .href("/fonts/nunito-latin-wght-normal.woff2")
        .attr("as", "font")
        .r#type("font/woff2")
        .crossorigin("anonymous");
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=look.theme_attribute() data-motion=look.motion_attribute()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                {bars}
                <meta
                    name="description"
                    content="Bring a lecture. Mitochi writes questions that cite the page and brings each back before you forget it."
                />
                <link rel="icon" href="/favicon.ico" sizes="32x32"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="apple-touch-icon" href="/apple-touch-icon.png"/>
                <link rel="manifest" href="/site.webmanifest"/>
                {font}
                <HashedStylesheet id="leptos" options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// A page's title with the site's name. leptos_meta writes it into the document as it stands, and a title may hold what
/// somebody typed: on the server it is made text here.
fn title(of_page: String) -> String {
    let title = if of_page.is_empty() { "Mitochi".into() } else { format!("{of_page} · Mitochi") };
    if cfg!(feature = "ssr") { title.replace('&', "&amp;").replace('<', "&lt;") } else { title }
}

/// The whole page tree.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(Toasts::default());
    let connection = Connection::provide();
    let frame = FrameHandle::provide();
    view! {
        <Title formatter=title/>
        <Router>
            <a class="skip" href="#main" rel="external">"Skip to content"</a>
            <connection::OfflineBanner connection frame/>
            // every page is rendered whole before its first byte: a form without scripts needs no filling in later,
            // and a page that is not there can say 404
            <Routes fallback=NotFound>
                <Route path=path!("") view={Lazy::<pages::Landing>::new()} ssr=SsrMode::Async/>
                <Route path=path!("register") view={Lazy::<pages::Register>::new()} ssr=SsrMode::Async/>
                <Route path=path!("password") view={Lazy::<pages::Password>::new()} ssr=SsrMode::Async/>
                <Route path=path!("login") view={Lazy::<pages::LogIn>::new()} ssr=SsrMode::Async/>
                <ParentRoute path=path!("") view=layout::Known ssr=SsrMode::Async>
                    <Route path=path!("onboarding") view={Lazy::<pages::Onboarding>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("quiz/:id") view={Lazy::<pages::Quiz>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("quiz/:id/results") view={Lazy::<pages::Results>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("review") view={Lazy::<pages::Review>::new()} ssr=SsrMode::Async/>
                    <ParentRoute path=path!("") view=layout::Framed ssr=SsrMode::Async>
                        <Route path=path!("home") view={Lazy::<pages::Home>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("library") view={Lazy::<pages::Library>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("library/:id") view={Lazy::<pages::Reader>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("search") view={Lazy::<pages::Search>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("tutor") view={Lazy::<pages::Talks>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("tutor/:id") view={Lazy::<pages::Talk>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("settings") view={Lazy::<pages::Settings>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("settings/memory") view={Lazy::<pages::Memory>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("settings/security") view={Lazy::<pages::Security>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("admin/users") view={Lazy::<pages::Users>::new()} ssr=SsrMode::Async/>
                        <Route path=path!("admin/ai") view={Lazy::<pages::Overview>::new()} ssr=SsrMode::Async/>
                    </ParentRoute>
                </ParentRoute>
            </Routes>
            <layout::Announcer/>
        </Router>
        <ToastRegion/>
    }
}
