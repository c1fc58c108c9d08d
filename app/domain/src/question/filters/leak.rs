//! Whether a stem gives the key away by its words. Owns: shared words, shared parts of words, abbreviations spelled
//! out. Refuses: what parts mean in English (`morphology`).

use super::is_type_stem;
use crate::question::facts::Matter;
use crate::question::morphology;
use crate::question::token::{Token, tokens_of};
use crate::question::word::{is_function_word, stem};

const PREFIXES: &[&str] = &[
    "inter", "intra", "hyper", "hypo", "card", "endo", "exo", "micro", "macro", "para", "peri", "post",
    "anti", "extra", "trans", "super", "supra", "sub", "auto", "epi", "poly", "mono", "multi", "neuro",
    "gluco", "glyc", "hemo", "cyto", "electr", "immun", "meta", "ante", "contr", "retro", "hydr", "homo",
    "hetero", "phys", "bio", "dors", "vent",
];

/// Whether a part of the key stands in the stem and in no wrong option.
pub(crate) fn leaks(body: &[Token], key: &str, wrong: &[&str], rare: &dyn Fn(&str) -> bool) -> bool {
    let parts = |text: &str| -> Vec<String> {
        text.to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|w| w.len() > 3)
            .map(str::to_string)
            .collect()
    };
    let others: Vec<String> = wrong.iter().flat_map(|w| parts(w)).collect();
    let stem_words: Vec<String> = body
        .iter()
        .filter(|t| t.is_word() && !is_function_word(&t.lower))
        .flat_map(|t| parts(&t.text))
        .collect();
    let head = parts(key).last().cloned();
    for word in parts(key) {
        // a class noun tells nothing as the head of a name; before it it tells which
        let said_too = |said: &String| *said == word || stem(said) == stem(&word);
        let modifier = head.as_ref() != Some(&word) && stem_words.iter().any(said_too);
        if is_type_stem(&stem(&word)) && !modifier && key.contains(' ') {
            continue;
        }
        for said in &stem_words {
            let shared = word.bytes().zip(said.bytes()).take_while(|(a, b)| a == b).count();
            let prefix = word.get(..shared).unwrap_or("");
            let common = PREFIXES.iter().any(|p| prefix.starts_with(p) && prefix.len() <= p.len() + 1);
            let long = word.len() >= 6 && said.len() >= 6 && shared >= 4 && !common;
            let root = stem(said);
            // 'patella' in 'femoropatellar' as 'bone' in 'bones'
            let own = stem(&word);
            let inside = (root.len() >= 5 && word.contains(&root)) || (own.len() >= 5 && said.contains(&own));
            let root = if said.contains(&own) { own } else { root };
            // 'amine' and 'amino'
            let short = shared >= 4 && shared + 1 >= word.len().max(said.len()) && !common;
            // 'gene' and 'genetic'
            let short = short || (shared == word.len() && !key.contains(' ') && said.len() <= word.len() + 3);
            // 'metabolism' and 'catabolic'
            let middle = common_middle(&word, said);
            if !((shared >= 5 && !common) || long || inside || short || middle.is_some()) {
                continue;
            }
            let carried = others.iter().any(|o| {
                let same = o.bytes().zip(said.bytes()).take_while(|(a, b)| a == b).count();
                (shared >= 4 && same >= shared.min(5))
                    || (inside && o.contains(&root))
                    || middle.is_some_and(|middle| o.contains(middle))
            });
            if !carried {
                return true;
            }
        }
    }
    morphology::spells(body, key, wrong, rare)
        || key.split(' ').any(|word| spelled_out(word, key, &stem_words))
}

/// Six letters or more that two words share, unless both end with them ('differentiation', 'formation').
fn common_middle<'w>(one: &'w str, two: &str) -> Option<&'w str> {
    const LEAST: usize = 6;
    let from = 0..one.len().saturating_sub(LEAST - 1);
    let pieces = from.filter_map(|from| one.get(from..from + LEAST));
    let mut pieces = pieces.filter(|piece| two.contains(piece));
    pieces.find(|piece| !(one.ends_with(piece) && two.ends_with(piece)))
}

/// 'SA node' where the stem says 'sinoatrial nodal'.
fn spelled_out(word: &str, key: &str, said: &[String]) -> bool {
    let short = (2..=4).contains(&word.len()) && word.chars().all(|c| c.is_ascii_uppercase());
    let head = key.rsplit(' ').next().and_then(|head| head.get(..3)).unwrap_or("-").to_lowercase();
    let letters = word.to_lowercase();
    short
        && said.iter().any(|w| w.starts_with(&head))
        && said.iter().any(|w| {
            let mut rest = w.chars();
            w.len() >= 8 && w.starts_with(&letters[..1]) && letters.chars().all(|c| rest.any(|r| r == c))
        })
}

/// Whether a description alone repeats a part of the name that it is asked for.
pub(crate) fn repeats(matter: &Matter<'_>, name: &str, own: &str, others: &[&str]) -> bool {
    let words = |text: &str| -> Vec<String> {
        let parts = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
        parts.filter(|w| w.len() >= 4 && !is_function_word(w)).collect()
    };
    let near = |a: &str, b: &str| {
        let shared = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
        shared >= 5
            || shared == a.len().min(b.len())
            || (a.len() >= 5 && b.contains(a))
            || (b.len() >= 5 && a.contains(b))
    };
    let says = |text: &str, word: &str| words(text).iter().any(|said| near(said, word));
    let rare = |word: &str| matter.prose.rarity(word) >= 1.8;
    // one other that says it too leaves a choice of two
    let carriers = |word: &str| others.iter().filter(|other| says(other, word)).count();
    let clues = |text: &str| morphology::clues(&tokens_of(text), name, &rare);
    words(name).iter().any(|word| says(own, word) && carriers(word) < others.len().min(2))
        || clues(own).iter().any(|clue| !others.iter().any(|other| clues(other).contains(clue)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_words_give_the_key_away() {
        for (stem, key, wrong) in [
            ("made by the change of one amino acid", "amine hormone", ["steroid hormone", "protein hormone"]),
            ("a segment with the genetic information for a protein", "gene", ["codon", "exon"]),
            ("the point where the cycle may stop", "checkpoint", ["prophase", "interphase"]),
            ("slides within the femoropatellar joint", "patella", ["humerus", "tibia"]),
            (
                "nodal blocks of the sinoatrial kind begin there",
                "SA node",
                ["Purkinje fiber", "bundle branch"],
            ),
            ("the study of one body region", "regional anatomy", ["systemic anatomy", "microscopic anatomy"]),
            (
                "the sum of all anabolic reactions and catabolic ones",
                "metabolism",
                ["growth", "reproduction"],
            ),
            (
                "the difference in concentration across a space",
                "concentration gradient",
                ["electrical gradient", "pump"],
            ),
        ] {
            assert!(leaks(&tokens_of(stem), key, &wrong, &|_| true), "{stem}: {key}");
        }
        for (stem, key, wrong) in [
            ("slides within the femoropatellar joint", "patella", ["patellar ligament", "tibia"]),
            ("carries impulses to the lower chambers", "AV node", ["Purkinje fiber", "bundle branch"]),
        ] {
            assert!(!leaks(&tokens_of(stem), key, &wrong, &|_| true), "{stem}: {key}");
        }
    }
}
