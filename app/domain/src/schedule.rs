//! Spaced repetition: grades, what a card remembers, when it comes back. The memory model (FSRS) is an argument:
//! the server brings it.
//!
//! A forgotten card is looked at again after ten minutes. What the model would bring back within half a day comes
//! back after hours; all else after whole days, and is then due from the start of that day in the learner's own
//! calendar. From three days on the interval is spread a little, so that what was learned together does not come
//! back together for ever.

mod interval;

pub use interval::interval_words;

use crate::{quiz::Confidence, seed::Seeded};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// How well a card was recalled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    /// Forgotten.
    Again,
    /// Recalled with effort.
    Hard,
    /// Recalled.
    Good,
    /// Recalled at once.
    Easy,
}

impl Rating {
    /// All, worst first, as the buttons stand.
    pub const ALL: [Self; 4] = [Self::Again, Self::Hard, Self::Good, Self::Easy];

    /// As it stands on the button.
    pub fn word(self) -> &'static str {
        match self {
            Self::Again => "Again",
            Self::Hard => "Hard",
            Self::Good => "Good",
            Self::Easy => "Easy",
        }
    }

    /// As it is kept and sent.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Again => "again",
            Self::Hard => "hard",
            Self::Good => "good",
            Self::Easy => "easy",
        }
    }

    /// Back from [`Rating::slug`].
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rating| rating.slug() == slug)
    }

    /// Position among [`Rating::ALL`], which is also its key minus one.
    pub fn index(self) -> usize {
        self as usize
    }
}

/// What is remembered of a card, as FSRS has it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// Days until recall has fallen to 90 %.
    pub stability: f32,
    /// 1 (easy) to 10 (hard).
    pub difficulty: f32,
}

/// How memory grows and fades.
pub trait MemoryModel: Send + Sync {
    /// The memory after Again, Hard, Good, Easy, given `days` whole days after the last review (0: on the same day).
    fn after(&self, memory: Option<Memory>, days: u32) -> [Memory; 4];
    /// Days until recall falls to `retention` (0 to 1).
    fn interval(&self, stability: f32, retention: f32) -> f32;
    /// Probability of recall `days` after the last review.
    fn recall(&self, memory: Memory, days: f32) -> f32;
}

/// What is kept of a card.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CardState {
    /// `None` before the first review.
    pub memory: Option<Memory>,
    /// When it comes back, milliseconds since 1970.
    pub due: i64,
    /// When it was last reviewed; `None` with `memory`.
    pub last_review: Option<i64>,
    /// Reviews so far, answers in a set included.
    pub reps: u32,
    /// Times it was forgotten on a later day than that of the review before.
    pub lapses: u32,
}

impl CardState {
    /// A card that was never seen, due at `due`.
    pub fn new(due: i64) -> Self {
        Self { memory: None, due, last_review: None, reps: 0, lapses: 0 }
    }

    /// Whether it was put off by whole days: then it is due from the start of its day.
    pub fn by_days(&self) -> bool {
        self.last_review.is_some_and(|last| self.due - last >= DAY * 1_000)
    }

    /// Whether it is due at `now`, on a day that ends at `day_ends` (both milliseconds since 1970).
    pub fn is_due(&self, now: i64, day_ends: i64) -> bool {
        self.due <= now || self.by_days() && self.due < day_ends
    }

    /// Probability of recall at `now`; `None` before the first review.
    pub fn recall(&self, now: i64, model: &dyn MemoryModel) -> Option<f32> {
        let (memory, last) = (self.memory?, self.last_review?);
        let days = (now - last).max(0) as f64 / (DAY * 1_000) as f64;
        Some(model.recall(memory, days as f32))
    }
}

/// When a card is graded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since 1970.
    pub now: i64,
    /// Days since the last review in the learner's calendar: 0 on the same day, and for a card never seen.
    pub days: u32,
}

/// What the learner wants, and which card it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Share of cards to be remembered when they come back, 0.70 to 0.97.
    pub retention: f32,
    /// The card's id: it seeds the spread of its intervals.
    pub card: Uuid,
}

/// What a grade leads to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// The card afterwards.
    pub state: CardState,
    /// Seconds until it comes back.
    pub interval: i64,
}

/// What each of the four grades would lead to, in the order of [`Rating::ALL`]; intervals rise strictly.
pub fn outcomes(card: &CardState, moment: Moment, plan: Plan, model: &dyn MemoryModel) -> [Outcome; 4] {
    let memories = model.after(card.memory, moment.days);
    let spread = Seeded::of(plan.card, u64::from(card.reps)).next();
    let days = |rating: Rating| model.interval(memories[rating.index()].stability, plan.retention);
    let intervals = interval::intervals(days(Rating::Hard), days(Rating::Good), days(Rating::Easy), spread);
    Rating::ALL.map(|rating| {
        let interval = intervals[rating.index()];
        let forgotten = rating == Rating::Again && card.memory.is_some() && moment.days > 0;
        let state = CardState {
            memory: Some(memories[rating.index()]),
            due: moment.now + interval * 1_000,
            last_review: Some(moment.now),
            reps: card.reps + 1,
            lapses: card.lapses + u32::from(forgotten),
        };
        Outcome { state, interval }
    })
}

/// The card after a grade. To undo it, put the card before back.
pub fn grade(
    card: &CardState,
    rating: Rating,
    moment: Moment,
    plan: Plan,
    model: &dyn MemoryModel,
) -> Outcome {
    outcomes(card, moment, plan, model)[rating.index()]
}

