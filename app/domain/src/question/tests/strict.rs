//! What strict judges refused, each as a rule with sentences of our own: which facts are found, which may be asked.

use crate::document::{BlockKind, Builder, Document, Run};
use crate::question::distractors::Bench;
use crate::question::facts;
use crate::question::filters;
use crate::question::refusal::Refusal;
use crate::question::vectors::trigrams;
use crate::question::{Options, generate, matter};

use super::lecture_of;

/// The stems that are found in a sentence, with what the filters say of each.
fn judged(paragraphs: &[&str]) -> Vec<(String, Result<(), Refusal>)> {
    let document = lecture_of(paragraphs);
    let matter = matter::read(&document);
    let bench = Bench::new(&matter, &trigrams);
    let mut found = vec![];
    facts::all(&matter, &mut |fact| found.extend(fact.ok()));
    found.iter().map(|fact| (fact.stem.clone(), filters::fact(&matter, &bench, fact))).collect()
}

#[track_caller]
fn found(paragraph: &str, stem: &str) {
    let all = judged(&[paragraph]);
    assert!(all.iter().any(|(s, _)| s == stem), "{stem} is not in {all:#?}");
}

#[track_caller]
fn refused(paragraph: &str, part: &str, refusal: Refusal) {
    let all = judged(&[paragraph]);
    let hits: Vec<_> = all.iter().filter(|(stem, _)| stem.contains(part)).collect();
    assert!(!hits.is_empty(), "{part} is not in {all:#?}");
    assert!(hits.iter().all(|(_, verdict)| *verdict == Err(refusal)), "{hits:#?}");
}

#[test]
fn more_shapes_of_sentences_define() {
    for (sentence, stem) in [
        (
            "A *hydrophobic* molecule is one that shuns water at every surface.",
            "Which term describes a molecule that shuns water at every surface?",
        ),
        (
            "A *multipotent* cell gives rise to several lineages of one tissue.",
            "Which term describes a cell that gives rise to several lineages of one tissue?",
        ),
        (
            "Two solutions that pull water with equal strength are said to be *isotonic*.",
            "Which term describes two solutions that pull water with equal strength?",
        ),
        (
            "*Distal* describes a position farther from the trunk of the body.",
            "Which term describes a position farther from the trunk of the body?",
        ),
        (
            "*Plasma* is the term given to the fluid that remains when all cells are taken from blood.",
            "Which term describes the fluid that remains when all cells are taken from blood?",
        ),
        (
            "Lining the hollow interior of the long bone is the *endosteum*.",
            "Which of the following lines the hollow interior of the long bone?",
        ),
        (
            "Located between the left atrium and the left ventricle is the *mitral valve*.",
            "Which of the following is located between the left atrium and the left ventricle?",
        ),
        (
            "*Inversion* turns the sole toward the midline, while *eversion* turns the sole away from the midline.",
            "Which {lead} turns the sole away from the midline?",
        ),
        (
            "In contrast, *osmosis* is the diffusion of water through a membrane that holds back solutes.",
            "Which of the following is the diffusion of water through a membrane that holds back solutes?",
        ),
        (
            "The *annular ligament* encircles the neck of the radius below the elbow.",
            "Which {lead} encircles the neck of the radius below the elbow?",
        ),
        (
            "In contrast to diffusion, *active transport* is the movement of particles with energy from the cell.",
            "Which of the following is the movement of particles with energy from the cell?",
        ),
        (
            "The *metaphase plate* is the name for the plane on which the chromosomes line up in mitosis.",
            "Which term describes the plane on which the chromosomes line up in mitosis?",
        ),
        (
            "A *channel protein* is an example of an integral protein that carries ions through the membrane.",
            "Which term describes an integral protein that carries ions through the membrane?",
        ),
        (
            "A *channel protein* is an integral protein that carries particles, such as small ions, into the cell.",
            "Which of the following is an integral protein that carries particles into the cell?",
        ),
        (
            "A *lymph node* is one of the small, bean-shaped organs that filter the lymph of a limb.",
            "Which of the following is one of the small, bean-shaped organs that filter the lymph of a limb?",
        ),
        (
            "*Autophagy* is the process of a cell digesting an old organelle by wrapping it in a membrane.",
            "Which of the following is the process of a cell digesting an old organelle by wrapping it in a membrane?",
        ),
    ] {
        found(sentence, stem);
    }
}

