//! PowerPoint. Owns: slides in order, their titles, text in reading order, tables, diagrams and speaker notes.
//! Refuses: dates, footers, slide numbers, what only masters and layouts show.

use super::super::inline::{self, Inline, Set};
use super::{Package, Props, Relations, attribute, child, parse};
use crate::reading::{Progress, ReadError};
use domain::document::{BlockKind, Builder, Document};
use roxmltree::Node;

/// Slides after which the document so far is handed on; doubled each time.
const FIRST_PART: usize = 8;

pub(super) fn read(mut package: Package, on: &mut dyn FnMut(Progress)) -> Result<Document, ReadError> {
    let format = package.format;
    let (main, title) = package.main("ppt/presentation.xml")?;
    let text = package.part(&main)?.ok_or(ReadError::Damaged(format))?;
    let relations = package.relations(&main)?;
    let tree = parse(&text, format)?;
    let slides: Vec<String> = tree
        .descendants()
        .filter(|node| node.tag_name().name() == "sldId")
        .filter_map(|node| {
            let id = node.attributes().find(|a| a.name() == "id" && a.namespace().is_some())?.value();
            relations.get(id).map(|target| target.path.clone())
        })
        .collect();
    let mut read: Vec<Slide> = vec![];
    let mut next_part = FIRST_PART;
    let mut missing = 0;
    for (index, path) in slides.iter().enumerate() {
        let number = index as u32 + 1;
        match slide(&mut package, path, number) {
            Ok(Some(slide)) => read.push(slide),
            Ok(None) | Err(ReadError::Damaged(_)) => missing += 1,
            Err(other) => return Err(other),
        }
        on(Progress::Pages { read: number, total: slides.len() as u32 });
        if index + 1 == next_part && index + 1 < slides.len() {
            next_part *= 2;
            on(Progress::Part(write(&read, title.clone())));
        }
    }
    if missing > 0 && read.is_empty() {
        return Err(ReadError::Damaged(format));
    }
    let mut document = write(&read, title);
    if missing > 0 {
        document
            .warnings
            .push(format!("{missing} of {} slides are damaged and were left out.", slides.len()));
    }
    Ok(document)
}

/// What a slide says.
struct Slide {
    number: u32,
    /// Opens the presentation or a section of it.
    opening: bool,
    title: Option<Inline>,
    blocks: Vec<Block>,
    notes: Vec<Inline>,
}

#[derive(Debug, Clone)]
enum Block {
    Text(BlockKind, Inline),
    Table(Vec<Vec<Inline>>, usize),
}

fn write(slides: &[Slide], title: Option<String>) -> Document {
    let mut builder = Builder::new();
    if let Some(title) = title {
        builder.title(title);
    }
    let levels = slides.iter().any(|slide| slide.opening && slide.title.is_some());
    let mut last_title = String::new();
    for slide in slides {
        builder.page(slide.number);
        if let Some(title) = &slide.title {
            // a title said again ('Heart failure (2)' apart) goes on with the section
            let text = title.text();
            if text != last_title {
                title.write(BlockKind::Heading(if levels && !slide.opening { 2 } else { 1 }), &mut builder);
            }
            last_title = text;
        }
        for block in &slide.blocks {
            match block {
                Block::Text(kind, text) => text.write(kind.clone(), &mut builder),
                Block::Table(rows, header) => inline::write_table(rows, *header, &mut builder),
            }
        }
        for note in &slide.notes {
            note.write(BlockKind::Note, &mut builder);
        }
    }
    builder.build()
}

/// A shape with its place on the slide.
#[derive(Debug, Clone, Default)]
struct Shape {
    place: Option<[f64; 4]>,
    title: bool,
    blocks: Vec<Block>,
}

