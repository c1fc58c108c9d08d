//! A talk in the window of a model. Owns: how many tokens each part of a request may have, which turns are told as they were said,
//! and the summary of those before. Refuses: asking a model for it: a summary is made of sentences that were said.

use crate::sentence::sentences;
use serde::{Deserialize, Serialize};

/// Bytes of a token, at least: English has some 4, terms and other scripts about 3. Rather too many tokens are counted than too
/// few.
const BYTES: usize = 3;
/// Words of a turn that its summary keeps, at most.
const KEPT_WORDS: usize = 24;

/// About so many tokens a text has, rather too many than too few.
pub fn tokens(text: &str) -> usize {
    text.len().div_ceil(BYTES)
}

/// How many tokens each part of a request may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Who the tutor is, and what it must not do.
    pub persona: usize,
    /// What is remembered of the learner.
    pub memory: usize,
    /// Earlier turns of this talk, summarised.
    pub history: usize,
    /// Passages of the page.
    pub evidence: usize,
    /// The latest turns, as they were said.
    pub last: usize,
}

impl Budget {
    /// Of so many tokens in all: the page gets most, then what was said last.
    pub fn of(window: usize) -> Self {
        let share = |percent: usize| window / 100 * percent + window % 100 * percent / 100;
        Self {
            persona: share(20),
            memory: share(8),
            history: share(12),
            evidence: share(40),
            last: share(20),
        }
    }

    /// All parts together.
    pub fn sum(&self) -> usize {
        self.persona + self.memory + self.history + self.evidence + self.last
    }
}

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// By the learner, and not by the tutor.
    pub learner: bool,
    /// What.
    pub text: String,
}

/// A talk as it fits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Window {
    /// What was said before, in sentences that were said; empty where all turns are there.
    pub summary: String,
    /// The latest turns.
    pub last: Vec<Turn>,
}

/// The latest turns in at most `last` tokens, and a summary of those before in at most `history`. Where not even the latest turn
/// fits, its beginning is told.
pub fn window(turns: &[Turn], history: usize, last: usize) -> Window {
    let mut sum = 0;
    let fitting = turns.iter().rev().take_while(|turn| {
        sum += tokens(&turn.text);
        sum <= last
    });
    let whole = fitting.count();
    let (older, kept) = turns.split_at(turns.len() - whole);
    match (older, kept) {
        ([older @ .., latest], []) => {
            let begun = Turn { text: clipped(&latest.text, last), ..*latest };
            let last = if begun.text.is_empty() { vec![] } else { vec![begun] };
            Window { summary: summary(older, history), last }
        }
        (older, kept) => Window { summary: summary(older, history), last: kept.to_vec() },
    }
}

/// One sentence of each turn, in order: the first of all, which says what the talk is for, then as many of the latest as fit.
fn summary(turns: &[Turn], budget: usize) -> String {
    let lines: Vec<String> = turns.iter().map(condensed).collect();
    let Some(first) = lines.first() else { return String::new() };
    let mut left = budget;
    let mut take = |line: &String| match left.checked_sub(tokens(line)) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    if !take(first) {
        return String::new();
    }
    let latest = lines[1..].iter().rev().take_while(|line| take(line)).count();
    lines[..1].iter().chain(&lines[lines.len() - latest..]).map(String::as_str).collect()
}

/// A turn on a line: its first sentence, or as much of it as is kept.
fn condensed(turn: &Turn) -> String {
    let who = if turn.learner { "Learner" } else { "Tutor" };
    let first = sentences(&turn.text).into_iter().next();
    let said = first.and_then(|range| turn.text.get(range)).unwrap_or(&turn.text);
    let words: Vec<&str> = said.split_whitespace().collect();
    let kept = words.iter().take(KEPT_WORDS).copied().collect::<Vec<_>>().join(" ");
    let more = if words.len() > KEPT_WORDS { " …" } else { "" };
    format!("{who}: {kept}{more}\n")
}

/// The beginning of a text in at most so many tokens, cut after a word where there is one, and marked where something is missing.
pub fn clipped(text: &str, budget: usize) -> String {
    if tokens(text) <= budget {
        return text.to_string();
    }
    let Some(room) = (budget * BYTES).checked_sub('…'.len_utf8()) else { return String::new() };
    let begun = &text[..text.floor_char_boundary(room)];
    let cut = begun.rfind(char::is_whitespace).unwrap_or(begun.len());
    format!("{}…", begun[..cut].trim_end())
}
