//! Quotes and where they stand. Owns: finding a quote in its source and the words of a query in a passage, as
//! exact spans. Refuses: judging whether a quote supports what cites it, and stemming (an argument here).
//!
//! A quote that is not found is not a quote: nothing here is fuzzy. What is tolerated is how a text is set,
//! never its wording.

use crate::document::Span;
use crate::word::{subject, words};
use std::collections::HashSet;

/// A text made ready to have quotes found in it; worth keeping where many quotes of one text are checked.
#[derive(Debug, Clone)]
pub struct Source<'t> {
    text: &'t str,
    folded: Folded,
}

/// A text with all differences of setting removed, and where each of its bytes comes from.
#[derive(Debug, Clone, Default)]
struct Folded {
    text: String,
    /// For each byte of `text`: the span of the source that became it. All bytes of one span are neighbours.
    origin: Vec<Span>,
}

impl<'t> Source<'t> {
    /// Takes time and memory (some 10 bytes a byte) linear in the text.
    pub fn new(text: &'t str) -> Self {
        Self { text, folded: Folded::new(text) }
    }

    /// Where a quote stands, as bytes of the text: the first place that begins and ends with whole words, else
    /// the first of all; the exact wording before one that is set otherwise. `None` where the text does not
    /// hold it, or where the quote has no letter or digit.
    ///
    /// Set otherwise: white space of any kind and amount (none before or after the quote counts), curly or
    /// straight quotation marks, dashes of any length, ligatures, `…` or `...`, invisible characters, and a
    /// hyphen or dash between two letters, with or without a line break behind it (`electro-\nlyte`, `electrolyte`).
    pub fn find(&self, quote: &str) -> Option<Span> {
        let quote = quote.trim();
        if !quote.contains(char::is_alphanumeric) {
            return None;
        }
        let exact = self.text.match_indices(quote).map(|(start, hit)| Span::new(start, start + hit.len()));
        self.best(exact).or_else(|| {
            let folded = Folded::new(quote).text;
            let hits = self.folded.text.match_indices(&folded);
            self.best(hits.filter_map(|(start, hit)| self.folded.source(start, start + hit.len())))
        })
    }

    fn best(&self, spans: impl Iterator<Item = Span>) -> Option<Span> {
        let mut first = None;
        for span in spans {
            if self.whole_words(span) {
                return Some(span);
            }
            first = first.or(Some(span));
        }
        first
    }

    fn whole_words(&self, span: Span) -> bool {
        let inside = |before: Option<char>, after: Option<char>| {
            before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)
        };
        let (head, tail) = (&self.text[..span.start as usize], &self.text[span.end as usize..]);
        let hit = &self.text[span.range()];
        !inside(head.chars().next_back(), hit.chars().next())
            && !inside(hit.chars().next_back(), tail.chars().next())
    }
}

