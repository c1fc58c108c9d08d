//! Who gets what: every page, server function and other route there is, asked for by a stranger, a guest, another learner, an
//! administrator and the owner. The routes are taken from the router itself: a new one without a case fails here.

use crate::{
    account::answer_demo,
    support::{
        TestDb, databases,
        site::{Answer, Browser, Site},
    },
};
use app::App;
use leptos_axum::generate_route_list;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Stands in everything that the owner brought or wrote, and nowhere else.
const MARK: &str = "zyxomarker";

/// What is asked of whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// Anybody's.
    Open,
    /// The caller's own: everybody with a session gets theirs, a stranger is refused.
    Own,
    /// Named by an id of the owner's: for others it is not there.
    Named,
    /// The same, where taking away what is not there is no error: it must still be there afterwards.
    Removed,
    /// An administrator's.
    Admin,
}

/// The body of a call.
enum Sent {
    Form(String),
    Json(Value),
}

struct People {
    stranger: Browser,
    guest: Browser,
    other: Browser,
    admin: Browser,
    owner: Browser,
}

/// Ids of what the owner has.
struct Owned {
    material: String,
    quiz: String,
    question: String,
    card: String,
    talk: String,
    line: u64,
    flashcard: String,
    saved: String,
    memory: String,
}

fn id(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no id: {value}")).to_string()
}

async fn people(site: &Site) -> People {
    let mut all = People {
        stranger: Browser::default(),
        guest: Browser::default(),
        other: Browser::default(),
        admin: Browser::default(),
        owner: Browser::default(),
    };
    // the first account is the administrator's
    for (browser, name) in [(&mut all.admin, "admin"), (&mut all.owner, "owner"), (&mut all.other, "other")] {
        let answer = browser.register(site, &format!("{name}@example.org")).await;
        assert!(answer.status.is_success(), "{}", answer.body);
    }
    answer_demo(site, &mut all.guest).await;
    all
}

async fn owned(site: &Site, owner: &mut Browser) -> Owned {
    let lecture = format!("# The {MARK} lecture\n\n{}", crate::support::taught::LECTURE);
    let told = owner.upload(site, &[(&format!("{MARK}.md"), lecture.as_bytes())]).await.json();
    let material = id(&told[0]["material"]);
    site.work().await;
    let quiz =
        owner.call(site, "quiz/start", &format!("request[material]={material}&request[length]=3")).await;
    let quiz = id(&quiz.json());
    let loaded = owner.call_json(site, "quiz/load", json!({ "request": { "quiz": quiz } })).await.json();
    let question = id(&loaded["current"]["id"]);
    // missed on purpose: its card is due at once
    let options = loaded["current"]["options"].as_array().unwrap();
    let wrong = options.iter().position(|option| option["correct"] == false).unwrap();
    let form = format!("request[quiz]={quiz}&request[position]=0&request[choice]={wrong}&request[took]=900");
    owner.call(site, "quiz/answer", &form).await;
    let form = format!("request[material]={material}&request[concept]=insulin&request[mode]=first_pass");
    let talk = id(&owner.call(site, "tutor/begin", &form).await.json());
    let told = owner.call_json(site, "tutor/talk", json!({ "talk": talk })).await.json();
    let lines = told["lines"].as_array().unwrap();
    let explains = |line: &&Value| !line["body"]["body"]["tutor"]["explained"].is_null();
    let line = lines.iter().find(explains).unwrap()["seq"].as_u64().unwrap();
    let form =
        format!("request[talk]={talk}&request[line]={line}&request[part]=0&request[front]={MARK} front");
    let flashcard = id(&owner.call(site, "flashcard/keep", &form).await.json());
    let queue = owner.call_json(site, "review/queue", json!({})).await.json();
    let card = id(&queue["card"]["id"]);
    let form = format!("request[query]={MARK}");
    let saved = id(&owner.call(site, "library/save", &form).await.json()[0]["id"]);
    let form = format!("request[kind]=note&request[text]={MARK} note");
    let memory = id(&owner.call(site, "memory/add", &form).await.json()["memories"][0]["id"]);
    Owned { material, quiz, question, card, talk, line, flashcard, saved, memory }
}

