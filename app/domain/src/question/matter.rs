//! Reading a document for questions: sentences, terms, kinds, definitions, relations, in this order. Owns: that
//! order and what flows back from definitions. Refuses: facts beyond definitions.

use super::facts::definition::genus_of;
use super::facts::{self, Fact, Matter};
use super::kinds;
use super::prose::Prose;
use super::relations::Relations;
use super::terms::Terms;
use crate::document::Document;
use std::collections::BTreeMap;

/// Reads a document up to the point where facts can be judged.
pub(crate) fn read(document: &Document) -> Matter<'_> {
    let prose = Prose::read(document);
    let mut terms = Terms::read(&prose);
    kinds::settle(&mut terms);
    let mut matter = Matter { prose, terms, relations: Relations::default(), definitions: BTreeMap::new() };
    spell_out(&mut matter);
    let mut found: Vec<Fact> = vec![];
    for number in 0..matter.prose.sentences.len() {
        if matter.prose.sentences[number].usable {
            facts::definition::facts(&matter, number, &mut |fact| found.extend(fact.ok()));
        }
    }
    found.sort_by_key(|fact| (fact.family, fact.sentence));
    for fact in found {
        // 'a point at which', 'a group of': the head says little of what a thing is
        let head = super::span::head_of(&fact.body).map(|at| fact.body[at].lower.clone()).unwrap_or_default();
        let loose = matches!(
            head.as_str(),
            "point"
                | "range"
                | "time"
                | "level"
                | "part"
                | "area"
                | "region"
                | "process"
                | "stage"
                | "condition"
                | "structure"
                | "period"
        ) && matter.terms.list[fact.key].kind.is_some();
        let loose = loose || matches!(head.as_str(), "point" | "range" | "time" | "level");
        if let Some(genus) = genus_of(&fact.body).filter(|_| !loose) {
            kinds::learn(&mut matter.terms, fact.key, genus);
        }
        let term = &mut matter.terms.list[fact.key];
        if term.definition.is_none() {
            term.definition = Some(fact.sentence);
            matter.definitions.insert(fact.key, fact.body);
        }
    }
    matter.relations = Relations::read(&matter.prose, &matter.terms);
    // bold type of one name holds for the other
    for term in 0..matter.terms.list.len() {
        if matter.relations.synonyms(term).any(|other| matter.terms.list[other].marked) {
            matter.terms.list[term].marked = true;
        }
    }
    // a definition that opens with another term: one is a kind or part of the other
    let near: Vec<(usize, usize)> = matter
        .definitions
        .iter()
        .flat_map(|(term, body)| {
            let start = body.first().map_or(0, |t| t.start);
            let sentence = matter.terms.list[*term].definition;
            let mentions = sentence.map(|s| matter.terms.of_sentence(s)).unwrap_or_default();
            let tokens = sentence.map(|s| &matter.prose.sentences[s].tokens);
            mentions.iter().filter_map(move |m| {
                let at = tokens?.get(m.first)?.start;
                (at >= start && at < start + 60).then_some((*term, m.term))
            })
        })
        .collect();
    for (a, b) in near {
        matter.relations.bar(a, b);
    }
    for (member, class) in genera(&matter) {
        matter.relations.member(member, class);
    }
    matter.relations.close(&matter.terms);
    matter
}

/// Abbreviations that a reader of one question cannot know are written out ('CO' is 'cardiac output').
fn spell_out(matter: &mut Matter<'_>) {
    const KNOWN: &[&str] = &[
        "DNA", "RNA", "mRNA", "tRNA", "rRNA", "ATP", "ADP", "HIV", "AIDS", "MRI", "CT", "ECG", "EKG", "GTP",
        "NADH", "PCR", "HPV",
    ];
    for mention in &matter.terms.mentions {
        let term = &matter.terms.list[mention.term];
        let shown = matter.prose.sentences[mention.sentence].tokens[mention.first].text.clone();
        let Some(short) = &term.abbreviation else { continue };
        let bare = shown.strip_suffix('s').unwrap_or(&shown);
        let named = mention.last == mention.first + 1
            && (shown == *short || bare == short)
            && term.key != short.to_lowercase();
        if named && !KNOWN.contains(&bare) && term.key.split(' ').count() <= 4 {
            let name = term.form(mention.plural).to_string();
            matter.prose.spell_out(mention.sentence, mention.first, &name);
        }
    }
    matter.prose.restem();
}

/// The terms that definitions name as genus: 'Th1 cells are a type of helper T cell'.
fn genera(matter: &Matter<'_>) -> Vec<(usize, usize)> {
    let of = |(term, body): (&usize, &Vec<super::token::Token>)| {
        let sentence = matter.terms.list[*term].definition?;
        let tokens = &matter.prose.sentences[sentence].tokens;
        let head = super::span::head_of(body)?;
        // 'a type of X': the genus stands after 'of'
        let named = matches!(
            body[head].lower.as_str(),
            "type" | "kind" | "form" | "class" | "group" | "subtype" | "subset" | "example"
        );
        let from = if named { body.get(head + 2)?.start } else { body.first()?.start };
        let until = if named { from + 60 } else { body[head].end };
        let genus = matter.terms.of_sentence(sentence).iter().find(|m| {
            let (start, end) = (tokens[m.first].start, tokens[m.last - 1].end);
            start >= from && (if named { start <= until } else { end == until }) && m.term != *term
        })?;
        Some((*term, genus.term))
    };
    matter.definitions.iter().filter_map(of).collect()
}
