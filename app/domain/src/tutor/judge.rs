//! Short free answers without a model. Owns: what of an expected answer a learner has said, what is missing or the opposite, and the
//! verdict. Refuses: meaning beyond words, but for a similarity that the caller may bring; the learner can overrule it.

use super::claim::{Claim, Contradiction, Said};
use super::likeness::tokens;
use super::{Judgement, Verdict};

/// Share of the expected weight from which an answer is right. This and the numbers below are by measurement (`mitochi eval tutor`), as
/// far as the half of the judged answers that was looked at tells.
pub const RIGHT_FROM: f32 = 0.6;
/// Share from which it is partly right.
pub const PARTLY_FROM: f32 = 0.2;
/// Share of one part of the expected answer from which that part is there, and from which it makes an answer partly right.
const PART_FROM: f32 = 0.5;
const PART_WHOLE: f32 = 0.7;
/// Share of the parts that a right answer has.
const PARTS: f32 = 0.5;
/// Share from which an answer with one thing turned around is partly right.
const MOSTLY: f32 = 0.5;
/// Share below which nothing is there.
const NOTHING: f32 = 0.08;
/// Cosine from which a similarity counts at all, for the embedder at hand: unrelated sentences of one subject come near it.
pub const SIMILAR_FROM: f32 = 0.6;
/// Cosine that counts in full.
pub const SIMILAR_FULL: f32 = 0.9;
/// How much of what the words lack a full similarity makes up for: it alone makes no answer right.
pub const SIMILAR_COUNTS: f32 = 0.6;

/// What a word of the question counts in the answer, against a name, an end ('rises', 'left', 'no'), a number, and any other word.
const ASKED: f32 = 0.1;
const NAME: f32 = 1.5;
const NUMBER: f32 = 2.0;
const WORD: f32 = 0.8;
/// What a part of the expected answer counts at least; less belongs to the part beside it.
const PART: f32 = 0.7;
/// Expected terms from which an answer with one thing turned around can still be partly right.
const MANY: usize = 4;
/// Parts of so many words each from which the expected answer is a list, of which nothing may lack.
const LISTED: usize = 3;
const LISTED_WORDS: usize = 2;
/// Letters of a word that is cut short, and those that it leaves out, at least: 'aff'.
const CUT: usize = 3;

/// Something that an answer should name.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// Its names, the first one as it is shown; each may have several words.
    pub names: Vec<String>,
    /// What it counts, above 0.
    pub weight: f32,
}

/// A term as it is looked for.
#[derive(Debug, Clone)]
struct Wanted {
    term: Term,
    names: Vec<Claim>,
    /// The part of the expected answer that it belongs to.
    part: usize,
    /// It names a thing, so that another name in its place is an error.
    thing: bool,
}

/// What a question wants to hear.
#[derive(Debug, Clone)]
pub struct Expected {
    claim: Claim,
    asked: Claim,
    wanted: Vec<Wanted>,
    /// The part of each word of the claim.
    parts: Vec<usize>,
    is_list: bool,
}

impl Expected {
    /// By an answer in words: its words are the terms, and those that the question says already count little.
    pub fn of(answer: &str, question: &str) -> Self {
        let (claim, asked) = (Claim::read(answer), Claim::read(question));
        let pieces = pieces(answer);
        let mut seen: Vec<&Said> = vec![];
        let mut wanted: Vec<Wanted> = vec![];
        for word in &claim.words {
            if seen.iter().any(|before| before.likeness.is(&word.likeness)) {
                continue;
            }
            seen.push(word);
            let turns = word.is_pole() || word.is_number() || word.is_negated();
            let known = asked.repeats(word) && !turns;
            let term =
                Term { names: vec![word.text.clone()], weight: if known { ASKED } else { weight(word) } };
            let names = vec![Claim::read(&word.text)];
            let part = pieces.get(word.place()).copied().unwrap_or(0);
            wanted.push(Wanted { term, names, part, thing: word.names_a_thing() && !known });
        }
        let before: Vec<usize> = wanted.iter().map(|wanted| wanted.part).collect();
        join_small_parts(&mut wanted);
        // a word that is said twice belongs to two parts
        let joined = |piece: usize| {
            let at = before.iter().position(|part| *part >= piece).unwrap_or(before.len().saturating_sub(1));
            wanted.get(at).map_or(0, |wanted| wanted.part)
        };
        let parts_of = claim.words.iter().map(|word| joined(pieces.get(word.place()).copied().unwrap_or(0)));
        let parts_of = parts_of.collect();
        let parts = wanted.last().map_or(0, |last| last.part + 1);
        let words = |part| wanted.iter().filter(|wanted| wanted.part == part).count();
        // 'aortic stenosis' is a name, of which nothing may lack either
        let is_list = parts >= LISTED && (0..parts).all(|part| words(part) <= LISTED_WORDS)
            || wanted.len() <= LISTED_WORDS;
        Self { claim, asked, wanted, parts: parts_of, is_list }
    }

