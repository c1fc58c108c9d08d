//! Letters that look like others, and the ways to name an option. Owns: seeing through invisible characters, lookalikes of other
//! scripts, letters in circles and figures for letters. Refuses: codes (`cipher`).

use crate::sentence::sentences;

/// A text without characters that cannot be seen.
pub(super) fn visible(text: &str) -> String {
    let hidden = |c: char| {
        matches!(
            c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        ) || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
            || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e01ef}' | '\u{3164}')
            || matches!(c, '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20f0}')
    };
    text.chars().filter(|c| !hidden(*c)).collect()
}

/// A text with every lookalike as the Latin letter that it is taken for; a word all in Greek letters of which some are no
/// lookalikes stays.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for part in text.split_inclusive(|c: char| !c.is_alphanumeric() && !is_boxed(c)) {
        let like: String = part.chars().map(lookalike).collect();
        let foreign = like.chars().any(|c| matches!(c, '\u{370}'..='\u{52f}'));
        // 'β-blocker' is Greek on purpose
        let alone = part.chars().filter(|c| c.is_alphanumeric()).count() < 2;
        out.push_str(if foreign || alone && !part.chars().any(is_boxed) { part } else { &like });
    }
    out
}

/// Letters in circles and squares, which are no letters to Unicode.
fn is_boxed(c: char) -> bool {
    matches!(c, '\u{249c}'..='\u{24e9}' | '\u{1f110}'..='\u{1f189}' | '\u{1f1e6}'..='\u{1f1ff}')
}

fn lookalike(c: char) -> char {
    let nth = |first: u32| char::from(b'a' + ((c as u32 - first) % 26) as u8);
    match c {
        '\u{ff21}'..='\u{ff3a}' => nth(0xff21),
        '\u{ff41}'..='\u{ff5a}' => nth(0xff41),
        '\u{249c}'..='\u{24b5}' => nth(0x249c),
        '\u{24b6}'..='\u{24cf}' => nth(0x24b6),
        '\u{24d0}'..='\u{24e9}' => nth(0x24d0),
        '\u{1f110}'..='\u{1f129}' => nth(0x1f110),
        '\u{1f130}'..='\u{1f149}' => nth(0x1f130),
        '\u{1f150}'..='\u{1f169}' => nth(0x1f150),
        '\u{1f170}'..='\u{1f189}' => nth(0x1f170),
        '\u{1f1e6}'..='\u{1f1ff}' => nth(0x1f1e6),
        // bold, italic, script, fraktur, double-struck, sans and monospace letters, 52 by 52
        '\u{1d400}'..='\u{1d6a3}' => nth(0x1d400),
        'а' | 'А' | 'α' | 'Α' | 'ɑ' => 'a',
        'в' | 'В' | 'Β' | 'ʙ' | 'Ь' | 'ь' => 'b',
        'с' | 'С' | 'ϲ' | 'ᴄ' => 'c',
        'ԁ' | 'ᴅ' => 'd',
        'е' | 'Е' | 'ё' | 'ε' | 'Ε' | 'є' | 'ᴇ' => 'e',
        'ғ' | 'ꜰ' => 'f',
        'ɡ' | 'ɢ' => 'g',
        'һ' | 'Н' | 'Η' | 'ʜ' => 'h',
        'і' | 'І' | 'ι' | 'Ι' | 'ɪ' | 'ı' | 'ї' => 'i',
        'ј' | 'Ј' | 'ᴊ' => 'j',
        'к' | 'К' | 'κ' | 'Κ' | 'ᴋ' => 'k',
        'ӏ' | 'Ӏ' | 'ʟ' => 'l',
        'м' | 'М' | 'Μ' | 'ᴍ' => 'm',
        'п' | 'Ν' | 'η' | 'ɴ' => 'n',
        'о' | 'О' | 'ο' | 'Ο' | 'ᴏ' | 'σ' => 'o',
        'р' | 'Р' | 'ρ' | 'Ρ' | 'ᴘ' => 'p',
        'ԛ' => 'q',
        'г' | 'ʀ' => 'r',
        'ѕ' | 'Ѕ' | 'ꜱ' => 's',
        'т' | 'Т' | 'τ' | 'Τ' | 'ᴛ' => 't',
        'υ' | 'ᴜ' | 'ц' => 'u',
        'ν' | 'ѵ' | 'ᴠ' => 'v',
        'ԝ' | 'ω' | 'ᴡ' => 'w',
        'х' | 'Х' | 'χ' | 'Χ' => 'x',
        'у' | 'У' | 'γ' | 'Υ' | 'ʏ' => 'y',
        'Ζ' | 'ᴢ' => 'z',
        other => other,
    }
}

