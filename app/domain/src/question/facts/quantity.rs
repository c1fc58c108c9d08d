//! Quantities that a sentence states. Owns: sentences whose only number can be asked for. Refuses: reading numbers
//! (`number`) and the numbers beside the right one (`generate`).

mod number;

pub(crate) use number::{Quantity, SPELLED, count_in_words, quantities};

use super::{Fact, Family, Matter, Mention};
use crate::question::filters;
use crate::question::lexicon::lexicon;
use crate::question::prose::is_finite;
use crate::question::refusal::Refusal;
use crate::question::span::{Own, capitalised, head_of, is_fragment, refers, single_clause};
use crate::question::tagger::Tag;
use crate::question::token::{Token, write};
use crate::question::word::singular;

/// A sentence whose only number is asked for.
#[derive(Debug, Clone)]
pub(crate) struct QuantityFact {
    /// The sentence around the gap; its key is the term of which the number is told.
    pub(crate) fact: Fact,
    /// The right answer.
    pub(crate) quantity: Quantity,
}

/// Words of a sentence whose number is of the day, of one person or of a calculation, and not to be learned.
const PASSING: &[&str] = &[
    "population",
    "americans",
    "american",
    "united",
    "states",
    "cases",
    "patients",
    "patient",
    "children",
    "age",
    "aged",
    "old",
    "today",
    "currently",
    "estimated",
    "research",
    "researchers",
    "study",
    "studies",
    "scientists",
    "century",
    "survival",
    "incidence",
    "prevalence",
    "mortality",
    "deaths",
    "worldwide",
    "world",
    "chapter",
    "video",
    "assumes",
    "suppose",
    "imagine",
    "recorded",
    "career",
    "school",
    "training",
    "athletes",
    "calculated",
    "calculation",
    "example",
    "life",
    "lifespan",
    "pounds",
    "dollars",
    "infected",
    "affects",
    "risk",
    "diagnosed",
    "percentage",
    "match",
    "ago",
    "vaccine",
    "theory",
    "others",
    "past",
    "history",
    "decade",
    "decades",
    "strides",
];

/// Words that make every number beyond the right one right as well.
const BOUNDS: &[&str] =
    &["than", "least", "over", "under", "most", "many", "much", "little", "few", "exceed", "exceeds"];

/// The sentences of a document whose only number can be asked for.
pub(crate) fn facts(matter: &Matter<'_>, sink: &mut dyn FnMut(Result<QuantityFact, Refusal>)) {
    for number in 0..matter.prose.sentences.len() {
        if matter.prose.sentences[number].usable
            && let Some(fact) = fact(matter, number)
        {
            sink(fact);
        }
    }
}

fn fact(matter: &Matter<'_>, number: usize) -> Option<Result<QuantityFact, Refusal>> {
    let sentence = &matter.prose.sentences[number];
    let all = super::to_end(&sentence.tokens, 0);
    let mut refusal = None;
    // the whole sentence reads best; its first clause stands alone where the rest refers to what was said, lists what
    // is counted or tells a second number
    let parts = [Some(all), Some(whole_part(all)), before_list(all), before_second(all)];
    for clause in parts.into_iter().flatten() {
        let mut found = quantities(clause);
        let Some(quantity) = found.pop() else { continue };
        let asked = if found.is_empty() {
            let fact = gap(matter, number, clause, &quantity);
            let fit = fact.and_then(|fact| filters::quantity(matter, &fact).map(|()| fact));
            fit.map(|fact| QuantityFact { fact, quantity })
        } else {
            Err(Refusal::Coordinated)
        };
        match asked {
            Ok(fact) => return Some(Ok(fact)),
            Err(why) => refusal = Some(Err(why)),
        }
    }
    refusal
}

/// The first clause, without a list or an aside that lost its end when the next clause was cut off.
fn whole_part(all: &[Token]) -> &[Token] {
    let clause = single_clause(all);
    if clause.len() == all.len() {
        return clause;
    }
    let aside = (3..clause.len())
        .find(|at| clause[*at].text == "," && !(*at..clause.len()).any(|i| is_finite(clause, i)));
    &clause[..aside.unwrap_or(clause.len())]
}

