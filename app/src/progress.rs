//! Progress: XP, level, streak, and the home page that says what to do next.
pub mod api;
pub(crate) mod day;
pub mod home;
