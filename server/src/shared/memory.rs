//! The ports in one process. Owns: bounded memory for each. Refuses: reaching further.

use super::{Cache, Limits, Notice, Notices, Rule, VALUE_MAX, Wait};
use async_trait::async_trait;
use moka::{Expiry, sync::Cache as Entries};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::broadcast;

/// With more keys than this the ones whose time is over are dropped.
const MANY: usize = 10_000;
/// Notices that a slow listener may be behind.
const BEHIND: usize = 1_024;
/// Keys and values that are kept, bytes.
const KEPT: u64 = 16 * 1024 * 1024;

/// Tries that still count, oldest first, and for how long they do.
#[derive(Default)]
pub(super) struct MemoryLimits(Mutex<HashMap<String, (i64, Vec<i64>)>>);

#[async_trait]
impl Limits for MemoryLimits {
    async fn take(&self, key: &str, rule: Rule, now: i64) -> Result<(), Wait> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MANY {
            all.retain(|_, (window, times)| times.last().is_some_and(|last| now - last < *window));
        }
        let (window, times) = all.entry(key.into()).or_default();
        *window = rule.window;
        times.retain(|time| now - time < rule.window);
        if times.len() >= rule.tries {
            return Err(Wait(times.first().map_or(rule.window, |first| first + rule.window - now)));
        }
        times.push(now);
        Ok(())
    }

    async fn forget(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// A broadcast.
pub(super) struct MemoryNotices(broadcast::Sender<Notice>);

impl Default for MemoryNotices {
    fn default() -> Self {
        Self(broadcast::Sender::new(BEHIND))
    }
}

impl Notices for MemoryNotices {
    fn tell(&self, notice: Notice) {
        // nobody listens: fine
        let _ = self.0.send(notice);
    }

    fn hear(&self) -> broadcast::Receiver<Notice> {
        self.0.subscribe()
    }
}

/// The values that were used most and last.
pub(super) struct MemoryCache(Entries<String, Kept>);

#[derive(Clone)]
struct Kept {
    value: Vec<u8>,
    keep: Duration,
}

struct AsLongAsTold;

impl Expiry<String, Kept> for AsLongAsTold {
    fn expire_after_create(&self, _: &String, kept: &Kept, _: Instant) -> Option<Duration> {
        Some(kept.keep)
    }

    fn expire_after_update(
        &self,
        _: &String,
        kept: &Kept,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(kept.keep)
    }
}

impl Default for MemoryCache {
    fn default() -> Self {
        let weight =
            |key: &String, kept: &Kept| u32::try_from(key.len() + kept.value.len()).unwrap_or(u32::MAX);
        Self(Entries::builder().max_capacity(KEPT).weigher(weight).expire_after(AsLongAsTold).build())
    }
}

#[async_trait]
impl Cache for MemoryCache {
    async fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.0.get(key).map(|kept| kept.value)
    }

    async fn put(&self, key: &str, value: &[u8], keep: Duration) {
        if value.len() <= VALUE_MAX {
            self.0.insert(key.into(), Kept { value: value.into(), keep });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn tries_whose_time_is_over_take_no_memory_for_ever() {
        let limits = MemoryLimits::default();
        let rule = Rule { tries: 1, window: 10 };
        for n in 0..MANY {
            limits.take(&n.to_string(), rule, 0).await.unwrap();
        }
        limits.take("one more", rule, 10).await.unwrap();
        assert_eq!(limits.0.lock().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn values_take_no_more_memory_than_they_may() {
        let cache = MemoryCache::default();
        let value = vec![0; VALUE_MAX];
        for n in 0..40 {
            cache.put(&n.to_string(), &value, Duration::from_secs(60)).await;
        }
        cache.0.run_pending_tasks();
        let bytes = cache.0.weighted_size();
        assert!(bytes > 0 && bytes <= KEPT, "{bytes}");
    }
}
