//! Cleaning of sentences: what a question must not repeat goes. Owns: brackets, connectives, asides. Refuses: meaning.

use crate::question::token::Token;

pub(super) const CONNECTIVES: &[&str] = &[
    "however",
    "therefore",
    "thus",
    "in addition",
    "additionally",
    "moreover",
    "furthermore",
    "for example",
    "for instance",
    "in fact",
    "indeed",
    "finally",
    "also",
    "next",
    "interestingly",
    "importantly",
    "notably",
    "in other words",
    "on the other hand",
    "in contrast",
    "by contrast",
    "conversely",
    "instead",
    "likewise",
    "consequently",
    "as a result",
    "hence",
    "nevertheless",
    "nonetheless",
    "of course",
    "first",
    "second",
    "third",
    "lastly",
    "overall",
    "in general",
    "in turn",
    "similarly",
    "specifically",
    "as its name implies",
    "as its name suggests",
    "as their name suggests",
    "as their name implies",
    "as the name implies",
    "as the name suggests",
    "as mentioned",
    "as noted",
    "as you know",
    "as you might expect",
    "in this way",
    "in this case",
    "at the same time",
    "as mentioned earlier",
    "as mentioned previously",
    "accordingly",
    "for this reason",
    "in response",
    "in such cases",
    "in this case",
    "in summary",
    "in short",
    "essentially",
    "in essence",
    "meanwhile",
    "together",
    "in these cases",
    "as described above",
    "as noted earlier",
    "clinically",
    "in particular",
    "ultimately",
    "that is",
    "then",
    "again",
    "by definition",
    "rather",
    "unfortunately",
    "fortunately",
    "remarkably",
    "surprisingly",
    "as expected",
    "recall that",
    "note that",
    "remember that",
    "keep in mind that",
    "it is important to note that",
    "as you learned",
    "as discussed",
    "as discussed previously",
    "to review",
    "as stated earlier",
    "as previously noted",
    "further",
    "not surprisingly",
    "simply put",
    "in reality",
    "historically",
    "in a sense",
];

/// Connectives whose subject is set against something said before.
pub(super) const CONTRAST: &[&str] = &[
    "in contrast",
    "by contrast",
    "conversely",
    "unlike",
    "as opposed to",
    "instead",
    "on the other hand",
    "rather",
];

/// Connectives that tie a sentence to the case told before it.
pub(super) const RESUMES: &[&str] = &[
    "in this way",
    "in this case",
    "in these cases",
    "in such cases",
    "for this reason",
    "as a result",
    "in response",
    "at the same time",
    "at this point",
    "at this time",
    "consequently",
    "in turn",
    "as discussed",
    "as described",
];

pub(super) fn opening(tokens: &[Token]) -> String {
    tokens.iter().take(5).map(|t| t.lower.as_str()).collect::<Vec<_>>().join(" ")
}

/// Drops what a question must not repeat: parentheses, figure references, connectives.
pub(super) fn clean(raw: Vec<Token>) -> Vec<Token> {
    let mut tokens = without_brackets(raw);
    drop_openings(&mut tokens);
    drop_contrast(&mut tokens);
    drop_asides(&mut tokens);
    if let Some(first) = tokens.first_mut() {
        first.gap = false;
    }
    tokens
}

pub(super) fn without_brackets(raw: Vec<Token>) -> Vec<Token> {
    let balanced =
        raw.iter().filter(|t| t.text == "(").count() == raw.iter().filter(|t| t.text == ")").count();
    let mut depth = 0_usize;
    let mut out = Vec::with_capacity(raw.len());
    for token in raw {
        match token.text.as_str() {
            "(" | "[" if balanced => depth += 1,
            ")" | "]" if balanced => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(token),
            _ => {}
        }
    }
    out
}

