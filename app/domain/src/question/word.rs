//! Words: stems, singular and plural, articles. Owns: the forms of one word or noun phrase. Refuses: sentences.

use super::lexicon::lexicon;

/// Words that end in s and are no plurals, or have none.
const SAME: &[&str] = &[
    "pancreas",
    "diabetes",
    "rickets",
    "herpes",
    "biceps",
    "triceps",
    "quadriceps",
    "series",
    "species",
    "feces",
    "caries",
    "ascites",
    "menses",
    "mumps",
    "measles",
    "lens",
    "gas",
    "genetics",
    "obstetrics",
    "physics",
    "kinetics",
    "pons",
    "mons",
    "always",
    "process",
    "abscess",
    "mucus",
    "pus",
    "basis",
    "rabies",
    "scabies",
    "homeostasis",
    "cardia",
    "atlas",
    "bias",
    "forceps",
    "thorax",
    "ics",
    "perhaps",
    "whereas",
    "besides",
    "thus",
    "plus",
    "this",
    "is",
    "was",
    "has",
    "does",
    "its",
    "us",
    "as",
    "hypoadrenalism",
];

/// The singular of a noun in lower case; what is no plural comes back unchanged.
pub(crate) fn singular(word: &str) -> String {
    let lexicon = lexicon();
    if let Some(one) = lexicon.singulars.get(word) {
        return (*one).to_string();
    }
    if lexicon.plurals.contains_key(word) || SAME.contains(&word) || word.len() < 4 || !word.is_ascii() {
        return word.to_string();
    }
    // 'microvilli', 'precapillaries': the irregular part may carry a prefix
    for (many, one) in &lexicon.singulars {
        if many.len() >= 5 && word.len() > many.len() + 1 && word.ends_with(many) && word != *many {
            return format!("{}{one}", &word[..word.len() - many.len()]);
        }
    }
    let cut = |n: usize, ending: &str| format!("{}{ending}", &word[..word.len() - n]);
    let ends = |ending: &str| word.ends_with(ending) && word.len() > ending.len() + 2;
    if ends("ss") || ends("us") || ends("is") || ends("ics") || ends("itis") {
        word.to_string()
    } else if ends("ies") {
        cut(3, "y")
    } else if ["sses", "shes", "ches", "xes", "zzes"].iter().any(|e| ends(e))
        || (ends("uses") && !ends("auses") && !ends("ouses") && !ends("fuses"))
    {
        cut(2, "")
    } else if ends("yses")
        || ends("oses") && !ends("noses") && !ends("doses") && !ends("hoses") && !ends("coses")
    {
        cut(2, "is")
    } else if ends("ae") && word.len() >= 5 {
        cut(1, "")
    } else if word.ends_with('i') && word.len() >= 6 && !matches!(word, "alkali" | "tsunami") {
        cut(1, "us")
    } else if word.ends_with('s') {
        cut(1, "")
    } else {
        word.to_string()
    }
}

/// The regular or tabled plural of a noun in lower case.
pub(crate) fn plural(word: &str) -> String {
    let lexicon = lexicon();
    if let Some(many) = lexicon.plurals.get(word) {
        return (*many).to_string();
    }
    let vowel_before_y =
        word.len() > 1 && word.ends_with('y') && word[..word.len() - 1].ends_with(['a', 'e', 'o', 'u']);
    if word.ends_with("sis") {
        format!("{}es", &word[..word.len() - 2])
    } else if word.ends_with('y') && !vowel_before_y {
        format!("{}ies", &word[..word.len() - 1])
    } else if word.ends_with(['s', 'x', 'z']) || word.ends_with("ch") || word.ends_with("sh") {
        format!("{word}es")
    } else {
        format!("{word}s")
    }
}

/// Where the head word of a noun phrase stands: the word before the first 'of' (or 'in', 'to', 'with'), else
/// the last.
pub(crate) fn head_index(words: &[&str]) -> usize {
    let border = words.iter().position(|w| matches!(*w, "of" | "in" | "to" | "with" | "for" | "from"));
    match border {
        Some(at) if at > 0 => at - 1,
        _ => words.len().saturating_sub(1),
    }
}

fn with_head(phrase: &str, change: impl Fn(&str) -> String) -> String {
    let words: Vec<&str> = phrase.split(' ').collect();
    let head = head_index(&words);
    let mut out: Vec<String> = words.iter().map(|w| (*w).to_string()).collect();
    if let Some(word) = out.get_mut(head) {
        // 'T lymphocyte', 'IgG': capitals stay, the ending follows the lower-case form
        let lower = word.to_lowercase();
        let changed = change(&lower);
        let shared = lower.bytes().zip(changed.bytes()).take_while(|(a, b)| a == b).count();
        if lower.len() == word.len() && word.is_char_boundary(shared) && changed.is_char_boundary(shared) {
            *word = format!("{}{}", &word[..shared], &changed[shared..]);
        } else {
            *word = changed;
        }
    }
    out.join(" ")
}

/// A noun phrase with its head in the singular; case is kept.
pub(crate) fn singular_phrase(phrase: &str) -> String {
    if let Some(one) = lexicon().singulars.get(phrase) {
        return (*one).to_string();
    }
    with_head(phrase, singular)
}

