//! What lies between the wire and the pages: chooses the state, gives errors their status, keeps what was typed.

use crate::state::State;
use app::{error::ApiError, session::Look};
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{
        HeaderValue, Method, Response, StatusCode,
        header::{ACCEPT, CONTENT_LENGTH, COOKIE, LOCATION, REFERER, SET_COOKIE},
        request::Parts,
    },
    middleware::Next,
};
use leptos_axum::ResponseOptions;

const MAX_FORM: usize = 64 * 1024;

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
pub fn set_cookie(name: &str, value: &str) {
    if let Some(response) = leptos::prelude::use_context::<ResponseOptions>()
        && let Ok(value) = HeaderValue::from_str(&format!("{name}={value}; Path=/; SameSite=Lax"))
    {
        response.append_header(SET_COOKIE, value);
    }
}

/// Theme and motion from their cookie, written as `theme.motion`.
pub fn look(parts: &Parts) -> Option<Look> {
    let (theme, motion) = cookie(&parts.headers, "look")?.split_once('.')?;
    let look = serde_json::json!({ "theme": theme, "motion": motion });
    serde_json::from_value(look).ok()
}

/// Takes the state from the query (and keeps it in a cookie) or from the cookie.
pub async fn choose_state(mut request: Request, next: Next) -> Response<Body> {
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

/// Gives the answer of a server function the status its error asks for; leptos says 500 for all.
pub async fn status(answer: Response<Body>) -> Response<Body> {
    if answer.status() != StatusCode::INTERNAL_SERVER_ERROR || !answer.headers().contains_key("serverfnerror")
    {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let bytes = to_bytes(body, MAX_FORM).await.unwrap_or_default();
    if let Ok(error) = serde_json::from_slice::<ApiError>(&bytes) {
        parts.status = StatusCode::from_u16(error.status()).unwrap_or(parts.status);
    }
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(bytes))
}

/// A refused form without scripts is led back to its page with the error in the address. This takes an older error out
/// of that address first, and adds the typed e-mail address (never the password), so that it stands there again.
pub async fn keep_typed(request: Request, next: Next) -> Response<Body> {
    let plain_form = request.method() == Method::POST
        && request
            .headers()
            .get(ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"));
    if !plain_form {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    if let Some(clean) = parts.headers.get(REFERER).and_then(|referer| clean_referer(referer.to_str().ok()?))
    {
        parts.headers.insert(REFERER, clean);
    }
    let at_the_door = ["/api/account/register", "/api/account/log_in"].contains(&parts.uri.path());
    if !at_the_door {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let Ok(bytes) = to_bytes(body, MAX_FORM).await else {
        return Response::builder()
            .status(StatusCode::PAYLOAD_TOO_LARGE)
            .body(Body::empty())
            .unwrap_or_default();
    };
    let form = String::from_utf8_lossy(&bytes).into_owned();
    let typed = form
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| matches!(*name, "request%5Bemail%5D" | "request[email]"))
        .map(|(_, value)| value.to_string());
    let mut response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
    if let (Some(location), Some(typed)) = (location, typed)
        && location.contains("__err=")
        && let Ok(location) = HeaderValue::from_str(&format!("{location}&email={typed}"))
    {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

/// The address a form came from, without an older error and what was typed then.
fn clean_referer(referer: &str) -> Option<HeaderValue> {
    let (path, query) = referer.split_once('?')?;
    let kept: Vec<_> = query
        .split('&')
        .filter(|pair| !["__path=", "__err=", "email="].iter().any(|name| pair.starts_with(name)))
        .collect();
    let clean = if kept.is_empty() { path.to_string() } else { format!("{path}?{}", kept.join("&")) };
    HeaderValue::from_str(&clean).ok()
}
