//! Vectors of one generation. Owns: the model that makes them together with the engine that searches them, and how a
//! passage is embedded. Refuses: keeping vectors (the database does), and which generation is searched
//! (`super::Retrieval` has it, `library::generations` decides).

use super::{
    EngineError, Filter, Passage, Stage,
    embed::{Embedder, Role},
    onnx::ModelError,
    tokens::Tokens,
    vector::{VectorHit, VectorStore, Window},
    window,
};
use domain::id::{LearnerId, MaterialId};
use std::sync::Arc;

/// What vectors made by a model and this program's windows are filed under; those of another generation are not
/// comparable and have to be made anew.
pub fn generation(embedder: &dyn Embedder) -> String {
    format!("{}/{}", embedder.model(), window::VERSION)
}

/// Vectors of one generation: who makes them, and who searches them. Cheap to clone.
#[derive(Clone)]
pub struct VectorIndex {
    /// The model.
    pub embedder: Arc<dyn Embedder>,
    /// The engine; it holds vectors of [`generation`]`(embedder)`.
    pub store: Arc<dyn VectorStore>,
}

impl VectorIndex {
    /// What its vectors are filed under.
    pub fn generation(&self) -> String {
        generation(&*self.embedder)
    }

    /// Passages that are best given to [`VectorIndex::embed`] at once.
    pub fn batch(&self) -> usize {
        self.embedder.batch().max(1)
    }

    /// The vectors of passages, one for each window, each with the heading path in front: for the caller to store
    /// and then to hand to [`VectorIndex::upsert`]. Takes some 20 to 300 ms a window on the local models.
    ///
    /// # Errors
    /// [`ModelError`]; where the model is missing, materials are found by their words until it is there.
    pub async fn embed(&self, passages: &[Passage]) -> Result<Vec<Window>, ModelError> {
        let tokens = Tokens::bundled();
        let (mut places, mut texts) = (vec![], vec![]);
        for passage in passages {
            for (span, index) in window::cut(tokens, &passage.text).into_iter().zip(0..) {
                texts.push(window::written(tokens, &passage.headings, &passage.text[span.range()]));
                places.push((passage, span, index));
            }
        }
        let vectors = self.embedder.embed_all(&texts, Role::Passage).await?;
        let windows = places.into_iter().zip(vectors);
        Ok(windows
            .map(|((passage, span, index), vector)| Window {
                passage: passage.id,
                start: passage.start,
                index,
                span,
                vector,
            })
            .collect())
    }

    /// Makes a material findable by its meaning. Call it after the windows are committed to the database.
    ///
    /// # Errors
    /// As [`VectorStore::upsert`].
    pub async fn upsert(
        &self,
        owner: LearnerId,
        material: MaterialId,
        windows: &[Window],
    ) -> Result<(), EngineError> {
        self.store.upsert(owner, material, windows).await
    }

    /// The vector of a query; `None` where nothing is meant: without letters or digits, but some vector is always the
    /// nearest.
    pub(super) async fn sense(&self, query: &str) -> Result<Option<Vec<f32>>, ModelError> {
        if !query.contains(char::is_alphanumeric) {
            return Ok(None);
        }
        self.embedder.embed(query, Role::Query).await.map(Some)
    }

    /// The owner's passages that are nearest in meaning, best first, without those that have nothing to do with the query.
    pub(super) async fn search(
        &self,
        owner: LearnerId,
        sense: Result<Option<Vec<f32>>, ModelError>,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<VectorHit>, Stage> {
        let Some(vector) = sense.map_err(Stage::NoModel)? else { return Ok(vec![]) };
        let mut hits = self.store.search(owner, filter, &vector, limit).await.map_err(Stage::Failed)?;
        hits.retain(|hit| hit.score >= self.embedder.unrelated());
        Ok(hits)
    }
}
