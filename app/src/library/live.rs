//! The shelf as it changes: server-sent events, and a question every five seconds wherever they do not come
//! through.

use super::api::{Materials, load_materials};
use crate::app::Connection;
use leptos::{prelude::*, task::spawn_local, wasm_bindgen};
use std::time::Duration;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{EventSource, MessageEvent};

const ADDRESS: &str = "/library/events";
const EVERY: Duration = Duration::from_secs(5);
/// A stream that the server closed for good is tried again after this many questions.
const AGAIN: u32 = 6;

struct Stream {
    source: EventSource,
    _message: Closure<dyn FnMut(MessageEvent)>,
}

impl Stream {
    fn open(shelf: RwSignal<Materials>) -> Option<Self> {
        let source = EventSource::new(ADDRESS).ok()?;
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let materials =
                event.data().as_string().and_then(|text| serde_json::from_slice(text.as_bytes()).ok());
            if let Some(materials) = materials {
                put(shelf, materials);
            }
        });
        source.set_onmessage(Some(message.as_ref().unchecked_ref()));
        Some(Self { source, _message: message })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.set_onmessage(None);
        self.source.close();
    }
}

/// Only a change is told: a row must not be drawn again for nothing. The page may be gone meanwhile.
fn put(shelf: RwSignal<Materials>, materials: Materials) {
    if shelf.try_with_untracked(|shelf| *shelf != materials).unwrap_or(false) {
        shelf.try_set(materials);
    }
}

/// Asks for the shelf once.
pub fn refresh(shelf: RwSignal<Materials>, connection: Connection) {
    spawn_local(async move {
        match load_materials().await {
            Ok(materials) => put(shelf, materials),
            Err(error) => connection.failed(&error),
        }
    });
}

/// Keeps the shelf up to date for as long as the page stands.
pub fn follow(shelf: RwSignal<Materials>) {
    let connection = Connection::here();
    Effect::new(move |_| {
        let stream = StoredValue::new_local(Stream::open(shelf));
        let asked = StoredValue::new(0_u32);
        let timer = set_interval_with_handle(
            move || {
                let state = stream.try_with_value(|stream| {
                    stream.as_ref().map_or(EventSource::CLOSED, |stream| stream.source.ready_state())
                });
                let Some(state) = state else { return };
                if state == EventSource::OPEN {
                    return;
                }
                refresh(shelf, connection);
                asked.update_value(|asked| *asked += 1);
                if state == EventSource::CLOSED && asked.get_value().is_multiple_of(AGAIN) {
                    stream.set_value(Stream::open(shelf));
                }
            },
            EVERY,
        );
        on_cleanup(move || {
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
    });
}
