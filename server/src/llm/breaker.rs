//! When a provider is left alone. Owns: the circuit breaker as a table of states. Refuses: the clock; time is an argument.
//!
//! After some failures in a row a provider is asked nothing for a while; then one request is let through, and what becomes
//! of it decides (M. Nygard, 'Release It!', 2007, chapter 5). A provider that says how long it wants to be left alone is
//! believed.

use std::time::Duration;

/// Failures in a row after which a provider is left alone.
const FAILURES: u32 = 3;
/// The first pause, ms; each further one is twice as long.
const PAUSE: i64 = 5_000;
/// The longest pause, ms.
const LONGEST: i64 = 5 * 60_000;

/// The breaker of one provider. Times are milliseconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Breaker {
    failures: u32,
    /// Until when it is left alone.
    open_until: i64,
    /// The last pause that was no provider's wish.
    pause: i64,
    /// Until when the one request that tries it out is waited for.
    trying_until: i64,
}

/// How a breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is asked.
    Closed,
    /// It is left alone.
    Open,
    /// One request tries it out.
    Trying,
}

impl Standing {
    /// One word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::Trying => "half-open",
        }
    }
}

impl Breaker {
    /// How it stands.
    pub fn standing(&self, now: i64) -> Standing {
        match () {
            () if now < self.open_until => Standing::Open,
            () if self.failures >= FAILURES || self.open_until > 0 => Standing::Trying,
            () => Standing::Closed,
        }
    }

    /// Until when it is left alone; `None` where it is not.
    pub fn open_until(&self, now: i64) -> Option<i64> {
        (self.standing(now) == Standing::Open).then_some(self.open_until)
    }

    /// Ends the pause of an open one: the next request tries it out. False: it is not open.
    pub fn try_now(&mut self, now: i64) -> bool {
        let open = self.standing(now) == Standing::Open;
        if open {
            // not 0, which would say that it has never been open
            self.open_until = now.max(1);
        }
        open
    }

    /// Whether a request may go out now; of an open one whose pause is over, the first alone. `patience` is how long
    /// that one may take before another may try.
    pub fn admits(&mut self, now: i64, patience: Duration) -> bool {
        match self.standing(now) {
            Standing::Closed => true,
            Standing::Open => false,
            Standing::Trying if now < self.trying_until => false,
            Standing::Trying => {
                self.trying_until = now + patience.as_millis() as i64;
                true
            }
        }
    }

    /// It answered.
    pub fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// Whoever asked gave up before anything was known.
    pub fn abandoned(&mut self) {
        self.trying_until = 0;
    }

    /// It failed; `wish` is how long it wants to be left alone.
    pub fn failed(&mut self, now: i64, wish: Option<Duration>) {
        self.failures = self.failures.saturating_add(1);
        self.trying_until = 0;
        if let Some(wish) = wish {
            let until = now + (wish.as_millis() as i64).min(LONGEST);
            self.open_until = self.open_until.max(until);
        } else if self.failures >= FAILURES {
            self.pause = (self.pause * 2).clamp(PAUSE, LONGEST);
            self.open_until = self.open_until.max(now + self.pause);
        }
    }

    /// It refuses the key, or does not know the model: waiting a moment cannot help.
    pub fn refused(&mut self, now: i64) {
        self.failures = self.failures.max(FAILURES);
        self.trying_until = 0;
        self.open_until = now + LONGEST;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    #[test]
    fn three_failures_open_it_and_one_request_tries_it_out() {
        let mut breaker = Breaker::default();
        for _ in 0..2 {
            breaker.failed(1_000, None);
            assert!(breaker.admits(1_000, PATIENCE));
        }
        breaker.failed(1_000, None);
        assert_eq!(breaker.standing(1_000), Standing::Open);
        assert!(!breaker.admits(1_000 + PAUSE - 1, PATIENCE));
        let after = 1_000 + PAUSE;
        assert_eq!(breaker.standing(after), Standing::Trying);
        assert!(breaker.admits(after, PATIENCE));
        assert!(!breaker.admits(after, PATIENCE), "one at a time");
        breaker.failed(after, None);
        assert!(!breaker.admits(after + 2 * PAUSE - 1, PATIENCE), "the second pause is twice as long");
        assert!(breaker.admits(after + 2 * PAUSE, PATIENCE));
        breaker.succeeded();
        assert_eq!(breaker, Breaker::default());
    }

    #[test]
    fn an_open_one_is_tried_now_by_one_request_and_opens_again_if_that_fails() {
        let mut breaker = Breaker::default();
        assert!(!breaker.try_now(500), "it is asked anyway");
        breaker.refused(1_000);
        assert_eq!(breaker.open_until(1_000), Some(1_000 + LONGEST));
        assert!(breaker.try_now(2_000));
        assert_eq!((breaker.standing(2_000), breaker.open_until(2_000)), (Standing::Trying, None));
        assert!(breaker.admits(2_000, PATIENCE));
        assert!(!breaker.admits(2_000, PATIENCE), "one at a time");
        breaker.refused(2_500);
        assert_eq!(breaker.standing(2_500), Standing::Open);
        // one that only wished for a pause
        let mut breaker = Breaker::default();
        breaker.failed(0, Some(Duration::from_secs(20)));
        assert!(breaker.try_now(0));
        assert_eq!(breaker.standing(1), Standing::Trying);
    }

    #[test]
    fn who_tries_it_out_and_never_comes_back_does_not_keep_it_open() {
        let mut breaker = Breaker::default();
        (0..3).for_each(|_| breaker.failed(0, None));
        assert!(breaker.admits(PAUSE, PATIENCE));
        assert!(!breaker.admits(PAUSE + 9_999, PATIENCE));
        assert!(breaker.admits(PAUSE + 10_000, PATIENCE), "patience is over");
        breaker.abandoned();
        assert!(breaker.admits(PAUSE + 10_001, PATIENCE));
    }

    #[test]
    fn a_wish_is_believed_and_bounded() {
        let mut breaker = Breaker::default();
        breaker.failed(0, Some(Duration::from_secs(20)));
        assert!(!breaker.admits(19_999, PATIENCE));
        assert!(breaker.admits(20_000, PATIENCE));
        breaker.succeeded();
        breaker.failed(0, Some(Duration::from_secs(86_400)));
        assert!(breaker.admits(LONGEST, PATIENCE));
        let mut breaker = Breaker::default();
        breaker.refused(0);
        assert!(!breaker.admits(LONGEST - 1, PATIENCE));
    }

    proptest! {
        #[test]
        fn it_is_never_shut_for_good(steps in prop::collection::vec((0i64..100_000, 0u8..5), 0..40)) {
            let mut breaker = Breaker::default();
            let mut now = 0;
            for (passed, what) in steps {
                now += passed;
                match what {
                    0 => breaker.failed(now, None),
                    1 => breaker.failed(now, Some(Duration::from_secs(30))),
                    2 => breaker.succeeded(),
                    3 => breaker.refused(now),
                    _ => { breaker.admits(now, PATIENCE); }
                }
            }
            prop_assert!(breaker.admits(now + LONGEST + PATIENCE.as_millis() as i64, PATIENCE));
        }
    }
}
