//! The answer of a question, and whether a text gives it away. Owns: the key with all its names, the gate that a model's sentences
//! pass one by one, and masking the key in passages. Refuses: what may be told when (`session`), and finding the synonyms and
//! translations of a key.
//!
//! A paraphrase that needs none of the key's names is not caught here: what is masked in the passages cannot be said by a model
//! that has nothing but them. Names that nobody told the key are strangers among the words that are [`Known`].

mod cipher;
mod disguise;
mod gate;
mod plain;
mod tongue;

pub use gate::{Gate, Passed, Splitter};
pub use plain::Known;

use super::likeness::{Likeness, Token, tokens};
use crate::document::Span;
use crate::question::{is_function_word, names_of};
use crate::sentence::sentences;
use std::collections::HashMap;

/// Words that may stand among the words of a name: 'the bundle, as it is called, of His'.
const APART: usize = 3;
/// What stands in the place of a key in a passage.
pub const MASK: &str = "[…]";

/// How a text gives the key away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Leak {
    /// By its name, a form of it, a synonym or a translation.
    Name,
    /// By the letter or the number of its option.
    Option,
    /// Letter by letter, cut up, without vowels, or in the first letters of words.
    Spelled,
    /// Backwards.
    Reversed,
    /// Each letter put for another (ROT13 and its like).
    Shifted,
    /// In base64, hexadecimal, binary or other codes.
    Encoded,
    /// Perhaps: in another language than the question's.
    Foreign,
}

/// The answer of a question, to be kept back.
#[derive(Debug, Clone)]
pub struct Key {
    names: Vec<Name>,
    /// The option that is right, from 0.
    option: Option<usize>,
    asked: Vec<Likeness>,
    /// Letters of a name in every disguise that is a run of letters, and what it is.
    runs: HashMap<String, Leak>,
    longest_run: usize,
    /// The question's language, where it is known.
    tongue: Option<tongue::Tongue>,
}

#[derive(Debug, Clone)]
struct Name {
    /// Its words, but those without meaning, as written.
    all: Vec<Likeness>,
    /// Those of them that the question does not say.
    telling: Vec<Likeness>,
    /// Its words in small letters.
    spelled: Vec<String>,
    /// 'AF' of 'atrial fibrillation'.
    initials: Option<String>,
}

impl Name {
    fn of(name: &str) -> Self {
        let tokens = tokens(name);
        let carries = |form: &String| !is_function_word(form);
        let mut all: Vec<Likeness> =
            tokens.iter().filter(|t| carries(&t.form)).map(|t| t.likeness.clone()).collect();
        if all.is_empty() {
            all = tokens.iter().map(|token| token.likeness.clone()).collect();
        }
        let first = |token: &Token| name[token.span.range()].chars().next();
        let initials: String = tokens
            .iter()
            .filter(|t| carries(&t.form))
            .filter_map(first)
            .flat_map(char::to_uppercase)
            .collect();
        let spelled = tokens.into_iter().map(|token| token.form).collect();
        let mut initials =
            (all.len() > 1 && initials.chars().all(|c| c.is_ascii_uppercase())).then_some(initials);
        if let [only] = &all[..]
            && only.form.len() <= 2
            && only.form.chars().all(|c| c.is_ascii_alphabetic())
        {
            // 'mi' is a word of other languages, 'MI' none
            initials = Some(only.form.to_uppercase());
            all.clear();
        }
        Self { telling: all.clone(), all, spelled, initials }
    }
}

impl Key {
    /// By its term. Abbreviations in brackets and the lexicon's names for the same thing are names of it too.
    pub fn new(term: &str) -> Self {
        let mut key = Self {
            names: vec![],
            option: None,
            asked: vec![],
            runs: HashMap::new(),
            longest_run: 0,
            tongue: None,
        };
        key.name(term);
        let mut bare = term.to_string();
        if let Some((before, rest)) = term.split_once('(')
            && let Some((inside, after)) = rest.split_once(')')
        {
            key.name(inside);
            bare = format!("{} {}", before.trim(), after.trim());
            key.name(&bare);
        }
        for other in names_of(bare.trim()) {
            key.name(other);
        }
        key
    }

    /// Another name of it: a synonym, an expansion, a translation.
    #[must_use]
    pub fn also(mut self, name: &str) -> Self {
        self.name(name);
        self
    }

