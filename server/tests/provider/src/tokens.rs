//! How long a text is in tokens, and the pieces in which it is streamed.

/// The tokens of a text: a token for every four characters, the last one perhaps not full. No vendor counts like this; it
/// is near enough for prices and easy to foresee in a test.
pub fn tokens(text: &str) -> u64 {
    text.chars().count().div_ceil(4) as u64
}

/// Characters after which a word is broken, so that a reader of the stream cannot count on whole words.
const LONGEST: usize = 6;

/// The pieces of a streamed text: words with the blank before them, long ones broken. Together they are the text.
pub fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = vec![];
    let mut piece = String::new();
    let mut length = 0;
    let mut in_word = false;
    for letter in text.chars() {
        if length == LONGEST || (letter.is_whitespace() && in_word) {
            pieces.push(std::mem::take(&mut piece));
            (length, in_word) = (0, false);
        }
        piece.push(letter);
        length += 1;
        in_word |= !letter.is_whitespace();
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

/// The beginning of a text that is at most `most` tokens long.
pub(crate) fn first(text: &str, most: u64) -> String {
    text.chars().take(usize::try_from(most.saturating_mul(4)).unwrap_or(usize::MAX)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_four_characters() {
        for (text, count) in [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("ääää", 1)] {
            assert_eq!(tokens(text), count, "{text}");
        }
        assert_eq!(first("äbcdefghij", 2), "äbcdefgh");
    }

    #[test]
    fn pieces_are_words_and_parts_of_words() {
        assert_eq!(pieces("The heart"), ["The", " heart"]);
        assert_eq!(pieces("myocardium"), ["myocar", "dium"]);
        assert_eq!(pieces(""), Vec::<String>::new());
        let text = "Zwölf  Größen:\n\n– Über 5 µg; 心臓の心房細動 🫀🫀🫀🫀🫀🫀🫀🫀 ";
        assert_eq!(pieces(text).concat(), text);
        assert!(pieces(text).iter().all(|piece| piece.chars().count() <= LONGEST));
    }
}
