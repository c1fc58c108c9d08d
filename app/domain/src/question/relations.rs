//! Which terms must not be options together. Owns: synonyms, classes and members, wholes and parts, as the
//! text or the tables tell. Refuses: choosing options (`distractors`).

use super::lexicon::lexicon;
use super::prose::Prose;
use super::terms::{Mention, Term, Terms};
use super::token::{Token, tokens_of};
use super::word::{singular, singular_phrase};
use crate::document::BlockKind;
use std::collections::{HashMap, HashSet};

/// Symmetric relations of terms.
#[derive(Default)]
pub(crate) struct Relations {
    bars: HashSet<(usize, usize)>,
    synonyms: HashMap<usize, HashSet<usize>>,
    members: Vec<(usize, usize)>,
    /// Wholes and parts, in either order.
    parts: HashSet<(usize, usize)>,
}

impl Relations {
    /// Reads them off the text.
    pub(crate) fn read(prose: &Prose<'_>, terms: &Terms) -> Self {
        let mut relations = Self::default();
        relations.by_name(terms);
        for number in 0..prose.sentences.len() {
            relations.by_sentence(prose, terms, number);
            relations.by_brackets(prose, terms, number);
        }
        relations.by_headings(prose, terms);
        relations.by_types(prose, terms);
        relations
    }

    /// Whether both may not be options of one question.
    pub(crate) fn barred(&self, a: usize, b: usize) -> bool {
        a == b || self.bars.contains(&(a.min(b), a.max(b)))
    }

    /// Forbids both to be options of one question.
    pub(crate) fn bar(&mut self, a: usize, b: usize) {
        if a != b {
            self.bars.insert((a.min(b), a.max(b)));
        }
    }

