//! Accounts over the real router, on both databases.

use crate::support::{
    databases,
    site::{Browser, Site},
};
use axum::http::{StatusCode, header};
use server::account::attempts;

const MINUTE: i64 = 60_000;

async fn me(site: &Site, browser: &mut Browser) -> serde_json::Value {
    let answer = browser.call(site, "account/me", "").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

#[tokio::test]
async fn register_log_out_and_in_again() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut browser = Browser::default();
        let answer = browser.register(&site, "Fern-03@Example.org").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        for line in answer.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            assert!(line.contains("HttpOnly") && line.contains("SameSite=Lax"), "{line}");
        }
        let account = me(&site, &mut browser).await;
        assert_eq!(
            (&account["email"], &account["settings"]["time_zone"]),
            (&"Fern-03@Example.org".into(), &"Europe/Berlin".into())
        );
        assert_eq!(browser.call(&site, "account/log_out", "").await.status, StatusCode::OK);
        assert!(browser.cookies.is_empty());
        assert!(me(&site, &mut browser).await.is_null());
        let wrong = browser
            .call(
                &site,
                "account/log_in",
                "request[email]=fern-03@example.org&request[password]=not the password",
            )
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.body);
        let unknown = browser
            .call(
                &site,
                "account/log_in",
                "request[email]=nobody@example.org&request[password]=not the password",
            )
            .await;
        assert_eq!(wrong.body, unknown.body, "an answer must not tell whether an address exists");
        let right = browser
            .call(
                &site,
                "account/log_in",
                "request[email]= fern-03@example.org &request[password]=a good long password",
            )
            .await;
        assert_eq!(right.status, StatusCode::OK, "{}", right.body);
        assert_eq!(me(&site, &mut browser).await["email"], "Fern-03@Example.org");
    }
}

#[tokio::test]
async fn who_guesses_passwords_has_to_wait() {
    for test in databases().await {
        let site = Site::open(&test).await;
        Browser::default().register(&site, "fern@example.org").await;
        let mut browser = Browser::default();
        let wrong = "request[email]=Fern@example.org&request[password]=not the password";
        for _ in 0..attempts::FREE {
            let answer = browser.call(&site, "account/log_in", wrong).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
        }
        // even the right one
        let right = "request[email]=fern@example.org&request[password]=a good long password";
        let answer = browser.call(&site, "account/log_in", right).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{}", answer.body);
        assert!(answer.headers.contains_key(header::RETRY_AFTER));
        site.state.clock.advance(3_000);
        assert_eq!(browser.call(&site, "account/log_in", right).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_in_words_and_nothing_is_written() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut first = Browser::default();
        first.register(&site, "fern@example.org").await;
        let taken = Browser::default().register(&site, "FERN@example.org").await;
        assert_eq!(taken.status, StatusCode::CONFLICT, "{}", taken.body);
        for (form, field) in [
            ("request[email]=fern&request[password]=a good long password", "email"),
            ("request[email]=b@example.org&request[password]=short", "password"),
        ] {
            let mut browser = Browser::default();
            let answer = browser.call(&site, "account/register", form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(answer.json()["field"], field);
            assert!(browser.cookies.is_empty() && answer.headers.contains_key("x-request-id"));
        }
        let mut tx = site.state.db.read().await.unwrap();
        let (learners,): (i64,) = tx.query("SELECT count(*) FROM learner").one().await.unwrap();
        assert_eq!(learners, 1, "{}", test.name);
    }
}

#[tokio::test]
async fn fifty_renewals_at_once_stay_signed_in_and_an_old_token_ends_the_session() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut browser = Browser::default();
        browser.register(&site, "fern@example.org").await;
        site.state.clock.advance(16 * MINUTE);
        let old = browser.clone();
        let all = (0..50).map(|_| {
            let mut tab = old.clone();
            let site = &site;
            async move {
                let account = me(site, &mut tab).await;
                (account["email"].clone(), tab)
            }
        });
        for (email, mut tab) in futures::future::join_all(all).await {
            assert_eq!(email, "fern@example.org", "{}", test.name);
            assert_ne!(tab.cookies, old.cookies);
            // what each tab was given goes on working
            assert_eq!(me(&site, &mut tab).await["email"], "fern@example.org");
            browser = tab;
        }
        site.state.clock.advance(MINUTE);
        let mut thief = old.clone();
        assert!(me(&site, &mut thief).await.is_null(), "{}: a token that was exchanged long ago", test.name);
        assert!(thief.cookies.is_empty());
        site.state.clock.advance(16 * MINUTE);
        assert!(me(&site, &mut browser).await.is_null(), "{}: the whole session ended", test.name);
    }
}

#[tokio::test]
async fn a_session_lasts_seven_days_from_its_last_use() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut browser = Browser::default();
        browser.register(&site, "fern@example.org").await;
        for _ in 0..3 {
            site.state.clock.advance(6 * 24 * 60 * MINUTE);
            assert_eq!(me(&site, &mut browser).await["email"], "fern@example.org");
        }
        site.state.clock.advance(7 * 24 * 60 * MINUTE + MINUTE);
        assert!(me(&site, &mut browser).await.is_null(), "{}", test.name);
    }
}

/// A stranger who answers the question of the front page is a guest.
pub(crate) async fn answer_demo(site: &Site, browser: &mut Browser) -> serde_json::Value {
    let demo = browser.call_json(site, "landing/demo", serde_json::json!({})).await.json();
    let options = demo["question"]["options"].as_array().unwrap();
    let key = options.iter().position(|option| option["correct"] == true).unwrap();
    let form = format!(
        "request[question]={}&request[choice]={key}&request[confidence]=certain",
        demo["question"]["id"].as_str().unwrap()
    );
    let verdict = browser.call(site, "landing/answer", &form).await;
    assert_eq!(verdict.status, StatusCode::OK, "{}", verdict.body);
    verdict.json()
}

