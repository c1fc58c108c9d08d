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

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
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
