//! Reading in a process of its own. Owns: starting it, its limits on time and memory, the lines it answers with,
//! and what its death means. Refuses: what a file says (the readers), and where progress goes (the caller).
//!
//! A file from anywhere may hold an endless loop, a bomb of nested archives or a fault in a reader: the worst that
//! can happen is the end of this process. It answers in lines of JSON on its standard output, one [`Event`] each;
//! the last line is `done` or `failed`. An end without it is a crash.

use super::{MAX_BYTES, Progress, ReadError};
use domain::document::Document;
use serde::{Deserialize, Serialize};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::task::JoinHandle;

/// The hidden subcommand under which the program reads a file: `mitochi read-file PATH NAME`.
pub const SUBCOMMAND: &str = "read-file";

/// A line longer than this is no answer of ours. The largest document with all its marks stays far below.
const MAX_LINE: u64 = 512 * 1024 * 1024;

/// What a reading may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Time from start to end.
    pub time: Duration,
    /// Address space in bytes.
    pub memory: u64,
}

impl Default for Limits {
    /// Two minutes and 1.5 GiB: a book of 1,500 pages takes some five seconds and 200 MB.
    fn default() -> Self {
        Self { time: Duration::from_secs(120), memory: 1536 * 1024 * 1024 }
    }
}

/// A line of the child.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Progress(Progress),
    Done(Document),
    Failed(ReadError),
}

/// Reads a file in a child process and tells of its progress as it goes. `program` is the executable to start
/// (in the server its own, `std::env::current_exe`), `name` the file's name as the learner knows it.
///
/// Dropping the future ends the child.
///
/// # Errors
/// What the reader found, or what ended it: [`ReadError::TimedOut`], [`ReadError::OutOfMemory`],
/// [`ReadError::Crashed`].
pub async fn read_in_child(
    program: &Path,
    path: &Path,
    name: &str,
    limits: Limits,
    on: &mut (dyn FnMut(Progress) + Send),
) -> Result<Document, ReadError> {
    let size = tokio::fs::metadata(path).await.map_err(unopened)?.len();
    if size > MAX_BYTES as u64 {
        return Err(ReadError::TooLarge);
    }
    let mut child = Command::new(program)
        .arg(SUBCOMMAND)
        .arg("--memory")
        .arg(limits.memory.to_string())
        .arg("--seconds")
        .arg(limits.time.as_secs().max(1).to_string())
        .arg("--name")
        .arg(name)
        .arg("--")
        .arg(path)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(unopened)?;
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(ReadError::Crashed);
    };
    // its last words are kept, the rest is drained: a full pipe would stop it
    let words = tokio::spawn(last_words(stderr));
    let outcome = tokio::time::timeout(limits.time, follow(stdout, on)).await;
    match outcome {
        Ok(Some(Event::Done(document))) => {
            let _ = child.wait().await;
            Ok(document)
        }
        Ok(Some(Event::Failed(error))) => {
            let _ = child.wait().await;
            Err(error)
        }
        Ok(_) => Err(cause(child, words).await),
        Err(_) => {
            let _ = child.kill().await;
            Err(ReadError::TimedOut)
        }
    }
}

/// Follows the child's lines to its last word; `None` when there is none.
async fn follow(stdout: ChildStdout, on: &mut (dyn FnMut(Progress) + Send)) -> Option<Event> {
    let mut lines = BufReader::with_capacity(1 << 16, stdout);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut lines).take(MAX_LINE).read_until(b'\n', &mut line).await.ok()?;
        if read == 0 || line.last() != Some(&b'\n') {
            return None;
        }
        match serde_json::from_slice(&line).ok()? {
            Event::Progress(progress) => on(progress),
            last => return Some(last),
        }
    }
}

/// The end of what it wrote to standard error.
async fn last_words(mut stderr: ChildStderr) -> String {
    let mut kept = vec![];
    let mut buffer = [0u8; 4096];
    while let Ok(read @ 1..) = stderr.read(&mut buffer).await {
        kept.extend_from_slice(&buffer[..read]);
        let over = kept.len().saturating_sub(16 * 1024);
        kept.drain(..over);
    }
    String::from_utf8_lossy(&kept).into_owned()
}

