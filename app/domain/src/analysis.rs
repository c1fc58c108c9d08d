//! What is worth learning in a material. Owns: the type that path, tutor and generator read, finding its quotes in the document,
//! and that nothing is said twice. Refuses: asking models (the server does), and a finding without a quote.
//!
//! [`of`] fills it from headings, definitions, bold terms, tables and telling phrases, without a model. What a model adds is
//! [`Proposed`] and becomes a [`Finding`] only where its quote stands in the document.

mod cues;
mod rows;
mod text;

use crate::citation::Source as Text;
use crate::document::{Document, Span};
use crate::question::{is_function_word, singular, stem};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

pub use text::of;

/// Fewest words of a model's quote: two words stand everywhere and carry nothing.
pub const QUOTE_MIN_WORDS: usize = 3;
/// Longest name, in characters.
pub const NAME_MAX_CHARS: usize = 80;
/// Longest text, in characters.
pub const TEXT_MAX_CHARS: usize = 400;
/// Longest quote, in bytes: some three sentences.
pub const QUOTE_MAX_BYTES: usize = 900;

/// What a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A thing, process, disease or idea that the material explains.
    Concept,
    /// A statement worth knowing by heart.
    Fact,
    /// What a fact means for a patient.
    Correlation,
    /// A mistake that the material warns of.
    Misconception,
    /// An aid to memory.
    Mnemonic,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Concept, Self::Fact, Self::Correlation, Self::Misconception, Self::Mnemonic];

    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Concept => "concept",
            Self::Fact => "fact",
            Self::Correlation => "correlation",
            Self::Misconception => "misconception",
            Self::Mnemonic => "mnemonic",
        }
    }

    /// The kind of a stored name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Who found something.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Source {
    /// The program, by how the text is set and worded.
    Text,
    /// A model, as `provider/model`.
    Model(String),
}

impl From<String> for Source {
    fn from(name: String) -> Self {
        if name == "text" { Self::Text } else { Self::Model(name) }
    }
}

impl From<Source> for String {
    fn from(source: Source) -> Self {
        match source {
            Source::Text => "text".into(),
            Source::Model(name) => name,
        }
    }
}

/// Something worth learning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// What it is about, as the learner reads it.
    pub name: String,
    /// What is said of it, in one sentence.
    pub text: String,
    /// Verbatim from the document.
    pub quote: String,
    /// Where the quote stands.
    pub span: Span,
    /// Page on which the quote begins.
    pub page: u32,
    /// Who found it.
    pub source: Source,
}

/// What a model says that is worth learning, before its quote was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// What it is.
    pub kind: Kind,
    /// What it is about.
    pub name: String,
    /// What is said of it.
    pub text: String,
    /// Said to be verbatim.
    pub quote: String,
    /// The stretch in which the quote is said to stand, where that is known.
    pub within: Option<Span>,
}

/// All that is worth learning in a material, in reading order, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Analysis {
    /// In the order of their quotes.
    pub findings: Vec<Finding>,
}

impl Analysis {
    /// Adds findings that are not there yet; what was there first stays. Returns how many were new.
    pub fn merge(&mut self, more: impl IntoIterator<Item = Finding>) -> usize {
        let before = self.findings.len();
        let mut names: HashSet<(Kind, String)> = HashSet::new();
        let mut quotes: HashMap<Kind, Vec<Span>> = HashMap::new();
        let old = std::mem::take(&mut self.findings);
        for finding in old.into_iter().chain(more) {
            let kind = finding.kind;
            // a concept is one whatever is said of it; of one thing there are many facts
            let named = kind == Kind::Concept && !names.insert((kind, folded(&finding.name)));
            let quotes = quotes.entry(kind).or_default();
            let again = |at: &Span| at.contains(finding.span) || finding.span.contains(*at);
            let quoted = kind != Kind::Concept && quotes.iter().any(again);
            if !named && !quoted {
                quotes.push(finding.span);
                self.findings.push(finding);
            }
        }
        let new = self.findings.len() - before;
        self.findings.sort_by_key(|finding| (finding.span, finding.kind));
        new
    }

    /// Findings of a kind, in reading order.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.kind == kind)
    }

    /// Findings whose quotes lie in a stretch of the document.
    pub fn within(&self, span: Span) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| span.contains(finding.span))
    }
}

/// Finds the quotes of what a model proposes; worth keeping for all proposals of one document.
#[derive(Debug)]
pub struct Locator<'d> {
    document: &'d Document,
    whole: Text<'d>,
}

impl<'d> Locator<'d> {
    /// For a document.
    pub fn new(document: &'d Document) -> Self {
        Self { document, whole: Text::new(&document.text) }
    }

    /// Where a quote stands, first where it is said to, else anywhere: models mix numbers up, not words. `None` for what is not
    /// verbatim, and for what is too short to carry anything.
    pub fn find(&self, quote: &str, within: Option<Span>) -> Option<Span> {
        if quote.split_whitespace().count() < QUOTE_MIN_WORDS || quote.len() > QUOTE_MAX_BYTES {
            return None;
        }
        let near = within.filter(|span| self.document.text.get(span.range()).is_some()).and_then(|within| {
            let found = crate::citation::find(self.document.slice(within), quote)?;
            Some(Span { start: within.start + found.start, end: within.start + found.end })
        });
        near.or_else(|| self.whole.find(quote))
    }

    /// A finding of what a model proposes; `None` where its quote does not stand in the document or has no word in common
    /// with what is said.
    pub fn located(&self, proposed: Proposed, model: &str) -> Option<Finding> {
        let Proposed { kind, name, text, quote, within } = proposed;
        let (name, text) = (line(&name), line(&text));
        let fits = |text: &str, most: usize| !text.is_empty() && text.chars().count() <= most;
        if !fits(&name, NAME_MAX_CHARS) || !fits(&text, TEXT_MAX_CHARS) {
            return None;
        }
        let span = self.find(&quote, within)?;
        let quote = self.document.slice(span).to_string();
        let told = stems(&quote);
        if !stems(&text).iter().chain(&stems(&name)).any(|stem| told.contains(stem)) {
            return None;
        }
        let page = self.document.page_at(span.start);
        Some(Finding { kind, name, text, quote, span, page, source: Source::Model(model.into()) })
    }
}

/// On one line, without invisible characters at its ends.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Stems of the words that carry meaning.
fn stems(text: &str) -> HashSet<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 1);
    words.filter(|word| !is_function_word(word)).map(stem).collect()
}

/// A name without what makes no difference: case, articles, brackets, number.
pub(crate) fn folded(name: &str) -> String {
    let mut bare = String::new();
    let mut depth = 0_usize;
    for c in name.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    let lower = bare.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words: Vec<String> =
        words.filter(|word| !matches!(*word, "a" | "an" | "the")).map(str::to_string).collect();
    if let Some(last) = words.last_mut() {
        *last = singular(last);
    }
    if words.is_empty() { name.trim().to_lowercase() } else { words.join(" ") }
}

#[cfg(test)]
mod tests;
