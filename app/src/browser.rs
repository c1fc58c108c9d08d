//! What pages need of the browser, typed. Owns: its clock, time zone, storage, focus, connection. Refuses: anything on
//! the server; call these from effects and events alone.

use crate::session::Look;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

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

/// What this tab keeps under a key until it is closed, reloads included.
pub fn stored_in_tab(key: &str) -> Option<String> {
    window().session_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// Keeps a value in this tab; `None` forgets it. Where storage is full or forbidden nothing happens.
pub fn store_in_tab(key: &str, value: Option<&str>) {
    let Ok(Some(storage)) = window().session_storage() else { return };
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

/// Has the browser keep the page that says that there is no connection. Browsers have workers only on addresses that
/// are safe from others on the way (https, this machine); elsewhere, and where they are forbidden, nothing happens.
pub fn keep_offline_page() {
    let register = || {
        let navigator = window().navigator();
        let workers = js_sys::Reflect::get(&navigator, &"serviceWorker".into()).ok()?;
        let register =
            js_sys::Reflect::get(&workers, &"register".into()).ok()?.dyn_into::<js_sys::Function>().ok()?;
        register.call1(&workers, &"/worker.js".into()).ok()?.dyn_into::<js_sys::Promise>().ok()
    };
    if let Some(kept) = register() {
        // the site works without
        let forbidden = Closure::<dyn FnMut(JsValue)>::new(|_| {});
        let _ = kept.catch(&forbidden);
        forbidden.forget();
    }
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
/// Value of the chosen radio of a group, as it stands in the page now.
pub fn checked(name: &str) -> Option<String> {
    let radio = document().query_selector(&format!("input[name=\"{name}\"]:checked")).ok().flatten()?;
    radio.get_attribute("value")
}

/// Takes the mark off a radio.
pub fn uncheck(id: &str) {
    if let Some(radio) =
        find(&format!("#{id}")).and_then(|radio| radio.dyn_into::<web_sys::HtmlInputElement>().ok())
    {
        radio.set_checked(false);
    }
}

/// Presses an element, as a pointer would.
pub fn press(id: &str) {
    if let Some(element) = find(&format!("#{id}")) {
        element.click();
    }
}

/// Closes a popover; one that is closed stays so.
pub fn hide_popover(id: &str) {
    if let Some(element) = find(&format!("#{id}")) {
        let _ = element.hide_popover();
    }
}

/// Moves the focus to an element once the page has been drawn, and brings it into sight if it is below.
pub fn focus_once_drawn(id: &'static str) {
    request_animation_frame(move || {
        let Some(element) = find(&format!("#{id}")) else { return };
        focus(&element);
        let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        if element.get_bounding_client_rect().top() > height - 80.0 {
            element.scroll_into_view();
        }
    });
}

/// Brings an element into sight once the page has been drawn; the focus stays where it is.
pub fn scroll_into_view(id: &'static str) {
    request_animation_frame(move || {
        if let Some(element) = find(&format!("#{id}")) {
            element.scroll_into_view_with_bool(false);
        }
    });
}

/// Changes the address without a navigation: where a reload or the way back shall lead.
pub fn replace_url(url: &str) {
    if let Ok(history) = window().history() {
        let state = history.state().unwrap_or_default();
        let _ = history.replace_state_with_url(&state, "", Some(url));
    }
}

/// Shows the page from its top.
pub fn scroll_to_top() {
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// Copies a text. `told` hears whether it was copied: browsers let pages copy on safe addresses only, and may ask.
pub fn copy(text: &str, told: impl Fn(bool) + 'static) {
    let write = || {
        let clipboard = js_sys::Reflect::get(&window().navigator(), &"clipboard".into()).ok()?;
        let write = js_sys::Reflect::get(&clipboard, &"writeText".into())
            .ok()?
            .dyn_into::<js_sys::Function>()
            .ok()?;
        write.call1(&clipboard, &text.into()).ok()?.dyn_into::<js_sys::Promise>().ok()
    };
    let Some(written) = write() else { return told(false) };
    let told = std::rc::Rc::new(told);
    let not = std::rc::Rc::clone(&told);
    let done = Closure::<dyn FnMut(JsValue)>::new(move |_| told(true));
    let refused = Closure::<dyn FnMut(JsValue)>::new(move |_| not(false));
    let _ = written.then2(&done, &refused);
    // one of them is called once, after this function is over
    done.forget();
    refused.forget();
}

/// Opens a page of this site by a full load.
pub fn open(path: &str) {
    let _ = window().location().set_href(path);
}

/// Id of the element that has the focus.
pub fn focused_id() -> Option<String> {
    document().active_element().map(|element| element.id()).filter(|id| !id.is_empty())
}
