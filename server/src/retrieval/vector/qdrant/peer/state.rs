//! What the test's server holds. Owns: checking each request to the last field, and exact answers. Refuses: a request
//! that is not exactly one of those that Mitochi should send; above all one on points that does not name their owner.

use super::super::collection::{DENSE, FROM, GENERATION, KIND, MATERIAL, OWNER, PASSAGE, START, TO, WORDS};
use ::qdrant_client::qdrant::condition::ConditionOneOf;
use ::qdrant_client::qdrant::r#match::MatchValue;
use ::qdrant_client::qdrant::payload_index_params::IndexParams;
use ::qdrant_client::qdrant::points_selector::PointsSelectorOneOf;
use ::qdrant_client::qdrant::vectors_config::Config;
use ::qdrant_client::qdrant::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use tonic::Status;
use uuid::Uuid;

/// Collections by name, and what was asked.
pub(in super::super) struct State {
    pub(in super::super) collections: BTreeMap<String, Collection>,
    /// Which collection an alias leads to.
    pub(in super::super) aliases: BTreeMap<String, String>,
    /// Calls in their order.
    pub(in super::super) calls: Vec<&'static str>,
    /// The key that every call needs.
    pub(in super::super) key: Option<String>,
    pub(in super::super) version: &'static str,
}

impl Default for State {
    fn default() -> Self {
        let (collections, aliases) = Default::default();
        Self { collections, aliases, calls: vec![], key: None, version: "1.20.0" }
    }
}

/// A collection as it was made, its indexes and its points by id.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in super::super) struct Collection {
    pub(in super::super) made: CreateCollection,
    pub(in super::super) indexes: BTreeMap<String, PayloadIndexParams>,
    pub(in super::super) points: BTreeMap<String, PointStruct>,
}

type Answer<T> = Result<T, Status>;

fn ensure(holds: bool, what: &str) -> Answer<()> {
    if holds { Ok(()) } else { Err(Status::invalid_argument(format!("the test's server refuses: {what}"))) }
}

fn done() -> CollectionOperationResponse {
    CollectionOperationResponse { result: true, time: 0.0 }
}

fn completed() -> PointsOperationResponse {
    let result = UpdateResult { operation_id: None, status: UpdateStatus::Completed.into() };
    PointsOperationResponse { result: Some(result), ..Default::default() }
}

fn missing(name: &str) -> Status {
    Status::not_found(format!("Not found: Collection `{name}` doesn't exist!"))
}

impl State {
    fn collection(&mut self, name: &str) -> Answer<&mut Collection> {
        self.collections.get_mut(name).ok_or_else(|| missing(name))
    }

    pub(super) fn health(&mut self, _: HealthCheckRequest) -> Answer<HealthCheckReply> {
        Ok(HealthCheckReply { title: "peer".into(), version: self.version.into(), commit: None })
    }

    pub(super) fn info(&mut self, asked: GetCollectionInfoRequest) -> Answer<GetCollectionInfoResponse> {
        let name = self.aliases.get(&asked.collection_name).unwrap_or(&asked.collection_name);
        let found = self.collections.get(name).ok_or_else(|| missing(name))?;
        let params = CollectionParams {
            vectors_config: found.made.vectors_config.clone(),
            sparse_vectors_config: found.made.sparse_vectors_config.clone(),
            ..Default::default()
        };
        let metadata = found.made.metadata.clone();
        let config = CollectionConfig { params: Some(params), metadata, ..Default::default() };
        let schema = |params: &PayloadIndexParams| PayloadSchemaInfo {
            params: Some(params.clone()),
            ..Default::default()
        };
        let payload_schema = found.indexes.iter().map(|(name, params)| (name.clone(), schema(params)));
        let info = CollectionInfo {
            status: CollectionStatus::Green.into(),
            config: Some(config),
            payload_schema: payload_schema.collect(),
            ..Default::default()
        };
        Ok(GetCollectionInfoResponse { result: Some(info), time: 0.0 })
    }

    pub(super) fn list(&mut self, _: ListCollectionsRequest) -> Answer<ListCollectionsResponse> {
        let names = self.collections.keys().map(|name| CollectionDescription { name: name.clone() });
        Ok(ListCollectionsResponse { collections: names.collect(), time: 0.0 })
    }

