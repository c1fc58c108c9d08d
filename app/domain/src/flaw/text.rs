//! Words of stems and options, as the rules compare them. Owns: splitting and light stemming. Refuses: rules.

use crate::question::Item;

/// Words in lower case.
pub(super) fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !(c.is_alphanumeric() || c == '’' || c == '\''))
        .filter(|w| !w.is_empty())
        .map(str::to_string)
        .collect()
}

/// Stems of the words that carry meaning.
pub(super) fn content(text: &str) -> Vec<String> {
    words(text)
        .into_iter()
        .filter(|w| !crate::question::is_function_word(w))
        .map(|w| crate::question::stem(&w))
        .collect()
}

/// The sentence that asks: the last one.
pub(super) fn lead_in(stem: &str) -> &str {
    let trimmed = stem.trim_end();
    let body = trimmed.trim_end_matches(['?', '.', '!', ':']);
    let start = body
        .char_indices()
        .filter(|(at, c)| matches!(c, '.' | '?' | '!') && body[at + c.len_utf8()..].starts_with(' '))
        .map(|(at, c)| at + c.len_utf8())
        .next_back()
        .unwrap_or(0);
    trimmed[start..].trim()
}

/// The key's text; `None` where there is none or more than one.
pub(super) fn key(item: &Item) -> Option<&str> {
    let mut keys = item.options.iter().filter(|o| o.correct);
    let key = keys.next()?;
    keys.next().is_none().then_some(key.text.as_str())
}

/// The distractors' texts.
pub(super) fn wrong(item: &Item) -> Vec<&str> {
    item.options.iter().filter(|o| !o.correct).map(|o| o.text.as_str()).collect()
}

/// Characters.
pub(super) fn length(text: &str) -> f32 {
    text.chars().count() as f32
}

/// Whether the head of a short noun phrase stands in the plural; `None` where that cannot be told.
pub(super) fn is_plural(text: &str) -> Option<bool> {
    let words = words(text);
    if words.is_empty() || words.len() > 5 {
        return None;
    }
    let parts: Vec<&str> = words.iter().map(String::as_str).collect();
    let head = parts[crate::question::head_index(&parts)];
    Some(crate::question::singular(head) != head)
}
