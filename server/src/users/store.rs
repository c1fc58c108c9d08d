//! Accounts and invitations in the database.

use crate::db::{Result, Tx};
use app::users::api::User;
use domain::id::LearnerId;
use uuid::Uuid;

/// All accounts, the oldest first.
pub(super) async fn users(tx: &mut Tx) -> Result<Vec<User>> {
    let query = tx.query(
        "SELECT l.id, l.email, l.created, l.disabled, l.admin,
                (SELECT max(s.seen) FROM session s WHERE s.learner = l.id),
                (SELECT CAST(coalesce(sum(m.bytes), 0) AS BIGINT) FROM material m WHERE m.owner = l.id)
         FROM learner l WHERE l.email IS NOT NULL ORDER BY l.created, l.id LIMIT 5000",
    );
    type Row = (Uuid, String, i64, Option<i64>, bool, Option<i64>, i64);
    let user = |(id, email, created, disabled, administrator, seen, bytes): Row| User {
        id: LearnerId(id),
        email,
        created,
        seen,
        disabled,
        administrator,
        bytes: bytes.unsigned_abs(),
    };
    Ok(query.all::<Row>().await?.into_iter().map(user).collect())
}

/// How many invitations wait.
pub(super) async fn invitations(tx: &mut Tx, now: i64) -> Result<u32> {
    let query = tx.query("SELECT COUNT(*) FROM invitation WHERE expires > $1").bind(now);
    Ok(u32::try_from(query.one::<(i64,)>().await?.0).unwrap_or(0))
}

/// Keeps an invitation; those that ran out are forgotten.
pub(super) async fn insert_invitation(tx: &mut Tx, hash: &[u8], now: i64, expires: i64) -> Result<()> {
    tx.query("DELETE FROM invitation WHERE expires <= $1").bind(now).run().await?;
    let query = tx.query("INSERT INTO invitation (hash, made, expires) VALUES ($1, $2, $3)");
    query.bind(hash.to_vec()).bind(now).bind(expires).run().await?;
    Ok(())
}

/// Takes all invitations back.
pub(super) async fn withdraw_all(tx: &mut Tx) -> Result<()> {
    tx.query("DELETE FROM invitation").run().await?;
    Ok(())
}

/// Uses an invitation up. False: there is none.
pub async fn use_invitation(tx: &mut Tx, hash: &[u8], now: i64) -> Result<bool> {
    let query = tx.query("DELETE FROM invitation WHERE hash = $1 AND expires > $2");
    Ok(query.bind(hash.to_vec()).bind(now).run().await? == 1)
}

/// Whether there is any account.
pub async fn is_any(tx: &mut Tx) -> Result<bool> {
    let sql = "SELECT id FROM learner WHERE email IS NOT NULL LIMIT 1";
    Ok(tx.query(sql).maybe::<(Uuid,)>().await?.is_some())
}

/// Shuts an account, or opens it.
pub(super) async fn set_disabled(tx: &mut Tx, learner: LearnerId, since: Option<i64>) -> Result<()> {
    let query = tx.query("UPDATE learner SET disabled = $2 WHERE id = $1");
    query.bind(learner.0).bind(since).run().await?;
    Ok(())
}
