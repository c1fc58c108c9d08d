//! Finding passages. Owns: the ports of search engines, indexing what a material says, and the hybrid search: the best
//! by words and the best by meaning, fused by rank. Refuses: SQL (passages and vectors come and go as arguments, or
//! through [`vector::embedded::VectorTruth`]), cutting passages (`domain::chunk`), and showing them.
//!
//! Search never fails because one engine does: it answers with what is left and says so.

pub(crate) mod abbreviation;
pub mod embed;
mod index;
mod known;
pub mod lexical;
pub mod onnx;
pub mod rerank;
pub(crate) mod spelling;
pub mod tokens;
pub mod vector;
pub mod vocabulary;
pub mod window;

use async_trait::async_trait;
use domain::document::Span;
use domain::fusion::fuse;
use domain::id::{LearnerId, MaterialId, PassageId};
use embed::Embedder;
use onnx::ModelError;
use rerank::Reranking;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use vector::VectorStore;

pub use index::{VectorIndex, generation};

/// A passage as search engines take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Its id.
    pub id: PassageId,
    /// Its first byte in the document.
    pub start: u32,
    /// The headings over it, outermost first.
    pub headings: Vec<String>,
    /// Its text; windows and lit words are spans of it.
    pub text: String,
}

/// What a search is limited to, besides its owner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// These materials alone; `None` for all, an empty list for none.
    pub materials: Option<Vec<MaterialId>>,
    /// Passages that begin in this stretch of their document alone, such as a chapter's; for use with one material.
    pub within: Option<Span>,
}

impl Filter {
    /// Whether nothing can meet it.
    pub fn excludes_all(&self) -> bool {
        self.materials.as_ref().is_some_and(Vec::is_empty) || self.within.is_some_and(Span::is_empty)
    }

    /// Whether a passage that begins at this byte of its document lies in the stretch asked for.
    pub fn admits(&self, start: u32) -> bool {
        self.within.is_none_or(|within| within.range().contains(&(start as usize)))
    }
}

/// Why an engine did not do its work.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EngineError {
    /// Another process holds the index's writing lock: try again later.
    #[error("another process is writing to the index")]
    Busy,
    /// A vector of another model.
    #[error("a vector has {found} numbers and the index {expected}, or they are no numbers")]
    Dimensions {
        /// Of the index.
        expected: usize,
        /// Of the vector.
        found: usize,
    },
    /// An index of this name is there, and Mitochi did not make it, or not like this: it is left as it is.
    #[error("{0}")]
    Foreign(String),
    /// The engine's settings cannot be meant; nobody was asked.
    #[error("{0}")]
    Settings(String),
    /// The engine is down, or its files cannot be read or written.
    #[error("the search engine is not available: {0}")]
    Unavailable(String),
}