async fn xp(site: &Site, browser: &mut Browser) -> i64 {
    let frame = browser.call_json(site, "progress/frame", serde_json::json!({})).await.json();
    frame["xp"].as_i64().unwrap()
}

#[tokio::test]
async fn a_guests_progress_moves_into_a_new_account_and_into_an_old_one() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut browser = Browser::default();
        let earned = answer_demo(&site, &mut browser).await["xp"]["amount"].as_i64().unwrap();
        assert!(earned > 0 && !browser.cookies.is_empty());
        browser.register(&site, "fern@example.org").await;
        assert_eq!(xp(&site, &mut browser).await, earned, "{}: new account", test.name);

        let mut elsewhere = Browser::default();
        answer_demo(&site, &mut elsewhere).await;
        let login = "request[email]=fern@example.org&request[password]=a good long password";
        elsewhere.call(&site, "account/log_in", login).await;
        assert_eq!(xp(&site, &mut elsewhere).await, 2 * earned, "{}: old account", test.name);
        let mut tx = site.state.db.read().await.unwrap();
        let (learners,): (i64,) = tx.query("SELECT count(*) FROM learner").one().await.unwrap();
        assert_eq!(learners, 1, "{}: the guest is gone", test.name);
    }
}

#[tokio::test]
async fn deleting_an_account_takes_the_password_and_all_that_is_its() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut browser = Browser::default();
        browser.register(&site, "fern@example.org").await;
        browser.upload(&site, &[("notes.md", b"# Heart\n\nThe heart beats.")]).await;
        site.work().await;
        assert_eq!(std::fs::read_dir(site.data.join("uploads")).unwrap().count(), 2);
        let wrong = browser.call(&site, "account/delete", "password=not this one").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let right = browser.call(&site, "account/delete", "password=a good long password").await;
        assert_eq!(right.status, StatusCode::OK, "{}", right.body);
        site.work().await;
        let left: Vec<_> =
            std::fs::read_dir(site.data.join("uploads")).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, ["incoming"], "{}", test.name);
        let mut tx = site.state.db.read().await.unwrap();
        for sql in [
            "SELECT count(*) FROM learner",
            "SELECT count(*) FROM material WHERE owner IS NOT NULL",
            "SELECT count(*) FROM session",
        ] {
            let (rows,): (i64,) = tx.query(sql).one().await.unwrap();
            assert_eq!(rows, 0, "{}: {sql}", test.name);
        }
    }
}

#[tokio::test]
async fn settings_are_checked_and_the_look_is_in_the_first_byte() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut browser = Browser::default();
        browser.register(&site, "fern@example.org").await;
        let form = |retention: u32, zone: &str| {
            format!(
                "settings[look][theme]=dark&settings[look][motion]=reduced&settings[gamification]=true&settings[keys]=true\
                 &settings[daily_goal]=80&settings[minutes]=30&settings[exam]=&settings[exam_date]=&settings[retention]={retention}\
                 &settings[time_zone]={zone}"
            )
        };
        for bad in [form(99, "Europe/Berlin"), form(90, "Mars/Olympus")] {
            assert_eq!(
                browser.call(&site, "account/settings", &bad).await.status,
                StatusCode::UNPROCESSABLE_ENTITY
            );
        }
        let saved = browser.call(&site, "account/settings", &form(92, "Asia/Tokyo")).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
        let account = me(&site, &mut browser).await;
        assert_eq!(
            (&account["settings"]["retention"], &account["settings"]["time_zone"]),
            (&92.into(), &"Asia/Tokyo".into())
        );
        let page = browser.get(&site, "/settings").await;
        assert!(page.body.contains("data-theme=\"dark\"") && page.body.contains("data-motion=\"reduced\""));
    }
}

#[tokio::test]
async fn a_form_without_scripts_is_led_on_or_back_with_what_was_typed() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut browser = Browser::default();
        let refused = browser
            .form(&site, "/api/account/register", "request[email]=fern@example.org&request[password]=short")
            .await;
        let back = refused.headers[header::LOCATION].to_str().unwrap();
        assert!(
            refused.status.is_redirection() && back.contains("__err=") && back.contains("email=fern"),
            "{back}"
        );
        assert!(!back.contains("short"), "a password must not stand in an address: {back}");
        let taken = browser.form(&site, "/api/account/register", "request[email]=fern@example.org&request[password]=a good long password&request[next]=/library").await;
        assert_eq!(
            (taken.status, &taken.headers[header::LOCATION]),
            (StatusCode::FOUND, &"/library".parse().unwrap()),
            "{}",
            taken.body
        );
        let home = browser.get(&site, "/home").await;
        assert_eq!(home.status, StatusCode::OK);
        let stranger = Browser::default().get(&site, "/home").await;
        assert!(stranger.status.is_redirection(), "{}: {}", test.name, stranger.status);
        assert_eq!(Browser::default().get(&site, "/no/such/page").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn another_site_cannot_act_for_the_learner() {
    let test = databases().await.swap_remove(0);
    let site = Site::open(&test).await;
    let request = axum::http::Request::post("/api/account/log_out")
        .header("host", "mitochi.test")
        .header("origin", "https://evil.example")
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(axum::body::Body::empty())
        .unwrap();
    assert_eq!(site.ask(request).await.status, StatusCode::FORBIDDEN);
}
