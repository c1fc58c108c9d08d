//! `mitochi questions FILE`: the questions that are written from a file without a model.

use domain::question::{self, Item};
use serde::Serialize;
use std::{fmt::Write as _, path::Path};

#[derive(Serialize)]
struct Line<'i> {
    stem: &'i str,
    options: Vec<Choice<'i>>,
    concept: &'i str,
    kind: question::ItemKind,
    difficulty: f32,
}

#[derive(Serialize)]
struct Choice<'i> {
    text: &'i str,
    correct: bool,
    rationale: &'i str,
    quote: &'i str,
    page: u32,
}

/// Runs the command. Gives the exit code.
pub fn run(path: &Path, json: bool, limit: Option<usize>, refusals: bool) -> i32 {
    let document = match super::read(path) {
        Ok(document) => document,
        Err(error) => return super::refuse(path, &error),
    };
    // the best are kept, not the first
    let generated = question::generate(&document, &question::Options { limit });
    let mut out = String::new();
    if refusals {
        for (refusal, count) in &generated.refusals {
            let _ = writeln!(out, "{count:6} {refusal:?}");
        }
        return super::print(&out);
    }
    for (n, item) in generated.items.iter().enumerate() {
        if json {
            out.push_str(&serde_json::to_string(&line(item)).unwrap_or_default());
            out.push('\n');
        } else {
            let _ = writeln!(out, "{}. {}\n{}", n + 1, item.stem, readable(item));
        }
    }
    super::print(&out)
}

fn line(item: &Item) -> Line<'_> {
    Line {
        stem: &item.stem,
        options: item.options.iter().map(choice).collect(),
        concept: &item.concept,
        kind: item.kind,
        difficulty: item.difficulty,
    }
}

fn choice(choice: &question::Choice) -> Choice<'_> {
    Choice {
        text: &choice.text,
        correct: choice.correct,
        rationale: &choice.rationale,
        quote: &choice.quote,
        page: choice.page,
    }
}

fn readable(item: &Item) -> String {
    let mut out = String::new();
    for (letter, option) in ('A'..).zip(&item.options) {
        let mark = if option.correct { '*' } else { ' ' };
        let _ = writeln!(out, " {mark}{letter}. {}\n      {}", option.text, option.rationale);
    }
    out
}
