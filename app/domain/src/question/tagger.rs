//! Parts of speech. Owns: the interpreter of a Brill tagger (a frequency dictionary, then ordered patches) and
//! what it needs to know about physiology. Refuses: where words begin (`token`).

use super::lexicon::lexicon;
use super::token::{Token, tokens_of};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// The universal part of speech of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Tag {
    Adj,
    Adp,
    Adv,
    Aux,
    Cconj,
    Det,
    Intj,
    Noun,
    Num,
    Part,
    Pron,
    Propn,
    Punct,
    Sconj,
    Sym,
    Verb,
}

impl Tag {
    fn read(name: &str) -> Option<Self> {
        Some(match name {
            "ADJ" => Self::Adj,
            "ADP" => Self::Adp,
            "ADV" => Self::Adv,
            "AUX" => Self::Aux,
            "CCONJ" => Self::Cconj,
            "DET" => Self::Det,
            "INTJ" => Self::Intj,
            "NOUN" => Self::Noun,
            "NUM" => Self::Num,
            "PART" => Self::Part,
            "PRON" => Self::Pron,
            "PROPN" => Self::Propn,
            "PUNCT" => Self::Punct,
            "SCONJ" => Self::Sconj,
            "SYM" => Self::Sym,
            "VERB" => Self::Verb,
            _ => return None,
        })
    }

    /// A common or proper noun.
    pub(crate) fn is_noun(self) -> bool {
        matches!(self, Self::Noun | Self::Propn)
    }
}

/// When a patch applies to the word at an index; offsets are relative to it.
enum Criterion {
    Word(isize, &'static str),
    Tagged(isize, Tag),
    /// Any word from the next one (or the one before) up to an offset.
    Any(isize, Tag),
    Between(Tag, Tag),
}

struct Patch {
    from: Tag,
    to: Tag,
    criteria: Vec<Criterion>,
}

struct Model {
    words: HashMap<&'static str, Tag>,
    patches: Vec<Patch>,
}

static MODEL: LazyLock<Model> = LazyLock::new(Model::read);

impl Model {
    fn read() -> Self {
        let mut words = HashMap::new();
        for line in include_str!("../../assets/questions/tagger_words.tsv").lines().skip(1) {
            let Some((tag, list)) = line.split_once('\t') else { continue };
            if let Some(tag) = Tag::read(tag) {
                words.extend(list.split(' ').map(|word| (word, tag)));
            }
        }
        let patch = |line: &'static str| {
            let mut cells = line.split('\t');
            let from = Tag::read(cells.next()?)?;
            let to = Tag::read(cells.next()?)?;
            let criteria = cells.next()?.split(" & ").map(criterion).collect::<Option<Vec<_>>>()?;
            Some(Patch { from, to, criteria })
        };
        let table = include_str!("../../assets/questions/tagger_patches.tsv");
        Self { words, patches: table.lines().skip(1).filter_map(patch).collect() }
    }
}

fn criterion(text: &'static str) -> Option<Criterion> {
    let mut words = text.split(' ');
    let (kind, first, second) = (words.next()?, words.next()?, words.next()?);
    Some(match kind {
        "word" => Criterion::Word(first.parse().ok()?, second),
        "tag" => Criterion::Tagged(first.parse().ok()?, Tag::read(second)?),
        "any" => Criterion::Any(first.parse().ok()?, Tag::read(second)?),
        "between" => Criterion::Between(Tag::read(first)?, Tag::read(second)?),
        _ => return None,
    })
}

impl Criterion {
    fn holds(&self, tokens: &[Token], at: usize) -> bool {
        let tag_at = |offset: isize| at.checked_add_signed(offset).and_then(|i| tokens.get(i)).map(|t| t.tag);
        match self {
            Self::Word(offset, word) => {
                at.checked_add_signed(*offset).and_then(|i| tokens.get(i)).is_some_and(|t| t.lower == *word)
            }
            Self::Tagged(offset, tag) => tag_at(*offset) == Some(*tag),
            Self::Any(offset, tag) if *offset < 0 => (*offset..0).any(|o| tag_at(o) == Some(*tag)),
            Self::Any(offset, tag) => (1..=*offset).any(|o| tag_at(o) == Some(*tag)),
            Self::Between(before, after) => tag_at(-1) == Some(*before) && tag_at(1) == Some(*after),
        }
    }
}

/// What an unknown word is, by its ending.
fn guess(word: &str) -> Tag {
    let ends = |list: &[&str]| list.iter().any(|e| word.ends_with(e) && word.len() > e.len() + 1);
    if word.chars().next().is_some_and(|c| c.is_ascii_digit()) {
        Tag::Num
    } else if !word.chars().any(char::is_alphanumeric) {
        Tag::Punct
    } else if ends(&["ly"]) {
        Tag::Adv
    } else if ends(&["ed", "ing", "ize", "izes", "ify", "ifies", "ates"]) || ends(&["ate"]) {
        Tag::Verb
    } else if ends(&[
        "ous", "ic", "al", "ar", "ary", "ive", "able", "ible", "ory", "oid", "ent", "ant", "eal", "ial",
    ]) {
        Tag::Adj
    } else {
        Tag::Noun
    }
}

