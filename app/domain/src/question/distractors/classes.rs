//! Wrong options for questions that name a class and ask for a member. Owns: which classes stand beside each other,
//! and whose members may be options. Refuses: what the text says of a class (`facts`).

use super::Bench;
use super::fitness::{is_term_strong, number_fits};
use super::kinship::mixes_ranks;
use crate::question::facts::{Fact, Matter, member};
use crate::question::refusal::Refusal;
use crate::question::terms::Term;

/// How the names of two classes show that they part one field: one head ('fibrous joint', 'cartilaginous joint') or
/// one long ending ('synarthrosis', 'diarthrosis').
fn named_alike(one: &Term, two: &Term) -> bool {
    let ending = one.key.bytes().rev().zip(two.key.bytes().rev()).take_while(|(a, b)| a == b).count();
    let compounds = one.words().len() > 1 && two.words().len() > 1;
    (compounds && one.head() == two.head()) || (!compounds && ending >= "arthrosis".len())
}

/// Whether two classes part one field: neither holds the other, and their names or a class above them say so.
fn are_beside(matter: &Matter<'_>, one: usize, two: usize) -> bool {
    let list = &matter.terms.list;
    let within = |a: usize, b: usize| a == b || matter.is_member(a, b) || matter.is_member(b, a);
    let above = |parent: usize| {
        !member::is_kind(&list[parent]) && matter.is_member(one, parent) && matter.is_member(two, parent)
    };
    !within(one, two) && (named_alike(&list[one], &list[two]) || (0..list.len()).any(above))
}

impl Bench {
    /// Up to three terms that belong to classes beside the asked one, and not to it.
    pub(crate) fn of_other_classes(
        &self,
        matter: &Matter<'_>,
        fact: &Fact,
        class: usize,
    ) -> Result<Vec<usize>, Refusal> {
        let list = &matter.terms.list;
        let beside: Vec<usize> = (0..list.len()).filter(|other| are_beside(matter, class, *other)).collect();
        let names = |term: usize| std::iter::once(term).chain(matter.relations.synonyms(term));
        let belongs = |term: usize| names(term).any(|name| matter.is_member(name, class));
        let stands = |other: &usize| {
            let term = &list[*other];
            *other != fact.key
                && *other != class
                && term.marked
                && is_term_strong(term)
                && self.quote[*other].is_some()
                && !self.class[*other]
                && number_fits(matter, term, fact.plural)
                && !mixes_ranks(&list[fact.key], term)
                && !belongs(*other)
                && !matter.is_member(class, *other)
                && !matter.relations.barred(fact.key, *other)
                && beside.iter().any(|b| {
                    matter.is_member(*other, *b)
                        && (term.kind == list[fact.key].kind || named_alike(&list[class], &list[*b]))
                })
                && !member::is_told(matter, *other, class)
        };
        let mut ranked: Vec<(f32, usize)> = (0..list.len())
            .filter(stands)
            .map(|other| (self.score(&list[fact.key], fact, &list[other], other), other))
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let chosen = self.apart(matter, fact, ranked.into_iter().map(|(_, other)| other));
        if chosen.len() < 2 {
            return Err(Refusal::FewDistractors);
        }
        // three phases by name beside one that is none by its name
        let head = |term: usize| (list[term].words().len() > 1).then(|| list[term].head());
        let first = head(chosen[0]);
        if first.is_some() && chosen.iter().all(|other| head(*other) == first) && head(fact.key) != first {
            return Err(Refusal::Apart);
        }
        // 'pivot joint' alone is called a joint
        let class_head = list[class].head();
        let called = |term: usize| list[term].words().len() > 1 && list[term].head() == class_head;
        if called(fact.key) && !chosen.iter().any(|other| called(*other)) {
            return Err(Refusal::Apart);
        }
        let key = list[fact.key].form(fact.plural);
        let names: Vec<&str> = chosen.iter().map(|other| list[*other].form(fact.plural)).collect();
        // 'Th1 cell' is a T cell by its letter
        let letters = list[class].one.split(' ').filter(|word| word.len() == 1);
        let lettered = letters
            .filter(|letter| key.starts_with(*letter))
            .any(|letter| names.iter().filter(|name| name.starts_with(letter)).count() < 2);
        if lettered || crate::question::filters::leaks(&fact.body, key, &names, &|_| true) {
            return Err(Refusal::Leak);
        }
        if crate::question::filters::key_too_long(key, &names) {
            return Err(Refusal::LongKey);
        }
        Ok(chosen)
    }
}
