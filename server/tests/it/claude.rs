//! Claude by its own API and by the OpenAI layer, beside what `llm` tests of all providers: its form, what it keeps and bills, and
//! that its key stays where it belongs.

use crate::{
    llm::{TEXT, Verdict, World, faithful, faults, ms, pace, provider, seat, seat_with, three},
    support::databases,
};
use provider::{Dialect, Fault, Provider, Reply, Script};
use serde_json::{Value, json};
use server::{
    clock::Clock,
    config::Secret,
    llm::{
        Answer, Event, Finish, Message, Request, Speaker, Task, Tier,
        catalogue::{self, Catalogue},
        client::{Http, Transport},
        form::Filled,
        ledger::Budget,
    },
};
use std::{
    io::Write,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

const CLAUDE: &str = "claude-sonnet-5-5";

fn paths(provider: &Provider) -> Vec<String> {
    provider.requests().iter().map(|request| request.path.clone()).collect()
}

#[tokio::test]
async fn the_layer_for_openais_api_stays_and_falls_back_as_well() {
    let test = databases().await.remove(0);
    for fault in faults() {
        let first =
            provider(Dialect::Claude, Script::new().otherwise(Reply::from_fn(faithful).with(fault.clone())));
        let second = provider(Dialect::OpenAi, Script::new().otherwise(Reply::from_fn(faithful)));
        let layer = seat_with(Tier::Primary, CLAUDE, &first, |endpoint| {
            endpoint.dialect = catalogue::Dialect::Anthropic;
            endpoint.json_schema = false;
        });
        let seats = vec![layer, seat(Tier::Secondary, "gpt-5-mini", &second)];
        let world = World::new(&test, seats, Budget::default()).await;
        let (text, finish, model) = world.whole("Why?").await;
        assert_eq!((text.as_str(), finish), (TEXT, Finish::Whole), "{fault:?}");
        assert_eq!(model, "openai/gpt-5-mini", "{fault:?}");
        assert!(first.violations().is_empty(), "{fault:?}: {:?}", first.violations());
        assert!(paths(&first).iter().all(|path| path == "/v1/chat/completions"));
    }
}

#[tokio::test]
async fn it_goes_on_where_others_broke_off_and_others_where_it_did() {
    let test = databases().await.remove(0);
    for after in [0, 1, 5, 12] {
        let early = |dialect, after| {
            provider(
                dialect,
                Script::new().otherwise(Reply::from_fn(faithful).with(Fault::EndEarly { after })),
            )
        };
        let (claude, openai) = (early(Dialect::Claude, after), early(Dialect::OpenAi, 5));
        let google = provider(Dialect::Gemini, Script::new().otherwise(Reply::from_fn(faithful)));
        let mut seats = three(&claude, &openai, &google);
        // Claude in the middle: it is asked to go on, and others go on after it
        (seats[0].tier, seats[1].tier) = (Tier::Secondary, Tier::Primary);
        let world = World::new(&test, seats, Budget::default()).await;
        let (text, finish, _) = world.whole("Why?").await;
        assert_eq!((text.as_str(), finish), (TEXT, Finish::Whole), "broken after {after}");
        assert!(claude.violations().is_empty(), "{:?}", claude.violations());
        let asked = claude.requests();
        let last = asked.last().unwrap();
        assert!(
            last.messages().iter().any(|message| message.role == "assistant"),
            "it was told what was said"
        );
        assert_eq!(last.path, "/v1/messages");
    }
}

#[tokio::test]
async fn a_form_holds_with_and_without_structured_outputs() {
    let test = databases().await.remove(0);
    for structured in [true, false] {
        let right = Reply::json(json!({ "answer": "C" }));
        let claude = provider(Dialect::Claude, Script::new().otherwise(right));
        let seat = match structured {
            true => seat(Tier::Primary, CLAUDE, &claude),
            false => seat_with(Tier::Primary, CLAUDE, &claude, |endpoint| endpoint.json_schema = false),
        };
        let world = World::new(&test, vec![seat], Budget::default()).await;
        let filled = world.llm.fill::<Verdict>(world.request("Which?")).await.unwrap();
        assert!(matches!(filled, Filled::Given(Verdict { answer }, _) if answer == "C"), "{structured}");
        assert!(claude.violations().is_empty(), "{:?}", claude.violations());
        let body = claude.last().unwrap().json().clone();
        let schema = &body["output_config"]["format"]["schema"];
        assert_eq!(schema["additionalProperties"], if structured { json!(false) } else { Value::Null });
        assert_eq!(body["output_config"]["effort"], "low", "as the catalogue says of a model that thinks");
        assert!(body.get("temperature").is_none(), "such a model refuses it");
        assert!(body["system"].to_string().contains("JSON Schema"), "said in words all the same");
    }
}

/// Model, input, cached, written, output and price of each call.
async fn book(world: &World) -> Vec<(i64, i64, i64, i64, i64)> {
    let mut tx = world.book.db.read().await.unwrap();
    let sql = "SELECT input_tokens, cached_tokens, written_tokens, output_tokens, nanodollars FROM model_call
        WHERE learner = $1 ORDER BY id";
    tx.query(sql).bind(world.learner.0).all().await.unwrap()
}

#[tokio::test]
async fn what_it_keeps_is_booked_and_billed_to_the_cent() {
    for test in databases().await {
        let claude = provider(Dialect::Claude, Script::new().otherwise(Reply::text(TEXT)));
        let world = World::new(&test, vec![seat(Tier::Primary, CLAUDE, &claude)], Budget::default()).await;
        let said = TEXT.len().div_ceil(4) as i64;
        let mut messages = vec![Message::new(Speaker::System, "x".repeat(8_000))];
        let ask = async |task: Task, messages: &[Message]| {
            let request = Request { task, messages: messages.to_vec(), ..world.request("") };
            let Answer::Given(answering) = world.llm.ask(request).await.unwrap() else { panic!() };
            assert_eq!(answering.whole().await.0, TEXT);
            world.llm.settled().await;
        };
        for turn in ["one1", "two2", "thr3"] {
            messages.push(Message::new(Speaker::User, turn));
            ask(Task::Tutor, &messages).await;
            messages.push(Message::new(Speaker::Assistant, TEXT));
        }
        messages.truncate(2);
        ask(Task::Reason, &messages).await;
        // dollars of 2026-11-24 for a million: 2 plain, 0.10 kept from before, 2.50 kept from now on, 10 written by the model
        let price = |plain: i64, cached: i64, written: i64| {
            let nanodollars = plain * 2_000 + cached * 100 + written * 2_500 + said * 10_000;
            (plain + cached + written, cached, written, said, nanodollars)
        };
        let more = said + 1;
        assert_eq!(
            book(&world).await,
            [
                price(0, 0, 2_001),
                price(0, 2_001, more),
                price(0, 2_001 + more, more),
                // one that nobody goes on with is not marked: it pays for no keeping, and finds nothing
                price(2_001, 0, 0),
            ],
            "{}",
            test.name
        );
        assert!(claude.violations().is_empty(), "{:?}", claude.violations());
        let counts = world.llm.counts();
        let spent = &counts.spent[CLAUDE];
        let cached = 2 * 2_001 + said as u64 + 1;
        assert_eq!(
            (spent.input, spent.cached, spent.written),
            (2_001, cached, 2_001 + 2 * (said as u64 + 1))
        );
    }
}

#[tokio::test]
async fn counts_that_cannot_be_are_not_booked() {
    let test = databases().await.remove(0);
    let claude =
        provider(Dialect::Claude, Script::new().otherwise(Reply::text(TEXT).with(Fault::WrongUsage)));
    let world = World::new(&test, vec![seat(Tier::Primary, CLAUDE, &claude)], Budget::default()).await;
    world.whole("Why?").await;
    world.llm.settled().await;
    let (input, cached, written, output, nanodollars) = book(&world).await.remove(0);
    assert!((1..100).contains(&input) && (1..1_000).contains(&output) && nanodollars > 0);
    assert_eq!((cached, written), (0, 0));
}

#[tokio::test]
async fn who_leaves_closes_the_connection_and_pays_for_what_was_read_and_written() {
    let test = databases().await.remove(0);
    let slow = provider(Dialect::Claude, Script::new().otherwise(Reply::text(TEXT.repeat(20)).every(ms(20))));
    let world = World::new(&test, vec![seat(Tier::Primary, CLAUDE, &slow)], Budget::default()).await;
    let Answer::Given(mut answering) = world.answer(&"long ".repeat(2_000)).await else { panic!() };
    assert!(matches!(answering.next().await, Some(Event::Text(_))));
    drop(answering);
    let deadline = Instant::now() + ms(3_000);
    while slow.abandoned() == 0 && Instant::now() < deadline {
        tokio::time::sleep(ms(20)).await;
    }
    assert_eq!(slow.abandoned(), 1);
    world.llm.settled().await;
    let (input, _, written, output, _) = book(&world).await.remove(0);
    // it had counted the request before it began, and the answer at its end alone
    assert_eq!((input, written), (2_503, 2_503));
    assert!((1..400).contains(&output), "{output}");
    assert_eq!(world.calls().await[0].2, "left");
}

/// What is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn neither_the_key_nor_what_a_provider_wrote_is_in_a_log_or_an_error() {
    const KEY: &str = "sk-ant-lantern-7";
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    // a provider that repeats all it is sent, once as an error and once in a stream
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let told = Arc::new(Mutex::new(String::new()));
    let heard = told.clone();
    tokio::spawn(async move {
        for begin in
            ["HTTP/1.1 401 No", "HTTP/1.1 429 No", "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream"]
        {
            let (mut wire, _) = listener.accept().await.unwrap();
            let mut sent = String::new();
            while !sent.contains("harbour") {
                let mut bytes = [0; 4_096];
                let count = wire.read(&mut bytes).await.unwrap();
                sent.push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
            heard.lock().unwrap().push_str(&sent);
            let error = json!({"type": "error", "error": {"type": "api_error", "message": sent}});
            let body = format!("event: error\ndata: {error}\n\n");
            let answer =
                format!("{begin}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
            wire.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let mut endpoint = Catalogue::new(None).unwrap().endpoint("anthropic").unwrap().clone();
    endpoint.url = format!("http://{address}/v1");
    let http = Http::new(&endpoint, &KEY.parse::<Secret>().unwrap(), pace(), Clock::default()).unwrap();
    let body =
        json!({"model": CLAUDE, "max_tokens": 9, "messages": [{"role": "user", "content": "harbour"}]});
    let mut errors = vec![];
    for _ in 0..2 {
        errors.push(format!("{0} {0:?}", http.ask(&body).await.err().unwrap()));
    }
    let mut pieces = http.ask(&body).await.unwrap();
    let failure = futures::StreamExt::next(&mut pieces).await.unwrap().unwrap_err();
    errors.push(format!("{failure} {failure:?}"));
    errors.push(format!(
        "{:#}",
        Http::new(&endpoint, &format!("{KEY}\n").parse::<Secret>().unwrap(), pace(), Clock::default())
            .err()
            .unwrap()
    ));
    assert!(told.lock().unwrap().contains(KEY), "it was sent to the provider");

    // and through the orchestrator, which logs each failure
    let test = databases().await.remove(0);
    let mut seat = seat(Tier::Primary, CLAUDE, &provider(Dialect::Claude, Script::new()));
    seat.endpoint = endpoint;
    seat.transport = Arc::new(http);
    let world = World::new(&test, vec![seat], Budget::default()).await;
    assert!(matches!(world.answer("harbour").await, Answer::NoModel(_)));
    let log = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(log.contains("a language model failed"), "{log}");
    for text in errors.iter().chain([&log]) {
        assert!(!text.contains(KEY) && !text.contains("harbour"), "{text}");
    }
}
