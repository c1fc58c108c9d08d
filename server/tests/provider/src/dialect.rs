//! The dialects, and what each of them refuses in a request.

use std::{fmt, str::FromStr};

use serde_json::Value;

use crate::{messages, problem::Problem, request::Request, schema, strict};

/// How a vendor speaks the chat-completions API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// OpenAI itself: strict in what it takes, honours `response_format`, caches prefixes, and its reasoning models refuse
    /// `temperature` and `max_tokens`.
    #[default]
    OpenAi,
    /// Anthropic. At `/v1/chat/completions` its layer: ignores `response_format`, joins system messages, clamps the temperature,
    /// caches nothing. At `/v1/messages` its own API: honours `output_config`, caches what is marked.
    Claude,
    /// Google's layer: no `id` and `created`, errors in an array, the usage in the last chunk with content.
    Gemini,
    /// Ollama, llama.cpp, vLLM: `finish_reason: ""` in the middle, no `id`, no usage even when asked for.
    Foreign,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::OpenAi, Self::Claude, Self::Gemini, Self::Foreign];

    /// The name by hand.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Claude => "claude",
            Self::Gemini => "gemini",
            Self::Foreign => "foreign",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Dialect {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|dialect| dialect.name() == text);
        named
            .ok_or_else(|| format!("there is no dialect '{text}'; there are openai, claude, gemini, foreign"))
    }
}

/// Fields beside OpenAI's that a dialect takes at the top of a chat request.
fn own_fields(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::OpenAi => &[],
        Dialect::Claude => &["thinking"],
        Dialect::Gemini => &["extra_body"],
        Dialect::Foreign => &[
            "cache_prompt",
            "chat_template_kwargs",
            "grammar",
            "guided_json",
            "ignore_eos",
            "keep_alive",
            "min_p",
            "min_tokens",
            "mirostat",
            "n_predict",
            "options",
            "repeat_penalty",
            "repetition_penalty",
            "think",
            "top_k",
            "typical_p",
        ],
    }
}

/// What reasoning models of OpenAI do not take.
const NOT_WITH_REASONING: &[&str] = &[
    "temperature",
    "top_p",
    "presence_penalty",
    "frequency_penalty",
    "logprobs",
    "top_logprobs",
    "logit_bias",
];

