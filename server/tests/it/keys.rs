//! Providers' keys that the administrator sets: who may, what they do at once and elsewhere, and that nobody sees one again.

use crate::support::{
    TestDb, databases,
    site::{Answer, Browser, Site},
    taught::{LECTURE, form_of},
};
use axum::http::{StatusCode, header};
use provider::{Dialect, Provider, Reply, Script, Settings};
use serde_json::{Value, json};
use server::{
    jobs::queue,
    llm::{Answer as Asked, Effort, Event, Finish, Message, NoModel, PromptId, Request, Speaker, Task},
};
use std::{
    io::Write,
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};
use tracing_subscriber::EnvFilter;

const KEY: &str = "sk-marrow-lantern-seven";
const SECRET: &str = "--secret=a secret that is long enough for all of it";

/// A provider with this key, and the option that says where it is.
fn provider(key: &str, script: Script) -> (Provider, String) {
    let settings = Settings { script, key: Some(key.into()), ..Settings::new(Dialect::OpenAi) };
    let provider = Provider::start(settings);
    let option = format!("--openai-url={}", provider.base_url());
    (provider, option)
}

async fn site(test: &TestDb, folder: &str, options: &[&str]) -> Site {
    let none = ["--anthropic-api-key=", "--openai-api-key=", "--gemini-api-key=", "--local-url="];
    let name = |option: &str| option.split('=').next().unwrap_or_default().to_string();
    let given: Vec<_> = options.iter().map(|option| name(option)).collect();
    let none = none.into_iter().filter(|option| !given.contains(&name(option)));
    Site::open_beside(test, folder, &none.chain(options.iter().copied()).collect::<Vec<_>>()).await
}

async fn member(site: &Site, name: &str) -> Browser {
    let mut browser = Browser::default();
    browser.register(site, &format!("{name}@example.org")).await;
    browser
}

fn with_key(key: &str) -> String {
    format!("request[endpoint]=openai&request[key]={key}")
}

/// What is told of OpenAI's key.
fn of_openai(answer: &Answer) -> Value {
    let keys = answer.json();
    let found = keys.as_array().unwrap().iter().find(|key| key["endpoint"] == "openai");
    found.unwrap_or_else(|| panic!("{keys}")).clone()
}

async fn ask(site: &Site, test: &TestDb) -> Asked {
    let request = Request {
        task: Task::Explain,
        effort: Effort::Balanced,
        learner: crate::support::learner(&test.db).await,
        sources: vec![],
        prompt: PromptId { name: "test", version: 1 },
        messages: vec![Message::new(Speaker::User, "What does the sinus node do?")],
        asked: None,
        schema: None,
        most_tokens: 200,
        fresh: true,
    };
    site.state.llm.ask(request).await.unwrap()
}

