//! Who asks, and how the page shall look before anything is loaded.

use crate::error::ApiError;
use domain::id::{LearnerId, SessionId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The learner behind a request: an account, or a guest who has answered something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose data may be touched.
    pub learner: LearnerId,
    /// This log-in.
    pub session: SessionId,
    /// Whether the learner has no account yet.
    pub guest: bool,
}

/// The session of this request, guests included.
///
/// # Errors
/// `Unauthorized` where nobody is known.
pub fn session() -> Result<Session, ApiError> {
    use_context().ok_or(ApiError::Unauthorized)
}

/// The session, if there is one: pages that also work for strangers use it.
pub fn visitor() -> Option<Session> {
    use_context()
}

/// The session of somebody with an account.
///
/// # Errors
/// `Unauthorized` for strangers and guests.
pub fn member() -> Result<Session, ApiError> {
    session().and_then(|session| if session.guest { Err(ApiError::Unauthorized) } else { Ok(session) })
}

/// Colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light ground.
    Light,
    /// Dark ground.
    Dark,
}

/// How much moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Motion {
    /// As the system says.
    #[default]
    System,
    /// First frames and cross-fades alone.
    Reduced,
}

/// What the first byte of HTML must know: read from a cookie, so that no page flashes in the wrong theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Colours.
    #[serde(default)]
    pub theme: Theme,
    /// Movement; a form sends it only when it is reduced.
    #[serde(default)]
    pub motion: Motion,
}

impl Look {
    /// Value of `data-theme`; `None` leaves it to the system.
    pub fn theme_attribute(self) -> Option<&'static str> {
        match self.theme {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        }
    }

    /// Value of `data-motion`; `None` leaves it to the system.
    pub fn motion_attribute(self) -> Option<&'static str> {
        (self.motion == Motion::Reduced).then_some("reduced")
    }
}

/// Sets the status of the page that is being rendered. Provided by the server, so that a page can say 404 without
/// knowing an HTTP library.
#[derive(Clone)]
pub struct PageStatus(pub std::sync::Arc<dyn Fn(u16) + Send + Sync>);

/// Sets the status of this page; in the browser, where it has none, nothing happens.
pub fn set_status(status: u16) {
    if let Some(page) = use_context::<PageStatus>() {
        (page.0)(status);
    }
}
