//! What the tutor remembers of a learner. Owns: showing it, and the learner's hand on it. Refuses: deciding what is worth
//! remembering (`domain::memory`).

pub mod api;
pub mod page;
