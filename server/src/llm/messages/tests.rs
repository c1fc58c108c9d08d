use super::*;

fn block(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

#[test]
fn a_body_becomes_a_request_of_this_api() {
    let body = json!({
        "model": "claude-haiku-4-5",
        "messages": [
            { "role": "system", "content": "Be short." },
            { "role": "assistant", "content": "What is it?" },
            { "role": "user", "content": "Why?" },
            { "role": "user", "content": " " },
            { "role": "system", "content": "Answer in JSON." },
        ],
        "stream": true,
        "stream_options": { "include_usage": true },
        "max_tokens": 100,
        "temperature": 0,
    });
    let expected = json!({
        "model": "claude-haiku-4-5",
        "system": [block("Be short."), block("Answer in JSON.")],
        "messages": [
            { "role": "user", "content": [block(BEGIN)] },
            { "role": "assistant", "content": [block("What is it?")] },
            { "role": "user", "content": [block("Why?")] },
        ],
        "max_tokens": 100,
        "stream": true,
        "temperature": 0.0,
    });
    assert_eq!(written(&body), expected);
    let marked = Value::Object({
        let mut body = body.as_object().unwrap().clone();
        body.insert("cache_control".into(), json!({ "type": "ephemeral" }));
        body
    });
    let marked = written(&marked);
    let marks = marked.to_string().matches("ephemeral").count();
    assert_eq!((marks, marked.get("cache_control")), (2, None));
    assert_eq!(marked["system"][1]["cache_control"]["type"], "ephemeral");
    assert_eq!(marked["messages"][2]["content"][0]["cache_control"]["type"], "ephemeral");
}

#[test]
fn what_a_model_may_think_and_its_form_are_told_where_this_api_wants_them() {
    for (effort, told) in [("minimal", "low"), ("low", "low"), ("medium", "medium")] {
        let request = written(&json!({ "messages": [], "reasoning_effort": effort }));
        assert_eq!(request["output_config"], json!({ "effort": told }));
        assert!(request.get("system").is_none() && request.get("temperature").is_none());
    }
    let schema = json!({
        "$schema": "x",
        "type": "object",
        "properties": {
            "n": { "type": "integer", "minimum": 1, "maximum": 5, "description": "how many" },
            "all": { "type": "array", "minItems": 2, "maxItems": 5, "items": { "type": "object", "properties": {
                "minimum": { "type": "string", "minLength": 3, "format": "date", "pattern": "x" },
            } } },
            "some": { "type": "array", "minItems": 1, "uniqueItems": true, "items": { "$ref": "#/$defs/word" } },
            "one": { "oneOf": [{ "const": "a" }, { "type": ["string", "null"], "format": "iban" }] },
        },
        "required": ["n"],
        "$defs": { "word": { "enum": ["a", "b"] } },
    });
    let taken = json!({
        "type": "object",
        "properties": {
            "n": { "type": "integer", "description": "how many" },
            "all": { "type": "array", "items": { "type": "object", "additionalProperties": false, "properties": {
                "minimum": { "type": "string", "format": "date" },
            } } },
            "some": { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/word" } },
            "one": { "anyOf": [{ "const": "a" }, { "type": ["string", "null"] }] },
        },
        "required": ["n"],
        "additionalProperties": false,
        "$defs": { "word": { "enum": ["a", "b"] } },
    });
    let format =
        json!({ "type": "json_schema", "json_schema": { "name": "x", "strict": true, "schema": schema } });
    let request = written(&json!({ "messages": [], "response_format": format }));
    assert_eq!(request["output_config"], json!({ "format": { "type": "json_schema", "schema": taken } }));
}

async fn read_all(parts: &[&str]) -> Vec<Result<Piece, Failure>> {
    let parts: Vec<Result<String, Failure>> = parts.iter().map(|part| Ok((*part).into())).collect();
    pieces(stream::iter(parts)).collect().await
}

#[tokio::test]
async fn events_are_read_however_they_are_cut_and_whatever_comes_along() {
    let all = [
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":7,\"cache_creation_inp",
        "ut_tokens\":20,\"cache_read_input_tokens\":300,\"output_tokens\":1}}}\n\n: a comment\n\n",
        "event: ping\ndata: {\"type\": \"ping\"}\n\nevent: new\ndata: {\"type\":\"new\",\"text\":\"x\"}\n\n",
        "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\"}}\r\n\r\n",
        "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"hm\"}}\n\n",
        "data: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hé\"}}\n\n",
        "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":5}}\n\n",
        "data: {\"type\":\"message_stop\"}\n\ndata: nothing\n\n",
    ];
    let used = |output| Ok(Piece::Used(Tokens { input: 327, cached: 300, written: 20, output }));
    let expected = [used(0), Ok(Piece::Text("Hé".into())), Ok(Piece::End(Finish::Whole)), used(5)];
    assert_eq!(read_all(&all).await, expected);
    // letter by letter
    let letters: Vec<String> = all.concat().chars().map(String::from).collect();
    assert_eq!(read_all(&letters.iter().map(String::as_str).collect::<Vec<_>>()).await, expected);
}

#[tokio::test]
async fn what_is_no_event_breaks_the_stream() {
    let error = |kind: &str| {
        format!(
            "event: error\ndata: {{\"type\":\"error\",\"error\":{{\"type\":\"{kind}\",\"message\":\"x\"}}}}\n\n"
        )
    };
    for (part, failure) in [
        (error("overloaded_error"), Failure::Trouble(529)),
        (error("rate_limit_error"), Failure::Limit),
        (error("api_error"), Failure::Broken),
        ("data: {\"type\"\n\n".into(), Failure::Broken),
        ("data: [DONE]\n\n".into(), Failure::Broken),
        ("data: {\"choices\":[]}\n\n".into(), Failure::Broken),
    ] {
        assert_eq!(read_all(&[&part]).await, [Err(failure)], "{part}");
    }
    assert_eq!(read_all(&[]).await, []);
}

#[test]
fn every_reason_to_stop_means_something() {
    for (reason, expected) in [
        ("end_turn", Finish::Whole),
        ("stop_sequence", Finish::Whole),
        ("max_tokens", Finish::Length),
        ("model_context_window_exceeded", Finish::Length),
        ("refusal", Finish::Refused),
    ] {
        assert_eq!(finish(reason), expected);
    }
}
