//! `mitochi backup`, `restore`, `export`, `import` and `reset-password`.

use crate::{
    account,
    backup::{self, Place},
    clock::Clock,
    config::Config,
    export::ExportService,
    jobs::Wake,
    library::files::Files,
    live::Live,
    shared::Shared,
    users,
};
use anyhow::Context;
use app::session::Session;
use domain::id::SessionId;
use std::path::{Path, PathBuf};

/// What is asked for.
#[derive(Debug)]
pub enum Asked {
    /// A backup into a folder.
    Backup {
        /// The folder.
        to: PathBuf,
    },
    /// A backup put in the place of what is there.
    Restore {
        /// The file.
        from: PathBuf,
        /// Whether what is there may go.
        replace: bool,
    },
    /// Everything of an account into a file.
    Export {
        /// The account's address.
        account: String,
        /// The file.
        to: PathBuf,
    },
    /// A link that sets the password of an account.
    Reset {
        /// The account's address.
        account: String,
    },
    /// An export into an account.
    Import {
        /// The account's address.
        account: String,
        /// The file.
        from: PathBuf,
    },
}

/// Runs the command; the exit code.
pub fn run(config: &Config, asked: Asked) -> i32 {
    let done = tokio::runtime::Runtime::new()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(done(config, asked)));
    match done {
        Ok(said) => {
            println!("{said}");
            0
        }
        Err(error) => {
            eprintln!("mitochi: {error:#}");
            1
        }
    }
}

/// Where this configuration keeps things.
pub fn place(config: &Config) -> Place {
    Place { data: config.data.clone(), url: config.database() }
}

async fn done(config: &Config, asked: Asked) -> anyhow::Result<String> {
    let clock = Clock::default();
    match asked {
        Asked::Backup { to } => {
            let db = crate::db::glance(&config.database()).await.context("the database cannot be opened")?;
            let path = backup::take(&db, &place(config), &to, clock.now()).await?;
            Ok(path.display().to_string())
        }
        Asked::Restore { from, replace } => {
            backup::restore(&from, &place(config), replace).await?;
            Ok("Restored. Start the server: what can be found by words and by meaning is made again.".into())
        }
        Asked::Export { account, to } => {
            let (exports, session) = signed_in(config, &account).await?;
            exports.write(session.learner, to.clone()).await.map_err(told)?;
            Ok(to.display().to_string())
        }
        Asked::Reset { account } => {
            let db = crate::db::open_with(&config.database(), &config.database_limits).await?;
            let learner = account::named(&db, &account).await?;
            let learner =
                learner.with_context(|| format!("there is no account with the address {account}"))?;
            let token = users::link_for(&db, &clock, learner).await.map_err(told)?;
            let site = if config.public_url.is_empty() {
                format!("http://{}", config.addr)
            } else {
                config.public_url.clone()
            };
            Ok(format!("{}/password?token={token}", site.trim_end_matches('/')))
        }
        Asked::Import { account, from } => {
            let (exports, session) = signed_in(config, &account).await?;
            check(&from)?;
            Ok(exports.take_in(session, &from).await.map_err(told)?.told())
        }
    }
}

fn check(file: &Path) -> anyhow::Result<()> {
    std::fs::File::open(file).map(drop).with_context(|| format!("cannot open {}", file.display()))
}

fn told(error: crate::error::Error) -> anyhow::Error {
    anyhow::anyhow!("{error}")
}

/// What exports are made with, beside a server that may run; and a session of this account.
async fn signed_in(config: &Config, address: &str) -> anyhow::Result<(ExportService, Session)> {
    let clock = Clock::default();
    let db = crate::db::open_with(&config.database(), &config.database_limits).await?;
    let learner = account::named(&db, address).await?;
    let learner = learner.with_context(|| format!("there is no account with the address {address}"))?;
    let notices = Shared::memory().notices;
    let exports = ExportService {
        db,
        clock: clock.clone(),
        files: Files::new(&config.data),
        // a server that runs looks into the queue by itself
        wake: Wake::new(notices.clone()),
        live: Live::new(notices),
        quota: config.edge.quota_bytes(),
    };
    Ok((exports, Session { learner, session: SessionId(clock.id()), guest: false }))
}
