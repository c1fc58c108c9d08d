//! Talks in which a model speaks: what of its words is shown, and what happens when it fails, is stopped or dies.

use crate::support::{
    TestDb, databases,
    taught::{Taught, With, form_of},
};
use app::{
    error::ApiError,
    session::Session,
    tutor::api::{Act, Beginning, Body, Doing, Done, Line, Part, Said, Talk, Tutor, Wording},
};
use domain::{
    id::TalkId,
    tutor::{Depth, Event, Manner, Mode, Rung, Speed, Verdict, delivery::Numbered},
};
use provider::{Fault, Reply, Request};
use serde_json::json;
use server::{
    llm::{Tier, ledger::Budget},
    tutor::TutorService,
};
use sqlx::types::Json;
use std::time::Duration;

/// What the lecture says of insulin, in other words and with its numbers.
const GOOD: &str = "Insulin lowers the concentration of glucose in plasma [1]. It lowers the concentration of glucose after a meal [1]. \
    Insulin promotes the storage of glycogen in skeletal muscle [2].";

/// A learner in a talk.
struct Learner {
    tutor: TutorService,
    session: Session,
    talk: Talk,
}

fn plain(talk: TalkId, seen: u64, act: Act) -> Doing {
    Doing::new(talk, seen, act)
}

impl Learner {
    async fn begin(taught: &Taught, request: Beginning) -> Self {
        let (tutor, session) = (taught.tutor(), taught.session());
        let request = Beginning { material: Some(taught.material), minutes: 10, ..request };
        let id = tutor.begin(session, request).await.unwrap();
        let talk = tutor.talk(session, id).await.unwrap();
        Self { tutor, session, talk }
    }

    async fn first_pass(taught: &Taught) -> Self {
        Self::begin(taught, Beginning { concept: "insulin".into(), ..Beginning::default() }).await
    }

    async fn practice(taught: &Taught) -> Self {
        let mode = Some(Mode::Practice);
        Self::begin(taught, Beginning { concept: "insulin".into(), mode, ..Beginning::default() }).await
    }

    fn doing(&self, act: Act) -> Doing {
        plain(self.talk.id, self.talk.lines.last().map_or(0, |line| line.seq), act)
    }

    async fn try_act(&mut self, doing: Doing) -> Result<Done, ApiError> {
        let done = self.tutor.act(self.session, doing).await?;
        self.talk.lines.extend(done.lines.clone());
        self.talk.state = done.state.clone();
        Ok(done)
    }

    /// Acts, waits until nobody speaks, and gives all lines that came of it.
    async fn act(&mut self, doing: Doing) -> Vec<Line> {
        let before = self.talk.lines.len();
        assert!(self.try_act(doing).await.unwrap().counted);
        self.settle().await;
        self.talk.lines[before..].iter().map(|line| line.body.clone()).collect()
    }

    async fn answer(&mut self, text: &str) -> Vec<Line> {
        let doing = Doing { text: text.into(), ..self.doing(Act::Answer) };
        self.act(doing).await
    }

    async fn settle(&mut self) {
        self.tutor.silent().await;
        self.reload().await;
        assert!(!self.talk.state.speaking, "{:?}", self.talk.lines);
        let numbers: Vec<u64> = self.talk.lines.iter().map(|line| line.seq).collect();
        assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "no line is doubled or missing");
    }

    async fn reload(&mut self) {
        self.talk = self.tutor.talk(self.session, self.talk.id).await.unwrap();
    }

    fn lines(&self) -> Vec<Line> {
        self.talk.lines.iter().map(|line: &Numbered<Line>| line.body.clone()).collect()
    }

    /// The text of the open question's answer, which the test reads from the bank.
    async fn key(&self, taught: &Taught) -> String {
        let stem = self.talk.state.open.as_ref().unwrap().stem.clone();
        let items = taught.questions().await.into_iter().map(|(_, _, item)| item);
        let item = items.into_iter().find(|item| item.stem == stem).unwrap();
        item.options.into_iter().find(|option| option.correct).unwrap().text
    }
}

