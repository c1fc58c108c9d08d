//! A lecture made by hand, its questions, and the services of study over one database.

use super::TestDb;
use app::{
    account::api::Settings,
    error::ApiError,
    library::api::{Excerpt, Found, Library, Materials, Opening, Reader, Reworded, SavedSearch, Search},
    quiz::api::{Answer, Opening as QuizOpening, Question, Quiz, QuizRequest, Quizzes, Verdict},
    session::Session,
};
use domain::{
    chapter::Chapter,
    document::{BlockKind, Builder, Document, Run, Span},
    id::{LearnerId, MaterialId, QuizId, SavedSearchId, SessionId},
    question::{Bloom, Choice, Item, ItemKind},
    quiz::Confidence,
};
use server::{
    clock::Clock, db::Db, error::Result, landing::GuestMaker, landing::LandingService,
    progress::ProgressService, questions, quiz::QuizService, review::ReviewService,
};
use sqlx::types::Json;
use std::sync::Arc;
use uuid::Uuid;

pub(crate) const HOUR: i64 = 3_600_000;
pub(crate) const DAY: i64 = 24 * HOUR;
const PARTS: [&str; 12] = [
    "sinus node",
    "mitral valve",
    "left ventricle",
    "aorta",
    "pulmonary vein",
    "bundle branch",
    "coronary sinus",
    "right atrium",
    "septum",
    "pericardium",
    "tricuspid valve",
    "apex",
];

/// A page of text that says what each part does.
pub(crate) fn document() -> Document {
    let mut builder = Builder::new();
    builder.page(1);
    builder.push(BlockKind::Heading(1), &[Run::plain("The heart")]);
    for (index, part) in PARTS.iter().enumerate() {
        builder.page(1 + index as u32 / 4);
        builder.push(BlockKind::Paragraph, &[Run::plain(&format!("The {part} does job {index}."))]);
    }
    let document = builder.build();
    document.check().unwrap();
    document
}

/// A question about one of twelve parts.
pub(crate) fn item(index: usize) -> Item {
    let document = document();
    let choice = |part: usize| {
        let quote = format!("The {} does job {part}.", PARTS[part]);
        let start = document.text.find(&quote).unwrap();
        let span = Span::new(start, start + quote.len());
        Choice {
            text: format!(
                "Part {}",
                [
                    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
                    "twelve"
                ][part]
            ),
            correct: part == index,
            rationale: format!("“{quote}”"),
            page: document.page_at(span.start),
            quote,
            span,
            misconception: String::new(),
        }
    };
    Item {
        stem: format!("Which part does job {index}?"),
        options: (0..4).map(|offset| choice((index + offset) % 12)).collect(),
        concept: PARTS[index].into(),
        kind: ItemKind::Function,
        bloom: Bloom::Understand,
        difficulty: 0.5,
        headings: vec!["The heart".into()],
    }
}

pub(crate) fn items(n: usize) -> Vec<Item> {
    (0..n).map(item).collect()
}

/// A shelf that has nothing to tell.
struct EmptyShelf;

#[async_trait::async_trait]
impl Library for EmptyShelf {
    async fn materials(&self, _: Session) -> Result<Materials, ApiError> {
        Ok(Materials::default())
    }
    async fn open(&self, _: Session, _: Opening) -> Result<Reader, ApiError> {
        Err(ApiError::not_found("This file"))
    }
    async fn excerpt(&self, _: Session, _: MaterialId, _: Span) -> Result<Excerpt, ApiError> {
        Err(ApiError::not_found("This file"))
    }
    async fn search(&self, _: Session, _: Search) -> Result<Found, ApiError> {
        Err(ApiError::not_found("This file"))
    }
    async fn reword(&self, _: Session, _: Search) -> Result<Reworded, ApiError> {
        Ok(Reworded::default())
    }
    async fn chapters(&self, _: Session, _: MaterialId) -> Result<Vec<Chapter>, ApiError> {
        Err(ApiError::not_found("This file"))
    }
    async fn saved(&self, _: Session) -> Result<Vec<SavedSearch>, ApiError> {
        Ok(vec![])
    }
    async fn save(&self, _: Session, _: Search) -> Result<Vec<SavedSearch>, ApiError> {
        Ok(vec![])
    }
    async fn forget(&self, _: Session, _: SavedSearchId) -> Result<Vec<SavedSearch>, ApiError> {
        Ok(vec![])
    }
    async fn retry(&self, _: Session, _: MaterialId) -> Result<(), ApiError> {
        Err(ApiError::not_found("This file"))
    }
    async fn keep_here(&self, _: Session, _: MaterialId, _: bool) -> Result<(), ApiError> {
        Err(ApiError::not_found("This file"))
    }
    async fn delete(&self, _: Session, _: MaterialId) -> Result<(), ApiError> {
        Err(ApiError::not_found("This file"))
    }
}

/// Guests without cookies.
struct Guests;

#[async_trait::async_trait]
impl GuestMaker for Guests {
    async fn make_guest(&self, tx: &mut server::db::Tx, time_zone: &str) -> Result<Session> {
        let session =
            Session { learner: LearnerId(Uuid::now_v7()), session: SessionId(Uuid::now_v7()), guest: true };
        let settings = Settings { time_zone: time_zone.into(), ..Settings::default() };
        tx.query("INSERT INTO learner (id, settings, created) VALUES ($1, $2, 0)")
            .bind(session.learner.0)
            .bind(Json(serde_json::to_value(settings).unwrap()))
            .run()
            .await?;
        Ok(session)
    }
}

