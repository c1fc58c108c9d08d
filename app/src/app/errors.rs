//! Pages for what went wrong as a whole.

use crate::{
    error::ApiError,
    session::set_status,
    ui::{Empty, Mito},
};
use leptos::prelude::*;
use leptos_meta::Title;

/// No such page (404).
#[component]
pub fn NotFound() -> impl IntoView {
    set_status(404);
    view! {
        <Title text="Not here"/>
        <main class="alone" id="main">
            <div class="card dots">
                <Empty
                    mito=Mito::Comfort
                    title="This page wandered off"
                    text="The link may be old. Nothing of yours is lost."
                    whole_page=true
                >
                    <a class="btn btn--line" href="/home">"Go to today"</a>
                </Empty>
            </div>
        </main>
    }
}

/// A whole document for an error that struck before or while a page was rendered: it needs neither the router nor a
/// script. The server sends it with the error's status; `stylesheet` is the address of the site's styles.
pub fn error_document(error: &ApiError, stylesheet: &str) -> String {
    let number = match error {
        ApiError::Internal { request } => {
            format!(r#"<p class="mono small soft">request {}</p>"#, escaped(request))
        }
        _ => String::new(),
    };
    let title = match error {
        ApiError::Offline => "No connection",
        ApiError::Unauthorized => "You are logged out",
        error if error.status() >= 500 => "Something broke on our side",
        _ => "That did not work",
    };
    let text = match error {
        ApiError::Internal { .. } => {
            "Nothing you did is lost. If it happens again, tell whoever runs this server the number below."
                .into()
        }
        ApiError::Offline => {
            "Mitochi cannot be reached from here. What you have answered is kept, and what is due waits for you.".into()
        }
        error => escaped(&error.to_string()),
    };
    // an empty address is this page; that of a form cannot be opened again
    let (href, action) = match error {
        ApiError::Unauthorized => ("/login", "Log in"),
        ApiError::Offline | ApiError::Internal { .. } => ("", "Try again"),
        _ => ("/home", "Go to today"),
    };
    let stylesheet = escaped(stylesheet);
    format!(
        r#"<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>{title} · Mitochi</title><link rel="stylesheet" href="{stylesheet}"><link rel="icon" href="/favicon.ico" sizes="32x32"></head><body><main class="alone" id="main"><div class="card empty"><img class="sprite" src="/icon-192.png" width="96" height="96" alt=""><h1 class="empty__title">{title}</h1><p class="soft">{text}</p>{number}<a class="btn btn--line" href="{href}">{action}</a></div></main></body></html>"#
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_document_names_the_request_and_escapes_it() {
        let document = error_document(&ApiError::Internal { request: "01J<b>".into() }, "/pkg/mitochi.css");
        assert!(document.contains("request 01J&lt;b&gt;"), "{document}");
        assert!(!document.contains("<b>"));
    }

    #[test]
    fn without_a_connection_it_says_so() {
        let document = error_document(&ApiError::Offline, "/pkg/mitochi.css");
        assert!(document.contains("<title>No connection · Mitochi</title>"), "{document}");
        assert!(!document.contains("request"));
        assert!(document.contains(r#"href="">Try again"#), "{document}");
        let document = error_document(&ApiError::Unauthorized, "/pkg/mitochi.css");
        assert!(document.contains(r#"href="/login">Log in"#), "{document}");
    }
}
