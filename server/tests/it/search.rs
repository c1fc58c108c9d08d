//! The search over the real router and over its service: chapters, what cannot be answered, engines that are down, and
//! the searches that learners keep.

use crate::{
    account::answer_demo,
    support::{
        TestDb, databases,
        site::{Answer, Browser, Site},
    },
};
use app::{
    library::api::{Found, Meaning, Search, Words},
    session::Session,
};
use axum::http::StatusCode;
use domain::id::{LearnerId, MaterialId, SessionId};
use serde_json::{Value, json};
use server::{
    jobs::prepare,
    library::{
        LibraryService, StoredPassages,
        store::{self, VectorRow},
    },
    retrieval::{
        ByWords, EngineError, Filter, KeywordStore, Passage, Retrieval,
        embed::{Embedder, Local, MINILM, ModelId, Role},
        generation,
        lexical::Lexical,
        onnx::ModelError,
        vector::{self, VectorHit, VectorStore, Window, embedded::Embedded},
    },
};
use std::sync::{Arc, atomic::Ordering};

const LECTURE: &[u8] = include_bytes!("../../starter/heart.md");

/// A learner with the lecture, read.
async fn reader(site: &Site, email: &str) -> (Browser, String) {
    let mut browser = Browser::default();
    browser.register(site, email).await;
    browser.upload(site, &[("heart.md", LECTURE)]).await;
    site.work().await;
    let shelf = browser.call(site, "library/materials", "").await.json();
    let own = shelf["materials"].as_array().unwrap().iter().find(|material| material["built_in"] == false);
    let id = own.unwrap()["id"].as_str().unwrap().to_string();
    (browser, id)
}

async fn search(site: &Site, browser: &mut Browser, request: Value) -> Answer {
    browser.call_json(site, "library/search", json!({ "request": request })).await
}

#[tokio::test]
async fn a_chapter_limits_the_search_and_one_that_is_gone_says_so() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let (mut browser, id) = reader(&site, "fern@example.org").await;
        let chapters = browser.call(&site, "library/chapters", &format!("material={id}")).await.json();
        let chapters = chapters.as_array().unwrap().clone();
        assert!((2..=40).contains(&chapters.len()), "{}: {chapters:?}", test.name);
        let whole = search(&site, &mut browser, json!({ "query": "heart", "material": id })).await.json();
        let mut found = 0;
        for chapter in &chapters {
            let span = (chapter["span"]["start"].as_u64().unwrap(), chapter["span"]["end"].as_u64().unwrap());
            let request = json!({ "query": "heart", "material": id, "chapter": span.0 });
            let answer = search(&site, &mut browser, request).await.json();
            assert_eq!(answer["chapter_gone"], false, "{}", test.name);
            assert!(answer["passages"].as_u64() < whole["passages"].as_u64(), "{}: {answer}", test.name);
            for hit in answer["hits"].as_array().unwrap() {
                let start = hit["span"]["start"].as_u64().unwrap();
                assert!((span.0..span.1).contains(&start), "{}: {start} in {span:?}", test.name);
                found += 1;
            }
        }
        assert!(found > 0, "{}", test.name);
        let request = json!({ "query": "heart", "material": id, "chapter": 1 });
        let gone = search(&site, &mut browser, request).await.json();
        assert_eq!(gone["chapter_gone"], true, "{}", test.name);
        assert_eq!((&gone["hits"], &gone["passages"]), (&whole["hits"], &whole["passages"]), "{}", test.name);

        // of somebody else's file nothing is told, not even whether a chapter begins there
        let mut other = Browser::default();
        other.register(&site, "moss@example.org").await;
        let chapters = other.call(&site, "library/chapters", &format!("material={id}")).await;
        assert_eq!(chapters.status, StatusCode::NOT_FOUND, "{}", test.name);
        for chapter in [0, 1] {
            let request = json!({ "query": "heart", "material": id, "chapter": chapter });
            let answer = search(&site, &mut other, request).await.json();
            assert_eq!(
                (&answer["hits"], &answer["chapter_gone"]),
                (&json!([]), &json!(true)),
                "{}",
                test.name
            );
        }
    }
}

