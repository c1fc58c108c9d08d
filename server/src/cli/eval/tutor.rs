//! `mitochi eval tutor`: how well the tutor's rules judge answers, check citations, and tell what is no matter for a lesson, on judged
//! sets. Owns: the counting. Refuses: the rules (`domain::tutor`) and finding what a set cites (`places`).

mod places;

use crate::retrieval::embed::{Embedder, Local, MINILM, Role};
use anyhow::{Context, Result, ensure};
use domain::tutor::{
    Verdict,
    care::{Concern, concern},
    judge::{Expected, judge},
    leak::{Gate, Key, Passed},
    support::{Evidence, support},
};
use places::Places;
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// `mitochi eval tutor`.
#[derive(Debug, Clone, clap::Args)]
pub struct TutorArgs {
    /// Folder of the judged sets.
    #[arg(long, default_value = "end2end/quality/tutor")]
    pub sets: PathBuf,
    /// Folder of the material that they cite; without it what needs a span is skipped.
    #[arg(long, env = "MITOCHI_SHARED", default_value = "../shared")]
    pub shared: PathBuf,
    /// Folder of the models; without MiniLM in it, words alone are measured.
    #[arg(long, env = "MITOCHI_MODELS", default_value = "")]
    pub models: String,
    /// Print each row that is judged wrongly in the half that may be looked at.
    #[arg(long)]
    pub errors: bool,
    /// Print tab-separated values, without the notes.
    #[arg(long)]
    pub tsv: bool,
}

/// The half of a set that a row belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// Its errors may be looked at when the rules are changed.
    LookedAt,
    /// It is only counted.
    HeldBack,
}

impl Half {
    /// By what rows have in common: both statements of a span and all answers to a question stand in one half. The first byte of the
    /// SHA-256 decides.
    fn of(key: &str) -> Self {
        if Sha256::digest(key)[0] < 128 { Self::LookedAt } else { Self::HeldBack }
    }
}

/// How often something was as it should be.
#[derive(Debug, Clone)]
pub struct Count {
    /// The set, and 'nearness' where the embedder helped.
    pub set: String,
    /// Which rows of it.
    pub what: String,
    /// Their half.
    pub half: Half,
    /// How many.
    pub rows: usize,
    /// How many of them are as they should be.
    pub good: usize,
}

/// What was measured.
#[derive(Debug, Default)]
pub struct Report {
    /// In the order of the sets.
    pub counts: Vec<Count>,
    /// What was left out, and errors where they are asked for.
    pub notes: Vec<String>,
}

impl Report {
    fn count(&mut self, set: &str, half: Half, what: &str, good: bool) {
        let same = |count: &&mut Count| count.set == set && count.half == half && count.what == what;
        if let Some(count) = self.counts.iter_mut().find(same) {
            count.rows += 1;
            count.good += usize::from(good);
        } else {
            let (set, what) = (set.to_string(), what.to_string());
            self.counts.push(Count { set, what, half, rows: 1, good: usize::from(good) });
        }
    }

    /// Of both halves: good rows, and all.
    pub fn of(&self, set: &str, what: &str) -> (usize, usize) {
        let counts = self.counts.iter().filter(|count| count.set == set && count.what == what);
        counts.fold((0, 0), |(good, rows), count| (good + count.good, rows + count.rows))
    }

    fn table(&self) -> String {
        let mut table = String::from("set\twhat\tlooked at\theld back\tboth\tshare\n");
        let mut seen: HashSet<(&str, &str)> = HashSet::new();
        let mut sets: Vec<&str> = self.counts.iter().map(|count| count.set.as_str()).collect();
        sets.dedup();
        let mut listed = HashSet::new();
        for set in sets.into_iter().filter(|set| listed.insert(*set)) {
            for Count { what, .. } in self.counts.iter().filter(|count| count.set == set) {
                if !seen.insert((set, what.as_str())) {
                    continue;
                }
                let half = |half: Half| {
                    let of = |count: &&Count| count.set == set && count.what == *what && count.half == half;
                    self.counts.iter().find(of).map_or("–".into(), |c| format!("{}/{}", c.good, c.rows))
                };
                let (good, rows) = self.of(set, what);
                let share = good as f64 / rows.max(1) as f64;
                let (looked, held) = (half(Half::LookedAt), half(Half::HeldBack));
                table.push_str(&format!("{set}\t{what}\t{looked}\t{held}\t{good}/{rows}\t{share:.3}\n"));
            }
        }
        table
    }
}

