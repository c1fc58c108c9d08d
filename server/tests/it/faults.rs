//! What happens when something under Mitochi breaks.
//!
//! | fault | what the learner sees | what recovers by itself | test |
//! |---|---|---|---|
//! | PostgreSQL stops | 'Mitochi's database cannot be reached …' (503, with a time to try again); they stay logged in | everything, as soon as it answers | `a_database_that_goes_away_…` |
//! | the disk is full | 'The disk of this server is full …' (503) | writing, as soon as there is room; nothing is half there | `a_full_disk_…` |
//! | the reading child is killed | the file is read again | the job is tried again | `a_reader_that_is_killed_…` |
//! | two processes on one PostgreSQL | nothing: a session works on both | jobs are done once | `two_processes_…` |
//! | two tabs, the same submit three times | the same verdict; one answer, one set, one account | | `the_same_submit_three_times_…`, `quiz::two_tabs_at_once_answer_once` |
//! | the clock steps back | nothing | jobs that were put off by the wrong time are due | `a_job_of_a_clock_that_ran_ahead_…` |
//! | daylight-saving days | streaks and due days go on | | `progress::a_streak_goes_on_over_daylight_saving` |
//! | an upload is cut off, or falls silent | the file can be brought again | what came of it is removed | `edge::an_upload_that_falls_silent_…`, `an_upload_that_is_cut_off_…` |
//! | SIGTERM during answers | an answer that was told is kept | the process ends in good order | `sigterm_…` |
//! | a kill at any moment | what was told is kept, nothing twice | everything at the next start | `.ci/torture` |

use crate::support::{
    databases,
    process::{Caller, Process},
    site::{Browser, Site},
};
use axum::http::StatusCode;
use serde_json::{Value, json};
use server::jobs::queue;
use std::{process::Command, sync::Arc, time::Duration};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// A line to a server that can be cut and mended.
struct Line {
    address: String,
    open: watch::Sender<bool>,
}

impl Line {
    /// To this host and port.
    async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (open, is_open) = watch::channel(true);
        tokio::spawn(async move {
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                let (server, mut is_open) = (server.clone(), is_open.clone());
                tokio::spawn(async move {
                    if !*is_open.borrow() {
                        return;
                    }
                    let Ok(mut far) = TcpStream::connect(&server).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = is_open.wait_for(|open| !open) => {}
                    }
                });
            }
        });
        Self { address, open }
    }
}

#[tokio::test]
async fn a_database_that_goes_away_is_told_and_found_again_and_nobody_is_logged_out() {
    let Some(mut test) = databases().await.into_iter().find(|test| test.name == "PostgreSQL") else { return };
    let (before, rest) = test.url.rsplit_once('@').unwrap();
    let (server, name) = rest.split_once('/').unwrap();
    let line = Line::to(server.to_string()).await;
    test.url = format!("{before}@{}/{name}", line.address);
    let site = Site::open(&test).await;
    let mut fern = Browser::default();
    fern.register(&site, "fern@example.org").await;
    let quiz = fern.call(&site, "quiz/start", "request[length]=3").await.json();
    let answer = |position: u32| {
        format!(
            "request[quiz]={}&request[position]={position}&request[choice]=0&request[took]=900",
            quiz.as_str().unwrap()
        )
    };
    assert!(fern.call(&site, "quiz/answer", &answer(0)).await.status.is_success());

    line.open.send_replace(false);
    for _ in 0..3 {
        let refused = fern.call(&site, "quiz/answer", &answer(1)).await;
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.body);
        assert!(
            refused.body.contains("database cannot be reached") || refused.body.contains("too much to do"),
            "{}",
            refused.body
        );
        assert!(refused.headers.contains_key("retry-after"));
        let page = fern.get(&site, "/home").await;
        assert!(
            !page.status.is_redirection() && !page.body.contains("You are logged out"),
            "{}",
            page.status
        );
    }
    line.open.send_replace(true);

    // at once, without a start of the server, and under the same session
    let mut mended = fern.call(&site, "quiz/answer", &answer(1)).await;
    for _ in 0..20 {
        if mended.status.is_success() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
        mended = fern.call(&site, "quiz/answer", &answer(1)).await;
    }
    assert!(mended.status.is_success(), "{}: {}", mended.status, mended.body);
    let loaded = fern.call_json(&site, "quiz/load", json!({ "request": { "quiz": quiz } })).await.json();
    assert_eq!(loaded["position"], 2, "two answers, each once");
}

