//! What is kept instead of being counted anew: XP in all, days, the next card. It must say what counting would.

use crate::support::lecture::{DAY, Study, choice, studies};
use app::{
    progress::api::Progress,
    quiz::api::{Answer, Quizzes},
    review::api::{Grade, Reviews},
    session::Session,
};
use domain::schedule::Rating;

/// XP as it stands, and as it is when all that was paid is added up.
async fn xp(study: &Study, me: Session) -> (i64, i64) {
    let kept = study.count("SELECT xp FROM learner WHERE id = $1", me).await;
    let sum = "SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) FROM xp WHERE learner = $1";
    (kept, study.count(sum, me).await)
}

#[tokio::test]
async fn xp_in_all_is_the_sum_of_what_was_paid_and_not_taken_back() {
    for study in studies().await {
        let name = study.test.name;
        study.at_ten("2027-03-01");
        let (me, other) = (study.member().await, study.member().await);
        assert_eq!(xp(&study, me).await, (0, 0), "{name}");
        study.miss_all(me, 3).await;
        study.miss_all(other, 2).await;
        study.clock.advance(2 * DAY);
        let card = study.reviews.queue(me).await.unwrap().card.unwrap();
        let grade = Grade { card: card.id, rating: Rating::Good, reps: card.reps, took: 900 };
        let before = xp(&study, me).await;
        study.reviews.grade(me, grade).await.unwrap();
        let graded = xp(&study, me).await;
        assert!(graded.0 == graded.1 && graded.0 > before.0, "{name}: {before:?}, {graded:?}");
        let told = study.progress.frame(me).await.unwrap().xp.unwrap();
        assert_eq!(i64::from(told), graded.0, "{name}");
        study.reviews.undo(me).await.unwrap();
        assert_eq!(xp(&study, me).await, before, "{name}");

        // taking everything away takes it from the sum, and from nobody else's
        let others = xp(&study, other).await;
        assert!(others.0 == others.1 && others.0 > 0, "{name}: {others:?}");
        let mut tx = study.db().write().await.unwrap();
        tx.query("DELETE FROM xp WHERE learner = $1").bind(me.learner.0).run().await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((xp(&study, me).await, xp(&study, other).await), ((0, 0), others), "{name}");
    }
}

#[tokio::test]
async fn an_answer_tells_the_xp_that_stood_at_its_moment() {
    for study in studies().await {
        let name = study.test.name;
        study.at_ten("2027-03-01");
        let me = study.member().await;
        let material = study.lecture(Some(me), 5).await;
        let quiz = study.start(me, material, 5).await;
        let mut given = vec![];
        let mut sum = 0;
        for n in 0..5 {
            // several at one moment are told apart by what they are of
            study.clock.advance(if n % 2 == 0 { 60_000 } else { 0 });
            let loaded = study.load(me, quiz).await;
            let choice = choice(loaded.current.as_ref().unwrap(), n != 3);
            let answer = Answer { quiz, position: loaded.position, choice, confidence: None, took: 900 };
            let verdict = study.quizzes.answer(me, answer.clone()).await.unwrap();
            sum += verdict.xp.amount;
            assert_eq!(verdict.total_xp, sum, "{name}: answer {n}");
            given.push((answer, verdict.total_xp));
        }
        assert!(sum > 0, "{name}");
        assert_eq!(xp(&study, me).await, (i64::from(sum), i64::from(sum)), "{name}");
        for (answer, total) in given {
            let again = study.quizzes.answer(me, answer).await.unwrap();
            assert_eq!(again.total_xp, total, "{name}: sent again later, it tells what it told");
        }
    }
}
