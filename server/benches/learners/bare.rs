//! The least that an answer can cost: a handler of axum and sqlx that makes the writes of one answer and nothing else.

use super::site::{Learner, Site};
use axum::{Form, Json, Router, extract::State, routing::post};
use serde::Deserialize;
use server::db::Db;
use uuid::Uuid;

/// Listens beside the server.
pub(crate) struct Bare {
    url: String,
    client: reqwest::Client,
}

#[derive(Deserialize)]
struct Given {
    learner: Uuid,
    choice: i64,
    n: i64,
}

/// Opens it on the server's own database: the writes queue alike.
pub(crate) async fn serve(site: &Site) -> anyhow::Result<Bare> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/answer", listener.local_addr()?);
    let router = Router::new().route("/answer", post(answer)).with_state(site.state.db.clone());
    tokio::spawn(axum::serve(listener, router).into_future());
    Ok(Bare { url, client: reqwest::Client::builder().pool_max_idle_per_host(1).build()? })
}

impl Bare {
    /// One answer.
    pub(crate) async fn answer(&self, learner: &Learner, n: u32) -> anyhow::Result<()> {
        // a question that is there: Mitochi's own first one is asked of everybody
        let form =
            format!("learner={}&question={}&choice={}&n={n}", learner.session.learner.0, Uuid::nil(), n % 4);
        let request = self.client.post(&self.url).header("content-type", "application/x-www-form-urlencoded");
        request.body(form).send().await?.error_for_status()?;
        Ok(())
    }
}

async fn answer(State(db): State<Db>, Form(given): Form<Given>) -> Json<bool> {
    Json(write(&db, &given).await.is_ok())
}

/// The rows of an answer: answer, card, review, XP.
async fn write(db: &Db, given: &Given) -> server::db::Result<()> {
    let (id, card) = (Uuid::now_v7(), Uuid::now_v7());
    let mut tx = db.write().await?;
    let (question,): (Uuid,) = tx.query("SELECT id FROM question ORDER BY id LIMIT 1").one().await?;
    tx.query(
        "INSERT INTO answer (id, learner, question, choice, correct, took, at, day)
         VALUES ($1, $2, $3, $4, $5, 20000, $6, $7)",
    )
    .bind(id)
    .bind(given.learner)
    .bind(question)
    .bind(given.choice)
    .bind(given.choice == 0)
    .bind(given.n)
    .bind(given.n / 100)
    .run()
    .await?;
    let state = serde_json::json!({ "due": 0, "reps": 1, "lapses": 0, "interval": 600 });
    let kept: Option<(Uuid,)> = tx
        .query("SELECT id FROM card WHERE learner = $1 AND question = $2")
        .bind(given.learner)
        .bind(question)
        .maybe()
        .await?;
    let card = match kept {
        Some((card,)) => {
            tx.query("UPDATE card SET due = $2, reps = reps + 1 WHERE id = $1")
                .bind(card)
                .bind(given.n)
                .run()
                .await?;
            card
        }
        None => {
            tx.query(
                "INSERT INTO card (id, learner, question, stability, difficulty, due, last_review, reps, lapses, created)
                 VALUES ($1, $2, $3, 3.0, 5.0, $4, $4, 1, 0, $4)",
            )
            .bind(card)
            .bind(given.learner)
            .bind(question)
            .bind(given.n)
            .run()
            .await?;
            card
        }
    };
    tx.query(
        "INSERT INTO review (id, card, learner, rating, at, day, took, before, after)
         VALUES ($1, $2, $3, 'good', $4, $5, 20000, $6, $6)",
    )
    .bind(id)
    .bind(card)
    .bind(given.learner)
    .bind(given.n)
    .bind(given.n / 100)
    .bind(sqlx::types::Json(state))
    .run()
    .await?;
    tx.query(
        "INSERT INTO xp (id, learner, source, reference, amount, reason, at, day)
         VALUES ($1, $2, 'answer', $1, 10, 'right', $3, $4)",
    )
    .bind(id)
    .bind(given.learner)
    .bind(given.n)
    .bind(given.n / 100)
    .run()
    .await?;
    tx.commit().await
}
