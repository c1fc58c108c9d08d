use super::*;
use crate::retrieval::embed::{Local, MINILM};
use clap::Parser;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    cost: CostArgs,
}

/// Without a model for meaning, questions that are put alike are still found: that is enough to see the cache at work.
async fn months(line: &[&str], own: Option<&str>) -> Vec<Month> {
    let line: Vec<&str> = ["x", "--days=4"].into_iter().chain(line.iter().copied()).collect();
    let args = Arguments::parse_from(line).cost;
    let embedder = Arc::new(Local::new(&MINILM, std::path::Path::new("/nowhere")));
    cost(&args, &Catalogue::new(own).unwrap(), embedder).await.unwrap()
}

#[tokio::test]
async fn a_month_is_always_the_same_and_the_cache_spares_something() {
    let with = months(&[], None).await;
    assert_eq!(with, months(&[], None).await);
    let without = months(&["--no-cache"], None).await;
    for (with, without) in with.iter().zip(&without) {
        assert_eq!(with.naive_usd, without.naive_usd);
        assert!(with.optimised_usd < without.optimised_usd);
        assert!(without.optimised_usd < without.naive_usd);
        assert!(with.tasks["explain"].hits > 0 && without.tasks["explain"].hits == 0);
        let line = with.tasks["explain"];
        assert_eq!(line.calls + line.hits, line.requests);
        assert_eq!(with.tasks.values().map(|line| line.requests).sum::<u64>(), 400);
        let tutor = with.tasks["tutor"];
        assert!(tutor.cached_tokens > 0 && tutor.written_tokens > 0);
        assert!(tutor.cached_tokens + tutor.written_tokens <= tutor.input_tokens);
        assert_eq!(line.written_tokens, 0, "what nobody goes on with is not kept for money");
        assert!(with.optimised_usd < 0.97 * with.without_prompt_caching_usd);
    }
}

#[tokio::test]
async fn a_changed_price_changes_the_sum_to_the_cent() {
    let before = months(&["--no-cache"], None).await;
    let own = "[[model]]\nname = \"gpt-5-mini\"\nendpoint = \"openai\"\ncontext = 400000\nreasoning = true\n\
               price = [{ input = 1.25, cached = 0.025, output = 2.0 }]";
    let after = months(&["--no-cache"], Some(own)).await;
    assert_eq!(before[0], after[0], "the design's models are not touched");
    let lines = ["explain", "question", "judge"].map(|task| before[1].tasks[task]);
    let tokens: u64 = lines.iter().map(|line| line.input_tokens - line.cached_tokens).sum();
    let more = after[1].optimised_usd - before[1].optimised_usd;
    assert!((more - tokens as f64 / 1e6).abs() < 0.000_001, "a dollar more for each million tokens: {more}");
}
