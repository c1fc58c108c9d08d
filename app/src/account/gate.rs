//! What the pages at the door share: brand bar, facts, what was typed, where to go next.

use crate::{
    app::{Connection, FrameHandle},
    browser,
    error::ApiError,
    ui::{Glyph, Icon, Mito, MitoSprite},
};
use leptos::{html, prelude::*};
use leptos_router::{hooks::use_query_map, location::Url};
use std::time::Duration;

/// The bar above: brand on the left, the way to the other page on the right.
#[component]
pub(crate) fn GateBar(children: Children) -> impl IntoView {
    view! {
        <header class="gate__bar">
            <a class="brand" href="/" aria-label="Mitochi">
                <MitoSprite state=Mito::Idle side=32 still=true/>
                <span class="gate__word">"mitochi"</span>
            </a>
            {children()}
        </header>
    }
}

/// A fact beside the form.
#[component]
pub(super) fn Fact(
    hue: &'static str,
    glyph: Glyph,
    title: &'static str,
    text: &'static str,
) -> impl IntoView {
    view! {
        <li class=hue>
            <span><Icon glyph=glyph/></span>
            <p><b>{title}</b><br/><span class="small soft">{text}</span></p>
        </li>
    }
}

/// Where to go after the door, and what a refused form without scripts brought back in the address.
#[derive(Clone)]
pub(super) struct Entrance {
    /// Hidden field `request[next]`.
    pub(super) next: String,
    /// What was typed as address.
    pub(super) email: String,
}

impl Entrance {
    /// From this page's address.
    pub(super) fn here() -> Self {
        use_query_map().with_untracked(|query| Self {
            next: query.get("next").unwrap_or_default(),
            email: query.get("email").unwrap_or_default(),
        })
    }

    /// The other page at the door, with the same way to go on.
    pub(super) fn other(&self, path: &str) -> String {
        if self.next.is_empty() { path.into() } else { format!("{path}?next={}", Url::escape(&self.next)) }
    }
}

/// The hidden field for the browser's time zone, filled by the script.
#[component]
pub(super) fn TimeZoneField(
    name: &'static str,
    /// What is sent where no script can tell.
    #[prop(optional, into)]
    value: String,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            field.set_value(&browser::time_zone());
        }
    });
    view! { <input type="hidden" name=name value=value node_ref=field/> }
}

/// After a form was answered: lets somebody who has come in through, or moves the focus to the first field that is
/// wrong.
pub(super) fn follow_up(answer: Signal<Option<Result<(), ApiError>>>) {
    let (frame, connection) = (FrameHandle::here(), Connection::here());
    Effect::new(move |_| match answer.get() {
        Some(Ok(())) => frame.entered(),
        Some(Err(error)) => {
            connection.failed(&error);
            set_timeout(
                || {
                    if let Some(field) = browser::find("[aria-invalid='true']") {
                        browser::focus(&field);
                    }
                },
                Duration::from_millis(30),
            );
        }
        None => {}
    });
}