/// Sets the largest size that files of a process may have; `None` for any.
fn limit_files(process: &Process, bytes: Option<u64>) {
    let limit = bytes.map_or("unlimited".into(), |bytes| bytes.to_string());
    // the hard limit stays, so that it can be taken back
    let set = format!("--fsize={limit}:unlimited");
    let done = Command::new("prlimit").args(["--pid", &process.id().to_string(), &set]).status();
    assert!(done.unwrap().success());
}

#[tokio::test]
async fn a_full_disk_is_told_and_writing_goes_on_when_there_is_room() {
    if Command::new("prlimit").arg("--version").output().is_err() {
        println!("skipped: a full disk (there is no prlimit here)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), &[]);
    let mut fern = Caller::new(&process.address);
    assert_eq!(fern.register("fern@example.org").await.unwrap().0, 200);
    let quiz = fern.start_quiz(10).await;
    assert_eq!(fern.answer(&quiz, 0).await.unwrap().0, 200);
    for round in 0..3 {
        // no file can grow: not the database, not its log, no upload
        limit_files(&process, Some(1));
        let (status, body) = fern.answer(&quiz, 1 + round).await.unwrap();
        assert_eq!(status, 503, "{body}");
        assert!(body.contains("disk of this server is full"), "{body}");
        let (status, body) = fern.upload("heart.md", b"# The heart\n\nIt is a pump.").await.unwrap();
        assert_eq!(status, 503, "{body}");
        assert!(body.contains("disk of this server is full"), "{body}");
        assert_eq!(fern.answered(&quiz).await, 1 + round as usize, "what is there can be read");
        limit_files(&process, None);
        let (status, body) = fern.answer(&quiz, 1 + round).await.unwrap();
        assert_eq!(status, 200, "writing goes on: {body}");
    }
    let left = std::fs::read_dir(folder.path().join("uploads/incoming")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "nothing is left of the uploads");
    assert_eq!(fern.upload("heart.md", b"# The heart\n\nIt is a pump.").await.unwrap().0, 200);
}

#[tokio::test]
async fn two_processes_on_one_database_share_sessions_and_do_each_job_once() {
    let Some(test) = databases().await.into_iter().find(|test| test.name == "PostgreSQL") else { return };
    let secret = ["--secret", "a secret that both processes are given"];
    let sites =
        [Site::open_beside(&test, "one", &secret).await, Site::open_beside(&test, "two", &secret).await];
    let mut fern = Browser::default();
    fern.register(&sites[0], "fern@example.org").await;
    assert_eq!(fern.get(&sites[1], "/home").await.status, StatusCode::OK, "the session holds on both");
    let quiz = fern.call(&sites[0], "quiz/start", "request[length]=2").await.json();
    let form = format!(
        "request[quiz]={}&request[position]=0&request[choice]=0&request[took]=9",
        quiz.as_str().unwrap()
    );
    let told: Vec<Value> = vec![
        fern.clone().call(&sites[0], "quiz/answer", &form).await.json(),
        fern.clone().call(&sites[1], "quiz/answer", &form).await.json(),
    ];
    assert_eq!(told[0], told[1], "sent to both it is one answer");

    // forty jobs, workers of both processes
    let mut tx = test.db.write().await.unwrap();
    for n in 0..40 {
        let new = queue::New {
            id: uuid::Uuid::now_v7(),
            kind: "nothing",
            key: &n.to_string(),
            payload: json!({}),
            due: 0,
        };
        queue::enqueue(&mut tx, new).await.unwrap();
    }
    tx.commit().await.unwrap();
    let done = Arc::new(std::sync::Mutex::new(vec![]));
    let working = sites.iter().map(|site| {
        let (db, done) = (site.state.db.clone(), done.clone());
        async move {
            while let Some(job) = queue::claim(&db, 1, 60_000).await.unwrap() {
                tokio::task::yield_now().await;
                let mut tx = db.write().await.unwrap();
                assert!(queue::finish(&mut tx, &job).await.unwrap());
                tx.commit().await.unwrap();
                done.lock().unwrap().push(job.id);
            }
        }
    });
    futures::future::join_all(working).await;
    let mut done = done.lock().unwrap().clone();
    assert_eq!(done.len(), 40);
    done.sort();
    done.dedup();
    assert_eq!(done.len(), 40, "each once");
}

#[tokio::test]
async fn the_same_submit_three_times_at_once_counts_once() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut fern = Browser::default();
        fern.register(&site, "fern@example.org").await;
        let thrice = async |name: &str, form: &str| {
            let mut tabs = [fern.clone(), fern.clone(), fern.clone()];
            let asked = tabs.iter_mut().map(|tab| tab.call(&site, name, form));
            futures::future::join_all(asked).await
        };
        let begun = thrice("quiz/start", "request[length]=5").await;
        assert!(begun.iter().all(|answer| answer.body == begun[0].body), "{}: one set", test.name);
        let quiz = begun[0].json();
        let form = format!(
            "request[quiz]={}&request[position]=0&request[choice]=1&request[took]=900",
            quiz.as_str().unwrap()
        );
        let told = thrice("quiz/answer", &form).await;
        assert!(
            told.iter().all(|answer| answer.status.is_success() && answer.body == told[0].body),
            "{}",
            test.name
        );
        let queue = fern.clone().call_json(&site, "review/queue", json!({})).await.json();
        if let Some(card) = queue["card"]["id"].as_str() {
            let form = format!("request[card]={card}&request[rating]=good&request[reps]=1&request[took]=900");
            let graded = thrice("review/grade", &form).await;
            assert!(graded.iter().all(|answer| answer.status.is_success()), "{}", test.name);
        }
        let kept = thrice("library/save", "request[query]=preload").await;
        assert!(kept.iter().all(|answer| answer.json().as_array().unwrap().len() == 1), "{}", test.name);
        let note = "request[kind]=note&request[text]=I learn in the evening";
        let noted = thrice("memory/add", note).await;
        assert!(noted.iter().any(|answer| answer.status.is_success()), "{}", test.name);
        let mut tx = site.state.db.read().await.unwrap();
        for (table, expected) in [("answer", 1), ("quiz", 1), ("saved_search", 1), ("memory", 1)] {
            let sql = format!("SELECT CAST(count(*) AS BIGINT) FROM {table}");
            let (rows,): (i64,) = tx.query(Box::leak(sql.into_boxed_str())).one().await.unwrap();
            assert_eq!(rows, expected, "{}: {table}", test.name);
        }
        let sums = "SELECT CAST(count(*) AS BIGINT), CAST(count(DISTINCT reference) AS BIGINT) FROM xp";
        let (paid, of): (i64, i64) = tx.query(sums).one().await.unwrap();
        assert_eq!(paid, of, "{}: paid once for each", test.name);
    }
}

