//! Errors, and the shape, code and words in which each vendor tells them.

use serde_json::{Value, json};

use crate::{Dialect, Fault, RetryAfter, request::Request};

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Problem {
    Unauthorized,
    InvalidKey,
    Forbidden,
    UnknownModel(String),
    UnknownPath(String),
    RateLimited(RetryAfter),
    QuotaSpent,
    ServerError,
    Unavailable(RetryAfter),
    Overloaded(RetryAfter),
    ContextTooLong {
        tokens: u64,
        most: u64,
    },
    Invalid {
        message: String,
        param: Option<String>,
        code: Option<&'static str>,
    },
    /// The script asks for what this dialect would never answer.
    Script(String),
}

/// The same error in the words of one vendor.
struct Words {
    status: u16,
    /// OpenAI's `type`, Google's `status`.
    kind: &'static str,
    code: Option<&'static str>,
    param: Option<String>,
    message: String,
}

impl Problem {
    pub(crate) fn invalid(message: impl Into<String>, param: &str, code: Option<&'static str>) -> Self {
        let param = (!param.is_empty()).then(|| param.to_string());
        Self::Invalid { message: message.into(), param, code }
    }

    /// The error that a fault stands for, if it is one that is told with a status.
    pub(crate) fn of(fault: &Fault, request: &Request) -> Option<Self> {
        Some(match fault {
            Fault::Unauthorized => Self::Unauthorized,
            Fault::InvalidKey => Self::InvalidKey,
            Fault::Forbidden => Self::Forbidden,
            Fault::UnknownModel => Self::UnknownModel(request.model().to_string()),
            Fault::RateLimited(after) => Self::RateLimited(*after),
            Fault::QuotaSpent => Self::QuotaSpent,
            Fault::ServerError => Self::ServerError,
            Fault::Unavailable(after) => Self::Unavailable(*after),
            Fault::Overloaded(after) => Self::Overloaded(*after),
            Fault::ContextTooLong => {
                let tokens = request.prompt_tokens();
                // the window is what the prompt does not fit in, however short it is
                Self::ContextTooLong { tokens, most: tokens.saturating_sub(1).min(context(request.dialect)) }
            }
            _ => return None,
        })
    }

    pub(crate) fn status(&self, dialect: Dialect) -> u16 {
        self.words(dialect).status
    }

    pub(crate) fn retry_after(&self) -> Option<String> {
        match self {
            Self::RateLimited(after) | Self::Unavailable(after) | Self::Overloaded(after) => after.header(),
            _ => None,
        }
    }

    /// The body of the error in Anthropic's own API.
    pub(crate) fn native(&self) -> Value {
        let Words { kind, message, .. } = self.claude();
        json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_test"})
    }

    /// The body of the error.
    pub(crate) fn body(&self, dialect: Dialect) -> Value {
        let Words { status, kind, code, param, message } = self.words(dialect);
        match dialect {
            Dialect::OpenAi => {
                json!({"error": {"message": message, "type": kind, "param": param, "code": code}})
            }
            // the layer repeats the type as the code and never names a parameter
            Dialect::Claude => {
                json!({"error": {"message": message, "type": kind, "param": null, "code": kind}})
            }
            Dialect::Gemini => {
                let mut error = json!({"code": status, "message": message, "status": kind});
                match self {
                    Self::InvalidKey => {
                        error["details"] = json!([{
                            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                            "reason": "API_KEY_INVALID",
                            "domain": "googleapis.com",
                        }]);
                    }
                    Self::RateLimited(RetryAfter::Seconds(seconds)) => {
                        error["details"] = json!([{
                            "@type": "type.googleapis.com/google.rpc.RetryInfo",
                            "retryDelay": format!("{seconds}s"),
                        }]);
                    }
                    _ => {}
                }
                json!([{"error": error}])
            }
            Dialect::Foreign => {
                let mut error = json!({"code": status, "message": message, "type": kind});
                if let Self::ContextTooLong { tokens, most } = self {
                    error["n_prompt_tokens"] = json!(tokens);
                    error["n_ctx"] = json!(most);
                }
                json!({"error": error})
            }
        }
    }

    fn words(&self, dialect: Dialect) -> Words {
        match dialect {
            Dialect::OpenAi => self.openai(),
            Dialect::Claude => self.claude(),
            Dialect::Gemini => self.gemini(),
            Dialect::Foreign => self.foreign(),
        }
    }

    fn openai(&self) -> Words {
        const INVALID: &str = "invalid_request_error";
        let words = |status, kind, code, message: &str| Words {
            status,
            kind,
            code,
            param: None,
            message: message.into(),
        };
        match self {
            Self::Unauthorized | Self::InvalidKey => {
                let message = "Incorrect API key provided. You can find your API key at \
                               https://platform.openai.com/account/api-keys.";
                words(401, INVALID, Some("invalid_api_key"), message)
            }
            Self::Forbidden => {
                let message = "Country, region, or territory not supported";
                words(403, "request_forbidden", Some("unsupported_country_region_territory"), message)
            }
            Self::UnknownModel(model) => {
                let message = format!("The model `{model}` does not exist or you do not have access to it.");
                words(404, INVALID, Some("model_not_found"), &message)
            }
            Self::UnknownPath(path) => words(404, INVALID, None, &format!("Invalid URL ({path})")),
            Self::RateLimited(_) => {
                let message =
                    "Rate limit reached on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000.";
                words(429, "tokens", Some("rate_limit_exceeded"), message)
            }
            Self::QuotaSpent => {
                let message = "You exceeded your current quota, please check your plan and billing details.";
                words(429, "insufficient_quota", Some("insufficient_quota"), message)
            }
            Self::ServerError => {
                let message = "The server had an error while processing your request. Sorry about that!";
                words(500, "server_error", None, message)
            }
            Self::Unavailable(_) => {
                words(503, "server_error", None, "The engine is currently overloaded, please try again later")
            }
            Self::Overloaded(_) => words(529, "server_error", None, "Overloaded"),
            Self::ContextTooLong { tokens, most } => {
                let message = format!(
                    "This model's maximum context length is {most} tokens. However, your messages resulted in {tokens} \
                     tokens. Please reduce the length of the messages."
                );
                let param = Some("messages".into());
                Words { param, ..words(400, INVALID, Some("context_length_exceeded"), &message) }
            }
            Self::Invalid { message, param, code } => {
                Words { param: param.clone(), ..words(400, INVALID, *code, message) }
            }
            Self::Script(message) => words(500, "server_error", None, message),
        }
    }

