//! Characters to lines. A line is what stands on one baseline without a wide gap: in a table, one cell's line.

use super::Glyph;
use std::collections::HashMap;

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
}

impl Line {
    pub(super) fn text(&self) -> String {
        self.chars.iter().map(|char| char.c).collect()
    }

    pub(super) fn top(&self) -> f32 {
        self.y - 0.8 * self.size
    }

    pub(super) fn bottom(&self) -> f32 {
        self.y + 0.25 * self.size
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
        Self { x0: char.x0, x1: char.x1, y: char.y, size: char.size, chars: vec![char] }
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
pub(super) fn lines(glyphs: &[Glyph]) -> Vec<Line> {
    let mut pieces: Vec<Line> = vec![];
    let mut space = false;
    for char in cleaned(glyphs) {
        if char.c == ' ' {
            space = true;
            continue;
        }
        let glued = pieces.last_mut().filter(|line| {
            let em = line.size.max(char.size);
            let gap = char.x0 - line.x1;
            (char.y - line.y).abs() < 0.55 * em && gap < 1.6 * em && gap > -0.6 * em
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
    let mut lines = merged(pieces);
    for line in &mut lines {
        line.settle();
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
            let em = line.size.max(piece.size);
            (line.y - piece.y).abs() < 0.5 * em && gap >= -0.3 * em && gap < 1.6 * em
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
fn meant(c: char) -> char {
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
