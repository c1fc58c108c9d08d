//! Learners with a past: rows as they would be after so much study, written directly.

use super::site::Learner;
use anyhow::Context;
use server::db::{Db, Tx};
use sqlx::types::Json;
use uuid::Uuid;

const DAY: i64 = 86_400_000;
/// Cards that the reviews are of, at most: a student's deck.
const CARDS: u32 = 2_000;
/// Reviews on one day.
const A_DAY: u32 = 200;

/// Moments of the past, in milliseconds: a review each ten seconds, so many a day, the last one yesterday.
fn moment(n: u32, of: u32, now: i64) -> i64 {
    let days_ago = i64::from((of - n) / A_DAY) + 1;
    now - days_ago * DAY - i64::from((of - n) % A_DAY) * 10_000
}

async fn material(tx: &mut Tx, learner: Uuid, now: i64) -> anyhow::Result<Uuid> {
    let id = Uuid::now_v7();
    tx.query(
        "INSERT INTO material (id, owner, title, filename, format, extension, bytes, sha256, state, pages_read,
                               pages_total, warnings, created)
         VALUES ($1, $2, 'A year of lectures', 'year.pdf', 'PDF', 'pdf', 1, $3, 'ready', 3, 3, $4, $5)",
    )
    .bind(id)
    .bind(learner)
    .bind([id.as_bytes().as_slice(), id.as_bytes().as_slice()].concat())
    .bind(Json(serde_json::json!([])))
    .bind(now)
    .run()
    .await?;
    Ok(id)
}

/// Questions of one's own: copies of those that Mitochi brings.
async fn questions(tx: &mut Tx, material: Uuid, count: u32) -> anyhow::Result<Vec<Uuid>> {
    let brought: Vec<(Json<serde_json::Value>, String)> =
        tx.query("SELECT item, concept FROM question ORDER BY id").all().await?;
    let mut ids = vec![];
    for (n, (item, concept)) in (0..count).zip(brought.iter().cycle()) {
        let id = Uuid::now_v7();
        tx.query(
            "INSERT INTO question (id, material, fingerprint, state, automatic, page, span_start, span_end, concept,
                                   item, created)
             VALUES ($1, $2, $3, 'published', $4, 1, 0, 1, $5, $6, 0)",
        )
        .bind(id)
        .bind(material)
        .bind([id.as_bytes().as_slice(), id.as_bytes().as_slice()].concat())
        .bind(true)
        .bind(format!("{concept} {n}"))
        .bind(item.clone())
        .run()
        .await?;
        ids.push(id);
    }
    Ok(ids)
}

