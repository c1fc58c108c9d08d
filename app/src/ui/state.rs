//! States of a page that is not full: nothing there yet, on its way, gone wrong.

use super::{Glyph, Icon, Mito, MitoSprite, at};
use crate::{error::ApiError, session::set_status};
use leptos::prelude::*;

/// Nothing there: Mito, a title, one sentence, and as children one action (and perhaps a sample).
#[component]
pub fn Empty(
    /// What Mito does meanwhile.
    mito: Mito,
    /// What is missing, in a few words.
    #[prop(into)]
    title: String,
    /// One sentence: why, and what will happen.
    #[prop(into)]
    text: String,
    /// The page has nothing else: the title is its `h1`.
    #[prop(optional)]
    whole_page: bool,
    /// What to do about it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let heading = if whole_page {
        view! { <h1 class="empty__title">{title}</h1> }.into_any()
    } else {
        view! { <h2 class="empty__title">{title}</h2> }.into_any()
    };
    view! {
        <div class="empty">
            <MitoSprite state=mito/>
            {heading}
            <p class="soft">{text}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// A page or part that could not be loaded: what happened, the request to quote, what to do. On the server it also
/// sets the page's status, so that only a page as a whole may use it with `whole_page`.
#[component]
pub fn ErrorState(
    /// What went wrong.
    error: ApiError,
    /// The page has nothing else.
    #[prop(optional)]
    whole_page: bool,
    /// Loads it again.
    #[prop(optional, into)]
    retry: Option<Callback<()>>,
) -> impl IntoView {
    if whole_page {
        set_status(error.status());
    }
    let (mito, title) = match &error {
        ApiError::NotFound { .. } => (Mito::Comfort, "It wandered off"),
        ApiError::Offline => (Mito::Sleep, "No connection"),
        ApiError::Unauthorized => (Mito::Wave, "You are logged out"),
        ApiError::Limited { .. } => (Mito::Surprised, "That was quick"),
        _ => (Mito::Comfort, "Something broke on our side"),
    };
    let action = match &error {
        ApiError::Unauthorized => view! { <a class="btn btn--line" href="/login">"Log in"</a> }.into_any(),
        ApiError::NotFound { .. } => {
            view! { <a class="btn btn--line" href="/home">"Go to today"</a> }.into_any()
        }
        _ => match retry {
            Some(retry) => view! {
                <button type="button" class="btn btn--line" on:click=move |_| retry.run(())>
                    <Icon glyph=Glyph::Refresh/>
                    "Try again"
                </button>
            }
            .into_any(),
            // an empty address is this page
            None => view! {
                <a class="btn btn--line" href="" rel="external"><Icon glyph=Glyph::Refresh/>"Try again"</a>
            }
            .into_any(),
        },
    };
    let request = match &error {
        ApiError::Internal { request } => Some(request.clone()),
        _ => None,
    };
    let text = match &error {
        ApiError::Internal { .. } => {
            "Nothing you did is lost. If it happens again, tell whoever runs this server the number below."
                .to_string()
        }
        error => error.to_string(),
    };
    view! {
        <div class="card" role="alert">
            <Empty mito=mito title=title text=text whole_page=whole_page>
                {request.map(|request| view! { <p class="mono small soft">"request " {request}</p> })}
                {action}
            </Empty>
        </div>
    }
}

/// The shape of what comes, while it comes.
#[component]
pub fn Skeleton(
    /// What is loading, for a screen reader: 'the library'.
    #[prop(into)]
    label: String,
    /// Widths of the lines, in per cent.
    #[prop(default = &[96, 100, 58])]
    lines: &'static [u8],
) -> impl IntoView {
    let lines = lines
        .iter()
        .map(|width| view! { <div class=format!("skel skel--line {}", at((*width).into()))></div> })
        .collect_view();
    view! {
        <div class="card stack" role="status" aria-busy="true" aria-label=format!("Loading {label}")>
            {lines}
        </div>
    }
}
