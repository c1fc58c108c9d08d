//! The cache of answers: one contract for memory and Redis, and what it does with judged pairs of questions
//! (`server/tests/pairs`).

use crate::support::redis;
use async_trait::async_trait;
use server::{
    llm::{
        answers::{Answers, KEEP, Kept, NEAR},
        guard,
    },
    retrieval::{
        embed::{BGE_SMALL, Embedder, ModelId, Pair, Role},
        onnx::ModelError,
    },
    shared::Shared,
};
use std::{fmt::Write, path::PathBuf, sync::Arc};
use uuid::Uuid;

const NOW: i64 = 1_796_040_000_000;

/// To it all texts are one.
struct Level(ModelId);

#[async_trait]
impl Embedder for Level {
    fn model(&self) -> &ModelId {
        &self.0
    }

    fn unrelated(&self) -> f32 {
        0.0
    }

    async fn embed(&self, _: &str, _: Role) -> Result<Vec<f32>, ModelError> {
        Ok(vec![0.6, -0.8])
    }
}

fn answers(shared: &Shared) -> Answers {
    let model = ModelId { name: "level".into(), sha256: "1".into(), dimensions: 2 };
    Answers::new(Arc::new(Level(model)), shared.cache.clone())
}

fn kept(text: &str) -> Kept {
    Kept { text: text.into(), model: "provider/model".into(), at: NOW }
}

/// Two processes of one installation, of every kind that is to be had.
async fn pairs() -> Vec<(&'static str, Answers, Answers)> {
    let memory = Shared::memory();
    let mut pairs = vec![("memory", answers(&memory), answers(&memory))];
    if let Some(url) = redis::address("the cache of answers on Redis") {
        let installation = Uuid::now_v7().to_string();
        let [here, there] = [0, 1].map(|_| Shared::open(&url, &installation, Uuid::now_v7()));
        let (here, there) = (here.await.unwrap(), there.await.unwrap());
        assert!(here.is_whole().await && there.is_whole().await);
        pairs.push(("Redis", answers(&here), answers(&there)));
    }
    pairs
}

#[tokio::test]
async fn an_answer_is_found_by_every_process_for_a_day() {
    for (name, here, there) in pairs().await {
        let bucket = [1; 32];
        assert_eq!(there.find(&bucket, "Explain gout", NOW).await, None, "{name}");
        here.keep(&bucket, "Explain gout", kept("Crystals… é 🫀"), NOW).await;
        let found = there.find(&bucket, "what is gout?", NOW).await;
        assert_eq!(found, Some(kept("Crystals… é 🫀")), "{name}");
        assert_eq!(there.find(&bucket, "what is pseudogout?", NOW).await, None, "{name}");
        assert_eq!(there.find(&[2; 32], "Explain gout", NOW).await, None, "{name}: another bucket");
        let later = NOW + i64::try_from(KEEP.as_millis()).unwrap();
        assert_eq!(there.find(&bucket, "Explain gout", later).await, None, "{name}: it is old");
    }
}

#[tokio::test]
async fn of_questions_at_once_none_gets_the_answer_to_another() {
    for (name, here, there) in pairs().await {
        let bucket = [3; 32];
        let question = |n: usize| (format!("stage {n}"), kept(&n.to_string()));
        let all: Vec<_> = (0..20).map(|n| (question(n), if n % 2 == 0 { &here } else { &there })).collect();
        let keep = all.iter().map(|((asked, kept), process)| process.keep(&bucket, asked, kept.clone(), NOW));
        futures::future::join_all(keep).await;
        let mut there_are = 0;
        for ((asked, kept), _) in &all {
            let found = here.find(&bucket, asked, NOW).await;
            there_are += usize::from(found.is_some());
            assert!(found.is_none_or(|found| found == *kept), "{name}: {asked}");
        }
        // of two processes that write at once the later wins; a process loses none to itself
        assert!(there_are >= 1, "{name}: {there_are}");
        let own = (20..30).map(|n| format!("stage {n}")).collect::<Vec<_>>();
        futures::future::join_all(own.iter().map(|asked| here.keep(&bucket, asked, kept(asked), NOW))).await;
        for asked in &own {
            assert_eq!(there.find(&bucket, asked, NOW).await, Some(kept(asked)), "{name}: {asked}");
        }
    }
}