fn slide(package: &mut Package, path: &str, number: u32) -> Result<Option<Slide>, ReadError> {
    let Some(text) = package.part(path)? else { return Ok(None) };
    let relations = package.relations(path)?;
    let tree = parse(&text, package.format)?;
    let of_kind = |kind: &str| relations.values().find(|target| target.kind == kind);
    let layout = match of_kind("slideLayout") {
        Some(target) => Layout::read(package, &target.path)?,
        None => Layout::default(),
    };
    let Some(shapes) = tree.descendants().find(|node| node.tag_name().name() == "spTree") else {
        return Ok(None);
    };
    let mut reader = Reader { package, relations: &relations, layout: &layout };
    let mut found = reader.shapes(shapes, 0)?;
    let title =
        found.iter().position(|shape| shape.title && !shape.blocks.is_empty()).map(|at| found.remove(at));
    let mut whole = Inline::default();
    for block in title.into_iter().flat_map(|shape| shape.blocks) {
        if let Block::Text(_, text) = block {
            whole.push(" ", Set::default());
            whole.append(text);
        }
    }
    let notes = match of_kind("notesSlide") {
        Some(target) => notes(package, &target.path)?,
        None => vec![],
    };
    Ok(Some(Slide {
        number,
        opening: layout.opening,
        title: (!whole.is_blank()).then_some(whole),
        blocks: in_order(found).into_iter().flat_map(|shape| shape.blocks).collect(),
        notes,
    }))
}

/// Where a layout puts its placeholders, and whether it is that of an opening slide.
#[derive(Default)]
struct Layout {
    opening: bool,
    /// (kind, index, place)
    places: Vec<(String, String, [f64; 4])>,
}

impl Layout {
    fn read(package: &mut Package, path: &str) -> Result<Self, ReadError> {
        let Some(text) = package.part(path)? else { return Ok(Self::default()) };
        let Ok(tree) = parse(&text, package.format) else { return Ok(Self::default()) };
        let kind = attribute(tree.root_element(), "type").unwrap_or_default();
        let mut layout = Self { opening: matches!(kind, "title" | "secHead"), places: vec![] };
        for shape in tree.descendants().filter(|node| node.tag_name().name() == "sp") {
            if let (Some(holder), Some(place)) = (placeholder(shape), place(shape)) {
                layout.places.push((holder.kind, holder.index, place));
            }
        }
        Ok(layout)
    }

    fn place(&self, holder: &Holder) -> Option<[f64; 4]> {
        let by_index = self.places.iter().find(|(_, index, _)| *index == holder.index && !index.is_empty());
        by_index
            .or_else(|| self.places.iter().find(|(kind, _, _)| *kind == holder.kind))
            .map(|(_, _, place)| *place)
    }
}

struct Holder {
    kind: String,
    index: String,
}

fn placeholder(shape: Node<'_, '_>) -> Option<Holder> {
    let own = shape.children().find(|node| node.tag_name().name().starts_with("nv"))?;
    let holder = own.descendants().find(|node| node.tag_name().name() == "ph")?;
    let text = |name: &str| attribute(holder, name).unwrap_or_default().to_string();
    Some(Holder { kind: text("type"), index: text("idx") })
}

/// Left, top, width, height in the units of the file.
fn place(shape: Node<'_, '_>) -> Option<[f64; 4]> {
    let own = shape.children().find(|node| matches!(node.tag_name().name(), "spPr" | "grpSpPr" | "xfrm"))?;
    let frame = if own.tag_name().name() == "xfrm" { own } else { child(own, "xfrm")? };
    let number = |node: Node<'_, '_>, name: &str| attribute(node, name)?.parse::<f64>().ok();
    let (offset, extent) = (child(frame, "off")?, child(frame, "ext")?);
    Some([number(offset, "x")?, number(offset, "y")?, number(extent, "cx")?, number(extent, "cy")?])
}

struct Reader<'p> {
    package: &'p mut Package,
    relations: &'p Relations,
    layout: &'p Layout,
}

