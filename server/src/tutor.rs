//! Talks with the tutor: begun, carried on, kept. Refuses: deciding what comes next (`domain::tutor`), and what is said of it
//! (`ground`).
//!
//! Every line is stored in the transaction of the act that led to it, before anybody is told.

mod concerns;
mod ground;
mod history;
mod keep;
pub mod listen;
mod port;
mod store;
mod suggested;
mod text;

use crate::{
    analysis,
    clock::Clock,
    db::{Db, Tx},
    error::{Error, Result},
    library,
    live::Live,
    memory,
    progress::Day,
    questions,
    quiz::{Given, QuizService},
    review::ReviewService,
};
use app::session;
use app::tutor::api::{
    ANSWER_MAX_CHARS, Act, Beginning, Body, Doing, Done, Line, Outcome, Said, Suggestion, Talk, TalkRow,
    TalkState, Talks, Wanted,
};
use domain::{
    id::{MaterialId, QuestionId, TalkId},
    seed::Seeded,
    tutor::{
        self, Act as Step, Answered, Because, Event, Lesson, Mastery, Matter, Plan, Refused, Session,
        Standing, delivery::Numbered, matter,
    },
};
use ground::{Answer, Ground};
use sqlx::types::Json;
use std::collections::HashSet;
use store::LineRow;

pub(crate) use keep::cited;

/// Most answers by which mastery is estimated.
const MOST_ANSWERS: usize = 20;
/// Most suggestions.
const MOST_SUGGESTIONS: usize = 5;

/// The port of the tutor.
#[derive(Clone)]
pub struct TutorService {
    db: Db,
    clock: Clock,
    quizzes: QuizService,
    reviews: ReviewService,
    live: Live,
}

/// How a learner stands to a concept.
struct Known {
    exposures: u32,
    mastery: Mastery,
}

impl TutorService {
    /// Stands on practice, which keeps the answers, and on the reviews, which know what is left of them. Tells `live` of what was
    /// said.
    pub fn new(db: Db, clock: Clock, quizzes: QuizService, reviews: ReviewService, live: Live) -> Self {
        Self { db, clock, quizzes, reviews, live }
    }

    async fn begin_in(&self, tx: &mut Tx, day: &Day, request: &Beginning) -> Result<TalkId> {
        let (material, concept, at) = match (request.question, request.material) {
            (Some(question), _) => {
                let row = questions::store::find(tx, day.learner, question).await?;
                let row = row.ok_or_else(|| Error::not_found("This question"))?;
                let span = row.item.options.iter().find(|option| option.correct).map(|option| option.span);
                (MaterialId(row.material), row.item.concept.clone(), span)
            }
            (None, Some(material)) => {
                let at = request.start.zip(request.end).filter(|(start, end)| start < end);
                let at = at.map(|(start, end)| domain::document::Span { start, end });
                (material, request.concept.clone(), at)
            }
            (None, None) => return Err(Error::invalid("concept", "Say what you want to be taught.")),
        };
        let row = library::store::find(tx, day.learner, material).await?;
        let row = row.ok_or_else(|| Error::not_found("This file"))?;
        let document = library::store::document(tx, material).await?;
        let document = document
            .ok_or_else(|| Error::conflict("This file is still being read. Try again when it is ready."))?;
        let analysis = analysis::load(tx, day.learner, material).await?;
        let items = store::problems(tx, day.learner, material).await?;
        let id = TalkId(self.clock.id());
        let chance = &mut Seeded::of(id.0, 0);
        let matter = Matter::gather(&document, &analysis, &items, &concept, at, chance);
        let matter = matter.ok_or_else(|| {
            Error::invalid("concept", format!("‘{}’ says nothing about {}.", row.title, quoted(&concept)))
        })?;
        let known = self.known(tx, day, material, &matter.concept).await?;
        let standing =
            Standing { exposures: known.exposures, mastery: known.mastery.value, wish: request.mode };
        let (mode, because) = tutor::mode(&standing);
        let lesson = Lesson { mode, skill: known.mastery.value, parts: 1 };
        let plan = Plan {
            lessons: vec![lesson],
            minutes: request.minutes,
            depth: request.depth,
            speed: request.speed,
        };
        let mut talk = store::TalkRow {
            id: id.0,
            material: material.0,
            material_title: row.title,
            concept: matter.concept.clone(),
            title: capital(&matter.concept),
            because: slug(&because)?,
            session: Json(Session::new(plan)),
            matter: Json(Ground::new(matter)),
            last: 0,
            origin: suggested::origin(request, &document)?,
        };
        store::insert(tx, day.learner, &talk, &matter::key(&talk.concept), day.now).await?;
        let mut said = vec![];
        self.go_on(tx, day, &mut talk, Event::Start, &mut said).await?;
        let recalled = memory::recalled(tx, day.learner, material, &matter::key(&talk.concept)).await?;
        let past = history::past(tx, day, &talk).await?;
        said.splice(0..0, talk.matter.0.remind(&recalled, &past).map(Body::Tutor));
        self.keep(tx, day, &mut talk, said, None).await?;
        Ok(id)
    }

