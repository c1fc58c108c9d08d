//! Words, as search and highlighting see them. Owns: where a word begins and ends in medical prose, and its
//! folded form, in which spellings of one thing are equal (`β-blocker` and `beta blocker`, `Ca²⁺` and `Ca2+`,
//! `Ménière` and `Meniere`). Refuses: stems (a language's matter, the server's) and meanings (a lexicon's).
//!
//! Index, query and highlighting all read through [`words`], so what is found is what is lit.

use crate::document::Span;

/// Longest folded form, in characters; what is longer (sequences, encoded data) is cut there, in text and
/// query alike.
const LONGEST: usize = 64;

/// One word, or one more form of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Where it stands.
    pub span: Span,
    /// Its number in the text, counted from 0. Several forms of a word share it (`na+` and `na`); the closed
    /// form of a compound (`betablocker`) shares that of its first part.
    pub position: u32,
    /// Lower case, without accents, Greek letters by name, superscripts as plain digits.
    pub form: String,
}

/// The words of a text, ascending by position.
///
/// Letters and digits make a word; besides, it holds a charge (`Na+`, `HCO3−`, with the bare form beside it), a
/// decimal point or thousands comma between digits, an apostrophe (a possessive `'s` is left out), and the
/// points of an abbreviation (`i.v.`). A hyphen parts words, but the closed form stands beside them.
pub fn words(text: &str) -> Vec<Word> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut scanner = Scanner { text, chars: &chars, at: 0, words: vec![], position: 0 };
    while scanner.at < chars.len() {
        scanner.compound();
    }
    scanner.words
}

struct Scanner<'t> {
    text: &'t str,
    chars: &'t [(usize, char)],
    at: usize,
    words: Vec<Word>,
    position: u32,
}

