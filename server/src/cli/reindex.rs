//! `mitochi reindex --to ENGINE`: fills a vector engine from the database while another one serves. Owns: what it says.
//! Refuses: the work (`library::ledger`) and the lock of the data folder, which the serving process holds.

use crate::{
    clock::Clock,
    config::{Config, Engine},
    db::{self, Db},
    library::{generations, store},
    retrieval::{embed::Embedder, generation, vector::Others},
    state::vectors::{self, Embedders},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// A line of progress is printed at most this often.
const EVERY: Duration = Duration::from_secs(1);

/// Runs the command. Gives the exit code.
pub fn run(config: &Config, to: Engine) -> i32 {
    let runtime = tokio::runtime::Runtime::new().map_err(anyhow::Error::new);
    match runtime.and_then(|runtime| runtime.block_on(reindex(config, to))) {
        Ok(()) => super::OK,
        Err(error) => {
            eprintln!("mitochi: {error:#}");
            1
        }
    }
}

async fn reindex(config: &Config, to: Engine) -> anyhow::Result<()> {
    let db = db::open(&config.database()).await?;
    let Embedders { configured, others } =
        vectors::embedders(config, &vectors::meter(config, &db, &Clock::default()));
    let could: Vec<String> = others.iter().map(|other| generation(&**other)).collect();
    let mut tx = db.read().await?;
    let coverage = store::generation::coverage(&mut tx).await?;
    drop(tx);
    let old = generations::serving(&coverage, &generation(&*configured), &could).map(|at| others[at].clone());
    // while a change of the embedder is under way both are needed; what is searched comes last, so that a name which can
    // lead to one of them alone leads to it
    let mut serving = configured;
    if let Some(old) = old
        && fill(config, to, &db, std::mem::replace(&mut serving, old)).await?
    {
        println!(
            "The new model has not all vectors yet. Until then those of the old one are searched: they come now."
        );
    }
    if !fill(config, to, &db, serving.clone()).await? {
        println!("Nothing to fill: the embedded engine reads its vectors from the database.");
        return use_it(to.name());
    }
    let mut tx = db.read().await?;
    let without = store::count_without_vectors(&mut tx, &generation(&*serving)).await?;
    if without > 0 {
        println!("{without} passages have no vector of this model yet and are found by their words alone.");
    }
    use_it(to.name())
}

/// Fills an engine with the vectors of an embedder. False: it has no need to be.
async fn fill(config: &Config, to: Engine, db: &Db, embedder: Arc<dyn Embedder>) -> anyhow::Result<bool> {
    let name = to.name();
    let chosen = vectors::choose(to, config, db, embedder)?;
    let Some(ledger) = chosen.ledger else { return Ok(false) };
    println!(
        "Filling {name} with the vectors of {} from the database. The site may be served meanwhile.",
        chosen.index.embedder.model()
    );
    let mut told = Instant::now();
    let progress = &mut |progress: crate::library::ledger::Progress| {
        let last = progress.done == progress.of;
        if last || told.elapsed() >= EVERY {
            told = Instant::now();
            println!("{} of {} files, {} vectors", progress.done, progress.of, progress.vectors);
        }
        if last {
            println!("All are in. Its index is built; with many vectors that takes minutes.");
        }
    };
    let caught = ledger.catch_up(Others::Keep, progress).await?;
    println!("Done: {} files added, {} removed.", caught.added, caught.removed);
    Ok(true)
}

fn use_it(name: &str) -> anyhow::Result<()> {
    println!(
        "To use it, set this one line and start Mitochi again. It catches up on what changes until then."
    );
    println!("\n    MITOCHI_VECTORS={name}");
    Ok(())
}
