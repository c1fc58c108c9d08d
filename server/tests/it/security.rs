//! Accounts from the inside and from above: sessions, passwords, links, who may come in, and that nothing stays of whoever goes.

use crate::support::{
    databases,
    site::{Browser, Site},
    taught::LECTURE,
};
use axum::http::StatusCode;
use serde_json::{Value, json};
use server::account::Registering;

const PASSWORD: &str = "a good long password";

async fn log_in(site: &Site, email: &str, password: &str) -> (Browser, StatusCode, String) {
    let mut browser = Browser::default();
    let form = format!("request[email]={email}&request[password]={password}");
    let answer = browser.call(site, "account/log_in", &form).await;
    (browser, answer.status, answer.body)
}

async fn is_in(site: &Site, browser: &Browser) -> bool {
    browser.clone().call(site, "library/saved", "").await.status == StatusCode::OK
}

async fn security(site: &Site, browser: &Browser) -> Value {
    let answer = browser.clone().call(site, "security/load", "").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

fn happened(security: &Value) -> Vec<String> {
    let events = security["events"].as_array().unwrap();
    events.iter().map(|event| event["what"].as_str().unwrap().to_string()).collect()
}

#[tokio::test]
async fn sessions_are_listed_and_end_at_once() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut here = Browser::default();
        here.register(&site, "fern@example.org").await;
        let (there, ..) = log_in(&site, "fern@example.org", PASSWORD).await;
        let (third, ..) = log_in(&site, "fern@example.org", PASSWORD).await;
        let told = security(&site, &here).await;
        let sessions = told["sessions"].as_array().unwrap();
        assert_eq!(sessions.len(), 3, "{}", test.name);
        assert_eq!((&sessions[0]["here"], &sessions[1]["here"]), (&json!(true), &json!(false)));

        let own = sessions[0]["id"].as_str().unwrap();
        let answer = here.call(&site, "security/end", &format!("which={own}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "this one is ended by logging out");
        let other = security(&site, &there).await["sessions"][0]["id"].as_str().unwrap().to_string();
        assert!(here.call(&site, "security/end", &format!("which={other}")).await.status.is_success());
        assert!(!is_in(&site, &there).await, "{}: its access token is worth nothing any more", test.name);
        assert!(is_in(&site, &third).await && is_in(&site, &here).await);

        assert!(here.call(&site, "security/end_others", "").await.status.is_success());
        assert!(!is_in(&site, &third).await && is_in(&site, &here).await, "{}", test.name);
        assert_eq!(
            happened(&security(&site, &here).await),
            [
                "Logged out everywhere else",
                "A session was ended",
                "Logged in",
                "Logged in",
                "The account was made"
            ]
        );
    }
}

#[tokio::test]
async fn another_password_ends_what_goes_on_elsewhere() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut here = Browser::default();
        here.register(&site, "fern@example.org").await;
        let (there, ..) = log_in(&site, "fern@example.org", PASSWORD).await;
        let change = |old: &str, new: &str| format!("request[old]={old}&request[password]={new}");
        for (form, words) in [
            (change("another one", "marrow lantern seven"), "not the password of this account"),
            (change(PASSWORD, "short"), "At least 12 characters"),
            (change(PASSWORD, "qwerty123456"), "Many people use this password"),
        ] {
            let answer = here.call(&site, "security/password", &form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.body.contains(words), "{}", answer.body);
        }
        assert!(is_in(&site, &there).await);
        let answer = here.call(&site, "security/password", &change(PASSWORD, "marrow lantern seven")).await;
        assert!(answer.status.is_success(), "{}", answer.body);
        assert!(is_in(&site, &here).await && !is_in(&site, &there).await, "{}", test.name);
        assert_eq!(log_in(&site, "fern@example.org", PASSWORD).await.1, StatusCode::UNPROCESSABLE_ENTITY);

        // the address, by the new password
        let mut moss = Browser::default();
        moss.register(&site, "moss@example.org").await;
        let address = |email: &str| format!("request[email]={email}&request[password]=marrow lantern seven");
        let taken = here.call(&site, "security/address", &address("MOSS@example.org")).await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", taken.body);
        assert!(here.call(&site, "security/address", &address("fern@example.net")).await.status.is_success());
        assert_eq!(log_in(&site, "fern@example.net", "marrow lantern seven").await.1, StatusCode::OK);
        assert_eq!(
            log_in(&site, "fern@example.org", "marrow lantern seven").await.1,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let told = happened(&security(&site, &here).await);
        for what in ["The password was changed", "The address was changed", "A wrong password was tried"] {
            assert!(told.iter().any(|told| told == what), "{told:?}");
        }
    }
}

