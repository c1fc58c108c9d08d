//! Web pages. Owns: which element is which block, what of a page is not its text. Refuses: cleverness: where a page
//! does not say by its elements what is navigation, its text is kept.

use super::ReadError;
use super::inline::{self, Inline, Set};
use domain::document::{BlockKind, Builder, Document};
use scraper::{ElementRef, Html, Node, Selector};

/// Elements inside elements that are followed; below, only the text is taken.
const MAX_DEPTH: usize = 250;

/// Elements whose content is not text.
const SILENT: &[&str] = &[
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "object",
    "embed",
    "svg",
    "canvas",
    "select",
    "textarea",
    "button",
    "head",
    "nav",
    "dialog",
    "audio",
    "video",
    "map",
    "datalist",
    "menu",
    "annotation",
    "annotation-xml",
    "progress",
    "meter",
    "input",
    "img",
];

/// Elements that stand in a line of text.
const INLINE: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "b",
    "bdi",
    "bdo",
    "big",
    "cite",
    "code",
    "data",
    "del",
    "dfn",
    "em",
    "font",
    "i",
    "ins",
    "kbd",
    "label",
    "mark",
    "math",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "time",
    "tt",
    "u",
    "var",
    "wbr",
    "mi",
    "mo",
    "mn",
    "mrow",
    "msup",
    "msub",
    "mfrac",
    "mtext",
    "semantics",
];

/// Elements inside elements that are parsed at all: with each the parser looks through all that are open.
const MAX_NESTING: usize = 50_000;

/// Elements that need no end tag, or have none: a page may have any number of them in a row.
const ENDLESS: &[&str] = &[
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "rt", "rp",
    "colgroup", "br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source",
    "track", "wbr", "param",
];

/// How many elements are open at once at most, by a glance at the tags.
fn nesting(text: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    for tag in text.split('<').skip(1) {
        let (is_end, name) = tag.strip_prefix('/').map_or((false, tag), |rest| (true, rest));
        let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        if name.is_empty() || ENDLESS.contains(&name.to_ascii_lowercase().as_str()) {
            continue;
        }
        open = if is_end { open.saturating_sub(1) } else { open + 1 };
        most = most.max(open);
    }
    most
}

/// Reads a page.
///
/// # Errors
/// A page that is too large when laid out as a tree.
pub(super) fn read(text: &str) -> Result<Document, ReadError> {
    if text.matches('<').take(3_000_001).count() > 3_000_000 {
        return Err(ReadError::TooComplex);
    }
    if nesting(text) > MAX_NESTING {
        return Err(ReadError::TooComplex);
    }
    let page = Html::parse_document(text);
    let mut walker = Walker { landmark: true, ..Walker::new(Builder::new()) };
    if let Some(title) = first(&page, "title") {
        walker
            .builder
            .title(title.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "));
    }
    let root = root(&page, &mut walker.landmark);
    walker.element(root, Set::default(), 0);
    walker.flush();
    Ok(walker.builder.build())
}

/// Writes a piece of HTML inside another document.
///
/// # Errors
/// As [`read`].
pub(super) fn blocks(text: &str, builder: &mut Builder) -> Result<(), ReadError> {
    if text.matches('<').take(300_001).count() > 300_000 {
        return Err(ReadError::TooComplex);
    }
    let fragment = Html::parse_fragment(text);
    let mut walker = Walker { landmark: true, ..Walker::new(std::mem::take(builder)) };
    walker.element(fragment.root_element(), Set::default(), 0);
    walker.flush();
    *builder = walker.builder;
    Ok(())
}

fn first<'p>(page: &'p Html, selector: &str) -> Option<ElementRef<'p>> {
    Selector::parse(selector).ok().and_then(|selector| page.select(&selector).next())
}

