//! Word. Owns: paragraphs with their styles, lists, tables, notes and page breaks of a WordprocessingML
//! document. Refuses: headers and footers, deleted text, comments.

use super::super::inline::{self, Inline};
use super::{Package, Props, Relations, attribute, child, parse};
use crate::reading::ReadError;
use domain::document::{BlockKind, Builder, Document};
use roxmltree::Node;
use std::collections::HashMap;

pub(super) fn read(mut package: Package) -> Result<Document, ReadError> {
    let format = package.format;
    let (main, title) = package.main("word/document.xml")?;
    let text = package.part(&main)?.ok_or(ReadError::Damaged(format))?;
    let relations = package.relations(&main)?;
    let styles = Styles::read(&mut package, &relations)?;
    let numbering = numbering(&mut package, &relations)?;
    let notes = notes(&mut package, &relations)?;
    let tree = parse(&text, format)?;
    let body = child(tree.root_element(), "body").ok_or(ReadError::Damaged(format))?;
    let rendered = tree.descendants().any(|node| node.tag_name().name() == "lastRenderedPageBreak");
    let mut reader = Reader {
        styles,
        numbering,
        notes,
        rendered,
        page: 1,
        paragraphs: vec![],
        footnotes: vec![],
        budget: 400_000,
    };
    reader.blocks(body, 0)?;
    let mut builder = Builder::new();
    if let Some(title) = title {
        builder.title(title);
    }
    reader.write(&mut builder);
    Ok(builder.build())
}

/// A paragraph or a table, before headings are settled.
enum Item {
    Paragraph(Paragraph),
    Table { page: u32, rows: Vec<Vec<Inline>>, header: usize },
}

struct Paragraph {
    page: u32,
    kind: BlockKind,
    /// Its text; each further piece stands on the next page.
    pieces: Vec<Inline>,
    titled: bool,
}

struct Reader {
    styles: Styles,
    numbering: HashMap<(String, u8), bool>,
    notes: HashMap<String, Inline>,
    /// Word has noted where pages ended when it last showed them.
    rendered: bool,
    page: u32,
    paragraphs: Vec<Item>,
    footnotes: Vec<Inline>,
    budget: usize,
}

impl Reader {
    fn blocks(&mut self, parent: Node<'_, '_>, depth: usize) -> Result<(), ReadError> {
        if depth > super::MAX_DEPTH {
            return Err(ReadError::TooComplex);
        }
        for node in parent.children().filter(Node::is_element) {
            match node.tag_name().name() {
                "p" => self.paragraph(node)?,
                "tbl" => self.table(node, depth)?,
                "sectPr" => {}
                "del" | "moveFrom" => {}
                "AlternateContent" => {
                    if let Some(choice) = child(node, "Choice").or_else(|| child(node, "Fallback")) {
                        self.blocks(choice, depth + 1)?;
                    }
                }
                // content controls, custom XML, insertions
                _ => self.blocks(node, depth + 1)?,
            }
        }
        Ok(())
    }

