//! Sessions: a signed access token (15 minutes), which is good as long as its session goes on, and a refresh token (7 days) that is
//! exchanged for its successor. Only the refresh token's hash is kept.
//!
//! Several requests may exchange the same token at once (two tabs, a prefetch, a stream): within the grace each
//! gets a successor of its own. Later the token counts as stolen and the whole session ends.

use super::{AccountService, client::Client, store};
use crate::{
    db::Tx,
    error::Result,
    security::{self, What},
};
use app::session::Session;
use domain::id::{LearnerId, SessionId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Life of an access token, ms.
pub const ACCESS_MS: i64 = 15 * 60_000;
/// Life of a refresh token, ms.
pub const REFRESH_MS: i64 = 7 * 86_400_000;
/// For so long a token that was exchanged can be exchanged again, ms.
pub const GRACE_MS: i64 = 10_000;

/// Keys of the access tokens.
#[derive(Clone)]
pub struct SessionKeys {
    encode: Arc<EncodingKey>,
    decode: Arc<DecodingKey>,
}

impl SessionKeys {
    /// From a secret of 32 bytes and more.
    pub fn new(secret: &[u8]) -> Self {
        Self {
            encode: Arc::new(EncodingKey::from_secret(secret)),
            decode: Arc::new(DecodingKey::from_secret(secret)),
        }
    }
}

/// What a browser is given.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// Signed, 15 minutes.
    pub access: String,
    /// Random, 7 days.
    pub refresh: String,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    /// Learner.
    sub: LearnerId,
    /// Session.
    sid: SessionId,
    /// Guest.
    guest: bool,
    /// Expires, seconds since 1970.
    exp: i64,
}

/// What became of a refresh token.
#[derive(Debug)]
pub enum Renewal {
    /// Go on with these.
    Renewed(Session, Tokens),
    /// Unknown, expired, ended or stolen: log in again.
    Refused,
}

impl AccountService {
    /// Reads an access token; `None` if it is not ours or has expired.
    pub fn read_access(&self, token: &str) -> Option<Session> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.validate_exp = false; // by our own clock
        rules.required_spec_claims.clear();
        let claims = jsonwebtoken::decode::<Claims>(token, &self.keys.decode, &rules).ok()?.claims;
        let alive = claims.exp * 1_000 > self.clock.now();
        alive.then_some(Session { learner: claims.sub, session: claims.sid, guest: claims.guest })
    }

    /// Whether a session goes on and its account is not shut. While the database cannot say, the signed token counts: an
    /// outage is told as one, and not as a log-out.
    pub async fn goes_on(&self, session: Session) -> bool {
        let look = async {
            let mut tx = self.db.read().await?;
            store::stands(&mut tx, session.session, session.learner).await
        };
        look.await.unwrap_or(true)
    }

    /// Starts a session in the caller's transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_session(
        &self,
        tx: &mut Tx,
        learner: LearnerId,
        guest: bool,
    ) -> Result<(Session, Tokens)> {
        let session = Session { learner, session: SessionId(self.clock.id()), guest };
        store::insert_session(tx, session.session, learner, &Client::here(), self.clock.now()).await?;
        let tokens = self.issue(tx, session).await?;
        Ok((session, tokens))
    }

    async fn issue(&self, tx: &mut Tx, session: Session) -> Result<Tokens> {
        let now = self.clock.now();
        let refresh = random_token()?;
        store::insert_token(tx, &hash(&refresh), session.session, now, now + REFRESH_MS).await?;
        let exp = (now + ACCESS_MS) / 1_000;
        let claims = Claims { sub: session.learner, sid: session.session, guest: session.guest, exp };
        let access = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.keys.encode);
        Ok(Tokens { access: access.map_err(anyhow::Error::new)?, refresh })
    }

    /// Exchanges a refresh token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew(&self, refresh: &str) -> Result<Renewal> {
        let now = self.clock.now();
        let hash = hash(refresh);
        let mut tx = self.db.write().await?;
        let Some(found) = store::find_token(&mut tx, &hash).await? else { return Ok(Renewal::Refused) };
        let session = SessionId(found.session);
        if found.ended.is_some() || found.disabled.is_some() || found.expires <= now {
            return Ok(Renewal::Refused);
        }
        match found.spent {
            Some(spent) if now - spent > GRACE_MS => {
                store::end_session(&mut tx, session, now).await?;
                security::note(&mut tx, &self.clock, LearnerId(found.learner), What::Reuse).await?;
                tx.commit().await?;
                tracing::warn!(session.id = %session, "an old refresh token was used again: session ended");
                return Ok(Renewal::Refused);
            }
            Some(_) => {}
            None => store::spend_token(&mut tx, &hash, now).await?,
        }
        let session = Session { learner: LearnerId(found.learner), session, guest: found.guest };
        let tokens = self.issue(&mut tx, session).await?;
        store::drop_expired_tokens(&mut tx, session.session, now).await?;
        store::see_session(&mut tx, session.session, now).await?;
        tx.commit().await?;
        Ok(Renewal::Renewed(session, tokens))
    }
}

/// 256 bits by chance, in hexadecimal digits.
pub(crate) fn random_token() -> Result<String> {
    let mut bytes = [0_u8; 32];
    rand::TryRngCore::try_fill_bytes(&mut rand::rngs::OsRng, &mut bytes).map_err(anyhow::Error::new)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What of a token is kept: who reads it cannot use it.
pub(crate) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
