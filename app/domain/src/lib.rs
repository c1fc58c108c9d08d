//! Mitochi's rules, pure: no IO, clock, randomness or async. Compiled for the server and the browser.
//!
//! Time, randomness and ids are arguments of every function here.

pub mod citation;
pub mod chunk;
pub mod document;
pub mod flaw;
pub mod fusion;
pub mod id;
pub mod layout;
pub mod question;
pub mod quiz;
pub mod schedule;
pub mod sentence;
pub mod next_step;
pub mod seed;
pub mod streak;
pub mod word;
pub mod xp;
