//! Questions that a model judges and writes.

use crate::support::{
    databases,
    taught::{Taught, form_of},
};
use domain::flaw;
use provider::{Reply, Request};
use serde_json::{Value, json};
use server::jobs::{question, read};

const STEM: &str = "Which messenger would be expected to act in somebody who has not eaten since yesterday?";
const SOMATOSTATIN: &str = "Somatostatin is a hormone secreted by delta cells";

fn option(text: &str, correct: bool, quote: &str) -> Value {
    json!({
        "text": text,
        "correct": correct,
        "rationale": format!("{text} does what the lecture says."),
        "quote": quote,
        "misconception": if correct { "" } else { "takes every hormone of the pancreas for one of hunger" },
    })
}

fn draft(last_quote: &str) -> Reply {
    Reply::json(json!({ "stem": STEM, "concept": "fasting", "level": "understand", "options": [
        option("Insulin", false, "lowers the concentration of glucose in plasma after a meal"),
        option("Glucagon", true, "raises the concentration of glucose during fasting"),
        option("Melatonin", false, "signals darkness to the brain"),
        option("Somatostatin", false, last_quote),
    ] }))
}

/// Verdicts on the options of a request, each with a quote where it has one.
fn verdicts(request: &Request, verdict: impl Fn(&str) -> (&'static str, &'static str)) -> Reply {
    let asked = request.asked();
    let (_, options) = asked.split_once("The options:\n").unwrap();
    let texts = options
        .lines()
        .filter_map(|line| line.split_once(". \"").map(|(_, text)| text.trim_end_matches('"')));
    let marks: Vec<Value> = (1..)
        .zip(texts)
        .map(|(number, text)| {
            let (verdict, quote) = verdict(text);
            json!({ "number": number, "verdict": verdict, "quote": quote, "passage": i32::from(!quote.is_empty()) })
        })
        .collect();
    Reply::json(json!({ "options": marks }))
}

fn is_draft(request: &Request) -> bool {
    request.asked().contains(STEM)
}

/// The key of the draft is in the lecture, and of the program's questions the judge has nothing to say.
fn fair(request: &Request) -> Reply {
    let of_draft = is_draft(request);
    verdicts(request, |text| match text {
        "Glucagon" if of_draft => ("supported", "raises the concentration of glucose during fasting"),
        _ => ("silent", ""),
    })
}

fn answer(request: &Request, write: fn() -> Reply, judge: fn(&Request) -> Reply) -> Reply {
    match form_of(request).as_str() {
        "question" => write(),
        "verdicts" => judge(request),
        _ => Reply::json(json!({ "findings": [] })),
    }
}

#[tokio::test]
async fn a_good_draft_is_published_with_its_quotes() {
    for test in databases().await {
        let taught = Taught::open(&test, |request| answer(request, || draft(SOMATOSTATIN), fair)).await;
        taught.work().await;
        let written = taught.written().await;
        assert_eq!(written.len(), 1, "{}: {:?}", test.name, taught.questions().await);
        let mut tx = taught.site.state.db.read().await.unwrap();
        let document = server::library::store::document(&mut tx, taught.material).await.unwrap().unwrap();
        drop(tx);
        assert_eq!(flaw::blocking_in(&written[0], &document), []);
        assert!(written[0].options[1].rationale.contains("“raises the concentration"), "{:?}", written[0]);
        let all = taught.questions().await;
        assert!(all.iter().all(|(state, ..)| state == "published"), "nothing was said against the others");
        assert!(all.len() > 3 && taught.asked_for("verdicts") >= all.len());
        // once more, from the questions and from the start: nothing is asked, doubled or taken away
        let asked = taught.provider.requests().len();
        for again in [true, false] {
            let mut tx = taught.site.state.db.write().await.unwrap();
            match again {
                true => question::enqueue(&mut tx, &taught.site.state.clock, taught.material).await.unwrap(),
                false => read::enqueue(&mut tx, &taught.site.state.clock, taught.material).await.unwrap(),
            }
            tx.commit().await.unwrap();
            taught.work().await;
            assert_eq!(taught.questions().await, all, "{}", test.name);
            assert_eq!(taught.provider.requests().len(), asked, "{}", test.name);
        }
    }
}

