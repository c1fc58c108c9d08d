//! `kill -9` at moments that nobody chose: what was told to a learner is there afterwards, once, and nothing is half there.
//!
//! Three learners answer, grade, take back, upload, note and forget at once; the process is killed, started again on what it left,
//! and what it had told is compared with the rows. `MITOCHI_KILLS` says how often (4), `MITOCHI_SEED` repeats a run, `MITOCHI_BIN`
//! names another program than the one that the tests were built with: `.ci/torture` takes the release.

use crate::support::{
    TestDb, databases,
    process::{Caller, Process},
};
use domain::seed::Seeded;
use serde_json::{Value, json};
use server::db::{self, Db};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};
use uuid::Uuid;

/// What a learner was told, over all lives of the server.
#[derive(Default)]
struct Told {
    /// Answers: the set and the place in it.
    answers: BTreeSet<(String, u32)>,
    /// How many grades were told, less those taken back.
    grades: i64,
    /// Grades and takings-back whose end is not known: they may have been done.
    unsure: i64,
    /// Files.
    files: BTreeSet<String>,
    /// Notes that are to be there.
    notes: BTreeSet<String>,
    /// Notes that are to be gone.
    gone: BTreeSet<String>,
    /// What is being asked for at this moment.
    asking: Option<&'static str>,
}

struct Learner {
    caller: Caller,
    told: Arc<Mutex<Told>>,
    chance: Seeded,
    number: u32,
    written: u32,
    quiz: Option<(String, u32)>,
}

impl Learner {
    fn asks(&self, what: &'static str) {
        self.told.lock().unwrap().asking = Some(what);
    }

    /// Does something; `None` when the server is gone.
    async fn act(&mut self) -> Option<()> {
        match self.chance.below(12) {
            0..=5 => self.answer().await,
            6..=7 => self.grade().await,
            8 => self.undo().await,
            9 => self.note().await,
            10 => self.forget().await,
            _ => self.upload().await,
        }
    }

    async fn json(&mut self, name: &str, form: &str) -> Option<(u16, Value)> {
        let (status, body) = self.caller.call(name, form).await.ok()?;
        Some((status, serde_json::from_str(&body).unwrap_or_default()))
    }

    async fn answer(&mut self) -> Option<()> {
        let (quiz, place) = match self.quiz.take() {
            Some(open) => open,
            None => {
                self.asks("start");
                let (_, begun) = self.json("quiz/start", "request[length]=10").await?;
                (begun.as_str()?.to_string(), 0)
            }
        };
        self.asks("answer");
        let choice = self.chance.below(2);
        let form = format!(
            "request[quiz]={quiz}&request[position]={place}&request[choice]={choice}&request[took]=900"
        );
        let (status, verdict) = self.json("quiz/answer", &form).await?;
        if status == 200 {
            self.told.lock().unwrap().answers.insert((quiz.clone(), place));
            self.quiz = (verdict["finished"] == false).then_some((quiz, place + 1));
        }
        Some(())
    }

    async fn grade(&mut self) -> Option<()> {
        self.asks("review");
        let (_, body) = self.caller.call_json("review/queue", json!({})).await.ok()?;
        let queue: Value = serde_json::from_str(&body).unwrap_or_default();
        let Some(card) = queue["card"]["id"].as_str() else { return Some(()) };
        let form = format!(
            "request[card]={card}&request[rating]=again&request[reps]={}&request[took]=9",
            queue["card"]["reps"]
        );
        self.told.lock().unwrap().unsure += 1;
        let (status, _) = self.json("review/grade", &form).await?;
        let mut told = self.told.lock().unwrap();
        told.unsure -= 1;
        told.grades += i64::from(status == 200);
        Some(())
    }

    async fn undo(&mut self) -> Option<()> {
        self.asks("undo");
        self.told.lock().unwrap().unsure += 1;
        let (status, _) = self.json("review/undo", "").await?;
        // whether there was one to take back is not told: either way is right
        let mut told = self.told.lock().unwrap();
        told.unsure -= i64::from(status != 200);
        Some(())
    }

    async fn note(&mut self) -> Option<()> {
        self.asks("note");
        self.written += 1;
        let text = format!("note {} of {}", self.written, self.number);
        let (status, recall) =
            self.json("memory/add", &format!("request[kind]=note&request[text]={text}")).await?;
        let made = recall["memories"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|memory| memory["text"] == text.as_str());
        if let (200, Some(id)) = (status, made.and_then(|memory| memory["id"].as_str())) {
            self.told.lock().unwrap().notes.insert(id.to_string());
        }
        Some(())
    }