    /// It is the option at `index`, counted from 0.
    #[must_use]
    pub fn option(mut self, index: usize) -> Self {
        self.option = Some(index);
        self
    }

    /// The words of the question: 'mitral' alone gives the answer to 'Which valve …?' away, and 'valve' does not.
    #[must_use]
    pub fn asked(mut self, question: &str) -> Self {
        self.tongue = tongue::tongue(question).or(self.tongue);
        self.asked.extend(tokens(question).into_iter().map(|token| token.likeness));
        for name in &mut self.names {
            let said = |word: &Likeness| self.asked.iter().any(|asked| asked.is(word));
            let telling: Vec<Likeness> = name.all.iter().filter(|word| !said(word)).cloned().collect();
            name.telling = if telling.is_empty() { name.all.clone() } else { telling };
        }
        self.hide();
        self
    }

    fn name(&mut self, name: &str) {
        let name = Name::of(name);
        if !name.all.is_empty() || name.initials.is_some() {
            self.names.push(name);
            self.hide();
        }
    }

    fn hide(&mut self) {
        self.runs.clear();
        for name in &self.names {
            let telling: String = name.telling.iter().map(|word| word.form.as_str()).collect();
            for word in [vec![telling], name.spelled.clone()] {
                for (run, leak) in cipher::disguises(&word) {
                    self.longest_run = self.longest_run.max(run.len());
                    self.runs.entry(run).or_insert(leak);
                }
            }
        }
    }

    /// How a text gives the key away; `None` where it does not.
    pub fn leak(&self, text: &str) -> Option<Leak> {
        let seen = disguise::visible(text);
        let plain = disguise::folded(&seen);
        let marked = disguise::figures_as_letters(&plain);
        [&seen, &plain, &marked]
            .iter()
            .find_map(|text| self.named(text))
            .or_else(|| self.option.filter(|index| disguise::points_at(&seen, *index)).map(|_| Leak::Option))
            .or_else(|| [&plain, &marked].iter().find_map(|text| self.run(text)))
            .or_else(|| {
                let decoded = cipher::decoded(&seen);
                decoded.iter().any(|text| self.tells(text)).then_some(Leak::Encoded)
            })
            .or_else(|| self.tongue.filter(|own| tongue::is_foreign(&plain, *own)).map(|_| Leak::Foreign))
    }

    /// Whether what came out of a code has the key in it.
    fn tells(&self, decoded: &str) -> bool {
        let plain = disguise::folded(decoded);
        let squeezed: String = plain.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        let whole = |(run, leak): (&String, &Leak)| *leak == Leak::Spelled && squeezed.contains(run.as_str());
        let option = self.option.is_some_and(|index| disguise::points_at(decoded, index));
        option || self.named(&plain).is_some() || self.run(&plain).is_some() || self.runs.iter().any(whole)
    }

    fn named(&self, text: &str) -> Option<Leak> {
        let tokens = tokens(text);
        let found = self.names.iter().any(|name| !windows(&tokens, name).is_empty());
        let short = |token: &Token| {
            let written = &text[token.span.range()];
            self.names.iter().any(|name| name.initials.as_deref() == Some(written))
        };
        (found || tokens.iter().any(short)).then_some(Leak::Name)
    }

