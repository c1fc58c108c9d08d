//! Cards that are made, rest and go: nothing of it is kept.

use crate::state::Gallery;
use app::{
    error::ApiError,
    flashcard::api::{Flashcards, Keeping},
    session::Session,
};
use domain::id::FlashcardId;
use uuid::Uuid;

#[async_trait::async_trait]
impl Flashcards for Gallery {
    async fn keep(&self, _: Session, _: Keeping) -> Result<FlashcardId, ApiError> {
        self.enter().await?;
        Ok(FlashcardId(Uuid::from_u128(0x91)))
    }

    async fn rest(&self, _: Session, _: FlashcardId) -> Result<(), ApiError> {
        self.enter().await
    }

    async fn wake(&self, _: Session) -> Result<(), ApiError> {
        self.enter().await
    }

    async fn delete(&self, _: Session, _: FlashcardId) -> Result<(), ApiError> {
        self.enter().await
    }
}
