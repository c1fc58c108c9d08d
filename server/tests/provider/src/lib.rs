//! A language-model provider for tests: a server on this machine that speaks the chat-completions API as vendors really do,
//! in their dialects, and Anthropic's own Messages API; refuses what they refuse, and goes wrong on demand.
//!
//! ```no_run
//! use provider::{Dialect, Fault, Provider, Reply, Settings};
//!
//! let provider = Provider::start(Settings::new(Dialect::Claude));
//! provider.push(Reply::text("Systole is the contraction of the heart."));
//! provider.push(Reply::fault(Fault::Stall { after: 3 }));
//! // … two questions to provider.base_url() with provider.key() …
//! assert!(provider.violations().is_empty(), "{:?}", provider.violations());
//! assert!(!provider.received_anywhere("name of the patient"));
//! ```
//!
//! Owns no judgement about answers: what is said comes from a test's [`Script`]. Refuses to be lenient: a request that
//! the API's schema does not allow, or with a field that nobody knows, is answered with 400 and kept as a [`Violation`].

mod answer;
mod dialect;
mod embedding;
mod envelope;
mod fault;
mod http;
mod messages;
mod plan;
mod problem;
mod provider;
mod record;
mod request;
mod schema;
mod script;
mod settings;
mod strict;
mod tokens;
mod wire;

pub use crate::{
    dialect::Dialect,
    fault::{Fault, RetryAfter},
    provider::Provider,
    record::Violation,
    request::{Message, Request},
    script::{Reply, Script},
    settings::Settings,
    tokens::{pieces, tokens},
};
