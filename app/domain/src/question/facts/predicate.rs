//! What a thing does: 'X secretes R'. Owns: families C, Ca, Ck, Cw. Refuses: definitions.

use super::definition::naming;
use super::{Fact, Family, Matter, Sink, Subject, inside, subject_at, to_end};
use crate::document::Span;
use crate::question::kinds;
use crate::question::lexicon::lexicon;
use crate::question::refusal::Refusal;
use crate::question::span::{Number, Own, capitalised, is_past, refers, standing};
use crate::question::tagger::Tag;
use crate::question::token::Token;

/// All predicates of a sentence.
pub(crate) fn facts(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    let tokens = &matter.prose.sentences[number].tokens;
    if let Some(subject) = subject_at(matter, number, 0) {
        plain(matter, number, subject, None, sink);
    } else {
        named(matter, number, sink);
    }
    adverbial(matter, number, sink);
    resumed(matter, number, sink);
    contrasted(matter, number, sink);
    of_a_whole(matter, number, sink);
    for at in 1..tokens.len().saturating_sub(2) {
        if tokens[at].is("which") && tokens[at - 1].text == "," {
            which(matter, number, at, sink);
        }
    }
}

/// The verb phrase that begins at `from`, if it may be asked for.
fn predicate(
    matter: &Matter<'_>,
    number: usize,
    from: usize,
    plural: bool,
) -> Result<Option<Vec<Token>>, Refusal> {
    let tokens = &matter.prose.sentences[number].tokens;
    let Some(mut verb) = tokens.get(from) else { return Ok(None) };
    let mut verb_at = from;
    // 'normally lasts': an adverb may come first
    if verb.tag == Tag::Adv && verb.lower.ends_with("ly") {
        verb_at += 1;
        match tokens.get(verb_at) {
            Some(next) => verb = next,
            None => return Ok(None),
        }
    }
    if !(matches!(verb.tag, Tag::Verb | Tag::Aux) || lexicon().is_verb(&verb.lower))
        || verb.lower.ends_with("ing")
    {
        return Ok(None);
    }
    let next = tokens.get(verb_at + 1);
    let copula = matches!(verb.lower.as_str(), "is" | "are");
    if copula {
        let adverbs = tokens[verb_at + 1..].iter().take_while(|t| t.tag == Tag::Adv).count();
        let Some(next) = tokens.get(verb_at + 1 + adverbs) else { return Ok(None) };
        let defines = matches!(next.lower.as_str(), "a" | "an" | "the" | "one" | "any")
            || (next.tag.is_noun() && !next.lower.ends_with("ed"))
            || naming(tokens, verb_at + 1 + adverbs).is_some();
        if defines {
            return Ok(None);
        }
    }
    if !Number::of(verb).fits(plural) {
        return Err(Refusal::Number);
    }
    if is_past(verb)
        || matches!(
            verb.lower.as_str(),
            "include" | "includes" | "refers" | "describes" | "means" | "mean" | "refer" | "became"
        )
    {
        return Err(Refusal::Verb);
    }
    let participle = next.filter(|_| copula || verb.tag == Tag::Aux);
    if participle.is_some_and(|p| {
        lexicon().listed("narrative", &p.lower) || p.is("also") || p.is("not") || p.is("another")
    }) {
        return Err(Refusal::Verb);
    }
    let own = if plural { Own::Many } else { Own::One };
    let rest = standing(to_end(tokens, from), own).ok_or(Refusal::Refers)?;
    if rest.iter().any(|t| lexicon().listed("fact_reject", &t.lower)) {
        return Err(Refusal::Verb);
    }
    if rest.iter().filter(|t| t.is_word()).count() < 4 {
        return Err(Refusal::Fragment);
    }
    Ok(Some(rest))
}

fn plain(matter: &Matter<'_>, number: usize, subject: Subject, before: Option<&[Token]>, sink: Sink<'_>) {
    let mention = subject.mention;
    match predicate(matter, number, subject.next, mention.plural) {
        Ok(None) => {}
        Err(refusal) => sink(Err(refusal)),
        Ok(Some(rest)) => {
            let (family, stem) = match before {
                None => (Family::Does, format!("Which {{lead}} {}?", inside(&rest))),
                Some(before) => (
                    Family::DoesWhen,
                    format!("{}, which {{lead}} {}?", capitalised(&inside(before)), inside(&rest)),
                ),
            };
            let mut body = before.unwrap_or_default().to_vec();
            body.extend(rest);
            sink(Ok(Fact {
                family,
                key: mention.term,
                plural: mention.plural,
                stem,
                body,
                sentence: number,
                source: None,
                genus: None,
                noun: None,
            }));
        }
    }
}

