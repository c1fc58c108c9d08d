//! Which language models are asked: from lines of configuration and keys to a model for each tier. Owns: that choice, and where
//! a key comes from. Refuses: asking them (`llm`), and keeping keys (`keys`).

use crate::{
    clock::Clock,
    config::{Models, Secret},
    llm::{
        Tier,
        catalogue::{Catalogue, Endpoint, Model},
        client::Http,
        ledger::Budget,
        pace::Pace,
        seats::Seat,
    },
};
use anyhow::{Context, Result, ensure};
use std::{collections::BTreeMap, sync::Arc};

/// The endpoint of the operator's own server.
const LOCAL: &str = "local";

/// The models that stand for a tier, best first: the first one that there is a key for.
fn preferred(tier: Tier) -> &'static [&'static str] {
    match tier {
        Tier::Primary => &["claude-sonnet-5-5", "gpt-5.5", "gemini-3.6-flash"],
        Tier::Secondary => &["gpt-5-mini", "claude-haiku-5-5", "gemini-3.5-flash-lite"],
        Tier::Tertiary => &["gemini-3.5-flash-lite", "gpt-5.4-nano", "claude-haiku-5-5"],
        Tier::Local => &[],
    }
}

/// The catalogue that ships with what the operator's own file says.
///
/// # Errors
/// When that file cannot be read or does not fit.
pub fn catalogue(config: &Models) -> Result<Catalogue> {
    let own = match config.catalogue.as_str() {
        "" => None,
        path => {
            Some(std::fs::read_to_string(path).with_context(|| format!("cannot read the catalogue {path}"))?)
        }
    };
    Catalogue::new(own.as_deref())
}

/// Keys by the endpoint's name.
pub type Keys = BTreeMap<String, Secret>;

/// Where the key of an endpoint comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The environment, or the command line.
    Environment,
    /// The administrator has set it on the page.
    Page,
    /// There is none.
    Nowhere,
}

/// A model, its endpoint and the key for it.
#[derive(Debug, Clone)]
struct Chosen {
    tier: Tier,
    model: Model,
    endpoint: Endpoint,
    key: Secret,
}

/// The configuration, from which it follows with each set of keys which models are asked.
#[derive(Debug, Clone)]
pub struct Choice {
    config: Models,
    catalogue: Catalogue,
    environment: Keys,
}

impl Choice {
    /// Reads the catalogue and the keys of the environment.
    ///
    /// # Errors
    /// When a model is named that the catalogue does not have, or an own server without its model.
    pub fn new(config: &Models) -> Result<Self> {
        let catalogue = catalogue(config)?;
        let named = named(config).into_iter().filter(|(_, name)| !name.is_empty());
        for (_, name) in named {
            catalogue.model(name).with_context(|| format!("the catalogue has no model {name}"))?;
        }
        let own = config.local_url.as_str();
        ensure!(
            own.is_empty() || !config.local_model.is_empty(),
            "MITOCHI_LOCAL_URL is set and MITOCHI_LOCAL_MODEL is not: say which model it runs"
        );
        ensure!(
            own.is_empty() || own.starts_with("http://") || own.starts_with("https://"),
            "MITOCHI_LOCAL_URL must begin with http:// or https://"
        );
        let key = |endpoint: &Endpoint| match endpoint.name.as_str() {
            "anthropic" => config.anthropic_api_key.clone(),
            "openai" => config.openai_api_key.clone(),
            "google" => config.gemini_api_key.clone(),
            LOCAL => config.local_key.clone(),
            // of an operator's own catalogue
            _ => Secret::from_environment(&endpoint.key),
        };
        let environment = catalogue.endpoints().map(|endpoint| (endpoint.name.clone(), key(endpoint)));
        let environment = environment.filter(|(_, key)| !key.expose().is_empty()).collect();
        Ok(Self { config: config.clone(), catalogue, environment })
    }

    /// The endpoints that a key can be given for: all, but for an own server where there is none.
    pub fn endpoints(&self) -> impl Iterator<Item = &Endpoint> {
        let own = !self.config.local_url.is_empty();
        self.catalogue.endpoints().filter(move |endpoint| own || endpoint.name != LOCAL)
    }

    /// Where a key comes from. The environment wins.
    pub fn origin(&self, endpoint: &str, set: &Keys) -> Origin {
        match () {
            () if self.environment.contains_key(endpoint) => Origin::Environment,
            () if set.contains_key(endpoint) => Origin::Page,
            () => Origin::Nowhere,
        }
    }

