//! What a query asks the keyword index for. Owns: its stems and their weights, its phrases in quotes, and the words in
//! it that may be misspelt or unfinished. Refuses: knowing which words there are (`forms`).

use super::{LONGEST_QUERY, head, stem};
use crate::retrieval::{Passage, abbreviation, spelling};
use domain::{document::Span, word};
use std::collections::HashSet;

/// A stem that is looked for, and how much it counts.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::retrieval) struct Sought {
    pub(in crate::retrieval) term: String,
    pub(in crate::retrieval) weight: f32,
}

/// What a query looks for: stems of its subject, each once, then those of what its abbreviations mean. All words of an
/// expansion together count half as much as one word of the query: who writes the abbreviation mostly reads it too.
pub(in crate::retrieval) fn terms(query: &str) -> Vec<Sought> {
    let query = head(query);
    let mut sought: Vec<Sought> = vec![];
    let mut seek = |text: &str, share: bool| {
        let words = word::subject(text);
        let weight = if share { 0.5 / words.len().max(1) as f32 } else { 1.0 };
        for word in words {
            let term = stem(&word.form);
            if sought.len() < LONGEST_QUERY && sought.iter().all(|known| known.term != term) {
                sought.push(Sought { term, weight });
            }
        }
    };
    seek(query, false);
    for text in abbreviation::meant(query) {
        seek(text, true);
    }
    sought
}

/// A phrase: stems and their places in it.
pub(in crate::retrieval) type Phrase = Vec<(usize, String)>;

/// With more words than this outside its quotes a query is a question, and what it quotes is only how it puts something
/// (‘Why are these cells called “generic”?’).
const BESIDE_QUOTES: usize = 3;

/// With more words than this a query is a question or a case: there are words in it that no lecture has, all well
/// spelt, and one misspelt word does no harm.
const LONG_QUERY: usize = 8;

/// Words of a query that carry a subject, each once, outside these stretches.
fn subjects(query: &str, outside: &[Span]) -> usize {
    let words = word::subject(query);
    let counted = words.iter().filter(|word| !outside.iter().any(|quote| quote.contains(word.span)));
    counted.map(|word| word.position).collect::<HashSet<_>>().len()
}

/// What stands in quotes and has to stand so in a hit, each with at least one word, in order.
pub(in crate::retrieval) fn phrases(query: &str) -> Vec<Phrase> {
    let query = head(query);
    let phrase = |span: Span| {
        let mut places: Phrase = vec![];
        for word in word::words(&query[span.range()]) {
            let place = word.position as usize;
            // of several forms of a word the first is the one that was written
            if places.last().is_none_or(|(last, _)| *last != place) && places.len() < LONGEST_QUERY {
                places.push((place, stem(&word.form)));
            }
        }
        places
    };
    let quotes = quoted(query);
    if subjects(query, &quotes) > BESIDE_QUOTES {
        return vec![];
    }
    quotes.into_iter().map(phrase).filter(|phrase| !phrase.is_empty()).collect()
}

/// Whether a passage has each of these phrases, in its headings or in its text, as the index of words finds them.
pub(in crate::retrieval) fn has(passage: &Passage, phrases: &[Phrase]) -> bool {
    let headings = passage.headings.join("\n");
    let stems = |text: &str| -> HashSet<(usize, String)> {
        word::words(text).into_iter().map(|word| (word.position as usize, stem(&word.form))).collect()
    };
    let texts = [stems(&headings), stems(&passage.text)];
    phrases.iter().all(|phrase| texts.iter().any(|stems| stands(stems, phrase)))
}

fn stands(stems: &HashSet<(usize, String)>, phrase: &Phrase) -> bool {
    let Some((first, opening)) = phrase.first() else { return true };
    let starts = stems.iter().filter(|(_, stem)| stem == opening).map(|(place, _)| *place);
    let mut follows = starts.map(|start| {
        phrase.iter().all(|(place, stem)| stems.contains(&(start + place - first, stem.clone())))
    });
    follows.any(|whole| whole)
}

