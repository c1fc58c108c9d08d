//! Each fault in each dialect, as a client sees it.

use std::time::{Duration, Instant, SystemTime};

use provider::{Dialect, Fault, Provider, Reply, RetryAfter, Settings};
use reqwest::Response;
use serde_json::{Value, json};

use crate::client::{ask, body, post, read, stream};

fn failing(dialect: Dialect, fault: Fault) -> Provider {
    let provider = Provider::start(Settings::new(dialect));
    provider.otherwise(Reply::text("one two three four five").with(fault));
    provider
}

/// Status, `Retry-After`, and the error itself, whatever it is wrapped in.
async fn error(response: Response) -> (u16, Option<String>, Value) {
    let status = response.status().as_u16();
    let after = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_string());
    let body: Value = response.json().await.unwrap();
    let error =
        body.pointer("/0/error").or(body.pointer("/error")).unwrap_or_else(|| panic!("no error: {body}"));
    (status, after, error.clone())
}

/// A status for each dialect, and how the error calls itself there.
type Expected = [(u16, &'static str); 4];

#[tokio::test]
async fn errors_have_each_vendors_status_and_name() {
    let cases: &[(Fault, Expected)] = &[
        (
            Fault::Unauthorized,
            [
                (401, "invalid_api_key"),
                (401, "authentication_error"),
                (401, "UNAUTHENTICATED"),
                (401, "authentication_error"),
            ],
        ),
        (
            Fault::InvalidKey,
            [
                (401, "invalid_api_key"),
                (401, "authentication_error"),
                (400, "API_KEY_INVALID"),
                (401, "authentication_error"),
            ],
        ),
        (
            Fault::Forbidden,
            [
                (403, "unsupported_country_region_territory"),
                (403, "permission_error"),
                (403, "PERMISSION_DENIED"),
                (403, "permission_error"),
            ],
        ),
        (
            Fault::UnknownModel,
            [
                (404, "model_not_found"),
                (404, "model: gpt-4.1"),
                (404, "NOT_FOUND"),
                (404, "try pulling it first"),
            ],
        ),
        (
            Fault::RateLimited(RetryAfter::Unsaid),
            [
                (429, "rate_limit_exceeded"),
                (429, "rate_limit_error"),
                (429, "RESOURCE_EXHAUSTED"),
                (429, "rate_limit_error"),
            ],
        ),
        (
            Fault::QuotaSpent,
            [
                (429, "insufficient_quota"),
                (400, "credit balance is too low"),
                (429, "RESOURCE_EXHAUSTED"),
                (429, "rate_limit_error"),
            ],
        ),
        (
            Fault::ServerError,
            [(500, "server_error"), (500, "api_error"), (500, "INTERNAL"), (500, "server_error")],
        ),
        (
            Fault::Unavailable(RetryAfter::Unsaid),
            [(503, "server_error"), (503, "api_error"), (503, "UNAVAILABLE"), (503, "unavailable_error")],
        ),
        (
            Fault::Overloaded(RetryAfter::Unsaid),
            [
                (529, "server_error"),
                (529, "overloaded_error"),
                (529, "UNAVAILABLE"),
                (529, "unavailable_error"),
            ],
        ),
        (
            Fault::ContextTooLong,
            [
                (400, "context_length_exceeded"),
                (400, "prompt is too long: 6 tokens > 5 maximum"),
                (400, "exceeds the maximum number of tokens allowed"),
                (400, "exceed_context_size_error"),
            ],
        ),
    ];
    for (fault, expected) in cases {
        for (dialect, (status, name)) in Dialect::ALL.into_iter().zip(expected) {
            let provider = failing(dialect, fault.clone());
            for streamed in [false, true] {
                let (found, after, error) = error(ask(&provider, json!({"stream": streamed})).await).await;
                assert_eq!(found, *status, "{dialect} {fault:?}");
                assert!(error.to_string().contains(name), "{dialect} {fault:?}: {error}");
                assert!(error["message"].is_string(), "{dialect} {fault:?}: {error}");
                assert_eq!(after, None);
            }
            assert_eq!(provider.violations(), [], "a fault is not the client's");
            assert_eq!(provider.open(), 0);
            assert_eq!(provider.abandoned(), 0);
        }
    }
}

#[tokio::test]
async fn retry_after_is_told_in_both_forms() {
    let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(946_684_799);
    for dialect in Dialect::ALL {
        for (after, header) in
            [(RetryAfter::Seconds(30), "30"), (RetryAfter::At(moment), "Fri, 31 Dec 1999 23:59:59 GMT")]
        {
            for fault in [Fault::RateLimited(after), Fault::Unavailable(after), Fault::Overloaded(after)] {
                let provider = failing(dialect, fault);
                let (_, told, error) = error(ask(&provider, json!({})).await).await;
                assert_eq!(told.as_deref(), Some(header), "{dialect}");
                if dialect == Dialect::Gemini && error["code"] == 429 && header == "30" {
                    assert_eq!(error["details"][0]["retryDelay"], "30s");
                }
            }
        }
    }
}

#[tokio::test]
async fn headers_and_first_words_can_be_late() {
    // long enough for 'at once' to be told from it on a machine that has much else to do
    let late = Duration::from_secs(1);
    let both = async |dialect: Dialect, streamed: bool| {
        let provider = failing(dialect, Fault::SlowHeaders(late));
        let begun = Instant::now();
        assert_eq!(ask(&provider, json!({"stream": streamed})).await.status(), 200);
        assert!(begun.elapsed() >= late, "{dialect}: headers after {:?}", begun.elapsed());

        let provider = failing(dialect, Fault::SlowFirstToken(late));
        let begun = Instant::now();
        let response = ask(&provider, json!({"stream": streamed})).await;
        assert!(begun.elapsed() < late, "{dialect}: headers at once");
        let text = response.text().await.unwrap();
        assert!(begun.elapsed() >= late, "{dialect}: words after {:?}", begun.elapsed());
        assert!(!text.is_empty());
    };
    let cases = Dialect::ALL.into_iter().flat_map(|dialect| [(dialect, true), (dialect, false)]);
    futures::future::join_all(cases.map(|(dialect, streamed)| both(dialect, streamed))).await;
}

#[tokio::test]
async fn headers_can_be_late_and_an_error() {
    let provider = failing(Dialect::OpenAi, Fault::SlowHeaders(Duration::from_millis(100)));
    provider.push(Reply::fault(Fault::SlowHeaders(Duration::from_millis(100))).with(Fault::ServerError));
    let begun = Instant::now();
    assert_eq!(ask(&provider, json!({})).await.status(), 500);
    assert!(begun.elapsed() >= Duration::from_millis(100));
}

#[tokio::test]
async fn a_stream_can_stall_and_whoever_leaves_it_is_counted() {
    for dialect in Dialect::ALL {
        let provider = failing(dialect, Fault::Stall { after: 2 });
        for streamed in [true, false] {
            let response = ask(&provider, json!({"stream": streamed})).await;
            assert_eq!(response.status(), 200);
            let stream = read(response, Duration::from_millis(400)).await;
            assert!(stream.stalled && !stream.broken, "{dialect}: {stream:?}");
            assert_eq!(stream.pieces(), if streamed { vec!["one", " two"] } else { vec![] }, "{dialect}");
            assert_eq!(stream.finish(), None);
        }
        let left = provider.until(Duration::from_secs(5), |provider| provider.abandoned() == 2).await;
        assert!(left, "{dialect}: {} abandoned, {} open", provider.abandoned(), provider.open());
        assert_eq!(provider.open(), 0);
    }
}

#[tokio::test]
async fn a_stream_can_be_cut() {
    for dialect in Dialect::ALL {
        let provider = failing(dialect, Fault::Cut { after: 2 });
        let stream = stream(&provider, json!({})).await;
        assert!(stream.broken && !stream.stalled, "{dialect}: {stream:?}");
        assert_eq!(stream.pieces(), ["one", " two"], "{dialect}");
        assert!(!stream.done());
        let whole = ask(&provider, json!({})).await;
        assert!(whole.bytes().await.is_err(), "{dialect}: half a body is told as broken");
        assert_eq!(provider.abandoned(), 0, "it was not the client who left");
    }
}

#[tokio::test]
async fn a_stream_can_end_too_early_without_a_break() {
    for dialect in Dialect::ALL {
        let provider = failing(dialect, Fault::EndEarly { after: 2 });
        let stream = stream(&provider, json!({})).await;
        assert!(!stream.broken && !stream.stalled && !stream.done(), "{dialect}: {stream:?}");
        assert_eq!((stream.text().as_str(), stream.finish()), ("one two", None));
        let whole = ask(&provider, json!({})).await.text().await.unwrap();
        assert!(serde_json::from_str::<Value>(&whole).is_err(), "{dialect}: {whole}");
    }
}

#[tokio::test]
async fn a_chunk_can_be_malformed_between_good_ones() {
    for dialect in Dialect::ALL {
        let provider = failing(dialect, Fault::Malformed { after: 2 });
        let stream = stream(&provider, json!({})).await;
        let bad = stream.events.iter().filter(|event| *event != "[DONE]");
        assert_eq!(bad.filter(|event| serde_json::from_str::<Value>(event).is_err()).count(), 1, "{dialect}");
        assert_eq!(stream.text(), "one two three four five");
        assert!(stream.done());
        assert!(ask(&provider, json!({})).await.json::<Value>().await.is_err(), "{dialect}");
    }
}

#[tokio::test]
async fn a_stream_can_tell_an_error() {
    for dialect in Dialect::ALL {
        let provider = failing(dialect, Fault::ErrorInStream { after: 2 });
        let stream = stream(&provider, json!({})).await;
        let chunks = stream.chunks();
        let last = chunks.last().unwrap();
        let error = last.pointer("/0/error").or(last.pointer("/error"));
        assert!(error.is_some_and(|error| error["message"].is_string()), "{dialect}: {last}");
        assert_eq!(stream.text(), "one two");
        assert!(!stream.done() && !stream.broken);
        assert!(ask(&provider, json!({})).await.text().await.unwrap().contains("error"), "{dialect}");
    }
}

#[tokio::test]
async fn usage_can_be_nonsense() {
    for dialect in [Dialect::OpenAi, Dialect::Claude, Dialect::Gemini] {
        let provider = failing(dialect, Fault::WrongUsage);
        let whole: Value = ask(&provider, json!({})).await.json().await.unwrap();
        let stream = stream(&provider, json!({"stream_options": {"include_usage": true}})).await;
        let chunks = stream.chunks();
        for usage in [&whole["usage"], &chunks.last().unwrap()["usage"]] {
            assert_eq!(usage["prompt_tokens"], -7, "{dialect}");
            assert_eq!(usage["total_tokens"], 3, "{dialect}");
        }
    }
}

#[tokio::test]
async fn a_refusal_is_each_vendors_own() {
    for dialect in Dialect::ALL {
        let provider = failing(dialect, Fault::Refusal);
        let whole: Value = ask(&provider, json!({})).await.json().await.unwrap();
        let choice = &whole["choices"][0];
        let stream = stream(&provider, json!({})).await;
        let chunks = stream.chunks();
        let refusal: String =
            chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["refusal"].as_str()).collect();
        let message = &choice["message"];
        let finish = choice["finish_reason"].as_str().unwrap();
        assert_eq!(stream.finish().as_deref(), Some(finish));
        match dialect {
            Dialect::OpenAi => {
                assert_eq!(message["content"], Value::Null);
                assert!(
                    refusal.starts_with("I'm sorry") && message["refusal"] == refusal.as_str(),
                    "{message}"
                );
                assert_eq!(finish, "stop");
            }
            Dialect::Claude => assert_eq!((finish, &message["content"]), ("content_filter", &json!(""))),
            Dialect::Gemini => {
                assert!(finish.starts_with("content_filter: "), "{finish}");
                assert_eq!(message.get("content"), None);
            }
            Dialect::Foreign => assert!(stream.text().starts_with("I'm sorry"), "{stream:?}"),
        }
        assert!(stream.done());
    }
}

#[tokio::test]
async fn an_answer_can_be_cut_off_or_empty() {
    for dialect in Dialect::ALL {
        let provider = failing(dialect, Fault::Length { after: 2 });
        let cut = stream(&provider, json!({})).await;
        assert_eq!((cut.text().as_str(), cut.finish().as_deref()), ("one two", Some("length")), "{dialect}");
        assert!(cut.done());
        let whole: Value = ask(&provider, json!({})).await.json().await.unwrap();
        assert_eq!(whole["choices"][0]["finish_reason"], "length");

        let provider = failing(dialect, Fault::Empty);
        let empty = stream(&provider, json!({})).await;
        assert_eq!((empty.text().as_str(), empty.finish().as_deref()), ("", Some("stop")), "{dialect}");
        assert!(empty.done());
    }
}

#[tokio::test]
async fn a_prompt_beyond_the_context_is_too_long() {
    for dialect in Dialect::ALL {
        let provider = Provider::start(Settings { context: Some(10), ..Settings::new(dialect) });
        assert_eq!(ask(&provider, json!({})).await.status(), 200);
        let long = json!({"messages": [{"role": "user", "content": "x".repeat(41)}]});
        let (status, _, error) = error(ask(&provider, long).await).await;
        assert_eq!(status, 400);
        assert!(error["message"].as_str().unwrap().contains("11"), "{dialect}: {error}");
        assert_eq!(provider.violations(), []);
    }
}

#[tokio::test]
async fn a_request_can_ask_for_faults_itself() {
    let provider = Provider::start(Settings::new(Dialect::Claude));
    let by_header = post(&provider, "/chat/completions", &body(json!({}))).header("x-fault", "overloaded=7");
    let (status, after, _) = error(by_header.send().await.unwrap()).await;
    assert_eq!((status, after.as_deref()), (529, Some("7")));
    let by_query = post(&provider, "/chat/completions?fault=forbidden", &body(json!({})));
    assert_eq!(by_query.send().await.unwrap().status(), 403);
    let several = post(&provider, "/chat/completions", &body(json!({"stream": true})))
        .header("x-fault", "slow-first-token=50, end-early=1");
    let stream = read(several.send().await.unwrap(), Duration::from_secs(5)).await;
    assert_eq!(stream.text(), "What");
    let unknown = post(&provider, "/chat/completions", &body(json!({}))).header("x-fault", "stal");
    assert_eq!(unknown.send().await.unwrap().status(), 400);
    let dated =
        post(&provider, "/chat/completions", &body(json!({}))).header("x-fault", "rate-limited-until=60");
    let (_, after, _) = error(dated.send().await.unwrap()).await;
    assert!(after.unwrap().ends_with(" GMT"));
}

#[tokio::test]
async fn embeddings_fail_too() {
    let provider = Provider::start(Settings::new(Dialect::OpenAi));
    provider.push_embeddings(Fault::RateLimited(RetryAfter::Seconds(1)));
    let embed = async || {
        post(&provider, "/embeddings", &json!({"model": "e", "input": "x"}))
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!((embed().await, embed().await), (429, 200));
}
