//! The chapters of a document: the few headings that divide it best. Owns: which headings these are, and how far each
//! reaches. Refuses: the whole outline (the reader shows it), and what stands in a chapter.

use crate::document::{BlockKind, Document, Span};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Chapters of one document at most: what can still be looked through.
pub const MOST: usize = 40;
/// A division of which one stretch is longer than this share of the text divides nothing.
const SHARE: f32 = 0.8;

/// A part of a document under a heading of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chapter {
    /// The heading; 'first … last' where several small ones are one chapter.
    pub title: String,
    /// The page its heading stands on.
    pub page: u32,
    /// From its heading to the next one of the same level or a higher one. Its start names it within the document.
    pub span: Span,
    /// 0, or 1 below a chapter that holds it.
    pub depth: u8,
}

#[derive(Debug, Clone)]
struct Heading<'d> {
    level: u8,
    span: Span,
    title: &'d str,
}

/// The chapters of a document, in order: none, or two to [`MOST`].
///
/// They are the headings down to the first level at which the text falls into parts, its title left out. Where there
/// are too many (a presentation has one on each slide), neighbours are one chapter.
pub fn chapters(document: &Document) -> Vec<Chapter> {
    let headings = headings(document);
    let levels: BTreeSet<u8> = headings.iter().map(|heading| heading.level).collect();
    let divisions: Vec<Vec<Heading<'_>>> =
        levels.into_iter().map(|level| division(&headings, level)).filter(|found| found.len() > 1).collect();
    let end = document.text.len() as u32;
    let few = |found: &&Vec<Heading<'_>>| found.len() <= MOST;
    let even: Vec<_> = divisions.iter().filter(|found| longest(found, end) <= SHARE * end as f32).collect();
    let even_and_few = even.iter().copied().find(few);
    // a lopsided division is better than none, but not than neighbours put together
    let lopsided = || divisions.iter().filter(|_| even.is_empty()).rfind(few);
    match even_and_few.or_else(lopsided) {
        Some(best) => each(document, best),
        None => divisions
            .iter()
            .find(|found| !few(found))
            .map(|many| together(document, many))
            .unwrap_or_default(),
    }
}

/// All headings; one that says the same as the one before it (a slide that goes on) is part of that.
fn headings(document: &Document) -> Vec<Heading<'_>> {
    let mut found: Vec<Heading<'_>> = vec![];
    for block in &document.blocks {
        let BlockKind::Heading(level) = block.kind else { continue };
        let title = document.slice(block.span);
        let goes_on = |last: &Heading<'_>| last.level == level && bare(last.title) == bare(title);
        if !found.last().is_some_and(goes_on) {
            found.push(Heading { level, span: block.span, title });
        }
    }
    found
}

/// A heading without '(continued)' or '(2/3)' at its end, in small letters.
fn bare(title: &str) -> String {
    let cut = title.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')).map(|(words, _)| words);
    cut.filter(|words| !words.trim().is_empty()).unwrap_or(title).trim().to_lowercase()
}

/// The headings down to a level, without the document's own title: one that is alone on its level and comes first.
fn division<'d>(headings: &[Heading<'d>], level: u8) -> Vec<Heading<'d>> {
    let mut found: Vec<Heading<'d>> =
        headings.iter().filter(|heading| heading.level <= level).cloned().collect();
    while found.len() > 1 {
        let first = found[0].level;
        if found[1..].iter().any(|heading| heading.level <= first) {
            break;
        }
        found.remove(0);
    }
    found
}

