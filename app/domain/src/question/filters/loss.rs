//! What a stem lost when it was taken out of its paragraph. Owns: antecedents, sides, objects and signs that are
//! missing. Refuses: repairs (`span` cuts).

use crate::question::facts::{Fact, Family, Matter};
use crate::question::lexicon::lexicon;
use crate::question::prose::content_stems;
use crate::question::refusal::Refusal;
use crate::question::span::head_of;
use crate::question::tagger::Tag;
use crate::question::token::Token;
use crate::question::word::singular;

/// Why a stem cannot stand without the sentences around it, if so.
pub(super) fn lost(matter: &Matter<'_>, fact: &Fact, definition: bool) -> Option<Refusal> {
    let body = &fact.body;
    // 'additional fibers', 'functions in the other one as well': beside what?
    let besides = body.iter().take(3).any(|t| matches!(t.lower.as_str(), "additional" | "further"))
        || body.windows(2).enumerate().any(|(at, pair)| {
            pair[0].is("as") && pair[1].is("well") && !body.get(at + 2).is_some_and(|next| next.is("as"))
        });
    if besides || (matches!(fact.family, Family::Cloze | Family::Quantity) && says_also(matter, fact)) {
        return Some(Refusal::Deictic);
    }
    // 'the several directions' were told before
    let counted = body.windows(2).any(|pair| {
        pair[0].is("the")
            && matches!(pair[1].lower.as_str(), "several" | "many" | "various" | "removed" | "resulting")
    });
    if counted || flowery(body) {
        return Some(if counted { Refusal::Deictic } else { Refusal::VagueVerb });
    }
    if body
        .iter()
        .any(|t| matches!(t.lower.as_str(), "now" | "already" | "aforementioned" | "again" | "still"))
        || body.windows(2).any(|w| {
            matches!(w[0].lower.as_str(), "this" | "that")
                && matches!(w[1].lower.as_str(), "point" | "time" | "moment")
        })
    {
        return Some(Refusal::Deictic);
    }
    if side_of_nothing(body, definition) || !definition && one_of_many(matter, fact.family, body) {
        return Some(Refusal::Dangling);
    }
    // 'The septum prevents the impulse': there are several
    let several = body.windows(2).enumerate().any(|(at, pair)| {
        pair[0].is("the")
            && matches!(
                pair[1].lower.as_str(),
                "septum"
                    | "impulse"
                    | "transcript"
                    | "septa"
                    | "impulses"
                    | "occlusion"
                    | "blockage"
                    | "lesion"
                    | "clot"
            )
            && !body
                .get(at + 2)
                .is_some_and(|t| matches!(t.lower.as_str(), "of" | "that" | "which" | "in" | "between"))
    });
    // 'hormone release of adrenocorticotropic hormone'
    let again = (0..body.len()).any(|at| {
        let near = &body[at + 1..body.len().min(at + 5)];
        body[at].tag.is_noun()
            && body[at].lower.len() > 5
            && near.iter().any(|t| t.is("of"))
            && near
                .iter()
                .any(|t| t.lower == body[at].lower || t.lower.ends_with(&format!(" {}", body[at].lower)))
    });
    // 'For the thumb, which movement moves the thumb …'
    let twice = fact.family == Family::DoesWhen
        && fact.stem.split_once(", ").is_some_and(|(place, asked)| {
            let last = place.rsplit(' ').next().unwrap_or_default().to_lowercase();
            last.len() > 3 && asked.split(|c: char| !c.is_alphanumeric()).any(|word| word == last)
        });
    // 'a hinge joint formed by the humeroulnar joint'
    let circular = definition
        && head_of(body).is_some_and(|head| {
            let genus = singular(&body[head].lower);
            let by = body[head..].iter().position(|t| t.is("by")).map(|at| head + at);
            by.is_some_and(|by| body[by..].iter().any(|t| singular(&t.lower) == genus))
        });
    if again || twice || circular {
        return Some(Refusal::VagueVerb);
    }
    // 'the base of the bladder' is a place, and whatever lies there has other names
    const PLACES: &[&str] = &["base", "top", "bottom", "floor", "end", "tip", "apex", "front", "back"];
    let bare_place = definition
        && body.iter().filter(|t| t.is_word()).count() <= 5
        && head_of(body).is_some_and(|head| PLACES.contains(&body[head].lower.as_str()));
    if bare_place {
        return Some(Refusal::EmptyDefinition);
    }
    // 'are induced that protect cells': the clause has lost its noun
    let torn = body.windows(2).take(3).any(|w| w[0].lower.ends_with("ed") && w[1].is("that"));
    if torn && !definition {
        return Some(Refusal::VagueVerb);
    }
    // what something undergoes, others undergo too
    if !definition && body.iter().any(|t| t.is("undergo") || t.is("undergoes")) {
        return Some(Refusal::VagueVerb);
    }
    if several {
        return Some(Refusal::Dangling);
    }
    // 'leaves the cell': which one, where the lecture is not on cells?
    let title = matter.prose.document.title.as_deref().unwrap_or_default().to_lowercase();
    let cell = (1..body.len()).any(|at| {
        body[at].is("cell")
            && body[at - 1].is("the")
            && !body.get(at + 1).is_some_and(|t| {
                t.tag.is_noun() || matches!(t.lower.as_str(), "of" | "that" | "which" | "in")
            })
            && !body[..at].iter().any(|t| t.is("cell") || t.is("cells"))
    });
    // what a substance does inside a cell it does in any
    let group = matter.terms.list[fact.key].kind.map(|kind| lexicon().group(kind));
    let within = (2..body.len()).any(|at| {
        body[at].is("cell")
            && body[at - 1].is("the")
            && matches!(body[at - 2].lower.as_str(), "inside" | "outside" | "into" | "within")
    });
    let any = title.contains("cell") || (group == Some("chemical") && within);
    if cell && !definition && !any {
        return Some(Refusal::Dangling);
    }
    // 'when levels drop': of what?
    let levels = (0..body.len()).any(|at| {
        body[at].is("levels")
            && !body.get(at + 1).is_some_and(|t| t.is("of") || t.is("in"))
            && !at.checked_sub(1).is_some_and(|i| body[i].tag.is_noun() || body[i].text.ends_with('+'))
    });
    if levels {
        return Some(Refusal::Dangling);
    }
    if without_object(body) || broken_signs(body) {
        return Some(Refusal::Fragment);
    }
    let sentence = &matter.prose.sentences[fact.sentence];
    let refers_back = sentence.tokens.first().is_some_and(|t| {
        matches!(t.lower.as_str(), "this" | "these" | "that" | "those" | "it" | "they" | "such")
    });
    let event = matches!(fact.family, Family::Which | Family::Ends | Family::Kind);
    if !definition && (sentence.resumes || (event && refers_back)) {
        return Some(Refusal::Refers);
    }
    // 'the posterior portion of the atria': of which one?
    const PAIRED: &[&str] = &["atria", "ventricles", "lungs", "kidneys", "ureters", "ovaries", "testes"];
    let portion = body.windows(4).any(|w| {
        matches!(w[0].lower.as_str(), "portion" | "part" | "side" | "end")
            && w[1].is("of")
            && w[2].is("the")
            && PAIRED.contains(&w[3].lower.as_str())
    });
    if portion {
        return Some(Refusal::Dangling);
    }
    // 'The primary support comes from muscles': of what?
    let primary = body.first().is_some_and(|t| t.is("the"))
        && body.get(1).is_some_and(|t| matches!(t.lower.as_str(), "primary" | "main" | "major" | "chief"))
        && !body.iter().take(6).any(|t| matches!(t.lower.as_str(), "of" | "for" | "in"));
    if primary && !definition {
        return Some(Refusal::Dangling);
    }
    // 'externally rotates to achieve proper alignment': where, and of what?
    let skeletal = matches!(matter.terms.list[fact.key].kind, Some("bone" | "muscle" | "joint"));
    if !definition && skeletal && matter.stem_terms(fact).is_empty() {
        return Some(Refusal::Refers);
    }
    if because(body) {
        return Some(Refusal::Antecedent);
    }
    if fact.family == Family::During && body.iter().filter(|t| t.is_word()).count() < 10 {
        return Some(Refusal::Vague);
    }
    // tests, uses and dependences have many objects
    let open = |t: &Token| {
        matches!(
            t.lower.as_str(),
            "testing"
                | "diagnose"
                | "diagnosed"
                | "depends"
                | "depend"
                | "varies"
                | "vary"
                | "influenced"
                | "affected"
        )
    };
    if !definition && fact.family != Family::Quantity && body.iter().take(8).any(open) {
        return Some(Refusal::Shared);
    }
    if bare_property(matter, fact) {
        return Some(Refusal::Shared);
    }
    None
}

