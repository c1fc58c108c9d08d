//! Asks the models. Owns: the order in which they are asked, trying again, going on where one broke off, stopping when nobody
//! listens, and booking each call. Refuses: knowing what a provider is like (`dialect`, `client`) and what is done without
//! one.

use super::{
    Answer, Answering, Ended, Event, Finish, Message, NoModel, Request, Speaker, Task, Tier,
    answers::{Answers, Kept},
    breaker::Standing,
    catalogue::{Place, Tokens},
    client::Refusal,
    continuing::{Joint, Words},
    dialect::{self, Failure, Piece},
    flight::{Door, Writing, flight},
    ledger::{Allowed, Budget, Call, Consents, Ledger, Source, Spending},
    pace::{self, Pace},
    seats::{Chair, Seat, Seats},
    tally::{Counts, Tally},
};
use crate::clock::{Clock, date_of, utc_day};
use domain::id::{LearnerId, MaterialId};
use futures::StreamExt;
use rand::{Rng, SeedableRng, rngs::StdRng};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio_util::task::TaskTracker;

/// What goes on where another broke off is told this.
const GO_ON: &str = "Your answer broke off after the last word above. Go on exactly there: begin with the next word, repeat \
                     nothing, and do not mention the break.";

/// What the orchestrator works with.
pub struct Parts {
    /// The models, at most one for a tier.
    pub seats: Vec<Seat>,
    /// How long they are waited for.
    pub pace: Pace,
    /// What may be spent.
    pub budget: Budget,
    /// Where calls are written down.
    pub ledger: Arc<dyn Ledger>,
    /// What learners agreed to.
    pub consents: Arc<dyn Consents>,
    /// What was answered before; `None` to ask anew each time.
    pub answers: Option<Answers>,
    /// Time.
    pub clock: Clock,
    /// Begins the spreading of pauses.
    pub seed: u64,
}

/// The service. Cheap to clone; clones are one and the same.
#[derive(Clone)]
pub struct Orchestrator(Arc<Inner>);

