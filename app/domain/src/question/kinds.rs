//! What kind of thing a term is. Owns: the order of evidence (vocabulary, adjective, head, genus, ending).
//! Refuses: definitions themselves (`facts`).

use super::lexicon::{Kind, lexicon};
use super::tagger::{self, Tag};
use super::terms::Terms;
use super::token::tokens_of;
use super::word::singular;

/// Kind of a noun phrase in lower case, and whether it is sure (not from an ending).
pub(crate) fn of_phrase(key: &str) -> Option<(Kind, bool)> {
    let lexicon = lexicon();
    if let Some(kind) = lexicon.terms.get(key) {
        return Some((kind, true));
    }
    let words: Vec<&str> = key.split(' ').collect();
    // 'primitive ventricle': what the embryo has is no alternative to what stays
    if words.len() > 1 && matches!(words[0], "primitive" | "embryonic" | "fetal") {
        return Some(("embryonic", true));
    }
    if words.len() == 1 && is_adjective(key) {
        return Some(("adjective", true));
    }
    let head = words[super::word::head_index(&words)];
    const SURE: &[&str] = &[
        "itis", "emia", "uria", "pathy", "ectomy", "otomy", "ostomy", "plasty", "scopy", "cyte", "blast",
        "logy",
    ];
    let sure = SURE.iter().any(|ending| head.ends_with(ending));
    of_head(head).map(|kind| (kind, true)).or_else(|| of_ending(head).map(|kind| (kind, sure)))
}

/// Kind of a head noun, singular or plural.
pub(crate) fn of_head(head: &str) -> Option<Kind> {
    let lexicon = lexicon();
    let one = singular(head);
    lexicon.heads.get(one.as_str()).or_else(|| lexicon.terms.get(one.as_str())).copied()
}

fn of_ending(head: &str) -> Option<Kind> {
    let hit =
        lexicon().suffixes.iter().find(|(suffix, _)| head.len() > suffix.len() + 2 && head.ends_with(suffix));
    hit.map(|(_, kind)| *kind)
}

fn is_adjective(word: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "crine", "philic", "phobic", "tonic", "genic", "trophic", "tropic", "axial", "cellular", "lateral",
        "atous",
    ];
    if lexicon().heads.contains_key(word) || lexicon().terms.contains_key(word) {
        return false;
    }
    if ENDINGS.iter().any(|e| word.ends_with(e)) {
        return true;
    }
    // read in the middle of a sentence, where its tag is most certain
    let mut tokens = tokens_of(&format!("it is {word}"));
    tagger::tag(&mut tokens);
    tokens.last().is_some_and(|t| t.tag == Tag::Adj)
}

/// Sets the kinds that need no definition.
pub(crate) fn settle(terms: &mut Terms) {
    for term in &mut terms.list {
        if let Some((kind, sure)) = of_phrase(&term.key) {
            term.kind = Some(kind);
            term.sure = sure;
        }
    }
}

/// A definition named the genus: it overrules an ending, not the vocabulary.
pub(crate) fn learn(terms: &mut Terms, term: usize, genus: Kind) {
    let term = &mut terms.list[term];
    if !term.sure && genus != "adjective" {
        term.kind = Some(genus);
        term.sure = true;
    }
}
