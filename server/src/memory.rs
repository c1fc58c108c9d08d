//! What the tutor remembers: kept when a lesson is concluded, told in the next talk, and in the learner's hands. Refuses: deciding
//! what is worth remembering and what is told (`domain::memory`).
//!
//! A memory of a material is told in talks about that material alone: what stands in a file that stays here never comes into a
//! request about another one.

mod port;
mod store;

use crate::{
    clock::Clock,
    db::{Db, Tx},
    error::{Error, Result},
};
use app::memory::api::{Memory, Recall};
use domain::{
    id::{LearnerId, MaterialId, MemoryId, TalkId},
    memory::{Episode, Kind, MOST, Remembered, episodes, relevant},
    tutor::{Concluded, matter},
};

pub use store::give;

/// The port of memory.
#[derive(Clone)]
pub struct MemoryService {
    db: Db,
    clock: Clock,
}

/// The lesson that something is remembered of.
#[derive(Debug, Clone, Copy)]
pub struct Lesson<'l> {
    /// Its talk.
    pub talk: TalkId,
    /// Its material.
    pub material: MaterialId,
    /// Its concept, as the material calls it.
    pub concept: &'l str,
}

impl MemoryService {
    /// Over a database.
    pub fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock }
    }
}

/// What is told in a talk about a concept, the most telling first.
///
/// # Errors
/// When the database fails.
pub async fn recalled(
    tx: &mut Tx,
    learner: LearnerId,
    material: MaterialId,
    concept_key: &str,
) -> Result<Vec<Remembered>> {
    let rows = store::of_material(tx, learner, material).await?;
    let remembered = |row: store::MemoryRow| {
        let kind = Kind::from_slug(&row.kind)?;
        let times = u32::try_from(row.times).unwrap_or(1);
        Some(Remembered { kind, concept: row.concept, text: row.text, times, at: row.at })
    };
    Ok(relevant(rows.into_iter().filter_map(remembered).collect(), concept_key))
}

/// Keeps what a lesson left. A repeat counts up, but not within one talk; where there is no room the oldest episode makes way, and
/// never what the learner wrote.
///
/// # Errors
/// When the database fails.
pub async fn keep(
    tx: &mut Tx,
    clock: &Clock,
    learner: LearnerId,
    lesson: Lesson<'_>,
    concluded: &Concluded,
) -> Result<()> {
    if store::is_off(tx, learner).await? {
        return Ok(());
    }
    for episode in episodes(concluded) {
        keep_episode(tx, clock, learner, lesson, &episode).await?;
    }
    Ok(())
}

async fn keep_episode(
    tx: &mut Tx,
    clock: &Clock,
    learner: LearnerId,
    lesson: Lesson<'_>,
    episode: &Episode,
) -> Result<()> {
    let concept_key = matter::key(lesson.concept);
    let again = store::NewMemory {
        id: MemoryId(clock.id()),
        kind: episode.kind,
        lesson: Some((lesson, concept_key.as_str())),
        text: &episode.text,
        mark: &episode.mark,
        at: clock.now(),
    };
    if store::repeat(tx, learner, &again).await? {
        return Ok(());
    }
    let full = store::count(tx, learner).await? >= MOST as i64;
    if !full || store::forget_oldest_episode(tx, learner).await? {
        store::insert(tx, learner, &again).await?;
    }
    Ok(())
}

async fn all(tx: &mut Tx, learner: LearnerId, now: i64) -> Result<Recall> {
    let on = !store::is_off(tx, learner).await?;
    let memory = |row: store::MemoryRow| {
        Some(Memory {
            id: MemoryId(row.id),
            kind: Kind::from_slug(&row.kind)?,
            concept: row.concept,
            material: row.material.map(MaterialId),
            file: row.title,
            text: row.text,
            times: u32::try_from(row.times).unwrap_or(1),
            at: row.at,
        })
    };
    let memories = store::all(tx, learner).await?.into_iter().filter_map(memory).collect();
    Ok(Recall { memories, on, now })
}

/// What a learner typed, on one line.
fn typed(text: &str) -> Result<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.chars().count() {
        0 => Err(Error::invalid("text", "Write what is to be remembered.")),
        1..=domain::memory::TEXT_MAX_CHARS => Ok(text),
        _ => {
            let message = format!("At most {} characters, please.", domain::memory::TEXT_MAX_CHARS);
            Err(Error::invalid("text", message))
        }
    }
}
