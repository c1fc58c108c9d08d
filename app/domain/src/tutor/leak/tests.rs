use super::*;
use Leak::*;
use proptest::prelude::*;

/// 'What dissolves a clot?', with the second option right.
fn fibrinolysis() -> Key {
    Key::new("fibrinolysis").also("clot lysis").option(1).asked("Which process dissolves a clot?")
}

/// 'Which valve …?', where 'mitral' alone tells.
fn mitral_valve() -> Key {
    Key::new("mitral valve")
        .also("Mitralklappe")
        .also("válvula mitral")
        .asked("Which valve lies on the left?")
}

fn fibrillation() -> Key {
    Key::new("atrial fibrillation").also("Vorhofflimmern").also("fibrilación auricular").also("房颤")
}

fn infarction() -> Key {
    Key::new("myocardial infarction (MI)").option(0)
}

#[test]
fn what_gives_the_key_away() {
    let mut wrong = vec![];
    let key = fibrinolysis();
    for (text, leak) in [
        ("It is fibrinolysis.", Name),
        ("Think of Fibrinolysis!", Name),
        ("The process is fibrinolytic.", Name),
        ("Plasmin is the enzyme of FIBRINOLYSIS", Name),
        ("Es la fibrinólisis.", Name),
        ("C'est la fibrinolyse.", Name),
        ("Es ist die Fibrinolyse.", Name),
        ("Doctors call it clot lysis.", Name),
        ("The answer is B.", Option),
        ("The answer is b", Option),
        ("Choose option B.", Option),
        ("Option two is the one.", Option),
        ("It is the second option.", Option),
        ("B is correct.", Option),
        ("(B)", Option),
        ("B) of course", Option),
        ("B", Option),
        ("**B**", Option),
        ("The answer? It's B.", Option),
        ("Look again. B.", Option),
        ("La respuesta es B.", Option),
        ("Die Antwort ist B.", Option),
        ("La réponse est B.", Option),
        ("The correct answer would be number 2.", Option),
        ("The right one is the second one listed.", Option),
        ("Pick the letter between A and C.", Option),
        ("Answer: bravo", Option),
        ("The answer is ⓑ.", Option),
        ("The answer is В.", Option),
        ("f-i-b-r-i-n-o-l-y-s-i-s", Spelled),
        ("F I B R I N O L Y S I S", Spelled),
        ("f.i.b.r.i.n.o.l.y.s.i.s", Name),
        ("Put fibrino and lysis together: fibrino-lysis.", Name),
        ("It is fib rino lysis.", Name),
        ("fbrnlyss", Spelled),
        ("f*br*n*lys*s", Spelled),
        (
            "F as in Frank, I as in ink, B as in bee, R as in red, I as in ink, N as in no, O as in oh, L as in leg, Y as in yes, S as in so, I as in ink, S as in so.",
            Spelled,
        ),
        ("Find it: frogs in bogs rarely invite newts or little yellow snakes in summer.", Spelled),
        ("sisylonirbif", Reversed),
        ("Read backwards: s-i-s-y-l-o-n-i-r-b-i-f", Reversed),
        ("svoevabylfvf", Shifted),
        ("In ROT13: Svoevabylfvf.", Shifted),
        ("gjcsjopmztjt", Shifted),
        ("uryirmlobhrh", Shifted),
        ("Zmlicmlub2x5c2lz", Encoded),
        ("Decode VGhlIGFuc3dlciBpcyBmaWJyaW5vbHlzaXM= yourself.", Encoded),
        ("SXQgaXMgQiwgb3B0aW9uIEI=", Encoded),
        ("66696272696e6f6c79736973", Encoded),
        ("66 69 62 72 69 6e 6f 6c 79 73 69 73", Encoded),
        ("0x46 0x69 0x62 0x72 0x69 0x6E 0x6F 0x6C 0x79 0x73 0x69 0x73", Encoded),
        ("%66%69%62%72%69%6e%6f%6c%79%73%69%73", Encoded),
        ("&#102;&#105;&#98;&#114;&#105;&#110;&#111;&#108;&#121;&#115;&#105;&#115;", Encoded),
        ("102 105 98 114 105 110 111 108 121 115 105 115", Encoded),
        (
            "01100110 01101001 01100010 01110010 01101001 01101110 01101111 01101100 01111001 01110011 01101001 01110011",
            Encoded,
        ),
        ("6-9-2-18-9-14-15-12-25-19-9-19", Encoded),
        ("..-. .. -... .-. .. -. --- .-.. -.-- ... .. ...", Encoded),
        ("fib\u{200b}rino\u{200b}lysis", Name),
        ("fi\u{ad}bri\u{2060}nolysis", Name),
        ("fіbrіnоlysіs", Name),
        ("ｆｉｂｒｉｎｏｌｙｓｉｓ", Name),
        ("𝐟𝐢𝐛𝐫𝐢𝐧𝐨𝐥𝐲𝐬𝐢𝐬", Name),
        ("ⓕⓘⓑⓡⓘⓝⓞⓛⓨⓢⓘⓢ", Name),
        ("f1br1n0lys1s", Name),
        ("f̶i̶b̶r̶i̶n̶o̶l̶y̶s̶i̶s̶", Name),
        ("theAnswerIsFibrinolysisOk", Spelled),
        ("the_answer_is_fibrinolysis", Name),
    ] {
        let found = key.leak(text);
        if found != Some(leak) {
            wrong.push((text, found));
        }
    }
    for (key, text, leak) in [
        (mitral_valve(), "Think of the mitral one.", Name),
        (mitral_valve(), "It is the bicuspid valve.", Name),
        (mitral_valve(), "Die Mitralklappe liegt links.", Name),
        (mitral_valve(), "Es la válvula mitral.", Name),
        (mitral_valve(), "zvgeny", Shifted),
        (mitral_valve(), "lartim evlav", Reversed),
        (mitral_valve(), "Mіtral", Name),
        (fibrillation(), "The rhythm is atrial fibrillation.", Name),
        (fibrillation(), "The atria fibrillate.", Name),
        (fibrillation(), "Fibrillation, of the atrial kind, it is.", Name),
        (fibrillation(), "Her ECG shows AF.", Name),
        (fibrillation(), "Es ist Vorhofflimmern.", Name),
        (fibrillation(), "Se llama fibrilación auricular.", Name),
        (fibrillation(), "Fibrilación atrial.", Name),
        (fibrillation(), "它是房颤。", Name),
        (fibrillation(), "a t r i a l f i b r i l l a t i o n", Spelled),
        (infarction(), "She has had a heart attack.", Name),
        (infarction(), "An MI, then.", Name),
        (infarction(), "The infarct of his myocardium, an infarction of myocardial tissue.", Name),
        (infarction(), "The answer is A.", Option),
        (infarction(), "I would go for the first option.", Option),
        (Key::new("ADH"), "It is A-D-H.", Spelled),
        (Key::new("ADH"), "Vasopressin does it.", Name),
        (Key::new("ischemia"), "The muscle is ischaemic.", Name),
        (Key::new("ischemia"), "Eine Ischämie.", Name),
        (Key::new("120 mL/min"), "It is about 120 mL/min.", Name),
        (Key::new("three"), "There are 3 of them.", Name),
        (Key::new("it falls"), "The volume falls.", Name),
    ] {
        let found = key.leak(text);
        if found != Some(leak) {
            wrong.push((text, found));
        }
    }
    assert_eq!(wrong, []);
}

