//! What was read from a file. Owns: the document's text, its blocks, pages, headings and marks.
//! Refuses: how it was read (the server's readers) and how it is cut (`chunk`).
//!
//! The text is one string. Blocks, pages, marks and, later, passages and quotes are spans of it, so a
//! citation is two numbers and can always be shown in its place. Spans count bytes of UTF-8 and always lie
//! on character borders; the command line converts them to characters at its edge.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A stretch of a document's text: byte offsets into [`Document::text`], end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// From byte offsets. Documents are limited to 4 GiB of text, far above what the readers let through.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// As an index into the text.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether it covers nothing.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// Whether `other` lies wholly inside.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether both share at least one byte.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// A file as it was read.
///
/// `pages` partition `text`: page `i` is `text[pages[i].start .. pages[i + 1].start]`, so the page texts in a
/// row are the text, byte for byte. `blocks` are ascending and do not overlap; between two blocks stands
/// `"\n\n"`. A paragraph that goes on over a page is one block with a single space at the break.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Title from the file's metadata, else its first heading of the highest level.
    pub title: Option<String>,
    /// Everything that is read aloud, in reading order.
    pub text: String,
    /// Headings, paragraphs, list items, tables …, in reading order.
    pub blocks: Vec<Block>,
    /// At least one, ascending; a format without pages has page 1 alone.
    pub pages: Vec<Page>,
    /// Bold and italic stretches, ascending by start.
    pub marks: Vec<Mark>,
    /// What could not be read, in the learner's words.
    pub warnings: Vec<String>,
}

/// A page (a slide of a presentation).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// As counted in the file, from 1.
    pub number: u32,
    /// Byte offset of its first character.
    pub start: u32,
}

/// A paragraph-sized piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Where it stands.
    pub span: Span,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// Level 1 (highest) to 6.
    Heading(u8),
    /// Running text.
    Paragraph,
    /// An item of a list: nesting depth from 0, and whether the list is numbered. The marker ('•', '3.') is not
    /// part of the text.
    ListItem {
        /// 0 for the outermost list.
        depth: u8,
        /// Numbered list.
        ordered: bool,
    },
    /// Rows part by `\n`, cells by `\t`; the first `header` rows are headings. Such a block may begin with `\t`:
    /// its first cell is empty.
    Table {
        /// Number of heading rows, often 1 or 0.
        header: u8,
    },
    /// Legend of a figure or table.
    Caption,
    /// Speaker notes of a slide.
    Note,
    /// Text whose line breaks matter.
    Preformatted,
    /// Boxed or marginal text beside the main flow.
    Aside,
}

/// A stretch set apart by its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Where.
    pub span: Span,
    /// How.
    pub style: Style,
}

/// How a stretch is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// Heavier than its surroundings.
    Bold,
    /// Slanted.
    Italic,
    /// Raised, as in Ca²⁺ where the source does not use the Unicode characters.
    Superscript,
    /// Lowered, as in H₂O.
    Subscript,
}

