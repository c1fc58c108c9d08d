//! The last judgement. Owns: what makes a fact unfit before options are sought, and an item unfit after.
//! Refuses: repairs, but for one (a stem cut before a leaked word).

mod leak;
mod loss;

pub(crate) use leak::{leaks, repeats};

use super::distractors::Bench;
use super::facts::{Fact, Family, Matter};
use super::lexicon::lexicon;
use super::prose::content_stems;
use super::refusal::Refusal;
use super::span::is_fragment;
use super::tagger::Tag;
use super::token::Token;
use super::word::{is_function_word, singular, stem};
use std::collections::HashSet;
use std::sync::LazyLock;

static TYPE_STEMS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    // names of classes alone: 'thyroid' is a head as well, and tells much
    let class = |head: &&&str| {
        lexicon().heads.get(**head).is_some_and(|kind| kind == *head) || lexicon().listed("class_name", head)
    };
    lexicon().heads.keys().filter(class).map(|head| stem(head)).collect()
});

/// Whether a word names a class of things ('gland'), in the singular.
pub(crate) fn is_class_noun(word: &str) -> bool {
    lexicon().heads.get(word).is_some_and(|kind| *kind == word) || lexicon().listed("class_name", word)
}

/// Stem of a type noun: it leaks nothing.
pub(crate) fn is_type_stem(word: &str) -> bool {
    TYPE_STEMS.contains(word)
}

/// Whether a fact may be asked at all.
pub(crate) fn fact(matter: &Matter<'_>, bench: &Bench, fact: &Fact) -> Result<(), Refusal> {
    key_matters(matter, bench, fact)?;
    let told = is_definition(fact.family) || fact.family == Family::Cloze;
    if told && lexicon().listed("everyday", &matter.terms.list[fact.key].key) {
        return Err(Refusal::Everyday);
    }
    let body = &fact.body;
    if key_in_stem(matter, fact) {
        return Err(Refusal::KeyInStem);
    }
    if is_fragment(body) && !matches!(fact.family, Family::Ends | Family::Kind | Family::Cloze) {
        return Err(Refusal::Fragment);
    }
    const WORDS: &[&str] = &[
        "latin",
        "greek",
        "word",
        "words",
        "name",
        "names",
        "meaning",
        "prefix",
        "suffix",
        "nickname",
        "named",
        "means",
        "root",
        "term",
        "terms",
        "historically",
        "textbook",
        "author",
        "abbreviated",
        "acronym",
    ];
    if body.iter().any(|t| WORDS.contains(&t.lower.as_str())) {
        return Err(Refusal::Etymology);
    }
    if is_deictic(body) {
        return Err(Refusal::Deictic);
    }
    const COMPARED: &[&str] =
        &["smaller", "larger", "simpler", "higher", "lower", "nearer", "closer", "farther", "fewer"];
    let pair = body.iter().filter(|t| COMPARED.contains(&t.lower.as_str())).count() >= 2;
    if compares(body) && !(pair && is_definition(fact.family)) {
        return Err(Refusal::Comparison);
    }
    // what a definition calls 'the cell' or 'the body' is any of them; only another class needs its 'of'
    let definition = is_definition(fact.family);
    const ANY: &[&str] =
        &["cell", "body", "membrane", "organism", "limb", "tissue", "organ", "bone", "protein"];
    let several = |word: &str| {
        let group = lexicon().heads.get(word).filter(|kind| **kind == word).map(|kind| lexicon().group(kind));
        matches!(
            group,
            Some("organ_like" | "vessel_like" | "skeletal" | "nerve" | "muscle" | "chemical" | "part")
        )
    };
    // in a lecture on the cell 'the cell' is any of them as well
    let title = matter.prose.document.title.as_deref().unwrap_or_default().to_lowercase();
    let topic = |word: &str| ANY.contains(&word) && title.contains(word);
    let told = definition
        || (fact.family == Family::Cloze && matter.terms.list[fact.key].definition == Some(fact.sentence));
    let everywhere = |word: &str| topic(word) || told && (ANY.contains(&word) || !several(word));
    if dangles(body, &everywhere) {
        return Err(Refusal::Dangling);
    }
    if let Some(refusal) = loss::lost(matter, fact, is_definition(fact.family)) {
        return Err(refusal);
    }
    if renames(matter, fact) {
        return Err(Refusal::Genus);
    }
    specific(matter, fact)?;
    let length = fact.stem.chars().count();
    if !(24..=280).contains(&length) {
        return Err(Refusal::Length);
    }
    Ok(())
}

