//! The session's cookies and the one that says how pages look.

use super::{
    AccountService,
    sessions::{ACCESS_MS, REFRESH_MS, Tokens},
};
use app::session::{Look, Motion, Theme};
use axum::http::{
    HeaderMap, HeaderValue,
    header::{COOKIE, SET_COOKIE},
};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

const ACCESS: &str = "mitochi_access";
const REFRESH: &str = "mitochi_refresh";
const LOOK: &str = "mitochi_look";

/// Access and refresh token of a request, each if it is there.
pub fn token_cookies(headers: &HeaderMap) -> (Option<String>, Option<String>) {
    (read(headers, ACCESS), read(headers, REFRESH))
}

/// How the pages of a request shall look.
pub fn read_look(headers: &HeaderMap) -> Look {
    let value = read(headers, LOOK).unwrap_or_default();
    let has = |word: &str| value.split('.').any(|part| part == word);
    let theme = match () {
        () if has("light") => Theme::Light,
        () if has("dark") => Theme::Dark,
        () => Theme::System,
    };
    Look { theme, motion: if has("reduced") { Motion::Reduced } else { Motion::System } }
}

fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    let pairs =
        headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(';'));
    let mut values = pairs.filter_map(|pair| pair.trim().split_once('='));
    values.find(|(key, value)| *key == name && !value.is_empty()).map(|(_, value)| value.to_string())
}

/// Set-Cookie lines for tokens; `None` clears them.
pub fn set_token_cookies(tokens: Option<&Tokens>, secure: bool) -> Vec<HeaderValue> {
    let line = |name: &str, value: Option<&str>, life_ms: i64| {
        let life = value.map_or(0, |_| life_ms / 1_000);
        let secure = if secure { "; Secure" } else { "" };
        let value = value.unwrap_or_default();
        HeaderValue::from_str(&format!(
            "{name}={value}; Path=/; Max-Age={life}; HttpOnly; SameSite=Lax{secure}"
        ))
        .ok()
    };
    let access = line(ACCESS, tokens.map(|tokens| tokens.access.as_str()), ACCESS_MS);
    let refresh = line(REFRESH, tokens.map(|tokens| tokens.refresh.as_str()), REFRESH_MS);
    [access, refresh].into_iter().flatten().collect()
}

impl AccountService {
    /// Sets (or clears) the session's cookies in the answer of this server function.
    pub(crate) fn send_cookies(&self, tokens: Option<&Tokens>) {
        let Some(response) = use_context::<ResponseOptions>() else { return };
        for line in set_token_cookies(tokens, self.secure) {
            response.append_header(SET_COOKIE, line);
        }
    }

    /// Sets the cookie that says how pages look.
    pub(super) fn send_look(&self, look: Look) {
        let Some(response) = use_context::<ResponseOptions>() else { return };
        let words = [look.theme_attribute(), look.motion_attribute()];
        let value = words.into_iter().flatten().collect::<Vec<_>>().join(".");
        let secure = if self.secure { "; Secure" } else { "" };
        let line = format!("{LOOK}={value}; Path=/; Max-Age=31536000; SameSite=Lax{secure}");
        if let Ok(line) = HeaderValue::from_str(&line) {
            response.append_header(SET_COOKIE, line);
        }
    }
}

/// Whether a Set-Cookie line is one of the session's.
pub fn is_token_cookie(line: &str) -> bool {
    line.starts_with(ACCESS) || line.starts_with(REFRESH)
}
