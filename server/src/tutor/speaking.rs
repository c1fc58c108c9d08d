//! A model speaks in a talk. Owns: who speaks where, asking for the words of each step after its act is stored, storing them
//! sentence by sentence, and what happens when whoever speaks is stopped, dies or has lost the talk. Refuses: what is asked
//! (`ask`), and what of it is shown (`evidence`).
//!
//! Nobody waits for a model: an act is answered when it is stored. Each sentence is stored before anybody is told of it.

use super::{
    TutorService,
    ask::{self, Asking, Marks},
    evidence::{Kept, Sieve, passages},
    history::Before,
    saying::{Saying, Utterance, Voice},
    store::{self, LineRow, TalkRow},
};
use crate::{
    db::{self, Db, Tx},
    error::Result,
    llm::{Answer, Event, Finish, Task, form::Filled},
    progress::Day,
    questions,
};
use app::{
    session::Session,
    tutor::api::{Beginning, Body, Part, Talk},
};
use domain::{
    id::{MaterialId, TalkId},
    tutor::{self, Act, Judgement, Step},
};
use sqlx::types::Json;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

/// Talks in which a model speaks at one time, in this process; beyond them the page speaks.
const MOST_AT_ONCE: usize = 512;
/// How long a talk waits for its speaker without a sign of life, milliseconds.
const LEASE: i64 = 15_000;
/// How often a speaker gives one.
const SIGN: Duration = Duration::from_secs(5);
/// How long the words of one step may take.
const STEP: Duration = Duration::from_secs(90);
/// How long a judgement may take: the learner waits for it with nothing to read.
const JUDGEMENT: Duration = Duration::from_secs(20);

/// Those who speak in this process, one to a talk.
#[derive(Clone, Default)]
pub(super) struct Speakers(Arc<Inner>);

#[derive(Default)]
struct Inner {
    now: Mutex<HashMap<TalkId, (Uuid, CancellationToken)>>,
    tasks: TaskTracker,
}

/// The right to speak in a talk, until it is dropped.
pub(super) struct Floor {
    speakers: Speakers,
    talk: TalkId,
    pub(super) speaker: Uuid,
    hushed: CancellationToken,
}

impl Speakers {
    fn now(&self) -> MutexGuard<'_, HashMap<TalkId, (Uuid, CancellationToken)>> {
        self.0.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The floor of a talk, from whoever has it; `None` where too many speak.
    pub(super) fn take(&self, talk: TalkId, speaker: Uuid) -> Option<Floor> {
        let mut now = self.now();
        if now.len() >= MOST_AT_ONCE {
            return None;
        }
        let hushed = CancellationToken::new();
        if let Some((_, before)) = now.insert(talk, (speaker, hushed.clone())) {
            before.cancel();
        }
        Some(Floor { speakers: self.clone(), talk, speaker, hushed })
    }

    fn has(&self, talk: TalkId, speaker: Uuid) -> bool {
        self.now().get(&talk).is_some_and(|(now, _)| *now == speaker)
    }

    /// Stops whoever speaks in a talk: the provider is told that nobody listens.
    pub(super) fn hush(&self, talk: TalkId) {
        if let Some((_, hushed)) = self.now().remove(&talk) {
            hushed.cancel();
        }
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        let mut now = self.speakers.now();
        if now.get(&self.talk).is_some_and(|(speaker, _)| *speaker == self.speaker) {
            now.remove(&self.talk);
        }
    }
}

/// Where a speaker stands.
struct Turn {
    talk: TalkRow,
    saying: Saying,
    step: Step,
    lines: Vec<LineRow>,
    before: Before,
}

