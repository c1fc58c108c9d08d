//! Numbers with their units in running text. Owns: reading them, and when two are one quantity. Refuses: what they measure.

use crate::document::Span;
use crate::question::count_in_words;
use crate::word::words;

/// Units by how they are written in small letters without spaces: what they measure, and how many of its base unit they are.
const UNITS: &[(&str, &str, f64)] = &[
    ("%", "percent", 1.0),
    ("percent", "percent", 1.0),
    ("mmhg", "mmhg", 1.0),
    ("kpa", "mmhg", 7.500_62),
    ("cmh2o", "mmhg", 0.735_56),
    ("ml/min", "l/min", 1e-3),
    ("l/min", "l/min", 1.0),
    ("ml/day", "l/day", 1e-3),
    ("l/day", "l/day", 1.0),
    ("mg/dl", "g/l", 1e-2),
    ("g/dl", "g/l", 10.0),
    ("g/l", "g/l", 1.0),
    ("mmol/l", "mol/l", 1e-3),
    ("mol/l", "mol/l", 1.0),
    ("meq/l", "meq/l", 1.0),
    ("/min", "rate", 1.0),
    ("bpm", "rate", 1.0),
    ("times/min", "rate", 1.0),
    ("beats/min", "rate", 1.0),
    ("breaths/min", "rate", 1.0),
    ("impulses/min", "rate", 1.0),
    ("l", "l", 1.0),
    ("ml", "l", 1e-3),
    ("dl", "l", 0.1),
    ("kg", "g", 1e3),
    ("g", "g", 1.0),
    ("grams", "g", 1.0),
    ("mg", "g", 1e-3),
    ("µg", "g", 1e-6),
    ("μg", "g", 1e-6),
    ("mcg", "g", 1e-6),
    ("ng", "g", 1e-9),
    ("ms", "s", 1e-3),
    ("milliseconds", "s", 1e-3),
    ("s", "s", 1.0),
    ("sec", "s", 1.0),
    ("second", "s", 1.0),
    ("seconds", "s", 1.0),
    ("min", "s", 60.0),
    ("minute", "s", 60.0),
    ("minutes", "s", 60.0),
    ("h", "s", 3_600.0),
    ("hour", "s", 3_600.0),
    ("hours", "s", 3_600.0),
    ("day", "s", 86_400.0),
    ("days", "s", 86_400.0),
    ("week", "s", 604_800.0),
    ("weeks", "s", 604_800.0),
    ("month", "month", 1.0),
    ("months", "month", 1.0),
    ("year", "month", 12.0),
    ("years", "month", 12.0),
    ("nm", "m", 1e-9),
    ("µm", "m", 1e-6),
    ("μm", "m", 1e-6),
    ("mm", "m", 1e-3),
    ("cm", "m", 1e-2),
    ("m", "m", 1.0),
    ("mv", "v", 1e-3),
    ("°c", "°c", 1.0),
    ("degreescelsius", "°c", 1.0),
    ("°f", "°f", 1.0),
    ("kcal", "kcal", 1.0),
    ("mol", "mol", 1.0),
    ("mmol", "mol", 1e-3),
];
/// Words and signs that a unit has at most.
const PARTS: usize = 4;

const ROMAN: [&str; 12] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];
/// Those that are other words as well (I, intravenous, volume, the X chromosome), by their places: numbers behind these words alone.
const SINGLE: [usize; 4] = [0, 3, 4, 9];
const ROMAN_AFTER: [&str; 18] = [
    "type",
    "types",
    "factor",
    "grade",
    "stage",
    "class",
    "phase",
    "nerve",
    "angiotensin",
    "collagen",
    "complex",
    "lead",
    "mhc",
    "cn",
    "part",
    "zone",
    "layer",
    "group",
];

/// A number with its unit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measure {
    value: f64,
    /// What is measured, and the size of the unit; `None` for a count.
    unit: Option<(&'static str, f64)>,
}

