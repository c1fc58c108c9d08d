//! Numbers with their units. Owns: reading them from tokens. Refuses: which of them may be asked for (`quantity`).

use crate::question::tagger::Tag;
use crate::question::token::{Token, write};

/// A number, or a range of numbers, with its unit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Quantity {
    /// Lower end.
    pub(crate) low: f64,
    /// Upper end of a range.
    pub(crate) high: Option<f64>,
    /// What parts the ends of a range: '–', ' to ', ' and '.
    pub(crate) joint: String,
    /// As it stands after the number, with the space before it: ' mL/min', ' percent'; empty for a count.
    pub(crate) unit: String,
    /// What the unit measures, so that 'bpm' may stand beside 'beats per minute'.
    pub(crate) dimension: String,
    /// Decimal places.
    pub(crate) places: usize,
    /// Whether thousands are parted by commas.
    pub(crate) grouped: bool,
    /// Whether it is written as a word ('three').
    pub(crate) spelled: bool,
    /// First token.
    pub(crate) first: usize,
    /// One past the last token of number and unit.
    pub(crate) last: usize,
}

/// Units by their tokens in lower case, with what they measure.
const UNITS: &[(&[&str], &str)] = &[
    (&["percent"], "percent"),
    (&["%"], "percent"),
    (&["mm", "hg"], "mm Hg"),
    (&["ml", "/", "min"], "mL/min"),
    (&["ml", "/", "day"], "mL/day"),
    (&["l", "/", "min"], "L/min"),
    (&["l", "/", "day"], "L/day"),
    (&["liters", "per", "day"], "L/day"),
    (&["mg", "/", "dl"], "mg/dL"),
    (&["mg", "/", "min"], "mg/min"),
    (&["g", "/", "dl"], "g/dL"),
    (&["mmol", "/", "l"], "mmol/L"),
    (&["meq", "/", "l"], "mEq/L"),
    (&["mosmol", "/", "kg"], "mOsmol"),
    (&["mosmol", "/", "l"], "mOsmol"),
    (&["bpm"], "per minute"),
    (&["beats", "per", "minute"], "per minute"),
    (&["times", "per", "minute"], "per minute"),
    (&["contractions", "per", "minute"], "per minute"),
    (&["impulses", "per", "minute"], "per minute"),
    (&["breaths", "per", "minute"], "breaths"),
    (&["times", "per", "day"], "per day"),
    (&["ml"], "mL"),
    (&["milliliters"], "mL"),
    (&["l"], "L"),
    (&["liters"], "L"),
    (&["ms"], "ms"),
    (&["milliseconds"], "ms"),
    (&["seconds"], "s"),
    (&["minutes"], "min"),
    (&["hours"], "h"),
    (&["days"], "d"),
    (&["weeks"], "weeks"),
    (&["months"], "months"),
    (&["years"], "years"),
    (&["cm"], "cm"),
    (&["mm"], "mm"),
    (&["µm"], "µm"),
    (&["μm"], "µm"),
    (&["micrometers"], "µm"),
    (&["nm"], "nm"),
    (&["m"], "m"),
    (&["meters"], "m"),
    (&["g"], "g"),
    (&["grams"], "g"),
    (&["mg"], "mg"),
    (&["kg"], "kg"),
    (&["kcal"], "kcal"),
    (&["milliosmoles"], "mOsmol"),
    (&["°", "c"], "°C"),
    (&["°c"], "°C"),
    (&["°", "f"], "°F"),
    (&["°f"], "°F"),
    (&["degrees", "celsius"], "°C"),
];

/// The value of '1,300', '0.5' or '70'; how many decimal places, and whether commas part thousands.
fn value(text: &str) -> Option<(f64, usize, bool)> {
    let grouped = text.contains(',');
    let bare = text.replace(',', "");
    if !bare.chars().all(|c| c.is_ascii_digit() || c == '.')
        || !bare.starts_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    let places = bare.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let well_grouped = !grouped || text.split(',').skip(1).all(|part| part.len() == 3);
    bare.parse().ok().filter(|value| *value > 0.0 && well_grouped).map(|value| (value, places, grouped))
}

/// Numbers from one to twelve as words.
pub(crate) const SPELLED: [&str; 12] =
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/// 3 for 'three'; `None` for what is no number from one to twelve in words.
pub(crate) fn count_in_words(text: &str) -> Option<u8> {
    let at = SPELLED.iter().position(|word| text.trim().eq_ignore_ascii_case(word))?;
    Some(at as u8 + 1)
}

/// A count in words: 'three layers'. One and two are said too often to be told.
fn counted(tokens: &[Token], at: usize) -> Option<Quantity> {
    let number = count_in_words(&tokens[at].lower).filter(|number| *number > 2)?;
    let thing = tokens.get(at + 1).filter(|t| t.gap && (t.tag.is_noun() || t.tag == Tag::Adj))?;
    let measured = UNITS.iter().any(|(words, _)| words[0] == thing.lower);
    (!measured).then(|| Quantity {
        low: f64::from(number),
        high: None,
        joint: String::new(),
        unit: String::new(),
        dimension: String::new(),
        places: 0,
        grouped: false,
        spelled: true,
        first: at,
        last: at + 1,
    })
}

