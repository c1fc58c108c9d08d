//! How near a wrong option stands to the key. Owns: what makes a pair of terms plausible alternatives, and whether
//! the key stands out from a set of options. Refuses: whether an option is true (`distractors`).

use super::fitness::is_definition;
use crate::question::facts::{Fact, Family, Matter};
use crate::question::lexicon::lexicon;
use crate::question::span::head_of;
use crate::question::terms::Term;
use crate::question::token::Token;
use crate::question::word::{singular, stem};
use std::collections::HashSet;

/// Kinds that hold things of every sort: one of them is a plausible alternative only where it stands near the key.
const BROAD: &[&str] = &[
    "process",
    "condition",
    "molecule",
    "protein",
    "measure",
    "region",
    "tissue",
    "cavity",
    "membrane",
    "joint",
    "response",
    "organ",
    "control",
    "procedure",
    "fluid",
    "connective",
    "bone_part",
    "field",
    "system",
    "phase",
    "organelle",
    "vessel",
    "duct",
    "embryonic",
    "cell",
    "adjective",
    "bone",
    "muscle",
    "body_part",
    "ion",
    "body",
];

/// Whether being of one kind says little.
pub(super) fn is_broad(term: &Term) -> bool {
    term.kind.is_none_or(|kind| BROAD.contains(&kind))
}

/// The noun that a definition names as genus: 'enzyme' in 'a kind of enzyme that …'.
pub(super) fn genus_noun(definition: &[Token]) -> Option<String> {
    const SORTS: &[&str] =
        &["type", "kind", "form", "class", "example", "one", "member", "subset", "subtype"];
    const EMPTY: &[&str] = &[
        "part",
        "portion",
        "series",
        "set",
        "pair",
        "number",
        "variety",
        "collection",
        "structure",
        "process",
        "condition",
        "group",
        "ability",
        "region",
        "area",
    ];
    let head = head_of(definition)?;
    let noun = singular(&definition[head].lower);
    let noun = if SORTS.contains(&noun.as_str()) {
        let rest = definition.get(head + 1..).filter(|rest| rest.first().is_some_and(|t| t.is("of")))?;
        head_of(&rest[1..]).map(|at| singular(&rest[1 + at].lower))?
    } else {
        noun
    };
    (!EMPTY.contains(&noun.as_str())).then_some(noun)
}

/// Whether both names are built alike: one head ('active transport', 'passive transport') or one long ending
/// ('phagocytosis', 'pinocytosis').
pub(super) fn built_alike(one: &Term, two: &Term) -> bool {
    let (a, b) = (one.head(), two.head());
    let ending = a.bytes().rev().zip(b.bytes().rev()).take_while(|(x, y)| x == y).count();
    // 'cell' is the class itself and makes no two cells alike
    let class = lexicon().heads.get(a).is_some_and(|kind| *kind == a);
    let both = one.words().len() > 1 && two.words().len() > 1;
    // mitosis is no transport like endocytosis
    let condition = a.ends_with("osis") && ending < "cytosis".len();
    (a == b && both && !class) || (a != b && ending >= 5 && !condition && one.kind == two.kind)
}

/// Whether both are introduced in one place of the document.
pub(super) fn one_place(one: &Term, two: &Term) -> bool {
    (one.section.is_some() && one.section == two.section)
        || (one.module.is_some() && one.module == two.module)
}

/// The only one with another head: 'filtration rate' beside three pressures.
pub(super) fn odd_head(key: &Term, wrong: &[&Term]) -> bool {
    let head = |term: &Term| (term.words().len() > 1).then(|| term.head().to_string());
    let first = wrong.first().and_then(|term| head(term));
    key.kind == Some("measure")
        && wrong.len() >= 2
        && first.is_some()
        && wrong.iter().all(|term| head(term) == first)
        && first.as_deref() != Some(key.head())
}

/// All wrong options are built of one part that the key lacks: 'fibrous joint' beside three '-axial joints'.
pub(super) fn odd_build(key: &str, wrong: &[&str]) -> bool {
    let first = |name: &str| name.to_lowercase().split(' ').next().unwrap_or_default().to_string();
    let words: Vec<String> = wrong.iter().map(|name| first(name)).collect();
    let Some(one) = words.first().filter(|_| wrong.len() >= 3) else { return false };
    // one word for all ('adrenal …') is shared by the place, not by the build
    let differ = words.iter().any(|word| word != one);
    let built_of = |least: usize| {
        one.is_ascii() && one.len() >= least && {
            let ending = &one[one.len() - least..];
            words.iter().all(|word| word.ends_with(ending)) && !key.to_lowercase().contains(ending)
        }
    };
    differ && (built_of(6) || built_of(5))
}

