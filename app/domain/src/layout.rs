//! From placed characters to a document. Owns: lines, columns and their reading order, paragraphs, headings,
//! lists, tables, captions, running heads, hyphens at line ends. Refuses: file formats; it knows nothing of PDF.
//!
//! Everything is judged against the document's own habits ([`habits::Habits`]: size of the text, distance of
//! lines and paragraphs, gutters), never against absolute sizes.

mod blocks;
mod columns;
mod flow;
mod habits;
mod lines;
mod margins;
mod table;
#[cfg(test)]
mod tests;

use crate::document::{BlockKind, Builder, Document, Run};
use habits::Habits;

pub use lines::meant;

/// A character where it was placed: x to the right, y (of the baseline) downwards, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glyph {
    /// The character; white space says that a gap is meant.
    pub c: char,
    /// Left end of its advance.
    pub x0: f32,
    /// Right end of its advance.
    pub x1: f32,
    /// Baseline.
    pub y: f32,
    /// Height of its type.
    pub size: f32,
    /// Heavy type.
    pub bold: bool,
    /// Slanted type.
    pub italic: bool,
}

/// A thin ruled line, horizontal or vertical.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// Left.
    pub x0: f32,
    /// Top.
    pub y0: f32,
    /// Right.
    pub x1: f32,
    /// Bottom.
    pub y1: f32,
}

/// One page as it was drawn, characters in the order of drawing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    /// As counted in the file, from 1.
    pub number: u32,
    /// Width in points.
    pub width: f32,
    /// Height in points.
    pub height: f32,
    /// What is written.
    pub glyphs: Vec<Glyph>,
    /// What is ruled.
    pub rules: Vec<Rule>,
    /// Small round or square spots, as programs draw the bullets of lists.
    pub dots: Vec<Rule>,
}

/// Puts pages together to a document.
pub fn document(sheets: &[Sheet], title: Option<String>) -> Document {
    let mut pages: Vec<Vec<lines::Line>> =
        sheets.iter().map(|sheet| lines::lines(&sheet.glyphs, &sheet.dots)).collect();
    margins::strip(&mut pages, sheets);
    let mut habits = Habits::of(&pages);
    let mut ruled = vec![];
    for (sheet, lines) in sheets.iter().zip(&mut pages) {
        let mut tables = table::ruled(lines, &sheet.rules, &habits);
        tables.extend(table::lined(lines, &sheet.rules, sheet.height, &habits));
        ruled.push(tables);
    }
    habits.find_gutters(&pages, sheets);
    let mut all = vec![];
    for ((sheet, lines), tables) in sheets.iter().zip(pages).zip(ruled) {
        for column in columns::columns(lines, tables, sheet.width, &habits) {
            all.push((sheet.number, column));
        }
    }
    habits.find_leading(&all);
    let mut found = vec![];
    for (page, column) in all {
        found.extend(blocks::blocks(page, column, &habits));
    }
    flow::document(found, &habits, sheets, title)
}
