//! Where a learner stands: their day, XP, level, streak, the home page. Refuses: deciding what pays (`domain::xp`)
//! and what counts (`domain::streak`).
//!
//! XP is written down whether gamification is on or not, so that switching it on later shows an honest history;
//! while it is off nothing of it leaves the server.

mod port;
mod store;

use crate::{
    clock::{self, Clock, LocalTime},
    db::{Db, Tx},
    error::Result,
    review::ReviewService,
};
use app::{
    account::api::Settings, error::ApiError, library::api::Library, progress::api::Standing, session::Session,
};
use domain::{
    id::LearnerId,
    streak::{Streak, streak},
    xp::{Level, XpGain, XpReason},
};
use std::sync::Arc;
use uuid::Uuid;

/// The port of progress.
#[derive(Clone)]
pub struct ProgressService {
    db: Db,
    clock: Clock,
    reviews: ReviewService,
    shelf: Arc<dyn Library>,
}

impl ProgressService {
    /// Stands on the review queue and on the library's shelf.
    pub fn new(db: Db, clock: Clock, reviews: ReviewService, shelf: Arc<dyn Library>) -> Self {
        Self { db, clock, reviews, shelf }
    }
}

/// A learner's now: what is set, and what their calendar says.
#[derive(Debug, Clone)]
pub(crate) struct Day {
    pub(crate) learner: LearnerId,
    pub(crate) settings: Settings,
    /// Milliseconds since 1970.
    pub(crate) now: i64,
    pub(crate) local: LocalTime,
}

impl Day {
    /// Of a learner who is signed in, at this moment.
    ///
    /// # Errors
    /// `Unauthorized` if the learner was deleted.
    pub(crate) async fn of(tx: &mut Tx, clock: &Clock, session: Session) -> Result<Self> {
        let settings = store::settings(tx, session.learner).await?.ok_or(ApiError::Unauthorized)?;
        let now = clock.now();
        let local = clock::local_time(now, &settings.time_zone);
        Ok(Self { learner: session.learner, settings, now, local })
    }

    /// Days between a moment and today in the learner's calendar, 0 for one that is still to come.
    pub(crate) fn since(&self, moment: i64) -> u32 {
        let then = clock::local_time(moment, &self.settings.time_zone).day;
        u32::try_from(self.local.day - then).unwrap_or(0)
    }

    /// Share of cards to be remembered, 0.70 to 0.97.
    pub(crate) fn retention(&self) -> f32 {
        f32::from(self.settings.retention.clamp(70, 97)) / 100.0
    }
}

/// What XP is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// An answer.
    Answer,
    /// A grade.
    Review,
}

impl Source {
    fn slug(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Review => "review",
        }
    }
}

/// Pays once for an answer or a grade.
pub(crate) async fn pay(
    tx: &mut Tx,
    clock: &Clock,
    day: &Day,
    of: (Source, Uuid),
    gain: XpGain,
) -> Result<()> {
    store::pay(tx, clock.id(), day, (of.0.slug(), of.1), gain).await?;
    Ok(())
}

/// Takes back what was paid.
pub(crate) async fn take_back(tx: &mut Tx, learner: LearnerId, of: (Source, Uuid)) -> Result<()> {
    store::take_back(tx, learner, (of.0.slug(), of.1)).await?;
    Ok(())
}

/// What was paid for an answer or a grade; nothing where gamification is off.
pub(crate) async fn paid(tx: &mut Tx, day: &Day, of: (Source, Uuid)) -> Result<XpGain> {
    if !day.settings.gamification {
        return Ok(XpGain::default());
    }
    let row = store::paid(tx, day.learner, (of.0.slug(), of.1)).await?;
    Ok(row.map_or_else(XpGain::default, |(amount, reason)| XpGain {
        amount: u32::try_from(amount).unwrap_or(0),
        reason: XpReason::from_slug(&reason).unwrap_or_default(),
    }))
}

/// XP in all, up to and with what was paid at `until` (time and reference); 0 where gamification is off.
pub(crate) async fn total(tx: &mut Tx, day: &Day, until: Option<(i64, Uuid)>) -> Result<u32> {
    if !day.settings.gamification {
        return Ok(0);
    }
    let (at, reference) = until.unwrap_or((i64::MAX, Uuid::max()));
    Ok(u32::try_from(store::total(tx, day.learner, at, reference).await?).unwrap_or(u32::MAX))
}

/// The streak if this answer, given at `at` on `on`, was the first thing learned on its day, as it stood then;
/// `None` where gamification is off.
pub(crate) async fn streak_begun_by(
    tx: &mut Tx,
    day: &Day,
    answer: Uuid,
    at: i64,
    on: i32,
) -> Result<Option<u32>> {
    if !day.settings.gamification || store::learned_before(tx, day.learner, on, at, answer).await? {
        return Ok(None);
    }
    let days: Vec<i32> = store::days(tx, day.learner).await?.into_iter().filter(|day| *day <= on).collect();
    Ok(Some(streak(&days, on).length))
}

async fn streak_of(tx: &mut Tx, day: &Day) -> Result<Streak> {
    Ok(streak(&store::days(tx, day.learner).await?, day.local.day))
}

/// Level, XP and streak; `None` where gamification is off.
pub(crate) async fn standing(tx: &mut Tx, day: &Day) -> Result<Option<Standing>> {
    if !day.settings.gamification {
        return Ok(None);
    }
    let streak = streak_of(tx, day).await?;
    Ok(Some(Standing {
        level: Level::of(total(tx, day, None).await?),
        xp_today: u32::try_from(store::of_day(tx, day.learner, day.local.day).await?).unwrap_or(u32::MAX),
        daily_goal: day.settings.daily_goal,
        streak: streak.length,
        best_streak: streak.best,
        freezes: streak.saved,
        week: streak.week,
        studied_today: streak.today,
    }))
}