fn parts(line: &Line) -> &[Part] {
    match &line.body {
        Body::Tutor(
            Said::Explained { parts, .. } | Said::Judged { parts, .. } | Said::Hinted { parts, .. },
        ) => parts,
        Body::Tutor(Said::Told(parts) | Said::Answered(parts)) => parts,
        _ => &[],
    }
}

/// Everything the tutor said, the questions left out.
fn words(lines: &[Line]) -> String {
    lines.iter().flat_map(parts).map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n")
}

fn put(lines: &[Line]) -> usize {
    lines.iter().flat_map(parts).filter(|part| part.wording == Wording::Put).count()
}

fn asked(lines: &[Line]) -> usize {
    lines.iter().filter(|line| matches!(line.body, Body::Tutor(Said::Asked(_)))).count()
}

/// A lecture that was read without a model, and a model that then speaks as the function says.
async fn taught(test: &TestDb, answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Taught {
    let taught = Taught::open(test, answer).await;
    taught.site.work().await;
    taught
}

/// The model speaks so, and judges every answer as wrong.
fn speaks(text: &'static str) -> impl Fn(&Request) -> Reply + Send + Sync + 'static {
    move |request| match form_of(request).as_str() {
        "marks" => Reply::json(json!({ "verdict": "wrong", "missing": [], "misconception": "" })),
        _ => Reply::text(text),
    }
}

async fn until(mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..400 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("it did not come to that within ten seconds");
}

#[tokio::test]
async fn an_explanation_comes_sentence_by_sentence_and_each_one_stands_on_the_page() {
    for test in databases().await {
        let text = "Here is what your page says. Insulin was discovered by two dentists in Toronto [9]. \
            Insulin lowers the concentration of glucose in plasma. [1] Insulin raises the concentration of glucose in plasma [1]. \
            Insulin promotes the storage of glycogen in skeletal muscle [2]. The dose is 40 units each morning [2].";
        let taught = taught(&test, speaks(text)).await;
        let mut learner = Learner::first_pass(&taught).await;
        assert!(learner.talk.state.speaking && learner.talk.state.open.is_none(), "{:?}", learner.talk.state);
        assert_eq!(learner.talk.state.offers, []);
        learner.settle().await;
        let lines = learner.lines();
        let said = [
            "Insulin lowers the concentration of glucose in plasma.",
            "Insulin promotes the storage of glycogen in skeletal muscle.",
        ];
        assert_eq!(words(&lines), said.join("\n"), "{}", test.name);
        assert!(lines[0].first_word.is_some() && !lines[0].follows);
        assert!(lines[1].first_word.is_none() && lines[1].follows);
        assert_eq!((put(&lines), asked(&lines)), (2, 1));
        // each chip leads to the sentence that says so
        let mut tx = taught.site.state.db.read().await.unwrap();
        let document = server::library::store::document(&mut tx, taught.material).await.unwrap().unwrap();
        for (part, verbatim) in
            lines.iter().flat_map(parts).zip(["secreted by beta cells", "storage of glycogen"])
        {
            assert!(document.slice(part.source.unwrap().span).contains(verbatim), "{part:?}");
        }
        assert!(learner.talk.state.open.is_some() && learner.talk.state.again);
        assert_eq!(taught.provider.violations(), []);
    }
}

#[tokio::test]
async fn whatever_a_provider_does_the_page_speaks_and_the_question_is_asked() {
    let test = databases().await.remove(0);
    let taught = taught(&test, speaks("The moon is made of cheese [1]. As an AI, I think so.")).await;
    let mut faults = vec![];
    for after in [0, 1, 3] {
        faults.extend([
            Fault::Cut { after },
            Fault::EndEarly { after },
            Fault::Malformed { after },
            Fault::ErrorInStream { after },
        ]);
    }
    faults.extend([
        Fault::ServerError,
        Fault::ContextTooLong,
        Fault::Refusal,
        Fault::Empty,
        Fault::Length { after: 1 },
        Fault::WrongUsage,
        Fault::QuotaSpent,
        Fault::Unauthorized,
    ]);
    for fault in faults {
        taught.provider.otherwise(Reply::text("The moon is made of cheese [1].").with(fault.clone()));
        let requests = taught.provider.requests().len();
        let mut learner = Learner::first_pass(&taught).await;
        learner.settle().await;
        let lines = learner.lines();
        assert!(
            words(&lines).contains("Insulin is a hormone secreted by beta cells"),
            "{fault:?}: {lines:?}"
        );
        assert_eq!((put(&lines), asked(&lines)), (0, 1), "{fault:?}");
        assert!(learner.talk.state.open.is_some());
        assert!(taught.provider.requests().len() > requests, "{fault:?}: it was asked");
        // a provider that failed is left alone for a while
        taught.site.state.clock.advance(3_600_000);
    }
}

#[tokio::test]
async fn what_was_said_before_a_break_stays_and_half_a_sentence_does_not() {
    let test = databases().await.remove(0);
    let taught = taught(&test, speaks("")).await;
    // the first sentence has some ten pieces; nobody can go on
    let pieces =
        provider::pieces("Insulin lowers the concentration of glucose in plasma [1]. It lowers the").len();
    taught.provider.push(Reply::text(GOOD).with(Fault::Cut { after: pieces }));
    taught.provider.otherwise(Reply::fault(Fault::ServerError));
    let mut learner = Learner::first_pass(&taught).await;
    learner.settle().await;
    let lines = learner.lines();
    assert_eq!(words(&lines), "Insulin lowers the concentration of glucose in plasma.");
    assert_eq!(asked(&lines), 1);
}

#[tokio::test]
async fn who_may_not_be_asked_is_not_and_nothing_is_waited_for() {
    for test in databases().await {
        let taught = taught(&test, speaks(GOOD)).await;
        for (agreed, stays) in [(false, false), (true, true)] {
            taught.book.set_agreed(taught.owner, "openai", agreed).await.unwrap();
            taught.stay_here(stays).await;
            let learner = Learner::first_pass(&taught).await;
            assert!(!learner.talk.state.speaking && learner.talk.state.open.is_some(), "{}", test.name);
            assert_eq!((put(&learner.lines()), asked(&learner.lines())), (0, 1));
        }
        assert_eq!(taught.provider.requests().len(), 0, "{}", test.name);
    }
}

#[tokio::test]
async fn a_learner_who_has_heard_enough_stops_it() {
    for test in databases().await {
        let slow = |_: &Request| Reply::text(GOOD.repeat(4)).every(Duration::from_millis(30));
        let taught = taught(&test, slow).await;
        let mut learner = Learner::first_pass(&taught).await;
        let seen = learner.doing(Act::Hush);
        until(async || {
            learner.reload().await;
            put(&learner.lines()) > 0
        })
        .await;
        let refused = learner.try_act(learner.doing(Act::NoIdea)).await.unwrap_err();
        assert!(matches!(refused, ApiError::Conflict { .. }), "{refused:?}");
        // pressed before the first sentence was seen
        let done = learner.tutor.act(learner.session, seen).await.unwrap();
        assert!(done.counted && !done.state.speaking && done.state.open.is_some(), "{done:?}");
        learner.settle().await;
        let lines = learner.lines();
        assert_eq!(asked(&lines), 1, "{}", test.name);
        assert!(put(&lines) >= 1 && put(&lines) < 8, "{lines:?}");
        let own = lines.iter().filter(|line| matches!(line.body, Body::Learner { .. })).count();
        assert_eq!(own, 1, "'That is enough.'");
        assert!(taught.provider.until(Duration::from_secs(5), |provider| provider.abandoned() == 1).await);
        // pressed again it does no harm
        let again = learner.try_act(learner.doing(Act::Hush)).await.unwrap();
        assert!(again.counted && again.lines.is_empty());
    }
}

#[tokio::test]
async fn the_same_is_said_anew_three_times() {
    let test = databases().await.remove(0);
    let taught = taught(&test, speaks(GOOD)).await;
    let mut learner = Learner::first_pass(&taught).await;
    learner.settle().await;
    let open = learner.talk.state.open.clone();
    for _ in 0..3 {
        assert!(learner.talk.state.again);
        let lines = learner.act(learner.doing(Act::Again)).await;
        assert_eq!((put(&lines), asked(&lines)), (3, 0), "{lines:?}");
        assert!(lines[1].first_word.is_some());
        assert_eq!(learner.talk.state.open, open, "the question stays");
    }
    assert!(!learner.talk.state.again);
    assert!(learner.try_act(learner.doing(Act::Again)).await.is_err());
    assert_eq!(taught.provider.requests().len(), 4, "each time it was asked for");
}

#[tokio::test]
async fn an_answer_that_is_being_judged_can_be_changed() {
    for test in databases().await {
        let judge = |request: &Request| match form_of(request).as_str() {
            "marks" if request.asked().contains("second") => {
                Reply::json(json!({ "verdict": "partly", "missing": [], "misconception": "" }))
            }
            "marks" => Reply::json(json!({ "verdict": "wrong", "missing": [], "misconception": "" }))
                .with(Fault::SlowFirstToken(Duration::from_secs(4))),
            _ => Reply::text("Look at the page once more [1]."),
        };
        let taught = taught(&test, judge).await;
        let mut learner = Learner::practice(&taught).await;
        learner.settle().await;
        let doing = Doing { text: "my first words".into(), ..learner.doing(Act::Answer) };
        let done = learner.try_act(doing).await.unwrap();
        assert!(done.state.speaking && done.state.offers == [Event::Edit(None)], "{:?}", done.state);
        let doing = Doing { text: "my second words".into(), ..learner.doing(Act::Edit) };
        let lines = learner.act(doing).await;
        let verdicts: Vec<Verdict> = lines
            .iter()
            .filter_map(|line| match &line.body {
                Body::Tutor(Said::Judged { verdict, .. }) if !line.follows => Some(*verdict),
                _ => None,
            })
            .collect();
        assert_eq!(verdicts, [Verdict::Partly], "{}: {lines:?}", test.name);
        let session = session_of(&taught, learner.talk.id).await;
        assert_eq!(session.questions()[0].attempts, 1, "the same attempt");
    }
}

async fn session_of(taught: &Taught, talk: TalkId) -> domain::tutor::Session {
    let mut tx = taught.site.state.db.read().await.unwrap();
    let query = tx.query("SELECT session FROM talk WHERE id = $1");
    query.bind(talk.0).one::<(Json<domain::tutor::Session>,)>().await.unwrap().0.0
}

#[tokio::test]
async fn speed_says_which_model_is_asked_and_depth_how_much_is_said() {
    let test = databases().await.remove(0);
    let models =
        [(Tier::Primary, "gpt-5.5"), (Tier::Secondary, "gpt-5-mini"), (Tier::Tertiary, "gpt-5.4-nano")];
    let with = With { models: &models, ..With::default() };
    let taught = Taught::open_with(&test, with, speaks(GOOD)).await;
    taught.site.work().await;
    for (speed, depth, model, effort, bound) in [
        (Speed::Quick, Depth::Short, "gpt-5-mini", "minimal", "at most 60 words"),
        (Speed::Balanced, Depth::Normal, "gpt-5.5", "low", "at most 120 words"),
        (Speed::Thorough, Depth::Deep, "gpt-5.5", "medium", "at most 120 words"),
    ] {
        let request = Beginning { concept: "insulin".into(), speed, depth, ..Beginning::default() };
        let mut learner = Learner::begin(&taught, request).await;
        learner.settle().await;
        let last = taught.provider.last().unwrap();
        assert_eq!((last.model(), last.json()["reasoning_effort"].as_str()), (model, Some(effort)));
        assert!(last.asked().contains(bound), "{}", last.asked());
        // the instructions are the same to the letter
        let first = &taught.provider.requests()[0];
        assert_eq!(first.messages()[0], last.messages()[0]);
    }
    // in a talk that goes on it counts from the next step
    let mut learner = Learner::first_pass(&taught).await;
    learner.settle().await;
    let tuned = Doing { speed: Some(Speed::Quick), ..learner.doing(Act::Tune) };
    learner.act(tuned).await;
    let simpler = Doing { manner: Some(Manner::Simpler), ..learner.doing(Act::Explain) };
    learner.act(simpler).await;
    assert_eq!(taught.provider.last().unwrap().model(), "gpt-5-mini");
}

#[tokio::test]
async fn a_budget_that_ends_between_two_words_leaves_the_page() {
    for test in databases().await {
        let with = With { budget: Budget { learner: Some(6_500_000), everybody: None }, ..With::default() };
        let taught = Taught::open_with(&test, with, speaks(GOOD)).await;
        taught.site.work().await;
        let mut learner = Learner::first_pass(&taught).await;
        learner.settle().await;
        let mut heard = put(&learner.lines());
        assert_eq!(heard, 3, "the first one is paid");
        for _ in 0..5 {
            let simpler = Doing { manner: Some(Manner::Simpler), ..learner.doing(Act::Explain) };
            let lines = learner.act(simpler).await;
            assert!(!words(&lines).is_empty(), "{lines:?}");
            heard = put(&lines);
        }
        assert_eq!(heard, 0, "{}: at last the page speaks", test.name);
    }
}

#[tokio::test]
async fn a_material_that_is_deleted_takes_its_talk_with_it() {
    for test in databases().await {
        let slow = |_: &Request| Reply::text(GOOD.repeat(4)).every(Duration::from_millis(30));
        let taught = taught(&test, slow).await;
        let mut learner = Learner::first_pass(&taught).await;
        until(async || {
            learner.reload().await;
            put(&learner.lines()) > 0
        })
        .await;
        let mut browser = taught.browser.clone();
        browser.call(&taught.site, "library/delete", &format!("material={}", taught.material)).await;
        learner.tutor.silent().await;
        let gone = learner.tutor.talk(learner.session, learner.talk.id).await;
        assert!(matches!(gone, Err(ApiError::NotFound { .. })), "{gone:?}");
        let mut tx = taught.site.state.db.read().await.unwrap();
        let left: (i64,) = tx.query("SELECT CAST(count(*) AS BIGINT) FROM talk_line").one().await.unwrap();
        assert_eq!(left.0, 0, "{}", test.name);
    }
}

#[tokio::test]
async fn what_a_dead_speaker_left_is_said_once() {
    for test in databases().await {
        let slow = |_: &Request| Reply::text(GOOD.repeat(4)).every(Duration::from_millis(30));
        let taught = taught(&test, slow).await;
        for heard in [0, 1] {
            let mut learner = Learner::first_pass(&taught).await;
            until(async || {
                learner.reload().await;
                put(&learner.lines()) >= heard
            })
            .await;
            // as at the end of a process
            learner.tutor.fall_silent().await;
            taught.site.state.clock.advance(20_000);
            learner.reload().await;
            let lines = learner.lines();
            assert!(!learner.talk.state.speaking && learner.talk.state.open.is_some(), "{}", test.name);
            assert_eq!(asked(&lines), 1, "{}: {lines:?}", test.name);
            let of_page = lines.iter().flat_map(parts).filter(|part| part.wording == Wording::Plain).count();
            assert_eq!(of_page > 0, put(&lines) == 0, "the step is not said twice: {lines:?}");
            // looked at again, nothing more is said
            learner.reload().await;
            assert_eq!(learner.lines(), lines);
        }
    }
}

#[tokio::test]
async fn an_act_in_an_abandoned_talk_is_told_what_was_missed() {
    let test = databases().await.remove(0);
    let slow = |_: &Request| Reply::text(GOOD).every(Duration::from_millis(200));
    let taught = taught(&test, slow).await;
    let mut learner = Learner::first_pass(&taught).await;
    learner.tutor.fall_silent().await;
    taught.site.state.clock.advance(20_000);
    let done = learner.try_act(learner.doing(Act::ShowMe)).await.unwrap();
    assert!(!done.counted && asked(&learner.lines()) == 1, "the question was not seen yet: {done:?}");
}

#[tokio::test]
async fn two_tabs_in_one_talk_say_nothing_twice() {
    for test in databases().await {
        let taught = taught(&test, speaks(GOOD)).await;
        let mut learner = Learner::first_pass(&taught).await;
        learner.settle().await;
        let (one, other) = (learner.doing(Act::ShowMe), learner.doing(Act::Skip));
        let (first, second) = tokio::join!(
            learner.tutor.act(learner.session, one.clone()),
            learner.tutor.act(learner.session, other)
        );
        let counted = [first.unwrap().counted, second.unwrap().counted];
        assert_eq!(counted.iter().filter(|counted| **counted).count(), 1, "{}: {counted:?}", test.name);
        learner.settle().await;
        assert_eq!(asked(&learner.lines()), 2, "{:?}", learner.lines());
        // what was sent again after a cut is told again, and nothing is asked for
        let requests = taught.provider.requests().len();
        let again = learner.tutor.act(learner.session, one).await.unwrap();
        assert_eq!(again.counted, counted[0]);
        learner.settle().await;
        assert_eq!(taught.provider.requests().len(), requests);
    }
}

#[tokio::test]
async fn nothing_that_is_sent_states_a_name_that_is_kept_back() {
    for test in databases().await {
        let taught = taught(&test, |request| match form_of(request).as_str() {
            "marks" => Reply::json(json!({
                "verdict": "wrong",
                "missing": ["after a meal"],
                "misconception": "takes insulin for a hormone of hunger",
            })),
            _ => Reply::text("What happens to the concentration of glucose after a meal?"),
        })
        .await;
        let mut learner = Learner::practice(&taught).await;
        learner.settle().await;
        let key = learner.key(&taught).await.to_lowercase();
        assert!(key.split(' ').count() <= 4, "{key} is a name");
        for text in ["the liver does it", "no clue at all, tell me", "some enzyme of the stomach"] {
            let lines = learner.answer(text).await;
            assert!(!words(&lines).to_lowercase().contains(&key), "{}: {lines:?}", test.name);
        }
        let hinted = learner.act(learner.doing(Act::Hint)).await;
        assert!(
            hinted
                .iter()
                .any(|line| matches!(&line.body, Body::Tutor(Said::Hinted { rung: Rung::Pointing, .. })))
        );
        let hinted = learner.act(learner.doing(Act::Hint)).await;
        assert!(!words(&hinted).to_lowercase().contains(&key), "{hinted:?}");
        let requests = taught.provider.requests();
        assert!(requests.len() >= 6, "{}", requests.len());
        for request in &requests {
            let sent = request.json().to_string().to_lowercase();
            assert!(!sent.contains(&key), "{}: {key} was sent: {sent}", test.name);
        }
        // told at last, it may be said, and the mix-up by its name
        let told = learner.act(learner.doing(Act::TellMe)).await;
        assert!(words(&told).to_lowercase().contains(&key), "{told:?}");
        let session = session_of(&taught, learner.talk.id).await;
        assert_eq!(session.questions()[0].misconceptions.len(), 3);
        assert_eq!(taught.provider.violations(), []);
    }
}

#[tokio::test]
async fn a_case_unfolds_in_parts_that_are_marked_as_made_up() {
    let test = databases().await.remove(0);
    let case = "A woman of 54 comes in the evening. She eats a large meal and feels well.";
    let taught = taught(&test, speaks(case)).await;
    let request =
        Beginning { concept: "insulin".into(), mode: Some(Mode::ClinicalCase), ..Beginning::default() };
    let mut learner = Learner::begin(&taught, request).await;
    learner.settle().await;
    let lines = learner.lines();
    let made_up: Vec<&Part> = lines.iter().flat_map(parts).collect();
    assert_eq!(made_up.len(), 2, "{lines:?}");
    assert!(made_up.iter().all(|part| part.wording == Wording::Outside && part.source.is_none()));
    assert!(taught.provider.last().unwrap().asked().contains("case, part 1 of 3"));
    let refused = learner.try_act(learner.doing(Act::Hint)).await;
    assert!(refused.is_err(), "no hint before two attempts");
    // nor a word that leads on
    let before = taught.provider.requests().len();
    learner.answer("the spleen").await;
    assert_eq!(taught.provider.requests().len(), before + 1, "it was judged");
    // skipped, the next part follows
    let lines = learner.act(learner.doing(Act::Skip)).await;
    assert!(taught.provider.last().unwrap().asked().contains("case, part 2 of 3"), "{lines:?}");
    assert_eq!(asked(&lines), 1);
}
