//! Everything of one learner as a ZIP, and such a ZIP taken in again, here or on another installation. Owns: the format
//! (`FORMAT.md` beside this file). Refuses: what can be made again: text, passages, vectors and terms come from reading the
//! files anew.
//!
//! Whatever is taken in gets ids that follow from the learner's and its old one, so that taking it in twice adds nothing.

mod archive;
mod store;
mod table;

use crate::{
    clock::Clock,
    db::{Db, Kind, Tx},
    error::{Error, Result},
    jobs,
    library::files::Files,
    live::Live,
    starter,
};
use app::{error::ApiError, export::api::Imported, session::Session};
use archive::Archive;
use domain::{
    id::{LearnerId, MaterialId},
    question::Item,
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};
use table::{TABLES, Table};
use uuid::Uuid;

/// The version of the format that is written; older ones are read.
pub const FORMAT: u64 = 1;
/// Endings that a file of an export may have: those under which the library keeps files.
const ENDINGS: [&str; 6] = ["pdf", "docx", "pptx", "html", "md", "txt"];

/// Writes exports and takes them in.
#[derive(Clone)]
pub struct ExportService {
    /// Rows.
    pub db: Db,
    /// Time and ids.
    pub clock: Clock,
    /// Uploaded files.
    pub files: Files,
    /// Waking the workers: what was taken in is read.
    pub wake: jobs::Wake,
    /// Telling who looks at the shelf.
    pub live: Live,
    /// Room for the files of one learner, bytes.
    pub quota: u64,
}

/// Rows of a table, each an object.
type Rows = Vec<Map<String, Value>>;

impl ExportService {
    /// Everything of a learner, in a file at `to`. What was exported at one moment is the same byte by byte.
    ///
    /// # Errors
    /// `Unauthorized` if there is no such learner; when disk or database fail.
    pub async fn write(&self, learner: LearnerId, to: PathBuf) -> Result<()> {
        let mut tx = self.db.read().await?;
        let (email, settings, created) =
            store::account(&mut tx, learner).await?.ok_or(ApiError::Unauthorized)?;
        let mut tables = vec![];
        let mut counts = BTreeMap::new();
        let mut files = vec![];
        for table in TABLES {
            let rows = store::rows(&mut tx, table, learner).await?;
            if table.name == "material" {
                files = rows.iter().filter_map(|row| self.file_of(learner, row)).collect();
            }
            counts.insert(table.name, rows.len());
            tables.push((table.name, rows));
        }
        drop(tx);
        let manifest = json!({
            "format": FORMAT,
            "version": env!("CARGO_PKG_VERSION"),
            "exported": self.clock.now(),
            "account": { "email": email, "created": created, "settings": settings },
            "rows": counts,
        });
        let written =
            tokio::task::spawn_blocking(move || archive::write(&to, &manifest, &tables, &files)).await;
        Ok(written.map_err(anyhow::Error::new)??)
    }

    /// The name of a material's file in the archive, and where it lies.
    fn file_of(&self, learner: LearnerId, row: &Map<String, Value>) -> Option<(String, PathBuf)> {
        let id: MaterialId = row["id"].as_str()?.parse().ok()?;
        let extension = row["extension"].as_str()?;
        Some((format!("files/{id}.{extension}"), self.files.path(learner, id, extension)))
    }

