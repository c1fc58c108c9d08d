//! The order of messages over a line that breaks. Owns: numbers, acknowledgements, what is sent again after a cut and what is
//! dropped as a repeat, when a silent line counts as cut, and how long is waited before the next try. Refuses: sockets, storage
//! and the messages themselves.
//!
//! Each direction is an [`Outbox`] at one end and an [`Inbox`] at the other. A message is pushed (and stored) before it is
//! sent; after a cut the receiver says how far it has come, and the sender goes on from there. So the receiver takes each message
//! once and in order, whatever was lost or sent twice.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use thiserror::Error;

/// A message with its number. Numbers of one direction begin at 1 and have no gaps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbered<M> {
    /// Its number.
    pub seq: u64,
    /// What is said.
    pub body: M,
}

/// Why an acknowledgement or a resume cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Astray {
    /// The other side has a message that was never sent.
    #[error("message {named} was never sent; the last was {last}")]
    NeverSent {
        /// The number it named.
        named: u64,
        /// The last that was sent.
        last: u64,
    },
    /// What it lacks was let go of here, and has to be read from the store.
    #[error("messages from {wanted} on are wanted, and kept from {kept} on")]
    LetGo {
        /// The first that it lacks.
        wanted: u64,
        /// The first that is kept.
        kept: u64,
    },
}

/// What was sent and is not known to have arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outbox<M> {
    /// The number of the last message that was pushed.
    last: u64,
    /// Those that were not acknowledged, ascending, up to `last`.
    kept: VecDeque<M>,
}

impl<M> Default for Outbox<M> {
    fn default() -> Self {
        Self::after(0)
    }
}

impl<M> Outbox<M> {
    /// One that goes on after message number `last`, all of which have arrived or are kept elsewhere.
    pub fn after(last: u64) -> Self {
        Self { last, kept: VecDeque::new() }
    }

    /// Keeps a message, to be sent under this number.
    pub fn push(&mut self, body: M) -> u64 {
        self.kept.push_back(body);
        self.last += 1;
        self.last
    }

    /// The number of the last message.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// How many messages are not known to have arrived.
    pub fn waiting(&self) -> usize {
        self.kept.len()
    }

    /// The number of the last message that was let go of.
    fn gone(&self) -> u64 {
        self.last - self.kept.len() as u64
    }

    /// Lets go of all messages up to `seq`; an acknowledgement that comes late or twice changes nothing.
    ///
    /// # Errors
    /// [`Astray::NeverSent`].
    pub fn acknowledge(&mut self, seq: u64) -> Result<(), Astray> {
        if seq > self.last {
            return Err(Astray::NeverSent { named: seq, last: self.last });
        }
        let arrived = seq.saturating_sub(self.gone()) as usize;
        self.kept.drain(..arrived);
        Ok(())
    }

    /// What is to be sent to somebody who has all messages up to `seq`.
    ///
    /// # Errors
    /// [`Astray::NeverSent`] and [`Astray::LetGo`].
    pub fn since(&self, seq: u64) -> Result<impl Iterator<Item = Numbered<&M>>, Astray> {
        if seq > self.last {
            return Err(Astray::NeverSent { named: seq, last: self.last });
        }
        let gone = self.gone();
        if seq < gone {
            return Err(Astray::LetGo { wanted: seq + 1, kept: gone + 1 });
        }
        let numbered = (gone + 1..).zip(&self.kept).map(|(seq, body)| Numbered { seq, body });
        Ok(numbered.skip((seq - gone) as usize))
    }
}

/// What is to be done with a message that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt {
    /// It is the next one: take it.
    Take,
    /// It was taken before: drop it, and acknowledge again.
    Repeat,
    /// One before it is missing: drop it, and ask for all after [`Inbox::seen`].
    Gap,
}

/// How far a receiver has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    seen: u64,
}

impl Inbox {
    /// One that has all messages up to `seen`.
    pub fn after(seen: u64) -> Self {
        Self { seen }
    }

    /// The number of the last message taken: what is acknowledged, and what is resumed after.
    pub fn seen(self) -> u64 {
        self.seen
    }

    /// Looks at a message that came.
    pub fn receive(&mut self, seq: u64) -> Receipt {
        if seq <= self.seen {
            Receipt::Repeat
        } else if seq == self.seen + 1 {
            self.seen = seq;
            Receipt::Take
        } else {
            Receipt::Gap
        }
    }
}

/// Milliseconds of silence after which a heartbeat is sent.
pub const HEARTBEAT_MS: i64 = 15_000;
/// Milliseconds of silence after which the line counts as cut: two heartbeats that nobody answered, and some.
pub const SILENCE_MS: i64 = 40_000;

/// What a line needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Nothing.
    Alive,
    /// A heartbeat.
    Quiet,
    /// To be opened anew.
    Cut,
}

/// How a line stands on which something was last heard at `heard` and sent at `sent` (milliseconds since 1970).
pub fn line(heard: i64, sent: i64, now: i64) -> Line {
    if now - heard >= SILENCE_MS {
        Line::Cut
    } else if now - heard.max(sent) >= HEARTBEAT_MS {
        Line::Quiet
    } else {
        Line::Alive
    }
}

