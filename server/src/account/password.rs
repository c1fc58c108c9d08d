//! Password hashes: bcrypt, off the async threads, a few at a time.

use std::sync::Arc;
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
