//! Definitions: 'X is a D', 'a D called X', 'X, a D,'. Owns: families A and D. Refuses: what a thing does.

mod adjective;

use super::{Fact, Family, Matter, Sink, inside, subject_at, to_end};
use crate::question::kinds;
use crate::question::lexicon::{Kind, lexicon};
use crate::question::refusal::Refusal;
use crate::question::span::{Number, Own, has_main_verb, head_of, refers, single_clause, standing};
use crate::question::tagger::Tag;
use crate::question::terms::Mention;
use crate::question::token::Token;
use crate::question::word::singular;

/// All definitions of a sentence.
pub(crate) fn facts(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    is_a(matter, number, sink);
    called(matter, number, sink);
    is_called(matter, number, sink);
    apposition(matter, number, sink);
    identity(matter, number, sink);
    adjective::facts(matter, number, sink);
}

fn words(tokens: &[Token]) -> usize {
    tokens.iter().filter(|t| t.is_word()).count()
}

/// Kind of the head of a definition.
pub(crate) fn genus_of(definition: &[Token]) -> Option<Kind> {
    let head = head_of(definition)?;
    kinds::of_head(&definition[head].lower)
}

/// Whether a plural head stands in a definition of one thing, or the other way round.
fn disagrees(definition: &[Token], plural: bool) -> bool {
    let Some(head) = head_of(definition) else { return true };
    let word = &definition[head].lower;
    let is_plural = singular(word) != *word;
    let one = definition.first().is_some_and(|t| matches!(t.lower.as_str(), "a" | "an" | "one" | "any"));
    // 'a type of lymphocyte' may stand for several
    let sort = matches!(word.as_str(), "type" | "kind" | "group" | "class" | "form" | "family");
    (is_plural && !plural && !one) || (plural && one && !sort)
}

/// Definitions that define nothing by themselves.
fn empty(definition: &[Token]) -> bool {
    let first: Vec<&str> = definition.iter().take(4).map(|t| t.lower.as_str()).collect();
    let opens = |words: &[&str]| first.starts_with(words);
    if definition.iter().take(6).any(|t| matches!(t.lower.as_str(), "important" | "essential" | "critical")) {
        return true;
    }
    definition.iter().take(3).any(|t| {
        matches!(
            t.lower.as_str(),
            "same"
                | "opposite"
                | "second"
                | "third"
                | "other"
                | "another"
                | "following"
                | "reason"
                | "result"
                | "most"
                | "key"
                | "only"
                | "next"
                | "latter"
                | "former"
                | "likely"
                | "reverse"
                | "main"
                | "importance"
                | "important"
                | "good"
                | "case"
        )
    }) && !definition
        .iter()
        .any(|t| matches!(t.lower.as_str(), "largest" | "smallest" | "of" | "that" | "in"))
        || opens(&["an", "example"])
        || opens(&["one", "example"])
        || opens(&["the", "result", "of"])
        || opens(&["a", "result", "of"])
        || opens(&["the", "same"])
        || opens(&["the", "opposite"])
        || opens(&["the", "reason"])
        || opens(&["a", "good"])
        || opens(&["the", "following"])
        || opens(&["an", "important"])
        || opens(&["a", "key"])
        || opens(&["a", "second"])
        || opens(&["the", "second"])
        || opens(&["the", "third"])
        || opens(&["the", "other"])
        || opens(&["the", "next"])
        || opens(&["a", "matter"])
        || opens(&["the", "case"])
        || opens(&["a", "common"])
        || opens(&["a", "serious"])
}

/// Nothing after the noun tells it apart: 'a standard cellular immune response'.
fn bare(definition: &[Token]) -> bool {
    let tells = |t: &Token| {
        matches!(t.tag, Tag::Adp | Tag::Sconj | Tag::Part)
            || t.tag == Tag::Verb
            || matches!(t.lower.as_str(), "that" | "which" | "who" | "where" | "whose" | "to")
    };
    let superlative = definition.iter().any(|t| t.is("the"))
        && !definition.iter().any(|t| t.tag == Tag::Adp)
        && definition.iter().any(|t| t.lower.ends_with("est") || t.is("most"));
    let Some(head) = head_of(definition) else { return true };
    // 'a stimulant and produces addiction': a second predicate, no definition
    if definition.get(head + 1).is_some_and(|t| t.is("and") || t.is("or"))
        && definition.get(head + 2).is_some_and(|t| t.tag == Tag::Verb)
    {
        return true;
    }
    !definition[head..].iter().any(tells) || superlative
}

