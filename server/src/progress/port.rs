//! The home page and the frame of every page.

use super::{Day, ProgressService, standing, store, streak_of, total};
use crate::{clock, db::Tx, error::Result, questions};
use app::{
    error::ApiError,
    progress::api::{Frame, Home, NextStep, Progress, StepKind},
    session::Session,
};
use domain::{
    id::{MaterialId, QuizId},
    next_step::{OpenQuiz, Recommendation, Shelf, Situation, Step, next_steps},
};
use std::collections::HashMap;

fn number(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(0)
}

/// The exam and the days until then, while it is still to come.
fn exam(day: &Day) -> Option<(String, i32)> {
    let left = clock::day_of(&day.settings.exam_date)? - day.local.day;
    let name = day.settings.exam.trim();
    let name = if name.is_empty() { "Your exam" } else { name };
    (left >= 0).then(|| (name.to_string(), left))
}

fn step(recommended: Recommendation) -> NextStep {
    let kind = match recommended.step {
        Step::Review => StepKind::Review,
        Step::Resume(quiz) => StepKind::ResumeQuiz(quiz),
        Step::Practise(material) => StepKind::StartQuiz(Some(material)),
        Step::PractiseAll => StepKind::StartQuiz(None),
        Step::Read(material) => StepKind::Read(material),
        Step::AddMaterial => StepKind::AddMaterial,
    };
    let Recommendation { title, reason, minutes, .. } = recommended;
    NextStep { kind, title, reason, minutes }
}

async fn shelves(tx: &mut Tx, day: &Day) -> Result<Vec<Shelf>> {
    let counted = questions::counts(tx, day.learner).await?;
    let mut counts: HashMap<_, _> = counted.into_iter().map(|counts| (counts.material, counts)).collect();
    let materials = store::materials(tx, day.learner).await?;
    let shelf = |(id, title, own, created, pages)| {
        let counts = counts.remove(&id);
        let count =
            |of: fn(&questions::Counts) -> i64| counts.as_ref().map_or(0, |counts| number(of(counts)));
        Shelf {
            id: MaterialId(id),
            title,
            own,
            created,
            pages: number(pages),
            questions: count(|c| c.questions),
            unasked: count(|c| c.unasked),
            missed: count(|c| c.missed),
        }
    };
    Ok(materials.into_iter().map(shelf).collect())
}

impl ProgressService {
    async fn home_of(&self, session: Session) -> Result<Home> {
        // before the transaction: the library opens its own
        let shelf = self.shelf.materials(session).await?.materials;
        let mut tx = self.db.read().await?;
        let day = Day::of(&mut tx, &self.clock, session).await?;
        let counts = self.reviews.counts(&mut tx, &day).await?;
        let open = store::open_quiz(&mut tx, day.learner).await?;
        let situation = Situation {
            due: counts.due,
            fading: self.reviews.fading(&mut tx, &day).await?,
            open_quiz: open.map(|(id, title, left, length)| OpenQuiz {
                id: QuizId(id),
                title,
                left: number(left),
                length: number(length),
            }),
            shelves: shelves(&mut tx, &day).await?,
        };
        Ok(Home {
            hour: day.local.hour,
            date: clock::date_of(day.local.day),
            exam: exam(&day),
            standing: standing(&mut tx, &day).await?,
            due: counts.due,
            tomorrow: counts.tomorrow,
            steps: next_steps(&situation).into_iter().map(step).collect(),
            reading: shelf.into_iter().filter(app::library::api::Material::is_working).collect(),
            guest: session.guest,
        })
    }

    async fn frame_of(&self, session: Session) -> Result<Frame> {
        let mut tx = self.db.read().await?;
        let day = Day::of(&mut tx, &self.clock, session).await?;
        let shown = day.settings.gamification;
        Ok(Frame {
            member: !session.guest,
            guest: session.guest,
            due: self.reviews.counts(&mut tx, &day).await?.due,
            streak: if shown { Some(streak_of(&mut tx, &day).await?.length) } else { None },
            xp: if shown { Some(total(&mut tx, &day, None).await?) } else { None },
            look: day.settings.look,
            time_zone: day.settings.time_zone,
        })
    }
}

#[async_trait::async_trait]
impl Progress for ProgressService {
    #[tracing::instrument(skip_all)]
    async fn home(&self, session: Session) -> Result<Home, ApiError> {
        Ok(self.home_of(session).await?)
    }

    #[tracing::instrument(skip_all)]
    async fn frame(&self, session: Session) -> Result<Frame, ApiError> {
        Ok(self.frame_of(session).await?)
    }
}
