//! `GET /tutor/{id}/live`: a talk over a WebSocket (`app::tutor::wire`). Owns: when a line is silent, too slow, done for, and how
//! it is closed. Refuses: what is said on it.

use super::{
    super::statuses::{answer, from_another_site},
    stopped,
};
use crate::{error::RequestId, state::State, tutor::listen::Follower};
use app::{
    error::ApiError,
    session::Session,
    tutor::{
        api::{Doing, Done, Tutor},
        wire::{CLOSED_FOR, FRAME_MAX_BYTES, Frame, Word},
    },
};
use axum::{
    Extension,
    extract::{
        self, Path,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    },
    http::{
        HeaderMap,
        header::{HOST, ORIGIN},
    },
    response::Response,
};
use domain::{
    id::TalkId,
    tutor::delivery::{self, HEARTBEAT_MS},
};
use futures::SinkExt;
use leptos::{
    prelude::{Owner, provide_context},
    reactive::computed::ScopedFuture,
};
use std::{convert::Infallible, time::Duration};
use tokio::time::MissedTickBehavior;
use tracing::Instrument;

/// A browser says within this time where it stands.
const FIRST_WORD: Duration = Duration::from_secs(10);
/// How often it is looked whether a line is silent.
const TICK: Duration = Duration::from_secs(1);
/// What cannot be sent for so long is not sent.
const STUCK: Duration = Duration::from_secs(30);
/// Then the browser opens another line, with a session that is looked at again.
const LONGEST: Duration = Duration::from_secs(3_600);
/// The other side may take so long to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);
/// What a line reads at once, bytes: a thousand lines shall not hold a thousand times the 128 KiB that are usual.
const READ_BYTES: usize = 4 * 1024;

/// Why a line ends.
#[derive(Debug)]
enum End {
    /// The browser left.
    Left,
    /// Nothing is wrong; it shall be opened again.
    Again,
    /// The process ends.
    Restart,
    /// Something came that makes no sense.
    Odd,
    /// A frame is too large.
    TooLarge,
    /// For this.
    Refused(ApiError),
}

impl End {
    /// The code of RFC 6455 or of our own; `None` where nobody is there to hear it.
    fn code(&self) -> Option<u16> {
        Some(match self {
            Self::Left => return None,
            Self::Again => 1001,
            Self::Restart => 1012,
            Self::Odd => 1008,
            Self::TooLarge => 1009,
            Self::Refused(error) => CLOSED_FOR + error.status(),
        })
    }
}

/// Opens the line.
pub async fn live(
    extract::State(state): extract::State<State>,
    session: Option<Extension<Session>>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
    Path(id): Path<String>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if is_foreign(&headers) {
        return from_another_site();
    }
    let Some(Extension(session)) = session else { return answer(&ApiError::Unauthorized) };
    let Ok(talk) = id.parse() else { return answer(&ApiError::not_found("This talk")) };
    let span = tracing::info_span!("line", request.id = %request.0, talk.id = %talk);
    upgrade
        .read_buffer_size(READ_BYTES)
        .write_buffer_size(0)
        .max_message_size(2 * FRAME_MAX_BYTES)
        .max_frame_size(2 * FRAME_MAX_BYTES)
        .on_upgrade(move |socket| converse(socket, state, session, talk, request).instrument(span))
}

/// Whether a page of another site asks: browsers do not guard WebSockets as they guard requests. By the rules of
/// `tower_http::csrf`, which lets every GET pass.
fn is_foreign(headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-site").map(|site| site.as_bytes()) {
        Some(b"same-origin" | b"none") => false,
        Some(site) if !site.is_empty() => true,
        _ => headers.get(ORIGIN).is_some_and(|origin| {
            let origin = origin.to_str().ok().and_then(|origin| Some(origin.split_once("://")?.1));
            let host = headers.get(HOST).and_then(|host| host.to_str().ok());
            origin.is_none() || origin != host
        }),
    }
}

async fn converse(socket: WebSocket, state: State, session: Session, talk: TalkId, request: RequestId) {
    let now = state.clock.now();
    let mut line = Line { socket, session, talk, request, heard: now, sent: now, looked: now, state };
    match Follower::new(line.state.tutor.clone(), &line.state.listeners, session, talk) {
        // who follows is counted until the line is closed: a process that ends waits for that
        Ok(mut follower) => {
            let Err(end) = line.run(&mut follower).await;
            line.close(end).await;
        }
        Err(error) => line.close(End::Refused(error)).await,
    }
}

struct Line {
    socket: WebSocket,
    state: State,
    session: Session,
    talk: TalkId,
    request: RequestId,
    /// When something was last heard and sent, and when it was last looked what is missing; milliseconds since 1970.
    heard: i64,
    sent: i64,
    looked: i64,
}

