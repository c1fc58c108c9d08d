//! Language models as learners and the administrator meet them: consent, what stays here, the book, what it says.

use crate::support::{
    TestDb, databases,
    site::{Answer, Browser, Site},
};
use app::models::api::{Overview, Period, Standing};
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request as HttpRequest, StatusCode, header},
};
use domain::id::LearnerId;
use provider::{Dialect, Provider, Script, Settings};
use serde_json::{Value, json};
use server::{
    clock::Clock,
    llm::{
        self, Effort, Message, PromptId, Request, Speaker, Task, Tier,
        catalogue::Tokens,
        ledger::{Call, Ledger, Source},
    },
    models::{Book, EmbeddingMeter},
    retrieval::embed::remote::{Meter, Used},
};
use std::{net::SocketAddr, sync::Arc, time::Duration};

#[tokio::test]
async fn calls_of_a_day_add_up_and_the_next_day_begins_anew() {
    for test in databases().await {
        let clock = Clock::default();
        let meter = EmbeddingMeter { book: Book { db: test.db.clone(), clock: clock.clone() }, price: 0.02 };
        let used = |tokens| Used { model: "text-embedding-3-small".into(), tokens };
        // in the morning, so that the day does not end during the test
        clock.advance(86_400_000 - clock.now().rem_euclid(86_400_000) + 3_600_000);
        let calls = (0..20).map(|_| {
            let meter = meter.clone();
            tokio::spawn(async move { meter.book(used(50_000)).await })
        });
        for call in calls.collect::<Vec<_>>() {
            call.await.unwrap().unwrap();
        }
        clock.advance(86_400_000);
        meter.book(used(7)).await.unwrap();
        let mut tx = test.db.read().await.unwrap();
        let sql = "SELECT task, CAST(count(*) AS BIGINT), CAST(sum(input_tokens) AS BIGINT), CAST(sum(nanodollars) AS BIGINT)
            FROM model_call GROUP BY day, task ORDER BY day";
        let rows: Vec<(String, i64, i64, i64)> = tx.query(sql).all().await.unwrap();
        let expected = [("embedding", 20, 1_000_000, 20_000_000), ("embedding", 1, 7, 140)];
        assert_eq!(
            rows,
            expected.map(|(task, calls, tokens, cost)| (task.to_string(), calls, tokens, cost)),
            "{}",
            test.name
        );
    }
}

/// A site without any model but for those of these options.
async fn site(test: &TestDb, options: &[&str]) -> Site {
    let none = ["--anthropic-api-key=", "--openai-api-key=", "--gemini-api-key=", "--local-url="];
    let name = |option: &str| option.split('=').next().unwrap_or_default().to_string();
    let given: Vec<_> = options.iter().map(|option| name(option)).collect();
    let none = none.into_iter().filter(|option| !given.contains(&name(option)));
    Site::open_beside(test, "data", &none.chain(options.iter().copied()).collect::<Vec<_>>()).await
}

