//! Blocks to the document: what goes on over a column or page is joined, words cut at line ends are mended,
//! headings get their levels.

use super::blocks::{self, Found, Kind, Text};
use super::habits::{HYPHENS, Habits};
use super::lines::{Char, Line};
use super::table::Table;
use super::{BlockKind, Builder, Document, Run, Sheet};

/// Text that is waiting for its end.
struct Open {
    kind: BlockKind,
    /// Characters with the page on which they stand.
    chars: Vec<(u32, Char)>,
    /// Tables and captions met before it ended, which come after it.
    floats: Vec<Found>,
    full: bool,
    size: f32,
}

/// Writes the document.
pub(super) fn document(
    mut found: Vec<Found>,
    habits: &Habits,
    sheets: &[Sheet],
    title: Option<String>,
) -> Document {
    demote(&mut found, habits);
    let levels = levels(&found);
    let mut nesting: Vec<f32> = vec![];
    let indenting = indenting(&found);
    let mut writer = Writer { builder: Builder::new(), habits };
    if let Some(title) = title {
        writer.builder.title(title);
    }
    if let Some(sheet) = sheets.first() {
        writer.builder.page(sheet.number);
    }
    let mut open: Option<Open> = None;
    for found in found {
        let Found::Text(mut text) = found else {
            match &mut open {
                Some(waiting) if waiting.unfinished() && waiting.floats.len() < 4 => {
                    waiting.floats.push(found)
                }
                _ => {
                    writer.close(open.take());
                    writer.float(found);
                }
            }
            continue;
        };
        let goes_on = open.as_ref().is_some_and(|open| open.continues_in(&text, indenting));
        if let Some(waiting) = &mut open {
            if goes_on {
                waiting.take(&text, habits);
                waiting.full = text.full;
                if !text.last {
                    writer.close(open.take());
                }
                continue;
            }
            if matches!(text.kind, Kind::Caption | Kind::Aside)
                && waiting.unfinished()
                && waiting.floats.len() < 4
            {
                waiting.floats.push(Found::Text(text));
                continue;
            }
        }
        writer.close(open.take());
        if matches!(text.kind, Kind::Heading | Kind::Paragraph) {
            nesting.clear();
        }
        let kind = match text.kind {
            Kind::Heading => BlockKind::Heading(level_of(&text, &levels)),
            Kind::Paragraph => BlockKind::Paragraph,
            Kind::Caption => BlockKind::Caption,
            Kind::Aside => BlockKind::Aside,
            Kind::Item { x, ordered } => {
                nesting.retain(|outer| *outer < x + 4.0);
                if nesting.last().is_none_or(|outer| x > outer + 4.0) {
                    nesting.push(x);
                }
                let depth = (nesting.len() - 1).min(5) as u8;
                unmark(&mut text.lines);
                BlockKind::ListItem { depth, ordered }
            }
        };
        let mut fresh =
            Open { kind, chars: vec![], floats: vec![], full: text.full, size: text.lines[0].size };
        fresh.take(&text, habits);
        if text.last
            && matches!(fresh.kind, BlockKind::Paragraph | BlockKind::ListItem { .. } | BlockKind::Caption)
        {
            open = Some(fresh);
        } else if !text.last && fresh.kind == BlockKind::Paragraph && fresh.unfinished() {
            // a table or a figure may stand in its middle
            open = Some(fresh);
        } else {
            writer.close(Some(fresh));
        }
    }
    writer.close(open);
    writer.builder.build()
}

impl Open {
    fn text_end(&self) -> Option<char> {
        // numbers of notes stand after the full stop
        let end = self.chars.iter().rev().filter(|(_, char)| char.shift <= 0).map(|(_, char)| char.c);
        end.into_iter().find(|c| !matches!(c, ')' | ']' | '”' | '’' | '"' | '\'' | ' '))
    }

    /// Its last sentence is not over.
    fn unfinished(&self) -> bool {
        !self.text_end().is_some_and(|c| matches!(c, '.' | '!' | '?' | ':'))
    }

    fn continues_in(&self, text: &Text, indenting: bool) -> bool {
        let same = (text.lines[0].size - self.size).abs() < 0.07 * self.size;
        if !same
            || !matches!(text.kind, Kind::Paragraph)
                && !(self.kind == BlockKind::Caption && text.kind == Kind::Caption)
        {
            return false;
        }
        if self.kind == BlockKind::Caption && !text.lines[0].all_italic() {
            return false;
        }
        let begin = text.lines[0].chars.iter().find(|char| char.c.is_alphanumeric()).map(|char| char.c);
        let low = begin.is_some_and(char::is_lowercase);
        if !text.first && self.floats.is_empty() {
            return false;
        }
        if self.unfinished() {
            return low || self.full || text.first;
        }
        // a full last line and no sign of a new paragraph
        low && text.first || indenting && self.full && text.first && !text.indented
    }

    fn take(&mut self, text: &Text, habits: &Habits) {
        for line in &text.lines {
            join(&mut self.chars, text.page, line, habits);
        }
    }
}

