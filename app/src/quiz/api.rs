//! Requests, answers and the port of practice.
//!
//! A question comes with its key and explanation, so that the verdict can stand at once; the server judges again
//! and its word counts. (Exams, when they come, will not do so.)

use crate::{error::ApiError, session::Session};
use domain::{
    document::Span,
    id::{MaterialId, QuestionId, QuizId},
    question::Bloom,
    quiz::Confidence,
    xp::XpGain,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Makes a set.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct QuizRequest {
    /// From this material alone; from all of the learner's if empty.
    #[serde(default)]
    pub material: Option<MaterialId>,
    /// From this page alone.
    #[serde(default)]
    pub page: Option<u32>,
    /// How many, 1 to 50; fewer where there are fewer.
    pub length: u32,
}

/// Opens a set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    /// The set.
    pub quiz: QuizId,
    /// Show this place with its explanation instead of the first open one, if it was answered already.
    #[serde(default)]
    pub shown: Option<u32>,
}

/// A set on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quiz {
    /// Which.
    pub id: QuizId,
    /// 'The heart' or 'Mixed practice'.
    pub title: String,
    /// One per question.
    pub steps: Vec<Step>,
    /// The first that is not answered; `None` when all are.
    pub current: Option<Question>,
    /// Position of `current`, from 0.
    pub position: u32,
    /// Right answers in a row up to here, within this set.
    pub combo: u32,
    /// Whether XP, combo and Mito's reactions are shown.
    pub gamification: bool,
    /// Whether keys are on.
    pub keys: bool,
    /// The answered question that was asked for; `None` if none was, or if that place is not answered yet.
    pub shown: Option<Shown>,
    /// The server's clock, milliseconds since 1970: what is due is told from here.
    pub now: i64,
}

/// A question that was answered, with its verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// As it was asked.
    pub question: Question,
    /// Its place in the set, from 0.
    pub position: u32,
    /// The chosen option.
    pub choice: u32,
    /// How sure.
    pub confidence: Option<Confidence>,
    /// What the answer led to, as it was told then (`due` as it is now).
    pub verdict: Verdict,
}

/// How a question of the set went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Not answered yet.
    Open,
    /// Right.
    Right,
    /// Missed.
    Missed,
    /// The question was deleted in the meantime.
    Gone,
}

/// A question as it is asked, with what explains it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Which.
    pub id: QuestionId,
    /// Case and lead-in.
    pub stem: String,
    /// In the order in which they are shown.
    pub options: Vec<AnswerOption>,
    /// What it is about.
    pub concept: String,
    /// What it asks of the learner.
    pub bloom: Bloom,
    /// Its material; the reader is at `/library/{id}`.
    pub material: MaterialId,
    /// The material's title.
    pub title: String,
    /// Headings above the source, highest first.
    pub headings: Vec<String>,
    /// Written by program or model and not yet checked by a person.
    pub automatic: bool,
}

impl Question {
    /// Index of the key among the shown options.
    pub fn key(&self) -> usize {
        self.options.iter().position(|option| option.correct).unwrap_or_default()
    }
}

/// An option with its reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnswerOption {
    /// As shown.
    pub text: String,
    /// The key.
    pub correct: bool,
    /// Why it is right or wrong.
    pub rationale: String,
    /// The learner's own page, verbatim.
    pub quote: String,
    /// Where the quote stands: the reader is opened at `/library/{material}?from={start}&to={end}`.
    pub span: Span,
    /// Its page.
    pub page: u32,
}

/// Answers a question of a set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The set.
    pub quiz: QuizId,
    /// Its place in the set, from 0. Answering a place twice is a conflict unless the answer is the same.
    pub position: u32,
    /// Index of the shown option.
    pub choice: u32,
    /// How sure; `None` if it was not said.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// Time from question to answer, ms.
    #[serde(default)]
    pub took: u32,
}

/// What an answer led to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether it was right.
    pub correct: bool,
    /// Right answers in a row.
    pub combo: u32,
    /// XP for it, with the reason; zero where gamification is off.
    pub xp: XpGain,
    /// Total XP afterwards, for the level.
    pub total_xp: u32,
    /// The level, if this answer reached it.
    pub level_up: Option<u32>,
    /// When the question comes back, milliseconds since 1970; `None` if it does not.
    pub due: Option<i64>,
    /// The streak, if this answer made today count.
    pub streak: Option<u32>,
    /// Whether this was the last one.
    pub finished: bool,
}

