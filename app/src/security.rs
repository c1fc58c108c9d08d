//! What keeps an account its owner's: password, address, sessions, and what happened.

pub mod api;
pub mod page;
pub mod password;
