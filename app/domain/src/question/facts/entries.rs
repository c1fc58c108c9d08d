//! Lists that explain names: 'Insulin: lowers blood glucose', 'SA node – sets the rhythm'. Slides are written so.
//! Owns: such entries, from block to whole item. Refuses: prose.

use super::table::TableFact;
use crate::document::{BlockKind, Document, Span};
use crate::question::distractors::meaning;
use crate::question::refusal::Refusal;
use crate::question::word::singular;
use std::collections::HashSet;

/// A name, what is said of it, and the block that says so.
struct Entry<'d> {
    name: &'d str,
    said: &'d str,
    span: Span,
    block: usize,
}

/// Name and explanation of a block, where it is written as 'name: explanation'.
fn entry(document: &Document, at: usize) -> Option<Entry<'_>> {
    let block = &document.blocks[at];
    if !matches!(block.kind, BlockKind::ListItem { .. } | BlockKind::Paragraph) {
        return None;
    }
    let text = document.slice(block.span);
    let (name, said) = [": ", " – ", " — ", " - ", " = "].iter().find_map(|sign| text.split_once(sign))?;
    let (name, said) = (name.trim(), said.trim().trim_end_matches('.'));
    let words = name.split_whitespace().count();
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    let plain =
        !name.contains(['.', ',', ';', '?', '!', '(', '“', '"', '/', '=']) && !said.contains(['?', '=', '|']);
    let count = said.split_whitespace().count();
    (words <= 4 && letters >= 3 && plain && (4..=28).contains(&count)).then_some(Entry {
        name,
        said,
        span: block.span,
        block: at,
    })
}

/// Labels that introduce and do not name.
fn is_label(name: &str) -> bool {
    const LABELS: &[&str] = &[
        "note",
        "notes",
        "example",
        "examples",
        "objective",
        "objectives",
        "figure",
        "table",
        "source",
        "sources",
        "reference",
        "references",
        "summary",
        "question",
        "questions",
        "answer",
        "case",
        "definition",
        "function",
        "functions",
        "location",
        "cause",
        "causes",
        "symptoms",
        "symptom",
        "treatment",
        "diagnosis",
        "types",
        "type",
        "role",
        "effect",
        "effects",
        "key",
        "important",
        "remember",
        "warning",
        "tip",
        "step",
        "author",
        "date",
        "credit",
        "website",
        "email",
        "homework",
        "reading",
        "structure",
        "features",
        "signs",
        "management",
        "complications",
        "pathogenesis",
        "etiology",
        "epidemiology",
        "prognosis",
        "advantages",
        "disadvantages",
        "pros",
        "cons",
        "goal",
        "goals",
        "aim",
        "aims",
        "result",
        "results",
        "conclusion",
        "background",
    ];
    let lower = name.to_lowercase();
    LABELS.contains(&lower.as_str())
        || lower.split(' ').next().is_some_and(|w| {
            matches!(w, "step" | "figure" | "table" | "chapter" | "part" | "question" | "slide")
        })
}

/// All facts of runs of at least three entries under one heading.
pub(crate) fn facts(
    document: &Document,
    paths: &[Vec<usize>],
    sink: &mut dyn FnMut(Result<TableFact, Refusal>),
) {
    let mut run: Vec<Entry<'_>> = vec![];
    for at in 0..document.blocks.len() {
        match entry(document, at).filter(|e| !is_label(e.name)) {
            Some(found)
                if run.last().is_none_or(|last| paths[last.block] == paths[at] && at - last.block <= 2) =>
            {
                run.push(found)
            }
            Some(found) => {
                of_run(&run, sink);
                run = vec![found];
            }
            None if run.last().is_some_and(|last| at - last.block > 2) => {
                of_run(&run, sink);
                run.clear();
            }
            None => {}
        }
    }
    of_run(&run, sink);
}

fn of_run(run: &[Entry<'_>], sink: &mut dyn FnMut(Result<TableFact, Refusal>)) {
    if run.len() < 3 {
        return;
    }
    for asked in run {
        sink(of_entry(asked, run));
    }
}

fn is_plural(name: &str) -> bool {
    let lower = name.to_lowercase();
    let last = lower.rsplit(' ').next().unwrap_or("");
    singular(last) != last
}

fn of_entry(asked: &Entry<'_>, run: &[Entry<'_>]) -> Result<TableFact, Refusal> {
    let said: HashSet<String> = meaning(asked.said).into_iter().collect();
    let key: HashSet<String> = meaning(asked.name).into_iter().collect();
    let near = |a: &str, b: &str| {
        a == b || (a.len() >= 5 && b.len() >= 5 && a.bytes().zip(b.bytes()).take(5).all(|(x, y)| x == y))
    };
    if said.len() < 3 {
        return Err(Refusal::Vague);
    }
    if key.iter().any(|k| said.iter().any(|s| near(k, s))) {
        return Err(Refusal::Leak);
    }
    let others: Vec<&Entry<'_>> = run
        .iter()
        .filter(|other| {
            let name: HashSet<String> = meaning(other.name).into_iter().collect();
            let told: HashSet<String> = meaning(other.said).into_iter().collect();
            other.block != asked.block
                && !name.is_empty()
                && !name.is_subset(&key)
                && !key.is_subset(&name)
                && said.intersection(&told).count() * 2 < said.len()
                && !name.iter().any(|n| said.contains(n))
                && is_plural(other.name) == is_plural(asked.name)
        })
        .collect();
    if others.len() < 2 {
        return Err(Refusal::FewDistractors);
    }
    let mut options = vec![(asked.name.to_string(), asked.span)];
    options.extend(others.iter().map(|other| (other.name.to_string(), other.span)));
    Ok(TableFact {
        stem: format!("Which of the following fits this description: “{}”?", asked.said),
        options,
        opposites: vec![],
        block: asked.block,
        cell: asked.said.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Builder, Run};

    #[test]
    fn a_slide_of_names_and_their_meaning_is_asked() {
        let mut builder = Builder::new();
        builder.push(BlockKind::Heading(2), &[Run::plain("Pacing the heart")]);
        for line in [
            "SA node: sets the resting rhythm of the whole heart",
            "AV node: delays the impulse before it reaches the chambers below",
            "Bundle branches – carry the signal along the septum to both sides",
            "Purkinje network: spreads excitation through the working muscle",
            "Note: learn this by heart before the next lecture",
        ] {
            builder.push(BlockKind::ListItem { depth: 0, ordered: false }, &[Run::plain(line)]);
        }
        let document = builder.build();
        let (mut found, mut refused) = (vec![], vec![]);
        facts(&document, &document.heading_paths(), &mut |fact| match fact {
            Ok(fact) => found.push(fact),
            Err(refusal) => refused.push(refusal),
        });
        let stems: Vec<&str> = found.iter().map(|f| f.stem.as_str()).collect();
        assert!(stems.iter().any(|s| s.contains("sets the resting rhythm")), "{stems:?}");
        assert!(
            found.iter().all(|f| f
                .options
                .iter()
                .all(|(name, span)| document.slice(*span).starts_with(name.as_str())))
        );
        assert!(!stems.iter().any(|s| s.contains("learn this")));
    }
}
