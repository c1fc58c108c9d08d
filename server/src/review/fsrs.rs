//! The memory model: FSRS-6 of the `fsrs` crate with its 21 default parameters. Refuses: deciding what is done with
//! a memory (`domain::schedule`).

use domain::schedule::{Memory, MemoryModel};
use fsrs::{DEFAULT_PARAMETERS, FSRS, FSRS6_DEFAULT_DECAY, MemoryState, current_retrievability};

/// FSRS-6.
#[derive(Debug, Clone, Default)]
pub struct Fsrs(FSRS);

impl Fsrs {
    /// With parameters of one's own; `None` if FSRS does not take them.
    #[cfg(test)]
    fn with(parameters: &[f32]) -> Option<Self> {
        FSRS::new(parameters).ok().map(Self)
    }
}

/// Within what FSRS takes, whatever the database held.
fn sound(memory: Memory) -> MemoryState {
    let or = |value: f32, other: f32| if value.is_finite() { value } else { other };
    MemoryState {
        stability: or(memory.stability, DEFAULT_PARAMETERS[0]).clamp(0.001, 36_500.0),
        difficulty: or(memory.difficulty, 5.0).clamp(1.0, 10.0),
    }
}

impl MemoryModel for Fsrs {
    fn after(&self, memory: Option<Memory>, days: u32) -> [Memory; 4] {
        let kept = |state: MemoryState| Memory { stability: state.stability, difficulty: state.difficulty };
        let before = memory.map(sound);
        // the target of recall does not change the memory, and a sound memory is never refused
        match self.0.next_states(before, 0.9, days) {
            Ok(next) => [next.again, next.hard, next.good, next.easy].map(|state| kept(state.memory)),
            Err(_) => {
                [kept(before.unwrap_or_else(|| {
                    sound(Memory { stability: DEFAULT_PARAMETERS[0], difficulty: DEFAULT_PARAMETERS[4] })
                })); 4]
            }
        }
    }

    fn interval(&self, stability: f32, retention: f32) -> f32 {
        self.0.next_interval(Some(stability), retention.clamp(0.7, 0.97), 3)
    }

    fn recall(&self, memory: Memory, days: f32) -> f32 {
        current_retrievability(sound(memory), days.max(0.0), FSRS6_DEFAULT_DECAY).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::schedule::Rating;

    /// The 19 parameters (FSRS-5) of the crate's own tests (`inference.rs`, fsrs 6.6.2).
    const REFERENCE: [f32; 19] = [
        0.6845422,
        1.6790825,
        4.7349424,
        10.042885,
        7.4410233,
        0.64219797,
        1.071918,
        0.0025195254,
        1.432437,
        0.1544,
        0.8692766,
        2.0696752,
        0.0953,
        0.2975,
        2.4691248,
        0.19542035,
        3.201072,
        0.18046261,
        0.121442534,
    ];

    fn near(a: f32, b: f32) -> bool {
        (a - b).abs() <= 1e-4
    }

    fn run(model: &Fsrs, reviews: &[(Rating, u32)]) -> Memory {
        let mut memory = None;
        for (rating, days) in reviews {
            memory = Some(model.after(memory, *days)[rating.index()]);
        }
        memory.unwrap()
    }

    #[test]
    fn a_new_card_has_the_reference_memories() {
        let expected = [(0.212, 6.4133), (1.2931, 5.112_170_7), (2.3065, 2.118_104), (8.2956, 1.0)];
        for (got, (stability, difficulty)) in Fsrs::default().after(None, 0).iter().zip(expected) {
            assert!(near(got.stability, stability) && near(got.difficulty, difficulty), "{got:?}");
        }
    }

    #[test]
    fn a_history_ends_in_the_reference_memory() {
        use Rating::{Again, Good};
        let history = [(Again, 0), (Good, 0), (Good, 1), (Good, 3), (Good, 8), (Good, 21)];
        let memory = run(&Fsrs::default(), &history);
        assert!(near(memory.stability, 53.626_91) && near(memory.difficulty, 6.357_486_7), "{memory:?}");
        let mut frozen = DEFAULT_PARAMETERS;
        frozen[17..20].fill(0.0);
        let memory = run(&Fsrs::with(&frozen).unwrap(), &history);
        assert!(near(memory.stability, 53.335_106) && near(memory.difficulty, 6.357_486_7), "{memory:?}");
    }

    #[test]
    fn all_four_grades_match_the_reference() {
        use Rating::{Again, Good};
        let model = Fsrs::with(&REFERENCE).unwrap();
        let memory = run(&model, &[(Again, 0), (Good, 1), (Good, 3), (Good, 8)]);
        let expected = [
            (2.969_145_5, 8.000_659),
            (17.091_452, 7.691_393_4),
            (31.722_992, 7.382_128),
            (71.7502, 7.072_862_6),
        ];
        for (got, (stability, difficulty)) in model.after(Some(memory), 21).iter().zip(expected) {
            assert!(near(got.stability, stability) && near(got.difficulty, difficulty), "{got:?}");
        }
    }

    #[test]
    fn intervals_and_recall_agree() {
        let model = Fsrs::default();
        let memory = Memory { stability: 12.5, difficulty: 5.0 };
        assert!(near(model.interval(12.5, 0.9), 12.5));
        assert!(near(model.recall(memory, 12.5), 0.9));
        assert_eq!(model.recall(memory, 0.0), 1.0);
        for retention in [0.7, 0.8, 0.85, 0.95, 0.97] {
            assert!(near(model.recall(memory, model.interval(12.5, retention)), retention), "{retention}");
        }
        // the crate's own table for a stability of one day, at 70, 80 and 90 %
        assert_eq!([0.7, 0.8, 0.9].map(|r| model.interval(1.0, r).round() as i32), [9, 3, 1]);
    }

    #[test]
    fn a_broken_memory_is_mended() {
        let model = Fsrs::default();
        for stability in [f32::NAN, f32::INFINITY, -1.0, 0.0] {
            let broken = Memory { stability, difficulty: f32::NAN };
            let after = model.after(Some(broken), 3);
            assert!(after.iter().all(|m| m.stability.is_finite() && m.difficulty.is_finite()));
            assert!((0.0..=1.0).contains(&model.recall(broken, 3.0)));
        }
    }
}
