use super::super::contract;
use super::peer::{Fault, Peer};
use super::*;
use crate::clock::Clock;
use domain::document::Span;
use domain::id::PassageId;
use proptest::prelude::*;
use qdrant_client::qdrant::{
    Condition, CreateCollection, DeletePoints, Filter as Points, PointStruct, UpsertPoints, Value,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tonic::Code;
use uuid::Uuid;

impl contract::Subject for Qdrant {
    fn store(&self) -> &dyn VectorStore {
        self
    }
}

const GENERATION: &str = "model@1/w1";

pub(super) fn owner(n: u128) -> LearnerId {
    LearnerId(Uuid::from_u128(n))
}

pub(super) fn material(n: u128) -> MaterialId {
    MaterialId(Uuid::from_u128(n))
}

fn window(passage: u128, vector: &[f32]) -> Window {
    let passage = PassageId(Uuid::from_u128(passage));
    Window { passage, start: 0, index: 0, span: Span::new(0, 10), vector: vector.to_vec() }
}

pub(super) fn settings(peer: &Peer) -> Settings {
    Settings { patience: Duration::from_secs(2), ..Settings::new(peer.url()) }
}

/// An engine for vectors of two numbers.
async fn engine(peer: &Peer) -> Qdrant {
    Qdrant::open(settings(peer), GENERATION, 2).await.unwrap()
}

async fn found(engine: &Qdrant, owner: LearnerId) -> Vec<u128> {
    let hits = engine.search(owner, &Filter::default(), &[1.0, 0.0], 10).await.unwrap();
    hits.iter().map(|hit| hit.passage.0.as_u128()).collect()
}

fn own(engine: &Qdrant) -> String {
    engine.0.collection.clone()
}

fn unavailable<T: std::fmt::Debug>(outcome: Result<T, EngineError>) -> String {
    match outcome {
        Err(EngineError::Unavailable(message)) => message,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn it_holds_the_contract() {
    let peer = Peer::start();
    let plain = settings(&peer);
    let small = Settings { on_disk: true, quantised: true, collection: "small".into(), ..plain.clone() };
    let exact = Settings { exact: true, collection: "exact".into(), ..small.clone() };
    for (seed, settings) in (0..).zip([plain, small, exact]) {
        let engine = Qdrant::open(settings, GENERATION, contract::DIMENSIONS).await.unwrap();
        contract::holds(&engine, seed).await;
    }
}

/// What only a real server can say: that it takes these requests, and answers them so.
#[tokio::test]
async fn a_server_holds_the_contract() {
    let Ok(url) = std::env::var("QDRANT_URL") else {
        println!("skipped: QDRANT_URL is not set");
        return;
    };
    let alias = format!("mitochi_test_{}", Clock::default().id().simple());
    let plain = Settings {
        api_key: std::env::var("QDRANT_API_KEY").ok(),
        collection: alias.clone(),
        ..Settings::new(url)
    };
    let small = Settings { on_disk: true, quantised: true, ..plain.clone() };
    let mut engines = vec![];
    for (seed, (settings, generation)) in (0..).zip([(plain, "old/w1"), (small, "new/w1")]) {
        let engine = Qdrant::open(settings, generation, contract::DIMENSIONS).await.unwrap();
        engines.push(engine.clone());
        // in a task of its own, so that its collections go even where it fails
        let outcome = tokio::spawn(async move {
            contract::holds(&engine, seed).await;
            assert!(engine.needs_rebuild().await.unwrap());
            engine.rebuilt().await.unwrap();
            assert!(!engine.needs_rebuild().await.unwrap());
            let led = engine.0.info(&engine.0.settings.collection).await.unwrap().unwrap();
            assert!(collection::fits(&led, generation, contract::DIMENSIONS), "the alias leads here");
        });
        if let Err(failure) = outcome.await {
            for engine in &engines {
                engine.0.client.delete_collection(own(engine)).await.unwrap();
            }
            std::panic::resume_unwind(failure.into_panic());
        }
    }
    engines[1].drop_others().await.unwrap();
    let old = engines[0].0.info(&own(&engines[0])).await.unwrap();
    engines[1].0.client.delete_collection(own(&engines[1])).await.unwrap();
    assert!(old.is_none(), "the old model's collection went");
}

#[tokio::test]
async fn the_collection_is_made_once_with_its_indexes_and_its_alias() {
    let peer = Peer::start();
    let settings = Settings { on_disk: true, quantised: true, ..settings(&peer) };
    let engines: Vec<_> = (0..5).map(|_| Qdrant::new(settings.clone(), GENERATION, 2).unwrap()).collect();
    let outcomes = futures::future::join_all(engines.iter().map(Qdrant::ready)).await;
    assert!(outcomes.iter().all(Result::is_ok), "servers that start at once: {outcomes:?}");
    let state = peer.state();
    assert_eq!(state.collections.len(), 1);
    assert_eq!(state.aliases[COLLECTION], own(&engines[0]));
    let made = &state.collections[&own(&engines[0])];
    let fields: Vec<_> = made.indexes.keys().map(String::as_str).collect();
    assert_eq!(fields, ["generation", "kind", "material", "owner", "passage", "start"]);
    // as the server is asked for it, field by field
    let asked = format!("{:?}", made.made);
    for part in [
        "size: 2, distance: Cosine",
        "m: Some(0)",
        "payload_m: Some(16)",
        "memory: Some(Cold)",
        "r#type: Int8",
        "memory: Some(Pinned)",
        "modifier: Some(Idf)",
    ] {
        assert!(asked.contains(part), "{part} in {asked}");
    }
}

#[tokio::test]
async fn what_another_program_made_is_left_alone() {
    let peer = Peer::start();
    let probe = Qdrant::new(settings(&peer), GENERATION, 2).unwrap();
    let of_other = |made: &[(&str, &str)]| {
        let metadata = made.iter().map(|(key, value)| (key.to_string(), Value::from(*value))).collect();
        peer::Collection { made: CreateCollection { metadata, ..Default::default() }, ..Default::default() }
    };
    let ours = [("made_by", "mitochi"), ("alias", COLLECTION), ("generation", GENERATION)];
    let cases = [
        (COLLECTION.to_string(), of_other(&[]), "was not made by Mitochi"),
        (COLLECTION.to_string(), of_other(&[("made_by", "another")]), "was not made by Mitochi"),
        (own(&probe), of_other(&[("generation", GENERATION)]), "was not made by Mitochi"),
        (own(&probe), of_other(&ours[..2]), "another model"),
        // of the right generation, but its vectors are of no length at all
        (own(&probe), of_other(&ours), "another model"),
    ];
    for (name, collection, what) in cases {
        let before = BTreeMap::from([(name.clone(), collection)]);
        peer.state().collections = before.clone();
        peer.state().calls.clear();
        let outcome = Qdrant::open(settings(&peer), GENERATION, 2).await.map(|_| ());
        let Err(EngineError::Foreign(message)) = outcome else { panic!("{outcome:?}") };
        assert!(message.contains(&name) && message.contains(what), "{message}");
        assert!(message.contains("choose another name"), "{message}");
        assert_eq!(peer.state().collections, before);
        assert!(peer.state().calls.iter().all(|call| ["health_check", "get"].contains(call)));
    }
}

#[tokio::test]
async fn a_new_model_is_put_beside_the_old_one_and_takes_over_in_one_step() {
    let peer = Peer::start();
    let old = engine(&peer).await;
    old.upsert(owner(1), material(1), &[window(1, &[1.0, 0.0])]).await.unwrap();
    assert!(old.needs_rebuild().await.unwrap(), "what was there before is not in it");
    old.rebuilt().await.unwrap();
    assert!(!old.needs_rebuild().await.unwrap());

    let new = Qdrant::open(settings(&peer), "model@2/w1", 3).await.unwrap();
    assert_eq!(peer.state().aliases[COLLECTION], own(&old), "until all is there");
    assert!(new.needs_rebuild().await.unwrap());
    let hits = new.search(owner(1), &Filter::default(), &[1.0, 0.0, 0.0], 10).await.unwrap();
    assert_eq!(hits, [], "vectors of another model are never compared");
    new.upsert(owner(1), material(1), &[window(1, &[1.0, 0.0, 0.0])]).await.unwrap();
    assert_eq!(found(&old, owner(1)).await, [1], "the old server still searches");
    new.rebuilt().await.unwrap();
    assert_eq!(peer.state().aliases[COLLECTION], own(&new));

    peer.state().collections.insert(format!("{COLLECTION}_backup"), peer::Collection::default());
    let other_shelf = Settings { collection: "other".into(), ..settings(&peer) };
    let other = Qdrant::open(other_shelf, GENERATION, 2).await.unwrap();
    new.drop_others().await.unwrap();
    let left: Vec<_> = peer.state().collections.keys().cloned().collect();
    assert_eq!(left, [own(&new), format!("{COLLECTION}_backup"), own(&other)]);
    let message = unavailable(old.search(owner(1), &Filter::default(), &[1.0, 0.0], 10).await);
    assert!(message.contains("has no collection") && message.contains("restart"), "{message}");
}

#[tokio::test]
async fn a_collection_left_half_made_is_completed() {
    for nth in 1..=6 {
        let peer = Peer::start();
        peer.fail(Fault::Die { call: "create_field_index", nth, applied: nth % 2 == 0 });
        unavailable(Qdrant::open(settings(&peer), GENERATION, 2).await.map(|_| ()));
        assert!(peer.state().aliases.is_empty());
        peer.revive();
        let engine = engine(&peer).await;
        assert_eq!(peer.state().collections[&own(&engine)].indexes.len(), 6);
        assert_eq!(peer.state().aliases[COLLECTION], own(&engine));
    }
}

/// Passages whose points an owner has.
fn held(peer: &Peer, engine: &Qdrant, owner: LearnerId) -> BTreeSet<u128> {
    let state = peer.state();
    let points = state.collections[&own(engine)].points.values();
    let mine = points.filter(|point| point.payload["owner"].as_str() == Some(&owner.0.to_string()));
    mine.map(|point| point.payload["passage"].as_str().unwrap().parse::<Uuid>().unwrap().as_u128()).collect()
}

#[tokio::test]
async fn a_connection_dropped_in_the_middle_of_an_upsert_loses_nothing_and_doing_it_again_makes_it_whole() {
    const LENGTH: usize = 1024;
    let windows = |passages: std::ops::Range<u128>| -> Vec<Window> {
        let along = |n: u128| -> Vec<f32> {
            (0..LENGTH).map(|i| if i as u128 == n % 1024 { 1.0 } else { 0.1 }).collect()
        };
        passages.map(|n| window(n, &along(n))).collect()
    };
    let (before, after) = (windows(0..600), windows(300..1200));
    // 900 windows go in two requests, the stale ones in a third
    let deaths = [("upsert", 1), ("upsert", 2), ("delete", 1)];
    for ((call, nth), applied) in deaths.into_iter().flat_map(|death| [(death, false), (death, true)]) {
        let peer = Peer::start();
        let engine = Qdrant::open(settings(&peer), GENERATION, LENGTH).await.unwrap();
        engine.upsert(owner(1), material(1), &before).await.unwrap();
        engine.upsert(owner(1), material(2), &windows(5000..5001)).await.unwrap();
        engine.upsert(owner(2), material(1), &windows(6000..6001)).await.unwrap();
        peer.fail(Fault::Die { call, nth, applied });
        unavailable(engine.upsert(owner(1), material(1), &after).await);
        let dead = engine.search(owner(1), &Filter::default(), &after[0].vector, 10).await;
        assert!(unavailable(dead).contains("cannot be reached"));

        peer.revive();
        let mut kept = held(&peer, &engine, owner(1));
        let whole = call == "delete" && applied;
        let promised = if whole { 300..600 } else { 0..600 };
        assert!(promised.clone().all(|n| kept.contains(&n)), "{call} {nth} {applied}");
        let hits = engine.search(owner(1), &Filter::default(), &before[450].vector, 1).await.unwrap();
        assert_eq!(hits[0].passage, before[450].passage, "the same engine goes on");

        engine.upsert(owner(1), material(1), &after).await.unwrap();
        kept = held(&peer, &engine, owner(1));
        assert_eq!(kept, (300..1200).chain([5000]).collect(), "{call} {nth} {applied}");
        assert_eq!(held(&peer, &engine, owner(2)), BTreeSet::from([6000]));
    }
}

#[tokio::test]
async fn a_server_that_is_down_is_told_in_plain_words_and_comes_back_without_a_restart() {
    let peer = Peer::start();
    peer.kill();
    let engine = Qdrant::new(settings(&peer), GENERATION, 2).unwrap();
    let shelf = [window(1, &[1.0, 0.0])];
    for _ in 0..2 {
        let message = unavailable(engine.upsert(owner(1), material(1), &shelf).await);
        assert_eq!(message, format!("Qdrant at {} cannot be reached", peer.url()));
        unavailable(engine.search(owner(1), &Filter::default(), &[1.0, 0.0], 10).await);
        unavailable(engine.delete(owner(1), material(1)).await);
        unavailable(engine.delete_owner(owner(1)).await);
        unavailable(engine.needs_rebuild().await);
    }
    peer.revive();
    engine.upsert(owner(1), material(1), &shelf).await.unwrap();
    assert_eq!(found(&engine, owner(1)).await, [1]);
    peer.kill();
    let message = unavailable(engine.search(owner(1), &Filter::default(), &[1.0, 0.0], 10).await);
    assert!(message.ends_with("cannot be reached"), "{message}");
    peer.revive();
    assert_eq!(found(&engine, owner(1)).await, [1]);
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_not_waited_for() {
    let peer = Peer::start();
    let quick = Settings { patience: Duration::from_millis(100), ..settings(&peer) };
    let engine = Qdrant::open(quick, GENERATION, 2).await.unwrap();
    peer.fail(Fault::Silence);
    let began = Instant::now();
    let message = unavailable(engine.search(owner(1), &Filter::default(), &[1.0, 0.0], 10).await);
    assert!(message.ends_with("did not answer within 100ms"), "{message}");
    let message = unavailable(engine.upsert(owner(1), material(1), &[window(1, &[1.0, 0.0])]).await);
    assert!(message.ends_with("did not answer within 600ms"), "{message}");
    assert!(began.elapsed() < Duration::from_secs(5));
    peer.fail(None);
    engine.upsert(owner(1), material(1), &[window(1, &[1.0, 0.0])]).await.unwrap();
    assert_eq!(found(&engine, owner(1)).await, [1]);
}

/// A way to the server on which all connections fall silent, without an end, when the sender says so.
async fn road(peer: &Peer) -> (String, watch::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (fall_silent, silent) = watch::channel(());
    let to = peer.url().trim_start_matches("http://").to_string();
    tokio::spawn(async move {
        loop {
            let (mut near, _) = listener.accept().await.unwrap();
            let mut far = TcpStream::connect(&to).await.unwrap();
            let mut silent = silent.clone();
            silent.mark_unchanged();
            tokio::spawn(async move {
                tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                    _ = silent.changed() => std::future::pending().await,
                }
            });
        }
    });
    (url, fall_silent)
}

#[tokio::test]
async fn a_connection_that_breaks_without_a_word_is_replaced() {
    let peer = Peer::start();
    let (url, fall_silent) = road(&peer).await;
    let quick = Settings { url, patience: Duration::from_millis(200), ..settings(&peer) };
    let engine = Qdrant::open(quick, GENERATION, 2).await.unwrap();
    engine.upsert(owner(1), material(1), &[window(1, &[1.0, 0.0])]).await.unwrap();
    assert_eq!(found(&engine, owner(1)).await, [1]);
    fall_silent.send(()).unwrap();
    let first = engine.search(owner(1), &Filter::default(), &[1.0, 0.0], 10).await;
    // the answer may still come in time, over the new connection
    if first.is_err() {
        assert!(unavailable(first).contains("did not answer within"));
    }
    assert_eq!(found(&engine, owner(1)).await, [1]);
}

#[tokio::test]
async fn a_server_that_refuses_is_told_with_its_reason() {
    let peer = Peer::start();
    let engine = engine(&peer).await;
    let cases = [
        (Code::ResourceExhausted, "", "has too much to do"),
        (Code::DeadlineExceeded, "", "did not answer in time"),
        (Code::PermissionDenied, "", "refuses the key"),
        (Code::Internal, "no space left on device", "answered Internal: no space left on device"),
        (Code::InvalidArgument, "Wrong input", "answered InvalidArgument: Wrong input"),
    ];
    for (code, message, told) in cases {
        peer.fail(Fault::Answer(code, message));
        let found = unavailable(engine.search(owner(1), &Filter::default(), &[1.0, 0.0], 10).await);
        assert_eq!(found, format!("Qdrant at {} {told}", peer.url()));
    }
}

#[tokio::test]
async fn an_old_server_is_asked_for_nothing() {
    let peer = Peer::start();
    peer.state().version = "1.12.4";
    let message = unavailable(Qdrant::open(settings(&peer), GENERATION, 2).await.map(|_| ()));
    assert!(message.ends_with("is version 1.12.4, and 1.19 or newer is needed"), "{message}");
    assert_eq!(peer.state().calls, ["health_check"]);
}

#[tokio::test]
async fn a_key_is_sent_and_never_told() {
    let peer = Peer::start();
    peer.state().key = Some("right-secret".into());
    let with = |key: Option<&str>| Settings { api_key: key.map(str::to_string), ..settings(&peer) };
    for key in [None, Some(""), Some("wrong-secret")] {
        let message = unavailable(Qdrant::open(with(key), GENERATION, 2).await.map(|_| ()));
        assert_eq!(message, format!("Qdrant at {} refuses the key", peer.url()));
    }
    Qdrant::open(with(Some("right-secret")), GENERATION, 2).await.unwrap();
}

#[test]
fn settings_that_cannot_be_meant_are_refused_without_repeating_them() {
    let with = |url: &str| Settings::new(url);
    let key = |key: &str| Settings { api_key: Some(key.into()), ..with("http://localhost") };
    let name = |name: &str| Settings { collection: name.into(), ..with("http://localhost") };
    let long = "x".repeat(201);
    for settings in [
        with(""),
        with("localhost:6334"),
        with("ftp://localhost"),
        with("http://learner:hunter2@localhost:6334"),
        with("http://localhost:6334/hunter2"),
        with("http://localhost:6334?api-key=hunter2"),
        key("hunter2\n"),
        key("hünter2"),
        name(""),
        name("a/hunter2"),
        name(&long),
    ] {
        let refused = Qdrant::new(settings.clone(), GENERATION, 2).map(|_| ());
        let Err(EngineError::Settings(message)) = refused else { panic!("{} {refused:?}", settings.url) };
        assert!(!message.contains("hunter2") && !message.contains("nter2"), "{message}");
    }
    assert_eq!(address("http://localhost").unwrap(), "http://localhost:6334");
    assert_eq!(address("https://db.example.org:443/").unwrap(), "https://db.example.org:443");
    assert_eq!(address("http://[::1]:7000").unwrap(), "http://[::1]:7000");
}

/// The test's server must refuse what Mitochi must not send, or the tests above say little.
#[tokio::test]
async fn the_tests_server_refuses_what_must_not_be_asked() {
    let peer = Peer::start();
    let engine = engine(&peer).await;
    let shelf = [window(1, &[1.0, 0.0])];
    engine.upsert(owner(1), material(1), &shelf).await.unwrap();
    let (client, name) = (&engine.0.client, own(&engine));
    let deletion = |filter: Points, wait| DeletePoints {
        collection_name: name.clone(),
        wait,
        points: Some(filter.into()),
        ..Default::default()
    };
    let whole = point::stale(owner(1), material(1), Kind::Window, vec![]);
    let ownerless = Points { must: whole.must[1..].to_vec(), ..Default::default() };
    let any_owner = Points { should: whole.must.clone(), ..whole.clone() };
    let unindexed =
        Points { must: [whole.must.clone(), vec![Condition::matches("from", 0)]].concat(), ..whole.clone() };
    for request in [
        deletion(ownerless, Some(true)),
        deletion(Points::default(), Some(true)),
        deletion(any_owner, Some(true)),
        deletion(unindexed, Some(true)),
        deletion(whole.clone(), None),
        DeletePoints { ordering: Some(Default::default()), ..deletion(whole.clone(), Some(true)) },
    ] {
        assert!(client.delete_points(request.clone()).await.is_err(), "{request:?}");
    }
    let good = point::of(owner(1), material(1), GENERATION, &shelf[0]);
    let change = |change: fn(&mut PointStruct)| {
        let mut point = good.clone();
        change(&mut point);
        point
    };
    for point in [
        point::of(owner(1), material(1), GENERATION, &window(1, &[1.0])),
        change(|point| point.id = Some(7.into())),
        change(|point| point.vectors = Some(vec![1.0, 0.0].into())),
        change(|point| drop(point.payload.remove("owner"))),
        change(|point| drop(point.payload.insert("text".into(), "private".into()))),
        change(|point| drop(point.payload.insert("owner".into(), "everybody".into()))),
    ] {
        let request = |wait| UpsertPoints {
            collection_name: name.clone(),
            wait,
            points: vec![point.clone()],
            ..Default::default()
        };
        assert!(client.upsert_points(request(Some(true))).await.is_err(), "{point:?}");
    }
    let search = QueryPointGroups {
        collection_name: name.clone(),
        query: Some(Query::new_nearest(vec![1.0, 0.0])),
        ..Default::default()
    };
    assert!(client.query_groups(search).await.is_err());
    assert_eq!(found(&engine, owner(1)).await, [1], "and nothing was changed");
}

#[derive(Debug, Clone)]
enum Step {
    Put(u8, Vec<(u8, [i8; 2])>),
    Delete(u8),
    DeleteAll,
    Search([i8; 2], Option<Vec<u8>>),
}

fn step() -> impl Strategy<Value = Step> {
    let vector = || prop::array::uniform2(-9_i8..=9);
    prop_oneof![
        3 => (0..3_u8, prop::collection::vec((0..4_u8, vector()), 0..6)).prop_map(|(of, shelf)| Step::Put(of, shelf)),
        1 => (0..3_u8).prop_map(Step::Delete),
        1 => Just(Step::DeleteAll),
        5 => (vector(), prop::option::of(prop::collection::vec(0..3_u8, 0..3)))
            .prop_map(|(near, of)| Step::Search(near, of)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Materials and passages have the same ids with every owner, which no database gives out: only the owner tells
    /// them apart.
    #[test]
    fn among_many_owners_nobody_finds_or_loses_what_is_anothers(
        steps in prop::collection::vec((0..6_u8, step()), 1..40)
    ) {
        static CASE: AtomicU64 = AtomicU64::new(1);
        static SERVER: std::sync::LazyLock<Peer> = std::sync::LazyLock::new(Peer::start);
        let case = u128::from(CASE.fetch_add(1, Ordering::Relaxed)) << 64;
        let vector = |[x, y]: [i8; 2]| [f32::from(x), f32::from(y)];
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let engine = engine(&SERVER).await;
            let mut shelves: BTreeMap<(u8, u8), Vec<Window>> = BTreeMap::new();
            for (who, step) in steps {
                let me = owner(case + u128::from(who));
                match step {
                    Step::Put(of, shelf) => {
                        // which owner wrote it stands in the window's place
                        let write = |(index, (passage, at)): (u16, &(u8, [i8; 2]))| Window {
                            index,
                            span: Span::new(usize::from(who), 100 + usize::from(of)),
                            ..window(u128::from(*passage), &vector(*at))
                        };
                        let shelf: Vec<_> = (0..).zip(&shelf).map(write).collect();
                        engine.upsert(me, material(of.into()), &shelf).await.unwrap();
                        shelves.insert((who, of), shelf);
                    }
                    Step::Delete(of) => {
                        engine.delete(me, material(of.into())).await.unwrap();
                        shelves.remove(&(who, of));
                    }
                    Step::DeleteAll => {
                        engine.delete_owner(me).await.unwrap();
                        shelves.retain(|(whose, _), _| *whose != who);
                    }
                    Step::Search(near, of) => {
                        let materials =
                            of.as_ref().map(|of| of.iter().map(|of| material((*of).into())).collect());
                        let filter = Filter { materials, within: None };
                        let hits = engine.search(me, &filter, &vector(near), 10).await.unwrap();
                        let wanted = |of_shelf: &u8| of.as_ref().is_none_or(|of| of.contains(of_shelf));
                        let mine = shelves.iter().filter(|((whose, of), _)| *whose == who && wanted(of));
                        let mine: BTreeSet<_> =
                            mine.flat_map(|(_, shelf)| shelf).map(|window| window.passage).collect();
                        let told: BTreeSet<_> = hits.iter().map(|hit| hit.passage).collect();
                        assert_eq!(told, mine);
                        assert!(hits.iter().all(|hit| hit.window.start == u32::from(who)), "{hits:?}");
                        assert!(hits.is_sorted_by(|a, b| a.score >= b.score));
                    }
                }
            }
        });
    }
}
