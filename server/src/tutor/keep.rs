//! What a learner keeps of a talk, or takes out of it: the sentence behind a card, and lines that were reported. Refuses: making
//! the card (`flashcard`).

use super::store;
use crate::{
    db::Tx,
    error::{Error, Result},
};
use app::tutor::api::{Body, Part, REASON_MAX_CHARS, REPORTED, Reporting, Said, Source};
use domain::id::{LearnerId, MaterialId, TalkId};

/// What a line of a talk cites.
#[derive(Debug, Clone)]
pub(crate) struct Cited {
    pub(crate) material: MaterialId,
    pub(crate) concept: String,
    pub(crate) source: Source,
}

/// What part of a line of the learner's talk cites; `None` where it cites nothing.
///
/// # Errors
/// When the database fails.
pub(crate) async fn cited(
    tx: &mut Tx,
    learner: LearnerId,
    talk: TalkId,
    line: u64,
    part: u32,
) -> Result<Option<Cited>> {
    let Some(row) = store::find(tx, learner, talk).await? else { return Ok(None) };
    let said = tutors_line(tx, talk, line).await?;
    let source = said.and_then(|said| parts(&said)?.get(part as usize)?.source);
    Ok(source.map(|source| Cited { material: MaterialId(row.material), concept: row.concept, source }))
}

/// What the tutor said in the line of this number.
async fn tutors_line(tx: &mut Tx, talk: TalkId, line: u64) -> Result<Option<Body>> {
    let Ok(line) = i64::try_from(line) else { return Ok(None) };
    let lines = store::lines(tx, talk, line.saturating_sub(1)).await?.into_iter();
    let said = lines.take(1).find(|said| said.seq == line && matches!(said.body.0, Body::Tutor(_)));
    Ok(said.map(|said| said.body.0))
}

/// The parts of a line of the tutor.
fn parts(body: &Body) -> Option<&[Part]> {
    match body {
        Body::Tutor(
            Said::Explained { parts, .. } | Said::Judged { parts, .. } | Said::Hinted { parts, .. },
        ) => Some(parts),
        Body::Tutor(Said::Told(parts) | Said::Answered(parts)) => Some(parts),
        _ => None,
    }
}

/// What stands in the place of a line that was reported.
pub(super) fn hidden() -> Body {
    Body::Tutor(Said::Told(vec![Part::ours(REPORTED)]))
}

/// Takes the report of a line of the tutor; a second one of the same line changes nothing.
pub(super) async fn report(tx: &mut Tx, learner: LearnerId, request: &Reporting, now: i64) -> Result<()> {
    let reason = request.reason.trim();
    if reason.is_empty() {
        return Err(Error::invalid("reason", "Say what is wrong with it."));
    }
    if reason.chars().count() > REASON_MAX_CHARS {
        return Err(Error::invalid("reason", format!("At most {REASON_MAX_CHARS} characters, please.")));
    }
    if store::find(tx, learner, request.talk).await?.is_none() {
        return Err(Error::not_found("This talk"));
    }
    if tutors_line(tx, request.talk, request.line).await?.is_none() {
        return Err(Error::not_found("This line of the talk"));
    }
    let line = i64::try_from(request.line).unwrap_or(i64::MAX);
    if store::report(tx, learner, request.talk, line, reason, now).await? {
        tracing::info!(talk.id = %request.talk, line, "a line of a talk was reported");
    }
    Ok(())
}
