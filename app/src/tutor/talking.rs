//! A learner in a talk: what was said, what is chosen or written, the act on its way. Draws nothing.

use super::{
    api::{Act, Doing, Line, Talk, TalkState},
    keep::Making,
    link::Link,
};
use crate::{
    app::FrameHandle,
    browser,
    error::ApiError,
    ui::{Toast, Toasts},
};
use domain::{
    quiz::Confidence,
    tutor::{
        Event,
        delivery::{Inbox, Numbered, Receipt},
    },
};
use leptos::prelude::*;

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
    /// How it reaches the server.
    pub(super) link: Link,
    /// What is to be made of a line.
    pub(super) making: RwSignal<Option<Making>>,
    /// Lines that were reported on this page.
    pub(super) reported: RwSignal<Vec<u64>>,
    since: StoredValue<f64>,
    toasts: Toasts,
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
            link: Link::new(),
            making: RwSignal::new(Making::asked()),
            reported: RwSignal::new(vec![]),
            since: StoredValue::new(0.0),
            toasts: Toasts::here(),
            frame: FrameHandle::here(),
        }
    }

    /// Called once in the browser.
    pub(super) fn awake(self) {
        self.since.set_value(browser::now());
        self.keep_draft();
        self.link.follow(self);
    }

    /// What was written and not sent survives a reload, unless the talk has gone on since.
    fn keep_draft(self) {
        let (id, seen) = self.talk.with_untracked(|talk| (talk.id, last(talk)));
        let key = format!("talk {id}");
        if let Some(kept) = browser::stored_in_tab(&key)
            && let Some(text) = kept.strip_prefix(&format!("{seen} "))
        {
            self.text.set(text.into());
        }
        Effect::new(move |_| {
            let text = self.text.get();
            let seen = self.talk.with(last);
            let kept = (!text.is_empty()).then(|| format!("{seen} {text}"));
            browser::store_in_tab(&key, kept.as_deref());
        });
    }

    /// The number of the last line that is there.
    pub(super) fn seen(self) -> u64 {
        self.talk.try_with_untracked(last).unwrap_or(0)
    }

    /// Whether the learner may do this now.
    pub(super) fn may(self, event: &Event) -> bool {
        self.talk.with(|talk| talk.state.offers.contains(event))
    }

    /// An act without anything more to it.
    pub(super) fn plain(self, act: Act) -> Doing {
        let (talk, seen) = self.talk.with_untracked(|talk| (talk.id, last(talk)));
        Doing::new(talk, seen, act)
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
        self.link.send(self, doing);
    }

    /// A line came. False: one before it is missing.
    pub(super) fn hear(self, line: Numbered<Line>) -> bool {
        let mut inbox = Inbox::after(self.seen());
        let receipt = inbox.receive(line.seq);
        if receipt == Receipt::Take {
            self.talk.update(|talk| talk.lines.push(line));
            browser::scroll_into_view("talk-end");
        }
        receipt != Receipt::Gap
    }

    /// The talk stands like this now.
    pub(super) fn stand(self, state: TalkState) {
        let (settled, asked) = self.talk.with_untracked(|talk| {
            let number = |state: &TalkState| state.open.as_ref().map(|open| open.number);
            (talk.state.over != state.over, number(&talk.state) != number(&state))
        });
        self.talk.update(|talk| talk.state = state);
        if asked {
            // a choice belongs to its question
            self.choice.set(None);
            self.since.set_value(browser::now());
        }
        if settled {
            self.frame.refresh();
        }
    }

    /// Takes what an answer to a request says. It may be older than what came over a line meanwhile; of two states after the same
    /// line it is the `newest` or not.
    pub(super) fn take(self, lines: Vec<Numbered<Line>>, state: TalkState, newest: bool) {
        let seen = self.seen();
        let upto = lines.last().map_or(seen, |line| line.seq);
        let whole = lines.into_iter().all(|line| self.hear(line));
        if whole && (upto > seen || newest && upto == seen) {
            self.stand(state);
        }
    }

    /// An act was heard. Not counted: the talk had gone on before it.
    pub(super) fn answered(self, counted: bool) {
        self.pending.set(false);
        if counted {
            self.text.set(String::new());
            self.choice.set(None);
            self.confidence.set(None);
        } else {
            self.toasts.push(Toast::done("This talk went on in another tab. Here it is as it stands now."));
        }
        browser::scroll_into_view("talk-end");
    }

    /// An act was not done, or the talk cannot go on.
    pub(super) fn refused(self, error: ApiError) {
        self.pending.set(false);
        match error {
            ApiError::Invalid { message, .. } => self.fault.set(Some(message)),
            ApiError::Unauthorized => {
                let href = self.talk.with_untracked(|talk| format!("/login?next=/tutor/{}", talk.id));
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
