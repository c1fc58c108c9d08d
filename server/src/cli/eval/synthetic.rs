//! `mitochi eval vectors`: the search among many passages. Owns: making them, copies of a judged set's whose vectors are
//! moved and whose words are thinned out a little, and what is printed of them. Refuses: saying how good search is;
//! copies have no judgements, and real passages are not copies.

use super::engine::{EngineArgs, Measured};
use super::{Asked, MATERIAL, ModelArgs, OWNER, Set, Texts, embed};
use crate::retrieval::embed::{Embedder, Role, normalise};
use crate::retrieval::lexical::Lexical;
use crate::retrieval::rerank::{Budget, CrossEncoder, Reranking};
use crate::retrieval::vector::{Others, Window};
use crate::retrieval::{CANDIDATES, Filter, Passage, Retrieval, Stage, generation};
use anyhow::{Result, ensure};
use domain::document::Span;
use domain::id::{MaterialId, PassageId};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Passages of one material.
const MATERIAL_PASSAGES: usize = 500;
/// Queries that are asked.
const QUERIES: usize = 200;
/// How far a copy is moved: its cosine with the original is some .9.
const MOVED: f32 = 0.5;
/// Of so many words of a copied text one is left out.
const LEFT_OUT: u32 = 10;

/// `mitochi eval vectors`.
#[derive(Debug, Clone, clap::Args)]
pub struct SyntheticArgs {
    /// A judged set, whose vectors are copied and whose queries are asked.
    #[arg(long)]
    pub set: PathBuf,
    /// So many passages of one vector each.
    #[arg(long, default_value_t = 100_000)]
    pub synthetic: usize,
    /// Leave the texts out, and measure the vector engine alone.
    #[arg(long)]
    pub no_texts: bool,
    /// Most passages that the cross-encoder reads for a query; 0 to leave it out.
    #[arg(long, default_value_t = 10)]
    pub rerank: usize,
    /// Time for it in milliseconds, as a learner waits.
    #[arg(long, default_value_t = 300)]
    pub rerank_ms: u64,
    /// What makes the vectors.
    #[command(flatten)]
    pub models: ModelArgs,
    /// The engine.
    #[command(flatten)]
    pub engine: EngineArgs,
}

/// Fills an engine with copies, asks it and returns what to print.
///
/// # Errors
/// Where the set, the model or the engine cannot be used.
pub async fn vectors(
    args: &SyntheticArgs,
    embedder: Arc<dyn Embedder>,
    encoder: Option<Arc<dyn CrossEncoder>>,
) -> Result<String> {
    let set = Set::read(&args.set)?;
    ensure!(args.synthetic > 0 && !set.passages.is_empty(), "nothing to copy");
    let measured = Measured::open(&args.engine, embedder.model(), generation(&*embedder), OWNER).await?;
    let scratch = super::Scratch::new()?;
    let keyword = Arc::new(Lexical::open(&scratch.0, "eval")?);
    let service = Retrieval::new(keyword, measured.store(), embedder.clone());
    let embedding = Instant::now();
    let originals = embed(&service, &set.passages).await?;
    let embedding = originals.len() as f64 / embedding.elapsed().as_secs_f64();
    let mut queries = vec![];
    for Asked { text, .. } in set.queries.iter().take(QUERIES) {
        queries.push(embedder.embed(text, Role::Query).await?);
    }

    let copies = copies(&originals, args.synthetic);
    let filling = Instant::now();
    for (n, windows) in copies.chunks(MATERIAL_PASSAGES).enumerate() {
        service.serving().upsert(OWNER, material(n), windows).await?;
    }
    let filled = filling.elapsed();
    let settling = Instant::now();
    measured.store().settle(Others::Keep).await?;
    let settled = settling.elapsed();

    let all = Filter::default();
    let one = Filter { materials: Some(vec![material(0)]), within: None };
    let mut text = format!(
        "synthetic: {} passages, copies of the {} vectors of '{}' moved at random; {} queries of it; one owner\n",
        copies.len(),
        originals.len(),
        set.name,
        queries.len()
    );
    let rate = copies.len() as f64 / filled.as_secs_f64();
    writeln!(text, "embedded: {embedding:.1} windows a second by {}", embedder.model())?;
    writeln!(
        text,
        "put in {:.1} s, {rate:.0} a second; settled in {:.1} s",
        filled.as_secs_f64(),
        settled.as_secs_f64()
    )?;
    for (name, filter, among) in
        [("all", &all, &copies[..]), ("one file", &one, &copies[..copies.len().min(MATERIAL_PASSAGES)])]
    {
        let mut times = vec![];
        let (mut wanted, mut right) = (0, 0);
        for query in &queries {
            let start = Instant::now();
            let hits = measured.store().search(OWNER, filter, query, CANDIDATES).await?;
            times.push(start.elapsed());
            ensure!(hits.len() == CANDIDATES.min(among.len()), "{} hits of {CANDIDATES}", hits.len());
            let nearest = nearest(among, query, 10);
            wanted += nearest.len();
            right += hits.iter().take(10).filter(|hit| nearest.contains(&hit.passage)).count();
        }
        let recall = f64::from(right as u32) / f64::from(wanted as u32).max(1.0);
        writeln!(text, "vectors of {name}: {}, recall@10 against exact {recall:.4}", spread(times))?;
    }
    if !args.no_texts {
        let passages: Vec<Passage> = thinned(&set.passages, args.synthetic);
        let words = Instant::now();
        for (n, passages) in passages.chunks(MATERIAL_PASSAGES).enumerate() {
            service.index_words(OWNER, material(n), passages).await?;
        }
        let rate = passages.len() as f64 / words.elapsed().as_secs_f64();
        writeln!(text, "words of {} passages put in, {rate:.0} a second", passages.len())?;
        writeln!(text, "fused, the query embedded in it: {}", whole(&service, &set, &all).await?.0)?;
        if let Some(encoder) = encoder.filter(|_| args.rerank > 0) {
            let texts = Arc::new(Texts(passages.into_iter().map(|p| (p.id, p)).collect()));
            let budget = Budget::new(Duration::from_millis(args.rerank_ms));
            let service = service.with_reranking(Reranking { encoder, texts, budget, most: args.rerank });
            let (spread, read) = whole(&service, &set, &all).await?;
            writeln!(
                text,
                "reranked, {} ms allowed, {read:.1} passages read on average: {spread}",
                args.rerank_ms
            )?;
        }
    }
    if let Some((bytes, place)) = measured.bytes().await? {
        let million = bytes as f64 / copies.len() as f64;
        writeln!(text, "{:.0} MB of {place}, {million:.0} MB for a million vectors", bytes as f64 / 1e6)?;
    }
    measured.discard().await?;
    Ok(text)
}

