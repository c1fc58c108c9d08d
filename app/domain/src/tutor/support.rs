//! Whether a cited span supports a statement. Owns: the check and its reasons. Refuses: finding spans, and meaning beyond words but for
//! how near two of them are, which the caller may bring. Written for precision: what it does not see supported is not shown as cited.

mod parallel;

use super::claim::{Claim, Contradiction, Said};
use super::likeness::{Token, tokens};
use crate::question::{is_function_word, is_verb, verbs};
use crate::sentence::sentences;
use serde::{Deserialize, Serialize};

/// Share of a statement's words that the span must say. By measurement (`mitochi eval tutor`): statements that a span supports and
/// those with one thing changed share as many words with it, so this only keeps out what is about something else.
pub const SUPPORTED_FROM: f32 = 0.34;
/// Cosine from which one word is taken for another, by MiniLM: 'insulin' and 'glucagon' reach .26, 'kneecap' and 'patella' .58.
pub const NEAR_FROM: f32 = 0.5;

/// Sentences of a span that one statement may draw on.
const DRAWN_ON: usize = 3;
/// What a medical term and a number count against any other word, where sentences are chosen.
const TERM: f32 = 1.5;
const NUMBER: f32 = 2.0;

/// What is cited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence<'t> {
    /// The span.
    pub text: &'t str,
    /// The headings above it, which may name what it calls 'it'; empty where there are none.
    pub headings: &'t str,
}

/// Why a statement is not supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It states nothing.
    Empty,
    /// The span says otherwise.
    Contradicted(Contradiction),
    /// A number of it does not stand in the span.
    Number,
    /// The span says it of something else.
    Subject,
    /// A medical term of it does not stand in the span.
    Term,
    /// Too few of its words stand in the span.
    Overlap,
}

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Support {
    /// The span says it; with the share of the statement's words that it says.
    Supported(f32),
    /// It does not, as far as can be seen.
    Unsupported(Reason),
}

impl Support {
    /// Whether it is supported.
    pub fn holds(self) -> bool {
        matches!(self, Self::Supported(_))
    }
}

/// How near two words are in meaning: the cosine of their embeddings.
pub type Near<'n> = &'n dyn Fn(&str, &str) -> f32;

/// Checks a statement against what it cites; with `near`, names that the tables do not know may stand for each other.
pub fn support(statement: &str, evidence: Evidence<'_>, near: Option<Near<'_>>) -> Support {
    let claim = Claim::read(statement);
    if claim.words.is_empty() {
        return Support::Unsupported(Reason::Empty);
    }
    let drawn = drawn_on(&claim, evidence.text);
    let page = Claim::read(&drawn);
    let around = Claim::read(&format!("{}. {}", evidence.headings, evidence.text));
    let missing = |word: &&Said| !around.says(word) && !around.abbreviates(word, &claim);
    let overlap = page.covers(&claim, |_| 1.0);
    let reason = if let Some(contradiction) = claim.differs(&page) {
        Reason::Contradicted(contradiction)
    } else if claim.words.iter().filter(|word| word.is_number()).any(|word| missing(&word)) {
        Reason::Number
    } else if does_it_differently(statement, &drawn)
        || parallel::crosses(statement, &claim, &drawn, &page, Order::read(&drawn).first)
    {
        Reason::Subject
    } else if claim
        .words
        .iter()
        .filter(missing)
        .any(|word| word.names_a_thing() && !meant(word, &around, near))
    {
        Reason::Term
    } else if overlap < SUPPORTED_FROM {
        Reason::Overlap
    } else {
        return Support::Supported(overlap);
    };
    Support::Unsupported(reason)
}

/// Whether a word or two in a row there is near a name that does not stand there.
fn meant(word: &Said, around: &Claim, near: Option<Near<'_>>) -> bool {
    let Some(near) = near else { return false };
    let pairs = around.words.windows(2).map(|two| format!("{} {}", two[0].text, two[1].text));
    let ones = around.words.iter().map(|said| said.text.clone());
    ones.chain(pairs).any(|text| near(&word.text, &text) >= NEAR_FROM)
}

