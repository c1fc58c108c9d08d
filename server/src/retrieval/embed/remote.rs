//! Vectors from a provider: OpenAI, or any server that speaks its embeddings API (Ollama, vLLM, llama.cpp). Owns: the wire,
//! batches, how long is waited, and telling what was used. Refuses: prices and keeping accounts ([`Meter`] does).

use super::{Embedder, ModelId, Role, head, normalise};
use crate::retrieval::onnx::ModelError;
use async_openai::{Client, config::OpenAIConfig, error::OpenAIError};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// Texts of one call. A provider takes 2,048 and 300,000 tokens; so many windows are a tenth of that, and a call that
/// fails is not much to do again.
pub const BATCH: usize = 96;
/// Longest text that is sent, bytes; the models read some 8,000 tokens, and a window has 300.
const LONGEST: usize = 16 * 1024;
/// How long a search waits for its vector; the pages that have the words are shown then.
const QUERY_WAIT: Duration = Duration::from_secs(5);
/// How long a batch may take, with the client's own repetitions (three, as the provider says or with growing pauses).
const BATCH_WAIT: Duration = Duration::from_secs(120);

/// Which provider and model.
#[derive(Clone)]
pub struct Settings {
    /// `https://api.openai.com/v1` and the like.
    pub url: String,
    /// Empty for a server that wants none. Never printed.
    pub key: String,
    /// As the provider calls it.
    pub model: String,
    /// Length of its vectors.
    pub dimensions: usize,
}

/// What was used of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// As the provider calls it.
    pub model: String,
    /// As the provider counts them; 0 where it does not say.
    pub tokens: u64,
}

/// Where it is written down what was used.
#[async_trait]
pub trait Meter: Send + Sync {
    /// Writes it down. The vectors are there already and are not lost when this fails.
    ///
    /// # Errors
    /// Where it cannot be written; it is logged.
    async fn book(&self, used: Used) -> anyhow::Result<()>;
}

/// No book is kept: for measurements and checks.
pub struct Unbooked;

#[async_trait]
impl Meter for Unbooked {
    async fn book(&self, _: Used) -> anyhow::Result<()> {
        Ok(())
    }
}

/// A model behind a provider.
#[derive(Clone)]
pub struct Remote {
    model: Arc<ModelId>,
    name: String,
    elsewhere: bool,
    client: Client<OpenAIConfig>,
    meter: Arc<dyn Meter>,
}

impl Remote {
    /// Nothing is sent yet. The texts of learners leave this machine with the first call.
    pub fn new(settings: &Settings, meter: Arc<dyn Meter>) -> Self {
        let Settings { url, key, model, dimensions } = settings;
        // no organisation or project of the environment: what is configured is what is used
        let config = OpenAIConfig::new()
            .with_api_base(url.trim_end_matches('/'))
            .with_api_key(key)
            .with_org_id("")
            .with_project_id("");
        let id = ModelId {
            name: model.clone(),
            // a provider does not show its weights: the same name at the same address counts as the same model
            sha256: super::hex(format!("{url}\n{model}\n{dimensions}")),
            dimensions: *dimensions,
        };
        let elsewhere = !crate::place::is_here(url);
        Self {
            model: Arc::new(id),
            name: model.clone(),
            elsewhere,
            client: Client::with_config(config),
            meter,
        }
    }

    /// One call.
    async fn call(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, ModelError> {
        let input = texts.iter().map(|text| {
            let text = head(text, LONGEST);
            // an empty text is refused as a whole batch
            if text.trim().is_empty() { "." } else { text }
        });
        let request = Request {
            model: &self.name,
            input: input.collect(),
            // older models refuse the parameter, and have one length anyway
            dimensions: self.name.starts_with("text-embedding-3").then_some(self.model.dimensions),
            encoding_format: "float",
        };
        let response: Response =
            self.client.embeddings().create_byot(&request).await.map_err(|error| told(&error))?;
        let tokens = response.usage.map_or(0, |usage| usage.total_tokens);
        if let Err(error) = self.meter.book(Used { model: self.name.clone(), tokens }).await {
            tracing::error!(model = self.name, tokens, "what was used could not be booked: {error:#}");
        }
        self.ordered(response.data, texts.len())
    }

    /// The vectors in the order of the texts, each checked.
    fn ordered(&self, data: Vec<Datum>, count: usize) -> Result<Vec<Vec<f32>>, ModelError> {
        let broken = |what: String| ModelError::Broken(format!("{} gave {what}", self.name));
        let mut vectors: Vec<Option<Vec<f32>>> = vec![None; count];
        for Datum { index, mut embedding } in data {
            let length = embedding.len();
            if length != self.model.dimensions {
                return Err(broken(format!("vectors of {length} numbers, not {}", self.model.dimensions)));
            }
            if embedding.iter().any(|x| !x.is_finite()) {
                return Err(broken("a vector with something that is no number".into()));
            }
            normalise(&mut embedding);
            match vectors.get_mut(index) {
                Some(place @ None) => *place = Some(embedding),
                _ => {
                    return Err(broken(format!(
                        "a vector for text {index} of {count} that nobody asked for"
                    )));
                }
            }
        }
        vectors
            .into_iter()
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| broken("fewer vectors than texts".into()))
    }
}

#[async_trait]
impl Embedder for Remote {
    fn model(&self) -> &ModelId {
        &self.model
    }

    /// Not measured for models that cannot be reached here: nothing is left out.
    fn unrelated(&self) -> f32 {
        0.0
    }

    fn batch(&self) -> usize {
        BATCH
    }

    fn is_elsewhere(&self) -> bool {
        self.elsewhere
    }

    async fn embed(&self, text: &str, role: Role) -> Result<Vec<f32>, ModelError> {
        let vectors = self.embed_all(&[text.to_string()], role).await?;
        vectors.into_iter().next().ok_or_else(|| ModelError::Broken("no vector".into()))
    }

    async fn embed_all(&self, texts: &[String], role: Role) -> Result<Vec<Vec<f32>>, ModelError> {
        let wait = match role {
            Role::Query => QUERY_WAIT,
            Role::Passage => BATCH_WAIT,
        };
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in texts.chunks(BATCH) {
            let late = |_| ModelError::Unavailable(format!("no answer within {} s", wait.as_secs()));
            vectors.extend(tokio::time::timeout(wait, self.call(batch)).await.map_err(late)??);
        }
        Ok(vectors)
    }
}

/// An error without addresses and keys that a provider may repeat in its message.
fn told(error: &OpenAIError) -> ModelError {
    ModelError::Unavailable(match error {
        OpenAIError::ApiError(answer) => match answer.status_code.as_u16() {
            401 | 403 => "the provider refuses the key".into(),
            404 => "the provider does not know the model".into(),
            429 => "the provider's limit is reached".into(),
            status => format!("the provider answers {status}"),
        },
        OpenAIError::Reqwest(error) if error.is_connect() => "the provider cannot be reached".into(),
        OpenAIError::JSONDeserialize(..) => {
            return ModelError::Broken("the provider's answer cannot be read".into());
        }
        _ => "the connection to the provider broke".into(),
    })
}

#[derive(Serialize)]
struct Request<'t> {
    model: &'t str,
    input: Vec<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dimensions: Option<usize>,
    encoding_format: &'static str,
}

#[derive(Deserialize)]
struct Response {
    data: Vec<Datum>,
    /// Local servers leave it out.
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Datum {
    index: usize,
    embedding: Vec<f32>,
}

#[derive(Deserialize)]
struct Usage {
    #[serde(default)]
    total_tokens: u64,
}

#[cfg(test)]
mod tests;
