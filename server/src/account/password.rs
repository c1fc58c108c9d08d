//! Password hashes: bcrypt, off the async threads, a few at a time.

use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;

/// Hashes and verifies.
#[derive(Clone)]
pub struct Passwords {
    cost: u32,
    /// Verified when an address is unknown, so that the answer takes as long.
    decoy: Arc<str>,
    /// Hashing takes a core for a quarter of a second: a flood of log-ins must leave cores for learners.
    slots: Arc<Semaphore>,
}

impl Passwords {
    /// With this bcrypt cost.
    ///
    /// # Errors
    /// For a cost that bcrypt refuses.
    pub fn new(cost: u32) -> anyhow::Result<Self> {
        let decoy = bcrypt::hash("no account has this password", cost)?.into();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self { cost, decoy, slots: Arc::new(Semaphore::new(cores)) })
    }

    /// Hash of a password.
    ///
    /// # Errors
    /// When bcrypt fails.
    pub async fn hash(&self, password: String) -> anyhow::Result<String> {
        let cost = self.cost;
        let _slot = self.slots.acquire().await?;
        Ok(tokio::task::spawn_blocking(move || bcrypt::non_truncating_hash(password, cost)).await??)
    }

    /// Whether a password fits a hash; takes as long without one.
    ///
    /// # Errors
    /// When a kept hash is damaged.
    pub async fn verify(&self, password: String, hash: Option<String>) -> anyhow::Result<bool> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.decoy.to_string());
        // longer ones were never taken; bcrypt would read their beginning alone
        let fits = password.len() <= app::account::api::PASSWORD_MAX_BYTES;
        let _slot = self.slots.acquire().await?;
        let same = tokio::task::spawn_blocking(move || bcrypt::verify(password, &hash)).await??;
        Ok(known && fits && same)
    }
}

/// The commonest of twelve characters and more (`assets/NOTICE`), in lower case and sorted.
static COMMON: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("../../assets/passwords.txt").lines().collect());

/// Whether a password is among those that are tried first: a common one, with other cases or digits after it, or the same
/// few characters again and again.
pub(super) fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    let word = lower.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation());
    let known = |word: &str| COMMON.binary_search(&word).is_ok();
    let mut characters: Vec<char> = lower.chars().collect();
    characters.sort_unstable();
    characters.dedup();
    known(&lower) || (word.len() >= 12 && known(word)) || characters.len() <= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_first_is_common() {
        assert!(COMMON.is_sorted() && COMMON.len() > 300);
        for common in ["1qaz2wsx3edc", "QWERTY123456", "finalfantasy1!", "aaaaaaaaaaaa", "121212121212"] {
            assert!(is_common(common), "{common}");
        }
        for own in ["a good long password", "marrow lantern seven", "Final fantasies of frogs"] {
            assert!(!is_common(own), "{own}");
        }
    }
}
