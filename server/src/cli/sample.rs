//! `mitochi eval questions FILE… --seed N --count N --out FOLDER`: the tables that the judges of questions fill in.

use domain::question;
use std::path::{Path, PathBuf};

/// Draws `count` items (all where it is `None`) by a seeded shuffle from the items of all files and writes
/// `NAME.open.tsv` (with key and quotes) and `NAME.blind.tsv` (without key, with the quoted page) into a folder.
/// Gives the exit code.
pub fn run(files: &[PathBuf], seed: u64, count: Option<usize>, out: &Path, name: &str) -> i32 {
    let mut documents = vec![];
    for path in files {
        match super::read(path) {
            Ok(document) => {
                let file =
                    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                documents.push((file, document));
            }
            Err(error) => return super::refuse(path, &error),
        }
    }
    let sample = question::sample(&documents, seed, count);
    let write = |kind: &str, text: &str| {
        let path = out.join(format!("{name}.{kind}.tsv"));
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    };
    match write("open", &sample.open).and_then(|()| write("blind", &sample.blind)) {
        Ok(()) => {
            super::print(&format!("{} items from {} files\n", sample.open.lines().count() - 1, files.len()))
        }
        Err(message) => {
            eprintln!("{message}");
            super::UNREADABLE
        }
    }
}
