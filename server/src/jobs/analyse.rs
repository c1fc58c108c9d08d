//! Finds what is worth learning in a material that was read: at once without a model, then with one where one may be asked.
//!
//! Each try asks one call at most and puts the rest back into the queue, so that whoever has brought a file does not wait for
//! another's analysis. How far it has come stands in the database with what was found: a try that is killed loses one call and
//! doubles nothing.

use super::{
    Failure, MODEL_AGAIN, Work, question,
    queue::{self, Job, New},
    read::material_of,
};
use crate::{
    analysis::{self, store as findings},
    clock::Clock,
    db::{Result, Tx},
    library::{
        self,
        store::{self, PassageRow},
    },
    llm::form::Filled,
};
use domain::{
    analysis::Finding,
    document::Document,
    id::{LearnerId, MaterialId, PassageId},
};

/// Kind of this job.
pub const KIND: &str = "analyse";

/// Has a material analysed.
///
/// # Errors
/// When the database fails.
pub async fn enqueue(tx: &mut Tx, clock: &Clock, material: MaterialId) -> Result<()> {
    enqueue_at(tx, clock, material, clock.now()).await
}

/// Has all that a learner brought analysed, as far as it is not: more models may be asked than before. Of what stays here
/// only where a model is `here`. What models were asked all about is left alone, and what waits already waits once.
///
/// # Errors
/// When the database fails.
pub async fn enqueue_all(tx: &mut Tx, clock: &Clock, owner: LearnerId, here: bool) -> Result<()> {
    for material in store::ready_of(tx, owner, here).await? {
        if !findings::is_whole(tx, material).await? {
            enqueue(tx, clock, material).await?;
        }
    }
    Ok(())
}

async fn enqueue_at(tx: &mut Tx, clock: &Clock, material: MaterialId, due: i64) -> Result<()> {
    let payload = serde_json::json!({ "material": material });
    let new = New { id: clock.id(), kind: KIND, key: &material.to_string(), payload, due };
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

/// A material that models are asked about, as it was when the asking began.
pub(super) struct Subject {
    pub(super) id: MaterialId,
    pub(super) owner: LearnerId,
    pub(super) title: String,
    pub(super) document: Document,
    pub(super) passages: Vec<PassageRow>,
    /// Tells this reading from another.
    pub(super) print: [u8; 32],
}

impl Subject {
    /// The material of a job.
    pub(super) async fn load(work: &Work, job: &Job) -> Result<Self, Failure> {
        let id = material_of(job)?;
        let mut tx = work.db.read().await?;
        let Some(row) = store::find_any(&mut tx, id).await? else { return Err(Failure::Moot) };
        let Some(owner) = library::owner(&row) else { return Err(Failure::Moot) };
        let Some(document) = store::document(&mut tx, id).await? else { return Err(Failure::Moot) };
        let passages = store::passages(&mut tx, id).await?;
        let print = analysis::print(&document);
        Ok(Self { id, owner, title: row.title, document, passages, print })
    }

    /// Whether it is still the same reading: another one has other passages.
    pub(super) async fn is_same(&self, tx: &mut Tx) -> Result<bool> {
        match self.passages.first() {
            Some(first) => Ok(!store::passages_of(tx, self.owner, [PassageId(first.id)]).await?.is_empty()),
            None => Ok(true),
        }
    }
}

/// What comes after a try.
enum Next {
    /// The next part, at once.
    Part,
    /// The same part, when a model may answer again.
    Later,
    /// The questions.
    Questions,
}

/// Does it, or the next part of it.
pub(super) async fn run(work: &Work, job: &Job) -> Result<(), Failure> {
    let subject = Subject::load(work, job).await?;
    let begun = begun(work, &subject).await?;
    if begun.is_none() && !begin(work, &subject).await? {
        return end(work, job, &subject, None, Next::Part).await;
    }
    let done = begun.unwrap_or(0);
    let calls = analysis::calls(&subject.passages);
    let Some(call) = calls.get(done) else {
        return end(work, job, &subject, None, Next::Questions).await;
    };
    let asked = analysis::Asked {
        owner: subject.owner,
        material: subject.id,
        title: &subject.title,
        document: &subject.document,
    };
    let found = match analysis::ask(&work.llm, &asked, &subject.passages[call.clone()]).await? {
        Filled::Given(found, _) => found,
        // asking the same again would be answered in the same way
        Filled::Unusable => vec![],
        Filled::NoModel(why) if why.lasts() => vec![],
        Filled::NoModel(why) => {
            tracing::debug!(material.id = %subject.id, "analysed without a model: {why:?}");
            let next = if why.passes() { Next::Later } else { Next::Questions };
            return end(work, job, &subject, None, next).await;
        }
    };
    let next = if done + 1 == calls.len() { Next::Questions } else { Next::Part };
    end(work, job, &subject, Some((found, done + 1)), next).await
}

async fn begun(work: &Work, subject: &Subject) -> Result<Option<usize>, Failure> {
    let mut tx = work.db.read().await?;
    Ok(findings::done(&mut tx, subject.id, KIND, &subject.print).await?)
}

/// What can be found without a model, in the place of all that was found before. False: the material was read again meanwhile.
async fn begin(work: &Work, subject: &Subject) -> Result<bool, Failure> {
    let document = subject.document.clone();
    // off the async threads
    let task = tokio::task::spawn_blocking(move || domain::analysis::of(&document));
    let analysis = task.await.map_err(anyhow::Error::new)?;
    let mut tx = work.db.write().await?;
    if !subject.is_same(&mut tx).await? {
        return Ok(false);
    }
    findings::replace(&mut tx, subject.id, &analysis).await?;
    findings::unset_whole(&mut tx, subject.id).await?;
    findings::set_done(&mut tx, subject.id, KIND, &subject.print, 0).await?;
    tx.commit().await?;
    tracing::info!(material.id = %subject.id, findings = analysis.findings.len(), "material analysed");
    Ok(true)
}

/// Saves what a call found and how far it has come, and goes on later or hands on to the questions.
async fn end(
    work: &Work,
    job: &Job,
    subject: &Subject,
    found: Option<(Vec<Finding>, usize)>,
    next: Next,
) -> Result<(), Failure> {
    let mut tx = work.db.write().await?;
    let same = subject.is_same(&mut tx).await?;
    if let Some((found, done)) = found.filter(|_| same) {
        analysis::add(&mut tx, subject.id, found).await?;
        findings::set_done(&mut tx, subject.id, KIND, &subject.print, done).await?;
    }
    if !queue::finish(&mut tx, job).await? {
        return Err(Failure::Moot);
    }
    match next {
        Next::Questions if same => question::enqueue(&mut tx, &work.clock, subject.id).await?,
        Next::Later if same => {
            enqueue_at(&mut tx, &work.clock, subject.id, work.clock.now() + MODEL_AGAIN).await?;
        }
        _ => enqueue(&mut tx, &work.clock, subject.id).await?,
    }
    tx.commit().await?;
    work.wake.wake();
    Ok(())
}