/// Whether OpenAI's model of this name reasons before it answers.
fn reasons(model: &str) -> bool {
    let numbered = |letter: char| {
        model.strip_prefix(letter).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    model.starts_with("gpt-5") || numbered('o')
}

/// Refuses a chat request that the vendor would not answer.
pub(crate) fn check_chat(request: &Request) -> Result<(), Problem> {
    let dialect = request.dialect;
    if request.is_native() {
        return messages::check(request);
    }
    check(request, "CreateChatCompletionRequest", own_fields(dialect))?;
    let body = request.json();
    if dialect != Dialect::Foreign && !body["stream_options"].is_null() && !request.streams() {
        let message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
        return Err(Problem::invalid(message, "stream_options", None));
    }
    match dialect {
        Dialect::OpenAi => check_openai(request),
        Dialect::Claude => check_claude(request),
        Dialect::Gemini | Dialect::Foreign => Ok(()),
    }
}

/// Refuses a request for embeddings that the vendor would not answer.
pub(crate) fn check_embeddings(request: &Request) -> Result<(), Problem> {
    check(request, "CreateEmbeddingRequest", &[])
}

/// The schema, and no field that is unknown: a misspelt one would be ignored by some vendors for ever.
pub(crate) fn check(request: &Request, component: &str, own: &[&str]) -> Result<(), Problem> {
    let Some(fields) = request.json().as_object() else {
        return Err(Problem::invalid("We could not parse the JSON body of your request.", "", None));
    };
    let known = schema::fields_of(component);
    if let Some(name) =
        fields.keys().find(|name| !known.contains(name.as_str()) && !own.contains(&name.as_str()))
    {
        let message = match request.dialect {
            Dialect::Gemini => {
                format!("Invalid JSON payload received. Unknown name \"{name}\": Cannot find field.")
            }
            Dialect::Claude => format!("{name}: Extra inputs are not permitted"),
            Dialect::OpenAi | Dialect::Foreign => format!("Unrecognized request argument supplied: {name}"),
        };
        return Err(Problem::invalid(message, name, Some("unknown_parameter")));
    }
    match schema::errors_of(component, request.json()) {
        errors if errors.is_empty() => Ok(()),
        errors => Err(Problem::invalid(format!("Invalid request: {}", errors.join("; ")), "", None)),
    }
}

fn check_openai(request: &Request) -> Result<(), Problem> {
    let body = request.json();
    if reasons(request.model()) {
        if !body["max_tokens"].is_null() {
            let message = "Unsupported parameter: 'max_tokens' is not supported with this model. \
                           Use 'max_completion_tokens' instead.";
            return Err(Problem::invalid(message, "max_tokens", Some("unsupported_parameter")));
        }
        if let Some(name) = NOT_WITH_REASONING.iter().find(|name| !body[**name].is_null()) {
            let message = format!("Unsupported parameter: '{name}' is not supported with this model.");
            return Err(Problem::invalid(message, name, Some("unsupported_parameter")));
        }
    }
    let format = &body["response_format"];
    match format["type"].as_str() {
        Some("json_schema") => strict::check(&format["json_schema"]),
        Some("json_object") if !says_json(request) => {
            let message = "'messages' must contain the word 'json' in some form, to use 'response_format' of type \
                           'json_object'.";
            Err(Problem::invalid(message, "messages", None))
        }
        _ => Ok(()),
    }
}

fn says_json(request: &Request) -> bool {
    request.messages().iter().any(|message| message.text.to_lowercase().contains("json"))
}

fn check_claude(request: &Request) -> Result<(), Problem> {
    let body = request.json();
    if body["n"].as_u64().is_some_and(|n| n != 1) {
        return Err(Problem::invalid("n: Input should be 1", "n", None));
    }
    let messages = request.messages();
    let mut spoken = messages.iter().filter(|message| message.role != "system").enumerate();
    if spoken.clone().next().is_none() {
        return Err(Problem::invalid("messages: at least one message is required", "messages", None));
    }
    if let Some((number, _)) = spoken.find(|(_, message)| message.role == "user" && is_blank(message, body)) {
        let message = format!("messages.{number}: user messages must have non-empty content");
        return Err(Problem::invalid(message, "messages", None));
    }
    Ok(())
}

/// Whether a message has no text, in a request whose messages are text alone; a picture has none either.
fn is_blank(message: &crate::Message, body: &Value) -> bool {
    let is_text = |message: &Value| message["content"].is_string();
    message.text.trim().is_empty() && body["messages"].as_array().is_some_and(|all| all.iter().all(is_text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::request::tests::request;

    /// A right request with `more` in it.
    fn body(model: &str, more: Value) -> Value {
        let mut body = json!({"model": model, "messages": [{"role": "user", "content": "Answer in JSON."}]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    }

    fn refused(dialect: Dialect, model: &str, more: Value) -> Option<Option<String>> {
        match check_chat(&request(dialect, body(model, more))) {
            Ok(()) => None,
            Err(Problem::Invalid { param, .. }) => Some(param),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_dialect_refuses_what_its_vendor_refuses() {
        use Dialect::{Claude, Foreign, Gemini, OpenAi};
        let cases: &[(Dialect, &str, Value, Option<&str>)] = &[
            (OpenAi, "gpt-5-mini", json!({"max_completion_tokens": 5, "seed": 1}), None),
            (OpenAi, "gpt-5-mini", json!({"temperature": 0.2}), Some("temperature")),
            (OpenAi, "gpt-5.4-nano", json!({"max_tokens": 5}), Some("max_tokens")),
            (OpenAi, "o4-mini", json!({"top_p": 0.5}), Some("top_p")),
            (OpenAi, "gpt-4.1", json!({"temperature": 0.2, "max_tokens": 5}), None),
            (OpenAi, "gpt-4.1", json!({"temprature": 0.2}), Some("temprature")),
            (OpenAi, "gpt-4.1", json!({"top_k": 5}), Some("top_k")),
            (Foreign, "llama3.2", json!({"top_k": 5, "keep_alive": "5m"}), None),
            (Foreign, "llama3.2", json!({"topk": 5}), Some("topk")),
            (Claude, "claude-sonnet-5-5", json!({"n": 2}), Some("n")),
            (Claude, "claude-sonnet-5-5", json!({"n": 1, "temperature": 1.5}), None),
            (Claude, "claude-sonnet-5-5", json!({"thinking": {"type": "disabled"}}), None),
            (
                Claude,
                "claude-sonnet-5-5",
                json!({"messages": [{"role": "user", "content": " "}]}),
                Some("messages"),
            ),
            (
                Claude,
                "claude-sonnet-5-5",
                json!({"messages": [{"role": "system", "content": "x"}]}),
                Some("messages"),
            ),
            (Gemini, "gemini-3.5-flash-lite", json!({"extra_body": {}}), None),
            (Gemini, "gemini-3.5-flash-lite", json!({"topK": 5}), Some("topK")),
            (OpenAi, "gpt-4.1", json!({"stream_options": {"include_usage": true}}), Some("stream_options")),
            (OpenAi, "gpt-4.1", json!({"response_format": {"type": "json_object"}}), None),
            (
                OpenAi,
                "gpt-4.1",
                json!({"response_format": {"type": "json_object"}, "messages": [{"role": "user", "content": "x"}]}),
                Some("messages"),
            ),
        ];
        for (dialect, model, more, param) in cases {
            let refused = refused(*dialect, model, more.clone());
            assert_eq!(refused, param.map(|param| Some(param.to_string())), "{dialect} {model} {more}");
        }
        for dialect in Dialect::ALL {
            assert!(refused(dialect, "m", json!({"messages": []})).is_some(), "{dialect} took no messages");
            assert_eq!(dialect.name().parse(), Ok(dialect));
        }
        assert!("gpt".parse::<Dialect>().is_err());
    }
}
