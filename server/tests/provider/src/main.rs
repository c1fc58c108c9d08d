//! The provider by hand: `cargo run -p provider -- --port 8090 --dialect openai`.

use std::{collections::HashSet, time::Duration};

use clap::Parser;
use provider::{Dialect, Fault, Provider, Reply, Settings};

/// A language-model provider for tests. A request can ask for a fault itself: `x-fault: stall=5`, or `?fault=stall=5`.
#[derive(Parser)]
#[command(name = "provider", after_help = faults())]
struct Options {
    /// Port on 127.0.0.1; 0 lets the system choose.
    #[arg(long, default_value_t = 8090)]
    port: u16,
    /// openai, claude, gemini, foreign
    #[arg(long, default_value_t)]
    dialect: Dialect,
    /// The bearer key it wants; empty for none. By default `test-key`, and none for foreign.
    #[arg(long)]
    key: Option<String>,
    /// What it says; without it, what it is asked.
    #[arg(long)]
    text: Option<String>,
    /// Faults of every answer, several with commas.
    #[arg(long, value_delimiter = ',')]
    fault: Vec<String>,
    /// Milliseconds before each piece.
    #[arg(long, default_value_t = 40)]
    every: u64,
    /// A model that is listed and answered, others are not; can be repeated.
    #[arg(long)]
    model: Vec<String>,
    /// The tokens of a prompt from which on it is too long.
    #[arg(long)]
    context: Option<u64>,
    /// Streams end without `[DONE]`.
    #[arg(long)]
    no_done: bool,
}

fn faults() -> String {
    let line = |(name, number): &(&str, &str)| match *number {
        "" => format!("  {name}\n"),
        number => format!("  {name}[=N]  {number}\n"),
    };
    format!("Faults:\n{}", Fault::NAMES.iter().map(line).collect::<String>())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::parse();
    let mut reply = options.text.map_or_else(Reply::echo, Reply::text);
    #[expect(clippy::disallowed_methods, reason = "a fault by hand counts from now")]
    let now = std::time::SystemTime::now();
    for fault in &options.fault {
        reply = reply.with(Fault::parse(fault, now)?);
    }
    let mut settings = Settings::new(options.dialect);
    settings.port = options.port;
    settings.every = Duration::from_millis(options.every);
    settings.context = options.context;
    settings.done = !options.no_done;
    if let Some(key) = options.key {
        settings.key = Some(key).filter(|key| !key.is_empty());
    }
    if !options.model.is_empty() {
        settings.models = options.model;
        settings.only_listed = true;
    }
    let provider = Provider::start(settings);
    provider.otherwise(reply);
    println!("{} at {}, key {}", provider.dialect(), provider.base_url(), provider.key().unwrap_or("none"));
    tell(&provider).await;
    Ok(())
}

/// Tells requests and violations as they come, until Ctrl+C.
async fn tell(provider: &Provider) {
    let (mut told, mut violations) = (0, HashSet::new());
    loop {
        for request in provider.requests().into_iter().skip(told) {
            told += 1;
            println!(
                "{} {} {} ({} bytes)",
                request.method,
                request.path,
                request.model(),
                request.body.len()
            );
        }
        for violation in provider.violations() {
            if violations.insert(violation.to_string()) {
                println!("  violation: {violation}");
            }
        }
        tokio::select! {
            _ = tokio::signal::ctrl_c() => return,
            () = tokio::time::sleep(Duration::from_millis(200)) => {}
        }
    }
}