/// 'the estrogens and progesterone': members, no definition.
fn listed_head(matter: &Matter<'_>, number: usize, definition: &[Token]) -> bool {
    let tokens = &matter.prose.sentences[number].tokens;
    // 'the difference between A and B' is of both
    let of_two = |t: &Token| matches!(t.lower.as_str(), "difference" | "ratio" | "relationship" | "product");
    if head_of(definition).is_some_and(|head| of_two(&definition[head])) {
        return false;
    }
    let start = definition.first().map_or(0, |t| t.start);
    let end = definition.last().map_or(0, |t| t.end);
    let inside: Vec<&Mention> = matter
        .terms
        .of_sentence(number)
        .iter()
        .filter(|m| tokens[m.first].start >= start && tokens[m.last - 1].end <= end)
        .collect();
    inside.windows(2).any(|pair| {
        let early = tokens[pair[0].first].start < start + 30;
        let between = &tokens[pair[0].last..pair[1].first];
        early
            && (1..=3).contains(&between.len())
            && between.iter().all(|t| matches!(t.lower.as_str(), "and" | "or" | "," | "the"))
    })
}

fn is_a(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    let tokens = &matter.prose.sentences[number].tokens;
    let Some(subject) = subject_at(matter, number, 0) else { return };
    let mention = subject.mention;
    let Some(verb) = tokens.get(subject.next) else { return };
    let plural = mention.plural;
    let mut from = subject.next + 1;
    let means = match verb.lower.as_str() {
        "is" | "are"
            if tokens.get(from).is_some_and(|t| t.is("defined"))
                && tokens.get(from + 1).is_some_and(|t| t.is("as")) =>
        {
            from += 2;
            true
        }
        "is" | "are" => false,
        "refers" if tokens.get(from).is_some_and(|t| t.is("to")) => {
            from += 1;
            true
        }
        "describes" | "means" => true,
        _ => return,
    };
    if !Number::of(verb).fits(plural) {
        return sink(Err(Refusal::Number));
    }
    while tokens
        .get(from)
        .is_some_and(|t| matches!(t.lower.as_str(), "essentially" | "simply" | "basically" | "actually"))
    {
        from += 1;
    }
    let term = term_for(&tokens[from.min(tokens.len())..]);
    let means = means || term.is_some();
    from += term.unwrap_or(0);
    let opens = tokens.get(from).is_some_and(|t| {
        matches!(t.lower.as_str(), "a" | "an" | "the" | "one" | "any" | "two" | "three")
            || (means || plural) && matches!(t.tag, Tag::Noun | Tag::Adj | Tag::Num) && !t.is("able")
    });
    if !opens {
        return;
    }
    let own = if plural { Own::Many } else { Own::One };
    let Some(definition) = standing(to_end(tokens, from), own) else { return sink(Err(Refusal::Refers)) };
    // without a determiner an adjective may end the predicate: 'are common', then it is no definition
    let within = match one_of(&definition) {
        Ok(within) => within,
        Err(refusal) => return sink(Err(refusal)),
    };
    let Some(head) = head_of(&definition[within..]).map(|head| head + within) else {
        return sink(Err(Refusal::NoGenus));
    };
    if words(&definition) < 4 || empty(&definition) {
        return sink(Err(Refusal::EmptyDefinition));
    }
    let number_differs = if within > 0 { plural } else { disagrees(&definition, plural) };
    if number_differs {
        return sink(Err(Refusal::Number));
    }
    if !means && bare(&definition[within..]) {
        return sink(Err(Refusal::EmptyDefinition));
    }
    if listed_head(matter, number, &definition) {
        return sink(Err(Refusal::Coordinated));
    }
    let genus =
        kinds::of_head(&singular(&definition[head].lower)).or(kinds::of_head(&definition[head].lower));
    let (family, stem, plural) = if means {
        (Family::Means, format!("Which term describes {}?", inside(&definition)), plural)
    } else {
        (Family::Is, format!("Which of the following {} {}?", verb.lower, inside(&definition)), plural)
    };
    sink(Ok(Fact {
        family,
        key: mention.term,
        plural,
        stem,
        body: definition,
        sentence: number,
        source: None,
        genus,
        noun: None,
    }));
}