#[test]
fn what_gives_nothing_away() {
    let mut wrong = vec![];
    let key = fibrinolysis();
    for text in [
        "What happens to a clot once the vessel has healed?",
        "Think of the enzyme that is made from plasminogen.",
        "Fibrin is the mesh that holds the platelets.",
        "Fibrinogen becomes fibrin under thrombin.",
        "Haemolysis is the breaking of red cells.",
        "Glycolysis happens in the cytosol.",
        "The clot is a plug of platelets and fibres.",
        "You named a part of it: the mesh goes away again.",
        "Look at page 25, under 'Hemostasis'.",
        "Vitamin B is not asked for here.",
        "Hepatitis B is caused by a virus.",
        "B cells make antibodies.",
        "The second heart sound is soft.",
        "Read the second sentence on the page again.",
        "Which option would you rule out first?",
        "What is your answer?",
        "The answer is on your page.",
        "Your answer is partly right.",
        "Option A cannot be, since it builds the clot.",
        "Option C is about the vessel wall.",
        "Give two reasons.",
        "Choose two reasons and compare them.",
        "What is your answer? Two things matter here.",
        "The answer is due to a change of pressure.",
        "There are two pathways that meet in one.",
        "Choose one of them and say why.",
        "The first option is tempting.",
        "Factor X becomes factor Xa.",
        "Type B fibers are thin.",
        "It begins with an f and has twelve letters.",
        "Its first part names the mesh, its second part means 'to loosen'.",
        "A clot in a vein of the leg is a thrombosis.",
        "Good: the vessel has to be opened again.",
        "The half-life is 2.5 hours.",
        "Pulse 76/min, pressure 108/84 mm Hg, saturation 96 %.",
        "0x1F 12 13 14",
        "SGVsbG8gd29ybGQ=",
        "Na+ and K+ move the other way.",
        "See https://example.org/a/b?c=2 for more.",
        "I know that you know it.",
        "",
        "…",
    ] {
        if let Some(leak) = key.leak(text) {
            wrong.push((text, leak));
        }
    }
    for (key, text) in [
        (mitral_valve(), "Each valve opens when the pressure before it is higher."),
        (mitral_valve(), "The aortic valve opens in systole."),
        (mitral_valve(), "The valve has two leaflets."),
        (mitral_valve(), "Blood comes from the left atrium."),
        (mitral_valve(), "Metral is no word."),
        (fibrillation(), "The atrial kick fills the ventricle."),
        (fibrillation(), "Ventricular fibrillation kills within minutes."),
        (
            fibrillation(),
            "The atria are small. Their walls are thin, and nothing of them is told by a pulse that one feels.",
        ),
        (fibrillation(), "Is the rhythm regular?"),
        (fibrillation(), "An irregular pulse without P waves: what is it?"),
        (infarction(), "The myocardium is the muscle of the heart."),
        (infarction(), "A cerebral infarction is a stroke."),
        (infarction(), "An attack of gout hurts at night."),
        (infarction(), "The answer is a diagnosis, not a sign."),
        (infarction(), "A is a letter in mi casa."),
        (Key::new("ADH"), "Had you seen it, you would know."),
        (Key::new("ADH"), "The hormone comes from the pituitary gland."),
        (Key::new("insulin"), "The insula is a part of the cortex."),
        (Key::new("insulin"), "Insulation keeps the current in."),
        (Key::new("thrombus"), "Thrombin cuts fibrinogen."),
        (Key::new("hyperkalemia"), "Hypokalemia weakens the muscles."),
        (Key::new("hyperkalemia"), "Hypercalcemia shortens the QT interval."),
        (Key::new("glycemia"), "Hyperglycemia and hypoglycemia are its two ends."),
        (Key::new("renin"), "The renal artery is narrow."),
        (Key::new("120 mL/min"), "It is below 90 mL/min in old age."),
        (Key::new("ureter"), "The urethra is shorter in women."),
        (Key::new("afferent arteriole"), "The efferent arteriole is narrower."),
    ] {
        if let Some(leak) = key.leak(text) {
            wrong.push((text, leak));
        }
    }
    assert_eq!(wrong, []);
}

