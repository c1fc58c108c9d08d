//! XP and levels. XP pays for recalling what is due and for a first right answer, more for what is harder; doing
//! the same thing again on one day pays half each time, down to nothing. Minutes, clicks and sureness pay nothing.
//!
//! | what | XP, from easy to hard |
//! |---|---|
//! | a question right at the first try | 6 to 14 |
//! | right after it had been missed | 3 to 7 |
//! | a due card recalled, in review or in a set | 4 to 8 |
//! | a due card forgotten and looked at again | 2 |
//! | a question missed at the first try | 2 |
//! | anything else | 0 |

use serde::{Deserialize, Serialize};

/// XP for one thing done, with the reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct XpGain {
    /// How much.
    pub amount: u32,
    /// Why that much.
    pub reason: XpReason,
}

/// Why XP was paid, or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum XpReason {
    /// Gamification is off, or nothing was earned.
    #[default]
    Nothing,
    /// A question answered right for the first time.
    FirstRight,
    /// A question answered right that was missed before.
    RightAgain,
    /// A question missed: trying it pays a little, once.
    Tried,
    /// A due card recalled.
    Recalled,
    /// A due card forgotten, and looked at again.
    Relearned,
    /// The same thing was done already today.
    Repeated,
}

impl XpReason {
    /// All.
    pub const ALL: [Self; 7] = [
        Self::Nothing,
        Self::FirstRight,
        Self::RightAgain,
        Self::Tried,
        Self::Recalled,
        Self::Relearned,
        Self::Repeated,
    ];

    /// As it is kept and sent.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::FirstRight => "first_right",
            Self::RightAgain => "right_again",
            Self::Tried => "tried",
            Self::Recalled => "recalled",
            Self::Relearned => "relearned",
            Self::Repeated => "repeated",
        }
    }

    /// Back from [`XpReason::slug`].
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.slug() == slug)
    }
}

/// What XP must know of an answer to a question.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Attempt {
    /// Right now.
    pub correct: bool,
    /// Difficulty of the question, 0 to 1.
    pub difficulty: f32,
    /// Asked before, ever.
    pub asked_before: bool,
    /// Answered right before, ever.
    pub right_before: bool,
    /// Its card was due.
    pub due: bool,
    /// Answers and grades it got today already.
    pub repeats: u32,
}

/// What XP must know of a grade given to a card.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Recall {
    /// Hard, Good or Easy.
    pub remembered: bool,
    /// Difficulty of its question, 0 to 1.
    pub difficulty: f32,
    /// It was due.
    pub due: bool,
    /// Answers and grades it got today already.
    pub repeats: u32,
}

/// From `easy` to `hard` by difficulty.
fn scaled(easy: f32, hard: f32, difficulty: f32) -> u32 {
    let share = if difficulty.is_finite() { difficulty.clamp(0.0, 1.0) } else { 0.5 };
    (easy + (hard - easy) * share).round() as u32
}

/// Halved for each time it was done today already.
fn decayed(amount: u32, reason: XpReason, repeats: u32) -> XpGain {
    match amount.checked_shr(repeats).unwrap_or(0) {
        0 if repeats > 0 => XpGain { amount: 0, reason: XpReason::Repeated },
        0 => XpGain::default(),
        amount => XpGain { amount, reason },
    }
}

/// XP for an answer.
pub fn for_answer(attempt: &Attempt) -> XpGain {
    let Attempt { correct, difficulty, asked_before, right_before, due, repeats } = *attempt;
    match (correct, asked_before, right_before, due) {
        (true, false, ..) => decayed(scaled(6.0, 14.0, difficulty), XpReason::FirstRight, repeats),
        (true, true, false, _) => decayed(scaled(3.0, 7.0, difficulty), XpReason::RightAgain, repeats),
        (false, false, ..) => decayed(2, XpReason::Tried, repeats),
        (remembered, true, _, true) => for_review(&Recall { remembered, difficulty, due, repeats }),
        _ => decayed(0, XpReason::Nothing, repeats),
    }
}

/// XP for a grade.
pub fn for_review(recall: &Recall) -> XpGain {
    match (recall.due, recall.remembered) {
        (true, true) => decayed(scaled(4.0, 8.0, recall.difficulty), XpReason::Recalled, recall.repeats),
        (true, false) => decayed(2, XpReason::Relearned, recall.repeats),
        (false, _) => decayed(0, XpReason::Nothing, recall.repeats),
    }
}

/// A level and how far into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// From 1.
    pub number: u32,
    /// XP in all.
    pub total: u32,
    /// XP since this level began.
    pub into: u32,
    /// XP from this level's begin to the next.
    pub span: u32,
}

