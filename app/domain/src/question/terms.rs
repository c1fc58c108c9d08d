//! The terms of a document. Owns: finding them, their display forms and where they are mentioned. Refuses:
//! their kinds (`kinds`) and how they relate (`relations`).

mod candidates;

use super::lexicon::{Kind, lexicon};
use super::prose::Prose;
use super::tagger::Tag;
use super::token::{Token, tokens_of, write};
use super::word::{head_index, plural_phrase, singular_phrase};
use candidates::{
    Candidate, collect_abbreviations, collect_bold, collect_headings, collect_introduced, collect_soft,
};
use std::collections::{BTreeMap, HashMap};

/// A term occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mention {
    /// Which sentence.
    pub(crate) sentence: usize,
    /// First token.
    pub(crate) first: usize,
    /// One past its last token.
    pub(crate) last: usize,
    /// Which term.
    pub(crate) term: usize,
    /// Whether it stands in the plural.
    pub(crate) plural: bool,
    /// Whether it is set in bold here.
    pub(crate) bold: bool,
    /// Whether no further noun or adjective belongs to the phrase.
    pub(crate) whole: bool,
}

/// A term.
#[derive(Debug, Clone, Default)]
pub(crate) struct Term {
    /// Lower case, head in the singular.
    pub(crate) key: String,
    /// As shown, singular.
    pub(crate) one: String,
    /// As shown, plural.
    pub(crate) many: String,
    /// How often each form was met.
    pub(crate) seen: [u32; 2],
    /// 'ADH' of 'antidiuretic hormone (ADH)'.
    pub(crate) abbreviation: Option<String>,
    /// Set in bold somewhere in prose (or, in a document without bold, introduced by name).
    pub(crate) marked: bool,
    /// A heading names it.
    pub(crate) heading: bool,
    /// A compound that was used three times as a whole phrase.
    pub(crate) strong: bool,
    /// What kind of thing it is.
    pub(crate) kind: Option<Kind>,
    /// Whether its kind comes from the vocabulary or its head, not from an ending.
    pub(crate) sure: bool,
    /// Sentence of its definition.
    pub(crate) definition: Option<usize>,
    /// Heading block above the sentence that introduces it.
    pub(crate) section: Option<usize>,
    /// The lecture's part that introduces it.
    pub(crate) module: Option<usize>,
    /// Mentions with 'a', with 'the', and all.
    pub(crate) articles: [u32; 3],
    /// Indices into [`Terms::mentions`].
    pub(crate) mentions: Vec<usize>,
}

impl Term {
    /// Words of the key.
    pub(crate) fn words(&self) -> Vec<&str> {
        self.key.split(' ').collect()
    }

    /// The head word of the key.
    pub(crate) fn head(&self) -> &str {
        let words = self.words();
        words.get(head_index(&words)).copied().unwrap_or("")
    }

    /// The form to show.
    pub(crate) fn form(&self, plural: bool) -> &str {
        if plural { &self.many } else { &self.one }
    }
}

/// All terms.
pub(crate) struct Terms {
    /// The terms, by key.
    pub(crate) list: Vec<Term>,
    /// All mentions, in reading order.
    pub(crate) mentions: Vec<Mention>,
    /// For each sentence the range of its mentions.
    pub(crate) by_sentence: Vec<std::ops::Range<usize>>,
    /// Key (and abbreviation) to term.
    pub(crate) index: HashMap<String, usize>,
    /// Whether the document sets its terms in bold.
    pub(crate) has_bold: bool,
}

