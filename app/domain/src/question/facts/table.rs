//! Rows of tables. Owns: family T, from grid to whole item. Refuses: tables whose rows have no name of their own.

use crate::document::{BlockKind, Document, Span};
use crate::question::distractors::meaning;
use crate::question::refusal::Refusal;
use crate::question::span::Number;
use crate::question::token::tokens_of;
use crate::question::word::{singular, singular_phrase};
use std::collections::HashSet;

/// A row's cells and where the row stands.
struct Row<'d> {
    cells: Vec<&'d str>,
    span: Span,
}

/// A question from a table: names are rows.
pub(crate) struct TableFact {
    /// The question.
    pub(crate) stem: String,
    /// Key first, then the rows that may stand beside it.
    pub(crate) options: Vec<(String, Span)>,
    /// Block index of the table.
    pub(crate) block: usize,
    /// The cell asked about.
    pub(crate) cell: String,
}

fn grid<'d>(document: &'d Document, span: Span) -> Vec<Row<'d>> {
    let mut at = span.start as usize;
    let mut rows = vec![];
    for line in document.slice(span).split('\n') {
        rows.push(Row {
            cells: line.split('\t').map(str::trim).collect(),
            span: Span::new(at, at + line.len()),
        });
        at += line.len() + 1;
    }
    // a title row: one cell alone above rows of several
    let filled = |row: &Row<'_>| row.cells.iter().filter(|c| !c.is_empty()).count();
    while rows.len() > 2 && filled(&rows[0]) < 2 && filled(&rows[1]) >= 2 {
        rows.remove(0);
    }
    rows
}

fn header_fits(header: &str) -> bool {
    let lower = header.to_lowercase();
    let words = lower.split_whitespace().count();
    (1..=4).contains(&words)
        && !lower.contains(['(', ')', '/', '?', '#', '.'])
        && !lower.split_whitespace().any(|w| {
            matches!(
                w,
                "and" | "or" | "of" | "normal" | "other" | "example" | "examples" | "notes" | "comments"
            )
        })
        && lower.chars().any(char::is_alphabetic)
}

fn loose(cell: &str) -> bool {
    let lower = cell.to_lowercase();
    cell.is_empty()
        || cell.contains('?')
        || lower
            .split(|c: char| !c.is_alphanumeric())
            .any(|w| matches!(w, "many" | "other" | "others" | "various" | "none" | "etc" | "several" | "n"))
}

/// All facts of all tables.
pub(crate) fn facts(document: &Document, sink: &mut dyn FnMut(Result<TableFact, Refusal>)) {
    for (block, found) in document.blocks.iter().enumerate() {
        if matches!(found.kind, BlockKind::Table { .. }) {
            of_table(document, block, found.span, sink);
        }
    }
}

fn of_table(document: &Document, block: usize, span: Span, sink: &mut dyn FnMut(Result<TableFact, Refusal>)) {
    let rows = grid(document, span);
    let Some((head, body)) = rows.split_first() else { return };
    let columns = head.cells.len();
    if body.len() < 3 || columns < 2 || body.iter().any(|row| row.cells.len() != columns) {
        return sink(Err(Refusal::Table));
    }
    let distinct = |column: usize| {
        let names: HashSet<String> = body.iter().map(|r| r.cells[column].to_lowercase()).collect();
        names.len() == body.len() && body.iter().all(|r| !r.cells[column].is_empty())
    };
    let entity = if distinct(0) {
        0
    } else if columns > 2 && distinct(1) {
        1
    } else {
        return sink(Err(Refusal::Table));
    };
    if !header_fits(head.cells[entity]) || body.iter().any(|r| r.cells[entity].split_whitespace().count() > 7)
    {
        return sink(Err(Refusal::Table));
    }
    for column in entity + 1..columns {
        if !header_fits(head.cells[column]) {
            sink(Err(Refusal::Table));
            continue;
        }
        for at in 0..body.len() {
            sink(of_cell(head, body, entity, column, at, block));
        }
    }
}

/// 'Associated hormones' asks for a 'hormone'.
fn noun_of(header: &str) -> String {
    let lower = header.to_lowercase();
    let words: Vec<&str> = lower
        .split_whitespace()
        .filter(|w| {
            !matches!(
                *w,
                "associated" | "major" | "main" | "primary" | "name" | "key" | "common" | "selected"
            )
        })
        .collect();
    let noun = if words.is_empty() { lower.clone() } else { words.join(" ") };
    singular_phrase(&noun)
}

