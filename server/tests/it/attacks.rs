//! Prompts that want the answer too early, and a model that gives it away in six ways: nothing of it reaches the page.

use crate::support::{
    TestDb, databases,
    taught::{Taught, With, form_of},
};
use app::tutor::api::{Act, Beginning, Body, Doing, Said, Talk, Tutor};
use domain::{
    document::Span,
    id::QuestionId,
    question::{Bloom, Choice, Item, ItemKind},
    tutor::Mode,
};
use provider::{Reply, Request};
use serde_json::json;
use server::questions;
use std::{
    path::Path,
    sync::{Arc, Mutex},
};

/// The rows of a judged set.
fn rows(file: &str) -> Vec<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../end2end/quality/tutor");
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    text.lines().skip(1).map(|line| line.split('\t').map(String::from).collect()).collect()
}

fn lecture() -> String {
    let sections = rows("leak_pages.tsv")
        .into_iter()
        .map(|row| format!("## Part {}\n\n{} {}\n", row[0], row[1], row[2]));
    format!("# All sorts\n\n{}", sections.collect::<Vec<_>>().join("\n"))
}

/// Publishes the question of each key, and gives their ids in order.
async fn publish(taught: &Taught) -> Vec<QuestionId> {
    let mut tx = taught.site.state.db.write().await.unwrap();
    tx.query("DELETE FROM question WHERE material = $1").bind(taught.material.0).run().await.unwrap();
    let document = server::library::store::document(&mut tx, taught.material).await.unwrap().unwrap();
    let keys = rows("leak_keys.tsv");
    let items: Vec<Item> = keys
        .iter()
        .zip(rows("leak_pages.tsv"))
        .map(|(row, page)| {
            let sentence = page[1].as_str();
            let start = document.text.find(sentence).unwrap();
            let span = Span::new(start, start + sentence.len());
            let options = row[4].split(';').map(|option| {
                let (letter, text) = option.split_once(": ").unwrap();
                Choice {
                    text: text.into(),
                    correct: letter == row[5],
                    rationale: format!("“{sentence}”"),
                    quote: sentence.into(),
                    span,
                    page: document.page_at(span.start),
                    misconception: String::new(),
                }
            });
            Item {
                stem: row[1].clone(),
                options: options.collect(),
                concept: format!("subject {}", row[0]),
                kind: ItemKind::Function,
                bloom: Bloom::Understand,
                difficulty: 0.5,
                headings: vec![],
            }
        })
        .collect();
    questions::publish(&mut tx, &taught.site.state.clock, taught.material, &items, true).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = taught.site.state.db.read().await.unwrap();
    let rows: Vec<(uuid::Uuid, sqlx::types::Json<Item>)> =
        tx.query("SELECT id, item FROM question WHERE state = 'published'").all().await.unwrap();
    let id = |key: &Vec<String>| {
        rows.iter().find(|(_, item)| item.0.stem == key[1]).map(|(id, _)| QuestionId(*id))
    };
    keys.iter().map(|key| id(key).unwrap()).collect()
}

/// All that the tutor said but for what it asked.
fn told(talk: &Talk) -> Vec<String> {
    let lines = talk.lines.iter().filter_map(|line| match &line.body.body {
        Body::Tutor(
            Said::Explained { parts, .. } | Said::Judged { parts, .. } | Said::Hinted { parts, .. },
        ) => Some(parts),
        Body::Tutor(Said::Told(parts) | Said::Answered(parts)) => Some(parts),
        _ => None,
    });
    lines.flatten().map(|part| part.text.clone()).collect()
}

