//! Four questions of our own over a made-up page, and sets of ten made of them. Answers are remembered until the
//! gallery is stopped. Sets, by the last digits of their id: 71 half done, 72 before its last question, 73 done,
//! 74 flawless with a level and a milestone, 75 with a deleted question; an answer to 7e0 finds the learner logged out,
//! to 7e1 the question deleted, to 7e2 another answer, to 7e3 a broken server, to 7e4 too many requests.

use crate::{
    library,
    progress::standing,
    state::{Gallery, State},
};
use app::{
    error::ApiError,
    quiz::api::{
        Answer, AnswerOption, Calibration, Opening, Question, Quiz, QuizRequest, Quizzes, Report, ResultRow,
        Results, Shown, Step, Verdict,
    },
    session::Session,
};
use axum::http::{header::ACCEPT, request::Parts};
use domain::{
    document::Span,
    id::{QuestionId, QuizId},
    question::Bloom,
    quiz::Confidence,
    xp::{XpGain, XpReason},
};
use leptos::prelude::use_context;
use leptos_axum::redirect;
use std::{
    collections::BTreeMap,
    sync::{LazyLock, Mutex, PoisonError},
};
use uuid::Uuid;

/// The set that is half done.
pub(crate) const QUIZ: Uuid = Uuid::from_u128(0x71);
/// Milliseconds since 1970 by the gallery's clock: 12 May 2026, 09:14 in Berlin.
pub(crate) const NOW: i64 = 1_778_570_040_000;
const LENGTH: u32 = 10;

type Answers = BTreeMap<u32, (u32, Option<Confidence>)>;

/// What was answered, per set.
static SETS: LazyLock<Mutex<BTreeMap<Uuid, Answers>>> = LazyLock::new(|| {
    let begun = BTreeMap::from([
        (0, (1, Some(Confidence::Certain))),
        (1, (0, Some(Confidence::Fairly))),
        (2, (2, Some(Confidence::Unsure))),
    ]);
    let key = |place: u32| DRAFTS[place as usize % DRAFTS.len()].key as u32;
    // every third one is missed
    let given = |place: u32| {
        let choice = if place % 3 == 2 { (key(place) + 1) % 4 } else { key(place) };
        (place, (choice, Some(Confidence::ALL[place as usize * 7 % 4])))
    };
    let last = (0..LENGTH - 1).map(given).collect();
    let done = (0..LENGTH).map(given).collect();
    let flawless = (0..LENGTH).map(|place| (place, (key(place), Some(Confidence::Certain)))).collect();
    let gone = (0..4).map(given).collect();
    let mut sets =
        BTreeMap::from([(QUIZ, begun), (LAST, last), (DONE, done), (FLAWLESS, flawless), (GONE, gone)]);
    sets.extend((0..5).map(|refusal| (Uuid::from_u128(REFUSING + refusal), Answers::new())));
    Mutex::new(sets)
});
const LAST: Uuid = Uuid::from_u128(0x72);
const DONE: Uuid = Uuid::from_u128(0x73);
const FLAWLESS: Uuid = Uuid::from_u128(0x74);
const GONE: Uuid = Uuid::from_u128(0x75);
/// The first of the sets whose answers are refused.
const REFUSING: u128 = 0x7e0;

/// What an answer to a refusing set meets. What is deleted or answered elsewhere stays so.
fn refusal(answers: &mut Answers, request: &Answer) -> Option<ApiError> {
    let message = "You answered this question in another tab.".to_string();
    match request.quiz.0.as_u128().checked_sub(REFUSING)? {
        0 => Some(ApiError::Unauthorized),
        1 if request.position == 0 => {
            answers.insert(0, (DELETED, None));
            Some(ApiError::not_found("This question"))
        }
        2 if request.position == 0 => {
            answers.entry(0).or_insert((3, Some(Confidence::Guess)));
            Some(ApiError::Conflict { message })
        }
        3 => Some(ApiError::Internal { request: "01JV2K7Q4N".into() }),
        4 => Some(ApiError::Limited { seconds: 20 }),
        _ => None,
    }
}

/// Stands in the place of a choice where the question is gone.
const DELETED: u32 = 99;

struct Draft {
    stem: &'static str,
    key: usize,
    quote: &'static str,
    page: u32,
    concept: &'static str,
    bloom: Bloom,
    options: [(&'static str, &'static str); 4],
}

