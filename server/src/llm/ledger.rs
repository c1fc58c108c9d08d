//! What the orchestrator has to know of the rest of the program. Owns: the ports of the book of calls and of what learners agreed
//! to, and what a call is. Refuses: keeping either.

use super::{Spent, Task, Tier, catalogue::Tokens};
use async_trait::async_trait;
use domain::id::{LearnerId, MaterialId};
use std::{collections::BTreeSet, time::Duration};

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// A model.
    Model,
    /// It was kept.
    Cache,
    /// Somebody else was being given the same answer.
    Shared,
}

impl Source {
    /// One word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Cache => "cache",
            Self::Shared => "shared",
        }
    }
}

/// One call of a model, or one that was spared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// For whom.
    pub learner: LearnerId,
    /// When it ended, milliseconds since 1970.
    pub at: i64,
    /// What for.
    pub task: Task,
    /// Which tier was meant.
    pub tier: Tier,
    /// Where it was asked.
    pub endpoint: String,
    /// As its provider calls it.
    pub model: String,
    /// Where the answer came from.
    pub source: Source,
    /// Tokens, of which none were billed where no model was asked.
    pub tokens: Tokens,
    /// What it cost, in billionths of a dollar.
    pub nanodollars: i64,
    /// To the first word; `None` where there was none.
    pub first_word: Option<Duration>,
    /// To the end.
    pub whole: Duration,
    /// `whole`, `length`, `refused`, `left`, or a failure's name.
    pub outcome: &'static str,
}

/// The book of calls.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Writes a call down.
    ///
    /// # Errors
    /// Where it cannot be written; the answer was given all the same, and it is logged.
    async fn book(&self, call: Call) -> anyhow::Result<()>;

    /// What was spent on a day (days since 1970, UTC), in billionths of a dollar.
    ///
    /// # Errors
    /// Where the book cannot be read; then nobody is asked.
    async fn spent(&self, learner: LearnerId, day: i64) -> anyhow::Result<Spending>;
}

/// What was spent on a day, in billionths of a dollar.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spending {
    /// On a learner.
    pub learner: i64,
    /// On everybody.
    pub everybody: i64,
}

/// What may be spent on a day, in billionths of a dollar; `None` for as much as it takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budget {
    /// On one learner.
    pub learner: Option<i64>,
    /// On everybody.
    pub everybody: Option<i64>,
}

impl Budget {
    /// Whether so much more may be spent.
    pub fn allows(&self, spent: Spending, more: i64) -> Result<(), Spent> {
        let fits =
            |limit: Option<i64>, spent: i64| limit.is_none_or(|limit| spent.saturating_add(more) <= limit);
        if !fits(self.learner, spent.learner) {
            return Err(Spent::Learner);
        }
        if fits(self.everybody, spent.everybody) { Ok(()) } else { Err(Spent::Everybody) }
    }
}

/// Where texts may go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    /// The endpoints that the learner agreed to, by name.
    pub agreed: BTreeSet<String>,
    /// One of the sources has to stay on this machine.
    pub stays_here: bool,
    /// There are sources, and everybody may read them.
    pub public: bool,
}

/// What learners agreed to.
#[async_trait]
pub trait Consents: Send + Sync {
    /// Where the text of these materials may go. A material that is not there, or not the learner's, stays here.
    ///
    /// # Errors
    /// Where it cannot be read; then nothing goes anywhere.
    async fn allowed(&self, learner: LearnerId, sources: &[MaterialId]) -> anyhow::Result<Allowed>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_not_exceeded() {
        let spent = Spending { learner: 90, everybody: 900 };
        let budget = Budget { learner: Some(100), everybody: Some(1_000) };
        assert_eq!(budget.allows(spent, 10), Ok(()));
        assert_eq!(budget.allows(spent, 11), Err(Spent::Learner));
        let everybody = Budget { learner: None, everybody: Some(900) };
        assert_eq!(everybody.allows(spent, 1), Err(Spent::Everybody));
        assert_eq!(Budget::default().allows(spent, i64::MAX), Ok(()));
        let none = Budget { learner: Some(0), everybody: None };
        assert_eq!(none.allows(Spending::default(), 0), Ok(()), "an own model costs nothing");
    }
}
