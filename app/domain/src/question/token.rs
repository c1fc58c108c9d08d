//! Words and signs of a sentence with their place in the document. Owns: where a word begins and ends, and how
//! kept words are written out again. Refuses: what a word means.

use super::tagger::Tag;

/// A word or a sign.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    /// As written.
    pub(crate) text: String,
    /// In lower case.
    pub(crate) lower: String,
    /// Byte offsets in the text that was cut up.
    pub(crate) start: usize,
    /// One past its last byte.
    pub(crate) end: usize,
    /// Whether white space stands before it.
    pub(crate) gap: bool,
    /// Part of speech.
    pub(crate) tag: Tag,
}

impl Token {
    /// Whether it holds a letter or digit.
    pub(crate) fn is_word(&self) -> bool {
        self.text.chars().any(char::is_alphanumeric)
    }

    /// Whether it is this word or sign, in any case.
    pub(crate) fn is(&self, word: &str) -> bool {
        self.lower == word
    }
}

fn joins(previous: char, sign: char, next: char) -> bool {
    match sign {
        '-' | '‐' | '‑' | '−' => previous.is_alphanumeric() && next.is_alphanumeric(),
        '\'' | '’' => previous.is_alphabetic() && next.is_alphabetic(),
        '.' | ',' => previous.is_ascii_digit() && next.is_ascii_digit(),
        '+' | '⁺' | '⁻' => previous.is_alphanumeric(),
        _ => false,
    }
}

/// Cuts text into words and signs. 'kidney’s' is two tokens, 'Na+' and 'G-protein' one.
pub(crate) fn tokens_of(text: &str) -> Vec<Token> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut out: Vec<Token> = vec![];
    let mut at = 0;
    let mut gap = false;
    while at < chars.len() {
        let (start, c) = chars[at];
        if c.is_whitespace() {
            gap = true;
            at += 1;
            continue;
        }
        let mut end = at + 1;
        if c.is_alphanumeric() {
            while let Some(&(_, next)) = chars.get(end) {
                let after = chars.get(end + 1).map_or(' ', |(_, c)| *c);
                let previous = chars[end - 1].1;
                let possessive = matches!(next, '\'' | '’')
                    && after == 's'
                    && !chars.get(end + 2).is_some_and(|(_, c)| c.is_alphanumeric());
                if possessive || !(next.is_alphanumeric() || joins(previous, next, after)) {
                    break;
                }
                end += 1;
            }
        } else if matches!(c, '\'' | '’')
            && !gap
            && chars.get(at + 1).is_some_and(|(_, c)| *c == 's')
            && !chars.get(at + 2).is_some_and(|(_, c)| c.is_alphanumeric())
        {
            end += 1;
        }
        let stop = chars.get(end).map_or(text.len(), |(offset, _)| *offset);
        let word = &text[start..stop];
        out.push(Token {
            text: word.to_string(),
            lower: word.to_lowercase(),
            start,
            end: stop,
            gap: gap && !out.is_empty(),
            tag: Tag::Noun,
        });
        gap = false;
        at = end;
    }
    out
}

/// Writes tokens out, with the spaces that stood between them; no space before a comma or stop.
pub(crate) fn write(tokens: &[Token]) -> String {
    let mut out = String::new();
    for (index, token) in tokens.iter().enumerate() {
        let closing = matches!(token.text.as_str(), "," | "." | ";" | ":" | "?" | "!" | ")" | "’s" | "'s");
        if index > 0 && token.gap && !closing {
            out.push(' ');
        }
        out.push_str(&token.text);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut() {
        let words = |text: &str| tokens_of(text).into_iter().map(|t| t.text).collect::<Vec<_>>();
        assert_eq!(words("The kidney’s Na+ (3.5)."), ["The", "kidney", "’s", "Na+", "(", "3.5", ")", "."]);
        assert_eq!(
            words("alveolar–capillary G-protein, x"),
            ["alveolar", "–", "capillary", "G-protein", ",", "x"]
        );
        assert_eq!(write(&tokens_of("A  kidney’s cell—the (big) one.")), "A kidney’s cell—the (big) one.");
    }
}
