//! Finding passages by their words. Owns: the embedded keyword engine, a tantivy index in a directory of its own.
//! Refuses: any text that is not its own (it holds words and ids, never passages) and query syntax: a query is
//! words, whatever characters stand in it.
//!
//! The index is derived. It names what it was made from and for (its generation); where that differs, or the files
//! are damaged, it starts empty and says so by [`Lexical::needs_rebuild`] until [`Lexical::rebuilt`] is called, over
//! restarts too.
//!
//! Every change is committed before it returns: it is on disk and in the next search, whole or not at all. Changes
//! wait for each other; searches never wait. One process at a time holds the index, by a lock that the system lets go
//! when the process ends; others may read it, and take over when it is free ([`EngineError::Busy`] until then).

pub(super) mod asking;
mod forms;

use super::vocabulary::{self, Vocabulary};
use super::{ByWords, EngineError, Filter, KeywordStore, Passage, Reading, abbreviation, spelling};
use asking::Phrase;
use async_trait::async_trait;
use domain::id::{LearnerId, MaterialId, PassageId};
use domain::{document::Span, word};
use frostem::{Algorithm, Stemmer};
use std::fs::{File, TryLockError};
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::collector::TopDocs;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{
    BytesOptions, Field, IndexRecordOption, NumericOptions, Schema, TantivyDocument, TextFieldIndexing,
    TextOptions, Value,
};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, Searcher, Term};
use uuid::Uuid;

/// Raise it whenever the schema, the words of [`domain::word`] or the stems give another index.
pub(super) const VERSION: &str = "words-4";
/// The index's place below the directory it is given; nothing else lies there, so it may be deleted whole.
const DIRECTORY: &str = "keyword";
/// The file beside it whose lock says who may write.
const LOCK: &str = "keyword.lock";
/// The file that names the generation; it is written when the index is complete.
const MARKER: &str = "generation";
const TOKENIZER: &str = "words";
const FORMS: &str = "forms";
/// Smallest buffer that tantivy takes; a material is far smaller.
const BUFFER: usize = 15_000_000;
/// How much more a word in the heading path counts than one in the text.
pub(super) const HEADING_WEIGHT: f32 = 0.5;
/// How much a word counts that an unfinished one was completed to.
pub(super) const COMPLETED_WEIGHT: f32 = 0.5;
/// Most words of a query that are looked for, the first ones.
const LONGEST_QUERY: usize = 64;
/// Most bytes of a query that are read.
const QUERY_BYTES: usize = 4096;

/// The keyword engine in this process. BM25 (k1 1.2, b 0.75) over heading path and text; stems of Snowball's
/// English. How rare a word is is counted over all owners; which passages are found, over the asking owner's alone.
#[derive(Clone)]
pub struct Lexical {
    inner: Arc<Inner>,
    /// Who knows the owners' words, where that is not this index.
    vocabulary: Option<Arc<dyn Vocabulary>>,
}

struct Inner {
    index: Index,
    reader: IndexReader,
    fields: Fields,
    writer: Mutex<Option<IndexWriter>>,
    marker: PathBuf,
    generation: String,
    incomplete: AtomicBool,
    lock: File,
    held: AtomicBool,
}

#[derive(Clone, Copy)]
struct Fields {
    passage: Field,
    owner: Field,
    material: Field,
    start: Field,
    heading: Field,
    text: Field,
    /// Words as they are written, once each: what can be completed and what a misspelt one may mean.
    form: Field,
}