    pub(super) fn create(&mut self, asked: CreateCollection) -> Answer<CollectionOperationResponse> {
        let name = asked.collection_name.clone();
        if self.collections.contains_key(&name) || self.aliases.contains_key(&name) {
            return Err(Status::already_exists(format!("Collection `{name}` already exists!")));
        }
        let allowed = CreateCollection {
            collection_name: name.clone(),
            vectors_config: asked.vectors_config.clone(),
            sparse_vectors_config: asked.sparse_vectors_config.clone(),
            metadata: asked.metadata.clone(),
            ..Default::default()
        };
        ensure(asked == allowed, "a collection with other settings")?;
        let Some(Config::ParamsMap(vectors)) = asked.vectors_config.as_ref().and_then(|c| c.config.as_ref())
        else {
            return Err(Status::invalid_argument("vectors without a name"));
        };
        let dense = vectors.map.get(DENSE).filter(|_| vectors.map.len() == 1);
        ensure(dense.is_some_and(|d| d.size > 0 && d.distance() == Distance::Cosine), "its vectors")?;
        let words = asked.sparse_vectors_config.as_ref().and_then(|sparse| sparse.map.get(WORDS));
        ensure(words.is_some_and(|words| words.modifier() == Modifier::Idf), "its words")?;
        ensure(!asked.metadata.is_empty(), "a collection of nobody's")?;
        self.collections.insert(name, Collection { made: asked, ..Default::default() });
        Ok(done())
    }

    pub(super) fn update(&mut self, asked: UpdateCollection) -> Answer<CollectionOperationResponse> {
        let UpdateCollection { collection_name, metadata, .. } = asked.clone();
        let allowed = UpdateCollection {
            collection_name: collection_name.clone(),
            metadata: metadata.clone(),
            ..Default::default()
        };
        ensure(asked == allowed, "a change of more than metadata")?;
        self.collection(&collection_name)?.made.metadata.extend(metadata);
        Ok(done())
    }

    pub(super) fn drop_collection(&mut self, asked: DeleteCollection) -> Answer<CollectionOperationResponse> {
        let name = asked.collection_name;
        self.collections.remove(&name).ok_or_else(|| missing(&name))?;
        self.aliases.retain(|_, led| *led != name);
        Ok(done())
    }

    pub(super) fn change_aliases(&mut self, asked: ChangeAliases) -> Answer<CollectionOperationResponse> {
        let actions: Vec<_> = asked.actions.into_iter().filter_map(|action| action.action).collect();
        let [alias_operations::Action::CreateAlias(alias)] = &actions[..] else {
            return Err(Status::invalid_argument("another change of aliases"));
        };
        self.collection(&alias.collection_name)?;
        ensure(!self.collections.contains_key(&alias.alias_name), "an alias with a collection's name")?;
        self.aliases.insert(alias.alias_name.clone(), alias.collection_name.clone());
        Ok(done())
    }

    pub(super) fn index(&mut self, asked: CreateFieldIndexCollection) -> Answer<PointsOperationResponse> {
        ensure(asked.wait == Some(true), "an index that nobody waits for")?;
        let params = asked.field_index_params.clone().unwrap_or_default();
        let fits = match (asked.field_name.as_str(), params.index_params.as_ref()) {
            (OWNER, Some(IndexParams::KeywordIndexParams(params))) => params.is_tenant == Some(true),
            (MATERIAL | PASSAGE | KIND | GENERATION, Some(IndexParams::KeywordIndexParams(params))) => {
                params.is_tenant == Some(false)
            }
            (START, Some(IndexParams::IntegerIndexParams(params))) => params.range == Some(true),
            _ => false,
        };
        ensure(fits, "an index of another field or kind")?;
        let collection = self.collection(&asked.collection_name)?;
        let known = collection.indexes.insert(asked.field_name, params.clone());
        ensure(known.is_none_or(|known| known == params), "an index that is there, of another kind")?;
        Ok(completed())
    }

    pub(super) fn upsert(&mut self, asked: UpsertPoints) -> Answer<PointsOperationResponse> {
        let UpsertPoints { collection_name, wait, points, .. } = asked.clone();
        let allowed = UpsertPoints {
            collection_name: collection_name.clone(),
            wait: Some(true),
            points: points.clone(),
            ..Default::default()
        };
        ensure(wait == Some(true), "a change that nobody waits for")?;
        ensure(asked == allowed && !points.is_empty(), "an upsert with other settings")?;
        let collection = self.collection(&collection_name)?;
        let size = collection.size();
        for point in &points {
            checked_point(point, size)?;
        }
        for point in points {
            collection.points.insert(point_id(point.id.as_ref())?, point);
        }
        Ok(completed())
    }

