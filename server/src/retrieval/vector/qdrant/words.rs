//! The keyword engine on a Qdrant server: the words of each passage as a sparse vector, in the collection of the windows.
//! Owns: how words become numbers. Refuses: which words a text has and what a query looks for (both are the embedded
//! engine's, `lexical`, so that the two find the same passages), and knowing words or texts, which it asks the library for.
//!
//! Qdrant multiplies each word by how rare it is (its modifier IDF, over all owners, as the embedded engine counts);
//! what a passage gives each of its words is BM25's part of it. BM25 asks for the average length of a passage, which
//! nobody here knows; a fixed one stands for it.
//!
//! Which words stand in a row it does not know: what is quoted is looked for in the texts of the best [`QUOTED`] passages
//! that have the words.
//!
//! A change is not whole or nothing, as Qdrant has no transactions: after an end in the middle a passage may be found by
//! what it said before, until the change is made again.

use super::collection::WORDS;
use super::point::{self, Kind};
use super::{Qdrant, collection};
use crate::retrieval::lexical::{self, COMPLETED_WEIGHT, HEADING_WEIGHT, asking, stem};
use crate::retrieval::vocabulary::{self, Vocabulary};
use crate::retrieval::{ByWords, EngineError, Filter, KeywordStore, Passage, PassageTexts};
use async_trait::async_trait;
use domain::id::{LearnerId, MaterialId, PassageId};
use domain::word;
use qdrant_client::qdrant::{Query, QueryPoints, VectorInput};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// What BM25 takes for how fast a repeated word stops to count, and for how much the length of a text counts.
const SATURATION: f32 = 1.2;
const LENGTH: f32 = 0.75;
/// Words of an average passage and of an average heading path. Between 150 and 300 of the former it hardly matters; on four
/// judged sets, of 121 to 308 words, this was as good as each set's own average or better (`end2end/quality/retrieval.md`).
const PASSAGE_WORDS: f32 = 150.0;
const HEADING_WORDS: f32 = 9.0;
/// Most passages whose texts are looked through for what is quoted.
const QUOTED: usize = 200;

/// Search by words on a Qdrant server; made by [`Qdrant::words`]. Cheap to clone.
#[derive(Clone)]
pub struct Words {
    engine: Qdrant,
    vocabulary: Arc<dyn Vocabulary>,
    texts: Arc<dyn PassageTexts>,
}

impl Words {
    pub(super) fn new(engine: Qdrant, vocabulary: Arc<dyn Vocabulary>, texts: Arc<dyn PassageTexts>) -> Self {
        Self { engine, vocabulary, texts }
    }

    /// Of these hits those that have what is quoted.
    async fn quoted(
        &self,
        owner: LearnerId,
        hits: Vec<(PassageId, f32)>,
        phrases: &[asking::Phrase],
    ) -> Result<Vec<(PassageId, f32)>, EngineError> {
        let ids: Vec<PassageId> = hits.iter().map(|(id, _)| *id).collect();
        let texts = self.texts.texts(owner, &ids).await;
        let texts = texts.map_err(|error| EngineError::Unavailable(error.to_string()))?;
        let have = texts.iter().filter(|passage| asking::has(passage, phrases));
        let have: HashSet<PassageId> = have.map(|passage| passage.id).collect();
        Ok(hits.into_iter().filter(|(id, _)| have.contains(id)).collect())
    }
}

#[async_trait]
impl KeywordStore for Words {
    async fn upsert(
        &self,
        owner: LearnerId,
        material: MaterialId,
        passages: &[Passage],
    ) -> Result<(), EngineError> {
        self.engine.ready().await?;
        let said = passages.iter().map(|passage| (passage, numbers(passage)));
        // a passage without a word can be found by none
        let points = said
            .filter(|(_, numbers)| !numbers.is_empty())
            .map(|(passage, numbers)| point::words(owner, material, lexical::VERSION, passage, numbers));
        self.engine.0.replace(owner, material, Kind::Words, points.collect()).await
    }

    async fn delete(&self, owner: LearnerId, material: MaterialId) -> Result<(), EngineError> {
        self.engine.ready().await?;
        self.engine.0.remove(point::stale(owner, material, Kind::Words, vec![])).await
    }

    async fn delete_owner(&self, owner: LearnerId) -> Result<(), EngineError> {
        self.engine.ready().await?;
        self.engine.0.remove(point::owned(owner, Kind::Words)).await
    }

