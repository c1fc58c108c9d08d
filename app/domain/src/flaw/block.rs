//! The rules that block publication, 1 to 10. Owns: their wording as code. Refuses: what only warns.

use super::Flaw;
use super::text::{content, is_plural, key, lead_in as asking, length, words, wrong};
use crate::document::Document;
use crate::question::Item;
use std::collections::HashSet;

/// Rule 1: exactly one key, three to five options, all different.
pub fn count_and_key(item: &Item) -> Option<Flaw> {
    let texts: HashSet<String> = item.options.iter().map(|o| words(&o.text).join(" ")).collect();
    let bare: HashSet<String> = item.options.iter().map(|o| o.text.trim().to_lowercase()).collect();
    let unique =
        bare.len() == item.options.len() && (texts.len() == item.options.len() || texts.contains(""));
    let empty = item.options.iter().any(|o| o.text.trim().is_empty());
    let fits = key(item).is_some() && (3..=5).contains(&item.options.len()) && unique && !empty;
    (!fits).then_some(Flaw::CountAndKey)
}

/// Rule 2: options that stand for other options.
pub fn all_or_none(item: &Item) -> Option<Flaw> {
    const PHRASES: &[&str] = &[
        "all of the above",
        "none of the above",
        "all of these",
        "none of these",
        "both of the above",
        "all the above",
        "none of the other",
        "all of the other",
        "any of the above",
        "neither of the above",
        "all are correct",
        "none are correct",
    ];
    let refers = item.options.iter().any(|option| {
        let words = words(&option.text);
        let text = words.join(" ");
        let letter = |w: &String| matches!(w.as_str(), "a" | "b" | "c" | "d" | "e");
        let letters = matches!(words.as_slice(), [x, and, y] if letter(x) && letter(y) && (and == "and" || and == "or"))
            || matches!(words.as_slice(), [both, x, and, y] if both == "both" && letter(x) && letter(y) && and == "and");
        letters || PHRASES.iter().any(|p| text == *p || text.starts_with(&format!("{p} ")))
    });
    refers.then_some(Flaw::AllOrNone)
}

/// Rule 3: the lead-in sentence is negated. 'at least', 'is not active' and a 'not' outside the lead-in do not
/// count.
pub fn negation(item: &Item) -> Option<Flaw> {
    let sentence = asking(&item.stem);
    let capitals = sentence
        .split_whitespace()
        .any(|w| matches!(w.trim_matches(|c: char| !c.is_alphabetic()), "NOT" | "EXCEPT" | "LEAST"));
    let text = format!(" {} ", words(sentence).join(" "));
    let asks = [
        " which of the following is not ",
        " which of the following are not ",
        " which of the following does not ",
        " which of the following do not ",
        " which is not ",
        " which one is not ",
        " is not true ",
        " are not true ",
        " is false ",
        " are false ",
        " is incorrect ",
        " is least likely ",
        " is the least likely ",
        " least likely ",
        " which of these is not ",
        " would not be ",
        " which of the following would not ",
        " which of the following cannot ",
    ];
    // '… is not active' tells a property: the negation must end what is asked
    let flagged = asks.iter().any(|a| {
        text.find(a).is_some_and(|at| {
            let rest = text[at + a.len() - 1..].trim();
            let plain = a.contains("is not ") || a.contains("are not ");
            !plain
                || a.contains("true")
                || rest.is_empty()
                || rest.split(' ').next().is_some_and(|w| {
                    matches!(
                        w,
                        "a" | "an"
                            | "the"
                            | "true"
                            | "one"
                            | "part"
                            | "correct"
                            | "associated"
                            | "found"
                            | "considered"
                            | "caused"
                            | "characteristic"
                            | "involved"
                    )
                })
        })
    }) || text.trim_end().ends_with(" except");
    (capitals || flagged).then_some(Flaw::Negation)
}

/// Rule 4: the key is over 25 % longer than the longest distractor and by at least ten characters.
pub fn key_length(item: &Item) -> Option<Flaw> {
    let key = length(key(item)?);
    let longest = wrong(item).into_iter().map(length).fold(0.0, f32::max);
    (key > 1.25 * longest && key - longest >= 10.0).then_some(Flaw::KeyLength)
}

/// Rule 5: a content word of the stem is repeated in the key while no distractor repeats any.
pub fn leak(item: &Item) -> Option<Flaw> {
    let stem: HashSet<String> = content(&item.stem).into_iter().collect();
    let repeats = |text: &str| {
        content(text).iter().any(|w| w.len() > 2 && stem.contains(w) && !crate::question::is_type_stem(w))
    };
    let any = |text: &str| content(text).iter().any(|w| stem.contains(w));
    (repeats(key(item)?) && !wrong(item).into_iter().any(any)).then_some(Flaw::Leak)
}

/// Rule 6: the stem ends in 'a' or 'an' (or has it before the gap) and an option does not go with it.
pub fn article(item: &Item) -> Option<Flaw> {
    let stem = item.stem.trim_end_matches([':', '?', '.', ' ']);
    let before_gap = stem.split("_____").next().filter(|_| stem.contains("_____"));
    let last = before_gap.unwrap_or(stem).trim_end().rsplit(' ').next()?.to_lowercase();
    if last != "a" && last != "an" {
        return None;
    }
    let misfits = item
        .options
        .iter()
        .any(|o| o.text.split(' ').next().is_some_and(|w| crate::question::article_for(w) != last));
    misfits.then_some(Flaw::Article)
}

