//! Questions that a model writes. Owns: what it is shown, and turning its draft into a question: each quote found, each rule of
//! `domain::flaw` kept. Refuses: a draft that breaks one after it was sent back once, and publishing (`jobs::question`).
//!
//! A draft passes the gate that questions of the program pass, and some rules more: those that only warn a person who writes are
//! reasons to refuse a model.

use crate::{
    analysis::{quoted, span},
    library::store::PassageRow,
    llm::{
        Orchestrator, Request, Task,
        form::{Filled, Form},
        prompt::{self, inputs::WriteQuestion},
    },
};
use domain::{
    analysis::{Analysis, Kind, QUOTE_MIN_WORDS, Source},
    citation,
    document::{Document, Span},
    flaw::{self, Flaw},
    id::{LearnerId, MaterialId},
    question::{Bloom, Choice, Item, ItemKind},
    sentence::sentences,
};
use schemars::JsonSchema;
use serde::Deserialize;
use std::cmp::Reverse;

/// Most drafts of one material. The program's own questions cover its breadth; a model's add cases and relations where most is to be
/// learned, and each takes two calls.
pub const MOST_DRAFTS: usize = 12;
/// Fewest tokens of a passage that holds a question with four wrong options.
const LEAST_TOKENS: i64 = 100;
/// Most tokens that are shown for one draft.
const SHOWN_TOKENS: i64 = 1_500;
/// Most stems that are named as asked already.
const MOST_ASKED: usize = 12;
/// Most tokens of an answer: five options with rationale and quote.
const ANSWER_TOKENS: u32 = 2_000;
/// Longest stem, option and rationale, in characters.
const LONGEST: [usize; 3] = [1_200, 160, 600];

/// Warnings that a model's draft may not have.
const REFUSED: &[Flaw] = &[Flaw::Unfocused, Flaw::BloomWithoutCase, Flaw::ValueWithoutUnit, Flaw::Stigma];

/// A question as a model writes it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
struct Draft {
    stem: String,
    concept: String,
    level: Level,
    options: Vec<Drafted>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
struct Drafted {
    text: String,
    correct: bool,
    rationale: String,
    quote: String,
    misconception: String,
}

/// What a question asks of a learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Level {
    Remember,
    Understand,
    Apply,
    Analyze,
}

impl Form for Draft {
    const NAME: &'static str = "question";

    fn check(&self) -> Result<(), String> {
        let long = |text: &str, most: usize| text.chars().count() > most;
        let [stem, option, rationale] = LONGEST;
        let option = |drafted: &Drafted| long(&drafted.text, option) || long(&drafted.rationale, rationale);
        if long(&self.stem, stem) || long(&self.concept, 80) || self.options.iter().any(option) {
            return Err("the stem, the concept, an option or a rationale is too long".into());
        }
        if self.concept.trim().is_empty() {
            return Err("it names no concept".into());
        }
        Ok(())
    }
}

/// Places in a material at which a question is written, the best first: where most was found worth learning without a model, so
/// that they are the same at each try.
pub fn places(passages: &[PassageRow], analysis: &Analysis) -> Vec<usize> {
    let weight = |at: &usize| {
        let found = analysis.within(span(&passages[*at])).filter(|finding| finding.source == Source::Text);
        found.map(|finding| if finding.kind == Kind::Correlation { 3 } else { 1 }).sum::<usize>()
    };
    let mut places: Vec<usize> =
        (0..passages.len()).filter(|at| passages[*at].tokens >= LEAST_TOKENS).collect();
    places.sort_by_key(|at| (Reverse(weight(at)), *at));
    places.truncate(MOST_DRAFTS);
    places
}

/// A material in which a question is written.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// Who is asked.
    pub llm: &'a Orchestrator,
    /// The material's owner.
    pub owner: LearnerId,
    /// The material.
    pub material: MaterialId,
    /// What was read of it.
    pub document: &'a Document,
    /// All its passages.
    pub passages: &'a [PassageRow],
}

