//! How the words of a query are read: finished, corrected, or left alone. Owns: the port of those who know which words an
//! owner's passages have, the order of these steps, and how near is near enough. Refuses: doubting words
//! (`lexical::asking`) and knowing any (engines, the library's table and `known` do).

use super::lexical::asking::{self, SHORTEST};
use super::lexical::stem;
use super::{EngineError, Passage, Reading, known, spelling};
use async_trait::async_trait;
use domain::id::LearnerId;
use domain::word::{self, distance};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Most endings that an unfinished word is given.
pub const ENDINGS: usize = 32;
/// From so many letters on two of them may be wrong.
const LONG: usize = 10;
/// Longer words are hashes and chains of bases, and nobody types them.
const LONGEST: usize = 40;

/// Which words the passages of an owner have, all in small letters and American spelling.
#[async_trait]
pub trait Vocabulary: Send + Sync {
    /// Those of these words that a passage of the owner has, in any of their forms.
    ///
    /// # Errors
    /// Where they are kept, reading fails.
    async fn having(&self, owner: LearnerId, words: &[String]) -> Result<HashSet<String>, EngineError>;

    /// The commonest words that begin so, [`ENDINGS`] at most, one of them at least the owner's; else none.
    ///
    /// # Errors
    /// As [`Vocabulary::having`].
    async fn endings(&self, owner: LearnerId, start: &str) -> Result<Vec<String>, EngineError>;

    /// The owner's word that differs least: within [`wrong`] letters, and never in the first, which is hardly ever
    /// mistyped. Of equally near ones the one that most passages have.
    ///
    /// # Errors
    /// As [`Vocabulary::having`].
    async fn nearest(&self, owner: LearnerId, word: &str) -> Result<Option<String>, EngineError>;
}

/// How many letters of a word may be wrong, or have changed places with the next one.
pub fn wrong(word: &str) -> u8 {
    if word.len() < LONG { 1 } else { 2 }
}

/// How a query is to be read for an owner: each word that none of their passages has is finished, if it is the beginning
/// of ones that they have, else corrected, if it is near to one. What is spelt rightly is meant, and stays.
pub(super) async fn read(
    vocabulary: &dyn Vocabulary,
    owner: LearnerId,
    query: &str,
) -> Result<Reading, EngineError> {
    let mut reading = Reading::verbatim(query);
    let doubtful = asking::doubtful(query);
    if doubtful.is_empty() {
        return Ok(reading);
    }
    let forms: Vec<String> = doubtful.iter().map(|word| word.form.clone()).collect();
    let there = vocabulary.having(owner, &forms).await?;
    // from the last to the first, so that the places of the others stay right
    for word in doubtful.into_iter().rev().filter(|word| !there.contains(&word.form)) {
        if word.unfinished {
            reading.completed = vocabulary.endings(owner, &word.form).await?;
            if !reading.completed.is_empty() {
                continue;
            }
        }
        if word.form.len() <= SHORTEST || known::is_word(&word.form) {
            continue;
        }
        if let Some(meant) = vocabulary.nearest(owner, &word.form).await? {
            reading.query.replace_range(word.span.range(), &meant);
            reading.corrected = true;
        }
    }
    Ok(reading)
}

/// Of an owner's words, each with the passages that have it, the one that [`Vocabulary::nearest`] promises.
pub fn choose(word: &str, candidates: Vec<(String, i64)>) -> Option<String> {
    let near = |(form, count): (String, i64)| {
        let off = distance(word, &form);
        (off <= usize::from(wrong(word)) && form.starts_with(&word[..1])).then_some((off, -count, form))
    };
    candidates.into_iter().filter_map(near).min().map(|(.., form)| form)
}

/// A word of a material, as a vocabulary keeps it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Term {
    /// In small letters and American spelling.
    pub form: String,
    /// Its stem.
    pub stem: String,
    /// Passages that have it.
    pub passages: i64,
}

/// The words of passages that can be doubted, finished or meant, in the order of the alphabet: plain ones. What has digits
/// or charges is a name, and nobody misspells into one.
pub fn terms<'p>(passages: impl IntoIterator<Item = &'p Passage>) -> Vec<Term> {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for passage in passages {
        let texts = passage.headings.iter().chain([&passage.text]);
        let words = texts.flat_map(|text| word::words(text)).map(|word| word.form);
        let plain = words.filter(|form| {
            (SHORTEST..=LONGEST).contains(&form.len()) && form.bytes().all(|byte| byte.is_ascii_lowercase())
        });
        let forms: BTreeSet<String> = plain.map(|form| spelling::american(&form).into_owned()).collect();
        for form in forms {
            *counts.entry(form).or_default() += 1;
        }
    }
    counts.into_iter().map(|(form, passages)| Term { stem: stem(&form), form, passages }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_changed_put_in_left_out_or_exchanged() {
        for (a, b, off) in [
            ("kidney", "kidney", 0),
            ("kindey", "kidney", 1),
            ("kidny", "kidney", 1),
            ("kiddney", "kidney", 1),
            ("kidnay", "kidney", 1),
            ("atrioventirculra", "atrioventricular", 2),
            ("dropsy", "drops", 1),
            ("", "abc", 3),
        ] {
            assert_eq!((distance(a, b), distance(b, a)), (off, off), "{a} {b}");
        }
    }

    #[test]
    fn the_nearest_word_is_chosen_then_the_commonest() {
        let among = |word, forms: &[(&str, i64)]| {
            choose(word, forms.iter().map(|(form, n)| (form.to_string(), *n)).collect())
        };
        assert_eq!(among("kindey", &[("kidney", 1), ("kinder", 9)]).as_deref(), Some("kinder"));
        assert_eq!(among("kindey", &[("kidney", 2), ("kinder", 2)]).as_deref(), Some("kidney"));
        assert_eq!(among("kindey", &[("windy", 2), ("kidneys", 2)]), None, "two letters, or the first one");
        assert_eq!(
            among("atrioventirculra", &[("atrioventricular", 1)]).as_deref(),
            Some("atrioventricular"),
            "of a long word two letters may be wrong"
        );
    }

    #[test]
    fn plain_words_are_kept_once_for_each_passage() {
        let passage = |text: &str| Passage {
            id: domain::id::PassageId(uuid::Uuid::nil()),
            start: 0,
            headings: vec!["Oedema".into()],
            text: text.into(),
        };
        let kept = terms(&[passage("The edemas, p53, Na+ and of the edema."), passage("β-blockers")]);
        let kept: Vec<_> = kept.iter().map(|t| (&*t.form, &*t.stem, t.passages)).collect();
        assert!(kept.contains(&("edema", "edema", 2)) && kept.contains(&("edemas", "edema", 1)), "{kept:?}");
        assert!(kept.contains(&("blockers", "blocker", 1)) && kept.contains(&("the", "the", 1)), "{kept:?}");
        assert!(kept.iter().all(|(form, ..)| !["p53", "na", "of"].contains(form)), "{kept:?}");
    }
}
