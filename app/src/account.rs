//! Accounts: register, log in and out, settings, onboarding.
pub mod api;
pub(crate) mod gate;
pub mod log_in;
pub mod onboarding;
pub mod register;
pub mod settings;