    /// The models that can be asked with these keys besides those of the environment, one for each tier at most.
    ///
    /// # Errors
    /// Where this machine cannot speak TLS.
    pub fn seats(&self, set: &Keys, pace: Pace, clock: &Clock) -> Result<Vec<Seat>> {
        let seats = self.chosen(set).into_iter().map(|Chosen { tier, model, endpoint, key }| {
            let transport =
                Http::new(&endpoint, &key, pace, clock.clone()).with_context(|| endpoint.name.clone())?;
            Ok(Seat { tier, model, endpoint, transport: Arc::new(transport) })
        });
        seats.collect()
    }

    /// The tiers, with the model that the operator named for each, that wait for a key: others are asked meanwhile.
    pub fn waiting(&self, set: &Keys) -> Vec<(Tier, String)> {
        let named = named(&self.config).into_iter();
        let waiting = named.filter(|(_, name)| {
            self.catalogue.model(name).is_some_and(|model| self.opened(model, set).is_none())
        });
        waiting.map(|(tier, name)| (tier, name.to_string())).collect()
    }

    fn chosen(&self, set: &Keys) -> Vec<Chosen> {
        let of = |tier: Tier, name: &str| {
            let model = self.catalogue.model(name)?;
            let (endpoint, key) = self.opened(model, set)?;
            Some(Chosen { tier, model: model.clone(), endpoint, key })
        };
        let remote = named(&self.config).into_iter().filter_map(|(tier, name)| match name {
            "" => preferred(tier).iter().find_map(|name| of(tier, name)),
            name => of(tier, name),
        });
        remote.chain(self.local(set)).collect()
    }

    fn key(&self, endpoint: &str, set: &Keys) -> Option<Secret> {
        self.environment.get(endpoint).or_else(|| set.get(endpoint)).cloned()
    }

    /// Where a model is asked, and the key for it, if there is one.
    fn opened(&self, model: &Model, set: &Keys) -> Option<(Endpoint, Secret)> {
        let mut endpoint = self.catalogue.endpoint(&model.endpoint)?.clone();
        let url = match endpoint.name.as_str() {
            "anthropic" => &self.config.anthropic_url,
            "openai" => &self.config.openai_url,
            "google" => &self.config.gemini_url,
            _ => "",
        };
        if !url.is_empty() {
            endpoint.url = url.into();
        }
        let key = self.key(&endpoint.name, set)?;
        Some((endpoint, key))
    }

    /// The operator's own server, which may want no key.
    fn local(&self, set: &Keys) -> Option<Chosen> {
        let config = &self.config;
        let endpoint = self.catalogue.endpoint(LOCAL).filter(|_| !config.local_url.is_empty())?;
        let known =
            self.catalogue.model(&config.local_model).filter(|model| model.endpoint == LOCAL).cloned();
        let model = known.unwrap_or_else(|| Model {
            name: config.local_model.clone(),
            endpoint: LOCAL.into(),
            context: config.local_context,
            reasoning: false,
            price: vec![],
        });
        let endpoint = Endpoint { url: config.local_url.clone(), ..endpoint.clone() };
        Some(Chosen { tier: Tier::Local, model, endpoint, key: self.key(LOCAL, set).unwrap_or_default() })
    }
}

/// What the operator named for each tier; empty for the best that there is a key for.
fn named(config: &Models) -> [(Tier, &str); 3] {
    [
        (Tier::Primary, &config.primary),
        (Tier::Secondary, &config.secondary),
        (Tier::Tertiary, &config.tertiary),
    ]
}

