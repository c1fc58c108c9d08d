//! A calendar day as words. Days come as `YYYY-MM-DD` in the learner's zone; nothing here asks a clock.

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Year, month and day of `YYYY-MM-DD`; `None` if it is no such day.
fn parts(date: &str) -> Option<(i32, u32, u32)> {
    let mut parts = date.splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok().filter(|month| (1..=12).contains(month))?;
    let day = parts.next()?.parse().ok().filter(|day| (1..=31).contains(day))?;
    Some((year, month, day))
}

/// Day of the week from 0 for Sunday (Sakamoto's method).
fn weekday(year: i32, month: u32, day: u32) -> usize {
    const SHIFT: [i32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    let year = if month < 3 { year - 1 } else { year };
    let sum = year + year / 4 - year / 100 + year / 400 + SHIFT[month as usize - 1] + day as i32;
    sum.rem_euclid(7) as usize
}

/// 'Tuesday, 12 May', or '12 May' without the day of the week.
pub(crate) fn words(date: &str, with_weekday: bool) -> Option<String> {
    let (year, month, day) = parts(date)?;
    let date = format!("{day}\u{a0}{}", MONTHS[month as usize - 1]);
    Some(if with_weekday { format!("{}, {date}", WEEKDAYS[weekday(year, month, day)]) } else { date })
}

/// Place of a day in a week that begins on Monday, from 0.
pub(crate) fn place_in_week(date: &str) -> Option<usize> {
    let (year, month, day) = parts(date)?;
    Some((weekday(year, month, day) + 6) % 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_names() {
        for (date, named, place) in [
            ("2026-05-12", "Tuesday, 12\u{a0}May", 1),
            ("2024-02-29", "Thursday, 29\u{a0}February", 3),
            ("2000-01-01", "Saturday, 1\u{a0}January", 5),
            ("2026-11-22", "Sunday, 22\u{a0}November", 6),
        ] {
            assert_eq!(words(date, true).as_deref(), Some(named));
            assert_eq!(place_in_week(date), Some(place));
        }
        for wrong in ["", "2026-13-01", "12 May", "2026-05"] {
            assert_eq!(words(wrong, false), None, "{wrong}");
        }
    }
}
