//! Vector engines outside the process: what is in them, what they miss, and what happens when they are down.

use crate::support::{
    TestDb, databases, learner,
    site::{Browser, Site},
};
use domain::{
    document::Span,
    id::{LearnerId, MaterialId, PassageId},
};
use server::{
    config::Engine,
    db::Db,
    library::{
        StoredPassages,
        ledger::{Caught, Ledger},
        store::{self, NewMaterial, PassageRow, VectorRow},
    },
    retrieval::{
        EngineError, Filter,
        embed::{Local, MINILM},
        generation,
        vector::{
            self, Others, VectorStore, Window,
            embedded::Embedded,
            pgvector::{Maker, Pgvector},
        },
    },
};
use sqlx::{AssertSqlSafe, PgPool, types::Json};
use std::{
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};
use uuid::Uuid;

const LECTURE: &[u8] = include_bytes!("../../starter/heart.md");
const DIMENSIONS: usize = 4;
const GENERATION: &str = "m/w1";

/// A material with so many passages, each with one vector.
async fn material(
    db: &Db,
    owner: LearnerId,
    passages: usize,
    generation: &str,
    dimensions: usize,
) -> MaterialId {
    let id = MaterialId(Uuid::now_v7());
    let mut tx = db.write().await.unwrap();
    let new = NewMaterial {
        id,
        owner: Some(owner),
        title: "Heart",
        filename: "heart.md",
        format: "Markdown",
        extension: "md",
        bytes: 1,
        sha256: &id.0.as_bytes().repeat(2),
        created: 0,
    };
    store::insert(&mut tx, new).await.unwrap();
    fill(&mut tx, id, passages, generation, dimensions).await;
    tx.commit().await.unwrap();
    id
}

/// Cuts a material anew.
async fn fill(tx: &mut server::db::Tx, id: MaterialId, passages: usize, generation: &str, dimensions: usize) {
    let passage = |n: usize| PassageRow {
        id: Uuid::now_v7(),
        material: id.0,
        span_start: n as i64 * 10,
        span_end: n as i64 * 10 + 10,
        page_first: 1,
        page_last: 1,
        tokens: 2,
        headings: Json(vec![]),
        text: "The heart.".into(),
    };
    let rows: Vec<PassageRow> = (0..passages).map(passage).collect();
    store::replace_passages(tx, id, &rows).await.unwrap();
    for (n, row) in rows.iter().enumerate() {
        let mut numbers = vec![0.1_f32; dimensions];
        numbers[n % dimensions] = 1.0;
        let vector = VectorRow {
            passage: row.id,
            material: id.0,
            passage_start: row.span_start,
            part: 0,
            span_start: 0,
            span_end: 10,
            vector: vector::to_bytes(&numbers),
        };
        assert!(store::save_vector(tx, generation, &vector).await.unwrap());
    }
}

fn pool(test: &TestDb) -> Option<PgPool> {
    match &test.db {
        Db::Postgres(pool) => Some(pool.clone()),
        Db::Sqlite { .. } => None,
    }
}

async fn sql(pool: &PgPool, text: &str) {
    sqlx::raw_sql(AssertSqlSafe(text.to_string())).execute(pool).await.unwrap();
}

/// A fresh PostgreSQL that has pgvector, if there is one.
async fn with_pgvector() -> Option<(TestDb, PgPool)> {
    let test = databases().await.into_iter().find(|test| test.name == "PostgreSQL")?;
    let pool = pool(&test)?;
    match Pgvector::version(&pool).await {
        Ok(_) => Some((test, pool)),
        Err(error) => {
            println!("skipped: {error}");
            None
        }
    }
}

async fn open(pool: &PgPool) -> Result<Pgvector, EngineError> {
    Pgvector::open(pool.clone(), GENERATION, DIMENSIONS, Maker::Serve).await
}

fn ledger(db: &Db, engine: Arc<dyn VectorStore>) -> Ledger {
    Ledger::new(db.clone(), engine, "pgvector", GENERATION.into(), DIMENSIONS)
}

async fn catch_up(ledger: &Ledger) -> Caught {
    ledger.catch_up(Others::Drop, &mut |_| {}).await.unwrap()
}

async fn found(engine: &dyn VectorStore, owner: LearnerId, material: MaterialId) -> usize {
    let filter = Filter { materials: Some(vec![material]), within: None };
    engine.search(owner, &filter, &[1.0, 0.5, 0.2, 0.1], 100).await.unwrap().len()
}