impl Scanner<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).map(|(_, c)| *c)
    }

    fn offset(&self) -> usize {
        self.chars.get(self.at).map_or(self.text.len(), |(offset, _)| *offset)
    }

    fn emit(&mut self, start: usize, end: usize, position: u32, form: &str) {
        let form: String = form.chars().take(LONGEST).collect();
        self.words.push(Word { span: Span::new(start, end), position, form });
    }

    /// Words joined by hyphens, or one character that belongs to no word.
    fn compound(&mut self) {
        let start = self.offset();
        let (first, index) = (self.position, self.words.len());
        let mut parts: Vec<String> = vec![];
        while let Some(part) = self.word() {
            parts.push(part);
            if !(self.peek(0).is_some_and(is_hyphen) && self.peek(1).is_some_and(is_body)) {
                break;
            }
            self.at += 1;
        }
        match parts.len() {
            0 => self.at += 1,
            2 | 3 => {
                let end = self.words.last().map_or(start, |word| word.span.end as usize);
                self.emit(start, end, first, &parts.concat());
                // ascending by position: the closed form goes beside the first part
                self.words[index..].sort_by_key(|word| word.position);
            }
            _ => {}
        }
    }

    /// One word at this place; its form is told, for compounds.
    fn word(&mut self) -> Option<String> {
        let start = self.offset();
        let mut form = String::new();
        let mut end = start;
        while let Some(c) = self.peek(0) {
            let next = self.peek(1);
            if is_ideograph(c) && !form.is_empty() {
                break;
            }
            if is_body(c) {
                fold(c, &mut form);
            } else if form.is_empty() {
                break;
            } else if is_ignored(c) && next.is_some_and(is_body) {
                // a hyphen that shows at line ends only
            } else if matches!(c, '.' | ',') && self.between_digits() {
                let thousands =
                    c == ',' && (2..=4).take_while(|i| self.digit(*i)).count() == 2 && !self.digit(4);
                if c == ',' && !thousands {
                    break;
                }
                if c == '.' {
                    form.push('.');
                }
            } else if c == '.' && self.abbreviates(start) {
                // i.v. -> iv
            } else if is_apostrophe(c) && next.is_some_and(char::is_alphabetic) {
                let possessive = matches!(next, Some('s' | 'S')) && !self.peek(2).is_some_and(is_body);
                if possessive {
                    end = self.offset();
                    self.at += 2;
                    return self.finish(start, end, form);
                }
            } else {
                break;
            }
            self.at += 1;
            end = self.offset();
            if is_ideograph(c) {
                break;
            }
        }
        self.finish(start, end, form)
    }

    fn finish(&mut self, start: usize, end: usize, mut form: String) -> Option<String> {
        if form.is_empty() {
            return None;
        }
        if let Some(micro) = micro(&self.text[start..], &form) {
            form = micro;
        }
        let position = self.position;
        self.position += 1;
        match self.charge(&form) {
            Some((charge, length)) => {
                self.at += length;
                let end = self.offset();
                self.emit(start, end, position, &format!("{form}{charge}"));
                let base = form.trim_end_matches(['2', '3']);
                // in Ca2+ the digit is part of the charge, in CD4+ and HCO3− of the name
                let bare = if CATIONS.contains(&base) { base } else { &form };
                self.emit(start, end, position, bare);
            }
            None => self.emit(start, end, position, &form),
        }
        Some(form)
    }

    /// A charge behind the word: how it is written in folded form, and its length in characters.
    fn charge(&self, form: &str) -> Option<(&'static str, usize)> {
        let (sign, length) = match (self.peek(0)?, self.peek(1)) {
            ('+' | '⁺', Some('+' | '⁺')) => ("2+", 2),
            ('+' | '⁺', _) => ("+", 1),
            ('−' | '⁻', _) => ("-", 1),
            ('-', _) if ANIONS.contains(&form) => ("-", 1),
            _ => return None,
        };
        let short = form.len() <= 6 && form.starts_with(|c: char| c.is_ascii_alphabetic());
        (short && !self.peek(length).is_some_and(is_body)).then_some((sign, length))
    }

    fn digit(&self, ahead: usize) -> bool {
        self.peek(ahead).is_some_and(|c| c.is_ascii_digit())
    }

    fn between_digits(&self) -> bool {
        self.at > 0 && self.chars[self.at - 1].1.is_ascii_digit() && self.digit(1)
    }

    /// Whether this point stands in an abbreviation of single letters that began at `start`.
    fn abbreviates(&self, start: usize) -> bool {
        let single = self.text[start..self.offset()].split('.').all(|part| part.chars().count() == 1);
        let next = self.peek(1).is_some_and(char::is_alphabetic) && !self.peek(2).is_some_and(is_body);
        let before = self.at > 0 && self.chars[self.at - 1].1.is_alphabetic();
        before && single && next
    }
}

/// Cations that are written with the number of their charges.
const CATIONS: [&str; 12] = ["ca", "mg", "fe", "cu", "zn", "mn", "al", "ba", "pb", "co", "ni", "hg"];

/// Anions whose charge is often written as a plain hyphen.
const ANIONS: [&str; 12] =
    ["cl", "oh", "hco3", "po43", "hpo42", "h2po4", "so42", "no3", "no2", "br", "f", "i"];

/// Units before which a lone mu means 'micro'.
const MICRO_UNITS: [&str; 7] = ["g", "m", "l", "mol", "v", "s", "a"];

/// A micro sign before a unit, as laboratories write it without one: `µg` is `ug`, not `mug`.
fn micro(written: &str, form: &str) -> Option<String> {
    let unit = form.strip_prefix("mu").filter(|_| written.starts_with(['µ', 'μ']))?;
    MICRO_UNITS.contains(&unit).then(|| format!("u{unit}"))
}

fn is_body(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}')
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2bc}')
}