    /// Exposures and mastery of a concept.
    async fn known(&self, tx: &mut Tx, day: &Day, material: MaterialId, concept: &str) -> Result<Known> {
        let key = matter::key(concept);
        let answers = store::answers(tx, day.learner, Some(material)).await?;
        let about = answers.iter().filter(|answer| matter::key(&answer.concept) == key);
        let talks = store::talks_about(tx, day.learner, material, &key).await?;
        let exposures = about.clone().count() + usize::try_from(talks).unwrap_or(0);
        let heard: Vec<&store::AnswerRow> = about.take(MOST_ANSWERS).collect();
        let questions: Vec<QuestionId> = heard.iter().map(|answer| QuestionId(answer.question)).collect();
        let recalls = self.reviews.recalls(tx, day, &questions).await?;
        let heard: Vec<Answered> = heard
            .into_iter()
            .map(|answer| Answered {
                credit: f32::from(u8::from(answer.correct)),
                recall: recalls.get(&QuestionId(answer.question)).copied(),
            })
            .collect();
        Ok(Known { exposures: u32::try_from(exposures).unwrap_or(u32::MAX), mastery: Mastery::of(&heard) })
    }

    async fn act_in(&self, tx: &mut Tx, day: &Day, request: &Doing) -> Result<Done> {
        let talk = store::find(tx, day.learner, request.talk).await?;
        let mut talk = talk.ok_or_else(|| Error::not_found("This talk"))?;
        let (seen, last) = (request.seen, u64::try_from(talk.last).unwrap_or(0));
        if seen > last {
            return Err(Error::conflict("This page is ahead of the talk. Reload it."));
        }
        if seen < last {
            // sent again after a cut it counts, sent from a tab that lags behind it does not
            let done = store::doing(tx, request.talk, seen as i64 + 1).await?;
            return self.done(tx, &talk, seen, done.as_ref() == Some(request)).await;
        }
        let mut said = vec![Body::Learner {
            text: concerns::spoken(request, talk.matter.0.open(&talk.session.0).as_ref())?,
            confidence: request.confidence.filter(|_| matches!(request.act, Act::Answer | Act::Edit)),
        }];
        let concern =
            Some(request).filter(|r| matches!(r.act, Act::Answer | Act::Edit) && r.choice.is_none());
        match concern.and_then(|request| concerns::answer(&request.text, &day.settings.time_zone)) {
            Some(answer) => said.push(Body::Tutor(answer)),
            None if request.act == Act::Tune => {
                let (depth, speed) = (talk.session.0.plan().depth, talk.session.0.plan().speed);
                let (depth, speed) = (request.depth.unwrap_or(depth), request.speed.unwrap_or(speed));
                talk.session.0 = talk.session.0.tuned(depth, speed);
            }
            None => {
                let event = event(&mut talk, request)?;
                self.go_on(tx, day, &mut talk, event, &mut said).await?;
            }
        }
        self.keep(tx, day, &mut talk, said, Some(request)).await?;
        self.done(tx, &talk, seen, true).await
    }

