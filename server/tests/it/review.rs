//! Spaced repetition: the queue, grades, undo, decay, days.

use crate::support::lecture::{DAY, HOUR, Study, studies};
use app::{
    error::ApiError,
    quiz::api::{Question, Quizzes},
    review::api::{Card, Face, Grade, Queue, Reviews},
    session::Session,
};
use domain::{
    schedule::Rating,
    xp::{XpGain, XpReason},
};

async fn queue(study: &Study, session: Session) -> Queue {
    study.reviews.queue(session).await.unwrap()
}

async fn front(study: &Study, session: Session) -> Card {
    queue(study, session).await.card.unwrap()
}

fn question(card: &Card) -> &Question {
    match &card.face {
        Face::Question(question) => question,
        Face::Flashcard(_) => panic!("a question is wanted"),
    }
}

fn grade_of(card: &Card, rating: Rating) -> Grade {
    Grade { card: card.id, rating, reps: card.reps, took: 1_500 }
}

async fn grade(study: &Study, session: Session, rating: Rating) -> Queue {
    let card = front(study, session).await;
    study.reviews.grade(session, grade_of(&card, rating)).await.unwrap()
}

#[tokio::test]
async fn missed_questions_are_due_at_once_and_come_back_as_their_buttons_say() {
    for study in studies().await {
        let name = study.test.name;
        study.at_ten("2027-01-11");
        let me = study.member().await;
        assert_eq!(queue(&study, me).await.card, None, "{name}");
        study.miss_all(me, 3).await;
        let begun = queue(&study, me).await;
        assert_eq!(
            (begun.left, begun.done_today, begun.tomorrow, begun.last.clone()),
            (3, 0, 0, None),
            "{name}"
        );
        let card = begun.card.unwrap();
        assert_eq!((card.reps, card.lapses), (1, 0), "{name}");
        assert!(
            card.intervals.is_sorted_by(|a, b| a < b) && card.intervals[0] == 600,
            "{name}: {:?}",
            card.intervals
        );
        assert!(card.recall.unwrap() > 0.99 && card.last_seen.is_some(), "{name}");
        assert_eq!(question(&card).options.len(), 4, "{name}");

        for (done, rating) in [Rating::Again, Rating::Good, Rating::Easy].into_iter().enumerate() {
            let shown = front(&study, me).await.intervals[rating.index()];
            let after = grade(&study, me, rating).await;
            let last = after.last.unwrap();
            assert_eq!((last.rating, last.interval), (rating, shown), "{name}");
            assert_eq!((after.left, after.done_today), (2 - done as u32, done as u32 + 1), "{name}");
        }
        let done = queue(&study, me).await;
        assert_eq!((done.card.clone(), done.tomorrow), (None, 3), "{name}");
        let in_minutes = (done.next_due.unwrap() - done.now) / 60_000;
        assert!((8..=10).contains(&in_minutes), "{name}: the forgotten one is next, in {in_minutes} min");
        study.clock.advance(11 * 60_000);
        assert_eq!(queue(&study, me).await.left, 1, "{name}");
    }
}

#[tokio::test]
async fn a_card_of_days_is_due_from_the_learners_own_midnight() {
    for study in studies().await {
        let name = study.test.name;
        // 21:30 in Auckland, on the day before its clocks go back an hour
        study.at(server::clock::start_of_day(
            server::clock::day_of("2027-04-03").unwrap(),
            "Pacific/Auckland",
        ) + 21 * HOUR
            + HOUR / 2);
        let me = study.member().await;
        study.set(me, |settings| settings.time_zone = "Pacific/Auckland".into()).await;
        let material = study.lecture(Some(me), 1).await;
        let quiz = study.start(me, material, 1).await;
        let due = study.answer(me, quiz, true).await.due.unwrap();
        let days = (due - study.clock.now() + DAY / 2) / DAY;
        let waiting = queue(&study, me).await;
        let local = server::clock::local_time(study.clock.now(), "Pacific/Auckland");
        let morning = server::clock::start_of_day(local.day + days as i32, "Pacific/Auckland");
        assert_eq!((waiting.left, waiting.next_due), (0, Some(morning)), "{name}");
        study.at(morning - 60_000);
        assert_eq!(queue(&study, me).await.left, 0, "{name}");
        study.at(morning + 60_000);
        assert_eq!(queue(&study, me).await.left, 1, "{name}: due from midnight on");
        let after = grade(&study, me, Rating::Good).await;
        assert_eq!(after.last.unwrap().xp, XpGain { amount: 6, reason: XpReason::Recalled }, "{name}");
    }
}

