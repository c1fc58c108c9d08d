//! Sessions and accounts of the gallery.

use crate::state::Gallery;
use app::{
    error::ApiError,
    security::api::{AddressChange, Event, NewPassword, PasswordChange, Securities, Security, SessionRow},
    session::Session,
    users::api::{Registration, User, Users, UsersPort},
};
use domain::id::{LearnerId, SessionId};
use uuid::Uuid;

const NOW: i64 = 1_796_040_000_000;
const HOUR: i64 = 3_600_000;

fn session(n: u128, browser: &str, address: &str, hours: i64) -> SessionRow {
    SessionRow {
        id: SessionId(Uuid::from_u128(n)),
        browser: browser.into(),
        address: address.into(),
        began: NOW - hours * HOUR,
        seen: NOW - hours * HOUR / 3,
        here: n == 1,
    }
}

fn user(n: u128, email: &str, seen: Option<i64>, disabled: Option<i64>) -> User {
    User {
        id: LearnerId(Uuid::from_u128(n)),
        email: email.into(),
        created: NOW - 900 * HOUR,
        seen,
        disabled,
        administrator: n == 1,
        bytes: n as u64 * 31_000_000,
    }
}

#[async_trait::async_trait]
impl Securities for Gallery {
    async fn load(&self, _: Session) -> Result<Security, ApiError> {
        let event = |what: &str, hours: i64| Event {
            what: what.into(),
            address: "192.0.2.7".into(),
            at: NOW - hours * HOUR,
        };
        Ok(Security {
            email: "fern@example.org".into(),
            sessions: vec![
                session(1, "Firefox on Windows", "192.0.2.7", 30),
                session(2, "Chrome on Android", "2001:db8:1234:5678:9abc:def0:1234:5678", 300),
            ],
            events: vec![
                event("Logged in", 30),
                event("A wrong password was tried", 31),
                event("An old token of a session was used again: the session was ended", 90),
                event("The account was made", 900),
            ],
            now: NOW,
        })
    }

    async fn change_password(&self, _: Session, _: PasswordChange) -> Result<(), ApiError> {
        Ok(())
    }

    async fn change_address(&self, _: Session, _: AddressChange) -> Result<(), ApiError> {
        Ok(())
    }

    async fn end(&self, _: Session, _: SessionId) -> Result<(), ApiError> {
        Ok(())
    }

    async fn end_others(&self, _: Session) -> Result<(), ApiError> {
        Ok(())
    }

    async fn set_password(&self, _: NewPassword) -> Result<(), ApiError> {
        Err(ApiError::Conflict {
            message: "This link was used already, or is too old. Ask for another one.".into(),
        })
    }
}

#[async_trait::async_trait]
impl UsersPort for Gallery {
    async fn load(&self, _: Option<Session>) -> Result<Users, ApiError> {
        Ok(Users {
            users: vec![
                user(1, "operator@example.org", Some(NOW - HOUR), None),
                user(
                    2,
                    "fern-with-a-very-long-name@students.university.example",
                    Some(NOW - 50 * HOUR),
                    None,
                ),
                user(3, "moss@example.org", None, Some(NOW - 20 * HOUR)),
            ],
            registration: Registration::Invite,
            invitations: 2,
            now: NOW,
        })
    }

    async fn invite(&self, _: Option<Session>) -> Result<(), ApiError> {
        Ok(())
    }

    async fn withdraw(&self, _: Option<Session>) -> Result<(), ApiError> {
        Ok(())
    }

    async fn create(&self, _: Option<Session>, _: String) -> Result<(), ApiError> {
        Ok(())
    }

    async fn reset(&self, _: Option<Session>, _: LearnerId) -> Result<(), ApiError> {
        Ok(())
    }

    async fn switch(&self, _: Option<Session>, _: LearnerId, _: bool) -> Result<(), ApiError> {
        Ok(())
    }
}
