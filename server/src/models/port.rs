//! Language models' use cases: who gets texts, and what it costs.

use super::{Book, csv, keys::ProviderKeys, seal::NONCE, store};
use crate::{
    account,
    clock::{date_of, utc_day},
    db::Tx,
    error::{Error, Result},
    http::forms,
    llm::{Orchestrator, breaker, ledger::Budget, seats},
};
use app::{
    error::ApiError,
    models::api::{
        Agreement, Connected, Day, Failed, Line, Models, NewKey, OldKey, Overview, Period, Provider,
        ProviderKey, Seat, Standing, Today, Trial,
    },
    session::Session,
};
use domain::id::LearnerId;
use std::sync::Arc;

/// The administrator's page.
const PAGE: &str = "/admin/ai";
/// Its section on keys.
const KEYS: &str = "/admin/ai#provider-keys";

/// Language models as the pages see them.
#[derive(Clone)]
pub struct ModelsService {
    /// Calls and consents.
    pub book: Arc<Book>,
    /// Which models there are.
    pub llm: Orchestrator,
    /// The keys that the administrator sets.
    pub keys: ProviderKeys,
    /// What may be spent.
    pub budget: Budget,
    /// Who makes vectors, where that is not this machine.
    pub embedding: Option<String>,
}

impl ModelsService {
    /// Where a learner's text may go.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn places(&self, learner: LearnerId) -> Result<Connected> {
        let agreed = self.book.agreed(learner).await?;
        let places = self.llm.places();
        let gone = agreed.iter().filter(|name| !places.iter().any(|place| place.name == **name));
        let gone = gone.map(|name| Provider {
            endpoint: name.clone(),
            title: name.clone(),
            agreed: true,
            connected: false,
        });
        let connected = places.iter().map(|place| Provider {
            endpoint: place.name.clone(),
            title: place.title.clone(),
            agreed: agreed.contains(&place.name),
            connected: true,
        });
        Ok(Connected {
            providers: connected.chain(gone).collect(),
            local: self.llm.seats().iter().any(|seat| seat.is_here()),
            embedding: self.embedding.clone(),
        })
    }

    /// Agrees to a provider that is connected, or takes that back of any.
    ///
    /// # Errors
    /// `NotFound` for a provider that is not connected.
    pub async fn decide(&self, learner: LearnerId, endpoint: &str, agreed: bool) -> Result<Connected> {
        if agreed && !self.llm.places().iter().any(|place| place.name == endpoint) {
            return Err(Error::not_found("This provider"));
        }
        self.book.set_agreed(learner, endpoint, agreed).await?;
        self.places(learner).await
    }

    /// A transaction that only reads, for the administrator.
    ///
    /// # Errors
    /// `NotFound` for everybody else.
    async fn administrators(&self, visitor: Option<Session>) -> Result<Tx> {
        let hidden = || Error::not_found("This page");
        let asks = visitor.filter(|session| !session.guest).ok_or_else(hidden)?;
        let mut tx = self.book.db.read().await?;
        match account::store::is_administrator(&mut tx, asks.learner).await? {
            true => Ok(tx),
            false => Err(hidden()),
        }
    }

    /// What language models cost and how they did.
    ///
    /// # Errors
    /// `NotFound` for everybody but the administrator.
    pub async fn figures(&self, visitor: Option<Session>, period: Period) -> Result<Overview> {
        let mut tx = self.administrators(visitor).await?;
        let today = utc_day(self.book.clock.now());
        let since = today - i64::from(period.days) + 1;
        let costs = store::costs(&mut tx, since).await?;
        let (spent, highest) = store::spent_at_most(&mut tx, today).await?;
        Ok(Overview {
            days: (since..=today).map(|day| of_day(day, &costs)).collect(),
            tasks: store::by_task(&mut tx, since).await?.into_iter().map(line).collect(),
            models: store::by_model(&mut tx, since).await?.into_iter().map(line).collect(),
            all: store::together(&mut tx, since).await?.map(line).unwrap_or_default(),
            failures: failures(store::failures(&mut tx, since).await?),
            seats: self.seats(),
            today: Today { spent, limit: self.budget.everybody, highest, learner_limit: self.budget.learner },
        })
    }

    /// The sums of the book as CSV: a line for each day, task and model.
    ///
    /// # Errors
    /// `NotFound` for everybody but the administrator.
    pub async fn sums(&self, visitor: Option<Session>, period: Period) -> Result<String> {
        let mut tx = self.administrators(visitor).await?;
        let since = utc_day(self.book.clock.now()) - i64::from(period.days) + 1;
        Ok(csv::written(&store::sums(&mut tx, since).await?))
    }

    /// Has the next request try a provider that is left alone; one that is not stays as it is.
    ///
    /// # Errors
    /// `NotFound` for everybody but the administrator.
    async fn try_out(&self, visitor: Option<Session>, endpoint: &str) -> Result<Vec<Seat>> {
        self.administrators(visitor).await?;
        if self.llm.try_now(endpoint) {
            tracing::info!(endpoint, "a provider that was left alone is tried now");
        }
        Ok(self.seats())
    }

    /// Has analysed what was brought before a model was connected.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn analyse_missed(&self) -> Result<()> {
        let here = self.llm.seats().iter().any(|seat| seat.is_here());
        self.book.analyse_missed(&self.llm.places(), here).await
    }

    /// Takes up the keys that were set in another process.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_up_keys(&self) -> Result<()> {
        if self.keys.look().await? {
            // what this process was given to do meanwhile, it did without
            self.analyse_missed().await?;
        }
        Ok(())
    }

    async fn origins(&self, visitor: Option<Session>) -> Result<Vec<ProviderKey>> {
        self.administrators(visitor).await?;
        self.keys.origins().await
    }

    /// Sets a key, and has what was brought before analysed where that can be now.
    async fn take_key(&self, visitor: Option<Session>, request: &NewKey) -> Result<Vec<ProviderKey>> {
        self.administrators(visitor).await?;
        let mut nonce = [0; NONCE];
        rand::TryRngCore::try_fill_bytes(&mut rand::rngs::OsRng, &mut nonce).map_err(anyhow::Error::new)?;
        self.keys.set(&request.endpoint, &request.key, nonce).await?;
        self.book.ask_again().await?;
        self.analyse_missed().await?;
        self.keys.origins().await
    }

    async fn drop_key(&self, visitor: Option<Session>, endpoint: &str) -> Result<Vec<ProviderKey>> {
        self.administrators(visitor).await?;
        self.keys.remove(endpoint).await?;
        self.keys.origins().await
    }

    fn seats(&self) -> Vec<Seat> {
        let now = self.book.clock.now();
        let seat = |seat: &Arc<seats::Seat>| Seat {
            tier: seat.tier.name().into(),
            model: seat.model.name.clone(),
            title: seat.endpoint.title.clone(),
            here: seat.is_here(),
            standing: match self.llm.standing(&seat.endpoint.name) {
                breaker::Standing::Closed => Standing::Closed,
                breaker::Standing::Open => Standing::Open,
                breaker::Standing::Trying => Standing::Trying,
            },
            endpoint: seat.endpoint.name.clone(),
            wait: self.llm.open_until(&seat.endpoint.name).map(|until| seconds(until - now)),
        };
        self.llm.seats().iter().map(seat).collect()
    }
}

