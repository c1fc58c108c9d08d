//! From cookies to a `Session` in the request, renewed without the learner noticing.

use super::requests::is_file;
use crate::{
    account::{self, sessions::Renewal},
    state::State,
};
use axum::{
    extract::{self, Request},
    http::header::SET_COOKIE,
    middleware::Next,
    response::Response,
};

/// Puts the session into the request. An access token that has run out is replaced through the refresh token; one
/// that cannot be renewed is cleared, so that the browser stops sending it.
pub async fn authenticate(
    extract::State(state): extract::State<State>,
    mut request: Request,
    next: Next,
) -> Response {
    if is_file(request.uri().path()) {
        return next.run(request).await;
    }
    let (access, refresh) = account::token_cookies(request.headers());
    let mut set = None;
    if let Some(session) = access.and_then(|token| state.account.read_access(&token)) {
        // ended from elsewhere, or the account was shut: out at once, not in a quarter of an hour
        if state.account.goes_on(session).await {
            request.extensions_mut().insert(session);
        } else {
            set = Some(None);
        }
    } else if let Some(refresh) = refresh {
        match state.account.renew(&refresh).await {
            Ok(Renewal::Renewed(session, tokens)) => {
                request.extensions_mut().insert(session);
                set = Some(Some(tokens));
            }
            Ok(Renewal::Refused) => set = Some(None),
            // the database is down: the request goes on as a stranger's, the cookies stay
            Err(error) => tracing::error!("session not renewed: {error}"),
        }
    }
    let mut response = next.run(request).await;
    // log-in and log-out have set their own
    if let Some(tokens) = set.filter(|_| !sets_tokens(&response)) {
        for line in account::set_token_cookies(tokens.as_ref(), state.account.secure) {
            response.headers_mut().append(SET_COOKIE, line);
        }
    }
    response
}

fn sets_tokens(response: &Response) -> bool {
    let lines = response.headers().get_all(SET_COOKIE).iter();
    lines.filter_map(|line| line.to_str().ok()).any(account::is_token_cookie)
}
