//! Sessions, links and what happened in the database.

use crate::db::{Result, Tx};
use app::security::api::SessionRow;
use domain::id::{LearnerId, SessionId};
use uuid::Uuid;

/// Writes down what happened.
pub(super) async fn insert_event(
    tx: &mut Tx,
    id: Uuid,
    learner: LearnerId,
    kind: &str,
    address: &str,
    at: i64,
) -> Result<()> {
    let query =
        tx.query("INSERT INTO security_event (id, learner, kind, address, at) VALUES ($1, $2, $3, $4, $5)");
    query.bind(id).bind(learner.0).bind(kind.to_string()).bind(address.to_string()).bind(at).run().await?;
    Ok(())
}

/// Forgets what happened before a moment.
pub(super) async fn forget_events(tx: &mut Tx, learner: LearnerId, before: i64) -> Result<()> {
    let query = tx.query("DELETE FROM security_event WHERE learner = $1 AND at < $2");
    query.bind(learner.0).bind(before).run().await?;
    Ok(())
}

/// What happened last: kind, address, moment.
pub(super) async fn events(tx: &mut Tx, learner: LearnerId, most: i64) -> Result<Vec<(String, String, i64)>> {
    let query = tx.query(
        "SELECT kind, address, at FROM security_event WHERE learner = $1 ORDER BY at DESC, id DESC LIMIT $2",
    );
    query.bind(learner.0).bind(most).all().await
}

/// Sessions of a learner that go on and whose tokens have not run out.
pub(super) async fn sessions(tx: &mut Tx, learner: LearnerId) -> Result<Vec<SessionRow>> {
    let query = tx.query(
        "SELECT s.id, s.browser, s.address, s.created, s.seen FROM session s
         WHERE s.learner = $1 AND s.ended IS NULL AND EXISTS (SELECT 1 FROM refresh_token t WHERE t.session = s.id)",
    );
    let rows = query.bind(learner.0).all::<(Uuid, String, String, i64, i64)>().await?;
    let row = |(id, browser, address, began, seen)| SessionRow {
        id: SessionId(id),
        browser,
        address,
        began,
        seen,
        here: false,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Ends all sessions of a learner but one.
pub async fn end_sessions(tx: &mut Tx, learner: LearnerId, but: Option<SessionId>, now: i64) -> Result<()> {
    let but = but.map_or(Uuid::nil(), |session| session.0);
    let sql = "DELETE FROM refresh_token WHERE session <> $2 AND session IN (SELECT id FROM session WHERE learner = $1)";
    tx.query(sql).bind(learner.0).bind(but).run().await?;
    let sql = "UPDATE session SET ended = $3 WHERE learner = $1 AND id <> $2 AND ended IS NULL";
    tx.query(sql).bind(learner.0).bind(but).bind(now).run().await?;
    Ok(())
}

/// Sets the hash of a password.
pub(super) async fn set_password(tx: &mut Tx, learner: LearnerId, hash: &str) -> Result<()> {
    let query = tx.query("UPDATE learner SET password_hash = $2 WHERE id = $1 AND email IS NOT NULL");
    query.bind(learner.0).bind(hash.to_string()).run().await?;
    // a link that was given before is not good any more
    tx.query("DELETE FROM password_link WHERE learner = $1").bind(learner.0).run().await?;
    Ok(())
}

/// Sets the address.
pub(super) async fn set_address(tx: &mut Tx, learner: LearnerId, email: &str, key: &str) -> Result<()> {
    let query = tx.query("UPDATE learner SET email = $2, email_key = $3 WHERE id = $1 AND email IS NOT NULL");
    query.bind(learner.0).bind(email.to_string()).bind(key.to_string()).run().await?;
    Ok(())
}

/// Keeps a link that sets a password; those before it are gone.
pub async fn insert_link(tx: &mut Tx, hash: &[u8], learner: LearnerId, expires: i64) -> Result<()> {
    tx.query("DELETE FROM password_link WHERE learner = $1").bind(learner.0).run().await?;
    let query = tx.query("INSERT INTO password_link (hash, learner, expires) VALUES ($1, $2, $3)");
    query.bind(hash.to_vec()).bind(learner.0).bind(expires).run().await?;
    Ok(())
}

/// Whose password a link sets.
pub(super) async fn link(tx: &mut Tx, hash: &[u8], now: i64) -> Result<Option<LearnerId>> {
    let query = tx.query("SELECT learner FROM password_link WHERE hash = $1 AND expires > $2");
    let row = query.bind(hash.to_vec()).bind(now).maybe::<(Uuid,)>().await?;
    Ok(row.map(|(id,)| LearnerId(id)))
}

/// Uses a link up. False: it was not there any more.
pub(super) async fn use_link(tx: &mut Tx, hash: &[u8], now: i64) -> Result<bool> {
    let query = tx.query("DELETE FROM password_link WHERE hash = $1 AND expires > $2");
    Ok(query.bind(hash.to_vec()).bind(now).run().await? == 1)
}