/// Which key the provider was asked with last.
fn used(provider: &Provider) -> Option<String> {
    provider.last().and_then(|request| request.header("authorization").map(str::to_string))
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_key_is_used_at_once_and_seen_by_nobody_again() {
    let log = Log::default();
    let writer = log.clone();
    let written = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("debug,server=trace,async_openai=off"))
        .with_writer(move || writer.clone());
    let _logging = tracing::subscriber::set_default(written.finish());
    for test in databases().await {
        let name = test.name;
        let (provider, url) = provider(KEY, Script::default());
        let site = site(&test, "data", &[&url]).await;
        let mut admin = member(&site, "fern").await;
        let before = of_openai(&admin.call(&site, "models/keys", "").await);
        assert_eq!((&before["origin"], &before["set"]), (&json!("nowhere"), &Value::Null), "{name}");
        assert!(matches!(ask(&site, &test).await, Asked::NoModel(NoModel::NotConnected)), "{name}");

        let mut answers = vec![admin.call(&site, "models/set_key", &with_key(KEY)).await];
        let told = of_openai(&answers[0]);
        assert_eq!((&told["origin"], &told["set"]["readable"]), (&json!("page"), &json!(true)), "{name}");
        let Asked::Given(answering) = ask(&site, &test).await else { panic!("{name}: no answer") };
        assert_eq!(answering.whole().await.1.finish, Finish::Whole, "{name}");
        assert_eq!(used(&provider), Some(format!("Bearer {KEY}")), "{name}");

        // what is no key is refused, and the one before stays
        for typed in ["", "sk-marrow lantern-seven", &format!("{KEY}ü")] {
            let refused = admin.call(&site, "models/set_key", &with_key(typed)).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}: {}", refused.body);
            answers.push(refused);
            answers.push(admin.form(&site, "/api/models/set_key", &with_key(typed)).await);
        }
        let unknown = format!("request[endpoint]=nobody&request[key]={KEY}");
        answers.push(admin.call(&site, "models/set_key", &unknown).await);
        assert_eq!(answers.last().unwrap().status, StatusCode::NOT_FOUND);
        // a key that the provider refuses
        let wrong = format!("{KEY}-wrong");
        answers.push(admin.call(&site, "models/set_key", &with_key(&wrong)).await);
        assert!(matches!(ask(&site, &test).await, Asked::NoModel(NoModel::Away)), "{name}");
        let standing = admin.call(&site, "models/overview", "period[days]=30").await;
        assert_eq!(standing.json()["seats"][0]["standing"], "open", "{name}: {}", standing.body);
        assert!(standing.json()["seats"][0]["wait"].as_u64().unwrap() > 200, "{}", standing.body);
        // the right one again: what is known of the wrong one does not count against it
        answers.push(admin.call(&site, "models/set_key", &with_key(KEY)).await);
        assert!(matches!(ask(&site, &test).await, Asked::Given(_)), "{name}");

        for path in ["/admin/ai", "/settings"] {
            answers.push(admin.get(&site, path).await);
        }
        for call in ["models/keys", "models/load", "account/me"] {
            answers.push(admin.call(&site, call, "").await);
        }
        assert!(answers.iter().any(|answer| answer.body.contains("Set here on")), "{name}");
        for answer in &answers {
            for part in ["marrow", "lantern"] {
                assert!(!answer.body.contains(part), "{name}: {}", answer.body);
                assert!(!format!("{:?}", answer.headers).contains(part), "{name}: {:?}", answer.headers);
            }
        }
        let mut tx = test.db.read().await.unwrap();
        let rows: Vec<(Vec<u8>,)> = tx.query("SELECT sealed FROM provider_key").all().await.unwrap();
        drop(tx);
        assert_eq!(rows.len(), 1);
        assert!(!String::from_utf8_lossy(&rows[0].0).contains("marrow"), "{name}");

        let gone = admin.call(&site, "models/remove_key", "request[endpoint]=openai").await;
        assert_eq!(of_openai(&gone)["origin"], "nowhere", "{name}");
        assert!(matches!(ask(&site, &test).await, Asked::NoModel(NoModel::NotConnected)), "{name}");
        let twice = admin.call(&site, "models/remove_key", "request[endpoint]=openai").await;
        assert_eq!(twice.status, StatusCode::NOT_FOUND, "{name}");
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("a provider's key was set") && log.contains("a provider's key was removed"));
    assert!(!log.contains("marrow") && !log.contains("lantern"));
}

#[tokio::test]
async fn nobody_but_the_administrator_finds_any_of_it() {
    for test in databases().await {
        let site = site(&test, "data", &[]).await;
        let (_, mut second) = (member(&site, "fern").await, member(&site, "moss").await);
        for browser in [&mut second, &mut Browser::default()] {
            for (call, form) in [
                ("models/keys", String::new()),
                ("models/set_key", with_key(KEY)),
                ("models/remove_key", "request[endpoint]=openai".into()),
                ("models/try_now", "request[endpoint]=openai".into()),
                ("models/overview", "period[days]=7".into()),
            ] {
                let answer = browser.call(&site, call, &form).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}: {call}: {}", test.name, answer.body);
            }
            assert_eq!(
                browser.get(&site, "/admin/ai.csv").await.status,
                StatusCode::NOT_FOUND,
                "{}",
                test.name
            );
        }
        let mut tx = test.db.read().await.unwrap();
        let rows: Vec<(String,)> = tx.query("SELECT endpoint FROM provider_key").all().await.unwrap();
        assert_eq!(rows, [], "{}", test.name);
    }
}

