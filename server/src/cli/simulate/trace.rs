//! A month of requests, always the same for a seed. Owns: what a learner asks for in a day and how it is put. Refuses: knowing
//! what is answered from where.
//!
//! A day is one of a learner who practises a hundred questions: some 37 answers are explained, 12 turns go to the tutor, 20
//! questions are written and 20 judged, a lecture is analysed in 8 calls, one plan is made and two queries are rewritten.
//! What is explained is about the day's 25 concepts, some far more often than others (Zipf's law with exponent 1), about one
//! of six sides of each, and put in one of five ways: so a learner who comes back to something puts it otherwise four times
//! out of five.
//!
//! Turns to the tutor come in sessions of four to eight, all about what the first one is about. A learner reads an answer and
//! writes the next turn in one to six minutes, so that one in five is later than the five minutes for which a provider keeps a
//! beginning. Each turn says again what was said before it: the first one is shorter than the 2,400 tokens that a turn has on
//! average by the design, the last ones are longer.

use crate::{clock::utc_start, llm::Task};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use std::ops::{Range, RangeInclusive};

/// Of a hundred requests, so many for each task.
const MIX: [(Task, u32); 7] = [
    (Task::Explain, 37),
    (Task::Tutor, 12),
    (Task::Question, 20),
    (Task::Judge, 20),
    (Task::Analyse, 8),
    (Task::Plan, 1),
    (Task::Bulk, 2),
];

/// Turns of a session, at least and at most.
const TURNS: RangeInclusive<usize> = 4..=8;

/// Between an answer and the next turn, in milliseconds.
const PAUSE: Range<i64> = 60_000..360_000;

/// Concepts of a day.
const A_DAY: usize = 25;

/// About so many tokens that a request (of a conversation, its first) and its answer have.
pub(super) struct Shape {
    pub(super) input: u64,
    pub(super) output: u32,
}

impl Task {
    /// Of this task.
    pub(super) fn shape(self) -> Shape {
        let (input, output) = match self {
            Self::Explain => (1_800, 500),
            Self::Tutor => (1_500, 750),
            Self::Reason => (2_400, 750),
            Self::Question => (1_800, 650),
            Self::Judge => (1_500, 250),
            Self::Analyse => (6_000, 1_200),
            Self::Plan => (2_500, 800),
            Self::Bulk => (300, 60),
        };
        Shape { input, output }
    }
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// Milliseconds after the trace's beginning.
    pub(super) at: i64,
    pub(super) task: Task,
    /// The passage that it is about.
    pub(super) passage: u32,
    pub(super) words: String,
    /// The learner's words in the turns before this one, from the first on.
    pub(super) before: Vec<String>,
    /// Whether the same question may be answered the same: explanations, and no turn of a conversation.
    pub(super) is_kept: bool,
}

