//! Cards that are made of a talk: they come back, rest and go. And lines that are reported.

use crate::{
    account::answer_demo,
    support::{
        databases,
        site::{Browser, Site},
    },
    tutor::{Talk, count, learner, material, said},
};
use axum::http::StatusCode;
use domain::{document::Document, flashcard::FRONT_MAX_CHARS};
use serde_json::{Value, json};
use sqlx::types::Json;

async fn queue(site: &Site, browser: &mut Browser) -> Value {
    browser.call_json(site, "review/queue", json!({})).await.json()
}

/// The number of the line that explains, and its parts.
fn explained(talk: &Talk) -> (u64, Vec<Value>) {
    let line = talk.lines.iter().find(|line| !line["body"]["body"]["tutor"]["explained"].is_null()).unwrap();
    let parts = line["body"]["body"]["tutor"]["explained"]["parts"].as_array().unwrap().clone();
    (line["seq"].as_u64().unwrap(), parts)
}

fn keeping(talk: &Talk, line: u64, part: usize, front: &str) -> String {
    format!("request[talk]={}&request[line]={line}&request[part]={part}&request[front]={front}", talk.id)
}

/// A talk about insulin and a card of its first sentence; the card's id.
async fn kept(site: &Site, browser: &mut Browser, front: &str) -> (Talk, String) {
    let talk = Talk::begin(site, browser, "&request[concept]=insulin").await;
    let (line, _) = explained(&talk);
    let made = browser.call(site, "flashcard/keep", &keeping(&talk, line, 0, front)).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let id = made.json().as_str().unwrap().to_string();
    (talk, id)
}

#[tokio::test]
async fn a_card_of_a_talk_is_reviewed_like_any_other() {
    for test in databases().await {
        let (site, mut fern) = learner(&test).await;
        let talk = Talk::begin(&site, &mut fern, "&request[concept]=insulin").await;
        let (line, parts) = explained(&talk);
        let first = parts[0]["text"].as_str().unwrap();
        let front = first.replacen("Insulin", "_____", 1);
        let form = keeping(&talk, line, 0, &front);
        let made = fern.call(&site, "flashcard/keep", &form).await.json();
        assert_eq!(fern.call(&site, "flashcard/keep", &form).await.json(), made, "made twice it is one card");
        let waiting = queue(&site, &mut fern).await;
        let card = waiting["card"].clone();
        let face = &card["face"]["flashcard"];
        assert_eq!((&waiting["left"], &card["reps"]), (&json!(1), &json!(0)), "{}: {waiting}", test.name);
        assert_eq!(
            (&face["front"], &face["back"], &face["kind"]),
            (&json!(front), &json!("Insulin"), &json!("cloze"))
        );
        let span = &face["span"];
        let range = span["start"].as_u64().unwrap() as usize..span["end"].as_u64().unwrap() as usize;
        let mut tx = site.state.db.read().await.unwrap();
        let (document,): (Json<Document>,) =
            tx.query("SELECT d.body FROM document d JOIN material m ON m.id = d.material WHERE m.owner IS NOT NULL").one().await.unwrap();
        drop(tx);
        assert_eq!(document.0.text[range].trim(), face["quote"].as_str().unwrap());
        let shelf = fern.call(&site, "library/materials", "").await.json();
        let own = shelf["materials"].as_array().unwrap().iter().find(|m| m["built_in"] == false).unwrap();
        assert_eq!(own["due"], 1, "{}: the shelf counts it", test.name);

        let page = fern.get(&site, "/review").await.body;
        assert!(page.contains("class=\"gap\"") && !page.contains("You made this card"), "{page}");
        let flipped =
            fern.get(&site, &format!("/review?flipped={}", card["id"].as_str().unwrap())).await.body;
        assert!(flipped.contains("You made this card") && flipped.contains("request[rating]"), "{flipped}");

        let id = card["id"].as_str().unwrap();
        let grade = format!("request[card]={id}&request[rating]=good&request[reps]=0&request[took]=900");
        let graded = fern.call(&site, "review/grade", &grade).await.json();
        assert_eq!(
            (&graded["left"], &graded["done_today"]),
            (&json!(0), &json!(1)),
            "{}: {graded}",
            test.name
        );
        assert_eq!(graded["last"]["xp"]["reason"], "recalled", "{graded}");
        assert!(
            graded["last"]["interval"].as_i64().unwrap() > 0 && !graded["next_due"].is_null(),
            "{graded}"
        );
        assert_eq!(
            fern.call(&site, "review/grade", &grade).await.json()["done_today"],
            1,
            "the same grade twice"
        );
        let frame = fern.call_json(&site, "progress/frame", json!({})).await.json();
        assert_eq!((&frame["streak"], &frame["due"]), (&json!(1), &json!(0)), "{}: {frame}", test.name);
        let undone = fern.call(&site, "review/undo", "").await.json();
        assert_eq!((&undone["left"], &undone["card"]["id"]), (&json!(1), &json!(id)), "{}", test.name);
        assert_eq!(count(&site, "SELECT CAST(count(*) AS BIGINT) FROM xp").await, 0, "{}", test.name);
        for (rating, reps) in [("again", 0), ("good", 1)] {
            let grade = format!("request[card]={id}&request[rating]={rating}&request[reps]={reps}");
            site.state.clock.advance(11 * 60_000);
            assert_eq!(
                fern.call(&site, "review/grade", &grade).await.status,
                StatusCode::OK,
                "{}",
                test.name
            );
        }
        assert_eq!(
            count(&site, "SELECT reps FROM card WHERE flashcard IS NOT NULL").await,
            2,
            "{}",
            test.name
        );
        assert_eq!(
            count(&site, "SELECT CAST(sum(amount) AS BIGINT) FROM xp").await,
            5,
            "{}: 2, and half of 6",
            test.name
        );
    }
}

