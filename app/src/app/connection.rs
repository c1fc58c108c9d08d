//! Whether the server can be reached, and the banner that says so.

use super::FrameHandle;
use crate::{
    browser,
    error::ApiError,
    ui::{Glyph, Icon},
};
use leptos::{ev, prelude::*};
use std::time::Duration;

/// How often a lost server is asked for while a page waits for it.
const RETRY: Duration = Duration::from_secs(5);

/// Whether the server can be reached. Pages tell it of every failed request.
#[derive(Clone, Copy)]
pub struct Connection {
    lost: RwSignal<bool>,
}

impl Connection {
    pub(super) fn provide() -> Self {
        let connection = Self { lost: RwSignal::new(false) };
        provide_context(connection);
        connection
    }

    /// Of this page.
    ///
    /// # Panics
    /// Outside of `App`, which provides it.
    pub fn here() -> Self {
        expect_context()
    }

    /// Takes note of a failed request: only one that did not reach the server counts.
    pub fn failed(self, error: &ApiError) {
        if *error == ApiError::Offline {
            self.lost.set(true);
        }
    }

    /// Whether the server is out of reach.
    pub fn is_lost(self) -> bool {
        self.lost.get()
    }
}

/// Stands above the page while the server is out of reach, and goes by itself.
#[component]
pub(super) fn OfflineBanner(connection: Connection, frame: FrameHandle) -> impl IntoView {
    let lost = connection.lost;
    Effect::new(move |_| {
        lost.set(!browser::is_online());
        browser::keep_offline_page();
        let offline = window_event_listener(ev::offline, move |_| lost.set(true));
        let online = window_event_listener(ev::online, move |_| frame.refresh());
        on_cleanup(move || {
            offline.remove();
            online.remove();
        });
    });
    // the frame's own request tells whether the server is back
    Effect::new(move |_| match frame.outcome() {
        Some(Err(ApiError::Offline)) => lost.set(true),
        Some(_) if browser::is_online() => lost.set(false),
        _ => {}
    });
    Effect::new(move |_| {
        if lost.get()
            && let Ok(timer) = set_interval_with_handle(move || frame.refresh(), RETRY)
        {
            on_cleanup(move || timer.clear());
        }
    });
    view! {
        <div role="status">
            <Show when=move || lost.get()>
                <p class="banner honey">
                    <Icon glyph=Glyph::Offline/>
                    <span class="grow">"No connection to Mitochi. What you typed stays here; it goes on by itself."</span>
                </p>
            </Show>
        </div>
    }
}
