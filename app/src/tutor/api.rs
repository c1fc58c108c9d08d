//! Requests, answers and the port of the tutor.
//!
//! Each line of a talk has a number. A learner's act says which line it was done after (`seen`): done again after a cut
//! connection it counts once, and done in a second tab that lags behind it is refused and shown what was missed.

use crate::{error::ApiError, session::Session};
use domain::{
    document::Span,
    id::{MaterialId, QuestionId, TalkId},
    quiz::Confidence,
    tutor::{Ask, Because, Depth, Ending, Event, Manner, Mode, Rung, Speed, Verdict, delivery::Numbered},
    xp::XpGain,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Longest answer, in characters: some three pages.
pub const ANSWER_MAX_CHARS: usize = 4_000;
/// Longest reason of a report, in characters.
pub const REASON_MAX_CHARS: usize = 200;
/// What stands in the place of a line that its learner reported.
pub const REPORTED: &str = "You reported this.";
/// Longest title of a talk, in characters.
pub const TITLE_MAX_CHARS: usize = 120;

/// Opens a talk: about a question, a stretch of a page, or a concept of a material.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Beginning {
    /// About what this question asks.
    #[serde(default)]
    pub question: Option<QuestionId>,
    /// About something in this material.
    #[serde(default)]
    pub material: Option<MaterialId>,
    /// About this, by its name in the material; empty where a question or a stretch says it.
    #[serde(default)]
    pub concept: String,
    /// First byte of the stretch.
    #[serde(default)]
    pub start: Option<u32>,
    /// One past its last byte.
    #[serde(default)]
    pub end: Option<u32>,
    /// Another mode than the one that exposures and mastery suggest.
    #[serde(default)]
    pub mode: Option<Mode>,
    /// How long a first pass may go on, 5 to 20 minutes.
    #[serde(default = "ten")]
    pub minutes: u8,
    /// How much is said.
    #[serde(default)]
    pub depth: Depth,
    /// With how much care.
    #[serde(default)]
    pub speed: Speed,
    /// Where it is opened from; of a stretch the server knows the page itself.
    #[serde(default)]
    pub why: Option<Why>,
}

/// Where a talk was opened from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A question that was missed.
    Missed,
    /// A topic that was answered worse than others.
    Weak,
    /// This page of the material.
    Page(u32),
}

fn ten() -> u8 {
    10
}

/// Which talks are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Those whose title or material has these words; all where it is empty.
    pub words: String,
    /// With what could be taught next.
    pub suggestions: bool,
}

/// What somebody could be taught next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Its material.
    pub material: MaterialId,
    /// The material's title.
    pub title: String,
    /// The concept.
    pub concept: String,
    /// Where it stands, if its name alone says little: the heading above it.
    #[serde(default)]
    pub under: Option<String>,
    /// Why, in one sentence.
    pub why: String,
}

/// The talks of a learner and what could be taught next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Talks {
    /// The latest first.
    pub talks: Vec<TalkRow>,
    /// At most five.
    pub suggestions: Vec<Suggestion>,
    /// The server's clock, milliseconds since 1970.
    pub now: i64,
}

/// A talk in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TalkRow {
    /// Which.
    pub id: TalkId,
    /// What it is called.
    pub title: String,
    /// The material's title.
    pub material: String,
    /// When something was last said, milliseconds since 1970.
    pub touched: i64,
    /// Whether it is over.
    pub over: bool,
}

/// A talk as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Talk {
    /// Which.
    pub id: TalkId,
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub concept: String,
    /// Where that stands.
    pub material: MaterialId,
    /// The material's title.
    pub material_title: String,
    /// Where it was opened from.
    #[serde(default)]
    pub why: Option<Why>,
    /// Everything that was said, in order.
    pub lines: Vec<Numbered<Line>>,
    /// Where it stands.
    pub state: TalkState,
    /// The server's clock, milliseconds since 1970.
    pub now: i64,
}

