//! What the tutor remembers: left by talks, told in the next one, and in the learner's hands.

use crate::{
    account::answer_demo,
    support::{
        databases,
        site::{Browser, Site},
    },
    tutor::{Talk, count, key, learner, material, said},
};
use axum::http::StatusCode;
use domain::{
    id::{LearnerId, MaterialId, TalkId},
    memory::{MOST, Remembered, TEXT_MAX_CHARS, told},
    schedule::Rating,
    tutor::Concluded,
};
use serde_json::{Value, json};
use server::memory::{Lesson, keep, recalled};
use uuid::Uuid;

async fn memories(site: &Site, browser: &mut Browser) -> Vec<Value> {
    let recall = browser.call_json(site, "memory/recall", json!({})).await.json();
    recall["memories"].as_array().unwrap_or_else(|| panic!("{recall}")).clone()
}

/// The learner and material behind the browser.
async fn owner(site: &Site) -> (LearnerId, MaterialId) {
    let mut tx = site.state.db.read().await.unwrap();
    let query = tx.query("SELECT owner, id FROM material WHERE owner IS NOT NULL");
    let (learner, material): (Uuid, Uuid) = query.one().await.unwrap();
    (LearnerId(learner), MaterialId(material))
}

/// What is told in a talk about a concept.
async fn told_of(site: &Site, concept_key: &str) -> Vec<Remembered> {
    let (learner, material) = owner(site).await;
    let mut tx = site.state.db.read().await.unwrap();
    recalled(&mut tx, learner, material, concept_key).await.unwrap()
}

/// A lesson as it is concluded in a talk.
async fn conclude(site: &Site, talk: &Talk, concept: &str, misconceptions: &[&str], breakthrough: bool) {
    let (learner, material) = owner(site).await;
    let concluded = Concluded {
        lesson: 0,
        rating: Some(Rating::Again),
        answers: vec![],
        skill: 0.5,
        told: false,
        breakthrough,
        misconceptions: misconceptions.iter().map(|name| (*name).into()).collect(),
    };
    let lesson = Lesson { talk: TalkId(talk.id.parse().unwrap()), material, concept };
    let mut tx = site.state.db.write_for(learner).await.unwrap();
    keep(&mut tx, &site.state.clock, learner, lesson, &concluded).await.unwrap();
    tx.commit().await.unwrap();
}

/// A first pass in which everything is answered wrongly.
async fn fail(site: &Site, browser: &mut Browser, concept: &str) -> Talk {
    let mut talk =
        Talk::begin(site, browser, &format!("&request[concept]={concept}&request[mode]=first_pass")).await;
    for _ in 0..12 {
        if talk.state["open"].is_null() {
            break;
        }
        let wrong = if key(site, &talk).await == 0 { 1 } else { 0 };
        talk.act(site, browser, "answer", &format!("&request[choice]={wrong}")).await;
    }
    assert!(talk.can("next"), "{}", talk.state);
    talk
}

fn first_words(talk: &Talk) -> String {
    said(&talk.lines[..1], "told").first().map(|told| told.to_string()).unwrap_or_default()
}

#[tokio::test]
async fn what_was_hard_is_said_in_the_next_talk_until_it_is_forgotten() {
    for test in databases().await {
        let (site, mut fern) = learner(&test).await;
        let first = fail(&site, &mut fern, "insulin").await;
        assert_eq!(first_words(&first), "", "{}: nothing is remembered yet", test.name);
        let left = memories(&site, &mut fern).await;
        let hard = left.iter().find(|memory| memory["kind"] == "misconception" || memory["kind"] == "error");
        let hard = hard.unwrap_or_else(|| panic!("{}: {left:?}", test.name)).clone();
        assert_eq!((&hard["times"], hard["file"].is_string()), (&json!(1), true), "{hard}");
        let lines = told(&told_of(&site, "insulin").await, 200);
        assert!(lines.to_lowercase().contains("“insulin”"), "{lines}");
        assert_eq!(told_of(&site, "glucagon").await, [], "it belongs to its concept");

        let second = Talk::begin(&site, &mut fern, "&request[concept]=insulin").await;
        assert!(first_words(&second).contains("Earlier today"), "{}: {:?}", test.name, second.lines[0]);
        let other = Talk::begin(&site, &mut fern, "&request[concept]=glucagon").await;
        assert_eq!(first_words(&other), "", "{:?}", other.lines[0]);

        for memory in left {
            let form = format!("memory={}", memory["id"].as_str().unwrap());
            assert_eq!(fern.call(&site, "memory/forget", &form).await.status, StatusCode::OK);
        }
        assert_eq!(told_of(&site, "insulin").await, [], "{}", test.name);
        let third = Talk::begin(&site, &mut fern, "&request[concept]=insulin").await;
        assert_eq!(first_words(&third), "", "{}: {:?}", test.name, third.lines[0]);
    }
}

