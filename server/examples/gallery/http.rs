//! What lies between the wire and the pages: chooses the state and the look.

use crate::state::State;
use app::session::Look;
use axum::{
    body::Body,
    extract::Request,
    http::{
        HeaderValue, Response,
        header::{COOKIE, SET_COOKIE},
        request::Parts,
    },
    middleware::Next,
};
use leptos_axum::ResponseOptions;

/// A cookie of a request.
fn cookie<'h>(headers: &'h axum::http::HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(own, _)| *own == name)
        .map(|(_, value)| value)
}

/// Sets a cookie from inside a port.
pub(crate) fn set_cookie(name: &str, value: &str) {
    if let Some(response) = leptos::prelude::use_context::<ResponseOptions>()
        && let Ok(value) = HeaderValue::from_str(&format!("{name}={value}; Path=/; SameSite=Lax"))
    {
        response.append_header(SET_COOKIE, value);
    }
}

/// Theme and motion from their cookie, written as `theme.motion`.
pub(crate) fn look(parts: &Parts) -> Option<Look> {
    let (theme, motion) = cookie(&parts.headers, "look")?.split_once('.')?;
    let look = serde_json::json!({ "theme": theme, "motion": motion });
    serde_json::from_value(look).ok()
}

/// Takes the state from the query (and keeps it in a cookie) or from the cookie.
pub(crate) async fn choose_state(mut request: Request, next: Next) -> Response<Body> {
    let query = request.uri().query().unwrap_or_default();
    let asked = query.split('&').find_map(|pair| pair.strip_prefix("state=")).and_then(State::by_name);
    let state =
        asked.or_else(|| cookie(request.headers(), "state").and_then(State::by_name)).unwrap_or_default();
    request.extensions_mut().insert(state);
    let mut response = next.run(request).await;
    if asked.is_some()
        && let Ok(value) = HeaderValue::from_str(&format!("state={}; Path=/; SameSite=Lax", state.name()))
    {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}
