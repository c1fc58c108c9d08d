//! Reading real files: how true it is, and that no file brings it down. The material is not ours to keep in the
//! repository; where it is missing the tests say so and pass.

use server::cli::ingest;
use server::reading::child::{Limits, read_in_child};
use server::reading::{Progress, ReadError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A folder of the shared test data.
fn shared(folder: &str) -> Option<PathBuf> {
    let root = std::env::var_os("MITOCHI_SHARED").map(PathBuf::from);
    let root = root.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"));
    let path = root.join("data").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: {} is missing", path.display());
    None
}

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_mitochi"))
}

#[test]
fn readers_are_true_to_the_source() {
    let Some(folder) = shared("documents") else { return };
    let rows = ingest::measure(&folder).unwrap();
    assert!(rows.len() >= 13, "only {} files have a reference", rows.len());
    for row in rows {
        println!("{:<60} recall {:.4} order {:.4}", row.file, row.fidelity.recall, row.fidelity.order);
        assert!(row.fidelity.order >= row.aim, "{row:?}");
        assert!(row.fidelity.precision >= 0.99, "{row:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_file_brings_the_reader_down() {
    let Some(folder) = shared("robustness") else { return };
    let limits = Limits { time: Duration::from_secs(60), ..Limits::default() };
    let (mut read, mut refused) = (0, 0);
    for file in files(&folder) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        match read_in_child(program(), &file, &name, limits, &mut |_| {}).await {
            Ok(document) => {
                document.check().unwrap_or_else(|rule| panic!("{}: {rule}", file.display()));
                read += 1;
            }
            Err(ReadError::Crashed | ReadError::TimedOut | ReadError::OutOfMemory) => {
                panic!("{}", file.display())
            }
            Err(error) => {
                assert!(!error.to_string().contains('\n'));
                refused += 1;
            }
        }
    }
    println!("{read} files read, {refused} refused with a reason");
    assert!(read > 400, "{read}");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = vec![];
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !matches!(path.extension().and_then(|e| e.to_str()), Some("json" | "tsv")) {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

#[tokio::test]
async fn a_long_file_is_handed_on_in_parts() {
    let Some(folder) = shared("documents") else { return };
    let file = folder.join("ch19-the-cardiovascular-system-the-heart.pdf");
    let mut told = vec![];
    let document =
        read_in_child(program(), &file, "heart.pdf", Limits::default(), &mut |progress| told.push(progress))
            .await;
    let document = document.unwrap();
    let parts: Vec<u32> = told
        .iter()
        .filter_map(|progress| match progress {
            Progress::Part(part) => part.pages.last().map(|page| page.number),
            Progress::Pages { .. } => None,
        })
        .collect();
    assert_eq!(parts, [8, 16]);
    assert_eq!(told.last(), Some(&Progress::Pages { read: 26, total: 26 }));
    assert_eq!(document.pages.len(), 26);
}

#[tokio::test]
async fn limits_end_a_reading_with_a_reason() {
    let Some(folder) = shared("robustness/pdf") else { return };
    let file = folder.join("issue-604.pdf");
    let read = async |limits| read_in_child(program(), &file, "guideline.pdf", limits, &mut |_| {}).await;
    let short = Limits { time: Duration::from_millis(30), ..Limits::default() };
    assert_eq!(read(short).await, Err(ReadError::TimedOut));
    let small = Limits { memory: 40 * 1024 * 1024, ..Limits::default() };
    if cfg!(target_os = "linux") {
        assert_eq!(read(small).await, Err(ReadError::OutOfMemory));
    }
    let missing =
        read_in_child(program(), Path::new("nowhere.pdf"), "nowhere.pdf", Limits::default(), &mut |_| {})
            .await;
    assert!(matches!(missing, Err(ReadError::Unopened(_))));
}
