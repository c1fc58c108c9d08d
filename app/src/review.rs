//! Review: what is due comes back, one card at a time, and is graded.
pub mod api;
pub mod page;
