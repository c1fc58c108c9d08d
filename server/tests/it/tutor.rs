//! Talks with the tutor where no model is connected: from a learner's own lecture to the card that comes of it.

use crate::support::{
    TestDb, databases,
    site::{Browser, Site},
    taught::LECTURE,
};
use axum::http::StatusCode;
use serde_json::Value;

/// A member with the lecture read and its questions published.
pub(crate) async fn learner(test: &TestDb) -> (Site, Browser) {
    let site = Site::open(test).await;
    let mut fern = Browser::default();
    fern.register(&site, "fern@example.org").await;
    fern.upload(&site, &[("hormones.md", LECTURE.as_bytes())]).await;
    site.work().await;
    (site, fern)
}

pub(crate) async fn material(site: &Site, browser: &mut Browser) -> String {
    let shelf = browser.call(site, "library/materials", "").await.json();
    let own = shelf["materials"].as_array().unwrap().iter().find(|m| m["built_in"] == false).unwrap();
    own["id"].as_str().unwrap().to_string()
}

/// A talk in a test.
pub(crate) struct Talk {
    pub(crate) id: String,
    pub(crate) seen: u64,
    pub(crate) state: Value,
    pub(crate) lines: Vec<Value>,
}

impl Talk {
    pub(crate) async fn begin(site: &Site, browser: &mut Browser, more: &str) -> Self {
        let material = material(site, browser).await;
        let form = format!("request[material]={material}{more}");
        let answer = browser.call(site, "tutor/begin", &form).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let id = answer.json().as_str().unwrap().to_string();
        let mut talk = Self { id, seen: 0, state: Value::Null, lines: vec![] };
        talk.reload(site, browser).await;
        talk
    }

    pub(crate) async fn reload(&mut self, site: &Site, browser: &mut Browser) {
        let answer = browser.call_json(site, "tutor/talk", serde_json::json!({ "talk": self.id })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let talk = answer.json();
        self.lines = talk["lines"].as_array().unwrap().clone();
        self.state = talk["state"].clone();
        self.seen = self.lines.last().map_or(0, |line| line["seq"].as_u64().unwrap());
    }

    pub(crate) fn doing(&self, act: &str, more: &str) -> String {
        format!("request[talk]={}&request[seen]={}&request[act]={act}{more}", self.id, self.seen)
    }

    /// Does something, and gives the lines that came of it.
    pub(crate) async fn act(
        &mut self,
        site: &Site,
        browser: &mut Browser,
        act: &str,
        more: &str,
    ) -> Vec<Value> {
        let answer = browser.call(site, "tutor/act", &self.doing(act, more)).await;
        assert_eq!(answer.status, StatusCode::OK, "{act}: {}", answer.body);
        let done = answer.json();
        assert_eq!(done["counted"], true);
        let lines = done["lines"].as_array().unwrap().clone();
        self.state = done["state"].clone();
        self.seen = lines.last().unwrap()["seq"].as_u64().unwrap();
        self.lines.extend(lines.clone());
        lines
    }

    pub(crate) fn can(&self, event: &str) -> bool {
        self.state["offers"].as_array().unwrap().iter().any(|offer| offer == event)
    }
}

/// What the tutor said, by its kind: `explained`, `asked` …
pub(crate) fn said<'l>(lines: &'l [Value], kind: &str) -> Vec<&'l Value> {
    lines.iter().map(|line| &line["body"]["body"]["tutor"][kind]).filter(|said| !said.is_null()).collect()
}

/// The place of the right option of the open question, which the test reads from the bank.
pub(crate) async fn key(site: &Site, talk: &Talk) -> u32 {
    let stem = talk.state["open"]["stem"].as_str().unwrap();
    let mut tx = site.state.db.read().await.unwrap();
    let rows: Vec<(sqlx::types::Json<domain::question::Item>,)> =
        tx.query("SELECT item FROM question").all().await.unwrap();
    let item = rows.into_iter().map(|(item,)| item.0).find(|item| item.stem == stem).unwrap();
    let right = item.options.iter().find(|option| option.correct).unwrap();
    let options = talk.state["open"]["options"].as_array().unwrap();
    options.iter().position(|option| option == right.text.as_str()).unwrap() as u32
}

pub(crate) async fn count(site: &Site, sql: &'static str) -> i64 {
    let mut tx = site.state.db.read().await.unwrap();
    tx.query(sql).one::<(i64,)>().await.unwrap().0
}