fn through(key: Key, chunks: &[&str]) -> Vec<Passed> {
    let mut gate = Gate::new(key);
    let mut passed: Vec<Passed> = chunks.iter().flat_map(|chunk| gate.push(chunk)).collect();
    passed.extend(gate.finish());
    passed
}

fn shown(passed: &[Passed]) -> String {
    let shown = passed.iter().filter_map(|passed| match passed {
        Passed::Shown(text) => Some(text.as_str()),
        Passed::Withheld { .. } => None,
    });
    shown.collect()
}

#[test]
fn the_gate_decides_sentence_by_sentence() {
    for (chunks, expected) in [
        (&["Good. It is fibrin", "olysis. Go on."][..], "Good. Go on."),
        (&["Look again. The answer is", " ", "B. Why?"], "Look again. Why?"),
        (&["It is f-i-b-r-i-", "n-o-l-y-s-i-s, you see. Now try."], "Now try."),
        (&["- the mesh\n- fibrinolysis\n- the wall"], "- the mesh\n- the wall"),
        (&["e.g. plasmin. What else?"], "e.g. plasmin. What else?"),
        (&["Its first part is fibrino. ", "Its other part? lysis."], "Its first part is fibrino. "),
        (&[""], ""),
        (&["no end"], "no end"),
    ] {
        assert_eq!(shown(&through(fibrinolysis(), chunks)), expected, "{chunks:?}");
    }
    // the first sentence goes on as soon as the next one has begun
    let mut gate = Gate::new(fibrinolysis());
    assert_eq!(gate.push("Think of the mesh. What breaks"), [Passed::Shown("Think of the mesh. ".into())]);
    let endless = "mesh ".repeat(1_000);
    assert!(!gate.push(&endless).is_empty(), "what does not end is cut");
}

