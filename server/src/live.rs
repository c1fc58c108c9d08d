//! News for whoever looks at a shelf or a talk: which has changed. Owns: which notices concern whom. Refuses: carrying data;
//! who hears it looks into the database.

use crate::shared::{Notice, Notices};
use domain::id::{LearnerId, TalkId};
use std::sync::Arc;
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// Tells and hears.
#[derive(Clone)]
pub struct Live(Arc<dyn Notices>);

impl Live {
    /// Among those who share these notices.
    pub fn new(notices: Arc<dyn Notices>) -> Self {
        Self(notices)
    }

    /// The shelf of this learner has changed.
    pub fn tell(&self, learner: LearnerId) {
        self.0.tell(Notice::Shelf(learner));
    }

    /// Something was said in this talk.
    pub fn tell_talk(&self, talk: TalkId) {
        self.0.tell(Notice::Talk(talk));
    }

    /// Hears from now on.
    pub fn subscribe(&self) -> Changes {
        Changes(self.0.hear())
    }
}

/// In which talk something was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// In this one.
    In(TalkId),
    /// In any: notices were lost.
    Anywhere,
}

/// What is heard.
#[derive(Debug)]
pub struct Changes(Receiver<Notice>);

impl Changes {
    /// Waits for the next change of this learner; changes that piled up count as one. False: the process ends.
    pub async fn changed_for(&mut self, learner: LearnerId) -> bool {
        loop {
            match self.0.recv().await {
                Ok(notice) if notice == Notice::Shelf(learner) => break,
                Ok(Notice::Shelf(_) | Notice::Talk(_) | Notice::Job) => {}
                // something of ours may be among what was lost
                Ok(Notice::Gap) | Err(RecvError::Lagged(_)) => break,
                Err(RecvError::Closed) => return false,
            }
        }
        while self.0.try_recv().is_ok() {}
        true
    }

    /// Waits until something was said in a talk. `None`: the process ends.
    pub async fn said(&mut self) -> Option<Where> {
        loop {
            match self.0.recv().await {
                Ok(Notice::Talk(talk)) => return Some(Where::In(talk)),
                Ok(Notice::Shelf(_) | Notice::Job) => {}
                Ok(Notice::Gap) | Err(RecvError::Lagged(_)) => return Some(Where::Anywhere),
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::Shared;
    use std::time::Duration;
    use tokio::time::timeout;
    use uuid::Uuid;

    #[tokio::test]
    async fn who_looks_hears_of_the_own_shelf_once_and_of_a_gap() {
        let notices = Shared::memory().notices;
        let live = Live::new(notices.clone());
        let (ours, theirs) = (LearnerId(Uuid::from_u128(1)), LearnerId(Uuid::from_u128(2)));
        let mut changes = live.subscribe();
        let quiet = Duration::from_millis(20);
        live.tell(theirs);
        notices.tell(Notice::Job);
        assert!(timeout(quiet, changes.changed_for(ours)).await.is_err(), "nothing of ours");
        (0..3).for_each(|_| live.tell(ours));
        assert!(changes.changed_for(ours).await);
        assert!(timeout(quiet, changes.changed_for(ours)).await.is_err(), "three count as one");
        notices.tell(Notice::Gap);
        assert!(changes.changed_for(ours).await, "it may have been ours");
    }
}
