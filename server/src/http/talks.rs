//! A talk as a file, and as it goes on.

mod events;
mod live;

pub use events::events;
pub use live::live;

use super::statuses::answer_to;
use crate::{
    error::{Error, RequestId},
    state::State,
};
use app::{error::ApiError, session::Session};
use axum::{
    Extension,
    extract::{self, Path},
    http::{
        HeaderMap,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use tokio::sync::watch;

/// Waits until the process is asked to stop.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// `GET /tutor/{id}/text`: the talk as Markdown.
pub async fn text(
    extract::State(state): extract::State<State>,
    session: Option<Extension<Session>>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    let Some(Extension(session)) = session else {
        return answer_to(&headers, &ApiError::Unauthorized, &state);
    };
    let Ok(id) = id.parse() else { return answer_to(&headers, &ApiError::not_found("This talk"), &state) };
    match state.tutor.text(session, id).await {
        Ok(text) => {
            let kind = [
                (CONTENT_TYPE, "text/markdown; charset=utf-8"),
                (CONTENT_DISPOSITION, "attachment; filename=\"talk.md\""),
                (CACHE_CONTROL, "no-store"),
            ];
            (kind, text).into_response()
        }
        Err(error) => answer_to(&headers, &Error::into_api(error, &request), &state),
    }
}
