//! Configuration: read once at start, from the command line and the environment. Owns: names, defaults, checks.
//! Refuses: being read anywhere but in `main`; parts are passed down.

mod backup;
mod edge;

pub use backup::Backups;
pub use edge::Edge;

use clap::Args;
use std::{fmt, net::SocketAddr, path::PathBuf};

/// How `mitochi serve` runs. Every option can be given as an environment variable.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, env = "MITOCHI_ADDR", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,

    /// Folder of the database, uploads and search indexes.
    #[arg(long, env = "MITOCHI_DATA", default_value = "data")]
    pub data: PathBuf,

    /// `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/NAME`; empty for `mitochi.db` in the data folder.
    #[arg(long, env = "DATABASE_URL", default_value = "", hide_env_values = true)]
    pub database_url: String,

    /// `redis://:PASSWORD@HOST:PORT` (`rediss://` for TLS), where several processes serve one database; empty for one
    /// process.
    #[arg(long, env = "REDIS_URL", default_value = "", hide_env_values = true)]
    pub redis_url: Secret,

    /// Folder of the built pages (`pkg/`, fonts, pictures); empty for `site` beside the program, else
    /// `target/site`.
    #[arg(long, env = "MITOCHI_SITE", default_value = "")]
    pub site: String,

    /// Folder with the model for search by meaning (`all-MiniLM-L6-v2-int8/model.onnx`). Without it search goes by
    /// words.
    #[arg(long, env = "MITOCHI_MODELS", default_value = "")]
    pub models: String,

    /// What searches by meaning: `auto` (both local models as one where both are installed), `minilm` (the small one:
    /// a third of the time, somewhat worse), `bge`, `pair`, or `remote` (a provider's model: the texts of learners are
    /// sent to it, and it is paid). After a change everything is embedded anew; the old vectors serve until that is done,
    /// as long as what made them is there.
    #[arg(long, env = "MITOCHI_EMBEDDER", value_enum, default_value_t)]
    pub embedder: crate::retrieval::embed::Choice,

    /// The provider of `--embedder remote`.
    #[command(flatten)]
    pub provider: Provider,

    /// Language models.
    #[command(flatten)]
    pub llm: Models,

    /// Milliseconds that a search may spend on a second look by a cross-encoder, if it is installed; 0 for none. It did
    /// not pay on the judged sets.
    #[arg(long, env = "MITOCHI_RERANK_MS", default_value_t = 0)]
    pub rerank_ms: u64,

    /// The engine that searches by meaning. `mitochi reindex --to ENGINE` fills another one first.
    #[arg(long, env = "MITOCHI_VECTORS", value_enum, default_value_t = Engine::Embedded)]
    pub vectors: Engine,

    /// The engine that searches by words: `embedded`, an index in the data folder of each process, or `qdrant`, one for all
    /// processes (on PostgreSQL). It is filled from the database by itself.
    #[arg(long, env = "MITOCHI_WORDS", value_enum, default_value_t = WordsEngine::Embedded)]
    pub words: WordsEngine,

    /// With `--vectors qdrant` or `--words qdrant`, the server: `http://HOST:6334` or `https://…`, the port of gRPC.
    #[arg(long, env = "QDRANT_URL", default_value = "")]
    pub qdrant_url: String,

    /// Qdrant's key; empty where it wants none.
    #[arg(long, env = "QDRANT_API_KEY", default_value = "", hide_env_values = true)]
    pub qdrant_api_key: Secret,

    /// The name under which Mitochi's vectors lie in Qdrant.
    #[arg(long, env = "QDRANT_COLLECTION", default_value = crate::retrieval::vector::qdrant::COLLECTION)]
    pub qdrant_collection: String,

    /// The address learners see, with https where a proxy adds it: then cookies are sent over TLS alone.
    #[arg(long, env = "MITOCHI_PUBLIC_URL", default_value = "")]
    pub public_url: String,

    /// The server's secret, at least 32 characters: it signs the session tokens, and the keys of providers that are set on
    /// /admin/ai are encrypted under it. Empty for one that is made once and kept in the data folder.
    #[arg(long, env = "MITOCHI_SECRET", default_value = "", hide_env_values = true)]
    pub secret: Secret,

    /// With it whoever gives it as a Bearer token may read `/metrics`, from anywhere; without it, who is on this machine.
    #[arg(long, env = "MITOCHI_METRICS_TOKEN", default_value = "", hide_env_values = true)]
    pub metrics_token: Secret,

    /// Cost of password hashes (bcrypt), 4 to 31; lower it in tests alone.
    #[arg(long, env = "MITOCHI_PASSWORD_COST", default_value_t = 12, value_parser = clap::value_parser!(u32).range(4..=31))]
    pub password_cost: u32,

    /// Seconds that one file may be read for.
    #[arg(long, env = "MITOCHI_READ_SECONDS", default_value_t = 120)]
    pub read_seconds: u64,

    /// Memory that reading one file may take, in MiB.
    #[arg(long, env = "MITOCHI_READ_MEMORY", default_value_t = 1024)]
    pub read_memory: u64,

    /// Files read and prepared at once.
    #[arg(long, env = "MITOCHI_WORKERS", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=32))]
    pub workers: u8,

    /// Connections and statements.
    #[command(flatten)]
    pub database_limits: crate::db::Limits,

    /// Who may make an account: everybody, whoever has a link from the administrator, or nobody by themselves. The first
    /// account of all can always be made, and is the administrator's.
    #[arg(long, env = "MITOCHI_REGISTRATION", value_enum, default_value_t)]
    pub registration: crate::account::Registering,

    /// Backups that the server takes by itself.
    #[command(flatten)]
    pub backups: Backups,

    /// What the edge lets through.
    #[command(flatten)]
    pub edge: Edge,

    /// How the log is written.
    #[arg(long, env = "MITOCHI_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// The provider where none is named.