/// An artery among veins and capillaries is told by the direction of its blood, a gland among organs by its work.
pub(super) fn alone_of_its_kind(key: &Term, wrong: &[&Term]) -> bool {
    const KINDS: &[&str] = &["artery", "vein", "vessel", "duct", "gland", "bone", "bone_part"];
    key.kind.is_some_and(|kind| KINDS.contains(&kind)) && wrong.iter().all(|term| term.kind != key.kind)
}

/// A unit in the stem ('150 bpm') tells which of several measures is asked for.
pub(super) fn unit_tells(fact: &Fact, key: &Term, wrong: &[&Term]) -> bool {
    const UNITS: &[&str] = &[
        "bpm",
        "mmhg",
        "ml",
        "hg",
        "seconds",
        "minutes",
        "percent",
        "liters",
        "mosmol",
        "milliosmoles",
        "beats",
    ];
    let own = dimension(key.head());
    let alike = wrong.iter().filter(|term| own.is_some() && dimension(term.head()) == own).count();
    key.kind == Some("measure") && alike < 2 && fact.body.iter().any(|t| UNITS.contains(&t.lower.as_str()))
}

/// An individual ('the ankle joint') is no alternative to classes ('a suture'), nor the other way round.
pub(super) fn mixes_ranks(key: &Term, term: &Term) -> bool {
    let individual = |t: &Term| t.articles[0] == 0 && t.articles[1] > 0 && t.articles[1] * 2 >= t.articles[2];
    let class = |t: &Term| t.articles[0] > 0 && t.articles[0] * 6 >= t.articles[2];
    let ranked = matches!(key.kind, Some("joint" | "bone" | "muscle" | "nerve"));
    ranked && ((individual(key) && class(term)) || (class(key) && individual(term)))
}

/// Bones, joints and parts of the body that a stem names: they say where to look.
pub(super) fn landmarks(fact: &Fact, key: &Term) -> HashSet<String> {
    // a class ('a suture') is told by its build, an individual ('the hip joint') by its place
    // 'an organ of the immune system' is sought among those that the text puts there
    let system = fact.body.iter().position(|t| t.is("system")).filter(|at| *at > 0);
    if let Some(at) = system.filter(|_| key.kind == Some("organ") || key.kind == Some("gland")) {
        return HashSet::from([stem(&fact.body[at - 1].lower)]);
    }
    let individual = key.articles[0] == 0;
    let placed =
        individual && matches!(key.kind, Some("joint" | "connective" | "bone" | "bone_part" | "muscle"));
    if !placed || is_definition(fact) && key.kind == Some("bone") {
        return HashSet::new();
    }
    let named = |t: &&Token| {
        let one = singular(&t.lower);
        let kind = lexicon().heads.get(one.as_str()).copied();
        matches!(kind, Some("bone" | "joint" | "body_part")) && kind != Some(one.as_str())
    };
    fact.body.iter().filter(named).map(|t| stem(&t.lower)).collect()
}

/// What a measure measures, by its noun.
fn dimension(noun: &str) -> Option<u8> {
    Some(match noun {
        "pressure" | "force" | "tension" | "resistance" => 0,
        "volume" | "amount" | "quantity" | "output" | "capacity" | "return" | "reserve" => 1,
        "rate" | "frequency" | "speed" | "velocity" => 2,
        "time" | "period" | "duration" | "interval" => 3,
        "osmolarity" | "concentration" | "gravity" | "ph" | "fraction" | "ratio" => 4,
        "point" | "range" => 5,
        "level" => 6,
        _ => return None,
    })
}

/// What sort of thing the genus of a definition is, where that alone can tell one option from the others.
fn sort_of(definition: &[Token]) -> Option<u8> {
    let head = head_of(definition)?;
    let noun = singular(&definition[head].lower);
    let noun = match noun.as_str() {
        "form" | "type" | "kind" => {
            let rest = definition.get(head + 1..).filter(|rest| rest.first().is_some_and(|t| t.is("of")))?;
            singular(&rest[1..][head_of(&rest[1..])?].lower)
        }
        _ => noun,
    };
    Some(match noun.as_str() {
        "ability" | "capacity" | "tendency" | "property" => 0,
        "process" | "formation" | "breakdown" | "exchange" | "copying" | "synthesis" | "splitting"
        | "act" | "action" | "release" | "transfer" | "conversion" | "diffusion" | "endocytosis" => 1,
        "radiation" | "energy" | "light" => 2,
        "sum" | "total" | "amount" | "number" => 3,
        "technique" | "procedure" | "method" | "test" | "imaging" => 4,
        "disorder" | "disease" | "inflammation" | "tumor" | "cancer" => 5,
        "division" => 6,
        "movement" => 7,
        "passageway" | "passage" | "opening" | "pore" | "site" | "gap" | "entry" => 8,
        "relationship" | "ratio" => 10,
        "appendage" | "extension" | "projection" | "flap" => 9,
        _ => return None,
    })
}