#[tokio::test]
async fn repeats_are_one_memory_and_a_reminder_keeps_answers_back() {
    for test in databases().await {
        let (site, mut fern) = learner(&test).await;
        let one = Talk::begin(&site, &mut fern, "&request[concept]=insulin").await;
        let two = Talk::begin(&site, &mut fern, "&request[concept]=insulin").await;
        for (talk, name) in [
            (&one, "confused with glucagon"),
            (&one, "Confused with the glucagon"),
            (&two, "confused with glucagon"),
        ] {
            conclude(&site, talk, "Insulin", &[name], false).await;
        }
        let all = memories(&site, &mut fern).await;
        assert_eq!((all.len(), &all[0]["times"]), (1, &json!(2)), "{}: {all:?}", test.name);
        // the learner's own words for it stay when it happens again
        let id = all[0]["id"].as_str().unwrap();
        let form = format!("request[memory]={id}&request[text]=  I mix  up the two ");
        fern.call(&site, "memory/reword", &form).await;
        let three = Talk::begin(&site, &mut fern, "&request[concept]=insulin").await;
        assert!(first_words(&three).contains("I mix up the two"), "{}: {:?}", test.name, three.lines[0]);
        conclude(&site, &three, "the insulin", &["confused with glucagon"], true).await;
        let all = memories(&site, &mut fern).await;
        let mixed = all.iter().find(|memory| memory["kind"] == "misconception").unwrap();
        assert_eq!((&mixed["text"], &mixed["times"]), (&json!("I mix up the two"), &json!(3)), "{all:?}");
        assert!(all.iter().any(|memory| memory["kind"] == "breakthrough"), "{all:?}");

        // a memory that names the answer of the first question is not read out before it
        let waiting =
            Talk::begin(&site, &mut fern, "&request[concept]=glucagon&request[mode]=practice").await;
        let mut tx = site.state.db.read().await.unwrap();
        let (matter,): (sqlx::types::Json<Value>,) = tx
            .query("SELECT matter FROM talk WHERE id = $1")
            .bind(waiting.id.parse::<Uuid>().unwrap())
            .one()
            .await
            .unwrap();
        drop(tx);
        let at = matter.0["slots"][0]["problem"]["at"].as_u64().unwrap() as usize;
        let answer = matter.0["matter"]["problems"][at]["answer"].as_str().unwrap().to_string();
        conclude(&site, &waiting, "glucagon", &[&format!("it is {answer}")], false).await;
        let next = Talk::begin(&site, &mut fern, "&request[concept]=glucagon&request[mode]=practice").await;
        let asked = &said(&next.lines, "asked")[0]["stem"];
        assert_eq!(asked, &matter.0["matter"]["problems"][at]["stem"], "the same question");
        assert!(first_words(&next).contains("mixed up"), "{}: {:?}", test.name, next.lines[0]);
        assert!(!first_words(&next).contains(&answer), "{}: {:?}", test.name, next.lines[0]);
    }
}

