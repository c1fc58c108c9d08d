//! Anthropic's own API as a client sees it.

use std::time::Duration;

use provider::{Dialect, Fault, Provider, Reply, RetryAfter, Settings};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::client::{Stream, read};

const SOON: Duration = Duration::from_secs(5);

fn start(reply: Reply) -> Provider {
    let provider = Provider::start(Settings::new(Dialect::Claude));
    provider.otherwise(reply);
    provider
}

fn body(more: Value) -> Value {
    let mut body = json!({
        "model": "claude-sonnet-5-5",
        "max_tokens": 100,
        "messages": [{"role": "user", "content": "What happens in systole?"}],
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

fn post(provider: &Provider, more: Value) -> RequestBuilder {
    let request = Client::new().post(format!("{}/messages", provider.base_url())).json(&body(more));
    request.header("anthropic-version", "2023-06-01").header("x-api-key", provider.key().unwrap_or_default())
}

async fn ask(provider: &Provider, more: Value) -> Response {
    post(provider, more).send().await.unwrap()
}

async fn stream(provider: &Provider) -> Stream {
    read(ask(provider, json!({"stream": true})).await, Duration::from_millis(500)).await
}

fn words(stream: &Stream) -> String {
    stream.chunks().iter().filter_map(|event| event["delta"]["text"].as_str()).collect()
}

fn reason(stream: &Stream) -> Option<String> {
    let chunks = stream.chunks();
    chunks.iter().find_map(|event| event["delta"]["stop_reason"].as_str()).map(str::to_string)
}

#[tokio::test]
async fn it_streams_named_events_in_their_order() {
    let provider = start(Reply::text("The ventricles contract."));
    let raw = ask(&provider, json!({"stream": true})).await.text().await.unwrap();
    let names: Vec<_> = raw.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    let thought = ["content_block_start", "content_block_delta", "content_block_stop"];
    assert_eq!(names[0], "message_start");
    assert_eq!(names[1..4], thought);
    assert_eq!(names[4..6], ["content_block_start", "ping"]);
    assert_eq!(names[6..11], ["content_block_delta"; 5]);
    assert_eq!(names[11..], ["content_block_stop", "message_delta", "message_stop"]);
    let stream = stream(&provider).await;
    assert_eq!(
        (words(&stream).as_str(), reason(&stream).as_deref()),
        ("The ventricles contract.", Some("end_turn"))
    );
    let chunks = stream.chunks();
    assert_eq!(chunks[0]["message"]["usage"]["input_tokens"], 6);
    assert_eq!(chunks[chunks.len() - 2]["usage"]["output_tokens"], 6);
    let whole: Value = ask(&provider, json!({})).await.json().await.unwrap();
    assert_eq!(whole["content"][1]["text"], "The ventricles contract.");
    assert_eq!((provider.violations(), provider.chats().len()), (vec![], 3));
}

#[tokio::test]
async fn it_wants_its_own_headers() {
    let provider = start(Reply::echo());
    let url = format!("{}/messages", provider.base_url());
    let plain = || Client::new().post(&url).json(&body(json!({})));
    assert_eq!(plain().bearer_auth("test-key").send().await.unwrap().status(), 401);
    assert_eq!(plain().header("x-api-key", "wrong").send().await.unwrap().status(), 401);
    assert_eq!(provider.violations(), []);
    assert_eq!(plain().header("x-api-key", "test-key").send().await.unwrap().status(), 400);
    assert!(provider.violations()[0].message.contains("anthropic-version"));
    let other = Provider::start(Settings::new(Dialect::OpenAi));
    let lost = Client::new()
        .post(format!("{}/messages", other.base_url()))
        .bearer_auth("test-key")
        .json(&body(json!({})));
    assert_eq!(lost.send().await.unwrap().status(), 404, "nobody else has it");
}

#[tokio::test]
async fn errors_are_told_in_its_shape() {
    for (fault, status, kind) in [
        (Fault::Unauthorized, 401, "authentication_error"),
        (Fault::InvalidKey, 401, "authentication_error"),
        (Fault::Forbidden, 403, "permission_error"),
        (Fault::UnknownModel, 404, "not_found_error"),
        (Fault::RateLimited(RetryAfter::Seconds(7)), 429, "rate_limit_error"),
        (Fault::QuotaSpent, 400, "invalid_request_error"),
        (Fault::ServerError, 500, "api_error"),
        (Fault::Unavailable(RetryAfter::Seconds(7)), 503, "api_error"),
        (Fault::Overloaded(RetryAfter::Seconds(7)), 529, "overloaded_error"),
        (Fault::ContextTooLong, 400, "invalid_request_error"),
    ] {
        let provider = start(Reply::fault(fault.clone()));
        let response = ask(&provider, json!({"stream": true})).await;
        let after = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_string());
        assert_eq!(response.status(), status, "{fault:?}");
        let error: Value = response.json().await.unwrap();
        assert_eq!((&error["type"], &error["error"]["type"]), (&json!("error"), &json!(kind)), "{fault:?}");
        assert_eq!(after.is_some(), format!("{fault:?}").contains("Seconds"), "{fault:?}");
        assert_eq!(provider.violations(), [], "a fault is not the client's");
    }
    let provider = start(Reply::echo());
    assert_eq!(ask(&provider, json!({"temprature": 1})).await.status(), 400);
    assert_eq!(provider.violations().len(), 1);
}

#[tokio::test]
async fn streams_go_wrong_as_elsewhere() {
    let provider = Provider::start(Settings::new(Dialect::Claude));
    let text = || Reply::text("one two three four five");
    let next = async |fault: Fault| {
        provider.push(text().with(fault));
        stream(&provider).await
    };
    let stalled = next(Fault::Stall { after: 2 }).await;
    assert!(stalled.stalled && words(&stalled) == "one two", "{stalled:?}");
    assert!(provider.until(SOON, |provider| provider.abandoned() == 1).await);
    let cut = next(Fault::Cut { after: 2 }).await;
    assert!(cut.broken && words(&cut) == "one two" && reason(&cut).is_none(), "{cut:?}");
    let early = next(Fault::EndEarly { after: 2 }).await;
    assert!(!early.broken && words(&early) == "one two" && reason(&early).is_none(), "{early:?}");
    let malformed = next(Fault::Malformed { after: 2 }).await;
    assert_eq!(malformed.events.len(), malformed.chunks().len() + 1);
    assert_eq!(words(&malformed), "one two three four five");
    let told = next(Fault::ErrorInStream { after: 2 }).await;
    assert_eq!(told.chunks().last().unwrap()["error"]["type"], "overloaded_error");
    let refused = next(Fault::Refusal).await;
    assert_eq!((words(&refused).as_str(), reason(&refused).as_deref()), ("", Some("refusal")));
    let short = next(Fault::Length { after: 2 }).await;
    assert_eq!((words(&short).as_str(), reason(&short).as_deref()), ("one two", Some("max_tokens")));
    let empty = next(Fault::Empty).await;
    assert_eq!((words(&empty).as_str(), reason(&empty).as_deref()), ("", Some("end_turn")));
    let wrong = next(Fault::WrongUsage).await;
    assert_eq!(wrong.chunks()[0]["message"]["usage"]["input_tokens"], -7);
    assert!(!wrong.done(), "there is no [DONE] here");
    assert_eq!(provider.violations(), []);
}

#[tokio::test]
async fn it_keeps_to_a_schema_and_wraps_json_without_one() {
    let provider = start(Reply::json(json!({"text": "x"})));
    let schema =
        json!({"type": "object", "properties": {"text": {"type": "string"}}, "additionalProperties": false});
    let format = json!({"output_config": {"format": {"type": "json_schema", "schema": schema}}});
    let said = async |more: Value| {
        let answer: Value = ask(&provider, more).await.json().await.unwrap();
        answer["content"][1]["text"].as_str().unwrap_or_default().to_string()
    };
    assert_eq!(said(format.clone()).await, r#"{"text":"x"}"#);
    assert!(said(json!({})).await.starts_with("Here is the JSON"));
    provider.push(Reply::text("free words"));
    assert_eq!(said(format.clone()).await, r#"{"text":"free words"}"#);
    provider.push(Reply::json(json!({"text": 1})));
    assert_eq!(ask(&provider, format).await.status(), 500, "the script is wrong");
}

#[tokio::test]
async fn what_is_marked_is_kept_for_the_next_turn() {
    let provider = start(Reply::text("one two"));
    let system = json!([{"type": "text", "text": "x".repeat(4_096), "cache_control": {"type": "ephemeral"}}]);
    let counted = async |messages: Value| {
        let answer: Value =
            ask(&provider, json!({"system": system, "messages": messages})).await.json().await.unwrap();
        let usage = &answer["usage"];
        ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]
            .map(|name| usage[name].as_u64().unwrap())
    };
    let mark = |text: &str| json!([{"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}]);
    assert_eq!(counted(json!([{"role": "user", "content": mark("abcd")}])).await, [0, 1_025, 0]);
    let turn = json!([
        {"role": "user", "content": "abcd"},
        {"role": "assistant", "content": "efgh"},
        {"role": "user", "content": mark("ijkl")},
    ]);
    assert_eq!(counted(turn.clone()).await, [0, 2, 1_025]);
    assert_eq!(counted(json!([{"role": "user", "content": "else"}])).await, [1, 0, 1_024]);
    provider.forget();
    assert_eq!(counted(turn).await, [0, 1_027, 0]);
}