    async fn needs_rebuild(&self) -> Result<bool, EngineError> {
        self.engine.is_incomplete(Kind::Words, lexical::VERSION).await
    }

    async fn rebuilt(&self) -> Result<(), EngineError> {
        self.engine.complete(Kind::Words, lexical::VERSION).await
    }

    async fn search(
        &self,
        owner: LearnerId,
        filter: &Filter,
        query: &str,
        limit: usize,
    ) -> Result<ByWords, EngineError> {
        let mut reading = vocabulary::read(&*self.vocabulary, owner, query).await?;
        let phrases = asking::phrases(&reading.query);
        reading.quoted = !phrases.is_empty();
        let mut sought: BTreeMap<u32, f32> = BTreeMap::new();
        for term in asking::terms(&reading.query) {
            *sought.entry(number(Part::Text, &term.term)).or_insert(0.0) += term.weight;
            *sought.entry(number(Part::Headings, &term.term)).or_insert(0.0) += term.weight * HEADING_WEIGHT;
        }
        for form in &reading.completed {
            sought.entry(number(Part::Text, &stem(form))).or_insert(COMPLETED_WEIGHT);
            sought.entry(number(Part::Headings, &stem(form))).or_insert(COMPLETED_WEIGHT * HEADING_WEIGHT);
        }
        if sought.is_empty() || limit == 0 || filter.excludes_all() {
            return Ok(ByWords { hits: vec![], reading });
        }
        self.engine.ready().await?;
        let inner = &*self.engine.0;
        let (indices, values): (Vec<u32>, Vec<f32>) = sought.into_iter().unzip();
        let wanted = if reading.quoted { limit.max(QUOTED) } else { limit };
        let request = QueryPoints {
            collection_name: inner.collection.clone(),
            query: Some(Query::new_nearest(VectorInput::new_sparse(indices, values))),
            using: Some(WORDS.into()),
            filter: Some(point::within(owner, Kind::Words, lexical::VERSION, filter)),
            limit: Some(wanted as u64),
            with_payload: Some(vec![collection::PASSAGE].into()),
            ..Default::default()
        };
        let answer = inner.search(inner.searches.query(request)).await?;
        let hits = answer.result.iter().filter_map(point::words_hit);
        // a passage without any of the words has nothing to add up
        let mut hits: Vec<_> = hits.filter(|(_, score)| *score > 0.0).collect();
        hits.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        if reading.quoted {
            hits = self.quoted(owner, hits, &phrases).await?;
            hits.truncate(limit);
        }
        Ok(ByWords { hits, reading })
    }
}

/// Where a word stands. One in a heading is another word than the same in the text: it is as rare as it is in headings.
#[derive(Debug, Clone, Copy)]
enum Part {
    Headings,
    Text,
}

/// The words of a passage, ascending by their number, each with what BM25 gives it but for how rare it is.
fn numbers(passage: &Passage) -> Vec<(u32, f32)> {
    let mut numbers: BTreeMap<u32, f32> = BTreeMap::new();
    let headings = passage.headings.join("\n");
    for (part, text, average) in
        [(Part::Text, &passage.text, PASSAGE_WORDS), (Part::Headings, &headings, HEADING_WORDS)]
    {
        let stems: Vec<u32> = word::words(text).iter().map(|word| number(part, &stem(&word.form))).collect();
        let long = SATURATION * (1.0 - LENGTH + LENGTH * stems.len() as f32 / average);
        let mut counts: BTreeMap<u32, f32> = BTreeMap::new();
        for stem in stems {
            *counts.entry(stem).or_insert(0.0) += 1.0;
        }
        for (stem, count) in counts {
            *numbers.entry(stem).or_insert(0.0) += count * (SATURATION + 1.0) / (count + long);
        }
    }
    numbers.into_iter().collect()
}

/// The number of a stem. Of 100,000 stems one pair can be expected to share theirs.
fn number(part: Part, stem: &str) -> u32 {
    let mut hash = Sha256::new();
    // no word has a space
    hash.update(match part {
        Part::Headings => "in headings ",
        Part::Text => "",
    });
    hash.update(stem);
    let hash = hash.finalize();
    u32::from_le_bytes([hash[0], hash[1], hash[2], hash[3]])
}

#[cfg(test)]
mod tests;
