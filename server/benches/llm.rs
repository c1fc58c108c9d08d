//! What the orchestrator adds to calling a provider oneself, and many streams at once: `cargo bench -p server --bench llm`.
//!
//! Both ways ask the same local provider in one run, by turns, so that the ratio holds on any machine. The provider runs in
//! this process; its memory is in the sum.

use async_trait::async_trait;
use domain::id::{LearnerId, MaterialId};
use futures::{StreamExt, future::join_all};
use provider::{Dialect, Provider, Reply, Script, Settings};
use server::{
    clock::Clock,
    config::Secret,
    llm::{
        Answer, Effort, Event, Message, Orchestrator, PromptId, Request, Speaker, Task, Tier,
        catalogue::Catalogue,
        client::Http,
        dialect::{self, Piece},
        ledger::{Allowed, Budget, Call, Consents, Ledger, Spending},
        orchestrator::Parts,
        pace::Pace,
        seats::Seat,
    },
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use uuid::Uuid;

/// Answers of each way.
const ROUNDS: usize = 400;
/// Words of an answer.
const WORDS: usize = 300;
/// Streams at once.
const STREAMS: usize = 500;

struct Nobody;

#[async_trait]
impl Ledger for Nobody {
    async fn book(&self, _: Call) -> anyhow::Result<()> {
        Ok(())
    }

    async fn spent(&self, _: LearnerId, _: i64) -> anyhow::Result<Spending> {
        Ok(Spending::default())
    }
}

#[async_trait]
impl Consents for Nobody {
    async fn allowed(&self, _: LearnerId, _: &[MaterialId]) -> anyhow::Result<Allowed> {
        Ok(Allowed::default())
    }
}

fn provider(every: Duration) -> Provider {
    let text = "heart ".repeat(WORDS);
    let script = Script::new().otherwise(Reply::text(text));
    Provider::start(Settings { script, every, ..Settings::new(Dialect::OpenAi) })
}

fn seat(provider: &Provider) -> anyhow::Result<Seat> {
    let catalogue = Catalogue::new(None)?;
    let model = catalogue.model("gpt-4o-mini").cloned().ok_or_else(|| anyhow::anyhow!("no model"))?;
    let mut endpoint = catalogue.endpoint("openai").cloned().ok_or_else(|| anyhow::anyhow!("no endpoint"))?;
    endpoint.url = provider.base_url();
    let key = "test-key".parse::<Secret>()?;
    let transport = Arc::new(Http::new(&endpoint, &key, Pace::default(), Clock::default())?);
    Ok(Seat { tier: Tier::Primary, model, endpoint, transport })
}

fn request(n: usize) -> Request {
    Request {
        task: Task::Tutor,
        effort: Effort::Balanced,
        learner: LearnerId(Uuid::nil()),
        sources: vec![],
        prompt: PromptId { name: "bench", version: 1 },
        messages: vec![Message::new(Speaker::User, format!("Why {n}?"))],
        asked: None,
        schema: None,
        most_tokens: 2_000,
        fresh: true,
    }
}

/// To the first word, and to the end.
type Times = (Duration, Duration);

async fn direct(seat: &Seat, n: usize) -> anyhow::Result<Times> {
    let request = request(n);
    let body = dialect::body(&request, &request.messages, &seat.model, &seat.endpoint);
    let start = Instant::now();
    let mut pieces = seat.transport.ask(&body).await?;
    let mut first = None;
    while let Some(piece) = pieces.next().await {
        if matches!(piece?, Piece::Text(_)) {
            first.get_or_insert_with(|| start.elapsed());
        }
    }
    Ok((first.unwrap_or_default(), start.elapsed()))
}

async fn orchestrated(llm: &Orchestrator, n: usize) -> anyhow::Result<Times> {
    let start = Instant::now();
    let Answer::Given(mut answering) = llm.ask(request(n)).await? else { anyhow::bail!("no model") };
    let mut first = None;
    while let Some(event) = answering.next().await {
        if matches!(event, Event::Text(_)) {
            first.get_or_insert_with(|| start.elapsed());
        }
    }
    Ok((first.unwrap_or_default(), start.elapsed()))
}

fn orchestrator(seat: &Seat) -> Orchestrator {
    Orchestrator::new(Parts {
        seats: vec![seat.clone()],
        pace: Pace::default(),
        budget: Budget::default(),
        ledger: Arc::new(Nobody),
        consents: Arc::new(Nobody),
        answers: None,
        clock: Clock::default(),
        seed: 1,
    })
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1e6)
}

/// Resident memory of this process, MB.
fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

fn compare(name: &str, own: &[Times], through: &[Times], pieces: usize) {
    let first = |times: &[Times]| median(times.iter().map(|(first, _)| *first).collect());
    let rest = |times: &[Times]| median(times.iter().map(|(first, whole)| *whole - *first).collect());
    let (a, b) = (first(own), first(through));
    println!("{name}: first word {a:.0} us alone, {b:.0} us through the orchestrator, ratio {:.3}", b / a);
    let (a, b) = (rest(own) / pieces as f64, rest(through) / pieces as f64);
    println!("{name}: each piece {a:.1} us alone, {b:.1} us through the orchestrator, ratio {:.3}", b / a);
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let pieces = provider::pieces(&"heart ".repeat(WORDS)).len();
    for (name, every, rounds) in
        [("as fast as it can", Duration::ZERO, ROUNDS), ("a piece each 2 ms", Duration::from_millis(2), 10)]
    {
        let provider = provider(every);
        let seat = seat(&provider)?;
        let llm = orchestrator(&seat);
        let (mut own, mut through) = (vec![], vec![]);
        for n in 0..rounds {
            own.push(direct(&seat, n).await?);
            through.push(orchestrated(&llm, n).await?);
        }
        compare(name, &own, &through, pieces);
    }

    let provider = provider(Duration::from_millis(10));
    let seat = seat(&provider)?;
    let llm = orchestrator(&seat);
    let before = memory();
    let start = Instant::now();
    let streams = (0..STREAMS).map(|n| {
        let llm = llm.clone();
        tokio::spawn(async move { orchestrated(&llm, n).await })
    });
    let most = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let seen = most.clone();
    let watch = tokio::spawn(async move {
        loop {
            seen.fetch_max(memory() as u64, std::sync::atomic::Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let mut ends = vec![];
    for stream in join_all(streams).await {
        ends.push(stream??.1);
    }
    watch.abort();
    ends.sort_unstable();
    let whole = start.elapsed().as_secs_f64();
    let (least, last) = (ends[0].as_secs_f64(), ends[ends.len() - 1].as_secs_f64());
    println!(
        "{STREAMS} streams of {pieces} pieces at once: {whole:.1} s, {:.0} pieces a second; the last ended at {:.2} of the first; \
         memory {before:.0} -> {} MB",
        (STREAMS * pieces) as f64 / whole,
        last / least,
        most.load(std::sync::atomic::Ordering::Relaxed)
    );
    Ok(())
}
