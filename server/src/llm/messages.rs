//! Claude by its own API, Messages. Owns: making its request of the body that `dialect` writes, and reading its events. Refuses:
//! tools, pictures and documents (nothing here asks for them), and thinking: what a model thinks is read over.
//!
//! As <https://platform.claude.com/docs/en/api/messages> had it in November 2026. Beside OpenAI's layer it keeps the beginning
//! of a conversation for five minutes, and keeps to the form of an answer.

use super::{
    Finish,
    catalogue::{Endpoint, Tokens},
    client::{Pieces, Refusal, execute},
    dialect::{Failure, Piece, in_stream},
};
use crate::{clock::Clock, config::Secret};
use eventsource_stream::Eventsource;
use futures::{Stream, StreamExt, future, stream};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Map, Value, json};

/// The version of the API that is spoken here.
const VERSION: &str = "2023-06-01";
/// Most bytes of one stream: an answer in pieces of a few letters, each in some hundred bytes of JSON.
const STREAM_MAX: usize = 64 * 1024 * 1024;
/// The user's, before a conversation that the model begins: the API wants the user to speak first.
const BEGIN: &str = "Begin.";
/// Formats of texts that a schema may have.
const FORMATS: [&str; 9] =
    ["date-time", "time", "date", "duration", "email", "hostname", "uri", "uuid", "ipv4"];

/// An endpoint that speaks Messages, and its key.
#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    url: String,
    key: HeaderValue,
    clock: Clock,
}

impl Client {
    /// Nothing is sent yet.
    ///
    /// # Errors
    /// Where the key has letters that no header can have.
    pub(super) fn new(
        http: reqwest::Client,
        endpoint: &Endpoint,
        key: &Secret,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        // what it says of a wrong value may have the value in it
        let mut key = HeaderValue::from_str(key.expose())
            .map_err(|_| anyhow::anyhow!("the key has letters that cannot be sent"))?;
        key.set_sensitive(true);
        Ok(Self { http, url: format!("{}/messages", endpoint.url.trim_end_matches('/')), key, clock })
    }

    /// Sends a body (see `dialect::body`) once, and gives the answer when it begins.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(super) async fn ask(&self, body: &Value) -> Result<Pieces, Refusal> {
        let request = self
            .http
            .post(&self.url)
            .header("x-api-key", self.key.clone())
            .header("anthropic-version", VERSION)
            .header(CONTENT_TYPE, "application/json")
            .body(written(body).to_string())
            .build()
            // no address
            .map_err(|_| Failure::Unreachable)?;
        let response = execute(&self.http, request, &self.clock).await?;
        let mut bytes = 0;
        let parts = response.bytes_stream().map(move |part| {
            let part = part.map_err(|_| Failure::Broken)?;
            bytes += part.len();
            if bytes > STREAM_MAX { Err(Failure::Broken) } else { Ok(part) }
        });
        Ok(Box::pin(pieces(parts)))
    }
}

/// The request of this API that asks for the same.
fn written(body: &Value) -> Value {
    let (mut system, mut messages) = (vec![], vec![]);
    for message in body["messages"].as_array().into_iter().flatten() {
        let (role, text) = (&message["role"], message["content"].as_str().unwrap_or_default());
        let block = json!({ "type": "text", "text": text });
        match role.as_str() {
            // a block without a word is refused
            _ if text.trim().is_empty() => {}
            Some("system") => system.push(block),
            _ => messages.push(json!({ "role": role, "content": [block] })),
        }
    }
    if messages.first().is_some_and(|message| message["role"] != "user") {
        messages.insert(0, json!({ "role": "user", "content": [{ "type": "text", "text": BEGIN }] }));
    }
    if let Some(mark) = body.get("cache_control") {
        // the instructions, which other conversations begin with too, and all that was said, with which the next turn begins
        let last = messages.last_mut().and_then(|message| message["content"].get_mut(0));
        for block in system.last_mut().into_iter().chain(last) {
            block["cache_control"] = mark.clone();
        }
    }
    let mut request = json!({
        "model": body["model"],
        "messages": messages,
        "max_tokens": body["max_tokens"],
        "stream": true,
    });
    if !system.is_empty() {
        request["system"] = system.into();
    }
    if let Some(temperature) = body["temperature"].as_f64() {
        request["temperature"] = temperature.clamp(0.0, 1.0).into();
    }
    let mut config = Map::new();
    if let Some(effort) = body["reasoning_effort"].as_str() {
        // the least there is
        let effort = if effort == "minimal" { "low" } else { effort };
        config.insert("effort".into(), effort.into());
    }
    let format = &body["response_format"];
    if format["type"] == "json_schema" {
        let schema = taken(&format["json_schema"]["schema"]);
        config.insert("format".into(), json!({ "type": "json_schema", "schema": schema }));
    }
    if !config.is_empty() {
        request["output_config"] = config.into();
    }
    request
}

