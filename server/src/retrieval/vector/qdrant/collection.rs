//! The collection as Mitochi makes it, and whether one that was found is that. Owns: the names of vectors and fields,
//! the indexes, and the note of who made it and for which vectors. Refuses: asking the server.

use super::Settings;
use super::point::Kind;
use qdrant_client::qdrant::payload_index_params::IndexParams;
use qdrant_client::qdrant::quantization_config::Quantization;
use qdrant_client::qdrant::vectors_config::Config;
use qdrant_client::qdrant::{
    CollectionInfo, CreateCollection, CreateFieldIndexCollection, Distance, FieldType, HnswConfigDiff,
    IntegerIndexParams, KeywordIndexParams, Memory, Modifier, PayloadIndexParams, QuantizationConfig,
    QuantizationType, ScalarQuantization, SparseVectorConfig, SparseVectorParams, Value, VectorParams,
    VectorParamsMap, VectorsConfig,
};
use std::collections::HashMap;

/// The vector of a window.
pub(super) const DENSE: &str = "dense";
/// The words of a passage.
pub(super) const WORDS: &str = "words";

/// Fields of a point: whose it is, of which material and passage.
pub(super) const OWNER: &str = "owner";
pub(super) const MATERIAL: &str = "material";
pub(super) const PASSAGE: &str = "passage";
/// A window or a passage's words.
pub(super) const KIND: &str = "kind";
/// What made its vector.
pub(super) const GENERATION: &str = "generation";
/// Where its passage begins in the document.
pub(super) const START: &str = "start";
/// The window, as bytes of the passage; not searched.
pub(super) const FROM: &str = "from";
pub(super) const TO: &str = "to";

/// Metadata: who made the collection, under which alias, for which vectors, and whether all of them were put in.
const MADE_BY: &str = "made_by";
const ALIAS: &str = "alias";
const MITOCHI: &str = "mitochi";

/// Links of a point in the graph of its owner.
const LINKS: u64 = 16;

/// The request that makes the collection.
pub(super) fn create(
    settings: &Settings,
    name: &str,
    generation: &str,
    dimensions: usize,
) -> CreateCollection {
    let memory = settings.on_disk.then(|| Memory::Cold.into());
    let quantised = settings.quantised.then(|| QuantizationConfig {
        quantization: Some(Quantization::Scalar(ScalarQuantization {
            r#type: QuantizationType::Int8.into(),
            memory: Some(Memory::Pinned.into()),
            ..Default::default()
        })),
    });
    let dense = VectorParams {
        size: dimensions as u64,
        distance: Distance::Cosine.into(),
        // nobody searches over all owners, so there is no graph over all, but one for each large owner and material
        hnsw_config: Some(HnswConfigDiff { m: Some(0), payload_m: Some(LINKS), ..Default::default() }),
        quantization_config: quantised,
        memory,
        ..Default::default()
    };
    let words = SparseVectorParams { modifier: Some(Modifier::Idf.into()), ..Default::default() };
    CreateCollection {
        collection_name: name.into(),
        vectors_config: Some(VectorsConfig {
            config: Some(Config::ParamsMap(VectorParamsMap { map: HashMap::from([(DENSE.into(), dense)]) })),
        }),
        sparse_vectors_config: Some(SparseVectorConfig { map: HashMap::from([(WORDS.into(), words)]) }),
        metadata: HashMap::from([
            (MADE_BY.into(), MITOCHI.into()),
            (ALIAS.into(), settings.collection.as_str().into()),
            (GENERATION.into(), generation.into()),
        ]),
        ..Default::default()
    }
}

/// The metadata that says that all points of a kind and generation were put in; it joins what is there.
pub(super) fn completed(kind: Kind, generation: &str) -> HashMap<String, Value> {
    HashMap::from([(complete(kind), generation.into())])
}

/// Whether Mitochi made a collection, under this alias.
pub(super) fn is_ours(info: &CollectionInfo, alias: &str) -> bool {
    let is = |key, text: &str| note(info, key).and_then(Value::as_str).is_some_and(|found| found == text);
    is(MADE_BY, MITOCHI) && is(ALIAS, alias)
}

/// Whether its vectors are of this generation and length, and compared by their cosine.
pub(super) fn fits(info: &CollectionInfo, generation: &str, dimensions: usize) -> bool {
    let params = info.config.as_ref().and_then(|config| config.params.as_ref());
    let vectors = params.and_then(|params| params.vectors_config.as_ref());
    let dense = match vectors.and_then(|vectors| vectors.config.as_ref()) {
        Some(Config::ParamsMap(vectors)) => vectors.map.get(DENSE),
        _ => None,
    };
    let found = note(info, GENERATION).and_then(Value::as_str);
    found.is_some_and(|found| found == generation)
        && dense.is_some_and(|d| d.size == dimensions as u64 && d.distance() == Distance::Cosine)
}

/// Whether every material was put in, as points of this kind and generation.
pub(super) fn is_complete(info: &CollectionInfo, kind: Kind, generation: &str) -> bool {
    note(info, &complete(kind)).and_then(Value::as_str).is_some_and(|found| found == generation)
}

fn complete(kind: Kind) -> String {
    format!("complete_{}", kind.name())
}

fn note<'a>(info: &'a CollectionInfo, key: &str) -> Option<&'a Value> {
    info.config.as_ref()?.metadata.get(key)
}

/// The requests that make the indexes a collection lacks.
pub(super) fn missing_indexes(info: &CollectionInfo, name: &str) -> Vec<CreateFieldIndexCollection> {
    // each field that has a graph of its own costs memory: owner and material, by which searches are limited
    let keyword = |tenant: bool, graph: bool| {
        let params =
            KeywordIndexParams { is_tenant: Some(tenant), enable_hnsw: Some(graph), ..Default::default() };
        (FieldType::Keyword, IndexParams::KeywordIndexParams(params))
    };
    let number = IntegerIndexParams {
        lookup: Some(false),
        range: Some(true),
        enable_hnsw: Some(false),
        ..Default::default()
    };
    let wanted = [
        (OWNER, keyword(true, true)),
        (MATERIAL, keyword(false, true)),
        (PASSAGE, keyword(false, false)),
        (KIND, keyword(false, false)),
        (GENERATION, keyword(false, false)),
        (START, (FieldType::Integer, IndexParams::IntegerIndexParams(number))),
    ];
    let missing = wanted.into_iter().filter(|(field, _)| !info.payload_schema.contains_key(*field));
    missing
        .map(|(field, (kind, params))| CreateFieldIndexCollection {
            collection_name: name.into(),
            wait: Some(true),
            field_name: field.into(),
            field_type: Some(kind.into()),
            field_index_params: Some(PayloadIndexParams { index_params: Some(params) }),
            ..Default::default()
        })
        .collect()
}
