//! Requests, answers and the port of accounts.

use crate::{
    error::ApiError,
    session::{Look, Session},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Shortest password, in characters.
pub const PASSWORD_MIN_CHARS: usize = 12;
/// Longest password, in bytes of UTF-8: bcrypt reads no more.
pub const PASSWORD_MAX_BYTES: usize = 72;

/// Opens an account; a guest's progress moves into it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Registration {
    /// Address to log in with.
    pub email: String,
    /// 12 characters to 72 bytes.
    pub password: String,
    /// IANA name ('Europe/Berlin'); empty where no script could tell.
    #[serde(default)]
    pub time_zone: String,
    /// What an invitation says; empty without one.
    #[serde(default)]
    pub invite: String,
    /// A path of this site to go to afterwards; empty for the onboarding.
    #[serde(default)]
    pub next: String,
}

/// Logs in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Credentials {
    /// Address.
    pub email: String,
    /// Password.
    pub password: String,
    /// A path of this site to go to afterwards; empty for home.
    #[serde(default)]
    pub next: String,
}

/// What the learner can set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Theme and motion.
    #[serde(default)]
    pub look: Look,
    /// XP, level, streak and Mito's reactions; learning works the same without. A form sends it only when it is
    /// switched on.
    #[serde(default)]
    pub gamification: bool,
    /// Keys 1–5, Enter and so on while practising.
    #[serde(default)]
    pub keys: bool,
    /// XP wanted a day, 20 to 500.
    pub daily_goal: u32,
    /// Minutes wanted a day, 5 to 240.
    pub minutes: u32,
    /// The exam learned for ('USMLE Step 1'), if any.
    #[serde(default)]
    pub exam: String,
    /// Its day as `YYYY-MM-DD`, empty for none.
    #[serde(default)]
    pub exam_date: String,
    /// Share of cards to be remembered when they come back, in per cent, 70 to 97.
    pub retention: u8,
    /// IANA name of the zone whose days count.
    pub time_zone: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            look: Look::default(),
            gamification: true,
            keys: true,
            daily_goal: 120,
            minutes: 20,
            exam: String::new(),
            exam_date: String::new(),
            retention: 90,
            time_zone: "UTC".into(),
        }
    }
}

/// The account as its owner sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Me {
    /// `None` for a guest.
    pub email: Option<String>,
    /// What is set.
    pub settings: Settings,
    /// Since when, milliseconds since 1970.
    pub created: i64,
    /// Whether this is who runs this Mitochi.
    pub administrator: bool,
}

/// Port of accounts. Implementations set and clear the session's cookies and redirect where a form without
/// scripts must be led on.
#[async_trait::async_trait]
pub trait Account: Send + Sync {
    /// Opens an account and logs in; a guest becomes the account, with all progress.
    async fn register(&self, visitor: Option<Session>, request: Registration) -> Result<(), ApiError>;
    /// Logs in; a guest's progress is added to the account.
    async fn log_in(&self, visitor: Option<Session>, request: Credentials) -> Result<(), ApiError>;
    /// Ends this session.
    async fn log_out(&self, session: Session) -> Result<(), ApiError>;
    /// The account.
    async fn me(&self, session: Session) -> Result<Me, ApiError>;
    /// Saves the settings.
    async fn save_settings(&self, session: Session, settings: Settings) -> Result<(), ApiError>;
    /// The browser's zone, sent by the script when it differs from the one that is kept.
    async fn set_time_zone(&self, session: Session, time_zone: String) -> Result<(), ApiError>;
    /// Deletes the account with all that belongs to it, files too. Asks for the password again.
    async fn delete_account(&self, session: Session, password: String) -> Result<(), ApiError>;
}

/// Opens an account.
#[server(endpoint = "account/register")]
pub async fn register(request: Registration) -> Result<(), ApiError> {
    crate::backend()?.account.register(crate::visitor(), request).await
}

/// Logs in.
#[server(endpoint = "account/log_in")]
pub async fn log_in(request: Credentials) -> Result<(), ApiError> {
    crate::backend()?.account.log_in(crate::visitor(), request).await
}

/// Logs out.
#[server(endpoint = "account/log_out")]
pub async fn log_out() -> Result<(), ApiError> {
    crate::backend()?.account.log_out(crate::session()?).await
}

/// Who am I; `None` for a stranger.
#[server(endpoint = "account/me")]
pub async fn load_me() -> Result<Option<Me>, ApiError> {
    match crate::visitor() {
        Some(session) => crate::backend()?.account.me(session).await.map(Some),
        None => Ok(None),
    }
}

/// Saves the settings.
#[server(endpoint = "account/settings")]
pub async fn save_settings(settings: Settings) -> Result<(), ApiError> {
    crate::backend()?.account.save_settings(crate::session()?, settings).await
}

/// Tells the browser's time zone.
#[server(endpoint = "account/time_zone")]
pub async fn set_time_zone(time_zone: String) -> Result<(), ApiError> {
    crate::backend()?.account.set_time_zone(crate::session()?, time_zone).await
}

/// Deletes the account.
#[server(endpoint = "account/delete")]
pub async fn delete_account(password: String) -> Result<(), ApiError> {
    crate::backend()?.account.delete_account(crate::member()?, password).await
}