/// The element that holds the text: what the page calls its main part, if that is most of it; else all of it.
fn root<'p>(page: &'p Html, landmark: &mut bool) -> ElementRef<'p> {
    let whole = first(page, "body").unwrap_or_else(|| page.root_element());
    let all = weight(whole);
    let candidates = Selector::parse("main, [role=main], article").ok();
    let best = candidates
        .iter()
        .flat_map(|selector| page.select(selector))
        .take(500)
        .map(|element| (weight(element), element))
        .max_by_key(|(weight, _)| *weight);
    match best {
        Some((weight, element)) if weight * 10 >= all * 6 => element,
        _ => {
            *landmark = false;
            whole
        }
    }
}

/// Characters of text, navigation and scripts left out.
fn weight(element: ElementRef<'_>) -> usize {
    let mut sum = 0;
    let mut stack = vec![*element];
    while let Some(node) = stack.pop() {
        match node.value() {
            Node::Text(text) => sum += text.trim().len(),
            Node::Element(element) if SILENT.contains(&element.name()) || element.name() == "footer" => {}
            _ => stack.extend(node.children()),
        }
    }
    sum
}

struct Walker {
    builder: Builder,
    /// The page says where its text is: what looks like a menu inside is none.
    landmark: bool,
    open: Inline,
    /// What the open text becomes.
    kind: BlockKind,
    /// Numbered or not, one for each list around.
    lists: Vec<bool>,
    breaks: usize,
}