fn weight(word: &Said) -> f32 {
    match word {
        _ if word.is_number() => NUMBER,
        _ if word.is_term() => TERM,
        _ => 1.0,
    }
}

/// The sentences of the span that say most of the statement, in the order of the text.
fn drawn_on(claim: &Claim, text: &str) -> String {
    let ranges = sentences(text);
    let mut chosen: Vec<usize> = vec![];
    let mut best = 0.0;
    while chosen.len() < DRAWN_ON {
        let with = |at: usize| {
            let mut all = chosen.clone();
            all.push(at);
            all.sort_unstable();
            all.iter().map(|at| &text[ranges[*at].clone()]).collect::<Vec<_>>().join(" ")
        };
        let rest = (0..ranges.len()).filter(|at| !chosen.contains(at));
        let scored = rest.map(|at| (at, Claim::read(&with(at)).covers(claim, weight)));
        // of equals the first
        let next = scored.fold(None, |best: Option<(usize, f32)>, next| match best {
            Some(best) if best.1 >= next.1 => Some(best),
            _ => Some(next),
        });
        let Some((at, covers)) = next.filter(|(_, covers)| *covers > best) else { break };
        best = covers;
        chosen.push(at);
    }
    chosen.sort_unstable();
    chosen.iter().map(|at| &text[ranges[*at].clone()]).collect::<Vec<_>>().join(" ")
}

const AUXILIARIES: &[&str] = &[
    "is", "are", "was", "were", "be", "been", "has", "have", "had", "can", "may", "might", "must", "will",
    "would", "should", "could", "does", "do", "did",
];
const BEING: &[&str] = &["is", "are", "was", "were", "be", "been", "being"];
const PRONOUNS: &[&str] = &["it", "they", "this", "these", "which", "that", "who", "he", "she"];
/// Words from a passive verb to its 'by', at most.
const BY: usize = 8;

/// Words behind a verb that are what it acts on.
const OBJECT: usize = 5;

/// Who does what, as far as the order of words tells.
struct Order {
    tokens: Vec<Token>,
    /// Places of verbs that carry meaning.
    verbs: Vec<usize>,
    /// Place of the first verb of any kind.
    first: Option<usize>,
}

impl Order {
    fn read(text: &str) -> Self {
        let tokens = tokens(text);
        let tagged = verbs(text);
        let form = |at: usize| tokens[at].form.as_str();
        let noun =
            |at: usize| at > 0 && matches!(form(at - 1), "a" | "an" | "the" | "of" | "in" | "its" | "their");
        let carries = |at: usize| {
            let after = form(at.saturating_sub(1));
            let participle =
                (BEING.contains(&after) || matches!(after, "and" | "or")) && form(at).ends_with("ed");
            // 'the AV node delays the impulse'
            let next = tokens.get(at + 1).map_or("", |next| next.form.as_str());
            let acts = form(at).ends_with('s')
                && !is_function_word(form(at))
                && matches!(next, "the" | "a" | "an" | "its");
            at > 0
                && (acts || is_verb(form(at)) || tagged.contains(&tokens[at].span.start) || participle)
                && !noun(at)
                && !AUXILIARIES.contains(&form(at))
        };
        let verbs: Vec<usize> = (0..tokens.len()).filter(|at| carries(*at)).collect();
        let first = (1..tokens.len()).find(|at| AUXILIARIES.contains(&form(*at)) || verbs.contains(at));
        Self { verbs, first, tokens }
    }

    /// Whether the verb at a place is passive.
    fn suffers(&self, verb: usize) -> bool {
        (verb.saturating_sub(2)..verb).any(|at| BEING.contains(&self.form(at)))
    }

