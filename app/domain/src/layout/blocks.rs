//! Lines of a column to paragraphs, headings, list items and captions.

use super::columns::{Column, Entry};
use super::habits::Habits;
use super::lines::Line;
use super::table::{self, Table};

/// What a block seems to be, before the whole document is known.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Heading,
    Paragraph,
    /// Left edge of the marker from the column's, numbered or not.
    Item {
        x: f32,
        ordered: bool,
    },
    Caption,
    Aside,
}

/// A block of lines, or a table.
#[derive(Debug, Clone)]
pub(super) enum Found {
    Text(Text),
    Table { page: u32, table: Table },
}

/// Lines that belong together.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) page: u32,
    pub(super) kind: Kind,
    pub(super) lines: Vec<Line>,
    /// First of its column: it may go on from the column before.
    pub(super) first: bool,
    /// Last of its column: it may go on in the next.
    pub(super) last: bool,
    /// The first line is set in from the column's edge.
    pub(super) indented: bool,
    /// The last line reaches the column's right edge.
    pub(super) full: bool,
}

/// Edges of a column and the distance that parts its paragraphs.
#[derive(Debug, Clone, Copy)]
struct Margins {
    left: f32,
    right: f32,
    parting: f32,
}

/// The blocks of a column.
pub(super) fn blocks(page: u32, column: Column, habits: &Habits) -> Vec<Found> {
    let mut out: Vec<Found> = vec![];
    let margins = Margins { left: column.left, right: column.right, parting: habits.parting_in(&column) };
    let mut run: Vec<Line> = vec![];
    for entry in column.entries {
        match entry {
            Entry::Line(line) => run.push(line),
            Entry::Table(table) => {
                texts(page, std::mem::take(&mut run), margins, habits, &mut out);
                out.push(Found::Table { page, table });
            }
        }
    }
    texts(page, run, margins, habits, &mut out);
    name_tables(&mut out, habits);
    if let Some(Found::Text(text)) = out.first_mut() {
        text.first = true;
    }
    if let Some(Found::Text(text)) = out.last_mut() {
        text.last = true;
    }
    out
}

/// A few words right above a table are its title.
fn name_tables(found: &mut [Found], habits: &Habits) {
    for at in 1..found.len() {
        let (before, after) = found.split_at_mut(at);
        if let (Some(Found::Text(text)), Some(Found::Table { table, .. })) =
            (before.last_mut(), after.first())
            && text.kind == Kind::Paragraph
            && let Some(last) = text.lines.last()
            && table.y0 - last.y < 1.8 * habits.body
            && text.lines.iter().map(|line| line.text().split(' ').count()).sum::<usize>() <= 20
            && !ends_sentence(last)
        {
            text.kind = Kind::Caption;
        }
    }
}

fn texts(page: u32, lines: Vec<Line>, margins: Margins, habits: &Habits, out: &mut Vec<Found>) {
    let mut lines = lines;
    for at in 1..lines.len() {
        if (lines[at].y - lines[at - 1].y).abs() < 0.5 * lines[at].size {
            lines[at].beside = true;
            lines[at - 1].beside = true;
        }
    }
    let views: Vec<&Line> = lines.iter().collect();
    let tables = table::aligned(&views, habits);
    let mut lines = lines.into_iter().enumerate();
    let mut open: Vec<Line> = vec![];
    let mut tables = tables.into_iter().peekable();
    while let Some((at, line)) = lines.next() {
        if tables.peek().is_some_and(|(from, _, _)| *from == at)
            && let Some((_, to, table)) = tables.next()
        {
            close(page, &mut open, margins, habits, out);
            out.push(Found::Table { page, table });
            for _ in at + 1..to {
                lines.next();
            }
            continue;
        }
        if let Some(last) = open.last()
            && parts(&open, last, &line, margins, habits)
        {
            close(page, &mut open, margins, habits, out);
        }
        open.push(line);
    }
    close(page, &mut open, margins, habits, out);
}

