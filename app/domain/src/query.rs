//! What somebody typed to search, before anything is searched. Owns: cleaning it, and telling what cannot be answered.
//! Refuses: its words (`word`), and finding anything.

/// Longest query, in characters.
pub const LONGEST: usize = 1_000;

/// What can be done with a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Nothing was typed.
    Empty,
    /// One letter or digit: half of all pages have it.
    Short,
    /// Signs alone, such as an emoji: no page is found by them.
    Wordless,
    /// More characters than [`LONGEST`]: so many.
    Long(usize),
    /// It can be searched.
    Good,
}

/// A query without what cannot be seen: control characters and every run of white space become one space.
pub fn clean(typed: &str) -> String {
    let parts = typed.split(|c: char| c.is_whitespace() || c.is_control()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ")
}

/// What can be done with a query that was [cleaned](clean). Two letters or digits can be searched; one alone where it
/// is a word: an ideograph, a Greek letter (β, µ), an ion (K⁺).
pub fn judge(query: &str) -> Fit {
    if query.is_empty() {
        return Fit::Empty;
    }
    let characters = query.chars().count();
    if characters > LONGEST {
        return Fit::Long(characters);
    }
    let mut bodies = query.chars().filter(|c| c.is_alphanumeric());
    match (bodies.next(), bodies.next()) {
        (None, _) => Fit::Wordless,
        (Some(_), Some(_)) => Fit::Good,
        (Some('µ' | '\u{370}'..), None) => Fit::Good,
        (Some(_), None) if query.contains(['+', '⁺', '⁻', '−']) => Fit::Good,
        (Some(_), None) => Fit::Short,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_one_space() {
        for (typed, wanted) in [
            ("", ""),
            (" \t\n ", ""),
            ("  AV \u{a0} node\r\n", "AV node"),
            ("heart\0rate", "heart rate"),
            ("\u{1b}[31mred\u{7f}", "[31mred"),
            ("a\u{85}b", "a b"),
        ] {
            assert_eq!(clean(typed), wanted, "{typed:?}");
        }
    }

    #[test]
    fn a_query_is_judged_before_it_is_searched() {
        for (query, wanted) in [
            ("", Fit::Empty),
            ("a", Fit::Short),
            ("7", Fit::Short),
            ("ä", Fit::Short),
            ("a?", Fit::Short),
            ("AV", Fit::Good),
            ("O2", Fit::Good),
            ("心", Fit::Good),
            ("あ", Fit::Good),
            ("β", Fit::Good),
            ("µ", Fit::Good),
            ("K+", Fit::Good),
            ("H⁺", Fit::Good),
            ("ق", Fit::Good),
            ("القلب", Fit::Good),
            ("🫀", Fit::Wordless),
            ("🫀🫁 !?", Fit::Wordless),
            ("%", Fit::Wordless),
            ("\"'; drop table--", Fit::Good),
            ("<script>", Fit::Good),
        ] {
            assert_eq!(judge(query), wanted, "{query}");
        }
        assert_eq!(judge(&"é".repeat(LONGEST)), Fit::Good);
        assert_eq!(judge(&"é".repeat(10_000)), Fit::Long(10_000));
    }
}
