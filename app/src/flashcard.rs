//! Cards that learners make of what they read. Refuses: showing them, which the reviews do, and when they come back
//! (`domain::schedule`).

pub mod api;
