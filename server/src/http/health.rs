//! For whoever watches over the process.

use crate::state::State;
use axum::{extract, http::StatusCode};

/// The process answers.
pub async fn alive() -> &'static str {
    "ok"
}

/// The process can do its work: its database answers.
pub async fn ready(extract::State(state): extract::State<State>) -> (StatusCode, &'static str) {
    match state.db.ping().await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(error) => {
            tracing::error!("not ready: {error}");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }
    }
}
