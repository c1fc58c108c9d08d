//! Measurements on the command line. Owns: `mitochi eval retrieval`, which runs the search of the product on a judged
//! set and prints how good it is. Refuses: settings of its own; what it measures is what learners get.

use crate::config::Provider;
use crate::retrieval::embed::remote::{Remote, Unbooked};
use crate::retrieval::embed::{Choice, Embedder, Role};
use crate::retrieval::lexical::Lexical;
use crate::retrieval::onnx::ModelError;
use crate::retrieval::rerank::{Budget, CROSS_ENCODER_FILE, CrossEncoder, MsMarco, Reranking};
use crate::retrieval::vector::{Others, VectorStore, Window};
use crate::retrieval::{Filter, KeywordStore, Passage, PassageTexts, Retrieval, Stage, generation};
use anyhow::{Context, Result, ensure};
use async_trait::async_trait;
use domain::id::{LearnerId, MaterialId, PassageId};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::Deserialize;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

pub mod engine;
pub mod synthetic;
pub mod tutor;

/// `mitochi eval retrieval`.
#[derive(Debug, Clone, clap::Args)]
pub struct RetrievalArgs {
    /// A judged set: a directory with corpus.jsonl, queries.jsonl and qrels/test.tsv (the layout of BEIR).
    #[arg(long)]
    pub set: PathBuf,
    /// Most passages that the cross-encoder reads for a query; 0 to leave it out.
    #[arg(long, default_value_t = 10)]
    pub rerank: usize,
    /// Time for it in milliseconds, as a learner waits; 0 for as long as it takes, which shows its quality.
    #[arg(long, default_value_t = 0)]
    pub rerank_ms: u64,
    /// What makes the vectors.
    #[command(flatten)]
    pub models: ModelArgs,
    /// Write every ranking to this file, a line for each query, stage and rank, as trec_eval reads runs.
    #[arg(long)]
    pub run: Option<PathBuf>,
    /// Print tab-separated values, without the notes.
    #[arg(long)]
    pub tsv: bool,
    /// Which vector engine is measured.
    #[command(flatten)]
    pub engine: engine::EngineArgs,
}

/// What makes vectors.
#[derive(Debug, Clone, clap::Args)]
pub struct ModelArgs {
    /// Folder of the models.
    #[arg(long, env = "MITOCHI_MODELS", default_value = "")]
    pub models: String,
    /// The embedder.
    #[arg(long, value_enum, default_value_t)]
    pub embedder: Choice,
    /// The provider of `--embedder remote`.
    #[command(flatten)]
    pub provider: Provider,
}

impl ModelArgs {
    fn folder(&self) -> PathBuf {
        crate::config::models_folder(&self.models)
    }

    /// The embedder; nothing is read or sent yet.
    pub(super) fn embedder(&self) -> Arc<dyn Embedder> {
        let provider = || Remote::new(&self.provider.settings(), Arc::new(Unbooked));
        self.embedder.embedder(&self.folder(), provider)
    }

    /// The cross-encoder, where its file is there.
    fn encoder(&self) -> Option<Arc<dyn CrossEncoder>> {
        let encoder = MsMarco::new(self.folder().join(CROSS_ENCODER_FILE));
        encoder.is_there().then(|| Arc::new(encoder) as _)
    }
}

/// Runs `mitochi eval retrieval`. Gives the exit code.
pub fn run(args: &RetrievalArgs) -> i32 {
    told(retrieval(args, args.models.embedder(), args.models.encoder()))
}

/// Runs `mitochi eval vectors`. Gives the exit code.
pub fn run_vectors(args: &synthetic::SyntheticArgs) -> i32 {
    told(synthetic::vectors(args, args.models.embedder(), args.models.encoder()))
}

