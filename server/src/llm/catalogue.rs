//! Which models there are. Owns: the catalogue that ships and what an operator adds to it: endpoints, what each supports,
//! contexts, prices with the day from which they hold. Refuses: keys.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The catalogue that ships.
const BUNDLED: &str = include_str!("catalogue.toml");

/// How an endpoint speaks: the API of OpenAI in one of its dialects, or one of its vendor's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// As it is written.
    OpenAi,
    /// Anthropic's layer: the form of an answer is ignored.
    Anthropic,
    /// Anthropic's own Messages API.
    Messages,
    /// Google's layer.
    Gemini,
    /// Whatever an own server makes of it.
    Foreign,
}

/// Where models are asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// A word.
    pub name: String,
    /// As learners read it.
    pub title: String,
    /// The address before `/chat/completions`, or before `/messages`.
    pub url: String,
    /// How it speaks.
    pub dialect: Dialect,
    /// The variable of the environment that its key is in.
    pub key: String,
    /// Whether it keeps to a JSON Schema.
    pub json_schema: bool,
    /// Whether it tells the tokens of a stream.
    pub stream_usage: bool,
    /// Whether it bills a repeated beginning as cached.
    pub prompt_caching: bool,
}

/// Who gets a text, as a learner agrees to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The endpoint's name.
    pub name: String,
    /// As learners read it.
    pub title: String,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// As its provider calls it.
    pub name: String,
    /// Where it is asked.
    pub endpoint: String,
    /// Tokens of request and answer together.
    pub context: u32,
    /// Whether it thinks first: such models refuse a temperature.
    #[serde(default)]
    pub reasoning: bool,
    /// From the oldest on.
    #[serde(default)]
    pub price: Vec<Price>,
}

/// US dollars for a million tokens.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// The day from which it holds, `YYYY-MM-DD`; none for always.
    #[serde(default)]
    pub since: Option<String>,
    /// Of the request.
    pub input: f64,
    /// Of the part of the request that the provider kept from before; as `input` where it is not said.
    #[serde(default)]
    pub cached: Option<f64>,
    /// Of having a part of the request kept, where that is billed.
    #[serde(default)]
    pub cache_write: Option<f64>,
    /// Of the answer.
    pub output: f64,
}

/// Tokens of a call, as the provider counts them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Of the request, those in `cached` and `written` included.
    pub input: u64,
    /// Of these, kept by the provider from before.
    pub cached: u64,
    /// Of these, kept by the provider from now on, where that is billed.
    pub written: u64,
    /// Of the answer, thinking included.
    pub output: u64,
}

impl Price {
    /// Nanodollars of a call.
    pub fn of(&self, tokens: Tokens) -> i64 {
        let cached = tokens.cached.min(tokens.input);
        let written = tokens.written.min(tokens.input - cached);
        let sum = (tokens.input - cached - written) as f64 * self.input
            + cached as f64 * self.cached.unwrap_or(self.input)
            + written as f64 * self.cache_write.unwrap_or(self.input)
            + tokens.output as f64 * self.output;
        // dollars for a million are 1,000 nanodollars for one
        (sum * 1_000.0).round() as i64
    }
}

impl Model {
    /// What it costs on a day (`YYYY-MM-DD`); `None` where nobody says.
    pub fn price_on(&self, day: &str) -> Option<&Price> {
        self.price.iter().rfind(|price| price.since.as_deref().is_none_or(|since| since <= day))
    }
}

/// Endpoints and models by name.
#[derive(Debug, Clone)]
pub struct Catalogue {
    endpoints: BTreeMap<String, Endpoint>,
    models: BTreeMap<String, Model>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    endpoint: Vec<Endpoint>,
    #[serde(default)]
    model: Vec<Model>,
}

impl Catalogue {
    /// What ships, with what an operator's file (its text) adds and replaces.
    ///
    /// # Errors
    /// What does not fit in the file, with its line where it is one of form.
    pub fn new(own: Option<&str>) -> Result<Self> {
        let mut catalogue = Self { endpoints: BTreeMap::new(), models: BTreeMap::new() };
        catalogue.add(BUNDLED)?;
        if let Some(own) = own {
            catalogue.add(own)?;
        }
        Ok(catalogue)
    }

    fn add(&mut self, text: &str) -> Result<()> {
        let File { endpoint, model } =
            toml::from_str(text).context("the catalogue of models cannot be read")?;
        self.endpoints.extend(endpoint.into_iter().map(|endpoint| (endpoint.name.clone(), endpoint)));
        for model in model {
            let name = &model.name;
            ensure!(
                self.endpoints.contains_key(&model.endpoint),
                "model {name}: no endpoint {}",
                model.endpoint
            );
            ensure!(model.context > 0, "model {name}: a context of 0 tokens");
            for price in &model.price {
                let all = [Some(price.input), price.cached, price.cache_write, Some(price.output)];
                let right = all.into_iter().flatten().all(|dollars| dollars.is_finite() && dollars >= 0.0);
                ensure!(right, "model {name}: a price that is none");
                let dated = price.since.as_deref().is_none_or(|since| crate::clock::day_of(since).is_some());
                ensure!(dated, "model {name}: a price since no day (YYYY-MM-DD)");
            }
            ensure!(
                model.price.is_sorted_by_key(|price| price.since.clone()),
                "model {name}: prices out of their order"
            );
            self.models.insert(name.clone(), model);
        }
        Ok(())
    }