/// 'Which is the epiphyseal plate of a growing bone?': another term of the lecture, and no definition.
fn renames(matter: &Matter<'_>, fact: &Fact) -> bool {
    let tokens = &matter.prose.sentences[fact.sentence].tokens;
    let Some(first) = fact.body.iter().find(|t| t.is_word()).filter(|t| t.is("the")) else { return false };
    is_definition(fact.family)
        && matter.terms.of_sentence(fact.sentence).iter().any(|m| {
            let term = &matter.terms.list[m.term];
            let opens = m.first > 0 && tokens[m.first - 1].start == first.start;
            opens
                && (term.marked || term.definition.is_some())
                && term.key.contains(' ')
                && m.term != fact.key
        })
}

/// Whether a sentence with a number may be asked for it.
pub(crate) fn quantity(matter: &Matter<'_>, fact: &Fact) -> Result<(), Refusal> {
    if is_deictic(&fact.body) {
        return Err(Refusal::Deictic);
    }
    if compares(&fact.body) {
        return Err(Refusal::Comparison);
    }
    if dangles(&fact.body, &|_| false) {
        return Err(Refusal::Dangling);
    }
    if let Some(refusal) = loss::lost(matter, fact, false) {
        return Err(refusal);
    }
    specific(matter, fact)?;
    if fact.stem.chars().count() > 280 {
        return Err(Refusal::Length);
    }
    Ok(())
}

fn key_matters(matter: &Matter<'_>, bench: &Bench, fact: &Fact) -> Result<(), Refusal> {
    let term = &matter.terms.list[fact.key];
    let vocabulary = lexicon().terms.contains_key(term.key.as_str());
    let defined = matches!(fact.family, Family::Is | Family::Called | Family::IsCalled | Family::Apposition)
        && (term.key.contains(' ') || term.sure)
        && term.kind.is_some_and(|k| {
            term.mentions.len() >= 2 || fact.genus.is_some_and(|g| lexicon().group(g) == lexicon().group(k))
        })
        && term.definition == Some(fact.sentence);
    // in a concrete class a compound that is used often and whole is a subject of the lecture too
    let concrete = term.kind.is_some_and(|k| {
        matches!(
            k,
            "artery"
                | "vein"
                | "vessel"
                | "nerve"
                | "muscle"
                | "bone"
                | "joint"
                | "connective"
                | "valve"
                | "gland"
                | "organ"
                | "cell"
                | "hormone"
                | "enzyme"
                | "condition"
                | "conduction"
                | "wave"
                | "procedure"
                | "organelle"
                | "antibody"
                | "drug"
                | "microbe"
                | "membrane"
                | "cavity"
        )
    });
    let known = term.sure
        && concrete
        && (term.definition.is_some() || (term.strong && term.mentions.len() >= 3))
        && fact.family != Family::Ends;
    // a single word whose kind is beyond doubt ('placenta'), asked with much detail
    let named =
        term.sure && !term.key.contains(' ') && term.mentions.len() >= 3 && fact.family != Family::Ends;
    if !(term.marked || term.heading || vocabulary || defined || known || named) {
        return Err(Refusal::Unmarked);
    }
    if fact.family == Family::Ends && !term.marked {
        return Err(Refusal::Unmarked);
    }
    // 'A ligand is …' asks for a class, but one that the text defines and sets in bold
    let bold = matter.terms.of_sentence(fact.sentence).iter().any(|m| m.term == fact.key && m.bold);
    let own_kind = lexicon().heads.get(term.key.as_str()).is_some_and(|kind| *kind == term.key);
    let defined_class = bold && is_definition(fact.family) && !own_kind;
    if bench.is_class(fact.key) && !defined_class {
        return Err(Refusal::ClassName);
    }
    if term.kind == Some("adjective") && !fact.stem.starts_with("Which term describes") {
        return Err(Refusal::NoGenus);
    }
    // systems share their doings: 'arises from all germ layers' holds of each
    let does = matches!(
        fact.family,
        Family::Does | Family::DoesWhen | Family::Which | Family::Resumed | Family::Ends
    );
    if term.kind == Some("system") && does {
        return Err(Refusal::ClassName);
    }
    let longer = matter
        .terms
        .list
        .iter()
        .filter(|t| t.marked && t.key.contains(' ') && t.head() == term.key.as_str())
        .count();
    if longer >= if term.marked { 3 } else { 1 } {
        return Err(Refusal::HeadOfLonger);
    }
    Ok(())
}

