//! Chance that can be repeated: numbers out of a seed. Refuses: real randomness, which is the server's to bring.

use uuid::Uuid;

/// SplitMix64 (Steele, Lea and Flood 2014): small, fast, good enough to shuffle and to spread, not for secrets.
#[derive(Debug, Clone)]
pub struct Seeded(u64);

impl Seeded {
    /// From a number.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// From an id and a counter, so that one thing draws anew each time.
    pub fn of(id: Uuid, turn: u64) -> Self {
        let (high, low) = id.as_u64_pair();
        let mut mixed = Self(high ^ low.rotate_left(32));
        let base = mixed.next();
        Self(base ^ turn.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    /// The next number.
    #[expect(clippy::should_implement_trait, reason = "it never ends, so it is no iterator to loop over")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 up to `end`, exclusive; 0 if `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    /// Puts things in an order of its own (Fisher and Yates).
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_order_of_three_comes_about_equally_often() {
        let mut seen = std::collections::BTreeMap::<[u8; 3], u32>::new();
        let mut chance = Seeded::new(7);
        for _ in 0..6_000 {
            let mut things = [1, 2, 3];
            chance.shuffle(&mut things);
            *seen.entry(things).or_default() += 1;
        }
        assert_eq!(seen.len(), 6);
        assert!(seen.values().all(|n| (850..1_150).contains(n)), "{seen:?}");
    }

    proptest! {
        #[test]
        fn it_stays_below_and_repeats(seed: u64, turn: u64, end in 1_usize..1_000) {
            let id = Uuid::from_u128(u128::from(seed));
            let first = Seeded::of(id, turn).below(end);
            prop_assert!(first < end);
            prop_assert_eq!(first, Seeded::of(id, turn).below(end));
        }
    }
}
