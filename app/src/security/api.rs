//! Server functions and types of security. Every change is a plain form that leads back to `/settings/security`.

use crate::error::ApiError;
use domain::id::SessionId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A log-in that goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// 'Firefox on Windows'; empty where it is not known.
    pub browser: String,
    /// From where it was begun; empty where it is not known.
    pub address: String,
    /// Milliseconds since 1970.
    pub began: i64,
    /// When it was used last, within a quarter of an hour.
    pub seen: i64,
    /// Whether this request is of it.
    pub here: bool,
}

/// What happened to an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// In words: 'Logged in'.
    pub what: String,
    /// From where; empty where it is not known.
    pub address: String,
    /// Milliseconds since 1970.
    pub at: i64,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Security {
    /// The address of the account.
    pub email: String,
    /// This one first, then those used last.
    pub sessions: Vec<SessionRow>,
    /// The newest first.
    pub events: Vec<Event>,
    /// Milliseconds since 1970.
    pub now: i64,
}

/// Another password.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PasswordChange {
    /// The one until now.
    pub old: String,
    /// The one from now on.
    pub password: String,
}

/// Another address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AddressChange {
    /// The new one.
    pub email: String,
    /// The account's password.
    pub password: String,
}

/// A password set by a link that was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewPassword {
    /// What the link says.
    pub token: String,
    /// The password.
    pub password: String,
}

/// Port of security.
#[async_trait::async_trait]
pub trait Securities: Send + Sync {
    /// All of it, for a member.
    async fn load(&self, session: crate::session::Session) -> Result<Security, ApiError>;
    /// Changes the password; all other sessions end.
    async fn change_password(
        &self,
        session: crate::session::Session,
        request: PasswordChange,
    ) -> Result<(), ApiError>;
    /// Changes the address.
    async fn change_address(
        &self,
        session: crate::session::Session,
        request: AddressChange,
    ) -> Result<(), ApiError>;
    /// Ends another session.
    async fn end(&self, session: crate::session::Session, which: SessionId) -> Result<(), ApiError>;
    /// Ends all other sessions.
    async fn end_others(&self, session: crate::session::Session) -> Result<(), ApiError>;
    /// Sets a password by a link; all sessions end, and a new one begins.
    async fn set_password(&self, request: NewPassword) -> Result<(), ApiError>;
}

/// All of it.
#[server(endpoint = "security/load")]
pub async fn load_security() -> Result<Security, ApiError> {
    crate::backend()?.securities.load(crate::member()?).await
}

/// Changes the password.
#[server(endpoint = "security/password")]
pub async fn change_password(request: PasswordChange) -> Result<(), ApiError> {
    crate::backend()?.securities.change_password(crate::member()?, request).await
}

/// Changes the address.
#[server(endpoint = "security/address")]
pub async fn change_address(request: AddressChange) -> Result<(), ApiError> {
    crate::backend()?.securities.change_address(crate::member()?, request).await
}

/// Ends another session.
#[server(endpoint = "security/end")]
pub async fn end_session(which: SessionId) -> Result<(), ApiError> {
    crate::backend()?.securities.end(crate::member()?, which).await
}

/// Ends all other sessions.
#[server(endpoint = "security/end_others")]
pub async fn end_other_sessions() -> Result<(), ApiError> {
    crate::backend()?.securities.end_others(crate::member()?).await
}

/// Sets a password by a link.
#[server(endpoint = "security/set_password")]
pub async fn set_password(request: NewPassword) -> Result<(), ApiError> {
    crate::backend()?.securities.set_password(request).await
}
