//! `GET /library/events`: the shelf, again and again, as files are read. The database is the truth: each event is
//! the whole shelf, so nothing is missed by a lost connection.

use super::statuses::answer;
use crate::{
    error::{Error, RequestId},
    state::State,
};
use app::{error::ApiError, session::Session};
use axum::{
    Extension, extract,
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use std::{convert::Infallible, time::Duration};

/// At most so many events a second and stream.
const PAUSE: Duration = Duration::from_millis(250);
/// Then the browser connects again, with a session that is looked at again.
const LONGEST: Duration = Duration::from_secs(600);

/// Streams the shelf.
pub async fn events(
    extract::State(state): extract::State<State>,
    session: Option<Extension<Session>>,
    Extension(request): Extension<RequestId>,
) -> Response {
    let Some(Extension(session)) = session else { return answer(&ApiError::Unauthorized) };
    let mut changes = state.live.subscribe();
    let first = match state.library.shelf(session).await {
        Ok(shelf) => shelf,
        Err(error) => return answer(&Error::into_api(error, &request)),
    };
    let library = state.library.clone();
    let (send, receive) = tokio::sync::mpsc::channel::<Result<Event, Infallible>>(4);
    let mut stopping = state.stopping.clone();
    tokio::spawn(async move {
        let deadline = tokio::time::sleep(LONGEST);
        tokio::pin!(deadline);
        let mut shelf = Some(first);
        loop {
            if let Some(shelf) = shelf.take() {
                let Ok(event) = Event::default().json_data(shelf) else { break };
                if send.send(Ok(event)).await.is_err() {
                    break;
                }
            }
            tokio::select! {
                changed = changes.changed_for(session.learner) => if !changed { break },
                () = send.closed() => break,
                () = &mut deadline => break,
                _ = stopping.changed() => break,
            }
            tokio::time::sleep(PAUSE).await;
            match library.shelf(session).await {
                Ok(next) => shelf = Some(next),
                Err(error) => {
                    tracing::error!("live shelf: {error}");
                    break;
                }
            }
        }
    });
    let stream = tokio_stream::wrappers::ReceiverStream::new(receive);
    Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response()
}
