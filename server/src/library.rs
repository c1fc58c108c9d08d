//! The library. Owns: files, what was read of them, passages, and finding them. Refuses: reading (`reading`), ranking
//! (`retrieval`), and questions beyond showing them in the margin.

pub mod excerpt;
pub mod files;
pub mod generations;
pub mod ledger;
mod merge;
pub mod reader;
mod reword;
mod saved;
mod search;
mod snippet;
pub mod store;
pub mod terms;
pub mod upload;

use crate::{
    clock::Clock,
    db::Db,
    error::{Error, Result},
    http::forms,
    jobs::{self, Wake},
    live::Live,
    llm::Orchestrator,
    progress::Day,
    retrieval::{
        Filter, Passage, PassageTexts, Retrieval, lexical,
        vector::{Window, embedded::VectorTruth},
        vocabulary,
    },
    review,
};
use app::{
    error::ApiError,
    library::api::{
        Excerpt, Found, Hit, Library, Material, MaterialState, Materials, Opening, Reader, Reworded,
        SavedSearch, Search, Uploaded, Words,
    },
    library::asked::Asked,
    session::Session,
};
use domain::{
    chapter::Chapter,
    document::Span,
    id::{LearnerId, MaterialId, PassageId, QuestionId, SavedSearchId},
};
use files::Files;
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use upload::Incoming;

/// Hits shown.
const HITS: usize = 20;

/// The library on database, disk and search engines.
#[derive(Clone)]
pub struct LibraryService {
    /// Rows.
    pub db: Db,
    /// Time and ids.
    pub clock: Clock,
    /// Uploaded files.
    pub files: Files,
    /// Finding passages.
    pub retrieval: Retrieval,
    /// Language models, for other words.
    pub llm: Orchestrator,
    /// Telling who looks at the shelf.
    pub live: Live,
    /// Waking the workers.
    pub wake: Wake,
    /// Whether the keyword index is being built anew.
    pub rebuilding: Arc<AtomicBool>,
    /// Room for the files of one learner, bytes.
    pub quota: u64,
}

/// What is told to whoever has no room left.
const FULL: &str =
    "There is no room left for this file. Delete one that you no longer need, then bring it again.";

