//! Clauses that end in, name or describe a term. Owns: families E, K, L, M, S. Refuses: gaps (`cloze`).

use super::definition::{named_at, naming};
use super::{Fact, Family, Matter, SIZES, Sink, inside, to_end};
use crate::question::kinds;
use crate::question::lexicon::lexicon;
use crate::question::prose::is_finite;
use crate::question::refusal::Refusal;
use crate::question::span::{Own, capitalised, refers, single_clause};
use crate::question::tagger::Tag;
use crate::question::token::Token;

/// All such facts of a sentence.
pub(crate) fn facts(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    ends(matter, number, sink);
    named(matter, number, sink);
    place(matter, number, sink);
    named_next(matter, number, sink);
    during(matter, number, sink);
}

fn words(tokens: &[Token]) -> usize {
    tokens.iter().filter(|t| t.is_word()).count()
}

fn starts_with_phrase(tokens: &[Token]) -> bool {
    let Some(first) = tokens.first() else { return false };
    matches!(first.tag, Tag::Det | Tag::Noun | Tag::Propn | Tag::Adj | Tag::Num)
        && !matches!(
            first.lower.as_str(),
            "there"
                | "both"
                | "each"
                | "all"
                | "some"
                | "many"
                | "most"
                | "this"
                | "these"
                | "such"
                | "no"
                | "every"
                | "several"
                | "other"
                | "another"
        )
}

/// The clause before the last term: '… is secreted by X.'
fn ends(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    let sentence = &matter.prose.sentences[number];
    let all = to_end(&sentence.tokens, 0);
    let Some(mention) = matter.terms.of_sentence(number).last().copied() else { return };
    if mention.last != all.len() || !mention.whole {
        return;
    }
    let det =
        usize::from(mention.first > 0 && matches!(all[mention.first - 1].lower.as_str(), "the" | "a" | "an"));
    let end = mention.first - det;
    let clause = &all[..end];
    let Some(last) = clause.last() else { return };
    let carries = (last.tag == Tag::Adp
        && matches!(
            last.lower.as_str(),
            "by" | "in"
                | "from"
                | "into"
                | "to"
                | "at"
                | "through"
                | "with"
                | "on"
                | "within"
                | "via"
                | "for"
                | "onto"
        ))
        || (is_finite(clause, clause.len() - 1) && lexicon().is_verb(&last.lower));
    let count = words(clause);
    if !carries || !(5..=24).contains(&count) {
        return;
    }
    if clause.iter().any(|t| matches!(t.text.as_str(), "," | ";" | ":" | "—" | "“")) {
        return sink(Err(Refusal::Coordinated));
    }
    let banned = clause.iter().any(|t| {
        matches!(
            t.lower.as_str(),
            "similar"
                | "like"
                | "except"
                | "more"
                | "than"
                | "there"
                | "less"
                | "not"
                | "also"
                | "but"
                | "called"
                | "known"
                | "as"
        )
    });
    if banned || !starts_with_phrase(clause) || refers(clause, Own::No) || sentence.contrast {
        return sink(Err(Refusal::Refers));
    }
    if single_clause(clause).len() < clause.len() || !(0..clause.len()).any(|at| is_finite(clause, at)) {
        return sink(Err(Refusal::Fragment));
    }
    let past = (0..clause.len()).find(|at| is_finite(clause, *at));
    if past.is_some_and(|at| {
        matches!(clause[at].lower.as_str(), "was" | "were" | "had" | "did" | "would" | "could")
    }) {
        return sink(Err(Refusal::Verb));
    }
    // 'and' right before: the term is one of several
    if clause[..].iter().rev().take(3).any(|t| t.is("and") || t.is("or")) {
        return sink(Err(Refusal::Coordinated));
    }
    let stem = format!("{} which {{lead}}?", capitalised(&inside(clause)));
    sink(Ok(Fact {
        family: Family::Ends,
        key: mention.term,
        plural: mention.plural,
        stem,
        body: clause.to_vec(),
        sentence: number,
        source: None,
        genus: None,
        noun: None,
    }));
}

