//! What the server says over HTTP.

pub mod forms;
