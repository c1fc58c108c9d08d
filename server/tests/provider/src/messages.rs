//! Anthropic's own API, `/v1/messages`: what it refuses, what it keeps, and its answers, whole or in events.

use serde_json::{Value, json};

use crate::{
    Request,
    answer::Answer,
    dialect,
    envelope::Chunks,
    problem::Problem,
    strict,
    tokens::{pieces, tokens},
};

/// Where it is.
pub(crate) const PATH: &str = "/v1/messages";

/// Fields at the top that came after the description from which the schema was cut.
const OWN: &[&str] = &["cache_control", "container", "inference_geo", "output_config", "service_tier"];

/// Levels of effort.
const EFFORTS: &[&str] = &["low", "medium", "high", "xhigh", "max"];

/// A block of a prompt.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) role: String,
    pub(crate) text: String,
    /// The beginning up to its end is to be kept.
    pub(crate) marked: bool,
}

/// Tokens that were kept, and that are kept from now on.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Kept {
    pub(crate) cached: u64,
    pub(crate) written: u64,
}

/// The blocks of a request in the order in which the model reads them.
pub(crate) fn blocks(body: &Value) -> Vec<Block> {
    let mut blocks = vec![];
    let mut add = |role: &Value, content: &Value| {
        let role = role.as_str().unwrap_or_default();
        let block = |part: &Value| Block {
            role: role.into(),
            text: part["text"].as_str().or(part.as_str()).unwrap_or_default().into(),
            marked: !part["cache_control"].is_null(),
        };
        match content {
            Value::Array(parts) => blocks.extend(parts.iter().map(block)),
            Value::Null => {}
            text => blocks.push(block(text)),
        }
    };
    add(&json!("system"), &body["system"]);
    for message in body["messages"].as_array().into_iter().flatten() {
        add(&message["role"], &message["content"]);
    }
    blocks
}

/// Whether a model of this name thinks unless it is told not to; such a model takes no temperature and no beginning of its answer.
fn thinks(model: &str) -> bool {
    ["claude-sonnet-5", "claude-opus-5", "claude-haiku-5"].iter().any(|family| model.starts_with(family))
}

/// Whether a model is from before structured outputs.
fn is_old(model: &str) -> bool {
    ["claude-2", "claude-3"].iter().any(|family| model.starts_with(family))
}

/// Refuses a request that Anthropic would not answer.
pub(crate) fn check(request: &Request) -> Result<(), Problem> {
    let refuse = |message: String| Err(Problem::invalid(message, "", None));
    if request.header("anthropic-version").is_none() {
        return refuse("anthropic-version: header is required".into());
    }
    dialect::check(request, "CreateMessageRequest", OWN)?;
    let (body, model) = (request.json(), request.model());
    if body["max_tokens"].as_i64().is_none_or(|most| most < 1) {
        return refuse("max_tokens: must be greater than or equal to 1".into());
    }
    if let Some(unknown) = unknown_field(body) {
        return refuse(format!("{unknown}: Extra inputs are not permitted"));
    }
    if body["messages"][0]["role"] != "user" {
        return refuse("messages: first message must use the \"user\" role".into());
    }
    let blocks = blocks(body);
    if let Some(number) = blocks.iter().position(|block| block.text.trim().is_empty()) {
        return refuse(format!("text content blocks must be non-empty: block {number} of the prompt"));
    }
    let marks =
        blocks.iter().filter(|block| block.marked).count() + usize::from(!body["cache_control"].is_null());
    if marks > 4 {
        return refuse(format!("A maximum of 4 blocks with cache_control may be provided. Found {marks}."));
    }
    if let Some(temperature) = body["temperature"].as_f64() {
        if thinks(model) && temperature != 1.0 {
            return refuse("`temperature` is deprecated for this model.".into());
        }
        if !(0.0..=1.0).contains(&temperature) {
            return refuse("temperature: range: 0..1".into());
        }
    }
    let last = body["messages"].as_array().and_then(|messages| messages.last());
    if thinks(model) && last.is_some_and(|message| message["role"] == "assistant") {
        let message = "This model does not support assistant message prefill. The conversation must end with a user message.";
        return refuse(message.into());
    }
    check_output(&body["output_config"], model).map_or(Ok(()), refuse)
}

/// What is wrong with `output_config`.
fn check_output(config: &Value, model: &str) -> Option<String> {
    let effort = &config["effort"];
    if !effort.is_null() {
        if !thinks(model) {
            return Some("This model does not support the effort parameter.".into());
        }
        if !EFFORTS.iter().any(|known| effort == known) {
            return Some(format!("output_config.effort: Input should be one of {EFFORTS:?}"));
        }
    }
    let format = &config["format"];
    if format.is_null() {
        return None;
    }
    if is_old(model) {
        return Some("output_config.format: This model does not support structured outputs.".into());
    }
    if format["type"] != "json_schema" || !format["schema"].is_object() {
        return Some("output_config.format: Input should be a valid json_schema".into());
    }
    strict::not_taken(&format["schema"]).map(|wrong| format!("output_config.format.schema: {wrong}"))
}

