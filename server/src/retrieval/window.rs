//! What of a passage goes into one vector. Owns: cutting a passage into windows that the embedding model reads
//! whole, and the text of a window as the model gets it. Refuses: running the model (`embed`).

use super::tokens::Tokens;
use domain::document::Span;

/// Part of an index's name: raise it whenever [`cut`] or [`written`] give another result, so that old vectors are
/// made anew.
pub const VERSION: &str = "w1";

/// Aim for the tokens of a window. The default model reads 256 well; a passage of 512 has two windows.
const WINDOW: usize = 256;

/// Most tokens of heading in front of a window; the innermost headings stay.
const HEADING: usize = 32;

/// The windows of a passage, ascending, together the whole of it but for white space between them; empty for a
/// passage without tokens. They are as even as sentence ends (else word borders) let them be.
pub fn cut(tokens: &Tokens, text: &str) -> Vec<Span> {
    let spans: Vec<Span> = tokens.tokens(text).into_iter().map(|token| token.span).collect();
    let count = spans.len().div_ceil(WINDOW);
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return vec![] };
    let mut windows = vec![];
    let mut start = first.start;
    for index in 1..count {
        let aim = index * spans.len() / count;
        let cut = border(text, &spans, aim, spans.len() / count / 6);
        if spans[cut].start > start {
            windows.push(trimmed(text, Span { start, end: spans[cut].start }));
            start = spans[cut].start;
        }
    }
    windows.push(trimmed(text, Span { start, end: last.end }));
    windows.retain(|window| !window.is_empty());
    windows
}

/// The token nearest to `aim`, at most `slack` away, that begins a sentence; else the nearest that begins a word;
/// else `aim`.
fn border(text: &str, spans: &[Span], aim: usize, slack: usize) -> usize {
    let near = || (0..=slack).flat_map(|by| [aim.saturating_sub(by), aim + by]);
    let between = |at: usize| match (at.checked_sub(1).map(|i| spans[i]), spans.get(at)) {
        (Some(before), Some(after)) if before.end <= after.start => {
            &text[before.end as usize..after.start as usize]
        }
        _ => "",
    };
    let sentence = |at: &usize| {
        let gap = between(*at);
        let ends = |i: usize| text[spans[i].range()].ends_with(['.', '!', '?', ':', ';', '”', '"', ')']);
        gap.contains('\n') || !gap.is_empty() && at.checked_sub(1).is_some_and(ends)
    };
    near().find(sentence).or_else(|| near().find(|at| !between(*at).is_empty())).unwrap_or(aim)
}

fn trimmed(text: &str, span: Span) -> Span {
    let slice = &text[span.range()];
    let start = span.start as usize + slice.len() - slice.trim_start().len();
    Span::new(start, start + slice.trim().len())
}

/// A window as the model reads it: the heading path in front, outermost first.
pub fn written(tokens: &Tokens, headings: &[String], window: &str) -> String {
    let mut path: Vec<&str> = vec![];
    let mut length = 0;
    for heading in headings.iter().rev().map(|heading| heading.trim()).filter(|heading| !heading.is_empty()) {
        length += tokens.count(heading);
        if length > HEADING && !path.is_empty() {
            break;
        }
        path.insert(0, heading);
    }
    path.push(window);
    path.join(". ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens() -> &'static Tokens {
        Tokens::bundled()
    }

    #[test]
    fn a_short_passage_is_one_window_and_a_full_one_two_cut_at_a_sentence() {
        assert_eq!(cut(tokens(), " The heart beats. "), [Span::new(1, 17)]);
        assert_eq!(cut(tokens(), " \n"), []);
        let text = "The heart beats all day and all night. ".repeat(50); // 9 tokens a sentence
        let windows = cut(tokens(), &text);
        assert_eq!(windows.len(), 2);
        for window in windows {
            let slice = &text[window.range()];
            assert!(slice.starts_with("The") && slice.ends_with("night."), "{slice}");
            assert!(tokens().count(slice) <= 256);
        }
    }

    #[test]
    fn a_text_without_a_sentence_is_cut_between_words() {
        let text = "electrocardiography ".repeat(200);
        for window in cut(tokens(), &text) {
            assert_eq!(text[window.range()].len() % 20, 19, "whole words");
        }
    }

    #[test]
    fn headings_stand_in_front_the_innermost_first_to_stay() {
        let headings = ["The Heart".to_string(), " ".into(), "Conduction".into()];
        assert_eq!(written(tokens(), &headings, "It beats."), "The Heart. Conduction. It beats.");
        assert_eq!(written(tokens(), &[], "It beats."), "It beats.");
        let long = ["heart ".repeat(30), "Valves of the heart".into()];
        assert_eq!(written(tokens(), &long, "x"), "Valves of the heart. x");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn windows_hold_every_visible_character_and_fit(words in prop::collection::vec("[a-z가]{1,9}[.\\n]?", 0..600)) {
            let text = words.join(" ");
            let windows = cut(tokens(), &text);
            prop_assert!(windows.is_sorted_by(|a, b| a.end <= b.start));
            let visible = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            let held: String = windows.iter().map(|window| visible(&text[window.range()])).collect();
            prop_assert_eq!(held, visible(&text));
            prop_assert!(windows.iter().all(|w| tokens().count(&text[w.range()]) <= WINDOW * 3 / 2));
        }
    }
}
