//! Practice: confidence, the run of right answers, the order of options. Which questions are asked is [`select`]'s
//! business.

mod options;
mod selection;

pub use options::order;
pub use selection::{Candidate, Last, select};

use serde::{Deserialize, Serialize};

/// How sure the learner says to be, before any verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// 25 %: a guess.
    Guess,
    /// 50 %.
    Unsure,
    /// 75 %.
    Fairly,
    /// 95 %.
    Certain,
}

impl Confidence {
    /// All, lowest first.
    pub const ALL: [Self; 4] = [Self::Guess, Self::Unsure, Self::Fairly, Self::Certain];

    /// Stated probability of being right, in per cent.
    pub fn percent(self) -> u8 {
        match self {
            Self::Guess => 25,
            Self::Unsure => 50,
            Self::Fairly => 75,
            Self::Certain => 95,
        }
    }

    /// As it stands on the button.
    pub fn word(self) -> &'static str {
        match self {
            Self::Guess => "Guess",
            Self::Unsure => "Unsure",
            Self::Fairly => "Fairly",
            Self::Certain => "Certain",
        }
    }

    /// As it is kept and sent.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Guess => "guess",
            Self::Unsure => "unsure",
            Self::Fairly => "fairly",
            Self::Certain => "certain",
        }
    }

    /// Back from [`Confidence::slug`].
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|confidence| confidence.slug() == slug)
    }
}

/// Right answers in a row at the end of `verdicts`.
pub fn combo(verdicts: &[bool]) -> u32 {
    verdicts.iter().rev().take_while(|right| **right).count() as u32
}

/// The longest run of right answers.
pub fn best_combo(verdicts: &[bool]) -> u32 {
    verdicts.split(|right| !right).map(<[bool]>::len).max().unwrap_or(0) as u32
}

/// How sure against how often right: confidence, right ones, all; lowest first, those that were used.
pub fn calibration(answers: &[(Confidence, bool)]) -> Vec<(Confidence, u32, u32)> {
    let counted = |confidence: Confidence| {
        let of_it = answers.iter().filter(|(stated, _)| *stated == confidence);
        (confidence, of_it.clone().filter(|(_, right)| *right).count() as u32, of_it.count() as u32)
    };
    Confidence::ALL.into_iter().map(counted).filter(|(_, _, asked)| *asked > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn runs_by_example() {
        for (verdicts, last, best) in [
            (&[][..], 0, 0),
            (&[true], 1, 1),
            (&[true, true, false], 0, 2),
            (&[false, true], 1, 1),
            (&[true, true, true, false, true, true], 2, 3),
        ] {
            assert_eq!((combo(verdicts), best_combo(verdicts)), (last, best), "{verdicts:?}");
        }
    }

    #[test]
    fn calibration_counts_what_was_used() {
        use Confidence::*;
        let answers = [(Certain, true), (Guess, false), (Certain, false), (Guess, true), (Certain, true)];
        assert_eq!(calibration(&answers), [(Guess, 1, 2), (Certain, 2, 3)]);
        assert_eq!(calibration(&[]), []);
    }

    #[test]
    fn a_confidence_is_kept_as_it_is_sent() {
        for confidence in Confidence::ALL {
            assert_eq!(serde_json::to_value(confidence).unwrap(), confidence.slug());
            assert_eq!(Confidence::from_slug(confidence.slug()), Some(confidence));
        }
        assert_eq!(Confidence::from_slug("sure"), None);
    }

    proptest! {
        #[test]
        fn the_last_run_is_no_longer_than_the_longest(verdicts: Vec<bool>) {
            prop_assert!(combo(&verdicts) <= best_combo(&verdicts));
            prop_assert!(best_combo(&verdicts) as usize <= verdicts.len());
        }
    }
}
