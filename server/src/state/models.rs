//! Which language models are asked: from lines of configuration to a model for each tier. Owns: that choice. Refuses: asking
//! them (`llm`).

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
use std::sync::Arc;

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

/// A model of the configuration, its endpoint and the key for it.
#[derive(Debug, Clone)]
struct Chosen {
    tier: Tier,
    model: Model,
    endpoint: Endpoint,
    key: Secret,
}

/// The models that can be asked, one for each tier at most.
///
/// # Errors
/// When a model is named that the catalogue does not have or that there is no key for, an own server without its model, or
/// where this machine cannot speak TLS.
pub fn seats(config: &Models, pace: Pace, clock: &Clock) -> Result<Vec<Seat>> {
    let chosen = chosen(config, &catalogue(config)?)?;
    let seats = chosen.into_iter().map(|Chosen { tier, model, endpoint, key }| {
        let transport =
            Http::new(&endpoint, &key, pace, clock.clone()).with_context(|| endpoint.name.clone())?;
        Ok(Seat { tier, model, endpoint, transport: Arc::new(transport) })
    });
    seats.collect()
}

fn chosen(config: &Models, catalogue: &Catalogue) -> Result<Vec<Chosen>> {
    let mut chosen = vec![];
    for (tier, named) in [
        (Tier::Primary, &config.primary),
        (Tier::Secondary, &config.secondary),
        (Tier::Tertiary, &config.tertiary),
    ] {
        if !named.is_empty() {
            let model =
                catalogue.model(named).with_context(|| format!("the catalogue has no model {named}"))?;
            let (endpoint, key) = opened(config, catalogue, model)
                .with_context(|| format!("there is no key for {named}, the {} model", tier.name()))?;
            chosen.push(Chosen { tier, model: model.clone(), endpoint, key });
            continue;
        }
        let mut models = preferred(tier).iter().filter_map(|name| catalogue.model(name));
        chosen.extend(models.find_map(|model| {
            let (endpoint, key) = opened(config, catalogue, model)?;
            Some(Chosen { tier, model: model.clone(), endpoint, key })
        }));
    }
    chosen.extend(local(config, catalogue)?);
    Ok(chosen)
}

/// Where a model is asked, and the key for it, if there is one.
fn opened(config: &Models, catalogue: &Catalogue, model: &Model) -> Option<(Endpoint, Secret)> {
    let mut endpoint = catalogue.endpoint(&model.endpoint)?.clone();
    let (key, url) = match endpoint.name.as_str() {
        "anthropic" => (&config.anthropic_api_key, &config.anthropic_url),
        "openai" => (&config.openai_api_key, &config.openai_url),
        "google" => (&config.gemini_api_key, &config.gemini_url),
        // of an operator's own catalogue
        _ => (&Secret::from_environment(&endpoint.key), &endpoint.url.clone()),
    };
    if key.expose().is_empty() {
        return None;
    }
    if !url.is_empty() {
        endpoint.url.clone_from(url);
    }
    Some((endpoint, key.clone()))
}

/// The operator's own server.
fn local(config: &Models, catalogue: &Catalogue) -> Result<Option<Chosen>> {
    if config.local_url.is_empty() {
        return Ok(None);
    }
    ensure!(
        !config.local_model.is_empty(),
        "MITOCHI_LOCAL_URL is set and MITOCHI_LOCAL_MODEL is not: say which model it runs"
    );
    ensure!(
        config.local_url.starts_with("http://") || config.local_url.starts_with("https://"),
        "MITOCHI_LOCAL_URL must begin with http:// or https://"
    );
    let endpoint = catalogue.endpoint(LOCAL).context("the catalogue has no endpoint 'local'")?;
    let known = catalogue.model(&config.local_model).filter(|model| model.endpoint == LOCAL).cloned();
    let model = known.unwrap_or_else(|| Model {
        name: config.local_model.clone(),
        endpoint: LOCAL.into(),
        context: config.local_context,
        reasoning: false,
        price: vec![],
    });
    let endpoint = Endpoint { url: config.local_url.clone(), ..endpoint.clone() };
    Ok(Some(Chosen { tier: Tier::Local, model, endpoint, key: config.local_key.clone() }))
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

    fn read(line: &[&str]) -> Result<Vec<(Tier, String)>> {
        let none = ["--anthropic-api-key=", "--openai-api-key=", "--gemini-api-key="];
        let given = none.iter().filter(|flag| !line.iter().any(|own| own.starts_with(**flag)));
        let line: Vec<&str> =
            std::iter::once("x").chain(given.copied()).chain(line.iter().copied()).collect();
        let config = Line::parse_from(line).models;
        let chosen = chosen(&config, &catalogue(&config)?)?;
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
            (&["--primary=gpt-5.5"], "no key for gpt-5.5"),
            (&["--local-url=http://127.0.0.1/v1"], "MITOCHI_LOCAL_MODEL"),
            (&["--local-url=localhost", "--local-model=x"], "http://"),
            (&["--catalogue=/nowhere"], "/nowhere"),
        ] {
            let error = format!("{:#}", read(line).unwrap_err());
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn cents_are_a_budget() {
        let config = Line::parse_from(["x", "--learner-cents=50", "--daily-cents=0"]).models;
        assert_eq!(budget(&config), Budget { learner: Some(500_000_000), everybody: None });
    }
}
