//! The vector engine in this process: an exact scan over one owner's vectors. Owns: their form in memory, and which
//! owners' are there. Refuses: being the truth; vectors live in the database and are loaded from there.
//!
//! A vector is kept as 12-bit whole numbers in 16 bits with one factor: half the memory of floats, an error of the
//! cosine below 0.001, and products that plain code compiles to vector instructions on every processor.
//!
//! Several server processes do not hear of each other's changes: with those, use an engine of the database.

use super::{VectorHit, VectorStore, Window, check};
use crate::retrieval::embed::normalise;
use crate::retrieval::{EngineError, Filter};
use async_trait::async_trait;
use domain::document::Span;
use domain::id::{LearnerId, MaterialId, PassageId};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{RwLock, RwLockReadGuard};

/// Where the vectors live.
#[async_trait]
pub trait VectorTruth: Send + Sync {
    /// All windows of an owner that belong to a generation, with their materials, in any order. What is committed
    /// when this is called must be in it.
    ///
    /// # Errors
    /// Where they cannot be read; the search says that the engine is not available.
    async fn load(&self, owner: LearnerId, generation: &str) -> anyhow::Result<Vec<(MaterialId, Window)>>;
}

/// Largest number a component is written as; 384 products of two fit 31 bits.
const STEPS: f32 = 2047.0;
/// Products that are summed in 32 bits before they go into 64: the bound of [`STEPS`] holds for any length.
const BLOCK: usize = 256;
/// More rows than this are scanned on a blocking thread, where they hold up nobody (some 0.5 ms).
const INLINE_ROWS: usize = 4_000;
/// A thread that scans fewer rows than this is not worth its start (some 2 ms).
const PART_ROWS: usize = 10_000;
/// Most threads of one search: the processors are for all who search.
const PARTS: usize = 4;

/// Exact search over vectors in memory. An owner's vectors are loaded at the first search and let go, the longest
/// unused first, when all together exceed a budget.
pub struct Embedded {
    truth: Arc<dyn VectorTruth>,
    generation: String,
    dimensions: usize,
    budget: usize,
    clock: AtomicU64,
    // a slot is never removed: a change that waits for it would be lost on the next one
    slots: Mutex<HashMap<LearnerId, Arc<Slot>>>,
}

#[derive(Default)]
struct Slot {
    set: RwLock<Option<Arc<Set>>>,
    used: AtomicU64,
    bytes: AtomicUsize,
}

impl Embedded {
    /// An engine for the vectors of one generation (see `Retrieval::generation`) and length; `budget` in bytes of
    /// memory (0.8 kB a window of 384).
    pub fn new(
        truth: Arc<dyn VectorTruth>,
        generation: impl Into<String>,
        dimensions: usize,
        budget: usize,
    ) -> Self {
        let (clock, slots) = (AtomicU64::new(0), Mutex::default());
        Self { truth, generation: generation.into(), dimensions, budget, clock, slots }
    }

    /// Bytes of vectors in memory.
    pub fn bytes(&self) -> usize {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.values().map(|slot| slot.bytes.load(Ordering::Relaxed)).sum()
    }

    fn slot(&self, owner: LearnerId) -> Arc<Slot> {
        let slot =
            self.slots.lock().unwrap_or_else(PoisonError::into_inner).entry(owner).or_default().clone();
        slot.used.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        slot
    }

    /// Changes an owner's set if it is loaded; what is not loaded will come from the truth.
    async fn change(&self, owner: LearnerId, change: impl FnOnce(&mut Set)) {
        let slot = self.slot(owner);
        // waits for a load under way, which may have read the truth before this change
        if let Some(set) = &mut *slot.set.write().await {
            change(Arc::make_mut(set));
            slot.bytes.store(set.bytes(), Ordering::Relaxed);
        }
    }

    async fn loaded(&self, owner: LearnerId) -> Result<Arc<Set>, EngineError> {
        let slot = self.slot(owner);
        let found = |guard: RwLockReadGuard<'_, Option<Arc<Set>>>| guard.clone();
        if let Some(set) = found(slot.set.read().await) {
            return Ok(set);
        }
        let mut guard = slot.set.write().await;
        if let Some(set) = &*guard {
            return Ok(set.clone());
        }
        let windows = self.truth.load(owner, &self.generation).await;
        let windows = windows.map_err(|error| {
            tracing::warn!("vectors cannot be loaded: {error:#}");
            EngineError::Unavailable(format!("{error:#}"))
        })?;
        let mut set = Set::new(self.dimensions);
        for (material, window) in &windows {
            set.push(*material, window)?;
        }
        let set = Arc::new(set);
        slot.bytes.store(set.bytes(), Ordering::Relaxed);
        *guard = Some(set.clone());
        drop(guard);
        self.trim(owner);
        Ok(set)
    }

