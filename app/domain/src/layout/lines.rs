//! Characters to lines. A line is what stands on one baseline without a wide gap: in a table, one cell's line.

use super::{Glyph, Rule};
use std::collections::HashMap;

/// A gap of so many sizes of type parts what stands on one baseline.
const WIDE: f32 = 1.6;

/// A character of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Char {
    pub(super) c: char,
    pub(super) x0: f32,
    pub(super) x1: f32,
    pub(super) y: f32,
    pub(super) size: f32,
    pub(super) bold: bool,
    pub(super) italic: bool,
    /// Raised (1), lowered (-1) or on the line (0).
    pub(super) shift: i8,
}

/// A line or a piece of one; spaces are characters of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) chars: Vec<Char>,
    pub(super) x0: f32,
    pub(super) x1: f32,
    /// Baseline of most of its characters.
    pub(super) y: f32,
    /// Size of most of its characters.
    pub(super) size: f32,
    /// Something else of its column stands on the same height.
    pub(super) beside: bool,
}

impl Line {
    pub(super) fn text(&self) -> String {
        self.chars.iter().map(|char| char.c).collect()
    }

    pub(super) fn top(&self) -> f32 {
        self.y - 0.8 * self.size
    }

    /// Share of the letters and digits for which `is` holds.
    pub(super) fn share(&self, is: impl Fn(&Char) -> bool) -> f32 {
        let letters = self.chars.iter().filter(|char| char.c.is_alphanumeric());
        let (mut all, mut hits) = (0, 0);
        for char in letters {
            all += 1;
            hits += usize::from(is(char));
        }
        if all == 0 { 0.0 } else { hits as f32 / all as f32 }
    }

    pub(super) fn all_bold(&self) -> bool {
        self.share(|char| char.bold) > 0.95
    }

    pub(super) fn all_italic(&self) -> bool {
        self.share(|char| char.italic) > 0.9
    }

    pub(super) fn has_shift(&self) -> bool {
        self.chars.iter().any(|char| char.shift != 0)
    }

    /// Width of its first word.
    pub(super) fn first_word(&self) -> f32 {
        let end = self.chars.iter().position(|char| char.c == ' ').unwrap_or(self.chars.len());
        self.chars.get(end.saturating_sub(1)).map_or(0.0, |last| last.x1 - self.x0)
    }

    fn new(char: Char) -> Self {
        Self { x0: char.x0, x1: char.x1, y: char.y, size: char.size, beside: false, chars: vec![char] }
    }

    fn of(chars: Vec<Char>) -> Option<Self> {
        let mut chars = chars.into_iter();
        let mut line = Self::new(chars.find(|char| char.c != ' ')?);
        for char in chars {
            line.push(char);
        }
        while line.chars.pop_if(|last| last.c == ' ').is_some() {}
        line.x1 = line.chars.iter().map(|char| char.x1).fold(line.x0, f32::max);
        Some(line)
    }

    fn push(&mut self, char: Char) {
        self.x0 = self.x0.min(char.x0);
        self.x1 = self.x1.max(char.x1);
        if char.size > self.size * 1.05 {
            self.size = char.size;
            self.y = char.y;
        }
        self.chars.push(char);
    }

    fn space(&mut self, to: f32) {
        let Some(last) = self.chars.last().copied() else { return };
        if last.c != ' ' {
            self.chars.push(Char { c: ' ', x0: self.x1, x1: to.max(self.x1), ..last });
        }
    }

    /// Takes `other`, which stands to the right, into the line.
    fn append(&mut self, other: Line) {
        if other.x0 - self.x1 > 0.12 * self.size {
            self.space(other.x0);
        }
        for char in other.chars {
            self.push(char);
        }
    }

    /// Settles size and baseline by majority, and which characters are raised or lowered.
    fn settle(&mut self) {
        let mut sizes: Vec<(i32, f32)> = vec![]; // size in tenths, width set in it
        for char in self.chars.iter().filter(|char| char.c != ' ') {
            let key = (char.size * 10.0).round() as i32;
            let width = (char.x1 - char.x0).max(0.1);
            match sizes.iter_mut().find(|(size, _)| *size == key) {
                Some((_, sum)) => *sum += width,
                None => sizes.push((key, width)),
            }
        }
        let Some((size, _)) = sizes.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0))) else {
            return;
        };
        self.size = size as f32 / 10.0;
        let mut bases: Vec<f32> = self
            .chars
            .iter()
            .filter(|char| char.c != ' ' && (char.size - self.size).abs() < 0.1)
            .map(|char| char.y)
            .collect();
        bases.sort_by(f32::total_cmp);
        if let Some(middle) = bases.get(bases.len() / 2) {
            self.y = *middle;
        }
        for char in &mut self.chars {
            let raised = (self.y - char.y) / self.size;
            if char.size < 0.88 * self.size {
                if raised > 0.14 {
                    char.shift = 1;
                } else if raised < -0.06 {
                    char.shift = -1;
                }
            } else if raised.abs() > 0.2 && char.size < 1.05 * self.size && char.c.is_alphanumeric() {
                char.shift = if raised > 0.0 { 1 } else { -1 };
            }
        }
    }
}

