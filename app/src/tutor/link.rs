//! The line of a talk in the browser: a WebSocket; server-sent events where no WebSocket opens; a question every few seconds where
//! these do not come through either. Owns: when it is opened anew, and the act that was not answered yet. Refuses: what the lines
//! mean (`talking`).
//!
//! An act goes over the WebSocket while it is up and by POST while it is not. After a cut it is sent once more: it names the line
//! that it was done after, so it counts once.

use super::{
    api::{Doing, act_in_talk, load_talk},
    talking::Talking,
    wire::{CLOSED_FOR, Frame, Word, events_path, socket_path},
};
use crate::{app::Connection, browser, error::ApiError};
use domain::tutor::delivery;
use leptos::{prelude::*, task::spawn_local, wasm_bindgen};
use std::time::Duration;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{CloseEvent, Event, EventSource, MessageEvent, WebSocket};

/// How often it is looked whether something is to be done.
const TICK: Duration = Duration::from_secs(1);
/// WebSockets that fail before one has brought anything: then they count as blocked.
const FAILED: u32 = 2;
/// A line that has not come up within this time does not, ms.
const SLOW_MS: f64 = 10_000.0;
/// Without a line the talk is asked for this often, ms; and this often while more is on its way.
const ASK_MS: f64 = 5_000.0;
const ASK_SPEAKING_MS: f64 = 2_000.0;
/// A cut that is mended within this time is nobody's concern, ms.
const UNNOTICED_MS: f64 = 2_000.0;
/// Too many lines of one learner are open: another try after this, ms.
const CROWDED_MS: f64 = 60_000.0;

/// What carries frames.
enum Way {
    Socket(WebSocket),
    Events(EventSource),
}

/// A way with whoever hears it.
struct Open {
    way: Way,
    _hear: Closure<dyn FnMut(Event)>,
}

impl Drop for Open {
    fn drop(&mut self) {
        match &self.way {
            Way::Socket(socket) => {
                socket.set_onopen(None);
                socket.set_onmessage(None);
                socket.set_onclose(None);
                // browsers log it as a fault of the page; the server closes a line on which nothing is said
                if socket.ready_state() != WebSocket::CONNECTING {
                    let _ = socket.close();
                }
            }
            Way::Events(source) => {
                source.set_onmessage(None);
                source.set_onerror(None);
                source.close();
            }
        }
    }
}

#[derive(Default)]
struct Parts {
    open: Option<Open>,
    /// All that had been missed is here; from now on it is live.
    up: bool,
    /// A way was up before.
    was_up: bool,
    /// It is of no use any more: closed, silent or out of step.
    spent: bool,
    /// Nothing is to be opened again: logged out, or the talk is gone.
    over: bool,
    /// A WebSocket has brought something before, or so many have not.
    proven: bool,
    failed: u32,
    /// Tries since the last one that came up, and when the next is due.
    tries: u32,
    next: f64,
    /// When something was last heard and sent, when the line was lost, when the talk was last asked for.
    heard: f64,
    sent: f64,
    lost: f64,
    asked: f64,
    /// The act that was not answered yet, and whether a POST with it is on its way.
    kept: Option<Doing>,
    posting: bool,
}

/// The line of a talk.
#[derive(Clone, Copy)]
pub(super) struct Link {
    // made in the browser alone: what it holds must not leave its thread
    parts: StoredValue<Option<StoredValue<Parts, LocalStorage>>>,
    cut: RwSignal<bool>,
    connection: Connection,
}

impl Link {
    pub(super) fn new() -> Self {
        Self { parts: StoredValue::new(None), cut: RwSignal::new(false), connection: Connection::here() }
    }

