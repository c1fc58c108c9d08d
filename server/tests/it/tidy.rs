//! What ARCHITECTURE.md promises of the tree, held.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Every Rust file of the workspace's sources and tests, with its text.
fn sources(folders: &[&str]) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let root = root();
    let mut paths = vec![];
    for folder in folders {
        walk(&root.join(folder), &mut paths);
    }
    paths.sort();
    let name = |path: &Path| path.strip_prefix(&root).unwrap().display().to_string();
    paths.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

const OURS: &[&str] =
    &["app/domain/src", "app/src", "frontend/src", "server/src", "server/tests/provider/src"];

#[test]
fn names_say_what_a_module_is() {
    for (name, _) in sources(&["app/domain/src", "app/src", "frontend/src", "server/src", "server/tests"]) {
        let stem = Path::new(&name).file_stem().unwrap().to_string_lossy().into_owned();
        let vague = ["utils", "util", "common", "helpers", "helper", "misc", "mod"].contains(&stem.as_str());
        assert!(!vague && !stem.ends_with("_v2") && !stem.ends_with("_old"), "{name}");
    }
}

#[test]
fn every_module_says_what_it_owns() {
    for (name, text) in sources(OURS) {
        // a module of tests owns what the module beside it owns
        assert!(text.starts_with("//!") || name.ends_with("/tests.rs"), "{name} does not begin with //!");
    }
}

#[test]
fn a_file_is_one_thing() {
    for (name, text) in sources(OURS) {
        let lines = text.lines().count();
        assert!(lines <= 700, "{name} has {lines} lines: split it");
    }
}

#[test]
fn app_knows_neither_features_nor_the_server() {
    for (name, text) in sources(&["app/src"]) {
        assert!(!text.contains("#[cfg(feature"), "{name}: #[server] does that");
        for word in ["leptos_axum", "sqlx", "tokio::", "axum::"] {
            assert!(!text.contains(word), "{name} names {word}");
        }
    }
}

#[test]
fn domain_asks_nobody_for_time_chance_or_files() {
    for (name, text) in sources(&["app/domain/src"]) {
        for word in [
            "SystemTime::now",
            "Instant::now",
            "std::fs",
            "std::net",
            "std::env",
            "thread_rng",
            "RandomState",
            "async fn",
        ] {
            assert!(!text.contains(word), "{name} uses {word}");
        }
    }
}

#[test]
fn sql_stands_in_stores() {
    let allowed = |name: &str| {
        name.ends_with("/store.rs")
            || name.contains("/store/")
            || name.ends_with("jobs/queue.rs")
            || name.starts_with("server/src/db")
    };
    for (name, text) in sources(&["app/src", "server/src"]) {
        if allowed(&name) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let found = ["\"SELECT ", "\"INSERT INTO ", "\"UPDATE ", "\"DELETE FROM "]
                .iter()
                .any(|verb| line.contains(verb));
            assert!(!found, "{name}:{}: SQL outside a store", number + 1);
        }
    }
}

#[test]
fn both_databases_have_the_same_migrations_and_tables() {
    let read = |database: &str| {
        let folder = root().join("migrations").join(database);
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let names: Vec<_> = files.iter().map(|path| path.file_name().unwrap().to_owned()).collect();
        let text: String = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
        let made = text.lines().filter(|line| line.starts_with("CREATE ") || line.starts_with("ALTER "));
        // types and the bodies of triggers are each database's own
        let made = made.filter(|line| !line.starts_with("CREATE FUNCTION"));
        let own = |line: &str| line.starts_with("CREATE TRIGGER") || line.starts_with("ALTER TABLE");
        let made: Vec<_> = made
            .map(|line| match line {
                line if own(line) => line.split(' ').take(6).collect::<Vec<_>>().join(" "),
                line => line.trim_end_matches(" STRICT;").to_string(),
            })
            .collect();
        (names, made)
    };
    assert_eq!(read("sqlite"), read("postgres"));
}

/// The crates that the WASM is linked from.
fn browser_tree() -> Vec<String> {
    let out = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "-p", "frontend", "--target", "wasm32-unknown-unknown"])
        .args(["-e", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8(out.stdout).unwrap();
    let mut names: Vec<_> =
        text.lines().filter_map(|line| line.split(' ').next()).map(str::to_string).collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn the_wasm_never_contains_the_server() {
    let tree = browser_tree();
    assert!(tree.iter().any(|name| name == "leptos"), "{tree:?}");
    let foreign = [
        "server",
        "sqlx",
        "sqlx-core",
        "tokio",
        "axum",
        "hyper",
        "qdrant-client",
        "async-openai",
        "fsrs",
        "rten",
        "tantivy",
        "tokenizers",
        "bcrypt",
        "jsonwebtoken",
        "leptos_axum",
    ];
    for name in foreign {
        assert!(!tree.iter().any(|crate_name| crate_name == name), "{name} is in the browser");
    }
}