/// Words in which figures and signs stand among letters, with letters for them ('f1br1n0lys1s').
pub(super) fn figures_as_letters(text: &str) -> String {
    let letter = |c: char| match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        '8' => 'b',
        other => other,
    };
    let word = |part: &str| -> String {
        let letters = part.chars().filter(|c| c.is_alphabetic()).count();
        let figures =
            part.trim_end_matches(['!', '.', ',', '?']).chars().filter(|c| letter(*c) != *c).count();
        let mixed = letters >= 2 && figures > 0;
        if mixed { part.chars().map(letter).collect() } else { part.to_string() }
    };
    text.split_inclusive(char::is_whitespace).map(word).collect()
}

/// Words that announce an option.
const CUES: &[&str] = &[
    "answer",
    "answers",
    "option",
    "choice",
    "letter",
    "alternative",
    "solution",
    "key",
    "pick",
    "choose",
    "select",
    "take",
    "tick",
    "mark",
    "antwort",
    "buchstabe",
    "lösung",
    "auswahl",
    "respuesta",
    "opción",
    "letra",
    "réponse",
    "lettre",
    "choix",
    "risposta",
    "opzione",
    "lettera",
    "scelta",
    "resposta",
    "opção",
    "antwoord",
    "odpowiedź",
    "ответ",
    "вариант",
    "答案",
    "答案是",
    "选项",
    "選項",
];
/// Words that may stand between the cue and the option.
const FILLERS: &[&str] = &[
    "is",
    "the",
    "be",
    "option",
    "choice",
    "letter",
    "number",
    "no",
    "would",
    "should",
    "it",
    "s",
    "must",
    "here",
    "correct",
    "right",
    "of",
    "as",
    "to",
    "with",
    "simply",
    "just",
    "clearly",
    "definitely",
    "probably",
    "called",
    "marked",
    "ist",
    "die",
    "der",
    "nummer",
    "es",
    "la",
    "el",
    "est",
    "número",
    "lettre",
    "letra",
    "è",
    "é",
    "opción",
    "buchstabe",
    "numéro",
    "correcta",
    "richtige",
    "это",
    "是",
    "one",
];
/// Words that take options away.
const EXCLUDED: &[&str] = &[
    "wrong",
    "false",
    "incorrect",
    "excluded",
    "exclude",
    "eliminated",
    "eliminate",
    "out",
    "not",
    "neither",
    "none",
    "impossible",
    "discard",
    "discarded",
    "cross",
    "crossed",
    "falsch",
    "falsas",
    "fausses",
    "sbagliate",
];
/// Words before a letter that make a name of it.
const NAMED: &[&str] = &[
    "vitamin",
    "hepatitis",
    "type",
    "group",
    "class",
    "stage",
    "factor",
    "grade",
    "influenza",
    "protein",
    "phase",
    "immunoglobulin",
    "strep",
    "cyclin",
];
const CARDINALS: [&[&str]; 6] = [
    &["1", "one", "eins", "uno"],
    &["2", "two", "zwei", "dos", "deux"],
    &["3", "three", "drei", "tres", "trois", "tre"],
    &["4", "four", "vier", "cuatro", "quatre", "quattro"],
    &["5", "five", "fünf", "cinco", "cinq", "cinque"],
    &["6", "six", "sechs", "seis", "sei"],
];
const ORDINALS: [&[&str]; 6] = [
    &["1st", "first", "erste", "primera", "première", "prima"],
    &["2nd", "second", "zweite", "segunda", "deuxième", "seconda"],
    &["3rd", "third", "dritte", "tercera", "troisième", "terza"],
    &["4th", "fourth", "vierte", "cuarta", "quatrième", "quarta"],
    &["5th", "fifth", "fünfte", "quinta", "cinquième"],
    &["6th", "sixth", "sechste", "sexta", "sixième"],
];
const CODE_WORDS: [&str; 6] = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot"];

/// Whether a text names the option at `index` (from 0) as one: 'the answer is B', 'option two', 'the second choice'.
pub(super) fn points_at(text: &str, index: usize) -> bool {
    let letter = u8::try_from(index).ok().filter(|index| *index < 26).map(|index| char::from(b'A' + index));
    // a lone letter is folded here: elsewhere it is Greek on purpose
    let lone = |c: char| match lookalike(c) {
        like if like != c && c.is_uppercase() => like.to_ascii_uppercase(),
        like => like,
    };
    let whole = folded(text);
    let folded = whole.split(' ').map(|part| match part.chars().filter(|c| c.is_alphanumeric()).count() {
        1 => part.chars().map(lone).collect(),
        _ => part.to_string(),
    });
    let folded = folded.collect::<Vec<String>>().join(" ");
    // numbers within a sentence alone: 'What is your answer? Two things matter.'
    let said = |text: &str, letter| {
        let within = |sentence| points(&text[sentence], index, letter, true);
        points(text, index, letter, false) || sentences(text).into_iter().any(within)
    };
    letter.is_some_and(|letter| said(text, letter) || said(&folded, letter))
}