struct Inner {
    seats: Seats,
    flights: Mutex<HashMap<[u8; 32], Door>>,
    /// What those under way may cost, by learner, in billionths of a dollar.
    reserved: Mutex<HashMap<LearnerId, i64>>,
    chance: Mutex<StdRng>,
    tally: Tally,
    pace: Pace,
    budget: Budget,
    ledger: Arc<dyn Ledger>,
    consents: Arc<dyn Consents>,
    answers: Option<Answers>,
    clock: Clock,
    /// Answers that are being written, booked or kept.
    under_way: TaskTracker,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Orchestrator {
    /// Over these models.
    pub fn new(parts: Parts) -> Self {
        let Parts { seats, pace, budget, ledger, consents, answers, clock, seed } = parts;
        let under_way = TaskTracker::new();
        // closed to no one: it only means that who waits may find it empty
        under_way.close();
        Self(Arc::new(Inner {
            under_way,
            seats: Seats::new(seats),
            flights: Mutex::default(),
            reserved: Mutex::default(),
            chance: Mutex::new(StdRng::seed_from_u64(seed)),
            tally: Tally::default(),
            pace,
            budget,
            ledger,
            consents,
            answers,
            clock,
        }))
    }

    /// The models that are connected, in the order of their tiers.
    pub fn seats(&self) -> Vec<Arc<Seat>> {
        self.0.seats.now().values().map(|chair| chair.seat.clone()).collect()
    }

    /// Whether any model is connected.
    pub fn is_connected(&self) -> bool {
        !self.0.seats.now().is_empty()
    }

    /// Connects these models in the place of all others. What is under way ends with what it began with. What is known of
    /// the health of an endpoint is forgotten where it is among the `changed`.
    pub fn exchange(&self, seats: Vec<Seat>, changed: &[String]) {
        self.0.seats.exchange(seats, changed);
    }

    /// The providers that text would leave this machine for.
    pub fn places(&self) -> Vec<Place> {
        let mut places: Vec<Place> =
            self.seats().iter().filter(|seat| !seat.is_here()).map(|seat| seat.place()).collect();
        places.sort();
        places.dedup();
        places
    }

    /// When all that were asked so far are booked and kept: both are done after the end of an answer was told.
    pub async fn settled(&self) {
        self.0.under_way.wait().await;
    }

    /// How the breaker of an endpoint stands.
    pub fn standing(&self, endpoint: &str) -> Standing {
        let now = self.0.clock.now();
        self.chair(endpoint).map_or(Standing::Closed, |chair| chair.breaker(|breaker| breaker.standing(now)))
    }

    /// Until when an endpoint is left alone, milliseconds since 1970; `None` where it is not.
    pub fn open_until(&self, endpoint: &str) -> Option<i64> {
        let now = self.0.clock.now();
        self.chair(endpoint)?.breaker(|breaker| breaker.open_until(now))
    }

    /// Lets the next request try an endpoint that is left alone. False: it is not, or is not connected.
    pub fn try_now(&self, endpoint: &str) -> bool {
        let now = self.0.clock.now();
        self.chair(endpoint).is_some_and(|chair| chair.breaker(|breaker| breaker.try_now(now)))
    }

    fn chair(&self, endpoint: &str) -> Option<Chair> {
        self.0.seats.now().values().find(|chair| chair.seat.endpoint.name == endpoint).cloned()
    }

    /// What was counted of calls since the start.
    pub fn counts(&self) -> Counts {
        self.0.tally.counts()
    }

    /// Whether a model may be asked about these materials, as far as can be said without asking: one is connected, and the learner
    /// has agreed. Costs nothing where none is connected.
    ///
    /// # Errors
    /// When what the learner agreed to cannot be read.
    pub async fn may_ask(
        &self,
        task: Task,
        learner: LearnerId,
        sources: &[MaterialId],
    ) -> anyhow::Result<bool> {
        if !self.is_connected() {
            return Ok(false);
        }
        let allowed = self.0.consents.allowed(learner, sources).await?;
        Ok(self.seats_for(task.tier(), &allowed).is_ok())
    }

    /// Asks. Returns with the first words, or when it is known that there will be none. Whoever drops the answer stops
    /// it.
    ///
    /// # Errors
    /// When what the learner agreed to cannot be read.
    pub async fn ask(&self, request: Request) -> anyhow::Result<Answer> {
        self.ask_others(request, &[]).await
    }

    /// The same, but for models (as [`Ended::model`] names them) that have failed at it.
    pub(super) async fn ask_others(&self, request: Request, but: &[String]) -> anyhow::Result<Answer> {
        let tier = request.effort.tier(request.task);
        let allowed = self.0.consents.allowed(request.learner, &request.sources).await?;
        let mut seats = match self.seats_for(tier, &allowed) {
            Ok(seats) => seats,
            Err(why) => return Ok(Answer::NoModel(why)),
        };
        seats.retain(|chair| !but.contains(&chair.seat.name()));
        if seats.is_empty() {
            return Ok(Answer::NoModel(NoModel::Away));
        }
        let key = identity(&request, tier, but);
        let (writing, answering) = flight();
        let entered = match self.enter(key, request.fresh, &writing) {
            Ok(entered) => entered,
            Err(joined) => return self.shared(request, tier, joined).await,
        };
        // an answer that is asked for once more, because the first was of no use, is another
        let bucket = but.is_empty().then(|| bucket(&request, tier, allowed.public)).flatten();
        // what is asked about what stays here leaves for no vector either
        let leaves = self.0.answers.as_ref().is_some_and(Answers::is_elsewhere);
        let bucket = bucket.filter(|_| !(allowed.stays_here && leaves));
        let run = Run { service: self.clone(), request, tier, bucket, started: Instant::now(), first: None };
        self.0.under_way.spawn(async move {
            run.start(&seats, &writing).await;
            drop(entered);
        });
        Ok(answering.begun().await)
    }

    /// Lets others join an answer that is about to be written, or joins one. In one step, so that of many who ask at
    /// once one is the first.
    fn enter(&self, key: [u8; 32], fresh: bool, writing: &Writing) -> Result<Option<Entered>, Answering> {
        if fresh {
            return Ok(None);
        }
        let mut flights = locked(&self.0.flights);
        if let Some(joined) = flights.get(&key).and_then(Door::listen) {
            return Err(joined);
        }
        flights.insert(key, writing.door());
        Ok(Some(Entered { service: self.clone(), key, door: writing.door() }))
    }

    /// Joins somebody who is being given the same answer.
    async fn shared(&self, request: Request, tier: Tier, answering: Answering) -> anyhow::Result<Answer> {
        let started = Instant::now();
        let answer = answering.begun().await;
        if let Answer::Given(_) = &answer {
            self.book_spared(&request, tier, Source::Shared, "", started.elapsed()).await;
        }
        Ok(answer)
    }

    /// Books a call that was spared; `model` as `provider/model`, empty where that is another's call.
    async fn book_spared(&self, request: &Request, tier: Tier, source: Source, model: &str, took: Duration) {
        let (endpoint, model) = model.split_once('/').unwrap_or(("", model));
        let call = Call {
            learner: request.learner,
            at: self.0.clock.now(),
            task: request.task,
            tier,
            endpoint: endpoint.into(),
            model: model.into(),
            source,
            tokens: Tokens::default(),
            nanodollars: 0,
            first_word: Some(took),
            whole: took,
            outcome: Finish::Whole.name(),
        };
        self.book(call).await;
    }

    /// The models that may be asked, in their order.
    fn seats_for(&self, tier: Tier, allowed: &Allowed) -> Result<Vec<Chair>, NoModel> {
        let connected = self.0.seats.now();
        if connected.is_empty() {
            return Err(NoModel::NotConnected);
        }
        let may = |seat: &Seat| {
            seat.is_here() || (!allowed.stays_here && allowed.agreed.contains(&seat.endpoint.name))
        };
        let chairs = tier.chain().into_iter().filter_map(|tier| connected.get(&tier));
        let chairs: Vec<Chair> = chairs.filter(|chair| may(&chair.seat)).cloned().collect();
        match chairs.is_empty() {
            false => Ok(chairs),
            true if allowed.stays_here => Err(NoModel::StaysHere),
            true => Err(NoModel::NotAgreed(self.places())),
        }
    }

    /// The most that the first model may cost.
    fn most(&self, request: &Request, seats: &[Chair]) -> i64 {
        let Some(Chair { seat, .. }) = seats.first() else { return 0 };
        let output = dialect::most_output(request, &seat.model).into();
        let input = dialect::estimate_input(&request.messages);
        // nothing of a conversation may have been kept yet, and all of it is from now on
        let written = if request.task.goes_on() { input } else { 0 };
        self.price(seat, Tokens { input, written, output, ..Tokens::default() })
    }

    fn price(&self, seat: &Seat, tokens: Tokens) -> i64 {
        let day = utc_day(self.0.clock.now());
        let day = date_of(i32::try_from(day).unwrap_or_default());
        seat.model.price_on(&day).map_or(0, |price| price.of(tokens))
    }

    /// Sets a sum aside, so that many requests at once do not spend more than one after the other. It is set aside before the
    /// book is read: what is booked meanwhile counts twice for a moment, and never not at all.
    async fn reserve(&self, learner: LearnerId, cost: i64) -> anyhow::Result<Result<Reserved, super::Spent>> {
        let (own, all) = {
            let mut reserved = locked(&self.0.reserved);
            let own = reserved.entry(learner).or_default();
            let before = *own;
            *own += cost;
            (before, reserved.values().sum::<i64>() - cost)
        };
        let reserved = Reserved { service: self.clone(), learner, cost };
        let day = utc_day(self.0.clock.now());
        let spent = self.0.ledger.spent(learner, day).await?;
        let spent = Spending { learner: spent.learner + own, everybody: spent.everybody + all };
        Ok(self.0.budget.allows(spent, cost).map(|()| reserved))
    }

    async fn book(&self, call: Call) {
        self.0.tally.count(&call);
        let (model, nanodollars) = (call.model.clone(), call.nanodollars);
        if let Err(error) = self.0.ledger.book(call).await {
            tracing::error!(model, nanodollars, "a call could not be booked: {error:#}");
        }
    }

    fn chance(&self) -> f64 {
        locked(&self.0.chance).random()
    }
}

/// A sum that is set aside until this is dropped.
struct Reserved {
    service: Orchestrator,
    learner: LearnerId,
    cost: i64,
}

impl Drop for Reserved {
    fn drop(&mut self) {
        let mut reserved = locked(&self.service.0.reserved);
        if let Some(sum) = reserved.get_mut(&self.learner) {
            *sum -= self.cost;
            if *sum <= 0 {
                reserved.remove(&self.learner);
            }
        }
    }
}

/// An answer that others may join until this is dropped.
struct Entered {
    service: Orchestrator,
    key: [u8; 32],
    door: Door,
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut flights = locked(&self.service.0.flights);
        // when all had left, somebody may have begun anew
        if flights.get(&self.key).is_some_and(|door| door.is(&self.door)) {
            flights.remove(&self.key);
        }
    }
}