    /// Other names of a term.
    pub(crate) fn synonyms(&self, term: usize) -> impl Iterator<Item = usize> + '_ {
        self.synonyms.get(&term).into_iter().flatten().copied()
    }

    fn same(&mut self, a: usize, b: usize) {
        if a != b {
            self.bar(a, b);
            self.synonyms.entry(a).or_default().insert(b);
            self.synonyms.entry(b).or_default().insert(a);
        }
    }

    fn by_name(&mut self, terms: &Terms) {
        let sets: Vec<HashSet<&str>> = terms.list.iter().map(|t| t.words().into_iter().collect()).collect();
        let plain: Vec<String> = terms.list.iter().map(|t| canonical(&t.key)).collect();
        for a in 0..terms.list.len() {
            for b in a + 1..terms.list.len() {
                let (one, two) = (&terms.list[a], &terms.list[b]);
                if plain[a] == plain[b]
                    || lexicon().same_thing(&one.key, &two.key)
                    || initials(&one.key, &two.key)
                    || initials(&two.key, &one.key)
                {
                    self.same(a, b);
                }
                let contained = covers(&sets[a], &sets[b], one, two) || covers(&sets[b], &sets[a], two, one);
                let inside = |long: &str, short: &str| {
                    short.len() >= 5
                        && !short.contains(' ')
                        && long.len() > short.len()
                        && long.ends_with(short)
                };
                let modifiers = {
                    let (x, y) = (one.words(), two.words());
                    // in Latin the noun stands first: 'zona fasciculata', 'zona reticularis'
                    const LATIN: &[&str] =
                        &["zona", "fossa", "foramen", "vena", "ductus", "musculus", "linea"];
                    x.len() > 1
                        && x.len() == y.len()
                        && !LATIN.contains(&x[0])
                        && x[..x.len() - 1] == y[..y.len() - 1]
                        && one.kind == two.kind
                };
                if contained
                    || related_root(one, two)
                    || modifiers
                    || inside(&one.key, &two.key)
                    || inside(&two.key, &one.key)
                    || lexicon().class_and_member(&one.key, &two.key)
                    || of_class(one, two)
                    || of_class(two, one)
                    || head_class(&one.key, &two.key)
                    || head_class(&two.key, &one.key)
                {
                    self.bar(a, b);
                }
            }
        }
    }

    fn by_sentence(&mut self, prose: &Prose<'_>, terms: &Terms, number: usize) {
        let tokens = &prose.sentences[number].tokens;
        let mentions = terms.of_sentence(number);
        for (index, one) in mentions.iter().enumerate() {
            for two in &mentions[index + 1..] {
                if one.term == two.term {
                    continue;
                }
                let between = &tokens[one.last..two.first];
                let reach = tokens[two.first].start.saturating_sub(tokens[one.last - 1].end);
                if reach > 110 {
                    break;
                }
                if self.renames(tokens, between, two) {
                    self.same(one.term, two.term);
                } else if alternative(between)
                    || classifies(between)
                    || holds_part(between)
                    || (is_a(tokens, one) && reach <= 110)
                {
                    self.bar(one.term, two.term);
                    if holds_part(between) {
                        self.parts.insert((one.term.min(two.term), one.term.max(two.term)));
                    }
                }
            }
        }
    }

    fn renames(&self, tokens: &[Token], between: &[Token], two: &Mention) -> bool {
        let words: Vec<&str> =
            between.iter().map(|t| t.lower.as_str()).filter(|w| !matches!(*w, "a" | "an" | "the")).collect();
        let closes = tokens.get(two.last).is_none_or(|t| matches!(t.text.as_str(), "," | "." | ";" | "—"));
        match words.as_slice() {
            [",", "or"] | ["—", "or"] => closes,
            [",", "also", "called"]
            | ["also", "called"]
            | [",", "also", "known", "as"]
            | ["also", "known", "as"]
            | [",", "or", "simply"]
            | [",", "sometimes", "called"]
            | [",", "commonly", "called"]
            | [",", "commonly", "known", "as"]
            | [",", "also", "termed"]
            | [",", "also", "referred", "to", "as"]
            | ["is", "also", "called"]
            | ["are", "also", "called"]
            | ["is", "also", "known", "as"]
            | ["are", "also", "known", "as"]
            | [",", "previously", "called"]
            | [",", "formerly", "called"] => true,
            _ => false,
        }
    }

    /// 'X (Y)'.
    fn by_brackets(&mut self, prose: &Prose<'_>, terms: &Terms, number: usize) {
        let raw = tokens_of(prose.quote(number));
        let find = |words: &[Token]| {
            let text = words.iter().map(|t| t.lower.as_str()).collect::<Vec<_>>().join(" ");
            terms.index.get(singular_phrase(&text).as_str()).copied()
        };
        for open in 1..raw.len() {
            if raw[open].text != "(" {
                continue;
            }
            let Some(close) = (open..raw.len()).find(|at| raw[*at].text == ")") else { break };
            let mut inside = &raw[open + 1..close];
            while let [first, rest @ ..] = inside
                && matches!(
                    first.lower.as_str(),
                    "a" | "an" | "the" | "or" | "also" | "called" | "known" | "as"
                )
            {
                inside = rest;
            }
            let before = (1..=5.min(open)).rev().find_map(|length| find(&raw[open - length..open]));
            if let (Some(a), Some(b)) = (before, find(inside)) {
                self.same(a, b);
            }
        }
    }

    /// A plural heading that names a class holds its members.
    fn by_headings(&mut self, prose: &Prose<'_>, terms: &Terms) {
        let document = prose.document;
        let classes: Vec<(usize, usize)> = document
            .blocks
            .iter()
            .enumerate()
            .filter(|(_, block)| matches!(block.kind, BlockKind::Heading(_)))
            .filter_map(|(at, block)| {
                let title = document.slice(block.span).to_lowercase();
                let one = singular_phrase(&title);
                (one != title).then(|| terms.index.get(one.as_str()).map(|term| (at, *term))).flatten()
            })
            .collect();
        for (at, term) in terms.list.iter().enumerate() {
            let Some(section) = term.section else { continue };
            let above = |heading: usize| heading == section || prose.paths[section].contains(&heading);
            for (heading, class) in &classes {
                let kin = terms.list[*class].head() == term.head() || terms.list[*class].kind == term.kind;
                if above(*heading) && kin && term.marked {
                    self.bar(*class, at);
                }
            }
        }
    }

    /// 'immediate (type I) hypersensitivity' names 'immediate hypersensitivity' and 'type I hypersensitivity'.
    fn by_types(&mut self, prose: &Prose<'_>, terms: &Terms) {
        let document = prose.document;
        let headings =
            document.blocks.iter().filter(|b| matches!(b.kind, BlockKind::Heading(_))).map(|b| b.span);
        for span in headings.chain(prose.sentences.iter().map(|s| s.span)) {
            let raw = tokens_of(document.slice(span));
            for open in 1..raw.len() {
                if raw[open].text != "(" {
                    continue;
                }
                let Some(close) = (open..raw.len().min(open + 5)).find(|at| raw[*at].text == ")") else {
                    continue;
                };
                let Some(head) = raw.get(close + 1) else { continue };
                let find = |words: &[Token]| {
                    let text: Vec<&str> = words.iter().chain([head]).map(|t| t.lower.as_str()).collect();
                    terms.index.get(singular_phrase(&text.join(" ")).as_str()).copied()
                };
                let before = (1..=3.min(open)).find_map(|length| find(&raw[open - length..open]));
                if let (Some(a), Some(b)) = (before, find(&raw[open + 1..close])) {
                    self.same(a, b);
                }
            }
        }
    }

    /// A member is barred from all that its class is barred from by name: a Th1 cell is a helper T cell, hence
    /// no alternative to a T cell.
    fn climb(&mut self, terms: &Terms) {
        let mut classes: Vec<(usize, usize)> = self.members.clone();
        // a name that ends in another ('cortical nephron') names a kind of it
        for class in 0..terms.list.len() {
            let named = |member: &usize| {
                let name = &terms.list[*member];
                name.key.contains(' ') && name.head() == terms.list[class].key
            };
            classes.extend((0..terms.list.len()).filter(named).map(|member| (member, class)));
        }
        let kin: HashSet<(usize, usize)> = classes.iter().copied().collect();
        for (member, class) in classes {
            self.bar(member, class);
            // what is a part of every nephron is a part of a cortical nephron
            for other in 0..terms.list.len() {
                let sibling = kin.contains(&(other, class))
                    || terms.list[other].head() == terms.list[class].head()
                    || terms.list[other].head() == terms.list[member].head()
                    || terms.list[other].kind == Some(terms.list[class].key.as_str());
                // in anatomy what stands in any such relation to the class is its part or its whole
                let region =
                    |term: usize| matches!(terms.list[term].kind, Some("region" | "cavity" | "membrane"));
                let part = self.parts.contains(&(class.min(other), class.max(other)))
                    || (region(class) && region(other) && self.barred(class, other));
                if !sibling && part {
                    self.bar(member, other);
                }
            }
            let words: HashSet<&str> = terms.list[class].words().into_iter().collect();
            for other in 0..terms.list.len() {
                let above: HashSet<&str> = terms.list[other].words().into_iter().collect();
                let wider = above.is_subset(&words)
                    || lexicon().is_member(&terms.list[class].key, &terms.list[other].key);
                if wider {
                    self.bar(member, other);
                }
            }
        }
    }

    /// Notes that one is a kind of the other.
    pub(crate) fn member(&mut self, member: usize, class: usize) {
        self.members.push((member, class));
    }

    /// What holds of a term holds of its other names, and of the members of a class.
    pub(crate) fn close(&mut self, terms: &Terms) {
        self.climb(terms);
        self.spread(terms);
    }

    /// What holds of a term holds of its other names.
    fn spread(&mut self, terms: &Terms) {
        for term in 0..terms.list.len() {
            let names: Vec<usize> = self.synonyms(term).collect();
            let others: Vec<usize> = (0..terms.list.len()).filter(|o| self.barred(term, *o)).collect();
            for name in names {
                for other in &others {
                    self.bar(name, *other);
                }
            }
        }
    }
}

