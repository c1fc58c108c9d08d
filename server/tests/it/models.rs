//! The book of what providers were paid.

use crate::support::databases;
use server::{
    clock::Clock,
    models::{Book, EmbeddingMeter},
    retrieval::embed::remote::{Meter, Used},
};

#[tokio::test]
async fn calls_of_a_day_add_up_and_the_next_day_begins_anew() {
    for test in databases().await {
        let clock = Clock::default();
        let meter = EmbeddingMeter { book: Book { db: test.db.clone(), clock: clock.clone() }, price: 0.02 };
        let used = |tokens| Used { model: "text-embedding-3-small".into(), tokens };
        // in the morning, so that the day does not end during the test
        clock.advance(86_400_000 - clock.now().rem_euclid(86_400_000) + 3_600_000);
        let calls = (0..20).map(|_| {
            let meter = meter.clone();
            tokio::spawn(async move { meter.book(used(50_000)).await })
        });
        for call in calls.collect::<Vec<_>>() {
            call.await.unwrap().unwrap();
        }
        clock.advance(86_400_000);
        meter.book(used(7)).await.unwrap();
        let mut tx = test.db.read().await.unwrap();
        let sql = "SELECT task, CAST(count(*) AS BIGINT), CAST(sum(input_tokens) AS BIGINT), CAST(sum(nanodollars) AS BIGINT)
            FROM model_call GROUP BY day, task ORDER BY day";
        let rows: Vec<(String, i64, i64, i64)> = tx.query(sql).all().await.unwrap();
        let expected = [("embedding", 20, 1_000_000, 20_000_000), ("embedding", 1, 7, 140)];
        assert_eq!(
            rows,
            expected.map(|(task, calls, tokens, cost)| (task.to_string(), calls, tokens, cost)),
            "{}",
            test.name
        );
    }
}
