//! A server for tests that speaks Qdrant's protocol: the client crate's own generated services on a loopback port. Owns:
//! the connection, and failing as a server fails. Refuses: being Qdrant. It has no graph, no quantisation and no disk;
//! what it answers is computed exactly (`state`), and what Mitochi has no reason to ask is refused.

mod state;

use ::qdrant_client::qdrant::collections_server::{Collections, CollectionsServer};
use ::qdrant_client::qdrant::points_server::{Points, PointsServer};
use ::qdrant_client::qdrant::qdrant_server::{Qdrant as Root, QdrantServer};
use ::qdrant_client::qdrant::*;
pub(super) use state::{Collection, State};
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Code, Request, Response, Status};

/// How the server fails.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// Every call is answered with this.
    Answer(Code, &'static str),
    /// No call is answered.
    Silence,
    /// The server dies during a call of this name: the next one for 1. Whether that one was still applied.
    Die { call: &'static str, nth: usize, applied: bool },
}

/// A server that runs until it is dropped. What it holds outlives its death.
pub(super) struct Peer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    fault: Mutex<Option<Fault>>,
    runtime: Mutex<Option<Runtime>>,
}

impl Shared {
    /// Drops every connection and stops listening.
    fn kill(&self) {
        if let Some(runtime) = self.runtime.lock().unwrap().take() {
            runtime.shutdown_background();
        }
    }
}

impl Peer {
    /// A server on a free port.
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Shared { state: Mutex::default(), fault: Mutex::default(), runtime: Mutex::default() };
        let peer = Self { address, shared: Arc::new(shared) };
        peer.serve(listener);
        peer
    }

    /// Starts it again, at the same address and with what it held, after it was killed or died.
    pub(super) fn revive(&self) {
        self.kill();
        self.fail(None);
        for _ in 0..500 {
            match TcpListener::bind(self.address) {
                Ok(listener) => return self.serve(listener),
                // the runtime that died lets go of its socket in its own time
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        }
        panic!("{} stays taken", self.address);
    }

    fn serve(&self, listener: TcpListener) {
        listener.set_nonblocking(true).unwrap();
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let service = Service(self.shared.clone());
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            Server::builder()
                .add_service(QdrantServer::new(service.clone()))
                .add_service(CollectionsServer::new(service.clone()))
                .add_service(PointsServer::new(service))
                .serve_with_incoming(TcpIncoming::from(listener))
                .await
        });
        *self.shared.runtime.lock().unwrap() = Some(runtime);
    }

    pub(super) fn kill(&self) {
        self.shared.kill();
    }

    pub(super) fn fail(&self, fault: impl Into<Option<Fault>>) {
        *self.shared.fault.lock().unwrap() = fault.into();
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it holds.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.kill();
    }
}

#[derive(Clone)]
struct Service(Arc<Shared>);

impl Service {
    async fn answer<Q, A>(
        &self,
        call: &'static str,
        request: Request<Q>,
        apply: fn(&mut State, Q) -> Result<A, Status>,
    ) -> Result<Response<A>, Status> {
        let fault = self.0.fault.lock().unwrap().clone();
        match fault {
            Some(Fault::Answer(code, message)) => return Err(Status::new(code, message)),
            Some(Fault::Silence) => return std::future::pending().await,
            Some(Fault::Die { call: fatal, nth: 1, applied }) if call == fatal => {
                if applied {
                    apply(&mut self.0.state.lock().unwrap(), request.into_inner())?;
                }
                // a runtime cannot be ended by one of its own tasks
                let shared = self.0.clone();
                std::thread::spawn(move || shared.kill());
                return std::future::pending().await;
            }
            Some(Fault::Die { call: fatal, nth, applied }) if call == fatal => {
                *self.0.fault.lock().unwrap() = Some(Fault::Die { call, nth: nth - 1, applied });
            }
            Some(Fault::Die { .. }) | None => {}
        }
        let mut state = self.0.state.lock().unwrap();
        let key = request.metadata().get("api-key").map(|key| key.to_str().unwrap_or("").to_string());
        if state.key.is_some() && state.key != key {
            return Err(Status::unauthenticated("Must provide an API key or an Authorization bearer token"));
        }
        state.calls.push(call);
        apply(&mut state, request.into_inner()).map(Response::new)
    }
}

type Answer<'a, A> = Pin<Box<dyn Future<Output = Result<Response<A>, Status>> + Send + 'a>>;

