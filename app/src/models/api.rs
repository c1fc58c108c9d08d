//! Requests, answers and the port of language models.

use crate::{error::ApiError, session::Session};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where the text of a learner may go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connected {
    /// The providers that would get text, and those that were agreed to before and are not connected now.
    pub providers: Vec<Provider>,
    /// Whether a model on this machine is connected: its text leaves for nobody.
    pub local: bool,
    /// Who makes the vectors for search by meaning, where that is not this machine; all text goes there but for
    /// materials that stay here.
    pub embedding: Option<String>,
}

impl Connected {
    /// Whether any model is connected.
    pub fn any(&self) -> bool {
        self.local || self.elsewhere()
    }

    /// Whether one is connected that text would leave for.
    pub fn elsewhere(&self) -> bool {
        self.providers.iter().any(|provider| provider.connected)
    }
}

/// Who may get text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Its name, for [`Agreement`].
    pub endpoint: String,
    /// As learners read it.
    pub title: String,
    /// Whether the learner agreed.
    pub agreed: bool,
    /// Whether it can be asked now.
    pub connected: bool,
}

/// Agrees that text goes to a provider, or takes that back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// Whom to.
    pub endpoint: String,
    /// A path of this site that a form without scripts is led on to; empty for the settings.
    #[serde(default)]
    pub back: String,
}

/// Which days are looked at: those up to today, today included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// How many; one of [`Period::ALL`].
    pub days: u16,
}

impl Default for Period {
    fn default() -> Self {
        Self { days: 30 }
    }
}

impl Period {
    /// Those that can be chosen.
    pub const ALL: [Self; 3] = [Self { days: 7 }, Self { days: 30 }, Self { days: 90 }];

    /// As it stands in an address; what is none of them is the usual one.
    pub fn read(days: Option<&str>) -> Self {
        let days = days.and_then(|days| days.parse().ok());
        Self::ALL.into_iter().find(|period| Some(period.days) == days).unwrap_or_default()
    }
}

/// What language models cost and how they did, for the administrator. Money is in billionths of a dollar.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// Each of the days, the oldest first, today last.
    pub days: Vec<Day>,
    /// The same days by task, the dearest first.
    pub tasks: Vec<Line>,
    /// And by model.
    pub models: Vec<Line>,
    /// All calls of language models together; vectors are none.
    pub all: Line,
    /// Failed calls by kind, the most frequent first.
    pub failures: Vec<Failed>,
    /// The model of each tier that is connected.
    pub seats: Vec<Seat>,
    /// Today against what may be spent.
    pub today: Today,
}

/// A day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// `YYYY-MM-DD`, UTC.
    pub date: String,
    /// What was spent on each task, by its name.
    pub tasks: Vec<(String, i64)>,
}

impl Day {
    /// What was spent on all.
    pub fn cost(&self) -> i64 {
        self.tasks.iter().map(|(_, cost)| cost).sum()
    }
}

/// Calls of a task or a model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Of what.
    pub name: String,
    /// All calls, those that were spared included.
    pub calls: i64,
    /// Answered from what was kept.
    pub cached: i64,
    /// Answered together with another who asked the same.
    pub shared: i64,
    /// Asked and failed; another try may have done it.
    pub failed: i64,
    /// Tokens of requests.
    pub input: i64,
    /// Tokens of answers.
    pub output: i64,
    /// What was paid.
    pub cost: i64,
    /// Milliseconds to the first word of those that were asked, the median; `None` where nothing was said.
    pub median: Option<i64>,
    /// And what 95 in 100 stay within.
    pub p95: Option<i64>,
}

/// How often calls failed for a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// The reason, in a word or two.
    pub outcome: String,
    /// How often.
    pub calls: i64,
}

/// Whether a provider is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is.
    Closed,
    /// It is left alone for a while, after failures.
    Open,
    /// One request tries it out.
    Trying,
}

/// The model of a tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// 'primary' …
    pub tier: String,
    /// As its provider calls it.
    pub model: String,
    /// The provider.
    pub title: String,
    /// Whether it is on this machine.
    pub here: bool,
    /// Its provider, for [`TryNow`].
    pub endpoint: String,
    /// Whether it is asked.
    pub standing: Standing,
    /// Seconds until it is tried by itself, where it is left alone.
    pub wait: Option<u32>,
}

/// Has the next request try a provider that is left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// Which.
    pub endpoint: String,
    /// Days of the page that a form without scripts is led back to.
    #[serde(default)]
    pub days: Option<u16>,
}

/// Where a provider's key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyOrigin {
    /// The environment of the server; it wins.
    Environment,
    /// The administrator's page.
    Page,
    /// There is none.
    Nowhere,
}

/// A key that was set on the page; itself it is never told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySet {
    /// The day on which it was, `YYYY-MM-DD`, UTC.
    pub date: String,
    /// Whether it can be decrypted: not when the server's secret is another.
    pub readable: bool,
}

