//! Which questions make a set, and in which order.

use crate::{id::QuestionId, seed::Seeded};
use std::collections::HashSet;

/// A question that could be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Which.
    pub id: QuestionId,
    /// What it is about; compared without regard to case.
    pub concept: String,
    /// Its words.
    pub stem: String,
    /// Its key.
    pub key: String,
    /// The learner's last answer to it.
    pub last: Option<Last>,
}

/// An answer given before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Last {
    /// When, milliseconds since 1970.
    pub at: i64,
    /// Whether it was right.
    pub correct: bool,
}

/// A set of at most `wanted` questions. Those not asked yet come in first, then those missed last time, then those
/// answered longest ago. A concept comes once, and no question gives the answer to another (the stem of the one
/// holds the key of the other), as long as there are enough others. Concepts alternate.
pub fn select(candidates: &[Candidate], wanted: usize, chance: &mut Seeded) -> Vec<QuestionId> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    chance.shuffle(&mut order); // those not asked yet have no other order
    order.sort_by_key(|index| match candidates[*index].last {
        None => (0, 0),
        Some(Last { at, correct: false }) => (1, at),
        Some(Last { at, correct: true }) => (2, at),
    });

    let folded: Vec<Folded> = candidates.iter().map(Folded::of).collect();
    let mut chosen: Vec<usize> = vec![];
    let mut ids = HashSet::new();
    for (once_per_concept, no_clues) in [(true, true), (true, false), (false, false)] {
        for &index in &order {
            if chosen.len() >= wanted {
                break;
            }
            let new = &folded[index];
            let same = |other: &usize| folded[*other].concept == new.concept;
            let clue = |other: &usize| folded[*other].tells(new) || new.tells(&folded[*other]);
            let taken = ids.contains(&candidates[index].id);
            let repeats = once_per_concept && chosen.iter().any(same);
            let gives_away = no_clues && chosen.iter().any(clue);
            if taken || repeats || gives_away {
                continue;
            }
            ids.insert(candidates[index].id);
            chosen.push(index);
        }
    }
    chance.shuffle(&mut chosen);
    alternate(chosen, &folded).into_iter().map(|index| candidates[index].id).collect()
}

/// A candidate as it is compared: words in lower case, set between single spaces.
struct Folded {
    concept: String,
    stem: String,
    key: String,
}

impl Folded {
    fn of(candidate: &Candidate) -> Self {
        let fold = |text: &str| {
            let lower = text.to_lowercase();
            let words: Vec<&str> =
                lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
            format!(" {} ", words.join(" "))
        };
        Self { concept: fold(&candidate.concept), stem: fold(&candidate.stem), key: fold(&candidate.key) }
    }

    /// Whether this stem holds the other's key. A key of one or two letters or figures stands everywhere.
    fn tells(&self, other: &Self) -> bool {
        other.key.len() > 4 && self.stem.contains(&other.key)
    }
}

/// Takes the concept with most questions left that is not the one asked last; equal ones in their order.
fn alternate(mut left: Vec<usize>, folded: &[Folded]) -> Vec<usize> {
    let mut asked: Vec<usize> = vec![];
    while !left.is_empty() {
        let count =
            |index: usize| left.iter().filter(|i| folded[**i].concept == folded[index].concept).count();
        let last = asked.last().map(|index| folded[*index].concept.as_str());
        let best = (0..left.len()).rev().max_by_key(|at| {
            let index = left[*at];
            (last != Some(folded[index].concept.as_str()), count(index))
        });
        asked.push(left.remove(best.unwrap_or(0)));
    }
    asked
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn candidate(id: u128, concept: &str, last: Option<(i64, bool)>) -> Candidate {
        Candidate {
            id: QuestionId(Uuid::from_u128(id)),
            concept: concept.into(),
            stem: format!("Which one is number {id}?"),
            key: format!("answer{id}"),
            last: last.map(|(at, correct)| Last { at, correct }),
        }
    }

    fn ids(chosen: &[QuestionId]) -> Vec<u128> {
        let mut ids: Vec<u128> = chosen.iter().map(|id| id.0.as_u128()).collect();
        ids.sort_unstable();
        ids
    }

    #[test]
    fn new_ones_come_before_missed_before_oldest() {
        let pool = [
            candidate(1, "a", Some((10, true))),
            candidate(2, "b", Some((90, false))),
            candidate(3, "c", None),
            candidate(4, "d", Some((5, true))),
            candidate(5, "e", Some((50, false))),
            candidate(6, "f", None),
        ];
        for (wanted, expected) in [
            (0, vec![]),
            (2, vec![3, 6]),
            (3, vec![3, 5, 6]),
            (4, vec![2, 3, 5, 6]),
            (5, vec![2, 3, 4, 5, 6]),
            (9, vec![1, 2, 3, 4, 5, 6]),
        ] {
            assert_eq!(ids(&select(&pool, wanted, &mut Seeded::new(1))), expected, "{wanted}");
        }
    }

    #[test]
    fn a_concept_comes_once_where_it_can() {
        let pool = [
            candidate(1, "AV node", None),
            candidate(2, "av Node", None),
            candidate(3, "Preload", Some((5, true))),
            candidate(4, "Preload", Some((4, true))),
        ];
        for seed in 0..20 {
            let two = ids(&select(&pool, 2, &mut Seeded::new(seed)));
            assert!(two == [1, 4] || two == [2, 4], "{two:?}");
            assert_eq!(select(&pool, 4, &mut Seeded::new(seed)).len(), 4);
        }
    }

    #[test]
    fn no_question_gives_the_answer_to_another_where_it_can_be_helped() {
        let mut teller = candidate(1, "a", None);
        teller.stem = "What does the bundle of His carry?".into();
        let mut told = candidate(2, "b", None);
        told.key = "Bundle of His".into();
        let pool = [teller, told, candidate(3, "c", Some((1, true)))];
        for seed in 0..20 {
            let two = ids(&select(&pool, 2, &mut Seeded::new(seed)));
            assert!(two == [1, 3] || two == [2, 3], "{two:?}");
            assert_eq!(select(&pool, 3, &mut Seeded::new(seed)).len(), 3);
        }
    }

    #[test]
    fn concepts_alternate() {
        let pool: Vec<Candidate> =
            (0..9).map(|n| candidate(n, ["a", "b", "c"][n as usize / 3], None)).collect();
        for seed in 0..20 {
            let asked = select(&pool, 9, &mut Seeded::new(seed));
            let concept = |id: &QuestionId| id.0.as_u128() / 3;
            assert!(asked.windows(2).all(|pair| concept(&pair[0]) != concept(&pair[1])), "{asked:?}");
        }
    }

    proptest! {
        #[test]
        fn as_many_as_wanted_none_twice(
            pool in prop::collection::vec((0..40_u128, 0..6_u8, prop::option::of((0..99_i64, any::<bool>()))), 0..40),
            wanted in 0..50_usize, seed: u64,
        ) {
            let pool: Vec<Candidate> =
                pool.iter().map(|(id, concept, last)| candidate(*id, &concept.to_string(), *last)).collect();
            let chosen = select(&pool, wanted, &mut Seeded::new(seed));
            let distinct: HashSet<_> = chosen.iter().collect();
            let offered: HashSet<_> = pool.iter().map(|candidate| candidate.id).collect();
            prop_assert_eq!(distinct.len(), chosen.len());
            prop_assert_eq!(chosen.len(), wanted.min(offered.len()));
            prop_assert!(chosen.iter().all(|id| offered.contains(id)));
            prop_assert_eq!(&chosen, &select(&pool, wanted, &mut Seeded::new(seed)));
        }
    }
}