impl Desk<'_> {
    /// Has a question written from the passage at a place and what stands beside it. What comes back keeps every rule.
    ///
    /// # Errors
    /// When what the owner agreed to cannot be read.
    pub async fn write(
        &self,
        place: usize,
        analysis: &Analysis,
        there: &[Item],
    ) -> anyhow::Result<Filled<Item>> {
        let shown = self.shown(place);
        let within = span(&self.passages[place]);
        let quoted = quoted(shown.iter().copied());
        let near =
            |item: &&Item| item.options.iter().any(|option| option.correct && within.contains(option.span));
        let asked: Vec<String> =
            there.iter().filter(near).take(MOST_ASKED).map(|item| item.stem.clone()).collect();
        let bedside = analysis.within(within).any(|finding| finding.kind == Kind::Correlation);
        let level = if bedside { "apply" } else { "understand" };
        let prompt = prompt::fill(&WriteQuestion { passages: &quoted, asked: &asked, level });
        let request = Request::about(Task::Question, self.owner, self.material, prompt, ANSWER_TOKENS);
        let headings = &self.passages[place].headings.0;
        let fit = |draft: &Draft| {
            let item = whole(draft, self.document, &shown, headings)?;
            match there.iter().any(|other| flaw::near_duplicate(&item, other).is_some()) {
                true => Err("it asks what a question asks that is there already".into()),
                false => Ok(item),
            }
        };
        Ok(match self.llm.fill_where::<Draft>(request, &|draft| fit(draft).map(drop)).await? {
            Filled::Given(draft, model) => match fit(&draft) {
                Ok(item) => Filled::Given(item, model),
                Err(_) => Filled::Unusable,
            },
            Filled::Unusable => Filled::Unusable,
            Filled::NoModel(why) => Filled::NoModel(why),
        })
    }

    /// The passage at a place, with its neighbours as far as there is room.
    fn shown(&self, place: usize) -> Vec<&PassageRow> {
        let mut shown = vec![place];
        let mut tokens = self.passages[place].tokens;
        for at in [place + 1, place.wrapping_sub(1)] {
            if let Some(passage) = self.passages.get(at)
                && tokens + passage.tokens <= SHOWN_TOKENS
            {
                tokens += passage.tokens;
                shown.push(at);
            }
        }
        shown.sort_unstable();
        shown.into_iter().map(|at| &self.passages[at]).collect()
    }
}

/// The question of a draft, or what keeps it from being one, in words for the model.
fn whole(
    draft: &Draft,
    document: &Document,
    shown: &[&PassageRow],
    headings: &[String],
) -> Result<Item, String> {
    let mut options = vec![];
    for (number, drafted) in (1..).zip(&draft.options) {
        let span = locate(shown, &drafted.quote).ok_or_else(|| {
            format!(
                "the quote of option {number} does not stand in any passage; copy it character for character"
            )
        })?;
        let (quote, page) = (document.slice(span).to_string(), document.page_at(span.start));
        if drafted.rationale.trim().is_empty() {
            return Err(format!("option {number} has no rationale"));
        }
        let cited = quote.replace(['\t', '\n'], " ");
        options.push(Choice {
            text: drafted.text.trim().into(),
            correct: drafted.correct,
            rationale: format!("{} “{cited}” (p. {page})", drafted.rationale.trim()),
            quote,
            span,
            page,
            misconception: if drafted.correct { String::new() } else { drafted.misconception.trim().into() },
        });
    }
    let (bloom, difficulty) = match draft.level {
        Level::Remember => (Bloom::Remember, 0.4),
        Level::Understand => (Bloom::Understand, 0.5),
        Level::Apply => (Bloom::Apply, 0.6),
        Level::Analyze => (Bloom::Analyze, 0.65),
    };
    // a case is told before the question is asked
    let case = matches!(draft.level, Level::Apply | Level::Analyze) && sentences(draft.stem.trim()).len() > 1;
    let item = Item {
        stem: draft.stem.trim().into(),
        options,
        concept: draft.concept.trim().into(),
        kind: if case { ItemKind::Vignette } else { ItemKind::Relation },
        bloom,
        difficulty,
        headings: headings.to_vec(),
    };
    let mut flaws = flaw::blocking_in(&item, document);
    flaws.extend(flaw::warnings(&item).into_iter().filter(|flaw| REFUSED.contains(flaw)));
    match flaws.first() {
        None => Ok(item),
        Some(flaw) => Err(told(*flaw).into()),
    }
}

/// Where a quote stands among the passages that were shown.
fn locate(shown: &[&PassageRow], quote: &str) -> Option<Span> {
    if quote.split_whitespace().count() < QUOTE_MIN_WORDS {
        return None;
    }
    shown.iter().find_map(|passage| {
        let found = citation::find(&passage.text, quote)?;
        let start = span(passage).start;
        Some(Span { start: start + found.start, end: start + found.end })
    })
}

/// A flaw in words for the model.
fn told(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::CountAndKey => "there must be four or five different options and exactly one of them right",
        Flaw::AllOrNone => "an option stands for other options ('all of the above')",
        Flaw::Negation => "the question is negated (NOT, EXCEPT, LEAST)",
        Flaw::KeyLength => "the right option is much longer than the others",
        Flaw::Leak => "a word of the stem is repeated in the right option alone",
        Flaw::Article => "'a' or 'an' before the options fits only some of them",
        Flaw::KeyNumber => "the right option alone is singular or plural",
        Flaw::Numbers => "the numbers overlap, are unsorted, or differ in unit or precision",
        Flaw::Sources => "an option has no rationale or no quote that stands in the passages",
        Flaw::LeadIn => "the stem does not end in a question",
        Flaw::Unfocused => "the question is unfocused ('which is true')",
        Flaw::BloomWithoutCase => "the level asks for a case and the stem has none",
        Flaw::ValueWithoutUnit => "a laboratory value has no unit",
        Flaw::Stigma => "it reduces a person to a disease",
        _ => "it breaks a rule of item writing",
    }
}

#[cfg(test)]
mod tests;
