//! Many talks at once over WebSockets, and lines that break: `cargo bench -p server --bench wire`.
//!
//! ```text
//! cargo bench -p server --bench wire                        # 1,000 sessions for a minute, then 50 with 100 cuts each
//! cargo bench -p server --bench wire -- 200 20 10 30        # sessions, seconds, sessions of the soak, cuts of each
//! ```
//!
//! The server is this process, on a SQLite file of its own, with the test provider as its language model. The sessions are a
//! second process, so that the memory is the server's alone. A message's way is from the commit that stored it to the other
//! process having read it; both read one clock.

#![expect(clippy::disallowed_methods, reason = "two processes compare their times by the machine's clock")]

use anyhow::{Context, ensure};
use app::{
    account::api::Registration,
    session::Session,
    tutor::api::{Beginning, Talk, Tutor},
};
use clap::Parser;
use domain::{
    id::TalkId,
    seed::Seeded,
    tutor::{
        Mode,
        delivery::{Inbox, Receipt},
    },
};
use futures::{SinkExt, StreamExt, future::try_join_all};
use provider::{Dialect, Provider, Reply, Script, Settings};
use serde_json::{Value, json};
use server::{account, clock::Clock, config::Config, http, live::Where, starter, state::State};
use std::{
    collections::HashMap,
    net::SocketAddr,
    process::Stdio,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    sync::watch,
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

/// A learner of the many does something this often.
const EVERY: Duration = Duration::from_secs(15);
/// What must come, comes within this time.
const SOON: Duration = Duration::from_secs(60);
/// Of all chance.
const SEED: u64 = 1;
/// No answer, and so never the end of a talk; it leads to two lines.
const ADVICE: &str = "my mother takes insulin, what dose should I give her";
const LINES: [&str; 6] = ["content", "question", "answer", "feedback", "hint", "end"];

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    config: Config,
}

/// Microseconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros() as u64
}

/// Resident memory of this process and the most that it was, MB.
fn memory() -> (f64, f64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
    };
    (of("VmRSS:"), of("VmHWM:"))
}