/// '… a N called X.' and '…, a N called X.'
fn named(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    let sentence = &matter.prose.sentences[number];
    let all = to_end(&sentence.tokens, 0);
    for at in 4..all.len() {
        let Some(after) = naming(all, at) else { continue };
        let Some(mention) = named_at(matter, number, after) else { continue };
        if mention.last != all.len() {
            continue;
        }
        let comma = usize::from(all[at - 1].text == ",");
        // back to the article of the noun that is named
        let Some(article) = (0..at).rev().take(6).find(|i| matches!(all[*i].lower.as_str(), "a" | "an"))
        else {
            continue;
        };
        let noun = &all[article + 1..at - comma];
        let plain =
            !noun.is_empty() && noun.len() <= 3 && noun.iter().all(|t| matches!(t.tag, Tag::Noun | Tag::Adj));
        if !plain || !noun.last().is_some_and(|t| t.tag.is_noun()) {
            continue;
        }
        let mut clause = &all[..article];
        let after_comma = clause.last().is_some_and(|t| matches!(t.text.as_str(), "," | "—"));
        if after_comma {
            clause = &clause[..clause.len() - 1];
        }
        let good = words(clause) >= 4
            && !refers(clause, Own::No)
            && starts_with_phrase(clause)
            && (0..clause.len()).any(|i| is_finite(clause, i))
            && single_clause(clause).len() == clause.len();
        if !good {
            sink(Err(Refusal::Refers));
            continue;
        }
        let text = capitalised(&inside(clause));
        let genus = noun.last().and_then(|t| kinds::of_head(&t.lower));
        let mut body = clause.to_vec();
        body.extend(noun.iter().cloned());
        let (family, stem) = if after_comma {
            (Family::NamedAfter, format!("{text}. What is this {} called?", inside(noun)))
        } else {
            if !clause.last().is_some_and(|t| matches!(t.tag, Tag::Adp | Tag::Verb)) {
                sink(Err(Refusal::Fragment));
                continue;
            }
            (Family::Kind, format!("{text} which {}?", inside(noun)))
        };
        sink(Ok(Fact {
            family,
            key: mention.term,
            plural: mention.plural,
            stem,
            body,
            sentence: number,
            source: None,
            genus,
            noun: None,
        }));
    }
    named_by_type(matter, number, all, sink);
}

/// 'The kidney responds by producing the enzyme renin.'
fn named_by_type(matter: &Matter<'_>, number: usize, all: &[Token], sink: Sink<'_>) {
    let Some(mention) = matter.terms.of_sentence(number).last().copied() else { return };
    if mention.last != all.len() || mention.first < 5 {
        return;
    }
    let noun_at = mention.first - 1;
    let noun = &all[noun_at];
    if !(noun.tag.is_noun() && lexicon().heads.contains_key(noun.lower.as_str())) {
        return;
    }
    let Some(article) = (0..noun_at).rev().take(2).find(|i| all[*i].is("the")) else { return };
    let clause = &all[..article];
    let good = words(clause) >= 4
        && !refers(clause, Own::No)
        && starts_with_phrase(clause)
        && !clause.iter().any(|t| matches!(t.text.as_str(), "," | ";" | ":"))
        && clause.last().is_some_and(|t| matches!(t.tag, Tag::Adp | Tag::Verb))
        && single_clause(clause).len() == clause.len()
        && (0..clause.len()).any(|i| is_finite(clause, i));
    if !good {
        return;
    }
    let name = &all[article + 1..mention.first];
    let mut body = clause.to_vec();
    body.extend(name.iter().cloned());
    let stem = format!("{} which {}?", capitalised(&inside(clause)), inside(name));
    sink(Ok(Fact {
        family: Family::Kind,
        key: mention.term,
        plural: mention.plural,
        stem,
        body,
        sentence: number,
        source: None,
        genus: kinds::of_head(&noun.lower),
        noun: None,
    }));
}

/// Participles that open such a sentence, and the verbs that ask.
const PARTICIPLES: &[(&str, &str, &str)] = &[
    ("lining", "lines", "line"),
    ("emerging", "emerges", "emerge"),
    ("continuing", "continues", "continue"),
    ("spanning", "spans", "span"),
    ("arising", "arises", "arise"),
    ("surrounding", "surrounds", "surround"),
    ("lying", "lies", "lie"),
    ("extending", "extends", "extend"),
    ("covering", "covers", "cover"),
    ("running", "runs", "run"),
    ("separating", "separates", "separate"),
    ("connecting", "connects", "connect"),
];

