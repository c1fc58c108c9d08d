//! What a model is asked in a talk. Owns: the requests, and what counts of a model's judgement of an answer. Refuses: what is done
//! with its words (`evidence`), and when it is asked (`speaking`).
//!
//! Nothing is sent that states an answer which is kept back: passages, the concept, the question, the learner's words and what was
//! said before are masked. Instructions come first and are the same to the letter in every turn of every talk; what changes stands
//! in the last message.

use super::{
    evidence::{Kept, Passage, Room},
    ground::Ground,
    history::Before,
    store::{LineRow, TalkRow},
};
use crate::llm::{
    Effort, Message, PromptId, Request, Task,
    form::Form,
    prompt::{
        self, Quoted,
        inputs::{JudgeAnswer, SayInTalk},
    },
};
use app::tutor::api::{Body, Part, Said};
use domain::{
    id::{LearnerId, MaterialId},
    memory::{Budget, Turn, window},
    tutor::{
        Act, Contradiction, Event, Judgement, Manner, Refused, Rung, Secrecy, Session, Speed, Step, Verdict,
    },
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Tokens of a request, about: what is sent for a turn is paid for at each turn.
pub(super) const WINDOW_TOKENS: usize = 6_000;
/// Longest line that goes along, in characters.
const TURN_CHARS: usize = 400;
/// Tokens of an answer beside those of its words: numbers of passages, and sentences that are dropped.
const SPARE_TOKENS: u32 = 240;
/// Tokens that a word takes, numbers of passages included.
const WORD_TOKENS: u32 = 2;
/// Most tokens of a judgement.
const JUDGE_TOKENS: u32 = 300;
/// Words of a hint, of a judgement in words, of a part of a case.
const HINT_WORDS: u16 = 40;
const FEEDBACK_WORDS: u16 = 70;
const CASE_WORDS: u16 = 80;
/// Most things that an answer is told to lack.
const MOST_MISSING: usize = 3;
/// Longest name of a mistake, in characters.
const MISTAKE_CHARS: usize = 120;

/// Whether a model is asked for the words of a step, or for a judgement of the answer. What the program knows better is the
/// program's: where to look, what comes of it, which question is asked, that a right answer is right. Nothing leads on before hints
/// may.
pub(super) fn is_for_model(step: &Step, session: &Session, ground: &Ground) -> bool {
    let helps =
        || !matches!(session.next(&Event::Hint, 0), Err(Refused::AttemptsFirst(_) | Refused::Unaided));
    match &step.act {
        Act::Explain { .. } | Act::Tell { .. } | Act::Elaborate { .. } | Act::Unfold { .. } => true,
        Act::Feedback { verdict, .. } => *verdict != Verdict::Right && (step.key == Secrecy::Free || helps()),
        Act::Hint(rung) => *rung != Rung::Pointing,
        Act::Summary { .. } => step.key == Secrecy::Free,
        Act::Judge { .. } => ground.is_written() && ground.judge().0.verdict != Verdict::Right,
        Act::Objective | Act::Ask { .. } | Act::Overruled(_) | Act::Conclude | Act::End(_) => false,
    }
}

/// Whether it can be said anew.
pub(super) fn is_repeatable(step: &Step) -> bool {
    matches!(step.act, Act::Explain { .. } | Act::Hint(_) | Act::Elaborate { .. })
}

/// What a model's words at a step are.
pub(super) fn said(step: &Step, part: Part) -> Said {
    let parts = vec![part];
    match &step.act {
        Act::Feedback { verdict, .. } => Said::Judged { verdict: *verdict, parts },
        Act::Hint(rung) => Said::Hinted { rung: *rung, parts },
        Act::Tell { .. } => Said::Answered(parts),
        Act::Explain { .. } => Said::Explained { manner: None, parts },
        Act::Elaborate { manner, .. } => Said::Explained { manner: *manner, parts },
        _ => Said::Told(parts),
    }
}

/// Most words at a step.
pub(super) fn words(step: &Step) -> u16 {
    match &step.act {
        Act::Explain { words }
        | Act::Tell { words }
        | Act::Elaborate { words, .. }
        | Act::Summary { words } => *words,
        Act::Hint(_) => HINT_WORDS,
        Act::Unfold { .. } => CASE_WORDS,
        _ => FEEDBACK_WORDS,
    }
}

/// What a talk is asked about.
pub(super) struct Asking<'t> {
    pub(super) learner: LearnerId,
    pub(super) talk: &'t TalkRow,
    pub(super) step: &'t Step,
    pub(super) kept: &'t Kept,
    pub(super) passages: &'t [Passage],
}

