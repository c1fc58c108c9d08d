//! The tutor: talks that teach from the learner's own pages. Owns: what is said and shown. Refuses: deciding what comes next
//! (`domain::tutor`).

pub mod api;
mod compose;
mod keep;
mod ladder;
mod said;
pub mod talk;
mod talking;
pub mod talks;
pub mod teach;
