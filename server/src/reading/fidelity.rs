//! How true a reading is to its source. Owns: comparing two texts by their words. Refuses: reading either.

use std::collections::HashMap;

/// How much of a reference a text holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fidelity {
    /// Words of the reference.
    pub words: usize,
    /// Share of them that the text has, in any order.
    pub recall: f64,
    /// Share of them in the longest common subsequence: recall and order in one number.
    pub order: f64,
    /// Share of the text's words that are the reference's.
    pub precision: f64,
}

/// Compares by lower-case words; punctuation is none.
pub fn compare(reference: &str, text: &str) -> Fidelity {
    let (reference, text) = (words(reference), words(text));
    let mut counts: HashMap<&str, i64> = HashMap::new();
    for word in &reference {
        *counts.entry(word).or_default() += 1;
    }
    let mut common = 0;
    for word in &text {
        if let Some(left) = counts.get_mut(word.as_str()).filter(|left| **left > 0) {
            *left -= 1;
            common += 1;
        }
    }
    let share = |part: usize, whole: usize| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
    Fidelity {
        words: reference.len(),
        recall: share(common, reference.len()),
        order: share(subsequence(&reference, &text), reference.len()),
        precision: share(common, text.len()),
    }
}

fn words(text: &str) -> Vec<String> {
    let text = text.replace('\u{ad}', "").replace('\u{2010}', "-");
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '’' | '\'')))
        .map(|word| word.trim_matches(['-', '’', '\'']).to_lowercase())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Length of the longest common subsequence, 64 words of `a` at a time (Crochemore and others, 2001).
fn subsequence(a: &[String], b: &[String]) -> usize {
    let blocks = a.len().div_ceil(64);
    let mut places: HashMap<&str, Vec<(usize, u64)>> = HashMap::new();
    for (at, word) in a.iter().enumerate() {
        let list = places.entry(word).or_default();
        match list.last_mut() {
            Some((block, bits)) if *block == at / 64 => *bits |= 1 << (at % 64),
            _ => list.push((at / 64, 1 << (at % 64))),
        }
    }
    let mut v = vec![u64::MAX; blocks];
    for word in b {
        let Some(list) = places.get(word.as_str()) else { continue };
        let mut next = list.iter().peekable();
        let mut carry = 0u64;
        for (block, bits) in v.iter_mut().enumerate() {
            let matched = next.next_if(|(at, _)| *at == block).map_or(0, |(_, bits)| *bits);
            let u = *bits & matched;
            let (sum, first) = bits.overflowing_add(u);
            let (sum, second) = sum.overflowing_add(carry);
            carry = u64::from(first || second);
            *bits = sum | (*bits - u);
        }
    }
    let zeros: u32 = v.iter().map(|bits| bits.count_zeros()).sum();
    zeros as usize
}

/// The words of a page without reading it as one: tags cut out, what is no text (scripts, navigation) with its
/// content. Deliberately simple, so that it shares no fault with the reader.
pub fn plain_words(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let tag = &rest[at + 1..];
        let name: String =
            tag.chars().take_while(|c| c.is_ascii_alphanumeric()).collect::<String>().to_lowercase();
        let silent = ["script", "style", "title", "nav", "footer"].contains(&name.as_str());
        let close = format!("</{name}");
        rest = match silent.then(|| tag.find(&close)).flatten() {
            Some(end) => &tag[end..],
            None => tag,
        };
        rest = rest.split_once('>').map_or("", |(_, rest)| rest);
        // a letter's style does not part a word
        let ended: String =
            tag.trim_start_matches('/').chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
        if !matches!(ended.as_str(), "b" | "i" | "em" | "strong" | "sub" | "sup" | "a" | "span") {
            out.push(' ');
        }
    }
    out.push_str(rest);
    [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&nbsp;", " "), ("&#39;", "'")]
        .iter()
        .fold(out, |text, (code, c)| text.replace(code, c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_recall() {
        let all = |n: usize| (0..n).map(|i| format!("w{i}")).collect::<Vec<_>>().join(" ");
        let same = compare(&all(200), &all(200));
        assert_eq!((same.words, same.recall, same.order), (200, 1.0, 1.0));
        let mut turned: Vec<String> = all(200).split(' ').map(str::to_string).collect();
        turned.rotate_left(50);
        let turned = compare(&all(200), &turned.join(" "));
        assert_eq!((turned.recall, turned.order), (1.0, 0.75));
        assert_eq!(compare("a b c d", "a x c").recall, 0.5);
    }

    #[test]
    fn plain_words_of_a_page() {
        let page = "<title>T</title><nav>Home</nav><p>Ca<sup>2+</sup> &amp; <b>bold</b></p><p>next";
        assert_eq!(plain_words(page).split_whitespace().collect::<Vec<_>>(), ["Ca2+", "&", "bold", "next"]);
    }
}
