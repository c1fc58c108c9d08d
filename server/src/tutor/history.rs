//! What was before a talk: earlier ones about its concept, and what memory hears of it. Refuses: remembering (`memory`).

use super::store;
use crate::{db::Tx, error::Result, memory::Lesson, progress::Day};
use domain::{
    id::{MaterialId, TalkId},
    memory::Past,
    tutor::{Ask, Session, Verdict, matter},
};

impl<'t> From<&'t store::TalkRow> for Lesson<'t> {
    fn from(talk: &'t store::TalkRow) -> Self {
        Self { talk: TalkId(talk.id), material: MaterialId(talk.material), concept: &talk.concept }
    }
}

/// The learner's earlier talks about the concept of a talk.
pub(super) async fn past(tx: &mut Tx, day: &Day, talk: &store::TalkRow) -> Result<Past> {
    let key = matter::key(&talk.concept);
    let earlier = store::earlier(tx, day.learner, TalkId(talk.id), MaterialId(talk.material), &key).await?;
    Ok(Past {
        talks: u32::try_from(earlier.len()).unwrap_or(u32::MAX),
        days: earlier.first().map_or(0, |last| day.since(last.touched)),
        right: earlier.iter().find_map(|talk| checked(&talk.session.0)),
    })
}

/// Whether the last check question that was answered was right.
fn checked(session: &Session) -> Option<bool> {
    let mut checks = session.questions().iter().rev().filter(|question| question.ask == Ask::Check);
    checks.find_map(|question| question.first).map(|first| first == Verdict::Right)
}