/// 'There are three stages' of 'There are three stages: …'.
fn before_list(all: &[Token]) -> Option<&[Token]> {
    let colon = all.iter().position(|t| t.text == ":")?;
    let order =
        all[..colon].windows(4).position(|w| w[0].is("in") && w[2].is("following") && w[3].is("order"));
    let end = order.unwrap_or(colon);
    let joined = all[..end].last().is_some_and(|t| t.is("and"));
    all.get(..end - usize::from(joined))
}

/// 'A kidney weighs 150 g in males' of '… and 135 g in females'.
fn before_second(all: &[Token]) -> Option<&[Token]> {
    let found = quantities(all);
    let [first, second, ..] = found.as_slice() else { return None };
    let parts = |at: &usize| {
        matches!(all[*at].lower.as_str(), "and" | "but" | "whereas" | "while")
            || all[*at].text == "," && all[*at + 1].is("which")
    };
    let end = (first.last..second.first).rev().find(parts)?;
    // 'both a … and a …' cannot be torn
    let torn = all[..end].iter().any(|t| matches!(t.lower.as_str(), "both" | "either" | "between"));
    let comma = all[end - 1].text == ",";
    all.get(..end - usize::from(comma)).filter(|_| !torn)
}

/// Whether the clause says something by itself: a verb, and a second one where it opens with a condition.
fn states(clause: &[Token]) -> bool {
    const OPENERS: &[&str] = &[
        "when", "if", "although", "as", "because", "while", "after", "before", "once", "since", "though",
        "until",
    ];
    let verbs = (0..clause.len()).filter(|at| is_finite(clause, *at)).count();
    let least = if clause.first().is_some_and(|t| OPENERS.contains(&t.lower.as_str())) { 2 } else { 1 };
    verbs >= least
}

