//! Mitochi's rules, pure: no IO, clock, randomness or async. Compiled for the server and the browser.
//!
//! Time, randomness and ids are arguments of every function here.

pub mod chunk;
pub mod document;
pub mod id;
pub mod layout;
pub mod question;
pub mod sentence;