/// Whether `line` begins a new block after the open lines, of which `last` is the last.
fn parts(open: &[Line], last: &Line, line: &Line, margins: Margins, habits: &Habits) -> bool {
    let Margins { left, right, parting } = margins;
    let first = &open[0];
    let em = last.size.max(line.size);
    let step = line.y - last.y;
    if step < -0.5 * em {
        return true;
    }
    if marker(line).is_some() && step > 0.3 * em {
        // a number at a line's beginning may be part of the text: a list's items begin at its marker's place
        let numbered = marker(line).is_some_and(|marker| marker.ordered);
        let hanging = line.x0 < last.x0 - 0.5 * em || marker(first).is_some() || line.x0 > left + 0.5 * em;
        if !numbered || hanging || ends_sentence(last) {
            return true;
        }
    }
    if (line.size - last.size).abs() > 0.07 * em {
        return true;
    }
    // a lowered or raised character pushes lines apart
    let allowance = if last.has_shift() || line.has_shift() { 0.5 } else { 0.0 };
    let usual = if (em - habits.body).abs() < 0.3 { parting } else { parting.max(1.5) };
    if step > (usual + allowance) * em {
        return true;
    }
    let fits = right - last.x1 > line.first_word() + 0.9 * em; // the next word had room: the break is meant
    if last.all_bold() != line.all_bold() && fits {
        return true;
    }
    if last.all_italic() != line.all_italic() && (fits || caption(line)) {
        return true;
    }
    let indent = line.x0 - last.x0;
    if let Some(marker) = marker(first) {
        // further lines of an item stand under its text; what stands further left is no part of it
        return line.x0 < marker.text - 1.2 * em
            && line.x0 < first.x0 + 0.3 * em
            && (fits || ends_sentence(last))
            || line.x0 > marker.text + 1.5 * em;
    }
    if indent > 0.8 * em && indent < 6.0 * em {
        // set in: a new paragraph, if what it is set in from is the edge of the text
        return open.len() > 1 || (last.x0 - left).abs() < 0.5 * em || ends_sentence(last);
    }
    if indent < -0.8 * em && open.len() > 1 {
        return true;
    }
    fits && ends_sentence(last)
}

fn ends_sentence(line: &Line) -> bool {
    // numbers of notes stand after the full stop
    let mut end = line.chars.iter().rev().filter(|char| char.shift <= 0).map(|char| char.c);
    end.find(|c| !matches!(c, ')' | ']' | '”' | '’' | '"' | '\'' | ' ')).is_some_and(|c| ".!?:;".contains(c))
}

fn close(page: u32, open: &mut Vec<Line>, margins: Margins, habits: &Habits, out: &mut Vec<Found>) {
    let Margins { left, right, .. } = margins;
    let lines = std::mem::take(open);
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return };
    let kind = kind(&lines, left, right, habits);
    let indented = first.x0 - left > 0.8 * first.size;
    let full = right - last.x1 < 0.12 * (right - left).max(1.0);
    out.push(Found::Text(Text { page, kind, indented, full, lines, first: false, last: false }));
}

fn kind(lines: &[Line], left: f32, right: f32, habits: &Habits) -> Kind {
    let first = &lines[0];
    let text: String = lines.iter().map(|line| line.text()).collect::<Vec<_>>().join(" ");
    let words = text.split_whitespace().count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if let Some(marker) = marker(first)
        && !(marker.ordered && lines.iter().all(Line::all_bold) && words <= 14)
    {
        return Kind::Item { x: first.x0 - left, ordered: marker.ordered };
    }
    if caption(first) {
        return Kind::Caption;
    }
    // a table of contents
    if text.contains("....") || text.contains(". . . .") || text.contains("……") {
        return Kind::Aside;
    }
    let large = first.size / habits.body;
    let bold = lines.iter().all(Line::all_bold);
    let ended = text.trim_end().ends_with(['.', ',', ';']);
    let alone = lines.iter().all(|line| !line.beside);
    let titled = letters >= 2 && words <= 25 && lines.len() <= 4;
    if titled && (large > 1.15 && (bold || words <= 14 || !ended) || bold && large > 1.04 && alone) {
        return Kind::Heading;
    }
    if titled && bold && alone && large > 0.92 && words <= 14 && !ended {
        return Kind::Heading;
    }
    if titled && numbered_title(&text) && large > 0.98 && words <= 12 && !ended && lines.len() == 1 {
        return Kind::Heading;
    }
    let narrow = lines.iter().all(|line| line.x1 - line.x0 < 0.5 * (right - left));
    let off = (first.x0 - left).abs() > 6.0 * first.size;
    if large < 0.86 || narrow && off && words <= 6 && !ended {
        return Kind::Aside;
    }
    Kind::Paragraph
}

