//! A tutor's session as a state machine. Owns: what may be done when, what the tutor must then say, what may be told, and what
//! comes of it. Refuses: the words of it, judging answers (`judge`), and time (an argument).
//!
//! ```text
//! first pass     explain · easy question · check question
//! practice       objective · open question · transfer question · summary · check question
//! clinical case  (part of the vignette · question) for each part · summary · check question
//! ```
//!
//! | | hints | 'show me', 'tell me' |
//! |---|---|---|
//! | first pass | at once | at once |
//! | practice | after an attempt | after two hints |
//! | clinical case | after two attempts | after two hints |
//! | check question | none | in a first pass |
//!
//! A question that was missed four times is told. So nothing is a dead end: a question can always be tried, skipped or left.

mod conclusion;
mod course;

pub use conclusion::Concluded;

use super::Mode;
use crate::quiz::Confidence;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Words of an explanation in a first pass, at most.
const EXPLAIN_WORDS: u16 = 120;
/// Attempts at one question before it is told.
const MOST_ATTEMPTS: u8 = 4;
/// Explanations of one concept in another manner.
const MOST_MANNERS: u8 = 6;
/// Changes of mode within one concept.
const MOST_SWITCHES: u8 = 2;
/// Parts of a vignette: presentation, history, examination, tests, decision.
const MOST_PARTS: u8 = 5;
/// Concepts of one session.
const MOST_CONCEPTS: usize = 12;
/// Minutes of a first pass.
const MINUTES: std::ops::RangeInclusive<u8> = 5..=20;

/// What an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It misses the point, or says the opposite.
    Wrong,
    /// Something is right and something is missing.
    Partly,
    /// It says what was asked for.
    Right,
}

impl Verdict {
    /// All, worst first.
    pub const ALL: [Self; 3] = [Self::Wrong, Self::Partly, Self::Right];

    /// 0, ½ or 1.
    pub fn score(self) -> f32 {
        match self {
            Self::Wrong => 0.0,
            Self::Partly => 0.5,
            Self::Right => 1.0,
        }
    }
}

/// How much is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Depth {
    /// Half the words, and no transfer question.
    Short,
    /// As designed.
    #[default]
    Normal,
    /// More words, and an elaboration after each case.
    Deep,
}

/// How much care is taken over what is said, against how long it takes: which model is asked, and how hard it thinks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speed {
    /// The first word as soon as can be.
    Quick,
    /// As designed.
    #[default]
    Balanced,
    /// As good as can be.
    Thorough,
}

/// A concept to be taught.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Lesson {
    /// How; see [`super::mode`].
    pub mode: Mode,
    /// The learner's rating in it, on the scale of a question's difficulty: 0 to 1.
    pub skill: f32,
    /// Parts of its vignette, 1 to 5.
    pub parts: u8,
}

/// What a session is to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// In this order; at least one, and twelve at most.
    pub lessons: Vec<Lesson>,
    /// How long first passes may go on, 5 to 20 minutes.
    pub minutes: u8,
    /// How much is said.
    pub depth: Depth,
    /// With how much care.
    #[serde(default)]
    pub speed: Speed,
}

/// How something is explained once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// In plain words.
    Simpler,
    /// With the mechanism behind it.
    Deeper,
    /// By something known from elsewhere.
    Analogy,
    /// With an aid to memory.
    Mnemonic,
    /// At a patient.
    ClinicalCase,
}

impl Manner {
    /// All.
    pub const ALL: [Self; 5] =
        [Self::Simpler, Self::Deeper, Self::Analogy, Self::Mnemonic, Self::ClinicalCase];
}

/// A judged answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// What it is.
    pub verdict: Verdict,
    /// What the answer lacks, in the words of the page.
    pub missing: Vec<String>,
    /// The named mistake that it shows.
    pub misconception: Option<String>,
}

/// What happens to a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The learner begins.
    Start,
    /// The learner answers, and says how sure they are.
    Attempt(Option<Confidence>),
    /// The learner says that they do not know: an attempt that nobody has to judge.
    NoIdea,
    /// The learner asks for the next hint.
    Hint,
    /// The learner wants the answer of a first pass with its reason.
    ShowMe,
    /// The learner wants the answer after trying.
    TellMe,
    /// The learner wants what was explained explained differently.
    Explain(Manner),
    /// The learner says that the last judgement should have been this.
    Overrule(Verdict),
    /// The learner changes the last answer: before its judgement it is the same attempt, afterwards another.
    Edit(Option<Confidence>),
    /// The learner leaves the question.
    Skip,
    /// The learner goes on to the next concept, or to the end.
    Next,
    /// The learner wants the concept taught in another mode.
    Switch(Mode),
    /// The learner ends the session.
    Stop,
    /// An answer was judged.
    Judged {
        /// The number that came with [`Act::Judge`].
        attempt: u32,
        /// What it is.
        judgement: Judgement,
    },
}

/// A kind of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// On what was just explained.
    Easy,
    /// For an explanation in the learner's own words.
    Open,
    /// The same idea elsewhere.
    Transfer,
    /// Unaided; its result feeds the reviews.
    Check,
}

