//! Mitochi's backend, in reading order: what the machine gives (`config`, `clock`, `db`, `jobs`), then what a learner
//! does (`account`, `library`, `quiz` …), then what it stands on (`llm`, `reading`, `retrieval`), then how it is reached
//! (`http`, `cli`, `serve`).

pub mod config;
pub mod telemetry;

pub mod clock;
pub mod db;
pub mod error;
pub mod jobs;
pub mod live;
pub mod place;
pub mod shared;

pub mod account;
pub mod analysis;
pub mod backup;
pub mod export;
pub mod flashcard;
pub mod landing;
pub mod library;
pub mod memory;
pub mod models;
pub mod progress;
pub mod questions;
pub mod quiz;
pub mod review;
pub mod security;
pub mod starter;
pub mod tutor;
pub mod users;

pub mod llm;
pub mod reading;
pub mod retrieval;

pub mod cli;
pub mod http;
pub mod serve;
pub mod state;