/// 'The X of the Y does R': 'In the Y, which does R?'
fn of_a_whole(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    let tokens = &matter.prose.sentences[number].tokens;
    let Some(mention) = matter.terms.of_sentence(number).iter().find(|m| m.first <= 1).copied() else {
        return;
    };
    let opens = mention.first == 0 || tokens[0].tag == Tag::Det;
    let of = tokens.get(mention.last).is_some_and(|t| t.is("of"))
        && tokens.get(mention.last + 1).is_some_and(|t| t.is("the"));
    if !opens || !of || matter.prose.sentences[number].contrast {
        return;
    }
    let from = mention.last + 1;
    let end = from
        + 1
        + tokens[from + 1..].iter().take_while(|t| t.tag.is_noun() || t.tag == Tag::Adj).take(3).count();
    let whole = &tokens[from..end];
    // of a class ('the hinge joint of the ankle') there may be more in the whole
    let class = matter.terms.list[mention.term].articles[0] > 1 || whole.last().is_some_and(|t| t.is("body"));
    if class || whole.len() < 2 || !whole.last().is_some_and(|t| t.tag.is_noun()) {
        return;
    }
    match predicate(matter, number, end, mention.plural) {
        Ok(None) => {}
        Err(refusal) => sink(Err(refusal)),
        Ok(Some(rest)) => {
            let mut body = whole.to_vec();
            body.extend(rest.iter().cloned());
            sink(Ok(Fact {
                family: Family::DoesWhen,
                key: mention.term,
                plural: mention.plural,
                stem: format!("In {}, which {{lead}} {}?", inside(whole), inside(&rest)),
                body,
                sentence: number,
                source: None,
                genus: None,
                noun: None,
            }));
        }
    }
}

/// 'X does R, while Y does S': the second clause stands alone as well.
fn contrasted(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    let tokens = &matter.prose.sentences[number].tokens;
    for at in 4..tokens.len().saturating_sub(4) {
        let joint = matches!(tokens[at].lower.as_str(), "while" | "whereas")
            || (matches!(tokens[at].lower.as_str(), "and" | "but") && tokens[at - 1].text == ",")
            || tokens[at].text == ";";
        // the subject of a list ('A, B, and C do R') is no clause
        if !joint || !(1..at).any(|i| crate::question::prose::is_finite(tokens, i)) {
            continue;
        }
        let Some(subject) = subject_at(matter, number, at + 1) else { continue };
        if subject.mention.first <= at + 3 {
            plain(matter, number, subject, None, sink);
        }
    }
}

/// 'X is a D. It does R.': the subject of the sentence before is meant.
fn resumed(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    let sentence = &matter.prose.sentences[number];
    let tokens = &sentence.tokens;
    let Some(before) = number.checked_sub(1) else { return };
    let previous = &matter.prose.sentences[before];
    let Some(first) = tokens.first() else { return };
    if previous.block != sentence.block || !previous.usable {
        return;
    }
    let Some(subject) = subject_at(matter, before, 0) else { return };
    let mention = subject.mention;
    let kind = matter.terms.list[mention.term].kind;
    let plural = matches!(first.lower.as_str(), "they" | "these");
    let verb = match first.lower.as_str() {
        "it" | "they" => 1,
        // 'This hormone': the noun must be the subject's own class
        "this" | "these" => {
            let noun = tokens.get(1).filter(|t| t.tag.is_noun());
            let own = noun.is_some_and(|t| kind.is_some() && kinds::of_head(&t.lower) == kind);
            let rivals = matter
                .terms
                .of_sentence(before)
                .iter()
                .filter(|m| m.term != mention.term && matter.terms.list[m.term].kind == kind)
                .count();
            if !own || rivals > 0 {
                return;
            }
            2
        }
        _ => return,
    };
    let verb = verb + usize::from(tokens.get(verb).is_some_and(|t| t.is("also")));
    let empty = tokens.get(verb).is_none_or(|t| {
        matches!(
            t.lower.as_str(),
            "may"
                | "might"
                | "seems"
                | "appears"
                | "takes"
                | "follows"
                | "would"
                | "could"
                | "happens"
                | "turns"
        )
    });
    // 'It is thought that', 'It is important to': no subject at all
    let expletive = first.is("it")
        && tokens.get(verb).is_some_and(|t| t.is("is") || t.is("was"))
        && tokens[verb..].iter().take(7).any(|t| {
            matches!(
                t.lower.as_str(),
                "that"
                    | "to"
                    | "because"
                    | "when"
                    | "important"
                    | "possible"
                    | "thought"
                    | "not"
                    | "estimated"
            )
        });
    if empty || expletive || mention.plural != plural {
        return sink(Err(Refusal::Antecedent));
    }
    // another noun of the same number nearer to the pronoun may be meant
    let rivals = matter.terms.of_sentence(before).iter().any(|m| {
        m.term != mention.term
            && m.plural == plural
            && m.whole
            && matter.terms.list[m.term].kind.is_some()
            && matter.terms.list[m.term].kind == kind
    });
    if rivals {
        return sink(Err(Refusal::Antecedent));
    }
    if let Ok(Some(rest)) = predicate(matter, number, verb, plural) {
        let stem = format!("Which {{lead}} {}?", inside(&rest));
        let source = Span { start: previous.span.start, end: sentence.span.end };
        sink(Ok(Fact {
            family: Family::Resumed,
            key: mention.term,
            plural,
            stem,
            body: rest,
            sentence: number,
            source: Some(source),
            genus: None,
            noun: None,
        }));
    }
}

