//! Streaks: days in a row on which something was learned, with rest days that are earned.
//!
//! Seven days of learning save a rest day, two at most. A gap that the saved days can bridge is bridged and the
//! streak goes on; one that they cannot ends the streak and leaves the saved days alone: coming back is never
//! punished. Days are numbers in the learner's own calendar, so that clock changes do not matter.

use serde::{Deserialize, Serialize};

/// A day of the week strip.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeekDay {
    /// Still to come, or today without anything yet, or before the learner's first day.
    #[default]
    Open,
    /// Something was learned.
    Done,
    /// A saved rest day stood in.
    Rested,
    /// Nothing, and no rest day was left.
    Missed,
}

/// Rest days that can be saved.
pub const MOST_SAVED: u32 = 2;
/// Days of learning that save one.
pub const DAYS_PER_REST: u32 = 7;

/// How a learner stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Streak {
    /// Days of learning in a row; rest days keep it and do not add to it.
    pub length: u32,
    /// The longest ever.
    pub best: u32,
    /// Rest days saved, those that bridge the days up to yesterday taken off.
    pub saved: u32,
    /// This week, Monday first.
    pub week: [WeekDay; 7],
    /// Whether today counts already.
    pub today: bool,
}

/// Day of the week of a day number: 0 for Monday to 6 for Sunday. 1970-01-01, day 0, was a Thursday.
pub fn weekday(day: i32) -> usize {
    (i64::from(day) + 3).rem_euclid(7) as usize
}

/// From the days on which something was learned (in any order, doubles allowed) and today. Days after today, left
/// by a journey to the west, count as today.
pub fn streak(days: &[i32], today: i32) -> Streak {
    let mut days: Vec<i32> = days.iter().map(|day| (*day).min(today)).collect();
    days.sort_unstable();
    days.dedup();

    let (mut length, mut best, mut saved, mut towards) = (0, 0, 0, 0);
    let mut rested: Vec<i32> = vec![];
    let mut last: Option<i32> = None;
    let mut bridge = |from: i32, to: i32, length: &mut u32, saved: &mut u32| {
        let gap = u32::try_from(i64::from(to) - i64::from(from) - 1).unwrap_or(0);
        if gap > *saved {
            *length = 0;
        } else {
            *saved -= gap;
            rested.extend(from + 1..to);
        }
    };
    for &day in &days {
        if let Some(last) = last {
            bridge(last, day, &mut length, &mut saved);
        }
        last = Some(day);
        length += 1;
        best = best.max(length);
        towards += 1;
        if towards == DAYS_PER_REST {
            towards = 0;
            saved = (saved + 1).min(MOST_SAVED);
        }
    }
    if let Some(last) = last {
        bridge(last, today, &mut length, &mut saved);
    }

    let monday = today - weekday(today) as i32;
    let week = std::array::from_fn(|index| {
        let day = monday + index as i32;
        if days.binary_search(&day).is_ok() {
            WeekDay::Done
        } else if rested.contains(&day) {
            WeekDay::Rested
        } else if day >= today || days.first().is_none_or(|first| day < *first) {
            WeekDay::Open
        } else {
            WeekDay::Missed
        }
    });
    Streak { length, best, saved, week, today: last == Some(today) }
}

#[cfg(test)]
mod tests {
    use super::{WeekDay::*, *};
    use proptest::prelude::*;

    /// A Monday.
    const MONDAY: i32 = 20_416;

    #[test]
    fn the_week_begins_on_monday() {
        assert_eq!(weekday(0), 3);
        assert_eq!(weekday(-3), 0);
        assert_eq!(weekday(MONDAY), 0);
        assert_eq!(weekday(MONDAY + 6), 6);
    }

    #[test]
    fn streaks_by_example() {
        let run = |from: i32, n: i32| (from..from + n).collect::<Vec<_>>();
        let m = MONDAY;
        // days, today -> length, best, saved, today counts
        for (days, today, expected) in [
            (vec![], m, (0, 0, 0, false)),
            (vec![m], m, (1, 1, 0, true)),
            (vec![m - 1], m, (1, 1, 0, false)),
            (vec![m - 2], m, (0, 1, 0, false)),
            (run(m - 6, 7), m, (7, 7, 1, true)),
            (run(m - 7, 7), m, (7, 7, 1, false)),
            // one saved day bridges yesterday
            (run(m - 8, 7), m, (7, 7, 0, false)),
            // two missing days are too many for one, which stays saved
            (run(m - 9, 7), m, (0, 7, 1, false)),
            ([run(m - 9, 7), vec![m]].concat(), m, (1, 7, 1, true)),
            ([run(m - 8, 7), vec![m]].concat(), m, (8, 8, 0, true)),
            (run(m - 29, 30), m, (30, 30, 2, true)),
            // doubles, any order, and a day that a journey left in the future
            (vec![m, m - 1, m, m + 1], m, (2, 2, 0, true)),
        ] {
            let s = streak(&days, today);
            assert_eq!((s.length, s.best, s.saved, s.today), expected, "{days:?} at {today}");
        }
    }

    #[test]
    fn the_week_strip_shows_learning_rest_and_gaps() {
        let thursday = MONDAY + 3;
        let long = (MONDAY - 13..MONDAY + 1).collect::<Vec<_>>();
        assert_eq!(streak(&long, thursday).week, [Done, Rested, Rested, Open, Open, Open, Open]);
        let short = [MONDAY];
        assert_eq!(streak(&short, thursday).week, [Done, Missed, Missed, Open, Open, Open, Open]);
        let new = [MONDAY + 2];
        assert_eq!(streak(&new, thursday).week, [Open, Open, Done, Open, Open, Open, Open]);
    }

    proptest! {
        #[test]
        fn it_never_exceeds_the_days_learned(days in prop::collection::vec(0..60_i32, 0..80), today in 0..60_i32) {
            let s = streak(&days, today);
            let distinct = days.iter().collect::<std::collections::BTreeSet<_>>().len() as u32;
            prop_assert!(s.length <= s.best && s.best <= distinct && s.saved <= MOST_SAVED, "{s:?}");
            prop_assert_eq!(s.today, days.iter().any(|day| *day >= today));
        }

        #[test]
        fn learning_today_never_makes_it_worse(days in prop::collection::vec(0..60_i32, 0..80), today in 0..60_i32) {
            let before = streak(&days, today);
            let after = streak(&[days, vec![today]].concat(), today);
            let adds = u32::from(!before.today);
            prop_assert_eq!(after.length, before.length + adds);
            prop_assert!(after.saved >= before.saved && after.best >= before.best);
        }
    }
}
