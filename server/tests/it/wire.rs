//! A talk over lines that break: WebSockets and server-sent events, on real sockets.

use crate::support::{
    databases, redis,
    site::{Browser, Site},
};
use axum::http::{Request, StatusCode};
use domain::{
    seed::Seeded,
    tutor::delivery::{HEARTBEAT_MS, Inbox, Receipt, SILENCE_MS},
};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use server::tutor::listen::MOST_OPEN;
use std::{net::SocketAddr, time::Duration};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

/// The frames that carry lines.
const LINES: [&str; 6] = ["content", "question", "answer", "feedback", "hint", "end"];
/// What must come, comes within this time.
const SOON: Duration = Duration::from_secs(20);
/// Of all chance.
const SEED: u64 = 20_261_130;
/// What must not come has not come by then.
const QUIET: Duration = Duration::from_millis(300);

/// A member, and a talk of theirs on the built-in lecture in which it is practised: it goes on as long as one likes.
async fn talk(site: &Site, name: &str) -> (Browser, String) {
    let mut browser = Browser::default();
    browser.register(site, &format!("{name}@example.org")).await;
    let form = format!(
        "request[material]={}&request[concept]=Frank-Starling mechanism&request[mode]=practice",
        server::starter::MATERIAL
    );
    let begun = browser.call(site, "tutor/begin", &form).await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.body);
    let id = begun.json().as_str().unwrap().to_string();
    (browser, id)
}

/// An act as a frame.
fn act(talk: &str, seen: u64, act: &str, text: &str) -> Value {
    json!({ "do": { "talk": talk, "seen": seen, "act": act, "text": text } })
}

/// What is no answer, and so never ends a talk.
const ADVICE: &str = "my mother takes insulin, what dose should I give her";

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A device that follows a talk, with what it has taken over all its lines.
struct Device {
    address: SocketAddr,
    cookie: String,
    talk: String,
    inbox: Inbox,
    lines: Vec<Value>,
    state: Value,
    socket: Option<Socket>,
}

impl Device {
    fn new(address: SocketAddr, browser: &Browser, talk: &str) -> Self {
        Self {
            address,
            cookie: browser.cookie(),
            talk: talk.into(),
            inbox: Inbox::default(),
            lines: vec![],
            state: Value::Null,
            socket: None,
        }
    }

    async fn connect(&mut self) -> Result<(), Error> {
        let mut request =
            format!("ws://{}/tutor/{}/live", self.address, self.talk).into_client_request().unwrap();
        request.headers_mut().insert("cookie", self.cookie.parse().unwrap());
        self.socket = Some(connect_async(request).await?.0);
        Ok(())
    }

    /// Opens the line and says where it stands; what was missed comes later.
    async fn resume(&mut self) {
        self.connect().await.unwrap();
        let after = self.inbox.seen();
        self.say(&json!({ "start": { "after": after } })).await;
    }

    /// The same, until all that was missed is there.
    async fn open(&mut self) {
        self.resume().await;
        self.until("start").await;
    }

    async fn say(&mut self, word: &Value) {
        self.send(Message::text(word.to_string())).await;
    }

    async fn send(&mut self, message: Message) {
        // a line that the server has closed meanwhile is seen by what is read
        let _ = self.socket.as_mut().unwrap().send(message).await;
    }

    /// The line breaks: nothing is said any more, not even goodbye.
    fn cut(&mut self) {
        self.socket = None;
    }

