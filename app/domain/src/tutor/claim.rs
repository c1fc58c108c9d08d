//! What a sentence states, as far as a program can compare it. Owns: its words, what of it is negated, its numbers with their units,
//! and where two statements contradict each other. Refuses: verdicts on answers (`judge`) and on citations (`support`).

mod compare;
mod measure;
mod naming;
mod opposites;

use super::likeness::{Likeness, Sense, Token, meet, tokens};
use crate::question::{is_function_word, is_term, names_of, singular, stem};
use measure::Measure;
use opposites::{Pole, is_negation, other_prefix, pole};
use serde::{Deserialize, Serialize};

/// Words of meaning that a negation reaches.
const NEGATED: usize = 2;
/// Words between a level and what it is of, at most: 'low blood calcium'.
const BESIDE_LEVEL: usize = 2;
/// Words of a group that a 'left' or a 'falls' belongs to, at most.
const GROUP: usize = 3;

/// Whether a word names an end of a pair of opposites.
pub(super) fn is_end(word: &str) -> bool {
    pole(word, &stem(word)).is_some()
}

/// How two statements contradict each other, the plainest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contradiction {
    /// Another number.
    Number,
    /// The same number of another unit.
    Unit,
    /// One says 'not'.
    Negation,
    /// Opposite sides or ends: left and right, afferent and efferent.
    Side,
    /// One rises, one falls.
    Direction,
    /// Opposite beginnings of one word: hypo- and hyper-.
    Prefix,
}

/// A word of meaning in a statement.
#[derive(Debug, Clone)]
pub(super) struct Said {
    /// As written.
    pub(super) text: String,
    pub(super) form: String,
    pub(super) likeness: Likeness,
    senses: Vec<Sense>,
    /// Its place among all words of the statement.
    at: usize,
    clause: usize,
    negated: bool,
    pole: Option<Pole>,
    measure: Option<Measure>,
}

impl Said {
    /// Whether both are one word, or two names of one thing.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.likeness.is(&other.likeness) || meet(&self.senses, &other.senses)
    }

    /// A name of a medical thing.
    pub(super) fn is_term(&self) -> bool {
        is_term(&self.form) || is_term(&singular(&self.form))
    }

    /// 'Left', 'rises': a word whose opposite would turn the statement around.
    pub(super) fn is_pole(&self) -> bool {
        self.pole.is_some()
    }

    /// Its place among all words of the statement.
    pub(super) fn place(&self) -> usize {
        self.at
    }

    /// Whether it is taken back: 'no nucleus'.
    pub(super) fn is_negated(&self) -> bool {
        self.negated
    }

    /// Whether both name the same end of one pair: 'falls' and 'less'.
    pub(super) fn means_end_of(&self, other: &Self) -> bool {
        self.pole.is_some() && self.pole == other.pole
    }

    /// Whether the words differ in nothing but a beginning that turns them around.
    pub(super) fn other_beginning_than(&self, other: &Self) -> bool {
        other_prefix(&self.form, &other.form)
    }

    pub(super) fn is_number(&self) -> bool {
        self.measure.is_some()
    }
}

/// A statement, read.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    pub(super) words: Vec<Said>,
    /// All of it, for names of several words.
    forms: Vec<Likeness>,
    /// Words that take back.
    negations: usize,
}

impl Claim {
    pub(super) fn read(text: &str) -> Self {
        let tokens = tokens(text);
        let numbers = measure::all(text);
        let mut words: Vec<Said> = vec![];
        let mut reach = 0;
        let mut negations = 0;
        let mut clause = 0;
        for (at, token) in tokens.iter().enumerate() {
            clause += usize::from(begins_clause(text, &tokens, at));
            // a number and its unit are one word
            if let Some((measure, span)) = numbers.iter().find(|(_, span)| span.contains(token.span)) {
                if span.start == token.span.start {
                    words.push(Said {
                        text: text[span.range()].to_string(),
                        form: token.form.clone(),
                        likeness: token.likeness.clone(),
                        senses: vec![],
                        at,
                        clause,
                        negated: reach > 0,
                        pole: None,
                        measure: Some(measure.clone()),
                    });
                }
                continue;
            }
            let next = tokens.get(at + 1).map(|next| next.form.as_str());
            if ends_clause(text, &tokens, at) {
                reach = 0;
            }
            if is_negation(&token.form)
                && !(token.form == "not" && matches!(next, Some("only" | "just" | "merely")))
            {
                reach = NEGATED;
                negations += 1;
                continue;
            }
            let pole = pole(&token.form, &token.likeness.stem);
            if is_function_word(&token.form) && pole.is_none() {
                continue;
            }
            words.push(Said {
                text: text[token.span.range()].to_string(),
                form: token.form.clone(),
                likeness: token.likeness.clone(),
                senses: token.senses.clone(),
                at,
                clause,
                negated: reach > 0,
                pole,
                measure: None,
            });
            reach = reach.saturating_sub(1);
        }
        let forms = tokens.into_iter().map(|token| token.likeness).collect();
        Self { words, forms, negations }
    }

