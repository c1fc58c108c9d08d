//! Background work that survives a crash. Owns: the queue, the workers, one file per kind of job. Refuses: anything
//! that a learner waits for.
//!
//! Jobs are idempotent and enqueued in the transaction that makes them necessary. A worker holds a job by a lease
//! that it renews; when it dies, the lease ends and another takes the job over. What a job saves last, it saves in
//! one transaction with the job's end.

pub mod analyse;
pub mod erase;
pub mod prepare;
pub mod question;
pub mod queue;
pub mod read;

use crate::{
    clock::Clock,
    config::Config,
    db::Db,
    error::Error,
    library::files::Files,
    live::Live,
    llm::Orchestrator,
    retrieval::{EngineError, Retrieval},
    shared::{Notice, Notices},
};
use queue::Job;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{
        broadcast::{Receiver, error::RecvError},
        watch,
    },
    task::JoinSet,
};

/// A claimed job is held for so long, ms.
const LEASE_MS: i64 = 30_000;
/// And held again this often.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// Without being woken, a worker looks after so long: a job may have become due, or another process may have enqueued
/// one and there is no Redis to tell.
const LOOK: Duration = Duration::from_secs(2);
/// A job that wants a language model and finds none right now looks again after so long, ms.
const MODEL_AGAIN: i64 = 3_600_000;
/// A job is given up after so many tries.
const TRIES: i64 = 4;

/// Wakes the workers when something was enqueued.
#[derive(Clone)]
pub struct Wake(Arc<dyn Notices>);

impl Wake {
    /// The workers of those who share these notices.
    pub fn new(notices: Arc<dyn Notices>) -> Self {
        Self(notices)
    }

    /// Call it after the commit.
    pub fn wake(&self) {
        self.0.tell(Notice::Job);
    }

    /// Hears from now on.
    fn hear(&self) -> Sleep {
        Sleep(self.0.hear())
    }
}

/// A worker's, until it is woken.
struct Sleep(Receiver<Notice>);

impl Sleep {
    async fn woken(mut self) {
        loop {
            match self.0.recv().await {
                Ok(Notice::Shelf(_) | Notice::Talk(_)) => {}
                Ok(Notice::Job | Notice::Gap) | Err(RecvError::Lagged(_) | RecvError::Closed) => return,
            }
        }
    }
}

/// What jobs work with.
#[derive(Clone)]
pub struct Work {
    /// Rows.
    pub db: Db,
    /// Time and ids.
    pub clock: Clock,
    /// Uploaded files.
    pub files: Files,
    /// Indexes and the embedder.
    pub retrieval: Retrieval,
    /// Language models.
    pub llm: Orchestrator,
    /// Telling who looks at the shelf.
    pub live: Live,
    /// Waking other workers.
    pub wake: Wake,
    /// The program that reads files in a process of its own.
    pub reader: std::path::PathBuf,
    /// Limits of the reading child.
    pub limits: crate::reading::child::Limits,
}

/// Why a job was not done.
#[derive(Debug)]
pub enum Failure {
    /// Trying again cannot help; the learner is told this.
    Final(String),
    /// It may work later.
    Later(Error),
    /// A search engine is away: it will work when that is back, however long it takes.
    Away(EngineError),
    /// What it was for is gone, or another worker has it: leave no trace.
    Moot,
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Later(error.into())
    }
}

impl Failure {
    /// Of a search engine: what is down comes back, and until then nothing of a learner may be forgotten in it.
    fn of_engine(error: EngineError) -> Self {
        match error {
            EngineError::Unavailable(_) => Self::Away(error),
            error => Self::Later(Error::Internal(anyhow::Error::new(error))),
        }
    }
}

/// Starts the workers; they end when `stopping` changes, giving back what they hold.
pub fn start(work: &Work, config: &Config, stopping: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    for _ in 0..config.workers {
        workers.spawn(worker(work.clone(), stopping.clone()));
    }
    workers
}

async fn worker(work: Work, mut stopping: watch::Receiver<bool>) {
    while !*stopping.borrow() {
        // from before the look: what is enqueued after it is heard
        let sleep = work.wake.hear();
        match queue::claim(&work.db, work.clock.now(), LEASE_MS).await {
            Ok(Some(job)) => tokio::select! {
                () = hold(&work, &job) => {}
                _ = stopping.changed() => give_back(&work, &job).await,
            },
            Ok(None) => {
                tokio::select! {
                    () = sleep.woken() => {}
                    () = tokio::time::sleep(LOOK) => {}
                    _ = stopping.changed() => {}
                }
            }
            Err(error) => {
                tracing::error!("no job could be claimed: {error}");
                tokio::time::sleep(LOOK).await;
            }
        }
    }
}

