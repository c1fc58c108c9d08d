//! Model files run in this process by rten. Owns: reading a pinned file at first use, running it on one thread, and
//! letting it go when nobody needs it. Refuses: fetching files (the tooling does) and what rows and numbers mean
//! (`embed`, `rerank`).

use rten::{Model, NodeId, RunOptions, ThreadPool};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;
use sha2::{Digest, Sha256};
use std::fmt;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// Why a model gave nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ModelError {
    /// No model file at this path: search goes on without it.
    #[error("the model is not there: {} does not exist", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A file is there, but not the expected one: what it gives would fit nothing.
    #[error("the model is not there: {} is another file (sha256 {found}, expected {expected})", path.display())]
    Foreign {
        /// Where it lies.
        path: PathBuf,
        /// sha256 of the model.
        expected: String,
        /// sha256 of the file.
        found: String,
    },
    /// The model was found but cannot be loaded or run, or gave something that is no answer.
    #[error("the model cannot be used: {0}")]
    Broken(String),
    /// A remote model did not answer.
    #[error("the model does not answer: {0}")]
    Unavailable(String),
}

/// A BERT-like model: ids, attention mask and token types go in, one tensor comes out.
///
/// The file is read at first use and let go by [`Onnx::release_idle`]. All rows run on one thread of its own, one
/// after the other, so that a model never takes the machine away from those who wait for a page.
#[derive(Clone)]
pub struct Onnx(Arc<Inner>);

struct Inner {
    path: PathBuf,
    sha256: &'static str,
    output: &'static str,
    pool: Arc<ThreadPool>,
    state: Mutex<State>,
    used: AtomicBool,
}

#[derive(Default)]
struct State {
    loaded: Option<Arc<Loaded>>,
    /// The file that was of no use, by length and time of change, and why: it is not read again for every row.
    refused: Option<(Stamp, ModelError)>,
}

type Stamp = (u64, Option<SystemTime>);

impl fmt::Debug for Onnx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Onnx").field("path", &self.0.path).finish_non_exhaustive()
    }
}

struct Loaded {
    model: Model,
    /// ids, attention mask, token types
    inputs: [NodeId; 3],
    output: NodeId,
}

impl Onnx {
    /// The model whose file lies at `path` and has this sha256, and the name of its output; nothing is read yet.
    pub fn new(path: impl Into<PathBuf>, sha256: &'static str, output: &'static str) -> Self {
        Self(Arc::new(Inner {
            path: path.into(),
            sha256,
            output,
            pool: Arc::new(ThreadPool::with_num_threads(1)),
            state: Mutex::default(),
            used: AtomicBool::new(false),
        }))
    }

    /// Whether a file lies where the model is expected.
    pub fn is_there(&self) -> bool {
        self.0.path.is_file()
    }

    /// Lets the weights go unless the model was used since the last call; call it every few minutes. Returns
    /// whether they were let go.
    pub fn release_idle(&self) -> bool {
        let idle = !self.0.used.swap(false, Ordering::Relaxed);
        idle && self.0.state.lock().unwrap_or_else(PoisonError::into_inner).loaded.take().is_some()
    }

    /// Runs one row on this thread: the numbers of the output in order, and the length of its last dimension.
    ///
    /// # Errors
    /// [`ModelError`] where the file is missing, another, or broken.
    pub fn run(&self, ids: &[i32], types: &[i32]) -> Result<(Vec<f32>, usize), ModelError> {
        self.0.used.store(true, Ordering::Relaxed);
        let loaded = self.0.loaded()?;
        loaded.run(ids, types, &self.0.pool).map_err(|error| ModelError::Broken(error.to_string()))
    }
}

impl Inner {
    fn loaded(&self) -> Result<Arc<Loaded>, ModelError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = &state.loaded {
            return Ok(loaded.clone());
        }
        let unreadable = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound => ModelError::Missing { path: self.path.clone() },
            _ => ModelError::Broken(format!("{}: {error}", self.path.display())),
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

    fn load(&self, bytes: Vec<u8>) -> Result<Loaded, ModelError> {
        let found = format!("{:x}", Sha256::digest(&bytes));
        if found != self.sha256 {
            let (path, expected) = (self.path.clone(), self.sha256.to_string());
            return Err(ModelError::Foreign { path, expected, found });
        }
        Loaded::new(bytes, self.output)
    }
}

impl Loaded {
    fn new(bytes: Vec<u8>, output: &str) -> Result<Self, ModelError> {
        let broken = |error: &dyn fmt::Display| ModelError::Broken(error.to_string());
        let model = Model::load(bytes).map_err(|error| broken(&error))?;
        let node = |name| model.node_id(name).map_err(|error| broken(&error));
        let inputs = [node("input_ids")?, node("attention_mask")?, node("token_type_ids")?];
        let output = node(output)?;
        Ok(Self { model, inputs, output })
    }

    fn run(
        &self,
        ids: &[i32],
        types: &[i32],
        pool: &Arc<ThreadPool>,
    ) -> Result<(Vec<f32>, usize), Box<dyn std::error::Error>> {
        let row = |values: Vec<i32>| NdTensor::from_data([1, ids.len()], values).into();
        let [tokens, mask, kinds] = self.inputs;
        let inputs =
            vec![(tokens, row(ids.to_vec())), (mask, row(vec![1; ids.len()])), (kinds, row(types.to_vec()))];
        let options = RunOptions::default().with_thread_pool(Some(pool.clone()));
        let [output] = self.model.run_n(inputs, [self.output], Some(options))?;
        let width = output.shape().last().copied().unwrap_or(0);
        let numbers: Vec<f32> = output.into_tensor::<f32>().ok_or("the output holds no floats")?.to_vec();
        Ok((numbers, width))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The folder of models that this machine has: `MITOCHI_MODELS`, else the user's cache.
    pub(crate) fn folder() -> Option<PathBuf> {
        let models = std::env::var_os("MITOCHI_MODELS").map(PathBuf::from);
        let cache = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/mitochi/models"));
        models.or_else(cache)
    }

    #[test]
    fn a_missing_or_foreign_file_is_an_error_that_says_so() {
        let directory = std::env::temp_dir().join(format!("mitochi-onnx-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let path = directory.join("model.onnx");
        let model = |path: &PathBuf| Onnx::new(path, "0000", "logits");
        let error = model(&path).run(&[101, 102], &[0, 0]).unwrap_err();
        assert!(matches!(error, ModelError::Missing { .. }), "{error}");
        assert!(error.to_string().starts_with("the model is not there"));
        std::fs::write(&path, "no model").unwrap();
        let foreign = model(&path);
        for _ in 0..2 {
            let error = foreign.run(&[101, 102], &[0, 0]).unwrap_err();
            assert!(matches!(error, ModelError::Foreign { .. }), "{error}");
        }
        std::fs::remove_file(&path).unwrap();
        let error = foreign.run(&[101, 102], &[0, 0]).unwrap_err();
        assert!(matches!(error, ModelError::Missing { .. }), "what changed is looked at again: {error}");
        let error = model(&directory).run(&[101, 102], &[0, 0]).unwrap_err();
        assert!(matches!(error, ModelError::Broken(_)), "{error}");
        std::fs::remove_dir_all(directory).unwrap();
        assert!(matches!(Loaded::new(b"no model".to_vec(), "logits"), Err(ModelError::Broken(_))));
    }
}
