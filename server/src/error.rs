//! Why a use case failed. Owns: the server's error, its way to the wire, and logging it once. Refuses: telling the
//! learner what only the operator may know.

use app::error::ApiError;
use leptos::prelude::use_context;

/// Result of a service.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Expected: the learner is told as it stands.
    #[error("{0}")]
    Api(#[from] ApiError),
    /// Unexpected: logged with its cause; the learner gets the request's id.
    #[error("{0:#}")]
    Internal(#[from] anyhow::Error),
}

impl Error {
    /// A thing that is not there, or is somebody else's: 'This question'.
    pub fn not_found(what: &str) -> Self {
        ApiError::not_found(what).into()
    }

    /// Something typed does not fit.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        ApiError::invalid(field, message).into()
    }

    /// It was changed or done in the meantime.
    pub fn conflict(message: impl Into<String>) -> Self {
        ApiError::Conflict { message: message.into() }.into()
    }

    /// What goes on the wire. Logs an unexpected one, once, under the request's id.
    pub fn into_api(self, request: &RequestId) -> ApiError {
        match self {
            Self::Api(error) => error,
            Self::Internal(cause) => {
                tracing::error!(request.id = %request.0, error = format!("{cause:#}"), "request failed: {cause}");
                ApiError::Internal { request: request.0.clone() }
            }
        }
    }
}

/// What a learner is told while the disk is full.
const DISK_FULL: &str = "The disk of this server is full. Nothing of yours is lost, but nothing new can be kept: tell whoever runs it.";
/// What a learner is told while the database is away.
const AWAY: &str =
    "Mitochi's database cannot be reached. What you saved before is kept: try again in a moment.";

/// What is told while something that everything needs is missing; logged with its cause.
fn unavailable(cause: &dyn std::fmt::Display, message: &str) -> Error {
    tracing::error!("not available: {cause}");
    ApiError::Unavailable { message: message.into() }.into()
}

/// Whether the disk has no room: full, over its quota, or over the size that a file may have.
fn is_full(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

/// Whether a database says that its disk is full. SQLite's 13 is that; its 10 (with 778, writing, and 4874, growing) is a disk
/// that refuses. PostgreSQL's 53100 is that.
fn says_full(code: &str) -> bool {
    ["13", "10", "778", "4874", "1034", "53100"].contains(&code)
}

/// Whether a server says that it goes away, or does not take anybody now.
fn says_away(code: &str) -> bool {
    code.starts_with("57P") || code.starts_with("08") || code == "53300"
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Io(cause) if is_full(cause) => return unavailable(&error, DISK_FULL),
            sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                return unavailable(&error, AWAY);
            }
            sqlx::Error::Database(told) => {
                let code = told.code().unwrap_or_default();
                if says_full(&code) {
                    return unavailable(&error, DISK_FULL);
                }
                if says_away(&code) {
                    return unavailable(&error, AWAY);
                }
            }
            _ => {}
        }
        if matches!(error, sqlx::Error::PoolTimedOut) {
            tracing::error!("no connection to the database was free in time");
            let message =
                "Mitochi has too much to do right now. Nothing you did is lost: try again in a moment.";
            return ApiError::Unavailable { message: message.into() }.into();
        }
        Self::Internal(anyhow::Error::new(error).context("database"))
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        if is_full(&error) {
            return unavailable(&error, DISK_FULL);
        }
        Self::Internal(anyhow::Error::new(error).context("file system"))
    }
}

/// Inside a server function the request's id is in the context.
impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let request = use_context::<RequestId>().unwrap_or_else(|| RequestId("no-request".into()));
        error.into_api(&request)
    }
}

/// Names a request in the log, in its answer's header `x-request-id` and in an error that the learner sees.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);
