//! Requests, answers and the port of memory.

use crate::{error::ApiError, session::Session};
use domain::{
    id::{MaterialId, MemoryId},
    memory::Kind,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What is remembered of a learner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recall {
    /// The newest first.
    pub memories: Vec<Memory>,
    /// Whether anything is remembered from now on.
    pub on: bool,
    /// The server's clock, milliseconds since 1970.
    pub now: i64,
}

/// Something that is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// Which.
    pub id: MemoryId,
    /// What kind.
    pub kind: Kind,
    /// The concept that it is about; empty for what a learner wrote.
    pub concept: String,
    /// The material that it is about.
    pub material: Option<MaterialId>,
    /// That material's title.
    pub file: Option<String>,
    /// In words, as they are told.
    pub text: String,
    /// How often it happened.
    pub times: u32,
    /// When it happened last, or was written; milliseconds since 1970.
    pub at: i64,
}

/// A goal or a note to be remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adding {
    /// [`Kind::Goal`] or [`Kind::Note`].
    pub kind: Kind,
    /// In words: 1 to 200 characters.
    pub text: String,
}

/// Other words for a memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rewording {
    /// Which.
    pub memory: MemoryId,
    /// In words: 1 to 200 characters.
    pub text: String,
}

/// Port of memory; each use case gives what is remembered afterwards. Where a request accepts `text/html` (a form without
/// scripts), all but `recall` also redirect to `/settings/memory`; a scripted request must not be redirected.
#[async_trait::async_trait]
pub trait Memories: Send + Sync {
    /// What is remembered.
    async fn recall(&self, session: Session) -> Result<Recall, ApiError>;
    /// Remembers a goal or a note.
    async fn add(&self, session: Session, request: Adding) -> Result<Recall, ApiError>;
    /// Puts a memory into other words.
    async fn reword(&self, session: Session, request: Rewording) -> Result<Recall, ApiError>;
    /// Forgets a memory; one that is forgotten already is no error.
    async fn forget(&self, session: Session, memory: MemoryId) -> Result<Recall, ApiError>;
    /// Forgets all.
    async fn forget_all(&self, session: Session) -> Result<Recall, ApiError>;
    /// Remembers from now on, or nothing any more: then all is forgotten too.
    async fn switch(&self, session: Session, on: bool) -> Result<Recall, ApiError>;
}

/// What is remembered.
#[server(endpoint = "memory/recall", input = leptos::server_fn::codec::Json)]
pub async fn load_memories() -> Result<Recall, ApiError> {
    crate::backend()?.memories.recall(crate::session()?).await
}

/// Remembers a goal or a note.
#[server(endpoint = "memory/add")]
pub async fn add_memory(request: Adding) -> Result<Recall, ApiError> {
    crate::backend()?.memories.add(crate::session()?, request).await
}

/// Puts a memory into other words.
#[server(endpoint = "memory/reword")]
pub async fn reword_memory(request: Rewording) -> Result<Recall, ApiError> {
    crate::backend()?.memories.reword(crate::session()?, request).await
}

/// Forgets a memory.
#[server(endpoint = "memory/forget")]
pub async fn forget_memory(memory: MemoryId) -> Result<Recall, ApiError> {
    crate::backend()?.memories.forget(crate::session()?, memory).await
}

/// Forgets all.
#[server(endpoint = "memory/forget_all")]
pub async fn forget_memories() -> Result<Recall, ApiError> {
    crate::backend()?.memories.forget_all(crate::session()?).await
}

/// Remembers from now on, or nothing any more.
#[server(endpoint = "memory/switch")]
pub async fn switch_memory(on: bool) -> Result<Recall, ApiError> {
    crate::backend()?.memories.switch(crate::session()?, on).await
}
