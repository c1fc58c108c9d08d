//! `mitochi eval analysis FILE`: what is found worth learning in a file without a model.

use domain::analysis::{self, Kind};
use std::{fmt::Write as _, path::Path};

/// Runs the command: a line of tab-separated values for each finding, with counts on standard error. Gives the exit code.
pub fn run(path: &Path) -> i32 {
    let document = match super::read(path) {
        Ok(document) => document,
        Err(error) => return super::refuse(path, &error),
    };
    let analysis = analysis::of(&document);
    let counts = Kind::ALL.map(|kind| format!("{} {}", analysis.of_kind(kind).count(), kind.name()));
    eprintln!("{}", counts.join(", "));
    let mut out = String::new();
    for finding in &analysis.findings {
        let quote = finding.quote.replace(['\t', '\n'], " | ");
        let _ = writeln!(out, "{}\t{}\t{}\t{quote}", finding.kind.name(), finding.page, finding.name);
    }
    super::print(&out)
}
