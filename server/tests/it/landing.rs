//! The question of the front page: strangers become guests and keep what they earned.

use crate::support::lecture::{choice, studies};
use app::{
    error::ApiError,
    landing::api::{Demo, DemoAnswer, Landing},
    progress::api::Progress,
    session::Session,
};
use domain::{
    id::{LearnerId, QuestionId, SessionId},
    quiz::Confidence,
};
use uuid::Uuid;

fn answer(demo: &Demo, right: bool) -> DemoAnswer {
    DemoAnswer {
        question: demo.question.id,
        choice: choice(&demo.question, right),
        confidence: Some(Confidence::Fairly),
        time_zone: "Asia/Tokyo".into(),
    }
}

#[tokio::test]
async fn a_stranger_answers_becomes_a_guest_and_keeps_the_xp() {
    for study in studies().await {
        let name = study.test.name;
        assert_eq!(
            study.landing.demo(None).await,
            Err(ApiError::not_found("The sample question")),
            "{name}: without a pack"
        );
        study.lecture(None, 3).await;
        let demo = study.landing.demo(None).await.unwrap();
        assert_eq!(demo.answered, None, "{name}");
        assert_eq!(study.landing.demo(None).await.unwrap(), demo, "{name}: the same for everybody");
        let verdict = study.landing.answer(None, answer(&demo, true)).await.unwrap();
        assert!(verdict.correct && !verdict.finished, "{name}");
        assert_eq!((verdict.xp.amount, verdict.total_xp, verdict.streak), (10, 10, Some(1)), "{name}");

        let mut tx = study.db().read().await.unwrap();
        let (guest,): (Uuid,) = tx.query("SELECT id FROM learner WHERE email IS NULL").one().await.unwrap();
        drop(tx);
        let guest = Session { learner: LearnerId(guest), session: SessionId(Uuid::now_v7()), guest: true };
        let frame = study.progress.frame(guest).await.unwrap();
        assert_eq!((frame.guest, frame.member, frame.xp), (true, false, Some(10)), "{name}");
        assert_eq!(frame.time_zone, "Asia/Tokyo", "{name}");

        let shown = study.landing.demo(Some(guest)).await.unwrap();
        let told = shown.answered.unwrap();
        assert_eq!(told.verdict, verdict, "{name}");
        assert_eq!(
            (told.choice, told.confidence),
            (choice(&demo.question, true), Some(Confidence::Fairly)),
            "{name}"
        );
        let again = study.landing.answer(Some(guest), answer(&demo, true)).await.unwrap();
        assert_eq!(again, verdict, "{name}: twice is once");
        let other = study.landing.answer(Some(guest), answer(&demo, false)).await;
        assert!(matches!(other, Err(ApiError::Conflict { .. })), "{name}");
        assert_eq!(study.count("SELECT COUNT(*) FROM answer WHERE learner = $1", guest).await, 1, "{name}");
    }
}

#[tokio::test]
async fn a_miss_of_a_member_goes_into_their_queue() {
    for study in studies().await {
        let name = study.test.name;
        study.lecture(None, 1).await;
        let me = study.member().await;
        let demo = study.landing.demo(Some(me)).await.unwrap();
        let verdict = study.landing.answer(Some(me), answer(&demo, false)).await.unwrap();
        assert!(!verdict.correct && verdict.due.unwrap() <= study.clock.now(), "{name}");
        assert_eq!(study.progress.frame(me).await.unwrap().due, 1, "{name}");
    }
}

#[tokio::test]
async fn what_does_not_fit_leaves_no_guest_behind() {
    for study in studies().await {
        let name = study.test.name;
        study.lecture(None, 1).await;
        let foreign = study.lecture(Some(study.member().await), 1).await;
        let demo = study.landing.demo(None).await.unwrap();
        let mut tx = study.db().read().await.unwrap();
        let query = tx.query("SELECT id FROM question WHERE material = $1").bind(foreign.0);
        let (other,): (Uuid,) = query.one().await.unwrap();
        drop(tx);
        for question in [other, Uuid::nil()] {
            let request = DemoAnswer { question: QuestionId(question), ..answer(&demo, true) };
            let refused = study.landing.answer(None, request).await;
            assert_eq!(refused, Err(ApiError::not_found("This question")), "{name}");
        }
        let beyond = DemoAnswer { choice: 9, ..answer(&demo, true) };
        assert!(
            study.landing.answer(None, beyond).await.unwrap_err().for_field("choice").is_some(),
            "{name}"
        );
        let mut tx = study.db().read().await.unwrap();
        let query = tx.query("SELECT COUNT(*) FROM learner WHERE email IS NULL");
        assert_eq!(query.one::<(i64,)>().await.unwrap().0, 0, "{name}");
        drop(tx);
        // a cookie of somebody who was deleted
        let gone = Session { learner: LearnerId(Uuid::nil()), session: SessionId(Uuid::nil()), guest: true };
        assert_eq!(study.landing.demo(Some(gone)).await.unwrap().answered, None, "{name}");
        assert_eq!(
            study.landing.answer(Some(gone), answer(&demo, true)).await,
            Err(ApiError::Unauthorized),
            "{name}"
        );
    }
}
