//! Asking a Qdrant server. Owns: the address, how long an answer is waited for, what a failure is called, and changes of
//! points in their order. Refuses: what is asked and why (`qdrant`), and saying more of a failure than an operator needs:
//! keys and headers stay out of messages.

use super::point::{self, Kind};
use super::{CHANGE, Inner};
use crate::retrieval::EngineError;
use axum::http::Uri;
use domain::id::{LearnerId, MaterialId};
use qdrant_client::QdrantError;
use qdrant_client::qdrant::{
    CollectionInfo, DeletePoints, Filter, GetCollectionInfoRequest, PointStruct, PointsOperationResponse,
    UpdateStatus, UpsertPoints,
};
use std::error::Error as _;
use std::time::Duration;
use tonic::Code;

/// Qdrant's port for gRPC.
const PORT: u16 = 6334;
/// Most bytes of points in one request; gRPC servers commonly take 4 MiB.
const REQUEST_BYTES: usize = 2 << 20;
/// What a point takes beside its vector, in bytes.
const POINT_BYTES: usize = 512;
/// When its own patience is over, the client connects anew and asks again. It is given the time to connect: on a
/// connection that broke without a word everything would be waited for in vain, for as long as the system believes in it.
const RECONNECT: Duration = Duration::from_millis(250);

impl Inner {
    /// What a collection, or the one that an alias leads to, is; `None` where there is none.
    pub(super) async fn info(&self, name: &str) -> Result<Option<CollectionInfo>, EngineError> {
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
    pub(super) async fn remove(&self, filter: Filter) -> Result<(), EngineError> {
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
    pub(super) async fn completed(
        &self,
        call: impl Future<Output = Result<PointsOperationResponse, QdrantError>>,
    ) -> Result<(), EngineError> {
        match self.change(call).await?.result.map(|result| result.status()) {
            Some(UpdateStatus::Completed) => Ok(()),
            status => Err(self.down(&format!("did not finish a change ({status:?})"))),
        }
    }

    /// Waits for anything but a search.
    pub(super) async fn change<T>(
        &self,
        call: impl Future<Output = Result<T, QdrantError>>,
    ) -> Result<T, EngineError> {
        self.within(self.settings.patience * CHANGE, call).await
    }

    /// Waits for a search.
    pub(super) async fn search<T>(
        &self,
        call: impl Future<Output = Result<T, QdrantError>>,
    ) -> Result<T, EngineError> {
        self.within(self.settings.patience, call).await
    }

    async fn within<T>(
        &self,
        patience: Duration,
        call: impl Future<Output = Result<T, QdrantError>>,
    ) -> Result<T, EngineError> {
        match tokio::time::timeout(patience + RECONNECT, call).await {
            Ok(answer) => answer.map_err(|error| self.told(error, patience)),
            Err(_) => Err(self.silent(patience)),
        }
    }

    fn silent(&self, patience: Duration) -> EngineError {
        self.down(&format!("did not answer within {patience:?}"))
    }

    /// That the server cannot do its work, and what it does instead.
    pub(super) fn down(&self, what: &str) -> EngineError {
        EngineError::Unavailable(format!("Qdrant at {} {what}", self.address))
    }

    /// A failure in plain words. The client's own hold headers and, where it cannot connect, more than that.
    fn told(&self, error: QdrantError, patience: Duration) -> EngineError {
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
            Code::DeadlineExceeded => self.down("did not answer in time"),
            // how the client says that its patience is over
            Code::Cancelled => self.silent(patience),
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
    pub(super) async fn replace(
        &self,
        owner: LearnerId,
        material: MaterialId,
        kind: Kind,
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

/// The address that the client is given: `scheme://host:port` and nothing else.
pub(super) fn address(url: &str) -> Result<String, EngineError> {
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

/// Major and minor number of a version; `None` of a build that has none.
pub(super) fn number(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split('.').map(|part| part.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}