#[tokio::test]
async fn queries_of_any_kind_are_answered_or_refused_in_words() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let (mut browser, _) = reader(&site, "fern@example.org").await;
        let long = "heart ".repeat(2_000);
        for (query, status, page) in [
            ("", StatusCode::UNPROCESSABLE_ENTITY, "What are you looking for?"),
            ("   ", StatusCode::UNPROCESSABLE_ENTITY, "What are you looking for?"),
            ("\0\u{1b}", StatusCode::UNPROCESSABLE_ENTITY, "What are you looking for?"),
            (&long, StatusCode::UNPROCESSABLE_ENTITY, "1,000 are the most"),
            ("a", StatusCode::UNPROCESSABLE_ENTITY, "Type at least two letters or digits."),
            ("🫀🫁", StatusCode::UNPROCESSABLE_ENTITY, "There is no word in this"),
            ("\"'; drop table passage--", StatusCode::OK, "aria-label=\"Results\""),
            ("\"heart\" AND (text:x OR *) --'; DROP TABLE passage", StatusCode::OK, "best first"),
            ("<script>alert(1)</script>", StatusCode::OK, "aria-label=\"Results\""),
            ("</title><script>alert(1)</script>", StatusCode::OK, "&lt;/title>&lt;script>alert(1)"),
            ("heart\0beat", StatusCode::OK, "best first"),
            ("القلب", StatusCode::OK, "No page mentions"),
            ("心", StatusCode::OK, "No page mentions"),
        ] {
            let answer = search(&site, &mut browser, json!({ "query": query })).await;
            assert_eq!(answer.status, status, "{}, {query:?}: {}", test.name, answer.body);
            let address: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let shown = browser.get(&site, &format!("/search?q={address}&why=1")).await;
            assert_eq!(shown.status, StatusCode::OK, "{}, {query:?}", test.name);
            assert!(shown.body.contains(page), "{}, {query:?}: no '{page}'", test.name);
            assert!(
                !shown.body.contains("<script>alert(1)"),
                "{}, {query:?}: it is part of the page",
                test.name
            );
        }
    }
}

/// An engine that cannot be reached.
struct Down;

fn down() -> EngineError {
    EngineError::Unavailable("connection refused".into())
}

#[async_trait::async_trait]
impl KeywordStore for Down {
    async fn upsert(&self, _: LearnerId, _: MaterialId, _: &[Passage]) -> Result<(), EngineError> {
        Err(down())
    }
    async fn delete(&self, _: LearnerId, _: MaterialId) -> Result<(), EngineError> {
        Err(down())
    }
    async fn delete_owner(&self, _: LearnerId) -> Result<(), EngineError> {
        Err(down())
    }
    async fn search(&self, _: LearnerId, _: &Filter, _: &str, _: usize) -> Result<ByWords, EngineError> {
        Err(down())
    }
}

#[async_trait::async_trait]
impl VectorStore for Down {
    async fn upsert(&self, _: LearnerId, _: MaterialId, _: &[Window]) -> Result<(), EngineError> {
        Err(down())
    }
    async fn delete(&self, _: LearnerId, _: MaterialId) -> Result<(), EngineError> {
        Err(down())
    }
    async fn delete_owner(&self, _: LearnerId) -> Result<(), EngineError> {
        Err(down())
    }
    async fn search(
        &self,
        _: LearnerId,
        _: &Filter,
        _: &[f32],
        _: usize,
    ) -> Result<Vec<VectorHit>, EngineError> {
        Err(down())
    }
}

/// A model to which everything means the same, or one behind a network that does not answer.
struct Toy {
    id: ModelId,
    answers: bool,
}

impl Toy {
    fn new(answers: bool) -> Arc<Self> {
        Arc::new(Self { id: ModelId { name: "toy".into(), sha256: "0".repeat(64), dimensions: 2 }, answers })
    }
}

#[async_trait::async_trait]
impl Embedder for Toy {
    fn model(&self) -> &ModelId {
        &self.id
    }
    fn unrelated(&self) -> f32 {
        0.2
    }
    async fn embed(&self, _: &str, _: Role) -> Result<Vec<f32>, ModelError> {
        match self.answers {
            true => Ok(vec![1.0, 0.0]),
            false => Err(ModelError::Unavailable("connection refused".into())),
        }
    }
}

/// The learner's library over other engines.
struct Stand {
    site: Site,
    session: Session,
    material: MaterialId,
    words: Arc<Lexical>,
    vectors: Arc<Embedded>,
}