    /// The next frame, its name and what it carries; the code of closing as `closed`.
    async fn next(&mut self) -> (String, Value) {
        let socket = self.socket.as_mut().expect("an open line");
        loop {
            let message = timeout(SOON, socket.next()).await.expect("a frame in time");
            match message {
                Some(Ok(Message::Text(text))) => {
                    return match serde_json::from_str(&text).unwrap() {
                        Value::String(name) => (name, Value::Null),
                        Value::Object(frame) => frame.into_iter().next().unwrap(),
                        other => panic!("{other}"),
                    };
                }
                Some(Ok(Message::Close(frame))) => {
                    return ("closed".into(), json!(u16::from(frame.expect("a code").code)));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return ("broken".into(), json!(error.to_string())),
                None => return ("broken".into(), Value::Null),
            }
        }
    }

    /// Takes frames until one has this name, and gives what it carries; acknowledges each line.
    async fn until(&mut self, wanted: &str) -> Value {
        loop {
            let (name, body) = self.next().await;
            self.take(&name, &body);
            if LINES.contains(&name.as_str()) {
                let seq = self.inbox.seen();
                self.say(&json!({ "ack": { "seq": seq } })).await;
            }
            if name == wanted {
                return body;
            }
            assert!(!["closed", "broken", "refused"].contains(&name.as_str()), "{name}: {body}");
        }
    }

    fn take(&mut self, name: &str, body: &Value) {
        if LINES.contains(&name) {
            let receipt = self.inbox.receive(body["seq"].as_u64().unwrap());
            assert_eq!(
                receipt,
                Receipt::Take,
                "one line never sends a number twice, or leaves one out: {body}"
            );
            self.lines.push(body.clone());
        } else if name == "adapt" {
            self.state = body.clone();
        }
    }

    /// Until it has this many lines.
    async fn reach(&mut self, count: u64) {
        while self.inbox.seen() < count {
            let (name, body) = self.next().await;
            self.take(&name, &body);
            let seq = self.inbox.seen();
            self.say(&json!({ "ack": { "seq": seq } })).await;
        }
    }

    async fn is_quiet(&mut self) -> bool {
        timeout(QUIET, self.socket.as_mut().unwrap().next()).await.is_err()
    }

    /// The frame that says why, if one does, and the code.
    async fn ends_with(&mut self) -> (Value, u64) {
        let mut refused = Value::Null;
        loop {
            match self.next().await {
                (name, body) if name == "refused" => refused = body,
                (name, code) if name == "closed" => return (refused, code.as_u64().unwrap()),
                (name, body) if name == "broken" => panic!("broken without a word: {body}"),
                _ => {}
            }
        }
    }
}

async fn loaded(site: &Site, browser: &mut Browser, talk: &str) -> Value {
    let answer = browser.call_json(site, "tutor/talk", json!({ "talk": talk })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

#[tokio::test]
async fn a_talk_goes_on_over_a_socket_and_every_device_sees_it() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let address = site.listen().await;
        let (mut fern, id) = talk(&site, "fern").await;
        let (mut phone, mut laptop) = (Device::new(address, &fern, &id), Device::new(address, &fern, &id));
        phone.open().await;
        laptop.open().await;
        let before = phone.inbox.seen();
        assert!(before > 0 && phone.lines == laptop.lines, "{}", test.name);
        assert_eq!(phone.state["open"]["ask"], "open");

        phone.say(&act(&id, before, "answer", "something that stands on no page")).await;
        let done = phone.until("done").await;
        assert_eq!(done, json!({ "seen": before, "counted": true }));
        laptop.reach(phone.inbox.seen()).await;
        assert_eq!(laptop.lines, phone.lines);
        // by POST, from a third one
        let seen = phone.inbox.seen();
        let form = format!("request[talk]={id}&request[seen]={seen}&request[act]=hint");
        assert_eq!(fern.call(&site, "tutor/act", &form).await.status, StatusCode::OK);
        for device in [&mut phone, &mut laptop] {
            device.until("hint").await;
            device.until("adapt").await;
            assert_eq!(device.state["hints"], 1);
        }
        // an act that the talk does not allow, and one that came too late
        let seen = phone.inbox.seen();
        phone.say(&act(&id, seen, "show_me", "")).await;
        let (name, refused) = phone.next().await;
        assert_eq!(
            (name.as_str(), &refused["seen"], &refused["error"]["kind"]),
            ("refused", &json!(seen), &json!("conflict"))
        );
        phone.say(&act(&id, before, "skip", "")).await;
        assert_eq!(phone.until("done").await, json!({ "seen": before, "counted": false }));

        let talk = loaded(&site, &mut fern, &id).await;
        assert_eq!(talk["lines"], json!(phone.lines));
        assert_eq!(talk["state"], phone.state);
        // the talk goes, and so do the lines
        fern.call(&site, "tutor/delete", &format!("talk={id}")).await;
        for mut device in [phone, laptop] {
            let (refused, code) = device.ends_with().await;
            assert_eq!((&refused["error"]["kind"], code), (&json!("not_found"), 4404));
        }
    }
}

#[tokio::test]
async fn an_act_whose_answer_was_cut_off_is_sent_again_and_counts_once() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let address = site.listen().await;
        let (fern, id) = talk(&site, "fern").await;
        let mut phone = Device::new(address, &fern, &id);
        let mut other = Device::new(address, &fern, &id);
        other.open().await;
        phone.open().await;
        let before = phone.inbox.seen();
        let word = act(&id, before, "answer", ADVICE);
        phone.say(&word).await;
        // somebody else sees that it is stored; the phone hears nothing of it
        other.reach(before + 2).await;
        phone.cut();
        phone.resume().await;
        phone.say(&word).await;
        assert_eq!(phone.until("done").await, json!({ "seen": before, "counted": true }), "{}", test.name);
        assert_eq!(phone.inbox.seen(), before + 2, "stored once");
        // the same answer to what comes after it is another one
        phone.say(&act(&id, before + 2, "answer", ADVICE)).await;
        phone.until("done").await;
        assert_eq!(phone.inbox.seen(), before + 4);
        other.reach(before + 4).await;
        assert_eq!(other.lines, phone.lines);
    }
}

