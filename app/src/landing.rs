//! The front page: what Mitochi is, and a question to try before anything else.
pub mod api;
mod demo;
pub mod page;
mod story;