fn points(plain: &str, index: usize, letter: char, numbers: bool) -> bool {
    let parts: Vec<&str> = plain.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()).collect();
    let lower: Vec<String> = parts.iter().map(|part| part.to_lowercase()).collect();
    let is_letter = |at: usize| {
        let same = lower[at].chars().eq(letter.to_lowercase());
        // 'a' is an article, and 'I' whoever speaks
        same && (parts[at].starts_with(letter) || !matches!(letter, 'A' | 'I'))
    };
    let listed = |table: &[&[&str]], at: usize| {
        numbers && table.get(index).is_some_and(|row| row.contains(&lower[at].as_str()))
    };
    let is_cue = |at: usize| CUES.contains(&lower[at].as_str());
    let names = |at: usize| {
        let named = at > 0 && NAMED.contains(&lower[at - 1].as_str());
        !named
            && (is_letter(at)
                || listed(&CARDINALS, at)
                || CODE_WORDS.get(index).is_some_and(|word| *word == lower[at]))
    };
    let announced = |cue: usize| {
        let mut at = cue + 1;
        while at < lower.len() && FILLERS.contains(&lower[at].as_str()) && !is_letter(at) && at < cue + 5 {
            if listed(&CARDINALS, at) || listed(&ORDINALS, at) {
                return lower[at] != "one";
            }
            at += 1;
        }
        // 'choose one'; 'option one' and 'number one' name it
        let counted = |at: usize| {
            lower[at] != "one" || matches!(lower[at - 1].as_str(), "option" | "number" | "choice")
        };
        // 'the answer is 2 mL' is another matter
        let measured = |at: usize| listed(&CARDINALS, at) && at + 1 < lower.len() && !is_cue(at + 1);
        // 'choose two reasons'
        let asks = matches!(lower[cue].as_str(), "pick" | "choose" | "select" | "take" | "tick" | "mark");
        // 'take the first sentence'
        let takes = matches!(lower[cue].as_str(), "take" | "tick" | "mark");
        let of_options = |at: usize| match lower.get(at + 1).map(String::as_str) {
            None | Some("one" | "option" | "choice" | "answer" | "letter" | "alternative") => true,
            Some(_) => !takes,
        };
        at < lower.len()
            && (names(at) && counted(at) && (!measured(at) || at == cue + 1 && !asks)
                || listed(&ORDINALS, at) && of_options(at))
    };
    let ordinal = |at: usize| {
        let next = lower.get(at + 1).map(String::as_str);
        let spoken_of = lower.iter().enumerate().any(|(other, word)| {
            other != at && (is_cue(other) || matches!(word.as_str(), "correct" | "listed" | "right"))
        });
        listed(&ORDINALS, at)
            && next.is_some_and(|next| {
                matches!(
                    next,
                    "option" | "choice" | "answer" | "alternative" | "letter" | "opción" | "antwort"
                ) || next == "one" && spoken_of
            })
    };
    let verdict = |at: usize| {
        let after: Vec<&str> = lower[at + 1..].iter().take(4).map(String::as_str).collect();
        let said = matches!(
            after.as_slice(),
            ["is", "right" | "correct" | "true" | "it", ..]
                | ["is", "the", "answer" | "right" | "correct" | "one", ..]
        );
        let named = at > 0 && NAMED.contains(&lower[at - 1].as_str());
        is_letter(at) && parts[at].starts_with(letter) && said && !named
    };
    let small = format!("({})", letter.to_ascii_lowercase());
    let bracketed = plain.contains(&format!("({letter})"))
        || plain.trim_start().starts_with(&format!("{letter})"))
        || numbers && plain.contains(&small) && (0..parts.len()).any(is_cue);
    let between = index > 0 && {
        let (before, after) = (char::from(b'A' + index as u8 - 1), char::from(b'A' + index as u8 + 1));
        let neighbours = |a: char, b: char| {
            parts.windows(4).any(|w| {
                w[0].eq_ignore_ascii_case("between")
                    && w[1] == a.to_string()
                    && w[2] == "and"
                    && w[3] == b.to_string()
            })
        };
        neighbours(before, after)
    };
    // 'A, B and C can all be excluded'
    let others = (b'A'..=b'H').map(char::from).filter(|other| {
        *other != letter && parts.iter().any(|part| part.len() == 1 && part.starts_with(*other))
    });
    let none_of_it = !parts.iter().any(|part| part.len() == 1 && part.starts_with(letter));
    let excluded = numbers
        && none_of_it
        && lower.iter().any(|word| EXCLUDED.contains(&word.as_str()))
        && others.count() >= 3;
    excluded
        || (0..parts.len()).any(|at| is_cue(at) && announced(at) || ordinal(at) || verdict(at))
        || bracketed
        || between
        || parts.len() == 1 && is_letter(0)
}
