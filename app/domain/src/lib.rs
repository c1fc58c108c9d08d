//! Mitochi's rules, pure: no IO, clock, randomness or async. Compiled for the server and the browser.
//!
//! Time, randomness and ids are arguments of every function here.

pub mod analysis;
pub mod chapter;
pub mod chunk;
pub mod citation;
pub mod document;
pub mod flashcard;
pub mod flaw;
pub mod formula;
pub mod fusion;
pub mod id;
pub mod layout;
pub mod markup;
pub mod memory;
pub mod next_step;
pub mod query;
pub mod question;
pub mod quiz;
pub mod record;
pub mod schedule;
pub mod script;
pub mod seed;
pub mod sentence;
pub mod streak;
pub mod synonym;
pub mod tutor;
pub mod word;
pub mod xp;
