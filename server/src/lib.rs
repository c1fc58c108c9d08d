//! Mitochi's backend, in reading order: what the machine gives (`clock`, `db`, `jobs`), then what a learner does.

pub mod clock;
pub mod db;
pub mod error;
pub mod http;
pub mod jobs;

pub mod landing;
pub mod progress;
pub mod questions;
pub mod quiz;
pub mod review;
