//! Practice: confidence and the run of right answers. Which questions are asked is `select`'s business.

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
}
