//! Names of one thing. Owns: 'kneecap' and 'patella', 'red blood cell' and 'erythrocyte', 'renal' and 'kidney'. Refuses: forms of one
//! word (`likeness`) and what is near in meaning and not the same.

use crate::question::{is_ending, named_things, parts, plainly, said_plainly, singular};
use crate::synonym::synonyms;
use crate::tutor::claim::is_end;
use crate::word::words;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Shortest word that is looked at for Latin and Greek parts.
const PARTED: usize = 5;

/// What a word says, besides itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tutor) enum Sense {
    /// A thing of which several names are known.
    Thing(usize),
    /// A Latin or Greek part of it has this meaning.
    Part(usize),
    /// It says that meaning in plain English.
    Plain(usize),
}

/// Whether two words have a meaning in common. Two words with the same part are two words: lysosome and peroxisome.
pub(in crate::tutor) fn meet(one: &[Sense], other: &[Sense]) -> bool {
    use Sense::{Part, Plain, Thing};
    one.iter().any(|a| {
        other.iter().any(|b| match (a, b) {
            (Thing(a), Thing(b)) | (Part(a), Plain(b)) | (Plain(a), Part(b)) => a == b,
            _ => false,
        })
    })
}

/// Things by their names, folded.
static THINGS: LazyLock<HashMap<String, Vec<usize>>> = LazyLock::new(|| {
    let mut things: HashMap<String, Vec<usize>> = HashMap::new();
    let mut most = 0;
    for (name, thing) in named_things() {
        most = most.max(thing + 1);
        things.entry(folded(name)).or_default().push(thing);
    }
    let mut meant_by: HashMap<&str, usize> = HashMap::new();
    for (said, meant) in synonyms() {
        let next = most + meant_by.len();
        let thing = *meant_by.entry(meant).or_insert_with(|| {
            things.entry(folded(meant)).or_default().push(next);
            next
        });
        things.entry(folded(said)).or_default().push(thing);
    }
    things
});

fn folded(name: &str) -> String {
    let mut end = 0;
    let own = words(name).into_iter().filter(|word| {
        let new = word.span.start >= end;
        end = end.max(word.span.end);
        new
    });
    own.map(|word| word.form).collect::<Vec<_>>().join(" ")
}

/// The things that words in a row name, the last one in singular or plural.
pub(super) fn things<'f>(forms: impl Iterator<Item = &'f str>) -> Vec<Sense> {
    let forms: Vec<&str> = forms.collect();
    let Some((last, before)) = forms.split_last() else { return vec![] };
    let with = |last: &str| before.iter().copied().chain([last]).collect::<Vec<_>>().join(" ");
    let mut found: Vec<Sense> = vec![];
    for name in [with(last), with(&singular(last))] {
        for thing in THINGS.get(&name).into_iter().flatten().map(|thing| Sense::Thing(*thing)) {
            if !found.contains(&thing) {
                found.push(thing);
            }
        }
    }
    found
}

/// The meanings of a word's parts, and those that it says in plain English; none that is an end of a pair ('hypo-' is low).
pub(super) fn senses(form: &str) -> Vec<Sense> {
    let tells = |row: usize| !is_ending(row) && !plainly(row).split(", ").any(is_end);
    let parts = if form.len() >= PARTED { parts(form) } else { Default::default() };
    let parts = parts.into_iter().filter(|row| tells(*row)).map(Sense::Part);
    let plain = said_plainly(form).into_iter().filter(|row| tells(*row));
    parts.chain(plain.map(Sense::Plain)).collect()
}

#[cfg(test)]
mod tests {
    use crate::tutor::likeness::tokens;

    #[test]
    fn names_by_example() {
        let one = |a: &str, b: &str| {
            let (a, b) = (tokens(a), tokens(b));
            a.iter().all(|word| b.iter().any(|other| word.is(other)))
        };
        for (a, b) in [
            ("kneecap", "patella"),
            ("erythrocytes", "red blood cells"),
            ("red blood cells", "erythrocyte"),
            ("renal", "kidney"),
            ("heart", "cardiac"),
            ("womb", "uterus"),
            ("adrenaline", "epinephrine"),
        ] {
            assert!(one(a, b) && one(b, a), "{a} {b}");
        }
        for (a, b) in [
            ("lysosome", "peroxisome"),
            ("hyperkalemia", "high"),
            ("ulna", "radius"),
            ("erythrocyte", "leukocyte"),
            ("insulin", "glucagon"),
        ] {
            assert!(!one(a, b) && !one(b, a), "{a} {b}");
        }
    }
}
