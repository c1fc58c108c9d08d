//! `mitochi eval robustness FOLDER`: every file of a folder, however broken, read as the server reads it.

use crate::reading::{
    ReadError,
    child::{Limits, read_in_child},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Runs the command: the table. Gives the exit code: 1 where a file brought the reader down.
pub fn run(folder: &Path) -> i32 {
    match tokio::runtime::Runtime::new().map(|runtime| runtime.block_on(table(folder))) {
        Ok(down) => i32::from(down > 0),
        Err(error) => {
            eprintln!("mitochi: {error}");
            1
        }
    }
}

async fn table(folder: &Path) -> usize {
    let mut files = vec![];
    gather(folder, &mut files);
    files.sort();
    let Ok(program) = std::env::current_exe() else { return 1 };
    let mut rows: BTreeMap<String, BTreeMap<&'static str, usize>> = BTreeMap::new();
    let mut down = 0;
    for file in &files {
        let ending = file.extension().map_or("none".into(), |end| end.to_string_lossy().to_lowercase());
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let outcome = match read_in_child(&program, file, &name, Limits::default(), &mut |_| {}).await {
            Ok(_) => "text",
            Err(error) => {
                if matches!(error, ReadError::Crashed | ReadError::TimedOut | ReadError::OutOfMemory) {
                    down += 1;
                    eprintln!("{}: {error}", file.display());
                }
                kind(&error)
            }
        };
        *rows.entry(ending).or_default().entry(outcome).or_default() += 1;
    }
    let mut all: BTreeMap<&str, usize> = BTreeMap::new();
    println!("{:8} {:>6}  outcomes", "ending", "files");
    for (ending, outcomes) in &rows {
        for (outcome, number) in outcomes {
            *all.entry(outcome).or_default() += number;
        }
        println!("{ending:8} {:>6}  {}", outcomes.values().sum::<usize>(), told(outcomes));
    }
    println!("{:8} {:>6}  {}", "all", files.len(), told(&all));
    down
}

fn told(outcomes: &BTreeMap<&str, usize>) -> String {
    outcomes.iter().map(|(outcome, number)| format!("{number} {outcome}")).collect::<Vec<_>>().join(", ")
}

/// What a file was refused for.
fn kind(error: &ReadError) -> &'static str {
    match error {
        ReadError::Encrypted => "with a password",
        ReadError::Empty => "empty",
        ReadError::Scanned => "scanned",
        ReadError::Unmapped => "without letters",
        ReadError::Damaged(_) => "damaged",
        ReadError::Mislabelled { .. } => "mislabelled",
        ReadError::Unsupported { .. } => "of another kind",
        ReadError::TooLarge => "too large",
        ReadError::TooComplex => "unpacks to too much",
        ReadError::TimedOut => "TOOK TOO LONG",
        ReadError::OutOfMemory => "TOOK TOO MUCH MEMORY",
        ReadError::Unopened(_) => "not opened",
        _ => "BROUGHT THE READER DOWN",
    }
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        match path.extension().and_then(|end| end.to_str()) {
            _ if path.is_dir() => gather(&path, files),
            // lists of where the files are from
            Some("json" | "tsv") => {}
            _ => files.push(path),
        }
    }
}
