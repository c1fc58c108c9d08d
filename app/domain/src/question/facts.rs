//! Facts that a sentence states of a term. Owns: what a fact is, the subject of a sentence, the patterns
//! (below). Refuses: options and final judgement (`distractors`, `filters`).

pub(crate) mod clause;
pub(crate) mod cloze;
pub(crate) mod definition;
pub(crate) mod entries;
pub(crate) mod member;
pub(crate) mod predicate;
pub(crate) mod quantity;
pub(crate) mod table;

use super::lexicon::{Kind, lexicon};
use super::prose::Prose;
use super::refusal::Refusal;
use super::tagger::Tag;
use super::terms::{Mention, Terms};
use super::token::{Token, write};
use crate::document::Span;

/// Pattern families; the order is the order of preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Family {
    /// 'X is a D'.
    Is,
    /// 'a D called X'.
    Called,
    /// 'D is called X'.
    IsCalled,
    /// 'X, a D,'.
    Apposition,
    /// 'X refers to D'.
    Means,
    /// 'D is X.'
    Identity,
    /// 'X does R'.
    Does,
    /// 'A, X does R'.
    DoesWhen,
    /// 'A N called X does R'.
    NamedDoes,
    /// '…, X, which does R'.
    Which,
    /// 'X …. It does R.'
    Resumed,
    /// '… a N called X.'
    Kind,
    /// 'P lies X.'
    Place,
    /// '…, a N called X.'
    NamedAfter,
    /// '…. This N is called X.'
    NamedNext,
    /// 'During X, C.'
    During,
    /// '… by X.'
    Ends,
    /// 'X is a C', C being a class.
    Member,
    /// A row of a table.
    Table,
    /// A number.
    Quantity,
    /// 'Which best describes X?'
    Best,
    /// A gap.
    Cloze,
}

/// What a sentence states of a term, as a stem with `{lead}` for the noun that asks.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    /// By which pattern.
    pub(crate) family: Family,
    /// The term asked for.
    pub(crate) key: usize,
    /// Whether the options stand in the plural.
    pub(crate) plural: bool,
    /// The question; `{lead}` stands for 'of the following' or 'hormone'.
    pub(crate) stem: String,
    /// The words of the sentence that the stem holds.
    pub(crate) body: Vec<Token>,
    /// Sentence it stands in.
    pub(crate) sentence: usize,
    /// What to quote where that is more than the sentence.
    pub(crate) source: Option<Span>,
    /// Kind that the stem names ('is a hormone that …').
    pub(crate) genus: Option<Kind>,
    /// Noun that must be the lead ('by producing which enzyme').
    pub(crate) noun: Option<String>,
}

/// Everything read so far.
pub(crate) struct Matter<'d> {
    /// Sentences.
    pub(crate) prose: Prose<'d>,
    /// Terms and mentions.
    pub(crate) terms: Terms,
    /// Bars.
    pub(crate) relations: super::relations::Relations,
    /// Definitions found: by term, the words of the first one.
    pub(crate) definitions: std::collections::BTreeMap<usize, Vec<Token>>,
}

impl Matter<'_> {
    /// The terms that stand in a fact's stem.
    pub(crate) fn stem_terms(&self, fact: &Fact) -> Vec<usize> {
        let starts: std::collections::HashSet<usize> = fact.body.iter().map(|t| t.start).collect();
        let tokens = &self.prose.sentences[fact.sentence].tokens;
        let inside = |m: &&Mention| tokens[m.first..m.last].iter().all(|t| starts.contains(&t.start));
        self.terms.of_sentence(fact.sentence).iter().filter(inside).map(|m| m.term).collect()
    }

    /// Whether a term is known to be a kind of another: by the tables, or because its name ends in the other's.
    pub(crate) fn is_member(&self, member: usize, class: usize) -> bool {
        let (one, two) = (&self.terms.list[member], &self.terms.list[class]);
        let by_kind = lexicon()
            .heads
            .get(two.key.as_str())
            .is_some_and(|kind| *kind == two.key && one.kind == Some(*kind));
        by_kind
            || lexicon().is_member(&one.key, &two.key)
            || (one.key != two.key && one.key.ends_with(&format!(" {}", two.key)))
    }
}