fn told(work: impl Future<Output = Result<String>>) -> i32 {
    let runtime = tokio::runtime::Runtime::new().map_err(anyhow::Error::new);
    match runtime.and_then(|runtime| runtime.block_on(work)) {
        Ok(table) => super::print(&table),
        Err(error) => {
            eprintln!("{error:#}");
            super::UNREADABLE
        }
    }
}

const OWNER: LearnerId = LearnerId(Uuid::nil());
const MATERIAL: MaterialId = MaterialId(Uuid::nil());
/// Ranks that are looked at.
const DEPTH: usize = 100;

/// Indexes a judged set in a temporary directory, asks its queries and returns the table
/// to print: a row for each stage, and how sure each is better than the one before. Where a model is missing it measures
/// what is left and says so.
///
/// # Errors
/// Where the set or the temporary directory cannot be used.
pub async fn retrieval(
    args: &RetrievalArgs,
    embedder: Arc<dyn Embedder>,
    encoder: Option<Arc<dyn CrossEncoder>>,
) -> Result<String> {
    let set = Set::read(&args.set)?;
    let scratch = Scratch::new()?;
    let keyword = Lexical::open(&scratch.0, "eval")?;
    let measured =
        engine::Measured::open(&args.engine, embedder.model(), generation(&*embedder), OWNER).await?;
    let engines = Engines { keyword: Arc::new(keyword), vector: measured.store(), embedder };
    let service = Retrieval::new(engines.keyword.clone(), engines.vector.clone(), engines.embedder.clone());

    let words = Instant::now();
    service.index_words(OWNER, MATERIAL, &set.passages).await?;
    let words = words.elapsed();
    let meaning = Instant::now();
    let windows = embed(&service, &set.passages).await;
    let mut notes = format!(
        "{} passages, {} queries; words indexed in {words:.1?}",
        set.passages.len(),
        set.queries.len()
    );
    let mut stages = vec![Way::Keyword];
    match windows {
        Ok(windows) => {
            service.serving().upsert(OWNER, MATERIAL, &windows).await?;
            engines.vector.settle(Others::Keep).await?;
            let took = meaning.elapsed();
            write!(
                notes,
                "; {} windows embedded in {took:.1?} by {}",
                windows.len(),
                engines.embedder.model()
            )?;
            stages.extend([Way::Vector, Way::Fused]);
            stages.extend((encoder.is_some() && args.rerank > 0).then_some(Way::Reranked));
        }
        Err(error) => write!(notes, "; by words alone: {error}")?,
    }
    let reranking = encoder.map(|encoder| Reranking {
        encoder,
        texts: Arc::new(Texts(set.passages.iter().map(|p| (p.id, p.clone())).collect())),
        budget: Budget::new(match args.rerank_ms {
            0 => Duration::from_secs(3600),
            time => Duration::from_millis(time),
        }),
        most: args.rerank,
    });
    let second =
        reranking.map_or_else(|| service.clone(), |reranking| service.clone().with_reranking(reranking));
    let mut table =
        String::from("set\tstage\tqueries\tndcg@10\trecall@10\trecall@100\tmrr\tp50_ms\tp95_ms\n");
    let mut certain = String::new();
    let mut runs = String::new();
    let mut before: Option<(Way, Vec<f64>)> = None;
    for way in stages {
        let service = if way == Way::Reranked { &second } else { &service };
        let measured = engines.measure(service, &set, way).await?;
        runs.push_str(&measured.run);
        writeln!(table, "{}\t{}", set.name, measured.row)?;
        if way == Way::Reranked {
            write!(notes, "; {:.1} passages reranked for a query", measured.read)?;
        }
        if let Some((other, scores)) = &before {
            let (low, high) = bootstrap(scores, &measured.ndcg);
            writeln!(
                certain,
                "{way:?} minus {other:?}: {low:+.4} to {high:+.4} ndcg@10 (95 % of 10,000 resamples)"
            )?;
        }
        before = Some((way, measured.ndcg));
    }
    if let Some(path) = &args.run {
        std::fs::write(path, runs).with_context(|| path.display().to_string())?;
    }
    measured.discard().await?;
    Ok(if args.tsv { table } else { format!("{notes}\n{}{certain}", aligned(&table)) })
}

