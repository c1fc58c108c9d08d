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