    /// By terms, with an answer in words to tell contradictions by.
    pub fn new(answer: &str, terms: Vec<Term>) -> Self {
        let wanted = terms.into_iter().enumerate().map(|(part, term)| {
            let names = term.names.iter().map(|name| Claim::read(name)).collect();
            Wanted { term, names, part, thing: false }
        });
        let wanted = wanted.collect();
        Self { claim: Claim::read(answer), asked: Claim::read(""), wanted, parts: vec![], is_list: false }
    }
}

fn weight(word: &Said) -> f32 {
    match word {
        _ if word.is_number() => NUMBER,
        _ if word.is_pole() || word.is_negated() || word.names_a_thing() => NAME,
        _ => WORD,
    }
}

/// The piece of a text that each of its words stands in: what is told in turn.
fn pieces(text: &str) -> Vec<usize> {
    const ENDS: &[char] = &[';', '.', ':', '?', '!', ',', '(', '→', '+', '/', '='];
    const BEGINS: &[&str] =
        &["and", "so", "which", "whereas", "while", "but", "with", "when", "because", "by", "in"];
    let tokens = tokens(text);
    let mut piece = 0;
    let each = tokens.iter().enumerate().map(|(at, token)| {
        let gap = at
            .checked_sub(1)
            .and_then(|before| text.get(tokens[before].span.end as usize..token.span.start as usize));
        let ends = gap.is_some_and(|gap| gap.contains(ENDS) || gap.contains("->"));
        piece += usize::from(ends || at > 0 && BEGINS.contains(&token.form.as_str()));
        piece
    });
    each.collect()
}

/// Gives what counts little to the part before, the first to the part behind, and numbers the parts from 0.
fn join_small_parts(wanted: &mut [Wanted]) {
    let weight = |wanted: &[Wanted]| wanted.iter().map(|wanted| wanted.term.weight).sum::<f32>();
    let mut next = 0;
    let mut at = 0;
    let mut first_is_small = false;
    while at < wanted.len() {
        let part = wanted[at].part;
        let end = (at..wanted.len()).find(|end| wanted[*end].part != part).unwrap_or(wanted.len());
        let small = weight(&wanted[at..end]) < PART;
        let joins = next > 0 && (small || first_is_small && next == 1);
        if !joins {
            next += 1;
        }
        first_is_small = next == 1 && (small && !joins);
        for wanted in &mut wanted[at..end] {
            wanted.part = next - 1;
        }
        at = end;
    }
}

/// What an answer is, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// Share of the expected weight, the similarity included, 0 to 1.
    pub score: f32,
    /// Expected terms that it names.
    pub present: Vec<String>,
    /// Expected terms that it does not.
    pub missing: Vec<String>,
    /// What it turns around.
    pub contradiction: Option<Contradiction>,
}

impl From<Judged> for Judgement {
    /// As the session hears it; the judge knows no names of misconceptions.
    fn from(judged: Judged) -> Self {
        Self { verdict: judged.verdict, missing: judged.missing, misconception: None }
    }
}