impl TutorService {
    /// Who fills the slots of a talk that is to begin. Where no model is connected, nothing is looked up.
    pub(super) async fn voice_of_beginning(&self, session: Session, request: &Beginning) -> Result<Voice> {
        if !self.llm.is_connected() {
            return Ok(Voice::Page);
        }
        let material = match (request.question, request.material) {
            (Some(question), _) => {
                let mut tx = self.db.read().await?;
                let row = questions::store::find(&mut tx, session.learner, question).await?;
                row.map(|row| MaterialId(row.material))
            }
            (None, material) => material,
        };
        self.voice(session, material).await
    }

    /// Who fills the slots of a talk.
    pub(super) async fn voice_of(&self, session: Session, talk: TalkId) -> Result<Voice> {
        if !self.llm.is_connected() {
            return Ok(Voice::Page);
        }
        let mut tx = self.db.read().await?;
        let talk = store::find(&mut tx, session.learner, talk).await?;
        drop(tx);
        self.voice(session, talk.map(|talk| MaterialId(talk.material))).await
    }

    async fn voice(&self, session: Session, material: Option<MaterialId>) -> Result<Voice> {
        let Some(material) = material else { return Ok(Voice::Page) };
        let may = self.llm.may_ask(Task::Tutor, session.learner, &[material]).await?;
        Ok(if may { Voice::Model } else { Voice::Page })
    }

    /// Says the rest of a talk whose speaker is gone, and gives it as it then stands.
    pub(super) async fn take_up(&self, session: Session, id: TalkId) -> Result<Talk> {
        let mut tx = self.db.write_for(session.learner).await?;
        let day = Day::of(&mut tx, &self.clock, session).await?;
        if let Some(mut talk) = store::find(&mut tx, session.learner, id).await?
            && self.is_abandoned(&talk, day.now)
        {
            self.say_rest(&mut tx, &day, &mut talk).await?;
        }
        let talk = self.talk_in(&mut tx, &day, id).await?;
        tx.commit().await?;
        self.live.tell_talk(id);
        Ok(talk)
    }

    /// Takes the floor for what is still to be said; where too many speak already, the page says it.
    pub(super) async fn rise(
        &self,
        tx: &mut Tx,
        day: &Day,
        talk: &mut TalkRow,
        said: &mut Vec<Utterance>,
    ) -> Result<Option<Floor>> {
        if talk.saying.is_none() {
            return Ok(None);
        }
        let floor = self.speakers.take(TalkId(talk.id), self.clock.id());
        match &floor {
            Some(floor) => {
                (talk.speaker, talk.speaks_until) = (Some(floor.speaker), Some(day.now + LEASE));
            }
            None => {
                self.end_step(talk, said);
                self.say_on(tx, day, talk, Voice::Page, said).await?;
            }
        }
        Ok(floor)
    }

    /// Whether nobody says any longer what is to be said. On SQLite no other process speaks.
    pub(super) fn is_abandoned(&self, talk: &TalkRow, now: i64) -> bool {
        let here = talk.speaker.is_some_and(|speaker| self.speakers.has(TalkId(talk.id), speaker));
        let alone = matches!(self.db, Db::Sqlite { .. });
        talk.saying.is_some() && !here && (alone || talk.speaks_until.is_none_or(|until| until <= now))
    }

    /// Speaks, from now on and beside whatever else is done.
    pub(super) fn speak(&self, session: Session, floor: Floor) {
        let service = self.clone();
        self.speakers.0.tasks.spawn(async move {
            tokio::select! {
                () = floor.hushed.cancelled() => {}
                () = service.hold(&floor) => {}
                outcome = service.fill(session, &floor) => {
                    if let Err(error) = outcome {
                        // whoever looks at the talk next has the rest said
                        tracing::warn!(talk.id = %floor.talk, "a model could not speak to its end: {error}");
                    }
                }
            }
            service.live.tell_talk(floor.talk);
        });
    }

    /// When nobody speaks in this process any longer.
    pub async fn silent(&self) {
        // closed to no one: it only means that who waits may find it empty
        self.speakers.0.tasks.close();
        self.speakers.0.tasks.wait().await;
    }

