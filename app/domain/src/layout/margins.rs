//! Running heads and page numbers: what stands at the top or bottom of many pages is no text.

use super::Sheet;
use super::lines::Line;
use std::collections::HashMap;

/// Share of a page's height in which running heads stand, at the top and at the bottom.
const ZONE: f32 = 0.1;

/// Takes running heads, feet and page numbers out of the pages.
pub(super) fn strip(pages: &mut [Vec<Line>], sheets: &[Sheet]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (lines, sheet) in pages.iter().zip(sheets) {
        let mut keys: Vec<String> =
            lines.iter().filter(|line| in_zone(line, sheet)).map(|line| key(&line.text())).collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            *seen.entry(key).or_default() += 1;
        }
    }
    let numbered = pages
        .iter()
        .zip(sheets)
        .filter(|(lines, sheet)| lines.iter().any(|line| in_zone(line, sheet) && folio(&line.text())))
        .count();
    let count = pages.len();
    for (lines, sheet) in pages.iter_mut().zip(sheets) {
        if lines.len() < 2 {
            continue; // all that the page says
        }
        let (top, bottom) = (edge(lines, f32::min), edge(lines, f32::max));
        lines.retain(|line| {
            if !in_zone(line, sheet) {
                return true;
            }
            let text = line.text();
            // left and right pages often carry different heads: a quarter of the pages is enough
            let often = seen.get(&key(&text)).copied().unwrap_or(0);
            let running = often >= 3 && often * 4 > count;
            let outermost = line.y <= top + 2.0 || line.y >= bottom - 2.0;
            let number = folio(&text) && outermost && numbered >= 2;
            !(running || number)
        });
    }
}

fn edge(lines: &[Line], pick: fn(f32, f32) -> f32) -> f32 {
    lines.iter().map(|line| line.y).reduce(pick).unwrap_or(0.0)
}

fn in_zone(line: &Line, sheet: &Sheet) -> bool {
    line.y < sheet.height * ZONE || line.y > sheet.height * (1.0 - ZONE)
}

/// The same text for every page number in it.
fn key(text: &str) -> String {
    let mut out = String::new();
    for c in text.trim().chars() {
        if c.is_ascii_digit() {
            if !out.ends_with('#') {
                out.push('#');
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// '12', '- 12 -', 'Page 12 of 40', 'xiv'.
fn folio(text: &str) -> bool {
    let text = text.to_lowercase();
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let number = |word: &str| {
        word.len() <= 4
            && (word.chars().all(|c| c.is_ascii_digit()) || word.chars().all(|c| "ivxlc".contains(c)))
    };
    match words.as_slice() {
        [only] => number(only),
        ["page", page] | ["slide", page] | ["p", page] => number(page),
        ["page", page, "of", last] | ["slide", page, "of", last] => number(page) && number(last),
        [page, "of", last] => number(page) && number(last),
        [page, last] => text.contains('/') && number(page) && number(last),
        _ => false,
    }
}
