//! The real program as a process of its own, and a learner who reaches it over the network.

use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A server that was started; killed when dropped.
pub(crate) struct Process {
    pub(crate) address: String,
    child: Child,
}

impl Process {
    /// Starts it on this data folder, with these variables, and waits until it is ready.
    pub(crate) fn start(data: &Path, variables: &[(&str, &str)]) -> Self {
        // the size of files is limited in one test: the signal of that is for the program to survive as an error
        let mut command = Command::new("sh");
        let program = std::env::var("MITOCHI_BIN").unwrap_or(env!("CARGO_BIN_EXE_mitochi").into());
        command.args(["-c", "trap '' XFSZ; exec \"$0\" serve", &program]);
        command
            .env("MITOCHI_ADDR", "127.0.0.1:0")
            .env("MITOCHI_DATA", data)
            .env("MITOCHI_MODELS", "/nowhere")
            .env("MITOCHI_PASSWORD_COST", "4")
            .env("MITOCHI_REQUESTS_A_MINUTE", "0")
            .env("MITOCHI_UPLOADS_AN_HOUR", "0")
            .env("RUST_LOG", "warn")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines
            .find_map(|line| line.unwrap().strip_prefix("Mitochi is ready on http://").map(str::to_string));
        let address = ready.expect("it ends before it is ready");
        std::thread::spawn(move || lines.for_each(drop));
        Self { address, child }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, as a service manager does; whether it ended in good order, and how long that took.
    pub(crate) fn ask_to_stop(mut self) -> (bool, Duration) {
        let start = Instant::now();
        assert!(Command::new("kill").args(["-TERM", &self.id().to_string()]).status().unwrap().success());
        let status = self.child.wait().unwrap();
        (status.success(), start.elapsed())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A learner who reaches a server over the network.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) address: String,
    cookies: BTreeMap<String, String>,
    client: reqwest::Client,
}

/// What was answered: the status and the body.
pub(crate) type Told = Result<(u16, String), reqwest::Error>;

impl Caller {
    pub(crate) fn new(address: &str) -> Self {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(60)).build().unwrap();
        Self { address: address.into(), cookies: BTreeMap::new(), client }
    }

    /// The cookies as a request has them.
    pub(crate) fn cookies(&self) -> String {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        cookies.join("; ")
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Told {
        let request = request.header("accept", "application/json").header("cookie", self.cookies());
        let answer = request.send().await?;
        for line in answer.headers().get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.into(), value.into());
        }
        Ok((answer.status().as_u16(), answer.text().await?))
    }

    pub(crate) async fn call(&mut self, name: &str, form: &str) -> Told {
        let request = self.client.post(format!("http://{}/api/{name}", self.address));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(form.to_string())).await
    }

    pub(crate) async fn call_json(&mut self, name: &str, json: Value) -> Told {
        let request = self.client.post(format!("http://{}/api/{name}", self.address));
        self.send(request.header("content-type", "application/json").body(json.to_string())).await
    }

    pub(crate) async fn upload(&mut self, name: &str, bytes: &[u8]) -> Told {
        let head =
            format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        let body = [head.as_bytes(), bytes, b"\r\n--b--\r\n"].concat();
        let request = self.client.post(format!("http://{}/library/upload", self.address));
        self.send(request.header("content-type", "multipart/form-data; boundary=b").body(body)).await
    }

    pub(crate) async fn register(&mut self, email: &str) -> Told {
        let form =
            format!("request[email]={email}&request[password]=a good long password&request[time_zone]=UTC");
        self.call("account/register", &form).await
    }

    /// A set of so many questions; its id.
    pub(crate) async fn start_quiz(&mut self, length: u32) -> String {
        let (_, body) = self.call("quiz/start", &format!("request[length]={length}")).await.unwrap();
        serde_json::from_str::<Value>(&body).unwrap().as_str().expect(&body).to_string()
    }

    pub(crate) async fn answer(&mut self, quiz: &str, position: u32) -> Told {
        let form =
            format!("request[quiz]={quiz}&request[position]={position}&request[choice]=0&request[took]=900");
        self.call("quiz/answer", &form).await
    }

    /// How many questions of a set were answered, in order.
    pub(crate) async fn answered(&mut self, quiz: &str) -> usize {
        let request = serde_json::json!({ "request": { "quiz": quiz } });
        let (_, body) = self.call_json("quiz/load", request).await.unwrap();
        let loaded: Value = serde_json::from_str(&body).unwrap();
        loaded["steps"]
            .as_array()
            .expect(&body)
            .iter()
            .filter(|step| *step == "right" || *step == "missed")
            .count()
    }
}
