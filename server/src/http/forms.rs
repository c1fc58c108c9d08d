//! Forms without scripts: where they are led on to. A scripted request gets its answer and stays where it is.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{
        HeaderMap, HeaderValue, Method, Response, StatusCode,
        header::{ACCEPT, LOCATION, REFERER},
        request::Parts,
    },
    middleware::Next,
};
use leptos::prelude::use_context;

/// Longest form that is looked into, bytes.
const MAX_FORM: usize = 64 * 1024;

/// Whether this request is a plain form's: a browser that navigates accepts HTML, a script asks for data.
pub fn is_plain() -> bool {
    use_context::<Parts>().is_some_and(|parts| accepts_html(&parts.headers))
}

/// Whether whoever asks shows pages: a browser that navigates, not a script.
pub(super) fn accepts_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}

/// Leads a plain form on to a path of this site; does nothing for a scripted request, or if it is no such path.
pub fn lead_plain(path: &str) {
    if is_plain() && is_local(path) {
        leptos_axum::redirect(path);
    }
}

/// Leads every request on, the scripted ones too.
pub fn lead(path: &str) {
    if use_context::<Parts>().is_some() && is_local(path) {
        leptos_axum::redirect(path);
    }
}

/// Whether it is a path of this site: one slash at the beginning (two, or a slash and a backslash, would name another
/// host), and only what may stand in a header.
pub fn is_local(path: &str) -> bool {
    path.starts_with('/')
        && !path[1..].starts_with(['/', '\\'])
        && path.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A refused form without scripts is led back to its page with the error in the address. This takes an older error out
/// of that address first, and adds the typed e-mail address (never the password), so that it stands there again.
pub async fn keep_typed(request: Request, next: Next) -> Response<Body> {
    let plain_form = request.method() == Method::POST && accepts_html(request.headers());
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

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;
    use leptos::prelude::{Owner, provide_context};
    use leptos_axum::ResponseOptions;

    #[test]
    fn only_paths_of_this_site() {
        for (path, local) in [
            ("/quiz/1?shown=2", true),
            ("/", true),
            ("", false),
            ("quiz", false),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("https://evil.example", false),
            ("/a\r\nSet-Cookie: x", false),
            ("/a b", false),
            ("/ü", false),
        ] {
            assert_eq!(is_local(path), local, "{path}");
        }
    }

    #[test]
    fn a_script_is_not_led_away() {
        for (accept, plain) in [("text/html,application/xhtml+xml", true), ("application/json", false)] {
            Owner::new().with(|| {
                let (parts, ()) = Request::builder().header(ACCEPT, accept).body(()).unwrap().into_parts();
                provide_context(parts);
                provide_context(ResponseOptions::default());
                lead_plain("/review");
                let response = use_context::<ResponseOptions>().unwrap();
                let status = response.0.read().unwrap().status;
                assert_eq!(is_plain(), plain);
                assert_eq!(status.is_some(), plain, "{accept}");
            });
        }
        // outside of a request
        assert!(!is_plain());
        lead("/review");
    }
}
