//! `mitochi eval ingest FOLDER`: how true the readers are to their sources, file by file.

use crate::reading::fidelity::{self, Fidelity};
use std::path::{Path, PathBuf};

/// Least share of the reference's words in order, by what is read.
pub const AIM_OFFICE: f64 = 0.99;
/// From a PDF of one column.
pub const AIM_ONE_COLUMN: f64 = 0.98;
/// From a PDF of several columns.
pub const AIM_COLUMNS: f64 = 0.96;

/// A file and what it was measured against.
#[derive(Debug)]
pub struct Row {
    /// The file's name.
    pub file: String,
    /// The reference's name.
    pub reference: String,
    /// What was measured.
    pub fidelity: Fidelity,
    /// Least order that is asked of it.
    pub aim: f64,
}

/// Runs the command. Gives the exit code: 1 where a file misses its aim.
pub fn run(folder: &Path) -> i32 {
    let rows = match measure(folder) {
        Ok(rows) => rows,
        Err(message) => {
            eprintln!("{message}");
            return super::UNREADABLE;
        }
    };
    let mut out = String::new();
    let mut missed = false;
    for row in &rows {
        let Fidelity { words, recall, order, precision } = row.fidelity;
        let verdict = if order >= row.aim { "reached" } else { "MISSED" };
        missed |= order < row.aim;
        out.push_str(&format!(
            "{:<60} words {words:>6}  recall {recall:.4}  order {order:.4}  precision {precision:.4}  aim {:.2} {verdict}  \
             (against {})\n",
            row.file, row.aim, row.reference
        ));
    }
    let printed = super::print(&out);
    if missed { 1 } else { printed }
}

/// Measures every file of a folder for which a truer form of the same text lies beside it: the chapter's HTML, else
/// its Word document.
///
/// # Errors
/// The folder cannot be listed, or a file in it cannot be read.
pub fn measure(folder: &Path) -> Result<Vec<Row>, String> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(|error| format!("{}: {error}", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.sort();
    let name =
        |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut rows = vec![];
    for file in &files {
        let file_name = name(file);
        let chapter = file_name.split('.').next().unwrap_or_default();
        let beside = |ending: &str| files.iter().find(|other| name(other) == format!("{chapter}.{ending}"));
        let Some(source) = beside("html").or_else(|| beside("docx")).filter(|source| *source != file) else {
            continue;
        };
        let reference = if source.extension().is_some_and(|ending| ending == "html") {
            let page =
                std::fs::read_to_string(source).map_err(|error| format!("{}: {error}", source.display()))?;
            fidelity::plain_words(&page)
        } else {
            text(source)?
        };
        let aim = match file.extension().and_then(|ending| ending.to_str()) {
            Some("pdf") if file_name.contains(".groff.") => AIM_ONE_COLUMN,
            Some("pdf") => AIM_COLUMNS,
            _ => AIM_OFFICE,
        };
        let fidelity = fidelity::compare(&reference, &text(file)?);
        rows.push(Row { file: file_name, reference: name(source), fidelity, aim });
    }
    Ok(rows)
}

fn text(path: &Path) -> Result<String, String> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let read = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let document = crate::reading::read(read, &name, &mut |_| {})
        .map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(document.text)
}
