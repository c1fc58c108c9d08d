//! Language models' use cases: who gets texts, and what it costs.

use super::{Book, store};
use crate::{
    account,
    clock::{date_of, utc_day},
    error::{Error, Result},
    http::forms,
    llm::{Orchestrator, breaker, ledger::Budget},
};
use app::{
    error::ApiError,
    models::api::{
        Agreement, Connected, DAYS, Day, Failed, Line, Models, Overview, Provider, Seat, Standing, Today,
    },
    session::Session,
};
use domain::id::LearnerId;
use std::sync::Arc;

/// Language models as the pages see them.
#[derive(Clone)]
pub struct ModelsService {
    /// Calls and consents.
    pub book: Arc<Book>,
    /// Which models there are.
    pub llm: Orchestrator,
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

    /// What language models cost and how they did.
    ///
    /// # Errors
    /// `NotFound` for everybody but the administrator.
    pub async fn figures(&self, visitor: Option<Session>) -> Result<Overview> {
        let hidden = || Error::not_found("This page");
        let asks = visitor.filter(|session| !session.guest).ok_or_else(hidden)?;
        let mut tx = self.book.db.read().await?;
        if !account::store::is_administrator(&mut tx, asks.learner).await? {
            return Err(hidden());
        }
        let today = utc_day(self.book.clock.now());
        let since = today - DAYS + 1;
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

    fn seats(&self) -> Vec<Seat> {
        let seat = |seat: &Arc<crate::llm::seats::Seat>| Seat {
            tier: seat.tier.name().into(),
            model: seat.model.name.clone(),
            title: seat.endpoint.title.clone(),
            here: seat.is_here(),
            standing: match self.llm.standing(&seat.endpoint.name) {
                breaker::Standing::Closed => Standing::Closed,
                breaker::Standing::Open => Standing::Open,
                breaker::Standing::Trying => Standing::Trying,
            },
        };
        self.llm.seats().iter().map(seat).collect()
    }
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
    async fn overview(&self, visitor: Option<Session>) -> Result<Overview, ApiError> {
        Ok(self.figures(visitor).await?)
    }
}