const OPENAI: &str = "https://api.openai.com/v1";

/// Who makes vectors where no local model does.
#[derive(Debug, Clone, Args)]
pub struct Provider {
    /// Address of an embeddings API as OpenAI speaks it, without `/embeddings`.
    #[arg(long, env = "MITOCHI_EMBED_URL", default_value = OPENAI)]
    pub embed_url: String,

    /// Its key; empty for a server that wants none.
    #[arg(long, env = "MITOCHI_EMBED_KEY", default_value = "", hide_env_values = true)]
    pub embed_key: Secret,

    /// The model, as the provider calls it.
    #[arg(long, env = "MITOCHI_EMBED_MODEL", default_value = "text-embedding-3-small")]
    pub embed_model: String,

    /// Length of its vectors.
    #[arg(long, env = "MITOCHI_EMBED_DIMENSIONS", default_value_t = 1536, value_parser = clap::value_parser!(u16).range(1..=8192))]
    pub embed_dimensions: u16,

    /// Dollars for a million tokens, for the book that is kept (OpenAI's price in 2026).
    #[arg(long, env = "MITOCHI_EMBED_PRICE", default_value_t = 0.02)]
    pub embed_price: f64,
}

/// Which language models are asked. Without a key and without an own server there is none, and everything works without.
#[derive(Debug, Clone, Args)]
pub struct Models {
    /// Anthropic's key.
    #[arg(long, env = "ANTHROPIC_API_KEY", default_value = "", hide_env_values = true)]
    pub anthropic_api_key: Secret,

    /// OpenAI's key.
    #[arg(long, env = "OPENAI_API_KEY", default_value = "", hide_env_values = true)]
    pub openai_api_key: Secret,

    /// Google's key for Gemini.
    #[arg(long, env = "GEMINI_API_KEY", default_value = "", hide_env_values = true)]
    pub gemini_api_key: Secret,

    /// Where Anthropic's API is, if not at Anthropic's: a gateway. The same for the two others.
    #[arg(long, env = "MITOCHI_ANTHROPIC_URL", default_value = "")]
    pub anthropic_url: String,

    /// Where OpenAI's API is.
    #[arg(long, env = "MITOCHI_OPENAI_URL", default_value = "")]
    pub openai_url: String,

    /// Where Gemini's API is.
    #[arg(long, env = "MITOCHI_GEMINI_URL", default_value = "")]
    pub gemini_url: String,

    /// An own server that speaks OpenAI's API (Ollama, llama.cpp, vLLM): `http://127.0.0.1:11434/v1`.
    #[arg(long, env = "MITOCHI_LOCAL_URL", default_value = "")]
    pub local_url: String,

    /// The model that it runs, as it calls it.
    #[arg(long, env = "MITOCHI_LOCAL_MODEL", default_value = "")]
    pub local_model: String,

    /// Its key; empty where it wants none.
    #[arg(long, env = "MITOCHI_LOCAL_KEY", default_value = "", hide_env_values = true)]
    pub local_key: Secret,

    /// Tokens that it takes at once.
    #[arg(long, env = "MITOCHI_LOCAL_CONTEXT", default_value_t = 8192)]
    pub local_context: u32,

    /// The model for tutoring and reasoning, by its name in the catalogue; empty for the best that there is a key for.
    #[arg(long, env = "MITOCHI_PRIMARY", default_value = "")]
    pub primary: String,

    /// The model for questions and short explanations.
    #[arg(long, env = "MITOCHI_SECONDARY", default_value = "")]
    pub secondary: String,

    /// The model for whole documents.
    #[arg(long, env = "MITOCHI_TERTIARY", default_value = "")]
    pub tertiary: String,