/// What may be spent on a day.
pub fn budget(config: &Models) -> Budget {
    let limit = |cents: f64| (cents > 0.0).then_some((cents * 10_000_000.0) as i64);
    Budget { learner: limit(config.learner_cents), everybody: limit(config.daily_cents) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        models: Models,
    }

    fn choice(line: &[&str]) -> Result<Choice> {
        let none = ["--anthropic-api-key=", "--openai-api-key=", "--gemini-api-key=", "--local-key="];
        let given = none.iter().filter(|flag| !line.iter().any(|own| own.starts_with(**flag)));
        let line: Vec<&str> =
            std::iter::once("x").chain(given.copied()).chain(line.iter().copied()).collect();
        Choice::new(&Line::parse_from(line).models)
    }

    fn keys(set: &[(&str, &str)]) -> Keys {
        set.iter().map(|(endpoint, key)| (endpoint.to_string(), key.parse().unwrap())).collect()
    }

    fn read(line: &[&str]) -> Result<Vec<(Tier, String)>> {
        let chosen = choice(line)?.chosen(&Keys::new());
        Ok(chosen.into_iter().map(|chosen| (chosen.tier, chosen.model.name)).collect())
    }

    #[test]
    fn each_key_gives_what_it_can() {
        assert_eq!(read(&[]).unwrap(), []);
        let names = |line: &[&str]| read(line).unwrap().into_iter().map(|(_, name)| name).collect::<Vec<_>>();
        assert_eq!(
            names(&["--anthropic-api-key=a", "--openai-api-key=b", "--gemini-api-key=c"]),
            ["claude-sonnet-5-5", "gpt-5-mini", "gemini-3.5-flash-lite"]
        );
        assert_eq!(
            names(&["--anthropic-api-key=a"]),
            ["claude-sonnet-5-5", "claude-haiku-5-5", "claude-haiku-5-5"]
        );
        assert_eq!(
            read(&["--local-url=http://127.0.0.1:11434/v1", "--local-model=llama"]).unwrap(),
            [(Tier::Local, "llama".to_string())]
        );
    }

    #[test]
    fn what_cannot_be_meant_is_said() {
        for (line, told) in [
            (&["--primary=gpt-9", "--openai-api-key=b"][..], "no model gpt-9"),
            (&["--local-url=http://127.0.0.1/v1"], "MITOCHI_LOCAL_MODEL"),
            (&["--local-url=localhost", "--local-model=x"], "http://"),
            (&["--catalogue=/nowhere"], "/nowhere"),
        ] {
            let error = format!("{:#}", read(line).unwrap_err());
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn the_environment_wins_over_what_was_set() {
        let choice = choice(&["--openai-api-key=environment"]).unwrap();
        let set = keys(&[("openai", "page"), ("google", "page")]);
        let origins: Vec<_> =
            choice.endpoints().map(|one| (one.name.clone(), choice.origin(&one.name, &set))).collect();
        assert_eq!(
            origins,
            [
                ("anthropic".to_string(), Origin::Nowhere),
                ("google".to_string(), Origin::Page),
                ("openai".to_string(), Origin::Environment),
            ]
        );
        let chosen = choice.chosen(&set);
        let of = |tier| chosen.iter().find(|chosen| chosen.tier == tier).unwrap();
        assert_eq!(of(Tier::Secondary).key.expose(), "environment");
        assert_eq!(
            (of(Tier::Tertiary).key.expose(), &*of(Tier::Tertiary).model.name),
            ("page", "gemini-3.5-flash-lite")
        );
    }

    #[test]
    fn a_model_that_was_named_waits_for_its_key_and_others_are_asked() {
        let choice = choice(&["--primary=gpt-5.5", "--gemini-api-key=c"]).unwrap();
        let tiers = |set: &Keys| choice.chosen(set).into_iter().map(|chosen| chosen.tier).collect::<Vec<_>>();
        assert_eq!(choice.waiting(&Keys::new()), [(Tier::Primary, "gpt-5.5".to_string())]);
        assert_eq!(tiers(&Keys::new()), [Tier::Secondary, Tier::Tertiary]);
        let set = keys(&[("openai", "k")]);
        assert_eq!(choice.waiting(&set), []);
        assert_eq!(tiers(&set), [Tier::Primary, Tier::Secondary, Tier::Tertiary]);
    }

    #[test]
    fn an_own_server_gets_a_key_where_it_wants_one() {
        let own = choice(&["--local-url=http://127.0.0.1:1/v1", "--local-model=llama"]).unwrap();
        assert!(own.endpoints().any(|endpoint| endpoint.name == LOCAL));
        assert_eq!(own.chosen(&Keys::new())[0].key.expose(), "");
        assert_eq!(own.chosen(&keys(&[("local", "k")]))[0].key.expose(), "k");
        assert!(choice(&[]).unwrap().endpoints().all(|endpoint| endpoint.name != LOCAL));
    }

    #[test]
    fn cents_are_a_budget() {
        let config = Line::parse_from(["x", "--learner-cents=50", "--daily-cents=0"]).models;
        assert_eq!(budget(&config), Budget { learner: Some(500_000_000), everybody: None });
    }
}
