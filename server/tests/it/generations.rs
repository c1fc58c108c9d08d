//! A change of the embedder: what is searched meanwhile, when it is switched over, and what is left afterwards.

use crate::support::{
    TestDb, databases, learner,
    site::{Browser, Site},
};
use app::{
    library::api::{Found, Meaning, Search},
    session::Session,
};
use domain::id::{LearnerId, MaterialId, SessionId};
use server::{
    db::{self, Db},
    jobs::{self, Work, prepare, queue},
    library::{
        LibraryService, StoredPassages,
        generations::{Generations, Vectors},
        ledger::Ledger,
        store::{self, NewMaterial, PassageRow, VectorRow},
    },
    retrieval::{
        Filter, VectorIndex,
        embed::{Embedder, ModelId, Role},
        generation,
        lexical::Lexical,
        onnx::ModelError,
        vector::{
            self,
            embedded::Embedded,
            pgvector::{Maker, Pgvector},
        },
    },
};
use sqlx::types::Json;
use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::watch;
use uuid::Uuid;

const HEART: &[u8] =
    b"# The pump\n\nThe heart beats all life long and moves five litres of blood a minute.\n";
const BONES: &[u8] =
    b"# The frame\n\nThe femur is the longest one; it carries the weight of the trunk when one stands.\n";
const LUNGS: &[u8] =
    b"# Air\n\nThe bronchi divide again and again until they reach the alveoli, where gas is exchanged.\n";

/// Words of one meaning; a query and what it finds have none in common.
const MEANINGS: [&[&str]; 3] = [&["heart", "cardiac"], &["femur", "skeletal"], &["bronchi", "respiratory"]];

/// Knows three meanings, and whatever else there is as a fourth. It makes as many vectors of passages as it may, and then
/// does not answer.
struct Toy {
    id: ModelId,
    may: AtomicUsize,
    queries: AtomicUsize,
}

impl Toy {
    fn new(name: &str, dimensions: usize, may: usize) -> Arc<Self> {
        let id = ModelId { name: name.into(), sha256: "0".repeat(64), dimensions };
        Arc::new(Self { id, may: AtomicUsize::new(may), queries: AtomicUsize::new(0) })
    }

