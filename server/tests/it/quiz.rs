//! Practice: whole rounds, the same answer twice, two tabs, other learners.

use crate::support::lecture::{choice, studies};
use app::{
    error::ApiError,
    progress::api::Progress,
    quiz::api::{Answer, Opening, QuizRequest, Quizzes, Step},
};
use domain::{
    id::QuizId,
    quiz::Confidence,
    schedule::DAY,
    xp::{XpGain, XpReason},
};
use std::collections::HashSet;

#[tokio::test]
async fn a_whole_round() {
    for study in studies().await {
        let name = study.test.name;
        study.at_ten("2027-01-11");
        let me = study.member().await;
        let material = study.lecture(Some(me), 6).await;
        let quiz = study.start(me, material, 4).await;

        let begun = study.load(me, quiz).await;
        assert_eq!((begun.title.as_str(), begun.position, begun.combo), ("The heart", 0, 0), "{name}");
        assert_eq!(begun.steps, vec![Step::Open; 4], "{name}");
        let question = begun.current.unwrap();
        assert_eq!(question.options.len(), 4);
        assert!(question.options.iter().all(|option| !option.quote.is_empty() && option.page >= 1));

        let first = study.answer_sure(me, quiz, true, Some(Confidence::Certain)).await;
        assert_eq!(first.xp, XpGain { amount: 10, reason: XpReason::FirstRight }, "{name}");
        assert_eq!((first.correct, first.combo, first.total_xp), (true, 1, 10), "{name}");
        assert_eq!((first.streak, first.finished), (Some(1), false), "{name}");
        let days = (first.due.unwrap() - study.clock.now()) as f64 / (DAY * 1_000) as f64;
        assert!((1.9..=3.0).contains(&days), "{name}: right and sure comes back after {days} days");

        let second = study.answer_sure(me, quiz, true, Some(Confidence::Guess)).await;
        assert_eq!((second.combo, second.total_xp, second.streak), (2, 20, None), "{name}");
        assert!(second.due.unwrap() < first.due.unwrap(), "{name}: a guess comes back sooner");

        let third = study.answer_sure(me, quiz, false, Some(Confidence::Certain)).await;
        assert_eq!((third.combo, third.xp.reason), (0, XpReason::Tried), "{name}");
        assert!(third.due.unwrap() <= study.clock.now(), "{name}: missed and sure is due at once");

        let open = study.load(me, quiz).await;
        assert_eq!(open.steps, [Step::Right, Step::Right, Step::Missed, Step::Open], "{name}");
        assert_eq!((open.position, open.combo), (3, 0), "{name}");
        let fourth = study.answer(me, quiz, true).await;
        assert!(fourth.finished && fourth.combo == 1, "{name}");

        let done = study.load(me, quiz).await;
        assert_eq!((done.position, done.current), (4, None), "{name}");
        let results = study.quizzes.results(me, quiz).await.unwrap();
        let right: Vec<bool> = results.answers.iter().map(|answer| answer.correct).collect();
        assert_eq!(right, [true, true, false, true], "{name}");
        assert_eq!((results.xp, results.best_combo, results.material), (32, 2, Some(material)), "{name}");
        let calibration: Vec<_> =
            results.calibration.iter().map(|c| (c.confidence, c.right, c.asked)).collect();
        assert_eq!(calibration, [(Confidence::Guess, 1, 1), (Confidence::Certain, 1, 2)], "{name}");
        assert_eq!((results.due_now, results.streak, results.level_up), (1, Some(1), None), "{name}");
        assert_eq!(results.standing.unwrap().level.total, 32, "{name}");
        for row in &results.answers {
            let chosen = &row.question.as_ref().unwrap().options[row.choice.unwrap() as usize];
            assert_eq!(chosen.correct, row.correct, "{name}");
        }
    }
}

