//! What every vector engine promises, as tests: each engine runs [`holds`] on itself. Ids are random, so that the
//! suite can run on a server that holds other things.

use super::{VectorHit, VectorStore, Window};
use crate::clock::Clock;
use crate::retrieval::{EngineError, Filter};
use async_trait::async_trait;
use domain::document::Span;
use domain::id::{LearnerId, MaterialId, PassageId};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

/// Length of the suite's vectors.
pub(crate) const DIMENSIONS: usize = 8;

/// An engine for vectors of [`DIMENSIONS`], with the truth that it is derived from, if it reads one by itself.
#[async_trait]
pub(crate) trait Subject: Send + Sync {
    /// The engine.
    fn store(&self) -> &dyn VectorStore;

    /// Commits windows to the truth.
    async fn commit(&self, _: LearnerId, _: MaterialId, _: &[Window]) {}
}

/// Runs the whole suite; random vectors come from the seed.
pub(crate) async fn holds(subject: &dyn Subject, seed: u64) {
    the_best_window_counts(subject).await;
    filters_are_part_of_the_search(subject).await;
    many_windows_of_one_passage_crowd_nobody_out(subject).await;
    an_upsert_replaces_and_may_be_repeated(subject).await;
    deleting_reaches_the_own_alone(subject).await;
    a_wrong_vector_changes_nothing(subject).await;
    it_agrees_with_an_exact_search_and_never_finds_what_is_foreign(subject, seed).await;
    many_change_and_search_at_once(subject).await;
}

fn owner() -> LearnerId {
    LearnerId(Clock::default().id())
}

fn material() -> MaterialId {
    MaterialId(Clock::default().id())
}

fn passage() -> PassageId {
    PassageId(Clock::default().id())
}

/// A window whose vector points along these components, the rest 0.
fn window(passage: PassageId, index: u16, components: &[f32]) -> Window {
    let span = Span::new(usize::from(index) * 10, usize::from(index) * 10 + 10);
    let mut vector = vec![0.0; DIMENSIONS];
    vector[..components.len()].copy_from_slice(components);
    Window { passage, start: 0, index, span, vector }
}

async fn put(subject: &dyn Subject, owner: LearnerId, material: MaterialId, windows: &[Window]) {
    subject.commit(owner, material, windows).await;
    subject.store().upsert(owner, material, windows).await.unwrap();
}

async fn delete(subject: &dyn Subject, owner: LearnerId, material: MaterialId) {
    subject.commit(owner, material, &[]).await;
    subject.store().delete(owner, material).await.unwrap();
}

async fn search(
    subject: &dyn Subject,
    owner: LearnerId,
    filter: &Filter,
    components: &[f32],
) -> Vec<VectorHit> {
    let query = window(PassageId(Uuid::nil()), 0, components).vector;
    subject.store().search(owner, filter, &query, 10).await.unwrap()
}

async fn found(subject: &dyn Subject, owner: LearnerId, components: &[f32]) -> Vec<PassageId> {
    let hits = search(subject, owner, &Filter::default(), components).await;
    hits.into_iter().map(|hit| hit.passage).collect()
}

async fn the_best_window_counts(subject: &dyn Subject) {
    let (me, of, [a, b]) = (owner(), material(), [passage(), passage()]);
    assert_eq!(found(subject, me, &[1.0]).await, [], "nobody's shelf is empty, not an error");
    put(subject, me, of, &[window(a, 0, &[1.0, 0.0]), window(a, 1, &[0.0, 2.0]), window(b, 0, &[1.0, 1.0])])
        .await;
    let hits = search(subject, me, &Filter::default(), &[0.0, 5.0]).await;
    let told: Vec<_> = hits.iter().map(|hit| (hit.passage, hit.window.start)).collect();
    assert_eq!(told, [(a, 10), (b, 0)], "each passage once, with its best window, best first");
    assert!((hits[0].score - 1.0).abs() < 0.01, "a cosine, whatever the lengths: {hits:?}");
    assert!((hits[1].score - 0.5_f32.sqrt()).abs() < 0.01, "{hits:?}");
    let hits = search(subject, me, &Filter::default(), &[1.0, 0.1]).await;
    assert_eq!(hits.iter().map(|hit| (hit.passage, hit.window.start)).collect::<Vec<_>>(), [(a, 0), (b, 0)]);
    let hits = search(subject, me, &Filter::default(), &[-1.0]).await;
    assert!(hits.iter().all(|hit| hit.score <= 0.01), "what points away is found with its cosine: {hits:?}");
    for limit in [0, 1] {
        let query = window(a, 0, &[0.0, 1.0]).vector;
        assert_eq!(subject.store().search(me, &Filter::default(), &query, limit).await.unwrap().len(), limit);
    }
}

