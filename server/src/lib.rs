//! Mitochi's backend, in reading order: what the machine gives (`config`, `clock`, `db`, `jobs`), then what a learner
//! does (`account`, …), then how it is reached (`http`).

pub mod config;
pub mod telemetry;

pub mod clock;
pub mod db;
pub mod error;
pub mod jobs;

pub mod account;