/// A noun phrase with its head in the plural; case is kept.
pub(crate) fn plural_phrase(phrase: &str) -> String {
    if let Some(many) = lexicon().plurals.get(phrase) {
        return (*many).to_string();
    }
    with_head(phrase, plural)
}

/// The Snowball stem of a word (any case); words beyond ASCII are only lowered.
pub(crate) fn stem(word: &str) -> String {
    use rust_stemmers::{Algorithm, Stemmer};
    thread_local! {
        static STEMMER: Stemmer = Stemmer::create(Algorithm::English);
    }
    let lower = word.to_lowercase();
    if !lower.is_ascii() {
        return lower;
    }
    STEMMER.with(|stemmer| stemmer.stem(&singular(&lower)).into_owned())
}

/// Words that say nothing about a subject.
pub(crate) fn is_function_word(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "by",
        "to",
        "for",
        "from",
        "with",
        "within",
        "into",
        "onto",
        "and",
        "or",
        "but",
        "nor",
        "so",
        "yet",
        "as",
        "than",
        "that",
        "which",
        "who",
        "whom",
        "whose",
        "where",
        "when",
        "while",
        "whereas",
        "if",
        "because",
        "though",
        "although",
        "since",
        "until",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "am",
        "has",
        "have",
        "had",
        "having",
        "do",
        "does",
        "did",
        "can",
        "could",
        "may",
        "might",
        "must",
        "shall",
        "should",
        "will",
        "would",
        "it",
        "its",
        "they",
        "them",
        "their",
        "this",
        "these",
        "those",
        "there",
        "here",
        "he",
        "she",
        "his",
        "her",
        "we",
        "you",
        "our",
        "your",
        "i",
        "not",
        "no",
        "also",
        "both",
        "either",
        "neither",
        "each",
        "every",
        "any",
        "all",
        "some",
        "many",
        "much",
        "more",
        "most",
        "other",
        "another",
        "such",
        "same",
        "very",
        "too",
        "only",
        "just",
        "even",
        "then",
        "thus",
        "what",
        "how",
        "why",
        "one",
        "two",
        "three",
        "between",
        "through",
        "during",
        "about",
        "over",
        "under",
        "after",
        "before",
        "above",
        "below",
        "up",
        "down",
        "out",
        "off",
        "per",
        "via",
        "upon",
        "along",
        "among",
        "across",
        "around",
        "toward",
        "towards",
        "without",
        "against",
        "itself",
        "themselves",
        "following",
        "called",
        "known",
        "termed",
        "named",
        "s",
        "’s",
        "'s",
    ];
    WORDS.contains(&word)
}

/// 'a' or 'an' by sound, for the word that follows.
pub(crate) fn article_for(next: &str) -> &'static str {
    let lower = next.to_lowercase();
    let acronym = next.len() > 1 && next.chars().take(2).all(|c| c.is_uppercase() || c.is_ascii_digit());
    let single = next.chars().nth(1).is_none_or(|c| !c.is_alphanumeric());
    let Some(first) = lower.chars().next() else { return "a" };
    let vowel = if acronym || single {
        "aefhilmnorsx8".contains(first)
    } else {
        let consonant = ["uni", "use", "usu", "ute", "uti", "ure", "uri", "eu", "one", "once", "ub"]
            .iter()
            .any(|sound| lower.starts_with(sound))
            && !["unin", "unim", "unid", "unint"].iter().any(|s| lower.starts_with(s));
        let silent = ["hour", "honest", "heir"].iter().any(|h| lower.starts_with(h));
        ("aeiou".contains(first) && !consonant) || silent
    };
    if vowel { "an" } else { "a" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singular_and_plural() {
        for (many, one) in [
            ("arteries", "artery"),
            ("atria", "atrium"),
            ("valves", "valve"),
            ("viruses", "virus"),
            ("diseases", "disease"),
            ("anastomoses", "anastomosis"),
            ("trabeculae", "trabecula"),
            ("canaliculi", "canaliculus"),
            ("processes", "process"),
            ("microvilli", "microvillus"),
            ("diabetes", "diabetes"),
            ("pancreas", "pancreas"),
            ("enzymes", "enzyme"),
            ("nuclei", "nucleus"),
            ("causes", "cause"),
            ("synapses", "synapse"),
            ("osmosis", "osmosis"),
            ("sinuses", "sinus"),
        ] {
            assert_eq!(singular(many), one);
        }
        for (one, many) in
            [("artery", "arteries"), ("virus", "viruses"), ("diagnosis", "diagnoses"), ("ray", "rays")]
        {
            assert_eq!(plural(one), many);
        }
        assert_eq!(plural_phrase("zone of inhibition"), "zones of inhibition");
        assert_eq!(singular_phrase("T cells"), "T cell");
        assert_eq!(plural_phrase("Purkinje fiber"), "Purkinje fibers");
    }

    #[test]
    fn articles_follow_the_sound() {
        for (word, article) in [
            ("atrium", "an"),
            ("ulna", "an"),
            ("unit", "a"),
            ("MHC", "an"),
            ("hour", "an"),
            ("T", "a"),
            ("eukaryote", "a"),
            ("urinary", "a"),
            ("ulcer", "an"),
            ("X-ray", "an"),
            ("NK", "an"),
            ("DNA", "a"),
        ] {
            assert_eq!(article_for(word), article, "{word}");
        }
    }
}