/// One request on its way.
struct Run {
    service: Orchestrator,
    request: Request,
    tier: Tier,
    /// Where its answer is kept; `None` where it is not.
    bucket: Option<[u8; 32]>,
    started: Instant,
    /// When the first word was handed on.
    first: Option<Duration>,
}

/// How one try ended.
enum Tried {
    /// It came to its end.
    Ended(Finish),
    /// It did not.
    Failed(Refusal),
    /// Nobody listens any longer.
    Left,
}

impl Run {
    /// Gives what was answered before, or sets the money aside and asks.
    async fn start(self, seats: &[Chair], writing: &Writing) {
        if let Some(kept) = self.kept().await {
            return self.tell(kept, writing).await;
        }
        let cost = self.service.most(&self.request, seats);
        match self.service.reserve(self.request.learner, cost).await {
            Ok(Ok(reserved)) => {
                self.fly(seats, writing).await;
                drop(reserved);
            }
            Ok(Err(why)) => writing.decline(NoModel::Spent(why)),
            Err(error) => {
                tracing::error!("the book of calls cannot be read, so that no model is asked: {error:#}");
                writing.decline(NoModel::Away);
            }
        }
    }

    /// What was answered to this, or to a question that is the same.
    async fn kept(&self) -> Option<Kept> {
        let (answers, bucket) = (self.service.0.answers.as_ref()?, self.bucket.as_ref()?);
        let asked = self.request.asked.as_deref().filter(|_| !self.request.fresh)?;
        answers.find(bucket, asked, self.service.0.clock.now()).await
    }

