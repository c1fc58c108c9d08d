//! The chapter that is read in the gallery: our own sentences, with a block of every kind.

use domain::document::{BlockKind, Builder, Document, Run, Span};
use std::sync::LazyLock;

/// One block a line, its kind in front: `#` headings, `-` and `+` lists (doubled for depth), `|` rows of a table (`|=`
/// heads it), `>` captions, `!` asides, `@` speaker notes, `` ` `` lines of preformatted text, `=` page numbers.
/// `**bold**`, `_italic_`, `^raised^` and `~lowered~` set words apart.
const SOURCE: &str = include_str!("chapter.txt");

static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
    let mut builder = Builder::new();
    builder.title("The heart");
    let mut rows: Vec<&str> = vec![];
    let mut lines: Vec<&str> = vec![];
    for line in SOURCE.lines().chain([""]) {
        if !line.starts_with('|') && !rows.is_empty() {
            let header = rows.iter().take_while(|row| row.starts_with('=')).count() as u8;
            let cells = |row: &&str| {
                let row: Vec<_> = row.trim_start_matches('=').split('|').map(str::trim).collect();
                row.join("\t")
            };
            let text = rows.iter().map(cells).collect::<Vec<_>>().join("\n");
            builder.push(BlockKind::Table { header }, &[Run::plain(&text)]);
            rows.clear();
        }
        if !line.starts_with('`') && !lines.is_empty() {
            builder.push(BlockKind::Preformatted, &[Run::plain(&lines.join("\n"))]);
            lines.clear();
        }
        let marker = line.chars().next().unwrap_or(' ');
        let times = line.chars().take_while(|c| *c == marker).count();
        let rest = line.get(times..).unwrap_or_default().trim_start();
        let depth = times.saturating_sub(1) as u8;
        let kind = match marker {
            '=' => {
                builder.page(rest.parse().unwrap_or(1));
                continue;
            }
            '|' => {
                rows.push(&line[1..]);
                continue;
            }
            '`' => {
                lines.push(&line[1..]);
                continue;
            }
            '#' => BlockKind::Heading(times as u8),
            '-' => BlockKind::ListItem { depth, ordered: false },
            '+' => BlockKind::ListItem { depth, ordered: true },
            '>' => BlockKind::Caption,
            '!' => BlockKind::Aside,
            '@' => BlockKind::Note,
            _ => BlockKind::Paragraph,
        };
        builder.push(kind.clone(), &runs(if kind == BlockKind::Paragraph { line } else { rest }));
    }
    builder.build()
});

fn runs(text: &str) -> Vec<Run<'_>> {
    let mut runs = vec![];
    let mut now = Run::default();
    let mut rest = text;
    while let Some(at) = rest.find(['*', '_', '^', '~']) {
        runs.push(Run { text: &rest[..at], ..now });
        let step = if rest[at..].starts_with("**") { 2 } else { 1 };
        match rest.as_bytes()[at] {
            b'*' => now.bold = !now.bold,
            b'_' => now.italic = !now.italic,
            b'^' => now.superscript = !now.superscript,
            _ => now.subscript = !now.subscript,
        }
        rest = &rest[at + step..];
    }
    runs.push(Run { text: rest, ..now });
    runs
}

/// The chapter as it was read.
pub(crate) fn document() -> &'static Document {
    &DOCUMENT
}

/// Where a sentence stands in the chapter.
pub(crate) fn find(sentence: &str) -> Option<Span> {
    let at = document().text.find(sentence)?;
    Some(Span::new(at, at + sentence.len()))
}