#[tokio::test]
async fn the_same_answer_twice_is_one_answer_and_another_is_a_conflict() {
    for study in studies().await {
        let name = study.test.name;
        let me = study.member().await;
        let material = study.lecture(Some(me), 3).await;
        let quiz = study.start(me, material, 3).await;
        let question = study.load(me, quiz).await.current.unwrap();
        let answer = Answer {
            quiz,
            position: 0,
            choice: choice(&question, true),
            confidence: Some(Confidence::Fairly),
            took: 5,
        };
        let first = study.quizzes.answer(me, answer.clone()).await.unwrap();
        study.answer(me, quiz, false).await;
        assert_eq!(study.quizzes.answer(me, answer.clone()).await.unwrap(), first, "{name}");
        for other in [
            Answer { choice: choice(&question, false), ..answer.clone() },
            Answer { confidence: None, ..answer.clone() },
        ] {
            assert!(
                matches!(study.quizzes.answer(me, other).await, Err(ApiError::Conflict { .. })),
                "{name}"
            );
        }
        let shown = study.quizzes.load(me, Opening { quiz, shown: Some(0) }).await.unwrap();
        let again = shown.shown.unwrap();
        assert_eq!((again.verdict, again.choice, again.position), (first, answer.choice, 0), "{name}");
        assert_eq!((again.question, again.confidence), (question, answer.confidence), "{name}");
        assert_eq!(shown.position, 2, "{name}");
        let open = study.quizzes.load(me, Opening { quiz, shown: Some(2) }).await.unwrap();
        assert_eq!(open.shown, None, "{name}: not answered yet");
        assert_eq!(study.count("SELECT COUNT(*) FROM xp WHERE learner = $1", me).await, 2, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_tabs_at_once_answer_once() {
    for study in studies().await {
        let name = study.test.name;
        let me = study.member().await;
        let material = study.lecture(Some(me), 2).await;
        let quiz = study.start(me, material, 2).await;
        let send = |choice: u32, position: u32| {
            let quizzes = study.quizzes.clone();
            let answer = Answer { quiz, position, choice, confidence: None, took: 1 };
            tokio::spawn(async move { quizzes.answer(me, answer).await })
        };
        let same: Vec<_> = (0..20).map(|_| send(1, 0)).collect();
        let mut verdicts = vec![];
        for task in same {
            verdicts.push(task.await.unwrap().unwrap());
        }
        assert!(verdicts.windows(2).all(|pair| pair[0] == pair[1]), "{name}");
        let mixed: Vec<_> = (0..20).map(|n| send(n % 4, 1)).collect();
        let mut taken = 0;
        for task in mixed {
            match task.await.unwrap() {
                Ok(_) => taken += 1,
                Err(error) => assert!(matches!(error, ApiError::Conflict { .. }), "{name}: {error}"),
            }
        }
        assert_eq!(taken, 5, "{name}: those that chose as the first did");
        for table in [
            "SELECT COUNT(*) FROM answer WHERE learner = $1",
            "SELECT COUNT(*) FROM xp WHERE learner = $1",
            "SELECT COUNT(*) FROM card WHERE learner = $1",
            "SELECT COUNT(*) FROM review WHERE learner = $1",
        ] {
            assert_eq!(study.count(table, me).await, 2, "{name}: {table}");
        }
    }
}

#[tokio::test]
async fn nobody_sees_or_touches_what_is_anothers() {
    for study in studies().await {
        let name = study.test.name;
        let (me, other) = (study.member().await, study.member().await);
        let material = study.lecture(Some(me), 3).await;
        let quiz = study.start(me, material, 3).await;
        let set = ApiError::not_found("This set");
        assert_eq!(
            study.quizzes.load(other, Opening { quiz, shown: None }).await,
            Err(set.clone()),
            "{name}"
        );
        let answer = Answer { quiz, position: 0, choice: 0, confidence: None, took: 0 };
        assert_eq!(study.quizzes.answer(other, answer).await, Err(set.clone()), "{name}");
        assert_eq!(study.quizzes.results(other, quiz).await, Err(set), "{name}");
        let request = QuizRequest { material: Some(material), page: None, length: 3 };
        assert_eq!(
            study.quizzes.start(other, request).await,
            Err(ApiError::not_found("This file")),
            "{name}"
        );
        let mixed = QuizRequest { material: None, page: None, length: 3 };
        assert!(matches!(study.quizzes.start(other, mixed).await, Err(ApiError::Conflict { .. })), "{name}");
        assert!(study.load(me, quiz).await.steps.iter().all(|step| *step == Step::Open), "{name}");
    }
}

#[tokio::test]
async fn a_question_deleted_in_mid_quiz_is_gone_and_the_set_goes_on() {
    for study in studies().await {
        let name = study.test.name;
        let me = study.member().await;
        let material = study.lecture(Some(me), 3).await;
        let quiz = study.start(me, material, 3).await;
        study.answer(me, quiz, true).await;
        let doomed = study.load(me, quiz).await.current.unwrap();
        let mut tx = study.db().write().await.unwrap();
        tx.query("DELETE FROM question WHERE id = $1").bind(doomed.id.0).run().await.unwrap();
        tx.commit().await.unwrap();

        let answer = Answer { quiz, position: 1, choice: 0, confidence: None, took: 0 };
        let refused = study.quizzes.answer(me, answer).await.unwrap_err();
        assert_eq!(refused.to_string(), "This question is not there any more.", "{name}");
        let loaded = study.load(me, quiz).await;
        assert_eq!(loaded.steps, [Step::Right, Step::Gone, Step::Open], "{name}");
        assert_eq!(loaded.position, 2, "{name}");
        let last = study.answer(me, quiz, true).await;
        assert!(last.finished && last.combo == 2, "{name}");
        let results = study.quizzes.results(me, quiz).await.unwrap();
        assert_eq!((results.answers[1].question.clone(), results.answers[1].choice), (None, None), "{name}");

        // the whole file goes: what was done stays
        let mut tx = study.db().write().await.unwrap();
        tx.query("DELETE FROM material WHERE id = $1").bind(material.0).run().await.unwrap();
        tx.commit().await.unwrap();
        let results = study.quizzes.results(me, quiz).await.unwrap();
        assert_eq!((results.title.as_str(), results.material, results.xp), ("The heart", None, 20), "{name}");
        assert_eq!(study.load(me, quiz).await.steps, [Step::Right, Step::Gone, Step::Right], "{name}");
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_in_words() {
    for study in studies().await {
        let name = study.test.name;
        let me = study.member().await;
        let material = study.lecture(Some(me), 2).await;
        for length in [0, 51, u32::MAX] {
            let request = QuizRequest { material: Some(material), page: None, length };
            let refused = study.quizzes.start(me, request).await.unwrap_err();
            assert!(refused.for_field("length").is_some(), "{name}");
        }
        let page = QuizRequest { material: Some(material), page: Some(77), length: 3 };
        assert!(matches!(study.quizzes.start(me, page).await, Err(ApiError::Conflict { .. })), "{name}");
        let quiz = study.start(me, material, 2).await;
        let answer = Answer { quiz, position: 0, choice: 4, confidence: None, took: 0 };
        let refused = study.quizzes.answer(me, answer.clone()).await.unwrap_err();
        assert!(refused.for_field("choice").is_some(), "{name}");
        let beyond = Answer { position: 2, choice: 0, ..answer };
        assert_eq!(
            study.quizzes.answer(me, beyond).await,
            Err(ApiError::not_found("This question")),
            "{name}"
        );
        let unknown = Opening { quiz: QuizId(uuid::Uuid::nil()), shown: None };
        assert_eq!(study.quizzes.load(me, unknown).await, Err(ApiError::not_found("This set")), "{name}");
    }
}

#[tokio::test]
async fn new_questions_come_first_then_the_missed_and_a_double_click_makes_one_set() {
    for study in studies().await {
        let name = study.test.name;
        let me = study.member().await;
        let material = study.lecture(Some(me), 6).await;
        let quiz = study.start(me, material, 3).await;
        assert_eq!(study.start(me, material, 3).await, quiz, "{name}: a double click");
        assert_ne!(study.start(me, material, 2).await, quiz, "{name}");
        let mut first = vec![];
        for right in [true, false, true] {
            first.push(study.load(me, quiz).await.current.unwrap().id);
            study.answer(me, quiz, right).await;
        }
        let second = study.start(me, material, 3).await;
        let mut ids: HashSet<_> = first.iter().copied().collect();
        for _ in 0..3 {
            assert!(ids.insert(study.load(me, second).await.current.unwrap().id), "{name}: asked twice");
            study.answer(me, second, true).await;
        }
        let third = study.start(me, material, 1).await;
        let missed = study.load(me, third).await.current.unwrap().id;
        assert_eq!(missed, first[1], "{name}: the missed one before the known ones");
        let verdict = study.answer(me, third, true).await;
        // once missed today: half of what a first right answer after a miss pays
        assert_eq!(verdict.xp, XpGain { amount: 2, reason: XpReason::RightAgain }, "{name}");
    }
}

#[tokio::test]
async fn what_mitochi_brings_is_asked_only_where_the_learner_brought_nothing() {
    for study in studies().await {
        let name = study.test.name;
        let me = study.member().await;
        let sample = study.lecture(None, 2).await;
        let mixed = || QuizRequest { material: None, page: None, length: 10 };
        let quiz = study.quizzes.start(me, mixed()).await.unwrap();
        let loaded = study.load(me, quiz).await;
        assert_eq!((loaded.title.as_str(), loaded.steps.len()), ("Mixed practice", 2), "{name}");
        assert_eq!(loaded.current.unwrap().material, sample, "{name}");
        let own = study.lecture(Some(me), 3).await;
        let quiz = study.quizzes.start(me, mixed()).await.unwrap();
        let loaded = study.load(me, quiz).await;
        assert_eq!((loaded.steps.len(), loaded.current.unwrap().material), (3, own), "{name}");
        let page = QuizRequest { material: Some(own), page: Some(1), length: 10 };
        let quiz = study.quizzes.start(me, page).await.unwrap();
        assert_eq!(study.load(me, quiz).await.title, "The heart, page 1", "{name}");
    }
}

#[tokio::test]
async fn without_gamification_the_learning_is_the_same_and_the_xp_waits() {
    for study in studies().await {
        let name = study.test.name;
        let me = study.member().await;
        study.set(me, |settings| settings.gamification = false).await;
        let material = study.lecture(Some(me), 1).await;
        let quiz = study.start(me, material, 1).await;
        let verdict = study.answer(me, quiz, true).await;
        assert_eq!((verdict.xp, verdict.total_xp), (XpGain::default(), 0), "{name}");
        assert_eq!((verdict.level_up, verdict.streak), (None, None), "{name}");
        assert!(verdict.due.is_some(), "{name}");
        let results = study.quizzes.results(me, quiz).await.unwrap();
        assert_eq!((results.xp, results.standing, results.streak), (0, None, None), "{name}");
        let frame = study.progress.frame(me).await.unwrap();
        assert_eq!((frame.xp, frame.streak), (None, None), "{name}");
        study.set(me, |settings| settings.gamification = true).await;
        assert_eq!(study.progress.frame(me).await.unwrap().xp, Some(10), "{name}");
        let shown = study.quizzes.load(me, Opening { quiz, shown: Some(0) }).await.unwrap().shown.unwrap();
        assert_eq!(shown.verdict.xp.amount, 10, "{name}");
    }
}

#[tokio::test]
async fn a_level_is_told_by_the_answer_that_reaches_it() {
    for study in studies().await {
        let name = study.test.name;
        let me = study.member().await;
        let material = study.lecture(Some(me), 12).await;
        let quiz = study.start(me, material, 12).await;
        let mut reached = vec![];
        for position in 0..12 {
            reached.extend(study.answer(me, quiz, true).await.level_up.map(|level| (position, level)));
        }
        // ten XP each: the tenth makes a hundred
        assert_eq!(reached, [(9, 2)], "{name}");
        assert_eq!(study.quizzes.results(me, quiz).await.unwrap().level_up, Some(2), "{name}");
    }
}