    fn form(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.form)
    }

    /// The words that say who does what the verb at a place says; none where it is not said, or by a pronoun.
    fn doer(&self, verb: usize) -> Vec<&Token> {
        let before = self.verbs.iter().copied().filter(|at| *at < verb).max();
        let goes_on = verb > 0 && matches!(self.form(verb - 1), "and" | "or" | "then");
        let range = if self.suffers(verb) {
            let by = (verb..verb + BY).find(|at| self.form(*at) == "by");
            let next = self.verbs.iter().copied().find(|at| *at > verb).unwrap_or(self.tokens.len());
            by.filter(|by| by + 1 < next).map_or(0..0, |by| by + 1..(by + 1 + BY).min(next))
        } else if goes_on || self.form(verb).ends_with("ing") {
            // 'contracts and flattens', 'lowers it by promoting uptake': the same one, unless the first is passive
            let Some(before) = before else { return vec![] };
            return if self.suffers(before) { vec![] } else { self.doer(before) };
        } else {
            before.map_or(0, |before| before + 1)..verb
        };
        let words = &self.tokens[range];
        if words.iter().any(|token| PRONOUNS.contains(&token.form.as_str())) {
            return vec![];
        }
        words.iter().filter(|token| !is_function_word(&token.form)).collect()
    }
}