/// A generated service: the calls that Mitochi makes, answered by a function of the state, and those that it does not.
macro_rules! service {
    ($service:ident { $($call:ident($request:ty) -> $answer:ty = $apply:path;)* }
     never { $($other:ident($theirs:ty) -> $none:ty;)* }) => {
        impl $service for Service {
            $(fn $call<'a, 'b>(&'a self, request: Request<$request>) -> Answer<'b, $answer>
            where 'a: 'b, Self: 'b {
                Box::pin(self.answer(stringify!($call), request, $apply))
            })*
            $(fn $other<'a, 'b>(&'a self, _: Request<$theirs>) -> Answer<'b, $none>
            where 'a: 'b, Self: 'b {
                Box::pin(async { Err(Status::unimplemented(stringify!($other))) })
            })*
        }
    };
}

service! {
    Root {
        health_check(HealthCheckRequest) -> HealthCheckReply = State::health;
    }
    never {}
}

service! {
    Collections {
        get(GetCollectionInfoRequest) -> GetCollectionInfoResponse = State::info;
        list(ListCollectionsRequest) -> ListCollectionsResponse = State::list;
        create(CreateCollection) -> CollectionOperationResponse = State::create;
        update(UpdateCollection) -> CollectionOperationResponse = State::update;
        delete(DeleteCollection) -> CollectionOperationResponse = State::drop_collection;
        update_aliases(ChangeAliases) -> CollectionOperationResponse = State::change_aliases;
    }
    never {
        list_collection_aliases(ListCollectionAliasesRequest) -> ListAliasesResponse;
        list_aliases(ListAliasesRequest) -> ListAliasesResponse;
        collection_cluster_info(CollectionClusterInfoRequest) -> CollectionClusterInfoResponse;
        collection_exists(CollectionExistsRequest) -> CollectionExistsResponse;
        update_collection_cluster_setup(UpdateCollectionClusterSetupRequest) -> UpdateCollectionClusterSetupResponse;
        create_shard_key(CreateShardKeyRequest) -> CreateShardKeyResponse;
        delete_shard_key(DeleteShardKeyRequest) -> DeleteShardKeyResponse;
        list_shard_keys(ListShardKeysRequest) -> ListShardKeysResponse;
    }
}

service! {
    Points {
        upsert(UpsertPoints) -> PointsOperationResponse = State::upsert;
        delete(DeletePoints) -> PointsOperationResponse = State::delete;
        create_field_index(CreateFieldIndexCollection) -> PointsOperationResponse = State::index;
        query_groups(QueryPointGroups) -> QueryGroupsResponse = State::query_groups;
        query(QueryPoints) -> QueryResponse = State::query;
    }
    never {
        get(GetPoints) -> GetResponse;
        update_vectors(UpdatePointVectors) -> PointsOperationResponse;
        delete_vectors(DeletePointVectors) -> PointsOperationResponse;
        set_payload(SetPayloadPoints) -> PointsOperationResponse;
        overwrite_payload(SetPayloadPoints) -> PointsOperationResponse;
        delete_payload(DeletePayloadPoints) -> PointsOperationResponse;
        clear_payload(ClearPayloadPoints) -> PointsOperationResponse;
        delete_field_index(DeleteFieldIndexCollection) -> PointsOperationResponse;
        create_vector_name(CreateVectorNameRequest) -> PointsOperationResponse;
        delete_vector_name(DeleteVectorNameRequest) -> PointsOperationResponse;
        search(SearchPoints) -> SearchResponse;
        search_batch(SearchBatchPoints) -> SearchBatchResponse;
        search_groups(SearchPointGroups) -> SearchGroupsResponse;
        scroll(ScrollPoints) -> ScrollResponse;
        recommend(RecommendPoints) -> RecommendResponse;
        recommend_batch(RecommendBatchPoints) -> RecommendBatchResponse;
        recommend_groups(RecommendPointGroups) -> RecommendGroupsResponse;
        discover(DiscoverPoints) -> DiscoverResponse;
        discover_batch(DiscoverBatchPoints) -> DiscoverBatchResponse;
        count(CountPoints) -> CountResponse;
        update_batch(UpdateBatchPoints) -> UpdateBatchResponse;
        query_batch(QueryBatchPoints) -> QueryBatchResponse;
        facet(FacetCounts) -> FacetResponse;
        search_matrix_pairs(SearchMatrixPoints) -> SearchMatrixPairsResponse;
        search_matrix_offsets(SearchMatrixPoints) -> SearchMatrixOffsetsResponse;
    }
}
