//! The port of flashcards: one use case, one transaction.

use super::{FlashcardService, store};
use crate::{
    error::{Error, Result},
    http::forms,
    progress::Day,
};
use app::{
    error::ApiError,
    flashcard::api::{Flashcards, Keeping},
    session::Session,
};
use domain::id::FlashcardId;

#[async_trait::async_trait]
impl Flashcards for FlashcardService {
    #[tracing::instrument(skip_all, fields(talk.id = %request.talk))]
    async fn keep(&self, session: Session, request: Keeping) -> Result<FlashcardId, ApiError> {
        let run = async {
            let mut tx = self.db.write_for(session.learner).await?;
            let day = Day::of(&mut tx, &self.clock, session).await?;
            let flashcard = self.keep_in(&mut tx, &day, &request).await?;
            tx.commit().await?;
            Ok::<_, Error>(flashcard)
        };
        let flashcard = run.await?;
        forms::lead_plain(&format!("/tutor/{}?kept={}", request.talk, request.line));
        Ok(flashcard)
    }

    #[tracing::instrument(skip_all, fields(flashcard.id = %flashcard))]
    async fn rest(&self, session: Session, flashcard: FlashcardId) -> Result<(), ApiError> {
        let run = async {
            let mut tx = self.db.write_for(session.learner).await?;
            if !store::rest(&mut tx, session.learner, flashcard).await? {
                return Err(Error::not_found("This card"));
            }
            tx.commit().await?;
            Ok::<_, Error>(())
        };
        run.await?;
        forms::lead_plain("/review");
        Ok(())
    }

    #[tracing::instrument(skip_all)]
    async fn wake(&self, session: Session) -> Result<(), ApiError> {
        let run = async {
            let mut tx = self.db.write_for(session.learner).await?;
            store::wake(&mut tx, session.learner).await?;
            tx.commit().await?;
            Ok::<_, Error>(())
        };
        run.await?;
        forms::lead_plain("/review");
        Ok(())
    }

    #[tracing::instrument(skip_all, fields(flashcard.id = %flashcard))]
    async fn delete(&self, session: Session, flashcard: FlashcardId) -> Result<(), ApiError> {
        let run = async {
            let mut tx = self.db.write_for(session.learner).await?;
            store::delete(&mut tx, session.learner, flashcard).await?;
            tx.commit().await?;
            Ok::<_, Error>(())
        };
        run.await?;
        forms::lead_plain("/review");
        Ok(())
    }
}