impl Reader<'_> {
    fn shapes(&mut self, parent: Node<'_, '_>, depth: usize) -> Result<Vec<Shape>, ReadError> {
        if depth > 30 {
            return Err(ReadError::TooComplex);
        }
        let mut out = vec![];
        for node in parent.children().filter(Node::is_element) {
            match node.tag_name().name() {
                "sp" => out.extend(self.shape(node)),
                "grpSp" => {
                    let inner = in_order(self.shapes(node, depth + 1)?);
                    let blocks = inner.into_iter().flat_map(|shape| shape.blocks).collect();
                    out.push(Shape { place: place(node), title: false, blocks });
                }
                "graphicFrame" => {
                    let blocks = self.frame(node)?;
                    let holder = placeholder(node);
                    let place = place(node).or_else(|| holder.and_then(|holder| self.layout.place(&holder)));
                    out.push(Shape { place, title: false, blocks });
                }
                "AlternateContent" => {
                    if let Some(choice) = child(node, "Choice").or_else(|| child(node, "Fallback")) {
                        out.extend(self.shapes(choice, depth + 1)?);
                    }
                }
                _ => {}
            }
        }
        Ok(out)
    }

    fn shape(&self, node: Node<'_, '_>) -> Option<Shape> {
        let holder = placeholder(node);
        let kind = holder.as_ref().map(|holder| holder.kind.as_str());
        if matches!(kind, Some("dt" | "ftr" | "sldNum" | "hdr" | "sldImg")) {
            return None;
        }
        let body = child(node, "txBody")?;
        let title = matches!(kind, Some("title" | "ctrTitle"));
        // the body of a slide is a list unless a paragraph says otherwise; a text box is not
        let listed = matches!(kind, Some("body" | "" | "obj"));
        let blocks = paragraphs(
            body,
            if title {
                Bullets::Never
            } else if listed {
                Bullets::Usual
            } else {
                Bullets::Asked
            },
        );
        let place = place(node).or_else(|| holder.as_ref().and_then(|holder| self.layout.place(holder)));
        Some(Shape { place, title, blocks })
    }

    fn frame(&mut self, node: Node<'_, '_>) -> Result<Vec<Block>, ReadError> {
        if let Some(table) = node.descendants().find(|node| node.tag_name().name() == "tbl") {
            return Ok(vec![grid(table)]);
        }
        // a diagram keeps its words in a part of its own
        let data = node
            .descendants()
            .find(|node| node.tag_name().name() == "relIds")
            .and_then(|ids| self.relations.get(attribute(ids, "dm")?))
            .map(|target| target.path.clone());
        let Some(path) = data else { return Ok(vec![]) };
        let Some(text) = self.package.part(&path)? else { return Ok(vec![]) };
        let Ok(tree) = parse(&text, self.package.format) else { return Ok(vec![]) };
        let bodies =
            tree.descendants().filter(|node| node.tag_name().name() == "t" && child(*node, "p").is_some());
        Ok(bodies.flat_map(|body| paragraphs(body, Bullets::Usual)).collect())
    }
}

fn grid(table: Node<'_, '_>) -> Block {
    let named = |node: Node<'_, '_>, name: &'static str| -> Vec<roxmltree::NodeId> {
        node.children().filter(|child| child.tag_name().name() == name).map(|child| child.id()).collect()
    };
    let tree = table.document();
    let mut rows = vec![];
    for row in named(table, "tr").into_iter().filter_map(|id| tree.get_node(id)) {
        let mut cells = vec![];
        for cell in named(row, "tc").into_iter().filter_map(|id| tree.get_node(id)) {
            let mut text = Inline::default();
            for block in
                child(cell, "txBody").map(|body| paragraphs(body, Bullets::Never)).unwrap_or_default()
            {
                if let Block::Text(_, part) = block {
                    if !text.is_blank() {
                        text.push(" ", Set::default());
                    }
                    text.append(part);
                }
            }
            cells.push(text);
        }
        rows.push(cells);
    }
    rows.retain(|row: &Vec<Inline>| row.iter().any(|cell| !cell.is_blank()));
    let titled = child(table, "tblPr").and_then(|props| attribute(props, "firstRow")) == Some("1");
    Block::Table(rows, usize::from(titled))
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Bullets {
    /// Every paragraph is an item unless it says that it has no bullet.
    Usual,
    /// A paragraph is an item if it says that it has a bullet.
    Asked,
    Never,
}