async fn add(site: &Site, browser: &mut Browser, kind: &str, text: &str) -> (StatusCode, String) {
    let answer =
        browser.call(site, "memory/add", &format!("request[kind]={kind}&request[text]={text}")).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn the_learner_adds_changes_and_deletes_what_is_remembered() {
    for test in databases().await {
        let (site, mut fern) = learner(&test).await;
        let long = "ä".repeat(TEXT_MAX_CHARS);
        for (kind, text, status) in [
            ("goal", "Pass Step 1", 200),
            ("note", "I like tables", 200),
            ("goal", &long, 200),
            ("goal", &format!("{long}ä"), 422),
            ("goal", "  ", 422),
            ("misconception", "mine", 400),
            ("secret", "mine", 400),
        ] {
            let (answered, body) = add(&site, &mut fern, kind, text).await;
            assert_eq!(answered.as_u16(), status, "{}: {kind} {body}", test.name);
        }
        add(&site, &mut fern, "goal", "Pass  Step 1").await;
        let all = memories(&site, &mut fern).await;
        assert_eq!(
            (all.len(), &all[0]["text"]),
            (3, &json!("Pass Step 1")),
            "{}: said again, it is the newest",
            test.name
        );
        let told = told(&told_of(&site, "insulin").await, 300);
        assert!(told.starts_with("- Goal of the learner: “Pass Step 1”\n"), "{told}");
        assert!(told.ends_with("- Note of the learner: “I like tables”\n"), "{told}");

        let mut moss = Browser::default();
        moss.register(&site, "moss@example.org").await;
        let id = all[0]["id"].as_str().unwrap();
        let form = format!("request[memory]={id}&request[text]=mine");
        assert_eq!(moss.call(&site, "memory/reword", &form).await.status, StatusCode::NOT_FOUND);
        assert_eq!(moss.call(&site, "memory/forget", &format!("memory={id}")).await.status, StatusCode::OK);
        assert_eq!(moss.call(&site, "memory/forget_all", "").await.status, StatusCode::OK);
        assert_eq!(moss.call(&site, "memory/switch", "on=false").await.status, StatusCode::OK);
        assert_eq!(memories(&site, &mut moss).await, [] as [Value; 0]);
        assert_eq!(memories(&site, &mut fern).await.len(), 3, "{}: what is fern's stays", test.name);
        let stranger = Browser::default().call(&site, "memory/forget_all", "").await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);

        fern.call(&site, "memory/forget", &format!("memory={id}")).await;
        assert_eq!(
            fern.call(&site, "memory/forget", &format!("memory={id}")).await.status,
            StatusCode::OK,
            "gone already"
        );
        assert_eq!(memories(&site, &mut fern).await.len(), 2);
        fern.call(&site, "memory/forget_all", "").await;
        assert_eq!(memories(&site, &mut fern).await.len(), 0, "{}", test.name);
    }
}

#[tokio::test]
async fn there_is_room_for_a_hundred_and_episodes_make_way() {
    for test in databases().await {
        let (site, mut fern) = learner(&test).await;
        let talk = Talk::begin(&site, &mut fern, "&request[concept]=insulin").await;
        conclude(&site, &talk, "insulin", &["the oldest"], false).await;
        for n in 1..MOST {
            assert_eq!(add(&site, &mut fern, "goal", &format!("goal {n}")).await.0, StatusCode::OK);
        }
        let (status, body) = add(&site, &mut fern, "goal", "one more").await;
        assert_eq!((status, body.contains("Delete one first")), (StatusCode::CONFLICT, true), "{body}");
        assert_eq!(
            add(&site, &mut fern, "goal", "goal 5").await.0,
            StatusCode::OK,
            "what is there needs no room"
        );
        conclude(&site, &talk, "insulin", &["the newest"], false).await;
        let all = memories(&site, &mut fern).await;
        let episodes: Vec<_> = all.iter().filter(|memory| memory["kind"] != "goal").collect();
        assert_eq!((all.len(), episodes.len()), (MOST, 1), "{}", test.name);
        assert_eq!(episodes[0]["text"], "the newest", "{}", test.name);
        let form = format!("memory={}", episodes[0]["id"].as_str().unwrap());
        fern.call(&site, "memory/forget", &form).await;
        add(&site, &mut fern, "goal", "the last").await;
        conclude(&site, &talk, "insulin", &["no room"], false).await;
        let all = memories(&site, &mut fern).await;
        assert!(all.len() == MOST && all.iter().all(|memory| memory["kind"] == "goal"), "{}", test.name);
    }
}

#[tokio::test]
async fn whoever_wants_nothing_remembered_has_nothing_remembered() {
    for test in databases().await {
        let (site, mut fern) = learner(&test).await;
        add(&site, &mut fern, "goal", "Pass").await;
        let off = fern.call(&site, "memory/switch", "on=false").await.json();
        assert_eq!(
            (&off["on"], off["memories"].as_array().unwrap().len()),
            (&json!(false), 0),
            "{}",
            test.name
        );
        fail(&site, &mut fern, "insulin").await;
        assert_eq!(count(&site, "SELECT CAST(count(*) AS BIGINT) FROM memory").await, 0, "{}", test.name);
        assert_eq!(add(&site, &mut fern, "goal", "Pass").await.0, StatusCode::CONFLICT);
        let page = fern.get(&site, "/settings/memory").await;
        assert!(page.body.contains("Mito remembers nothing"), "{}", page.body);
        fern.call(&site, "memory/switch", "on=true").await;
        assert_eq!(add(&site, &mut fern, "goal", "Pass").await.0, StatusCode::OK, "{}", test.name);
    }
}