impl Measure {
    /// One quantity; a number without a unit says the same as one with.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self.unit, other.unit) {
            (Some((a, size)), Some((b, scale))) => a == b && near(self.value * size, other.value * scale),
            _ => self.same_figures(other),
        }
    }

    pub(super) fn same_figures(&self, other: &Self) -> bool {
        near(self.value, other.value)
    }

    /// Whether both measure the same, or both count.
    pub(super) fn comparable(&self, other: &Self) -> bool {
        self.unit.map(|(base, _)| base) == other.unit.map(|(base, _)| base)
    }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(b.abs())
}

/// All numbers of a text, and where they stand with their units. Those that are part of a name ('T3', 'CD4') are none; one and two in words are said too often to count.
pub(super) fn all(text: &str) -> Vec<(Measure, Span)> {
    let mut found: Vec<(Measure, Span)> = vec![];
    let mut read = 0;
    let mut before = String::new();
    for word in words(text) {
        let (start, end) = (word.span.start as usize, word.span.end as usize);
        // the closed form of '60-100'
        if start < read {
            continue;
        }
        read = end;
        let counted = count_in_words(&word.form).filter(|count| *count > 2).or_else(|| {
            let alone = !ROMAN_AFTER.contains(&before.as_str());
            let written = &text[start..end];
            ROMAN
                .iter()
                .position(|roman| *roman == written)
                .filter(|at| !(alone && SINGLE.contains(at)))
                .map(|at| at as u8 + 1)
        });
        let counted = counted.map(f64::from);
        before.clone_from(&word.form);
        let Some(value) = word.form.parse::<f64>().ok().filter(|value| value.is_finite()).or(counted) else {
            continue;
        };
        let joined = text[..start].chars().next_back();
        let sign = match joined {
            // 'from −60', but '60–100'
            Some('−' | '-')
                if !text[..start - joined.map_or(0, char::len_utf8)].ends_with(char::is_alphanumeric) =>
            {
                -1.0
            }
            _ => 1.0,
        };
        let (unit, length) = unit(&text[end..]).unzip();
        // '60–100 mL', '60 to 100 mL': the first end has the unit of the second
        if let Some((last, span)) = found.last_mut()
            && last.unit.is_none()
            && let Some(between) = text.get(span.end as usize..start)
            && matches!(between.trim(), "–" | "-" | "to" | "and" | "or" | "−" | "—")
        {
            last.unit = unit;
        }
        // 'three in ten', '3 out of 10'
        if let Some((last, span)) = found.last_mut()
            && last.unit.is_none()
            && unit.is_none()
            && last.value < value
            && let Some(between) = text.get(span.end as usize..start)
            && matches!(between.trim(), "in" | "in every" | "out of" | "of every")
        {
            *last = Measure { value: 100.0 * last.value / value, unit: Some(("percent", 1.0)) };
            *span = Span::new(span.start as usize, end);
            continue;
        }
        found.push((Measure { value: value * sign, unit }, Span::new(start, end + length.unwrap_or(0))));
    }
    found
}

/// The unit at the begin of a text, the longest that is known, and where it ends.
fn unit(text: &str) -> Option<((&'static str, f64), usize)> {
    let sign = |c: char| matches!(c, '/' | '%');
    let mut best = None;
    let mut written = String::new();
    let mut at = 0;
    for part in 0..PARTS {
        let rest = &text[at..];
        let gap = rest.len() - rest.trim_start_matches([' ', '\u{a0}', '\u{202f}', '\n']).len();
        // '5-mm'
        let gap = if part == 0 && rest.starts_with('-') { 1 } else { gap };
        let rest = &rest[gap..];
        let length = match rest.chars().next() {
            Some(c) if sign(c) => c.len_utf8(),
            _ => rest.find(|c: char| !(c.is_alphanumeric() || c == '°')).unwrap_or(rest.len()),
        };
        if length == 0 {
            break;
        }
        at += gap + length;
        let lower = rest[..length].to_lowercase();
        written.push_str(match lower.as_str() {
            "per" | "a" | "each" | "every" => "/",
            "minute" | "minutes" if part > 0 => "min",
            "liter" | "liters" | "litre" | "litres" => "l",
            "milliliter" | "milliliters" => "ml",
            other => other,
        });
        if let Some((_, base, size)) = UNITS.iter().find(|(unit, ..)| *unit == written) {
            best = Some(((*base, *size), at));
        }
    }
    best
}
