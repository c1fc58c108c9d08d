//! Hints out of the text, without a model. Owns: what each rung of the ladder shows. Refuses: when (`session`).

use super::Rung;
use super::leak::{Key, MASK};
use crate::document::Span;
use crate::sentence::sentences;

/// Words that a masked sentence must still have.
const LEFT: usize = 4;

/// What the answer stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passage<'t> {
    /// Its text.
    pub text: &'t str,
    /// The heading nearest above it.
    pub section: Option<&'t str>,
    /// Its page.
    pub page: u32,
}

/// A hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// Where to look.
    Pointing {
        /// The heading, unless it names the answer.
        section: Option<String>,
        /// The page.
        page: u32,
    },
    /// A sentence of the page.
    Narrowing {
        /// Its answer masked.
        sentence: String,
        /// Where it stands in the passage.
        span: Span,
    },
    /// The answer with a part left open.
    HalfWorked(String),
}

/// The hint of a rung; `None` where the passage has no sentence with the key in it that says anything without it, and where the
/// answer has no part that could be left open.
pub fn hint(rung: Rung, passage: Passage<'_>, key: &Key, answer: &str) -> Option<Hint> {
    match rung {
        Rung::Pointing => {
            let section = passage.section.filter(|section| key.leak(section).is_none()).map(str::to_string);
            Some(Hint::Pointing { section, page: passage.page })
        }
        Rung::Narrowing => sentences(passage.text).into_iter().find_map(|range| {
            let masked = key.mask(&passage.text[range.clone()]);
            let words =
                masked.text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
            let fits = !masked.hidden.is_empty() && words >= LEFT && masked.text != MASK;
            fits.then(|| Hint::Narrowing { sentence: masked.text, span: Span::new(range.start, range.end) })
        }),
        Rung::HalfWorked => half(answer.trim()).map(Hint::HalfWorked),
    }
}

/// All parts of a list but the last; the first letter of each word of anything else, digits left out.
fn half(answer: &str) -> Option<String> {
    let parts: Vec<&str> =
        answer.split([',', ';']).flat_map(|part| part.split(" and ")).map(str::trim).collect();
    let parts: Vec<&str> = parts
        .into_iter()
        .map(|part| part.strip_prefix("and ").unwrap_or(part))
        .filter(|part| !part.is_empty())
        .collect();
    if let [first @ .., _] = &parts[..]
        && first.len() > 1
    {
        return Some(format!("{}, …", first.join(", ")));
    }
    let mut out = String::new();
    let (mut inside, mut hidden) = (false, 0);
    for c in answer.chars() {
        let open = c.is_alphabetic() && inside || c.is_numeric();
        hidden += u32::from(open);
        out.push(if open { '_' } else { c });
        inside = c.is_alphanumeric();
    }
    (hidden > 0).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_rung_shows_a_little_more() {
        let text = "The valves are four. Between left atrium and ventricle lies the mitral valve. Mitral!";
        let passage = Passage { text, section: Some("Valves of the heart"), page: 24 };
        let key = Key::new("mitral valve").asked("Which valve lies on the left?");
        let of = |rung, passage| hint(rung, passage, &key, "mitral valve");
        assert_eq!(
            of(Rung::Pointing, passage),
            Some(Hint::Pointing { section: Some("Valves of the heart".into()), page: 24 })
        );
        let named = Passage { section: Some("The mitral valve"), ..passage };
        assert_eq!(of(Rung::Pointing, named), Some(Hint::Pointing { section: None, page: 24 }));
        let Some(Hint::Narrowing { sentence, span }) = of(Rung::Narrowing, passage) else { panic!() };
        assert_eq!(sentence, "Between left atrium and ventricle lies the […] valve.");
        assert!(text[span.range()].starts_with("Between"));
        assert_eq!(of(Rung::Narrowing, Passage { text: "Mitral!", ..passage }), None);
        assert_eq!(of(Rung::HalfWorked, passage), Some(Hint::HalfWorked("m_____ v____".into())));
    }

    #[test]
    fn half_an_answer_by_example() {
        for (answer, shown) in [
            ("Endocardium, myocardium, epicardium", Some("Endocardium, myocardium, …")),
            ("renin, angiotensin and aldosterone", Some("renin, angiotensin, …")),
            ("salt and pepper", Some("s___ a__ p_____")),
            ("120 mL/min", Some("___ m_/m__")),
            ("It falls", Some("I_ f____")),
            ("A", None),
            ("", None),
        ] {
            assert_eq!(half(answer).as_deref(), shown, "{answer}");
        }
    }

    proptest! {
        #[test]
        fn a_masked_sentence_tells_nothing(before in "[a-z ]{0,40}", after in "[a-z ]{0,40}") {
            let key = Key::new("fibrinolysis");
            let text = format!("{before} one two three four fibrinolysis {after}.");
            if let Some(Hint::Narrowing { sentence, .. }) =
                hint(Rung::Narrowing, Passage { text: &text, section: None, page: 1 }, &key, "fibrinolysis")
            {
                prop_assert_eq!(key.leak(&sentence), None);
            }
        }
    }
}
