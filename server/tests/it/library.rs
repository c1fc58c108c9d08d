//! The library over the real router: upload, reading, reader, search, deletion, and whose it is.

use crate::support::{
    databases,
    site::{Browser, Site},
};
use axum::http::StatusCode;
use serde_json::json;

const LECTURE: &[u8] = include_bytes!("../../starter/heart.md");

async fn shelf(site: &Site, browser: &mut Browser) -> Vec<serde_json::Value> {
    let shelf = browser.call(site, "library/materials", "").await.json();
    let own = shelf["materials"].as_array().unwrap().iter().filter(|material| material["built_in"] == false);
    own.cloned().collect()
}

#[tokio::test]
async fn a_file_becomes_pages_passages_and_questions() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut browser = Browser::default();
        browser.register(&site, "fern@example.org").await;
        let answer = browser.upload(&site, &[("lectures/Heart.md", LECTURE)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(
            (&answer.json()[0]["filename"], &answer.json()[0]["duplicate"]),
            (&json!("Heart.md"), &json!(false))
        );
        assert_eq!(shelf(&site, &mut browser).await[0]["state"], "queued");
        site.work().await;
        let material = shelf(&site, &mut browser).await.remove(0);
        assert_eq!(
            (&material["state"], &material["title"]),
            (&json!("ready"), &json!("The heart as a pump"))
        );
        assert_eq!((&material["pages_read"], &material["pages_total"]), (&json!(4), &json!(4)));
        assert!(
            material["passages"].as_u64().unwrap() > 3 && material["questions"].as_u64().unwrap() > 0,
            "{material}"
        );

        let found = browser
            .call_json(
                &site,
                "library/search",
                json!({ "request": { "query": "why does the AV node delay the impulse" } }),
            )
            .await;
        let hit = found.json()["hits"][0].clone();
        assert!(hit["text"].as_str().unwrap().contains("The delay lets the atria"), "{}: {hit}", test.name);
        let open =
            json!({ "request": { "material": material["id"], "lit": hit["span"], "query": "AV node" } });
        let reader = browser.call_json(&site, "library/open", open).await.json();
        let blocks: Vec<_> = reader["pages"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|page| page["blocks"].as_array().unwrap())
            .collect();
        let lit: String = blocks
            .iter()
            .flat_map(|block| {
                let text = block["text"].as_str().unwrap();
                let at = |span: &serde_json::Value, end: &str| span[end].as_u64().unwrap() as usize;
                block["lit"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(move |span| &text[at(span, "start")..at(span, "end")])
            })
            .collect();
        assert!(lit.contains(&hit["text"].as_str().unwrap()[..20]), "{}: {lit}", test.name);
    }
}

#[tokio::test]
async fn the_same_bytes_are_one_material_and_bad_files_do_not_stop_good_ones() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut browser = Browser::default();
        browser.register(&site, "fern@example.org").await;
        let files: &[(&str, &[u8])] = &[
            ("a.md", LECTURE),
            ("b.md", LECTURE),
            ("empty.pdf", b""),
            ("x.exe", b"MZ\x90\0\x03\0\0\0"),
            ("c.txt", b"The kidney makes urine."),
        ];
        let answer = browser.upload(&site, files).await;
        assert_eq!(answer.status, StatusCode::OK);
        let told = answer.json();
        assert_eq!((&told[1]["duplicate"], &told[1]["material"]), (&json!(true), &told[0]["material"]));
        assert_eq!(told[2]["error"]["kind"], "invalid");
        assert_eq!(told[3]["error"]["kind"], "unsupported");
        assert!(told[4]["material"].is_string());
        assert_eq!(shelf(&site, &mut browser).await.len(), 2, "{}", test.name);
        let alone = browser.upload(&site, &[("x.exe", b"MZ\x90\0\x03\0\0\0")]).await;
        assert_eq!(alone.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        // nothing half-written is left
        assert_eq!(std::fs::read_dir(site.data.join("uploads/incoming")).unwrap().count(), 0);
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_says_why_and_can_be_tried_again() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut browser = Browser::default();
        browser.register(&site, "fern@example.org").await;
        browser.upload(&site, &[("cut.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\n")]).await;
        site.work().await;
        let material = shelf(&site, &mut browser).await.remove(0);
        assert_eq!(material["state"], "failed", "{}: {material}", test.name);
        assert!(material["error"].as_str().unwrap().contains("damaged"), "{material}");
        let retry = format!("material={}", material["id"].as_str().unwrap());
        assert_eq!(browser.call(&site, "library/retry", &retry).await.status, StatusCode::OK);
        assert_eq!(shelf(&site, &mut browser).await[0]["state"], "queued");
    }
}

