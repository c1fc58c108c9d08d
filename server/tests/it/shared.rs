//! What several processes share: one contract for memory and Redis, and what is left when Redis goes away.

use crate::support::{
    databases,
    redis::{self, Server},
    site::{Browser, Site},
};
use axum::{body::BodyDataStream, http::StatusCode};
use domain::id::LearnerId;
use futures::StreamExt;
use server::{
    account::attempts,
    shared::{Notice, Rule, Shared, VALUE_MAX, Wait},
};
use std::time::{Duration, Instant};
use tokio::{sync::broadcast::Receiver, time::timeout};
use uuid::Uuid;

/// Whatever has to happen has happened by then.
const SOON: Duration = Duration::from_secs(20);
const RULE: Rule = Rule { tries: 3, window: 1_000 };

/// Two processes of one installation.
struct Pair {
    name: &'static str,
    here: Shared,
    there: Shared,
}

async fn on_redis(url: &str, installation: &str) -> Shared {
    Shared::open(url, installation, Uuid::now_v7()).await.unwrap()
}

/// A pair of every kind that is to be had, of an installation that nobody else has.
async fn pairs() -> Vec<Pair> {
    let memory = Shared::memory();
    let mut pairs = vec![Pair { name: "memory", here: memory.clone(), there: memory }];
    if let Some(url) = redis::address("the contract on Redis") {
        let installation = Uuid::now_v7().to_string();
        let (here, there) = (on_redis(&url, &installation).await, on_redis(&url, &installation).await);
        assert!(here.is_whole().await && there.is_whole().await);
        pairs.push(Pair { name: "Redis", here, there });
    }
    pairs
}

fn shelf(n: u128) -> Notice {
    Notice::Shelf(LearnerId(Uuid::from_u128(n)))
}

async fn next(notices: &mut Receiver<Notice>) -> Notice {
    timeout(SOON, notices.recv()).await.expect("a notice did not arrive").unwrap()
}

/// Waits until `notice` arrives, whatever comes before it.
async fn until(notices: &mut Receiver<Notice>, notice: Notice) {
    while next(notices).await != notice {}
}

/// Waits until what one tells arrives as it is told. While a gap is on its way, what is told is part of it.
async fn flows(from: &Shared, to: &mut Receiver<Notice>) {
    for n in 10..20 {
        from.notices.tell(shelf(n));
        loop {
            match next(to).await {
                heard if heard == shelf(n) => return,
                Notice::Gap => break,
                _ => {}
            }
        }
    }
    panic!("gaps without end");
}

