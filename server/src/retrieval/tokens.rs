//! Token counts and token places, as the embedding model sees them. Owns: the bundled WordPiece tokenizer of
//! all-MiniLM-L6-v2, so that text can be cut into passages on a machine without any model. Refuses: where to
//! cut (`domain::chunk`, `window`) and running a model (`embed`).

use domain::document::Span;
use std::sync::LazyLock;
use tokenizers::Tokenizer;

/// The tokenizer's file, bundled; origin and licence stand in `assets/NOTICE`.
const FILE: &[u8] = include_bytes!("../../assets/tokenizer.json");

/// Vocabulary number of the mark that begins every row of a BERT model.
pub const CLS: u32 = 101;
/// Vocabulary number of the mark that ends every row of a BERT model.
pub const SEP: u32 = 102;

/// A piece of a word, as the embedding model reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Its number in the vocabulary.
    pub id: u32,
    /// The bytes of the text that it stands for, on character borders, never empty. Ascending from token to
    /// token; two tokens share a span only where one character becomes several (a Hangul syllable).
    pub span: Span,
}

/// A tokenizer without truncation, padding or special tokens.
#[derive(Debug)]
pub struct Tokens(Tokenizer);

static BUNDLED: LazyLock<Tokens> = LazyLock::new(|| {
    let mut tokenizer = Tokenizer::from_bytes(FILE).expect("the bundled tokenizer is whole (tested)");
    // the file truncates and pads to 128 tokens, which would make every count wrong
    tokenizer.with_truncation(None).expect("no truncation is always valid");
    tokenizer.with_padding(None);
    // a document that writes "[SEP]" means these five characters
    tokenizer.set_encode_special_tokens(true);
    Tokens(tokenizer)
});

impl Tokens {
    /// The process-wide tokenizer of the default embedding model, built at first use (about 50 ms).
    pub fn bundled() -> &'static Self {
        &BUNDLED
    }

    /// Number of tokens, special ones not counted.
    pub fn count(&self, text: &str) -> usize {
        lines(text).map(|(_, line)| self.encode(line).len()).sum()
    }

    /// The tokens with their places in `text`.
    pub fn tokens(&self, text: &str) -> Vec<Token> {
        let mut tokens = Vec::with_capacity(text.len() / 4);
        for (start, line) in lines(text) {
            let encoding = self.encode(line);
            tokens.extend(encoding.get_ids().iter().zip(encoding.get_offsets()).map(|(&id, &(from, to))| {
                // decomposition can leave an offset inside a character: widen to its borders
                let (mut from, mut to) = (start + from, start + to);
                while !text.is_char_boundary(from) {
                    from -= 1;
                }
                while !text.is_char_boundary(to) {
                    to += 1;
                }
                Token { id, span: Span::new(from, to) }
            }));
        }
        tokens
    }

    /// The byte ranges of the tokens alone, as cutting a text needs them.
    pub fn ranges(&self, text: &str) -> Vec<(usize, usize)> {
        let range = |token: Token| (token.span.start as usize, token.span.end as usize);
        self.tokens(text).into_iter().map(range).collect()
    }

    fn encode(&self, line: &str) -> tokenizers::Encoding {
        self.0.encode(line, false).expect("WordPiece with an unknown token encodes every text")
    }
}

/// The lines of a text with their byte offsets. BERT splits at white space before anything else, so line by
/// line gives the same tokens and keeps the tokenizer's bookkeeping (some 100 bytes a character) small.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let at = start;
        start += line.len();
        (at, line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pieces(text: &str) -> Vec<&str> {
        Tokens::bundled().tokens(text).iter().map(|token| &text[token.span.range()]).collect()
    }

    #[test]
    fn ids_are_those_of_the_reference_tokenizer() {
        // computed with PyPI tokenizers on the same file
        let ids = |text| Tokens::bundled().tokens(text).iter().map(|t| t.id).collect::<Vec<_>>();
        assert_eq!(ids("The heart beats."), [1996, 2540, 10299, 1012]);
        assert_eq!(ids("[SEP]"), [1031, 19802, 1033]);
        assert_eq!(ids(""), [0_u32; 0]);
    }

    #[test]
    fn tokens_cover_what_they_stand_for() {
        assert_eq!(pieces("Ménière's  disease"), ["Mén", "ière", "'", "s", "disease"]);
        assert_eq!(pieces("Na+/K+\n\nATPase"), ["Na", "+", "/", "K", "+", "ATP", "ase"]);
    }

    #[test]
    fn nothing_is_cut_or_padded() {
        assert_eq!(Tokens::bundled().count(&"heart ".repeat(1000)), 1000);
        assert_eq!(Tokens::bundled().count("heart"), 1);
    }

    proptest! {
        #[test]
        fn spans_ascend_on_borders_and_count_agrees(text in "[ \\n\\t\\PCa-zé가각½ﬁ]{0,80}") {
            let tokens = Tokens::bundled().tokens(&text);
            prop_assert_eq!(tokens.len(), Tokens::bundled().count(&text));
            prop_assert!(tokens.iter().all(|t| !t.span.is_empty() && text.get(t.span.range()).is_some()));
            prop_assert!(tokens.is_sorted_by(|a, b| a.span == b.span || a.span.end <= b.span.start));
        }

        #[test]
        fn a_text_has_the_tokens_of_its_lines(a in "\\PC{0,30}", b in "\\PC{0,30}") {
            let whole = Tokens::bundled().0.encode(format!("{a}\n{b}"), false).unwrap().get_ids().to_vec();
            let parts: Vec<u32> = Tokens::bundled().tokens(&format!("{a}\n{b}")).iter().map(|t| t.id).collect();
            prop_assert_eq!(parts, whole);
        }
    }
}
