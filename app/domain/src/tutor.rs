//! The tutor's rules: what is asked, told and kept back, and what comes of it. Owns: the estimate of mastery, the modes, the
//! session as a state machine, the order of messages over a line that breaks, the gate before what a model says, the judge of
//! free answers, the check of citations, hints out of a text, and what is no matter for a lesson. Refuses: asking models,
//! finding passages, and the words in which the tutor speaks.
//!
//! A model fills the slots of [`Session`]; it does not run it. Without a model the same slots are filled from the text.

pub mod care;
mod claim;
pub mod delivery;
pub mod hint;
pub mod judge;
pub mod leak;
mod likeness;
mod mastery;
pub mod matter;
mod mode;
mod session;
pub mod support;

pub use claim::Contradiction;
pub use mastery::{Answered, Mastery, PRIOR_WEIGHT, credit};
pub use matter::Matter;
pub use mode::{Because, Mode, Standing, mode};
pub use session::{
    Act, Ask, Concluded, Depth, Ending, Event, Judgement, Lesson, Manner, Plan, Question, Refused, Rung,
    Secrecy, Session, Speed, Step, Verdict,
};
