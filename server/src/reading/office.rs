//! Word and PowerPoint files: ZIP packages of XML. Owns: opening them within limits, and following their
//! relationships. Refuses: pictures, sheets, macros; they are never unpacked.

mod docx;
mod pptx;

use super::inline::Set;
use super::{Format, Progress, ReadError};
use domain::document::Document;
use roxmltree::{Node, ParsingOptions};
use std::collections::HashMap;
use std::io::{Cursor, Read};

/// Bytes of XML that are unpacked of one file, altogether.
const MAX_UNPACKED: u64 = 192 * 1024 * 1024;
/// Bytes of one part.
const MAX_PART: u64 = 64 * 1024 * 1024;
/// Elements of one part.
const MAX_NODES: u32 = 4_000_000;
/// Elements inside elements; documents need some 40.
const MAX_DEPTH: usize = 200;

/// Reads a Word document.
///
/// # Errors
/// Damaged, protected, too large when unpacked, or without text.
pub(super) fn docx(bytes: Vec<u8>) -> Result<Document, ReadError> {
    docx::read(Package::open(bytes, Format::Docx)?)
}

/// Reads a PowerPoint file.
///
/// # Errors
/// As [`docx`].
pub(super) fn pptx(bytes: Vec<u8>, on: &mut dyn FnMut(Progress)) -> Result<Document, ReadError> {
    pptx::read(Package::open(bytes, Format::Pptx)?, on)
}

/// An opened package.
struct Package {
    zip: zip::ZipArchive<Cursor<Vec<u8>>>,
    format: Format,
    /// Bytes that may still be unpacked.
    left: u64,
}

/// Where a relationship leads.
struct Target {
    kind: String,
    path: String,
}

type Relations = HashMap<String, Target>;

impl Package {
    fn open(bytes: Vec<u8>, format: Format) -> Result<Self, ReadError> {
        let zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| ReadError::Damaged(format))?;
        Ok(Self { zip, format, left: MAX_UNPACKED })
    }

    /// The text of a part; `None` where there is no such part.
    fn part(&mut self, path: &str) -> Result<Option<String>, ReadError> {
        let index = self.zip.index_for_name(path).or_else(|| {
            let wanted = path.to_lowercase();
            let same = |name: &str| name.trim_start_matches('/').to_lowercase() == wanted;
            (0..self.zip.len()).find(|at| {
                self.zip.name_for_index(*at).is_some_and(|name| name.is_ok_and(|name| same(&name)))
            })
        });
        let Some(index) = index else { return Ok(None) };
        let damaged = ReadError::Damaged(self.format);
        let file = self.zip.by_index(index).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(text) if text.contains("assword") => {
                ReadError::Encrypted
            }
            zip::result::ZipError::InvalidPassword => ReadError::Encrypted,
            _ => damaged.clone(),
        })?;
        let limit = self.left.min(MAX_PART);
        let mut bytes = vec![];
        // the size that the directory names may be a lie: count what really comes out
        let read = file.take(limit + 1).read_to_end(&mut bytes).map_err(|_| damaged)?;
        if read as u64 > limit {
            return Err(ReadError::TooComplex);
        }
        self.left -= read as u64;
        Ok(Some(super::text::decode(&bytes)))
    }

    /// The relationships of a part.
    fn relations(&mut self, of: &str) -> Result<Relations, ReadError> {
        let (folder, name) = of.rsplit_once('/').unwrap_or(("", of));
        let path = if folder.is_empty() {
            format!("_rels/{name}.rels")
        } else {
            format!("{folder}/_rels/{name}.rels")
        };
        let Some(text) = self.part(&path)? else { return Ok(Relations::new()) };
        let Ok(tree) = parse(&text, self.format) else { return Ok(Relations::new()) };
        let relation = |node: Node<'_, '_>| {
            let external = node.attribute("TargetMode") == Some("External");
            let target = node.attribute("Target").filter(|_| !external)?;
            let kind = node.attribute("Type")?.rsplit('/').next()?.to_string();
            Some((node.attribute("Id")?.to_string(), Target { kind, path: resolve(folder, target) }))
        };
        Ok(tree.root_element().children().filter_map(relation).collect())
    }

    /// The main part, and the title in the file's properties.
    fn main(&mut self, default: &str) -> Result<(String, Option<String>), ReadError> {
        let relations = self.relations("")?;
        let of_kind =
            |kind: &str| relations.values().find(|target| target.kind == kind).map(|t| t.path.clone());
        let main = of_kind("officeDocument").unwrap_or_else(|| default.to_string());
        let title = match of_kind("core-properties") {
            Some(path) => self.part(&path)?,
            None => None,
        };
        let title = title.and_then(|text| {
            let tree = parse(&text, self.format).ok()?;
            let title =
                tree.descendants().find(|node| node.tag_name().name() == "title")?.text()?.trim().to_string();
            let generic =
                title.is_empty() || title == "PowerPoint Presentation" || title.starts_with("Microsoft Word");
            (!generic).then_some(title)
        });
        Ok((main, title))
    }
}