fn key_in_stem(matter: &Matter<'_>, fact: &Fact) -> bool {
    let starts: HashSet<usize> = fact.body.iter().map(|t| t.start).collect();
    let tokens = &matter.prose.sentences[fact.sentence].tokens;
    let mut names: Vec<usize> = vec![fact.key];
    names.extend(matter.relations.synonyms(fact.key));
    let mentioned = matter.terms.of_sentence(fact.sentence).iter().any(|m| {
        names.contains(&m.term) && tokens[m.first..m.last].iter().all(|t| starts.contains(&t.start))
    });
    let held: HashSet<String> = fact.body.iter().filter(|t| t.is_word()).map(|t| stem(&t.lower)).collect();
    let spelled = names.iter().any(|name| {
        let term = &matter.terms.list[*name];
        let words: Vec<&str> = term.words();
        words.iter().all(|w| held.contains(&stem(w)))
            || term.abbreviation.as_ref().is_some_and(|a| fact.body.iter().any(|t| t.text == *a))
    });
    // 'catecholamines' where epinephrine is named, 'SA node' where the sinoatrial node is
    let key = &matter.terms.list[fact.key];
    let member = matter.stem_terms(fact).iter().any(|t| {
        let term = &matter.terms.list[*t];
        term.kind == key.kind && lexicon().is_member(&term.key, &key.key)
    });
    let renamed = matter.relations.synonyms(fact.key).any(|name| {
        let telling: Vec<&str> = matter.terms.list[name]
            .words()
            .into_iter()
            .filter(|w| w.len() >= 4 && !is_class_noun(w))
            .collect();
        telling.iter().any(|w| w.len() >= 6) && telling.iter().all(|w| held.contains(&stem(w)))
    });
    mentioned || spelled || member || renamed
}

fn is_deictic(body: &[Token]) -> bool {
    let ordinal = |t: &Token| {
        matches!(
            t.lower.as_str(),
            "second" | "third" | "fourth" | "opposite" | "other" | "remaining" | "latter" | "former" | "same"
        )
    };
    body.iter().enumerate().any(|(at, t)| {
        // 'higher than another part' says what is compared
        let compared = at.checked_sub(1).is_some_and(|i| {
            matches!(
                body[i].lower.as_str(),
                "than" | "to" | "from" | "with" | "of" | "into" | "onto" | "for" | "and"
            )
        });
        if t.is("another") {
            return !compared;
        }
        let the = t.is("the") || t.is("a");
        the && body.get(at + 1).is_some_and(ordinal)
            && !(body.get(at + 1).is_some_and(|o| o.is("other") || o.is("opposite") || o.is("same"))
                && body[at..].iter().take(6).any(|x| matches!(x.lower.as_str(), "of" | "as" | "than")))
            && !body.get(at + 2).is_some_and(|x| {
                matches!(
                    x.lower.as_str(),
                    "messenger" | "trimester" | "week" | "month" | "heart" | "rib" | "and"
                )
            })
    })
}

