use super::embed::Role;
use super::embed::{ModelId, tests::model_or_skip};
use super::lexical::Lexical;
use super::rerank::{Budget, Reranking};
use super::vector::Window;
use super::vector::embedded::{Embedded, VectorTruth};
use super::*;
use std::path::PathBuf;
use uuid::Uuid;

struct Nothing;

#[async_trait]
impl VectorTruth for Nothing {
    async fn load(&self, _: LearnerId, _: &str) -> anyhow::Result<Vec<(MaterialId, Window)>> {
        Ok(vec![])
    }
}

/// Knows two meanings: 'pump' words and all others.
struct Toy(ModelId);

impl Toy {
    fn new() -> Self {
        Self(ModelId { name: "toy".into(), sha256: "0".repeat(64), dimensions: 2 })
    }
}

#[async_trait]
impl Embedder for Toy {
    fn model(&self) -> &ModelId {
        &self.0
    }

    fn unrelated(&self) -> f32 {
        0.2
    }

    async fn embed(&self, text: &str, _: Role) -> Result<Vec<f32>, ModelError> {
        let pumps = ["heart", "pump", "ventricle"].iter().filter(|word| text.contains(**word)).count() as f32;
        let length = (pumps * pumps + 1.0).sqrt();
        Ok(vec![pumps / length, 1.0 / length])
    }
}

/// Engines that are down.
struct Down;

#[async_trait]
impl KeywordStore for Down {
    async fn upsert(&self, _: LearnerId, _: MaterialId, _: &[Passage]) -> Result<(), EngineError> {
        Err(EngineError::Busy)
    }
    async fn delete(&self, _: LearnerId, _: MaterialId) -> Result<(), EngineError> {
        Err(EngineError::Busy)
    }
    async fn delete_owner(&self, _: LearnerId) -> Result<(), EngineError> {
        Err(EngineError::Busy)
    }
    async fn search(&self, _: LearnerId, _: &Filter, _: &str, _: usize) -> Result<ByWords, EngineError> {
        Err(EngineError::Unavailable("down".into()))
    }
}

struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("mitochi-retrieval-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const OWNER: LearnerId = LearnerId(Uuid::from_u128(1));
const MATERIAL: MaterialId = MaterialId(Uuid::from_u128(1));

fn passage(n: u128, heading: &str, text: &str) -> Passage {
    Passage { id: PassageId(Uuid::from_u128(n)), start: 0, headings: vec![heading.into()], text: text.into() }
}

/// A service over an index with these passages.
async fn service(place: &Place, embedder: Arc<dyn Embedder>, passages: &[Passage]) -> Retrieval {
    let keyword = Arc::new(Lexical::open(&place.0, "test").unwrap());
    let dimensions = embedder.model().dimensions;
    let vector = Arc::new(Embedded::new(Arc::new(Nothing), generation(&*embedder), dimensions, usize::MAX));
    vector.search(OWNER, &Filter::default(), &vec![0.0; dimensions], 1).await.unwrap();
    let service = Retrieval::new(keyword, vector, embedder);
    service.index_words(OWNER, MATERIAL, passages).await.unwrap();
    let mut windows = vec![];
    for passage in passages {
        windows.extend(service.serving().embed(std::slice::from_ref(passage)).await.unwrap_or_default());
    }
    service.serving().upsert(OWNER, MATERIAL, &windows).await.unwrap();
    service
}

fn ids(found: &Found) -> Vec<u128> {
    found.hits.iter().map(|hit| hit.passage.0.as_u128()).collect()
}

#[tokio::test]
async fn words_and_meaning_are_fused_by_rank() {
    let place = Place::new("fused");
    let passages = [
        passage(1, "Bones", "The femur is long."),
        passage(2, "Flow", "A pump with a ventricle and a heart."),
        passage(3, "Heart", "The long Heart."),
    ];
    let service = service(&place, Arc::new(Toy::new()), &passages).await;
    let found = service.search(OWNER, "heart", &Filter::default(), 10).await;
    assert_eq!(ids(&found), [2, 3, 1], "{found:?}");
    let ranks = |hit: &Hit| {
        [hit.ranks.keyword, hit.ranks.vector, hit.ranks.fused].map(|placed| placed.map(|at| at.rank))
    };
    assert_eq!(ranks(&found.hits[0]), [Some(2), Some(1), Some(1)]);
    assert_eq!(ranks(&found.hits[1]), [Some(1), Some(3), Some(2)]);
    assert_eq!(ranks(&found.hits[2]), [None, Some(2), Some(3)]);
    assert!(found.reranked.is_none());
    assert_eq!(found.hits[0].window, Some(Span::new(0, passages[1].text.len())));
    assert!(found.keyword.answered() && found.vector.answered());
    assert_eq!(service.search(OWNER, "heart", &Filter::default(), 1).await.hits.len(), 1);
    assert_eq!(ids(&service.search(OWNER, " ?! ", &Filter::default(), 10).await), [0_u128; 0]);
    let stranger = LearnerId(Uuid::from_u128(2));
    assert_eq!(ids(&service.search(stranger, "heart", &Filter::default(), 10).await), [0_u128; 0]);
    service.delete(OWNER, MATERIAL).await.unwrap();
    assert_eq!(ids(&service.search(OWNER, "heart", &Filter::default(), 10).await), [0_u128; 0]);
}

/// Likes short passages, or is broken.
struct Short(Option<ModelError>);

impl rerank::CrossEncoder for Short {
    fn score(&self, _: &str, passage: &str) -> Result<f32, ModelError> {
        self.0.clone().map_or(Ok(-(passage.len() as f32)), Err)
    }
}

struct Texts(Vec<Passage>);

#[async_trait]
impl PassageTexts for Texts {
    async fn texts(&self, owner: LearnerId, passages: &[PassageId]) -> anyhow::Result<Vec<Passage>> {
        anyhow::ensure!(owner == OWNER, "a stranger's passages");
        Ok(self.0.iter().filter(|passage| passages.contains(&passage.id)).cloned().collect())
    }
}

#[tokio::test]
async fn a_second_look_mixes_its_order_with_the_first_as_far_as_its_time_goes() {
    let place = Place::new("reranked");
    let passages = [
        passage(1, "", "A heart and a heart and a heart, the longest of all."),
        passage(2, "", "A heart, and not so long."),
        passage(3, "", "Heart."),
    ];
    let plain = service(&place, Arc::new(Toy::new()), &passages).await;
    let first = ids(&plain.search(OWNER, "heart", &Filter::default(), 10).await);
    let look = |encoder: Short, time: u64, most: usize| {
        plain.clone().with_reranking(Reranking {
            encoder: Arc::new(encoder),
            texts: Arc::new(Texts(passages.to_vec())),
            budget: Budget::new(std::time::Duration::from_secs(time)),
            most,
        })
    };
    let found = look(Short(None), 60, 10).search(OWNER, "heart", &Filter::default(), 10).await;
    assert!(matches!(found.reranked, Some(Stage::Answered(3))), "{found:?}");
    let hit = |n: u128| found.hits.iter().find(|hit| hit.passage.0.as_u128() == n).unwrap();
    let rank = |n: u128| hit(n).ranks.reranked.map(|placed| placed.rank);
    assert_eq!([rank(3), rank(2), rank(1)], [Some(1), Some(2), Some(3)]);
    let place_of = |n: u128, ids: &[u128]| ids.iter().position(|id| *id == n).unwrap();
    assert!(place_of(3, &ids(&found)) <= place_of(3, &first), "{first:?} {found:?}");

    let found = look(Short(None), 60, 2).search(OWNER, "heart", &Filter::default(), 10).await;
    assert!(matches!(found.reranked, Some(Stage::Answered(2))), "{found:?}");
    assert_eq!(ids(&found)[2], first[2], "what was not read keeps its place");

    let found = look(Short(None), 0, 10).search(OWNER, "heart", &Filter::default(), 10).await;
    assert!(matches!(found.reranked, Some(Stage::Answered(0))), "{found:?}");
    assert_eq!(ids(&found), first, "without time the order is the first one");

    let broken = Short(Some(ModelError::Broken("it is".into())));
    let found = look(broken, 60, 10).search(OWNER, "heart", &Filter::default(), 10).await;
    assert!(matches!(found.reranked, Some(Stage::NoModel(_))), "{found:?}");
    assert_eq!(ids(&found), first);
}

#[tokio::test]
async fn without_a_model_words_are_enough_and_the_answer_says_so() {
    let place = Place::new("words");
    let model = Arc::new(embed::Local::new(&embed::MINILM, &place.0));
    let service = service(&place, model, &[passage(1, "", "The heart beats.")]).await;
    let found = service.search(OWNER, "beating hearts", &Filter::default(), 10).await;
    assert_eq!(ids(&found), [1]);
    assert_eq!(found.hits[0].window, None);
    assert!(matches!(found.vector, Stage::NoModel(ModelError::Missing { .. })), "{found:?}");
}

#[tokio::test]
async fn when_an_engine_is_down_the_other_answers() {
    let toy: Arc<dyn Embedder> = Arc::new(Toy::new());
    let vector = Arc::new(Embedded::new(Arc::new(Nothing), generation(&*toy), 2, usize::MAX));
    vector.search(OWNER, &Filter::default(), &[0.0, 0.0], 1).await.unwrap();
    let service = Retrieval::new(Arc::new(Down), vector, toy);
    let heart = passage(1, "", "heart");
    let windows = service.serving().embed(std::slice::from_ref(&heart)).await.unwrap();
    service.serving().upsert(OWNER, MATERIAL, &windows).await.unwrap();
    let found = service.search(OWNER, "heart", &Filter::default(), 10).await;
    assert_eq!(ids(&found), [1]);
    assert!(matches!(found.keyword, Stage::Failed(EngineError::Unavailable(_))), "{found:?}");
    assert!(service.delete(OWNER, MATERIAL).await.is_err(), "the failure is told");
    assert_eq!(
        ids(&service.search(OWNER, "heart", &Filter::default(), 10).await),
        [0_u128; 0],
        "and the other done"
    );
}

#[tokio::test]
async fn the_question_of_the_journey_finds_its_passage() {
    let Some(model) = model_or_skip(&embed::MINILM) else { return };
    let place = Place::new("journey");
    let passages = [
        passage(1, "Cardiac cycle", "The ventricles relax and fill during diastole."),
        passage(2, "Conduction", "The atrioventricular node slows conduction, so the atria empty first."),
        passage(3, "Bones", "The impulse of a fall may break the femur."),
    ];
    let service = service(&place, Arc::new(model), &passages).await;
    let found = service.search(OWNER, "why does the AV node delay the impulse", &Filter::default(), 3).await;
    assert_eq!(ids(&found)[0], 2, "{found:?}");
}

#[test]
fn vectors_are_filed_under_model_and_windows() {
    assert_eq!(generation(&Toy::new()), "toy@000000000000/w1");
}
