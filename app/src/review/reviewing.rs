//! A learner in front of the queue: the card, whether it is flipped, the grade on its way. Draws nothing.

use super::api::{Card, Grade, Queue, grade_card, load_queue, undo_grade};
use crate::{
    app::{Connection, FrameHandle},
    browser,
    error::ApiError,
    ui::{Toast, Toasts},
};
use domain::schedule::Rating;
use leptos::{prelude::*, task::spawn_local};

/// Everything that changes while cards are graded.
#[derive(Clone, Copy)]
pub(super) struct Reviewing {
    /// The queue as the server last told it.
    pub(super) queue: RwSignal<Queue>,
    /// The answer is shown.
    pub(super) flipped: RwSignal<bool>,
    /// A grade or an undo is on its way.
    pub(super) pending: RwSignal<bool>,
    since: StoredValue<f64>,
    toasts: Toasts,
    connection: Connection,
    frame: FrameHandle,
}

impl Reviewing {
    pub(super) fn new(queue: Queue, flipped: Option<String>) -> Self {
        let same = queue.card.as_ref().is_some_and(|card| flipped == Some(card.id.to_string()));
        Self {
            queue: RwSignal::new(queue),
            flipped: RwSignal::new(same),
            pending: RwSignal::new(false),
            since: StoredValue::new(0.0),
            toasts: Toasts::here(),
            connection: Connection::here(),
            frame: FrameHandle::here(),
        }
    }

    /// Called once in the browser.
    pub(super) fn awake(self) {
        self.since.set_value(browser::now());
    }

    fn card(self) -> Option<Card> {
        self.queue.with_untracked(|queue| queue.card.clone())
    }

    /// Shows the answer.
    pub(super) fn flip(self) {
        let Some(card) = self.card() else { return };
        if !self.flipped.get_untracked() {
            self.flipped.set(true);
            browser::replace_url(&format!("/review?flipped={}", card.id));
            browser::focus_once_drawn("back");
        }
    }

    /// Grades the card; a second press while the first is on its way does nothing.
    pub(super) fn grade(self, rating: Rating) {
        let Some(card) = self.card() else { return };
        if !self.flipped.get_untracked() || self.pending.get_untracked() {
            return;
        }
        let took = (browser::now() - self.since.get_value()).clamp(0.0, 3_600_000.0) as u32;
        let grade = Grade { card: card.id, rating, reps: card.reps, took };
        self.pending.set(true);
        spawn_local(async move {
            let outcome = grade_card(grade).await;
            match outcome {
                Ok(queue) => self.show(queue),
                Err(error) => self.refused(error, move || self.grade(rating)),
            }
        });
    }

    /// Takes the last grade back.
    pub(super) fn undo(self) {
        if self.queue.with_untracked(|queue| queue.last.is_none()) || self.pending.get_untracked() {
            return;
        }
        self.pending.set(true);
        spawn_local(async move {
            match undo_grade().await {
                Ok(queue) => {
                    self.show(queue);
                    self.toasts.push(Toast::done("Taken back. Grade it again."));
                }
                Err(error) => self.refused(error, move || self.undo()),
            }
        });
    }

    fn show(self, queue: Queue) {
        // the page may be gone by now
        if self.pending.try_set(false).is_some() {
            return;
        }
        let next = if queue.card.is_some() { "front" } else { "done" };
        self.flipped.set(false);
        self.queue.set(queue);
        self.since.set_value(browser::now());
        self.frame.refresh();
        browser::replace_url("/review");
        browser::scroll_to_top();
        browser::focus_once_drawn(next);
    }

    fn refused(self, error: ApiError, again: impl Fn() + Send + Sync + 'static) {
        if self.pending.try_set(false).is_some() {
            return;
        }
        self.connection.failed(&error);
        let toast = Toast::failed(error.to_string());
        self.toasts.push(match error {
            ApiError::Offline => {
                Toast::failed("No connection. Your grade was not saved.").with_action("Try again", again)
            }
            ApiError::Unauthorized => toast.with_action("Log in", || browser::open("/login?next=/review")),
            ApiError::Conflict { .. } | ApiError::NotFound { .. } => {
                self.reload();
                toast
            }
            _ => toast,
        });
    }

    fn reload(self) {
        spawn_local(async move {
            match load_queue().await {
                Ok(queue) => self.show(queue),
                Err(error) => self.toasts.push(Toast::failed(error.to_string())),
            }
        });
    }
}
