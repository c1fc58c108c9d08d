//! What this process has counted of calls since its start. Owns: the counters. Refuses: how they are read out
//! (`http/metrics`), and what was counted before: that is in the book.

use super::ledger::Call;
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Upper ends of the first word's classes, in seconds.
pub const CLASSES: [f64; 10] = [0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 60.0];

/// What a call is counted under.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// What for.
    pub task: &'static str,
    /// As its provider calls it; empty where none was asked.
    pub model: String,
    /// Where the answer came from.
    pub source: &'static str,
    /// How it ended.
    pub outcome: &'static str,
}

/// Counts of a model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spent {
    /// Tokens of requests that the provider had not kept, and does not.
    pub input: u64,
    /// Tokens of requests that it had.
    pub cached: u64,
    /// Tokens of requests that it keeps from then on, where that is billed.
    pub written: u64,
    /// Tokens of answers.
    pub output: u64,
    /// Billionths of a dollar.
    pub nanodollars: u64,
}

/// Times in classes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Times {
    /// How many fell into each class of [`CLASSES`] and no lower one.
    pub classes: [u64; CLASSES.len()],
    /// How many there were, those above all classes too.
    pub count: u64,
    /// Of all, in seconds.
    pub sum: f64,
}

impl Times {
    fn add(&mut self, time: Duration) {
        let seconds = time.as_secs_f64();
        if let Some(class) = CLASSES.iter().position(|end| seconds <= *end) {
            self.classes[class] += 1;
        }
        self.count += 1;
        self.sum += seconds;
    }
}

/// All counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counts {
    /// Calls.
    pub calls: BTreeMap<Kind, u64>,
    /// What each model took.
    pub spent: BTreeMap<String, Spent>,
    /// To the first word, of each model that was asked.
    pub first_word: BTreeMap<String, Times>,
}

/// The counters.
#[derive(Debug, Default)]
pub struct Tally(Mutex<Counts>);

impl Tally {
    /// Counts a call.
    pub fn count(&self, call: &Call) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (task, source, model) = (call.task.name(), call.source.name(), call.model.clone());
        *counts
            .calls
            .entry(Kind { task, model: model.clone(), source, outcome: call.outcome })
            .or_default() += 1;
        if source != "model" {
            return;
        }
        let spent = counts.spent.entry(model.clone()).or_default();
        let cached = call.tokens.cached.min(call.tokens.input);
        let written = call.tokens.written.min(call.tokens.input - cached);
        spent.input += call.tokens.input - cached - written;
        spent.cached += cached;
        spent.written += written;
        spent.output += call.tokens.output;
        spent.nanodollars += u64::try_from(call.nanodollars).unwrap_or(0);
        if let Some(time) = call.first_word {
            counts.first_word.entry(model).or_default().add(time);
        }
    }

    /// As they are now.
    pub fn counts(&self) -> Counts {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