/// Judges an answer. `similarity` is the cosine of its embedding and that of the expected answer, where there is one; it was measured
/// not to help.
///
/// The score is the weight of the terms it names over that of all, and similarity makes up for part of the rest
/// ([`SIMILAR_COUNTS`]). From [`RIGHT_FROM`] on it is right, unless half of the parts or something of a list lacks, or another name
/// stands where one is wanted; from [`PARTLY_FROM`] on, or with one part, it is partly right. An answer that turns something
/// around (a number, a side, a direction, a 'not', hypo- and hyper-, or which of two belongs to what) is wrong, or partly right where
/// most else of a long answer is there; one that leaves both ends open ('it rises or falls') is never right.
pub fn judge(expected: &Expected, answer: &str, similarity: Option<f32>) -> Judged {
    let said = Claim::read(answer);
    let (mut present, mut missing) = (vec![], vec![]);
    let mut parts: Vec<(f32, f32)> = vec![];
    let mut lacks_a_thing = false;
    for wanted in &expected.wanted {
        parts.resize(parts.len().max(wanted.part + 1), (0.0, 0.0));
        let part = &mut parts[wanted.part];
        part.1 += wanted.term.weight;
        if wanted
            .names
            .iter()
            .zip(&wanted.term.names)
            .any(|(name, text)| names_it(&said, name, text, &expected.claim))
        {
            part.0 += wanted.term.weight;
            present.push(wanted.term.names[0].clone());
        } else {
            lacks_a_thing |= wanted.thing;
            missing.push(wanted.term.names[0].clone());
        }
    }
    let (sum, all) = parts.iter().fold((0.0, 0.0), |sums, part| (sums.0 + part.0, sums.1 + part.1));
    let named = if all > 0.0 { sum / all } else { 0.0 };
    let lift = similarity.filter(|cosine| cosine.is_finite()).map_or(0.0, |cosine| {
        ((cosine - SIMILAR_FROM) / (SIMILAR_FULL - SIMILAR_FROM)).clamp(0.0, 1.0) * SIMILAR_COUNTS
    });
    let adds = |word: &Said| {
        !expected.asked.repeats(word) || word.is_pole() || word.is_number() || word.is_negated()
    };
    let silent = !said.words.iter().any(adds) || knows_nothing(answer);
    let score = if silent { 0.0 } else { named + (1.0 - named) * lift };
    let contradiction = said.contradicts(&expected.claim).filter(|_| !silent);
    let shares = || parts.iter().map(|(sum, all)| sum / all.max(f32::EPSILON));
    let there = shares().filter(|share| *share >= PART_FROM).count() as f32 / parts.len().max(1) as f32;
    let whole = score >= RIGHT_FROM
        && there >= PARTS
        && !(lacks_a_thing && names_another(&said, expected))
        && (!expected.is_list || missing.is_empty())
        && (!said.hedges() || expected.claim.hedges());
    let verdict = match (contradiction, crossed(&said, answer, expected)) {
        _ if score < NOTHING => Verdict::Wrong,
        (_, Crossed::All) => Verdict::Wrong,
        (Some(_), _) | (None, Crossed::Some) if score < MOSTLY || expected.wanted.len() < MANY => {
            Verdict::Wrong
        }
        (Some(_), _) | (None, Crossed::Some) => Verdict::Partly,
        (None, Crossed::Nothing) if whole => Verdict::Right,
        (None, Crossed::Nothing) if score >= PARTLY_FROM || shares().any(|share| share >= PART_WHOLE) => {
            Verdict::Partly
        }
        _ => Verdict::Wrong,
    };
    Judged { verdict, score, present, missing, contradiction }
}

/// Whether an answer names a thing that neither question nor expected answer does.
fn names_another(said: &Claim, expected: &Expected) -> bool {
    said.words.iter().any(|word| {
        word.names_a_thing()
            && !expected.claim.says(word)
            && !expected.asked.says(word)
            && !expected.claim.words.iter().any(|meant| misspelled(word, meant) || cut_short(word, meant))
    })
}

/// How much of an answer gives to one what the expected answer gives to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Crossed {
    Nothing,
    Some,
    All,
}

