//! The tutor: talks that teach from the learner's own pages. Owns: what is said and shown. Refuses: deciding what comes next
//! (`domain::tutor`).

pub mod api;
mod compose;
mod ladder;
mod link;
mod said;
pub mod talk;
mod talking;
pub mod talks;
pub mod teach;
pub mod wire;
