//! What pages need of the browser, typed. Owns: its clock, time zone, storage, focus, connection. Refuses: anything on
//! the server; call these from effects and events alone.

use crate::session::Look;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Milliseconds since 1970 by the browser's clock.
#[expect(clippy::disallowed_methods, reason = "this is the browser's clock")]
pub fn now() -> f64 {
    js_sys::Date::now()
}

/// IANA name of the browser's time zone ('Europe/Berlin'); empty where it does not say.
pub fn time_zone() -> String {
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    js_sys::Reflect::get(&format.resolved_options(), &"timeZone".into())
        .ok()
        .and_then(|zone| zone.as_string())
        .unwrap_or_default()
}

/// What this browser keeps under a key; `None` also where storage is forbidden.
pub fn stored(key: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// Keeps a value in this browser; `None` forgets it. Where storage is full or forbidden nothing happens.
pub fn store(key: &str, value: Option<&str>) {
    let Ok(Some(storage)) = window().local_storage() else { return };
    let _ = match value {
        Some(value) => storage.set_item(key, value),
        None => storage.remove_item(key),
    };
}

/// Whether a media query holds now.
pub fn matches_media(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// Whether the browser believes to have a network.
pub fn is_online() -> bool {
    window().navigator().on_line()
}

/// The first element that a selector finds.
pub fn find(selector: &str) -> Option<web_sys::HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// Moves the focus to an element, which is made able to take it, without scrolling.
pub fn focus(element: &web_sys::HtmlElement) {
    if element.tab_index() < 0 && !element.has_attribute("tabindex") {
        let _ = element.set_attribute("tabindex", "-1");
    }
    // `focus({ preventScroll: true })` by hand: its options are a feature of web-sys that nothing else needs
    let options = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&options, &"preventScroll".into(), &true.into());
    let called = js_sys::Reflect::get(element, &"focus".into())
        .ok()
        .and_then(|focus| focus.dyn_into::<js_sys::Function>().ok())
        .and_then(|focus| focus.call1(element, &options).ok());
    if called.is_none() {
        let _ = element.focus();
    }
}

/// Whether something in the page has the focus.
pub fn has_focus() -> bool {
    document().active_element().is_some_and(|element| element.tag_name() != "BODY")
}

/// Shows a look at once; the cookie that the server reads is set by saving it.
pub fn show_look(look: Look) {
    let Some(root) = document().document_element() else { return };
    for (name, value) in [("data-theme", look.theme_attribute()), ("data-motion", look.motion_attribute())] {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}
