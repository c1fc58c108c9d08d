//! Where the learner stands.

use crate::{
    library,
    quiz::QUIZ,
    state::{Gallery, State},
};
use app::{
    error::ApiError,
    progress::api::{Frame, Home, NextStep, Progress, Standing, StepKind},
    session::{Look, Session},
};
use domain::{
    id::QuizId,
    streak::WeekDay::{Done, Open, Rested},
    xp::Level,
};

/// Level, XP and streak of a state.
pub(crate) fn standing(state: State) -> Option<Standing> {
    let standing = match state {
        State::Plain => return None,
        State::New | State::Guest => Standing {
            level: Level { number: 1, total: 10, into: 10, span: 100 },
            xp_today: 10,
            daily_goal: 120,
            streak: u32::from(state == State::Guest),
            best_streak: 1,
            freezes: 0,
            week: [Open; 7],
            studied_today: state == State::Guest,
        },
        State::Done => Standing {
            level: Level { number: 7, total: 3_275, into: 375, span: 500 },
            xp_today: 134,
            daily_goal: 120,
            streak: 13,
            best_streak: 31,
            freezes: 1,
            week: [Done, Done, Open, Open, Open, Open, Open],
            studied_today: true,
        },
        _ => Standing {
            level: Level { number: 7, total: 3_240, into: 340, span: 500 },
            xp_today: 85,
            daily_goal: 120,
            streak: 12,
            best_streak: 31,
            freezes: 2,
            week: [Rested, Done, Open, Open, Open, Open, Open],
            studied_today: true,
        },
    };
    Some(standing)
}

fn step(kind: StepKind, title: &str, reason: &str, minutes: Option<u32>) -> NextStep {
    NextStep { kind, title: title.into(), reason: reason.into(), minutes }
}

fn steps(state: State) -> Vec<NextStep> {
    let add = step(
        StepKind::AddMaterial,
        "Bring your first lecture",
        "Mitochi asks from your own pages, and there are none yet.",
        None,
    );
    let sample = step(
        StepKind::StartQuiz(Some(library::SAMPLE)),
        "Try ten questions from ‘The heart’",
        "The sample chapter is ready: see how a set goes before you bring a file.",
        Some(12),
    );
    match state {
        State::New | State::Guest => vec![add, sample],
        State::Done => vec![
            step(
                StepKind::StartQuiz(None),
                "Mixed practice: 10 questions",
                "Nothing is due; mixing topics now makes tomorrow’s reviews easier.",
                Some(14),
            ),
            step(StepKind::Read(library::HEART), "Read on in ‘The heart’", "You stopped on page 14.", None),
        ],
        _ => vec![
            step(
                StepKind::Review,
                "Review 18 due cards",
                "Six of them would fall below 85\u{a0}% recall by tonight. The rest can wait until tomorrow.",
                Some(9),
            ),
            step(StepKind::ResumeQuiz(QuizId(QUIZ)), "Go on with ‘The heart’", "4 of 10 answered", Some(8)),
            step(
                StepKind::StartQuiz(Some(library::HEART)),
                "Ten questions from ‘The heart’",
                "21 of its 61 questions were never asked",
                Some(14),
            ),
            step(
                StepKind::Read(library::HEART),
                "Read ‘The heart’",
                "Three misses cite its pages 14 to 16",
                None,
            ),
        ],
    }
}

fn due(state: State) -> u32 {
    match state {
        State::New | State::Done => 0,
        State::Guest => 1,
        _ => 18,
    }
}

#[async_trait::async_trait]
impl Progress for Gallery {
    async fn home(&self, session: Session) -> Result<Home, ApiError> {
        self.enter().await?;
        let reading =
            library::materials(self.state).into_iter().filter(|material| material.is_working()).collect();
        let exam = !matches!(self.state, State::New | State::Guest);
        Ok(Home {
            hour: 9,
            date: "2026-05-12".into(),
            exam: exam.then(|| ("USMLE Step 1".into(), 41)),
            standing: standing(self.state),
            due: due(self.state),
            tomorrow: if self.state == State::New { 0 } else { 34 },
            steps: steps(self.state),
            reading,
            guest: session.guest,
        })
    }

    async fn frame(&self, session: Session) -> Result<Frame, ApiError> {
        let standing = standing(self.state);
        Ok(Frame {
            member: !session.guest,
            guest: session.guest,
            due: due(self.state),
            streak: standing.as_ref().map(|standing| standing.streak),
            xp: standing.map(|standing| standing.level.total),
            look: Look::default(),
            time_zone: "Europe/Berlin".into(),
        })
    }
}