    /// Lets go of sets, the longest unused first, until the rest is within the budget. The one just asked for and
    /// those in use stay.
    fn trim(&self, keep: LearnerId) {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let mut total: usize = slots.values().map(|slot| slot.bytes.load(Ordering::Relaxed)).sum();
        let mut others: Vec<&Arc<Slot>> =
            slots.iter().filter(|(owner, _)| **owner != keep).map(|(_, slot)| slot).collect();
        others.sort_by_key(|slot| slot.used.load(Ordering::Relaxed));
        for slot in others {
            if total <= self.budget {
                break;
            }
            if let Ok(mut set) = slot.set.try_write() {
                *set = None;
                total -= slot.bytes.swap(0, Ordering::Relaxed);
            }
        }
    }
}

#[async_trait]
impl VectorStore for Embedded {
    async fn upsert(
        &self,
        owner: LearnerId,
        material: MaterialId,
        windows: &[Window],
    ) -> Result<(), EngineError> {
        for window in windows {
            check(&window.vector, self.dimensions)?;
        }
        let mut done = Ok(());
        self.change(owner, |set| {
            set.remove(material);
            done = windows.iter().try_for_each(|window| set.push(material, window));
        })
        .await;
        done
    }

    async fn delete(&self, owner: LearnerId, material: MaterialId) -> Result<(), EngineError> {
        self.change(owner, |set| set.remove(material)).await;
        Ok(())
    }

    async fn delete_owner(&self, owner: LearnerId) -> Result<(), EngineError> {
        let slot = self.slot(owner);
        *slot.set.write().await = None;
        slot.bytes.store(0, Ordering::Relaxed);
        Ok(())
    }

    async fn search(
        &self,
        owner: LearnerId,
        filter: &Filter,
        vector: &[f32],
        limit: usize,
    ) -> Result<Vec<VectorHit>, EngineError> {
        check(vector, self.dimensions)?;
        if limit == 0 || filter.excludes_all() {
            return Ok(vec![]);
        }
        let set = self.loaded(owner).await?;
        if set.rows.len() <= INLINE_ROWS {
            return Ok(set.search(filter, vector, limit));
        }
        let (filter, vector) = (filter.clone(), vector.to_vec());
        tokio::task::spawn_blocking(move || set.search(&filter, &vector, limit))
            .await
            .map_err(|error| EngineError::Unavailable(error.to_string()))
    }
}

/// One owner's vectors.
#[derive(Clone)]
struct Set {
    dimensions: usize,
    rows: Vec<Row>,
    /// Row `i` is `codes[i * dimensions ..][.. dimensions]`.
    codes: Vec<i16>,
    /// Most windows of one passage.
    windows: usize,
}

#[derive(Clone, Copy)]
struct Row {
    material: MaterialId,
    passage: PassageId,
    start: u32,
    span: Span,
    factor: f32,
}

impl Set {
    fn new(dimensions: usize) -> Self {
        Self { dimensions, rows: vec![], codes: vec![], windows: 1 }
    }

    fn bytes(&self) -> usize {
        self.codes.capacity() * size_of::<i16>() + self.rows.capacity() * size_of::<Row>()
    }

    fn push(&mut self, material: MaterialId, window: &Window) -> Result<(), EngineError> {
        check(&window.vector, self.dimensions)?;
        let (factor, codes) = coded(&window.vector);
        let Window { passage, start, span, .. } = *window;
        self.rows.push(Row { material, passage, start, span, factor });
        self.codes.extend(codes);
        self.windows = self.windows.max(usize::from(window.index) + 1);
        Ok(())
    }