#[tokio::test]
async fn a_reading_that_was_killed_is_done_again_and_nothing_is_doubled() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut browser = Browser::default();
        browser.register(&site, "fern@example.org").await;
        browser.upload(&site, &[("a.md", LECTURE)]).await;
        // another process claims the job and dies
        let now = site.state.clock.now();
        server::jobs::queue::claim(&site.state.db, now, 30_000).await.unwrap().unwrap();
        site.state.clock.advance(31_000);
        site.work().await;
        let first = shelf(&site, &mut browser).await.remove(0);
        assert_eq!(first["state"], "ready", "{}", test.name);
        // and once more from the start: the same questions, the same passages
        let id = first["id"].as_str().unwrap().parse().unwrap();
        let mut tx = site.state.db.write().await.unwrap();
        server::jobs::read::enqueue(&mut tx, &site.state.clock, id).await.unwrap();
        tx.commit().await.unwrap();
        site.work().await;
        assert_eq!(shelf(&site, &mut browser).await.remove(0), first, "{}", test.name);
    }
}

#[tokio::test]
async fn nobody_sees_or_touches_what_is_not_theirs() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let (mut owner, mut other) = (Browser::default(), Browser::default());
        owner.register(&site, "fern@example.org").await;
        other.register(&site, "moss@example.org").await;
        owner.upload(&site, &[("a.md", LECTURE)]).await;
        site.work().await;
        let material = shelf(&site, &mut owner).await.remove(0);
        let id = material["id"].as_str().unwrap();
        assert!(shelf(&site, &mut other).await.is_empty());
        let open = json!({ "request": { "material": id } });
        assert_eq!(other.call_json(&site, "library/open", open.clone()).await.status, StatusCode::NOT_FOUND);
        for name in ["library/delete", "library/retry"] {
            assert_eq!(
                other.call(&site, name, &format!("material={id}")).await.status,
                StatusCode::NOT_FOUND,
                "{name}"
            );
        }
        let search = json!({ "request": { "query": "heart", "material": id } });
        let found = other.call_json(&site, "library/search", search).await.json();
        assert_eq!(found["hits"], json!([]), "{}", test.name);
        let start = format!("request[material]={id}&request[length]=10");
        assert_ne!(other.call(&site, "quiz/start", &start).await.status, StatusCode::OK);
        assert_eq!(
            Browser::default().call_json(&site, "library/open", open).await.status,
            StatusCode::UNAUTHORIZED
        );
        assert_eq!(
            Browser::default().upload(&site, &[("a.md", LECTURE)]).await.status,
            StatusCode::UNAUTHORIZED
        );
        assert_eq!(shelf(&site, &mut owner).await.len(), 1);
    }
}

#[tokio::test]
async fn deleting_a_material_takes_file_questions_and_hits_with_it() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut browser = Browser::default();
        browser.register(&site, "fern@example.org").await;
        browser.upload(&site, &[("a.md", LECTURE)]).await;
        site.work().await;
        let id = shelf(&site, &mut browser).await[0]["id"].as_str().unwrap().to_string();
        let start =
            browser.call(&site, "quiz/start", &format!("request[material]={id}&request[length]=3")).await;
        let quiz = start.json().as_str().unwrap().to_string();
        assert_eq!(
            browser.call(&site, "library/delete", &format!("material={id}")).await.status,
            StatusCode::OK
        );
        site.work().await;
        assert!(shelf(&site, &mut browser).await.is_empty());
        let found = browser
            .call_json(&site, "library/search", json!({ "request": { "query": "heart" } }))
            .await
            .json();
        assert_eq!(found["hits"], json!([]), "{}", test.name);
        let answer = browser
            .call(
                &site,
                "quiz/answer",
                &format!("request[quiz]={quiz}&request[position]=0&request[choice]=0"),
            )
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.body);
        let files = walk(&site.data.join("uploads"));
        assert!(files.is_empty(), "{}: {files:?}", test.name);
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn the_built_in_pack_is_whole() {
    let document = server::starter::document().unwrap();
    document.check().unwrap();
    let items = server::starter::items(&document).unwrap();
    assert_eq!((items.len(), document.pages.len()), (12, 4));
    for item in &items {
        let flaws = domain::flaw::blocking_in(item, &document);
        assert!(flaws.is_empty(), "{}: {flaws:?}", item.stem);
    }
}