/// Where a talk stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TalkState {
    /// The mode at hand.
    pub mode: Mode,
    /// Why the talk began in its mode.
    pub because: Because,
    /// The question that waits for an answer.
    pub open: Option<Asked>,
    /// Hints that were given to it.
    pub hints: u8,
    /// What the learner can do now.
    pub offers: Vec<Event>,
    /// Whether it is over.
    pub over: bool,
    /// How much is said.
    pub depth: Depth,
    /// With how much care.
    pub speed: Speed,
    /// More lines are on their way: a model writes them. Until they are there, [`Act::Hush`] is of use, and [`Act::Edit`] where
    /// it is offered: the answer is still being read.
    pub speaking: bool,
    /// What was said last can be said anew, by [`Act::Again`].
    pub again: bool,
}

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// When, milliseconds since 1970.
    pub at: i64,
    /// By whom, and what.
    pub body: Body,
    /// Milliseconds between the act and the model's first word, with the first line that a model wrote for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_word: Option<u32>,
    /// It goes on where the line before stopped: the same kind of thing again, and one paragraph to a reader.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub follows: bool,
}

/// By whom, and what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// By the learner.
    Learner {
        /// What they wrote, chose or asked for.
        text: String,
        /// How sure they were of it, where it is an answer.
        confidence: Option<Confidence>,
    },
    /// By the tutor.
    Tutor(Said),
}

/// What the tutor said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// An explanation.
    Explained {
        /// In which manner, where the learner chose one.
        manner: Option<Manner>,
        /// What.
        parts: Vec<Part>,
    },
    /// What the talk is for, what was learned, or a word in between.
    Told(Vec<Part>),
    /// A question.
    Asked(Asked),
    /// What an answer is.
    Judged {
        /// What it is.
        verdict: Verdict,
        /// In words.
        parts: Vec<Part>,
    },
    /// A hint.
    Hinted {
        /// Which.
        rung: Rung,
        /// What.
        parts: Vec<Part>,
    },
    /// The answer.
    Answered(Vec<Part>),
    /// What comes of it.
    Concluded(Outcome),
    /// Goodbye.
    Ended(Ending),
}

impl Said {
    /// Its words, to go on with; `None` where it is not of such.
    pub fn parts_mut(&mut self) -> Option<&mut Vec<Part>> {
        match self {
            Self::Explained { parts, .. } | Self::Judged { parts, .. } | Self::Hinted { parts, .. } => {
                Some(parts)
            }
            Self::Told(parts) | Self::Answered(parts) => Some(parts),
            Self::Asked(_) | Self::Concluded(_) | Self::Ended(_) => None,
        }
    }

    /// Its words and what they rest on; empty where it is not of such.
    pub fn parts(&self) -> &[Part] {
        match self {
            Self::Explained { parts, .. } | Self::Judged { parts, .. } | Self::Hinted { parts, .. } => parts,
            Self::Told(parts) | Self::Answered(parts) => parts,
            Self::Asked(_) | Self::Concluded(_) | Self::Ended(_) => &[],
        }
    }
}

/// A piece of what is said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Words: ours, the page's own, or a model's; see [`Wording`].
    pub text: String,
    /// Where the page says it; `None` where it does not.
    pub source: Option<Source>,
    /// Whose words these are.
    #[serde(default, skip_serializing_if = "Wording::is_plain")]
    pub wording: Wording,
}

/// Whose words a part is in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wording {
    /// The page's, verbatim, where there is a source; the program's where there is none.
    #[default]
    Plain,
    /// A model's, and a program found that the source says it.
    Put,
    /// A model's, and the material does not say it.
    Outside,
}

impl Wording {
    fn is_plain(&self) -> bool {
        *self == Self::Plain
    }
}

impl Part {
    /// Our words.
    pub fn ours(text: impl Into<String>) -> Self {
        Self { text: text.into(), source: None, wording: Wording::Plain }
    }

    /// The page's.
    pub fn cited(text: impl Into<String>, span: Span, page: u32) -> Self {
        Self { text: text.into(), source: Some(Source { span, page }), wording: Wording::Plain }
    }