    /// Takes an event, and whatever follows on it.
    async fn go_on(
        &self,
        tx: &mut Tx,
        day: &Day,
        talk: &mut store::TalkRow,
        event: Event,
        said: &mut Vec<Body>,
    ) -> Result<()> {
        let mut next = Some(event);
        while let Some(event) = next.take() {
            let (session, steps) = talk.session.0.next(&event, day.now).map_err(refused)?;
            talk.session.0 = session;
            talk.matter.0.look_ahead(&steps);
            for step in steps {
                match step.act {
                    Step::Judge { attempt } => {
                        next = Some(Event::Judged { attempt, judgement: talk.matter.0.judge() });
                    }
                    Step::Conclude => {
                        let outcome = self.conclude(tx, day, talk).await?;
                        said.push(Body::Tutor(Said::Concluded(outcome)));
                    }
                    _ => said.extend(talk.matter.0.say(&step).into_iter().map(Body::Tutor)),
                }
            }
        }
        Ok(())
    }

    /// What comes of the lesson: the check question is an answer like any other, with its card and its XP.
    async fn conclude(&self, tx: &mut Tx, day: &Day, talk: &store::TalkRow) -> Result<Outcome> {
        let concluded = talk.session.0.concluded().pop();
        let check = talk.session.0.questions().last().filter(|question| question.ask == tutor::Ask::Check);
        if let Some(concluded) = &concluded {
            memory::keep(tx, &self.clock, day.learner, talk.into(), concluded).await?;
        }
        let rating = concluded.as_ref().and_then(|concluded| concluded.rating);
        let mut outcome = Outcome {
            right: check.and_then(|check| check.first).map(|verdict| verdict == tutor::Verdict::Right),
            breakthrough: concluded.is_some_and(|concluded| concluded.breakthrough),
            ..Outcome::default()
        };
        if let (Some(check), Some(rating), Some((question, choice))) =
            (check, rating, talk.matter.0.of_bank())
            && let Some(row) = questions::store::find(tx, day.learner, question).await?
        {
            let given = Given {
                question: &row,
                place: None,
                choice,
                confidence: check.confidence,
                took: talk.matter.0.took,
                rating: Some(rating),
            };
            let verdict = self.quizzes.record(tx, day, given).await?;
            (outcome.due, outcome.xp) = (verdict.due, verdict.xp);
        }
        let known = self.known(tx, day, MaterialId(talk.material), &talk.concept).await?;
        let percent = |share: f32| (share * 100.0).round() as u8;
        outcome.mastery = percent(known.mastery.value);
        outcome.between = (percent(known.mastery.low), percent(known.mastery.high));
        Ok(outcome)
    }

    /// Writes down what was said, and where the talk stands.
    async fn keep(
        &self,
        tx: &mut Tx,
        day: &Day,
        talk: &mut store::TalkRow,
        said: Vec<Body>,
        request: Option<&Doing>,
    ) -> Result<()> {
        let id = TalkId(talk.id);
        for (at, body) in said.into_iter().enumerate() {
            talk.last += 1;
            let line = LineRow { seq: talk.last, at: day.now, body: Json(body) };
            store::insert_line(tx, id, &line, request.filter(|_| at == 0)).await?;
        }
        Ok(store::save(tx, day.learner, talk, day.now).await?)
    }

