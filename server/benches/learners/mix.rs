//! Learners who study: pages and server functions in the proportions of an evening, with time to think between them.

use super::{
    SEED, share,
    site::{Learner, Site},
};
use anyhow::{Context, ensure};
use domain::seed::Seeded;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    process::Stdio,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::Command,
};

/// Resident memory of this process, MB.
fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// A command of this program on a core of its own, where that can be had.
fn pinned(core: usize, arguments: &[&str]) -> anyhow::Result<Command> {
    let own = std::env::current_exe()?;
    let has_taskset = std::process::Command::new("taskset").arg("-V").stdout(Stdio::null()).status().is_ok();
    if !has_taskset {
        let mut command = Command::new(own);
        command.args(arguments);
        return Ok(command);
    }
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string()]).arg(own).args(arguments);
    Ok(command)
}

/// So many learners for so long; the table of what they did.
pub(crate) async fn run(count: u32, seconds: u32) -> anyhow::Result<()> {
    let site = Site::open().await?;
    let own = std::process::id().to_string();
    let held = std::process::Command::new("taskset").args(["-apc", "0", &own]).stdout(Stdio::null()).status();
    let pinned_to = if held.is_ok_and(|status| status.success()) { "server on core 0" } else { "not pinned" };
    let idle = memory();
    let mut learners: Vec<Learner> = vec![];
    for n in 0..count {
        learners.push(site.learner(&format!("mix{n}")).await?);
    }
    let mut child = pinned(1, &["drive", &site.address.to_string(), &seconds.to_string()])?
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut input = child.stdin.take().context("an input")?;
    for learner in &learners {
        input.write_all(format!("{}\n", learner.cookies).as_bytes()).await?;
    }
    drop(input);
    let mut output = BufReader::new(child.stdout.take().context("an output")?).lines();
    let mut times: BTreeMap<String, Vec<Duration>> = BTreeMap::new();
    let mut errors: BTreeMap<String, u32> = BTreeMap::new();
    while let Some(line) = output.next_line().await? {
        let told: Value = serde_json::from_str(&line)?;
        let name = told["name"].as_str().context("a name")?.to_string();
        match told["error"].as_str() {
            Some(error) => *errors.entry(format!("{name}: {error}")).or_default() += 1,
            None => {
                let took = Duration::from_micros(told["micros"].as_u64().context("a time")?);
                times.entry(name).or_default().push(took);
                times.entry("all".into()).or_default().push(took);
            }
        }
    }
    ensure!(!times.is_empty(), "nothing was done");
    println!(
        "{count} learners for {seconds} s ({}, {pinned_to}), each thinks 20 to 40 s; {:.0} MB idle, {:.0} MB at the end",
        site.kind,
        idle,
        memory()
    );
    println!("  {:16} {:>7} {:>9} {:>9} {:>9} ms", "", "number", "p50", "p95", "p99");
    for (name, times) in &mut times {
        let (p50, p95, p99) = (share(times, 0.5), share(times, 0.95), share(times, 0.99));
        println!("  {name:16} {:7} {p50:9.1} {p95:9.1} {p99:9.1}", times.len());
    }
    println!("  errors: {}", errors.values().sum::<u32>());
    for (error, count) in errors {
        println!("    {count} times {error}");
    }
    Ok(())
}

/// A learner in the driving process.
struct Driven {
    client: reqwest::Client,
    base: String,
    cookies: String,
    chance: Seeded,
    /// The set that is open and the place in it.
    quiz: Option<(String, u32)>,
}

impl Driven {
    async fn page(&mut self, path: &str) -> anyhow::Result<()> {
        let request = self.client.get(format!("{}{path}", self.base)).header("cookie", &self.cookies);
        let text = request.header("accept", "text/html").send().await?.error_for_status()?.text().await?;
        ensure!(text.contains("</html>"), "not a whole page");
        Ok(())
    }

    async fn call(&mut self, name: &str, kind: &str, body: String) -> anyhow::Result<Value> {
        let request = self.client.post(format!("{}/api/{name}", self.base)).header("cookie", &self.cookies);
        let request = request.header("accept", "application/json").header("content-type", kind).body(body);
        let answer = request.send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{status}: {text}");
        Ok(serde_json::from_str(&text)?)
    }

    /// Something that a learner does next, and its name.
    async fn act(&mut self) -> (&'static str, anyhow::Result<()>) {
        const FORM: &str = "application/x-www-form-urlencoded";
        match self.chance.below(20) {
            0..=2 => ("home", self.page("/home").await),
            3 => ("reader", self.page(&format!("/library/{}", server::starter::MATERIAL)).await),
            4 => ("library", self.page("/library").await),
            5..=6 => {
                let query = ["preload", "cardiac output", "valve", "sinus node"][self.chance.below(4)];
                let body = json!({ "request": { "query": query } }).to_string();
                ("search", self.call("library/search", "application/json", body).await.map(drop))
            }
            7..=11 => ("review", self.review().await),
            _ => ("answer", self.answer(FORM).await),
        }
    }

    async fn review(&mut self) -> anyhow::Result<()> {
        let queue = self.call("review/queue", "application/json", "{}".into()).await?;
        let Some(card) = queue["card"].as_object() else { return Ok(()) };
        let (id, reps) = (card["id"].as_str().context("a card")?, &card["reps"]);
        let rating = ["again", "hard", "good", "easy"][self.chance.below(4)];
        let form =
            format!("request[card]={id}&request[rating]={rating}&request[reps]={reps}&request[took]=9000");
        self.call("review/grade", "application/x-www-form-urlencoded", form).await.map(drop)
    }

    async fn answer(&mut self, form: &str) -> anyhow::Result<()> {
        let (quiz, place) = match self.quiz.take() {
            Some(open) => open,
            None => {
                let told = self.call("quiz/start", form, "request[length]=10".into()).await?;
                (told.as_str().context("a set")?.to_string(), 0)
            }
        };
        let choice = self.chance.below(2);
        let body = format!(
            "request[quiz]={quiz}&request[position]={place}&request[choice]={choice}&request[took]=20000"
        );
        let told = self.call("quiz/answer", form, body).await?;
        self.quiz = (told["finished"] == false).then_some((quiz, place + 1));
        Ok(())
    }
}

/// The other process: learners on one line each of the input; tells each thing that was done on a line.
pub(crate) async fn drive(address: &str, seconds: u32) -> anyhow::Result<()> {
    let end = Instant::now() + Duration::from_secs(u64::from(seconds));
    let mut running = tokio::task::JoinSet::new();
    for (n, cookies) in std::io::stdin().lines().enumerate() {
        let mut driven = Driven {
            client: reqwest::Client::builder().pool_max_idle_per_host(1).build()?,
            base: format!("http://{address}"),
            cookies: cookies?,
            chance: Seeded::new(SEED + n as u64),
            quiz: None,
        };
        running.spawn(async move {
            // they do not all begin at once
            let mut think = Duration::from_millis(driven.chance.below(30_000) as u64);
            while Instant::now() + think < end {
                tokio::time::sleep(think).await;
                let start = Instant::now();
                let (name, done) = driven.act().await;
                let told = match done {
                    Ok(()) => json!({ "name": name, "micros": start.elapsed().as_micros() as u64 }),
                    Err(error) => json!({ "name": name, "error": format!("{error:#}") }),
                };
                println!("{told}");
                think = Duration::from_millis(20_000 + driven.chance.below(20_000) as u64);
            }
        });
    }
    while running.join_next().await.is_some() {}
    Ok(())
}
