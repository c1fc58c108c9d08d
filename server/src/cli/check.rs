//! `mitochi check-config`: what is configured, and whether each part answers. Owns: one plain line for each part.
//! Refuses: changing anything; it makes no table, no file and no folder.

use crate::{
    clock::Clock,
    config::{Config, Engine, WordsEngine},
    db,
    library::{generations, store},
    llm::{Tier, pace::Pace},
    models::{
        choice::{Choice, Origin},
        keys::{self, Kept},
    },
    reading::confine,
    retrieval::{
        embed::{
            Embedder, Role,
            remote::{Meter, Unbooked},
        },
        generation,
        onnx::ModelError,
        vector::{pgvector::Pgvector, qdrant::Qdrant},
    },
    state::vectors::{Embedders, embedders},
};
use futures::StreamExt;
use std::sync::Arc;

/// What was found out of a part: a line for people, and whether it is well.
type Finding = Result<String, String>;

/// Runs the command. Gives the exit code: 1 where a part that is configured does not answer.
pub fn run(config: &Config) -> i32 {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("mitochi: {error}");
            return 1;
        }
    };
    let findings = runtime.block_on(look(config));
    let mut text = String::new();
    for (part, finding) in &findings {
        let (state, line) = match finding {
            Ok(line) => ("ok", line),
            Err(line) => ("NOT OK", line),
        };
        text.push_str(&format!("{part:<12} {state:<7} {line}\n"));
    }
    let code = super::print(&text);
    if findings.iter().any(|(_, finding)| finding.is_err()) { 1 } else { code }
}

async fn look(config: &Config) -> Vec<(&'static str, Finding)> {
    let database = db::probe(&config.database()).await.map_err(|error| format!("{error:#}"));
    let embedders = embedders(config, &(Arc::new(Unbooked) as Arc<dyn Meter>));
    let mut findings = vec![
        ("data folder", data(config)),
        ("database", database),
        ("words", words(config).await),
        ("vectors", vectors(config).await),
        ("model", model(config, &*embedders.configured).await),
    ];
    findings.extend(change(config, &embedders).await.map(|line| ("change", Ok(line))));
    findings.extend(languages(config).await.into_iter().map(|finding| ("language", finding)));
    let reader = std::env::current_exe().unwrap_or_default();
    findings.push(("readers", Ok(confine::probe(&reader).await.told())));
    findings.push(("pages", pages(config)));
    findings
}

/// Where the key of each provider comes from.
async fn keys(config: &Config, choice: &Choice) -> (Kept, Finding) {
    // no database yet, or no secret: then nothing was set on the page
    let kept = async {
        let secret = config.known_session_key().ok()??;
        keys::glance(&db::glance(&config.database()).await.ok()?, &secret).await.ok()
    };
    let kept = kept.await.unwrap_or_default();
    let (mut lines, mut well) = (vec![], true);
    for endpoint in choice.endpoints() {
        let from = match choice.origin(&endpoint.name, &kept.keys) {
            Origin::Environment => format!("environment ({})", endpoint.key),
            Origin::Page => "set on /admin/ai".into(),
            Origin::Nowhere if kept.shut.contains(&endpoint.name) => {
                well = false;
                "set on /admin/ai under another secret, so that it cannot be read: set it again".into()
            }
            Origin::Nowhere => "none".into(),
        };
        lines.push(format!("{}: {from}", endpoint.name));
    }
    let line = lines.join("; ");
    (kept, if well { Ok(line) } else { Err(line) })
}

/// The language model of each tier, and what is named and has no key. The own one is asked for a word; one that is paid is not.
async fn languages(config: &Config) -> Vec<Finding> {
    let choice = match Choice::new(&config.llm) {
        Ok(choice) => choice,
        Err(error) => return vec![Err(format!("{error:#}"))],
    };
    let pace = Pace::default();
    let (kept, found) = keys(config, &choice).await;
    let mut findings =
        vec![found.map(|line| format!("keys: {line}")).map_err(|line| format!("keys: {line}"))];
    for (tier, model) in choice.waiting(&kept.keys) {
        findings.push(Err(format!("{}: there is no key for {model}", tier.name())));
    }
    let seats = match choice.seats(&kept.keys, pace, &Clock::default()) {
        Ok(seats) => seats,
        Err(error) => return vec![Err(format!("{error:#}"))],
    };
    if seats.is_empty() {
        findings.push(Ok("no language model: everything works without".into()));
    }
    for seat in seats {
        let named = format!("{}: {}, {}", seat.tier.name(), seat.name(), seat.endpoint.url);
        if seat.tier != Tier::Local {
            findings.push(Ok(format!("{named} (not asked: it is paid)")));
            continue;
        }
        let body = serde_json::json!({
            "model": seat.model.name,
            "messages": [{ "role": "user", "content": "Say yes." }],
            "max_tokens": 8,
            "stream": true,
        });
        let first = async {
            let mut pieces = seat.transport.ask(&body).await.map_err(|refusal| refusal.to_string())?;
            match pieces.next().await {
                Some(Ok(_)) => Ok(named.clone()),
                Some(Err(failure)) => Err(failure.to_string()),
                None => Err("it does not answer".into()),
            }
        };
        let finding = tokio::time::timeout(pace.first, first).await;
        let finding = finding.unwrap_or_else(|_| Err("it did not begin to answer in time".into()));
        findings.push(finding.map_err(|why| format!("{named}: {why}")));
    }
    findings
}

