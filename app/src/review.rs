//! Review: what is due comes back, one card at a time, and is graded.
pub mod api;
mod card;
mod done;
mod grade_bar;
pub mod page;
mod reviewing;
