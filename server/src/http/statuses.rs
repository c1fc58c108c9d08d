//! Statuses of errors, and the pages of those that struck outside of a page.

use super::forms::accepts_html;
use crate::{error::RequestId, state::State};
use app::{app::error_document, error::ApiError};
use axum::{
    Json,
    body::{Body, to_bytes},
    extract::{self, Request},
    http::{
        HeaderMap, HeaderValue, Response, StatusCode,
        header::{CONTENT_LENGTH, RETRY_AFTER},
    },
    middleware::Next,
    response::{Html, IntoResponse},
};
use futures::FutureExt;
use std::panic::AssertUnwindSafe;

/// Gives the answer of a server function the status its error asks for (leptos says 500 for all). A form without
/// scripts stays the redirect that it is.
pub async fn error_status(response: Response<Body>) -> Response<Body> {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR
        || !response.headers().contains_key("serverfnerror")
    {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, 64 * 1024).await.unwrap_or_default();
    if let Ok(error) = serde_json::from_slice::<ApiError>(&bytes) {
        parts.status = StatusCode::from_u16(error.status()).unwrap_or(parts.status);
        if let Some(seconds) = wait(&error) {
            parts.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(bytes))
}

/// An error of a plain route, for a script.
pub fn answer(error: &ApiError) -> axum::response::Response {
    with_wait(error, (status(error), Json(error)).into_response())
}

/// An error of a plain route: a page for a browser that navigates, data for a script.
pub fn answer_to(headers: &HeaderMap, error: &ApiError, state: &State) -> axum::response::Response {
    if !accepts_html(headers) {
        return answer(error);
    }
    with_wait(error, (status(error), Html(error_document(error, &state.stylesheet))).into_response())
}

/// Says when it may be tried again, where that is known.
fn with_wait(error: &ApiError, mut response: axum::response::Response) -> axum::response::Response {
    if let Some(seconds) = wait(error) {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Seconds after which it may be tried again.
fn wait(error: &ApiError) -> Option<u32> {
    match error {
        ApiError::Limited { seconds } => Some(*seconds),
        ApiError::Unavailable { .. } => Some(10),
        _ => None,
    }
}

fn status(error: &ApiError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A request whose handler panics is answered, with an id that stands in the log; the others go on.
pub async fn survive(
    extract::State(state): extract::State<State>,
    request: Request,
    next: Next,
) -> axum::response::Response {
    let headers = request.headers().clone();
    let id = request.extensions().get::<RequestId>().map_or("unknown".into(), |id| id.0.clone());
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            let why = panic.downcast_ref::<String>().map(String::as_str);
            let why = why.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
            tracing::error!(request.id = %id, "request panicked: {why}");
            answer_to(&headers, &ApiError::Internal { request: id }, &state)
        }
    }
}

/// `GET /offline`: what the browser's worker keeps and shows in place of a page that cannot be fetched.
pub async fn offline(extract::State(state): extract::State<State>) -> Html<String> {
    Html(error_document(&ApiError::Offline, &state.stylesheet))
}

/// A change asked for by a page of another site.
pub fn foreign_origin(_: tower_http::csrf::ProtectionError) -> axum::response::Response {
    from_another_site()
}

/// Something asked for by a page of another site.
pub fn from_another_site() -> axum::response::Response {
    answer(&ApiError::Forbidden { message: "This request came from another site and was not done.".into() })
}