#[tokio::test]
async fn the_book_says_what_is_missing_and_what_is_too_much_on_both_databases() {
    for test in databases().await {
        let (db, name) = (&test.db, test.name);
        let owner = learner(db).await;
        let first = material(db, owner, 3, GENERATION, DIMENSIONS).await;
        let second = material(db, owner, 2, GENERATION, DIMENSIONS).await;
        material(db, owner, 2, "another/w1", DIMENSIONS).await;
        let truth = Arc::new(StoredPassages { db: db.clone() });
        let engine = Arc::new(Embedded::new(truth, GENERATION, DIMENSIONS, usize::MAX));
        let book = ledger(db, engine.clone());
        assert!(book.is_behind(), "{name}: what was before is not known");
        let all = Caught { added: 2, vectors: 5, removed: 0 };
        assert_eq!(catch_up(&book).await, all, "{name}: vectors of another model are not its business");
        assert!(!book.is_behind(), "{name}");
        assert_eq!(catch_up(&ledger(db, engine.clone())).await, Caught::default(), "{name}: all is there");

        // as many passages as before, but others
        let mut tx = db.write().await.unwrap();
        fill(&mut tx, first, 3, GENERATION, DIMENSIONS).await;
        store::delete(&mut tx, owner, second).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let caught = Caught { added: 1, vectors: 3, removed: 1 };
        assert_eq!(catch_up(&book).await, caught, "{name}: cut anew, and deleted");
        assert_eq!(catch_up(&book).await, Caught::default(), "{name}");

        // a change of what is deleted meanwhile does not stay
        let late = Window {
            passage: PassageId(Uuid::now_v7()),
            start: 0,
            index: 0,
            span: Span { start: 0, end: 1 },
            vector: vec![1.0; DIMENSIONS],
        };
        book.upsert(owner, second, &[late]).await.unwrap();
        assert!(book.is_behind(), "{name}");
        assert_eq!(catch_up(&book).await, Caught { removed: 1, ..Caught::default() }, "{name}");
        let wrong = Window { vector: vec![1.0], ..window() };
        let refused = book.upsert(owner, first, &[wrong]).await;
        assert!(matches!(refused, Err(EngineError::Dimensions { .. })), "{name}: {refused:?}");
        assert_eq!(
            catch_up(&book).await,
            caught_again(),
            "{name}: what was begun and not ended is done again"
        );
        book.delete_owner(owner).await.unwrap();
        assert_eq!(catch_up(&book).await, caught_again(), "{name}");
    }
}

fn caught_again() -> Caught {
    Caught { added: 1, vectors: 3, removed: 0 }
}

fn window() -> Window {
    Window {
        passage: PassageId(Uuid::now_v7()),
        start: 0,
        index: 0,
        span: Span { start: 0, end: 1 },
        vector: vec![1.0; DIMENSIONS],
    }
}

#[tokio::test]
async fn an_engine_that_was_emptied_is_filled_again_and_other_generations_are_dropped() {
    let Some((test, pool)) = with_pgvector().await else { return };
    let owner = learner(&test.db).await;
    let id = material(&test.db, owner, 9, GENERATION, DIMENSIONS).await;
    let engine = Arc::new(open(&pool).await.unwrap());
    let old = Pgvector::open(pool.clone(), "old/w1", DIMENSIONS, Maker::Serve).await.unwrap();
    let measured = Pgvector::open(pool.clone(), "old/w1", DIMENSIONS, Maker::Measure).await.unwrap();
    old.upsert(owner, id, &[window()]).await.unwrap();
    measured.upsert(owner, id, &[window()]).await.unwrap();
    let book = ledger(&test.db, engine.clone());
    assert_eq!(catch_up(&book).await.vectors, 9);
    assert_eq!(found(&*engine, owner, id).await, 9);
    assert_eq!(found(&measured, owner, id).await, 1, "a measurement's is not the server's to drop");
    assert!(old.search(owner, &Filter::default(), &[1.0; DIMENSIONS], 1).await.is_err(), "served no longer");

    sql(&pool, "DROP EXTENSION vector CASCADE").await;
    let gone = engine.search(owner, &Filter::default(), &[1.0; DIMENSIONS], 1).await.unwrap_err().to_string();
    assert!(
        gone.contains("the search engine is not available") && !gone.contains("does not exist"),
        "{gone}"
    );
    // begun anew: connections keep in mind what types there were
    let pool = PgPool::connect(&test.url).await.unwrap();
    let engine = Arc::new(open(&pool).await.unwrap());
    let book = ledger(&test.db, engine.clone());
    assert_eq!(catch_up(&book).await, Caught { added: 1, vectors: 9, removed: 0 });
    assert_eq!(found(&*engine, owner, id).await, 9);
}

