//! What is remembered, who is connected, and an outage.

use std::{sync::Arc, time::Duration};

use provider::{Dialect, Provider, Reply, Settings};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::client::{ask, body, post, read, stream};

const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn every_byte_of_a_request_is_kept() {
    let provider = Provider::start(Settings::default());
    let request = post(
        &provider,
        "/chat/completions?a=b",
        &body(json!({"messages": [
            {"role": "user", "content": "Frau Müller, \"Station 3\"\nZimmer"},
        ]})),
    );
    request.header("x-trace", "trace-7").send().await.unwrap();
    let kept = provider.last().unwrap();
    assert_eq!((kept.method.as_str(), kept.path.as_str()), ("POST", "/v1/chat/completions"));
    assert_eq!(kept.query, "a=b");
    assert_eq!(kept.header("X-Trace"), Some("trace-7"));
    assert_eq!(kept.json()["messages"][0]["role"], "user");
    assert_eq!(serde_json::from_slice::<Value>(&kept.body).unwrap(), *kept.json());
    let raw = String::from_utf8(kept.raw.clone()).unwrap();
    assert!(raw.starts_with("POST /v1/chat/completions?a=b HTTP/1.1\r\n"), "{raw}");
    assert!(raw.ends_with(std::str::from_utf8(&kept.body).unwrap()));
    assert_eq!(provider.bytes_received(), kept.raw.len());
    for words in ["trace-7", "Station 3\"\nZimmer", "Müller", "Bearer test-key", "a=b"] {
        assert!(provider.received_anywhere(words), "{words}");
    }
    assert!(!provider.received_anywhere("Station 4"));
}

#[tokio::test]
async fn bytes_that_never_become_a_request_are_kept_too() {
    let provider = Provider::start(Settings::default());
    let mut wire = TcpStream::connect(provider.address()).await.unwrap();
    wire.write_all(b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\n{\"secret")
        .await
        .unwrap();
    assert!(provider.until(SOON, |provider| provider.received_anywhere("{\"secret")).await);
    assert!(provider.requests().is_empty());
    drop(wire);
    assert!(provider.until(SOON, |provider| provider.open() == 0).await);
    provider.forget();
    assert!(!provider.received_anywhere("{\"secret"));
    assert_eq!((provider.bytes_received(), provider.connections(), provider.abandoned()), (0, 0, 0));
}

#[tokio::test]
async fn two_requests_on_one_connection_are_told_apart() {
    let provider = Provider::start(Settings::default());
    let client = reqwest::Client::new();
    for text in ["first", "second"] {
        let body = body(json!({"messages": [{"role": "user", "content": text}]}));
        let url = format!("{}/chat/completions", provider.base_url());
        client.post(url).bearer_auth("test-key").json(&body).send().await.unwrap().bytes().await.unwrap();
    }
    assert_eq!(provider.connections(), 1);
    let [first, second] = &provider.chats()[..] else { panic!("{:?}", provider.requests()) };
    let says = |raw: &[u8], text: &str| String::from_utf8_lossy(raw).contains(text);
    assert!(says(&first.raw, "first") && !says(&first.raw, "second"));
    assert!(says(&second.raw, "second") && !says(&second.raw, "first"));
    assert!(first.arrived <= second.arrived);
    assert_eq!((first.number, second.number), (0, 1));
}

#[tokio::test]
async fn an_unknown_path_or_a_body_that_is_no_json_is_a_violation() {
    let provider = Provider::start(Settings::new(Dialect::Gemini));
    let client = reqwest::Client::new();
    let url = |path: &str| format!("{}{path}", provider.base_url());
    let lost = client.get(url("/chat/completions")).bearer_auth("test-key").send().await.unwrap();
    assert_eq!(lost.status(), 404);
    let body =
        client.post(url("/chat/completions")).bearer_auth("test-key").body("{oops").send().await.unwrap();
    assert_eq!(body.status(), 400);
    assert_eq!(provider.violations().len(), 2);
}

#[tokio::test]
async fn streams_that_are_left_are_counted_and_those_read_to_their_end_are_not() {
    let provider = Provider::start(Settings { every: Duration::from_millis(50), ..Settings::default() });
    let response = ask(&provider, json!({"stream": true})).await;
    assert_eq!(provider.open(), 1);
    drop(response);
    assert!(provider.until(SOON, |provider| provider.abandoned() == 1).await);
    assert_eq!(provider.open(), 0);

    // a client that closes as soon as it has read [DONE], before the end of the body
    let mut wire = TcpStream::connect(provider.address()).await.unwrap();
    let body = body(json!({"stream": true})).to_string();
    let head = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer test-key\r\n";
    let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    wire.write_all(request.as_bytes()).await.unwrap();
    let mut read = vec![];
    while !String::from_utf8_lossy(&read).contains("data: [DONE]") {
        assert_ne!(wire.read_buf(&mut read).await.unwrap(), 0, "{}", String::from_utf8_lossy(&read));
    }
    drop(wire);
    assert!(provider.until(SOON, |provider| provider.open() == 0).await);
    assert_eq!(provider.abandoned(), 1);
}

#[tokio::test]
async fn who_leaves_before_the_headers_has_left_too() {
    let provider = Provider::start(Settings::default());
    let request =
        post(&provider, "/chat/completions", &body(json!({}))).header("x-fault", "slow-headers=60000");
    let waiting = tokio::time::timeout(Duration::from_millis(200), request.send()).await;
    assert!(waiting.is_err());
    assert!(provider.until(SOON, |provider| provider.abandoned() == 1 && provider.open() == 0).await);
}

#[tokio::test]
async fn an_outage_breaks_connections_and_ends_on_the_same_port() {
    let provider = Provider::start(Settings { every: Duration::from_millis(100), ..Settings::default() });
    let url = provider.base_url();
    let response = ask(&provider, json!({"stream": true})).await;
    provider.stop();
    assert!(!provider.is_running());
    let broken = read(response, SOON).await;
    assert!(broken.broken && !broken.done(), "{broken:?}");
    let refused = post(&provider, "/chat/completions", &body(json!({}))).send().await.unwrap_err();
    assert!(refused.is_connect(), "{refused:?}");
    assert_eq!((provider.open(), provider.abandoned()), (0, 0), "the provider left, not the client");

    provider.push(Reply::text("back"));
    provider.restart();
    assert_eq!(provider.base_url(), url);
    assert_eq!(stream(&provider, json!({})).await.text(), "back");
    assert_eq!(provider.chats().len(), 2, "what came before is still known");
}

#[tokio::test]
async fn it_stops_when_it_is_dropped() {
    let provider = Provider::start(Settings::default());
    let address = provider.address();
    assert!(TcpStream::connect(address).await.is_ok());
    drop(provider);
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_hundred_streams_at_once_are_kept_apart() {
    let provider =
        Arc::new(Provider::start(Settings { every: Duration::from_millis(1), ..Settings::default() }));
    let one = |number: usize| {
        let provider = provider.clone();
        tokio::spawn(async move {
            let text = format!("question number {number} of all");
            let more = json!({"messages": [{"role": "user", "content": text}]});
            assert_eq!(stream(&provider, more).await.text(), text);
        })
    };
    for task in (0..100).map(one).collect::<Vec<_>>() {
        task.await.unwrap();
    }
    assert_eq!(provider.requests().len(), 100);
    assert_eq!((provider.open(), provider.abandoned()), (0, 0));
}
