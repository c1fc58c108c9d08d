//! The blocks of a page as they nest on the screen. Owns: lists inside lists, rows and cells of tables, ranks of
//! headings. Refuses: their looks (`page_text`).

use super::api::ReaderBlock;
use domain::document::BlockKind;
use std::ops::Range;

/// A piece of a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Flow {
    /// A heading and its rank among the headings shown, from 2: the page's own title is 1. No rank is skipped on
    /// the way down, so that a screen reader's outline has no holes where a stretch begins in mid-chapter.
    Heading(u8, ReaderBlock),
    /// Items in a row.
    List(List),
    /// Everything else.
    Block(ReaderBlock),
}

/// Items of one depth and kind in a row.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// Numbered.
    pub ordered: bool,
    /// Number of its first item: a list goes on over a page break.
    pub first: u32,
    /// In order, never empty.
    pub items: Vec<Item>,
}

/// An item with the lists inside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its text.
    pub block: ReaderBlock,
    /// Deeper lists that follow its text.
    pub lists: Vec<List>,
}

/// Nests the blocks of one page after another.
#[derive(Debug, Default)]
pub struct Nesting {
    headings: Vec<u8>,
    /// Depth, kind and length so far of the numbered lists that a next item would continue.
    open: Vec<(u8, bool, u32)>,
}

impl Nesting {
    /// The next page.
    pub fn page(&mut self, blocks: Vec<ReaderBlock>) -> Vec<Flow> {
        let mut flow = vec![];
        for block in blocks {
            match block.kind {
                BlockKind::ListItem { depth, ordered } => {
                    let number = self.number(depth, ordered);
                    match flow.last_mut() {
                        Some(Flow::List(list)) if place(list, depth, ordered) => {
                            list.add(depth, ordered, number, block);
                        }
                        _ => flow.push(Flow::List(List::of(ordered, number, block))),
                    }
                }
                BlockKind::Heading(level) => {
                    self.open.clear();
                    self.headings.retain(|above| *above < level);
                    self.headings.push(level);
                    flow.push(Flow::Heading((1 + self.headings.len() as u8).min(6), block));
                }
                _ => {
                    self.open.clear();
                    flow.push(Flow::Block(block));
                }
            }
        }
        flow
    }

    fn number(&mut self, depth: u8, ordered: bool) -> u32 {
        self.open.retain(|(open, kind, _)| *open < depth || *open == depth && *kind == ordered);
        match self.open.last_mut() {
            Some((open, _, count)) if *open == depth => {
                *count += 1;
                *count
            }
            _ => {
                self.open.push((depth, ordered, 1));
                1
            }
        }
    }
}

/// Whether an item of this depth and kind belongs to a list that begins with `list`: at the outermost depth only
/// if the kind agrees.
fn place(list: &List, depth: u8, ordered: bool) -> bool {
    match list.items.first().map(|item| &item.block.kind) {
        Some(BlockKind::ListItem { depth: outer, .. }) => {
            depth > *outer || list.ordered == ordered && depth == *outer
        }
        _ => false,
    }
}

impl List {
    fn of(ordered: bool, first: u32, block: ReaderBlock) -> Self {
        Self { ordered, first, items: vec![Item { block, lists: vec![] }] }
    }

    fn add(&mut self, depth: u8, ordered: bool, number: u32, block: ReaderBlock) {
        let outer = match self.items.first().map(|item| &item.block.kind) {
            Some(BlockKind::ListItem { depth, .. }) => *depth,
            _ => depth,
        };
        match self.items.last_mut() {
            Some(item) if depth > outer => match item.lists.last_mut() {
                Some(list) if place(list, depth, ordered) => list.add(depth, ordered, number, block),
                _ => item.lists.push(Self::of(ordered, number, block)),
            },
            _ => self.items.push(Item { block, lists: vec![] }),
        }
    }
}

