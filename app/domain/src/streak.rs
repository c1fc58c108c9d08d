//! Streaks: days in a row on which something was learned, with rest days that are earned.

use serde::{Deserialize, Serialize};

/// A day of the week strip.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeekDay {
    /// Still to come, or today without anything yet.
    #[default]
    Open,
    /// Something was learned.
    Done,
    /// A saved rest day stood in.
    Rested,
    /// Nothing, and no rest day was left.
    Missed,
}
