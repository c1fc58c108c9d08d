//! Stretches of a sentence that can stand alone. Owns: cutting before what refers elsewhere, single clauses,
//! agreement in number. Refuses: whole questions (`facts`).

use super::lexicon::lexicon;
use super::prose::{PARTICIPLES, is_finite};
use super::tagger::Tag;
use super::token::Token;

/// Number of a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    /// 'is', 'produces'.
    One,
    /// 'are', 'produce'.
    Many,
    /// 'can', 'produced'.
    Any,
}

impl Number {
    /// Of a finite verb.
    pub(crate) fn of(verb: &Token) -> Self {
        match verb.lower.as_str() {
            "is" | "was" | "has" | "does" => Self::One,
            "are" | "were" | "have" | "do" => Self::Many,
            "can" | "may" | "must" | "could" | "should" | "might" | "will" | "would" | "had" | "did" => {
                Self::Any
            }
            word if word.ends_with('s') && !word.ends_with("ss") => Self::One,
            word if word.ends_with("ed") => Self::Any,
            _ => Self::Many,
        }
    }

    /// Whether a noun in that form may be its subject.
    pub(crate) fn fits(self, plural: bool) -> bool {
        match self {
            Self::One => !plural,
            Self::Many => plural,
            Self::Any => true,
        }
    }
}

/// Whether 'its' and 'their' may stay: they refer to the key, which is the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Own {
    /// They may not.
    No,
    /// 'its' may.
    One,
    /// 'their' may.
    Many,
}

fn refers_away(tokens: &[Token], at: usize, own: Own) -> bool {
    let word = tokens[at].lower.as_str();
    if (word == "its" && own == Own::One) || (word == "their" && own == Own::Many) {
        return false;
    }
    // 'angiotensin I', 'type I': a number, not the writer
    if word == "i" && at > 0 {
        return false;
    }
    if word == "such" && tokens.get(at + 1).is_some_and(|t| t.is("as")) {
        return false;
    }
    // 'those of', 'that of': the antecedent stands in the same clause
    if word == "those"
        && tokens
            .get(at + 1)
            .is_some_and(|t| matches!(t.lower.as_str(), "of" | "that" | "who" | "with" | "in"))
    {
        return false;
    }
    // 'making it impossible for the microbe to bind': what is impossible is told after it
    if word == "it" && at > 0 && matches!(tokens[at - 1].lower.as_str(), "making" | "makes" | "make") {
        let told = tokens[at + 1..].iter().take(3).any(|t| {
            t.lower.ends_with("possible")
                || t.lower.ends_with("icult")
                || t.lower.starts_with("eas")
                || t.is("harder")
        });
        if told {
            return false;
        }
    }
    // 'above the knee' is a place in the body, 'as shown above' one in the text
    if matches!(word, "above" | "below") {
        let place = tokens.get(at + 1).is_some_and(|t| {
            matches!(t.tag, Tag::Det | Tag::Noun | Tag::Num | Tag::Cconj | Tag::Adj | Tag::Pron)
        });
        let text = at > 0
            && matches!(
                tokens[at - 1].lower.as_str(),
                "described" | "shown" | "mentioned" | "see" | "listed"
            );
        return !place || text;
    }
    // 'higher than another part': compared with what is said
    if word == "another"
        && at > 0
        && matches!(
            tokens[at - 1].lower.as_str(),
            "than" | "to" | "from" | "with" | "of" | "into" | "onto" | "for" | "and"
        )
    {
        return false;
    }
    if word == "itself" || word == "themselves" {
        return own == Own::No;
    }
    // of a stretch whose subject is the key 'it' is the key or what stands before it in the stretch
    let before = &tokens[..at];
    if own != Own::No && word == "it" {
        return !before.iter().any(|t| t.tag.is_noun()) || before.iter().any(|t| t.text == ",");
    }
    if own != Own::No && matches!(word, "they" | "them" | "their") {
        return !before.iter().any(|t| t.tag.is_noun() && t.lower.ends_with('s'));
    }
    // 'attaches one chromatid to another', 'those cells that …'
    if word == "another" {
        return !before.iter().any(|t| t.is("one"));
    }
    if word == "those" && tokens[at + 1..].iter().take(4).any(|t| t.is("that") || t.is("who")) {
        return false;
    }
    lexicon().listed("reject", word) || lexicon().listed("pronoun", word)
}

