//! A stretch of a document as the reader shows it. Pure.

use super::store::MarginRow;
use crate::retrieval::lexical;
use app::library::api::{
    Material, Opening, OutlineEntry, Place, Reader, ReaderBlock, ReaderPage, ReaderQuestion,
};
use domain::{
    document::{BlockKind, Document, Mark, Span},
    id::{MaterialId, QuestionId},
};

/// Pages of one stretch.
const PAGES: usize = 12;
/// Found places told at most.
const PLACES: usize = 1_000;

/// The pages to show.
#[derive(Debug)]
pub struct Stretch {
    pages: Vec<ReaderPage>,
    previous: Option<u32>,
    next: Option<u32>,
    page: u32,
    places: Vec<Place>,
}

/// Cuts the stretch that a request asks for. A page that is not there becomes the nearest one.
pub fn stretch(document: &Document, request: &Opening) -> Stretch {
    let lit = request.lit.filter(|lit| is_inside(document, *lit));
    let page = lit.map(|lit| document.page_at(lit.start)).or(request.page).unwrap_or(1);
    let index =
        document.pages.partition_point(|at| at.number < page).min(document.pages.len().saturating_sub(1));
    let first = index - index % PAGES;
    let last = (first + PAGES).min(document.pages.len());
    let query = request.query.as_deref().map(str::trim).filter(|query| !query.is_empty());
    let mut pages: Vec<ReaderPage> = document.pages[first..last]
        .iter()
        .map(|page| ReaderPage { number: page.number, blocks: vec![] })
        .collect();
    let mut places = vec![];
    for block in &document.blocks {
        let text = document.slice(block.span);
        let found = query.map(|query| lexical::lit(text, query)).unwrap_or_default();
        let number = document.page_at(block.span.start);
        let room = PLACES.saturating_sub(places.len());
        places.extend(found.iter().take(room).map(|span| {
            let start = block.span.start + span.start;
            Place { page: document.page_at(start), start }
        }));
        let Some(page) = pages.iter_mut().find(|page| page.number == number) else { continue };
        page.blocks.push(ReaderBlock {
            kind: block.kind.clone(),
            text: text.into(),
            start: block.span.start,
            marks: marks_within(document, block.span),
            lit: lit.and_then(|lit| within(block.span, lit)).into_iter().collect(),
            found,
        });
    }
    Stretch {
        previous: first.checked_sub(1).map(|before| document.pages[before].number),
        next: document.pages.get(last).map(|after| after.number),
        page: document.pages.get(index).map_or(1, |page| page.number),
        pages,
        places,
    }
}

impl Stretch {
    /// First and last page number.
    pub fn numbers(&self) -> (u32, u32) {
        (self.pages.first().map_or(0, |page| page.number), self.pages.last().map_or(0, |page| page.number))
    }

    /// The answer.
    pub fn reader(
        self,
        material: Material,
        document: &Document,
        questions: Vec<MarginRow>,
        due: &[(MaterialId, Option<QuestionId>)],
    ) -> Reader {
        let is_due = |row: &MarginRow| due.iter().any(|(_, question)| *question == Some(row.question()));
        Reader {
            material,
            outline: outline(document),
            pages: self.pages,
            previous: self.previous,
            next: self.next,
            questions: questions.into_iter().map(|row| question(is_due(&row), row)).collect(),
            page: self.page,
            hits: self.places,
        }
    }
}

fn outline(document: &Document) -> Vec<OutlineEntry> {
    let headings = document.blocks.iter().filter_map(|block| match block.kind {
        BlockKind::Heading(level) => Some((level, block.span)),
        _ => None,
    });
    headings
        .map(|(level, span)| OutlineEntry {
            level,
            title: document.slice(span).into(),
            page: document.page_at(span.start),
            start: span.start,
        })
        .collect()
}

fn question(due: bool, row: MarginRow) -> ReaderQuestion {
    ReaderQuestion {
        id: row.question(),
        page: row.page as u32,
        span: Span { start: row.span_start as u32, end: row.span_end as u32 },
        stem: row.item.0.stem,
        last: row.last,
        due,
    }
}

fn is_inside(document: &Document, span: Span) -> bool {
    !span.is_empty() && document.text.get(span.range()).is_some()
}

/// The part of `span` that lies in `block`, counted from the block's first byte.
fn within(block: Span, span: Span) -> Option<Span> {
    let (start, end) = (span.start.max(block.start), span.end.min(block.end));
    (start < end).then(|| Span { start: start - block.start, end: end - block.start })
}

fn marks_within(document: &Document, block: Span) -> Vec<Mark> {
    let from = document.marks.partition_point(|mark| mark.span.start < block.start);
    let marks = document.marks[from..].iter().take_while(|mark| mark.span.start < block.end);
    marks.filter_map(|mark| Some(Mark { span: within(block, mark.span)?, style: mark.style })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        document::{Builder, Run},
        id::MaterialId,
    };

    fn thirty_pages() -> Document {
        let mut builder = Builder::new();
        for page in 1..=30 {
            builder.page(page);
            builder.push(BlockKind::Heading(1), &[Run::plain(&format!("Chapter {page}"))]);
            let bold = Run { text: "sinus", bold: true, ..Run::default() };
            builder.push(BlockKind::Paragraph, &[Run::plain("The "), bold, Run::plain(" node fires.")]);
        }
        builder.build()
    }

    fn opening() -> Opening {
        Opening { material: MaterialId(uuid::Uuid::nil()), page: None, lit: None, query: None }
    }

    #[test]
    fn a_stretch_holds_the_page_that_is_asked_for_and_names_its_neighbours() {
        let document = thirty_pages();
        let at = |page| stretch(&document, &Opening { page: Some(page), ..opening() });
        assert_eq!((at(1).numbers(), at(1).previous, at(1).next), ((1, 12), None, Some(13)));
        assert_eq!((at(13).numbers(), at(13).previous, at(13).next), ((13, 24), Some(12), Some(25)));
        assert_eq!((at(99).numbers(), at(99).page, at(99).next), ((25, 30), 30, None));
    }

    #[test]
    fn a_cited_span_wins_and_is_lit_in_its_block() {
        let document = thirty_pages();
        let start = document.text.rfind("sinus").unwrap();
        let lit = Some(Span::new(start, start + 5));
        let got = stretch(&document, &Opening { page: Some(1), lit, ..opening() });
        assert_eq!(got.page, 30);
        let block = &got.pages.last().unwrap().blocks[1];
        assert_eq!((block.lit.as_slice(), block.marks[0].span), (&[Span::new(4, 9)][..], Span::new(4, 9)));
    }

    #[test]
    fn nonsense_is_the_first_page() {
        let document = thirty_pages();
        let lit = Some(Span { start: 5_000_000, end: 5_000_001 });
        assert_eq!(stretch(&document, &Opening { lit, ..opening() }).page, 1);
        let empty = Builder::new().build();
        assert_eq!(stretch(&empty, &opening()).numbers(), (1, 1));
    }

    #[test]
    fn found_words_are_counted_over_the_whole_document() {
        let document = thirty_pages();
        let got = stretch(&document, &Opening { query: Some("sinus".into()), ..opening() });
        assert_eq!((got.places.len(), got.places[29].page), (30, 30));
    }
}
