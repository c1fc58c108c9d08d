//! A document as sentences. Owns: which blocks are prose, where sentences stand, their cleaned and tagged
//! words, the sections they belong to, how rare a word is. Refuses: terms and facts.

mod clean;

use super::tagger::{self, Tag};
use super::token::{Token, tokens_of};
use super::word::{is_function_word, stem};
use crate::document::{BlockKind, Document, Span, Style};
use clean::{CONTRAST, RESUMES, clean, opening};
use std::collections::HashMap;

/// A sentence: verbatim by its span, cleaned by its tokens.
pub(crate) struct Sentence {
    /// Where it stands in the document.
    pub(crate) span: Span,
    /// Its words without parentheses, references and connectives; offsets into the document's text.
    pub(crate) tokens: Vec<Token>,
    /// For each token whether it is set in bold.
    pub(crate) bold: Vec<bool>,
    /// Index of its block.
    pub(crate) block: usize,
    /// Index of the heading block right above it.
    pub(crate) section: Option<usize>,
    /// Index of the heading block below the title above it: a lecture's part.
    pub(crate) module: Option<usize>,
    /// Whether a fact may be taken from it.
    pub(crate) usable: bool,
    /// Whether it opened with 'In contrast', 'Unlike' and the like.
    pub(crate) contrast: bool,
    /// Whether it opened with 'In this case', 'As a result' and the like: it tells of what was said before.
    pub(crate) resumes: bool,
    /// Stems of its content words, sorted.
    pub(crate) stems: Vec<String>,
}

/// All sentences of a document, with what is known of its words.
pub(crate) struct Prose<'d> {
    /// What was read.
    pub(crate) document: &'d Document,
    /// In reading order.
    pub(crate) sentences: Vec<Sentence>,
    /// Headings above each block, highest first.
    pub(crate) paths: Vec<Vec<usize>>,
    rarity: HashMap<String, f32>,
    capitals: HashMap<String, (u32, u32)>,
    unseen: f32,
}

const COMMANDS: &[&str] = &[
    "watch",
    "visit",
    "view",
    "see",
    "imagine",
    "think",
    "describe",
    "explain",
    "identify",
    "discuss",
    "compare",
    "list",
    "label",
    "define",
    "summarize",
    "distinguish",
    "name",
    "refer",
    "look",
    "consider",
    "notice",
    "try",
    "place",
    "hold",
    "click",
    "read",
    "use",
    "outline",
    "illustrate",
    "characterize",
    "trace",
    "answer",
    "choose",
    "take",
    "recall",
    "remember",
    "note",
    "suppose",
    "let",
    "ask",
    "observe",
    "differentiate",
    "review",
];

const EXERCISES: &[&str] = &[
    "review questions",
    "critical thinking",
    "interactive link",
    "objectives",
    "learning objectives",
    "critical thinking questions",
    "interactive link questions",
    "references",
    "answer key",
    "exercises",
    "bibliography",
    "further reading",
    "self-check",
    "check your knowledge",
    "acknowledgments",
    "contents",
];

impl<'d> Prose<'d> {
    /// Cuts, cleans and tags.
    pub(crate) fn read(document: &'d Document) -> Self {
        let paths = document.heading_paths();
        let mut prose = Self {
            document,
            sentences: vec![],
            paths,
            rarity: HashMap::new(),
            capitals: HashMap::new(),
            unseen: 0.0,
        };
        for index in 0..document.blocks.len() {
            prose.read_block(index);
        }
        prose.count();
        prose
    }

