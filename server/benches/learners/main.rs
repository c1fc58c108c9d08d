//! Many learners at once, one with a long history, and what an answer costs: `cargo bench -p server --bench learners`.
//!
//! ```text
//! cargo bench -p server --bench learners -- mix 50 60             # learners, seconds: a realistic mix
//! cargo bench -p server --bench learners -- growth 100000 10000   # reviews of one learner, other learners
//! cargo bench -p server --bench learners -- answer 300            # answers, against a handler that only writes
//! ```
//!
//! On a SQLite file of its own; with `DATABASE_URL=postgres://…` in the environment on that (empty) database. The server is
//! this process, the learners of `mix` are a second one, each pinned to a core where `taskset` is to be had. Sessions are
//! opened directly, so that hashing passwords and limits of log-ins do not distort anything. What is compared is measured by
//! turns in one run and told as a ratio.

#![expect(clippy::disallowed_methods, reason = "a benchmark measures by the machine's clock")]

mod bare;
mod history;
mod mix;
mod site;

use anyhow::Context;
use site::{Learner, Site};
use std::time::{Duration, Instant};

/// Of all chance.
const SEED: u64 = 1;

/// The time below which so large a share of them lies, ms.
fn share(times: &mut [Duration], of: f64) -> f64 {
    times.sort_unstable();
    let at = ((times.len() as f64 * of).ceil() as usize).clamp(1, times.len().max(1)) - 1;
    times.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
}

/// Home, quiz and review of learners with ever longer histories, asked by turns.
async fn growth(most: u32, others: u32) -> anyhow::Result<()> {
    let site = Site::open().await?;
    let sizes = [1, (most / 100).max(1), most];
    let mut learners = vec![];
    for reviews in sizes {
        let learner = site.learner(&format!("history{reviews}")).await?;
        history::write(&site.state.db, &learner, reviews).await?;
        learners.push((format!("{reviews} reviews"), learner));
    }
    measure("one learner among three", &site, &learners, &["GET /home", "GET /quiz", "GET /review"]).await?;
    history::others(&site.state.db, others).await?;
    measure(&format!("among {others}"), &site, &learners, &["GET /home", "GET /quiz", "GET /review"]).await
}

async fn measure(
    title: &str,
    site: &Site,
    learners: &[(String, Learner)],
    pages: &[&str],
) -> anyhow::Result<()> {
    println!("{title} ({})", site.kind);
    site.analyse().await?;
    let mut quizzes = vec![];
    for (_, learner) in learners {
        quizzes.push(learner.start(site, 10).await?);
    }
    for page in pages {
        let mut times: Vec<Vec<Duration>> = vec![vec![]; learners.len()];
        for round in 0..45 {
            for (at, (_, learner)) in learners.iter().enumerate() {
                let path = match *page {
                    "GET /home" => "/home".to_string(),
                    "GET /review" => "/review".to_string(),
                    _ => format!("/quiz/{}", quizzes[at]),
                };
                let start = Instant::now();
                learner.get(site, &path).await?;
                // the first ones warm caches
                if round >= 5 {
                    times[at].push(start.elapsed());
                }
            }
        }
        let first = share(&mut times[0], 0.5);
        for (at, (name, _)) in learners.iter().enumerate() {
            let median = share(&mut times[at], 0.5);
            println!("  {page:12} {name:16} median {median:7.2} ms, {:.2} times the first", median / first);
        }
    }
    Ok(())
}

/// What an answer costs, by turns with the same writes in a bare handler.
async fn answers(count: u32) -> anyhow::Result<()> {
    let site = Site::open().await?;
    let learner = site.learner("answers").await?;
    let bare = bare::serve(&site).await?;
    let (mut ours, mut theirs) = (vec![], vec![]);
    let mut left = 0;
    let mut quiz = String::new();
    for n in 0..count + 20 {
        if left == 0 {
            quiz = learner.start(&site, 10).await?;
            left = 10;
        }
        let position = 10 - left;
        left -= 1;
        let start = Instant::now();
        learner.answer(&site, &quiz, position, n % 4).await?;
        let took = start.elapsed();
        let start = Instant::now();
        bare.answer(&learner, n).await?;
        let least = start.elapsed();
        if n >= 20 {
            ours.push(took);
            theirs.push(least);
        }
        // the same set asked for at once would be the same one
        if left == 0 {
            site.clock.advance(10_000);
        }
    }
    println!("{count} answers ({})", site.kind);
    for (name, of) in [("median", 0.5), ("p95", 0.95)] {
        let (ours, theirs) = (share(&mut ours, of), share(&mut theirs, of));
        println!("  {name}: {ours:.2} ms, {theirs:.2} ms in the bare handler, ratio {:.2}", ours / theirs);
    }
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let number = |at: usize, otherwise: u32| {
        words.get(at).map_or(Ok(otherwise), |word| word.parse::<u32>()).context("a number")
    };
    match words.first().map(String::as_str) {
        Some("growth") => growth(number(1, 100_000)?, number(2, 10_000)?).await,
        Some("answer") => answers(number(1, 300)?).await,
        Some("drive") => mix::drive(words.get(1).context("an address")?, number(2, 60)?).await,
        Some("mix") => mix::run(number(1, 50)?, number(2, 60)?).await,
        None => {
            mix::run(50, 60).await?;
            growth(100_000, 10_000).await?;
            answers(300).await
        }
        Some(other) => anyhow::bail!("{other}: mix, growth or answer"),
    }
}
