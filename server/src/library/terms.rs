//! The words of learners' own materials as PostgreSQL has them: all processes read a query in the same way, whichever of them
//! indexed a file. Owns: asking for them. Refuses: deciding what a query means (`retrieval::vocabulary`).

use super::store::term as store;
use crate::{
    db::Db,
    retrieval::{
        EngineError, lexical,
        vocabulary::{self, ENDINGS, Vocabulary},
    },
};
use async_trait::async_trait;
use domain::id::LearnerId;
use std::collections::HashSet;

/// The table of words.
pub struct StoredTerms {
    db: Db,
}

impl StoredTerms {
    /// The table, if this database can propose words by it: a PostgreSQL with its extension pg_trgm.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(db: &Db) -> anyhow::Result<Option<Self>> {
        let there = store::can_be_proposed(&mut db.read().await?).await?;
        if !there && matches!(db, Db::Postgres(_)) {
            tracing::warn!("PostgreSQL lacks pg_trgm: each process corrects misspelt words by its own index");
        }
        Ok(there.then(|| Self { db: db.clone() }))
    }
}

fn down(error: sqlx::Error) -> EngineError {
    EngineError::Unavailable(format!("the words of learners cannot be read: {error}"))
}

#[async_trait]
impl Vocabulary for StoredTerms {
    async fn having(&self, owner: LearnerId, words: &[String]) -> Result<HashSet<String>, EngineError> {
        let stems: Vec<_> = words.iter().map(|word| (word.clone(), lexical::stem(word))).collect();
        let mut tx = self.db.read().await.map_err(down)?;
        Ok(store::having(&mut tx, owner, &stems).await.map_err(down)?.into_iter().collect())
    }

    async fn endings(&self, owner: LearnerId, start: &str) -> Result<Vec<String>, EngineError> {
        let mut tx = self.db.read().await.map_err(down)?;
        store::endings(&mut tx, owner, start, ENDINGS).await.map_err(down)
    }

    async fn nearest(&self, owner: LearnerId, word: &str) -> Result<Option<String>, EngineError> {
        let mut tx = self.db.read().await.map_err(down)?;
        let alike = store::alike(&mut tx, owner, word, vocabulary::wrong(word)).await.map_err(down)?;
        Ok(vocabulary::choose(word, alike))
    }
}
