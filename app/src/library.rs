//! The library: files brought in, read, searched and opened in the reader.
pub mod api;
pub mod page;
pub mod reader;
pub mod search;
