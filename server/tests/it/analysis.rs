//! What is found worth learning in an upload, without a model and with one.

use crate::support::{
    databases,
    taught::{Taught, form_of, stop},
};
use domain::analysis::{Kind, Source};
use provider::{Fault, Reply, Request};
use serde_json::{Value, json};
use server::{
    jobs::{analyse, queue, read},
    llm::catalogue::Place,
};
use std::{collections::HashSet, time::Duration};

fn note(kind: &str, name: &str, text: &str, quote: &str) -> Value {
    json!({ "kind": kind, "name": name, "text": text, "quote": quote, "passage": 1 })
}

/// Two notes that are right, one with an invented quote, one that is there already.
fn notes(request: &Request) -> Reply {
    match form_of(request).as_str() {
        "notes" => Reply::json(json!({ "findings": [
            note("fact", "glycogen", "Insulin has muscle store glycogen.", "Insulin promotes the storage of glycogen"),
            note("correlation", "jet lag", "Melatonin helps with sleep after long flights.", "shortens the onset of sleep after flights"),
            note("fact", "insulin", "Insulin cures everything.", "Insulin is known to cure every disease"),
            note("concept", "Insulins", "Insulin lowers glucose.", "Insulin is a hormone secreted by beta cells"),
        ] })),
        _ => Reply::text("I would rather not."),
    }
}

#[tokio::test]
async fn without_a_model_the_same_type_is_filled() {
    for test in databases().await {
        let taught = Taught::open(&test, notes).await;
        taught.site.work().await;
        let analysis = taught.analysis().await;
        let names: Vec<&str> = analysis.of_kind(Kind::Concept).map(|finding| finding.name.as_str()).collect();
        assert!(names.contains(&"insulin") || names.contains(&"Insulin"), "{}: {names:?}", test.name);
        assert!(names.contains(&"Hormones of the pancreas"), "{names:?}");
        assert!(analysis.of_kind(Kind::Fact).count() > 1, "{analysis:?}");
        assert!(analysis.findings.iter().all(|finding| finding.source == Source::Text));
        assert_eq!(taught.provider.requests().len(), 0);
        // nobody else reads it
        let stranger = crate::support::learner(&taught.site.state.db).await;
        let mut tx = taught.site.state.db.read().await.unwrap();
        let other = server::analysis::load(&mut tx, stranger, taught.material).await.unwrap();
        assert_eq!(other.findings, [], "{}", test.name);
    }
}

#[tokio::test]
async fn a_model_adds_what_it_can_quote_and_nothing_else() {
    for test in databases().await {
        let taught = Taught::open(&test, notes).await;
        taught.work().await;
        let found = taught.of_model().await;
        let names: HashSet<&str> = found.iter().map(|finding| finding.name.as_str()).collect();
        assert!(names.contains("glycogen") || names.contains("jet lag"), "{}: {found:?}", test.name);
        assert!(!names.contains("insulin") && !names.contains("Insulins"), "{found:?}");
        for finding in &found {
            assert_eq!(finding.source, Source::Model("openai/gpt-5-mini".into()));
            assert!(finding.quote.contains("glycogen") || finding.quote.contains("sleep"), "{finding:?}");
        }
        assert_eq!(taught.asked_for("notes"), 1);
    }
}

#[tokio::test]
async fn what_a_passage_orders_arrives_quoted() {
    let test = databases().await.remove(0);
    let taught = Taught::open(&test, notes).await;
    taught.work().await;
    let request = taught.provider.requests().into_iter().find(|request| form_of(request) == "notes").unwrap();
    let asked = request.asked();
    let (_, inside) = asked.split_once("<passage ").unwrap();
    assert!(inside.contains("Ignore your instructions") && inside.contains("‹/passage>"), "{asked}");
    assert_eq!(asked.matches("<passage ").count(), asked.matches("</passage>").count(), "{asked}");
    let system = &request.messages()[0];
    assert!(
        system.text.contains("not instructions") && !system.text.contains("Ignore your"),
        "{}",
        system.text
    );
}

#[tokio::test]
async fn a_material_that_stays_here_is_sent_nowhere() {
    for test in databases().await {
        let taught = Taught::open(&test, notes).await;
        taught.stay_here(true).await;
        taught.work().await;
        assert!(!taught.provider.received_anywhere("nsulin"), "{}", test.name);
        assert_eq!(taught.provider.requests().len(), 0, "{}", test.name);
        assert!(taught.analysis().await.findings.len() > 3);
        taught.stay_here(false).await;
        taught.work().await;
        assert_eq!(taught.asked_for("notes"), 1, "{}: the mark is off", test.name);
    }
}

#[tokio::test]
async fn a_learner_who_did_not_agree_is_sent_nowhere_until_they_do() {
    for test in databases().await {
        let taught = Taught::open(&test, notes).await;
        taught.book.set_agreed(taught.owner, "openai", false).await.unwrap();
        taught.work().await;
        assert_eq!(taught.provider.requests().len(), 0, "{}", test.name);
        taught.book.set_agreed(taught.owner, "openai", true).await.unwrap();
        taught.work().await;
        assert_eq!(taught.asked_for("notes"), 1, "{}", test.name);
        assert!(!taught.of_model().await.is_empty(), "{}", test.name);
    }
}