/// The texts of a set.
struct Texts(HashMap<PassageId, Passage>);

#[async_trait]
impl PassageTexts for Texts {
    async fn texts(&self, _: LearnerId, passages: &[PassageId]) -> Result<Vec<Passage>> {
        Ok(passages.iter().filter_map(|id| self.0.get(id).cloned()).collect())
    }
}

/// Where the mean of the differences lies in 95 of 100 cases, by resampling pairs of one query (Efron and Tibshirani, 'An
/// Introduction to the Bootstrap', 1993, chapter 13: percentile intervals). The same numbers give the same interval.
fn bootstrap(before: &[f64], after: &[f64]) -> (f64, f64) {
    const RESAMPLES: usize = 10_000;
    let differences: Vec<f64> = before.iter().zip(after).map(|(a, b)| b - a).collect();
    if differences.is_empty() {
        return (0.0, 0.0);
    }
    let mut random = StdRng::seed_from_u64(differences.len() as u64);
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let drawn =
                (0..differences.len()).map(|_| differences[random.random_range(0..differences.len())]);
            drawn.sum::<f64>() / differences.len() as f64
        })
        .collect();
    means.sort_unstable_by(f64::total_cmp);
    (means[RESAMPLES / 40], means[RESAMPLES - RESAMPLES / 40 - 1])
}

async fn embed(service: &Retrieval, passages: &[Passage]) -> Result<Vec<Window>, ModelError> {
    let index = service.serving();
    let mut windows = vec![];
    for passages in passages.chunks(index.batch()) {
        windows.extend(index.embed(passages).await?);
    }
    Ok(windows)
}

/// One way of searching.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Keyword,
    Vector,
    Fused,
    Reranked,
}

/// What a way of searching reached.
struct Measured {
    /// A row of the table, without the set's name.
    row: String,
    /// For each query.
    ndcg: Vec<f64>,
    /// Every ranking, as trec_eval reads it.
    run: String,
    /// Passages that the cross-encoder read, on average.
    read: f64,
}

struct Engines {
    keyword: Arc<dyn KeywordStore>,
    vector: Arc<dyn VectorStore>,
    embedder: Arc<dyn Embedder>,
}

impl Engines {
    /// What is found, and how many of it the cross-encoder read.
    async fn ask(&self, service: &Retrieval, query: &str, way: Way) -> Result<(Vec<PassageId>, usize)> {
        let all = Filter::default();
        let mut read = 0;
        let ranking = match way {
            Way::Keyword => {
                let hits = self.keyword.search(OWNER, &all, query, DEPTH).await?;
                hits.hits.into_iter().map(|(passage, _)| passage).collect()
            }
            Way::Vector => {
                let vector = self.embedder.embed(query, Role::Query).await?;
                let hits = self.vector.search(OWNER, &all, &vector, DEPTH).await?;
                hits.into_iter().map(|hit| hit.passage).collect()
            }
            Way::Fused | Way::Reranked => {
                let found = service.search(OWNER, query, &all, DEPTH).await;
                ensure!(found.keyword.answered() && found.vector.answered(), "an engine failed: {found:?}");
                match found.reranked {
                    Some(Stage::Answered(count)) => read = count,
                    Some(failed) => anyhow::bail!("the cross-encoder failed: {failed:?}"),
                    None => {}
                }
                found.hits.into_iter().map(|hit| hit.passage).collect()
            }
        };
        Ok((ranking, read))
    }

