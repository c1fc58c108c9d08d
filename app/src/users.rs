//! Who has an account here: the administrator's page.

pub mod api;
pub mod page;
