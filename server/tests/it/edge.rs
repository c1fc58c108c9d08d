//! What the edge refuses, and what every answer says to the browser.

use crate::support::{
    databases,
    site::{Browser, Site},
};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use leptos::prelude::{Owner, provide_context};
use leptos_axum::ResponseOptions;
use scraper::{Html, Selector};

/// The nonce that a policy names.
fn nonce(policy: &str) -> Option<&str> {
    policy.split_once("'nonce-")?.1.split_once('\'').map(|(nonce, _)| nonce)
}

#[tokio::test]
async fn every_kind_of_answer_tells_the_browser_what_to_refuse() {
    let test = databases().await.remove(0);
    let site = Site::open(&test).await;
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/home"),
        ("GET", "/nowhere"),
        ("GET", "/pkg/missing.js"),
        ("GET", "/healthz"),
        ("GET", "/offline"),
        ("GET", "/library/events"),
        ("POST", "/api/quiz/load"),
        ("POST", "/library/upload"),
    ] {
        let answer = site.ask(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await;
        let told =
            |name: &str| answer.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
        let policy = told("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'"),
            "{path}: {policy}"
        );
        for part in ["style-src 'self';", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{path}: {policy}");
        assert_eq!(told("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(told("x-frame-options"), "DENY", "{path}");
        assert_eq!(told("referrer-policy"), "same-origin", "{path}");
        assert_eq!(told("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(told("permissions-policy").contains("camera=()"), "{path}");
        assert_eq!(told("strict-transport-security"), "", "{path}: not behind TLS");
    }
    let secure = Site::open_beside(&test, "secure", &["--public-url", "https://mitochi.example"]).await;
    let answer = secure.ask(Request::get("/healthz").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.headers["strict-transport-security"], "max-age=31536000");
}

#[tokio::test]
async fn pages_have_one_kind_of_script_with_the_nonce_of_their_answer_and_no_inline_style() {
    let test = databases().await.remove(0);
    let site = Site::open(&test).await;
    let mut fern = Browser::default();
    fern.register(&site, "fern@example.org").await;
    let form = "request[length]=3";
    let quiz = fern.call(&site, "quiz/start", form).await.json().as_str().unwrap().to_string();
    for position in 0..3 {
        let form =
            format!("request[quiz]={quiz}&request[position]={position}&request[choice]=0&request[took]=9");
        assert!(fern.call(&site, "quiz/answer", &form).await.status.is_success());
    }
    let mut seen = vec![];
    for path in [
        "/",
        "/register",
        "/login",
        "/onboarding",
        "/home",
        "/library",
        &format!("/library/{}", server::starter::MATERIAL),
        "/search?q=heart",
        &format!("/quiz/{quiz}"),
        &format!("/quiz/{quiz}/results"),
        "/review",
        "/tutor",
        "/settings",
        "/settings/memory",
        "/admin/ai",
        "/nowhere",
    ] {
        let answer = fern.get(&site, path).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        let page = Html::parse_document(&answer.body);
        let styled: Vec<_> =
            page.select(&Selector::parse("[style], style").unwrap()).map(|element| element.html()).collect();
        assert!(styled.is_empty(), "{path}: {styled:?}");
        let scripts: Vec<_> = page.select(&Selector::parse("script").unwrap()).collect();
        if scripts.is_empty() {
            continue;
        }
        let nonce = nonce(policy).unwrap_or_else(|| panic!("{path}: {policy}"));
        for script in &scripts {
            assert_eq!(script.attr("nonce"), Some(nonce), "{path}: {}", script.html());
        }
        let handlers = page.tree.values().filter_map(|node| node.as_element());
        let handlers: Vec<_> =
            handlers.flat_map(|element| element.attrs()).filter(|(name, _)| name.starts_with("on")).collect();
        assert!(handlers.is_empty(), "{path}: {handlers:?}");
        seen.push(nonce.to_string());
    }
    assert!(seen.len() > 10, "{seen:?}");
    let number = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), number, "a nonce is used once");
}

#[tokio::test]
async fn a_file_is_not_answered_with_what_another_request_has_set() {
    let test = databases().await.remove(0);
    let folder = test.folder().join("site");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("note.txt"), "a file").unwrap();
    let site = Site::open_as(&test, |config| config.site = folder.display().to_string()).await;
    // another request is under way on this thread, and has logged somebody in
    let under_way = Owner::new_root(None);
    under_way.set();
    let options = ResponseOptions::default();
    options.insert_header(header::SET_COOKIE, "mitochi_access=somebody's".parse().unwrap());
    provide_context(options);
    let answer = site.ask(Request::get("/note.txt").body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "a file"));
    assert_eq!(answer.headers.get(header::SET_COOKIE), None);
}

