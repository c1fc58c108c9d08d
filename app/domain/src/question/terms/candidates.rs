//! Where terms are found: bold type, naming, headings, noun phrases, brackets. Owns: what makes a name. Refuses:
//! which names stay (`terms`).

use super::phrase_end;
use crate::document::{BlockKind, Style};
use crate::question::lexicon::lexicon;
use crate::question::prose::Prose;
use crate::question::tagger::Tag;
use crate::question::token::{Token, tokens_of, write};
use crate::question::word::singular_phrase;
use std::collections::{BTreeMap, HashSet};

/// What is known of a candidate before the mentions are counted.
#[derive(Default)]
pub(super) struct Candidate {
    pub(super) marked: bool,
    pub(super) heading: bool,
    pub(super) soft: u32,
    pub(super) abbreviation: Option<String>,
}

/// Splits 'X (ABC)' and takes articles off; `None` where the rest is no name.
pub(super) fn name_of(text: &str) -> Option<(String, Option<String>)> {
    let tokens = tokens_of(text);
    let open = tokens.iter().position(|t| t.text == "(").unwrap_or(tokens.len());
    let inside: Vec<&Token> = tokens[open..].iter().filter(|t| t.is_word()).collect();
    let short = match inside.as_slice() {
        [one] if is_abbreviation(&one.text) => Some(one.text.clone()),
        _ => None,
    };
    let mut words = &tokens[..open];
    while let [first, rest @ ..] = words {
        if first.is_word() && !matches!(first.lower.as_str(), "a" | "an" | "the") {
            break;
        }
        words = rest;
    }
    while let [rest @ .., last] = words {
        if last.is_word() {
            break;
        }
        words = rest;
    }
    let fits = !words.is_empty()
        && words.iter().filter(|t| t.is_word()).count() <= 6
        && words.iter().all(|t| t.is_word() || matches!(t.text.as_str(), "’s" | "'s" | "’" | "–" | "/"))
        && words.iter().any(|t| t.text.chars().filter(|c| c.is_alphabetic()).count() >= 2)
        && words.first().is_some_and(|t| t.text.chars().any(char::is_alphabetic));
    if !fits {
        return None;
    }
    let name = singular_phrase(&write(words).to_lowercase());
    Some((name, short))
}

pub(super) fn is_abbreviation(text: &str) -> bool {
    let capitals = text.chars().filter(|c| c.is_uppercase()).count();
    (2..=8).contains(&text.chars().count()) && capitals >= 2
}

pub(super) fn collect_bold(prose: &Prose<'_>, out: &mut BTreeMap<String, Candidate>) {
    let document = prose.document;
    let mut blocks = document.blocks.iter().peekable();
    let mut spans: Vec<(usize, usize)> = vec![];
    for mark in document.marks.iter().filter(|mark| mark.style == Style::Bold) {
        let (start, end) = (mark.span.start as usize, mark.span.end as usize);
        match spans.last_mut() {
            // one name in two runs: '(IP' '3' ')'
            Some(last) if start <= last.1 + 1 && !document.text[last.1.min(start)..start].contains('\n') => {
                last.1 = last.1.max(end);
            }
            _ => spans.push((start, end)),
        }
    }
    for (start, end) in spans {
        while blocks.peek().is_some_and(|block| (block.span.end as usize) <= start) {
            blocks.next();
        }
        let Some(block) = blocks.peek() else { break };
        if !matches!(block.kind, BlockKind::Paragraph | BlockKind::ListItem { .. } | BlockKind::Note)
            || (block.span.end as usize) < end
            || (end - start) * 10 >= block.span.len() * 8
        {
            continue;
        }
        let text = document.text[start..end].trim_end_matches([':', ',', '.', ';', ' ']);
        // 'sinoatrial (SA) node' names the sinoatrial node and the SA node
        if let Some((before, rest)) = text.split_once(" (")
            && let Some((inside, head)) = rest.split_once(") ")
        {
            for part in [before, inside] {
                if let Some((name, _)) = name_of(&format!("{part} {head}")) {
                    out.entry(name).or_default().marked = true;
                }
            }
            continue;
        }
        if let Some((name, short)) = name_of(text)
            && !name
                .split(' ')
                .any(|w| matches!(w, "is" | "are" | "was" | "not" | "do" | "and/or" | "note" | "warning"))
        {
            let entry = out.entry(name).or_default();
            entry.marked = true;
            if entry.abbreviation.is_none() {
                entry.abbreviation = short;
            }
        }
    }
}