fn is_ignored(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Characters of scripts that put no space between words: each is a word.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Appends the folded form of a character.
fn fold(c: char, form: &mut String) {
    if c.is_ascii() {
        form.push(c.to_ascii_lowercase());
        return;
    }
    for c in c.to_lowercase() {
        match plain(c) {
            Some(plain) => form.push_str(plain),
            None if matches!(c, '\u{300}'..='\u{36f}') => {}
            None => form.push(c),
        }
    }
}

/// What a lower-case letter outside ASCII is written as.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'α' | 'ά' => "alpha",
        'β' | 'ϐ' => "beta",
        'γ' => "gamma",
        'δ' => "delta",
        'ε' | 'ϵ' | 'έ' => "epsilon",
        'ζ' => "zeta",
        'η' | 'ή' => "eta",
        'θ' | 'ϑ' => "theta",
        'ι' | 'ί' => "iota",
        'κ' | 'ϰ' => "kappa",
        'λ' => "lambda",
        'μ' | 'µ' => "mu",
        'ν' => "nu",
        'ξ' => "xi",
        'ο' | 'ό' => "omicron",
        'π' => "pi",
        'ρ' | 'ϱ' => "rho",
        'σ' | 'ς' => "sigma",
        'τ' => "tau",
        'υ' | 'ύ' => "upsilon",
        'φ' | 'ϕ' => "phi",
        'χ' => "chi",
        'ψ' => "psi",
        'ω' | 'ώ' => "omega",
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ı' | 'į' => "i",
        'ł' | 'ĺ' | 'ļ' | 'ľ' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ţ' | 'ť' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        '⁰' | '₀' => "0",
        '¹' | '₁' => "1",
        '²' | '₂' => "2",
        '³' | '₃' => "3",
        '⁴' | '₄' => "4",
        '⁵' | '₅' => "5",
        '⁶' | '₆' => "6",
        '⁷' | '₇' => "7",
        '⁸' | '₈' => "8",
        '⁹' | '₉' => "9",
        _ => return None,
    })
}

/// English words that carry no subject: they are neither searched for nor lit. Folded forms, sorted.
const STOP: &[&str] = &[
    "a", "about", "above", "after", "again", "all", "also", "am", "an", "and", "any", "are", "arent", "as",
    "at", "be", "because", "been", "before", "being", "between", "both", "but", "by", "can", "cannot",
    "cant", "could", "did", "didnt", "do", "does", "doesnt", "doing", "dont", "during", "each", "eg",
    "either", "etc", "ever", "few", "for", "from", "further", "had", "has", "have", "having", "he", "hence",
    "her", "here", "hers", "him", "his", "how", "however", "i", "ie", "if", "in", "into", "is", "isnt", "it",
    "its", "itself", "just", "let", "may", "me", "might", "more", "most", "must", "my", "no", "nor", "not",
    "of", "off", "on", "once", "only", "or", "other", "our", "out", "over", "own", "per", "same", "shall",
    "she", "should", "since", "so", "some", "such", "than", "that", "the", "their", "theirs", "them", "then",
    "there", "these", "they", "this", "those", "through", "thus", "to", "too", "under", "until", "up",
    "upon", "very", "was", "we", "were", "what", "when", "where", "whether", "which", "while", "who", "whom",
    "whose", "why", "will", "with", "within", "would", "you", "your", "yours",
];

/// Whether a folded form is one of the words that carry no subject.
pub fn is_stop(form: &str) -> bool {
    STOP.binary_search(&form).is_ok()
}

/// The words of a query that are worth looking for: its [`words`] without stop words, unless it has no others.
/// A lone capital inside the query stays (`hepatitis A`, `type I`).
pub fn subject(query: &str) -> Vec<Word> {
    let all = words(query);
    let shouted = !query.contains(char::is_lowercase);
    let carries = |word: &Word| {
        let written = &query[word.span.range()];
        let capital = written.chars().count() == 1 && written.contains(char::is_uppercase);
        !is_stop(&word.form) || capital && word.position > 0 && !shouted
    };
    let kept: Vec<Word> = all.iter().filter(|word| carries(word)).cloned().collect();
    if kept.is_empty() { all } else { kept }
}