    fn read_block(&mut self, index: usize) {
        let document = self.document;
        let block = &document.blocks[index];
        if !matches!(block.kind, BlockKind::Paragraph | BlockKind::ListItem { .. } | BlockKind::Note) {
            return;
        }
        let path = &self.paths[index];
        let title = |at: &usize| document.slice(document.blocks[*at].span).trim().to_lowercase();
        let exercise = path.iter().any(|at| EXERCISES.contains(&title(at).trim_end_matches(':')));
        let text = document.slice(block.span);
        let offset = block.span.start as usize;
        let section = path.last().copied();
        let module = path.get(usize::from(path.len() > 1)).copied();
        for range in crate::sentence::sentences(text) {
            let span = Span::new(offset + range.start, offset + range.end);
            let mut raw = tokens_of(&text[range.clone()]);
            for token in &mut raw {
                token.start += span.start as usize;
                token.end += span.start as usize;
            }
            // measured before 'In contrast,' goes: what is left begins in the lower case
            let whole = raw
                .first()
                .and_then(|t| t.text.chars().next())
                .is_some_and(|c| c.is_uppercase() || c.is_ascii_digit() || matches!(c, '“' | '"'));
            let opening = opening(&raw);
            let contrast = CONTRAST.iter().any(|word| opening.starts_with(word));
            let resumes = RESUMES.iter().any(|words| opening.starts_with(words));
            let mut tokens = clean(raw);
            tagger::tag(&mut tokens);
            let bold = tokens.iter().map(|token| self.is_bold(token)).collect();
            let usable = !exercise && whole && is_usable(&tokens);
            let mut stems = content_stems(&tokens);
            stems.sort();
            stems.dedup();
            self.sentences.push(Sentence {
                span,
                tokens,
                bold,
                block: index,
                section,
                module,
                usable,
                contrast,
                resumes,
                stems,
            });
        }
    }

    fn is_bold(&self, token: &Token) -> bool {
        let marks = &self.document.marks;
        let end = marks.partition_point(|mark| (mark.span.start as usize) < token.end);
        marks[..end].iter().rev().take(8).any(|mark| {
            mark.style == Style::Bold
                && (mark.span.start as usize) < token.end
                && (mark.span.end as usize) > token.start
        })
    }

    fn count(&mut self) {
        let mut frequency: HashMap<String, u32> = HashMap::new();
        for sentence in &self.sentences {
            for stem in &sentence.stems {
                *frequency.entry(stem.clone()).or_default() += 1;
            }
            for (at, token) in sentence.tokens.iter().enumerate() {
                let capital = token.text.chars().next().is_some_and(char::is_uppercase);
                let opens =
                    at == 0 || matches!(sentence.tokens[at - 1].text.as_str(), ":" | "“" | "\"" | "•" | "—");
                if !opens {
                    let seen = self.capitals.entry(token.lower.clone()).or_default();
                    if capital { seen.0 += 1 } else { seen.1 += 1 }
                }
            }
        }
        // A short document is measured as if it were a lecture: else nothing in it were rare.
        let total = (self.sentences.len() as f32).max(300.0);
        self.unseen = total.ln();
        for at in 0..self.sentences.len() {
            if let Some(first) = self.sentences[at].tokens.first() {
                let cased = self.true_case(first);
                self.sentences[at].tokens[0].text = cased;
            }
        }
        self.rarity = frequency.into_iter().map(|(stem, df)| (stem, (total / df as f32).ln())).collect();
    }

    /// How rare a stem is: the natural logarithm of sentences over sentences that hold it.
    pub(crate) fn rarity(&self, stem: &str) -> f32 {
        self.rarity.get(stem).copied().unwrap_or(self.unseen)
    }

    /// A word as it is written inside a sentence.
    pub(crate) fn true_case(&self, token: &Token) -> String {
        let capitals = token.text.chars().filter(|c| c.is_uppercase()).count();
        let digits = token.text.chars().any(|c| c.is_ascii_digit());
        let first = token.text.chars().next().is_some_and(char::is_uppercase);
        let single = token.text.chars().count() == 1 && !token.is("a") && !token.is("i");
        if !first || capitals > 1 || digits || (single && !matches!(token.lower.as_str(), "a")) {
            return token.text.clone();
        }
        match self.capitals.get(&token.lower) {
            Some((upper, lower)) if upper > lower => token.text.clone(),
            Some(_) => token.lower.clone(),
            None if token.tag == Tag::Propn && !is_function_word(&token.lower) => token.text.clone(),
            None => token.lower.clone(),
        }
    }

    /// Writes an abbreviation out: the token then shows the whole name.
    pub(crate) fn spell_out(&mut self, sentence: usize, at: usize, name: &str) {
        let tokens = &mut self.sentences[sentence].tokens;
        tokens[at].text = name.to_string();
        if at > 0 && matches!(tokens[at - 1].lower.as_str(), "a" | "an") {
            tokens[at - 1].text = super::word::article_for(name).to_string();
        }
    }

    /// Reads the stems of all sentences again, after names were written out.
    pub(crate) fn restem(&mut self) {
        for sentence in &mut self.sentences {
            sentence.stems = content_stems(&sentence.tokens);
            sentence.stems.sort();
            sentence.stems.dedup();
        }
    }