impl From<std::io::Error> for EngineError {
    fn from(error: std::io::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// An engine that finds passages by their words. Owner and filter are part of the search, never applied to its
/// result. A change is durable and visible when it returns, whole or not at all.
#[async_trait]
pub trait KeywordStore: Send + Sync {
    /// Puts passages in the place of all that the owner has of a material. May be repeated.
    ///
    /// # Errors
    /// As the engine is; nothing was changed then.
    async fn upsert(
        &self,
        owner: LearnerId,
        material: MaterialId,
        passages: &[Passage],
    ) -> Result<(), EngineError>;

    /// Removes a material.
    ///
    /// # Errors
    /// As the engine is.
    async fn delete(&self, owner: LearnerId, material: MaterialId) -> Result<(), EngineError>;

    /// Removes all that an owner has.
    ///
    /// # Errors
    /// As the engine is.
    async fn delete_owner(&self, owner: LearnerId) -> Result<(), EngineError>;

    /// Whether passages may be missing that the database has: upsert each material, then call
    /// [`KeywordStore::rebuilt`].
    ///
    /// # Errors
    /// As the engine is.
    async fn needs_rebuild(&self) -> Result<bool, EngineError> {
        Ok(false)
    }

    /// Says that every material was upserted since something was missing.
    ///
    /// # Errors
    /// As the engine is.
    async fn rebuilt(&self) -> Result<(), EngineError> {
        Ok(())
    }

    /// The owner's passages that have a word of the query, best first. Words in quotes stand in a row in every hit; no
    /// other character of a query is syntax, and one without words finds nothing.
    ///
    /// # Errors
    /// As the engine is.
    async fn search(
        &self,
        owner: LearnerId,
        filter: &Filter,
        query: &str,
        limit: usize,
    ) -> Result<ByWords, EngineError>;
}

/// What a search by words found.
#[derive(Debug, Clone, PartialEq)]
pub struct ByWords {
    /// Passages with the engine's own score, best first.
    pub hits: Vec<(PassageId, f32)>,
    /// How the query was read.
    pub reading: Reading,
}

/// How a query was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The query, with the words that were meant for those that are misspelt.
    pub query: String,
    /// Whether it differs from what was typed.
    pub corrected: bool,
    /// Words that the last one, which none of the owner's passages has, is the beginning of.
    pub completed: Vec<String>,
    /// Whether words stand in quotes: then meaning does not count.
    pub quoted: bool,
}

impl Reading {
    /// As it was typed.
    pub fn verbatim(query: &str) -> Self {
        Self { query: query.into(), corrected: false, completed: vec![], quoted: false }
    }

    /// What lights the words that were found: see [`lexical::lit`].
    pub fn lighting(&self) -> String {
        std::iter::once(&self.query).chain(&self.completed).map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// Where the texts of passages are read: no engine holds them.
#[async_trait]
pub trait PassageTexts: Send + Sync {
    /// Those of the owner's passages that are there, in any order.
    ///
    /// # Errors
    /// Where they cannot be read; the order stays as it was.
    async fn texts(&self, owner: LearnerId, passages: &[PassageId]) -> anyhow::Result<Vec<Passage>>;
}

/// A passage that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The passage.
    pub passage: PassageId,
    /// Of the fused ranking; it orders hits and means nothing else.
    pub score: f64,
    /// How each engine ranked it.
    pub ranks: Ranks,
    /// The window that is nearest in meaning, as bytes of the passage's text; `None` where words alone found it.
    pub window: Option<Span>,
}

/// Where a stage of the search put a hit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// From 1.
    pub rank: u32,
    /// The stage's own: BM25, a cosine, a sum of reciprocal ranks, a logit. It orders the stage's hits and can be
    /// compared with no other stage's.
    pub score: f32,
}

/// Where each stage put a hit; `None` where it did not find it, or did not look.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Ranks {
    /// By words.
    pub keyword: Option<Placed>,
    /// By meaning.
    pub vector: Option<Placed>,
    /// Both together.
    pub fused: Option<Placed>,
    /// By the second look of a model that reads query and passage side by side.
    pub reranked: Option<Placed>,
}

/// How one way of searching went.
#[derive(Debug, Clone)]
pub enum Stage {
    /// It answered, with so many passages.
    Answered(usize),
    /// The model is missing or unusable: by meaning nothing could be searched.
    NoModel(ModelError),
    /// The engine failed.
    Failed(EngineError),
    /// It was not asked: what is searched stays here, and vectors are made elsewhere.
    StaysHere,
}

impl Stage {
    /// Whether it took part.
    pub fn answered(&self) -> bool {
        matches!(self, Self::Answered(_))
    }
}

/// The answer to a search.
#[derive(Debug, Clone)]
pub struct Found {
    /// Best first.
    pub hits: Vec<Hit>,
    /// How the query was read.
    pub reading: Reading,
    /// How the search by words went.
    pub keyword: Stage,
    /// How the search by meaning went.
    pub vector: Stage,
    /// How reranking went, and how many passages were read before its time was over; `None` where there is no
    /// cross-encoder or nothing to order.
    pub reranked: Option<Stage>,
}

