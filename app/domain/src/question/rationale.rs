//! Why an option is right or wrong. Owns: which sentence is quoted for a term, the words around the quote.
//! Refuses: anything that is not verbatim in the document.

use super::Choice;
use super::facts::Matter;
use super::span::{Own, capitalised, refers};
use crate::document::Span;

/// The sentence that tells best what a term is: its definition, else an early use with few references.
pub(crate) fn quotable(matter: &Matter<'_>, term: usize) -> Option<usize> {
    if let Some(sentence) = matter.terms.list[term].definition {
        return Some(sentence);
    }
    let best = matter.terms.of_term(term).filter_map(|mention| {
        let sentence = &matter.prose.sentences[mention.sentence];
        let words = sentence.tokens.iter().filter(|t| t.is_word()).count();
        let whole = mention.whole || matter.terms.list[term].kind == Some("adjective");
        let introduces = mention.bold && words >= 5;
        if !(sentence.usable && whole || introduces) {
            return None;
        }
        let subject = mention.first <= 2;
        let away = refers(&sentence.tokens, if mention.plural { Own::Many } else { Own::One });
        let long = sentence.tokens.len() > 40;
        // what introduces a term in bold tells of it, even where 'this' stands in it
        let points =
            4 * i32::from(subject) + 3 * i32::from(mention.bold) - 4 * i32::from(away) - 2 * i32::from(long);
        Some((points, std::cmp::Reverse(mention.sentence)))
    });
    let least = if matter.terms.list[term].marked { -6 } else { -2 };
    best.max().filter(|(points, _)| *points >= least).map(|(_, std::cmp::Reverse(sentence))| sentence)
}

/// An option with its quote. `name` is what the quote is about.
pub(crate) fn choice(
    matter: &Matter<'_>,
    text: &str,
    name: &str,
    correct: bool,
    sentence: usize,
    misconception: &str,
) -> Choice {
    let span = matter.prose.sentences[sentence].span;
    quoted(matter, text, name, correct, span, misconception)
}

/// An option that quotes any span.
pub(crate) fn quoted(
    matter: &Matter<'_>,
    text: &str,
    name: &str,
    correct: bool,
    span: Span,
    misconception: &str,
) -> Choice {
    let document = matter.prose.document;
    let quote = document.slice(span).to_string();
    let page = document.page_at(span.start);
    let shown = quote.replace(['\t', '\n'], " | ");
    let rationale = format!("{}: “{shown}” (p. {page})", capitalised(name));
    let misconception = if correct { String::new() } else { misconception.to_string() };
    Choice { text: text.to_string(), correct, rationale, quote, span, page, misconception }
}