#[tokio::test]
async fn a_change_asked_for_by_another_site_is_refused_wherever_it_is_sent() {
    let test = databases().await.remove(0);
    let site = Site::open(&test).await;
    let paths = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_string());
    for path in paths.chain(["/library/upload".to_string(), "/settings/import".into()]) {
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
        ] {
            let request = Request::post(&path).header(header::HOST, "mitochi.test").header(name, value);
            let answer = site.ask(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} with {name}: {value}");
        }
    }
}

#[tokio::test]
async fn who_asks_too_much_waits_and_is_told_how_long() {
    let test = databases().await.remove(0);
    let site = Site::open_as(&test, |config| config.edge.requests_a_minute = 5).await;
    let (mut fern, mut moss) = (Browser::default(), Browser::default());
    fern.register(&site, "fern@example.org").await;
    moss.register(&site, "moss@example.org").await;
    for _ in 0..5 {
        assert_eq!(fern.get(&site, "/home").await.status, StatusCode::OK);
        assert_eq!(fern.get(&site, "/pkg/some.js").await.status, StatusCode::NOT_FOUND, "files are free");
    }
    let page = fern.get(&site, "/home").await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(page.body.contains("That was a lot at once. Try again in"), "{}", page.body);
    let wait: u32 = page.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    let call = fern.call(&site, "account/me", "").await;
    assert_eq!((call.status, &call.json()["kind"]), (StatusCode::TOO_MANY_REQUESTS, &"limited".into()));
    assert_eq!(moss.get(&site, "/home").await.status, StatusCode::OK, "others go on");
    site.state.clock.advance(61_000);
    assert_eq!(fern.get(&site, "/home").await.status, StatusCode::OK);
}

#[tokio::test]
async fn files_have_a_limit_an_hour_and_room_that_ends() {
    let test = databases().await.remove(0);
    let site = Site::open_as(&test, |config| {
        config.edge.uploads_an_hour = 3;
        config.edge.quota = 1;
    })
    .await;
    let mut fern = Browser::default();
    fern.register(&site, "fern@example.org").await;
    let text = |n: u32, kib: usize| {
        format!("# Part {n}\n\n{}", "The heart is a pump. ".repeat(kib * 1024 / 21)).into_bytes()
    };
    let small = text(1, 4);
    assert!(fern.upload(&site, &[("1.md", &small)]).await.status.is_success());
    let shelf = fern.call(&site, "library/materials", "").await.json();
    assert_eq!((shelf["used"].as_u64(), shelf["quota"].as_u64()), (Some(small.len() as u64), Some(1 << 20)));
    let full = fern.upload(&site, &[("2.md", &text(2, 1023))]).await;
    assert_eq!(full.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", full.body);
    assert!(full.body.contains("no room left"), "{}", full.body);
    assert!(fern.upload(&site, &[("3.md", &text(3, 2))]).await.status.is_success());
    let fourth = fern.upload(&site, &[("4.md", &text(4, 2))]).await;
    assert_eq!(fourth.status, StatusCode::TOO_MANY_REQUESTS, "{}", fourth.body);
    let shelf = fern.call(&site, "library/materials", "").await.json();
    let own = shelf["materials"].as_array().unwrap().iter().filter(|material| material["built_in"] == false);
    assert_eq!(own.count(), 2, "nothing of what was refused is left");
    let left = std::fs::read_dir(site.data.join("uploads/incoming")).map_or(0, Iterator::count);
    assert_eq!(left, 0);
}

#[tokio::test]
async fn an_upload_that_falls_silent_is_given_up() {
    let test = databases().await.remove(0);
    let site = Site::open_as(&test, |config| config.edge.upload_silence_seconds = 1).await;
    let mut fern = Browser::default();
    fern.register(&site, "fern@example.org").await;
    let begun = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.md\"\r\n\r\n# Half";
    let body = futures::stream::once(async move { Ok::<_, std::io::Error>(begun) });
    let body = Body::from_stream(futures::StreamExt::chain(body, futures::stream::pending()));
    let request = Request::post("/library/upload")
        .header(header::ACCEPT, "application/json")
        .header(header::COOKIE, fern.cookie())
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
    let answer = site.ask(request.body(body).unwrap()).await;
    assert!(answer.body.contains("Nothing came for so long"), "{}: {}", answer.status, answer.body);
    let left = std::fs::read_dir(site.data.join("uploads/incoming")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "nothing is left of it");
}

#[tokio::test]
async fn a_form_larger_than_any_is_refused() {
    let test = databases().await.remove(0);
    let site = Site::open(&test).await;
    let mut fern = Browser::default();
    fern.register(&site, "fern@example.org").await;
    let long = format!("request[query]={}", "a".repeat(3 << 20));
    let answer = fern.call(&site, "library/save", &long).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    assert!(answer.body.len() < 4_096, "it is not sent back");
}