/// Does a job while holding it; stops when it is lost.
async fn hold(work: &Work, job: &Job) {
    let lost = async {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            match beat(work, job).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => tracing::warn!(job.id = %job.id, "heartbeat: {error}"),
            }
        }
    };
    let done = async {
        let failure = match dispatch(work, job).await {
            Ok(()) => return,
            Err(failure) => failure,
        };
        if let Err(error) = settle(work, job, failure).await {
            tracing::error!(job.id = %job.id, "a failed job could not be put back: {error}");
        }
    };
    tokio::select! {
        () = done => {}
        () = lost => tracing::warn!(job.id = %job.id, job.kind = job.kind, "lost to another worker"),
    }
}

async fn beat(work: &Work, job: &Job) -> crate::db::Result<bool> {
    let mut tx = work.db.write().await?;
    let held = queue::heartbeat(&mut tx, job, work.clock.now() + LEASE_MS).await?;
    tx.commit().await?;
    Ok(held)
}

async fn dispatch(work: &Work, job: &Job) -> Result<(), Failure> {
    tracing::info!(job.id = %job.id, job.kind = job.kind, job.attempt = job.attempt, "{} begins", job.kind);
    match job.kind.as_str() {
        read::KIND => read::run(work, job).await,
        analyse::KIND => analyse::run(work, job).await,
        question::KIND => question::run(work, job).await,
        prepare::KIND | prepare::AGAIN => prepare::run(work, job).await,
        erase::ACCOUNT | erase::MATERIAL => erase::run(work, job).await,
        other => Err(Failure::Final(format!("no worker knows the job '{other}'"))),
    }
}

async fn settle(work: &Work, job: &Job, failure: Failure) -> Result<(), Error> {
    let now = work.clock.now();
    let mut tx = work.db.write().await?;
    let (reason, tries) = match &failure {
        Failure::Moot => {
            queue::finish(&mut tx, job).await?;
            tx.commit().await?;
            return Ok(());
        }
        Failure::Final(reason) => (reason.clone(), 0),
        Failure::Later(error) => {
            tracing::error!(job.id = %job.id, job.kind = job.kind, "{} failed: {error:#}", job.kind);
            ("Something went wrong on our side. Try again.".to_string(), TRIES)
        }
        Failure::Away(error) => {
            tracing::warn!(job.id = %job.id, job.kind = job.kind, "{} waits: {error}", job.kind);
            ("The search engine does not answer.".to_string(), i64::MAX)
        }
    };
    let dead = queue::fail(&mut tx, job, &reason, now, tries).await?;
    let told = if dead == Some(true) { read::bury(&mut tx, job, &reason).await? } else { None };
    tx.commit().await?;
    if let Some(learner) = told {
        work.live.tell(learner);
    }
    Ok(())
}

/// At a stop in good order the next process need not wait for the lease to end.
async fn give_back(work: &Work, job: &Job) {
    let given = async {
        let mut tx = work.db.write().await?;
        queue::heartbeat(&mut tx, job, work.clock.now()).await?;
        tx.commit().await
    };
    if let Err(error) = given.await {
        tracing::warn!(job.id = %job.id, "not given back: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::Shared;
    use domain::id::LearnerId;
    use tokio::time::timeout;

    #[tokio::test]
    async fn a_job_and_a_gap_wake_every_worker_and_a_shelf_none() {
        let notices = Shared::memory().notices;
        let wake = Wake::new(notices.clone());
        for notice in [Notice::Job, Notice::Gap] {
            let (one, other) = (wake.hear(), wake.hear());
            notices.tell(Notice::Shelf(LearnerId(uuid::Uuid::from_u128(1))));
            notices.tell(notice);
            assert!(
                timeout(LOOK, async { tokio::join!(one.woken(), other.woken()) }).await.is_ok(),
                "{notice}"
            );
        }
        let sleep = wake.hear();
        notices.tell(Notice::Shelf(LearnerId(uuid::Uuid::from_u128(1))));
        assert!(timeout(Duration::from_millis(20), sleep.woken()).await.is_err());
        // what was enqueued between the look and the sleep is heard
        let sleep = wake.hear();
        wake.wake();
        assert!(timeout(LOOK, sleep.woken()).await.is_ok());
    }
}
