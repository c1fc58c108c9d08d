//! Spaced repetition: the queue, grades and undo. Refuses: deciding when a card comes back (`domain::schedule`) and
//! how memory fades (`fsrs`).
//!
//! A card is a question that the learner was asked, or a flashcard that they made. An answer in a set is its first review, or one more: it is
//! written down as a review under the answer's own id, so that the log is whole; undo takes back grades alone. Cards
//! of questions that were retired, or that the learner reported, rest.

pub mod fsrs;
mod port;
mod store;

use crate::{
    clock::Clock,
    db::{Db, Tx},
    error::Result,
    progress::Day,
};
use domain::{
    id::{FlashcardId, MaterialId, QuestionId},
    schedule::{self, CardState, Moment, Plan, Rating},
};
use fsrs::Fsrs;
use std::{collections::HashMap, sync::Arc};
use store::{After, Before, CardRow, NewReview, Subject};
use uuid::Uuid;

/// Longest time that is believed to have been spent on one thing, in milliseconds.
pub(crate) const LONGEST_MS: u32 = 3_600_000;

/// The port of review.
#[derive(Clone)]
pub struct ReviewService {
    db: Db,
    clock: Clock,
    model: Arc<Fsrs>,
}

/// Cards that are due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Due {
    /// Now.
    pub(crate) due: u32,
    /// Until the end of tomorrow in the learner's zone, those due now left out.
    pub(crate) tomorrow: u32,
}

/// An answer in a set, as a review.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Learned {
    /// The answer's id; the review takes it too.
    pub(crate) answer: Uuid,
    pub(crate) question: QuestionId,
    pub(crate) rating: Rating,
    /// Milliseconds from question to answer.
    pub(crate) took: u32,
}

impl ReviewService {
    /// With FSRS-6 and its default parameters.
    pub fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock, model: Arc::new(Fsrs::default()) }
    }

    fn plan(&self, day: &Day, card: Uuid) -> Plan {
        Plan { retention: day.retention(), card }
    }

    /// When a card is graded. Never at the moment of its last review or before: the log has one review a moment.
    fn moment(day: &Day, card: &CardState) -> Moment {
        let now = card.last_review.map_or(day.now, |last| day.now.max(last + 1));
        Moment { now, days: card.last_review.map_or(0, |last| day.since(last)) }
    }

    /// Writes an answer down in the learner's memory: makes the card or moves it. Returns whether the card was due.
    pub(crate) async fn learn(&self, tx: &mut Tx, day: &Day, learned: Learned) -> Result<bool> {
        let found = store::of_question(tx, day.learner, learned.question).await?;
        let is_new = found.is_none();
        let (id, state) = match found {
            Some(row) => (row.id, row.state()),
            None => (self.clock.id(), CardState::new(day.now)),
        };
        let was_due = !is_new && state.is_due(day.now, day.local.day_ends);
        let moment = Self::moment(day, &state);
        let outcome = schedule::answered(&state, learned.rating, moment, self.plan(day, id), &*self.model);
        if is_new {
            store::insert(tx, id, day, Subject::Question(learned.question), &outcome.state).await?;
        } else {
            store::save(tx, day.learner, id, &outcome.state).await?;
        }
        let review = NewReview {
            id: learned.answer,
            card: id,
            rating: learned.rating,
            at: moment.now,
            took: learned.took,
            before: Before { card: state, kept: false },
            after: After { card: outcome.state, interval: outcome.interval },
        };
        store::log(tx, day, review).await?;
        Ok(was_due)
    }

    /// Makes the card of a flashcard, due at once.
    pub(crate) async fn begin(&self, tx: &mut Tx, day: &Day, flashcard: FlashcardId) -> Result<()> {
        let card = CardState::new(day.now);
        Ok(store::insert(tx, self.clock.id(), day, Subject::Flashcard(flashcard), &card).await?)
    }

    /// Cards due now and until the end of tomorrow.
    pub(crate) async fn counts(&self, tx: &mut Tx, day: &Day) -> Result<Due> {
        let (due, tomorrow) = store::counts(tx, day).await?;
        let number = |n: i64| u32::try_from(n).unwrap_or(0);
        Ok(Due { due: number(due), tomorrow: number(tomorrow) })
    }

    /// How many of the cards due now would be recalled with less than 85 % at the end of the day.
    pub(crate) async fn fading(&self, tx: &mut Tx, day: &Day) -> Result<u32> {
        let cards = store::all_due(tx, day).await?;
        let fades =
            |row: &&CardRow| row.state().recall(day.local.day_ends, &*self.model).is_some_and(|r| r < 0.85);
        Ok(cards.iter().filter(fades).count() as u32)
    }

    /// Answers and grades that a question got today.
    pub(crate) async fn done_today(&self, tx: &mut Tx, day: &Day, question: QuestionId) -> Result<u32> {
        Ok(u32::try_from(store::done_on(tx, day, question).await?).unwrap_or(u32::MAX))
    }

    /// When the card of a question comes back, milliseconds since 1970.
    pub(crate) async fn due_of(&self, tx: &mut Tx, day: &Day, question: QuestionId) -> Result<Option<i64>> {
        Ok(store::of_question(tx, day.learner, question).await?.map(|row| row.due))
    }

    /// Probability that the cards of questions would be recalled now, 0 to 1; those without a card are left out.
    pub(crate) async fn recalls(
        &self,
        tx: &mut Tx,
        day: &Day,
        questions: &[QuestionId],
    ) -> Result<HashMap<QuestionId, f32>> {
        let cards = store::of_questions(tx, day.learner, questions).await?;
        let recall =
            |row: &CardRow| Some((QuestionId(row.question?), row.state().recall(day.now, &*self.model)?));
        Ok(cards.iter().filter_map(recall).collect())
    }
}

/// Cards due now, by material, with their questions where they ask one: for the library's shelf and the reader's margin.
///
/// # Errors
/// When the database fails, or `Unauthorized` if the learner is gone.
pub async fn due_questions(
    tx: &mut Tx,
    clock: &Clock,
    session: app::session::Session,
) -> Result<Vec<(MaterialId, Option<QuestionId>)>> {
    let day = Day::of(tx, clock, session).await?;
    let rows = store::due_questions(tx, &day).await?;
    Ok(rows
        .into_iter()
        .map(|(material, question)| (MaterialId(material), question.map(QuestionId)))
        .collect())
}