    /// A model's words for what the page says there.
    pub fn put(text: impl Into<String>, span: Span, page: u32) -> Self {
        Self { text: text.into(), source: Some(Source { span, page }), wording: Wording::Put }
    }

    /// A model's words for what the material does not say.
    pub fn outside(text: impl Into<String>) -> Self {
        Self { text: text.into(), source: None, wording: Wording::Outside }
    }
}

/// Where words stand in the talk's material.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The stretch of the document.
    pub span: Span,
    /// Its page.
    pub page: u32,
}

/// A question of a talk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// Its place in the talk, from 0.
    pub number: u16,
    /// What kind.
    pub ask: Ask,
    /// What is asked.
    pub stem: String,
    /// To choose from; empty where the learner writes.
    pub options: Vec<String>,
}

/// What comes of a talk.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Whether the check question was right; `None` where it was not answered.
    pub right: Option<bool>,
    /// When its card comes back, milliseconds since 1970; `None` where it has none.
    pub due: Option<i64>,
    /// XP for it; zero where gamification is off.
    pub xp: XpGain,
    /// Missed at first, and right at last without having been told.
    pub breakthrough: bool,
    /// How well the concept is known now, 0 to 100.
    pub mastery: u8,
    /// The interval in which that lies four times in five, 0 to 100.
    pub between: (u8, u8),
}

/// What the learner does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Answers.
    Answer,
    /// Says that they do not know.
    NoIdea,
    /// Asks for the next hint.
    Hint,
    /// Wants the answer shown.
    ShowMe,
    /// Wants the answer told after trying.
    TellMe,
    /// Wants it explained in another manner.
    Explain,
    /// Says that an answer was judged wrongly.
    Overrule,
    /// Leaves the question.
    Skip,
    /// Goes on.
    Next,
    /// Changes the mode.
    Switch,
    /// Ends the talk.
    Stop,
    /// Changes the last answer: before its judgement it is the same attempt, afterwards another.
    Edit,
    /// Sets how much is said, and with how much care.
    Tune,
    /// Wants no more of what is being said.
    Hush,
    /// Wants what was said last said anew.
    Again,
}

impl Act {
    /// As a form sends it.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::NoIdea => "no_idea",
            Self::Hint => "hint",
            Self::ShowMe => "show_me",
            Self::TellMe => "tell_me",
            Self::Explain => "explain",
            Self::Overrule => "overrule",
            Self::Skip => "skip",
            Self::Next => "next",
            Self::Switch => "switch",
            Self::Stop => "stop",
            Self::Edit => "edit",
            Self::Tune => "tune",
            Self::Hush => "hush",
            Self::Again => "again",
        }
    }
}

/// Something that a learner does in a talk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Doing {
    /// The talk.
    pub talk: TalkId,
    /// The number of the last line that was seen.
    pub seen: u64,
    /// What.
    pub act: Act,
    /// A written answer, with [`Act::Answer`] and [`Act::Edit`].
    #[serde(default)]
    pub text: String,
    /// A chosen one: its place among the options.
    #[serde(default)]
    pub choice: Option<u32>,
    /// How sure.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// In which manner, with [`Act::Explain`].
    #[serde(default)]
    pub manner: Option<Manner>,
    /// What the answer should have been judged, with [`Act::Overrule`].
    #[serde(default)]
    pub verdict: Option<Verdict>,
    /// Which mode, with [`Act::Switch`].
    #[serde(default)]
    pub mode: Option<Mode>,
    /// How much is said, with [`Act::Tune`].
    #[serde(default)]
    pub depth: Option<Depth>,
    /// With how much care, with [`Act::Tune`].
    #[serde(default)]
    pub speed: Option<Speed>,
    /// Time since the question was shown, ms.
    #[serde(default)]
    pub took: u32,
}

