//! The tutor: a talk in each of its looks.

use crate::{
    library::{HEART, find},
    state::{Gallery, State},
};
use app::{
    error::ApiError,
    session::Session,
    tutor::api::{
        Asked, Beginning, Body, Doing, Done, Line, Outcome, Part, Renaming, Reporting, Said, Suggestion,
        Talk, TalkRow, TalkState, Talks, Tutor, Wanted, Why,
    },
};
use domain::{
    document::Span,
    id::TalkId,
    quiz::Confidence,
    tutor::{Ask, Because, Depth, Ending, Event, Manner, Mode, Rung, Speed, Verdict, delivery::Numbered},
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

/// A talk in each of its looks, by the last figures of its id: 1 practice, 2 a first pass, 3 a case, 4 while Mito speaks, 5 over.
const TALKS: [(&str, Mode); 5] = [
    ("Preload at a fast pulse", Mode::Practice),
    ("Afterload", Mode::FirstPass),
    ("Short of breath on the stairs", Mode::ClinicalCase),
    ("What a fast pulse does to the filling of the ventricle", Mode::FirstPass),
    ("Why does ACh slow the pulse?", Mode::Practice),
];

fn asked(stem: &str, options: &[&str]) -> Asked {
    let options = options.iter().map(|option| (*option).into()).collect();
    Asked { number: 0, ask: Ask::Open, stem: stem.into(), options }
}

fn state(which: usize, lines: &[Line]) -> TalkState {
    let open = lines.iter().rev().find_map(|line| match &line.body {
        Body::Tutor(Said::Asked(asked)) => Some(asked.clone()),
        _ => None,
    });
    let speaking = which == 4;
    let over = which == 5;
    let offers = match which {
        1 => vec![
            Event::Attempt(None),
            Event::NoIdea,
            Event::Hint,
            Event::Edit(None),
            Event::Skip,
            Event::Overrule(Verdict::Right),
            Event::Overrule(Verdict::Partly),
            Event::Stop,
        ],
        2 => [Event::Attempt(None), Event::NoIdea, Event::ShowMe, Event::Hint, Event::Skip, Event::Stop]
            .into_iter()
            .chain(Manner::ALL.map(Event::Explain))
            .collect(),
        3 => vec![Event::Attempt(None), Event::NoIdea, Event::Skip, Event::Stop],
        _ => vec![],
    };
    TalkState {
        mode: TALKS[which - 1].1,
        because: if which == 2 { Because::New } else { Because::Growing },
        open: open.filter(|_| !speaking && !over),
        hints: u8::from(which == 1),
        offers,
        over,
        depth: if which == 2 { Depth::Short } else { Depth::Normal },
        speed: Speed::Balanced,
        speaking,
        again: [1, 2].contains(&which),
    }
}

/// Words of a model for a sentence of the chapter.
fn put(text: &str, sentence: &str, page: u32) -> Part {
    let span = find(sentence).unwrap_or(Span { start: 0, end: 1 });
    Part { text: text.into(), ..Part::put("", span, page) }
}

const FASTER: &str = "A faster pulse shortens diastole most of all, so the ventricle has less time to fill and its end-diastolic volume falls.";
const PUSHES: &str = "Afterload is what the ventricle must push against.";

fn lines(which: usize) -> Vec<Line> {
    let tutor = |said| (Body::Tutor(said), false);
    let goes_on = |said| (Body::Tutor(said), true);
    let mine =
        |text: &str, sure: Option<Confidence>| (Body::Learner { text: text.into(), confidence: sure }, false);
    let explained = |parts| Said::Explained { manner: None, parts };
    let quoted = Part::cited(FASTER, find(FASTER).unwrap_or(Span { start: 0, end: 1 }), 24);
    let pulse = asked("A pulse climbs from 70 to 180/min. What happens to the end-diastolic volume?", &[]);
    let drug = asked(
        "A drug narrows the arterioles. How much blood stays in the left ventricle after the next beat?",
        &["More than before", "As much", "Less than before"],
    );
    let bodies = match which {
        1 => vec![
            tutor(Said::Told(vec![Part::ours("At the end you will be able to explain ‘Preload’.")])),
            tutor(Said::Asked(pulse)),
            mine("It rises, because more blood comes back each minute?", Some(Confidence::Fairly)),
            tutor(Said::Judged {
                verdict: Verdict::Wrong,
                parts: vec![Part::ours("Look at it once more, or take a hint.")],
            }),
            mine("A hint, please.", None),
            tutor(Said::Hinted { rung: Rung::Pointing, parts: vec![quoted] }),
        ],
        2 => vec![
            tutor(explained(vec![put(
                "**Afterload** is what the ventricle has to push against once its valve is open.",
                PUSHES,
                25,
            )])),
            goes_on(explained(vec![Part::outside(
                "Think of a door held against the wind: the stronger the wind, the later it opens.",
            )])),
            goes_on(explained(vec![put(
                "Stroke volume is what one ventricle ejects at each beat: $SV = \\frac{CO}{HR}$.",
                "At rest it is about 5 L/min",
                21,
            )])),
            tutor(Said::Asked(drug)),
        ],
        3 => vec![
            tutor(Said::Told(vec![Part::outside(
                "A 72-year-old man has been short of breath on the stairs for four months. Yesterday he fainted while carrying boxes.",
            )])),
            tutor(Said::Asked(asked("What would you like to examine first?", &[]))),
            mine("Pulse and blood pressure, then listen to the heart.", Some(Confidence::Unsure)),
            tutor(Said::Judged { verdict: Verdict::Right, parts: vec![] }),
            tutor(Said::Told(vec![Part::outside(
                "His pulse is 76/min and rises slowly, his pressure 108/84 mm Hg, his SpO2 96 %. A harsh murmur carries to the neck.",
            )])),
            tutor(Said::Asked(asked(
                "Which of these says most about how hard the left ventricle has to push?",
                &[],
            ))),
        ],
        4 => vec![
            mine("Explain it in more depth.", None),
            tutor(explained(vec![put("The faster the beat, the shorter the filling.", FASTER, 24)])),
        ],
        _ => vec![
            mine("Go on.", None),
            tutor(Said::Concluded(Outcome {
                right: Some(true),
                due: Some(NOW + 4 * 86_400_000),
                breakthrough: true,
                mastery: 64,
                between: (48, 78),
                ..Outcome::default()
            })),
            tutor(Said::Ended(Ending::Done)),
        ],
    };
    let first_word = |index: usize| (index == 0 && which == 2 || which == 1 && index == 5).then_some(840);
    let line = |(index, (body, follows))| Line { at: NOW, body, first_word: first_word(index), follows };
    bodies.into_iter().enumerate().map(line).collect()
}

fn numbered(lines: Vec<Line>) -> Vec<Numbered<Line>> {
    (1..).zip(lines).map(|(seq, body)| Numbered { seq, body }).collect()
}

/// Which of the talks an id names.
fn which(talk: TalkId) -> usize {
    (talk.0.as_u128() as usize).clamp(1, TALKS.len())
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
            under: (concept == "Afterload").then(|| "Stroke volume".into()),
            why: why.into(),
        };
        Ok(Talks {
            talks: vec![
                row(1, "Preload at a fast pulse", 0, false),
                row(4, "What a fast pulse does to the filling of the ventricle", 90, false),
                row(2, "Afterload", 200, false),
                row(3, "Short of breath on the stairs", 1_500, false),
                row(5, "Why does ACh slow the pulse?", 3_000, true),
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
        let which = which(talk);
        let lines = lines(which);
        Ok(Talk {
            id: talk,
            title: TALKS[which - 1].0.into(),
            concept: "Preload".into(),
            material: HEART,
            material_title: "The heart".into(),
            why: [Some(Why::Missed), Some(Why::Page(25))].get(which - 1).copied().flatten(),
            state: state(which, &lines),
            lines: numbered(lines),
            now: NOW,
        })
    }

    async fn act(&self, _: Session, request: Doing) -> Result<Done, ApiError> {
        self.enter().await?;
        let which = which(request.talk);
        let lines = lines(which);
        let state = state(which, &lines);
        let lines = numbered(lines).into_iter().filter(|line| line.seq > request.seen);
        Ok(Done { lines: lines.collect(), state, counted: true })
    }

    async fn rename(&self, _: Session, _: Renaming) -> Result<(), ApiError> {
        self.enter().await
    }

    async fn report(&self, _: Session, _: Reporting) -> Result<(), ApiError> {
        self.enter().await
    }

    async fn delete(&self, _: Session, _: TalkId) -> Result<(), ApiError> {
        self.enter().await
    }
}
