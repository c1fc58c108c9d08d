//! Which learner is shown.

use app::{error::ApiError, session::Session};
use domain::id::{LearnerId, SessionId};
use uuid::Uuid;

/// The chosen learner. Its name in lower case is its name in the address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum State {
    /// Nobody is known.
    Stranger,
    /// Has answered the question of the front page.
    Guest,
    /// Has just registered: nothing there yet.
    New,
    /// In the middle of it.
    #[default]
    Busy,
    /// As `Busy`, with gamification off.
    Plain,
    /// All is done for today.
    Done,
    /// Every load fails with a request id.
    Failed,
    /// As `Busy`, but every answer takes two seconds.
    Slow,
    /// As `Busy`, with a file that is really being read, and uploads that stay.
    Live,
    /// As `Busy`, without the model for meaning.
    Words,
}

impl State {
    pub const ALL: [(Self, &str); 10] = [
        (Self::Stranger, "stranger"),
        (Self::Guest, "guest"),
        (Self::New, "new"),
        (Self::Busy, "busy"),
        (Self::Plain, "plain"),
        (Self::Done, "done"),
        (Self::Failed, "failed"),
        (Self::Slow, "slow"),
        (Self::Live, "live"),
        (Self::Words, "words"),
    ];

    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, own)| *own == name).map(|(state, _)| state)
    }

    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(state, _)| *state == self).map_or("busy", |(_, name)| name)
    }

    pub fn session(self) -> Option<Session> {
        (self != Self::Stranger).then(|| Session {
            learner: LearnerId(Uuid::from_u128(1)),
            session: SessionId(Uuid::from_u128(2)),
            guest: self == Self::Guest,
        })
    }
}

/// All ports, over the data of one state.
pub(crate) struct Gallery {
    pub state: State,
}

impl Gallery {
    /// What every port does first: waits or fails where the state says so.
    pub async fn enter(&self) -> Result<(), ApiError> {
        match self.state {
            State::Failed => Err(ApiError::Internal { request: "01JV2K7Q4N".into() }),
            State::Slow => {
                tokio::time::sleep(std::time::Duration::from_secs(2)).await;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