#[tokio::test]
async fn fifty_renewals_at_once_stay_in_and_a_stolen_token_ends_the_session() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let mut fern = Browser::default();
        fern.register(&site, "fern@example.org").await;
        // the access token has run out: each request renews
        site.state.clock.advance(16 * 60_000);
        let old = fern.clone();
        let mut tabs: Vec<Browser> = (0..50).map(|_| fern.clone()).collect();
        let asked = tabs.iter_mut().map(|tab| tab.get(&site, "/home"));
        let answers = futures::future::join_all(asked).await;
        assert!(answers.iter().all(|answer| answer.status == StatusCode::OK), "{}", test.name);
        for tab in &tabs {
            assert!(is_in(&site, tab).await, "{}", test.name);
        }
        // who uses the old token a while later has stolen it, or was stolen from
        site.state.clock.advance(60_000);
        assert!(!is_in(&site, &old).await, "{}", test.name);
        assert!(!is_in(&site, &tabs[0]).await, "{}: and the session is over", test.name);
        let (back, ..) = log_in(&site, "fern@example.org", PASSWORD).await;
        let told = happened(&security(&site, &back).await);
        assert!(told[1].starts_with("An old token"), "{told:?}");
    }
}

#[tokio::test]
async fn registration_is_open_by_invitation_or_closed_and_the_first_one_always_comes_in() {
    for test in databases().await {
        for (mode, words) in [
            (Registering::Invite, "by invitation"),
            (Registering::Closed, "Nobody can make an account here by themselves"),
        ] {
            let site = Site::open_as(&test, |config| config.registration = mode).await;
            let mut admin = Browser::default();
            let first = admin.register(&site, "admin@example.org").await;
            if mode == Registering::Invite {
                assert!(first.status.is_success(), "{}: {}", test.name, first.body);
            }
            let (mut admin, ..) = log_in(&site, "admin@example.org", PASSWORD).await;
            let refused = Browser::default().register(&site, "new@example.org").await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
            assert!(refused.body.contains(words), "{}", refused.body);

            // a plain form is led to the page that shows the link
            let led = admin.form(&site, "/api/users/invite", "").await;
            let to = led.headers["location"].to_str().unwrap().to_string();
            let token = to.strip_prefix("/admin/users?invite=").unwrap_or_else(|| panic!("{to}")).to_string();
            let page = admin.get(&site, &to).await;
            assert!(page.body.contains(&format!("/register?invite={token}")), "{}", test.name);
            let form = |email: &str| {
                format!("request[email]={email}&request[password]={PASSWORD}&request[invite]={token}")
            };
            let mut fern = Browser::default();
            let made = fern.call(&site, "account/register", &form("fern@example.org")).await;
            if mode == Registering::Closed {
                assert_eq!(made.status, StatusCode::FORBIDDEN, "no link opens what is closed");
                continue;
            }
            assert!(made.status.is_success(), "{}", made.body);
            assert!(is_in(&site, &fern).await);
            let again = Browser::default().call(&site, "account/register", &form("moss@example.org")).await;
            assert_eq!(again.status, StatusCode::FORBIDDEN, "a link works once: {}", again.body);
            // too old, and taken back
            let led = admin.form(&site, "/api/users/invite", "").await;
            assert!(led.status.is_redirection());
            assert_eq!(admin.call(&site, "users/load", "").await.json()["invitations"], 1);
            admin.call(&site, "users/withdraw", "").await;
            assert_eq!(admin.call(&site, "users/load", "").await.json()["invitations"], 0);
            assert_eq!(admin.call(&site, "users/load", "").await.json()["registration"], "invite");
        }
    }
}

