//! The review page's use cases.

use super::{
    LONGEST_MS, ReviewService,
    store::{self, After, Before, CardRow, GradeRow, NewReview},
};
use crate::{
    clock,
    db::Tx,
    error::{Error, Result},
    flashcard,
    http::forms,
    progress::{self, Day, Source},
};
use app::{
    error::ApiError,
    review::api::{Card, Face, Grade, LastGrade, Queue, Reviews},
    session::Session,
};
use domain::{
    id::{CardId, FlashcardId},
    schedule::{self, Rating},
    seed::Seeded,
    xp::{self, Recall},
};

/// How hard a flashcard is taken to be, for XP: nobody else answers it.
const FLASHCARD_DIFFICULTY: f32 = 0.5;

impl ReviewService {
    /// The queue; `front` is shown first, due or not (a grade of it was taken back).
    async fn queue_in(&self, tx: &mut Tx, day: &Day, front: Option<CardRow>) -> Result<Queue> {
        let due = self.counts(tx, day).await?;
        let first = match front {
            Some(front) => Some(front),
            None => store::first_due(tx, day).await?,
        };
        let card = match first {
            Some(row) => self.shown(tx, day, &row).await?,
            None => None,
        };
        let next_due = if due.due == 0 { self.next_due(tx, day).await? } else { None };
        let last = match store::last_grade(tx, day).await? {
            Some(grade) if can_undo(&grade) => self.told(tx, day, &grade).await?,
            _ => None,
        };
        Ok(Queue {
            left: due.due.max(u32::from(card.is_some())),
            card,
            done_today: u32::try_from(store::graded_today(tx, day).await?).unwrap_or(0),
            tomorrow: due.tomorrow,
            next_due,
            resting: u32::try_from(flashcard::resting(tx, day.learner).await?).unwrap_or(0),
            last,
            gamification: day.settings.gamification,
            keys: day.settings.keys,
            now: day.now,
        })
    }

    async fn shown(&self, tx: &mut Tx, day: &Day, row: &CardRow) -> Result<Option<Card>> {
        let state = row.state();
        let Some(face) = self.face(tx, day, row).await? else { return Ok(None) };
        let outcomes =
            schedule::outcomes(&state, Self::moment(day, &state), self.plan(day, row.id), &*self.model);
        Ok(Some(Card {
            id: CardId(row.id),
            face,
            reps: state.reps,
            intervals: outcomes.map(|outcome| outcome.interval),
            last_seen: state.last_review,
            recall: state.recall(day.now, &*self.model),
            lapses: state.lapses,
        }))
    }

    /// What a card shows; `None` where it is not to be had any more.
    async fn face(&self, tx: &mut Tx, day: &Day, row: &CardRow) -> Result<Option<Face>> {
        if let Some(flashcard) = row.flashcard {
            let found = flashcard::find(tx, day.learner, FlashcardId(flashcard)).await?;
            return Ok(found.map(Face::Flashcard));
        }
        let Some(question) = store::question_of(tx, day.learner, row.id).await? else { return Ok(None) };
        let shown = question.order(&mut Seeded::of(row.id, u64::from(row.state().reps)));
        Ok(Some(Face::Question(question.asked(&shown))))
    }

    /// Difficulty of a card, 0 to 1, and how often it was answered or graded today; `None` where it is not to be had any more.
    async fn effort(&self, tx: &mut Tx, day: &Day, row: &CardRow) -> Result<Option<(f32, u32)>> {
        if row.flashcard.is_some() {
            let graded = store::graded_on(tx, day, row.id).await?;
            return Ok(Some((FLASHCARD_DIFFICULTY, u32::try_from(graded).unwrap_or(u32::MAX))));
        }
        let Some(question) = store::question_of(tx, day.learner, row.id).await? else { return Ok(None) };
        Ok(Some((question.item.0.difficulty, self.done_today(tx, day, question.id()).await?)))
    }

    async fn told(&self, tx: &mut Tx, day: &Day, grade: &GradeRow) -> Result<Option<LastGrade>> {
        let xp = progress::paid(tx, day, (Source::Review, grade.id)).await?;
        let rating = Rating::from_slug(&grade.rating);
        Ok(rating.map(|rating| LastGrade { rating, interval: grade.after.0.interval, xp }))
    }

    /// When the next card is due, where none is now.
    async fn next_due(&self, tx: &mut Tx, day: &Day) -> Result<Option<i64>> {
        let (by_days, by_hours) = store::next(tx, day).await?;
        let zone = &day.settings.time_zone;
        let from_its_morning = by_days.map(|due| clock::start_of_day(clock::local_time(due, zone).day, zone));
        Ok(from_its_morning.into_iter().chain(by_hours).min())
    }

