//! A question: its parts and what makes it whole. Writing questions from a document is `question::generate`.

mod distractors;
mod facts;
mod filters;
mod generate;
mod kinds;
mod lexicon;
mod matter;
mod morphology;
mod prose;
mod rationale;
mod refusal;
mod relations;
mod review;
mod span;
mod tagger;
mod terms;
mod token;
mod told;
mod vectors;
mod word;

pub(crate) use facts::quantity::count_in_words;
pub(crate) use filters::is_type_stem;
pub use generate::{Generated, Options, generate, generate_with};
pub(crate) use lexicon::{is_head, is_term, is_verb, named_things, names_of};
pub(crate) use morphology::{is_ending, parts, plainly, said_plainly};
pub use refusal::Refusal;
pub use review::{Sample, sample};
pub(crate) use tagger::{is_everyday, usually_names, verbs};
pub(crate) use told::{Says, Telling, Told, telling};
pub use vectors::{DIMENSIONS, Embed, trigrams};
pub(crate) use word::{article_for, head_index, is_function_word, singular, stem};

use crate::document::Span;
use serde::{Deserialize, Serialize};

/// A single-best-answer question that stands on a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Vignette and lead-in, or a sentence with a gap (`_____`).
    pub stem: String,
    /// Three to five, in the order in which they are shown; exactly one is the key.
    pub options: Vec<Choice>,
    /// The term that is asked for, as the learner reads it.
    pub concept: String,
    /// How it asks.
    pub kind: ItemKind,
    /// What the learner must do (Bloom).
    pub bloom: Bloom,
    /// Expected difficulty before any answer is known, 0 (everyone) to 1 (no one).
    pub difficulty: f32,
    /// Headings above the source sentence, highest first.
    pub headings: Vec<String>,
}

/// An option.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// As shown.
    pub text: String,
    /// Whether it is the key.
    pub correct: bool,
    /// Why it is right or wrong, in our words around the quote.
    pub rationale: String,
    /// Verbatim from the document.
    pub quote: String,
    /// Where the quote stands.
    pub span: Span,
    /// Page of the quote.
    pub page: u32,
    /// The misconception that choosing it shows; empty for the key.
    pub misconception: String,
}

/// How a question asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// 'Which X is …?' from a definition.
    Definition,
    /// 'Which X does …?' from what a thing does.
    Function,
    /// A sentence with a gap.
    Cloze,
    /// From a table.
    Table,
    /// Any other relation of the text.
    Relation,
    /// With a vignette, written by a person or a model.
    Vignette,
}

/// Bloom's levels that multiple choice reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bloom {
    /// Recall a fact.
    Remember,
    /// Explain or classify.
    Understand,
    /// Use it in a case.
    Apply,
    /// Take a case apart.
    Analyze,
}

#[cfg(test)]
mod tests;
