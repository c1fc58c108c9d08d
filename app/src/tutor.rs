//! The tutor: talks that teach from the learner's own pages. Owns: what is said and shown. Refuses: deciding what comes next
//! (`domain::tutor`).

mod acts;
pub mod api;
mod compose;
mod how;
mod keep;
mod keep_talk;
mod ladder;
mod link;
mod passage;
mod said;
pub mod talk;
mod talking;
pub mod talks;
pub mod teach;
pub mod wire;
