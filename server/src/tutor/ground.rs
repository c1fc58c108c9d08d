//! What a talk stands on and what is said from it without a model. Owns: which question is asked, what an answer is worth, the
//! words of each step, and those with which the program opens a step that a model goes on with. Refuses: deciding on steps
//! (`domain::tutor::Session`), the database and models.

use app::tutor::api::{Asked, Part, Said};
use domain::{
    analysis::Kind,
    id::QuestionId,
    memory::{self, Past, Remembered},
    tutor::{
        Act, Ask, Contradiction, Event, Judgement, Manner, Matter, Rung, Secrecy, Session, Step, Verdict,
        hint::{Hint, Passage, hint},
        judge::{Expected, judge},
        leak,
        matter::{Problem, Sentence},
    },
};
use serde::{Deserialize, Serialize};

/// Words of an explanation: after them the page goes further.
const EXPLAINED: u16 = 120;
/// Words of the page by which an explanation in the learner's own words is judged.
const EXPECTED: u16 = 40;

/// A question as this talk asks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Slot {
    /// One of the matter's problems.
    Problem {
        /// Its place there.
        at: usize,
        /// With its options.
        options: bool,
    },
    /// The concept in the learner's own words.
    OwnWords,
}

/// An answer that waits to be judged, or was judged last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    /// Of the options as they are shown.
    Chosen(usize),
    /// Written.
    Written(String),
}

/// Why the page alone speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alone {
    /// No model may be asked.
    NoModel,
    /// One was asked, and nothing that it said can be shown.
    NothingHeld,
}

/// What a talk stands on, and what it asked of that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Ground {
    pub(super) matter: Matter<QuestionId>,
    /// One for each question of the session.
    pub(super) slots: Vec<Slot>,
    pub(super) answer: Option<Answer>,
    /// The last slot is chosen and not asked yet.
    #[serde(default)]
    ahead: bool,
    /// Milliseconds that the latest answer took.
    pub(super) took: u32,
    /// The latest step of words that a model was asked for: it can be said anew.
    #[serde(default)]
    pub(super) repeatable: Option<Step>,
    /// How often it was said anew.
    #[serde(default)]
    pub(super) repeated: u8,
}

impl Ground {
    pub(super) fn new(matter: Matter<QuestionId>) -> Self {
        Self { matter, slots: vec![], answer: None, ahead: false, took: 0, repeatable: None, repeated: 0 }
    }

    /// The question of the bank behind the last question, and the option that was chosen, by its place there.
    pub(super) fn of_bank(&self) -> Option<(QuestionId, u8)> {
        let Slot::Problem { at, options: true } = *self.slots.last()? else { return None };
        let Some(Answer::Chosen(choice)) = self.answer else { return None };
        let problem = self.matter.problems.get(at)?;
        Some((problem.question?, problem.options.get(choice)?.place))
    }

    /// A question as it is shown.
    pub(super) fn asked(&self, number: u16, ask: Ask) -> Option<Asked> {
        let slot = *self.slots.get(usize::from(number))?;
        let (stem, options) = match slot {
            Slot::Problem { at, options } => {
                let problem = self.matter.problems.get(at)?;
                let shown = problem.options.iter().filter(|_| options).map(|option| option.text.clone());
                (problem.stem.clone(), shown.collect())
            }
            Slot::OwnWords => (self.own_words(), vec![]),
        };
        Some(Asked { number, ask, stem, options })
    }

    fn own_words(&self) -> String {
        format!("In your own words: what does your page say about {}?", self.matter.concept)
    }

    /// The question that waits for an answer, as it is shown.
    pub(super) fn open(&self, session: &Session) -> Option<Asked> {
        let waits = session.next(&Event::NoIdea, 0).is_ok();
        if waits { self.asked_last(session) } else { None }
    }

    /// The question that was asked last, as it is shown.
    pub(super) fn asked_last(&self, session: &Session) -> Option<Asked> {
        let question = session.questions().last()?;
        self.asked(session.questions().len() as u16 - 1, question.ask)
    }

