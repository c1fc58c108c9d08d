//! The vector engine on a Qdrant server: one collection for all owners, searched by a graph for each large one. Owns:
//! the way to the server, which collection is used, and what a failure is called. Refuses: being the truth (vectors live
//! in the database, and the collection can be filled from there), and every collection that Mitochi did not make.
//!
//! A collection serves one generation of vectors, and its name ends with a hash of that. The name that is configured is
//! an alias of it, for people and their tools: a server can only search the vectors of its own model, wherever an alias
//! points. So a new model's vectors are put beside the old ones, which old servers search meanwhile; when all are there
//! the alias moves in one step ([`Qdrant::rebuilt`]) and the old collections can go ([`Qdrant::drop_others`]).
//!
//! Changes of points are not one transaction in Qdrant. They are ordered so that an end in the middle loses nothing: new
//! points first, then the stale ones go. Done again, it is whole. Two changes of one material at once would leave those
//! of either; the queue of jobs does not let that happen.

mod collection;
mod point;

use super::{Others, VectorHit, VectorStore, Window};
use crate::retrieval::{EngineError, Filter};
use async_trait::async_trait;
use axum::http::Uri;
use domain::id::{LearnerId, MaterialId};
use qdrant_client::qdrant::{
    CollectionInfo, CreateAlias, DeleteCollection, DeletePoints, Filter as Points, GetCollectionInfoRequest,
    PointStruct, PointsOperationResponse, QuantizationSearchParams, Query, QueryPointGroups, SearchParams,
    UpdateCollection, UpdateStatus, UpsertPoints,
};
use qdrant_client::{Qdrant as Client, QdrantError};
use sha2::{Digest, Sha256};
use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;
use tonic::Code;

