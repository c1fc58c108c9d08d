//! Language models. Owns: one way of asking them, whichever they are: which is asked for a task, which when that one fails,
//! what is kept and shared of answers, and what it cost. Refuses: SQL (the book of calls and consents come as ports), and
//! knowing what an answer is for.
//!
//! 'No model' is an answer and not an error: [`Answer::NoModel`]. What a feature does then is the feature's own.

pub mod answers;
pub mod breaker;
pub mod catalogue;
pub mod client;
pub mod continuing;
pub mod dialect;
pub mod flight;
pub mod form;
pub mod guard;
pub mod json;
pub mod ledger;
pub mod messages;
pub mod orchestrator;
pub mod pace;
pub mod prompt;
pub mod seats;
pub mod tally;

use catalogue::Place;
use domain::id::{LearnerId, MaterialId};
use serde_json::Value;
use std::time::Duration;

pub use flight::Answering;
pub use orchestrator::Orchestrator;

/// What an answer is for; it decides which model is asked first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Task {
    /// Teaching a learner in a conversation.
    Tutor,
    /// Thinking something through.
    Reason,
    /// Planning what to learn when.
    Plan,
    /// Writing a question.
    Question,
    /// Saying whether a text supports something.
    Judge,
    /// A quick explanation.
    Explain,
    /// Reading a whole document for what matters in it.
    Analyse,
    /// Many small things at once, such as other words for a query.
    Bulk,
}

impl Task {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Tutor,
        Self::Reason,
        Self::Plan,
        Self::Question,
        Self::Judge,
        Self::Explain,
        Self::Analyse,
        Self::Bulk,
    ];

    /// As it is written in the book of calls.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tutor => "tutor",
            Self::Reason => "reason",
            Self::Plan => "plan",
            Self::Question => "question",
            Self::Judge => "judge",
            Self::Explain => "explain",
            Self::Analyse => "analyse",
            Self::Bulk => "bulk",
        }
    }

    /// Whether it is asked in turns, each of which says again all that was said before. Providers keep such a beginning, as
    /// long as it is the same to the letter: what changes from turn to turn belongs into the last message.
    pub fn goes_on(self) -> bool {
        matches!(self, Self::Tutor)
    }

    /// The tier that is asked first.
    pub fn tier(self) -> Tier {
        match self {
            Self::Tutor | Self::Reason | Self::Plan => Tier::Primary,
            Self::Question | Self::Judge | Self::Explain => Tier::Secondary,
            Self::Analyse | Self::Bulk => Tier::Tertiary,
        }
    }
}

/// A class of models. An operator says which model stands for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tier {
    /// The best there is.
    Primary,
    /// Good and cheap.
    Secondary,
    /// Cheapest, with room for whole documents.
    Tertiary,
    /// The operator's own.
    Local,
}

impl Tier {
    /// All of them, in the order of falling back.
    pub const ALL: [Self; 4] = [Self::Primary, Self::Secondary, Self::Tertiary, Self::Local];

    /// As it is written in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Tertiary => "tertiary",
            Self::Local => "local",
        }
    }

    /// Which tiers are asked when this one is meant: itself, then those below it, then those above it from the
    /// cheapest, and the local one last. Those above come in because an operator may have a key for one provider alone.
    pub fn chain(self) -> Vec<Self> {
        let remote = [Self::Primary, Self::Secondary, Self::Tertiary];
        let below = remote.into_iter().filter(|tier| *tier >= self);
        let above = remote.into_iter().rev().filter(|tier| *tier < self);
        below.chain(above).chain([Self::Local]).collect()
    }
}

/// How much a learner wants spent on an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Effort {
    /// Soon: a tier lower, and no long thinking.
    Quick,
    /// What the task asks for.
    #[default]
    Balanced,
    /// A tier higher.
    Thorough,
}

impl Effort {
    /// The tier that is asked first for a task.
    pub fn tier(self, task: Task) -> Tier {
        match (self, task.tier()) {
            (Self::Quick, Tier::Primary) | (Self::Thorough, Tier::Tertiary) => Tier::Secondary,
            (Self::Quick, Tier::Secondary) => Tier::Tertiary,
            (Self::Thorough, Tier::Secondary) => Tier::Primary,
            (_, tier) => tier,
        }
    }
}

/// Who says something in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Speaker {
    /// The program.
    System,
    /// The learner, or the program in the learner's place.
    User,
    /// The model.
    Assistant,
}

/// A message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Message {
    /// Whose.
    pub speaker: Speaker,
    /// What is said.
    pub text: String,
}

impl Message {
    /// A message.
    pub fn new(speaker: Speaker, text: impl Into<String>) -> Self {
        Self { speaker, text: text.into() }
    }
}