#[tokio::test]
async fn a_hundred_cuts_lose_double_and_mix_up_nothing() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let address = site.listen().await;
        let (mut fern, id) = talk(&site, "fern").await;
        println!("{}: seed {SEED}", test.name);
        let mut chance = Seeded::new(SEED);
        let mut phone = Device::new(address, &fern, &id);
        let mut laptop = Device::new(address, &fern, &id);
        laptop.open().await;
        let (mut cuts, mut acts, mut counted) = (0, 0, 0);
        while cuts < 100 {
            phone.resume().await;
            // the line breaks before anything came, in the middle of what was missed, or after it
            for _ in 0..chance.below(3) {
                let (name, body) = phone.next().await;
                phone.take(&name, &body);
            }
            if chance.below(3) > 0 {
                // an act whose answer is lost, or heard; it may have been sent before
                acts += 1;
                let word = act(&id, phone.inbox.seen(), "answer", ADVICE);
                phone.say(&word).await;
                if chance.below(2) == 0 {
                    phone.cut();
                    phone.resume().await;
                    phone.say(&word).await;
                    let done = phone.until("done").await;
                    counted += u64::from(done["counted"] == true);
                }
            }
            phone.cut();
            cuts += 1;
        }
        phone.open().await;
        let talk = loaded(&site, &mut fern, &id).await;
        let lines = talk["lines"].as_array().unwrap();
        phone.reach(lines.len() as u64).await;
        laptop.reach(lines.len() as u64).await;
        assert_eq!(&phone.lines, lines);
        assert_eq!(&laptop.lines, lines);
        println!("{cuts} cuts, {acts} acts, {counted} heard as done, {} lines", lines.len());
        assert!(counted > 10 && lines.len() > 40, "{counted} of {acts}");
    }
}