impl Folded {
    fn new(text: &str) -> Self {
        let mut folded =
            Self { text: String::with_capacity(text.len()), origin: Vec::with_capacity(text.len()) };
        let chars: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| !is_invisible(*c)).collect();
        let mut at = 0;
        while let Some(&(start, c)) = chars.get(at) {
            let mut next = at + 1;
            if is_space(c) {
                while chars.get(next).is_some_and(|(_, c)| is_space(*c)) {
                    next += 1;
                }
            } else if is_hyphen(c)
                && at > 0
                && chars[at - 1].1.is_alphabetic()
                && let Some(after) = word_goes_on(&chars, next)
            {
                // the hyphen, and the line break behind it, vanish
                at = after;
                continue;
            } else if text[start..].starts_with("...") {
                next += 2;
            }
            let end = chars[next - 1].0 + chars[next - 1].1.len_utf8();
            folded.push(c, Span::new(start, end));
            at = next;
        }
        folded
    }

    fn push(&mut self, c: char, span: Span) {
        match c {
            c if is_space(c) => self.text.push(' '),
            '\u{2018}'..='\u{201b}' | '\u{2032}' | '`' | '´' | '\u{2bc}' => self.text.push('\''),
            '\u{201c}'..='\u{201f}' | '\u{2033}' | '«' | '»' => self.text.push('"'),
            '\u{2010}'..='\u{2015}' | '−' => self.text.push('-'),
            '.' if span.len() == 3 => self.text.push('…'),
            'ﬀ' => self.text.push_str("ff"),
            'ﬁ' => self.text.push_str("fi"),
            'ﬂ' => self.text.push_str("fl"),
            'ﬃ' => self.text.push_str("ffi"),
            'ﬄ' => self.text.push_str("ffl"),
            c => self.text.push(c),
        }
        self.origin.resize(self.text.len(), span);
    }

    /// The source of the bytes `start..end`, unless an end lies inside what one character became.
    fn source(&self, start: usize, end: usize) -> Option<Span> {
        let (first, last) = (self.origin[start], self.origin[end - 1]);
        let cut = |at: usize| at > 0 && at < self.origin.len() && self.origin[at - 1] == self.origin[at];
        (!cut(start) && !cut(end)).then_some(Span { start: first.start, end: last.end })
    }
}

/// Where a word goes on behind a hyphen: directly, or after white space with a line break in it.
fn word_goes_on(chars: &[(usize, char)], mut at: usize) -> Option<usize> {
    let mut broken = false;
    let start = at;
    while let Some((_, c)) = chars.get(at).filter(|(_, c)| is_space(*c)) {
        broken |= *c == '\n';
        at += 1;
    }
    let letter = chars.get(at).is_some_and(|(_, c)| c.is_alphabetic());
    (letter && (at == start || broken)).then_some(at)
}

fn is_space(c: char) -> bool {
    c.is_whitespace()
}

/// Hyphens and dashes; the minus is none.
fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}')
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Where a quote stands in a text; see [`Source::find`].
pub fn find(text: &str, quote: &str) -> Option<Span> {
    // most quotes are exact and need no folding
    let quote = quote.trim();
    let plain = Source { text, folded: Folded::default() };
    plain.find(quote).or_else(|| Source::new(text).find(quote))
}

