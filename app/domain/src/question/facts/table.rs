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
    /// Names of rows that say the opposite: the best wrong options.
    pub(crate) opposites: Vec<String>,
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
    // 'Type of lymphocyte' is one of the lymphocytes
    let lower = lower.strip_prefix("type of ").unwrap_or(&lower);
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
    // 'Modified to form vitamin D' is what happens to it, not what it does
    let undergone = lower.split(' ').next().is_some_and(|w| w.len() > 4 && w.ends_with("ed"));
    cell.is_empty()
        || undergone
        || cell.contains('?')
        || lower
            .split(|c: char| !c.is_alphanumeric())
            .any(|w| matches!(w, "many" | "other" | "others" | "various" | "none" | "etc" | "several" | "n"))
}

/// A table: its heading row and the rows below.
struct Grid<'d> {
    block: usize,
    head: Vec<&'d str>,
    body: Vec<Row<'d>>,
}

/// All tables; one that goes on after a page break without a heading row of its own belongs to the one before.
fn grids(document: &Document) -> Vec<Grid<'_>> {
    let mut grids: Vec<Grid<'_>> = vec![];
    for (block, found) in document.blocks.iter().enumerate() {
        if !matches!(found.kind, BlockKind::Table { .. }) {
            continue;
        }
        let mut rows = grid(document, found.span);
        let columns = rows.first().map_or(0, |row| row.cells.len());
        if let Some(last) = grids.last_mut()
            && last.block + last.body.len().min(1) >= block
            && last.head.len() == columns
            && rows.iter().all(|row| row.cells.len() == columns)
            && rows.first().is_some_and(|row| row.cells == last.head || !is_heading(&row.cells, last))
        {
            let repeated = usize::from(rows[0].cells == last.head);
            last.body.extend(rows.drain(..).skip(repeated));
            continue;
        }
        if rows.len() >= 2 {
            let head = rows.remove(0).cells;
            grids.push(Grid { block, head, body: rows });
        }
    }
    grids
}

/// Whether a first row names columns rather than things: one of its cells names a column of the table before.
fn is_heading(cells: &[&str], before: &Grid<'_>) -> bool {
    cells.iter().any(|cell| before.head.iter().any(|head| same_title(head, cell)))
}

fn same_title(one: &str, two: &str) -> bool {
    noun_of(one) == noun_of(two)
}

/// All facts of all tables.
pub(crate) fn facts(document: &Document, sink: &mut dyn FnMut(Result<TableFact, Refusal>)) {
    let grids = grids(document);
    for at in 0..grids.len() {
        of_table(&grids, at, sink);
    }
}

/// The column whose cells name the rows.
fn naming_column(grid: &Grid<'_>) -> Option<usize> {
    let distinct = |column: usize| {
        let names: HashSet<String> =
            grid.body.iter().map(|r| shown(r.cells[column]).to_lowercase()).collect();
        names.len() == grid.body.len() && grid.body.iter().all(|r| !r.cells[column].is_empty())
    };
    let even = grid.body.iter().all(|row| row.cells.len() == grid.head.len());
    let short = |column: usize| grid.body.iter().all(|r| r.cells[column].split_whitespace().count() <= 9);
    if grid.head.len() < 2 || !even {
        return None;
    }
    let column = if distinct(0) { 0 } else { usize::from(grid.head.len() > 2 && distinct(1)) };
    let everyday = noun_of(grid.head[column]).ends_with("system");
    (distinct(column) && header_fits(grid.head[column]) && short(column) && !everyday).then_some(column)
}