/// Characters in the order of drawing to lines from top to bottom.
pub(super) fn lines(glyphs: &[Glyph], dots: &[Rule]) -> Vec<Line> {
    let mut pieces: Vec<Line> = vec![];
    let mut space = false;
    for char in cleaned(glyphs) {
        if char.c == ' ' {
            space = true;
            continue;
        }
        let glued = pieces.last_mut().filter(|line| {
            let (em, small) = (line.size.max(char.size), line.size.min(char.size));
            let gap = char.x0 - line.x1;
            (char.y - line.y).abs() < 0.55 * em && gap < WIDE * small && gap > -0.6 * em
        });
        match glued {
            Some(line) => {
                let gap = char.x0 - line.x1;
                if gap > 0.17 * line.size.max(char.size) || space && gap > 0.03 * line.size {
                    line.space(char.x0);
                }
                line.push(char);
            }
            None => pieces.push(Line::new(char)),
        }
        space = false;
    }
    let mut lines = parted(merged(pieces));
    for line in &mut lines {
        line.settle();
    }
    for dot in dots {
        bullet(&mut lines, dot);
    }
    lines.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.x0.total_cmp(&b.x0)));
    lines
}

/// Pieces of one line that were drawn apart (bold words, links), put together.
fn merged(mut pieces: Vec<Line>) -> Vec<Line> {
    pieces.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.x0.total_cmp(&b.x0)));
    let mut lines: Vec<Line> = vec![];
    for piece in pieces {
        let near = |line: &Line, gap: f32| {
            let (em, small) = (line.size.max(piece.size), line.size.min(piece.size));
            (line.y - piece.y).abs() < 0.5 * em && gap >= -0.3 * em && gap < WIDE * small
        };
        let recent = lines.len().saturating_sub(12)..lines.len();
        if let Some(at) = recent.clone().rev().find(|at| near(&lines[*at], piece.x0 - lines[*at].x1)) {
            lines[at].append(piece);
        } else if let Some(at) = recent.rev().find(|at| near(&lines[*at], lines[*at].x0 - piece.x1)) {
            let right = std::mem::replace(&mut lines[at], piece);
            lines[at].append(right);
        } else {
            lines.push(piece);
        }
    }
    lines
}

/// Parts lines where a narrow gutter runs: wider gaps than between words, over one another in many lines, or in
/// front of text that stands exactly where other lines begin (a table's column).
fn parted(lines: Vec<Line>) -> Vec<Line> {
    const GAP: f32 = 0.6; // sizes of type; words in justified lines seldom stand further apart
    let wide = |line: &Line, char: &Char| char.c == ' ' && char.x1 - char.x0 > GAP * line.size;
    let gaps: Vec<(f32, f32)> = lines
        .iter()
        .flat_map(|line| line.chars.iter().filter(|char| wide(line, char)))
        .map(|char| (char.x0, char.x1))
        .collect();
    if gaps.len() > 2000 {
        return lines; // a drawing
    }
    let margin = lines.iter().map(|line| line.x0).fold(f32::MAX, f32::min);
    let mut cuts: Vec<(f32, bool)> = vec![]; // place, and whether text must begin exactly there
    for (from, to) in &gaps {
        let x = (from + to) / 2.0;
        if !cuts.iter().any(|(cut, exact)| !exact && (cut - x).abs() < 3.0) {
            let count = gaps.iter().filter(|(from, to)| *from < x && x < *to).count();
            let spanning = lines.iter().filter(|line| line.x0 < x && x < line.x1).count();
            if count >= 6 && spanning.saturating_sub(count) * 3 < count {
                cuts.push((x, false));
            }
        }
        if to - margin > 20.0 && !cuts.iter().any(|(cut, exact)| *exact && (cut - to).abs() < 0.7) {
            let starts = lines.iter().filter(|line| (line.x0 - to).abs() < 0.7).count();
            let others = gaps.iter().filter(|gap| (gap.1 - to).abs() < 0.7 && gap.1 - gap.0 > 9.0).count();
            if starts >= 3 || starts + others >= 3 && to - from > 9.0 {
                cuts.push((*to, true));
            }
        }
    }
    if cuts.is_empty() {
        return lines;
    }
    let mut out = vec![];
    for line in lines {
        let mut piece: Vec<Char> = vec![];
        for char in &line.chars {
            let cut = |(x, exact): &(f32, bool)| {
                if *exact { (char.x1 - x).abs() < 0.7 } else { char.x0 < *x && *x < char.x1 }
            };
            if wide(&line, char) && cuts.iter().any(cut) {
                out.extend(Line::of(std::mem::take(&mut piece)));
            } else {
                piece.push(*char);
            }
        }
        out.extend(Line::of(piece));
    }
    out
}

