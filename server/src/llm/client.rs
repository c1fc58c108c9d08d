//! One endpoint, asked once. Owns: the connection, what a status means, and how long the endpoint wants to be left alone.
//! Refuses: trying again, and repeating anything that a provider wrote in an error.

use super::{
    catalogue::{Dialect, Endpoint},
    dialect::{self, Failure, Piece},
    messages,
    pace::Pace,
};
use crate::{clock::Clock, config::Secret, place};
use async_openai::{config::OpenAIConfig, error::OpenAIError, middleware::HttpRequestFactory};
use async_trait::async_trait;
use futures::{Stream, StreamExt};
use reqwest::{header::RETRY_AFTER, redirect::Policy};
use serde_json::Value;
use std::{pin::Pin, time::Duration};

/// Most bytes that are read of an error.
const ERROR_MAX: usize = 64 * 1024;
/// Most bytes of text in one answer: no model writes so much within its limit of tokens.
const ANSWER_MAX: usize = 1024 * 1024;

/// Why an endpoint did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{failure}")]
pub struct Refusal {
    /// What it was.
    pub failure: Failure,
    /// How long it wants to be left alone.
    pub wish: Option<Duration>,
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self { failure, wish: None }
    }
}

/// The pieces of an answer. Dropping it ends the connection.
pub type Pieces = Pin<Box<dyn Stream<Item = Result<Piece, Failure>> + Send>>;

/// Asks one endpoint, once.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends a body (see `dialect::body`), and gives the answer when it begins.
    ///
    /// # Errors
    /// [`Refusal`].
    async fn ask(&self, body: &Value) -> Result<Pieces, Refusal>;
}

/// An endpoint on the network and its key.
#[derive(Clone)]
pub struct Http(Way);

/// By which API it is asked.
#[derive(Clone)]
enum Way {
    OpenAi(Box<async_openai::Client<OpenAIConfig>>),
    Messages(messages::Client),
}

impl Http {
    /// Nothing is sent yet.
    ///
    /// # Errors
    /// Where the machine cannot speak TLS, or the key cannot be sent.
    pub fn new(endpoint: &Endpoint, key: &Secret, pace: Pace, clock: Clock) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .connect_timeout(pace.connect)
            // a key goes where the operator said and nowhere else
            .redirect(Policy::none());
        // what stays on this machine goes through no proxy of the environment either
        let http = if place::is_here(&endpoint.url) { http.no_proxy() } else { http }.build()?;
        if endpoint.dialect == Dialect::Messages {
            return Ok(Self(Way::Messages(messages::Client::new(http, endpoint, key, clock)?)));
        }
        // no organisation or project of the environment: what is configured is what is used
        let config = OpenAIConfig::new()
            .with_api_base(endpoint.url.trim_end_matches('/'))
            .with_api_key(key.expose())
            .with_org_id("")
            .with_project_id("");
        let service = tower::service_fn(move |request: HttpRequestFactory| {
            let (http, clock) = (http.clone(), clock.clone());
            async move { send(&http, request, &clock).await }
        });
        let client = async_openai::Client::with_config(config).with_http_service(service);
        Ok(Self(Way::OpenAi(Box::new(client))))
    }
}

#[async_trait]
impl Transport for Http {
    async fn ask(&self, body: &Value) -> Result<Pieces, Refusal> {
        let client = match &self.0 {
            Way::OpenAi(client) => client,
            Way::Messages(client) => return Ok(bounded(client.ask(body).await?)),
        };
        let stream = client.chat().create_stream_byot::<_, Value>(body).await.map_err(refusal)?;
        let pieces = stream.map(|chunk| match chunk {
            Ok(chunk) => dialect::pieces(&chunk),
            // malformed, or the connection broke
            Err(_) => Err(Failure::Broken),
        });
        let pieces = pieces.flat_map(|pieces| {
            futures::stream::iter(match pieces {
                Ok(pieces) => pieces.into_iter().map(Ok).collect(),
                Err(failure) => vec![Err(failure)],
            })
        });
        Ok(bounded(pieces))
    }
}

/// The pieces of an answer as long as it is no longer than any can be.
fn bounded(pieces: impl Stream<Item = Result<Piece, Failure>> + Send + 'static) -> Pieces {
    let mut bytes = 0;
    Box::pin(pieces.map(move |piece| {
        if let Ok(Piece::Text(text)) = &piece {
            bytes += text.len();
            if bytes > ANSWER_MAX {
                return Err(Failure::Broken);
            }
        }
        piece
    }))
}

/// Sends what the library for OpenAI's API made, once.
async fn send(
    http: &reqwest::Client,
    request: HttpRequestFactory,
    clock: &Clock,
) -> Result<reqwest::Response, OpenAIError> {
    let sent = execute(http, request.build().await?, clock).await;
    sent.map_err(|refusal| OpenAIError::Boxed(Box::new(refusal)))
}

/// Sends a request once; whatever is no answer is a [`Refusal`].
pub(super) async fn execute(
    http: &reqwest::Client,
    request: reqwest::Request,
    clock: &Clock,
) -> Result<reqwest::Response, Refusal> {
    let mut response = http
        .execute(request)
        .await
        .map_err(|error| if error.is_connect() { Failure::Unreachable } else { Failure::Broken })?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let wish = response.headers().get(RETRY_AFTER).and_then(|value| wait(value.to_str().ok()?, clock.now()));
    let mut body = vec![];
    while let Ok(Some(bytes)) = response.chunk().await {
        body.extend_from_slice(&bytes);
        if body.len() > ERROR_MAX {
            break;
        }
    }
    let failure = Failure::of(status.as_u16(), &String::from_utf8_lossy(&body));
    Err(Refusal { failure, wish })
}

fn refusal(error: OpenAIError) -> Refusal {
    match error {
        OpenAIError::Boxed(error) => {
            error.downcast_ref::<Refusal>().copied().unwrap_or_else(|| Failure::Broken.into())
        }
        _ => Failure::Broken.into(),
    }
}

/// What `Retry-After` asks for: seconds, or a moment (RFC 9110, section 10.2.3).
fn wait(value: &str, now: i64) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let moment = jiff::fmt::rfc2822::parse(value.trim()).ok()?.timestamp().as_millisecond();
    Some(Duration::from_millis(u64::try_from(moment - now).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_seconds_or_a_moment() {
        assert_eq!(wait("3", 0), Some(Duration::from_secs(3)));
        assert_eq!(wait("0.5", 0), Some(Duration::from_millis(500)));
        let now = 1_445_412_470_000; // ten seconds before
        assert_eq!(wait("Wed, 21 Oct 2015 07:28:00 GMT", now), Some(Duration::from_secs(10)));
        assert_eq!(wait("Wed, 21 Oct 2015 07:28:00 GMT", now + 60_000), Some(Duration::ZERO));
        assert_eq!(wait("soon", 0), None);
        assert_eq!(wait("-3", 0), None);
    }
}
