//! A document cut into passages for search and citation. Owns: where passages begin and end. Refuses: counting
//! tokens (the caller brings the embedding model's tokenizer) and embedding them.
//!
//! A section is cut at paragraphs, else at sentences, else at words. Passages of one section overlap a little so
//! that what stands at a border is found from both sides; no passage crosses a section.

use crate::document::{Block, BlockKind, Document, Span};
use crate::sentence;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// No passage has more tokens.
pub const MAX_TOKENS: usize = 512;
/// Passages are filled up to here: two windows of the embedding model (254 tokens each) cover it, with room to cut at
/// a sentence.
const FILL_TOKENS: usize = 480;
/// Passages of one section share at most so many tokens.
pub const OVERLAP_TOKENS: usize = 128;

/// Gives the byte range of every token of a text, ascending and on character borders.
pub type Tokenize<'t> = &'t dyn Fn(&str) -> Vec<(usize, usize)>;

/// A passage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// Where it stands in the document's text.
    pub span: Span,
    /// First and last page.
    pub pages: (u32, u32),
    /// The headings above it, highest first, its section's own last.
    pub headings: Vec<String>,
    /// Number of tokens.
    pub tokens: u32,
}

/// Cuts a document into passages of at most [`MAX_TOKENS`]. Every visible character is in at least one.
pub fn chunks(document: &Document, tokenize: Tokenize<'_>) -> Vec<Chunk> {
    let mut out = vec![];
    for section in sections(document) {
        let Some(whole) = section.span(document) else { continue };
        let counter = Counter::new(document.slice(whole), whole.start as usize, tokenize);
        let pieces = pieces(document, &document.blocks[section.blocks.clone()], &counter);
        for range in pack(&pieces, &counter) {
            let span = Span::new(pieces[range.start].span.start, pieces[range.end - 1].span.end);
            out.push(Chunk {
                span,
                pages: document.pages_of(span),
                headings: section.headings.clone(),
                tokens: counter.count(&span.range()) as u32,
            });
        }
    }
    out
}

/// A heading with what stands under it, up to the next heading. Headings without text between them are one section.
struct Section {
    blocks: Range<usize>,
    headings: Vec<String>,
}

impl Section {
    fn span(&self, document: &Document) -> Option<Span> {
        let blocks = &document.blocks[self.blocks.clone()];
        Some(Span { start: blocks.first()?.span.start, end: blocks.last()?.span.end })
    }
}

fn sections(document: &Document) -> Vec<Section> {
    let paths = document.heading_paths();
    let is_heading = |at: usize| matches!(document.blocks[at].kind, BlockKind::Heading(_));
    let mut out = vec![];
    let mut start = 0;
    for end in 1..=document.blocks.len() {
        // a section ends before a heading that follows text
        if end < document.blocks.len() && (!is_heading(end) || is_heading(end - 1)) {
            continue;
        }
        let last = end - 1;
        let mut path = paths[last].clone();
        if is_heading(last) {
            path.push(last);
        }
        let headings = path.iter().map(|at| document.slice(document.blocks[*at].span).to_string()).collect();
        out.push(Section { blocks: start..end, headings });
        start = end;
    }
    out
}

/// Counts the tokens of stretches of one section, tokenized once.
struct Counter {
    /// Byte offsets in the document at which tokens begin.
    starts: Vec<usize>,
}

impl Counter {
    fn new(text: &str, offset: usize, tokenize: Tokenize<'_>) -> Self {
        Self { starts: tokenize(text).into_iter().map(|(start, _)| start + offset).collect() }
    }

    fn count(&self, range: &Range<usize>) -> usize {
        let before = |at: usize| self.starts.partition_point(|start| *start < at);
        before(range.end) - before(range.start)
    }

    fn inside(&self, range: &Range<usize>) -> &[usize] {
        let before = |at: usize| self.starts.partition_point(|start| *start < at);
        &self.starts[before(range.start)..before(range.end)]
    }
}

/// What is never cut further: a sentence, a row, or part of one that is too long.
#[derive(Debug, Clone)]
struct Piece {
    span: Range<usize>,
    /// Begins a block.
    first: bool,
}

fn pieces(document: &Document, blocks: &[Block], counter: &Counter) -> Vec<Piece> {
    let mut out = vec![];
    for block in blocks {
        let base = block.span.start as usize;
        let text = document.slice(block.span);
        let parts = match block.kind {
            BlockKind::Table { .. } | BlockKind::Preformatted => lines(text),
            BlockKind::Heading(_) => std::iter::once(0..text.len()).collect(),
            _ => sentence::sentences(text),
        };
        let mut first = true;
        for part in parts {
            let range = base + part.start..base + part.end;
            for span in fit(&document.text, range, counter) {
                out.push(Piece { span, first: std::mem::take(&mut first) });
            }
        }
    }
    out
}

fn lines(text: &str) -> Vec<Range<usize>> {
    let mut out = vec![];
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let visible = line.trim_end();
        if !visible.trim().is_empty() {
            out.push(start..start + visible.len());
        }
        start += line.len();
    }
    out
}

/// Cuts a stretch that alone is too long for a passage, at words where there are any.
fn fit(text: &str, range: Range<usize>, counter: &Counter) -> Vec<Range<usize>> {
    let mut out = vec![];
    let mut start = range.start;
    loop {
        let starts = counter.inside(&(start..range.end));
        if starts.len() <= FILL_TOKENS {
            out.push(start..range.end);
            return out;
        }
        let word = |at: &&usize| text[..**at].ends_with(char::is_whitespace);
        let cut =
            starts[FILL_TOKENS / 2..FILL_TOKENS].iter().rev().find(word).unwrap_or(&starts[FILL_TOKENS - 1]);
        let piece = &text[start..*cut];
        out.push(start..start + piece.trim_end().len());
        start = *cut;
    }
}

