//! What a talk stands on. Owns: which sentences of a material explain a concept, which aids stand near, and which questions can
//! be asked of it. Refuses: deciding when something is said or asked (`session`), and judging answers.
//!
//! It is gathered once, when a talk begins, out of the document, its analysis and its published questions.

use super::Ask;
use crate::analysis::{Analysis, Kind, folded};
use crate::document::{BlockKind, Document, Span};
use crate::question::{Item, stem};
use crate::quiz::order;
use crate::seed::Seeded;
use crate::sentence::sentences;
use serde::{Deserialize, Serialize};

/// Most sentences of a page that are kept for a talk.
const MOST_SENTENCES: usize = 40;
/// Most questions that are kept for a talk.
const MOST_PROBLEMS: usize = 24;
/// Fewest words of a sentence that explains something.
const FEWEST_WORDS: usize = 4;

/// A sentence of the material, verbatim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// As it stands there.
    pub text: String,
    /// Where.
    pub span: Span,
    /// On which page.
    pub page: u32,
}

impl Sentence {
    fn of(document: &Document, span: Span) -> Self {
        Self { text: document.slice(span).to_string(), span, page: document.page_at(span.start) }
    }

    fn words(&self) -> usize {
        self.text.split_whitespace().count()
    }
}

/// Something that the material says beside the explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aid {
    /// What it is: a mnemonic, a correlation, a misconception.
    pub kind: Kind,
    /// Its sentence.
    pub sentence: Sentence,
}

/// An option of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// As shown.
    pub text: String,
    /// Why it is right or wrong.
    pub rationale: String,
    /// The mistake that choosing it shows; empty for the key.
    pub misconception: String,
    /// The key.
    pub correct: bool,
    /// Its place in the bank.
    pub place: u8,
}

/// A question with its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem<Q> {
    /// The question of the bank that it is, where it is one.
    pub question: Option<Q>,
    /// What is asked.
    pub stem: String,
    /// To choose from, in the order in which they are shown; empty where nothing else fits than words of one's own.
    pub options: Vec<Choice>,
    /// The answer.
    pub answer: String,
    /// The sentence that it stands in.
    pub source: Sentence,
    /// The heading above that, if there is one.
    pub heading: Option<String>,
    /// How hard it is, 0 to 1.
    pub difficulty: f32,
    /// Whether it can be answered without its options.
    pub open: bool,
    /// Whether it is about the concept itself, and not about something beside it.
    pub own: bool,
}

/// What a talk stands on. `Q` is what names a question of the bank.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Matter<Q> {
    /// The concept, as the material calls it.
    pub concept: String,
    /// The heading above it.
    pub heading: Option<String>,
    /// What explains it, in the order of the page: the definition and what follows on it.
    pub explanation: Vec<Sentence>,
    /// Aids that stand near.
    pub aids: Vec<Aid>,
    /// What can be asked: about the concept itself first.
    pub problems: Vec<Problem<Q>>,
}

/// The same for each way to write a concept's name: 'Preload', 'preload (EDV)'.
pub fn key(concept: &str) -> String {
    folded(concept)
}

