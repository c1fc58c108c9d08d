//! Sentences with a gap. Owns: family Z. Refuses: sentences that name two things at once.

use super::definition::{genus_of, naming};
use super::{Fact, Family, Matter, Sink, to_end};
use crate::question::lexicon::Kind;
use crate::question::refusal::Refusal;
use crate::question::span::{Own, capitalised, refers, single_clause};
use crate::question::tagger::Tag;
use crate::question::token::{Token, write};

/// Kind that 'is a …' names right after the gap.
fn genus_after(tokens: &[Token], last: usize) -> Option<Kind> {
    let copula = tokens.get(last).is_some_and(|t| t.is("is") || t.is("are"));
    genus_of(tokens.get(last + 1..).filter(|_| copula)?)
}

/// The gap of a sentence that introduces a marked term.
pub(crate) fn facts(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    let tokens = &matter.prose.sentences[number].tokens;
    for mention in matter.terms.of_sentence(number) {
        let term = &matter.terms.list[mention.term];
        if !(mention.bold || (!matter.terms.has_bold && term.marked)) || !mention.whole {
            continue;
        }
        let det = usize::from(mention.first > 0 && tokens[mention.first - 1].tag == Tag::Det);
        let start = mention.first - det;
        let names = start == 0
            || tokens[start - 1].is("is")
            || tokens[start - 1].is("are")
            || (2..=4).any(|back| start >= back && naming(tokens, start - back) == Some(start))
            || (start >= 1 && naming(tokens, start - 1) == Some(start));
        if !names {
            continue;
        }
        let joined = |at: Option<&Token>| at.is_some_and(|t| matches!(t.lower.as_str(), "and" | "or" | "/"));
        let comma_list = tokens.get(mention.last).is_some_and(|t| t.text == ",")
            && tokens.get(mention.last + 1).is_some_and(|t| {
                matches!(t.lower.as_str(), "or" | "and" | "also") || t.tag.is_noun() || t.tag == Tag::Adj
            });
        if joined(tokens.get(mention.last))
            || joined(start.checked_sub(1).and_then(|i| tokens.get(i)))
            || comma_list
        {
            sink(Err(Refusal::Coordinated));
            continue;
        }
        let all = to_end(tokens, 0);
        let clause = single_clause(all);
        if clause.len() < mention.last {
            sink(Err(Refusal::Refers));
            continue;
        }
        let others: Vec<Token> = clause
            .iter()
            .enumerate()
            .filter(|(at, _)| *at < mention.first || *at >= mention.last)
            .map(|(_, t)| t.clone())
            .collect();
        let count = others.iter().filter(|t| t.is_word()).count();
        if !(9..=34).contains(&count)
            || refers(&others, Own::No)
            || crate::question::span::is_fragment(clause)
        {
            sink(Err(Refusal::Refers));
            continue;
        }
        let mut gap = clause.to_vec();
        let blank = Token { text: "_____".into(), ..gap[mention.first].clone() };
        gap.splice(mention.first..mention.last, [blank]);
        if let Some(article) = mention.first.checked_sub(1).map(|i| &mut gap[i])
            && matches!(article.lower.as_str(), "a" | "an")
        {
            article.text = "a(n)".into();
        }
        let sentence = capitalised(write(&gap).trim());
        let stem = format!("Which term completes this sentence: “{sentence}”?");
        sink(Ok(Fact {
            family: Family::Cloze,
            key: mention.term,
            plural: mention.plural,
            stem,
            body: others,
            sentence: number,
            source: None,
            genus: genus_after(tokens, mention.last),
            noun: None,
        }));
    }
}
