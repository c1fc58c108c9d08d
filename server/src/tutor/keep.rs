//! What a learner keeps of a talk, or takes out of it: the sentence behind a card, and lines that were reported. Refuses: making
//! the card (`flashcard`).

use super::store::{self, LineRow};
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

/// What part of a message of the learner's talk, whose last line is this, cites; `None` where it cites nothing.
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
    let message = message(tx, talk, line).await?;
    let mut parts = message.iter().flat_map(|line| match &line.body.0 {
        Body::Tutor(said) => said.parts(),
        Body::Learner { .. } => &[],
    });
    let source = parts.nth(part as usize).and_then(|part| part.source);
    Ok(source.map(|source| Cited { material: MaterialId(row.material), concept: row.concept, source }))
}

/// The lines of the tutor that are read as one, the last of which has this number; empty where there is none.
async fn message(tx: &mut Tx, talk: TalkId, last: u64) -> Result<Vec<LineRow>> {
    let Ok(last) = i64::try_from(last) else { return Ok(vec![]) };
    let mut lines = store::lines(tx, talk, 0).await?;
    lines.retain(|line| line.seq <= last);
    if lines.last().is_none_or(|line| line.seq != last || matches!(line.body.0, Body::Learner { .. })) {
        return Ok(vec![]);
    }
    let begun = lines.iter().rposition(|line| !line.follows).unwrap_or(0);
    Ok(lines.split_off(begun))
}

/// What stands in the place of a line that was reported.
pub(super) fn hidden() -> Body {
    Body::Tutor(Said::Told(vec![Part::ours(REPORTED)]))
}

/// Takes the report of a message of the tutor by its last line; a second one of the same line changes nothing.
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
    let message = message(tx, request.talk, request.line).await?;
    let (Some(first), Some(last)) = (message.first(), message.last()) else {
        return Err(Error::not_found("This line of the talk"));
    };
    let lines = first.seq..=last.seq;
    let new = store::report(tx, learner, request.talk, lines.clone(), reason, now).await?;
    if new > 0 {
        tracing::info!(talk.id = %request.talk, ?lines, "lines of a talk were reported");
    }
    Ok(())
}