    /// The verbatim text of a sentence.
    pub(crate) fn quote(&self, sentence: usize) -> &'d str {
        self.document.slice(self.sentences[sentence].span)
    }

    /// Titles of the headings above a sentence, highest first.
    pub(crate) fn headings(&self, sentence: usize) -> Vec<String> {
        let path = &self.paths[self.sentences[sentence].block];
        path.iter().map(|at| self.document.slice(self.document.blocks[*at].span).to_string()).collect()
    }
}

/// Stems of the words that carry meaning.
pub(crate) fn content_stems(tokens: &[Token]) -> Vec<String> {
    tokens
        .iter()
        .filter(|t| t.is_word() && !is_function_word(&t.lower))
        .flat_map(|t| t.text.split(' ').map(stem).collect::<Vec<_>>())
        .collect()
}

/// Whether a token is a verb that carries a clause: no participle, infinitive or gerund.
pub(crate) fn is_finite(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    let word = token.lower.as_str();
    let before = at.checked_sub(1).map(|i| &tokens[i]);
    if before.is_some_and(|b| b.is("to")) || word.ends_with("ing") {
        return false;
    }
    match token.tag {
        Tag::Aux => !matches!(word, "be" | "been" | "being" | "having"),
        Tag::Verb => {
            if word.ends_with("ed") || word.ends_with("wn") || PARTICIPLES.contains(&word) {
                return false;
            }
            // 'Anterior describes the front': an adjective that is named stands where a subject does
            let named = at == 1
                && before.is_some_and(|b| b.tag == Tag::Adj)
                && tokens.get(at + 1).is_some_and(|t| t.tag == Tag::Det);
            let noun_like = before.is_some_and(|b| matches!(b.tag, Tag::Det | Tag::Adj | Tag::Adp));
            named || !noun_like
        }
        _ => false,
    }
}

/// Participles that do not end in -ed.
pub(crate) const PARTICIPLES: &[&str] = &[
    "made",
    "found",
    "known",
    "seen",
    "given",
    "taken",
    "shown",
    "held",
    "kept",
    "bound",
    "built",
    "left",
    "lost",
    "born",
    "brought",
    "caught",
    "cut",
    "drawn",
    "driven",
    "fed",
    "felt",
    "hidden",
    "laid",
    "led",
    "met",
    "paid",
    "put",
    "read",
    "sent",
    "set",
    "split",
    "spread",
    "stuck",
    "told",
    "thought",
    "worn",
    "written",
    "broken",
    "chosen",
    "frozen",
    "woven",
    "begun",
    "run",
    "come",
    "become",
    "done",
    "gone",
    "been",
    "spent",
    "understood",
];

fn is_usable(tokens: &[Token]) -> bool {
    let words = tokens.iter().filter(|t| t.is_word()).count();
    let Some(first) = tokens.first() else { return false };
    let Some(last) = tokens.last() else { return false };
    let ends = last.text == "."
        || (matches!(last.text.as_str(), "”" | "\"") && tokens[tokens.len() - 2].text == ".");
    // an unbalanced bracket or quotation mark: the cut went wrong
    let unit = |at: usize| {
        at > 0
            && !tokens[at].gap
            && matches!(
                tokens[at - 1].text.as_str(),
                "mL" | "L" | "mg" | "g" | "mOsmol" | "mmol" | "mEq" | "µg" | "ng"
            )
    };
    let stray = tokens.iter().enumerate().any(|(at, t)| {
        (t.text == "/" && !unit(at))
            || matches!(
                t.text.as_str(),
                "(" | ")" | "[" | "]" | "=" | "•" | "@" | "?" | "<" | ">" | "*" | "|" | "\\"
            )
    });
    let quotes =
        tokens.iter().filter(|t| t.text == "“").count() == tokens.iter().filter(|t| t.text == "”").count();
    (5..=60).contains(&words)
        && ends
        && !stray
        && quotes
        && !tokens.iter().any(|t| t.lower.starts_with("figure") || t.is("fig"))
        // a stop inside: two sentences were not parted
        && !tokens[..tokens.len() - 1].iter().zip(&tokens[1..]).any(|(stop, next)| stop.text == "." && next.gap)
        && !tokens.iter().any(|t| t.is("www") || t.is("http") || t.is("https"))
        && !COMMANDS.contains(&first.lower.as_str())
        && (0..tokens.len()).any(|at| is_finite(tokens, at))
}
