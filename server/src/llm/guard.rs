//! Whether two questions are one. Owns: the comparison of their words that stands beside the cosine of their vectors,
//! for which 'hypokalaemia' and 'hyperkalaemia', 5 and 50 mg, left and right are all but equal. Refuses: vectors, and
//! what is done with the answer.
//!
//! A question is brought to one form (`reading`: frame, spelling, numbers, units, abbreviations, synonyms; `order`), and
//! two are the same if their forms are equal, word for word. So whatever the rules do not know counts as a difference: an
//! answer to another question teaches something wrong, asking again costs a fraction of a cent. Misspellings are
//! differences too, since 'ureter' and 'urethra', 'ileum' and 'ilium' lie a letter apart.

mod frames;
mod order;
mod reading;
mod tables;

use std::collections::HashSet;
use std::sync::LazyLock;
use tables::{ASPECTS, NEGATIONS, POLES, PREFIXES, UNITS};

/// What tells two questions apart. Where several do, the first in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// A number, as such or of a dose.
    Number,
    /// A unit.
    Unit,
    /// 'Not', 'without', 'except'.
    Negation,
    /// Opposite ends: left and right, before and after, agonist and antagonist.
    Side,
    /// Two beginnings of one word: hypo- and hyper-.
    Prefix,
    /// What is asked for: a cause, a treatment, why, how.
    Asked,
    /// Any other word.
    Word,
    /// Capitals that say something: pH and PH.
    Capitals,
    /// The order of the words.
    Order,
}

/// Whether an answer to one is an answer to the other.
///
/// # Errors
/// What tells them apart.
pub fn same(a: &str, b: &str) -> Result<(), Difference> {
    let [one, other] = [a, b].map(form);
    if one != other {
        return Err(difference(&one, &other));
    }
    let (one, other) = (reading::capitals(a), reading::capitals(b));
    let differs = |(form, written): (&String, &String)| other.get(form).is_some_and(|other| other != written);
    if one.iter().any(differs) { Err(Difference::Capitals) } else { Ok(()) }
}

/// The form in which a question is compared: its own letters where it has no word that says anything.
fn form(text: &str) -> Vec<String> {
    match order::arranged(reading::read(text)) {
        empty if empty.is_empty() => vec![text.to_lowercase()],
        form => form,
    }
}

/// What tells two unequal forms apart.
fn difference(one: &[String], other: &[String]) -> Difference {
    let (left, right) = (beyond(one, other), beyond(other, one));
    let both = || left.iter().chain(&right).copied();
    let across =
        |tells: fn(&str, &str) -> bool| left.iter().any(|a| right.iter().any(|b| tells(a, b) || tells(b, a)));
    let is_one_of = |words: &str| both().any(|form| words.split(' ').any(|word| reading::stem(word) == form));
    if left.is_empty() && right.is_empty() {
        Difference::Order
    } else if both().any(|form| form.contains(|c: char| c.is_ascii_digit())) {
        // the bases of units: grams are no litres
        let units = |forms: &[&str]| {
            forms
                .iter()
                .filter_map(|form| unit(form))
                .filter(|unit| !unit.is_empty())
                .map(str::to_string)
                .collect::<Vec<_>>()
        };
        if units(&left) == units(&right) { Difference::Number } else { Difference::Unit }
    } else if both().any(|form| form.len() > 1 && UNITS.iter().any(|(unit, ..)| *unit == form)) {
        Difference::Unit
    } else if is_one_of(NEGATIONS) {
        Difference::Negation
    } else if across(are_poles) {
        Difference::Side
    } else if across(have_other_prefixes) {
        Difference::Prefix
    } else if both().any(|form| form.starts_with('?')) || is_one_of(ASPECTS) {
        Difference::Asked
    } else {
        Difference::Word
    }
}

/// The words of one that the other has fewer of.
fn beyond<'a>(one: &'a [String], other: &[String]) -> Vec<&'a str> {
    let times = |words: &[String], word: &str| words.iter().filter(|other| *other == word).count();
    let mut seen = HashSet::new();
    let once = one.iter().filter(|word| seen.insert(*word));
    once.filter(|word| times(one, word) > times(other, word)).map(String::as_str).collect()
}

/// What a quantity is counted in; empty for a mere number.
fn unit(form: &str) -> Option<&str> {
    form.strip_prefix('#')
        .map(|quantity| quantity.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.'))
}

fn are_poles(a: &str, b: &str) -> bool {
    POLES_FORMS.iter().any(|(one, other)| one == a.trim_end_matches('~') && other == b.trim_end_matches('~'))
}

/// [`POLES`] as they stand in a form.
static POLES_FORMS: LazyLock<Vec<(String, String)>> =
    LazyLock::new(|| POLES.iter().map(|(one, other)| (form(one).join(" "), form(other).join(" "))).collect());

fn have_other_prefixes(a: &str, b: &str) -> bool {
    let rests = |group: &&[&str]| {
        let strip = |word: &str| -> Vec<String> {
            let rests = group.iter().filter_map(|prefix| word.strip_prefix(prefix));
            rests.filter(|rest| rest.len() > 2).map(str::to_string).collect()
        };
        let (one, other) = (strip(a), strip(b));
        one.iter().any(|rest| other.contains(rest))
    };
    PREFIXES.iter().any(rests)
}

#[cfg(test)]
mod tests;