    /// What the learner should know of it; empty while all is well.
    pub(super) fn word(self) -> &'static str {
        match (self.connection.is_lost(), self.cut.get()) {
            (true, _) => "Offline. What you wrote is kept.",
            (false, true) => "Reconnecting…",
            (false, false) => "",
        }
    }

    /// Whether the talk cannot go on at the moment.
    pub(super) fn is_cut(self) -> bool {
        self.connection.is_lost() || self.cut.get()
    }

    fn with<T>(self, run: impl FnOnce(&mut Parts) -> T) -> Option<T> {
        self.parts.try_get_value().flatten()?.try_update_value(run)
    }

    /// Keeps the page up to date for as long as it stands. Called once, in an effect.
    pub(super) fn follow(self, talking: Talking) {
        self.parts.set_value(Some(StoredValue::new_local(Parts::default())));
        self.tick(talking);
        let timer = set_interval_with_handle(move || self.tick(talking), TICK);
        on_cleanup(move || {
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
        Effect::new(move |before: Option<bool>| {
            let lost = self.connection.is_lost();
            self.with(|parts| {
                // a line that the network took with it may seem open for long
                parts.spent |= lost;
                if before == Some(true) && !lost {
                    (parts.tries, parts.next) = (0, 0.0);
                }
            });
            lost
        });
    }

    /// Does something in the talk; its answer comes to `talking`.
    pub(super) fn send(self, talking: Talking, doing: Doing) {
        let kept = doing.clone();
        let said = self.with(|parts| {
            parts.kept = Some(kept);
            parts.say_kept()
        });
        if said != Some(true) {
            self.post(talking, doing);
        }
    }

    fn post(self, talking: Talking, doing: Doing) {
        self.with(|parts| {
            parts.posting = true;
            parts.asked = browser::now();
        });
        spawn_local(async move {
            let outcome = act_in_talk(doing.clone()).await;
            // the page may be gone by now, and the answer may have come over a line that has opened since
            let open = self.with(|parts| {
                parts.posting = false;
                parts.kept.as_ref().map(|_| parts.up)
            });
            let Some(up) = open.flatten() else { return };
            match outcome {
                Err(ApiError::Offline) => {
                    self.connection.failed(&ApiError::Offline);
                    self.with(Parts::say_kept);
                }
                Ok(done) => {
                    self.with(|parts| parts.kept = None);
                    talking.take(done.lines, done.state, !up);
                    talking.answered(done.counted);
                }
                Err(error) => {
                    self.with(|parts| parts.kept = None);
                    talking.refused(error);
                }
            }
        });
    }

    fn tick(self, talking: Talking) {
        let now = browser::now();
        let todo = self.with(|parts| {
            parts.settle(now);
            if parts.open.is_none() && !parts.over && now >= parts.next {
                parts.open = Open::new(self, talking, parts.failed >= FAILED && !parts.proven);
                (parts.heard, parts.sent) = (now, now);
                parts.spent = parts.open.is_none();
            }
            let speaking = talking.talk.with_untracked(|talk| talk.state.speaking);
            let pause = if speaking { ASK_SPEAKING_MS } else { ASK_MS };
            // over events nothing can be said: an act that is kept goes by POST again
            let useful = !parts.up || parts.kept.is_some() && !parts.is_socket();
            let ask = useful && !parts.over && !parts.posting && now - parts.asked >= pause;
            let cut = parts.was_up && !parts.up && !parts.over && now - parts.lost >= UNNOTICED_MS;
            (cut, ask.then(|| parts.kept.clone()))
        });
        let Some((cut, ask)) = todo else { return };
        if self.cut.get_untracked() != cut {
            self.cut.set(cut);
        }
        match ask {
            Some(_) if !browser::is_online() => {}
            Some(Some(doing)) => self.post(talking, doing),
            Some(None) => self.ask(talking),
            None => {}
        }
    }

    /// Asks for the whole talk.
    fn ask(self, talking: Talking) {
        let first = self.with(|parts| std::mem::replace(&mut parts.asked, browser::now()) == 0.0);
        if first != Some(false) {
            // the page has just come from the server
            return;
        }
        let Some(id) = talking.talk.try_with_untracked(|talk| talk.id) else { return };
        spawn_local(async move {
            let outcome = load_talk(id).await;
            let Some(up) = self.with(|parts| parts.up) else { return };
            match outcome {
                Ok(talk) => talking.take(talk.lines, talk.state, !up),
                Err(ApiError::Offline) => self.connection.failed(&ApiError::Offline),
                Err(error @ (ApiError::Unauthorized | ApiError::NotFound { .. })) => {
                    self.with(|parts| parts.over = true);
                    talking.refused(error);
                }
                Err(_) => {}
            }
        });
    }

    fn hear(self, talking: Talking, event: &Event) {
        match event.type_().as_str() {
            "open" => {
                let after = talking.seen();
                self.with(|parts| parts.say(&Word::Start { after }));
            }
            "close" => {
                let code = event.unchecked_ref::<CloseEvent>().code();
                self.with(|parts| parts.closed(code));
            }
            "message" => {
                let data = event.unchecked_ref::<MessageEvent>().data().as_string().unwrap_or_default();
                self.with(|parts| parts.heard = browser::now());
                let frame = serde_json::from_slice(data.as_bytes());
                // a server of another version
                let odd = Frame::Refused { seen: None, error: ApiError::Malformed };
                self.frame(talking, frame.unwrap_or(odd));
            }
            // the browser opens a stream of events anew by itself, unless it was refused
            _ => {
                self.with(|parts| {
                    parts.down();
                    if let Some(Open { way: Way::Events(source), .. }) = &parts.open {
                        parts.spent |= source.ready_state() == EventSource::CLOSED;
                    }
                });
            }
        }
    }

    fn frame(self, talking: Talking, frame: Frame) {
        match frame {
            Frame::Content(line)
            | Frame::Question(line)
            | Frame::Answer(line)
            | Frame::Feedback(line)
            | Frame::Hint(line)
            | Frame::End(line) => {
                let whole = talking.hear(line);
                let seq = talking.seen();
                self.with(|parts| {
                    parts.spent |= !whole;
                    parts.say(&Word::Ack { seq });
                });
            }
            Frame::Adapt(state) => talking.stand(state),
            Frame::Start { .. } => {
                self.with(|parts| {
                    (parts.up, parts.was_up, parts.tries) = (true, true, 0);
                    parts.proven |= parts.is_socket();
                    if !parts.posting {
                        parts.say_kept();
                    }
                });
                self.cut.set(false);
            }
            Frame::Done { seen, counted } => {
                if self.with(|parts| parts.answered(seen)) == Some(true) {
                    talking.answered(counted);
                }
            }
            Frame::Refused { seen: Some(seen), error } => {
                if self.with(|parts| parts.answered(seen)) == Some(true) {
                    talking.refused(error);
                }
            }
            // it will be better in a while
            Frame::Refused {
                seen: None,
                error: ApiError::Limited { .. } | ApiError::Internal { .. } | ApiError::Unavailable { .. },
            } => {}
            Frame::Refused { seen: None, error } => {
                self.with(|parts| (parts.over, parts.spent) = (true, true));
                talking.refused(error);
            }
            Frame::Beat => {
                let seq = talking.seen();
                self.with(|parts| parts.say(&Word::Ack { seq }));
            }
        }
    }
}

impl Open {
    fn new(link: Link, talking: Talking, events: bool) -> Option<Self> {
        let hear = Closure::<dyn FnMut(Event)>::new(move |event: Event| link.hear(talking, &event));
        let heard = Some(hear.as_ref().unchecked_ref());
        let talk = talking.talk.with_untracked(|talk| talk.id);
        let way = if events {
            let source = EventSource::new(&events_path(talk, talking.seen())).ok()?;
            source.set_onmessage(heard);
            source.set_onerror(heard);
            Way::Events(source)
        } else {
            // `https` becomes `wss`
            let origin = window().location().origin().ok()?.replacen("http", "ws", 1);
            let socket = WebSocket::new(&(origin + &socket_path(talk))).ok()?;
            socket.set_onopen(heard);
            socket.set_onmessage(heard);
            socket.set_onclose(heard);
            Way::Socket(socket)
        };
        Some(Self { way, _hear: hear })
    }
}

impl Parts {
    fn is_socket(&self) -> bool {
        matches!(self.open, Some(Open { way: Way::Socket(_), .. }))
    }

    /// False: there is no WebSocket that it could go over.
    fn say(&mut self, word: &Word) -> bool {
        let Some(Open { way: Way::Socket(socket), .. }) = &self.open else { return false };
        let said = serde_json::to_string(word).ok().and_then(|text| socket.send_with_str(&text).ok());
        self.sent = browser::now();
        said.is_some()
    }

    /// Says the act that was not answered.
    fn say_kept(&mut self) -> bool {
        match self.kept.clone() {
            Some(doing) if self.up && !self.spent => self.say(&Word::Do(doing)),
            _ => false,
        }
    }

    /// Whether this answers the act that is kept, which then is no more.
    fn answered(&mut self, seen: u64) -> bool {
        self.kept.take_if(|doing| doing.seen == seen).is_some()
    }

    fn down(&mut self) {
        if std::mem::replace(&mut self.up, false) {
            self.lost = browser::now();
        }
    }

    fn closed(&mut self, code: u16) {
        self.spent = true;
        let crowded = CLOSED_FOR + ApiError::Limited { seconds: 0 }.status();
        if code == crowded {
            self.next = browser::now() + CROWDED_MS;
        }
    }

    /// Leaves a way that is of no use, and says when the next try is due. Not from within its own event.
    fn settle(&mut self, now: f64) {
        let line = delivery::line(self.heard as i64, self.sent as i64, now as i64);
        let slow = !self.up && now - self.heard >= SLOW_MS;
        let silent = self.open.is_some() && (slow || line == delivery::Line::Cut);
        if !self.spent && !silent {
            return;
        }
        self.down();
        self.failed += u32::from(!self.proven);
        (self.open, self.spent) = (None, false);
        let chance = (now % 1_000.0 / 1_000.0) as f32;
        self.next = self.next.max(now + f64::from(delivery::pause(self.tries, chance)));
        self.tries += 1;
    }
}