impl Walker {
    fn new(builder: Builder) -> Self {
        Self {
            builder,
            landmark: true,
            open: Inline::default(),
            kind: BlockKind::Paragraph,
            lists: vec![],
            breaks: 0,
        }
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.open);
        if !text.is_blank() {
            text.write(self.kind.clone(), &mut self.builder);
        }
    }

    /// Reads an element as a block of this kind.
    fn within(&mut self, kind: BlockKind, element: ElementRef<'_>, set: Set, depth: usize) {
        self.flush();
        let outer = std::mem::replace(&mut self.kind, kind);
        self.children(element, set, depth);
        self.flush();
        self.kind = outer;
    }

    fn children(&mut self, element: ElementRef<'_>, set: Set, depth: usize) {
        if depth > MAX_DEPTH {
            for text in element.text() {
                self.open.push(text, set);
            }
            return;
        }
        for node in element.children() {
            match node.value() {
                Node::Text(text) => {
                    if !text.trim().is_empty() {
                        self.breaks = 0;
                    }
                    self.open.push(text, set);
                }
                Node::Element(_) => {
                    if let Some(element) = ElementRef::wrap(node) {
                        self.element(element, set, depth + 1);
                    }
                }
                _ => {}
            }
        }
    }

    fn element(&mut self, element: ElementRef<'_>, set: Set, depth: usize) {
        let name = element.value().name();
        if SILENT.contains(&name) || hidden(element) {
            return;
        }
        let set = styled(element, name, set);
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = name.as_bytes()[1] - b'0';
                self.within(BlockKind::Heading(level), element, set, depth);
            }
            "br" => {
                self.breaks += 1;
                if self.breaks > 1 {
                    self.flush();
                }
                self.open.push(" ", set);
            }
            "ul" | "ol" => {
                if !self.landmark && is_menu(element) {
                    return;
                }
                self.flush();
                self.lists.push(name == "ol");
                self.children(element, set, depth);
                self.flush();
                self.lists.pop();
            }
            "li" => {
                let depth_of = self.lists.len().saturating_sub(1).min(5) as u8;
                let ordered = self.lists.last().copied().unwrap_or(false);
                self.within(BlockKind::ListItem { depth: depth_of, ordered }, element, set, depth);
            }
            "dt" => self.within(BlockKind::ListItem { depth: 0, ordered: false }, element, set, depth),
            "figcaption" | "caption" => self.within(BlockKind::Caption, element, set, depth),
            "aside" => self.within(BlockKind::Aside, element, set, depth),
            // what stands below the whole page is beside its text
            "footer" => self.within(BlockKind::Aside, element, set, depth),
            "pre" => {
                self.flush();
                let mut text = Inline::default();
                text.push(&element.text().collect::<String>(), Set::default());
                text.write(BlockKind::Preformatted, &mut self.builder);
            }
            "table" => self.table(element, set, depth),
            "p" | "blockquote" | "dd" => {
                // a paragraph in an item is that item's text
                let kind = match &self.kind {
                    BlockKind::ListItem { .. }
                    | BlockKind::Aside
                    | BlockKind::Caption
                    | BlockKind::Heading(_) => self.kind.clone(),
                    _ => BlockKind::Paragraph,
                };
                self.within(kind, element, set, depth);
            }
            _ if INLINE.contains(&name) => self.children(element, set, depth),
            _ => {
                if !self.landmark && name == "div" && is_menu(element) {
                    return;
                }
                self.flush();
                self.children(element, set, depth);
                self.flush();
            }
        }
    }

    fn table(&mut self, table: ElementRef<'_>, set: Set, depth: usize) {
        self.flush();
        let rows: Vec<ElementRef<'_>> = rows(table);
        let nested = |element: ElementRef<'_>| {
            element.descendants().skip(1).filter_map(ElementRef::wrap).any(|inner| {
                matches!(inner.value().name(), "table" | "h1" | "h2" | "h3" | "h4" | "article" | "form")
            })
        };
        let widest = rows.iter().map(|row| cells(row).len()).max().unwrap_or(0);
        if nested(table) || widest < 2 || table.value().attr("role") == Some("presentation") {
            // a table that only places things
            self.children(table, set, depth);
            self.flush();
            return;
        }
        for caption in
            table.children().filter_map(ElementRef::wrap).filter(|child| child.value().name() == "caption")
        {
            self.within(BlockKind::Caption, caption, set, depth);
        }
        let mut out: Vec<Vec<Inline>> = vec![];
        let mut header = 0;
        for row in &rows {
            let cells = cells(row);
            let titles = !cells.is_empty() && cells.iter().all(|cell| cell.value().name() == "th");
            let in_head = row
                .parent()
                .and_then(ElementRef::wrap)
                .is_some_and(|parent| parent.value().name() == "thead");
            let mut line = vec![];
            for cell in cells {
                let mut reader = Walker { landmark: true, ..Walker::new(Builder::new()) };
                reader.cell(cell, set, depth + 1);
                let span =
                    cell.value().attr("colspan").and_then(|span| span.parse::<usize>().ok()).unwrap_or(1);
                line.push(std::mem::take(&mut reader.open));
                line.extend((1..span.clamp(1, 50)).map(|_| Inline::default()));
            }
            if line.iter().all(Inline::is_blank) {
                continue;
            }
            if (titles || in_head) && header == out.len() {
                header += 1;
            }
            out.push(line);
        }
        inline::write_table(&out, header, &mut self.builder);
    }

    /// All the text of a cell in one line.
    fn cell(&mut self, parent: ElementRef<'_>, set: Set, depth: usize) {
        for node in parent.children() {
            match node.value() {
                Node::Text(text) => self.open.push(text, set),
                Node::Element(_) => {
                    let Some(element) = ElementRef::wrap(node) else { continue };
                    let name = element.value().name();
                    if SILENT.contains(&name) || hidden(element) || depth > MAX_DEPTH {
                        continue;
                    }
                    let apart = !INLINE.contains(&name);
                    if apart && !self.open.is_blank() {
                        self.open.push(" ", Set::default());
                    }
                    self.cell(element, styled(element, name, set), depth + 1);
                    if apart {
                        self.open.push(" ", Set::default());
                    }
                }
                _ => {}
            }
        }
    }
}

fn cells<'p>(row: &ElementRef<'p>) -> Vec<ElementRef<'p>> {
    let cell = |element: &ElementRef<'p>| matches!(element.value().name(), "td" | "th");
    row.children().filter_map(ElementRef::wrap).filter(cell).collect()
}