impl<Q: Clone> Matter<Q> {
    /// Of a concept in a material, or of what is said at a stretch of it. `None` where the material says nothing of it.
    pub fn gather(
        document: &Document,
        analysis: &Analysis,
        items: &[(Q, Item)],
        concept: &str,
        at: Option<Span>,
        chance: &mut Seeded,
    ) -> Option<Self> {
        let wanted = folded(concept);
        let named = |name: &str| !wanted.is_empty() && folded(name) == wanted;
        let at = at.filter(|span| !span.is_empty() && document.text.get(span.range()).is_some());
        let finding = analysis.findings.iter().filter(|finding| named(&finding.name)).min_by_key(|f| f.kind);
        let first = items.iter().find(|(_, item)| named(&item.concept)).and_then(|(_, item)| source(item));
        let start = at.or(finding.map(|finding| finding.span)).or(first)?;
        let section = section(document, start);
        let inside = |span: Span| section.span.contains(span);
        let concept = match (concept.trim(), finding) {
            ("", _) => analysis
                .within(start)
                .chain(analysis.within(section.span))
                .find(|finding| finding.kind == Kind::Concept)
                .map(|finding| finding.name.clone())
                .or_else(|| section.heading.clone())?,
            (_, Some(finding)) => finding.name.clone(),
            (concept, None) => concept.to_string(),
        };
        let own = folded(&concept);
        let others: Vec<Span> = analysis
            .within(section.span)
            .filter(|finding| finding.kind == Kind::Concept && folded(&finding.name) != own)
            .map(|finding| finding.span)
            .collect();
        let mut explanation = about(section.sentences(document, start), &own, &others);
        if explanation.is_empty() {
            explanation.push(Sentence::of(document, start));
        }
        let aids = analysis
            .findings
            .iter()
            .filter(|finding| {
                matches!(finding.kind, Kind::Correlation | Kind::Misconception | Kind::Mnemonic)
            })
            .filter(|finding| folded(&finding.name) == own || inside(finding.span))
            .map(|finding| Aid { kind: finding.kind, sentence: Sentence::of(document, finding.span) })
            .collect();
        let mut problems: Vec<Problem<Q>> = items
            .iter()
            .filter_map(|(question, item)| {
                let about = folded(&item.concept) == own;
                let near = source(item).is_some_and(inside);
                (about || near).then(|| problem(document, question, item, about, chance))?
            })
            .collect();
        problems.sort_by(|a, b| b.own.cmp(&a.own).then(a.source.span.cmp(&b.source.span)));
        problems.truncate(MOST_PROBLEMS);
        Some(Self { concept, heading: section.heading, explanation, aids, problems })
    }
}

impl<Q> Matter<Q> {
    /// The sentences that explain it in at most so many words; one sentence at least.
    pub fn explain(&self, words: u16) -> &[Sentence] {
        let mut sum = 0;
        let fitting = self.explanation.iter().take_while(|sentence| {
            sum += sentence.words();
            sum <= usize::from(words)
        });
        let count = fitting.count().max(1).min(self.explanation.len());
        &self.explanation[..count]
    }

    /// What goes on after the explanation of so many words, in at most so many more.
    pub fn further(&self, after: u16, words: u16) -> &[Sentence] {
        let rest = &self.explanation[self.explain(after).len()..];
        let mut sum = 0;
        let fitting = rest.iter().take_while(|sentence| {
            sum += sentence.words();
            sum <= usize::from(words)
        });
        &rest[..fitting.count()]
    }

    /// The question that fits best among those not `used`, by its place; `None` when there is none left. An open question is one
    /// that can be answered without options; a transfer question is rather about something beside the concept; a check question is
    /// one of the bank, whose card can come back.
    pub fn choose(&self, ask: Ask, difficulty: f32, used: &[usize]) -> Option<usize> {
        let fits = |problem: &Problem<Q>| match ask {
            Ask::Open => problem.open,
            Ask::Easy | Ask::Transfer => true,
            Ask::Check => problem.question.is_some() && !problem.options.is_empty(),
        };
        let rank = |problem: &Problem<Q>| {
            let aside = if ask == Ask::Transfer { problem.own } else { !problem.own };
            f32::from(u8::from(aside)) + (problem.difficulty - difficulty).abs()
        };
        let free = self.problems.iter().enumerate();
        let free = free.filter(|(at, problem)| !used.contains(at) && fits(problem));
        free.min_by(|(_, a), (_, b)| rank(a).total_cmp(&rank(b))).map(|(at, _)| at)
    }
}