fn gap(matter: &Matter<'_>, number: usize, clause: &[Token], quantity: &Quantity) -> Result<Fact, Refusal> {
    let (first, last) = (quantity.first, quantity.last);
    let sentence = &matter.prose.sentences[number];
    // a second number, in a name or in a fraction, may give the first one away or contradict it
    let digits = |t: &Token| t.text.starts_with(|c: char| c.is_ascii_digit());
    let other = clause.iter().enumerate().any(|(at, t)| digits(t) && !(first..last).contains(&at));
    if other {
        return Err(Refusal::Coordinated);
    }
    // a year
    if quantity.dimension.is_empty() && !quantity.grouped && (1000.0..2100.0).contains(&quantity.low) {
        return Err(Refusal::Etymology);
    }
    // from one end of a scale to the other: its halves and doubles are none
    if quantity.high.is_some_and(|high| high > 3.0 * quantity.low) {
        return Err(Refusal::Comparison);
    }
    // 'Volumes can range to': of what?
    const MEASURES: &[&str] =
        &["volume", "volumes", "level", "levels", "size", "length", "rate", "rates", "amount"];
    let first_word = clause.iter().find(|t| !matches!(t.lower.as_str(), "the" | "a" | "an"));
    let unsaid = first_word.is_some_and(|t| MEASURES.contains(&t.lower.as_str()))
        && !clause.iter().take(4).any(|t| t.is("of"));
    // 'has 23 homologous pairs': of what?
    let pairs = clause[last..].iter().take(3).position(|t| t.is("pairs") || t.is("pair"));
    let pairs = pairs.is_some_and(|at| !clause.get(last + at + 1).is_some_and(|t| t.is("of")));
    // 'during the first 4 to 5 days': of what? 'The relatively long phase': which?
    let ordinal = first.checked_sub(1).is_some_and(|i| {
        matches!(clause[i].lower.as_str(), "first" | "next" | "last" | "following" | "initial")
    });
    let of_nothing = ordinal && !clause.get(last).is_some_and(|t| t.is("of") || t.is("after"));
    let compared = clause.iter().take(4).any(|t| t.is("relatively"));
    // 'Initially, …' goes on with a story
    let sequel = clause.first().is_some_and(|t| {
        matches!(t.lower.as_str(), "initially" | "eventually" | "later" | "soon" | "afterward")
    });
    if sequel {
        return Err(Refusal::Deictic);
    }
    // 'nearly 90 percent' may be 82 as well
    let nearly = first.checked_sub(1).is_some_and(|i| clause[i].is("nearly") || clause[i].is("almost"));
    if nearly && quantity.dimension == "percent" && quantity.low < 99.0 {
        return Err(Refusal::Comparison);
    }
    // a maximum depends on age, training and who measures it
    if clause.iter().any(|t| t.is("maximum") || t.is("maximal")) {
        return Err(Refusal::Comparison);
    }
    // 'reaches all cells in about 75 ms': since when?
    const TIMES: &[&str] = &["ms", "s", "min", "h", "d"];
    let since = TIMES.contains(&quantity.dimension.as_str())
        && clause[..first].iter().rev().take(3).any(|t| t.is("in") || t.is("within"))
        && clause[..first].iter().any(|t| t.lower.starts_with("reach"));
    // 'The rapid depolarization period lasts': of which cell?
    let named = matter
        .terms
        .of_sentence(number)
        .iter()
        .any(|m| m.first <= 3 && m.last <= first && matter.terms.list[m.term].marked);
    let stretch = (0..clause.len().min(5)).any(|at| {
        (clause[at].is("period") || clause[at].is("phase"))
            && !clause.get(at + 1).is_some_and(|t| matches!(t.lower.as_str(), "of" | "for" | "in"))
    });
    let unnamed = clause.first().is_some_and(|t| t.is("the")) && stretch && !named;
    let compared = compared || since || unnamed;
    if unsaid || pairs || of_nothing || compared {
        return Err(Refusal::Dangling);
    }
    // 'five prominent points': how many there are is in the eye of who counts
    const UNCOUNTED: &[&str] = &["points", "ways", "things", "aspects", "factors", "features", "functions"];
    let counts_nothing = |t: &Token| UNCOUNTED.contains(&t.lower.as_str());
    if quantity.dimension.is_empty() && clause[last..].iter().take(3).any(counts_nothing) {
        return Err(Refusal::Vague);
    }
    if quantity.spelled {
        told_elsewhere(matter, number, clause, quantity)?;
    }
    if is_disputed(matter, number, clause, quantity) {
        return Err(Refusal::Ambiguous);
    }
    // what every layman knows
    if matches!(quantity.dimension.as_str(), "°C" | "°F") && [37.0, 98.6].contains(&quantity.low) {
        return Err(Refusal::Everyday);
    }
    let bare = quantity.dimension.is_empty();
    // a count needs what is counted; a number before a verb or at the end is a name or a score
    if bare && !clause.get(last).is_some_and(|t| t.gap && (t.tag.is_noun() || t.tag == Tag::Adj)) {
        return Err(Refusal::NoGenus);
    }
    // 'varies between people' is of the body, '12 percent of people' of one country
    let share =
        quantity.dimension == "percent" || quantity.low > 1e5 || quantity.dimension.contains("million");
    let counted =
        share && clause.iter().any(|t| matches!(t.lower.as_str(), "people" | "persons" | "individuals"));
    if counted || clause.iter().any(|t| PASSING.contains(&t.lower.as_str())) {
        return Err(Refusal::Shared);
    }
    let bounded = clause[..first].iter().rev().take(3).any(|t| BOUNDS.contains(&t.lower.as_str()))
        || clause[..first].windows(2).any(|pair| pair[0].is("up") && pair[1].is("to"));
    // 'may increase to 150': so it may to 100
    let possible = clause.iter().any(|t| matches!(t.lower.as_str(), "may" | "might" | "could"));
    // 'when the volume drops 5 to 10 percent': so it is when it drops 20
    let threshold = (1..first).any(|at| {
        matches!(clause[at].lower.as_str(), "drops" | "drop" | "falls" | "fall" | "rises" | "rise")
            && clause[..at].iter().any(|t| t.is("when") || t.is("if"))
    });
    // 'increases from 120 to 160' is a change, 'ranges from 120 to 160' a range
    let changes = first.checked_sub(1).is_some_and(|i| clause[i].is("from"))
        && !clause[..first].iter().any(|t| t.lower.starts_with("rang") || t.lower.starts_with("var"));
    // 'would have' needs its condition
    const CONDITIONS: &[&str] = &["if", "without", "unless", "when", "were", "absence", "left"];
    let hangs = clause.iter().any(|t| t.is("would"))
        && !clause.iter().any(|t| CONDITIONS.contains(&t.lower.as_str()));
    if bounded || possible || changes || hangs || threshold {
        return Err(Refusal::Comparison);
    }
    let body: Vec<Token> = [&clause[..first], &clause[last..]].concat();
    let words = body.iter().filter(|t| t.is_word()).count();
    let own = matter.terms.of_sentence(number).first().map_or(Own::No, |m| match (m.first <= 2, m.plural) {
        (true, false) => Own::One,
        (true, true) => Own::Many,
        _ => Own::No,
    });
    if !states(clause) {
        return Err(Refusal::Fragment);
    }
    let pronoun = |t: &Token| matches!(t.lower.as_str(), "it" | "they" | "them");
    if body.iter().any(pronoun) {
        return Err(Refusal::Refers);
    }
    if !(5..=30).contains(&words) || refers(&body, own) || is_fragment(clause) || sentence.resumes {
        return Err(Refusal::Refers);
    }
    let subject = subject(matter, number, clause, quantity).ok_or(Refusal::Unmarked)?;
    let mut shown = clause.to_vec();
    let blank = Token { text: "_____".into(), ..shown[first].clone() };
    shown.splice(first..last, [blank]);
    let text = capitalised(write(&shown).trim());
    let asks = if bare { "number" } else { "value" };
    Ok(Fact {
        family: Family::Quantity,
        key: subject.term,
        plural: subject.plural,
        stem: format!("Which {asks} completes this sentence: “{text}”?"),
        body,
        sentence: number,
        source: None,
        genus: None,
        noun: None,
    })
}