/// Rows of a table, not of tables inside it.
fn rows(table: ElementRef<'_>) -> Vec<ElementRef<'_>> {
    let mut out = vec![];
    for child in table.children().filter_map(ElementRef::wrap) {
        match child.value().name() {
            "tr" => out.push(child),
            "thead" | "tbody" | "tfoot" => {
                out.extend(
                    child.children().filter_map(ElementRef::wrap).filter(|row| row.value().name() == "tr"),
                );
            }
            _ => {}
        }
    }
    out
}

fn hidden(element: ElementRef<'_>) -> bool {
    let value = element.value();
    let style = value.attr("style").unwrap_or_default().replace(' ', "").to_ascii_lowercase();
    value.attr("hidden").is_some()
        || value.attr("aria-hidden") == Some("true") && !matches!(value.name(), "body" | "main" | "article")
        || style.contains("display:none")
        || value.attr("role") == Some("navigation")
}

fn styled(element: ElementRef<'_>, name: &str, set: Set) -> Set {
    let style = element.value().attr("style").unwrap_or_default().replace(' ', "").to_ascii_lowercase();
    // terms of a textbook are marked as such, and set in bold by its style sheet
    let term = name == "dfn" || element.value().attr("data-type") == Some("term");
    let heavy =
        ["font-weight:bold", "font-weight:600", "font-weight:700", "font-weight:800", "font-weight:900"];
    Set {
        bold: set.bold
            || term
            || matches!(name, "b" | "strong")
            || heavy.iter().any(|heavy| style.contains(heavy)),
        italic: set.italic
            || matches!(name, "i" | "em" | "cite" | "var")
            || style.contains("font-style:italic"),
        superscript: set.superscript || name == "sup",
        subscript: set.subscript || name == "sub",
    }
}

/// Many short links and hardly anything else.
fn is_menu(element: ElementRef<'_>) -> bool {
    let (mut links, mut linked, mut all) = (0usize, 0usize, 0usize);
    let mut stack = vec![(*element, false)];
    while let Some((node, inside)) = stack.pop() {
        match node.value() {
            Node::Text(text) => {
                let length = text.trim().chars().count();
                all += length;
                linked += if inside { length } else { 0 };
            }
            Node::Element(value) => {
                if SILENT.contains(&value.name()) {
                    continue;
                }
                let link = value.name() == "a";
                links += usize::from(link);
                stack.extend(node.children().map(|child| (child, inside || link)));
            }
            _ => {}
        }
    }
    links >= 5 && linked * 20 > all * 17 && linked < links * 40
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks_of(text: &str) -> Vec<(BlockKind, String)> {
        let document = read(text).unwrap();
        document.check().unwrap();
        document
            .blocks
            .iter()
            .map(|block| (block.kind.clone(), document.slice(block.span).to_string()))
            .collect()
    }

    #[test]
    fn elements_become_blocks_and_scripts_vanish() {
        let page = "<title>Heart</title><script>alert(1)</script><nav>Home</nav><article><h2>A</h2><p>One <b>bold</b>\
                    <ul><li>x<ul><li>y</ul></ul><ol><li><p>z</ol><table><tr><th>H<th>S<tr><td><td>b</table>\
                    <figure><figcaption>Figure 1</figcaption></figure>tail<br><br>end<aside>box</aside></article>";
        let item = |depth, ordered| BlockKind::ListItem { depth, ordered };
        let expected = [
            (BlockKind::Heading(2), "A"),
            (BlockKind::Paragraph, "One bold"),
            (item(0, false), "x"),
            (item(1, false), "y"),
            (item(0, true), "z"),
            (BlockKind::Table { header: 1 }, "H\tS\n\tb"),
            (BlockKind::Caption, "Figure 1"),
            (BlockKind::Paragraph, "tail"),
            (BlockKind::Paragraph, "end"),
            (BlockKind::Aside, "box"),
        ];
        let expected: Vec<(BlockKind, String)> = expected.map(|(kind, text)| (kind, text.to_string())).into();
        assert_eq!(blocks_of(page), expected);
    }

    #[test]
    fn depth_without_end_is_flattened() {
        let page = format!("<body>{}deep{}", "<div>".repeat(20_000), "</div>".repeat(20_000));
        assert_eq!(blocks_of(&page), [(BlockKind::Paragraph, "deep".to_string())]);
    }
}
