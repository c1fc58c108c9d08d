//! How a query's words are read: one contract for the index of words and for PostgreSQL's table; and an engine of words
//! outside this process that is down.

use crate::support::{TestDb, databases, learner, site::Site};
use app::{
    library::api::{Search, Words},
    session::Session,
};
use domain::id::{LearnerId, MaterialId, PassageId, SessionId};
use server::{
    db::Db,
    jobs::erase,
    library::{
        store::{self, NewMaterial, PassageRow},
        terms::StoredTerms,
    },
    retrieval::{Filter, KeywordStore, Passage, lexical::Lexical, vocabulary},
};
use sqlx::types::Json;
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

/// A material of an owner that says this, in the database and in the index.
async fn say(db: &Db, index: &Lexical, owner: LearnerId, texts: &[(&str, &str)]) -> MaterialId {
    let id = MaterialId(Uuid::now_v7());
    let mut tx = db.write().await.unwrap();
    let new = NewMaterial {
        id,
        owner: Some(owner),
        title: "Lecture",
        filename: "lecture.md",
        format: "Markdown",
        extension: "md",
        bytes: 1,
        sha256: &id.0.as_bytes().repeat(2),
        created: 0,
    };
    store::insert(&mut tx, new).await.unwrap();
    let passages = texts.iter().map(|(heading, text)| Passage {
        id: PassageId(Uuid::now_v7()),
        start: 0,
        headings: vec![(*heading).into()],
        text: (*text).into(),
    });
    let passages: Vec<Passage> = passages.collect();
    let rows = passages.iter().map(|passage| PassageRow {
        id: passage.id.0,
        material: id.0,
        span_start: 0,
        span_end: passage.text.len() as i64,
        page_first: 1,
        page_last: 1,
        tokens: 2,
        headings: Json(passage.headings.clone()),
        text: passage.text.clone(),
    });
    store::replace_passages(&mut tx, id, &rows.collect::<Vec<_>>()).await.unwrap();
    store::term::replace(&mut tx, id, &vocabulary::terms(&passages)).await.unwrap();
    tx.commit().await.unwrap();
    index.upsert(owner, id, &passages).await.unwrap();
    id
}

/// What every way of knowing the owners' words promises.
async fn holds(index: &Lexical, owner: LearnerId, other: LearnerId, name: &str) {
    let read = async |by: LearnerId, query: &str| {
        let found = index.search(by, &Filter::default(), query, 10).await.unwrap().reading;
        assert_eq!(found.corrected, found.query != query, "{name}: {query}");
        (found.query, found.completed)
    };
    let cases: &[(&str, &str, &str)] = &[
        // typed, read as, completed to
        ("atriov", "atriov", "atrioventricular"),
        ("the conductio", "the conductio", "conduction"),
        ("kidn", "kidn", "kidney kidnapping kidneys"),
        ("atriov ", "atriov ", ""),
        ("atrioventriculr node", "atrioventricular node", ""),
        ("atrioventirculra node", "atrioventricular node", ""),
        ("kindey?", "kidney?", ""),
        ("nephorn?", "nephron?", ""),
        ("oedemma and condution", "edema and conduction", ""),
        ("delayed kidneys", "delayed kidneys", ""),
        ("nood", "nood", ""),
        ("xx' OR 1=1 -- %", "xx' OR 1=1 -- %", ""),
        // another owner's words are neither told nor taken
        ("secretn", "secretn", ""),
        ("xyloph", "xyloph", ""),
        // a word that is spelt rightly is meant, whatever is near
        ("dropsy?", "dropsy?", ""),
        ("ileus?", "ileus?", ""),
    ];
    for (typed, meant, completed) in cases {
        let (query, endings) = read(owner, typed).await;
        assert_eq!((&*query, &*endings.join(" ")), (*meant, *completed), "{name}: {typed}");
    }
    assert_eq!(read(other, "secretn?").await.0, "secretin?", "{name}");
    assert_eq!(read(other, "kindey?").await.0, "kindey?", "{name}");
}

async fn shelves(test: &TestDb, index: &Lexical) -> (LearnerId, LearnerId, MaterialId) {
    let (owner, other) = (learner(&test.db).await, learner(&test.db).await);
    say(
        &test.db,
        index,
        owner,
        &[("", "The atrioventricular node delays conduction. The ileum. The nephron.")],
    )
    .await;
    let kidneys = [("Kidneys", "Edema is water. The kidney filters; a kidney."), ("", "A kidney. Drops.")];
    let material = say(&test.db, index, owner, &kidneys).await;
    say(&test.db, index, owner, &[("", "Kidnapping is no topic.")]).await;
    say(&test.db, index, other, &[("", "Secretin and the xylophone.")]).await;
    (owner, other, material)
}

#[tokio::test]
async fn words_are_finished_corrected_or_left_alone() {
    for test in databases().await {
        let index = Lexical::open(&test.folder().join("words"), "test").unwrap();
        let (owner, other, material) = shelves(&test, &index).await;
        holds(&index, owner, other, test.name).await;
        let Some(terms) = StoredTerms::of(&test.db).await.unwrap() else {
            assert_eq!(test.name, "SQLite", "PostgreSQL proposes words itself");
            continue;
        };
        // by the table alone: the index is another process's and empty
        let empty = Lexical::open(&test.folder().join("other"), "test").unwrap();
        let empty = empty.reading_by(Arc::new(terms));
        holds(&empty, owner, other, test.name).await;
        // what is read again or deleted is forgotten
        let mut tx = test.db.write().await.unwrap();
        store::term::replace(&mut tx, material, &[]).await.unwrap();
        tx.commit().await.unwrap();
        let reading = empty.search(owner, &Filter::default(), "kindey?", 10).await.unwrap().reading;
        assert_eq!(reading.query, "kindey?");
    }
}

#[tokio::test]
async fn an_engine_of_words_that_is_down_stops_nobody_and_forgets_later() {
    for test in databases().await {
        if test.name == "SQLite" {
            continue;
        }
        let nobody = ["--words", "qdrant", "--qdrant-url", "http://127.0.0.1:9"];
        let site = Site::open_beside(&test, "data", &nobody).await;
        let owner = learner(&test.db).await;
        let session = Session { learner: owner, session: SessionId(owner.0), guest: false };
        let request = Search { query: "heart".into(), material: None, chapter: None };
        assert_eq!(site.state.library.find(session, &request).await.unwrap().words, Words::Down);
        // what a learner deletes is not given up because the engine was away when it was tried first
        let mut tx = test.db.write().await.unwrap();
        erase::enqueue_account(&mut tx, &site.state.clock, owner).await.unwrap();
        tx.query("UPDATE job SET attempt = 40").run().await.unwrap();
        tx.commit().await.unwrap();
        let _workers = site.workers();
        let mut row = (String::new(), 0_i64);
        for _ in 0..200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let mut tx = test.db.read().await.unwrap();
            row = tx.query("SELECT state, attempt FROM job").one().await.unwrap();
            if row.1 == 41 && row.0 != "running" {
                break;
            }
        }
        assert_eq!(row, ("ready".to_string(), 41));
    }
}
