//! Accounts that are made up. 'taken@example.org' is taken; the password 'wrong password' is wrong.

use crate::{
    http::set_cookie,
    state::{Gallery, State},
};
use app::{
    account::api::{Account, Credentials, Me, PASSWORD_MIN_CHARS, Registration, Settings},
    error::ApiError,
    session::Session,
};
use leptos_axum::redirect;

/// A path of this site, or `otherwise`.
fn local(next: &str, otherwise: &str) -> String {
    if next.starts_with('/') && !next.starts_with("//") { next.into() } else { otherwise.into() }
}

#[async_trait::async_trait]
impl Account for Gallery {
    async fn register(&self, _: Option<Session>, request: Registration) -> Result<(), ApiError> {
        self.enter().await?;
        if !request.email.split_once('@').is_some_and(|(_, host)| host.contains('.')) {
            return Err(ApiError::invalid("email", "The part after the @ needs a dot"));
        }
        if request.email == "taken@example.org" {
            return Err(ApiError::invalid("email", "There is an account with this address. Log in instead?"));
        }
        if request.password.chars().count() < PASSWORD_MIN_CHARS {
            return Err(ApiError::invalid("password", "12 characters or more, please"));
        }
        set_cookie("state", State::New.name());
        redirect(&local(&request.next, "/onboarding"));
        Ok(())
    }

    async fn log_in(&self, _: Option<Session>, request: Credentials) -> Result<(), ApiError> {
        self.enter().await?;
        if request.password == "wrong password" || request.password.is_empty() {
            return Err(ApiError::invalid("password", "Address and password do not fit together"));
        }
        set_cookie("state", State::Busy.name());
        redirect(&local(&request.next, "/home"));
        Ok(())
    }

    async fn log_out(&self, _: Session) -> Result<(), ApiError> {
        set_cookie("state", State::Stranger.name());
        redirect("/");
        Ok(())
    }

    async fn me(&self, session: Session) -> Result<Me, ApiError> {
        self.enter().await?;
        let settings = match self.state {
            State::New | State::Guest => {
                Settings { time_zone: "Europe/Berlin".into(), ..Settings::default() }
            }
            state => Settings {
                gamification: state != State::Plain,
                exam: "USMLE Step 1".into(),
                exam_date: "2026-06-22".into(),
                minutes: 25,
                time_zone: "Europe/Berlin".into(),
                ..Settings::default()
            },
        };
        let email = (!session.guest).then(|| "fern-03@example.org".to_string());
        Ok(Me { email, settings, created: 1_747_000_000_000, administrator: true })
    }

    async fn save_settings(&self, _: Session, settings: Settings) -> Result<(), ApiError> {
        self.enter().await?;
        if !settings.time_zone.is_empty() && !settings.time_zone.contains('/') && settings.time_zone != "UTC"
        {
            return Err(ApiError::invalid(
                "time_zone",
                "This is not the name of a zone, such as Europe/Berlin",
            ));
        }
        let look = serde_json::to_value(settings.look).unwrap_or_default();
        set_cookie(
            "look",
            &format!(
                "{}.{}",
                look["theme"].as_str().unwrap_or("system"),
                look["motion"].as_str().unwrap_or("system")
            ),
        );
        Ok(())
    }

    async fn set_time_zone(&self, _: Session, _: String) -> Result<(), ApiError> {
        Ok(())
    }

    async fn delete_account(&self, _: Session, password: String) -> Result<(), ApiError> {
        if password == "wrong password" || password.is_empty() {
            return Err(ApiError::invalid("password", "This is not your password"));
        }
        set_cookie("state", State::Stranger.name());
        redirect("/");
        Ok(())
    }
}
