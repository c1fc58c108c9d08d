//! The only error on the wire. Owns: its kinds, their words and statuses. Refuses: causes, which the server
//! logs once under the request id. Without scripts an error travels in the URL, so it holds nothing private.

use leptos::prelude::*;
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};

/// Why a request was not done, in the learner's words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ApiError {
    /// Log in first (401).
    #[error("You are logged out. Log in and go on where you were.")]
    Unauthorized,
    /// Not yours to do (403).
    #[error("{message}")]
    Forbidden {
        /// What is refused.
        message: String,
    },
    /// It does not exist, or is somebody else's (404).
    #[error("{what} is not there any more.")]
    NotFound {
        /// The thing, as it begins a sentence: 'This question'.
        what: String,
    },
    /// It was changed or done in the meantime (409).
    #[error("{message}")]
    Conflict {
        /// What happened.
        message: String,
    },
    /// A file or request is too large (413).
    #[error("{message}")]
    TooLarge {
        /// The limit.
        message: String,
    },
    /// A file of a kind that cannot be read (415).
    #[error("{message}")]
    Unsupported {
        /// What can be read.
        message: String,
    },
    /// Something typed does not fit (422).
    #[error("{message}")]
    Invalid {
        /// Name of the form field, empty for the form as a whole.
        field: String,
        /// What to change.
        message: String,
    },
    /// Too many requests (429).
    #[error("That was a lot at once. Try again in {}.", in_words(*seconds))]
    Limited {
        /// Wait this long.
        seconds: u32,
    },
    /// Something that it needs is down (503).
    #[error("{message}")]
    Unavailable {
        /// What is down, and what still works.
        message: String,
    },
    /// Our fault (500).
    #[error("Something went wrong on our side. Nothing you did is lost. (Request {request})")]
    Internal {
        /// Find it in the log under this id.
        request: String,
    },
    /// The server could not be reached; made in the browser alone.
    #[error("No connection to Mitochi. What you typed is still here.")]
    Offline,
    /// The request or its answer could not be understood (400).
    #[error("This page and the server do not understand each other. Reload the page.")]
    Malformed,
}

/// A time to wait: seconds up to a minute and a half, then whole minutes, rounded up.
fn in_words(seconds: u32) -> String {
    match seconds {
        1 => "a second".into(),
        0..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

impl ApiError {
    /// Its HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthorized => 401,
            Self::Forbidden { .. } => 403,
            Self::NotFound { .. } => 404,
            Self::Conflict { .. } => 409,
            Self::TooLarge { .. } => 413,
            Self::Unsupported { .. } => 415,
            Self::Invalid { .. } => 422,
            Self::Limited { .. } => 429,
            Self::Internal { .. } => 500,
            Self::Unavailable { .. } | Self::Offline => 503,
        }
    }

    /// For a thing that is not there: 'This question'.
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }

    /// For a field of a form.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), message: message.into() }
    }

    /// The message, if it is about this field.
    pub fn for_field(&self, name: &str) -> Option<String> {
        match self {
            Self::Invalid { field, message } if field == name => Some(message.clone()),
            _ => None,
        }
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        use ServerFnErrorErr as E;
        match error {
            E::Request(_) => Self::Offline,
            E::Registration(_) | E::MiddlewareError(_) | E::ServerError(_) => {
                Self::Internal { request: "unknown".into() }
            }
            _ => Self::Malformed,
        }
    }
}
