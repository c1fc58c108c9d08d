//! Publishing, retiring and reporting questions.

use crate::support::lecture::{Study, item, items, studies};
use app::{
    error::ApiError,
    quiz::api::{QuizRequest, Quizzes, Report},
};
use domain::{
    id::{MaterialId, QuestionId},
    question::Item,
};
use server::questions;

async fn publish(study: &Study, material: MaterialId, items: &[Item]) -> u32 {
    let mut tx = study.db().write().await.unwrap();
    let new = questions::publish(&mut tx, &study.clock, material, items, true).await.unwrap();
    tx.commit().await.unwrap();
    new
}

async fn retire(study: &Study, material: MaterialId, items: &[Item]) -> u32 {
    let mut tx = study.db().write().await.unwrap();
    let retired = questions::retire_unsupported(&mut tx, material, items, true).await.unwrap();
    tx.commit().await.unwrap();
    retired
}

async fn published(study: &Study, material: MaterialId) -> i64 {
    let mut tx = study.db().read().await.unwrap();
    let query = tx.query("SELECT COUNT(*) FROM question WHERE material = $1 AND state = 'published'");
    query.bind(material.0).one::<(i64,)>().await.unwrap().0
}

async fn all(study: &Study, material: MaterialId) -> Vec<(uuid::Uuid, sqlx::types::Json<Item>)> {
    let mut tx = study.db().read().await.unwrap();
    let query = tx.query("SELECT id, item FROM question WHERE material = $1 ORDER BY id");
    query.bind(material.0).all().await.unwrap()
}

#[tokio::test]
async fn the_same_question_is_written_once_however_often_it_comes() {
    for study in studies().await {
        let me = study.member().await;
        let material = study.lecture(Some(me), 0).await;
        assert_eq!(publish(&study, material, &items(3)).await, 3);
        assert_eq!(publish(&study, material, &items(5)).await, 2, "{}", study.test.name);
        let mut spaced = item(1);
        spaced.stem = spaced.stem.to_uppercase().replace(' ', "  ");
        assert_eq!(publish(&study, material, &[spaced, item(1), item(1)]).await, 0);
        assert_eq!(all(&study, material).await.len(), 5, "{}", study.test.name);
    }
}

#[tokio::test]
async fn two_workers_publish_the_same_once() {
    for study in studies().await {
        let me = study.member().await;
        let material = study.lecture(Some(me), 0).await;
        let items = items(12);
        let (a, b) = tokio::join!(publish(&study, material, &items), publish(&study, material, &items));
        assert!(a + b >= 12, "{}", study.test.name);
        assert_eq!(all(&study, material).await.len(), 12, "{}", study.test.name);
    }
}

#[tokio::test]
async fn an_explanation_follows_but_options_that_were_shown_stay() {
    for study in studies().await {
        let me = study.member().await;
        let material = study.lecture(Some(me), 1).await;
        let mut clearer = item(0);
        clearer.options[1].rationale = "Said more clearly.".into();
        publish(&study, material, &[clearer.clone()]).await;
        assert_eq!(all(&study, material).await[0].1.0, clearer, "{}", study.test.name);
        let mut other = item(0);
        other.options[1].text = "Something else".into();
        publish(&study, material, &[other]).await;
        assert_eq!(all(&study, material).await[0].1.0, clearer, "{}", study.test.name);
    }
}

#[tokio::test]
async fn what_the_whole_document_no_longer_supports_is_retired_and_comes_back_with_it() {
    for study in studies().await {
        let me = study.member().await;
        let material = study.lecture(Some(me), 5).await;
        assert_eq!(retire(&study, material, &items(3)).await, 2);
        assert_eq!(retire(&study, material, &items(3)).await, 0);
        assert_eq!(published(&study, material).await, 3, "{}", study.test.name);
        publish(&study, material, &items(4)).await;
        assert_eq!(published(&study, material).await, 4, "{}", study.test.name);

        // what a person wrote is theirs to take away
        let mut tx = study.db().write().await.unwrap();
        questions::publish(&mut tx, &study.clock, material, &[item(9)], false).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(retire(&study, material, &[]).await, 4);
        assert_eq!(published(&study, material).await, 1, "{}", study.test.name);
    }
}

#[tokio::test]
async fn a_question_that_is_not_whole_is_not_published() {
    for study in studies().await {
        let me = study.member().await;
        let material = study.lecture(Some(me), 0).await;
        let mut two_keys = item(0);
        two_keys.options[1].correct = true;
        let mut no_key = item(1);
        no_key.options[0].correct = false;
        let mut short = item(2);
        short.options.truncate(2);
        let mut double = item(3);
        double.options[2].text = double.options[1].text.clone();
        assert_eq!(
            publish(&study, material, &[two_keys, no_key, short, double]).await,
            0,
            "{}",
            study.test.name
        );
    }
}

#[tokio::test]
async fn the_third_learners_report_retires_a_question_for_good() {
    for study in studies().await {
        let material = study.lecture(None, 2).await;
        let question = QuestionId(all(&study, material).await[0].0);
        let report = |reason: &str| Report { question, reason: reason.into(), next: String::new() };
        let mut learners = vec![];
        for _ in 0..3 {
            learners.push(study.member().await);
        }
        for _ in 0..2 {
            study.quizzes.report(learners[0], report("unclear")).await.unwrap();
        }
        study.quizzes.report(learners[1], report("wrong key")).await.unwrap();
        assert_eq!(published(&study, material).await, 2, "{}", study.test.name);
        study.quizzes.report(learners[2], report("two answers fit")).await.unwrap();
        assert_eq!(published(&study, material).await, 1, "{}", study.test.name);
        publish(&study, material, &items(2)).await;
        assert_eq!(published(&study, material).await, 1, "{}: it came back", study.test.name);
    }
}

#[tokio::test]
async fn who_reported_a_question_is_not_asked_it_again_and_reasons_are_checked() {
    for study in studies().await {
        let me = study.member().await;
        let material = study.lecture(Some(me), 1).await;
        let question = QuestionId(all(&study, material).await[0].0);
        let report = |reason: String| Report { question, reason, next: String::new() };
        for reason in [String::new(), "   ".into(), "x".repeat(501)] {
            let refused = study.quizzes.report(me, report(reason)).await.unwrap_err();
            assert!(refused.for_field("reason").is_some(), "{}", study.test.name);
        }
        let stranger = study.member().await;
        let refused = study.quizzes.report(stranger, report("unclear".into())).await;
        assert_eq!(refused, Err(ApiError::not_found("This question")), "{}", study.test.name);
        study.quizzes.report(me, report("unclear".into())).await.unwrap();
        let request = QuizRequest { material: Some(material), page: None, length: 5 };
        assert!(matches!(study.quizzes.start(me, request).await, Err(ApiError::Conflict { .. })));
    }
}