/// Whether another sentence on the same seldom term tells another number of the same dimension.
fn is_disputed(matter: &Matter<'_>, number: usize, clause: &[Token], quantity: &Quantity) -> bool {
    const SELDOM: usize = 5;
    let seldom = |m: &&Mention| {
        let term = &matter.terms.list[m.term];
        m.last <= clause.len() && term.marked && term.mentions.len() <= SELDOM
    };
    let measured = !quantity.dimension.is_empty();
    let mut own = matter.terms.of_sentence(number).iter().filter(seldom);
    measured
        && own.any(|m| {
            matter.terms.of_term(m.term).filter(|other| other.sentence != number).any(|other| {
                quantities(&matter.prose.sentences[other.sentence].tokens).iter().any(|q| {
                    q.dimension == quantity.dimension
                        && q.high.is_some() == quantity.high.is_some()
                        && (q.low - quantity.low).abs() > 0.1 * quantity.low
                        || q.dimension == quantity.dimension && q.high.is_some() != quantity.high.is_some()
                })
            })
        })
}

/// A count that the sentence gives away by a list or by the build of a word, that points back, or that another
/// sentence states otherwise.
fn told_elsewhere(
    matter: &Matter<'_>,
    number: usize,
    clause: &[Token],
    quantity: &Quantity,
) -> Result<(), Refusal> {
    let after = &clause[quantity.last..];
    let lists = after.iter().filter(|t| t.text == ",").count() >= 2
        || after.iter().any(|t| matches!(t.lower.as_str(), "called" | "including" | "namely" | ":" | "—"));
    if lists {
        return Err(Refusal::Leak);
    }
    let prefixes: &[&str] = match quantity.low as u32 {
        3 => &["tri", "third"],
        4 => &["tetra", "quadr", "fourth"],
        5 => &["pent", "quint", "fifth"],
        6 => &["hexa", "sixth"],
        _ => &[],
    };
    if clause.iter().any(|t| prefixes.iter().any(|prefix| t.lower.starts_with(prefix))) {
        return Err(Refusal::Leak);
    }
    // 'Three familiar drinks contain …' opens a story
    let Some(before) = quantity.first.checked_sub(1).map(|i| clause[i].lower.as_str()) else {
        return Err(Refusal::Vague);
    };
    if matches!(before, "these" | "those" | "all" | "the" | "other" | "last" | "first" | "remaining") {
        return Err(Refusal::Refers);
    }
    // 'six hormones' here and 'seven hormones' there
    let thing = |tokens: &[Token], q: &Quantity| {
        head_of(&tokens[q.last..]).map(|at| singular(&tokens[q.last + at].lower))
    };
    let own = thing(clause, quantity);
    let taught = |m: &&Mention| {
        let term = &matter.terms.list[m.term];
        m.last <= clause.len() && (term.marked || term.heading)
    };
    let terms: Vec<usize> = matter.terms.of_sentence(number).iter().filter(taught).map(|m| m.term).collect();
    let differs = matter.prose.sentences.iter().enumerate().any(|(at, other)| {
        at != number
            && matter.terms.of_sentence(at).iter().any(|m| terms.contains(&m.term))
            && quantities(&other.tokens).iter().any(|q| {
                let bare = q.dimension.is_empty() && q.high.is_none();
                bare && (q.low - quantity.low).abs() > 0.1 && thing(&other.tokens, q) == own
            })
    });
    if differs { Err(Refusal::Ambiguous) } else { Ok(()) }
}

