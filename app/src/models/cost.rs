//! Figures as people read them: money, times, shares, tasks.

use crate::ui::Hue;

/// Nanodollars of a cent.
pub const CENT: i64 = 10_000_000;

/// Billionths of a dollar, to the cent.
pub fn dollars(nanodollars: i64) -> String {
    let cents = (nanodollars + CENT / 2).div_euclid(CENT);
    if cents == 0 && nanodollars > 0 {
        return "under\u{a0}$0.01".into();
    }
    format!("${}.{:02}", grouped(cents / 100), cents % 100)
}

/// With a comma for each thousand.
pub fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let parts: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|part| std::str::from_utf8(part).ok()).collect();
    parts.join(",")
}

/// Milliseconds as seconds; a dash for none.
pub fn seconds(ms: Option<i64>) -> String {
    match ms {
        Some(ms) if ms < 9_950 => format!("{}.{}\u{a0}s", (ms + 50) / 1000, (ms + 50) % 1000 / 100),
        Some(ms) => format!("{}\u{a0}s", (ms + 500) / 1000),
        None => "–".into(),
    }
}

/// A share in per cent.
pub fn share(part: i64, of: i64) -> String {
    match (part * 1000 + of / 2).checked_div(of).unwrap_or(0) {
        0 if part > 0 => "under 0.1\u{a0}%".into(),
        thousandths if thousandths % 10 == 0 => format!("{}\u{a0}%", thousandths / 10),
        thousandths => format!("{}.{}\u{a0}%", thousandths / 10, thousandths % 10),
    }
}

/// A task as an operator reads it, with its colour.
pub fn task(name: &str) -> (String, Hue) {
    let (words, hue) = match name {
        "tutor" => ("Tutor", Hue::Lav),
        "reason" => ("Think through", Hue::Lav),
        "plan" => ("Plan", Hue::Honey),
        "question" => ("Write questions", Hue::Sakura),
        "judge" => ("Check", Hue::Mint),
        "explain" => ("Explain", Hue::Coral),
        "analyse" => ("Read documents", Hue::Sky),
        "bulk" => ("Small things", Hue::Honey),
        "embedding" => ("Vectors for search", Hue::Plain),
        other => return (other.into(), Hue::Plain),
    };
    (words.into(), hue)
}

/// Why a call failed, as an operator reads it.
pub fn failure(outcome: &str) -> &str {
    match outcome {
        "key" => "The key was refused",
        "unpaid" => "The account has no money left",
        "unknown" => "The provider does not know the model",
        "limit" => "Too many requests",
        "trouble" => "The provider had trouble",
        "unreachable" => "It could not be reached",
        "silent" => "It did not begin in time",
        "stalled" => "It stopped in the middle",
        "broken" => "The connection broke",
        "too long" => "The text was too long",
        "refused" => "It did not want to answer",
        "request" => "It did not understand the request",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_told_to_the_cent() {
        for (nanodollars, told) in [
            (0, "$0.00"),
            (1, "under\u{a0}$0.01"),
            (4_999_999, "under\u{a0}$0.01"),
            (5_000_000, "$0.01"),
            (1_844_999_999, "$1.84"),
            (1_845_000_000, "$1.85"),
            (1_234_567_890_000_000, "$1,234,567.89"),
        ] {
            assert_eq!(dollars(nanodollars), told);
        }
    }

    #[test]
    fn times_and_shares_are_rounded() {
        assert_eq!(seconds(Some(949)), "0.9\u{a0}s");
        assert_eq!(seconds(Some(950)), "1.0\u{a0}s");
        assert_eq!(seconds(Some(9_960)), "10\u{a0}s");
        assert_eq!(seconds(None), "–");
        assert_eq!(share(0, 0), "0\u{a0}%");
        assert_eq!(share(41, 5_274), "0.8\u{a0}%");
        assert_eq!(share(1, 2), "50\u{a0}%");
        assert_eq!(share(1, 100_000), "under 0.1\u{a0}%");
        assert_eq!(grouped(1_000), "1,000");
    }
}