/// The stretches between quotes; a quote without its like is a character like any other.
fn quoted(query: &str) -> Vec<Span> {
    let mut marks = query.char_indices().filter(|(_, c)| matches!(c, '"' | '“' | '”' | '„' | '«' | '»'));
    let mut spans = vec![];
    while let (Some((open, mark)), Some((close, _))) = (marks.next(), marks.next()) {
        spans.push(Span::new(open + mark.len_utf8(), close));
    }
    spans
}

/// A word of a query that can be looked up.
#[derive(Debug, PartialEq)]
pub(in crate::retrieval) struct Doubtful {
    /// Where it stands in the query.
    pub(in crate::retrieval) span: Span,
    /// As the index has it.
    pub(in crate::retrieval) form: String,
    /// Whether it may be the beginning of a word: the query ends with it.
    pub(in crate::retrieval) unfinished: bool,
}

/// Fewest letters of a word that is completed; one that is corrected has one more.
pub(in crate::retrieval) const SHORTEST: usize = 3;

/// The words of a query that may be misspelt or unfinished: plain ones outside quotes. What has digits or capitals
/// inside is a name, and what the lexicon reads is an abbreviation.
pub(in crate::retrieval) fn doubtful(query: &str) -> Vec<Doubtful> {
    let query = head(query);
    if subjects(query, &[]) > LONG_QUERY {
        return vec![];
    }
    let quoted = quoted(query);
    let mut last = None;
    word::subject(query)
        .into_iter()
        .filter(|word| last.replace(word.position) != Some(word.position))
        .filter(|word| word.form.len() >= SHORTEST && word.form.bytes().all(|byte| byte.is_ascii_lowercase()))
        .filter(|word| {
            let written = &query[word.span.range()];
            !written.chars().skip(1).any(char::is_uppercase)
                && !quoted.iter().any(|quote| quote.contains(word.span))
                && abbreviation::meant(written).is_empty()
        })
        .map(|word| Doubtful {
            span: word.span,
            form: spelling::american(&word.form).into_owned(),
            unfinished: word.span.end as usize == query.len(),
        })
        .take(LONGEST_QUERY)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_bounded() {
        assert_eq!(terms(&(0..1000).map(|n| format!("w{n} ")).collect::<String>()).len(), LONGEST_QUERY);
        let words = |query| terms(query).into_iter().map(|sought| sought.term).collect::<Vec<_>>();
        assert_eq!(words("heart hearts HEART"), ["heart"]);
        assert_eq!(words("AV node"), ["av", "node", "atrioventricular"]);
        assert!(terms(&"ä".repeat(10_000)).len() == 1);
    }

    #[test]
    fn what_stands_in_quotes_is_a_phrase() {
        let written = |query: &str| -> Vec<String> {
            let phrase = |phrase: Phrase| {
                phrase.iter().map(|(place, stem)| format!("{place}{stem}")).collect::<Vec<_>>().join(" ")
            };
            phrases(query).into_iter().map(phrase).collect()
        };
        assert_eq!(written(r#"causes of "heart failure""#), ["0heart 1failur"]);
        assert_eq!(written("“Heart failure” and «the edema»"), ["0heart 1failur", "0the 1edema"]);
        assert_eq!(written(r#""beta-blocker" "" "?""#), ["0beta 1blocker"]);
        assert_eq!(written(r#"5" of "open"#), ["0of"]);
        assert!(written(r#"only "one"#).is_empty());
        assert!(written("Why do pathologists call cancer cells “generic” cells?").is_empty());
    }

    #[test]
    fn names_quotes_and_abbreviations_are_not_doubted() {
        let doubted = |query| -> Vec<String> {
            doubtful(query)
                .into_iter()
                .map(|word| format!("{}{}", word.form, if word.unfinished { "…" } else { "" }))
                .collect()
        };
        assert_eq!(doubted("why does the hart beet"), ["hart", "beet…"]);
        assert_eq!(doubted("Oedema "), ["edema"]);
        assert_eq!(doubted("p53 CD4+ COPD mRNA TNFα Na+ ml"), [""; 0]);
        assert_eq!(doubted(r#""hart failure" beet?"#), ["beet"]);
        assert_eq!(doubted("beta-bloker"), ["beta", "bloker…"]);
        let case =
            "On a midsummer trek through the desert, Josh ran out of water and collapsed near his cabin.";
        assert_eq!(doubted(case), [""; 0]);
    }
}
