//! What is remembered: a goal, a note, two mistakes and a breakthrough; nothing of somebody new, and switched off for the plain.

use crate::{
    library::HEART,
    quiz::NOW,
    state::{Gallery, State},
};
use app::{
    error::ApiError,
    memory::api::{Adding, Memories, Memory, Recall, Rewording},
    session::Session,
};
use domain::{id::MemoryId, memory::Kind};
use uuid::Uuid;

fn recall(state: State) -> Recall {
    let memory = |id: u128, kind: Kind, concept: &str, text: &str, times: u32, days: i64| Memory {
        id: MemoryId(Uuid::from_u128(id)),
        kind,
        concept: concept.into(),
        material: (!concept.is_empty()).then_some(HEART),
        file: (!concept.is_empty()).then(|| "The heart".into()),
        text: text.into(),
        times,
        at: NOW - days * 86_400_000,
    };
    let memories = match state {
        State::New | State::Plain => vec![],
        _ => vec![
            memory(1, Kind::Goal, "", "Pass the cardiology exam in June", 1, 12),
            memory(2, Kind::Note, "", "I keep numbers best when they stand beside a picture", 1, 9),
            memory(
                3,
                Kind::Misconception,
                "Preload",
                "confused with afterload: each is a load of the ventricle",
                3,
                2,
            ),
            memory(4, Kind::Error, "Coronary sinus", "The check question was not right yet.", 1, 4),
            memory(
                5,
                Kind::Breakthrough,
                "AV node",
                "Missed at first, then right without having been told.",
                1,
                4,
            ),
        ],
    };
    Recall { memories, on: state != State::Plain, now: NOW }
}

#[async_trait::async_trait]
impl Memories for Gallery {
    async fn recall(&self, _: Session) -> Result<Recall, ApiError> {
        self.enter().await?;
        Ok(recall(self.state))
    }

    async fn add(&self, session: Session, _: Adding) -> Result<Recall, ApiError> {
        self.recall(session).await
    }

    async fn reword(&self, session: Session, _: Rewording) -> Result<Recall, ApiError> {
        self.recall(session).await
    }

    async fn forget(&self, session: Session, _: MemoryId) -> Result<Recall, ApiError> {
        self.recall(session).await
    }

    async fn forget_all(&self, session: Session) -> Result<Recall, ApiError> {
        self.recall(session).await
    }

    async fn switch(&self, session: Session, _: bool) -> Result<Recall, ApiError> {
        self.recall(session).await
    }
}
