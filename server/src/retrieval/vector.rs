//! Vectors and the port of the engines that search them. Owns: what a stored vector is and how it is written to a
//! database. Refuses: making vectors (`embed`) and searching them (`embedded` and its neighbours).

pub mod embedded;
pub mod late;
pub mod pgvector;
pub mod qdrant;

#[cfg(test)]
pub(crate) mod contract;

use super::{EngineError, Filter};
use async_trait::async_trait;
use domain::document::Span;
use domain::id::{LearnerId, MaterialId, PassageId};

/// The vector of one window of a passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// The passage.
    pub passage: PassageId,
    /// The passage's first byte in the document.
    pub start: u32,
    /// Which of its windows, counted from 0.
    pub index: u16,
    /// What it covers, as bytes of the passage's text.
    pub span: Span,
    /// Of unit length.
    pub vector: Vec<f32>,
}

/// A passage that a vector search found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VectorHit {
    /// The passage.
    pub passage: PassageId,
    /// Its best window.
    pub window: Span,
    /// Cosine of that window and the query, -1 to 1.
    pub score: f32,
}

/// An engine that finds the nearest vectors. One store serves one generation of vectors (one model and one way of
/// cutting windows); owner and filter are part of the search, never applied to its result.
#[async_trait]
pub trait VectorStore: Send + Sync {
    /// Puts windows in the place of all that the owner has of a material, once its truth is committed. May be
    /// repeated.
    ///
    /// # Errors
    /// [`EngineError::Dimensions`] for a vector of another length, else as the engine is.
    async fn upsert(
        &self,
        owner: LearnerId,
        material: MaterialId,
        windows: &[Window],
    ) -> Result<(), EngineError>;

    /// Removes a material.
    ///
    /// # Errors
    /// As the engine is.
    async fn delete(&self, owner: LearnerId, material: MaterialId) -> Result<(), EngineError>;

    /// Removes all that an owner has.
    ///
    /// # Errors
    /// As the engine is.
    async fn delete_owner(&self, owner: LearnerId) -> Result<(), EngineError>;

    /// The owner's nearest passages, best first, each once with its best window.
    ///
    /// # Errors
    /// [`EngineError::Dimensions`] for a vector of another length, else as the engine is.
    async fn search(
        &self,
        owner: LearnerId,
        filter: &Filter,
        vector: &[f32],
        limit: usize,
    ) -> Result<Vec<VectorHit>, EngineError>;

    /// All that there is has been put in: the engine builds what makes it fast. May be repeated; may take minutes.
    ///
    /// # Errors
    /// As the engine is; it answers all the same, slower.
    async fn settle(&self, _others: Others) -> Result<(), EngineError> {
        Ok(())
    }
}

/// What becomes of other generations that an engine holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// They may be served by another process.
    Keep,
    /// They are served no longer.
    Drop,
}

/// Refuses what is no vector of this length.
fn check(vector: &[f32], dimensions: usize) -> Result<(), EngineError> {
    if vector.len() != dimensions || vector.iter().any(|x| !x.is_finite()) {
        return Err(EngineError::Dimensions { expected: dimensions, found: vector.len() });
    }
    Ok(())
}

/// A vector as bytes for a database: its numbers as 32-bit floats, little end first.
pub fn to_bytes(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|x| x.to_le_bytes()).collect()
}

/// The vector of such bytes; `None` where they are none or hold something that is no number.
pub fn from_bytes(bytes: &[u8]) -> Option<Vec<f32>> {
    let (numbers, rest) = bytes.as_chunks::<4>();
    let vector: Vec<f32> = numbers.iter().map(|number| f32::from_le_bytes(*number)).collect();
    (rest.is_empty() && vector.iter().all(|x| x.is_finite())).then_some(vector)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_back() {
        let vector = vec![0.5, -1.0, f32::MIN_POSITIVE];
        assert_eq!(from_bytes(&to_bytes(&vector)), Some(vector));
        assert_eq!(from_bytes(&[]), Some(vec![]));
        assert_eq!(from_bytes(&[1, 2, 3]), None);
        assert_eq!(from_bytes(&f32::NAN.to_le_bytes()), None);
    }
}
