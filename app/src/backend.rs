//! The ports of all features, handed to every request. Nothing here knows how they are kept: the server
//! implements them, a test may fake them.

use crate::{
    account::api::Account, error::ApiError, flashcard::api::Flashcards, landing::api::Landing,
    library::api::Library, memory::api::Memories, models::api::Models, progress::api::Progress,
    quiz::api::Quizzes, review::api::Reviews, security::api::Securities, tutor::api::Tutor,
    users::api::UsersPort,
};
use leptos::prelude::*;
use std::sync::Arc;

/// One port per feature.
#[derive(Clone)]
pub struct Backend {
    /// Accounts, log-in, settings.
    pub account: Arc<dyn Account>,
    /// The question on the front page.
    pub landing: Arc<dyn Landing>,
    /// Materials, reader, search.
    pub library: Arc<dyn Library>,
    /// Practice.
    pub quizzes: Arc<dyn Quizzes>,
    /// Spaced repetition.
    pub reviews: Arc<dyn Reviews>,
    /// XP, level, streak, the home page.
    pub progress: Arc<dyn Progress>,
    /// Language models.
    pub models: Arc<dyn Models>,
    /// Talks with the tutor.
    pub tutor: Arc<dyn Tutor>,
    /// Cards that learners make.
    pub flashcards: Arc<dyn Flashcards>,
    /// What the tutor remembers.
    pub memories: Arc<dyn Memories>,
    /// Passwords, addresses, sessions.
    pub securities: Arc<dyn Securities>,
    /// Who has an account here.
    pub users: Arc<dyn UsersPort>,
}

/// The ports of this request.
///
/// # Errors
/// `Internal` where no backend was provided: while the route list is made, or by a mistake in the server.
pub fn backend() -> Result<Backend, ApiError> {
    use_context().ok_or_else(|| ApiError::Internal { request: "no backend in this context".into() })
}