/// Where the genus begins: after 'one of the', which holds of the key alone unless they are counted.
fn one_of(definition: &[Token]) -> Result<usize, Refusal> {
    let is =
        |at: usize, words: &[&str]| definition.get(at).is_some_and(|t| words.contains(&t.lower.as_str()));
    if !(is(0, &["one", "any"]) && is(1, &["of"]) && is(2, &["the", "a", "an"])) {
        return Ok(0);
    }
    // 'one of the three germ layers': so are the other two
    let counted = definition.iter().skip(3).take(3).any(|t| {
        t.tag == Tag::Num
            || matches!(t.lower.as_str(), "two" | "three" | "four" | "five" | "six" | "several" | "many")
    });
    if counted { Err(Refusal::Shared) } else { Ok(3) }
}

/// Length of 'the term given to', 'the name for', 'a general term for', 'the term used to describe'.
fn term_for(tokens: &[Token]) -> Option<usize> {
    let at = tokens.iter().take(3).position(|t| t.is("term") || t.is("name") || t.is("example"))?;
    if tokens[at].is("example") {
        return tokens.get(at + 1).filter(|t| t.is("of")).map(|_| at + 2);
    }
    let rest: Vec<&str> = tokens[at + 1..].iter().take(3).map(|t| t.lower.as_str()).collect();
    let length = match rest.as_slice() {
        ["for", ..] => 1,
        ["given", "to", ..] | ["used", "for", ..] => 2,
        ["used", "to", "describe"] => 3,
        _ => return None,
    };
    Some(at + 1 + length)
}

/// The mention that follows a naming word at `at`, an article between.
pub(crate) fn named_at(matter: &Matter<'_>, number: usize, at: usize) -> Option<Mention> {
    let tokens = &matter.prose.sentences[number].tokens;
    let skip = usize::from(tokens.get(at).is_some_and(|t| t.tag == Tag::Det));
    let mention = *matter.terms.of_sentence(number).iter().find(|m| m.first == at + skip)?;
    let closes =
        tokens.get(mention.last).is_none_or(|t| !t.is_word() || !(t.tag.is_noun() || t.tag == Tag::Adj));
    closes.then_some(mention)
}

/// Index after 'called', 'known as', 'termed', 'named', 'referred to as', and where it begins.
pub(crate) fn naming(tokens: &[Token], at: usize) -> Option<usize> {
    let is = |i: usize, w: &str| tokens.get(i).is_some_and(|t| t.is(w));
    if is(at, "called") || is(at, "termed") || is(at, "named") {
        return Some(at + 1);
    }
    if is(at, "known") && is(at + 1, "as") {
        return Some(at + 2);
    }
    // 'known generically as'
    if is(at, "known") && is(at + 2, "as") && tokens[at + 1].tag == Tag::Adv {
        return Some(at + 3);
    }
    (is(at, "referred") && is(at + 1, "to") && is(at + 2, "as")).then_some(at + 3)
}

fn called(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    let tokens = &matter.prose.sentences[number].tokens;
    for at in 2..tokens.len() {
        let Some(after) = naming(tokens, at) else { continue };
        let comma = usize::from(tokens[at - 1].text == ",");
        let end = at - comma;
        if end == 0 || !(tokens[end - 1].tag.is_noun()) {
            continue;
        }
        let Some(mention) = named_at(matter, number, after) else { continue };
        // a second name follows: the definition is of a list
        if tokens.get(mention.last).is_some_and(|t| matches!(t.lower.as_str(), "and" | "or")) {
            sink(Err(Refusal::Coordinated));
            continue;
        }
        let Some(start) = nearest_phrase(tokens, end) else {
            sink(Err(Refusal::NoGenus));
            continue;
        };
        let definition = tokens[start..end].to_vec();
        let genus = genus_of(&definition);
        let kind = matter.terms.list[mention.term].kind;
        let kin = match (genus, kind) {
            (Some(g), Some(k)) => lexicon().group(g) == lexicon().group(k),
            _ => false,
        };
        if words(&definition) < 4 || refers(&definition, Own::No) {
            sink(Err(Refusal::Refers));
            continue;
        }
        if !kin
            || bare(&definition)
            || has_main_verb(&definition)
            || disagrees(&definition, mention.plural)
            || empty(&definition)
        {
            sink(Err(Refusal::Genus));
            continue;
        }
        let stem = format!("Which term describes {}?", inside(&definition));
        sink(Ok(Fact {
            family: Family::Called,
            key: mention.term,
            plural: mention.plural,
            stem,
            body: definition,
            sentence: number,
            source: None,
            genus,
            noun: None,
        }));
    }
}

