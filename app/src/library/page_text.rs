//! The text of a page as it was read: headings, paragraphs, lists, tables, with what is cited lit and what is looked
//! for marked.

use super::{
    api::{ReaderBlock, ReaderQuestion},
    flow::{Flow, Item, List, Nesting, rows},
    segments::{Piece, Run, Stretch, stretches},
};
use crate::{
    tutor::teach::{Teach, TeachMe},
    ui::{Glyph, Icon},
};
use domain::{
    document::{BlockKind, Span},
    id::MaterialId,
};
use leptos::prelude::*;
use std::{cell::Cell, ops::Range};

/// What the pages of a stretch share while they are drawn.
pub struct Ink {
    /// What they are of.
    pub material: MaterialId,
    /// Questions that cite these pages.
    pub questions: Vec<ReaderQuestion>,
    /// First byte (in the document) of the found stretch that is current.
    pub current: Signal<Option<u32>>,
    /// Called with a question when the learner asks for it in the margin.
    pub ask: Callback<ReaderQuestion>,
    nesting: std::cell::RefCell<Nesting>,
    /// Whether the lit stretch has its anchor.
    anchored: Cell<bool>,
    /// Whether it was said that the lit stretch is cited.
    told: Cell<bool>,
    /// First byte of the last found stretch that was drawn: one that is cut has one anchor.
    found: Cell<Option<u32>>,
}

impl Ink {
    /// Nothing drawn yet.
    pub fn new(
        material: MaterialId,
        questions: Vec<ReaderQuestion>,
        current: Signal<Option<u32>>,
        ask: Callback<ReaderQuestion>,
    ) -> Self {
        Self {
            material,
            questions,
            current,
            ask,
            nesting: Default::default(),
            anchored: Cell::new(false),
            told: Cell::new(false),
            found: Cell::new(None),
        }
    }

    /// The blocks of the next page.
    pub fn page(&self, number: u32, blocks: Vec<ReaderBlock>) -> Vec<AnyView> {
        let flow = self.nesting.borrow_mut().page(blocks);
        let mut noted = false;
        flow.into_iter()
            .map(|piece| {
                let follows_note = noted;
                noted = matches!(&piece, Flow::Block(block) if block.kind == BlockKind::Note);
                match piece {
                    Flow::Heading(rank, block) => self.heading(rank, block),
                    Flow::List(list) => self.list(list),
                    Flow::Block(block) => self.block(number, block, follows_note),
                }
            })
            .collect()
    }

    fn heading(&self, rank: u8, block: ReaderBlock) -> AnyView {
        let id = anchor(&block);
        let words = self.words(&block);
        let heading = match rank {
            ..=2 => view! { <h2 id=id>{words}</h2> }.into_any(),
            3 => view! { <h3 id=id>{words}</h3> }.into_any(),
            4 => view! { <h4 id=id>{words}</h4> }.into_any(),
            5 => view! { <h5 id=id>{words}</h5> }.into_any(),
            _ => view! { <h6 id=id>{words}</h6> }.into_any(),
        };
        view! { {heading} {self.cited(&block)} }.into_any()
    }

    fn list(&self, list: List) -> AnyView {
        let items = list.items.into_iter().map(|item| self.item(item)).collect_view();
        match (list.ordered, list.first) {
            (true, 1) => view! { <ol class="doc__list">{items}</ol> }.into_any(),
            (true, first) => view! { <ol class="doc__list" start=first>{items}</ol> }.into_any(),
            (false, _) => view! { <ul class="doc__list">{items}</ul> }.into_any(),
        }
    }

    fn item(&self, item: Item) -> AnyView {
        let lists = item.lists.into_iter().map(|list| self.list(list)).collect_view();
        view! { <li id=anchor(&item.block)>{self.words(&item.block)}{self.cited(&item.block)}{lists}</li> }
            .into_any()
    }

    fn block(&self, page: u32, block: ReaderBlock, follows_note: bool) -> AnyView {
        let id = anchor(&block);
        let shown = match block.kind {
            BlockKind::Table { header } => self.table(page, &block, header.into()),
            BlockKind::Preformatted => view! {
                <pre class="doc__pre" id=id tabindex="0" role="group" aria-label="Text with its line breaks">
                    {self.words(&block)}
                </pre>
            }
            .into_any(),
            BlockKind::Caption => view! { <p class="doc__caption" id=id>{self.words(&block)}</p> }.into_any(),
            BlockKind::Note => view! {
                <div class="doc__note" class:doc__note--more=follows_note id=id role="note">
                    {(!follows_note).then(|| view! { <p class="doc__label">"Speaker notes"</p> })}
                    <p>{self.words(&block)}</p>
                </div>
            }
            .into_any(),
            BlockKind::Aside => view! {
                <div class="doc__aside" id=id role="note"><p>{self.words(&block)}</p></div>
            }
            .into_any(),
            BlockKind::Paragraph | BlockKind::Heading(_) | BlockKind::ListItem { .. } => {
                view! { <p id=id>{self.words(&block)}</p> }.into_any()
            }
        };
        view! { {shown} {self.cited(&block)} }.into_any()
    }