/// The form that an answer must have.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// Letters, digits and `_`; providers want a name.
    pub name: &'static str,
    /// A JSON Schema of an object: each property required, none besides (what strict providers take).
    pub schema: Value,
}

/// Which prompt a conversation begins with; answers to another version are not the same answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PromptId {
    /// Of its file.
    pub name: &'static str,
    /// As the file says.
    pub version: u32,
}

/// What a model is asked.
#[derive(Debug, Clone)]
pub struct Request {
    /// What for.
    pub task: Task,
    /// How much is to be spent.
    pub effort: Effort,
    /// For whom: whose budget, whose consent, whose cache.
    pub learner: LearnerId,
    /// The materials whose text is in the messages. One that has to stay here goes to no provider.
    pub sources: Vec<MaterialId>,
    /// The prompt it was written by.
    pub prompt: PromptId,
    /// The conversation, the last message not the model's.
    pub messages: Vec<Message>,
    /// The learner's own words in it, which others may put otherwise and mean the same: then the answer is kept for a day.
    /// `None` where no answer to anything else will do.
    pub asked: Option<String>,
    /// The form of the answer; `None` for plain text.
    pub schema: Option<Schema>,
    /// Most tokens of the answer.
    pub most_tokens: u32,
    /// What was answered before does not count.
    pub fresh: bool,
}

/// What came of asking.
#[derive(Debug)]
pub enum Answer {
    /// It is being answered.
    Given(Answering),
    /// Nobody could be asked; the feature does without.
    NoModel(NoModel),
}

/// Why there is no model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoModel {
    /// None is connected.
    NotConnected,
    /// The learner has not agreed that text goes to the providers that are connected.
    NotAgreed(Vec<Place>),
    /// A source has to stay on this machine, and no model is on it.
    StaysHere,
    /// What may be spent on a day is spent.
    Spent(Spent),
    /// All that may be asked are down, or refuse.
    Away,
    /// The text is longer than any model takes.
    TooLong,
    /// Those that were asked do not want to answer this.
    Refused,
}

/// Whose money of a day is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spent {
    /// The learner's own share.
    Learner,
    /// Everybody's.
    Everybody,
}

impl Request {
    /// Asks about a material in a job's name: everything as usual, and nothing of it is a question that others put too.
    pub fn about(
        task: Task,
        owner: LearnerId,
        material: MaterialId,
        (prompt, messages): (PromptId, Vec<Message>),
        most_tokens: u32,
    ) -> Self {
        Self {
            task,
            effort: Effort::Balanced,
            learner: owner,
            sources: vec![material],
            prompt,
            messages,
            asked: None,
            schema: None,
            most_tokens,
            fresh: false,
        }
    }
}

impl NoModel {
    /// Whether it passes by itself: who asks again later may get an answer.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Away | Self::Spent(_))
    }

    /// Whether it was an answer after all: who asks the same again pays for the same.
    pub fn lasts(&self) -> bool {
        matches!(self, Self::Refused)
    }

    /// In the learner's words.
    pub fn told(&self) -> String {
        match self {
            Self::NotConnected => "No language model is connected to this Mitochi.".into(),
            Self::NotAgreed(places) => {
                let names: Vec<&str> = places.iter().map(|place| place.title.as_str()).collect();
                format!(
                    "A language model could help here. It would be sent the text of your files ({}), and you have not \
                     agreed to that.",
                    names.join(", ")
                )
            }
            Self::StaysHere => {
                "This material is marked 'stays here', and no language model runs on this machine.".into()
            }
            Self::Spent(Spent::Learner) => {
                "Your share of the language model for today is used up. It is filled again at midnight (UTC).".into()
            }
            Self::Spent(Spent::Everybody) => {
                "What this Mitochi may spend on language models today is used up. It goes on at midnight (UTC).".into()
            }
            Self::Away => "No language model answers right now.".into(),
            Self::Refused => "The language model does not answer this.".into(),
            Self::TooLong => "This is more text than the language model takes at once.".into(),
        }
    }
}

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Text that follows the text before: whole words, the last one perhaps not.
    Text(String),
    /// The end. Nothing follows.
    End(Ended),
}

/// How an answer ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Ended {
    /// Why there is no more.
    pub finish: Finish,
    /// Who wrote the last of it, as `provider/model`.
    pub model: String,
    /// Whether it was there already.
    pub cached: bool,
    /// From asking to the first word.
    pub first_word: Duration,
    /// From asking to the end.
    pub whole: Duration,
}

/// Why there is no more of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// It is whole.
    Whole,
    /// It reached its longest length.
    Length,
    /// The model, or its provider, does not want to say this.
    Refused,
    /// The connection broke and nobody could go on; what was said before is right, but not all.
    Broken,
}
