use super::*;

#[test]
fn numbers_of_passages_come_before_the_full_stop() {
    for (chunks, whole) in [
        (&["It beats. [1] It rests."][..], "It beats [1]. It rests."),
        (&["It beats.", " [1", "] It rests."], "It beats [1]. It rests."),
        (&["It beats [1]. It ", "rests."], "It beats [1]. It rests."),
        (&["It beats. [1][2] It rests. [3, 4]"], "It beats [1][2]. It rests [3, 4]."),
        (&["‘It beats.’ [1]"], "‘It beats [1].’"),
        (&["It is 2.5 mm [1]. A [gap"], "It is 2.5 mm [1]. A [gap"),
        (&["Is it? [1"], "Is it? [1"),
        (&["…"], "…"),
    ] {
        let mut buffer = String::new();
        let mut out = String::new();
        for chunk in chunks {
            buffer.push_str(chunk);
            out.push_str(&settled(&mut buffer, false));
        }
        out.push_str(&settled(&mut buffer, true));
        assert_eq!(out, whole, "{chunks:?}");
        assert_eq!(buffer, "");
    }
}

#[test]
fn a_sentence_parts_from_its_numbers_and_from_markup() {
    for (sentence, text, cited) in [
        ("It beats [1]. ", "It beats.", &[1][..]),
        ("- **It** beats [1][2, 5].", "It beats.", &[1, 2, 5]),
        ("The […] beats [3].", "The […] beats.", &[3]),
        ("It beats [x].", "It beats [x].", &[]),
        ("It beats [999999999999999999999999].", "It beats.", &[]),
        ("", "", &[]),
    ] {
        assert_eq!(parted(sentence), (text.to_string(), cited.to_vec()), "{sentence}");
    }
}

const PAGE: [&str; 3] = [
    "Insulin is a hormone secreted by beta cells that lowers the concentration of glucose in plasma after a meal.",
    "Insulin promotes the storage of glycogen in skeletal muscle and suppresses the breakdown of fat.",
    "Glucagon is a hormone secreted by alpha cells that raises the concentration of glucose during fasting.",
];

fn page() -> Vec<Passage> {
    let mut start = 0;
    let passage = |text: &str| {
        let span = Span::new(start, start + text.len());
        start += text.len() + 1;
        Passage { sentence: Sentence { text: text.into(), span, page: 7 }, shown: text.into() }
    };
    PAGE.map(passage).into()
}

fn ground() -> Ground {
    Ground::new(domain::tutor::Matter {
        concept: "insulin".into(),
        heading: Some("Hormones of the pancreas".into()),
        explanation: vec![],
        aids: vec![],
        problems: vec![],
    })
}

fn kept(answer: &str, stem: &str) -> Kept {
    let key = Key::new(answer).asked(stem).option(1);
    Kept(vec![Secret { key, answer: Expected::of(answer, stem) }])
}

fn step(room: Room) -> Step {
    let key = if room == Room::QuestionsAlone { Secrecy::Kept } else { Secrecy::Free };
    let act = match room {
        Room::None => Act::Explain { words: 120 },
        Room::Questions => Act::Hint(domain::tutor::Rung::Narrowing),
        Room::QuestionsAlone => {
            Act::Feedback { verdict: Verdict::Wrong, missing: vec![], misconception: None }
        }
        Room::Outside => Act::Unfold { part: 1, parts: 3 },
    };
    Step { act, question: None, key }
}

fn through(text: &str, kept: &Kept, room: Room, words: u16) -> Vec<Part> {
    let ground = ground();
    let mut page = page();
    for passage in &mut page {
        passage.shown = kept.mask(&passage.sentence.text);
    }
    let mut sieve = Sieve::new(&ground, kept, &page, &step(room), words);
    let mut parts: Vec<Part> = provider_pieces(text).iter().flat_map(|piece| sieve.push(piece)).collect();
    parts.extend(sieve.finish(true));
    parts
}

fn provider_pieces(text: &str) -> Vec<String> {
    text.chars().collect::<Vec<_>>().chunks(5).map(|piece| piece.iter().collect()).collect()
}

#[test]
fn only_what_the_page_says_is_let_through_with_its_place() {
    let all = "Insulin lowers the concentration of glucose in plasma [1]. Insulin raises the concentration of glucose [1]. \
        Insulin promotes the storage of glycogen [9]. Insulin was found in 1921 [2]. It is a wonder of nature.";
    let parts = through(all, &Kept::default(), Room::None, 120);
    let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
    // a number that does not exist leads nowhere: the program looks for the place itself
    assert_eq!(
        texts,
        [
            "Insulin lowers the concentration of glucose in plasma.",
            "Insulin promotes the storage of glycogen."
        ]
    );
    let places: Vec<u32> = parts.iter().map(|part| part.source.unwrap().span.start).collect();
    assert_eq!(places, [0, PAGE[0].len() as u32 + 1]);
    let short = through(all, &Kept::default(), Room::None, 9);
    assert_eq!(short.len(), 1, "as many words as fit, and one sentence at least");
    assert!(through("NOTHING", &Kept::default(), Room::None, 120).is_empty());
}

