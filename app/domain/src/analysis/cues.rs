//! Phrases by which a text says what kind of thing it says. Owns: the phrases of correlations, misconceptions, memory aids and
//! summaries. Refuses: guessing; a sentence without such a phrase is none of them.

use super::text::{concept, finding};
use super::{Finding, Kind, line};
use crate::document::{BlockKind, Document, Span};
use crate::question::Telling;
use crate::sentence::sentences;

/// Longest sentence that is taken, in words.
const MAX_WORDS: usize = 60;
/// Shortest.
const MIN_WORDS: usize = 6;

const MISCONCEPTIONS: &[&str] = &[
    "misconception",
    "often confused with",
    "commonly confused with",
    "be confused with",
    "not to be confused",
    "contrary to popular belief",
    "contrary to what many",
    "often mistaken for",
    "commonly mistaken for",
    "be mistaken for",
    "it is a myth",
    "is often wrongly",
    "often mistakenly",
    "often incorrectly",
    "common mistake",
    "common error is",
];

const MNEMONICS: &[&str] = &[
    "mnemonic",
    "memory aid",
    "aide-mémoire",
    "way to remember",
    "to help you remember",
    "can be remembered",
    "be remembered as",
    "be remembered by",
];

const AT_THE_BEDSIDE: &[&str] = &[
    "patients with",
    "patient with",
    "in patients",
    "is diagnosed",
    "are diagnosed",
    "is treated with",
    "is treated by",
    "are treated with",
    "treatment for",
    "treatment of",
    "symptoms of",
    "is a sign of",
    "is a symptom of",
    "clinically,",
    "life-threatening",
];

/// Headings under which a book says again what matters.
const SUMMARIES: &[&str] = &[
    "chapter review",
    "section review",
    "summary",
    "chapter summary",
    "key points",
    "key facts",
    "high-yield facts",
    "learning points",
    "take-home points",
    "take-home messages",
];

/// What the phrases of a document tell.
pub(super) fn of(document: &Document, telling: &Telling) -> Vec<Finding> {
    let paths = document.heading_paths();
    let title = |at: usize| document.slice(document.blocks[at].span).trim();
    let named = |block: usize| paths[block].iter().rev().find_map(|at| concept(title(*at)));
    let mut found = vec![];
    for (index, block) in document.blocks.iter().enumerate() {
        if !matches!(
            block.kind,
            BlockKind::Paragraph | BlockKind::ListItem { .. } | BlockKind::Note | BlockKind::Aside
        ) {
            continue;
        }
        let base = block.span.start as usize;
        for range in sentences(document.slice(block.span)) {
            let span = Span::new(base + range.start, base + range.end);
            let Some(kind) = kind_of(document.slice(span)) else { continue };
            if let Some(name) = named(index) {
                found.push(finding(document, kind, name, span));
            }
        }
    }
    for sentence in &telling.standing {
        let text = line(document.slice(sentence.span)).to_lowercase();
        let summary = paths[sentence.block]
            .last()
            .is_some_and(|at| SUMMARIES.contains(&title(*at).to_lowercase().trim_end_matches(':')));
        // who treats is no matter of what is treated
        let bedside = AT_THE_BEDSIDE.iter().any(|phrase| text.contains(phrase))
            && !text.contains("specialt")
            && !text.contains("specializ");
        // a correlation is of something that a patient has: without its name nothing is said to be treated
        let (kind, name) = match () {
            () if bedside => (Kind::Correlation, sentence.illness.as_deref()),
            () if summary => (Kind::Fact, sentence.name.as_deref()),
            () => continue,
        };
        found.extend(name.map(|name| finding(document, kind, name, sentence.span)));
    }
    found
}

/// Whether a sentence warns of a mistake or helps to remember.
fn kind_of(sentence: &str) -> Option<Kind> {
    let text = line(sentence);
    let whole = text.chars().next().is_some_and(|c| c.is_uppercase() || matches!(c, '“' | '"'))
        && text.trim_end_matches(['”', '"', ')']).ends_with(['.', '!'])
        && (MIN_WORDS..=MAX_WORDS).contains(&text.split(' ').count());
    let lower = text.to_lowercase();
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| lower.contains(phrase));
    match () {
        () if !whole => None,
        () if has(MNEMONICS) => Some(Kind::Mnemonic),
        () if has(MISCONCEPTIONS) => Some(Kind::Misconception),
        () => None,
    }
}