#[tokio::test]
async fn the_same_grade_twice_counts_once_and_a_stale_one_is_a_conflict() {
    for study in studies().await {
        let name = study.test.name;
        study.at_ten("2027-01-11");
        let me = study.member().await;
        study.miss_all(me, 2).await;
        let card = front(&study, me).await;
        let good = grade_of(&card, Rating::Good);
        let first = study.reviews.grade(me, good.clone()).await.unwrap();
        let again = study.reviews.grade(me, good.clone()).await.unwrap();
        assert_eq!((again.left, again.done_today), (1, 1), "{name}");
        assert_eq!(again.card.unwrap().id, first.card.unwrap().id, "{name}");
        let stale = study.reviews.grade(me, Grade { rating: Rating::Easy, ..good.clone() }).await;
        assert!(matches!(stale, Err(ApiError::Conflict { .. })), "{name}");
        let ahead = study.reviews.grade(me, Grade { reps: 9, ..good }).await;
        assert!(matches!(ahead, Err(ApiError::Conflict { .. })), "{name}");
        assert_eq!(
            study.count("SELECT COUNT(*) FROM xp WHERE learner = $1 AND source = 'review'", me).await,
            1
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_parallel_grades_lose_none_and_double_none() {
    for study in studies().await {
        let name = study.test.name;
        study.at_ten("2027-01-11");
        let me = study.member().await;
        study.miss_all(me, 10).await;
        let mut tx = study.db().read().await.unwrap();
        let cards: Vec<(uuid::Uuid,)> = tx
            .query("SELECT id FROM card WHERE learner = $1 ORDER BY id")
            .bind(me.learner.0)
            .all()
            .await
            .unwrap();
        drop(tx);
        // every card five times at once, with the same grade
        let tasks = (0..50).map(|n: usize| {
            let reviews = study.reviews.clone();
            let card = domain::id::CardId(cards[n % 10].0);
            let rating = Rating::ALL[1 + n % 10 % 3];
            tokio::spawn(async move { reviews.grade(me, Grade { card, rating, reps: 1, took: 1 }).await })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap().unwrap();
        }
        for (sql, expected) in [
            ("SELECT CAST(SUM(reps) AS BIGINT) FROM card WHERE learner = $1", 20),
            ("SELECT COUNT(*) FROM review WHERE learner = $1", 20),
            ("SELECT COUNT(*) FROM xp WHERE learner = $1 AND source = 'review'", 10),
        ] {
            assert_eq!(study.count(sql, me).await, expected, "{name}: {sql}");
        }
        assert_eq!(queue(&study, me).await.done_today, 10, "{name}");
    }
}

#[tokio::test]
async fn undo_puts_the_card_and_the_xp_back_and_undoes_once() {
    for study in studies().await {
        let name = study.test.name;
        study.at_ten("2027-01-11");
        let me = study.member().await;
        study.miss_all(me, 3).await;
        grade(&study, me, Rating::Easy).await;
        let before = queue(&study, me).await;
        let xp = study.count("SELECT CAST(SUM(amount) AS BIGINT) FROM xp WHERE learner = $1", me).await;
        let graded = grade(&study, me, Rating::Good).await;
        assert_eq!((graded.left, graded.done_today), (1, 2), "{name}");

        let undone = study.reviews.undo(me).await.unwrap();
        assert_eq!(
            undone.card,
            before.card.clone().map(|card| Card { recall: undone.card.as_ref().unwrap().recall, ..card })
        );
        assert_eq!((undone.left, undone.done_today, undone.tomorrow), (2, 1, before.tomorrow), "{name}");
        assert_eq!(undone.last, None, "{name}: the grade before is not offered");
        assert_eq!(
            study.count("SELECT CAST(SUM(amount) AS BIGINT) FROM xp WHERE learner = $1", me).await,
            xp,
            "{name}"
        );
        let twice = study.reviews.undo(me).await.unwrap();
        assert_eq!((twice.left, twice.done_today), (2, 1), "{name}: a double click");

        // graded anew, it can be undone again
        let anew = grade(&study, me, Rating::Hard).await;
        assert_eq!(anew.last.unwrap().rating, Rating::Hard, "{name}");
        assert_eq!(study.reviews.undo(me).await.unwrap().left, 2, "{name}");
    }
}

#[tokio::test]
async fn answers_and_grades_of_yesterday_are_not_undone() {
    for study in studies().await {
        let name = study.test.name;
        study.at_ten("2027-01-11");
        let me = study.member().await;
        let material = study.miss_all(me, 1).await;
        assert_eq!(study.reviews.undo(me).await.unwrap().left, 1, "{name}: an answer is no grade");
        grade(&study, me, Rating::Good).await;
        let quiz = study.start(me, material, 1).await;
        study.answer(me, quiz, true).await;
        assert_eq!(queue(&study, me).await.last, None, "{name}: reviewed since, by an answer");
        assert_eq!(study.reviews.undo(me).await.unwrap().done_today, 1, "{name}");
        study.at_ten("2027-01-12");
        study.reviews.undo(me).await.unwrap();
        assert_eq!(study.count("SELECT COUNT(*) FROM review WHERE learner = $1", me).await, 3, "{name}");
    }
}

#[tokio::test]
async fn the_same_card_pays_less_each_time_on_one_day_and_fully_on_the_next() {
    for study in studies().await {
        let name = study.test.name;
        study.at_ten("2027-01-11");
        let me = study.member().await;
        study.miss_all(me, 1).await;
        let mut paid = vec![];
        for _ in 0..4 {
            paid.push(grade(&study, me, Rating::Again).await.last.unwrap().xp);
            study.clock.advance(11 * 60_000);
        }
        let amounts: Vec<u32> = paid.iter().map(|gain| gain.amount).collect();
        assert_eq!(amounts, [1, 0, 0, 0], "{name}");
        assert_eq!(paid[3].reason, XpReason::Repeated, "{name}");
        assert_eq!(front(&study, me).await.lapses, 0, "{name}: forgotten on one day is no lapse");
        study.at_ten("2027-01-12");
        let gain = grade(&study, me, Rating::Good).await.last.unwrap().xp;
        assert_eq!(gain, XpGain { amount: 6, reason: XpReason::Recalled }, "{name}");
    }
}

#[tokio::test]
async fn forgotten_on_a_later_day_is_a_lapse() {
    for study in studies().await {
        study.at_ten("2027-01-11");
        let me = study.member().await;
        study.miss_all(me, 1).await;
        study.at_ten("2027-01-14");
        grade(&study, me, Rating::Again).await;
        study.clock.advance(11 * 60_000);
        assert_eq!(front(&study, me).await.lapses, 1, "{}", study.test.name);
    }
}

#[tokio::test]
async fn a_higher_retention_brings_cards_back_sooner() {
    for study in studies().await {
        study.at_ten("2027-01-11");
        let me = study.member().await;
        study.miss_all(me, 1).await;
        study.at_ten("2027-01-15");
        let mut easy = vec![];
        for retention in [70, 90, 97] {
            study.set(me, |settings| settings.retention = retention).await;
            easy.push(front(&study, me).await.intervals[3]);
        }
        assert!(easy.is_sorted_by(|a, b| a > b), "{}: {easy:?}", study.test.name);
    }
}

#[tokio::test]
async fn a_foreign_card_a_retired_and_a_reported_question_are_not_shown() {
    for study in studies().await {
        let name = study.test.name;
        study.at_ten("2027-01-11");
        let (me, other) = (study.member().await, study.member().await);
        let material = study.miss_all(me, 3).await;
        let card = front(&study, me).await;
        let refused = study.reviews.grade(other, grade_of(&card, Rating::Good)).await;
        assert_eq!(refused, Err(ApiError::not_found("This card")), "{name}");
        assert_eq!(queue(&study, other).await.card, None, "{name}");

        let report = app::quiz::api::Report {
            question: question(&card).id,
            reason: "unclear".into(),
            next: String::new(),
        };
        study.quizzes.report(me, report).await.unwrap();
        let left = queue(&study, me).await;
        assert_eq!(left.left, 2, "{name}");
        assert_ne!(question(&left.card.unwrap()).id, question(&card).id, "{name}");

        let mut tx = study.db().write().await.unwrap();
        server::questions::retire_unsupported(&mut tx, material, &[], true).await.unwrap();
        tx.commit().await.unwrap();
        let rest = queue(&study, me).await;
        assert_eq!((rest.card, rest.left, rest.tomorrow, rest.next_due), (None, 0, 0, None), "{name}");
    }
}
