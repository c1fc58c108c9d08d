//! Members of classes: 'The thymus is a primary lymphoid organ', 'fibrous joints: sutures, gomphoses'. Owns: sentences
//! that put a term into a class, and the stem that asks for one of it. Refuses: terms of other classes (`distractors`).

use super::{Fact, Family, Matter, Mention};
use crate::question::lexicon::lexicon;
use crate::question::tagger::Tag;
use crate::question::terms::Term;
use crate::question::token::Token;
use crate::question::word::article_for;

/// Whether a name is that of a kind of things ('joint'): everyone knows what belongs to it.
pub(crate) fn is_kind(term: &Term) -> bool {
    lexicon().heads.get(term.key.as_str()).is_some_and(|kind| *kind == term.key)
}

/// Whether some sentence puts a term into a class.
pub(crate) fn is_told(matter: &Matter<'_>, member: usize, class: usize) -> bool {
    matter.terms.of_term(class).any(|mention| telling(matter, mention, member).is_some())
}

/// The mention of a member in the sentence of a class's mention, where that puts it into the class.
fn telling(matter: &Matter<'_>, class: &Mention, member: usize) -> Option<Mention> {
    let tokens = &matter.prose.sentences[class.sentence].tokens;
    let mentions = matter.terms.of_sentence(class.sentence).iter().filter(|m| m.term == member);
    let told = |m: &&Mention| {
        if m.last <= class.first {
            is_one(&tokens[m.last..class.first])
        } else {
            class.last <= m.first && lists(&tokens[class.last..m.first])
        }
    };
    mentions.filter(|m| m.whole).find(told).copied()
}

/// 'is a', 'are a type of', ', a', 'is functionally classified as a': what stands between a member and its class.
fn is_one(between: &[Token]) -> bool {
    let opens = between.first().is_some_and(|t| t.is("is") || t.is("are") || t.text == ",");
    let plain = |t: &Token| {
        matches!(t.tag, Tag::Adj | Tag::Adv)
            || matches!(
                t.lower.as_str(),
                "is" | "are"
                    | "classified"
                    | "considered"
                    | "as"
                    | "a"
                    | "an"
                    | "the"
                    | "one"
                    | "of"
                    | "stage"
                    | "phase"
                    | "type"
                    | "types"
                    | "kind"
                    | "form"
                    | "example"
                    | "examples"
                    | "class"
                    | ","
            )
    };
    let article = between.iter().any(|t| matches!(t.lower.as_str(), "a" | "an" | "of" | "are" | "as"));
    opens && article && between.len() <= 7 && between.iter().all(plain)
}

/// 'are sutures, syndesmoses and', 'such as': what stands between a class and its member.
fn lists(between: &[Token]) -> bool {
    let opens = between.iter().take(3).any(|t| {
        matches!(
            t.lower.as_str(),
            "such" | "including" | "include" | "includes" | "are" | ":" | "—" | "namely"
        )
    });
    let plain = |t: &Token| {
        !t.is_word()
            || t.tag.is_noun()
            || t.tag == Tag::Adj
            || matches!(
                t.lower.as_str(),
                "such"
                    | "as"
                    | "including"
                    | "include"
                    | "includes"
                    | "are"
                    | "namely"
                    | "and"
                    | "or"
                    | "the"
                    | "a"
                    | "an"
            )
    };
    opens && between.len() <= 24 && between.iter().all(plain)
}

/// For each class the members that some sentence names, as questions.
pub(crate) fn facts(matter: &Matter<'_>) -> Vec<(usize, Vec<Fact>)> {
    let list = &matter.terms.list;
    let loose = |class: &usize| lexicon().listed("loose_class", &list[*class].key);
    let classes = (0..list.len()).filter(|class| !is_kind(&list[*class]) && !loose(class));
    let asked = classes.filter_map(|class| {
        let mut facts: Vec<Fact> = vec![];
        for mention in matter.terms.of_term(class) {
            if !matter.prose.sentences[mention.sentence].usable {
                continue;
            }
            let members = (0..list.len()).filter(|member| {
                list[*member].marked && *member != class && matter.is_member(*member, class)
                    // 'cytotoxic T cell' says so itself
                    && !list[*member].key.ends_with(&list[class].key)
            });
            for member in members {
                if facts.iter().all(|fact| fact.key != member)
                    && let Some(told) = telling(matter, mention, member)
                {
                    facts.push(fact(matter, mention, class, &told));
                }
            }
        }
        (!facts.is_empty()).then_some((class, facts))
    });
    asked.collect()
}

fn fact(matter: &Matter<'_>, mention: &Mention, class: usize, member: &Mention) -> Fact {
    let term = &matter.terms.list[class];
    let name = term.form(false);
    let tokens = &matter.prose.sentences[mention.sentence].tokens;
    let counted = term.seen[1] > 0 || term.articles[0] > 0;
    let phase = matter.terms.list[member.term].kind == Some("phase");
    let stem = match (phase, counted) {
        (true, _) => format!("Which of the following is a phase of {name}?"),
        (_, true) => format!("Which of the following is {} {name}?", article_for(name)),
        _ => format!("Which of the following is a form of {name}?"),
    };
    Fact {
        family: Family::Member,
        key: member.term,
        plural: false,
        stem,
        body: tokens[mention.first..mention.last].to_vec(),
        sentence: mention.sentence,
        source: None,
        genus: None,
        noun: None,
    }
}
