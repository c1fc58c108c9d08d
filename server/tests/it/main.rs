//! The server's tests: one binary, real databases. PostgreSQL is used where `MITOCHI_TEST_POSTGRES` names one
//! and Redis where `MITOCHI_TEST_REDIS` does (`make test` starts both); where they do not, their part says 'skipped'.

#![expect(clippy::disallowed_methods, reason = "tests make ids as the clock does")]

mod access;
mod account;
mod analysis;
mod answers;
mod attacks;
mod claude;
mod db_contract;
mod edge;
mod faults;
mod flashcard;
mod generations;
mod hostile;
mod http;
mod judged;
mod keeping;
mod keys;
mod landing;
mod library;
mod llm;
mod memory;
mod models;
mod origin;
mod plans;
mod progress;
mod questions;
mod quiz;
mod reading;
mod released;
mod review;
mod reword;
mod search;
mod security;
mod shared;
mod slots;
mod staying;
mod support;
mod tidy;
mod torture;
mod totals;
mod tutor;
mod vectors;
mod vocabulary;
mod wire;
mod written;
