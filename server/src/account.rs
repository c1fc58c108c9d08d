//! Accounts. Owns: learners, guests, passwords, sessions and their tokens. Refuses: what they learn.

pub mod attempts;
pub mod client;
mod cookies;
pub mod password;
pub mod sessions;
pub mod store;

use crate::{
    clock::{self, Clock},
    db::{Db, Tx},
    error::{Error, Result},
    http::forms,
    jobs::erase,
    landing::GuestMaker,
    security::{self, What},
    users,
};
use app::{
    account::api::{
        Account, Credentials, Me, PASSWORD_MAX_BYTES, PASSWORD_MIN_CHARS, Registration, Settings,
    },
    error::ApiError,
    session::Session,
};
use attempts::Attempts;
use client::Client;
use domain::id::LearnerId;
use password::Passwords;
use sessions::{SessionKeys, Tokens};
use uuid::Uuid;

pub use cookies::{is_token_cookie, read_look, set_token_cookies, token_cookies};

/// Who may make an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Registering {
    /// Everybody.
    #[default]
    Open,
    /// Whoever has a link from the administrator.
    Invite,
    /// Nobody; the administrator makes accounts.
    Closed,
}

impl From<Registering> for app::users::api::Registration {
    fn from(registering: Registering) -> Self {
        match registering {
            Registering::Open => Self::Open,
            Registering::Invite => Self::Invite,
            Registering::Closed => Self::Closed,
        }
    }
}

/// Accounts on the database.
#[derive(Clone)]
pub struct AccountService {
    /// Where they are kept.
    pub db: Db,
    /// Time and ids.
    pub clock: Clock,
    /// Hashing.
    pub passwords: Passwords,
    /// Wrong passwords of the last minutes.
    pub attempts: Attempts,
    /// Signing.
    pub keys: SessionKeys,
    /// Who may make an account.
    pub registration: Registering,
    /// Whether cookies go over TLS alone.
    pub secure: bool,
}

/// Who has this address.
///
/// # Errors
/// When the database fails.
pub async fn named(db: &Db, address: &str) -> Result<Option<LearnerId>> {
    let mut tx = db.read().await?;
    let row = store::find_by_email(&mut tx, &address.trim().to_lowercase()).await?;
    Ok(row.map(|row| LearnerId(row.id)))
}

impl AccountService {
    /// Opens an account. A guest's row becomes the account, so that all progress is kept by staying where it is.
    ///
    /// # Errors
    /// `Invalid` for an address or password that does not fit, `Conflict` for a taken address.
    pub async fn open_account(
        &self,
        visitor: Option<Session>,
        request: &Registration,
    ) -> Result<(Session, Tokens)> {
        let email = check_email(&request.email)?;
        check_password(&request.password)?;
        let hash = self.passwords.hash(request.password.clone()).await?;
        let now = self.clock.now();
        let mut tx = match visitor.filter(|session| session.guest) {
            Some(guest) => self.db.write_for(guest.learner).await?,
            None => self.db.write().await?,
        };
        let guest = match visitor.filter(|session| session.guest) {
            Some(guest) => store::find(&mut tx, guest.learner).await?.filter(|row| row.email.is_none()),
            None => None,
        };
        let mut settings = guest.as_ref().map(|row| row.settings.0.clone()).unwrap_or_default();
        if clock::is_time_zone(&request.time_zone) {
            settings.time_zone = request.time_zone.clone();
        }
        let learner = guest.map_or_else(|| LearnerId(self.clock.id()), |row| LearnerId(row.id));
        // of two who come at once, one is the first
        tx.lock(Uuid::nil()).await?;
        self.admit(&mut tx, &request.invite, now).await?;
        let login = store::Login { email: &email, key: &email.to_lowercase(), hash: &hash };
        if !store::save_account(&mut tx, learner, login, &settings, now).await? {
            return Err(Error::conflict(
                "An account cannot be made with this address. If it is yours, log in.",
            ));
        }
        security::note(&mut tx, &self.clock, learner, What::Registered).await?;
        let opened = self.open_session(&mut tx, learner, false).await?;
        tx.commit().await?;
        tracing::info!(learner.id = %learner, "account opened");
        Ok(opened)
    }

    /// Lets somebody make an account: everybody, whoever has an invitation, or nobody; the first one of all always.
    async fn admit(&self, tx: &mut Tx, invite: &str, now: i64) -> Result<()> {
        if self.registration == Registering::Open || !users::store::is_any(tx).await? {
            return Ok(());
        }
        let invited = self.registration == Registering::Invite
            && users::store::use_invitation(tx, &sessions::hash(invite), now).await?;
        if invited {
            return Ok(());
        }
        let message = match self.registration {
            Registering::Invite if invite.is_empty() => {
                "Accounts are made by invitation here. Ask whoever runs this Mitochi for a link."
            }
            Registering::Invite => "This invitation was used already, or is too old. Ask for another one.",
            _ => "Nobody can make an account here by themselves. Ask whoever runs this Mitochi.",
        };
        Err(ApiError::Forbidden { message: message.into() }.into())
    }