#[tokio::test]
async fn a_first_pass_explains_asks_checks_and_leaves_a_card() {
    for test in databases().await {
        let (site, mut fern) = learner(&test).await;
        let mut talk = Talk::begin(&site, &mut fern, "&request[concept]=insulin").await;
        assert_eq!((&talk.state["mode"], &talk.state["because"]), (&"first_pass".into(), &"new".into()));
        let explained = said(&talk.lines, "explained");
        let parts = explained[0]["parts"].as_array().unwrap();
        assert!(parts[0]["text"].as_str().unwrap().contains("Insulin is a hormone"), "{parts:?}");
        let words: usize = parts.iter().map(|p| p["text"].as_str().unwrap().split(' ').count()).sum();
        assert!(words <= 120, "{words}");
        for part in parts {
            // every sentence of an explanation is the page's, verbatim, with its place
            let span = &part["source"]["span"];
            let range = span["start"].as_u64().unwrap() as usize..span["end"].as_u64().unwrap() as usize;
            let mut tx = site.state.db.read().await.unwrap();
            let row: (sqlx::types::Json<domain::document::Document>,) =
                tx.query("SELECT d.body FROM document d JOIN material m ON m.id = d.material WHERE m.owner IS NOT NULL").one().await.unwrap();
            assert_eq!(&row.0.0.text[range], part["text"].as_str().unwrap());
        }
        assert!(talk.can("show_me"), "a first pass shows at once");
        let right = key(&site, &talk).await;
        let lines = talk
            .act(&site, &mut fern, "answer", &format!("&request[choice]={right}&request[confidence]=fairly"))
            .await;
        assert_eq!(said(&lines, "judged")[0]["verdict"], "right", "{lines:?}");
        assert_eq!(talk.state["open"]["ask"], "check", "{lines:?}");
        let right = key(&site, &talk).await;
        let lines = talk
            .act(&site, &mut fern, "answer", &format!("&request[choice]={right}&request[confidence]=fairly"))
            .await;
        let outcome = said(&lines, "concluded")[0];
        assert_eq!(outcome["right"], true, "{lines:?}");
        assert!(
            outcome["due"].as_i64().is_some() && outcome["xp"]["amount"].as_i64().unwrap() > 0,
            "{outcome}"
        );
        assert_eq!(count(&site, "SELECT CAST(count(*) AS BIGINT) FROM card").await, 1, "{}", test.name);
        assert_eq!(count(&site, "SELECT CAST(count(*) AS BIGINT) FROM xp").await, 1);
        talk.act(&site, &mut fern, "next", "").await;
        assert_eq!(talk.state["over"], true);
        let refused = fern.call(&site, "tutor/act", &talk.doing("hint", "")).await;
        assert_eq!((refused.status, refused.body.contains("over")), (StatusCode::CONFLICT, true));
    }
}

#[tokio::test]
async fn what_is_done_twice_counts_once_and_a_second_tab_is_told() {
    for test in databases().await {
        let (site, mut fern) = learner(&test).await;
        let mut talk = Talk::begin(&site, &mut fern, "&request[concept]=glucagon").await;
        let right = key(&site, &talk).await;
        let form = talk.doing("answer", &format!("&request[choice]={right}&request[took]=5"));
        let first = fern.call(&site, "tutor/act", &form).await.json();
        // the answer was lost on its way: the browser sends the act again
        let again = fern.call(&site, "tutor/act", &form).await.json();
        assert_eq!(first, again, "{}", test.name);
        // another tab that has not seen it wants something else
        let other = fern.call(&site, "tutor/act", &talk.doing("skip", "")).await.json();
        assert_eq!(other["counted"], false);
        assert_eq!(other["lines"], first["lines"]);
        let before = talk.lines.len();
        talk.reload(&site, &mut fern).await;
        assert_eq!(talk.lines.len(), before + first["lines"].as_array().unwrap().len());
        let numbers: Vec<u64> = talk.lines.iter().map(|line| line["seq"].as_u64().unwrap()).collect();
        assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "without a gap");
        let ahead = fern
            .call(
                &site,
                "tutor/act",
                &format!("request[talk]={}&request[seen]=99&request[act]=hint", talk.id),
            )
            .await;
        assert_eq!(ahead.status, StatusCode::CONFLICT, "{}", ahead.body);
    }
}

#[tokio::test]
async fn practice_keeps_the_answer_back_until_it_may_be_told() {
    for test in databases().await {
        let (site, mut fern) = learner(&test).await;
        let mut talk =
            Talk::begin(&site, &mut fern, "&request[concept]=insulin&request[mode]=practice").await;
        assert_eq!((&talk.state["mode"], &talk.state["because"]), (&"practice".into(), &"chosen".into()));
        assert_eq!(talk.state["open"]["ask"], "open");
        assert_eq!(talk.state["open"]["options"].as_array().unwrap().len(), 0, "it is answered in own words");
        for (act, words) in [("hint", "Try it once first"), ("tell_me", "")] {
            let refused = fern.call(&site, "tutor/act", &talk.doing(act, "")).await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{act}: {}", refused.body);
            assert!(refused.body.contains(words), "{act}: {}", refused.body);
        }
        let lines = talk.act(&site, &mut fern, "answer", "&request[text]=a muscle of the leg").await;
        assert_eq!(said(&lines, "judged")[0]["verdict"], "wrong", "{lines:?}");
        let mut hints = vec![];
        for rung in ["pointing", "narrowing"] {
            let lines = talk.act(&site, &mut fern, "hint", "").await;
            let hint = said(&lines, "hinted")[0].clone();
            assert_eq!(hint["rung"], rung);
            hints.push(hint);
        }
        assert_eq!(talk.state["hints"], 2);
        assert!(talk.can("tell_me"));
        let lines = talk.act(&site, &mut fern, "tell_me", "").await;
        assert_eq!(said(&lines, "answered").len(), 1, "{lines:?}");
    }
}

