//! The composition root: builds every service once and says which talks to which.

pub mod vectors;
pub mod words;

use crate::{
    account::{AccountService, attempts::Attempts, password::Passwords, sessions::SessionKeys},
    clock::Clock,
    config::{Config, Secret},
    db::{self, Db},
    export::ExportService,
    flashcard::FlashcardService,
    jobs::{Wake, Work},
    landing::LandingService,
    library::{LibraryService, StoredPassages, files::Files, generations::Generations},
    live::Live,
    llm::{Orchestrator, answers::Answers, orchestrator::Parts, pace::Pace},
    memory::MemoryService,
    models::{
        Book,
        choice::{self, Choice},
        keys::{self, ProviderKeys},
        port::ModelsService,
    },
    progress::ProgressService,
    quiz::QuizService,
    reading::child::Limits,
    retrieval::{
        KeywordStore,
        embed::{
            Embedder,
            gathered::{self, Gathered},
            remembered::Remembered,
        },
        rerank::{Budget, CROSS_ENCODER_FILE, MsMarco, Reranking},
    },
    review::ReviewService,
    security::SecurityService,
    shared::Shared,
    tutor::{TutorService, listen::Listeners},
    users::UsersService,
};
use anyhow::Context;
use app::backend::Backend;
use axum::extract::FromRef;
use leptos::prelude::LeptosOptions;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::sync::watch;

/// How often it is looked whether the vector engine has missed something, and how far a change of the embedder is.
const CATCH_UP: Duration = Duration::from_secs(20);

/// How often it is looked whether something has no vectors.
const EMBED_AGAIN: Duration = Duration::from_secs(300);

/// How often it is looked whether a provider's key has changed.
const KEYS_AGAIN: Duration = Duration::from_secs(20);
/// How often files without a material are looked for.
const SWEEP_AGAIN: Duration = Duration::from_secs(3_600);

/// Most passages that the cross-encoder reads for a search.
const RERANKED: usize = 10;

/// All that a request may need.
#[derive(Clone)]
pub struct State {
    /// The database.
    pub db: Db,
    /// Time and ids.
    pub clock: Clock,
    /// Accounts.
    pub account: AccountService,
    /// The library.
    pub library: LibraryService,
    /// What is shared with other processes.
    pub shared: Shared,
    /// Language models.
    pub llm: Orchestrator,
    /// Whose shelf has changed.
    pub live: Live,
    /// Changes when the process is asked to stop.
    pub stopping: watch::Receiver<bool>,
    /// The program that reads files in a process of its own: this one.
    pub reader: PathBuf,
    /// Which vectors are searched.
    pub generations: Arc<Generations>,
    /// Everything of a learner as a file.
    pub exports: ExportService,
    /// What the edge lets through.
    pub edge: crate::config::Edge,
    /// Lets others than this machine read the metrics; empty for nobody.
    pub metrics_token: Secret,
    /// How pages are rendered.
    pub leptos: LeptosOptions,
    /// Address of the styles, for documents that are not rendered by the app.
    pub stylesheet: String,
    quizzes: QuizService,
    reviews: ReviewService,
    progress: ProgressService,
    /// What language models cost, and with which keys they are asked.
    pub models: ModelsService,
    /// Talks with the tutor.
    pub tutor: TutorService,
    /// Who follows one.
    pub listeners: Listeners,
    /// Cards that learners make.
    pub flashcards: FlashcardService,
    /// What the tutor remembers.
    pub memories: MemoryService,
    landing: LandingService,
    keyword: Arc<dyn KeywordStore>,
    encoder: MsMarco,
    limits: Limits,
}

impl FromRef<State> for LeptosOptions {
    fn from_ref(state: &State) -> Self {
        state.leptos.clone()
    }
}