    async fn done(&self, tx: &mut Tx, talk: &store::TalkRow, seen: u64, counted: bool) -> Result<Done> {
        let lines = store::lines(tx, TalkId(talk.id), i64::try_from(seen).unwrap_or(i64::MAX)).await?;
        Ok(Done { lines: lines.into_iter().map(line).collect(), state: state(talk)?, counted })
    }

    async fn talk_in(&self, tx: &mut Tx, day: &Day, id: TalkId) -> Result<Talk> {
        let talk = store::find(tx, day.learner, id).await?;
        let talk = talk.ok_or_else(|| Error::not_found("This talk"))?;
        let lines = store::lines(tx, id, 0).await?;
        Ok(Talk {
            id,
            state: state(&talk)?,
            why: serde_json::from_str(&talk.origin).ok(),
            title: talk.title,
            concept: talk.concept,
            material: MaterialId(talk.material),
            material_title: talk.material_title,
            lines: lines.into_iter().map(line).collect(),
            now: day.now,
        })
    }

    /// A talk as Markdown.
    ///
    /// # Errors
    /// Not found where it is somebody else's.
    pub async fn text(&self, session: session::Session, talk: TalkId) -> Result<String> {
        let mut tx = self.db.read().await?;
        let day = Day::of(&mut tx, &self.clock, session).await?;
        Ok(text::of(&self.talk_in(&mut tx, &day, talk).await?))
    }

    async fn talks_in(&self, tx: &mut Tx, day: &Day, wanted: &Wanted) -> Result<Talks> {
        let rows = store::list(tx, day.learner, &wanted.words.trim().to_lowercase()).await?;
        let talks = rows.into_iter().map(|row| TalkRow {
            id: TalkId(row.id),
            title: row.title,
            material: row.material_title,
            touched: row.touched,
            over: row.ended.is_some(),
        });
        let suggestions = if wanted.suggestions { self.suggestions(tx, day).await? } else { vec![] };
        Ok(Talks { talks: talks.collect(), suggestions, now: day.now })
    }

    /// What was missed last, then what was never met; of that, names that say something come first.
    async fn suggestions(&self, tx: &mut Tx, day: &Day) -> Result<Vec<Suggestion>> {
        let mut seen = HashSet::new();
        let mut suggestions = vec![];
        for answer in store::answers(tx, day.learner, None).await? {
            // the latest answer on a concept decides
            let first = seen.insert((answer.material, matter::key(&answer.concept)));
            if first && !answer.correct && suggestions.len() < MOST_SUGGESTIONS {
                let of = (MaterialId(answer.material), answer.title, answer.concept);
                suggestions.push(suggested::of(tx, of, "You missed it last time.").await?);
            }
        }
        let left = MOST_SUGGESTIONS - suggestions.len();
        let mut unmet = store::unmet(tx, day.learner, (left * 8) as i64).await?;
        unmet.sort_by_key(|unmet| suggested::is_plain(&unmet.concept));
        for unmet in unmet {
            let new = seen.insert((unmet.material, matter::key(&unmet.concept)));
            if new && suggestions.len() < MOST_SUGGESTIONS {
                let of = (MaterialId(unmet.material), unmet.title, unmet.concept);
                suggestions.push(suggested::of(tx, of, "You were never asked about it.").await?);
            }
        }
        Ok(suggestions)
    }
}

