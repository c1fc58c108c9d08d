//! An answer while it comes. Owns: what was said so far, for everyone who listens; who comes later hears it from the
//! beginning. Refuses: writing it.
//!
//! When nobody listens any longer, whoever writes it is told ([`Writing::left`]) and can stop paying for it.

use super::{Answer, Ended, Event, Finish, NoModel};
use tokio::sync::watch;

/// What has come so far.
#[derive(Debug, Default)]
struct Log {
    events: Vec<Event>,
    no_model: Option<NoModel>,
}

/// The end of the one who writes.
#[derive(Debug)]
pub struct Writing(watch::Sender<Log>);

/// The end of one who listens. Cheap to drop.
#[derive(Debug)]
pub struct Answering {
    log: watch::Receiver<Log>,
    heard: usize,
}

/// What has been heard of an answer whose end was heard.
const ENDED: usize = usize::MAX;

/// A way to begin listening.
#[derive(Debug, Clone)]
pub struct Door(watch::Sender<Log>);

/// Both ends of a new answer.
pub fn flight() -> (Writing, Answering) {
    let (writer, log) = watch::channel(Log::default());
    (Writing(writer), Answering { log, heard: 0 })
}

impl Writing {
    /// Says something.
    pub fn say(&self, event: Event) {
        self.0.send_modify(|log| log.events.push(event));
    }

    /// Nothing will be said.
    pub fn decline(&self, why: NoModel) {
        self.0.send_modify(|log| log.no_model = Some(why));
    }

    /// When nobody listens any longer.
    pub async fn left(&self) {
        self.0.closed().await;
    }

    /// Whether nobody listens now.
    pub fn is_left(&self) -> bool {
        self.0.is_closed()
    }

    /// For others who want the same answer.
    pub fn door(&self) -> Door {
        Door(self.0.clone())
    }
}

impl Door {
    /// Whether both lead to the same answer.
    pub fn is(&self, other: &Self) -> bool {
        self.0.same_channel(&other.0)
    }

    /// Listens from the beginning; `None` when everyone has left, because nobody may write any longer.
    pub fn listen(&self) -> Option<Answering> {
        let log = self.0.subscribe();
        // those who listen now, this one included
        (self.0.receiver_count() > 1).then_some(Answering { log, heard: 0 })
    }
}

impl Answering {
    /// Waits until there is something to hear, or nothing will be.
    pub(super) async fn begun(mut self) -> Answer {
        let begun = |log: &Log| !log.events.is_empty() || log.no_model.is_some();
        let no_model = match self.log.wait_for(begun).await {
            Ok(log) => log.no_model.clone(),
            // the one who wrote was stopped, as at the end of the process
            Err(_) => Some(NoModel::Away),
        };
        match no_model {
            Some(why) => Answer::NoModel(why),
            None => Answer::Given(self),
        }
    }

    /// The next piece; `None` after the end.
    pub async fn next(&mut self) -> Option<Event> {
        let heard = self.heard;
        if heard == ENDED {
            return None;
        }
        let over = |events: &[Event]| events.last().is_some_and(|event| matches!(event, Event::End(_)));
        let stopped = self.log.wait_for(|log| log.events.len() > heard || over(&log.events)).await.is_err();
        let event = {
            let log = self.log.borrow();
            let stopped = stopped && !over(&log.events);
            // stopped in the middle: who listens must not take what there is for all
            log.events.get(heard).cloned().or_else(|| stopped.then(|| Event::End(Ended::broken())))
        };
        self.heard += usize::from(event.is_some());
        if matches!(event, Some(Event::End(_))) {
            self.heard = ENDED;
        }
        event
    }

    /// All of it, when it has ended.
    pub async fn whole(mut self) -> (String, Ended) {
        let mut text = String::new();
        loop {
            match self.next().await {
                Some(Event::Text(piece)) => text.push_str(&piece),
                Some(Event::End(ended)) => return (text, ended),
                None => return (text, Ended::broken()),
            }
        }
    }
}

impl Ended {
    fn broken() -> Self {
        Self {
            finish: Finish::Broken,
            model: String::new(),
            cached: false,
            first_word: std::time::Duration::ZERO,
            whole: std::time::Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Event {
        Event::Text(text.into())
    }

    #[tokio::test]
    async fn who_comes_later_hears_everything() {
        let (writing, mut first) = flight();
        writing.say(text("a"));
        assert_eq!(first.next().await, Some(text("a")));
        let mut second = writing.door().listen().unwrap();
        writing.say(text("b"));
        writing.say(Event::End(Ended { finish: Finish::Whole, ..Ended::broken() }));
        assert_eq!(second.next().await, Some(text("a")));
        assert_eq!(second.next().await, Some(text("b")));
        assert!(matches!(second.next().await, Some(Event::End(_))));
        assert_eq!(second.next().await, None);
        assert_eq!(first.whole().await.0, "b");
    }

    #[tokio::test]
    async fn when_all_have_left_the_writer_knows_and_nobody_comes_in() {
        let (writing, first) = flight();
        let door = writing.door();
        let second = door.listen().unwrap();
        drop(first);
        assert!(!writing.is_left());
        drop(second);
        writing.left().await;
        assert!(door.listen().is_none());
    }

    #[tokio::test]
    async fn a_writer_that_is_stopped_leaves_a_broken_answer() {
        let (writing, mut answer) = flight();
        writing.say(text("half"));
        drop(writing);
        assert_eq!(answer.next().await, Some(text("half")));
        assert!(matches!(answer.next().await, Some(Event::End(Ended { finish: Finish::Broken, .. }))));
        assert_eq!(answer.next().await, None);
        let (writing, answer) = flight();
        drop(writing);
        assert!(matches!(answer.begun().await, Answer::NoModel(NoModel::Away)));
    }

    #[tokio::test]
    async fn no_model_is_an_answer() {
        let (writing, answer) = flight();
        writing.decline(NoModel::NotConnected);
        assert!(matches!(answer.begun().await, Answer::NoModel(NoModel::NotConnected)));
    }
}