/// Picture language, chance and what nobody knows: 'like long fingers', 'taking advantage of', 'might … in a minute'.
fn flowery(body: &[Token]) -> bool {
    let simile = (1..body.len()).any(|at| {
        body[at].is("like")
            && !matches!(
                body[at - 1].lower.as_str(),
                "structures" | "molecules" | "cells" | "something" | "others"
            )
            && body.get(at + 1).is_some_and(|t| t.tag == Tag::Adj || t.tag == Tag::Det)
    });
    let advantage = body.windows(2).any(|pair| pair[0].lower.starts_with("tak") && pair[1].is("advantage"));
    // 'whose functions are not entirely clear' tells nothing
    let unknown = body.windows(2).any(|w| {
        matches!(w[0].lower.as_str(), "is" | "are" | "remain" | "remains")
            && matches!(w[1].lower.as_str(), "unclear" | "unknown")
    }) || body
        .windows(3)
        .any(|w| w[0].is("not") && matches!(w[2].lower.as_str(), "clear" | "understood" | "known"));
    let couple = body.windows(2).any(|w| w[0].is("couple") && w[1].is("of"));
    simile || advantage || unknown || couple || body.iter().any(|t| t.is("might"))
}

/// 'There also can be …': what was said before holds too.
fn says_also(matter: &Matter<'_>, fact: &Fact) -> bool {
    matter.prose.sentences[fact.sentence].tokens.iter().take(6).any(|t| t.is("also"))
}