#[tokio::test]
async fn a_job_of_a_clock_that_ran_ahead_does_not_wait_for_that_time() {
    const DAY: i64 = 86_400_000;
    for test in databases().await {
        let put = async |key: &str, due: i64| {
            let mut tx = test.db.write().await.unwrap();
            let new = queue::New { id: uuid::Uuid::now_v7(), kind: "read", key, payload: json!({}), due };
            queue::enqueue(&mut tx, new).await.unwrap();
            tx.commit().await.unwrap();
        };
        let now = 20_000 * DAY;
        // the clock was a year ahead when this one was put in; the other waits for tomorrow's budget
        put("ahead", now + 365 * DAY).await;
        put("tomorrow", now + DAY).await;
        assert_eq!(queue::next_due(&test.db, now).await.unwrap(), Some(now + DAY), "{}", test.name);
        let job = queue::claim(&test.db, now, 60_000).await.unwrap().unwrap();
        let mut tx = test.db.write().await.unwrap();
        assert!(queue::finish(&mut tx, &job).await.unwrap());
        tx.commit().await.unwrap();
        assert!(
            queue::claim(&test.db, now, 60_000).await.unwrap().is_none(),
            "{}: tomorrow's waits",
            test.name
        );
        assert!(queue::claim(&test.db, now + DAY, 60_000).await.unwrap().is_some(), "{}", test.name);
    }
}