impl Stand {
    async fn new(test: &TestDb) -> Self {
        let site = Site::open(test).await;
        let (_, id) = reader(&site, "fern@example.org").await;
        let mut tx = site.state.db.read().await.unwrap();
        let sql = "SELECT owner FROM material WHERE owner IS NOT NULL";
        let (owner,): (uuid::Uuid,) = tx.query(sql).one().await.unwrap();
        drop(tx);
        let session = Session { learner: LearnerId(owner), session: SessionId(owner), guest: false };
        let words = Arc::new(Lexical::open(&test.folder().join("words"), "test").unwrap());
        let truth = Arc::new(StoredPassages { db: site.state.db.clone() });
        let vectors = Arc::new(Embedded::new(truth, generation(&*Toy::new(true)), 2, usize::MAX));
        let stand = Self { site, session, material: id.parse().unwrap(), words, vectors };
        stand.library(stand.words.clone(), stand.vectors.clone(), Toy::new(true)).index_all().await.unwrap();
        stand
    }

    fn library(
        &self,
        keyword: Arc<dyn KeywordStore>,
        vector: Arc<dyn VectorStore>,
        embedder: Arc<dyn Embedder>,
    ) -> LibraryService {
        LibraryService {
            retrieval: Retrieval::new(keyword, vector, embedder),
            rebuilding: Arc::default(),
            ..self.site.state.library.clone()
        }
    }

    /// Prepares the first passages for search by meaning; how many there are in all.
    async fn prepare(&self, first: usize) -> usize {
        let library = self.library(self.words.clone(), self.vectors.clone(), Toy::new(true));
        let mut tx = self.site.state.db.write().await.unwrap();
        let rows = store::passages(&mut tx, self.material).await.unwrap();
        for row in rows.iter().take(first) {
            let windows = library.retrieval.serving().embed(&[prepare::passage(row)]).await.unwrap();
            for (part, window) in windows.iter().enumerate() {
                let row = VectorRow {
                    passage: row.id,
                    material: row.material,
                    passage_start: row.span_start,
                    part: part as i64,
                    span_start: window.span.start.into(),
                    span_end: window.span.end.into(),
                    vector: vector::to_bytes(&window.vector),
                };
                let model = library.retrieval.generation();
                assert!(store::save_vector(&mut tx, &model, &row).await.unwrap());
            }
        }
        tx.commit().await.unwrap();
        rows.len()
    }

    async fn find(&self, library: &LibraryService, query: &str) -> Found {
        let request = Search { query: query.into(), material: None, chapter: None };
        library.find(self.session, &request).await.unwrap()
    }
}

#[tokio::test]
async fn what_is_down_or_not_ready_is_told_and_the_rest_is_searched() {
    for test in databases().await {
        let stand = Stand::new(&test).await;
        let name = test.name;
        let (words, vectors) = (stand.words.clone(), stand.vectors.clone());
        let all = stand.prepare(2).await as u32;
        let not_yet = Meaning::NotYet { passages_left: all - 2 };
        let no_model = Arc::new(Local::new(&MINILM, std::path::Path::new("/nowhere")));
        let cases: [(LibraryService, Words, Meaning, bool); 6] = [
            (stand.library(words.clone(), vectors.clone(), Toy::new(true)), Words::Searched, not_yet, true),
            (
                stand.library(words.clone(), vectors.clone(), no_model),
                Words::Searched,
                Meaning::NoModel,
                true,
            ),
            (
                stand.library(words.clone(), vectors.clone(), Toy::new(false)),
                Words::Searched,
                Meaning::Down,
                true,
            ),
            (
                stand.library(words.clone(), Arc::new(Down), Toy::new(true)),
                Words::Searched,
                Meaning::Down,
                true,
            ),
            (stand.library(Arc::new(Down), vectors.clone(), Toy::new(true)), Words::Down, not_yet, true),
            (
                stand.library(Arc::new(Down), Arc::new(Down), Toy::new(true)),
                Words::Down,
                Meaning::Down,
                false,
            ),
        ];
        for (library, words, meaning, hits) in cases {
            let found = stand.find(&library, "papillary muscles").await;
            assert_eq!((found.words, found.meaning), (words, meaning), "{name}");
            assert_eq!(
                (!found.hits.is_empty(), found.passages),
                (hits, all),
                "{name}, {words:?}, {meaning:?}"
            );
            assert!(!found.near_only, "{name}, {words:?}, {meaning:?}");
        }
    }
}

