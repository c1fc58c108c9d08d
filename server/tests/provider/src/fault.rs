//! What can go wrong on demand, and the names of it by hand.

use std::time::{Duration, SystemTime};

/// Something that goes wrong with one request.
///
/// `after` counts pieces of the answer that arrive before. An answer that is not streamed has no pieces: then half of its
/// bytes arrive. A fault that cannot happen to a request (an embedding has no stream) does nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// 401: the key is not accepted.
    Unauthorized,
    /// What the vendor really sends for a key that is none: 401, and 400 from Gemini.
    InvalidKey,
    /// 403: the key may not do this.
    Forbidden,
    /// 404: there is no such model.
    UnknownModel,
    /// 429: too many requests.
    RateLimited(RetryAfter),
    /// The money is spent: 429, and 400 from Claude. To try again does not help.
    QuotaSpent,
    /// 500.
    ServerError,
    /// 503.
    Unavailable(RetryAfter),
    /// 529, Anthropic's 'overloaded'.
    Overloaded(RetryAfter),
    /// 400: the prompt is longer than the model's context, in the vendor's code and words.
    ContextTooLong,
    /// The connection is accepted, and nothing of the answer comes for this long, not even its status.
    SlowHeaders(Duration),
    /// The status comes at once, and then nothing for this long.
    SlowFirstToken(Duration),
    /// Pieces stop coming, and the connection stays open for ever.
    Stall {
        /// Pieces that arrive before.
        after: usize,
    },
    /// The connection is closed in the middle, which HTTP shows as an error.
    Cut {
        /// Pieces that arrive before.
        after: usize,
    },
    /// The answer ends too early, without reason and without `[DONE]`, and as far as HTTP knows it is whole.
    EndEarly {
        /// Pieces that arrive before.
        after: usize,
    },
    /// One chunk is not JSON; those after it are.
    Malformed {
        /// Pieces that arrive before.
        after: usize,
    },
    /// The stream tells an error (status 200 was sent long ago) and ends.
    ErrorInStream {
        /// Pieces that arrive before.
        after: usize,
    },
    /// The usage is nonsense: below zero, beyond 2^53, and a sum that is none.
    WrongUsage,
    /// The model does not want to, as the vendor says that.
    Refusal,
    /// The answer is cut off by its limit of tokens: `finish_reason` is `length`.
    Length {
        /// Pieces that are left of it.
        after: usize,
    },
    /// An answer without a word.
    Empty,
}

/// What an error says about when to come back.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum RetryAfter {
    /// Nothing; there is no header.
    #[default]
    Unsaid,
    /// `Retry-After: 30`
    Seconds(u64),
    /// `Retry-After: Fri, 31 Dec 1999 23:59:59 GMT`. The moment is an argument, because tests have clocks of their own.
    At(SystemTime),
}

impl RetryAfter {
    /// The header's value.
    pub(crate) fn header(self) -> Option<String> {
        match self {
            Self::Unsaid => None,
            Self::Seconds(seconds) => Some(seconds.to_string()),
            Self::At(moment) => Some(httpdate::fmt_http_date(moment)),
        }
    }
}

impl Fault {
    /// The names that [`Fault::parse`] understands, with what a number after `=` means.
    pub const NAMES: &[(&str, &str)] = &[
        ("unauthorized", ""),
        ("invalid-key", ""),
        ("forbidden", ""),
        ("unknown-model", ""),
        ("rate-limited", "seconds to wait; none: unsaid"),
        ("rate-limited-until", "seconds from now, told as a date"),
        ("quota-spent", ""),
        ("server-error", ""),
        ("unavailable", "seconds to wait; none: unsaid"),
        ("overloaded", "seconds to wait; none: unsaid"),
        ("context-too-long", ""),
        ("slow-headers", "milliseconds, 5000"),
        ("slow-first-token", "milliseconds, 5000"),
        ("stall", "pieces before, 3"),
        ("cut", "pieces before, 3"),
        ("end-early", "pieces before, 3"),
        ("malformed", "pieces before, 3"),
        ("error-in-stream", "pieces before, 3"),
        ("wrong-usage", ""),
        ("refusal", ""),
        ("length", "pieces left, 3"),
        ("empty", ""),
    ];

