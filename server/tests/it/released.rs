//! Databases of every schema that there ever was, with rows in them, are brought up to date: nothing is lost, and their learners
//! come in and go on.

use crate::support::{
    TestDb, databases,
    lecture::{DAY, item},
    site::{Browser, Site},
};
use axum::http::StatusCode;
use server::{
    account::password::Passwords,
    db::{self, Db},
};
use sqlx::{PgPool, SqlitePool, sqlite::SqliteConnectOptions, types::Json};
use uuid::Uuid;

/// Versions of the schema, the oldest first.
fn versions() -> Vec<i64> {
    sqlx::migrate!("../migrations/sqlite").iter().map(|migration| migration.version).collect()
}

/// An empty database of a version in the place of the test's.
async fn of_version(test: &mut TestDb, version: i64) -> Db {
    if test.name == "SQLite" {
        let file = test.folder().join(format!("of-{version}.db"));
        test.url = format!("sqlite:{}", file.display());
        let options = SqliteConnectOptions::new().filename(file).create_if_missing(true).foreign_keys(true);
        let pool = SqlitePool::connect_with(options).await.unwrap();
        sqlx::migrate!("../migrations/sqlite").run_to(version, &pool).await.unwrap();
        return Db::Sqlite { read: pool.clone(), write: pool };
    }
    let pool = PgPool::connect(&test.url).await.unwrap();
    sqlx::raw_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public").execute(&pool).await.unwrap();
    sqlx::migrate!("../migrations/postgres").run_to(version, &pool).await.unwrap();
    Db::Postgres(pool)
}

/// A learner with a file, its question, an answer and what hangs on it, in the columns of the first schema.
async fn fill(db: &Db, hash: &str) -> Uuid {
    let learner = Uuid::now_v7();
    let (material, question, quiz, answer, card) =
        (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let mut tx = db.write().await.unwrap();
    tx.query("INSERT INTO learner (id, email, email_key, password_hash, settings, created) VALUES ($1, $2, $2, $3, $4, 1)")
        .bind(learner)
        .bind("fern@example.org".to_string())
        .bind(hash.to_string())
        .bind(Json(serde_json::to_value(app::account::api::Settings::default()).unwrap()))
        .run()
        .await
        .unwrap();
    tx.query(
        "INSERT INTO material (id, owner, title, filename, format, extension, bytes, sha256, state, warnings, created)
         VALUES ($1, $2, 'The heart', 'heart.md', 'Markdown', 'md', 1, $3, 'ready', $4, 1)",
    )
    .bind(material)
    .bind(learner)
    .bind(vec![7_u8; 32])
    .bind(Json(serde_json::json!([])))
    .run()
    .await
    .unwrap();
    tx.query(
        "INSERT INTO question (id, material, fingerprint, state, automatic, page, span_start, span_end, concept, item, created)
         VALUES ($1, $2, $3, 'published', $4, 1, 0, 9, 'heart', $5, 1)",
    )
    .bind(question)
    .bind(material)
    .bind(vec![8_u8; 32])
    .bind(true)
    .bind(Json(item(0)))
    .run()
    .await
    .unwrap();
    tx.query("INSERT INTO quiz (id, learner, material, title, started) VALUES ($1, $2, $3, 'The heart', 1)")
        .bind(quiz)
        .bind(learner)
        .bind(material)
        .run()
        .await
        .unwrap();
    tx.query("INSERT INTO quiz_item (quiz, position, question, shown) VALUES ($1, 0, $2, $3)")
        .bind(quiz)
        .bind(question)
        .bind(Json(serde_json::json!([0, 1, 2, 3])))
        .run()
        .await
        .unwrap();
    tx.query(
        "INSERT INTO answer (id, learner, question, quiz, position, choice, correct, took, at, day)
         VALUES ($1, $2, $3, $4, 0, 0, $5, 900, $6, 1)",
    )
    .bind(answer)
    .bind(learner)
    .bind(question)
    .bind(quiz)
    .bind(true)
    .bind(DAY)
    .run()
    .await
    .unwrap();
    tx.query(
        "INSERT INTO card (id, learner, question, stability, difficulty, due, last_review, reps, lapses, created)
         VALUES ($1, $2, $3, 3.5, 5.0, $4, $4, 1, 0, 1)",
    )
    .bind(card)
    .bind(learner)
    .bind(question)
    .bind(DAY)
    .run()
    .await
    .unwrap();
    let state = serde_json::json!({ "memory": null, "due": 0, "last_review": null, "reps": 0, "lapses": 0, "interval": 60 });
    tx.query(
        "INSERT INTO review (id, card, learner, rating, at, day, took, before, after)
         VALUES ($1, $2, $3, 'good', $4, 1, 900, $5, $5)",
    )
    .bind(answer)
    .bind(card)
    .bind(learner)
    .bind(DAY)
    .bind(Json(state))
    .run()
    .await
    .unwrap();
    tx.query(
        "INSERT INTO xp (id, learner, source, reference, amount, reason, at, day)
         VALUES ($1, $2, 'answer', $3, 30, 'right', $4, 1)",
    )
    .bind(Uuid::now_v7())
    .bind(learner)
    .bind(answer)
    .bind(DAY)
    .run()
    .await
    .unwrap();
    tx.commit().await.unwrap();
    learner
}

#[tokio::test]
async fn a_database_of_each_schema_is_brought_up_to_date_with_all_that_is_in_it() {
    let hash = Passwords::new(4).unwrap().hash("a good long password".into()).await.unwrap();
    for mut test in databases().await {
        for version in versions() {
            let old = of_version(&mut test, version).await;
            let learner = fill(&old, &hash).await;
            old.close().await;
            test.db = db::open(&test.url).await.unwrap();
            let mut tx = test.db.read().await.unwrap();
            for table in
                ["learner", "material", "question", "quiz", "quiz_item", "answer", "card", "review", "xp"]
            {
                let sql = format!("SELECT CAST(count(*) AS BIGINT) FROM {table}");
                let (rows,): (i64,) = tx.query(Box::leak(sql.into_boxed_str())).one().await.unwrap();
                assert_eq!(rows, 1, "{}, schema {version}: {table}", test.name);
            }
            let query = tx.query("SELECT xp FROM learner WHERE id = $1").bind(learner);
            assert_eq!(query.one::<(i64,)>().await.unwrap().0, 30, "{}, schema {version}", test.name);
            if test.name == "SQLite" {
                let strays = tx.query("SELECT COUNT(*) FROM pragma_foreign_key_check").one::<(i64,)>().await;
                assert_eq!(strays.unwrap().0, 0, "schema {version}");
            }
            drop(tx);

            let site = Site::open_beside(&test, &format!("data-{version}"), &[]).await;
            let mut fern = Browser::default();
            let form = "request[email]=fern@example.org&request[password]=a good long password";
            let answer = fern.call(&site, "account/log_in", form).await;
            assert_eq!(answer.status, StatusCode::OK, "{}, schema {version}: {}", test.name, answer.body);
            for path in ["/home", "/review", "/library", "/settings/security"] {
                assert_eq!(
                    fern.get(&site, path).await.status,
                    StatusCode::OK,
                    "{}, schema {version}: {path}",
                    test.name
                );
            }
            site.state.db.close().await;
            test.db.close().await;
        }
    }
}
