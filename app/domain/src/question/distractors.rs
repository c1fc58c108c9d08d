//! Choosing wrong options. Owns: which terms may stand beside a key, and which of them are best. Refuses: the
//! question itself (`filters`).

mod classes;
mod fitness;
mod kinship;
mod reversed;

use super::facts::{Fact, Family, Matter};
use super::lexicon::lexicon;
use super::morphology;
use super::prose::content_stems;
use super::refusal::Refusal;
use super::terms::Term;
use super::vectors::{Embed, cosine};
use super::word::{is_function_word, stem};
use fitness::{
    are_chambers, articles_agree, is_chamber, is_class, is_solid, is_structural, is_term_strong, may_mix,
    number_fits, said_of, same_sound, set_against,
};
use kinship::{
    alone_of_its_kind, built_alike, defines, genus_noun, genus_tells, is_broad, landmarks, listed_together,
    measures_nothing, mixes_ranks, odd_build, odd_head, one_place, other_dimension, other_sort, ratio_tells,
    same_sort, unit_tells,
};
pub(crate) use reversed::{is_doing, siblings};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What is computed once for each term.
pub(crate) struct Bench {
    names: Vec<Vec<f32>>,
    definitions: Vec<Option<Vec<f32>>>,
    /// Genus that the definition names.
    genus: Vec<Option<String>>,
    /// Stems of the sentences that speak of the term or its synonyms, by paragraph.
    said: Vec<BTreeMap<usize, HashSet<String>>>,
    /// Sentences that name it.
    sentences: Vec<BTreeSet<usize>>,
    /// Stems of the words of the name.
    stems: Vec<Vec<String>>,
    /// Whether it names a class ('gland'): no option.
    class: Vec<bool>,
    /// Whether two or more terms in bold are kinds of it by their names ('T cell').
    has_kinds: Vec<bool>,
    /// Whether it may be quoted.
    quote: Vec<Option<usize>>,
    title: HashSet<String>,
    /// Whether the lecture has so few terms of its own that one of them has few siblings.
    few: bool,
}

/// Terms in bold from which a lecture has siblings enough.
const FEW: usize = 80;

/// Rarity from which a word tells one thing of a document from the others.
const TELLING: f32 = 1.8;

/// A chosen distractor, or the reasons that left too few.
pub(crate) type Choice = Result<Vec<usize>, Refusal>;