/// Where facts and refusals go.
pub(crate) type Sink<'s> = &'s mut dyn FnMut(Result<Fact, Refusal>);

/// A term that is the subject of a sentence.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject {
    /// The mention.
    pub(crate) mention: Mention,
    /// First token after it, an apposition and a light adverb skipped.
    pub(crate) next: usize,
}

const SIZES: &[&str] = &[
    "small", "large", "larger", "smaller", "thin", "thick", "tiny", "paired", "two", "single", "short",
    "long",
];

/// The subject that begins at `from`: a determiner and up to two adjectives of size may stand before.
pub(crate) fn subject_at(matter: &Matter<'_>, number: usize, from: usize) -> Option<Subject> {
    let sentence = &matter.prose.sentences[number];
    let tokens = &sentence.tokens;
    let mention = *matter.terms.of_sentence(number).iter().find(|m| m.first >= from)?;
    let before = &tokens[from..mention.first];
    let named = |at: usize, t: &Token| {
        at + 1 == before.len() && at > 0 && lexicon().heads.contains_key(t.lower.as_str())
    };
    let plain = before.len() <= 3
        && before.iter().enumerate().all(|(at, t)| {
            (at == 0 && matches!(t.lower.as_str(), "a" | "an" | "the"))
                || SIZES.contains(&t.lower.as_str())
                || named(at, t)
        });
    let whole_after = mention.whole || !open_after(tokens, mention.last);
    if !plain || !whole_after {
        return None;
    }
    let mut next = mention.last;
    if tokens.get(next).is_some_and(|t| t.text == ",") {
        let close = (next + 1..tokens.len().min(next + 18)).find(|at| tokens[*at].text == ",")?;
        let inner = &tokens[next + 1..close];
        let alias = inner.first().is_some_and(|t| {
            matches!(
                t.lower.as_str(),
                "or" | "also"
                    | "which"
                    | "a"
                    | "an"
                    | "the"
                    | "sometimes"
                    | "commonly"
                    | "known"
                    | "located"
                    | "like"
                    | "formerly"
            )
        });
        let finite = (0..inner.len()).any(|at| super::prose::is_finite(inner, at));
        if !alias || (finite && !inner[0].is("which")) {
            return None;
        }
        next = close + 1;
    }
    while tokens
        .get(next)
        .is_some_and(|t| matches!(t.lower.as_str(), "also" | "then" | "thus" | "therefore" | "both"))
    {
        next += 1;
    }
    Some(Subject { mention, next })
}

fn open_after(tokens: &[Token], last: usize) -> bool {
    tokens.get(last).is_some_and(|t| {
        (t.tag.is_noun() && !lexicon().is_verb(&t.lower))
            || matches!(t.text.as_str(), "–" | "-" | "/" | "’s" | "'s" | "’" | "'")
            || (t.tag == Tag::Adj && tokens.get(last + 1).is_some_and(|n| n.tag.is_noun()))
    })
}

/// The tokens of a stretch that ends the sentence, its stop left out.
pub(crate) fn to_end(tokens: &[Token], from: usize) -> &[Token] {
    let end = tokens.iter().rposition(|t| t.is_word()).map_or(tokens.len(), |at| at + 1);
    tokens.get(from..end).unwrap_or(&[])
}

/// Writes a stretch as it stands inside a question.
pub(crate) fn inside(tokens: &[Token]) -> String {
    write(tokens).trim().to_string()
}

/// All facts of a document, refusals counted on the way. Definitions first: they tell kinds.
pub(crate) fn all(matter: &Matter<'_>, sink: Sink<'_>) {
    for number in 0..matter.prose.sentences.len() {
        if !matter.prose.sentences[number].usable {
            continue;
        }
        definition::facts(matter, number, sink);
        predicate::facts(matter, number, sink);
        clause::facts(matter, number, sink);
        cloze::facts(matter, number, sink);
    }
}