/// Milliseconds in whole seconds, rounded up.
fn seconds(ms: i64) -> u32 {
    u32::try_from((ms + 999).div_euclid(1_000)).unwrap_or_default()
}

fn of_day(day: i64, costs: &[store::DayRow]) -> Day {
    let tasks = costs.iter().filter(|row| row.day == day);
    Day {
        date: date_of(i32::try_from(day).unwrap_or_default()),
        tasks: tasks.map(|row| (row.task.clone(), row.nanodollars)).collect(),
    }
}

fn line(row: store::LineRow) -> Line {
    let store::LineRow { name, calls, cached, shared, failed, input, output, cost, median, p95 } = row;
    Line { name, calls, cached, shared, failed, input, output, cost, median, p95 }
}

fn failures(rows: Vec<(String, i64)>) -> Vec<Failed> {
    rows.into_iter().map(|(outcome, calls)| Failed { outcome, calls }).collect()
}

/// Where a form without scripts is led on to.
fn lead(request: &Agreement) {
    let back = if request.back.is_empty() { "/settings#models" } else { &request.back };
    forms::lead_plain(back);
}

#[async_trait::async_trait]
impl Models for ModelsService {
    #[tracing::instrument(skip_all)]
    async fn connected(&self, session: Session) -> Result<Connected, ApiError> {
        Ok(self.places(session.learner).await?)
    }

    #[tracing::instrument(skip_all, fields(endpoint = request.endpoint))]
    async fn agree(&self, session: Session, request: Agreement) -> Result<Connected, ApiError> {
        let connected = self.decide(session.learner, &request.endpoint, true).await?;
        lead(&request);
        Ok(connected)
    }

    #[tracing::instrument(skip_all, fields(endpoint = request.endpoint))]
    async fn withdraw(&self, session: Session, request: Agreement) -> Result<Connected, ApiError> {
        let connected = self.decide(session.learner, &request.endpoint, false).await?;
        lead(&request);
        Ok(connected)
    }

    #[tracing::instrument(skip_all)]
    async fn overview(&self, visitor: Option<Session>, period: Period) -> Result<Overview, ApiError> {
        Ok(self.figures(visitor, period).await?)
    }

    #[tracing::instrument(skip_all, fields(endpoint = request.endpoint))]
    async fn try_now(&self, visitor: Option<Session>, request: Trial) -> Result<Vec<Seat>, ApiError> {
        let seats = self.try_out(visitor, &request.endpoint).await?;
        match request.days {
            Some(days) => forms::lead_plain(&format!("{PAGE}?days={days}")),
            None => forms::lead_plain(PAGE),
        }
        Ok(seats)
    }

    #[tracing::instrument(skip_all)]
    async fn keys(&self, visitor: Option<Session>) -> Result<Vec<ProviderKey>, ApiError> {
        Ok(self.origins(visitor).await?)
    }

    #[tracing::instrument(skip_all, fields(endpoint = request.endpoint))]
    async fn set_key(&self, visitor: Option<Session>, request: NewKey) -> Result<Vec<ProviderKey>, ApiError> {
        let keys = self.take_key(visitor, &request).await?;
        forms::lead_plain(KEYS);
        Ok(keys)
    }

    #[tracing::instrument(skip_all, fields(endpoint = request.endpoint))]
    async fn remove_key(
        &self,
        visitor: Option<Session>,
        request: OldKey,
    ) -> Result<Vec<ProviderKey>, ApiError> {
        let keys = self.drop_key(visitor, &request.endpoint).await?;
        forms::lead_plain(KEYS);
        Ok(keys)
    }
}