    /// Takes the question that fits.
    fn choose(&mut self, ask: Ask, difficulty: f32) -> Slot {
        let used: Vec<usize> = self
            .slots
            .iter()
            .filter_map(|slot| match slot {
                Slot::Problem { at, .. } => Some(*at),
                Slot::OwnWords => None,
            })
            .collect();
        let said = self.slots.contains(&Slot::OwnWords);
        let matter = &self.matter;
        let found = matter.choose(ask, difficulty, &used);
        // what was asked before is asked again rather than nothing; but an idea of one's own comes first
        let found = found.or_else(|| if said { matter.choose(ask, difficulty, &[]) } else { None });
        let slot = match found {
            Some(at) => {
                let open = matter.problems[at].open;
                Slot::Problem { at, options: !(ask == Ask::Open || ask == Ask::Transfer && open) }
            }
            None => Slot::OwnWords,
        };
        self.slots.push(slot);
        slot
    }

    /// What an answer to the last question is, by its words, and what it turns around.
    pub(super) fn judge(&self) -> (Judgement, Option<Contradiction>) {
        let wrong = Judgement { verdict: Verdict::Wrong, missing: vec![], misconception: None };
        let (Some(slot), Some(answer)) = (self.slots.last(), &self.answer) else { return (wrong, None) };
        match (slot, answer) {
            (Slot::Problem { at, .. }, Answer::Chosen(choice)) => {
                let judgement = match self.matter.problems.get(*at).and_then(|p| p.options.get(*choice)) {
                    Some(option) if option.correct => Judgement { verdict: Verdict::Right, ..wrong },
                    Some(option) => {
                        let name = Some(option.misconception.clone()).filter(|name| !name.is_empty());
                        Judgement { misconception: name, ..wrong }
                    }
                    None => wrong,
                };
                (judgement, None)
            }
            (_, Answer::Written(text)) => {
                let judged = judge(&self.expected(), text, None);
                let contradiction = judged.contradiction;
                let mut judgement = Judgement::from(judged);
                if judgement.verdict != Verdict::Right {
                    judgement.misconception = self.mistaken(text);
                }
                (judgement, contradiction)
            }
            (Slot::OwnWords, Answer::Chosen(_)) => (wrong, None),
        }
    }

    /// What the last question wants to hear.
    fn expected(&self) -> Expected {
        match self.last_problem() {
            Some(problem) => Expected::of(&problem.answer, &problem.stem),
            None => Expected::of(&self.expected_words(), &self.own_words()),
        }
    }

    fn last_problem(&self) -> Option<&Problem<QuestionId>> {
        self.problem(self.slots.len().checked_sub(1)? as u16)
    }

    /// The problem behind a question of the session; `None` where it asks for words of one's own.
    pub(super) fn problem(&self, question: u16) -> Option<&Problem<QuestionId>> {
        match *self.slots.get(usize::from(question))? {
            Slot::Problem { at, .. } => self.matter.problems.get(at),
            Slot::OwnWords => None,
        }
    }

    /// The mistake whose option a written answer says.
    fn mistaken(&self, text: &str) -> Option<String> {
        let problem = self.last_problem()?;
        let says =
            |option: &str| judge(&Expected::of(option, &problem.stem), text, None).verdict == Verdict::Right;
        let wrong =
            problem.options.iter().filter(|option| !option.correct && !option.misconception.is_empty());
        wrong.filter(|option| says(&option.text)).map(|option| option.misconception.clone()).next()
    }

    /// Mistakes that are known of the last question: those of its options, and those that the material warns of.
    pub(super) fn mistakes(&self) -> Vec<String> {
        let options = self.last_problem().into_iter().flat_map(|problem| &problem.options);
        let named = options.map(|option| option.misconception.clone()).filter(|name| !name.is_empty());
        let aids = self.matter.aids.iter().filter(|aid| aid.kind == Kind::Misconception);
        named.chain(aids.map(|aid| aid.sentence.text.clone())).collect()
    }

    /// Whether the answer at hand was written.
    pub(super) fn is_written(&self) -> bool {
        matches!(self.answer, Some(Answer::Written(_)))
    }

    /// What a question of the session asks.
    pub(super) fn stem(&self, question: u16) -> Option<String> {
        self.asked(question, Ask::Open).map(|asked| asked.stem)
    }

    /// The learner's answer, as it stands in the talk.
    pub(super) fn answer_words(&self) -> Option<&str> {
        match self.answer.as_ref()? {
            Answer::Written(text) => Some(text),
            Answer::Chosen(choice) => Some(&self.last_problem()?.options.get(*choice)?.text),
        }
    }

