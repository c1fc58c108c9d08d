//! Writing questions from a document without a language model. Owns: the order of the steps, preferences,
//! duplicates, shuffling. Refuses: IO and chance; the same document gives the same items.

mod quantity;
mod reversed;

use super::distractors::{Bench, is_doing};
use super::facts::{self, Fact, Family, Matter, entries, table};
use super::filters;
use super::lexicon::lexicon;
use super::rationale;
use super::refusal::Refusal;
use super::tagger::Tag;
use super::token::write;
use super::vectors::{Embed, Random, cosine, hash, trigrams};
use super::word::article_for;
use super::{Bloom, Choice, Item, ItemKind};
use crate::document::{Document, Span};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Most questions of a document that give a name and ask for what is said of it.
const REVERSED: usize = 18;

/// How much is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// At most so many items; the best are kept. `None` for all.
    pub limit: Option<usize>,
}

/// What was written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Generated {
    /// Items in reading order.
    pub items: Vec<Item>,
    /// What was refused, by reason.
    pub refusals: BTreeMap<Refusal, u32>,
    /// Questions that were formed and then refused: why, the question, its key.
    pub refused: Vec<(Refusal, String, String)>,
    /// Sentences that were read.
    pub sentences: usize,
    /// Terms that were found.
    pub terms: usize,
}

/// Writes questions from a document; vectors are hashed trigrams.
pub fn generate(document: &Document, options: &Options) -> Generated {
    generate_with(document, options, &trigrams)
}

/// Writes questions from a document with vectors of the caller's choice (each of length one).
pub fn generate_with(document: &Document, options: &Options, embed: Embed<'_>) -> Generated {
    let matter = super::matter::read(document);
    let bench = Bench::new(&matter, embed);
    let mut writer = Writer {
        matter: &matter,
        bench,
        embed,
        seed: hash(document.text.bytes()),
        refusals: BTreeMap::new(),
        refused: vec![],
    };
    let drafts = writer.drafts();
    let items = writer.pick(drafts, options.limit);
    Generated {
        items,
        refusals: writer.refusals,
        refused: writer.refused,
        sentences: matter.prose.sentences.len(),
        terms: matter.terms.list.len(),
    }
}

/// An item with what decides whether it stays.
struct Draft {
    item: Item,
    family: Family,
    key: Option<usize>,
    marked: bool,
    sentence: usize,
    place: u32,
    signature: HashSet<String>,
}

struct Writer<'m, 'd> {
    matter: &'m Matter<'d>,
    bench: Bench,
    embed: Embed<'m>,
    seed: u64,
    refusals: BTreeMap<Refusal, u32>,
    refused: Vec<(Refusal, String, String)>,
}

impl Writer<'_, '_> {
    fn refuse(&mut self, refusal: Refusal) {
        *self.refusals.entry(refusal).or_default() += 1;
    }

    fn refuse_fact(&mut self, refusal: Refusal, fact: &Fact) {
        self.refuse(refusal);
        let key = self.matter.terms.list[fact.key].form(fact.plural).to_string();
        self.refused.push((refusal, fact.stem.replace("{lead}", "…"), key));
    }

    fn drafts(&mut self) -> Vec<Draft> {
        let mut found: Vec<Fact> = vec![];
        let mut refused: Vec<Refusal> = vec![];
        facts::all(self.matter, &mut |fact| match fact {
            Ok(fact) => found.push(fact),
            Err(refusal) => refused.push(refusal),
        });
        refused.into_iter().for_each(|refusal| self.refuse(refusal));
        let mut fit: Vec<&Fact> = vec![];
        let mut drafts = vec![];
        for fact in &found {
            match filters::fact(self.matter, &self.bench, fact) {
                Ok(()) => fit.push(fact),
                Err(refusal) => self.refuse_fact(refusal, fact),
            }
        }
        for fact in &fit {
            let asked = match self.ask(fact) {
                // what gives the key away may stand at the end: ask the part before it
                Err(Refusal::Leak) => self.shortened(fact).ok_or(Refusal::Leak),
                other => other,
            };
            match asked {
                Ok(draft) => drafts.push(draft),
                Err(refusal) => self.refuse_fact(refusal, fact),
            }
        }
        for fact in &fit {
            let noun = self.matter.terms.list[fact.key].kind != Some("adjective");
            if noun && (filters::is_definition(fact.family) || is_doing(fact)) {
                match self.best(fact, &fit) {
                    Ok(draft) => drafts.push(draft),
                    Err(refusal) => self.refuse(refusal),
                }
            }
        }
        drafts.extend(self.members());
        drafts.extend(self.amounts());
        let mut tables = vec![];
        let document = self.matter.prose.document;
        table::facts(document, &mut |fact| tables.push(fact));
        entries::facts(document, &self.matter.prose.paths, &mut |fact| tables.push(fact));
        for fact in tables {
            match fact.and_then(|fact| self.row(&fact)) {
                Ok(draft) => drafts.push(draft),
                Err(refusal) => self.refuse(refusal),
            }
        }
        drafts
    }