/// '2.3 The conducting system': a number of at least two parts before a capital.
fn numbered_title(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let Some(number) = words.next() else { return false };
    let parts: Vec<&str> = number.trim_end_matches('.').split('.').collect();
    parts.len() >= 2
        && parts.len() <= 4
        && parts.iter().all(|part| (1..=2).contains(&part.len()) && part.chars().all(|c| c.is_ascii_digit()))
        && words.next().is_some_and(|word| word.starts_with(char::is_uppercase))
}

fn caption(line: &Line) -> bool {
    let text = line.text();
    let mut words = text.split_whitespace();
    let Some(first) = words.next() else { return false };
    let named =
        |word: &str| matches!(word.to_lowercase().as_str(), "figure" | "fig" | "table" | "box" | "plate");
    let bare = first.trim_end_matches(['.', ':']);
    if !named(bare) || !first.starts_with(char::is_uppercase) {
        return false;
    }
    let second = words.next().unwrap_or_default();
    let number = second.starts_with(|c: char| c.is_ascii_digit());
    // 'Figure 3 shows …' is text; 'Figure 3. The …', 'Figure 3: …', an italic or bold 'Figure 3' is a caption
    let set_apart = line.chars.iter().take(bare.len()).all(|char| char.italic || char.bold);
    bare.len() < first.len() && !number && bare.to_lowercase() != "fig"
        || number
            && (set_apart
                || second.ends_with(['.', ':'])
                    && second.len() > 1
                    && words.next().is_some_and(|word| word.starts_with(char::is_uppercase)))
        || line.all_italic() && line.chars.len() > 10
}

/// The sign or number with which an item of a list begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Marker {
    pub(super) ordered: bool,
    /// Characters of the line that belong to it, the space after it included.
    pub(super) chars: usize,
    /// Left edge of the text after it.
    pub(super) text: f32,
}

pub(super) fn marker(line: &Line) -> Option<Marker> {
    let chars = &line.chars;
    let end = chars.iter().position(|char| char.c == ' ')?;
    let text = chars.get(end + 1)?.x0;
    let head: String = chars[..end].iter().map(|char| char.c).collect();
    let found = |ordered| Some(Marker { ordered, chars: end + 1, text });
    let mut letters = head.chars();
    let first = letters.next()?;
    if letters.next().is_none() && is_bullet(first) {
        // a dash needs room after it, else it is one
        let dash = matches!(first, '-' | '–' | '—' | '*' | 'o' | '§' | 'Ø' | 'ü');
        let room = chars.get(end + 1)?.x0 - chars[end - 1].x1;
        return if !dash || room > 0.35 * line.size { found(false) } else { None };
    }
    let bracketed = head.starts_with('(') && head.ends_with(')');
    let body = head.trim_start_matches('(').trim_end_matches([')', '.']);
    let closed = bracketed || head.ends_with(')') && !head.starts_with('(') || head.ends_with('.');
    if !closed || body.is_empty() || head.len() > body.len() + 2 {
        return None;
    }
    let number = body.len() <= 2 && body.chars().all(|c| c.is_ascii_digit());
    let letter = body.len() == 1 && body.chars().all(|c| c.is_ascii_lowercase()) && !head.ends_with('.');
    let roman = body.len() <= 4 && body.chars().all(|c| "ivx".contains(c));
    if number || letter || roman { found(true) } else { None }
}

fn is_bullet(c: char) -> bool {
    matches!(
        c,
        '•' | '●'
            | '○'
            | '◦'
            | '▪'
            | '■'
            | '□'
            | '▫'
            | '‣'
            | '⁃'
            | '∙'
            | '·'
            | '◆'
            | '◇'
            | '❖'
            | '➢'
            | '➤'
            | '►'
            | '▶'
            | '✓'
            | '✔'
            | '–'
            | '—'
            | '-'
            | '*'
            | '→'
            | '⇒'
            | 'o'
            | '❑'
            | '❍'
            | '★'
            | '§'
            | 'Ø'
            | 'ü'
    )
}
