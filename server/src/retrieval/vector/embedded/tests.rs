use super::super::contract;
use super::*;
use proptest::prelude::*;
use uuid::Uuid;

type Rows = Vec<(LearnerId, MaterialId, Window)>;

/// A database in memory.
#[derive(Default)]
struct Table {
    rows: Mutex<Rows>,
    loads: AtomicUsize,
    broken: std::sync::atomic::AtomicBool,
}

#[async_trait]
impl VectorTruth for Table {
    async fn load(&self, owner: LearnerId, generation: &str) -> anyhow::Result<Vec<(MaterialId, Window)>> {
        assert_eq!(generation, "m/w1");
        anyhow::ensure!(!self.broken.load(Ordering::Relaxed), "the disk is gone");
        self.loads.fetch_add(1, Ordering::Relaxed);
        tokio::task::yield_now().await;
        let rows = self.rows.lock().unwrap();
        Ok(rows.iter().filter(|row| row.0 == owner).map(|row| (row.1, row.2.clone())).collect())
    }
}

impl Table {
    fn put(&self, owner: LearnerId, material: MaterialId, windows: &[Window]) {
        let mut rows = self.rows.lock().unwrap();
        rows.retain(|row| (row.0, row.1) != (owner, material));
        rows.extend(windows.iter().map(|window| (owner, material, window.clone())));
    }
}

fn owner(n: u128) -> LearnerId {
    LearnerId(Uuid::from_u128(n))
}

fn material(n: u128) -> MaterialId {
    MaterialId(Uuid::from_u128(n))
}

fn window(passage: u128, index: u16, vector: &[f32]) -> Window {
    let span = Span::new(usize::from(index) * 10, usize::from(index) * 10 + 10);
    Window { passage: PassageId(Uuid::from_u128(passage)), start: 0, index, span, vector: vector.to_vec() }
}

fn engine(table: &Arc<Table>, dimensions: usize, budget: usize) -> Embedded {
    Embedded::new(table.clone(), "m/w1", dimensions, budget)
}

async fn search(engine: &Embedded, owner: LearnerId, vector: &[f32]) -> Vec<(u128, u32)> {
    let hits = engine.search(owner, &Filter::default(), vector, 10).await.unwrap();
    hits.iter().map(|hit| (hit.passage.0.as_u128(), hit.window.start)).collect()
}

#[tokio::test]
async fn the_best_window_of_a_passage_counts_and_is_told() {
    let table = Arc::new(Table::default());
    table.put(
        owner(1),
        material(1),
        &[window(1, 0, &[1.0, 0.0]), window(1, 1, &[0.0, 2.0]), window(2, 0, &[1.0, 1.0])],
    );
    table.put(owner(2), material(2), &[window(3, 0, &[0.0, 1.0])]);
    let engine = engine(&table, 2, usize::MAX);
    assert_eq!(search(&engine, owner(1), &[0.0, 1.0]).await, [(1, 10), (2, 0)]);
    assert_eq!(search(&engine, owner(1), &[5.0, 0.1]).await, [(1, 0), (2, 0)]);
    assert_eq!(search(&engine, owner(3), &[0.0, 1.0]).await, []);
    let hits = engine.search(owner(1), &Filter::default(), &[0.0, 3.0], 1).await.unwrap();
    assert_eq!(hits.len(), 1);
    assert!((hits[0].score - 1.0).abs() < 1e-3, "vectors are brought to unit length");
    let none = Filter { materials: Some(vec![material(2)]), within: None };
    assert_eq!(engine.search(owner(1), &none, &[0.0, 1.0], 10).await.unwrap(), []);
}