impl Bench {
    /// Reads the terms.
    pub(crate) fn new(matter: &Matter<'_>, embed: Embed<'_>) -> Self {
        let list = &matter.terms.list;
        let title = matter.prose.document.title.clone().unwrap_or_default();
        let sentences: Vec<BTreeSet<usize>> =
            (0..list.len()).map(|at| matter.terms.of_term(at).map(|m| m.sentence).collect()).collect();
        let said = (0..list.len()).map(|at| said_of(matter, at, &sentences)).collect();
        Self {
            few: list.iter().filter(|term| term.marked).count() < FEW,
            names: list.iter().map(|t| embed(&t.one)).collect(),
            definitions: (0..list.len())
                .map(|at| {
                    let body = matter.definitions.get(&at)?;
                    Some(embed(&format!("{}: {}", list[at].one, super::token::write(body))))
                })
                .collect(),
            genus: (0..list.len()).map(|at| genus_noun(matter.definitions.get(&at)?)).collect(),
            said,
            sentences,
            stems: list.iter().map(|t| t.words().into_iter().map(stem).collect()).collect(),
            class: (0..list.len()).map(|at| is_class(matter, at)).collect(),
            has_kinds: list
                .iter()
                .map(|term| {
                    let tail = format!(" {}", term.key);
                    list.iter().filter(|t| t.marked && t.key.ends_with(&tail)).count() >= 2
                })
                .collect(),
            quote: (0..list.len()).map(|at| super::rationale::quotable(matter, at)).collect(),
            title: title.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() > 3).map(stem).collect(),
        }
    }

    /// Whether a term names a class.
    pub(crate) fn is_class(&self, term: usize) -> bool {
        self.class[term]
    }

    /// The sentence to quote for a term.
    pub(crate) fn quote(&self, term: usize) -> Option<usize> {
        self.quote[term]
    }

    /// Up to three wrong options for a fact.
    pub(crate) fn choose(&self, matter: &Matter<'_>, fact: &Fact) -> Choice {
        let list = &matter.terms.list;
        let key = &list[fact.key];
        let stem_words = content_stems(&fact.body);
        let leaked = self.leaked(fact, &stem_words);
        let rare = |word: &str| matter.prose.rarity(word) >= TELLING;
        let clues = morphology::clues(&fact.body, key.form(fact.plural), &rare);
        let mut ranked: Vec<(f32, usize)> = (0..list.len())
            .filter(|other| self.fits(matter, fact, *other, &stem_words))
            .map(|other| {
                let carries = leaked.iter().any(|word| self.stems[other].contains(word))
                    || morphology::parts(&list[other].one).iter().any(|part| clues.contains(part));
                let named = matter.stem_terms(fact).into_iter();
                let kin =
                    named.filter(|c| matter.is_member(fact.key, *c)).any(|c| matter.is_member(other, c));
                let near = self.near(matter, fact.key, other);
                let close = if is_broad(key) { 0.9 } else { 0.3 };
                let extra = if carries { 0.6 } else { 0.0 }
                    + if kin { 0.4 } else { 0.0 }
                    + if near { close } else { 0.0 };
                let extra = extra
                    + if same_sort(matter, fact, other) { 0.2 } else { 0.0 }
                    + if self.told_apart(matter, fact, other) { 0.6 } else { 0.0 };
                let weak = if measures_nothing(key, &list[other]) { 0.8 } else { 0.0 };
                (self.score(key, fact, &list[other], other) + extra - weak, other)
            })
            .collect();
        // the best set, else one that is led by another term, else one that is as long as the key
        let length = |term: usize| list[term].form(fact.plural).chars().count() as f32;
        let mut worst = Refusal::FewDistractors;
        for by_length in [0.0, 0.05] {
            for (score, other) in &mut ranked {
                *score -= by_length * (length(fact.key) - length(*other)).max(0.0);
            }
            ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            for lead in 0..ranked.len().min(5) {
                let order = std::iter::once(ranked[lead].1).chain(ranked.iter().map(|(_, other)| *other));
                let chosen = self.apart(matter, fact, order);
                match self.accept(matter, fact, &chosen, &leaked) {
                    Ok(()) => return Ok(chosen),
                    Err(refusal) => worst = refusal,
                }
            }
        }
        Err(worst)
    }

    /// The first three of an order that may stand beside each other.
    fn apart(&self, matter: &Matter<'_>, fact: &Fact, order: impl Iterator<Item = usize>) -> Vec<usize> {
        let list = &matter.terms.list;
        let mut chosen: Vec<usize> = vec![];
        for other in order {
            let apart = chosen.iter().all(|c| {
                *c != other
                    && (are_chambers(&list[*c], &list[other])
                        || !matter.relations.barred(*c, other)
                            && cosine(&self.names[*c], &self.names[other]) <= 0.85)
                    && !same_sound(list[*c].form(fact.plural), list[other].form(fact.plural))
            });
            if apart {
                chosen.push(other);
            }
            if chosen.len() == 3 {
                break;
            }
        }
        chosen
    }

    /// Whether the options as a set give nothing away.
    fn accept(
        &self,
        matter: &Matter<'_>,
        fact: &Fact,
        chosen: &[usize],
        leaked: &[String],
    ) -> Result<(), Refusal> {
        let list = &matter.terms.list;
        let solid = chosen.iter().filter(|c| is_solid(&list[**c])).count();
        if chosen.len() < 2 || solid < 2 {
            return Err(Refusal::FewDistractors);
        }
        // a leaked word must have a carrier among the wrong options
        let carried = |word: &String| chosen.iter().any(|c| self.stems[*c].contains(word));
        let key = list[fact.key].form(fact.plural);
        let names: Vec<&str> = chosen.iter().map(|c| list[*c].form(fact.plural)).collect();
        let rare = |word: &str| matter.prose.rarity(word) >= TELLING;
        if !leaked.iter().all(carried) || super::filters::leaks(&fact.body, key, &names, &rare) {
            return Err(Refusal::Leak);
        }
        if super::filters::key_too_long(key, &names) {
            return Err(Refusal::LongKey);
        }
        self.key_blends_in(matter, fact, chosen)
    }

    /// Whether the key is one of several that the stem's class and place allow.
    fn key_blends_in(&self, matter: &Matter<'_>, fact: &Fact, chosen: &[usize]) -> Result<(), Refusal> {
        let list = &matter.terms.list;
        let key = &list[fact.key];
        let wrong: Vec<&Term> = chosen.iter().map(|c| &list[*c]).collect();
        // 'male urethra' beside organs of everyone
        let sex = |term: &Term| term.words().iter().any(|w| matches!(*w, "male" | "female"));
        let names: Vec<&str> = wrong.iter().map(|term| term.one.as_str()).collect();
        if alone_of_its_kind(key, &wrong)
            || unit_tells(fact, key, &wrong)
            || odd_build(&key.one, &names)
            || genus_tells(matter, fact, key, &wrong)
            || other_sort(matter, fact, chosen)
            || odd_head(key, &wrong)
            || ratio_tells(fact, key, &wrong)
            || (sex(key) && !wrong.iter().any(|term| sex(term)))
        {
            return Err(Refusal::Apart);
        }
        let near = chosen.iter().filter(|c| self.near(matter, fact.key, **c)).count();
        // cells of one lecture are more alike than its conditions
        let least = if key.kind == Some("cell") || (self.few && defines(matter, fact)) { 1 } else { 2 };
        if is_broad(key) && near < least {
            return Err(Refusal::Apart);
        }
        let places = landmarks(fact, key);
        let shares =
            |c: &usize| places.iter().any(|place| self.said[*c].values().any(|held| held.contains(place)));
        if !places.is_empty() && chosen.iter().filter(|c| shares(c)).count() < 2 {
            return Err(Refusal::Apart);
        }
        Ok(())
    }

    /// Whether the text, in one place, defines both by one genus ('a component of a feedback system').
    fn one_genus(&self, matter: &Matter<'_>, fact: &Fact, other: usize) -> bool {
        let genus = &self.genus[fact.key];
        let adjective = |term: usize| matter.terms.list[term].kind == Some("adjective");
        defines(matter, fact)
            && adjective(fact.key) == adjective(other)
            && genus.is_some()
            && *genus == self.genus[other]
            && one_place(&matter.terms.list[fact.key], &matter.terms.list[other])
    }

    /// Whether a term is a plausible alternative to another: one place, one genus, or names built alike.
    fn near(&self, matter: &Matter<'_>, key: usize, other: usize) -> bool {
        let (one, two) = (&matter.terms.list[key], &matter.terms.list[other]);
        let told_together = || {
            let blocks = |term: usize| self.sentences[term].iter().map(|s| matter.prose.sentences[*s].block);
            blocks(key).any(|block| blocks(other).any(|b| b == block))
        };
        one_place(one, two)
            || told_together()
            || built_alike(one, two)
            || (self.genus[key].is_some() && self.genus[key] == self.genus[other])
    }

    /// Words of the key that the stem repeats, type nouns aside.
    fn leaked(&self, fact: &Fact, stem_words: &[String]) -> Vec<String> {
        // 'hip' names a place, whatever else is named by it
        let place = |word: &str| lexicon().heads.get(word).is_some_and(|kind| *kind == "body_part");
        self.stems[fact.key]
            .iter()
            .filter(|word| word.len() > 1 && stem_words.contains(word))
            .filter(|word| place(word) || !super::filters::is_type_stem(word))
            .cloned()
            .collect()
    }

    /// Whether the lecture names both alike and defines them one by one ('active transport', 'passive transport'): it
    /// tells them apart, wherever it names one beside the other.
    fn told_apart(&self, matter: &Matter<'_>, fact: &Fact, other: usize) -> bool {
        let (key, term) = (&matter.terms.list[fact.key], &matter.terms.list[other]);
        are_chambers(key, term)
            || key.marked
                && term.marked
                && defines(matter, fact)
                && term.definition.is_some_and(|own| own != fact.sentence)
                && key.head() == term.head()
                && built_alike(key, term)
                && matter.relations.synonyms(fact.key).all(|name| name != other)
    }

    fn fits(&self, matter: &Matter<'_>, fact: &Fact, other: usize, stem_words: &[String]) -> bool {
        let list = &matter.terms.list;
        let (key, term) = (&list[fact.key], &list[other]);
        if other == fact.key || self.quote[other].is_none() {
            return false;
        }
        let told_apart = self.told_apart(matter, fact, other);
        if matter.relations.barred(fact.key, other) && !told_apart {
            return false;
        }
        if (self.sentences[other].contains(&fact.sentence) && !set_against(matter, fact, other))
            || self.class[other]
            || lexicon().listed("everyday", &term.key)
            || !is_term_strong(term)
        {
            return false;
        }
        // what a text tells of one of two, physicians know of both
        let names = |at: usize| std::iter::once(at).chain(matter.relations.synonyms(at));
        if names(fact.key).any(|a| names(other).any(|b| lexicon().are_twins(&list[a].key, &list[b].key))) {
            return false;
        }
        // 'potassium' where the stem says K+
        if fact.body.iter().any(|t| lexicon().same_thing(&term.key, &t.lower)) {
            return false;
        }
        // 'T cells' beside 'NK cells': some kind of the wider one may do it too
        if self.has_kinds[other] && !key.key.ends_with(&format!(" {}", term.key)) {
            return false;
        }
        let cos = cosine(&self.names[fact.key], &self.names[other]);
        match (key.kind, term.kind) {
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) if !self.one_genus(matter, fact, other) => {
                let open = fact.genus.is_none_or(|g| lexicon().group(g) == lexicon().group(b));
                let marked = key.marked && term.marked && key.module == term.module;
                // a definition whose genus says nothing leaves room for the whole group
                let group = marked
                    && defines(matter, fact)
                    && fact.genus.is_none_or(|g| g != a)
                    && lexicon().group(a) == lexicon().group(b);
                if !open || !(group || may_mix(a, b, marked)) || fact.noun.is_some() {
                    return false;
                }
            }
            _ if self.one_genus(matter, fact, other) => {}
            (None, None) if key.marked && term.marked && key.module == term.module && cos >= 0.35 => {}
            _ => return false,
        }
        if let Some(genus) = fact.genus
            && !self.one_genus(matter, fact, other)
            && term.kind.is_some_and(|k| k != genus && key.kind == Some(genus))
        {
            return false;
        }
        let share_word = self.stems[other].iter().any(|w| self.stems[fact.key].contains(w));
        // names built alike are confused most: where both are defined, the definitions tell them apart
        let defined = defines(matter, fact) && term.definition.is_some();
        let most = if defined && built_alike(key, term) || are_chambers(key, term) { 0.93 } else { 0.68 };
        if cos > if share_word { f32::max(most, 0.70) } else { most }
            || mixes_ranks(key, term)
            || other_dimension(fact, key, term)
        {
            return false;
        }
        if let (Some(a), Some(b)) = (&self.definitions[fact.key], &self.definitions[other])
            && !told_apart
            && cosine(a, b) > 0.90
        {
            return false;
        }
        // the stem names a class that holds the key: only its members may stand beside it
        let named: Vec<usize> =
            matter.stem_terms(fact).into_iter().filter(|class| matter.is_member(fact.key, *class)).collect();
        let strict = matches!(
            fact.family,
            Family::Does | Family::DoesWhen | Family::Which | Family::Resumed | Family::Ends
        );
        if strict && named.iter().any(|class| !matter.is_member(other, *class)) {
            return false;
        }
        // 'left atria' is what is left of 'left and right atria'
        if fact.plural && matches!(term.words()[0], "left" | "right") && term.seen[1] < 3 {
            return false;
        }
        // bare 'cortex' where 'adrenal cortex' is a term
        let bare = !term.marked && !term.key.contains(' ');
        if bare && list.iter().any(|t| t.marked && t.key.contains(' ') && t.head() == term.key) {
            return false;
        }
        if is_chamber(key) && !is_chamber(term) {
            return false;
        }
        let echoes = || self.echoes(matter, fact, other, stem_words) && !are_chambers(key, term);
        if self.topic_class(term) || echoes() {
            return false;
        }
        // a class beside a class of one head: the wider one may hold the narrower
        let class = |t: &Term| t.articles[2] > 2 && t.articles[0] * 5 >= t.articles[2];
        let same_head = key.head() == term.head();
        if same_head
            && (class(key) || class(term))
            && !(key.marked && term.marked && key.module == term.module)
        {
            return false;
        }
        // siblings share their build: 'is comprised of three cusps' holds of each valve
        if same_head
            && is_structural(fact)
            && !matches!(key.head(), "gland" | "cell" | "hormone" | "nerve" | "muscle" | "organ")
        {
            return false;
        }
        let broad = |k: &str| matches!(k, "region" | "tissue" | "molecule" | "protein");
        if key.kind.is_some_and(broad)
            && key.module != term.module
            && !(term.marked && matches!(key.kind, Some("region" | "tissue")))
        {
            return false;
        }
        if lexicon().listed("family", &key.key) != lexicon().listed("family", &term.key) {
            return false;
        }
        articles_agree(key, term)
            && number_fits(matter, term, fact.plural)
            && (self.contrasts(matter, fact, other)
                || !self.does_it_too(matter, fact, other) && !self.ambiguous(matter, fact, other, stem_words))
    }

    /// 'endocrine gland' in a chapter on the endocrine system.
    fn topic_class(&self, term: &Term) -> bool {
        let words = term.words();
        words.len() == 2
            && self.title.contains(&stem(words[0]))
            && lexicon().heads.get(words[1]).is_some_and(|k| *k == words[1])
    }

    /// Whether the option's name repeats a word of the stem that the key's does not.
    fn echoes(&self, matter: &Matter<'_>, fact: &Fact, other: usize, stem_words: &[String]) -> bool {
        self.stems[other].iter().zip(matter.terms.list[other].words()).any(|(word, plain)| {
            word.len() > 2
                && stem_words.contains(word)
                && !self.stems[fact.key].contains(word)
                && matter.prose.rarity(word) >= 0.5
                && !super::filters::is_class_noun(plain)
        })
    }

    /// Whether a sentence says the asked verb and its rare object of the option: 'increases permeability'.
    fn does_it_too(&self, matter: &Matter<'_>, fact: &Fact, other: usize) -> bool {
        if !matches!(
            fact.family,
            Family::Does | Family::DoesWhen | Family::NamedDoes | Family::Which | Family::Resumed
        ) {
            return false;
        }
        let telling: Vec<String> = content_stems(&fact.body);
        let (Some(verb), Some(object)) = (telling.first(), telling.get(1)) else { return false };
        if matter.prose.rarity(object) < 2.8 {
            return false;
        }
        self.sentences[other].iter().filter(|number| !self.sets_apart(matter, **number, fact.key, other)).any(
            |number| {
                let held = &matter.prose.sentences[*number].stems;
                held.binary_search(verb).is_ok() && held.binary_search(object).is_ok()
            },
        )
    }

    /// Whether the text sets the option against the key: it says the same of it, but of another object ('the QRS
    /// complex represents the depolarization of the ventricles').
    fn contrasts(&self, matter: &Matter<'_>, fact: &Fact, other: usize) -> bool {
        let terms = &matter.terms;
        let asked = matter.stem_terms(fact);
        let verb = content_stems(&fact.body).into_iter().next();
        terms.of_term(other).filter(|m| m.first <= 2).any(|mention| {
            let here: Vec<usize> = terms.of_sentence(mention.sentence).iter().map(|m| m.term).collect();
            let missing: Vec<usize> = asked.iter().filter(|t| !here.contains(t)).copied().collect();
            let held = &matter.prose.sentences[mention.sentence].stems;
            let same_verb = verb.as_ref().is_some_and(|v| held.binary_search(v).is_ok());
            let swapped = here.iter().any(|h| {
                *h != other
                    && !asked.contains(h)
                    && missing
                        .iter()
                        .any(|m| terms.list[*m].kind.is_some() && terms.list[*m].kind == terms.list[*h].kind)
            });
            same_verb && swapped
        })
    }

    /// Whether a sentence names the key as well and in another role: what it says is said of the key, or of each
    /// something else.
    fn sets_apart(&self, matter: &Matter<'_>, number: usize, key: usize, other: usize) -> bool {
        self.sentences[key].contains(&number) && !listed_together(matter, number, key, other)
    }

    /// Whether the text says of the option what the stem asks for.
    fn ambiguous(&self, matter: &Matter<'_>, fact: &Fact, other: usize, stem_words: &[String]) -> bool {
        let asked: BTreeSet<&String> = stem_words.iter().collect();
        if asked.is_empty() {
            return true;
        }
        // a term that has a definition of its own is told apart by it, unless that says nearly the same
        let own = matter.terms.list[other].definition.filter(|_| defines(matter, fact));
        let one_sentence = self.sentences[other].iter().any(|number| {
            if self.sets_apart(matter, *number, fact.key, other) {
                return false;
            }
            let held = &matter.prose.sentences[*number].stems;
            let shared = asked.iter().filter(|w| held.binary_search(**w).is_ok()).count();
            match own {
                // two words of their own tell two definitions of one build apart
                Some(own) if own == *number => shared * 100 >= asked.len() * 85 || asked.len() - shared < 2,
                Some(_) => shared * 10 >= asked.len() * 7,
                None => shared * 2 >= asked.len(),
            }
        });
        if one_sentence {
            return true;
        }
        let weight = |word: &&String| matter.prose.rarity(word);
        let total: f32 = asked.iter().map(&weight).sum();
        let covered =
            |held: &HashSet<String>| -> f32 { asked.iter().filter(|w| held.contains(**w)).map(weight).sum() };
        let least = if own.is_some() { 0.95 } else { 0.8 } * total;
        self.said[other].values().any(|held| covered(held) >= least)
    }

    fn score(&self, key: &Term, fact: &Fact, term: &Term, other: usize) -> f32 {
        let level = if key.kind == term.kind { 2.0 } else { 1.0 };
        let cos = cosine(&self.names[fact.key], &self.names[other]);
        let definition = match (&self.definitions[fact.key], &self.definitions[other]) {
            (Some(a), Some(b)) => cosine(a, b).min(0.5),
            _ => 0.0,
        };
        let weight = if term.marked {
            0.4
        } else if term.strong || term.heading || term.definition.is_some() {
            0.25
        } else {
            -0.3
        };
        let place = if key.section.is_some() && key.section == term.section {
            0.3
        } else if key.module.is_some() && key.module == term.module {
            0.2
        } else {
            -0.1
        };
        let known = term.marked || term.heading || term.definition.is_some();
        let place = if known || place >= 0.2 { place } else { place - 0.4 };
        let unsure = if term.sure { 0.0 } else { 0.3 };
        let place = place
            + if key.words().len() > 1 && term.words().len() > 1 && key.head() == term.head() {
                0.2
            } else {
                0.0
            };
        let words = (key.words().len() as f32 - term.words().len() as f32).abs();
        let length = (key.one.chars().count() as f32 - term.one.chars().count() as f32).abs();
        0.45 * level - 0.8 * (cos - 0.45).abs() + 0.4 * definition + weight + place
            - unsure
            - 0.15 * words
            - 0.01 * length
    }
}

/// Words of a phrase that carry meaning, function words aside.
pub(crate) fn meaning(words: &str) -> Vec<String> {
    words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty() && !is_function_word(&w.to_lowercase()))
        .map(stem)
        .collect()
}