/// The services of study.
pub(crate) struct Study {
    pub(crate) test: TestDb,
    pub(crate) clock: Clock,
    pub(crate) quizzes: QuizService,
    pub(crate) reviews: ReviewService,
    pub(crate) progress: ProgressService,
    pub(crate) landing: LandingService,
}

/// On every database that is to be had.
pub(crate) async fn studies() -> Vec<Study> {
    super::databases().await.into_iter().map(Study::on).collect()
}

impl Study {
    fn on(test: TestDb) -> Self {
        let (db, clock) = (test.db.clone(), Clock::default());
        let reviews = ReviewService::new(db.clone(), clock.clone());
        let quizzes = QuizService::new(db.clone(), clock.clone(), reviews.clone());
        let progress = ProgressService::new(db.clone(), clock.clone(), reviews.clone(), Arc::new(EmptyShelf));
        let landing = LandingService::new(db, clock.clone(), quizzes.clone(), Arc::new(Guests));
        Self { test, clock, quizzes, reviews, progress, landing }
    }

    pub(crate) fn db(&self) -> &Db {
        &self.test.db
    }

    /// Sets the clock.
    pub(crate) fn at(&self, moment: i64) {
        self.clock.advance(moment - self.clock.now());
    }

    /// Sets it to ten in the morning of this day in UTC, so that no test runs over midnight.
    pub(crate) fn at_ten(&self, date: &str) {
        self.at(i64::from(server::clock::day_of(date).unwrap()) * DAY + 10 * HOUR);
    }

    /// Somebody with an account.
    pub(crate) async fn member(&self) -> Session {
        let learner = super::learner(self.db()).await;
        Session { learner, session: SessionId(Uuid::now_v7()), guest: false }
    }

    pub(crate) async fn set(&self, session: Session, change: impl FnOnce(&mut Settings)) {
        let mut settings = Settings::default();
        change(&mut settings);
        let mut tx = self.db().write().await.unwrap();
        tx.query("UPDATE learner SET settings = $2 WHERE id = $1")
            .bind(session.learner.0)
            .bind(Json(serde_json::to_value(settings).unwrap()))
            .run()
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// A material with the first `n` questions; Mitochi's own without an owner.
    pub(crate) async fn lecture(&self, owner: Option<Session>, n: usize) -> MaterialId {
        let id = MaterialId(Uuid::now_v7());
        let mut tx = self.db().write().await.unwrap();
        tx.query(
            "INSERT INTO material (id, owner, title, filename, format, extension, bytes, sha256, state, pages_read,
                                   pages_total, warnings, created)
             VALUES ($1, $2, 'The heart', 'heart.pdf', 'PDF', 'pdf', 1, $3, 'ready', 3, 3, $4, $5)",
        )
        .bind(id.0)
        .bind(owner.map(|session| session.learner.0))
        .bind([id.0.as_bytes().as_slice(), id.0.as_bytes().as_slice()].concat())
        .bind(Json(serde_json::json!([])))
        .bind(self.clock.now())
        .run()
        .await
        .unwrap();
        questions::publish(&mut tx, &self.clock, id, &items(n), true).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub(crate) async fn start(&self, session: Session, material: MaterialId, length: u32) -> QuizId {
        let request = QuizRequest { material: Some(material), page: None, length };
        self.quizzes.start(session, request).await.unwrap()
    }

    pub(crate) async fn load(&self, session: Session, quiz: QuizId) -> Quiz {
        self.quizzes.load(session, QuizOpening { quiz, shown: None }).await.unwrap()
    }

    /// Answers the current question right or wrong.
    pub(crate) async fn answer(&self, session: Session, quiz: QuizId, right: bool) -> Verdict {
        self.answer_sure(session, quiz, right, None).await
    }

    pub(crate) async fn answer_sure(
        &self,
        session: Session,
        quiz: QuizId,
        right: bool,
        confidence: Option<Confidence>,
    ) -> Verdict {
        let loaded = self.load(session, quiz).await;
        let choice = choice(loaded.current.as_ref().unwrap(), right);
        let answer = Answer { quiz, position: loaded.position, choice, confidence, took: 900 };
        self.quizzes.answer(session, answer).await.unwrap()
    }

    /// A set of all questions of a lecture, each missed: as many cards are due.
    pub(crate) async fn miss_all(&self, session: Session, n: usize) -> MaterialId {
        let material = self.lecture(Some(session), n).await;
        let quiz = self.start(session, material, n as u32).await;
        for _ in 0..n {
            self.answer(session, quiz, false).await;
        }
        material
    }

    pub(crate) async fn count(&self, sql: &'static str, session: Session) -> i64 {
        let mut tx = self.db().read().await.unwrap();
        tx.query(sql).bind(session.learner.0).one::<(i64,)>().await.unwrap().0
    }
}

/// The key among the shown options, or another.
pub(crate) fn choice(question: &Question, right: bool) -> u32 {
    let key = question.key() as u32;
    if right { key } else { (key + 1) % question.options.len() as u32 }
}