/// 'S1 the semilunar, S2 the atrioventricular valves': pieces of the answer with words of both parts, and none with words of one.
fn crossed(said: &Claim, answer: &str, expected: &Expected) -> Crossed {
    if expected.wanted.last().is_none_or(|last| last.part != 1) {
        return Crossed::Nothing;
    }
    let in_part = |word: &Said, part: usize| {
        expected.claim.words.iter().zip(&expected.parts).any(|(own, of)| *of == part && own.is(word))
    };
    let pieces = pieces(answer);
    let (mut mixed, mut pure) = (0, 0);
    for piece in 0..=pieces.last().copied().unwrap_or(0) {
        let words = said.words.iter().filter(|word| pieces.get(word.place()) == Some(&piece));
        let told: Vec<[bool; 2]> = words
            .map(|word| [0, 1].map(|part| in_part(word, part)))
            .filter(|parts| parts.contains(&true))
            .collect();
        if told.len() < 2 {
            continue;
        }
        if [0, 1].iter().any(|part| told.iter().all(|parts| parts[*part])) { pure += 1 } else { mixed += 1 }
    }
    match (mixed, pure) {
        (2.., 0) => Crossed::All,
        (1, 0) => Crossed::Some,
        _ => Crossed::Nothing,
    }
}

/// Whether an answer says that there is none.
fn knows_nothing(answer: &str) -> bool {
    const WORDS: &[&str] = &[
        "i don't know",
        "i dont know",
        "i do not know",
        "no idea",
        "not sure",
        "no clue",
        "idk",
        "dunno",
        "?",
        "skip",
        "keine ahnung",
        "no sé",
        "je ne sais pas",
    ];
    let lower = answer.trim().to_lowercase().replace('’', "'");
    let bare = lower.trim_end_matches(['.', '!', ' ']);
    WORDS.contains(&bare)
}

/// Whether an answer names a term: all words of one of its names, in any form, misspelled, or cut short.
fn names_it(said: &Claim, name: &Claim, text: &str, expected: &Claim) -> bool {
    if name.words.is_empty() {
        return said.holds(text);
    }
    let in_full =
        |word: &Said| expected.words.iter().find(|own| own.text == word.text).unwrap_or(word).clone();
    name.words.iter().all(|word| says(said, word) || said.abbreviates(&in_full(word), expected))
}

fn says(said: &Claim, word: &Said) -> bool {
    let as_well =
        |other: &Said| other.means_end_of(word) || misspelled(other, word) || cut_short(other, word);
    said.says(word) || said.words.iter().any(as_well)
}

/// Whether `said` is the beginning of `meant`: 'aff' of 'afferent'.
fn cut_short(said: &Said, meant: &Said) -> bool {
    let (short, long) = (said.form.chars().count(), meant.form.chars().count());
    short >= CUT && long >= short + CUT && meant.form.starts_with(said.form.as_str()) && !said.is_everyday()
}

