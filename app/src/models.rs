//! Language models as learners and the administrator meet them: who gets texts, and what it costs.
pub mod api;
mod chart;
pub mod consent;
mod cost;
mod keys;
pub mod overview;
mod seats;
pub mod settings;
