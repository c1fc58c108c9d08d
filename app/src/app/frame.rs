//! What every page shows: due cards, streak, XP, and who is asking.

use crate::{
    account::api::set_time_zone,
    browser,
    error::ApiError,
    progress::api::{Frame, load_frame},
    resource::Json,
    session::visitor,
};
use leptos::{prelude::*, task::spawn_local};

/// The frame's figures, and how to have them fetched again. A page calls [`FrameHandle::refresh`] after an answer or a
/// grade, [`FrameHandle::entered`] after a log-in.
#[derive(Clone, Copy)]
pub struct FrameHandle {
    version: RwSignal<u32>,
    known: RwSignal<bool>,
    loaded: Resource<Result<Frame, ApiError>, Json>,
}

impl FrameHandle {
    pub(super) fn provide() -> Self {
        // the server knows before anything is loaded; the browser takes its word over
        let known = RwSignal::new(SharedValue::new(|| visitor().is_some()).into_inner());
        let version = RwSignal::new(0);
        let loaded = Resource::new_with_options(move || version.get(), |_| load_frame(), true);
        let handle = Self { version, known, loaded };
        provide_context(handle);
        Effect::new(move |_| {
            if let Some(Ok(frame)) = loaded.get() {
                known.set(frame.member || frame.guest);
                keep_time_zone(&frame);
            }
        });
        handle
    }

    /// Of this page.
    ///
    /// # Panics
    /// Outside of `App`, which provides it.
    pub fn here() -> Self {
        expect_context()
    }

    /// Fetches the figures again.
    pub fn refresh(self) {
        self.version.update(|version| *version += 1);
    }

    /// Somebody has just become known (an answer by a stranger, a log-in): their pages may be opened.
    pub fn entered(self) {
        self.known.set(true);
        self.refresh();
    }

    /// The figures, once they are there. Read it inside `<Suspense>` or `<Transition>`.
    pub fn get(self) -> Option<Frame> {
        self.loaded.get().and_then(Result::ok)
    }

    /// How the last request for them went.
    pub(super) fn outcome(self) -> Option<Result<Frame, ApiError>> {
        self.loaded.get()
    }

    /// Whether somebody is known, as far as this page knows.
    pub(super) fn is_known(self) -> bool {
        self.known.get_untracked()
    }
}

/// The learner's days follow the zone they are in: the server is told once it differs.
fn keep_time_zone(frame: &Frame) {
    let zone = browser::time_zone();
    if (frame.member || frame.guest) && !zone.is_empty() && zone != frame.time_zone {
        spawn_local(async move {
            // it is tried again with the next page; nothing the learner could do about it
            let _ = set_time_zone(zone).await;
        });
    }
}
