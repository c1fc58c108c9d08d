//! The word tables behind question writing. Owns: reading `assets/questions/*.tsv` once. Refuses: every
//! judgement about a document.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// A coarse kind of thing ('hormone', 'membrane'), as named in `type_heads.tsv`.
pub(crate) type Kind = &'static str;

/// All tables, read once.
pub(crate) struct Lexicon {
    /// Head noun to kind.
    pub(crate) heads: HashMap<&'static str, Kind>,
    /// Whole term to kind.
    pub(crate) terms: HashMap<&'static str, Kind>,
    /// Ending to kind, longest first.
    pub(crate) suffixes: Vec<(&'static str, Kind)>,
    groups: HashMap<Kind, &'static str>,
    leads: HashMap<Kind, (&'static str, &'static str)>,
    /// Singular to irregular plural.
    pub(crate) plurals: HashMap<&'static str, &'static str>,
    /// Irregular plural to singular.
    pub(crate) singulars: HashMap<&'static str, &'static str>,
    stop: HashSet<&'static str>,
    verbs: HashSet<&'static str>,
    lists: HashMap<&'static str, HashSet<&'static str>>,
    /// Member to the classes it belongs to, directly or through others.
    classes: HashMap<&'static str, HashSet<&'static str>>,
    /// Latin and Greek parts of words of one meaning, with the English words for it.
    pub(crate) forms: Vec<(&'static str, &'static str)>,
    /// Names of one thing, by any of them.
    synonyms: HashMap<&'static str, usize>,
    /// Sets of terms that share much of what is told of one of them, by each of them.
    twins: HashMap<&'static str, Vec<usize>>,
}

/// The rows of a table, its heading left out.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().skip(1).filter(|line| !line.is_empty()).map(|line| line.split('\t').collect())
}

fn pairs(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    rows(table).filter_map(|row| Some((*row.first()?, *row.get(1)?)))
}

macro_rules! table {
    ($name:literal) => {
        include_str!(concat!("../../assets/questions/", $name, ".tsv"))
    };
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::read);

/// All names of the thing that is called so (any case), this one too; none where no other is known.
pub(crate) fn names_of(name: &str) -> Vec<&'static str> {
    let synonyms = &lexicon().synonyms;
    let Some(set) = synonyms.get(name.to_lowercase().as_str()) else { return vec![] };
    let mut names: Vec<&str> = synonyms.iter().filter(|(_, of)| *of == set).map(|(name, _)| *name).collect();
    names.sort_unstable();
    names
}

/// The names of things of which several are known, each with the number of its thing.
pub(crate) fn named_things() -> impl Iterator<Item = (&'static str, usize)> {
    lexicon().synonyms.iter().map(|(name, thing)| (*name, *thing))
}

/// Whether a noun (lower case, singular) heads names of medical things: 'nerve', 'gland'.
pub(crate) fn is_head(noun: &str) -> bool {
    lexicon().heads.contains_key(noun)
}

/// Whether a word or phrase (lower case, singular) is the name of a medical thing.
pub(crate) fn is_term(name: &str) -> bool {
    lexicon().terms.contains_key(name) || lexicon().synonyms.contains_key(name)
}

/// Whether a word (lower case) is a verb of the field, in its base form or third person.
pub(crate) fn is_verb(word: &str) -> bool {
    lexicon().is_verb(word)
}

/// The tables.
pub(crate) fn lexicon() -> &'static Lexicon {
    &LEXICON
}

impl Lexicon {
    fn read() -> Self {
        let mut lists: HashMap<&'static str, HashSet<&'static str>> = HashMap::new();
        for (word, list) in pairs(table!("word_lists")) {
            lists.entry(list).or_default().insert(word);
        }
        let mut suffixes: Vec<_> = pairs(table!("type_suffixes")).collect();
        suffixes.sort_by_key(|(suffix, _)| std::cmp::Reverse(suffix.len()));
        let mut synonyms = HashMap::new();
        for (set, line) in table!("synonyms").lines().skip(1).enumerate() {
            for name in line.split('\t') {
                synonyms.insert(name, set);
            }
        }
        let mut twins: HashMap<&'static str, Vec<usize>> = HashMap::new();
        for (set, names) in rows(table!("twins")).enumerate() {
            for name in names {
                twins.entry(name).or_default().push(set);
            }
        }
        Self {
            twins,
            forms: pairs(table!("combining_forms")).collect(),
            heads: pairs(table!("type_heads")).collect(),
            terms: pairs(table!("type_terms")).collect(),
            suffixes,
            groups: pairs(table!("type_groups")).collect(),
            leads: rows(table!("lead_nouns"))
                .filter_map(|row| Some((*row.first()?, (*row.get(1)?, *row.get(2)?))))
                .collect(),
            plurals: pairs(table!("plurals")).collect(),
            singulars: pairs(table!("plurals")).map(|(one, many)| (many, one)).collect(),
            stop: rows(table!("stop_terms")).filter_map(|row| row.first().copied()).collect(),
            verbs: rows(table!("verbs")).filter_map(|row| row.first().copied()).collect(),
            lists,
            classes: closure(table!("classes")),
            synonyms,
        }
    }