/// What lectures of a first clinical year are about.
const CONCEPTS: &[&str] = &[
    "atrial fibrillation",
    "heart failure",
    "aortic stenosis",
    "mitral regurgitation",
    "infective endocarditis",
    "pericarditis",
    "cardiac tamponade",
    "myocardial infarction",
    "stable angina",
    "hypertension",
    "atherosclerosis",
    "deep vein thrombosis",
    "pulmonary embolism",
    "asthma",
    "COPD",
    "cystic fibrosis",
    "pneumothorax",
    "pneumonia",
    "tuberculosis",
    "sarcoidosis",
    "pulmonary fibrosis",
    "pleural effusion",
    "acute kidney injury",
    "chronic kidney disease",
    "nephrotic syndrome",
    "nephritic syndrome",
    "renal artery stenosis",
    "kidney stones",
    "pyelonephritis",
    "hyponatremia",
    "hyperkalemia",
    "hypokalemia",
    "metabolic acidosis",
    "metabolic alkalosis",
    "diabetes insipidus",
    "SIADH",
    "type 1 diabetes",
    "type 2 diabetes",
    "diabetic ketoacidosis",
    "hypothyroidism",
    "Graves disease",
    "thyroid storm",
    "Cushing syndrome",
    "Addison disease",
    "pheochromocytoma",
    "acromegaly",
    "hyperparathyroidism",
    "osteoporosis",
    "rickets",
    "gout",
    "rheumatoid arthritis",
    "osteoarthritis",
    "lupus",
    "systemic sclerosis",
    "ankylosing spondylitis",
    "peptic ulcer disease",
    "GERD",
    "celiac disease",
    "Crohn disease",
    "ulcerative colitis",
    "diverticulitis",
    "appendicitis",
    "acute pancreatitis",
    "chronic pancreatitis",
    "cirrhosis",
    "hepatitis B",
    "hepatitis C",
    "portal hypertension",
    "hepatic encephalopathy",
    "cholecystitis",
    "cholangitis",
    "hemochromatosis",
    "Wilson disease",
    "iron deficiency anemia",
    "pernicious anemia",
    "sickle cell disease",
    "thalassemia",
    "hemophilia A",
    "von Willebrand disease",
    "immune thrombocytopenia",
    "DIC",
    "multiple myeloma",
    "Hodgkin lymphoma",
    "acute myeloid leukemia",
    "chronic lymphocytic leukemia",
    "ischemic stroke",
    "subarachnoid hemorrhage",
    "epilepsy",
    "migraine",
    "multiple sclerosis",
    "Parkinson disease",
    "Alzheimer disease",
    "myasthenia gravis",
    "Guillain-Barre syndrome",
    "meningitis",
    "encephalitis",
    "glaucoma",
    "cataract",
    "otitis media",
    "psoriasis",
    "eczema",
    "melanoma",
    "basal cell carcinoma",
    "preeclampsia",
    "ectopic pregnancy",
    "placenta previa",
    "endometriosis",
    "polycystic ovary syndrome",
    "breast cancer",
    "cervical cancer",
    "prostate cancer",
    "testicular torsion",
    "syphilis",
    "gonorrhea",
    "HIV infection",
    "malaria",
    "Lyme disease",
    "sepsis",
    "anaphylaxis",
    "opioid overdose",
    "paracetamol overdose",
    "alcohol withdrawal",
    "schizophrenia",
    "bipolar disorder",
    "major depression",
];

/// Six sides of a concept, each put in five ways.
const SIDES: [[&str; 5]; 6] = [
    [
        "What causes {}?",
        "causes of {}",
        "What are the causes of {}?",
        "explain what causes {}",
        "why does {} happen",
    ],
    [
        "How is {} treated?",
        "treatment of {}",
        "What is the treatment of {}?",
        "how do you treat {}",
        "{} treatment",
    ],
    [
        "How is {} diagnosed?",
        "diagnosis of {}",
        "How do you diagnose {}?",
        "{} diagnosis",
        "which test confirms {}",
    ],
    [
        "What are the symptoms of {}?",
        "symptoms of {}",
        "{} symptoms",
        "Tell me the symptoms of {}",
        "how does {} feel",
    ],
    [
        "What are the complications of {}?",
        "complications of {}",
        "{} complications",
        "Explain the complications of {}",
        "what can go wrong in {}",
    ],
    [
        "What is the pathophysiology of {}?",
        "pathophysiology of {}",
        "Explain the pathophysiology of {}",
        "{} pathophysiology",
        "what happens in the body in {}",
    ],
];

/// The trace of a seed.
pub(super) fn trace(seed: u64, days: u32, per_day: u32) -> Vec<Asked> {
    let mut random = StdRng::seed_from_u64(seed);
    // of its own, so that sessions change nothing of what else is asked
    let mut pauses = StdRng::seed_from_u64(!seed);
    let mut asked: Vec<Asked> = vec![];
    for day in 0..days {
        let mut session = Session::default();
        let mut concepts: Vec<usize> = (0..CONCEPTS.len()).collect();
        concepts.shuffle(&mut random);
        concepts.truncate(A_DAY);
        // a day of study has 14 hours
        let mut times: Vec<i64> = (0..per_day).map(|_| random.random_range(0..14 * 3_600_000)).collect();
        times.sort_unstable();
        for (n, time) in times.into_iter().enumerate() {
            let task = task(&mut random);
            let concept = concepts[zipf(&mut random, A_DAY)];
            let side = random.random_range(0..SIDES.len());
            let at = utc_start(i64::from(day)) + time;
            let (at, concept, side) = match task {
                Task::Tutor => session.turn(&mut pauses, at, concept, side),
                _ => (at, concept, side),
            };
            let way = random.random_range(0..SIDES[side].len());
            let put = SIDES[side][way].replace("{}", CONCEPTS[concept]);
            let words = match task {
                Task::Explain => put,
                // no two turns, drafts or parts of a document are the same
                _ => format!("{put} ({day}.{n})"),
            };
            let passage = (concept * SIDES.len() + side) as u32;
            let before = if task == Task::Tutor { session.say(&words) } else { vec![] };
            asked.push(Asked { at, task, passage, words, before, is_kept: task == Task::Explain });
        }
    }
    // later turns of a session were moved to its first one
    asked.sort_by_key(|asked| asked.at);
    asked
}

