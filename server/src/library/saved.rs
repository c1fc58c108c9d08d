//! Searches that a learner keeps.

use super::{
    LibraryService, search,
    store::{self, saved as rows},
};
use crate::{
    db::Tx,
    error::{Error, Result},
};
use app::{
    library::api::{SAVED_MOST, SavedSearch, Search},
    session::Session,
};
use domain::id::{MaterialId, SavedSearchId};

impl LibraryService {
    /// What is kept, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept(&self, session: Session) -> Result<Vec<SavedSearch>> {
        all(&mut self.db.read().await?, session).await
    }

    /// Keeps a search; what is kept then. A chapter that is not there is left out.
    ///
    /// # Errors
    /// `Invalid` for what cannot be searched, `NotFound` for a material of somebody else, `Conflict` beyond
    /// [`SAVED_MOST`].
    pub async fn keep(&self, session: Session, request: &Search) -> Result<Vec<SavedSearch>> {
        let query = search::cleaned(&request.query)?;
        let learner = session.learner;
        let mut tx = self.db.write_for(learner).await?;
        if let Some(material) = request.material {
            let row = store::find(&mut tx, learner, material).await?;
            row.filter(|row| row.owner.is_some()).ok_or_else(|| Error::not_found("This file"))?;
        }
        let chapter = match request.material.zip(request.chapter) {
            Some((material, start)) => search::chapter(&mut tx, learner, material, start).await?,
            None => None,
        };
        let start = chapter.as_ref().map(|chapter| chapter.span.start);
        let key = key(&query, request.material, start);
        if !rows::has(&mut tx, learner, &key).await? && all(&mut tx, session).await?.len() >= SAVED_MOST {
            let message = format!(
                "{SAVED_MOST} searches are saved, which is all there is room for. Take one out first."
            );
            return Err(Error::conflict(message));
        }
        let new = rows::NewSaved {
            id: SavedSearchId(self.clock.id()),
            query: &query,
            material: request.material,
            chapter: chapter.as_ref().map(|chapter| (chapter.span.start, chapter.title.as_str())),
            key: &key,
            created: self.clock.now(),
        };
        rows::keep(&mut tx, learner, new).await?;
        let kept = all(&mut tx, session).await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// Keeps a search no longer; what is kept then. One that is gone already is no error.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drop_kept(&self, session: Session, saved: SavedSearchId) -> Result<Vec<SavedSearch>> {
        let mut tx = self.db.write_for(session.learner).await?;
        rows::forget(&mut tx, session.learner, saved).await?;
        let kept = all(&mut tx, session).await?;
        tx.commit().await?;
        Ok(kept)
    }
}

async fn all(tx: &mut Tx, session: Session) -> Result<Vec<SavedSearch>> {
    let saved = |row: rows::SavedRow| SavedSearch {
        id: SavedSearchId(row.id),
        search: Search {
            query: row.query,
            material: row.material.map(MaterialId),
            chapter: row.chapter.map(|start| start as u32),
        },
        file: row.title,
        chapter: row.chapter_title,
    };
    Ok(rows::all(tx, session.learner).await?.into_iter().map(saved).collect())
}

/// The same for the same search: its words in small letters, and where it looks.
fn key(query: &str, material: Option<MaterialId>, chapter: Option<u32>) -> String {
    let material = material.map(|material| material.to_string()).unwrap_or_default();
    let chapter = chapter.map(|start| start.to_string()).unwrap_or_default();
    format!("{material}/{chapter}/{}", query.to_lowercase())
}
