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

/// Fewest words of a question that is put as one; fewer are words to look for.
const QUESTION_WORDS: usize = 4;
/// What a question begins with that is typed without its mark.
const ASKING: [&str; 14] = [
    "what", "which", "why", "how", "when", "where", "who", "whose", "does", "do", "is", "are", "can",
    "should",
];

/// Whether a query is a whole question and not words to look for.
pub fn is_question(query: &str) -> bool {
    let mut words = query.split_whitespace();
    let asks = query.trim_end().ends_with(['?', '？', '؟'])
        || words.clone().next().is_some_and(|first| ASKING.contains(&&*first.to_lowercase()));
    asks && words.nth(QUESTION_WORDS - 1).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_put_whole() {
        for query in
            ["Why does the AV node delay the impulse", "edema in the legs, cause?", "IS it an arrhythmia?"]
        {
            assert!(is_question(query), "{query}");
        }
        for query in ["", "why?", "what is preload", "AV node", "the AV node delays the impulse"] {
            assert!(!is_question(query), "{query}");
        }
    }

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
