//! How much and how long: requests of one learner or address in a minute, and the time that one request may take.

use super::{client::ClientAddress, requests::is_file, statuses::answer_to};
use crate::{shared::Rule, state::State};
use app::{error::ApiError, session::Session};
use axum::{
    extract::{self, Request},
    middleware::Next,
    response::Response,
};
use std::{net::IpAddr, time::Duration};

const MINUTE: i64 = 60_000;

/// Files of `public/` that stand beside no folder, and what programs ask for again and again.
const FREE: [&str; 14] = [
    "/apple-touch-icon.png",
    "/favicon.ico",
    "/favicon.svg",
    "/healthz",
    "/icon-192.png",
    "/icon-32.png",
    "/icon-512.png",
    "/icon-maskable-512.png",
    "/icons.svg",
    "/metrics",
    "/offline",
    "/readyz",
    "/site.webmanifest",
    "/worker.js",
];

/// What costs next to nothing. A name that only looks like a file's is a whole page that says that there is none.
fn is_free(path: &str) -> bool {
    is_file(path) || FREE.contains(&path)
}

/// Those who share a bucket: an address, or of IPv6 the 64 bits that one household has.
fn bucket(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
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
            Some((format!("requests:{}", bucket(address)), state.edge.address_requests_a_minute))
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
    fn a_household_is_one_and_what_stands_in_public_is_free() {
        let bucket = |text: &str| bucket(text.parse().unwrap()).to_string();
        assert_eq!(bucket("2001:db8:1:2:3:4:5:6"), bucket("2001:db8:1:2:ffff::1"));
        assert_ne!(bucket("2001:db8:1:2::1"), bucket("2001:db8:1:3::1"));
        assert_eq!(bucket("192.0.2.7"), "192.0.2.7");
        let public = concat!(env!("CARGO_MANIFEST_DIR"), "/../public");
        for file in std::fs::read_dir(public).unwrap().flatten().filter(|file| file.path().is_file()) {
            let path = format!("/{}", file.file_name().to_string_lossy());
            assert!(is_free(&path), "{path}");
        }
    }

    #[test]
    fn files_are_free_and_streams_take_their_time() {
        for path in ["/pkg/mitochi.js", "/favicon.ico", "/icon-192.png", "/healthz", "/worker.js"] {
            assert!(is_free(path), "{path}");
        }
        for path in ["/", "/home", "/api/quiz/answer", "/library/x.png", "/tutor/1/live", "/home.png"] {
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