/// What structured outputs take of a schema: closed objects, and no bounds. The model is told the whole of it in words, and what it
/// fills in is checked by the form's own type.
fn taken(schema: &Value) -> Value {
    let Some(fields) = schema.as_object() else { return schema.clone() };
    let each = |parts: &Value| match parts {
        Value::Array(parts) => parts.iter().map(taken).collect(),
        Value::Object(parts) => {
            Value::Object(parts.iter().map(|(name, part)| (name.clone(), taken(part))).collect())
        }
        other => other.clone(),
    };
    let mut kept = Map::new();
    for (keyword, says) in fields {
        let says = match keyword.as_str() {
            "properties" | "$defs" | "definitions" | "anyOf" | "allOf" => each(says),
            "oneOf" => {
                kept.insert("anyOf".into(), each(says));
                continue;
            }
            "items" => taken(says),
            "type" | "enum" | "const" | "required" | "$ref" | "title" | "description" | "default" => {
                says.clone()
            }
            "format" if says.as_str().is_some_and(|format| FORMATS.contains(&format)) => says.clone(),
            "minItems" if says.as_u64().is_some_and(|least| least <= 1) => says.clone(),
            _ => continue,
        };
        kept.insert(keyword.clone(), says);
    }
    if kept.contains_key("properties") || kept.get("type").is_some_and(|kind| kind == "object") {
        kept.insert("additionalProperties".into(), false.into());
    }
    kept.into()
}

/// What the provider has counted so far; it tells sums, in two events.
#[derive(Debug, Clone, Copy, Default)]
struct Usage {
    /// Neither kept from before nor from now on.
    plain: u64,
    cached: u64,
    written: u64,
    output: u64,
}

impl Usage {
    fn note(&mut self, usage: &Value) {
        for (name, count) in [
            ("input_tokens", &mut self.plain),
            ("cache_read_input_tokens", &mut self.cached),
            ("cache_creation_input_tokens", &mut self.written),
            ("output_tokens", &mut self.output),
        ] {
            *count = usage[name].as_u64().unwrap_or(*count);
        }
    }

    fn tokens(self) -> Tokens {
        let Self { plain, cached, written, output } = self;
        Tokens { input: plain.saturating_add(cached).saturating_add(written), cached, written, output }
    }
}

/// The pieces of a stream of events, to its last event: what comes behind is nothing to wait for.
fn pieces<B: AsRef<[u8]>>(
    parts: impl Stream<Item = Result<B, Failure>> + Send,
) -> impl Stream<Item = Result<Piece, Failure>> + Send {
    let read = parts.eventsource().scan(Usage::default(), |usage, event| {
        // the connection broke, or it is no text
        let read = event.map_err(|_| Failure::Broken).and_then(|event| read(&event.data, usage));
        future::ready(read.transpose())
    });
    read.flat_map(|read| {
        stream::iter(match read {
            Ok(pieces) => pieces.into_iter().map(Ok).collect(),
            Err(failure) => vec![Err(failure)],
        })
    })
}

/// What is in an event; `None` after the last one.
///
/// # Errors
/// Where it is an error, or nothing that is known.
fn read(data: &str, usage: &mut Usage) -> Result<Option<Vec<Piece>>, Failure> {
    let event: Value = serde_json::from_str(data).map_err(|_| Failure::Broken)?;
    let mut pieces = vec![];
    let text =
        |text: &Value| text.as_str().filter(|text| !text.is_empty()).map(|text| Piece::Text(text.into()));
    match event["type"].as_str().ok_or(Failure::Broken)? {
        "message_start" => {
            usage.note(&event["message"]["usage"]);
            // for whoever leaves before the end; of the answer it has counted nothing yet
            pieces.push(Piece::Used(Tokens { output: 0, ..usage.tokens() }));
        }
        "content_block_start" => pieces.extend(text(&event["content_block"]["text"])),
        "content_block_delta" => pieces.extend(text(&event["delta"]["text"])),
        "message_delta" => {
            usage.note(&event["usage"]);
            pieces.extend(event["delta"]["stop_reason"].as_str().map(|reason| Piece::End(finish(reason))));
            pieces.push(Piece::Used(usage.tokens()));
        }
        "message_stop" => return Ok(None),
        "error" => return Err(in_stream(&event["error"])),
        // ends of blocks, 'ping', and what the vendor reserves the right to add
        _ => {}
    }
    Ok(Some(pieces))
}

/// Why there is no more.
fn finish(reason: &str) -> Finish {
    match reason {
        "max_tokens" | "model_context_window_exceeded" => Finish::Length,
        "refusal" => Finish::Refused,
        _ => Finish::Whole,
    }
}

#[cfg(test)]
mod tests;