    /// Whether a word stands here, in any form, or a synonym that the lexicon knows.
    pub(super) fn says(&self, word: &Said) -> bool {
        if let Some(measure) = &word.measure {
            return self.numbers().any(|other| measure.same(other));
        }
        self.words.iter().any(|said| said.is(word))
            || names_of(&singular(&word.form)).iter().any(|name| self.holds(name))
            || self.spells_out(word)
    }

    /// Whether the word itself stands here, in any form.
    pub(super) fn repeats(&self, word: &Said) -> bool {
        self.words.iter().any(|said| said.likeness.is(&word.likeness))
    }

    fn numbers(&self) -> impl Iterator<Item = &Measure> {
        self.words.iter().filter_map(|word| word.measure.as_ref())
    }

    /// Whether all words of a name stand in a row.
    pub(super) fn holds(&self, name: &str) -> bool {
        let wanted: Vec<Likeness> = tokens(name).into_iter().map(|token| token.likeness).collect();
        !wanted.is_empty()
            && self.forms.windows(wanted.len()).any(|row| row.iter().zip(&wanted).all(|(a, b)| a.is(b)))
    }

    /// Share of the words of `statement` that stand here, 0 to 1; what `weight` says a word counts. 'Falls' stands for 'is reduced'.
    pub(super) fn covers(&self, statement: &Self, weight: impl Fn(&Said) -> f32) -> f32 {
        let all: f32 = statement.words.iter().map(&weight).sum();
        let says = |word: &&Said| self.says(word) || self.words.iter().any(|other| other.means_end_of(word));
        let found: f32 = statement.words.iter().filter(says).map(&weight).sum();
        if all > 0.0 { found / all } else { 0.0 }
    }