/// Rule 6: the key is the only option in the plural, or the only one in the singular.
pub fn key_number(item: &Item) -> Option<Flaw> {
    let key = is_plural(key(item)?)?;
    let others: Vec<bool> = wrong(item).into_iter().map(is_plural).collect::<Option<_>>()?;
    // 'diabetes' beside 'rickets' is no plural; words that cannot be told pass
    (!others.is_empty() && others.iter().all(|o| *o != key)).then_some(Flaw::KeyNumber)
}

/// A number with its unit: '3.5 L'.
fn number(text: &str) -> Option<(f64, f64, usize, String)> {
    let cleaned = text.replace(',', "");
    let plain = cleaned.trim().trim_start_matches(['~', '≈', '<', '>', '≤', '≥']);
    let mut values = vec![];
    let mut precision = 0;
    let mut rest = plain;
    while values.len() < 2 {
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let (digits, tail) = rest.split_at(end);
        let value: f64 = digits.trim_end_matches('.').parse().ok()?;
        precision = digits.trim_end_matches('.').split_once('.').map_or(0, |(_, d)| d.len());
        values.push(value);
        let next = tail.trim_start();
        let range = ["–", "-", "to ", "and "].iter().find_map(|dash| next.strip_prefix(dash));
        match range.map(str::trim_start).filter(|r| r.starts_with(|c: char| c.is_ascii_digit())) {
            Some(more) => rest = more,
            None => {
                rest = tail;
                break;
            }
        }
    }
    let (low, high) = (*values.first()?, *values.last()?);
    Some((low, high, precision, rest.trim().to_lowercase()))
}

/// Rule 7: numeric options overlap, are unsorted, or mix units or precision.
pub fn numbers(item: &Item) -> Option<Flaw> {
    let parsed: Vec<_> = item.options.iter().map(|o| number(&o.text)).collect::<Option<_>>()?;
    let ascending = parsed.windows(2).all(|w| w[0].0 < w[1].0);
    let descending = parsed.windows(2).all(|w| w[0].0 > w[1].0);
    let mut sorted = parsed.clone();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let overlap = sorted.windows(2).any(|w| w[1].0 < w[0].1);
    let units = parsed.iter().map(|p| &p.3).collect::<HashSet<_>>().len() > 1;
    let precision = parsed.iter().map(|p| p.2).collect::<HashSet<_>>().len() > 1;
    (overlap || units || precision || !(ascending || descending)).then_some(Flaw::Numbers)
}

/// Rule 8, the part that needs no document: each option has a rationale and a quote.
pub(super) fn rationales(item: &Item) -> Option<Flaw> {
    let bare = item.options.iter().any(|o| o.rationale.trim().is_empty() || o.quote.trim().is_empty());
    bare.then_some(Flaw::Sources)
}

/// Rule 8: each option has a rationale, and its quote stands in the document where it says, on that page.
pub fn sources(item: &Item, document: &Document) -> Option<Flaw> {
    let broken = item.options.iter().any(|o| {
        let found = document.text.get(o.span.range());
        found != Some(o.quote.as_str())
            || document.pages.is_empty()
            || document.page_at(o.span.start) != o.page
    });
    rationales(item).or(broken.then_some(Flaw::Sources))
}

/// Rule 9: two items ask the same: words of stem and key in common are 60 % of all.
pub fn near_duplicate(one: &Item, two: &Item) -> Option<Flaw> {
    const FRAME: &[&str] = &["which", "follow", "best", "describ", "term", "complet", "sentenc", "statement"];
    let signature = |item: &Item| -> HashSet<String> {
        let text = format!("{} {}", item.stem, key(item).unwrap_or(""));
        content(&text).into_iter().filter(|w| !FRAME.contains(&w.as_str())).collect()
    };
    let (a, b) = (signature(one), signature(two));
    let shared = a.intersection(&b).count() as f32;
    let all = a.union(&b).count() as f32;
    let same = one.stem.trim() == two.stem.trim() && key(one) == key(two);
    (same || (all > 0.0 && shared / all >= 0.6 && (key(one) == key(two) || shared / all >= 0.8)))
        .then_some(Flaw::NearDuplicate)
}

/// Rule 10: a question, a command, a gap, or an open stem that the options complete.
pub fn lead_in(item: &Item) -> Option<Flaw> {
    const OPENERS: &[&str] = &[
        "what",
        "which",
        "who",
        "whom",
        "whose",
        "when",
        "where",
        "why",
        "how",
        "is",
        "are",
        "does",
        "do",
        "can",
        "choose",
        "select",
        "name",
        "identify",
        "give",
        "state",
        "find",
        "calculate",
        "determine",
        "indicate",
        "list",
        "match",
        "mark",
        "complete",
    ];
    let stem = item.stem.trim();
    let question = stem.trim_end_matches(['”', '"', ')', ' ']).ends_with('?');
    let gap = stem.contains("___");
    let first = words(asking(stem)).first().cloned().unwrap_or_default();
    let opener = OPENERS.contains(&first.as_str());
    // an open stem ends without a stop and its options go on in lower case or complete it
    let open = !stem.ends_with('.')
        && !stem.ends_with('!')
        && (stem.ends_with(':')
            || stem.ends_with('…')
            || stem.chars().last().is_some_and(char::is_alphabetic));
    let runs_on = open && item.options.iter().all(|o| !o.text.trim().is_empty());
    (stem.is_empty() || !(question || gap || opener || runs_on)).then_some(Flaw::LeadIn)
}

#[cfg(test)]
mod tests;
