//! The ports on a Redis. Owns: the connection, the names of keys, and going on without it. Refuses: keys that last
//! (each has an end) and errors: who asks while Redis is away gets what this process knows by itself.

mod notices;

use super::{Cache, Limits, Rule, Shared, VALUE_MAX, Wait, memory::MemoryLimits};
use ::redis::{
    Client, ConnectionInfo, IntoConnectionInfo, RedisError, RedisResult, Script,
    aio::{ConnectionManager, ConnectionManagerConfig},
    io::tcp::TcpSettings,
};
use anyhow::Context;
use async_trait::async_trait;
use notices::RedisNotices;
use sha2::{Digest, Sha256};
use std::{
    fmt::Display,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use uuid::Uuid;

/// A connection is waited for so long, and so is each answer. A learner may be waiting meanwhile.
const PATIENCE: Duration = Duration::from_secs(1);
/// After an answer that never came, nothing is asked for so long.
const REST: Duration = Duration::from_secs(5);

/// Connects; see [`Shared::open`].
pub(super) async fn open(url: &str, installation: &str, me: Uuid) -> anyhow::Result<Shared> {
    let client = client(url).context(
        "REDIS_URL must look like redis://:PASSWORD@HOST:PORT (rediss:// for TLS), with what is needed of it",
    )?;
    let digest = Sha256::digest(installation);
    let prefix = format!("mitochi:{:02x}{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2], digest[3]);
    let config = ConnectionManagerConfig::new()
        // the next question asks again soon enough, and none should wait for a row of tries
        .set_number_of_retries(0)
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE));
    let manager = ConnectionManager::new_lazy_with_config(client.clone(), config)?;
    let link = Arc::new(Link {
        manager,
        prefix,
        resting: Mutex::new(None),
        away: AtomicBool::new(false),
        listening: AtomicBool::new(false),
    });
    let notices = RedisNotices::start(client, link.clone(), me).await;
    Ok(Shared {
        limits: Arc::new(RedisLimits {
            link: link.clone(),
            script: Script::new(TAKE),
            alone: MemoryLimits::default(),
        }),
        notices: Arc::new(notices),
        cache: Arc::new(RedisCache { link: link.clone() }),
        redis: Some(link),
    })
}

fn client(url: &str) -> RedisResult<Client> {
    let info: ConnectionInfo = url.into_connection_info()?;
    let settings = TcpSettings::default().set_nodelay(true);
    // a connection that was cut without a word is noticed when nothing it sends arrives
    #[cfg(target_os = "linux")]
    let settings = settings.set_user_timeout(REST);
    Client::open(info.set_tcp_settings(settings))
}

/// The way to Redis, and whether it is there.
pub(super) struct Link {
    manager: ConnectionManager,
    prefix: String,
    /// Nothing is asked before.
    resting: Mutex<Option<Instant>>,
    /// It did not answer last time: so that this is logged once.
    away: AtomicBool,
    /// Whether notices of others arrive.
    listening: AtomicBool,
}

impl Link {
    /// Asks Redis; `None` when it does not answer. A question may reach it twice.
    async fn ask<T, F>(&self, question: impl Fn(ConnectionManager) -> F) -> Option<T>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let resting = *self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        if resting.is_some_and(|until| Instant::now() < until) {
            return None;
        }
        let mut answer = question(self.manager.clone()).await;
        // the manager tells how its last connection ended, and only then makes another
        if answer.as_ref().is_err_and(|error| error.is_io_error() && !error.is_timeout()) {
            answer = question(self.manager.clone()).await;
        }
        match answer {
            Ok(answer) => {
                self.is_there();
                Some(answer)
            }
            Err(error) => {
                self.failed(&error);
                None
            }
        }
    }

    fn failed(&self, error: &RedisError) {
        if error.is_timeout() {
            let until = Instant::now() + REST;
            *self.resting.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
        }
        self.is_away(error);
    }

    fn is_there(&self) {
        if self.away.swap(false, Ordering::Relaxed) {
            tracing::info!("Redis answers again: processes hear each other");
        }
    }

    fn is_away(&self, why: &dyn Display) {
        if !self.away.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "Redis does not answer ({why}): until it does, this process counts and tells by itself"
            );
        }
    }

    /// Whether it answers and notices of others arrive.
    pub(super) async fn answers(&self) -> bool {
        let pong = |mut redis| async move { ::redis::cmd("PING").query_async::<String>(&mut redis).await };
        self.ask(pong).await.is_some() && self.listening.load(Ordering::Relaxed)
    }

    /// A name in Redis that belongs to this installation alone.
    fn name(&self, kind: &str, key: &str) -> String {
        format!("{}:{kind}:{key}", self.prefix)
    }
}

/// One key is the list of the tries that still count, oldest first. Answers 0, or how long to wait.
const TAKE: &str = "
    local now, window, tries = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
    local first = redis.call('LINDEX', KEYS[1], 0)
    while first and now - tonumber(first) >= window do
        redis.call('LPOP', KEYS[1])
        first = redis.call('LINDEX', KEYS[1], 0)
    end
    if redis.call('LLEN', KEYS[1]) >= tries then
        return tonumber(first or now) + window - now
    end
    redis.call('RPUSH', KEYS[1], ARGV[1])
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    return 0
";

struct RedisLimits {
    link: Arc<Link>,
    script: Script,
    /// Counts while Redis is away.
    alone: MemoryLimits,
}

#[async_trait]
impl Limits for RedisLimits {
    async fn take(&self, key: &str, rule: Rule, now: i64) -> Result<(), Wait> {
        let mut call = self.script.key(self.link.name("tries", key));
        call.arg(now).arg(rule.window).arg(rule.tries);
        let call = &call;
        match self.link.ask(|mut redis| async move { call.invoke_async(&mut redis).await }).await {
            Some(0) => Ok(()),
            Some(wait) => Err(Wait(wait)),
            None => self.alone.take(key, rule, now).await,
        }
    }

    async fn forget(&self, key: &str) {
        self.alone.forget(key).await;
        let mut forget = ::redis::cmd("DEL");
        let forget = &*forget.arg(self.link.name("tries", key));
        self.link.ask(|mut redis| async move { forget.query_async::<()>(&mut redis).await }).await;
    }
}

struct RedisCache {
    link: Arc<Link>,
}

#[async_trait]
impl Cache for RedisCache {
    async fn get(&self, key: &str) -> Option<Vec<u8>> {
        let mut get = ::redis::cmd("GET");
        let get = &*get.arg(self.link.name("kept", key));
        self.link.ask(|mut redis| async move { get.query_async(&mut redis).await }).await.flatten()
    }

    async fn put(&self, key: &str, value: &[u8], keep: Duration) {
        if value.len() > VALUE_MAX {
            return;
        }
        let ms = u64::try_from(keep.as_millis()).unwrap_or(u64::MAX).max(1);
        let mut set = ::redis::cmd("SET");
        let set = &*set.arg(self.link.name("kept", key)).arg(value).arg("PX").arg(ms);
        self.link.ask(|mut redis| async move { set.query_async::<()>(&mut redis).await }).await;
    }
}
