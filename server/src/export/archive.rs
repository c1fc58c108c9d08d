//! The ZIP of an export: written so that the same content is the same bytes, read as something that anybody may have made.

use super::{FORMAT, Rows, table::Table};
use crate::db::cell::fits;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};
use uuid::Uuid;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// What unpacked rows of one table may take at most, bytes.
const TABLE_MOST: u64 = 256 << 20;
/// Names that an archive may have.
const NAMES_MOST: usize = 20_000;

/// Why an archive is not taken in, in the learner's words.
#[derive(Debug)]
pub(super) struct Refused(pub(super) String);

/// A table that does not hold what it should.
pub(super) fn odd(table: &str) -> Refused {
    Refused(format!(
        "This export cannot be read: data/{table}.json does not hold what it should. Nothing was taken in."
    ))
}

/// Writes an archive.
pub(super) fn write(
    path: &Path,
    manifest: &Value,
    tables: &[(&'static str, Rows)],
    files: &[(String, PathBuf)],
) -> anyhow::Result<()> {
    let mut zip = ZipWriter::new(BufWriter::new(File::create(path)?));
    // no time of the day in it, and files that are compressed already as they are
    let plain = SimpleFileOptions::default().last_modified_time(DateTime::default()).unix_permissions(0o600);
    let packed = plain.compression_method(CompressionMethod::Deflated).large_file(true);
    zip.start_file("mitochi.json", packed)?;
    serde_json::to_writer_pretty(&mut zip, manifest)?;
    for (name, rows) in tables {
        zip.start_file(format!("data/{name}.json"), packed)?;
        // a row a line: it can be read and compared
        zip.write_all(b"[")?;
        for (n, row) in rows.iter().enumerate() {
            zip.write_all(if n == 0 { b"\n" } else { b",\n" })?;
            serde_json::to_writer(&mut zip, row)?;
        }
        zip.write_all(b"\n]\n")?;
    }
    let stored = plain.compression_method(CompressionMethod::Stored).large_file(true);
    for (name, path) in files {
        let mut file = match File::open(path) {
            Ok(file) => file,
            // its row says that it was there
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error.into()),
        };
        zip.start_file(name.clone(), stored)?;
        io::copy(&mut file, &mut zip)?;
    }
    zip.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok(())
}

/// An archive whose rows were read and fit the tables.
pub(super) struct Archive {
    pub(super) path: PathBuf,
    manifest: Value,
    tables: HashMap<&'static str, Rows>,
}

fn read_json(zip: &mut ZipArchive<BufReader<File>>, name: &str) -> Result<Option<Value>, Refused> {
    let broken = || Refused(format!("This export cannot be read: {name} is damaged. Nothing was taken in."));
    let entry = match zip.by_name(name) {
        Ok(entry) => entry,
        Err(zip::result::ZipError::FileNotFound) => return Ok(None),
        Err(_) => return Err(broken()),
    };
    let mut text = vec![];
    // whatever its head says of its size
    entry.take(TABLE_MOST + 1).read_to_end(&mut text).map_err(|_| broken())?;
    if text.len() as u64 > TABLE_MOST {
        return Err(Refused(format!("This export is too large: {name} alone. Nothing was taken in.")));
    }
    serde_json::from_slice(&text).map(Some).map_err(|_| broken())
}

impl Archive {
    /// Reads the rows of an archive.
    pub(super) fn open(path: &Path) -> Result<Self, Refused> {
        let none = || {
            Refused("This is no export of Mitochi. Choose the ZIP that 'Download everything' made.".into())
        };
        let file = File::open(path).map_err(|_| none())?;
        let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|_| none())?;
        if zip.len() > NAMES_MOST {
            return Err(Refused(format!(
                "This export has more than {NAMES_MOST} files. Nothing was taken in."
            )));
        }
        let manifest = read_json(&mut zip, "mitochi.json")?.ok_or_else(none)?;
        match manifest["format"].as_u64() {
            Some(1..=FORMAT) => {}
            Some(_) => {
                let message =
                    "This export was made by a newer Mitochi. Bring this one up to date, then try again.";
                return Err(Refused(message.into()));
            }
            None => return Err(none()),
        }
        let mut tables = HashMap::new();
        for table in super::TABLES {
            let Some(Value::Array(rows)) = read_json(&mut zip, &format!("data/{}.json", table.name))? else {
                return Err(odd(table.name));
            };
            let rows: Option<Rows> = rows.into_iter().map(|row| typed(table, row)).collect();
            tables.insert(table.name, rows.ok_or_else(|| odd(table.name))?);
        }
        Ok(Self { path: path.to_path_buf(), manifest, tables })
    }

    /// Settings of the account, if they can be read here.
    pub(super) fn settings(&self) -> Option<&Value> {
        let settings = &self.manifest["account"]["settings"];
        serde_json::from_value::<app::account::api::Settings>(settings.clone()).ok().map(|_| settings)
    }

    /// Rows of a table.
    pub(super) fn rows(&self, table: &Table) -> Result<Rows, Refused> {
        self.tables.get(table.name).cloned().ok_or_else(|| odd(table.name))
    }

    /// What the file of a material must hash to, in hexadecimal digits.
    pub(super) fn sha256(&self, material: Uuid) -> Option<String> {
        let id = material.to_string();
        let row = self.tables.get("material")?.iter().find(|row| row["id"] == id.as_str())?;
        row["sha256"].as_str().map(str::to_lowercase)
    }
}

/// A row with the columns of its table, each of its kind.
fn typed(table: &Table, row: Value) -> Option<Map<String, Value>> {
    let Value::Object(mut row) = row else { return None };
    for field in table.columns {
        let value = row.entry(field.name).or_insert(Value::Null);
        if !fits(value, field.kind) || (value.is_null() && !field.null) {
            return None;
        }
    }
    Some(row)
}

/// Copies a file out of an archive; its bytes and their SHA-256.
pub(super) fn extract(path: &Path, name: &str, to: &Path) -> Result<(u64, String), Refused> {
    let broken = || Refused(format!("{name} is missing in this export, or damaged. Nothing was taken in."));
    let file = File::open(path).map_err(|_| broken())?;
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|_| broken())?;
    let most = app::library::api::FILE_MAX_BYTES;
    let mut entry = zip.by_name(name).map_err(|_| broken())?.take(most + 1);
    let mut out = File::create(to).map_err(|_| broken())?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut bytes = 0;
    loop {
        let read = entry.read(&mut buffer).map_err(|_| broken())?;
        if read == 0 {
            break;
        }
        bytes += read as u64;
        hash.update(&buffer[..read]);
        out.write_all(&buffer[..read]).map_err(|_| broken())?;
    }
    if bytes > most {
        return Err(Refused(format!("{name} is larger than any file may be here. Nothing was taken in.")));
    }
    out.sync_all().map_err(|_| broken())?;
    Ok((bytes, format!("{:x}", hash.finalize())))
}
