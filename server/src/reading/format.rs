//! Which format a file has. Owns: telling it by content, and what to do when the name says otherwise.
//! Refuses: reading it.

use super::ReadError;
use serde::{Deserialize, Serialize};
use std::io::Cursor;

/// A format that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Portable Document Format.
    Pdf,
    /// Word.
    Docx,
    /// PowerPoint.
    Pptx,
    /// A web page.
    Html,
    /// Markdown.
    Markdown,
    /// Text without marks.
    Plain,
}

impl Format {
    /// By the ending of a file's name.
    pub fn of_name(name: &str) -> Option<Self> {
        Some(match ending(name).as_str() {
            "pdf" => Self::Pdf,
            "docx" | "docm" | "dotx" => Self::Docx,
            "pptx" | "pptm" | "ppsx" | "potx" => Self::Pptx,
            "html" | "htm" | "xhtml" => Self::Html,
            "md" | "markdown" | "mkd" => Self::Markdown,
            "txt" | "text" => Self::Plain,
            _ => return None,
        })
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pdf => "PDF",
            Self::Docx => "Word document",
            Self::Pptx => "PowerPoint file",
            Self::Html => "web page",
            Self::Markdown => "Markdown file",
            Self::Plain => "text file",
        })
    }
}

/// A format, and what to tell about the name.
#[derive(Debug, PartialEq)]
pub(super) struct Found {
    pub(super) format: Format,
    pub(super) warning: Option<String>,
}

fn ending(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    base.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_lowercase())
}

/// The format of a file. Binary formats are told by their content alone; text is taken for what its name says,
/// unless it plainly is a web page.
///
/// # Errors
/// Empty, encrypted, cut short, or nothing that can be read.
pub(super) fn detect(bytes: &[u8], name: &str) -> Result<Found, ReadError> {
    let named = Format::of_name(name);
    if bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
        return Err(ReadError::Empty);
    }
    let found = match content(bytes)? {
        Content::Is(format) => format,
        Content::Text => match named {
            Some(format @ (Format::Html | Format::Markdown | Format::Plain)) => {
                return Ok(Found { format, warning: None });
            }
            Some(_) => return Err(refused(named, name, "plain text", ADVICE)),
            // notes without an ending are still notes
            None if matches!(ending(name).as_str(), "" | "log" | "rst" | "tex" | "org") => Format::Plain,
            None => return Err(refused(None, name, &format!("a “.{}” file", ending(name)), ADVICE)),
        },
        Content::Broken(format) => return Err(ReadError::Damaged(format)),
        Content::Other(what, advice) => return Err(refused(named, name, what, advice)),
        Content::Unknown => {
            return Err(match named {
                // its beginning is lost
                Some(format @ (Format::Pdf | Format::Docx | Format::Pptx)) => ReadError::Damaged(format),
                _ => refused(named, name, "data of an unknown kind", ADVICE),
            });
        }
    };
    let kin = matches!(
        (named, found),
        (Some(Format::Markdown | Format::Plain), Format::Html) // a page may be saved under any name
    );
    let warning = (named != Some(found)).then(|| {
        if named.is_none() {
            format!("The name of this file does not say what it is; it was read as a {found}.")
        } else if kin {
            "This file holds a web page; it was read as one.".to_string()
        } else {
            format!("This file is named “.{}” but is a {found}; it was read as one.", ending(name))
        }
    });
    Ok(Found { format: found, warning: warning.filter(|_| named.is_some() || !ending(name).is_empty()) })
}

const ADVICE: &str = "Upload PDF, PPTX, DOCX, HTML, Markdown or plain text.";

fn refused(named: Option<Format>, name: &str, found: &str, advice: &str) -> ReadError {
    let (found, advice) = (found.to_string(), advice.to_string());
    match named {
        Some(_) => ReadError::Mislabelled { named: ending(name), found, advice },
        None => ReadError::Unsupported { found, advice },
    }
}

#[derive(Debug, PartialEq)]
enum Content {
    Is(Format),
    /// Cut short.
    Broken(Format),
    Text,
    /// What it is, and what to do about it.
    Other(&'static str, &'static str),
    Unknown,
}