    fn queries(&self) -> usize {
        self.queries.load(Ordering::Relaxed)
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

    async fn embed(&self, text: &str, role: Role) -> Result<Vec<f32>, ModelError> {
        match role {
            Role::Query => {
                self.queries.fetch_add(1, Ordering::Relaxed);
            }
            Role::Passage => {
                let left =
                    self.may.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
                if left.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        }
        let has = |words: &&[&str]| words.iter().any(|word| text.to_lowercase().contains(word));
        let mut vector = vec![0.0; self.id.dimensions];
        vector[MEANINGS.iter().position(has).unwrap_or(MEANINGS.len())] = 1.0;
        Ok(vector)
    }
}

const ALL: usize = 1_000_000;

fn old() -> Arc<Toy> {
    Toy::new("old", 4, ALL)
}

/// Another model: not even the length of its vectors is the same.
fn new(may: usize) -> Arc<Toy> {
    Toy::new("new", 6, may)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Embedded,
    Pgvector,
}

/// A library on a database of the test, of which servers are started and stopped.
struct Stand {
    test: TestDb,
    site: Site,
    words: Arc<Lexical>,
    kind: Kind,
    name: String,
}

/// A process of it.
struct Server {
    generations: Generations,
    library: LibraryService,
    work: Work,
}

impl Stand {
    async fn all() -> Vec<Self> {
        let mut all = vec![];
        for test in databases().await {
            all.push(Self::new(test, Kind::Embedded).await);
        }
        for test in databases().await {
            let Db::Postgres(pool) = &test.db else { continue };
            match Pgvector::version(pool).await {
                Ok(_) => all.push(Self::new(test, Kind::Pgvector).await),
                Err(error) => println!("skipped: {error}"),
            }
        }
        all
    }

    async fn new(test: TestDb, kind: Kind) -> Self {
        let site = Site::open(&test).await;
        let words = Arc::new(Lexical::open(&test.folder().join("words"), "test").unwrap());
        let name = format!("{}, {kind:?}", test.name);
        Self { test, site, words, kind, name }
    }

    async fn vectors(&self, toy: &Arc<Toy>) -> Vectors {
        let (db, embedder) = (self.test.db.clone(), toy.clone());
        let (filed, dimensions) = (generation(&**toy), toy.id.dimensions);
        match (self.kind, &self.test.db) {
            (Kind::Pgvector, Db::Postgres(pool)) => {
                let engine = Pgvector::open(pool.clone(), &filed, dimensions, Maker::Serve).await.unwrap();
                let ledger = Arc::new(Ledger::new(db, Arc::new(engine), "pgvector", filed, dimensions));
                Vectors { index: VectorIndex { embedder, store: ledger.clone() }, ledger: Some(ledger) }
            }
            _ => {
                let store = Embedded::new(Arc::new(StoredPassages { db }), filed, dimensions, usize::MAX);
                Vectors { index: VectorIndex { embedder, store: Arc::new(store) }, ledger: None }
            }
        }
    }

    /// A server with this embedder, which can have the others too.
    async fn start(&self, configured: &Arc<Toy>, others: &[&Arc<Toy>]) -> Server {
        let mut had = vec![];
        for toy in others {
            had.push(self.vectors(toy).await);
        }
        let configured = self.vectors(configured).await;
        let generations = Generations::open(self.test.db.clone(), self.words.clone(), configured, had).await;
        let generations = generations.unwrap();
        generations.catch_up().await.unwrap();
        let library =
            LibraryService { retrieval: generations.retrieval(), ..self.site.state.library.clone() };
        let work = Work { retrieval: generations.retrieval(), ..self.site.state.work() };
        Server { generations, library, work }
    }

    /// Somebody with these files on the shelf, read and not prepared yet.
    async fn learner(&self, email: &str, files: &[(&str, &[u8])]) -> (Browser, Session) {
        let mut browser = Browser::default();
        browser.register(&self.site, email).await;
        browser.upload(&self.site, files).await;
        let mut tx = self.test.db.read().await.unwrap();
        let (id,): (Uuid,) = tx
            .query("SELECT id FROM learner WHERE email_key = $1")
            .bind(email.to_string())
            .one()
            .await
            .unwrap();
        (browser, Session { learner: LearnerId(id), session: SessionId(id), guest: false })
    }

    /// Passages with vectors of a model.
    async fn made(&self, toy: &Toy) -> i64 {
        let mut tx = self.test.db.read().await.unwrap();
        let sql = "SELECT CAST(count(DISTINCT passage) AS BIGINT) FROM passage_vector WHERE model = $1";
        tx.query(sql).bind(generation(toy)).one::<(i64,)>().await.unwrap().0
    }

    /// What the engine holds of a model, of this learner's.
    async fn held(&self, toy: &Arc<Toy>, session: Session) -> usize {
        let store = self.vectors(toy).await.index.store;
        let any = vec![0.5; toy.id.dimensions];
        store.search(session.learner, &Filter::default(), &any, 100).await.unwrap().len()
    }
}

impl Server {
    /// Works until nothing is left in the queue, or until `stuck`; then the process dies on the spot.
    async fn work_until(&self, stand: &Stand, stuck: impl AsyncFn() -> bool) {
        let (_stop, stopping) = watch::channel(false);
        let mut workers = jobs::start(&self.work, &stand.site.config, &stopping);
        let mut ended = false;
        for _ in 0..2_000 {
            ended = queue::next_due(&stand.test.db, stand.site.state.clock.now()).await.unwrap().is_none()
                || stuck().await;
            if ended {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        workers.abort_all();
        while workers.join_next().await.is_some() {}
        assert!(ended, "{}: work goes on", stand.name);
    }

    async fn work(&self, stand: &Stand) {
        self.work_until(stand, async || false).await;
    }

    async fn find(&self, session: Session, query: &str) -> Found {
        let request = Search { query: query.into(), material: None, chapter: None };
        self.library.find(session, &request).await.unwrap()
    }

    /// Titles of what is found by meaning alone, where nothing is missing.
    async fn near(&self, session: Session, query: &str) -> Vec<String> {
        let found = self.find(session, query).await;
        assert_eq!(found.meaning, Meaning::Searched, "{query}: {found:?}");
        assert!(found.near_only || found.hits.is_empty(), "{query}: {found:?}");
        found.hits.into_iter().map(|hit| hit.title).collect()
    }

    /// As often as it takes until nobody can need the old vectors.
    async fn look_long(&self) {
        for _ in 0..6 {
            self.generations.look().await.unwrap();
        }
    }
}

#[tokio::test]
async fn the_old_vectors_are_searched_until_the_new_ones_are_all_there() {
    for stand in Stand::all().await {
        let (name, old) = (&stand.name, old());
        let (mut browser, fern) =
            stand.learner("fern@example.org", &[("Heart.md", HEART), ("Bones.md", BONES)]).await;
        let (_, moss) = stand.learner("moss@example.org", &[("Own heart.md", HEART)]).await;
        let before = stand.start(&old, &[]).await;
        before.work(&stand).await;
        before.look_long().await;
        assert_eq!(before.near(fern, "cardiac").await, ["The pump"], "{name}");
        assert_eq!(stand.made(&old).await, 3, "{name}");
        drop(before);

        // another embedder is configured; it comes to one passage and no further
        let stuck = new(1);
        let server = stand.start(&stuck, &[&old]).await;
        server.library.embed_all().await.unwrap();
        let asked = old.queries();
        server.work_until(&stand, async || stand.made(&stuck).await == 1).await;
        server.look_long().await;
        assert_eq!((stand.made(&old).await, stand.made(&stuck).await), (3, 1), "{name}");
        assert_eq!(server.near(fern, "cardiac").await, ["The pump"], "{name}");
        assert_eq!(server.near(fern, "skeletal").await, ["The frame"], "{name}");
        assert_eq!(server.near(moss, "skeletal").await, [""; 0], "{name}: somebody else's");
        assert_eq!(
            (old.queries() - asked, stuck.queries()),
            (3, 0),
            "{name}: it is the old one that answers"
        );
        let shelf = server.library.shelf(fern).await.unwrap();
        let prepared: Vec<_> = shelf.materials.iter().filter(|material| !material.built_in).collect();
        assert!(prepared.iter().all(|material| material.passages_embedded == 1), "{name}: {prepared:?}");

        // what comes in between goes before it and is found at once, though the new one does not answer
        browser.upload(&stand.site, &[("Lungs.md", LUNGS)]).await;
        server.work_until(&stand, async || stand.made(&old).await == 4 && ready(&stand).await).await;
        assert_eq!(server.near(fern, "respiratory").await, ["Air"], "{name}");
        drop(server);

        // killed and begun again, with a model that answers
        queue::release_all(&stand.test.db, 0).await.unwrap();
        let whole = new(ALL);
        let (server, other) = (stand.start(&whole, &[&old]).await, stand.start(&whole, &[&old]).await);
        assert_eq!(server.near(fern, "cardiac").await, ["The pump"], "{name}");
        assert_eq!(whole.queries(), 0, "{name}");
        server.work(&stand).await;
        assert_eq!((stand.made(&old).await, stand.made(&whole).await), (4, 4), "{name}");
        assert_eq!(ALL - whole.may.load(Ordering::Relaxed), 3, "{name}: what was made is not made again");

        let asked = old.queries();
        server.generations.look().await.unwrap();
        for (query, title) in [("cardiac", "The pump"), ("skeletal", "The frame"), ("respiratory", "Air")] {
            assert_eq!(server.near(fern, query).await, [title], "{name}");
        }
        assert_eq!(server.near(moss, "skeletal").await, [""; 0], "{name}: somebody else's");
        assert_eq!(
            (old.queries() - asked, whole.queries()),
            (0, 4),
            "{name}: switched in the running process"
        );

        // another process has not looked yet, though this one has again: what it searches is still there
        server.generations.look().await.unwrap();
        server.generations.look().await.unwrap();
        assert_eq!(other.near(fern, "cardiac").await, ["The pump"], "{name}");
        assert_eq!(old.queries() - asked, 1, "{name}");
        other.generations.look().await.unwrap();
        server.look_long().await;
        assert_eq!((stand.made(&old).await, stand.made(&whole).await), (0, 4), "{name}: dropped");
        assert_eq!(other.near(fern, "cardiac").await, ["The pump"], "{name}");
        assert_eq!(old.queries() - asked, 1, "{name}");
        if stand.kind == Kind::Pgvector {
            assert_eq!((stand.held(&old, fern).await, stand.held(&whole, fern).await), (0, 3), "{name}");
        }
        browser.upload(&stand.site, &[("More.md", b"# More\n\nA heart again, of another animal.\n")]).await;
        server.work(&stand).await;
        assert_eq!((stand.made(&old).await, stand.made(&whole).await), (0, 5), "{name}");
    }
}

/// Whether everything uploaded is ready.
async fn ready(stand: &Stand) -> bool {
    let mut tx = stand.test.db.read().await.unwrap();
    let sql = "SELECT CAST(count(*) AS BIGINT) FROM material WHERE state <> 'ready'";
    tx.query(sql).one::<(i64,)>().await.unwrap().0 == 0
}

#[tokio::test]
async fn going_back_in_the_middle_serves_at_once_and_drops_what_was_half_made() {
    for stand in Stand::all().await {
        let (name, old, half) = (&stand.name, old(), new(1));
        let (mut browser, fern) =
            stand.learner("fern@example.org", &[("Heart.md", HEART), ("Bones.md", BONES)]).await;
        stand.start(&old, &[]).await.work(&stand).await;
        let server = stand.start(&half, &[&old]).await;
        server.library.embed_all().await.unwrap();
        server.work_until(&stand, async || stand.made(&half).await == 1).await;
        browser.upload(&stand.site, &[("Lungs.md", LUNGS)]).await;
        server.work_until(&stand, async || stand.made(&old).await == 3 && ready(&stand).await).await;
        drop(server);

        let asked = old.queries();
        let server = stand.start(&old, &[&half]).await;
        for (query, title) in [("cardiac", "The pump"), ("skeletal", "The frame"), ("respiratory", "Air")] {
            assert_eq!(server.near(fern, query).await, [title], "{name}");
        }
        assert_eq!((old.queries() - asked, half.queries()), (3, 0), "{name}");
        assert_eq!(stand.made(&half).await, 1, "{name}: not before it has been looked");
        server.look_long().await;
        assert_eq!((stand.made(&old).await, stand.made(&half).await), (3, 0), "{name}");
        assert_eq!(server.near(fern, "cardiac").await, ["The pump"], "{name}");
    }
}

#[tokio::test]
async fn without_the_old_model_it_is_said_what_is_missing_and_the_old_vectors_stay_until_nothing_is() {
    for stand in Stand::all().await {
        let (name, old, new) = (&stand.name, old(), new(ALL));
        let (_, fern) = stand.learner("fern@example.org", &[("Heart.md", HEART), ("Bones.md", BONES)]).await;
        stand.start(&old, &[]).await.work(&stand).await;
        let server = stand.start(&new, &[]).await;
        let found = server.find(fern, "cardiac").await;
        assert_eq!(found.meaning, Meaning::NotYet { passages_left: 2 }, "{name}");
        assert!(found.hits.is_empty(), "{name}: {found:?}");
        server.look_long().await;
        assert_eq!(stand.made(&old).await, 2, "{name}: the operator may go back to it");
        server.library.embed_all().await.unwrap();
        server.work(&stand).await;
        assert_eq!(server.near(fern, "cardiac").await, ["The pump"], "{name}");
        server.look_long().await;
        assert_eq!((stand.made(&old).await, stand.made(&new).await), (0, 2), "{name}");
    }
}

#[tokio::test]
async fn a_deleted_file_is_gone_from_both() {
    for stand in Stand::all().await {
        let (name, old, new) = (&stand.name, old(), new(ALL));
        let (_, fern) = stand.learner("fern@example.org", &[("Heart.md", HEART), ("Bones.md", BONES)]).await;
        stand.start(&old, &[]).await.work(&stand).await;
        let server = stand.start(&new, &[&old]).await;
        server.library.embed_all().await.unwrap();
        server.work(&stand).await;
        let shelf = server.library.shelf(fern).await.unwrap().materials;
        let heart = shelf.iter().find(|material| material.title == "The pump").unwrap().id;
        server.library.remove(fern, heart).await.unwrap();
        server.work(&stand).await;
        assert_eq!((stand.made(&old).await, stand.made(&new).await), (1, 1), "{name}");
        if stand.kind == Kind::Pgvector {
            assert_eq!((stand.held(&old, fern).await, stand.held(&new, fern).await), (1, 1), "{name}");
        }
        assert_eq!(server.near(fern, "cardiac").await, [""; 0], "{name}");
        server.generations.look().await.unwrap();
        assert_eq!(server.near(fern, "cardiac").await, [""; 0], "{name}");
        assert_eq!(server.near(fern, "skeletal").await, ["The frame"], "{name}");
    }
}

#[tokio::test]
async fn what_nobody_waits_for_is_done_last() {
    for test in databases().await {
        let clock = server::clock::Clock::default();
        let (background, uploaded) = (MaterialId(Uuid::now_v7()), MaterialId(Uuid::now_v7()));
        let mut tx = test.db.write().await.unwrap();
        prepare::enqueue_again(&mut tx, &clock, background).await.unwrap();
        clock.advance(1_000);
        prepare::enqueue(&mut tx, &clock, uploaded).await.unwrap();
        tx.commit().await.unwrap();
        let mut order = vec![];
        while let Some(job) = queue::claim(&test.db, clock.now(), 1_000).await.unwrap() {
            order.push(job.kind);
        }
        assert_eq!(order, [prepare::KIND, prepare::AGAIN], "{}", test.name);
    }
}

/// A ready material with one passage and its vector.
async fn material(db: &Db, generation: &str) -> Uuid {
    let (owner, id) = (learner(db).await, MaterialId(Uuid::now_v7()));
    let mut tx = db.write().await.unwrap();
    let new = NewMaterial {
        id,
        owner: Some(owner),
        title: "Heart",
        filename: "heart.md",
        format: "Markdown",
        extension: "md",
        bytes: 1,
        sha256: &id.0.as_bytes().repeat(2),
        created: 0,
    };
    store::insert(&mut tx, new).await.unwrap();
    store::set_state(&mut tx, id, "ready", None).await.unwrap();
    let passage = PassageRow {
        id: Uuid::now_v7(),
        material: id.0,
        span_start: 0,
        span_end: 10,
        page_first: 1,
        page_last: 1,
        tokens: 2,
        headings: Json(vec![]),
        text: "The heart.".into(),
    };
    store::replace_passages(&mut tx, id, std::slice::from_ref(&passage)).await.unwrap();
    assert!(store::save_vector(&mut tx, generation, &row(&passage, 0.5)).await.unwrap());
    tx.commit().await.unwrap();
    passage.id
}

fn row(passage: &PassageRow, number: f32) -> VectorRow {
    VectorRow {
        passage: passage.id,
        material: passage.material,
        passage_start: 0,
        part: 0,
        span_start: 0,
        span_end: 10,
        vector: vector::to_bytes(&[number]),
    }
}

#[tokio::test]
async fn vectors_from_before_stay_and_get_neighbours() {
    for test in databases().await {
        let passage = material(&test.db, "old/w1").await;
        // the schema as it was
        let mut tx = test.db.write().await.unwrap();
        tx.query("ALTER TABLE passage_vector RENAME TO passage_vector_after").run().await.unwrap();
        tx.query_per(
            "CREATE TABLE passage_vector (passage BLOB NOT NULL REFERENCES passage ON DELETE CASCADE,
               part INTEGER NOT NULL, span_start INTEGER NOT NULL,
               span_end INTEGER NOT NULL CHECK (span_end > span_start), model TEXT NOT NULL, vector BLOB NOT NULL,
               PRIMARY KEY (passage, part)) STRICT",
            "CREATE TABLE passage_vector (passage UUID NOT NULL REFERENCES passage ON DELETE CASCADE,
               part BIGINT NOT NULL, span_start BIGINT NOT NULL,
               span_end BIGINT NOT NULL CHECK (span_end > span_start), model TEXT NOT NULL, vector BYTEA NOT NULL,
               PRIMARY KEY (passage, part))",
        )
        .run()
        .await
        .unwrap();
        tx.query(
            "INSERT INTO passage_vector SELECT passage, part, span_start, span_end, model, vector
             FROM passage_vector_after",
        )
        .run()
        .await
        .unwrap();
        tx.query("DROP TABLE passage_vector_after").run().await.unwrap();
        tx.query("DELETE FROM _sqlx_migrations WHERE version = 5").run().await.unwrap();
        tx.commit().await.unwrap();

        let db = db::open(&test.url).await.unwrap();
        let mut tx = db.write().await.unwrap();
        let sql = "SELECT model, part, span_start, span_end, vector FROM passage_vector ORDER BY model";
        let kept: Vec<(String, i64, i64, i64, Vec<u8>)> = tx.query(sql).all().await.unwrap();
        assert_eq!(kept, [("old/w1".into(), 0, 0, 10, vector::to_bytes(&[0.5]))], "{}", test.name);
        let rows: Vec<(Uuid, Uuid)> = tx.query("SELECT id, material FROM passage").all().await.unwrap();
        let material = rows.iter().find(|(id, _)| *id == passage).unwrap().1;
        let of = store::passages(&mut tx, MaterialId(material)).await.unwrap();
        for number in [0.25, 0.75] {
            assert!(store::save_vector(&mut tx, "new/w1", &row(&of[0], number)).await.unwrap());
        }
        let kept: Vec<(String, i64, i64, i64, Vec<u8>)> = tx.query(sql).all().await.unwrap();
        let vectors: Vec<_> = kept.into_iter().map(|(model, .., vector)| (model, vector)).collect();
        let expected = [("new/w1", 0.75), ("old/w1", 0.5)];
        let expected = expected.map(|(model, number)| (model.to_string(), vector::to_bytes(&[number])));
        assert_eq!(vectors, expected, "{}: beside each other, and the same again replaced", test.name);
        tx.commit().await.unwrap();
        let mut tx = db.write().await.unwrap();
        tx.query("DELETE FROM passage").run().await.unwrap();
        let (left,): (i64,) =
            tx.query("SELECT CAST(count(*) AS BIGINT) FROM passage_vector").one().await.unwrap();
        assert_eq!(left, 0, "{}: they go with their passage", test.name);
    }
}

#[tokio::test]
async fn check_config_tells_how_far_a_change_is() {
    use server::retrieval::embed::{BGE_SMALL, Local, LocalModel, MINILM};
    for test in databases().await {
        let models = test.folder().join("models");
        let generation = |kind: &'static LocalModel| generation(&Local::new(kind, &models));
        let put = |kind: &LocalModel| {
            let file = models.join(kind.file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "not read").unwrap();
        };
        let check = || {
            let output = Command::new(env!("CARGO_BIN_EXE_mitochi"))
                .args(["check-config", "--embedder", "minilm", "--models", &models.display().to_string()])
                .env("DATABASE_URL", &test.url)
                .output()
                .unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        assert!(!check().contains("change "), "{}: {}", test.name, check());
        material(&test.db, &generation(&BGE_SMALL)).await;
        material(&test.db, &generation(&BGE_SMALL)).await;
        material(&test.db, &generation(&MINILM)).await;
        let said = check();
        let told =
            "change       ok      1 of 3 passages have vectors of the new model; what made the others cannot";
        assert!(said.contains(told), "{}: {said}", test.name);
        put(&BGE_SMALL);
        put(&MINILM);
        let said = check();
        let told =
            "1 of 3 passages have vectors of the new model; until all have, those of bge-small-en-v1.5-int8@";
        assert!(said.contains(told), "{}: {said}", test.name);
    }
}
