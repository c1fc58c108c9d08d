//! A provider that only counts. Owns: what it says, how much of a request it had kept, and what it bills for keeping more.
//! Refuses: prices; they are the catalogue's.

use crate::{
    clock::Clock,
    llm::{
        Effort, Finish,
        catalogue::{Dialect, Endpoint, Tokens},
        client::{Pieces, Refusal, Transport},
        dialect::{self, Piece},
    },
};
use async_trait::async_trait;
use serde_json::Value;
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Mutex, PoisonError},
};

/// From so many tokens on a beginning is kept (OpenAI, Anthropic's Sonnet models; Google from 1,024 or 2,048 on).
const LEAST: u64 = 1_024;
/// For so long after it was used last, in milliseconds (Anthropic; OpenAI says five to ten minutes).
const KEPT: i64 = 300_000;

/// Answers with as much as it may, at once, and counts as the estimate does.
pub(super) struct Counting {
    keeps: Keeps,
    clock: Clock,
    /// Until when beginnings are kept, by their hash.
    kept: Mutex<HashMap<u64, i64>>,
}

/// Which beginnings an endpoint keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeps {
    None,
    /// All, by itself and for nothing.
    All,
    /// What is marked, and bills it.
    Marked,
}

/// An answer of so many tokens.
pub(super) fn answer(tokens: u64) -> String {
    "word".repeat(tokens as usize)
}

impl Counting {
    /// As this endpoint would count.
    pub(super) fn new(endpoint: &Endpoint, clock: Clock) -> Self {
        let keeps = match (endpoint.prompt_caching, endpoint.dialect) {
            (false, _) => Keeps::None,
            (true, Dialect::Messages) => Keeps::Marked,
            (true, _) => Keeps::All,
        };
        Self { keeps, clock, kept: Mutex::default() }
    }

    /// What is counted of a request. Beginnings end where messages do.
    fn count(&self, body: &Value) -> Tokens {
        let mut hash = DefaultHasher::new();
        body["model"].as_str().hash(&mut hash);
        let (mut input, mut system, mut ends) = (0, 0, vec![]);
        for message in body["messages"].as_array().into_iter().flatten() {
            let (role, text) = (message["role"].as_str(), message["content"].as_str().unwrap_or_default());
            (role, text).hash(&mut hash);
            input += dialect::estimate(text) + 4;
            ends.push((hash.finish(), input));
            system += usize::from(role == Some("system"));
        }
        let marked = |end: usize| match self.keeps {
            Keeps::None => false,
            Keeps::All => true,
            // the last message of the system's, and the last of all (see `messages`)
            Keeps::Marked => {
                body.get("cache_control").is_some() && (end + 1 == system || end + 1 == ends.len())
            }
        };
        if !(0..ends.len()).any(marked) {
            return Tokens { input, ..Tokens::default() };
        }
        let now = self.clock.now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = ends.iter().rfind(|(hash, _)| kept.get(hash).is_some_and(|until| *until >= now));
        let cached = known.map_or(0, |(_, tokens)| *tokens);
        let mut written = 0;
        for (end, (hash, tokens)) in ends.iter().enumerate() {
            if marked(end) && *tokens >= LEAST {
                kept.insert(*hash, now + KEPT);
                written = tokens.saturating_sub(cached);
            }
        }
        if let Some((hash, _)) = known {
            kept.insert(*hash, now + KEPT);
        }
        Tokens { input, cached, written: if self.keeps == Keeps::Marked { written } else { 0 }, output: 0 }
    }
}

#[async_trait]
impl Transport for Counting {
    async fn ask(&self, body: &Value) -> Result<Pieces, Refusal> {
        let most = body["max_tokens"].as_u64().or(body["max_completion_tokens"].as_u64()).unwrap_or(0);
        // what a model thinks is part of its limit and not of its answer: the trace has the answers' lengths
        let thinking =
            body.get("reasoning_effort").map_or(0, |_| u64::from(dialect::thinking(Effort::Balanced)));
        let output = most.saturating_sub(thinking).max(1);
        let tokens = Tokens { output, ..self.count(body) };
        let pieces = [Piece::Text(answer(output)), Piece::End(Finish::Whole), Piece::Used(tokens)];
        Ok(Box::pin(futures::stream::iter(pieces.map(Ok))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::catalogue::Catalogue;
    use serde_json::json;

    fn body(words: &[&str], marked: bool) -> Value {
        let said = words.iter().enumerate().map(|(n, words)| {
            let role = ["user", "assistant"][n % 2];
            json!({ "role": role, "content": words })
        });
        let system = json!({ "role": "system", "content": "word".repeat(1_020) });
        let messages: Vec<Value> = std::iter::once(system).chain(said).collect();
        let mut body = json!({ "messages": messages });
        if marked {
            body["cache_control"] = json!({ "type": "ephemeral" });
        }
        body
    }

    #[test]
    fn a_beginning_is_kept_for_five_minutes_and_billed_where_it_is_marked() {
        let catalogue = Catalogue::new(None).unwrap();
        let clock = Clock::default();
        let claude = Counting::new(catalogue.endpoint("anthropic").unwrap(), clock.clone());
        let tokens = |input, cached, written| Tokens { input, cached, written, output: 0 };
        assert_eq!(claude.count(&body(&["abcd"], false)), tokens(1_029, 0, 0), "not marked");
        assert_eq!(claude.count(&body(&["abcd"], true)), tokens(1_029, 0, 1_029));
        assert_eq!(claude.count(&body(&["abcd", "efgh", "ijkl"], true)), tokens(1_039, 1_029, 10));
        assert_eq!(claude.count(&body(&["other"], true)), tokens(1_030, 1_024, 6), "the system's alone");
        clock.advance(KEPT + 1);
        assert_eq!(claude.count(&body(&["abcd"], true)), tokens(1_029, 0, 1_029));

        let openai = Counting::new(catalogue.endpoint("openai").unwrap(), clock.clone());
        assert_eq!(openai.count(&body(&["abcd"], false)), tokens(1_029, 0, 0));
        assert_eq!(openai.count(&body(&["abcd", "efgh", "ijkl"], false)), tokens(1_039, 1_029, 0));
        let local = Counting::new(catalogue.endpoint("local").unwrap(), clock);
        let twice = [(); 2].map(|()| local.count(&body(&["abcd"], false)));
        assert_eq!(twice, [tokens(1_029, 0, 0); 2]);
    }
}