/// Rows of a table, as ranges of its text per cell; every row is as long as the longest.
pub fn rows(text: &str) -> Vec<Vec<Range<usize>>> {
    let mut rows = vec![];
    let mut start = 0;
    for line in text.split('\n') {
        let mut row = vec![];
        for cell in line.split('\t') {
            row.push(start..start + cell.len());
            start += cell.len() + 1;
        }
        rows.push(row);
    }
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    for row in &mut rows {
        let end = row.last().map_or(0, |cell| cell.end);
        row.resize(width, end..end);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(kind: BlockKind, text: &str) -> ReaderBlock {
        ReaderBlock { kind, text: text.into(), start: 0, marks: vec![], lit: vec![], found: vec![] }
    }

    fn item(depth: u8, ordered: bool, text: &str) -> ReaderBlock {
        block(BlockKind::ListItem { depth, ordered }, text)
    }

    fn draw_list(list: &List) -> String {
        let items: Vec<_> = list
            .items
            .iter()
            .map(|item| item.block.text.clone() + &item.lists.iter().map(draw_list).collect::<String>())
            .collect();
        let (open, close) = if list.ordered { (format!("({}:", list.first), ")") } else { ("[".into(), "]") };
        format!("{open}{}{close}", items.join(" "))
    }

    fn draw(flow: &[Flow]) -> String {
        let drawn: Vec<_> = flow
            .iter()
            .map(|piece| match piece {
                Flow::Heading(rank, block) => format!("h{rank}:{}", block.text),
                Flow::List(list) => draw_list(list),
                Flow::Block(block) => block.text.clone(),
            })
            .collect();
        drawn.join(" ")
    }

    #[test]
    fn lists_nest_by_depth_and_part_by_kind() {
        let cases: Vec<(Vec<ReaderBlock>, &str)> = vec![
            (vec![item(0, false, "a"), item(0, false, "b")], "[a b]"),
            (vec![item(0, false, "a"), item(1, false, "b"), item(0, false, "c")], "[a[b] c]"),
            (vec![item(0, false, "a"), item(1, true, "b"), item(1, true, "c")], "[a(1:b c)]"),
            (vec![item(0, true, "a"), item(0, false, "b")], "(1:a) [b]"),
            (vec![item(0, false, "a"), item(2, false, "b"), item(1, false, "c")], "[a[b][c]]"),
            (vec![item(1, false, "a"), item(0, false, "b")], "[a] [b]"),
            (vec![item(0, false, "a"), block(BlockKind::Paragraph, "p"), item(0, false, "b")], "[a] p [b]"),
            (
                vec![item(0, false, "a"), item(1, false, "b"), item(2, false, "c"), item(2, false, "d")],
                "[a[b[c d]]]",
            ),
        ];
        for (blocks, wanted) in cases {
            assert_eq!(draw(&Nesting::default().page(blocks)), wanted);
        }
    }

    #[test]
    fn a_numbered_list_goes_on_over_a_page() {
        let mut nesting = Nesting::default();
        assert_eq!(
            draw(&nesting.page(vec![item(0, true, "a"), item(1, false, "x"), item(0, true, "b")])),
            "(1:a[x] b)"
        );
        assert_eq!(
            draw(&nesting.page(vec![item(0, true, "c"), block(BlockKind::Paragraph, "p")])),
            "(3:c) p"
        );
        assert_eq!(draw(&nesting.page(vec![item(0, true, "a")])), "(1:a)");
    }

    #[test]
    fn headings_never_skip_a_rank_on_the_way_down() {
        let cases: Vec<(&[u8], &str)> = vec![
            (&[1, 2, 3], "h2 h3 h4"),
            (&[1, 3, 2, 3], "h2 h3 h3 h4"),
            (&[3, 2, 3, 1], "h2 h2 h3 h2"),
            (&[1, 2, 3, 4, 5, 6], "h2 h3 h4 h5 h6 h6"),
        ];
        for (levels, wanted) in cases {
            let blocks = levels.iter().map(|level| block(BlockKind::Heading(*level), "")).collect();
            assert_eq!(draw(&Nesting::default().page(blocks)).replace(':', ""), wanted, "{levels:?}");
        }
    }

    #[test]
    fn tables_are_cut_into_cells_of_equal_rows() {
        let text = "Hormone\tSource\nADH\t\tposterior\n";
        let cells: Vec<Vec<&str>> =
            rows(text).into_iter().map(|row| row.into_iter().map(|cell| &text[cell]).collect()).collect();
        assert_eq!(cells, [["Hormone", "Source", ""], ["ADH", "", "posterior"], ["", "", ""]]);
    }
}