    async fn grade_in(&self, tx: &mut Tx, day: &Day, request: &Grade) -> Result<Queue> {
        let Some(row) = store::find(tx, day.learner, request.card.0).await? else {
            return Err(Error::not_found("This card"));
        };
        let state = row.state();
        if state.reps != request.reps {
            let last = store::last_grade_of(tx, day.learner, row.id).await?;
            let same = |grade: &GradeRow| {
                grade.before.0.card.reps == request.reps
                    && grade.after.0.card.reps == state.reps
                    && grade.rating == request.rating.slug()
            };
            return match last {
                Some(grade) if same(&grade) => self.queue_in(tx, day, None).await,
                _ => Err(Error::conflict(
                    "This card was graded in the meantime. Your queue is up to date now.",
                )),
            };
        }
        let Some((difficulty, repeats)) = self.effort(tx, day, &row).await? else {
            return Err(Error::not_found("This card"));
        };
        let gain = xp::for_review(&Recall {
            remembered: request.rating != Rating::Again,
            difficulty,
            due: state.is_due(day.now, day.local.day_ends),
            repeats,
        });
        let moment = Self::moment(day, &state);
        let plan = self.plan(day, row.id);
        let outcome = schedule::grade(&state, request.rating, moment, plan, &*self.model);
        store::save(tx, day.learner, row.id, &outcome.state).await?;
        let id = self.clock.id();
        let review = NewReview {
            id,
            card: row.id,
            rating: request.rating,
            at: moment.now,
            took: request.took.min(LONGEST_MS),
            before: Before { card: state, kept: false },
            after: After { card: outcome.state, interval: outcome.interval },
        };
        store::log(tx, day, review).await?;
        progress::pay(tx, &self.clock, day, (Source::Review, id), gain).await?;
        self.queue_in(tx, day, None).await
    }

    /// Takes the last grade of today back, unless a later one was taken back before, or the card was reviewed since.
    /// Asked a second time it changes nothing.
    async fn undo_in(&self, tx: &mut Tx, day: &Day) -> Result<Queue> {
        let grade = match store::last_grade(tx, day).await? {
            Some(grade) if can_undo(&grade) => grade,
            _ => return self.queue_in(tx, day, None).await,
        };
        store::save(tx, day.learner, grade.card, &grade.before.0.card).await?;
        store::delete_review(tx, day.learner, grade.id).await?;
        progress::take_back(tx, day.learner, (Source::Review, grade.id)).await?;
        if let Some(earlier) = store::last_grade(tx, day).await? {
            store::keep(tx, day.learner, &earlier).await?;
        }
        let front = store::find(tx, day.learner, grade.card).await?;
        self.queue_in(tx, day, front).await
    }
}

fn can_undo(grade: &GradeRow) -> bool {
    !grade.before.0.kept && i64::from(grade.after.0.card.reps) == grade.reps
}

#[async_trait::async_trait]
impl Reviews for ReviewService {
    #[tracing::instrument(skip_all)]
    async fn queue(&self, session: Session) -> Result<Queue, ApiError> {
        let run = async {
            let mut tx = self.db.read().await?;
            let day = Day::of(&mut tx, &self.clock, session).await?;
            self.queue_in(&mut tx, &day, None).await
        };
        Ok(run.await?)
    }

    #[tracing::instrument(skip_all, fields(card.id = %request.card))]
    async fn grade(&self, session: Session, request: Grade) -> Result<Queue, ApiError> {
        let run = async {
            let mut tx = self.db.write_for(session.learner).await?;
            let day = Day::of(&mut tx, &self.clock, session).await?;
            let queue = self.grade_in(&mut tx, &day, &request).await?;
            tx.commit().await?;
            Ok::<_, Error>(queue)
        };
        let queue = run.await?;
        forms::lead_plain("/review");
        Ok(queue)
    }

    #[tracing::instrument(skip_all)]
    async fn undo(&self, session: Session) -> Result<Queue, ApiError> {
        let run = async {
            let mut tx = self.db.write_for(session.learner).await?;
            let day = Day::of(&mut tx, &self.clock, session).await?;
            let queue = self.undo_in(&mut tx, &day).await?;
            tx.commit().await?;
            Ok::<_, Error>(queue)
        };
        let queue = run.await?;
        forms::lead_plain("/review");
        Ok(queue)
    }
}
