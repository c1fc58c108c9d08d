//! Markdown, through comrak's tree. Owns: which node is which block. Refuses: CommonMark itself.

use super::inline::{self, Inline, Set};
use super::{ReadError, html};
use comrak::nodes::{AstNode, ListType, NodeValue};
use comrak::{Arena, Options, parse_document};
use domain::document::{BlockKind, Builder, Document};

/// Lists in quotes in lists: more than anyone writes.
const MAX_DEPTH: usize = 100;

/// A line that begins a new page: Markdown has no pages of its own.
const PAGE_BREAK: &str = "<!-- page -->";

/// Reads Markdown with tables, footnotes and formulas.
///
/// # Errors
/// Nested beyond measure.
pub(super) fn read(text: &str) -> Result<Document, ReadError> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.footnotes = true;
    options.extension.tasklist = true;
    options.extension.superscript = true;
    options.extension.math_dollars = true;
    options.extension.description_lists = true;
    options.extension.front_matter_delimiter = Some("---".to_string());
    let arena = Arena::new();
    let root = parse_document(&arena, text, &options);
    let mut reader = Reader { builder: Builder::new(), page: 1 };
    reader.blocks(root, None, 0)?;
    Ok(reader.builder.build())
}

struct Reader {
    builder: Builder,
    page: u32,
}

impl Reader {
    fn next_page(&mut self) {
        self.page += 1;
        self.builder.page(self.page);
    }

    /// Blocks below a node; `item` is the list item whose first paragraph comes next.
    fn blocks<'a>(
        &mut self,
        parent: &'a AstNode<'a>,
        mut item: Option<BlockKind>,
        depth: usize,
    ) -> Result<(), ReadError> {
        if depth > MAX_DEPTH {
            return Err(ReadError::TooComplex);
        }
        for node in parent.children() {
            let value = node.data.borrow().value.clone();
            match value {
                NodeValue::FrontMatter(text) => self.front(&text),
                NodeValue::Heading(heading) => {
                    inline_of(node).write(BlockKind::Heading(heading.level.clamp(1, 6)), &mut self.builder);
                }
                NodeValue::Paragraph => {
                    let kind = item.take().unwrap_or(BlockKind::Paragraph);
                    inline_of(node).write(kind, &mut self.builder);
                }
                NodeValue::List(list) => {
                    let ordered = list.list_type == ListType::Ordered;
                    let level = depth_of_list(node);
                    for entry in node.children() {
                        self.blocks(entry, Some(BlockKind::ListItem { depth: level, ordered }), depth + 1)?;
                    }
                }
                NodeValue::CodeBlock(code) => {
                    let mut text = Inline::default();
                    text.push(&code.literal, Set::default());
                    text.write(BlockKind::Preformatted, &mut self.builder);
                }
                NodeValue::HtmlBlock(block) if block.literal.trim() == PAGE_BREAK => self.next_page(),
                NodeValue::HtmlBlock(block) => html::blocks(&block.literal, &mut self.builder)?,
                NodeValue::Table(_) => self.table(node),
                NodeValue::DescriptionTerm => {
                    let mut term = Inline::default();
                    for paragraph in node.children() {
                        term.append(inline_of(paragraph));
                    }
                    term.write(BlockKind::ListItem { depth: 0, ordered: false }, &mut self.builder);
                }
                NodeValue::FootnoteDefinition(_) => {
                    self.blocks(node, Some(BlockKind::Aside), depth + 1)?;
                }
                NodeValue::Math(math) => {
                    let mut text = Inline::default();
                    text.push(&math.literal, Set::default());
                    text.write(BlockKind::Preformatted, &mut self.builder);
                }
                _ => self.blocks(node, item.take(), depth + 1)?,
            }
        }
        Ok(())
    }

    /// The title among the facts at the head of a file.
    fn front(&mut self, text: &str) {
        let title = text.lines().find_map(|line| line.strip_prefix("title:"));
        if let Some(title) = title {
            self.builder.title(title.trim().trim_matches(['"', '\'']));
        }
    }

    fn table<'a>(&mut self, table: &'a AstNode<'a>) {
        let mut rows: Vec<Vec<Inline>> =
            table.children().map(|row| row.children().map(inline_of).collect()).collect();
        // Markdown needs a heading row; authors leave it empty where there is none
        let headed = rows.first().is_some_and(|row| row.iter().any(|cell| !cell.is_blank()));
        rows.retain(|row| row.iter().any(|cell| !cell.is_blank()));
        inline::write_table(&rows, usize::from(headed), &mut self.builder);
    }
}