impl Asking<'_> {
    /// For the words of a step, after these lines of the talk. `fresh` where what was said to the same before does not count.
    pub(super) fn to_say(&self, lines: &[LineRow], before: &Before, fresh: bool) -> Request {
        let (ground, kept) = (&self.talk.matter.0, self.kept);
        let budget = Budget::of(WINDOW_TOKENS);
        let question = self.step.question.and_then(|number| ground.stem(number)).unwrap_or_default();
        let turns: Vec<Turn> = lines.iter().filter_map(|line| turn(line, kept)).collect();
        let window = window(&turns, budget.history, budget.last);
        let turns: Vec<(bool, String)> =
            window.last.into_iter().map(|turn| (turn.learner, turn.text)).collect();
        let headings = self.headings();
        let passages = quoted(self.passages, &headings);
        let slot = self.slot(Room::at(self.step, kept));
        let filled = prompt::fill(&SayInTalk {
            passages: &passages,
            concept: &kept.mask(&ground.matter.concept),
            question: &kept.mask(&question),
            earlier: &window.summary,
            turns: &turns,
            learner: &kept.mask(&before.told(budget.memory)),
            slot: &slot,
        });
        let most = SPARE_TOKENS + u32::from(words(self.step)) * WORD_TOKENS;
        self.request(Task::Tutor, filled, most, fresh)
    }

    /// For a judgement of the answer at hand.
    pub(super) fn to_judge(&self) -> Request {
        let (ground, kept) = (&self.talk.matter.0, self.kept);
        let question = self.step.question.and_then(|number| ground.stem(number)).unwrap_or_default();
        let mistakes: Vec<String> = ground.mistakes().iter().map(|name| kept.mask(name)).collect();
        let headings = self.headings();
        let filled = prompt::fill(&JudgeAnswer {
            passages: &quoted(self.passages, &headings),
            question: &kept.mask(&question),
            mistakes: &mistakes,
            answer: &kept.mask(ground.answer_words().unwrap_or_default()),
        });
        self.request(Task::Judge, filled, JUDGE_TOKENS, false)
    }

    fn headings(&self) -> Vec<String> {
        let heading = self.talk.matter.0.matter.heading.as_deref().map(|heading| self.kept.mask(heading));
        heading.into_iter().collect()
    }

    fn slot(&self, room: Room) -> String {
        let name = match &self.step.act {
            Act::Explain { .. } => "explain".to_string(),
            Act::Feedback { verdict: Verdict::Wrong, .. } => "wrong".into(),
            Act::Feedback { .. } => "partly".into(),
            Act::Hint(_) => "hint".into(),
            Act::Tell { .. } => "tell".into(),
            Act::Elaborate { manner: None, .. } => "elaborate".into(),
            Act::Elaborate { manner: Some(manner), .. } => match manner {
                Manner::Simpler => "simpler",
                Manner::Deeper => "deeper",
                Manner::Analogy => "analogy",
                Manner::Mnemonic => "mnemonic",
                Manner::ClinicalCase => "patient",
            }
            .into(),
            Act::Unfold { part, parts } => format!("case, part {part} of {parts}"),
            _ => "summary".into(),
        };
        let key = match self.step.key {
            Secrecy::Kept => "the answer must not be told",
            Secrecy::Free => "the answer may be told",
        };
        let alone = if room == Room::Outside { "" } else { "; every statement with its number" };
        let mix_up = match &self.step.act {
            Act::Feedback { misconception: Some(name), .. } if self.step.key == Secrecy::Free => {
                format!("; the mix-up: {}", serde_json::Value::from(prompt::harmless(name)))
            }
            _ => String::new(),
        };
        format!("{name}; at most {} words; {key}{alone}{mix_up}", words(self.step))
    }

    fn request(
        &self,
        task: Task,
        (prompt, messages): (PromptId, Vec<Message>),
        most_tokens: u32,
        fresh: bool,
    ) -> Request {
        let material = MaterialId(self.talk.material);
        let effort = effort(self.talk.session.0.plan().speed);
        let asked = Request::about(task, self.learner, material, (prompt, messages), most_tokens);
        Request { effort, fresh, ..asked }
    }
}

/// Which model is asked, and how hard it thinks.
fn effort(speed: Speed) -> Effort {
    match speed {
        Speed::Quick => Effort::Quick,
        Speed::Balanced => Effort::Balanced,
        Speed::Thorough => Effort::Thorough,
    }
}

fn quoted<'t>(passages: &'t [Passage], headings: &'t [String]) -> Vec<Quoted<'t>> {
    let numbered = (1..).zip(passages);
    let quoted = |(number, passage): (usize, &'t Passage)| Quoted {
        number,
        page: passage.sentence.page,
        headings,
        text: &passage.shown,
    };
    numbered.map(quoted).collect()
}

/// A line as a model may read it; `None` where it has no words.
fn turn(line: &LineRow, kept: &Kept) -> Option<Turn> {
    let (learner, words) = match &line.body.0 {
        Body::Learner { text, .. } => (true, text.clone()),
        Body::Tutor(said) => (false, spoken(said)),
    };
    let short: String = words.chars().take(TURN_CHARS).collect();
    (!short.trim().is_empty()).then(|| Turn { learner, text: kept.mask(&short) })
}

