//! What each endpoint makes of OpenAI's API. Owns: the body of a request for each dialect, and reading whatever comes back
//! in a stream. Refuses: sending, and Anthropic's own API (`messages` makes that of the body). The differences are those of
//! November 2026 (see the catalogue).

use super::{
    Effort, Finish, Message, Request, Speaker,
    catalogue::{Dialect, Endpoint, Model, Tokens},
};
use serde_json::{Value, json};

/// Why a model did not answer. Nothing of what a provider wrote is in it: providers repeat keys and texts in their errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Failure {
    /// The key is refused.
    #[error("the provider refuses the key")]
    Key,
    /// The operator's money with it is spent.
    #[error("the money with the provider is spent")]
    Unpaid,
    /// It does not know the model, or not the address.
    #[error("the provider does not know the model")]
    Unknown,
    /// Too much was asked of it.
    #[error("the provider's limit is reached")]
    Limit,
    /// It has trouble of its own.
    #[error("the provider answers {0}")]
    Trouble(u16),
    /// It cannot be reached.
    #[error("the provider cannot be reached")]
    Unreachable,
    /// It did not say anything in time.
    #[error("the provider did not begin to answer in time")]
    Silent,
    /// It stopped saying anything in the middle.
    #[error("the provider stopped in the middle")]
    Stalled,
    /// The connection broke, or what came is no answer.
    #[error("the provider's answer broke off")]
    Broken,
    /// The request is longer than the model takes.
    #[error("the request is too long for the model")]
    TooLong,
    /// It does not want to answer.
    #[error("the provider refuses to answer this")]
    Refused,
    /// It says that the request is wrong.
    #[error("the provider does not understand the request ({0})")]
    Request(u16),
}

impl Failure {
    /// One word, for the book of calls.
    pub fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Unpaid => "unpaid",
            Self::Unknown => "unknown",
            Self::Limit => "limit",
            Self::Trouble(_) => "trouble",
            Self::Unreachable => "unreachable",
            Self::Silent => "silent",
            Self::Stalled => "stalled",
            Self::Broken => "broken",
            Self::TooLong => "too long",
            Self::Refused => "refused",
            Self::Request(_) => "request",
        }
    }

    /// Whether the same model may answer if it is asked again at once.
    pub fn may_pass(self) -> bool {
        matches!(self, Self::Limit | Self::Trouble(_) | Self::Unreachable | Self::Broken)
    }

    /// Whether it says something about the provider, and not about this request.
    pub fn blames_provider(self) -> bool {
        !matches!(self, Self::TooLong | Self::Refused | Self::Request(_))
    }

    /// What a status means, with what the provider wrote.
    pub fn of(status: u16, body: &str) -> Self {
        match status {
            401 | 403 => Self::Key,
            404 => Self::Unknown,
            400 | 402 | 429 if is_unpaid(body) => Self::Unpaid,
            400 if body.contains("API_KEY_INVALID") || body.contains("API key not valid") => Self::Key,
            400 | 413 | 422 if is_too_long(body) => Self::TooLong,
            413 => Self::TooLong,
            429 => Self::Limit,
            408 | 500.. => Self::Trouble(status),
            _ => Self::Request(status),
        }
    }
}

/// Whether an error is one of length; each vendor has other words for it.
fn is_too_long(body: &str) -> bool {
    let body = body.to_lowercase();
    [
        "context_length_exceeded",
        "maximum context length",
        "prompt is too long",
        "exceeds the maximum number of tokens",
        "exceed context limit",
        "exceeds the available context size",
        "context size",
    ]
    .iter()
    .any(|words| body.contains(words))
}

/// Whether an error is one of money.
fn is_unpaid(body: &str) -> bool {
    let body = body.to_lowercase();
    ["insufficient_quota", "credit balance is too low", "billing"].iter().any(|words| body.contains(words))
}

/// A piece of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text.
    Text(String),
    /// What the provider counted.
    Used(Tokens),
    /// Nothing follows but perhaps a count.
    End(Finish),
}

/// Tokens that a model may think before it answers, which count as its answer.
pub fn thinking(effort: Effort) -> u32 {
    match effort {
        Effort::Quick => 512,
        Effort::Balanced => 2_048,
        Effort::Thorough => 8_192,
    }
}

/// Most tokens that a model may bill for an answer.
pub fn most_output(request: &Request, model: &Model) -> u32 {
    request.most_tokens + if model.reasoning { thinking(request.effort) } else { 0 }
}

/// About so many tokens a text has, where nobody counts: 4 bytes of English are one (OpenAI's rule of thumb).
pub fn estimate(text: &str) -> u64 {
    (text.len() as u64).div_ceil(4)
}

/// About so many tokens a request has.
pub fn estimate_input(messages: &[Message]) -> u64 {
    messages.iter().map(|message| estimate(&message.text) + 4).sum()
}

