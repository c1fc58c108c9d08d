//! Requests, answers and the port of the front page.

use crate::{
    error::ApiError,
    quiz::api::{Question, Verdict},
    session::Session,
};
use domain::{id::QuestionId, quiz::Confidence};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The question of the front page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Demo {
    /// From the built-in pack, with its explanation.
    pub question: Question,
    /// What this visitor answered, if they did.
    pub answered: Option<DemoAnswered>,
}

/// What a visitor answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DemoAnswered {
    /// Index of the shown option.
    pub choice: u32,
    /// How sure.
    pub confidence: Option<Confidence>,
    /// What it led to.
    pub verdict: Verdict,
}

/// Answers the question of the front page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DemoAnswer {
    /// Which.
    pub question: QuestionId,
    /// Index of the shown option.
    pub choice: u32,
    /// How sure.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// IANA name of the browser's zone; empty where no script could tell.
    #[serde(default)]
    pub time_zone: String,
}

/// Port of the front page.
#[async_trait::async_trait]
pub trait Landing: Send + Sync {
    /// The question, with the visitor's answer.
    async fn demo(&self, visitor: Option<Session>) -> Result<Demo, ApiError>;
    /// Answers it. A stranger becomes a guest: a learner without an account, kept by a cookie.
    async fn answer(&self, visitor: Option<Session>, request: DemoAnswer) -> Result<Verdict, ApiError>;
}

/// The question of the front page.
#[server(endpoint = "landing/demo", input = leptos::server_fn::codec::Json)]
pub async fn load_demo() -> Result<Demo, ApiError> {
    crate::backend()?.landing.demo(crate::visitor()).await
}

/// Answers it; a plain form is led back to the page, which then shows the explanation.
#[server(endpoint = "landing/answer")]
pub async fn answer_demo(request: DemoAnswer) -> Result<Verdict, ApiError> {
    crate::backend()?.landing.answer(crate::visitor(), request).await
}
