//! What is no matter for a lesson. Owns: telling self-harm, a question about a real patient, abuse and what has nothing to do with
//! learning, from medical text that sounds like it. Refuses: the words of the answers, and help lines (the page's).
//!
//! Phrases, not words: 'suicide gene', 'kill switch' and 'overdose' are subjects of study. A false alarm on self-harm costs a
//! careful message, a miss may cost more; so a sentence of the learner's own about dying is taken for one unless it is told of
//! somebody in a case.

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

/// First-person sentences of wanting to die or to hurt oneself.
const SELF_HARM: &[&str] = &[
    "i want to die",
    "i wanna die",
    "i just want to die",
    "i wish i was dead",
    "i wish i were dead",
    "i want to be dead",
    "i d rather be dead",
    "id rather be dead",
    "kill myself",
    "killing myself",
    "end my life",
    "ending my life",
    "end it all",
    "take my own life",
    "taking my own life",
    "take my life",
    "hurt myself",
    "hurting myself",
    "harm myself",
    "harming myself",
    "cutting myself",
    "cut myself on purpose",
    "i am suicidal",
    "im suicidal",
    "i feel suicidal",
    "feeling suicidal",
    "i have suicidal thoughts",
    "my suicidal thoughts",
    "i am thinking about suicide",
    "im thinking about suicide",
    "i am thinking of suicide",
    "im thinking of suicide",
    "i want to commit suicide",
    "i will commit suicide",
    "i tried to commit suicide",
    "i attempted suicide",
    "i dont want to live",
    "i do not want to live",
    "dont want to be alive",
    "do not want to be alive",
    "no reason to live",
    "nothing to live for",
    "better off without me",
    "better off dead",
    "i cant go on living",
    "i want to disappear forever",
    "overdose on purpose",
    "how many pills do i need to die",
    "ich will sterben",
    "ich will nicht mehr leben",
    "ich möchte nicht mehr leben",
    "mich umbringen",
    "bringe mich um",
    "mir das leben nehmen",
    "quiero morir",
    "quiero morirme",
    "me quiero matar",
    "quiero matarme",
    "no quiero vivir",
    "suicidarme",
    "je veux mourir",
    "me suicider",
    "me tuer",
    "voglio morire",
    "uccidermi",
    "quero morrer",
    "me matar",
];
/// Of somebody near.
const NEAR: &[&str] = &[
    "my friend",
    "my best friend",
    "my roommate",
    "my flatmate",
    "my brother",
    "my sister",
    "my girlfriend",
    "my boyfriend",
    "my partner",
    "my wife",
    "my husband",
    "my mother",
    "my mom",
    "my mum",
    "my father",
    "my dad",
    "my son",
    "my daughter",
    "my classmate",
];
const OF_OTHERS: &[&str] = &[
    "wants to die",
    "kill herself",
    "kill himself",
    "kill themselves",
    "kill themself",
    "is suicidal",
    "hurt herself",
    "hurt himself",
    "hurting herself",
    "hurting himself",
    "end her life",
    "end his life",
    "cutting herself",
    "cutting himself",
];
/// Words of a case that is told.
const TOLD: &[&str] =
    &["year old", "vignette", "the patient", "a patient", "in the case", "case report", "exam question"];
const SAYS: &[&str] = &[
    "says",
    "said",
    "states",
    "stated",
    "reports",
    "reported",
    "tells",
    "told",
    "saying",
    "stating",
    "thoughts of",
];

