//! Identifiers. Owns: one newtype per thing that has an id. Refuses: making ids (the server does, as
//! UUIDv7, so that they sort by time).

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }
    )+};
}

ids! {
    /// Somebody who learns: a guest or an account.
    LearnerId,
    /// A log-in: one browser of one learner.
    SessionId,
    /// An uploaded file and what was read from it.
    MaterialId,
    /// A chunk of a material: the unit of search, of reading and of citing.
    PassageId,
    /// A single-best-answer question.
    QuestionId,
    /// A set of questions answered in a row.
    QuizId,
    /// Something that comes back by spaced repetition.
    CardId,
    /// One grade given to a card.
    ReviewId,
    /// One answer given to a question.
    AnswerId,
    /// A search that a learner keeps.
    SavedSearchId,
    /// A session with the tutor.
    TalkId,
    /// Something that the tutor remembers.
    MemoryId,
    /// A card with a front and a back.
    FlashcardId,
    /// A unit of background work.
    JobId,
}