fn content(bytes: &[u8]) -> Result<Content, ReadError> {
    let head = &bytes[..bytes.len().min(1024)];
    // programs may write up to a kilobyte before the mark
    if head.windows(5).any(|window| window == b"%PDF-") {
        return Ok(Content::Is(Format::Pdf));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return package(bytes);
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return ole(bytes);
    }
    if bytes.starts_with(b"{\\rtf") {
        return Ok(Content::Other("rich text (RTF)", "Save it as DOCX."));
    }
    const SIGNATURES: &[(&[u8], &str)] = &[
        (b"\x89PNG", "a PNG picture"),
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"GIF8", "a GIF picture"),
        (b"BM", "a bitmap picture"),
        (b"II*\0", "a TIFF picture"),
        (b"MM\0*", "a TIFF picture"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"Rar!", "a RAR archive"),
        (b"7z\xbc\xaf", "a 7z archive"),
        (b"ID3", "sound"),
        (b"OggS", "sound or video"),
        (b"MZ", "a program"),
        (b"\x7fELF", "a program"),
        (b"SQLite format 3", "a database"),
    ];
    if let Some((_, what)) = SIGNATURES.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        // two letters are a weak mark: text may begin with them
        if !(what.ends_with("bitmap picture") || what.ends_with("program")) || !super::text::is_text(bytes) {
            return Ok(Content::Other(what, ADVICE));
        }
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Ok(Content::Other("a video", ADVICE));
    }
    if bytes.starts_with(b"RIFF") {
        return Ok(Content::Other("sound, video or a picture", ADVICE));
    }
    if !super::text::is_text(bytes) {
        return Ok(Content::Unknown);
    }
    let start = super::text::decode_html(head).trim_start().to_lowercase();
    let page = start.starts_with("<!doctype html")
        || start.starts_with("<html")
        || start.starts_with("<?xml") && start.contains("<html")
        || start.starts_with("<!--") && start.contains("<html")
        || start.starts_with("<head");
    Ok(if page { Content::Is(Format::Html) } else { Content::Text })
}

fn package(bytes: &[u8]) -> Result<Content, ReadError> {
    let Ok(zip) = zip::ZipArchive::new(Cursor::new(bytes)) else {
        // the directory stands at the end: a file cut short has lost it
        let has =
            |name: &str| bytes.windows(name.len()).take(1 << 20).any(|window| window == name.as_bytes());
        return Ok(if has("ppt/") {
            Content::Broken(Format::Pptx)
        } else if has("word/") || has("[Content_Types].xml") {
            Content::Broken(Format::Docx)
        } else {
            Content::Other("a damaged ZIP archive", ADVICE)
        });
    };
    let has =
        |name: &str| zip.file_names().flatten().any(|file| file.trim_start_matches('/').starts_with(name));
    Ok(if has("ppt/") && has("[Content_Types].xml") {
        Content::Is(Format::Pptx)
    } else if has("word/") || has("[Content_Types].xml") && !has("xl/") {
        Content::Is(Format::Docx)
    } else if has("xl/") {
        Content::Other("an Excel sheet", "Save it as PDF.")
    } else if has("META-INF/container.xml") {
        Content::Other("an EPUB book", "Save its chapters as HTML or PDF.")
    } else if has("content.xml") {
        Content::Other("an OpenDocument file", "Save it as DOCX or PPTX.")
    } else {
        Content::Other("a ZIP archive", "Unpack it and upload what is in it.")
    })
}

/// The container of Word and PowerPoint before 2007, and of later files with a password.
fn ole(bytes: &[u8]) -> Result<Content, ReadError> {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let has = |text: &str| {
        let needle = wide(text);
        bytes.windows(needle.len()).any(|window| window == needle)
    };
    if has("EncryptedPackage") {
        return Err(ReadError::Encrypted);
    }
    Ok(if has("WordDocument") {
        Content::Other("an old Word document (.doc)", "Save it as DOCX.")
    } else if has("PowerPoint Document") {
        Content::Other("an old PowerPoint file (.ppt)", "Save it as PPTX.")
    } else {
        Content::Other("an old Office file", "Save it as DOCX or PPTX.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides_and_the_name_is_checked() {
        let format = |bytes: &[u8], name: &str| detect(bytes, name);
        let is = |format: Format| Ok(Found { format, warning: None });
        assert_eq!(format(b"%PDF-1.7 ...", "a.pdf"), is(Format::Pdf));
        assert_eq!(format(b"# Heart\n", "notes.md"), is(Format::Markdown));
        assert_eq!(format(b"The heart", "notes.txt"), is(Format::Plain));
        assert_eq!(format(b"<!DOCTYPE html><p>x", "a.htm"), is(Format::Html));
        // readable under a wrong name: read, with a warning
        let found = format(b"%PDF-1.7 ...", "lecture.docx").unwrap();
        assert_eq!(found.format, Format::Pdf);
        assert!(found.warning.unwrap().contains(".docx"));
        assert_eq!(format(b"<html><p>Log in", "lecture.pdf").unwrap().format, Format::Html);
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        let table: &[(&[u8], &str, &str)] = &[
            (b"", "a.pdf", "empty"),
            (b" \n \0", "a.txt", "empty"),
            (b"\x89PNG\r\n\x1a\n....", "scan.pdf", "PNG"),
            (b"\x89PNG\r\n\x1a\n....", "scan.png", "Upload PDF"),
            (b"just text", "a.pdf", "plain text"),
            (b"\x01\x02\x03\x04\x00\x05", "a.pdf", "damaged"),
            (b"\x01\x02\x03\x04\x00\x05", "a.xyz", "unknown kind"),
            (b"PK\x03\x04word/document.xml cut", "a.docx", "cut short"),
            (b"{\\rtf1 x}", "a.docx", "RTF"),
            (b"id,name\n1,x", "a.csv", "csv"),
        ];
        for (bytes, name, part) in table {
            let message = detect(bytes, name).unwrap_err().to_string();
            assert!(message.contains(part), "{name}: {message}");
            assert!(!message.contains('\n'));
        }
    }
}