#[tokio::test]
async fn memory_goes_with_its_file_and_with_its_learner() {
    for test in databases().await {
        let (site, mut fern) = learner(&test).await;
        let talk = Talk::begin(&site, &mut fern, "&request[concept]=insulin").await;
        conclude(&site, &talk, "insulin", &["confused with glucagon"], true).await;
        add(&site, &mut fern, "goal", "Pass").await;
        fern.call(&site, "tutor/delete", &format!("talk={}", talk.id)).await;
        assert_eq!(memories(&site, &mut fern).await.len(), 3, "{}: what a talk taught stays", test.name);
        let own = material(&site, &mut fern).await;
        fern.call(&site, "library/delete", &format!("material={own}")).await;
        let left = memories(&site, &mut fern).await;
        assert_eq!((left.len(), &left[0]["kind"]), (1, &json!("goal")), "{}", test.name);
        fern.call(&site, "account/delete", "password=a good long password").await;
        assert_eq!(count(&site, "SELECT CAST(count(*) AS BIGINT) FROM memory").await, 0, "{}", test.name);
    }
}

#[tokio::test]
async fn a_guests_memory_moves_into_an_account() {
    for test in databases().await {
        let (site, mut fern) = learner(&test).await;
        add(&site, &mut fern, "goal", "Pass").await;
        let mut guest = Browser::default();
        answer_demo(&site, &mut guest).await;
        add(&site, &mut guest, "note", "I like tables").await;
        let demo = guest.call_json(&site, "landing/demo", json!({})).await.json();
        let question = demo["question"]["id"].as_str().unwrap();
        let talk = guest.call(&site, "tutor/begin", &format!("request[question]={question}")).await;
        assert_eq!(talk.status, StatusCode::OK, "{}", talk.body);
        let login = "request[email]=fern@example.org&request[password]=a good long password";
        guest.call(&site, "account/log_in", login).await;
        let texts: Vec<Value> = memories(&site, &mut guest).await.iter().map(|m| m["text"].clone()).collect();
        assert_eq!(texts, ["I like tables", "Pass"], "{}", test.name);
        let moved = guest.call_json(&site, "tutor/talk", json!({ "talk": talk.json() })).await;
        assert_eq!(moved.status, StatusCode::OK, "{}: {}", test.name, moved.body);
    }
}

#[tokio::test]
async fn the_page_works_without_scripts() {
    let test = databases().await.remove(0);
    let (site, mut fern) = learner(&test).await;
    let page = fern.get(&site, "/settings/memory").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Nothing remembered yet"), "{}", page.body);
    let form = "request[kind]=goal&request[text]=Pass%20%3Cb%3E";
    let added = fern.form(&site, "/api/memory/add", form).await;
    assert_eq!(added.headers["location"], "/settings/memory");
    let page = fern.get(&site, "/settings/memory").await.body;
    assert!(page.contains("Pass &lt;b&gt;") && !page.contains("Pass <b>"), "{page}");
    let id = memories(&site, &mut fern).await[0]["id"].as_str().unwrap().to_string();
    let asked = fern.get(&site, &format!("/settings/memory?forget={id}")).await.body;
    assert!(asked.contains("Forget this?") && asked.contains("<dialog"), "{asked}");
    let refused =
        fern.form(&site, "/api/memory/reword", &format!("request[memory]={id}&request[text]=")).await;
    let back = refused.headers["location"].to_str().unwrap().to_string();
    assert!(back.contains("__err="), "{back}");
    let gone = fern.form(&site, "/api/memory/forget", &format!("memory={id}")).await;
    assert_eq!(gone.headers["location"], "/settings/memory");
    assert_eq!(memories(&site, &mut fern).await.len(), 0);
    for path in ["/settings/memory?forget=all", "/settings/memory?forget=off", "/settings/memory?forget=x"] {
        assert_eq!(fern.get(&site, path).await.status, StatusCode::OK, "{path}");
    }
}