/// Start of the noun phrase that ends at `end`: after the last comma, verb and 'of a/the'.
fn nearest_phrase(tokens: &[Token], end: usize) -> Option<usize> {
    let mut start = end;
    for at in (0..end).rev() {
        let token = &tokens[at];
        let inside = match token.tag {
            Tag::Noun | Tag::Propn | Tag::Adj | Tag::Num | Tag::Cconj => true,
            Tag::Det => true,
            Tag::Adp => matches!(token.lower.as_str(), "of" | "in" | "for" | "between" | "on" | "with"),
            Tag::Verb => token.lower.ends_with("ed") || token.lower.ends_with("ing"),
            Tag::Adv => token.lower.ends_with("ly"),
            Tag::Punct => matches!(token.text.as_str(), "-" | "–" | "’s" | "'s"),
            _ => false,
        };
        if !inside {
            break;
        }
        start = at;
        if matches!(token.lower.as_str(), "a" | "an")
            || (token.is("the") && (at == 0 || !tokens[at - 1].is("of")))
        {
            return Some(at);
        }
    }
    let first = tokens.get(start)?;
    (start < end && matches!(first.tag, Tag::Det)).then_some(start)
}

fn is_called(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    let tokens = &matter.prose.sentences[number].tokens;
    let named = |copula: usize| {
        let adverb = usize::from(tokens.get(copula + 1).is_some_and(|t| {
            matches!(
                t.lower.as_str(),
                "often" | "sometimes" | "commonly" | "usually" | "collectively" | "also" | "generally"
            )
        }));
        naming(tokens, copula + 1 + adverb).map(|after| (copula, after))
    };
    // a relative clause of the subject may have a copula of its own
    let copulas = (2..tokens.len().min(30)).filter(|at| matches!(tokens[*at].lower.as_str(), "is" | "are"));
    let Some((copula, after)) = copulas.filter_map(named).next() else { return };
    let Some(mention) = named_at(matter, number, after) else { return };
    if tokens.get(mention.last).is_some_and(|t| matches!(t.lower.as_str(), "and" | "or")) {
        return sink(Err(Refusal::Coordinated));
    }
    let definition = tokens[..copula].to_vec();
    if refers(&definition, Own::No) || words(&definition) < 4 {
        return sink(Err(Refusal::Refers));
    }
    if has_main_verb(&definition) || definition.iter().any(|t| t.text == "," || t.text == ";") {
        return sink(Err(Refusal::MainVerb));
    }
    let first = &definition[0];
    if !(matches!(first.tag, Tag::Det | Tag::Adj | Tag::Noun)) || first.is("when") || empty(&definition) {
        return sink(Err(Refusal::NoGenus));
    }
    let genus = genus_of(&definition);
    let stem = format!("Which term describes {}?", inside(&definition));
    sink(Ok(Fact {
        family: Family::IsCalled,
        key: mention.term,
        plural: mention.plural,
        stem,
        body: definition,
        sentence: number,
        source: None,
        genus,
        noun: None,
    }));
}

