//! The engines on a Qdrant server, for vectors here and for words in `words`: one collection for all owners, searched by
//! a graph for each large one. Owns: the way to the server, which collection is used, and what is asked. Refuses: being
//! the truth (vectors live in the database, and the collection can be filled from there), and every collection that
//! Mitochi did not make.
//!
//! A collection serves one generation of vectors, and its name ends with a hash of that. The name that is configured is
//! an alias of it, for people and their tools: a server can only search the vectors of its own model, wherever an alias
//! points. So a new model's vectors are put beside the old ones, which old servers search meanwhile; when all are there
//! the alias moves in one step ([`Qdrant::rebuilt`]) and the old collections can go ([`Qdrant::drop_others`]).
//!
//! Changes of points are not one transaction in Qdrant. They are ordered so that an end in the middle loses nothing: new
//! points first, then the stale ones go. Done again, it is whole. Two changes of one material at once would leave those
//! of either; the queue of jobs does not let that happen.

mod asking;
mod collection;
mod point;
mod words;

pub use words::Words;

use super::{Others, VectorHit, VectorStore, Window};
use crate::retrieval::vocabulary::Vocabulary;
use crate::retrieval::{EngineError, Filter, PassageTexts};
use asking::{address, number};
use async_trait::async_trait;
use domain::id::{LearnerId, MaterialId};
use point::Kind;
use qdrant_client::Qdrant as Client;
use qdrant_client::qdrant::{
    CreateAlias, DeleteCollection, QuantizationSearchParams, Query, QueryPointGroups, SearchParams,
    UpdateCollection,
};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;

/// Name of the alias where none is chosen.
pub const COLLECTION: &str = "medical_content";
/// The oldest server that knows all that is asked of it: metadata of collections and the placement of vectors.
const OLDEST: (u32, u32) = (1, 19);
/// Most bytes of the alias; Qdrant takes names of 255.
const LONGEST_NAME: usize = 200;
/// Candidates that are looked at in the graph of one owner; Qdrant's own default is 100.
const BEAM: u64 = 128;
/// With quantised vectors, so many times the candidates are compared by the original ones.
const OVERSAMPLING: f64 = 2.0;
/// How much longer a change may take than a search.
const CHANGE: u32 = 6;

/// How a Qdrant server is reached and its collection is made. No `Debug`: it holds a key.
#[derive(Clone)]
pub struct Settings {
    /// `http://HOST:6334` or `https://…`: the port of gRPC, without name and password.
    pub url: String,
    /// Sent with every request; over `http` anybody on the way can read it.
    pub api_key: Option<String>,
    /// The alias of the collection; the collection's own name begins with it.
    pub collection: String,
    /// Whether vectors are read from disk instead of being kept in memory. Counts when the collection is made.
    pub on_disk: bool,
    /// Whether a copy of the vectors in 8 bits stays in memory for the first pass of a search. Counts when the
    /// collection is made.
    pub quantised: bool,
    /// Whether every vector of an owner is compared instead of walking the graph: slower, for measuring recall.
    pub exact: bool,
    /// How long a search may take; a change may take six times as long.
    pub patience: Duration,
}

impl Settings {
    /// The usual settings for a server at this address.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            api_key: None,
            collection: COLLECTION.into(),
            on_disk: false,
            quantised: false,
            exact: false,
            patience: Duration::from_secs(5),
        }
    }
}

/// Search over vectors on a Qdrant server. Cheap to clone.
#[derive(Clone)]
pub struct Qdrant(Arc<Inner>);

struct Inner {
    client: Client,
    /// With less patience, and a connection of its own, on which no change is in the way.
    searches: Client,
    settings: Settings,
    /// For messages: without credentials, as none are taken in an address.
    address: String,
    collection: String,
    generation: String,
    dimensions: usize,
    ready: OnceCell<()>,
}

impl Qdrant {
    /// An engine for the vectors of one generation (see `Retrieval::generation`) and length. Asks nobody: the first
    /// use finds or makes the collection, so a server that is down for now is no reason not to start.
    ///
    /// # Errors
    /// [`EngineError::Settings`] where address, key or name cannot be meant.
    pub fn new(
        settings: Settings,
        generation: impl Into<String>,
        dimensions: usize,
    ) -> Result<Self, EngineError> {
        let address = address(&settings.url)?;
        let wrong = |why: &str| EngineError::Settings(why.into());
        let key = settings.api_key.clone().filter(|key| !key.is_empty());
        // a key goes into a header; the client would repeat one that does not fit
        if key.as_ref().is_some_and(|key| !key.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(wrong("the key of Qdrant has characters that no key has"));
        }
        let name = &settings.collection;
        if name.is_empty()
            || name.len() > LONGEST_NAME
            || name.contains(['/', '\\', '<', '>', ':', '"', '|', '?', '*', '\0'])
        {
            return Err(wrong(
                "the name of Qdrant's collection is empty, too long or has a character of paths",
            ));
        }
        let client = |patience| {
            let mut client = Client::from_url(&address).api_key(key.clone()).skip_compatibility_check();
            client = client.connect_timeout(settings.patience).timeout(patience);
            // one that breaks is replaced at the next call, not at the next but two
            client.pool_size = 1;
            client.build().map_err(|_| wrong("the address of Qdrant cannot be used"))
        };
        let (searches, client) = (client(settings.patience)?, client(settings.patience * CHANGE)?);
        let (generation, ready) = (generation.into(), OnceCell::new());
        let collection = own_name(name, &generation, dimensions);
        Ok(Self(Arc::new(Inner {
            client,
            searches,
            settings,
            address,
            collection,
            generation,
            dimensions,
            ready,
        })))
    }