#[test]
fn what_was_lost_with_the_paragraph_is_refused() {
    for (sentence, part, refusal) in [
        (
            "The *metaphase plate* forms between the centrosomes that are now located at either end of the spindle.",
            "now located",
            Refusal::Deictic,
        ),
        (
            "The *fibular ligament* is on the lateral side and spans from the condyle of the femur to the fibula.",
            "on the lateral side",
            Refusal::Dangling,
        ),
        (
            "The *T cell* binds using its antigen receptor and secretes cytokines that diffuse to distant tissue.",
            "binds using",
            Refusal::Fragment,
        ),
        (
            "The *elbow joint* is a hinge joint formed by the humeroulnar joint between the humerus and the ulna.",
            "following is a hinge joint formed",
            Refusal::VagueVerb,
        ),
        (
            "*Cardiac muscle* undergoes aerobic respiration that burns lipids and carbohydrates all day long.",
            "undergoes",
            Refusal::VagueVerb,
        ),
        (
            "The *inferior vena cava* empties into the posterior portion of the atria near the diaphragm.",
            "portion of the atria",
            Refusal::Dangling,
        ),
        (
            "The *macula densa* measures the sodium that reaches the wall of the distal tubule at that point.",
            "at that point",
            Refusal::Deictic,
        ),
        (
            "*Calcitonin* inhibits the reabsorption of HPO 4 2− in the distal tubule of the nephron.",
            "HPO 4",
            Refusal::Fragment,
        ),
        (
            "A *rotation* results because the lateral condyle of the femur is smaller than the medial condyle.",
            "results because",
            Refusal::Antecedent,
        ),
        (
            "As a result, *calcitriol* enters the target cell and raises the transport of calcium into the plasma.",
            "enters the target",
            Refusal::Refers,
        ),
        (
            "An *extrinsic ligament* is located outside of the articular capsule.",
            "outside of the articular capsule",
            Refusal::Shared,
        ),
        (
            "*Spindle fibers* grow toward the plate like long fingers of a hand that grasps the chromosomes.",
            "like long fingers",
            Refusal::VagueVerb,
        ),
        (
            "*Peroxisomes* perform a couple of different functions in the liver, including the breakdown of fatty acids.",
            "a couple of",
            Refusal::VagueVerb,
        ),
        (
            "The *pineal gland* is a tiny endocrine gland of the brain whose functions are not entirely clear.",
            "not entirely clear",
            Refusal::VagueVerb,
        ),
        (
            "A *ribosome* might translate the message of a messenger strand within about one minute.",
            "might translate",
            Refusal::VagueVerb,
        ),
        (
            "A *condyloid joint* is a joint that allows for the several directions of movement at the wrist.",
            "the several directions",
            Refusal::Deictic,
        ),
        (
            "The *symporter* carries glucose and sodium out of the lumen so that glucose enters the cell.",
            "enters the cell",
            Refusal::Dangling,
        ),
        ("*Purkinje fibers* have a fast inherent conduction rate.", "fast inherent", Refusal::Shared),
    ] {
        refused(sentence, part, refusal);
    }
}

#[test]
fn a_condition_is_not_cut_from_its_clause() {
    let all = judged(&[
        "The *thymus* is a lymphoid organ that is largest in early childhood, and begins to shrink as we age.",
    ]);
    assert!(all.iter().any(|(stem, _)| stem.ends_with("largest in early childhood?")), "{all:#?}");
    assert!(all.iter().all(|(stem, _)| !stem.contains("begins to shrink")), "{all:#?}");
}

#[test]
fn definitions_of_one_build_are_options_of_each_other() {
    let document = lecture_of(&[
        "The *sagittal plane* is the plane that divides the body vertically into right and left sides.",
        "The *coronal plane* is the plane that divides the body vertically into ventral and dorsal parts.",
        "The *transverse plane* is the plane that divides the body horizontally into upper and lower portions.",
    ]);
    let items = generate(&document, &Options::default()).items;
    let item = items.iter().find(|item| item.stem.contains("horizontally")).expect("the plane is asked");
    let mut options: Vec<&str> = item.options.iter().map(|o| o.text.as_str()).collect();
    options.sort_unstable();
    assert_eq!(options, ["coronal plane", "sagittal plane", "transverse plane"]);
}

#[test]
fn what_a_thing_does_is_asked_from_its_name_as_well() {
    let items = generate(&super::lecture(), &Options::default()).items;
    let reversed = items.iter().find(|item| item.stem.starts_with("Which of the following best describes"));
    let item = reversed.expect("a name is given");
    let words: Vec<&str> = item.stem.trim_end_matches('?').split(' ').collect();
    let name = words.iter().find(|w| item.concept.eq_ignore_ascii_case(w));
    assert!(name.is_some() && item.options.iter().all(|o| !o.text.contains(&item.concept)), "{item:#?}");
}

fn tables(parts: &[&str]) -> Document {
    let mut builder = Builder::new();
    builder.page(1);
    builder.push(BlockKind::Heading(2), &[Run::plain("Messengers")]);
    for part in parts {
        builder.push(BlockKind::Table { header: 1 }, &[Run::plain(part)]);
    }
    builder.build()
}

fn options(document: &Document, stem: &str) -> Vec<String> {
    let items = generate(document, &Options::default()).items;
    let item = items.iter().find(|item| item.stem == stem);
    let item = item.unwrap_or_else(|| panic!("{stem} is not in {items:#?}"));
    let mut options: Vec<String> = item.options.iter().map(|o| o.text.clone()).collect();
    options.sort_unstable();
    options
}