/// Takes 'However,' and its like from the front, as often as they stand there.
pub(super) fn drop_openings(tokens: &mut Vec<Token>) {
    'again: for _ in 0..3 {
        for connective in CONNECTIVES {
            let words: Vec<&str> = connective.split(' ').collect();
            let matches = tokens.len() > words.len() + 3
                && words.iter().zip(tokens.iter()).all(|(word, token)| token.is(word));
            if !matches {
                continue;
            }
            let comma = tokens[words.len()].text == ",";
            let that = *connective != "that is" && words.last() == Some(&"that");
            if comma || that {
                tokens.drain(..words.len() + usize::from(comma));
                continue 'again;
            }
        }
        return;
    }
}

/// Takes 'In contrast to phagocytosis,' from the front: the rest says what the subject is.
fn drop_contrast(tokens: &mut Vec<Token>) {
    const LONGEST: usize = 9;
    let opens =
        [&["in", "contrast", "to"][..], &["in", "contrast", "with"], &["as", "opposed", "to"], &["unlike"]];
    let Some(words) = opens.iter().find(|words| {
        words.len() < tokens.len() && words.iter().zip(tokens.iter()).all(|(word, token)| token.is(word))
    }) else {
        return;
    };
    let Some(comma) = (words.len() + 1..tokens.len().min(LONGEST)).find(|at| tokens[*at].text == ",") else {
        return;
    };
    // a list or a clause ends later
    let plain = tokens[..comma].iter().all(|t| {
        t.is_word()
            && !matches!(
                t.lower.as_str(),
                "is" | "are" | "that" | "which" | "where" | "these" | "this" | "those"
            )
    });
    let list = tokens[comma + 1..].iter().take(6).any(|t| t.text == ",");
    if plain && !list && tokens.len() > comma + 4 {
        tokens.drain(..=comma);
    }
}

/// Where ', such as certain ions,' ends before a clause goes on.
fn examples(tokens: &[Token]) -> Option<usize> {
    const LONGEST: usize = 8;
    if !(tokens.len() > 4 && tokens[1].is("such") && tokens[2].is("as")) {
        return None;
    }
    let end = (4..tokens.len().min(LONGEST)).find(|at| tokens[*at].text == ",")?;
    let goes_on = tokens.get(end + 1)?;
    matches!(goes_on.lower.as_str(), "to" | "is" | "are" | "can" | "by" | "into" | "from").then_some(end)
}

/// Takes ', however,' and its like from the middle.
pub(super) fn drop_asides(tokens: &mut Vec<Token>) {
    const ASIDES: &[&str] = &[
        "on the other hand",
        "however",
        "for example",
        "therefore",
        "in turn",
        "of course",
        "in fact",
        "thus",
        "for instance",
        "too",
        "as well",
        "in contrast",
        "then",
        "in other words",
        "as mentioned",
        "as noted above",
        "indeed",
        "moreover",
        "by contrast",
    ];
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].text == "," {
            if let Some(end) = examples(&tokens[at..]) {
                tokens.drain(at..=at + end);
                continue;
            }
            let hit = ASIDES.iter().find_map(|aside| {
                let words: Vec<&str> = aside.split(' ').collect();
                let end = at + 1 + words.len();
                let same = end < tokens.len() && words.iter().zip(&tokens[at + 1..]).all(|(w, t)| t.is(w));
                (same && matches!(tokens[end].text.as_str(), "," | ".")).then_some(end)
            });
            if let Some(end) = hit {
                let comma = usize::from(tokens[end].text == ",");
                // ', however,' joins two sentences; the others only comment
                let joint = matches!(
                    tokens[at + 1].lower.as_str(),
                    "however" | "therefore" | "thus" | "moreover" | "indeed" | "then"
                );
                if joint && comma == 1 && at > 3 {
                    tokens[at].text = ";".into();
                    tokens[at].lower = ";".into();
                    tokens.drain(at + 1..=end);
                } else {
                    tokens.drain(at..end + comma);
                }
                continue;
            }
        }
        at += 1;
    }
}