/// Bytes of the longest stretch between two of the headings, or before the first.
fn longest(headings: &[Heading<'_>], end: u32) -> f32 {
    let starts = std::iter::once(0).chain(headings.iter().map(|heading| heading.span.start));
    let ends = headings.iter().map(|heading| heading.span.start).chain([end]);
    starts.zip(ends).map(|(start, end)| end - start).max().unwrap_or(0) as f32
}

fn each(document: &Document, headings: &[Heading<'_>]) -> Vec<Chapter> {
    let end = document.text.len() as u32;
    let highest = headings.iter().map(|heading| heading.level).min().unwrap_or(1);
    let chapter = |(index, heading): (usize, &Heading<'_>)| {
        let next = headings[index + 1..].iter().find(|next| next.level <= heading.level);
        Chapter {
            title: heading.title.into(),
            page: document.page_at(heading.span.start),
            span: Span { start: heading.span.start, end: next.map_or(end, |next| next.span.start) },
            depth: u8::from(heading.level > highest),
        }
    };
    headings.iter().enumerate().map(chapter).collect()
}

/// Too many headings: as many neighbours as needed are one chapter.
fn together(document: &Document, headings: &[Heading<'_>]) -> Vec<Chapter> {
    let end = document.text.len() as u32;
    let size = headings.len().div_ceil(MOST);
    let starts: Vec<u32> = headings.chunks(size).map(|group| group[0].span.start).collect();
    let ends = starts.iter().skip(1).copied().chain([end]);
    let chapter = |(group, (start, end)): (&[Heading<'_>], (u32, u32))| Chapter {
        title: match group {
            [one] => one.title.into(),
            [first, .., last] => format!("{} … {}", first.title, last.title),
            [] => String::new(),
        },
        page: document.page_at(start),
        span: Span { start, end },
        depth: 0,
    };
    headings.chunks(size).zip(starts.iter().copied().zip(ends)).map(chapter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Builder, Run};

    /// A document from a sketch: 'n:title' is a heading of level n on a new page, all else a paragraph.
    fn document(sketch: &[String]) -> Document {
        let mut builder = Builder::new();
        builder.page(1);
        for (line, page) in sketch.iter().zip(1..) {
            builder.page(page);
            match line.split_once(':').and_then(|(level, title)| Some((level.parse().ok()?, title))) {
                Some((level, title)) => builder.push(BlockKind::Heading(level), &[Run::plain(title)]),
                None => builder.push(BlockKind::Paragraph, &[Run::plain(line)]),
            }
        }
        let document = builder.build();
        document.check().unwrap();
        document
    }

    fn titles(sketch: &str) -> String {
        let lines: Vec<String> = sketch.split('|').map(str::to_string).collect();
        let found = chapters(&document(&lines));
        let drawn =
            found.iter().map(|chapter| format!("{}{}", "-".repeat(chapter.depth.into()), chapter.title));
        drawn.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_highest_headings_that_divide_are_the_chapters() {
        let long = "words ".repeat(60);
        for (name, sketch, wanted) in [
            ("nothing", "", ""),
            ("no heading", "text|more text", ""),
            ("one heading", "1:The heart|text", ""),
            ("chapters", "1:A|text|1:B|text|1:C|text", "A B C"),
            ("a title over chapters", "1:The heart|text|2:A|text|2:B|text", "A B"),
            ("titles over each other", "1:Book|2:Part|3:A|text|3:B|text", "A B"),
            ("deeper headings stay inside", "1:A|2:x|text|2:y|text|1:B|2:z|text", "A B"),
            ("levels that are skipped", "2:A|text|4:x|text|2:B|text", "A B"),
            ("a lopsided level goes deeper", &format!("1:A|2:x|{long}|2:y|{long}|1:B|text"), "A -x -y B"),
            ("a lopsided division is better than none", &format!("1:A|{long}|1:B|text"), "A B"),
            ("a slide that goes on", "1:A|text|1:A (2/2)|text|1:B|text|1:B|text", "A B"),
        ] {
            assert_eq!(titles(sketch), wanted, "{name}");
        }
    }

    #[test]
    fn a_chapter_reaches_to_the_next_of_its_level() {
        let long = "words ".repeat(60);
        let sketch = format!("1:A|2:x|{long}|2:y|{long}|1:B|text");
        let document = document(&sketch.split('|').map(str::to_string).collect::<Vec<_>>());
        let found = chapters(&document);
        let start = |title: &str| document.text.find(&format!("{title}\n")).unwrap() as u32;
        let spans: Vec<_> = found.iter().map(|chapter| (chapter.span.start, chapter.span.end)).collect();
        let end = document.text.len() as u32;
        assert_eq!(
            spans,
            [(0, start("B")), (start("x"), start("y")), (start("y"), start("B")), (start("B"), end)]
        );
        assert_eq!(found.iter().map(|chapter| chapter.page).collect::<Vec<_>>(), [1, 2, 4, 6]);
    }

    #[test]
    fn slides_are_put_together_until_they_can_be_looked_through() {
        for (slides, wanted) in [(2, 2), (40, 40), (41, 21), (100, 34), (1_000, 40)] {
            let lines: Vec<String> =
                (0..slides).flat_map(|n| [format!("2:Slide {n}"), "text".into()]).collect();
            let document = document(&lines);
            let found = chapters(&document);
            assert_eq!(found.len(), wanted, "{slides}");
            assert_eq!((found[0].span.start, found[wanted - 1].span.end), (0, document.text.len() as u32));
            assert!(found.windows(2).all(|pair| pair[0].span.end == pair[1].span.start), "{slides}");
        }
        let lines: Vec<String> = (0..41).flat_map(|n| [format!("2:Slide {n}"), "text".into()]).collect();
        let found = chapters(&document(&lines));
        assert_eq!((found[0].title.as_str(), found[20].title.as_str()), ("Slide 0 … Slide 1", "Slide 40"));
    }
}