    pub(super) fn delete(&mut self, asked: DeletePoints) -> Answer<PointsOperationResponse> {
        let allowed = DeletePoints {
            collection_name: asked.collection_name.clone(),
            wait: Some(true),
            points: asked.points.clone(),
            ..Default::default()
        };
        ensure(asked == allowed, "a deletion that nobody waits for, or with other settings")?;
        let selector = asked.points.and_then(|points| points.points_selector_one_of);
        let Some(PointsSelectorOneOf::Filter(filter)) = selector else {
            return Err(Status::invalid_argument("a deletion by ids alone: they do not name an owner"));
        };
        let collection = self.collection(&asked.collection_name)?;
        collection.checked_filter(&filter)?;
        let mut stale = vec![];
        for (id, point) in &collection.points {
            if meets(point, id, &filter)? {
                stale.push(id.clone());
            }
        }
        for id in stale {
            collection.points.remove(&id);
        }
        Ok(completed())
    }

    pub(super) fn query_groups(&mut self, asked: QueryPointGroups) -> Answer<QueryGroupsResponse> {
        let collection = self.collection(&asked.collection_name)?;
        let filter = asked.filter.clone().unwrap_or_default();
        let allowed = QueryPointGroups {
            collection_name: asked.collection_name.clone(),
            query: asked.query.clone(),
            using: Some(DENSE.into()),
            filter: Some(filter.clone()),
            params: asked.params.clone(),
            with_payload: Some(vec![PASSAGE, FROM, TO].into()),
            limit: asked.limit.filter(|limit| *limit > 0),
            group_size: Some(1),
            group_by: PASSAGE.into(),
            ..Default::default()
        };
        ensure(asked == allowed && asked.limit.is_some(), "a search with other settings")?;
        collection.checked_filter(&filter)?;
        ensure(
            filter.must.iter().any(|condition| keyword(condition, GENERATION).is_some()),
            "no generation",
        )?;
        let params = asked.params.unwrap_or_default();
        ensure(params.exact.is_some() && params.hnsw_ef >= asked.limit, "a search without its parameters")?;
        let nearest = match asked.query.and_then(|query| query.variant) {
            Some(query::Variant::Nearest(VectorInput {
                variant: Some(vector_input::Variant::Dense(dense)),
            })) => dense.data,
            _ => return Err(Status::invalid_argument("a search for no vector")),
        };
        ensure(nearest.len() == collection.size(), "a search for a vector of another length")?;
        let mut best: BTreeMap<String, ScoredPoint> = BTreeMap::new();
        for (id, point) in &collection.points {
            if !meets(point, id, &filter)? {
                continue;
            }
            let score = cosine(&dense(point)?, &nearest);
            let passage = text(point, PASSAGE)?;
            if best.get(&passage).is_none_or(|known| known.score < score) {
                let told = [PASSAGE, FROM, TO].map(|field| (field.to_string(), point.payload[field].clone()));
                let payload = HashMap::from(told);
                let hit = ScoredPoint { id: point.id.clone(), payload, score, ..Default::default() };
                best.insert(passage, hit);
            }
        }
        let mut groups: Vec<_> = best.into_iter().collect();
        groups.sort_by(|a, b| b.1.score.total_cmp(&a.1.score));
        groups.truncate(asked.limit.unwrap_or_default() as usize);
        let group = |(passage, hit)| PointGroup {
            id: Some(GroupId { kind: Some(group_id::Kind::StringValue(passage)) }),
            hits: vec![hit],
            lookup: None,
        };
        let result = GroupsResult { groups: groups.into_iter().map(group).collect() };
        Ok(QueryGroupsResponse { result: Some(result), ..Default::default() })
    }
}

