//! A learner in front of a set: what is on screen, what was chosen, what the server said. Owns the optimistic
//! verdict and its undoing; draws nothing.

use super::api::{Answer, Opening, Question, Quiz, Step, Verdict, answer_question, load_quiz};
use crate::{
    app::{Connection, FrameHandle},
    browser,
    error::ApiError,
    ui::{Toast, Toasts},
};
use domain::{id::QuizId, quiz::Confidence};
use leptos::{prelude::*, task::spawn_local};

/// Within this time after a verdict 'Next' does nothing, ms: the second half of a double press.
const DOUBLE_PRESS: f64 = 400.0;

/// The question on screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// From 0.
    pub position: u32,
    /// `None` when all are answered.
    pub question: Option<Question>,
    /// How many came before on this page. What is pressed lives in the elements: each round has its own.
    pub round: u32,
}

/// How far the question on screen has come.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// It waits for an answer.
    Asking,
    /// The verdict stands.
    Told(Told),
}

/// A verdict on screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Right; from the key at once, from the server as soon as it has spoken.
    pub correct: bool,
    /// The server's word; `None` while it is on its way.
    pub verdict: Option<Verdict>,
    /// Could not be sent: kept here, to be tried again.
    pub unsent: bool,
}

/// Everything that changes while a set is answered.
#[derive(Clone, Copy)]
pub struct Sitting {
    /// The set as the server last told it.
    pub quiz: RwSignal<Quiz>,
    /// On screen.
    pub place: RwSignal<Place>,
    /// The chosen option.
    pub choice: RwSignal<Option<u32>>,
    /// How sure.
    pub confidence: RwSignal<Option<Confidence>>,
    /// Ruled out: bit per option.
    pub ruled_out: RwSignal<u32>,
    /// How far it has come.
    pub stage: RwSignal<Stage>,
    /// 'Next' was pressed and waits for the server.
    pub waiting: RwSignal<bool>,
    /// All answered: the page goes to the results.
    pub finished: RwSignal<bool>,
    /// Scripts run: what they alone can do is shown.
    pub live: RwSignal<bool>,
    next: RwSignal<Option<Quiz>>,
    since: StoredValue<f64>,
    /// The server's clock less this browser's, ms.
    ahead: StoredValue<f64>,
    given: StoredValue<Option<Answer>>,
    told_at: StoredValue<f64>,
    toasts: Toasts,
    connection: Connection,
    frame: FrameHandle,
}

impl Sitting {
    /// A set as it was loaded: at the answered question that was asked for, else at the first open one.
    pub fn new(quiz: Quiz) -> Self {
        let (place, choice, confidence, stage) = opened(&quiz);
        Self {
            place: RwSignal::new(place),
            choice: RwSignal::new(choice),
            confidence: RwSignal::new(confidence),
            ruled_out: RwSignal::new(0),
            stage: RwSignal::new(stage),
            waiting: RwSignal::new(false),
            finished: RwSignal::new(false),
            live: RwSignal::new(false),
            next: RwSignal::new(None),
            since: StoredValue::new(0.0),
            ahead: StoredValue::new(0.0),
            given: StoredValue::new(None),
            told_at: StoredValue::new(0.0),
            quiz: RwSignal::new(quiz),
            toasts: Toasts::here(),
            connection: Connection::here(),
            frame: FrameHandle::here(),
        }
    }

    /// Called once in the browser: takes over what was pressed before the scripts came, and loads what comes next.
    pub fn awake(self) {
        self.quiz.with_untracked(|quiz| self.set_clock(quiz));
        self.live.set(true);
        self.since.set_value(browser::now());
        if self.place.with_untracked(|place| place.question.is_none()) {
            self.finished.set(true);
            return;
        }
        if self.told().is_some() {
            self.load_next();
            return;
        }
        if let Some(choice) = browser::checked("request[choice]") {
            self.choice.set(choice.parse().ok());
        }
        if let Some(slug) = browser::checked("request[confidence]") {
            self.confidence.set(Confidence::ALL.into_iter().find(|confidence| confidence.slug() == slug));
        }
    }

    fn set_clock(self, quiz: &Quiz) {
        self.ahead.set_value(quiz.now as f64 - browser::now());
    }

    /// The server's clock, milliseconds since 1970: as it told it with the set, and gone on since where scripts run.
    pub fn now(self) -> i64 {
        match self.live.get_untracked() {
            true => (browser::now() + self.ahead.get_value()) as i64,
            false => self.quiz.with_untracked(|quiz| quiz.now),
        }
    }