    /// The longest beginning of a stem that gives nothing away and still holds four telling words.
    fn shortened(&self, fact: &Fact) -> Option<Draft> {
        let cuts = matches!(
            fact.family,
            Family::Is
                | Family::Apposition
                | Family::Does
                | Family::Which
                | Family::Resumed
                | Family::Called
                | Family::Means
        );
        let whole = write(&fact.body).trim().to_string();
        // at the start of a subordinate clause alone, after a noun: a list or a pair must not be torn
        let ends = (4..fact.body.len()).rev().filter(|at| {
            let opens = matches!(
                fact.body[*at].lower.as_str(),
                "that"
                    | "which"
                    | "where"
                    | "because"
                    | "when"
                    | "in"
                    | "within"
                    | "by"
                    | "for"
                    | "between"
                    | "without"
                    | "through"
                    | "during"
                    | "from"
            );
            // 'divide the kidney into lobes and provide a framework': a second predicate
            let second = fact.body[*at].is("and")
                && fact.body.get(at + 1).is_some_and(|t| t.tag == Tag::Verb && !t.lower.ends_with("ing"));
            let last = fact.body[..*at].iter().rev().find(|t| t.is_word());
            (opens || second) && last.is_some_and(|t| t.tag.is_noun())
        });
        ends.filter(|_| cuts).find_map(|end| {
            let body = super::span::standing(&fact.body[..end], super::span::Own::No)?;
            if super::prose::content_stems(&body).len() < 4 {
                return None;
            }
            let stem = fact.stem.replace(&whole, write(&body).trim());
            let short = Fact { stem, body, ..fact.clone() };
            filters::fact(self.matter, &self.bench, &short).ok()?;
            self.ask(&short).ok()
        })
    }

    /// A question whose options are terms.
    fn ask(&self, fact: &Fact) -> Result<Draft, Refusal> {
        let wrong = self.bench.choose(self.matter, fact)?;
        self.among(fact, &wrong)
    }

    /// A question whose options are the key and other terms.
    fn among(&self, fact: &Fact, wrong: &[usize]) -> Result<Draft, Refusal> {
        let matter = self.matter;
        let list = &matter.terms.list;
        let form = |term: usize| list[term].form(fact.plural);
        let stem = fact.stem.replace("{lead}", &self.lead(fact, wrong));
        let place = matter.prose.headings(fact.sentence);
        let kind = list[fact.key].kind.unwrap_or("term");
        let source = fact.source.unwrap_or(matter.prose.sentences[fact.sentence].span);
        let mut options = vec![rationale::quoted(matter, form(fact.key), form(fact.key), true, source, "")];
        for other in wrong {
            let quote = self.bench.quote(*other).ok_or(Refusal::NoQuote)?;
            let confused = misconception(form(fact.key), kind, place.last());
            options.push(rationale::choice(matter, form(*other), form(*other), false, quote, &confused));
        }
        let likeness =
            wrong.iter().map(|w| cosine(&(self.embed)(form(*w)), &(self.embed)(form(fact.key)))).sum::<f32>()
                / wrong.len() as f32;
        self.finish(stem, options, form(fact.key).to_string(), fact, likeness)
    }

    /// Questions that ask for a member of a class; all of one class have one stem, and `pick` takes one of them.
    fn members(&mut self) -> Vec<Draft> {
        let mut drafts = vec![];
        for (class, facts) in facts::member::facts(self.matter) {
            for fact in &facts {
                let wrong = self.bench.of_other_classes(self.matter, fact, class);
                match wrong.and_then(|wrong| self.among(fact, &wrong)) {
                    Ok(draft) => drafts.push(draft),
                    Err(refusal) => self.refuse_fact(refusal, fact),
                }
            }
        }
        drafts
    }