/// Whether the page has somebody else do the same.
fn does_it_differently(statement: &str, drawn: &str) -> bool {
    let said = Order::read(statement);
    let page = Order::read(drawn);
    said.verbs.iter().any(|verb| {
        let doer = said.doer(*verb);
        let stands = |word: &&&Token| page.tokens.iter().any(|token| token.is(word));
        let doer: Vec<&&Token> = doer.iter().filter(stands).collect();
        let all_in = |words: &[&Token]| doer.iter().all(|word| words.iter().any(|token| token.is(word)));
        let mut same = page
            .verbs
            .iter()
            .copied()
            .filter(|at| page.tokens[*at].likeness.is(&said.tokens[*verb].likeness))
            .peekable();
        let may_do = |at: usize| match page.doer(at) {
            // who 'it' is cannot be seen, but it is not what it acts on
            other if other.is_empty() => {
                let behind: Vec<&Token> = page.tokens[at + 1..].iter().take(OBJECT).collect();
                page.suffers(at) || !all_in(&behind)
            }
            other => all_in(&other),
        };
        !doer.is_empty() && same.peek().is_some() && !same.any(may_do)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEART: &str = "The left ventricle pumps oxygenated blood into the aorta. Afterload is the pressure against which the \
        ventricle must eject. When afterload rises, stroke volume falls and end-systolic volume rises. The SA node sets the pace at \
        60 to 100 beats per minute, and the AV node delays the impulse by about 0.1 seconds. Mature red blood cells have no nucleus. \
        It does not contract by itself.";
    const KIDNEY: &str = "Renin is secreted by granular cells of the kidney. It converts angiotensinogen into angiotensin I. \
        The kidneys filter some 180 L of plasma a day, and 99 percent of it is reabsorbed. Aldosterone raises the reabsorption of \
        sodium in the distal tubule. Hyperkalemia slows conduction.";

    #[test]
    fn statements_by_example() {
        let mut wrong = vec![];
        use Contradiction::{Direction, Negation, Number, Prefix, Side, Unit};
        use Reason::{Contradicted, Empty, Subject, Term};
        for (text, statement, expected) in [
            (HEART, "The left ventricle pumps blood into the aorta.", None),
            (HEART, "Blood is pumped into the aorta by the left ventricle.", None),
            (HEART, "Afterload is the pressure that the ventricle must eject against.", None),
            (HEART, "A higher afterload lowers the stroke volume.", None),
            (HEART, "With rising afterload, the end-systolic volume increases.", None),
            (HEART, "The SA node sets a pace of 60–100/min.", None),
            (HEART, "The AV node delays the impulse by 0.1 s.", None),
            (HEART, "The AV node delays the impulse by 100 ms.", None),
            (HEART, "Mature erythrocytes have no nucleus.", None),
            (HEART, "Red blood cells lack a nucleus when mature.", None),
            (KIDNEY, "The kidneys filter 180 liters of plasma per day.", None),
            (KIDNEY, "Granular cells of the kidney secrete renin.", None),
            (KIDNEY, "Renin converts angiotensinogen to angiotensin I.", None),
            (KIDNEY, "Aldosterone increases sodium reabsorption in the distal tubule.", None),
            (KIDNEY, "99% of the filtered plasma is reabsorbed.", None),
            (HEART, "The right ventricle pumps blood into the aorta.", Some(Contradicted(Side))),
            (HEART, "The left ventricle pumps deoxygenated blood into the aorta.", Some(Contradicted(Side))),
            (HEART, "When afterload rises, stroke volume rises.", Some(Contradicted(Direction))),
            (HEART, "The SA node sets the pace at 40 to 60 beats per minute.", Some(Contradicted(Number))),
            (HEART, "The AV node delays the impulse by 0.3 seconds.", Some(Contradicted(Number))),
            (HEART, "The AV node delays the impulse by 0.1 minutes.", Some(Contradicted(Unit))),
            (HEART, "The SA node delays the impulse by 0.1 seconds.", Some(Subject)),
            (HEART, "Mature red blood cells have a nucleus.", Some(Contradicted(Negation))),
            (HEART, "The liver pumps blood into the aorta.", Some(Term)),
            (HEART, "The left ventricle pumps blood into the spleen.", Some(Term)),
            (HEART, "The heart is a muscle that everybody should train.", Some(Term)),
            (KIDNEY, "Hypokalemia slows conduction.", Some(Contradicted(Prefix))),
            (KIDNEY, "The kidneys filter 120 L of plasma a day.", Some(Contradicted(Number))),
            (KIDNEY, "Aldosterone lowers the reabsorption of sodium.", Some(Contradicted(Direction))),
            (
                KIDNEY,
                "Aldosterone raises sodium reabsorption in the proximal tubule.",
                Some(Contradicted(Side)),
            ),
            (KIDNEY, "Insulin raises the reabsorption of sodium.", Some(Term)),
            (KIDNEY, "Aldosterone raises the reabsorption of glucose.", Some(Term)),
            (KIDNEY, "Angiotensinogen converts renin into angiotensin I.", Some(Subject)),
            (KIDNEY, "…", Some(Empty)),
        ] {
            let found = support(statement, Evidence { text, headings: "" }, None);
            let reason = match found {
                Support::Supported(_) => None,
                Support::Unsupported(reason) => Some(reason),
            };
            if reason != expected {
                wrong.push((statement, reason));
            }
        }
        assert_eq!(wrong, []);
    }

    #[test]
    fn one_thing_changed_is_found() {
        let mut wrong = vec![];
        for (text, supported, unsupported) in [
            (
                "The sinoatrial node, located in the right atrium, initiates each heartbeat.",
                &["Each heartbeat starts in the sinoatrial node of the right atrium."][..],
                &["Each heartbeat starts in the sinoatrial node of the left atrium."][..],
            ),
            (
                "Insulin lowers blood glucose by promoting its uptake into muscle and adipose tissue.",
                &[
                    "Insulin promotes the uptake of glucose into muscle and lowers blood glucose.",
                    "Blood glucose is lowered by insulin.",
                ],
                &[
                    "Glucagon lowers blood glucose by promoting its uptake into muscle.",
                    "Insulin raises blood glucose by promoting its uptake into muscle.",
                    "Insulin does not lower blood glucose.",
                ],
            ),
            (
                "Type II pneumocytes secrete surfactant, which reduces surface tension.",
                &[
                    "Surfactant, made by type II pneumocytes, lowers surface tension.",
                    "Surfactant is secreted by type II pneumocytes.",
                ],
                &["Type I pneumocytes secrete surfactant.", "Surfactant increases surface tension."],
            ),
            (
                "The femoral nerve innervates the quadriceps.",
                &["The quadriceps is innervated by the femoral nerve."],
                &[
                    "The sciatic nerve innervates the quadriceps.",
                    "The quadriceps is innervated by the obturator nerve.",
                ],
            ),
            (
                "Warfarin inhibits vitamin K epoxide reductase.",
                &["Warfarin blocks the vitamin K epoxide reductase."],
                &[
                    "Warfarin activates vitamin K epoxide reductase.",
                    "Heparin inhibits vitamin K epoxide reductase.",
                ],
            ),
            (
                "Bile is produced by the liver and stored in the gallbladder.",
                &["The liver produces bile.", "Bile is stored in the gallbladder."],
                &["Bile is produced by the gallbladder.", "Bile is produced by the pancreas."],
            ),
            (
                "Normal intraocular pressure is 10 to 21 mm Hg.",
                &["Intraocular pressure is normally between 10 and 21 mmHg."],
                &[
                    "Intraocular pressure is normally between 10 and 31 mmHg.",
                    "Normal intraocular pressure is 10 to 21 cm.",
                ],
            ),
            (
                "Cortisol levels peak in the early morning.",
                &["Cortisol is highest early in the morning."],
                &["Cortisol levels peak in the late morning.", "Melatonin levels peak in the early morning."],
            ),
            (
                "Loop diuretics block the Na-K-2Cl cotransporter in the thick ascending limb.",
                &[
                    "Loop diuretics act on the thick ascending limb, where they block the Na-K-2Cl cotransporter.",
                ],
                &[
                    "Loop diuretics block the Na-K-2Cl cotransporter in the thin ascending limb.",
                    "Loop diuretics block the Na-K-2Cl cotransporter in the thick descending limb.",
                    "Thiazide diuretics block the Na-K-2Cl cotransporter in the thick ascending limb.",
                ],
            ),
            (
                "During inspiration the diaphragm contracts and flattens.",
                &[
                    "When we breathe in, the diaphragm contracts.",
                    "The diaphragm flattens during inspiration.",
                ],
                &["During expiration the diaphragm contracts.", "The diaphragm relaxes during inspiration."],
            ),
            (
                "Hypothyroidism slows the heart, whereas hyperthyroidism makes it race. TSH is low in the latter.",
                &["The heart is slowed in hypothyroidism.", "In hyperthyroidism TSH is low."],
                &["In hyperthyroidism TSH is high.", "Hyperparathyroidism slows the heart."],
            ),
        ] {
            let holds = |statement| support(statement, Evidence { text, headings: "" }, None);
            wrong.extend(supported.iter().map(|s| (*s, holds(s))).filter(|(_, found)| !found.holds()));
            wrong.extend(unsupported.iter().map(|s| (*s, holds(s))).filter(|(_, found)| found.holds()));
        }
        assert_eq!(wrong, []);
    }

    #[test]
    fn headings_say_who_it_is() {
        let text =
            "It is a hormone of the posterior pituitary and opens water channels in the collecting duct.";
        let statement = "Vasopressin opens water channels in the collecting duct.";
        let with = |headings| support(statement, Evidence { text, headings }, None).holds();
        assert!(with("Hormones > Antidiuretic hormone") && !with(""));
    }

    #[test]
    fn nearness_stands_for_names_that_no_table_has() {
        let evidence = Evidence { text: "The orbit protects the eyeball.", headings: "" };
        let near = |a: &str, b: &str| if (a, b) == ("ossicle", "orbit") { 0.8 } else { 0.1 };
        assert_eq!(
            support("The ossicle protects the eyeball.", evidence, None),
            Support::Unsupported(Reason::Term)
        );
        assert!(support("The ossicle protects the eyeball.", evidence, Some(&near)).holds());
    }

    proptest! {
        #[test]
        fn a_sentence_supports_itself(words in prop::collection::vec("[b-z]{4,9}", 2..12)) {
            let text = words.join(" ");
            let found = support(&text, Evidence { text: &text, headings: "" }, None);
            prop_assert!(found.holds() || matches!(found, Support::Unsupported(Reason::Empty)), "{:?}", found);
        }

        #[test]
        fn anything_can_be_checked(statement in "[\\PC a-z0-9.,%-]{0,60}", text in "[\\PC a-z0-9.,%-]{0,90}") {
            let _ = support(&statement, Evidence { text: &text, headings: "" }, Some(&|_, _| f32::NAN));
        }
    }
}