    fn table(&self, page: u32, block: &ReaderBlock, header: usize) -> AnyView {
        let mut rows = rows(&block.text);
        let body = rows.split_off(header.min(rows.len()));
        let head = (!rows.is_empty()).then(|| {
            let rows = rows
                .into_iter()
                .map(|row| {
                    let cells = row.into_iter().map(|cell| match cell.is_empty() {
                        // a heading without words heads nothing
                        true => view! { <td></td> }.into_any(),
                        false => view! { <th scope="col">{self.words_in(block, cell)}</th> }.into_any(),
                    });
                    view! { <tr>{cells.collect_view()}</tr> }
                })
                .collect_view();
            view! { <thead>{rows}</thead> }
        });
        let body = body
            .into_iter()
            .map(|row| {
                let cells = row
                    .into_iter()
                    .map(|cell| view! { <td>{self.words_in(block, cell)}</td> })
                    .collect_view();
                view! { <tr>{cells}</tr> }
            })
            .collect_view();
        view! {
            <div
                class="doc__table tablewrap"
                id=anchor(block)
                role="group"
                tabindex="0"
                aria-label=format!("Table on page {page}")
            >
                <table class="table">{head}<tbody>{body}</tbody></table>
            </div>
        }
        .into_any()
    }

    /// Below a block with a lit stretch: that it is cited, and by which question.
    fn cited(&self, block: &ReaderBlock) -> Option<AnyView> {
        // a stretch over several blocks is told once
        if block.lit.is_empty() || self.told.replace(true) {
            return None;
        }
        let whole = |lit: &Span| Span { start: block.start + lit.start, end: block.start + lit.end };
        let cites =
            |question: &&ReaderQuestion| block.lit.iter().any(|lit| whole(lit).overlaps(question.span));
        let question = self.questions.iter().find(cites).cloned().map(|question| {
            let (ask, stem) = (self.ask, question.stem.clone());
            let href = format!("#q-{}", question.id);
            view! {
                <a
                    class="soft"
                    href=href
                    on:click=move |event| {
                        event.prevent_default();
                        ask.run(question.clone());
                    }
                >
                    {stem}
                </a>
            }
        });
        Some(
            view! {
                <div class="from small">
                    <span class="chip honey"><Icon glyph=Glyph::Quote/>"Cited here"</span>
                    {question}
                    <TeachMe what=Teach::Stretch(self.material, whole(&block.lit[0])) class="btn btn--quiet btn--sm"/>
                </div>
            }
            .into_any(),
        )
    }

    fn words(&self, block: &ReaderBlock) -> Vec<AnyView> {
        self.words_in(block, 0..block.text.len())
    }

    fn words_in(&self, block: &ReaderBlock, within: Range<usize>) -> Vec<AnyView> {
        stretches(&block.text, within, &block.marks, &block.lit, &block.found)
            .into_iter()
            .map(|Stretch { lit, runs }| {
                let runs: Vec<_> = runs.into_iter().map(|run| self.run(block.start, run)).collect();
                match lit {
                    // the first one takes the focus when the reader was opened at it
                    Some(_) => {
                        let first = !self.anchored.replace(true);
                        view! { <mark class="lit" id=first.then_some("lit") tabindex=first.then_some("-1")>{runs}</mark> }
                            .into_any()
                    }
                    None => runs.into_any(),
                }
            })
            .collect()
    }

    fn run(&self, start: u32, run: Run) -> AnyView {
        let pieces: Vec<_> = run.pieces.into_iter().map(piece).collect();
        let Some(found) = run.found else { return pieces.into_any() };
        let place = start + found;
        let first = self.found.replace(Some(place)) != Some(place);
        let current = self.current;
        let is_current = move || current.get() == Some(place);
        view! {
            <mark
                class="hit"
                id=move || (first && is_current()).then_some("hit")
                aria-current=move || is_current().then_some("true")
            >
                {pieces}
            </mark>
        }
        .into_any()
    }
}

fn piece(Piece { text, styles }: Piece) -> AnyView {
    let mut view = text.into_any();
    if styles.superscript {
        view = view! { <sup>{view}</sup> }.into_any();
    }
    if styles.subscript {
        view = view! { <sub>{view}</sub> }.into_any();
    }
    if styles.italic {
        view = view! { <em>{view}</em> }.into_any();
    }
    if styles.bold {
        view = view! { <strong>{view}</strong> }.into_any();
    }
    view
}

fn anchor(block: &ReaderBlock) -> String {
    format!("b{}", block.start)
}