#[tokio::test]
async fn it_works_without_scripts() {
    for test in databases().await {
        let site = site(&test, "data", &[]).await;
        let mut admin = member(&site, "fern").await;
        let led = |answer: &Answer| answer.headers[header::LOCATION].to_str().unwrap().to_string();
        let set = admin.form(&site, "/api/models/set_key", &with_key(KEY)).await;
        assert_eq!(
            (set.status, led(&set).as_str()),
            (StatusCode::FOUND, "/admin/ai#provider-keys"),
            "{}",
            test.name
        );
        let page = admin.get(&site, "/admin/ai").await.body;
        for words in ["action=\"/api/models/set_key\"", "action=\"/api/models/remove_key\"", "Set here on"] {
            assert!(page.contains(words), "{words}");
        }
        let refused = admin.form(&site, "/api/models/set_key", &with_key("two words")).await;
        assert!(led(&refused).contains("__err="), "{}", led(&refused));
        let query = led(&refused).split_once('?').unwrap().1.to_string();
        let page = admin.get(&site, &format!("/admin/ai?{query}")).await.body;
        assert!(page.contains("A key has neither spaces"), "{page}");
        let removed = admin.form(&site, "/api/models/remove_key", "request[endpoint]=openai").await;
        assert_eq!(led(&removed), "/admin/ai#provider-keys");
        let tried =
            admin.form(&site, "/api/models/try_now", "request[endpoint]=openai&request[days]=7").await;
        assert_eq!(led(&tried), "/admin/ai?days=7");
    }
}

#[tokio::test]
async fn what_is_being_answered_is_answered_to_the_end() {
    for test in databases().await {
        let text = "The sinus node sets the pace of the heart, about seventy times a minute at rest.";
        let script = Script::new().otherwise(Reply::text(text).every(Duration::from_millis(20)));
        let (provider, url) = provider(KEY, script);
        let site = site(&test, "data", &[&url]).await;
        let mut admin = member(&site, "fern").await;
        admin.call(&site, "models/set_key", &with_key(KEY)).await;
        let Asked::Given(mut answering) = ask(&site, &test).await else { panic!("no answer") };
        let Some(Event::Text(first)) = answering.next().await else { panic!("no word") };
        admin.call(&site, "models/remove_key", "request[endpoint]=openai").await;
        assert!(matches!(ask(&site, &test).await, Asked::NoModel(NoModel::NotConnected)), "{}", test.name);
        let (rest, ended) = answering.whole().await;
        assert_eq!((first + &rest, ended.finish), (text.to_string(), Finish::Whole), "{}", test.name);
        assert_eq!(provider.chats().len(), 1);
    }
}

#[tokio::test]
async fn other_processes_take_it_up_and_another_secret_cannot_read_it() {
    for test in databases().await {
        let name = test.name;
        let (_provider, url) = provider(KEY, Script::default());
        let one = site(&test, "one", &[SECRET, &url]).await;
        let other = site(&test, "other", &[SECRET, &url]).await;
        let mut admin = member(&one, "fern").await;
        admin.call(&one, "models/set_key", &with_key(KEY)).await;
        assert!(matches!(ask(&other, &test).await, Asked::NoModel(NoModel::NotConnected)), "{name}");
        other.state.models.take_up_keys().await.unwrap();
        assert!(matches!(ask(&other, &test).await, Asked::Given(_)), "{name}");
        admin.call(&one, "models/remove_key", "request[endpoint]=openai").await;
        other.state.models.take_up_keys().await.unwrap();
        assert!(matches!(ask(&other, &test).await, Asked::NoModel(NoModel::NotConnected)), "{name}");
        admin.call(&one, "models/set_key", &with_key(KEY)).await;
        drop((one, other));

        // the same secret: it is there from the start
        let again = site(&test, "again", &[SECRET, &url]).await;
        assert!(matches!(ask(&again, &test).await, Asked::Given(_)), "{name}");
        drop(again);
        let foreign =
            site(&test, "foreign", &["--secret=another one, which is long enough as well", &url]).await;
        assert!(matches!(ask(&foreign, &test).await, Asked::NoModel(NoModel::NotConnected)), "{name}");
        let mut admin = Browser::default();
        let login = "request[email]=fern@example.org&request[password]=a good long password";
        assert_eq!(admin.call(&foreign, "account/log_in", login).await.status, StatusCode::OK);
        let told = of_openai(&admin.call(&foreign, "models/keys", "").await);
        assert_eq!((&told["origin"], &told["set"]["readable"]), (&json!("nowhere"), &json!(false)), "{name}");
        let page = admin.get(&foreign, "/admin/ai").await.body;
        assert!(page.contains("it cannot be read any more"), "{page}");
        // set again, it is under the new one
        let told = of_openai(&admin.call(&foreign, "models/set_key", &with_key(KEY)).await);
        assert_eq!((&told["origin"], &told["set"]["readable"]), (&json!("page"), &json!(true)), "{name}");
        assert!(matches!(ask(&foreign, &test).await, Asked::Given(_)), "{name}");
    }
}

