//! Several rankings made one. Owns: reciprocal rank fusion. Refuses: how the rankings came about, and what a
//! score of theirs means: ranks alone count, so that engines of any kind can be mixed.

use std::collections::HashMap;
use std::hash::Hash;

/// The constant of the formula of Cormack, Clarke and Büttcher, 'Reciprocal rank fusion outperforms Condorcet and
/// individual rank learning methods', SIGIR 2009: the larger, the less the first few ranks stand out. They took 60 for
/// runs of 1,000; with 50 of each engine 10 is better or equal on all of our judged sets.
pub const K: f64 = 10.0;

/// A ranking, best first, and how much it counts.
pub type Weighted<'r, T> = (&'r [T], f64);

/// An item of the fused ranking.
#[derive(Debug, Clone, PartialEq)]
pub struct Fused<T> {
    /// What was ranked.
    pub item: T,
    /// Sum of weight / (K + rank) over the rankings that hold it.
    pub score: f64,
    /// Its rank in each ranking, counted from 1, in the order in which the rankings were given.
    pub ranks: Vec<Option<u32>>,
}

/// Fuses rankings, each best first, into one, best first.
///
/// An item that stands twice in a ranking counts at its first place, and the ranks after it close up. Equal
/// scores are ordered by the best single rank, then by the order of the rankings, so the result depends on
/// nothing but the arguments.
pub fn fuse<T: Clone + Eq + Hash>(rankings: &[Weighted<'_, T>]) -> Vec<Fused<T>> {
    let mut place: HashMap<&T, usize> = HashMap::new();
    let mut fused: Vec<Fused<T>> = vec![];
    for (index, (ranking, _)) in rankings.iter().enumerate() {
        let mut rank = 0;
        for item in *ranking {
            let at = *place.entry(item).or_insert_with(|| {
                fused.push(Fused { item: item.clone(), score: 0.0, ranks: vec![None; rankings.len()] });
                fused.len() - 1
            });
            if fused[at].ranks[index].is_none() {
                rank += 1;
                fused[at].ranks[index] = Some(rank);
            }
        }
    }
    for item in &mut fused {
        let ranks = item.ranks.iter().zip(rankings);
        item.score = ranks.filter_map(|(rank, (_, weight))| Some(weight / (K + f64::from((*rank)?)))).sum();
    }
    let best = |item: &Fused<T>| item.ranks.iter().flatten().min().copied();
    // the sort is stable: what is left equal stays in the order of the rankings
    fused.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| best(a).cmp(&best(b))));
    fused
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Rankings that all count the same.
    fn even<'r, T>(rankings: &[&'r [T]]) -> Vec<Weighted<'r, T>> {
        rankings.iter().map(|ranking| (*ranking, 1.0)).collect()
    }

    #[test]
    fn table() {
        let cases: [(&str, &[&[char]], &str); 8] = [
            ("nothing", &[], ""),
            ("empty rankings", &[&[], &[]], ""),
            ("one ranking stays", &[&['a', 'b', 'c']], "abc"),
            ("one engine silent", &[&['a', 'b'], &[]], "ab"),
            ("in both beats first in one", &[&['a', 'b'], &['c', 'b']], "bac"),
            ("mirror images tie, the first ranking leads", &[&['a', 'b'], &['b', 'a']], "ab"),
            ("repeats count once", &[&['a', 'a', 'b'], &['b', 'c']], "bac"),
            ("three engines", &[&['a', 'b', 'c'], &['c', 'a'], &['c', 'd']], "cabd"),
        ];
        for (name, rankings, expected) in cases {
            let order: String = fuse(&even(rankings)).iter().map(|fused| fused.item).collect();
            assert_eq!(order, expected, "{name}");
        }
    }

    #[test]
    fn score_and_ranks_are_told() {
        let fused = fuse(&[(&["x", "y"], 0.5), (&["y"], 1.0)]);
        assert_eq!(
            fused[0],
            Fused { item: "y", score: 0.5 / (K + 2.0) + 1.0 / (K + 1.0), ranks: vec![Some(2), Some(1)] }
        );
        assert_eq!(fused[1].ranks, [Some(1), None]);
    }

    proptest! {
        #[test]
        fn keeps_every_item_once_and_sorts(rankings in prop::collection::vec(prop::collection::vec(0_u8..20, 0..15), 0..4)) {
            let views: Vec<&[u8]> = rankings.iter().map(Vec::as_slice).collect();
            let fused = fuse(&even(&views));
            let mut items: Vec<u8> = fused.iter().map(|f| f.item).collect();
            items.sort_unstable();
            let mut expected: Vec<u8> = rankings.concat();
            expected.sort_unstable();
            expected.dedup();
            prop_assert_eq!(items, expected);
            prop_assert!(fused.is_sorted_by(|a, b| a.score >= b.score));
        }

        #[test]
        fn an_item_that_is_better_everywhere_stands_higher(order in Just((0_u8..8).collect::<Vec<_>>()).prop_shuffle()) {
            let fused = fuse(&even(&[&order, &order]));
            prop_assert_eq!(fused.iter().map(|f| f.item).collect::<Vec<_>>(), order);
        }
    }
}
