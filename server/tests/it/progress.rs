//! Where a learner stands: streaks over days and clock changes, the home page, the frame.

use crate::support::lecture::{DAY, HOUR, Study, item, studies};
use app::{
    error::ApiError,
    progress::api::{Home, Progress, StepKind},
    quiz::api::Quizzes,
    review::api::{Grade, Reviews},
    session::Session,
};
use domain::{schedule::Rating, streak::WeekDay};
use server::{clock, questions};

async fn home(study: &Study, session: Session) -> Home {
    study.progress.home(session).await.unwrap()
}

#[tokio::test]
async fn a_streak_goes_on_over_daylight_saving() {
    for study in studies().await {
        let name = study.test.name;
        let me = study.member().await;
        study.set(me, |settings| settings.time_zone = "Europe/Berlin".into()).await;
        let first = clock::day_of("2027-03-26").unwrap();
        let start = |day| clock::start_of_day(day, "Europe/Berlin");
        // the clocks go forward on the 28th, a day of 23 hours: its midnight and the next are hit closely
        let moments = [
            start(first) + 12 * HOUR,
            start(first + 1) + 23 * HOUR + HOUR / 2,
            start(first + 2) + HOUR / 2,
            start(first + 3) - HOUR / 2,
            start(first + 3) + HOUR / 2,
        ];
        study.at(moments[0]);
        let material = study.lecture(Some(me), 5).await;
        let quiz = study.start(me, material, 5).await;
        let mut told = vec![];
        for moment in moments {
            study.at(moment);
            told.push(study.answer(me, quiz, true).await.streak);
        }
        assert_eq!(told, [Some(1), Some(2), Some(3), None, Some(4)], "{name}");
        let standing = home(&study, me).await.standing.unwrap();
        assert_eq!((standing.streak, standing.best_streak, standing.studied_today), (4, 4, true), "{name}");
        assert_eq!(standing.week[0], WeekDay::Done, "{name}: the 29th is a Monday");
    }
}

#[tokio::test]
async fn seven_days_save_a_rest_day_that_bridges_one_day_off() {
    for study in studies().await {
        let name = study.test.name;
        let me = study.member().await;
        let monday = clock::day_of("2027-01-11").unwrap();
        let ten = |day: i32| i64::from(monday + day) * DAY + 10 * HOUR;
        study.at(ten(0));
        let material = study.lecture(Some(me), 9).await;
        let quiz = study.start(me, material, 9).await;
        for day in 0..7 {
            study.at(ten(day));
            study.answer(me, quiz, true).await;
        }
        let saved = home(&study, me).await.standing.unwrap();
        assert_eq!((saved.streak, saved.freezes, saved.week), (7, 1, [WeekDay::Done; 7]), "{name}");
        study.at(ten(8));
        let rested = home(&study, me).await.standing.unwrap();
        assert_eq!((rested.streak, rested.freezes, rested.studied_today), (7, 0, false), "{name}");
        assert_eq!(rested.week[..2], [WeekDay::Rested, WeekDay::Open], "{name}");
        assert_eq!(study.answer(me, quiz, true).await.streak, Some(8), "{name}");
        study.at(ten(11));
        let away = home(&study, me).await.standing.unwrap();
        assert_eq!((away.streak, away.best_streak), (0, 8), "{name}");
        assert_eq!(study.answer(me, quiz, false).await.streak, Some(1), "{name}: a comeback counts");
    }
}

#[tokio::test]
async fn the_home_page_says_what_is_next_and_why() {
    for study in studies().await {
        let name = study.test.name;
        study.at_ten("2027-01-11");
        let me = study.member().await;
        let empty = home(&study, me).await;
        assert_eq!(
            (empty.hour, empty.date.as_str(), empty.due, empty.guest),
            (10, "2027-01-11", 0, false),
            "{name}"
        );
        assert_eq!(empty.steps[0].kind, StepKind::AddMaterial, "{name}");
        let material = study.lecture(Some(me), 4).await;
        let kinds = |home: Home| home.steps.into_iter().map(|step| step.kind).collect::<Vec<_>>();
        assert_eq!(kinds(home(&study, me).await), [StepKind::StartQuiz(Some(material))], "{name}");
        let quiz = study.start(me, material, 4).await;
        study.answer(me, quiz, false).await;
        let busy = home(&study, me).await;
        assert_eq!((busy.due, busy.steps[0].title.as_str()), (1, "Review 1 due card"), "{name}");
        assert!(busy.steps[0].reason.ends_with('.'), "{name}");
        let expected = [StepKind::Review, StepKind::ResumeQuiz(quiz), StepKind::StartQuiz(Some(material))];
        assert_eq!(kinds(busy), expected, "{name}");

        let card = study.reviews.queue(me).await.unwrap().card.unwrap();
        let grade = Grade { card: card.id, rating: Rating::Good, reps: card.reps, took: 1 };
        study.reviews.grade(me, grade).await.unwrap();
        let reviewed = home(&study, me).await;
        assert_eq!((reviewed.due, reviewed.tomorrow), (0, 1), "{name}");
        assert_eq!(reviewed.steps[0].kind, StepKind::ResumeQuiz(quiz), "{name}");
    }
}