    /// A file of models and prices that adds to the catalogue that ships (`mitochi models` prints that).
    #[arg(long, env = "MITOCHI_CATALOGUE", default_value = "")]
    pub catalogue: String,

    /// Cents that may be spent on one learner a day; 0 for no limit.
    #[arg(long, env = "MITOCHI_LEARNER_CENTS", default_value_t = 50.0)]
    pub learner_cents: f64,

    /// Cents that may be spent on all learners together a day; 0 for no limit.
    #[arg(long, env = "MITOCHI_DAILY_CENTS", default_value_t = 1000.0)]
    pub daily_cents: f64,
}

impl Provider {
    /// Whether a provider was chosen: the default one wants a key.
    pub fn is_set(&self) -> bool {
        !self.embed_key.expose().is_empty() || self.embed_url != OPENAI
    }

    /// What the client needs.
    pub fn settings(&self) -> crate::retrieval::embed::remote::Settings {
        crate::retrieval::embed::remote::Settings {
            url: self.embed_url.clone(),
            key: self.embed_key.expose().into(),
            model: self.embed_model.clone(),
            dimensions: self.embed_dimensions.into(),
        }
    }
}

/// An engine that searches vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Engine {
    /// In this process, from the vectors of the database.
    Embedded,
    /// In PostgreSQL, with its extension pgvector.
    Pgvector,
    /// On a Qdrant server.
    Qdrant,
}

impl Engine {
    /// As it is written in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Pgvector => "pgvector",
            Self::Qdrant => "qdrant",
        }
    }
}

/// An engine that searches words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum WordsEngine {
    /// An index on disk, in this process.
    Embedded,
    /// On a Qdrant server.
    Qdrant,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// A JSON object a line.
    Json,
}

/// A value that is never printed.
#[derive(Clone, Default)]
pub struct Secret(String);

impl Secret {
    /// The value of a variable that an operator's own file names; empty where it is not set.
    pub fn from_environment(name: &str) -> Self {
        Self(std::env::var(name).unwrap_or_default())
    }

    /// The value itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl std::str::FromStr for Secret {
    type Err = std::convert::Infallible;
    fn from_str(value: &str) -> Result<Self, Self::Err> {
        Ok(Self(value.into()))
    }
}

impl Config {
    /// The database to open.
    pub fn database(&self) -> String {
        match self.database_url.as_str() {
            "" => format!("sqlite:{}", self.data.join("mitochi.db").display()),
            url => url.into(),
        }
    }

    /// Whether cookies go over TLS alone.
    pub fn secure_cookies(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The folder of the built pages.
    pub fn site_folder(&self) -> PathBuf {
        if !self.site.is_empty() {
            return PathBuf::from(&self.site);
        }
        let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join("site")));
        beside.filter(|folder| folder.is_dir()).unwrap_or_else(|| PathBuf::from("target/site"))
    }

    /// The folder of models.
    pub fn models_folder(&self) -> PathBuf {
        models_folder(&self.models)
    }

    /// The server's secret, which signs the session tokens: the one given, else the one kept in the data folder, made at
    /// the first start.
    ///
    /// # Errors
    /// When a given key is too short or the file cannot be read or made.
    pub fn session_key(&self) -> anyhow::Result<Vec<u8>> {
        use std::{fs, io::Write};
        if let Some(key) = self.known_session_key()? {
            return Ok(key);
        }
        let path = self.data.join("session.key");
        let mut key = vec![0; 64];
        rand::TryRngCore::try_fill_bytes(&mut rand::rngs::OsRng, &mut key)?;
        // whole or not at all: with half a key the next start would fail
        let whole = self.data.join("session.key.new");
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&whole)?;
        file.write_all(&key)?;
        file.sync_all()?;
        fs::rename(&whole, &path)?;
        #[cfg(unix)]
        fs::File::open(&self.data)?.sync_all()?;
        Ok(key)
    }

    /// The server's secret, if it is there already; nothing is made.
    ///
    /// # Errors
    /// When it is too short or cannot be read.
    pub fn known_session_key(&self) -> anyhow::Result<Option<Vec<u8>>> {
        let given = self.secret.expose();
        if !given.is_empty() {
            anyhow::ensure!(given.len() >= 32, "MITOCHI_SECRET must have at least 32 characters");
            return Ok(Some(given.as_bytes().to_vec()));
        }
        let path = self.data.join("session.key");
        match std::fs::read(&path) {
            Ok(key) if key.len() >= 32 => Ok(Some(key)),
            Ok(_) => anyhow::bail!("{} is too short; delete it and start again", path.display()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// The folder of models: the one named, else the cache where the set-up puts them.
pub fn models_folder(named: &str) -> PathBuf {
    if !named.is_empty() {
        return PathBuf::from(named);
    }
    let cache = std::env::var_os("MITOCHI_CACHE").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/mitochi"));
    cache.or_else(home).unwrap_or_default().join("models")
}
