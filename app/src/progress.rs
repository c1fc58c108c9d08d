//! Progress: XP, level, streak, and the home page that says what to do next.
pub mod api;
pub mod home;
