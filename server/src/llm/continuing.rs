//! How an answer goes on when the one who wrote it broke off. Owns: which words are handed on while more may come, and
//! where the words of the next one join. Refuses: asking anybody.
//!
//! Words are handed on when they are whole. So a break falls between two words, and the next model, which is given what
//! was handed on, goes on with a new one. Models do not always keep to that: some repeat the last words, or begin again at
//! the beginning. What repeats is left out.

/// A text whose end repeats the beginning of what follows by fewer characters than this may do so by chance ('the').
const OVERLAP_MIN: usize = 12;
/// The longest overlap that is looked for, and so what is held back of a continuation, characters.
const OVERLAP_MAX: usize = 160;

/// What has no space for so many characters is no word, or of a script that parts none: it is handed on as it comes.
const LONGEST_WORD: usize = 60;

/// Hands on whole words.
#[derive(Debug, Default)]
pub struct Words {
    held: String,
}

impl Words {
    /// Takes a piece and gives what is whole by now, with the space in front of the next word kept back.
    pub fn push(&mut self, piece: &str) -> String {
        self.held.push_str(piece);
        if self.held.chars().rev().take_while(|c| !c.is_whitespace()).count() > LONGEST_WORD {
            return self.finish();
        }
        // the last word may go on, and the space before it belongs to it: a break then leaves no space behind
        let whole = self.held.trim_end_matches(|c: char| !c.is_whitespace()).trim_end().len();
        let rest = self.held.split_off(whole);
        std::mem::replace(&mut self.held, rest)
    }

    /// Gives the rest at the end of an answer that is whole.
    pub fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }
}

/// The beginning of a continuation, until it is known where it joins.
#[derive(Debug)]
pub struct Joint {
    said: String,
    held: String,
    joined: bool,
}

impl Joint {
    /// A continuation of what was said.
    pub fn after(said: &str) -> Self {
        Self { said: said.into(), held: String::new(), joined: said.is_empty() }
    }

    /// Takes a piece of the continuation and gives what is new of it.
    pub fn push(&mut self, piece: &str) -> String {
        if self.joined {
            return piece.into();
        }
        self.held.push_str(piece);
        let restarts = self.restarts();
        let enough = if restarts { self.said.chars().count() + OVERLAP_MAX } else { OVERLAP_MAX };
        if self.held.chars().count() < enough { String::new() } else { self.join() }
    }

    /// Gives what was held back, at the end of the continuation.
    pub fn finish(&mut self) -> String {
        if self.joined { String::new() } else { self.join() }
    }

    /// Whether it says from the beginning what was said before.
    fn restarts(&self) -> bool {
        let (held, said) = (self.held.trim_start(), self.said.trim_start());
        let common = held.chars().zip(said.chars()).take_while(|(a, b)| a == b).count();
        common >= OVERLAP_MIN && (common == held.chars().count() || common == said.chars().count())
    }

    fn join(&mut self) -> String {
        self.joined = true;
        let held = std::mem::take(&mut self.held);
        if let Some(rest) = held.trim_start().strip_prefix(self.said.trim())
            && self.said.trim().chars().count() >= OVERLAP_MIN
        {
            return rest.into();
        }
        let start = held.trim_start();
        let overlap = start
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .take(OVERLAP_MAX)
            .filter(|at| start[..*at].trim_end().chars().count() >= OVERLAP_MIN)
            .filter(|at| self.said.ends_with(start[..*at].trim_end()))
            .last();
        let rest = match overlap {
            Some(at) => &start[start[..at].trim_end().len()..],
            None => held.as_str(),
        };
        // scripts without spaces are not parted by one
        let parts = |c: char| c.is_alphanumeric() && (c as u32) < 0x2E80;
        let touches = rest.chars().next().is_some_and(parts);
        if overlap.is_none() && touches && !self.said.ends_with(char::is_whitespace) {
            // a break falls between words
            return format!(" {rest}");
        }
        rest.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn joined(said: &str, pieces: &[&str]) -> String {
        let mut joint = Joint::after(said);
        let mut text = said.to_string();
        pieces.iter().for_each(|piece| text.push_str(&joint.push(piece)));
        text.push_str(&joint.finish());
        text
    }

    #[test]
    fn words_are_handed_on_whole() {
        let mut words = Words::default();
        assert_eq!(words.push("The hea"), "The");
        assert_eq!(words.push("rt pumps"), " heart");
        assert_eq!(words.push(" blood."), " pumps");
        assert_eq!(words.finish(), " blood.");
        assert_eq!(words.finish(), "");
        let text = "心臓は血液を全身に送り出す筋肉でできた器官である。".repeat(4);
        let handed: String = text.split_inclusive('。').map(|piece| words.push(piece)).collect();
        assert!(!handed.is_empty(), "a script without spaces streams too");
        assert_eq!(handed + &words.finish(), text);
        assert_eq!(joined("心臓は", &["血液を送る"]), "心臓は血液を送る");
    }

    #[test]
    fn a_continuation_joins_however_it_begins() {
        let said = "The sinoatrial node sets the pace of the heart, and the impulse";
        let whole = "The sinoatrial node sets the pace of the heart, and the impulse reaches the atria.";
        for pieces in [
            vec![" reaches", " the atria."],
            vec!["reaches the atria."],
            vec!["the heart, and the ", "impulse reaches the atria."],
            vec![
                "The sinoatrial node sets ",
                "the pace of the heart, and the impulse reaches",
                " the atria.",
            ],
            vec!["\n\nThe sinoatrial node sets the pace of the heart, and the impulse reaches the atria."],
        ] {
            assert_eq!(joined(said, &pieces), whole, "{pieces:?}");
        }
        assert_eq!(joined("", &["a", " b"]), "a b");
        assert_eq!(
            joined("It is, and", &[" and", " stays."]),
            "It is, and and stays.",
            "too short to be sure"
        );
        assert_eq!(joined("First.", &["\n- Second"]), "First.\n- Second");
        assert_eq!(joined("Na", &["+ flows"]), "Na+ flows");
    }

    proptest! {
        #[test]
        fn no_word_is_lost_or_repeated(words in prop::collection::vec("[a-z]{1,9}", 2..60), at in 0usize..59, cut in 1usize..9) {
            let whole = words.join(" ");
            let broken = at.min(words.len() - 1);
            // what came before the break, cut inside a word
            let (mut first, mut said) = (Words::default(), String::new());
            let before = format!("{} {}", words[..broken].join(" "), &words[broken][..cut.min(words[broken].len() - 1)]);
            before.as_bytes().chunks(3).for_each(|piece| said.push_str(&first.push(std::str::from_utf8(piece).unwrap())));
            // a faithful continuation
            let said_words = said.split_whitespace().count();
            let rest = words[said_words..].join(" ");
            let joined = joined(said.trim_start(), &[&rest]);
            // by chance the rest may begin as the said ends; then nothing can tell
            let chance = (OVERLAP_MIN..=rest.len()).any(|n| said.ends_with(rest[..n].trim_end()));
            prop_assume!(!chance);
            prop_assert_eq!(joined.trim_start(), whole);
        }

        #[test]
        fn words_lose_nothing(pieces in prop::collection::vec("[ a-z\n]{0,6}", 0..20)) {
            let mut words = Words::default();
            let mut text: String = pieces.iter().map(|piece| words.push(piece)).collect();
            text.push_str(&words.finish());
            prop_assert_eq!(text, pieces.concat());
        }
    }
}