/// Milliseconds before a line is opened anew for the `tries`-th time (from 0): doubled from half a second up to half a minute, of
/// which `chance` (0 to 1) takes up to half, so that a thousand browsers do not come back in one moment.
pub fn pause(tries: u32, chance: f32) -> u32 {
    const FIRST: u32 = 500;
    const LONGEST: u32 = 30_000;
    let whole = FIRST.checked_shl(tries.min(16)).map_or(LONGEST, |pause| pause.min(LONGEST));
    let share = if chance.is_finite() { chance.clamp(0.0, 1.0) } else { 0.5 };
    whole - (whole as f32 / 2.0 * share) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seeded;
    use proptest::prelude::*;

    #[test]
    fn an_outbox_by_example() {
        let mut outbox = Outbox::default();
        assert_eq!([outbox.push('a'), outbox.push('b'), outbox.push('c')], [1, 2, 3]);
        let since = |outbox: &Outbox<char>, seq| {
            outbox.since(seq).map(|all| all.map(|m| (m.seq, *m.body)).collect::<Vec<_>>())
        };
        assert_eq!(since(&outbox, 1), Ok(vec![(2, 'b'), (3, 'c')]));
        assert_eq!(since(&outbox, 3), Ok(vec![]));
        assert_eq!(since(&outbox, 4), Err(Astray::NeverSent { named: 4, last: 3 }));
        for late in [2, 1, 2, 0] {
            outbox.acknowledge(late).unwrap();
        }
        assert_eq!(since(&outbox, 2), Ok(vec![(3, 'c')]));
        assert_eq!(outbox.waiting(), 1);
        assert_eq!(since(&outbox, 0), Err(Astray::LetGo { wanted: 1, kept: 3 }));
        assert_eq!(outbox.acknowledge(9), Err(Astray::NeverSent { named: 9, last: 3 }));
        assert_eq!(Outbox::after(41).push('z'), 42);
    }

    #[test]
    fn an_inbox_by_example() {
        let mut inbox = Inbox::default();
        for (seq, receipt) in [
            (1, Receipt::Take),
            (1, Receipt::Repeat),
            (3, Receipt::Gap),
            (2, Receipt::Take),
            (3, Receipt::Take),
            (2, Receipt::Repeat),
            (0, Receipt::Repeat),
            (u64::MAX, Receipt::Gap),
        ] {
            assert_eq!(inbox.receive(seq), receipt, "{seq}");
        }
        assert_eq!(inbox.seen(), 3);
    }

    #[test]
    fn a_silent_line_is_asked_then_given_up() {
        for (heard, sent, now, wanted) in [
            (0, 0, 14_999, Line::Alive),
            (0, 0, 15_000, Line::Quiet),
            (0, 15_000, 15_001, Line::Alive),
            (0, 15_000, 30_000, Line::Quiet),
            (0, 39_999, 40_000, Line::Cut),
            (39_999, 0, 40_000, Line::Alive),
        ] {
            assert_eq!(line(heard, sent, now), wanted, "{heard} {sent} {now}");
        }
        let pauses: Vec<u32> = (0..8).map(|tries| pause(tries, 0.0)).collect();
        assert_eq!(pauses, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
        assert_eq!([pause(0, 1.0), pause(99, 1.0), pause(99, f32::NAN)], [250, 15_000, 22_500]);
    }

    proptest! {
        /// Both ends over a line that loses its tail at each cut, loses acknowledgements, and sends again too much.
        #[test]
        fn nothing_is_lost_doubled_or_out_of_order(seed: u64, messages in 1_u64..200, cut in 1_usize..12) {
            let mut chance = Seeded::new(seed);
            let (mut outbox, mut inbox) = (Outbox::default(), Inbox::default());
            let mut wire: VecDeque<Numbered<u64>> = VecDeque::new();
            let mut taken: Vec<u64> = vec![];
            let mut said = 0;
            let mut rounds = 0;
            while taken.len() < messages as usize {
                rounds += 1;
                // the last rounds are without faults, so that it must end
                let faults = rounds < 2_000;
                if said < messages {
                    said += 1;
                    let seq = outbox.push(said);
                    wire.push_back(Numbered { seq, body: said });
                }
                if faults && chance.below(cut) == 0 {
                    // a cut: what is under way is lost, and the sender hears how far the receiver has come
                    wire.truncate(chance.below(wire.len() + 1));
                    let again = inbox.seen().saturating_sub(chance.below(2) as u64);
                    let from = again.max(outbox.gone());
                    wire.extend(outbox.since(from).unwrap().map(|m| Numbered { seq: m.seq, body: *m.body }));
                }
                if let Some(message) = wire.pop_front() {
                    match inbox.receive(message.seq) {
                        Receipt::Take => taken.push(message.body),
                        Receipt::Repeat => {}
                        Receipt::Gap => {
                            let rest = outbox.since(inbox.seen()).unwrap();
                            wire = rest.map(|m| Numbered { seq: m.seq, body: *m.body }).collect();
                        }
                    }
                } else {
                    let rest = outbox.since(inbox.seen()).unwrap();
                    wire = rest.map(|m| Numbered { seq: m.seq, body: *m.body }).collect();
                }
                if !faults || chance.below(3) > 0 {
                    outbox.acknowledge(inbox.seen()).unwrap();
                }
            }
            prop_assert_eq!(taken, (1..=messages).collect::<Vec<_>>());
            prop_assert_eq!((outbox.last(), inbox.seen()), (messages, messages));
        }

        #[test]
        fn both_ends_come_back_from_where_they_are_kept(pushed in 0_u64..30, seen in 0_u64..30) {
            let mut outbox = Outbox::default();
            for body in 1..=pushed {
                outbox.push(body);
            }
            let _ = outbox.acknowledge(seen.min(pushed));
            let kept = serde_json::to_string(&outbox).unwrap();
            prop_assert_eq!(serde_json::from_str::<Outbox<u64>>(&kept).unwrap(), outbox);
            let inbox = Inbox::after(seen);
            let kept = serde_json::to_string(&inbox).unwrap();
            prop_assert_eq!(serde_json::from_str::<Inbox>(&kept).unwrap(), inbox);
        }
    }
}