#[tokio::test]
async fn changes_show_at_once_and_foreign_ones_do_nothing() {
    let table = Arc::new(Table::default());
    let engine = engine(&table, 2, usize::MAX);
    let first = [window(1, 0, &[1.0, 0.0]), window(2, 0, &[0.0, 1.0])];
    engine.upsert(owner(1), material(1), &first).await.unwrap();
    assert_eq!(search(&engine, owner(1), &[1.0, 0.0]).await, [], "only the truth is loaded");
    table.put(owner(1), material(1), &first);
    engine.delete_owner(owner(1)).await.unwrap();
    assert_eq!(search(&engine, owner(1), &[1.0, 0.0]).await, [(1, 0), (2, 0)]);
    engine.upsert(owner(1), material(2), &[window(3, 0, &[1.0, 0.1])]).await.unwrap();
    engine.upsert(owner(1), material(1), &[window(4, 0, &[1.0, 0.0])]).await.unwrap();
    assert_eq!(search(&engine, owner(1), &[1.0, 0.0]).await, [(4, 0), (3, 0)]);
    engine.delete(owner(2), material(1)).await.unwrap();
    assert_eq!(search(&engine, owner(1), &[1.0, 0.0]).await.len(), 2);
    engine.delete(owner(1), material(1)).await.unwrap();
    assert_eq!(search(&engine, owner(1), &[1.0, 0.0]).await, [(3, 0)]);
}

#[tokio::test]
async fn a_load_happens_once_and_a_change_during_it_is_not_lost() {
    let table = Arc::new(Table::default());
    table.put(owner(1), material(1), &[window(1, 0, &[1.0, 0.0])]);
    let engine = Arc::new(engine(&table, 2, usize::MAX));
    let late = [window(2, 0, &[1.0, 0.0])];
    let (_, _, changed) = tokio::join!(
        search(&engine, owner(1), &[1.0, 0.0]),
        search(&engine, owner(1), &[1.0, 0.0]),
        engine.upsert(owner(1), material(2), &late),
    );
    changed.unwrap();
    assert_eq!(table.loads.load(Ordering::Relaxed), 1);
    assert_eq!(search(&engine, owner(1), &[1.0, 0.0]).await.len(), 2);
}

#[tokio::test]
async fn what_is_over_the_budget_is_let_go_and_loaded_again() {
    let table = Arc::new(Table::default());
    for n in 1..=3 {
        table.put(owner(n), material(n), &[window(n, 0, &[1.0; 64])]);
    }
    let engine = engine(&table, 64, 500);
    for n in [1, 2, 3, 3, 1] {
        assert_eq!(search(&engine, owner(n), &[1.0; 64]).await, [(n, 0)]);
        assert!(engine.bytes() <= 1000);
    }
    assert_eq!(table.loads.load(Ordering::Relaxed), 4, "the third was still there, the first was not");
}

#[tokio::test]
async fn odd_vectors_and_a_broken_truth_are_errors() {
    let table = Arc::new(Table::default());
    let engine = engine(&table, 2, usize::MAX);
    for vector in [&[1.0_f32][..], &[1.0, 2.0, 3.0], &[f32::NAN, 0.0], &[]] {
        let found = engine.search(owner(1), &Filter::default(), vector, 1).await;
        assert!(matches!(found, Err(EngineError::Dimensions { expected: 2, .. })), "{found:?}");
        let put = engine.upsert(owner(1), material(1), &[window(1, 0, vector)]).await;
        assert!(matches!(put, Err(EngineError::Dimensions { .. })), "{put:?}");
    }
    assert_eq!(search(&engine, owner(1), &[0.0, 0.0]).await, []);
    engine.delete_owner(owner(1)).await.unwrap();
    table.broken.store(true, Ordering::Relaxed);
    let found = engine.search(owner(1), &Filter::default(), &[1.0, 0.0], 1).await;
    assert!(matches!(found, Err(EngineError::Unavailable(_))), "{found:?}");
    table.broken.store(false, Ordering::Relaxed);
    assert_eq!(search(&engine, owner(1), &[1.0, 0.0]).await, []);
}

