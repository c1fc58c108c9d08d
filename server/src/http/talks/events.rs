//! `GET /tutor/{id}/events?after=N`: a talk as server-sent events, where WebSockets are blocked (`app::tutor::wire`). What the
//! learner does goes by POST. A lost stream is opened again by the browser, with the number of the last line that came.

use super::{super::statuses::answer, stopped};
use crate::{
    error::{Error, RequestId},
    state::State,
    tutor::listen::Follower,
};
use app::{error::ApiError, session::Session, tutor::wire::Frame};
use axum::{
    Extension,
    extract::{self, Path, Query},
    http::{HeaderMap, header::CACHE_CONTROL},
    response::{
        IntoResponse, Response, Sse,
        sse::{self, KeepAlive},
    },
};
use domain::tutor::delivery::HEARTBEAT_MS;
use serde::Deserialize;
use std::{convert::Infallible, time::Duration};
use tokio::sync::mpsc::Sender;

/// Then the browser connects again, with a session that is looked at again.
const LONGEST: Duration = Duration::from_secs(600);

/// Where to begin.
#[derive(Debug, Deserialize)]
pub struct From {
    /// The number of the last line that is there.
    #[serde(default)]
    after: u64,
}

/// Streams the talk.
pub async fn events(
    extract::State(state): extract::State<State>,
    session: Option<Extension<Session>>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(From { after }): Query<From>,
) -> Response {
    let Some(Extension(session)) = session else { return answer(&ApiError::Unauthorized) };
    let Ok(talk) = id.parse() else { return answer(&ApiError::not_found("This talk")) };
    let mut follower = match Follower::new(state.tutor.clone(), &state.listeners, session, talk) {
        Ok(follower) => follower,
        Err(error) => return answer(&error),
    };
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    follower.start(last.unwrap_or(after));
    let first = match follower.missing().await {
        Ok(frames) => frames,
        Err(error) => return answer(&Error::into_api(error, &request)),
    };
    let (send, receive) = tokio::sync::mpsc::channel(4);
    tokio::spawn(stream(state, follower, first, send, request));
    let stream = tokio_stream::wrappers::ReceiverStream::new(receive);
    // beats keep it alive for the page; the comments are for proxies that end what is silent sooner
    let stream = Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(10)));
    ([(CACHE_CONTROL, "no-store")], [("x-accel-buffering", "no")], stream).into_response()
}

async fn stream(
    state: State,
    mut follower: Follower,
    first: Vec<Frame>,
    send: Sender<Result<sse::Event, Infallible>>,
    request: RequestId,
) {
    let mut stopping = state.stopping.clone();
    let deadline = tokio::time::sleep(LONGEST);
    tokio::pin!(deadline);
    let mut frames = first;
    loop {
        for frame in frames {
            let Ok(event) = event(&frame) else { return };
            if send.send(Ok(event)).await.is_err() {
                return;
            }
        }
        let mut quiet = false;
        if !follower.all_arrived() {
            tokio::select! {
                () = follower.woken() => {}
                () = tokio::time::sleep(Duration::from_millis(HEARTBEAT_MS as u64)) => quiet = true,
                () = send.closed() => return,
                () = &mut deadline => return,
                () = stopped(&mut stopping) => return,
            }
        }
        frames = match follower.missing().await {
            Ok(frames) if frames.is_empty() && quiet => vec![Frame::Beat],
            Ok(frames) => frames,
            Err(error) => {
                let refused = Frame::Refused { seen: None, error: error.into_api(&request) };
                if let Ok(event) = event(&refused) {
                    let _ = send.send(Ok(event)).await;
                }
                return;
            }
        };
    }
}

/// A line's number is what the browser resumes after.
fn event(frame: &Frame) -> Result<sse::Event, axum::Error> {
    let event = sse::Event::default().json_data(frame)?;
    Ok(match frame.seq() {
        Some(seq) => event.id(seq.to_string()),
        None => event,
    })
}
