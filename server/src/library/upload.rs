//! A file that comes in: streamed to disk, measured, hashed.

use super::files::Files;
use crate::{
    error::{Error, Result},
    reading::{self, Format, ReadError},
};
use app::{error::ApiError, library::api::FILE_MAX_BYTES};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use tokio::{fs::File, io::AsyncWriteExt};

/// A file on its way; dropping it removes what was written.
#[derive(Debug)]
pub struct Incoming {
    /// Its name, without any folder.
    pub name: String,
    /// Bytes so far.
    pub bytes: u64,
    hash: Sha256,
    file: File,
    path: PathBuf,
    settled: bool,
}

impl Incoming {
    /// Begins a file of this name.
    ///
    /// # Errors
    /// When the disk refuses.
    #[expect(clippy::disallowed_methods, reason = "the name of a temporary file decides nothing")]
    pub async fn begin(files: &Files, name: &str) -> Result<Self> {
        let path = files.incoming(uuid::Uuid::now_v7()).await?;
        let file = File::create_new(&path).await?;
        // some browsers send the whole path
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let name: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
        Ok(Self { name, bytes: 0, hash: Sha256::new(), file, path, settled: false })
    }

    /// Adds what came.
    ///
    /// # Errors
    /// `TooLarge` past the limit, or when the disk refuses.
    pub async fn write(&mut self, chunk: &[u8]) -> Result<()> {
        self.bytes += chunk.len() as u64;
        if self.bytes > FILE_MAX_BYTES {
            let message = format!(
                "This file is larger than {} MB. Split it, or leave pictures out.",
                FILE_MAX_BYTES / 1024 / 1024
            );
            return Err(ApiError::TooLarge { message }.into());
        }
        self.hash.update(chunk);
        self.file.write_all(chunk).await?;
        Ok(())
    }

    /// Ends it: all bytes are on the disk. SHA-256 of the whole.
    ///
    /// # Errors
    /// `Invalid` for an empty file, or when the disk refuses.
    pub async fn finish(&mut self) -> Result<Vec<u8>> {
        if self.bytes == 0 {
            return Err(Error::invalid("file", "This file is empty."));
        }
        self.file.flush().await?;
        self.file.sync_all().await?;
        Ok(self.hash.clone().finalize().to_vec())
    }

    /// Moves it to its place.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn settle(&mut self, files: &Files, to: &std::path::Path) -> Result<()> {
        files.settle(&self.path, to).await?;
        self.settled = true;
        Ok(())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.settled {
            // what cannot be removed now is swept at the next start
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// What the shelf calls the format of a file that came in, and the ending under which it is kept.
///
/// # Errors
/// `Unsupported` for what cannot be read, `Invalid` for an empty, damaged or locked file.
pub async fn identify(incoming: &Incoming) -> Result<(&'static str, &'static str)> {
    let (path, name) = (incoming.path.clone(), incoming.name.clone());
    let told =
        tokio::task::spawn_blocking(move || reading::identify(&std::fs::read(path)?, &name).map_err(refusal));
    Ok(match told.await.map_err(anyhow::Error::new)?? {
        Format::Pdf => ("PDF", "pdf"),
        Format::Docx => ("DOCX", "docx"),
        Format::Pptx => ("PPTX", "pptx"),
        Format::Html => ("HTML", "html"),
        Format::Markdown => ("Markdown", "md"),
        Format::Plain => ("Text", "txt"),
    })
}

/// Why a file was not taken, with the status that fits.
fn refusal(error: ReadError) -> Error {
    let message = error.to_string();
    match error {
        ReadError::TooLarge => ApiError::TooLarge { message }.into(),
        ReadError::Unsupported { .. } | ReadError::Mislabelled { .. } => {
            ApiError::Unsupported { message }.into()
        }
        _ => Error::invalid("file", message),
    }
}