/// Whether anything in the stretch refers outside it.
pub(crate) fn refers(tokens: &[Token], own: Own) -> bool {
    (0..tokens.len()).any(|at| refers_away(tokens, at, own))
}

fn is_boundary(token: &Token) -> bool {
    const WORDS: &[&str] = &[
        ",", ";", ":", "—", "–", "before", "because", "when", "until", "if", "while", "without", "and",
        "but", "as", "even", "although", "though", "whereas", "which", "where", "since", "so", "unless",
        "after", "or", "whenever", "once",
    ];
    WORDS.contains(&token.lower.as_str())
}

/// Words that open the condition under which a clause holds.
fn is_condition(token: &Token) -> bool {
    const WORDS: &[&str] =
        &["when", "until", "if", "while", "as", "unless", "after", "before", "once", "whenever"];
    WORDS.contains(&token.lower.as_str())
}

/// After a cut: a short ', responding to antigens' that lost its end goes as well.
fn drop_loose_participle(tokens: &mut Vec<Token>) {
    let Some(comma) = tokens.iter().rposition(|t| t.text == ",") else { return };
    let tail = &tokens[comma + 1..];
    if tail.first().is_some_and(|t| t.lower.ends_with("ing")) && words(tail) <= 5 && comma >= 4 {
        tokens.truncate(comma);
        tidy_end(tokens);
    }
}

fn words(tokens: &[Token]) -> usize {
    tokens.iter().filter(|t| t.is_word()).count()
}

/// Takes joints and adverbs of degree off the end.
fn tidy_end(tokens: &mut Vec<Token>) {
    while let Some(last) = tokens.last() {
        let loose = matches!(
            last.lower.as_str(),
            "," | ";"
                | ":"
                | "—"
                | "–"
                | "."
                | "and"
                | "or"
                | "but"
                | "even"
                | "as"
                | "so"
                | "not"
                | "both"
                | "thus"
                | "also"
                | "either"
                | "while"
                | "such"
                | "so-called"
                | "because"
                | "then"
                | "especially"
                | "particularly"
                | "only"
                | "just"
                | "therefore"
                | "”"
                | "“"
        );
        if !loose {
            return;
        }
        tokens.pop();
    }
}

/// After a cut: a list that lost its end goes as well ('…, X, Y' without 'and').
fn drop_open_list(tokens: &mut Vec<Token>) {
    loop {
        let Some(comma) = tokens.iter().rposition(|t| t.text == ",") else { return };
        let tail = &tokens[comma + 1..];
        let clause = tail.iter().any(|t| t.tag == Tag::Verb || t.tag == Tag::Aux)
            || tail.first().is_some_and(|t| {
                matches!(t.lower.as_str(), "which" | "where" | "who" | "and" | "or" | "such")
            });
        if words(tail) > 4 || clause {
            return;
        }
        tokens.truncate(comma);
        tidy_end(tokens);
    }
}

/// Ends at the first clause that has its own subject.
pub(crate) fn single_clause(tokens: &[Token]) -> &[Token] {
    let mut quote = false;
    for at in 0..tokens.len() {
        let token = &tokens[at];
        if matches!(token.text.as_str(), "“" | "”") {
            quote = !quote;
        }
        if token.text == ";" || token.text == "—" || (token.text == ":" && at > 3) {
            return &tokens[..at];
        }
        if token.text == ","
            && let Some(next) = tokens.get(at + 1)
        {
            let word = next.lower.as_str();
            if matches!(
                word,
                "whereas" | "while" | "but" | "yet" | "so" | "hence" | "although" | "though" | "nor"
            ) {
                return &tokens[..at];
            }
            // ', and tachycardia is the condition …': a second statement, whatever the first waits for
            let states = word == "and"
                && opens_clause(&tokens[at + 2..])
                && tokens[at + 2..].iter().take(4).any(|t| t.is("is") || t.is("are"));
            if states {
                return &tokens[..at];
            }
            let complete = is_complete(&tokens[..at]) && at > 0 && tokens[at - 1].tag != Tag::Adj;
            if complete && (word == "and" && opens_clause(&tokens[at + 2..]))
                || complete && opens_clause(&tokens[at + 1..])
            {
                return &tokens[..at];
            }
        }
        if matches!(token.lower.as_str(), "and" | "whereas")
            && at > 2
            && is_complete(&tokens[..at])
            && opens_clause(&tokens[at + 1..])
        {
            return &tokens[..at];
        }
        let also = tokens.get(at + 1).is_some_and(|t| matches!(t.lower.as_str(), "also" | "not" | "rather"));
        if token.is("but") && at > 2 && !also {
            return &tokens[..at];
        }
    }
    tokens
}

