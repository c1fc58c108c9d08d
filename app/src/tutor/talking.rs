//! A learner in a talk: what was said, what is chosen or written, the act on its way. Draws nothing.

use super::api::{Act, Doing, Done, Talk, act_in_talk, load_talk};
use crate::{
    app::{Connection, FrameHandle},
    browser,
    error::ApiError,
    ui::{Toast, Toasts},
};
use domain::{
    quiz::Confidence,
    tutor::{
        Event,
        delivery::{Inbox, Receipt},
    },
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// How often it is looked for more, while more is on its way.
const LOOK: Duration = Duration::from_secs(1);

/// Everything that changes in a talk.
#[derive(Clone, Copy)]
pub(super) struct Talking {
    /// The talk as far as the server told it.
    pub(super) talk: RwSignal<Talk>,
    /// The chosen option.
    pub(super) choice: RwSignal<Option<u32>>,
    /// What is being written.
    pub(super) text: RwSignal<String>,
    /// How sure.
    pub(super) confidence: RwSignal<Option<Confidence>>,
    /// An act is on its way.
    pub(super) pending: RwSignal<bool>,
    /// What does not fit in the answer.
    pub(super) fault: RwSignal<Option<String>>,
    since: StoredValue<f64>,
    looking: StoredValue<bool>,
    toasts: Toasts,
    connection: Connection,
    frame: FrameHandle,
}

impl Talking {
    pub(super) fn new(talk: Talk) -> Self {
        Self {
            talk: RwSignal::new(talk),
            choice: RwSignal::new(None),
            text: RwSignal::new(String::new()),
            confidence: RwSignal::new(None),
            pending: RwSignal::new(false),
            fault: RwSignal::new(None),
            since: StoredValue::new(0.0),
            looking: StoredValue::new(false),
            toasts: Toasts::here(),
            connection: Connection::here(),
            frame: FrameHandle::here(),
        }
    }

    /// Called once in the browser.
    pub(super) fn awake(self) {
        self.since.set_value(browser::now());
        self.look();
    }

    /// Looks for more while more is on its way.
    fn look(self) {
        if !self.talk.with_untracked(|talk| talk.state.speaking) || self.looking.get_value() {
            return;
        }
        self.looking.set_value(true);
        let look = move || {
            spawn_local(async move {
                let Some(id) = self.talk.try_with_untracked(|talk| talk.id) else { return };
                let loaded = load_talk(id).await;
                // the page may be gone by now
                if self.looking.try_set_value(false).is_some() {
                    return;
                }
                if let Ok(Talk { lines, state, .. }) = loaded {
                    self.take(Done { lines, state, counted: true }, false);
                } else {
                    self.look();
                }
            });
        };
        set_timeout(look, LOOK);
    }

    /// Whether the learner may do this now.
    pub(super) fn may(self, event: &Event) -> bool {
        self.talk.with(|talk| talk.state.offers.contains(event))
    }

    /// An act without anything more to it.
    pub(super) fn plain(self, act: Act) -> Doing {
        let (talk, seen) = self.talk.with_untracked(|talk| (talk.id, last(talk)));
        Doing {
            talk,
            seen,
            act,
            text: String::new(),
            choice: None,
            confidence: None,
            manner: None,
            verdict: None,
            mode: None,
            depth: None,
            speed: None,
            took: 0,
        }
    }

    /// Sends the answer that was chosen or written.
    pub(super) fn answer(self) {
        let took = (browser::now() - self.since.get_value()).clamp(0.0, 3_600_000.0) as u32;
        self.act(Doing {
            text: self.text.get_untracked(),
            choice: self.choice.get_untracked(),
            confidence: self.confidence.get_untracked(),
            took,
            ..self.plain(Act::Answer)
        });
    }

    /// Does something; a second press while the first is on its way does nothing.
    pub(super) fn act(self, doing: Doing) {
        if self.pending.get_untracked() {
            return;
        }
        self.pending.set(true);
        self.fault.set(None);
        spawn_local(async move {
            let outcome = act_in_talk(doing.clone()).await;
            // the page may be gone by now
            if self.pending.try_set(false).is_some() {
                return;
            }
            match outcome {
                Ok(done) => self.take(done, true),
                Err(error) => self.refused(error, doing),
            }
        });
    }

    /// Takes what was said; `acted` where it came of an act, which is then done with.
    fn take(self, done: Done, acted: bool) {
        let Done { lines, state, counted } = done;
        let settled = self.talk.with_untracked(|talk| talk.state.over) != state.over;
        let asked = self.talk.with_untracked(|talk| talk.state.open != state.open);
        self.talk.update(|talk| {
            let mut inbox = Inbox::after(last(talk));
            for line in lines {
                if inbox.receive(line.seq) == Receipt::Take {
                    talk.lines.push(line);
                }
            }
            talk.state = state;
        });
        if counted && !acted {
            // what is being written or chosen stays
        } else if counted {
            self.text.set(String::new());
            self.choice.set(None);
            self.confidence.set(None);
        } else {
            self.toasts.push(Toast::done("This talk went on in another tab. Here it is as it stands now."));
        }
        if asked {
            self.since.set_value(browser::now());
        }
        if settled {
            self.frame.refresh();
        }
        browser::scroll_into_view("talk-end");
        self.look();
    }

    fn refused(self, error: ApiError, doing: Doing) {
        self.connection.failed(&error);
        match error {
            ApiError::Invalid { message, .. } => self.fault.set(Some(message)),
            ApiError::Offline => {
                let toast = Toast::failed("No connection. What you wrote is still here.");
                self.toasts.push(toast.with_action("Try again", move || self.act(doing.clone())));
            }
            ApiError::Unauthorized => {
                let href = format!("/login?next=/tutor/{}", doing.talk);
                let toast = Toast::failed(error.to_string());
                self.toasts.push(toast.with_action("Log in", move || browser::open(&href)));
            }
            error => self.toasts.push(Toast::failed(error.to_string())),
        }
    }
}

/// The number of the last line.
fn last(talk: &Talk) -> u64 {
    talk.lines.last().map_or(0, |line| line.seq)
}