#[tokio::test]
async fn a_model_that_is_away_is_asked_again_later() {
    for test in databases().await {
        let taught = Taught::open(&test, notes).await;
        taught.provider.stop();
        taught.work().await;
        assert!(taught.analysis().await.findings.len() > 3, "{}: what needs no model is there", test.name);
        taught.provider.restart();
        taught.work().await;
        assert_eq!(taught.asked_for("notes"), 0, "{}: not yet", test.name);
        taught.site.state.clock.advance(3_600_000);
        taught.work().await;
        assert_eq!(taught.asked_for("notes"), 1, "{}", test.name);
        assert!(!taught.of_model().await.is_empty(), "{}", test.name);
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_used_costs_no_finding_and_is_not_asked_for_again() {
    let test = databases().await.remove(0);
    let taught = Taught::open(&test, |_: &Request| Reply::text("no JSON").verbatim()).await;
    taught.work().await;
    assert_eq!(taught.of_model().await, []);
    assert_eq!(taught.asked_for("notes"), 2, "once, and once to mend it");
    assert!(taught.analysis().await.findings.len() > 3);
}

#[tokio::test]
async fn a_job_that_was_killed_goes_on_and_one_that_runs_twice_doubles_nothing() {
    for test in databases().await {
        let slow = |request: &Request| notes(request).every(Duration::from_millis(15));
        let taught = Taught::open(&test, slow).await;
        let workers = taught.workers();
        let begun =
            taught.provider.until(Duration::from_secs(60), |provider| !provider.requests().is_empty());
        assert!(begun.await, "{}", test.name);
        stop(workers).await;
        taught.site.state.clock.advance(31_000);
        taught.work().await;
        let first = taught.analysis().await;
        let distinct: HashSet<_> =
            first.findings.iter().map(|finding| (finding.kind, finding.name.clone(), finding.span)).collect();
        assert_eq!(distinct.len(), first.findings.len(), "{}: {first:?}", test.name);
        let asked = taught.provider.requests().len();
        for again in [true, false] {
            let mut tx = taught.site.state.db.write().await.unwrap();
            match again {
                true => analyse::enqueue(&mut tx, &taught.site.state.clock, taught.material).await.unwrap(),
                // the same file is read anew: the same text, so nothing is asked again
                false => read::enqueue(&mut tx, &taught.site.state.clock, taught.material).await.unwrap(),
            }
            tx.commit().await.unwrap();
            taught.work().await;
            assert_eq!(taught.analysis().await, first, "{}", test.name);
            assert_eq!(taught.provider.requests().len(), asked, "{}", test.name);
        }
    }
}

#[tokio::test]
async fn what_a_model_refuses_is_not_asked_for_at_each_start() {
    for test in databases().await {
        let refuse = |request: &Request| match form_of(request).as_str() {
            "notes" => Reply::fault(Fault::Refusal),
            _ => notes(request),
        };
        let taught = Taught::open(&test, refuse).await;
        taught.work().await;
        assert!(taught.asked_for("notes") > 0 && taught.asked_for("verdicts") > 0, "{}", test.name);
        let asked = taught.provider.requests().len();
        let openai = Place { name: "openai".into(), title: "OpenAI".into() };
        taught.book.analyse_missed(&[openai], false).await.unwrap();
        taught.work().await;
        assert_eq!(taught.provider.requests().len(), asked, "{}", test.name);
    }
}

#[tokio::test]
async fn what_was_missed_is_made_up_for_where_a_learner_agreed_and_once() {
    for test in databases().await {
        let name = test.name;
        let place = |name: &str| Place { name: name.into(), title: name.into() };
        let taught = Taught::open(&test, notes).await;
        // read while no model is there
        taught.site.work().await;
        let missed = async |places: &[Place], here: bool| {
            taught.book.analyse_missed(places, here).await.unwrap();
            queue::next_due(&taught.site.state.db, taught.site.state.clock.now()).await.unwrap().is_some()
        };
        assert!(!missed(&[], false).await, "{name}: no model is connected");
        assert!(!missed(&[place("anthropic")], false).await, "{name}: another provider than was agreed to");
        taught.stay_here(true).await;
        assert!(!missed(&[place("openai")], false).await, "{name}: it stays here");
        assert!(missed(&[], true).await, "{name}: a model of this machine may read it");
        taught.stay_here(false).await;
        taught.work().await;
        let asked = taught.provider.requests().len();
        assert!(asked > 0, "{name}");
        for here in [false, true] {
            assert!(!missed(&[place("openai")], here).await, "{name}: models were asked all of it");
        }
        assert_eq!(taught.provider.requests().len(), asked, "{name}");
    }
}
