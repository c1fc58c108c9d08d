//! A plain client: it tells what came, broken or not, and judges nothing.

use std::time::{Duration, Instant};

use futures::StreamExt;
use provider::Provider;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

/// A model that each dialect's provider knows and that takes every usual field.
pub(crate) const MODEL: &str = "gpt-4.1";

/// A chat with one question, and `more` fields.
pub(crate) fn body(more: Value) -> Value {
    let mut body =
        json!({"model": MODEL, "messages": [{"role": "user", "content": "What happens in systole?"}]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// A request with the provider's key.
pub(crate) fn post(provider: &Provider, path: &str, body: &Value) -> RequestBuilder {
    let request = Client::new().post(format!("{}{path}", provider.base_url())).json(body);
    match provider.key() {
        Some(key) => request.bearer_auth(key),
        None => request,
    }
}

/// A chat that is not streamed.
pub(crate) async fn ask(provider: &Provider, more: Value) -> Response {
    post(provider, "/chat/completions", &body(more)).send().await.unwrap()
}

/// A streamed chat, read to its end, however it ends.
pub(crate) async fn stream(provider: &Provider, more: Value) -> Stream {
    let mut body = body(more);
    body["stream"] = json!(true);
    let response = post(provider, "/chat/completions", &body).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
    read(response, Duration::from_secs(5)).await
}

/// What came of a stream.
#[derive(Debug, Default)]
pub(crate) struct Stream {
    /// The data of each event.
    pub(crate) events: Vec<String>,
    /// How many parts of the body came, and when each did, since the headers.
    pub(crate) times: Vec<Duration>,
    /// The connection broke off.
    pub(crate) broken: bool,
    /// Nothing came any more, and it was left.
    pub(crate) stalled: bool,
}

impl Stream {
    pub(crate) fn done(&self) -> bool {
        self.events.last().is_some_and(|event| event == "[DONE]")
    }

    /// The events that are JSON.
    pub(crate) fn chunks(&self) -> Vec<Value> {
        self.events.iter().filter_map(|event| serde_json::from_str(event).ok()).collect()
    }

    /// The pieces of text.
    pub(crate) fn pieces(&self) -> Vec<String> {
        let chunks = self.chunks();
        let texts = chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str());
        texts.filter(|text| !text.is_empty()).map(str::to_string).collect()
    }

    pub(crate) fn text(&self) -> String {
        self.pieces().concat()
    }

    /// The reason for the end, as the last chunk that has one tells it.
    pub(crate) fn finish(&self) -> Option<String> {
        let chunks = self.chunks();
        let mut reasons =
            chunks.iter().rev().filter_map(|chunk| chunk["choices"][0]["finish_reason"].as_str());
        reasons.find(|reason| !reason.is_empty()).map(str::to_string)
    }
}

/// Reads a stream until it ends, breaks off or is silent for `patience`.
pub(crate) async fn read(response: Response, patience: Duration) -> Stream {
    let begun = Instant::now();
    let mut body = response.bytes_stream();
    let (mut bytes, mut stream) = (vec![], Stream::default());
    loop {
        match tokio::time::timeout(patience, body.next()).await {
            Ok(Some(Ok(part))) => {
                stream.times.push(begun.elapsed());
                bytes.extend_from_slice(&part);
            }
            Ok(Some(Err(_))) => {
                stream.broken = true;
                break;
            }
            Ok(None) => break,
            Err(_) => {
                stream.stalled = true;
                break;
            }
        }
    }
    let text = String::from_utf8(bytes).expect("UTF-8, however it was cut");
    let data =
        |event: &'_ str| event.lines().find_map(|line| line.strip_prefix("data: ")).map(str::to_string);
    stream.events = text.split("\n\n").filter_map(data).collect();
    stream
}
