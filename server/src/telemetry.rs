//! The log: text for people or JSON for machines. Never document text, prompts, addresses or secrets.

use crate::config::LogFormat;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts logging to stderr; `RUST_LOG` chooses what (default: our own at info, others at warn).
pub fn start(format: LogFormat) {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,server=info,mitochi=info"));
    // it logs what providers write, which may hold keys and learners' texts
    let filter = filter.add_directive("async_openai=off".parse().unwrap_or_default());
    let log = tracing_subscriber::registry().with(filter);
    let layer = fmt::layer().with_writer(std::io::stderr).with_target(false);
    match format {
        LogFormat::Text => log.with(layer).init(),
        LogFormat::Json => log.with(layer.json().flatten_event(true)).init(),
    }
}