#[test]
fn tables_of_one_shape_are_read_together() {
    let document = tables(&[
        "Gland\tAssociated hormones\tEffect\nPancreas\tInsulin\tReduces blood glucose levels\nPancreas\tGlucagon\tIncreases \
         blood glucose levels\nThyroid\tCalcitonin\tSlows the breakdown of bone",
        // goes on after a page break, without its heading row
        "Pineal\tMelatonin\tSignals the onset of darkness\nPituitary\tProlactin\tPromotes milk production",
    ]);
    let names = options(&document, "Which hormone promotes milk production?");
    assert!(names.contains(&"Prolactin".to_string()) && names.len() == 4, "{names:?}");
    let opposite = options(&document, "Which hormone reduces blood glucose levels?");
    assert!(opposite.contains(&"Glucagon".to_string()), "{opposite:?}");
    let glands = options(&document, "With which gland is the hormone melatonin associated?");
    assert_eq!(glands, ["Pancreas", "Pineal", "Pituitary", "Thyroid"]);
}

#[test]
fn rows_that_share_an_entry_or_name_nothing_are_no_options() {
    let shared = tables(&[
        "Condition\tCause\nPolyuria\tdiabetes; excess caffeine; certain drugs\nOliguria\tshock; blood loss; \
                           enlarged prostate\nAnuria\tstones; kidney failure; enlarged prostate",
    ]);
    let stems = |document: &Document| -> Vec<String> {
        generate(document, &Options::default()).items.into_iter().map(|item| item.stem).collect()
    };
    assert!(stems(&shared).iter().all(|stem| !stem.contains("enlarged prostate")), "{:?}", stems(&shared));
    let adjective = tables(&[
        "Cell\tFunction\nDendritic\tBrings antigens to regional nodes\nMacrophage\tEats debris after an \
                              injury\nNeutrophil\tArrives first at a wound\nMast cell\tReleases histamine near vessels",
    ]);
    assert!(stems(&adjective).iter().all(|stem| !stem.contains("regional nodes")), "{:?}", stems(&adjective));
    let systems = tables(&[
        "System\tIllness\nSkeletal system\tfractures after a fall\nNervous system\theadache and loss of \
                            sleep\nDigestive system\theartburn after a meal",
    ]);
    assert_eq!(stems(&systems), Vec::<String>::new());
}

#[test]
fn a_class_and_what_may_be_of_it_are_no_options_together() {
    let document = lecture_of(&[
        "The *T cell* matures in the thymus. A *naïve lymphocyte* has met no antigen. The *renal corpuscle* is a part of \
         the *nephron*. A *cortical nephron* has a short loop. The *brush border* faces the lumen of the tubule.",
    ]);
    let matter = matter::read(&document);
    let term = |key: &str| matter.terms.index[key];
    for (one, two) in [("t cell", "naïve lymphocyte"), ("renal corpuscle", "cortical nephron")] {
        assert!(matter.relations.barred(term(one), term(two)), "{one} and {two}");
    }
    assert!(!matter.relations.barred(term("renal corpuscle"), term("brush border")));
}

/// The options of the question whose stem holds a part, the key first.
fn asked_options(paragraphs: &[&str], part: &str) -> Vec<String> {
    let generated = generate(&lecture_of(paragraphs), &Options::default());
    let item = generated.items.iter().find(|item| item.stem.contains(part));
    let item = item.unwrap_or_else(|| panic!("{part} is not asked: {:#?}", generated.refused));
    let mut options: Vec<_> = item.options.iter().map(|o| (!o.correct, o.text.clone())).collect();
    options.sort();
    options.into_iter().map(|(_, text)| text).collect()
}

#[test]
fn a_class_is_asked_for_one_of_its_members_beside_members_of_other_classes() {
    let joints = [
        "The three types of *fibrous joints* are *sutures*, *gomphoses*, and *syndesmoses*.",
        "A *symphysis* is a *cartilaginous joint* that ties two bones together by a pad of fibrocartilage.",
        "A *synchondrosis* is a *cartilaginous joint* that lets a long bone grow until the plate turns to bone.",
        "A *gomphosis* holds the root of a tooth in the socket of the jaw by many short bands.",
        "A *suture* holds two plates of the skull together along a jagged line that no one can move.",
        "A *syndesmosis* holds two long shafts of the forearm together by a wide sheet between them.",
    ];
    let options = asked_options(&joints, "is a fibrous joint?");
    assert!(["gomphosis", "suture", "syndesmosis"].contains(&options[0].as_str()), "{options:?}");
    assert_eq!(options[1..], ["symphysis", "synchondrosis"], "no other fibrous joint stands beside it");
}

#[test]
fn a_chamber_of_the_heart_stands_beside_the_other_three() {
    let heart = [
        "The *right atrium* receives spent blood from the two great veins of the body.",
        "The *left atrium* receives fresh blood from the four veins of the lungs.",
        "The *right ventricle* pumps spent blood toward the lungs through the pulmonary trunk.",
        "The *left ventricle* pumps fresh blood toward the whole body through the aorta and its thick wall.",
        "The *right atrium* opens into the *right ventricle*, and the *left atrium* into the *left ventricle*.",
    ];
    let options = asked_options(&heart, "through the pulmonary trunk");
    assert_eq!(options, ["right ventricle", "left atrium", "left ventricle", "right atrium"]);
}