fn share(times: &mut [u64], of: f64) -> f64 {
    times.sort_unstable();
    let at = ((times.len() as f64 * of).ceil() as usize).clamp(1, times.len().max(1)) - 1;
    times.get(at).map_or(f64::NAN, |time| *time as f64 / 1_000.0)
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A session in the other process.
struct Learner {
    address: SocketAddr,
    talk: String,
    cookie: String,
    inbox: Inbox,
    lines: Vec<Value>,
    /// When each line arrived, microseconds since 1970; those that were there before are missing.
    arrived: HashMap<u64, u64>,
}

impl Learner {
    fn read(line: &str, address: SocketAddr) -> Option<Self> {
        let (talk, cookie) = line.split_once(' ')?;
        let (inbox, lines, arrived) = (Inbox::default(), vec![], HashMap::new());
        Some(Self { address, talk: talk.into(), cookie: cookie.into(), inbox, lines, arrived })
    }

    async fn connect(&self) -> anyhow::Result<Socket> {
        let mut request = format!("ws://{}/tutor/{}/live", self.address, self.talk).into_client_request()?;
        request.headers_mut().insert("cookie", self.cookie.parse()?);
        let (mut socket, _) = connect_async(request).await?;
        let start = json!({ "start": { "after": self.inbox.seen() } });
        socket.send(Message::text(start.to_string())).await?;
        Ok(socket)
    }

    fn doing(&self) -> String {
        let (talk, seen) = (&self.talk, self.inbox.seen());
        json!({ "do": { "talk": talk, "seen": seen, "act": "answer", "text": ADVICE } }).to_string()
    }

    /// The next frame, taken and acknowledged; its name.
    async fn next(&mut self, socket: &mut Socket) -> anyhow::Result<String> {
        let message = timeout(SOON, socket.next()).await.context("nothing came")?.context("it ended")??;
        let text = message.into_text()?;
        let (name, body) = match serde_json::from_str(&text).with_context(|| format!("no frame: {text}"))? {
            Value::String(name) => (name, Value::Null),
            Value::Object(frame) => frame.into_iter().next().context("an empty frame")?,
            other => anyhow::bail!("no frame: {other}"),
        };
        ensure!(name != "refused", "refused: {body}");
        if LINES.contains(&name.as_str()) {
            let seq = body["seq"].as_u64().context("a number")?;
            ensure!(self.inbox.receive(seq) == Receipt::Take, "{seq} after {}", self.inbox.seen());
            self.arrived.insert(seq, now());
            self.lines.push(body);
            socket.send(Message::text(json!({ "ack": { "seq": seq } }).to_string())).await?;
        } else if name == "beat" {
            let ack = json!({ "ack": { "seq": self.inbox.seen() } });
            socket.send(Message::text(ack.to_string())).await?;
        }
        Ok(name)
    }

    async fn until(&mut self, socket: &mut Socket, wanted: &str) -> anyhow::Result<()> {
        while self.next(socket).await? != wanted {}
        Ok(())
    }

    /// Acts every now and then until the time is over; gives how long each took, microseconds.
    async fn carry_on(
        &mut self,
        socket: &mut Socket,
        first: Duration,
        end: Instant,
    ) -> anyhow::Result<Vec<u64>> {
        let mut took = vec![];
        let mut next = Instant::now() + first;
        loop {
            // beats and what comes between are heard while waiting
            while timeout_at(next.min(end), self.next(socket)).await?.is_some() {}
            if Instant::now() >= end {
                return Ok(took);
            }
            let start = Instant::now();
            socket.send(Message::text(self.doing())).await?;
            self.until(socket, "done").await?;
            took.push(start.elapsed().as_micros() as u64);
            next += EVERY;
        }
    }

    /// Breaks its line so many times, at whatever moment.
    async fn suffer(&mut self, cuts: usize, chance: &mut Seeded) -> anyhow::Result<()> {
        for _ in 0..cuts {
            let mut socket = self.connect().await?;
            for _ in 0..chance.below(3) {
                self.next(&mut socket).await?;
            }
            if chance.below(2) == 0 {
                let word = self.doing();
                socket.send(Message::text(word.clone())).await?;
                sleep(Duration::from_micros(chance.below(20_000) as u64)).await;
                if chance.below(2) == 0 {
                    drop(socket);
                    socket = self.connect().await?;
                    socket.send(Message::text(word)).await?;
                }
                if chance.below(3) == 0 {
                    self.until(&mut socket, "done").await?;
                }
            }
        }
        let mut socket = self.connect().await?;
        self.until(&mut socket, "start").await
    }
}

/// `None` when the time is over.
async fn timeout_at<T>(
    end: Instant,
    run: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<Option<T>> {
    tokio::select! {
        done = run => done.map(Some),
        () = sleep_until(end) => Ok(None),
    }
}

/// The other process: all sessions on one line each of the input; tells when all are open, then what each has heard.
async fn sessions(address: SocketAddr, seconds: u64) -> anyhow::Result<()> {
    let mut learners = vec![];
    for line in std::io::stdin().lines() {
        learners.push(Learner::read(&line?, address).context("a session")?);
    }
    let mut open = vec![];
    for mut learner in learners {
        let mut socket = learner.connect().await?;
        learner.until(&mut socket, "start").await?;
        learner.arrived.clear();
        open.push((learner, socket));
    }
    println!("open");
    let mut chance = Seeded::new(SEED);
    let end = Instant::now() + Duration::from_secs(seconds);
    let running = open.into_iter().map(|(mut learner, mut socket)| {
        let first = EVERY.mul_f64(chance.below(1_000) as f64 / 1_000.0);
        tokio::spawn(async move {
            let took = learner.carry_on(&mut socket, first, end).await?;
            anyhow::Ok(json!({ "talk": learner.talk, "seen": learner.inbox.seen(), "took": took, "arrived": learner.arrived }))
        })
    });
    for told in try_join_all(running).await? {
        println!("{}", told?);
    }
    Ok(())
}

struct Server {
    state: State,
    address: SocketAddr,
    _stop: watch::Sender<bool>,
    _folder: tempfile::TempDir,
    _provider: Provider,
}

async fn serve() -> anyhow::Result<Server> {
    let script = Script::new().otherwise(Reply::text("The heart is a pump."));
    let provider = Provider::start(Settings { script, ..Settings::new(Dialect::OpenAi) });
    let folder = tempfile::tempdir()?;
    let data = folder.path().display().to_string();
    let url = provider.base_url();
    let provider_options = ["--local-url", &url, "--local-model", "test"];
    let arguments = ["mitochi", "--data", &data, "--password-cost", "4", "--models", "/nowhere"];
    let config = Arguments::parse_from(arguments.iter().chain(&provider_options)).config;
    let clock = Clock::default();
    let (stop, stopping) = watch::channel(false);
    let state = State::build(&config, clock.clone(), stopping).await?;
    starter::install(&state.db, &clock).await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(axum::serve(listener, http::router(state.clone())).into_future());
    Ok(Server { state, address, _stop: stop, _folder: folder, _provider: provider })
}

impl Server {
    /// A learner with a talk: who asks, the talk, and the cookies.
    async fn learner(&self, name: &str) -> anyhow::Result<(Session, TalkId, String)> {
        let request = Registration {
            email: format!("{name}@example.org"),
            password: "a good long password".into(),
            time_zone: "UTC".into(),
            invite: String::new(),
            next: String::new(),
        };
        let (session, tokens) = self.state.account.open_account(None, &request).await?;
        let cookies = account::set_token_cookies(Some(&tokens), false);
        let cookies = cookies.iter().filter_map(|line| line.to_str().ok()?.split(';').next());
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let beginning = Beginning {
            material: Some(starter::MATERIAL),
            concept: "Frank-Starling mechanism".into(),
            mode: Some(Mode::Practice),
            minutes: 10,
            ..Beginning::default()
        };
        let talk = self.state.tutor.begin(session, beginning).await?;
        Ok((session, talk, cookies))
    }

    async fn learners(&self, kind: &str, count: usize) -> anyhow::Result<Vec<(Session, TalkId, String)>> {
        let mut all = vec![];
        for n in 0..count {
            all.push(self.learner(&format!("{kind}{n}")).await?);
        }
        Ok(all)
    }
}

async fn many(server: &Server, count: usize, seconds: u64) -> anyhow::Result<()> {
    let learners = server.learners("many", count).await?;
    let mut changes = server.state.live.subscribe();
    // the n-th notice of a talk is told right after the commit of its n-th act
    let stored = watch::Sender::new(HashMap::<TalkId, Vec<u64>>::new());
    let book = stored.clone();
    let hearing = tokio::spawn(async move {
        while let Some(place) = changes.said().await {
            if let Where::In(talk) = place {
                book.send_modify(|book| book.entry(talk).or_default().push(now()));
            }
        }
    });
    let before = memory();
    let mut child = tokio::process::Command::new(std::env::current_exe()?)
        .args(["sessions", &server.address.to_string(), &seconds.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut input = child.stdin.take().context("an input")?;
    for (_, talk, cookies) in &learners {
        input.write_all(format!("{talk} {cookies}\n").as_bytes()).await?;
    }
    drop(input);
    let mut output = BufReader::new(child.stdout.take().context("an output")?).lines();
    let open = output.next_line().await?;
    ensure!(open.as_deref() == Some("open"), "not all could be opened");
    sleep(Duration::from_secs(2)).await;
    let idle = memory();
    let (mut ways, mut took, mut lines, mut dropped) = (vec![], vec![], 0_u64, 0_u64);
    let sessions: HashMap<String, Session> =
        learners.iter().map(|(session, talk, _)| (talk.to_string(), *session)).collect();
    let mut heard = 0;
    while let Some(line) = output.next_line().await? {
        let told: Value = serde_json::from_str(&line)?;
        let id: TalkId = told["talk"].as_str().context("a talk")?.parse()?;
        let talk: Talk = server.state.tutor.talk(sessions[&id.to_string()], id).await?;
        let last = talk.lines.last().map_or(0, |line| line.seq);
        dropped += last - told["seen"].as_u64().context("a number")?;
        let arrived: HashMap<u64, u64> = serde_json::from_value(told["arrived"].clone())?;
        lines += arrived.len() as u64;
        took.extend(told["took"].as_array().into_iter().flatten().filter_map(Value::as_u64));
        let first = last - arrived.len() as u64;
        let book = stored.borrow();
        for (act, stored) in book.get(&id).into_iter().flatten().enumerate() {
            // two lines an act
            let after = first + 2 * act as u64;
            ways.extend(
                [1, 2].iter().filter_map(|n| Some(arrived.get(&(after + n))?.saturating_sub(*stored))),
            );
        }
        heard += 1;
    }
    ensure!(heard == count, "{heard} of {count} came to their end");
    let after = memory();
    hearing.abort();
    println!(
        "{count} sessions, an act each {} s, {seconds} s: {} acts, {lines} lines, {dropped} dropped",
        EVERY.as_secs(),
        took.len()
    );
    println!(
        "a message's way, ms: median {:.1}, p95 {:.1}, p99 {:.1}, most {:.1} ({} ways)",
        share(&mut ways, 0.5),
        share(&mut ways, 0.95),
        share(&mut ways, 0.99),
        share(&mut ways, 1.0),
        ways.len()
    );
    println!(
        "from sending an act to all that comes of it, ms: median {:.1}, p95 {:.1}",
        share(&mut took, 0.5),
        share(&mut took, 0.95)
    );
    println!(
        "memory, MB: {:.0} before, {:.0} with all open ({:.0} KB each), {:.0} at the end, {:.0} at most",
        before.0,
        idle.0,
        (idle.0 - before.0) * 1024.0 / count as f64,
        after.0,
        after.1
    );
    ensure!(dropped == 0, "{dropped} lines never arrived");
    Ok(())
}

async fn soak(server: &Server, count: usize, cuts: usize) -> anyhow::Result<()> {
    let learners = server.learners("soak", count).await?;
    let start = Instant::now();
    let running = learners.into_iter().enumerate().map(|(n, (session, talk, cookies))| {
        let (tutor, address) = (server.state.tutor.clone(), server.address);
        tokio::spawn(async move {
            let mut learner = Learner::read(&format!("{talk} {cookies}"), address).context("a session")?;
            learner.suffer(cuts, &mut Seeded::new(SEED + n as u64)).await?;
            let stored = serde_json::to_value(tutor.talk(session, talk).await?.lines)?;
            ensure!(stored == json!(learner.lines), "session {n} has other lines than the database");
            Ok(learner.lines.len())
        })
    });
    let mut lines = 0;
    for told in try_join_all(running).await? {
        lines += told?;
    }
    println!(
        "soak: {count} sessions with {cuts} cuts each, seed {SEED}: {lines} lines in {:.0} s, none lost, doubled or out of order",
        start.elapsed().as_secs_f64()
    );
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [kind, address, seconds] = &words[..]
        && kind == "sessions"
    {
        return sessions(address.parse()?, seconds.parse()?).await;
    }
    let number = |at: usize, otherwise: usize| words.get(at).map_or(Ok(otherwise), |word| word.parse());
    let server = serve().await?;
    many(&server, number(0, 1_000)?, number(1, 60)? as u64).await?;
    soak(&server, number(2, 50)?, number(3, 100)?).await
}