#[tokio::test]
async fn what_is_no_card_is_refused() {
    for test in databases().await {
        let (site, mut fern) = learner(&test).await;
        let talk = Talk::begin(&site, &mut fern, "&request[concept]=insulin").await;
        let (line, parts) = explained(&talk);
        let first = parts[0]["text"].as_str().unwrap();
        let asked = talk.lines.iter().find(|line| !line["body"]["body"]["tutor"]["asked"].is_null()).unwrap();
        for (form, status) in [
            (keeping(&talk, line, 0, ""), 422),
            (keeping(&talk, line, 0, first), 422),
            (keeping(&talk, line, 0, &"x".repeat(FRONT_MAX_CHARS + 1)), 422),
            (keeping(&talk, line, 99, "What?"), 404),
            (keeping(&talk, asked["seq"].as_u64().unwrap(), 0, "What?"), 404),
            (keeping(&talk, 0, 0, "What?"), 404),
            (keeping(&talk, u64::MAX, 0, "What?"), 404),
        ] {
            let refused = fern.call(&site, "flashcard/keep", &form).await;
            assert_eq!(refused.status.as_u16(), status, "{}: {form}: {}", test.name, refused.body);
        }
        let mut moss = Browser::default();
        moss.register(&site, "moss@example.org").await;
        let foreign = moss.call(&site, "flashcard/keep", &keeping(&talk, line, 0, "What?")).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{}", foreign.body);
        assert_eq!(count(&site, "SELECT CAST(count(*) AS BIGINT) FROM flashcard").await, 0, "{}", test.name);
    }
}

#[tokio::test]
async fn a_card_rests_is_woken_and_goes_with_its_file() {
    for test in databases().await {
        let (site, mut fern) = learner(&test).await;
        let (_, id) = kept(&site, &mut fern, "What lowers glucose?").await;
        let (_, other) = kept(&site, &mut fern, "What is insulin?").await;
        let form = format!("flashcard={id}");
        let mut moss = Browser::default();
        moss.register(&site, "moss@example.org").await;
        assert_eq!(moss.call(&site, "flashcard/rest", &form).await.status, StatusCode::NOT_FOUND);
        assert_eq!(moss.call(&site, "flashcard/delete", &form).await.status, StatusCode::OK);
        moss.call(&site, "flashcard/wake", "").await;
        assert_eq!(queue(&site, &mut fern).await["left"], 2, "{}: what is fern's stays", test.name);

        fern.call(&site, "flashcard/rest", &form).await;
        let rest = queue(&site, &mut fern).await;
        assert_eq!((&rest["left"], &rest["resting"]), (&json!(1), &json!(1)), "{}", test.name);
        fern.call(&site, "flashcard/delete", &format!("flashcard={other}")).await;
        let rest = queue(&site, &mut fern).await;
        assert_eq!(
            (&rest["left"], &rest["card"], &rest["next_due"]),
            (&json!(0), &Value::Null, &Value::Null),
            "{rest}"
        );
        assert!(fern.get(&site, "/review").await.body.contains("Bring them back"));
        let woken = fern.form(&site, "/api/flashcard/wake", "").await;
        assert_eq!(woken.headers["location"], "/review");
        assert_eq!(queue(&site, &mut fern).await["left"], 1, "{}", test.name);

        let own = material(&site, &mut fern).await;
        fern.call(&site, "library/delete", &format!("material={own}")).await;
        let gone = queue(&site, &mut fern).await;
        assert_eq!(gone["left"], 0, "{}", test.name);
        assert_eq!(count(&site, "SELECT CAST(count(*) AS BIGINT) FROM card").await, 0, "{}", test.name);
    }
}

