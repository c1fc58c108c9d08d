//! `mitochi extract FILE`: what the reader makes of a file.

use domain::document::{BlockKind, Document};
use serde::Serialize;
use std::path::Path;

#[derive(Serialize)]
struct Extract<'d> {
    title: String,
    pages: Vec<Page<'d>>,
    headings: Vec<Heading<'d>>,
    warnings: &'d [String],
}

#[derive(Serialize)]
struct Page<'d> {
    number: u32,
    text: &'d str,
}

#[derive(Serialize)]
struct Heading<'d> {
    level: u8,
    title: &'d str,
    page: u32,
}

/// Runs the command: JSON, or text that reads well. Gives the exit code.
pub fn run(path: &Path, json: bool) -> i32 {
    let document = match super::read(path) {
        Ok(document) => document,
        Err(error) => return super::refuse(path, &error),
    };
    let text = if json { self::json(&document, path) } else { readable(&document) };
    super::print(&text)
}

/// One object. The page texts in a row are the document's text, in which `chunks` counts characters.
fn json(document: &Document, path: &Path) -> String {
    let stem = || path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let headings = document.blocks.iter().filter_map(|block| match block.kind {
        BlockKind::Heading(level) => {
            let title = document.slice(block.span);
            Some(Heading { level, title, page: document.page_at(block.span.start) })
        }
        _ => None,
    });
    let pages = document.pages.iter().enumerate();
    let extract = Extract {
        title: document.title.clone().unwrap_or_else(stem),
        pages: pages.map(|(at, page)| Page { number: page.number, text: document.page_text(at) }).collect(),
        headings: headings.collect(),
        warnings: &document.warnings,
    };
    let mut text = serde_json::to_string(&extract).unwrap_or_default();
    text.push('\n');
    text
}

fn readable(document: &Document) -> String {
    let mut out = String::new();
    let mut page = 0;
    for block in &document.blocks {
        let here = document.page_at(block.span.start);
        if here != page && document.pages.len() > 1 {
            out.push_str(&format!("{}--- page {here} ---\n\n", if page == 0 { "" } else { "\n" }));
        }
        page = here;
        let text = document.slice(block.span);
        let line = match &block.kind {
            BlockKind::Heading(level) => format!("{} {text}", "#".repeat(usize::from(*level))),
            BlockKind::ListItem { depth, ordered } => {
                format!("{}{} {text}", "  ".repeat(usize::from(*depth)), if *ordered { "1." } else { "-" })
            }
            BlockKind::Table { .. } => text.replace('\t', " | "),
            BlockKind::Note => format!("[Notes] {text}"),
            BlockKind::Aside => format!("> {text}"),
            BlockKind::Paragraph | BlockKind::Caption | BlockKind::Preformatted => text.to_string(),
        };
        out.push_str(&line);
        out.push_str("\n\n");
    }
    for warning in &document.warnings {
        out.push_str(&format!("Warning: {warning}\n"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::document::{Builder, Run};

    #[test]
    fn page_texts_in_a_row_are_the_text() {
        let mut builder = Builder::new();
        builder.page(1);
        builder.push(BlockKind::Heading(2), &[Run::plain("Heart")]);
        builder.page(2);
        builder.push(BlockKind::Paragraph, &[Run::plain("Café.")]);
        let document = builder.build();
        let value: serde_json::Value =
            serde_json::from_str(&json(&document, Path::new("x/notes.md"))).unwrap();
        assert_eq!(value["title"], "Heart");
        assert_eq!(value["headings"][0]["level"], 2);
        let texts: Vec<&str> =
            value["pages"].as_array().unwrap().iter().filter_map(|p| p["text"].as_str()).collect();
        assert_eq!(texts.concat(), document.text);
        assert!(readable(&document).contains("## Heart"));
    }
}