/// Name of the alias where none is chosen.
pub const COLLECTION: &str = "medical_content";
/// Qdrant's port for gRPC.
const PORT: u16 = 6334;
/// The oldest server that knows all that is asked of it: metadata of collections and the placement of vectors.
const OLDEST: (u32, u32) = (1, 19);
/// Most bytes of the alias; Qdrant takes names of 255.
const LONGEST_NAME: usize = 200;
/// Candidates that are looked at in the graph of one owner; Qdrant's own default is 100.
const BEAM: u64 = 128;
/// With quantised vectors, so many times the candidates are compared by the original ones.
const OVERSAMPLING: f64 = 2.0;
/// Most bytes of points in one request; gRPC servers commonly take 4 MiB.
const REQUEST_BYTES: usize = 2 << 20;
/// What a point takes beside its vector, in bytes.
const POINT_BYTES: usize = 512;
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
        let client = Client::from_url(&address)
            .api_key(key)
            .connect_timeout(settings.patience)
            .timeout(settings.patience * CHANGE)
            .skip_compatibility_check()
            .build()
            .map_err(|_| wrong("the address of Qdrant cannot be used"))?;
        let (generation, ready) = (generation.into(), OnceCell::new());
        let collection = own_name(name, &generation, dimensions);
        Ok(Self(Arc::new(Inner { client, settings, address, collection, generation, dimensions, ready })))
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
        self.ready().await?;
        let info = self.0.info(&self.0.collection).await?;
        Ok(!info.is_some_and(|info| collection::is_complete(&info)))
    }

    /// Says, in the collection, that every material was upserted since it was made, and lets the alias lead to it.
    ///
    /// # Errors
    /// As [`Qdrant::ready`].
    pub async fn rebuilt(&self) -> Result<(), EngineError> {
        self.ready().await?;
        let inner = &*self.0;
        let update = UpdateCollection {
            collection_name: inner.collection.clone(),
            metadata: collection::completed(),
            ..Default::default()
        };
        inner.change(inner.client.update_collection(update)).await?;
        inner.lead_alias_here().await
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

    /// What a collection, or the one that an alias leads to, is; `None` where there is none.
    async fn info(&self, name: &str) -> Result<Option<CollectionInfo>, EngineError> {
        let request = GetCollectionInfoRequest { collection_name: name.into() };
        let answer = async {
            match self.client.collection_info(request).await {
                Err(QdrantError::ResponseError { status }) if status.code() == Code::NotFound => Ok(None),
                Err(error) => Err(error),
                Ok(answer) => Ok(answer.result),
            }
        };
        self.change(answer).await
    }

    /// Removes the points that a filter meets.
    async fn remove(&self, filter: Points) -> Result<(), EngineError> {
        let request = DeletePoints {
            collection_name: self.collection.clone(),
            wait: Some(true),
            points: Some(filter.into()),
            ..Default::default()
        };
        self.completed(self.client.delete_points(request)).await
    }

    async fn put(&self, points: Vec<PointStruct>) -> Result<(), EngineError> {
        let request = UpsertPoints {
            collection_name: self.collection.clone(),
            wait: Some(true),
            points,
            ..Default::default()
        };
        self.completed(self.client.upsert_points(request)).await
    }

    /// Waits for a change of points, which must be done and not only be taken on.
    async fn completed(
        &self,
        call: impl Future<Output = Result<PointsOperationResponse, QdrantError>>,
    ) -> Result<(), EngineError> {
        match self.change(call).await?.result.map(|result| result.status()) {
            Some(UpdateStatus::Completed) => Ok(()),
            status => Err(self.down(&format!("did not finish a change ({status:?})"))),
        }
    }

    async fn change<T>(&self, call: impl Future<Output = Result<T, QdrantError>>) -> Result<T, EngineError> {
        self.within(self.settings.patience * CHANGE, call).await
    }

    async fn within<T>(
        &self,
        patience: Duration,
        call: impl Future<Output = Result<T, QdrantError>>,
    ) -> Result<T, EngineError> {
        match tokio::time::timeout(patience, call).await {
            Ok(answer) => answer.map_err(|error| self.told(error)),
            Err(_) => Err(self.down(&format!("did not answer within {patience:?}"))),
        }
    }

    fn down(&self, what: &str) -> EngineError {
        EngineError::Unavailable(format!("Qdrant at {} {what}", self.address))
    }

    /// A failure in plain words. The client's own hold headers and, where it cannot connect, more than that.
    fn told(&self, error: QdrantError) -> EngineError {
        let status = match error {
            QdrantError::ResponseError { status } | QdrantError::ResourceExhaustedError { status, .. } => {
                status
            }
            _ => return self.down("cannot be asked"),
        };
        let message = status.message();
        match status.code() {
            Code::Unauthenticated | Code::PermissionDenied => self.down("refuses the key"),
            Code::ResourceExhausted => self.down("has too much to do"),
            Code::DeadlineExceeded | Code::Cancelled => self.down("did not answer in time"),
            Code::NotFound => {
                self.down(&format!("has no collection {} any more; a restart makes it anew", self.collection))
            }
            // the connection's own failures have a source or this beginning, the server's have neither
            _ if status.source().is_some() || message.starts_with("Failed to connect") => {
                self.down("cannot be reached")
            }
            code => {
                self.down(&format!("answered {code:?}: {}", &message[..message.floor_char_boundary(300)]))
            }
        }
    }

    /// Puts points in the place of all others of their kind that the owner has of a material.
    async fn replace(
        &self,
        owner: LearnerId,
        material: MaterialId,
        kind: point::Kind,
        points: Vec<PointStruct>,
    ) -> Result<(), EngineError> {
        let kept: Vec<_> = points.iter().filter_map(|point| point.id.clone()).collect();
        let batch = (REQUEST_BYTES / (self.dimensions * size_of::<f32>() + POINT_BYTES)).max(1);
        let mut rest = points;
        while !rest.is_empty() {
            let later = rest.split_off(batch.min(rest.len()));
            self.put(std::mem::replace(&mut rest, later)).await?;
        }
        self.remove(point::stale(owner, material, kind, kept)).await
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
        self.0.replace(owner, material, point::Kind::Window, points.collect()).await
    }

    async fn delete(&self, owner: LearnerId, material: MaterialId) -> Result<(), EngineError> {
        self.ready().await?;
        self.0.remove(point::stale(owner, material, point::Kind::Window, vec![])).await
    }

    async fn delete_owner(&self, owner: LearnerId) -> Result<(), EngineError> {
        self.ready().await?;
        self.0.remove(point::owned(owner, point::Kind::Window)).await
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
            filter: Some(point::within(owner, point::Kind::Window, &inner.generation, filter)),
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
        let answer = inner.within(inner.settings.patience, inner.client.query_groups(request)).await?;
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

/// The address that the client is given: `scheme://host:port` and nothing else.
fn address(url: &str) -> Result<String, EngineError> {
    let wrong = || {
        // not quoted: it may hold a password
        EngineError::Settings(
            "the address of Qdrant must be http://HOST:6334 or https://HOST:6334, without a name, a password or a \
             path; its key has a setting of its own"
                .into(),
        )
    };
    let uri: Uri = url.parse().map_err(|_| wrong())?;
    let scheme = uri.scheme_str().filter(|scheme| ["http", "https"].contains(scheme)).ok_or_else(wrong)?;
    let authority =
        uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(wrong)?;
    if !["", "/"].contains(&uri.path()) || uri.query().is_some() {
        return Err(wrong());
    }
    Ok(format!("{scheme}://{}:{}", authority.host(), authority.port_u16().unwrap_or(PORT)))
}

/// The collection of a generation.
fn own_name(alias: &str, generation: &str, dimensions: usize) -> String {
    let hash = format!("{:x}", Sha256::digest(format!("{generation}\n{dimensions}")));
    format!("{alias}_{}", &hash[..12])
}

/// Major and minor number of a version; `None` of a build that has none.
fn number(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split('.').map(|part| part.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[cfg(test)]
mod peer;
#[cfg(test)]
mod tests;
