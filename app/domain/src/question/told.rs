//! What a document says of its terms, for others than the question writer. Owns: which of its sentences define a term, state a
//! fact of it or tell of a disease, and stand without what is around them. Refuses: questions, and everything that the
//! question writer would not trust.

use super::distractors::Bench;
use super::facts::{self, Family};
use super::filters;
use super::prose::Prose;
use super::rationale;
use super::span::{Own, refers};
use super::token::Token;
use super::vectors::trigrams;
use crate::document::{Document, Span};
use std::collections::BTreeSet;

/// Kinds of the lexicon that name what a patient has.
const ILL: &str = "condition";

/// Words with which a sentence goes on from the one before.
const GOES_ON: &[&str] = &[
    "however",
    "even",
    "similarly",
    "likewise",
    "nevertheless",
    "conversely",
    "instead",
    "then",
    "also",
    "yet",
    "but",
    "and",
    "thus",
    "therefore",
    "hence",
];
/// Beginnings that point to what was said before.
const POINTS_BACK: &[&str] =
    &["from there", "there is a similar", "there are similar", "a similar", "another"];

/// What a sentence is to a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Says {
    /// What it is.
    Definition,
    /// Its name, set in bold.
    Introduction,
    /// What it does, where it is, what it leads to.
    Fact,
}

/// A sentence about a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// The term as shown, in the singular.
    pub(crate) name: String,
    /// What the sentence is to it.
    pub(crate) says: Says,
    /// Whether the term is a disease, a sign or another state of ill health.
    pub(crate) ill: bool,
    /// Where the sentence stands.
    pub(crate) span: Span,
}

/// A sentence that can be read by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Where it stands.
    pub(crate) span: Span,
    /// Index of its block.
    pub(crate) block: usize,
    /// The first term in it that is set in bold or stands in a heading, as shown.
    pub(crate) name: Option<String>,
    /// The first disease, sign or other state of ill health in it, as shown.
    pub(crate) illness: Option<String>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Telling {
    /// Sentences about terms, in reading order; of one term and sentence the strongest.
    pub(crate) told: Vec<Told>,
    /// All sentences that stand alone, in reading order.
    pub(crate) standing: Vec<Standing>,
}

/// Reads a document for what it says of its terms.
pub(crate) fn telling(document: &Document) -> Telling {
    let matter = super::matter::read(document);
    let list = &matter.terms.list;
    let bench = Bench::new(&matter, &trigrams);
    let mut found: BTreeSet<(usize, usize, Says)> = BTreeSet::new();
    for (term, facts) in list.iter().enumerate() {
        let known = facts.marked || facts.heading;
        match facts.definition {
            Some(sentence) if known => {
                found.insert((sentence, term, Says::Definition));
            }
            // without a definition the sentence that brings the name in
            _ if facts.marked => {
                let at = rationale::quotable(&matter, term);
                found.extend(at.map(|sentence| (sentence, term, Says::Introduction)));
            }
            _ => {}
        }
    }
    facts::all(&matter, &mut |fact| {
        let Ok(fact) = fact else { return };
        let term = &list[fact.key];
        let states = !filters::is_definition(fact.family) && fact.family != Family::Cloze;
        if states && fact.source.is_none() && term.marked && filters::fact(&matter, &bench, &fact).is_ok() {
            found.insert((fact.sentence, fact.key, Says::Fact));
        }
    });
    let mut seen = BTreeSet::new();
    let told = found.into_iter().filter(|(sentence, term, _)| seen.insert((*sentence, *term)));
    let told =
        told.filter(|(sentence, ..)| stands(&matter.prose, *sentence)).map(|(sentence, term, says)| Told {
            name: list[term].one.clone(),
            says,
            ill: list[term].kind == Some(ILL),
            span: matter.prose.sentences[sentence].span,
        });
    let told = told.collect();
    let standing = (0..matter.prose.sentences.len()).filter(|at| stands(&matter.prose, *at)).map(|at| {
        let mut terms = matter.terms.of_sentence(at).iter().map(|mention| &list[mention.term]);
        let name = terms.clone().find(|term| term.marked || term.heading).map(|term| term.one.clone());
        let illness = terms.find(|term| term.kind == Some(ILL)).map(|term| term.one.clone());
        let sentence = &matter.prose.sentences[at];
        Standing { span: sentence.span, block: sentence.block, name, illness }
    });
    Telling { told, standing: standing.collect() }
}

/// Whether a sentence can be understood alone: nothing in it points out of it.
fn stands(prose: &Prose<'_>, at: usize) -> bool {
    let sentence = &prose.sentences[at];
    let first = |token: &Token| {
        matches!(
            token.lower.as_str(),
            "this" | "these" | "that" | "those" | "it" | "they" | "its" | "their" | "such"
        )
    };
    // as it is written: the cleaned words have lost what it opens with
    let text = prose.quote(at).to_lowercase();
    let opens = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let goes_on = GOES_ON.contains(&opens) || POINTS_BACK.iter().any(|words| text.starts_with(words));
    sentence.usable
        && !goes_on
        && !sentence.contrast
        && !sentence.resumes
        && !sentence.tokens.first().is_some_and(first)
        && !refers(&sentence.tokens, Own::Many)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::tests::{lecture, lecture_of};

    fn sentences(document: &Document, says: Says) -> Vec<(String, &str)> {
        let telling = telling(document);
        let told = telling.told.into_iter().filter(|told| told.says == says);
        told.map(|told| (told.name, document.slice(told.span))).collect()
    }

    #[test]
    fn terms_in_bold_are_defined_and_stated() {
        let document = lecture();
        let defined = sentences(&document, Says::Definition);
        for name in ["insulin", "glucagon", "melatonin"] {
            assert!(defined.iter().any(|(defined, _)| defined.to_lowercase() == name), "{defined:?}");
        }
        let stated = sentences(&document, Says::Fact);
        assert!(stated.iter().any(|(_, text)| text.contains("suppresses the breakdown")), "{stated:?}");
    }

    #[test]
    fn what_points_elsewhere_does_not_stand() {
        let document = lecture_of(&[
            "This *pump* is a protein of the cell membrane that moves sodium out of the cytosol. \
             In contrast, it moves potassium the other way across the same membrane every time.",
        ]);
        assert_eq!(telling(&document).standing, []);
    }
}
