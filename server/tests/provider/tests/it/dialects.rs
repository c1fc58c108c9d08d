//! What each vendor's layer does by itself, without any fault.

use std::time::Duration;

use provider::{Dialect, Provider, Reply, Script, Settings};
use serde_json::{Value, json};

use crate::client::{MODEL, ask, body, post, stream};

fn start(dialect: Dialect) -> Provider {
    Provider::start(Settings::new(dialect))
}

fn with_usage() -> Value {
    json!({"stream_options": {"include_usage": true}})
}

#[tokio::test]
async fn openai_streams_words_then_the_reason_then_the_usage_then_done() {
    let provider = start(Dialect::OpenAi);
    provider.push(Reply::text("The ventricles contract."));
    let stream = stream(&provider, with_usage()).await;
    assert!(stream.done());
    assert_eq!(stream.text(), "The ventricles contract.");
    assert_eq!(stream.pieces(), ["The", " ventr", "icles", " contr", "act."]);
    let chunks = stream.chunks();
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    let (last, before) = (&chunks[chunks.len() - 1], &chunks[chunks.len() - 2]);
    assert_eq!(before["choices"][0]["finish_reason"], "stop");
    assert_eq!(before["usage"], Value::Null);
    assert_eq!(last["choices"], json!([]));
    assert_eq!(last["usage"]["completion_tokens"], 6);
    assert_eq!(last["usage"]["prompt_tokens_details"]["cached_tokens"], 0);
    assert!(chunks.iter().all(|chunk| chunk["id"] == chunks[0]["id"] && chunk["id"].is_string()));
    assert_eq!(provider.violations(), []);
}

#[tokio::test]
async fn openai_tells_no_usage_that_nobody_asked_for_and_caches_long_prefixes() {
    let provider = start(Dialect::OpenAi);
    assert!(stream(&provider, json!({})).await.chunks().iter().all(|chunk| chunk.get("usage").is_none()));
    let long = json!({"messages": [{"role": "user", "content": "x".repeat(8_000)}]});
    let cached = async || {
        let answer: Value = ask(&provider, long.clone()).await.json().await.unwrap();
        answer["usage"]["prompt_tokens_details"]["cached_tokens"].as_u64().unwrap()
    };
    assert_eq!(cached().await, 0);
    assert_eq!(cached().await, 1920);
}

#[tokio::test]
async fn openai_obeys_a_schema_and_refuses_one_that_is_not_strict() {
    let provider = start(Dialect::OpenAi);
    let format = |strict: bool, schema: Value| json!({"response_format": {"type": "json_schema", "json_schema": {"name": "quiz", "strict": strict, "schema": schema}}});
    let schema = json!({
        "type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"], "additionalProperties": false,
    });
    let answer: Value = ask(&provider, format(true, schema.clone())).await.json().await.unwrap();
    let content = answer["choices"][0]["message"]["content"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(content).unwrap(), json!({"text": "What happens in systole?"}));
    assert_eq!(provider.violations(), []);

    let refused = ask(&provider, format(true, json!({"type": "object", "properties": {}}))).await;
    assert_eq!(refused.status(), 400);
    let error: Value = refused.json().await.unwrap();
    assert_eq!(error["error"]["param"], "response_format");
    assert!(provider.violations()[0].message.contains("additionalProperties"));

    provider.push(Reply::json(json!({"words": 1})));
    assert_eq!(
        ask(&provider, format(true, schema)).await.status(),
        500,
        "the script is wrong, and that is told"
    );
    assert!(provider.violations()[1].message.contains("'text' is missing"), "{:?}", provider.violations());
}

#[tokio::test]
async fn openai_refuses_a_temperature_of_reasoning_models() {
    let provider = start(Dialect::OpenAi);
    for (field, value) in [("temperature", json!(0.2)), ("max_tokens", json!(50))] {
        let mut more = json!({"model": "gpt-5-mini"});
        more[field] = value;
        let refused = ask(&provider, more).await;
        assert_eq!(refused.status(), 400, "{field}");
        let error: Value = refused.json().await.unwrap();
        assert_eq!(error["error"]["code"], "unsupported_parameter");
        assert_eq!(error["error"]["param"], field);
    }
    let taken = ask(&provider, json!({"model": "gpt-5-mini", "max_completion_tokens": 2})).await;
    let answer: Value = taken.json().await.unwrap();
    assert_eq!(answer["choices"][0]["finish_reason"], "length");
    assert_eq!(provider.violations().len(), 2);
}

