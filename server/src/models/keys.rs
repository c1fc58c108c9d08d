//! Providers' keys that the administrator sets. Owns: keeping them sealed, and having the orchestrator take up what has changed,
//! here or in another process. Refuses: showing one to anybody again, and who may set one (`port`).

use super::{
    choice::{Choice, Keys, Origin},
    seal::{NONCE, Seal},
    store::{self, KeyRow},
};
use crate::{
    clock::{Clock, date_of, utc_day},
    db::Db,
    error::{Error, Result},
    llm::{Orchestrator, pace::Pace},
};
use app::models::api::{KeyOrigin, KeySet, ProviderKey};
use std::sync::Arc;
use tokio::sync::Mutex;

/// Longest key, bytes; the providers' have some hundred.
const LONGEST: usize = 512;

/// What it works with.
pub struct Parts {
    /// Where keys are kept.
    pub db: Db,
    /// Time.
    pub clock: Clock,
    /// What is configured.
    pub choice: Choice,
    /// How long models are waited for.
    pub pace: Pace,
    /// Who asks with the keys.
    pub llm: Orchestrator,
}

/// The keys. Cheap to clone; clones are one and the same.
#[derive(Clone)]
pub struct ProviderKeys(Arc<Inner>);

struct Inner {
    parts: Parts,
    seal: Seal,
    /// What the orchestrator asks with; `None` before the first look.
    taken: Mutex<Option<Vec<KeyRow>>>,
}

impl ProviderKeys {
    /// Under this secret. Nothing is connected before the first [`ProviderKeys::look`].
    ///
    /// # Errors
    /// When no key can be derived of the secret.
    pub fn new(parts: Parts, secret: &[u8]) -> anyhow::Result<Self> {
        Ok(Self(Arc::new(Inner { parts, seal: Seal::new(secret)?, taken: Mutex::default() })))
    }

    /// Where each provider's key comes from.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn origins(&self) -> Result<Vec<ProviderKey>> {
        let Parts { db, choice, .. } = &self.0.parts;
        let rows = store::keys(&mut db.read().await?).await?;
        let set = kept(&self.0.seal, &rows).keys;
        let provider = |endpoint: &crate::llm::catalogue::Endpoint| {
            let row = rows.iter().find(|row| row.endpoint == endpoint.name);
            ProviderKey {
                endpoint: endpoint.name.clone(),
                title: endpoint.title.clone(),
                variable: endpoint.key.clone(),
                origin: match choice.origin(&endpoint.name, &set) {
                    Origin::Environment => KeyOrigin::Environment,
                    Origin::Page => KeyOrigin::Page,
                    Origin::Nowhere => KeyOrigin::Nowhere,
                },
                set: row.map(|row| KeySet {
                    date: date_of(i32::try_from(utc_day(row.at)).unwrap_or_default()),
                    readable: set.contains_key(&row.endpoint),
                }),
            }
        };
        Ok(choice.endpoints().map(provider).collect())
    }

    /// Sets a provider's key in the place of the one before, with a nonce that was never used, and connects it.
    ///
    /// # Errors
    /// `NotFound` for a provider that the catalogue does not have, `Invalid` for what can be no key.
    pub async fn set(&self, endpoint: &str, typed: &str, nonce: [u8; NONCE]) -> Result<()> {
        let Parts { db, clock, choice, .. } = &self.0.parts;
        if !choice.endpoints().any(|known| known.name == endpoint) {
            return Err(Error::not_found("This provider"));
        }
        let key = checked(typed)?;
        let sealed = self.0.seal.close(endpoint, key, nonce)?;
        let mut tx = db.write().await?;
        store::save_key(&mut tx, KeyRow { endpoint: endpoint.into(), sealed, at: clock.now() }).await?;
        tx.commit().await?;
        tracing::info!(endpoint, "a provider's key was set");
        self.look().await?;
        Ok(())
    }

    /// Removes a key that was set. What is being answered with it is answered to the end.
    ///
    /// # Errors
    /// `NotFound` where none was set.
    pub async fn remove(&self, endpoint: &str) -> Result<()> {
        let mut tx = self.0.parts.db.write().await?;
        if !store::remove_key(&mut tx, endpoint).await? {
            return Err(Error::not_found("This key"));
        }
        tx.commit().await?;
        tracing::info!(endpoint, "a provider's key was removed");
        self.look().await?;
        Ok(())
    }

    /// Connects what there are keys for now, if that has changed since the last look. Returns whether it has.
    ///
    /// # Errors
    /// When the database fails, or this machine cannot speak TLS.
    pub async fn look(&self) -> Result<bool> {
        let Parts { db, clock, choice, pace, llm } = &self.0.parts;
        // held from before the reading, so that of two looks the later one has read later
        let mut taken = self.0.taken.lock().await;
        let rows = store::keys(&mut db.read().await?).await?;
        let before = taken.as_deref().unwrap_or_default();
        if taken.is_some() && before == rows {
            return Ok(false);
        }
        let differs = |row: &&KeyRow| !(before.contains(row) && rows.contains(row));
        let changed = before.iter().chain(&rows).filter(differs).map(|row| row.endpoint.clone());
        let changed: Vec<String> = changed.collect();
        let Kept { keys, shut } = kept(&self.0.seal, &rows);
        for endpoint in shut {
            tracing::warn!(endpoint, "a provider's key cannot be decrypted: it was set under another secret");
        }
        for (tier, model) in choice.waiting(&keys) {
            tracing::warn!(model, "there is no key for the {} model: others are asked", tier.name());
        }
        llm.exchange(choice.seats(&keys, *pace, clock)?, &changed);
        *taken = Some(rows);
        Ok(true)
    }
}

/// What was set on the page.
#[derive(Debug, Default)]
pub struct Kept {
    /// Those that can be decrypted.
    pub keys: Keys,
    /// The endpoints of those that cannot: they were set under another secret.
    pub shut: Vec<String>,
}

fn kept(seal: &Seal, rows: &[KeyRow]) -> Kept {
    let mut kept = Kept::default();
    for KeyRow { endpoint, sealed, .. } in rows {
        match seal.open(endpoint, sealed) {
            Some(key) => _ = kept.keys.insert(endpoint.clone(), key),
            None => kept.shut.push(endpoint.clone()),
        }
    }
    kept
}

/// What was set, without connecting anything.
///
/// # Errors
/// When the database fails, or no key can be derived of the secret.
pub async fn glance(db: &Db, secret: &[u8]) -> anyhow::Result<Kept> {
    let rows = store::keys(&mut db.read().await?).await?;
    Ok(kept(&Seal::new(secret)?, &rows))
}

/// What was typed or pasted, if it can be a key.
fn checked(typed: &str) -> Result<&str> {
    let key = typed.trim();
    let message = match key {
        "" => "Paste the key here: the provider shows it once, when it is made.",
        // it goes in a header
        key if !key.bytes().all(|byte| byte.is_ascii_graphic()) => {
            "A key has neither spaces nor letters with accents: copy it once more."
        }
        key if key.len() > LONGEST => "This is longer than any key: copy the key alone.",
        key => return Ok(key),
    };
    Err(Error::invalid("key", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_no_key_is_refused_without_repeating_it() {
        for typed in ["", "  \n", "two words", "schlüssel", "a\u{0}b", &"k".repeat(LONGEST + 1)] {
            let error = format!("{:?}", checked(typed).unwrap_err());
            assert!(typed.trim().is_empty() || !error.contains(typed.trim()), "{error}");
        }
        assert_eq!(checked(" sk-1\n").unwrap(), "sk-1");
    }
}
