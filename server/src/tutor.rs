//! Talks with the tutor: begun, carried on, kept. Refuses: deciding what comes next (`domain::tutor`), and what is said of it
//! (`ground` from the page, `speaking` by a model).
//!
//! An act is stored with all that the program says to it, in one transaction, before anybody is told. What a model is to say is
//! stored as steps (`saying`), asked for afterwards, and stored sentence by sentence.

mod ask;
mod concerns;
mod evidence;
mod ground;
mod history;
mod keep;
pub mod listen;
mod port;
mod saying;
mod speaking;
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
    llm::Orchestrator,
    memory,
    progress::Day,
    questions,
    quiz::{Given, QuizService},
    review::ReviewService,
};
use app::session;
use app::tutor::api::{
    ANSWER_MAX_CHARS, Act, Beginning, Body, Doing, Done, Line, Outcome, Suggestion, Talk, TalkRow, TalkState,
    Talks, Wanted,
};
use domain::{
    document::Span,
    id::{MaterialId, QuestionId, TalkId},
    seed::Seeded,
    tutor::{
        self, Act as Step, Answered, Because, Event, Lesson, Mastery, Matter, Plan, Refused, Session,
        Standing, delivery::Numbered, matter,
    },
};
use ground::{Answer, Ground};
use history::Before;
use saying::{Saying, Utterance, Voice};
use speaking::{Floor, Speakers};
use sqlx::types::Json;
use std::collections::HashSet;
use store::LineRow;

pub(crate) use keep::cited;

/// Most answers by which mastery is estimated.
const MOST_ANSWERS: usize = 20;
/// Most suggestions.
const MOST_SUGGESTIONS: usize = 5;
/// Parts of a case that a model tells.
const CASE_PARTS: u8 = 3;
/// How often the same is said anew.
const MOST_REPEATS: u8 = 3;

/// The port of the tutor.
#[derive(Clone)]
pub struct TutorService {
    db: Db,
    clock: Clock,
    quizzes: QuizService,
    reviews: ReviewService,
    live: Live,
    speakers: Speakers,
    /// Language models.
    pub llm: Orchestrator,
}

/// What a talk is about: a concept of a material, and where it was pointed at.
struct Subject {
    material: MaterialId,
    concept: String,
    at: Option<Span>,
}

/// How a learner stands to a concept.
struct Known {
    exposures: u32,
    mastery: Mastery,
}

impl TutorService {
    /// Stands on practice, which keeps the answers, and on the reviews, which know what is left of them; tells `live` of what was
    /// said.
    pub fn new(
        db: Db,
        clock: Clock,
        quizzes: QuizService,
        reviews: ReviewService,
        live: Live,
        llm: Orchestrator,
    ) -> Self {
        Self { db, clock, quizzes, reviews, live, speakers: Speakers::default(), llm }
    }

    /// What a talk would be about.
    async fn subject(&self, tx: &mut Tx, day: &Day, request: &Beginning) -> Result<Subject> {
        let (material, concept, at) = match (request.question, request.material) {
            (Some(question), _) => {
                let row = questions::store::find(tx, day.learner, question).await?;
                let row = row.ok_or_else(|| Error::not_found("This question"))?;
                let span = row.item.options.iter().find(|option| option.correct).map(|option| option.span);
                (MaterialId(row.material), row.item.concept.clone(), span)
            }
            (None, Some(material)) => {
                let at = request.start.zip(request.end).filter(|(start, end)| start < end);
                let at = at.map(|(start, end)| Span { start, end });
                (material, request.concept.clone(), at)
            }
            (None, None) => return Err(Error::invalid("concept", "Say what you want to be taught.")),
        };
        Ok(Subject { material, concept, at })
    }

    async fn begin_in(
        &self,
        tx: &mut Tx,
        day: &Day,
        request: &Beginning,
        voice: Voice,
    ) -> Result<(TalkId, Option<Floor>)> {
        let Subject { material, concept, at } = self.subject(tx, day, request).await?;
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
        let parts = if voice == Voice::Model { CASE_PARTS } else { 1 };
        let lesson = Lesson { mode, skill: known.mastery.value, parts };
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
            saying: None,
            speaker: None,
            speaks_until: None,
        };
        store::insert(tx, day.learner, &talk, &matter::key(&talk.concept), day.now).await?;
        let mut said = vec![];
        self.take(&mut talk, day, &Event::Start)?;
        self.say_on(tx, day, &mut talk, voice, &mut said).await?;
        let before = Before::of(tx, day, &talk).await?;
        said.splice(0..0, before.remind(&talk.matter.0).map(Utterance::from));
        let floor = self.rise(tx, day, &mut talk, &mut said).await?;
        self.keep(tx, day, &mut talk, said, None).await?;
        Ok((id, floor))
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

