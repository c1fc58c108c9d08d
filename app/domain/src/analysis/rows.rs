//! Rows of tables as facts. Owns: which tables have rows that say something of what they name. Refuses: tables without headings,
//! and rows without a name of their own.

use super::text::finding;
use super::{Finding, Kind, NAME_MAX_CHARS, TEXT_MAX_CHARS, line};
use crate::document::{BlockKind, Document, Span};
use std::collections::HashSet;

/// Most rows of one table: a longer one is a list to look things up in.
const MOST_ROWS: usize = 24;

/// The rows of all tables.
pub(super) fn of(document: &Document) -> Vec<Finding> {
    let tables = document.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Table { header: 1 }));
    tables.flat_map(|block| of_table(document, block.span)).collect()
}

fn of_table(document: &Document, table: Span) -> Vec<Finding> {
    let mut rows: Vec<(Span, Vec<&str>)> = vec![];
    let mut at = table.start as usize;
    for text in document.slice(table).split('\n') {
        rows.push((Span::new(at, at + text.len()), text.split('\t').map(str::trim).collect()));
        at += text.len() + 1;
    }
    let Some(((_, header), body)) = rows.split_first() else { return vec![] };
    let width = header.len();
    let headed = (2..=5).contains(&width) && header[1..].iter().all(|cell| is_heading(cell));
    let names: HashSet<&str> = body.iter().filter_map(|(_, cells)| cells.first().copied()).collect();
    let even = body.iter().all(|(_, cells)| cells.len() == width);
    // one name over several rows, or a first column of numbers: its rows have no name of their own
    if !headed || !even || names.len() != body.len() || !(2..=MOST_ROWS).contains(&body.len()) {
        return vec![];
    }
    let rows = body.iter().filter_map(|(span, cells)| {
        let name = line(cells.first()?);
        let is_name = name.chars().filter(|c| c.is_alphabetic()).count() >= 3
            && name.chars().count() <= NAME_MAX_CHARS
            && !name.ends_with([':', ',', '.']);
        let said: Vec<String> = header[1..]
            .iter()
            .zip(&cells[1..])
            .filter(|(_, cell)| cell.chars().any(char::is_alphanumeric))
            .map(|(head, cell)| format!("{}: {}", line(head), line(cell)))
            .collect();
        let text = format!("{name}. {}", said.join("; "));
        let fits = is_name && !said.is_empty() && text.chars().count() <= TEXT_MAX_CHARS;
        fits.then(|| Finding { text, ..finding(document, Kind::Fact, &name, *span) })
    });
    rows.collect()
}

fn is_heading(cell: &str) -> bool {
    (1..=8).contains(&cell.split_whitespace().count()) && cell.chars().any(char::is_alphabetic)
}
