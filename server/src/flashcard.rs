//! Cards with a front and a back: made, resting, woken, deleted. Refuses: grading them (`review`), and what may stand on one
//! (`domain::flashcard`).
//!
//! The back is the document's own text at the span that was cited, whatever a form says.

mod port;
mod store;

use crate::{
    clock::Clock,
    db::{Db, Tx},
    error::{Error, Result},
    library,
    progress::Day,
    review::ReviewService,
    tutor,
};
use app::flashcard::api::{Flashcard, Keeping};
use domain::{
    document::Span,
    flashcard::{FRONT_MAX_CHARS, Fault, Kind, Sides},
    id::{FlashcardId, LearnerId, MaterialId},
};

pub use store::resting;

/// The port of flashcards.
#[derive(Clone)]
pub struct FlashcardService {
    db: Db,
    clock: Clock,
    reviews: ReviewService,
}

impl FlashcardService {
    /// Stands on the reviews, which bring the cards back.
    pub fn new(db: Db, clock: Clock, reviews: ReviewService) -> Self {
        Self { db, clock, reviews }
    }

    async fn keep_in(&self, tx: &mut Tx, day: &Day, request: &Keeping) -> Result<FlashcardId> {
        let cited = tutor::cited(tx, day.learner, request.talk, request.line, request.part).await?;
        let cited = cited.ok_or_else(|| Error::not_found("This line of the talk"))?;
        let document = library::store::document(tx, cited.material).await?.unwrap_or_default();
        let quote = document.text.get(cited.source.span.range()).map(str::trim).unwrap_or_default();
        if quote.is_empty() {
            return Err(Error::conflict("The page reads differently now. Begin a new talk about it."));
        }
        let sides = Sides::new(&request.front, quote).map_err(refused)?;
        let new = store::NewFlashcard {
            id: FlashcardId(self.clock.id()),
            material: cited.material,
            sides: &sides,
            concept: &cited.concept,
            quote,
            source: cited.source,
        };
        if let Some(same) = store::same(tx, day.learner, &new).await? {
            return Ok(FlashcardId(same));
        }
        store::insert(tx, day, &new).await?;
        self.reviews.begin(tx, day, new.id).await?;
        Ok(new.id)
    }
}

/// A card of the learner, as the reviews show it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn find(
    tx: &mut Tx,
    learner: LearnerId,
    flashcard: FlashcardId,
) -> Result<Option<Flashcard>> {
    let row = store::find(tx, learner, flashcard).await?;
    Ok(row.map(|row| Flashcard {
        id: FlashcardId(row.id),
        kind: Kind::from_slug(&row.kind).unwrap_or(Kind::Basic),
        front: row.front,
        back: row.back,
        concept: row.concept,
        quote: row.quote,
        span: Span { start: row.span_start as u32, end: row.span_end as u32 },
        page: row.page as u32,
        material: MaterialId(row.material),
        title: row.title,
    }))
}

/// Why a card cannot be made, for the learner.
fn refused(fault: Fault) -> Error {
    Error::invalid(
        "front",
        match fault {
            Fault::Empty => "Write what is to be asked.".to_string(),
            Fault::TooLong => format!("At most {FRONT_MAX_CHARS} characters, please."),
            Fault::Told => "The front says what the back does. Ask for a part of it.".to_string(),
        },
    )
}
