//! The gate before what a model says. Owns: holding words back until their sentence is whole, and deciding on it. Refuses: what
//! is said in the place of a sentence that is held back.

use super::{Key, Leak};
use crate::sentence::sentences;

/// Longest stretch that is waited for to become a sentence, in bytes.
const LONGEST: usize = 2_000;
/// What of the shown text is looked at together with the next sentence, in bytes.
const BEFORE: usize = 160;
/// How much of the next sentence must have come before the last one is taken for whole, in bytes: an abbreviation ends with the
/// same sign.
const BEHIND: usize = 16;

/// A sentence, decided upon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passed {
    /// It may be shown, white space included.
    Shown(String),
    /// It gives the key away.
    Withheld {
        /// What it says.
        text: String,
        /// How.
        leak: Leak,
    },
}

/// A stream cut into sentences, each as soon as it is whole.
#[derive(Debug, Clone, Default)]
pub struct Splitter {
    waiting: String,
}

impl Splitter {
    /// Takes the next piece of the stream. All sentences in a row are the stream so far, but for what still waits.
    pub fn push(&mut self, piece: &str) -> Vec<String> {
        self.waiting.push_str(piece);
        let mut whole = vec![];
        while let Some(end) = self.whole() {
            let rest = self.waiting.split_off(end);
            whole.push(std::mem::replace(&mut self.waiting, rest));
        }
        whole
    }

    /// Where the first whole sentence ends, white space behind it included.
    fn whole(&self) -> Option<usize> {
        let text = &self.waiting;
        let line = text.match_indices('\n').map(|(at, _)| at + 1).find(|at| {
            let next = text[*at..].trim_start_matches([' ', '\t']);
            next.starts_with(['-', '*', '•', '#', '>', '|']) && !text[..*at].trim().is_empty()
        });
        let next = sentences(text).into_iter().nth(1).map(|next| next.start);
        let next = next.filter(|start| text.len() - start >= BEHIND || text[*start..].contains(['\n', ' ']));
        let end = match (line, next) {
            (Some(line), Some(next)) => Some(line.min(next)),
            (line, next) => line.or(next),
        };
        end.or_else(|| {
            let most = text.floor_char_boundary(LONGEST);
            (text.len() > LONGEST)
                .then(|| text[..most].rfind(char::is_whitespace).map_or(most, |at| at.max(1)))
        })
        .map(|end| text.ceil_char_boundary(end))
    }

    /// The stream has ended: what waits.
    pub fn finish(&mut self) -> Vec<String> {
        let mut rest = vec![];
        let starts: Vec<usize> =
            sentences(&self.waiting).into_iter().skip(1).map(|next| next.start).collect();
        for start in starts.into_iter().rev() {
            rest.push(self.waiting.split_off(start));
        }
        if !self.waiting.is_empty() {
            rest.push(std::mem::take(&mut self.waiting));
        }
        rest.reverse();
        rest
    }
}

/// What a model says, on its way to the page.
#[derive(Debug, Clone)]
pub struct Gate {
    keys: Vec<Key>,
    cut: Splitter,
    shown: String,
}

impl Gate {
    /// For an answer that must not be told.
    pub fn new(key: Key) -> Self {
        Self::of(vec![key])
    }

    /// For several; for none, everything passes.
    pub fn of(keys: Vec<Key>) -> Self {
        Self { keys, cut: Splitter::default(), shown: String::new() }
    }

    /// Takes the next piece of the stream. All pieces of what is passed in a row are the stream so far, but for what still waits.
    pub fn push(&mut self, piece: &str) -> Vec<Passed> {
        self.cut.push(piece).into_iter().map(|sentence| self.decide(sentence)).collect()
    }

    /// The stream has ended: decides on what waits.
    pub fn finish(&mut self) -> Vec<Passed> {
        self.cut.finish().into_iter().map(|sentence| self.decide(sentence)).collect()
    }

    /// Decides on a whole sentence, after all that was shown before it.
    pub fn decide(&mut self, sentence: String) -> Passed {
        let from = self.shown.ceil_char_boundary(self.shown.len().saturating_sub(BEFORE));
        let context = format!("{}{sentence}", &self.shown[from..]);
        let leak = |key: &Key| key.leak(&sentence).or_else(|| key.leak(&context));
        match self.keys.iter().find_map(leak) {
            Some(leak) => Passed::Withheld { text: sentence, leak },
            None => {
                self.shown = context;
                Passed::Shown(sentence)
            }
        }
    }
}
