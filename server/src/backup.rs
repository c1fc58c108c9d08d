//! Backups: the database as it is at one moment, all uploads, and the server's key, in one file; and back. Owns: the file, its
//! sums, how many are kept. Refuses: knowing tables (`db::copy`), and what can be made again: indexes and models.

use crate::{
    clock,
    db::{Db, copy},
};
use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// The version of the file.
const FORMAT: u64 = 1;
/// The last entry: what the others must be.
const MANIFEST: &str = "manifest.json";
/// How backups are called.
const PREFIX: &str = "mitochi-backup-";

/// What is in a backup.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: u64,
    version: String,
    /// Milliseconds since 1970.
    taken: i64,
    database: copy::Copied,
    /// SHA-256 of each entry.
    sums: BTreeMap<String, String>,
}

/// Where a server keeps things.
#[derive(Debug, Clone)]
pub struct Place {
    /// The data folder.
    pub data: PathBuf,
    /// The address of the database.
    pub url: String,
}

/// A name for a backup that was taken at a moment, milliseconds since 1970: names sort as times do.
fn name(now: i64) -> String {
    let local = clock::local_time(now, "UTC");
    let second = now.rem_euclid(86_400_000) / 1_000;
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{PREFIX}{}T{hour:02}-{minute:02}-{second:02}Z.zip", clock::date_of(local.day))
}

/// Takes a backup while the server goes on; gives its path. It is there whole or not at all.
///
/// # Errors
/// When database or disk fail.
pub async fn take(db: &Db, place: &Place, to: &Path, now: i64) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(to).with_context(|| format!("cannot make the folder {}", to.display()))?;
    let aside = to.join(format!(".{}", name(now)));
    let _ = fs::remove_dir_all(&aside);
    private_folder(&aside)?;
    // rows first: a file that is deleted meanwhile was deleted, one that is brought meanwhile has no row
    let copied = copy::out(db, &place.url, &aside).await;
    let whole = to.join(name(now));
    let written = match copied {
        Ok(copied) => {
            let (place, aside, whole) = (place.clone(), aside.clone(), whole.clone());
            tokio::task::spawn_blocking(move || write(&place, copied, &aside, &whole, now)).await?
        }
        Err(error) => Err(error),
    };
    let gone = fs::remove_dir_all(&aside);
    written?;
    gone?;
    Ok(whole)
}

/// A folder that nobody else may look into.
fn private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)?;
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn write(place: &Place, database: copy::Copied, aside: &Path, whole: &Path, now: i64) -> anyhow::Result<()> {
    let part = aside.join("whole.zip");
    let mut zip = ZipWriter::new(BufWriter::new(private_file(&part)?));
    let mut sums = BTreeMap::new();
    let rows = fs::read_dir(aside)?.collect::<io::Result<Vec<_>>>()?;
    let rows = rows.into_iter().map(|entry| entry.path()).filter(|path| *path != part);
    let mut entries: Vec<(String, PathBuf)> =
        rows.map(|path| (format!("database/{}", file_name(&path)), path)).collect();
    let key = place.data.join("session.key");
    if key.exists() {
        entries.push(("session.key".into(), key));
    }
    uploads(&place.data.join("uploads"), "uploads", &mut entries)?;
    entries.sort();
    for (name, path) in entries {
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound && name.starts_with("uploads/") => continue,
            Err(error) => return Err(error.into()),
        };
        let method = if name.starts_with("uploads/") {
            CompressionMethod::Stored
        } else {
            CompressionMethod::Deflated
        };
        zip.start_file(
            name.clone(),
            SimpleFileOptions::default().compression_method(method).large_file(true),
        )?;
        let mut summed = Summed { hash: Sha256::new(), to: &mut zip };
        io::copy(&mut file, &mut summed)?;
        sums.insert(name, format!("{:x}", summed.hash.finalize()));
    }
    let manifest =
        Manifest { format: FORMAT, version: env!("CARGO_PKG_VERSION").into(), taken: now, database, sums };
    zip.start_file(MANIFEST, SimpleFileOptions::default())?;
    serde_json::to_writer_pretty(&mut zip, &manifest)?;
    zip.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    fs::rename(part, whole)?;
    Ok(())
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// All files under a folder, but those that are still coming in.
fn uploads(folder: &Path, name: &str, entries: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    let Ok(found) = fs::read_dir(folder) else { return Ok(()) };
    for entry in found {
        let path = entry?.path();
        let name = format!("{name}/{}", file_name(&path));
        if name == "uploads/incoming" {
            continue;
        }
        if path.is_dir() {
            uploads(&path, &name, entries)?;
        } else {
            entries.push((name, path));
        }
    }
    Ok(())
}