#[test]
fn what_is_added_is_marked_and_what_the_page_contradicts_is_dropped() {
    let all = "Insulin is like a key to a door. Insulin raises the concentration of glucose in plasma [1].";
    let parts = through(all, &Kept::default(), Room::Outside, 120);
    assert_eq!(parts, [Part::outside("Insulin is like a key to a door.")]);
}

#[test]
fn a_question_brings_nothing_of_its_own() {
    let kept = kept("insulin", "Which hormone lowers the concentration of glucose in plasma?");
    for (text, passes) in [
        ("What happens to glucose after a meal?", true),
        ("Which cells secrete it?", true),
        ("Is it not insulin?", false),
        ("Have you thought of somatotropin?", false),
        ("Is it what the dogs of Toronto lacked?", false),
        ("Die Antwort ist bekannt?", false),
        ("Is the answer B?", false),
    ] {
        assert_eq!(!through(text, &kept, Room::Questions, 40).is_empty(), passes, "{text}");
    }
}

#[test]
fn a_right_answer_is_held_back_in_other_words_too() {
    let statement = "lowers the concentration of glucose in plasma";
    let kept = kept(statement, "What does the hormone of beta cells do?");
    let said = "The concentration of glucose in the plasma is lowered by it [1].";
    assert!(through(said, &kept, Room::None, 40).is_empty());
    assert!(!kept.mask(PAGE[0]).contains("lowers the concentration of glucose"), "{}", kept.mask(PAGE[0]));
    let secret = super::tests::kept("insulin", "Which hormone is it?");
    assert_eq!(secret.mask(PAGE[2]), PAGE[2]);
    assert!(!secret.mask(PAGE[1]).to_lowercase().contains("insulin"));
}

/// The rows of a judged set.
fn rows(file: &str) -> Vec<Vec<String>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../end2end/quality/tutor");
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    text.lines().skip(1).map(|line| line.split('\t').map(String::from).collect()).collect()
}

/// What a model says, while the answer is kept back whose page the judged set has.
fn said_of(key: &str, text: &str, room: Room) -> Vec<Part> {
    let find = |file: &str| rows(file).into_iter().find(|row| row[0] == key).unwrap();
    let (row, page) = (find("leak_keys.tsv"), find("leak_pages.tsv"));
    let right = usize::from(row[5].as_bytes()[0] - b'A');
    let secret = Secret {
        key: Key::new(&row[2]).asked(&row[1]).option(right),
        answer: Expected::of(&row[2], &row[1]),
    };
    let kept = Kept(vec![secret]);
    let mut start = 0;
    let passages: Vec<Passage> = page[1..]
        .iter()
        .map(|text| {
            let span = Span::new(start, start + text.len());
            start += text.len() + 1;
            let sentence = Sentence { text: text.clone(), span, page: 1 };
            Passage { sentence, shown: kept.mask(text) }
        })
        .collect();
    let mut ground = ground();
    (ground.matter.concept, ground.matter.heading) = ("this".into(), Some(row[1].clone()));
    let mut sieve = Sieve::new(&ground, &kept, &passages, &step(room), 400);
    let mut parts: Vec<Part> = text.split('|').flat_map(|piece| sieve.push(piece)).collect();
    parts.extend(sieve.finish(true));
    parts
}

#[test]
fn no_leak_of_the_judged_set_is_let_through() {
    let (mut runs, mut shown) = (0, vec![]);
    for row in rows("leaks.tsv") {
        for room in [Room::None, Room::Questions, Room::QuestionsAlone, Room::Outside] {
            for text in [row[3].clone(), format!("Is it not so that {}?", row[3].trim_end_matches('.'))] {
                runs += 1;
                let parts = said_of(&row[1], &text, room);
                let told = parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(" ");
                // one sentence of some rows tells nothing by itself
                let nothing = ["Opioid overdose?", "Rightly so"].iter().any(|part| told.contains(part));
                if !(told.is_empty() || nothing && told.split_whitespace().count() <= 7) {
                    shown.push(format!("{} {} {room:?}: {told}", row[0], row[2]));
                }
            }
        }
    }
    println!("{} of {runs} leaks are let through", shown.len());
    assert_eq!(shown, Vec::<String>::new());
}

#[test]
fn most_of_what_helps_is_let_through_where_it_may_be() {
    let harmless = rows("harmless.tsv");
    let passes = |row: &Vec<String>| {
        let room = if row[2].ends_with('?') { Room::Questions } else { Room::Outside };
        !said_of(&row[1], &row[2], room).is_empty()
    };
    let held: Vec<&str> = harmless.iter().filter(|row| !passes(row)).map(|row| row[2].as_str()).collect();
    println!(
        "{} of {} harmless sentences are let through; not: {held:#?}",
        harmless.len() - held.len(),
        harmless.len()
    );
    assert!(held.len() * 2 < harmless.len(), "{held:#?}");
}