impl State {
    /// Sums, for each word of the query, its weight, what the passage gives it, and how rare it is among all points that
    /// have words, as Qdrant's modifier IDF does.
    pub(super) fn query(&mut self, asked: QueryPoints) -> Answer<QueryResponse> {
        let collection = self.collection(&asked.collection_name)?;
        let filter = asked.filter.clone().unwrap_or_default();
        let allowed = QueryPoints {
            collection_name: asked.collection_name.clone(),
            query: asked.query.clone(),
            using: Some(WORDS.into()),
            filter: Some(filter.clone()),
            with_payload: Some(vec![PASSAGE].into()),
            limit: asked.limit.filter(|limit| *limit > 0),
            ..Default::default()
        };
        ensure(asked == allowed && asked.limit.is_some(), "a search with other settings")?;
        collection.checked_filter(&filter)?;
        ensure(
            filter.must.iter().any(|condition| keyword(condition, GENERATION).is_some()),
            "no generation",
        )?;
        let sought = match asked.query.and_then(|query| query.variant) {
            Some(query::Variant::Nearest(VectorInput {
                variant: Some(vector_input::Variant::Sparse(words)),
            })) => words,
            _ => return Err(Status::invalid_argument("a search for no words")),
        };
        ensure(
            sought.indices.is_sorted_by(|a, b| a < b) && !sought.indices.is_empty(),
            "a search for no words",
        )?;
        let said: Vec<_> = collection
            .points
            .iter()
            .filter_map(|(id, point)| Some((id, point, sparse(point).ok()?)))
            .collect();
        let rare = |word: u32| {
            let having = said.iter().filter(|(.., words)| words.indices.contains(&word)).count() as f32;
            ((said.len() as f32 - having + 0.5) / (having + 0.5) + 1.0).ln()
        };
        let sought: Vec<_> = sought
            .indices
            .iter()
            .zip(&sought.values)
            .map(|(word, weight)| (*word, weight * rare(*word)))
            .collect();
        let mut hits = vec![];
        for (id, point, words) in &said {
            let given =
                |word: u32| words.indices.iter().position(|index| *index == word).map(|at| words.values[at]);
            let parts: Vec<f32> =
                sought.iter().filter_map(|(word, weight)| Some(given(*word)? * weight)).collect();
            if !parts.is_empty() && meets(point, id, &filter)? {
                let payload = HashMap::from([(PASSAGE.to_string(), point.payload[PASSAGE].clone())]);
                hits.push(ScoredPoint {
                    id: point.id.clone(),
                    payload,
                    score: parts.iter().sum(),
                    ..Default::default()
                });
            }
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        hits.truncate(asked.limit.unwrap_or_default() as usize);
        Ok(QueryResponse { result: hits, ..Default::default() })
    }
}

impl Collection {
    fn size(&self) -> usize {
        let config = self.made.vectors_config.as_ref().and_then(|config| config.config.as_ref());
        match config {
            Some(Config::ParamsMap(vectors)) => vectors.map.get(DENSE).map_or(0, |dense| dense.size as usize),
            _ => 0,
        }
    }

