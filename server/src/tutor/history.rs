//! What was before a talk: earlier ones about its concept, what is remembered of its learner, and what memory hears of it. Refuses: remembering (`memory`).

use super::{ground::Ground, store};
use crate::{
    db::Tx,
    error::Result,
    memory::{self, Lesson},
    progress::Day,
};
use app::tutor::api::Said;
use domain::{
    id::{MaterialId, TalkId},
    memory::{Past, Remembered, tokens, told},
    tutor::{Ask, Session, Verdict, matter},
};

impl<'t> From<&'t store::TalkRow> for Lesson<'t> {
    fn from(talk: &'t store::TalkRow) -> Self {
        Self { talk: TalkId(talk.id), material: MaterialId(talk.material), concept: &talk.concept }
    }
}

/// What was before a talk.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Before {
    recalled: Vec<Remembered>,
    past: Past,
}

impl Before {
    /// Of a talk.
    pub(super) async fn of(tx: &mut Tx, day: &Day, talk: &store::TalkRow) -> Result<Self> {
        let (material, key) = (MaterialId(talk.material), matter::key(&talk.concept));
        let recalled = memory::recalled(tx, day.learner, material, &key).await?;
        Ok(Self { recalled, past: past(tx, day, talk).await? })
    }

    /// In lines for a model, in at most so many tokens; empty where nothing was.
    pub(super) fn told(&self, budget: usize) -> String {
        let past = self.past.words().map(|words| format!("- {words}\n")).unwrap_or_default();
        let left = budget.saturating_sub(tokens(&past));
        past + &told(&self.recalled, left)
    }

    /// In a sentence for the learner, where something was hard.
    pub(super) fn remind(&self, ground: &Ground) -> Option<Said> {
        ground.remind(&self.recalled, &self.past)
    }
}

/// The learner's earlier talks about the concept of a talk.
async fn past(tx: &mut Tx, day: &Day, talk: &store::TalkRow) -> Result<Past> {
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