    /// Where this statement contradicts what `page` says; `None` where it does not, as far as can be seen.
    pub(super) fn contradicts(&self, page: &Self) -> Option<Contradiction> {
        [
            self.other_number(page),
            self.other_polarity(page),
            self.other_pole(page),
            self.other_end(page),
            self.other_beginning(page),
            self.other_level(page),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// A number of this statement that the page has not, where the page measures the same.
    fn other_number(&self, page: &Self) -> Option<Contradiction> {
        let wrong = self.numbers().filter_map(|number| {
            if page.numbers().any(|other| number.same(other)) {
                return None;
            }
            if page.numbers().any(|other| number.same_figures(other)) {
                return Some(Contradiction::Unit);
            }
            page.numbers().any(|other| number.comparable(other)).then_some(Contradiction::Number)
        });
        wrong.min()
    }

    /// A word that is negated on one side alone.
    fn other_polarity(&self, page: &Self) -> Option<Contradiction> {
        let differs = self.words.iter().any(|word| {
            if word.measure.is_some() {
                return false;
            }
            let mut here = self.words.iter().filter(|other| other.likeness.is(&word.likeness));
            let there: Vec<&Said> =
                page.words.iter().filter(|other| other.likeness.is(&word.likeness)).collect();
            here.all(|other| other.negated == word.negated)
                && !there.is_empty()
                && there.iter().all(|other| other.negated != word.negated)
        });
        differs.then_some(Contradiction::Negation)
    }

    /// An end whose opposite the page names in its place.
    fn other_pole(&self, page: &Self) -> Option<Contradiction> {
        let wrong = self.words.iter().filter_map(|word| {
            let own = word.pole?;
            let of_pair = |word: &&Said| word.pole.is_some_and(|pole| pole.pair == own.pair);
            let same = |word: &Said| word.pole.is_some_and(|pole| pole.end == own.end);
            // both ends are named here: 'the left, not the right'
            let both = self.words.iter().filter(of_pair).any(|word| !same(word));
            let bound = self.bound(word);
            // those of the page that belong most to what this one belongs to
            let mut closest: Vec<&Said> = vec![];
            let mut most = 0;
            for other in page.words.iter().filter(of_pair) {
                let theirs = page.bound(other);
                let shared =
                    bound.iter().filter(|a| theirs.iter().any(|b| a.likeness.is(&b.likeness))).count();
                // 'it' may be anything
                let shared = if bound.is_empty() || theirs.is_empty() { shared.max(1) } else { shared };
                if shared > most {
                    (most, closest) = (shared, vec![]);
                }
                if shared == most {
                    closest.push(other);
                }
            }
            let certain = most > 0 || own.kind() == Contradiction::Side && !both;
            let opposed = certain && !closest.is_empty() && !closest.iter().any(|other| same(other));
            opposed.then(|| own.kind())
        });
        wrong.min()
    }

    /// What a 'left' or a 'falls' belongs to: the words right behind it ('left ventricle', 'lowers the pressure', 'fall of pressure'),
    /// else those right before it ('the pressure is raised').
    fn bound(&self, word: &Said) -> Vec<&Said> {
        const BETWEEN: &[&str] = &["the", "a", "an", "its", "their", "of", "in", "this"];
        const BEFORE: &[&str] = &[
            "is", "are", "was", "were", "be", "been", "to", "can", "will", "may", "has", "have", "gets",
            "also", "then",
        ];
        let form = |at: usize| self.forms.get(at).map_or("", |likeness| likeness.form.as_str());
        let pair = word.pole.map(|pole| pole.pair);
        let fits = |at: usize| {
            let said = self.words.iter().find(|said| said.at == at)?;
            let joins = said.clause == word.clause
                && said.measure.is_none()
                && said.pole.map(|pole| pole.pair) != pair;
            joins.then_some(said)
        };
        let mut at = word.at + 1;
        while at <= word.at + 2 && BETWEEN.contains(&form(at)) {
            at += 1;
        }
        let behind: Vec<&Said> = (at..at + GROUP).map_while(fits).collect();
        // 'TSH is low in the latter'
        let told_of = word.at > 0 && matches!(form(word.at - 1), "is" | "are" | "was" | "were" | "be");
        if !behind.is_empty() && !told_of {
            return behind;
        }
        let mut at = word.at;
        while at > 0 && word.at - at < 2 && BEFORE.contains(&form(at - 1)) {
            at -= 1;
        }
        (at.saturating_sub(GROUP)..at).rev().map_while(fits).collect()
    }

    /// 'Hyperkalemia' here and 'low potassium' there, or the other way round.
    fn other_level(&self, page: &Self) -> Option<Contradiction> {
        let turned = |one: &Self, other: &Self| {
            one.words.iter().any(|word| {
                let high = word.form.starts_with("hyper");
                let told = |part: &&Said| part.is(word) && !part.likeness.is(&word.likeness);
                let level = |part: &Said| {
                    let near = |said: &&Said| said.at.abs_diff(part.at) <= BESIDE_LEVEL;
                    let end = |said: &Said| said.pole.is_some_and(|pole| pole.pair == 0 && pole.end == high);
                    other.words.iter().filter(near).any(end)
                };
                (high || word.form.starts_with("hypo")) && other.words.iter().filter(told).any(level)
            })
        };
        (turned(self, page) || turned(page, self)).then_some(Contradiction::Prefix)
    }

    /// A word here with another beginning than on the page.
    fn other_beginning(&self, page: &Self) -> Option<Contradiction> {
        let lacking = |one: &Self, other: &Self| -> Vec<String> {
            one.words.iter().filter(|word| !other.repeats(word)).map(|word| word.form.clone()).collect()
        };
        let (own, theirs) = (lacking(self, page), lacking(page, self));
        let differs = own.iter().any(|own| theirs.iter().any(|other| other_prefix(own, other)));
        differs.then_some(Contradiction::Prefix)
    }

    /// Whether both ends of one pair are left open: 'it rises or falls'.
    pub(super) fn hedges(&self) -> bool {
        self.words.windows(2).any(|two| {
            let between = self.forms.get(two[0].at + 1).map_or("", |likeness| likeness.form.as_str());
            let both = two[0].pole.zip(two[1].pole);
            two[1].at == two[0].at + 2
                && between == "or"
                && both.is_some_and(|(one, other)| one.pair == other.pair && one.end != other.end)
        })
    }
}

/// Whether a clause ends before the word at `at`.
fn ends_clause(text: &str, tokens: &[Token], at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return true };
    let gap = &text[tokens[before].span.end as usize..tokens[at].span.start as usize];
    gap.contains([';', ':', '.', ',', '?', '!', '—', '–', '('])
        || matches!(
            tokens[at].form.as_str(),
            "but"
                | "whereas"
                | "while"
                | "because"
                | "although"
                | "so"
                | "since"
                | "when"
                | "if"
                | "that"
                | "which"
                | "who"
        )
}

/// Whether what is said of one thing may end before the word at `at`, though a negation may reach on.
fn begins_clause(text: &str, tokens: &[Token], at: usize) -> bool {
    ends_clause(text, tokens, at)
        || matches!(tokens[at].form.as_str(), "and" | "when" | "if" | "as" | "with" | "than")
}

#[cfg(test)]
mod tests {
    use super::*;
    use Contradiction::*;

