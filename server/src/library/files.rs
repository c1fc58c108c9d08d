//! Uploaded files on disk: `uploads/{learner}/materials/{id}.{ext}`, written whole or not at all.

use domain::id::{LearnerId, MaterialId};
use std::{
    io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};
use tokio::fs;

/// What was written less than this ago may still be on its way: here, or through another process that has this folder
/// too. Milliseconds.
pub const FRESH: i64 = 3_600_000;

/// The folder of uploads.
#[derive(Clone, Debug)]
pub struct Files {
    root: PathBuf,
}

impl Files {
    /// Under the data folder.
    pub fn new(data: &Path) -> Self {
        Self { root: data.join("uploads") }
    }

    /// Where a learner's materials lie.
    fn folder(&self, learner: LearnerId) -> PathBuf {
        self.root.join(learner.to_string()).join("materials")
    }

    /// Where a material lies.
    pub fn path(&self, learner: LearnerId, material: MaterialId, extension: &str) -> PathBuf {
        self.folder(learner).join(format!("{material}.{extension}"))
    }

    /// A name for a file that is still coming in.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub async fn incoming(&self, id: uuid::Uuid) -> io::Result<PathBuf> {
        let folder = self.root.join("incoming");
        fs::create_dir_all(&folder).await?;
        Ok(folder.join(id.to_string()))
    }

    /// Moves a whole file to its place; it is there after a power cut.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn settle(&self, from: &Path, to: &Path) -> io::Result<()> {
        let folder = to.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).await?;
        fs::rename(from, to).await?;
        fs::File::open(folder).await?.sync_all().await
    }

    /// Removes a material's file; one that is gone already is fine.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn remove(&self, path: &Path) -> io::Result<()> {
        gone_is_fine(fs::remove_file(path).await)
    }

    /// Removes all of a learner's files.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn remove_all(&self, learner: LearnerId) -> io::Result<()> {
        gone_is_fine(fs::remove_dir_all(self.root.join(learner.to_string())).await)
    }

    /// Removes what was left half-written, and files that no material names, unless they are younger than `fresh` ms at `now`
    /// (milliseconds since 1970): those may be on their way.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn sweep(&self, now: i64, fresh: i64, known: impl Fn(MaterialId) -> bool) -> io::Result<u32> {
        let mut removed = 0;
        if let Ok(mut files) = fs::read_dir(self.root.join("incoming")).await {
            while let Some(file) = files.next_entry().await? {
                removed += remove_old(&file.path(), now, fresh).await?;
            }
        }
        let Ok(mut learners) = fs::read_dir(&self.root).await else { return Ok(0) };
        while let Some(learner) = learners.next_entry().await? {
            let Ok(mut files) = fs::read_dir(learner.path().join("materials")).await else { continue };
            while let Some(file) = files.next_entry().await? {
                let path = file.path();
                let id = path.file_stem().and_then(|stem| stem.to_str()).and_then(|stem| stem.parse().ok());
                if id.is_none_or(|id| !known(id)) {
                    removed += remove_old(&path, now, fresh).await?;
                }
            }
        }
        Ok(removed)
    }
}

/// Removes a file that is not fresh; how many that were.
async fn remove_old(path: &Path, now: i64, fresh: i64) -> io::Result<u32> {
    let Ok(metadata) = fs::metadata(path).await else { return Ok(0) };
    let written = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as i64;
    if now - written < fresh {
        return Ok(0);
    }
    gone_is_fine(fs::remove_file(path).await).map(|()| 1)
}

fn gone_is_fine(result: io::Result<()>) -> io::Result<()> {
    result.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[tokio::test]
    async fn what_may_still_be_coming_in_is_not_swept() {
        let folder = tempfile::tempdir().unwrap();
        let (files, clock) = (Files::new(folder.path()), Clock::default());
        let learner = LearnerId(clock.id());
        let (kept, unknown) = (MaterialId(clock.id()), MaterialId(clock.id()));
        let coming = files.incoming(clock.id()).await.unwrap();
        std::fs::write(&coming, "half").unwrap();
        for material in [kept, unknown] {
            let on_its_way = files.incoming(clock.id()).await.unwrap();
            std::fs::write(&on_its_way, "whole").unwrap();
            files.settle(&on_its_way, &files.path(learner, material, "md")).await.unwrap();
        }
        let known = |material| material == kept;
        assert_eq!(files.sweep(clock.now(), FRESH, known).await.unwrap(), 0);
        assert!(coming.exists());
        assert_eq!(files.sweep(clock.now() + FRESH, FRESH, known).await.unwrap(), 2);
        assert!(!coming.exists());
        assert!(files.path(learner, kept, "md").exists() && !files.path(learner, unknown, "md").exists());
    }
}
