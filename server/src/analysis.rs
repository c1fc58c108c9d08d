//! What is worth learning in each material. Owns: keeping the findings, what a model is asked about a stretch of a
//! material, and that each quote it gives is looked for. Refuses: finding without a model (`domain::analysis`), and deciding when
//! it is done (`jobs::analyse`).

pub(crate) mod store;

use crate::{
    db::Tx,
    error::Result,
    library::store::PassageRow,
    llm::{
        Orchestrator, Request, Task,
        form::{Filled, Form},
        prompt::{self, Quoted, inputs::AnalyseMaterial},
    },
};
use domain::{
    analysis::{Analysis, Finding, Kind, Locator, Proposed},
    document::{Document, Span},
    id::{LearnerId, MaterialId},
};
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::ops::Range;

/// Most tokens of passages in one call: with prompt and answer it fits a local model's window of 16,000, and of longer
/// stretches models name less.
pub const CALL_TOKENS: i64 = 6_000;
/// Most calls for one material: a textbook of some 300 pages. It costs about ten cents with the cheapest models of 2026, and what
/// is longer is brought in chapters.
pub const MOST_CALLS: usize = 40;
/// Most tokens of an answer: thirty notes of a hundred.
const ANSWER_TOKENS: u32 = 3_600;
/// Most notes that are taken from one answer.
const MOST_NOTES: usize = 40;

/// What tells one reading of a material from another: SHA-256 of its text.
pub fn print(document: &Document) -> [u8; 32] {
    Sha256::digest(&document.text).into()
}

/// What is known of a material that the learner may read; nothing where it is not there or not theirs.
///
/// # Errors
/// When the database fails.
pub async fn load(tx: &mut Tx, learner: LearnerId, material: MaterialId) -> Result<Analysis> {
    Ok(store::find(tx, learner, material).await?)
}

/// Adds findings to those of a material; those that are there stay. Returns how many are new.
///
/// # Errors
/// When the database fails.
pub(crate) async fn add(tx: &mut Tx, material: MaterialId, findings: Vec<Finding>) -> Result<usize> {
    let mut analysis = store::any(tx, material).await?;
    let new = analysis.merge(findings);
    if new > 0 {
        store::replace(tx, material, &analysis).await?;
    }
    Ok(new)
}

/// The stretches of passages that are asked about, one call each.
pub fn calls(passages: &[PassageRow]) -> Vec<Range<usize>> {
    let mut calls: Vec<Range<usize>> = vec![];
    let mut tokens = 0;
    for (at, passage) in passages.iter().enumerate() {
        tokens += passage.tokens;
        match calls.last_mut() {
            Some(call) if tokens <= CALL_TOKENS => call.end = at + 1,
            _ => {
                calls.push(at..at + 1);
                tokens = passage.tokens;
            }
        }
    }
    calls.truncate(MOST_CALLS);
    calls
}

/// A passage's place in its document.
pub(crate) fn span(passage: &PassageRow) -> Span {
    Span { start: passage.span_start as u32, end: passage.span_end as u32 }
}

/// Passages as prompts quote them, numbered from 1.
pub(crate) fn quoted<'p>(passages: impl IntoIterator<Item = &'p PassageRow>) -> Vec<Quoted<'p>> {
    let quote = |(number, passage): (usize, &'p PassageRow)| Quoted {
        number,
        page: passage.page_first as u32,
        headings: &passage.headings.0,
        text: &passage.text,
    };
    (1..).zip(passages).map(quote).collect()
}

/// What a model notes of a stretch.
#[derive(Debug, Deserialize, JsonSchema)]
struct Notes {
    findings: Vec<Note>,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Note {
    kind: NoteKind,
    name: String,
    text: String,
    quote: String,
    passage: u32,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum NoteKind {
    Concept,
    Fact,
    Correlation,
    Misconception,
    Mnemonic,
}

impl From<NoteKind> for Kind {
    fn from(kind: NoteKind) -> Self {
        match kind {
            NoteKind::Concept => Self::Concept,
            NoteKind::Fact => Self::Fact,
            NoteKind::Correlation => Self::Correlation,
            NoteKind::Misconception => Self::Misconception,
            NoteKind::Mnemonic => Self::Mnemonic,
        }
    }
}

impl Form for Notes {
    const NAME: &'static str = "notes";
}

/// What is asked about.
pub(crate) struct Asked<'a> {
    /// For whom: the material's owner.
    pub(crate) owner: LearnerId,
    /// The material.
    pub(crate) material: MaterialId,
    /// Its title.
    pub(crate) title: &'a str,
    /// What was read of it.
    pub(crate) document: &'a Document,
}

/// Asks a model about a stretch. What comes back has its quotes in the document; how many were thrown away is logged.
///
/// # Errors
/// When what the owner agreed to cannot be read.
pub(crate) async fn ask(
    llm: &Orchestrator,
    asked: &Asked<'_>,
    passages: &[PassageRow],
) -> anyhow::Result<Filled<Vec<Finding>>> {
    let quoted = quoted(passages);
    let prompt = prompt::fill(&AnalyseMaterial { title: asked.title, passages: &quoted });
    let request = Request::about(Task::Analyse, asked.owner, asked.material, prompt, ANSWER_TOKENS);
    Ok(llm.fill::<Notes>(request).await?.map(|notes, model| {
        let said = notes.findings.len();
        let locator = Locator::new(asked.document);
        let located = notes.findings.into_iter().take(MOST_NOTES).filter_map(|note| {
            let within = (note.passage as usize).checked_sub(1).and_then(|at| passages.get(at)).map(span);
            let Note { kind, name, text, quote, .. } = note;
            locator.located(Proposed { kind: kind.into(), name, text, quote, within }, model)
        });
        let located: Vec<Finding> = located.collect();
        let dropped = said - located.len();
        tracing::info!(material.id = %asked.material, model, said, dropped, "a stretch was analysed");
        located
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::types::Json;
    use uuid::Uuid;

    fn passages(tokens: &[i64]) -> Vec<PassageRow> {
        let row = |tokens: &i64| PassageRow {
            id: Uuid::nil(),
            material: Uuid::nil(),
            span_start: 0,
            span_end: 1,
            page_first: 1,
            page_last: 1,
            tokens: *tokens,
            headings: Json(vec![]),
            text: "x".into(),
        };
        tokens.iter().map(row).collect()
    }

    #[test]
    fn calls_hold_what_fits_and_leave_nothing_out() {
        assert!(calls(&[]).is_empty());
        assert_eq!(calls(&passages(&[480; 13])), [0..12, 12..13]);
        assert_eq!(calls(&passages(&[CALL_TOKENS + 1, 5, 5])), [0..1, 1..3], "one too long goes alone");
        assert_eq!(calls(&passages(&[CALL_TOKENS; 99])).len(), MOST_CALLS);
    }
}
