//! How many connections there are, how long one is waited for, and how long a statement may take.

use clap::{Args, value_parser};
use std::time::Duration;

/// Limits of the database. On SQLite, which has one writer and four readers, only the wait counts.
#[derive(Debug, Clone, Args)]
pub struct Limits {
    /// Connections to PostgreSQL in everyday use.
    #[arg(long = "pool", env = "MITOCHI_POOL", default_value_t = 20, value_parser = value_parser!(u32).range(1..=1000))]
    pub everyday: u32,

    /// Connections to PostgreSQL at most, when many ask at once; those beyond the everyday ones are closed after use.
    #[arg(long = "pool-most", env = "MITOCHI_POOL_MOST", default_value_t = 60, value_parser = value_parser!(u32).range(1..=1000))]
    pub most: u32,

    /// Seconds after which a statement is given up; 0 for never. On PostgreSQL.
    #[arg(long, env = "MITOCHI_STATEMENT_SECONDS", default_value_t = 60)]
    pub statement_seconds: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { everyday: 20, most: 60, statement_seconds: 60 }
    }
}

/// For so long a free connection is waited for; then the learner is told that there is too much to do.
pub const WAIT: Duration = Duration::from_secs(8);