/// Words whose everyday tag misleads in medical prose.
fn fixed(word: &str) -> Option<Tag> {
    Some(match word {
        "cell" | "cells" | "tissue" | "tissues" | "membrane" | "membranes" | "fluid" | "fluids" | "organ"
        | "muscle" | "muscles" | "bone" | "bones" | "vein" | "veins" | "body" | "blood" | "valve"
        | "valves" | "plasma" | "joint" | "joints" | "gland" | "glands" | "layer" | "layers" | "lining"
        | "opening" | "swelling" | "ring" | "spring" | "lung" | "lungs" | "acid" | "acids" | "urine"
        | "hip" | "hips" | "nutrients" | "molecules" | "chemicals" | "receptors" | "products" | "toxins"
        | "chemical" | "substance" | "bleeding" | "clotting" | "breathing" | "feeding" | "signaling"
        | "splicing" => {
            if word == "chemical" {
                Tag::Adj
            } else {
                Tag::Noun
            }
        }
        "is" | "are" | "was" | "were" | "be" | "been" | "can" | "may" | "will" | "must" | "could"
        | "should" | "would" | "might" => Tag::Aux,
        "which" | "who" | "whom" => Tag::Pron,
        "the" | "a" | "an" | "each" | "every" | "any" => Tag::Det,
        "and" | "or" | "but" | "nor" => Tag::Cconj,
        "of" | "from" | "by" | "with" | "into" | "between" | "through" | "during" | "within" | "at"
        | "onto" | "toward" | "towards" | "against" | "among" | "across" | "throughout" | "via" | "along"
        | "without" | "for" => Tag::Adp,
        "its" | "their" | "it" | "they" | "them" => Tag::Pron,
        "because" | "whereas" | "although" | "unless" | "if" | "when" | "while" => Tag::Sconj,
        "posterior" | "anterior" | "superior" | "inferior" | "medial" | "lateral" | "proximal" | "distal"
        | "ventral" | "dorsal" | "deep" | "superficial" | "left" | "right" | "thick" | "thin" | "hollow"
        | "red" | "white" | "antidiuretic" | "mitotic" | "somatic" | "gastric" | "synovial" | "free" => {
            Tag::Adj
        }
        _ => return None,
    })
}

/// What a word (lower case) of everyday English usually is: a noun or adjective, or anything else; `None` for a word that the
/// dictionary of the tagger does not have.
pub(crate) fn usually_names(word: &str) -> Option<bool> {
    MODEL.words.get(word).map(|tag| tag.is_noun() || *tag == Tag::Adj)
}

/// Whether the dictionary of the tagger has a form of a word, by its stem.
pub(crate) fn is_everyday(stemmed: &str) -> bool {
    static STEMS: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let words = MODEL.words.keys().filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()));
        words.map(|word| super::word::stem(word)).collect()
    });
    STEMS.contains(stemmed)
}

/// Where the verbs of a text begin, in bytes, auxiliaries left out.
pub(crate) fn verbs(text: &str) -> HashSet<u32> {
    let mut tokens = tokens_of(text);
    tag(&mut tokens);
    let verbs = tokens.into_iter().filter(|token| token.is_word() && token.tag == Tag::Verb);
    verbs.map(|token| token.start as u32).collect()
}

/// Sets the tag of every token.
pub(crate) fn tag(tokens: &mut [Token]) {
    let model = &*MODEL;
    for (index, token) in tokens.iter_mut().enumerate() {
        token.tag = fixed(&token.lower)
            .or_else(|| model.words.get(token.lower.as_str()).copied())
            .unwrap_or_else(|| {
                let capital = token.text.chars().next().is_some_and(char::is_uppercase);
                if index > 0 && capital { Tag::Noun } else { guess(&token.lower) }
            });
        if !token.is_word() {
            token.tag = Tag::Punct;
        }
    }
    for patch in &model.patches {
        for at in 0..tokens.len() {
            if tokens[at].tag == patch.from && patch.criteria.iter().all(|c| c.holds(tokens, at)) {
                tokens[at].tag = patch.to;
            }
        }
    }
    for at in 0..tokens.len() {
        repair(tokens, at);
    }
}