    /// 'hormone' where all options are hormones, else 'of the following'.
    fn lead(&self, fact: &Fact, wrong: &[usize]) -> String {
        let list = &self.matter.terms.list;
        if let Some(noun) = &fact.noun {
            return noun.clone();
        }
        let kind = list[fact.key].kind;
        // 'in which procedure?' sounds as if one were to be done
        if fact.family == Family::Ends && matches!(kind, Some("procedure" | "process" | "phase")) {
            return "of the following".into();
        }
        // 'Which gland' would call the hypothalamus one
        let loose = |term: &usize| lexicon().listed("loose_kind", &list[*term].key);
        let same = wrong.iter().all(|w| list[*w].kind == kind) && !wrong.iter().chain([&fact.key]).any(loose);
        let lead = kind.filter(|_| same).and_then(|kind| lexicon().lead(kind));
        match lead {
            Some((one, many)) => {
                // 'Which gland is glandular tissue that …'
                let root = one.rsplit(' ').next().unwrap_or(one);
                let repeated =
                    |t: &super::token::Token| t.lower.len() > root.len() + 1 && t.lower.starts_with(root);
                if fact.body.iter().any(repeated) {
                    return "of the following".into();
                }
                // the noun must not single out the options that repeat it
                let holds = |term: usize| list[term].words().iter().any(|w| one.split(' ').any(|o| o == *w));
                let key = holds(fact.key);
                if wrong.iter().any(|w| holds(*w) != key) && key {
                    "of the following".into()
                } else {
                    // several are named, one is right: 'Which cells' would promise more
                    if fact.plural { format!("of the following {many}") } else { one.into() }
                }
            }
            None => "of the following".into(),
        }
    }

    fn finish(
        &self,
        stem: String,
        mut options: Vec<Choice>,
        concept: String,
        fact: &Fact,
        likeness: f32,
    ) -> Result<Draft, Refusal> {
        Random::new(self.seed ^ hash(stem.bytes())).shuffle(&mut options);
        let (kind, bloom) = match fact.family {
            Family::Does | Family::DoesWhen | Family::NamedDoes | Family::Which | Family::Resumed => {
                (ItemKind::Function, Bloom::Remember)
            }
            Family::Cloze | Family::Quantity => (ItemKind::Cloze, Bloom::Remember),
            Family::Table => (ItemKind::Table, Bloom::Remember),
            Family::Ends | Family::Kind | Family::Place | Family::Member => {
                (ItemKind::Relation, Bloom::Remember)
            }
            Family::During | Family::NamedAfter | Family::NamedNext => {
                (ItemKind::Relation, Bloom::Understand)
            }
            _ => (ItemKind::Definition, Bloom::Remember),
        };
        let item = Item {
            stem,
            options,
            concept: concept.clone(),
            kind,
            bloom,
            difficulty: difficulty(fact.family, likeness, self.matter.terms.list[fact.key].mentions.len()),
            headings: self.matter.prose.headings(fact.sentence),
        };
        check(&item)?;
        Ok(Draft {
            item,
            family: fact.family,
            key: Some(fact.key),
            marked: self.matter.terms.list[fact.key].marked,
            sentence: fact.sentence,
            place: self.matter.prose.sentences[fact.sentence].span.start,
            signature: filters::signature(&fact.body, &concept),
        })
    }

    fn row(&self, fact: &table::TableFact) -> Result<Draft, Refusal> {
        let matter = self.matter;
        let mut rest = fact.options[1..].to_vec();
        Random::new(self.seed ^ hash(fact.stem.bytes())).shuffle(&mut rest);
        // near in length and of one table first: the key must not stand out
        let length = |text: &str| text.chars().count() as i32;
        let far = |span: &Span| i32::from(span.start.abs_diff(fact.options[0].1.start) > 1500);
        let opposite = |text: &String| i32::from(fact.opposites.contains(text));
        rest.sort_by_key(|(text, span)| {
            (length(text) - length(&fact.options[0].0)).abs() / 8 + 2 * far(span) - 4 * opposite(text)
        });
        rest.truncate(3);
        let key = &fact.options[0];
        let names: Vec<&str> = rest.iter().map(|(text, _)| text.as_str()).collect();
        if filters::key_too_long(&key.0, &names) {
            return Err(Refusal::LongKey);
        }
        let quoted = |(text, span): &(String, Span), correct: bool| {
            rationale::quoted(matter, text, text, correct, *span, &misconception(&key.0, "entry", None))
        };
        let mut options = vec![quoted(key, true)];
        options.extend(rest.iter().map(|option| quoted(option, false)));
        Random::new(self.seed ^ hash(fact.stem.bytes())).shuffle(&mut options);
        let document = matter.prose.document;
        let headings = matter.prose.paths[fact.block]
            .iter()
            .map(|at| document.slice(document.blocks[*at].span).to_string())
            .collect();
        let item = Item {
            stem: fact.stem.clone(),
            options,
            concept: key.0.clone(),
            kind: ItemKind::Table,
            bloom: Bloom::Remember,
            difficulty: difficulty(Family::Table, 0.3, 2),
            headings,
        };
        check(&item)?;
        let signature = super::distractors::meaning(&fact.cell)
            .into_iter()
            .chain(super::distractors::meaning(&key.0))
            .collect();
        Ok(Draft {
            item,
            family: Family::Table,
            key: None,
            marked: true,
            sentence: usize::MAX - fact.block,
            place: key.1.start,
            signature,
        })
    }