    /// A fault by its name, `stall` or `stall=5`: the header `x-fault`, `?fault=` and `--fault` take these.
    ///
    /// # Errors
    /// The name is not among [`Fault::NAMES`], or what stands after it is not a number.
    pub fn parse(text: &str, now: SystemTime) -> Result<Self, String> {
        let (name, number) = match text.split_once(['=', ':']) {
            Some((name, number)) => {
                let parsed = number.trim().parse::<u64>();
                (
                    name.trim(),
                    Some(parsed.map_err(|_| format!("'{number}' is not a number, in the fault '{text}'"))?),
                )
            }
            None => (text.trim(), None),
        };
        let wait = number.map_or(RetryAfter::Unsaid, RetryAfter::Seconds);
        let time = Duration::from_millis(number.unwrap_or(5_000));
        let after = usize::try_from(number.unwrap_or(3)).unwrap_or(usize::MAX);
        Ok(match name {
            "unauthorized" => Self::Unauthorized,
            "invalid-key" => Self::InvalidKey,
            "forbidden" => Self::Forbidden,
            "unknown-model" => Self::UnknownModel,
            "rate-limited" => Self::RateLimited(wait),
            "rate-limited-until" => {
                Self::RateLimited(RetryAfter::At(now + Duration::from_secs(number.unwrap_or(30).min(86_400))))
            }
            "quota-spent" => Self::QuotaSpent,
            "server-error" => Self::ServerError,
            "unavailable" => Self::Unavailable(wait),
            "overloaded" => Self::Overloaded(wait),
            "context-too-long" => Self::ContextTooLong,
            "slow-headers" => Self::SlowHeaders(time),
            "slow-first-token" => Self::SlowFirstToken(time),
            "stall" => Self::Stall { after },
            "cut" => Self::Cut { after },
            "end-early" => Self::EndEarly { after },
            "malformed" => Self::Malformed { after },
            "error-in-stream" => Self::ErrorInStream { after },
            "wrong-usage" => Self::WrongUsage,
            "refusal" => Self::Refusal,
            "length" => Self::Length { after },
            "empty" => Self::Empty,
            _ => {
                let names: Vec<_> = Self::NAMES.iter().map(|(name, _)| *name).collect();
                return Err(format!("there is no fault '{name}'; there are {}", names.join(", ")));
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_understood_and_no_other() {
        for (name, number) in Fault::NAMES {
            assert!(Fault::parse(name, SystemTime::UNIX_EPOCH).is_ok(), "{name}");
            let with = Fault::parse(&format!("{name}=7"), SystemTime::UNIX_EPOCH).unwrap();
            let without = Fault::parse(name, SystemTime::UNIX_EPOCH).unwrap();
            assert_eq!(with == without, number.is_empty(), "{name}: the number counts where one is told of");
        }
        assert!(Fault::parse("stal", SystemTime::UNIX_EPOCH).unwrap_err().contains("error-in-stream"));
        assert!(Fault::parse("stall=x", SystemTime::UNIX_EPOCH).is_err());
    }

    #[test]
    fn retry_after_has_two_forms() {
        assert_eq!(RetryAfter::Unsaid.header(), None);
        assert_eq!(RetryAfter::Seconds(30).header().unwrap(), "30");
        let until = Fault::parse("rate-limited-until=90", SystemTime::UNIX_EPOCH).unwrap();
        let Fault::RateLimited(until) = until else { panic!("{until:?}") };
        assert_eq!(until.header().unwrap(), "Thu, 01 Jan 1970 00:01:30 GMT");
    }
}