    #[test]
    fn contradictions_by_example() {
        let mut wrong = vec![];
        for (statement, page, expected) in [
            ("The SA node fires 70 times a minute.", "The SA node fires 70 times per minute.", None),
            (
                "The SA node fires 90 times per minute.",
                "The SA node fires 70 times per minute.",
                Some(Number),
            ),
            ("It holds 120 mL.", "It holds 0.12 L of blood.", None),
            ("It holds 120 L.", "It holds 120 mL of blood.", Some(Unit)),
            ("About 60% is reabsorbed.", "Some 60 percent of it is reabsorbed.", None),
            ("Three in ten die of it.", "30 percent die of it.", None),
            ("Three in ten die of it.", "13 percent die of it.", Some(Number)),
            ("It has 3 layers.", "It has three layers.", None),
            ("It has four layers.", "It has three layers.", Some(Number)),
            ("Pressure is 80 mmHg.", "The pressure is 80 mm Hg.", None),
            ("From 60 to 100 beats per minute.", "A rate of 60–100 beats per minute.", None),
            ("Insulin does not cross it.", "Insulin crosses the placenta.", Some(Negation)),
            ("Insulin crosses it.", "Insulin does not cross the placenta.", Some(Negation)),
            ("It lacks a nucleus.", "It has no nucleus.", None),
            ("It has a nucleus.", "It has no nucleus.", Some(Negation)),
            ("Not only veins carry it.", "Veins carry it.", None),
            ("It lies in the left atrium.", "It lies in the right atrium.", Some(Side)),
            (
                "The left ventricle pumps into the aorta.",
                "The right ventricle fills the lungs, the left ventricle pumps into the aorta.",
                None,
            ),
            (
                "The right ventricle pumps into the aorta.",
                "The left ventricle pumps into the aorta; the right atrium fills.",
                Some(Side),
            ),
            ("Stroke volume falls.", "With a higher afterload the stroke volume decreases.", None),
            ("Afterload reduces stroke volume.", "When afterload rises, stroke volume falls.", None),
            ("When afterload rises, stroke volume falls.", "Stroke volume falls when afterload rises.", None),
            (
                "Stroke volume rises.",
                "When afterload rises, stroke volume falls and residual volume rises.",
                Some(Direction),
            ),
            ("It rises.", "The volume falls.", Some(Direction)),
            ("120 ml per minute", "120 mL/min", None),
            ("Stroke volume rises.", "With less preload the stroke volume decreases.", Some(Direction)),
            (
                "Afterload raises stroke volume.",
                "Increasing afterload decreases stroke volume.",
                Some(Direction),
            ),
            ("It causes hypokalemia.", "It causes hyperkalemia.", Some(Prefix)),
            ("Veins constrict.", "Veins dilate.", Some(Side)),
            ("Afferent nerves lead to it.", "Efferent nerves lead to it.", Some(Side)),
        ] {
            let found = Claim::read(statement).contradicts(&Claim::read(page));
            if found != expected {
                wrong.push((statement, page, found));
            }
        }
        assert_eq!(wrong, []);
    }
}
