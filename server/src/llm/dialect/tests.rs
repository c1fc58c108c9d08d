use super::*;
use crate::llm::{PromptId, Schema, Task, catalogue::Catalogue};
use domain::id::LearnerId;

fn request(schema: bool) -> Request {
    Request {
        task: Task::Question,
        effort: Effort::Balanced,
        learner: LearnerId(uuid::Uuid::nil()),
        sources: vec![],
        prompt: PromptId { name: "test", version: 1 },
        messages: vec![Message::new(Speaker::System, "Be short."), Message::new(Speaker::User, "Why?")],
        asked: None,
        schema: schema.then(|| Schema { name: "answer", schema: json!({"type": "object"}) }),
        most_tokens: 100,
        fresh: false,
    }
}

fn written(model: &str, schema: bool) -> Value {
    let catalogue = Catalogue::new(None).unwrap();
    let model = catalogue.model(model).unwrap();
    let request = request(schema);
    body(&request, &request.messages, model, catalogue.endpoint(&model.endpoint).unwrap())
}

#[test]
fn each_dialect_gets_what_it_takes() {
    let openai = written("gpt-5-mini", true);
    assert_eq!(openai["max_completion_tokens"], 100 + 2_048);
    assert!(openai.get("max_tokens").is_none() && openai.get("temperature").is_none());
    assert_eq!(openai["response_format"]["json_schema"]["strict"], true);
    let claude = written("claude-sonnet-5-5", true);
    assert_eq!(claude["max_tokens"], 100 + 2_048, "thinking is part of it");
    assert!(claude.get("temperature").is_none() && claude.get("cache_control").is_none());
    let older = written("claude-haiku-4-5", true);
    assert_eq!((&older["max_tokens"], &older["temperature"]), (&json!(100), &json!(0)));
    let catalogue = Catalogue::new(None).unwrap();
    let haiku = catalogue.model("claude-haiku-4-5").unwrap();
    let own = catalogue.endpoint("anthropic").unwrap();
    let tutor = Request { task: Task::Tutor, ..request(false) };
    assert!(body(&tutor, &tutor.messages, haiku, own).get("cache_control").is_some());
    let layer = Endpoint { dialect: Dialect::Anthropic, json_schema: false, ..own.clone() };
    let claude = body(&request(true), &request(true).messages, haiku, &layer);
    assert!(claude.get("response_format").is_none(), "it is ignored there");
    let told = claude["messages"][1]["content"].as_str().unwrap();
    assert!(told.contains("JSON Schema") && told.contains(r#"{"type":"object"}"#), "{told}");
    let plain = written("gpt-4o-mini", false);
    assert!(plain.get("response_format").is_none());
    assert_eq!(plain["messages"].as_array().unwrap().len(), 2);
}

#[test]
fn chunks_of_all_kinds_are_read() {
    let text = |text: &str| Piece::Text(text.into());
    let whole = Piece::End(Finish::Whole);
    for (chunk, expected) in [
        (
            json!({"id": "x", "choices": [{"index": 0, "delta": {"content": "hi"}, "finish_reason": null}]}),
            vec![text("hi")],
        ),
        (json!({"choices": [{"delta": {"content": "hi"}, "finish_reason": ""}]}), vec![text("hi")]),
        (json!({"choices": [{"delta": {"content": [{"type": "text", "text": "hi"}]}}]}), vec![text("hi")]),
        (json!({"choices": [{"delta": {}, "finish_reason": "stop"}]}), vec![whole.clone()]),
        (json!({"choices": [{"delta": {}, "finish_reason": "end_turn"}]}), vec![whole.clone()]),
        (
            json!({"choices": [{"delta": {}, "finish_reason": "MAX_TOKENS"}]}),
            vec![Piece::End(Finish::Length)],
        ),
        (json!({"choices": [{"delta": {"refusal": "No."}}]}), vec![Piece::End(Finish::Refused)]),
        (
            json!({"choices": [{"message": {"content": "all"}, "finish_reason": "stop"}]}),
            vec![text("all"), whole],
        ),
        (json!({"choices": []}), vec![]),
        (
            json!({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}}),
            vec![Piece::Used(Tokens { input: 9, cached: 4, output: 2, ..Tokens::default() })],
        ),
    ] {
        assert_eq!(pieces(&chunk), Ok(expected), "{chunk}");
    }
    for (chunk, failure) in [
        (json!([{"error": {"code": 503, "message": "x", "status": "UNAVAILABLE"}}]), Failure::Trouble(503)),
        (json!({"error": {"type": "overloaded_error", "message": "Overloaded"}}), Failure::Trouble(529)),
        (json!({"error": {"code": "429"}}), Failure::Limit),
        (json!({"error": {"message": "boom"}}), Failure::Broken),
        (json!("text"), Failure::Broken),
        (json!([]), Failure::Broken),
    ] {
        assert_eq!(pieces(&chunk), Err(failure), "{chunk}");
    }
}

#[test]
fn statuses_mean_what_they_mean() {
    for (status, body, failure) in [
        (401, "", Failure::Key),
        (404, "", Failure::Unknown),
        (429, "", Failure::Limit),
        (429, r#"{"error":{"code":"insufficient_quota"}}"#, Failure::Unpaid),
        (400, r#"{"error":{"message":"Your credit balance is too low to access the API"}}"#, Failure::Unpaid),
        (400, r#"[{"error":{"message":"API key not valid. Please pass a valid API key."}}]"#, Failure::Key),
        (500, "", Failure::Trouble(500)),
        (529, "overloaded", Failure::Trouble(529)),
        (400, r#"{"error":{"code":"context_length_exceeded"}}"#, Failure::TooLong),
        (
            400,
            r#"{"error":{"message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#,
            Failure::TooLong,
        ),
        (
            400,
            r#"[{"error":{"message":"The input token count exceeds the maximum number of tokens allowed"}}]"#,
            Failure::TooLong,
        ),
        (400, "bad", Failure::Request(400)),
        (302, "", Failure::Request(302)),
    ] {
        assert_eq!(Failure::of(status, body), failure, "{status} {body}");
    }
}

#[test]
fn a_count_that_cannot_be_is_not_believed() {
    let tokens = |input, cached, output| Tokens { input, cached, output, ..Tokens::default() };
    let count = |input, cached, output| Some(tokens(input, cached, output));
    assert_eq!(believed(None, 100, 20, 200), tokens(100, 0, 20));
    assert_eq!(believed(count(120, 100, 30), 100, 20, 200), tokens(120, 100, 30));
    let written = Tokens { written: 90, ..tokens(120, 100, 30) };
    assert_eq!(believed(Some(written), 100, 20, 200).written, 20, "what was kept is not kept anew");
    assert_eq!(believed(count(9_000_000, 0, 9_000_000), 100, 20, 200), tokens(100, 0, 20));
    assert_eq!(believed(count(0, 0, 0), 100, 20, 200), tokens(100, 0, 20));
    assert_eq!(believed(count(9_000_000, 9_000_000, 20), 100, 20, 200), tokens(100, 0, 20));
    assert_eq!(believed(count(50, 80, 1), 100, 20, 200).cached, 50);
}