/// A call of every server function that would succeed for its owner, in an order in which it does.
fn calls(of: &Owned) -> Vec<(&'static str, Whose, Sent)> {
    use Sent::{Form, Json};
    use Whose::{Admin, Named, Open, Own, Removed};
    let Owned { material, quiz, question, card, talk, line, flashcard, saved, memory } = of;
    let form = |text: &str| Form(text.to_string());
    vec![
        ("landing/demo", Open, Json(json!({}))),
        (
            "landing/answer",
            Open,
            Form(format!("request[question]={question}&request[choice]=0&request[time_zone]=UTC")),
        ),
        ("account/me", Open, form("")),
        ("account/time_zone", Own, form("time_zone=UTC")),
        ("progress/home", Own, Json(json!({}))),
        ("progress/frame", Open, Json(json!({}))),
        ("library/materials", Own, form("")),
        ("library/open", Named, Json(json!({ "request": { "material": material } }))),
        ("library/excerpt", Named, Json(json!({ "material": material, "lit": { "start": 4, "end": 20 } }))),
        ("library/search", Own, Json(json!({ "request": { "query": MARK } }))),
        ("library/reword", Own, Json(json!({ "request": { "query": format!("what is {MARK}?") } }))),
        ("library/chapters", Named, Form(format!("material={material}"))),
        ("library/saved", Own, form("")),
        ("library/save", Own, form("request[query]=preload")),
        ("quiz/start", Named, Form(format!("request[material]={material}&request[length]=1"))),
        ("quiz/load", Named, Json(json!({ "request": { "quiz": quiz, "shown": 0 } }))),
        (
            "quiz/answer",
            Named,
            Form(format!("request[quiz]={quiz}&request[position]=1&request[choice]=0&request[took]=9")),
        ),
        ("quiz/results", Named, Json(json!({ "quiz": quiz }))),
        ("review/queue", Own, Json(json!({}))),
        (
            "review/grade",
            Named,
            Form(format!("request[card]={card}&request[rating]=good&request[reps]=1&request[took]=9")),
        ),
        ("review/undo", Own, form("")),
        ("quiz/report", Named, Form(format!("request[question]={question}&request[reason]=wrong"))),
        (
            "flashcard/keep",
            Named,
            Form(format!(
                "request[talk]={talk}&request[line]={line}&request[part]=0&request[front]={MARK} front"
            )),
        ),
        ("flashcard/rest", Named, Form(format!("flashcard={flashcard}"))),
        ("flashcard/wake", Own, form("")),
        ("flashcard/delete", Removed, Form(format!("flashcard={flashcard}"))),
        ("tutor/begin", Named, Form(format!("request[material]={material}&request[concept]=glucagon"))),
        ("tutor/talks", Own, Json(json!({ "request": { "words": "", "suggestions": true } }))),
        ("tutor/talk", Named, Json(json!({ "talk": talk }))),
        ("tutor/act", Named, Form(format!("request[talk]={talk}&request[seen]={line}&request[act]=stop"))),
        ("tutor/rename", Named, Form(format!("request[talk]={talk}&request[title]={MARK} talk"))),
        (
            "tutor/report",
            Named,
            Form(format!("request[talk]={talk}&request[line]={line}&request[reason]=wrong")),
        ),
        ("tutor/delete", Named, Form(format!("talk={talk}"))),
        ("memory/recall", Own, Json(json!({}))),
        ("memory/add", Own, form("request[kind]=note&request[text]=something")),
        ("memory/reword", Named, Form(format!("request[memory]={memory}&request[text]={MARK} again"))),
        ("memory/forget", Removed, Form(format!("memory={memory}"))),
        ("memory/switch", Own, form("on=true")),
        ("memory/forget_all", Own, form("")),
        ("security/load", Own, form("")),
        ("security/password", Own, form("request[old]=not this one&request[password]=marrow lantern seven")),
        ("security/address", Own, form("request[email]=x@example.org&request[password]=not this one")),
        ("security/end", Own, form("which=018f0000-0000-7000-8000-000000000001")),
        ("security/end_others", Own, form("")),
        ("security/set_password", Open, form("request[token]=none&request[password]=marrow lantern seven")),
        ("users/load", Admin, form("")),
        ("users/invite", Admin, form("")),
        ("users/withdraw", Admin, form("")),
        ("users/create", Admin, form("email=made@example.org")),
        ("users/reset", Admin, form("user=018f0000-0000-7000-8000-000000000001")),
        ("users/switch", Admin, form("user=018f0000-0000-7000-8000-000000000001&on=true")),
        ("models/load", Own, form("")),
        ("models/agree", Own, form("request[endpoint]=openai&request[back]=")),
        ("models/withdraw", Own, form("request[endpoint]=openai&request[back]=")),
        ("models/overview", Admin, form("period[days]=30")),
        ("models/try_now", Admin, form("request[endpoint]=openai")),
        ("models/keys", Admin, form("")),
        (
            "models/set_key",
            Admin,
            form("request[endpoint]=openai&request[key]=sk-0123456789abcdef0123456789"),
        ),
        ("models/remove_key", Admin, form("request[endpoint]=openai")),
        ("library/keep_here", Named, Form(format!("material={material}&stays=true"))),
        ("library/retry", Named, Form(format!("material={material}"))),
        ("library/forget", Own, Form(format!("saved={saved}"))),
        ("library/delete", Named, Form(format!("material={material}"))),
        (
            "account/settings",
            Own,
            form(
                "settings[look][theme]=dark&settings[look][motion]=system&settings[gamification]=true&settings[keys]=true&settings[daily_goal]=50&settings[minutes]=20&settings[retention]=90&settings[time_zone]=UTC",
            ),
        ),
        ("account/delete", Own, form("password=another wrong one")),
        (
            "account/log_in",
            Open,
            form("request[email]=owner@example.org&request[password]=a good long password"),
        ),
        (
            "account/register",
            Open,
            form(
                "request[email]=new@example.org&request[password]=a good long password&request[time_zone]=UTC",
            ),
        ),
        ("account/log_out", Own, form("")),
    ]
}

