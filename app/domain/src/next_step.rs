//! What to do next, with the reason in one sentence. Review comes first, then what was begun, then what is new, then
//! more material; what does not apply is left out, and there is always one step.

use crate::id::{MaterialId, QuizId};

/// Seconds that a card takes.
const PER_CARD: u32 = 30;
/// Seconds that a question takes.
const PER_QUESTION: u32 = 60;
/// Questions of a set that is proposed.
const SET: u32 = 10;

/// What the choice stands on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Situation {
    /// Cards due now.
    pub due: u32,
    /// Of these, how many would be recalled with less than 85 % by the end of the day.
    pub fading: u32,
    /// A set that was begun and has questions left.
    pub open_quiz: Option<OpenQuiz>,
    /// What there is to learn from.
    pub shelves: Vec<Shelf>,
}

/// A set that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenQuiz {
    /// Which.
    pub id: QuizId,
    /// Its title.
    pub title: String,
    /// Questions left.
    pub left: u32,
    /// Questions in all.
    pub length: u32,
}

/// A material with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    /// Which.
    pub id: MaterialId,
    /// Its title.
    pub title: String,
    /// Brought by the learner, not by Mitochi.
    pub own: bool,
    /// Uploaded at, milliseconds since 1970.
    pub created: i64,
    /// Pages that can be read.
    pub pages: u32,
    /// Published questions.
    pub questions: u32,
    /// Of these, never asked.
    pub unasked: u32,
    /// Of these, missed last time.
    pub missed: u32,
}

/// What a step opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The review queue.
    Review,
    /// A set that was begun.
    Resume(QuizId),
    /// A new set from this material.
    Practise(MaterialId),
    /// A new set from all materials.
    PractiseAll,
    /// This material, to read.
    Read(MaterialId),
    /// The library, to bring a file.
    AddMaterial,
}

/// A step with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recommendation {
    /// What it opens.
    pub step: Step,
    /// What to do.
    pub title: String,
    /// Why, in one sentence.
    pub reason: String,
    /// About how long; `None` where it cannot be said.
    pub minutes: Option<u32>,
}

/// The best next step, then at most three others.
pub fn next_steps(situation: &Situation) -> Vec<Recommendation> {
    let mut steps: Vec<Recommendation> = vec![];
    steps.extend(review(situation));
    steps.extend(situation.open_quiz.as_ref().map(resume));
    steps.extend(practise(&situation.shelves));
    steps.extend(read(&situation.shelves));
    steps.extend(add(&situation.shelves));
    if steps.is_empty() {
        steps.extend(mixed(&situation.shelves));
    }
    steps.truncate(4);
    steps
}

