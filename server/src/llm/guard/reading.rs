//! A question as tokens. Owns: taking the frame away, and bringing each word to one form: spelling, number of noun and
//! verb, numerals, units, abbreviations, synonyms. Refuses: the order of words (`order`).
//!
//! Stems here are those of inflection alone. The search's stemmer, made to find much, brings 'positive' and 'position',
//! 'organ' and 'organism', 'immunity' and 'immunisation' together.

use super::frames::{CLOSINGS, OPENINGS, SPOKEN};
use super::tables::{COUNTED, IRREGULAR, LINKS, NUMBERS, NUMERALS, PARTICIPLES, SHORT, UNITS};
use crate::retrieval::{abbreviation, spelling};
use domain::synonym::synonyms;
use domain::word;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// What a token does in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A thing or what it is like.
    Word,
    /// Ties two things together.
    Link,
    Be,
    Do,
    Article,
    /// 'what' and 'which'.
    What,
    /// The other words of asking.
    Ask,
    Of,
    By,
    And,
    /// Whoever asks, or anybody.
    You,
}

/// A word in the form in which words are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) form: String,
    pub(super) kind: Kind,
    /// It may be a participle: 'is secreted'.
    pub(super) participle: bool,
    /// A comma or a full stop stands before it.
    pub(super) pause: bool,
}

impl Token {
    pub(super) fn new(form: &str, kind: Kind) -> Self {
        Self { form: form.into(), kind, participle: false, pause: false }
    }
}

/// A word as written.
#[derive(Debug, Clone)]
struct Written<'t> {
    form: String,
    text: &'t str,
    pause: bool,
}

/// First parts of words that are written with and without a hyphen.
const JOINED: [&str; 14] = [
    "anti", "auto", "co", "extra", "hyper", "hypo", "inter", "intra", "multi", "non", "pre", "post", "re",
    "sub",
];

/// Words behind which a small 'a' is an article; elsewhere it may be that of 'vitamin a'.
const BEFORE_A: [&str; 48] = [
    "about", "after", "and", "are", "as", "at", "be", "before", "between", "by", "can", "cause", "causes",
    "define", "describe", "do", "does", "during", "explain", "for", "from", "get", "give", "has", "have",
    "if", "in", "into", "is", "like", "make", "makes", "me", "of", "on", "or", "per", "such", "than", "that",
    "through", "to", "was", "what", "when", "why", "with", "without",
];

/// Words behind which 'I' is whoever asks; elsewhere it is a number or a letter: 'Le Fort I', 'casein kinase I'.
const BEFORE_I: [&str; 24] = [
    "after", "and", "as", "because", "before", "but", "can", "could", "did", "do", "how", "if", "may",
    "might", "must", "or", "should", "that", "what", "when", "where", "while", "why", "would",
];

static OPENING: LazyLock<HashSet<String>> =
    LazyLock::new(|| OPENINGS.iter().map(|phrase| spoken(phrase)).collect());
static CLOSING: LazyLock<HashSet<String>> =
    LazyLock::new(|| CLOSINGS.iter().map(|phrase| spoken(phrase)).collect());
static LINK: LazyLock<HashSet<String>> = LazyLock::new(|| LINKS.split(' ').map(stem).collect());
/// By their first word, the longer first: the forms of what is said, and what it becomes.
static SAME: LazyLock<HashMap<String, Vec<Synonym>>> = LazyLock::new(|| {
    let forms = |tokens: &[Token]| tokens.iter().map(|token| token.form.clone()).collect::<Vec<_>>();
    let mut by_first: HashMap<String, Vec<Synonym>> = HashMap::new();
    for (said, meant) in synonyms() {
        let (said, meant) = (forms(&tokens(&written(said), false)), tokens(&written(meant), false));
        if let Some(first) = said.first().filter(|_| said != forms(&meant)) {
            by_first.entry(first.clone()).or_default().push((said, meant));
        }
    }
    by_first.values_mut().for_each(|rows| rows.sort_by_key(|(said, _)| std::cmp::Reverse(said.len())));
    by_first
});

type Synonym = (Vec<String>, Vec<Token>);

/// Most words of an opening, a closing or a synonym.
const PHRASE: usize = 7;

/// Most times that one synonym leads to another.
const CHAIN: usize = 3;