/// A pair of questions: its place in its file counted from 0, both cosines, and what the guard says.
struct Judged {
    at: usize,
    minilm: f32,
    pair: f32,
    is_one: bool,
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    product(a, b) / (product(a, a) * product(b, b)).sqrt()
}

/// The judged pairs of a file; without cosines where there is no model.
fn judged(file: &str, model: Option<&Pair>) -> Vec<Judged> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pairs").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().skip(1).map(|line| {
        let [_, a, b] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        (a, b)
    });
    let judge = |(at, (a, b)): (usize, (&str, &str))| {
        // the vector of a pair is those of its models in a row
        let half = model.map_or(0, |model| model.model().dimensions / 2);
        let [one, other] =
            [a, b].map(|text| model.map(|model| model.embed_blocking(text, Role::Query).unwrap()));
        let (one, other) = (one.unwrap_or_default(), other.unwrap_or_default());
        let (minilm, pair) = (cosine(&one[half..], &other[half..]), cosine(&one, &other));
        Judged { at, minilm, pair, is_one: guard::same(a, b).is_ok() }
    };
    rows.enumerate().map(judge).collect()
}

/// How many fit, of the odd rows (by which the guard was made) and of the even ones (of which it knows nothing).
fn halves(judged: &[Judged], fits: impl Fn(&Judged) -> bool) -> (usize, usize) {
    let of = |half: usize| judged.iter().filter(|judged| judged.at % 2 == half && fits(judged)).count();
    (of(0), of(1))
}

#[test]
fn of_judged_pairs_no_near_miss_is_a_hit() {
    let cached = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/mitochi/models"));
    let models = std::env::var_os("MITOCHI_MODELS").map(PathBuf::from).or_else(cached);
    let model = models.map(|models| Pair::new(&models)).filter(Embedder::is_there);
    let (misses, paraphrases) = std::thread::scope(|scope| {
        let misses = scope.spawn(|| judged("near_miss.tsv", model.as_ref()));
        let paraphrases = judged("paraphrase.tsv", model.as_ref());
        (misses.join().unwrap(), paraphrases)
    });
    assert_eq!((misses.len(), paraphrases.len()), (200, 200));
    // the guard alone, which needs no model
    assert_eq!(halves(&misses, |judged| judged.is_one), (0, 0));
    let (odd, even) = halves(&paraphrases, |judged| judged.is_one);
    assert!(odd >= 54 && even >= 31, "{odd} {even}");
    if model.is_none() {
        println!("skipped: the cosines of judged pairs (no {} on this machine)", BGE_SMALL.name);
        return;
    }

    let minilm: fn(&Judged) -> f32 = |judged| judged.minilm;
    let pair: fn(&Judged) -> f32 = |judged| judged.pair;
    let mut table = String::from(
        "| cosine of | at least | paraphrases, cosine alone | near misses, cosine alone | paraphrases, guarded \
         | near misses, guarded |\n|---|---|---|---|---|---|\n",
    );
    for (name, cosine) in [("MiniLM", minilm), ("pair", pair)] {
        for least in [0.75, 0.8, 0.85, 0.9, 0.92, 0.95] {
            write!(table, "| {name} | {least:.2} |").unwrap();
            for guarded in [false, true] {
                for judged in [&paraphrases, &misses] {
                    let fits = |judged: &Judged| cosine(judged) >= least && (judged.is_one || !guarded);
                    let (odd, even) = halves(judged, fits);
                    write!(table, " {odd} + {even} |").unwrap();
                }
            }
            table.push('\n');
        }
    }
    println!("{table}");

    // as measured, less a margin: processors round the models' products differently
    for (cosine, least) in [(minilm, (41, 20)), (pair, (47, 25))] {
        let hit = |judged: &Judged| judged.is_one && cosine(judged) >= NEAR;
        assert_eq!(halves(&misses, hit), (0, 0), "near misses");
        let (odd, even) = halves(&paraphrases, hit);
        assert!(odd >= least.0 && even >= least.1, "{odd} {even}\n{table}");
    }
}
