//! From the days that the memory model asks for to the interval that is given, and its words.

use super::DAY;

/// Seconds until a forgotten card is looked at again.
const RELEARN: i64 = 600;
/// Seconds of the shortest interval after a card was recalled.
const SHORTEST: i64 = 1_800;
/// Days of the longest interval.
const LONGEST: f32 = 36_500.0;
const HOUR: i64 = 3_600;

/// Seconds for Again, Hard, Good and Easy out of the model's days for the last three; `spread` is random bits.
pub(super) fn intervals(hard: f32, good: f32, easy: f32, spread: u64) -> [i64; 4] {
    let hard = settle(hard, spread);
    let good = settle(good, spread).max(after(hard));
    let easy = settle(easy, spread).max(after(good));
    [RELEARN, hard, good, easy]
}

/// The next longer interval that reads differently on its button.
fn after(interval: i64) -> i64 {
    if interval < DAY { interval - interval % HOUR + HOUR } else { interval + DAY }
}

/// Below half a day hours, else whole days, spread from three days on.
fn settle(days: f32, spread: u64) -> i64 {
    let days = if days.is_finite() { days.clamp(0.0, LONGEST) } else { 1.0 };
    if days < 0.5 {
        let seconds = (days * DAY as f32) as i64;
        let whole = if seconds < HOUR { seconds - seconds % 600 } else { (seconds + HOUR / 2) / HOUR * HOUR };
        return whole.max(SHORTEST);
    }
    let whole = days.round().max(1.0);
    let (least, most) = if whole < 3.0 { (whole, whole) } else { around(days) };
    let choices = (most - least) as u64 + 1;
    DAY * (least as i64 + ((u128::from(spread) * u128::from(choices)) >> 64) as i64)
}

/// The whole days among which an interval is spread: a day, and 15 % of what lies between 2.5 and 7 days, 10 % up to
/// 20 days and 5 % above, to either side. The shares are those of Anki's scheduler.
fn around(days: f32) -> (f32, f32) {
    let part = |from: f32, to: f32, share: f32| share * (days.min(to) - from).max(0.0);
    let delta = 1.0 + part(2.5, 7.0, 0.15) + part(7.0, 20.0, 0.10) + part(20.0, f32::INFINITY, 0.05);
    ((days - delta).round().max(2.0), (days + delta).round().min(LONGEST))
}

/// An interval as it stands on a button: '10 min', '8 h', '3 days', '2 months', '1.5 years'.
pub fn interval_words(seconds: i64) -> String {
    const DAY: i64 = 86_400;
    let counted = |n: i64, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
    match seconds {
        s if s < 60 => "1 min".into(),
        s if s < 3_600 => format!("{} min", s / 60),
        s if s < DAY => format!("{} h", s / 3_600),
        s if s < 60 * DAY => counted(s / DAY, "day"),
        s if s < 365 * DAY => counted(s / (30 * DAY), "month"),
        s => {
            let years = s as f64 / (365.25 * DAY as f64);
            if years < 1.05 { "1 year".into() } else { format!("{years:.1} years") }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn intervals_by_example() {
        const FIRST: u64 = 0;
        const LAST: u64 = u64::MAX;
        for (days, spread, expected) in [
            (0.0, FIRST, 1_800),
            (0.03, FIRST, 2_400),
            (0.2466, LAST, 6 * HOUR),
            (0.49, LAST, 12 * HOUR),
            (0.5, LAST, DAY),
            (1.4, LAST, DAY),
            (2.49, LAST, 2 * DAY),
            (2.6, FIRST, 2 * DAY),
            (2.6, LAST, 4 * DAY),
            (10.0, FIRST, 8 * DAY),
            (10.0, LAST, 12 * DAY),
            (100.0, FIRST, 93 * DAY),
            (100.0, LAST, 107 * DAY),
            (1e9, LAST, 36_500 * DAY),
            (f32::NAN, LAST, DAY),
        ] {
            assert_eq!(settle(days, spread), expected, "{days} days");
        }
        assert_eq!(intervals(0.2, 0.2, 0.2, 0), [600, 5 * HOUR, 6 * HOUR, 7 * HOUR]);
        assert_eq!(intervals(1.0, 1.0, 1.0, 0), [600, DAY, 2 * DAY, 3 * DAY]);
        assert_eq!(intervals(0.02, 0.02, 9.0, 0), [600, 1_800, HOUR, 7 * DAY]);
    }

    #[test]
    fn intervals_have_words() {
        for (seconds, words) in [
            (0, "1 min"),
            (RELEARN, "10 min"),
            (6 * HOUR, "6 h"),
            (DAY, "1 day"),
            (24 * DAY, "24 days"),
            (75 * DAY, "2 months"),
            (366 * DAY, "1 year"),
            (548 * DAY, "1.5 years"),
        ] {
            assert_eq!(interval_words(seconds), words);
        }
    }

    proptest! {
        #[test]
        fn the_spread_stays_within_a_third(days in 3.0_f32..30_000.0, spread: u64) {
            let got = settle(days, spread) as f32 / DAY as f32;
            prop_assert!((got - days).abs() <= 2.0_f32.max(days / 3.0), "{days} became {got}");
        }
    }
}
