//! Accounts: register, log in and out, settings, onboarding.
pub mod api;
pub mod log_in;
pub mod onboarding;
pub mod register;
pub mod settings;
