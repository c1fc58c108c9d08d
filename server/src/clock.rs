//! Time and ids: the one place that asks the machine for either. Everything else takes them as arguments.

use jiff::{Timestamp, ToSpan, Zoned, tz::TimeZone};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use uuid::Uuid;

/// The machine's clock, which tests can put forward.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// Milliseconds since 1970, UTC.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        since.as_millis() as i64 + self.ahead.load(Ordering::Relaxed)
    }

    /// A new id, ordered by time.
    #[expect(clippy::disallowed_methods, reason = "this is where ids come from")]
    pub fn id(&self) -> Uuid {
        Uuid::now_v7()
    }

    /// Puts the clock forward by this many milliseconds, for everyone who holds it.
    pub fn advance(&self, ms: i64) {
        self.ahead.fetch_add(ms, Ordering::Relaxed);
    }
}

/// Milliseconds of a day of UTC.
const DAY_MS: i64 = 86_400_000;

/// The day of UTC at `now` (milliseconds since 1970), counted from 1970: what budgets and books go by.
pub fn utc_day(now: i64) -> i64 {
    now.div_euclid(DAY_MS)
}

/// When a day of UTC begins, milliseconds since 1970.
pub fn utc_start(day: i64) -> i64 {
    day * DAY_MS
}

/// A moment as the learner's own calendar shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// Days since 1970-01-01 in the learner's zone.
    pub day: i32,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// 0 for Monday to 6 for Sunday.
    pub weekday: u8,
    /// When this day ends, milliseconds since 1970 UTC: the first moment of the next day.
    pub day_ends: i64,
    /// When the next day ends.
    pub tomorrow_ends: i64,
}

/// The learner's calendar at `now` (milliseconds since 1970). An unknown zone counts as UTC: a stored name can
/// vanish from the zone database, and that must not stop a review.
pub fn local_time(now: i64, zone: &str) -> LocalTime {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let local = Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone);
    let end_after = |days: i64| {
        let start =
            local.date().checked_add(days.days()).and_then(|date| date.to_zoned(local.time_zone().clone()));
        start.map_or(now, |start: Zoned| start.timestamp().as_millisecond())
    };
    let epoch = jiff::civil::date(1970, 1, 1);
    LocalTime {
        day: local.date().since(epoch).map_or(0, |span| span.get_days()),
        hour: local.hour() as u8,
        weekday: local.weekday().to_monday_zero_offset() as u8,
        day_ends: end_after(1),
        tomorrow_ends: end_after(2),
    }
}

/// When a day begins in a zone, milliseconds since 1970. An unknown zone counts as UTC.
pub fn start_of_day(day: i32, zone: &str) -> i64 {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let date = jiff::civil::date(1970, 1, 1).checked_add(i64::from(day).days());
    let start = date.and_then(|date| date.to_zoned(zone));
    start.map_or_else(|_| utc_start(i64::from(day)), |start| start.timestamp().as_millisecond())
}

/// The date of a day number as `YYYY-MM-DD`.
pub fn date_of(day: i32) -> String {
    let date = jiff::civil::date(1970, 1, 1).checked_add(i64::from(day).days());
    date.map_or_else(|_| String::new(), |date| date.to_string())
}

/// The day number of `YYYY-MM-DD`.
pub fn day_of(date: &str) -> Option<i32> {
    let date: jiff::civil::Date = date.parse().ok()?;
    date.since(jiff::civil::date(1970, 1, 1)).ok().map(|span| span.get_days())
}

/// Whether the zone database knows this name.
pub fn is_time_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    #[test]
    fn a_day_is_the_learners_own() {
        let noon = 1_764_072_000_000; // 2025-11-25 12:00 UTC
        assert_eq!(local_time(noon, "UTC").day, day_of("2025-11-25").unwrap());
        assert_eq!(local_time(noon, "Pacific/Kiritimati").day, day_of("2025-11-26").unwrap());
        assert_eq!(local_time(noon, "Europe/Berlin").hour, 13);
        assert_eq!(local_time(noon, "Europe/Berlin").weekday, 1);
        assert_eq!(local_time(noon, "No/Where"), local_time(noon, "UTC"));
    }

    #[test]
    fn a_day_of_daylight_saving_has_23_or_25_hours() {
        let spring = 1_774_738_800_000; // 2026-03-29 00:00 in Berlin
        let local = local_time(spring, "Europe/Berlin");
        assert_eq!((local.hour, local.day_ends - spring), (0, 23 * HOUR));
        assert_eq!(start_of_day(local.day, "Europe/Berlin"), spring);
        let autumn = 1_792_879_200_000; // 2026-10-25 00:00 in Berlin
        let local = local_time(autumn, "Europe/Berlin");
        assert_eq!((local.hour, local.day_ends - autumn), (0, 25 * HOUR));
    }

    #[test]
    fn dates_and_day_numbers_are_inverse() {
        for date in ["1970-01-01", "2024-02-29", "2026-11-24"] {
            assert_eq!(date_of(day_of(date).unwrap()), date);
        }
        assert_eq!(day_of("2026-13-01"), None);
    }
}