/// How much the ranking by words counts beside that by meaning, for a question; measured on four judged sets
/// (`end2end/quality`).
const WORDS: f64 = 0.3;
/// Who types no more than so many words looks for these very words: then both rankings count the same.
const FEW_WORDS: usize = 2;

/// How many passages of each engine are fused.
pub const CANDIDATES: usize = 50;

/// What is searched by meaning, and what will be.
#[derive(Clone)]
struct Indexes {
    serving: VectorIndex,
    coming: Option<VectorIndex>,
}

/// The search service. Cheap to clone; clones search the same indexes.
#[derive(Clone)]
pub struct Retrieval {
    keyword: Arc<dyn KeywordStore>,
    indexes: Arc<RwLock<Indexes>>,
    reranking: Option<Arc<Reranking>>,
}

impl Retrieval {
    /// Over these engines; `vector` must hold vectors of [`generation`]`(embedder)`.
    pub fn new(
        keyword: Arc<dyn KeywordStore>,
        vector: Arc<dyn VectorStore>,
        embedder: Arc<dyn Embedder>,
    ) -> Self {
        Self::over(keyword, VectorIndex { embedder, store: vector }, None)
    }

    /// The same where vectors of another generation are being made, which will be searched when they are all there.
    pub fn over(keyword: Arc<dyn KeywordStore>, serving: VectorIndex, coming: Option<VectorIndex>) -> Self {
        Self { keyword, indexes: Arc::new(RwLock::new(Indexes { serving, coming })), reranking: None }
    }

    /// The same with a second look at the best of what is found.
    #[must_use]
    pub fn with_reranking(self, reranking: Reranking) -> Self {
        Self { reranking: Some(Arc::new(reranking)), ..self }
    }

