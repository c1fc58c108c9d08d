//! Questions before a judge: a model says of each option whether the material supports it, contradicts it or is silent, with a quote.
//! Owns: what the judge is shown, finding its quotes, and what a verdict means for a question. Refuses: believing a verdict
//! whose quote is not there, and retiring (`jobs::question`).

use crate::{
    analysis::{quoted, span},
    library::store::PassageRow,
    llm::{
        Orchestrator, Request, Task,
        form::{Filled, Form},
        prompt::{self, inputs::JudgeQuestion},
    },
};
use domain::{
    analysis::QUOTE_MIN_WORDS,
    citation,
    id::{LearnerId, MaterialId},
    question::Item,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Most tokens of passages that a judge reads for a question: those that its options quote, and those beside the key's.
const SHOWN_TOKENS: i64 = 5_000;
/// Most tokens of an answer: five verdicts with quotes.
const ANSWER_TOKENS: u32 = 1_200;

/// What the material says of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It says so.
    Supported,
    /// It says otherwise.
    Contradicted,
    /// Neither, or not in words that could be found.
    Silent,
}

/// What a judge says of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Of each option, in its order.
    pub verdicts: Vec<Verdict>,
    /// Who judged, as `provider/model`.
    pub model: String,
}

impl Judgement {
    /// Why a question that is there may not stay: a wrong option that the material supports, a key that it contradicts.
    pub fn objection(&self, item: &Item) -> Option<&'static str> {
        let pairs = || item.options.iter().zip(&self.verdicts);
        if pairs().any(|(option, verdict)| !option.correct && *verdict == Verdict::Supported) {
            return Some("a second option is supported");
        }
        let denied = pairs().any(|(option, verdict)| option.correct && *verdict == Verdict::Contradicted);
        denied.then_some("the key is contradicted")
    }

    /// Whether a question that a model wrote may be published: nothing is to be said against it, and the judge found the key in
    /// the material by itself.
    pub fn confirms(&self, item: &Item) -> bool {
        let found = item.options.iter().zip(&self.verdicts);
        let mut keys = found.filter(|(option, _)| option.correct);
        self.objection(item).is_none() && keys.all(|(_, verdict)| *verdict == Verdict::Supported)
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Sheet {
    options: Vec<Mark>,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Mark {
    number: u32,
    verdict: Verdict,
    quote: String,
    passage: u32,
}

impl Form for Sheet {
    const NAME: &'static str = "verdicts";
}

impl Sheet {
    /// Whether it says something of each of so many options, in their order.
    fn judges(&self, options: usize) -> Result<(), String> {
        let numbers: Vec<u32> = self.options.iter().map(|mark| mark.number).collect();
        let wanted: Vec<u32> = (1..).take(options).collect();
        if numbers == wanted {
            Ok(())
        } else {
            Err(format!("it must judge the options {wanted:?}, each once"))
        }
    }
}

/// Where a question's material is, and whose.
#[derive(Clone, Copy)]
pub struct Court<'a> {
    /// Who is asked.
    pub llm: &'a Orchestrator,
    /// The material's owner.
    pub owner: LearnerId,
    /// The material.
    pub material: MaterialId,
    /// All its passages.
    pub passages: &'a [PassageRow],
}

impl Court<'_> {
    /// Has a question judged. What a judge quotes that is not in what it was shown makes its verdict 'silent'.
    ///
    /// # Errors
    /// When what the owner agreed to cannot be read.
    pub async fn judge(&self, item: &Item) -> anyhow::Result<Filled<Judgement>> {
        let shown = shown(self.passages, item);
        let quoted = quoted(shown.iter().copied());
        let options: Vec<&str> = item.options.iter().map(|option| option.text.as_str()).collect();
        let prompt = prompt::fill(&JudgeQuestion { passages: &quoted, stem: &item.stem, options: &options });
        let request = Request::about(Task::Judge, self.owner, self.material, prompt, ANSWER_TOKENS);
        let filled = self.llm.fill_where::<Sheet>(request, &|sheet| sheet.judges(options.len())).await?;
        Ok(filled.map(|sheet, model| {
            let verdicts = sheet.options.iter().map(|mark| {
                let near = (mark.passage as usize).checked_sub(1).and_then(|at| shown.get(at));
                if near.into_iter().chain(&shown).any(|passage| stands(passage, &mark.quote)) {
                    mark.verdict
                } else {
                    Verdict::Silent
                }
            });
            Judgement { verdicts: verdicts.collect(), model: model.into() }
        }))
    }
}

