//! Styled text in the making, shared by the readers of formats that name their styles.

use domain::document::{BlockKind, Builder, Run};

/// How a piece is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Set {
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) superscript: bool,
    pub(super) subscript: bool,
}

/// Pieces of text, each with its style.
#[derive(Debug, Clone, Default)]
pub(super) struct Inline {
    pieces: Vec<(String, Set)>,
}

impl Inline {
    pub(super) fn push(&mut self, text: &str, set: Set) {
        match self.pieces.last_mut() {
            // white space has no style of its own: a bold phrase stays one
            Some((last, same)) if *same == set || text.trim().is_empty() => last.push_str(text),
            _ => self.pieces.push((text.to_string(), set)),
        }
    }

    pub(super) fn append(&mut self, other: Inline) {
        for (text, set) in other.pieces {
            self.push(&text, set);
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.pieces.iter().all(|(text, _)| text.trim().is_empty())
    }

    pub(super) fn text(&self) -> String {
        self.pieces.iter().map(|(text, _)| text.as_str()).collect()
    }

    /// Whether every visible piece is set so.
    pub(super) fn all(&self, is: impl Fn(Set) -> bool) -> bool {
        let mut visible =
            self.pieces.iter().filter(|(text, _)| text.chars().any(char::is_alphanumeric)).peekable();
        visible.peek().is_some() && visible.all(|(_, set)| is(*set))
    }

    fn runs(&self, heading: bool) -> Vec<Run<'_>> {
        self.pieces
            .iter()
            .map(|(text, set)| Run {
                text,
                bold: set.bold && !heading,
                italic: set.italic && !heading,
                superscript: set.superscript,
                subscript: set.subscript,
            })
            .collect()
    }

    /// Writes it as a block; a paragraph that is the legend of a figure becomes one.
    pub(super) fn write(&self, kind: BlockKind, builder: &mut Builder) {
        let kind = match kind {
            BlockKind::Paragraph if self.is_caption() => BlockKind::Caption,
            kind => kind,
        };
        let heading = matches!(kind, BlockKind::Heading(_));
        builder.push(kind, &self.runs(heading));
    }

    /// Writes it as the rest of the block before.
    pub(super) fn extend(&self, builder: &mut Builder) {
        builder.extend(&self.runs(false), false);
    }

    /// 'Figure 3. …' set in italics, or a short line that names a figure or table.
    fn is_caption(&self) -> bool {
        let text = self.text();
        let mut words = text.split_whitespace();
        let Some(first) = words.next() else { return false };
        let bare = first.trim_end_matches(['.', ':']);
        if !matches!(bare, "Figure" | "Fig" | "Table" | "FIGURE" | "TABLE") {
            return false;
        }
        let second = words.next().unwrap_or_default();
        let numbered = second.starts_with(|c: char| c.is_ascii_digit()) && second.ends_with(['.', ':']);
        self.all(|set| set.italic) || numbered || bare.len() < first.len() && bare != "Fig"
    }
}

/// Cells of a table, row by row, as one block: tabs between cells, line breaks between rows.
pub(super) fn write_table(rows: &[Vec<Inline>], header: usize, builder: &mut Builder) {
    let mut whole = Inline::default();
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            whole.pieces.push(("\n".to_string(), Set::default()));
        }
        for (column, cell) in row.iter().enumerate() {
            if column > 0 {
                whole.pieces.push(("\t".to_string(), Set::default()));
            }
            for (text, set) in &cell.pieces {
                whole.pieces.push((text.replace(['\n', '\t'], " "), *set));
            }
        }
    }
    let header = header.min(rows.len().saturating_sub(1)).min(255) as u8;
    whole.write(BlockKind::Table { header }, builder);
}