#[tokio::test]
async fn an_administrator_makes_shuts_and_opens_accounts_and_gives_new_passwords() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let (mut admin, mut fern) = (Browser::default(), Browser::default());
        admin.register(&site, "admin@example.org").await;
        fern.register(&site, "fern@example.org").await;
        for name in
            ["users/load", "users/invite", "users/withdraw", "users/create", "users/reset", "users/switch"]
        {
            let form = "email=x@example.org&user=018f0000-0000-7000-8000-000000000001&on=false";
            assert_eq!(fern.call(&site, name, form).await.status, StatusCode::NOT_FOUND, "{name}");
        }
        let users =
            async |admin: &mut Browser| admin.call(&site, "users/load", "").await.json()["users"].clone();
        let id = |users: &Value, at: usize| users[at]["id"].as_str().unwrap().to_string();
        let all = users(&mut admin).await;
        assert_eq!((&all[0]["administrator"], &all[1]["email"]), (&json!(true), &json!("fern@example.org")));

        // shut: out at once, and not in again; the administrator cannot shut the door behind themselves
        let shut = format!("user={}&on=false", id(&all, 1));
        assert!(admin.call(&site, "users/switch", &shut).await.status.is_success());
        assert!(!is_in(&site, &fern).await, "{}", test.name);
        let (_, status, body) = log_in(&site, "fern@example.org", PASSWORD).await;
        assert!(status == StatusCode::FORBIDDEN && body.contains("was shut"), "{body}");
        let own = admin.call(&site, "users/switch", &format!("user={}&on=false", id(&all, 0))).await;
        assert_eq!(own.status, StatusCode::CONFLICT);
        assert!(
            admin
                .call(&site, "users/switch", &format!("user={}&on=true", id(&all, 1)))
                .await
                .status
                .is_success()
        );
        assert_eq!(log_in(&site, "fern@example.org", PASSWORD).await.1, StatusCode::OK);

        // after the administrator somebody follows who can come in
        let mut moss = Browser::default();
        moss.register(&site, "late@example.org").await;
        assert!(admin.call(&site, "users/switch", &shut).await.status.is_success());
        let mut tx = site.state.db.write().await.unwrap();
        server::account::store::delete(&mut tx, domain::id::LearnerId(id(&all, 0).parse().unwrap()))
            .await
            .unwrap();
        let next = tx.query("SELECT email FROM learner WHERE admin").one::<(String,)>().await.unwrap().0;
        drop(tx);
        assert_eq!(next, "late@example.org", "{}: not the one that was shut", test.name);
        admin.call(&site, "users/switch", &format!("user={}&on=true", id(&all, 1))).await;
        let (fern, ..) = log_in(&site, "fern@example.org", PASSWORD).await;

        // a link that sets a password, once, for a day
        let link = async |admin: &mut Browser, path: &str, form: &str| {
            let led = admin.form(&site, path, form).await;
            let to = led.headers["location"].to_str().unwrap().to_string();
            to.strip_prefix("/admin/users?link=").unwrap_or_else(|| panic!("{to}")).to_string()
        };
        let token = link(&mut admin, "/api/users/reset", &format!("user={}", id(&all, 1))).await;
        let set = |token: &str| format!("request[token]={token}&request[password]=marrow lantern seven");
        let mut new = Browser::default();
        let page = new.get(&site, &format!("/password?token={token}")).await;
        assert!(page.status.is_success() && page.body.contains(&token));
        assert!(new.call(&site, "security/set_password", &set(&token)).await.status.is_success());
        assert!(is_in(&site, &new).await && !is_in(&site, &fern).await, "{}", test.name);
        let again = Browser::default().call(&site, "security/set_password", &set(&token)).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.body);
        let token = link(&mut admin, "/api/users/reset", &format!("user={}", id(&all, 1))).await;
        site.state.clock.advance(25 * 3_600_000);
        let late = Browser::default().call(&site, "security/set_password", &set(&token)).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);

        // an account made by the administrator has no password until its link is used
        let (mut admin, ..) = log_in(&site, "admin@example.org", PASSWORD).await;
        let token = link(&mut admin, "/api/users/create", "email=moss@example.org").await;
        assert_eq!(log_in(&site, "moss@example.org", "").await.1, StatusCode::UNPROCESSABLE_ENTITY);
        let mut moss = Browser::default();
        assert!(moss.call(&site, "security/set_password", &set(&token)).await.status.is_success());
        assert!(is_in(&site, &moss).await);
        let refused = admin.call(&site, "users/create", "email=moss@example.org").await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        // nothing of a token is kept but its hash
        let mut tx = site.state.db.read().await.unwrap();
        let links: Vec<(Vec<u8>,)> = tx.query("SELECT hash FROM password_link").all().await.unwrap();
        assert!(links.iter().all(|(hash,)| hash.len() == 32));
    }
}