/// Puts a drawn dot in front of the line that it stands before.
fn bullet(lines: &mut [Line], dot: &Rule) {
    let (middle, width) = ((dot.y0 + dot.y1) / 2.0, dot.x1 - dot.x0);
    let owner = lines.iter_mut().find(|line| {
        let em = line.size;
        let beside = middle > line.y - 0.7 * em && middle < line.y - 0.05 * em;
        let gap = line.x0 - dot.x1;
        beside && gap > 0.1 * em && gap < 3.0 * em && width > 0.12 * em && width < 0.8 * em
    });
    if let Some(line) = owner {
        let Some(first) = line.chars.first().copied() else { return };
        if first.c == '•' {
            return;
        }
        let plain = Char { c: '•', x0: dot.x0, x1: dot.x1, y: line.y, size: line.size, shift: 0, ..first };
        let space = Char { c: ' ', x0: dot.x1, x1: line.x0, ..plain };
        line.chars.splice(0..0, [plain, space]);
        line.x0 = dot.x0;
    }
}

/// Letters as they are meant: ligatures taken apart, private codes of symbol fonts named, what is drawn twice to
/// look heavy kept once.
fn cleaned(glyphs: &[Glyph]) -> Vec<Char> {
    let mut out: Vec<Char> = Vec::with_capacity(glyphs.len());
    let mut places: HashMap<(char, i32, i32), usize> = HashMap::new();
    for glyph in glyphs {
        if glyph.c.is_whitespace() || glyph.c == '\u{a0}' {
            out.push(Char { c: ' ', ..char_of(glyph) });
            continue;
        }
        if glyph.c.is_control()
            || matches!(glyph.c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{fffd}' | '\u{202a}'..='\u{202e}')
        {
            continue;
        }
        let (column, row) = ((glyph.x0 / 2.0) as i32, (glyph.y / 2.0) as i32);
        let twin = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy))).find_map(|(dx, dy)| {
            let at = *places.get(&(glyph.c, column + dx, row + dy))?;
            let other = &out[at];
            let near = 0.12 * glyph.size;
            ((other.x0 - glyph.x0).abs() < near && (other.y - glyph.y).abs() < near).then_some(at)
        });
        if let Some(at) = twin {
            out[at].bold = true;
            continue;
        }
        places.insert((glyph.c, column, row), out.len());
        match apart(glyph.c) {
            Some(letters) => {
                let count = letters.chars().count() as f32;
                let width = (glyph.x1 - glyph.x0) / count;
                for (index, c) in letters.chars().enumerate() {
                    let x0 = glyph.x0 + width * index as f32;
                    out.push(Char { c, x0, x1: x0 + width, ..char_of(glyph) });
                }
            }
            None => out.push(Char { c: meant(glyph.c), ..char_of(glyph) }),
        }
    }
    out
}

fn char_of(glyph: &Glyph) -> Char {
    let Glyph { c, x0, x1, y, size, bold, italic } = *glyph;
    Char { c, x0, x1, y, size, bold, italic, shift: 0 }
}

fn apart(c: char) -> Option<&'static str> {
    Some(match c {
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' | 'ﬆ' => "st",
        'Ĳ' => "IJ",
        'ĳ' => "ij",
        _ => return None,
    })
}

/// Adobe's Symbol encoding, which programs leave in the private area U+F020 to U+F0FF; Greek and the signs that
/// occur in medical text.
pub fn meant(c: char) -> char {
    let code = c as u32;
    if !(0xf020..=0xf0ff).contains(&code) {
        return c;
    }
    const GREEK: &str = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";
    const SMALL: &str = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";
    let low = code - 0xf000;
    let nth = |table: &str, index: u32| table.chars().nth(index as usize).unwrap_or(c);
    match low {
        0x41..=0x5a => nth(GREEK, low - 0x41),
        0x61..=0x7a => nth(SMALL, low - 0x61),
        0xa3 => '≤',
        0xa5 => '∞',
        0xa7 | 0xa8 | 0xb7 => '•',
        0xab => '↔',
        0xac | 0xdc => '←',
        0xad | 0xdd => '↑',
        0xae | 0xde => '→',
        0xaf | 0xdf => '↓',
        0xb0 => '°',
        0xb1 => '±',
        0xb3 => '≥',
        0xb4 => '×',
        0xb9 => '≠',
        0xbb => '≈',
        0xd6 => '√',
        0xd8 => '•',
        0xfc => '✓',
        0x20..=0x40 => char::from_u32(low).unwrap_or(c),
        _ => '•',
    }
}