impl Terms {
    /// Finds terms and mentions.
    pub(crate) fn read(prose: &Prose<'_>) -> Self {
        let mut candidates: BTreeMap<String, Candidate> = BTreeMap::new();
        collect_bold(prose, &mut candidates);
        let has_bold = candidates.len() >= 6;
        collect_introduced(prose, &mut candidates, has_bold);
        collect_headings(prose, &mut candidates, has_bold);
        collect_soft(prose, &mut candidates);
        collect_abbreviations(prose, &mut candidates);
        let keep = |key: &str, c: &Candidate| {
            let single = !key.contains(' ');
            c.marked || c.heading || c.soft >= if single { 3 } else { 2 }
        };
        let empty = |key: &str| {
            let words: Vec<&str> = key.split(' ').collect();
            lexicon().listed("empty_head", words[head_index(&words)])
        };
        candidates.retain(|key, c| {
            keep(key, c)
                && (c.marked && has_bold || !empty(key))
                && !lexicon().is_stop(key)
                && key.chars().any(char::is_alphabetic)
        });
        let mut terms = Self {
            list: candidates
                .into_iter()
                .map(|(key, c)| Term {
                    key,
                    marked: c.marked,
                    heading: c.heading,
                    abbreviation: c.abbreviation,
                    ..Term::default()
                })
                .collect(),
            mentions: vec![],
            by_sentence: vec![],
            index: HashMap::new(),
            has_bold,
        };
        terms.find_mentions(prose);
        terms.settle(prose);
        terms
    }

    /// Mentions of a sentence.
    pub(crate) fn of_sentence(&self, sentence: usize) -> &[Mention] {
        &self.mentions[self.by_sentence[sentence].clone()]
    }

    /// Mentions of a term.
    pub(crate) fn of_term(&self, term: usize) -> impl Iterator<Item = &Mention> {
        self.list[term].mentions.iter().map(|at| &self.mentions[*at])
    }

    fn find_mentions(&mut self, prose: &Prose<'_>) {
        let mut surfaces: HashMap<String, (usize, bool)> = HashMap::new();
        let mut exact: HashMap<String, usize> = HashMap::new();
        for (at, term) in self.list.iter().enumerate() {
            surfaces.insert(spaced(&plural_phrase(&term.key)), (at, true));
        }
        for (at, term) in self.list.iter().enumerate() {
            surfaces.insert(spaced(&term.key), (at, false));
            self.index.insert(term.key.clone(), at);
            if let Some(short) = &term.abbreviation {
                exact.entry(short.clone()).or_insert(at);
            }
        }
        for (number, sentence) in prose.sentences.iter().enumerate() {
            let from = self.mentions.len();
            let tokens = &sentence.tokens;
            let mut at = 0;
            while at < tokens.len() {
                let hit = (1..=7.min(tokens.len() - at)).rev().find_map(|length| {
                    let words: Vec<&str> = tokens[at..at + length].iter().map(|t| t.lower.as_str()).collect();
                    if let Some((term, plural)) = surfaces.get(&words.join(" ")) {
                        return Some((*term, *plural, length));
                    }
                    if length > 1 {
                        return None;
                    }
                    let text = tokens[at].text.as_str();
                    exact.get(text).map(|term| (*term, false, 1)).or_else(|| {
                        text.strip_suffix('s').and_then(|one| exact.get(one)).map(|term| (*term, true, 1))
                    })
                });
                let Some((mut term, mut plural, mut length)) = hit else {
                    at += 1;
                    continue;
                };
                // 'an **amphipathic** molecule': what is set in bold is the name
                let run = sentence.bold[at..at + length].iter().take_while(|bold| **bold).count();
                if run > 0
                    && run < length
                    && let words = tokens[at..at + run].iter().map(|t| t.lower.as_str()).collect::<Vec<_>>()
                    && let Some((named, many)) = surfaces.get(&words.join(" "))
                    && self.list[*named].marked
                {
                    (term, plural, length) = (*named, *many, run);
                }
                let last = at + length;
                let bold = sentence.bold[at..last].iter().all(|b| *b);
                let whole = is_whole(tokens, at, last);
                self.mentions.push(Mention { sentence: number, first: at, last, term, plural, bold, whole });
                at = last;
            }
            self.by_sentence.push(from..self.mentions.len());
        }
        for (at, mention) in self.mentions.iter().enumerate() {
            self.list[mention.term].mentions.push(at);
        }
    }

