//! Sentences of a text. Owns: where they begin and end. Refuses: what they say.

use std::ops::Range;

/// Byte ranges of the sentences of `text`.
pub fn split(text: &str) -> Vec<Range<usize>> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut out = vec![];
    let mut start = 0;
    let mut depth = 0_i32;
    for (i, &(at, c)) in chars.iter().enumerate() {
        match c {
            '(' => depth += 1,
            ')' => depth = (depth - 1).max(0),
            _ => {}
        }
        if !matches!(c, '.' | '!' | '?') || depth > 0 {
            continue;
        }
        let mut j = i + 1;
        while j < chars.len() && matches!(chars[j].1, '”' | '"' | '’' | ')') {
            j += 1;
        }
        let Some(&(gap, s)) = chars.get(j) else { continue };
        if !s.is_whitespace() {
            continue;
        }
        let Some(&(next, n)) = chars[j..].iter().find(|(_, c)| !c.is_whitespace()) else { continue };
        if !(n.is_uppercase() || n.is_ascii_digit() || matches!(n, '“' | '"' | '(')) {
            continue;
        }
        let word = text[start..at].rsplit([' ', '(']).next().unwrap_or("");
        if c == '.'
            && (matches!(word, "e.g" | "i.e" | "vs" | "St" | "Fig" | "Dr" | "cf" | "No" | "ca" | "approx")
                || (word.len() == 1 && word.chars().all(char::is_uppercase) && !matches!(n, '“')))
        {
            continue;
        }
        if start < gap {
            out.push(start..gap);
        }
        start = next;
    }
    let end = text.trim_end().len();
    if start < end {
        out.push(start..end);
    }
    out
}