    /// The password of somebody who is logged in, asked for once more.
    ///
    /// # Errors
    /// `Invalid` for a wrong one, `Limited` after [`attempts::FREE`] of them.
    pub async fn check(&self, session: Session, password: String, field: &str) -> Result<()> {
        let key = session.learner.to_string();
        self.attempts.begin(&key, &Client::here().address, self.clock.now()).await?;
        let mut tx = self.db.read().await?;
        let row = store::find(&mut tx, session.learner).await?.ok_or(ApiError::Unauthorized)?;
        drop(tx);
        if !self.passwords.verify(password, row.password_hash).await? {
            return Err(Error::invalid(field, "That is not the password of this account."));
        }
        self.attempts.forgive(&key).await;
        Ok(())
    }

    /// Logs in. A guest's progress is added to the account.
    ///
    /// # Errors
    /// `Invalid` when address and password do not belong together; it does not tell which. `Limited` after
    /// [`attempts::FREE`] wrong ones.
    pub async fn enter(
        &self,
        visitor: Option<Session>,
        request: &Credentials,
    ) -> Result<(Session, Tokens, Settings)> {
        let key = request.email.trim().to_lowercase();
        self.attempts.begin(&key, &Client::here().address, self.clock.now()).await?;
        let mut tx = self.db.read().await?;
        let row = store::find_by_email(&mut tx, &key).await?;
        drop(tx);
        // an account whose password is still to be set has an empty hash
        let hash = row.as_ref().and_then(|row| row.password_hash.clone()).filter(|hash| !hash.is_empty());
        let known = self.passwords.verify(request.password.clone(), hash).await?;
        let tried = row.as_ref().map(|row| LearnerId(row.id)).filter(|_| !known);
        if let Some(learner) = tried {
            // beside the answer: how long that takes must not tell that there is such an account
            tokio::spawn(security::note_aside(self.clone(), learner, What::Failed, Client::here().address));
        }
        let Some(row) = row.filter(|_| known) else {
            return Err(Error::invalid("password", "This address and this password do not belong together."));
        };
        self.attempts.forgive(&key).await;
        if row.disabled.is_some() {
            let message = "This account was shut by whoever runs this Mitochi. Ask there.";
            return Err(ApiError::Forbidden { message: message.into() }.into());
        }
        let learner = LearnerId(row.id);
        let mut tx = self.db.write_for(learner).await?;
        if let Some(guest) = visitor.filter(|session| session.guest && session.learner != learner) {
            store::move_progress(&mut tx, guest.learner, learner).await?;
        }
        let (session, tokens) = self.open_session(&mut tx, learner, false).await?;
        security::note(&mut tx, &self.clock, learner, What::LoggedIn).await?;
        tx.commit().await?;
        Ok((session, tokens, row.settings.0))
    }

    /// A learner without an account, in the caller's transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_guest(&self, tx: &mut Tx, time_zone: &str) -> Result<(Session, Tokens)> {
        let learner = LearnerId(self.clock.id());
        let mut settings = Settings::default();
        if clock::is_time_zone(time_zone) {
            settings.time_zone = time_zone.into();
        }
        store::insert_guest(tx, learner, &settings, self.clock.now()).await?;
        self.open_session(tx, learner, true).await
    }

    /// Deletes the account; files go in a job of the same transaction.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub async fn erase(&self, session: Session, password: String) -> Result<()> {
        self.check(session, password, "password").await?;
        let mut tx = self.db.write_for(session.learner).await?;
        // somebody is the administrator, whoever comes or goes at once
        tx.lock(Uuid::nil()).await?;
        store::delete(&mut tx, session.learner).await?;
        erase::enqueue_account(&mut tx, &self.clock, session.learner).await?;
        tx.commit().await?;
        tracing::info!(learner.id = %session.learner, "account deleted");
        Ok(())
    }

    /// Saves the settings.
    ///
    /// # Errors
    /// `Invalid` for a value out of its range.
    pub async fn keep_settings(&self, session: Session, settings: &Settings) -> Result<()> {
        check_settings(settings)?;
        let mut tx = self.db.write_for(session.learner).await?;
        if !store::save_settings(&mut tx, session.learner, settings).await? {
            return Err(ApiError::Unauthorized.into());
        }
        tx.commit().await?;
        Ok(())
    }
}

#[async_trait::async_trait]
impl Account for AccountService {
    async fn register(&self, visitor: Option<Session>, request: Registration) -> Result<(), ApiError> {
        let (_, tokens) = self.open_account(visitor, &request).await?;
        self.send_cookies(Some(&tokens));
        leptos_axum::redirect(local_path(&request.next).unwrap_or("/onboarding"));
        Ok(())
    }

    async fn log_in(&self, visitor: Option<Session>, request: Credentials) -> Result<(), ApiError> {
        let (_, tokens, settings) = self.enter(visitor, &request).await?;
        self.send_cookies(Some(&tokens));
        self.send_look(settings.look);
        leptos_axum::redirect(local_path(&request.next).unwrap_or("/home"));
        Ok(())
    }