/// A set at its end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// Which.
    pub id: QuizId,
    /// 'The heart' or 'Mixed practice'.
    pub title: String,
    /// The material, where it was one.
    pub material: Option<MaterialId>,
    /// One per question, in order.
    pub answers: Vec<ResultRow>,
    /// XP of this set.
    pub xp: u32,
    /// Longest run of right answers.
    pub best_combo: u32,
    /// Right and asked per confidence, lowest first; those that were used.
    pub calibration: Vec<Calibration>,
    /// Cards due now, over all materials.
    pub due_now: u32,
    /// Cards due until the end of tomorrow, in the learner's zone.
    pub due_tomorrow: u32,
    /// Level, XP and streak afterwards; `None` where gamification is off.
    pub standing: Option<crate::progress::api::Standing>,
    /// The level that this set reached, if it did.
    pub level_up: Option<u32>,
    /// The streak, if this set made today count.
    pub streak: Option<u32>,
    /// Whether keys are on.
    pub keys: bool,
    /// The server's clock, milliseconds since 1970: what is due is told from here.
    pub now: i64,
}

/// A question of the set, afterwards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResultRow {
    /// The question as it was asked; `None` if it was deleted.
    pub question: Option<Question>,
    /// The chosen option; `None` if it was not answered.
    pub choice: Option<u32>,
    /// Right.
    pub correct: bool,
    /// How sure.
    pub confidence: Option<Confidence>,
    /// When it comes back.
    pub due: Option<i64>,
}

/// How sure against how often right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// How sure.
    pub confidence: Confidence,
    /// Right ones.
    pub right: u32,
    /// All.
    pub asked: u32,
}

/// Reports a question as wrong, unclear or unfit; three learners' reports retire it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Which.
    pub question: QuestionId,
    /// 'wrong key', 'two answers fit', 'unclear', 'quote does not support it', or own words; at most 500
    /// characters.
    pub reason: String,
    /// A path of this site that a form without scripts is led to afterwards; empty for the page it came from.
    #[serde(default)]
    pub next: String,
}

/// Port of practice. `start` always redirects to `/quiz/{id}`, also a scripted request, whose page follows. Where a
/// request accepts `text/html` (a form without scripts), `answer` redirects to `/quiz/{id}?shown={position}` (also when
/// the same answer comes twice) and `report` to its `next`; a scripted request must not be redirected by these two.
#[async_trait::async_trait]
pub trait Quizzes: Send + Sync {
    /// Makes a set and leads to it.
    async fn start(&self, session: Session, request: QuizRequest) -> Result<QuizId, ApiError>;
    /// The set as it stands.
    async fn load(&self, session: Session, request: Opening) -> Result<Quiz, ApiError>;
    /// Answers a question.
    async fn answer(&self, session: Session, request: Answer) -> Result<Verdict, ApiError>;
    /// The set at its end (or as far as it went).
    async fn results(&self, session: Session, quiz: QuizId) -> Result<Results, ApiError>;
    /// Reports a question.
    async fn report(&self, session: Session, request: Report) -> Result<(), ApiError>;
}

/// Makes a set; the server also redirects to it, so that a plain form works.
#[server(endpoint = "quiz/start")]
pub async fn start_quiz(request: QuizRequest) -> Result<QuizId, ApiError> {
    crate::backend()?.quizzes.start(crate::session()?, request).await
}

/// The set as it stands.
#[server(endpoint = "quiz/load", input = leptos::server_fn::codec::Json)]
pub async fn load_quiz(request: Opening) -> Result<Quiz, ApiError> {
    crate::backend()?.quizzes.load(crate::session()?, request).await
}

/// Answers a question. Without scripts the form leads to the same page with `?shown={position}`, which shows the
/// explanation of that question.
#[server(endpoint = "quiz/answer")]
pub async fn answer_question(request: Answer) -> Result<Verdict, ApiError> {
    crate::backend()?.quizzes.answer(crate::session()?, request).await
}

/// The set at its end.
#[server(endpoint = "quiz/results", input = leptos::server_fn::codec::Json)]
pub async fn load_results(quiz: QuizId) -> Result<Results, ApiError> {
    crate::backend()?.quizzes.results(crate::session()?, quiz).await
}

/// Reports a question.
#[server(endpoint = "quiz/report")]
pub async fn report_question(request: Report) -> Result<(), ApiError> {
    crate::backend()?.quizzes.report(crate::session()?, request).await
}