#[test]
fn the_largest_numbers_do_not_overflow() {
    let vector = vec![1.0; 4096];
    let (factor, codes) = coded(&vector);
    assert!((dot(&codes, &codes) as f32 * factor * factor - 1.0).abs() < 1e-3);
    assert_eq!(dot(&codes, &codes), 4096 * 2047 * 2047);
}

#[test]
#[ignore = "a measurement: run it alone, optimised, with --nocapture"]
fn a_scan_takes_milliseconds() {
    let mut seed = 1_u32;
    let mut random = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as f32 / 8_388_608.0 - 1.0
    };
    for count in [10_000, 100_000] {
        let mut set = Set::new(384);
        for n in 0..count {
            let vector: Vec<f32> = (0..384).map(|_| random()).collect();
            set.push(material(n % 50), &window(n / 2, (n % 2) as u16, &vector)).unwrap();
        }
        let query: Vec<f32> = (0..384).map(|_| random()).collect();
        let mut times: Vec<std::time::Duration> = (0..21)
            .map(|_| {
                let start = std::time::Instant::now();
                assert_eq!(set.search(&Filter::default(), &query, 50).len(), 50);
                start.elapsed()
            })
            .collect();
        times.sort_unstable();
        println!(
            "{count} windows, {} MB: median {:.2?}, worst {:.2?}",
            set.bytes() >> 20,
            times[10],
            times[20]
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_order_is_that_of_exact_cosines(
        vectors in prop::collection::vec(prop::collection::vec(-1.0_f32..1.0, 16), 1..40),
        query in prop::collection::vec(-1.0_f32..1.0, 16),
        removed in 0_u128..4,
        limit in 1_usize..12,
    ) {
        let unit = |vector: &[f32]| { let mut unit = vector.to_vec(); normalise(&mut unit); unit };
        let cosine = |vector: &[f32]| -> f32 { unit(vector).iter().zip(unit(&query)).map(|(a, b)| a * b).sum() };
        let mut set = Set::new(16);
        let mut best: HashMap<u128, f32> = HashMap::new();
        for (n, vector) in (0_u128..).zip(&vectors) {
            set.push(material(n % 4), &window(n / 8 * 4 + n % 4, (n / 4 % 2) as u16, vector)).unwrap();
            if n % 4 != removed {
                let score = best.entry(n / 8 * 4 + n % 4).or_insert(-2.0);
                *score = score.max(cosine(vector));
            }
        }
        set.remove(material(removed));
        let hits = set.search(&Filter::default(), &query, limit);
        prop_assert_eq!(hits.len(), best.len().min(limit));
        for parts in 2..6 {
            prop_assert_eq!(&set.search_in(parts, &Filter::default(), &query, limit), &hits);
        }
        let mut exact: Vec<f32> = best.values().copied().collect();
        exact.sort_by(|a, b| b.total_cmp(a));
        for (hit, exact) in hits.iter().zip(exact) {
            prop_assert!((hit.score - best[&hit.passage.0.as_u128()]).abs() < 2e-3);
            prop_assert!((hit.score - exact).abs() < 2e-3);
        }
    }
}

/// The engine and its database, as the contract sees them.
struct Both(Embedded, Arc<Table>);

#[async_trait]
impl contract::Subject for Both {
    fn store(&self) -> &dyn VectorStore {
        &self.0
    }

    async fn commit(&self, owner: LearnerId, material: MaterialId, windows: &[Window]) {
        self.1.put(owner, material, windows);
    }
}

#[tokio::test]
async fn it_holds_the_contract() {
    for seed in 0..4 {
        let table = Arc::new(Table::default());
        contract::holds(&Both(engine(&table, contract::DIMENSIONS, usize::MAX), table), seed).await;
    }
}

#[tokio::test]
async fn it_holds_the_contract_when_sets_are_let_go_all_the_time() {
    let table = Arc::new(Table::default());
    contract::holds(&Both(engine(&table, contract::DIMENSIONS, 1), table), 4).await;
}