    /// Refuses a filter that does not limit to one owner and one kind of points, or that needs an index that is not
    /// there.
    fn checked_filter(&self, filter: &Filter) -> Answer<()> {
        ensure(filter.should.is_empty() && filter.min_should.is_none(), "a filter with alternatives")?;
        let owners: Vec<_> = filter.must.iter().filter_map(|condition| keyword(condition, OWNER)).collect();
        ensure(owners.len() == 1 && Uuid::try_parse(owners[0]).is_ok(), "a filter without an owner")?;
        ensure(filter.must.iter().any(|condition| keyword(condition, KIND).is_some()), "no kind of points")?;
        for condition in &filter.must {
            let Some(ConditionOneOf::Field(field)) = &condition.condition_one_of else {
                return Err(Status::invalid_argument("a condition that is not of a field"));
            };
            if !self.indexes.contains_key(&field.key) {
                return Err(Status::invalid_argument(format!(
                    "Index required but not found for {}",
                    field.key
                )));
            }
        }
        let ids =
            |condition: &Condition| matches!(&condition.condition_one_of, Some(ConditionOneOf::HasId(_)));
        ensure(filter.must_not.iter().all(ids), "an exception that is not of ids")
    }
}

/// The one word that a condition wants of a field.
fn keyword<'a>(condition: &'a Condition, field: &str) -> Option<&'a str> {
    match condition.condition_one_of.as_ref()? {
        ConditionOneOf::Field(found) if found.key == field => {
            match found.r#match.as_ref()?.match_value.as_ref()? {
                MatchValue::Keyword(word) => Some(word),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Refuses a point that is neither a window nor a passage's words.
fn checked_point(point: &PointStruct, size: usize) -> Answer<()> {
    point_id(point.id.as_ref())?;
    let fields: HashSet<&str> = point.payload.keys().map(String::as_str).collect();
    let mut known = HashSet::from([OWNER, MATERIAL, PASSAGE, KIND, GENERATION, START]);
    let kind = text(point, KIND)?;
    if kind == "window" {
        known.extend([FROM, TO]);
    }
    ensure(fields == known, "a point with other fields")?;
    for field in [OWNER, MATERIAL, PASSAGE] {
        ensure(Uuid::try_parse(&text(point, field)?).is_ok(), "an id that is none")?;
    }
    ensure(["window", "words"].contains(&&*kind), "a kind that is none")?;
    ensure(!text(point, GENERATION)?.is_empty(), "no generation")?;
    for field in [START, FROM, TO].into_iter().filter(|field| known.contains(field)) {
        ensure(number(point, field)? >= 0, "a place that is none")?;
    }
    if kind == "words" {
        let words = sparse(point)?;
        let ascending = words.indices.is_sorted_by(|a, b| a < b);
        let even = words.indices.len() == words.values.len() && !words.indices.is_empty();
        return ensure(ascending && even && words.values.iter().all(|x| *x > 0.0), "words that are none");
    }
    let vector = dense(point)?;
    ensure(vector.len() == size && vector.iter().all(|x| x.is_finite()), "a vector of another length")
}

fn point_id(id: Option<&PointId>) -> Answer<String> {
    match id.and_then(|id| id.point_id_options.as_ref()) {
        Some(point_id::PointIdOptions::Uuid(id)) if Uuid::try_parse(id).is_ok() => Ok(id.clone()),
        _ => Err(Status::invalid_argument("a point without a UUID")),
    }
}

fn text(point: &PointStruct, field: &str) -> Answer<String> {
    let value = point.payload.get(field).and_then(Value::as_str);
    value.cloned().ok_or_else(|| Status::invalid_argument(format!("{field} is no text")))
}

fn number(point: &PointStruct, field: &str) -> Answer<i64> {
    let value = point.payload.get(field).and_then(Value::as_integer);
    value.ok_or_else(|| Status::invalid_argument(format!("{field} is no number")))
}

/// The one vector of a point, if it has this name.
fn vector<'a>(point: &'a PointStruct, name: &str) -> Option<&'a vector::Vector> {
    let named = point.vectors.as_ref().and_then(|vectors| vectors.vectors_options.as_ref());
    match named {
        Some(vectors::VectorsOptions::Vectors(named)) if named.vectors.len() == 1 => {
            named.vectors.get(name)?.vector.as_ref()
        }
        _ => None,
    }
}

fn dense(point: &PointStruct) -> Answer<Vec<f32>> {
    match vector(point, DENSE) {
        Some(vector::Vector::Dense(dense)) => Ok(dense.data.clone()),
        _ => Err(Status::invalid_argument("Wrong input: Not existing vector name error")),
    }
}

fn sparse(point: &PointStruct) -> Answer<SparseVector> {
    match vector(point, WORDS) {
        Some(vector::Vector::Sparse(words)) => Ok(words.clone()),
        _ => Err(Status::invalid_argument("Wrong input: Not existing vector name error")),
    }
}

fn meets(point: &PointStruct, id: &str, filter: &Filter) -> Answer<bool> {
    for condition in &filter.must {
        if !holds(point, id, condition)? {
            return Ok(false);
        }
    }
    for condition in &filter.must_not {
        if holds(point, id, condition)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn holds(point: &PointStruct, id: &str, condition: &Condition) -> Answer<bool> {
    match condition.condition_one_of.as_ref() {
        Some(ConditionOneOf::HasId(ids)) => {
            let ids: Answer<Vec<_>> = ids.has_id.iter().map(|id| point_id(Some(id))).collect();
            Ok(ids?.iter().any(|listed| listed == id))
        }
        Some(ConditionOneOf::Field(FieldCondition { key, r#match: Some(wanted), range: None, .. })) => {
            let found = text(point, key)?;
            match wanted.match_value.as_ref() {
                Some(MatchValue::Keyword(word)) => Ok(found == *word),
                Some(MatchValue::Keywords(words)) => Ok(words.strings.contains(&found)),
                _ => Err(Status::invalid_argument("another match")),
            }
        }
        Some(ConditionOneOf::Field(FieldCondition { key, r#match: None, range: Some(range), .. })) => {
            let found = number(point, key)? as f64;
            ensure(range.gt.is_none() && range.lte.is_none(), "another range")?;
            Ok(range.gte.is_none_or(|from| found >= from) && range.lt.is_none_or(|to| found < to))
        }
        _ => Err(Status::invalid_argument("another condition")),
    }
}

/// 0 where one of them has no length, as with Qdrant.
fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths == 0.0 { 0.0 } else { (dot(a, b) / lengths) as f32 }
}