/// Whether all words of the first stand in the second. 'pituitary gland' counts as 'pituitary' where that
/// names a thing by itself.
fn covers(short: &HashSet<&str>, long: &HashSet<&str>, one: &Term, two: &Term) -> bool {
    if short.is_subset(long) {
        return true;
    }
    let words = one.words();
    let [rest @ .., last] = words.as_slice() else { return false };
    let bare = rest.join(" ");
    let alone = !rest.is_empty()
        && lexicon().heads.get(last).is_some_and(|kind| kind == last)
        && (lexicon().heads.contains_key(bare.as_str()) || lexicon().terms.contains_key(bare.as_str()));
    alone && rest.iter().all(|w| long.contains(w)) && two.key != one.key
}

/// 'glomerulus' beside 'glomerular capillary', 'angiotensin II' beside 'angiotensinogen': one names the other.
fn related_root(one: &Term, two: &Term) -> bool {
    const PREFIXES: &[&str] = &[
        "hyper", "hypo", "inter", "intra", "extra", "anti", "micro", "macro", "neuro", "poly", "thyroi",
        "parath", "parathy", "immuno", "cardio", "gastro", "synart", "amphia",
    ];
    one.words().iter().any(|a| {
        two.words().iter().any(|b| {
            let shared = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
            a != b
                && shared >= 6
                && singular(a) != singular(b)
                && !PREFIXES.iter().any(|p| a.starts_with(p) && shared <= p.len() + 2)
        })
    })
}

/// Spelling variants of one name: 'B lymphocyte' is 'B cell'.
fn canonical(key: &str) -> String {
    let words = key.split([' ', '-']).map(|word| match word {
        "lymphocyte" => "cell",
        "fibre" => "fiber",
        "kidney" => "renal",
        "heart" => "cardiac",
        "disk" => "disc",
        other => other,
    });
    let mut out: Vec<&str> = words.collect();
    if out.len() == 1 && key == "lymphocyte" {
        out = vec!["lymphocyte"];
    }
    out.join(" ")
}

