use super::*;
use axum::{
    Json, Router, extract::State, http::HeaderMap, http::StatusCode, response::IntoResponse, routing::post,
};
use serde_json::{Value, json};
use std::sync::Mutex;

/// What the server of a test does with a call.
#[derive(Clone, Copy)]
enum Answer {
    Vectors,
    /// The last vector first.
    Reversed,
    Short,
    Wide,
    Twice,
    NoNumbers,
    Status(u16),
    /// 429 once, then vectors.
    Busy,
    Garbage,
}

#[derive(Clone)]
struct Provider {
    answer: Answer,
    calls: Arc<Mutex<Vec<Value>>>,
}

/// Checks a request as OpenAI's reference describes it, and answers as told.
async fn embeddings(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Json(request): Json<Value>,
) -> axum::response::Response {
    let mut calls = provider.calls.lock().unwrap();
    calls.push(request.clone());
    assert_eq!(headers["authorization"], "Bearer key-of-the-test");
    assert_eq!(request["encoding_format"], "float");
    assert_eq!(request["model"], "text-embedding-3-small");
    assert_eq!(request["dimensions"], 3);
    let input = request["input"].as_array().unwrap();
    assert!(!input.is_empty() && input.len() <= 2048);
    assert!(input.iter().all(|text| !text.as_str().unwrap().is_empty()), "an empty text is refused");
    let vector = |at: usize| -> Value {
        let length = input[at].as_str().unwrap().len() as f32;
        json!({ "object": "embedding", "index": at, "embedding": [length, 0.0, 1.0] })
    };
    let mut data: Vec<Value> = (0..input.len()).map(vector).collect();
    match provider.answer {
        Answer::Vectors => {}
        Answer::Reversed => data.reverse(),
        Answer::Short => drop(data.pop()),
        Answer::Wide => data[0]["embedding"] = json!([1.0, 2.0]),
        Answer::Twice => data[0]["index"] = json!(1),
        Answer::NoNumbers => data[0]["embedding"] = json!(["a", 0.0, 1.0]),
        Answer::Busy if calls.len() > 1 => {}
        Answer::Busy => {
            let error = json!({ "error": { "message": "slow down", "type": "rate_limit_error" } });
            return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0")], Json(error)).into_response();
        }
        Answer::Status(status) => {
            let error = json!({ "error": { "message": "key-of-the-test is wrong", "type": "invalid_request_error" } });
            return (StatusCode::from_u16(status).unwrap(), Json(error)).into_response();
        }
        Answer::Garbage => return "<html>".into_response(),
    }
    let usage = json!({ "prompt_tokens": 7, "total_tokens": 7 });
    Json(json!({ "object": "list", "data": data, "model": "text-embedding-3-small", "usage": usage }))
        .into_response()
}

#[derive(Default)]
struct Book(Mutex<Vec<Used>>);

#[async_trait]
impl Meter for Book {
    async fn book(&self, used: Used) -> anyhow::Result<()> {
        self.0.lock().unwrap().push(used);
        Ok(())
    }
}

struct Place {
    remote: Remote,
    book: Arc<Book>,
    calls: Arc<Mutex<Vec<Value>>>,
}

async fn place(answer: Answer) -> Place {
    let calls = Arc::default();
    let provider = Provider { answer, calls: Arc::clone(&calls) };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/embeddings", post(embeddings)).with_state(provider);
    tokio::spawn(async move { axum::serve(listener, router).await });
    let book = Arc::new(Book::default());
    Place { remote: Remote::new(&settings(url), book.clone()), book, calls }
}

fn settings(url: String) -> Settings {
    Settings { url, key: "key-of-the-test".into(), model: "text-embedding-3-small".into(), dimensions: 3 }
}

fn texts(count: usize) -> Vec<String> {
    (0..count).map(|n| "x".repeat(n + 1)).collect()
}

#[tokio::test]
async fn texts_go_in_batches_and_come_back_in_order_and_are_booked() {
    for answer in [Answer::Vectors, Answer::Reversed, Answer::Busy] {
        let place = place(answer).await;
        let vectors = place.remote.embed_all(&texts(BATCH + 4), Role::Passage).await.unwrap();
        assert_eq!(vectors.len(), BATCH + 4);
        for (at, vector) in vectors.iter().enumerate() {
            let length = ((at + 1) as f32).hypot(1.0);
            assert!((vector[0] - (at + 1) as f32 / length).abs() < 1e-5, "{at}: {vector:?}");
        }
        let used = Used { model: "text-embedding-3-small".into(), tokens: 7 };
        assert_eq!(*place.book.0.lock().unwrap(), [used.clone(), used]);
    }
}

#[tokio::test]
async fn odd_texts_are_sent_as_something_that_is_taken() {
    let place = place(Answer::Vectors).await;
    for text in ["", " \n", "🫀", &"ä".repeat(100_000)] {
        assert_eq!(place.remote.embed(text, Role::Query).await.unwrap().len(), 3);
    }
    let calls = place.calls.lock().unwrap();
    let sent = |at: usize| calls[at]["input"][0].as_str().unwrap().len();
    assert_eq!([sent(0), sent(1)], [1, 1]);
    assert!(sent(3) <= LONGEST);
}

#[tokio::test]
async fn a_wrong_answer_is_an_error_in_plain_words() {
    for (answer, part) in [
        (Answer::Short, "fewer vectors"),
        (Answer::Wide, "vectors of 2 numbers, not 3"),
        (Answer::Twice, "nobody asked for"),
        (Answer::NoNumbers, "cannot be read"),
        (Answer::Garbage, "cannot be read"),
        (Answer::Status(401), "refuses the key"),
        (Answer::Status(404), "does not know the model"),
        (Answer::Status(400), "answers 400"),
    ] {
        let place = place(answer).await;
        let error = place.remote.embed_all(&texts(2), Role::Passage).await.unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
        assert!(!error.contains("key-of-the-test") && !error.contains("127.0.0.1"), "{error}");
    }
}

#[tokio::test]
async fn a_provider_that_is_away_is_told() {
    let remote = Remote::new(&settings("http://127.0.0.1:1/v1".into()), Arc::new(Book::default()));
    let error = remote.embed("heart", Role::Query).await.unwrap_err();
    assert!(matches!(error, ModelError::Unavailable(_)), "{error}");
}