/// Groups pieces into passages: as full as they get, ending with a paragraph where that leaves them half full.
fn pack(pieces: &[Piece], counter: &Counter) -> Vec<Range<usize>> {
    let count = |from: usize, to: usize| counter.count(&(pieces[from].span.start..pieces[to - 1].span.end));
    let mut out = vec![];
    let (mut start, mut fresh) = (0, 0); // `fresh` is the first piece that no passage holds yet
    while fresh < pieces.len() {
        let mut end = fresh + 1;
        while end < pieces.len() && count(start, end + 1) <= FILL_TOKENS {
            end += 1;
        }
        if end < pieces.len() {
            let paragraph = (fresh + 1..=end).rev().find(|at| pieces[*at].first);
            if let Some(at) = paragraph.filter(|at| count(start, *at) * 2 >= FILL_TOKENS) {
                end = at;
            }
        }
        out.push(start..end);
        fresh = end;
        start = end;
        if fresh < pieces.len() {
            let fits =
                |from: usize| count(from, fresh) <= OVERLAP_TOKENS && count(from, fresh + 1) <= FILL_TOKENS;
            let last = out.last().map_or(0, |range: &Range<usize>| range.start);
            while start > last + 1 && fits(start - 1) {
                start -= 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Builder, Run};
    use proptest::prelude::*;

    /// Words, and pieces of four characters of long ones, as word-piece models cut.
    fn tokens(text: &str) -> Vec<(usize, usize)> {
        let mut out: Vec<(usize, usize)> = vec![];
        let mut length = 0;
        for (at, c) in text.char_indices() {
            if c.is_whitespace() {
                length = 0;
                continue;
            }
            match out.last_mut() {
                Some(last) if length > 0 && length < 4 => last.1 = at + c.len_utf8(),
                _ => {
                    out.push((at, at + c.len_utf8()));
                    length = 0;
                }
            }
            length += 1;
        }
        out
    }

    fn document(parts: &[(u8, String)]) -> Document {
        let mut builder = Builder::new();
        for (index, (kind, text)) in parts.iter().enumerate() {
            builder.page(index as u32 / 3 + 1);
            let kind = match kind {
                0 => BlockKind::Heading(1),
                1 => BlockKind::Heading(2),
                2 => BlockKind::Table { header: 1 },
                3 => BlockKind::ListItem { depth: 0, ordered: false },
                _ => BlockKind::Paragraph,
            };
            builder.push(kind, &[Run::plain(text)]);
        }
        builder.build()
    }

    #[test]
    fn a_section_is_one_passage_under_its_headings() {
        let parts = [(0, "Heart"), (1, "Valves"), (9, "They close."), (1, "Walls"), (9, "They are thick.")];
        let document = document(&parts.map(|(kind, text)| (kind, text.to_string())));
        let chunks = chunks(&document, &tokens);
        let texts: Vec<&str> = chunks.iter().map(|chunk| document.slice(chunk.span)).collect();
        assert_eq!(texts, ["Heart\n\nValves\n\nThey close.", "Walls\n\nThey are thick."]);
        assert_eq!(chunks[0].headings, ["Heart", "Valves"]);
        assert_eq!(chunks[1].headings, ["Heart", "Walls"]);
        assert_eq!((chunks[0].pages, chunks[1].pages), ((1, 1), (2, 2)));
    }

    #[test]
    fn a_long_section_is_cut_at_sentences_with_overlap() {
        let sentence = "The ventricle contracts and the valve then closes at once. ";
        let document = document(&[(0, "Heart".into()), (9, sentence.repeat(100))]);
        let chunks = chunks(&document, &tokens);
        assert!(chunks.len() > 2);
        for pair in chunks.windows(2) {
            assert!(pair[1].span.start < pair[0].span.end, "no overlap");
            let shared = &document.text[pair[1].span.start as usize..pair[0].span.end as usize];
            assert!(tokens(shared).len() <= OVERLAP_TOKENS);
            assert!(document.slice(pair[1].span).starts_with("The ventricle"));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn nothing_is_lost_and_nothing_is_too_long(
            parts in prop::collection::vec((0u8..8, "([a-zA-Zé]{1,30}[.!?]? |\n|\t){0,200}"), 0..12)
        ) {
            let document = document(&parts);
            prop_assert_eq!(document.check(), Ok(()));
            let chunks = chunks(&document, &tokens);
            let mut covered = 0;
            for chunk in &chunks {
                let text = document.slice(chunk.span);
                let gap = document.text.get(covered..chunk.span.start as usize).unwrap_or_default();
                prop_assert!(gap.trim().is_empty(), "lost {gap:?}");
                prop_assert!(chunk.span.end as usize > covered);
                prop_assert_eq!(tokens(text).len(), chunk.tokens as usize);
                prop_assert!(chunk.tokens as usize <= MAX_TOKENS);
                covered = chunk.span.end as usize;
            }
            prop_assert!(document.text[covered..].trim().is_empty());
            for pair in chunks.windows(2) {
                let shared = (pair[0].span.end as usize).saturating_sub(pair[1].span.start as usize);
                if shared > 0 {
                    prop_assert_eq!(&pair[0].headings, &pair[1].headings);
                    let from = pair[1].span.start as usize;
                    prop_assert!(tokens(&document.text[from..from + shared]).len() <= OVERLAP_TOKENS);
                }
            }
        }
    }
}
