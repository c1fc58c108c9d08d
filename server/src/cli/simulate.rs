//! `mitochi simulate cost`: what a month of language models costs. Owns: replaying a trace through the product's own
//! orchestrator, cache and price list, with a provider that only counts, and what is printed of it. Refuses: the network, and
//! rules of its own about what is asked first or what is the same question.

mod counting;
mod trace;

use crate::{
    clock::{Clock, utc_start},
    llm::{
        Answer, Effort, Finish, Message, Orchestrator, PromptId, Request, Speaker, Task, Tier,
        answers::Answers,
        catalogue::{Catalogue, Tokens},
        dialect,
        ledger::{Allowed, Budget, Call, Consents, Ledger, Source, Spending},
        orchestrator::Parts,
        pace::Pace,
        seats::Seat,
    },
    retrieval::embed::Embedder,
    shared::Shared,
};
use anyhow::{Context, Result, ensure};
use async_trait::async_trait;
use counting::Counting;
use domain::id::{LearnerId, MaterialId};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};
use trace::{Asked, Shape};
use uuid::Uuid;

/// `mitochi simulate cost`.
#[derive(Debug, Clone, clap::Args)]
pub struct CostArgs {
    /// Days.
    #[arg(long, default_value_t = 30)]
    pub days: u32,
    /// Requests a day.
    #[arg(long, default_value_t = 100)]
    pub per_day: u32,
    /// Of the trace.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Without the cache of answers.
    #[arg(long)]
    pub no_cache: bool,
    /// A catalogue that adds to the one that ships.
    #[arg(long, env = "MITOCHI_CATALOGUE", default_value = "")]
    pub catalogue: String,
    /// The day whose prices count, `YYYY-MM-DD`.
    #[arg(long, default_value = "2026-11-30")]
    pub on: String,
    /// For programs instead of people.
    #[arg(long)]
    pub json: bool,
    /// What tells the cache how near two questions are.
    #[command(flatten)]
    pub models: super::eval::ModelArgs,
}

/// Which models stand for primary, secondary and tertiary, by the name of the choice.
const CHOICES: [(&str, [&str; 3]); 2] = [
    ("design", ["claude-3-5-sonnet", "gpt-4o-mini", "gemini-1.5-flash"]),
    ("today", ["claude-sonnet-5-5", "gpt-5-mini", "gemini-3.5-flash-lite"]),
];

/// A month by one choice of models.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Month {
    /// 'design' or 'today'.
    pub prices: &'static str,
    /// Everything asked of the primary model, each time anew.
    pub naive_usd: f64,
    /// As Mitochi does it.
    pub optimised_usd: f64,
    /// The same calls, if no provider kept the beginning of a request.
    pub without_prompt_caching_usd: f64,
    /// By task.
    pub tasks: BTreeMap<&'static str, Line>,
}

/// What was asked for one task.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Line {
    /// Requests.
    pub requests: u64,
    /// Of them, answered by a model.
    pub calls: u64,
    /// Of them, answered from the cache.
    pub hits: u64,
    /// Share of hits, 0 to 1.
    pub hit_rate: f64,
    /// Tokens sent.
    pub input_tokens: u64,
    /// Of them, those that the provider had kept.
    pub cached_tokens: u64,
    /// Of them, those that it keeps from then on, where that is billed.
    pub written_tokens: u64,
    /// Tokens received.
    pub output_tokens: u64,
    /// Dollars.
    pub usd: f64,
}

/// Runs `mitochi simulate cost`. Gives the exit code.
pub fn run(args: &CostArgs) -> i32 {
    let own = match args.catalogue.as_str() {
        "" => Ok(None),
        path => std::fs::read_to_string(PathBuf::from(path))
            .with_context(|| format!("cannot read {path}"))
            .map(Some),
    };
    let work = async {
        let catalogue = Catalogue::new(own?.as_deref())?;
        cost(args, &catalogue, args.models.embedder()).await
    };
    let runtime = tokio::runtime::Runtime::new().map_err(anyhow::Error::new);
    match runtime.and_then(|runtime| runtime.block_on(work)) {
        Ok(months) if args.json => match serde_json::to_string_pretty(&months) {
            Ok(json) => super::print(&format!("{json}\n")),
            Err(_) => super::UNREADABLE,
        },
        Ok(months) => super::print(&table(args, &months)),
        Err(error) => {
            eprintln!("{error:#}");
            super::UNREADABLE
        }
    }
}

