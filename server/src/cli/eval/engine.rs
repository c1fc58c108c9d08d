//! The vector engine that is measured. Owns: opening one that is empty and letting it go without a trace. Refuses: what a
//! server serves; a measurement has tables of its own.

use crate::{
    config::{Engine, Secret},
    db,
    retrieval::{
        Filter,
        embed::ModelId,
        vector::{
            VectorStore,
            embedded::{Embedded, VectorTruth},
            pgvector::{Maker, Pgvector},
            qdrant::{Qdrant, Settings},
        },
    },
};
use anyhow::{Context, Result, ensure};
use async_trait::async_trait;
use domain::id::{LearnerId, MaterialId};
use std::sync::Arc;

/// Which engine, and where it is.
#[derive(Debug, Clone, clap::Args)]
pub struct EngineArgs {
    /// The vector engine.
    #[arg(long, value_enum, default_value_t = Engine::Embedded)]
    pub engine: Engine,
    /// For pgvector: a PostgreSQL. What is measured has a table of its own there, which is dropped afterwards.
    #[arg(long, env = "DATABASE_URL", default_value = "", hide_env_values = true)]
    pub database_url: String,
    /// For Qdrant: the server. What is measured has a collection of its own there, which is dropped afterwards.
    #[arg(long, env = "QDRANT_URL", default_value = "")]
    pub qdrant_url: String,
    /// Qdrant's key; empty where it wants none.
    #[arg(long, env = "QDRANT_API_KEY", default_value = "", hide_env_values = true)]
    pub qdrant_api_key: Secret,
}

/// An engine that is measured.
pub(in crate::cli) enum Measured {
    /// In this process.
    Embedded(Arc<Embedded>),
    /// In PostgreSQL.
    Pgvector(Arc<Pgvector>),
    /// On a server.
    Qdrant(Arc<Qdrant>),
}

/// The collection of a measurement.
const COLLECTION: &str = "mitochi_eval";

/// A database without vectors.
struct Nothing;

#[async_trait]
impl VectorTruth for Nothing {
    async fn load(
        &self,
        _: LearnerId,
        _: &str,
    ) -> Result<Vec<(MaterialId, crate::retrieval::vector::Window)>> {
        Ok(vec![])
    }
}

impl Measured {
    /// Opens it, empty, for an owner.
    pub(in crate::cli) async fn open(
        args: &EngineArgs,
        model: &ModelId,
        generation: String,
        owner: LearnerId,
    ) -> Result<Self> {
        let dimensions = model.dimensions;
        match args.engine {
            Engine::Embedded => {
                let engine = Embedded::new(Arc::new(Nothing), generation, dimensions, usize::MAX);
                // the truth is empty, so that the engine begins loaded and takes what is upserted
                engine.search(owner, &Filter::default(), &vec![0.0; dimensions], 1).await?;
                Ok(Self::Embedded(Arc::new(engine)))
            }
            Engine::Pgvector => {
                ensure!(
                    args.database_url.starts_with("postgres"),
                    "pgvector is measured in PostgreSQL: set DATABASE_URL to postgres://…"
                );
                let pool =
                    db::connect(&args.database_url, 8).await.ok().context("PostgreSQL does not answer")?;
                let engine = Pgvector::open(pool, &generation, dimensions, Maker::Measure).await?;
                // of a measurement that was killed
                engine.delete_owner(owner).await?;
                Ok(Self::Pgvector(Arc::new(engine)))
            }
            Engine::Qdrant => {
                ensure!(
                    !args.qdrant_url.is_empty(),
                    "Qdrant has no address: set QDRANT_URL to http://HOST:6334"
                );
                let key = args.qdrant_api_key.expose();
                let settings = Settings {
                    api_key: Some(key.to_string()).filter(|key| !key.is_empty()),
                    collection: COLLECTION.into(),
                    ..Settings::new(args.qdrant_url.clone())
                };
                let engine = Qdrant::open(settings, generation, dimensions).await?;
                engine.delete_owner(owner).await?;
                Ok(Self::Qdrant(Arc::new(engine)))
            }
        }
    }

    /// The engine as the product sees it.
    pub(in crate::cli) fn store(&self) -> Arc<dyn VectorStore> {
        match self {
            Self::Embedded(engine) => engine.clone(),
            Self::Pgvector(engine) => engine.clone(),
            Self::Qdrant(engine) => engine.clone(),
        }
    }

    /// Bytes, and where they are.
    pub(in crate::cli) async fn bytes(&self) -> Result<Option<(u64, &'static str)>> {
        Ok(match self {
            Self::Embedded(engine) => Some((engine.bytes() as u64, "memory")),
            Self::Pgvector(engine) => Some((engine.size().await?.1, "disk")),
            // it does not tell
            Self::Qdrant(_) => None,
        })
    }

    /// Leaves nothing behind.
    pub(in crate::cli) async fn discard(self) -> Result<()> {
        match self {
            Self::Embedded(_) => Ok(()),
            Self::Pgvector(engine) => Ok(engine.discard().await?),
            Self::Qdrant(engine) => Ok(engine.discard().await?),
        }
    }
}