impl Lexical {
    /// Opens the index below `directory`, or begins an empty one. `generation` names the truth that the index is
    /// derived from, such as the database's own id: an index of another one is thrown away.
    ///
    /// Checks every file (some 50 ms for 100,000 passages), so it belongs on a blocking thread.
    ///
    /// # Errors
    /// Where the directory cannot be written; [`EngineError::Busy`] where the index has to begin anew while another
    /// process holds it. A damaged index is no error.
    pub fn open(directory: &Path, generation: &str) -> Result<Self, EngineError> {
        let generation = format!("{VERSION} {generation}");
        let place = directory.join(DIRECTORY);
        let marker = place.join(MARKER);
        std::fs::create_dir_all(directory)?;
        let lock = File::create(directory.join(LOCK))?;
        let held = AtomicBool::new(hold(&lock)?);
        let complete = std::fs::read_to_string(&marker).is_ok_and(|found| found == generation);
        let (schema, fields) = schema();
        let kept = complete.then(|| open(&place, &schema)).flatten();
        let index = match kept {
            Some(index) => index,
            None if !held.load(Ordering::Relaxed) => return Err(EngineError::Busy),
            None => {
                if complete {
                    tracing::warn!("the keyword index is damaged and begins anew");
                }
                begin(&place, schema)?
            }
        };
        index.tokenizers().register(TOKENIZER, Words { form: stem });
        index.tokenizers().register(FORMS, Words { form: |form| spelling::american(form).into_owned() });
        let incomplete = AtomicBool::new(!marker.exists());
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let writer = Mutex::new(None);
        let inner = Inner { index, reader, fields, writer, marker, generation, incomplete, lock, held };
        Ok(Self { inner: Arc::new(inner), vocabulary: None })
    }

    /// The same, with queries read by somebody else's knowledge of the owners' words: that of all processes.
    #[must_use]
    pub fn reading_by(self, vocabulary: Arc<dyn Vocabulary>) -> Self {
        Self { vocabulary: Some(vocabulary), ..self }
    }

    /// Whether materials may be missing: upsert each one, then call [`Lexical::rebuilt`].
    pub fn needs_rebuild(&self) -> bool {
        self.inner.incomplete.load(Ordering::Relaxed)
    }

    /// Says that every material was upserted since the index was opened.
    ///
    /// # Errors
    /// Where the marker cannot be written.
    pub fn rebuilt(&self) -> Result<(), EngineError> {
        let fresh = self.inner.marker.with_extension("new");
        std::fs::write(&fresh, &self.inner.generation)
            .and_then(|()| std::fs::rename(&fresh, &self.inner.marker))?;
        self.inner.incomplete.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Number of passages in the index.
    pub fn len(&self) -> u64 {
        self.inner.reader.searcher().num_docs()
    }

    /// Whether it holds no passage.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let inner = self.inner.clone();
        tokio::task::spawn_blocking(move || work(&inner))
            .await
            .map_err(|error| EngineError::Unavailable(error.to_string()))?
    }
}

#[async_trait]
impl KeywordStore for Lexical {
    async fn upsert(
        &self,
        owner: LearnerId,
        material: MaterialId,
        passages: &[Passage],
    ) -> Result<(), EngineError> {
        let passages = passages.to_vec();
        self.blocking(move |inner| inner.replace(owner, Some(material), &passages)).await
    }

    async fn delete(&self, owner: LearnerId, material: MaterialId) -> Result<(), EngineError> {
        self.blocking(move |inner| inner.replace(owner, Some(material), &[])).await
    }

    async fn delete_owner(&self, owner: LearnerId) -> Result<(), EngineError> {
        self.blocking(move |inner| inner.replace(owner, None, &[])).await
    }

    async fn needs_rebuild(&self) -> Result<bool, EngineError> {
        Ok(Self::needs_rebuild(self))
    }

    async fn rebuilt(&self) -> Result<(), EngineError> {
        Self::rebuilt(self)
    }

    async fn search(
        &self,
        owner: LearnerId,
        filter: &Filter,
        query: &str,
        limit: usize,
    ) -> Result<ByWords, EngineError> {
        let vocabulary = self.vocabulary.as_deref().unwrap_or(self);
        let reading = vocabulary::read(vocabulary, owner, query).await?;
        let filter = filter.clone();
        self.blocking(move |inner| inner.search(owner, &filter, reading, limit)).await
    }
}

