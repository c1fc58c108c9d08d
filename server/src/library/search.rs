//! What a search needs besides the engines: the query as it may be asked, the chapter it is limited to, and how the
//! answer is told.

use super::store;
use crate::{
    db::Tx,
    error::{Error, Result},
    retrieval::{self, Stage, onnx::ModelError},
};
use app::library::api::{Meaning, Placed, Words};
use domain::{
    chapter::{self, Chapter},
    id::{LearnerId, MaterialId},
    query::{self, Fit},
};

/// A query as it is searched.
///
/// # Errors
/// `Invalid` for one that cannot be answered; the message says what to type.
pub(super) fn cleaned(typed: &str) -> Result<String> {
    let query = query::clean(typed);
    let message = match query::judge(&query) {
        Fit::Good => return Ok(query),
        Fit::Empty => "Type what you are looking for.".into(),
        Fit::Short => "Type at least two letters or digits.".into(),
        Fit::Wordless => "There is no word in this: type one that the page would have.".into(),
        Fit::Long(_) => {
            format!("At most {} characters: a question or a few words find more.", query::LONGEST)
        }
    };
    Err(Error::invalid("query", message))
}

/// The chapter of the learner's material that begins at this byte; `None` if there is none (any more).
pub(super) async fn chapter(
    tx: &mut Tx,
    learner: LearnerId,
    material: MaterialId,
    start: u32,
) -> Result<Option<Chapter>> {
    if store::find(tx, learner, material).await?.is_none() {
        return Ok(None);
    }
    let chapters = chapters(tx, material).await?;
    Ok(chapters.into_iter().find(|chapter| chapter.span.start == start))
}

/// The chapters of a material, whosever it is.
pub(super) async fn chapters(tx: &mut Tx, material: MaterialId) -> Result<Vec<Chapter>> {
    match store::outline::of(tx, material).await? {
        Some(chapters) => Ok(chapters),
        // read by an older version, and not looked at since the start
        None => worked_out(tx, material).await,
    }
}

/// The chapters of a material as its document has them.
pub(super) async fn worked_out(tx: &mut Tx, material: MaterialId) -> Result<Vec<Chapter>> {
    Ok(store::document(tx, material).await?.map(|document| chapter::chapters(&document)).unwrap_or_default())
}

/// How the search by words went.
pub(super) fn words(stage: &Stage, rebuilding: bool) -> Words {
    match stage {
        Stage::Answered(_) if rebuilding => Words::Rebuilding,
        Stage::Answered(_) => Words::Searched,
        // words need no model, and go nowhere
        Stage::NoModel(_) | Stage::StaysHere => Words::Down,
        Stage::Failed(error) => {
            tracing::warn!("search by words: {error}");
            Words::Down
        }
    }
}

/// How the search by meaning went, with so many passages that are not prepared for it.
pub(super) fn meaning(stage: &Stage, passages_left: u32) -> Meaning {
    match stage {
        Stage::Answered(_) if passages_left > 0 => Meaning::NotYet { passages_left },
        Stage::Answered(_) => Meaning::Searched,
        Stage::StaysHere => Meaning::StaysHere,
        Stage::NoModel(ModelError::Missing { .. } | ModelError::Foreign { .. }) => Meaning::NoModel,
        Stage::NoModel(error) => {
            tracing::warn!("search by meaning: {error}");
            Meaning::Down
        }
        // said once by whoever watches the engine, not for every search
        Stage::Failed(_) => Meaning::Down,
    }
}

/// A place as the page takes it.
pub(super) fn placed(place: retrieval::Placed) -> Placed {
    Placed { rank: place.rank, score: place.score }
}
