use super::*;
use crate::document::{BlockKind, Builder, Run};
use proptest::prelude::*;

/// Blocks of 'H1 title', 'T row/row' (cells by `|`) and paragraphs, bold between `*`, a page each three blocks.
fn document(blocks: &[&str]) -> Document {
    let mut builder = Builder::new();
    for (at, block) in blocks.iter().enumerate() {
        builder.page(1 + at as u32 / 3);
        if let Some(title) = block.strip_prefix("H1 ") {
            builder.push(BlockKind::Heading(1), &[Run::plain(title)]);
        } else if let Some(title) = block.strip_prefix("H2 ") {
            builder.push(BlockKind::Heading(2), &[Run::plain(title)]);
        } else if let Some(rows) = block.strip_prefix("T ") {
            let rows = rows.replace('/', "\n").replace('|', "\t");
            builder.push(BlockKind::Table { header: 1 }, &[Run::plain(&rows)]);
        } else {
            let runs: Vec<Run<'_>> = block
                .split('*')
                .enumerate()
                .map(|(at, text)| Run { text, bold: at % 2 == 1, ..Run::default() })
                .collect();
            builder.push(BlockKind::Paragraph, &runs);
        }
    }
    let document = builder.build();
    document.check().unwrap();
    document
}

fn names(analysis: &Analysis, kind: Kind) -> Vec<&str> {
    analysis.of_kind(kind).map(|finding| finding.name.as_str()).collect()
}

fn sound(analysis: &Analysis, document: &Document) {
    for finding in &analysis.findings {
        assert_eq!(document.slice(finding.span), finding.quote, "{finding:?}");
        assert_eq!(document.page_at(finding.span.start), finding.page);
        assert!(!finding.name.is_empty() && !finding.text.is_empty(), "{finding:?}");
    }
    assert!(analysis.findings.is_sorted_by_key(|finding| finding.span));
}

#[test]
fn a_lecture_is_analysed_without_a_model() {
    let document = document(&[
        "H1 The Heart",
        "H2 19.2 Conduction System",
        "The *sinoatrial node* is a mass of pacemaker cells in the wall of the right atrium that starts each heartbeat. \
         Heart rate should not be confused with cardiac output, although one depends on the other.",
        "The *atrioventricular node* delays the impulse before it enters the ventricles of the heart.",
        "T Site|Own rate/Sinoatrial node|60 to 100/Purkinje fibers|20 to 40",
        "H2 Summary",
        "The *mitral valve* separates the left atrium from the left ventricle of the heart.",
        "H2 Heart Block",
        "Treatment of *myocardial infarction* aims at the reperfusion of the coronary artery within hours. \
         A way to remember the order of the valves is 'try pulling my aorta'.",
        "H2 Review Questions",
        "Which node is the pacemaker?",
    ]);
    let analysis = of(&document);
    sound(&analysis, &document);
    let concepts = names(&analysis, Kind::Concept);
    for name in ["sinoatrial node", "The Heart", "Conduction System", "Heart Block"] {
        assert!(concepts.contains(&name), "{concepts:?}");
    }
    for name in ["Summary", "Review Questions"] {
        assert!(!concepts.contains(&name), "{concepts:?}");
    }
    let facts = names(&analysis, Kind::Fact);
    assert!(facts.contains(&"Sinoatrial node") && facts.contains(&"Purkinje fibers"), "{facts:?}");
    assert!(facts.contains(&"mitral valve"), "{facts:?}");
    assert_eq!(names(&analysis, Kind::Misconception), ["Conduction System"]);
    assert_eq!(names(&analysis, Kind::Mnemonic), ["Heart Block"]);
    assert_eq!(names(&analysis, Kind::Correlation), ["myocardial infarction"]);
    assert_eq!(of(&document), analysis, "it is the same each time");
}

#[test]
fn a_heading_names_a_concept_or_it_does_not() {
    for (title, name) in [
        ("Heart Anatomy", Some("Heart Anatomy")),
        ("19.1 Heart Anatomy", Some("Heart Anatomy")),
        ("3. Joints", Some("Joints")),
        ("IV. Joints", Some("Joints")),
        ("Chapter 9: Joints", Some("Joints")),
        ("Sinoatrial (SA) Node", Some("Sinoatrial (SA) Node")),
        ("Vitamin D", Some("Vitamin D")),
        ("Introduction", None),
        ("Layers", None),
        ("Key Terms", None),
        ("Chapter Review", None),
        ("What Is a Joint?", None),
        ("Figure 3 The heart", None),
        ("12", None),
        ("", None),
        ("What the heart does when it is asked to do more than it can", None),
    ] {
        assert_eq!(text::concept(title), name, "{title:?}");
    }
}

#[test]
fn tables_whose_rows_have_no_name_of_their_own_say_nothing() {
    for (table, rows) in [
        ("T Site|Rate/SA node|60/AV node|40", 2),
        ("T Site|Rate/SA node|60/SA node|40", 0),
        ("T Site|Rate/1990|60/1991|40", 0),
        ("T Site|/SA node|60/AV node|40", 0),
        ("T Site|Rate/SA node|/AV node|40", 1),
        ("T Site/SA node/AV node", 0),
    ] {
        assert_eq!(names(&of(&document(&[table])), Kind::Fact).len(), rows, "{table}");
    }
}

