//! Accounts: register, log in and out, settings, onboarding.
pub mod api;
