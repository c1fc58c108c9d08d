//! What stays here, where vectors are made elsewhere: every byte that the provider of vectors gets is searched.

use crate::support::{
    databases,
    site::{Browser, Site},
};
use axum::http::StatusCode;
use domain::id::{LearnerId, MaterialId};
use provider::{Dialect, Provider, Reply, Script, Settings};
use serde_json::{Value, json};
use server::llm::{Answer, Effort, Message, PromptId, Request, Speaker, Task};
use uuid::Uuid;

const PRIVATE: &[u8] =
    b"# Ward notes\n\nThe quokka of ward seven has a murmur at the apex that nobody else has heard.";
const OPEN: &[u8] = b"# Lecture\n\nThe axolotl regrows its limbs, and its heart as well, within some weeks.";

async fn search(site: &Site, browser: &mut Browser, query: &str, material: Option<&str>) -> Value {
    let request = json!({ "request": { "query": query, "material": material } });
    let answer = browser.call_json(site, "library/search", request).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

#[tokio::test]
async fn neither_the_text_nor_a_question_about_it_reaches_the_provider_of_vectors() {
    for test in databases().await {
        let name = test.name;
        let vectors = Provider::start(Settings::new(Dialect::OpenAi));
        let model = Provider::start(Settings {
            script: Script::new().otherwise(Reply::text("At the apex.")),
            ..Settings::new(Dialect::Foreign)
        });
        // an address that is no loopback one, so that it counts as another machine's
        let far = format!("--embed-url={}", vectors.base_url().replace("127.0.0.1", "0.0.0.0"));
        let near = format!("--local-url={}", model.base_url());
        let options =
            [far.as_str(), &near, "--local-model=llama3.2", "--embedder=remote", "--embed-key=test-key"];
        let site = Site::open_beside(&test, "data", &options).await;
        let mut fern = Browser::default();
        fern.register(&site, "fern@example.org").await;
        fern.upload(&site, &[("ward.md", PRIVATE), ("axolotl.md", OPEN)]).await;
        let shelf = fern.call(&site, "library/materials", "").await.json();
        let of = |file: &str| {
            let all = shelf["materials"].as_array().unwrap();
            all.iter().find(|one| one["filename"] == file).unwrap()["id"].as_str().unwrap().to_string()
        };
        let (ward, axolotl) = (of("ward.md"), of("axolotl.md"));
        let mark = |stays: bool| format!("material={ward}&stays={stays}");
        assert_eq!(fern.call(&site, "library/keep_here", &mark(true)).await.status, StatusCode::OK);
        site.work().await;
        site.state.library.embed_all().await.unwrap();
        site.work().await;
        assert!(vectors.received_anywhere("axolotl"), "{name}: what does not stay is embedded there");

        let found = search(&site, &mut fern, "quokka with a murmur", Some(&ward)).await;
        assert_eq!(
            (&found["meaning"], &found["words"]),
            (&json!("stays_here"), &json!("searched")),
            "{name}"
        );
        assert_eq!(found["hits"][0]["material"], ward.as_str(), "{name}: by its words it is found");
        // misspelt: what is searched in its place stays here too
        search(&site, &mut fern, "quoka murmur", Some(&ward)).await;
        let page = fern.get(&site, &format!("/search?q=quokka&material={ward}")).await;
        assert_eq!(page.status, StatusCode::OK);
        let found = search(&site, &mut fern, "regrowing of limbs", Some(&axolotl)).await;
        assert_eq!(found["meaning"], "searched", "{name}");
        assert!(vectors.received_anywhere("regrowing of limbs"), "{name}: elsewhere it may");

        // what is asked about it is answered here, and not compared elsewhere with what was asked before
        let mut tx = test.db.read().await.unwrap();
        let sql = "SELECT owner FROM material WHERE owner IS NOT NULL LIMIT 1";
        let learner = LearnerId(tx.query(sql).one::<(Uuid,)>().await.unwrap().0);
        drop(tx);
        let ask = |asked: &str| Request {
            task: Task::Explain,
            effort: Effort::Balanced,
            learner,
            sources: vec![ward.parse::<MaterialId>().unwrap()],
            prompt: PromptId { name: "test", version: 1 },
            messages: vec![Message::new(Speaker::User, asked)],
            asked: Some(asked.into()),
            schema: None,
            most_tokens: 200,
            fresh: false,
        };
        for asked in ["Where is the murmur of the quokka?", "The quokka: where is its murmur?"] {
            let Answer::Given(answering) = site.state.llm.ask(ask(asked)).await.unwrap() else {
                panic!("{name}: no answer")
            };
            answering.whole().await;
            site.state.llm.settled().await;
        }
        assert!(model.received_anywhere("murmur of the quokka"), "{name}");
        for word in ["quok", "murmur", "apex", "ard seven"] {
            assert!(!vectors.received_anywhere(word), "{name}: {word}");
        }
        assert_eq!(vectors.violations(), [], "{name}");

        // the mark taken off, it is embedded like all others
        fern.call(&site, "library/keep_here", &mark(false)).await;
        site.state.library.embed_all().await.unwrap();
        site.work().await;
        assert!(vectors.received_anywhere("quokka"), "{name}");
    }
}
