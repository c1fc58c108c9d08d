//! What goes over the line of a talk. Owns: the frames, their names and limits. Refuses: carrying them (`link` in the browser,
//! `http/talks` on the server) and deciding what is lost (`domain::tutor::delivery`).
//!
//! Frames are JSON, one a message: `{"question":{"seq":4,"body":{…}}}`. The server stores a line before it sends it, so whoever
//! says up to which line they have come gets the rest, however often the line broke and wherever they are now.
//!
//! | frame | from | what |
//! |---|---|---|
//! | `start` | browser | first of all: the number of the last line that is there; the server sends all after it |
//! | `do` | browser | an act; sent again after a cut it counts once, as it names the line that it was done after |
//! | `ack` | browser | the number of the last line that arrived; also the answer to each `beat` |
//! | `start` | server | all that had been missed was sent; from now on it is live |
//! | `answer` | server | a line of the learner: an answer, or what else they did |
//! | `content` | server | a line of the tutor: an explanation, an answer that is told, a word in between |
//! | `question` | server | a line: a question |
//! | `feedback` | server | a line: what an answer is, or what comes of the talk |
//! | `hint` | server | a line: a hint |
//! | `end` | server | a line: goodbye |
//! | `adapt` | server | where the talk stands after the lines before: mode, open question, what can be done now |
//! | `done` | server | an act was heard; all lines that came of it were sent |
//! | `refused` | server | an act was not done, or the line is closed |
//! | `beat` | server | nothing else was said for a while |
//!
//! Over server-sent events (`/tutor/{id}/events?after=N`) the same frames come as data, the number of a line as its `id`; what
//! the browser says goes by POST.
//!
//! The server closes a line with 4000 and the status of why it was refused (4401: logged out, 4404: the talk is not there,
//! 4429: too many lines), 1012 when it starts anew, 1009 for a frame that is too large, and 1001 or 1008 when it is to be
//! opened again.

use super::api::{Body, Doing, Line, Said, TalkState};
use crate::error::ApiError;
use domain::{id::TalkId, tutor::delivery::Numbered};
use serde::{Deserialize, Serialize};

/// Largest frame of a browser, bytes: the longest answer, escaped, and some.
pub const FRAME_MAX_BYTES: usize = 32 * 1024;
/// Added to the status of an error, it closes a line for that error.
pub const CLOSED_FOR: u16 = 4_000;

/// From the browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// Where the browser stands.
    Start {
        /// The number of the last line that it has.
        after: u64,
    },
    /// An act.
    Do(Doing),
    /// A line has arrived, with all before it.
    Ack {
        /// Its number.
        seq: u64,
    },
}

/// From the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frame {
    /// What had been missed was sent.
    Start {
        /// The number of the last line.
        last: u64,
    },
    /// Something explained or told.
    Content(Numbered<Line>),
    /// A question.
    Question(Numbered<Line>),
    /// What the learner answered or did.
    Answer(Numbered<Line>),
    /// What an answer is, or what comes of the talk.
    Feedback(Numbered<Line>),
    /// A hint.
    Hint(Numbered<Line>),
    /// Where the talk stands now.
    Adapt(TalkState),
    /// Goodbye.
    End(Numbered<Line>),
    /// An act was heard.
    Done {
        /// The line after which it was done.
        seen: u64,
        /// False: the talk had gone on in the meantime, and what was done was not done.
        counted: bool,
    },
    /// An act was not done; without a number the line is closed for this.
    Refused {
        /// The line after which it was to be done.
        seen: Option<u64>,
        /// Why.
        error: ApiError,
    },
    /// Nothing else was said for a while.
    Beat,
}

impl Frame {
    /// A line, by what is said in it.
    pub fn of(line: Numbered<Line>) -> Self {
        let Body::Tutor(said) = &line.body.body else { return Self::Answer(line) };
        match said {
            Said::Explained { .. } | Said::Told(_) | Said::Answered(_) => Self::Content(line),
            Said::Asked(_) => Self::Question(line),
            Said::Judged { .. } | Said::Concluded(_) => Self::Feedback(line),
            Said::Hinted { .. } => Self::Hint(line),
            Said::Ended(_) => Self::End(line),
        }
    }

    /// The number of the line that it carries.
    pub fn seq(&self) -> Option<u64> {
        match self {
            Self::Content(line)
            | Self::Question(line)
            | Self::Answer(line)
            | Self::Feedback(line)
            | Self::Hint(line)
            | Self::End(line) => Some(line.seq),
            _ => None,
        }
    }
}

/// Where the browser opens a WebSocket.
pub fn socket_path(talk: TalkId) -> String {
    format!("/tutor/{talk}/live")
}

/// Where it gets the frames as events.
pub fn events_path(talk: TalkId, after: u64) -> String {
    format!("/tutor/{talk}/events?after={after}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tutor::api::{Act, Asked, Outcome, Part};
    use domain::tutor::{Ask, Ending, Rung, Verdict};

    #[test]
    fn frames_are_called_by_what_is_said() {
        let line = |body| Numbered { seq: 7, body: Line { at: 1, body, first_word: None, follows: false } };
        let said = |said| line(Body::Tutor(said));
        let words = || vec![Part::ours("It pumps.")];
        let asked = Asked { number: 0, ask: Ask::Open, stem: "Why?".into(), options: vec![] };
        for (line, name) in [
            (line(Body::Learner { text: "Because".into(), confidence: None }), "answer"),
            (said(Said::Explained { manner: None, parts: words() }), "content"),
            (said(Said::Told(words())), "content"),
            (said(Said::Answered(words())), "content"),
            (said(Said::Asked(asked)), "question"),
            (said(Said::Judged { verdict: Verdict::Right, parts: words() }), "feedback"),
            (said(Said::Concluded(Outcome::default())), "feedback"),
            (said(Said::Hinted { rung: Rung::Pointing, parts: words() }), "hint"),
            (said(Said::Ended(Ending::Done)), "end"),
        ] {
            let frame = Frame::of(line.clone());
            assert_eq!(frame.seq(), Some(7));
            let json = serde_json::to_value(&frame).unwrap();
            assert_eq!(json, serde_json::json!({ name: line }), "{name}");
            assert_eq!(serde_json::from_value::<Frame>(json).unwrap(), frame);
        }
    }

    #[test]
    fn the_longest_answer_fits_in_a_frame() {
        let longest = Doing {
            talk: TalkId(uuid::Uuid::nil()),
            seen: u64::MAX,
            act: Act::Answer,
            // the letter that takes most bytes beside control characters
            text: "🫀".repeat(crate::tutor::api::ANSWER_MAX_CHARS),
            choice: Some(u32::MAX),
            confidence: None,
            manner: None,
            verdict: None,
            mode: None,
            depth: None,
            speed: None,
            took: u32::MAX,
        };
        let frame = serde_json::to_string(&Word::Do(longest)).unwrap();
        assert!(frame.len() < FRAME_MAX_BYTES, "{}", frame.len());
    }
}