/// A path relative to a folder, without '..'.
fn resolve(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_string();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// XML to a tree, refusing definitions of entities, which only attacks bring into office files.
fn parse(text: &str, format: Format) -> Result<roxmltree::Document<'_>, ReadError> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    // the parser goes down as deep as the file does; look first
    let mut depth = 0usize;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        if *byte == b'<' {
            match bytes.get(at + 1) {
                Some(b'/') => depth = depth.saturating_sub(1),
                Some(b'?' | b'!') => {}
                _ => depth += 1,
            }
        } else if *byte == b'/' && bytes.get(at + 1) == Some(&b'>') {
            depth = depth.saturating_sub(1);
        }
        if depth > MAX_DEPTH {
            return Err(ReadError::TooComplex);
        }
    }
    roxmltree::Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::NodesLimitReached | roxmltree::Error::DtdDetected => ReadError::TooComplex,
        _ => ReadError::Damaged(format),
    })
}

/// The first child of this name, whatever its prefix.
fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.tag_name().name() == name)
}

/// An attribute of this local name, whatever its prefix.
fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name() == name).map(|attribute| attribute.value())
}

/// Styles put over others: what is not said stays.
#[derive(Debug, Clone, Copy, Default)]
struct Props {
    bold: Option<bool>,
    italic: Option<bool>,
    raised: Option<i8>,
    hidden: Option<bool>,
}

impl Props {
    fn over(self, under: Props) -> Props {
        Props {
            bold: self.bold.or(under.bold),
            italic: self.italic.or(under.italic),
            raised: self.raised.or(under.raised),
            hidden: self.hidden.or(under.hidden),
        }
    }

