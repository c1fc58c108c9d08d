//! Requests, answers and the port of flashcards.

use crate::{error::ApiError, session::Session};
use domain::{
    document::Span,
    flashcard::Kind,
    id::{FlashcardId, MaterialId, TalkId},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A card with a front and a back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Flashcard {
    /// Which.
    pub id: FlashcardId,
    /// What kind.
    pub kind: Kind,
    /// What is asked.
    pub front: String,
    /// What is to be recalled, where it is less than the quote; empty where the quote is it.
    pub back: String,
    /// What it is about.
    pub concept: String,
    /// The learner's own page, verbatim.
    pub quote: String,
    /// Where the quote stands.
    pub span: Span,
    /// Its page.
    pub page: u32,
    /// Its material.
    pub material: MaterialId,
    /// The material's title.
    pub title: String,
}

/// Makes a card of a sentence that a talk cites.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Keeping {
    /// The talk.
    pub talk: TalkId,
    /// The number of its line; where lines go on from another, of the last one.
    pub line: u64,
    /// Which part of these lines, from 0.
    #[serde(default)]
    pub part: u32,
    /// What stands on the front: 1 to 300 characters.
    pub front: String,
}

/// Port of flashcards. Where a request accepts `text/html` (a form without scripts), `keep` also redirects to the talk and the
/// others to `/review`; a scripted request must not be redirected.
#[async_trait::async_trait]
pub trait Flashcards: Send + Sync {
    /// Makes a card, which is due at once. The same card made twice is one.
    async fn keep(&self, session: Session, request: Keeping) -> Result<FlashcardId, ApiError>;
    /// Lets a card rest: it does not come back until it is woken.
    async fn rest(&self, session: Session, flashcard: FlashcardId) -> Result<(), ApiError>;
    /// Wakes all cards that rest.
    async fn wake(&self, session: Session) -> Result<(), ApiError>;
    /// Deletes a card with its reviews; one that is gone already is no error.
    async fn delete(&self, session: Session, flashcard: FlashcardId) -> Result<(), ApiError>;
}

/// Makes a card of a sentence that a talk cites.
#[server(endpoint = "flashcard/keep")]
pub async fn keep_flashcard(request: Keeping) -> Result<FlashcardId, ApiError> {
    crate::backend()?.flashcards.keep(crate::session()?, request).await
}

/// Lets a card rest.
#[server(endpoint = "flashcard/rest")]
pub async fn rest_flashcard(flashcard: FlashcardId) -> Result<(), ApiError> {
    crate::backend()?.flashcards.rest(crate::session()?, flashcard).await
}

/// Wakes all cards that rest.
#[server(endpoint = "flashcard/wake")]
pub async fn wake_flashcards() -> Result<(), ApiError> {
    crate::backend()?.flashcards.wake(crate::session()?).await
}

/// Deletes a card.
#[server(endpoint = "flashcard/delete")]
pub async fn delete_flashcard(flashcard: FlashcardId) -> Result<(), ApiError> {
    crate::backend()?.flashcards.delete(crate::session()?, flashcard).await
}