async fn call(site: &Site, browser: &mut Browser, name: &str, sent: &Sent) -> Answer {
    match sent {
        Sent::Form(form) => browser.call(site, name, form).await,
        Sent::Json(json) => browser.call_json(site, name, json.clone()).await,
    }
}

/// What those who are not the owner may be answered. 404 and 401 alone say that it is not theirs; 409 and 422 are of the
/// caller's own state (a guest has no password), and tell nothing of the owner's.
fn fits(whose: Whose, who: &str, status: u16) -> bool {
    match (whose, who) {
        (Whose::Open, _) => (200..500).contains(&status),
        // the pages of administrators are there for nobody else
        (Whose::Admin, "stranger") => status == 404,
        (_, "stranger") => status == 401,
        (Whose::Own | Whose::Removed, _) => [200, 401, 404, 409, 422].contains(&status),
        (Whose::Named, _) => [401, 404].contains(&status),
        // 404: an account that is not there
        (Whose::Admin, "admin") => [200, 302, 404, 409, 422].contains(&status),
        (Whose::Admin, _) => [401, 403, 404].contains(&status),
    }
}

async fn ask_everybody(test: &TestDb) {
    let site = Site::open(test).await;
    let mut people = people(&site).await;
    let owned = owned(&site, &mut people.owner).await;
    let calls = calls(&owned);

    let known: BTreeSet<String> = calls.iter().map(|(name, ..)| format!("/api/{name}")).collect();
    let there: BTreeSet<String> =
        leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_string()).collect();
    assert_eq!(there, known, "every server function has a case, and every case a server function");

    let mut wrong = vec![];
    for (name, whose, sent) in &calls {
        // each of the others has a session of their own for this call: some calls end it
        for (who, browser) in [
            ("stranger", &people.stranger),
            ("guest", &people.guest),
            ("other", &people.other),
            ("admin", &people.admin),
        ] {
            let ends = ["account/log_out", "account/delete"].contains(name);
            if ends && who != "stranger" {
                continue;
            }
            let answer = call(&site, &mut browser.clone(), name, sent).await;
            if !fits(*whose, who, answer.status.as_u16()) {
                wrong.push(format!("{name} as {who}: {}: {:.120}", answer.status, answer.body));
            }
            // what was typed may be told again
            let typed = match sent {
                Sent::Form(form) => form.contains(MARK),
                Sent::Json(json) => json.to_string().contains(MARK),
            };
            if answer.body.contains(MARK) && !typed {
                wrong.push(format!("{name} as {who} tells of the owner: {:.200}", answer.body));
            }
        }
        if *whose == Whose::Removed {
            let memories = people.owner.call_json(&site, "memory/recall", json!({})).await.body;
            let sql = "SELECT CAST(count(*) AS BIGINT) FROM flashcard";
            let mut tx = site.state.db.read().await.unwrap();
            let (flashcards,): (i64,) = tx.query(sql).one().await.unwrap();
            let kept = if *name == "memory/forget" { memories.contains(MARK) } else { flashcards == 1 };
            assert!(kept, "{name}: somebody else took it away");
        }
        let answer = call(&site, &mut people.owner.clone(), name, sent).await;
        let expected = match whose {
            Whose::Admin => answer.status.is_client_error(),
            _ if [
                "account/delete",
                "library/retry",
                "landing/answer",
                "account/register",
                "library/reword",
                "models/agree",
                "models/withdraw",
                "security/password",
                "security/address",
                "security/end",
                "security/set_password",
            ]
            .contains(name) =>
            {
                answer.status.as_u16() < 500
            }
            _ => answer.status.is_success(),
        };
        if !expected {
            wrong.push(format!("{name} as owner: {}: {:.160}", answer.status, answer.body));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", test.name, wrong.join("\n"));
}

#[tokio::test]
async fn every_server_function_serves_its_owner_and_nobody_else() {
    for test in databases().await {
        ask_everybody(&test).await;
    }
}

#[tokio::test]
async fn every_page_and_other_route_shows_its_owner_and_nobody_else() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut people = people(&site).await;
        let owned = owned(&site, &mut people.owner).await;
        let pages: Vec<(&str, Whose, String)> = vec![
            ("/", Whose::Open, "/".into()),
            ("/register", Whose::Open, "/register".into()),
            ("/login", Whose::Open, "/login".into()),
            ("/password", Whose::Open, "/password?token=none".into()),
            ("/settings/security", Whose::Own, "/settings/security".into()),
            ("/admin/users", Whose::Admin, "/admin/users".into()),
            ("/onboarding", Whose::Own, "/onboarding".into()),
            ("/home", Whose::Own, "/home".into()),
            ("/library", Whose::Own, "/library".into()),
            ("/library/{id}", Whose::Named, format!("/library/{}", owned.material)),
            ("/search", Whose::Own, "/search?q=insulin".into()),
            ("/quiz/{id}", Whose::Named, format!("/quiz/{}", owned.quiz)),
            ("/quiz/{id}/results", Whose::Named, format!("/quiz/{}/results", owned.quiz)),
            ("/review", Whose::Own, "/review".into()),
            ("/tutor", Whose::Own, "/tutor".into()),
            ("/tutor/{id}", Whose::Named, format!("/tutor/{}", owned.talk)),
            ("/settings", Whose::Own, "/settings".into()),
            ("/settings/memory", Whose::Own, "/settings/memory".into()),
            ("/admin/ai", Whose::Admin, "/admin/ai".into()),
        ];
        let there: BTreeSet<String> =
            generate_route_list(App).into_iter().map(|route| route.path().to_string()).collect();
        let known: BTreeSet<String> = pages.iter().map(|(path, ..)| path.to_string()).collect();
        assert_eq!(there, known, "every page has a case");

        let others: Vec<(&str, Whose, String)> = vec![
            ("/healthz", Whose::Open, "/healthz".into()),
            ("/readyz", Whose::Open, "/readyz".into()),
            // for whoever is on this machine: this request comes from nowhere
            ("/metrics", Whose::Open, "/metrics".into()),
            ("/offline", Whose::Open, "/offline".into()),
            ("/admin/ai.csv", Whose::Admin, "/admin/ai.csv".into()),
            // a form: asked for below
            ("/library/upload", Whose::Own, String::new()),
            ("/library/events", Whose::Own, String::new()),
            ("/settings/export", Whose::Own, "/settings/export".into()),
            // a form: asked for below
            ("/settings/import", Whose::Own, String::new()),
            ("/tutor/{id}/text", Whose::Named, format!("/tutor/{}/text", owned.talk)),
            ("/tutor/{id}/live", Whose::Named, format!("/tutor/{}/live", owned.talk)),
            ("/tutor/{id}/events", Whose::Named, format!("/tutor/{}/events", owned.talk)),
        ];
        let there: BTreeSet<&str> = server::http::plain(0).into_iter().map(|(path, _)| path).collect();
        let known: BTreeSet<&str> = others.iter().map(|(path, ..)| *path).collect();
        assert_eq!(there, known, "every other route has a case");

        let mut wrong = vec![];
        for (route, whose, path) in pages.iter().chain(&others).filter(|(.., path)| !path.is_empty()) {
            for (who, browser) in [
                ("stranger", &people.stranger),
                ("guest", &people.guest),
                ("other", &people.other),
                ("admin", &people.admin),
            ] {
                let answer = browser.clone().get(&site, path).await;
                let status = answer.status.as_u16();
                let led_away = (300..400).contains(&status);
                let fits = match (*whose, who) {
                    (Whose::Open, _) => status < 500,
                    (Whose::Admin, "stranger") => led_away || status == 404,
                    (_, "stranger") => led_away || [400, 401, 426].contains(&status),
                    (Whose::Own | Whose::Removed, _) => status == 200 || led_away,
                    // 400 and 426: no WebSocket was asked for
                    (Whose::Named, _) => led_away || [400, 401, 404, 426].contains(&status),
                    (Whose::Admin, "admin") => status == 200,
                    (Whose::Admin, _) => led_away || [401, 403, 404].contains(&status),
                };
                if !fits || answer.body.contains(MARK) {
                    wrong.push(format!("{route} as {who}: {status}, tells: {}", answer.body.contains(MARK)));
                }
            }
            if *whose == Whose::Named && !route.ends_with("/live") && !route.ends_with("/events") {
                let answer = people.owner.clone().get(&site, path).await;
                if !answer.status.is_success() {
                    wrong.push(format!("{route} as owner: {}", answer.status));
                }
            }
        }
        assert!(wrong.is_empty(), "{}:\n{}", test.name, wrong.join("\n"));

        assert_eq!(people.stranger.import(&site, b"no ZIP").await.status.as_u16(), 401);
        assert_eq!(people.guest.import(&site, b"no ZIP").await.status.as_u16(), 401);
        assert_eq!(people.other.import(&site, b"no ZIP").await.status.as_u16(), 422);

        // what others upload lands on their shelf
        let told =
            people.other.upload(&site, &[("other.md", b"# Theirs\n\nThe heart is a pump of blood.")]).await;
        assert!(told.status.is_success());
        let shelf = people.owner.call(&site, "library/materials", "").await.body;
        assert!(shelf.contains(MARK) && !shelf.contains("other.md"), "{shelf}");
        assert_eq!(people.stranger.upload(&site, &[("x.md", b"# x")]).await.status.as_u16(), 401);
    }
}
