//! The server's tests: one binary, real databases. PostgreSQL is used where `MITOCHI_TEST_POSTGRES` names one
//! (`make test` starts it); where it does not, its half says 'skipped'.

mod db_contract;
mod landing;
mod progress;
mod questions;
mod quiz;
mod review;
mod support;