    fn paragraph(&mut self, node: Node<'_, '_>) -> Result<(), ReadError> {
        self.budget = self.budget.checked_sub(1).ok_or(ReadError::TooComplex)?;
        let properties = child(node, "pPr");
        let name = properties.and_then(|p| child(p, "pStyle")).and_then(|style| attribute(style, "val"));
        let style = self.styles.of(name.unwrap_or_default());
        let own = |name: &str| properties.and_then(|p| child(p, name));
        if !self.rendered && own("pageBreakBefore").is_some_and(on) {
            self.page += 1;
        }
        let page = self.page;
        let mut run = Running { pieces: vec![Inline::default()], boxes: vec![] };
        self.inline(node, style.props, &mut run, 0)?;
        let outline = own("outlineLvl")
            .and_then(|level| attribute(level, "val"))
            .and_then(|level| level.parse::<u8>().ok())
            .or(style.outline)
            .filter(|level| *level < 9);
        let list = own("numPr").map(|number| {
            let value = |name: &str| child(number, name).and_then(|node| attribute(node, "val"));
            (
                value("numId").unwrap_or_default().to_string(),
                value("ilvl").and_then(|l| l.parse().ok()).unwrap_or(0),
            )
        });
        let list =
            list.or_else(|| style.list.clone()).filter(|(number, _)| !number.is_empty() && number != "0");
        let lower = style.name.to_lowercase();
        let kind = if style.title {
            BlockKind::Heading(1)
        } else if let Some(level) = outline {
            BlockKind::Heading((level + 1).min(6))
        } else if lower.starts_with("toc ") {
            // the table of contents only repeats headings
            BlockKind::Aside
        } else if lower.contains("caption") {
            BlockKind::Caption
        } else if lower.contains("source code") || lower == "html preformatted" || lower == "plain text" {
            BlockKind::Preformatted
        } else if let Some((number, depth)) = list {
            match self.numbering.get(&(number, depth)) {
                Some(ordered) => BlockKind::ListItem { depth: depth.min(5), ordered: *ordered },
                None => BlockKind::ListItem { depth: depth.min(5), ordered: false },
            }
        } else if lower.starts_with("list bullet") || lower.starts_with("list number") {
            BlockKind::ListItem { depth: 0, ordered: lower.starts_with("list number") }
        } else {
            BlockKind::Paragraph
        };
        self.paragraphs.push(Item::Paragraph(Paragraph {
            page,
            kind,
            pieces: run.pieces,
            titled: style.title,
        }));
        for text in run.boxes {
            let pieces = vec![text];
            self.paragraphs.push(Item::Paragraph(Paragraph {
                page,
                kind: BlockKind::Aside,
                pieces,
                titled: false,
            }));
        }
        for note in std::mem::take(&mut self.footnotes) {
            let pieces = vec![note];
            self.paragraphs.push(Item::Paragraph(Paragraph {
                page,
                kind: BlockKind::Aside,
                pieces,
                titled: false,
            }));
        }
        // a section's end carries its break inside the paragraph
        if !self.rendered
            && let Some(section) = own("sectPr")
            && child(section, "type").and_then(|kind| attribute(kind, "val")) != Some("continuous")
        {
            self.page += 1;
        }
        Ok(())
    }

    fn inline(
        &mut self,
        parent: Node<'_, '_>,
        base: Props,
        run: &mut Running,
        depth: usize,
    ) -> Result<(), ReadError> {
        if depth > super::MAX_DEPTH {
            return Err(ReadError::TooComplex);
        }
        for node in parent.children().filter(Node::is_element) {
            match node.tag_name().name() {
                "pPr" | "rPr" | "del" | "moveFrom" | "instrText" | "delText" => {}
                "r" => {
                    let own = child(node, "rPr").map(|props| self.styles.run(props)).unwrap_or_default();
                    self.inline(node, own.over(base), run, depth + 1)?;
                }
                // of a formula
                "t" if !base.hidden.unwrap_or(false) => run.text(node.text().unwrap_or_default(), base),
                "tab" | "ptab" => run.text(" ", base),
                "noBreakHyphen" => run.text("-", base),
                "sym" => {
                    let code = attribute(node, "char").and_then(|code| u32::from_str_radix(code, 16).ok());
                    if let Some(c) = code.and_then(char::from_u32) {
                        run.text(&symbol(c).to_string(), base);
                    }
                }
                "br" if attribute(node, "type") == Some("page") => {
                    if !self.rendered {
                        self.turn(run);
                    }
                }
                "br" | "cr" => run.text("\n", base),
                "lastRenderedPageBreak" => self.turn(run),
                "footnoteReference" | "endnoteReference" => {
                    let key = format!(
                        "{} {}",
                        &node.tag_name().name()[..1],
                        attribute(node, "id").unwrap_or_default()
                    );
                    self.footnotes.extend(self.notes.remove(&key));
                }
                "txbxContent" => {
                    for paragraph in
                        node.descendants().filter(|node| node.tag_name().name() == "p").take(1000)
                    {
                        let mut inner = Running { pieces: vec![Inline::default()], boxes: vec![] };
                        self.inline(paragraph, Props::default(), &mut inner, depth + 1)?;
                        run.boxes.extend(inner.pieces.into_iter().filter(|text| !text.is_blank()));
                    }
                }
                "AlternateContent" => {
                    if let Some(choice) = child(node, "Choice").or_else(|| child(node, "Fallback")) {
                        self.inline(choice, base, run, depth + 1)?;
                    }
                }
                // names and descriptions of pictures are no text
                "docPr" | "cNvPr" | "blip" => {}
                "oMathPara" | "oMath" => {
                    self.inline(node, base, run, depth + 1)?;
                }
                _ => self.inline(node, base, run, depth + 1)?,
            }
        }
        Ok(())
    }