/// Whether no subordinate clause still waits for its verb.
fn is_complete(tokens: &[Token]) -> bool {
    let opener = tokens.iter().rposition(|t| {
        matches!(
            t.lower.as_str(),
            "which"
                | "that"
                | "who"
                | "where"
                | "when"
                | "if"
                | "because"
                | "whose"
                | "whereby"
                | "until"
                | "while"
                | "since"
        )
    });
    // 'when flexed' is whole without a verb of its own
    let participle = |from: usize| {
        matches!(tokens[from].lower.as_str(), "when" | "if" | "while" | "until")
            && tokens.get(from + 1).is_some_and(|t| t.lower.ends_with("ed") || t.lower.ends_with("ing"))
    };
    opener.is_none_or(|from| participle(from) || (from..tokens.len()).any(|at| is_finite(tokens, at)))
}

/// Whether a noun phrase with its own finite verb begins here.
fn opens_clause(tokens: &[Token]) -> bool {
    let mut at = 0;
    let mut noun = false;
    while let Some(token) = tokens.get(at) {
        match token.tag {
            Tag::Det | Tag::Adj | Tag::Num => {}
            Tag::Noun | Tag::Propn | Tag::Pron
                if !matches!(token.lower.as_str(), "which" | "who" | "that") =>
            {
                noun = true
            }
            Tag::Adv if noun => {}
            Tag::Adp if noun => {}
            Tag::Verb if noun && !is_finite(tokens, at) && token.lower.ends_with("ed") => {}
            Tag::Verb | Tag::Aux => return noun && is_finite(tokens, at),
            _ => return false,
        }
        at += 1;
        if at > 10 {
            return false;
        }
    }
    false
}

/// A stretch that stands alone, cut where it must be; `None` where too little is left.
pub(crate) fn standing(tokens: &[Token], own: Own) -> Option<Vec<Token>> {
    let mut out = single_clause(tokens).to_vec();
    let shortened = out.len() < tokens.len();
    // 'two types of N—A and B': what is counted was cut off
    let told = tokens.get(out.len()).is_some_and(|t| matches!(t.text.as_str(), "—" | ":"));
    if told
        && out.iter().any(|t| {
            t.tag == Tag::Num
                || matches!(t.lower.as_str(), "two" | "three" | "four" | "several" | "following")
        })
    {
        return None;
    }
    let mut cut = false;
    // 'lasts 8 hours and the G2 phase 5 hours': a second clause whose verb is left out
    let numbered = |part: &[Token]| part.iter().any(|t| t.tag == Tag::Num);
    let second = (3..out.len().saturating_sub(3)).find(|at| {
        out[*at].is("and")
            && out[at + 1].is("the")
            && numbered(&out[..*at])
            && numbered(&out[*at..])
            && !(*at..out.len()).any(|i| is_finite(&out, i))
    });
    if let Some(at) = second {
        out.truncate(at);
    }
    tidy_end(&mut out);
    if let Some(bad) = (0..out.len()).find(|at| refers_away(&out, *at, own)) {
        let mut border = (0..bad).rev().find(|at| is_boundary(&out[*at]))?;
        // 'begins to atrophy as we age': without its condition the clause before says something else
        let such = border.checked_sub(1).is_some_and(|i| out[i].is("such"));
        if is_condition(&out[border]) && !such {
            border =
                (0..border).rev().find(|at| matches!(out[*at].lower.as_str(), "," | ";" | "and" | "but"))?;
        }
        // 'so that it', 'as if it', 'such as those': the joint goes whole
        out.truncate(border);
        cut = true;
        tidy_end(&mut out);
        drop_loose_participle(&mut out);
    }
    if words(&out) > 14 {
        let at = (8..out.len()).find(|at| {
            out[*at].text == ","
                && out.get(at + 1).is_some_and(|t| {
                    matches!(
                        t.lower.as_str(),
                        "which"
                            | "where"
                            | "although"
                            | "but"
                            | "including"
                            | "who"
                            | "such"
                            | "whereas"
                            | "because"
                            | "since"
                            | "as"
                    )
                })
                && words(&out[..*at]) >= 8
        });
        if let Some(at) = at {
            out.truncate(at);
            cut = true;
        }
    }
    if words(&out) > 28 {
        let at = (8..out.len()).find(|at| {
            out[*at].text == ","
                && out.get(at + 1).is_some_and(|t| t.lower.ends_with("ing"))
                && words(&out[..*at]) >= 8
        });
        if let Some(at) = at {
            out.truncate(at);
            cut = true;
        }
    }
    tidy_end(&mut out);
    if cut || shortened {
        drop_open_list(&mut out);
    }
    (!is_fragment(&out) && words(&out) <= 32).then_some(out)
}