/// The tokens of a question without its frame; its own words where nothing else is left.
pub(super) fn read(text: &str) -> Vec<Token> {
    let all = said(&written(text));
    let mut inner = &all[..];
    let mut opened = false;
    while let Some(taken) =
        (1..=PHRASE.min(inner.len())).rev().find(|n| OPENING.contains(&joined(&inner[..*n])))
    {
        (inner, opened) = (&inner[taken..], true);
    }
    loop {
        let fits = |n: &usize| {
            let end = joined(&inner[inner.len() - n..]);
            // 'explain it to me'; but 'is it dangerous to me'
            CLOSING.contains(&end) && (opened || !matches!(&*end, "to me" | "for me"))
        };
        let Some(taken) = (1..=PHRASE.min(inner.len())).rev().find(fits) else { break };
        inner = &inner[..inner.len() - taken];
    }
    let shouted = !text.contains(char::is_lowercase) && text.split_whitespace().count() > 2;
    match in_one_word(tokens(inner, shouted)) {
        empty if empty.is_empty() => in_one_word(tokens(&all, shouted)),
        tokens => tokens,
    }
}

/// Words whose capitals say something ('pH', 'PH'): their folded form, and how they are written.
pub(super) fn capitals(text: &str) -> HashMap<String, String> {
    if !text.contains(char::is_lowercase) {
        return HashMap::new();
    }
    let inside = |word: &Written<'_>| word.text.chars().skip(1).any(char::is_uppercase);
    let words = written(text).into_iter().filter(inside);
    words.map(|word| (word.form, word.text.trim_end_matches('s').to_string())).collect()
}

fn joined(words: &[Written<'_>]) -> String {
    words.iter().map(|word| &*word.form).collect::<Vec<_>>().join(" ")
}

/// A phrase after [`SPOKEN`].
fn spoken(phrase: &str) -> String {
    joined(&said(&written(phrase)))
}

/// The words of a text, and the signs that mean something.
fn written(text: &str) -> Vec<Written<'_>> {
    let words = word::words(text);
    let mut found: Vec<Written<'_>> = vec![];
    let (mut end, mut at) = (0, 0);
    while let Some(word) = words.get(at) {
        let mut pause = false;
        let start = word.span.start as usize;
        let gap = text.get(end..start).unwrap_or_default();
        for (offset, sign) in gap.char_indices() {
            let last = offset + sign.len_utf8() == gap.len();
            let alone = offset == 0 && end == 0 || gap[..offset].ends_with(char::is_whitespace);
            let form = match sign {
                '.' | ',' | ';' | ':' | '?' | '!' | '(' | ')' | '–' | '—' => {
                    pause = true;
                    continue;
                }
                '-' if last && alone && word.form.starts_with(|c: char| c.is_ascii_digit()) => "minus".into(),
                // 'Rh- mothers', but 'Rh-negative'
                '-' if offset == 0 && end > 0 && !last => "minus".into(),
                '"' | '\'' | '‘' | '’' | '“' | '”' | '[' | ']' | '-' | '\u{2010}' | '\u{2011}' => {
                    continue;
                }
                '/' => "per".into(),
                '&' => "and".into(),
                '−' => "minus".into(),
                // the rest of a possessive
                sign if sign.is_whitespace() || sign.is_control() || sign.is_alphanumeric() => continue,
                sign => sign.to_string(),
            };
            let text = &gap[offset..offset + sign.len_utf8()];
            found.push(Written { form, text, pause: std::mem::take(&mut pause) });
        }
        let forms = words[at + 1..].iter().take_while(|other| other.position == word.position);
        let mut closed =
            forms.filter(|other| other.span.end > word.span.end && JOINED.contains(&&*word.form));
        let word = closed.next().unwrap_or(word);
        at += words[at..].iter().take_while(|other| other.span.start < word.span.end).count();
        end = word.span.end as usize;
        found.push(Written { form: word.form.clone(), text: &text[word.span.range()], pause });
    }
    let rest = text.get(end..).unwrap_or_default();
    for (offset, sign) in rest.char_indices() {
        let silent = ".,;:?!()–—\"'‘’“”[]\u{2010}\u{2011}".contains(sign) || sign == '-' && offset > 0;
        if !silent && !sign.is_whitespace() && !sign.is_control() && !sign.is_alphanumeric() {
            let form = if sign == '-' { "minus".into() } else { sign.to_string() };
            found.push(Written { form, text: "", pause: false });
        }
    }
    found
}

/// Words in their long way of writing ([`SPOKEN`]).
fn said<'t>(words: &[Written<'t>]) -> Vec<Written<'t>> {
    let mut found = vec![];
    let mut at = 0;
    while at < words.len() {
        // 'poly u' is no person
        let before = at.checked_sub(1).map(|before| &*words[before].form);
        let letter = words[at].text == "U" || before.is_some_and(|before| !BEFORE_I.contains(&before));
        let stands = |short: &str| {
            let mut rest = words[at..].iter();
            (short != "u" || !letter)
                && short.split(' ').all(|form| rest.next().is_some_and(|word| word.form == form))
        };
        let fits = SPOKEN.iter().filter(|(short, _)| stands(short));
        let longest = fits.map(|(short, long)| (short.split(' ').count(), *long)).max_by_key(|(n, _)| *n);
        let Some((n, long)) = longest else {
            found.push(words[at].clone());
            at += 1;
            continue;
        };
        for (index, form) in long.split(' ').enumerate() {
            found.push(Written { form: form.into(), text: "", pause: words[at].pause && index == 0 });
        }
        at += n;
    }
    found
}