impl Doing {
    /// An act without anything more to it.
    pub fn new(talk: TalkId, seen: u64, act: Act) -> Self {
        Self {
            talk,
            seen,
            act,
            text: String::new(),
            choice: None,
            confidence: None,
            manner: None,
            verdict: None,
            mode: None,
            depth: None,
            speed: None,
            took: 0,
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// All lines after the one that was seen.
    pub lines: Vec<Numbered<Line>>,
    /// Where the talk stands.
    pub state: TalkState,
    /// False: the talk had gone on in the meantime, and what was done was not done.
    pub counted: bool,
}

/// Gives a talk another name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Renaming {
    /// The talk.
    pub talk: TalkId,
    /// Its new name.
    pub title: String,
}

/// Reports a line of the tutor; it is hidden from then on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reporting {
    /// The talk.
    pub talk: TalkId,
    /// The number of the line.
    pub line: u64,
    /// What is wrong with it: 1 to 200 characters.
    pub reason: String,
}

/// Port of the tutor. `begin` always redirects to `/tutor/{talk}`, also a scripted request, whose page follows. Where a
/// request accepts `text/html` (a form without scripts), `act`, `rename` and `report` redirect to the talk and `delete` to `/tutor`; a
/// scripted request must not be redirected by these.
#[async_trait::async_trait]
pub trait Tutor: Send + Sync {
    /// Opens a talk and leads to it.
    async fn begin(&self, session: Session, request: Beginning) -> Result<TalkId, ApiError>;
    /// Talks, and what could be taught next.
    async fn talks(&self, session: Session, request: Wanted) -> Result<Talks, ApiError>;
    /// A talk as it stands.
    async fn talk(&self, session: Session, talk: TalkId) -> Result<Talk, ApiError>;
    /// Does something in a talk.
    async fn act(&self, session: Session, request: Doing) -> Result<Done, ApiError>;
    /// Gives a talk another name.
    async fn rename(&self, session: Session, request: Renaming) -> Result<(), ApiError>;
    /// Reports a line of the tutor. Reported twice it is reported once.
    async fn report(&self, session: Session, request: Reporting) -> Result<(), ApiError>;
    /// Deletes a talk; what it taught stays in the reviews.
    async fn delete(&self, session: Session, talk: TalkId) -> Result<(), ApiError>;
}

/// Opens a talk; the server also redirects to it, so that a plain form works.
#[server(endpoint = "tutor/begin")]
pub async fn begin_talk(request: Beginning) -> Result<TalkId, ApiError> {
    crate::backend()?.tutor.begin(crate::session()?, request).await
}

/// The talks of the learner.
#[server(endpoint = "tutor/talks", input = leptos::server_fn::codec::Json)]
pub async fn load_talks(request: Wanted) -> Result<Talks, ApiError> {
    crate::backend()?.tutor.talks(crate::session()?, request).await
}

/// A talk as it stands.
#[server(endpoint = "tutor/talk", input = leptos::server_fn::codec::Json)]
pub async fn load_talk(talk: TalkId) -> Result<Talk, ApiError> {
    crate::backend()?.tutor.talk(crate::session()?, talk).await
}

/// Does something in a talk. Without scripts the form leads back to the talk.
#[server(endpoint = "tutor/act")]
pub async fn act_in_talk(request: Doing) -> Result<Done, ApiError> {
    crate::backend()?.tutor.act(crate::session()?, request).await
}

/// Gives a talk another name.
#[server(endpoint = "tutor/rename")]
pub async fn rename_talk(request: Renaming) -> Result<(), ApiError> {
    crate::backend()?.tutor.rename(crate::session()?, request).await
}

/// Reports a line of the tutor.
#[server(endpoint = "tutor/report")]
pub async fn report_line(request: Reporting) -> Result<(), ApiError> {
    crate::backend()?.tutor.report(crate::session()?, request).await
}

/// Deletes a talk.
#[server(endpoint = "tutor/delete")]
pub async fn delete_talk(talk: TalkId) -> Result<(), ApiError> {
    crate::backend()?.tutor.delete(crate::session()?, talk).await
}
