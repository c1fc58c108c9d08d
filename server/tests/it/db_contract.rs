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
        assert_eq!(queue::next_due(&test.db).await.unwrap(), None, "{name}");
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