/// 'Deep to X lies the Y.'
fn place(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    let all = to_end(&matter.prose.sentences[number].tokens, 0);
    const PLACES: &[&str] = &[
        "superior",
        "inferior",
        "deep",
        "medial",
        "lateral",
        "posterior",
        "anterior",
        "between",
        "behind",
        "beneath",
        "above",
        "below",
        "within",
        "inside",
        "just",
        "at",
        "located",
        "found",
        "on",
        "under",
        "in",
        "attached",
        "adjacent",
        "next",
    ];
    let Some(opening) = all.first().map(|t| t.lower.as_str()) else { return };
    let participle = PARTICIPLES.iter().find(|(participle, _, _)| *participle == opening);
    if !PLACES.contains(&opening) && participle.is_none() {
        return;
    }
    let Some(verb) = (2..all.len()).find(|at| is_finite(all, *at)) else { return };
    if !matches!(all[verb].lower.as_str(), "is" | "lies" | "sits" | "are" | "lie") {
        return;
    }
    // 'a thin synovial membrane': an adjective of size may stand before the name
    let det = usize::from(all.get(verb + 1).is_some_and(|t| t.tag == Tag::Det));
    let size = usize::from(all.get(verb + 1 + det).is_some_and(|t| SIZES.contains(&t.lower.as_str())));
    let Some(mention) = named_at(matter, number, if size == 1 { verb + 1 + det + size } else { verb + 1 })
    else {
        return;
    };
    let place = &all[..verb];
    if place.iter().any(|t| t.text == ",") || refers(place, Own::No) || words(place) < 3 {
        return sink(Err(Refusal::Refers));
    }
    let closes = all.get(mention.last).is_none_or(|t| t.text == ",");
    if !closes {
        return;
    }
    let copula = if mention.plural { "are" } else { "is" };
    let stem = match participle {
        Some((_, one, many)) => {
            format!(
                "Which of the following {} {}?",
                if mention.plural { many } else { one },
                inside(&place[1..])
            )
        }
        None if matches!(opening, "located" | "found" | "attached") => {
            format!("Which of the following {copula} {}?", inside(place))
        }
        None => format!("Which of the following {copula} located {}?", inside(place)),
    };
    sink(Ok(Fact {
        family: Family::Place,
        key: mention.term,
        plural: mention.plural,
        stem,
        body: place.to_vec(),
        sentence: number,
        source: None,
        genus: None,
        noun: None,
    }));
}

/// 'SENTENCE. This N is called X.'
fn named_next(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    let Some(before) = number.checked_sub(1) else { return };
    let sentence = &matter.prose.sentences[number];
    let previous = &matter.prose.sentences[before];
    let tokens = &sentence.tokens;
    if previous.block != sentence.block || !previous.usable || !tokens.first().is_some_and(|t| t.is("this")) {
        return;
    }
    let Some(copula) = (2..tokens.len().min(5)).find(|at| tokens[*at].is("is")) else { return };
    let Some(after) = naming(tokens, copula + 1) else { return };
    let noun = &tokens[1..copula];
    let Some(mention) = named_at(matter, number, after) else { return };
    if !noun.iter().all(|t| matches!(t.tag, Tag::Noun | Tag::Adj))
        || !noun.last().is_some_and(|t| t.tag.is_noun())
    {
        return;
    }
    let clause = to_end(&previous.tokens, 0);
    if refers(clause, Own::No) || words(clause) > 30 || clause.iter().any(|t| t.text == ";") || mention.plural
    {
        return sink(Err(Refusal::Refers));
    }
    let mut body = clause.to_vec();
    body.extend(noun.iter().cloned());
    let stem = format!("{}. What is this {} called?", capitalised(&inside(clause)), inside(noun));
    sink(Ok(Fact {
        family: Family::NamedNext,
        key: mention.term,
        plural: false,
        stem,
        body,
        sentence: number,
        source: None,
        genus: noun.last().and_then(|t| kinds::of_head(&t.lower)),
        noun: None,
    }));
}

/// 'During X, C.'
fn during(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    const KINDS: &[&str] = &["process", "phase", "condition", "response", "movement", "procedure", "measure"];
    let sentence = &matter.prose.sentences[number];
    let all = to_end(&sentence.tokens, 0);
    if !all.first().is_some_and(|t| t.is("in") || t.is("during")) || sentence.contrast {
        return;
    }
    let mut at = 1;
    for word in ["the", "process", "of"] {
        at += usize::from(all.get(at).is_some_and(|t| t.is(word)));
    }
    let mentions = matter.terms.of_sentence(number);
    let Some(mention) = mentions.iter().find(|m| m.first == at).copied() else { return };
    if all.get(mention.last).is_none_or(|t| t.text != ",") || !mention.whole || mention.plural {
        return;
    }
    let Some(kind) = matter.terms.list[mention.term].kind.filter(|kind| KINDS.contains(kind)) else { return };
    if mentions.iter().any(|m| m.term != mention.term && matter.terms.list[m.term].kind == Some(kind)) {
        return sink(Err(Refusal::Coordinated));
    }
    let clause = &all[mention.last + 1..];
    if single_clause(clause).len() < clause.len() {
        return sink(Err(Refusal::Coordinated));
    }
    if refers(clause, Own::No)
        || words(clause) < 6
        || words(clause) > 28
        || crate::question::span::is_fragment(clause)
    {
        return sink(Err(Refusal::Refers));
    }
    if !(0..clause.len()).any(|i| is_finite(clause, i)) {
        return sink(Err(Refusal::Fragment));
    }
    let noun = lexicon().lead(kind).map_or("of the following", |(one, _)| one);
    let stem = format!("{}. Which {noun} does this describe?", capitalised(&inside(clause)));
    sink(Ok(Fact {
        family: Family::During,
        key: mention.term,
        plural: false,
        stem,
        body: clause.to_vec(),
        sentence: number,
        source: None,
        genus: Some(kind),
        noun: None,
    }));
}