/// The event behind an act; keeps the answer for the judge.
fn event(talk: &mut store::TalkRow, request: &Doing) -> Result<Event> {
    let missing = || Error::from(app::error::ApiError::Malformed);
    Ok(match request.act {
        Act::Answer | Act::Edit => {
            let open = talk.matter.0.open(&talk.session.0);
            let open = open.ok_or_else(|| refused(Refused::NoQuestion))?;
            let answer = match request.choice {
                Some(choice) if (choice as usize) < open.options.len() => Answer::Chosen(choice as usize),
                _ if !open.options.is_empty() => {
                    return Err(Error::invalid("choice", "Choose one of the answers."));
                }
                _ if request.text.chars().count() > ANSWER_MAX_CHARS => {
                    let message = format!("An answer has at most {ANSWER_MAX_CHARS} characters.");
                    return Err(Error::invalid("text", message));
                }
                _ => Answer::Written(request.text.trim().to_string()),
            };
            talk.matter.0.answer = Some(answer);
            talk.matter.0.took = request.took;
            let edited = request.act == Act::Edit;
            if edited { Event::Edit(request.confidence) } else { Event::Attempt(request.confidence) }
        }
        Act::NoIdea => Event::NoIdea,
        Act::Hint => Event::Hint,
        Act::ShowMe => Event::ShowMe,
        Act::TellMe => Event::TellMe,
        Act::Explain => Event::Explain(request.manner.ok_or_else(missing)?),
        Act::Overrule => Event::Overrule(request.verdict.ok_or_else(missing)?),
        Act::Skip => Event::Skip,
        Act::Next => Event::Next,
        Act::Switch => Event::Switch(request.mode.ok_or_else(missing)?),
        Act::Stop => Event::Stop,
        Act::Tune => return Err(missing()),
        Act::Hush | Act::Again => return Err(Error::conflict("Mito says nothing at the moment.")),
    })
}

/// Why something cannot be done, for the learner.
fn refused(why: Refused) -> Error {
    let times = |n: u8| if n == 1 { "once".to_string() } else { format!("{n} times") };
    Error::conflict(match why {
        Refused::NotStarted | Refused::Started => {
            "This talk is not where your page thinks it is. Reload it.".into()
        }
        Refused::Ended => "This talk is over.".into(),
        Refused::Judging => "Your answer is still being read.".into(),
        Refused::NoQuestion => "No question is open here.".into(),
        Refused::NoAnswer => "You have not answered yet.".into(),
        Refused::AttemptsFirst(left) => {
            format!("Try it {} first: what you retrieve yourself stays.", times(left))
        }
        Refused::HintsFirst(1) => "Take one more hint first.".into(),
        Refused::HintsFirst(left) => format!("Take {left} hints first."),
        Refused::NoMoreHints => "There is no further hint.".into(),
        Refused::Unaided => "This last question is answered without help: it tells what stays.".into(),
        Refused::NotInThisMode => "This belongs to a first pass.".into(),
        Refused::NothingExplained => "Nothing was explained yet that could be explained otherwise.".into(),
        Refused::OftenEnough => "That was done as often as it may be.".into(),
        Refused::NoChange => "It is so already.".into(),
        Refused::Stale => "That answer was changed in the meantime.".into(),
    })
}

fn state(talk: &store::TalkRow) -> Result<TalkState> {
    let session = &talk.session.0;
    let open = talk.matter.0.open(session);
    let because: Because = serde_json::from_value(talk.because.clone().into()).map_err(anyhow::Error::new)?;
    Ok(TalkState {
        mode: session.mode(),
        because,
        hints: session.questions().last().filter(|_| open.is_some()).map_or(0, |question| question.hints),
        open,
        offers: session.offers(),
        over: session.is_over(),
        depth: session.plan().depth,
        speed: session.plan().speed,
        speaking: false,
        again: false,
    })
}

fn line(row: LineRow) -> Numbered<Line> {
    Numbered {
        seq: row.seq as u64,
        body: Line { at: row.at, body: row.body.0, first_word: None, follows: false },
    }
}

/// As it is kept: 'growing'.
fn slug(because: &Because) -> Result<String> {
    let value = serde_json::to_value(because).map_err(anyhow::Error::new)?;
    Ok(value.as_str().unwrap_or_default().to_string())
}

/// With a capital letter, but for what begins with a figure or is written in capitals anyway.
fn capital(concept: &str) -> String {
    let mut letters = concept.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn quoted(concept: &str) -> String {
    if concept.trim().is_empty() { "this".into() } else { format!("‘{}’", concept.trim()) }
}