    async fn tell(&self, kept: Kept, writing: &Writing) {
        let took = self.started.elapsed();
        self.service.book_spared(&self.request, self.tier, Source::Cache, &kept.model, took).await;
        writing.say(Event::Text(kept.text));
        writing.say(Event::End(Ended {
            finish: Finish::Whole,
            model: kept.model,
            cached: true,
            first_word: took,
            whole: took,
        }));
    }

    /// Keeps an answer for those who ask the same.
    async fn keep(&self, text: &str, seat: &Seat) {
        let (Some(answers), Some(bucket), Some(asked)) =
            (&self.service.0.answers, &self.bucket, &self.request.asked)
        else {
            return;
        };
        let at = self.service.0.clock.now();
        answers.keep(bucket, asked, Kept { text: text.into(), model: seat.name(), at }, at).await;
    }

    async fn fly(mut self, seats: &[Chair], writing: &Writing) {
        let mut said = String::new();
        let mut last = None;
        let mut why = NoModel::Away;
        'seats: for chair in seats {
            let seat = &*chair.seat;
            let needed = dialect::estimate_input(&self.request.messages) + dialect::estimate(&said);
            if needed + u64::from(self.request.most_tokens) > u64::from(seat.model.context) {
                why = NoModel::TooLong;
                continue;
            }
            let mut tries = 0;
            loop {
                let (patience, now) = (self.service.0.pace.first, self.service.0.clock.now());
                if !chair.breaker(|breaker| breaker.admits(now, patience)) {
                    break;
                }
                tries += 1;
                last = Some(seat);
                match self.try_once(chair, &mut said, writing).await {
                    Tried::Left => return,
                    Tried::Ended(Finish::Refused) if said.is_empty() => {
                        why = NoModel::Refused;
                        continue 'seats;
                    }
                    Tried::Ended(finish) => {
                        self.end(writing, seat, finish);
                        if finish == Finish::Whole {
                            self.keep(&said, seat).await;
                        }
                        return;
                    }
                    Tried::Failed(Refusal { failure, wish }) => {
                        tracing::warn!(
                            endpoint = seat.endpoint.name,
                            model = seat.model.name,
                            task = self.request.task.name(),
                            tries,
                            "a language model failed: {failure}"
                        );
                        why = if failure == Failure::TooLong { NoModel::TooLong } else { NoModel::Away };
                        let pause = pace::pause(tries, wish, self.service.chance());
                        let Some(pause) = pause.filter(|_| failure.may_pass()) else { break };
                        tokio::select! {
                            () = tokio::time::sleep(pause) => {}
                            () = writing.left() => return,
                        }
                    }
                }
            }
        }
        match last.filter(|_| !said.is_empty()) {
            Some(seat) => self.end(writing, seat, Finish::Broken),
            None => writing.decline(why),
        }
    }

    fn end(&self, writing: &Writing, seat: &Seat, finish: Finish) {
        writing.say(Event::End(Ended {
            finish,
            model: seat.name(),
            cached: false,
            first_word: self.first.unwrap_or_default(),
            whole: self.started.elapsed(),
        }));
    }

    /// Asks a model once. What is whole of its words is handed on and added to `said`.
    async fn try_once(&mut self, chair: &Chair, said: &mut String, writing: &Writing) -> Tried {
        let seat = &*chair.seat;
        let mut messages = self.request.messages.clone();
        if !said.is_empty() {
            messages.push(Message::new(Speaker::Assistant, said.clone()));
            messages.push(Message::new(Speaker::User, GO_ON));
        }
        let mut call = Attempt { started: Instant::now(), first: None, counted: None, wrote: 0 };
        let tried = tokio::select! {
            tried = self.read(seat, &messages, said, writing, &mut call) => tried,
            () = writing.left() => Tried::Left,
        };
        let outcome = match &tried {
            Tried::Ended(finish) => finish.name(),
            Tried::Failed(refusal) => refusal.failure.name(),
            Tried::Left => "left",
        };
        let now = self.service.0.clock.now();
        chair.breaker(|breaker| match &tried {
            Tried::Ended(_) => breaker.succeeded(),
            Tried::Left if call.first.is_some() => breaker.succeeded(),
            Tried::Left => breaker.abandoned(),
            Tried::Failed(Refusal { failure: Failure::Key | Failure::Unpaid | Failure::Unknown, .. }) => {
                breaker.refused(now)
            }
            Tried::Failed(Refusal { failure, wish }) if failure.blames_provider() => {
                breaker.failed(now, *wish)
            }
            // it answered, if only to say that this request is none
            Tried::Failed(_) => breaker.succeeded(),
        });
        // who refuses a request does not bill it; who breaks off bills what it read and wrote
        let billed = !matches!(&tried, Tried::Failed(_) if call.first.is_none());
        let sent = if billed { dialect::estimate_input(&messages) } else { 0 };
        let most = dialect::most_output(&self.request, &seat.model).into();
        let tokens = match billed {
            true => dialect::believed(call.counted, sent, (call.wrote as u64).div_ceil(4), most),
            false => Tokens::default(),
        };
        let booked = Call {
            learner: self.request.learner,
            at: self.service.0.clock.now(),
            task: self.request.task,
            tier: self.tier,
            endpoint: seat.endpoint.name.clone(),
            model: seat.model.name.clone(),
            source: Source::Model,
            tokens,
            nanodollars: self.service.price(seat, tokens),
            first_word: call.first,
            whole: call.started.elapsed(),
            outcome,
        };
        self.service.book(booked).await;
        tried
    }

    async fn read(
        &mut self,
        seat: &Seat,
        messages: &[Message],
        said: &mut String,
        writing: &Writing,
        call: &mut Attempt,
    ) -> Tried {
        let pace = self.service.0.pace;
        let body = dialect::body(&self.request, messages, &seat.model, &seat.endpoint);
        let until = tokio::time::Instant::now() + pace.first;
        let mut pieces = match tokio::time::timeout_at(until, seat.transport.ask(&body)).await {
            Ok(Ok(pieces)) => pieces,
            Ok(Err(refusal)) => return Tried::Failed(refusal),
            Err(_) => return Tried::Failed(Failure::Silent.into()),
        };
        // an answer of a form is of use when it is whole: half of one model's is no beginning for another
        let is_form = self.request.schema.is_some();
        let (mut form, mut words, mut joint) = (String::new(), Words::default(), Joint::after(said));
        let mut finish = None;
        loop {
            let wait = match call.first {
                None => until,
                Some(_) => tokio::time::Instant::now() + pace.between,
            };
            let piece = match tokio::time::timeout_at(wait, pieces.next()).await {
                Ok(piece) => piece,
                // it has ended and only the count is missing
                Err(_) if finish.is_some() => None,
                Err(_) if call.first.is_some() => return Tried::Failed(Failure::Stalled.into()),
                Err(_) => return Tried::Failed(Failure::Silent.into()),
            };
            match piece {
                Some(Ok(Piece::Text(text))) => {
                    call.first.get_or_insert_with(|| call.started.elapsed());
                    call.wrote += text.len();
                    if is_form {
                        form.push_str(&text);
                    } else {
                        let new = words.push(&joint.push(&text));
                        self.hand_on(new, said, writing);
                    }
                }
                Some(Ok(Piece::Used(tokens))) => call.counted = Some(tokens),
                Some(Ok(Piece::End(how))) => finish = finish.or(Some(how)),
                Some(Err(_)) if finish.is_some() => {}
                Some(Err(failure)) => return Tried::Failed(failure.into()),
                None => break,
            }
        }
        let Some(finish) = finish else { return Tried::Failed(Failure::Broken.into()) };
        // whole and without a word: as good as no answer
        if call.wrote == 0 && finish != Finish::Refused {
            return Tried::Failed(Failure::Broken.into());
        }
        let rest = words.push(&joint.finish()) + &words.finish() + &form;
        self.hand_on(rest, said, writing);
        Tried::Ended(finish)
    }

    fn hand_on(&mut self, text: String, said: &mut String, writing: &Writing) {
        if !text.is_empty() {
            self.first.get_or_insert_with(|| self.started.elapsed());
            said.push_str(&text);
            writing.say(Event::Text(text));
        }
    }
}