/// A provider, and where its key comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderKey {
    /// Its name, for [`NewKey`] and [`OldKey`].
    pub endpoint: String,
    /// As people read it.
    pub title: String,
    /// The variable of the environment that its key may be in.
    pub variable: String,
    /// Where its key comes from.
    pub origin: KeyOrigin,
    /// What was set on the page, if anything was; used where [`ProviderKey::origin`] says so.
    pub set: Option<KeySet>,
}

/// Sets a provider's key in the place of the one before.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKey {
    /// Whose.
    pub endpoint: String,
    /// The key.
    pub key: String,
}

impl std::fmt::Debug for NewKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewKey").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// Removes a key that was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldKey {
    /// Whose.
    pub endpoint: String,
}

/// Today's spending, UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Today {
    /// Spent on all.
    pub spent: i64,
    /// What may be; `None` for no limit.
    pub limit: Option<i64>,
    /// Spent on the learner on whom most was spent.
    pub highest: i64,
    /// What may be, on one.
    pub learner_limit: Option<i64>,
}

/// Port of language models. A form without scripts is led back to where it stood.
#[async_trait::async_trait]
pub trait Models: Send + Sync {
    /// Where text may go.
    async fn connected(&self, session: Session) -> Result<Connected, ApiError>;
    /// The learner agrees that text goes to a provider.
    async fn agree(&self, session: Session, request: Agreement) -> Result<Connected, ApiError>;
    /// The learner takes that back.
    async fn withdraw(&self, session: Session, request: Agreement) -> Result<Connected, ApiError>;
    /// What it all costs; this and all below are not there for anybody but the administrator.
    async fn overview(&self, visitor: Option<Session>, period: Period) -> Result<Overview, ApiError>;
    /// The next request tries a provider that is left alone.
    async fn try_now(&self, visitor: Option<Session>, request: Trial) -> Result<Vec<Seat>, ApiError>;
    /// Where each provider's key comes from.
    async fn keys(&self, visitor: Option<Session>) -> Result<Vec<ProviderKey>, ApiError>;
    /// Sets one.
    async fn set_key(&self, visitor: Option<Session>, request: NewKey) -> Result<Vec<ProviderKey>, ApiError>;
    /// Removes one that was set.
    async fn remove_key(
        &self,
        visitor: Option<Session>,
        request: OldKey,
    ) -> Result<Vec<ProviderKey>, ApiError>;
}

/// Where text may go.
#[server(endpoint = "models/load")]
pub async fn load_models() -> Result<Connected, ApiError> {
    crate::backend()?.models.connected(crate::session()?).await
}

/// Agrees that text goes to a provider.
#[server(endpoint = "models/agree")]
pub async fn agree_to(request: Agreement) -> Result<Connected, ApiError> {
    crate::backend()?.models.agree(crate::session()?, request).await
}

/// Takes it back.
#[server(endpoint = "models/withdraw")]
pub async fn withdraw_from(request: Agreement) -> Result<Connected, ApiError> {
    crate::backend()?.models.withdraw(crate::session()?, request).await
}

/// What language models cost.
#[server(endpoint = "models/overview")]
pub async fn load_overview(period: Period) -> Result<Overview, ApiError> {
    crate::backend()?.models.overview(crate::visitor(), period).await
}

/// Has the next request try a provider.
#[server(endpoint = "models/try_now")]
pub async fn try_now(request: Trial) -> Result<Vec<Seat>, ApiError> {
    crate::backend()?.models.try_now(crate::visitor(), request).await
}

/// Where keys come from.
#[server(endpoint = "models/keys")]
pub async fn load_keys() -> Result<Vec<ProviderKey>, ApiError> {
    crate::backend()?.models.keys(crate::visitor()).await
}

/// Sets a key.
#[server(endpoint = "models/set_key")]
pub async fn set_key(request: NewKey) -> Result<Vec<ProviderKey>, ApiError> {
    crate::backend()?.models.set_key(crate::visitor(), request).await
}

/// Removes one.
#[server(endpoint = "models/remove_key")]
pub async fn remove_key(request: OldKey) -> Result<Vec<ProviderKey>, ApiError> {
    crate::backend()?.models.remove_key(crate::visitor(), request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_one_that_can_be_chosen() {
        for (read, days) in
            [(Some("7"), 7), (Some("90"), 90), (Some("8"), 30), (Some("x"), 30), (Some("-7"), 30), (None, 30)]
        {
            assert_eq!(Period::read(read).days, days, "{read:?}");
        }
    }

    #[test]
    fn a_key_is_not_printed() {
        let printed = format!("{:?}", NewKey { endpoint: "openai".into(), key: "sk-secret".into() });
        assert!(printed.contains("openai") && !printed.contains("secret"), "{printed}");
    }
}