fn proposed(quote: &str) -> Proposed {
    Proposed {
        kind: Kind::Fact,
        name: "AV node".into(),
        text: "The AV node delays the impulse.".into(),
        quote: quote.into(),
        within: None,
    }
}

#[test]
fn what_a_model_proposes_counts_where_its_quote_stands() {
    let document =
        document(&["H1 Heart", "The AV node delays the “impulse” by 0.1 s.", "The SA node sets the pace."]);
    let locator = Locator::new(&document);
    let found = locator.located(proposed("AV node  delays the \"impulse\""), "openai/m").unwrap();
    assert_eq!((found.quote.as_str(), found.page), ("AV node delays the “impulse”", 1));
    assert_eq!(found.source, Source::Model("openai/m".into()));
    for (why, wrong) in [
        ("it is not there", proposed("The AV node speeds the impulse")),
        ("it is too short", proposed("AV node")),
        ("it is empty", proposed("")),
        ("it has nothing to do with what is said", proposed("SA sets the pace").clone()),
        ("no name", Proposed { name: "  ".into(), ..proposed("The AV node delays") }),
        ("too long", Proposed { text: "x".repeat(401), ..proposed("The AV node delays") }),
        (
            "unrelated",
            Proposed {
                name: "liver".into(),
                text: "The liver makes bile.".into(),
                ..proposed("node sets the pace")
            },
        ),
    ] {
        assert_eq!(locator.located(wrong, "m"), None, "{why}");
    }
    // said to be in one place and found in another
    let elsewhere = Some(document.blocks[2].span);
    assert!(locator.located(Proposed { within: elsewhere, ..proposed("The AV node delays") }, "m").is_some());
    let broken = Some(Span { start: 1, end: 9_999 });
    assert!(locator.located(Proposed { within: broken, ..proposed("The AV node delays") }, "m").is_some());
}

#[test]
fn a_concept_is_one_under_all_its_names_and_a_quote_is_one_fact() {
    let document = document(&["H1 Heart", "The AV node delays the impulse. The SA node sets the pace."]);
    let at = |quote: &str| Locator::new(&document).find(quote, None).unwrap();
    let finding = |kind, name: &str, quote: &str| text::finding(&document, kind, name, at(quote));
    let mut analysis = Analysis::default();
    let first = [
        finding(Kind::Concept, "AV node", "The AV node"),
        finding(Kind::Fact, "delay", "AV node delays the impulse"),
    ];
    assert_eq!(analysis.merge(first.clone()), 2);
    assert_eq!(analysis.merge(first), 0);
    let again = [
        finding(Kind::Concept, "the AV nodes", "SA node sets the"),
        finding(Kind::Concept, "AV node (AVN)", "SA node sets the"),
        finding(Kind::Fact, "another name", "node delays the impulse."[..22].trim()),
    ];
    assert_eq!(analysis.merge(again), 0, "{analysis:?}");
    assert_eq!(analysis.merge([finding(Kind::Fact, "pace", "SA node sets the pace")]), 1);
    assert_eq!(analysis.within(at("The AV node delays the impulse.")).count(), 2);
}

#[test]
fn a_source_is_kept_as_a_word() {
    for source in [Source::Text, Source::Model("openai/gpt-5-mini".into())] {
        let word: String = source.clone().into();
        assert_eq!(Source::from(word), source);
    }
    assert!(Kind::ALL.into_iter().all(|kind| Kind::named(kind.name()) == Some(kind)));
}

proptest! {
    #[test]
    fn whatever_is_read_is_quoted_verbatim(
        blocks in prop::collection::vec("(H1 |H2 |T )?[A-Za-z ,.*|/αβé“”\\-]{0,90}", 0..8)
    ) {
        let blocks: Vec<&str> = blocks.iter().map(String::as_str).collect();
        let document = document(&blocks);
        let analysis = of(&document);
        sound(&analysis, &document);
        let mut again = analysis.clone();
        prop_assert_eq!(again.merge(analysis.findings.clone()), 0);
        prop_assert_eq!(again, analysis);
    }

    #[test]
    fn a_stretch_of_the_text_is_located_and_any_other_is_not(from in 0_usize..20, words in 3_usize..9, other in "[xyz]{3,6} [xyz]{3,6} [xyz]{3,6}") {
        let text = "The sinoatrial node sets the pace and the atrioventricular node holds the impulse for a tenth of a second \
                    so that the atria empty first.";
        let document = document(&[text]);
        let all: Vec<&str> = text.split_whitespace().collect();
        let quote = all[from.min(all.len() - words)..].iter().take(words).copied().collect::<Vec<_>>().join(" ");
        let locator = Locator::new(&document);
        let span = locator.find(&quote, None).unwrap();
        prop_assert_eq!(document.slice(span), quote);
        prop_assert_eq!(locator.find(&other, None), None);
    }
}
