//! The rules that warn. Owns: those that are pure rules of strings. Refuses: blocking.

use super::Flaw;
use super::text::{content, is_plural, key, lead_in, length, words, wrong};
use crate::question::{Bloom, Item, ItemKind};
use std::collections::HashSet;

/// All warnings of an item.
pub fn warnings(item: &Item) -> Vec<Flaw> {
    let rules: [fn(&Item) -> Option<Flaw>; 10] =
        [longer, absolute, frequency, convergence, parallel, unfocused, wordy, bloom, value, stigma];
    rules.iter().filter_map(|rule| rule(item)).collect()
}

fn longer(item: &Item) -> Option<Flaw> {
    let others = wrong(item);
    let mean = others.iter().map(|w| length(w)).sum::<f32>() / others.len().max(1) as f32;
    (length(key(item)?) > 1.25 * mean).then_some(Flaw::KeyLongerThanMean)
}

fn any_word(item: &Item, list: &[&str]) -> bool {
    item.options.iter().any(|o| words(&o.text).iter().any(|w| list.contains(&w.as_str())))
}

fn absolute(item: &Item) -> Option<Flaw> {
    any_word(item, &["always", "never", "only", "all", "none", "every", "completely", "entirely"])
        .then_some(Flaw::Absolute)
}

fn frequency(item: &Item) -> Option<Flaw> {
    any_word(
        item,
        &["often", "usually", "may", "sometimes", "frequently", "occasionally", "rarely", "commonly"],
    )
    .then_some(Flaw::VagueFrequency)
}

fn convergence(item: &Item) -> Option<Flaw> {
    let own: HashSet<String> = content(key(item)?).into_iter().collect();
    let others: Vec<HashSet<String>> =
        wrong(item).into_iter().map(|w| content(w).into_iter().collect()).collect();
    let meets = |word: &String, sets: &[&HashSet<String>]| sets.iter().filter(|s| s.contains(word)).count();
    let all: Vec<&HashSet<String>> = others.iter().collect();
    let of_key: usize = own.iter().map(|w| meets(w, &all)).sum();
    let of_others = others
        .iter()
        .enumerate()
        .map(|(at, set)| {
            let rest: Vec<&HashSet<String>> =
                others.iter().enumerate().filter(|(o, _)| *o != at).map(|(_, s)| s).chain([&own]).collect();
            set.iter().map(|w| meets(w, &rest)).sum::<usize>()
        })
        .max()
        .unwrap_or(0);
    (own.len() > 1 && of_key >= 3 && of_key > of_others + 1).then_some(Flaw::Convergence)
}

fn parallel(item: &Item) -> Option<Flaw> {
    let capital = |t: &str| {
        t.chars().next().is_some_and(char::is_uppercase)
            && !t.chars().nth(1).is_some_and(|c| c.is_uppercase() || !c.is_alphabetic())
    };
    let forms: HashSet<bool> = item.options.iter().filter_map(|o| is_plural(&o.text)).collect();
    let articles: HashSet<bool> = item
        .options
        .iter()
        .map(|o| matches!(words(&o.text).first().map(String::as_str), Some("a" | "an" | "the")))
        .collect();
    let cases: HashSet<bool> =
        item.options.iter().filter(|o| o.text.contains(' ')).map(|o| capital(&o.text)).collect();
    let lengths: Vec<usize> = item.options.iter().map(|o| words(&o.text).len()).collect();
    let spread = lengths.iter().max() > lengths.iter().min().map(|m| m * 4 + 2).as_ref();
    (forms.len() > 1 && articles.len() > 1 || cases.len() > 1 && articles.len() > 1 || spread)
        .then_some(Flaw::NotParallel)
}

fn unfocused(item: &Item) -> Option<Flaw> {
    let text = words(lead_in(&item.stem)).join(" ");
    const PHRASES: &[&str] = &[
        "which of the following is true",
        "which of the following are true",
        "which is true",
        "which statement is true",
        "which of the following statements",
        "which statement is correct",
        "which of the following is correct",
        "which is correct",
    ];
    PHRASES.iter().any(|p| text.starts_with(p)).then_some(Flaw::Unfocused)
}

fn wordy(item: &Item) -> Option<Flaw> {
    let firsts: HashSet<Vec<String>> =
        item.options.iter().map(|o| words(&o.text).into_iter().take(3).collect()).collect();
    let shared = firsts.len() == 1 && firsts.iter().all(|f| f.len() == 3);
    let long = words(&item.stem).len() > 120 || item.options.iter().any(|o| words(&o.text).len() > 40);
    (shared || long).then_some(Flaw::Wordy)
}

fn bloom(item: &Item) -> Option<Flaw> {
    let case = matches!(item.bloom, Bloom::Apply | Bloom::Analyze);
    (case && item.kind != ItemKind::Vignette).then_some(Flaw::BloomWithoutCase)
}

fn value(item: &Item) -> Option<Flaw> {
    const NAMES: &[&str] = &[
        "sodium",
        "potassium",
        "glucose",
        "creatinine",
        "hemoglobin",
        "calcium",
        "chloride",
        "bicarbonate",
        "albumin",
        "bilirubin",
    ];
    let words = words(&item.stem);
    let bare = words.windows(3).any(|w| {
        let of = (w[1] == "of" || w[1] == "is") && w[2].chars().all(|c| c.is_ascii_digit());
        NAMES.contains(&w[0].as_str()) && of
    });
    let unit = ["mg", "mmol", "meq", "g/", "mol", "%", "u/l", "dl"]
        .iter()
        .any(|u| item.stem.to_lowercase().contains(u));
    (bare && !unit).then_some(Flaw::ValueWithoutUnit)
}

fn stigma(item: &Item) -> Option<Flaw> {
    const PHRASES: &[&str] = &[
        " a diabetic ",
        " an alcoholic ",
        " an addict ",
        " a schizophrenic ",
        " an epileptic ",
        " a hypertensive ",
        " an asthmatic ",
        " diabetics ",
        " alcoholics ",
        " addicts ",
        " epileptics ",
        " schizophrenics ",
        " a drug abuser ",
        " an obese ",
        " the handicapped ",
    ];
    let all = std::iter::once(item.stem.as_str()).chain(item.options.iter().map(|o| o.text.as_str()));
    let text = all.map(|t| format!(" {} ", words(t).join(" "))).collect::<String>();
    const NOUNS: &[&str] = &[
        "patient",
        "person",
        "ketoacidosis",
        "nephropathy",
        "man",
        "woman",
        "kidney",
        "foot",
        "retinopathy",
        "neuropathy",
    ];
    let named = PHRASES.iter().any(|p| {
        text.match_indices(p).any(|(at, _)| {
            let next = text[at + p.len()..].split(' ').next().unwrap_or("");
            !NOUNS.contains(&next)
        })
    });
    named.then_some(Flaw::Stigma)
}