impl Inner {
    /// Puts passages in the place of all that the owner has of a material (or of all materials).
    fn replace(
        &self,
        owner: LearnerId,
        material: Option<MaterialId>,
        passages: &[Passage],
    ) -> Result<(), EngineError> {
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.held.load(Ordering::Relaxed) {
            if !hold(&self.lock)? {
                return Err(EngineError::Busy);
            }
            self.held.store(true, Ordering::Relaxed);
        }
        let writer = match &mut *slot {
            Some(writer) => writer,
            empty => empty.insert(self.index.writer_with_num_threads(1, BUFFER)?),
        };
        let change = || -> tantivy::Result<()> {
            let filter = Filter { materials: material.map(|material| vec![material]), within: None };
            writer.delete_query(Box::new(BooleanQuery::new(self.within(owner, &filter))))?;
            for passage in passages {
                let mut document = TantivyDocument::new();
                document.add_bytes(self.fields.passage, passage.id.0.as_bytes());
                document.add_bytes(self.fields.owner, owner.0.as_bytes());
                if let Some(material) = material {
                    document.add_bytes(self.fields.material, material.0.as_bytes());
                }
                document.add_u64(self.fields.start, passage.start.into());
                document.add_text(self.fields.heading, passage.headings.join("\n"));
                document.add_text(self.fields.text, &passage.text);
                document.add_text(self.fields.form, passage.headings.join("\n"));
                document.add_text(self.fields.form, &passage.text);
                writer.add_document(document)?;
            }
            Ok(())
        };
        let done = change().and_then(|()| writer.commit()).and_then(|_| self.reader.reload());
        if done.is_err() {
            // a writer that failed may be in any state: the next change opens a fresh one on the last commit
            *slot = None;
        }
        Ok(done?)
    }

    /// The index as it is now.
    fn searcher(&self) -> Result<Searcher, EngineError> {
        if !self.held.load(Ordering::Relaxed) {
            // somebody else writes
            self.reader.reload()?;
        }
        Ok(self.reader.searcher())
    }

    /// Clauses that every hit must meet; they do not count in its score.
    fn within(&self, owner: LearnerId, filter: &Filter) -> Vec<(Occur, Box<dyn Query>)> {
        let id = |field, id: Uuid| Term::from_field_bytes(field, id.as_bytes());
        let owner = TermQuery::new(id(self.fields.owner, owner.0), IndexRecordOption::Basic);
        let mut clauses: Vec<Box<dyn Query>> = vec![Box::new(owner)];
        if let Some(materials) = &filter.materials {
            let terms = materials.iter().map(|material| id(self.fields.material, material.0));
            clauses.push(Box::new(TermSetQuery::new(terms)));
        }
        if let Some(within) = filter.within {
            let start = |at: u32| Term::from_field_u64(self.fields.start, at.into());
            let stretch =
                RangeQuery::new(Bound::Included(start(within.start)), Bound::Excluded(start(within.end)));
            clauses.push(Box::new(stretch));
        }
        let silent = |clause| Box::new(ConstScoreQuery::new(clause, 0.0)) as Box<dyn Query>;
        clauses.into_iter().map(|clause| (Occur::Must, silent(clause))).collect()
    }

    fn search(
        &self,
        owner: LearnerId,
        filter: &Filter,
        mut reading: Reading,
        limit: usize,
    ) -> Result<ByWords, EngineError> {
        let searcher = self.searcher()?;
        let terms = asking::terms(&reading.query);
        let phrases = asking::phrases(&reading.query);
        reading.quoted = !phrases.is_empty();
        if terms.is_empty() || limit == 0 || filter.excludes_all() {
            return Ok(ByWords { hits: vec![], reading });
        }
        let word = |field, text: &str, weight: f32| {
            let word = TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs);
            (Occur::Should, Box::new(BoostQuery::new(Box::new(word), weight)) as Box<dyn Query>)
        };
        let mut words = vec![];
        for sought in &terms {
            words.push(word(self.fields.heading, &sought.term, sought.weight * HEADING_WEIGHT));
            words.push(word(self.fields.text, &sought.term, sought.weight));
        }
        words.extend(reading.completed.iter().map(|form| word(self.fields.form, form, COMPLETED_WEIGHT)));
        let mut clauses = self.within(owner, filter);
        clauses.push((Occur::Must, Box::new(BooleanQuery::new(words))));
        clauses.extend(phrases.iter().map(|phrase| (Occur::Must, self.phrase(phrase))));
        let top =
            searcher.search(&BooleanQuery::new(clauses), &TopDocs::with_limit(limit).order_by_score())?;
        let mut hits = Vec::with_capacity(top.len());
        for (score, address) in top {
            let document: TantivyDocument = searcher.doc(address)?;
            let id = document.get_first(self.fields.passage).and_then(|value| value.as_bytes());
            if let Some(id) = id.and_then(|bytes| Uuid::from_slice(bytes).ok()) {
                hits.push((PassageId(id), score));
            }
        }
        Ok(ByWords { hits, reading })
    }

    /// Passages that have these words in a row. It does not count in their score: its words do.
    fn phrase(&self, phrase: &Phrase) -> Box<dyn Query> {
        let inside = |field| -> (Occur, Box<dyn Query>) {
            let terms = phrase.iter().map(|(place, stem)| (*place, Term::from_field_text(field, stem)));
            let terms: Vec<_> = terms.collect();
            match &terms[..] {
                [(_, term)] => {
                    (Occur::Should, Box::new(TermQuery::new(term.clone(), IndexRecordOption::Basic)))
                }
                _ => (Occur::Should, Box::new(PhraseQuery::new_with_offset(terms))),
            }
        };
        let either = BooleanQuery::new(vec![inside(self.fields.heading), inside(self.fields.text)]);
        Box::new(ConstScoreQuery::new(Box::new(either), 0.0))
    }
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(TOKENIZER)
        .set_fieldnorms(true)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let words = TextOptions::default().set_indexing_options(indexing);
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(FORMS)
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::WithFreqs);
    let forms = TextOptions::default().set_indexing_options(indexing);
    let id = BytesOptions::default().set_indexed();
    let fields = Fields {
        passage: builder.add_bytes_field("passage", BytesOptions::default().set_stored()),
        owner: builder.add_bytes_field("owner", id.clone()),
        material: builder.add_bytes_field("material", id),
        start: builder.add_u64_field("start", NumericOptions::default().set_fast()),
        heading: builder.add_text_field("heading", words.clone()),
        text: builder.add_text_field("text", words),
        form: builder.add_text_field("form", forms),
    };
    (builder.build(), fields)
}