#[tokio::test]
async fn events_go_on_after_the_last_that_came() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let (mut fern, id) = talk(&site, "fern").await;
        let path = format!("/tutor/{id}/events?after=0");
        let (headers, mut first) = fern.stream(&site, Request::get(&path)).await;
        assert_eq!(headers["cache-control"], "no-store");
        assert!(headers["content-type"].to_str().unwrap().starts_with("text/event-stream"));
        let events = until(&mut first, "\"start\"").await;
        let numbers = |events: &str| {
            let ids = events.lines().filter_map(|line| line.strip_prefix("id: "));
            ids.map(|id| id.parse::<u64>().unwrap()).collect::<Vec<_>>()
        };
        let last = *numbers(&events).last().unwrap();
        assert_eq!(numbers(&events), (1..=last).collect::<Vec<_>>(), "{events}");
        assert!(events.contains("{\"question\":") && events.contains("{\"adapt\":"), "{events}");

        let form = |seen: u64| {
            format!("request[talk]={id}&request[seen]={seen}&request[act]=answer&request[text]={ADVICE}")
        };
        fern.call(&site, "tutor/act", &form(last)).await;
        let events = until(&mut first, "\"content\"").await;
        assert_eq!(numbers(&events), [last + 1, last + 2], "{}: {events}", test.name);
        // cut; what was said meanwhile comes, whatever the address says
        drop(first);
        fern.call(&site, "tutor/act", &form(last + 2)).await;
        let again = Request::get(&path).header("last-event-id", (last + 1).to_string());
        let (_, mut second) = fern.stream(&site, again).await;
        let events = until(&mut second, "\"start\"").await;
        assert_eq!(numbers(&events), [last + 2, last + 3, last + 4], "{events}");
        // logging out ends it
        fern.clone().call(&site, "account/log_out", "").await;
        site.state.live.tell_talk(id.parse().unwrap());
        let events = until(&mut second, "\"refused\"").await;
        assert!(events.contains("unauthorized"), "{events}");
        assert!(timeout(SOON, second.next()).await.unwrap().is_none());

        let (moss, _) = self::talk(&site, "moss").await;
        for (browser, status) in [(&moss, 404), (&Browser::default(), 401)] {
            let request = Request::get(&path).header("cookie", browser.cookie());
            let refused = site.ask(request.body(axum::body::Body::empty()).unwrap()).await;
            assert_eq!(refused.status.as_u16(), status, "{}", refused.body);
        }
    }
}

/// What comes until it has these words.
async fn until(stream: &mut axum::body::BodyDataStream, wanted: &str) -> String {
    let mut text = String::new();
    while !text.contains(wanted) || !text.ends_with("\n\n") {
        let chunk = timeout(SOON, stream.next()).await;
        let chunk = chunk.unwrap_or_else(|_| panic!("no {wanted} in {text}")).expect("more").unwrap();
        text.push_str(&String::from_utf8_lossy(&chunk));
    }
    text
}

#[tokio::test]
async fn strangers_pages_of_other_sites_and_other_learners_are_refused() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let address = site.listen().await;
        let (fern, id) = talk(&site, "fern").await;
        let (moss, _) = talk(&site, "moss").await;
        // a 101 would be an open door
        for (headers, path, status) in [
            (vec![], &id, 401),
            (vec![("cookie", fern.cookie())], &"heart".to_string(), 404),
            (vec![("cookie", fern.cookie()), ("origin", "https://evil.example".into())], &id, 403),
            (vec![("cookie", fern.cookie()), ("sec-fetch-site", "cross-site".into())], &id, 403),
            (vec![("cookie", fern.cookie()), ("origin", format!("http://{address}"))], &id, 101),
        ] {
            let mut request = format!("ws://{address}/tutor/{path}/live").into_client_request().unwrap();
            for (name, value) in &headers {
                request.headers_mut().insert(*name, value.parse().unwrap());
            }
            let found = match connect_async(request).await {
                Ok((_, answer)) => answer.status().as_u16(),
                Err(Error::Http(answer)) => answer.status().as_u16(),
                Err(error) => panic!("{error}"),
            };
            assert_eq!(found, status, "{headers:?}");
        }
        let mut theirs = Device::new(address, &moss, &id);
        theirs.resume().await;
        let (refused, code) = theirs.ends_with().await;
        assert_eq!((&refused["error"]["kind"], code), (&json!("not_found"), 4404), "{}", test.name);
        assert_eq!(refused["seen"], Value::Null);
        let mut ahead = Device::new(address, &fern, &id);
        ahead.inbox = Inbox::after(99);
        ahead.resume().await;
        assert_eq!(ahead.ends_with().await.1, 4409);
    }
}

