//! For whoever watches over the process.

use crate::state::State;
use axum::{extract, http::StatusCode};

/// The process answers.
pub async fn alive() -> &'static str {
    "ok"
}

/// The process can do its work: its database answers. Without Redis it can too, so that is told and no failure: a
/// balancer that took away every process would make it one.
pub async fn ready(extract::State(state): extract::State<State>) -> (StatusCode, &'static str) {
    match state.db.ping().await {
        Ok(()) if state.shared.is_whole().await => (StatusCode::OK, "ready"),
        Ok(()) => (StatusCode::OK, "degraded: Redis does not answer, so this process goes by itself"),
        Err(error) => {
            tracing::error!("not ready: {error}");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }
    }
}