    fn id(self) -> QuizId {
        self.quiz.with_untracked(|quiz| quiz.id)
    }

    /// Address of the set.
    pub fn href(self) -> String {
        format!("/quiz/{}", self.id())
    }

    /// Where 'Next' leads without scripts.
    pub fn next_href(self) -> String {
        match self.told() {
            Some(Told { verdict: Some(Verdict { finished: true, .. }), .. }) => {
                format!("{}/results", self.href())
            }
            _ => self.href(),
        }
    }

    fn told(self) -> Option<Told> {
        match self.stage.get_untracked() {
            Stage::Told(told) => Some(told),
            Stage::Asking => None,
        }
    }

    /// Whether the verdict stands (tracked).
    pub fn is_told(self) -> bool {
        self.stage.with(|stage| matches!(stage, Stage::Told(_)))
    }

    /// Steps with the answer on screen counted in (tracked).
    pub fn steps(self) -> Vec<Step> {
        let mut steps = self.quiz.with(|quiz| quiz.steps.clone());
        if let Stage::Told(told) = self.stage.get()
            && let Some(step) = steps.get_mut(self.place.with(|place| place.position as usize))
        {
            *step = if told.correct { Step::Right } else { Step::Missed };
        }
        steps
    }

    /// Right ones in a row with the answer on screen counted in (tracked).
    pub fn combo(self) -> u32 {
        let before = self.quiz.with(|quiz| quiz.combo);
        match self.stage.get() {
            Stage::Asking => before,
            Stage::Told(Told { verdict: Some(verdict), .. }) => verdict.combo,
            Stage::Told(told) if told.correct => before + 1,
            Stage::Told(_) => 0,
        }
    }

    /// Rules an option out or brings it back.
    pub fn toggle_out(self, option: u32) {
        if self.stage.with_untracked(|stage| *stage != Stage::Asking) {
            return;
        }
        let out = self.ruled_out.get_untracked() ^ (1 << option);
        self.ruled_out.set(out);
        if out & (1 << option) != 0 && self.choice.get_untracked() == Some(option) {
            self.choice.set(None);
            browser::uncheck(&format!("choice-{option}"));
        }
    }

    /// Chooses an option; one that was ruled out comes back.
    pub fn choose(self, option: u32) {
        self.ruled_out.update(|out| *out &= !(1 << option));
        self.choice.set(Some(option));
    }

    /// Checks the answer: the verdict stands at once, the server's word follows. Says what is missing by moving the
    /// focus there.
    pub fn submit(self) {
        if self.stage.with_untracked(|stage| *stage != Stage::Asking) {
            return;
        }
        let Some(choice) = self.choice.get_untracked() else {
            return browser::focus_once_drawn("choice-0");
        };
        let Some(confidence) = self.confidence.get_untracked() else {
            return browser::focus_once_drawn("sure-guess");
        };
        let place = self.place.get_untracked();
        let Some(question) = place.question else { return };
        let correct = question.options.get(choice as usize).is_some_and(|option| option.correct);
        let now = browser::now();
        let took = (now - self.since.get_value()).clamp(0.0, 3_600_000.0) as u32;
        self.told_at.set_value(now);
        self.stage.set(Stage::Told(Told { correct, verdict: None, unsent: false }));
        browser::focus_once_drawn("verdict");
        let answer =
            Answer { quiz: self.id(), position: place.position, choice, confidence: Some(confidence), took };
        self.given.set_value(Some(answer.clone()));
        self.send(answer);
    }

    /// Sends the answer that could not be sent before.
    pub fn try_again(self) {
        if let (Some(Told { unsent: true, correct, .. }), Some(answer)) =
            (self.told(), self.given.get_value())
        {
            self.stage.set(Stage::Told(Told { correct, verdict: None, unsent: false }));
            self.send(answer);
        }
    }

    // Not bound to the page's life: an answer must arrive even when the learner has gone on. Hence the `try_` below.
    fn send(self, answer: Answer) {
        spawn_local(async move {
            let position = answer.position;
            let outcome = answer_question(answer).await;
            if self.place.try_with_untracked(|place| place.position) != Some(position) {
                return;
            }
            match outcome {
                Ok(verdict) => {
                    self.frame.refresh();
                    browser::replace_url(&format!("{}?shown={position}", self.href()));
                    let (correct, finished) = (verdict.correct, verdict.finished);
                    self.stage.set(Stage::Told(Told { correct, verdict: Some(verdict), unsent: false }));
                    if !finished {
                        self.load_next();
                    } else if self.waiting.get_untracked() {
                        self.finished.set(true);
                    }
                }
                Err(error) => self.refused(error, position),
            }
        });
    }