/// Whether `said` is `meant` with a letter or two wrong. What is another word of the field is no misspelling, and neither is one
/// whose opposite lies a letter apart.
fn misspelled(said: &Said, meant: &Said) -> bool {
    let (a, b) = (said.form.as_str(), meant.form.as_str());
    let allowed = match b.chars().count() {
        0..=5 => 0,
        6..=9 => 1,
        _ => 2,
    };
    allowed > 0
        && a.chars().next() == b.chars().next()
        && !said.is_term()
        && !said.is_pole()
        && !meant.is_pole()
        && !said.other_beginning_than(meant)
        && crate::word::distance(a, b) <= allowed
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Partly, Right, Wrong};
    use proptest::prelude::*;

    #[test]
    fn answers_by_example() {
        let mut wrong = vec![];
        let preload = (
            "What happens to the end-diastolic volume at a fast pulse, and why?",
            "It falls, because diastole gets shorter and there is less time to fill.",
        );
        let stenosis = ("Which valve disease is it?", "Aortic stenosis");
        let flow = ("How much blood does the kidney filter a minute?", "About 120 mL/min");
        let potassium = ("What does the ECG with peaked T waves show?", "Hyperkalemia");
        let ace = (
            "What do ACE inhibitors do to the efferent arteriole?",
            "They dilate it, since angiotensin II falls.",
        );
        let layers = ("Name the layers of the heart.", "Endocardium, myocardium, epicardium");
        let negative = ("Do erythrocytes have a nucleus?", "They have no nucleus.");
        for ((question, expected), answer, verdict) in [
            (preload, "It falls: diastole is shorter, so less time for filling.", Right),
            (preload, "EDV decreases because the diastole shortens and filling time is reduced", Right),
            (preload, "It falls.", Partly),
            (preload, "Less time to fill", Partly),
            (preload, "It rises, because more blood comes back each minute.", Wrong),
            (preload, "No idea", Wrong),
            (preload, "", Wrong),
            (preload, "The heart beats faster.", Wrong),
            (stenosis, "aortic stenosis", Right),
            (stenosis, "Stenosis of the aortic valve", Right),
            (stenosis, "aortic stenossis", Right),
            (stenosis, "Aortenstenose", Wrong),
            (stenosis, "stenosis", Partly),
            (stenosis, "mitral regurgitation", Wrong),
            (flow, "120 ml per minute", Right),
            (flow, "0.12 L/min", Right),
            (flow, "around 90 mL/min", Wrong),
            (flow, "120 L/min", Wrong),
            (potassium, "hyperkalaemia", Right),
            (potassium, "high potassium", Right),
            (potassium, "low potassium", Wrong),
            (potassium, "hypokalemia", Wrong),
            (ace, "It dilates because there is less angiotensin II", Right),
            (ace, "They dilate, by angiotensin", Partly),
            (ace, "They constrict the efferent arteriole", Wrong),
            (layers, "endocardium, myocardium and epicardium", Right),
            (layers, "endo-, myo- and epicardium", Partly),
            (layers, "myocardium and endocardium", Partly),
            (layers, "epicardium", Partly),
            (negative, "No, they have no nucleus", Right),
            (negative, "They have a nucleus", Wrong),
        ] {
            let judged = judge(&Expected::of(expected, question), answer, None);
            if judged.verdict != verdict {
                wrong.push((answer, judged));
            }
        }
        assert_eq!(wrong, []);
    }

    #[test]
    fn terms_have_names_and_weights() {
        let term = |names: &[&str], weight| Term {
            names: names.iter().map(|name| (*name).into()).collect(),
            weight,
        };
        let expected = Expected::new(
            "Renin rises and aldosterone keeps sodium.",
            vec![term(&["renin"], 1.0), term(&["aldosterone"], 2.0), term(&["sodium", "Na+", "salt"], 1.0)],
        );
        for (answer, verdict, missing) in [
            ("renin, aldosterone, Na+", Right, vec![]),
            ("Aldosterone retains salt", Right, vec!["renin"]),
            ("aldosterone", Partly, vec!["renin", "sodium"]),
            ("renin", Partly, vec!["aldosterone", "sodium"]),
        ] {
            let judged = judge(&expected, answer, None);
            assert_eq!(
                (judged.verdict, judged.missing),
                (verdict, missing.into_iter().map(String::from).collect()),
                "{answer}"
            );
        }
    }

    #[test]
    fn similarity_helps_and_does_not_decide() {
        let expected = Expected::of("The ventricle has less time to fill.", "Why does the volume fall?");
        let of = |answer, cosine| judge(&expected, answer, Some(cosine)).verdict;
        assert_eq!(of("Filling of the chamber is cut off early", 0.4), Wrong);
        assert_eq!(of("Filling of the ventricle is cut off early", 0.85), Partly);
        assert_eq!(of("Something else altogether", 1.0), Partly);
        assert_eq!(of("The ventricle has more time to fill", 0.99), Partly, "turned around");
        assert_eq!(judge(&expected, "fill", Some(f32::NAN)), judge(&expected, "fill", None));
    }

    proptest! {
        #[test]
        fn the_expected_answer_is_right(words in prop::collection::vec("[b-z]{4,9}", 1..8)) {
            let answer = words.join(" ");
            let judged = judge(&Expected::of(&answer, ""), &answer, None);
            prop_assert!(judged.verdict == Right || judged.present.is_empty(), "{:?}", judged);
        }

        #[test]
        fn anything_can_be_judged(answer in "[\\PC a-z0-9.,%-]{0,80}", expected in "[\\PC a-z0-9.,%-]{0,80}") {
            let judged = judge(&Expected::of(&expected, ""), &answer, Some(0.7));
            prop_assert!((0.0..=1.0).contains(&judged.score));
        }
    }
}