fn spoken(said: &Said) -> String {
    if let Said::Asked(asked) = said {
        return asked.stem.clone();
    }
    said.parts().iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// A model's judgement of an answer.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(super) struct Marks {
    verdict: Mark,
    missing: Vec<String>,
    misconception: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Mark {
    Right,
    Partly,
    Wrong,
}

impl Form for Marks {
    const NAME: &'static str = "marks";
}

/// What counts of a model's judgement beside the program's own. The program's words see too little, and cannot be talked into
/// anything: a model brings an answer at most one step up or down; what the answer turns around stays wrong; and what is missing
/// stands on the page, or is not said to be missing.
pub(super) fn weighed(
    marks: Marks,
    own: Judgement,
    turned: Option<Contradiction>,
    passages: &[Passage],
) -> Judgement {
    let verdict = match (own.verdict, marks.verdict) {
        (own, Mark::Right) if turned.is_some() => own,
        (Verdict::Wrong, Mark::Partly) if turned.is_some() => Verdict::Wrong,
        (Verdict::Wrong, Mark::Right | Mark::Partly) => Verdict::Partly,
        (Verdict::Partly, Mark::Right) | (Verdict::Right, Mark::Right) => Verdict::Right,
        (Verdict::Partly, Mark::Partly) | (Verdict::Right, Mark::Partly | Mark::Wrong) => Verdict::Partly,
        (Verdict::Partly | Verdict::Wrong, Mark::Wrong) => Verdict::Wrong,
    };
    if verdict == Verdict::Right {
        return Judgement { verdict, missing: vec![], misconception: None };
    }
    let stands = |quote: &String| {
        let quote = quote.trim();
        quote.split_whitespace().count() >= 2 && passages.iter().any(|p| p.sentence.text.contains(quote))
    };
    let mut missing: Vec<String> = marks.missing.into_iter().filter(stands).take(MOST_MISSING).collect();
    if missing.is_empty() {
        missing = own.missing;
    }
    let named = marks.misconception.split_whitespace().collect::<Vec<_>>().join(" ");
    let named = Some(named).filter(|name| !name.is_empty() && name.chars().count() <= MISTAKE_CHARS);
    Judgement { verdict, missing, misconception: own.misconception.or(named) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{document::Span, tutor::matter::Sentence};

    fn judged(own: Verdict, turned: bool, mark: Mark, missing: &[&str]) -> Judgement {
        let text = "Insulin lowers the glucose in plasma after a meal.";
        let sentence = Sentence { text: text.into(), span: Span::new(0, text.len()), page: 1 };
        let passages = [Passage { sentence, shown: text.into() }];
        let own = Judgement { verdict: own, missing: vec!["plasma".into()], misconception: None };
        let marks = Marks {
            verdict: mark,
            missing: missing.iter().map(ToString::to_string).collect(),
            misconception: " takes glucagon\nfor insulin ".into(),
        };
        weighed(marks, own, turned.then_some(Contradiction::Number), &passages)
    }

    #[test]
    fn a_model_moves_a_verdict_by_one_step_and_never_past_what_is_turned_around() {
        use Verdict::{Partly, Right, Wrong};
        for (own, turned, mark, verdict) in [
            (Wrong, false, Mark::Right, Partly),
            (Wrong, false, Mark::Partly, Partly),
            (Wrong, false, Mark::Wrong, Wrong),
            (Partly, false, Mark::Right, Right),
            (Partly, false, Mark::Partly, Partly),
            (Partly, false, Mark::Wrong, Wrong),
            (Right, false, Mark::Wrong, Partly),
            (Right, false, Mark::Right, Right),
            (Wrong, true, Mark::Right, Wrong),
            (Wrong, true, Mark::Partly, Wrong),
            (Partly, true, Mark::Right, Partly),
            (Partly, true, Mark::Wrong, Wrong),
        ] {
            assert_eq!(judged(own, turned, mark, &[]).verdict, verdict, "{own:?} {turned} {mark:?}");
        }
    }

    #[test]
    fn what_is_missing_stands_on_the_page() {
        let found = judged(Verdict::Wrong, false, Mark::Wrong, &["after a meal", "by the liver", "meal"]);
        assert_eq!(found.missing, ["after a meal"]);
        assert_eq!(found.misconception.as_deref(), Some("takes glucagon for insulin"));
        assert_eq!(judged(Verdict::Wrong, false, Mark::Wrong, &["by the liver"]).missing, ["plasma"]);
        let right = judged(Verdict::Partly, false, Mark::Right, &["after a meal"]);
        assert_eq!((right.missing, right.misconception), (vec![], None));
    }
}