fn tokens(words: &[Written<'_>], shouted: bool) -> Vec<Token> {
    let mut found: Vec<Token> = vec![];
    let mut at = 0;
    let mut pause = false;
    while let Some(word) = words.get(at) {
        pause |= word.pause;
        let before = at.checked_sub(1).map(|before| &*words[before].form);
        let after = words.get(at + 1);
        let push = |found: &mut Vec<Token>, form: String, kind, participle, pause: &mut bool| {
            found.push(Token { form, kind, participle, pause: std::mem::take(pause) });
        };
        at += 1;
        if let Some((form, read)) = quantity(word, before, after) {
            push(&mut found, form, Kind::Word, false, &mut pause);
            at += read - 1;
            continue;
        }
        let capital = word.text.contains(char::is_uppercase) && !shouted;
        let kind = match &*word.form {
            "please" | "really" | "actually" | "exactly" | "basically" | "me" | "us" | "my" | "your"
            | "our" => continue,
            "the" | "an" => Kind::Article,
            "a" if before.is_none() => Kind::Article,
            "a" if !capital && before.is_some_and(|before| BEFORE_A.contains(&before)) => Kind::Article,
            "is" | "are" | "was" | "were" | "be" | "been" | "being" | "am" => Kind::Be,
            "do" | "does" | "did" | "done" if after.is_some_and(|after| !LINK.contains(&after.form)) => {
                Kind::Do
            }
            "what" | "which" => Kind::What,
            "how" | "why" | "where" | "who" | "whom" | "whose" | "whether" => Kind::Ask,
            "when" if before.is_none() => Kind::Ask,
            "of" => Kind::Of,
            "by" => Kind::By,
            "and" => Kind::And,
            "you" | "we" => Kind::You,
            "i" if before.is_none_or(|before| BEFORE_I.contains(&before)) => Kind::You,
            form => {
                let singular = singular(word.text);
                let long = [word.text, singular]
                    .into_iter()
                    .find_map(|text| abbreviation::meant(text).into_iter().next());
                // of 'anti-TNF' it would be that of TNF
                let long = long.filter(|_| !shouted && word.text.chars().all(char::is_alphanumeric));
                let written = long.map(written).unwrap_or_default();
                let name = singular.chars().skip(1).any(char::is_uppercase) && !shouted;
                if written.is_empty() && name {
                    // 'AIDS' is no plural
                    let form = form.strip_suffix('s').filter(|_| singular != word.text).unwrap_or(form);
                    push(&mut found, form.into(), Kind::Word, false, &mut pause);
                    continue;
                }
                let forms = match &written[..] {
                    [] => vec![form],
                    long => long.iter().map(|word| &*word.form).collect(),
                };
                for form in forms {
                    let (form, participle) = (stem(form), is_participle(form));
                    let kind = if LINK.contains(&form) { Kind::Link } else { Kind::Word };
                    push(&mut found, form, kind, participle, &mut pause);
                }
                continue;
            }
        };
        let form = match kind {
            Kind::What => "what".into(),
            Kind::Ask => format!("?{}", word.form),
            _ => word.form.clone(),
        };
        push(&mut found, form, kind, false, &mut pause);
    }
    found
}

/// An abbreviation without the s of its plural: 'PPIs', 'nsaids'.
fn singular(text: &str) -> &str {
    let one = text.strip_suffix('s').filter(|one| one.len() > 3 || one.chars().all(char::is_uppercase));
    one.filter(|one| !one.is_empty()).unwrap_or(text)
}

/// A number with its unit, and how many words that takes.
fn quantity(
    word: &Written<'_>,
    before: Option<&str>,
    after: Option<&Written<'_>>,
) -> Option<(String, usize)> {
    let alone = word.text == "I" && before.is_some_and(|before| !BEFORE_I.contains(&before));
    let counted = alone || before.is_some_and(|before| COUNTED.split(' ').any(|word| word == before));
    let named = NUMBERS.iter().chain(NUMERALS.iter().filter(|_| counted));
    let named = named.clone().find(|(name, _)| *name == word.form).map(|(_, number)| *number);
    let form = named.unwrap_or(&word.form);
    let end = form.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(form.len());
    let (number, rest) = form.split_at(end);
    // beyond this, what is read is not what was written
    let value = number.parse::<f64>().ok().filter(|_| number.len() <= 12)?;
    let unit = |form: &str, text: &str| {
        // 'mM' is no length
        let plain = !text.contains(char::is_uppercase)
            || matches!(form, "l" | "dl" | "ml" | "mmhg" | "kpa" | "iu" | "hz" | "mv");
        UNITS.iter().find(|(unit, ..)| plain && *unit == form)
    };
    let quantity = |base: &str, factor: f64| format!("#{}{base}", (value * factor * 1e6).round() / 1e6);
    if rest.is_empty() {
        let unit = after.filter(|after| !after.pause).and_then(|after| unit(&after.form, after.text));
        return Some(match unit {
            Some((_, base, factor)) => (quantity(base, *factor), 2),
            None => (quantity("", 1.0), 1),
        });
    }
    let written = word.text.get(end..).filter(|_| named.is_none())?;
    unit(rest, written).map(|(_, base, factor)| (quantity(base, *factor), 1))
}

fn is_participle(form: &str) -> bool {
    form.len() > 4 && form.ends_with("ed") && !form.ends_with("eed")
        || PARTICIPLES.iter().any(|(past, _)| *past == form)
}

/// The form of a folded word without its inflection, in American spelling.
pub(super) fn stem(form: &str) -> String {
    if form.len() < 4 || !form.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return form.into();
    }
    let known = PARTICIPLES.iter().chain(IRREGULAR).find(|(irregular, _)| *irregular == form);
    if let Some((irregular, plain)) = known {
        return if irregular == plain { form.into() } else { stem(plain) };
    }
    let form = spelling::american(form);
    let stem = inflected(&form);
    let short = SHORT.iter().find(|verb| verb.strip_suffix('e') == Some(&stem) && *form != stem);
    match (short, stem.strip_suffix('e')) {
        (Some(verb), _) => (*verb).into(),
        // 'induce' and 'induced'; of shorter words too little would be left: 'hive' is not 'HIV', 'plane' not 'plan'
        (None, Some(bare)) if bare.len() > 4 => bare.into(),
        _ => stem,
    }
}

