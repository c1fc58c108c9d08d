//! In which language a sentence is, by its script and its commonest words. Owns: telling a sentence that is in another language
//! than the question. Refuses: translating: a name in another language that is no cognate cannot be known here, so that the sentence
//! is held back as a whole.

/// Letters of another script that are no quoted word.
const SCRIPT_LETTERS: usize = 2;
/// Common words that tell a language.
const TELLING: usize = 2;

/// Common words of languages, of those that no other of them has.
const LANGUAGES: &[(&str, &[&str])] = &[
    (
        "en",
        &[
            "the", "of", "and", "is", "are", "which", "what", "that", "this", "with", "from", "for", "how",
            "does", "it", "its", "by", "to", "you", "your", "has", "have", "where", "when", "why", "between",
            "not", "be", "can", "at", "on", "their", "they", "who", "would", "into",
        ],
    ),
    (
        "de",
        &[
            "der", "das", "und", "ist", "ein", "eine", "nicht", "mit", "von", "vom", "zu", "auf", "für",
            "sind", "wird", "den", "dem", "sich", "auch", "welche", "welcher", "oder", "aus", "bei",
            "antwort", "lautet", "richtig", "nach", "durch", "im", "zum", "zur", "es", "ich", "sie",
        ],
    ),
    (
        "fr",
        &[
            "le", "les", "des", "est", "et", "une", "dans", "pour", "avec", "sur", "qui", "que", "du", "au",
            "aux", "cette", "réponse", "bonne", "vous", "sont", "par", "c'est", "il", "elle", "être",
        ],
    ),
    (
        "es",
        &[
            "el",
            "los",
            "las",
            "es",
            "una",
            "del",
            "por",
            "para",
            "con",
            "que",
            "respuesta",
            "correcta",
            "está",
            "como",
            "más",
            "pero",
            "se",
            "su",
            "al",
            "lo",
            "y",
            "son",
        ],
    ),
    (
        "it",
        &[
            "il", "gli", "è", "una", "della", "del", "che", "per", "con", "risposta", "giusta", "sono",
            "nel", "nella", "di", "non", "dei", "alla", "corretta",
        ],
    ),
    (
        "pt",
        &[
            "o", "os", "é", "uma", "da", "do", "dos", "das", "em", "para", "com", "não", "resposta", "certa",
            "ao", "na", "no", "são", "mais", "pelo",
        ],
    ),
    (
        "nl",
        &[
            "het", "een", "van", "niet", "zijn", "wordt", "met", "voor", "antwoord", "juiste", "de", "en",
            "dat", "ook", "door", "naar",
        ],
    ),
    (
        "pl",
        &[
            "jest",
            "nie",
            "się",
            "to",
            "na",
            "że",
            "jak",
            "odpowiedź",
            "poprawna",
            "oraz",
            "przez",
            "który",
            "która",
            "w",
            "z",
            "do",
            "są",
        ],
    ),
    (
        "tr",
        &[
            "bir", "ve", "bu", "için", "doğru", "cevap", "ile", "değil", "olan", "çok", "şık", "daha",
            "gibi", "olarak", "bunun",
        ],
    ),
    (
        "sv",
        &[
            "och", "är", "ett", "en", "som", "inte", "svaret", "rätt", "av", "för", "på", "med", "till",
            "det", "att",
        ],
    ),
];

/// A language, as [`LANGUAGES`] counts them.
pub(super) type Tongue = usize;

/// The language of a text; `None` where too little tells it.
pub(super) fn tongue(text: &str) -> Option<Tongue> {
    let counts = counted(text);
    let (best, most) = counts.iter().enumerate().max_by_key(|(at, count)| (**count, usize::MAX - at))?;
    (*most >= TELLING).then_some(best)
}

fn counted(text: &str) -> Vec<usize> {
    let lower = text.to_lowercase().replace('’', "'");
    let said: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != '\'').collect();
    let count = |common: &&[&str]| said.iter().filter(|word| common.contains(word)).count();
    LANGUAGES.iter().map(|(_, common)| count(common)).collect()
}

/// Whether a sentence is in another language than `own`, or in a script that Latin is no part of.
pub(super) fn is_foreign(text: &str, own: Tongue) -> bool {
    let other = |c: &char| {
        matches!(c, '\u{400}'..='\u{52f}' | '\u{530}'..='\u{1fff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
            && !matches!(c, '\u{1e00}'..='\u{1fff}')
    };
    if text.chars().filter(other).count() > SCRIPT_LETTERS {
        return true;
    }
    let counts = counted(text);
    let most = counts.iter().enumerate().filter(|(at, _)| *at != own).map(|(_, count)| *count).max();
    most.is_some_and(|most| most >= TELLING && most > counts[own])
}
