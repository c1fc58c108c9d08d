use super::*;
use crate::quiz::Confidence::{Certain, Fairly, Guess};
use crate::schedule::Rating;
use crate::seed::Seeded;
use Mode::{ClinicalCase, FirstPass, Practice};
use Verdict::{Partly, Right, Wrong};
use proptest::prelude::*;

fn lesson(mode: Mode) -> Lesson {
    Lesson { mode, skill: 0.6, parts: 2 }
}

fn plan(modes: &[Mode]) -> Plan {
    Plan {
        lessons: modes.iter().map(|mode| lesson(*mode)).collect(),
        minutes: 5,
        depth: Depth::Normal,
        speed: Speed::Balanced,
    }
}

/// A judgement of the answer that waits for one.
fn verdict(session: &Session, verdict: Verdict) -> Event {
    let judgement = Judgement { verdict, missing: vec!["the reason".into()], misconception: None };
    Event::Judged { attempt: session.attempt, judgement }
}

/// What happens to a session, in short.
#[derive(Debug, Clone, Copy)]
enum Does {
    /// An answer with its judgement.
    Says(Verdict),
    Sure(Verdict, Confidence),
    Event(&'static str),
}
use Does::{Event as Do, Says, Sure};

fn event(name: &str) -> Event {
    match name {
        "start" => Event::Start,
        "no idea" => Event::NoIdea,
        "hint" => Event::Hint,
        "show me" => Event::ShowMe,
        "tell me" => Event::TellMe,
        "skip" => Event::Skip,
        "next" => Event::Next,
        "stop" => Event::Stop,
        "simpler" => Event::Explain(Manner::Simpler),
        "it was right" => Event::Overrule(Right),
        "it was wrong" => Event::Overrule(Wrong),
        "practice" => Event::Switch(Practice),
        "first pass" => Event::Switch(FirstPass),
        "case" => Event::Switch(ClinicalCase),
        other => panic!("{other}"),
    }
}

/// A step in short: `+` where the answer may stand in it.
fn short(step: &Step) -> String {
    let act = match &step.act {
        Act::Explain { .. } => "explain".into(),
        Act::Objective => "objective".into(),
        Act::Unfold { part, parts } => format!("part {part}/{parts}"),
        Act::Ask { ask, .. } => format!("{ask:?}?").to_lowercase(),
        Act::Judge { .. } => "judge".into(),
        Act::Feedback { verdict, .. } => format!("{verdict:?}").to_lowercase(),
        Act::Hint(rung) => format!("{rung:?}").to_lowercase(),
        Act::Tell { .. } => "tell".into(),
        Act::Elaborate { .. } => "elaborate".into(),
        Act::Summary { .. } => "summary".into(),
        Act::Overruled(_) => "overruled".into(),
        Act::Conclude => "conclude".into(),
        Act::End(ending) => format!("end {ending:?}").to_lowercase(),
    };
    let tells = !matches!(step.act, Act::Judge { .. } | Act::Explain { .. } | Act::Conclude);
    if step.key == Secrecy::Free && tells { act + "+" } else { act }
}

/// Goes through a session; its steps in short, those of one event after another.
fn walk(plan: Plan, way: &[Does]) -> (Session, Vec<String>) {
    let mut session = Session::new(plan);
    let mut told = vec![];
    let mut take = |session: &mut Session, event: Event| match session.next(&event, 0) {
        Ok((next, steps)) => {
            told.push(steps.iter().map(short).collect::<Vec<_>>().join(", "));
            *session = next;
        }
        Err(refused) => told.push(format!("{refused:?}")),
    };
    for does in way {
        match *does {
            Do(name) => take(&mut session, event(name)),
            Says(of) => {
                take(&mut session, Event::Attempt(None));
                let event = verdict(&session, of);
                take(&mut session, event);
            }
            Sure(of, confidence) => {
                take(&mut session, Event::Attempt(Some(confidence)));
                let event = verdict(&session, of);
                take(&mut session, event);
            }
        }
    }
    (session, told)
}

#[test]
fn ways_through_a_session() {
    let cases: &[(&[Mode], &[Does], &[&str])] = &[
        (
            &[FirstPass],
            &[Do("start"), Says(Right), Says(Right), Do("next")],
            &["explain, easy?", "judge", "right+, check?", "judge", "right+, conclude", "end done"],
        ),
        (
            &[FirstPass],
            &[Do("start"), Do("show me"), Says(Wrong), Do("simpler"), Do("next")],
            &["explain, easy?", "tell+, check?", "judge", "wrong+, conclude", "elaborate+", "end done"],
        ),
        (
            &[FirstPass],
            &[Do("start"), Do("hint"), Do("tell me"), Do("show me")],
            &["explain, easy?", "pointing", "tell+, check?", "tell+, conclude"],
        ),
        (
            &[FirstPass, FirstPass],
            &[Do("start"), Says(Partly), Do("skip"), Do("next"), Do("simpler"), Do("skip"), Do("stop")],
            &[
                "explain, easy?",
                "judge",
                "partly+, check?",
                "conclude",
                "explain, easy?",
                "elaborate+",
                "check?",
                "summary+, end stopped",
            ],
        ),
        (
            &[Practice],
            &[Do("start"), Says(Right), Says(Right), Says(Right), Do("next")],
            &[
                "objective, open?",
                "judge",
                "right+, elaborate+, transfer?",
                "judge",
                "right+, summary+, check?",
                "judge",
                "right+, conclude",
                "end done",
            ],
        ),
        (
            &[Practice],
            &[
                Do("start"),
                Do("show me"),
                Do("tell me"),
                Do("hint"),
                Says(Wrong),
                Do("tell me"),
                Do("hint"),
                Do("tell me"),
                Do("hint"),
                Do("simpler"),
                Do("tell me"),
                Do("simpler"),
            ],
            &[
                "objective, open?",
                "NotInThisMode",
                "AttemptsFirst(1)",
                "AttemptsFirst(1)",
                "judge",
                "wrong",
                "HintsFirst(2)",
                "pointing",
                "HintsFirst(1)",
                "narrowing",
                "NothingExplained",
                "tell+, elaborate+, transfer?",
                "elaborate",
            ],
        ),
        (
            &[Practice],
            &[Do("start"), Do("no idea"), Do("hint"), Do("hint"), Do("hint"), Do("hint"), Says(Right)],
            &[
                "objective, open?",
                "wrong",
                "pointing",
                "narrowing",
                "halfworked",
                "NoMoreHints",
                "judge",
                "right+, elaborate+, transfer?",
            ],
        ),
        (
            &[Practice],
            &[Do("start"), Says(Wrong), Says(Partly), Says(Wrong), Says(Wrong)],
            &[
                "objective, open?",
                "judge",
                "wrong",
                "judge",
                "partly",
                "judge",
                "wrong",
                "judge",
                "wrong, tell+, elaborate+, transfer?",
            ],
        ),
        (
            &[Practice],
            &[
                Do("start"),
                Says(Wrong),
                Do("it was right"),
                Do("skip"),
                Do("hint"),
                Do("tell me"),
                Says(Wrong),
                Do("it was right"),
                Do("it was wrong"),
            ],
            &[
                "objective, open?",
                "judge",
                "wrong",
                "overruled+, elaborate+, transfer?",
                "summary, check?",
                "Unaided",
                "Unaided",
                "judge",
                "wrong+, conclude",
                "overruled+",
                "OftenEnough",
            ],
        ),
        (
            &[Practice],
            &[Do("start"), Says(Wrong), Do("skip"), Do("it was wrong"), Do("stop"), Do("start")],
            &["objective, open?", "judge", "wrong", "transfer?", "NoChange", "summary, end stopped", "Ended"],
        ),
        (
            &[ClinicalCase],
            &[
                Do("start"),
                Do("hint"),
                Says(Wrong),
                Do("hint"),
                Do("tell me"),
                Says(Wrong),
                Do("tell me"),
                Do("hint"),
                Do("hint"),
                Do("tell me"),
                Says(Right),
                Says(Right),
                Do("next"),
            ],
            &[
                "part 1/2, open?",
                "AttemptsFirst(2)",
                "judge",
                "wrong",
                "AttemptsFirst(1)",
                "AttemptsFirst(1)",
                "judge",
                "wrong",
                "HintsFirst(2)",
                "pointing",
                "narrowing",
                "tell+, part 2/2, open?",
                "judge",
                "right+, summary+, check?",
                "judge",
                "right+, conclude",
                "end done",
            ],
        ),
        (
            &[ClinicalCase, Practice],
            &[
                Do("start"),
                Do("first pass"),
                Do("first pass"),
                Do("case"),
                Do("practice"),
                Do("next"),
                Do("case"),
            ],
            &[
                "part 1/2, open?",
                "explain, easy?",
                "NoChange",
                "part 1/2, open?",
                "OftenEnough",
                "objective, open?",
                "part 1/2, open?",
            ],
        ),
        (&[Practice], &[Do("hint"), Do("stop"), Do("stop")], &["NotStarted", "end stopped", "Ended"]),
    ];
    for (modes, way, expected) in cases {
        assert_eq!(walk(plan(modes), way).1, *expected, "{modes:?} {way:?}");
    }
}

#[test]
fn depth_changes_the_way() {
    let of = |depth, mode| {
        let way: &[Does] = &[Do("start"), Says(Right), Says(Right)];
        walk(Plan { depth, ..plan(&[mode]) }, way).1.concat()
    };
    assert!(!of(Depth::Short, Practice).contains("transfer?"));
    assert!(of(Depth::Deep, ClinicalCase).contains("right+, elaborate+, summary+, check?"));
    let words = |depth| match Session::new(Plan { depth, ..plan(&[FirstPass]) }).next(&Event::Start, 0) {
        Ok((_, steps)) => steps[0].act.clone(),
        Err(refused) => panic!("{refused}"),
    };
    for (depth, most) in [(Depth::Short, 60), (Depth::Normal, 120), (Depth::Deep, 120)] {
        assert_eq!(words(depth), Act::Explain { words: most });
    }
}

#[test]
fn what_comes_of_a_concept() {
    let cases: &[(Mode, &[Does], Option<Rating>, bool)] = &[
        (FirstPass, &[Do("start"), Says(Right), Sure(Right, Certain)], Some(Rating::Good), false),
        (FirstPass, &[Do("start"), Do("show me"), Sure(Right, Certain)], Some(Rating::Hard), false),
        (FirstPass, &[Do("start"), Says(Right), Do("show me")], Some(Rating::Again), false),
        (FirstPass, &[Do("start"), Says(Right), Do("simpler"), Says(Right)], Some(Rating::Hard), false),
        (FirstPass, &[Do("start"), Says(Right), Do("skip")], None, false),
        (FirstPass, &[Do("start"), Says(Wrong), Sure(Right, Fairly)], Some(Rating::Good), true),
        (Practice, &[Do("start"), Says(Right), Says(Right), Sure(Right, Certain)], Some(Rating::Easy), false),
        (Practice, &[Do("start"), Says(Right), Says(Right), Sure(Right, Fairly)], Some(Rating::Good), false),
        (Practice, &[Do("start"), Says(Right), Says(Right), Sure(Right, Guess)], Some(Rating::Hard), false),
        (Practice, &[Do("start"), Says(Right), Says(Right), Says(Partly)], Some(Rating::Hard), false),
        (
            Practice,
            &[Do("start"), Says(Right), Says(Right), Sure(Wrong, Certain)],
            Some(Rating::Again),
            false,
        ),
        (
            Practice,
            &[Do("start"), Says(Wrong), Says(Right), Says(Right), Sure(Right, Certain)],
            Some(Rating::Good),
            true,
        ),
        (
            Practice,
            &[Do("start"), Says(Right), Says(Right), Says(Wrong), Do("it was right")],
            Some(Rating::Hard),
            false,
        ),
        (
            Practice,
            &[Do("start"), Says(Wrong), Do("hint"), Do("hint"), Do("tell me"), Says(Right), Says(Right)],
            Some(Rating::Hard),
            false,
        ),
        (Practice, &[Do("start"), Says(Right), Do("stop")], None, false),
    ];
    for (mode, way, rating, breakthrough) in cases {
        let (session, _) = walk(plan(&[*mode]), way);
        let concluded = session.concluded();
        assert_eq!(concluded.len(), 1);
        assert_eq!(
            (concluded[0].rating, concluded[0].breakthrough),
            (*rating, *breakthrough),
            "{mode:?} {way:?}"
        );
    }
    assert!(Session::new(plan(&[Practice])).concluded().is_empty());
}

#[test]
fn a_named_mistake_is_remembered_once() {
    let (mut session, _) = walk(plan(&[Practice]), &[Do("start")]);
    for _ in 0..2 {
        session = session.next(&Event::Attempt(Some(Certain)), 0).unwrap().0;
        let judgement = Judgement {
            verdict: Wrong,
            missing: vec!["filling time".into()],
            misconception: Some("preload is afterload".into()),
        };
        let (next, steps) = session.next(&Event::Judged { attempt: session.attempt, judgement }, 0).unwrap();
        // what is missing is the answer: it is kept back
        let Act::Feedback { missing, misconception, .. } = &steps[0].act else { panic!("{steps:?}") };
        assert_eq!((missing.len(), misconception.is_some()), (0, true));
        session = next;
    }
    assert_eq!(session.concluded()[0].misconceptions, ["preload is afterload"]);
}

#[test]
fn a_late_judgement_changes_nothing() {
    let (session, _) = walk(plan(&[Practice]), &[Do("start")]);
    let (asked, _) = session.next(&Event::Attempt(None), 0).unwrap();
    let late = verdict(&asked, Right);
    let (edited, _) = asked.next(&Event::Edit(Some(Fairly)), 0).unwrap();
    assert_eq!(edited.next(&late, 0), Err(Refused::Stale));
    assert_eq!(edited.questions()[0].attempts, 1, "the same attempt");
    let (skipped, _) = edited.next(&Event::Skip, 0).unwrap();
    assert_eq!(skipped.next(&verdict(&edited, Right), 0), Err(Refused::Stale));
    let (wrong, _) = edited.next(&verdict(&edited, Wrong), 0).unwrap();
    let (again, _) = wrong.next(&Event::Edit(None), 0).unwrap();
    assert_eq!(again.questions()[0].attempts, 2, "it was judged: another attempt");
}

#[test]
fn a_first_pass_ends_with_its_minutes() {
    let minute = 60_000;
    let start = 1_764_072_000_000;
    let (session, _) = Session::new(plan(&[FirstPass, FirstPass])).next(&Event::Start, start).unwrap();
    for (minutes, at, ending) in [(5, 4, None), (5, 5, Some(Ending::TimeUp)), (10, 9, None)] {
        let mut session = session.clone();
        session.plan.minutes = minutes;
        let (_, steps) = session.next(&Event::Next, start + at * minute).unwrap();
        assert_eq!(
            steps.iter().any(|step| Some(&step.act) == ending.map(Act::End).as_ref()),
            ending.is_some()
        );
    }
    // what was begun is finished
    let late = start + 60 * minute;
    let (shown, steps) = session.next(&Event::ShowMe, late).unwrap();
    assert!(shown.time_is_up() && steps.iter().any(|step| matches!(step.act, Act::Ask { .. })));
    // practice takes the time that it takes
    let (session, _) = Session::new(plan(&[Practice, Practice])).next(&Event::Start, start).unwrap();
    assert!(!session.next(&Event::Next, late).unwrap().0.is_over());
}

#[test]
fn difficulty_follows_the_rating() {
    let asked = |session: &Session| session.questions().last().unwrap().difficulty;
    let (start, _) = walk(plan(&[Practice]), &[Do("start")]);
    let (right, _) = walk(plan(&[Practice]), &[Do("start"), Says(Right)]);
    let (wrong, _) = walk(plan(&[Practice]), &[Do("start"), Says(Wrong), Do("skip")]);
    assert!((asked(&start) - (0.6 - 4_f32.ln() / 6.0)).abs() < 1e-6, "four in five");
    assert!(asked(&right) > asked(&start) && asked(&wrong) < asked(&start));
    let (easy, _) = walk(plan(&[FirstPass]), &[Do("start")]);
    assert!(asked(&easy) < asked(&start));
}

#[test]
fn a_plan_is_brought_within_its_bounds() {
    let wild = Lesson { mode: ClinicalCase, skill: f32::NAN, parts: 200 };
    let session =
        Session::new(Plan { lessons: vec![wild; 99], minutes: 0, depth: Depth::Deep, speed: Speed::Quick });
    assert_eq!((session.plan().lessons.len(), session.plan().minutes), (12, 5));
    assert_eq!((session.plan().lessons[0].parts, session.plan().lessons[0].skill), (5, 0.5));
    let empty =
        Session::new(Plan { lessons: vec![], minutes: 99, depth: Depth::Short, speed: Speed::Thorough });
    assert_eq!((empty.plan().lessons.len(), empty.plan().minutes, empty.mode()), (1, 20, FirstPass));
}

fn any_plan(seed: &mut Seeded) -> Plan {
    let lessons = (0..=seed.below(3)).map(|_| Lesson {
        mode: Mode::ALL[seed.below(3)],
        skill: seed.below(101) as f32 / 100.0,
        parts: seed.below(6) as u8,
    });
    let lessons = lessons.collect();
    let depth = [Depth::Short, Depth::Normal, Depth::Deep][seed.below(3)];
    Plan { lessons, minutes: seed.below(30) as u8, depth, speed: Speed::Balanced }
}

/// An event, likely one that can be.
fn any_event(session: &Session, seed: &mut Seeded) -> Event {
    if session.phase == Phase::Judging && seed.below(4) > 0 {
        return verdict(session, Verdict::ALL[seed.below(3)]);
    }
    let offers = session.offers();
    match seed.below(12) {
        0 => verdict(session, Right),
        1 => Event::TellMe,
        2 => Event::Hint,
        // the last one ends it
        _ if offers.len() > 1 => offers[seed.below(offers.len() - 1)].clone(),
        _ => Event::Attempt(Some(Confidence::ALL[seed.below(4)])),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn rules_hold_on_every_way(seed: u64, length in 1_usize..150) {
        let mut seed = Seeded::new(seed);
        let plan = any_plan(&mut seed);
        let mut session = Session::new(plan.clone());
        let mut events: Vec<(Event, i64)> = vec![];
        let mut at = 0;
        for _ in 0..length {
            let event = any_event(&session, &mut seed);
            at += seed.below(40_000) as i64;
            events.push((event.clone(), at));
            let Ok((next, steps)) = session.next(&event, at) else { continue };
            prop_assert_eq!(next.steps(), &steps[..]);
            prop_assert!(!steps.is_empty(), "something is always said: {:?}", event);
            for step in &steps {
                // reckoned anew: what may be told was told by the rules, found, or belongs to a first pass
                let Some(of) = step.question.filter(|_| step.key == Secrecy::Free) else { continue };
                let question = &next.questions()[usize::from(of)];
                let told = question.told
                    && match question.mode {
                        FirstPass => true,
                        Practice => question.attempts >= 1 && question.hints >= 2 || question.attempts >= 4,
                        ClinicalCase => question.attempts >= 2 && question.hints >= 2 || question.attempts >= 4,
                    };
                let found = question.last == Some(Right);
                let once = question.ask == Ask::Check && question.last.is_some();
                let silent = matches!(step.act, Act::Judge { .. });
                prop_assert!(told || found || once || silent || question.mode == FirstPass, "{:?}", step);
                prop_assert!(silent || next.secret() != Some(of), "{:?}", step);
            }
            session = next;
            prop_assert!(session.questions().len() <= session.most_questions());
            prop_assert!(session.questions().iter().all(|q| q.attempts <= MOST_ATTEMPTS));
        }
        // kept and taken up elsewhere
        let kept = serde_json::to_string(&session).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Session>(&kept).unwrap(), &session);
        let replayed = Session::replay(plan, events.iter().map(|(event, at)| (event, *at)));
        prop_assert_eq!(&replayed, &session);
        // no dead end: the learner can stop, and can go on
        if !session.is_over() {
            let offers = session.offers();
            prop_assert_eq!(offers.last(), Some(&Event::Stop));
            prop_assert!(offers.len() > 1, "{:?}", session);
            prop_assert!(session.next(&Event::Stop, at).unwrap().0.is_over());
        } else {
            prop_assert!(session.offers().is_empty());
        }
    }

    #[test]
    fn answers_alone_lead_to_the_end(seed: u64, wrong in 0_usize..4) {
        let mut seed = Seeded::new(seed);
        let mut session = Session::new(any_plan(&mut seed)).next(&Event::Start, 0).unwrap().0;
        let mut turns = 0;
        while !session.is_over() {
            turns += 1;
            prop_assert!(turns < 600, "it does not end");
            let event = match session.phase {
                Phase::Asked => Event::Attempt(None),
                Phase::Judging => verdict(&session, if seed.below(4) < wrong { Wrong } else { Right }),
                _ => Event::Next,
            };
            session = session.next(&event, 0).unwrap().0;
        }
        let concluded = session.concluded();
        prop_assert_eq!(concluded.len(), session.plan().lessons.len());
        prop_assert!(concluded.iter().all(|lesson| lesson.rating.is_some()));
    }
}
