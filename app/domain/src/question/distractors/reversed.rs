//! Wrong options for questions that give a name and ask for what is said of it. Owns: which sayings may stand beside
//! each other. Refuses: names as options (`distractors`).

use super::Bench;
use super::fitness::is_definition;
use super::kinship::{is_broad, mixes_ranks};
use crate::question::facts::{Fact, Family, Matter};
use crate::question::lexicon::lexicon;
use crate::question::prose::content_stems;
use crate::question::token::write;
use crate::question::word::singular;
use std::collections::BTreeMap;

/// Whether a saying tells what a thing does, in words that can stand alone as an option.
pub(crate) fn is_doing(fact: &Fact) -> bool {
    const STATES: &[&str] = &[
        "is", "are", "has", "have", "can", "may", "must", "will", "should", "might", "could", "consists",
        "consist", "contains", "contain", "looks", "look", "lies", "lie", "occurs", "occur", "begins",
        "begin", "exist", "exists",
    ];
    matches!(fact.family, Family::Does | Family::Resumed)
        && fact.body.first().is_some_and(|t| !STATES.contains(&t.lower.as_str()))
}

/// Whether two definitions of one place tell of things of one group: a tissue may be taken for a membrane.
fn akin(matter: &Matter<'_>, bench: &Bench, fact: &Fact, other: &Fact) -> bool {
    let (one, two) = (&matter.terms.list[fact.key], &matter.terms.list[other.key]);
    let groups = one.kind.zip(two.kind).is_some_and(|(a, b)| {
        // a tendon and a joint are told apart at sight
        lexicon().group(a) == lexicon().group(b) && lexicon().group(a) != "skeletal"
    });
    is_definition(fact) && one.marked && two.marked && groups && bench.near(matter, fact.key, other.key)
}

/// Whether a saying names bones: those of another limb are told apart at sight, and so is the one that names none.
fn names_bones(fact: &Fact) -> bool {
    fact.body.iter().any(|t| {
        let one = singular(&t.lower);
        one != "bone" && lexicon().heads.get(one.as_str()) == Some(&"bone")
    })
}

/// Up to three sayings on other terms that are as plausible for the key's name and not true of it.
pub(crate) fn siblings(matter: &Matter<'_>, bench: &Bench, facts: &[&Fact], fact: &Fact) -> Vec<usize> {
    let list = &matter.terms.list;
    let mut by_key: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, other) in facts.iter().enumerate() {
        let alike = (is_definition(fact) && is_definition(other)) || (is_doing(fact) && is_doing(other));
        let apart = alike
            && list[other.key].kind != Some("adjective")
            && other.key != fact.key
            && other.plural == fact.plural
            && (list[other.key].kind == list[fact.key].kind || akin(matter, bench, fact, other))
            // regions that vessels supply and drain lie in each other; what a movement or a ligament does names
            // its limb
            && !(is_doing(fact) && matches!(list[fact.key].kind, Some("artery" | "vein" | "vessel" | "movement" | "connective")))
            && (!is_broad(&list[fact.key]) || bench.near(matter, fact.key, other.key))
            // conditions are of every kind: those of another part are told apart at sight
            && (list[fact.key].kind != Some("condition") || list[fact.key].section == list[other.key].section)
            && !mixes_ranks(&list[fact.key], &list[other.key])
            && (list[fact.key].kind != Some("joint") || names_bones(fact) == names_bones(other))
            && !matter.relations.barred(fact.key, other.key)
            && !bench.sentences[other.key].contains(&fact.sentence)
            && !bench.sentences[fact.key].contains(&other.sentence)
            && !bench.ambiguous(matter, other, fact.key, &content_stems(&other.body));
        if apart {
            by_key.entry(other.key).or_insert(at);
        }
    }
    let length = |at: usize| write(&facts[at].body).chars().count() as f32;
    let own = write(&fact.body).chars().count() as f32;
    let mut ranked: Vec<usize> =
        by_key.into_values().filter(|at| (0.4..2.5).contains(&(length(*at) / own))).collect();
    ranked.sort_by(|a, b| {
        let far = |at: usize| (length(at) / own).ln().abs();
        far(*a).total_cmp(&far(*b)).then(a.cmp(b))
    });
    let mut out: Vec<usize> = vec![];
    for at in ranked {
        if out.iter().all(|o| !matter.relations.barred(facts[*o].key, facts[at].key)) {
            out.push(at);
        }
        if out.len() == 3 {
            break;
        }
    }
    out
}
