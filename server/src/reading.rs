//! From an uploaded file to a `Document`. Owns: which format a file has, one reader per format, and what to say
//! when it cannot be read. Refuses: storing, cutting and indexing what was read.

pub mod pdf;

use domain::document::Document;

/// What a reader tells while it works.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// Pages (slides) read so far, of all.
    Pages {
        /// Read.
        read: u32,
        /// In the file.
        total: u32,
    },
    /// The document as far as it was read.
    Part(Document),
}

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ReadError {
    #[error("encrypted")]
    Encrypted,
    #[error("damaged {0}")]
    Damaged(&'static str),
    #[error("unmapped")]
    Unmapped,
    #[error("scanned")]
    Scanned,
    #[error("empty")]
    Empty,
    #[error("complex")]
    TooComplex,
}

pub fn read(bytes: Vec<u8>, name: &str, on: &mut dyn FnMut(Progress)) -> Result<Document, ReadError> {
    let _ = name;
    pdf::read(bytes, on)
}
