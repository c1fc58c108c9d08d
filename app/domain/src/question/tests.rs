//! Whole documents: what comes out, and that nothing breaks it.

mod strict;

use super::*;
use crate::document::{BlockKind, Builder, Document, Run};
use crate::flaw;
use proptest::prelude::*;
use std::collections::HashSet;

/// A short lecture written for these tests: terms in bold, `*` around them.
pub(super) fn lecture() -> Document {
    let mut builder = Builder::new();
    builder.page(1);
    builder.push(BlockKind::Heading(1), &[Run::plain("Messengers of Metabolism")]);
    builder.push(BlockKind::Heading(2), &[Run::plain("Hormones of the Pancreas")]);
    for text in [
        "*Insulin* is a hormone secreted by beta cells that lowers the concentration of glucose in plasma after a meal. \
         *Insulin* promotes the storage of glycogen in skeletal muscle and suppresses the breakdown of fat.",
        "*Glucagon* is a hormone secreted by alpha cells that raises the concentration of glucose during fasting. \
         *Glucagon* triggers the release of stored sugar from hepatic reserves between meals.",
        "*Somatostatin* is a hormone secreted by delta cells that slows gastric emptying and quiets its neighbors. \
         *Somatostatin* reduces the motility of the upper gut and the secretion of gastric acid.",
    ] {
        push(&mut builder, text);
    }
    builder.page(2);
    builder.push(BlockKind::Heading(2), &[Run::plain("Hormones of the Adrenal Glands")]);
    for text in [
        "*Cortisol* is a steroid made in the zona fasciculata that mobilizes protein during prolonged starvation. \
         *Cortisol* dampens inflammation and weakens the formation of new bone over long periods.",
        "*Aldosterone* is a steroid made in the zona glomerulosa that retains sodium in the distal nephron. \
         *Aldosterone* increases the excretion of potassium in sweat and saliva as well.",
        "*Epinephrine* is a hormone of the medulla that widens the airways and quickens the heartbeat within seconds. \
         *Epinephrine* diverts blood from the viscera toward skeletal muscle during acute danger.",
        "*Melatonin* is a hormone of the pineal gland that signals darkness to the brain. \
         *Melatonin* shortens the onset of sleep after flights across many time zones.",
    ] {
        push(&mut builder, text);
    }
    builder.push(
        BlockKind::Table { header: 1 },
        &[Run::plain(
            "Hormone\tEffect\nGastrin\tStimulates parietal cells of the stomach\nSecretin\tReleases bicarbonate from pancreatic ducts\n\
             Leptin\tCurbs appetite when adipose stores are full\nGhrelin\tAwakens hunger before a meal",
        )],
    );
    builder.build()
}

/// A lecture of one part, a paragraph each.
pub(super) fn lecture_of(paragraphs: &[&str]) -> Document {
    let mut builder = Builder::new();
    builder.page(1);
    builder.push(BlockKind::Heading(1), &[Run::plain("A Lecture")]);
    builder.push(BlockKind::Heading(2), &[Run::plain("Its Only Part")]);
    for paragraph in paragraphs {
        push(&mut builder, paragraph);
    }
    builder.build()
}

pub(super) fn push(builder: &mut Builder, text: &str) {
    let runs: Vec<Run<'_>> = text
        .split('*')
        .enumerate()
        .map(|(at, text)| Run { text, bold: at % 2 == 1, ..Run::default() })
        .collect();
    builder.push(BlockKind::Paragraph, &runs);
}

fn sound(document: &Document) -> Generated {
    let made = generate(document, &Options::default());
    let mut stems = HashSet::new();
    for item in &made.items {
        assert_eq!(flaw::blocking_in(item, document), [], "{item:?}");
        assert!(stems.insert(item.stem.clone()), "twice: {}", item.stem);
        let key = item.options.iter().find(|o| o.correct).map(|o| o.text.to_lowercase()).unwrap_or_default();
        let names = item.options.iter().all(|o| o.text.split(' ').count() <= 6);
        assert!(
            !names || !format!(" {} ", item.stem.to_lowercase()).contains(&format!(" {key} ")),
            "{item:?}"
        );
        assert!(item.options.iter().filter(|o| !o.correct).all(|o| !o.misconception.is_empty()));
        assert!((0.0..=1.0).contains(&item.difficulty));
    }
    made
}

