//! The order of a question's words. Owns: bringing to one order what English says in several: 'X of Y' and 'Y X', active
//! and passive, what is asked for at the beginning or in its place. Refuses: every other change of order, since 'what X
//! does to Y' is not what Y does to X.

use super::reading::{Kind, Token, stem};
use super::tables::ASPECTS;
use std::collections::HashSet;
use std::sync::LazyLock;

static ASPECT: LazyLock<HashSet<String>> = LazyLock::new(|| ASPECTS.split(' ').map(stem).collect());

/// Beginnings of a question to be answered with yes or no, besides those of 'be' and 'do'.
const MODAL: [&str; 9] = ["can", "could", "should", "must", "may", "might", "will", "would", "have"];

/// Nouns whose 'for' and 'to' say what 'of' says.
const OF: [&str; 9] = [
    "antidot",
    "criterion",
    "factor",
    "indication",
    "investigation",
    "screen",
    "test",
    "therapy",
    "treatment",
];

/// Verbs that are nouns before 'of'.
const NOUNS: [&str; 13] = [
    "act",
    "block",
    "cause",
    "control",
    "damage",
    "decrease",
    "fall",
    "form",
    "increase",
    "need",
    "release",
    "rise",
    "transport",
];
static NOUN: LazyLock<HashSet<String>> = LazyLock::new(|| NOUNS.iter().map(|word| stem(word)).collect());

/// The forms of a question's words in one order.
pub(super) fn arranged(mut tokens: Vec<Token>) -> Vec<String> {
    lead_in(&mut tokens);
    let whether = tokens
        .first()
        .is_some_and(|first| matches!(first.kind, Kind::Be | Kind::Do) || MODAL.contains(&&*first.form));
    how(&mut tokens);
    anybody(&mut tokens);
    passive(&mut tokens);
    what(&mut tokens);
    of(&mut tokens);
    tokens.retain(|token| !matches!(token.kind, Kind::Be | Kind::Do | Kind::Article | Kind::You));
    and(&mut tokens);
    let words = tokens.into_iter().map(|token| token.form);
    whether.then(|| "?whether".to_string()).into_iter().chain(words).collect()
}

fn is_preposition(token: &Token) -> bool {
    matches!(
        &*token.form,
        "in" | "during"
            | "after"
            | "befor"
            | "with"
            | "without"
            | "at"
            | "on"
            | "from"
            | "for"
            | "under"
            | "by"
    )
}

/// 'During sleep, what falls' is 'what falls during sleep'.
fn lead_in(tokens: &mut [Token]) {
    let Some(end) = tokens.iter().skip(1).position(|token| token.pause).map(|at| at + 1) else { return };
    let asks = matches!(tokens[end].kind, Kind::What | Kind::Ask | Kind::Be | Kind::Do);
    if tokens.first().is_some_and(is_preposition)
        && asks
        && !tokens[end + 1..].iter().any(|token| token.pause)
    {
        tokens.rotate_left(end);
    }
}

/// 'How does X work' is the mechanism of its action, 'how do X and Y differ' the difference between them.
fn how(tokens: &mut Vec<Token>) {
    let [first, does, things @ .., verb] = &tokens[..] else { return };
    let things_alone =
        things.iter().all(|token| matches!(token.kind, Kind::Word | Kind::And | Kind::Article));
    if first.form != "?how" || does.kind != Kind::Do || things.is_empty() || !things_alone {
        return;
    }
    let things = things.iter().cloned();
    *tokens = match &*verb.form {
        "work" => things.chain(["action", "mechanism"].map(|form| Token::new(form, Kind::Word))).collect(),
        "differ" => [Token::new(&stem("difference"), Kind::Word), Token::new("between", Kind::Link)]
            .into_iter()
            .chain(things)
            .collect(),
        _ => return,
    };
}