#[tokio::test]
async fn the_exam_is_counted_down_in_the_learners_days() {
    for study in studies().await {
        let name = study.test.name;
        study.at(i64::from(clock::day_of("2027-01-11").unwrap()) * DAY + 23 * HOUR);
        let me = study.member().await;
        for (zone, exam, date, expected) in [
            ("UTC", "USMLE Step 1", "2027-02-11", Some(("USMLE Step 1".to_string(), 31))),
            ("Asia/Tokyo", "USMLE Step 1", "2027-02-11", Some(("USMLE Step 1".to_string(), 30))),
            ("UTC", " ", "2027-01-11", Some(("Your exam".to_string(), 0))),
            ("UTC", "Past", "2027-01-10", None),
            ("UTC", "No day", "", None),
            ("UTC", "Nonsense", "2027-13-77", None),
        ] {
            study
                .set(me, |settings| {
                    (settings.time_zone, settings.exam, settings.exam_date) =
                        (zone.into(), exam.into(), date.into());
                })
                .await;
            assert_eq!(home(&study, me).await.exam, expected, "{name}: {exam} in {zone}");
        }
    }
}

#[tokio::test]
async fn the_frame_tells_who_is_there() {
    for study in studies().await {
        let name = study.test.name;
        let me = study.member().await;
        study.set(me, |settings| settings.time_zone = "Asia/Kolkata".into()).await;
        study.miss_all(me, 2).await;
        let frame = study.progress.frame(me).await.unwrap();
        assert_eq!((frame.member, frame.guest, frame.due), (true, false, 2), "{name}");
        assert_eq!((frame.streak, frame.xp), (Some(1), Some(4)), "{name}");
        assert_eq!(frame.time_zone, "Asia/Kolkata", "{name}");
        let other = study.member().await;
        let frame = study.progress.frame(other).await.unwrap();
        assert_eq!((frame.due, frame.streak, frame.xp), (0, Some(0), Some(0)), "{name}");
    }
}

#[tokio::test]
async fn a_learner_who_was_deleted_is_logged_out_and_broken_settings_are_the_defaults() {
    for study in studies().await {
        let name = study.test.name;
        let me = study.member().await;
        let mut tx = study.db().write().await.unwrap();
        tx.query("UPDATE learner SET settings = $2 WHERE id = $1")
            .bind(me.learner.0)
            .bind(sqlx::types::Json(serde_json::json!({ "retention": "many" })))
            .run()
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(study.progress.frame(me).await.unwrap().time_zone, "UTC", "{name}");
        let mut tx = study.db().write().await.unwrap();
        tx.query("DELETE FROM learner WHERE id = $1").bind(me.learner.0).run().await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(study.progress.frame(me).await, Err(ApiError::Unauthorized), "{name}");
        assert_eq!(study.reviews.queue(me).await, Err(ApiError::Unauthorized), "{name}");
    }
}

#[tokio::test]
async fn counts_by_material_follow_the_last_answers() {
    for study in studies().await {
        let name = study.test.name;
        let me = study.member().await;
        let material = study.lecture(Some(me), 4).await;
        let quiz = study.start(me, material, 4).await;
        for right in [true, false, true] {
            study.answer(me, quiz, right).await;
        }
        let mut tx = study.db().read().await.unwrap();
        let counts = questions::counts(&mut tx, me.learner).await.unwrap();
        assert_eq!(counts.len(), 1, "{name}");
        assert_eq!((counts[0].questions, counts[0].unasked, counts[0].missed), (4, 1, 1), "{name}");
        assert_eq!((counts[0].material, counts[0].known_percent()), (material.0, Some(66)), "{name}");
        let due = server::review::due_questions(&mut tx, &study.clock, me).await.unwrap();
        assert_eq!(due.iter().map(|(of, _)| *of).collect::<Vec<_>>(), [material], "{name}");
        drop(tx);
        let missed = study.quizzes.results(me, quiz).await.unwrap().answers[1].question.clone().unwrap();
        assert_eq!(due[0].1, Some(missed.id), "{name}");
        assert_eq!(missed.headings, item(0).headings, "{name}");
    }
}
