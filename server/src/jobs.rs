//! Background work that survives a crash: the queue and the runner.

pub mod queue;
