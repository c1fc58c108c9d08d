use super::*;
use crate::{Dialect, Fault, Reply, answer::answer, request::tests::request, schema::errors_of};

fn native(json: Value) -> Request {
    let mut request = request(Dialect::Claude, json);
    request.path = PATH.into();
    request.headers.push(("anthropic-version".into(), "2023-06-01".into()));
    request
}

/// A right request with `more` in it.
fn body(model: &str, more: Value) -> Value {
    let mut body = json!({
        "model": model,
        "max_tokens": 100,
        "messages": [{"role": "user", "content": "What is systole?"}],
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn marked(words: &str) -> Value {
    json!({"type": "text", "text": words, "cache_control": {"type": "ephemeral"}})
}

#[test]
fn what_anthropic_refuses_is_refused() {
    let user = |content: Value| json!({"messages": [{"role": "user", "content": content}]});
    let format =
        |schema: Value| json!({"output_config": {"format": {"type": "json_schema", "schema": schema}}});
    let closed =
        json!({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": false});
    for (model, more, told) in [
        ("claude-haiku-4-5", json!({}), ""),
        ("claude-haiku-4-5", json!({"system": "Be short.", "temperature": 0, "stream": true}), ""),
        ("claude-haiku-4-5", json!({"system": [text("a"), marked("b")]}), ""),
        ("claude-haiku-4-5", json!({"max_tokens": null}), "max_tokens"),
        ("claude-haiku-4-5", json!({"max_tokens": 0}), "max_tokens"),
        ("claude-haiku-4-5", json!({"response_format": {}}), "response_format: Extra inputs"),
        (
            "claude-haiku-4-5",
            json!({"system": [{"type": "text", "text": "a", "cached": true}]}),
            "system.0.cached",
        ),
        (
            "claude-haiku-4-5",
            json!({"messages": [{"role": "user", "content": "a", "name": "b"}]}),
            "messages.0.name",
        ),
        ("claude-haiku-4-5", json!({"messages": []}), "messages"),
        ("claude-haiku-4-5", json!({"messages": [{"role": "system", "content": "a"}]}), "role"),
        ("claude-haiku-4-5", json!({"messages": [{"role": "assistant", "content": "a"}]}), "first message"),
        ("claude-haiku-4-5", user(json!([text("a"), text(" ")])), "non-empty"),
        ("claude-haiku-4-5", user(json!([{"type": "test", "text": "a"}])), "type"),
        ("claude-haiku-4-5", user(json!(vec![marked("a"); 4])), ""),
        ("claude-haiku-4-5", user(json!(vec![marked("a"); 5])), "maximum of 4 blocks"),
        ("claude-haiku-4-5", json!({"temperature": 1.5}), "range"),
        ("claude-haiku-4-5", json!({"output_config": {"effort": "low"}}), "effort"),
        ("claude-sonnet-5-5", json!({"output_config": {"effort": "low"}}), ""),
        ("claude-sonnet-5-5", json!({"output_config": {"effort": "minimal"}}), "effort"),
        ("claude-sonnet-5-5", json!({"output_config": {"form": "low"}}), "output_config.form"),
        ("claude-sonnet-5-5", json!({"temperature": 0}), "deprecated"),
        (
            "claude-sonnet-5-5",
            json!({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}),
            "prefill",
        ),
        ("claude-haiku-4-5", format(closed.clone()), ""),
        ("claude-3-5-sonnet", format(closed), "structured outputs"),
        ("claude-haiku-4-5", format(json!({"type": "object", "properties": {}})), "additionalProperties"),
        ("claude-haiku-4-5", format(json!({"type": "integer", "minimum": 1})), "'minimum' is not supported"),
    ] {
        match (check(&native(body(model, more.clone()))), told) {
            (Ok(()), "") => {}
            (Err(Problem::Invalid { message, .. }), told) if !told.is_empty() => {
                assert!(message.contains(told), "{more}: {message}");
            }
            (other, told) => panic!("{more}: {other:?} and not '{told}'"),
        }
    }
    let mut unversioned = native(body("claude-haiku-4-5", json!({})));
    unversioned.headers.clear();
    assert!(
        matches!(check(&unversioned), Err(Problem::Invalid { message, .. }) if message.contains("anthropic-version"))
    );
}

/// Without what the description does not know: that nothing stopped it is null.
fn known(mut value: Value) -> Value {
    for at in ["/message", "/delta", ""] {
        if let Some(fields) = value.pointer_mut(at).and_then(Value::as_object_mut) {
            fields.retain(|name, value| name != "stop_sequence" || !value.is_null());
        }
    }
    value
}

#[test]
fn answers_and_events_are_what_the_description_says() {
    for model in ["claude-sonnet-5-5", "claude-haiku-4-5"] {
        for reply in [
            Reply::echo(),
            Reply::text("Zw\u{f6}lf Gr\u{f6}\u{df}en"),
            Reply::fault(Fault::Refusal),
            Reply::fault(Fault::Empty),
            Reply::fault(Fault::Length { after: 1 }),
        ] {
            let request = native(body(model, json!({})));
            let mut answer = answer(&request, &reply, 0).unwrap();
            answer.usage = Some(usage(&request, &answer, Kept::default(), false));
            let whole = whole(&request, &answer);
            assert_eq!(errors_of("Message", &known(whole.clone())), Vec::<String>::new(), "{whole}");
            let Chunks { head, pieces, tail } = events(&request, &answer);
            let said: String = pieces.iter().filter_map(|event| event["delta"]["text"].as_str()).collect();
            let content = whole["content"].as_array().unwrap();
            let text = content.last().and_then(|block| block["text"].as_str()).unwrap_or_default();
            assert_eq!(said, text);
            assert_eq!(tail[tail.len() - 2]["delta"]["stop_reason"], whole["stop_reason"]);
            for event in [head, pieces, tail].concat() {
                assert_eq!(
                    errors_of("MessageStreamEvent", &known(event.clone())),
                    Vec::<String>::new(),
                    "{event}"
                );
            }
        }
    }
    assert_eq!(errors_of("MessageStreamEvent", &Problem::ServerError.native()), Vec::<String>::new());
}

#[test]
fn what_is_kept_is_counted_apart() {
    let request = native(body("claude-haiku-4-5", json!({"system": "12345678"})));
    let answer = answer(&request, &Reply::text("12345"), 0).unwrap();
    let counted = usage(&request, &answer, Kept { cached: 1, written: 2 }, false);
    assert_eq!(counted["input_tokens"], 2 + 4 - 3);
    assert_eq!((&counted["cache_read_input_tokens"], &counted["output_tokens"]), (&json!(1), &json!(2)));
    let blocks: Vec<(String, String)> =
        blocks(request.json()).into_iter().map(|block| (block.role, block.text)).collect();
    assert_eq!(blocks[0], ("system".into(), "12345678".into()));
    assert_eq!(request.messages().len(), 2);
}