#[tokio::test]
async fn an_upload_that_is_cut_off_leaves_nothing_and_can_be_brought_again() {
    use tokio::io::AsyncWriteExt;
    let folder = tempfile::tempdir().unwrap();
    let process = Process::start(folder.path(), &[]);
    let mut fern = Caller::new(&process.address);
    fern.register("fern@example.org").await.unwrap();
    let cookies = fern.cookies();
    for sent in [0_usize, 40, 200, 5_000] {
        let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.md\"\r\n\r\n";
        let body = format!("{head}{}", "# The heart is a pump.\n".repeat(500));
        let request = format!(
            "POST /library/upload HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\nCookie: {cookies}\r\n\
             Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 20000\r\n\r\n{}",
            process.address,
            &body[..sent]
        );
        let mut line = TcpStream::connect(&process.address).await.unwrap();
        line.write_all(request.as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        drop(line);
    }
    let incoming = folder.path().join("uploads/incoming");
    for _ in 0..40 {
        if std::fs::read_dir(&incoming).map_or(0, Iterator::count) == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(std::fs::read_dir(&incoming).map_or(0, Iterator::count), 0);
    let (_, shelf) = fern.call("library/materials", "").await.unwrap();
    assert!(!shelf.contains("a.md"), "{shelf}");
    assert_eq!(fern.upload("a.md", b"# The heart\n\nIt is a pump.").await.unwrap().0, 200);
}

#[tokio::test]
async fn sigterm_during_answers_loses_none_that_was_told_and_a_kill_neither() {
    let folder = tempfile::tempdir().unwrap();
    let mut fern = None;
    for round in 0..4 {
        let process = Process::start(folder.path(), &[]);
        let mut learner: Caller = fern.take().unwrap_or_else(|| Caller::new(&process.address));
        learner.address.clone_from(&process.address);
        if round == 0 {
            assert_eq!(learner.register("fern@example.org").await.unwrap().0, 200);
        }
        let quiz = learner.start_quiz(20).await;
        let (mut answering, set) = (learner.clone(), quiz.clone());
        let told = tokio::spawn(async move {
            let mut told = 0;
            for position in 0..20 {
                match answering.answer(&set, position).await {
                    Ok((200, _)) => told += 1,
                    _ => break,
                }
            }
            told
        });
        tokio::time::sleep(Duration::from_millis(20 + 30 * round)).await;
        if round % 2 == 0 {
            let (in_order, took) = tokio::task::spawn_blocking(move || process.ask_to_stop()).await.unwrap();
            assert!(in_order, "round {round}");
            assert!(took < Duration::from_secs(9), "round {round}: {took:?}");
        } else {
            process.kill();
        }
        let told = told.await.unwrap();
        let process = Process::start(folder.path(), &[]);
        learner.address.clone_from(&process.address);
        let kept = learner.answered(&quiz).await;
        // one may have been written whose answer did not arrive any more
        assert!((told..=told + 1).contains(&kept), "round {round}: {told} told, {kept} kept");
        fern = Some(learner);
    }
}
