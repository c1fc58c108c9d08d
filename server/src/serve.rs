//! `mitochi serve`: from configuration to a listening process and to its end in good order.

use crate::{
    backup,
    clock::Clock,
    config::{Backups, Config},
    http, jobs,
    reading::confine,
    starter,
    state::State,
    telemetry,
};
use anyhow::Context;
use std::{fs::File, net::SocketAddr, process::ExitCode, time::Duration};
use tokio::{net::TcpListener, sync::watch};

/// Requests that are under way when the process is asked to stop may go on for so long.
const GRACE: Duration = Duration::from_secs(10);

/// After a backup that failed the next one is tried after so long.
const BACKUP_AGAIN: Duration = Duration::from_secs(600);

/// Serves until the process is asked to stop.
pub fn run(config: &Config) -> ExitCode {
    telemetry::start(config.log_format);
    // each open talk is a file to the system, and many allow no more than 1,024 unless they are asked
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!("the limit of open files stays as it is: {error}");
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("mitochi: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(serve(config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mitochi: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(config: &Config) -> anyhow::Result<()> {
    let _lock = lock(config)?;
    let clock = Clock::default();
    let (stop, stopping) = watch::channel(false);
    let listener = TcpListener::bind(config.addr).await;
    let listener = listener.with_context(|| format!("cannot listen on {}", config.addr))?;
    let state = State::build(config, clock.clone(), stopping.clone()).await?;
    starter::install(&state.db, &clock).await?;
    if matches!(state.db, crate::db::Db::Sqlite { .. }) {
        // the lock says that no other process works on this file: what is running was left by a crash
        jobs::queue::release_all(&state.db, clock.now()).await?;
        // and what no material names, too; nobody is served yet
        state.library.sweep(0).await?;
    }
    let mut workers = jobs::start(&state.work(), config, &stopping);
    tokio::spawn(state.clone().release_idle());
    tokio::spawn(state.clone().keep_up());
    tokio::spawn(state.clone().keep_words());
    tokio::spawn(state.clone().keep_swept());
    tokio::spawn(state.clone().keep_embedded());
    tokio::spawn(state.clone().keep_connected());
    tokio::spawn(keep_backed_up(config.clone(), state.db.clone(), clock.clone()));
    let tidying = state.clone();
    tokio::spawn(async move {
        if let Err(error) = tidying.tidy().await {
            tracing::error!("tidying at the start failed: {error:#}");
        }
    });
    let confined = confine::probe(&state.reader).await;
    if confined.is_whole() {
        tracing::info!("{}", confined.told());
    } else {
        tracing::warn!("{}", confined.told());
    }
    let address = listener.local_addr()?;
    println!("Mitochi is ready on http://{address}");
    tracing::info!(%address, data = %config.data.display(), "ready");
    let router = http::router(state.clone());
    let mut asked = stopping.clone();
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        let _ = asked.changed().await;
    });
    let serving = tokio::spawn(server.into_future());
    asked_to_stop().await;
    tracing::info!("stopping: requests under way are finished first");
    let _ = stop.send(true);
    // the open lines of talks belong to no request: each is told that it is to be opened again
    let ending = async { tokio::join!(serving, state.listeners.gone()) };
    if tokio::time::timeout(GRACE, ending).await.is_err() {
        tracing::warn!("some requests took longer than {} s and were cut off", GRACE.as_secs());
    }
    let ended = async { while workers.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GRACE, ended).await;
    let _ = tokio::time::timeout(GRACE, state.tutor.fall_silent()).await;
    // what an answer cost is booked after its end
    let _ = tokio::time::timeout(GRACE, state.llm.settled()).await;
    state.db.close().await;
    Ok(())
}

/// Takes a backup whenever one is due, and keeps so many; runs for ever.
async fn keep_backed_up(config: Config, db: crate::db::Db, clock: Clock) {
    let Backups { backup_every, backup_keep, backup_to } = &config.backups;
    if *backup_every == 0 {
        return;
    }
    let every = i64::from(*backup_every) * 3_600_000;
    let place = crate::cli::keep::place(&config);
    loop {
        let wait = backup::wait(backup_to, every, clock.now());
        tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
        match backup::take(&db, &place, backup_to, clock.now()).await {
            Ok(path) => tracing::info!(path = %path.display(), "backup taken"),
            Err(error) => {
                tracing::error!("no backup could be taken: {error:#}");
                tokio::time::sleep(BACKUP_AGAIN).await;
            }
        }
        if let Err(error) = backup::keep(backup_to, *backup_keep as usize) {
            tracing::error!("old backups could not be removed: {error}");
        }
    }
}

/// Holds the data folder: two processes on one SQLite file and one index would undo each other's work.
fn lock(config: &Config) -> anyhow::Result<File> {
    let data = &config.data;
    std::fs::create_dir_all(data)
        .with_context(|| format!("cannot make the data folder {}", data.display()))?;
    let file = File::create(data.join("mitochi.lock"))?;
    file.try_lock().with_context(|| format!("another Mitochi uses the data folder {}", data.display()))?;
    Ok(file)
}

async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}
