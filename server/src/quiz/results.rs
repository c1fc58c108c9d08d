//! A set at its end.

use super::{
    QuizService, questions_of,
    store::{self, AnswerRow},
};
use crate::{
    db::Tx,
    error::{Error, Result},
    progress::{self, Day},
};
use app::quiz::api::{Calibration, ResultRow, Results};
use domain::{
    id::{MaterialId, QuizId},
    quiz::{best_combo, calibration},
    xp::Level,
};
use std::collections::HashMap;

impl QuizService {
    pub(super) async fn results_in(&self, tx: &mut Tx, day: &Day, quiz: QuizId) -> Result<Results> {
        let row = store::find(tx, day.learner, quiz).await?.ok_or_else(|| Error::not_found("This set"))?;
        let items = store::items(tx, day.learner, quiz).await?;
        let questions = questions_of(tx, day, quiz).await?;
        let dues: HashMap<_, _> = store::dues(tx, day.learner, quiz).await?.into_iter().collect();
        let answers = items.iter().map(|item| ResultRow {
            question: item.question.and_then(|id| questions.get(&id)).map(|row| row.asked(&item.shown.0)),
            choice: item.shown_choice(),
            correct: item.correct.unwrap_or(false),
            confidence: item.confidence(),
            due: item.question.and_then(|id| dues.get(&id)).copied(),
        });
        let answers: Vec<ResultRow> = answers.collect();
        let stated: Vec<_> =
            items.iter().filter_map(|item| Some((item.confidence()?, item.correct?))).collect();
        let mut given: Vec<AnswerRow> = items.iter().filter_map(super::ItemRow::answer).collect();
        given.sort_by_key(|answer| (answer.at, answer.id));
        let counts = self.reviews.counts(tx, day).await?;
        let xp = if day.settings.gamification { store::xp(tx, day.learner, quiz).await? } else { 0 };
        Ok(Results {
            id: quiz,
            title: row.title,
            material: row.material.map(MaterialId),
            answers,
            xp: u32::try_from(xp).unwrap_or(0),
            best_combo: best_combo(&store::verdicts(tx, day.learner, quiz, None).await?),
            calibration: calibration(&stated)
                .into_iter()
                .map(|(confidence, right, asked)| Calibration { confidence, right, asked })
                .collect(),
            due_now: counts.due,
            due_tomorrow: counts.tomorrow,
            standing: progress::standing(tx, day).await?,
            level_up: level_up(tx, day, &given).await?,
            streak: streak(tx, day, &given).await?,
            keys: day.settings.keys,
            now: day.now,
        })
    }
}

/// The level that was reached between the first and the last answer.
async fn level_up(tx: &mut Tx, day: &Day, given: &[AnswerRow]) -> Result<Option<u32>> {
    let (Some(first), Some(last)) = (given.first(), given.last()) else { return Ok(None) };
    let paid = progress::paid(tx, day, (progress::Source::Answer, first.id)).await?.amount;
    let before = progress::total(tx, day, Some((first.at, first.id))).await?.saturating_sub(paid);
    let after = progress::total(tx, day, Some((last.at, last.id))).await?;
    Ok(Level::reached(after, after.saturating_sub(before)))
}

/// The streak, if one of the answers made its day count.
async fn streak(tx: &mut Tx, day: &Day, given: &[AnswerRow]) -> Result<Option<u32>> {
    let mut last_day = None;
    let mut streak = None;
    for answer in given {
        if last_day != Some(answer.day) {
            last_day = Some(answer.day);
            let on = i32::try_from(answer.day).unwrap_or(day.local.day);
            streak = progress::streak_begun_by(tx, day, answer.id, answer.at, on).await?.or(streak);
        }
    }
    Ok(streak)
}