    async fn measure(&self, service: &Retrieval, set: &Set, way: Way) -> Result<Measured> {
        let mut sums = [0.0; 4];
        let mut each = vec![];
        let mut run = String::new();
        let mut read = 0;
        let mut times: Vec<Duration> = vec![];
        for Asked { id, text, judged } in &set.queries {
            let start = Instant::now();
            let (ranking, count) = self.ask(service, text, way).await?;
            times.push(start.elapsed());
            read += count;
            for (passage, rank) in ranking.iter().zip(1..) {
                let name = set.names.get(passage).map_or("?", String::as_str);
                writeln!(run, "{id} Q0 {name} {rank} {} {way:?}", 1.0 / f64::from(rank))?;
            }
            let grades: Vec<u32> = ranking.iter().map(|id| judged.get(id).copied().unwrap_or(0)).collect();
            let all: Vec<u32> = judged.values().copied().collect();
            let scores = [
                ndcg(&grades, &all, 10),
                recall(&grades, &all, 10),
                recall(&grades, &all, DEPTH),
                reciprocal(&grades),
            ];
            each.push(scores[0]);
            sums.iter_mut().zip(scores).for_each(|(sum, score)| *sum += score);
        }
        times.sort_unstable();
        let at = |share: f64| {
            let index = (times.len().saturating_sub(1) as f64 * share).round() as usize;
            times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
        };
        let count = set.queries.len();
        let [ndcg, recall10, recall100, mrr] = sums.map(|sum| sum / count.max(1) as f64);
        let way = format!("{way:?}").to_lowercase();
        let row = format!(
            "{way}\t{count}\t{ndcg:.4}\t{recall10:.4}\t{recall100:.4}\t{mrr:.4}\t{:.1}\t{:.1}",
            at(0.5),
            at(0.95)
        );
        Ok(Measured { row, ndcg: each, run, read: read as f64 / count.max(1) as f64 })
    }
}

/// A judged set.
struct Set {
    name: String,
    passages: Vec<Passage>,
    /// What the set calls each passage.
    names: HashMap<PassageId, String>,
    /// Each query that has a judgement above 0.
    queries: Vec<Asked>,
}

/// A query of a judged set.
struct Asked {
    id: String,
    text: String,
    judged: HashMap<PassageId, u32>,
}

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "_id")]
    id: String,
    #[serde(default)]
    title: String,
    text: String,
}

impl Set {
    fn read(directory: &Path) -> Result<Self> {
        let corpus = lines(&directory.join("corpus.jsonl"))?;
        let queries = lines(&directory.join("queries.jsonl"))?;
        let place: HashMap<&str, PassageId> = corpus
            .iter()
            .zip(1..)
            .map(|(line, n)| (line.id.as_str(), PassageId(Uuid::from_u128(n))))
            .collect();
        let judgements = directory.join("qrels/test.tsv");
        let text = std::fs::read_to_string(&judgements).with_context(|| judgements.display().to_string())?;
        let mut judged: HashMap<&str, HashMap<PassageId, u32>> = HashMap::new();
        for (number, line) in text.lines().enumerate().skip(1) {
            let fields: Vec<&str> = line.split('\t').collect();
            let [query, passage, grade] = fields[..] else {
                anyhow::bail!("{}:{}: expected three columns", judgements.display(), number + 1);
            };
            let grade: u32 =
                grade.trim().parse().with_context(|| format!("{}:{}", judgements.display(), number + 1))?;
            if let Some(passage) = place.get(passage)
                && grade > 0
            {
                judged.entry(query).or_default().insert(*passage, grade);
            }
        }
        let queries = queries.into_iter().filter_map(|line| {
            let judged = judged.remove(line.id.as_str())?;
            Some(Asked { id: line.id, text: line.text, judged })
        });
        let queries = queries.collect();
        let names = corpus.iter().map(|line| (place[line.id.as_str()], line.id.clone())).collect();
        let passages = corpus.iter().map(|line| Passage {
            id: place[line.id.as_str()],
            start: 0,
            headings: Some(line.title.clone()).filter(|title| !title.is_empty()).into_iter().collect(),
            text: line.text.clone(),
        });
        let name = directory.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { name, passages: passages.collect(), names, queries })
    }
}