    async fn log_out(&self, session: Session) -> Result<(), ApiError> {
        let mut tx = self.db.write_for(session.learner).await.map_err(Error::from)?;
        store::end_session(&mut tx, session.session, self.clock.now()).await.map_err(Error::from)?;
        security::note(&mut tx, &self.clock, session.learner, What::LoggedOut).await?;
        tx.commit().await.map_err(Error::from)?;
        self.send_cookies(None);
        leptos_axum::redirect("/");
        Ok(())
    }

    async fn me(&self, session: Session) -> Result<Me, ApiError> {
        let mut tx = self.db.read().await.map_err(Error::from)?;
        let row = store::find(&mut tx, session.learner).await.map_err(Error::from)?;
        let row = row.ok_or(ApiError::Unauthorized)?;
        let administrator = row.admin && row.email.is_some();
        Ok(Me { email: row.email, settings: row.settings.0, created: row.created, administrator })
    }

    async fn save_settings(&self, session: Session, settings: Settings) -> Result<(), ApiError> {
        self.keep_settings(session, &settings).await?;
        self.send_look(settings.look);
        Ok(())
    }

    async fn set_time_zone(&self, session: Session, time_zone: String) -> Result<(), ApiError> {
        let mut settings = self.me(session).await?.settings;
        settings.time_zone = time_zone;
        self.keep_settings(session, &settings).await?;
        Ok(())
    }

    async fn delete_account(&self, session: Session, password: String) -> Result<(), ApiError> {
        self.erase(session, password).await?;
        self.send_cookies(None);
        leptos_axum::redirect("/");
        Ok(())
    }
}

#[async_trait::async_trait]
impl GuestMaker for AccountService {
    async fn make_guest(&self, tx: &mut Tx, time_zone: &str) -> Result<Session> {
        let (session, tokens) = self.open_guest(tx, time_zone).await?;
        self.send_cookies(Some(&tokens));
        Ok(session)
    }
}

/// Where to go on, if it is a path of this site.
fn local_path(next: &str) -> Option<&str> {
    forms::is_local(next).then_some(next)
}

/// An address as it is kept.
///
/// # Errors
/// `Invalid` for what would be a slip.
pub(crate) fn check_email(email: &str) -> Result<String> {
    let email = email.trim();
    let fits = email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
        && email
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    if !fits {
        return Err(Error::invalid(
            "email",
            "This does not look like an e-mail address: it needs a name, an @ and a place.",
        ));
    }
    Ok(email.into())
}

/// Whether a password may be taken.
///
/// # Errors
/// `Invalid`, with what to change.
pub(crate) fn check_password(password: &str) -> Result<()> {
    let chars = password.chars().count();
    if chars < PASSWORD_MIN_CHARS {
        let message = format!(
            "At least {PASSWORD_MIN_CHARS} characters; this has {chars}. A short sentence works well."
        );
        return Err(Error::invalid("password", message));
    }
    if password.len() > PASSWORD_MAX_BYTES {
        let message = format!(
            "At most {PASSWORD_MAX_BYTES} bytes; this has {}. Leave a few words out.",
            password.len()
        );
        return Err(Error::invalid("password", message));
    }
    if password::is_common(password) {
        let message =
            "Many people use this password, and it is tried first. A sentence of your own works well.";
        return Err(Error::invalid("password", message));
    }
    Ok(())
}

fn check_settings(settings: &Settings) -> Result<()> {
    let range = |field: &str, value: u32, low: u32, high: u32, what: &str| {
        if (low..=high).contains(&value) {
            return Ok(());
        }
        Err(Error::invalid(field, format!("{what} must lie between {low} and {high}.")))
    };
    range("daily_goal", settings.daily_goal, 20, 500, "The day's goal")?;
    range("minutes", settings.minutes, 5, 240, "Minutes a day")?;
    range("retention", settings.retention.into(), 70, 97, "The share to be remembered")?;
    if settings.exam.chars().count() > 80 {
        return Err(Error::invalid("exam", "At most 80 characters for the exam's name."));
    }
    if !settings.exam_date.is_empty() && clock::day_of(&settings.exam_date).is_none() {
        return Err(Error::invalid("exam_date", "This is not a day of the calendar."));
    }
    if !clock::is_time_zone(&settings.time_zone) {
        return Err(Error::invalid("time_zone", "This time zone is not known here."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_have_12_characters_and_72_bytes() {
        assert!(check_password("elevenchars").is_err());
        assert!(check_password("twelve chars").is_ok());
        assert!(check_password(&"äöüß".repeat(9)).is_ok());
        assert!(check_password(&format!("{}!", "äöüß".repeat(9))).is_err());
    }

    #[test]
    fn addresses_are_checked_for_what_would_be_a_slip() {
        for good in ["a@b", "fern-03@uni.example", " with@space.around "] {
            assert!(check_email(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a b@c", "a@b@c"] {
            assert!(check_email(bad).is_err(), "{bad}");
        }
    }
}