/// What a child died of.
async fn cause(mut child: Child, words: JoinHandle<String>) -> ReadError {
    const PATIENCE: Duration = Duration::from_secs(5); // it has closed its output: it is dying or lying
    let Ok(Ok(status)) = tokio::time::timeout(PATIENCE, child.wait()).await else {
        let _ = child.kill().await;
        return ReadError::Crashed;
    };
    let words = tokio::time::timeout(PATIENCE, words).await.ok().and_then(Result::ok).unwrap_or_default();
    if words.contains("memory allocation of") || words.contains("capacity overflow") {
        return ReadError::OutOfMemory;
    }
    match signal(status) {
        Some(24) => ReadError::TimedOut, // SIGXCPU: its share of processor time is used up
        Some(9) => ReadError::OutOfMemory, // SIGKILL that we did not send: the system's own guard of memory
        _ => ReadError::Crashed,
    }
}

#[cfg(unix)]
fn signal(status: std::process::ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_: std::process::ExitStatus) -> Option<i32> {
    None
}

/// The child's side: limits itself, reads the file, and writes lines to standard output. Gives the exit code.
pub fn run_child(path: &Path, name: &str, memory: u64, seconds: u64) -> i32 {
    limit(memory, seconds);
    let out = std::cell::RefCell::new(BufWriter::new(std::io::stdout().lock()));
    let say = |event: &Event| -> std::io::Result<()> {
        let mut out = out.borrow_mut();
        serde_json::to_writer(&mut *out, event)?;
        out.write_all(b"\n")?;
        out.flush()
    };
    let result = open(path).and_then(|bytes| {
        // from here on nothing is asked of the system but memory and the pipe
        super::confine::confine();
        let mut deaf = false;
        super::read(bytes, name, &mut |progress| {
            // nobody listens any more: go on silently, the end will come soon
            deaf = deaf || say(&Event::Progress(progress)).is_err();
        })
    });
    let (event, code) = match result {
        Ok(document) => (Event::Done(document), 0),
        Err(error) => (Event::Failed(error), 2),
    };
    if say(&event).is_err() { 1 } else { code }
}

fn open(path: &Path) -> Result<Vec<u8>, ReadError> {
    check(path)?;
    std::fs::read(path).map_err(unopened)
}

/// Whether a path leads to a file that may be read.
///
/// # Errors
/// Not there, not readable, or over [`MAX_BYTES`].
pub fn check(path: &Path) -> Result<(), ReadError> {
    let facts = std::fs::metadata(path).map_err(unopened)?;
    if facts.is_dir() {
        return Err(ReadError::Unopened("it is a folder".to_string()));
    }
    if facts.len() > MAX_BYTES as u64 {
        return Err(ReadError::TooLarge);
    }
    Ok(())
}

fn unopened(error: std::io::Error) -> ReadError {
    ReadError::Unopened(match error.kind() {
        // the file alone is larger than the memory that reading may take
        std::io::ErrorKind::OutOfMemory => return ReadError::OutOfMemory,
        std::io::ErrorKind::NotFound => "there is no such file".to_string(),
        std::io::ErrorKind::PermissionDenied => "reading it is not permitted".to_string(),
        _ => error.to_string(),
    })
}

/// Bounds on address space and processor time, where the system has them. The time is a second line: the parent
/// counts the real one.
fn limit(memory: u64, seconds: u64) {
    #[cfg(unix)]
    {
        use rlimit::Resource;
        // macOS accepts no bound on address space; the parent's clock still holds there
        let _ = Resource::AS.set(memory, memory);
        let _ = Resource::CPU.set(seconds, seconds + 5);
        let _ = Resource::CORE.set(0, 0);
    }
    #[cfg(not(unix))]
    let _ = (memory, seconds);
}