/// 'on the lateral side', 'the value': of what?
fn side_of_nothing(body: &[Token], definition: bool) -> bool {
    const INNER: &[&str] = &["process", "structure", "structures", "area", "mechanism", "rest", "site"];
    const SIDES: &[&str] = &[
        "side",
        "sides",
        "end",
        "ends",
        "surface",
        "surfaces",
        "aspect",
        "edge",
        "edges",
        "margin",
        "margins",
        "half",
        "portion",
        "portions",
        "value",
        "values",
        "top",
        "bottom",
        "site",
        "area",
        "opening",
        "wall",
        "walls",
        "remainder",
        "dome",
        "tip",
        "rest",
        "process",
        "structure",
        "structures",
        "apparatus",
        "mechanism",
        "situation",
    ];
    (0..body.len()).any(|at| {
        let word = body[at].lower.as_str();
        if !SIDES.contains(&word) || !body[at].tag.is_noun() || (definition && INNER.contains(&word)) {
            return false;
        }
        let from = (0..at)
            .rev()
            .take(3)
            .find(|i| matches!(body[*i].lower.as_str(), "the" | "one" | "either" | "both"));
        let Some(from) = from.filter(|from| *from > 0) else { return false };
        // 'the cell surface' says of what; 'the lateral side' does not
        let plain = body[from + 1..at].iter().all(|t| t.tag == Tag::Adj);
        let said = body.get(at + 1).is_some_and(|t| {
            matches!(
                t.lower.as_str(),
                "of" | "that" | "which" | "where" | "between" | "to" | "by" | "opposite" | "facing"
            ) && !(t.is("by") || t.is("to"))
                || t.tag.is_noun()
                || t.lower.ends_with("ing")
        });
        // 'is supported on the medial side by': its own side
        let own = from > 1
            && body[from - 1].is("on")
            && body[from - 2].lower.ends_with("ed")
            && body.get(at + 1).is_some_and(|t| t.is("by"));
        plain && !said && !own
    })
}

/// 'the B cell', 'the mRNA': one of many, and nothing says which.
fn one_of_many(matter: &Matter<'_>, family: Family, body: &[Token]) -> bool {
    // 'The alpha cell makes up 20 percent': any of them, told of at its start
    let from = if family == Family::Quantity { 2 } else { 1 };
    (from..body.len()).any(|at| {
        if !body[at - 1].is("the") {
            return false;
        }
        let end =
            (at..body.len()).take_while(|i| body[*i].tag.is_noun() || body[*i].tag == Tag::Adj).count() + at;
        let name: Vec<&str> = body[at..end].iter().map(|t| t.lower.as_str()).collect();
        let Some(term) = matter.terms.index.get(name.join(" ").as_str()) else { return false };
        let term = &matter.terms.list[*term];
        let many = matches!(term.kind, Some("cell" | "molecule" | "antibody" | "microbe"));
        let topic = lexicon().heads.contains_key(term.key.as_str());
        let said = body.get(end).is_some_and(|t| {
            matches!(t.lower.as_str(), "of" | "that" | "which" | "called" | "in") || t.lower.ends_with("ing")
        });
        let before =
            body[..at - 1].iter().any(|t| name.last().is_some_and(|last| singular(&t.lower) == **last));
        many && !topic && !said && !before && (term.seen[1] > 0 || term.articles[0] > 0)
    })
}

