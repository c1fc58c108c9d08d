//! Answers and the port of progress.

use crate::{
    error::ApiError,
    library::api::Material,
    session::{Look, Session},
};
use domain::{
    id::{MaterialId, QuizId},
    streak::WeekDay,
    xp::Level,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where the learner stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Level and how far into it.
    pub level: Level,
    /// XP of today, in the learner's zone.
    pub xp_today: u32,
    /// XP wanted a day.
    pub daily_goal: u32,
    /// Days in a row.
    pub streak: u32,
    /// Longest ever.
    pub best_streak: u32,
    /// Rest days saved (0 to 2).
    pub freezes: u32,
    /// This week, Monday first.
    pub week: [WeekDay; 7],
    /// Whether today counts already.
    pub studied_today: bool,
}

/// The home page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Home {
    /// Local hour, 0 to 23, for the greeting.
    pub hour: u8,
    /// Local date as `YYYY-MM-DD`.
    pub date: String,
    /// 'USMLE Step 1' and the days until then.
    pub exam: Option<(String, i32)>,
    /// `None` where gamification is off.
    pub standing: Option<Standing>,
    /// Cards due now.
    pub due: u32,
    /// Cards due until the end of tomorrow, those due now left out.
    pub tomorrow: u32,
    /// The best next step, then others; never empty.
    pub steps: Vec<NextStep>,
    /// Materials being read, newest first.
    pub reading: Vec<Material>,
    /// Whether the learner is a guest: progress is kept once an account is opened.
    pub guest: bool,
}

/// Something to do next, with the reason in one sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NextStep {
    /// What it is.
    pub kind: StepKind,
    /// 'Review 18 due cards'.
    pub title: String,
    /// Why now.
    pub reason: String,
    /// About how long.
    pub minutes: Option<u32>,
}

/// What a step opens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// `/review`.
    Review,
    /// Goes on with `/quiz/{id}`.
    ResumeQuiz(QuizId),
    /// Starts a set of ten from this material (`None`: from all).
    StartQuiz(Option<MaterialId>),
    /// `/library`: bring the first file.
    AddMaterial,
    /// `/library/{id}`: read.
    Read(MaterialId),
}

/// What the frame of every page shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Somebody with an account.
    pub member: bool,
    /// A guest who has answered something.
    pub guest: bool,
    /// Cards due now.
    pub due: u32,
    /// Streak in days; `None` where gamification is off.
    pub streak: Option<u32>,
    /// XP in all; `None` where gamification is off.
    pub xp: Option<u32>,
    /// Theme and motion.
    pub look: Look,
    /// The zone that is kept: the script tells the browser's if it differs.
    pub time_zone: String,
}

/// Port of progress.
#[async_trait::async_trait]
pub trait Progress: Send + Sync {
    /// The home page.
    async fn home(&self, session: Session) -> Result<Home, ApiError>;
    /// The frame of every page.
    async fn frame(&self, session: Session) -> Result<Frame, ApiError>;
}

/// The home page.
#[server(endpoint = "progress/home", input = leptos::server_fn::codec::Json)]
pub async fn load_home() -> Result<Home, ApiError> {
    crate::backend()?.progress.home(crate::session()?).await
}

/// The frame of every page; that of a stranger where nobody is known.
#[server(endpoint = "progress/frame", input = leptos::server_fn::codec::Json)]
pub async fn load_frame() -> Result<Frame, ApiError> {
    match crate::visitor() {
        Some(session) => crate::backend()?.progress.frame(session).await,
        None => Ok(Frame::default()),
    }
}
