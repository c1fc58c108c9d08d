//! Answers that were given before. Owns: keeping a model's answers for a day, and finding the one that answers a question
//! again though it is asked in other words. Refuses: who may see an answer and what else must be equal (that is the
//! bucket, which the orchestrator makes), and which answers are worth keeping.
//!
//! An answer is found if `guard` says that the questions are one and their vectors lie near each other. The guard comes
//! first: it costs nothing, and where nobody passes it nothing is embedded. Without an embedder, the same words are found
//! and no others.
//!
//! All answers of a bucket lie under one key of the shared cache. Within a process one change waits for the other; of two
//! processes that change a bucket at once the later wins, and an answer is lost that is made again.

use super::guard;
use crate::retrieval::embed::{Embedder, Role};
use crate::shared::{Cache, VALUE_MAX};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Duration};
use tokio::sync::Mutex;

/// An answer is good for so long.
pub const KEEP: Duration = Duration::from_secs(24 * 3_600);

/// Most answers of a bucket.
pub const MOST: usize = 32;

/// Least cosine of two questions that the guard calls one.
///
/// Of 200 judged near misses the guard passes none, at any cosine; of 200 paraphrases it passes 85. Of these the pair of
/// models finds 78 from .75 and 42 from .92, MiniLM 67 and 31. By the cosine alone .92 is no threshold: it takes 80 near
/// misses (MiniLM 90) beside 102 paraphrases (81). The table is in `end2end/bench/RESULTS.md`.
pub const NEAR: f32 = 0.75;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What was answered.
    pub text: String,
    /// Who wrote it, as `provider/model`.
    pub model: String,
    /// When it was given, milliseconds since 1970.
    pub at: i64,
}

impl Kept {
    /// Whether it is still good. One from the future is of another machine whose clock is ahead.
    fn is_good(&self, now: i64) -> bool {
        u128::try_from(now.saturating_sub(self.at)).is_ok_and(|age| age < KEEP.as_millis()) || self.at > now
    }
}

#[derive(Serialize, Deserialize)]
struct Entry {
    asked: String,
    /// Of what was asked; none where nobody could make it.
    vector: Option<Vec<i8>>,
    kept: Kept,
}

/// The service.
pub struct Answers {
    embedder: Arc<dyn Embedder>,
    cache: Arc<dyn Cache>,
    changing: Mutex<()>,
}

impl Answers {
    /// With answers in `cache`, found by vectors of `embedder`.
    pub fn new(embedder: Arc<dyn Embedder>, cache: Arc<dyn Cache>) -> Self {
        Self { embedder, cache, changing: Mutex::default() }
    }

    /// Whether what is asked leaves this machine to be compared.
    pub fn is_elsewhere(&self) -> bool {
        self.embedder.is_elsewhere()
    }

    /// The answer to a question that was asked before at `now` (milliseconds since 1970), in these words or in others.
    ///
    /// `bucket` is a hash of all that must be equal: for whom, task, prompt, tier, form, sources, and what was said
    /// before.
    pub async fn find(&self, bucket: &[u8; 32], asked: &str, now: i64) -> Option<Kept> {
        let mut entries = self.entries(bucket, now).await;
        entries.retain(|entry| guard::same(&entry.asked, asked).is_ok());
        let words = plain(asked);
        if let Some(exact) = entries.iter().position(|entry| plain(&entry.asked) == words) {
            return Some(entries.swap_remove(exact).kept);
        }
        entries.retain(|entry| entry.vector.is_some());
        if entries.is_empty() {
            return None;
        }
        let vector = self.vector(asked).await?;
        let near = entries.into_iter().filter_map(|entry| {
            let cosine = cosine(entry.vector.as_deref()?, &vector).filter(|cosine| *cosine >= NEAR)?;
            Some((cosine, entry.kept))
        });
        near.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, kept)| kept)
    }

    /// Keeps an answer, in the place of an older one to the same words. What is too long is not kept.
    pub async fn keep(&self, bucket: &[u8; 32], asked: &str, kept: Kept, now: i64) {
        if !kept.is_good(now) {
            return;
        }
        let entry = Entry { asked: asked.into(), vector: self.vector(asked).await, kept };
        let _changing = self.changing.lock().await;
        let mut entries = self.entries(bucket, now).await;
        let words = plain(asked);
        entries.retain(|entry| plain(&entry.asked) != words || guard::same(&entry.asked, asked).is_err());
        entries.insert(0, entry);
        entries.truncate(MOST);
        while !entries.is_empty() {
            match serde_json::to_vec(&entries) {
                Ok(bytes) if bytes.len() <= VALUE_MAX => {
                    return self.cache.put(&self.key(bucket), &bytes, KEEP).await;
                }
                _ => entries.truncate(entries.len() - 1),
            }
        }
    }

    /// What is good of a bucket, newest first. Bytes that are no answers are none.
    async fn entries(&self, bucket: &[u8; 32], now: i64) -> Vec<Entry> {
        let bytes = self.cache.get(&self.key(bucket)).await.unwrap_or_default();
        let mut entries: Vec<Entry> = serde_json::from_slice(&bytes).unwrap_or_default();
        entries.retain(|entry| entry.kept.is_good(now));
        entries
    }

    /// By the model, too: vectors of another one cannot be compared.
    fn key(&self, bucket: &[u8; 32]) -> String {
        let digest =
            Sha256::new().chain_update(&self.embedder.model().sha256).chain_update([0]).chain_update(bucket);
        format!("answers:{:x}", digest.finalize())
    }

    /// The vector of a question, in whole steps: a quarter of the bytes, and cosines to two and a half digits.
    async fn vector(&self, asked: &str) -> Option<Vec<i8>> {
        if !self.embedder.is_there() {
            return None;
        }
        let vector = match self.embedder.embed(asked, Role::Query).await {
            Ok(vector) => vector,
            Err(error) => {
                tracing::debug!("an answer is kept or sought without a vector: {error}");
                return None;
            }
        };
        let longest = vector.iter().fold(0.0_f32, |longest, x| longest.max(x.abs()));
        let is_one = longest > 0.0 && vector.iter().all(|x| x.is_finite());
        is_one.then(|| vector.iter().map(|x| (x / longest * 127.0).round() as i8).collect())
    }
}

/// A question without what nobody means by it: capitals, spaces, the signs at its end.
fn plain(asked: &str) -> String {
    let words: Vec<String> = asked.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ").trim_end_matches(['?', '!', '.', ' ']).to_string()
}

/// `None` where they are of two models.
fn cosine(a: &[i8], b: &[i8]) -> Option<f32> {
    let product =
        |a: &[i8], b: &[i8]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    let lengths = (product(a, a) * product(b, b)).sqrt();
    (a.len() == b.len() && lengths > 0.0).then(|| (product(a, b) / lengths) as f32)
}

#[cfg(test)]
mod tests;
