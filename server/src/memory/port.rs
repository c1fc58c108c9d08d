//! The port of memory: one use case, one transaction.

use super::{MemoryService, all, store, typed};
use crate::{
    error::{Error, Result},
    http::forms,
};
use app::{
    error::ApiError,
    memory::api::{Adding, Memories, Recall, Rewording},
    session::Session,
};
use domain::{id::MemoryId, memory::MOST};

/// The page of memory.
const PAGE: &str = "/settings/memory";

impl MemoryService {
    async fn add_in(&self, session: Session, request: &Adding) -> Result<Recall> {
        let text = typed(&request.text)?;
        if !request.kind.is_written() {
            return Err(ApiError::Malformed.into());
        }
        let (learner, now) = (session.learner, self.clock.now());
        let mut tx = self.db.write_for(learner).await?;
        if store::is_off(&mut tx, learner).await? {
            return Err(Error::conflict("Mito remembers nothing at the moment. Switch it on first."));
        }
        let id = MemoryId(self.clock.id());
        let new = store::NewMemory { id, kind: request.kind, lesson: None, text: &text, mark: "", at: now };
        if !store::touch(&mut tx, learner, &new).await? {
            if store::count(&mut tx, learner).await? >= MOST as i64 {
                let message = format!(
                    "{MOST} things are remembered, which is all there is room for. Delete one first."
                );
                return Err(Error::conflict(message));
            }
            store::insert(&mut tx, learner, &new).await?;
        }
        let now_remembered = all(&mut tx, learner, now).await?;
        tx.commit().await?;
        Ok(now_remembered)
    }

    async fn reword_in(&self, session: Session, request: &Rewording) -> Result<Recall> {
        let text = typed(&request.text)?;
        let mut tx = self.db.write_for(session.learner).await?;
        if !store::reword(&mut tx, session.learner, request.memory, &text).await? {
            return Err(Error::not_found("This memory"));
        }
        let now_remembered = all(&mut tx, session.learner, self.clock.now()).await?;
        tx.commit().await?;
        Ok(now_remembered)
    }

    async fn forget_in(&self, session: Session, memory: Option<MemoryId>) -> Result<Recall> {
        let mut tx = self.db.write_for(session.learner).await?;
        match memory {
            Some(memory) => store::forget(&mut tx, session.learner, memory).await?,
            None => store::forget_all(&mut tx, session.learner).await?,
        }
        let now_remembered = all(&mut tx, session.learner, self.clock.now()).await?;
        tx.commit().await?;
        Ok(now_remembered)
    }

    async fn switch_in(&self, session: Session, on: bool) -> Result<Recall> {
        let (learner, now) = (session.learner, self.clock.now());
        let mut tx = self.db.write_for(learner).await?;
        store::set_off(&mut tx, learner, !on, now).await?;
        if !on {
            store::forget_all(&mut tx, learner).await?;
        }
        let now_remembered = all(&mut tx, learner, now).await?;
        tx.commit().await?;
        Ok(now_remembered)
    }
}

#[async_trait::async_trait]
impl Memories for MemoryService {
    #[tracing::instrument(skip_all)]
    async fn recall(&self, session: Session) -> Result<Recall, ApiError> {
        let run = async {
            let mut tx = self.db.read().await?;
            all(&mut tx, session.learner, self.clock.now()).await
        };
        Ok(run.await?)
    }

    #[tracing::instrument(skip_all)]
    async fn add(&self, session: Session, request: Adding) -> Result<Recall, ApiError> {
        let remembered = self.add_in(session, &request).await?;
        forms::lead_plain(PAGE);
        Ok(remembered)
    }

    #[tracing::instrument(skip_all, fields(memory.id = %request.memory))]
    async fn reword(&self, session: Session, request: Rewording) -> Result<Recall, ApiError> {
        let remembered = self.reword_in(session, &request).await?;
        forms::lead_plain(PAGE);
        Ok(remembered)
    }

    #[tracing::instrument(skip_all, fields(memory.id = %memory))]
    async fn forget(&self, session: Session, memory: MemoryId) -> Result<Recall, ApiError> {
        let remembered = self.forget_in(session, Some(memory)).await?;
        forms::lead_plain(PAGE);
        Ok(remembered)
    }

    #[tracing::instrument(skip_all)]
    async fn forget_all(&self, session: Session) -> Result<Recall, ApiError> {
        let remembered = self.forget_in(session, None).await?;
        forms::lead_plain(PAGE);
        Ok(remembered)
    }

    #[tracing::instrument(skip_all, fields(on))]
    async fn switch(&self, session: Session, on: bool) -> Result<Recall, ApiError> {
        let remembered = self.switch_in(session, on).await?;
        forms::lead_plain(PAGE);
        Ok(remembered)
    }
}
