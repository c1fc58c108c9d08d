//! `mitochi reindex --to ENGINE`: fills a vector engine from the database while another one serves. Owns: what it says.
//! Refuses: the work (`library::ledger`) and the lock of the data folder, which the serving process holds.

use crate::{
    clock::Clock,
    config::{Config, Engine},
    db,
    library::store,
    retrieval::{generation, vector::Others},
    state::vectors,
};
use std::time::{Duration, Instant};

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
    let embedder = vectors::embedder(config, &db, &Clock::default());
    let (name, model) = (to.name(), embedder.model());
    let chosen = vectors::choose(to, config, &db, &*embedder)?;
    let Some(ledger) = chosen.ledger else {
        println!("Nothing to fill: the embedded engine reads its vectors from the database.");
        return use_it(name);
    };
    println!(
        "Filling {name} with the vectors of {model} from the database. The site may be served meanwhile."
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
    let mut tx = db.read().await?;
    let without = store::count_without_vectors(&mut tx, &generation(&*embedder)).await?;
    if without > 0 {
        println!("{without} passages have no vector of this model yet and are found by their words alone.");
    }
    use_it(name)
}

fn use_it(name: &str) -> anyhow::Result<()> {
    println!(
        "To use it, set this one line and start Mitochi again. It catches up on what changes until then."
    );
    println!("\n    MITOCHI_VECTORS={name}");
    Ok(())
}
