use super::*;
use domain::{
    analysis::Finding,
    document::{BlockKind, Builder, Run},
};
use sqlx::types::Json;
use uuid::Uuid;

const TEXT: &str = "The sinoatrial node sets the pace of the heart. The atrioventricular node delays the impulse. \
                    The Purkinje fibers carry the impulse through the ventricles. The bundle of His leads it to both sides.";

fn lecture() -> (Document, Vec<PassageRow>) {
    let mut builder = Builder::new();
    builder.page(3);
    builder.push(BlockKind::Paragraph, &[Run::plain(TEXT)]);
    let document = builder.build();
    let row = PassageRow {
        id: Uuid::nil(),
        material: Uuid::nil(),
        span_start: 0,
        span_end: TEXT.len() as i64,
        page_first: 3,
        page_last: 3,
        tokens: 200,
        headings: Json(vec![]),
        text: TEXT.into(),
    };
    (document, vec![row])
}

fn draft() -> Draft {
    let option = |text: &str, quote: &str, correct: bool| Drafted {
        text: text.into(),
        correct,
        rationale: "So it is told.".into(),
        quote: quote.into(),
        misconception: "takes one for the other".into(),
    };
    Draft {
        stem: "Which part of the conduction system holds the signal back?".into(),
        concept: "conduction".into(),
        level: Level::Understand,
        options: vec![
            option("Sinoatrial node", "sinoatrial node sets the pace", false),
            option("Atrioventricular node", "node delays the  impulse.", true),
            option("Purkinje fiber", "The Purkinje fibers carry the impulse", false),
            option("Bundle of His", "bundle of His leads it to both sides", false),
        ],
    }
}

fn item(draft: &Draft) -> Result<Item, String> {
    let (document, passages) = lecture();
    draft.check()?;
    whole(draft, &document, &passages.iter().collect::<Vec<_>>(), &[])
}

#[test]
fn a_sound_draft_becomes_a_question_that_quotes_the_page() {
    let item = item(&draft()).unwrap();
    let key = &item.options[1];
    assert_eq!((key.quote.as_str(), key.page), ("node delays the impulse.", 3));
    assert_eq!(key.rationale, "So it is told. “node delays the impulse.” (p. 3)");
    assert_eq!((key.misconception.as_str(), item.options[0].misconception.is_empty()), ("", false));
    assert_eq!(flaw::blocking_in(&item, &lecture().0), []);
}

#[test]
fn a_draft_that_breaks_a_rule_is_told_which() {
    let changed = |change: fn(&mut Draft)| {
        let mut draft = draft();
        change(&mut draft);
        item(&draft).unwrap_err()
    };
    type Harm = fn(&mut Draft);
    let cases: [(Harm, &str); 13] = [
        ((|d| d.options[0].quote = "The node speeds the impulse up".into()), "quote of option 1"),
        (|d| d.options[2].quote = "the".into(), "quote of option 3"),
        (|d| d.options[0].correct = true, "exactly one"),
        (|d| d.options[1].correct = false, "exactly one"),
        (|d| d.options.truncate(2), "four or five"),
        (|d| d.options[3].text = "Sinoatrial node".into(), "different"),
        (|d| d.options[3].text = "All of the above".into(), "other options"),
        (|d| d.stem = "Which of the following is NOT a node?".into(), "negated"),
        (|d| d.stem = "The heart beats.".into(), "question"),
        (|d| d.options[1].rationale = " ".into(), "rationale"),
        (|d| d.level = Level::Apply, "case"),
        (|d| d.stem = "x".repeat(1_300), "too long"),
        (|d| d.concept = String::new(), "concept"),
    ];
    for (change, word) in cases {
        let told = changed(change);
        assert!(told.contains(word), "{word}: {told}");
    }
}

#[test]
fn questions_are_written_where_most_is_to_be_learned_and_at_the_same_places_each_time() {
    let (_, passages) = lecture();
    let row = |n: i64, tokens: i64| PassageRow {
        span_start: n * 10,
        span_end: n * 10 + 9,
        tokens,
        ..passages[0].clone()
    };
    let rows: Vec<PassageRow> = (0..30).map(|n| row(n, if n == 4 { 50 } else { 300 })).collect();
    let finding = |at: u32, kind, source| Finding {
        kind,
        name: "n".into(),
        text: "t".into(),
        quote: "q".into(),
        span: Span { start: at * 10 + 1, end: at * 10 + 2 },
        page: 1,
        source,
    };
    let text = Analysis {
        findings: vec![
            finding(4, Kind::Correlation, Source::Text),
            finding(7, Kind::Fact, Source::Text),
            finding(9, Kind::Correlation, Source::Text),
        ],
    };
    let found = places(&rows, &text);
    assert_eq!((found.len(), &found[..3]), (MOST_DRAFTS, &[9, 7, 0][..]));
    let mut more = text.clone();
    more.findings.push(finding(20, Kind::Correlation, Source::Model("m".into())));
    assert_eq!(places(&rows, &more), found, "what models find meanwhile moves nothing");
}
