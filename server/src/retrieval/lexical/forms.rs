//! The dictionary of the index as a vocabulary. Owns: looking words up in it. The dictionary is everybody's: a word is
//! taken only where the owner's own passages hold it. Refuses: what is done with a query (`vocabulary`).

use super::{Inner, Lexical, stem};
use crate::retrieval::vocabulary::{ENDINGS, Vocabulary, wrong};
use crate::retrieval::{EngineError, Filter};
use async_trait::async_trait;
use domain::id::LearnerId;
use std::collections::{HashMap, HashSet};
use tantivy::collector::Count;
use tantivy::query::{BooleanQuery, FuzzyTermQuery, Occur, Query, TermQuery, TermSetQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, Term};

/// Most words that are looked at for a misspelt one.
const CANDIDATES: usize = 32;

#[async_trait]
impl Vocabulary for Lexical {
    async fn having(&self, owner: LearnerId, words: &[String]) -> Result<HashSet<String>, EngineError> {
        let words = words.to_vec();
        self.blocking(move |inner| {
            let searcher = inner.searcher()?;
            let mut there = HashSet::new();
            for word in words {
                if inner.has(&searcher, owner, &word)? {
                    there.insert(word);
                }
            }
            Ok(there)
        })
        .await
    }

    async fn endings(&self, owner: LearnerId, start: &str) -> Result<Vec<String>, EngineError> {
        let start = start.to_string();
        self.blocking(move |inner| inner.endings(&inner.searcher()?, owner, &start)).await
    }

    async fn nearest(&self, owner: LearnerId, word: &str) -> Result<Option<String>, EngineError> {
        let word = word.to_string();
        self.blocking(move |inner| inner.nearest(&inner.searcher()?, owner, &word)).await
    }
}

impl Inner {
    /// Whether a passage of the owner has a word, in any of its forms.
    fn has(&self, searcher: &Searcher, owner: LearnerId, form: &str) -> Result<bool, EngineError> {
        let stem = stem(form);
        let fields = [(self.fields.form, form), (self.fields.text, &*stem), (self.fields.heading, &*stem)];
        for (field, text) in fields {
            let term = Term::from_field_text(field, text);
            let there = searcher.doc_freq(&term)? > 0;
            if there && self.count(searcher, owner, TermQuery::new(term, IndexRecordOption::Basic))? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Passages of the owner that a clause finds.
    fn count(&self, searcher: &Searcher, owner: LearnerId, clause: impl Query) -> Result<usize, EngineError> {
        let mut clauses = self.within(owner, &Filter::default());
        clauses.push((Occur::Must, Box::new(clause)));
        Ok(searcher.search(&BooleanQuery::new(clauses), &Count)?)
    }

    /// The commonest words that begin so, if the owner has one of them.
    fn endings(
        &self,
        searcher: &Searcher,
        owner: LearnerId,
        start: &str,
    ) -> Result<Vec<String>, EngineError> {
        let mut found: HashMap<String, u32> = HashMap::new();
        for segment in searcher.segment_readers() {
            let index = segment.inverted_index(self.fields.form)?;
            let mut words = index.terms().range().ge(start).into_stream()?;
            while words.advance() && words.key().starts_with(start.as_bytes()) {
                add(&mut found, words.key(), words.value().doc_freq);
            }
        }
        let endings: Vec<String> = commonest(found).into_iter().take(ENDINGS).map(|(form, _)| form).collect();
        let terms = endings.iter().map(|form| Term::from_field_text(self.fields.form, form));
        let owned = !endings.is_empty() && self.count(searcher, owner, TermSetQuery::new(terms))? > 0;
        Ok(if owned { endings } else { vec![] })
    }

    /// Looks at the nearest first, and at the commonest of equally near ones.
    fn nearest(
        &self,
        searcher: &Searcher,
        owner: LearnerId,
        form: &str,
    ) -> Result<Option<String>, EngineError> {
        for distance in 1..=wrong(form) {
            let candidates = commonest(near(searcher, self.fields.form, form, distance)?);
            let mut best: Option<(usize, String)> = None;
            for (candidate, _) in candidates.into_iter().take(CANDIDATES) {
                let term = Term::from_field_text(self.fields.form, &candidate);
                let count = self.count(searcher, owner, TermQuery::new(term, IndexRecordOption::Basic))?;
                if count > best.as_ref().map_or(0, |(most, _)| *most) {
                    best = Some((count, candidate));
                }
            }
            if let Some((_, meant)) = best {
                return Ok(Some(meant));
            }
        }
        Ok(None)
    }
}

/// Words of the dictionary at this distance or nearer, with the passages that have them.
fn near(
    searcher: &Searcher,
    field: Field,
    form: &str,
    distance: u8,
) -> Result<HashMap<String, u32>, EngineError> {
    let query = FuzzyTermQuery::new(Term::from_field_text(field, form), distance, true);
    let mut found = HashMap::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut words = index.terms().search(query.automaton()?).into_stream()?;
        while words.advance() {
            add(&mut found, words.key(), words.value().doc_freq);
        }
    }
    // what has a digit or a charge is a name, and nobody misspells into one
    let plain = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    found.retain(|word, _| word.starts_with(&form[..1]) && plain(word));
    Ok(found)
}

fn add(found: &mut HashMap<String, u32>, key: &[u8], count: u32) {
    if let Ok(form) = std::str::from_utf8(key) {
        *found.entry(form.to_string()).or_default() += count;
    }
}

/// The commonest first, of equal ones in the order of the alphabet.
fn commonest(found: HashMap<String, u32>) -> Vec<(String, u32)> {
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    found
}