/// Third persons that are plural nouns as often.
const NOUN_LIKE: &[&str] = &[
    "acts",
    "affects",
    "attacks",
    "balances",
    "beats",
    "branches",
    "causes",
    "contacts",
    "contracts",
    "controls",
    "counters",
    "covers",
    "decreases",
    "ends",
    "filters",
    "flexes",
    "flows",
    "forms",
    "functions",
    "holds",
    "houses",
    "increases",
    "influences",
    "inserts",
    "joins",
    "leads",
    "leaves",
    "lies",
    "limits",
    "lines",
    "links",
    "makes",
    "marks",
    "measures",
    "monitors",
    "moves",
    "needs",
    "packages",
    "parallels",
    "passes",
    "plays",
    "presents",
    "projects",
    "pumps",
    "releases",
    "repairs",
    "results",
    "returns",
    "runs",
    "senses",
    "slides",
    "spans",
    "spreads",
    "stores",
    "supplies",
    "supports",
    "targets",
    "transports",
    "traps",
    "travels",
    "triggers",
    "turns",
    "uses",
    "aids",
    "coats",
];

/// What the model, trained on everyday text, gets wrong in this field.
fn repair(tokens: &mut [Token], at: usize) {
    let lower = tokens[at].lower.clone();
    if let Some(tag) = fixed(&lower)
        && tag != Tag::Adj
    {
        tokens[at].tag = tag;
    }
    if tokens[at].tag == Tag::Propn && tokens[at].text == lower {
        tokens[at].tag = Tag::Noun;
    }
    let before = at.checked_sub(1).map(|i| (tokens[i].tag, tokens[i].lower.clone()));
    let after = tokens.get(at + 1).map(|t| (t.tag, t.lower.clone()));
    let before_tag = before.as_ref().map(|b| b.0);
    if lexicon().is_verb(&lower) && matches!(tokens[at].tag, Tag::Noun | Tag::Adj | Tag::Propn) {
        let opens = after.as_ref().is_some_and(|(tag, word)| {
            matches!(tag, Tag::Det | Tag::Adp | Tag::Adv | Tag::Pron | Tag::Sconj)
                && !(word == "of" || (word == "in" && lower.ends_with("ses")))
                || word == "to"
        });
        // 'peptides inhibit both', 'the cotransporter moves glucose': no noun has that form there
        let object = after
            .as_ref()
            .is_some_and(|(tag, word)| tag.is_noun() || matches!(tag, Tag::Adj | Tag::Num) || word == "both");
        let agrees = before.as_ref().is_some_and(|(tag, word)| {
            let plural = crate::question::word::singular(word) != *word;
            tag.is_noun()
                && (if lower.ends_with('s') {
                    !plural && !NOUN_LIKE.contains(&lower.as_str())
                } else {
                    plural
                })
        });
        let opens = opens || (object && agrees);
        let subject =
            before_tag.is_some_and(|tag| tag.is_noun() || matches!(tag, Tag::Pron | Tag::Aux | Tag::Adv));
        let particle = before.as_ref().is_some_and(|(_, word)| {
            matches!(word.as_str(), "to" | "that" | "which" | "who" | "can" | "may" | "will" | "must")
        });
        if (subject && opens && tokens[at].lower != "result") || particle {
            tokens[at].tag = Tag::Verb;
        }
    }
    // 'the lining', 'a binding site': after a determiner no finite verb stands
    if tokens[at].tag == Tag::Verb
        && matches!(before_tag, Some(Tag::Det))
        && !lower.ends_with("ed")
        && after.as_ref().is_none_or(|(tag, _)| !tag.is_noun() && *tag != Tag::Adj)
    {
        tokens[at].tag = Tag::Noun;
    }
    // '-ed' between a determiner and a noun is an adjective
    if tokens[at].tag == Tag::Verb
        && lower.ends_with("ed")
        && matches!(before_tag, Some(Tag::Det | Tag::Adj | Tag::Adv))
        && after.as_ref().is_some_and(|(tag, _)| tag.is_noun() || *tag == Tag::Adj)
        && before
            .as_ref()
            .is_none_or(|(_, word)| !word.ends_with("ly") || at < 2 || tokens[at - 2].tag == Tag::Det)
    {
        tokens[at].tag = Tag::Adj;
    }
    if lower == "that" && matches!(before_tag, Some(tag) if tag.is_noun()) {
        tokens[at].tag = Tag::Sconj;
    }
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens_of;
    use super::*;

    #[test]
    fn physiology_is_tagged() {
        assert!(MODEL.patches.len() > 190 && MODEL.words.len() > 26_000);
        for (text, at, tag) in [
            ("The kidney filters the blood.", 2, Tag::Verb),
            ("The lining of the heart is smooth.", 1, Tag::Noun),
            ("Insulin lowers the level of glucose.", 1, Tag::Verb),
            ("Aldosterone increases in the blood.", 1, Tag::Verb),
            ("The atria contract before the ventricles.", 2, Tag::Verb),
            ("It is a specialized cell.", 3, Tag::Adj),
        ] {
            let mut tokens = tokens_of(text);
            super::tag(&mut tokens);
            assert_eq!(tokens[at].tag, tag, "{text}");
        }
    }
}