/// 'How do you treat X' is 'how is X treated'.
fn anybody(tokens: &mut Vec<Token>) {
    let pairs = tokens.windows(2).position(|two| two[0].kind == Kind::Do && two[1].kind == Kind::You);
    let Some(at) = pairs.filter(|at| *at > 0 && tokens.len() > at + 2) else { return };
    tokens.drain(at..at + 2);
    let mut verb = tokens.remove(at);
    verb.form.push('~');
    verb.participle = false;
    let ends =
        |token: &Token| is_preposition(token) || token.pause || matches!(token.kind, Kind::Ask | Kind::What);
    let end = tokens[at..].iter().position(ends).map_or(tokens.len(), |length| at + length);
    tokens.insert(end, verb);
}

/// 'X is made by Y' is 'Y makes X'; without Y the verb is marked, since 'what is made' is not 'what makes'.
fn passive(tokens: &mut Vec<Token>) {
    let kinds: Vec<Kind> = tokens.iter().map(|token| token.kind).collect();
    let mut after_be = false;
    let mut verbs = vec![];
    for (at, token) in tokens.iter_mut().enumerate() {
        // 'what is the cause of raised pressure'
        let alone = kinds.starts_with(&[Kind::What, Kind::Be, Kind::Article]) && at == 1;
        after_be = (after_be && !token.pause) || token.kind == Kind::Be && !alone;
        let attribute = at > 0 && matches!(kinds[at - 1], Kind::Of | Kind::Article | Kind::Link);
        if after_be && token.participle && !attribute {
            token.form.push('~');
            verbs.push(at);
        }
    }
    let [verb] = verbs[..] else { return };
    let Some(by) = tokens[verb..].iter().position(|token| token.kind == Kind::By).map(|at| verb + at) else {
        return;
    };
    let start = tokens.iter().position(|token| token.kind != Kind::Ask).unwrap_or(0);
    let ends = |token: &Token| is_preposition(token) || token.pause;
    let end = tokens[by + 1..].iter().position(ends).map_or(tokens.len(), |length| by + 1 + length);
    if end == by + 1 || start > verb || tokens[start..by].iter().any(|token| token.kind == Kind::Ask) {
        return;
    }
    let rest = tokens.split_off(end);
    let agent = tokens.split_off(by + 1);
    tokens.pop();
    let circumstances = tokens.split_off(verb + 1);
    let mut made = tokens.pop().into_iter().collect::<Vec<_>>();
    made.iter_mut().for_each(|verb| {
        verb.form.pop();
    });
    let patient = tokens.split_off(start).into_iter().filter(|token| token.kind != Kind::Be);
    let patient: Vec<Token> = patient.collect();
    tokens.extend(agent.into_iter().chain(made).chain(patient).chain(circumstances).chain(rest));
}

/// 'What' where it says nothing goes, and where it is what somebody does, it stands behind the verb.
fn what(tokens: &mut Vec<Token>) {
    if tokens.first().is_none_or(|first| first.kind != Kind::What) {
        return;
    }
    let kind = |at: usize| tokens.get(at).map(|token| token.kind);
    let form = |at: usize| tokens.get(at).map(|token| &*token.form);
    if kind(1) == Some(Kind::Article) {
        tokens.remove(0);
    } else if kind(1) == Some(Kind::Be) {
        if !form(2).is_some_and(|form| form.ends_with('~')) {
            tokens.drain(..2);
        }
    } else if form(1) == Some("cause") && tokens.len() > 2 {
        tokens[1].kind = Kind::Word;
        tokens[0] = tokens[1].clone();
        tokens[1] = Token::new("of", Kind::Of);
    } else if tokens.last().is_some_and(|last| last.kind == Kind::Be) {
        tokens.remove(0);
    } else if let Some(is) =
        tokens.iter().skip(1).position(|token| token.kind != Kind::Word).filter(|is| *is > 0)
        && tokens[is + 1].kind == Kind::Be
        && !tokens.iter().any(|token| token.form.ends_with('~'))
    {
        // 'which enzyme is deficient in X' is 'enzyme deficient in X'
        tokens.remove(0);
    } else if let Some(does) = tokens.iter().position(|token| token.kind == Kind::Do) {
        if tokens[1..does].iter().any(|token| token.pause || token.kind != Kind::Word) {
            return;
        }
        tokens.remove(does);
        tokens.rotate_left(does);
        if let [.., verb, _] = &tokens[..]
            && does == 1
            && verb.form == "do"
        {
            tokens.truncate(tokens.len() - 2);
            tokens.push(Token::new("function", Kind::Word));
        }
    }
}

