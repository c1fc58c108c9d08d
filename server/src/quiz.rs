//! Practice: sets of questions, answers, results. Refuses: choosing questions and reckoning runs (`domain::quiz`),
//! XP (`domain::xp`) and memory (`review`), which it asks.

mod answering;
mod port;
mod results;
mod store;

use crate::{
    clock::Clock,
    db::{Db, Tx},
    error::{Error, Result},
    progress::Day,
    questions,
    review::ReviewService,
};
use app::quiz::api::{Opening, Quiz, QuizRequest, Shown, Step};
use domain::{
    id::{QuestionId, QuizId},
    quiz::{Candidate, Confidence, Last, combo, select},
    seed::Seeded,
};
use std::collections::HashMap;
use store::{ItemRow, NewQuiz};

pub(crate) use answering::{Given, own_choice};

/// The port of practice.
#[derive(Clone)]
pub struct QuizService {
    db: Db,
    clock: Clock,
    reviews: ReviewService,
}

/// Questions of a set, at most.
const LONGEST: u32 = 50;
/// A set asked for again within so many milliseconds is the same one: a double click.
const DOUBLE_CLICK: i64 = 3_000;

impl QuizService {
    /// Stands on the review queue, into which answers go.
    pub fn new(db: Db, clock: Clock, reviews: ReviewService) -> Self {
        Self { db, clock, reviews }
    }

    async fn start_in(&self, tx: &mut Tx, day: &Day, request: &QuizRequest) -> Result<QuizId> {
        if !(1..=LONGEST).contains(&request.length) {
            return Err(Error::invalid("length", format!("Choose between 1 and {LONGEST} questions.")));
        }
        let title = match request.material {
            Some(material) => {
                let found = store::title(tx, day.learner, material).await?;
                found.ok_or_else(|| Error::not_found("This file"))?
            }
            None => "Mixed practice".into(),
        };
        let title = match request.page {
            Some(page) if request.material.is_some() => format!("{title}, page {page}"),
            _ => title,
        };
        let page = request.page.filter(|_| request.material.is_some());
        let rows = store::candidates(tx, day.learner, request.material, page).await?;
        // what Mitochi brings is mixed in only where the learner brought nothing
        let own = rows.iter().any(|row| row.own);
        let asked = rows.into_iter().filter(|row| row.own || !own || request.material.is_some());
        let candidates: Vec<Candidate> = asked.map(candidate).collect();
        if candidates.is_empty() {
            return Err(Error::conflict(match (request.material, page) {
                (_, Some(_)) => "There are no questions from this page. Try the whole file.",
                (Some(_), _) => "There are no questions from this file yet. They appear while it is read.",
                (None, _) => "There are no questions yet. Bring a lecture, and they appear while it is read.",
            }));
        }
        let wanted = request.length.min(candidates.len() as u32);
        let since = day.now - DOUBLE_CLICK;
        if let Some(same) = store::begun_since(tx, day.learner, &title, i64::from(wanted), since).await? {
            return Ok(QuizId(same));
        }
        let id = QuizId(self.clock.id());
        let chosen = select(&candidates, wanted as usize, &mut Seeded::of(id.0, 0));
        let quiz = NewQuiz { id, material: request.material, title, started: day.now };
        store::insert(tx, day.learner, &quiz).await?;
        for (position, question) in chosen.into_iter().enumerate() {
            let row = questions::store::find(tx, day.learner, question).await?;
            let row = row.ok_or_else(|| Error::not_found("This question"))?;
            let shown = row.order(&mut Seeded::of(id.0, position as u64 + 1));
            store::insert_item(tx, id, position as i64, question, &shown).await?;
        }
        Ok(id)
    }

    async fn load_in(&self, tx: &mut Tx, day: &Day, request: &Opening) -> Result<Quiz> {
        let quiz = store::find(tx, day.learner, request.quiz).await?;
        let quiz = quiz.ok_or_else(|| Error::not_found("This set"))?;
        let items = store::items(tx, day.learner, request.quiz).await?;
        let open = items.iter().find(|item| item.step() == Step::Open);
        let current = match open {
            Some(item) => self.question(tx, day, item).await?,
            None => None,
        };
        let shown =
            request.shown.and_then(|position| items.iter().find(|i| i.position == i64::from(position)));
        let shown = match shown {
            Some(item) => self.shown(tx, day, item).await?,
            None => None,
        };
        Ok(Quiz {
            id: request.quiz,
            title: quiz.title,
            position: open.map_or(items.len() as u32, |item| item.position as u32),
            combo: combo(&store::verdicts(tx, day.learner, request.quiz, None).await?),
            steps: items.iter().map(ItemRow::step).collect(),
            current,
            gamification: day.settings.gamification,
            keys: day.settings.keys,
            shown,
            now: day.now,
        })
    }

    /// The question of a place, as it is asked there.
    async fn question(
        &self,
        tx: &mut Tx,
        day: &Day,
        item: &ItemRow,
    ) -> Result<Option<app::quiz::api::Question>> {
        let Some(question) = item.question else { return Ok(None) };
        let row = questions::store::find(tx, day.learner, QuestionId(question)).await?;
        Ok(row.map(|row| row.asked(&item.shown.0)))
    }

    /// A place that was answered, with its explanation.
    async fn shown(&self, tx: &mut Tx, day: &Day, item: &ItemRow) -> Result<Option<Shown>> {
        let Some(answer) = item.answer() else { return Ok(None) };
        let Some(question) = self.question(tx, day, item).await? else { return Ok(None) };
        let Some(choice) = item.shown_choice() else { return Ok(None) };
        Ok(Some(Shown {
            question,
            position: item.position as u32,
            choice,
            confidence: item.confidence(),
            verdict: self.verdict(tx, day, &answer).await?,
        }))
    }
}

fn candidate(row: store::CandidateRow) -> Candidate {
    let item = row.item.0;
    let key = item.options.iter().find(|option| option.correct).map(|option| option.text.clone());
    Candidate {
        id: QuestionId(row.id),
        concept: item.concept,
        stem: item.stem,
        key: key.unwrap_or_default(),
        last: row.last_at.zip(row.last_correct).map(|(at, correct)| Last { at, correct }),
    }
}

impl ItemRow {
    fn step(&self) -> Step {
        match (self.correct, self.question) {
            (Some(true), _) => Step::Right,
            (Some(false), _) => Step::Missed,
            (None, Some(_)) => Step::Open,
            (None, None) => Step::Gone,
        }
    }

    fn answer(&self) -> Option<store::AnswerRow> {
        Some(store::AnswerRow {
            id: self.answer?,
            question: self.question,
            quiz: Some(self.quiz),
            choice: self.choice?,
            correct: self.correct?,
            confidence: self.confidence.clone(),
            at: self.at?,
            day: self.day?,
        })
    }

    /// The chosen option among those shown.
    fn shown_choice(&self) -> Option<u32> {
        let choice = self.choice?;
        self.shown.0.iter().position(|own| i64::from(*own) == choice).map(|index| index as u32)
    }

    fn confidence(&self) -> Option<Confidence> {
        self.confidence.as_deref().and_then(Confidence::from_slug)
    }
}

/// Questions of a set by their id.
async fn questions_of(
    tx: &mut Tx,
    day: &Day,
    quiz: QuizId,
) -> Result<HashMap<uuid::Uuid, questions::QuestionRow>> {
    let rows = questions::store::of_quiz(tx, day.learner, quiz).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
