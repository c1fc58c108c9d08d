//! Mitochi's pages, their requests and answers, and the ports behind them.
//!
//! A feature is a noun with two parts: `api` (types, server functions, the port) and `page`. Nothing here knows a
//! database or an HTTP library: the server implements the ports.

pub mod account;
pub mod app;
pub mod backend;
pub mod browser;
pub mod error;
pub mod export;
pub mod flashcard;
pub mod landing;
pub mod library;
pub mod memory;
pub mod models;
pub mod progress;
pub mod quiz;
pub mod resource;
pub mod review;
pub mod security;
pub mod session;
pub mod tutor;
pub mod ui;
pub mod users;

pub use app::{App, shell};
pub use backend::backend;
pub use session::{member, session, visitor};
