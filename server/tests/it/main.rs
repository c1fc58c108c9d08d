//! The server's tests: one binary, real databases. PostgreSQL is used where `MITOCHI_TEST_POSTGRES` names one
//! (`make test` starts it); where it does not, its half says 'skipped'.

#![expect(clippy::disallowed_methods, reason = "tests make ids as the clock does")]

mod account;
mod db_contract;
mod landing;
mod library;
mod progress;
mod questions;
mod quiz;
mod reading;
mod review;
mod search;
mod support;
mod tidy;
mod usage;
mod vectors;
