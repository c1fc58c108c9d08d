//! Learners, sessions and tokens in SQL.

use super::client::Client;
use crate::{
    db::{Result, Tx},
    library, memory,
};
use app::{account::api::Settings, library::api::SAVED_MOST};
use domain::{
    id::{LearnerId, SessionId},
    memory::MOST,
};
use sqlx::types::Json;
use uuid::Uuid;

/// A learner.
#[derive(Debug, sqlx::FromRow)]
pub struct LearnerRow {
    /// Id.
    pub id: Uuid,
    /// `None` for a guest.
    pub email: Option<String>,
    /// `None` for a guest.
    pub password_hash: Option<String>,
    /// Settings.
    pub settings: Json<Settings>,
    /// Milliseconds since 1970.
    pub created: i64,
    /// Whether this learner runs this Mitochi.
    pub admin: bool,
    /// When the account was shut.
    pub disabled: Option<i64>,
}

/// How an account is entered.
#[derive(Debug, Clone, Copy)]
pub struct Login<'a> {
    /// As typed.
    pub email: &'a str,
    /// As compared.
    pub key: &'a str,
    /// bcrypt.
    pub hash: &'a str,
}

/// The learner of this id.
pub async fn find(tx: &mut Tx, learner: LearnerId) -> Result<Option<LearnerRow>> {
    let sql =
        "SELECT id, email, password_hash, settings, created, admin, disabled FROM learner WHERE id = $1";
    tx.query(sql).bind(learner.0).maybe().await
}

/// The account of this address.
pub async fn find_by_email(tx: &mut Tx, key: &str) -> Result<Option<LearnerRow>> {
    let sql = "SELECT id, email, password_hash, settings, created, admin, disabled FROM learner WHERE email_key = $1";
    tx.query(sql).bind(key.to_string()).maybe().await
}

/// The settings of a learner; the defaults if they are gone.
pub async fn settings(tx: &mut Tx, learner: LearnerId) -> Result<Settings> {
    let row = tx.query("SELECT settings FROM learner WHERE id = $1").bind(learner.0);
    Ok(row.maybe::<(Json<Settings>,)>().await?.map(|(settings,)| settings.0).unwrap_or_default())
}

/// Makes the learner an account, new or out of a guest; the first account of all is the administrator's. False: the
/// address is taken.
pub async fn save_account(
    tx: &mut Tx,
    learner: LearnerId,
    login: Login<'_>,
    settings: &Settings,
    now: i64,
) -> Result<bool> {
    // looked up first: a violated constraint would abort the transaction on PostgreSQL
    if find_by_email(tx, login.key).await?.is_some() {
        return Ok(false);
    }
    let changed = tx
        .query(
            "INSERT INTO learner (id, email, email_key, password_hash, settings, created, admin)
             VALUES ($1, $2, $3, $4, $5, $6, NOT EXISTS (SELECT 1 FROM learner WHERE email IS NOT NULL))
             ON CONFLICT (id) DO UPDATE SET email = excluded.email, email_key = excluded.email_key,
               password_hash = excluded.password_hash, settings = excluded.settings, admin = excluded.admin
             WHERE learner.email IS NULL",
        )
        .bind(learner.0)
        .bind(login.email.to_string())
        .bind(login.key.to_string())
        .bind(login.hash.to_string())
        .bind(Json(settings))
        .bind(now)
        .run()
        .await?;
    Ok(changed == 1)
}

/// Whether a learner runs this Mitochi.
pub async fn is_administrator(tx: &mut Tx, learner: LearnerId) -> Result<bool> {
    let query = tx.query("SELECT id FROM learner WHERE id = $1 AND admin AND email IS NOT NULL");
    Ok(query.bind(learner.0).maybe::<(Uuid,)>().await?.is_some())
}

/// A learner without an account.
pub async fn insert_guest(tx: &mut Tx, learner: LearnerId, settings: &Settings, now: i64) -> Result<()> {
    let sql = "INSERT INTO learner (id, settings, created) VALUES ($1, $2, $3)";
    tx.query(sql).bind(learner.0).bind(Json(settings)).bind(now).run().await?;
    Ok(())
}

/// False: there is no such learner.
pub async fn save_settings(tx: &mut Tx, learner: LearnerId, settings: &Settings) -> Result<bool> {
    let query = tx.query("UPDATE learner SET settings = $2 WHERE id = $1");
    Ok(query.bind(learner.0).bind(Json(settings)).run().await? == 1)
}

/// Deletes a learner with all rows that are theirs. After the administrator the oldest account that remains is the
/// administrator's, of those that are not shut: never one that a stranger opens later.
pub async fn delete(tx: &mut Tx, learner: LearnerId) -> Result<()> {
    tx.query("DELETE FROM learner WHERE id = $1").bind(learner.0).run().await?;
    let sql = "UPDATE learner SET admin = TRUE
         WHERE id = (SELECT id FROM learner WHERE email IS NOT NULL AND disabled IS NULL ORDER BY created, id LIMIT 1)
           AND NOT EXISTS (SELECT 1 FROM learner WHERE admin)";
    tx.query(sql).run().await?;
    Ok(())
}