    /// The best drafts without likes, in reading order.
    fn pick(&mut self, mut drafts: Vec<Draft>, limit: Option<usize>) -> Vec<Item> {
        drafts.sort_by_key(|draft| (!draft.marked, rank(draft.family), draft.place));
        let mut kept: Vec<Draft> = vec![];
        let mut best = 0;
        let mut per_key: HashMap<String, usize> = HashMap::new();
        for draft in drafts {
            let concept = draft.item.concept.to_lowercase();
            let count = per_key.entry(concept.clone()).or_default();
            let enough = *count >= 4
                || kept.iter().any(|k| {
                    draft.key.is_some()
                        && k.key == draft.key
                        && k.sentence == draft.sentence
                        && (k.family == Family::Best) == (draft.family == Family::Best)
                });
            if enough {
                self.refuse(Refusal::Enough);
                continue;
            }
            if draft.family == Family::Best
                && (best >= REVERSED || kept.iter().any(|k| k.family == Family::Best && k.key == draft.key))
            {
                self.refuse(Refusal::Enough);
                continue;
            }
            if draft.family == Family::Table
                && kept.iter().filter(|k| k.family == Family::Table && k.sentence == draft.sentence).count()
                    >= 8
            {
                self.refuse(Refusal::Enough);
                continue;
            }
            let like = kept.iter().any(|k| {
                let both_best = k.family == Family::Best || draft.family == Family::Best;
                k.item.stem == draft.item.stem
                    || (!both_best
                        && (filters::jaccard(&k.signature, &draft.signature) >= 0.6
                            || (k.item.concept.to_lowercase() == concept
                                && filters::overlap(&k.signature, &draft.signature) >= 0.6)
                            || (k.item.concept.to_lowercase() == concept
                                && cosine(&(self.embed)(&k.item.stem), &(self.embed)(&draft.item.stem))
                                    > 0.8)))
            });
            if like {
                self.refuse(Refusal::Duplicate);
                continue;
            }
            *count += 1;
            best += usize::from(draft.family == Family::Best);
            kept.push(draft);
        }
        kept.truncate(limit.unwrap_or(usize::MAX));
        kept.sort_by_key(|draft| (draft.place, draft.family));
        kept.into_iter().map(|draft| draft.item).collect()
    }
}

fn rank(family: Family) -> u8 {
    match family {
        Family::Is
        | Family::Called
        | Family::IsCalled
        | Family::Apposition
        | Family::Means
        | Family::Identity => 0,
        Family::Does
        | Family::DoesWhen
        | Family::NamedDoes
        | Family::Which
        | Family::Resumed
        | Family::Kind
        | Family::Place
        | Family::NamedAfter
        | Family::NamedNext
        | Family::During => 1,
        Family::Ends | Family::Member | Family::Table | Family::Quantity => 2,
        Family::Best => 3,
        Family::Cloze => 4,
    }
}

fn misconception(key: &str, kind: &'static str, place: Option<&String>) -> String {
    let noun = lexicon().lead(kind).map_or_else(|| kind.replace('_', " "), |(one, _)| one.to_string());
    let article = article_for(&noun);
    match place {
        Some(place) => format!("confused with {key}: each is {article} {noun} met in ‘{place}’"),
        None => format!("confused with {key}: each is {article} {noun}"),
    }
}

/// A guess before answers are known: families that name a definition are easier than those that ask for a
/// detail; options with like names and terms met seldom are harder.
fn difficulty(family: Family, likeness: f32, mentions: usize) -> f32 {
    let base = match family {
        Family::Is
        | Family::Called
        | Family::IsCalled
        | Family::Apposition
        | Family::Means
        | Family::Identity => 0.35,
        Family::Cloze | Family::NamedAfter | Family::NamedNext => 0.4,
        Family::Best => 0.45,
        _ => 0.5,
    };
    let rare = 0.15 / (1.0 + mentions as f32 / 4.0);
    (base + 0.3 * likeness.clamp(0.0, 1.0) + rare).clamp(0.1, 0.9)
}

/// What every published item must hold: quotes, unique options, the key not in the stem.
fn check(item: &Item) -> Result<(), Refusal> {
    if crate::flaw::blocking(item).is_empty() { Ok(()) } else { Err(Refusal::Flawed) }
}
