//! Practice: a set of questions, answered one by one with a confidence, each explained at once.
pub mod api;
mod bar;
mod choices;
mod confidence;
pub mod due;
mod explanation;
pub mod help;
mod keys;
pub mod page;
pub mod reason;
mod report;
pub mod results;
mod sitting;
mod verdict;

pub use explanation::Others;