/// A rung of the ladder of hints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// Where to look.
    Pointing,
    /// A sentence of the page, its answer masked.
    Narrowing,
    /// The answer, all but the last step.
    HalfWorked,
}

impl Rung {
    /// All, from the least help.
    pub const ALL: [Self; 3] = [Self::Pointing, Self::Narrowing, Self::HalfWorked];
}

/// Whether the answer of the question that a step belongs to may stand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Secrecy {
    /// It must not: mask it before a model is asked, and look at what the model says.
    Kept,
    /// It may.
    Free,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Every concept had its turn.
    Done,
    /// The minutes of the first pass are over.
    TimeUp,
    /// The learner ended it.
    Stopped,
}

/// What the tutor must do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Explain the concept from the page, in at most so many words.
    Explain {
        /// Most words.
        words: u16,
    },
    /// Say what the learner will be able to do.
    Objective,
    /// Tell the next part of the vignette.
    Unfold {
        /// From 1.
        part: u8,
        /// How many there are.
        parts: u8,
    },
    /// Ask.
    Ask {
        /// What kind of question.
        ask: Ask,
        /// How hard, 0 to 1: so that this learner is expected to succeed in 80 % (an easy one: 95 %).
        difficulty: f32,
    },
    /// Judge the last answer, and come back with [`Event::Judged`].
    Judge {
        /// Its number.
        attempt: u32,
    },
    /// Say what the answer is.
    Feedback {
        /// The verdict.
        verdict: Verdict,
        /// What was missing; empty while the answer is kept back.
        missing: Vec<String>,
        /// The mistake by its name.
        misconception: Option<String>,
    },
    /// Help.
    Hint(Rung),
    /// Tell the answer with its reason.
    Tell {
        /// Most words.
        words: u16,
    },
    /// Go further into what was answered.
    Elaborate {
        /// In this manner, where the learner chose one.
        manner: Option<Manner>,
        /// Most words.
        words: u16,
    },
    /// Say what was learned.
    Summary {
        /// Most words.
        words: u16,
    },
    /// Say that the learner's judgement counts.
    Overruled(Verdict),
    /// Say what comes of the concept: [`Session::concluded`] has it.
    Conclude,
    /// Say goodbye.
    End(Ending),
}

/// Something that the tutor must do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What.
    pub act: Act,
    /// The question that it belongs to, as an index of [`Session::questions`]; `None` before the first of a concept.
    pub question: Option<u16>,
    /// Whether that question's answer may be told in it.
    pub key: Secrecy,
}

/// Why something cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// The session has not begun.
    #[error("the session has not begun")]
    NotStarted,
    /// The session has begun.
    #[error("the session has begun")]
    Started,
    /// The session is over.
    #[error("the session is over")]
    Ended,
    /// The last answer is being judged.
    #[error("the last answer is being judged")]
    Judging,
    /// No question is open.
    #[error("no question is open")]
    NoQuestion,
    /// Nothing was answered yet.
    #[error("nothing was answered yet")]
    NoAnswer,
    /// So many attempts are needed first.
    #[error("{0} more attempts are needed first")]
    AttemptsFirst(u8),
    /// So many hints are needed first.
    #[error("{0} more hints are needed first")]
    HintsFirst(u8),
    /// There is no further hint.
    #[error("there is no further hint")]
    NoMoreHints,
    /// The check question is answered without help.
    #[error("the check question is answered without help")]
    Unaided,
    /// 'Show me' belongs to a first pass.
    #[error("this belongs to a first pass")]
    NotInThisMode,
    /// Nothing of this concept was explained yet.
    #[error("nothing of this concept was explained yet")]
    NothingExplained,
    /// It was done as often as it may be.
    #[error("it was done as often as it may be")]
    OftenEnough,
    /// It is so already.
    #[error("it is so already")]
    NoChange,
    /// The judgement is of an answer that was changed or left since.
    #[error("the judgement is of an answer that was changed or left since")]
    Stale,
}

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Phase {
    Ready,
    /// The last question waits for the learner.
    Asked,
    /// The last question waits for a judgement.
    Judging,
    /// The concept is done.
    Settled,
    Ended,
}

/// A question that was asked, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Index of its lesson.
    pub lesson: u16,
    /// The mode in which it was asked.
    pub mode: Mode,
    /// What kind of question.
    pub ask: Ask,
    /// Part of the vignette, from 1; 0 outside of cases.
    pub part: u8,
    /// How hard it was meant to be, 0 to 1.
    pub difficulty: f32,
    /// Attempts so far.
    pub attempts: u8,
    /// Hints so far.
    pub hints: u8,
    /// What the first attempt was judged, or what the learner says it was.
    pub first: Option<Verdict>,
    /// What the latest attempt was judged, or what the learner says it was.
    pub last: Option<Verdict>,
    /// How sure the learner was at the latest attempt.
    pub confidence: Option<Confidence>,
    /// Its answer was told before it was right.
    pub told: bool,
    /// It was left.
    pub skipped: bool,
    /// The learner judged otherwise.
    pub overruled: bool,
    /// Named mistakes that its answers showed.
    pub misconceptions: Vec<String>,
}

