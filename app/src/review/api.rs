//! Requests, answers and the port of review.

use crate::{error::ApiError, flashcard::api::Flashcard, quiz::api::Question, session::Session};
use domain::{id::CardId, schedule::Rating, xp::XpGain};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The queue as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    /// The card to show now; `None` when nothing is due.
    pub card: Option<Card>,
    /// Due now, this one included.
    pub left: u32,
    /// Graded today.
    pub done_today: u32,
    /// Due until the end of tomorrow in the learner's zone, those due now left out.
    pub tomorrow: u32,
    /// When the next card is due if none is now, milliseconds since 1970.
    pub next_due: Option<i64>,
    /// Cards that the learner lets rest.
    pub resting: u32,
    /// The last grade, while it can be undone.
    pub last: Option<LastGrade>,
    /// Whether XP and Mito's reactions are shown.
    pub gamification: bool,
    /// Whether keys are on.
    pub keys: bool,
    /// The server's clock, milliseconds since 1970: when a card was seen and comes back is told from here.
    pub now: i64,
}

/// A card that is due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Which.
    pub id: CardId,
    /// What it shows.
    pub face: Face,
    /// Reviews so far: sent back with the grade, so that a grade given twice counts once.
    pub reps: u32,
    /// Seconds until it comes back after Again, Hard, Good, Easy.
    pub intervals: [i64; 4],
    /// Last seen, milliseconds since 1970.
    pub last_seen: Option<i64>,
    /// Probability of recall now, 0 to 1; `None` before the first review.
    pub recall: Option<f32>,
    /// Times it was forgotten.
    pub lapses: u32,
}

/// What a card shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Face {
    /// A question that it asks again: the stem is the front; key, reason and quote are the back.
    Question(Question),
    /// A front and a back that the learner made.
    Flashcard(Flashcard),
}

/// A grade that was just given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LastGrade {
    /// Which grade.
    pub rating: Rating,
    /// Seconds until the card comes back.
    pub interval: i64,
    /// XP it paid.
    pub xp: XpGain,
}

/// Grades the card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grade {
    /// Which.
    pub card: CardId,
    /// How well it was recalled.
    pub rating: Rating,
    /// `reps` of the card as it was shown.
    pub reps: u32,
    /// Time from front to grade, ms.
    #[serde(default)]
    pub took: u32,
}

/// Port of review. Where a request accepts `text/html` (a form without scripts), `grade` and `undo` also redirect to
/// `/review`; a scripted request must not be redirected.
#[async_trait::async_trait]
pub trait Reviews: Send + Sync {
    /// The queue as it stands.
    async fn queue(&self, session: Session) -> Result<Queue, ApiError>;
    /// Grades a card; the queue afterwards. The same grade sent twice counts once.
    async fn grade(&self, session: Session, request: Grade) -> Result<Queue, ApiError>;
    /// Takes the last grade of today back; the queue afterwards, with that card in front.
    async fn undo(&self, session: Session) -> Result<Queue, ApiError>;
}

/// The queue as it stands.
#[server(endpoint = "review/queue", input = leptos::server_fn::codec::Json)]
pub async fn load_queue() -> Result<Queue, ApiError> {
    crate::backend()?.reviews.queue(crate::session()?).await
}

/// Grades a card.
#[server(endpoint = "review/grade")]
pub async fn grade_card(request: Grade) -> Result<Queue, ApiError> {
    crate::backend()?.reviews.grade(crate::session()?, request).await
}

/// Takes the last grade back.
#[server(endpoint = "review/undo")]
pub async fn undo_grade() -> Result<Queue, ApiError> {
    crate::backend()?.reviews.undo(crate::session()?).await
}