/// 'produced in greater quantities', 'most commonly injured', 'not only …': measured against what is not said.
fn compares(body: &[Token]) -> bool {
    const MORE: &[&str] = &[
        "greater", "higher", "larger", "smaller", "fewer", "less", "stronger", "weaker", "faster", "slower",
        "longer", "shorter", "thicker", "thinner", "better", "worse", "wider", "narrower", "older",
        "younger", "more",
    ];
    const NAMES: &[&str] = &[
        "trochanter",
        "omentum",
        "curvature",
        "tubercle",
        "tubercles",
        "saphenous",
        "wing",
        "sac",
        "vestibular",
        "palatine",
        "occipital",
        "auricular",
        "splanchnic",
        "sciatic",
        "cornu",
        "or",
        "and",
    ];
    let than = |from: usize| body[from..].iter().any(|t| t.is("than"));
    for (at, token) in body.iter().enumerate() {
        let next = body.get(at + 1);
        // far from the start it describes something new: 'cleaves the antigen into smaller pieces'
        let before = at.checked_sub(1).map(|i| body[i].lower.as_str());
        let near = at < 6 || matches!(before, Some("in" | "is" | "are" | "becomes" | "become"));
        // 'absorb more calcium', 'resulting in higher levels' say that something grows
        let grows = (token.is("more")
            && at.checked_sub(1).is_some_and(|i| body[i].tag == Tag::Verb)
            && next.is_some_and(|n| n.tag.is_noun()))
            || at.checked_sub(2).is_some_and(|i| body[i].lower.starts_with("result") && body[i + 1].is("in"));
        let pair = grows || token.is("higher") && body.iter().any(|t| t.is("lower"));
        if MORE.contains(&token.lower.as_str())
            && near
            && !pair
            && before != Some("or")
            && !than(at)
            && !next.is_some_and(|n| NAMES.contains(&n.lower.as_str()))
        {
            return true;
        }
        if matches!(token.lower.as_str(), "most" | "least")
            && next.is_some_and(|n| n.lower.ends_with("ly") || n.lower.ends_with("ed"))
        {
            return true;
        }
        if token.is("similar") && !next.is_some_and(|n| n.is("to")) {
            return true;
        }
        if token.is("not") && next.is_some_and(|n| n.is("only")) && !body.iter().any(|t| t.is("but")) {
            return true;
        }
        let counted = token.is("the")
            && next
                .is_some_and(|n| n.tag == Tag::Num || matches!(n.lower.as_str(), "two" | "three" | "four"));
        if counted && !body.get(at + 2).is_some_and(|n| n.tag.is_noun() || n.tag == Tag::Adj) {
            return true;
        }
        if (matches!(token.lower.as_str(), "certain" | "particular")
            && next.is_some_and(|n| {
                matches!(n.lower.as_str(), "types" | "kinds" | "cases" | "circumstances" | "conditions")
            }))
            || (token.is("followed") && next.is_some_and(|n| n.is("by")) && at > 3)
        {
            return true;
        }
    }
    false
}

/// 'the gland', with nothing that says which.
fn dangles(body: &[Token], everywhere: &dyn Fn(&str) -> bool) -> bool {
    for at in 0..body.len() {
        if !body[at].is("the") {
            continue;
        }
        let mut noun = at + 1;
        while body.get(noun).is_some_and(|t| {
            matches!(t.tag, Tag::Adj | Tag::Num) || lexicon().listed("weak_modifier", &t.lower)
        }) && body.get(noun + 1).is_some_and(|t| t.tag.is_noun() || t.tag == Tag::Adj)
        {
            noun += 1;
        }
        let Some(token) = body.get(noun) else { continue };
        if !token.tag.is_noun()
            || body
                .get(noun + 1)
                .is_some_and(|t| t.tag.is_noun() || matches!(t.text.as_str(), "–" | "/" | "’s"))
        {
            continue;
        }
        let one = singular(&token.lower);
        let said_which = body[at + 1..noun].iter().any(|t| !lexicon().listed("weak_modifier", &t.lower));
        let introduced = body[..at].iter().any(|t| singular(&t.lower) == one);
        let after = body.get(noun + 1);
        let participle =
            |t: &Token| t.tag == Tag::Verb && (t.lower.ends_with("ed") || t.lower.ends_with("ing"));
        let defines = after.is_some_and(|t| {
            matches!(
                t.lower.as_str(),
                "of" | "that"
                    | "which"
                    | "between"
                    | "where"
                    | "whereby"
                    | "who"
                    | "called"
                    | "containing"
                    | "as"
            ) || participle(t)
        });
        let placed = after.is_some_and(|t| t.tag == Tag::Adp || t.is("when") || t.is("to"));
        // the first noun of a definition is its genus
        let genus = at == 0;
        if genus && after.is_some_and(|t| t.is("or") || t.is("and")) {
            continue;
        }
        let thing = lexicon().heads.get(one.as_str()).is_some_and(|kind| *kind == one);
        let class = lexicon().heads.get(one.as_str()).is_some_and(|kind| *kind == one)
            || lexicon().listed("class_name", &one);
        let unique =
            lexicon().listed("definite_unique", &token.lower) || lexicon().listed("definite_unique", &one);
        if said_which || introduced || unique || (at > 0 && everywhere(&one)) {
            continue;
        }
        // a class noun needs 'of', 'that', 'which'; another noun some complement
        if class {
            let several = one != token.lower;
            if !defines && !(placed && (genus || several || !thing)) {
                return true;
            }
        } else if !defines
            && !placed
            && !lexicon().heads.contains_key(one.as_str())
            && !lexicon().terms.contains_key(one.as_str())
            && lexicon().listed("relational", &one)
        {
            return true;
        }
    }
    false
}