#[tokio::test]
async fn a_guests_card_moves_into_an_account() {
    for test in databases().await {
        let (site, mut fern) = learner(&test).await;
        let mut guest = Browser::default();
        answer_demo(&site, &mut guest).await;
        let demo = guest.call_json(&site, "landing/demo", json!({})).await.json();
        let question = demo["question"]["id"].as_str().unwrap();
        let begun = guest
            .call(&site, "tutor/begin", &format!("request[question]={question}&request[mode]=first_pass"))
            .await;
        let mut talk =
            Talk { id: begun.json().as_str().unwrap().into(), seen: 0, state: Value::Null, lines: vec![] };
        talk.reload(&site, &mut guest).await;
        let (line, _) = explained(&talk);
        let made = guest.call(&site, "flashcard/keep", &keeping(&talk, line, 0, "What is said here?")).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.body);
        let login = "request[email]=fern@example.org&request[password]=a good long password";
        guest.call(&site, "account/log_in", login).await;
        let fronts = queue(&site, &mut fern).await["card"]["face"]["flashcard"]["front"].clone();
        assert_eq!(fronts, "What is said here?", "{}", test.name);
    }
}

#[tokio::test]
async fn a_reported_line_is_hidden_from_its_learner() {
    for test in databases().await {
        let (site, mut fern) = learner(&test).await;
        let mut talk = Talk::begin(&site, &mut fern, "&request[concept]=insulin").await;
        let (line, parts) = explained(&talk);
        let form = |line: u64, reason: &str| {
            format!("request[talk]={}&request[line]={line}&request[reason]={reason}", talk.id)
        };
        let mut moss = Browser::default();
        moss.register(&site, "moss@example.org").await;
        assert_eq!(
            moss.call(&site, "tutor/report", &form(line, "wrong")).await.status,
            StatusCode::NOT_FOUND
        );
        for (request, status) in [
            (form(line, ""), 422),
            (form(line, &"x".repeat(201)), 422),
            (form(99, "wrong"), 404),
            (form(0, "wrong"), 404),
            (form(line, "wrong"), 200),
            (form(line, "unclear"), 200),
        ] {
            let answer = fern.call(&site, "tutor/report", &request).await;
            assert_eq!(answer.status.as_u16(), status, "{}: {request}: {}", test.name, answer.body);
        }
        let mut tx = site.state.db.read().await.unwrap();
        let reports: Vec<(i64, String)> =
            tx.query("SELECT line, reason FROM talk_report").all().await.unwrap();
        drop(tx);
        assert_eq!(
            reports,
            [(line as i64, "wrong".to_string())],
            "{}: once, as it was said first",
            test.name
        );
        let text = parts[0]["text"].as_str().unwrap();
        talk.reload(&site, &mut fern).await;
        assert!(talk.lines.iter().all(|line| !line.to_string().contains(text)), "{:?}", talk.lines);
        assert_eq!(said(&talk.lines, "told")[0][0]["text"], "You reported this.");
        let page = fern.get(&site, &format!("/tutor/{}", talk.id)).await.body;
        assert!(page.contains("You reported this.") && !page.contains(text), "{page}");
        assert!(!fern.get(&site, &format!("/tutor/{}/text", talk.id)).await.body.contains(text));
        let card = fern.call(&site, "flashcard/keep", &keeping(&talk, line, 0, "What?")).await;
        assert_eq!(card.status, StatusCode::NOT_FOUND, "what was reported becomes no card");
        talk.act(&site, &mut fern, "no_idea", "").await;
        let own = talk.lines.iter().find(|line| !line["body"]["body"]["learner"].is_null()).unwrap();
        let own = own["seq"].as_u64().unwrap();
        let request = format!("request[talk]={}&request[line]={own}&request[reason]=wrong", talk.id);
        assert_eq!(fern.call(&site, "tutor/report", &request).await.status, StatusCode::NOT_FOUND);
        fern.call(&site, "tutor/delete", &format!("talk={}", talk.id)).await;
        assert_eq!(
            count(&site, "SELECT CAST(count(*) AS BIGINT) FROM talk_report").await,
            0,
            "{}",
            test.name
        );
    }
}

#[tokio::test]
async fn the_dialogs_stand_open_without_scripts() {
    let test = databases().await.remove(0);
    let (site, mut fern) = learner(&test).await;
    let talk = Talk::begin(&site, &mut fern, "&request[concept]=insulin").await;
    let (line, _) = explained(&talk);
    let page = fern.get(&site, &format!("/tutor/{}?card={line}", talk.id)).await.body;
    for part in ["What stands on the front", "_____ is a hormone", "request[part]", "/api/flashcard/keep"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let page = fern.get(&site, &format!("/tutor/{}?report={line}", talk.id)).await.body;
    assert!(page.contains("What is wrong with it?") && page.contains("/api/tutor/report"), "{page}");
    let made = fern.form(&site, "/api/flashcard/keep", &keeping(&talk, line, 0, "What?")).await;
    assert_eq!(made.headers["location"].to_str().unwrap(), format!("/tutor/{}?kept={line}", talk.id));
    let page = fern.get(&site, &format!("/tutor/{}?kept={line}", talk.id)).await.body;
    assert!(page.contains("Your card is made"), "{page}");
}