    fn claude(&self) -> Words {
        const INVALID: &str = "invalid_request_error";
        let (status, kind, message) = match self {
            Self::Unauthorized | Self::InvalidKey => {
                (401, "authentication_error", "invalid x-api-key".into())
            }
            Self::Forbidden => {
                let message = "Your API key does not have permission to use the specified resource.";
                (403, "permission_error", message.into())
            }
            Self::UnknownModel(model) => (404, "not_found_error", format!("model: {model}")),
            Self::UnknownPath(_) => (404, "not_found_error", "Not Found".into()),
            Self::RateLimited(_) => {
                let message = "This request would exceed your organization's rate limit of 30,000 input tokens per minute.";
                (429, "rate_limit_error", message.into())
            }
            Self::QuotaSpent => {
                let message = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to \
                               upgrade or purchase credits.";
                (400, INVALID, message.into())
            }
            Self::ServerError => (500, "api_error", "Internal server error".into()),
            Self::Unavailable(_) => (503, "api_error", "Service unavailable".into()),
            Self::Overloaded(_) => (529, "overloaded_error", "Overloaded".into()),
            Self::ContextTooLong { tokens, most } => {
                (400, INVALID, format!("prompt is too long: {tokens} tokens > {most} maximum"))
            }
            Self::Invalid { message, .. } => (400, INVALID, message.clone()),
            Self::Script(message) => (500, "api_error", message.clone()),
        };
        Words { status, kind, code: None, param: None, message }
    }

    fn gemini(&self) -> Words {
        let (status, kind, message) = match self {
            Self::Unauthorized => {
                let message = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie \
                               or other valid authentication credential.";
                (401, "UNAUTHENTICATED", message.into())
            }
            Self::InvalidKey => {
                (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.".into())
            }
            Self::Forbidden => (403, "PERMISSION_DENIED", "The caller does not have permission".into()),
            Self::UnknownModel(model) => {
                let message = format!(
                    "models/{model} is not found for API version v1main, or is not supported for generateContent."
                );
                (404, "NOT_FOUND", message)
            }
            Self::UnknownPath(path) => (404, "NOT_FOUND", format!("Not Found: {path}")),
            Self::RateLimited(_) => {
                (429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).".into())
            }
            Self::QuotaSpent => {
                let message = "You exceeded your current quota, please check your plan and billing details.";
                (429, "RESOURCE_EXHAUSTED", message.into())
            }
            Self::ServerError => {
                (500, "INTERNAL", "An internal error has occurred. Please retry or report.".into())
            }
            Self::Unavailable(_) => {
                (503, "UNAVAILABLE", "The model is overloaded. Please try again later.".into())
            }
            Self::Overloaded(_) => {
                (529, "UNAVAILABLE", "The model is overloaded. Please try again later.".into())
            }
            Self::ContextTooLong { tokens, most } => {
                let message = format!(
                    "The input token count ({tokens}) exceeds the maximum number of tokens allowed ({most})."
                );
                (400, "INVALID_ARGUMENT", message)
            }
            Self::Invalid { message, .. } => (400, "INVALID_ARGUMENT", message.clone()),
            Self::Script(message) => (500, "INTERNAL", message.clone()),
        };
        Words { status, kind, code: None, param: None, message }
    }

    fn foreign(&self) -> Words {
        let (status, kind, message) = match self {
            Self::Unauthorized | Self::InvalidKey => (401, "authentication_error", "Invalid API Key".into()),
            Self::Forbidden => (403, "permission_error", "Forbidden".into()),
            Self::UnknownModel(model) => {
                (404, "not_found_error", format!("model \"{model}\" not found, try pulling it first"))
            }
            Self::UnknownPath(_) => (404, "not_found_error", "File Not Found".into()),
            Self::RateLimited(_) | Self::QuotaSpent => (429, "rate_limit_error", "Too many requests".into()),
            Self::ServerError => (500, "server_error", "Internal error".into()),
            Self::Unavailable(_) => (503, "unavailable_error", "Loading model".into()),
            Self::Overloaded(_) => (529, "unavailable_error", "Overloaded".into()),
            Self::ContextTooLong { tokens, most } => {
                let message = format!(
                    "request ({tokens} tokens) exceeds the available context size ({most} tokens), try increasing it"
                );
                (400, "exceed_context_size_error", message)
            }
            Self::Invalid { message, .. } => (400, "invalid_request_error", message.clone()),
            Self::Script(message) => (500, "server_error", message.clone()),
        };
        Words { status, kind, code: None, param: None, message }
    }
}

/// A usual context of the vendor's models, in tokens.
fn context(dialect: Dialect) -> u64 {
    match dialect {
        Dialect::OpenAi => 400_000,
        Dialect::Claude => 200_000,
        Dialect::Gemini => 1_048_576,
        Dialect::Foreign => 8_192,
    }
}