    async fn forget(&mut self) -> Option<()> {
        self.asks("forget");
        let Some(id) = self.told.lock().unwrap().notes.pop_first() else { return Some(()) };
        let (status, _) = self.json("memory/forget", &format!("memory={id}")).await?;
        let mut told = self.told.lock().unwrap();
        if status == 200 {
            told.gone.insert(id)
        } else {
            told.notes.insert(id)
        };
        Some(())
    }

    async fn upload(&mut self) -> Option<()> {
        self.asks("upload");
        self.written += 1;
        let text =
            format!("# Part {} of {}\n\nThe heart is a pump of the blood.\n", self.written, self.number);
        let (status, body) =
            self.caller.upload(&format!("part{}.md", self.written), text.as_bytes()).await.ok()?;
        let told: Value = serde_json::from_str(&body).unwrap_or_default();
        if let (200, Some(id)) = (status, told[0]["material"].as_str()) {
            self.told.lock().unwrap().files.insert(id.to_string());
        }
        Some(())
    }
}

async fn count(db: &Db, sql: String) -> i64 {
    let mut tx = db.read().await.unwrap();
    tx.query(Box::leak(sql.into_boxed_str())).one::<(i64,)>().await.unwrap().0
}

async fn ids(db: &Db, sql: &'static str) -> BTreeSet<String> {
    let mut tx = db.read().await.unwrap();
    tx.query(sql).all::<(Uuid,)>().await.unwrap().into_iter().map(|(id,)| id.to_string()).collect()
}