#[tokio::test]
async fn tries_count_together_and_as_long_as_the_window() {
    for Pair { name, here, there } in pairs().await {
        here.limits.take("fern", RULE, 0).await.unwrap();
        there.limits.take("fern", RULE, 400).await.unwrap();
        here.limits.take("fern", RULE, 500).await.unwrap();
        for (process, now, wait) in [(&here, 500, 500), (&there, 999, 1)] {
            assert_eq!(process.limits.take("fern", RULE, now).await, Err(Wait(wait)), "{name} at {now}");
        }
        here.limits.take("moss", RULE, 500).await.unwrap();
        // the try at 0 is over, and those that were refused have not counted
        there.limits.take("fern", RULE, 1_000).await.unwrap();
        assert_eq!(here.limits.take("fern", RULE, 1_000).await, Err(Wait(400)), "{name}");
        there.limits.forget("fern").await;
        for n in 0..3 {
            assert!(here.limits.take("fern", RULE, 1_000).await.is_ok(), "{name}: {n}");
        }
        // milliseconds since 1970 do not lose their last digits on the way
        let now = 1_796_040_000_123;
        for n in 0..3 {
            here.limits.take("ms", RULE, now + n).await.unwrap();
        }
        assert_eq!(there.limits.take("ms", RULE, now + 3).await, Err(Wait(997)), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_tries_at_once_are_no_way_round() {
    for Pair { name, here, there } in pairs().await {
        let rule = Rule { tries: 10, window: 60_000 };
        let tries = (0..100).map(|n| {
            let process = if n % 2 == 0 { here.clone() } else { there.clone() };
            tokio::spawn(async move { process.limits.take("fern", rule, 7).await.is_ok() })
        });
        let tries = futures::future::join_all(tries.collect::<Vec<_>>()).await;
        assert_eq!(tries.into_iter().filter(|taken| *taken.as_ref().unwrap()).count(), 10, "{name}");
    }
}

#[tokio::test]
async fn what_one_tells_all_hear_once() {
    for Pair { name, here, there } in pairs().await {
        let (mut one, mut other) = (here.notices.hear(), there.notices.hear());
        for (n, notice) in [Notice::Job, shelf(1), Notice::Job].into_iter().enumerate() {
            here.notices.tell(notice);
            // the teller hears at once, without a way over Redis, and the other sees each before the next is told
            assert_eq!(one.try_recv(), Ok(notice), "{name}: {n}");
            assert_eq!(next(&mut other).await, notice, "{name}: {n}");
        }
        // had anything come twice, it would come before the answer
        there.notices.tell(shelf(2));
        assert_eq!(next(&mut one).await, shelf(2), "{name}");
        assert_eq!(next(&mut other).await, shelf(2), "{name}");
        assert!(one.is_empty() && other.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn installations_on_one_redis_know_nothing_of_each_other() {
    let Some(url) = redis::address("two installations on one Redis") else { return };
    let names = [Uuid::now_v7().to_string(), Uuid::now_v7().to_string()];
    let (ours, theirs) = (on_redis(&url, &names[0]).await, on_redis(&url, &names[1]).await);
    let mut heard = theirs.notices.hear();
    ours.notices.tell(shelf(1));
    ours.cache.put("a", b"ours", SOON).await;
    for n in 0..3 {
        ours.limits.take("fern", RULE, n).await.unwrap();
    }
    // what we told is through when a neighbour has heard it
    let neighbour = on_redis(&url, &names[0]).await;
    let mut listening = neighbour.notices.hear();
    ours.notices.tell(shelf(2));
    until(&mut listening, shelf(2)).await;
    theirs.notices.tell(shelf(3));
    assert_eq!(next(&mut heard).await, shelf(3));
    assert_eq!(theirs.cache.get("a").await, None);
    assert_eq!(theirs.limits.take("fern", RULE, 3).await, Ok(()));
}

#[tokio::test]
async fn what_is_kept_is_found_everywhere_until_its_time_is_over() {
    for Pair { name, here, there } in pairs().await {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(there.cache.get("a").await, None, "{name}");
        here.cache.put("a", &bytes, SOON).await;
        assert_eq!(there.cache.get("a").await.as_deref(), Some(&bytes[..]), "{name}");
        there.cache.put("a", b"", SOON).await;
        assert_eq!(here.cache.get("a").await.as_deref(), Some(&b""[..]), "{name}: the later one");
        here.cache.put("large", &vec![1; VALUE_MAX], SOON).await;
        assert_eq!(there.cache.get("large").await.map(|value| value.len()), Some(VALUE_MAX), "{name}");
        here.cache.put("too large", &vec![1; VALUE_MAX + 1], SOON).await;
        assert_eq!(there.cache.get("too large").await, None, "{name}");

        here.cache.put("a", b"short", Duration::from_millis(100)).await;
        let start = Instant::now();
        while there.cache.get("a").await.is_some() {
            assert!(start.elapsed() < SOON, "{name}: it stays");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test]
async fn a_redis_that_dies_takes_nothing_along_and_comes_back() {
    let Some(mut redis) = Server::planned("a Redis that is killed") else { return };
    redis.start().await;
    let (here, there) = (on_redis(&redis.url, "a").await, on_redis(&redis.url, "a").await);
    for n in 0..3 {
        here.limits.take("fern", RULE, n).await.unwrap();
    }
    assert!(there.limits.take("fern", RULE, 3).await.is_err());
    let (mut one, mut other) = (here.notices.hear(), there.notices.hear());

    redis.kill();
    here.notices.tell(shelf(1));
    assert_eq!(one.try_recv(), Ok(shelf(1)), "a process always hears itself");
    assert!(!here.is_whole().await, "and says that it is alone");
    // nobody is locked out, and a limit is one still
    for n in 0..3 {
        assert!(here.limits.take("fern", RULE, n).await.is_ok(), "{n}");
    }
    assert_eq!(here.limits.take("fern", RULE, 3).await, Err(Wait(997)));
    here.limits.forget("fern").await;
    assert_eq!(here.limits.take("fern", RULE, 3).await, Ok(()));
    here.cache.put("a", b"1", SOON).await;
    assert_eq!(here.cache.get("a").await, None);
    assert_eq!(other.try_recv().ok(), None, "there is no way there");

    redis.start().await;
    // what was told meanwhile is lost, and said to be
    until(&mut other, Notice::Gap).await;
    until(&mut one, Notice::Gap).await;
    flows(&here, &mut other).await;
    flows(&there, &mut one).await;
    let start = Instant::now();
    while !(here.is_whole().await && there.is_whole().await) {
        assert!(start.elapsed() < SOON, "still alone");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for n in 0..3 {
        let process = if n == 1 { &there } else { &here };
        assert!(process.limits.take("moss", RULE, n).await.is_ok(), "{n}");
    }
    assert!(there.limits.take("moss", RULE, 3).await.is_err(), "limits are shared again");
}

#[tokio::test]
async fn a_process_starts_without_redis_and_finds_it_later() {
    let Some(mut redis) = Server::planned("a Redis that comes late") else { return };
    let here = on_redis(&redis.url, "a").await;
    let mut one = here.notices.hear();
    here.notices.tell(Notice::Job);
    assert_eq!(one.try_recv(), Ok(Notice::Job));
    assert!(here.limits.take("fern", RULE, 0).await.is_ok());
    assert!(!here.is_whole().await);

    redis.start().await;
    let there = on_redis(&redis.url, "a").await;
    let mut other = there.notices.hear();
    until(&mut one, Notice::Gap).await;
    flows(&here, &mut other).await;
    flows(&there, &mut one).await;
}

#[tokio::test]
async fn what_is_no_address_is_refused_without_its_password() {
    for odd in
        ["localhost:6379", "http://:secret@localhost", "redis://:secret@", "redis://:secret@localhost/x"]
    {
        let error = Shared::open(odd, "a", Uuid::now_v7()).await.err().expect(odd);
        let text = format!("{error:#}");
        assert!(text.contains("REDIS_URL must look like redis://") && !text.contains("secret"), "{text}");
    }
}

/// The next event of a live shelf: what it holds of the learner's own.
async fn event(events: &mut BodyDataStream) -> Vec<serde_json::Value> {
    loop {
        let chunk = timeout(SOON, events.next()).await.expect("no event came").unwrap().unwrap();
        let text = String::from_utf8(chunk.to_vec()).unwrap();
        let Some(json) = text.lines().find_map(|line| line.strip_prefix("data: ")) else { continue };
        let shelf: serde_json::Value = serde_json::from_str(json).unwrap();
        let own =
            shelf["materials"].as_array().unwrap().iter().filter(|material| material["built_in"] == false);
        return own.cloned().collect();
    }
}

/// Two sites on one PostgreSQL and one Redis, with a folder of uploads for both.
async fn two_sites(what: &str) -> Option<(crate::support::TestDb, Site, Site)> {
    let url = redis::address(what)?;
    let Some(test) = databases().await.into_iter().find(|test| test.name == "PostgreSQL") else {
        println!("skipped: {what} (no PostgreSQL)");
        return None;
    };
    let options = ["--redis-url", &url, "--secret", "a secret of more than 32 characters"];
    for folder in ["one", "other"] {
        std::fs::create_dir_all(test.folder().join(folder)).unwrap();
    }
    std::fs::create_dir(test.folder().join("one/uploads")).unwrap();
    std::os::unix::fs::symlink(test.folder().join("one/uploads"), test.folder().join("other/uploads"))
        .unwrap();
    let (one, other) =
        (Site::open_beside(&test, "one", &options).await, Site::open_beside(&test, "other", &options).await);
    Some((test, one, other))
}

#[tokio::test]
async fn a_file_brought_to_one_process_is_read_by_another_and_both_shelves_tell() {
    let Some((_test, one, other)) = two_sites("two processes on PostgreSQL").await else { return };
    let mut browser = Browser::default();
    browser.register(&one, "fern@example.org").await;
    let (mut here, mut there) = (browser.events(&one).await, browser.events(&other).await);
    assert!(event(&mut here).await.is_empty() && event(&mut there).await.is_empty());

    let answer = browser.upload(&one, &[("notes.md", b"# Heart\n\nThe heart beats.")]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(event(&mut there).await[0]["state"], "queued", "the other process was told");
    let mut told = event(&mut here).await;
    let _workers = other.workers();
    while told[0]["state"] != "ready" {
        told = event(&mut here).await;
    }
    assert_eq!(told[0]["pages_read"], 1);
}

#[tokio::test]
async fn wrong_passwords_count_wherever_they_are_tried() {
    let Some((_test, one, other)) = two_sites("a limit of two processes").await else { return };
    let mut browser = Browser::default();
    browser.register(&one, "fern@example.org").await;
    let wrong = "request[email]=fern@example.org&request[password]=not the password";
    for n in 0..attempts::FREE {
        let site = if n % 2 == 0 { &one } else { &other };
        let answer = browser.call(site, "account/log_in", wrong).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    }
    for site in [&one, &other] {
        let answer = browser.call(site, "account/log_in", wrong).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{}", answer.body);
    }
}

#[tokio::test]
async fn health_tells_when_redis_is_away_and_that_work_goes_on() {
    let Some(mut redis) = Server::planned("health without Redis") else { return };
    let test = databases().await.swap_remove(0);
    redis.start().await;
    let site = Site::open_beside(&test, "data", &["--redis-url", &redis.url]).await;
    let mut browser = Browser::default();
    assert_eq!(browser.get(&site, "/readyz").await.body, "ready");
    redis.kill();
    let answer = browser.get(&site, "/readyz").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.starts_with("degraded: Redis does not answer"), "{}", answer.body);
    browser.register(&site, "fern@example.org").await;
    browser.upload(&site, &[("notes.md", b"# Heart\n\nThe heart beats.")]).await;
    site.work().await;
    let shelf = browser.call(&site, "library/materials", "").await.json();
    let read = |m: &serde_json::Value| m["filename"] == "notes.md" && m["state"] == "ready";
    assert!(shelf["materials"].as_array().unwrap().iter().any(read), "{shelf}");
    let alone = Site::open_beside(&test, "alone", &[]).await;
    assert_eq!(browser.get(&alone, "/readyz").await.body, "ready", "where none is named, none is missed");
}
