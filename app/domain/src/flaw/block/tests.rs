use super::*;
use crate::document::{BlockKind, Builder, Run, Span};
use crate::question::{Bloom, Choice, ItemKind};

fn item(stem: &str, options: &[&str]) -> Item {
    let choice = |(at, text): (usize, &&str)| Choice {
        text: (*text).to_string(),
        correct: at == 0,
        rationale: "Because.".into(),
        quote: "q".into(),
        span: Span::new(0, 1),
        page: 1,
        misconception: String::new(),
    };
    Item {
        stem: stem.into(),
        options: options.iter().enumerate().map(choice).collect(),
        concept: options.first().map_or(String::new(), |o| (*o).to_string()),
        kind: ItemKind::Definition,
        bloom: Bloom::Remember,
        difficulty: 0.5,
        headings: vec![],
    }
}

type Rule = fn(&Item) -> Option<Flaw>;

fn table(rule: Rule, flaw: Flaw, rows: &[(&str, &[&str], bool)]) {
    for (stem, options, flawed) in rows {
        assert_eq!(rule(&item(stem, options)), flawed.then_some(flaw), "{stem} {options:?}");
    }
}

#[test]
fn rule_1_one_key_and_three_to_five_different_options() {
    table(
        count_and_key,
        Flaw::CountAndKey,
        &[
            ("Q?", &["a", "b", "c"], false),
            ("Q?", &["a", "b"], true),
            ("Q?", &["a", "b", "c", "d", "e", "f"], true),
            ("Q?", &["Heart", "heart ", "lung"], true),
            ("Q?", &["Ca2+", "Ca", "Na"], false),
            ("Q?", &["a", "", "c"], true),
            ("Q?", &[], true),
        ],
    );
    let mut two = item("Q?", &["a", "b", "c"]);
    two.options[1].correct = true;
    assert_eq!(count_and_key(&two), Some(Flaw::CountAndKey));
    two.options[0].correct = false;
    two.options[1].correct = false;
    assert_eq!(count_and_key(&two), Some(Flaw::CountAndKey));
}

#[test]
fn rule_2_options_that_stand_for_options() {
    table(
        all_or_none,
        Flaw::AllOrNone,
        &[
            ("Q?", &["x", "y", "All of the above"], true),
            ("Q?", &["x", "y", "none of these"], true),
            ("Q?", &["x", "y", "A and C"], true),
            ("Q?", &["x", "y", "both A and B"], true),
            ("Q?", &["x", "y", "all of these are correct"], true),
            ("Q?", &["vitamins A and D", "y", "z"], false),
            ("Q?", &["all of the white cells", "y", "z"], false),
        ],
    );
}

#[test]
fn rule_3_a_negated_lead_in() {
    let o: &[&str] = &["a", "b", "c"];
    table(
        negation,
        Flaw::Negation,
        &[
            ("Which of the following is NOT a hormone?", o, true),
            ("All are true EXCEPT:", o, true),
            ("Which of the following is not a function of the kidney?", o, true),
            ("Which of the following does not cross the placenta?", o, true),
            ("All of the following are bones of the wrist except", o, true),
            ("Which finding is least likely?", o, true),
            ("He did not eat. Which hormone rises?", o, false),
            ("Which hormone acts for at least one day?", o, false),
            ("Which enzyme is not active at rest?", o, false),
            ("Which of the following is not active at rest?", o, false),
            ("Although he was not hurt, which nerve is at risk?", o, false),
        ],
    );
}

#[test]
fn rule_4_a_key_that_stands_out_by_length() {
    table(
        key_length,
        Flaw::KeyLength,
        &[
            ("Q?", &["a very long and careful answer", "short", "brief one"], true),
            ("Q?", &["somewhat longer", "ten letters", "short"], false),
            ("Q?", &["renin", "aldosterone", "cortisol"], false),
            ("Q?", &["parathyroid hormone", "growth hormone", "renin"], false),
        ],
    );
}

#[test]
fn rule_5_a_word_that_only_the_key_repeats() {
    table(
        leak,
        Flaw::Leak,
        &[
            ("Which follows stimulation of the thyroid?", &["thyroid storm", "cortisol", "renin"], true),
            (
                "Which follows stimulation of the thyroid?",
                &["thyroid storm", "thyroid nodule", "renin"],
                false,
            ),
            ("Which gland lies in the neck?", &["thymus gland", "spleen", "liver"], false),
            ("Which hormone lowers glucose?", &["insulin", "glucagon", "cortisol"], false),
        ],
    );
}