fn of_cell(
    head: &Row<'_>,
    body: &[Row<'_>],
    entity: usize,
    column: usize,
    at: usize,
    block: usize,
) -> Result<TableFact, Refusal> {
    let cell = body[at].cells[column];
    let name = body[at].cells[entity];
    let asked: HashSet<String> = meaning(cell).into_iter().collect();
    if cell.split_whitespace().count() < 3
        || asked.len() < 2
        || loose(cell)
        || loose(name)
        || cell.chars().count() > 200
    {
        return Err(Refusal::Table);
    }
    let key: HashSet<String> = meaning(name).into_iter().collect();
    let prefix = |a: &str, b: &str| {
        a.len() >= 5 && b.len() >= 5 && a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count() >= 5
    };
    if key.iter().any(|k| k.len() > 2 && asked.iter().any(|a| a == k || prefix(a, k))) {
        return Err(Refusal::Leak);
    }
    // 'catecholamines' where the cell names epinephrine
    let whole = singular_phrase(&shown(name).to_lowercase());
    let named = cell.to_lowercase();
    let member = named
        .split(|c: char| !(c.is_alphanumeric() || c == '-'))
        .any(|word| crate::question::lexicon::lexicon().is_member(&singular(word), &whole));
    if member {
        return Err(Refusal::Leak);
    }
    let number = |row: &Row<'_>| plural_name(row.cells[entity]);
    let others: Vec<&Row<'_>> = body
        .iter()
        .enumerate()
        .filter(|(other, row)| {
            let said: HashSet<String> = meaning(row.cells[column]).into_iter().collect();
            let shared = asked.intersection(&said).count();
            let own: HashSet<String> = meaning(row.cells[entity]).into_iter().collect();
            let echo = own.iter().any(|k| k.len() > 2 && asked.contains(k));
            *other != at
                && shared * 2 < asked.len()
                && (said.len() < 2 || !said.is_subset(&asked))
                && !loose(row.cells[entity])
                && !shown(row.cells[entity]).contains('(')
                && !own.is_subset(&key)
                && !key.is_subset(&own)
                && !echo
                && !row.cells[column].is_empty()
                && number(row) == number(&body[at])
        })
        .map(|(_, row)| row)
        .collect();
    if others.len() < 2 {
        return Err(Refusal::FewDistractors);
    }
    if shown(name).contains('(') {
        return Err(Refusal::Table);
    }
    let noun = noun_of(head.cells[entity]);
    let attribute = noun_of(head.cells[column]);
    if noun == attribute || noun.is_empty() || attribute.is_empty() {
        return Err(Refusal::Table);
    }
    let stem = verbal(cell, &attribute, number(&body[at])).map_or_else(
        || format!("Which {noun} has this {attribute}: “{cell}”?"),
        |predicate| format!("Which {noun} {predicate}?"),
    );
    let mut options = vec![(shown(name), body[at].span)];
    options.extend(others.iter().map(|row| (shown(row.cells[entity]), row.span)));
    Ok(TableFact { stem, options, block, cell: cell.to_string() })
}

/// A name without its abbreviation in brackets.
fn shown(name: &str) -> String {
    let Some((before, rest)) = name.split_once(" (") else { return name.to_string() };
    let short = rest
        .strip_suffix(')')
        .is_some_and(|r| r.len() <= 6 && r.chars().filter(|c| c.is_uppercase()).count() >= 2);
    if short { before.to_string() } else { name.to_string() }
}

/// Whether a name stands for several: 'Cortisol, corticosterone', 'Estrogens'.
fn plural_name(name: &str) -> bool {
    let plain = name.split('(').next().unwrap_or(name).trim().to_lowercase();
    let last = plain.rsplit(' ').next().unwrap_or("");
    plain.contains(", ") || plain.contains(" and ") || singular(last) != last
}

/// 'Promotes milk production' under 'Effect' can be asked as a sentence.
fn verbal(cell: &str, attribute: &str, plural: bool) -> Option<String> {
    if plural
        || !matches!(attribute, "effect" | "function" | "role" | "action" | "primary function")
        || cell.contains([';', ':'])
    {
        return None;
    }
    let mut tokens = tokens_of(cell);
    let first = tokens.first_mut()?;
    let verb = first.lower.clone();
    let known = crate::question::lexicon::lexicon().is_verb(&verb) && verb.ends_with('s');
    if !known || Number::of(first) != Number::One {
        return None;
    }
    let mut text = cell.trim_end_matches('.').to_string();
    let head: String = text.chars().next()?.to_lowercase().collect();
    text.replace_range(..text.chars().next()?.len_utf8(), &head);
    Some(text)
}
