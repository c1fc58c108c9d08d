//! What the processes of one installation share and may lose: how often something was tried, what was looked up before,
//! who is told. Owns: a port for each, and whether they go through this process's memory or a Redis. Refuses: truth. It
//! is in the database, where whoever is told something looks.
//!
//! The ports have no errors. While Redis is away, a process counts, tells and hears by itself, and nothing else changes.

mod memory;
mod redis;

use crate::error::Result;
use async_trait::async_trait;
use domain::id::{LearnerId, TalkId};
use std::{fmt, sync::Arc, time::Duration};
use tokio::sync::broadcast;
use uuid::Uuid;

/// So many tries within so long a time.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Tries that are let through.
    pub tries: usize,
    /// How long a try counts, ms.
    pub window: i64,
}

/// How long to wait until the oldest try no longer counts, ms; more than 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait(pub i64);

impl Wait {
    /// In whole seconds, after which it is surely over.
    pub fn seconds(self) -> u32 {
        u32::try_from(self.0.div_euclid(1000) + 1).unwrap_or(1)
    }
}

/// Counts tries, all of an installation together.
#[async_trait]
pub trait Limits: Send + Sync {
    /// Counts a try at `now` (milliseconds since 1970), unless there were too many within the window before it.
    ///
    /// # Errors
    /// [`Wait`]; then it was not counted.
    async fn take(&self, key: &str, rule: Rule, now: i64) -> Result<(), Wait>;

    /// Takes back all tries of a key.
    async fn forget(&self, key: &str);
}

/// That something has changed; what it is now stands in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Notice {
    /// A job was put in the queue.
    Job,
    /// A learner's shelf is another.
    Shelf(LearnerId),
    /// Something was said in a talk.
    Talk(TalkId),
    /// Notices may have been lost: look, whatever you wait for.
    Gap,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Job => f.write_str("job"),
            Self::Shelf(learner) => write!(f, "shelf {learner}"),
            Self::Talk(talk) => write!(f, "talk {talk}"),
            Self::Gap => f.write_str("gap"),
        }
    }
}

impl Notice {
    /// What [`fmt::Display`] has written; `None` for what another version of this program may have.
    fn read(text: &str) -> Option<Self> {
        match text.split_once(' ') {
            None if text == "job" => Some(Self::Job),
            None if text == "gap" => Some(Self::Gap),
            Some(("shelf", learner)) => learner.parse().ok().map(Self::Shelf),
            Some(("talk", talk)) => talk.parse().ok().map(Self::Talk),
            _ => None,
        }
    }
}

/// Tells every process of an installation, the own one included.
pub trait Notices: Send + Sync {
    /// Tells it: here at once, elsewhere as soon as it can be.
    fn tell(&self, notice: Notice);

    /// Hears what is told from now on. Who is too slow loses the oldest and is told that ([`broadcast`]).
    fn hear(&self) -> broadcast::Receiver<Notice>;
}

/// Values longer than this are not kept, bytes.
pub const VALUE_MAX: usize = 1024 * 1024;

/// Keeps what is costly to find again.
#[async_trait]
pub trait Cache: Send + Sync {
    /// What is kept under a key.
    async fn get(&self, key: &str) -> Option<Vec<u8>>;

    /// Keeps a value for so long at most. It may be gone at any time before, and is not kept at all beyond
    /// [`VALUE_MAX`].
    async fn put(&self, key: &str, value: &[u8], keep: Duration);
}

/// The ports. Cheap to clone; clones are one and the same.
#[derive(Clone)]
pub struct Shared {
    /// How often something was tried.
    pub limits: Arc<dyn Limits>,
    /// Who is told.
    pub notices: Arc<dyn Notices>,
    /// What was looked up before.
    pub cache: Arc<dyn Cache>,
    redis: Option<Arc<redis::Link>>,
}

impl Shared {
    /// Among the clones of this alone.
    pub fn memory() -> Self {
        Self {
            limits: Arc::new(memory::MemoryLimits::default()),
            notices: Arc::new(memory::MemoryNotices::default()),
            cache: Arc::new(memory::MemoryCache::default()),
            redis: None,
        }
    }

    /// Among all processes that name the same Redis and the same installation; in memory where `url` is empty. `me`
    /// names this process: no two are alike.
    ///
    /// A Redis that does not answer is no error: it is waited for a moment, then in the background.
    ///
    /// # Errors
    /// When `url` is no address of a Redis.
    pub async fn open(url: &str, installation: &str, me: Uuid) -> anyhow::Result<Self> {
        if url.is_empty() {
            return Ok(Self::memory());
        }
        redis::open(url, installation, me).await
    }

    /// Whether the processes hear each other: in memory there is nobody else, a Redis has to answer.
    pub async fn is_whole(&self) -> bool {
        match &self.redis {
            Some(link) => link.answers().await,
            None => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_read_as_it_was_written() {
        let (shelf, talk) =
            (Notice::Shelf(LearnerId(Uuid::from_u128(7))), Notice::Talk(TalkId(Uuid::from_u128(8))));
        for notice in [Notice::Job, Notice::Gap, shelf, talk] {
            assert_eq!(Notice::read(&notice.to_string()), Some(notice));
        }
        for odd in ["", "jobs", "job 1", "shelf", "shelf of mine"] {
            assert_eq!(Notice::read(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_wait_is_over_after_its_seconds() {
        for (ms, seconds) in [(1, 1), (999, 1), (1_000, 2), (590_000, 591)] {
            assert_eq!(Wait(ms).seconds(), seconds, "{ms}");
        }
    }
}
