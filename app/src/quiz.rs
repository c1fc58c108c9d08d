//! Practice: a set of questions, answered one by one with a confidence, each explained at once.
pub mod api;
pub mod page;
pub mod results;
