//! Guessing passwords. Owns: how many wrong ones an account may be tried with, in this process. Refuses: who is right.

use crate::error::Result;
use app::error::ApiError;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Wrong passwords within [`WINDOW`] until the next must wait.
pub const WRONG: usize = 10;
/// How long a wrong password counts, ms.
pub const WINDOW: i64 = 10 * 60_000;
/// With more accounts than this the ones whose time is over are dropped.
const MANY: usize = 10_000;

/// Tries per account that still count, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Attempts(Arc<Mutex<HashMap<String, Vec<i64>>>>);

impl Attempts {
    /// Begins a try. It counts at once, so that a thousand at the same time are no way round; [`Self::forgive`] takes
    /// the tries back when one was right.
    ///
    /// # Errors
    /// `Limited`, with the time until the oldest try no longer counts.
    pub fn begin(&self, account: &str, now: i64) -> Result<()> {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= MANY {
            tries.retain(|_, times| times.last().is_some_and(|last| now - last < WINDOW));
        }
        let times = tries.entry(account.into()).or_default();
        times.retain(|time| now - time < WINDOW);
        if times.len() >= WRONG {
            let wait = times.first().map_or(0, |first| first + WINDOW - now);
            let seconds = u32::try_from(wait.div_euclid(1000) + 1).unwrap_or(1);
            return Err(ApiError::Limited { seconds }.into());
        }
        times.push(now);
        Ok(())
    }

    /// The password was right.
    pub fn forgive(&self, account: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_try_waits_until_the_first_is_ten_minutes_old() {
        let attempts = Attempts::default();
        for n in 0..10 {
            assert!(attempts.begin("fern", n * 1000).is_ok(), "{n}");
        }
        let error = ApiError::from(attempts.begin("fern", 10_000).unwrap_err());
        assert_eq!(error, ApiError::Limited { seconds: 591 });
        assert!(attempts.begin("moss", 10_000).is_ok(), "another account goes on");
        assert!(attempts.begin("fern", WINDOW).is_ok());
        assert!(attempts.begin("fern", WINDOW).is_err());
    }

    #[test]
    fn a_right_password_clears_the_slate() {
        let attempts = Attempts::default();
        (0..9).for_each(|n| drop(attempts.begin("fern", n)));
        attempts.forgive("fern");
        assert!((0..10).all(|n| attempts.begin("fern", n).is_ok()));
    }
}
