//! A card with a front and a back, made of a sentence that was read. Owns: its kinds, what may stand on it, and the front that is
//! suggested. Refuses: when it comes back (`schedule`), and questions with options (`question`).

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Longest front, in characters.
pub const FRONT_MAX_CHARS: usize = 300;
/// What stands for the words that are to be recalled.
pub const GAP: &str = "_____";
/// Underscores that are read as a gap, at least.
const SHORTEST_GAP: &str = "___";
/// Words that a sentence has beside its gap, at least: fewer ask for nothing.
const FEWEST_WORDS: usize = 3;

/// A kind of card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A question or a cue, and what belongs to it.
    Basic,
    /// A sentence with a gap.
    Cloze,
}

impl Kind {
    /// All.
    pub const ALL: [Self; 2] = [Self::Basic, Self::Cloze];

    /// As it is kept and sent.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Cloze => "cloze",
        }
    }

    /// Back from [`Kind::slug`].
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }
}

/// Why a card cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Fault {
    /// Nothing stands on its front.
    #[error("nothing stands on its front")]
    Empty,
    /// Its front is longer than [`FRONT_MAX_CHARS`].
    #[error("its front is too long")]
    TooLong,
    /// Its front says what its back does.
    #[error("its front says what its back does")]
    Told,
}

/// The two sides of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sides {
    /// What kind.
    pub kind: Kind,
    /// What is asked.
    pub front: String,
    /// What is to be recalled, where it is less than the quote; empty where the quote is it.
    pub back: String,
}

impl Sides {
    /// A card of a quote, with this front: one with a gap is a cloze, whose back is what the gap hides where the rest is the quote.
    ///
    /// # Errors
    /// Why it is no card.
    pub fn new(front: &str, quote: &str) -> Result<Self, Fault> {
        let front = front.split_whitespace().collect::<Vec<_>>().join(" ");
        let quote = quote.split_whitespace().collect::<Vec<_>>().join(" ");
        match front.chars().count() {
            0 => return Err(Fault::Empty),
            1..=FRONT_MAX_CHARS => {}
            _ => return Err(Fault::TooLong),
        }
        if front == quote {
            return Err(Fault::Told);
        }
        let Some((before, rest)) = front.split_once(SHORTEST_GAP) else {
            return Ok(Self { kind: Kind::Basic, front, back: String::new() });
        };
        let after = rest.trim_start_matches('_');
        let hidden = quote.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        let back = hidden.map(str::trim).unwrap_or_default().to_string();
        Ok(Self { kind: Kind::Cloze, front, back })
    }
}

/// The front that is suggested for a sentence: the question that was asked of it, else the sentence with the concept hidden, else a
/// question for what is said of the concept.
pub fn suggested(sentence: &str, concept: &str, asked: Option<&str>) -> String {
    let asked = asked.map(str::trim).filter(|asked| (1..=FRONT_MAX_CHARS).contains(&asked.chars().count()));
    let gapped = || gapped(sentence, concept).filter(|front| front.chars().count() <= FRONT_MAX_CHARS);
    let about = || format!("What does the page say about {}?", concept.trim());
    asked.map(str::to_string).or_else(gapped).unwrap_or_else(about)
}

/// A sentence in which each mention of a term is a gap; `None` where it has none, or says too little beside it.
pub fn gapped(sentence: &str, term: &str) -> Option<String> {
    let term: Vec<char> = term.trim().chars().collect();
    let text: Vec<char> = sentence.chars().collect();
    if term.is_empty() {
        return None;
    }
    let same = |a: &char, b: &char| a == b || a.to_lowercase().eq(b.to_lowercase());
    let letter = |at: Option<&char>| at.is_some_and(|c| c.is_alphanumeric());
    let (mut gapped, mut at, mut gaps) = (String::new(), 0, 0);
    while at < text.len() {
        let end = at + term.len();
        let mentioned =
            text.get(at..end).is_some_and(|window| window.iter().zip(&term).all(|(a, b)| same(a, b)));
        let whole = !letter(at.checked_sub(1).and_then(|before| text.get(before))) && !letter(text.get(end));
        if mentioned && whole {
            gapped.push_str(GAP);
            (at, gaps) = (end, gaps + 1);
        } else {
            gapped.push(text[at]);
            at += 1;
        }
    }
    let words = gapped.split_whitespace().filter(|word| !word.contains(GAP)).count();
    (gaps > 0 && words >= FEWEST_WORDS).then_some(gapped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const INSULIN: &str = "Insulin is a hormone that lowers glucose.";

    #[test]
    fn a_front_with_a_gap_is_a_cloze() {
        let sides = |front: &str| Sides::new(front, INSULIN);
        let card = |kind, front: &str, back: &str| Ok(Sides { kind, front: front.into(), back: back.into() });
        for (front, expected) in [
            ("What lowers  glucose?", card(Kind::Basic, "What lowers glucose?", "")),
            (
                "_____ is a hormone that lowers glucose.",
                card(Kind::Cloze, "_____ is a hormone that lowers glucose.", "Insulin"),
            ),
            (
                "Insulin is a ___ that lowers glucose.",
                card(Kind::Cloze, "Insulin is a ___ that lowers glucose.", "hormone"),
            ),
            ("It lowers _____", card(Kind::Cloze, "It lowers _____", "")),
            (" ", Err(Fault::Empty)),
            (INSULIN, Err(Fault::Told)),
        ] {
            assert_eq!(sides(front), expected, "{front}");
        }
        assert_eq!(sides(&"ä".repeat(FRONT_MAX_CHARS + 1)), Err(Fault::TooLong));
        assert!(sides(&"ä".repeat(FRONT_MAX_CHARS)).is_ok());
    }

    #[test]
    fn what_was_asked_is_suggested_before_a_gap() {
        for (concept, asked, front) in [
            ("insulin", None, "_____ is a hormone that lowers glucose."),
            ("insulin", Some("Which hormone lowers glucose?"), "Which hormone lowers glucose?"),
            ("insulin", Some("  "), "_____ is a hormone that lowers glucose."),
            ("sulin", None, "What does the page say about sulin?"),
            ("pancreas", None, "What does the page say about pancreas?"),
        ] {
            assert_eq!(suggested(INSULIN, concept, asked), front);
        }
        assert_eq!(gapped("Insulin rests. insulin!", "insulin"), None, "nothing is left to ask");
        assert_eq!(
            gapped("A β-cell and a B-cell meet here.", "β-cell").unwrap(),
            "A _____ and a B-cell meet here."
        );
        assert_eq!(gapped(INSULIN, " "), None);
    }

    proptest! {
        #[test]
        fn a_suggestion_is_always_a_card(sentence in "[\\PC ]{1,80}", concept in "[\\PC ]{1,12}") {
            let front = suggested(&sentence, &concept, None);
            prop_assert!(Sides::new(&front, &sentence).is_ok() || front.trim() == sentence.trim(), "{front}");
        }

        #[test]
        fn a_gap_hides_the_term(before in "[a-z ]{6,20}", after in "[a-z ]{6,20}") {
            let sentence = format!("{before} xylem {after} stays here always");
            let gapped = gapped(&sentence, "Xylem").unwrap();
            prop_assert!(!gapped.contains("xylem"));
            prop_assert_eq!(gapped.replace(GAP, "xylem"), sentence);
        }
    }
}
