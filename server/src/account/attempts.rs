//! Guessing passwords. Owns: how many wrong ones an account may be tried with. Refuses: who is right, and counting
//! (`shared` does, for all processes together).

use crate::{
    error::Result,
    shared::{Limits, Rule},
};
use app::error::ApiError;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Wrong passwords within [`WINDOW`] until the next must wait.
pub const WRONG: usize = 10;
/// How long a wrong password counts, ms.
pub const WINDOW: i64 = 10 * 60_000;

/// Tries per account that still count.
#[derive(Clone)]
pub struct Attempts(Arc<dyn Limits>);

impl Attempts {
    /// Counted there.
    pub fn new(limits: Arc<dyn Limits>) -> Self {
        Self(limits)
    }

    /// Begins a try. It counts at once, so that a thousand at the same time are no way round; [`Self::forgive`] takes
    /// the tries back when one was right.
    ///
    /// # Errors
    /// `Limited`, with the time until the oldest try no longer counts.
    pub async fn begin(&self, account: &str, now: i64) -> Result<()> {
        let taken = self.0.take(&key(account), Rule { tries: WRONG, window: WINDOW }, now).await;
        taken.map_err(|wait| ApiError::Limited { seconds: wait.seconds() }.into())
    }

    /// The password was right.
    pub async fn forgive(&self, account: &str) {
        self.0.forget(&key(account)).await;
    }
}

/// What was typed may be long, and may be somebody's address: neither belongs into a key.
fn key(account: &str) -> String {
    format!("password:{:x}", Sha256::digest(account))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::Shared;

    #[tokio::test]
    async fn the_eleventh_try_waits_until_the_first_is_ten_minutes_old() {
        let attempts = Attempts::new(Shared::memory().limits);
        for n in 0..10 {
            assert!(attempts.begin("fern", n * 1000).await.is_ok(), "{n}");
        }
        let error = ApiError::from(attempts.begin("fern", 10_000).await.unwrap_err());
        assert_eq!(error, ApiError::Limited { seconds: 591 });
        assert!(attempts.begin("moss", 10_000).await.is_ok(), "another account goes on");
        assert!(attempts.begin("fern", WINDOW).await.is_ok());
        assert!(attempts.begin("fern", WINDOW).await.is_err());
    }

    #[tokio::test]
    async fn a_right_password_clears_the_slate() {
        let attempts = Attempts::new(Shared::memory().limits);
        for n in 0..9 {
            attempts.begin("fern", n).await.unwrap();
        }
        attempts.forgive("fern").await;
        for n in 0..10 {
            assert!(attempts.begin("fern", n).await.is_ok());
        }
    }
}
