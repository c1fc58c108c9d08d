//! When the server backs itself up, and where to.

use clap::{Args, value_parser};
use std::path::PathBuf;

/// Backups that the server takes by itself.
#[derive(Debug, Clone, Args)]
pub struct Backups {
    /// Hours between two backups; 0 for none.
    #[arg(long, env = "MITOCHI_BACKUP_EVERY", default_value_t = 0)]
    pub backup_every: u32,

    /// Backups that are kept; older ones are removed.
    #[arg(long, env = "MITOCHI_BACKUP_KEEP", default_value_t = 7, value_parser = value_parser!(u32).range(1..))]
    pub backup_keep: u32,

    /// The folder of backups: best on another disk.
    #[arg(long, env = "MITOCHI_BACKUP_TO", default_value = "backups")]
    pub backup_to: PathBuf,
}
