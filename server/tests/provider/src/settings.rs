//! How a provider is set up.

use std::time::Duration;

use crate::{Dialect, Script};

/// How a provider is set up; [`Settings::new`] has what is usual for a dialect.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How it speaks.
    pub dialect: Dialect,
    /// The bearer key it wants. None: it takes requests without one, as a local server does.
    pub key: Option<String>,
    /// The port on 127.0.0.1; 0 lets the system choose.
    pub port: u16,
    /// The models that `/v1/models` lists.
    pub models: Vec<String>,
    /// Whether a model that is not listed is answered with 404.
    pub only_listed: bool,
    /// What it answers.
    pub script: Script,
    /// The pause before each piece. An answer that is not streamed comes after all of its pauses.
    pub every: Duration,
    /// The tokens of a prompt from which on it is too long. None: no prompt is.
    pub context: Option<u64>,
    /// Whether a stream ends with `[DONE]`; some local servers' do not.
    pub done: bool,
    /// What stands in `created`, in seconds since 1970: the same for all answers, so that tests can compare them.
    pub created: u64,
    /// The dimensions of a vector where a request names none.
    pub dimensions: usize,
}

impl Settings {
    /// What is usual for a dialect, with the key `test-key` (none for [`Dialect::Foreign`]) and answers that echo.
    pub fn new(dialect: Dialect) -> Self {
        let (models, dimensions): (&[&str], _) = match dialect {
            Dialect::OpenAi => (&["gpt-5-mini", "gpt-5.4-nano", "gpt-4.1", "text-embedding-3-small"], 1536),
            Dialect::Claude => (&["claude-sonnet-5-5"], 1536),
            Dialect::Gemini => (&["gemini-3.5-flash-lite", "gemini-embedding-001"], 3072),
            Dialect::Foreign => (&["llama3.2", "nomic-embed-text"], 768),
        };
        Self {
            dialect,
            key: (dialect != Dialect::Foreign).then(|| "test-key".into()),
            port: 0,
            models: models.iter().map(ToString::to_string).collect(),
            only_listed: false,
            script: Script::default(),
            every: Duration::ZERO,
            context: None,
            done: true,
            created: 1_796_000_000,
            dimensions,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new(Dialect::default())
    }
}
