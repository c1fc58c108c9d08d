//! Makes a read material searchable: by words at once, then by meaning, passage by passage. A second kind of job does it
//! for what nobody waits for: vectors that a model failed to make, and those of another model, beside what is searched.

use super::{
    Failure, Work,
    queue::{self, Job, New},
};
use crate::{
    clock::Clock,
    db::{Result, Tx},
    error::Error,
    library::{
        self,
        store::{self, PassageRow, VectorRow},
    },
    retrieval::{
        Passage, VectorIndex,
        onnx::ModelError,
        vector::{self, Window},
    },
};
use domain::{
    document::Span,
    id::{LearnerId, MaterialId, PassageId},
};

/// Kind of this job.
pub const KIND: &str = "prepare";
/// The same for a material that is found already; the queue lets all others go first.
pub const AGAIN: &str = "embed";

/// Has a material prepared.
///
/// # Errors
/// When the database fails.
pub async fn enqueue(tx: &mut Tx, clock: &Clock, material: MaterialId) -> Result<()> {
    enqueue_as(tx, clock, KIND, material).await
}

/// Has made in the background what a material that is ready has no vectors of, be it what is searched or what is coming.
///
/// # Errors
/// When the database fails.
pub async fn enqueue_again(tx: &mut Tx, clock: &Clock, material: MaterialId) -> Result<()> {
    enqueue_as(tx, clock, AGAIN, material).await
}

async fn enqueue_as(tx: &mut Tx, clock: &Clock, kind: &str, material: MaterialId) -> Result<()> {
    let payload = serde_json::json!({ "material": material });
    let new = New { id: clock.id(), kind, key: &material.to_string(), payload, due: clock.now() };
    queue::enqueue(tx, new).await?;
    Ok(())
}

/// The material is gone.
///
/// # Errors
/// When the database fails.
pub async fn cancel(tx: &mut Tx, material: MaterialId) -> Result<()> {
    queue::cancel(tx, AGAIN, &material.to_string()).await?;
    queue::cancel(tx, KIND, &material.to_string()).await
}

/// What the search engines are given.
pub fn passage(row: &PassageRow) -> Passage {
    Passage {
        id: PassageId(row.id),
        start: row.span_start as u32,
        headings: row.headings.0.clone(),
        text: row.text.clone(),
    }
}

/// Does it; goes on where an earlier try ended.
pub(super) async fn run(work: &Work, job: &Job) -> Result<(), Failure> {
    let id = super::read::material_of(job)?;
    let mut tx = work.db.read().await?;
    let Some(row) = store::find_any(&mut tx, id).await? else { return Err(Failure::Moot) };
    let Some(owner) = library::owner(&row) else { return Err(Failure::Moot) };
    let passages = store::passages(&mut tx, id).await?;
    drop(tx);
    let all: Vec<_> = passages.iter().map(passage).collect();
    let worded = work.retrieval.index_words(owner, id, &all).await;
    let again = job.kind == AGAIN;
    // what stays here is found by its words where vectors are made elsewhere
    let may = |index: &VectorIndex| !(row.stays_here && index.embedder.is_elsewhere());
    let mut indexes = vec![work.retrieval.serving()];
    if again {
        indexes = work.retrieval.indexes();
        indexes.retain(|index| index.embedder.is_there());
    }
    indexes.retain(may);
    for index in &indexes {
        match embed(work, owner, id, index, again).await {
            // without the model the material is found by its words
            Err(Failure::Later(Error::Internal(cause))) if cause.is::<ModelError>() => {
                tracing::warn!(material.id = %id, "no vectors of {}: {cause}", index.embedder.model());
            }
            other => other?,
        }
    }
    // an engine of words that is away need not keep the vectors waiting
    worded.map_err(Failure::of_engine)?;
    let mut tx = work.db.write().await?;
    if !queue::finish(&mut tx, job).await? {
        return Err(Failure::Moot);
    }
    // the vectors of a model that is coming, or that came meanwhile, are not waited for
    let made = |wanted: &VectorIndex| indexes.iter().any(|index| index.generation() == wanted.generation());
    let more = !again && !work.retrieval.indexes().iter().filter(|index| may(index)).all(made);
    if more {
        enqueue_again(&mut tx, &work.clock, id).await?;
    }
    store::set_state(&mut tx, id, "ready", None).await?;
    tx.commit().await?;
    if more {
        work.wake.wake();
    }
    work.live.tell(owner);
    Ok(())
}

/// Makes what an index lacks of a material. `again`: nothing is to be done where it lacks nothing.
async fn embed(
    work: &Work,
    owner: LearnerId,
    id: MaterialId,
    index: &VectorIndex,
    again: bool,
) -> Result<(), Failure> {
    let model = index.generation();
    let mut tx = work.db.read().await?;
    let missing = store::passages_without_vectors(&mut tx, id, &model).await?;
    drop(tx);
    if again && missing.is_empty() {
        return Ok(());
    }
    for rows in missing.chunks(index.batch()) {
        let passages: Vec<Passage> = rows.iter().map(passage).collect();
        let windows = index.embed(&passages).await.map_err(anyhow::Error::new)?;
        let mut tx = work.db.write().await?;
        for window in &windows {
            if !store::save_vector(&mut tx, &model, &vector_row(id, window)).await? {
                return Err(Failure::Moot);
            }
        }
        tx.commit().await?;
        work.live.tell(owner);
    }
    let mut tx = work.db.read().await?;
    let rows = store::vectors_of(&mut tx, owner, id, &model).await?;
    drop(tx);
    let windows: Vec<Window> = rows.into_iter().map(window).collect();
    index.upsert(owner, id, &windows).await.map_err(anyhow::Error::new)?;
    Ok(())
}

fn vector_row(material: MaterialId, window: &Window) -> VectorRow {
    VectorRow {
        passage: window.passage.0,
        material: material.0,
        passage_start: window.start.into(),
        part: window.index.into(),
        span_start: window.span.start.into(),
        span_end: window.span.end.into(),
        vector: vector::to_bytes(&window.vector),
    }
}

/// A kept vector as the engine takes it.
pub fn window(row: VectorRow) -> Window {
    Window {
        passage: PassageId(row.passage),
        start: row.passage_start as u32,
        index: row.part as _,
        span: Span { start: row.span_start as u32, end: row.span_end as u32 },
        vector: vector::from_bytes(&row.vector).unwrap_or_default(),
    }
}
