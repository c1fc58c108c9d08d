//! Hits that say the same. Owns: joining stretches of one file that touch, and setting what stands elsewhere in the same
//! words beside the better one. Pure. Refuses: the order; the better of two keeps its place.

use app::library::api::{Elsewhere, Hit};
use domain::{document::Span, word};
use std::collections::HashSet;

/// Stretches are not joined to more than this, bytes: a hit is read at a glance.
const LONGEST: usize = 1_000;
/// Between two passages of a file stand at most so many bytes: the break of a paragraph.
const GAP: u32 = 2;
/// Words in a row that are compared.
const SHINGLE: usize = 3;
/// Share of shingles that two stretches have in common when they say the same (Broder, 'On the resemblance and containment
/// of documents', 1997): one word in twenty may differ.
const SAME: f64 = 0.7;

/// The hits without repetition, best first.
pub(super) fn merged(hits: Vec<Hit>) -> Vec<Hit> {
    let mut kept: Vec<(Hit, HashSet<String>)> = vec![];
    for hit in hits {
        if let Some((better, shingles)) = kept.iter_mut().find(|(better, _)| joinable(better, &hit)) {
            join(better, hit);
            *shingles = shingled(&better.text);
            continue;
        }
        let shingles = shingled(&hit.text);
        match kept.iter_mut().find(|(_, other)| resemblance(other, &shingles) >= SAME) {
            Some((better, _)) => better.elsewhere.push(Elsewhere {
                material: hit.material,
                title: hit.title,
                page: hit.page,
                span: hit.span,
            }),
            None => kept.push((hit, shingles)),
        }
    }
    kept.into_iter().map(|(hit, _)| hit).collect()
}

/// Whether two stretches of one section touch or overlap, and are short enough together.
fn joinable(a: &Hit, b: &Hit) -> bool {
    let (first, second) = if a.span.start <= b.span.start { (a, b) } else { (b, a) };
    let whole = first.span.end.max(second.span.end) - first.span.start;
    let section = a.material == b.material && a.headings == b.headings;
    section && second.span.start <= first.span.end + GAP && whole as usize <= LONGEST
}

/// Makes one stretch of two; what the better one says of its place and rank stays.
fn join(better: &mut Hit, other: Hit) {
    let (first, second) =
        if better.span.start <= other.span.start { (&*better, &other) } else { (&other, &*better) };
    let base = first.span.start;
    let mut text = first.text.clone();
    // passages of one paragraph repeat a sentence; between paragraphs stands a break
    let seam = second.span.start.saturating_sub(first.span.end) as usize;
    text.push_str(&"\n\n"[..seam]);
    let repeated = first.span.end.saturating_sub(second.span.start) as usize;
    let Some(rest) = second.text.get(repeated.min(second.text.len())..) else { return };
    text.push_str(rest);
    let mut lit = first.lit.clone();
    let by = second.span.start - base;
    lit.extend(second.lit.iter().map(|span| Span { start: span.start + by, end: span.end + by }));
    lit.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
    lit.dedup_by(|next, kept| kept.overlaps(*next));
    let (page, headings) = (first.page, first.headings.clone());
    let span = Span { start: base, end: base + text.len() as u32 };
    *better = Hit { page, headings, text, lit, span, ..better.clone() };
    better.elsewhere.extend(other.elsewhere);
}

/// Every [`SHINGLE`] words in a row; of a shorter text all of them.
fn shingled(text: &str) -> HashSet<String> {
    let mut last = None;
    let words: Vec<String> = word::words(text)
        .into_iter()
        .filter(|word| last.replace(word.position) != Some(word.position))
        .map(|word| word.form)
        .collect();
    words.windows(SHINGLE.min(words.len().max(1))).map(|words| words.join(" ")).collect()
}