async fn filters_are_part_of_the_search(subject: &dyn Subject) {
    let (me, [first, second], foreign) = (owner(), [material(), material()], material());
    let ids: Vec<PassageId> = (0..40).map(|_| passage()).collect();
    let at = |n: usize| Window { start: n as u32 * 100, ..window(ids[n], 0, &[1.0, n as f32 / 100.0]) };
    put(subject, me, first, &(0..30).map(at).collect::<Vec<_>>()).await;
    put(subject, me, second, &(30..40).map(at).collect::<Vec<_>>()).await;
    put(subject, owner(), foreign, &[window(passage(), 0, &[1.0])]).await;
    let filter = |materials: &[MaterialId], within| Filter { materials: Some(materials.to_vec()), within };
    let cases = [
        (filter(&[second], None), (30..40).collect::<Vec<_>>()),
        (filter(&[second, foreign], None), (30..40).collect()),
        (filter(&[first, second], None), (0..10).collect()),
        (filter(&[foreign], None), vec![]),
        (filter(&[], None), vec![]),
        (filter(&[material()], None), vec![]),
        (filter(&[first], Some(Span::new(2500, 2800))), vec![25, 26, 27]),
        (filter(&[first], Some(Span::new(2501, 2801))), vec![26, 27, 28]),
        (filter(&[second], Some(Span::new(0, 2000))), vec![]),
        (filter(&[first], Some(Span::new(500, 500))), vec![]),
        (Filter { materials: None, within: Some(Span::new(2900, 3100)) }, vec![29, 30]),
    ];
    for (filter, expected) in cases {
        let hits = search(subject, me, &filter, &[1.0]).await;
        let hits: Vec<_> = hits.into_iter().map(|hit| hit.passage).collect();
        // ten are asked for, though the nearest of all may lie outside
        assert_eq!(hits, expected.into_iter().map(|n| ids[n]).collect::<Vec<_>>(), "{filter:?}");
    }
}

async fn many_windows_of_one_passage_crowd_nobody_out(subject: &dyn Subject) {
    let (me, of, [long, short]) = (owner(), material(), [passage(), passage()]);
    let mut windows: Vec<Window> = (0..60).map(|n| window(long, n, &[1.0, f32::from(n) / 1000.0])).collect();
    windows.push(window(short, 0, &[0.0, 1.0]));
    put(subject, me, of, &windows).await;
    let query = window(long, 0, &[1.0]).vector;
    let hits = subject.store().search(me, &Filter::default(), &query, 2).await.unwrap();
    assert_eq!(hits.iter().map(|hit| hit.passage).collect::<Vec<_>>(), [long, short]);
}

async fn an_upsert_replaces_and_may_be_repeated(subject: &dyn Subject) {
    let (me, of, [a, b, c]) = (owner(), material(), [passage(), passage(), passage()]);
    let first = [window(a, 0, &[1.0]), window(a, 1, &[0.0, 1.0]), window(b, 0, &[1.0, 1.0])];
    for _ in 0..2 {
        put(subject, me, of, &first).await;
        assert_eq!(found(subject, me, &[0.0, 1.0]).await, [a, b]);
    }
    put(subject, me, of, &[window(a, 0, &[1.0]), window(c, 0, &[0.0, 1.0])]).await;
    assert_eq!(found(subject, me, &[0.1, 1.0]).await, [c, a], "b and the second window of a are gone");
    put(subject, me, of, &[]).await;
    assert_eq!(found(subject, me, &[0.0, 1.0]).await, []);
}

async fn deleting_reaches_the_own_alone(subject: &dyn Subject) {
    let ([me, other], [mine, second, theirs]) = ([owner(), owner()], [material(), material(), material()]);
    let [a, b, c] = [passage(), passage(), passage()];
    put(subject, me, mine, &[window(a, 0, &[1.0])]).await;
    put(subject, me, second, &[window(b, 0, &[1.0, 0.5])]).await;
    put(subject, other, theirs, &[window(c, 0, &[1.0])]).await;
    // of somebody else, or of nobody: nothing happens
    subject.store().delete(other, mine).await.unwrap();
    subject.store().delete(me, theirs).await.unwrap();
    subject.store().delete(me, material()).await.unwrap();
    subject.store().delete_owner(owner()).await.unwrap();
    assert_eq!(found(subject, me, &[1.0]).await, [a, b]);
    assert_eq!(found(subject, other, &[1.0]).await, [c]);
    delete(subject, me, mine).await;
    assert_eq!(found(subject, me, &[1.0]).await, [b]);
    subject.commit(me, second, &[]).await;
    subject.store().delete_owner(me).await.unwrap();
    assert_eq!(found(subject, me, &[1.0]).await, []);
    assert_eq!(found(subject, other, &[1.0]).await, [c]);
}