#[tokio::test]
async fn pages_that_are_near_in_meaning_alone_are_said_to_be() {
    for test in databases().await {
        let stand = Stand::new(&test).await;
        stand.prepare(usize::MAX).await;
        let library = stand.library(stand.words.clone(), stand.vectors.clone(), Toy::new(true));
        let near = stand.find(&library, "glaucoma").await;
        assert!(near.near_only && !near.hits.is_empty(), "{}", test.name);
        assert!(
            near.hits.iter().all(|hit| hit.by_words.is_none() && hit.by_meaning.is_some()),
            "{}",
            test.name
        );
        let fused: Vec<_> = near.hits.iter().map(|hit| hit.fused.unwrap().rank).collect();
        assert_eq!(fused[0], 1, "{}", test.name);
        // a place may be missing: what touches a better hit is part of it
        assert!(fused.is_sorted_by(|a, b| a < b), "{}: {fused:?}", test.name);
        assert_eq!(near.meaning, Meaning::Searched, "{}", test.name);
        assert!(!stand.find(&library, "papillary").await.near_only, "{}", test.name);
        // while the index is built anew nobody knows whether a page has the word
        library.rebuilding.store(true, Ordering::Relaxed);
        let rebuilding = stand.find(&library, "glaucoma").await;
        assert_eq!((rebuilding.words, rebuilding.near_only), (Words::Rebuilding, false), "{}", test.name);
        library.index_all().await.unwrap();
        assert_eq!(stand.find(&library, "glaucoma").await.words, Words::Searched, "{}", test.name);
    }
}

#[tokio::test]
async fn what_an_older_version_did_not_keep_is_made_up_for() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let (mut browser, id) = reader(&site, "fern@example.org").await;
        let asked = format!("material={id}");
        let chapters = browser.call(&site, "library/chapters", &asked).await.json();
        assert!(chapters.as_array().unwrap().len() > 1, "{}", test.name);
        let kept = async || {
            let mut tx = site.state.db.read().await.unwrap();
            let outlines = "SELECT CAST(count(*) AS BIGINT) FROM outline";
            let (outlines,): (i64,) = tx.query(outlines).one().await.unwrap();
            let (terms,): (i64,) = tx.query("SELECT CAST(count(*) AS BIGINT) FROM term").one().await.unwrap();
            (outlines, terms)
        };
        let before = kept().await;
        // the learner's and the one that Mitochi brings, whose words are searched by nobody
        assert_eq!((before.0, before.1 > 100), (2, test.name == "PostgreSQL"), "{}", test.name);
        let mut tx = site.state.db.write().await.unwrap();
        tx.query("DELETE FROM outline").run().await.unwrap();
        tx.query("DELETE FROM term").run().await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(browser.call(&site, "library/chapters", &asked).await.json(), chapters, "{}", test.name);
        for _ in 0..2 {
            site.state.library.make_up().await.unwrap();
            assert_eq!(kept().await, before, "{}", test.name);
            let again = browser.call(&site, "library/chapters", &asked).await.json();
            assert_eq!(again, chapters, "{}", test.name);
        }
    }
}

async fn kept(site: &Site, browser: &mut Browser) -> Vec<Value> {
    browser.call(site, "library/saved", "").await.json().as_array().unwrap().clone()
}