async fn member(site: &Site, name: &str) -> Browser {
    let mut browser = Browser::default();
    let answer = browser.register(site, &format!("{name}@example.org")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    browser
}

async fn models(site: &Site, browser: &mut Browser) -> Value {
    browser.call(site, "models/load", "").await.json()
}

fn led(answer: &Answer) -> &str {
    answer.headers[header::LOCATION].to_str().unwrap()
}

#[tokio::test]
async fn nothing_is_agreed_to_until_the_learner_does_and_it_can_be_taken_back() {
    for test in databases().await {
        let site = site(&test, &["--anthropic-api-key=k"]).await;
        let (mut fern, mut moss) = (member(&site, "fern").await, member(&site, "moss").await);
        let told = models(&site, &mut fern).await;
        let provider =
            json!({ "endpoint": "anthropic", "title": "Anthropic", "agreed": false, "connected": true });
        assert_eq!(
            told,
            json!({ "providers": [provider], "local": false, "embedding": null }),
            "{}",
            test.name
        );

        let agree = "request[endpoint]=anthropic";
        let answer = fern.call(&site, "models/agree", agree).await;
        assert_eq!(answer.json()["providers"][0]["agreed"], true);
        assert_eq!(models(&site, &mut moss).await["providers"][0]["agreed"], false, "another's is another's");
        let page = fern.get(&site, "/settings").await;
        assert!(page.body.contains("Take it back"), "{}", page.body);

        let answer = fern.form(&site, "/api/models/withdraw", agree).await;
        assert_eq!((answer.status, led(&answer)), (StatusCode::FOUND, "/settings#models"));
        assert_eq!(models(&site, &mut fern).await["providers"][0]["agreed"], false);
        let answer =
            fern.form(&site, "/api/models/agree", &format!("{agree}&request[back]=/library?x=1")).await;
        assert_eq!(led(&answer), "/library?x=1");
        let answer =
            fern.form(&site, "/api/models/agree", &format!("{agree}&request[back]=//evil.example")).await;
        assert!(!led(&answer).contains("evil"), "{}", led(&answer));

        let unknown = fern.call(&site, "models/agree", "request[endpoint]=nobody").await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{}", unknown.body);
        let stranger = Browser::default().call(&site, "models/agree", agree).await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn what_was_agreed_to_can_be_taken_back_when_the_provider_is_gone() {
    for test in databases().await {
        let before = site(&test, &["--openai-api-key=k"]).await;
        let mut fern = member(&before, "fern").await;
        fern.call(&before, "models/agree", "request[endpoint]=openai").await;
        let key = before.config.session_key().unwrap();
        drop(before);
        let now = site(&test, &[]).await;
        assert_eq!(now.config.session_key().unwrap(), key, "the same data folder");
        let told = models(&now, &mut fern).await;
        assert_eq!(told["providers"][0]["connected"], false, "{}: {told}", test.name);
        assert_eq!(told["providers"][0]["agreed"], true);
        let answer = fern.call(&now, "models/withdraw", "request[endpoint]=openai").await;
        assert_eq!(answer.json()["providers"], json!([]));
        let page = fern.get(&now, "/settings").await;
        assert!(page.body.contains("No language model is connected"), "{}", page.body);
        assert!(page.body.contains("Nothing of yours is sent anywhere"));
    }
}

async fn shelf(site: &Site, browser: &mut Browser) -> Vec<Value> {
    browser.call(site, "library/materials", "").await.json()["materials"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_learner_marks_what_stays_here_of_their_own() {
    for test in databases().await {
        let site = site(&test, &[]).await;
        let (mut fern, mut moss) = (member(&site, "fern").await, member(&site, "moss").await);
        fern.upload(&site, &[("kidney.md", b"# Kidney\n\nThe kidney makes urine.")]).await;
        let all = shelf(&site, &mut fern).await;
        let of = |built_in: bool| {
            let found = all.iter().find(|material| material["built_in"] == built_in).unwrap();
            found["id"].as_str().unwrap().to_string()
        };
        let (own, sample) = (of(false), of(true));
        let mark = |id: &str, stays: bool| format!("material={id}&stays={stays}");
        for (browser, id) in [(&mut moss, &own), (&mut fern, &sample)] {
            let refused = browser.call(&site, "library/keep_here", &mark(id, true)).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}: {}", test.name, refused.body);
        }
        let stays =
            |shelf: &[Value]| shelf.iter().find(|m| m["id"] == own.as_str()).unwrap()["stays_here"].clone();
        assert_eq!(stays(&shelf(&site, &mut fern).await), false);
        assert_eq!(fern.call(&site, "library/keep_here", &mark(&own, true)).await.status, StatusCode::OK);
        assert_eq!(stays(&shelf(&site, &mut fern).await), true);
        assert!(fern.get(&site, "/library").await.body.contains("Take ‘stays here’ off"));
        let answer = fern.form(&site, "/api/library/keep_here", &mark(&own, false)).await;
        assert_eq!((answer.status, led(&answer)), (StatusCode::FOUND, "/library"));
        assert_eq!(stays(&shelf(&site, &mut fern).await), false);
    }
}

#[tokio::test]
async fn a_record_stays_here_from_its_reading_on_and_a_lecture_does_not() {
    const RECORD: &[u8] =
        b"# Discharge summary\n\nPatient name: Ada Brown\n\nDate of birth: 12/05/1950\n\nNHS number: 943 \
                            476 5919\n\nAdmitted on 3 March 2024 with chest pain. The troponin was raised.\n";
    for test in databases().await {
        let site = site(&test, &[]).await;
        let mut fern = member(&site, "fern").await;
        let lecture = include_bytes!("../../starter/heart.md");
        fern.upload(&site, &[("letter.md", RECORD), ("heart.md", lecture)]).await;
        site.work().await;
        let all = shelf(&site, &mut fern).await;
        let of = |name: &str| {
            all.iter().find(|material| material["filename"] == name && material["built_in"] == false).unwrap()
        };
        let (letter, heart) = (of("letter.md"), of("heart.md"));
        assert_eq!(
            (&letter["state"], &letter["stays_here"]),
            (&json!("ready"), &json!(true)),
            "{}",
            test.name
        );
        let warning = letter["warnings"][0].as_str().unwrap();
        assert!(warning.starts_with("This looks like a patient’s record: a patient’s number"), "{warning}");
        assert!(warning.contains("‘stays here’"));
        assert_eq!((&heart["stays_here"], &heart["warnings"]), (&json!(false), &json!([])));
    }
}

/// Chapters about patients, where they lie beside the repository.
#[tokio::test]
async fn chapters_are_no_records() {
    let folder = std::env::var("MITOCHI_SHARED").unwrap_or_else(|_| "../../shared".into());
    let Ok(files) = std::fs::read_dir(std::path::Path::new(&folder).join("data/documents")) else {
        println!("skipped: no documents at {folder}/data/documents (MITOCHI_SHARED)");
        return;
    };
    let mut read = 0;
    for file in files {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if ![".md", ".html", ".docx"].iter().any(|ending| name.ends_with(ending)) {
            // the same chapters; their letters are read elsewhere
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let document = server::reading::read(bytes, &name, &mut |_| {}).unwrap();
        assert!(document.text.len() > 10_000, "{name}");
        assert_eq!(domain::record::signs(&document.text), None, "{name}");
        read += 1;
    }
    assert!(read >= 5, "{read} files");
}

async fn overview(site: &Site, browser: &mut Browser) -> Answer {
    browser.call(site, "models/overview", "period[days]=30").await
}

#[tokio::test]
async fn the_first_account_sees_what_it_costs_and_nobody_else() {
    for test in databases().await {
        let site = site(&test, &[]).await;
        let mut tx = test.db.write().await.unwrap();
        let (guest, _) = site.state.account.open_guest(&mut tx, "UTC").await.unwrap();
        tx.commit().await.unwrap();
        let refused = site.state.backend().models.overview(Some(guest), Period::default()).await.unwrap_err();
        assert_eq!(refused.status(), 404, "{}", test.name);
        let (mut first, mut second) = (member(&site, "fern").await, member(&site, "moss").await);
        for (browser, administrator) in [(&mut first, true), (&mut second, false)] {
            let me = browser.call(&site, "account/me", "").await.json();
            assert_eq!(me["administrator"], administrator, "{}", test.name);
            let expected = if administrator { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(overview(&site, browser).await.status, expected);
            assert_eq!(browser.get(&site, "/admin/ai").await.status, expected);
            let link = browser.get(&site, "/settings").await.body.contains("href=\"/admin/ai\"");
            assert_eq!(link, administrator);
        }
        let page = first.get(&site, "/admin/ai").await;
        assert!(page.body.contains("No language model is connected"), "{}", page.body);
        assert_eq!(overview(&site, &mut Browser::default()).await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            Browser::default().get(&site, "/admin/ai").await.status,
            StatusCode::FOUND,
            "log in first"
        );

        // after it the oldest that remains follows, and nobody who comes later
        let mut third = member(&site, "reed").await;
        let gone = first.call(&site, "account/delete", "password=a good long password").await;
        assert_eq!(gone.status, StatusCode::OK, "{}", gone.body);
        let mut fourth = member(&site, "sage").await;
        for (browser, status) in [
            (&mut second, StatusCode::OK),
            (&mut third, StatusCode::NOT_FOUND),
            (&mut fourth, StatusCode::NOT_FOUND),
        ] {
            assert_eq!(overview(&site, browser).await.status, status, "{}", test.name);
        }
        // one who is not the administrator leaves nothing behind
        third.call(&site, "account/delete", "password=a good long password").await;
        assert_eq!(overview(&site, &mut fourth).await.status, StatusCode::NOT_FOUND, "{}", test.name);
        // when all are gone, the next one is the first again
        for browser in [&mut second, &mut fourth] {
            let gone = browser.call(&site, "account/delete", "password=a good long password").await;
            assert_eq!(gone.status, StatusCode::OK, "{}: {}", test.name, gone.body);
        }
        let mut fifth = member(&site, "thyme").await;
        assert_eq!(overview(&site, &mut fifth).await.status, StatusCode::OK, "{}", test.name);
    }
}

#[tokio::test]
async fn of_accounts_opened_at_once_one_is_the_administrators() {
    for test in databases().await {
        let site = Arc::new(site(&test, &[]).await);
        let opened = (0..8).map(|n| {
            let site = site.clone();
            tokio::spawn(async move { member(&site, &format!("fern{n}")).await })
        });
        futures::future::join_all(opened.collect::<Vec<_>>()).await;
        let mut tx = test.db.read().await.unwrap();
        let sql = "SELECT CAST(count(*) AS BIGINT) FROM learner WHERE admin";
        assert_eq!(tx.query(sql).one::<(i64,)>().await.unwrap().0, 1, "{}", test.name);
    }
}

/// A call as it is booked, `days` before now.
fn call(clock: &Clock, learner: LearnerId, days: i64) -> Call {
    Call {
        learner,
        at: clock.now() - days * 86_400_000,
        task: Task::Tutor,
        tier: Tier::Primary,
        endpoint: "anthropic".into(),
        model: "large".into(),
        source: Source::Model,
        tokens: Tokens { input: 1_000, cached: 200, written: 300, output: 100 },
        nanodollars: 12_345_678,
        first_word: Some(Duration::from_millis(800)),
        whole: Duration::from_secs(3),
        outcome: "whole",
    }
}

#[tokio::test]
async fn the_overview_adds_up_to_the_cent() {
    for test in databases().await {
        let options = ["--openai-api-key=k", "--daily-cents=100", "--learner-cents=30"];
        let site = site(&test, &options).await;
        let mut admin = member(&site, "fern").await;
        let clock = site.state.clock.clone();
        let book = Book { db: test.db.clone(), clock: clock.clone() };
        let (fern, moss) = (crate::support::learner(&test.db).await, crate::support::learner(&test.db).await);
        // twenty that took 100, 200, … 2,000 ms, on the day before yesterday
        for n in 1..=20 {
            let first_word = Some(Duration::from_millis(n * 100));
            book.book(Call { first_word, ..call(&clock, fern, 2) }).await.unwrap();
        }
        let spared = |source| Call {
            source,
            tokens: Tokens::default(),
            nanodollars: 0,
            first_word: Some(Duration::from_millis(1)),
            ..call(&clock, fern, 1)
        };
        for _ in 0..3 {
            book.book(spared(Source::Cache)).await.unwrap();
        }
        book.book(Call { model: String::new(), endpoint: String::new(), ..spared(Source::Shared) })
            .await
            .unwrap();
        let failed = |outcome| Call {
            task: Task::Judge,
            model: "small".into(),
            outcome,
            first_word: None,
            nanodollars: 0,
            ..call(&clock, moss, 0)
        };
        for outcome in ["limit", "limit", "silent", "left"] {
            book.book(failed(outcome)).await.unwrap();
        }
        book.book(Call { nanodollars: 250_000_000, ..call(&clock, moss, 0) }).await.unwrap();
        book.book(Call { nanodollars: 40_000_000, ..call(&clock, fern, 0) }).await.unwrap();
        // the oldest day that counts of thirty, and one that does not
        book.book(Call { nanodollars: 7, ..call(&clock, fern, 29) }).await.unwrap();
        book.book(Call { nanodollars: 9_000_000_000, ..call(&clock, fern, 30) }).await.unwrap();
        let vectors = EmbeddingMeter { book: book.clone(), price: 0.02 };
        vectors.book(Used { model: "vectors".into(), tokens: 500_000 }).await.unwrap();

        let answer = overview(&site, &mut admin).await;
        let told: Overview = serde_json::from_str(&answer.body).unwrap();
        let name = test.name;
        assert_eq!(told.days.len(), 30, "{name}");
        let costs: Vec<i64> = told.days.iter().rev().map(app::models::api::Day::cost).collect();
        assert_eq!((costs[0], costs[1], costs[2], costs[29]), (300_000_000, 0, 20 * 12_345_678, 7), "{name}");
        assert_eq!(costs.iter().sum::<i64>(), told.tasks.iter().map(|line| line.cost).sum::<i64>(), "{name}");
        assert_eq!(
            costs.iter().sum::<i64>(),
            told.models.iter().map(|line| line.cost).sum::<i64>(),
            "{name}"
        );
        let line = |lines: &[app::models::api::Line], of: &str| {
            lines.iter().find(|line| line.name == of).unwrap().clone()
        };
        let tutor = line(&told.tasks, "tutor");
        assert_eq!((tutor.calls, tutor.cached, tutor.shared, tutor.failed), (27, 3, 1, 0), "{name}");
        assert_eq!(tutor.cost, 20 * 12_345_678 + 290_000_000 + 7);
        assert_eq!((tutor.input, tutor.output), (23_000, 2_300));
        // of 23 times, three of them 800 ms: the 12th and the 22nd
        assert_eq!((tutor.median, tutor.p95), (Some(900), Some(1_900)), "{name}");
        let judge = line(&told.tasks, "judge");
        assert_eq!((judge.calls, judge.failed, judge.median), (4, 3, None), "{name}");
        assert_eq!(line(&told.tasks, "embedding").cost, 10_000_000);
        assert_eq!(line(&told.models, "large").calls, 26, "the shared one asked none");
        assert_eq!(
            (told.all.calls, told.all.failed, told.all.p95),
            (31, 3, Some(1_900)),
            "{name}: without vectors"
        );
        let failures: Vec<_> =
            told.failures.iter().map(|failed| (failed.outcome.as_str(), failed.calls)).collect();
        assert_eq!(failures, [("limit", 2), ("silent", 1)], "{name}");
        assert_eq!((told.today.spent, told.today.highest), (300_000_000, 250_000_000), "{name}");
        assert_eq!((told.today.limit, told.today.learner_limit), (Some(1_000_000_000), Some(300_000_000)));
        assert_eq!(told.seats.len(), 3, "one key gives every tier a model");
        assert!(told.seats.iter().all(|seat| seat.standing == Standing::Closed && !seat.here));
        let page = admin.get(&site, "/admin/ai").await;
        for words in ["$0.30", "$0.55", "$0.25", "Too many requests", "Write questions"] {
            assert_eq!(page.body.contains(words), words != "Write questions", "{name}: {words}");
        }

        // another period is another sum, in the page and in the file
        for (days, paid) in [(7, 546_913_560), (30, 546_913_567), (90, 9_546_913_567_i64)] {
            let told = admin.call(&site, "models/overview", &format!("period[days]={days}")).await;
            let told: Overview = serde_json::from_str(&told.body).unwrap();
            let sum: i64 = told.days.iter().map(app::models::api::Day::cost).sum();
            assert_eq!((told.days.len(), sum), (days, paid), "{name}");
            let page = admin.get(&site, &format!("/admin/ai?days={days}")).await.body;
            assert!(page.contains(&format!("Last {days} days")), "{name}: {days}");
            let file = admin.get(&site, &format!("/admin/ai.csv?days={days}")).await;
            assert_eq!(file.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
            let mut lines = file.body.lines();
            assert!(lines.next().unwrap().starts_with("day,task,provider,model,calls,"));
            let dollars: Vec<&str> = lines.map(|line| line.rsplit_once(',').unwrap().1).collect();
            let sum: i64 = dollars.iter().map(|sum| sum.replace('.', "").parse::<i64>().unwrap()).sum();
            assert_eq!(sum, paid, "{name}: {}", file.body);
        }
    }
}

#[tokio::test]
async fn the_overview_reads_the_days_by_their_index() {
    for test in databases().await {
        if test.name != "SQLite" {
            continue;
        }
        let mut tx = test.db.read().await.unwrap();
        let sql = "EXPLAIN QUERY PLAN SELECT task, sum(nanodollars) FROM model_call WHERE day >= 20000 GROUP BY task";
        let plan: Vec<(i64, i64, i64, String)> = tx.query(sql).all().await.unwrap();
        assert!(plan.iter().any(|(_, _, _, step)| step.contains("model_call_day")), "{plan:?}");
    }
}

async fn metrics(site: &Site, peer: &str, bearer: Option<&str>) -> Answer {
    let peer: SocketAddr = peer.parse().unwrap();
    let mut request = HttpRequest::get("/metrics").extension(ConnectInfo(peer));
    if let Some(token) = bearer {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    site.ask(request.body(Body::empty()).unwrap()).await
}

/// The value of a line, by its name and labels.
fn figure(text: &str, of: &str) -> f64 {
    let found = text.lines().find_map(|line| line.strip_prefix(of)?.strip_prefix(' '));
    found.unwrap_or_else(|| panic!("no {of} in\n{text}")).parse().unwrap()
}

#[tokio::test]
async fn what_models_did_can_be_scraped() {
    for test in databases().await {
        let provider =
            Provider::start(Settings { script: Script::default(), ..Settings::new(Dialect::Foreign) });
        let url = format!("--local-url={}", provider.base_url());
        let site = site(&test, &[&url, "--local-model=llama3.2"]).await;
        let request = Request {
            task: Task::Tutor,
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
        let Ok(llm::Answer::Given(answering)) = site.state.llm.ask(request).await else {
            panic!("no answer")
        };
        answering.whole().await;
        let mut text = String::new();
        for _ in 0..100 {
            let answer = metrics(&site, "127.0.0.1:5000", None).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", test.name);
            assert_eq!(answer.headers[header::CONTENT_TYPE], "text/plain; version=0.0.4; charset=utf-8");
            text = answer.body;
            if text.contains("outcome=\"whole\"") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let calls =
            "mitochi_llm_calls_total{task=\"tutor\",model=\"llama3.2\",source=\"model\",outcome=\"whole\"}";
        assert!((figure(&text, calls) - 1.0).abs() < 1e-9);
        assert!(figure(&text, "mitochi_llm_tokens_total{model=\"llama3.2\",kind=\"output\"}") > 0.0);
        assert!(
            (figure(&text, "mitochi_llm_first_word_seconds_count{model=\"llama3.2\"}") - 1.0).abs() < 1e-9
        );
        assert!(figure(&text, "mitochi_llm_breaker_open{endpoint=\"local\"}").abs() < 1e-9);
        // every line is a comment or a name, labels and a number; every name has its type before
        for line in text.lines().filter(|line| !line.starts_with("# HELP ") && !line.starts_with("# TYPE ")) {
            let (named, value) = line.rsplit_once(' ').unwrap();
            let (name, labels) = named.split_once('{').unwrap();
            assert!(value.parse::<f64>().is_ok() && labels.ends_with('}'), "{line}");
            let base =
                ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
            assert!(
                text.contains(&format!("# TYPE {base} ")) || text.contains(&format!("# TYPE {name} ")),
                "{line}"
            );
        }
        assert_eq!(metrics(&site, "192.168.0.7:5000", None).await.status, StatusCode::NOT_FOUND);
        drop(site);
        let locked = self::site(&test, &["--metrics-token=secret"]).await;
        assert_eq!(metrics(&locked, "127.0.0.1:5000", None).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(metrics(&locked, "192.168.0.7:5000", Some("secret")).await.status, StatusCode::OK);
    }
}

#[test]
fn the_question_names_whom_it_is_about_and_works_as_a_form() {
    use app::models::{
        api::Provider,
        consent::{Consent, ConsentProps},
    };
    use leptos::prelude::{Callback, Owner, RenderHtml};
    let provider = |endpoint: &str, agreed: bool, connected: bool| Provider {
        endpoint: endpoint.into(),
        title: endpoint.to_uppercase(),
        agreed,
        connected,
    };
    let providers = vec![
        provider("anthropic", false, true),
        provider("openai", true, true),
        provider("google", false, false),
    ];
    let html = Owner::new().with(|| {
        let asked = ConsentProps { providers, back: "/tutor?x=1".into(), agreed: Callback::new(|()| {}) };
        leptos::prelude::IntoView::into_view(Consent(asked)).to_html()
    });
    for words in
        ["Agree to ANTHROPIC", "action=\"/api/models/agree\"", "value=\"/tutor?x=1\"", "/settings#models"]
    {
        assert!(html.contains(words), "{words}\n{html}");
    }
    assert!(!html.contains("OPENAI") && !html.contains("GOOGLE"), "{html}");
}
