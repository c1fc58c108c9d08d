//! Short free answers without a model. Owns: what of an expected answer a learner has said, what is missing or the opposite, and the
//! verdict. Refuses: meaning beyond words, but for a similarity that the caller may bring; the learner can overrule it.

use super::claim::{Claim, Contradiction, Said};
use super::{Judgement, Verdict};

/// Share of the expected weight from which an answer is right.
pub const RIGHT_FROM: f32 = 0.7;
/// Share from which it is partly right.
pub const PARTLY_FROM: f32 = 0.3;
/// Cosine from which a similarity counts at all, for the embedder at hand: unrelated sentences of one subject come near it.
pub const SIMILAR_FROM: f32 = 0.6;
/// Cosine that counts in full.
pub const SIMILAR_FULL: f32 = 0.9;
/// How much of what the words lack a full similarity makes up for: it alone makes no answer right.
pub const SIMILAR_COUNTS: f32 = 0.6;

/// What a word of the question counts in the answer, against one that it does not say.
const ASKED: f32 = 0.2;
/// What a medical term, an end ('rises', 'left', 'no') and a number count, against any other word.
const TERM: f32 = 1.5;
const POLE: f32 = 1.5;
const NUMBER: f32 = 2.0;
/// Expected terms from which an answer with one thing turned around can still be partly right.
const MANY: usize = 4;

/// Something that an answer should name.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// Its names, the first one as it is shown; each may have several words.
    pub names: Vec<String>,
    /// What it counts, above 0.
    pub weight: f32,
}

/// What a question wants to hear.
#[derive(Debug, Clone)]
pub struct Expected {
    claim: Claim,
    terms: Vec<(Term, Vec<Claim>)>,
}

impl Expected {
    /// By an answer in words: its words are the terms, and those that the question says already count little.
    pub fn of(answer: &str, question: &str) -> Self {
        let (claim, asked) = (Claim::read(answer), Claim::read(question));
        let mut terms: Vec<Term> = vec![];
        let mut seen: Vec<&Said> = vec![];
        for word in &claim.words {
            if seen.iter().any(|before| before.likeness.is(&word.likeness)) {
                continue;
            }
            seen.push(word);
            let turns = word.is_pole() || word.is_number() || word.is_negated();
            let known = asked.says(word) && !turns;
            let weight = if known { ASKED } else { weight(word) };
            terms.push(Term { names: vec![word.text.clone()], weight });
        }
        Self::new(answer, terms)
    }

    /// By terms, with an answer in words to tell contradictions by.
    pub fn new(answer: &str, terms: Vec<Term>) -> Self {
        let read = |term: Term| {
            let names = term.names.iter().map(|name| Claim::read(name)).collect();
            (term, names)
        };
        Self { claim: Claim::read(answer), terms: terms.into_iter().map(read).collect() }
    }
}

fn weight(word: &Said) -> f32 {
    match word {
        _ if word.is_number() => NUMBER,
        _ if word.is_pole() || word.is_negated() => POLE,
        _ if word.is_term() => TERM,
        _ => 1.0,
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

/// Judges an answer. `similarity` is the cosine of its embedding and that of the expected answer, where there is one.
///
/// The score is the weight of the terms it names over that of all, and similarity makes up for part of the rest
/// ([`SIMILAR_COUNTS`]). From [`RIGHT_FROM`] on it is right, from [`PARTLY_FROM`] on partly right. An answer that turns something
/// around (a number, a side, a direction, a 'not', hypo- and hyper-) is wrong, or partly right where most else of a long answer
/// is there; one that names both ends ('it rises or falls') is never right.
pub fn judge(expected: &Expected, answer: &str, similarity: Option<f32>) -> Judged {
    let said = Claim::read(answer);
    let (mut present, mut missing, mut sum, mut all) = (vec![], vec![], 0.0, 0.0);
    for (term, names) in &expected.terms {
        all += term.weight;
        if names.iter().zip(&term.names).any(|(name, text)| names_it(&said, name, text)) {
            sum += term.weight;
            present.push(term.names[0].clone());
        } else {
            missing.push(term.names[0].clone());
        }
    }
    let named = if all > 0.0 { sum / all } else { 0.0 };
    let lift = similarity.filter(|cosine| cosine.is_finite()).map_or(0.0, |cosine| {
        ((cosine - SIMILAR_FROM) / (SIMILAR_FULL - SIMILAR_FROM)).clamp(0.0, 1.0) * SIMILAR_COUNTS
    });
    let silent = said.words.is_empty() || knows_nothing(answer);
    let score = if silent { 0.0 } else { named + (1.0 - named) * lift };
    let contradiction = said.contradicts(&expected.claim).filter(|_| !silent);
    let verdict = match (contradiction, score) {
        (Some(_), score) if score >= RIGHT_FROM && expected.terms.len() >= MANY => Verdict::Partly,
        (Some(_), _) => Verdict::Wrong,
        (None, score) if score >= RIGHT_FROM && said.hedges() && !expected.claim.hedges() => Verdict::Partly,
        (None, score) if score >= RIGHT_FROM => Verdict::Right,
        (None, score) if score >= PARTLY_FROM => Verdict::Partly,
        _ => Verdict::Wrong,
    };
    Judged { verdict, score, present, missing, contradiction }
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

/// Whether an answer names a term: all words of one of its names, in any form, or misspelled.
fn names_it(said: &Claim, name: &Claim, text: &str) -> bool {
    if name.words.is_empty() {
        return said.holds(text);
    }
    name.words.iter().all(|word| says(said, word))
}

fn says(said: &Claim, word: &Said) -> bool {
    said.says(word) || said.words.iter().any(|other| other.means_end_of(word) || misspelled(other, word))
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
            (potassium, "high potassium", Wrong),
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
            ("renin", Wrong, vec!["aldosterone", "sodium"]),
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
        assert_eq!(of("Filling of the ventricle is cut off early", 0.85), Right);
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