impl Document {
    /// The text of a span.
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.range()]
    }

    /// The page on which a byte stands.
    pub fn page_at(&self, offset: u32) -> u32 {
        let after = self.pages.partition_point(|page| page.start <= offset);
        self.pages[after.saturating_sub(1)].number
    }

    /// First and last page that a span touches.
    pub fn pages_of(&self, span: Span) -> (u32, u32) {
        (self.page_at(span.start), self.page_at(span.end.saturating_sub(1).max(span.start)))
    }

    /// The text of page number `index` (counted from 0), break included.
    pub fn page_text(&self, index: usize) -> &str {
        let end = self.pages.get(index + 1).map_or(self.text.len(), |next| next.start as usize);
        &self.text[self.pages[index].start as usize..end]
    }

    /// Headings in force at each block: for block `i` the indices of its ancestors, highest level first. A
    /// heading does not contain itself.
    pub fn heading_paths(&self) -> Vec<Vec<usize>> {
        let mut open: Vec<(u8, usize)> = vec![];
        self.blocks
            .iter()
            .enumerate()
            .map(|(index, block)| {
                if let BlockKind::Heading(level) = block.kind {
                    open.retain(|(above, _)| *above < level);
                    let path = open.iter().map(|(_, heading)| *heading).collect();
                    open.push((level, index));
                    path
                } else {
                    open.iter().map(|(_, heading)| *heading).collect()
                }
            })
            .collect()
    }

    /// What must hold of every document; the readers' tests call it on all they produce.
    ///
    /// # Errors
    /// The first broken rule, in words.
    pub fn check(&self) -> Result<(), String> {
        if self.pages.is_empty() {
            return Err("no page".into());
        }
        if self.pages[0].start != 0 {
            return Err("the first page does not start at 0".into());
        }
        if !self.pages.is_sorted_by(|a, b| a.number < b.number && a.start <= b.start) {
            return Err("pages do not ascend".into());
        }
        let border = |at: u32| self.text.is_char_boundary(at as usize);
        if let Some(page) = self.pages.iter().find(|page| !border(page.start)) {
            return Err(format!("page {} starts inside a character", page.number));
        }
        let mut end = 0;
        for block in &self.blocks {
            if !border(block.span.start) || !border(block.span.end) || block.span.is_empty() {
                return Err(format!("block {block:?} is empty or cuts a character"));
            }
            let gap = self.text.get(end as usize..block.span.start as usize);
            if gap != Some(if end == 0 { "" } else { "\n\n" }) {
                return Err(format!("before block {block:?} stands {gap:?}"));
            }
            let text = self.slice(block.span);
            let text = match block.kind {
                BlockKind::Table { .. } => text.trim_start_matches('\t'),
                _ => text,
            };
            if text.trim() != text || text.is_empty() {
                return Err(format!("block {block:?} begins or ends in white space"));
            }
            end = block.span.end;
        }
        if !self.text[end as usize..].trim().is_empty() {
            return Err("text after the last block".into());
        }
        if !self.marks.is_sorted_by_key(|mark| mark.span.start) {
            return Err("marks do not ascend".into());
        }
        match self.marks.iter().find(|m| !border(m.span.start) || !border(m.span.end) || m.span.is_empty()) {
            Some(mark) => Err(format!("mark {mark:?} is empty or cuts a character")),
            None => Ok(()),
        }
    }
}

/// Puts a document together, keeping its rules; every reader writes through it.
#[derive(Debug, Default)]
pub struct Builder {
    document: Document,
    page: Option<u32>,
}

impl Builder {
    /// Nothing read yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is pushed from now on stands on this page. Page numbers ascend.
    pub fn page(&mut self, number: u32) {
        self.page = Some(number);
        if self.document.pages.is_empty() {
            self.document.pages.push(Page { number, start: 0 });
        }
    }

    fn enter_page(&mut self) {
        let number = *self.page.get_or_insert(1);
        let start = self.document.text.len() as u32;
        match self.document.pages.last_mut() {
            Some(last) if last.number == number => {}
            // a page without text leaves no trace but its number, which the next one replaces
            Some(last) if last.start == start => last.number = number,
            _ => self.document.pages.push(Page { number, start }),
        }
    }

