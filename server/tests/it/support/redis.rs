//! A Redis of a test: the one that `make test` started, or one of its own that it may kill.

use std::{
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// The Redis for the tests, `None` where there is none; then it says that `what` is skipped.
pub(crate) fn address(what: &str) -> Option<String> {
    let address = std::env::var("MITOCHI_TEST_REDIS").ok().filter(|address| !address.is_empty());
    if address.is_none() {
        println!("skipped: {what} (MITOCHI_TEST_REDIS is not set)");
    }
    address
}

/// A server of its own; killed when dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    port: u16,
    process: Option<Child>,
}

impl Server {
    /// A place for one, where none listens yet. `None` where no Redis is to be had, said as by [`address`].
    pub(crate) fn planned(what: &str) -> Option<Self> {
        address(what)?;
        if Command::new("redis-server").arg("--version").stdout(Stdio::null()).status().is_err() {
            println!("skipped: {what} (no redis-server on PATH)");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Some(Self { url: format!("redis://127.0.0.1:{port}"), port, process: None })
    }

    /// Starts it, empty; returns when it listens.
    pub(crate) async fn start(&mut self) {
        let process = Command::new("redis-server")
            .args([
                "--bind",
                "127.0.0.1",
                "--port",
                &self.port.to_string(),
                "--save",
                "",
                "--appendonly",
                "no",
            ])
            .current_dir(std::env::temp_dir())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        self.process = Some(process);
        for _ in 0..400 {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("redis-server does not listen at {}", self.url);
    }

    /// Ends it without a word to anybody.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