fn inflected(form: &str) -> String {
    let vowel = |stem: &str| stem.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    if let Some(stem) =
        form.strip_suffix("ies").or_else(|| form.strip_suffix("ied")).filter(|stem| stem.len() > 2)
    {
        return format!("{stem}y");
    }
    if let Some(stem) = form.strip_suffix("es")
        && ["ss", "x", "ch", "sh", "zz"].iter().any(|end| stem.ends_with(end))
    {
        return stem.into();
    }
    if let Some(stem) = form.strip_suffix('s') {
        return if stem.ends_with(['s', 'u', 'i', 'a']) { form.into() } else { stem.into() };
    }
    let ing = form.strip_suffix("ing").filter(|stem| stem.len() > 2 && vowel(stem));
    let ed = form.strip_suffix("ed").filter(|stem| stem.len() > 2 && vowel(stem) && !stem.ends_with('e'));
    let Some(stem) = ing.or(ed) else { return form.into() };
    // 'stopped', but 'passed' and 'swelling'
    let mut ends = stem.chars().rev();
    match (ends.next(), ends.next()) {
        (Some(last), Some(other)) if last == other && !"aeioulsz".contains(last) => {
            stem[..stem.len() - 1].into()
        }
        _ => stem.into(),
    }
}

/// Tokens with their synonyms in one form.
fn in_one_word(mut tokens: Vec<Token>) -> Vec<Token> {
    for _ in 0..CHAIN {
        let mut found: Vec<Token> = vec![];
        let (mut at, mut changed) = (0, false);
        while at < tokens.len() {
            let stands = |said: &[String]| {
                let mut rest = tokens[at..].iter().enumerate();
                // 'of the kidney, stones'
                said.iter().all(|form| {
                    rest.next().is_some_and(|(n, token)| token.form == *form && (n == 0 || !token.pause))
                })
            };
            let rows = SAME.get(&tokens[at].form);
            if let Some((said, meant)) = rows.and_then(|rows| rows.iter().find(|(said, _)| stands(said))) {
                let n = said.len();
                let from = found.len();
                found.extend(meant.iter().cloned());
                if let Some(first) = found.get_mut(from) {
                    first.pause = tokens[at].pause;
                }
                // 'is reduced': what stands for one verb is what that was
                if let (1, [one]) = (n, &mut found[from..]) {
                    one.participle = tokens[at].participle;
                }
                (at, changed) = (at + n, true);
            } else {
                found.push(tokens[at].clone());
                at += 1;
            }
        }
        tokens = found;
        if !changed {
            break;
        }
    }
    tokens
}