#[tokio::test]
async fn the_environment_wins_and_the_page_says_so() {
    for test in databases().await {
        let (provider, url) = provider("of the environment", Script::default());
        let site = site(&test, "data", &["--openai-api-key=of the environment", &url]).await;
        let mut admin = member(&site, "fern").await;
        let told = of_openai(&admin.call(&site, "models/set_key", &with_key(KEY)).await);
        assert_eq!(told["origin"], "environment", "{}", test.name);
        assert!(matches!(ask(&site, &test).await, Asked::Given(_)), "{}", test.name);
        assert_eq!(used(&provider).unwrap(), "Bearer of the environment");
        let page = admin.get(&site, "/admin/ai").await.body;
        for words in ["From the environment (OPENAI_API_KEY)", "is not used", "wins over it"] {
            assert!(page.contains(words), "{words}");
        }
        assert!(!page.contains("of the environment\""), "{page}");
    }
}

#[tokio::test]
async fn check_config_says_where_keys_come_from() {
    for test in databases().await {
        let one = site(&test, "data", &[SECRET]).await;
        let mut admin = member(&one, "fern").await;
        admin.call(&one, "models/set_key", &with_key(KEY)).await;
        drop(one);
        let check = |secret: &str| {
            let output = Command::new(env!("CARGO_BIN_EXE_mitochi"))
                .args(["check-config", "--data", &test.folder().join("data").display().to_string()])
                .args([secret, "--anthropic-api-key=lantern", "--gemini-api-key=", "--openai-api-key="])
                .envs([("DATABASE_URL", test.url.as_str()), ("MITOCHI_CACHE", "/nowhere")])
                .output()
                .unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        let said = check(SECRET);
        let line = "keys: anthropic: environment (ANTHROPIC_API_KEY); google: none; openai: set on /admin/ai";
        assert!(said.contains(line), "{}: {said}", test.name);
        assert!(said.contains("secondary: openai/gpt-5-mini"), "{said}");
        let foreign = check("--secret=another one, which is long enough as well");
        let line = foreign.lines().find(|line| line.contains("keys:")).unwrap();
        assert!(
            line.contains("NOT OK") && line.contains("openai: set on /admin/ai under another secret"),
            "{line}"
        );
        for said in [&said, &foreign] {
            assert!(!said.contains("lantern"), "{said}");
        }
    }
}

/// What the jobs of materials ask for.
fn analysing(request: &provider::Request) -> Reply {
    match form_of(request).as_str() {
        "notes" => Reply::json(json!({ "findings": [] })),
        _ => Reply::text("I would rather not."),
    }
}

async fn is_idle(site: &Site) -> bool {
    queue::next_due(&site.state.db, site.state.clock.now()).await.unwrap().is_none()
}

#[tokio::test]
async fn what_was_brought_before_a_key_is_analysed_once_it_is_there() {
    for test in databases().await {
        let name = test.name;
        let (provider, url) = provider(KEY, Script::new().otherwise(Reply::from_fn(analysing)));
        // an address that is no loopback one, so that it counts as another machine's
        let far = url.replace("127.0.0.1", "0.0.0.0");
        let site = site(&test, "data", &[SECRET, &far]).await;
        let (mut admin, mut moss) = (member(&site, "fern").await, member(&site, "moss").await);
        admin.upload(&site, &[("hormones.md", LECTURE.as_bytes())]).await;
        moss.upload(
            &site,
            &[("other.md", b"# Bones\n\n**Osteon** is the unit of compact bone that moss brought.")],
        )
        .await;
        // fern agreed when there was a provider before
        admin.call(&site, "models/set_key", &with_key("sk-old")).await;
        admin.call(&site, "models/agree", "request[endpoint]=openai").await;
        admin.call(&site, "models/remove_key", "request[endpoint]=openai").await;
        site.work().await;
        assert_eq!(provider.requests().len(), 0, "{name}");

        admin.call(&site, "models/set_key", &with_key(KEY)).await;
        site.work().await;
        let asked = provider.requests().len();
        assert!(asked > 0 && provider.received_anywhere("Glucagon"), "{name}");
        assert!(!provider.received_anywhere("moss brought"), "{name}: moss did not agree");
        // the key again, a start, another one: nothing is asked twice
        admin.call(&site, "models/set_key", &with_key(KEY)).await;
        site.state.tidy().await.unwrap();
        assert!(is_idle(&site).await, "{name}");
        drop(site);
        let again = self::site(&test, "data", &[SECRET, &far]).await;
        again.state.tidy().await.unwrap();
        assert!(is_idle(&again).await, "{name}");
        assert_eq!(provider.requests().len(), asked, "{name}");
    }
}

#[tokio::test]
async fn what_a_wrong_key_put_off_goes_on_with_the_right_one() {
    for test in databases().await {
        let name = test.name;
        let (_provider, url) = provider(KEY, Script::new().otherwise(Reply::from_fn(analysing)));
        let far = url.replace("127.0.0.1", "0.0.0.0");
        let site = site(&test, "data", &[&far]).await;
        let mut admin = member(&site, "fern").await;
        admin.call(&site, "models/set_key", &with_key("sk-wrong")).await;
        admin.call(&site, "models/agree", "request[endpoint]=openai").await;
        admin.upload(&site, &[("hormones.md", LECTURE.as_bytes())]).await;
        let mut workers = site.workers();
        let put_off = async || {
            let due = queue::next_due(&site.state.db, site.state.clock.now()).await.unwrap();
            due.is_some_and(|due| due > site.state.clock.now() + 600_000)
        };
        for _ in 0..400 {
            if put_off().await {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(put_off().await, "{name}");
        workers.abort_all();
        while workers.join_next().await.is_some() {}
        admin.call(&site, "models/set_key", &with_key(KEY)).await;
        site.work().await;
        assert!(is_idle(&site).await, "{name}");
        let mut tx = test.db.read().await.unwrap();
        let sql = "SELECT CAST(count(*) AS BIGINT) FROM model_progress WHERE work = 'whole'";
        assert_eq!(tx.query(sql).one::<(i64,)>().await.unwrap().0, 1, "{name}: all of it was asked");
    }
}

#[tokio::test]
async fn what_was_brought_before_a_model_of_this_machine_is_analysed_at_the_next_start() {
    for test in databases().await {
        let name = test.name;
        let before = site(&test, "data", &[SECRET]).await;
        let mut fern = member(&before, "fern").await;
        fern.upload(&before, &[("hormones.md", LECTURE.as_bytes())]).await;
        before.work().await;
        before.state.tidy().await.unwrap();
        assert!(is_idle(&before).await, "{name}: there is no model");
        let shelf = fern.call(&before, "library/materials", "").await.json();
        let own = shelf["materials"].as_array().unwrap().iter().find(|one| one["built_in"] == false).unwrap();
        let mark = format!("material={}&stays=true", own["id"].as_str().unwrap());
        assert_eq!(fern.call(&before, "library/keep_here", &mark).await.status, StatusCode::OK);
        drop(before);

        let script = Script::new().otherwise(Reply::from_fn(analysing));
        let near = Provider::start(Settings { script, ..Settings::new(Dialect::Foreign) });
        let local = format!("--local-url={}", near.base_url());
        let now = site(&test, "data", &[SECRET, &local, "--local-model=llama3.2"]).await;
        now.state.tidy().await.unwrap();
        now.work().await;
        assert!(near.received_anywhere("Glucagon"), "{name}: it stays here, and the model is here");
        let asked = near.requests().len();
        now.state.tidy().await.unwrap();
        assert!(is_idle(&now).await, "{name}");
        now.work().await;
        assert_eq!(near.requests().len(), asked, "{name}");
    }
}
