//! The orchestrator against a provider that misbehaves, and its book on both databases.

use crate::support::{TestDb, databases, learner};
use domain::id::{LearnerId, MaterialId};
use futures::future::join_all;
use provider::{Dialect, Fault, Provider, Reply, RetryAfter, Script, Settings};
use server::{
    clock::Clock,
    config::Secret,
    llm::{
        Answer, Effort, Event, Finish, Message, NoModel, Orchestrator, PromptId, Request, Schema, Speaker,
        Spent, Task, Tier,
        answers::Answers,
        breaker::Standing,
        catalogue::{Catalogue, Endpoint},
        client::Http,
        form::{Filled, Form},
        ledger::Budget,
        orchestrator::Parts,
        pace::Pace,
        seats::Seat,
    },
    models::Book,
    retrieval::embed::{Local, MINILM},
    shared::Shared,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use uuid::Uuid;

pub(crate) const TEXT: &str = "The sinoatrial node sets the pace of the heart, and the impulse spreads through both atria. At the \
                    atrioventricular node it waits for about a tenth of a second, so that the atria empty before the \
                    ventricles contract. Then it runs down the bundle of His to the Purkinje fibers.";

pub(crate) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Short enough for a test, long enough for a busy machine.
pub(crate) fn pace() -> Pace {
    Pace { connect: ms(1_000), first: ms(1_500), between: ms(800) }
}

pub(crate) fn provider(dialect: Dialect, script: Script) -> Provider {
    Provider::start(Settings { script, ..Settings::new(dialect) })
}

/// Says [`TEXT`], or what is left of it where it is told to go on.
pub(crate) fn faithful(request: &provider::Request) -> Reply {
    let said = request.messages().into_iter().rfind(|message| message.role == "assistant");
    let said = said.map(|message| message.text).unwrap_or_default();
    Reply::text(TEXT.strip_prefix(said.as_str()).unwrap_or(TEXT))
}

pub(crate) fn seat(tier: Tier, name: &str, provider: &Provider) -> Seat {
    seat_with(tier, name, provider, |_| {})
}

/// A seat whose endpoint is not quite the catalogue's.
pub(crate) fn seat_with(tier: Tier, name: &str, provider: &Provider, change: fn(&mut Endpoint)) -> Seat {
    let catalogue = Catalogue::new(None).unwrap();
    let model = match catalogue.model(name) {
        Some(model) => model.clone(),
        None => server::llm::catalogue::Model {
            name: name.into(),
            endpoint: "local".into(),
            context: 8_192,
            reasoning: false,
            price: vec![],
        },
    };
    let mut endpoint = catalogue.endpoint(&model.endpoint).unwrap().clone();
    endpoint.url = provider.base_url();
    change(&mut endpoint);
    let transport = Arc::new(transport(&endpoint));
    Seat { tier, model, endpoint, transport }
}

pub(crate) fn transport(endpoint: &Endpoint) -> Http {
    Http::new(endpoint, &"test-key".parse::<Secret>().unwrap(), pace(), Clock::default()).unwrap()
}

pub(crate) struct World {
    pub(crate) llm: Orchestrator,
    pub(crate) book: Arc<Book>,
    pub(crate) learner: LearnerId,
    pub(crate) clock: Clock,
}

impl World {
    pub(crate) async fn new(test: &TestDb, seats: Vec<Seat>, budget: Budget) -> Self {
        let clock = Clock::default();
        let book = Arc::new(Book { db: test.db.clone(), clock: clock.clone() });
        let learner = learner(&test.db).await;
        for seat in &seats {
            book.set_agreed(learner, &seat.endpoint.name, true).await.unwrap();
        }
        let (ledger, consents) = (book.clone(), book.clone());
        // without a model for meaning, the same words and those that are the same but for their form are found
        let embedder = Arc::new(Local::new(&MINILM, std::path::Path::new("/nowhere")));
        let answers = Some(Answers::new(embedder, Shared::memory().cache));
        let parts =
            Parts { seats, pace: pace(), budget, ledger, consents, answers, clock: clock.clone(), seed: 1 };
        Self { llm: Orchestrator::new(parts), book, learner, clock }
    }

    pub(crate) fn request(&self, question: &str) -> Request {
        Request {
            task: Task::Tutor,
            effort: Effort::Balanced,
            learner: self.learner,
            sources: vec![],
            prompt: PromptId { name: "test", version: 1 },
            messages: vec![Message::new(Speaker::System, "Be short."), Message::new(Speaker::User, question)],
            asked: None,
            schema: None,
            most_tokens: 400,
            fresh: false,
        }
    }

    pub(crate) async fn answer(&self, question: &str) -> Answer {
        self.llm.ask(self.request(question)).await.unwrap()
    }

    /// The text of an answer, how it ended, and by whom.
    pub(crate) async fn whole(&self, question: &str) -> (String, Finish, String) {
        match self.answer(question).await {
            Answer::Given(answering) => {
                let (text, ended) = answering.whole().await;
                (text, ended.finish, ended.model)
            }
            Answer::NoModel(why) => panic!("{why:?}"),
        }
    }

    /// Model, source, outcome, input, cached, output and price of each call.
    pub(crate) async fn calls(&self) -> Vec<(String, String, String, i64, i64, i64, i64)> {
        let mut tx = self.book.db.read().await.unwrap();
        let sql = "SELECT model, source, outcome, input_tokens, cached_tokens, output_tokens, nanodollars FROM model_call
            ORDER BY id";
        tx.query(sql).all().await.unwrap()
    }

    async fn outcomes(&self) -> Vec<String> {
        self.calls().await.into_iter().map(|call| call.2).collect()
    }
}

pub(crate) fn three(primary: &Provider, secondary: &Provider, tertiary: &Provider) -> Vec<Seat> {
    vec![
        seat(Tier::Primary, "claude-sonnet-5-5", primary),
        seat(Tier::Secondary, "gpt-5-mini", secondary),
        seat(Tier::Tertiary, "gemini-3.5-flash-lite", tertiary),
    ]
}

#[tokio::test]
async fn every_dialect_answers_and_is_booked() {
    for test in databases().await {
        for (dialect, name) in [
            (Dialect::OpenAi, "gpt-5-mini"),
            (Dialect::Claude, "claude-sonnet-5-5"),
            (Dialect::Gemini, "gemini-3.5-flash-lite"),
            (Dialect::Foreign, "llama3.2"),
        ] {
            let provider = provider(dialect, Script::new().otherwise(Reply::text(TEXT)));
            let world =
                World::new(&test, vec![seat(Tier::Primary, name, &provider)], Budget::default()).await;
            let (text, finish, model) = world.whole("Why does the AV node wait?").await;
            assert_eq!((text.as_str(), finish), (TEXT, Finish::Whole), "{name}");
            assert!(model.ends_with(name), "{model}");
            assert!(provider.violations().is_empty(), "{:?}", provider.violations());
            let call = world.calls().await.pop().unwrap();
            assert_eq!((call.0.as_str(), call.1.as_str(), call.2.as_str()), (name, "model", "whole"));
            assert!(call.3 > 0 && call.5 > 0, "{call:?}");
            assert_eq!(call.6 > 0, name != "llama3.2", "{call:?}");
        }
    }
}

/// All that can happen to the first.
pub(crate) fn faults() -> Vec<Fault> {
    vec![
        Fault::Unauthorized,
        Fault::InvalidKey,
        Fault::Forbidden,
        Fault::UnknownModel,
        Fault::RateLimited(RetryAfter::Unsaid),
        Fault::RateLimited(RetryAfter::Seconds(30)),
        Fault::QuotaSpent,
        Fault::ServerError,
        Fault::Unavailable(RetryAfter::Unsaid),
        Fault::Overloaded(RetryAfter::Unsaid),
        Fault::ContextTooLong,
        Fault::SlowHeaders(ms(60_000)),
        Fault::SlowFirstToken(ms(60_000)),
        Fault::Stall { after: 7 },
        Fault::Cut { after: 7 },
        Fault::EndEarly { after: 7 },
        Fault::Malformed { after: 7 },
        Fault::ErrorInStream { after: 7 },
        Fault::Refusal,
        Fault::Empty,
        Fault::Cut { after: 0 },
    ]
}

#[tokio::test]
async fn whatever_happens_to_the_first_the_second_answers() {
    let test = databases().await.remove(0);
    println!("what a learner gets, and after how long, when the first provider does this at every try:");
    for fault in faults() {
        let bad = Reply::from_fn(faithful).with(fault.clone());
        let first = provider(Dialect::Claude, Script::new().otherwise(bad));
        let second = provider(Dialect::OpenAi, Script::new().otherwise(Reply::from_fn(faithful)));
        let seats = vec![
            seat(Tier::Primary, "claude-sonnet-5-5", &first),
            seat(Tier::Secondary, "gpt-5-mini", &second),
        ];
        let world = World::new(&test, seats, Budget::default()).await;
        let started = Instant::now();
        let (text, finish, model) = world.whole("Why?").await;
        println!("{:<40} {:>5} ms, {model}", format!("{fault:?}"), started.elapsed().as_millis());
        assert_eq!((text.as_str(), finish), (TEXT, Finish::Whole), "{fault:?}");
        assert_eq!(model, "openai/gpt-5-mini", "{fault:?}");
        assert!(first.violations().is_empty() && second.violations().is_empty(), "{fault:?}");
    }
}

#[tokio::test]
async fn a_failure_that_passes_is_tried_again_at_the_same_one() {
    let test = databases().await.remove(0);
    for fault in [
        Fault::RateLimited(RetryAfter::Seconds(1)),
        Fault::ServerError,
        Fault::Overloaded(RetryAfter::Unsaid),
        Fault::Cut { after: 5 },
    ] {
        let bad = Reply::from_fn(faithful).with(fault.clone());
        let only = provider(Dialect::Claude, Script::new().then(bad).otherwise(Reply::from_fn(faithful)));
        let world =
            World::new(&test, vec![seat(Tier::Primary, "claude-sonnet-5-5", &only)], Budget::default()).await;
        let started = Instant::now();
        let (text, finish, _) = world.whole("Why?").await;
        assert_eq!((text.as_str(), finish), (TEXT, Finish::Whole), "{fault:?}");
        assert_eq!(only.requests().len(), 2, "{fault:?}");
        if fault == Fault::RateLimited(RetryAfter::Seconds(1)) {
            assert!(started.elapsed() >= ms(1_000), "Retry-After was not waited for");
        }
    }
}

#[tokio::test]
async fn a_stream_that_breaks_loses_and_repeats_no_word_wherever_it_breaks() {
    let test = databases().await.remove(0);
    let pieces = TEXT.len() / 4;
    for after in (0..pieces).step_by(5) {
        let first = provider(
            Dialect::Claude,
            Script::new().otherwise(Reply::text(TEXT).with(Fault::EndEarly { after })),
        );
        // the second begins at the beginning, and the third repeats the last words
        let second = provider(
            Dialect::OpenAi,
            Script::new().otherwise(Reply::text(TEXT).with(Fault::Cut { after: after + 6 })),
        );
        let repeats = |request: &provider::Request| {
            let said = request.messages().into_iter().rfind(|message| message.role == "assistant");
            let said = said.map(|message| message.text).unwrap_or_default();
            let from = said.len().saturating_sub(40);
            let from = TEXT[..from].rfind(' ').unwrap_or(0);
            Reply::text(&TEXT[from..])
        };
        let third = provider(Dialect::Gemini, Script::new().otherwise(Reply::from_fn(repeats)));
        let world = World::new(&test, three(&first, &second, &third), Budget::default()).await;
        let (text, finish, _) = world.whole("Why?").await;
        assert_eq!(text, TEXT, "broken after {after}");
        assert_eq!(finish, Finish::Whole);
    }
}

#[tokio::test]
async fn when_nobody_can_go_on_what_was_said_is_kept_and_told_as_broken() {
    let test = databases().await.remove(0);
    let cut = || Script::new().otherwise(Reply::from_fn(faithful).with(Fault::Cut { after: 9 }));
    let only = provider(Dialect::Claude, cut());
    let world =
        World::new(&test, vec![seat(Tier::Primary, "claude-sonnet-5-5", &only)], Budget::default()).await;
    let (text, finish, _) = world.whole("Why?").await;
    assert!(TEXT.starts_with(&text) && !text.is_empty() && text.len() < TEXT.len(), "{text}");
    assert_eq!(finish, Finish::Broken);
    // what was written was billed
    assert!(world.calls().await.iter().all(|call| call.2 == "broken" && call.6 > 0));
}

#[tokio::test]
async fn with_nobody_there_is_no_model_and_each_reason_is_told() {
    let test = databases().await.remove(0);
    let none = World::new(&test, vec![], Budget::default()).await;
    assert!(matches!(none.answer("Why?").await, Answer::NoModel(NoModel::NotConnected)));

    let down = provider(Dialect::Claude, Script::new());
    let seats = vec![seat(Tier::Primary, "claude-sonnet-5-5", &down)];
    down.stop();
    let world = World::new(&test, seats, Budget::default()).await;
    assert!(matches!(world.answer("Why?").await, Answer::NoModel(NoModel::Away)));

    let refusing = provider(Dialect::Claude, Script::new().otherwise(Reply::text("x").with(Fault::Refusal)));
    let world =
        World::new(&test, vec![seat(Tier::Primary, "claude-sonnet-5-5", &refusing)], Budget::default()).await;
    assert!(matches!(world.answer("Why?").await, Answer::NoModel(NoModel::Refused)));

    let small = provider(Dialect::Foreign, Script::new());
    let world = World::new(&test, vec![seat(Tier::Local, "llama3.2", &small)], Budget::default()).await;
    let long = "word ".repeat(40_000);
    assert!(matches!(world.answer(&long).await, Answer::NoModel(NoModel::TooLong)));
    assert!(small.requests().is_empty(), "it is known beforehand");
}

#[tokio::test]
async fn a_provider_that_fails_is_left_alone_and_tried_out_again() {
    let test = databases().await.remove(0);
    let first = provider(Dialect::Claude, Script::new().otherwise(Reply::fault(Fault::ServerError)));
    let second = provider(Dialect::OpenAi, Script::new().otherwise(Reply::text(TEXT)));
    let seats =
        vec![seat(Tier::Primary, "claude-sonnet-5-5", &first), seat(Tier::Secondary, "gpt-5-mini", &second)];
    let world = World::new(&test, seats, Budget::default()).await;
    world.whole("one").await;
    assert_eq!(first.requests().len(), 3);
    assert_eq!(world.llm.standing("anthropic"), Standing::Open);
    world.whole("two").await;
    assert_eq!(first.requests().len(), 3, "it was asked although it is left alone");
    first.otherwise(Reply::text(TEXT));
    world.clock.advance(5_001);
    assert_eq!(world.whole("three").await.2, "anthropic/claude-sonnet-5-5");
    assert_eq!(world.llm.standing("anthropic"), Standing::Closed);
}

#[tokio::test]
async fn who_leaves_stops_the_stream_and_pays_for_what_was_written() {
    let test = databases().await.remove(0);
    let slow = provider(Dialect::OpenAi, Script::new().otherwise(Reply::text(TEXT.repeat(20)).every(ms(20))));
    let world = World::new(&test, vec![seat(Tier::Primary, "gpt-5-mini", &slow)], Budget::default()).await;
    let Answer::Given(mut answering) = world.answer("Why?").await else { panic!() };
    assert!(matches!(answering.next().await, Some(Event::Text(_))));
    drop(answering);
    let deadline = Instant::now() + ms(3_000);
    while slow.abandoned() == 0 && Instant::now() < deadline {
        tokio::time::sleep(ms(20)).await;
    }
    assert_eq!(slow.abandoned(), 1);
    while world.calls().await.is_empty() && Instant::now() < deadline {
        tokio::time::sleep(ms(20)).await;
    }
    let calls = world.calls().await;
    assert_eq!(calls[0].2, "left");
    assert!(calls[0].6 > 0);
    assert_eq!(
        world.llm.standing("openai"),
        Standing::Closed,
        "that a reader leaves is no fault of the provider"
    );
}

#[tokio::test]
async fn the_same_request_at_once_is_one_call_and_all_hear_it_whole() {
    let test = databases().await.remove(0);
    let slow = provider(Dialect::OpenAi, Script::new().otherwise(Reply::text(TEXT).every(ms(5))));
    let world = World::new(&test, vec![seat(Tier::Primary, "gpt-5-mini", &slow)], Budget::default()).await;
    let asked = (0..10).map(|_| {
        let (llm, request) = (world.llm.clone(), world.request("Why?"));
        tokio::spawn(async move {
            match llm.ask(request).await.unwrap() {
                Answer::Given(answering) => answering.whole().await,
                Answer::NoModel(why) => panic!("{why:?}"),
            }
        })
    });
    for answer in join_all(asked).await {
        let (text, ended) = answer.unwrap();
        assert_eq!((text.as_str(), ended.finish), (TEXT, Finish::Whole));
    }
    assert_eq!(slow.requests().len(), 1);
    let calls = world.calls().await;
    assert_eq!(calls.iter().filter(|call| call.1 == "shared").count(), 9);
    assert_eq!(calls.iter().filter(|call| call.6 > 0).count(), 1);
    // another learner's is another request
    let other = Request { learner: learner(&test.db).await, ..world.request("Why?") };
    world.book.set_agreed(other.learner, "openai", true).await.unwrap();
    let (mine, theirs) = tokio::join!(world.llm.ask(world.request("Why?")), world.llm.ask(other));
    assert!(matches!((mine.unwrap(), theirs.unwrap()), (Answer::Given(_), Answer::Given(_))));
    assert_eq!(slow.requests().len(), 3);
    // who wants a fresh answer does not join
    let fresh = || world.llm.ask(Request { fresh: true, ..world.request("Why?") });
    let (one, two) = tokio::join!(fresh(), fresh());
    drop((one, two));
    assert_eq!(slow.requests().len(), 5);
}

#[tokio::test]
async fn nothing_leaves_before_the_learner_agrees_or_what_has_to_stay() {
    for test in databases().await {
        let remote = provider(Dialect::Claude, Script::new().otherwise(Reply::text(TEXT)));
        let mut far = seat(Tier::Primary, "claude-sonnet-5-5", &remote);
        // a name of this machine that does not look like it
        far.endpoint.url = far.endpoint.url.replace("127.0.0.1", "localhost.");
        far.transport = Arc::new(transport(&far.endpoint));
        let local = provider(Dialect::Foreign, Script::new().otherwise(Reply::text(TEXT)));
        let world = World::new(&test, vec![far.clone()], Budget::default()).await;
        world.book.set_agreed(world.learner, "anthropic", false).await.unwrap();
        let Answer::NoModel(NoModel::NotAgreed(places)) = world.answer("secret words").await else {
            panic!()
        };
        assert_eq!(places[0].title, "Anthropic");
        assert!(!remote.received_anywhere("secret words"));

        // a foreign material counts as one that has to stay
        world.book.set_agreed(world.learner, "anthropic", true).await.unwrap();
        let foreign = Request { sources: vec![MaterialId(Uuid::now_v7())], ..world.request("secret words") };
        assert!(matches!(world.llm.ask(foreign.clone()).await.unwrap(), Answer::NoModel(NoModel::StaysHere)));
        assert!(!remote.received_anywhere("secret words"));
        let both =
            World::new(&test, vec![far, seat(Tier::Local, "llama3.2", &local)], Budget::default()).await;
        let here = both.llm.ask(Request { learner: both.learner, ..foreign }).await.unwrap();
        let Answer::Given(answering) = here else { panic!() };
        assert_eq!(answering.whole().await.1.model, "local/llama3.2");
        assert!(local.received_anywhere("secret words") && !remote.received_anywhere("secret words"));
    }
}

#[tokio::test]
async fn a_budget_holds_for_many_at_once_and_begins_anew_at_midnight() {
    for test in databases().await {
        let provider = provider(Dialect::OpenAi, Script::new().otherwise(Reply::text(TEXT).every(ms(30))));
        // 400 + 2,048 tokens of 2 dollars a million are 4,896,000 nanodollars at most; an answer costs far less
        let budget = Budget { learner: Some(11_000_000), everybody: None };
        let world = World::new(&test, vec![seat(Tier::Primary, "gpt-5-mini", &provider)], budget).await;
        world.clock.advance(86_400_000 - world.clock.now().rem_euclid(86_400_000) + 3_600_000);
        let asked = join_all((0..10).map(|n| {
            let world = &world;
            async move { world.answer(&format!("Why {n}?")).await }
        }))
        .await;
        let given = asked.iter().filter(|answer| matches!(answer, Answer::Given(_))).count();
        assert_eq!(given, 2, "{}: what is under way counts", test.name);
        assert!(asked.iter().any(|answer| matches!(answer, Answer::NoModel(NoModel::Spent(Spent::Learner)))));
        for answer in asked {
            if let Answer::Given(answering) = answer {
                answering.whole().await;
            }
        }
        assert!(matches!(world.answer("again").await, Answer::Given(_)), "little was really spent");
        let dear = Budget { learner: Some(1), everybody: None };
        let poor = World::new(&test, vec![seat(Tier::Primary, "gpt-5-mini", &provider)], dear).await;
        assert!(matches!(poor.answer("Why?").await, Answer::NoModel(NoModel::Spent(Spent::Learner))));
        let all = Budget { learner: None, everybody: Some(1) };
        let shared = World::new(&test, vec![seat(Tier::Primary, "gpt-5-mini", &provider)], all).await;
        assert!(matches!(shared.answer("Why?").await, Answer::NoModel(NoModel::Spent(Spent::Everybody))));
        shared.clock.advance(2 * 86_400_000);
    }
}

#[tokio::test]
async fn a_form_is_whole_or_another_is_asked() {
    let test = databases().await.remove(0);
    let value = serde_json::json!({ "answer": "C", "reason": "the node delays the impulse" });
    let schema = serde_json::json!({
        "type": "object",
        "properties": { "answer": { "type": "string" }, "reason": { "type": "string" } },
        "required": ["answer", "reason"],
        "additionalProperties": false,
    });
    for (dialect, name) in [
        (Dialect::OpenAi, "gpt-5-mini"),
        (Dialect::Claude, "claude-sonnet-5-5"),
        (Dialect::Gemini, "gemini-3.5-flash-lite"),
        (Dialect::Foreign, "llama3.2"),
    ] {
        let cut = Reply::json(value.clone()).with(Fault::Cut { after: 4 });
        let script = Script::new().then(cut).otherwise(Reply::json(value.clone()));
        let provider = provider(dialect, script);
        let world = World::new(&test, vec![seat(Tier::Primary, name, &provider)], Budget::default()).await;
        let schema = Some(Schema { name: "verdict", schema: schema.clone() });
        let Answer::Given(answering) =
            world.llm.ask(Request { schema, ..world.request("Which?") }).await.unwrap()
        else {
            panic!("{name}")
        };
        let (text, _) = answering.whole().await;
        assert_eq!(server::llm::json::value(&text).unwrap().value, value, "{name}: {text}");
        assert!(provider.violations().is_empty(), "{name}: {:?}", provider.violations());
        assert_eq!(provider.requests().len(), 2, "half an answer of a form is none");
    }
}

#[tokio::test]
async fn nonsense_counts_are_not_booked() {
    let test = databases().await.remove(0);
    for (dialect, name) in [(Dialect::OpenAi, "gpt-5-mini"), (Dialect::Gemini, "gemini-3.5-flash-lite")] {
        let provider = provider(dialect, Script::new().otherwise(Reply::text(TEXT).with(Fault::WrongUsage)));
        let world = World::new(&test, vec![seat(Tier::Primary, name, &provider)], Budget::default()).await;
        world.whole("Why?").await;
        let call = world.calls().await.pop().unwrap();
        assert!((1..1_000).contains(&call.3) && (1..1_000).contains(&call.5), "{call:?}");
    }
    let cut = provider(
        Dialect::OpenAi,
        Script::new().otherwise(Reply::text(TEXT).with(Fault::Length { after: 5 })),
    );
    let world = World::new(&test, vec![seat(Tier::Primary, "gpt-5-mini", &cut)], Budget::default()).await;
    let (text, finish, _) = world.whole("Why?").await;
    assert!(TEXT.starts_with(text.trim_end()) && finish == Finish::Length);
    assert_eq!(world.outcomes().await.last().unwrap(), "length");
}

#[tokio::test]
async fn an_answer_is_kept_for_who_may_have_it_and_for_no_other_question() {
    for test in databases().await {
        let provider = provider(Dialect::OpenAi, Script::new().otherwise(Reply::text(TEXT)));
        let world =
            World::new(&test, vec![seat(Tier::Primary, "gpt-5-mini", &provider)], Budget::default()).await;
        let ask = async |request: Request| match world.llm.ask(request).await.unwrap() {
            Answer::Given(answering) => answering.whole().await.1.cached,
            Answer::NoModel(why) => panic!("{why:?}"),
        };
        let asking = |asked: &str| Request { asked: Some(asked.into()), ..world.request(asked) };
        assert!(!ask(asking("Why does the AV node wait?")).await);
        // it is kept after its end was told
        let deadline = Instant::now() + ms(3_000);
        while !ask(asking("Why does the AV node wait?")).await {
            assert!(Instant::now() < deadline);
        }
        assert!(ask(asking("why does the AV node wait")).await);
        assert!(!ask(asking("Why does the SA node wait?")).await);
        assert!(!ask(Request { fresh: true, ..asking("Why does the AV node wait?") }).await);
        assert!(!ask(Request { asked: None, ..asking("Why does the AV node wait?") }).await);
        let prompt = PromptId { name: "test", version: 2 };
        assert!(!ask(Request { prompt, ..asking("Why does the AV node wait?") }).await, "another version");
        let task = Request { task: Task::Reason, ..asking("Why does the AV node wait?") };
        assert!(!ask(task).await, "another task");
        let other = learner(&test.db).await;
        world.book.set_agreed(other, "openai", true).await.unwrap();
        assert!(
            !ask(Request { learner: other, ..asking("Why does the AV node wait?") }).await,
            "another learner"
        );
        world.clock.advance(24 * 3_600_000 + 1);
        assert!(!ask(asking("Why does the AV node wait?")).await, "a day is over");
        let calls = world.calls().await;
        assert!(
            calls.iter().filter(|call| call.1 == "cache").all(|call| call.6 == 0 && call.0 == "gpt-5-mini")
        );
    }
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
pub(crate) struct Verdict {
    pub(crate) answer: String,
}

impl Form for Verdict {
    const NAME: &'static str = "verdict";

    fn check(&self) -> Result<(), String> {
        if self.answer == "C" { Ok(()) } else { Err("the answer is C".into()) }
    }
}

#[tokio::test]
async fn what_is_not_in_the_form_is_sent_back_once_and_then_another_is_asked() {
    let test = databases().await.remove(0);
    let right = || Reply::json(serde_json::json!({ "answer": "C" }));
    let wrong = || Reply::text("I think it is C.").verbatim();
    for (first, second, given, asked) in [
        (vec![right()], vec![], Some("anthropic/claude-sonnet-5-5"), (1, 0)),
        (vec![wrong(), right()], vec![], Some("anthropic/claude-sonnet-5-5"), (2, 0)),
        (
            vec![Reply::json(serde_json::json!({ "answer": "B" })), right()],
            vec![],
            Some("anthropic/claude-sonnet-5-5"),
            (2, 0),
        ),
        (vec![wrong(), wrong()], vec![right()], Some("openai/gpt-5-mini"), (2, 1)),
        (vec![wrong(), wrong()], vec![wrong(), wrong()], None, (2, 2)),
    ] {
        let script = |replies: Vec<Reply>| replies.into_iter().fold(Script::new(), Script::then);
        let (claude, openai) =
            (provider(Dialect::Claude, script(first)), provider(Dialect::OpenAi, script(second)));
        let seats = vec![
            seat(Tier::Primary, "claude-sonnet-5-5", &claude),
            seat(Tier::Secondary, "gpt-5-mini", &openai),
        ];
        let world = World::new(&test, seats, Budget::default()).await;
        match (world.llm.fill::<Verdict>(world.request("Which?")).await.unwrap(), given) {
            (Filled::Given(value, by), Some(expected)) => {
                assert_eq!((value.answer.as_str(), by.as_str()), ("C", expected))
            }
            (Filled::Unusable, None) => {}
            (other, _) => panic!("{}", matches!(other, Filled::NoModel(_))),
        }
        assert_eq!((claude.requests().len(), openai.requests().len()), asked);
    }
}

/// `node .ci/llama.mjs run -- cargo nextest run -p server --test it a_real_model` serves one.
#[tokio::test]
async fn a_real_model_streams_keeps_to_a_form_and_stops_when_the_reader_leaves() {
    let Ok(url) = std::env::var("MITOCHI_TEST_LLM") else {
        println!("skipped: no real language model (MITOCHI_TEST_LLM is not set)");
        return;
    };
    let test = databases().await.remove(0);
    let some = provider(Dialect::Foreign, Script::new());
    let mut local = seat(Tier::Local, "smollm2", &some);
    local.endpoint.url.clone_from(&url);
    let patient = Pace { connect: ms(2_000), first: ms(60_000), between: ms(60_000) };
    local.transport =
        Arc::new(Http::new(&local.endpoint, &Secret::default(), patient, Clock::default()).unwrap());
    let book = Arc::new(Book { db: test.db.clone(), clock: Clock::default() });
    let (ledger, consents) = (book.clone(), book.clone());
    let parts = Parts {
        seats: vec![local],
        pace: patient,
        budget: Budget::default(),
        ledger,
        consents,
        answers: None,
        clock: Clock::default(),
        seed: 1,
    };
    let learner = learner(&test.db).await;
    let world = World { llm: Orchestrator::new(parts), book, learner, clock: Clock::default() };

    let mut short = world.request("What does the heart do?");
    short.most_tokens = 60;
    let Answer::Given(mut answering) = world.llm.ask(short).await.unwrap() else { panic!() };
    let (mut pieces, mut text) = (0, String::new());
    while let Some(event) = answering.next().await {
        if let Event::Text(piece) = event {
            pieces += 1;
            text.push_str(&piece);
        }
    }
    println!("{pieces} pieces: {text}");
    assert!(pieces > 3 && text.split_whitespace().count() > 5, "{text}");

    let mut form = world.request("Does the heart pump blood? Answer C for yes.");
    form.most_tokens = 60;
    let filled = world.llm.fill::<Verdict>(form).await.unwrap();
    assert!(
        matches!(filled, Filled::Given(..) | Filled::Unusable),
        "a small model may say what it likes, in the form"
    );

    let mut long = world.request("Tell a very long story about the heart.");
    long.most_tokens = 1_500;
    let Answer::Given(mut answering) = world.llm.ask(long).await.unwrap() else { panic!() };
    assert!(answering.next().await.is_some());
    drop(answering);
    let left = format!("{}/left", url.trim_end_matches("/v1"));
    let deadline = Instant::now() + ms(20_000);
    loop {
        let told = reqwest::get(&left).await.unwrap().text().await.unwrap();
        if told.contains("1") {
            break;
        }
        assert!(Instant::now() < deadline, "it goes on writing: {told}");
        tokio::time::sleep(ms(200)).await;
    }
    println!("{:?}", world.calls().await);
}