    fn remove(&mut self, material: MaterialId) {
        // what stands before the first of them stays where it is: a new material moves nothing
        let Some(first) = self.rows.iter().position(|row| row.material == material) else { return };
        let mut kept = first;
        for at in first..self.rows.len() {
            if self.rows[at].material != material {
                self.rows.swap(kept, at);
                let from = at * self.dimensions;
                self.codes.copy_within(from..from + self.dimensions, kept * self.dimensions);
                kept += 1;
            }
        }
        self.rows.truncate(kept);
        self.codes.truncate(kept * self.dimensions);
    }

    fn search(&self, filter: &Filter, vector: &[f32], limit: usize) -> Vec<VectorHit> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let parts = (self.rows.len() / PART_ROWS).clamp(1, processors.min(PARTS));
        self.search_in(parts, filter, vector, limit)
    }

    /// The same, whatever the number of parts, each scanned by a thread of its own.
    fn search_in(&self, parts: usize, filter: &Filter, vector: &[f32], limit: usize) -> Vec<VectorHit> {
        let materials: Option<HashSet<MaterialId>> =
            filter.materials.as_ref().map(|materials| materials.iter().copied().collect());
        let (factor, query) = coded(vector);
        // ties go by id, so that the order does not depend on that of loading
        let better = |a: &(f32, &Row), b: &(f32, &Row)| {
            b.0.total_cmp(&a.0).then_with(|| (a.1.passage, a.1.span).cmp(&(b.1.passage, b.1.span)))
        };
        // the best `limit` passages are among the best `limit * windows` rows
        let enough = limit.saturating_mul(self.windows);
        let best_of = |rows: &[Row], codes: &[i16]| {
            let scored = rows.iter().zip(codes.chunks_exact(self.dimensions));
            let mut scored: Vec<(f32, usize)> = scored
                .enumerate()
                .filter(|(_, (row, _))| {
                    materials.as_ref().is_none_or(|wanted| wanted.contains(&row.material))
                })
                .filter(|(_, (row, _))| filter.admits(row.start))
                .map(|(at, (row, codes))| (dot(&query, codes) as f32 * (factor * row.factor), at))
                .collect();
            if scored.len() > enough {
                scored.select_nth_unstable_by(enough, |a, b| better(&(a.0, &rows[a.1]), &(b.0, &rows[b.1])));
                scored.truncate(enough);
            }
            scored
        };
        let size = self.rows.len().div_ceil(parts.max(1)).max(1);
        let pieces = self.rows.chunks(size).zip(self.codes.chunks(size * self.dimensions));
        let mut scored: Vec<(f32, &Row)> = std::thread::scope(|scope| {
            let mut pieces: Vec<_> = pieces.collect();
            // the last piece is this thread's own
            let own = pieces.pop();
            let best_of = &best_of;
            let others: Vec<_> = pieces
                .into_iter()
                .map(|(rows, codes)| (rows, scope.spawn(move || best_of(rows, codes))))
                .collect();
            let own = own.map(|(rows, codes)| (rows, best_of(rows, codes)));
            let mut scored: Vec<(f32, &Row)> = vec![];
            for (rows, thread) in others {
                // it has no way to panic
                let best = thread.join().unwrap_or_default();
                scored.extend(best.into_iter().map(|(score, at)| (score, &rows[at])));
            }
            scored.extend(
                own.into_iter()
                    .flat_map(|(rows, best)| best.into_iter().map(move |(score, at)| (score, &rows[at]))),
            );
            scored
        });
        scored.sort_unstable_by(better);
        let mut seen = HashSet::new();
        let best = scored.into_iter().filter(|(_, row)| seen.insert(row.passage)).take(limit);
        best.map(|(score, row)| VectorHit { passage: row.passage, window: row.span, score }).collect()
    }
}

/// A vector of unit length as whole numbers, and the factor that makes them components again.
fn coded(vector: &[f32]) -> (f32, Vec<i16>) {
    let mut unit = vector.to_vec();
    normalise(&mut unit);
    let largest = unit.iter().fold(0.0_f32, |largest, x| largest.max(x.abs()));
    if largest == 0.0 {
        return (0.0, vec![0; vector.len()]);
    }
    (largest / STEPS, unit.iter().map(|x| (x / largest * STEPS).round() as i16).collect())
}

fn dot(a: &[i16], b: &[i16]) -> i64 {
    let blocks = a.chunks(BLOCK).zip(b.chunks(BLOCK));
    blocks
        .map(|(a, b)| i64::from(a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum::<i32>()))
        .sum()
}

#[cfg(test)]
mod tests;