#[tokio::test]
async fn a_draft_with_an_invented_quote_is_sent_back_once_and_dropped() {
    let test = databases().await.remove(0);
    let write = || draft("Somatostatin is the hormone of the long fast");
    let taught = Taught::open(&test, move |request| answer(request, write, fair)).await;
    taught.work().await;
    assert_eq!(taught.written().await, []);
    let requests = taught.provider.requests();
    let mut drafts = requests.iter().filter(|request| form_of(request) == "question");
    assert!(drafts.next().is_some());
    assert!(drafts.next().unwrap().asked().contains("the quote of option 4 does not stand in any passage"));
    assert!(!requests.iter().any(|request| form_of(request) == "verdicts" && is_draft(request)));
}

#[tokio::test]
async fn a_draft_with_two_defensible_options_or_a_key_that_is_not_found_is_discarded() {
    let judges: [fn(&Request) -> Reply; 3] = [
        |request| {
            let of_draft = is_draft(request);
            verdicts(request, |text| match text {
                "Glucagon" if of_draft => ("supported", "raises the concentration of glucose during fasting"),
                "Somatostatin" if of_draft => {
                    ("supported", "slows gastric emptying and quiets its neighbors")
                }
                _ => ("silent", ""),
            })
        },
        |request| verdicts(request, |_| ("silent", "")),
        // supported, but by words that are not there
        |request| verdicts(request, |_| ("supported", "every option is certainly right")),
    ];
    for judge in judges {
        let test = databases().await.remove(0);
        let taught = Taught::open(&test, move |request| answer(request, || draft(SOMATOSTATIN), judge)).await;
        taught.work().await;
        assert_eq!(taught.written().await, []);
        assert!(taught.asked_for("question") > 0);
        // the program's own questions stay: nothing that could be found was said against them
        assert!(taught.questions().await.iter().all(|(state, ..)| state == "published"));
    }
}

#[tokio::test]
async fn a_question_with_a_second_supported_option_is_retired_and_open_sets_keep_it() {
    for test in databases().await {
        let judge = |request: &Request| {
            verdicts(request, |_| ("supported", "nsulin is a hormone secreted by beta cells"))
        };
        let taught = Taught::open(&test, move |request| answer(request, || draft("x"), judge)).await;
        // read, and asked already, before any model looks at it
        taught.site.work().await;
        let before = taught.questions().await;
        let mut browser = taught.browser.clone();
        let start = format!("request[material]={}&request[length]=3", taught.material);
        let quiz =
            browser.call(&taught.site, "quiz/start", &start).await.json().as_str().unwrap().to_string();
        let mut tx = taught.site.state.db.write().await.unwrap();
        question::enqueue(&mut tx, &taught.site.state.clock, taught.material).await.unwrap();
        tx.commit().await.unwrap();
        taught.work().await;
        let after = taught.questions().await;
        assert_eq!(after.len(), before.len());
        assert!(after.iter().any(|(state, ..)| state == "retired"), "{}: {after:?}", test.name);
        let load = serde_json::json!({ "request": { "quiz": quiz, "shown": null } });
        let open = browser.call_json(&taught.site, "quiz/load", load).await.json();
        assert!(open["current"]["stem"].is_string(), "{}: {open}", test.name);
        // reading the file again does not bring back what a judge took away
        let mut tx = taught.site.state.db.write().await.unwrap();
        read::enqueue(&mut tx, &taught.site.state.clock, taught.material).await.unwrap();
        tx.commit().await.unwrap();
        taught.work().await;
        assert_eq!(taught.questions().await, after, "{}", test.name);
    }
}

#[tokio::test]
async fn a_material_that_stays_here_is_neither_judged_nor_written_of() {
    let test = databases().await.remove(0);
    let taught = Taught::open(&test, |request| answer(request, || draft(SOMATOSTATIN), fair)).await;
    taught.stay_here(true).await;
    taught.work().await;
    assert_eq!((taught.written().await.len(), taught.provider.requests().len()), (0, 0));
    assert!(taught.questions().await.len() > 3);
}