    /// Adds a block of styled runs. White space is folded to single spaces (in tables and preformatted text,
    /// tabs and line breaks stay); a block that is empty then is left out.
    pub fn push(&mut self, kind: BlockKind, runs: &[Run<'_>]) {
        let layout = match kind {
            BlockKind::Table { .. } => Layout::Cells,
            BlockKind::Preformatted => Layout::Breaks,
            _ => Layout::Flow,
        };
        let Some((text, marks)) = fold(runs, layout) else { return };
        if !self.document.blocks.is_empty() {
            self.document.text.push_str("\n\n");
        }
        self.enter_page();
        self.append(kind, &text, &marks);
    }

    fn append(&mut self, kind: BlockKind, text: &str, marks: &[Mark]) {
        let start = self.document.text.len();
        self.document.text.push_str(text);
        self.document.blocks.push(Block { kind, span: Span::new(start, self.document.text.len()) });
        self.mark(start as u32, marks);
    }

    fn mark(&mut self, start: u32, marks: &[Mark]) {
        self.document.marks.extend(marks.iter().map(|mark| Mark {
            span: Span { start: start + mark.span.start, end: start + mark.span.end },
            style: mark.style,
        }));
    }

    /// Goes on with the last block, after a single space (`joined` false) or directly (a word cut by the
    /// break). Used for a paragraph that goes on over a page.
    pub fn extend(&mut self, runs: &[Run<'_>], joined: bool) {
        let Some((text, marks)) = fold(runs, Layout::Flow) else { return };
        if self.document.blocks.is_empty() {
            return self.push(BlockKind::Paragraph, runs);
        }
        if !joined {
            self.document.text.push(' ');
        }
        self.enter_page();
        let start = self.document.text.len() as u32;
        self.document.text.push_str(&text);
        let end = self.document.text.len() as u32;
        if let Some(last) = self.document.blocks.last_mut() {
            last.span.end = end;
        }
        self.mark(start, &marks);
    }

    /// Notes what could not be read.
    pub fn warn(&mut self, warning: impl Into<String>) {
        self.document.warnings.push(warning.into());
    }

    /// Names the document.
    pub fn title(&mut self, title: impl Into<String>) {
        self.document.title = Some(title.into());
    }

    /// The document. Without a title it takes its first heading of the highest level.
    pub fn build(mut self) -> Document {
        if self.document.pages.is_empty() {
            self.document.pages.push(Page { number: 1, start: 0 });
        }
        if self.document.title.as_ref().is_none_or(|title| title.trim().is_empty()) {
            let heading = |block: &Block| match block.kind {
                BlockKind::Heading(level) => Some((level, block.span)),
                _ => None,
            };
            let first = self.document.blocks.iter().filter_map(heading).min_by_key(|(level, _)| *level);
            self.document.title = first.map(|(_, span)| self.document.slice(span).to_string());
        }
        self.document.marks.sort_by_key(|mark| (mark.span.start, mark.span.end));
        self.document
    }
}

/// A stretch of text in one style set.
#[derive(Debug, Clone, Copy, Default)]
pub struct Run<'t> {
    /// Its text, as found.
    pub text: &'t str,
    /// Set in bold.
    pub bold: bool,
    /// Set in italics.
    pub italic: bool,
    /// Raised.
    pub superscript: bool,
    /// Lowered.
    pub subscript: bool,
}

impl<'t> Run<'t> {
    /// Text without any style.
    pub fn plain(text: &'t str) -> Self {
        Self { text, ..Self::default() }
    }

    fn styles(&self) -> [(Style, bool); 4] {
        [
            (Style::Bold, self.bold),
            (Style::Italic, self.italic),
            (Style::Superscript, self.superscript),
            (Style::Subscript, self.subscript),
        ]
    }
}

/// What white space means in a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Nothing but a space.
    Flow,
    /// Line breaks and tabs stay.
    Breaks,
    /// Tabs are cells: they stay even before the first visible character.
    Cells,
}