    fn now(&self) -> Indexes {
        self.indexes.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The vectors that are searched.
    pub fn serving(&self) -> VectorIndex {
        self.now().serving
    }

    /// Those that are being made and are searched by nobody yet.
    pub fn coming(&self) -> Option<VectorIndex> {
        self.now().coming
    }

    /// All that want to be told of changes: what is searched first.
    pub fn indexes(&self) -> Vec<VectorIndex> {
        let Indexes { serving, coming } = self.now();
        std::iter::once(serving).chain(coming).collect()
    }

    /// From now on the coming vectors are searched, and the others no longer; a search under way ends as it began.
    pub fn switch(&self) {
        let mut indexes = self.indexes.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(coming) = indexes.coming.take() {
            indexes.serving = coming;
        }
    }

    /// What the vectors that are searched are filed under.
    pub fn generation(&self) -> String {
        self.serving().generation()
    }

    /// Makes a material findable by its words.
    ///
    /// # Errors
    /// As [`KeywordStore::upsert`].
    pub async fn index_words(
        &self,
        owner: LearnerId,
        material: MaterialId,
        passages: &[Passage],
    ) -> Result<(), EngineError> {
        self.keyword.upsert(owner, material, passages).await
    }

    /// Makes a material unfindable.
    ///
    /// # Errors
    /// The first engine's that fails; all are tried.
    pub async fn delete(&self, owner: LearnerId, material: MaterialId) -> Result<(), EngineError> {
        let mut outcome = self.keyword.delete(owner, material).await;
        for index in self.indexes() {
            outcome = outcome.and(index.store.delete(owner, material).await);
        }
        outcome
    }

    /// Makes all that an owner has unfindable.
    ///
    /// # Errors
    /// The first engine's that fails; all are tried.
    pub async fn delete_owner(&self, owner: LearnerId) -> Result<(), EngineError> {
        let mut outcome = self.keyword.delete_owner(owner).await;
        for index in self.indexes() {
            outcome = outcome.and(index.store.delete_owner(owner).await);
        }
        outcome
    }

    /// The owner's passages that answer a query best: the first [`CANDIDATES`] of each engine, fused by rank. More
    /// than these can never be asked for.
    ///
    /// It does not fail: where an engine or the model does, [`Found`] says so and holds what the other found.
    pub async fn search(&self, owner: LearnerId, query: &str, filter: &Filter, limit: usize) -> Found {
        // one index for the whole search, whatever is switched meanwhile
        let index = self.serving();
        self.search_by(owner, query, filter, limit, Some(&index)).await
    }

    /// The same in what stays here: by words alone where the query would leave this machine for its vector.
    pub async fn search_here(&self, owner: LearnerId, query: &str, filter: &Filter, limit: usize) -> Found {
        let index = self.serving();
        let index = Some(&index).filter(|index| !index.embedder.is_elsewhere());
        self.search_by(owner, query, filter, limit, index).await
    }

    /// By words, and by meaning where there is an index for it.
    async fn search_by(
        &self,
        owner: LearnerId,
        query: &str,
        filter: &Filter,
        limit: usize,
        index: Option<&VectorIndex>,
    ) -> Found {
        let sensed = async |query| match index {
            Some(index) => index.sense(query).await,
            None => Ok(None),
        };
        let (by_words, sense) =
            tokio::join!(self.keyword.search(owner, filter, query, CANDIDATES), sensed(query));
        let (keyword, words, reading) = match by_words {
            Ok(ByWords { hits, reading }) => (Stage::Answered(hits.len()), hits, reading),
            Err(error) => (Stage::Failed(error), vec![], Reading::verbatim(query)),
        };
        // meaning wants the query without its misspellings
        let sense = if reading.query == query { sense } else { sensed(&reading.query).await };
        let meant = match index {
            Some(index) => index.search(owner, sense, filter, CANDIDATES).await,
            None => Err(Stage::StaysHere),
        };
        let (vector, mut meaning) = match meant {
            Ok(hits) => (Stage::Answered(hits.len()), hits),
            Err(stage) => (stage, vec![]),
        };
        let asked = domain::word::subject(&reading.query);
        let few = asked.chunk_by(|a, b| a.position == b.position).count() <= FEW_WORDS;
        let weight = if few { 1.0 } else { WORDS };
        if reading.quoted && !words.is_empty() {
            // who quotes wants these very words
            meaning.retain(|hit| words.iter().any(|(passage, _)| *passage == hit.passage));
        }
        let windows: HashMap<PassageId, Span> = meaning.iter().map(|hit| (hit.passage, hit.window)).collect();
        let by_words = placed(words.iter().map(|(passage, score)| (*passage, *score)));
        let by_meaning = placed(meaning.iter().map(|hit| (hit.passage, hit.score)));
        let words: Vec<PassageId> = words.into_iter().map(|(passage, _)| passage).collect();
        let meaning: Vec<PassageId> = meaning.into_iter().map(|hit| hit.passage).collect();
        let fused = fuse(&[(&words, weight), (&meaning, 1.0)]).into_iter().zip(1..);
        let hits = fused.map(|(fused, rank)| Hit {
            passage: fused.item,
            score: fused.score,
            ranks: Ranks {
                keyword: by_words.get(&fused.item).copied(),
                vector: by_meaning.get(&fused.item).copied(),
                fused: Some(Placed { rank, score: fused.score as f32 }),
                reranked: None,
            },
            window: windows.get(&fused.item).copied(),
        });
        let mut hits: Vec<Hit> = hits.collect();
        let mut reranked = None;
        if let Some(reranking) = self.reranking.clone().filter(|_| hits.len() > 1) {
            reranked = Some(reranking.order(owner, &reading.query, &mut hits).await);
        }
        hits.truncate(limit);
        Found { hits, reading, keyword, vector, reranked }
    }
}

/// The places of a ranking, best first.
fn placed(ranking: impl Iterator<Item = (PassageId, f32)>) -> HashMap<PassageId, Placed> {
    ranking.zip(1..).map(|((passage, score), rank)| (passage, Placed { rank, score })).collect()
}

#[cfg(test)]
mod tests;
