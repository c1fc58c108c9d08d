//! Who follows a talk while it goes on. Owns: who is woken when something was said, what each of them still lacks, how many there
//! may be. Refuses: carrying it (`http/talks`) and saying anything itself.
//!
//! A follower keeps no lines: it knows the number of the last one that it handed on, and reads what comes after it from the
//! database. So a line is stored before it is sent, and it is all one whether a line broke, somebody reloads, or a second device
//! looks on.

use super::{TutorService, line, state, store};
use crate::{
    account,
    error::{Error, Result},
    live::{Changes, Live, Where},
};
use app::{
    error::ApiError,
    session::Session,
    tutor::{
        api::{Line, TalkState},
        wire::Frame,
    },
};
use domain::{
    id::{LearnerId, TalkId},
    tutor::delivery::{Astray, Numbered, Outbox},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

/// Lines of one learner that may be open at once, in tabs and on devices.
pub const MOST_OPEN: usize = 16;
/// Lines that are sent before one of them has to be acknowledged.
const WINDOW: usize = 64;
/// Seconds after which somebody with too many open lines may try again.
const LATER: u32 = 60;

/// Who follows which talk in this process. Cheap to clone; clones are one and the same.
#[derive(Clone)]
pub struct Listeners(Arc<Inner>);

struct Inner {
    live: Live,
    rows: Mutex<Rows>,
    /// How many there are.
    count: watch::Sender<usize>,
}

/// The seats, by what they are looked up by.
#[derive(Default)]
struct Rows {
    /// How many follow a talk, and what wakes them.
    talks: HashMap<TalkId, (usize, watch::Sender<()>)>,
    learners: HashMap<LearnerId, usize>,
    /// Whether somebody hears the notices and wakes others.
    heard: bool,
}

impl Inner {
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listeners {
    /// Nobody yet.
    pub fn new(live: Live) -> Self {
        Self(Arc::new(Inner { live, rows: Mutex::default(), count: watch::Sender::new(0) }))
    }

    /// Waits until nobody is left.
    pub async fn gone(&self) {
        // the sender is ours: it cannot be closed
        let _ = self.0.count.subscribe().wait_for(|count| *count == 0).await;
    }

    /// A place for one who follows a talk; from now on it is woken.
    ///
    /// # Errors
    /// `Limited` where the learner has [`MOST_OPEN`].
    fn seat(&self, learner: LearnerId, talk: TalkId) -> Result<Seat, ApiError> {
        let mut rows = self.0.rows();
        let open = rows.learners.entry(learner).or_default();
        if *open >= MOST_OPEN {
            return Err(ApiError::Limited { seconds: LATER });
        }
        *open += 1;
        let (count, wake) = rows.talks.entry(talk).or_insert_with(|| (0, watch::Sender::new(())));
        *count += 1;
        let woken = wake.subscribe();
        self.0.count.send_modify(|count| *count += 1);
        if !std::mem::replace(&mut rows.heard, true) {
            // one hears for all: a thousand that hear everything would be woken a thousand times for each line
            tokio::spawn(wake_all(self.0.clone(), self.0.live.subscribe()));
        }
        Ok(Seat { listeners: self.clone(), learner, talk, woken })
    }
}

/// Wakes those whom a notice concerns, until the process ends.
async fn wake_all(inner: Arc<Inner>, mut changes: Changes) {
    while let Some(place) = changes.said().await {
        let rows = inner.rows();
        match place {
            Where::In(talk) => rows.talks.get(&talk).into_iter().for_each(|(_, wake)| wake.send_replace(())),
            Where::Anywhere => rows.talks.values().for_each(|(_, wake)| wake.send_replace(())),
        }
    }
}

/// The place of one who follows a talk; free again when dropped.
struct Seat {
    listeners: Listeners,
    learner: LearnerId,
    talk: TalkId,
    woken: watch::Receiver<()>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut rows = self.listeners.0.rows();
        if let Some((count, _)) = rows.talks.get_mut(&self.talk) {
            *count -= 1;
            if *count == 0 {
                rows.talks.remove(&self.talk);
            }
        }
        if let Some(open) = rows.learners.get_mut(&self.learner) {
            *open -= 1;
            if *open == 0 {
                rows.learners.remove(&self.learner);
            }
        }
        self.listeners.0.count.send_modify(|count| *count -= 1);
    }
}

/// What somebody who has all lines up to a number lacks.
struct News {
    lines: Vec<Numbered<Line>>,
    /// The number of the talk's last line.
    last: u64,
    state: TalkState,
}

impl TutorService {
    /// The next lines after a number, `most` at most. Whoever has logged out in the meantime, or lost the talk, is told so.
    async fn news(&self, session: Session, talk: TalkId, after: u64, most: usize) -> Result<News> {
        let mut tx = self.db.read().await?;
        if !account::store::stands(&mut tx, session.session, session.learner).await? {
            return Err(ApiError::Unauthorized.into());
        }
        let row = store::find(&mut tx, session.learner, talk).await?;
        let mut row = row.ok_or_else(|| Error::not_found("This talk"))?;
        if self.is_abandoned(&row, self.clock.now()) {
            drop(tx);
            self.take_up(session, talk).await?;
            tx = self.db.read().await?;
            let taken = store::find(&mut tx, session.learner, talk).await?;
            row = taken.ok_or_else(|| Error::not_found("This talk"))?;
        }
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let lines = store::next_lines(&mut tx, talk, after, most as i64).await?;
        let lines = lines.into_iter().map(line).collect();
        Ok(News { lines, last: u64::try_from(row.last).unwrap_or(0), state: state(&row)? })
    }
}

/// One who follows a talk.
pub struct Follower {
    tutor: TutorService,
    session: Session,
    talk: TalkId,
    seat: Seat,
    /// Which lines were handed on and which of these arrived; what they say is in the database.
    sent: Outbox<()>,
    state: Option<TalkState>,
    /// There is more than the window had room for.
    behind: bool,
    started: bool,
}

impl Follower {
    /// Follows a talk from now on.
    ///
    /// # Errors
    /// `Limited` where the learner has [`MOST_OPEN`] lines open.
    pub fn new(
        tutor: TutorService,
        listeners: &Listeners,
        session: Session,
        talk: TalkId,
    ) -> Result<Self, ApiError> {
        let seat = listeners.seat(session.learner, talk)?;
        let sent = Outbox::default();
        Ok(Self { tutor, session, talk, seat, sent, state: None, behind: false, started: false })
    }

    /// It has all lines up to this number.
    pub fn start(&mut self, after: u64) {
        self.sent = Outbox::after(after);
    }

    /// Waits until something may have been said.
    pub async fn woken(&mut self) {
        // the sender lives as long as the seat
        let _ = self.seat.woken.changed().await;
    }

    /// What it lacks now, as far as the window has room, and where the talk stands if that has changed.
    ///
    /// # Errors
    /// `Unauthorized` after logging out, `NotFound` where the talk is not the learner's or is gone, `Conflict` where it claims to have
    /// lines that are not there.
    pub async fn missing(&mut self) -> Result<Vec<Frame>> {
        let room = WINDOW.saturating_sub(self.sent.waiting());
        let news = self.tutor.news(self.session, self.talk, self.sent.last(), room).await?;
        if self.sent.last() > news.last {
            return Err(Error::conflict("This page is ahead of the talk. Reload it."));
        }
        let mut frames = Vec::with_capacity(news.lines.len() + 2);
        for line in news.lines {
            let number = self.sent.push(());
            if number != line.seq {
                let error = anyhow::anyhow!("talk {} has line {} for {number}", self.talk, line.seq);
                return Err(error.into());
            }
            frames.push(Frame::of(line));
        }
        self.behind = self.sent.last() < news.last;
        if self.behind {
            return Ok(frames);
        }
        if self.state.as_ref() != Some(&news.state) {
            frames.push(Frame::Adapt(news.state.clone()));
            self.state = Some(news.state);
        }
        if !std::mem::replace(&mut self.started, true) {
            frames.push(Frame::Start { last: news.last });
        }
        Ok(frames)
    }

    /// A line arrived, and all before it. True: there is more that had no room before.
    ///
    /// # Errors
    /// Where it was never sent.
    pub fn arrived(&mut self, seq: u64) -> Result<bool, Astray> {
        self.sent.acknowledge(seq)?;
        Ok(self.behind && self.sent.waiting() < WINDOW)
    }

    /// All that was handed on counts as arrived: whoever hears it acknowledges nothing. True: there is more.
    pub fn all_arrived(&mut self) -> bool {
        self.sent = Outbox::after(self.sent.last());
        self.behind
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::{Notice, Shared};
    use std::time::Duration;
    use tokio::time::timeout;
    use uuid::Uuid;

    fn talk(n: u128) -> TalkId {
        TalkId(Uuid::from_u128(n))
    }

    #[tokio::test]
    async fn who_follows_a_talk_is_woken_for_it_alone_and_after_a_gap() {
        let notices = Shared::memory().notices;
        let live = Live::new(notices.clone());
        let listeners = Listeners::new(live.clone());
        let learner = LearnerId(Uuid::from_u128(1));
        let mut one = listeners.seat(learner, talk(1)).unwrap();
        let mut other = listeners.seat(learner, talk(2)).unwrap();
        let quiet = Duration::from_millis(30);
        live.tell_talk(talk(1));
        timeout(Duration::from_secs(5), one.woken.changed()).await.unwrap().unwrap();
        assert!(timeout(quiet, other.woken.changed()).await.is_err(), "nothing of theirs");
        notices.tell(Notice::Gap);
        for seat in [&mut one, &mut other] {
            timeout(Duration::from_secs(5), seat.woken.changed()).await.unwrap().unwrap();
        }
    }

    #[tokio::test]
    async fn seats_are_few_and_free_again() {
        let listeners = Listeners::new(Live::new(Shared::memory().notices));
        let (learner, friend) = (LearnerId(Uuid::from_u128(1)), LearnerId(Uuid::from_u128(2)));
        let mut seats: Vec<Seat> =
            (0..MOST_OPEN).map(|n| listeners.seat(learner, talk(n as u128 % 3)).unwrap()).collect();
        assert!(listeners.seat(learner, talk(9)).is_err());
        assert!(listeners.seat(friend, talk(9)).is_ok(), "of another learner");
        seats.pop();
        seats.push(listeners.seat(learner, talk(9)).unwrap());
        assert!(timeout(Duration::from_millis(30), listeners.gone()).await.is_err());
        drop(seats);
        timeout(Duration::from_secs(5), listeners.gone()).await.unwrap();
        let rows = listeners.0.rows();
        assert!(rows.talks.is_empty() && rows.learners.is_empty(), "nothing is kept of who has left");
    }
}
