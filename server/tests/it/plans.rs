//! How the database finds what the pages ask for. Every statement of a learner's evening is written down as sqlx sends it, and SQLite
//! is asked for its plan: none may read a table from end to end that grows with learners or with time.
//!
//! PostgreSQL chooses by what it has counted, and reads small tables whole on purpose: its plans are not held here.

use crate::support::{
    databases,
    site::{Browser, Site},
    taught::LECTURE,
};
use serde_json::json;
use sqlx::{AssertSqlSafe, Row, SqlitePool};
use std::{
    collections::BTreeSet,
    fmt::{self, Write},
    sync::{Arc, Mutex},
};
use tracing::{Event, Subscriber, field::Field, field::Visit};
use tracing_subscriber::{Layer, layer::Context, prelude::*};

/// Tables that grow with learners, their files, or time.
const GROWING: [&str; 22] = [
    "answer",
    "card",
    "finding",
    "flashcard",
    "job",
    "learner",
    "material",
    "memory",
    "model_call",
    "passage",
    "passage_vector",
    "question",
    "question_report",
    "quiz",
    "quiz_item",
    "refresh_token",
    "review",
    "security_event",
    "session",
    "talk",
    "talk_line",
    "xp",
];

/// Statements that may, and why.
const ALLOWED: [(&str, &str); 4] = [
    (
        "SELECT v.model, CAST(count(DISTINCT v.passage)",
        "which model serves: at the start, and while a change of models is watched",
    ),
    ("SELECT id FROM learner WHERE email IS NOT NULL LIMIT 1", "the first account that is met ends it"),
    ("FROM job WHERE state IN", "an index of the jobs that wait: those that are done are not in it"),
    (
        "FROM learner l WHERE l.email IS NOT NULL ORDER BY l.created",
        "the administrator's list of all accounts",
    ),
];

/// Keeps what sqlx says of each statement.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<BTreeSet<String>>>);

#[derive(Default)]
struct Statement {
    summary: String,
    whole: String,
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => self.summary = value.into(),
            "db.statement" => self.whole = value.into(),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = String::new();
        let _ = write!(text, "{value:?}");
        self.record_str(field, &text);
    }
}

impl<S: Subscriber> Layer<S> for Recorder {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != "sqlx::query" {
            return;
        }
        let mut statement = Statement::default();
        event.record(&mut statement);
        // a short statement is its own summary
        let whole = statement.whole.trim();
        let text = if whole.is_empty() { statement.summary } else { whole.into() };
        self.0.lock().unwrap().insert(text.split_whitespace().collect::<Vec<_>>().join(" "));
    }
}

/// An evening: every page and every kind of change.
async fn evening(site: &Site) {
    let mut fern = Browser::default();
    fern.register(site, "fern@example.org").await;
    let told = fern.upload(site, &[("messengers.md", LECTURE.as_bytes())]).await.json();
    let material = told[0]["material"].as_str().unwrap().to_string();
    site.work().await;
    let quiz = fern
        .call(site, "quiz/start", &format!("request[material]={material}&request[length]=2"))
        .await
        .json();
    let quiz = quiz.as_str().unwrap().to_string();
    for position in 0..2 {
        let form =
            format!("request[quiz]={quiz}&request[position]={position}&request[choice]=1&request[took]=9");
        fern.call(site, "quiz/answer", &form).await;
    }
    let queue = fern.call_json(site, "review/queue", json!({})).await.json();
    if let Some(card) = queue["card"]["id"].as_str() {
        let form = format!(
            "request[card]={card}&request[rating]=good&request[reps]={}&request[took]=9",
            queue["card"]["reps"]
        );
        fern.call(site, "review/grade", &form).await;
        fern.call(site, "review/undo", "").await;
    }
    let form = format!("request[material]={material}&request[concept]=insulin&request[mode]=first_pass");
    let talk = fern.call(site, "tutor/begin", &form).await.json().as_str().unwrap().to_string();
    fern.call(site, "library/save", "request[query]=glucose").await;
    fern.call(site, "memory/add", "request[kind]=goal&request[text]=Pass in May").await;
    fern.call_json(
        site,
        "library/search",
        json!({ "request": { "query": "glycogen", "material": material } }),
    )
    .await;
    for path in [
        "/home".to_string(),
        "/library".into(),
        format!("/library/{material}"),
        "/search?q=glucose".into(),
        format!("/quiz/{quiz}"),
        format!("/quiz/{quiz}/results"),
        "/review".into(),
        "/tutor".into(),
        format!("/tutor/{talk}"),
        "/settings".into(),
        "/settings/memory".into(),
        "/settings/security".into(),
        "/admin/users".into(),
        "/admin/ai".into(),
    ] {
        assert!(fern.get(site, &path).await.status.is_success(), "{path}");
    }
    // renews, as happens every quarter of an hour
    site.state.clock.advance(16 * 60_000);
    fern.get(site, "/home").await;
}

/// The growing tables that a statement reads from end to end.
async fn scans(pool: &SqlitePool, statement: &str) -> Vec<String> {
    let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
    let Ok(plan) = sqlx::query(sql).fetch_all(pool).await else { return vec![] };
    let steps = plan.into_iter().map(|row| row.get::<String, _>("detail"));
    // 'SCAN a USING INDEX …' reads it from end to end as well; the alias stands there, so the statement names the table
    let words = format!("{} ", statement.replace([')', ','], " "));
    let aliases = |name: &str| -> bool {
        GROWING.iter().any(|table| {
            name == *table
                || [" ", " AS "].iter().any(|between| words.contains(&format!(" {table}{between}{name} ")))
        })
    };
    steps
        .filter(|step| {
            step.strip_prefix("SCAN ").is_some_and(|rest| aliases(rest.split(' ').next().unwrap_or_default()))
        })
        .collect()
}

#[tokio::test]
async fn no_statement_of_an_evening_reads_a_growing_table_from_end_to_end() {
    if std::env::var_os("NEXTEST").is_none() {
        // in one process with other tests theirs would be heard too
        println!("skipped: plans (cargo-nextest gives each test a process of its own)");
        return;
    }
    let recorder = Recorder::default();
    let heard = tracing_subscriber::registry()
        .with(recorder.clone().with_filter(tracing_subscriber::filter::LevelFilter::DEBUG));
    tracing::subscriber::set_global_default(heard).unwrap();
    let test = databases().await.remove(0);
    let site = Site::open(&test).await;
    evening(&site).await;
    let statements = recorder.0.lock().unwrap().clone();
    let asked: Vec<&String> = statements
        .iter()
        .filter(|text| ["SELECT", "UPDATE", "DELETE", "WITH"].iter().any(|verb| text.starts_with(verb)))
        .collect();
    assert!(asked.len() > 80, "{} statements were heard", asked.len());
    let pool = SqlitePool::connect(&test.url).await.unwrap();
    let mut wrong = vec![];
    for statement in asked {
        if ALLOWED.iter().any(|(part, _)| statement.contains(part)) {
            continue;
        }
        for step in scans(&pool, statement).await {
            wrong.push(format!("{step}: {statement:.220}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    // the test sees what it is there to see
    let seen = scans(&pool, "SELECT a.took FROM answer a WHERE a.took > 3").await;
    assert_eq!(seen.len(), 1, "{seen:?}");
}
