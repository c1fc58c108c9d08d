//! What the parts of medical words say in plain English ('sub-' is under, '-itis' inflammation). Owns: finding
//! combining forms in names and what a stem says of them. Refuses: whole words and their stems (`word`).

use super::lexicon::lexicon;
use super::token::Token;
use super::word::stem;
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

/// Where in a word a combining form stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// 'sub-'.
    Start,
    /// '-itis'.
    End,
    /// A root: 'nephr'.
    Anywhere,
}

/// A Latin or Greek part of words.
#[derive(Debug, Clone, Copy)]
struct Form {
    /// Its letters.
    text: &'static str,
    place: Place,
    /// Its row in `combining_forms.tsv`: forms of one row mean the same.
    row: usize,
}

static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let form = |row: usize, part: &'static str| {
        let place = match (part.ends_with('-'), part.starts_with('-')) {
            (true, _) => Place::Start,
            (_, true) => Place::End,
            _ => Place::Anywhere,
        };
        Form { text: part.trim_matches('-'), place, row }
    };
    let rows = lexicon().forms.iter().enumerate();
    rows.flat_map(|(row, (parts, _))| parts.split(", ").map(move |part| form(row, part))).collect()
});

/// The forms that open words.
static PREFIXES: LazyLock<Vec<&str>> =
    LazyLock::new(|| FORMS.iter().filter(|form| form.place == Place::Start).map(|form| form.text).collect());

/// Stems of the English words that say what a part says, with the rows of those parts.
static ENGLISH: LazyLock<HashMap<String, Vec<usize>>> = LazyLock::new(|| {
    let mut english: HashMap<String, Vec<usize>> = HashMap::new();
    for (row, (_, words)) in lexicon().forms.iter().enumerate() {
        for word in words.split(", ") {
            let rows = english.entry(stem(word)).or_default();
            if !rows.contains(&row) {
                rows.push(row);
            }
        }
    }
    english
});

/// The meanings of the parts of a name, as rows of `combining_forms.tsv`.
pub(crate) fn parts(name: &str) -> BTreeSet<usize> {
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() >= 4);
    words.flat_map(|word| FORMS.iter().filter(|form| holds(word, form)).map(|form| form.row)).collect()
}

/// The parts that an English word says in plain words, as rows of `combining_forms.tsv`.
pub(crate) fn said_plainly(word: &str) -> Vec<usize> {
    ENGLISH.get(&stem(word)).cloned().unwrap_or_default()
}

/// Whether a part only ends words: '-emia' tells little of what a word names.
pub(crate) fn is_ending(row: usize) -> bool {
    lexicon().forms[row].0.split(", ").all(|form| form.starts_with('-'))
}

/// What the words for a part are.
pub(crate) fn plainly(row: usize) -> &'static str {
    lexicon().forms[row].1
}

/// A prefix opens a word and an ending closes it; a root may stand behind another root.
fn holds(word: &str, form: &Form) -> bool {
    let text = form.text;
    match form.place {
        Place::Start => word.len() >= text.len() + 2 && word.starts_with(text),
        Place::End => word.len() >= text.len() + 2 && word.ends_with(text),
        Place::Anywhere => {
            let after_prefix =
                || PREFIXES.iter().filter_map(|p| word.strip_prefix(p)).any(|rest| rest.starts_with(text));
            word.contains(text) && (word.starts_with(text) || text.len() >= 5 || after_prefix())
        }
    }
}

/// The meanings that a stem tells in English and that the key spells in Latin or Greek. A word that the document
/// repeats everywhere ('heart' in a lecture on the heart) singles nothing out.
pub(crate) fn clues(body: &[Token], key: &str, rare: &dyn Fn(&str) -> bool) -> BTreeSet<usize> {
    let words = body.iter().filter(|t| t.is_word());
    let words = words.flat_map(|t| t.lower.split(' ').collect::<Vec<_>>());
    // the sign of an ion is a name of it, however often it stands in the document
    let telling = words.filter(|word| word.ends_with('+') || rare(&stem(word))).map(stem);
    let mut told: BTreeSet<usize> =
        telling.filter_map(|word| ENGLISH.get(&word)).flatten().copied().collect();
    // 'a phagocyte' tells 'macrophage': the same root stands in both
    let long = body.iter().filter(|t| t.lower.len() >= 8 && rare(&stem(&t.lower)));
    let name = key.to_lowercase();
    let shares = |word: &str| {
        (0..word.len().saturating_sub(3)).any(|at| word.get(at..at + 4).is_some_and(|p| name.contains(p)))
    };
    told.extend(long.filter(|t| shares(&t.lower)).flat_map(|t| parts(&t.lower)));
    parts(key).intersection(&told).copied().collect()
}

/// Whether such a meaning stands in the key and in no wrong option.
pub(crate) fn spells(body: &[Token], key: &str, wrong: &[&str], rare: &dyn Fn(&str) -> bool) -> bool {
    let carried: BTreeSet<usize> = wrong.iter().flat_map(|name| parts(name)).collect();
    clues(body, key, rare).iter().any(|clue| !carried.contains(clue))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::token::tokens_of;

    #[test]
    fn a_stem_that_says_in_english_what_the_key_says_in_greek_gives_it_away() {
        for (stem, key, wrong) in [
            ("a thyroid hormone with three iodines", "triiodothyronine", ["melatonin", "testosterone"]),
            ("the inflammation of a sac near a joint", "bursitis", ["gout", "synostosis"]),
            ("a string of granules on one strand", "polyribosome", ["centrosome", "lysosome"]),
            (
                "found between a muscle and an underlying bone",
                "submuscular bursa",
                ["articular disc", "tendon sheath"],
            ),
            (
                "found between the kneecap and the thigh bone",
                "femoropatellar joint",
                ["subtalar joint", "elbow"],
            ),
            ("excessive straightening of a joint", "hyperextension", ["inversion", "circumduction"]),
            (
                "anchors the mandible to the skull",
                "temporomandibular joint",
                ["synchondrosis", "syndesmosis"],
            ),
            ("the upward turn of the socket of the shoulder", "superior rotation", ["pronation", "eversion"]),
            ("makes the gut absorb Ca++ from food", "calcitriol", ["aldosterone", "renin"]),
            ("a fluid with few milliosmoles", "osmolarity", ["volume", "pressure"]),
            ("breakdown of red cells", "hemolysis", ["splenomegaly", "anemia"]),
        ] {
            assert!(spells(&tokens_of(stem), key, &wrong, &|_| true), "{stem}: {key}");
        }
        for (stem, key, wrong) in [
            // a wrong option says it as well
            ("the inflammation of a sac near a vessel", "phlebitis", ["arteritis", "venous thrombosis"]),
            ("excessive bending of a limb", "hyperflexion", ["hyperextension", "flexion"]),
            // nothing of the name is said
            ("a hormone that lowers the concentration of glucose", "insulin", ["glucagon", "cortisol"]),
            ("the diffusion of water through a membrane", "osmosis", ["exocytosis", "pinocytosis"]),
        ] {
            assert!(!spells(&tokens_of(stem), key, &wrong, &|_| true), "{stem}: {key}");
        }
        let body = tokens_of("lines the chambers of the heart");
        assert!(!spells(&body, "endocardium", &["septum"], &|word| word != "heart"), "said everywhere");
    }
}
