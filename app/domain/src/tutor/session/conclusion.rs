//! What comes of a lesson. Owns: the grade for the review and what the knowledge model hears. Refuses: the card itself.

use super::{Ask, Question, Session, Verdict};
use crate::quiz::Confidence;
use crate::schedule::{Rating, rating_of};
use crate::tutor::{Answered, Mode, credit};
use serde::{Deserialize, Serialize};

/// What comes of a concept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Concluded {
    /// Index of its lesson.
    pub lesson: u16,
    /// The grade that its card gets; `None` where the check question was not answered.
    pub rating: Option<Rating>,
    /// Its answers for [`crate::tutor::Mastery`], the latest first. Recall is left to the memory model.
    pub answers: Vec<Answered>,
    /// The learner's rating in it afterwards, 0 to 1.
    pub skill: f32,
    /// An answer was told or shown.
    pub told: bool,
    /// Missed at first, and right in the check without its answer having been told: worth remembering.
    pub breakthrough: bool,
    /// Named mistakes, each once, in the order in which they were made.
    pub misconceptions: Vec<String>,
}

impl Session {
    /// What comes of each concept that was begun, in order.
    pub fn concluded(&self) -> Vec<Concluded> {
        let lessons = self.questions.last().map_or(0..0, |last| 0..last.lesson + 1);
        lessons.map(|lesson| self.conclude(lesson)).collect()
    }

    fn conclude(&self, lesson: u16) -> Concluded {
        let questions: Vec<&Question> = self.questions.iter().filter(|q| q.lesson == lesson).collect();
        let check = questions.iter().rfind(|q| q.ask == Ask::Check && (q.told || q.last.is_some()));
        let told = questions.iter().any(|question| question.told);
        let missed =
            questions.iter().any(|q| q.ask != Ask::Check && q.first.is_some_and(|v| v != Verdict::Right));
        let mut misconceptions: Vec<String> = vec![];
        for name in questions.iter().flat_map(|question| &question.misconceptions) {
            if !misconceptions.contains(name) {
                misconceptions.push(name.clone());
            }
        }
        let answered = questions.iter().rev().filter(|question| question.told || question.last.is_some());
        let answers = answered.map(|question| Answered {
            credit: credit(question.last.unwrap_or(Verdict::Wrong), question.hints, question.told),
            recall: None,
        });
        Concluded {
            lesson,
            rating: check.map(|check| rating(check, &questions)),
            answers: answers.collect(),
            skill: self.skills[usize::from(lesson)],
            told,
            breakthrough: missed && !told && check.is_some_and(|c| c.last == Some(Verdict::Right)),
            misconceptions,
        }
    }
}

/// Again for a check question that was missed or shown, Hard for one that was partly right, guessed, helped, or judged by the
/// learner; Easy for a certain one whose concept was known from the first answer on; else Good.
fn rating(check: &Question, lesson: &[&Question]) -> Rating {
    match check.last {
        _ if check.told => Rating::Again,
        None | Some(Verdict::Wrong) => Rating::Again,
        Some(Verdict::Partly) => Rating::Hard,
        Some(Verdict::Right) => {
            let helped = check.hints > 0 || check.overruled || lesson.iter().any(|question| question.told);
            let unaided = |q: &&Question| q.first == Some(Verdict::Right) && q.hints == 0;
            match rating_of(true, check.confidence) {
                _ if helped => Rating::Hard,
                Rating::Good
                    if check.confidence == Some(Confidence::Certain)
                        && check.mode != Mode::FirstPass
                        && lesson.iter().all(unaided) =>
                {
                    Rating::Easy
                }
                rating => rating,
            }
        }
    }
}
