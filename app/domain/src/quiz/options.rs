//! The order in which options are shown.

use crate::seed::Seeded;

/// Indices into `options`, in the order in which they are shown: shuffled by the seed, or, where all of them are
/// numbers of one unit, from small to large.
pub fn order(options: &[&str], chance: &mut Seeded) -> Vec<u8> {
    let mut shown: Vec<u8> = (0..options.len().min(usize::from(u8::MAX)) as u8).collect();
    let amounts: Option<Vec<(f64, String)>> = options.iter().map(|option| amount(option)).collect();
    match amounts {
        Some(amounts) if amounts.windows(2).all(|pair| pair[0].1 == pair[1].1) => {
            shown.sort_by(|a, b| amounts[usize::from(*a)].0.total_cmp(&amounts[usize::from(*b)].0));
        }
        _ => chance.shuffle(&mut shown),
    }
    shown
}

/// The number that an option begins with, and what else stands in it without any digits ('5\u{2013}10 mL' is 5 and
/// '\u{2013} mL'). A count in words is a number too. `None` if it does not begin with one.
fn amount(option: &str) -> Option<(f64, String)> {
    if let Some(count) = crate::question::count_in_words(option) {
        return Some((f64::from(count), "in words".into()));
    }
    let text = option.trim().trim_start_matches(['~', '≈', '<', '>', '≤', '≥', ' ']);
    let (sign, text) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (-1.0, rest),
        None => (1.0, text),
    };
    let length = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(text.len());
    // a comma parts thousands here: three digits follow each
    let number = text[..length].trim_end_matches(['.', ',']);
    let groups: Vec<&str> = number.split(',').collect();
    let plain =
        groups.len() == 1 || groups[1..].iter().all(|group| group.split('.').next().map(str::len) == Some(3));
    let value: f64 = if plain { number.replace(',', "") } else { number.replace(',', ".") }.parse().ok()?;
    let rest = text[number.len()..].chars().filter(|c| !c.is_ascii_digit() && !matches!(c, '.' | ','));
    let unit: String = rest.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    Some((sign * value, unit.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown<'o>(options: &[&'o str], seed: u64) -> Vec<&'o str> {
        order(options, &mut Seeded::new(seed)).into_iter().map(|index| options[usize::from(index)]).collect()
    }

    #[test]
    fn numbers_of_one_unit_are_sorted() {
        for (options, expected) in [
            (["12 mL", "3 mL", "120 mL"], ["3 mL", "12 mL", "120 mL"]),
            (["1,200", "90", "4,000.5"], ["90", "1,200", "4,000.5"]),
            (["0,5 g", "0,25 g", "2 g"], ["0,25 g", "0,5 g", "2 g"]),
            (["10–20 %", "5–9 %", "21–30 %"], ["5–9 %", "10–20 %", "21–30 %"]),
            (["nine", "two", "eleven"], ["two", "nine", "eleven"]),
            (["−70 mV", "30 mV", "-90 mV"], ["-90 mV", "−70 mV", "30 mV"]),
        ] {
            assert_eq!(shown(&options, 3), expected);
        }
    }

    #[test]
    fn words_and_mixed_units_are_shuffled() {
        for options in [["AV node", "SA node", "Bundle of His"], ["3 days", "2 weeks", "1 month"]] {
            let orders: std::collections::BTreeSet<_> = (0..60).map(|seed| shown(&options, seed)).collect();
            assert_eq!(orders.len(), 6, "{options:?}");
        }
    }

    proptest! {
        #[test]
        fn every_option_is_shown_once(options in prop::collection::vec(".{0,12}", 0..6), seed: u64) {
            let options: Vec<&str> = options.iter().map(String::as_str).collect();
            let mut order = order(&options, &mut Seeded::new(seed));
            order.sort_unstable();
            prop_assert_eq!(order, (0..options.len() as u8).collect::<Vec<_>>());
        }
    }
}