fn of_table(grids: &[Grid<'_>], at: usize, sink: &mut dyn FnMut(Result<TableFact, Refusal>)) {
    let own = &grids[at];
    let Some(entity) = naming_column(own) else { return sink(Err(Refusal::Table)) };
    for column in 0..own.head.len() {
        if column == entity {
            continue;
        }
        if !header_fits(own.head[column]) {
            sink(Err(Refusal::Table));
            continue;
        }
        // rows of all tables with these two columns; the first that names a thing counts
        let mut pool: Vec<Entry<'_>> = vec![];
        let order = std::iter::once(at).chain((0..grids.len()).filter(|other| *other != at));
        for grid in order.map(|index| &grids[index]) {
            let title = |title: &str| grid.head.iter().position(|head| same_title(head, title));
            let (Some(name), Some(said)) = (title(own.head[entity]), title(own.head[column])) else {
                continue;
            };
            for row in grid.body.iter().filter(|row| row.cells.len() == grid.head.len()) {
                let known = pool.iter().any(|e| shown(e.name).eq_ignore_ascii_case(&shown(row.cells[name])));
                if !known || std::ptr::eq(grid, own) {
                    pool.push(Entry { name: row.cells[name], cell: row.cells[said], span: row.span });
                }
            }
        }
        if pool.len() < 3 {
            sink(Err(Refusal::Table));
            continue;
        }
        let repeated = (0..at).any(|before| {
            let known = |title: &str| grids[before].head.iter().any(|head| same_title(head, title));
            known(own.head[entity]) && known(own.head[column])
        });
        for asked in 0..own.body.len() {
            let told_before = repeated
                && grids[..at].iter().flat_map(|grid| &grid.body).any(|row| {
                    row.cells.iter().any(|cell| shown(cell).eq_ignore_ascii_case(&shown(pool[asked].name)))
                });
            if told_before {
                sink(Err(Refusal::Duplicate));
            } else if column < entity {
                sink(of_group(own.head[entity], own.head[column], &pool, asked, own.block));
            } else {
                sink(of_cell(own.head[entity], own.head[column], &pool, asked, own.block));
            }
        }
    }
}

/// What a table says of a thing in one column.
#[derive(Clone, Copy)]
struct Entry<'d> {
    name: &'d str,
    cell: &'d str,
    span: Span,
}

