//! The provider as a client sees it: each dialect, each fault, and what is remembered.

mod client;
mod dialects;
mod faults;
mod memory;
mod native;
