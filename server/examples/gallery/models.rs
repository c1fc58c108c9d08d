//! Language models: two providers, one of them agreed to, and a month of costs. A new learner's Mitochi has none.

use crate::state::{Gallery, State};
use app::{
    error::ApiError,
    models::api::{
        Agreement, Connected, Day, Failed, KeyOrigin, KeySet, Line, Models, NewKey, OldKey, Overview, Period,
        Provider, ProviderKey, Seat, Standing, Today, Trial,
    },
    session::Session,
};

fn provider(endpoint: &str, title: &str, agreed: bool) -> Provider {
    Provider { endpoint: endpoint.into(), title: title.into(), agreed, connected: true }
}

fn line(name: &str, calls: i64, cost: i64, median: i64) -> Line {
    Line {
        name: name.into(),
        calls,
        cached: calls / 3,
        shared: calls / 20,
        failed: calls / 60,
        input: calls * 2_400,
        output: calls * 310,
        cost: cost * 10_000_000,
        median: Some(median),
        p95: Some(median * 3),
    }
}

fn seat(tier: &str, model: &str, title: &str, standing: Standing) -> Seat {
    Seat {
        tier: tier.into(),
        model: model.into(),
        title: title.into(),
        here: tier == "local",
        endpoint: title.to_lowercase(),
        standing,
        wait: (standing == Standing::Open).then_some(40),
    }
}

fn seats() -> Vec<Seat> {
    vec![
        seat("primary", "claude-sonnet-5-5", "Anthropic", Standing::Closed),
        seat("secondary", "gpt-5-mini", "OpenAI", Standing::Trying),
        seat("local", "llama-8b", "Own server", Standing::Open),
    ]
}

fn key(
    endpoint: &str,
    title: &str,
    variable: &str,
    origin: KeyOrigin,
    readable: Option<bool>,
) -> ProviderKey {
    ProviderKey {
        endpoint: endpoint.into(),
        title: title.into(),
        variable: variable.into(),
        origin,
        set: readable.map(|readable| KeySet { date: "2026-05-12".into(), readable }),
    }
}

fn day(day: i64) -> Day {
    let cost = |task: &str, cents: i64| (task.to_string(), cents * 10_000_000);
    let tasks = match day % 7 {
        6 => vec![],
        wave => vec![
            cost("analyse", 20 + 17 * wave),
            cost("question", 30 + 11 * ((wave + 2) % 5)),
            cost("tutor", 25 + 3 * wave),
            cost("judge", 9),
        ],
    };
    // from the first of March on
    let date = match day {
        0..31 => format!("2026-03-{:02}", day + 1),
        31..61 => format!("2026-04-{:02}", day - 30),
        _ => format!("2026-05-{:02}", day - 60),
    };
    Day { date, tasks }
}

#[async_trait::async_trait]
impl Models for Gallery {
    async fn connected(&self, _: Session) -> Result<Connected, ApiError> {
        self.enter().await?;
        let providers = match self.state {
            State::New | State::Guest => vec![],
            _ => vec![provider("anthropic", "Anthropic", true), provider("openai", "OpenAI", false)],
        };
        Ok(Connected { providers, ..Connected::default() })
    }

    async fn agree(&self, session: Session, _: Agreement) -> Result<Connected, ApiError> {
        self.connected(session).await
    }

    async fn withdraw(&self, session: Session, _: Agreement) -> Result<Connected, ApiError> {
        self.connected(session).await
    }

    async fn try_now(&self, _: Option<Session>, _: Trial) -> Result<Vec<Seat>, ApiError> {
        Ok(seats())
    }

    async fn keys(&self, _: Option<Session>) -> Result<Vec<ProviderKey>, ApiError> {
        self.enter().await?;
        let key = match self.state {
            State::New | State::Guest => {
                |endpoint, title, variable, _, _| key(endpoint, title, variable, KeyOrigin::Nowhere, None)
            }
            _ => key,
        };
        Ok(vec![
            key("anthropic", "Anthropic", "ANTHROPIC_API_KEY", KeyOrigin::Environment, None),
            key("google", "Google", "GEMINI_API_KEY", KeyOrigin::Nowhere, Some(false)),
            key("openai", "OpenAI", "OPENAI_API_KEY", KeyOrigin::Page, Some(true)),
        ])
    }

    async fn set_key(&self, visitor: Option<Session>, _: NewKey) -> Result<Vec<ProviderKey>, ApiError> {
        self.keys(visitor).await
    }

    async fn remove_key(&self, visitor: Option<Session>, _: OldKey) -> Result<Vec<ProviderKey>, ApiError> {
        self.keys(visitor).await
    }

    async fn overview(&self, _: Option<Session>, period: Period) -> Result<Overview, ApiError> {
        self.enter().await?;
        if matches!(self.state, State::New | State::Guest) {
            return Ok(Overview::default());
        }
        Ok(Overview {
            days: (90 - i64::from(period.days)..90).map(day).collect(),
            tasks: vec![
                line("analyse", 96, 1_530, 2_100),
                line("question", 412, 1_380, 9_800),
                line("tutor", 187, 840, 1_300),
                line("judge", 824, 225, 1_600),
            ],
            models: vec![
                line("claude-sonnet-5-5", 412, 2_900, 4_100),
                line("gpt-5-mini", 1_107, 1_075, 1_300),
            ],
            all: line("all", 1_519, 3_975, 1_700),
            failures: vec![
                Failed { outcome: "limit".into(), calls: 17 },
                Failed { outcome: "silent".into(), calls: 8 },
            ],
            seats: seats(),
            today: Today {
                spent: 184 * 10_000_000,
                limit: Some(300 * 10_000_000),
                highest: 46 * 10_000_000,
                learner_limit: Some(50 * 10_000_000),
            },
        })
    }
}
