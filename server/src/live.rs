//! News between the parts of one process: whose shelf has changed. Owns: a broadcast. Refuses: carrying data; who
//! hears it looks into the database.

use domain::id::LearnerId;
use tokio::sync::broadcast;

/// Tells and hears.
#[derive(Clone, Debug)]
pub struct Live(broadcast::Sender<LearnerId>);

impl Default for Live {
    fn default() -> Self {
        Self(broadcast::Sender::new(1_024))
    }
}

impl Live {
    /// The shelf of this learner has changed.
    pub fn tell(&self, learner: LearnerId) {
        // nobody listens: fine
        let _ = self.0.send(learner);
    }

    /// Hears from now on.
    pub fn subscribe(&self) -> Changes {
        Changes(self.0.subscribe())
    }
}

/// What is heard.
#[derive(Debug)]
pub struct Changes(broadcast::Receiver<LearnerId>);

impl Changes {
    /// Waits for the next change of this learner; changes that piled up count as one. False: the process ends.
    pub async fn changed_for(&mut self, learner: LearnerId) -> bool {
        loop {
            match self.0.recv().await {
                Ok(who) if who == learner => break,
                Ok(_) => {}
                // too slow: something of ours may be among what was lost
                Err(broadcast::error::RecvError::Lagged(_)) => break,
                Err(broadcast::error::RecvError::Closed) => return false,
            }
        }
        while self.0.try_recv().is_ok() {}
        true
    }
}
