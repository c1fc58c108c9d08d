//! What makes vectors and which engine searches them: from lines of configuration to a model and an engine. Owns: that choice. Refuses: the engines
//! (`retrieval::vector`) and opening them before they are needed.

use crate::{
    clock::Clock,
    config::{Config, Engine},
    db::Db,
    library::{StoredPassages, generations::Vectors, ledger::Ledger},
    models::{Book, EmbeddingMeter},
    place,
    retrieval::{
        VectorIndex,
        embed::{
            Choice, Embedder, NAMED,
            remote::{Meter, Remote},
        },
        generation,
        vector::{
            VectorStore,
            embedded::Embedded,
            late::Late,
            pgvector::{Maker, Pgvector},
            qdrant::{self, Qdrant},
        },
    },
};
use std::sync::Arc;

/// Memory for vectors that are searched in this process, bytes: some 80,000 passages of two windows.
const MEMORY: usize = 128 * 1024 * 1024;

/// An engine of this name for an embedder's vectors. It is opened at its first use: that it is down is no error here.
///
/// # Errors
/// When the configuration does not fit the engine; the message says what to change.
pub fn choose(
    engine: Engine,
    config: &Config,
    db: &Db,
    embedder: Arc<dyn Embedder>,
) -> anyhow::Result<Vectors> {
    let (generation, dimensions) = (generation(&*embedder), embedder.model().dimensions);
    let late = match engine {
        Engine::Embedded => {
            let truth = Arc::new(StoredPassages { db: db.clone() });
            let store = Arc::new(Embedded::new(truth, generation, dimensions, MEMORY));
            return Ok(Vectors { index: VectorIndex { embedder, store }, ledger: None });
        }
        Engine::Pgvector => {
            let pool = pool(config, db)?.clone();
            let generation = generation.clone();
            Late::<dyn VectorStore>::new(
                engine.name(),
                "words",
                Box::new(move || {
                    let (pool, generation) = (pool.clone(), generation.clone());
                    Box::pin(async move {
                        let opened = Pgvector::open(pool, &generation, dimensions, Maker::Serve).await?;
                        Ok(Arc::new(opened) as Arc<dyn VectorStore>)
                    })
                }),
            )
        }
        Engine::Qdrant => {
            let settings = qdrant(config)?;
            // what cannot be meant is said at once; whether the server is there is seen at the first use
            Qdrant::new(settings.clone(), generation.clone(), dimensions)?;
            let generation = generation.clone();
            Late::<dyn VectorStore>::new(
                engine.name(),
                "words",
                Box::new(move || {
                    let (settings, generation) = (settings.clone(), generation.clone());
                    Box::pin(async move {
                        let opened = Qdrant::open(settings, generation, dimensions).await?;
                        Ok(Arc::new(opened) as Arc<dyn VectorStore>)
                    })
                }),
            )
        }
    };
    let ledger = Ledger::new(db.clone(), Arc::new(late), engine.name(), generation, dimensions);
    let ledger = Arc::new(ledger);
    Ok(Vectors { index: VectorIndex { embedder, store: ledger.clone() }, ledger: Some(ledger) })
}

/// What makes the vectors, and what may have made those that the database has. Nothing is read or sent yet.
pub struct Embedders {
    /// As configured.
    pub configured: Arc<dyn Embedder>,
    /// The others whose files are there, and the provider if its settings are: what serves after a change.
    pub others: Vec<Arc<dyn Embedder>>,
}

/// The embedders, with a provider's use told to `meter`.
pub fn embedders(config: &Config, meter: &Arc<dyn Meter>) -> Embedders {
    let make = |choice: Choice| {
        choice.embedder(&config.models_folder(), || Remote::new(&config.provider.settings(), meter.clone()))
    };
    let configured = make(config.embedder);
    let named = NAMED.into_iter().filter(|choice| *choice != Choice::Remote || config.provider.is_set());
    let others = named.map(make).filter(|other| other.is_there() && other.model() != configured.model());
    Embedders { others: others.collect(), configured }
}

/// Where the use of a provider is booked.
pub fn meter(config: &Config, db: &Db, clock: &Clock) -> Arc<dyn Meter> {
    let book = Book { db: db.clone(), clock: clock.clone() };
    Arc::new(EmbeddingMeter { book, price: config.provider.embed_price })
}

/// How Qdrant is reached.
///
/// # Errors
/// When no address is configured.
pub fn qdrant(config: &Config) -> anyhow::Result<qdrant::Settings> {
    anyhow::ensure!(
        !config.qdrant_url.is_empty(),
        "Qdrant has no address: set QDRANT_URL to http://HOST:6334"
    );
    let key = config.qdrant_api_key.expose();
    Ok(qdrant::Settings {
        api_key: Some(key.to_string()).filter(|key| !key.is_empty()),
        collection: config.qdrant_collection.clone(),
        ..qdrant::Settings::new(config.qdrant_url.clone())
    })
}

fn pool<'a>(config: &Config, db: &'a Db) -> anyhow::Result<&'a sqlx::PgPool> {
    match db {
        Db::Postgres(pool) => Ok(pool),
        Db::Sqlite { .. } => anyhow::bail!(
            "pgvector keeps its vectors in PostgreSQL, and the database is {}: set DATABASE_URL to postgres://… or use \
             MITOCHI_VECTORS=embedded",
            config.database()
        ),
    }
}

/// Who makes the vectors, where that is not this machine.
pub fn elsewhere(config: &Config) -> Option<String> {
    let remote = config.embedder == Choice::Remote || config.provider.is_set();
    let url = &config.provider.embed_url;
    if remote && !place::is_here(url) { place::host(url) } else { None }
}
