//! Reads an uploaded file: pages, then passages, then questions, each shown as soon as it is there.
//!
//! A long file comes in parts, each the document as far as it was read. A part replaces what the part before left, so
//! a try that was killed is simply done again from the start and nothing is doubled. Questions of a part are
//! published at once; those that the whole document no longer supports are retired at the end.

use super::{
    Failure, Work, analyse, prepare, question,
    queue::{self, Job, New},
};
use crate::{
    clock::Clock,
    db::{Result, Tx},
    library::{
        self,
        store::{self, MaterialRow, PassageRow},
    },
    questions,
    reading::{Progress, child},
    retrieval::{
        tokens::Tokens,
        vocabulary::{self, Term},
    },
};
use domain::{
    chunk,
    document::Document,
    id::{LearnerId, MaterialId},
    question::{Item, Options, generate},
    record::{self, Sign},
};
use sqlx::types::Json;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Kind of this job.
pub const KIND: &str = "read";
/// Page counts are saved at most this often.
const PAGES_EVERY: Duration = Duration::from_millis(300);

/// Has a material read.
///
/// # Errors
/// When the database fails.
pub async fn enqueue(tx: &mut Tx, clock: &Clock, material: MaterialId) -> Result<()> {
    let payload = serde_json::json!({ "material": material });
    let new = New { id: clock.id(), kind: KIND, key: &material.to_string(), payload, due: clock.now() };
    queue::enqueue(tx, new).await?;
    Ok(())
}

/// The material is gone.
///
/// # Errors
/// When the database fails.
pub async fn cancel(tx: &mut Tx, material: MaterialId) -> Result<()> {
    queue::cancel(tx, KIND, &material.to_string()).await
}

/// The material a job is about.
pub(super) fn material_of(job: &Job) -> Result<MaterialId, Failure> {
    let id = job.payload.0.get("material").cloned().unwrap_or_default();
    Ok(serde_json::from_value(id).map_err(anyhow::Error::new)?)
}

/// A dead job's material is marked as failed, with the reason; the learner to tell.
pub(super) async fn bury(tx: &mut Tx, job: &Job, reason: &str) -> Result<Option<LearnerId>> {
    if [prepare::AGAIN, analyse::KIND, question::KIND].contains(&job.kind.as_str()) {
        // nobody waited for it
        return Ok(None);
    }
    let Ok(id) = material_of(job) else { return Ok(None) };
    // a material that was read stays usable when only its preparation failed
    let state = if job.kind == KIND { "failed" } else { "ready" };
    store::set_state(tx, id, state, Some(reason)).await?;
    Ok(store::find_any(tx, id).await?.as_ref().and_then(library::owner))
}

/// Does it.
pub(super) async fn run(work: &Work, job: &Job) -> Result<(), Failure> {
    let id = material_of(job)?;
    let mut tx = work.db.read().await?;
    let Some(row) = store::find_any(&mut tx, id).await? else { return Err(Failure::Moot) };
    drop(tx);
    let Some(owner) = library::owner(&row) else { return Err(Failure::Moot) };
    let path = work.files.path(owner, id, &row.extension);
    let reading = Reading { work, job, id, owner, row: &row };
    let (send, mut heard) = mpsc::unbounded_channel();
    // nobody hears it when the job is given up: then the child ends too
    let mut on = move |progress| drop(send.send(progress));
    let child = child::read_in_child(&work.reader, &path, &row.filename, work.limits, &mut on);
    tokio::pin!(child);
    let mut told = None::<Instant>;
    let outcome = loop {
        tokio::select! {
            // while a part is being saved the child is not listened to and waits
            Some(progress) = heard.recv() => match progress {
                Progress::Pages { read, total } => {
                    if told.is_none_or(|at| at.elapsed() >= PAGES_EVERY) {
                        told = Some(Instant::now());
                        reading.pages(read, total).await?;
                    }
                }
                Progress::Part(document) => reading.part(document).await?,
            },
            outcome = &mut child => break outcome,
        }
    };
    match outcome {
        Ok(document) => reading.whole(document).await,
        Err(error) => Err(Failure::Final(error.to_string())),
    }
}

struct Reading<'a> {
    work: &'a Work,
    job: &'a Job,
    id: MaterialId,
    owner: LearnerId,
    row: &'a MaterialRow,
}