fn depth_of_list<'a>(list: &'a AstNode<'a>) -> u8 {
    let above =
        list.ancestors().skip(1).filter(|node| matches!(node.data.borrow().value, NodeValue::List(_)));
    above.take(5).count() as u8
}

fn inline_of<'a>(node: &'a AstNode<'a>) -> Inline {
    let mut out = Inline::default();
    collect(node, Set::default(), &mut out, 0);
    out
}

fn collect<'a>(parent: &'a AstNode<'a>, mut set: Set, out: &mut Inline, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    let base = set;
    for node in parent.children() {
        match &node.data.borrow().value {
            NodeValue::Text(text) => out.push(text, set),
            NodeValue::Code(code) => out.push(&code.literal, set),
            NodeValue::Math(math) => out.push(&math.literal, set),
            NodeValue::SoftBreak | NodeValue::LineBreak => out.push(" ", set),
            NodeValue::Strong => collect(node, Set { bold: true, ..set }, out, depth + 1),
            NodeValue::Emph => collect(node, Set { italic: true, ..set }, out, depth + 1),
            NodeValue::Superscript => collect(node, Set { superscript: true, ..set }, out, depth + 1),
            // <sub> and its like have an end tag further on among the siblings
            NodeValue::HtmlInline(tag) => set = tagged(tag, set, base),
            NodeValue::FootnoteReference(_) | NodeValue::Image(_) => {}
            _ => collect(node, set, out, depth + 1),
        }
    }
}

fn tagged(tag: &str, set: Set, base: Set) -> Set {
    let closing = tag.starts_with("</");
    let name = tag
        .trim_start_matches(['<', '/'])
        .split(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    let on = !closing;
    match name.to_ascii_lowercase().as_str() {
        "sub" => Set { subscript: on || base.subscript, ..set },
        "sup" => Set { superscript: on || base.superscript, ..set },
        "b" | "strong" => Set { bold: on || base.bold, ..set },
        "i" | "em" => Set { italic: on || base.italic, ..set },
        _ => set,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_and_marks() {
        let source = "---\ntitle: Heart\n---\n# One\n\nThe **atrioventricular\nnode** and Ca<sup>2+</sup>.\n\n- a\n  - b\n\n1. c\n\n| H | S |\n|---|---|\n| ADH | x |\n\n<p>raw <b>html</b></p>\n";
        let document = read(source).unwrap();
        document.check().unwrap();
        assert_eq!(document.title.as_deref(), Some("Heart"));
        let blocks: Vec<(BlockKind, &str)> =
            document.blocks.iter().map(|block| (block.kind.clone(), document.slice(block.span))).collect();
        let item = |depth, ordered| BlockKind::ListItem { depth, ordered };
        assert_eq!(
            blocks,
            [
                (BlockKind::Heading(1), "One"),
                (BlockKind::Paragraph, "The atrioventricular node and Ca2+."),
                (item(0, false), "a"),
                (item(1, false), "b"),
                (item(0, true), "c"),
                (BlockKind::Table { header: 1 }, "H\tS\nADH\tx"),
                (BlockKind::Paragraph, "raw html"),
            ]
        );
        let marks: Vec<&str> = document.marks.iter().map(|mark| document.slice(mark.span)).collect();
        assert_eq!(marks, ["atrioventricular node", "2+", "html"]);
    }
}
