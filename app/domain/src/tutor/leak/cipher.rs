//! Codes that hide a word. Owns: what a name becomes when it is reversed or its letters are put for others, and reading base64,
//! hexadecimal, decimal, binary and Morse. Refuses: keys and passwords; what needs one cannot be read by the learner either.

use super::Leak;
use std::collections::HashMap;

/// Fewest letters of a name that is looked for backwards or under a shift: shorter ones come about by chance.
const SHIFTED: usize = 5;
/// Fewest letters of a name that is looked for inside a longer run of letters.
pub(super) const INSIDE: usize = 9;
/// Fewest letters of a name without its vowels.
const CONSONANTS: usize = 5;

/// All runs of letters by which a name (its words in small letters) may be told.
pub(super) fn disguises(words: &[String]) -> HashMap<String, Leak> {
    let letters = |word: &str| word.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let whole = letters(&words.concat());
    let mut out = HashMap::new();
    let mut add = |run: String, leak: Leak, least: usize| {
        if run.chars().count() >= least {
            out.entry(run).or_insert(leak);
        }
    };
    let backwards = |text: &str| text.chars().rev().collect::<String>();
    let shifted = |text: &str, by: u8| -> String {
        let shift =
            |c: char| if c.is_ascii_lowercase() { char::from(b'a' + (c as u8 - b'a' + by) % 26) } else { c };
        text.chars().map(shift).collect()
    };
    add(whole.clone(), Leak::Spelled, 3);
    for vowels in ["aeiou", "aeiouy"] {
        add(whole.chars().filter(|c| !vowels.contains(*c)).collect(), Leak::Spelled, CONSONANTS);
    }
    add(backwards(&whole), Leak::Reversed, SHIFTED);
    add(words.iter().map(|word| backwards(&letters(word))).collect(), Leak::Reversed, SHIFTED);
    if whole.chars().any(|c| c.is_ascii_lowercase()) {
        for by in 1..26 {
            add(shifted(&whole, by), Leak::Shifted, SHIFTED);
        }
        add(shifted(&backwards(&whole), 13), Leak::Shifted, SHIFTED);
        let mirrored = |c: char| if c.is_ascii_lowercase() { char::from(b'a' + (b'z' - c as u8)) } else { c };
        add(whole.chars().map(mirrored).collect(), Leak::Shifted, SHIFTED);
    }
    out
}

/// Readings of all codes that stand in a text.
pub(super) fn decoded(text: &str) -> Vec<String> {
    let mut out = vec![];
    let base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_' | '=');
    for run in text.split(|c| !base64(c)).filter(|run| run.len() >= 4) {
        out.extend(from_base64(run));
        out.extend(run.split(['-', '=']).filter_map(from_base64));
    }
    let joined: String = text.chars().filter(|c| base64(*c)).collect();
    let cut_up =
        text.split_whitespace().filter(|piece| piece.len() >= 4 && piece.chars().all(base64)).count() > 1;
    out.extend(from_base64(&joined).filter(|_| cut_up));
    let pieces: Vec<&str> =
        text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|p| !p.is_empty()).collect();
    let hex: Vec<&str> =
        pieces.iter().map(|piece| piece.trim_start_matches("0x").trim_start_matches('x')).collect();
    out.extend(runs(&hex, 3, |piece| (piece.len() == 2).then(|| from_hex(piece)).flatten()));
    out.extend(hex.iter().filter(|piece| piece.len() >= 6).filter_map(|piece| from_hex(piece)));
    let number = |piece: &str| piece.trim_start_matches(['x', 'u']).parse::<u8>().ok();
    out.extend(runs(&pieces, 3, |piece| {
        number(piece).filter(|code| (32..127).contains(code)).map(|code| char::from(code).to_string())
    }));
    out.extend(runs(&pieces, 3, |piece| {
        number(piece).filter(|at| (1..=26).contains(at)).map(|at| char::from(b'a' + at - 1).to_string())
    }));
    let bits = |piece: &str| {
        let whole = piece.len() == 7 || piece.len() >= 8 && piece.len().is_multiple_of(8);
        let bytes = whole.then(|| piece.as_bytes().chunks(8))?;
        let byte = |bits: &[u8]| u8::from_str_radix(std::str::from_utf8(bits).ok()?, 2).ok();
        String::from_utf8(bytes.map(byte).collect::<Option<Vec<u8>>>()?).ok()
    };
    out.extend(runs(&pieces, 1, bits));
    // a number in binary
    let binary = |piece: &&&str| piece.len() >= 4 && piece.chars().all(|c| matches!(c, '0' | '1'));
    out.extend(
        pieces.iter().filter(binary).filter_map(|p| Some(u64::from_str_radix(p, 2).ok()?.to_string())),
    );
    let morse: Vec<&str> = text.split_whitespace().collect();
    out.extend(runs(&morse, 3, from_morse));
    out
}

/// What neighbouring pieces, at least `least` of them, read as.
fn runs(pieces: &[&str], least: usize, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut out = vec![];
    let (mut run, mut length) = (String::new(), 0);
    for piece in pieces.iter().copied().chain([""]) {
        if let Some(letters) = read(piece).filter(|_| !piece.is_empty()) {
            run.push_str(&letters);
            length += 1;
        } else {
            if length >= least {
                out.push(std::mem::take(&mut run));
            }
            run.clear();
            length = 0;
        }
    }
    out
}

fn from_hex(text: &str) -> Option<String> {
    let even = text.len().is_multiple_of(2) && text.is_ascii();
    let bytes =
        even.then(|| (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()))?;
    String::from_utf8(bytes.collect::<Option<Vec<u8>>>()?).ok()
}

/// The text behind base64, of either alphabet, padded or not; `None` for what is no text.
fn from_base64(text: &str) -> Option<String> {
    let mut bytes = vec![];
    let (mut buffer, mut bits) = (0_u32, 0);
    for c in text.trim_end_matches('=').bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        buffer = (buffer << 6 | u32::from(value)) & 0xFFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.is_empty())
}

fn from_morse(text: &str) -> Option<String> {
    const LETTERS: [&str; 26] = [
        ".-", "-...", "-.-.", "-..", ".", "..-.", "--.", "....", "..", ".---", "-.-", ".-..", "--", "-.",
        "---", ".--.", "--.-", ".-.", "...", "-", "..-", "...-", ".--", "-..-", "-.--", "--..",
    ];
    if text == "/" {
        return Some(String::new());
    }
    let signs: String = text
        .chars()
        .map(|c| match c {
            '·' | '•' | '.' => '.',
            '−' | '–' | '—' | '_' | '-' => '-',
            _ => 'x',
        })
        .collect();
    let at = LETTERS.iter().position(|letter| *letter == signs)?;
    Some(char::from(b'a' + at as u8).to_string())
}
