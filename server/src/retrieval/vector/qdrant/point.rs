//! Windows and words as points, and the filters that find them. Owns: ids and payloads of points, and that no filter is
//! without its owner. Refuses: asking the server.

use super::collection::{DENSE, FROM, GENERATION, KIND, MATERIAL, OWNER, PASSAGE, START, TO, WORDS};
use crate::retrieval::vector::{VectorHit, Window};
use crate::retrieval::{self, Passage};
use domain::document::Span;
use domain::id::{LearnerId, MaterialId, PassageId};
use qdrant_client::qdrant::{
    Condition, Filter, NamedVectors, PointId, PointStruct, Range, ScoredPoint, Value,
};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use uuid::Uuid;

/// What a point stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A window with its vector.
    Window,
    /// The words of a passage.
    Words,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::Words => "words",
        }
    }
}

/// The point of a window. Its id follows from owner, material, passage and the window's number: what is put again
/// takes its own place, and nobody's point can take another's.
pub(super) fn of(owner: LearnerId, material: MaterialId, generation: &str, window: &Window) -> PointStruct {
    let mut payload = payload(owner, material, Kind::Window, generation, window.passage, window.start);
    payload.insert(FROM.into(), i64::from(window.span.start).into());
    payload.insert(TO.into(), i64::from(window.span.end).into());
    let id = id(owner, material, Kind::Window, window.passage, window.index);
    let vectors = NamedVectors { vectors: HashMap::from([(DENSE.into(), window.vector.clone().into())]) };
    PointStruct { id: Some(id), payload, vectors: Some(vectors.into()) }
}

/// The point of a passage's words, each with its number and weight.
pub(super) fn words(
    owner: LearnerId,
    material: MaterialId,
    generation: &str,
    passage: &Passage,
    words: Vec<(u32, f32)>,
) -> PointStruct {
    let payload = payload(owner, material, Kind::Words, generation, passage.id, passage.start);
    let id = id(owner, material, Kind::Words, passage.id, 0);
    let vectors = NamedVectors { vectors: HashMap::from([(WORDS.into(), words.into())]) };
    PointStruct { id: Some(id), payload, vectors: Some(vectors.into()) }
}

/// What every point says of itself: what searches are limited by.
fn payload(
    owner: LearnerId,
    material: MaterialId,
    kind: Kind,
    generation: &str,
    passage: PassageId,
    start: u32,
) -> HashMap<String, Value> {
    HashMap::from([
        (OWNER.into(), owner.0.to_string().into()),
        (MATERIAL.into(), material.0.to_string().into()),
        (PASSAGE.into(), passage.0.to_string().into()),
        (KIND.into(), kind.name().into()),
        (GENERATION.into(), generation.into()),
        (START.into(), i64::from(start).into()),
    ])
}

fn id(owner: LearnerId, material: MaterialId, kind: Kind, passage: PassageId, index: u16) -> PointId {
    let mut hash = Sha256::new();
    for id in [owner.0, material.0, passage.0] {
        hash.update(id.as_bytes());
    }
    hash.update(index.to_le_bytes());
    hash.update(kind.name());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string().into()
}

/// All points of a kind that an owner has.
pub(super) fn owned(owner: LearnerId, kind: Kind) -> Filter {
    Filter::must([
        Condition::matches(OWNER, owner.0.to_string()),
        Condition::matches(KIND, kind.name().to_string()),
    ])
}

/// Those of one material but for the ones to keep.
pub(super) fn stale(owner: LearnerId, material: MaterialId, kind: Kind, keep: Vec<PointId>) -> Filter {
    let mut filter = owned(owner, kind);
    filter.must.push(Condition::matches(MATERIAL, material.0.to_string()));
    if !keep.is_empty() {
        filter.must_not.push(Condition::has_id(keep));
    }
    filter
}

/// Those that a search may find.
pub(super) fn within(owner: LearnerId, kind: Kind, generation: &str, limits: &retrieval::Filter) -> Filter {
    let mut filter = owned(owner, kind);
    filter.must.push(Condition::matches(GENERATION, generation.to_string()));
    if let Some(materials) = &limits.materials {
        let ids: Vec<String> = materials.iter().map(|material| material.0.to_string()).collect();
        filter.must.push(Condition::matches(MATERIAL, ids));
    }
    if let Some(stretch) = limits.within {
        let (from, to) = (Some(stretch.start.into()), Some(stretch.end.into()));
        filter.must.push(Condition::range(START, Range { gte: from, lt: to, ..Default::default() }));
    }
    filter
}

/// The fields that a hit needs.
pub(super) fn told() -> Vec<&'static str> {
    vec![PASSAGE, FROM, TO]
}

/// A found point; `None` (with a line in the log) of one that Mitochi did not write.
pub(super) fn hit(point: &ScoredPoint) -> Option<VectorHit> {
    let number = |key| point.payload.get(key)?.as_integer().and_then(|number| u32::try_from(number).ok());
    let read = || {
        let window = Span { start: number(FROM)?, end: number(TO)? };
        let passage = passage(point)?;
        point.score.is_finite().then_some(VectorHit { passage, window, score: point.score })
    };
    known(read())
}

/// The passage of a found point and its score; as [`hit`].
pub(super) fn words_hit(point: &ScoredPoint) -> Option<(PassageId, f32)> {
    known(passage(point).filter(|_| point.score.is_finite()).map(|passage| (passage, point.score)))
}

fn passage(point: &ScoredPoint) -> Option<PassageId> {
    let id = point.payload.get(PASSAGE)?.as_str()?;
    Some(PassageId(Uuid::try_parse(id).ok()?))
}

fn known<T>(hit: Option<T>) -> Option<T> {
    if hit.is_none() {
        tracing::warn!("Qdrant found a point that Mitochi did not write");
    }
    hit
}
