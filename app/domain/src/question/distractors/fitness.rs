//! Whether two terms go together as options: kind, number, article, weight. Owns: tests of one term or a pair.
//! Refuses: choosing (`distractors`).

use crate::question::facts::{Fact, Family, Matter};
use crate::question::lexicon::lexicon;
use crate::question::terms::Term;
use crate::question::word::singular;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Known to matter: in bold, a heading, defined, or in the vocabulary.
pub(super) fn is_solid(term: &Term) -> bool {
    let heading = term.heading && term.words().len() <= 2 && term.mentions.len() >= 2;
    // a name of the vocabulary that is met in passing is no subject of the lecture
    let vocabulary = lexicon().terms.contains_key(term.key.as_str()) && term.mentions.len() >= 3;
    term.marked || heading || vocabulary || term.definition.is_some()
}

/// Kinds that may stand beside each other without a common type.
pub(super) fn may_mix(a: &str, b: &str, marked: bool) -> bool {
    if marked && matches!((a, b), ("protein", "molecule") | ("molecule", "protein")) {
        return true;
    }
    const MIXES: &[&[&str]] = &[
        &["artery", "vein", "vessel", "duct"],
        &["bone", "bone_part"],
        &["gland", "organ"],
        &["process", "response"],
        &["membrane", "tissue"],
        &["membrane", "region"],
    ];
    MIXES.iter().any(|mix| mix.contains(&a) && mix.contains(&b))
}

pub(super) fn is_definition(fact: &Fact) -> bool {
    matches!(
        fact.family,
        Family::Is
            | Family::Called
            | Family::IsCalled
            | Family::Apposition
            | Family::Means
            | Family::Identity
    )
}

/// Whether the sentence names the option only after 'whereas', 'while', 'but' or a semicolon, outside the stem.
pub(super) fn set_against(matter: &Matter<'_>, fact: &Fact, other: usize) -> bool {
    let tokens = &matter.prose.sentences[fact.sentence].tokens;
    let Some(end) = fact.body.last().map(|t| t.end) else { return false };
    matter.terms.of_sentence(fact.sentence).iter().filter(|m| m.term == other).all(|m| {
        let between = tokens[..m.first].iter().filter(|t| t.start >= end);
        tokens[m.first].start >= end
            && between.into_iter().any(|t| matches!(t.lower.as_str(), "whereas" | "while" | "but" | ";"))
    })
}

/// Whether a stem tells of build rather than of work.
pub(super) fn is_structural(fact: &Fact) -> bool {
    if !matches!(fact.family, Family::Does | Family::DoesWhen | Family::Which | Family::Resumed) {
        return false;
    }
    const WORDS: &[&str] = &[
        "consist",
        "consists",
        "comprised",
        "composed",
        "contain",
        "contains",
        "has",
        "have",
        "made",
        "lined",
        "covered",
        "surrounded",
        "connected",
        "attached",
        "supported",
        "formed",
        "divided",
        "subdivided",
    ];
    fact.body.iter().take(4).any(|t| WORDS.contains(&t.lower.as_str()))
}

pub(super) fn is_term_strong(term: &Term) -> bool {
    let first = term.words().first().copied().unwrap_or("").to_string();
    is_solid(term)
        && (term.marked && term.definition.is_some() || !lexicon().listed("weak_modifier", &first))
        && !(lexicon().is_verb(&first) && term.words().len() > 1 && !term.marked)
}

pub(super) fn same_sound(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// 'right atrium' beside 'left ventricle': of four chambers a learner must know which does what, and a text on them
/// names each beside the others.
pub(super) fn are_chambers(one: &Term, two: &Term) -> bool {
    is_chamber(one) && is_chamber(two)
}

/// 'right atrium'.
pub(super) fn is_chamber(term: &Term) -> bool {
    term.kind == Some("cavity") && term.words().len() == 2 && matches!(term.words()[0], "left" | "right")
}

/// A type name ('gland'), or the head of three marked terms.
pub(super) fn is_class(matter: &Matter<'_>, at: usize) -> bool {
    let key = &matter.terms.list[at].key;
    if key.contains(' ') {
        return false;
    }
    let named = lexicon().heads.get(key.as_str()).is_some_and(|kind| kind == key)
        // what the text itself sets in bold it treats as a thing of its own
        || (lexicon().listed("class_name", key) && !(matter.terms.has_bold && matter.terms.list[at].marked));
    let longer = matter
        .terms
        .list
        .iter()
        .filter(|t| t.marked && t.key.contains(' ') && t.head() == key.as_str())
        .count();
    named || longer >= 3
}

/// The stems of the words that sentences on a term and what resumes them hold, by paragraph.
pub(super) fn said_of(
    matter: &Matter<'_>,
    at: usize,
    sentences: &[BTreeSet<usize>],
) -> BTreeMap<usize, HashSet<String>> {
    let mut numbers: BTreeSet<usize> = sentences[at].clone();
    for other in matter.relations.synonyms(at) {
        numbers.extend(&sentences[other]);
    }
    let all = &matter.prose.sentences;
    let follows: Vec<usize> = numbers
        .iter()
        .map(|n| n + 1)
        .filter(|n| {
            all.get(*n).is_some_and(|s| {
                s.block == all[n - 1].block
                    && s.tokens.first().is_some_and(|t| {
                        matches!(t.lower.as_str(), "it" | "they" | "this" | "these" | "its" | "their")
                    })
            })
        })
        .collect();
    numbers.extend(follows);
    let mut said: BTreeMap<usize, HashSet<String>> = BTreeMap::new();
    for sentence in numbers.iter().map(|n| &all[*n]) {
        said.entry(sentence.block).or_default().extend(sentence.stems.iter().cloned());
    }
    said
}

/// A class ('a valve') beside an individual ('the aorta') gives itself away by its article.
pub(super) fn articles_agree(key: &Term, term: &Term) -> bool {
    let role = |t: &Term| {
        let total = t.articles[2].max(1) as f32;
        if t.articles[2] < 3 {
            (false, false)
        } else {
            (t.articles[0] as f32 / total >= 0.2, t.articles[1] as f32 / total >= 0.6)
        }
    };
    let (a, b) = (role(key), role(term));
    let differ = (a.0 && b.1 && !b.0) || (a.1 && !a.0 && b.0);
    // of cells and waves there are many, whichever article they carry
    let many = matches!(
        key.kind,
        Some("cell" | "organelle" | "molecule" | "protein" | "antibody" | "wave" | "hormone")
    );
    !differ || (many || key.head() != term.head()) && key.marked && term.marked
}

const COUNTABLE: &[&str] = &[
    "artery",
    "vein",
    "vessel",
    "nerve",
    "muscle",
    "bone",
    "bone_part",
    "joint",
    "connective",
    "valve",
    "gland",
    "duct",
    "cell",
    "organelle",
    "cavity",
    "wave",
    "conduction",
    "antibody",
];

pub(super) fn number_fits(matter: &Matter<'_>, term: &Term, plural: bool) -> bool {
    if !plural {
        return term.seen[0] > 0
            || !matter.terms.list.is_empty()
                && singular(term.many.rsplit(' ').next().unwrap_or("")) != term.many;
    }
    // 'a valve', 'each valve': things of which there are several
    let class = term.articles[0] * 5 >= term.articles[2] && term.articles[0] > 0;
    term.seen[1] > 0
        || (term.kind.is_some_and(|k| COUNTABLE.contains(&k)) && class && term.abbreviation.is_none())
}