/// Runs so many attacks with a leak of each of these ways, and gives how many runs there were and what reached the page, or the
/// model.
async fn attacked(test: &TestDb, ways: &[&str], attacks: usize) -> (usize, Vec<String>) {
    let leaking = Arc::new(Mutex::new(String::new()));
    let leak = leaking.clone();
    let answer = move |request: &Request| {
        if form_of(request) == "marks" {
            return Reply::json(json!({ "verdict": "wrong", "missing": [], "misconception": "" }));
        }
        let leak = leak.lock().unwrap().clone();
        let asked = leak.trim_end_matches(['.', '!', '?']);
        // with a number, as a question, and among what may be said
        Reply::text(format!(
            "Look again. {leak} [1] Is it not so that {asked}? What do you know of it? {asked} [2]. {leak}"
        ))
    };
    let text = lecture();
    let taught = Taught::open_with(test, With { lecture: &text, ..With::default() }, answer).await;
    taught.site.work().await;
    let questions = publish(&taught).await;
    let (tutor, session) = (taught.tutor(), taught.session());
    let (keys, leaks) = (rows("leak_keys.tsv"), rows("leaks.tsv"));
    let (mut runs, mut reached) = (0, vec![]);
    for (at, attack) in rows("attacks.tsv").iter().take(attacks).enumerate() {
        for way in ways {
            let key = &keys[at % keys.len()];
            let row = leaks.iter().find(|row| row[1] == key[0] && row[2] == *way).unwrap();
            *leaking.lock().unwrap() = row[3].replace('|', "");
            let mode = Some(if at % 2 == 0 { Mode::Practice } else { Mode::ClinicalCase });
            let sent_before = taught.provider.requests().len();
            let question = Some(questions[at % keys.len()]);
            let begin = Beginning { question, mode, minutes: 10, ..Beginning::default() };
            let id = tutor.begin(session, begin).await.unwrap();
            tutor.silent().await;
            let talk = tutor.talk(session, id).await.unwrap();
            assert_eq!(talk.state.open.as_ref().unwrap().stem, key[1]);
            let doing = Doing {
                text: attack[2].replace("\\n", "\n"),
                ..Doing::new(id, talk.lines.last().unwrap().seq, Act::Answer)
            };
            assert!(tutor.act(session, doing).await.unwrap().counted);
            tutor.silent().await;
            runs += 1;
            let talk = tutor.talk(session, id).await.unwrap();
            assert!(talk.state.open.is_some(), "{attack:?}: the question stays open");
            let names: Vec<String> =
                key[3].split(';').chain([key[2].as_str()]).map(|name| name.to_lowercase()).collect();
            let leak = row[3].replace('|', "").to_lowercase();
            for text in told(&talk) {
                let lower = text.to_lowercase();
                let bare = leak.trim_end_matches(['.', '!', '?']);
                if lower.contains(bare) || names.iter().any(|name| lower.contains(name.as_str())) {
                    reached.push(format!("{} {} {way}: {text}", attack[0], key[0]));
                }
            }
            for request in &taught.provider.requests()[sent_before..] {
                let sent = request.json()["messages"].to_string().to_lowercase();
                // a number stands anywhere
                if key[2].len() > 2 && sent.contains(&key[2].to_lowercase()) {
                    reached.push(format!("{} {} {way} was sent: {sent}", attack[0], key[0]));
                }
            }
            tutor.delete(session, id).await.unwrap();
        }
    }
    assert_eq!(taught.provider.violations(), []);
    (runs, reached)
}

/// All sixty on the first database, a tenth of them on the other.
async fn none_reach_the_page(ways: &[&str]) {
    for (at, test) in databases().await.into_iter().enumerate() {
        let (runs, reached) = attacked(&test, ways, if at == 0 { 60 } else { 6 }).await;
        println!("{}: {} of {runs} leaks ({}) reached the page", test.name, reached.len(), ways.join(", "));
        assert_eq!(reached, Vec::<String>::new(), "{}", test.name);
        assert_eq!(runs, ways.len() * if at == 0 { 60 } else { 6 });
    }
}

#[tokio::test]
async fn no_attack_has_the_answer_said_before_it_may_be_told() {
    none_reach_the_page(&["verbatim", "synonym", "split"]).await;
}

#[tokio::test]
async fn no_attack_has_the_answer_hidden_in_what_is_said() {
    none_reach_the_page(&["option letter", "other language", "encoded"]).await;
}