/// A conversation with the tutor.
#[derive(Default)]
struct Session {
    left: usize,
    at: i64,
    concept: usize,
    side: usize,
    said: Vec<String>,
}

impl Session {
    /// When the next turn comes and what it is about: soon after the one before, or, in a new session, as drawn.
    fn turn(&mut self, random: &mut StdRng, at: i64, concept: usize, side: usize) -> (i64, usize, usize) {
        if self.left == 0 {
            *self = Self { left: random.random_range(TURNS), at, concept, side, said: vec![] };
        } else {
            self.at += random.random_range(PAUSE);
        }
        self.left -= 1;
        (self.at, self.concept, self.side)
    }

    /// Says something. Gives what was said before.
    fn say(&mut self, words: &str) -> Vec<String> {
        let before = self.said.clone();
        self.said.push(words.into());
        before
    }
}

fn task(random: &mut StdRng) -> Task {
    let mut drawn = random.random_range(0..100);
    for (task, share) in MIX {
        if drawn < share {
            return task;
        }
        drawn -= share;
    }
    Task::Explain
}

/// A rank from 0, the n-th as often as 1 / (n + 1).
fn zipf(random: &mut StdRng, ranks: usize) -> usize {
    let weights: Vec<f64> = (1..=ranks).map(|rank| 1.0 / rank as f64).collect();
    let mut drawn = random.random_range(0.0..weights.iter().sum::<f64>());
    for (rank, weight) in weights.iter().enumerate() {
        if drawn < *weight {
            return rank;
        }
        drawn -= weight;
    }
    ranks - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_always_the_same_and_has_its_mix() {
        assert_eq!(MIX.iter().map(|(_, share)| share).sum::<u32>(), 100);
        let month = trace(1, 30, 100);
        assert_eq!(month, trace(1, 30, 100));
        assert_ne!(month, trace(2, 30, 100));
        assert_eq!(month.len(), 3_000);
        assert!(month.is_sorted_by_key(|asked| asked.at));
        let explained = month.iter().filter(|asked| asked.task == Task::Explain).count();
        assert!((1_000..1_220).contains(&explained), "{explained}");
    }

    #[test]
    fn turns_come_in_sessions_and_say_again_what_was_said() {
        let month = trace(1, 30, 100);
        let turns: Vec<&Asked> = month.iter().filter(|asked| asked.task == Task::Tutor).collect();
        assert!((300..420).contains(&turns.len()), "{}", turns.len());
        let (mut late, mut later) = (0, 0);
        for turn in &turns {
            let Some(last) = turn.before.last() else { continue };
            let before = turns.iter().rfind(|other| other.words == *last && other.at < turn.at).unwrap();
            assert_eq!((before.passage, before.before.len() + 1), (turn.passage, turn.before.len()));
            assert!(PAUSE.contains(&(turn.at - before.at)));
            later += 1;
            late += usize::from(turn.at - before.at > 300_000);
        }
        assert!(late * 10 > later && late * 10 < later * 3, "{late} of {later}");
        let others = month.iter().filter(|asked| asked.task != Task::Tutor);
        assert!(others.into_iter().all(|asked| asked.before.is_empty()));
        assert!(turns.iter().map(|turn| turn.before.len()).max() < Some(*TURNS.end()));
    }
}
