//! A cited stretch with what stands around it, as it is shown beside a talk. Pure.

use app::library::api::Excerpt;
use domain::{
    document::{Block, BlockKind, Document, Span},
    script,
    sentence::sentences,
};

/// Most bytes of what stands before or after.
const AROUND: usize = 360;
/// Most bytes of a stretch that is shown.
const LONGEST: usize = 2_000;

/// The excerpt; `None` where the document has no such stretch.
pub fn excerpt(document: &Document, lit: Span) -> Option<Excerpt> {
    document.text.get(lit.range()).filter(|text| !text.is_empty() && text.len() <= LONGEST)?;
    let blocks = &document.blocks;
    let first = blocks.partition_point(|block| block.span.end <= lit.start);
    let last = blocks.partition_point(|block| block.span.start < lit.end).checked_sub(1)?;
    let (begins, ends) = (blocks.get(first)?.span, blocks.get(last)?.span);
    let heading = blocks[..=first].iter().rposition(is_heading);
    let before = Span { start: begins.start.min(lit.start), end: lit.start };
    let before = if is_blank(document, before) {
        let neighbour = first.checked_sub(1).filter(|index| Some(*index) > heading);
        neighbour.map(|index| blocks[index].span)
    } else {
        Some(before)
    };
    let after = Span { start: lit.end, end: ends.end.max(lit.end) };
    let after = if is_blank(document, after) {
        blocks.get(last + 1).filter(|block| !is_heading(block)).map(|block| block.span)
    } else {
        Some(after)
    };
    let heading = heading.filter(|index| *index < first).map(|index| blocks[index].span);
    Some(Excerpt {
        page: document.page_at(lit.start),
        heading: heading.map(|span| shown(document, span)).unwrap_or_default(),
        before: before.map(|span| shown(document, tail(document, span))).unwrap_or_default(),
        lit: shown(document, lit),
        after: after.map(|span| shown(document, head(document, span))).unwrap_or_default(),
    })
}

fn is_heading(block: &Block) -> bool {
    matches!(block.kind, BlockKind::Heading(_))
}

fn is_blank(document: &Document, span: Span) -> bool {
    document.text.get(span.range()).is_none_or(|text| text.trim().is_empty())
}

/// On one line: cells and rows of a table are set apart.
fn shown(document: &Document, span: Span) -> String {
    let text = script::written(document, span);
    let lines = text.split(['\t', '\n']).map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" · ")
}

/// The last whole sentences of a stretch, as many as there is room for.
fn tail(document: &Document, span: Span) -> Span {
    let text = document.slice(span);
    let fits = |start: &usize| text.len() - start <= AROUND;
    let start = sentences(text).into_iter().map(|sentence| sentence.start).find(fits);
    Span {
        start: span.start + start.unwrap_or_else(|| text.ceil_char_boundary(text.len() - AROUND)) as u32,
        ..span
    }
}

/// The first whole sentences of a stretch, as many as there is room for.
fn head(document: &Document, span: Span) -> Span {
    let text = document.slice(span);
    let ends = sentences(text).into_iter().map(|sentence| sentence.end).take_while(|end| *end <= AROUND);
    let end = ends.last().unwrap_or_else(|| text.floor_char_boundary(AROUND));
    Span { end: span.start + end as u32, ..span }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::document::{Builder, Run};

    fn document(blocks: &[(BlockKind, &str)]) -> Document {
        let mut builder = Builder::new();
        for (kind, text) in blocks {
            builder.push(kind.clone(), &[Run::plain(text)]);
        }
        builder.build()
    }

    fn at(document: &Document, words: &str) -> Excerpt {
        let start = document.text.find(words).unwrap();
        excerpt(document, Span::new(start, start + words.len())).unwrap()
    }

    #[test]
    fn a_sentence_stands_among_its_neighbours_under_its_heading() {
        use BlockKind::{Heading, Paragraph};
        let document = document(&[
            (Paragraph, "Before all headings."),
            (Heading(1), "Afterload"),
            (Paragraph, "The valve opens. The ventricle ejects less. Its wall thickens."),
            (Paragraph, "More of it."),
            (Heading(1), "Preload"),
            (Paragraph, "It fills."),
        ]);
        let got = at(&document, "The ventricle ejects less.");
        let texts = [got.heading, got.before, got.lit, got.after];
        assert_eq!(
            texts,
            ["Afterload", "The valve opens.", "The ventricle ejects less.", "Its wall thickens."]
        );
        // at the edges of a paragraph the next one of the section stands in
        let first = at(&document, "The valve opens.");
        assert_eq!(
            (first.before.as_str(), first.after.as_str()),
            ("", "The ventricle ejects less. Its wall thickens.")
        );
        let last = at(&document, "More of it.");
        assert_eq!((last.before.split(". ").next(), last.after.as_str()), (Some("The valve opens"), ""));
        let alone = at(&document, "Before all headings.");
        assert_eq!((alone.heading.as_str(), alone.before.as_str()), ("", ""));
    }

    #[test]
    fn what_is_around_is_cut_at_sentences() {
        let long = "A sentence of the page, with µ and more words. ".repeat(20);
        let text = format!("{long}Here it is. {long}");
        let document = document(&[(BlockKind::Paragraph, &text)]);
        let got = at(&document, "Here it is.");
        for around in [&got.before, &got.after] {
            assert!(around.len() <= AROUND && around.len() > AROUND / 2, "{around}");
            assert!(around.starts_with("A sentence") && around.ends_with("words."), "{around}");
        }
        // without any border of sentences it is cut all the same
        let endless = document_of_words();
        assert!(at(&endless, "here").before.len() <= AROUND);
    }

    fn document_of_words() -> Document {
        let text = format!("{} here {}", "µw ".repeat(300).trim(), "µw ".repeat(300));
        document(&[(BlockKind::Paragraph, &text)])
    }

    #[test]
    fn nonsense_is_no_excerpt() {
        let document = document(&[(BlockKind::Paragraph, "µ is one.")]);
        for (start, end) in [(0, 0), (5, 2), (1, 4), (0, 5_000), (4_000, 5_000)] {
            assert_eq!(excerpt(&document, Span { start, end }), None, "{start}..{end}");
        }
        assert_eq!(excerpt(&Document::default(), Span { start: 0, end: 1 }), None);
    }
}
