//! A first, simple estimate of how well a concept is known. Owns: the formula. Refuses: what a memory model knows of a card
//! (its expected recall is an argument) and ratings of items; the learning engine will replace it.

use super::Verdict;
use serde::{Deserialize, Serialize};

/// What an answer weighs against the one after it.
const FADING: f32 = 0.8;
/// What mastery is taken for before any answer.
const PRIOR: f32 = 0.3;
/// How many answers that is worth: one question guessed right proves little.
pub const PRIOR_WEIGHT: f32 = 1.5;
/// What a right answer counts after each hint, against one hint fewer.
const PER_HINT: f32 = 0.75;
/// Standard deviations to either side of the interval: 80 %.
const DEVIATIONS: f32 = 1.28;

/// An answer to a question on a concept.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Answered {
    /// What it counts, 0 to 1; see [`credit`].
    pub credit: f32,
    /// Probability that its card would be recalled now, 0 to 1; `None` where it has no card.
    pub recall: Option<f32>,
}

/// How well a concept is known, 0 to 1, with the interval in which it lies four times in five.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Mastery {
    /// The estimate.
    pub value: f32,
    /// Lower end.
    pub low: f32,
    /// Upper end.
    pub high: f32,
}

impl Mastery {
    /// Out of answers, the latest first.
    ///
    /// `value = (PRIOR·w₀ + Σ wᵢ·cᵢ·rᵢ) / (w₀ + Σ wᵢ)`, with `wᵢ = 0.8ⁱ` for the i-th latest answer, its credit cᵢ, the recall
    /// rᵢ that its card is expected to have now (1 without a card), PRIOR = .3 and w₀ = [`PRIOR_WEIGHT`]. That is the
    /// recency-weighted share of right answers with 'ghost' attempts of R-PFA (Galyardt and Goldin, 'Move your lamp post',
    /// Journal of Educational Data Mining 7(2), 2015), each answer taken for what is left of it today. The interval is
    /// Wilson's (1927) for the sum of the weights.
    pub fn of(answers: &[Answered]) -> Self {
        let share = |value: f32| if value.is_finite() { value.clamp(0.0, 1.0) } else { 0.0 };
        let (mut weights, mut sum, mut weight) = (PRIOR_WEIGHT, PRIOR_WEIGHT * PRIOR, 1.0);
        for answer in answers {
            sum += weight * share(answer.credit) * answer.recall.map_or(1.0, share);
            weights += weight;
            weight *= FADING;
        }
        let value = sum / weights;
        let z2 = DEVIATIONS * DEVIATIONS;
        let middle = (value + z2 / (2.0 * weights)) / (1.0 + z2 / weights);
        let spread = DEVIATIONS / (1.0 + z2 / weights)
            * (value * (1.0 - value) / weights + z2 / (4.0 * weights * weights)).sqrt();
        Self { value, low: (middle - spread).max(0.0), high: (middle + spread).min(1.0) }
    }
}

/// What an answer counts for mastery, 0 to 1: one when right, half when partly, three quarters of that for each hint before
/// it, nothing when the answer was told.
pub fn credit(verdict: Verdict, hints: u8, told: bool) -> f32 {
    if told { 0.0 } else { verdict.score() * PER_HINT.powi(i32::from(hints)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(answers: &[(f32, Option<f32>)]) -> f32 {
        let answers: Vec<Answered> =
            answers.iter().map(|(credit, recall)| Answered { credit: *credit, recall: *recall }).collect();
        (Mastery::of(&answers).value * 100.0).round() / 100.0
    }

    #[test]
    fn mastery_by_example() {
        for (answers, value) in [
            (&[][..], 0.3),
            (&[(1.0, None)], 0.58),
            (&[(0.0, None)], 0.18),
            (&[(1.0, None), (1.0, None), (1.0, None)], 0.73),
            // the latest counts most
            (&[(1.0, None), (0.0, None)], 0.44),
            (&[(0.0, None), (1.0, None)], 0.38),
            // what is half forgotten is half known
            (&[(1.0, Some(0.5))], 0.38),
            (&[(1.0, Some(0.9)), (1.0, Some(0.9))], 0.63),
            (&[(f32::NAN, None)], 0.18),
            (&[(1.0, Some(7.0))], 0.58),
        ] {
            assert_eq!(of(answers), value, "{answers:?}");
        }
    }

    #[test]
    fn help_takes_from_what_an_answer_counts() {
        for (verdict, hints, told, counts) in [
            (Verdict::Right, 0, false, 1.0),
            (Verdict::Right, 1, false, 0.75),
            (Verdict::Right, 2, false, 0.5625),
            (Verdict::Partly, 0, false, 0.5),
            (Verdict::Wrong, 0, false, 0.0),
            (Verdict::Right, 0, true, 0.0),
        ] {
            assert_eq!(credit(verdict, hints, told), counts, "{verdict:?} {hints} {told}");
        }
    }

    proptest! {
        #[test]
        fn a_right_answer_never_lowers_it(
            answers in prop::collection::vec((0_f32..=1.0, prop::option::of(0_f32..=1.0)), 0..30),
        ) {
            let answers: Vec<Answered> =
                answers.into_iter().map(|(credit, recall)| Answered { credit, recall }).collect();
            let before = Mastery::of(&answers);
            prop_assert!(before.low <= before.value + 1e-6 && before.value <= before.high + 1e-6);
            prop_assert!(before.low >= 0.0 && before.high <= 1.0);
            let with = |credit: f32| {
                let first = Answered { credit, recall: None };
                Mastery::of(&[&[first], &answers[..]].concat()).value
            };
            prop_assert!(with(1.0) >= with(0.0));
        }

        #[test]
        fn enough_right_answers_master_it(n in 12_usize..40) {
            let right = Answered { credit: 1.0, recall: Some(1.0) };
            prop_assert!(Mastery::of(&vec![right; n]).value > 0.8);
        }
    }
}
