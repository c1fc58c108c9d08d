//! `GET /metrics`: what this process has counted of language models, as Prometheus reads it (text format 0.0.4). Owns: who may
//! read it, and how it is written. Refuses: counting (`llm::tally`).
//!
//! Without a token whoever is on this machine may read it. A proxy on this machine is not who asks: what it passes on says
//! for whom, and is refused.

use crate::{
    llm::{
        Orchestrator,
        breaker::Standing,
        tally::{CLASSES, Counts},
    },
    state::State,
};
use axum::{
    extract::{self, ConnectInfo, Request},
    http::{
        HeaderMap, StatusCode,
        header::{AUTHORIZATION, CONTENT_TYPE, FORWARDED, VIA},
    },
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};
use std::{fmt::Write, net::SocketAddr};

/// The format.
const KIND: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Names under which proxies say for whom they ask.
const PASSED_ON: [&str; 3] = ["x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/// Whether whoever asks may read it.
#[derive(Debug, PartialEq, Eq)]
enum Gate {
    Open,
    /// A token is wanted, and was not given.
    Locked,
    /// As if there were nothing.
    Hidden,
}

fn gate(token: &str, headers: &HeaderMap, peer: Option<SocketAddr>) -> Gate {
    if !token.is_empty() {
        let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        // of two hashes the time it takes to compare them tells nothing
        let same = given.is_some_and(|given| Sha256::digest(given) == Sha256::digest(token));
        return if same { Gate::Open } else { Gate::Locked };
    }
    let passed_on = headers.contains_key(FORWARDED)
        || headers.contains_key(VIA)
        || PASSED_ON.iter().any(|name| headers.contains_key(*name));
    match peer {
        Some(peer) if peer.ip().to_canonical().is_loopback() && !passed_on => Gate::Open,
        _ => Gate::Hidden,
    }
}

/// The figures.
pub async fn metrics(extract::State(state): extract::State<State>, request: Request) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
    match gate(state.metrics_token.expose(), request.headers(), peer) {
        Gate::Open => ([(CONTENT_TYPE, KIND)], written(&state.llm)).into_response(),
        Gate::Locked => (StatusCode::UNAUTHORIZED, [("www-authenticate", "Bearer")]).into_response(),
        Gate::Hidden => StatusCode::NOT_FOUND.into_response(),
    }
}

fn written(llm: &Orchestrator) -> String {
    let mut endpoints: Vec<_> = llm.seats().iter().map(|seat| seat.endpoint.name.clone()).collect();
    endpoints.sort_unstable();
    endpoints.dedup();
    let breakers = endpoints.into_iter().map(|endpoint| {
        let standing = llm.standing(&endpoint);
        (endpoint, standing)
    });
    text(&llm.counts(), &breakers.collect::<Vec<_>>())
}

/// Lines of Prometheus' text format.
#[derive(Default)]
struct Text(String);

impl Text {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // writing to a string cannot fail
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let labels: Vec<_> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let _ = writeln!(self.0, "{name}{{{}}} {value}", labels.join(","));
    }
}