    /// Whether neighbouring pieces of the text run together into the key.
    fn run(&self, text: &str) -> Option<Leak> {
        let lower = text.to_lowercase();
        let pieces: Vec<&str> =
            lower.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()).collect();
        for start in 0..pieces.len() {
            let mut run = String::new();
            for (more, piece) in pieces[start..].iter().enumerate() {
                run.push_str(piece);
                if run.len() > self.longest_run {
                    break;
                }
                // three letters are spelled out, or they are a word
                let spelled = more + 1 == run.len() || run.len() > 4;
                if let Some(leak) = self.runs.get(&run).filter(|_| spelled) {
                    return Some(*leak);
                }
            }
        }
        let singles: String = pieces.iter().filter(|piece| piece.chars().count() == 1).copied().collect();
        let firsts: String = pieces.iter().filter_map(|piece| piece.chars().next()).collect();
        let holds = |text: &str, least: usize| {
            let long = self.runs.iter().filter(|(run, _)| run.len() >= least);
            long.filter(|(run, _)| text.contains(run.as_str()))
                .map(|(_, leak)| *leak)
                .min_by_key(|leak| *leak as u8)
        };
        let inside = |piece: &&str| {
            let hidden = self.runs.iter().filter(|(run, _)| run.len() >= cipher::INSIDE);
            let mut hidden =
                hidden.filter(|(run, _)| piece.contains(run.as_str()) && !is_relative(piece, run));
            hidden.next().map(|(_, leak)| *leak)
        };
        holds(&singles, 4).or_else(|| holds(&firsts, 6)).or_else(|| pieces.iter().find_map(inside))
    }

    /// A passage with all that states the key masked, and where that stood. What is left does not [leak](Key::leak).
    pub fn mask(&self, text: &str) -> Masked {
        let tokens = tokens(text);
        let mut hidden: Vec<Span> = vec![];
        for name in &self.names {
            for window in windows(&tokens, name) {
                hidden.extend(window.into_iter().map(|at| tokens[at].span));
            }
            let short = |token: &&Token| name.initials.as_deref() == Some(&text[token.span.range()]);
            hidden.extend(tokens.iter().filter(short).map(|token| token.span));
        }
        // a sentence that gives it away in any other manner goes as a whole
        for range in sentences(text) {
            let span = Span::new(range.start, range.end);
            let masked = written(text, span, &merged(text, &hidden));
            if self.leak(&masked).is_some() {
                hidden.push(span);
            }
        }
        let mut hidden = merged(text, &hidden);
        let whole = Span::new(0, text.len());
        let mut masked = written(text, whole, &hidden);
        if self.leak(&masked).is_some() && !text.is_empty() {
            // it runs over the ends of sentences
            hidden = vec![whole];
            masked = MASK.into();
        }
        Masked { text: masked, hidden }
    }
}

/// A passage without its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masked {
    /// With [`MASK`] in the place of each hidden stretch.
    pub text: String,
    /// What was hidden, as spans of the passage, ascending.
    pub hidden: Vec<Span>,
}

/// Spans in order, and as one where nothing but a space or a hyphen lies between them.
fn merged(text: &str, spans: &[Span]) -> Vec<Span> {
    let mut sorted = spans.to_vec();
    sorted.sort();
    let mut out: Vec<Span> = vec![];
    for span in sorted {
        match out.last_mut() {
            Some(last)
                if span.start <= last.end
                    || text[last.end as usize..span.start as usize]
                        .chars()
                        .all(|c| c.is_whitespace() || c == '-') =>
            {
                last.end = last.end.max(span.end);
            }
            _ => out.push(span),
        }
    }
    out
}

/// A stretch of a text with masks over the hidden spans.
fn written(text: &str, stretch: Span, hidden: &[Span]) -> String {
    let mut out = String::new();
    let mut at = stretch.start;
    for span in hidden.iter().filter(|span| span.overlaps(stretch)) {
        out.push_str(text.get(at as usize..span.start.max(at) as usize).unwrap_or_default());
        out.push_str(MASK);
        at = span.end.min(stretch.end);
    }
    out.push_str(&text[at as usize..stretch.end as usize]);
    out
}

/// Where the telling words of a name stand close together, in any order.
fn windows(tokens: &[Token], name: &Name) -> Vec<Vec<usize>> {
    let wanted = &name.telling;
    if wanted.is_empty() {
        return vec![];
    }
    let width = wanted.len() + if wanted.len() > 1 { APART } else { 0 };
    let mut found = vec![];
    for start in 0..tokens.len() {
        if !wanted.iter().any(|word| word.is(&tokens[start].likeness)) {
            continue;
        }
        let end = tokens.len().min(start + width);
        let mut used: Vec<usize> = vec![];
        for word in wanted {
            let hit = (start..end).find(|at| !used.contains(at) && tokens[*at].likeness.is(word));
            used.extend(hit);
        }
        if used.len() == wanted.len() {
            found.push(used);
        }
    }
    found
}

/// Whether a word holds a name as 'hyperglycemia' holds 'glycemia': it is another word.
fn is_relative(word: &str, name: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "hyper", "hypo", "anti", "pre", "post", "sub", "inter", "intra", "non", "un", "re", "de", "pro",
        "auto", "micro", "macro", "poly", "electro", "neuro", "photo", "over", "dys", "eu", "tachy", "brady",
        "peri", "endo", "epi", "para", "pseudo", "multi", "mono", "bi", "tri", "thermo", "chemo", "immuno",
        "cardio",
    ];
    word.find(name).is_some_and(|at| PREFIXES.contains(&&word[..at]))
}

#[cfg(test)]
mod tests;