/// 'A hormone called X stimulates R.'
fn named(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    let tokens = &matter.prose.sentences[number].tokens;
    if !tokens.first().is_some_and(|t| matches!(t.lower.as_str(), "a" | "an" | "some")) {
        return;
    }
    let Some(at) = (2..tokens.len().min(6)).find(|at| naming(tokens, *at).is_some()) else { return };
    let noun = &tokens[1..at];
    let Some(after) = naming(tokens, at) else { return };
    let Some(subject) = subject_at(matter, number, after) else { return };
    if subject.mention.first != after || !noun.iter().all(|t| matches!(t.tag, Tag::Noun | Tag::Adj)) {
        return;
    }
    if let Ok(Some(rest)) = predicate(matter, number, subject.next, subject.mention.plural) {
        let mut body = noun.to_vec();
        body.extend(rest.iter().cloned());
        sink(Ok(Fact {
            family: Family::NamedDoes,
            key: subject.mention.term,
            plural: subject.mention.plural,
            stem: format!("Which {{lead}} {}?", inside(&rest)),
            body,
            sentence: number,
            source: None,
            genus: noun.last().and_then(|t| kinds::of_head(&t.lower)),
            noun: Some(inside(noun)),
        }));
    }
}

/// 'During X, Y does R.'
fn adverbial(matter: &Matter<'_>, number: usize, sink: Sink<'_>) {
    let sentence = &matter.prose.sentences[number];
    let tokens = &sentence.tokens;
    let Some(first) = tokens.first() else { return };
    let opens = matches!(first.tag, Tag::Adp | Tag::Sconj)
        || matches!(
            first.lower.as_str(),
            "in" | "during"
                | "when"
                | "if"
                | "as"
                | "after"
                | "before"
                | "once"
                | "within"
                | "at"
                | "to"
                | "following"
        );
    let banned = matches!(
        first.lower.as_str(),
        "unlike"
            | "like"
            | "despite"
            | "although"
            | "though"
            | "while"
            | "whereas"
            | "because"
            | "since"
            | "besides"
            | "even"
            | "until"
            | "rather"
            | "instead"
            | "with"
            | "without"
            | "so"
            | "that"
    );
    if !opens || banned || sentence.contrast {
        return;
    }
    let Some(comma) = (2..tokens.len().min(16)).find(|at| tokens[*at].text == ",") else { return };
    let Some(subject) = subject_at(matter, number, comma + 1) else { return };
    let before = &tokens[..comma];
    if refers(before, Own::No) {
        return sink(Err(Refusal::Refers));
    }
    plain(matter, number, subject, Some(before), sink);
}

/// '…, X, which does R'.
fn which(matter: &Matter<'_>, number: usize, at: usize, sink: Sink<'_>) {
    let tokens = &matter.prose.sentences[number].tokens;
    let Some(mention) = matter.terms.of_sentence(number).iter().find(|m| m.last == at - 1).copied() else {
        return;
    };
    let Some(verb) = tokens.get(at + 1) else { return };
    let base = crate::question::word::singular(&verb.lower);
    if lexicon().listed("sentential_which", &verb.lower) || lexicon().listed("sentential_which", &base) {
        return sink(Err(Refusal::Antecedent));
    }
    // an 'of', 'in' … before the term: 'which' may mean what stands before it
    let start = mention.first - usize::from(mention.first > 0 && tokens[mention.first - 1].tag == Tag::Det);
    let previous = start.checked_sub(1).map(|i| tokens[i].lower.as_str());
    let sure = previous.is_some_and(|p| matches!(p, "called" | "is" | "are" | "hormone" | "termed" | "as"));
    let preposition = start.checked_sub(1).is_some_and(|i| {
        matches!(tokens[i].tag, Tag::Adp | Tag::Cconj)
            || tokens[i].is("and")
            || tokens[i].is("or")
            || tokens[i].text == ","
    });
    if (preposition && !sure) || !mention.whole {
        return sink(Err(Refusal::Antecedent));
    }
    let sub = Number::of(verb);
    if sub == Number::Any && !sure {
        return sink(Err(Refusal::Antecedent));
    }
    match predicate(matter, number, at + 1, mention.plural) {
        Ok(Some(rest)) => {
            // ends at the next comma: what follows belongs to the main clause
            let mut body = rest;
            if let Some(comma) = body.iter().position(|t| t.text == ",") {
                body.truncate(comma);
            }
            if body.iter().filter(|t| t.is_word()).count() < 4 || crate::question::span::is_fragment(&body) {
                return sink(Err(Refusal::Fragment));
            }
            let stem = format!("Which {{lead}} {}?", inside(&body));
            sink(Ok(Fact {
                family: Family::Which,
                key: mention.term,
                plural: mention.plural,
                stem,
                body,
                sentence: number,
                source: None,
                genus: None,
                noun: None,
            }));
        }
        Ok(None) => {}
        Err(refusal) => sink(Err(refusal)),
    }
}