/// The body of a request.
pub fn body(request: &Request, messages: &[Message], model: &Model, endpoint: &Endpoint) -> Value {
    let mut messages: Vec<Value> = messages
        .iter()
        .map(|Message { speaker, text }| {
            let role = match speaker {
                Speaker::System => "system",
                Speaker::User => "user",
                Speaker::Assistant => "assistant",
            };
            json!({ "role": role, "content": text })
        })
        .collect();
    if let Some(schema) = &request.schema {
        // said in words to every model: some endpoints ignore the form, and none is worse for being told
        let text = format!(
            "Answer with one JSON object and nothing else: no words before or after it, no code fence. It must match this \
             JSON Schema:\n{}",
            schema.schema
        );
        let at = messages.iter().take_while(|message| message["role"] == "system").count();
        messages.insert(at, json!({ "role": "system", "content": text }));
    }
    let mut body = json!({ "model": model.name, "messages": messages, "stream": true });
    let most = match endpoint.dialect {
        Dialect::OpenAi => "max_completion_tokens",
        Dialect::Anthropic | Dialect::Messages | Dialect::Gemini | Dialect::Foreign => "max_tokens",
    };
    body[most] = most_output(request, model).into();
    // others keep beginnings by themselves; there it is asked for, and costs something if nobody comes back
    if endpoint.dialect == Dialect::Messages && endpoint.prompt_caching && request.task.goes_on() {
        body["cache_control"] = json!({ "type": "ephemeral" });
    }
    if endpoint.stream_usage {
        body["stream_options"] = json!({ "include_usage": true });
    }
    if model.reasoning {
        body["reasoning_effort"] = match request.effort {
            Effort::Quick => "minimal",
            Effort::Balanced => "low",
            Effort::Thorough => "medium",
        }
        .into();
    } else if request.schema.is_some() {
        body["temperature"] = 0.into();
    }
    if let Some(schema) = request.schema.as_ref().filter(|_| endpoint.json_schema) {
        body["response_format"] = json!({
            "type": "json_schema",
            "json_schema": { "name": schema.name, "strict": true, "schema": schema.schema },
        });
    }
    body
}

/// What is in a chunk of a stream, whoever sent it.
///
/// # Errors
/// Where the chunk is an error, or nothing that is known.
pub fn pieces(chunk: &Value) -> Result<Vec<Piece>, Failure> {
    // Google sends its errors in a list
    let chunk = chunk.as_array().and_then(|list| list.first()).unwrap_or(chunk);
    if let Some(error) = chunk.get("error").filter(|error| !error.is_null()) {
        return Err(in_stream(error));
    }
    if !chunk.is_object() {
        return Err(Failure::Broken);
    }
    let mut pieces = vec![];
    if let Some(choice) = chunk["choices"].as_array().and_then(|choices| choices.first()) {
        // a server that does not stream sends the message at once
        let delta = if choice["delta"].is_object() { &choice["delta"] } else { &choice["message"] };
        if delta["refusal"].as_str().is_some_and(|text| !text.is_empty()) {
            pieces.push(Piece::End(Finish::Refused));
            return Ok(pieces);
        }
        match &delta["content"] {
            Value::String(text) if !text.is_empty() => pieces.push(Piece::Text(text.clone())),
            Value::Array(parts) => {
                let text: String = parts.iter().filter_map(|part| part["text"].as_str()).collect();
                pieces.extend((!text.is_empty()).then_some(Piece::Text(text)));
            }
            _ => {}
        }
        match choice["finish_reason"].as_str().unwrap_or_default().to_lowercase().as_str() {
            // some servers send an empty one with each chunk
            "" => {}
            "length" | "max_tokens" => pieces.push(Piece::End(Finish::Length)),
            "content_filter" | "refusal" | "safety" | "recitation" => {
                pieces.push(Piece::End(Finish::Refused))
            }
            _ => pieces.push(Piece::End(Finish::Whole)),
        }
    }
    if let Some(usage) = chunk.get("usage").filter(|usage| usage.is_object()) {
        let count = |value: &Value| value.as_u64().unwrap_or(0);
        pieces.push(Piece::Used(Tokens {
            input: count(&usage["prompt_tokens"]),
            cached: count(&usage["prompt_tokens_details"]["cached_tokens"]),
            output: count(&usage["completion_tokens"]),
            ..Tokens::default()
        }));
    }
    Ok(pieces)
}

/// What an error within a stream means.
pub(super) fn in_stream(error: &Value) -> Failure {
    let code = &error["code"];
    let status =
        code.as_u64().or_else(|| code.as_str()?.parse().ok()).and_then(|code| u16::try_from(code).ok());
    match (status, error["type"].as_str().or(error["status"].as_str()).unwrap_or_default()) {
        (Some(status), _) => Failure::of(status, &error.to_string()),
        (None, "overloaded_error" | "UNAVAILABLE") => Failure::Trouble(529),
        (None, "rate_limit_error" | "rate_limit_exceeded" | "RESOURCE_EXHAUSTED") => Failure::Limit,
        (None, _) if is_too_long(&error.to_string()) => Failure::TooLong,
        (None, _) => Failure::Broken,
    }
}

/// What is believed of a provider's count. `sent` and `said` are estimates; a count beyond what can be is not believed, and
/// the estimate stands in its place.
pub fn believed(counted: Option<Tokens>, sent: u64, said: u64, most_output: u64) -> Tokens {
    let Some(counted) = counted else { return Tokens { input: sent, output: said, ..Tokens::default() } };
    // no tokenizer makes more tokens than bytes, and every request has some
    let can_be = (1..=sent * 4 + 1_000).contains(&counted.input);
    let input = if can_be { counted.input } else { sent };
    let known = counted.output > 0 || said == 0;
    let output = if known && counted.output <= most_output.max(said * 4) { counted.output } else { said };
    // parts of a sum that is none are none either
    let (cached, written) = if can_be { (counted.cached, counted.written) } else { (0, 0) };
    let cached = cached.min(input);
    Tokens { input, cached, written: written.min(input - cached), output }
}

#[cfg(test)]
mod tests;