/// Whether the stretch breaks off: it ends in a preposition, a conjunction, a determiner or an auxiliary.
pub(crate) fn is_fragment(tokens: &[Token]) -> bool {
    let Some(last) = tokens.last() else { return true };
    let word = last.lower.as_str();
    let opens = matches!(last.tag, Tag::Adp | Tag::Det | Tag::Cconj | Tag::Sconj | Tag::Aux)
        && !matches!(
            word,
            "in" | "out"
                | "off"
                | "up"
                | "down"
                | "on"
                | "together"
                | "apart"
                | "within"
                | "around"
                | "through"
        );
    let open_quotes =
        tokens.iter().filter(|t| t.text == "“").count() != tokens.iter().filter(|t| t.text == "”").count();
    opens
        || open_quotes
        || matches!(
            word,
            "new"
                | "two"
                | "three"
                | "several"
                | "many"
                | "more"
                | "most"
                | "to"
                | "that"
                | "which"
                | "where"
                | "than"
                | "their"
                | "its"
                | "in"
                | "on"
                | "called"
                | "known"
                | "very"
                | "usually"
                | "often"
        )
}

/// Whether a finite verb stands outside every relative clause: a noun phrase has none.
pub(crate) fn has_main_verb(tokens: &[Token]) -> bool {
    let mut relative = false;
    let mut relative_verb = false;
    for at in 0..tokens.len() {
        let word = tokens[at].lower.as_str();
        if matches!(
            word,
            "that"
                | "which"
                | "who"
                | "whose"
                | "where"
                | "when"
                | "if"
                | "because"
                | "whereby"
                | "as"
                | "until"
                | "after"
                | "before"
                | "while"
                | "since"
                | "whom"
                | "how"
                | "although"
        ) {
            relative = true;
            relative_verb = false;
        }
        if is_finite(tokens, at) {
            if !relative {
                return true;
            }
            // a second verb inside is coordinated ('that rises and falls') or a chain of auxiliaries
            relative_verb = true;
        }
        if relative && relative_verb && word == ";" {
            relative = false;
        }
    }
    false
}

/// Whether the first word is a verb in the past or a bare participle.
pub(crate) fn is_past(verb: &Token) -> bool {
    let word = verb.lower.as_str();
    (verb.tag == Tag::Verb && word.ends_with("ed") && word != "need" && word != "feed" && word != "exceed")
        || lexicon().listed("narrative", word)
        || (verb.tag == Tag::Verb
            && (PARTICIPLES.contains(&word)
                && !matches!(word, "run" | "become" | "spread" | "set" | "come" | "cut")))
}

/// Index of the head noun of the first noun phrase: the last noun before what follows it.
pub(crate) fn head_of(tokens: &[Token]) -> Option<usize> {
    let mut head = None;
    for (at, token) in tokens.iter().enumerate() {
        match token.tag {
            Tag::Noun | Tag::Propn => head = Some(at),
            // 'a chemical that …'
            Tag::Adj
                if head.is_none()
                    && at > 0
                    && tokens.get(at + 1).is_some_and(|t| t.is("that") || t.is("which")) =>
            {
                head = Some(at);
            }
            Tag::Det | Tag::Adj | Tag::Num | Tag::Adv if head.is_none() => {}
            Tag::Adj if tokens.get(at + 1).is_some_and(|t| t.tag.is_noun()) => {}
            Tag::Verb if head.is_none() && (token.lower.ends_with("ed") || token.lower.ends_with("ing")) => {}
            Tag::Cconj if head.is_none() => {}
            Tag::Punct if head.is_none() && matches!(token.text.as_str(), "," | "-" | "–" | "“" | "”") =>
                {}
            _ => break,
        }
    }
    head
}

/// The text with its first letter in the upper case.
pub(crate) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
