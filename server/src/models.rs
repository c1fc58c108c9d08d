//! Language models as learners and operators see them. Owns: the book of what calls cost, whom learners let their texts go
//! to, which materials stay here, and with which keys which models are asked. Refuses: asking them (`llm`).

pub mod choice;
mod csv;
pub mod keys;
pub mod port;
mod seal;
mod store;

use crate::{
    clock::{Clock, utc_day},
    db::Db,
    error::Result,
    jobs::{analyse, question, queue},
    library,
    llm::{
        catalogue::Place,
        ledger::{Allowed, Call, Consents, Ledger, Spending},
    },
    retrieval::embed::remote::{Meter, Used},
};
use async_trait::async_trait;
use domain::id::{LearnerId, MaterialId};
use std::{collections::BTreeSet, time::Duration};
use store::CallRow;

/// The book of calls, and of what was agreed to.
#[derive(Clone)]
pub struct Book {
    /// Rows.
    pub db: Db,
    /// Time and ids.
    pub clock: Clock,
}

impl Book {
    async fn write(&self, call: &CallRow<'_>) -> anyhow::Result<()> {
        let mut tx = self.db.write().await?;
        store::insert_call(&mut tx, call).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The endpoints that a learner lets texts go to, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn agreed(&self, learner: LearnerId) -> Result<Vec<String>> {
        let mut tx = self.db.read().await?;
        Ok(store::agreed(&mut tx, learner).await?)
    }

    /// A learner agrees that texts go to an endpoint, and what was brought before is analysed; or takes that back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_agreed(&self, learner: LearnerId, endpoint: &str, agreed: bool) -> Result<()> {
        let mut tx = self.db.write_for(learner).await?;
        if agreed {
            store::agree(&mut tx, learner, endpoint, self.clock.now()).await?;
            analyse::enqueue_all(&mut tx, &self.clock, learner, true).await?;
        } else {
            store::withdraw(&mut tx, learner, endpoint).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Has analysed what was brought while no model could be asked that can be now: those of `places` by learners who agreed
    /// to one, and where a model is `here` by everybody. What was asked is not asked again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn analyse_missed(&self, places: &[Place], here: bool) -> Result<()> {
        let mut tx = self.db.read().await?;
        let learners: BTreeSet<LearnerId> = match here {
            true => library::store::owners(&mut tx).await?.into_iter().collect(),
            false => {
                let agreements = store::agreements(&mut tx).await?.into_iter();
                let to = |endpoint: &str| places.iter().any(|place| place.name == endpoint);
                agreements.filter(|(_, endpoint)| to(endpoint)).map(|(learner, _)| learner).collect()
            }
        };
        drop(tx);
        for learner in learners {
            // one after the other: whoever learns meanwhile does not wait for all
            let mut tx = self.db.write_for(learner).await?;
            analyse::enqueue_all(&mut tx, &self.clock, learner, here).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// What waits for a model to answer again need not wait longer.
    ///
    /// # Errors
    /// When the database fails.
    async fn ask_again(&self) -> Result<()> {
        let mut tx = self.db.write().await?;
        for kind in [analyse::KIND, question::KIND] {
            queue::hasten(&mut tx, kind, self.clock.now()).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[async_trait]
impl Ledger for Book {
    async fn book(&self, call: Call) -> anyhow::Result<()> {
        let tokens = call.tokens;
        self.write(&CallRow {
            id: self.clock.id(),
            learner: Some(call.learner),
            at: call.at,
            day: utc_day(call.at),
            task: call.task.name(),
            tier: call.tier.name(),
            endpoint: &call.endpoint,
            model: &call.model,
            source: call.source.name(),
            input: i64::try_from(tokens.input)?,
            cached: i64::try_from(tokens.cached.min(tokens.input))?,
            written: i64::try_from(tokens.written.min(tokens.input))?,
            output: i64::try_from(tokens.output)?,
            nanodollars: call.nanodollars,
            first_word: call.first_word.map(milliseconds),
            whole: milliseconds(call.whole),
            outcome: call.outcome,
        })
        .await
    }

    async fn spent(&self, learner: LearnerId, day: i64) -> anyhow::Result<Spending> {
        let mut tx = self.db.read().await?;
        let (learner, everybody) = store::spent(&mut tx, learner, day).await?;
        Ok(Spending { learner, everybody })
    }
}

#[async_trait]
impl Consents for Book {
    async fn allowed(&self, learner: LearnerId, sources: &[MaterialId]) -> anyhow::Result<Allowed> {
        let mut tx = self.db.read().await?;
        let (mut stays_here, mut public) = (false, !sources.is_empty());
        for source in sources {
            match store::reach(&mut tx, learner, *source).await? {
                Some(reach) => {
                    stays_here |= reach.stays_here;
                    public &= reach.public;
                }
                // what is not there has no owner who could allow it
                None => stays_here = true,
            }
        }
        let agreed = store::agreed(&mut tx, learner).await?.into_iter().collect();
        Ok(Allowed { agreed, stays_here, public: public && !stays_here })
    }
}

/// Books what embedding costs.
#[derive(Clone)]
pub struct EmbeddingMeter {
    /// The book.
    pub book: Book,
    /// Dollars for a million tokens.
    pub price: f64,
}

#[async_trait]
impl Meter for EmbeddingMeter {
    async fn book(&self, used: Used) -> anyhow::Result<()> {
        let at = self.book.clock.now();
        let tokens = i64::try_from(used.tokens)?;
        self.book
            .write(&CallRow {
                id: self.book.clock.id(),
                learner: None,
                at,
                day: utc_day(at),
                task: "embedding",
                tier: "",
                endpoint: "embedding",
                model: &used.model,
                source: "model",
                input: tokens,
                cached: 0,
                written: 0,
                output: 0,
                nanodollars: cost(tokens, self.price),
                first_word: None,
                whole: 0,
                outcome: "whole",
            })
            .await
    }
}

/// Nanodollars for so many tokens at this price, dollars for a million of them.
fn cost(tokens: i64, price: f64) -> i64 {
    (tokens as f64 * price * 1_000.0).round() as i64
}

#[cfg(test)]
mod tests {
    use super::cost;

    #[test]
    fn a_million_tokens_cost_their_price() {
        assert_eq!(cost(1_000_000, 0.02), 20_000_000, "two cents");
        assert_eq!(cost(7, 0.02), 140);
        assert_eq!(cost(0, 0.02), 0);
        assert_eq!(cost(1_000_000, 0.0), 0);
    }
}
