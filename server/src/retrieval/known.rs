//! Words that are spelt rightly, whether a lecture has them or not. Owns: the list, and looking a word up in any of its
//! forms. Refuses: saying that a word is wrong: the list is not whole.

use super::lexical::stem;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

/// One word of each stem; sources and licences stand in `assets/NOTICE`.
const LIST: &str = include_str!("../../assets/known_words.txt");

/// Hashes of their stems, ascending: of 80,000 words no two share one by chance.
static STEMS: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let mut stems: Vec<u64> = LIST.lines().map(hash_of_stem).collect();
    stems.sort_unstable();
    stems
});

/// Whether a folded word is spelt rightly, for all that is known.
pub(super) fn is_word(form: &str) -> bool {
    STEMS.binary_search(&hash_of_stem(form)).is_ok()
}

fn hash_of_stem(form: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    stem(form).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_known_in_all_their_forms_and_misspelt_ones_are_not() {
        for word in [
            "dropsy",
            "dropsies",
            "oedema",
            "edema",
            "ileus",
            "ilium",
            "drops",
            "metoprolol",
            "lisinopril",
            "pheochromocytoma",
            "phaeochromocytoma",
            "mitochondria",
            "atria",
            "bronchi",
            "failing",
            "hart",
        ] {
            assert!(is_word(word), "{word}");
        }
        for word in
            ["kindey", "condution", "oedemma", "diptheria", "tachycardai", "hemorrage", "labratory", ""]
        {
            assert!(!is_word(word), "{word}");
        }
    }

    #[test]
    fn the_list_is_plain_and_in_order() {
        let plain = |word: &str| word.len() >= 4 && word.bytes().all(|byte| byte.is_ascii_lowercase());
        assert!(LIST.lines().all(plain) && LIST.lines().is_sorted());
        assert!(LIST.lines().count() > 70_000);
    }
}
