//! Statuses of errors.

use app::error::ApiError;
use axum::{
    Json,
    body::{Body, to_bytes},
    http::{
        HeaderValue, Response, StatusCode,
        header::{CONTENT_LENGTH, RETRY_AFTER},
    },
    response::IntoResponse,
};

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
        if let ApiError::Limited { seconds } = error {
            parts.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(bytes))
}

/// An error of a plain route.
pub fn answer(error: &ApiError) -> axum::response::Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(error)).into_response()
}

/// A change asked for by a page of another site.
pub fn foreign_origin(_: tower_http::csrf::ProtectionError) -> axum::response::Response {
    answer(&ApiError::Forbidden { message: "This request came from another site and was not done.".into() })
}