/// 'With which gland is calcitonin associated?' from a column that groups the rows.
fn of_group(
    head: &str,
    group: &str,
    pool: &[Entry<'_>],
    asked: usize,
    block: usize,
) -> Result<TableFact, Refusal> {
    let Entry { name, cell: key, span } = pool[asked];
    let title = head.to_lowercase();
    if !(title.starts_with("associated ") || title.starts_with("major ")) || plural_name(name) || loose(key) {
        return Err(Refusal::Table);
    }
    let name = shown(name);
    let spelled = |place: &str| {
        near_words(&name, place)
            || !crate::question::morphology::clues(&tokens_of(place), &name, &|_| true).is_empty()
    };
    if name.contains(['(', ',']) || name.contains(" and ") || key.contains(['(', ',']) || spelled(key) {
        return Err(Refusal::Leak);
    }
    let mut options = vec![(key.to_string(), span)];
    for other in pool {
        let known = options.iter().any(|(text, _)| near_words(text, other.cell));
        let shares = pool.iter().any(|e| e.cell == other.cell && shown(e.name).eq_ignore_ascii_case(&name));
        if !known && !shares && !spelled(other.cell) && !loose(other.cell) && !other.cell.contains(['(', ','])
        {
            options.push((other.cell.to_string(), other.span));
        }
    }
    if options.len() < 4 {
        return Err(Refusal::FewDistractors);
    }
    let written = if name.chars().filter(|c| c.is_uppercase()).count() > 1 {
        name.clone()
    } else {
        name.to_lowercase()
    };
    // of what organs have to do with a hormone the table tells one part
    if noun_of(group) == "organ" {
        return Err(Refusal::Shared);
    }
    let stem = format!("With which {} is the {} {written} associated?", noun_of(group), noun_of(head));
    Ok(TableFact { stem, options, opposites: vec![], block, cell: format!("{name} {key}") })
}

/// Whether a word of one opens like a word of the other: 'testosterone' and 'testes'.
fn near_words(one: &str, two: &str) -> bool {
    let (one, two) = (meaning(one), meaning(two));
    one.iter().any(|a| {
        two.iter()
            .any(|b| a == b || a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count() >= 4.min(a.len()))
    })
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
    entity: &str,
    column: &str,
    pool: &[Entry<'_>],
    at: usize,
    block: usize,
) -> Result<TableFact, Refusal> {
    let Entry { name, cell, span } = pool[at];
    let asked: HashSet<String> = meaning(cell).into_iter().collect();
    if cell.split_whitespace().count() < 3
        || asked.len() < 2
        || loose(cell)
        || cell.starts_with("Role ")
        || name.contains(", ")
        || name.contains(" and ")
        || loose(name)
        || is_adjective(name)
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
    if !crate::question::morphology::clues(&tokens_of(cell), &shown(name), &|_| true).is_empty() {
        return Err(Refusal::Leak);
    }
    let inside = |word: &String| word.len() >= 5 && named.contains(word.as_str());
    if key.iter().any(inside) {
        return Err(Refusal::Leak);
    }
    // what is not active yet ('angiotensinogen') does nothing by itself
    if whole.ends_with("inogen") {
        return Err(Refusal::Shared);
    }
    let twins = |other: &str| {
        let lexicon = crate::question::lexicon::lexicon();
        lexicon.are_twins(&whole, &singular_phrase(&shown(other).to_lowercase()))
    };
    let plural = plural_name(name);
    let others: Vec<&Entry<'_>> = pool
        .iter()
        .enumerate()
        .filter(|(other, row)| {
            let said: HashSet<String> = meaning(row.cell).into_iter().collect();
            let shared = asked.intersection(&said).count();
            let own: HashSet<String> = meaning(row.name).into_iter().collect();
            let echo = own.iter().any(|k| k.len() > 2 && asked.contains(k));
            let told_apart = shared * 2 < asked.len() && (said.len() < 2 || !said.is_subset(&asked));
            *other != at
                && !shares_entry(cell, row.cell)
                && (told_apart || opposes(cell, row.cell))
                && !loose(row.name)
                && !twins(row.name)
                && !is_adjective(row.name)
                && !shown(row.name).contains('(')
                && !own.is_subset(&key)
                && !key.is_subset(&own)
                && !echo
                && !row.cell.is_empty()
                && plural_name(row.name) == plural
        })
        .map(|(_, row)| row)
        .collect();
    if others.len() < 2 {
        return Err(Refusal::FewDistractors);
    }
    if shown(name).contains('(') {
        return Err(Refusal::Table);
    }
    let noun = noun_of(entity);
    let attribute = noun_of(column);
    if noun == attribute || noun.is_empty() || attribute.is_empty() {
        return Err(Refusal::Table);
    }
    let stem = verbal(cell, &attribute, plural).map_or_else(
        || match attribute.as_str() {
            // signs and findings stand among symptoms
            "symptom" | "symptoms" => format!("Which {noun} goes with this: “{cell}”?"),
            _ => format!("Which {noun} has this {attribute}: “{cell}”?"),
        },
        |predicate| format!("Which {noun} {predicate}?"),
    );
    let mut options = vec![(shown(name), span)];
    options.extend(others.iter().map(|row| (shown(row.name), row.span)));
    let opposites = others.iter().filter(|row| opposes(cell, row.cell)).map(|row| shown(row.name)).collect();
    Ok(TableFact { stem, options, opposites, block, cell: cell.to_string() })
}

/// 'Increases blood glucose levels' and 'Reduces blood glucose levels'.
fn opposes(one: &str, two: &str) -> bool {
    const UP: &[&str] =
        &["increases", "raises", "stimulates", "promotes", "triggers", "activates", "elevates"];
    const DOWN: &[&str] = &["reduces", "decreases", "lowers", "inhibits", "blocks", "suppresses", "prevents"];
    let first = |cell: &str| cell.split_whitespace().next().unwrap_or("").to_lowercase();
    let (a, b) = (first(one), first(two));
    let holds = |words: &[&str], word: &str| words.contains(&word);
    let object = |cell: &str| meaning(cell).into_iter().skip(1).collect::<HashSet<String>>();
    let (one, two) = (object(one), object(two));
    let same = one.intersection(&two).count() * 2 > one.len().max(two.len());
    same && ((holds(UP, &a) && holds(DOWN, &b)) || (holds(DOWN, &a) && holds(UP, &b)))
}

/// Whether two cells list one thing: 'tumor; enlarged prostate' and 'kidney disease; enlarged prostate'.
fn shares_entry(one: &str, two: &str) -> bool {
    let entries = |cell: &str| -> HashSet<String> {
        cell.to_lowercase()
            .split([';', ','])
            .map(|entry| entry.trim().to_string())
            .filter(|e| !e.is_empty())
            .collect()
    };
    let (one, two) = (entries(one), entries(two));
    (one.len() > 1 || two.len() > 1) && one.intersection(&two).next().is_some()
}

/// Whether a name is a lone adjective ('Dendritic'), which names nothing.
fn is_adjective(name: &str) -> bool {
    !name.contains(' ')
        && crate::question::kinds::of_phrase(&name.to_lowercase()).is_some_and(|(k, _)| k == "adjective")
}

/// A name without what stands in brackets after it.
fn shown(name: &str) -> String {
    let Some((before, rest)) = name.split_once(" (") else { return name.to_string() };
    if rest.ends_with(')') && !rest.contains('(') && !before.is_empty() {
        before.to_string()
    } else {
        name.to_string()
    }
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