async fn a_wrong_vector_changes_nothing(subject: &dyn Subject) {
    let (me, of, [a, b]) = (owner(), material(), [passage(), passage()]);
    put(subject, me, of, &[window(a, 0, &[1.0])]).await;
    let long = [1.0; DIMENSIONS + 1];
    let mut not_a_number = [1.0; DIMENSIONS];
    not_a_number[3] = f32::NAN;
    for vector in [&[][..], &[1.0; DIMENSIONS - 1], &long, &not_a_number, &[f32::INFINITY; DIMENSIONS]] {
        let bad = Window { vector: vector.to_vec(), ..window(b, 0, &[]) };
        let put = subject.store().upsert(me, of, &[window(b, 1, &[1.0]), bad]).await;
        assert!(matches!(put, Err(EngineError::Dimensions { expected: DIMENSIONS, .. })), "{put:?}");
        let found = subject.store().search(me, &Filter::default(), vector, 1).await;
        assert!(matches!(found, Err(EngineError::Dimensions { .. })), "{found:?}");
    }
    assert_eq!(found(subject, me, &[1.0]).await, [a]);
    // a vector of no length is near to nothing, but no error
    search(subject, me, &Filter::default(), &[0.0]).await;
}

async fn it_agrees_with_an_exact_search_and_never_finds_what_is_foreign(subject: &dyn Subject, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let owners: Vec<LearnerId> = (0..7).map(|_| owner()).collect();
    let mut rows: Vec<(LearnerId, MaterialId, Window)> = vec![];
    for (n, me) in owners.iter().enumerate() {
        for _ in 0..3 {
            let of = material();
            let mut windows = vec![];
            for _ in 0..random.random_range(0..=20 * n) {
                let id = passage();
                for index in 0..random.random_range(1..=2) {
                    let components: Vec<f32> =
                        (0..DIMENSIONS).map(|_| random.random_range(-1.0..1.0)).collect();
                    windows.push(window(id, index, &components));
                }
            }
            put(subject, *me, of, &windows).await;
            rows.extend(windows.into_iter().map(|window| (*me, of, window)));
        }
    }
    let (mut wanted, mut right) = (0, 0);
    for n in 0..40 {
        let me = owners[n % owners.len()];
        let query: Vec<f32> = (0..DIMENSIONS).map(|_| random.random_range(-1.0..1.0)).collect();
        let mine = rows.iter().filter(|row| row.0 == me);
        let of = (n % 2 == 0).then(|| mine.clone().next().map(|row| row.1)).flatten();
        let filter = Filter { materials: of.map(|of| vec![of]), within: None };
        let hits = search(subject, me, &filter, &query).await;
        let allowed =
            |id: PassageId| mine.clone().any(|row| row.2.passage == id && of.is_none_or(|of| of == row.1));
        assert!(hits.iter().all(|hit| allowed(hit.passage)), "a foreign hit, seed {seed}");
        let mut exact: Vec<(f32, PassageId)> = mine
            .clone()
            .filter(|row| of.is_none_or(|of| of == row.1))
            .map(|row| (cosine(&row.2.vector, &query), row.2.passage))
            .collect();
        exact.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut best: Vec<PassageId> = vec![];
        for (_, id) in exact {
            if !best.contains(&id) && best.len() < 10 {
                best.push(id);
            }
        }
        assert_eq!(hits.len(), best.len(), "as many as there are, up to ten; seed {seed}");
        wanted += best.len();
        right += hits.iter().filter(|hit| best.contains(&hit.passage)).count();
    }
    assert!(right * 100 >= wanted * 98, "{right} of {wanted} of the nearest, seed {seed}");
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

async fn many_change_and_search_at_once(subject: &dyn Subject) {
    let owners = [owner(), owner(), owner()];
    let tasks = (0..12).map(|n| async move {
        let (me, of, id) = (owners[n % 3], material(), passage());
        put(subject, me, of, &[window(id, 0, &[1.0, n as f32 / 100.0])]).await;
        assert!(found(subject, me, &[1.0]).await.contains(&id), "visible when the change returns");
    });
    futures::future::join_all(tasks).await;
    for me in owners {
        assert_eq!(found(subject, me, &[1.0]).await.len(), 4);
    }
}