    fn turn(&mut self, run: &mut Running) {
        self.page += 1;
        run.pieces.push(Inline::default());
    }

    fn table(&mut self, node: Node<'_, '_>, depth: usize) -> Result<(), ReadError> {
        let page = self.page;
        let mut rows: Vec<Vec<Inline>> = vec![];
        let mut header = 0;
        for row in node.children().flat_map(unwrapped).filter(|node| node.tag_name().name() == "tr") {
            let titled = child(row, "trPr").and_then(|props| child(props, "tblHeader")).is_some_and(on);
            if titled && header == rows.len() {
                header += 1;
            }
            let mut cells = vec![];
            for cell in row.children().flat_map(unwrapped).filter(|node| node.tag_name().name() == "tc") {
                let props = child(cell, "tcPr");
                let span = props
                    .and_then(|props| child(props, "gridSpan"))
                    .and_then(|span| attribute(span, "val"))
                    .and_then(|span| span.parse::<usize>().ok())
                    .unwrap_or(1)
                    .clamp(1, 50);
                // what the cell holds is read as blocks of its own, then folded into one line
                let from = self.paragraphs.len();
                self.blocks(cell, depth + 1)?;
                let mut text = Inline::default();
                for item in self.paragraphs.drain(from..) {
                    let parts = match item {
                        Item::Paragraph(paragraph) => paragraph.pieces,
                        Item::Table { rows, .. } => rows.into_iter().flatten().collect(),
                    };
                    for part in parts.into_iter().filter(|part| !part.is_blank()) {
                        if !text.is_blank() {
                            text.push(" ", Default::default());
                        }
                        text.append(part);
                    }
                }
                cells.push(text);
                cells.extend((1..span).map(|_| Inline::default()));
            }
            rows.push(cells);
        }
        rows.retain(|row| row.iter().any(|cell| !cell.is_blank()));
        let widest = rows.iter().map(Vec::len).max().unwrap_or(0);
        if widest == 1 {
            // a box around text
            for text in rows.into_iter().flatten() {
                let pieces = vec![text];
                let kind = BlockKind::Aside;
                self.paragraphs.push(Item::Paragraph(Paragraph { page, kind, pieces, titled: false }));
            }
        } else if widest > 1 {
            let bold = rows
                .first()
                .is_some_and(|row| row.iter().all(|cell| cell.is_blank() || cell.all(|set| set.bold)));
            if header == 0 && bold {
                header = 1;
            }
            self.paragraphs.push(Item::Table { page, rows, header });
        }
        Ok(())
    }

    /// Converters write a document's title twice, as title and as first heading.
    fn drop_repeated_title(&mut self) {
        let text = |item: &Item| match item {
            Item::Paragraph(p) => p.pieces.iter().map(Inline::text).collect::<String>().trim().to_string(),
            Item::Table { .. } => String::new(),
        };
        let headings =
            |item: &&Item| matches!(item, Item::Paragraph(p) if matches!(p.kind, BlockKind::Heading(_)));
        let Some(at) = self.paragraphs.iter().position(|item| matches!(item, Item::Paragraph(p) if p.titled))
        else {
            return;
        };
        let next = self.paragraphs[at + 1..].iter().find(headings).map(text);
        if next.is_some_and(|next| next == text(&self.paragraphs[at])) {
            self.paragraphs.remove(at);
        }
    }

