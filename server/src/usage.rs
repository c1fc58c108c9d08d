//! What providers were paid for. Owns: booking tokens and their price, by day, model and task. Refuses: limits, and whose
//! request it was.

mod store;

use crate::{
    clock::Clock,
    db::Db,
    retrieval::embed::remote::{Meter, Used},
};

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// The book of what embedding costs.
#[derive(Clone)]
pub struct EmbeddingMeter {
    /// Rows.
    pub db: Db,
    /// Time.
    pub clock: Clock,
    /// Dollars for a million tokens.
    pub price: f64,
}

#[async_trait::async_trait]
impl Meter for EmbeddingMeter {
    async fn book(&self, used: Used) -> anyhow::Result<()> {
        let mut tx = self.db.write().await?;
        let day = self.clock.now().div_euclid(DAY_MS);
        let tokens = used.tokens as i64;
        let entry = store::Entry {
            day,
            model: &used.model,
            task: "embedding",
            tokens,
            cost: cost(tokens, self.price),
        };
        store::add(&mut tx, &entry).await?;
        tx.commit().await?;
        Ok(())
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