/// Runs the command. Gives the exit code.
pub fn run(args: &TutorArgs) -> i32 {
    let minilm = Local::new(&MINILM, &crate::config::models_folder(&args.models));
    super::told(async {
        let report = measure(args, &minilm).await?;
        let mut text = String::new();
        for note in report.notes.iter().filter(|_| !args.tsv) {
            writeln!(text, "{note}")?;
        }
        let table = report.table();
        text.push_str(&if args.tsv { table } else { super::aligned(&table) });
        Ok(text)
    })
}

/// Measures all sets of a folder.
///
/// # Errors
/// A set is missing or is not what it should be.
pub async fn measure(args: &TutorArgs, embedder: &dyn Embedder) -> Result<Report> {
    let mut report = Report::default();
    let mut nearness = match embedder.embed("heart", Role::Passage).await {
        Ok(_) => Some(Nearness { embedder, vectors: HashMap::new() }),
        Err(error) => {
            report.notes.push(format!("skipped: nearness of words ({error})"));
            None
        }
    };
    statements(args, &mut report, nearness.as_mut()).await?;
    free_recall(args, &mut report, nearness.as_mut()).await?;
    care(args, &mut report)?;
    leaks(args, &mut report)?;
    Ok(report)
}

/// A row of a set, by the names of its columns.
struct Row(HashMap<String, String>);

impl Row {
    fn get(&self, column: &str) -> &str {
        self.0.get(column).map_or("", String::as_str)
    }
}

fn rows(args: &TutorArgs, name: &str) -> Result<Vec<Row>> {
    let path = args.sets.join(name);
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let mut lines = text.lines().map(|line| line.split('\t').map(str::to_string).collect::<Vec<_>>());
    let columns = lines.next().unwrap_or_default();
    let rows = lines.map(|cells| {
        ensure!(cells.len() == columns.len(), "{}: a row has {} columns", path.display(), cells.len());
        Ok(Row(columns.iter().cloned().zip(cells).collect()))
    });
    rows.collect()
}

/// Cosines of words, by an embedder.
struct Nearness<'e> {
    embedder: &'e dyn Embedder,
    vectors: HashMap<String, Vec<f32>>,
}

impl Nearness<'_> {
    async fn learn(&mut self, texts: impl IntoIterator<Item = String>) -> Result<()> {
        for text in texts {
            if !self.vectors.contains_key(&text) {
                let vector = self.embedder.embed(&text, Role::Passage).await?;
                self.vectors.insert(text, vector);
            }
        }
        Ok(())
    }

    fn cosine(&self, a: &str, b: &str) -> f32 {
        let (Some(a), Some(b)) = (self.vectors.get(a), self.vectors.get(b)) else { return 0.0 };
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
    }

    /// Whether the check accepts a statement: once to hear which words it asks about, once with their vectors.
    async fn supports(&mut self, statement: &str, span: &str) -> Result<bool> {
        let asked = RefCell::new(HashSet::new());
        let evidence = Evidence { text: span, headings: "" };
        support(
            statement,
            evidence,
            Some(&|a: &str, b: &str| {
                asked.borrow_mut().extend([a.to_string(), b.to_string()]);
                0.0
            }),
        );
        self.learn(asked.into_inner()).await?;
        Ok(support(statement, evidence, Some(&|a: &str, b: &str| self.cosine(a, b))).holds())
    }
}

/// Statements and the spans they cite, as a paraphrase and with one thing changed; then those about passages.
async fn statements(
    args: &TutorArgs,
    report: &mut Report,
    mut nearness: Option<&mut Nearness<'_>>,
) -> Result<()> {
    let mut places = Places::new(&args.shared);
    for (set, name, column) in
        [("statements", "statements.tsv", "span"), ("passages", "passages.tsv", "passage")]
    {
        let mut lost = 0;
        for row in rows(args, name)? {
            let (file, page, short) = (row.get("file"), row.get("page"), row.get(column));
            let Some(span) = places.find(file, page, short) else {
                lost += 1;
                continue;
            };
            let half = Half::of(&format!("{file}\t{page}\t{short}"));
            let (statement, label) = (row.get("statement"), row.get("label"));
            let found = support(statement, Evidence { text: &span, headings: "" }, None);
            let good = |holds: bool| holds == (label == "supported");
            if args.errors && half == Half::LookedAt && !good(found.holds()) {
                report.notes.push(format!("{} {label} {found:?}\n  {span}\n  {statement}", row.get("id")));
            }
            let change = format!("changed: {}", row.get("change"));
            let mut count = |set: &str, holds: bool| {
                report.count(set, half, label, good(holds));
                if label == "unsupported" {
                    report.count(set, half, &change, good(holds));
                }
                if holds {
                    report.count(set, half, "true of what is accepted", label == "supported");
                }
            };
            count(set, found.holds());
            if let Some(nearness) = &mut nearness {
                count(&format!("{set} nearness"), nearness.supports(statement, &span).await?);
            }
        }
        if lost > 0 {
            report
                .notes
                .push(format!("skipped: {lost} rows of {name} (not found in {})", args.shared.display()));
        }
    }
    Ok(())
}

