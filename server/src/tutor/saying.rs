//! What is to be said in a talk, step by step. Owns: the steps that are still to be said, kept with the talk, and saying them from
//! the page. Refuses: deciding on steps (`domain::tutor::Session`), asking models (`speaking`).
//!
//! A step leaves the list in the transaction that stores its words. So whatever dies in between, nothing is said twice, and nothing
//! is left out: who comes next says the rest.

use super::{
    TutorService, ask, refused,
    store::{self, LineRow, TalkRow},
};
use crate::{db::Tx, error::Result, progress::Day};
use app::tutor::api::{Body, Doing, Said};
use domain::{
    id::TalkId,
    tutor::{Act, Event, Step},
};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use std::collections::VecDeque;

/// What the last act led to, as far as it is not said yet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Saying {
    /// In this order. The first is being said.
    pub(super) steps: VecDeque<Step>,
    /// Something of the first stands there, in a model's words.
    pub(super) begun: bool,
    /// When the act was done, milliseconds since 1970.
    pub(super) since: i64,
    /// The first word of a model has come.
    pub(super) heard: bool,
    /// Said before, and wanted anew.
    pub(super) fresh: bool,
}

/// Something said, before it is a line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Utterance {
    pub(super) body: Body,
    pub(super) follows: bool,
    pub(super) first_word: Option<u32>,
}

impl Utterance {
    /// A line of its own.
    pub(super) fn new(body: Body) -> Self {
        Self { body, follows: false, first_word: None }
    }
}

impl From<Said> for Utterance {
    fn from(said: Said) -> Self {
        Self::new(Body::Tutor(said))
    }
}

/// Who fills the slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    /// The page.
    Page,
    /// A model, where it knows better than the program.
    Model,
}

impl TutorService {
    /// Takes an event; the steps that follow on it are to be said.
    pub(super) fn take(&self, talk: &mut TalkRow, day: &Day, event: &Event) -> Result<()> {
        let (session, steps) = talk.session.0.next(event, day.now).map_err(refused)?;
        talk.session.0 = session;
        talk.matter.0.look_ahead(&steps);
        let saying = talk.saying.get_or_insert_with(|| Json(Saying { since: day.now, ..Saying::default() }));
        saying.0.steps.extend(steps);
        Ok(())
    }

    /// Says what is to be said, in order, up to the first step whose words are a model's; that one is opened.
    pub(super) async fn say_on(
        &self,
        tx: &mut Tx,
        day: &Day,
        talk: &mut TalkRow,
        voice: Voice,
        said: &mut Vec<Utterance>,
    ) -> Result<()> {
        while let Some(step) = talk.saying.as_ref().and_then(|saying| saying.0.steps.front()).cloned() {
            if voice == Voice::Model && ask::is_for_model(&step, &talk.session.0, &talk.matter.0) {
                said.extend(talk.matter.0.opening(&step).map(Utterance::from));
                return Ok(());
            }
            self.step_said(talk);
            match step.act {
                Act::Judge { attempt } => {
                    let (judgement, _) = talk.matter.0.judge();
                    self.take(talk, day, &Event::Judged { attempt, judgement })?;
                }
                Act::Conclude => said.push(Said::Concluded(self.conclude(tx, day, talk).await?).into()),
                _ => said.extend(talk.matter.0.say(&step).into_iter().map(Utterance::from)),
            }
        }
        self.all_said(talk);
        Ok(())
    }

    /// The first step is said.
    pub(super) fn step_said(&self, talk: &mut TalkRow) {
        if let Some(Json(saying)) = &mut talk.saying {
            saying.steps.pop_front();
            saying.begun = false;
        }
    }

    /// Nothing more is to be said.
    pub(super) fn all_said(&self, talk: &mut TalkRow) {
        (talk.saying, talk.speaker, talk.speaks_until) = (None, None, None);
    }

    /// Ends the step that is being said; where nothing of it stands there yet, with the page's words.
    pub(super) fn end_step(&self, talk: &mut TalkRow, said: &mut Vec<Utterance>) {
        let Some(Json(saying)) = &talk.saying else { return };
        let Some(step) = saying.steps.front().cloned() else { return };
        if !saying.begun && !matches!(step.act, Act::Judge { .. }) {
            let follows = talk.matter.0.opening(&step).is_some();
            let rest = talk.matter.0.rest(&step).into_iter();
            said.extend(rest.map(|said| Utterance { follows, ..Utterance::from(said) }));
        }
        // an answer that was to be judged still is
        if !matches!(step.act, Act::Judge { .. }) {
            self.step_said(talk);
        }
    }

    /// Says all the rest from the page: whoever was to say it is gone.
    pub(super) async fn say_rest(&self, tx: &mut Tx, day: &Day, talk: &mut TalkRow) -> Result<()> {
        let mut said = vec![];
        self.end_step(talk, &mut said);
        self.say_on(tx, day, talk, Voice::Page, &mut said).await?;
        self.keep(tx, day, talk, said, None).await
    }

    /// Writes down what was said, and where the talk stands.
    pub(super) async fn keep(
        &self,
        tx: &mut Tx,
        day: &Day,
        talk: &mut TalkRow,
        said: Vec<Utterance>,
        request: Option<&Doing>,
    ) -> Result<()> {
        let id = TalkId(talk.id);
        for (at, Utterance { body, follows, first_word }) in said.into_iter().enumerate() {
            talk.last += 1;
            let first_word = first_word.map(i64::from);
            let line = LineRow {
                seq: talk.last,
                at: day.now,
                body: Json(body),
                first_word,
                follows,
                reported: false,
            };
            store::insert_line(tx, id, &line, request.filter(|_| at == 0)).await?;
        }
        Ok(store::save(tx, day.learner, talk, day.now).await?)
    }
}
