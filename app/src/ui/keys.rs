//! Keys of a page: pressed anywhere but in a field of text, in a dialog, or together with a modifier.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

/// A key that a page may answer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// As the browser names it: 'a', '1', 'Enter', ' '.
    pub name: String,
    /// The focus stands on something that Enter or Space presses: those two are its own.
    pub on_control: bool,
    /// Held down: it comes again and again.
    pub repeated: bool,
}

impl Key {
    /// Enter or Space, and nothing else has a claim on it.
    pub fn presses(&self, name: &str) -> bool {
        self.name == name && !self.on_control && !self.repeated
    }
}

/// Hands keys to `handle` while the component lives; what it answers with `true` does nothing else.
pub fn on_keys(handle: impl Fn(&Key) -> bool + Clone + 'static) {
    Effect::new(move |_| {
        let handle = handle.clone();
        let listener = window_event_listener(ev::keydown, move |event| {
            if let Some(key) = read(&event)
                && handle(&key)
            {
                event.prevent_default();
            }
        });
        on_cleanup(move || listener.remove());
    });
}

fn read(event: &web_sys::KeyboardEvent) -> Option<Key> {
    if event.default_prevented() || event.ctrl_key() || event.alt_key() || event.meta_key() {
        return None;
    }
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let within = |selector: &str| {
        target.as_ref().is_some_and(|target| matches!(target.closest(selector), Ok(Some(_))))
    };
    const WRITES: &str = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=submit]), dialog, [popover]";
    if within(WRITES) {
        return None;
    }
    Some(Key { name: event.key(), on_control: within("a[href], button, summary"), repeated: event.repeat() })
}