    /// Stops all who speak in this process, as at its end; whoever looks at their talks next has the rest said.
    pub async fn fall_silent(&self) {
        let all: Vec<CancellationToken> =
            self.speakers.now().drain().map(|(_, (_, hushed))| hushed).collect();
        all.into_iter().for_each(|hushed| hushed.cancel());
        self.silent().await;
    }

    /// Gives signs of life; ends when the talk is lost.
    async fn hold(&self, floor: &Floor) {
        loop {
            tokio::time::sleep(SIGN).await;
            match self.sign(floor).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(talk.id = %floor.talk, "no sign of life could be given: {error}")
                }
            }
        }
    }

    async fn sign(&self, floor: &Floor) -> db::Result<bool> {
        let mut tx = self.db.write().await?;
        let held = store::hold(&mut tx, floor.talk, floor.speaker, self.clock.now() + LEASE).await?;
        tx.commit().await?;
        Ok(held)
    }

    /// Asks for one step after the other.
    async fn fill(&self, session: Session, floor: &Floor) -> Result<()> {
        while let Some(turn) = self.turn(session, floor).await? {
            let judgement = match turn.step.act {
                Act::Judge { attempt } => Some((attempt, self.judgement(session, &turn).await)),
                _ => {
                    let words = self.words(session, floor, &turn);
                    // what came in time stands there
                    tokio::time::timeout(STEP, words).await.unwrap_or(Ok(()))?;
                    None
                }
            };
            if !self.go_on(session, floor, &turn, judgement).await? {
                break;
            }
        }
        Ok(())
    }

    /// What is to be said now; `None` where nothing is, or not by this speaker.
    async fn turn(&self, session: Session, floor: &Floor) -> Result<Option<Turn>> {
        let mut tx = self.db.read().await?;
        let Some(talk) = self.mine(&mut tx, session, floor).await? else { return Ok(None) };
        let lines = store::lines(&mut tx, floor.talk, 0).await?;
        let day = Day::of(&mut tx, &self.clock, session).await?;
        let before = Before::of(&mut tx, &day, &talk).await?;
        let Some(Json(saying)) = talk.saying.clone() else { return Ok(None) };
        Ok(saying.steps.front().cloned().map(|step| Turn { talk, saying, step, lines, before }))
    }

    /// The talk, unless it is gone or another speaks in it.
    async fn mine(&self, tx: &mut Tx, session: Session, floor: &Floor) -> Result<Option<TalkRow>> {
        let talk = store::find(tx, session.learner, floor.talk).await?;
        Ok(talk.filter(|talk| talk.speaker == Some(floor.speaker)))
    }

    /// Has the words of a step written, and stores each sentence that holds.
    async fn words(&self, session: Session, floor: &Floor, turn: &Turn) -> Result<()> {
        let ground = &turn.talk.matter.0;
        let Some(kept) = Kept::at(&turn.talk.session.0, ground, &turn.step) else { return Ok(()) };
        let passages = passages(ground, &kept, &turn.step);
        let asking = Asking {
            learner: session.learner,
            talk: &turn.talk,
            step: &turn.step,
            kept: &kept,
            passages: &passages,
        };
        let request = asking.to_say(&turn.lines, &turn.before, turn.saying.fresh);
        let Answer::Given(mut answering) = self.llm.ask(request).await? else { return Ok(()) };
        let mut sieve = Sieve::new(ground, &kept, &passages, &turn.step, ask::words(&turn.step));
        while let Some(event) = answering.next().await {
            let (parts, over) = match event {
                Event::Text(text) => (sieve.push(&text), false),
                Event::End(ended) => (sieve.finish(ended.finish == Finish::Whole), true),
            };
            for part in parts {
                if !self.sentence(session, floor, &turn.step, part).await? {
                    return Ok(());
                }
            }
            if over || sieve.is_full() {
                break;
            }
        }
        if sieve.dropped > 0 {
            tracing::info!(talk.id = %floor.talk, dropped = sieve.dropped, "sentences did not hold");
        }
        Ok(())
    }

    /// Stores a sentence. False: another speaks, or the talk is gone.
    async fn sentence(&self, session: Session, floor: &Floor, step: &Step, part: Part) -> Result<bool> {
        let mut tx = self.db.write_for(session.learner).await?;
        let day = Day::of(&mut tx, &self.clock, session).await?;
        let Some(mut talk) = self.mine(&mut tx, session, floor).await? else { return Ok(false) };
        let opened = talk.matter.0.opening(step).is_some();
        let Some(Json(saying)) = talk.saying.as_mut().filter(|saying| saying.0.steps.front() == Some(step))
        else {
            return Ok(false);
        };
        let first_word = (!saying.heard).then(|| u32::try_from(day.now - saying.since).unwrap_or(0));
        let follows = saying.begun || opened;
        (saying.begun, saying.heard) = (true, true);
        talk.speaks_until = Some(day.now + LEASE);
        let line = Utterance { body: Body::Tutor(ask::said(step, part)), follows, first_word };
        self.keep(&mut tx, &day, &mut talk, vec![line], None).await?;
        tx.commit().await?;
        self.live.tell_talk(floor.talk);
        Ok(true)
    }

    /// What an answer is: the program's judgement, and what a model adds to it in time.
    async fn judgement(&self, session: Session, turn: &Turn) -> Judgement {
        let ground = &turn.talk.matter.0;
        let (own, turned) = ground.judge();
        let kept = Kept::judging(&turn.talk.session.0, ground, &turn.step);
        let passages = passages(ground, &kept, &turn.step);
        let asking = Asking {
            learner: session.learner,
            talk: &turn.talk,
            step: &turn.step,
            kept: &kept,
            passages: &passages,
        };
        let filled = tokio::time::timeout(JUDGEMENT, self.llm.fill::<Marks>(asking.to_judge())).await;
        match filled {
            Ok(Ok(Filled::Given(marks, _))) => ask::weighed(marks, own, turned, &passages),
            Ok(Ok(Filled::Unusable | Filled::NoModel(_))) | Err(_) => own,
            Ok(Err(error)) => {
                tracing::warn!("no model could be asked to judge: {error:#}");
                own
            }
        }
    }

    /// Ends the step and goes on to the next one that a model says. False: there is none, or not for this speaker.
    async fn go_on(
        &self,
        session: Session,
        floor: &Floor,
        turn: &Turn,
        judgement: Option<(u32, Judgement)>,
    ) -> Result<bool> {
        let mut tx = self.db.write_for(session.learner).await?;
        let day = Day::of(&mut tx, &self.clock, session).await?;
        let Some(mut talk) = self.mine(&mut tx, session, floor).await? else { return Ok(false) };
        if talk.saying.as_ref().and_then(|saying| saying.0.steps.front()) != Some(&turn.step) {
            return Ok(false);
        }
        let mut said = vec![];
        match judgement {
            Some((attempt, judgement)) => {
                self.step_said(&mut talk);
                self.take(&mut talk, &day, &tutor::Event::Judged { attempt, judgement })?;
            }
            None => {
                self.end_step(&mut talk, &mut said);
                if ask::is_repeatable(&turn.step) {
                    let ground = &mut talk.matter.0;
                    ground.repeated = if turn.saying.fresh { ground.repeated + 1 } else { 0 };
                    ground.repeatable = Some(turn.step.clone());
                }
            }
        }
        self.say_on(&mut tx, &day, &mut talk, Voice::Model, &mut said).await?;
        talk.speaks_until = talk.speaker.map(|_| day.now + LEASE);
        let more = talk.saying.is_some();
        self.keep(&mut tx, &day, &mut talk, said, None).await?;
        tx.commit().await?;
        self.live.tell_talk(floor.talk);
        Ok(more)
    }
}