fn escaped(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn text(counts: &Counts, breakers: &[(String, Standing)]) -> String {
    let mut text = Text::default();
    text.head(
        "mitochi_llm_calls_total",
        "counter",
        "Calls of language models, those that were spared included.",
    );
    for (kind, count) in &counts.calls {
        let labels =
            [("task", kind.task), ("model", &kind.model), ("source", kind.source), ("outcome", kind.outcome)];
        text.line("mitochi_llm_calls_total", &labels, count);
    }
    text.head(
        "mitochi_llm_tokens_total",
        "counter",
        "Tokens billed; input without what the provider had kept or keeps.",
    );
    for (model, spent) in &counts.spent {
        let kinds = [
            ("input", spent.input),
            ("cached", spent.cached),
            ("written", spent.written),
            ("output", spent.output),
        ];
        for (kind, tokens) in kinds {
            text.line("mitochi_llm_tokens_total", &[("model", model), ("kind", kind)], tokens);
        }
    }
    text.head("mitochi_llm_nanodollars_total", "counter", "What was paid, in billionths of a US dollar.");
    for (model, spent) in &counts.spent {
        text.line("mitochi_llm_nanodollars_total", &[("model", model)], spent.nanodollars);
    }
    let name = "mitochi_llm_first_word_seconds";
    text.head(name, "histogram", "From asking a model to its first word.");
    for (model, times) in &counts.first_word {
        let mut below = 0;
        for (end, count) in CLASSES.iter().zip(times.classes) {
            below += count;
            text.line(&format!("{name}_bucket"), &[("model", model), ("le", &end.to_string())], below);
        }
        text.line(&format!("{name}_bucket"), &[("model", model), ("le", "+Inf")], times.count);
        text.line(&format!("{name}_sum"), &[("model", model)], times.sum);
        text.line(&format!("{name}_count"), &[("model", model)], times.count);
    }
    let name = "mitochi_llm_breaker_open";
    text.head(name, "gauge", "Whether a provider is left alone: 0 no, 1 yes, 0.5 one request tries it out.");
    for (endpoint, standing) in breakers {
        let value = match standing {
            Standing::Closed => 0.0,
            Standing::Trying => 0.5,
            Standing::Open => 1.0,
        };
        text.line(name, &[("endpoint", endpoint)], value);
    }
    text.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::tally::Kind;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn it_is_read_on_this_machine_or_with_the_token() {
        let here = Some("127.0.0.1:9".parse().unwrap());
        let mapped = Some("[::ffff:127.0.0.1]:9".parse().unwrap());
        let elsewhere = Some("10.0.0.1:9".parse().unwrap());
        for (token, given, peer, expected) in [
            ("", &[][..], here, Gate::Open),
            ("", &[], mapped, Gate::Open),
            ("", &[], elsewhere, Gate::Hidden),
            ("", &[], None, Gate::Hidden),
            ("", &[("x-forwarded-for", "10.0.0.1")], here, Gate::Hidden),
            ("", &[("via", "1.1 proxy")], here, Gate::Hidden),
            ("", &[("authorization", "Bearer ")], elsewhere, Gate::Hidden),
            ("secret", &[], here, Gate::Locked),
            ("secret", &[("authorization", "Bearer wrong")], here, Gate::Locked),
            ("secret", &[("authorization", "Basic secret")], here, Gate::Locked),
            ("secret", &[("authorization", "Bearer secret")], elsewhere, Gate::Open),
        ] {
            assert_eq!(gate(token, &headers(given), peer), expected, "{token} {given:?} {peer:?}");
        }
    }

    #[test]
    fn labels_are_escaped_and_classes_add_up() {
        let mut counts = Counts::default();
        let kind = Kind { task: "tutor", model: "a\"b\\c".into(), source: "model", outcome: "whole" };
        counts.calls.insert(kind, 2);
        let times = counts.first_word.entry("m".into()).or_default();
        times.classes[0] = 1;
        times.classes[3] = 2;
        (times.count, times.sum) = (4, 70.5);
        let text = text(&counts, &[("openai".into(), Standing::Trying)]);
        for line in [
            "mitochi_llm_calls_total{task=\"tutor\",model=\"a\\\"b\\\\c\",source=\"model\",outcome=\"whole\"} 2",
            "mitochi_llm_first_word_seconds_bucket{model=\"m\",le=\"0.1\"} 1",
            "mitochi_llm_first_word_seconds_bucket{model=\"m\",le=\"1\"} 3",
            "mitochi_llm_first_word_seconds_bucket{model=\"m\",le=\"60\"} 3",
            "mitochi_llm_first_word_seconds_bucket{model=\"m\",le=\"+Inf\"} 4",
            "mitochi_llm_first_word_seconds_sum{model=\"m\"} 70.5",
            "mitochi_llm_breaker_open{endpoint=\"openai\"} 0.5",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
