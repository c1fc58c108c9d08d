//! What tests stand on: fresh databases of both kinds, a Redis, learners, time.

pub(crate) mod lecture;
pub(crate) mod process;
pub(crate) mod redis;
pub(crate) mod site;
pub(crate) mod taught;

use server::db::{self, Db};
use sqlx::Connection;

/// A database of its own for one test; removed when dropped.
pub(crate) struct TestDb {
    pub(crate) db: Db,
    pub(crate) name: &'static str,
    pub(crate) url: String,
    folder: tempfile::TempDir,
}

impl TestDb {
    /// The same database once more, after it was closed and changed; with a folder of its own.
    pub(crate) async fn reopened(of: &Self) -> Self {
        let folder = tempfile::tempdir_in(of.folder()).unwrap();
        Self { db: db::open(&of.url).await.unwrap(), name: of.name, url: of.url.clone(), folder }
    }

    /// A folder of its own.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

async fn sqlite() -> TestDb {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("mitochi.db").display());
    TestDb { db: db::open(&url).await.unwrap(), name: "SQLite", url, folder }
}

async fn postgres() -> Option<TestDb> {
    let server = std::env::var("MITOCHI_TEST_POSTGRES").ok()?;
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    let mut admin = sqlx::PgConnection::connect(&server).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    let url = format!("{base}/{name}");
    let folder = tempfile::tempdir().unwrap();
    Some(TestDb { db: db::open(&url).await.unwrap(), name: "PostgreSQL", url, folder })
}

/// Fresh databases of every kind that is to be had.
pub(crate) async fn databases() -> Vec<TestDb> {
    let mut all = vec![sqlite().await];
    match postgres().await {
        Some(db) => all.push(db),
        None => println!("skipped: no PostgreSQL (MITOCHI_TEST_POSTGRES is not set)"),
    }
    all
}

/// A learner with an account, for foreign keys.
pub(crate) async fn learner(db: &Db) -> domain::id::LearnerId {
    let id = uuid::Uuid::now_v7();
    let mut tx = db.write().await.unwrap();
    tx.query(
        "INSERT INTO learner (id, email, email_key, password_hash, settings, created)
         VALUES ($1, $2, $2, 'none', $3, 0)",
    )
    .bind(id)
    .bind(format!("{id}@example.org"))
    .bind(sqlx::types::Json(serde_json::to_value(app::account::api::Settings::default()).unwrap()))
    .run()
    .await
    .unwrap();
    tx.commit().await.unwrap();
    domain::id::LearnerId(id)
}
