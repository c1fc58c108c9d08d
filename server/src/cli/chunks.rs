//! `mitochi chunks FILE`: the passages that search and citations work on.

use domain::chunk::{self, Tokenize};
use domain::document::Document;
use serde::Serialize;
use std::path::Path;

#[derive(Serialize)]
struct Line<'d> {
    text: &'d str,
    /// First and last page.
    pages: [u32; 2],
    /// In characters of the document's text, as `extract` prints it.
    start: usize,
    end: usize,
    headings: &'d [String],
    tokens: u32,
}

/// Runs the command: a line of JSON for each passage, or text that reads well. Gives the exit code.
pub fn run(path: &Path, json: bool, tokenize: Tokenize<'_>) -> i32 {
    let document = match super::read(path) {
        Ok(document) => document,
        Err(error) => return super::refuse(path, &error),
    };
    super::print(&print(&document, json, tokenize))
}

fn print(document: &Document, json: bool, tokenize: Tokenize<'_>) -> String {
    let characters = Characters::of(&document.text);
    let mut out = String::new();
    for chunk in chunk::chunks(document, tokenize) {
        let text = document.slice(chunk.span);
        let (first, last) = chunk.pages;
        if json {
            let line = Line {
                text,
                pages: [first, last],
                start: characters.before(chunk.span.start as usize),
                end: characters.before(chunk.span.end as usize),
                headings: &chunk.headings,
                tokens: chunk.tokens,
            };
            out.push_str(&serde_json::to_string(&line).unwrap_or_default());
            out.push('\n');
        } else {
            let pages =
                if first == last { format!("page {first}") } else { format!("pages {first}–{last}") };
            out.push_str(&format!(
                "[{pages}, {} tokens] {}\n{text}\n\n",
                chunk.tokens,
                chunk.headings.join(" › ")
            ));
        }
    }
    out
}

/// Characters in front of a byte, by marks at every so many bytes.
struct Characters<'t> {
    text: &'t str,
    /// (byte, characters before it)
    marks: Vec<(usize, usize)>,
}

impl<'t> Characters<'t> {
    fn of(text: &'t str) -> Self {
        const STEP: usize = 4096;
        let mut marks = vec![(0, 0)];
        for (count, (byte, _)) in text.char_indices().enumerate() {
            if marks.last().is_some_and(|(last, _)| byte - last >= STEP) {
                marks.push((byte, count));
            }
        }
        Self { text, marks }
    }

    fn before(&self, byte: usize) -> usize {
        let at = self.marks.partition_point(|(mark, _)| *mark <= byte).saturating_sub(1);
        let (mark, count) = self.marks[at];
        count + self.text[mark..byte].chars().count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::document::{BlockKind, Builder, Run};

    #[test]
    fn starts_and_ends_count_characters() {
        let mut builder = Builder::new();
        builder.push(BlockKind::Heading(1), &[Run::plain("Épithélium α")]);
        builder.push(BlockKind::Paragraph, &[Run::plain(&"é ".repeat(9000))]);
        let document = builder.build();
        let words = |text: &str| {
            let start = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
            text.split_whitespace().map(|word| (start(word), start(word) + word.len())).collect()
        };
        let text: Vec<char> = document.text.chars().collect();
        let lines = print(&document, true, &words);
        assert!(lines.lines().count() > 10);
        for line in lines.lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let at = |name: &str| value[name].as_u64().unwrap() as usize;
            assert_eq!(
                text[at("start")..at("end")].iter().collect::<String>(),
                value["text"].as_str().unwrap()
            );
        }
    }
}