    /// As [`Qdrant::new`], and the collection is there: found and checked, or made.
    ///
    /// # Errors
    /// As [`Qdrant::new`] and [`Qdrant::ready`].
    pub async fn open(
        settings: Settings,
        generation: impl Into<String>,
        dimensions: usize,
    ) -> Result<Self, EngineError> {
        let engine = Self::new(settings, generation, dimensions)?;
        engine.ready().await?;
        Ok(engine)
    }

    /// The version of the server. Changes nothing.
    ///
    /// # Errors
    /// As [`Qdrant::new`]; [`EngineError::Unavailable`] where it does not answer.
    pub async fn version(settings: Settings) -> Result<String, EngineError> {
        let inner = Self::new(settings, "", 1)?.0;
        Ok(inner.change(inner.client.health_check()).await?.version)
    }

    /// Finds and checks the collection, or makes it; what an ended process left half made is completed. Once it
    /// went well it asks no more.
    ///
    /// # Errors
    /// [`EngineError::Foreign`] where a collection has the alias's or its own name and Mitochi did not make it so;
    /// nothing is changed then. Else [`EngineError::Unavailable`].
    pub async fn ready(&self) -> Result<(), EngineError> {
        self.0.ready.get_or_try_init(|| self.0.prepare()).await.copied()
    }

    /// Whether windows may be missing that the database has: upsert each material, then call [`Qdrant::rebuilt`].
    ///
    /// # Errors
    /// As [`Qdrant::ready`].
    pub async fn needs_rebuild(&self) -> Result<bool, EngineError> {
        self.is_incomplete(Kind::Window, &self.0.generation).await
    }

    /// Says, in the collection, that every material was upserted since it was made, and lets the alias lead to it.
    ///
    /// # Errors
    /// As [`Qdrant::ready`].
    pub async fn rebuilt(&self) -> Result<(), EngineError> {
        self.complete(Kind::Window, &self.0.generation).await?;
        self.0.lead_alias_here().await
    }

    /// The engine for words, in the same collection; with those who know which words there are and what passages say.
    pub fn words(&self, vocabulary: Arc<dyn Vocabulary>, texts: Arc<dyn PassageTexts>) -> Words {
        Words::new(self.clone(), vocabulary, texts)
    }

    async fn is_incomplete(&self, kind: Kind, generation: &str) -> Result<bool, EngineError> {
        self.ready().await?;
        let info = self.0.info(&self.0.collection).await?;
        Ok(!info.is_some_and(|info| collection::is_complete(&info, kind, generation)))
    }

    async fn complete(&self, kind: Kind, generation: &str) -> Result<(), EngineError> {
        self.ready().await?;
        let update = UpdateCollection {
            collection_name: self.0.collection.clone(),
            metadata: collection::completed(kind, generation),
            ..Default::default()
        };
        self.0.change(self.0.client.update_collection(update)).await?;
        Ok(())
    }

    /// Deletes its collection.
    ///
    /// # Errors
    /// As [`Qdrant::ready`].
    pub async fn discard(&self) -> Result<(), EngineError> {
        self.ready().await?;
        let inner = &*self.0;
        let request = DeleteCollection { collection_name: inner.collection.clone(), ..Default::default() };
        inner.change(inner.client.delete_collection(request)).await?;
        Ok(())
    }

    /// Deletes the collections that Mitochi made under this alias for other generations. Servers of those can no
    /// longer search by meaning.
    ///
    /// # Errors
    /// As [`Qdrant::ready`].
    pub async fn drop_others(&self) -> Result<(), EngineError> {
        self.ready().await?;
        let inner = &*self.0;
        let listed = inner.change(inner.client.list_collections()).await?.collections;
        let beginning = format!("{}_", inner.settings.collection);
        let names = listed.into_iter().map(|listed| listed.name);
        for other in names.filter(|name| name.starts_with(&beginning) && *name != inner.collection) {
            // the name alone says little: only what bears the note is Mitochi's
            let Some(info) = inner.info(&other).await? else { continue };
            if collection::is_ours(&info, &inner.settings.collection) {
                let request = DeleteCollection { collection_name: other.clone(), ..Default::default() };
                inner.change(inner.client.delete_collection(request)).await?;
                tracing::info!(collection = other, "vectors of another model dropped");
            }
        }
        Ok(())
    }
}

