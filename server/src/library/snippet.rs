//! The stretch of a passage that a query is about, where no window says so. Pure.

use crate::retrieval::lexical;
use domain::{document::Span, sentence};
use std::collections::HashSet;

/// Sentences of one snippet.
const SENTENCES: usize = 3;

/// Up to three sentences in a row with the most different words of the query; the first ones if none has any.
pub(super) fn best(text: &str, query: &str) -> Span {
    let sentences = sentence::sentences(text)
        .into_iter()
        .map(|range| Span::new(range.start, range.end))
        .collect::<Vec<_>>();
    // the words that were typed say best what was meant; an abbreviation is read where there is none of them
    let asked = lexical::asked(text, query);
    let lit = if asked.is_empty() { lexical::lit(text, query) } else { asked };
    let count = |run: &[Span]| {
        let (start, end) = (run[0].start, run[run.len() - 1].end);
        let inside = lit.iter().filter(|span| start <= span.start && span.end <= end);
        inside.map(|span| lexical::stem(&text[span.range()].to_lowercase())).collect::<HashSet<_>>().len()
    };
    let runs = sentences.windows(SENTENCES.min(sentences.len()).max(1));
    // the first of the best: max_by_key gives the last
    let best = runs.rev().max_by_key(|run| count(run));
    best.map_or(Span::new(0, text.len()), |run| Span { start: run[0].start, end: run[run.len() - 1].end })
}

#[cfg(test)]
mod tests {
    use super::best;

    #[test]
    fn the_sentences_with_most_words_of_the_query_win() {
        let text = "The heart has four chambers. Blood is red. It is warm. The impulse waits at the AV node. \
                    The delay lets the atria empty. Then the bundle of His takes over. Nothing else.";
        let span = best(text, "why does the AV node delay the impulse");
        assert!(
            text[span.range()].contains("The impulse waits at the AV node. The delay"),
            "{}",
            &text[span.range()]
        );
        let text = "One. Two. Three. Four. The atrioventricular node waits. Six. Seven.";
        assert!(text[best(text, "AV delay").range()].contains("atrioventricular"));
        assert_eq!(best("No match at all.", "kidney").range(), 0..16);
        assert_eq!(best("", "kidney").range(), 0..0);
    }
}
