//! The tutor: a talk in practice with one hint taken, and two that are settled.

use crate::{
    library::HEART,
    state::{Gallery, State},
};
use app::{
    error::ApiError,
    session::Session,
    tutor::api::{
        Asked, Beginning, Body, Doing, Done, Line, Part, Renaming, Said, Suggestion, Talk, TalkRow,
        TalkState, Talks, Tutor, Wanted,
    },
};
use domain::{
    document::Span,
    id::TalkId,
    quiz::Confidence,
    tutor::{Ask, Because, Depth, Event, Mode, Rung, Speed, Verdict, delivery::Numbered},
};
use uuid::Uuid;

const NOW: i64 = 1_700_000_000_000;

fn row(id: u128, title: &str, minutes: i64, over: bool) -> TalkRow {
    TalkRow {
        id: TalkId(Uuid::from_u128(id)),
        title: title.into(),
        material: "The heart".into(),
        touched: NOW - minutes * 60_000,
        over,
    }
}

fn asked() -> Asked {
    Asked {
        number: 0,
        ask: Ask::Open,
        stem: "A pulse climbs from 70 to 180/min. What happens to the end-diastolic volume?".into(),
        options: vec![],
    }
}

fn state() -> TalkState {
    TalkState {
        mode: Mode::Practice,
        because: Because::Growing,
        open: Some(asked()),
        hints: 1,
        offers: vec![Event::Attempt(None), Event::NoIdea, Event::Hint, Event::Skip, Event::Stop],
        over: false,
        depth: Depth::Normal,
        speed: Speed::Balanced,
        speaking: false,
        again: false,
    }
}

fn lines() -> Vec<Numbered<Line>> {
    let learner = |text: &str| Body::Learner { text: text.into(), confidence: Some(Confidence::Fairly) };
    let page = "A faster pulse shortens diastole most of all, so the ventricle has less time to fill.";
    let bodies = [
        Body::Tutor(Said::Told(vec![Part::ours("At the end you will be able to explain ‘Preload’.")])),
        Body::Tutor(Said::Asked(asked())),
        learner("It rises, because more blood comes back each minute?"),
        Body::Tutor(Said::Judged {
            verdict: Verdict::Wrong,
            parts: vec![Part::ours("Look at it once more, or take a hint.")],
        }),
        Body::Learner { text: "A hint, please.".into(), confidence: None },
        Body::Tutor(Said::Hinted {
            rung: Rung::Pointing,
            parts: vec![Part::cited(page, Span { start: 10, end: 10 + page.len() as u32 }, 24)],
        }),
    ];
    let numbered = |(seq, body): (u64, Body)| Numbered {
        seq,
        body: Line { at: NOW, body, first_word: None, follows: false },
    };
    (1..).zip(bodies).map(numbered).collect()
}

#[async_trait::async_trait]
impl Tutor for Gallery {
    async fn begin(&self, _: Session, _: Beginning) -> Result<TalkId, ApiError> {
        self.enter().await?;
        leptos_axum::redirect(&format!("/tutor/{}", Uuid::from_u128(1)));
        Ok(TalkId(Uuid::from_u128(1)))
    }

    async fn talks(&self, _: Session, _: Wanted) -> Result<Talks, ApiError> {
        self.enter().await?;
        if self.state == State::New {
            return Ok(Talks { talks: vec![], suggestions: vec![], now: NOW });
        }
        let suggestion = |concept: &str, why: &str| Suggestion {
            material: HEART,
            title: "The heart".into(),
            concept: concept.into(),
            why: why.into(),
        };
        Ok(Talks {
            talks: vec![
                row(1, "Preload at a fast pulse", 0, false),
                row(2, "AV node or bundle of His?", 90, false),
                row(3, "Why does ACh slow the pulse?", 3_000, true),
            ],
            suggestions: vec![
                suggestion("Afterload", "You missed it last time."),
                suggestion("Coronary sinus", "You were never asked about it."),
            ],
            now: NOW,
        })
    }

    async fn talk(&self, _: Session, talk: TalkId) -> Result<Talk, ApiError> {
        self.enter().await?;
        Ok(Talk {
            id: talk,
            title: "Preload at a fast pulse".into(),
            concept: "Preload".into(),
            material: HEART,
            material_title: "The heart".into(),
            lines: lines(),
            state: state(),
            now: NOW,
        })
    }

    async fn act(&self, _: Session, request: Doing) -> Result<Done, ApiError> {
        self.enter().await?;
        let lines = lines().into_iter().filter(|line| line.seq > request.seen);
        Ok(Done { lines: lines.collect(), state: state(), counted: true })
    }

    async fn rename(&self, _: Session, _: Renaming) -> Result<(), ApiError> {
        self.enter().await
    }

    async fn delete(&self, _: Session, _: TalkId) -> Result<(), ApiError> {
        self.enter().await
    }
}