/// What is known of a try while it goes on.
struct Attempt {
    started: Instant,
    first: Option<Duration>,
    counted: Option<Tokens>,
    /// Bytes.
    wrote: usize,
}

impl Finish {
    fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Length => "length",
            Self::Refused => "refused",
            Self::Broken => "broken",
        }
    }
}

/// What makes two requests the same.
fn identity(request: &Request, tier: Tier, but: &[String]) -> [u8; 32] {
    let learner = request.learner.to_string();
    digest(request, tier, &[&learner, &but.join(" ")], |text| text.into())
}

/// Where answers are kept to requests that are the same but for how they are put. Only answers in plain words are: whether
/// a form is of use is known to whoever asked for it. Those of public sources are everybody's.
fn bucket(request: &Request, tier: Tier, public: bool) -> Option<[u8; 32]> {
    let asked = request.asked.as_deref().filter(|asked| !asked.trim().is_empty())?;
    if request.schema.is_some() {
        return None;
    }
    let whose = if public { "everybody".into() } else { request.learner.to_string() };
    Some(digest(request, tier, &["kept", &whose], |text| text.replace(asked, "\u{0}")))
}

fn digest(request: &Request, tier: Tier, more: &[&str], written: impl Fn(&str) -> String) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    more.iter().for_each(|text| add(text));
    add(request.task.name());
    add(tier.name());
    add(request.prompt.name);
    add(&request.prompt.version.to_string());
    add(&format!("{:?} {}", request.effort, request.most_tokens));
    add(&request.schema.as_ref().map_or_else(String::new, |schema| schema.schema.to_string()));
    for source in &request.sources {
        add(&source.to_string());
    }
    for message in &request.messages {
        add(&format!("{:?}", message.speaker));
        add(&written(&message.text));
    }
    hash.finalize().into()
}