#[tokio::test]
async fn tables_of_others_and_indexes_of_other_models_are_left_alone_and_named() {
    let Some((_test, pool)) = with_pgvector().await else { return };
    let refused = async || open(&pool).await.unwrap_err().to_string();
    sql(&pool, "CREATE TABLE mitochi_vectors (id INT)").await;
    let said = refused().await;
    assert!(said.contains("the table mitochi_vectors in this database was not made by"), "{said}");
    sql(&pool, "DROP TABLE mitochi_vectors").await;

    open(&pool).await.unwrap();
    let (name,): (String,) =
        sqlx::query_as("SELECT name FROM mitochi_vectors").fetch_one(&pool).await.unwrap();
    sql(&pool, "UPDATE mitochi_vectors SET generation = 'foreign/w1'").await;
    let said = refused().await;
    assert!(said.contains("vectors of another model (foreign/w1, 4 numbers each)"), "{said}");
    sql(&pool, &format!("DROP TABLE {name}; DROP TABLE mitochi_vectors; CREATE TABLE {name} (id INT)")).await;
    let said = refused().await;
    assert!(said.contains(&format!("the table {name} in this database was not made by")), "{said}");
    sql(&pool, &format!("INSERT INTO {name} VALUES (7)")).await;
    let (kept,): (i32,) =
        sqlx::query_as(AssertSqlSafe(format!("SELECT id FROM {name}"))).fetch_one(&pool).await.unwrap();
    assert_eq!(kept, 7, "left alone");

    let long = Pgvector::open(pool.clone(), GENERATION, 5_000, Maker::Serve).await.unwrap_err().to_string();
    assert!(long.contains("at most 4000 numbers"), "{long}");
}

#[tokio::test]
async fn who_may_not_create_the_extension_or_tables_is_told_what_to_do() {
    let Some((test, pool)) = with_pgvector().await else { return };
    let role = format!("guest_{}", Uuid::now_v7().simple());
    sql(&pool, &format!("CREATE ROLE {role} LOGIN PASSWORD 'x'")).await;
    let (_, address) = test.url.split_once('@').unwrap();
    let guest = PgPool::connect(&format!("postgres://{role}:x@{address}")).await.unwrap();
    let said = open(&guest).await.unwrap_err().to_string();
    assert!(said.contains("CREATE EXTENSION vector"), "{said}");
    sql(&pool, "CREATE EXTENSION vector").await;
    let said = open(&guest).await.unwrap_err().to_string();
    assert!(said.contains("may not make tables"), "{said}");
    guest.close().await;
    sql(&pool, &format!("DROP ROLE {role}")).await;
}

#[tokio::test]
async fn many_open_it_at_once() {
    let Some((_test, pool)) = with_pgvector().await else { return };
    let opened = futures::future::join_all((0..8).map(|_| open(&pool))).await;
    assert!(opened.iter().all(Result::is_ok), "{opened:?}");
}