/// The grade that an answer in a set stands for: what was guessed was not quite known.
pub fn rating_of(correct: bool, confidence: Option<Confidence>) -> Rating {
    match (correct, confidence) {
        (false, _) => Rating::Again,
        (true, Some(Confidence::Guess | Confidence::Unsure)) => Rating::Hard,
        (true, _) => Rating::Good,
    }
}

/// The card after an answer in a set. A missed one is due at once, however sure the learner was, so that a wrong
/// answer given with high confidence always comes back within 24 hours.
pub fn answered(
    card: &CardState,
    rating: Rating,
    moment: Moment,
    plan: Plan,
    model: &dyn MemoryModel,
) -> Outcome {
    let mut outcome = grade(card, rating, moment, plan, model);
    if rating == Rating::Again {
        outcome.interval = 0;
        outcome.state.due = moment.now;
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A model that can be reckoned in the head: each grade multiplies stability, recall halves per stability.
    struct Plain;

    impl MemoryModel for Plain {
        fn after(&self, memory: Option<Memory>, days: u32) -> [Memory; 4] {
            let before = memory.map_or(1.0, |memory| memory.stability);
            let grown = if days == 0 { [0.1, 1.0, 1.1, 1.5] } else { [0.2, 1.5, 3.0, 5.0] };
            grown.map(|factor| Memory { stability: before * factor, difficulty: 5.0 })
        }
        fn interval(&self, stability: f32, _: f32) -> f32 {
            stability
        }
        fn recall(&self, memory: Memory, days: f32) -> f32 {
            0.5_f32.powf(days / memory.stability)
        }
    }

    const NOW: i64 = 1_764_072_000_000;
    const PLAN: Plan = Plan { retention: 0.9, card: Uuid::from_u128(7) };

    fn seen(stability: f32, days: i64) -> CardState {
        CardState {
            memory: Some(Memory { stability, difficulty: 5.0 }),
            due: NOW,
            last_review: Some(NOW - days * DAY * 1_000),
            reps: 3,
            lapses: 0,
        }
    }

    #[test]
    fn an_answer_stands_for_a_grade() {
        use Confidence::*;
        for (correct, confidence, rating) in [
            (true, None, Rating::Good),
            (true, Some(Guess), Rating::Hard),
            (true, Some(Unsure), Rating::Hard),
            (true, Some(Fairly), Rating::Good),
            (true, Some(Certain), Rating::Good),
            (false, Some(Certain), Rating::Again),
            (false, None, Rating::Again),
        ] {
            assert_eq!(rating_of(correct, confidence), rating);
        }
    }

    #[test]
    fn a_miss_is_due_at_once_and_a_forgotten_card_in_ten_minutes() {
        let moment = Moment { now: NOW, days: 9 };
        let missed = answered(&seen(20.0, 9), Rating::Again, moment, PLAN, &Plain);
        assert_eq!((missed.state.due, missed.interval), (NOW, 0));
        assert!(missed.state.is_due(NOW, NOW + 1));
        let again = grade(&seen(20.0, 9), Rating::Again, moment, PLAN, &Plain);
        assert_eq!((again.interval, again.state.lapses, again.state.reps), (600, 1, 4));
        let same_day = Moment { now: NOW, days: 0 };
        assert_eq!(grade(&seen(20.0, 0), Rating::Again, same_day, PLAN, &Plain).state.lapses, 0);
        assert_eq!(grade(&CardState::new(NOW), Rating::Again, same_day, PLAN, &Plain).state.lapses, 0);
    }

    #[test]
    fn a_card_of_days_is_due_from_the_start_of_its_day() {
        let hour = 3_600_000;
        let day_ends = NOW + 12 * hour;
        let tonight = CardState { due: NOW + 8 * hour, ..seen(3.0, 3) };
        assert!(tonight.by_days() && tonight.is_due(NOW, day_ends));
        let by_hours = CardState { last_review: Some(NOW - hour), ..tonight };
        assert!(!by_hours.is_due(NOW, day_ends) && by_hours.is_due(NOW + 8 * hour, day_ends));
        let tomorrow = CardState { due: day_ends, ..tonight };
        assert!(!tomorrow.is_due(NOW, day_ends));
    }

    #[test]
    fn recall_fades_with_the_time_since_the_last_review() {
        let card = seen(2.0, 2);
        assert_eq!(card.recall(NOW, &Plain), Some(0.5));
        assert_eq!(CardState::new(NOW).recall(NOW, &Plain), None);
    }

    proptest! {
        #[test]
        fn grades_are_ordered_and_shown_as_they_come(
            stability in 0.01_f32..40_000.0, days in 0_u32..4_000, id: u128, reps in 0_u32..500,
        ) {
            let card = CardState { reps, ..seen(stability, i64::from(days)) };
            let plan = Plan { card: Uuid::from_u128(id), ..PLAN };
            let moment = Moment { now: NOW, days };
            let all = outcomes(&card, moment, plan, &Plain);
            prop_assert!(all.is_sorted_by(|a, b| a.interval < b.interval), "{all:?}");
            prop_assert!(all[0].interval == 600 && all[3].interval <= 36_503 * DAY);
            for rating in Rating::ALL {
                let graded = grade(&card, rating, moment, plan, &Plain);
                prop_assert_eq!(graded, all[rating.index()]);
                prop_assert_eq!(graded.state.due, NOW + graded.interval * 1_000);
                prop_assert_eq!(graded.state.reps, reps + 1);
            }
        }

        #[test]
        fn what_is_kept_reads_back_the_same(stability in 0.001_f32..40_000.0, due: i32, reps: u32) {
            let card = CardState { due: i64::from(due), reps, ..seen(stability, 1) };
            let kept = serde_json::to_string(&card).unwrap();
            prop_assert_eq!(serde_json::from_str::<CardState>(&kept).unwrap(), card);
        }
    }
}
