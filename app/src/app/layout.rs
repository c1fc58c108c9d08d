//! What stands around the pages of somebody who is known.

use super::FrameHandle;
use crate::{
    browser,
    progress::api::load_frame,
    session::visitor,
    ui::{Art, ArtSprite, Glyph, Icon, Mito, MitoSprite},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    components::{A, Outlet, Redirect},
    hooks::{use_location, use_navigate},
    location::Url,
};
use std::time::Duration;

/// Where a stranger is sent: to the log-in, and from there back here.
fn log_in_first(path: &str, search: &str) -> String {
    let here = if search.is_empty() { path.to_string() } else { format!("{path}?{search}") };
    format!("/login?next={}", Url::escape(&here))
}

/// Pages of somebody who is known, a guest or a member. A stranger is sent to log in: by the server with a redirect,
/// in the browser once the server says so.
#[component]
pub(super) fn Known() -> impl IntoView {
    let location = use_location();
    let here = log_in_first(
        &location.pathname.get_untracked(),
        location.search.get_untracked().trim_start_matches('?'),
    );
    if cfg!(feature = "ssr") && visitor().is_none() {
        return view! { <Redirect path=here/> }.into_any();
    }
    let frame = FrameHandle::here();
    let navigate = use_navigate();
    Effect::new(move |_| {
        if frame.is_known() {
            return;
        }
        let (here, navigate) = (here.clone(), navigate.clone());
        spawn_local(async move {
            match load_frame().await {
                Ok(loaded) if !loaded.member && !loaded.guest => {
                    navigate(&here, NavigateOptions { replace: true, ..Default::default() });
                }
                Ok(_) => frame.entered(),
                Err(_) => {}
            }
        });
    });
    view! { <Outlet/> }.into_any()
}

/// Navigation, top bar and main column.
#[component]
pub(super) fn Framed() -> impl IntoView {
    let frame = FrameHandle::here();
    let path = use_location().pathname;
    // reader and talk have three panes of their own and keep the narrow rail
    let slim = Memo::new(move |_| {
        path.with(|path| ["/library/", "/tutor/"].iter().any(|pages| path.starts_with(pages)))
    });
    let due = move || {
        frame.get().filter(|frame| frame.due > 0).map(|frame| {
            view! { <span class="badge coral">{frame.due}<span class="sr">" cards due"</span></span> }
        })
    };
    let stats = move || {
        frame.get().map(|frame| {
            let streak = frame.streak.map(|days| {
                view! {
                    <span class="stat">
                        <ArtSprite art=Art::Flame still=days == 0/>
                        {days}
                        <span class="sr">{if days == 1 { " day in a row" } else { " days in a row" }}</span>
                    </span>
                }
            });
            let xp = frame.xp.map(|xp| {
                view! {
                    <span class="stat honey">
                        <span class="hue"><Icon glyph=Glyph::Bolt/></span>
                        {xp}
                        <span class="sr">" experience points"</span>
                    </span>
                }
            });
            view! {
                {streak}
                {xp}
            }
        })
    };
    view! {
        <div class="app" class:app--slim=slim>
            <nav class="nav" aria-label="Main">
                <a class="nav__brand brand" href="/home" aria-label="Mitochi, today">
                    <MitoSprite state=Mito::Idle side=32 still=true/>
                    <span class="word">"mitochi"</span>
                </a>
                <ul>
                    <NavItem href="/home" glyph=Glyph::Home word="Home"/>
                    <NavItem href="/library" glyph=Glyph::Library word="Library"/>
                    <li>
                        <A href="/review">
                            <Icon glyph=Glyph::Cards/>
                            <span>"Review"</span>
                            <Transition>{due}</Transition>
                        </A>
                    </li>
                    <NavItem href="/tutor" glyph=Glyph::Chat word="Tutor"/>
                    // phones have it on the shelf
                    <li class="wide">
                        <A href="/search">
                            <Icon glyph=Glyph::Search/>
                            <span>"Search"</span>
                        </A>
                    </li>
                    <li class="last">
                        <A href="/settings">
                            <Icon glyph=Glyph::User/>
                            <span>"Me"</span>
                        </A>
                    </li>
                </ul>
            </nav>
            <header class="topbar">
                <a class="brand" href="/home">"mitochi"</a>
                <Transition>{stats}</Transition>
            </header>
            <main class="main" id="main">
                <Outlet/>
            </main>
        </div>
    }
}

#[component]
fn NavItem(href: &'static str, glyph: Glyph, word: &'static str) -> impl IntoView {
    view! {
        <li>
            <A href=href>
                <Icon glyph=glyph/>
                <span>{word}</span>
            </A>
        </li>
    }
}

/// How long a page may take to show its heading, in steps of 50 ms.
const PATIENCE: u32 = 40;

/// After a navigation the new page's heading takes the focus, so that reading goes on there; where the page has put
/// the focus itself it stays. A page without a heading is announced by its title.
#[component]
pub(super) fn Announcer() -> impl IntoView {
    let path = use_location().pathname;
    let said = RwSignal::new(String::new());
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now) {
            said.set(String::new());
            look_for_heading(said, browser::find("h1"), PATIENCE);
        }
        now
    });
    view! { <p class="sr" aria-live="polite">{said}</p> }
}

fn look_for_heading(said: RwSignal<String>, old: Option<web_sys::HtmlElement>, left: u32) {
    set_timeout(
        move || {
            let heading = browser::find("h1").filter(|heading| old.as_ref() != Some(heading));
            match heading {
                Some(heading) => {
                    let inside = document()
                        .active_element()
                        .zip(browser::find("#main"))
                        .is_some_and(|(active, main)| main.contains(Some(&active)) && active != *main);
                    if !inside {
                        browser::focus(&heading);
                    }
                }
                None if left > 0 => look_for_heading(said, old, left - 1),
                None => {
                    said.try_set(document().title());
                }
            }
        },
        Duration::from_millis(50),
    );
}