#[tokio::test]
async fn claude_ignores_the_format_and_wraps_its_json() {
    let provider = start(Dialect::Claude);
    provider.push(Reply::json(json!({"text": "x"})));
    let format = json!({"type": "json_schema", "json_schema": {"name": "quiz", "strict": true, "schema": {"type": "object"}}});
    let answer: Value = ask(&provider, json!({"response_format": format})).await.json().await.unwrap();
    let content = answer["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(content.starts_with("Here is the JSON") && content.contains("```json\n{"), "{content}");
    assert_eq!(answer["usage"].get("prompt_tokens_details"), None, "no caching is told");
    assert_eq!(provider.violations(), [], "what is ignored is no error");
    assert_eq!(ask(&provider, json!({"n": 2})).await.status(), 400);
}

#[tokio::test]
async fn claude_joins_system_messages_and_clamps_the_temperature() {
    let provider = start(Dialect::Claude);
    provider.push(Reply::from_fn(|request| {
        let first = &request.messages()[0];
        Reply::text(format!("{}: {} at {:?}", first.role, first.text, request.temperature()))
    }));
    let messages = json!([
        {"role": "system", "content": "A"}, {"role": "user", "content": "x"}, {"role": "system", "content": "B"},
    ]);
    let stream = stream(&provider, json!({"temperature": 1.6, "messages": messages})).await;
    assert_eq!(stream.text(), "system: A\nB at Some(1.0)");
    assert!(stream.done());
}

#[tokio::test]
async fn gemini_leaves_out_ids_and_tells_the_usage_with_the_last_words() {
    let provider = start(Dialect::Gemini);
    let stream = stream(&provider, with_usage()).await;
    let chunks = stream.chunks();
    assert!(chunks.iter().all(|chunk| chunk.get("id").is_none() && chunk.get("created").is_none()));
    let last = chunks.last().unwrap();
    assert_eq!(last["choices"][0]["delta"]["content"], "le?");
    assert_eq!(last["choices"][0]["finish_reason"], "stop");
    assert_eq!(last["usage"]["total_tokens"], 12);
    assert!(stream.done());
    let answer: Value = ask(&provider, json!({})).await.json().await.unwrap();
    assert_eq!(answer.get("id"), None);
    let refused: Value = ask(&provider, json!({"topK": 3})).await.json().await.unwrap();
    assert_eq!(refused[0]["error"]["status"], "INVALID_ARGUMENT");
    assert_eq!(refused[0]["error"]["code"], 400);
}

#[tokio::test]
async fn foreign_servers_say_less_and_some_do_not_end() {
    for done in [true, false] {
        let provider = Provider::start(Settings { done, ..Settings::new(Dialect::Foreign) });
        let stream = stream(&provider, with_usage()).await;
        assert_eq!(stream.done(), done);
        let chunks = stream.chunks();
        assert!(chunks.iter().all(|chunk| chunk.get("id").is_none() && chunk.get("usage").is_none()));
        let (last, middle) = chunks.split_last().unwrap();
        assert!(middle.iter().all(|chunk| chunk["choices"][0]["finish_reason"] == ""));
        assert_eq!(last["choices"][0]["finish_reason"], "stop");
        assert_eq!(stream.text(), "What happens in systole?");
        assert!(!stream.broken);
    }
}

#[tokio::test]
async fn every_dialect_tells_an_invalid_request_in_its_shape() {
    for dialect in Dialect::ALL {
        let provider = start(dialect);
        let refused = ask(&provider, json!({"messages": [], "stream": true})).await;
        assert_eq!(refused.status(), 400, "{dialect}");
        let error: Value = refused.json().await.unwrap();
        let pointer = match dialect {
            Dialect::OpenAi => "/error/param",
            Dialect::Claude => "/error/code",
            Dialect::Gemini => "/0/error/status",
            Dialect::Foreign => "/error/code",
        };
        assert!(error.pointer(pointer).is_some(), "{dialect}: {error}");
        assert_eq!(
            ask(&provider, json!({"temprature": 1})).await.status(),
            400,
            "{dialect} took a misspelt field"
        );
        let violations = provider.violations();
        assert_eq!(violations.len(), 2, "{dialect}: {violations:?}");
        assert!(violations[0].to_string().starts_with("request 0 to /v1/chat/completions: "));
        assert_eq!(ask(&provider, json!({})).await.status(), 200, "{dialect}");
        assert_eq!(provider.violations().len(), 2);
    }
}

#[tokio::test]
async fn a_key_is_wanted_and_a_wrong_one_refused() {
    for dialect in Dialect::ALL {
        let provider = Provider::start(Settings { key: Some("right".into()), ..Settings::new(dialect) });
        let plain = || {
            reqwest::Client::new()
                .post(format!("{}/chat/completions", provider.base_url()))
                .json(&body(json!({})))
        };
        assert_eq!(plain().send().await.unwrap().status(), 401, "{dialect} without");
        assert_eq!(plain().bearer_auth("wrong").send().await.unwrap().status(), 401, "{dialect} wrong");
        assert_eq!(plain().bearer_auth("right").send().await.unwrap().status(), 200, "{dialect}");
        assert_eq!(provider.violations(), [], "a wrong key is no violation");
    }
}

#[tokio::test]
async fn models_are_listed_and_unknown_ones_refused_on_wish() {
    for dialect in Dialect::ALL {
        let settings = Settings::new(dialect);
        let listed = settings.models.clone();
        let provider = Provider::start(Settings { only_listed: true, ..settings });
        let mut request = reqwest::Client::new().get(format!("{}/models", provider.base_url()));
        if let Some(key) = provider.key() {
            request = request.bearer_auth(key);
        }
        let list: Value = request.send().await.unwrap().json().await.unwrap();
        let names: Vec<_> =
            list["data"].as_array().unwrap().iter().map(|model| model["id"].as_str().unwrap()).collect();
        assert_eq!(names.len(), listed.len());
        assert!(names[0].ends_with(&listed[0]), "{names:?}");
        assert_eq!(ask(&provider, json!({"model": "gpt-9"})).await.status(), 404, "{dialect}");
        let model = if dialect == Dialect::OpenAi { MODEL } else { &listed[0] };
        assert_eq!(ask(&provider, json!({"model": model})).await.status(), 200, "{dialect}");
    }
}

#[tokio::test]
async fn embeddings_are_the_same_for_the_same_text() {
    for dialect in [Dialect::OpenAi, Dialect::Gemini, Dialect::Foreign] {
        let provider = start(dialect);
        let embed = async |more: Value| {
            let mut body = json!({"model": "e", "input": ["heart", "kidney", "heart"], "dimensions": 8});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            post(&provider, "/embeddings", &body).send().await.unwrap()
        };
        let answer: Value = embed(json!({})).await.json().await.unwrap();
        let vector = |at: usize| answer["data"][at]["embedding"].as_array().unwrap().clone();
        assert_eq!(vector(0).len(), 8);
        assert_eq!(vector(0), vector(2));
        assert_ne!(vector(0), vector(1));
        assert_eq!(answer["usage"]["prompt_tokens"], 6);
        let coded: Value = embed(json!({"encoding_format": "base64"})).await.json().await.unwrap();
        assert_eq!(coded["data"][0]["embedding"].as_str().unwrap().len(), 44, "32 bytes");
        assert_eq!(embed(json!({"dimension": 8})).await.status(), 400, "{dialect} took a misspelt field");
        assert_eq!(provider.violations().len(), 1);
    }
    let claude = start(Dialect::Claude);
    let answer = post(&claude, "/embeddings", &json!({"model": "e", "input": "x"})).send().await.unwrap();
    assert_eq!(answer.status(), 404, "Anthropic has no embeddings");
}

#[tokio::test]
async fn a_script_is_played_in_its_order() {
    let script = Script::new()
        .then(Reply::text("one"))
        .then(Reply::from_fn(|request| Reply::text(format!("two of {}", request.model()))))
        .otherwise(Reply::text("and so on"));
    let provider = Provider::start(Settings { script, ..Settings::default() });
    assert_eq!(provider.waiting(), 2);
    for expected in ["one", "two of gpt-4.1", "and so on", "and so on"] {
        let answer: Value = ask(&provider, json!({})).await.json().await.unwrap();
        assert_eq!(answer["choices"][0]["message"]["content"], expected);
    }
    assert_eq!(provider.waiting(), 0);
    provider.play(Script::new());
    let answer: Value = ask(&provider, json!({"n": 2})).await.json().await.unwrap();
    assert_eq!(answer["choices"][1]["message"]["content"], "What happens in systole?");
}

#[tokio::test]
async fn pieces_come_with_pauses() {
    let provider = start(Dialect::OpenAi);
    provider.push(Reply::text("one two three four").every(Duration::from_millis(40)));
    let stream = stream(&provider, json!({})).await;
    assert_eq!(stream.pieces().len(), 4);
    assert!(*stream.times.last().unwrap() >= Duration::from_millis(160), "{:?}", stream.times);
    assert!(stream.times.len() >= 4, "not all at once: {:?}", stream.times);
}