    fn write(mut self, builder: &mut Builder) {
        self.drop_repeated_title();
        let titles = self.paragraphs.iter().any(|item| matches!(item, Item::Paragraph(p) if p.titled));
        let headings = |item: &Item| match item {
            Item::Paragraph(p) if !p.titled => matches!(p.kind, BlockKind::Heading(_)),
            _ => false,
        };
        let styled = self.paragraphs.iter().any(headings);
        // the file's title stands above a first level that is used for several chapters
        let tops =
            |item: &Item| matches!(item, Item::Paragraph(p) if !p.titled && p.kind == BlockKind::Heading(1));
        let shift = titles && self.paragraphs.iter().filter(|item| tops(item)).count() > 1;
        for item in &mut self.paragraphs {
            let Item::Paragraph(paragraph) = item else { continue };
            match paragraph.kind {
                BlockKind::Heading(level) if shift && !paragraph.titled => {
                    paragraph.kind = BlockKind::Heading((level + 1).min(6));
                }
                // without styles, authors set headings in bold
                BlockKind::Paragraph if !styled && looks_like_heading(&paragraph.pieces) => {
                    paragraph.kind = BlockKind::Heading(2);
                }
                _ => {}
            }
        }
        for item in self.paragraphs {
            match item {
                Item::Table { page, rows, header } => {
                    builder.page(page);
                    inline::write_table(&rows, header, builder);
                }
                Item::Paragraph(paragraph) => {
                    let mut page = paragraph.page;
                    let mut begun = false;
                    for (index, piece) in paragraph.pieces.iter().enumerate() {
                        page += u32::from(index > 0);
                        if piece.is_blank() {
                            continue;
                        }
                        builder.page(page);
                        if begun {
                            piece.extend(builder);
                        } else {
                            piece.write(paragraph.kind.clone(), builder);
                        }
                        begun = true;
                    }
                }
            }
        }
    }
}

/// Text of one paragraph in the making.
struct Running {
    pieces: Vec<Inline>,
    boxes: Vec<Inline>,
}

impl Running {
    fn text(&mut self, text: &str, props: Props) {
        if let Some(piece) = self.pieces.last_mut() {
            piece.push(text, props.set());
        }
    }
}

fn looks_like_heading(pieces: &[Inline]) -> bool {
    let [piece] = pieces else { return false };
    let text = piece.text();
    let words = text.split_whitespace().count();
    piece.all(|set| set.bold) && (1..=12).contains(&words) && !text.trim_end().ends_with(['.', ':', ',', ';'])
}

/// Rows and cells may be wrapped in content controls.
fn unwrapped<'a, 'i>(node: Node<'a, 'i>) -> Vec<Node<'a, 'i>> {
    match node.tag_name().name() {
        "sdt" => child(node, "sdtContent").map(|content| content.children().collect()).unwrap_or_default(),
        _ => vec![node],
    }
}

/// A switch is on unless it says otherwise.
fn on(node: Node<'_, '_>) -> bool {
    !matches!(attribute(node, "val"), Some("0" | "false" | "off" | "none"))
}

/// Word keeps characters of symbol fonts in the private area; those of Symbol are Greek.
fn symbol(c: char) -> char {
    domain::layout::meant(c)
}

#[derive(Debug, Clone, Default)]
struct Style {
    name: String,
    outline: Option<u8>,
    title: bool,
    list: Option<(String, u8)>,
    props: Props,
}

#[derive(Default)]
struct Styles {
    paragraph: HashMap<String, Style>,
    default: Style,
}

impl Styles {
    fn read(package: &mut Package, relations: &Relations) -> Result<Self, ReadError> {
        let Some(target) = relations.values().find(|target| target.kind == "styles") else {
            return Ok(Self::default());
        };
        let Some(text) = package.part(&target.path)? else { return Ok(Self::default()) };
        let Ok(tree) = parse(&text, package.format) else { return Ok(Self::default()) };
        let nodes: HashMap<&str, Node<'_, '_>> = tree
            .root_element()
            .children()
            .filter(|node| node.tag_name().name() == "style")
            .filter_map(|node| Some((attribute(node, "styleId")?, node)))
            .collect();
        let mut styles = Self::default();
        for (id, node) in &nodes {
            let mut chain = vec![*node];
            while chain.len() < 20
                && let Some(below) = chain
                    .last()
                    .and_then(|node| child(*node, "basedOn"))
                    .and_then(|base| nodes.get(attribute(base, "val")?))
            {
                chain.push(*below);
            }
            let mut style = Style::default();
            for node in chain.iter().rev() {
                style.take(*node);
            }
            style.name =
                child(*node, "name").and_then(|name| attribute(name, "val")).unwrap_or_default().to_string();
            style.settle();
            if attribute(*node, "default") == Some("1") && attribute(*node, "type") == Some("paragraph") {
                styles.default = style.clone();
            }
            styles.paragraph.insert(id.to_string(), style);
        }
        Ok(styles)
    }

    fn of(&self, id: &str) -> Style {
        self.paragraph.get(id).unwrap_or(&self.default).clone()
    }