/// The definition that a stem holds: all of it, or what stands after the gap and 'is'.
fn said_to_be<'f>(matter: &Matter<'_>, fact: &'f Fact) -> Option<&'f [Token]> {
    let gap = fact.body.first().is_some_and(|t| t.is("is") || t.is("are"));
    match is_definition(fact) {
        true => Some(&fact.body),
        false => defines(matter, fact).then(|| fact.body.get(1..)).flatten().filter(|_| gap),
    }
}

/// Whether a term is said to be the sort of thing that a definition asks for.
pub(super) fn same_sort(matter: &Matter<'_>, fact: &Fact, other: usize) -> bool {
    let own = said_to_be(matter, fact).and_then(sort_of);
    own.is_some() && own == matter.definitions.get(&other).and_then(|told| sort_of(told))
}

/// Whether a definition names a sort of thing that no wrong option is said to be. For what many things are, like a
/// process, two must be said to be another.
pub(super) fn other_sort(matter: &Matter<'_>, fact: &Fact, wrong: &[usize]) -> bool {
    let Some(own) = said_to_be(matter, fact).and_then(sort_of) else { return false };
    let sorts: Vec<u8> = wrong.iter().filter_map(|at| sort_of(matter.definitions.get(at)?)).collect();
    // what moves through a membrane may be called a process as well
    if own == 7 && matter.terms.list[fact.key].kind == Some("process") {
        return sorts.iter().filter(|sort| matches!(sort, 1 | 7)).count() < 2;
    }
    const RARE: [u8; 8] = [0, 2, 3, 6, 7, 8, 9, 10];
    !sorts.contains(&own) && (sorts.len() >= 2 || RARE.contains(&own))
}

/// A definition whose genus is the head of the key ('a type of RNA': transfer RNA) and of hardly another option.
pub(super) fn genus_tells(matter: &Matter<'_>, fact: &Fact, key: &Term, wrong: &[&Term]) -> bool {
    said_to_be(matter, fact).is_some_and(|told| bears_genus(told, key, wrong))
}

fn bears_genus(definition: &[Token], key: &Term, wrong: &[&Term]) -> bool {
    let Some(genus) = genus_noun(definition) else { return false };
    let bears = |term: &Term| singular(term.head()) == genus;
    // 'a cell that …' among cells: their names need not say so
    let told = lexicon().heads.get(genus.as_str()).is_none_or(|kind| *kind != genus);
    told && bears(key) && wrong.iter().filter(|term| bears(term)).count() < 2
}

/// 'set point', 'normal range' and 'organism level' measure nothing, and are weak beside what does.
pub(super) fn measures_nothing(key: &Term, term: &Term) -> bool {
    let bare = |dimension: Option<u8>| dimension.is_some_and(|d| d >= 5);
    let (one, two) = (dimension(key.head()), dimension(term.head()));
    key.kind == Some("measure") && one != two && (bare(one) || bare(two))
}

/// 'divided by a volume', 'is slowed': of several measures the one of that dimension.
pub(super) fn ratio_tells(fact: &Fact, key: &Term, wrong: &[&Term]) -> bool {
    let own = dimension(key.head());
    let reckoned = |t: &Token| {
        matches!(
            t.lower.as_str(),
            "divided" | "multiplied" | "subtracted" | "subtracting" | "slowed" | "slows"
        )
    };
    key.kind == Some("measure")
        && fact.body.iter().any(reckoned)
        && own.is_some()
        && wrong.iter().all(|term| dimension(term.head()) != own)
}

/// 'the volume per minute' cannot be a pressure.
pub(super) fn other_dimension(fact: &Fact, key: &Term, term: &Term) -> bool {
    if key.kind != Some("measure") || !is_definition(fact) {
        return false;
    }
    let Some(asked) = head_of(&fact.body).and_then(|at| dimension(&singular(&fact.body[at].lower))) else {
        return false;
    };
    let own = dimension(key.head());
    dimension(term.head()).is_some_and(|other| other != asked && Some(other) != own)
}

