//! Where two statements part, beyond single words. Owns: ends that belong to other things, and what one of them denies. Refuses:
//! numbers and beginnings (`claim`).

use super::{Claim, Contradiction, Said};
use crate::question::usually_names;

/// Words on either side of one that it may belong to.
const BESIDE: usize = 3;
/// Words that say 'not' without it: what is kept is not changed.
const KEEPING: &[&str] = &[
    "keep",
    "keeps",
    "kept",
    "retain",
    "retains",
    "retained",
    "remain",
    "remains",
    "stay",
    "stays",
    "persist",
    "persists",
    "prevent",
    "prevents",
    "avoid",
    "avoids",
    "unchanged",
    "exclude",
    "excludes",
    "ignore",
    "ignores",
    "stop",
    "stops",
    "free",
    "rule",
    "rules",
    "only",
    "except",
    "merely",
    "spare",
    "spares",
    "lose",
    "loses",
    "missing",
    "devoid",
    "unlike",
    "instead",
];
/// Words that a statement must add to what the page says before what the page denies is taken for what they mean.
const ADDED: usize = 2;

impl Claim {
    /// The words of meaning beside one, in its clause.
    fn beside(&self, word: &Said) -> Vec<&Said> {
        let Some(place) = self.words.iter().position(|said| said.at == word.at) else { return vec![] };
        let range = place.saturating_sub(BESIDE)..(place + BESIDE + 1).min(self.words.len());
        let joins = |said: &&Said| said.at != word.at && said.clause == word.clause && !said.is_number();
        self.words[range].iter().filter(joins).collect()
    }

    /// An end whose opposite the page names of the same thing.
    pub(super) fn other_end(&self, page: &Self) -> Option<Contradiction> {
        let wrong = self.words.iter().filter_map(|word| {
            let own = word.pole?;
            let of_pair = |said: &&Said| said.pole.is_some_and(|pole| pole.pair == own.pair);
            // an end that is taken back is the other one
            let agrees = |said: &Said| {
                (said.pole.is_some_and(|pole| pole.end == own.end)) == (said.negated == word.negated)
            };
            let beside = self.beside(word);
            let shared = |other: &Said| {
                let theirs = page.beside(other);
                beside.iter().filter(|a| theirs.iter().any(|b| a.is(b))).count()
            };
            let most = |same: bool| {
                page.words.iter().filter(of_pair).filter(|said| agrees(said) == same).map(shared).max()
            };
            let (good, bad) = (most(true), most(false));
            let bad = bad.filter(|bad| good.is_none_or(|good| *bad > good))?;
            let known = beside.iter().any(|said| page.words.iter().any(|other| said.is(other)));
            let both = self.words.iter().filter(of_pair).any(|said| said.pole != word.pole);
            let far = bad == 0 && (known && own.kind() == Contradiction::Direction || both && good.is_none());
            (!far).then(|| own.kind())
        });
        wrong.min()
    }

    /// Whether one of both says 'not' where the other does not.
    pub(in crate::tutor) fn denial(&self, page: &Self) -> Option<Contradiction> {
        let found = self.negations > 0 && !page.holds_back()
            || page.negations > 0 && !self.holds_back() && self.affirms_what_is_denied(page);
        found.then_some(Contradiction::Negation)
    }

    /// Whether anything here says 'not', in whatever way.
    fn holds_back(&self) -> bool {
        let form = |said: &Said| {
            let bare = ["un", "non", "dis"].iter().find_map(|beginning| said.form.strip_prefix(beginning));
            bare.is_some_and(|rest| rest.len() >= 4 && usually_names(rest).is_some())
        };
        self.negations > 0
            || self.forms.iter().any(|likeness| KEEPING.contains(&likeness.form.as_str()))
            || self.words.iter().any(form)
    }

    fn affirms_what_is_denied(&self, page: &Self) -> bool {
        let says = |said: &Said| self.words.iter().any(|own| own.is(said));
        let denied: Vec<&Said> = page.words.iter().filter(|said| said.negated).collect();
        let told = |said: &&&Said| {
            let clause: Vec<&Said> = page.words.iter().filter(|other| other.clause == said.clause).collect();
            let known = clause.iter().filter(|other| says(other)).count();
            says(said) || known * 2 >= clause.len().max(2)
        };
        if denied.iter().any(|said| told(&said)) {
            return true;
        }
        let added =
            self.words.iter().filter(|own| !own.is_number() && !own.is_pole() && !page.says(own)).count();
        added >= ADDED && !denied.is_empty()
    }

    /// Where this statement and a page that it cites part.
    pub(in crate::tutor) fn differs(&self, page: &Self) -> Option<Contradiction> {
        let found = [
            self.other_number(page),
            self.denial(page),
            self.other_pole(page),
            self.other_end(page),
            self.other_level(page),
            self.other_beginning(page).filter(|_| !self.holds_back() && !page.holds_back()),
        ];
        found.into_iter().flatten().min()
    }
}
