//! Mitochi's rules, pure: no IO, clock, randomness or async. Compiled for the server and the browser.
//!
//! Time, randomness and ids are arguments of every function here.

pub mod document;
pub mod flaw;
pub mod id;
pub mod question;
pub mod sentence;