    fn refused(self, error: ApiError, position: u32) {
        self.waiting.set(false);
        self.connection.failed(&error);
        match error {
            ApiError::Offline => self.stage.update(|stage| {
                if let Stage::Told(told) = stage {
                    told.unsent = true;
                }
            }),
            ApiError::Conflict { .. } => self.reload(Some(position), error.to_string()),
            ApiError::NotFound { .. } => self.reload(None, error.to_string()),
            ApiError::Unauthorized => {
                self.stage.set(Stage::Asking);
                let href = format!("/login?next={}", self.href());
                let toast = Toast::failed(error.to_string());
                self.toasts.push(toast.with_action("Log in", move || browser::open(&href)));
            }
            error => {
                self.stage.set(Stage::Asking);
                self.toasts.push(Toast::failed(error.to_string()));
            }
        }
    }

    /// Shows the set as the server has it, and says why.
    fn reload(self, shown: Option<u32>, why: String) {
        spawn_local(async move {
            let loaded = load_quiz(Opening { quiz: self.id(), shown }).await;
            if self.place.try_with_untracked(|_| ()).is_none() {
                return;
            }
            match loaded {
                Ok(quiz) => {
                    self.set_clock(&quiz);
                    self.toasts.push(Toast::failed(why));
                    self.show(quiz);
                }
                Err(error) => {
                    self.stage.set(Stage::Asking);
                    self.toasts.push(Toast::failed(error.to_string()));
                }
            }
        });
    }

    /// Loads the next question while the explanation is read.
    fn load_next(self) {
        let id = self.id();
        spawn_local(async move {
            let loaded = load_quiz(Opening { quiz: id, shown: None }).await;
            if self.place.try_with_untracked(|_| ()).is_none() {
                return;
            }
            if let Ok(quiz) = &loaded {
                self.set_clock(quiz);
            }
            match loaded {
                Ok(quiz) if self.waiting.get_untracked() => self.show(quiz),
                Ok(quiz) => self.next.set(Some(quiz)),
                Err(error) if self.waiting.get_untracked() => {
                    self.waiting.set(false);
                    self.toasts.push(Toast::failed(error.to_string()));
                }
                // pressing 'Next' tries again, and tells then
                Err(_) => {}
            }
        });
    }

    /// Goes on: to the next question, or to the results.
    pub fn go_on(self) {
        let Some(told) = self.told() else { return };
        if browser::now() - self.told_at.get_value() < DOUBLE_PRESS || self.waiting.get_untracked() {
            return;
        }
        match told {
            Told { unsent: true, .. } => self.try_again(),
            // the answer's own way back goes on
            Told { verdict: None, .. } => self.waiting.set(true),
            Told { verdict: Some(verdict), .. } if verdict.finished => self.finished.set(true),
            _ => match self.next.get_untracked() {
                Some(quiz) => self.show(quiz),
                None => {
                    self.waiting.set(true);
                    self.load_next();
                }
            },
        }
    }

    fn show(self, quiz: Quiz) {
        let (mut place, choice, confidence, stage) = opened(&quiz);
        place.round = self.place.with_untracked(|place| place.round + 1);
        let told = matches!(stage, Stage::Told(_));
        let over = place.question.is_none();
        self.next.set(None);
        self.waiting.set(false);
        self.ruled_out.set(0);
        self.choice.set(choice);
        self.confidence.set(confidence);
        self.stage.set(stage);
        self.place.set(place);
        self.quiz.set(quiz);
        self.since.set_value(browser::now());
        if over {
            self.finished.set(true);
        } else if told {
            browser::focus_once_drawn("verdict");
            self.load_next();
        } else {
            browser::replace_url(&self.href());
            browser::scroll_to_top();
            browser::focus_once_drawn("lead");
        }
    }
}

fn opened(quiz: &Quiz) -> (Place, Option<u32>, Option<Confidence>, Stage) {
    match quiz.shown.clone() {
        Some(shown) => (
            Place { position: shown.position, question: Some(shown.question), round: 0 },
            Some(shown.choice),
            shown.confidence,
            Stage::Told(Told { correct: shown.verdict.correct, verdict: Some(shown.verdict), unsent: false }),
        ),
        None => (
            Place { position: quiz.position, question: quiz.current.clone(), round: 0 },
            None,
            None,
            Stage::Asking,
        ),
    }
}