    /// An endpoint by its name.
    pub fn endpoint(&self, name: &str) -> Option<&Endpoint> {
        self.endpoints.get(name)
    }

    /// All endpoints, by name.
    pub fn endpoints(&self) -> impl Iterator<Item = &Endpoint> {
        self.endpoints.values()
    }

    /// A model by its name.
    pub fn model(&self, name: &str) -> Option<&Model> {
        self.models.get(name)
    }

    /// All models, by name.
    pub fn models(&self) -> impl Iterator<Item = &Model> {
        self.models.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ships_is_whole() {
        let catalogue = Catalogue::new(None).unwrap();
        for name in
            ["claude-sonnet-5-5", "gpt-5-mini", "gemini-3.5-flash-lite", "claude-3-5-sonnet", "gpt-4o-mini"]
        {
            let model = catalogue.model(name).unwrap();
            assert!(model.price_on("2026-11-24").is_some(), "{name}");
        }
        assert!(catalogue.models().all(|model| catalogue.endpoint(&model.endpoint).is_some()));
        assert!(catalogue.models().count() >= 18);
    }

    #[test]
    fn tokens_cost_their_price_to_the_nanodollar() {
        let catalogue = Catalogue::new(None).unwrap();
        let sonnet = catalogue.model("claude-sonnet-5-5").unwrap().price_on("2026-11-24").unwrap();
        let million = Tokens { input: 1_000_000, output: 1_000_000, ..Tokens::default() };
        assert_eq!(sonnet.of(million), 12_000_000_000);
        let cached = Tokens { input: 1_000_000, cached: 1_000_000, ..Tokens::default() };
        assert_eq!(sonnet.of(cached), 100_000_000);
        let all = Tokens { input: 1_000, cached: 500, written: 300, output: 10 };
        assert_eq!(sonnet.of(all), 200 * 2_000 + 500 * 100 + 300 * 2_500 + 10 * 10_000);
        let most = Tokens { input: 7, cached: 9, written: 3, output: 0 };
        assert_eq!(sonnet.of(most), 700, "not more kept than sent");
        let mini = catalogue.model("gpt-5-mini").unwrap().price_on("2026-11-24").unwrap();
        let written = Tokens { input: 8, written: 8, ..Tokens::default() };
        assert_eq!(
            mini.of(written),
            2_000,
            "who does not say that writing costs more bills it as any other token"
        );
    }

    #[test]
    fn a_price_holds_from_its_day_on() {
        let catalogue = Catalogue::new(None).unwrap();
        let flash = catalogue.model("gemini-3.6-flash").unwrap();
        assert_eq!(flash.price_on("2026-12-31").unwrap().input, 0.75);
        assert_eq!(flash.price_on("2027-01-01").unwrap().input, 1.5);
    }

    #[test]
    fn an_operators_file_adds_and_replaces() {
        let own = "[[model]]\nname = \"gpt-5-mini\"\nendpoint = \"openai\"\ncontext = 9\nprice = [{ input = 1.0, output = 2.0 }]";
        let catalogue = Catalogue::new(Some(own)).unwrap();
        assert_eq!(catalogue.model("gpt-5-mini").unwrap().context, 9);
        // Claude over the OpenAI layer, for whoever has a proxy that speaks nothing else
        let layer = "[[endpoint]]\nname = \"anthropic\"\ntitle = \"Anthropic\"\nurl = \"https://proxy.example/v1\"\n\
                     dialect = \"anthropic\"\nkey = \"ANTHROPIC_API_KEY\"\njson_schema = false\nstream_usage = true\n\
                     prompt_caching = false";
        let layered = Catalogue::new(Some(layer)).unwrap();
        assert_eq!(catalogue.endpoint("anthropic").unwrap().dialect, Dialect::Messages);
        assert_eq!(layered.endpoint("anthropic").unwrap().dialect, Dialect::Anthropic);
        assert_eq!(layered.model("claude-sonnet-5-5").unwrap().endpoint, "anthropic");
        for (text, told) in [
            ("[[model]]\nname = \"x\"\nendpoint = \"nowhere\"\ncontext = 1", "no endpoint nowhere"),
            ("[[model]]\nname = \"x\"\nendpoint = \"openai\"\ncontext = 0", "a context of 0"),
            (
                "[[model]]\nname = \"x\"\nendpoint = \"openai\"\ncontext = 1\nprice = [{ input = -1.0, output = 1 }]",
                "a price",
            ),
            ("[[model]]\nname = \"x\"\nendpoint = \"openai\"\ncontext = 1\nprize = 3", "unknown field"),
            (
                "[[model]]\nname = \"x\"\nendpoint = \"openai\"\ncontext = 1\nprice = [{ since = \"soon\", input = 1, output = 1 }]",
                "no day",
            ),
        ] {
            let error = format!("{:#}", Catalogue::new(Some(text)).unwrap_err());
            assert!(error.contains(told), "{error}");
        }
    }
}