impl Line {
    /// Serves until there is a reason not to.
    async fn run(&mut self, follower: &mut Follower) -> Result<Infallible, End> {
        let mut stopping = self.state.stopping.clone();
        let deadline = tokio::time::sleep(LONGEST);
        tokio::pin!(deadline);
        let first = tokio::time::timeout(FIRST_WORD, self.socket.recv()).await.map_err(|_| End::Odd)?;
        let Some(Word::Start { after }) = self.word(first)? else { return Err(End::Odd) };
        follower.start(after);
        self.send_missing(follower).await?;
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                message = self.socket.recv() => {
                    if let Some(word) = self.word(message)? {
                        self.hear(follower, word).await?;
                    }
                }
                () = follower.woken() => self.send_missing(follower).await?,
                _ = tick.tick() => self.look(follower).await?,
                () = stopped(&mut stopping) => return Err(End::Restart),
                () = &mut deadline => return Err(End::Again),
            }
        }
    }

    /// What came, if it is a word at all.
    fn word(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<Option<Word>, End> {
        let Some(Ok(message)) = message else { return Err(End::Left) };
        self.heard = self.state.clock.now();
        match message {
            Message::Text(text) if text.len() > FRAME_MAX_BYTES => Err(End::TooLarge),
            Message::Text(text) => serde_json::from_str(&text).map(Some).map_err(|_| End::Odd),
            Message::Binary(_) => Err(End::Odd),
            Message::Close(_) => Err(End::Left),
            Message::Ping(_) | Message::Pong(_) => Ok(None),
        }
    }

    async fn hear(&mut self, follower: &mut Follower, word: Word) -> Result<(), End> {
        match word {
            Word::Start { .. } => Err(End::Odd),
            Word::Ack { seq } => match follower.arrived(seq) {
                Ok(true) => self.send_missing(follower).await,
                Ok(false) => Ok(()),
                Err(_) => Err(End::Odd),
            },
            Word::Do(doing) if doing.talk != self.talk => Err(End::Odd),
            Word::Do(doing) => {
                let seen = doing.seen;
                let frame = match self.act(doing).await {
                    Ok(Done { counted, .. }) => {
                        self.send_missing(follower).await?;
                        Frame::Done { seen, counted }
                    }
                    Err(error) => Frame::Refused { seen: Some(seen), error },
                };
                self.send(&[frame]).await
            }
        }
    }

    /// As a server function would: with the request's id, under which an error stands in the log.
    async fn act(&mut self, doing: Doing) -> Result<Done, ApiError> {
        let owner = Owner::new();
        let run = owner.with(|| {
            provide_context(self.request.clone());
            ScopedFuture::new(self.state.tutor.act(self.session, doing))
        });
        run.await
    }

    /// Whether anybody is still there, and may be.
    async fn look(&mut self, follower: &mut Follower) -> Result<(), End> {
        if self.state.clock.now() - self.looked >= HEARTBEAT_MS {
            self.send_missing(follower).await?;
        }
        match delivery::line(self.heard, self.sent, self.state.clock.now()) {
            delivery::Line::Alive => Ok(()),
            delivery::Line::Quiet => self.send(&[Frame::Beat]).await,
            delivery::Line::Cut => Err(End::Again),
        }
    }

    async fn send_missing(&mut self, follower: &mut Follower) -> Result<(), End> {
        self.looked = self.state.clock.now();
        match follower.missing().await {
            Ok(frames) => self.send(&frames).await,
            Err(error) => Err(End::Refused(error.into_api(&self.request))),
        }
    }

    async fn send(&mut self, frames: &[Frame]) -> Result<(), End> {
        if frames.is_empty() {
            return Ok(());
        }
        let sending = async {
            for frame in frames {
                let text = serde_json::to_string(frame).map_err(|_| End::Odd)?;
                self.socket.feed(Message::Text(text.into())).await.map_err(|_| End::Left)?;
            }
            self.socket.flush().await.map_err(|_| End::Left)
        };
        tokio::time::timeout(STUCK, sending).await.map_err(|_| End::Left)??;
        self.sent = self.state.clock.now();
        Ok(())
    }

    /// Says why, and waits a moment for the other side to have heard it.
    async fn close(mut self, end: End) {
        tracing::debug!("a line ends: {end:?}");
        let Some(code) = end.code() else { return };
        let goodbye = async {
            if let End::Refused(error) = end {
                let _ = self.send(&[Frame::Refused { seen: None, error }]).await;
            }
            let frame = CloseFrame { code, reason: Utf8Bytes::default() };
            let _ = self.socket.send(Message::Close(Some(frame))).await;
            while let Some(Ok(_)) = self.socket.recv().await {}
        };
        let _ = tokio::time::timeout(GOODBYE, goodbye).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_other_sites_are_told_by_what_browsers_say() {
        let headers = |pairs: &[(&'static str, &'static str)]| {
            let pairs = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            pairs.collect::<HeaderMap>()
        };
        for (pairs, foreign) in [
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://a"), ("host", "inner")][..], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://a"), ("host", "a")], true),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("origin", "https://a.example"), ("host", "a.example")], false),
            (&[("origin", "http://a.example:81"), ("host", "a.example")], true),
            (&[("origin", "null"), ("host", "a.example")], true),
            (&[("origin", "http://a.example")], true),
            (&[("host", "a.example")], false),
        ] {
            assert_eq!(is_foreign(&headers(pairs)), foreign, "{pairs:?}");
        }
    }
}