/// So many reviews of a learner with a deck of questions; every second one is an answer of a set, as it is in life.
pub(crate) async fn write(db: &Db, learner: &Learner, reviews: u32) -> anyhow::Result<()> {
    let learner = learner.session.learner.0;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis() as i64;
    let mut tx = db.write().await?;
    let material = material(&mut tx, learner, now).await?;
    let questions = questions(&mut tx, material, CARDS).await?;
    let mut cards = vec![];
    for question in questions.iter().take(reviews as usize) {
        let id = Uuid::now_v7();
        // spread over the coming two months, thirty of them due
        let due = if cards.len() < 30 { now - DAY } else { now + DAY * (1 + cards.len() as i64 % 60) };
        tx.query(
            "INSERT INTO card (id, learner, question, stability, difficulty, due, last_review, reps, lapses, created)
             VALUES ($1, $2, $3, 20.0, 5.0, $4, $5, $6, 0, 0)",
        )
        .bind(id)
        .bind(learner)
        .bind(*question)
        .bind(due)
        .bind(now - 3 * DAY)
        .bind(i64::from(reviews / CARDS))
        .run()
        .await?;
        cards.push((id, *question));
    }
    let mut quiz = None;
    for n in 0..reviews {
        let at = moment(n, reviews, now);
        let (card, question) = cards[n as usize % cards.len()];
        let id = Uuid::now_v7();
        review(&mut tx, (id, card, learner), at).await?;
        let is_answer = n % 2 == 0;
        if is_answer {
            let place = i64::from(n / 2 % 10);
            if place == 0 {
                quiz = Some(set(&mut tx, learner, material, at).await?);
            }
            answer(&mut tx, (id, learner, question), (quiz.context("a set")?, place), at).await?;
        }
        pay(&mut tx, learner, (if is_answer { "answer" } else { "review" }, id), at).await?;
        if n % 20_000 == 19_999 {
            tx.commit().await?;
            tx = db.write().await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn set(tx: &mut Tx, learner: Uuid, material: Uuid, at: i64) -> anyhow::Result<Uuid> {
    let id = Uuid::now_v7();
    tx.query("INSERT INTO quiz (id, learner, material, title, started, finished) VALUES ($1, $2, $3, 'Heart', $4, $4)")
        .bind(id)
        .bind(learner)
        .bind(material)
        .bind(at)
        .run()
        .await?;
    Ok(id)
}

async fn answer(tx: &mut Tx, of: (Uuid, Uuid, Uuid), place: (Uuid, i64), at: i64) -> anyhow::Result<()> {
    tx.query("INSERT INTO quiz_item (quiz, position, question, shown) VALUES ($1, $2, $3, $4)")
        .bind(place.0)
        .bind(place.1)
        .bind(of.2)
        .bind(Json(serde_json::json!([0, 1, 2, 3])))
        .run()
        .await?;
    tx.query(
        "INSERT INTO answer (id, learner, question, quiz, position, choice, correct, took, at, day)
         VALUES ($1, $2, $3, $4, $5, 0, $6, 9000, $7, $8)",
    )
    .bind(of.0)
    .bind(of.1)
    .bind(of.2)
    .bind(place.0)
    .bind(place.1)
    .bind(at % 3 != 0)
    .bind(at)
    .bind(at / DAY)
    .run()
    .await?;
    Ok(())
}

async fn review(tx: &mut Tx, of: (Uuid, Uuid, Uuid), at: i64) -> anyhow::Result<()> {
    let state = serde_json::json!({ "memory": null, "due": 0, "last_review": null, "reps": 1, "lapses": 0, "interval": 1 });
    tx.query(
        "INSERT INTO review (id, card, learner, rating, at, day, took, before, after)
         VALUES ($1, $2, $3, 'good', $4, $5, 9000, $6, $6)",
    )
    .bind(of.0)
    .bind(of.1)
    .bind(of.2)
    .bind(at)
    .bind(at / DAY)
    .bind(Json(state))
    .run()
    .await?;
    Ok(())
}

async fn pay(tx: &mut Tx, learner: Uuid, of: (&'static str, Uuid), at: i64) -> anyhow::Result<()> {
    tx.query(
        "INSERT INTO xp (id, learner, source, reference, amount, reason, at, day)
         VALUES ($1, $2, $3, $4, 10, 'right', $5, $6)",
    )
    .bind(Uuid::now_v7())
    .bind(learner)
    .bind(of.0)
    .bind(of.1)
    .bind(at)
    .bind(at / DAY)
    .run()
    .await?;
    Ok(())
}

/// So many other learners who answered a little each.
pub(crate) async fn others(db: &Db, count: u32) -> anyhow::Result<()> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis() as i64;
    let mut tx = db.write().await?;
    let brought: Vec<(Uuid,)> = tx
        .query("SELECT q.id FROM question q JOIN material m ON m.id = q.material WHERE m.owner IS NULL")
        .all()
        .await?;
    for n in 0..count {
        let id = Uuid::now_v7();
        tx.query("INSERT INTO learner (id, settings, created) VALUES ($1, $2, $3)")
            .bind(id)
            .bind(Json(serde_json::to_value(app::account::api::Settings::default())?))
            .bind(now)
            .run()
            .await?;
        for (question,) in brought.iter().take(5) {
            let (card, review_id) = (Uuid::now_v7(), Uuid::now_v7());
            tx.query(
                "INSERT INTO card (id, learner, question, stability, difficulty, due, last_review, reps, lapses, created)
                 VALUES ($1, $2, $3, 20.0, 5.0, $4, $5, 1, 0, 0)",
            )
            .bind(card)
            .bind(id)
            .bind(*question)
            .bind(now - DAY)
            .bind(now - 3 * DAY)
            .run()
            .await?;
            review(&mut tx, (review_id, card, id), now - 3 * DAY).await?;
            pay(&mut tx, id, ("review", review_id), now - 3 * DAY).await?;
        }
        if n % 2_000 == 1_999 {
            tx.commit().await?;
            tx = db.write().await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