fn data(config: &Config) -> Finding {
    let folder = config.data.display();
    match std::fs::metadata(&config.data) {
        Ok(found) if !found.is_dir() => Err(format!("{folder} is no folder")),
        Ok(found) if found.permissions().readonly() => Err(format!("{folder} may not be written to")),
        Ok(_) => Ok(folder.to_string()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Ok(format!("{folder} is made at the first start"))
        }
        Err(_) => Err(format!("{folder} cannot be looked at")),
    }
}

async fn words(config: &Config) -> Finding {
    match config.words {
        WordsEngine::Embedded => Ok("embedded, an index in the data folder".into()),
        WordsEngine::Qdrant if config.database().starts_with("sqlite:") => {
            Err("MITOCHI_WORDS=qdrant wants PostgreSQL: set DATABASE_URL to postgres://…".into())
        }
        WordsEngine::Qdrant => qdrant(config).await,
    }
}

async fn qdrant(config: &Config) -> Finding {
    let settings = crate::state::vectors::qdrant(config).map_err(|error| error.to_string())?;
    let version = Qdrant::version(settings).await.map_err(|error| error.to_string())?;
    // said as long as nobody has run the contract suite on a real one
    Ok(format!("Qdrant {version}; this program was not verified against a server"))
}

async fn vectors(config: &Config) -> Finding {
    match config.vectors {
        Engine::Embedded => Ok("embedded, in this process".into()),
        Engine::Pgvector => {
            let url = config.database();
            if url.starts_with("sqlite:") {
                return Err("pgvector wants PostgreSQL: set DATABASE_URL to postgres://…".into());
            }
            let pool = db::connect(&url, 1).await;
            let pool = pool.map_err(|_| "pgvector: the database does not answer".to_string())?;
            match Pgvector::version(&pool).await {
                Ok(Some(version)) => Ok(format!("pgvector {version}")),
                Ok(None) => Ok("pgvector is installed and created at the first start".into()),
                Err(error) => Err(format!("pgvector: {error}")),
            }
        }
        Engine::Qdrant => qdrant(config).await,
    }
}

/// Has the embedder make one vector.
async fn model(config: &Config, embedder: &dyn Embedder) -> Finding {
    let model = embedder.model();
    match embedder.embed("heart", Role::Query).await {
        Ok(_) => Ok(format!("{model}, vectors of {} numbers", model.dimensions)),
        // a folder that is named should have it
        Err(ModelError::Missing { path }) if config.models.is_empty() => {
            Ok(format!("none at {}: search goes by words", path.display()))
        }
        Err(error) => Err(format!("{error}: search goes by words")),
    }
}

/// How far a change of the embedder is; `None` where there is none, or no database that could tell.
async fn change(config: &Config, embedders: &Embedders) -> Option<String> {
    let db = db::glance(&config.database()).await.ok()?;
    let mut tx = db.read().await.ok()?;
    let coverage = store::generation::coverage(&mut tx).await.ok()?;
    let passages = store::generation::count_passages(&mut tx).await.ok()?;
    let configured = generation(&*embedders.configured);
    if store::generation::count_elsewhere(&mut tx, &configured, embedders.configured.is_elsewhere())
        .await
        .ok()?
        == 0
    {
        return None;
    }
    let made = coverage.iter().find(|(of, _)| *of == configured).map_or(0, |(_, passages)| *passages);
    let could: Vec<String> = embedders.others.iter().map(|other| generation(&**other)).collect();
    let meanwhile = match generations::serving(&coverage, &configured, &could) {
        Some(at) => format!("until all have, those of {} serve", embedders.others[at].model()),
        None => "what made the others cannot be had: those pages are found by their words".into(),
    };
    Some(format!("{made} of {passages} passages have vectors of the new model; {meanwhile}"))
}

fn pages(config: &Config) -> Finding {
    let folder = config.site_folder();
    if folder.join("pkg").is_dir() {
        Ok(folder.display().to_string())
    } else {
        Err(format!("{} has no built pages", folder.display()))
    }
}
