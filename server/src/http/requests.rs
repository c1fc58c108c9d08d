//! A span and an id for every request; one line in the log when it ends; how long files may be kept.

use crate::error::RequestId;
use axum::{
    extract::Request,
    http::{HeaderValue, header::CACHE_CONTROL},
    middleware::Next,
    response::Response,
};
use std::time::Instant;
use tracing::Instrument;

/// Whether a path is a built file rather than a page.
pub(super) fn is_file(path: &str) -> bool {
    ["/pkg/", "/fonts/", "/art/"].iter().any(|folder| path.starts_with(folder))
}

/// Gives the request an id and logs how it went. The path is logged without its query: searches are private.
pub async fn trace(mut request: Request, next: Next) -> Response {
    let id = RequestId(short_id());
    request.extensions_mut().insert(id.clone());
    let path = request.uri().path().to_string();
    let span = tracing::info_span!("request", request.id = %id.0, method = %request.method(), path);
    let start = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    let ms = start.elapsed().as_secs_f64() * 1_000.0;
    span.in_scope(|| match status {
        _ if status.is_server_error() => {
            tracing::error!(status = status.as_u16(), duration_ms = ms, "{path} {status}");
        }
        _ if is_file(&path) && status.is_client_error() => {
            tracing::warn!(status = status.as_u16(), duration_ms = ms, "{path} {status}");
        }
        _ if is_file(&path) => tracing::debug!(status = status.as_u16(), duration_ms = ms, "{path} {status}"),
        _ => tracing::info!(status = status.as_u16(), duration_ms = ms, "{path} {status}"),
    });
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert("x-request-id", value);
    }
    if let Some(kept) = kept_for(&path).filter(|_| status.is_success()) {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(kept));
    }
    response
}

/// How long a file may be kept by the browser: for ever if its name holds its hash.
fn kept_for(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let hashed = path.starts_with("/pkg/") && name.split('.').count() > 2;
    match () {
        () if hashed || path.starts_with("/fonts/") => Some("public, max-age=31536000, immutable"),
        () if path.starts_with("/pkg/") => Some("no-cache"),
        () if is_file(path) => Some("public, max-age=86400"),
        () => None,
    }
}

/// Ten letters and digits: short enough to be read out, unique among the requests of a log.
#[expect(clippy::disallowed_methods, reason = "an id of a log line decides nothing")]
fn short_id() -> String {
    let mut rest = rand::random::<u64>();
    let digit = |n: u64| char::from(b"0123456789abcdefghjkmnpqrstvwxyz"[(n % 32) as usize]);
    (0..10)
        .map(|_| {
            let c = digit(rest);
            rest /= 32;
            c
        })
        .collect()
}