impl Inner {
    async fn prepare(&self) -> Result<(), EngineError> {
        let version = self.change(self.client.health_check()).await?.version;
        if number(&version).is_some_and(|version| version < OLDEST) {
            let (major, minor) = OLDEST;
            return Err(self.down(&format!("is version {version}, and {major}.{minor} or newer is needed")));
        }
        let alias = &self.settings.collection;
        let led = self.info(alias).await?;
        if led.as_ref().is_some_and(|info| !collection::is_ours(info, alias)) {
            return Err(self.foreign(alias, "was not made by Mitochi"));
        }
        let info = match self.info(&self.collection).await? {
            Some(info) => info,
            None => {
                let create =
                    collection::create(&self.settings, &self.collection, &self.generation, self.dimensions);
                let made = self.change(self.client.create_collection(create)).await;
                // where another server was quicker, its collection is looked at as any other
                match (self.info(&self.collection).await?, made) {
                    (Some(info), _) => info,
                    (None, Err(error)) => return Err(error),
                    (None, Ok(_)) => return Err(self.down("did not make the collection")),
                }
            }
        };
        if !collection::is_ours(&info, alias) {
            return Err(self.foreign(&self.collection, "was not made by Mitochi"));
        }
        if !collection::fits(&info, &self.generation, self.dimensions) {
            return Err(self.foreign(&self.collection, "is for vectors of another model"));
        }
        for index in collection::missing_indexes(&info, &self.collection) {
            self.completed(self.client.create_field_index(index)).await?;
        }
        if led.is_none() {
            self.lead_alias_here().await?;
        }
        Ok(())
    }

    /// Makes the alias, or takes it from the collection that it leads to, in one step.
    async fn lead_alias_here(&self) -> Result<(), EngineError> {
        let (collection_name, alias_name) = (self.collection.clone(), self.settings.collection.clone());
        self.change(self.client.create_alias(CreateAlias { collection_name, alias_name })).await?;
        Ok(())
    }

    fn foreign(&self, name: &str, what: &str) -> EngineError {
        EngineError::Foreign(format!(
            "the collection {name} on Qdrant at {} {what}: it is left as it is; choose another name for Mitochi's",
            self.address
        ))
    }
}

#[async_trait]
impl VectorStore for Qdrant {
    async fn upsert(
        &self,
        owner: LearnerId,
        material: MaterialId,
        windows: &[Window],
    ) -> Result<(), EngineError> {
        for window in windows {
            super::check(&window.vector, self.0.dimensions)?;
        }
        self.ready().await?;
        let points = windows.iter().map(|window| point::of(owner, material, &self.0.generation, window));
        self.0.replace(owner, material, Kind::Window, points.collect()).await
    }

    async fn delete(&self, owner: LearnerId, material: MaterialId) -> Result<(), EngineError> {
        self.ready().await?;
        self.0.remove(point::stale(owner, material, Kind::Window, vec![])).await
    }

    async fn delete_owner(&self, owner: LearnerId) -> Result<(), EngineError> {
        self.ready().await?;
        self.0.remove(point::owned(owner, Kind::Window)).await
    }

    async fn search(
        &self,
        owner: LearnerId,
        filter: &Filter,
        vector: &[f32],
        limit: usize,
    ) -> Result<Vec<VectorHit>, EngineError> {
        let inner = &*self.0;
        super::check(vector, inner.dimensions)?;
        if limit == 0 || filter.excludes_all() {
            return Ok(vec![]);
        }
        self.ready().await?;
        let quantised = inner.settings.quantised.then_some(QuantizationSearchParams {
            ignore: Some(inner.settings.exact),
            rescore: Some(true),
            oversampling: Some(OVERSAMPLING),
        });
        let request = QueryPointGroups {
            collection_name: inner.collection.clone(),
            query: Some(Query::new_nearest(vector.to_vec())),
            using: Some(collection::DENSE.into()),
            filter: Some(point::within(owner, Kind::Window, &inner.generation, filter)),
            params: Some(SearchParams {
                hnsw_ef: Some(BEAM.max(limit as u64)),
                exact: Some(inner.settings.exact),
                quantization: quantised,
                ..Default::default()
            }),
            with_payload: Some(point::told().into()),
            limit: Some(limit as u64),
            group_size: Some(1),
            group_by: collection::PASSAGE.into(),
            ..Default::default()
        };
        let answer = inner.search(inner.searches.query_groups(request)).await?;
        let groups = answer.result.unwrap_or_default().groups;
        let mut hits: Vec<VectorHit> =
            groups.iter().filter_map(|group| group.hits.first()).filter_map(point::hit).collect();
        // ties go by id, as in the other engines
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.passage.cmp(&b.passage)));
        Ok(hits)
    }

    async fn settle(&self, others: Others) -> Result<(), EngineError> {
        self.rebuilt().await?;
        match others {
            Others::Keep => Ok(()),
            Others::Drop => self.drop_others().await,
        }
    }
}

/// The collection of a generation.
fn own_name(alias: &str, generation: &str, dimensions: usize) -> String {
    let hash = format!("{:x}", Sha256::digest(format!("{generation}\n{dimensions}")));
    format!("{alias}_{}", &hash[..12])
}

#[cfg(test)]
mod peer;
#[cfg(test)]
mod tests;
