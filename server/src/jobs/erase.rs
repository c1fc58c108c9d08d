//! Removes from disk and indexes what was deleted from the database.

use super::{
    Failure, Work,
    queue::{self, Job, New},
};
use crate::{
    clock::Clock,
    db::{Result, Tx},
};
use domain::id::{LearnerId, MaterialId};
use serde::{Deserialize, Serialize};

/// All of a learner.
pub const ACCOUNT: &str = "erase account";
/// One material.
pub const MATERIAL: &str = "erase material";

#[derive(Serialize, Deserialize)]
struct Payload {
    learner: LearnerId,
    #[serde(default)]
    material: Option<(MaterialId, String)>,
}

/// Files and index entries of a deleted account.
///
/// # Errors
/// When the database fails.
pub async fn enqueue_account(tx: &mut Tx, clock: &Clock, learner: LearnerId) -> Result<()> {
    enqueue(tx, clock, ACCOUNT, learner.to_string(), Payload { learner, material: None }).await
}

/// File and index entries of a deleted material.
///
/// # Errors
/// When the database fails.
pub async fn enqueue_material(
    tx: &mut Tx,
    clock: &Clock,
    learner: LearnerId,
    material: MaterialId,
    extension: &str,
) -> Result<()> {
    let payload = Payload { learner, material: Some((material, extension.into())) };
    enqueue(tx, clock, MATERIAL, material.to_string(), payload).await
}

async fn enqueue(tx: &mut Tx, clock: &Clock, kind: &str, key: String, payload: Payload) -> Result<()> {
    let payload = serde_json::to_value(payload).map_err(|error| sqlx::Error::Encode(error.into()))?;
    queue::enqueue(tx, New { id: clock.id(), kind, key: &key, payload, due: clock.now() }).await?;
    Ok(())
}

/// Does it; again is fine.
pub(super) async fn run(work: &Work, job: &Job) -> Result<(), Failure> {
    let payload: Payload = serde_json::from_value(job.payload.0.clone()).map_err(anyhow::Error::new)?;
    let learner = payload.learner;
    match payload.material {
        Some((material, extension)) => {
            work.files.remove(&work.files.path(learner, material, &extension)).await?;
            work.retrieval.delete(learner, material).await.map_err(Failure::of_engine)?;
        }
        None => {
            work.files.remove_all(learner).await?;
            work.retrieval.delete_owner(learner).await.map_err(Failure::of_engine)?;
        }
    }
    let mut tx = work.db.write().await?;
    queue::finish(&mut tx, job).await?;
    tx.commit().await?;
    Ok(())
}
