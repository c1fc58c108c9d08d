//! What the command line does besides serving. Owns: the output of each command and its exit code. Refuses: arguments
//! (`main`) and the work itself.

pub mod analysis;
pub mod check;
pub mod chunks;
pub mod eval;
pub mod extract;
pub mod ingest;
pub mod keep;
pub mod prompt;
pub mod questions;
pub mod reindex;
pub mod robustness;
pub mod sample;
pub mod simulate;

use crate::reading::{self, ReadError, child};
use domain::document::Document;
use std::io::Write;
use std::path::Path;

/// Everything went well.
pub const OK: i32 = 0;
/// The file could not be read; one line on standard error says why.
pub const UNREADABLE: i32 = 2;

/// Reads a file in a child process, as the server does, so that nothing in it can bring the command down.
///
/// # Errors
/// See [`ReadError`].
pub fn read(path: &Path) -> Result<Document, ReadError> {
    let failed = |error: std::io::Error| ReadError::Unopened(error.to_string());
    // a missing file is told in plain words here, where its path is known
    child::check(path)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let program = std::env::current_exe().map_err(failed)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    runtime.block_on(child::read_in_child(&program, path, &name, child::Limits::default(), &mut |_| {}))
}

/// Says why a file could not be read, in one line.
fn refuse(path: &Path, error: &reading::ReadError) -> i32 {
    let message = error.to_string().replace('\n', " ");
    eprintln!("{}: {message}", path.display());
    UNREADABLE
}

/// Writes to standard output; a reader that went away (`| head`) is no error.
fn print(text: &str) -> i32 {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => OK,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => OK,
        Err(error) => {
            eprintln!("cannot write: {error}");
            1
        }
    }
}