const DRAFTS: [Draft; 4] = [
    Draft {
        stem: "A healthy volunteer receives 1 L of saline in 15 minutes. End-diastolic volume rises from 120 to 140 mL; heart rate and blood pressure stay the same. Which change best explains the larger stroke volume?",
        key: 1,
        quote: "Within limits, the more a ventricle is filled before the beat, the more it ejects.",
        page: 24,
        concept: "Preload",
        bloom: Bloom::Apply,
        options: [
            ("Stronger sympathetic drive", "That would raise the heart rate too, and it did not change."),
            (
                "Longer resting sarcomeres",
                "More filling stretches the muscle, so more myosin heads reach actin and the beat is stronger.",
            ),
            (
                "Lower aortic resistance",
                "Lower resistance is less afterload; here blood pressure stayed the same.",
            ),
            (
                "Shorter filling time",
                "A shorter filling time would lower the end-diastolic volume, and it rose.",
            ),
        ],
    },
    Draft {
        stem: "Which structure delays the impulse between the atria and the ventricles?",
        key: 0,
        quote: "The atrioventricular node holds the impulse back for about a tenth of a second.",
        page: 14,
        concept: "AV node",
        bloom: Bloom::Remember,
        options: [
            ("Atrioventricular node", "The node holds the impulse back, so that the ventricles can fill."),
            ("Bundle of His", "The bundle carries the impulse on quickly; it does not delay it."),
            ("Purkinje fibers", "These are the fastest fibers of the heart."),
            ("Sinoatrial node", "The sinoatrial node starts the beat; the delay comes after it."),
        ],
    },
    Draft {
        stem: "The _____ carry the impulse through the walls of the ventricles faster than any other fibers of the heart.",
        key: 3,
        quote: "Purkinje fibers carry the impulse through the ventricular walls at up to four metres a second.",
        page: 15,
        concept: "Purkinje fibers",
        bloom: Bloom::Remember,
        options: [
            ("chordae tendineae", "These tether the valves and carry no impulse."),
            (
                "papillary muscles",
                "They pull on the chordae; they receive the impulse, they do not spread it.",
            ),
            ("internodal tracts", "They run in the atria, not in the ventricles."),
            ("Purkinje fibers", "Their wide cells with many gap junctions make them the fastest."),
        ],
    },
    Draft {
        stem: "During which phase are all four valves closed while the pressure in the left ventricle rises?",
        key: 2,
        quote: "In isovolumetric contraction the pressure climbs while every valve is shut.",
        page: 19,
        concept: "Cardiac cycle",
        bloom: Bloom::Understand,
        options: [
            ("Rapid ejection", "The aortic valve stands open while blood leaves."),
            ("Diastasis", "The mitral valve is open and the pressure hardly changes."),
            ("Isovolumetric contraction", "The muscle tightens round a volume that cannot leave yet."),
            ("Isovolumetric relaxation", "All valves are closed here too, but the pressure falls."),
        ],
    },
];

/// A sentence of the chapter about an option.
fn own_sentence(option: &str) -> Option<&'static str> {
    match option {
        "Sinoatrial node" => Some("Every beat begins in the sinoatrial node."),
        "Purkinje fibers" => Some(
            "Purkinje fibers carry the impulse through the ventricular walls at up to four metres a second.",
        ),
        "Bundle of His" => Some("From there the impulse runs over both atria."),
        _ => None,
    }
}

/// The questions, as asked.
pub(crate) fn questions() -> Vec<Question> {
    DRAFTS
        .iter()
        .zip(0u128..)
        .map(|(draft, index)| Question {
            id: QuestionId(Uuid::from_u128(0x51_00 + index)),
            stem: draft.stem.into(),
            options: draft
                .options
                .iter()
                .enumerate()
                .map(|(place, (text, rationale))| {
                    let own = draft.concept == "AV node";
                    let quote = own.then(|| own_sentence(text)).flatten().unwrap_or(draft.quote);
                    let page = draft.page;
                    AnswerOption {
                        text: (*text).into(),
                        correct: place == draft.key,
                        // as the program writes it, and as a person would
                        rationale: if own {
                            format!("{text}: “{quote}” (p. {page}).")
                        } else {
                            (*rationale).into()
                        },
                        quote: quote.into(),
                        span: library::find(quote).unwrap_or(Span { start: 0, end: 0 }),
                        page,
                    }
                })
                .collect(),
            concept: draft.concept.into(),
            bloom: draft.bloom,
            material: library::HEART,
            title: "The heart".into(),
            headings: vec!["The heart".into(), draft.concept.into()],
            automatic: true,
        })
        .collect()
}

fn question(position: u32) -> Question {
    questions().swap_remove(position as usize % DRAFTS.len())
}

fn is_right(position: u32, choice: u32) -> bool {
    question(position).key() == choice as usize
}

/// Right answers in a row before a place.
fn combo(answers: &Answers, before: u32) -> u32 {
    (0..before)
        .rev()
        .map_while(|place| answers.get(&place).filter(|(choice, _)| is_right(place, *choice)))
        .count() as u32
}

fn verdict(answers: &Answers, position: u32, choice: u32, gamification: bool) -> Verdict {
    let correct = is_right(position, choice);
    let xp = match (gamification, correct) {
        (false, _) => XpGain::default(),
        (true, true) => XpGain { amount: 10, reason: XpReason::FirstRight },
        (true, false) => XpGain { amount: 2, reason: XpReason::Tried },
    };
    Verdict {
        correct,
        combo: if correct { combo(answers, position) + 1 } else { 0 },
        xp,
        total_xp: 3_240,
        level_up: (position == 9).then_some(7),
        due: (!correct).then_some(NOW + 86_400_000),
        streak: (position == 0).then_some(12),
        finished: answers.len() as u32 == LENGTH,
    }
}