/// Whether a family tells what a thing is.
pub(crate) fn is_definition(family: Family) -> bool {
    matches!(
        family,
        Family::Is
            | Family::Called
            | Family::IsCalled
            | Family::Apposition
            | Family::Means
            | Family::Identity
    )
}

/// Enough words that are rare in this document.
fn specific(matter: &Matter<'_>, fact: &Fact) -> Result<(), Refusal> {
    let stems: HashSet<String> = fact
        .body
        .iter()
        .filter(|t| {
            t.is_word()
                && t.tag != Tag::Num
                && !is_function_word(&t.lower)
                && !lexicon().listed("vague", &t.lower)
        })
        .map(|t| stem(&t.lower))
        .collect();
    let least = if is_definition(fact.family) { 1.9 } else { 2.2 };
    let rare: Vec<f32> = stems.iter().map(|s| matter.prose.rarity(s)).filter(|r| *r >= least).collect();
    let sum: f32 = rare.iter().sum();
    let (count, weight) = match fact.family {
        Family::Does
        | Family::DoesWhen
        | Family::NamedDoes
        | Family::Which
        | Family::Resumed
        | Family::Ends
        | Family::Place => (3, 9.0),
        Family::Cloze => (4, 14.0),
        _ => (2, 6.0),
    };
    let term = &matter.terms.list[fact.key];
    // what becomes of a thing is said of it alone
    const TURNS: &[&str] = &[
        "develops",
        "develop",
        "becomes",
        "become",
        "forms",
        "form",
        "drains",
        "drain",
        "supplies",
        "supply",
        "innervates",
        "converts",
        "represents",
        "represent",
        "separates",
        "separate",
        "connects",
        "connect",
    ];
    let turns = fact.body.iter().take(2).any(|t| TURNS.contains(&t.lower.as_str()));
    let (count, weight) = if turns { (count - 1, weight - 4.0) } else { (count, weight) };
    let passing = !(term.marked || term.heading || is_definition(fact.family));
    if rare.len() < count + 2 * usize::from(passing) || sum < weight {
        return Err(Refusal::Vague);
    }
    let vague = fact.body.windows(2).any(|pair| {
        let (a, b) = (pair[0].lower.as_str(), pair[1].lower.as_str());
        matches!(
            (a, b),
            ("variety", "of") | ("continues", "to") | ("continue", "to") | ("a", "role") | ("number", "of")
        ) || matches!(
            a,
            "important"
                | "critical"
                | "essential"
                | "vital"
                | "crucial"
                | "key"
                | "role"
                | "roles"
                | "many"
                | "various"
                | "affects"
                | "affect"
                | "influence"
                | "influences"
        )
    });
    let loose = fact.body.windows(2).any(|pair| {
        (pair[0].is("variety") && pair[1].is("of")) || (pair[0].is("certain") && !is_definition(fact.family))
    });
    if (vague && rare.len() < 6) || loose {
        return Err(Refusal::VagueVerb);
    }
    Ok(())
}

/// Whether the key stands out by its length.
pub(crate) fn key_too_long(key: &str, wrong: &[&str]) -> bool {
    let length = |text: &str| text.chars().count() as f32;
    let mean = wrong.iter().map(|w| length(w)).sum::<f32>() / wrong.len().max(1) as f32;
    let longest = wrong.iter().map(|w| length(w)).fold(0.0, f32::max);
    let over = |times: f32, other: f32, more: f32| length(key) > times * other && length(key) - other >= more;
    over(1.25, longest, 8.0) || over(1.5, mean, 10.0)
}

/// Words in common over all words.
pub(crate) fn jaccard(a: &HashSet<String>, b: &HashSet<String>) -> f32 {
    let shared = a.intersection(b).count() as f32;
    let all = a.union(b).count() as f32;
    if all == 0.0 { 0.0 } else { shared / all }
}

/// Words in common over the words of the shorter.
pub(crate) fn overlap(a: &HashSet<String>, b: &HashSet<String>) -> f32 {
    let shared = a.intersection(b).count() as f32;
    shared / a.len().min(b.len()).max(1) as f32
}

/// Stems of a body and a key, for likeness.
pub(crate) fn signature(body: &[Token], key: &str) -> HashSet<String> {
    content_stems(body).into_iter().chain(super::distractors::meaning(key)).collect()
}
