use super::super::contract;
use super::*;
use crate::clock::Clock;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sqlx::{AssertSqlSafe, Connection};

/// A database of its own on the tests' server, if that has pgvector.
async fn database() -> Option<PgPool> {
    let Ok(server) = std::env::var("MITOCHI_TEST_POSTGRES") else {
        println!("skipped: no PostgreSQL (MITOCHI_TEST_POSTGRES is not set)");
        return None;
    };
    let mut admin = sqlx::PgConnection::connect(&server).await.unwrap();
    if !store::is_installed(&mut admin).await.unwrap() {
        println!("skipped: this PostgreSQL has no pgvector");
        return None;
    }
    let name = format!("test_{}", Clock::default().id().simple());
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    Some(PgPool::connect(&format!("{base}/{name}")).await.unwrap())
}

struct Alone(Pgvector);

#[async_trait]
impl contract::Subject for Alone {
    fn store(&self) -> &dyn VectorStore {
        &self.0
    }
}

#[tokio::test]
async fn it_holds_the_contract_looking_at_all_rows() {
    let Some(pool) = database().await else { return };
    let engine = Pgvector::open(pool, "m/w1", contract::DIMENSIONS, Maker::Serve).await.unwrap();
    contract::holds(&Alone(engine.clone()), 0).await;
    engine.settle(Others::Drop).await.unwrap();
    contract::holds(&Alone(engine), 1).await;
}

#[tokio::test]
async fn it_holds_the_contract_by_its_index() {
    let Some(pool) = database().await else { return };
    let mut engine = Pgvector::open(pool, "m/w1", contract::DIMENSIONS, Maker::Serve).await.unwrap();
    engine.settle(Others::Keep).await.unwrap();
    engine.exact_rows = 0;
    for seed in 0..2 {
        contract::holds(&Alone(engine.clone()), seed).await;
    }
}

/// Vectors in clusters, as those of texts are.
fn vectors(random: &mut StdRng, count: usize, dimensions: usize) -> Vec<Vec<f32>> {
    let mut centre = |spread: f32, around: &[f32]| -> Vec<f32> {
        around.iter().map(|x| x + random.random_range(-spread..spread)).collect()
    };
    let centres: Vec<Vec<f32>> = (0..200).map(|_| centre(1.0, &vec![0.0; dimensions])).collect();
    (0..count).map(|n| centre(0.6, &centres[n % 200])).collect()
}

#[tokio::test]
async fn a_filtered_search_by_the_index_is_complete_and_nearly_exact() {
    let Some(pool) = database().await else { return };
    let (dimensions, limit) = (32, 10);
    let mut engine = Pgvector::open(pool, "m/w1", dimensions, Maker::Serve).await.unwrap();
    let mut random = StdRng::seed_from_u64(1);
    let clock = Clock::default();
    let owners = [LearnerId(clock.id()), LearnerId(clock.id())];
    let mut materials = vec![];
    let mut all = vectors(&mut random, 12_050, dimensions);
    // asked like what is there, as learners ask about what they read
    let queries = all.split_off(12_000);
    for (n, part) in all.chunks(1_000).enumerate() {
        let window = |(n, vector): (usize, &Vec<f32>)| Window {
            passage: PassageId(clock.id()),
            start: n as u32,
            index: 0,
            span: Span { start: 0, end: 1 },
            vector: vector.clone(),
        };
        let windows: Vec<Window> = part.iter().enumerate().map(window).collect();
        // the second owner has a tenth of the first's
        let (owner, material) = (owners[usize::from(n == 11)], MaterialId(clock.id()));
        engine.upsert(owner, material, &windows).await.unwrap();
        materials.push(material);
    }
    engine.settle(Others::Drop).await.unwrap();
    let exact = engine.clone();
    engine.exact_rows = 0;
    let one = |n: usize| Filter { materials: Some(vec![materials[n]]), within: None };
    let cases = [
        (owners[0], Filter::default()),
        (owners[1], Filter::default()),
        (owners[0], one(3)),
        (owners[0], Filter { within: Some(Span { start: 200, end: 300 }), ..one(4) }),
    ];
    for (owner, filter) in cases {
        let (mut wanted, mut right) = (0, 0);
        for vector in &queries {
            let truth = exact.search(owner, &filter, vector, limit).await.unwrap();
            let found = engine.search(owner, &filter, vector, limit).await.unwrap();
            assert_eq!(found.len(), limit, "{filter:?}");
            wanted += truth.len();
            right += found
                .iter()
                .filter(|hit| truth.iter().any(|true_hit| true_hit.passage == hit.passage))
                .count();
        }
        println!("{right} of {wanted} for {filter:?}");
        assert!(right * 100 >= wanted * 98, "{right} of {wanted} for {filter:?}");
    }
}