    /// A place for a file that is made or taken in for a moment.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn aside(&self) -> Result<PathBuf> {
        Ok(self.files.incoming(self.clock.id()).await?)
    }

    /// Takes in what an export holds. Everything or nothing; what is there already is left as it is.
    ///
    /// # Errors
    /// `Invalid` for what is no export, is damaged, or is of a newer Mitochi; `TooLarge` where there is no room.
    pub async fn take_in(&self, session: Session, from: &Path) -> Result<Imported> {
        let path = from.to_path_buf();
        let archive = tokio::task::spawn_blocking(move || Archive::open(&path)).await;
        let archive = archive.map_err(anyhow::Error::new)?.map_err(|what| Error::invalid("file", what.0))?;
        let mut tx = self.db.write_for(session.learner).await?;
        let mut taking = Taking {
            learner: session.learner,
            ids: HashMap::from([(starter::MATERIAL.0, starter::MATERIAL.0)]),
            told: Imported::default(),
            fresh: vec![],
        };
        if store::is_new(&mut tx, session.learner).await?
            && let Some(settings) = archive.settings()
        {
            store::set_settings(&mut tx, session.learner, settings).await?;
        }
        for table in TABLES {
            for row in archive.rows(table).map_err(|what| Error::invalid("file", what.0))? {
                taking.row(&mut tx, table, row).await?;
            }
        }
        let mut used = store::bytes(&mut tx, session.learner).await?;
        for (old, id, extension) in std::mem::take(&mut taking.fresh) {
            used = used.saturating_add(self.bring(&archive, session.learner, old, id, &extension).await?);
            if used > self.quota {
                let message = "There is no room here for all files of this export. Nothing was taken in.";
                return Err(ApiError::TooLarge { message: message.into() }.into());
            }
            jobs::read::enqueue(&mut tx, &self.clock, id).await?;
        }
        tx.commit().await?;
        self.wake.wake();
        self.live.tell(session.learner);
        Ok(taking.told)
    }

    /// Puts a file of the archive in its place; its bytes. If the transaction fails the file is swept: no row names it.
    async fn bring(
        &self,
        archive: &Archive,
        learner: LearnerId,
        old: Uuid,
        id: MaterialId,
        extension: &str,
    ) -> Result<u64> {
        let aside = self.aside().await?;
        let (from, to) = (archive.path.clone(), aside.clone());
        let name = format!("files/{old}.{extension}");
        let told = tokio::task::spawn_blocking(move || archive::extract(&from, &name, &to)).await;
        let told = told.map_err(anyhow::Error::new)?;
        let (bytes, sha256) = match told {
            Ok(told) => told,
            Err(what) => {
                self.files.remove(&aside).await?;
                return Err(Error::invalid("file", what.0));
            }
        };
        if archive.sha256(old).as_deref() != Some(&sha256) {
            self.files.remove(&aside).await?;
            return Err(Error::invalid("file", "A file in this export is damaged. Nothing was taken in."));
        }
        self.files.settle(&aside, &self.files.path(learner, id, extension)).await?;
        Ok(bytes)
    }
}

/// What is being taken in.
struct Taking {
    learner: LearnerId,
    /// The ids of the export, and those of the same things here.
    ids: HashMap<Uuid, Uuid>,
    told: Imported,
    /// Materials that are new: their old id, the new one, the ending of the file.
    fresh: Vec<(Uuid, MaterialId, String)>,
}

impl Taking {
    async fn row(&mut self, tx: &mut Tx, table: &Table, mut row: Map<String, Value>) -> Result<()> {
        self.check(table, &row)?;
        for field in table.columns.iter().filter(|field| field.names) {
            let known = id_in(&row, field.name).and_then(|old| self.ids.get(&old));
            match known {
                Some(id) => row[field.name] = id.to_string().into(),
                None if field.null => row[field.name] = Value::Null,
                // what it belongs to is not there
                None => {
                    self.told.left_out += 1;
                    return Ok(());
                }
            }
        }
        // a card needs what it asks
        if table.name == "card" && row["question"].is_null() && row["flashcard"].is_null()
            || table.name == "answer" && (row["quiz"].is_null() != row["position"].is_null())
        {
            self.told.left_out += 1;
            return Ok(());
        }
        let old = table.has_id().then(|| id_in(&row, "id")).flatten();
        if let Some(old) = old {
            let mut here = store::own(tx, table, self.learner, old).await?;
            if here.is_none() {
                here = store::same(tx, table, self.learner, &row).await?;
            }
            if let Some(here) = here {
                self.ids.insert(old, here);
                self.told.known += 1;
                return Ok(());
            }
            // what Mitochi brings itself is not added to
            if table.name == "question" && row["material"] == starter::MATERIAL.to_string() {
                self.told.left_out += 1;
                return Ok(());
            }
            let new = *self.ids.entry(old).or_insert_with(|| id_for(self.learner, old));
            row["id"] = new.to_string().into();
        }
        for field in table.columns.iter().filter(|field| [Kind::Text, Kind::Json].contains(&field.kind)) {
            if let Some(value) = row.get_mut(field.name) {
                self.rename(value);
            }
        }
        let added = store::insert(tx, table, self.learner, &row).await?;
        if !added {
            self.told.known += 1;
            return Ok(());
        }
        self.told.count(table.name);
        if let (Some(old), "material", Some(id)) = (old, table.name, id_in(&row, "id")) {
            let extension = row["extension"].as_str().unwrap_or_default().to_string();
            self.fresh.push((old, MaterialId(id), extension));
        }
        Ok(())
    }

