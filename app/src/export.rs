//! Everything of a learner as a file, and such a file taken in again.

pub mod api;
mod section;

pub(crate) use section::YourData;
