//! The handle that a test holds: to script the provider, to ask what it received, to stop it.

use std::{
    collections::VecDeque,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use crate::{
    Dialect, Fault, Reply, Request, Script, Settings, Violation,
    http::{self, Stage},
    messages,
    record::{Record, lock},
};

/// A provider that runs. It runs on a thread of its own and stops when this is dropped.
pub struct Provider {
    stage: Arc<Stage>,
    address: SocketAddr,
    running: Mutex<Option<Running>>,
}

struct Running {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Provider {
    /// Starts on 127.0.0.1.
    ///
    /// # Panics
    /// The port is taken, or the system has no thread left.
    pub fn start(settings: Settings) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.port)).expect("the port is free");
        let address = listener.local_addr().expect("a bound socket has an address");
        let stage = Arc::new(Stage {
            script: Mutex::new(settings.script.clone()),
            embeddings: Mutex::new(VecDeque::new()),
            record: Arc::new(Record::default()),
            settings,
        });
        let running = Mutex::new(Some(run(listener, &stage)));
        Self { stage, address, running }
    }

    /// `http://127.0.0.1:PORT/v1`
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Where it listens; the same after a restart.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How it speaks.
    pub fn dialect(&self) -> Dialect {
        self.stage.settings.dialect
    }

    /// The key it wants.
    pub fn key(&self) -> Option<&str> {
        self.stage.settings.key.as_deref()
    }

    /// Answers by this script from now on.
    pub fn play(&self, script: Script) {
        *lock(&self.stage.script) = script;
    }

    /// Answers with this after all replies that wait.
    pub fn push(&self, reply: Reply) {
        lock(&self.stage.script).push(reply);
    }

    /// Answers with this when no reply waits.
    pub fn otherwise(&self, reply: Reply) {
        lock(&self.stage.script).set_otherwise(reply);
    }

    /// The replies that wait for a request. A test whose script should be over asserts 0.
    pub fn waiting(&self) -> usize {
        lock(&self.stage.script).waiting()
    }

    /// Lets a coming request for embeddings go wrong; those before it that were pushed come first.
    pub fn push_embeddings(&self, fault: Fault) {
        lock(&self.stage.embeddings).push_back(fault);
    }

    /// Every request, in the order in which they were whole, those that were refused too.
    pub fn requests(&self) -> Vec<Arc<Request>> {
        self.stage.record.requests()
    }

    /// The requests for chats alone.
    pub fn chats(&self) -> Vec<Arc<Request>> {
        let mut requests = self.requests();
        requests.retain(|request| ["/v1/chat/completions", messages::PATH].contains(&request.path.as_str()));
        requests
    }

    /// The request that came last.
    pub fn last(&self) -> Option<Arc<Request>> {
        self.requests().pop()
    }

    /// The requests that a provider of this dialect would have refused for what they are.
    pub fn violations(&self) -> Vec<Violation> {
        self.stage.record.violations()
    }

    /// Every byte that came over any connection, counted.
    pub fn bytes_received(&self) -> usize {
        self.stage.record.bytes()
    }

    /// Whether these words came, in whatever part of whatever request, whole or not, escaped in JSON or not.
    pub fn received_anywhere(&self, words: &str) -> bool {
        self.stage.record.received(words)
    }

    /// The answers that the client left before their end.
    pub fn abandoned(&self) -> usize {
        self.stage.record.abandoned()
    }

    /// The requests that are being answered now.
    pub fn open(&self) -> usize {
        self.stage.record.open()
    }

    /// The connections that were accepted.
    pub fn connections(&self) -> usize {
        self.stage.record.connections()
    }

    /// Forgets what was received and begins to count again.
    pub fn forget(&self) {
        self.stage.record.forget();
    }

    /// Waits until this holds, for at most `within`; says whether it does. That a client has left is seen a moment later.
    pub async fn until(&self, within: Duration, holds: impl Fn(&Self) -> bool) -> bool {
        let begun = Instant::now();
        while !holds(self) {
            if begun.elapsed() > within {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        true
    }

    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        lock(&self.running).is_some()
    }

    /// Ends it: connections break off, and new ones are refused. What was received is kept.
    pub fn stop(&self) {
        let Some(running) = lock(&self.running).take() else { return };
        self.stage.record.stopping(true);
        // the thread may have ended by itself
        let _ = running.stop.send(());
        let _ = running.thread.join();
    }

    /// Runs again on the same port, with the same script and what was received before; stops first if it runs.
    ///
    /// # Panics
    /// Somebody else took the port meanwhile.
    pub fn restart(&self) {
        self.stop();
        let listener = TcpListener::bind(self.address).expect("the port is still free");
        self.stage.record.stopping(false);
        *lock(&self.running) = Some(run(listener, &self.stage));
    }
}

fn run(listener: TcpListener, stage: &Arc<Stage>) -> Running {
    listener.set_nonblocking(true).expect("a socket can be polled");
    let (stop, stopped) = oneshot::channel();
    Running { stop, thread: http::serve(listener, stage, stopped).expect("a thread can be started") }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.stop();
    }
}