/// Replays the trace once for each choice of models.
///
/// # Errors
/// Where a model of a choice is not in the catalogue, or has no price on that day.
pub async fn cost(args: &CostArgs, catalogue: &Catalogue, embedder: Arc<dyn Embedder>) -> Result<Vec<Month>> {
    ensure!(crate::clock::day_of(&args.on).is_some(), "--on wants a day as YYYY-MM-DD");
    let trace = trace::trace(args.seed, args.days, args.per_day);
    let mut months = vec![];
    for (prices, names) in CHOICES {
        months.push(month(args, catalogue, embedder.clone(), &trace, prices, names).await?);
    }
    Ok(months)
}

async fn month(
    args: &CostArgs,
    catalogue: &Catalogue,
    embedder: Arc<dyn Embedder>,
    trace: &[Asked],
    prices: &'static str,
    names: [&str; 3],
) -> Result<Month> {
    let clock = Clock::default();
    let mut seats = vec![];
    for (tier, name) in Tier::ALL.into_iter().zip(names) {
        let model =
            catalogue.model(name).with_context(|| format!("the catalogue has no model {name}"))?.clone();
        ensure!(model.price_on(&args.on).is_some(), "{name} has no price on {}", args.on);
        let endpoint = catalogue.endpoint(&model.endpoint).context("an endpoint is missing")?.clone();
        let transport = Arc::new(Counting::new(&endpoint, clock.clone()));
        seats.push(Seat { tier, model, endpoint, transport });
    }
    let naive = seats[0].clone();
    // to the first day of the trace, at its beginning
    let day = i64::from(crate::clock::day_of(&args.on).unwrap_or_default());
    let start = utc_start(day);
    clock.advance(start - clock.now());
    let tally = Arc::new(Tally::default());
    let answers = Answers::new(embedder, Shared::memory().cache);
    let llm = Orchestrator::new(Parts {
        seats,
        pace: Pace::default(),
        budget: Budget::default(),
        ledger: tally.clone(),
        consents: Arc::new(Everything),
        answers: Some(answers).filter(|_| !args.no_cache),
        clock: clock.clone(),
        seed: args.seed,
    });
    let price = naive.model.price_on(&args.on).context("no price")?.clone();
    let (mut naively, mut requests) = (0, BTreeMap::<Task, u64>::new());
    for asked in trace {
        clock.advance(start + asked.at - clock.now());
        let request = request(asked);
        *requests.entry(asked.task).or_default() += 1;
        let input = dialect::estimate_input(&request.messages);
        naively += price.of(Tokens { input, output: request.most_tokens.into(), ..Tokens::default() });
        match llm.ask(request).await? {
            Answer::Given(answering) => {
                let (_, ended) = answering.whole().await;
                ensure!(ended.finish == Finish::Whole, "a simulated answer broke off");
            }
            Answer::NoModel(why) => anyhow::bail!("{}", why.told()),
        }
        // an answer is booked and kept beside its being told
        llm.settled().await;
    }
    let calls = std::mem::take(&mut *tally.0.lock().unwrap_or_else(PoisonError::into_inner));
    let mut tasks: BTreeMap<&'static str, Line> = BTreeMap::new();
    let (mut sum, mut without) = (0, 0);
    for call in &calls {
        let line = tasks.entry(call.task.name()).or_default();
        line.calls += u64::from(call.source == Source::Model);
        line.hits += u64::from(call.source == Source::Cache);
        line.input_tokens += call.tokens.input;
        line.cached_tokens += call.tokens.cached;
        line.written_tokens += call.tokens.written;
        line.output_tokens += call.tokens.output;
        line.usd += dollars(call.nanodollars);
        sum += call.nanodollars;
        let price = catalogue.model(&call.model).and_then(|model| model.price_on(&args.on));
        without += price.map_or(0, |price| price.of(Tokens { cached: 0, written: 0, ..call.tokens }));
    }
    for (task, count) in requests {
        let line = tasks.entry(task.name()).or_default();
        line.requests = count;
        line.hit_rate = line.hits as f64 / count.max(1) as f64;
    }
    Ok(Month {
        prices,
        naive_usd: dollars(naively),
        optimised_usd: dollars(sum),
        without_prompt_caching_usd: dollars(without),
        tasks,
    })
}