/// What must hold of the rows and files, whatever happened; what does not, in words.
async fn wrongs(db: &Db, data: &Path, learners: &[Learner]) -> Vec<String> {
    let mut wrong = vec![];
    let mut tx = db.read().await.unwrap();
    let answered: BTreeSet<(String, u32)> = tx
        .query("SELECT quiz, position FROM answer WHERE quiz IS NOT NULL")
        .all::<(Uuid, i64)>()
        .await
        .unwrap()
        .into_iter()
        .map(|(quiz, position)| (quiz.to_string(), position as u32))
        .collect();
    drop(tx);
    let (files, notes) = (
        ids(db, "SELECT id FROM material WHERE owner IS NOT NULL").await,
        ids(db, "SELECT id FROM memory").await,
    );
    let (mut grades, mut unsure) = (0, 0);
    for learner in learners {
        let told = learner.told.lock().unwrap();
        let lost = told.answers.difference(&answered).count();
        if lost > 0 {
            wrong.push(format!("{lost} answers lost"));
        }
        wrong.extend(told.files.difference(&files).map(|id| format!("file {id} lost")));
        wrong.extend(told.notes.difference(&notes).map(|id| format!("note {id} lost")));
        wrong.extend(told.gone.intersection(&notes).map(|id| format!("note {id} is back")));
        grades += told.grades;
        unsure += told.unsure;
    }
    let there = "SELECT COUNT(*) FROM review r WHERE NOT EXISTS (SELECT 1 FROM answer a WHERE a.id = r.id)";
    let there = count(db, there.into()).await;
    if !(grades - unsure..=grades + unsure).contains(&there) {
        wrong.push(format!("{there} grades, {grades} were told and {unsure} are not known"));
    }
    for (what, sql) in [
        (
            "answers without XP",
            "SELECT COUNT(*) FROM answer a WHERE NOT EXISTS (SELECT 1 FROM xp x WHERE x.source = 'answer' AND x.reference = a.id)",
        ),
        (
            "answers without a review",
            "SELECT COUNT(*) FROM answer a WHERE NOT EXISTS (SELECT 1 FROM review r WHERE r.id = a.id)",
        ),
        (
            "XP for nothing",
            "SELECT COUNT(*) FROM xp x WHERE NOT EXISTS (SELECT 1 FROM answer a WHERE a.id = x.reference) AND NOT EXISTS (SELECT 1 FROM review r WHERE r.id = x.reference)",
        ),
        (
            "wrong sums of XP",
            "SELECT COUNT(*) FROM learner l WHERE l.xp <> coalesce((SELECT sum(x.amount) FROM xp x WHERE x.learner = l.id), 0)",
        ),
        (
            "cards whose reviews are not counted",
            "SELECT COUNT(*) FROM card c WHERE c.reps <> (SELECT COUNT(*) FROM review r WHERE r.card = c.id)",
        ),
        (
            "files without a job",
            "SELECT COUNT(*) FROM material m WHERE m.state IN ('queued', 'reading') AND NOT EXISTS (SELECT 1 FROM job j WHERE j.kind = 'read' AND j.state IN ('ready', 'running'))",
        ),
    ] {
        let rows = count(db, sql.into()).await;
        if rows > 0 {
            wrong.push(format!("{rows} {what}"));
        }
    }
    // every file has its row; every row its file
    let mut on_disk = BTreeSet::new();
    for learner in std::fs::read_dir(data.join("uploads")).into_iter().flatten().flatten() {
        for file in std::fs::read_dir(learner.path().join("materials")).into_iter().flatten().flatten() {
            on_disk.extend(file.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    wrong.extend(files.difference(&on_disk).map(|id| format!("the file of {id} is missing")));
    if matches!(db, Db::Sqlite { .. }) {
        // elsewhere another process may be about to write the row: there they are swept after an hour
        wrong.extend(on_disk.difference(&files).map(|id| format!("{id} has no row")));
        let mut tx = db.read().await.unwrap();
        let (whole,): (String,) =
            tx.query("SELECT integrity_check FROM pragma_integrity_check").one().await.unwrap();
        let strays =
            tx.query("SELECT COUNT(*) FROM pragma_foreign_key_check").one::<(i64,)>().await.unwrap().0;
        if whole != "ok" || strays > 0 {
            wrong.push(format!("the database is damaged: {whole}, {strays} rows lead nowhere"));
        }
    }
    wrong
}

async fn torture(test: &TestDb, kills: u32, seed: u64) {
    let data = test.folder().join("data");
    let variables = [("DATABASE_URL", test.url.as_str())];
    let mut chance = Seeded::new(seed);
    let mut process = Process::start(&data, &variables);
    let mut learners = vec![];
    for number in 0..3 {
        let mut caller = Caller::new(&process.address);
        assert_eq!(caller.register(&format!("l{number}@example.org")).await.unwrap().0, 200);
        let chance = Seeded::new(seed + u64::from(number) + 1);
        learners.push(Learner { caller, told: Arc::default(), chance, number, written: 0, quiz: None });
    }
    let mut flights: BTreeMap<&'static str, u32> = BTreeMap::new();
    for kill in 0..kills {
        let running: Vec<_> = learners
            .drain(..)
            .map(|mut learner| {
                learner.caller.address.clone_from(&process.address);
                tokio::spawn(async move {
                    while learner.act().await.is_some() {
                        learner.told.lock().unwrap().asking = None;
                    }
                    learner
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(150 + chance.below(700) as u64)).await;
        process.kill();
        for learner in running {
            learners.push(learner.await.unwrap());
        }
        for learner in &learners {
            if let Some(asking) = learner.told.lock().unwrap().asking.take() {
                *flights.entry(asking).or_default() += 1;
            }
        }
        let db = db::open(&test.url).await.unwrap();
        let running = count(&db, "SELECT COUNT(*) FROM job WHERE state = 'running'".into()).await;
        *flights.entry("a job").or_default() += u32::from(running > 0);
        drop(db);
        process = Process::start(&data, &variables);
        let db = db::open(&test.url).await.unwrap();
        let wrong = wrongs(&db, &data, &learners).await;
        db.close().await;
        assert!(wrong.is_empty(), "{}, seed {seed}, kill {kill}: {}", test.name, wrong.join("; "));
    }
    // what was brought is read to its end
    let db = db::open(&test.url).await.unwrap();
    let waiting = "SELECT COUNT(*) FROM job WHERE kind = 'read' AND state IN ('ready', 'running')";
    for _ in 0..1_200 {
        if count(&db, waiting.into()).await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let left = count(
        &db,
        "SELECT COUNT(*) FROM material WHERE owner IS NOT NULL AND state NOT IN ('ready', 'preparing')"
            .into(),
    )
    .await;
    assert_eq!(left, 0, "{}, seed {seed}: files that were not read", test.name);
    let told: usize = learners
        .iter()
        .map(|learner| {
            let told = learner.told.lock().unwrap();
            told.answers.len() + told.files.len() + told.notes.len() + told.gone.len() + told.grades as usize
        })
        .sum();
    assert!(told > 0, "nothing was done");
    db.close().await;
    println!(
        "{}: {kills} kills, seed {seed}: {told} things told, none lost or doubled; in flight at a kill: {flights:?}",
        test.name
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_told_is_lost_or_doubled_by_a_kill() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let kills = number("MITOCHI_KILLS").map_or(4, |kills| kills as u32);
    let seed = number("MITOCHI_SEED").unwrap_or_else(|| Uuid::now_v7().as_u64_pair().1 % 1_000_000);
    println!("seed {seed}: MITOCHI_SEED={seed} repeats it");
    for test in databases().await {
        torture(&test, kills, seed).await;
    }
}
