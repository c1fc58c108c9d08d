//! Which engine searches by words: from a line of configuration to an engine. Owns: that choice. Refuses: the engines
//! (`retrieval::lexical`, `retrieval::vector::qdrant`).

use super::vectors;
use crate::{
    config::{Config, WordsEngine},
    db::Db,
    library::{StoredPassages, terms::StoredTerms},
    retrieval::{
        KeywordStore,
        embed::Embedder,
        generation,
        lexical::Lexical,
        vector::{late::Late, qdrant::Qdrant},
    },
};
use anyhow::Context;
use std::sync::Arc;

/// The configured engine; on Qdrant in the collection of this embedder's vectors, opened at its first use.
///
/// # Errors
/// When the index cannot be opened, or the configuration does not fit; the message says what to change.
pub async fn choose(
    config: &Config,
    db: &Db,
    embedder: &dyn Embedder,
) -> anyhow::Result<Arc<dyn KeywordStore>> {
    let terms = StoredTerms::of(db).await?;
    match config.words {
        WordsEngine::Embedded => {
            let folder = config.data.join("index");
            let opened = tokio::task::spawn_blocking(move || Lexical::open(&folder, "1")).await?;
            let index = opened.context("cannot open the search index")?;
            Ok(match terms {
                Some(terms) => Arc::new(index.reading_by(Arc::new(terms))),
                None => Arc::new(index),
            })
        }
        WordsEngine::Qdrant => {
            let terms = terms.context(
                "Qdrant does not know which words there are: with MITOCHI_WORDS=qdrant the database must be PostgreSQL \
                 with its extension pg_trgm",
            )?;
            let settings = vectors::qdrant(config)?;
            let (generation, dimensions) = (generation(embedder), embedder.model().dimensions);
            // what cannot be meant is said at once; whether the server is there is seen at the first use
            Qdrant::new(settings.clone(), generation.clone(), dimensions)?;
            let (terms, texts) = (Arc::new(terms), Arc::new(StoredPassages { db: db.clone() }));
            let late = Late::<dyn KeywordStore>::new(
                "qdrant",
                "meaning",
                Box::new(move || {
                    let (settings, generation) = (settings.clone(), generation.clone());
                    let (terms, texts) = (terms.clone(), texts.clone());
                    Box::pin(async move {
                        let opened = Qdrant::open(settings, generation, dimensions).await?;
                        Ok(Arc::new(opened.words(terms, texts)) as Arc<dyn KeywordStore>)
                    })
                }),
            );
            Ok(Arc::new(late))
        }
    }
}