/// Whether two mentions of one sentence are members of one list ('A, B and C'): what is said holds of both.
pub(super) fn listed_together(matter: &Matter<'_>, sentence: usize, one: usize, two: usize) -> bool {
    let mentions = matter.terms.of_sentence(sentence);
    let tokens = &matter.prose.sentences[sentence].tokens;
    let ends = |term: usize| mentions.iter().filter(move |m| m.term == term);
    ends(one).any(|a| {
        ends(two).any(|b| {
            let (first, second) = if a.first < b.first { (a, b) } else { (b, a) };
            let between = &tokens[first.last.min(second.first)..second.first];
            between.iter().any(|t| matches!(t.lower.as_str(), "and" | "or" | ","))
                && between.iter().all(|t| {
                    !t.is_word()
                        || t.tag.is_noun()
                        || t.tag == crate::question::tagger::Tag::Adj
                        || matches!(t.lower.as_str(), "and" | "or" | "the" | "a" | "an" | "as" | "well")
                })
        })
    })
}

/// Whether a gap stands in the sentence that defines its term.
pub(super) fn defines(matter: &Matter<'_>, fact: &Fact) -> bool {
    is_definition(fact)
        || (fact.family == Family::Cloze && matter.terms.list[fact.key].definition == Some(fact.sentence))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::tagger;
    use crate::question::token::tokens_of;

    fn term(key: &str, articles: [u32; 3], kind: &'static str) -> Term {
        Term { key: key.into(), one: key.into(), articles, kind: Some(kind), ..Term::default() }
    }

    fn definition(text: &str) -> Vec<Token> {
        let mut tokens = tokens_of(text);
        tagger::tag(&mut tokens);
        tokens
    }

    #[test]
    fn the_genus_is_the_noun_that_says_something() {
        for (definition, genus) in [
            ("an enzyme that unwinds the double strand", Some("enzyme")),
            ("a type of cartilage that resists pressure", Some("cartilage")),
            ("a collection of cells that divide", None),
            ("the process of coating a microbe", None),
        ] {
            let mut tokens = tokens_of(definition);
            tagger::tag(&mut tokens);
            assert_eq!(genus_noun(&tokens).as_deref(), genus, "{definition}");
        }
    }

    #[test]
    fn a_key_that_stands_out_is_seen() {
        let rate = term("glomerular filtration rate", [0, 0, 4], "measure");
        let pressures = ["net filtration pressure", "osmotic pressure", "blood pressure"];
        let pressures: Vec<Term> = pressures.iter().map(|key| term(key, [0, 0, 4], "measure")).collect();
        let wrong: Vec<&Term> = pressures.iter().collect();
        assert!(odd_head(&rate, &wrong));
        assert!(!odd_head(&pressures[0], &wrong[1..]));
        assert!(odd_build("fibrous joint", &["multiaxial joint", "biaxial joint", "uniaxial joint"]));
        assert!(!odd_build("pivot joint", &["multiaxial joint", "biaxial joint", "hinge joint"]));
        assert!(odd_build("amphipathic", &["hypotonic", "isotonic", "hypertonic"]));
        assert!(odd_build("mitosis", &["pinocytosis", "phagocytosis", "exocytosis"]));
        let [artery, vein] =
            ["artery", "vein"].map(|kind| term(&format!("marginal {kind}"), [0, 1, 1], kind));
        assert!(alone_of_its_kind(&artery, &[&vein, &vein, &vein]));
        assert!(!alone_of_its_kind(&artery, &[&vein, &artery, &vein]));
        let point = term("set point", [1, 0, 3], "measure");
        assert!(measures_nothing(&point, &pressures[0]) && !measures_nothing(&rate, &pressures[0]));
        let types = ["transfer rna", "messenger rna", "rna polymerase", "anticodon"];
        let types: Vec<Term> = types.iter().map(|key| term(key, [1, 0, 3], "molecule")).collect();
        let told = definition("a type of RNA that carries amino acids");
        assert!(bears_genus(&told, &types[0], &[&types[1], &types[2], &types[3]]));
        assert!(!bears_genus(&told, &types[0], &[&types[1], &types[1], &types[3]]));
        assert!(!bears_genus(&told, &types[3], &[&types[2], &types[2]]), "its name does not bear the genus");
        let (ankle, suture) = (term("ankle joint", [0, 9, 9], "joint"), term("suture", [5, 1, 8], "joint"));
        assert!(mixes_ranks(&ankle, &suture) && !mixes_ranks(&ankle, &term("hip joint", [0, 4, 5], "joint")));
        let transport = term("active transport", [0, 0, 3], "process");
        assert!(built_alike(&transport, &term("passive transport", [0, 0, 3], "process")));
        assert!(built_alike(
            &term("phagocytosis", [0, 0, 3], "process"),
            &term("pinocytosis", [0, 0, 3], "process")
        ));
        assert!(
            !built_alike(&term("mitosis", [0, 0, 3], "process"), &term("endocytosis", [0, 0, 3], "process")),
            "a division of the nucleus is no transport"
        );
        assert!(!built_alike(
            &term("stem cell", [2, 0, 3], "cell"),
            &term("principal cell", [2, 0, 3], "cell")
        ));
    }
}