/// Adds a guest's progress, talks and memories to an account and deletes the guest. Where both have a card of one question,
/// the account's stays.
pub async fn move_progress(tx: &mut Tx, guest: LearnerId, account: LearnerId) -> Result<()> {
    let is_guest = tx.query("SELECT email FROM learner WHERE id = $1 AND email IS NULL").bind(guest.0);
    if is_guest.maybe::<(Option<String>,)>().await?.is_none() {
        return Ok(());
    }
    let clash =
        "DELETE FROM card WHERE learner = $1 AND question IN (SELECT question FROM card WHERE learner = $2)";
    tx.query(clash).bind(guest.0).bind(account.0).run().await?;
    for sql in [
        "UPDATE quiz SET learner = $2 WHERE learner = $1",
        "UPDATE answer SET learner = $2 WHERE learner = $1",
        "UPDATE card SET learner = $2 WHERE learner = $1",
        "UPDATE review SET learner = $2 WHERE learner = $1",
        "UPDATE xp SET learner = $2 WHERE learner = $1",
        "UPDATE talk SET learner = $2 WHERE learner = $1",
        "UPDATE talk_report SET learner = $2 WHERE learner = $1",
        "UPDATE flashcard SET learner = $2 WHERE learner = $1",
        "UPDATE security_event SET learner = $2 WHERE learner = $1",
    ] {
        tx.query(sql).bind(guest.0).bind(account.0).run().await?;
    }
    library::store::saved::give(tx, guest, account, SAVED_MOST).await?;
    memory::give(tx, guest, account, MOST).await?;
    delete(tx, guest).await
}

/// Starts a session.
pub async fn insert_session(
    tx: &mut Tx,
    session: SessionId,
    learner: LearnerId,
    client: &Client,
    now: i64,
) -> Result<()> {
    let sql =
        "INSERT INTO session (id, learner, created, seen, browser, address) VALUES ($1, $2, $3, $3, $4, $5)";
    let query = tx.query(sql).bind(session.0).bind(learner.0).bind(now);
    query.bind(client.browser.clone()).bind(client.address.clone()).run().await?;
    Ok(())
}

/// Notes that a session was used.
pub async fn see_session(tx: &mut Tx, session: SessionId, now: i64) -> Result<()> {
    tx.query("UPDATE session SET seen = $2 WHERE id = $1").bind(session.0).bind(now).run().await?;
    Ok(())
}

/// Whether a session is this learner's and has not ended, and the account is not shut.
pub async fn stands(tx: &mut Tx, session: SessionId, learner: LearnerId) -> Result<bool> {
    let sql = "SELECT s.id FROM session s JOIN learner l ON l.id = s.learner
               WHERE s.id = $1 AND s.learner = $2 AND s.ended IS NULL AND l.disabled IS NULL";
    Ok(tx.query(sql).bind(session.0).bind(learner.0).maybe::<(Uuid,)>().await?.is_some())
}

/// Ends a session with all its tokens.
pub async fn end_session(tx: &mut Tx, session: SessionId, now: i64) -> Result<()> {
    let sql = "UPDATE session SET ended = $2 WHERE id = $1 AND ended IS NULL";
    tx.query(sql).bind(session.0).bind(now).run().await?;
    tx.query("DELETE FROM refresh_token WHERE session = $1").bind(session.0).run().await?;
    Ok(())
}

/// Keeps a token's hash.
pub async fn insert_token(
    tx: &mut Tx,
    hash: &[u8],
    session: SessionId,
    issued: i64,
    expires: i64,
) -> Result<()> {
    let sql = "INSERT INTO refresh_token (hash, session, issued, expires) VALUES ($1, $2, $3, $4)";
    tx.query(sql).bind(hash.to_vec()).bind(session.0).bind(issued).bind(expires).run().await?;
    Ok(())
}

/// A token with its session.
#[derive(Debug, sqlx::FromRow)]
pub struct TokenRow {
    /// Its session.
    pub session: Uuid,
    /// The session's learner.
    pub learner: Uuid,
    /// Whether the learner has no account.
    pub guest: bool,
    /// When it expires.
    pub expires: i64,
    /// When it was first exchanged.
    pub spent: Option<i64>,
    /// When its session ended.
    pub ended: Option<i64>,
    /// When the account was shut.
    pub disabled: Option<i64>,
}

/// The token of this hash, held against other exchanges until the transaction ends.
pub async fn find_token(tx: &mut Tx, hash: &[u8]) -> Result<Option<TokenRow>> {
    macro_rules! sql {
        ($lock:literal) => {
            concat!(
                "SELECT t.session, s.learner, (l.email IS NULL) AS guest, t.expires, t.spent, s.ended, l.disabled
                 FROM refresh_token t JOIN session s ON s.id = t.session JOIN learner l ON l.id = s.learner
                 WHERE t.hash = $1 ",
                $lock
            )
        };
    }
    tx.query_per(sql!(""), sql!("FOR UPDATE OF t")).bind(hash.to_vec()).maybe().await
}

/// Notes that a token was exchanged.
pub async fn spend_token(tx: &mut Tx, hash: &[u8], now: i64) -> Result<()> {
    let query = tx.query("UPDATE refresh_token SET spent = $2 WHERE hash = $1");
    query.bind(hash.to_vec()).bind(now).run().await?;
    Ok(())
}

/// Forgets tokens of a session that nobody can use any more.
pub async fn drop_expired_tokens(tx: &mut Tx, session: SessionId, now: i64) -> Result<()> {
    let query = tx.query("DELETE FROM refresh_token WHERE session = $1 AND expires <= $2");
    query.bind(session.0).bind(now).run().await?;
    Ok(())
}