impl State {
    /// Opens database and indexes and builds the services.
    ///
    /// # Errors
    /// When the data folder, the database or an index cannot be opened; the message says which.
    pub async fn build(
        config: &Config,
        clock: Clock,
        stopping: watch::Receiver<bool>,
    ) -> anyhow::Result<Self> {
        let data = &config.data;
        std::fs::create_dir_all(data)
            .with_context(|| format!("cannot make the data folder {}", data.display()))?;
        let db = db::open_with(&config.database(), &config.database_limits).await?;
        let shared = Shared::open(config.redis_url.expose(), &db.installation().await?, clock.id()).await?;
        let encoder = MsMarco::new(config.models_folder().join(CROSS_ENCODER_FILE));
        let embedders = vectors::embedders(config, &vectors::meter(config, &db, &clock));
        let keyword = words::choose(config, &db, &*embedders.configured).await?;
        let vectors = |embedder: Arc<dyn Embedder>| {
            let gathered = Gathered::around(embedder, gathered::WINDOW);
            let remembered = Arc::new(Remembered::new(gathered, shared.cache.clone()));
            vectors::choose(config.vectors, config, &db, remembered)
        };
        let others = embedders.others.into_iter().map(vectors).collect::<anyhow::Result<Vec<_>>>()?;
        let configured = vectors(embedders.configured)?;
        let meaning = configured.index.embedder.clone();
        let generations = Generations::open(db.clone(), keyword.clone(), configured, others).await?;
        let mut retrieval = generations.retrieval();
        if encoder.is_there() && config.rerank_ms > 0 {
            let budget = Budget::new(Duration::from_millis(config.rerank_ms));
            let encoder = Arc::new(encoder.clone());
            let texts = Arc::new(StoredPassages { db: db.clone() });
            retrieval = retrieval.with_reranking(Reranking { encoder, texts, budget, most: RERANKED });
        }
        let secret = config.session_key()?;
        let account = AccountService {
            db: db.clone(),
            clock: clock.clone(),
            passwords: Passwords::new(config.password_cost)?,
            attempts: Attempts::new(shared.limits.clone()),
            keys: SessionKeys::new(&secret),
            registration: config.registration,
            secure: config.secure_cookies(),
        };
        let book = Arc::new(Book { db: db.clone(), clock: clock.clone() });
        let llm = Orchestrator::new(Parts {
            seats: vec![],
            pace: Pace::default(),
            budget: choice::budget(&config.llm),
            ledger: book.clone(),
            consents: book.clone(),
            answers: Some(Answers::new(meaning, shared.cache.clone())),
            clock: clock.clone(),
            seed: clock.id().as_u64_pair().1,
        });
        let keys = keys::Parts {
            db: db.clone(),
            clock: clock.clone(),
            choice: Choice::new(&config.llm)?,
            pace: Pace::default(),
            llm: llm.clone(),
        };
        let keys = ProviderKeys::new(keys, &secret)?;
        keys.look().await?;
        let live = Live::new(shared.notices.clone());
        let library = LibraryService {
            db: db.clone(),
            clock: clock.clone(),
            files: Files::new(data),
            retrieval,
            llm: llm.clone(),
            live: live.clone(),
            wake: Wake::new(shared.notices.clone()),
            rebuilding: Arc::default(),
            quota: config.edge.quota_bytes(),
        };
        let exports = ExportService {
            db: db.clone(),
            clock: clock.clone(),
            files: library.files.clone(),
            wake: library.wake.clone(),
            live: live.clone(),
            quota: library.quota,
        };
        let site = config.site_folder();
        // the release build names its files by their hash and says so beside the program
        let hashes = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join("hash.txt")));
        let hashes = hashes.filter(|file| config.site.is_empty() && file.is_file());
        let stylesheet = stylesheet(hashes.as_deref())?;
        let leptos = LeptosOptions::builder()
            .output_name("mitochi")
            .site_root(site.display().to_string())
            .site_pkg_dir("pkg")
            .site_addr(config.addr)
            .hash_files(hashes.is_some())
            .build();
        let reviews = ReviewService::new(db.clone(), clock.clone());
        let quizzes = QuizService::new(db.clone(), clock.clone(), reviews.clone());
        let guests = Arc::new(account.clone());
        Ok(Self {
            landing: LandingService::new(db.clone(), clock.clone(), quizzes.clone(), guests),
            tutor: TutorService::new(
                db.clone(),
                clock.clone(),
                quizzes.clone(),
                reviews.clone(),
                live.clone(),
                llm.clone(),
            ),
            listeners: Listeners::new(live.clone()),
            flashcards: FlashcardService::new(db.clone(), clock.clone(), reviews.clone()),
            memories: MemoryService::new(db.clone(), clock.clone()),
            progress: ProgressService::new(
                db.clone(),
                clock.clone(),
                reviews.clone(),
                Arc::new(library.clone()),
            ),
            models: ModelsService {
                book,
                llm: llm.clone(),
                keys,
                budget: choice::budget(&config.llm),
                embedding: vectors::elsewhere(config),
            },
            metrics_token: config.metrics_token.clone(),
            edge: config.edge.clone(),
            exports,
            quizzes,
            reviews,
            reader: std::env::current_exe()?,
            limits: Limits {
                time: Duration::from_secs(config.read_seconds),
                memory: config.read_memory * 1024 * 1024,
            },
            db,
            clock,
            account,
            library,
            shared,
            llm,
            live,
            stopping,
            leptos,
            stylesheet,
            keyword,
            generations: Arc::new(generations),
            encoder,
        })
    }

    /// The ports of the pages.
    pub fn backend(&self) -> Backend {
        Backend {
            account: Arc::new(self.account.clone()),
            landing: Arc::new(self.landing.clone()),
            library: Arc::new(self.library.clone()),
            quizzes: Arc::new(self.quizzes.clone()),
            reviews: Arc::new(self.reviews.clone()),
            progress: Arc::new(self.progress.clone()),
            models: Arc::new(self.models.clone()),
            tutor: Arc::new(self.tutor.clone()),
            flashcards: Arc::new(self.flashcards.clone()),
            memories: Arc::new(self.memories.clone()),
            securities: Arc::new(SecurityService::new(self.account.clone())),
            users: Arc::new(UsersService::new(self.account.clone())),
        }
    }

    /// What jobs work with.
    pub fn work(&self) -> Work {
        Work {
            db: self.db.clone(),
            clock: self.clock.clone(),
            files: self.library.files.clone(),
            retrieval: self.library.retrieval.clone(),
            llm: self.llm.clone(),
            live: self.live.clone(),
            wake: self.library.wake.clone(),
            reader: self.reader.clone(),
            limits: self.limits,
        }
    }

    /// What is done once after the start, beside serving: make up for what older versions did not keep, have analysed
    /// what was brought before a model was connected.
    ///
    /// # Errors
    /// When database or disk fail.
    pub async fn tidy(&self) -> anyhow::Result<()> {
        self.library.make_up().await?;
        self.models.analyse_missed().await?;
        Ok(())
    }

    /// Sees to it that files which no material names do not stay; runs for ever.
    pub async fn keep_swept(self) {
        loop {
            if let Err(error) = self.library.sweep(crate::library::files::FRESH).await {
                tracing::error!("files without a material could not be looked for: {error}");
            }
            tokio::time::sleep(SWEEP_AGAIN).await;
        }
    }

    /// Sees to it that the index of words is whole: one that was lost, or is another version's, is built anew from the
    /// database. Runs for ever, as an engine outside this process may lose it at any time.
    pub async fn keep_words(self) {
        let mut told = String::new();
        loop {
            let built = async {
                if self.keyword.needs_rebuild().await? {
                    self.library.index_all().await?;
                    self.keyword.rebuilt().await?;
                }
                anyhow::Ok(())
            };
            let reason = built.await.err().map(|error| format!("{error:#}")).unwrap_or_default();
            if reason != told && !reason.is_empty() {
                tracing::warn!("the index of words is not whole: {reason}");
            }
            told = reason;
            tokio::time::sleep(CATCH_UP).await;
        }
    }

    /// Sees to it that the vector engine misses nothing for long, and that a change of the embedder comes to its end; runs
    /// for ever.
    pub async fn keep_up(self) {
        let mut told = String::new();
        loop {
            let caught = self.generations.catch_up().await;
            let looked = self.generations.look().await;
            let reason = caught.and(looked).err().map(|error| format!("{error:#}")).unwrap_or_default();
            if reason != told && !reason.is_empty() {
                tracing::warn!("the vector engine has not caught up: {reason}");
            }
            told = reason;
            tokio::time::sleep(CATCH_UP).await;
        }
    }

    /// Sees to it that a provider's key that was set in another process is taken up here. Runs for ever.
    pub async fn keep_connected(self) {
        loop {
            tokio::time::sleep(KEYS_AGAIN).await;
            if let Err(error) = self.models.take_up_keys().await {
                tracing::error!("it could not be seen whether a provider's key has changed: {error}");
            }
        }
    }

    /// Sees to it that nothing stays without vectors: after another embedder was chosen, or was away while files were
    /// prepared, as a provider may be. Runs for ever.
    pub async fn keep_embedded(self) {
        loop {
            if let Err(error) = self.library.embed_all().await {
                tracing::error!("what has no vectors could not be put in the queue: {error}");
            }
            tokio::time::sleep(EMBED_AGAIN).await;
        }
    }

    /// Lets the model's memory go when nobody has used it for a while; runs for ever.
    pub async fn release_idle(self) {
        loop {
            tokio::time::sleep(Duration::from_secs(180)).await;
            let models = self.generations.embedders();
            let mut released: Vec<bool> = models.iter().map(|model| model.release_idle()).collect();
            released.push(self.encoder.release_idle());
            if released.contains(&true) {
                tracing::info!("a model was released: nobody has searched or brought files for a while");
            }
        }
    }
}

/// Address of the styles: by the hash that the release build wrote down, if there is one.
fn stylesheet(hashes: Option<&Path>) -> anyhow::Result<String> {
    let Some(file) = hashes else { return Ok("/pkg/mitochi.css".into()) };
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let hash = text.lines().find_map(|line| line.strip_prefix("css:"));
    let hash = hash.with_context(|| format!("{} does not name the styles", file.display()))?;
    Ok(format!("/pkg/mitochi.{}.css", hash.trim()))
}