    /// What types do not say.
    fn check(&self, table: &Table, row: &Map<String, Value>) -> Result<()> {
        let fits = match table.name {
            "material" => row["extension"].as_str().is_some_and(|ending| ENDINGS.contains(&ending)),
            "question" => serde_json::from_value::<Item>(row["item"].clone()).is_ok(),
            _ => true,
        };
        if fits { Ok(()) } else { Err(Error::invalid("file", archive::odd(table.name).0)) }
    }

    /// Puts the new ids where a text or JSON has old ones.
    fn rename(&self, value: &mut Value) {
        match value {
            Value::String(text) if text.len() >= 36 => {
                if let Some(renamed) = renamed(text, &self.ids) {
                    *text = renamed;
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.rename(value)),
            Value::Object(values) => values.values_mut().for_each(|value| self.rename(value)),
            _ => {}
        }
    }
}

fn id_in(row: &Map<String, Value>, name: &str) -> Option<Uuid> {
    Uuid::parse_str(row.get(name)?.as_str()?).ok()
}

/// The id that a thing of an export gets with a learner: of the same moment, otherwise by chance that is always the same.
fn id_for(learner: LearnerId, old: Uuid) -> Uuid {
    let hash = Sha256::new().chain_update(learner.0).chain_update(old).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    bytes[..6].copy_from_slice(&old.as_bytes()[..6]);
    uuid::Builder::from_random_bytes(bytes).with_version(uuid::Version::SortRand).into_uuid()
}

/// A text with all ids in it that are known replaced; `None` if there is none.
fn renamed(text: &str, ids: &HashMap<Uuid, Uuid>) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    let mut found = false;
    while let Some((at, id)) = next_id(rest) {
        out.push_str(&rest[..at]);
        match ids.get(&id) {
            Some(new) => {
                found = true;
                out.push_str(&new.to_string());
            }
            None => out.push_str(&rest[at..at + 36]),
        }
        rest = &rest[at + 36..];
    }
    out.push_str(rest);
    found.then_some(out)
}

/// The first id in a text, as it is written with hyphens.
fn next_id(text: &str) -> Option<(usize, Uuid)> {
    let bytes = text.as_bytes();
    (0..bytes.len().saturating_sub(35)).find_map(|at| {
        let ends = bytes[at + 8] == b'-' && bytes[at + 13] == b'-';
        let part = ends.then(|| text.get(at..at + 36)).flatten()?;
        Some((at, Uuid::parse_str(part).ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_follows_from_the_learners_and_keeps_its_moment() {
        let old = Uuid::from_u128(0x0190_0000_0000_7000_8000_6d69_746f_6368);
        let (fern, moss) = (LearnerId(Uuid::from_u128(1)), LearnerId(Uuid::from_u128(2)));
        assert_eq!(id_for(fern, old), id_for(fern, old));
        assert_ne!(id_for(fern, old), id_for(moss, old));
        assert_eq!(id_for(fern, old).as_bytes()[..6], old.as_bytes()[..6]);
        assert_eq!(id_for(fern, old).get_version_num(), 7);
    }

    #[test]
    fn ids_are_found_in_texts() {
        let (a, b) = (Uuid::from_u128(7), Uuid::from_u128(8));
        let ids = HashMap::from([(a, b)]);
        assert_eq!(renamed(&format!("ü {a}?x={a}!"), &ids), Some(format!("ü {b}?x={b}!")));
        assert_eq!(renamed(&format!("only {b}"), &ids), None);
        assert_eq!(renamed("short", &ids), None);
        assert_eq!(renamed(&"é".repeat(40), &ids), None);
    }
}
