//! What a provider answers: replies in their order, and one for whatever comes after.

use std::{collections::VecDeque, fmt, sync::Arc, time::Duration};

use serde_json::Value;

use crate::{Fault, Request};

/// Computes a reply from a request.
type Compute = dyn Fn(&Request) -> Reply + Send + Sync;

/// What is said.
#[derive(Clone)]
pub(crate) enum Saying {
    Text(String),
    Json(Value),
    Echo,
    Computed(Arc<Compute>),
}

impl fmt::Debug for Saying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({text:?})"),
            Self::Json(value) => write!(f, "Json({value})"),
            Self::Echo => f.write_str("Echo"),
            Self::Computed(_) => f.write_str("Computed"),
        }
    }
}

/// One answer, and what goes wrong with it.
#[derive(Clone, Debug)]
pub struct Reply {
    pub(crate) saying: Saying,
    pub(crate) faults: Vec<Fault>,
    pub(crate) every: Option<Duration>,
    pub(crate) verbatim: bool,
}

impl Reply {
    fn new(saying: Saying) -> Self {
        Self { saying, faults: vec![], every: None, verbatim: false }
    }

    /// A text. Where the request wants JSON and the dialect obeys, a text that is not the JSON that is wanted is put into
    /// an object that is: such a model cannot say anything else.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(Saying::Text(text.into()))
    }

    /// A value as JSON. Claude puts it between fences, with words before. Where the request has a schema and the dialect
    /// obeys, the value must fit it: if it does not, the answer is 500 and a violation, because the script is wrong.
    pub fn json(value: Value) -> Self {
        Self::new(Saying::Json(value))
    }

    /// The text of the last message of the user.
    pub fn echo() -> Self {
        Self::new(Saying::Echo)
    }

    /// What `compute` makes of the request, which it sees as the model does.
    pub fn from_fn(compute: impl Fn(&Request) -> Self + Send + Sync + 'static) -> Self {
        Self::new(Saying::Computed(Arc::new(compute)))
    }

    /// A fault around an echo.
    pub fn fault(fault: Fault) -> Self {
        Self::echo().with(fault)
    }

    /// With a fault. Several can be combined, like a slow first token and a cut.
    #[must_use]
    pub fn with(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// With this pause before each piece, in place of the provider's.
    #[must_use]
    pub fn every(mut self, pause: Duration) -> Self {
        self.every = Some(pause);
        self
    }

    /// Said as it stands: no fences, no schema. For JSON that is broken on purpose.
    #[must_use]
    pub fn verbatim(mut self) -> Self {
        self.verbatim = true;
        self
    }

    /// The reply with what was computed in place of how to compute it.
    pub(crate) fn resolve(mut self, request: &Request) -> Self {
        while let Saying::Computed(compute) = &self.saying {
            let computed = compute(request);
            self.faults.extend(computed.faults);
            self.every = computed.every.or(self.every);
            self.verbatim |= computed.verbatim;
            self.saying = computed.saying;
        }
        self
    }
}

/// Replies in the order of the requests that validate, and one for whatever comes after. Echoes if nothing else is said.
#[derive(Clone, Debug)]
pub struct Script {
    queue: VecDeque<Reply>,
    otherwise: Reply,
}

impl Default for Script {
    fn default() -> Self {
        Self { queue: VecDeque::new(), otherwise: Reply::echo() }
    }
}

impl Script {
    /// A script that echoes.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more reply in the queue.
    #[must_use]
    pub fn then(mut self, reply: Reply) -> Self {
        self.queue.push_back(reply);
        self
    }

    /// With this reply to all requests after the queue.
    #[must_use]
    pub fn otherwise(mut self, reply: Reply) -> Self {
        self.otherwise = reply;
        self
    }

    pub(crate) fn push(&mut self, reply: Reply) {
        self.queue.push_back(reply);
    }

    pub(crate) fn set_otherwise(&mut self, reply: Reply) {
        self.otherwise = reply;
    }

    pub(crate) fn waiting(&self) -> usize {
        self.queue.len()
    }

    pub(crate) fn next(&mut self) -> Reply {
        self.queue.pop_front().unwrap_or_else(|| self.otherwise.clone())
    }
}
