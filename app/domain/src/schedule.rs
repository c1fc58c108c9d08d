//! Spaced repetition: grades, what a card remembers, when it comes back. The memory model (FSRS) is an argument:
//! the server brings it.

use serde::{Deserialize, Serialize};

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

    /// Position among [`Rating::ALL`], which is also its key minus one.
    pub fn index(self) -> usize {
        self as usize
    }
}

/// An interval as it stands on a button: '10 min', '8 h', '3 days', '2 months', '1.5 years'.
pub fn interval_words(seconds: i64) -> String {
    const DAY: i64 = 86_400;
    let counted = |n: i64, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    match seconds {
        s if s < 60 => "1 min".into(),
        s if s < 3_600 => format!("{} min", s / 60),
        s if s < DAY => format!("{} h", s / 3_600),
        s if s < 60 * DAY => counted(s / DAY, "day"),
        s if s < 365 * DAY => counted(s / (30 * DAY), "month"),
        s => {
            let years = s as f64 / (365.25 * DAY as f64);
            if years < 1.05 { "1 year".into() } else { format!("{years:.1} years") }
        }
    }
}
