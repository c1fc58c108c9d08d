//! Server functions and types of the administrator's page of accounts. Every change is a plain form that leads back to
//! `/admin/users`; whoever is no administrator finds nothing.

use crate::{error::ApiError, session::Session};
use domain::id::LearnerId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Who may make an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Registration {
    /// Everybody.
    #[default]
    Open,
    /// Who has a link.
    Invite,
    /// Nobody; the administrator makes them.
    Closed,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Whose.
    pub id: LearnerId,
    /// Its address.
    pub email: String,
    /// Since when, milliseconds since 1970.
    pub created: i64,
    /// When a session of it was used last.
    pub seen: Option<i64>,
    /// When it was shut.
    pub disabled: Option<i64>,
    /// Whether it runs this Mitochi.
    pub administrator: bool,
    /// Bytes of its files.
    pub bytes: u64,
}

/// All accounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Users {
    /// The oldest first.
    pub users: Vec<User>,
    /// Who may make an account.
    pub registration: Registration,
    /// Links that nobody has used yet.
    pub invitations: u32,
    /// Milliseconds since 1970.
    pub now: i64,
}

/// Port of users, for the administrator.
#[async_trait::async_trait]
pub trait UsersPort: Send + Sync {
    /// All accounts.
    async fn load(&self, visitor: Option<Session>) -> Result<Users, ApiError>;
    /// Makes a link that opens an account; the page that it leads to shows it once.
    async fn invite(&self, visitor: Option<Session>) -> Result<(), ApiError>;
    /// Takes all links back that nobody has used.
    async fn withdraw(&self, visitor: Option<Session>) -> Result<(), ApiError>;
    /// Makes an account without a password, and the link that sets one.
    async fn create(&self, visitor: Option<Session>, email: String) -> Result<(), ApiError>;
    /// Makes a link that sets a password.
    async fn reset(&self, visitor: Option<Session>, user: LearnerId) -> Result<(), ApiError>;
    /// Shuts an account, whose sessions end at once, or opens it again.
    async fn switch(&self, visitor: Option<Session>, user: LearnerId, on: bool) -> Result<(), ApiError>;
}

/// All accounts.
#[server(endpoint = "users/load")]
pub async fn load_users() -> Result<Users, ApiError> {
    crate::backend()?.users.load(crate::visitor()).await
}

/// Makes an invitation.
#[server(endpoint = "users/invite")]
pub async fn invite_user() -> Result<(), ApiError> {
    crate::backend()?.users.invite(crate::visitor()).await
}

/// Takes all invitations back.
#[server(endpoint = "users/withdraw")]
pub async fn withdraw_invitations() -> Result<(), ApiError> {
    crate::backend()?.users.withdraw(crate::visitor()).await
}

/// Makes an account.
#[server(endpoint = "users/create")]
pub async fn create_user(email: String) -> Result<(), ApiError> {
    crate::backend()?.users.create(crate::visitor(), email).await
}

/// Makes a link that sets a password.
#[server(endpoint = "users/reset")]
pub async fn reset_user(user: LearnerId) -> Result<(), ApiError> {
    crate::backend()?.users.reset(crate::visitor(), user).await
}

/// Shuts an account or opens it again.
#[server(endpoint = "users/switch")]
pub async fn switch_user(user: LearnerId, on: bool) -> Result<(), ApiError> {
    crate::backend()?.users.switch(crate::visitor(), user, on).await
}
