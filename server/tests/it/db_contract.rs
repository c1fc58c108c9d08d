//! What every store may rely on, on both databases.

use crate::support::{databases, learner};
use server::jobs::queue::{self, New};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_concurrent_load_decide_save_of_one_learner_lose_none() {
    for test in databases().await {
        let who = learner(&test.db).await;
        let mut tx = test.db.write().await.unwrap();
        tx.query("CREATE TABLE counter (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)").run().await.unwrap();
        tx.query("INSERT INTO counter VALUES (1, 0)").run().await.unwrap();
        tx.commit().await.unwrap();
        let tasks = (0..200).map(|_| {
            let db = test.db.clone();
            tokio::spawn(async move {
                let mut tx = db.write_for(who).await.unwrap();
                let (n,): (i64,) = tx.query("SELECT n FROM counter WHERE id = 1").one().await.unwrap();
                tokio::task::yield_now().await;
                tx.query("UPDATE counter SET n = $1 WHERE id = 1").bind(n + 1).run().await.unwrap();
                tx.commit().await.unwrap();
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        let mut tx = test.db.read().await.unwrap();
        let (n,): (i64,) = tx.query("SELECT n FROM counter WHERE id = 1").one().await.unwrap();
        assert_eq!(n, 200, "{}", test.name);
    }
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing_and_a_wrong_number_of_values_is_refused() {
    for test in databases().await {
        let who = learner(&test.db).await;
        let mut tx = test.db.write().await.unwrap();
        tx.query("DELETE FROM learner WHERE id = $1").bind(who.0).run().await.unwrap();
        drop(tx);
        let mut tx = test.db.read().await.unwrap();
        let found =
            tx.query("SELECT email FROM learner WHERE id = $1").bind(who.0).maybe::<(String,)>().await;
        assert!(found.unwrap().is_some(), "{}", test.name);
        let unbound = tx.query("SELECT email FROM learner WHERE id = $1").maybe::<(String,)>().await;
        assert!(unbound.unwrap_err().to_string().contains("0 values bound, 1 wanted"), "{}", test.name);
    }
}

#[tokio::test]
async fn a_read_cannot_write() {
    for test in databases().await {
        let mut tx = test.db.read().await.unwrap();
        assert!(tx.query("DELETE FROM learner").run().await.is_err(), "{}", test.name);
    }
}

#[tokio::test]
async fn foreign_keys_and_checks_hold() {
    for test in databases().await {
        let mut tx = test.db.write().await.unwrap();
        let orphan = tx
            .query("INSERT INTO session (id, learner, created) VALUES ($1, $2, 0)")
            .bind(Uuid::now_v7())
            .bind(Uuid::now_v7());
        assert!(orphan.run().await.is_err(), "{}: orphan", test.name);
        drop(tx);
        let mut tx = test.db.write().await.unwrap();
        let state = tx
            .query("INSERT INTO job (id, kind, key, payload, state, due, attempt) VALUES ($1, 'k', 'k', $2, 'odd', 0, 0)")
            .bind(Uuid::now_v7())
            .bind(sqlx::types::Json(serde_json::json!({})));
        assert!(state.run().await.is_err(), "{}: state", test.name);
    }
}

async fn enqueue(test: &crate::support::TestDb, key: &str, due: i64) -> bool {
    let mut tx = test.db.write().await.unwrap();
    let new = New { id: Uuid::now_v7(), kind: "read", key, payload: serde_json::json!({ "n": 1 }), due };
    let added = queue::enqueue(&mut tx, new).await.unwrap();
    tx.commit().await.unwrap();
    added
}

#[tokio::test]
async fn the_queue_keeps_its_promises() {
    for test in databases().await {
        let name = test.name;
        assert!(enqueue(&test, "a", 10).await, "{name}");
        assert!(!enqueue(&test, "a", 20).await, "{name}: the same kind and key is one job");
        assert!(queue::claim(&test.db, 9, 100).await.unwrap().is_none(), "{name}: not due yet");
        let first = queue::claim(&test.db, 10, 100).await.unwrap().unwrap();
        assert_eq!((first.attempt, &first.payload["n"]), (1, &serde_json::json!(1)), "{name}");
        assert!(queue::claim(&test.db, 109, 100).await.unwrap().is_none(), "{name}: held");

        let mut tx = test.db.write().await.unwrap();
        assert!(queue::heartbeat(&mut tx, &first, 300).await.unwrap(), "{name}");
        tx.commit().await.unwrap();
        assert!(queue::claim(&test.db, 299, 100).await.unwrap().is_none(), "{name}: held longer");

        let second = queue::claim(&test.db, 300, 100).await.unwrap().unwrap();
        assert_eq!(second.attempt, 2, "{name}: an orphan is taken over");
        let mut tx = test.db.write().await.unwrap();
        assert!(!queue::finish(&mut tx, &first).await.unwrap(), "{name}: the dead worker is fenced off");
        assert_eq!(queue::fail(&mut tx, &second, "no", 300, 3).await.unwrap(), Some(false), "{name}");
        tx.commit().await.unwrap();
        assert!(queue::claim(&test.db, 300 + 3_999, 100).await.unwrap().is_none(), "{name}: backs off");
        let third = queue::claim(&test.db, 300 + 4_000, 100).await.unwrap().unwrap();
        let mut tx = test.db.write().await.unwrap();
        assert_eq!(queue::fail(&mut tx, &third, "dead now", 5_000, 3).await.unwrap(), Some(true), "{name}");
        tx.commit().await.unwrap();
        assert!(queue::claim(&test.db, i64::MAX / 2, 100).await.unwrap().is_none(), "{name}: dead");

        assert!(enqueue(&test, "a", 7).await, "{name}: a dead job can be tried again");
        let again = queue::claim(&test.db, 7, 100).await.unwrap().unwrap();
        assert_eq!(again.attempt, 1, "{name}");
        let mut tx = test.db.write().await.unwrap();
        assert!(queue::finish(&mut tx, &again).await.unwrap(), "{name}");
        tx.commit().await.unwrap();
        assert_eq!(queue::next_due(&test.db, 5_000).await.unwrap(), None, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_workers_do_a_hundred_jobs_once_each() {
    for test in databases().await {
        for n in 0..100 {
            enqueue(&test, &n.to_string(), 0).await;
        }
        let workers = (0..8).map(|_| {
            let db = test.db.clone();
            tokio::spawn(async move {
                let mut done = vec![];
                while let Some(job) = queue::claim(&db, 1, 60_000).await.unwrap() {
                    let mut tx = db.write().await.unwrap();
                    assert!(queue::finish(&mut tx, &job).await.unwrap());
                    tx.commit().await.unwrap();
                    done.push(job.id);
                }
                done
            })
        });
        let mut done = vec![];
        for worker in workers.collect::<Vec<_>>() {
            done.extend(worker.await.unwrap());
        }
        done.sort();
        done.dedup();
        assert_eq!(done.len(), 100, "{}", test.name);
    }
}

/// The migrations of a database, by name.
fn migrations(database: &str) -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(database);
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry.unwrap();
        (entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap())
    };
    let mut all: Vec<_> = std::fs::read_dir(folder).unwrap().map(read).collect();
    all.sort();
    all
}

/// A learner with a question, its card and a review, as they were kept before there were flashcards.
fn before_flashcards(sqlite: bool) -> String {
    let bytes = |n: u8, length: usize| {
        let hex = format!("{n:02x}").repeat(length);
        if sqlite { format!("x'{hex}'") } else { format!("'\\x{hex}'") }
    };
    let id = |n: u8| if sqlite { bytes(n, 16) } else { format!("'{}'", Uuid::from_bytes([n; 16])) };
    let (learner, material, question, card, review) = (id(1), id(2), id(3), id(4), id(5));
    let (hash, yes) = (bytes(7, 32), if sqlite { "1" } else { "TRUE" });
    format!(
        "INSERT INTO learner (id, settings, created) VALUES ({learner}, '{{}}', 0);
         INSERT INTO material (id, owner, title, filename, format, extension, bytes, sha256, state, warnings, created)
           VALUES ({material}, {learner}, 't', 't.md', 'markdown', 'md', 1, {hash}, 'ready', '[]', 0);
         INSERT INTO question
           (id, material, fingerprint, state, automatic, page, span_start, span_end, concept, item, created)
           VALUES ({question}, {material}, {hash}, 'published', {yes}, 1, 0, 1, 'c', '{{}}', 0);
         INSERT INTO card (id, learner, question, stability, difficulty, due, last_review, reps, lapses, created)
           VALUES ({card}, {learner}, {question}, 2.5, 5.0, 9, 8, 3, 1, 7);
         INSERT INTO review (id, card, learner, rating, at, day, took, before, after)
           VALUES ({review}, {card}, {learner}, 'good', 8, 0, 6, '{{}}', '{{}}')"
    )
}

#[tokio::test]
async fn cards_and_their_reviews_survive_the_tables_that_are_made_anew() {
    use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, raw_sql};
    for test in databases().await {
        let sqlite = test.name == "SQLite";
        let url = match sqlite {
            true => format!("sqlite:{}", test.folder().join("old.db").display()),
            false => test.url.clone(),
        };
        let before = before_flashcards(sqlite);
        let counts = "SELECT CAST((SELECT count(*) FROM card WHERE due = 9 AND reps = 3 AND flashcard IS NULL) AS BIGINT),
                             CAST((SELECT count(*) FROM review WHERE took = 6) AS BIGINT)";
        macro_rules! check {
            ($connection:expr, $folder:literal) => {{
                let mut connection = $connection;
                for (name, sql) in migrations($folder) {
                    if name.starts_with("0015") {
                        raw_sql(AssertSqlSafe(before.clone())).execute(&mut connection).await.unwrap();
                    }
                    let mut tx = connection.begin().await.unwrap();
                    raw_sql(AssertSqlSafe(sql))
                        .execute(&mut *tx)
                        .await
                        .unwrap_or_else(|e| panic!("{name}: {e}"));
                    tx.commit().await.unwrap();
                }
                let found: (i64, i64) = sqlx::query_as(counts).fetch_one(&mut connection).await.unwrap();
                assert_eq!(found, (1, 1), "{}", test.name);
                // a review still goes with its card, and a card with its question
                sqlx::query("DELETE FROM question").execute(&mut connection).await.unwrap();
                let found: (i64, i64) = sqlx::query_as(counts).fetch_one(&mut connection).await.unwrap();
                assert_eq!(found, (0, 0), "{}", test.name);
            }};
        }
        if sqlite {
            let options: sqlx::sqlite::SqliteConnectOptions = url.parse().unwrap();
            check!(options.create_if_missing(true).foreign_keys(true).connect().await.unwrap(), "sqlite");
        } else {
            let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
            raw_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
                .execute(&mut connection)
                .await
                .unwrap();
            check!(connection, "postgres");
        }
    }
}
