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
    let offset = numbering(pages, sheets);
    let count = pages.len();
    for (lines, sheet) in pages.iter_mut().zip(sheets) {
        if lines.len() < 2 {
            continue; // all that the page says
        }
        let (top, bottom) = (edge(lines, f32::min), edge(lines, f32::max));
        lines.retain(|line| {
            let text = line.text();
            let outermost = line.y <= top + 2.0 || line.y >= bottom - 2.0;
            if let Some(offset) = offset
                && outermost
                && far_out(line, sheet)
                && folio(&text)
                    .is_some_and(|number| number.is_none_or(|n| n - i64::from(sheet.number) == offset))
            {
                return false;
            }
            // left and right pages often carry different heads: a quarter of the pages is enough
            let often = seen.get(&key(&text)).copied().unwrap_or(0);
            !(in_zone(line, sheet) && often >= 3 && often * 4 > count)
        });
    }
}

/// How far the numbers printed on the pages are ahead of the count of pages, where two pages agree on it.
fn numbering(pages: &[Vec<Line>], sheets: &[Sheet]) -> Option<i64> {
    let mut votes: HashMap<i64, usize> = HashMap::new();
    for (lines, sheet) in pages.iter().zip(sheets) {
        let (top, bottom) = (edge(lines, f32::min), edge(lines, f32::max));
        let outermost = |line: &&Line| line.y <= top + 2.0 || line.y >= bottom - 2.0;
        let found = lines.iter().filter(outermost).filter(|line| far_out(line, sheet));
        if let Some(number) = found.filter_map(|line| folio(&line.text())?).next() {
            *votes.entry(number - i64::from(sheet.number)).or_default() += 1;
        }
    }
    let (offset, count) = votes.into_iter().max_by_key(|(offset, count)| (*count, -offset.abs()))?;
    (count >= 2).then_some(offset)
}

fn edge(lines: &[Line], pick: fn(f32, f32) -> f32) -> f32 {
    lines.iter().map(|line| line.y).reduce(pick).unwrap_or(0.0)
}

fn in_zone(line: &Line, sheet: &Sheet) -> bool {
    line.y < sheet.height * ZONE || line.y > sheet.height * (1.0 - ZONE)
}

/// A page's number may stand further in than running heads do.
fn far_out(line: &Line, sheet: &Sheet) -> bool {
    line.y < sheet.height * 2.0 * ZONE || line.y > sheet.height * (1.0 - 2.0 * ZONE)
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

/// Whether a line is nothing but a page's number ('12', '- 12 -', 'Page 12 of 40', 'xiv'), and which, if it is
/// written in digits.
fn folio(text: &str) -> Option<Option<i64>> {
    let text = text.to_lowercase();
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let number = |word: &str| {
        if word.len() <= 4 && word.chars().all(|c| c.is_ascii_digit()) {
            Some(word.parse().ok())
        } else if word.len() <= 6 && word.chars().all(|c| "ivxlc".contains(c)) {
            Some(None)
        } else {
            None
        }
    };
    match words.as_slice() {
        [page] | ["page" | "slide" | "p", page] => number(page),
        ["page" | "slide", page, "of", last] | [page, "of", last] => number(last).and(number(page)),
        [page, last] if text.contains('/') => number(last).and(number(page)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_are_told_from_text() {
        assert_eq!(folio("- 12 -"), Some(Some(12)));
        assert_eq!(folio("Page 3 of 40"), Some(Some(3)));
        assert_eq!(folio("3 / 40"), Some(Some(3)));
        assert_eq!(folio("xiv"), Some(None));
        assert_eq!(folio("12 ribs"), None);
        assert_eq!(folio("CO = HR × SV"), None);
    }
}