/// How many letters have to be put in, taken out, changed or swapped with their neighbour (optimal string alignment; Damerau 1964).
pub fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = changed.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn forms(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| format!("{}:{}", word.position, word.form)).collect()
    }

    #[test]
    fn table() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            (" — ()…🫀 ", &[]),
            ("The Heart, beats.", &["0:the", "1:heart", "2:beats"]),
            ("Na+ in", &["0:na+", "0:na", "1:in"]),
            ("Ca2+ Ca²⁺ Ca++", &["0:ca2+", "0:ca", "1:ca2+", "1:ca", "2:ca2+", "2:ca"]),
            ("CD4+ T", &["0:cd4+", "0:cd4", "1:t"]),
            ("HCO3− Cl- pre- and", &["0:hco3-", "0:hco3", "1:cl-", "1:cl", "2:pre", "3:and"]),
            ("Na+/K+ 2+2 C++", &["0:na+", "0:na", "1:k+", "1:k", "2:2", "3:2", "4:c2+", "4:c"]),
            ("5-HT", &["0:5", "0:5ht", "1:ht"]),
            ("β-blocker", &["0:beta", "0:betablocker", "1:blocker"]),
            ("TNFα TNF-alpha", &["0:tnfalpha", "1:tnf", "1:tnfalpha", "2:alpha"]),
            ("T4 p53 H₂O", &["0:t4", "1:p53", "2:h2o"]),
            ("Ménière's Sjo\u{308}gren", &["0:meniere", "1:sjogren"]),
            ("don’t O'Brien", &["0:dont", "1:obrien"]),
            ("pH 7.4, 1,500 mL 1,2", &["0:ph", "1:7.4", "2:1500", "3:ml", "4:1", "5:2"]),
            ("i.v. e.g. end. A", &["0:iv", "1:eg", "2:end", "3:a"]),
            ("5 µg μ-opioid mum", &["0:5", "1:ug", "2:mu", "2:muopioid", "3:opioid", "4:mum"]),
            ("ﬁbro\u{ad}sis", &["0:fibrosis"]),
            ("state-of-the-art", &["0:state", "1:of", "2:the", "3:art"]),
            ("心臓 heart", &["0:心", "1:臓", "2:heart"]),
        ];
        for (text, expected) in cases {
            assert_eq!(forms(text), *expected, "{text}");
        }
    }

    #[test]
    fn spans_hold_the_word_as_written() {
        let text = "The Ca²⁺ of Crohn's β-blocker";
        let slices: Vec<&str> = words(text).iter().map(|word| &text[word.span.range()]).collect();
        assert_eq!(slices, ["The", "Ca²⁺", "Ca²⁺", "of", "Crohn", "β", "β-blocker", "blocker"]);
    }

    #[test]
    fn a_query_keeps_its_subject() {
        let subject = |query| subject(query).into_iter().map(|word| word.form).collect::<Vec<_>>();
        assert_eq!(subject("why does the AV node delay the impulse?"), ["av", "node", "delay", "impulse"]);
        assert_eq!(subject("Hepatitis A and type I"), ["hepatitis", "a", "type", "i"]);
        assert_eq!(subject("A HEART"), ["heart"]);
        assert_eq!(subject("to be or not to be").len(), 6);
        assert_eq!(subject("  "), [""; 0]);
    }

    #[test]
    fn stop_words_are_sorted_for_the_search() {
        assert!(STOP.is_sorted());
        assert!(is_stop("the") && is_stop("a") && is_stop("yours") && !is_stop("heart"));
    }

    #[test]
    fn a_word_without_end_is_cut() {
        assert_eq!(words(&"ä".repeat(10_000))[0].form, "a".repeat(64));
    }

    proptest! {
        #[test]
        fn spans_are_borders_and_positions_ascend(text in "[\\PC\\n a-cA-Cβ²⁺+.,'0-9-]{0,60}") {
            let found = words(&text);
            for word in &found {
                prop_assert!(!word.form.is_empty());
                prop_assert!(text.get(word.span.range()).is_some_and(|slice| !slice.is_empty()));
            }
            prop_assert!(found.is_sorted_by_key(|word| word.position));
        }

        #[test]
        fn case_does_not_matter(text in "[a-zA-Z0-9 .+-]{0,40}") {
            prop_assert_eq!(forms(&text.to_uppercase()), forms(&text.to_lowercase()));
        }
    }
}