fn dollars(nanodollars: i64) -> f64 {
    nanodollars as f64 / 1e9
}

/// A request as the product would write it: instructions and passages of a size, the turns before, and the learner's words.
fn request(asked: &Asked) -> Request {
    let Shape { input, output } = asked.task.shape();
    let mut messages = vec![];
    for words in &asked.before {
        messages.push(Message::new(Speaker::User, words.clone()));
        messages.push(Message::new(Speaker::Assistant, counting::answer(output.into())));
    }
    messages.push(Message::new(Speaker::User, asked.words.clone()));
    let material = MaterialId(Uuid::from_u128(u128::from(asked.passage) + 1));
    let instructions = "Explain from the passages alone. ".repeat(12);
    // of a first turn, so that the passages stay the same in all turns
    let words = asked.before.first().unwrap_or(&asked.words);
    let used = dialect::estimate(&instructions) + dialect::estimate(words) + 8;
    // the passage is the same for whoever asks about the same thing
    let sentence = format!("Passage {} says something about this. ", asked.passage);
    let passages: String = sentence.chars().cycle().take((input.saturating_sub(used) * 4) as usize).collect();
    messages.insert(0, Message::new(Speaker::System, instructions + &passages));
    Request {
        task: asked.task,
        effort: Effort::Balanced,
        learner: LearnerId(Uuid::nil()),
        sources: vec![material],
        prompt: PromptId { name: "simulated", version: 1 },
        messages,
        asked: asked.is_kept.then(|| asked.words.clone()),
        schema: None,
        most_tokens: output,
        fresh: false,
    }
}

/// A book in memory.
#[derive(Default)]
struct Tally(Mutex<Vec<Call>>);

#[async_trait]
impl Ledger for Tally {
    async fn book(&self, call: Call) -> Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(call);
        Ok(())
    }

    async fn spent(&self, _: LearnerId, _: i64) -> Result<Spending> {
        Ok(Spending::default())
    }
}

/// A learner who agreed to all.
struct Everything;

#[async_trait]
impl Consents for Everything {
    async fn allowed(&self, _: LearnerId, _: &[MaterialId]) -> Result<Allowed> {
        let agreed = ["anthropic", "openai", "google"].map(String::from).into();
        Ok(Allowed { agreed, stays_here: false, public: false })
    }
}

fn table(args: &CostArgs, months: &[Month]) -> String {
    let mut text = format!(
        "{} days of {} requests, seed {}; cache {}; prices of {}\n",
        args.days,
        args.per_day,
        args.seed,
        if args.no_cache { "off" } else { "on" },
        args.on
    );
    for month in months {
        // writing to a string cannot fail
        let _ = writeln!(
            text,
            "\n{}: naive ${:.2}, optimised ${:.2} (${:.2} without the providers' keeping of beginnings)\n\
             {:<10}{:>9}{:>7}{:>6}{:>10}{:>12}{:>10}{:>10}{:>12}{:>9}",
            month.prices,
            month.naive_usd,
            month.optimised_usd,
            month.without_prompt_caching_usd,
            "task",
            "requests",
            "calls",
            "hits",
            "hit rate",
            "tokens in",
            "kept",
            "written",
            "tokens out",
            "$"
        );
        for (task, line) in &month.tasks {
            let _ = writeln!(
                text,
                "{task:<10}{:>9}{:>7}{:>6}{:>9.1}%{:>12}{:>10}{:>10}{:>12}{:>9.3}",
                line.requests,
                line.calls,
                line.hits,
                line.hit_rate * 100.0,
                line.input_tokens,
                line.cached_tokens,
                line.written_tokens,
                line.output_tokens,
                line.usd
            );
        }
    }
    text
}

#[cfg(test)]
mod tests;
