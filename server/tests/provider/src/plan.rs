//! The bytes of an answer as steps, with the faults among them, and the player that sends them.

use std::{collections::VecDeque, convert::Infallible, io, time::Duration};

use axum::body::{Body, Bytes};
use futures::stream;
use serde_json::Value;

use crate::{Fault, envelope::Chunks, record::Exchange, tokens::pieces};

/// One step on the way to the end of a body.
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    Wait(Duration),
    Send(String),
    /// Nothing any more, and the connection stays open.
    Stall,
    /// The connection is closed, and the body is not at its end.
    Cut,
}

/// How an answer is sent.
pub(crate) struct Manner<'a> {
    pub(crate) faults: &'a [Fault],
    /// The pause before each piece.
    pub(crate) every: Duration,
    /// Whether a stream ends with `[DONE]`.
    pub(crate) done: bool,
    /// Whether each event says its name, as those of Anthropic's own API do.
    pub(crate) named: bool,
    /// What the vendor says when something fails in the middle.
    pub(crate) error: Value,
}

/// Steps until a fault ended them, or until there is nothing more to send.
struct Steps(Vec<Step>);

impl Steps {
    fn wait(&mut self, time: Duration) {
        if !time.is_zero() {
            self.0.push(Step::Wait(time));
        }
    }

    fn event(&mut self, data: &str) {
        self.0.push(Step::Send(format!("data: {data}\n\n")));
    }

    fn chunk(&mut self, chunk: &Value, named: bool) {
        match chunk["type"].as_str().filter(|_| named) {
            Some(name) => self.0.push(Step::Send(format!("event: {name}\ndata: {chunk}\n\n"))),
            None => self.event(&chunk.to_string()),
        }
    }
}

/// The steps of a stream.
pub(crate) fn of_stream(chunks: &Chunks, manner: &Manner<'_>) -> Vec<Step> {
    let mut steps = Steps(vec![]);
    steps.wait(first_wait(manner.faults));
    let named = manner.named;
    chunks.head.iter().for_each(|chunk| steps.chunk(chunk, named));
    let last = chunks.pieces.len();
    for (number, chunk) in chunks.pieces.iter().map(Some).chain([None]).enumerate() {
        for fault in manner.faults {
            // a fault after more pieces than there are comes after the last one
            match fault {
                Fault::Stall { after } if number == (*after).min(last) => {
                    steps.0.push(Step::Stall);
                    return steps.0;
                }
                Fault::Cut { after } if number == (*after).min(last) => {
                    steps.0.push(Step::Cut);
                    return steps.0;
                }
                Fault::EndEarly { after } if number == (*after).min(last) => return steps.0,
                Fault::ErrorInStream { after } if number == (*after).min(last) => {
                    steps.chunk(&manner.error, named);
                    return steps.0;
                }
                Fault::Malformed { after } if number == (*after).min(last) => {
                    steps.event(if named {
                        "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"wor"
                    } else {
                        "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"wor"
                    });
                }
                _ => {}
            }
        }
        if let Some(chunk) = chunk {
            steps.wait(manner.every);
            steps.chunk(chunk, named);
        }
    }
    chunks.tail.iter().for_each(|chunk| steps.chunk(chunk, named));
    if manner.done {
        steps.event("[DONE]");
    }
    steps.0
}

/// The steps of an answer that is not streamed.
pub(crate) fn of_whole(body: &Value, content: &str, manner: &Manner<'_>) -> Vec<Step> {
    let mut steps = Steps(vec![]);
    steps.wait(first_wait(manner.faults));
    steps.wait(manner.every * u32::try_from(pieces(content).len()).unwrap_or(u32::MAX));
    let body = body.to_string();
    let middle = (0..=body.len() / 2).rfind(|at| body.is_char_boundary(*at)).unwrap_or_default();
    let half = || Step::Send(body[..middle].to_string());
    let broken = manner.faults.iter().find_map(|fault| match fault {
        Fault::Stall { .. } => Some(vec![half(), Step::Stall]),
        Fault::Cut { .. } => Some(vec![half(), Step::Cut]),
        Fault::EndEarly { .. } | Fault::Malformed { .. } => Some(vec![half()]),
        Fault::ErrorInStream { .. } => Some(vec![Step::Send(manner.error.to_string())]),
        _ => None,
    });
    steps.0.extend(broken.unwrap_or_else(|| vec![Step::Send(body)]));
    steps.0
}

fn first_wait(faults: &[Fault]) -> Duration {
    let waits = faults.iter().filter_map(|fault| match fault {
        Fault::SlowFirstToken(time) => Some(*time),
        _ => None,
    });
    waits.sum()
}

/// How long before a cut: what was sent before must leave this machine first, and hyper drops what it still holds.
const BEFORE_A_CUT: Duration = Duration::from_millis(20);

/// A body that plays the steps. The exchange ends with the last of them.
pub(crate) fn play(steps: Vec<Step>, exchange: Exchange) -> Body {
    Body::from_stream(stream::unfold((VecDeque::from(steps), exchange), async |(mut steps, mut exchange)| {
        loop {
            match steps.pop_front() {
                Some(Step::Wait(time)) => tokio::time::sleep(time).await,
                Some(Step::Send(text)) => {
                    if steps.is_empty() {
                        exchange.end();
                    }
                    return Some((Ok(Bytes::from(text)), (steps, exchange)));
                }
                Some(Step::Stall) => match std::future::pending::<Infallible>().await {},
                Some(Step::Cut) => {
                    tokio::time::sleep(BEFORE_A_CUT).await;
                    exchange.end();
                    return Some((Err(io::Error::other("cut on demand")), (steps, exchange)));
                }
                None => {
                    exchange.end();
                    return None;
                }
            }
        }
    }))
}