#[tokio::test]
async fn nothing_stays_of_whoever_goes() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let (mut admin, mut fern) = (Browser::default(), Browser::default());
        admin.register(&site, "admin@example.org").await;
        fern.register(&site, "fern@example.org").await;
        let told = fern.upload(&site, &[("messengers.md", LECTURE.as_bytes())]).await.json();
        let material = told[0]["material"].as_str().unwrap().to_string();
        site.work().await;
        let quiz = fern
            .call(&site, "quiz/start", &format!("request[material]={material}&request[length]=2"))
            .await
            .json();
        let form = format!(
            "request[quiz]={}&request[position]=0&request[choice]=1&request[took]=9",
            quiz.as_str().unwrap()
        );
        fern.call(&site, "quiz/answer", &form).await;
        fern.call(&site, "tutor/begin", &format!("request[material]={material}&request[concept]=insulin"))
            .await;
        fern.call(&site, "library/save", "request[query]=glucose").await;
        fern.call(&site, "memory/add", "request[kind]=goal&request[text]=Pass in May").await;
        fern.call(&site, "memory/switch", "on=false").await;
        let mut tx = site.state.db.read().await.unwrap();
        let query = tx.query("SELECT id FROM learner WHERE email = $1").bind("fern@example.org".to_string());
        let (id,): (uuid::Uuid,) = query.one().await.unwrap();
        // every table that names a learner, by the database's own word
        let query = tx.query_per(
            "SELECT m.name, f.\"from\" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f
             WHERE m.type = 'table' AND f.\"table\" = 'learner'",
            "SELECT c.conrelid::regclass::text, a.attname::text FROM pg_constraint c
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
             WHERE c.contype = 'f' AND c.confrelid = 'learner'::regclass",
        );
        let tables: Vec<(String, String)> = query.all().await.unwrap();
        drop(tx);
        assert!(tables.len() >= 14, "{tables:?}");
        let rows = async || {
            let mut left = vec![];
            for (table, column) in &tables {
                let sql = format!("SELECT CAST(count(*) AS BIGINT) FROM {table} WHERE {column} = $1");
                let mut tx = site.state.db.read().await.unwrap();
                let query = tx.query(Box::leak(sql.into_boxed_str())).bind(id);
                left.push((table.clone(), query.one::<(i64,)>().await.unwrap().0));
            }
            left
        };
        let had = rows().await;
        for table in [
            "session",
            "material",
            "quiz",
            "answer",
            "card",
            "review",
            "xp",
            "talk",
            "saved_search",
            "memory_off",
            "security_event",
        ] {
            assert!(had.iter().any(|(name, rows)| name == table && *rows > 0), "{table}: {had:?}");
        }
        let folder = site.data.join("uploads").join(id.to_string());
        assert!(folder.exists());
        let gone = fern.call(&site, "account/delete", &format!("password={PASSWORD}")).await;
        assert!(gone.status.is_success(), "{}", gone.body);
        site.work().await;
        let left = rows().await;
        assert!(left.iter().all(|(_, rows)| *rows == 0), "{}: {left:?}", test.name);
        assert!(!folder.exists(), "{}", test.name);
        assert!(!is_in(&site, &fern).await);
        let mut tx = site.state.db.read().await.unwrap();
        let query = tx.query("SELECT CAST(count(*) AS BIGINT) FROM passage p JOIN material m ON m.id = p.material WHERE m.owner IS NOT NULL");
        assert_eq!(query.one::<(i64,)>().await.unwrap().0, 0, "{}", test.name);
    }
}
