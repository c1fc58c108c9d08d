//! Words that give nothing away. Owns: telling a sentence that is made of known words and everyday ones. Refuses: judging what it
//! says with them (`support`), and names (`Key`).
//!
//! Other names of a key, brand names, Latin, codes and words of other languages have this in common: nobody has said them yet.

use super::{Likeness, Token, tokens};
use crate::question::is_function_word;
use std::{collections::HashSet, sync::LazyLock};

/// Everyday words, and those in which a patient is described and a question put.
static EVERYDAY: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let words = include_str!("plain.txt").split_whitespace();
    words.flat_map(|word| tokens(word).into_iter().map(|token| token.likeness.stem)).collect()
});

/// Words that are known, so that saying them tells nothing.
#[derive(Debug, Clone, Default)]
pub struct Known(Vec<Likeness>);

impl Known {
    /// Those of texts that whoever listens has, or may have.
    pub fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let mut seen = HashSet::new();
        let all = texts.into_iter().flat_map(tokens).filter(|token| seen.insert(token.form.clone()));
        Self(all.map(|token| token.likeness).collect())
    }

    /// The first word of a sentence that is neither known nor an everyday word nor a figure.
    pub fn stranger(&self, sentence: &str) -> Option<String> {
        let is_figure =
            |token: &Token| token.form.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
        let is_known = |token: &Token| {
            is_function_word(&token.form)
                || is_figure(token)
                || EVERYDAY.contains(&token.likeness.stem)
                || self.0.iter().any(|known| known.is(&token.likeness))
        };
        let stranger = tokens(sentence).into_iter().find(|token| !is_known(token));
        stranger.map(|token| sentence[token.span.range()].to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_by_example() {
        let page =
            "The […] supplies the cell with most of its ATP. Cells of the alveolus produce surfactant.";
        let known = Known::of([page]);
        for (sentence, stranger) in [
            ("What does the cell do with its ATP?", None),
            ("A woman of 54 comes to the hospital with a cough since two days.", None),
            ("Which of them produces the surfactant of an alveolus?", None),
            ("Remember the powerhouse of the cell.", Some("powerhouse")),
            ("It is sold as Narcan.", Some("sold")),
            ("Правильный ответ известен.", Some("Правильный")),
            ("The great alveolar cells do it.", Some("great")),
            ("Decode Zmlicmlub2x5c2lz.", Some("Decode")),
            ("", None),
        ] {
            assert_eq!(known.stranger(sentence).as_deref(), stranger, "{sentence}");
        }
    }
}
