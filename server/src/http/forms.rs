//! Forms without scripts: where they are led on to. A scripted request gets its answer and stays where it is.

use axum::http::{header::ACCEPT, request::Parts};
use leptos::prelude::use_context;

/// Whether this request is a plain form's: a browser that navigates accepts HTML, a script asks for data.
pub fn is_plain() -> bool {
    let accepts_html = |parts: &Parts| {
        let accepted = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok());
        accepted.is_some_and(|accepted| accepted.contains("text/html"))
    };
    use_context::<Parts>().is_some_and(|parts| accepts_html(&parts))
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
