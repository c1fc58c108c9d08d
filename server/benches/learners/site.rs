//! The server of a benchmark, and learners that are signed in.

use anyhow::{Context, ensure};
use app::{account::api::Registration, session::Session};
use clap::Parser;
use serde_json::Value;
use server::{account, clock::Clock, config::Config, http, starter, state::State};
use std::net::SocketAddr;
use tokio::sync::watch;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    config: Config,
}

/// A whole server on a port.
pub(crate) struct Site {
    pub(crate) state: State,
    pub(crate) address: SocketAddr,
    pub(crate) clock: Clock,
    /// Which database.
    pub(crate) kind: &'static str,
    client: reqwest::Client,
    _stop: watch::Sender<bool>,
    _folder: tempfile::TempDir,
}

/// Somebody who is signed in.
pub(crate) struct Learner {
    pub(crate) session: Session,
    /// Their cookies, as a request has them.
    pub(crate) cookies: String,
}

impl Site {
    /// On an empty database.
    pub(crate) async fn open() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().display().to_string();
        let arguments = ["mitochi", "--data", &data, "--password-cost", "4", "--models", "/nowhere"];
        let config = Arguments::parse_from(arguments).config;
        let kind = if config.database_url.starts_with("postgres") { "PostgreSQL" } else { "SQLite" };
        let clock = Clock::default();
        let (stop, stopping) = watch::channel(false);
        let state = State::build(&config, clock.clone(), stopping).await?;
        starter::install(&state.db, &clock).await?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(axum::serve(listener, http::router(state.clone())).into_future());
        let client = reqwest::Client::builder().pool_max_idle_per_host(1).build()?;
        Ok(Self { state, address, clock, kind, client, _stop: stop, _folder: folder })
    }

    /// A new learner.
    pub(crate) async fn learner(&self, name: &str) -> anyhow::Result<Learner> {
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
        Ok(Learner { session, cookies: cookies.collect::<Vec<_>>().join("; ") })
    }

    /// Lets the database look at what it holds now, as its own upkeep does in time.
    pub(crate) async fn analyse(&self) -> anyhow::Result<()> {
        let mut tx = self.state.db.write().await?;
        tx.query("ANALYZE").run().await?;
        tx.commit().await?;
        Ok(())
    }
}

impl Learner {
    /// A page.
    pub(crate) async fn get(&self, site: &Site, path: &str) -> anyhow::Result<String> {
        let url = format!("http://{}{path}", site.address);
        let request = site.client.get(url).header("accept", "text/html").header("cookie", &self.cookies);
        Ok(request.send().await?.error_for_status()?.text().await?)
    }

    /// A server function, as the scripts call it.
    pub(crate) async fn call(&self, site: &Site, name: &str, form: String) -> anyhow::Result<Value> {
        let request = site.client.post(format!("http://{}/api/{name}", site.address));
        let request = request
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", &self.cookies);
        let answer = request.body(form).send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{name}: {status}: {text}");
        Ok(serde_json::from_str(&text)?)
    }

    /// A new set of questions of the learner's own choice; its id.
    pub(crate) async fn start(&self, site: &Site, length: u32) -> anyhow::Result<String> {
        let told = self.call(site, "quiz/start", format!("request[length]={length}")).await?;
        Ok(told.as_str().context("an id")?.to_string())
    }

    /// Answers a question of a set.
    pub(crate) async fn answer(
        &self,
        site: &Site,
        quiz: &str,
        position: u32,
        choice: u32,
    ) -> anyhow::Result<Value> {
        let form = format!(
            "request[quiz]={quiz}&request[position]={position}&request[choice]={choice}&request[took]=20000"
        );
        self.call(site, "quiz/answer", form).await
    }
}
