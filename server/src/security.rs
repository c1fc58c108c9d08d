//! What keeps an account its owner's: another password or address, sessions that are ended, and the log of what happened.
//! Refuses: hashing (`account::password`), counting tries (`account::attempts`) and tokens (`account::sessions`).

pub mod store;

use crate::{
    account::{self, AccountService, client::Client, sessions},
    clock::Clock,
    db::Tx,
    error::{Error, Result},
    http::forms,
};
use app::{
    error::ApiError,
    security::api::{AddressChange, Event, NewPassword, PasswordChange, Securities, Security},
    session::Session,
};
use domain::id::{LearnerId, SessionId};

/// How long what happened is kept, ms.
const KEPT: i64 = 180 * 86_400_000;
/// How many of them are told at most.
const TOLD: i64 = 100;

/// What happens to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// It was made.
    Registered,
    /// Somebody logged in.
    LoggedIn,
    /// Somebody tried a wrong password.
    Failed,
    /// A session ended itself.
    LoggedOut,
    /// The password is another one.
    Password,
    /// The address is another one.
    Address,
    /// A session was ended from another one.
    Ended,
    /// All other sessions were ended.
    Everywhere,
    /// An old refresh token was used again: its session ended.
    Reuse,
    /// An administrator made a link that sets a password.
    Link,
    /// An administrator shut it.
    Disabled,
    /// An administrator opened it again.
    Enabled,
    /// Everything was downloaded.
    Exported,
}

impl What {
    const ALL: [Self; 13] = [
        Self::Registered,
        Self::LoggedIn,
        Self::Failed,
        Self::LoggedOut,
        Self::Password,
        Self::Address,
        Self::Ended,
        Self::Everywhere,
        Self::Reuse,
        Self::Link,
        Self::Disabled,
        Self::Enabled,
        Self::Exported,
    ];

    /// As it is kept.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::LoggedIn => "logged_in",
            Self::Failed => "failed",
            Self::LoggedOut => "logged_out",
            Self::Password => "password",
            Self::Address => "address",
            Self::Ended => "ended",
            Self::Everywhere => "everywhere",
            Self::Reuse => "reuse",
            Self::Link => "link",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::Exported => "exported",
        }
    }

    /// As it is told.
    fn words(self) -> &'static str {
        match self {
            Self::Registered => "The account was made",
            Self::LoggedIn => "Logged in",
            Self::Failed => "A wrong password was tried",
            Self::LoggedOut => "Logged out",
            Self::Password => "The password was changed",
            Self::Address => "The address was changed",
            Self::Ended => "A session was ended",
            Self::Everywhere => "Logged out everywhere else",
            Self::Reuse => "An old token of a session was used again: the session was ended",
            Self::Link => "An administrator made a link that sets a password",
            Self::Disabled => "An administrator shut the account",
            Self::Enabled => "An administrator opened the account again",
            Self::Exported => "Everything was downloaded",
        }
    }

    fn told(slug: &str) -> &'static str {
        Self::ALL.iter().find(|what| what.slug() == slug).map_or("Something else", |what| what.words())
    }
}

/// Writes down what happened, in the caller's transaction.
///
/// # Errors
/// When the database fails.
pub async fn note(tx: &mut Tx, clock: &Clock, learner: LearnerId, what: What) -> Result<()> {
    note_from(tx, clock, learner, what, &Client::here().address).await
}

async fn note_from(tx: &mut Tx, clock: &Clock, learner: LearnerId, what: What, address: &str) -> Result<()> {
    let now = clock.now();
    store::insert_event(tx, clock.id(), learner, what.slug(), address, now).await?;
    store::forget_events(tx, learner, now - KEPT).await?;
    Ok(())
}

/// The same in a transaction of its own, for what nobody waits for.
pub async fn note_aside(account: AccountService, learner: LearnerId, what: What, address: String) {
    let written = async {
        let mut tx = account.db.write_for(learner).await?;
        note_from(&mut tx, &account.clock, learner, what, &address).await?;
        tx.commit().await?;
        Ok::<_, Error>(())
    };
    if let Err(error) = written.await {
        tracing::warn!(learner.id = %learner, "what happened to an account could not be written down: {error}");
    }
}

/// The port of security.
#[derive(Clone)]
pub struct SecurityService {
    account: AccountService,
}

impl SecurityService {
    /// Of these accounts.
    pub fn new(account: AccountService) -> Self {
        Self { account }
    }

    /// The password once more, as for deleting the account.
    async fn sure(&self, session: Session, password: String, field: &str) -> Result<()> {
        self.account.check(session, password, field).await
    }

