//! Who has an account here, for the administrator: made, shut, opened, given a new password. Refuses: showing what anybody
//! studies.

pub mod store;

use crate::{
    account::{self, AccountService, sessions},
    clock::Clock,
    db::{Db, Tx},
    error::{Error, Result},
    http::forms,
    security::{self, What},
};
use app::{
    error::ApiError,
    session::Session,
    users::api::{Users, UsersPort},
};
use domain::id::LearnerId;

/// An invitation is good for so long, ms.
const INVITED: i64 = 7 * 86_400_000;
/// A link that sets a password is good for so long, ms.
const LINKED: i64 = 86_400_000;

/// The port of users.
#[derive(Clone)]
pub struct UsersService {
    account: AccountService,
}

impl UsersService {
    /// Of these accounts.
    pub fn new(account: AccountService) -> Self {
        Self { account }
    }

    /// A transaction that writes, for the administrator.
    async fn writes(&self, visitor: Option<Session>) -> Result<Tx> {
        let nothing = || Error::not_found("This page");
        let asks = visitor.filter(|session| !session.guest).ok_or_else(nothing)?;
        let mut tx = self.account.db.write().await?;
        match account::store::is_administrator(&mut tx, asks.learner).await? {
            true => Ok(tx),
            false => Err(nothing()),
        }
    }

    async fn all(&self, visitor: Option<Session>) -> Result<Users> {
        let mut tx = self.writes(visitor).await?;
        let now = self.account.clock.now();
        Ok(Users {
            users: store::users(&mut tx).await?,
            registration: self.account.registration.into(),
            invitations: store::invitations(&mut tx, now).await?,
            now,
        })
    }

    /// A new invitation; its token.
    async fn invited(&self, visitor: Option<Session>) -> Result<String> {
        let mut tx = self.writes(visitor).await?;
        let (token, now) = (sessions::random_token()?, self.account.clock.now());
        store::insert_invitation(&mut tx, &sessions::hash(&token), now, now + INVITED).await?;
        tx.commit().await?;
        Ok(token)
    }

    async fn take_back(&self, visitor: Option<Session>) -> Result<()> {
        let mut tx = self.writes(visitor).await?;
        store::withdraw_all(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A new account; the token that sets its password.
    async fn made(&self, visitor: Option<Session>, email: &str) -> Result<String> {
        let email = account::check_email(email)?;
        let mut tx = self.writes(visitor).await?;
        tx.lock(uuid::Uuid::nil()).await?;
        let learner = LearnerId(self.account.clock.id());
        // no password has this hash
        let login = account::store::Login { email: &email, key: &email.to_lowercase(), hash: "" };
        let now = self.account.clock.now();
        if !account::store::save_account(
            &mut tx,
            learner,
            login,
            &app::account::api::Settings::default(),
            now,
        )
        .await?
        {
            return Err(Error::conflict("There is an account with this address."));
        }
        security::note(&mut tx, &self.account.clock, learner, What::Registered).await?;
        let token = linked(&mut tx, &self.account.clock, learner).await?;
        tx.commit().await?;
        Ok(token)
    }

    async fn link_in(&self, tx: &mut Tx, learner: LearnerId) -> Result<String> {
        let row = account::store::find(tx, learner).await?.filter(|row| row.email.is_some());
        row.ok_or_else(|| Error::not_found("This account"))?;
        linked(tx, &self.account.clock, learner).await
    }

    async fn set(&self, visitor: Option<Session>, user: LearnerId, on: bool) -> Result<()> {
        let mut tx = self.writes(visitor).await?;
        let row = account::store::find(&mut tx, user).await?.filter(|row| row.email.is_some());
        let row = row.ok_or_else(|| Error::not_found("This account"))?;
        if row.admin {
            return Err(Error::conflict("The administrator's own account cannot be shut."));
        }
        let now = self.account.clock.now();
        store::set_disabled(&mut tx, user, (!on).then_some(now)).await?;
        if !on {
            security::store::end_sessions(&mut tx, user, None, now).await?;
        }
        security::note(&mut tx, &self.account.clock, user, if on { What::Enabled } else { What::Disabled })
            .await?;
        tx.commit().await?;
        Ok(())
    }
}

/// A link that sets a password, in the caller's transaction; its token.
async fn linked(tx: &mut Tx, clock: &Clock, learner: LearnerId) -> Result<String> {
    let token = sessions::random_token()?;
    security::store::insert_link(tx, &sessions::hash(&token), learner, clock.now() + LINKED).await?;
    security::note(tx, clock, learner, What::Link).await?;
    Ok(token)
}

/// The same in a transaction of its own, for the command line.
///
/// # Errors
/// When the database fails.
pub async fn link_for(db: &Db, clock: &Clock, learner: LearnerId) -> Result<String> {
    let mut tx = db.write_for(learner).await?;
    let token = linked(&mut tx, clock, learner).await?;
    tx.commit().await?;
    Ok(token)
}

#[async_trait::async_trait]
impl UsersPort for UsersService {
    async fn load(&self, visitor: Option<Session>) -> Result<Users, ApiError> {
        Ok(self.all(visitor).await?)
    }

    async fn invite(&self, visitor: Option<Session>) -> Result<(), ApiError> {
        let token = self.invited(visitor).await?;
        forms::lead(&format!("/admin/users?invite={token}"));
        Ok(())
    }

    async fn withdraw(&self, visitor: Option<Session>) -> Result<(), ApiError> {
        self.take_back(visitor).await?;
        forms::lead_plain("/admin/users");
        Ok(())
    }

    async fn create(&self, visitor: Option<Session>, email: String) -> Result<(), ApiError> {
        let token = self.made(visitor, &email).await?;
        forms::lead(&format!("/admin/users?link={token}"));
        Ok(())
    }

    async fn reset(&self, visitor: Option<Session>, user: LearnerId) -> Result<(), ApiError> {
        let mut tx = self.writes(visitor).await?;
        let token = self.link_in(&mut tx, user).await?;
        tx.commit().await.map_err(Error::from)?;
        forms::lead(&format!("/admin/users?link={token}"));
        Ok(())
    }

    async fn switch(&self, visitor: Option<Session>, user: LearnerId, on: bool) -> Result<(), ApiError> {
        self.set(visitor, user, on).await?;
        forms::lead_plain("/admin/users");
        Ok(())
    }
}