fn lines(path: &Path) -> Result<Vec<Line>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let parsed = text.lines().zip(1..).map(|(line, number)| {
        serde_json::from_str(line).with_context(|| format!("{}:{number}", path.display()))
    });
    parsed.collect()
}

/// Discounted cumulative gain of the first `depth` ranks over the best possible one (Järvelin and Kekäläinen, 'Cumulated
/// gain-based evaluation of IR techniques', 2002; linear gain, as trec_eval has it). `all` are the grades of
/// everything judged.
fn ndcg(grades: &[u32], all: &[u32], depth: usize) -> f64 {
    let gain = |grades: &[u32]| -> f64 {
        grades
            .iter()
            .take(depth)
            .zip(2..)
            .map(|(grade, rank)| f64::from(*grade) / f64::from(rank).log2())
            .sum()
    };
    let mut ideal = all.to_vec();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let best = gain(&ideal);
    if best == 0.0 { 0.0 } else { gain(grades) / best }
}

/// Share of the relevant that stand in the first `depth` ranks.
fn recall(grades: &[u32], all: &[u32], depth: usize) -> f64 {
    let relevant = |grades: &[u32]| grades.iter().filter(|grade| **grade > 0).count() as f64;
    relevant(&grades[..grades.len().min(depth)]) / relevant(all).max(1.0)
}

/// One over the rank of the first relevant.
fn reciprocal(grades: &[u32]) -> f64 {
    grades.iter().position(|grade| *grade > 0).map_or(0.0, |at| 1.0 / (at + 1) as f64)
}

/// A tab-separated table with its columns set under each other.
fn aligned(table: &str) -> String {
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split('\t').collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell: &&str| cell.len()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        for (index, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let gap = if index == 0 { "" } else { "  " };
            // words to the left, figures to the right
            let set = if index < 2 { format!("{gap}{cell:<width$}") } else { format!("{gap}{cell:>width$}") };
            text.push_str(&set);
        }
        text.push('\n');
    }
    text
}

/// A directory of its own that is gone afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let directory = std::env::temp_dir().join(format!("mitochi-eval-{}", std::process::id()));
        std::fs::create_dir_all(&directory)?;
        Ok(Self(directory))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // what stays behind in the temporary directory harms nobody
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_by_hand() {
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
        near(ndcg(&[1, 0, 1], &[1, 1], 10), (1.0 + 0.5) / (1.0 + 1.0 / 3f64.log2()));
        near(ndcg(&[2, 1], &[1, 2], 10), 1.0);
        near(ndcg(&[0; 20], &[1], 10), 0.0);
        near(ndcg(&[0, 0, 1], &[1], 2), 0.0);
        near(recall(&[1, 0, 1], &[1, 1, 1, 1], 10), 0.5);
        near(recall(&[0, 1], &[1], 1), 0.0);
        near(reciprocal(&[0, 0, 3]), 1.0 / 3.0);
        near(reciprocal(&[]), 0.0);
    }

    #[test]
    fn a_difference_is_as_sure_as_its_pairs_agree() {
        let (low, high) = bootstrap(&[0.1; 50], &[0.3; 50]);
        assert!((low - 0.2).abs() < 1e-9 && (high - 0.2).abs() < 1e-9, "{low} {high}");
        let after: Vec<f64> = (0..50).map(|n| f64::from(n % 2)).collect();
        let (low, high) = bootstrap(&[0.5; 50], &after);
        assert!(low < 0.0 && high > 0.0, "{low} {high}");
        assert_eq!(bootstrap(&[], &[]), (0.0, 0.0));
    }

    #[test]
    fn columns_stand_under_each_other() {
        assert_eq!(aligned("set\tstage\tn\nmed\tfused\t30\n"), "set  stage   n\nmed  fused  30\n");
    }
}