/// Adds a line, mending a word that the line end cut.
fn join(chars: &mut Vec<(u32, Char)>, page: u32, line: &Line, habits: &Habits) {
    if let Some((_, last)) = chars.last().copied() {
        let hyphen = HYPHENS.contains(&last.c);
        let before = chars.len().checked_sub(2).map(|at| chars[at].1.c);
        if hyphen && before.is_some_and(char::is_alphanumeric) {
            if mends(chars, line, habits) {
                chars.pop();
            }
        } else if !matches!(last.c, '—' | ' ') || last.c == '—' && before == Some(' ') {
            let next = line.chars.first().copied().unwrap_or(last);
            chars.push((
                page,
                Char {
                    c: ' ',
                    bold: last.bold && next.bold,
                    italic: last.italic && next.italic,
                    shift: 0,
                    ..last
                },
            ));
        }
    }
    chars.extend(line.chars.iter().map(|char| (page, *char)));
}

/// Whether the hyphen at the end only marks the cut, and is no part of the word.
fn mends(chars: &[(u32, Char)], line: &Line, habits: &Habits) -> bool {
    let soft = chars.last().is_some_and(|(_, char)| char.c == '\u{ad}');
    if soft {
        return true;
    }
    let word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '\u{2010}' | '’' | '\'');
    let mut head: Vec<char> =
        chars.iter().rev().skip(1).map(|(_, char)| char.c).take_while(|c| word(*c)).collect();
    head.reverse();
    let head: String = head.into_iter().collect::<String>().to_lowercase();
    let tail: String = line.chars.iter().map(|char| char.c).take_while(|c| word(*c)).collect();
    let begins_low = tail.starts_with(char::is_lowercase);
    let tail = tail.to_lowercase();
    let whole = format!("{head}{tail}");
    if !begins_low || head.ends_with(|c: char| c.is_ascii_digit()) || head.chars().count() < 2 {
        return false;
    }
    if habits.hyphened.contains(&format!("{head}-{tail}")) {
        return false;
    }
    if habits.words.contains(&whole) {
        return true;
    }
    let last_part = head.rsplit('-').next().unwrap_or_default();
    let first_part = tail.split('-').next().unwrap_or_default();
    if habits.words.contains(&format!("{last_part}{first_part}")) {
        return true;
    }
    if !habits.hyphenates || tail.contains('-') {
        return false;
    }
    // a compound, by one of its parts; that both are words says little ('develop-mental')
    let word = |part: &str, least: usize| part.len() >= least && habits.words.contains(part);
    let second = SECONDS.contains(&first_part);
    let compound =
        PREFIXES.contains(&last_part) && (second || word(first_part, 4)) || second && word(last_part, 3);
    !compound
}

/// First parts that keep their hyphen before a word.
const PREFIXES: &[&str] = &[
    "self", "non", "well", "long", "short", "low", "high", "end", "left", "right", "half", "all", "one",
    "two",
];

/// Second parts of compounds with a hyphen.
const SECONDS: &[&str] = &[
    "activated",
    "based",
    "binding",
    "bound",
    "called",
    "coated",
    "covered",
    "dependent",
    "derived",
    "driven",
    "enclosed",
    "energy",
    "filled",
    "fold",
    "free",
    "gated",
    "induced",
    "initiated",
    "known",
    "layered",
    "level",
    "lasting",
    "like",
    "lined",
    "linked",
    "making",
    "mediated",
    "month",
    "old",
    "permeable",
    "poor",
    "positive",
    "negative",
    "producing",
    "regulated",
    "related",
    "releasing",
    "rich",
    "secreting",
    "sensitive",
    "shaped",
    "sided",
    "sized",
    "soluble",
    "specific",
    "stimulated",
    "stimulating",
    "term",
    "threatening",
    "tinged",
    "to",
    "toned",
    "type",
    "up",
    "week",
    "weight",
    "year",
];

struct Writer<'h> {
    builder: Builder,
    habits: &'h Habits,
}