/// All quantities among the tokens of a sentence. A number inside a name ('T3', 'type 2', '12-lead') is none.
pub(crate) fn quantities(tokens: &[Token]) -> Vec<Quantity> {
    let mut found = vec![];
    let mut at = 0;
    while at < tokens.len() {
        match quantity(tokens, at).or_else(|| counted(tokens, at)) {
            Some(quantity) => {
                at = quantity.last;
                found.push(quantity);
            }
            None => at += 1,
        }
    }
    found
}

fn quantity(tokens: &[Token], first: usize) -> Option<Quantity> {
    let (low, places, grouped) = value(&tokens[first].text)?;
    let before = first.checked_sub(1).map(|i| &tokens[i]);
    let named = before.is_some_and(|b| NUMBERED.contains(&b.lower.as_str()));
    // '−60 mV': the sign is part of the number, and what is below zero has no half and no double
    let signed = before.is_some_and(|b| matches!(b.text.as_str(), "−" | "–" | "-" | "+" | "±" | "/" | "."));
    if named || signed {
        return None;
    }
    let mut last = first + 1;
    let mut high = None;
    let mut joint = String::new();
    if let (Some(sign), Some(end)) = (tokens.get(last), tokens.get(last + 1)) {
        let between = before.is_some_and(|b| b.is("between"));
        let ranges =
            matches!(sign.text.as_str(), "–" | "-" | "—") || sign.is("to") || (sign.is("and") && between);
        if let Some((top, decimals, _)) = value(&end.text).filter(|_| ranges)
            && top > low
        {
            if decimals != places {
                return None;
            }
            joint = if !sign.is_word() { "–".into() } else { format!(" {} ", sign.lower) };
            high = Some(top);
            last += 2;
        }
    }
    let scale = tokens.get(last).filter(|t| matches!(t.lower.as_str(), "million" | "billion" | "trillion"));
    let from = last;
    last += usize::from(scale.is_some());
    let unit = UNITS.iter().find(|(words, _)| {
        tokens.len() >= last + words.len() && words.iter().zip(&tokens[last..]).all(|(w, t)| t.is(w))
    });
    let dimension = match unit {
        Some((words, dimension)) => {
            last += words.len();
            (*dimension).to_string()
        }
        // 'pH varies from 4.5 to 8.0': a scale of its own
        None if scale.is_none() && tokens[..first].iter().rev().take(9).any(|t| t.is("ph")) => "pH".into(),
        None => String::new(),
    };
    let mut unit = write(&tokens[from..last]);
    if last > from && tokens[from].gap {
        unit = format!(" {unit}");
    }
    let dimension = scale.map_or(dimension.clone(), |scale| format!("{} {dimension}", scale.lower));
    Some(Quantity { low, high, joint, unit, dimension, places, grouped, spelled: false, first, last })
}

/// Words after which a number is a name.
const NUMBERED: &[&str] = &[
    "type",
    "types",
    "stage",
    "phase",
    "step",
    "steps",
    "figure",
    "grade",
    "class",
    "chapter",
    "part",
    "vitamin",
    "factor",
    "table",
    "level",
    "group",
    "category",
    "lead",
    "nerve",
    "chromosome",
    "in",
    "since",
    "until",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::token::tokens_of;

    #[test]
    fn numbers_with_their_units() {
        for (sentence, expected) in [
            ("It ejects about 70 mL per beat.", vec![(70.0, None, " mL", "mL")]),
            (
                "It fires at 40–60 beats per minute.",
                vec![(40.0, Some(60.0), " beats per minute", "per minute")],
            ),
            ("It lasts between 250 and 300 ms.", vec![(250.0, Some(300.0), " ms", "ms")]),
            (
                "Some 10,000 fibers and 99 percent.",
                vec![(10_000.0, None, "", ""), (99.0, None, " percent", "percent")],
            ),
            ("There are 1.3 million nephrons.", vec![(1.3, None, " million", "million ")]),
            ("It flows at 5 L/min.", vec![(5.0, None, " L/min", "L/min")]),
            // parts of names, signs and fractions are no quantities
            ("In type 2 diabetes T3 and the 12-lead ECG at −60 mV and 1/3.", vec![(1.0, None, "", "")]),
        ] {
            let found: Vec<_> = quantities(&tokens_of(sentence))
                .into_iter()
                .map(|q| (q.low, q.high, q.unit, q.dimension))
                .collect();
            let expected: Vec<_> =
                expected.into_iter().map(|(l, h, u, d)| (l, h, u.to_string(), d.to_string())).collect();
            assert_eq!(found, expected, "{sentence}");
        }
    }
}