/// Whether a quote that can carry something stands in a passage.
pub(super) fn stands(passage: &PassageRow, quote: &str) -> bool {
    quote.split_whitespace().count() >= QUOTE_MIN_WORDS && citation::find(&passage.text, quote).is_some()
}

/// The passages that a question stands on, in reading order: those that its options quote, the key's first, and those beside the
/// key's, as far as there is room.
fn shown<'p>(passages: &'p [PassageRow], item: &Item) -> Vec<&'p PassageRow> {
    let holding = |at: domain::document::Span| passages.iter().position(|passage| span(passage).contains(at));
    let keys = item.options.iter().filter(|option| option.correct);
    let wrong = item.options.iter().filter(|option| !option.correct);
    let key = keys.clone().find_map(|option| holding(option.span));
    let quoted = keys.chain(wrong).filter_map(|option| holding(option.span));
    let beside = key.into_iter().flat_map(|key| [key.wrapping_sub(1), key + 1]);
    let mut chosen: Vec<usize> = vec![];
    let mut tokens = 0;
    for at in quoted.chain(beside.filter(|at| *at < passages.len())) {
        if !chosen.contains(&at) && (chosen.is_empty() || tokens + passages[at].tokens <= SHOWN_TOKENS) {
            tokens += passages[at].tokens;
            chosen.push(at);
        }
    }
    chosen.sort_unstable();
    chosen.into_iter().map(|at| &passages[at]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Contradicted, Silent, Supported};
    use domain::{
        document::Span,
        question::{Bloom, Choice, ItemKind},
    };

    fn item() -> Item {
        let option = |n: u32| Choice {
            text: format!("option {n}"),
            correct: n == 1,
            rationale: String::new(),
            quote: String::new(),
            span: Span { start: 10 * n, end: 10 * n + 5 },
            page: 1,
            misconception: String::new(),
        };
        Item {
            stem: "Which?".into(),
            options: (0..4).map(option).collect(),
            concept: String::new(),
            kind: ItemKind::Relation,
            bloom: Bloom::Understand,
            difficulty: 0.5,
            headings: vec![],
        }
    }

    #[test]
    fn a_second_right_option_and_a_wrong_key_are_objections() {
        for (verdicts, objects, confirms) in [
            ([Silent, Supported, Silent, Contradicted], false, true),
            ([Silent, Silent, Silent, Silent], false, false),
            ([Supported, Supported, Silent, Silent], true, false),
            ([Silent, Contradicted, Silent, Silent], true, false),
            ([Contradicted, Supported, Contradicted, Contradicted], false, true),
        ] {
            let judgement = Judgement { verdicts: verdicts.to_vec(), model: "m".into() };
            assert_eq!(judgement.objection(&item()).is_some(), objects, "{verdicts:?}");
            assert_eq!(judgement.confirms(&item()), confirms, "{verdicts:?}");
        }
    }

    #[test]
    fn a_judge_is_shown_what_the_options_quote_and_what_stands_beside_the_key() {
        let row = |n: i64, tokens: i64| PassageRow {
            id: uuid::Uuid::nil(),
            material: uuid::Uuid::nil(),
            span_start: 10 * n,
            span_end: 10 * n + 9,
            page_first: 1,
            page_last: 1,
            tokens,
            headings: sqlx::types::Json(vec![]),
            text: String::new(),
        };
        let starts = |passages: &[PassageRow]| -> Vec<i64> {
            shown(passages, &item()).iter().map(|passage| passage.span_start / 10).collect()
        };
        assert_eq!(starts(&(0..9).map(|n| row(n, 480)).collect::<Vec<_>>()), [0, 1, 2, 3]);
        assert_eq!(
            starts(&(1..2).map(|n| row(n, 9_999)).collect::<Vec<_>>()),
            [1],
            "the key's whatever it is"
        );
        assert_eq!(starts(&(0..9).map(|n| row(n, 2_400)).collect::<Vec<_>>()), [0, 1]);
        assert_eq!(starts(&[]), [0; 0]);
    }
}