#[test]
fn rule_6_articles_and_number() {
    table(
        article,
        Flaw::Article,
        &[
            ("The patient has an", &["ulcer", "hernia", "edema"], true),
            ("The patient has an", &["ulcer", "abscess", "edema"], false),
            ("Each nephron holds a _____ in its cortex.", &["glomerulus", "artery", "tuft"], true),
            ("Each nephron holds a(n) _____ in its cortex.", &["glomerulus", "artery", "tuft"], false),
            ("Which has a role?", &["artery", "vein", "duct"], false),
        ],
    );
    table(
        key_number,
        Flaw::KeyNumber,
        &[
            ("Q?", &["ventricles", "atrium", "septum"], true),
            ("Q?", &["ventricle", "atria", "septa"], true),
            ("Q?", &["ventricles", "atria", "septum"], false),
            ("Q?", &["diabetes", "goiter", "anemia"], false),
            ("Q?", &["the cells that line the duct of a gland", "acini", "ducts"], false),
        ],
    );
}

#[test]
fn rule_7_numbers() {
    table(
        numbers,
        Flaw::Numbers,
        &[
            ("Q?", &["1 L", "2 L", "3 L"], false),
            ("Q?", &["3 L", "2 L", "1 L"], false),
            ("Q?", &["1 L", "3 L", "2 L"], true),
            ("Q?", &["1 L", "20 mL", "30 L"], true),
            ("Q?", &["1.5 L", "2 L", "3 L"], true),
            ("Q?", &["1–5 days", "4–8 days", "9–12 days"], true),
            ("Q?", &["1–3 days", "4–8 days", "9–12 days"], false),
            ("Q?", &["1,000", "2,000", "10,000"], false),
            ("Q?", &["three", "2", "1"], false),
        ],
    );
}

#[test]
fn rule_8_each_option_quotes_its_page() {
    let mut builder = Builder::new();
    builder.push(BlockKind::Paragraph, &[Run::plain("Renin is an enzyme. Insulin is a hormone.")]);
    let document = builder.build();
    let mut sound = item("Q?", &["renin", "insulin", "cortisol"]);
    for option in &mut sound.options {
        option.quote = "Renin is an enzyme.".into();
        option.span = Span::new(0, 19);
    }
    assert_eq!(sources(&sound, &document), None);
    for spoil in [
        (|i: &mut Item| i.options[1].quote = "Renin is a enzyme.".into()) as fn(&mut Item),
        |i| i.options[1].rationale = " ".into(),
        |i| i.options[2].span = Span::new(1, 20),
        |i| i.options[2].span = Span::new(30, 4000),
        |i| i.options[0].page = 2,
        |i| i.options[0].quote = String::new(),
    ] {
        let mut broken = sound.clone();
        spoil(&mut broken);
        assert_eq!(sources(&broken, &document), Some(Flaw::Sources));
    }
}

#[test]
fn rule_9_near_duplicates() {
    let one = item("Which hormone lowers the level of glucose in blood?", &["insulin", "glucagon", "renin"]);
    let like = item(
        "Which of the following lowers the level of glucose in the blood?",
        &["insulin", "cortisol", "renin"],
    );
    let other =
        item("Which hormone raises the level of calcium in blood?", &["calcitriol", "glucagon", "renin"]);
    assert_eq!(near_duplicate(&one, &like), Some(Flaw::NearDuplicate));
    assert_eq!(near_duplicate(&one, &one), Some(Flaw::NearDuplicate));
    assert_eq!(near_duplicate(&one, &other), None);
}

#[test]
fn rule_10_something_is_asked() {
    let o: &[&str] = &["insulin", "glucagon", "renin"];
    table(
        lead_in,
        Flaw::LeadIn,
        &[
            ("Which hormone lowers glucose?", o, false),
            ("The hormone _____ lowers glucose.", o, false),
            ("The hormone that lowers glucose is", o, false),
            ("A man has thirst. Name the missing hormone.", o, false),
            ("Glucose is lowered by:", o, false),
            ("Glucose is lowered.", o, true),
            ("", o, true),
        ],
    );
}
