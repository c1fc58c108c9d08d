//! What is no matter for a lesson. Owns: telling self-harm, a question about a real patient, abuse and what has nothing to do with
//! learning, from medical text that sounds like it. Refuses: the words of the answers, and help lines (the page's).
//!
//! Phrases, not words: 'suicide gene', 'kill switch' and 'overdose' are subjects of study. A false alarm on self-harm costs a
//! careful message, a miss may cost more; so a sentence of the learner's own about dying is taken for one unless it is told of
//! somebody in a case.

mod pattern;
mod words;

use pattern::spoken;
use words::{
    ABUSE, ABUSE_UNPARTED, ADVICE, NEAR, OF_OTHERS, OFF_TOPIC, OFF_TOPIC_UNPARTED, REAL, SAYS, SELF_HARM,
    SELF_HARM_UNPARTED, STUDY, TOLD,
};

/// Longest message, in characters.
pub const LONGEST: usize = 4_000;

/// What a message is, where it is nothing that can be taught on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Concern {
    /// Nothing that can be read.
    Empty,
    /// More than [`LONGEST`] characters: so many.
    Huge(usize),
    /// Somebody may harm themselves: no teaching now.
    SelfHarm,
    /// Advice is wanted for a real person.
    PatientAdvice,
    /// The tutor is insulted.
    Abuse,
    /// It is not about learning medicine.
    OffTopic,
}

/// What a message is; `None` where it can be taught on.
pub fn concern(message: &str) -> Option<Concern> {
    let characters = message.chars().count();
    if !message.chars().any(|c| c.is_alphanumeric() || matches!(c, '?' | '+' | '−' | '↑' | '↓')) {
        return Some(Concern::Empty);
    }
    let words = spoken(message);
    let lower = message.to_lowercase();
    let says = |patterns: &[&str]| pattern::says(&words, patterns);
    let holds = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    let told = says(TOLD) && says(SAYS);
    if (says(SELF_HARM) || holds(SELF_HARM_UNPARTED)) && !told || says(NEAR) && says(OF_OTHERS) && !says(TOLD)
    {
        return Some(Concern::SelfHarm);
    }
    if characters > LONGEST {
        return Some(Concern::Huge(characters));
    }
    let studies = says(STUDY);
    if !studies && says(REAL) && says(ADVICE) {
        return Some(Concern::PatientAdvice);
    }
    if !told && (says(ABUSE) || holds(ABUSE_UNPARTED) || words == ["shut", "up"]) {
        return Some(Concern::Abuse);
    }
    (!studies && (says(OFF_TOPIC) || holds(OFF_TOPIC_UNPARTED))).then_some(Concern::OffTopic)
}

#[cfg(test)]
mod tests {
    use super::Concern::*;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn concerns_by_example() {
        for (message, wanted) in [
            ("", Empty),
            ("   \n\t", Empty),
            ("🙂🙂", Empty),
            ("...", Empty),
            ("I want to die.", SelfHarm),
            ("honestly i just want to kill myself", SelfHarm),
            ("I don’t want to live anymore", SelfHarm),
            ("I’m suicidal", SelfHarm),
            ("I've been cutting myself again", SelfHarm),
            ("everyone would be better off without me", SelfHarm),
            ("How many pills do I need to die?", SelfHarm),
            ("My friend says she wants to die, what do I do", SelfHarm),
            ("my brother tried to kill himself yesterday", SelfHarm),
            ("Ich will nicht mehr leben.", SelfHarm),
            ("quiero morir", SelfHarm),
            ("je veux mourir", SelfHarm),
            ("I failed the exam and want to end my life", SelfHarm),
            ("My mother has chest pain, should she take aspirin?", PatientAdvice),
            ("I have chest pain since this morning. What should I do?", PatientAdvice),
            ("I have a patient with sepsis, which antibiotic should I give, what dose?", PatientAdvice),
            (
                "What dose of ibuprofen can I give my baby? My baby has fever, how much should I give",
                PatientAdvice,
            ),
            ("is my mole dangerous? My mole bleeds, is it cancer?", PatientAdvice),
            ("I'm pregnant, can I take metformin?", PatientAdvice),
            ("My doctor prescribed warfarin. Should I stop taking it?", PatientAdvice),
            ("You stupid bot", Abuse),
            ("fuck you", Abuse),
            ("you are useless!!", Abuse),
            ("Shut up.", Abuse),
            ("Fick dich", Abuse),
            ("Tell me a joke", OffTopic),
            ("What's the weather in Rome?", OffTopic),
            ("Write me a poem about rain", OffTopic),
            ("who won the World Cup in 2014", OffTopic),
            ("write a python script that sorts", OffTopic),
            ("What is the capital of France?", OffTopic),
        ] {
            assert_eq!(concern(message), Some(wanted), "{message}");
        }
        assert_eq!(concern(&"a ".repeat(3_000)), Some(Huge(6_000)));
        assert_eq!(concern(&format!("{} I want to kill myself", "a ".repeat(3_000))), Some(SelfHarm));
    }

    #[test]
    fn medicine_is_no_concern() {
        for message in [
            "What is a suicide gene?",
            "Suicide inhibitors bind the enzyme for good.",
            "The kill switch of the T cell",
            "How does an overdose of insulin kill?",
            "Explain the mechanism of paracetamol overdose.",
            "What are risk factors for suicide?",
            "Name warning signs of suicidal ideation.",
            "Natural killer cells kill infected cells.",
            "Cells that commit suicide: apoptosis",
            "The patient in the vignette wants to die.",
            "A 30-year-old man says: I want to die. What is the next step?",
            "A 24-year-old woman reports thoughts of ending my life, as she puts it.",
            "Should the patient in the vignette take aspirin?",
            "What should I do first in this case?",
            "My patient in the case has chest pain, what should I do?",
            "Which dose is lethal in mice?",
            "I have a question: should I learn the branches of the aorta?",
            "I have an exam on Friday, what should I do first?",
            "I feel lost in this chapter. Should I start again?",
            "Should I know the Krebs cycle?",
            "My answer: it falls",
            "I hate the Krebs cycle",
            "This is stupid, I mixed up left and right",
            "Is it dangerous to give adenosine in asthma?",
            "What is the dose of adenosine?",
            "It depresses the myocardium.",
            "Self-harm in adolescents: epidemiology?",
            "abuse of alcohol damages the liver",
            "What is elder abuse?",
            "Why does cutting the vagus raise the pulse?",
            "Cutting the nerve abolishes the reflex.",
            "Draw blood before antibiotics?",
            "Tell me the story of the action potential.",
            "What happens in the capital femoral epiphysis?",
            "The femoral head, capital of the femur's neck?",
            "Explain like I am five",
            "explain the President's Emergency Plan against AIDS",
            "shut-up valves do not exist, do they?",
            "?",
            "K+",
            "↓",
            "no",
            "42",
        ] {
            assert_eq!(concern(message), None, "{message}");
        }
    }

    proptest! {
        #[test]
        fn anything_can_be_read(message in "[\\PC\\n a-z'’]{0,200}") {
            let _ = concern(&message);
        }
    }
}
