//! A request as it arrived, and as the model of its dialect sees it.

use std::time::Instant;

use serde_json::Value;

use crate::{Dialect, messages, tokens::tokens};

/// One request, kept as it arrived.
#[derive(Clone, Debug)]
pub struct Request {
    /// Requests that were kept before this one.
    pub number: usize,
    /// `POST`, `GET`.
    pub method: String,
    /// `/v1/chat/completions`, `/v1/messages`
    pub path: String,
    /// What stands after `?`, as it was sent; empty if nothing.
    pub query: String,
    /// The headers in their order, names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body as it was sent, without chunks.
    pub body: Vec<u8>,
    /// Every byte of it on the connection: request line, headers, body. Empty over HTTP/2.
    pub raw: Vec<u8>,
    /// When its last byte was there.
    pub arrived: Instant,
    pub(crate) dialect: Dialect,
    pub(crate) json: Value,
}

/// One message of a chat, its parts of text joined.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// `system`, `developer`, `user`, `assistant`, `tool`.
    pub role: String,
    /// The text; parts that are none (pictures) are left out.
    pub text: String,
}

impl Request {
    /// The header of this name, whatever its letters' case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// The model that is asked; empty if none is.
    pub fn model(&self) -> &str {
        self.json["model"].as_str().unwrap_or_default()
    }

    /// Whether a stream is asked for.
    pub fn streams(&self) -> bool {
        self.json["stream"] == true
    }

    /// Whether it came by Anthropic's own API.
    pub(crate) fn is_native(&self) -> bool {
        self.dialect == Dialect::Claude && self.path == messages::PATH
    }

    /// The messages as the model sees them: Claude's layer joins those of `system` and `developer` at the front, where
    /// Anthropic's own API has them from the beginning.
    pub fn messages(&self) -> Vec<Message> {
        let mut messages: Vec<Message> = vec![];
        if self.is_native() && !self.json["system"].is_null() {
            messages.push(Message { role: "system".into(), text: text_of(&self.json["system"]) });
        }
        for message in self.json["messages"].as_array().into_iter().flatten() {
            let role = message["role"].as_str().unwrap_or_default().to_string();
            messages.push(Message { role, text: text_of(&message["content"]) });
        }
        if self.dialect == Dialect::Claude {
            let is_system = |message: &Message| message.role == "system" || message.role == "developer";
            let (system, others): (Vec<_>, Vec<_>) = messages.into_iter().partition(is_system);
            messages = others;
            if !system.is_empty() {
                let texts: Vec<_> = system.into_iter().map(|message| message.text).collect();
                messages.insert(0, Message { role: "system".into(), text: texts.join("\n") });
            }
        }
        messages
    }

    /// The text of the last message of a user; empty if there is none.
    pub fn asked(&self) -> String {
        let messages = self.messages();
        messages
            .into_iter()
            .rfind(|message| message.role == "user")
            .map(|message| message.text)
            .unwrap_or_default()
    }

    /// The temperature that the model is run with: Claude's layer makes 1 of what is above.
    pub fn temperature(&self) -> Option<f64> {
        let wanted = self.json["temperature"].as_f64()?;
        Some(if self.dialect == Dialect::Claude { wanted.clamp(0.0, 1.0) } else { wanted })
    }

    /// The tokens of the prompt: those of its messages (of its blocks, by Anthropic's own API), see [`tokens()`].
    pub fn prompt_tokens(&self) -> u64 {
        if self.is_native() {
            return messages::blocks(&self.json).iter().map(|block| tokens(&block.text)).sum();
        }
        self.messages().iter().map(|message| tokens(&message.text)).sum()
    }

    /// The most tokens that the answer may have.
    pub(crate) fn most_tokens(&self) -> Option<u64> {
        self.json["max_completion_tokens"].as_u64().or(self.json["max_tokens"].as_u64())
    }

    /// The whole prompt as one text, from its beginning, for comparing prefixes.
    pub(crate) fn prompt(&self) -> String {
        let messages = self.messages();
        messages.iter().map(|message| format!("{}\n{}\n", message.role, message.text)).collect()
    }

    /// Whether `words` stand somewhere in it: on the wire, or in a text of its JSON, where they may be escaped.
    pub(crate) fn contains(&self, words: &str) -> bool {
        let bytes = |bytes: &[u8]| contains(bytes, words.as_bytes());
        bytes(&self.raw) || bytes(&self.body) || bytes(&decoded(&self.query)) || in_json(&self.json, words)
    }
}

/// The text of a message's content: a text, or parts of which some are text.
fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts: Vec<_> = parts.iter().filter_map(|part| part["text"].as_str()).collect();
            texts.join("\n")
        }
        _ => String::new(),
    }
}

/// Whether `part` stands somewhere in `bytes`.
pub(crate) fn contains(bytes: &[u8], part: &[u8]) -> bool {
    part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
}

fn in_json(value: &Value, words: &str) -> bool {
    match value {
        Value::String(text) => text.contains(words),
        Value::Array(items) => items.iter().any(|item| in_json(item, words)),
        Value::Object(fields) => {
            fields.iter().any(|(name, item)| name.contains(words) || in_json(item, words))
        }
        _ => false,
    }
}

/// A query with `%20` and `+` as what they mean.
fn decoded(query: &str) -> Vec<u8> {
    let bytes = query.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let coded = query.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (bytes[at], coded) {
            (b'%', Some(byte)) => {
                plain.push(byte);
                at += 2;
            }
            (b'+', _) => plain.push(b' '),
            (byte, _) => plain.push(byte),
        }
        at += 1;
    }
    plain
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    /// A request with this body, as if it had arrived.
    pub(crate) fn request(dialect: Dialect, json: Value) -> Request {
        Request {
            number: 0,
            method: "POST".into(),
            path: "/v1/chat/completions".into(),
            query: String::new(),
            headers: vec![],
            body: json.to_string().into_bytes(),
            raw: vec![],
            arrived: Instant::now(),
            dialect,
            json,
        }
    }

    #[test]
    fn claude_sees_what_its_layer_makes_of_a_request() {
        let body = json!({"model": "m", "temperature": 1.7, "messages": [
            {"role": "system", "content": "A"},
            {"role": "user", "content": [{"type": "text", "text": "B"}, {"type": "text", "text": "C"}]},
            {"role": "developer", "content": "D"},
        ]});
        let message = |role: &str, text: &str| Message { role: role.into(), text: text.into() };
        let claude = request(Dialect::Claude, body.clone());
        assert_eq!(claude.messages(), [message("system", "A\nD"), message("user", "B\nC")]);
        assert_eq!(claude.temperature(), Some(1.0));
        let openai = request(Dialect::OpenAi, body);
        assert_eq!(openai.messages()[2], message("developer", "D"));
        assert_eq!(openai.temperature(), Some(1.7));
        assert_eq!(openai.asked(), "B\nC");
    }

    #[test]
    fn words_are_found_however_they_are_escaped() {
        let mut one = request(Dialect::OpenAi, json!({"messages": [{"content": "Herz: \"größer\"\nals"}]}));
        one.body = br#"{"messages":[{"content":"Herz: \"gr\u00f6\u00dfer\"\nals"}]}"#.to_vec();
        one.query = "a=zwei+W%C3%B6rter%".into();
        for words in ["größer\"\nals", "zwei Wörter", "Herz"] {
            assert!(one.contains(words), "{words}");
        }
        assert!(!one.contains("Lunge"));
    }
}