impl Writer<'_> {
    fn close(&mut self, open: Option<Open>) {
        let Some(open) = open else { return };
        // what stands on a page where the text has begun but not ended comes first, else pages would not ascend
        let end = open.chars.last().map_or(0, |(page, _)| *page);
        let (before, after): (Vec<Found>, Vec<Found>) =
            open.floats.into_iter().partition(|float| page_of(float) < end);
        for float in before {
            self.float(float);
        }
        self.write(open.kind, &open.chars);
        for float in after {
            self.float(float);
        }
    }

    fn write(&mut self, kind: BlockKind, chars: &[(u32, Char)]) {
        let heading = matches!(kind, BlockKind::Heading(_));
        let mut rest = chars;
        let mut kind = Some(kind);
        while let Some((page, _)) = rest.first() {
            let end = rest.iter().position(|(other, _)| other != page).unwrap_or(rest.len());
            let (piece, after) = rest.split_at(end);
            let runs = runs(piece, heading);
            let views: Vec<Run<'_>> = runs.iter().map(|(text, style)| Run { text, ..*style }).collect();
            self.builder.page(*page);
            match kind.take() {
                Some(kind) => self.builder.push(kind, &views),
                None => {
                    let joined =
                        chars[..chars.len() - rest.len()].last().is_some_and(|(_, char)| char.c != ' ')
                            && piece.first().is_some_and(|(_, char)| char.c != ' ');
                    self.builder.extend(&views, joined);
                }
            }
            rest = after;
        }
    }

    fn float(&mut self, found: Found) {
        match found {
            Found::Table { page, table } => self.table(page, &table),
            Found::Text(text) => {
                let kind = if text.kind == Kind::Aside { BlockKind::Aside } else { BlockKind::Caption };
                let mut chars = vec![];
                for line in &text.lines {
                    join(&mut chars, text.page, line, self.habits);
                }
                self.write(kind, &chars);
            }
        }
    }

    fn table(&mut self, page: u32, table: &Table) {
        let mut chars: Vec<(u32, Char)> = vec![];
        let plain =
            |c: char| Char { c, x0: 0.0, x1: 0.0, y: 0.0, size: 0.0, bold: false, italic: false, shift: 0 };
        for (index, row) in table.rows.iter().enumerate() {
            if index > 0 {
                chars.push((page, plain('\n')));
            }
            for (column, cell) in row.iter().enumerate() {
                if column > 0 {
                    chars.push((page, plain('\t')));
                }
                let mut inner = vec![];
                for line in cell {
                    join(&mut inner, page, line, self.habits);
                }
                chars.extend(inner);
            }
        }
        let bold = |row: &[Vec<Line>]| {
            let mut lines = row.iter().flatten().peekable();
            lines.peek().is_some() && lines.all(Line::all_bold)
        };
        let mut header = table.rows.iter().take_while(|row| bold(row)).count();
        if header == table.rows.len() {
            header = 0;
        }
        self.write(BlockKind::Table { header: header as u8 }, &chars);
    }
}

fn page_of(found: &Found) -> u32 {
    match found {
        Found::Text(text) => text.page,
        Found::Table { page, .. } => *page,
    }
}

/// Characters to runs of one style.
fn runs(chars: &[(u32, Char)], heading: bool) -> Vec<(String, Run<'static>)> {
    let mut out: Vec<(String, Run<'static>)> = vec![];
    for (_, char) in chars {
        let style = (char.bold && !heading, char.italic && !heading, char.shift > 0, char.shift < 0);
        match out.last_mut() {
            Some((text, run)) if (run.bold, run.italic, run.superscript, run.subscript) == style => {
                text.push(char.c)
            }
            _ => {
                let (bold, italic, superscript, subscript) = style;
                out.push((char.c.to_string(), Run { text: "", bold, italic, superscript, subscript }));
            }
        }
    }
    out
}

/// Takes the marker off an item's first line.
fn unmark(lines: &mut [Line]) {
    if let Some(first) = lines.first_mut()
        && let Some(marker) = blocks::marker(first)
    {
        first.chars.drain(..marker.chars);
    }
}

/// On a page that has more short bold lines than text these are the labels of a diagram, not headings.
fn demote(found: &mut [Found], habits: &Habits) {
    let label = |text: &Text| text.kind == Kind::Heading && text.lines[0].size < 1.1 * habits.body;
    let mut start = 0;
    while start < found.len() {
        let page = page_of(&found[start]);
        let end = start + found[start..].iter().take_while(|other| page_of(other) == page).count();
        let count = |is: &dyn Fn(&Text) -> bool| {
            found[start..end].iter().filter(|found| matches!(found, Found::Text(text) if is(text))).count()
        };
        let labels = count(&label);
        let texts = count(&|text| matches!(text.kind, Kind::Paragraph | Kind::Item { .. }));
        if labels >= 6 && labels > texts {
            for found in &mut found[start..end] {
                if let Found::Text(text) = found
                    && label(text)
                {
                    text.kind = Kind::Aside;
                }
            }
        }
        start = end;
    }
}

/// Sizes of headings, largest first; those that differ by less than 4 % are one.
fn levels(found: &[Found]) -> Vec<f32> {
    let mut sizes: Vec<f32> = found
        .iter()
        .filter_map(|found| match found {
            Found::Text(text) if text.kind == Kind::Heading => Some(text.lines[0].size),
            _ => None,
        })
        .collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    sizes.dedup_by(|smaller, larger| *smaller > 0.96 * *larger);
    sizes
}

fn level_of(text: &Text, levels: &[f32]) -> u8 {
    let size = text.lines[0].size;
    let at = levels.iter().position(|level| size > 0.96 * *level).unwrap_or(levels.len());
    (at + 1).min(6) as u8
}

/// Whether the document's paragraphs begin with an indent.
fn indenting(found: &[Found]) -> bool {
    let (mut indented, mut all) = (0, 0);
    for found in found {
        if let Found::Text(text) = found
            && text.kind == Kind::Paragraph
            && text.lines.len() > 1
        {
            all += 1;
            indented += usize::from(text.indented);
        }
    }
    indented * 3 > all
}