/// Writes on, and sums up what was written.
struct Summed<W> {
    hash: Sha256,
    to: W,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Puts a backup in the place of a server's data. Everything is checked before anything is touched; the server must not run.
///
/// # Errors
/// When the backup is damaged or newer, something is there and `replace` is not said, or a server runs on the data folder.
pub async fn restore(from: &Path, place: &Place, replace: bool) -> anyhow::Result<()> {
    fs::create_dir_all(&place.data)?;
    let lock = File::create(place.data.join("mitochi.lock"))?;
    lock.try_lock()
        .with_context(|| format!("a Mitochi uses the data folder {}: stop it first", place.data.display()))?;
    let used = copy::is_used(&place.url).await? || place.data.join("uploads").exists();
    ensure!(
        replace || !used,
        "there is data of learners here already: say --replace to put the backup in its place"
    );
    let aside = place.data.join("restoring");
    let _ = fs::remove_dir_all(&aside);
    private_folder(&aside)?;
    let (path, to) = (from.to_path_buf(), aside.clone());
    let manifest = tokio::task::spawn_blocking(move || unpack(&path, &to)).await?;
    let manifest = match manifest {
        Ok(manifest) => manifest,
        Err(error) => {
            fs::remove_dir_all(&aside)?;
            return Err(error);
        }
    };
    copy::back(&place.url, &manifest.database, &aside.join("database")).await?;
    let uploads = place.data.join("uploads");
    if uploads.exists() {
        let before = place.data.join("uploads.before-restore");
        let _ = fs::remove_dir_all(&before);
        fs::rename(&uploads, before)?;
    }
    if aside.join("uploads").exists() {
        fs::rename(aside.join("uploads"), &uploads)?;
    }
    if aside.join("session.key").exists() {
        fs::rename(aside.join("session.key"), place.data.join("session.key"))?;
    }
    fs::remove_dir_all(&aside)?;
    Ok(())
}

/// Unpacks a backup into a folder and compares every sum.
fn unpack(from: &Path, to: &Path) -> anyhow::Result<Manifest> {
    let no_backup = || format!("{} is no backup of Mitochi, or not a whole one", from.display());
    let file = File::open(from).with_context(|| format!("cannot open {}", from.display()))?;
    let mut zip = ZipArchive::new(BufReader::new(file)).with_context(no_backup)?;
    let manifest = zip.by_name(MANIFEST).with_context(no_backup)?;
    let manifest: Manifest = serde_json::from_reader(manifest.take(64 << 20)).with_context(no_backup)?;
    ensure!(
        manifest.format <= FORMAT,
        "this backup was taken by a newer Mitochi; bring this one up to date first"
    );
    for (name, sum) in &manifest.sums {
        // names lead nowhere else
        ensure!(
            Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_))),
            "{name} is no name of a file of a backup"
        );
        let mut entry = zip.by_name(name).with_context(|| format!("{name} is missing in the backup"))?;
        let path = to.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut summed = Summed { hash: Sha256::new(), to: BufWriter::new(private_file(&path)?) };
        io::copy(&mut entry, &mut summed).with_context(|| format!("{name} is damaged in the backup"))?;
        summed.flush()?;
        summed.to.get_ref().sync_all()?;
        ensure!(format!("{:x}", summed.hash.finalize()) == *sum, "{name} is damaged in the backup");
    }
    Ok(manifest)
}

/// The backups of a folder, the oldest first.
fn taken(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> = entries
        .filter(|path| {
            file_name(path).starts_with(PREFIX) && path.extension().is_some_and(|end| end == "zip")
        })
        .collect();
    found.sort();
    found
}

/// Removes all but the newest backups of a folder.
///
/// # Errors
/// When the disk refuses.
pub fn keep(folder: &Path, most: usize) -> io::Result<()> {
    let found = taken(folder);
    found[..found.len().saturating_sub(most)].iter().try_for_each(fs::remove_file)
}

/// How long until the next backup is due, ms, if one is taken every so many ms.
pub fn wait(folder: &Path, every: i64, now: i64) -> i64 {
    let newest = taken(folder).last().and_then(|path| fs::metadata(path).ok()?.modified().ok());
    let newest = newest.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    newest.map_or(0, |time| (time.as_millis() as i64 + every - now).clamp(0, every))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_times_do_and_the_newest_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let hour = 3_600_000;
        let start = 1_796_040_000_000;
        for n in [3, 1, 12, 0] {
            fs::write(folder.path().join(name(start + n * hour)), "").unwrap();
        }
        fs::write(folder.path().join("something else.zip"), "").unwrap();
        assert_eq!(name(start), "mitochi-backup-2026-11-30T12-00-00Z.zip");
        keep(folder.path(), 2).unwrap();
        let left: Vec<_> = taken(folder.path()).iter().map(|path| file_name(path)).collect();
        assert_eq!(left, [name(start + 3 * hour), name(start + 12 * hour)]);
        assert!(folder.path().join("something else.zip").exists());
    }
}