    fn expected_words(&self) -> String {
        let sentences = self.matter.explain(EXPECTED).iter();
        sentences.map(|sentence| sentence.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Answer, its sentence and the heading above, of a question of the session.
    fn solution(&self, question: u16) -> Option<(String, Sentence, Option<String>)> {
        match *self.slots.get(usize::from(question))? {
            Slot::Problem { at, .. } => {
                let problem = self.matter.problems.get(at)?;
                Some((problem.answer.clone(), problem.source.clone(), problem.heading.clone()))
            }
            Slot::OwnWords => {
                let first = self.matter.explanation.first()?.clone();
                Some((first.text.clone(), first, self.matter.heading.clone()))
            }
        }
    }

    /// Chooses the question that these steps end in, before anything is said that could tell its answer.
    pub(super) fn look_ahead(&mut self, steps: &[Step]) {
        let ask = steps.iter().find_map(|step| match step.act {
            Act::Ask { ask, difficulty } => Some((ask, difficulty)),
            _ => None,
        });
        if let Some((ask, difficulty)) = ask {
            self.choose(ask, difficulty);
            self.ahead = true;
        }
    }

    /// Whether the last question is chosen and not asked yet.
    pub(super) fn is_ahead(&self) -> bool {
        self.ahead
    }

    /// Whether a sentence tells the answer of the question that comes next.
    fn tells_next(&self, text: &str) -> bool {
        self.ahead && self.tells_last(text)
    }

    /// Whether a sentence tells the answer of the last question.
    fn tells_last(&self, text: &str) -> bool {
        match self.slots.last() {
            Some(Slot::Problem { at, .. }) => {
                let problem = &self.matter.problems[*at];
                leak::Key::new(&problem.answer).asked(&problem.stem).leak(text).is_some()
            }
            _ => false,
        }
    }

    /// What is said of what is remembered of this concept, once its talk has begun: what was hard last time, unless that was
    /// overcome since. Where the words would tell the answer of the question that waits, it is said without them.
    pub(super) fn remind(&self, recalled: &[Remembered], past: &Past) -> Option<Said> {
        let last = |kinds: &[memory::Kind]| recalled.iter().find(|memory| kinds.contains(&memory.kind));
        let hard = last(&[memory::Kind::Misconception, memory::Kind::Error])?;
        if last(&[memory::Kind::Breakthrough]).is_some_and(|overcome| overcome.at > hard.at) {
            return None;
        }
        let when = match (past.talks, past.days) {
            (0, _) => "Last time".to_string(),
            (_, 0) => "Earlier today".into(),
            (_, 1) => "Yesterday".into(),
            (_, days) => format!("{days} days ago"),
        };
        let named = format!("{when} this was the hard part: {}", hard.text);
        let words = match hard.kind {
            memory::Kind::Misconception if !self.tells_last(&named) => {
                format!("{}.", named.trim_end_matches(['.', ' ']))
            }
            memory::Kind::Misconception => format!("{when} something got mixed up here. Look at it twice."),
            _ => format!("{when} the check question was not right yet, so we look at this again."),
        };
        Some(Said::Told(vec![Part::ours(words)]))
    }

    /// What is said at a step; nothing where it is not of words ([`Act::Judge`], [`Act::Conclude`]).
    pub(super) fn say(&mut self, step: &Step) -> Vec<Said> {
        let Act::Ask { ask, difficulty } = step.act else { return self.words(step, Alone::NoModel) };
        if !std::mem::take(&mut self.ahead) {
            self.choose(ask, difficulty);
        }
        self.answer = None;
        let number = self.slots.len() as u16 - 1;
        self.asked(number, ask).map(Said::Asked).into_iter().collect()
    }

    /// What the program says at once of a step that a model goes on with.
    pub(super) fn opening(&self, step: &Step) -> Option<Said> {
        match &step.act {
            Act::Feedback { verdict, missing, misconception } => {
                let parts = lacking(step, missing, misconception.as_deref());
                Some(Said::Judged { verdict: *verdict, parts })
            }
            Act::Tell { .. } => Some(Said::Answered(vec![self.answer_named(step.question?)?])),
            _ => None,
        }
    }

    /// What the page says after its opening, where nothing of a model's can be shown.
    pub(super) fn rest(&self, step: &Step) -> Vec<Said> {
        let mut said = self.words(step, Alone::NothingHeld);
        let opened = self.opening(step);
        said.retain_mut(|said| match (said, &opened) {
            (Said::Answered(parts), Some(Said::Answered(first)))
            | (Said::Judged { parts, .. }, Some(Said::Judged { parts: first, .. })) => {
                parts.retain(|part| !first.contains(part));
                !parts.is_empty()
            }
            _ => true,
        });
        said
    }

    /// The page's words at a step that asks nothing.
    fn words(&self, step: &Step, alone: Alone) -> Vec<Said> {
        let one = |said: Said| vec![said];
        match &step.act {
            Act::Explain { words } => one(Said::Explained { manner: None, parts: self.explanation(*words) }),
            Act::Objective => one(Said::Told(vec![Part::ours(format!(
                "At the end you will be able to explain ‘{}’ and to use it, without your page.",
                self.matter.concept
            ))])),
            Act::Unfold { part: 1, .. } => one(Said::Told(vec![Part::ours(match alone {
                Alone::NoModel => {
                    "No language model is connected, so no case unfolds here. These are the hardest questions that your \
                     page holds."
                }
                Alone::NothingHeld => {
                    "No case came of it this time. These are the hardest questions that your page holds."
                }
            })])),
            Act::Unfold { .. } | Act::Judge { .. } | Act::Conclude | Act::Ask { .. } => vec![],
            Act::Feedback { verdict, missing, misconception } => {
                let parts = self.feedback(step, *verdict, missing, misconception.as_deref());
                one(Said::Judged { verdict: *verdict, parts })
            }
            Act::Hint(rung) => one(Said::Hinted { rung: *rung, parts: self.hint(*rung, step.question) }),
            Act::Tell { .. } => one(Said::Answered(self.answered(step.question))),
            Act::Elaborate { manner, words } => {
                one(Said::Explained { manner: *manner, parts: self.elaborated(*manner, *words, alone) })
            }
            Act::Summary { words } => {
                let parts = self.summary(*words);
                if parts.is_empty() { vec![] } else { one(Said::Told(parts)) }
            }
            Act::Overruled(verdict) => {
                let word = match verdict {
                    Verdict::Right => "right",
                    Verdict::Partly => "partly right",
                    Verdict::Wrong => "wrong",
                };
                one(Said::Told(vec![Part::ours(format!("Your word counts: {word}."))]))
            }
            Act::End(ending) => one(Said::Ended(*ending)),
        }
    }

    fn explanation(&self, words: u16) -> Vec<Part> {
        self.matter.explain(words).iter().map(cited).collect()
    }

    fn feedback(
        &self,
        step: &Step,
        verdict: Verdict,
        missing: &[String],
        misconception: Option<&str>,
    ) -> Vec<Part> {
        let mut parts = lacking(step, missing, misconception);
        if step.key == Secrecy::Free {
            parts.extend(self.answered(step.question).into_iter().filter(|_| verdict != Verdict::Right));
            if verdict == Verdict::Right
                && let Some((_, sentence, _)) = step.question.and_then(|question| self.solution(question))
                && !self.tells_next(&sentence.text)
            {
                parts.push(cited(&sentence));
            }
        } else if verdict != Verdict::Right {
            parts.push(Part::ours("Look at it once more, or take a hint."));
        }
        parts
    }

    fn hint(&self, rung: Rung, question: Option<u16>) -> Vec<Part> {
        let Some((answer, source, heading)) = question.and_then(|question| self.solution(question)) else {
            return vec![];
        };
        let stem = question.and_then(|number| self.stem(number));
        let key = leak::Key::new(&answer).asked(&stem.unwrap_or_default());
        let passage = Passage { text: &source.text, section: heading.as_deref(), page: source.page };
        match hint(rung, passage, &key, &answer) {
            Some(Hint::Pointing { section: Some(section), page }) => {
                vec![Part::ours(format!("Look at page\u{a0}{page}, under ‘{section}’."))]
            }
            Some(Hint::Pointing { section: None, page }) => {
                vec![Part::ours(format!("Look at page\u{a0}{page}."))]
            }
            Some(Hint::Narrowing { sentence, .. }) => vec![Part::cited(sentence, source.span, source.page)],
            Some(Hint::HalfWorked(half)) => vec![Part::ours(format!("It begins so: {half}"))],
            None => vec![Part::ours(match rung {
                Rung::HalfWorked => {
                    format!("It has {} letters.", answer.chars().filter(|c| c.is_alphanumeric()).count())
                }
                _ => format!("The sentence that answers it stands on page\u{a0}{}.", source.page),
            })],
        }
    }

    fn answered(&self, question: Option<u16>) -> Vec<Part> {
        let Some((number, (_, sentence, _))) =
            question.and_then(|question| Some((question, self.solution(question)?)))
        else {
            return vec![];
        };
        let mut parts = vec![];
        if let Some(problem) = self.problem(number) {
            if let Some(Answer::Chosen(choice)) = self.answer
                && let Some(chosen) = problem.options.get(choice).filter(|option| !option.correct)
            {
                parts.push(Part::ours(format!("You chose ‘{}’. {}", chosen.text, chosen.rationale)));
            }
            parts.extend(self.answer_named(number));
        }
        parts.push(cited(&sentence));
        parts
    }

    fn answer_named(&self, question: u16) -> Option<Part> {
        Some(Part::ours(format!("The answer is: {}.", self.problem(question)?.answer)))
    }

    fn elaborated(&self, manner: Option<Manner>, words: u16, alone: Alone) -> Vec<Part> {
        let aid = |kind: Kind| {
            let aids = self.matter.aids.iter().filter(move |aid| aid.kind == kind);
            aids.map(|aid| cited(&aid.sentence)).collect::<Vec<Part>>()
        };
        let found = match manner {
            None | Some(Manner::Deeper) => self.matter.further(EXPLAINED, words).iter().map(cited).collect(),
            Some(Manner::Simpler) => self.matter.explain(0).iter().map(cited).collect(),
            Some(Manner::Analogy) => vec![],
            Some(Manner::Mnemonic) => aid(Kind::Mnemonic),
            Some(Manner::ClinicalCase) => aid(Kind::Correlation),
        };
        if !found.is_empty() {
            return found;
        }
        if alone == Alone::NothingHeld {
            return self.near();
        }
        let nothing = match manner {
            None | Some(Manner::Deeper) => "Your page says no more about it here.",
            Some(Manner::Simpler) => "Your page has no simpler sentence for it.",
            Some(Manner::Analogy) => {
                "Your page compares it with nothing, and no language model is connected that could."
            }
            Some(Manner::Mnemonic) => {
                "Your page has no mnemonic for it, and no language model is connected that could make one."
            }
            Some(Manner::ClinicalCase) => {
                "Your page tells of no patient here, and no language model is connected that could."
            }
        };
        vec![Part::ours(nothing)]
    }

    /// That the material says nothing of it, and what is near.
    fn near(&self) -> Vec<Part> {
        let mut parts = vec![Part::ours(
            "I found nothing in your material to say this with, so I leave it. Near it stands:",
        )];
        parts.extend(self.matter.explain(0).iter().map(cited));
        parts
    }

    fn summary(&self, words: u16) -> Vec<Part> {
        let mut parts = vec![Part::ours("What you worked on:")];
        let mut left = usize::from(words);
        let asked = self.slots.len() - usize::from(self.ahead);
        for question in 0..asked as u16 {
            let Some((_, sentence, _)) = self.solution(question) else { continue };
            if self.tells_next(&sentence.text) {
                continue;
            }
            let part = cited(&sentence);
            let length = sentence.text.split_whitespace().count();
            if length <= left && !parts.contains(&part) {
                left -= length;
                parts.push(part);
            }
        }
        if parts.len() == 1 { vec![] } else { parts }
    }
}

/// What an answer lacks, and the mistake in it, where that may be told.
fn lacking(step: &Step, missing: &[String], misconception: Option<&str>) -> Vec<Part> {
    let mix_up = |name: &str| Part::ours(format!("A known mix-up: {}.", name.trim().trim_end_matches('.')));
    let mut parts: Vec<Part> =
        misconception.filter(|_| step.key == Secrecy::Free).map(mix_up).into_iter().collect();
    if !missing.is_empty() {
        parts.push(Part::ours(format!("Still missing: {}.", missing.join(", "))));
    }
    parts
}

pub(super) fn cited(sentence: &Sentence) -> Part {
    Part::cited(sentence.text.clone(), sentence.span, sentence.page)
}