/// What stays with the concept: from a sentence on in which the material begins with another one, nothing until one names this.
fn about(sentences: Vec<Sentence>, own: &str, others: &[Span]) -> Vec<Sentence> {
    let names = |text: &str| {
        let words: Vec<String> = tokens(text).collect();
        let own: Vec<String> = tokens(own).collect();
        !own.is_empty() && words.windows(own.len()).any(|window| window == own)
    };
    let mut astray = false;
    let mut first = true;
    let stays = |sentence: &Sentence| {
        let begins_other = others.iter().any(|other| sentence.span.overlaps(*other));
        // the sentence that was pointed at is what is asked for
        astray = !std::mem::take(&mut first) && (astray || begins_other) && !names(&sentence.text);
        !astray
    };
    sentences.into_iter().filter(stays).collect()
}

/// Words in small letters by their stems.
fn tokens(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| stem(&word.to_lowercase()))
}

/// The quote of an item's key.
fn source(item: &Item) -> Option<Span> {
    item.options.iter().find(|option| option.correct).map(|option| option.span)
}

fn problem<Q: Clone>(
    document: &Document,
    question: &Q,
    item: &Item,
    own: bool,
    chance: &mut Seeded,
) -> Option<Problem<Q>> {
    let key = item.options.iter().find(|option| option.correct)?;
    document.text.get(key.span.range())?;
    let texts: Vec<&str> = item.options.iter().map(|option| option.text.as_str()).collect();
    let options = order(&texts, chance).into_iter().map(|place| {
        let option = &item.options[usize::from(place)];
        Choice {
            text: option.text.clone(),
            rationale: option.rationale.clone(),
            misconception: option.misconception.clone(),
            correct: option.correct,
            place,
        }
    });
    // 'Which of the following …' asks nothing without what follows
    let open = !item.stem.to_lowercase().contains("following");
    Some(Problem {
        question: Some(question.clone()),
        stem: item.stem.clone(),
        options: options.collect(),
        answer: key.text.clone(),
        source: Sentence { text: key.quote.clone(), span: key.span, page: key.page },
        heading: item.headings.last().cloned(),
        difficulty: item.difficulty,
        open,
        own,
    })
}

/// Blocks under one heading.
struct Section {
    span: Span,
    blocks: std::ops::Range<usize>,
    heading: Option<String>,
}

/// The section in which a stretch begins.
fn section(document: &Document, at: Span) -> Section {
    let blocks = &document.blocks;
    let here = blocks.partition_point(|block| block.span.end <= at.start).min(blocks.len().saturating_sub(1));
    let is_heading = |index: &usize| matches!(blocks[*index].kind, BlockKind::Heading(_));
    let above = (0..=here).rev().find(is_heading);
    let first = above.map_or(0, |heading| heading + 1);
    let end = (here + 1..blocks.len()).find(is_heading).unwrap_or(blocks.len());
    // a heading that is itself pointed at has its section below
    let range = first.min(end)..end;
    let span = match (blocks.get(range.start), range.end.checked_sub(1).and_then(|last| blocks.get(last))) {
        (Some(first), Some(last)) if range.start < range.end => {
            Span { start: first.span.start, end: last.span.end }
        }
        _ => at,
    };
    let heading = above.map(|index| document.slice(blocks[index].span).trim().to_string());
    Section { span, blocks: range, heading: heading.filter(|heading| !heading.is_empty()) }
}

impl Section {
    /// Sentences of running text from the one in which `from` begins; where that is the last, those before it too.
    fn sentences(&self, document: &Document, from: Span) -> Vec<Sentence> {
        let running = document.blocks[self.blocks.clone()]
            .iter()
            .filter(|block| matches!(block.kind, BlockKind::Paragraph | BlockKind::ListItem { .. }));
        let all: Vec<Sentence> = running
            .flat_map(|block| {
                let start = block.span.start as usize;
                let cut = sentences(document.slice(block.span));
                cut.into_iter().map(move |range| Span::new(start + range.start, start + range.end))
            })
            .map(|span| Sentence::of(document, span))
            .filter(|sentence| sentence.words() >= FEWEST_WORDS)
            .collect();
        let here = all.partition_point(|sentence| sentence.span.end <= from.start);
        let (before, after) = all.split_at(here);
        after.iter().chain(before).take(MOST_SENTENCES).cloned().collect()
    }
}

#[cfg(test)]
mod tests;