/// 'nk cell' of 'natural killer cell', 'sa node' of 'sinoatrial node'.
fn initials(short: &str, long: &str) -> bool {
    let (short, long): (Vec<&str>, Vec<&str>) =
        (short.split(' ').collect(), long.split([' ', '-']).collect());
    let [abbreviation, rest @ ..] = short.as_slice() else { return false };
    if long.len() <= rest.len() || !long.ends_with(rest) || abbreviation.len() < 2 || abbreviation.len() > 5 {
        return false;
    }
    let named = &long[..long.len() - rest.len()];
    named.len() > 1 && named.iter().filter_map(|w| w.chars().next()).eq(abbreviation.chars())
}

/// 'cytokine' stands above 'interleukin 2' through the head of the longer name.
fn head_class(class: &str, member: &str) -> bool {
    let words: Vec<&str> = member.split(' ').collect();
    let head = singular(words[super::word::head_index(&words)]);
    head != class && lexicon().is_member(&head, class)
}

/// 'naïve lymphocyte' beside 'T cell': a kind of lymphocyte beside a lymphocyte that may be of that kind.
fn of_class(kind: &Term, member: &Term) -> bool {
    let head = kind.head();
    let general = lexicon().heads.get(head).is_some_and(|own| *own == head);
    head != kind.key && head != member.head() && !general && lexicon().is_member(&member.key, head)
}

fn alternative(between: &[Token]) -> bool {
    let words: Vec<&str> =
        between.iter().map(|t| t.lower.as_str()).filter(|w| !matches!(*w, "a" | "an" | "the")).collect();
    matches!(words.as_slice(), ["or"] | [",", "or"] | ["and/or"])
}

fn joined(between: &[Token]) -> String {
    let words: Vec<&str> = between.iter().map(|t| t.lower.as_str()).collect();
    format!(" {} ", words.join(" "))
}

fn classifies(between: &[Token]) -> bool {
    // the copula belongs to the first term, the naming word to the second
    const COPULAS: &[&str] = &[" is a ", " is an ", " are a ", " is the ", " are the ", " classified as "];
    const NAMINGS: &[&str] = &[" called ", " known as ", " termed ", " referred to as ", " named "];
    let start = joined(&between[..between.len().min(5)]);
    let end = joined(&between[between.len().saturating_sub(4)..]);
    if COPULAS.iter().any(|w| start.contains(w)) || NAMINGS.iter().any(|w| end.contains(w)) {
        return true;
    }
    const WORDS: &[&str] = &[
        " such as ",
        " including ",
        " includes ",
        " include ",
        " and other ",
        " or other ",
        " especially ",
        " like ",
        " namely ",
        " example of ",
        " examples of ",
        " type of ",
        " types of ",
        " kind of ",
        " kinds of ",
        " form of ",
        " class of ",
        " classes of ",
        " subtype ",
        " category ",
        " synonym",
        " are all ",
    ];
    let text = joined(between);
    WORDS.iter().any(|w| text.contains(w)) || text.trim() == ":"
}

fn holds_part(between: &[Token]) -> bool {
    const WORDS: &[&str] = &[
        " consists of ",
        " consist of ",
        " contains ",
        " contain ",
        " containing ",
        " part of ",
        " parts of ",
        " portion of ",
        " component of ",
        " components of ",
        " composed of ",
        " made up of ",
        " made of ",
        " comprised of ",
        " comprises ",
        " divided into ",
        " made from ",
        " formed by ",
        " subdivided into ",
        " found in ",
        " found within ",
        " region of ",
        " layer of ",
        " becomes ",
        " become ",
        " develops into ",
        " develop into ",
        " differentiate into ",
        " differentiates into ",
        " converted to ",
        " converted into ",
        " matures into ",
        " mature into ",
        " branch of ",
        " branches of ",
        " within the ",
        " inside the ",
        " lines the ",
        " precursor ",
        " derived from ",
        " enclosed by ",
        " surrounds the ",
        " continuous with ",
    ];
    let text = joined(between);
    WORDS.iter().any(|w| text.contains(w)) || text == " of the " || text == " of a " || text == " of "
}

/// 'X is a …': all that its definition names stands near it.
fn is_a(tokens: &[Token], one: &Mention) -> bool {
    let at = one.last;
    let copula = tokens.get(at).is_some_and(|t| matches!(t.lower.as_str(), "is" | "are"));
    copula
        && tokens
            .get(at + 1)
            .is_some_and(|t| matches!(t.lower.as_str(), "a" | "an" | "the" | "one" | "classified"))
}
