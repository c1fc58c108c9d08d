use super::*;
use crate::analysis;
use crate::document::{Builder, Run};
use crate::question::{Bloom, Choice as Option_, ItemKind};

const PRELOAD: &str = "Preload is the stretch of the ventricle at the end of diastole. It is set by the end-diastolic volume. \
    A faster pulse shortens diastole most of all. So the ventricle has less time to fill.";
const AFTERLOAD: &str =
    "Afterload is the tension that the ventricle must develop to eject blood. A narrow valve raises it.";

fn document() -> Document {
    let mut builder = Builder::new();
    builder.page(7);
    builder.push(BlockKind::Heading(1), &[Run::plain("The heart")]);
    builder.push(BlockKind::Paragraph, &[Run::plain("The heart is a pump of two sides.")]);
    builder.push(BlockKind::Heading(2), &[Run::plain("Preload")]);
    builder.push(BlockKind::Paragraph, &[Run::plain(PRELOAD)]);
    builder.page(8);
    builder.push(BlockKind::Heading(2), &[Run::plain("Afterload")]);
    builder.push(BlockKind::Paragraph, &[Run::plain(AFTERLOAD)]);
    builder.build()
}

fn item(document: &Document, concept: &str, stem: &str, quote: &str, difficulty: f32) -> Item {
    let start = document.text.find(quote).unwrap();
    let option = |text: &str, correct: bool| Option_ {
        text: text.into(),
        correct,
        rationale: "why".into(),
        quote: quote.into(),
        span: Span::new(start, start + quote.len()),
        page: document.page_at(start as u32),
        misconception: if correct { String::new() } else { format!("takes it for {text}") },
    };
    Item {
        stem: stem.into(),
        options: vec![option("one", false), option("two", true), option("three", false)],
        concept: concept.into(),
        kind: ItemKind::Definition,
        bloom: Bloom::Remember,
        difficulty,
        headings: vec!["The heart".into(), concept.into()],
    }
}

fn items(document: &Document) -> Vec<(u8, Item)> {
    vec![
        (1, item(document, "Preload", "What is preload?", "Preload is the stretch of the ventricle", 0.3)),
        (
            2,
            item(
                document,
                "Diastole",
                "Which of the following is shortened?",
                "A faster pulse shortens diastole",
                0.6,
            ),
        ),
        (3, item(document, "Afterload", "What is afterload?", "Afterload is the tension", 0.3)),
        (
            4,
            item(
                document,
                "preload (EDV)",
                "What sets preload?",
                "It is set by the end-diastolic volume",
                0.8,
            ),
        ),
    ]
}

fn gather(concept: &str, at: Option<&str>) -> Option<Matter<u8>> {
    let document = document();
    let at = at.map(|text| {
        let start = document.text.find(text).unwrap();
        Span::new(start, start + text.len())
    });
    Matter::gather(&document, &analysis::of(&document), &items(&document), concept, at, &mut Seeded::new(1))
}

#[test]
fn a_concept_is_explained_from_its_section_alone() {
    let matter = gather("preload", None).unwrap();
    assert_eq!((matter.concept.as_str(), matter.heading.as_deref()), ("preload", Some("Preload")));
    let texts: Vec<&str> = matter.explanation.iter().map(|sentence| sentence.text.as_str()).collect();
    assert_eq!(texts.len(), 4, "{texts:?}");
    assert!(texts[0].starts_with("Preload is the stretch") && texts[3].ends_with("less time to fill."));
    let document = document();
    for sentence in &matter.explanation {
        assert_eq!(document.slice(sentence.span), sentence.text);
        assert_eq!(sentence.page, 7);
    }
}

#[test]
fn it_says_no_more_words_than_asked_but_one_sentence() {
    let matter = gather("Preload", None).unwrap();
    for (words, sentences) in [(0, 1), (12, 1), (20, 2), (200, 4)] {
        assert_eq!(matter.explain(words).len(), sentences, "{words}");
    }
    assert_eq!(matter.further(12, 8).len(), 1);
    assert!(matter.further(200, 100).is_empty());
}

#[test]
fn a_stretch_of_a_page_says_what_it_is_about() {
    let matter = gather("", Some("A narrow valve raises it.")).unwrap();
    assert_eq!(matter.concept, "afterload", "as the analysis names it");
    assert_eq!(matter.explanation[0].text, "A narrow valve raises it.", "it begins where the learner points");
    assert_eq!(matter.explanation.len(), 2, "and what stands before comes after");
    assert_eq!(matter.problems.iter().filter_map(|p| p.question).collect::<Vec<_>>(), [3]);
}

#[test]
fn what_the_material_does_not_say_is_not_taught() {
    assert_eq!(gather("Nephron", None), None);
    assert_eq!(gather("", None), None);
    let document = document();
    let beyond = Span::new(100_000, 100_001);
    assert_eq!(
        Matter::gather(
            &document,
            &Analysis::default(),
            &items(&document),
            "",
            Some(beyond),
            &mut Seeded::new(1)
        ),
        None
    );
}

#[test]
fn questions_are_chosen_by_kind_and_difficulty_and_never_twice() {
    let matter = gather("Preload", None).unwrap();
    let all: Vec<(Option<u8>, bool, bool)> =
        matter.problems.iter().map(|problem| (problem.question, problem.own, problem.open)).collect();
    assert_eq!(all, [(Some(1), true, true), (Some(4), true, true), (Some(2), false, false)]);
    for (ask, difficulty, used, chosen) in [
        (Ask::Easy, 0.2, &[][..], Some(0)),
        (Ask::Open, 0.9, &[], Some(1)),
        (Ask::Open, 0.9, &[0, 1], None),
        (Ask::Transfer, 0.6, &[], Some(2)),
        (Ask::Transfer, 0.6, &[2], Some(1)),
        (Ask::Check, 0.4, &[0], Some(1)),
        (Ask::Check, 0.4, &[0, 1, 2], None),
    ] {
        assert_eq!(matter.choose(ask, difficulty, used), chosen, "{ask:?} {difficulty} {used:?}");
    }
}

#[test]
fn what_begins_with_another_concept_is_left_out_until_this_one_is_named() {
    let mut builder = Builder::new();
    builder.page(1);
    builder.push(BlockKind::Heading(1), &[Run::plain("Hormones of the kidney")]);
    let text = "Aldosterone is a steroid hormone that keeps sodium. It works in the collecting duct. Vasopressin is a peptide \
        hormone that inserts channels for water. It works within minutes. The adrenal cortex secretes aldosterone.";
    builder.push(BlockKind::Paragraph, &[Run::plain(text)]);
    let document = builder.build();
    let analysis = analysis::of(&document);
    let names: Vec<&str> = analysis.of_kind(Kind::Concept).map(|finding| finding.name.as_str()).collect();
    assert_eq!(names, ["Hormones of the kidney", "aldosterone", "vasopressin"], "the test stands on these");
    let of = |concept: &str| {
        let matter: Matter<u8> =
            Matter::gather(&document, &analysis, &[], concept, None, &mut Seeded::new(1)).unwrap();
        matter.explanation.into_iter().map(|sentence| sentence.text).collect::<Vec<_>>()
    };
    let said = of("aldosterone");
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(
        said[1].starts_with("It works in the collecting") && said[2].starts_with("The adrenal"),
        "{said:?}"
    );
    let said = of("vasopressin");
    assert!(said[0].starts_with("Vasopressin is") && said[1].starts_with("It works within"), "{said:?}");
    assert!(!said.iter().any(|text| text.starts_with("Aldosterone")), "{said:?}");
}