/// Whether a form without scripts asked.
pub(crate) fn wants_html() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        parts
            .headers
            .get(ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"))
    })
}

fn missing() -> ApiError {
    ApiError::not_found("This set")
}

#[async_trait::async_trait]
impl Quizzes for Gallery {
    async fn start(&self, _: Session, _: QuizRequest) -> Result<QuizId, ApiError> {
        self.enter().await?;
        let mut sets = SETS.lock().unwrap_or_else(PoisonError::into_inner);
        let id = Uuid::from_u128(0x7100 + sets.len() as u128);
        sets.insert(id, Answers::new());
        redirect(&format!("/quiz/{id}"));
        Ok(QuizId(id))
    }

    async fn load(&self, _: Session, request: Opening) -> Result<Quiz, ApiError> {
        self.enter().await?;
        let sets = SETS.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = sets.get(&request.quiz.0).ok_or_else(missing)?;
        let gamification = self.state != State::Plain;
        let position = (0..LENGTH).find(|place| !answers.contains_key(place));
        let step = |place| match answers.get(&place) {
            None => Step::Open,
            Some((DELETED, _)) => Step::Gone,
            _ if request.quiz.0 == GONE && place == 1 => Step::Gone,
            Some((choice, _)) if is_right(place, *choice) => Step::Right,
            Some(_) => Step::Missed,
        };
        let shown = request.shown.and_then(|place| {
            answers.get(&place).map(|(choice, confidence)| Shown {
                question: question(place),
                position: place,
                choice: *choice,
                confidence: *confidence,
                verdict: verdict(answers, place, *choice, gamification),
            })
        });
        Ok(Quiz {
            id: request.quiz,
            title: "The heart".into(),
            steps: (0..LENGTH).map(step).collect(),
            current: position.map(question),
            position: position.unwrap_or(LENGTH),
            combo: combo(answers, position.unwrap_or(LENGTH)),
            gamification,
            keys: true,
            shown,
            now: NOW,
        })
    }

    async fn answer(&self, _: Session, request: Answer) -> Result<Verdict, ApiError> {
        self.enter().await?;
        let mut sets = SETS.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = sets.get_mut(&request.quiz.0).ok_or_else(missing)?;
        if let Some(error) = refusal(answers, &request) {
            return Err(error);
        }
        let given = *answers.entry(request.position).or_insert((request.choice, request.confidence));
        if given.0 != request.choice {
            return Err(ApiError::Conflict { message: "This question was answered already.".into() });
        }
        if wants_html() {
            redirect(&format!("/quiz/{}?shown={}", request.quiz, request.position));
        }
        Ok(verdict(answers, request.position, request.choice, self.state != State::Plain))
    }

    async fn results(&self, _: Session, quiz: QuizId) -> Result<Results, ApiError> {
        self.enter().await?;
        let sets = SETS.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = sets.get(&quiz.0).ok_or_else(missing)?;
        let rows: Vec<_> = (0..LENGTH)
            .map(|place| {
                let given = answers.get(&place);
                let correct = given.is_some_and(|(choice, _)| is_right(place, *choice));
                ResultRow {
                    question: (quiz.0 != GONE || place != 1).then(|| question(place)),
                    choice: given.map(|(choice, _)| *choice),
                    correct,
                    confidence: given.and_then(|(_, confidence)| *confidence),
                    due: (given.is_some() && !correct).then_some(NOW + 86_400_000),
                }
            })
            .collect();
        let calibration = Confidence::ALL
            .into_iter()
            .filter_map(|confidence| {
                let own: Vec<_> = rows.iter().filter(|row| row.confidence == Some(confidence)).collect();
                let right = own.iter().filter(|row| row.correct).count() as u32;
                (!own.is_empty()).then_some(Calibration { confidence, right, asked: own.len() as u32 })
            })
            .collect();
        Ok(Results {
            id: quiz,
            title: "The heart".into(),
            material: Some(library::HEART),
            xp: rows.iter().map(|row| if row.correct { 10 } else { 2 }).sum(),
            best_combo: 3,
            calibration,
            due_now: if quiz.0 == DONE { 12 } else { 0 },
            due_tomorrow: rows.iter().filter(|row| !row.correct).count() as u32 + 34,
            standing: standing(self.state),
            level_up: (quiz.0 == FLAWLESS).then_some(7),
            streak: (quiz.0 == FLAWLESS).then_some(30),
            keys: true,
            now: NOW,
            answers: rows,
        })
    }

    async fn report(&self, _: Session, request: Report) -> Result<(), ApiError> {
        self.enter().await?;
        if wants_html() && request.next.starts_with('/') {
            redirect(&request.next);
        }
        Ok(())
    }
}