/// The first field inside a request that nobody knows; those at its top are checked with the schema.
fn unknown_field(body: &Value) -> Option<String> {
    let first = |value: &Value, known: &[&str], at: String| {
        let fields = value.as_object().into_iter().flat_map(|fields| fields.keys());
        fields.into_iter().find(|name| !known.contains(&name.as_str())).map(|name| format!("{at}.{name}"))
    };
    let in_blocks = |content: &Value, at: &str| {
        let parts = content.as_array().into_iter().flatten().enumerate();
        parts.filter(|(_, part)| part["type"] == "text").find_map(|(number, part)| {
            let known = ["type", "text", "cache_control", "citations"];
            first(part, &known, format!("{at}.{number}")).or_else(|| {
                first(&part["cache_control"], &["type", "ttl"], format!("{at}.{number}.cache_control"))
            })
        })
    };
    let mut messages = body["messages"].as_array().into_iter().flatten().enumerate();
    first(&body["output_config"], &["effort", "format"], "output_config".into())
        .or_else(|| {
            first(&body["output_config"]["format"], &["type", "schema"], "output_config.format".into())
        })
        .or_else(|| in_blocks(&body["system"], "system"))
        .or_else(|| {
            messages.find_map(|(number, message)| {
                first(message, &["role", "content"], format!("messages.{number}"))
                    .or_else(|| in_blocks(&message["content"], &format!("messages.{number}.content")))
            })
        })
}

/// What is counted; tokens that are kept stand for themselves.
pub(crate) fn usage(request: &Request, answer: &Answer, kept: Kept, wrong: bool) -> Value {
    let Kept { cached, written } = kept;
    if wrong {
        return json!({
            "input_tokens": -7,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 9_007_199_254_740_993_u64,
            "output_tokens": 9_007_199_254_740_993_u64,
        });
    }
    json!({
        "input_tokens": request.prompt_tokens() - cached - written,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": cached,
        "output_tokens": answer.content.as_deref().map_or(0, tokens),
        "service_tier": "standard",
    })
}

/// Why it ended, in this API's word.
fn stop_reason(answer: &Answer) -> &'static str {
    match answer.finish {
        "length" => "max_tokens",
        "content_filter" => "refusal",
        _ => "end_turn",
    }
}

/// What stands before the words: a model that thinks does not say what.
fn thought(request: &Request) -> Option<Value> {
    thinks(request.model()).then(|| json!({"type": "thinking", "thinking": "", "signature": "c2lnbmVk"}))
}

fn message(request: &Request, content: Value, usage: &Value) -> Value {
    json!({
        "id": format!("msg_{}", request.number),
        "type": "message",
        "role": "assistant",
        "model": request.model(),
        "content": content,
        "stop_reason": null,
        "stop_sequence": null,
        "usage": usage,
    })
}

/// The whole answer.
pub(crate) fn whole(request: &Request, answer: &Answer) -> Value {
    let text = answer.content.as_deref().filter(|text| !text.is_empty());
    let text = text.map(|text| json!({"type": "text", "text": text}));
    let content: Vec<Value> = thought(request).into_iter().chain(text).collect();
    let mut message = message(request, json!(content), answer.usage.as_ref().unwrap_or(&Value::Null));
    message["stop_reason"] = json!(stop_reason(answer));
    message
}

/// The answer in events. The count is told twice: of the prompt at the beginning, of the answer at the end.
pub(crate) fn events(request: &Request, answer: &Answer) -> Chunks {
    let usage = answer.usage.clone().unwrap_or_default();
    let mut begun = usage.clone();
    if usage["input_tokens"].is_u64() {
        begun["output_tokens"] = json!(1);
    }
    let mut head = vec![json!({"type": "message_start", "message": message(request, json!([]), &begun)})];
    let mut index = 0;
    if let Some(thought) = thought(request) {
        let mut empty = thought.clone();
        empty["signature"] = json!("");
        head.push(json!({"type": "content_block_start", "index": index, "content_block": empty}));
        let delta = json!({"type": "signature_delta", "signature": thought["signature"]});
        head.push(json!({"type": "content_block_delta", "index": index, "delta": delta}));
        head.push(json!({"type": "content_block_stop", "index": index}));
        index += 1;
    }
    let texts = pieces(answer.content.as_deref().unwrap_or_default());
    let mut tail = vec![];
    if !texts.is_empty() {
        let empty = json!({"type": "text", "text": ""});
        head.push(json!({"type": "content_block_start", "index": index, "content_block": empty}));
        tail.push(json!({"type": "content_block_stop", "index": index}));
    }
    head.push(json!({"type": "ping"}));
    let word = |text: &String| json!({"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": text}});
    let end = json!({"stop_reason": stop_reason(answer), "stop_sequence": null});
    tail.push(
        json!({"type": "message_delta", "delta": end, "usage": {"output_tokens": usage["output_tokens"]}}),
    );
    tail.push(json!({"type": "message_stop"}));
    Chunks { head, pieces: texts.iter().map(word).collect(), tail }
}

#[cfg(test)]
mod tests;
