//! Things told beside each other: 'the gyrus is the ridge, and the sulcus is the groove'. Owns: finding a statement that tells of one
//! what the page tells of the other. Refuses: everything within one part of the page.

use crate::tutor::claim::{Claim, Said};
use crate::tutor::likeness::{Token, tokens};

/// The part of a text that each of its words stands in. In small parts a comma ends one, in large ones a comma before 'and'.
fn parts(text: &str, tokens: &[Token], small: bool) -> Vec<usize> {
    const JOINS: &[&str] = &["and", "or", "but", "whereas", "while"];
    const TURNS: &[&str] = &["whereas", "while", "but"];
    const BEGINS: &[&str] =
        &["although", "so", "since", "when", "if", "that", "which", "who", "where", "because", "though"];
    let (mut part, mut inside) = (0, false);
    let mut found = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| tokens[at].span.end as usize);
        let gap = before.map_or("", |end| text.get(end..token.span.start as usize).unwrap_or_default());
        inside = gap.contains('(') || inside && !gap.contains(')');
        let form = token.form.as_str();
        let ends = gap.contains([';', ':', '?', '!'])
            || gap.contains('.')
            || gap.contains(',') && JOINS.contains(&form)
            || TURNS.contains(&form)
            || small && (gap.contains([',', '(', ')', '—', '–']) || BEGINS.contains(&form));
        part += usize::from(at > 0 && ends && (small || !inside));
        found.push(part);
    }
    found
}

/// Whether a clause of the statement names a thing of one part of the page among things of another, whose own thing it leaves out.
/// `first_verb` is the place of the page's first verb: what stands before it is told of in all parts.
pub(super) fn crosses(
    statement: &str,
    claim: &Claim,
    page_text: &str,
    page: &Claim,
    first_verb: Option<usize>,
) -> bool {
    let (own, theirs) = (tokens(statement), tokens(page_text));
    let (clauses, parts) = (parts(statement, &own, true), parts(page_text, &theirs, false));
    let last = parts.last().copied().unwrap_or(0);
    if last == 0 {
        return false;
    }
    let part_of = |said: &Said| parts.get(said.place()).copied().unwrap_or(0);
    let places = |word: &Said| -> Vec<&Said> { page.words.iter().filter(|said| said.is(word)).collect() };
    // parts of one sentence are told beside each other
    let sentence = |part: usize| {
        let first = parts.iter().position(|own| *own == part).unwrap_or(0);
        let ends = |at: &usize| {
            let gap = page_text.get(theirs[*at - 1].span.end as usize..theirs[*at].span.start as usize);
            gap.is_some_and(|gap| gap.contains(['.', '?', '!']))
        };
        (1..=first).filter(ends).count()
    };
    let shared =
        |word: &Said| places(word).iter().any(|said| first_verb.is_some_and(|verb| said.place() < verb));
    (0..=clauses.last().copied().unwrap_or(0)).any(|clause| {
        let told: Vec<(&Said, Vec<usize>)> = claim
            .words
            .iter()
            .filter(|word| clauses.get(word.place()) == Some(&clause) && !word.is_number() && !word.is_pole())
            .map(|word| (word, places(word).into_iter().map(part_of).collect::<Vec<_>>()))
            .filter(|(_, parts)| !parts.is_empty())
            .collect();
        if told.len() < 2 {
            return false;
        }
        let count = |part: usize| told.iter().filter(|(_, parts)| parts.contains(&part)).count();
        // of equals the first
        let Some(main) = (0..=last).rev().max_by_key(|part| count(*part)) else { return false };
        let left_out = page.words.iter().any(|said| {
            part_of(said) == main
                && said.names_a_thing()
                && !claim.words.iter().any(|word| word.is(said))
                && !claim.abbreviates(said, page)
        });
        let alone = told.iter().any(|(_, parts)| parts.iter().all(|part| *part == main));
        left_out
            && alone
            && told
                .iter()
                .filter(|(word, parts)| !parts.contains(&main) && word.names_a_thing() && !shared(word))
                .any(|(_, parts)| parts.iter().any(|part| sentence(*part) == sentence(main)))
    })
}