/// How long the whole search takes, and how many passages the cross-encoder read on average.
async fn whole(service: &Retrieval, set: &Set, filter: &Filter) -> Result<(String, f64)> {
    let (mut times, mut read) = (vec![], 0);
    let queries = &set.queries[..set.queries.len().min(QUERIES)];
    for Asked { text, .. } in queries {
        let start = Instant::now();
        let found = service.search(OWNER, text, filter, 10).await;
        times.push(start.elapsed());
        ensure!(found.keyword.answered() && found.vector.answered(), "an engine failed: {found:?}");
        match found.reranked {
            Some(Stage::Answered(count)) => read += count,
            Some(failed) => anyhow::bail!("the cross-encoder failed: {failed:?}"),
            None => {}
        }
    }
    Ok((spread(times), read as f64 / queries.len().max(1) as f64))
}

/// The median of times and what 95 of 100 stay under.
fn spread(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |share: f64| {
        let index = (times.len().saturating_sub(1) as f64 * share).round() as usize;
        times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
    };
    format!("p50 {:.1} ms, p95 {:.1} ms", at(0.5), at(0.95))
}

fn material(n: usize) -> MaterialId {
    MaterialId(Uuid::from_u128(MATERIAL.0.as_u128() + 1 + n as u128))
}

/// Copies of vectors, each moved at random, always the same.
fn copies(originals: &[Window], count: usize) -> Vec<Window> {
    let mut random = StdRng::seed_from_u64(1);
    let copy = |n: usize| {
        let original = &originals[n % originals.len()];
        let step = MOVED * (3.0 / original.vector.len() as f32).sqrt();
        let mut vector: Vec<f32> =
            original.vector.iter().map(|x| x + random.random_range(-step..step)).collect();
        normalise(&mut vector);
        let passage = PassageId(Uuid::from_u128(n as u128 + 1));
        Window { passage, start: n as u32, index: 0, span: Span { start: 0, end: 1 }, vector }
    };
    (0..count).map(copy).collect()
}

/// Copies of texts, each without some of its words, always the same; the ids are those of [`copies`].
fn thinned(originals: &[Passage], count: usize) -> Vec<Passage> {
    let mut random = StdRng::seed_from_u64(2);
    let copy = |n: usize| {
        let original = &originals[n % originals.len()];
        let words = original.text.split_whitespace().filter(|_| random.random_range(0..LEFT_OUT) > 0);
        let text = words.collect::<Vec<_>>().join(" ");
        let id = PassageId(Uuid::from_u128(n as u128 + 1));
        Passage { id, start: n as u32, headings: original.headings.clone(), text }
    };
    (0..count).map(copy).collect()
}

/// The nearest by exact cosines.
fn nearest(among: &[Window], query: &[f32], count: usize) -> Vec<PassageId> {
    let cosine = |window: &Window| window.vector.iter().zip(query).map(|(a, b)| a * b).sum::<f32>();
    let mut scored: Vec<(f32, PassageId)> =
        among.iter().map(|window| (cosine(window), window.passage)).collect();
    scored.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().take(count).map(|(_, passage)| passage).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_near_to_their_originals_and_always_the_same() {
        let mut vector: Vec<f32> = (0..384).map(|n| (n as f32).sin()).collect();
        normalise(&mut vector);
        let passage = PassageId(Uuid::nil());
        let original = Window { passage, start: 0, index: 0, span: Span { start: 0, end: 1 }, vector };
        let made = copies(std::slice::from_ref(&original), 3);
        for copy in &made {
            let cosine: f32 = copy.vector.iter().zip(&original.vector).map(|(a, b)| a * b).sum();
            assert!((0.85..0.95).contains(&cosine), "{cosine}");
        }
        assert_ne!(made[0].vector, made[1].vector);
        assert_eq!(made, copies(std::slice::from_ref(&original), 3));
        assert_eq!(nearest(&made, &made[2].vector, 1), [made[2].passage]);
        let text = "the heart pumps blood through the vessels of the body".repeat(20);
        let passage = Passage { id: passage, start: 0, headings: vec![], text };
        let thin = thinned(std::slice::from_ref(&passage), 2);
        assert!(thin.iter().all(|copy| copy.text.len() < passage.text.len()));
        assert_ne!(thin[0].text, thin[1].text);
        assert_eq!(thin[1].id, made[1].passage);
    }
}
