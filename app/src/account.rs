//! Accounts: register, log in and out, settings, onboarding.
pub mod api;
mod gate;
pub mod log_in;
pub mod onboarding;
pub mod register;
pub mod settings;