fn paragraphs(body: Node<'_, '_>, bullets: Bullets) -> Vec<Block> {
    let mut out = vec![];
    for node in body.children().filter(|node| node.tag_name().name() == "p") {
        let text = line(node);
        if text.is_blank() {
            continue;
        }
        let props = child(node, "pPr");
        let says = |name: &str| props.is_some_and(|props| child(props, name).is_some());
        let depth = props.and_then(|props| attribute(props, "lvl")?.parse::<u8>().ok()).unwrap_or(0).min(5);
        let numbered = says("buAutoNum");
        let item = match bullets {
            Bullets::Usual => !says("buNone"),
            Bullets::Asked => says("buChar") || numbered || says("buBlip"),
            Bullets::Never => false,
        };
        let kind = if item { BlockKind::ListItem { depth, ordered: numbered } } else { BlockKind::Paragraph };
        out.push(Block::Text(kind, text));
    }
    // one statement alone is no list
    if bullets == Bullets::Usual
        && let [Block::Text(kind @ BlockKind::ListItem { .. }, text)] = out.as_mut_slice()
        && text.text().trim_end().ends_with(['.', '?', '!'])
    {
        *kind = BlockKind::Paragraph;
    }
    out
}

fn line(paragraph: Node<'_, '_>) -> Inline {
    let mut out = Inline::default();
    for node in paragraph.descendants().filter(Node::is_element) {
        match node.tag_name().name() {
            "br" | "tab" => out.push(" ", Set::default()),
            "t" => {
                let run = node.parent_element();
                // a slide's number is no text
                if run.is_some_and(|run| attribute(run, "type") == Some("slidenum")) {
                    continue;
                }
                let props = run.and_then(|run| child(run, "rPr")).map(of_run).unwrap_or_default();
                out.push(node.text().unwrap_or_default(), props.set());
            }
            _ => {}
        }
    }
    out
}

fn of_run(props: Node<'_, '_>) -> Props {
    let switch = |name: &str| attribute(props, name).map(|value| matches!(value, "1" | "true" | "on"));
    let raised =
        attribute(props, "baseline").and_then(|value| value.trim_end_matches('%').parse::<f32>().ok());
    let raised = raised.map(|value| if value > 0.0 { 1 } else { -i8::from(value < 0.0) });
    Props { bold: switch("b"), italic: switch("i"), raised, hidden: None }
}

fn notes(package: &mut Package, path: &str) -> Result<Vec<Inline>, ReadError> {
    let Some(text) = package.part(path)? else { return Ok(vec![]) };
    let Ok(tree) = parse(&text, package.format) else { return Ok(vec![]) };
    let bodies = tree.descendants().filter(|node| {
        node.tag_name().name() == "sp" && placeholder(*node).is_some_and(|holder| holder.kind == "body")
    });
    let mut out = vec![];
    for body in bodies.filter_map(|shape| child(shape, "txBody")) {
        for block in paragraphs(body, Bullets::Never) {
            if let Block::Text(_, text) = block {
                out.push(text);
            }
        }
    }
    Ok(out)
}

/// Shapes in the order of reading: from top to bottom, those side by side from left to right. Shapes without a
/// place keep theirs.
fn in_order(shapes: Vec<Shape>) -> Vec<Shape> {
    if shapes.iter().any(|shape| shape.place.is_none()) || shapes.len() > 500 {
        return shapes;
    }
    let before = |a: &Shape, b: &Shape| {
        let (Some([ax, ay, aw, ah]), Some([bx, by, _, bh])) = (a.place, b.place) else { return false };
        let overlap = (ay + ah).min(by + bh) - ay.max(by);
        let beside = overlap > 0.4 * ah.min(bh);
        if beside { ax + 0.5 * aw.min(1.0) < bx } else { ay < by }
    };
    let mut left = shapes;
    let mut out = vec![];
    while !left.is_empty() {
        // the first that none of the others comes before; 'before' may run in circles, then the first
        let next = (0..left.len())
            .find(|at| !(0..left.len()).any(|other| other != *at && before(&left[other], &left[*at])))
            .unwrap_or(0);
        out.push(left.remove(next));
    }
    out
}