#[tokio::test]
async fn what_is_no_answer_is_answered_without_a_lesson_and_nothing_is_counted() {
    for test in databases().await {
        let (site, mut fern) = learner(&test).await;
        let mut talk =
            Talk::begin(&site, &mut fern, "&request[concept]=insulin&request[mode]=practice").await;
        let open = talk.state["open"].clone();
        for (words, has) in [
            ("I want to kill myself", "0800 1110111"),
            ("my mother takes insulin, what dose should I give her", "no advice on treatment"),
        ] {
            let lines = talk.act(&site, &mut fern, "answer", &format!("&request[text]={words}")).await;
            let told = said(&lines, "told");
            assert!(told[0].to_string().contains(has), "{words}: {lines:?}");
            assert_eq!(talk.state["open"], open, "the question stays open");
        }
        for (words, status) in [("", 422), ("   ", 422), (&"x".repeat(5_000), 422)] {
            let refused = fern
                .call(&site, "tutor/act", &talk.doing("answer", &format!("&request[text]={words}")))
                .await;
            assert_eq!(refused.status.as_u16(), status, "{}", refused.body);
        }
    }
}

#[tokio::test]
async fn a_talk_is_its_learners_and_goes_with_its_file() {
    for test in databases().await {
        let (site, mut fern) = learner(&test).await;
        let talk = Talk::begin(&site, &mut fern, "&request[concept]=insulin").await;
        let mut moss = Browser::default();
        moss.register(&site, "moss@example.org").await;
        let own = material(&site, &mut fern).await;
        for (call, form) in [
            ("tutor/act", talk.doing("hint", "")),
            ("tutor/rename", format!("request[talk]={}&request[title]=mine", talk.id)),
            ("tutor/delete", format!("talk={}", talk.id)),
            ("tutor/begin", format!("request[material]={own}&request[concept]=insulin")),
        ] {
            let refused = moss.call(&site, call, &form).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{call}: {}", refused.body);
        }
        let nothing = fern
            .call(&site, "tutor/begin", &format!("request[material]={own}&request[concept]=nephron"))
            .await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nothing.body.contains("says nothing about ‘nephron’"), "{}", nothing.body);

        let renamed = fern
            .call(&site, "tutor/rename", &format!("request[talk]={}&request[title]=  Sugar   down ", talk.id))
            .await;
        assert_eq!(renamed.status, StatusCode::OK);
        let listed = |words: &str| serde_json::json!({ "request": { "words": words, "suggestions": true } });
        let found = fern.call_json(&site, "tutor/talks", listed("SUGAR")).await.json();
        assert_eq!(found["talks"][0]["title"], "Sugar down");
        for words in ["%", "_", "none"] {
            let none = fern.call_json(&site, "tutor/talks", listed(words)).await.json();
            assert_eq!(none["talks"].as_array().unwrap().len(), 0, "{words}");
        }
        assert!(!found["suggestions"].as_array().unwrap().is_empty(), "what was never met is suggested");

        fern.call(&site, "library/delete", &format!("material={own}")).await;
        let gone = fern.call(&site, "tutor/act", &talk.doing("hint", "")).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND, "{}", gone.body);
        assert_eq!(count(&site, "SELECT CAST(count(*) AS BIGINT) FROM talk_line").await, 0, "{}", test.name);
    }
}

#[tokio::test]
async fn plain_forms_lead_on() {
    let test = databases().await.remove(0);
    let (site, mut fern) = learner(&test).await;
    let own = material(&site, &mut fern).await;
    let begun = fern
        .form(&site, "/api/tutor/begin", &format!("request[material]={own}&request[concept]=insulin"))
        .await;
    let path = begun.headers["location"].to_str().unwrap().to_string();
    assert!(path.starts_with("/tutor/"), "{path}");
    let page = fern.get(&site, &path).await;
    assert_eq!(page.status, StatusCode::OK);
    for part in ["Insulin is a hormone", "request[act]", "Show me", "How sure are you?"] {
        assert!(page.body.contains(part), "{part}");
    }
    let id = path.trim_start_matches("/tutor/");
    let seen = page.body.split("name=\"request[seen]\"").nth(1).unwrap();
    let seen: u64 = seen.split("value=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap();
    let acted = fern
        .form(
            &site,
            "/api/tutor/act",
            &format!("request[talk]={id}&request[seen]={seen}&request[act]=show_me&request[text]="),
        )
        .await;
    assert_eq!(acted.headers["location"].to_str().unwrap(), path);
    assert!(fern.get(&site, &path).await.body.contains("The answer is:"));
    assert_eq!(fern.get(&site, "/tutor").await.status, StatusCode::OK);
    assert_eq!(fern.get(&site, "/tutor/heart").await.status, StatusCode::NOT_FOUND);
}