impl Reading<'_> {
    async fn pages(&self, read: u32, total: u32) -> Result<(), Failure> {
        let mut tx = self.work.db.write().await?;
        if !store::set_pages(&mut tx, self.id, read, total).await? {
            return Err(Failure::Moot);
        }
        tx.commit().await?;
        self.work.live.tell(self.owner);
        Ok(())
    }

    async fn part(&self, document: Document) -> Result<(), Failure> {
        let Worked { document, passages, terms, items, record } = self.work_out(document).await?;
        // the last page may go on in the next part: what stands on it can still change
        let last = document.pages.last().map_or(0, |page| page.number);
        let settled: Vec<_> =
            items.into_iter().filter(|item| item.options.iter().all(|o| o.page < last)).collect();
        let mut tx = self.work.db.write().await?;
        self.save(&mut tx, &document, &passages, &terms, &settled, false).await?;
        self.keep_here(&mut tx, record).await?;
        tx.commit().await?;
        self.index(&passages).await;
        self.work.live.tell(self.owner);
        Ok(())
    }

    async fn whole(&self, document: Document) -> Result<(), Failure> {
        let Worked { document, passages, terms, items, record } = self.work_out(document).await?;
        let pages = document.pages.last().map_or(0, |page| page.number);
        let questions = items.len();
        let mut tx = self.work.db.write().await?;
        self.save(&mut tx, &document, &passages, &terms, &items, true).await?;
        self.keep_here(&mut tx, record).await?;
        store::set_pages(&mut tx, self.id, pages, pages).await?;
        store::set_state(&mut tx, self.id, "preparing", None).await?;
        questions::retire_strays(&mut tx, self.id, &document).await?;
        prepare::enqueue(&mut tx, &self.work.clock, self.id).await?;
        analyse::enqueue(&mut tx, &self.work.clock, self.id).await?;
        if !queue::finish(&mut tx, self.job).await? {
            return Err(Failure::Moot);
        }
        tx.commit().await?;
        let (passages, format) = (passages.len(), self.row.format.as_str());
        tracing::info!(material.id = %self.id, format, pages, passages, questions, "material read");
        self.work.wake.wake();
        self.work.live.tell(self.owner);
        Ok(())
    }

    /// Passages and questions of a document, off the async threads.
    async fn work_out(&self, mut document: Document) -> Result<Worked, Failure> {
        let (id, clock) = (self.id, self.work.clock.clone());
        let kept = store::term::are_kept(&self.work.db);
        let task = tokio::task::spawn_blocking(move || {
            let passages = passages(&document, id, &clock);
            let said = passages.iter().filter(|_| kept).map(prepare::passage).collect::<Vec<_>>();
            let items = generate(&document, &Options::default()).items;
            let signs = record::signs(&document.text);
            document.warnings.extend(signs.as_deref().map(warning));
            Worked { document, passages, terms: vocabulary::terms(&said), items, record: signs.is_some() }
        });
        Ok(task.await.map_err(anyhow::Error::new)?)
    }

    async fn save(
        &self,
        tx: &mut Tx,
        document: &Document,
        passages: &[PassageRow],
        terms: &[Term],
        items: &[Item],
        whole: bool,
    ) -> Result<(), Failure> {
        if !store::save_document(tx, self.id, document).await? {
            return Err(Failure::Moot);
        }
        store::replace_passages(tx, self.id, passages).await?;
        store::term::replace(tx, self.id, terms).await?;
        questions::publish(tx, &self.work.clock, self.id, items, true).await?;
        if whole {
            questions::retire_unsupported(tx, self.id, items, true).await?;
        }
        Ok(())
    }

    /// A patient's record stays here from the transaction on in which it can be read first: before anybody can ask a
    /// model about it.
    async fn keep_here(&self, tx: &mut Tx, record: bool) -> Result<(), Failure> {
        if record {
            store::set_stays_here(tx, self.owner, self.id, true).await?;
        }
        Ok(())
    }

    /// Search by words works on what is there; if the index fails now, the job that prepares the whole does it.
    async fn index(&self, passages: &[PassageRow]) {
        let passages: Vec<_> = passages.iter().map(prepare::passage).collect();
        if let Err(error) = self.work.retrieval.index_words(self.owner, self.id, &passages).await {
            tracing::warn!(material.id = %self.id, "not indexed yet: {error}");
        }
    }
}

/// What a document comes to.
struct Worked {
    /// With what there is to warn of.
    document: Document,
    passages: Vec<PassageRow>,
    /// Its words, where the database keeps them.
    terms: Vec<Term>,
    items: Vec<Item>,
    /// Whether it looks like a patient's record.
    record: bool,
}

/// What the learner is told of a record. It is true as well when the mark was taken off.
fn warning(signs: &[Sign]) -> String {
    let named: Vec<&str> = signs.iter().map(|sign| sign.told()).collect();
    let named = match named.split_last() {
        Some((last, [])) => (*last).to_string(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => String::new(),
    };
    format!(
        "This looks like a patient’s record: {named} stand close together. It was marked ‘stays here’, so no language model \
         elsewhere gets its text. Take the mark off only if nobody can be recognised in it, or ask whoever is responsible \
         for the data first."
    )
}

/// A document cut into passages.
pub fn passages(document: &Document, material: MaterialId, clock: &Clock) -> Vec<PassageRow> {
    let tokens = Tokens::bundled();
    let chunks = chunk::chunks(document, &|text| tokens.ranges(text));
    let row = |chunk: chunk::Chunk| PassageRow {
        id: clock.id(),
        material: material.0,
        span_start: chunk.span.start.into(),
        span_end: chunk.span.end.into(),
        page_first: chunk.pages.0.into(),
        page_last: chunk.pages.1.into(),
        tokens: chunk.tokens.into(),
        headings: Json(chunk.headings),
        text: document.slice(chunk.span).into(),
    };
    chunks.into_iter().map(row).collect()
}
