//! When something comes back, in words. The server's clock is an argument.

use domain::schedule::interval_words;

/// Two clocks agree no better, ms: what is due within it is due now.
const SLACK: i64 = 30_000;

/// 'in 10 min', 'tomorrow', 'in 9 days'; 'now' for what is due already. Both times are milliseconds since 1970.
pub fn comes_back(due: i64, now: i64) -> String {
    if due - now < SLACK {
        return "now".into();
    }
    // rounded up to the next half minute: what was set to 10 min a moment ago still says so
    let seconds = (due - now + 29_999).div_euclid(1_000);
    const HOUR: i64 = 3_600;
    match seconds {
        s if (23 * HOUR + HOUR / 2..25 * HOUR).contains(&s) => "tomorrow".into(),
        s => format!("in {}", interval_words(s)),
    }
}

/// '9 days ago', 'today'.
pub fn seen(then: i64, now: i64) -> String {
    match (now - then) / 1_000 {
        s if s < 60 => "just now".into(),
        s => format!("{} ago", interval_words(s)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_in_words() {
        const MINUTE: i64 = 60_000;
        const DAY: i64 = 1_440 * MINUTE;
        for (after, words) in [
            (-DAY, "now"),
            (0, "now"),
            (4_000, "now"),
            (10 * MINUTE - 900, "in 10 min"),
            (5 * 60 * MINUTE, "in 5 h"),
            (DAY, "tomorrow"),
            (DAY - 20 * MINUTE, "tomorrow"),
            (3 * DAY, "in 3 days"),
        ] {
            assert_eq!(comes_back(1_000_000 + after, 1_000_000), words);
        }
        assert_eq!(seen(0, 9 * DAY), "9 days ago");
        assert_eq!(seen(0, 1_000), "just now");
    }
}
