//! The whole site in this process: the real router over a real database and data folder, without a port.

use super::TestDb;
use axum::{
    Router,
    body::{Body, BodyDataStream, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use clap::Parser;
use server::{clock::Clock, config::Config, http, jobs::Work, starter, state::State};
use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};
use tokio::sync::watch;
use tower::ServiceExt;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    config: Config,
}

pub(crate) struct Site {
    pub(crate) state: State,
    pub(crate) data: PathBuf,
    pub(crate) config: Config,
    router: Router,
    stop: watch::Sender<bool>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{}: {}", self.status, self.body))
    }
}

impl Site {
    /// On a database of the test, with a data folder of its own.
    pub(crate) async fn open(test: &TestDb) -> Self {
        Self::open_with(test, "data", &[], |_| {}).await
    }

    /// The same, configured otherwise.
    pub(crate) async fn open_as(test: &TestDb, configure: impl FnOnce(&mut Config)) -> Self {
        Self::open_with(test, "data", &[], configure).await
    }

    /// One of several on a database of the test, with a data folder of this name and these options.
    pub(crate) async fn open_beside(test: &TestDb, folder: &str, options: &[&str]) -> Self {
        Self::open_with(test, folder, options, |_| {}).await
    }

    async fn open_with(
        test: &TestDb,
        folder: &str,
        options: &[&str],
        configure: impl FnOnce(&mut Config),
    ) -> Self {
        let data = test.folder().join(folder);
        let arguments = [
            "mitochi",
            "--data",
            &data.display().to_string(),
            "--password-cost",
            "4",
            "--models",
            "/nowhere",
            // tests are faster than any learner
            "--requests-a-minute",
            "0",
            "--uploads-an-hour",
            "0",
        ];
        let mut config = Arguments::parse_from(arguments.iter().chain(options)).config;
        config.database_url = test.url.clone();
        configure(&mut config);
        let clock = Clock::default();
        let (stop, stopping) = watch::channel(false);
        let mut state = State::build(&config, clock.clone(), stopping).await.unwrap();
        // this process is the test's: the program that reads files is the real one
        state.reader = PathBuf::from(env!("CARGO_BIN_EXE_mitochi"));
        starter::install(&state.db, &clock).await.unwrap();
        Self { router: http::router(state.clone()), state, data, config, stop }
    }

    /// Lets workers do what is enqueued until nothing is left.
    pub(crate) async fn work(&self) {
        let mut workers = self.workers();
        for _ in 0..600 {
            if server::jobs::queue::next_due(&self.state.db, self.state.clock.now()).await.unwrap().is_none()
            {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        workers.abort_all();
        while workers.join_next().await.is_some() {}
    }

    /// Workers that go on until they are dropped.
    pub(crate) fn workers(&self) -> tokio::task::JoinSet<()> {
        self.workers_with(&self.state.work())
    }

    /// The same, with other things to work with.
    pub(crate) fn workers_with(&self, work: &Work) -> tokio::task::JoinSet<()> {
        server::jobs::start(work, &self.config, &self.stop.subscribe())
    }

    /// Listens on a port as well, for what is more than an answer to a request.
    pub(crate) async fn listen(&self) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(axum::serve(listener, self.router.clone()).into_future());
        address
    }

    /// Asks this process to stop.
    pub(crate) fn ask_to_stop(&self) {
        self.stop.send(true).unwrap();
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

/// A browser: keeps cookies.
#[derive(Clone, Default)]
pub(crate) struct Browser {
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    /// The cookies as a request has them.
    pub(crate) fn cookie(&self) -> String {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        cookies.join("; ")
    }

    async fn send(&mut self, site: &Site, request: axum::http::request::Builder, body: Body) -> Answer {
        let answer = site.ask(request.header(header::COOKIE, self.cookie()).body(body).unwrap()).await;
        for line in answer.headers.get_all(header::SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match value {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.into(), value.into()),
            };
        }
        answer
    }

    pub(crate) async fn get(&mut self, site: &Site, path: &str) -> Answer {
        self.send(site, Request::get(path).header(header::ACCEPT, "text/html"), Body::empty()).await
    }

    /// The live shelf: an answer that does not end.
    pub(crate) async fn events(&self, site: &Site) -> BodyDataStream {
        self.stream(site, Request::get("/library/events")).await.1
    }

    /// An answer that does not end.
    pub(crate) async fn stream(
        &self,
        site: &Site,
        request: axum::http::request::Builder,
    ) -> (HeaderMap, BodyDataStream) {
        let request = request.header(header::COOKIE, self.cookie());
        let response = site.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let (parts, body) = response.into_parts();
        (parts.headers, body.into_data_stream())
    }

    /// A server function, as the scripts call it.
    pub(crate) async fn call(&mut self, site: &Site, name: &str, form: &str) -> Answer {
        let request = Request::post(format!("/api/{name}"))
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(site, request, Body::from(form.to_string())).await
    }

    /// A server function that takes JSON.
    pub(crate) async fn call_json(&mut self, site: &Site, name: &str, json: serde_json::Value) -> Answer {
        let request = Request::post(format!("/api/{name}"))
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/json");
        self.send(site, request, Body::from(json.to_string())).await
    }

    /// A form without scripts.
    pub(crate) async fn form(&mut self, site: &Site, path: &str, form: &str) -> Answer {
        let request = Request::post(path)
            .header(header::ACCEPT, "text/html")
            .header(header::REFERER, "http://mitochi.test/somewhere")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(site, request, Body::from(form.to_string())).await
    }

    /// A ZIP to take in.
    pub(crate) async fn import(&mut self, site: &Site, bytes: &[u8]) -> Answer {
        let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"export.zip\"\r\n\r\n";
        let body = [head.as_bytes(), bytes, b"\r\n--b--\r\n"].concat();
        let request = Request::post("/settings/import")
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
        self.send(site, request, Body::from(body)).await
    }

    /// Everything of this learner, as it is downloaded.
    pub(crate) async fn export(&self, site: &Site) -> Vec<u8> {
        let request = Request::get("/settings/export").header(header::COOKIE, self.cookie());
        let response = site.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        to_bytes(response.into_body(), 64 << 20).await.unwrap().to_vec()
    }

    /// Files, as the drop zone sends them.
    pub(crate) async fn upload(&mut self, site: &Site, files: &[(&str, &[u8])]) -> Answer {
        let mut body = vec![];
        for (name, bytes) in files {
            body.extend(
                format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n")
                    .bytes(),
            );
            body.extend(*bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--b--\r\n");
        let request = Request::post("/library/upload")
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
        self.send(site, request, Body::from(body)).await
    }

    pub(crate) async fn register(&mut self, site: &Site, email: &str) -> Answer {
        let form = format!(
            "request[email]={email}&request[password]=a good long password&request[time_zone]=Europe/Berlin"
        );
        self.call(site, "account/register", &form).await
    }
}
