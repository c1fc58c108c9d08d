//! Guessing passwords. Owns: how many wrong ones an account may be tried with. Refuses: who is right, and counting
//! (`shared` does, for all processes together).

use crate::{
    error::Result,
    shared::{Limits, Rule},
};
use app::error::ApiError;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Wrong passwords of one account that cost nothing but themselves.
pub const FREE: usize = 5;
/// Tries from one address, right ones too: behind it a whole lecture hall may sit.
const FREE_OF_ADDRESS: usize = 100;
/// Waits double until this one, ms: a quarter of an hour and a little.
const LONGEST: i64 = 1_024_000;

/// Tries that still count.
#[derive(Clone)]
pub struct Attempts(Arc<dyn Limits>);

/// The rules that make waits double: at most 5 within 2 s, 6 within 4, 7 within 8 … 14 within 1,024.
fn rules(free: usize) -> impl Iterator<Item = Rule> {
    let windows = std::iter::successors(Some(2_000), |window| Some(window * 2));
    windows.take_while(|window| *window <= LONGEST).zip(free..).map(|(window, tries)| Rule { tries, window })
}

impl Attempts {
    /// Counted there.
    pub fn new(limits: Arc<dyn Limits>) -> Self {
        Self(limits)
    }

    /// Begins a try of an account from an address (empty where it is not known). It counts at once, so that a thousand at
    /// the same time are no way round; [`Self::forgive`] takes those of the account back when one was right.
    ///
    /// # Errors
    /// `Limited`, with the time until the next may be made.
    pub async fn begin(&self, account: &str, address: &str, now: i64) -> Result<()> {
        let of_account = rules(FREE).map(|rule| (key("password", account, rule), rule));
        let of_address = rules(FREE_OF_ADDRESS).map(|rule| (key("address", address, rule), rule));
        let known = !address.is_empty();
        for (key, rule) in of_account.chain(of_address.filter(|_| known)) {
            let taken = self.0.take(&key, rule, now).await;
            taken.map_err(|wait| ApiError::Limited { seconds: wait.seconds() })?;
        }
        Ok(())
    }

    /// The password was right.
    pub async fn forgive(&self, account: &str) {
        for rule in rules(FREE) {
            self.0.forget(&key("password", account, rule)).await;
        }
    }
}

/// What was typed may be long, and may be somebody's address: neither belongs into a key.
fn key(kind: &str, of: &str, rule: Rule) -> String {
    format!("{kind}:{}:{:x}", rule.window, Sha256::digest(of))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::Shared;

    /// When the next try may be made, ms after `now`, asked for without making one.
    async fn wait(attempts: &Attempts, now: i64) -> i64 {
        let mut after = 0;
        while attempts.begin("fern", "", now + after).await.is_err() {
            after += 500;
        }
        after
    }

    #[tokio::test]
    async fn after_five_wrong_ones_each_waits_twice_as_long() {
        let attempts = Attempts::new(Shared::memory().limits);
        for n in 0..5 {
            assert!(attempts.begin("fern", "", n).await.is_ok(), "{n}");
        }
        let error = ApiError::from(attempts.begin("fern", "", 5).await.unwrap_err());
        assert_eq!(error, ApiError::Limited { seconds: 2 });
        assert!(attempts.begin("moss", "", 5).await.is_ok(), "another account goes on");
        let (mut now, mut waits) = (5, vec![]);
        for _ in 0..6 {
            let waited = wait(&attempts, now).await;
            waits.push(waited / 1_000);
            now += waited;
        }
        assert!(waits.windows(2).all(|two| two[1] >= two[0]), "{waits:?}");
        assert!(waits[5] >= 16, "{waits:?}");
        attempts.forgive("fern").await;
        assert!(attempts.begin("fern", "", now).await.is_ok());
    }

    #[tokio::test]
    async fn an_address_that_tries_many_accounts_waits_too() {
        let attempts = Attempts::new(Shared::memory().limits);
        for n in 0..FREE_OF_ADDRESS {
            assert!(attempts.begin(&format!("account {n}"), "192.0.2.7", 0).await.is_ok(), "{n}");
        }
        assert!(attempts.begin("one more", "192.0.2.7", 0).await.is_err());
        assert!(attempts.begin("one more", "192.0.2.8", 0).await.is_ok(), "another address goes on");
    }

    #[tokio::test]
    async fn a_right_password_clears_the_slate() {
        let attempts = Attempts::new(Shared::memory().limits);
        for round in 0..3 {
            for n in 0..5 {
                assert!(attempts.begin("fern", "", n).await.is_ok(), "{round}, {n}");
            }
            attempts.forgive("fern").await;
        }
    }
}