#[test]
fn a_lecture_becomes_questions_and_always_the_same() {
    let document = lecture();
    let made = sound(&document);
    assert!(made.items.len() >= 8, "{:#?}", made.items.iter().map(|i| &i.stem).collect::<Vec<_>>());
    assert_eq!(made, generate(&document, &Options::default()));
    let stem = |part: &str| made.items.iter().find(|i| i.stem.contains(part));
    let insulin =
        stem("storage of glycogen").or_else(|| stem("lowers the concentration")).expect("insulin is asked");
    assert_eq!(insulin.concept, "insulin");
    assert_eq!(insulin.options.iter().find(|o| o.correct).map(|o| o.page), Some(1));
    assert!(made.items.iter().any(|i| i.kind == ItemKind::Table), "the table is asked");
    assert!(made.refusals.values().sum::<u32>() > 0);
    let few = generate(&document, &Options { limit: Some(3) });
    assert_eq!(few.items.len(), 3);
}

#[test]
fn keys_do_not_stand_at_one_place() {
    let made = generate(&lecture(), &Options::default());
    let places: HashSet<usize> =
        made.items.iter().filter_map(|i| i.options.iter().position(|o| o.correct)).collect();
    assert!(places.len() >= 3, "{places:?}");
}

#[test]
fn documents_without_anything_to_ask_give_nothing() {
    let mut german = Builder::new();
    german.push(BlockKind::Heading(1), &[Run::plain("Das Herz")]);
    push(
        &mut german,
        "Das *Herz* ist ein Hohlmuskel, der das Blut durch den Körper pumpt. Der *Sinusknoten* gibt den Takt vor.",
    );
    let mut slide = Builder::new();
    slide.push(BlockKind::Heading(1), &[Run::plain("Thank you for your attention")]);
    let mut chinese = Builder::new();
    push(&mut chinese, "*心臟* 是一個器官。它把血液送到全身。*腎臟* 過濾血液。");
    for document in
        [Builder::new().build(), german.build(), slide.build(), chinese.build(), Document::default()]
    {
        let made = generate(&document, &Options::default());
        assert_eq!(made.items, [], "{:?}", made.items);
    }
}

#[test]
fn a_document_without_bold_type_still_gives_questions() {
    let mut plain = lecture();
    plain.marks.clear();
    let made = sound(&plain);
    assert!(made.items.len() >= 4, "{}", made.items.len());
}

#[test]
fn an_embedder_of_the_caller_is_used() {
    let document = lecture();
    let calls = std::cell::Cell::new(0);
    let embed = |text: &str| {
        calls.set(calls.get() + 1);
        trigrams(text)
    };
    assert_eq!(
        generate_with(&document, &Options::default(), &embed),
        generate(&document, &Options::default())
    );
    assert!(calls.get() > 5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_text_breaks_it(blocks in proptest::collection::vec(("\\PC{0,200}", any::<bool>(), 0_u8..6), 0..12)) {
        let mut builder = Builder::new();
        for (text, bold, kind) in &blocks {
            let kind = match kind {
                0 => BlockKind::Heading(1),
                1 => BlockKind::Heading(2),
                2 => BlockKind::Table { header: 1 },
                3 => BlockKind::ListItem { depth: 0, ordered: false },
                _ => BlockKind::Paragraph,
            };
            builder.push(kind, &[Run { text, bold: *bold, ..Run::default() }]);
        }
        sound(&builder.build());
    }

    /// Words of the field in any order: far likelier to reach the patterns than noise.
    #[test]
    fn no_sentence_breaks_it(sentences in proptest::collection::vec(proptest::collection::vec(0_usize..48, 1..24), 1..30)) {
        const WORDS: &[&str] = &[
            "The", "*insulin*", "is", "a", "hormone", "that", ",", "and", "the", "*atria*", "are", "called", "which", "secretes", "its",
            "it", "This", "(", ")", "—", "of", "in", "*mitral valve*", "lowers", "glucose", "During", "with", "or", "two", "*T cells*", "as",
            "known", ":", ";", "“", "”", "3.5", "%", "Na+", "’s", "by", "blood", "/", "-", "*ATP*", "cells", "not", "é",
        ];
        let mut builder = Builder::new();
        for sentence in &sentences {
            let text = sentence.iter().map(|w| WORDS[*w]).collect::<Vec<_>>().join(" ");
            push(&mut builder, &format!("{text}."));
        }
        sound(&builder.build());
    }
}