#[tokio::test]
async fn who_logs_out_is_cut_off_within_a_beat() {
    for test in databases().await {
        let site = Site::open(&test).await;
        let address = site.listen().await;
        let (mut fern, id) = talk(&site, "fern").await;
        let mut phone = Device::new(address, &fern, &id);
        phone.open().await;
        fern.call(&site, "account/log_out", "").await;
        assert!(phone.is_quiet().await, "nobody has looked yet");
        site.state.clock.advance(HEARTBEAT_MS);
        let (refused, code) = phone.ends_with().await;
        assert_eq!((&refused["error"]["kind"], code), (&json!("unauthorized"), 4401), "{}", test.name);
    }
}

#[tokio::test]
async fn a_silent_line_is_asked_and_then_given_up() {
    let test = databases().await.remove(0);
    let site = Site::open(&test).await;
    let address = site.listen().await;
    let (fern, id) = talk(&site, "fern").await;
    let (mut awake, mut asleep) = (Device::new(address, &fern, &id), Device::new(address, &fern, &id));
    awake.open().await;
    asleep.open().await;
    for _ in 0..4 {
        site.state.clock.advance(HEARTBEAT_MS);
        awake.until("beat").await;
        let seq = awake.inbox.seen();
        awake.say(&json!({ "ack": { "seq": seq } })).await;
        // the server hears it before its clock goes on
        tokio::time::sleep(Duration::from_millis(1_200)).await;
    }
    const { assert!(4 * HEARTBEAT_MS > SILENCE_MS) };
    let mut beats = 0;
    let code = loop {
        match asleep.next().await {
            (name, _) if name == "beat" => beats += 1,
            (name, code) => break (name, code),
        }
    };
    assert_eq!((beats, code), (2, ("closed".to_string(), json!(1001))), "asked twice");
    assert!(awake.is_quiet().await, "still open");
}

#[tokio::test]
async fn what_makes_no_sense_ends_the_line() {
    let test = databases().await.remove(0);
    let site = Site::open(&test).await;
    let address = site.listen().await;
    let (mut fern, id) = talk(&site, "fern").await;
    let (_, other) = talk(&site, "moss").await;
    let start = || Message::text(json!({ "start": { "after": 0 } }).to_string());
    let text = |value: Value| Message::text(value.to_string());
    for (messages, code) in [
        (vec![Message::text("heart")], 1008),
        (vec![text(json!({ "ack": { "seq": 0 } }))], 1008),
        (vec![Message::binary(vec![1, 2, 3])], 1008),
        (vec![start(), start()], 1008),
        (vec![start(), text(json!({ "ack": { "seq": 1_000 } }))], 1008),
        (vec![start(), text(json!({ "start": { "after": -1 } }))], 1008),
        (vec![start(), text(act(&other, 3, "hint", ""))], 1008),
        (vec![start(), text(act(&id, 3, "answer", &"x".repeat(33_000)))], 1009),
    ] {
        let mut device = Device::new(address, &fern, &id);
        device.connect().await.unwrap();
        for message in &messages {
            device.send(message.clone()).await;
        }
        assert_eq!(device.ends_with().await.1, code, "{messages:.200?}");
    }
    // far too much is not even read
    let mut device = Device::new(address, &fern, &id);
    device.open().await;
    device.send(Message::text("x".repeat(4 << 20))).await;
    while !["closed", "broken"].contains(&device.next().await.0.as_str()) {}
    // an answer that is too long is refused as by POST, and the line stays
    let mut device = Device::new(address, &fern, &id);
    device.open().await;
    let seen = device.inbox.seen();
    device.say(&act(&id, seen, "answer", &"x".repeat(5_000))).await;
    let (name, refused) = device.next().await;
    assert_eq!((name.as_str(), &refused["error"]["kind"]), ("refused", &json!("invalid")));
    let before = loaded(&site, &mut fern, &id).await;
    assert_eq!(before["lines"].as_array().unwrap().len() as u64, seen, "nothing of it was done");
}