/// Joins runs, folds white space, and turns their styles into marks relative to the joined text. `None` where
/// nothing is left. Adjacent runs of one style become one mark.
fn fold(runs: &[Run<'_>], layout: Layout) -> Option<(String, Vec<Mark>)> {
    let keep_breaks = layout != Layout::Flow;
    let mut text = String::new();
    let mut marks: Vec<Mark> = vec![];
    let mut open: [Option<u32>; 4] = [None; 4];
    let styles = [Style::Bold, Style::Italic, Style::Superscript, Style::Subscript];
    let mut pending: Option<char> = None;
    let mut solid = 0; // end of the last visible character: a mark never ends in white space
    for run in runs {
        for (slot, (_, on)) in run.styles().into_iter().enumerate() {
            if !on && let Some(start) = open[slot].take() {
                marks.push(Mark { span: Span { start, end: solid }, style: styles[slot] });
            }
        }
        for c in run.text.chars() {
            if c.is_whitespace() || c == '\u{feff}' || c == '\0' {
                let space = if keep_breaks && (c == '\n' || c == '\t') { c } else { ' ' };
                if space != '\t' {
                    pending = Some(if pending == Some('\n') { '\n' } else { space });
                }
                if keep_breaks && c == '\t' {
                    // an empty cell is kept: every tab counts, at the beginning of a row too
                    if pending == Some('\n') && !text.is_empty() {
                        text.push('\n');
                    }
                    text.push('\t');
                    pending = None;
                }
                continue;
            }
            if let Some(space) = pending.take()
                && !(text.is_empty() || space == ' ' && text.ends_with(['\t', '\n']))
            {
                text.push(space);
            }
            let at = text.len() as u32;
            for (slot, (_, on)) in run.styles().into_iter().enumerate() {
                if on && open[slot].is_none() {
                    open[slot] = Some(at);
                }
            }
            text.push(c);
            solid = text.len() as u32;
        }
    }
    for (slot, start) in open.into_iter().enumerate() {
        if let Some(start) = start {
            marks.push(Mark { span: Span { start, end: solid }, style: styles[slot] });
        }
    }
    text.truncate(solid as usize);
    let white = text.len() - text.trim_start().len();
    let lead = match layout {
        // empty rows go, empty cells of the first row stay
        Layout::Cells => text[..white].rfind('\n').map_or(0, |at| at + 1),
        _ => white,
    };
    if lead > 0 {
        text.drain(..lead);
        for mark in &mut marks {
            mark.span.start -= lead as u32;
            mark.span.end -= lead as u32;
        }
    }
    marks.retain(|mark| !mark.span.is_empty());
    marks.sort_by_key(|mark| (mark.span.start, mark.span.end));
    (!text.is_empty()).then_some((text, marks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_over_two_pages_is_one_block_and_the_pages_partition_the_text() {
        let mut builder = Builder::new();
        builder.page(3);
        builder.push(BlockKind::Heading(1), &[Run::plain("The  heart ")]);
        builder.push(
            BlockKind::Paragraph,
            &[Run::plain("It beats "), Run { text: "all day", bold: true, ..Run::default() }],
        );
        builder.page(4);
        builder.extend(&[Run::plain("and all night.")], false);
        let document = builder.build();
        document.check().unwrap();
        assert_eq!(document.text, "The heart\n\nIt beats all day and all night.");
        assert_eq!((0..2).map(|i| document.page_text(i)).collect::<String>(), document.text);
        assert_eq!(document.page_text(1), "and all night.");
        assert_eq!(document.slice(document.marks[0].span), "all day");
        assert_eq!(document.pages_of(document.blocks[1].span), (3, 4));
        assert_eq!(document.title.as_deref(), Some("The heart"));
    }

    #[test]
    fn a_table_keeps_its_cells() {
        let mut builder = Builder::new();
        let table = "\tHormone\tSource \n ADH\t\tx\n\t y\tz";
        builder.push(BlockKind::Table { header: 1 }, &[Run::plain(table)]);
        let document = builder.build();
        document.check().unwrap();
        assert_eq!(document.text, "\tHormone\tSource\nADH\t\tx\n\ty\tz");
    }

    #[test]
    fn a_block_of_white_space_leaves_no_trace() {
        let mut builder = Builder::new();
        builder.push(BlockKind::Paragraph, &[Run::plain(" \n\t ")]);
        let document = builder.build();
        assert!(document.blocks.is_empty() && document.text.is_empty());
        document.check().unwrap();
    }
}
