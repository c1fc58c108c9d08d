//! Nothing is lost: exports and what takes them in, backups and what puts them back.

use crate::support::{
    TestDb, databases,
    site::{Browser, Site},
    taught::LECTURE,
};
use axum::http::StatusCode;
use serde_json::{Value, json};
use server::{
    backup::{self, Place},
    db,
};
use std::{
    collections::BTreeMap,
    io::{Cursor, Read, Write},
    path::Path,
};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

type Entries = BTreeMap<String, Vec<u8>>;

/// Entries of a ZIP.
fn entries(bytes: &[u8]) -> Entries {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut all = BTreeMap::new();
    for name in names {
        let mut content = vec![];
        zip.by_name(&name).unwrap().read_to_end(&mut content).unwrap();
        all.insert(name, content);
    }
    all
}

fn zipped(entries: &Entries) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(vec![]));
    for (name, content) in entries {
        zip.start_file(name.clone(), SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn rows(export: &Entries, table: &str) -> Vec<Value> {
    serde_json::from_slice(&export[&format!("data/{table}.json")]).unwrap()
}

/// Somebody who has done a little of everything.
async fn studious(site: &Site, email: &str) -> Browser {
    let mut fern = Browser::default();
    fern.register(site, email).await;
    let told = fern.upload(site, &[("messengers.md", LECTURE.as_bytes())]).await.json();
    let material = told[0]["material"].as_str().unwrap().to_string();
    site.work().await;
    // of their own file and of what Mitochi brings
    for of in [
        format!("request[material]={material}&"),
        format!("request[material]={}&", server::starter::MATERIAL),
    ] {
        let quiz = fern.call(site, "quiz/start", &format!("{of}request[length]=3")).await.json();
        let quiz = quiz.as_str().unwrap();
        for position in 0..3 {
            let form = format!(
                "request[quiz]={quiz}&request[position]={position}&request[choice]=1&request[took]=9"
            );
            assert!(fern.call(site, "quiz/answer", &form).await.status.is_success());
        }
    }
    let queue = fern.call_json(site, "review/queue", json!({})).await.json();
    if let Some(card) = queue["card"]["id"].as_str() {
        let form = format!(
            "request[card]={card}&request[rating]=hard&request[reps]={}&request[took]=9",
            queue["card"]["reps"]
        );
        fern.call(site, "review/grade", &form).await;
    }
    let form = format!("request[material]={material}&request[concept]=insulin&request[mode]=first_pass");
    assert!(fern.call(site, "tutor/begin", &form).await.status.is_success());
    fern.call(site, "library/save", &format!("request[query]=glucose&request[material]={material}")).await;
    fern.call(site, "memory/add", "request[kind]=goal&request[text]=Pass in May").await;
    fern
}

/// What an export says, without the ids and moments of its making: how often each table has which contents.
fn content(export: &Entries) -> BTreeMap<String, Vec<String>> {
    let without_ids = |mut row: Value| {
        fn strip(value: &mut Value) {
            match value {
                Value::String(text) if uuid::Uuid::parse_str(text).is_ok() => *text = "id".into(),
                Value::String(text) if text.len() > 36 && text.contains("-7") => {
                    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_hexdigit() && c != '-').collect();
                    let ids: Vec<String> = parts
                        .iter()
                        .filter(|part| uuid::Uuid::parse_str(part).is_ok())
                        .map(ToString::to_string)
                        .collect();
                    for id in ids {
                        *text = text.replace(&id, "id");
                    }
                }
                Value::Array(values) => values.iter_mut().for_each(strip),
                Value::Object(values) => values.values_mut().for_each(strip),
                _ => {}
            }
        }
        strip(&mut row);
        row.to_string()
    };
    let tables = export.keys().filter_map(|name| name.strip_prefix("data/")?.strip_suffix(".json"));
    let mut all = BTreeMap::new();
    for table in tables {
        let mut found = rows(export, table);
        if table == "question" {
            // those of Mitochi's own are as old as the installation
            found.iter_mut().for_each(|row| row["created"] = Value::Null);
        }
        let mut texts: Vec<String> = found.into_iter().map(without_ids).collect();
        texts.sort();
        all.insert(table.to_string(), texts);
    }
    all
}

#[tokio::test]
async fn an_export_is_the_same_bytes_and_is_taken_in_elsewhere_whole() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let fern = studious(&site, "fern@example.org").await;
        let export = fern.export(&site).await;
        let (first, again) = (entries(&export), entries(&fern.export(&site).await));
        for (name, content) in first.iter().filter(|(name, _)| *name != "mitochi.json") {
            assert_eq!(&again[name], content, "{}: {name}", test.name);
        }
        let manifest: Value = serde_json::from_slice(&first["mitochi.json"]).unwrap();
        assert_eq!(
            (&manifest["format"], &manifest["account"]["email"]),
            (&json!(1), &json!("fern@example.org"))
        );
        for (table, least) in [
            ("material", 1),
            ("question", 6),
            ("answer", 6),
            ("card", 6),
            ("review", 6),
            ("xp", 6),
            ("talk", 1),
            ("talk_line", 1),
            ("memory", 1),
            ("saved_search", 1),
            ("quiz_item", 6),
        ] {
            assert!(rows(&first, table).len() >= least, "{}: {table}", test.name);
        }
        let file = first.keys().find(|name| name.starts_with("files/")).unwrap();
        assert_eq!(first[file], LECTURE.as_bytes());

        // into the same account: nothing is doubled
        let told = fern.clone().import(&site, &export).await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.body);
        let told = told.json();
        for what in ["files", "questions", "answers", "reviews", "talks", "others", "left_out"] {
            assert_eq!(told[what], 0, "{}: {told}", test.name);
        }
        assert_eq!(content(&entries(&fern.export(&site).await)), content(&first), "{}", test.name);

        // into another installation, of the other kind too
        for other in databases().await {
            let there = Site::open(&other).await;
            let mut moss = Browser::default();
            moss.register(&there, "moss@example.org").await;
            let told = moss.import(&there, &export).await;
            assert_eq!(told.status, StatusCode::OK, "{}", told.body);
            let told = told.json();
            assert_eq!(
                (&told["files"], &told["left_out"], &told["known"]),
                (&json!(1), &json!(0), &json!(3)),
                "{told}"
            );
            let second = moss.import(&there, &export).await.json();
            assert_eq!(
                (&second["files"], &second["answers"], &second["others"]),
                (&json!(0), &json!(0), &json!(0)),
                "{second}"
            );
            there.work().await;
            let brought = entries(&moss.export(&there).await);
            let (there_now, here_now) = (content(&brought), content(&first));
            for (table, rows) in &here_now {
                assert_eq!(&there_now[table], rows, "{}, {} to {}", table, test.name, other.name);
            }
            // and it is alive: searched, reviewed, talked about, with the XP that it was
            let found =
                moss.call_json(&there, "library/search", json!({ "request": { "query": "glycogen" } })).await;
            assert!(found.body.contains("skeletal muscle"), "{}", found.body);
            let frame = async |browser: &mut Browser, site: &Site| {
                browser.call_json(site, "progress/frame", json!({})).await.json()["xp"].clone()
            };
            assert_eq!(frame(&mut moss, &there).await, frame(&mut fern.clone(), &site).await);
            let talk = rows(&brought, "talk")[0]["id"].as_str().unwrap().to_string();
            let page = moss.get(&there, &format!("/tutor/{talk}")).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.body.to_lowercase().contains("insulin"));
            for path in ["/home", "/review", "/library", "/settings/memory"] {
                assert_eq!(moss.get(&there, path).await.status, StatusCode::OK, "{path}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_no_export_is_refused_in_words_and_leaves_nothing() {
    let test = databases().await.remove(0);
    let site = Site::open(&test).await;
    let fern = studious(&site, "fern@example.org").await;
    let good = entries(&fern.export(&site).await);
    let mut moss = Browser::default();
    moss.register(&site, "moss@example.org").await;
    let changed = |change: &dyn Fn(&mut Entries)| {
        let mut entries = good.clone();
        change(&mut entries);
        zipped(&entries)
    };
    let file = good.keys().find(|name| name.starts_with("files/")).unwrap().clone();
    let replaced = |table: &'static str, from: &'static str, to: &'static str| {
        let name = format!("data/{table}.json");
        let text = String::from_utf8(good[&name].clone()).unwrap();
        assert!(text.contains(from), "{table} has no {from}");
        changed(&|entries| {
            entries.insert(name.clone(), text.replacen(from, to, 1).into_bytes());
        })
    };
    let cases = [
        ("no ZIP", b"something else".to_vec(), "no export of Mitochi"),
        ("another ZIP", zipped(&BTreeMap::from([("a.txt".to_string(), vec![1])])), "no export of Mitochi"),
        (
            "of a newer one",
            changed(&|entries| {
                entries.insert("mitochi.json".into(), br#"{"format":99}"#.to_vec());
            }),
            "newer Mitochi",
        ),
        (
            "without a table",
            changed(&|entries| {
                entries.remove("data/card.json");
            }),
            "data/card.json",
        ),
        (
            "no JSON",
            changed(&|entries| {
                entries.insert("data/review.json".into(), b"[".to_vec());
            }),
            "data/review.json is damaged",
        ),
        ("another type", replaced("answer", "\"took\":9", "\"took\":\"long\""), "data/answer.json"),
        ("no question", replaced("question", "\"stem\"", "\"stalk\""), "data/question.json"),
        (
            "an odd ending",
            replaced("material", "\"extension\":\"md\"", "\"extension\":\"../../x\""),
            "data/material.json",
        ),
        (
            "another file",
            changed(&|entries| {
                entries.insert(file.clone(), b"# Something else".to_vec());
            }),
            "damaged",
        ),
        (
            "without its file",
            changed(&|entries| {
                entries.remove(&file);
            }),
            "missing in this export",
        ),
    ];
    for (case, bytes, words) in cases {
        let told = moss.import(&site, &bytes).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{case}: {}", told.body);
        assert!(told.body.contains(words), "{case}: {}", told.body);
        let shelf = moss.call(&site, "library/materials", "").await.body;
        assert!(!shelf.contains("messengers"), "{case}: nothing was taken in");
        let mine = entries(&moss.export(&site).await);
        assert!(rows(&mine, "answer").is_empty() && rows(&mine, "question").is_empty(), "{case}");
    }
    let left = std::fs::read_dir(site.data.join("uploads/incoming")).map_or(0, Iterator::count);
    assert_eq!(left, 0);
    // what belongs to somebody else is not reached by naming its id
    let theirs = rows(&good, "material")[0]["id"].as_str().unwrap().to_string();
    let mut forged = good.clone();
    let quiz = rows(&good, "quiz");
    assert!(quiz.iter().any(|quiz| quiz["material"] == theirs.as_str()));
    forged.insert("data/material.json".into(), b"[]".to_vec());
    let told = moss.import(&site, &zipped(&forged)).await.json();
    assert_eq!(told["files"], 0, "{told}");
    assert!(told["left_out"].as_u64().unwrap() > 0, "{told}");
    let mine = entries(&moss.export(&site).await);
    assert!(rows(&mine, "quiz").iter().all(|quiz| quiz["material"] != theirs.as_str()));
    assert!(rows(&mine, "talk").is_empty(), "a talk about another's file is left out");
}

fn place(data: &Path, test: &TestDb) -> Place {
    Place { data: data.to_path_buf(), url: test.url.clone() }
}

#[tokio::test]
async fn a_backup_taken_while_others_write_is_put_back_byte_for_byte() {
    let (from, to) = (databases().await, databases().await);
    for (test, target) in from.iter().zip(&to) {
        let site = Site::open(test).await;
        let fern = studious(&site, "fern@example.org").await;
        let before = entries(&fern.export(&site).await);
        let mut moss = Browser::default();
        moss.register(&site, "moss@example.org").await;
        let backups = tempfile::tempdir().unwrap();
        let (here, now) = (place(&site.data, test), site.state.clock.now());
        let writing = async {
            let quiz = moss.call(&site, "quiz/start", "request[length]=20").await.json();
            let quiz = quiz.as_str().unwrap().to_string();
            for position in 0..20 {
                let form = format!(
                    "request[quiz]={quiz}&request[position]={position}&request[choice]=0&request[took]=9"
                );
                if !moss.call(&site, "quiz/answer", &form).await.status.is_success() {
                    break;
                }
            }
        };
        let (file, ()) = tokio::join!(backup::take(&site.state.db, &here, backups.path(), now), writing);
        let file = file.unwrap();
        assert_eq!(std::fs::read_dir(backups.path()).unwrap().count(), 1, "nothing is left beside it");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                std::fs::metadata(&file).unwrap().permissions().mode() & 0o077,
                0,
                "nobody else reads it"
            );
        }

        // where learners are it is not put without being told to
        let error = backup::restore(&file, &here, false).await.unwrap_err();
        assert!(error.to_string().contains("--replace"), "{error:#}");

        // a damaged one touches nothing
        let broken = backups.path().join("broken.zip");
        let mut bytes = std::fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        std::fs::write(&broken, &bytes).unwrap();
        let data = target.folder().join("restored");
        let there = place(&data, target);
        target.db.close().await;
        if target.name == "SQLite" {
            std::fs::remove_file(target.folder().join("mitochi.db")).unwrap();
        }
        assert!(backup::restore(&broken, &there, true).await.is_err(), "{}", test.name);
        assert!(!data.join("uploads").exists());

        backup::restore(&file, &there, true).await.unwrap();
        let restored = TestDb::reopened(target).await;
        let again = Site::open_beside(&restored, "../restored", &[]).await;
        let after = entries(&fern.export(&again).await);
        assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
        for (name, content) in before.iter().filter(|(name, _)| *name != "mitochi.json") {
            assert_eq!(&after[name], content, "{}: {name}", test.name);
        }
        // the session holds, and XP goes on from where it was
        let mut fern = fern.clone();
        let xp = fern.call_json(&again, "progress/frame", json!({})).await.json()["xp"].as_i64().unwrap();
        let sum: i64 = rows(&after, "xp").iter().map(|row| row["amount"].as_i64().unwrap()).sum();
        assert_eq!(xp, sum, "{}", test.name);
        let quiz = fern.call(&again, "quiz/start", "request[length]=1").await.json();
        let form = format!(
            "request[quiz]={}&request[position]=0&request[choice]=0&request[took]=9",
            quiz.as_str().unwrap()
        );
        let verdict = fern.call(&again, "quiz/answer", &form).await.json();
        assert_eq!(verdict["total_xp"].as_i64().unwrap(), xp + verdict["xp"]["amount"].as_i64().unwrap());
        db::open(&restored.url).await.unwrap().ping().await.unwrap();
    }
}