impl LibraryService {
    /// The shelf of a learner.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn shelf(&self, session: Session) -> Result<Materials> {
        let index = self.retrieval.serving();
        let mut tx = self.db.read().await?;
        let rows = store::shelf(&mut tx, session.learner, None, &index.generation()).await?;
        let due = review::due_questions(&mut tx, &self.clock, session).await?;
        Ok(Materials {
            materials: rows.into_iter().map(|row| material(row, &due)).collect(),
            by_meaning: index.embedder.is_there(),
            guest: session.guest,
            used: store::bytes_of(&mut tx, session.learner).await?,
            quota: (self.quota < u64::MAX).then_some(self.quota),
            keys: Day::of(&mut tx, &self.clock, session).await?.settings.keys,
        })
    }

    /// Puts an uploaded file on the shelf and has it read. The same bytes twice are one material.
    ///
    /// # Errors
    /// `Unsupported` for a format that cannot be read, `Invalid` for an empty file.
    pub async fn add(&self, session: Session, mut incoming: Incoming) -> Result<Uploaded> {
        let sha256 = incoming.finish().await?;
        let (format, extension) = upload::identify(&incoming).await?;
        let id = MaterialId(self.clock.id());
        let path = self.files.path(session.learner, id, extension);
        let mut tx = self.db.write_for(session.learner).await?;
        if let Some(same) = store::find_same(&mut tx, session.learner, &sha256).await? {
            let filename = incoming.name.clone();
            return Ok(Uploaded { filename, material: Some(same), duplicate: true, error: None });
        }
        let used = store::bytes_of(&mut tx, session.learner).await?;
        if used.saturating_add(incoming.bytes) > self.quota {
            return Err(ApiError::TooLarge { message: FULL.into() }.into());
        }
        let title = incoming.name.rsplit_once('.').map_or(incoming.name.as_str(), |(stem, _)| stem);
        let new = store::NewMaterial {
            id,
            owner: Some(session.learner),
            title,
            filename: &incoming.name,
            format,
            extension,
            bytes: incoming.bytes,
            sha256: &sha256,
            created: self.clock.now(),
        };
        store::insert(&mut tx, new).await?;
        jobs::read::enqueue(&mut tx, &self.clock, id).await?;
        incoming.settle(&self.files, &path).await?;
        // if this fails the file stays: whether the row is there may be unknown, and what has no row is swept
        tx.commit().await?;
        tracing::info!(material.id = %id, format, bytes = incoming.bytes, "material added");
        self.wake.wake();
        self.live.tell(session.learner);
        Ok(Uploaded { filename: incoming.name.clone(), material: Some(id), duplicate: false, error: None })
    }

    /// A stretch to read.
    ///
    /// # Errors
    /// `NotFound` for what is not the learner's.
    pub async fn stretch(&self, session: Session, request: &Opening) -> Result<Reader> {
        let gone = || Error::not_found("This file");
        let mut tx = self.db.read().await?;
        let model = self.retrieval.generation();
        let rows = store::shelf(&mut tx, session.learner, Some(request.material), &model).await?;
        let row = rows.into_iter().next().ok_or_else(gone)?;
        let document = store::document(&mut tx, request.material).await?.unwrap_or_default();
        let stretch = reader::stretch(&document, request);
        let (first, last) = stretch.numbers();
        let questions = store::margin(&mut tx, session.learner, request.material, (first, last)).await?;
        let due = review::due_questions(&mut tx, &self.clock, session).await?;
        Ok(stretch.reader(material(row, &due), &document, questions, &due))
    }

    /// A cited stretch with what stands around it.
    ///
    /// # Errors
    /// `NotFound` for a material that is not the learner's, or has no such stretch.
    pub async fn around(&self, session: Session, material: MaterialId, lit: Span) -> Result<Excerpt> {
        let mut tx = self.db.read().await?;
        let row = store::find(&mut tx, session.learner, material).await?;
        row.ok_or_else(|| Error::not_found("This file"))?;
        let document = store::document(&mut tx, material).await?;
        let excerpt = document.and_then(|document| excerpt::excerpt(&document, lit));
        excerpt.ok_or_else(|| Error::not_found("This passage"))
    }

    /// Finds passages of the learner's own library. It never fails because an engine does.
    ///
    /// # Errors
    /// `Invalid` for a query that cannot be answered.
    pub async fn find(&self, session: Session, request: &Search) -> Result<Found> {
        let query = search::cleaned(&request.query)?;
        let mut tx = self.db.read().await?;
        let chapter = request.material.zip(request.chapter);
        let within = match chapter {
            Some((material, start)) => {
                let chapter = search::chapter(&mut tx, session.learner, material, start).await?;
                chapter.map(|chapter| chapter.span)
            }
            None => None,
        };
        let stays = match request.material {
            Some(material) => {
                store::find(&mut tx, session.learner, material).await?.is_some_and(|row| row.stays_here)
            }
            None => false,
        };
        drop(tx);
        let filter = Filter { materials: request.material.map(|material| vec![material]), within };
        let found = match stays {
            true => self.retrieval.search_here(session.learner, &query, &filter, HITS).await,
            false => self.retrieval.search(session.learner, &query, &filter, HITS).await,
        };
        let mut tx = self.db.read().await?;
        let model = self.retrieval.generation();
        let searched = store::searched(&mut tx, session.learner, request.material, within, &model).await?;
        let passages = searched.iter().map(|row| row.passages as u32).sum();
        let embedded: u32 = searched.iter().map(|row| row.embedded as u32).sum();
        let lighting = found.reading.lighting();
        let rows = store::passages_of(&mut tx, session.learner, found.hits.iter().map(|hit| hit.passage));
        let mut rows: HashMap<_, _> = rows.await?.into_iter().map(|row| (PassageId(row.id), row)).collect();
        drop(tx);
        let mut hits = vec![];
        for hit in found.hits {
            // the index is derived and may be a moment behind: what is gone from the database is no hit
            let Some(row) = rows.remove(&hit.passage) else { continue };
            let Some(on) = searched.iter().find(|on| on.id == row.material) else { continue };
            let window = hit.window.unwrap_or_else(|| snippet::best(&row.text, &lighting));
            let text = row.text.get(window.range()).unwrap_or(&row.text).to_string();
            let start = row.span_start as u32 + window.start;
            hits.push(Hit {
                passage: hit.passage,
                material: MaterialId(row.material),
                title: on.title.clone(),
                page: row.page_first as u32,
                headings: row.headings.0,
                lit: lexical::lit(&text, &lighting),
                span: Span { start, end: start + text.len() as u32 },
                text,
                by_words: hit.ranks.keyword.map(search::placed),
                by_meaning: hit.ranks.vector.map(search::placed),
                fused: hit.ranks.fused.map(search::placed),
                reranked: hit.ranks.reranked.map(search::placed),
                elsewhere: vec![],
            });
        }
        let words = search::words(&found.keyword, self.rebuilding.load(Ordering::Relaxed));
        let mut found = Found {
            near_only: words == Words::Searched
                && !hits.is_empty()
                && hits.iter().all(|hit| hit.by_words.is_none()),
            hits: merge::merged(hits),
            passages,
            words,
            meaning: search::meaning(&found.vector, passages.saturating_sub(embedded)),
            corrected: found.reading.corrected.then_some(found.reading.query),
            chapter_gone: chapter.is_some() && within.is_none(),
            reword: false,
        };
        found.reword = self.llm.is_connected() && reword::is_worth_it(&query, &found);
        Ok(found)
    }

    /// The chapters of a material.
    ///
    /// # Errors
    /// `NotFound` for what is not the learner's.
    pub async fn divided(&self, session: Session, id: MaterialId) -> Result<Vec<Chapter>> {
        let mut tx = self.db.read().await?;
        store::find(&mut tx, session.learner, id).await?.ok_or_else(|| Error::not_found("This file"))?;
        search::chapters(&mut tx, id).await
    }

    /// Reads a failed material again.
    ///
    /// # Errors
    /// `NotFound` for what is not the learner's.
    pub async fn read_again(&self, session: Session, id: MaterialId) -> Result<()> {
        let mut tx = self.db.write_for(session.learner).await?;
        let row = store::find(&mut tx, session.learner, id).await?.filter(|row| row.owner.is_some());
        let row = row.ok_or_else(|| Error::not_found("This file"))?;
        if row.state == "failed" {
            store::set_state(&mut tx, id, "queued", None).await?;
            jobs::read::enqueue(&mut tx, &self.clock, id).await?;
            tx.commit().await?;
            self.wake.wake();
            self.live.tell(session.learner);
        }
        Ok(())
    }

    /// Marks a material 'stays here', or takes the mark off.
    ///
    /// # Errors
    /// `NotFound` for what is not the learner's own.
    pub async fn mark(&self, session: Session, id: MaterialId, stays: bool) -> Result<()> {
        let mut tx = self.db.write_for(session.learner).await?;
        if !store::set_stays_here(&mut tx, session.learner, id, stays).await? {
            return Err(Error::not_found("This file"));
        }
        if !stays {
            jobs::analyse::enqueue(&mut tx, &self.clock, id).await?;
        }
        tx.commit().await?;
        self.wake.wake();
        self.live.tell(session.learner);
        Ok(())
    }

    /// Deletes a material with its questions and cards; file and index entries go in a job of the same transaction.
    ///
    /// # Errors
    /// `NotFound` for what is not the learner's.
    pub async fn remove(&self, session: Session, id: MaterialId) -> Result<()> {
        let mut tx = self.db.write_for(session.learner).await?;
        let extension = store::delete(&mut tx, session.learner, id).await?;
        let extension = extension.ok_or_else(|| Error::not_found("This file"))?;
        jobs::read::cancel(&mut tx, id).await?;
        jobs::prepare::cancel(&mut tx, id).await?;
        jobs::analyse::cancel(&mut tx, id).await?;
        jobs::question::cancel(&mut tx, id).await?;
        jobs::erase::enqueue_material(&mut tx, &self.clock, session.learner, id, &extension).await?;
        tx.commit().await?;
        tracing::info!(material.id = %id, "material deleted");
        self.wake.wake();
        self.live.tell(session.learner);
        Ok(())
    }

    /// Builds the keyword index from the database.
    ///
    /// # Errors
    /// When database or index fail.
    pub async fn index_all(&self) -> anyhow::Result<()> {
        // should it fail, words stay incomplete until the next start
        self.rebuilding.store(true, Ordering::Relaxed);
        let mut tx = self.db.read().await?;
        let all = store::indexable(&mut tx).await?;
        drop(tx);
        for (owner, material) in all {
            let mut tx = self.db.read().await?;
            let rows = store::passages(&mut tx, MaterialId(material)).await?;
            drop(tx);
            let passages: Vec<Passage> = rows.iter().map(jobs::prepare::passage).collect();
            self.retrieval.index_words(LearnerId(owner), MaterialId(material), &passages).await?;
        }
        self.rebuilding.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Works out what is asked for of documents, and was not kept when they were read: by an older version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn make_up(&self) -> Result<()> {
        let mut tx = self.db.read().await?;
        let (outlines, terms) =
            (store::outline::missing(&mut tx).await?, store::term::missing(&mut tx).await?);
        drop(tx);
        for material in outlines {
            let mut tx = self.db.write().await?;
            let chapters = search::worked_out(&mut tx, material).await?;
            store::outline::save(&mut tx, material, &chapters).await?;
            tx.commit().await?;
        }
        for material in terms {
            let mut tx = self.db.write().await?;
            let rows = store::passages(&mut tx, material).await?;
            let passages: Vec<Passage> = rows.iter().map(jobs::prepare::passage).collect();
            store::term::replace(&mut tx, material, &vocabulary::terms(&passages)).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Has every material embedded that has passages without vectors, of what is searched or of what is coming: after
    /// another embedder was chosen, or its model was missing. An embedder that is not there is left alone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn embed_all(&self) -> Result<()> {
        let indexes = self.retrieval.indexes();
        let mut tx = self.db.write().await?;
        let mut missing = vec![];
        for index in indexes.iter().filter(|index| index.embedder.is_there()) {
            let elsewhere = index.embedder.is_elsewhere();
            missing.extend(store::without_vectors(&mut tx, &index.generation(), elsewhere).await?);
        }
        missing.sort_unstable();
        missing.dedup();
        for material in &missing {
            jobs::prepare::enqueue_again(&mut tx, &self.clock, MaterialId(*material)).await?;
        }
        tx.commit().await?;
        if !missing.is_empty() {
            tracing::info!(materials = missing.len(), "embedding anew what has no vectors of this model");
            self.wake.wake();
        }
        Ok(())
    }

    /// Removes what no row names from the disk: the rest of a crash.
    ///
    /// # Errors
    /// When database or disk fail.
    pub async fn sweep(&self, fresh: i64) -> Result<()> {
        let mut tx = self.db.read().await?;
        let known: std::collections::HashSet<_> =
            store::all_uploaded(&mut tx).await?.into_iter().map(|(id, _)| MaterialId(id)).collect();
        drop(tx);
        let removed = self.files.sweep(self.clock.now(), fresh, |id| known.contains(&id)).await?;
        if removed > 0 {
            tracing::info!(removed, "files without a material removed");
        }
        Ok(())
    }
}

#[async_trait::async_trait]
impl Library for LibraryService {
    async fn materials(&self, session: Session) -> Result<Materials, ApiError> {
        Ok(self.shelf(session).await?)
    }

    async fn open(&self, session: Session, request: Opening) -> Result<Reader, ApiError> {
        Ok(self.stretch(session, &request).await?)
    }

    async fn excerpt(&self, session: Session, material: MaterialId, lit: Span) -> Result<Excerpt, ApiError> {
        Ok(self.around(session, material, lit).await?)
    }

    async fn search(&self, session: Session, request: Search) -> Result<Found, ApiError> {
        Ok(self.find(session, &request).await?)
    }

    async fn reword(&self, session: Session, request: Search) -> Result<Reworded, ApiError> {
        Ok(self.reworded(session, &request).await?)
    }

    async fn chapters(&self, session: Session, material: MaterialId) -> Result<Vec<Chapter>, ApiError> {
        Ok(self.divided(session, material).await?)
    }

    async fn saved(&self, session: Session) -> Result<Vec<SavedSearch>, ApiError> {
        Ok(self.kept(session).await?)
    }

    async fn save(&self, session: Session, request: Search) -> Result<Vec<SavedSearch>, ApiError> {
        let kept = self.keep(session, &request).await?;
        forms::lead_plain(&Asked::of(request).href());
        Ok(kept)
    }

    async fn forget(&self, session: Session, saved: SavedSearchId) -> Result<Vec<SavedSearch>, ApiError> {
        let kept = self.drop_kept(session, saved).await?;
        forms::lead_plain("/search");
        Ok(kept)
    }

    async fn retry(&self, session: Session, material: MaterialId) -> Result<(), ApiError> {
        Ok(self.read_again(session, material).await?)
    }

    async fn keep_here(&self, session: Session, material: MaterialId, stays: bool) -> Result<(), ApiError> {
        self.mark(session, material, stays).await?;
        forms::lead_plain("/library");
        Ok(())
    }

    async fn delete(&self, session: Session, material: MaterialId) -> Result<(), ApiError> {
        Ok(self.remove(session, material).await?)
    }
}

/// A row as the learner sees it, with what is due of all their questions.
fn material(row: store::ShelfRow, due: &[(MaterialId, Option<QuestionId>)]) -> Material {
    let store::ShelfRow { material, passages, embedded, questions, answered, known } = row;
    let due = due.iter().filter(|(of, _)| of.0 == material.id).count();
    let percent = |n: i64| (n * 100 / questions.max(1)).clamp(0, 100) as u8;
    Material {
        id: MaterialId(material.id),
        title: material.title,
        filename: material.filename,
        format: material.format,
        bytes: material.bytes as u64,
        state: match material.state.as_str() {
            "queued" => MaterialState::Queued,
            "reading" => MaterialState::Reading,
            "preparing" => MaterialState::Preparing,
            "ready" => MaterialState::Ready,
            _ => MaterialState::Failed,
        },
        pages_read: material.pages_read as u32,
        pages_total: material.pages_total as u32,
        passages: passages as u32,
        passages_embedded: embedded as u32,
        questions: questions as u32,
        due: due as u32,
        known_percent: (answered > 0).then(|| percent(known)),
        error: material.error,
        warnings: material.warnings.0,
        stays_here: material.stays_here,
        built_in: material.owner.is_none(),
        created: material.created,
    }
}

/// Passages and their vectors as the database has them, for the engines that hold neither.
#[derive(Clone)]
pub struct StoredPassages {
    /// Rows.
    pub db: Db,
}

/// The owner of a material, for whom the shelf is told.
pub fn owner(row: &store::MaterialRow) -> Option<LearnerId> {
    row.owner.map(LearnerId)
}

#[async_trait::async_trait]
impl VectorTruth for StoredPassages {
    async fn load(&self, owner: LearnerId, generation: &str) -> anyhow::Result<Vec<(MaterialId, Window)>> {
        let mut tx = self.db.read().await?;
        let rows = store::vectors(&mut tx, owner, generation).await?;
        Ok(rows.into_iter().map(|row| (MaterialId(row.material), jobs::prepare::window(row))).collect())
    }
}

#[async_trait::async_trait]
impl PassageTexts for StoredPassages {
    async fn texts(&self, owner: LearnerId, passages: &[PassageId]) -> anyhow::Result<Vec<Passage>> {
        let mut tx = self.db.read().await?;
        let rows = store::passages_of(&mut tx, owner, passages.iter().copied()).await?;
        Ok(rows.iter().map(jobs::prepare::passage).collect())
    }
}