/// The term of which a number is told: the first one that the lecture teaches.
fn subject(matter: &Matter<'_>, number: usize, clause: &[Token], quantity: &Quantity) -> Option<Mention> {
    let within = |mention: &&Mention| {
        mention.last <= clause.len() && (mention.last <= quantity.first || mention.first >= quantity.last)
    };
    let taught = |mention: &&Mention| {
        let term = &matter.terms.list[mention.term];
        within(mention) && (term.marked || term.heading || lexicon().terms.contains_key(term.key.as_str()))
    };
    let mentions = matter.terms.of_sentence(number);
    mentions.iter().find(taught).or_else(|| mentions.iter().find(within)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::matter;
    use crate::question::tests::lecture_of;

    /// What becomes of the first sentence of a lecture on ventricles that holds a number.
    fn asked(sentence: &str) -> Result<String, Refusal> {
        let document =
            lecture_of(&["The *ventricle* is a chamber that pumps blood out of the heart.", sentence]);
        let matter = matter::read(&document);
        let mut found = vec![];
        facts(&matter, &mut |fact| found.push(fact.map(|fact| fact.fact.stem)));
        found.into_iter().next().expect("a quantity")
    }

    #[test]
    fn the_only_number_of_a_sentence_is_asked_for() {
        assert_eq!(
            asked("At rest each ventricle ejects approximately 70 mL of blood with every beat.").as_deref(),
            Ok(
                "Which value completes this sentence: “At rest each ventricle ejects approximately _____ of blood with every beat”?"
            )
        );
        for (sentence, clause) in [
            // what a list or a second number would tell is left out
            (
                "The wall of each ventricle is built of three layers: an inner one, a thick one and an outer one.",
                "The wall of each ventricle is built of _____ layers",
            ),
            (
                "Each ventricle of a grown heart weighs about 90 g in females and 110 g in males.",
                "Each ventricle of a grown heart weighs about _____ in females",
            ),
            (
                "The pH in a resting ventricle varies from 7.0 to 7.4.",
                "The pH in a resting ventricle varies from _____",
            ),
        ] {
            assert!(
                asked(sentence).is_ok_and(|stem| stem.contains(&format!("“{clause}”"))),
                "{:?}",
                asked(sentence)
            );
        }
        for (sentence, refusal) in [
            // of what, and which?
            ("During the first 4 to 5 days each ventricle beats without any nerve.", Refusal::Dangling),
            ("The relatively long squeeze of each ventricle lasts about 300 ms.", Refusal::Dangling),
            ("There are five prominent points on the trace of each ventricle.", Refusal::Vague),
            // more, or less, is true as well
            ("Each ventricle ejects at least 70 mL of blood with every beat.", Refusal::Comparison),
            (
                "When the volume of a ventricle drops 5 to 10 percent, the heart beats faster at once.",
                Refusal::Comparison,
            ),
            ("The ventricle may eject 130 mL of blood during hard exercise.", Refusal::Comparison),
            ("Each ventricle would eject 70 mL of blood with every beat.", Refusal::Comparison),
            // of one day and one country
            ("Disease of a ventricle affects 12 percent of people in the world.", Refusal::Shared),
            // a list, a prefix or another sentence tells the count
            (
                "The wall of the ventricle has three layers including an inner one that touches blood.",
                Refusal::Leak,
            ),
            ("Below the ventricle a tricuspid valve has three thin cusps and many cords.", Refusal::Leak),
            ("The ventricle has 23 homologous pairs in each of its cells at rest.", Refusal::Dangling),
            // of what was said before
            ("One ventricle opens to these four large vessels of the body at rest.", Refusal::Refers),
            ("This ventricle ejects 70 mL of blood with every beat.", Refusal::Refers),
            // the one gives the other away
            ("Each ventricle ejects 70 mL of the 130 mL of blood that it holds.", Refusal::Coordinated),
        ] {
            assert_eq!(asked(sentence), Err(refusal), "{sentence}");
        }
    }
}