impl Level {
    /// The level of so much XP. Level n begins at 50·n·(n − 1) XP (0, 100, 300, 600, 1,000 …), so it is the whole
    /// part of (1 + √(1 + XP / 12.5)) / 2.
    pub fn of(total: u32) -> Self {
        // in whole numbers: 2n − 1 ≤ √(1 + 2·XP/25) exactly when 25·(2n − 1)² ≤ 25 + 2·XP
        let number = ((25 + 2 * u64::from(total)) / 25).isqrt().div_ceil(2) as u32;
        let begins = |n: u64| 50 * n * (n - 1);
        let into = (u64::from(total) - begins(u64::from(number))) as u32;
        Self { number, total, into, span: 100 * number }
    }

    /// The level reached by `gained` of the `total`, if it reached one.
    pub fn reached(total: u32, gained: u32) -> Option<u32> {
        let (before, after) = (Self::of(total.saturating_sub(gained)).number, Self::of(total).number);
        (after > before).then_some(after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn levels_begin_where_the_formula_says() {
        for (total, number, into, span) in [
            (0, 1, 0, 100),
            (99, 1, 99, 100),
            (100, 2, 0, 200),
            (299, 2, 199, 200),
            (300, 3, 0, 300),
            (600, 4, 0, 400),
            (1_000, 5, 0, 500),
            (2_100, 7, 0, 700),
            (2_099, 6, 599, 600),
        ] {
            assert_eq!(Level::of(total), Level { number, total, into, span }, "{total}");
        }
        assert_eq!(Level::reached(105, 6), Some(2));
        assert_eq!(Level::reached(105, 5), None);
        assert_eq!(Level::reached(0, 0), None);
    }

    #[test]
    fn answers_pay_by_the_table() {
        let first = Attempt { correct: true, difficulty: 0.5, ..Attempt::default() };
        let again = Attempt { asked_before: true, ..first };
        let known = Attempt { right_before: true, ..again };
        for (attempt, amount, reason) in [
            (Attempt { difficulty: 0.0, ..first }, 6, XpReason::FirstRight),
            (first, 10, XpReason::FirstRight),
            (Attempt { difficulty: 1.0, ..first }, 14, XpReason::FirstRight),
            (Attempt { difficulty: f32::NAN, ..first }, 10, XpReason::FirstRight),
            (Attempt { correct: false, ..first }, 2, XpReason::Tried),
            (again, 5, XpReason::RightAgain),
            (Attempt { repeats: 1, ..again }, 2, XpReason::RightAgain),
            (Attempt { repeats: 2, ..again }, 1, XpReason::RightAgain),
            (Attempt { repeats: 3, ..again }, 0, XpReason::Repeated),
            (known, 0, XpReason::Nothing),
            (Attempt { repeats: 1, ..known }, 0, XpReason::Repeated),
            (Attempt { due: true, ..known }, 6, XpReason::Recalled),
            (Attempt { due: true, correct: false, ..known }, 2, XpReason::Relearned),
            (Attempt { correct: false, ..known }, 0, XpReason::Nothing),
            (Attempt { correct: false, repeats: 1, ..again }, 0, XpReason::Repeated),
        ] {
            assert_eq!(for_answer(&attempt), XpGain { amount, reason }, "{attempt:?}");
        }
    }

    #[test]
    fn grades_pay_when_due_and_decay_within_a_day() {
        let recalled = Recall { remembered: true, difficulty: 0.5, due: true, repeats: 0 };
        let paid: Vec<u32> =
            (0..5).map(|repeats| for_review(&Recall { repeats, ..recalled }).amount).collect();
        assert_eq!(paid, [6, 3, 1, 0, 0]);
        assert_eq!(for_review(&Recall { due: false, ..recalled }), XpGain::default());
        let forgotten = for_review(&Recall { remembered: false, ..recalled });
        assert_eq!(forgotten, XpGain { amount: 2, reason: XpReason::Relearned });
    }

    #[test]
    fn a_reason_is_kept_as_it_is_sent() {
        for reason in XpReason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.slug());
            assert_eq!(XpReason::from_slug(reason.slug()), Some(reason));
        }
    }

    proptest! {
        #[test]
        fn levels_hold_all_xp_and_only_rise(total in 0..u32::MAX) {
            let level = Level::of(total);
            prop_assert!(level.number >= 1 && level.into < level.span, "{level:?}");
            prop_assert!(Level::of(total + 1).number >= level.number);
            let closed = ((1.0 + (1.0 + f64::from(total) / 12.5).sqrt()) / 2.0).floor() as i64;
            prop_assert!((closed - i64::from(level.number)).abs() <= 1);
        }

        #[test]
        fn one_item_on_one_day_pays_a_bounded_sum(difficulty in 0_f32..=1.0, due: bool, n in 1_u32..200) {
            let paid: u32 = (0..n)
                .map(|repeats| {
                    let asked = repeats > 0;
                    let attempt =
                        Attempt { correct: true, difficulty, asked_before: asked, right_before: asked, due, repeats };
                    for_answer(&attempt).amount
                })
                .sum();
            prop_assert!(paid <= 28, "{paid}");
        }
    }
}
