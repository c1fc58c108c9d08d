//! How much and how long: requests of one learner or address in a minute, and the time that one request may take.

use super::{client::ClientAddress, requests::is_file, statuses::answer_to};
use crate::{shared::Rule, state::State};
use app::{error::ApiError, session::Session};
use axum::{
    extract::{self, Request},
    middleware::Next,
    response::Response,
};
use std::time::Duration;

const MINUTE: i64 = 60_000;

/// What is asked for again and again by programs, or costs nothing.
fn is_free(path: &str) -> bool {
    is_file(path)
        || ["/healthz", "/readyz", "/metrics", "/offline", "/worker.js", "/site.webmanifest"].contains(&path)
        || (path.matches('/').count() == 1 && [".png", ".svg", ".ico"].iter().any(|end| path.ends_with(end)))
}

/// What goes on for as long as somebody listens, or as their line needs.
fn is_stream(path: &str) -> bool {
    path == "/settings/export"
        || path == "/settings/import"
        || path == "/library/upload"
        || path == "/library/events"
        || (path.starts_with("/tutor/") && path.ends_with("/live"))
        || (path.starts_with("/tutor/") && path.ends_with("/events"))
}

/// Refuses what is more than a learner, or an address without a session, may ask in a minute.
pub async fn rate(extract::State(state): extract::State<State>, request: Request, next: Next) -> Response {
    if is_free(request.uri().path()) {
        return next.run(request).await;
    }
    let session = request.extensions().get::<Session>().copied();
    let address = request.extensions().get::<ClientAddress>().copied();
    let counted = match (session, address) {
        (Some(session), _) => Some((format!("requests:{}", session.learner), state.edge.requests_a_minute)),
        (None, Some(ClientAddress(address))) => {
            Some((format!("requests:{address}"), state.edge.address_requests_a_minute))
        }
        (None, None) => None,
    };
    if let Some((key, tries)) = counted.filter(|(_, tries)| *tries > 0) {
        let rule = Rule { tries: tries as usize, window: MINUTE };
        if let Err(wait) = state.shared.limits.take(&key, rule, state.clock.now()).await {
            return answer_to(request.headers(), &ApiError::Limited { seconds: wait.seconds() }, &state);
        }
    }
    next.run(request).await
}

/// Gives up a request that takes too long; what it had not committed is undone.
pub async fn time(extract::State(state): extract::State<State>, request: Request, next: Next) -> Response {
    if is_stream(request.uri().path()) {
        return next.run(request).await;
    }
    let (headers, path) = (request.headers().clone(), request.uri().path().to_string());
    let most = Duration::from_secs(state.edge.request_seconds);
    match tokio::time::timeout(most, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!(path, "a request took longer than {} s and was given up", most.as_secs());
            let message =
                "This took too long and was given up. What you saved before is kept: try again in a moment.";
            answer_to(&headers, &ApiError::Unavailable { message: message.into() }, &state)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_free_and_streams_take_their_time() {
        for path in ["/pkg/mitochi.js", "/favicon.ico", "/icon-192.png", "/healthz", "/worker.js"] {
            assert!(is_free(path), "{path}");
        }
        for path in ["/", "/home", "/api/quiz/answer", "/library/x.png", "/tutor/1/live"] {
            assert!(!is_free(path), "{path}");
        }
        for (path, stream) in [
            ("/library/upload", true),
            ("/tutor/1/live", true),
            ("/tutor/1/events", true),
            ("/library/events", true),
            ("/tutor/1", false),
            ("/api/quiz/answer", false),
        ] {
            assert_eq!(is_stream(path), stream, "{path}");
        }
    }
}