    fn set(self) -> Set {
        let raised = self.raised.unwrap_or(0);
        Set {
            bold: self.bold.unwrap_or(false),
            italic: self.italic.unwrap_or(false),
            superscript: raised > 0,
            subscript: raised < 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::document::{BlockKind, Style};
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    /// A package of these parts.
    fn package(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(vec![]));
        for (name, text) in parts {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn word(body: &str) -> Vec<u8> {
        let w = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
        let styles = format!(
            "<w:styles {w}><w:style w:type=\"paragraph\" w:styleId=\"H2\"><w:name w:val=\"heading 2\"/><w:rPr><w:b/></w:rPr>\
             </w:style><w:style w:type=\"character\" w:styleId=\"Strong\"><w:rPr><w:b/></w:rPr></w:style></w:styles>"
        );
        let numbers = format!(
            "<w:numbering {w}><w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"decimal\"/></w:lvl>\
             </w:abstractNum><w:num w:numId=\"5\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>"
        );
        let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let relations = format!(
            "<Relationships><Relationship Id=\"r1\" Type=\"{kind}/styles\" Target=\"styles.xml\"/>\
             <Relationship Id=\"r2\" Type=\"{kind}/numbering\" Target=\"numbering.xml\"/></Relationships>"
        );
        package(&[
            ("[Content_Types].xml", "<Types/>"),
            ("word/document.xml", &format!("<w:document {w}><w:body>{body}</w:body></w:document>")),
            ("word/styles.xml", &styles),
            ("word/numbering.xml", &numbers),
            ("word/_rels/document.xml.rels", &relations),
        ])
    }

    fn run(text: &str, props: &str) -> String {
        format!("<w:r><w:rPr>{props}</w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
    }

    fn blocks(document: &Document) -> Vec<(BlockKind, &str)> {
        document.check().unwrap();
        document.blocks.iter().map(|block| (block.kind.clone(), document.slice(block.span))).collect()
    }

    #[test]
    fn word_styles_lists_tables_and_pages() {
        let body = [
            format!("<w:p><w:pPr><w:pStyle w:val=\"H2\"/></w:pPr>{}</w:p>", run("Valves", "")),
            format!("<w:p>{}{}{}</w:p>", run("The ", ""), run("mitral valve", "<w:rStyle w:val=\"Strong\"/>"), run(" closes", "")),
            format!("<w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"5\"/></w:numPr></w:pPr>{}</w:p>", run("first", "")),
            "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:br w:type=\"page\"/></w:r></w:p>".to_string(),
            format!("<w:tbl><w:tr><w:tc><w:p>{}</w:p></w:tc><w:tc><w:p/></w:tc></w:tr><w:tr><w:tc><w:p>{}</w:p></w:tc><w:tc><w:p>{}</w:p><w:p>{}</w:p></w:tc></w:tr></w:tbl>",
                run("Hormone", "<w:b/>"), run("ADH", ""), run("water", ""), run("salt", "<w:vertAlign w:val=\"subscript\"/>")),
        ]
        .concat();
        let document = docx(word(&body)).unwrap();
        assert_eq!(
            blocks(&document),
            [
                (BlockKind::Heading(2), "Valves"),
                (BlockKind::Paragraph, "The mitral valve closes"),
                (BlockKind::ListItem { depth: 0, ordered: true }, "first"),
                (BlockKind::Table { header: 1 }, "Hormone\t\nADH\twater salt"),
            ]
        );
        let marks: Vec<(Style, &str)> =
            document.marks.iter().map(|m| (m.style, document.slice(m.span))).collect();
        assert_eq!(
            marks,
            [(Style::Bold, "mitral valve"), (Style::Bold, "Hormone"), (Style::Subscript, "salt")]
        );
        assert_eq!(document.page_at(document.blocks[3].span.start), 2);
    }

    #[test]
    fn slides_are_pages_with_titles_and_notes() {
        let ns = "xmlns:p=\"p\" xmlns:a=\"a\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
        let shape = |holder: &str, x: u32, y: u32, text: &str| {
            format!(
                "<p:sp><p:nvSpPr><p:nvPr>{holder}</p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x=\"{x}\" y=\"{y}\"/><a:ext cx=\"400\" cy=\"300\"/>\
                 </a:xfrm></p:spPr><p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
            )
        };
        // drawn from the right to the left and the title last
        let slide = [
            shape("", 500, 300, "right"),
            shape("", 0, 310, "left"),
            shape("<p:ph type=\"ftr\"/>", 0, 900, "footer"),
            shape("<p:ph type=\"body\" idx=\"1\"/>", 0, 700, "item"),
            shape("<p:ph type=\"title\"/>", 0, 0, "The heart"),
        ]
        .concat();
        let notes = shape("<p:ph type=\"body\"/>", 0, 0, "Say it slowly.");
        let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let bytes = package(&[
            ("[Content_Types].xml", "<Types/>"),
            (
                "ppt/presentation.xml",
                &format!(
                    "<p:presentation {ns}><p:sldIdLst><p:sldId id=\"256\" r:id=\"r1\"/></p:sldIdLst></p:presentation>"
                ),
            ),
            (
                "ppt/_rels/presentation.xml.rels",
                &format!(
                    "<Relationships><Relationship Id=\"r1\" Type=\"{kind}/slide\" Target=\"slides/slide1.xml\"/></Relationships>"
                ),
            ),
            (
                "ppt/slides/slide1.xml",
                &format!("<p:sld {ns}><p:cSld><p:spTree>{slide}</p:spTree></p:cSld></p:sld>"),
            ),
            (
                "ppt/slides/_rels/slide1.xml.rels",
                &format!(
                    "<Relationships><Relationship Id=\"r1\" Type=\"{kind}/notesSlide\" Target=\"../notesSlides/notesSlide1.xml\"/></Relationships>"
                ),
            ),
            (
                "ppt/notesSlides/notesSlide1.xml",
                &format!("<p:notes {ns}><p:cSld><p:spTree>{notes}</p:spTree></p:cSld></p:notes>"),
            ),
        ]);
        let mut told = vec![];
        let document = pptx(bytes, &mut |progress| told.push(progress)).unwrap();
        assert_eq!(told, [Progress::Pages { read: 1, total: 1 }]);
        assert_eq!(
            blocks(&document),
            [
                (BlockKind::Heading(1), "The heart"),
                (BlockKind::Paragraph, "left"),
                (BlockKind::Paragraph, "right"),
                (BlockKind::ListItem { depth: 0, ordered: false }, "item"),
                (BlockKind::Note, "Say it slowly."),
            ]
        );
    }

    #[test]
    fn bombs_are_refused() {
        let w = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
        let read =
            |text: &str| docx(package(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", text)]));
        // unpacks to more than its share
        let flood = " ".repeat(MAX_PART as usize + 1);
        assert_eq!(read(&flood), Err(ReadError::TooComplex));
        // entities that double
        let laughs = format!(
            "<!DOCTYPE w [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><w:document {w}><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
        );
        assert_eq!(read(&laughs), Err(ReadError::TooComplex));
        let deep = format!(
            "<w:document {w}><w:body>{}{}</w:body></w:document>",
            "<w:sdt>".repeat(50_000),
            "</w:sdt>".repeat(50_000)
        );
        assert_eq!(read(&deep), Err(ReadError::TooComplex));
        assert_eq!(read("<w:document"), Err(ReadError::Damaged(Format::Docx)));
        let mut cut = package(&[("word/document.xml", "<w:document/>")]);
        cut.truncate(cut.len() / 2);
        assert_eq!(docx(cut), Err(ReadError::Damaged(Format::Docx)));
    }
}