fn apposition(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    let tokens = &matter.prose.sentences[number].tokens;
    for mention in matter.terms.of_sentence(number) {
        let Some(open) = tokens.get(mention.last) else { continue };
        let dash = open.text == "—";
        if !(open.text == "," || dash) {
            continue;
        }
        let from = mention.last + 1;
        if !tokens.get(from).is_some_and(|t| matches!(t.lower.as_str(), "a" | "an" | "the")) {
            continue;
        }
        let close = (from..tokens.len()).find(|at| {
            let text = tokens[*at].text.as_str();
            if dash { text == "—" || text == "." } else { text == "," || text == "." || text == ";" }
        });
        let Some(mut close) = close else { continue };
        // 'A like condition is X, a D.': the apposition goes on to the end
        let det = usize::from(mention.first > 0 && tokens[mention.first - 1].tag == Tag::Det);
        let last =
            mention.first > det && matches!(tokens[mention.first - det - 1].lower.as_str(), "is" | "are");
        if last && !dash && !tokens[from..].iter().any(|t| t.text == ";") {
            close = to_end(tokens, 0).len();
        }
        // in a list the next item begins with an article as well
        let list = !dash
            && !last
            && (tokens.get(close + 1).is_some_and(|t| t.is("and") || t.is("or"))
                || (mention.first > 0
                    && tokens[..mention.first].iter().rev().take(4).any(|t| t.text == ",")));
        let whole = tokens[from..close].to_vec();
        let Some(definition) = (if last { standing(&whole, Own::One) } else { Some(whole) }) else {
            continue;
        };
        let genus = genus_of(&definition);
        let kind = matter.terms.list[mention.term].kind;
        let kin = match (genus, kind) {
            (Some(g), Some(k)) => lexicon().group(g) == lexicon().group(k),
            _ => false,
        };
        if words(&definition) < 4 {
            continue;
        }
        if list || !kin || !mention.whole {
            sink(Err(Refusal::Genus));
            continue;
        }
        if refers(&definition, Own::No)
            || has_main_verb(&definition)
            || single_clause(&definition).len() < definition.len()
        {
            sink(Err(Refusal::Refers));
            continue;
        }
        if disagrees(&definition, mention.plural) || empty(&definition) || bare(&definition) {
            sink(Err(Refusal::Number));
            continue;
        }
        let copula = if mention.plural { "are" } else { "is" };
        let stem = format!("Which of the following {copula} {}?", inside(&definition));
        sink(Ok(Fact {
            family: Family::Apposition,
            key: mention.term,
            plural: mention.plural,
            stem,
            body: definition,
            sentence: number,
            source: None,
            genus,
            noun: None,
        }));
    }
}

/// 'D is X.' where X is marked.
fn identity(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    let tokens = &matter.prose.sentences[number].tokens;
    let Some(copula) = (2..tokens.len()).find(|at| crate::question::prose::is_finite(tokens, *at)) else {
        return;
    };
    if !matches!(tokens[copula].lower.as_str(), "is" | "are") {
        return;
    }
    let skip =
        usize::from(tokens.get(copula + 1).is_some_and(|t| matches!(t.lower.as_str(), "the" | "a" | "an")));
    let at = copula + 1 + skip;
    let Some(mention) = matter.terms.of_sentence(number).iter().find(|m| m.first == at).copied() else {
        return;
    };
    let bold = mention.bold || (!matter.terms.has_bold && matter.terms.list[mention.term].marked);
    let closes = tokens.get(mention.last).is_none_or(|t| t.text == "." || t.text == "," || t.text == ";");
    if !bold || !closes {
        return;
    }
    let phrase = tokens[..copula].to_vec();
    if words(&phrase) < 3
        || refers(&phrase, Own::No)
        || phrase.iter().any(|t| t.text == ",")
        || empty(&phrase)
    {
        return sink(Err(Refusal::Refers));
    }
    if tokens.get(mention.last).is_some_and(|t| t.text == ",")
        && tokens.get(mention.last + 1).is_some_and(|t| t.tag.is_noun() || t.is("and") || t.is("or"))
    {
        return sink(Err(Refusal::Coordinated));
    }
    let Some(head) = head_of(&phrase) else { return };
    let superlative = phrase.iter().any(|t| t.lower.ends_with("est") || t.is("most"));
    if superlative && !phrase.iter().any(|t| t.tag == Tag::Adp) {
        return sink(Err(Refusal::EmptyDefinition));
    }
    let genus = kinds::of_head(&phrase[head].lower);
    let verb = if mention.plural { "are" } else { "is" };
    let stem = if skip == 0 && phrase[0].tag != Tag::Det {
        format!("Which term describes {}?", inside(&phrase))
    } else {
        format!("Which of the following {verb} {}?", inside(&phrase))
    };
    sink(Ok(Fact {
        family: Family::Identity,
        key: mention.term,
        plural: mention.plural,
        stem,
        body: phrase,
        sentence: number,
        source: None,
        genus,
        noun: None,
    }));
}
