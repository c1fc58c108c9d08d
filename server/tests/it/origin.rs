//! Where a talk was opened from, what its citations show, and how what could be taught next is named.

use crate::support::{
    databases,
    site::{Browser, Site},
    taught::LECTURE,
};
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn own(site: &Site, browser: &mut Browser) -> String {
    let shelf = browser.call(site, "library/materials", "").await.json();
    let own = shelf["materials"].as_array().unwrap().iter().find(|m| m["built_in"] == false).unwrap();
    own["id"].as_str().unwrap().to_string()
}

async fn begun(site: &Site, browser: &mut Browser, form: &str) -> Value {
    let answer = browser.call(site, "tutor/begin", form).await;
    assert_eq!(answer.status, StatusCode::OK, "{form}: {}", answer.body);
    let talk = browser.call_json(site, "tutor/talk", json!({ "talk": answer.json() })).await;
    talk.json()
}

#[tokio::test]
async fn a_talk_knows_why_it_was_opened() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut fern = Browser::default();
        fern.register(&site, "fern@example.org").await;
        fern.upload(&site, &[("hormones.md", LECTURE.as_bytes())]).await;
        site.work().await;
        let id = own(&site, &mut fern).await;
        let start = {
            let mut tx = site.state.db.read().await.unwrap();
            let row: (sqlx::types::Json<domain::document::Document>,) = tx
                .query("SELECT d.body FROM document d JOIN material m ON m.id = d.material WHERE m.owner IS NOT NULL")
                .one()
                .await
                .unwrap();
            row.0.0.text.find("Glucagon is").unwrap()
        };
        let (on, at) = (
            format!("request[material]={id}"),
            format!("&request[start]={start}&request[end]={}", start + 40),
        );
        let question = {
            let mut tx = site.state.db.read().await.unwrap();
            let sql = "SELECT q.id FROM question q JOIN material m ON m.id = q.material
                       WHERE m.owner IS NOT NULL AND q.state = 'published' ORDER BY q.id LIMIT 1";
            tx.query(sql).one::<(uuid::Uuid,)>().await.unwrap().0
        };
        for (form, why) in [
            (format!("{on}&request[concept]=insulin"), Value::Null),
            (format!("{on}{at}"), json!({ "page": 1 })),
            (format!("{on}{at}&request[why]=weak"), json!("weak")),
            (format!("request[question]={question}&request[why]=missed"), json!("missed")),
        ] {
            let talk = begun(&site, &mut fern, &form).await;
            assert_eq!(talk["why"], why, "{}: {form}", test.name);
        }
        let missed = fern.get(&site, "/tutor").await;
        assert_eq!(missed.status, StatusCode::OK);

        // the page behind a citation is its learner's alone, and is what was cited
        let lit = json!({ "start": start, "end": start + 11 });
        let wanted = json!({ "material": id, "lit": lit });
        let excerpt = fern.call_json(&site, "library/excerpt", wanted.clone()).await.json();
        assert_eq!(excerpt["lit"], "Glucagon is", "{excerpt}");
        assert_eq!(excerpt["heading"], "Hormones of the pancreas");
        assert!(
            excerpt["after"].as_str().unwrap().starts_with("a hormone secreted by alpha cells"),
            "{excerpt}"
        );
        let mut moss = Browser::default();
        moss.register(&site, "moss@example.org").await;
        assert_eq!(
            moss.call_json(&site, "library/excerpt", wanted.clone()).await.status,
            StatusCode::NOT_FOUND
        );
        let nobody = Browser::default().call_json(&site, "library/excerpt", wanted).await.status;
        assert_eq!(nobody, StatusCode::UNAUTHORIZED);
        let beyond = json!({ "material": id, "lit": { "start": 4_000_000, "end": 4_000_009 } });
        assert_eq!(fern.call_json(&site, "library/excerpt", beyond).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn what_could_be_taught_next_says_where_it_stands() {
    let test = databases().await.remove(0);
    let site = Site::open(&test).await;
    let mut fern = Browser::default();
    fern.register(&site, "fern@example.org").await;
    fern.upload(&site, &[("hormones.md", LECTURE.as_bytes())]).await;
    site.work().await;
    {
        let mut tx = site.state.db.write().await.unwrap();
        // one concept of many gets a name that says nothing
        let sql = "UPDATE question SET concept = 'Wall' WHERE concept IN (SELECT concept FROM question WHERE material IN
                   (SELECT id FROM material WHERE owner IS NOT NULL) ORDER BY span_start LIMIT 1)";
        tx.query(sql).run().await.unwrap();
        tx.commit().await.unwrap();
    }
    let wanted = json!({ "request": { "words": "", "suggestions": true } });
    let found = fern.call_json(&site, "tutor/talks", wanted).await.json();
    let suggestions = found["suggestions"].as_array().unwrap();
    let named = |name: &str| suggestions.iter().position(|suggestion| suggestion["concept"] == name);
    assert!(suggestions.len() > 1, "{found}");
    let last = named("Wall").is_none_or(|at| at == suggestions.len() - 1);
    assert!(last, "a plain word comes after names that say something: {found}");
    let one_word =
        suggestions.iter().find(|suggestion| !suggestion["concept"].as_str().unwrap().contains(' '));
    assert_eq!(one_word.unwrap()["under"], "Hormones of the pancreas", "{found}");
}
