//! Adjectives that a lecture defines: 'A hydrophilic molecule is one that …', 'D is said to be isotonic'. Owns: the
//! stems that ask for them. Refuses: nouns (`definition`).

use super::words;
use crate::question::facts::{Fact, Family, Matter, Sink, inside, to_end};
use crate::question::prose::is_finite;
use crate::question::refusal::Refusal;
use crate::question::span::{Own, refers, standing};
use crate::question::tagger::Tag;
use crate::question::terms::Mention;
use crate::question::token::Token;
use crate::question::word::{article_for, singular};

/// All such facts of a sentence.
pub(super) fn facts(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    for mention in matter.terms.of_sentence(number) {
        let term = &matter.terms.list[mention.term];
        let bold = mention.bold || (!matter.terms.has_bold && term.marked);
        if term.kind == Some("adjective") && bold {
            attributive(matter, number, mention, sink);
            predicative(matter, number, mention, sink);
        }
    }
}

/// 'A hydrophilic molecule is one that R', 'A multipotent cell R'.
fn attributive(matter: &Matter<'_>, number: usize, mention: &Mention, sink: Sink<'_>) {
    let tokens = &matter.prose.sentences[number].tokens;
    let opens = mention.first == 1 && matches!(tokens[0].lower.as_str(), "a" | "an");
    let end = (mention.last..tokens.len()).take_while(|at| tokens[*at].tag.is_noun()).count() + mention.last;
    let noun = &tokens[mention.last..end];
    if !opens || noun.is_empty() || noun.len() > 3 || end >= tokens.len() || !is_finite(tokens, end) {
        return;
    }
    let one = tokens[end].is("is") && tokens.get(end + 1).is_some_and(|t| t.is("one"));
    let from = if one && tokens.get(end + 2).is_some_and(|t| t.is("that")) { end + 3 } else { end };
    let Some(rest) = standing(to_end(tokens, from), Own::One) else { return sink(Err(Refusal::Refers)) };
    let said = inside(noun);
    let stem = format!("Which term describes {} {said} that {}?", article_for(&said), inside(&rest));
    push(mention, number, stem, noun.iter().chain(&rest).cloned().collect(), sink);
}

/// 'D are said to be isotonic', 'D is described as totipotent'.
fn predicative(matter: &Matter<'_>, number: usize, mention: &Mention, sink: Sink<'_>) {
    let tokens = &matter.prose.sentences[number].tokens;
    let before: Vec<&str> = tokens[..mention.first].iter().rev().take(4).map(|t| t.lower.as_str()).collect();
    let length = match before.as_slice() {
        ["be", "to", "said", "is" | "are"] => 4,
        ["as", "described", "is" | "are", ..] => 3,
        ["called" | "termed", "is" | "are", ..] => 2,
        _ => return,
    };
    let subject = &tokens[..mention.first - length];
    let closes = tokens.get(mention.last).is_none_or(|t| !t.is_word() || t.tag == Tag::Cconj);
    let phrase = subject.first().is_some_and(|t| matches!(t.tag, Tag::Det | Tag::Adj | Tag::Noun | Tag::Num));
    if !closes
        || !phrase
        || words(subject) < 4
        || refers(subject, Own::No)
        || subject.iter().any(|t| t.text == ";")
    {
        return sink(Err(Refusal::Refers));
    }
    let stem = format!("Which term describes {}?", inside(subject));
    push(mention, number, stem, subject.to_vec(), sink);
}

fn push(mention: &Mention, number: usize, stem: String, body: Vec<Token>, sink: Sink<'_>) {
    let several = body.iter().filter(|t| t.is_word()).count();
    if several < 4 || body.iter().any(|t| singular(&t.lower) == "term") {
        return sink(Err(Refusal::EmptyDefinition));
    }
    sink(Ok(Fact {
        family: Family::IsCalled,
        key: mention.term,
        plural: false,
        stem,
        body,
        sentence: number,
        source: None,
        genus: None,
        noun: None,
    }));
}
