//! How long is waited, and how often is tried again. Owns: the limits, and the growing pauses. Refuses: waiting.

use std::time::Duration;

/// Tries of one model for one request.
pub const TRIES: u32 = 3;
/// A provider that wants to be left alone for longer is not waited for: another one is asked.
pub const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// How long a provider is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// For a connection.
    pub connect: Duration,
    /// For the first word, from the request on.
    pub first: Duration,
    /// For each piece after it.
    pub between: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(4),
            first: Duration::from_secs(30),
            between: Duration::from_secs(15),
        }
    }
}

/// The pause before try number `tries` (from 1: the second try), if there is one. `chance` is from 0 to 1 and spreads those who
/// failed together ('full jitter': M. Brooker, 'Exponential Backoff And Jitter', AWS Architecture Blog, 2015). A provider's
/// own wish is kept, and refused where it is longer than [`LONGEST_WAIT`].
pub fn pause(tries: u32, wish: Option<Duration>, chance: f64) -> Option<Duration> {
    if tries >= TRIES {
        return None;
    }
    let grown = Duration::from_millis(300) * 2_u32.pow(tries.saturating_sub(1));
    let jitter = grown.mul_f64(chance.clamp(0.0, 1.0));
    match wish {
        Some(wish) if wish > LONGEST_WAIT => None,
        Some(wish) => Some(wish + jitter / 4),
        None => Some(jitter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        assert_eq!(pause(1, None, 1.0), Some(Duration::from_millis(300)));
        assert_eq!(pause(2, None, 1.0), Some(Duration::from_millis(600)));
        assert_eq!(pause(2, None, 0.5), Some(Duration::from_millis(300)));
        assert_eq!(pause(3, None, 1.0), None);
    }

    #[test]
    fn a_wish_is_kept_or_another_is_asked() {
        let second = Duration::from_secs(1);
        assert!(pause(1, Some(second), 0.0).is_some_and(|pause| pause >= second));
        assert_eq!(pause(1, Some(Duration::from_secs(20)), 0.0), None);
    }
}