/// A session. It is a value: keep it, send it, go on from it on another device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    plan: Plan,
    phase: Phase,
    /// Milliseconds since 1970.
    began: i64,
    seen: i64,
    lesson: u16,
    /// The mode of this lesson: the planned one, or the learner's.
    mode: Mode,
    /// The rating in each lesson's concept, moved by its answers.
    skills: Vec<f32>,
    manners: u8,
    switches: u8,
    /// The number of the last answer.
    attempt: u32,
    questions: Vec<Question>,
    steps: Vec<Step>,
}

impl Session {
    /// A session that has not begun. What is out of bounds in the plan is brought within them; a plan without a lesson gets a
    /// first pass.
    pub fn new(mut plan: Plan) -> Self {
        if plan.lessons.is_empty() {
            plan.lessons.push(Lesson { mode: Mode::FirstPass, skill: 0.5, parts: 1 });
        }
        plan.lessons.truncate(MOST_CONCEPTS);
        plan.minutes = plan.minutes.clamp(*MINUTES.start(), *MINUTES.end());
        for lesson in &mut plan.lessons {
            lesson.parts = lesson.parts.clamp(1, MOST_PARTS);
            lesson.skill = if lesson.skill.is_finite() { lesson.skill.clamp(0.0, 1.0) } else { 0.5 };
        }
        let skills = plan.lessons.iter().map(|lesson| lesson.skill).collect();
        let mode = plan.lessons[0].mode;
        Self {
            plan,
            phase: Phase::Ready,
            began: 0,
            seen: 0,
            lesson: 0,
            mode,
            skills,
            manners: 0,
            switches: 0,
            attempt: 0,
            questions: vec![],
            steps: vec![],
        }
    }

    /// The session after an event at `at` (milliseconds since 1970), and what the tutor must do then, in this order.
    ///
    /// # Errors
    /// Why the event cannot be; the session stays as it is.
    pub fn next(&self, event: &Event, at: i64) -> Result<(Self, Vec<Step>), Refused> {
        let mut next = self.clone();
        if self.phase == Phase::Ready {
            (next.began, next.seen) = (at, at);
        }
        // a clock that goes back does not give time back
        next.seen = next.seen.max(at);
        let steps = next.take(event)?;
        next.steps.clone_from(&steps);
        Ok((next, steps))
    }

    /// The session after all these events; those that are refused change nothing, as they did the first time.
    pub fn replay<'e>(plan: Plan, events: impl IntoIterator<Item = (&'e Event, i64)>) -> Self {
        events.into_iter().fold(Self::new(plan), |session, (event, at)| match session.next(event, at) {
            Ok((next, _)) => next,
            Err(_) => session,
        })
    }

    /// What the learner can do now, the most natural first. [`Event::Stop`] is among it until the session is over.
    pub fn offers(&self) -> Vec<Event> {
        let mut all = vec![
            Event::Start,
            Event::Attempt(None),
            Event::NoIdea,
            Event::Hint,
            Event::ShowMe,
            Event::TellMe,
            Event::Next,
            Event::Edit(None),
            Event::Skip,
        ];
        all.extend(Manner::ALL.map(Event::Explain));
        all.extend(Verdict::ALL.map(Event::Overrule));
        all.extend(Mode::ALL.map(Event::Switch));
        all.push(Event::Stop);
        all.retain(|event| self.next(event, self.seen).is_ok());
        all
    }

    /// What the last event asked the tutor to do.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The plan within its bounds.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The session with so much said, and so much care taken, from the next step on.
    #[must_use]
    pub fn tuned(&self, depth: Depth, speed: Speed) -> Self {
        let mut tuned = self.clone();
        (tuned.plan.depth, tuned.plan.speed) = (depth, speed);
        tuned
    }

    /// Index of the lesson at hand.
    pub fn lesson(&self) -> u16 {
        self.lesson
    }

    /// The mode of the lesson at hand.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// All questions so far, in the order in which they were asked.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        self.phase == Phase::Ended
    }

    /// The question whose answer must not be told now, as an index of [`Session::questions`]. In a first pass there is none.
    pub fn secret(&self) -> Option<u16> {
        let open = matches!(self.phase, Phase::Asked | Phase::Judging);
        (open && self.mode != Mode::FirstPass).then(|| self.questions.len() as u16 - 1)
    }

    /// Most questions that a session of this plan can ask.
    pub fn most_questions(&self) -> usize {
        let longest = 1 + usize::from(MOST_PARTS).max(2);
        self.plan.lessons.len() * longest * (1 + usize::from(MOST_SWITCHES))
    }

    /// Whether the minutes of the first pass are over; what was begun is finished all the same.
    pub fn time_is_up(&self) -> bool {
        self.seen - self.began >= i64::from(self.plan.minutes) * 60_000
    }
}

#[cfg(test)]
mod tests;