/// 'binds using its receptor': binds what?
fn without_object(body: &[Token]) -> bool {
    const TAKE: &[&str] = &[
        "bind",
        "binds",
        "secrete",
        "secretes",
        "produce",
        "produces",
        "contain",
        "contains",
        "stimulate",
        "stimulates",
        "inhibit",
        "inhibits",
        "surround",
        "surrounds",
        "release",
        "releases",
        "express",
        "expresses",
        "activate",
        "activates",
        "attach",
        "attaches",
        "connect",
        "connects",
        "convert",
        "converts",
        "cover",
        "covers",
        "capture",
        "captures",
        "carry",
        "carries",
    ];
    body.windows(2).any(|pair| {
        TAKE.contains(&pair[0].lower.as_str())
            && (pair[0].tag == Tag::Verb || pair[0].lower.ends_with('s'))
            && matches!(
                pair[1].lower.as_str(),
                "using" | "by" | "and" | "when" | "as" | "during" | "in" | ","
            )
    }) || body.last().is_some_and(|t| {
        let second = body.len() > 1 && body[body.len() - 2].is("and");
        TAKE.contains(&t.lower.as_str()) && (t.tag == Tag::Verb || second)
    })
}

/// 'HPO 4 2−': a formula whose signs were set apart.
pub(super) fn broken_signs(body: &[Token]) -> bool {
    let charge = |text: &str| {
        let mut chars = text.chars();
        let first = chars.next().is_some_and(|c| c.is_ascii_digit());
        let sign: Vec<char> = chars.collect();
        first && sign.len() == 1 && matches!(sign[0], '-' | '−' | '–' | '+' | '⁻' | '⁺')
    };
    let digit = |t: &Token| t.text.len() == 1 && t.text.chars().all(|c| c.is_ascii_digit());
    let formula =
        |t: &Token| t.text.chars().count() <= 4 && t.text.chars().filter(|c| c.is_uppercase()).count() >= 2;
    body.windows(2).any(|pair| {
        (charge(&pair[1].text) && pair[1].gap) || (formula(&pair[0]) && digit(&pair[1]) && pair[1].gap)
    })
}

/// 'results because …': the cause of one event that was told before.
fn because(body: &[Token]) -> bool {
    body.iter().take(3).any(|t| matches!(t.lower.as_str(), "results" | "result" | "happens" | "happen"))
        && body.iter().take(5).any(|t| t.is("because"))
}

/// One property or place that others may share, without a measure or name that narrows it: 'have a fast rate',
/// 'is located outside of the capsule'.
fn bare_property(matter: &Matter<'_>, fact: &Fact) -> bool {
    if !matches!(fact.family, Family::Does | Family::Which | Family::Resumed | Family::NamedDoes) {
        return false;
    }
    let body = &fact.body;
    let Some(verb) = body.iter().find(|t| matches!(t.tag, Tag::Verb | Tag::Aux)) else { return false };
    // 'have several functions, including …': others may have them too
    let several = matches!(
        verb.lower.as_str(),
        "has" | "have" | "perform" | "performs" | "serve" | "serves" | "receive" | "receives"
    ) && body
        .iter()
        .take(4)
        .any(|t| matches!(t.lower.as_str(), "several" | "many" | "various" | "different"));
    if several {
        return true;
    }
    let only = body.iter().any(|t| {
        (t.lower.ends_with("est") && t.tag == Tag::Adj)
            || matches!(
                t.lower.as_str(),
                "only" | "most" | "first" | "last" | "unique" | "sole" | "primary" | "all"
            )
            || t.tag == Tag::Num
    });
    let telling = content_stems(body).len();
    let state = matches!(
        verb.lower.as_str(),
        "has"
            | "have"
            | "is"
            | "are"
            | "allow"
            | "allows"
            | "possess"
            | "possesses"
            | "must"
            | "require"
            | "requires"
            | "need"
            | "needs"
            | "undergo"
            | "undergoes"
            | "develop"
    );
    let allow = body.iter().any(|t| matches!(t.lower.as_str(), "allow" | "allows" | "motion" | "rotation"));
    let place = body.iter().take(3).any(|t| {
        matches!(
            t.lower.as_str(),
            "located" | "found" | "present" | "visible" | "situated" | "lies" | "lie" | "seen"
        )
    });
    let also = says_also(matter, fact);
    // 'is normally intact after its formation': so are its neighbours
    let after = body.iter().position(|t| t.is("is") || t.is("are")).map_or(body.len(), |at| at + 1);
    let quality = (after..body.len()).find(|at| body[*at].tag != Tag::Adv).is_some_and(|at| {
        let when = |t: &Token| matches!(t.lower.as_str(), "after" | "during" | "throughout" | "at");
        body[at].tag == Tag::Adj && body.get(at + 1).is_none_or(when)
    });
    (state && telling <= 4 && (!only || allow))
        || (quality && telling <= 6 && !only)
        || (matches!(verb.lower.as_str(), "must" | "undergo" | "undergoes") && telling <= 6)
        || (place && telling <= 5 && !only)
        || (also && telling <= 5)
}