    async fn act_in(
        &self,
        tx: &mut Tx,
        day: &Day,
        request: &Doing,
        voice: Voice,
    ) -> Result<(Done, Option<Floor>)> {
        let talk = store::find(tx, day.learner, request.talk).await?;
        let mut talk = talk.ok_or_else(|| Error::not_found("This talk"))?;
        if self.is_abandoned(&talk, day.now) {
            self.say_rest(tx, day, &mut talk).await?;
        }
        let (seen, last) = (request.seen, u64::try_from(talk.last).unwrap_or(0));
        if seen > last {
            return Err(Error::conflict("This page is ahead of the talk. Reload it."));
        }
        let speaking = talk.saying.is_some();
        if request.act == Act::Hush {
            // what was said while the learner reached for the button was not seen, and is enough all the same
            if speaking {
                self.hush(tx, day, &mut talk, request).await?;
            }
            return Ok((self.done(tx, &talk, seen, true).await?, None));
        }
        if seen < last {
            // sent again after a cut it counts, sent from a tab that lags behind it does not
            let done = store::doing(tx, request.talk, seen as i64 + 1).await?;
            return Ok((self.done(tx, &talk, seen, done.as_ref() == Some(request)).await?, None));
        }
        if speaking && !(request.act == Act::Edit && is_judging(&talk)) {
            return Err(Error::conflict("Mito is still speaking. Wait for the end, or stop it."));
        }
        let mut said = vec![Utterance::new(Body::Learner {
            text: concerns::spoken(request, talk.matter.0.open(&talk.session.0).as_ref())?,
            confidence: request.confidence.filter(|_| matches!(request.act, Act::Answer | Act::Edit)),
        })];
        let concern =
            Some(request).filter(|r| matches!(r.act, Act::Answer | Act::Edit) && r.choice.is_none());
        match concern.and_then(|request| concerns::answer(&request.text, &day.settings.time_zone)) {
            // what is being judged still is
            Some(answer) if speaking => {
                said.push(answer.into());
                self.keep(tx, day, &mut talk, said, Some(request)).await?;
                return Ok((self.done(tx, &talk, seen, true).await?, None));
            }
            Some(answer) => said.push(answer.into()),
            None if request.act == Act::Tune => {
                let (depth, speed) = (talk.session.0.plan().depth, talk.session.0.plan().speed);
                let (depth, speed) = (request.depth.unwrap_or(depth), request.speed.unwrap_or(speed));
                talk.session.0 = talk.session.0.tuned(depth, speed);
            }
            None if request.act == Act::Again => {
                let step = repeatable(&talk, voice)?;
                let steps = [step].into();
                talk.saying = Some(Json(Saying { steps, since: day.now, fresh: true, ..Saying::default() }));
            }
            None => {
                let event = event(&mut talk, request)?;
                // an edited answer takes the place of the one that is being judged
                self.all_said(&mut talk);
                self.take(&mut talk, day, &event)?;
            }
        }
        self.say_on(tx, day, &mut talk, voice, &mut said).await?;
        let floor = self.rise(tx, day, &mut talk, &mut said).await?;
        self.keep(tx, day, &mut talk, said, Some(request)).await?;
        Ok((self.done(tx, &talk, seen, true).await?, floor))
    }

    /// Stops what is being said: what stands there stays, and what follows on it comes from the page.
    async fn hush(&self, tx: &mut Tx, day: &Day, talk: &mut store::TalkRow, request: &Doing) -> Result<()> {
        self.speakers.hush(TalkId(talk.id));
        let words = Body::Learner { text: concerns::spoken(request, None)?, confidence: None };
        let mut said = vec![Utterance::new(words)];
        let step = talk.saying.as_ref().and_then(|saying| saying.0.steps.front()).map(|step| &step.act);
        match step {
            // a hint that was asked for is counted, and so it is given
            Some(Step::Hint(_) | Step::Judge { .. }) => self.end_step(talk, &mut said),
            _ => self.step_said(talk),
        }
        self.say_on(tx, day, talk, Voice::Page, &mut said).await?;
        self.keep(tx, day, talk, said, Some(request)).await
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
            let open = match is_judging(talk) {
                true => talk.matter.0.asked_last(&talk.session.0),
                false => talk.matter.0.open(&talk.session.0),
            };
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
        Act::Tune | Act::Hush | Act::Again => return Err(missing()),
    })
}

/// Whether the last answer is being judged, and can still be changed.
fn is_judging(talk: &store::TalkRow) -> bool {
    let first = talk.saying.as_ref().and_then(|saying| saying.0.steps.front());
    first.is_some_and(|step| matches!(step.act, Step::Judge { .. }))
}

/// What can be said anew.
fn repeatable(talk: &store::TalkRow, voice: Voice) -> Result<tutor::Step> {
    let ground = &talk.matter.0;
    let step = ground.repeatable.clone().filter(|_| !talk.session.0.is_over());
    let step = step.ok_or_else(|| Error::conflict("There is nothing here that could be said anew."))?;
    if ground.repeated >= MOST_REPEATS {
        return Err(refused(Refused::OftenEnough));
    }
    if voice == Voice::Page {
        return Err(Error::conflict(
            "Without a language model I can only say it in your page's words, as above.",
        ));
    }
    Ok(step)
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
    let speaking = talk.saying.is_some();
    // what is asked is shown when all that comes before it stands there
    let open = talk.matter.0.open(session).filter(|_| !speaking);
    let because: Because = serde_json::from_value(talk.because.clone().into()).map_err(anyhow::Error::new)?;
    let mut offers = session.offers();
    offers.retain(|event| !speaking || is_judging(talk) && matches!(event, Event::Edit(_)));
    let ground = &talk.matter.0;
    let again = ground.repeatable.is_some() && ground.repeated < MOST_REPEATS;
    Ok(TalkState {
        mode: session.mode(),
        because,
        hints: session.questions().last().filter(|_| open.is_some()).map_or(0, |question| question.hints),
        open,
        offers,
        over: session.is_over() && !speaking,
        depth: session.plan().depth,
        speed: session.plan().speed,
        speaking,
        again: again && !speaking && !session.is_over(),
    })
}

fn line(row: LineRow) -> Numbered<Line> {
    let first_word = row.first_word.and_then(|ms| u32::try_from(ms).ok());
    let body = Line { at: row.at, body: row.body.0, first_word, follows: row.follows };
    Numbered { seq: row.seq as u64, body }
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
