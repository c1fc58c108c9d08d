//! From an uploaded file to a `Document`. Owns: which format a file has, one reader per format, what to say when
//! it cannot be read, and the child process in which all of this happens. Refuses: storing, cutting and indexing
//! what was read.

pub mod child;
pub mod confine;
pub mod fidelity;
mod format;
mod html;
mod inline;
mod language;
mod markdown;
mod office;
mod pdf;
mod plain;
mod text;

use domain::document::Document;
use serde::{Deserialize, Serialize};

pub use format::Format;

/// Largest file that is read, in bytes.
pub const MAX_BYTES: usize = 50 * 1024 * 1024;

/// Longest text that is kept, in bytes: ten times the longest textbook.
const MAX_TEXT: usize = 64 * 1024 * 1024;

/// What a reader tells while it works.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Pages (slides) read so far, of all. Formats without pages tell nothing until they are done.
    Pages {
        /// Read.
        read: u32,
        /// In the file.
        total: u32,
    },
    /// The document as far as it was read: after page 8, 16, 32 … What it holds stays as it is, except that its
    /// last paragraph may go on and that running heads are known better later: spans of a part are no spans
    /// of the whole.
    Part(Document),
}

/// Why a file could not be read, in the learner's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadError {
    /// A password is needed.
    #[error("This file is protected with a password. Save it without one and upload it again.")]
    Encrypted,
    /// Nothing in it.
    #[error("This file is empty: there is no text in it.")]
    Empty,
    /// Pictures of pages.
    #[error(
        "This PDF holds pictures of pages without text, probably a scan. Run it through text recognition (OCR) and \
         upload the result."
    )]
    Scanned,
    /// Glyphs without letters.
    #[error(
        "The letters of this PDF cannot be told: its fonts do not say what they show. Upload the file it was made \
         from, or run it through text recognition (OCR)."
    )]
    Unmapped,
    /// Cut short or broken.
    #[error("This {0} is damaged or was cut short. Download or save it again, then upload it.")]
    Damaged(Format),
    /// Its name promises something else than it holds.
    #[error("This file is named “.{named}” but holds {found}, which cannot be read. {advice}")]
    Mislabelled {
        /// The ending of its name.
        named: String,
        /// What was found.
        found: String,
        /// What to do instead.
        advice: String,
    },
    /// A kind of file that is not read.
    #[error("This file holds {found}, which cannot be read. {advice}")]
    Unsupported {
        /// What was found.
        found: String,
        /// What to do instead.
        advice: String,
    },
    /// Over [`MAX_BYTES`].
    #[error("This file is larger than 50 MB. Split it, or save it with smaller pictures.")]
    TooLarge,
    /// Unpacks to, or nests, more than any document does.
    #[error("This file unpacks to far more than a document holds, so it was not read.")]
    TooComplex,
    /// Over the time limit.
    #[error("Reading this file took too long and was stopped. Split it into smaller files.")]
    TimedOut,
    /// Over the memory limit.
    #[error("Reading this file needed too much memory and was stopped. Split it into smaller files.")]
    OutOfMemory,
    /// The reader died.
    #[error(
        "The reader stopped in the middle of this file. The file may be damaged; save it again, then upload it."
    )]
    Crashed,
    /// The file itself could not be opened.
    #[error("This file could not be opened: {0}.")]
    Unopened(String),
}

/// What a file is, without reading it.
///
/// # Errors
/// As [`read`], as far as its beginning and its table of contents tell.
pub fn identify(bytes: &[u8], name: &str) -> Result<Format, ReadError> {
    Ok(format::detect(bytes, name)?.format)
}

/// Reads a file. What it is is told by its content; `name` is only checked against it: content that can be read
/// is read as what it is, with a warning when the name says otherwise.
///
/// # Errors
/// Everything that keeps a file from being read, see [`ReadError`].
pub fn read(bytes: Vec<u8>, name: &str, on: &mut dyn FnMut(Progress)) -> Result<Document, ReadError> {
    if bytes.len() > MAX_BYTES {
        return Err(ReadError::TooLarge);
    }
    let format::Found { format, warning } = format::detect(&bytes, name)?;
    let mut document = match format {
        Format::Pdf => pdf::read(bytes, on)?,
        Format::Docx => office::docx(bytes)?,
        Format::Pptx => office::pptx(bytes, on)?,
        Format::Html => html::read(&text::decode_html(&bytes))?,
        Format::Markdown => markdown::read(&text::decode(&bytes))?,
        Format::Plain => plain::read(&text::decode(&bytes))?,
    };
    if document.text.trim().is_empty() {
        return Err(ReadError::Empty);
    }
    if document.text.len() > MAX_TEXT {
        return Err(ReadError::TooComplex);
    }
    document.warnings.splice(0..0, warning);
    document.warnings.extend(language::warning(&document.text));
    Ok(document)
}