/// Who a question about a real person is about.
const REAL: &[&str] = &[
    "my mother",
    "my mom",
    "my mum",
    "my father",
    "my dad",
    "my grandmother",
    "my grandma",
    "my grandfather",
    "my grandpa",
    "my son",
    "my daughter",
    "my baby",
    "my child",
    "my kid",
    "my wife",
    "my husband",
    "my partner",
    "my girlfriend",
    "my boyfriend",
    "my brother",
    "my sister",
    "my friend",
    "my neighbor",
    "my neighbour",
    "my uncle",
    "my aunt",
    "my patient",
    "a patient of mine",
    "my dog",
    "my cat",
    "i have been having",
    "ive been having",
    "i have had",
    "ive had",
    "i have a",
    "i have an",
    "i have chest pain",
    "i have pain",
    "i feel",
    "i am having",
    "im having",
    "i was prescribed",
    "my doctor",
    "i am taking",
    "im taking",
    "i took",
    "i am pregnant",
    "im pregnant",
    "my chest",
    "my mole",
    "my blood pressure",
    "my symptoms",
    "my test results",
    "my lab results",
    "my own",
];
/// What is wanted for them.
const ADVICE: &[&str] = &[
    "should i",
    "should she",
    "should he",
    "should they",
    "should we",
    "can i take",
    "can she take",
    "can he take",
    "can i give",
    "should i give",
    "what dose",
    "which dose",
    "what can i take",
    "how much should",
    "how many should",
    "what should i do",
    "what do i do",
    "is it dangerous",
    "is it serious",
    "is that dangerous",
    "is it cancer",
    "is this cancer",
    "do i need",
    "does she need",
    "does he need",
    "what do i have",
    "what is wrong with me",
    "whats wrong with me",
    "diagnose me",
    "am i having",
    "is it safe for me",
    "is it safe to take",
    "should i worry",
    "should i be worried",
    "stop taking",
    "go to the hospital",
    "go to the er",
    "see a doctor",
    "what should i prescribe",
    "should i prescribe",
    "treat my",
    "treat her",
    "treat him",
    "help her",
    "help him",
    "what medication",
    "which antibiotic should",
];
/// Words of study.
const STUDY: &[&str] = &[
    "vignette",
    "in the case",
    "in this case",
    "the case",
    "exam",
    "question",
    "lecture",
    "textbook",
    "flashcard",
    "chapter",
    "page",
    "slide",
    "the patient in",
    "board",
    "usmle",
    "quiz",
    "professor",
    "in my notes",
    "my notes",
    "year old",
];

const ABUSE: &[&str] = &[
    "fuck you",
    "fuck off",
    "fucking idiot",
    "fucking stupid",
    "fucking bot",
    "stupid bot",
    "stupid ai",
    "stupid machine",
    "dumb bot",
    "dumb ai",
    "you are stupid",
    "youre stupid",
    "you re stupid",
    "you are an idiot",
    "youre an idiot",
    "you idiot",
    "you moron",
    "you are useless",
    "youre useless",
    "useless bot",
    "piece of shit",
    "just shut up",
    "shut up you",
    "shut up already",
    "go to hell",
    "you suck",
    "i hate you",
    "you bitch",
    "you bastard",
    "you asshole",
    "arschloch",
    "halt die fresse",
    "du idiot",
    "fick dich",
    "hijo de puta",
    "eres idiota",
    "ta gueule",
    "va te faire",
];

const OFF_TOPIC: &[&str] = &[
    "tell me a joke",
    "tell me a story",
    "write me a poem",
    "write a poem",
    "write me a song",
    "sing a song",
    "what is the weather",
    "whats the weather",
    "weather tomorrow",
    "who won the",
    "football match",
    "world cup",
    "super bowl",
    "lottery numbers",
    "winning numbers",
    "bitcoin",
    "stock price",
    "stock market",
    "which stocks",
    "crypto",
    "recipe for",
    "best pizza",
    "cook dinner",
    "book a flight",
    "book me a",
    "movie recommendation",
    "recommend a movie",
    "recommend me a movie",
    "which movie",
    "best video game",
    "write python",
    "write a python",
    "write code",
    "python script",
    "javascript",
    "write my essay",
    "write an essay about my",
    "love letter",
    "horoscope",
    "zodiac",
    "who should i vote",
    "the election",
    "president of",
    "what is the capital of",
    "whats the capital of",
    "are you human",
    "are you single",
    "will you marry me",
    "be my girlfriend",
    "be my boyfriend",
    "translate this email",
    "write an email",
    "cover letter",
];

/// What a message is; `None` where it can be taught on.
pub fn concern(message: &str) -> Option<Concern> {
    let characters = message.chars().count();
    if !message.chars().any(|c| c.is_alphanumeric() || matches!(c, '?' | '+' | '−' | '↑' | '↓')) {
        return Some(Concern::Empty);
    }
    let text = spoken(message);
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(&format!(" {phrase} ")));
    let told = says(TOLD) && says(SAYS);
    if says(SELF_HARM) && !told || says(NEAR) && says(OF_OTHERS) && !says(TOLD) {
        return Some(Concern::SelfHarm);
    }
    if characters > LONGEST {
        return Some(Concern::Huge(characters));
    }
    if says(REAL) && says(ADVICE) && !says(STUDY) {
        return Some(Concern::PatientAdvice);
    }
    if says(ABUSE) || text == " shut up " {
        return Some(Concern::Abuse);
    }
    (says(OFF_TOPIC) && !says(STUDY)).then_some(Concern::OffTopic)
}

/// In small letters, words parted by one space each, a space at either end; apostrophes left out.
fn spoken(message: &str) -> String {
    let mut out = String::from(" ");
    for c in message.chars() {
        match c {
            '\'' | '’' | '\u{200b}'..='\u{200f}' | '\u{ad}' => {}
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            _ if !out.ends_with(' ') => out.push(' '),
            _ => {}
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
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