    /// Whether `word` (lower case) stands in a list of `word_lists.tsv`.
    pub(crate) fn listed(&self, list: &str, word: &str) -> bool {
        self.lists.get(list).is_some_and(|words| words.contains(word))
    }

    /// The coarse group of a kind; a kind without a group is its own.
    pub(crate) fn group(&self, kind: Kind) -> &'static str {
        self.groups.get(kind).copied().unwrap_or(kind)
    }

    /// The noun that asks for a kind: 'Which hormone …', singular and plural.
    pub(crate) fn lead(&self, kind: Kind) -> Option<(&'static str, &'static str)> {
        self.leads.get(kind).copied()
    }

    /// A word too common to be a term.
    pub(crate) fn is_stop(&self, key: &str) -> bool {
        self.stop.contains(key)
    }

    /// A verb of the field, base form or third person.
    pub(crate) fn is_verb(&self, word: &str) -> bool {
        self.verbs.contains(word)
    }

    /// Whether `member` is known to be a kind of `class`.
    pub(crate) fn is_member(&self, member: &str, class: &str) -> bool {
        self.classes.get(member).is_some_and(|set| set.contains(class))
    }

    /// Whether one is known to be a kind of the other, in either direction.
    pub(crate) fn class_and_member(&self, a: &str, b: &str) -> bool {
        self.is_member(a, b) || self.is_member(b, a)
    }

    /// Whether both are known to name one thing.
    pub(crate) fn same_thing(&self, a: &str, b: &str) -> bool {
        matches!((self.synonyms.get(a), self.synonyms.get(b)), (Some(x), Some(y)) if x == y)
    }

    /// Whether much of what a text tells of one is true of the other as well.
    pub(crate) fn are_twins(&self, a: &str, b: &str) -> bool {
        self.twins.get(a).zip(self.twins.get(b)).is_some_and(|(x, y)| x.iter().any(|set| y.contains(set)))
    }
}

/// `class \t member, member …` lines to member -> all classes above it.
fn closure(table: &'static str) -> HashMap<&'static str, HashSet<&'static str>> {
    let mut direct: HashMap<&'static str, Vec<&'static str>> = HashMap::new();
    for (class, members) in pairs(table) {
        for member in members.split(", ") {
            direct.entry(member).or_default().push(class);
        }
    }
    let climb = |member: &&'static str| {
        let mut above = HashSet::new();
        let mut open = direct[member].clone();
        while let Some(class) = open.pop() {
            if above.insert(class) {
                open.extend(direct.get(class).into_iter().flatten());
            }
        }
        (*member, above)
    };
    direct.keys().map(climb).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        let lexicon = lexicon();
        for (head, kind) in lexicon.heads.iter().chain(&lexicon.terms) {
            assert!(!kind.is_empty() && *head == head.to_lowercase(), "{head}");
            assert!(lexicon.groups.contains_key(kind), "{kind} of {head} has no group");
        }
        assert!(lexicon.listed("pronoun", "its"));
        assert!(lexicon.class_and_member("interferon", "cytokine"));
        assert!(lexicon.class_and_member("leukocyte", "b cell"), "through lymphocyte");
        assert!(!lexicon.class_and_member("insulin", "glucagon"));
        assert!(
            lexicon.are_twins("aldosterone", "angiotensin ii") && !lexicon.are_twins("insulin", "prolactin")
        );
        assert!(lexicon.same_thing("adrenaline", "epinephrine"));
        assert_eq!(names_of("Noradrenaline"), ["noradrenaline", "norepinephrine"]);
        assert!(names_of("insulin").is_empty());
    }
}