/// What two sets have in common, of all that is in them; 0 where there is nothing.
fn resemblance(a: &HashSet<String>, b: &HashSet<String>) -> f64 {
    let common = a.intersection(b).count();
    let all = a.len() + b.len() - common;
    if all == 0 { 0.0 } else { common as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::{MaterialId, PassageId};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn hit(material: u128, start: u32, text: &str) -> Hit {
        Hit {
            passage: PassageId(Uuid::from_u128(u128::from(start) + 1)),
            material: MaterialId(Uuid::from_u128(material)),
            title: format!("File {material}"),
            page: start / 100 + 1,
            headings: vec![],
            text: text.into(),
            span: Span { start, end: start + text.len() as u32 },
            lit: vec![Span::new(0, 3)],
            by_words: None,
            by_meaning: None,
            fused: None,
            reranked: None,
            elsewhere: vec![],
        }
    }

    const NODE: &str = "The atrioventricular node delays the impulse for a tenth of a second, so that the atria empty \
        before the ventricles contract.";

    #[test]
    fn what_touches_is_joined_in_the_order_of_the_file() {
        let found = merged(vec![
            hit(1, 26, "It beats by day."),
            hit(1, 300, "Far away."),
            hit(1, 10, "The heart.\n\nIt beats by day. By night too."),
        ]);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].text, "The heart.\n\nIt beats by day. By night too.");
        assert_eq!(found[0].passage.0.as_u128(), 27, "the better one keeps its place");
        assert_eq!(found[0].span, Span::new(10, 52));

        let found = merged(vec![hit(1, 0, "First paragraph."), hit(1, 18, "Second paragraph.")]);
        assert_eq!(found[0].text, "First paragraph.\n\nSecond paragraph.");
        assert_eq!(found[0].lit, [Span::new(0, 3), Span::new(18, 21)]);
        let found = merged(vec![hit(1, 0, "First paragraph."), hit(1, 19, "Third.")]);
        assert_eq!(found.len(), 2, "something stands between them");
        let next = Hit { headings: vec!["Next".into()], ..hit(1, 18, "Next section.") };
        assert_eq!(merged(vec![hit(1, 0, "First paragraph."), next]).len(), 2);
        let found = merged(vec![hit(1, 0, "First paragraph."), hit(2, 16, "Another file.")]);
        assert_eq!(found.len(), 2);
        let [long, other] = ["word ".repeat(300), "other ".repeat(250)];
        assert_eq!(merged(vec![hit(1, 0, &long), hit(1, 1500, &other)]).len(), 2, "not without end");
    }

    #[test]
    fn the_same_words_elsewhere_stand_beside_the_better_one() {
        let slide = NODE.replace("a tenth of a second", "0.1 s");
        let found = merged(vec![
            hit(1, 0, NODE),
            hit(2, 500, NODE),
            hit(3, 900, &NODE.replace("delays", "slows")),
            hit(4, 0, &slide),
            hit(5, 0, "The sinoatrial node sets the pace."),
        ]);
        let elsewhere: Vec<_> = found[0].elsewhere.iter().map(|place| (&*place.title, place.page)).collect();
        assert_eq!(elsewhere, [("File 2", 6), ("File 3", 10)]);
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(merged(vec![hit(1, 0, "…"), hit(2, 0, "—")]).len(), 2, "no words are not the same words");
        assert_eq!(merged(vec![hit(1, 0, "Heart"), hit(2, 0, "heart.")]).len(), 1);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_spans_fit(rows in prop::collection::vec((0_u128..2, 0_u32..40, 1_usize..12), 0..9)) {
            // a document's text, so that overlapping stretches agree
            let document = "aä b€ c d e f g h i j k l m n o p q r s t u v w x y z ".repeat(3);
            let stretch = |start: u32, length: usize| {
                let start = document.ceil_char_boundary(start as usize);
                let end = document.ceil_char_boundary(start + length);
                (start as u32, document[start..end].to_string())
            };
            let hits: Vec<Hit> = rows.iter().map(|(of, start, length)| {
                let (start, text) = stretch(*start, *length);
                hit(*of, start, &text)
            }).collect();
            let found = merged(hits.clone());
            for hit in &found {
                prop_assert_eq!(hit.span.len(), hit.text.len());
                prop_assert!(hit.lit.is_sorted_by(|a, b| a.end <= b.start));
            }
            for hit in hits {
                let there = found.iter().any(|kept| {
                    kept.material == hit.material && kept.span.contains(hit.span)
                        || kept.elsewhere.iter().any(|place| place.material == hit.material && place.span == hit.span)
                });
                prop_assert!(there, "{:?}", hit.span);
            }
        }
    }
}