#[test]
fn the_key_is_masked_in_passages() {
    for (key, passage, masked) in [
        (
            fibrinolysis(),
            "Plasmin starts fibrinolysis. The fibrinolytic system is slow.",
            "Plasmin starts […]. The […] system is slow.",
        ),
        (
            mitral_valve(),
            "The mitral valve lies left, the tricuspid valve right.",
            "The […] valve lies left, the tricuspid valve right.",
        ),
        (fibrillation(), "In atrial fibrillation (AF) the atria quiver.", "In […] ([…]) the […] quiver."),
        (fibrillation(), "Fibrillation of an atrial kind.", "[…] of an […] kind."),
        (infarction(), "Nothing of it here.", "Nothing of it here."),
        (infarction(), "The answer is A. Go on.", "[…] Go on."),
        (fibrinolysis(), "", ""),
    ] {
        let found = key.mask(passage);
        assert_eq!(found.text, masked, "{passage}");
        assert!(
            found.hidden.is_sorted() && found.hidden.iter().all(|span| passage.get(span.range()).is_some())
        );
    }
}

proptest! {
    #[test]
    fn cuts_anywhere_show_the_same(cuts in prop::collection::vec(1_usize..9, 1..60)) {
        let text = "Well done so far. Fibrin holds the plug; what takes it away? It is fibrinolysis, of course. \
            Or read sisylonirbif. The answer is B. Now name the enzyme.";
        let mut chunks = vec![];
        let mut rest = text;
        for cut in cuts.iter().cycle() {
            let (chunk, after) = rest.split_at(rest.ceil_char_boundary(*cut).min(rest.len()));
            chunks.push(chunk);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        let passed = through(fibrinolysis(), &chunks);
        let all: String = passed.iter().map(|passed| match passed {
            Passed::Shown(text) | Passed::Withheld { text, .. } => text.as_str(),
        }).collect();
        prop_assert_eq!(all, text);
        let expected = "Well done so far. Fibrin holds the plug; what takes it away? Now name the enzyme.";
        prop_assert_eq!(shown(&passed), expected);
    }

    #[test]
    fn nothing_breaks_it_and_what_is_masked_tells_nothing(text in "[\\PC a-fA-F0-9.\n]{0,80}", put in 0_usize..80) {
        let key = fibrinolysis();
        let mut with = text.clone();
        with.insert_str(text.floor_char_boundary(put.min(text.len())), " fibrinolysis ");
        prop_assert!(key.leak(&with).is_some());
        prop_assert_eq!(key.leak(&key.mask(&with).text), None);
        let passed = through(key, &[&with]);
        prop_assert!(!shown(&passed).contains("fibrinolysis"));
    }
}

const LEAKS: &str = include_str!("../../../../../end2end/quality/tutor/leaks.tsv");
const LEAK_KEYS: &str = include_str!("../../../../../end2end/quality/tutor/leak_keys.tsv");
const HARMLESS: &str = include_str!("../../../../../end2end/quality/tutor/harmless.tsv");

/// The rows of a judged set.
fn rows(set: &str) -> Vec<Vec<String>> {
    set.lines().skip(1).map(|line| line.split('\t').map(String::from).collect()).collect()
}

/// The keys of the set, each by its id.
fn judged_keys() -> HashMap<String, Key> {
    let key = |row: Vec<String>| {
        let right = usize::from(row[5].as_bytes()[0] - b'A');
        let key = row[3].split(';').fold(Key::new(&row[2]), |key, name| key.also(name));
        (row[0].clone(), key.option(right).asked(&row[1]))
    };
    rows(LEAK_KEYS).into_iter().map(key).collect()
}

#[test]
fn sentences_of_the_judged_set_that_leak_are_withheld() {
    let keys = judged_keys();
    let mut missed = vec![];
    for row in rows(LEAKS) {
        let chunks: Vec<&str> = row[3].split('|').collect();
        let passed = through(keys[&row[1]].clone(), &chunks);
        // one sentence of some rows tells nothing by itself
        let told = shown(&passed);
        if !matches!(told.trim(), "" | "(Morse)" | "Opioid overdose?" | "Rightly so.") {
            missed.push(format!("{} {} {}: {}", row[0], row[1], row[2], told));
        }
    }
    assert_eq!(missed, Vec::<String>::new());
}

#[test]
fn sentences_of_the_judged_set_that_help_pass() {
    let keys = judged_keys();
    let all = rows(HARMLESS);
    let held: Vec<String> = all
        .iter()
        .filter_map(|row| Some(format!("{} {:?}: {}", row[0], keys[&row[1]].leak(&row[2])?, row[2])))
        .collect();
    println!("{} of {} harmless sentences pass", all.len() - held.len(), all.len());
    assert!(held.len() * 20 <= all.len(), "{held:#?}");
}
