//! Notices through one channel of Redis. Owns: two tasks, one that publishes and one that listens, each with patience
//! of its own. Refuses: losing a notice silently. What could not be told or heard becomes a [`Notice::Gap`].

use super::{Link, PATIENCE};
use crate::shared::{Notice, Notices, memory::MemoryNotices};
use ::redis::{
    Client, RedisError, RedisResult,
    aio::{PubSubSink, PubSubStream},
};
use futures::StreamExt;
use std::{
    collections::HashSet,
    io,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::Duration,
};
use tokio::{
    sync::{Notify, broadcast, watch},
    task::JoinSet,
    time::{sleep, timeout},
};
use uuid::Uuid;

/// Different notices that wait to be published; beyond, one gap stands for all of them.
const WAITING: usize = 1_024;
/// A channel that is silent for so long is asked whether it still lives.
const BEAT: Duration = Duration::from_secs(15);

/// Told here at once, and to the others through Redis.
pub(super) struct RedisNotices {
    here: Arc<MemoryNotices>,
    outbox: Arc<Outbox>,
    /// End with it.
    _tasks: JoinSet<()>,
}

impl RedisNotices {
    /// Starts both tasks. Returns when it listens, or did not get that far within a moment.
    pub(super) async fn start(client: Client, link: Arc<Link>, me: Uuid) -> Self {
        let here = Arc::new(MemoryNotices::default());
        let outbox = Arc::new(Outbox::default());
        let (tried, mut trying) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(publish(outbox.clone(), link.clone(), me));
        tasks.spawn(listen(client, link, me, here.clone(), tried));
        let _ = timeout(2 * PATIENCE, trying.wait_for(|tried| *tried)).await;
        Self { here, outbox, _tasks: tasks }
    }
}

impl Notices for RedisNotices {
    fn tell(&self, notice: Notice) {
        self.here.tell(notice);
        self.outbox.put(notice);
    }

    fn hear(&self) -> broadcast::Receiver<Notice> {
        self.here.hear()
    }
}

/// What waits to be published: the same notice once.
#[derive(Default)]
struct Outbox {
    waiting: Mutex<HashSet<Notice>>,
    any: Notify,
}

impl Outbox {
    fn put(&self, notice: Notice) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING || notice == Notice::Gap {
            waiting.clear();
            waiting.insert(Notice::Gap);
        } else if !waiting.contains(&Notice::Gap) {
            waiting.insert(notice);
        }
        self.any.notify_one();
    }

    /// All that waits; waits until there is something.
    async fn take(&self) -> HashSet<Notice> {
        loop {
            let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
            if !waiting.is_empty() {
                return waiting;
            }
            self.any.notified().await;
        }
    }
}

/// From a tenth of a second to five, twice as long each time.
struct Pause(Duration);

impl Pause {
    const SHORTEST: Self = Self(Duration::from_millis(100));

    async fn wait(&mut self) {
        sleep(self.0).await;
        self.0 = (self.0 * 2).min(Duration::from_secs(5));
    }
}

async fn publish(outbox: Arc<Outbox>, link: Arc<Link>, me: Uuid) {
    let channel = link.name("notices", "all");
    let mut pause = Pause::SHORTEST;
    loop {
        let mut lines = ::redis::pipe();
        for notice in outbox.take().await {
            lines.cmd("PUBLISH").arg(&channel).arg(format!("{me} {notice}")).ignore();
        }
        let lines = &lines;
        if link.ask(|mut redis| async move { lines.exec_async(&mut redis).await }).await.is_some() {
            pause = Pause::SHORTEST;
        } else {
            // the others look when this arrives, and find what was lost and all that will be until then
            outbox.put(Notice::Gap);
            pause.wait().await;
        }
    }
}

async fn listen(
    client: Client,
    link: Arc<Link>,
    me: Uuid,
    here: Arc<MemoryNotices>,
    tried: watch::Sender<bool>,
) {
    let channel = link.name("notices", "all");
    let mut pause = Pause::SHORTEST;
    loop {
        let why = match subscribe(&client, &channel).await {
            Ok((sink, stream)) => {
                link.is_there();
                link.listening.store(true, Ordering::Relaxed);
                // whatever was told before, nobody listened here
                here.tell(Notice::Gap);
                tried.send_replace(true);
                pause = Pause::SHORTEST;
                let why = follow(sink, stream, me, &here).await;
                link.listening.store(false, Ordering::Relaxed);
                why
            }
            Err(why) => why,
        };
        link.is_away(&why);
        tried.send_replace(true);
        pause.wait().await;
    }
}

async fn subscribe(client: &Client, channel: &str) -> RedisResult<(PubSubSink, PubSubStream)> {
    let connect = async {
        let (mut sink, stream) = client.get_async_pubsub().await?.split();
        sink.subscribe(channel).await?;
        Ok((sink, stream))
    };
    timeout(PATIENCE, connect).await.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
}

/// Tells here what others have published, until the connection ends; says why.
async fn follow(
    mut sink: PubSubSink,
    mut stream: PubSubStream,
    me: Uuid,
    here: &MemoryNotices,
) -> RedisError {
    let me = me.to_string();
    loop {
        match timeout(BEAT, stream.next()).await {
            Ok(Some(message)) => {
                let text = String::from_utf8_lossy(message.get_payload_bytes());
                match text.split_once(' ') {
                    Some((from, notice)) if from != me => {
                        Notice::read(notice).into_iter().for_each(|n| here.tell(n))
                    }
                    _ => {}
                }
            }
            Ok(None) => return io::Error::from(io::ErrorKind::ConnectionAborted).into(),
            Err(_) => match timeout(PATIENCE, sink.ping::<::redis::Value>()).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return error,
                Err(_) => return io::Error::from(io::ErrorKind::TimedOut).into(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::LearnerId;

    fn shelf(n: usize) -> Notice {
        Notice::Shelf(LearnerId(Uuid::from_u128(n as u128)))
    }

    #[tokio::test]
    async fn what_waits_is_told_once_and_too_much_is_a_gap() {
        let outbox = Outbox::default();
        for notice in [Notice::Job, shelf(1), Notice::Job, shelf(1)] {
            outbox.put(notice);
        }
        assert_eq!(outbox.take().await, HashSet::from([Notice::Job, shelf(1)]));
        (0..=WAITING).for_each(|n| outbox.put(shelf(n)));
        outbox.put(Notice::Job);
        assert_eq!(outbox.take().await, HashSet::from([Notice::Gap]));
        outbox.put(Notice::Job);
        outbox.put(Notice::Gap);
        assert_eq!(outbox.take().await, HashSet::from([Notice::Gap]));
        assert!(timeout(Duration::from_millis(10), outbox.take()).await.is_err(), "nothing is left");
    }
}