#[tokio::test]
async fn lines_are_bounded_in_number_and_in_what_is_under_way() {
    let test = databases().await.remove(0);
    let site = Site::open(&test).await;
    let address = site.listen().await;
    let (mut fern, id) = talk(&site, "fern").await;
    let mut devices = vec![];
    for _ in 0..MOST_OPEN {
        let mut device = Device::new(address, &fern, &id);
        device.open().await;
        devices.push(device);
    }
    let mut last = Device::new(address, &fern, &id);
    last.resume().await;
    let (refused, code) = last.ends_with().await;
    assert_eq!((&refused["error"]["kind"], code), (&json!("limited"), 4429));
    devices.clear();
    timeout(SOON, site.state.listeners.gone()).await.expect("a line that broke is noticed");

    // who acknowledges nothing gets no more than a window
    let mut seen = devices.len() as u64 + last.inbox.seen();
    let talk = loaded(&site, &mut fern, &id).await;
    seen += talk["lines"].as_array().unwrap().len() as u64;
    while seen < 150 {
        let form =
            format!("request[talk]={id}&request[seen]={seen}&request[act]=answer&request[text]={ADVICE}");
        assert_eq!(fern.call(&site, "tutor/act", &form).await.status, StatusCode::OK);
        seen += 2;
    }
    let mut slow = Device::new(address, &fern, &id);
    slow.resume().await;
    for _ in 0..64 {
        let (name, body) = slow.next().await;
        slow.take(&name, &body);
    }
    assert_eq!((slow.inbox.seen(), slow.is_quiet().await), (64, true));
    slow.say(&json!({ "ack": { "seq": 64 } })).await;
    slow.until("start").await;
    assert_eq!(slow.inbox.seen(), seen);
}

#[tokio::test]
async fn a_process_that_ends_says_so() {
    let test = databases().await.remove(0);
    let site = Site::open(&test).await;
    let address = site.listen().await;
    let (fern, id) = talk(&site, "fern").await;
    let mut phone = Device::new(address, &fern, &id);
    phone.open().await;
    let (_, mut events) = fern.stream(&site, Request::get(format!("/tutor/{id}/events"))).await;
    until(&mut events, "\"start\"").await;
    site.ask_to_stop();
    assert_eq!(phone.ends_with().await, (Value::Null, 1012));
    assert!(timeout(SOON, events.next()).await.unwrap().is_none());
    drop((phone, events));
    timeout(SOON, site.state.listeners.gone()).await.expect("nobody is left");
}

#[tokio::test]
async fn what_is_said_in_one_process_is_heard_in_another() {
    let Some(url) = redis::address("a talk in two processes") else { return };
    let Some(test) = databases().await.into_iter().find(|test| test.name == "PostgreSQL") else { return };
    let secret = "a secret of both processes, long enough";
    let options = ["--redis-url", &url, "--secret", secret];
    let here = Site::open_beside(&test, "here", &options).await;
    let there = Site::open_beside(&test, "there", &options).await;
    let (mut fern, id) = talk(&here, "fern").await;
    let mut phone = Device::new(there.listen().await, &fern, &id);
    phone.open().await;
    let seen = phone.inbox.seen();
    let form = format!("request[talk]={id}&request[seen]={seen}&request[act]=answer&request[text]={ADVICE}");
    assert_eq!(fern.call(&here, "tutor/act", &form).await.status, StatusCode::OK);
    phone.until("content").await;
    assert_eq!(phone.inbox.seen(), seen + 2);
}