/// Whether the lock could be taken. It goes with the file, or with the process.
fn hold(lock: &File) -> Result<bool, EngineError> {
    match lock.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// The index that lies there, if it is whole and of this schema.
fn open(place: &Path, schema: &Schema) -> Option<Index> {
    let index = Index::open_in_dir(place).ok().filter(|index| index.schema() == *schema)?;
    index.validate_checksum().is_ok_and(|damaged| damaged.is_empty()).then_some(index)
}

/// Begins an empty index in the place of whatever lies there.
fn begin(place: &Path, schema: Schema) -> Result<Index, EngineError> {
    match std::fs::remove_dir_all(place) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => std::fs::create_dir_all(place)?,
    }
    Ok(Index::create_in_dir(place, schema)?)
}

/// The stem of a folded word in its American spelling, as index and query have it.
pub fn stem(form: &str) -> String {
    let form = &*spelling::american(form);
    if form.bytes().all(|byte| byte.is_ascii_lowercase()) {
        Stemmer::new(Algorithm::English).stem(form).into_owned()
    } else {
        // what has digits, charges or foreign letters is a name, not an English word
        form.to_string()
    }
}

/// The words of `passage` that stand in `query` themselves, as spans of the passage, ascending and disjoint.
pub fn asked(passage: &str, query: &str) -> Vec<Span> {
    domain::citation::lit(passage, head(query), stem)
}

/// The words of `passage` that `query` finds it by, what its abbreviations mean among them; as [`asked`].
pub fn lit(passage: &str, query: &str) -> Vec<Span> {
    let query = head(query);
    let meant: Vec<&str> = std::iter::once(query).chain(abbreviation::meant(query)).collect();
    domain::citation::lit(passage, &meant.join(" "), stem)
}

fn head(query: &str) -> &str {
    &query[..query.floor_char_boundary(QUERY_BYTES)]
}

/// [`word::words`] in a form, such as their [`stem`], as tantivy wants them.
#[derive(Clone)]
struct Words {
    form: fn(&str) -> String,
}

struct Stream {
    form: fn(&str) -> String,
    words: std::vec::IntoIter<word::Word>,
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = Stream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream {
        Stream { form: self.form, words: word::words(text).into_iter(), token: Token::default() }
    }
}

impl TokenStream for Stream {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.next() else { return false };
        self.token = Token {
            offset_from: word.span.start as usize,
            offset_to: word.span.end as usize,
            position: word.position as usize,
            text: (self.form)(&word.form),
            position_length: 1,
        };
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

impl From<tantivy::TantivyError> for EngineError {
    fn from(error: tantivy::TantivyError) -> Self {
        match error {
            tantivy::TantivyError::LockFailure(..) => Self::Busy,
            error => Self::Unavailable(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