/// The X of 'called X' and the subject of 'X is a …'.
pub(super) fn collect_introduced(prose: &Prose<'_>, out: &mut BTreeMap<String, Candidate>, has_bold: bool) {
    for sentence in prose.sentences.iter().filter(|s| s.usable) {
        let tokens = &sentence.tokens;
        let mut found: Vec<(usize, usize)> = vec![];
        for at in 0..tokens.len() {
            let named = tokens[at].is("called")
                || tokens[at].is("termed")
                || (at > 0 && tokens[at].is("as") && tokens[at - 1].is("known"));
            if named {
                let first = at + 1 + usize::from(tokens.get(at + 1).is_some_and(|t| t.tag == Tag::Det));
                found.push((first, phrase_end(tokens, first)));
            }
        }
        let first =
            usize::from(tokens.first().is_some_and(|t| matches!(t.lower.as_str(), "a" | "an" | "the")));
        let last = phrase_end(tokens, first);
        let is_a = tokens.get(last).is_some_and(|t| t.is("is") || t.is("are"))
            && tokens.get(last + 1).is_some_and(|t| matches!(t.lower.as_str(), "a" | "an"));
        if is_a {
            found.push((first, last));
        }
        for (first, last) in found {
            if last <= first || last - first > 4 {
                continue;
            }
            let text = write(&tokens[first..last]);
            if lexicon().listed("weak_modifier", &tokens[first].lower) || tokens[first].tag == Tag::Pron {
                continue;
            }
            if let Some((name, _)) = name_of(&text) {
                let entry = out.entry(name).or_default();
                entry.soft += 2;
                entry.marked |= !has_bold;
            }
        }
    }
}

pub(super) fn collect_headings(prose: &Prose<'_>, out: &mut BTreeMap<String, Candidate>, has_bold: bool) {
    let document = prose.document;
    for block in &document.blocks {
        if !matches!(block.kind, BlockKind::Heading(level) if level > 1) {
            continue;
        }
        let text = document.slice(block.span);
        let text = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ' ');
        if text.split(' ').count() > 4 || text.contains([':', '?', ',', '/']) {
            continue;
        }
        let parts = text.split(" and ").collect::<Vec<_>>();
        for part in parts {
            let mut tokens = tokens_of(&part.to_lowercase());
            crate::question::tagger::tag(&mut tokens);
            let ends = tokens.last().is_some_and(|t| t.tag.is_noun());
            let of = tokens.iter().any(|t| matches!(t.tag, Tag::Adp | Tag::Cconj | Tag::Verb | Tag::Pron));
            if ends
                && !of
                && let Some((name, short)) = name_of(part)
            {
                let entry = out.entry(name).or_default();
                entry.heading = true;
                entry.marked |= !has_bold;
                if entry.abbreviation.is_none() {
                    entry.abbreviation = short;
                }
            }
        }
    }
}

/// Noun phrases whose head is a known kind of thing.
pub(super) fn collect_soft(prose: &Prose<'_>, out: &mut BTreeMap<String, Candidate>) {
    let lexicon = lexicon();
    for sentence in &prose.sentences {
        let tokens = &sentence.tokens;
        let mut at = 0;
        while at < tokens.len() {
            if !matches!(tokens[at].tag, Tag::Noun | Tag::Propn | Tag::Adj) {
                at += 1;
                continue;
            }
            let end = phrase_end(tokens, at).max(at + 1);
            let words: Vec<&Token> = tokens[at..end].iter().collect();
            at = end;
            if words.len() > 3 || words.iter().any(|t| t.tag == Tag::Num || !t.is_word()) {
                continue;
            }
            let name = singular_phrase(&words.iter().map(|t| t.lower.as_str()).collect::<Vec<_>>().join(" "));
            let head = name.rsplit(' ').next().unwrap_or("");
            let typed = lexicon.heads.contains_key(head)
                || lexicon.terms.contains_key(name.as_str())
                || lexicon
                    .suffixes
                    .iter()
                    .any(|(s, _)| s.len() >= 4 && head.len() > s.len() + 1 && head.ends_with(s));
            if typed && !lexicon.listed("weak_modifier", &words[0].lower) && words[0].lower.len() > 1 {
                out.entry(name).or_default().soft += 1;
            }
        }
    }
}

/// 'growth hormone (GH)' in running text.
pub(super) fn collect_abbreviations(prose: &Prose<'_>, out: &mut BTreeMap<String, Candidate>) {
    let keys: HashSet<String> = out.keys().cloned().collect();
    for sentence in &prose.sentences {
        let raw = tokens_of(prose.document.slice(sentence.span));
        for at in 1..raw.len().saturating_sub(2) {
            let shape = raw[at].text == "(" && raw[at + 2].text == ")" && is_abbreviation(&raw[at + 1].text);
            if !shape {
                continue;
            }
            let hit = (1..=5.min(at)).rev().find_map(|length| {
                let words =
                    raw[at - length..at].iter().map(|t| t.lower.as_str()).collect::<Vec<_>>().join(" ");
                let name = singular_phrase(&words);
                let first = |text: &str| text.chars().next().map(|c| c.to_ascii_lowercase());
                if first(&name) != first(&raw[at + 1].text) {
                    return None;
                }
                keys.contains(&name).then_some(name)
            });
            if let Some(entry) = hit.and_then(|name| out.get_mut(&name))
                && entry.abbreviation.is_none()
            {
                let short = raw[at + 1].text.trim_end_matches('s').to_string();
                entry.abbreviation = is_abbreviation(&short).then_some(short);
            }
        }
    }
}