    async fn all(&self, session: Session) -> Result<Security> {
        let mut tx = self.account.db.read().await?;
        let row = account::store::find(&mut tx, session.learner).await?.ok_or(ApiError::Unauthorized)?;
        let mut sessions = store::sessions(&mut tx, session.learner).await?;
        sessions.iter_mut().for_each(|row| row.here = row.id == session.session);
        sessions.sort_by_key(|row| (!row.here, -row.seen));
        let events = store::events(&mut tx, session.learner, TOLD).await?;
        let events = events.into_iter().map(|(kind, address, at)| Event {
            what: What::told(&kind).into(),
            address,
            at,
        });
        Ok(Security {
            email: row.email.unwrap_or_default(),
            sessions,
            events: events.collect(),
            now: self.account.clock.now(),
        })
    }

    async fn another_password(&self, session: Session, request: PasswordChange) -> Result<()> {
        account::check_password(&request.password)?;
        self.sure(session, request.old, "old").await?;
        let hash = self.account.passwords.hash(request.password).await?;
        let mut tx = self.account.db.write_for(session.learner).await?;
        store::set_password(&mut tx, session.learner, &hash).await?;
        store::end_sessions(&mut tx, session.learner, Some(session.session), self.account.clock.now())
            .await?;
        note(&mut tx, &self.account.clock, session.learner, What::Password).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn another_address(&self, session: Session, request: AddressChange) -> Result<()> {
        let email = account::check_email(&request.email)?;
        self.sure(session, request.password, "password").await?;
        let mut tx = self.account.db.write_for(session.learner).await?;
        tx.lock(uuid::Uuid::nil()).await?;
        let key = email.to_lowercase();
        let other = account::store::find_by_email(&mut tx, &key).await?;
        if other.is_some_and(|row| row.id != session.learner.0) {
            return Err(Error::invalid("email", "This address cannot be used here."));
        }
        store::set_address(&mut tx, session.learner, &email, &key).await?;
        note(&mut tx, &self.account.clock, session.learner, What::Address).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn end_one(&self, session: Session, which: SessionId) -> Result<()> {
        let mut tx = self.account.db.write_for(session.learner).await?;
        if which == session.session || !account::store::stands(&mut tx, which, session.learner).await? {
            return Err(Error::not_found("This session"));
        }
        account::store::end_session(&mut tx, which, self.account.clock.now()).await?;
        note(&mut tx, &self.account.clock, session.learner, What::Ended).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn end_all_others(&self, session: Session) -> Result<()> {
        let mut tx = self.account.db.write_for(session.learner).await?;
        store::end_sessions(&mut tx, session.learner, Some(session.session), self.account.clock.now())
            .await?;
        note(&mut tx, &self.account.clock, session.learner, What::Everywhere).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn password_by_link(&self, request: NewPassword) -> Result<()> {
        let gone = || Error::conflict("This link was used already, or is too old. Ask for another one.");
        account::check_password(&request.password)?;
        let hash = sessions::hash(&request.token);
        let now = self.account.clock.now();
        let mut tx = self.account.db.read().await?;
        let learner = store::link(&mut tx, &hash, now).await?.ok_or_else(gone)?;
        drop(tx);
        let password = self.account.passwords.hash(request.password).await?;
        let mut tx = self.account.db.write_for(learner).await?;
        // once: of two who come at once the second finds it used
        if !store::use_link(&mut tx, &hash, now).await? {
            return Err(gone());
        }
        store::set_password(&mut tx, learner, &password).await?;
        store::end_sessions(&mut tx, learner, None, now).await?;
        note(&mut tx, &self.account.clock, learner, What::Password).await?;
        let (_, tokens) = self.account.open_session(&mut tx, learner, false).await?;
        tx.commit().await?;
        self.account.attempts.forgive(&learner.to_string()).await;
        self.account.send_cookies(Some(&tokens));
        Ok(())
    }
}

#[async_trait::async_trait]
impl Securities for SecurityService {
    async fn load(&self, session: Session) -> Result<Security, ApiError> {
        Ok(self.all(session).await?)
    }

    async fn change_password(&self, session: Session, request: PasswordChange) -> Result<(), ApiError> {
        self.another_password(session, request).await?;
        forms::lead_plain("/settings/security?done=password");
        Ok(())
    }

    async fn change_address(&self, session: Session, request: AddressChange) -> Result<(), ApiError> {
        self.another_address(session, request).await?;
        forms::lead_plain("/settings/security?done=address");
        Ok(())
    }

    async fn end(&self, session: Session, which: SessionId) -> Result<(), ApiError> {
        self.end_one(session, which).await?;
        forms::lead_plain("/settings/security?done=ended");
        Ok(())
    }

    async fn end_others(&self, session: Session) -> Result<(), ApiError> {
        self.end_all_others(session).await?;
        forms::lead_plain("/settings/security?done=others");
        Ok(())
    }

    async fn set_password(&self, request: NewPassword) -> Result<(), ApiError> {
        self.password_by_link(request).await?;
        forms::lead("/home");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::What;

    #[test]
    fn what_is_kept_is_told() {
        for what in What::ALL {
            assert_eq!(What::told(what.slug()), what.words());
        }
        assert_eq!(What::told("of another version"), "Something else");
    }
}