/// The words of a passage that a query asks for, ascending, disjoint: those whose stem is the stem of one of
/// the query's words (its stop words aside). `stem` maps a folded word to its stem.
pub fn lit(passage: &str, query: &str, stem: impl Fn(&str) -> String) -> Vec<Span> {
    let wanted: HashSet<String> = subject(query).iter().map(|word| stem(&word.form)).collect();
    let mut spans: Vec<Span> = words(passage)
        .into_iter()
        .filter(|word| wanted.contains(&stem(&word.form)))
        .map(|word| word.span)
        .collect();
    // of forms over the same place the longest comes first, and the rest lie inside it
    spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    spans.dedup_by(|next, kept| kept.overlaps(*next));
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn table() {
        let cases: &[(&str, &str, Option<&str>)] = &[
            ("The heart beats.", "heart beats", Some("heart beats")),
            ("The heart beats.", "  heart beats.\n", Some("heart beats.")),
            ("The heart beats.", "heart stops", None),
            ("The heart beats.", "Heart", None),
            ("The heart beats.", "", None),
            ("The heart beats. . .", " . ", None),
            ("heart and art", "art", Some("art")),
            ("hearts", "heart", Some("heart")),
            ("the  heart\n\nbeats", "the heart beats", Some("the  heart\n\nbeats")),
            ("the heart beats", "the\theart\u{a0}beats", Some("the heart beats")),
            ("a “lub–dub” sound", "a \"lub-dub\" sound", Some("a “lub–dub” sound")),
            ("Crohn's disease", "Crohn’s disease", Some("Crohn's disease")),
            ("an electro-\nlyte", "an electrolyte", Some("an electro-\nlyte")),
            ("an electrolyte", "an electro- \n lyte", Some("an electrolyte")),
            ("an elec\u{ad}trolyte", "electrolyte", Some("elec\u{ad}trolyte")),
            ("a well-known fact", "well-\nknown fact", Some("well-known fact")),
            ("pre- and postsynaptic", "preand", None),
            ("from −5 mV", "from 5 mV", None),
            ("ﬁbrous tissue", "fibrous tissue", Some("ﬁbrous tissue")),
            ("ﬁbrous tissue", "ibrous  tissue", None),
            ("so ... it ends", "so … it ends", Some("so ... it ends")),
            ("wait....x", "wait…", Some("wait...")),
        ];
        for (text, quote, expected) in cases {
            let found = find(text, quote).map(|span| &text[span.range()]);
            assert_eq!(found, *expected, "{quote:?} in {text:?}");
        }
    }

    #[test]
    fn the_first_whole_words_win() {
        assert_eq!(find("heart art art", "art"), Some(Span::new(6, 9)));
        assert_eq!(find("a b a b", "a b"), Some(Span::new(0, 3)));
    }

    fn toy(word: &str) -> String {
        word.trim_end_matches('s').trim_end_matches("ed").to_string()
    }

    #[test]
    fn query_words_are_lit_in_every_form() {
        let lit = |passage: &'static str, query| {
            lit(passage, query, toy).into_iter().map(|span| &passage[span.range()]).collect::<Vec<_>>()
        };
        assert_eq!(
            lit("The AV node delays the impulse.", "why is the impulse delayed"),
            ["delays", "impulse"]
        );
        assert_eq!(lit("A β-blocker, then β-agonists.", "beta blockers"), ["β", "blocker", "β"]);
        assert_eq!(lit("A β-blocker, then blockers.", "beta-blockers"), ["β-blocker", "blockers"]);
        assert_eq!(lit("Na+ and K+", "Na+"), ["Na+"]);
        assert_eq!(lit("the and of", "the heart"), [""; 0]);
        assert_eq!(lit("", "heart"), [""; 0]);
    }

    proptest! {
        #[test]
        fn a_stretch_of_the_text_is_found_as_written(text in "[\\PC a-c\\n’ﬁ-]{1,60}", from in 0_usize..60, length in 1_usize..30) {
            let chars: Vec<char> = text.chars().collect();
            let quote: String = chars.iter().skip(from).take(length).collect();
            match find(&text, &quote) {
                Some(span) => prop_assert_eq!(&text[span.range()], quote.trim()),
                None => prop_assert!(!quote.contains(char::is_alphanumeric)),
            }
        }

        #[test]
        fn a_hit_says_the_same_as_the_quote(text in "[ab \\n\"“”’'…ﬁ.\u{ad}-]{1,40}", quote in "[ab \\n\"'.-]{1,6}") {
            if let Some(span) = find(&text, &quote) {
                let letters = |s: &str| {
                    Folded::new(s).text.chars().filter(|c| !is_hyphen(*c)).collect::<String>().trim().to_string()
                };
                prop_assert_eq!(letters(&text[span.range()]), letters(&quote));
            }
        }

        #[test]
        fn resetting_a_text_hides_nothing(words in prop::collection::vec("[a-z]{1,6}", 1..8), gap in "[ \\n\\t\u{a0}]{1,3}") {
            prop_assert!(find(&words.join(" "), &words.join(&gap)).is_some());
            prop_assert!(find(&words.join(&gap), &words.join(" ")).is_some());
        }

        #[test]
        fn lit_spans_are_disjoint_and_ascend(passage in "[\\PC a-c-]{0,60}", query in "[a-c -]{0,20}") {
            let spans = lit(&passage, &query, toy);
            prop_assert!(spans.is_sorted_by(|a, b| a.end <= b.start));
            prop_assert!(spans.iter().all(|span| passage.get(span.range()).is_some()));
        }
    }
}