/// Short answers.
async fn free_recall(
    args: &TutorArgs,
    report: &mut Report,
    mut nearness: Option<&mut Nearness<'_>>,
) -> Result<()> {
    let name = |verdict| match verdict {
        Verdict::Right => "right",
        Verdict::Partly => "partly",
        Verdict::Wrong => "wrong",
    };
    for row in rows(args, "free_recall.tsv")? {
        let half = Half::of(row.get("question_id"));
        let (key, answer, label) = (row.get("key"), row.get("answer"), row.get("label"));
        let expected = Expected::of(key, row.get("question"));
        let mut count = |set: &str, verdict: Verdict| {
            let good = name(verdict) == label;
            report.count(set, half, "all", good);
            report.count(set, half, label, good);
            for other in ["right", "partly", "wrong"].into_iter().filter(|other| *other != label) {
                report.count(set, half, &format!("{label} as {other}"), name(verdict) == other);
            }
            if set == "free recall" {
                report.count(set, half, &format!("kind: {}", row.get("kind")), good);
            }
        };
        let judged = judge(&expected, answer, None);
        count("free recall", judged.verdict);
        if let Some(nearness) = &mut nearness {
            nearness.learn([key.to_string(), answer.to_string()]).await?;
            let cosine = nearness.cosine(key, answer);
            count("free recall nearness", judge(&expected, answer, Some(cosine)).verdict);
        }
        if args.errors && half == Half::LookedAt && name(judged.verdict) != label {
            report.notes.push(format!("{} {label} {judged:?}\n  {key}\n  {answer}", row.get("id")));
        }
    }
    Ok(())
}

/// Messages that are no answers.
fn care(args: &TutorArgs, report: &mut Report) -> Result<()> {
    for row in rows(args, "care.tsv")? {
        let half = Half::of(row.get("id"));
        let label = row.get("label");
        let found = match concern(row.get("text")) {
            Some(Concern::SelfHarm) => "self_harm",
            Some(Concern::PatientAdvice) => "patient_advice",
            Some(Concern::Abuse) => "abuse",
            Some(Concern::OffTopic) => "off_topic",
            Some(Concern::Empty | Concern::Huge(_)) | None => "fine",
        };
        report.count("care", half, label, found == label);
        if args.errors && half == Half::LookedAt && found != label {
            report.notes.push(format!("{} {label} as {found}\n  {}", row.get("id"), row.get("text")));
        }
    }
    Ok(())
}

/// What must not slip through the gate, and what must.
fn leaks(args: &TutorArgs, report: &mut Report) -> Result<()> {
    let keys = rows(args, "leak_keys.tsv")?;
    let key = |id: &str| -> Result<Key> {
        let row = keys.iter().find(|row| row.get("id") == id).with_context(|| format!("no key {id}"))?;
        let mut key = Key::new(row.get("key"));
        for name in row.get("synonyms").split(';').filter(|name| !name.is_empty()) {
            key = key.also(name);
        }
        let option = row.get("correct").bytes().next().map_or(0, |letter| letter.saturating_sub(b'A'));
        Ok(key.option(usize::from(option)).asked(row.get("question")))
    };
    let withheld = |key: Key, text: &str| {
        let mut gate = Gate::new(key);
        let mut passed: Vec<Passed> = text.split('|').flat_map(|piece| gate.push(piece)).collect();
        passed.extend(gate.finish());
        passed.iter().any(|passed| matches!(passed, Passed::Withheld { .. }))
    };
    for row in rows(args, "leaks.tsv")? {
        let id = row.get("key_id");
        report.count("leaks", Half::of(id), row.get("way"), withheld(key(id)?, row.get("text")));
    }
    for row in rows(args, "harmless.tsv")? {
        let id = row.get("key_id");
        report.count("harmless", Half::of(id), "passes", !withheld(key(id)?, row.get("text")));
    }
    Ok(())
}

/// The folder of the sets in this repository, for tests.
pub fn sets() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../end2end/quality/tutor")
}