    /// What a run says of itself, over its character style.
    fn run(&self, props: Node<'_, '_>) -> Props {
        let style = child(props, "rStyle").and_then(|style| self.paragraph.get(attribute(style, "val")?));
        of_run(props).over(style.map(|style| style.props).unwrap_or_default())
    }
}

impl Style {
    fn take(&mut self, node: Node<'_, '_>) {
        if let Some(props) = child(node, "rPr") {
            self.props = of_run(props).over(self.props);
        }
        let Some(props) = child(node, "pPr") else { return };
        if let Some(level) =
            child(props, "outlineLvl").and_then(|level| attribute(level, "val")?.parse().ok())
        {
            self.outline = Some(level);
        }
        if let Some(number) = child(props, "numPr") {
            let value = |name: &str| child(number, name).and_then(|node| attribute(node, "val"));
            let id = value("numId").unwrap_or_default().to_string();
            self.list = Some((id, value("ilvl").and_then(|level| level.parse().ok()).unwrap_or(0)));
        }
    }

    /// Headings are known by their outline level, or by Word's own name for them.
    fn settle(&mut self) {
        let name = self.name.to_lowercase();
        self.title = name == "title";
        if let Some(level) = name.strip_prefix("heading ").and_then(|level| level.parse::<u8>().ok()) {
            self.outline = self.outline.or(Some(level.clamp(1, 9) - 1));
        }
    }
}

fn of_run(props: Node<'_, '_>) -> Props {
    let switch = |name: &str| child(props, name).map(on);
    let raised = child(props, "vertAlign").and_then(|align| match attribute(align, "val") {
        Some("superscript") => Some(1),
        Some("subscript") => Some(-1),
        _ => Some(0),
    });
    Props { bold: switch("b"), italic: switch("i"), raised, hidden: switch("vanish") }
}

/// For each list and depth, whether it is numbered.
fn numbering(package: &mut Package, relations: &Relations) -> Result<HashMap<(String, u8), bool>, ReadError> {
    let mut out = HashMap::new();
    let Some(target) = relations.values().find(|target| target.kind == "numbering") else { return Ok(out) };
    let Some(text) = package.part(&target.path)? else { return Ok(out) };
    let Ok(tree) = parse(&text, package.format) else { return Ok(out) };
    let all = |name: &'static str| {
        tree.root_element().children().filter(move |node| node.tag_name().name() == name)
    };
    let mut kinds: HashMap<&str, Vec<(u8, bool)>> = HashMap::new();
    for node in all("abstractNum") {
        let Some(id) = attribute(node, "abstractNumId") else { continue };
        let levels = node.children().filter(|node| node.tag_name().name() == "lvl").filter_map(|level| {
            let format = child(level, "numFmt").and_then(|format| attribute(format, "val"));
            Some((attribute(level, "ilvl")?.parse().ok()?, !matches!(format, Some("bullet" | "none"))))
        });
        kinds.insert(id, levels.collect());
    }
    for node in all("num") {
        let Some(id) = attribute(node, "numId") else { continue };
        let kind = child(node, "abstractNumId").and_then(|kind| attribute(kind, "val"));
        for (level, ordered) in kind.and_then(|kind| kinds.get(kind)).into_iter().flatten() {
            out.insert((id.to_string(), *level), *ordered);
        }
    }
    Ok(out)
}

/// Foot- and endnotes by the first letter of their kind and their number.
fn notes(package: &mut Package, relations: &Relations) -> Result<HashMap<String, Inline>, ReadError> {
    let mut out = HashMap::new();
    for kind in ["footnotes", "endnotes"] {
        let Some(target) = relations.values().find(|target| target.kind == kind) else { continue };
        let Some(text) = package.part(&target.path)? else { continue };
        let Ok(tree) = parse(&text, package.format) else { continue };
        for note in tree.root_element().children().filter(Node::is_element) {
            if matches!(
                attribute(note, "type"),
                Some("separator" | "continuationSeparator" | "continuationNotice")
            ) {
                continue;
            }
            let mut line = Inline::default();
            for text in note.descendants().filter(|node| matches!(node.tag_name().name(), "t" | "p")) {
                let part = if text.tag_name().name() == "p" { " " } else { text.text().unwrap_or_default() };
                line.push(part, Default::default());
            }
            out.insert(format!("{} {}", &kind[..1], attribute(note, "id").unwrap_or_default()), line);
        }
    }
    Ok(out)
}
