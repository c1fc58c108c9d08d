//! XP and levels.

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