    /// Display forms, counts, sections.
    fn settle(&mut self, prose: &Prose<'_>) {
        for at in 0..self.list.len() {
            let mut casings: [BTreeMap<String, u32>; 2] = [BTreeMap::new(), BTreeMap::new()];
            let mut whole = 0;
            let mut articles = [0; 3];
            let mut seen = [0; 2];
            let mut home: Option<(bool, usize)> = None;
            for index in &self.list[at].mentions {
                let mention = self.mentions[*index];
                let sentence = &prose.sentences[mention.sentence];
                whole += u32::from(mention.whole);
                // 'SA and AV nodes' are two things, not several AV nodes
                let joined = mention.plural
                    && mention.last - mention.first > 1
                    && mention.first > 0
                    && matches!(sentence.tokens[mention.first - 1].lower.as_str(), "and" | "or" | ",");
                seen[usize::from(mention.plural)] += u32::from(!joined);
                articles[2] += 1;
                if mention.first > 0 {
                    articles[0] +=
                        u32::from(matches!(sentence.tokens[mention.first - 1].lower.as_str(), "a" | "an"));
                    articles[1] += u32::from(sentence.tokens[mention.first - 1].is("the"));
                }
                let words = &sentence.tokens[mention.first..mention.last];
                if self.list[at].abbreviation.as_deref() != Some(words[0].text.trim_end_matches('s'))
                    || words.len() > 1
                {
                    let cased: Vec<Token> =
                        words.iter().map(|t| Token { text: prose.true_case(t), ..t.clone() }).collect();
                    let mut form = write(&cased);
                    form = form.trim().to_string();
                    *casings[usize::from(mention.plural)].entry(form).or_default() +=
                        if mention.first > 0 { 3 } else { 1 };
                }
                if mention.bold && home.is_none_or(|(bold, _)| !bold) {
                    home = Some((true, mention.sentence));
                } else if home.is_none() {
                    home = Some((false, mention.sentence));
                }
            }
            let term = &mut self.list[at];
            let best = |forms: &BTreeMap<String, u32>| {
                forms
                    .iter()
                    .max_by_key(|(form, count)| (**count, std::cmp::Reverse((*form).clone())))
                    .map(|(f, _)| f.clone())
            };
            let (one, many) = (best(&casings[0]), best(&casings[1]));
            term.one = one
                .clone()
                .or_else(|| many.as_deref().map(singular_phrase))
                .unwrap_or_else(|| term.key.clone());
            term.many = many.unwrap_or_else(|| plural_phrase(&term.one));
            term.seen = seen;
            term.articles = articles;
            term.strong = term.key.contains(' ') && whole >= 3;
            if let Some((_, sentence)) = home {
                term.section = prose.sentences[sentence].section;
                term.module = prose.sentences[sentence].module;
            }
        }
    }
}

/// A key with the spaces that its tokens would have.
fn spaced(key: &str) -> String {
    tokens_of(key).iter().map(|t| t.lower.as_str()).collect::<Vec<_>>().join(" ")
}

/// Whether nothing before or after belongs to the same noun phrase.
fn is_whole(tokens: &[Token], first: usize, last: usize) -> bool {
    let before = first.checked_sub(1).map(|i| &tokens[i]);
    let after = tokens.get(last);
    let open_before = before.is_some_and(|b| {
        matches!(b.tag, Tag::Adj | Tag::Noun | Tag::Propn | Tag::Num)
            || (b.tag == Tag::Verb && (b.lower.ends_with("ed") || b.lower.ends_with("ing")))
            || matches!(b.text.as_str(), "–" | "-" | "/" | "’s" | "'s" | "’" | "'")
    });
    // 'the hormone inhibin' names it whole
    let named = first >= 2
        && tokens[first - 2].is("the")
        && before.is_some_and(|b| b.tag.is_noun() && lexicon().heads.contains_key(b.lower.as_str()));
    let open_after = after.is_some_and(|a| {
        (a.tag.is_noun() && !lexicon().is_verb(&a.lower))
            || matches!(a.text.as_str(), "–" | "-" | "/" | "’s" | "'s" | "’" | "'")
            || (a.tag == Tag::Adj && tokens.get(last + 1).is_some_and(|t| t.tag.is_noun()))
    });
    (!open_before || named) && !open_after
}

/// Where the noun phrase that begins at `first` ends: adjectives and nouns up to the last noun.
pub(crate) fn phrase_end(tokens: &[Token], first: usize) -> usize {
    let mut end = first;
    for (at, token) in tokens.iter().enumerate().skip(first) {
        match token.tag {
            Tag::Noun | Tag::Propn => end = at + 1,
            Tag::Adj | Tag::Num => {}
            _ => break,
        }
    }
    end
}