/// `mitochi reindex` on a database.
fn reindex(test: &TestDb) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mitochi"));
    command.args(["reindex", "--to", "pgvector", "--models", "/nowhere"]);
    command.args(["--data", &test.folder().join("data").display().to_string()]);
    command.env("DATABASE_URL", &test.url).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_that_is_killed_goes_on_and_nothing_is_missing_or_doubled() {
    let Some((test, pool)) = with_pgvector().await else { return };
    let (db, generation) = (&test.db, generation(&Local::new(&MINILM, std::path::Path::new("/nowhere"))));
    let owner = learner(db).await;
    let mut materials = vec![];
    for _ in 0..60 {
        materials.push(material(db, owner, 20, &generation, 384).await);
    }
    let count = async || {
        let name: String =
            sqlx::query_scalar("SELECT name FROM mitochi_vectors").fetch_optional(&pool).await.ok()??;
        let text = format!("SELECT count(*) FROM {name}");
        sqlx::query_scalar::<_, i64>(AssertSqlSafe(text)).fetch_one(&pool).await.ok()
    };
    let mut kills = 0;
    let mut before = 0;
    while kills < 5 && before < 1_200 {
        let mut child = reindex(&test).spawn().unwrap();
        // killed as soon as it has done something more, wherever it is then
        while count().await.unwrap_or(0) <= before && child.try_wait().unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        let now = count().await.unwrap_or(0);
        assert!(now >= before && now % 20 == 0, "a material is there whole or not at all: {now}");
        before = now;
    }
    let output = reindex(&test).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("MITOCHI_VECTORS=pgvector"), "{said}");
    println!("killed {kills} times, {before} of 1200 were in before the last run\n{said}");
    assert_eq!(count().await, Some(1_200));
    let engine = Pgvector::open(pool.clone(), &generation, 384, Maker::Serve).await.unwrap();
    for id in materials {
        let filter = Filter { materials: Some(vec![id]), within: None };
        let hits = engine.search(owner, &filter, &[0.1; 384], 100).await.unwrap();
        assert_eq!(hits.len(), 20);
    }
    let again = reindex(&test).output().unwrap();
    let said = String::from_utf8_lossy(&again.stdout).into_owned();
    assert!(said.contains("0 files added, 0 removed"), "{said}");
}

#[tokio::test]
async fn check_config_says_what_answers_and_keeps_secrets() {
    for test in databases().await {
        let site = test.folder().join("site");
        std::fs::create_dir_all(site.join("pkg")).unwrap();
        let check = |url: &str, vectors: &str| {
            let output = Command::new(env!("CARGO_BIN_EXE_mitochi"))
                .args(["check-config", "--data", &test.folder().display().to_string()])
                .args(["--site", &site.display().to_string(), "--vectors", vectors])
                .envs([("DATABASE_URL", url), ("MITOCHI_CACHE", "/nowhere"), ("MITOCHI_MODELS", "")])
                .output()
                .unwrap();
            (output.status.code(), String::from_utf8(output.stdout).unwrap())
        };
        let (code, said) = check(&test.url, "embedded");
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains(&format!("database     ok      {} ", test.name)), "{said}");
        assert!(said.contains("none at /nowhere/models/"), "{said}");
        if test.name == "SQLite" {
            let (code, said) = check(&test.url, "pgvector");
            assert_eq!(code, Some(1), "{said}");
            assert!(said.contains("vectors      NOT OK  pgvector wants PostgreSQL"), "{said}");
            let (code, said) = check("postgres://me:secret@127.0.0.1:1/x", "pgvector");
            assert_eq!(code, Some(1), "{said}");
            assert!(said.contains("127.0.0.1:1/x: no answer") && !said.contains("secret"), "{said}");
        }
    }
}

#[tokio::test]
async fn search_goes_on_by_words_while_the_engine_is_down_and_catches_up_when_it_is_back() {
    let Some((test, pool)) = with_pgvector().await else { return };
    let models = std::env::var("MITOCHI_MODELS").unwrap_or_default();
    if !std::path::Path::new(&models).join(MINILM.file).is_file() {
        println!("skipped: the sentence model is not there (MITOCHI_MODELS)");
        return;
    }
    // what the engine would call its own belongs to another program
    sql(&pool, "CREATE TABLE mitochi_vectors (id INT)").await;
    let site = Site::open_as(&test, |config| {
        config.vectors = Engine::Pgvector;
        config.models = models;
    })
    .await;
    let mut browser = Browser::default();
    browser.register(&site, "fern@example.org").await;
    browser.upload(&site, &[("Heart.md", LECTURE)]).await;
    site.work().await;
    let shelf = browser.call(&site, "library/materials", "").await.json();
    assert_eq!(shelf["materials"][0]["state"], "ready", "{shelf}");
    let query = serde_json::json!({ "request": { "query": "why does the AV node delay the impulse" } });
    let found = browser.call_json(&site, "library/search", query.clone()).await.json();
    assert_eq!(found["meaning"], "down", "{found}");
    assert!(!found["hits"].as_array().unwrap().is_empty(), "{found}");

    sql(&pool, "DROP TABLE mitochi_vectors").await;
    let mut answered = false;
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        if site.state.generations.catch_up().await.is_ok() {
            let found = browser.call_json(&site, "library/search", query.clone()).await.json();
            answered = found["meaning"] == "searched" && found["hits"][0]["by_meaning"]["rank"] == 1;
            if answered {
                break;
            }
        }
    }
    assert!(answered, "it is back and has what was read meanwhile");
}
