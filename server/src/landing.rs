//! The question of the front page, answerable before any account. Refuses: accounts and cookies, which the guest
//! maker brings.

use crate::{
    clock::Clock,
    db::{Db, Tx},
    error::{Error, Result},
    progress::Day,
    questions::{self, QuestionRow},
    quiz::{Given, QuizService, own_choice},
};
use app::{
    error::ApiError,
    landing::api::{Demo, DemoAnswer, DemoAnswered, Landing},
    quiz::api::Verdict,
    session::Session,
};
use domain::{quiz::Confidence, seed::Seeded};
use std::sync::Arc;

/// Makes guests: learners without an account.
#[async_trait::async_trait]
pub trait GuestMaker: Send + Sync {
    /// Inserts learner and session in the transaction, with this time zone (an unknown or empty one counts as UTC),
    /// and sets the session's cookies on the answer of this request.
    async fn make_guest(&self, tx: &mut Tx, time_zone: &str) -> Result<Session>;
}

/// The port of the front page.
#[derive(Clone)]
pub struct LandingService {
    db: Db,
    clock: Clock,
    quizzes: QuizService,
    guests: Arc<dyn GuestMaker>,
}

impl LandingService {
    /// Stands on practice, which records the answer, and on the maker of guests.
    pub fn new(db: Db, clock: Clock, quizzes: QuizService, guests: Arc<dyn GuestMaker>) -> Self {
        Self { db, clock, quizzes, guests }
    }

    async fn demo_of(&self, visitor: Option<Session>) -> Result<Demo> {
        let mut tx = self.db.read().await?;
        let question = sample(&mut tx).await?;
        let shown = shown(&question);
        let answered = match visitor {
            Some(session) => self.answered(&mut tx, session, &question, &shown).await?,
            None => None,
        };
        Ok(Demo { question: question.asked(&shown), answered })
    }

    async fn answered(
        &self,
        tx: &mut Tx,
        session: Session,
        question: &QuestionRow,
        shown: &[u8],
    ) -> Result<Option<DemoAnswered>> {
        let day = match Day::of(tx, &self.clock, session).await {
            Ok(day) => day,
            // a cookie of somebody who was deleted: a stranger
            Err(Error::Api(ApiError::Unauthorized)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(answer) = self.quizzes.free_answer(tx, &day, question.id()).await? else { return Ok(None) };
        let choice = shown.iter().position(|own| i64::from(*own) == answer.choice).unwrap_or(0) as u32;
        let confidence = answer.confidence.as_deref().and_then(Confidence::from_slug);
        let verdict = self.quizzes.verdict(tx, &day, &answer).await?;
        Ok(Some(DemoAnswered { choice, confidence, verdict }))
    }

    async fn answer_of(&self, visitor: Option<Session>, request: &DemoAnswer) -> Result<Verdict> {
        let mut tx = match visitor {
            Some(session) => self.db.write_for(session.learner).await?,
            None => self.db.write().await?,
        };
        let question = sample(&mut tx).await?;
        if question.id() != request.question {
            return Err(Error::not_found("This question"));
        }
        let choice = own_choice(&shown(&question), request.choice)?;
        let session = match visitor {
            Some(session) => session,
            None => self.guests.make_guest(&mut tx, &request.time_zone).await?,
        };
        let day = Day::of(&mut tx, &self.clock, session).await?;
        let verdict = match self.quizzes.free_answer(&mut tx, &day, question.id()).await? {
            Some(answer) => {
                self.quizzes.same_or_conflict(&mut tx, &day, &answer, choice, request.confidence).await?
            }
            None => {
                let confidence = request.confidence;
                let given =
                    Given { question: &question, place: None, choice, confidence, took: 0, rating: None };
                self.quizzes.record(&mut tx, &day, given).await?
            }
        };
        tx.commit().await?;
        Ok(verdict)
    }
}

/// The first question of what Mitochi brings itself.
async fn sample(tx: &mut Tx) -> Result<QuestionRow> {
    questions::store::sample(tx).await?.ok_or_else(|| Error::not_found("The sample question"))
}

/// The same order for everybody, so that the page looks the same before and after the answer.
fn shown(question: &QuestionRow) -> Vec<u8> {
    question.order(&mut Seeded::of(question.id, 0))
}

#[async_trait::async_trait]
impl Landing for LandingService {
    #[tracing::instrument(skip_all)]
    async fn demo(&self, visitor: Option<Session>) -> Result<Demo, ApiError> {
        Ok(self.demo_of(visitor).await?)
    }

    #[tracing::instrument(skip_all)]
    async fn answer(&self, visitor: Option<Session>, request: DemoAnswer) -> Result<Verdict, ApiError> {
        Ok(self.answer_of(visitor, &request).await?)
    }
}