#[tokio::test]
async fn a_search_is_kept_once_and_nobody_else_sees_or_removes_it() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let (mut owner, id) = reader(&site, "fern@example.org").await;
        let chapters = owner.call(&site, "library/chapters", &format!("material={id}")).await.json();
        let chapter = chapters[1].clone();
        let start = &chapter["span"]["start"];
        let forms = [
            "request[query]=preload".to_string(),
            format!("request[query]=preload&request[material]={id}"),
            format!("request[query]=preload&request[material]={id}&request[chapter]={start}"),
            // the same again in other letters and with a space more
            "request[query]=%20PreLoad%20".into(),
        ];
        for form in &forms {
            let answer = owner.call(&site, "library/save", form).await;
            assert_eq!(answer.status, StatusCode::OK, "{}: {}", test.name, answer.body);
            site.state.clock.advance(1);
        }
        let saved = kept(&site, &mut owner).await;
        assert_eq!(saved.len(), 3, "{}: {saved:?}", test.name);
        assert_eq!(saved[0]["search"]["query"], "PreLoad", "{}: kept anew it comes first", test.name);
        assert_eq!(
            (&saved[1]["file"], &saved[1]["chapter"], &saved[1]["search"]["chapter"]),
            (&json!("The heart as a pump"), &chapter["title"], start),
            "{}",
            test.name
        );
        for (form, status) in [
            ("request[query]=a".to_string(), StatusCode::UNPROCESSABLE_ENTITY),
            (format!("request[query]={}", "a".repeat(1_001)), StatusCode::UNPROCESSABLE_ENTITY),
            ("request[query]=heart%00beat".into(), StatusCode::OK),
            (
                "request[query]=heart&request[material]=018f0000-0000-7000-8000-000000000001".into(),
                StatusCode::NOT_FOUND,
            ),
        ] {
            assert_eq!(
                owner.call(&site, "library/save", &form).await.status,
                status,
                "{}: {form}",
                test.name
            );
        }

        let mut other = Browser::default();
        other.register(&site, "moss@example.org").await;
        assert!(kept(&site, &mut other).await.is_empty(), "{}", test.name);
        let foreign = format!("request[query]=preload&request[material]={id}");
        assert_eq!(other.call(&site, "library/save", &foreign).await.status, StatusCode::NOT_FOUND);
        let before = kept(&site, &mut owner).await;
        let forget = format!("saved={}", before[0]["id"].as_str().unwrap());
        assert_eq!(other.call(&site, "library/forget", &forget).await.status, StatusCode::OK);
        assert_eq!(kept(&site, &mut owner).await, before, "{}", test.name);
        for name in ["library/saved", "library/forget", "library/save"] {
            let answer = Browser::default().call(&site, name, &forget).await;
            assert!(!answer.status.is_success(), "{}: {name}", test.name);
        }
        // twice is no error
        for _ in 0..2 {
            assert_eq!(owner.call(&site, "library/forget", &forget).await.status, StatusCode::OK);
        }
        assert_eq!(kept(&site, &mut owner).await, before[1..], "{}", test.name);

        // what is limited to a file goes with it
        owner.call(&site, "library/delete", &format!("material={id}")).await;
        let left = kept(&site, &mut owner).await;
        assert!(left.iter().all(|saved| saved["file"].is_null()), "{}: {left:?}", test.name);
        assert!(!left.is_empty(), "{}", test.name);
    }
}

#[tokio::test]
async fn a_plain_form_keeps_a_search_and_comes_back_to_it() {
    let test = databases().await.swap_remove(0);
    let site = Site::open(&test).await;
    let (mut browser, id) = reader(&site, "fern@example.org").await;
    let form = format!("request[query]=AV+node&request[material]={id}");
    let answer = browser.form(&site, "/api/library/save", &form).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    assert_eq!(answer.headers["location"], format!("/search?q=AV%20node&material={id}"));
    let page = browser.get(&site, "/search").await.body;
    assert!(page.contains("Saved searches") && page.contains("AV node"));
    let saved = kept(&site, &mut browser).await;
    let forget = format!("saved={}", saved[0]["id"].as_str().unwrap());
    let answer = browser.form(&site, "/api/library/forget", &forget).await;
    assert_eq!(
        (answer.status, &answer.headers["location"]),
        (StatusCode::FOUND, &"/search".parse().unwrap())
    );
    assert!(!browser.get(&site, "/search").await.body.contains("Saved searches"));
}

#[tokio::test]
async fn a_guest_keeps_searches_and_takes_them_along_up_to_fifty() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut account = Browser::default();
        account.register(&site, "fern@example.org").await;
        for n in 0..50 {
            let form = format!("request[query]=word+{n}");
            assert_eq!(account.call(&site, "library/save", &form).await.status, StatusCode::OK);
            site.state.clock.advance(1);
        }
        let full = account.call(&site, "library/save", "request[query]=one+more").await;
        assert_eq!(full.status, StatusCode::CONFLICT, "{}: {}", test.name, full.body);
        // one that is kept already still may be
        assert_eq!(account.call(&site, "library/save", "request[query]=word+0").await.status, StatusCode::OK);

        let mut guest = Browser::default();
        answer_demo(&site, &mut guest).await;
        for query in ["word+7", "oedema", "fibrillation"] {
            site.state.clock.advance(1);
            let answer = guest.call(&site, "library/save", &format!("request[query]={query}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{}: {}", test.name, answer.body);
        }
        let log_in = "request[email]=fern@example.org&request[password]=a good long password";
        assert_eq!(guest.call(&site, "account/log_in", log_in).await.status, StatusCode::OK, "{}", test.name);
        let saved = kept(&site, &mut guest).await;
        assert_eq!(saved.len(), 50, "{}", test.name);
        let queries: Vec<_> = saved.iter().map(|saved| saved["search"]["query"].as_str().unwrap()).collect();
        assert_eq!(queries[..3], ["fibrillation", "oedema", "word 0"], "{}", test.name);
        assert!(queries.contains(&"word 7") && !queries.contains(&"word 1"), "{}: {queries:?}", test.name);
    }
}