/// 'X of Y' is 'Y X', as far as it can be told where X begins and Y ends.
fn of(tokens: &mut Vec<Token>) {
    for at in 1..tokens.len() {
        if matches!(&*tokens[at].form, "for" | "to") && OF.contains(&&*tokens[at - 1].form) {
            tokens[at].kind = Kind::Of;
        }
        if tokens[at].kind == Kind::Of && NOUN.contains(&tokens[at - 1].form) {
            tokens[at - 1].kind = Kind::Word;
        }
    }
    let asks = tokens.iter().any(|token| matches!(token.kind, Kind::What | Kind::Ask));
    for at in (0..tokens.len()).rev() {
        if tokens.get(at).is_none_or(|token| token.kind != Kind::Of) {
            continue;
        }
        let head = tokens[..at].iter().rev().take_while(|token| token.kind == Kind::Word).count();
        let bound = (at - head).checked_sub(1).map(|bound| tokens[bound].kind);
        let begins = match bound {
            Some(kind) => matches!(kind, Kind::Article | Kind::Be),
            None => !asks,
        };
        // where a verb may be among them, the last word alone is surely what is of something
        let head = if begins && head <= 3 { head } else { head.min(1) };
        let from = at + 1 + usize::from(tokens.get(at + 1).is_some_and(|token| token.kind == Kind::Article));
        let tail = tokens[from..].iter().take_while(|token| token.kind == Kind::Word && !token.pause).count();
        let aspect = head > 0 && ASPECT.contains(&tokens[at - 1].form);
        if head == 0 || tail == 0 || tail > if aspect { 6 } else { 2 } {
            continue;
        }
        let head_tokens: Vec<Token> = tokens.drain(at - head..from).take(head).collect();
        let place = at - head + tail;
        tokens.splice(place..place, head_tokens);
    }
}

/// What 'and' joins, in one order.
fn and(tokens: &mut Vec<Token>) {
    let ands: Vec<usize> = (0..tokens.len()).filter(|at| tokens[*at].kind == Kind::And).collect();
    if tokens.iter().any(|token| token.form == "respectively") {
        return;
    }
    let word = |at: usize| tokens.get(at).is_some_and(|token| token.kind == Kind::Word);
    let between = tokens.first().is_some_and(|first| first.form == stem("difference"));
    let between = between && tokens.get(1).is_some_and(|second| second.form == "between");
    if let [at] = ands[..]
        && between
        && at > 3
        && (2..tokens.len()).all(|side| side == at || word(side))
    {
        let forms = |tokens: &[Token]| tokens.iter().map(|token| token.form.clone()).collect::<Vec<_>>();
        if forms(&tokens[2..at]) > forms(&tokens[at + 1..]) {
            let other = tokens.split_off(at + 1);
            let and = tokens.pop();
            let one = tokens.split_off(2);
            tokens.extend(other.into_iter().chain(and).chain(one));
        }
        return;
    }
    for at in ands {
        // 'innate and adaptive immunity'; of longer ones nothing tells where they begin
        let words = at > 0
            && [at - 1, at + 1]
                .iter()
                .all(|side| tokens.get(*side).is_some_and(|token| token.kind == Kind::Word));
        if words && tokens[at - 1].form > tokens[at + 1].form {
            tokens.swap(at - 1, at + 1);
        }
    }
}
