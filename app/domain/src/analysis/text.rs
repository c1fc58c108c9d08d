//! The analysis without a model. Owns: which headings name a concept, and what definitions, bold terms and facts become. Refuses:
//! phrases (`cues`) and tables (`rows`); whatever does not stand by itself.

use super::{Analysis, Finding, Kind, Source, cues, folded, line, rows};
use crate::document::{Block, BlockKind, Document, Span};
use crate::question::{Says, Told, telling};

/// Most words of a heading that names a concept; longer ones are sentences.
const HEADING_MAX_WORDS: usize = 8;

/// Headings that name a part of a book, or a side of something that they do not name.
const PARTS: &[&str] = &[
    "abstract",
    "acknowledgments",
    "answer key",
    "anatomy",
    "answers",
    "appendix",
    "background",
    "bibliography",
    "case",
    "case study",
    "cause",
    "chapter objectives",
    "chapter review",
    "classification",
    "clinical feature",
    "complication",
    "conclusion",
    "contents",
    "critical thinking",
    "critical thinking questions",
    "definition",
    "diagnosis",
    "discussion",
    "epidemiology",
    "etiology",
    "exercise",
    "function",
    "further reading",
    "glossary",
    "index",
    "interactive link",
    "interactive link questions",
    "introduction",
    "key point",
    "key term",
    "layer",
    "learning goal",
    "learning objective",
    "learning outcome",
    "location",
    "management",
    "method",
    "note",
    "objective",
    "outline",
    "overview",
    "pathogenesis",
    "pathophysiology",
    "physiology",
    "preface",
    "prevention",
    "prognosis",
    "question",
    "reference",
    "regulation",
    "result",
    "review",
    "review question",
    "self-check",
    "structure",
    "summary",
    "symptom",
    "table of content",
    "take-home message",
    "thank you",
    "title",
    "treatment",
    "type",
];

/// What is worth learning in a document, found by how it is set and worded. The same document gives the same findings.
pub fn of(document: &Document) -> Analysis {
    let telling = telling(document);
    // of one thing the definition comes before the sentence that brings its name in, and both before a heading
    let mut told: Vec<&Told> = telling.told.iter().collect();
    told.sort_by_key(|told| (told.says, told.span));
    let mut findings: Vec<Finding> = told.into_iter().map(|told| of_term(document, told)).collect();
    findings.extend(cues::of(document, &telling));
    findings.extend(rows::of(document));
    findings.extend(headings(document));
    let mut analysis = Analysis::default();
    analysis.merge(findings);
    analysis
}

/// A finding of the program's.
pub(super) fn finding(document: &Document, kind: Kind, name: &str, span: Span) -> Finding {
    let quote = document.slice(span);
    Finding {
        kind,
        name: line(name),
        text: line(quote),
        quote: quote.into(),
        span,
        page: document.page_at(span.start),
        source: Source::Text,
    }
}

fn of_term(document: &Document, told: &Told) -> Finding {
    let kind = match told.says {
        Says::Definition | Says::Introduction => Kind::Concept,
        Says::Fact if told.ill => Kind::Correlation,
        Says::Fact => Kind::Fact,
    };
    finding(document, kind, &told.name, told.span)
}

/// Headings that name a concept and have text below.
fn headings(document: &Document) -> Vec<Finding> {
    let heading = |(at, block): (usize, &Block)| {
        let BlockKind::Heading(level) = block.kind else { return None };
        let below = document.blocks[at + 1..]
            .iter()
            .take_while(|next| !matches!(next.kind, BlockKind::Heading(other) if other <= level));
        let has_text = below.into_iter().any(|next| !matches!(next.kind, BlockKind::Heading(_)));
        let name = concept(document.slice(block.span))?;
        has_text.then(|| finding(document, Kind::Concept, name, block.span))
    };
    document.blocks.iter().enumerate().filter_map(heading).collect()
}

/// The concept that a heading names, without its number; `None` where it names a part of the book, asks or tells.
pub(super) fn concept(title: &str) -> Option<&str> {
    let mut name = title.trim();
    // '19.1 Heart Anatomy', 'Chapter 3: Joints', 'IV. Joints'
    if let Some((first, rest)) = name.split_once(char::is_whitespace) {
        let number = first.trim_end_matches([':', '.', ')']);
        let counts = number.chars().all(|c| c.is_ascii_digit() || c == '.')
            || (number.chars().all(|c| matches!(c, 'I' | 'V' | 'X')) && first.len() > number.len());
        if !number.is_empty() && counts {
            name = rest.trim();
        }
    }
    for word in ["Chapter ", "Section ", "Part ", "Unit ", "Lecture "] {
        let after = name.strip_prefix(word).and_then(|rest| rest.split_once([':', '–', '—']));
        if let Some((number, rest)) = after
            && number.trim().chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
        {
            name = rest.trim();
        }
    }
    let words = name.split_whitespace().count();
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let part = PARTS.contains(&folded(name).as_str()) || PARTS.contains(&name.to_lowercase().as_str());
    let captions = ["Figure ", "Fig. ", "Table ", "Box ", "Slide ", "Page "];
    let whole = (1..=HEADING_MAX_WORDS).contains(&words)
        && letters >= 3
        && letters * 2 > name.chars().count()
        && name.chars().next().is_some_and(char::is_alphanumeric)
        && !name.ends_with(['?', '!', '.', ',', ':', ';', '-', '–'])
        && !captions.iter().any(|caption| name.starts_with(caption));
    (whole && !part).then_some(name)
}