fn counted(n: u32, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

fn minutes(things: u32, seconds: u32) -> Option<u32> {
    Some((things * seconds).div_ceil(60).max(1))
}

fn review(situation: &Situation) -> Option<Recommendation> {
    let due = situation.due;
    if due == 0 {
        return None;
    }
    let reason = match situation.fading {
        0 if due == 1 => "It is due today, and now it takes the least effort.".to_string(),
        0 => "They are due today, and now each takes the least effort.".to_string(),
        n if n >= due && due > 1 => "All of them would fall below 85 % recall by tonight.".to_string(),
        _ if due == 1 => "It would fall below 85 % recall by tonight.".to_string(),
        1 => "One of them would fall below 85 % recall by tonight.".to_string(),
        n => format!("{n} of them would fall below 85 % recall by tonight."),
    };
    let title = format!("Review {}", counted(due, "due card"));
    Some(Recommendation { step: Step::Review, title, reason, minutes: minutes(due, PER_CARD) })
}

fn resume(quiz: &OpenQuiz) -> Recommendation {
    Recommendation {
        step: Step::Resume(quiz.id),
        title: format!("Go on with {}", quiz.title),
        reason: format!("You began it, and {} of {} are left.", quiz.left, counted(quiz.length, "question")),
        minutes: minutes(quiz.left, PER_QUESTION),
    }
}

/// The learner's own materials before Mitochi's, with something never asked before something missed, newest first.
fn practise(shelves: &[Shelf]) -> Option<Recommendation> {
    let shelf = shelves
        .iter()
        .filter(|shelf| shelf.unasked + shelf.missed > 0)
        .max_by_key(|shelf| (shelf.own, shelf.unasked > 0, shelf.created))?;
    let reason = match (shelf.unasked, shelf.questions) {
        (0, _) => {
            format!(
                "You missed {} of it last time; trying again is what mends it.",
                counted(shelf.missed, "question")
            )
        }
        (unasked, all) if unasked == all => {
            format!("None of its {} was asked yet.", counted(all, "question"))
        }
        (unasked, all) => format!("{unasked} of its {} were not asked yet.", counted(all, "question")),
    };
    let length = shelf.questions.min(SET);
    Some(Recommendation {
        step: Step::Practise(shelf.id),
        title: format!("Practise {}: {}", shelf.title, counted(length, "question")),
        reason,
        minutes: minutes(length, PER_QUESTION),
    })
}

/// The newest own material that has pages and no question yet.
fn read(shelves: &[Shelf]) -> Option<Recommendation> {
    let unwritten = |shelf: &&Shelf| shelf.own && shelf.questions == 0 && shelf.pages > 0;
    let shelf = shelves.iter().filter(unwritten).max_by_key(|shelf| shelf.created)?;
    Some(Recommendation {
        step: Step::Read(shelf.id),
        title: format!("Read {}", shelf.title),
        reason: "Its pages are there, and it has no questions yet.".into(),
        minutes: None,
    })
}

fn add(shelves: &[Shelf]) -> Option<Recommendation> {
    let own = shelves.iter().filter(|shelf| shelf.own).count();
    let reason = match own {
        0 => "Questions from your own lecture are worth most in your exam.",
        _ if shelves.iter().all(|shelf| !shelf.own || shelf.unasked == 0) => {
            "Every question of your files was asked; a new lecture brings new ones."
        }
        _ => return None,
    };
    let title = if own == 0 { "Bring your first lecture" } else { "Bring the next lecture" };
    Some(Recommendation {
        step: Step::AddMaterial,
        title: title.into(),
        reason: reason.into(),
        minutes: Some(1),
    })
}

/// Reached where everything was asked and known and nothing is due.
fn mixed(shelves: &[Shelf]) -> Option<Recommendation> {
    let questions: u32 = shelves.iter().map(|shelf| shelf.questions).sum();
    Some(Recommendation {
        step: Step::PractiseAll,
        title: "Mixed practice".into(),
        reason: "Nothing is due: what you answered longest ago gains most from one more try.".into(),
        minutes: minutes(questions.clamp(1, SET), PER_QUESTION),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn shelf(id: u128, own: bool, questions: u32, unasked: u32, missed: u32) -> Shelf {
        let id_ = MaterialId(Uuid::from_u128(id));
        let created = id as i64;
        Shelf { id: id_, title: format!("File {id}"), own, created, pages: 3, questions, unasked, missed }
    }

    fn open() -> OpenQuiz {
        OpenQuiz { id: QuizId(Uuid::from_u128(9)), title: "The heart".into(), left: 4, length: 10 }
    }

    #[test]
    fn the_order_is_review_resume_practise_add() {
        let everything = Situation {
            due: 18,
            fading: 6,
            open_quiz: Some(open()),
            shelves: vec![shelf(1, false, 12, 11, 0)],
        };
        let steps: Vec<Step> = next_steps(&everything).into_iter().map(|step| step.step).collect();
        let sample = MaterialId(Uuid::from_u128(1));
        assert_eq!(steps, [Step::Review, Step::Resume(open().id), Step::Practise(sample), Step::AddMaterial]);
        let first = &next_steps(&everything)[0];
        assert_eq!((first.title.as_str(), first.minutes), ("Review 18 due cards", Some(9)));
        assert_eq!(first.reason, "6 of them would fall below 85 % recall by tonight.");
    }

    #[test]
    fn reasons_by_example() {
        let of = |shelves: Vec<Shelf>| next_steps(&Situation { shelves, ..Situation::default() });
        let nothing = of(vec![]);
        assert_eq!(
            (nothing[0].step, nothing[0].title.as_str()),
            (Step::AddMaterial, "Bring your first lecture")
        );
        for (shelves, title, reason) in [
            (
                vec![shelf(1, true, 40, 40, 0), shelf(2, false, 12, 12, 0)],
                "Practise File 1: 10 questions",
                "None of its 40 questions was asked yet.",
            ),
            (
                vec![shelf(1, true, 40, 3, 2)],
                "Practise File 1: 10 questions",
                "3 of its 40 questions were not asked yet.",
            ),
            (
                vec![shelf(1, true, 4, 0, 1)],
                "Practise File 1: 4 questions",
                "You missed 1 question of it last time; trying again is what mends it.",
            ),
            (
                vec![shelf(1, true, 0, 0, 0)],
                "Read File 1",
                "Its pages are there, and it has no questions yet.",
            ),
            (
                vec![shelf(1, true, 9, 0, 0)],
                "Bring the next lecture",
                "Every question of your files was asked; a new lecture brings new ones.",
            ),
        ] {
            let step = &of(shelves)[0];
            assert_eq!((step.title.as_str(), step.reason.as_str()), (title, reason));
        }
    }

    #[test]
    fn one_due_card_is_one() {
        let step = &next_steps(&Situation { due: 1, fading: 1, ..Situation::default() })[0];
        assert_eq!(step.title, "Review 1 due card");
        assert_eq!(
            (step.reason.as_str(), step.minutes),
            ("It would fall below 85 % recall by tonight.", Some(1))
        );
    }

    proptest! {
        #[test]
        fn there_is_always_a_step_with_a_reason(
            due in 0..300_u32, fading in 0..300_u32, began: bool,
            shelves in prop::collection::vec((1..9_u128, any::<bool>(), 0..60_u32, 0..60_u32, 0..60_u32), 0..6),
        ) {
            let shelves = shelves.into_iter().map(|(id, own, all, unasked, missed)| {
                shelf(id, own, all, unasked.min(all), missed.min(all - unasked.min(all)))
            });
            let situation = Situation {
                due, fading: fading.min(due), open_quiz: began.then(open), shelves: shelves.collect(),
            };
            let steps = next_steps(&situation);
            prop_assert!((1..=4).contains(&steps.len()));
            prop_assert!(steps.iter().all(|step| step.reason.ends_with('.') && !step.title.is_empty()));
            prop_assert_eq!(steps[0].step == Step::Review, due > 0);
        }
    }
}
