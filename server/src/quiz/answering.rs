//! An answer: judged, written down, paid for, put into memory, and told. What is told is read back from what was
//! written, so that the same answer sent twice gets the same verdict.

use super::{
    QuizService,
    store::{self, AnswerRow},
};
use crate::{
    db::Tx,
    error::{Error, Result},
    progress::{self, Day, Source},
    questions::QuestionRow,
    review::{LONGEST_MS, Learned},
};
use app::quiz::api::{Answer, Verdict};
use domain::{
    id::{QuestionId, QuizId},
    quiz::{Confidence, combo},
    schedule::{Rating, rating_of},
    xp::{self, Attempt, Level},
};

/// An answer as it was given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given<'q> {
    pub(crate) question: &'q QuestionRow,
    /// The set and the place in it; `None` outside of any.
    pub(crate) place: Option<(QuizId, i64)>,
    /// Index into the item's own options.
    pub(crate) choice: u8,
    pub(crate) confidence: Option<Confidence>,
    pub(crate) took: u32,
    /// The grade of its card, where more is known of the learner than the answer.
    pub(crate) rating: Option<Rating>,
}

impl QuizService {
    pub(super) async fn answer_in(&self, tx: &mut Tx, day: &Day, request: &Answer) -> Result<Verdict> {
        let quiz = store::find(tx, day.learner, request.quiz).await?;
        quiz.ok_or_else(|| Error::not_found("This set"))?;
        let items = store::items(tx, day.learner, request.quiz).await?;
        let item = items.into_iter().find(|item| item.position == i64::from(request.position));
        let item = item.ok_or_else(|| Error::not_found("This question"))?;
        let choice = own_choice(&item.shown.0, request.choice)?;
        if let Some(answer) = item.answer() {
            return self.same_or_conflict(tx, day, &answer, choice, request.confidence).await;
        }
        let question = match item.question {
            Some(id) => crate::questions::store::find(tx, day.learner, QuestionId(id)).await?,
            None => None,
        };
        let question = question.ok_or_else(|| Error::not_found("This question"))?;
        let given = Given {
            question: &question,
            place: Some((request.quiz, item.position)),
            choice,
            confidence: request.confidence,
            took: request.took,
            rating: None,
        };
        self.record(tx, day, given).await
    }

    /// Writes an answer down and tells what it led to.
    pub(crate) async fn record(&self, tx: &mut Tx, day: &Day, given: Given<'_>) -> Result<Verdict> {
        let item = &given.question.item.0;
        let question = given.question.id();
        let correct = item.options.get(usize::from(given.choice)).is_some_and(|option| option.correct);
        let history = store::history(tx, day.learner, question).await?;
        let repeats = self.reviews.done_today(tx, day, question).await?;
        let answer = AnswerRow {
            id: self.clock.id(),
            question: Some(question.0),
            quiz: given.place.map(|(quiz, _)| quiz.0),
            choice: i64::from(given.choice),
            correct,
            confidence: given.confidence.map(|confidence| confidence.slug().to_string()),
            at: day.now,
            day: i64::from(day.local.day),
        };
        let took = given.took.min(LONGEST_MS);
        store::insert_answer(tx, day, &answer, given.place.map(|(_, position)| position), took).await?;
        let rating = given.rating.unwrap_or_else(|| rating_of(correct, given.confidence));
        let due = self.reviews.learn(tx, day, Learned { answer: answer.id, question, rating, took }).await?;
        let gain = xp::for_answer(&Attempt {
            correct,
            difficulty: item.difficulty,
            asked_before: history.asked > 0,
            right_before: history.correct > 0,
            due,
            repeats,
        });
        progress::pay(tx, &self.clock, day, (Source::Answer, answer.id), gain).await?;
        if let Some((quiz, _)) = given.place {
            store::finish(tx, day.learner, quiz, day.now).await?;
        }
        self.verdict(tx, day, &answer).await
    }

    /// The answer that a learner gave to a question outside of any set.
    pub(crate) async fn free_answer(
        &self,
        tx: &mut Tx,
        day: &Day,
        question: QuestionId,
    ) -> Result<Option<AnswerRow>> {
        Ok(store::free_answer(tx, day.learner, question).await?)
    }

    /// The verdict of an answer that was given already, if this one is the same.
    pub(crate) async fn same_or_conflict(
        &self,
        tx: &mut Tx,
        day: &Day,
        answer: &AnswerRow,
        choice: u8,
        confidence: Option<Confidence>,
    ) -> Result<Verdict> {
        let same = answer.choice == i64::from(choice)
            && answer.confidence.as_deref() == confidence.map(Confidence::slug);
        if same {
            return self.verdict(tx, day, answer).await;
        }
        Err(Error::conflict(
            "You answered this question already, perhaps in another tab. Your first answer counts.",
        ))
    }

    /// What an answer led to, as it was told when it was given; only `due` is as it is now.
    pub(crate) async fn verdict(&self, tx: &mut Tx, day: &Day, answer: &AnswerRow) -> Result<Verdict> {
        let until = (answer.at, answer.id);
        let combo = match answer.quiz {
            Some(quiz) => combo(&store::verdicts(tx, day.learner, QuizId(quiz), Some(until)).await?),
            None => u32::from(answer.correct),
        };
        let xp = progress::paid(tx, day, (Source::Answer, answer.id)).await?;
        let total_xp = progress::total(tx, day, Some(until)).await?;
        let due = match answer.question {
            Some(question) => self.reviews.due_of(tx, day, QuestionId(question)).await?,
            None => None,
        };
        let on = i32::try_from(answer.day).unwrap_or(day.local.day);
        Ok(Verdict {
            correct: answer.correct,
            combo,
            xp,
            total_xp,
            level_up: Level::reached(total_xp, xp.amount),
            due,
            streak: progress::streak_begun_by(tx, day, answer.id, answer.at, on).await?,
            finished: store::finished_by(tx, day.learner, answer).await?,
        })
    }
}

/// The chosen option's index into the item's own, from that into the shown ones.
pub(crate) fn own_choice(shown: &[u8], choice: u32) -> Result<u8> {
    let own = usize::try_from(choice).ok().and_then(|choice| shown.get(choice));
    own.copied().ok_or_else(|| Error::invalid("choice", "Choose one of the answers."))
}
