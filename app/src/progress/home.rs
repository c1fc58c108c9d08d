//! Home: where the learner stands today, the best next step with its reason, then others.

use super::{
    api::{Home, NextStep, Standing, StepKind, load_home},
    day,
};
use crate::{
    library::api::{Material, MaterialState, load_materials},
    quiz::api::StartQuiz,
    resource::resource,
    ui::{
        Art, ArtSprite, Bar, ErrorState, FormError, Glyph, Hue, Icon, IconSize, Mito, MitoSprite, Note, Ring,
        Skeleton, progress::BarSize,
    },
};
use domain::streak::WeekDay;
use leptos::{form::ActionForm, prelude::*, task::spawn_local};
use leptos_meta::Title;
use std::time::Duration;

/// How often the shelf is asked while something is being read.
const LOOK_AGAIN: Duration = Duration::from_secs(4);

/// Home.
#[component]
pub fn HomePage() -> impl IntoView {
    let home = resource(|| (), |()| load_home());
    view! {
        <Title text="Today"/>
        <div class="home">
            <Transition fallback=|| view! { <Skeleton label="today"/> }>
                {move || Suspend::new(async move {
                    match home.await {
                        Ok(home) => view! { <Today home/> }.into_any(),
                        Err(error) => {
                            view! { <ErrorState error whole_page=true retry=Callback::new(move |()| home.refetch())/> }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </div>
    }
}

/// The greeting for an hour of the day.
fn greeting(hour: u8) -> &'static str {
    match hour {
        5..=11 => "Good morning",
        12..=17 => "Good afternoon",
        18..=22 => "Good evening",
        _ => "Still awake?",
    }
}

fn days_until(days: i32) -> Option<String> {
    match days {
        ..0 => None,
        0 => Some("today".into()),
        1 => Some("tomorrow".into()),
        days => Some(format!("in {days}\u{a0}days")),
    }
}

#[component]
fn Today(home: Home) -> impl IntoView {
    let date = day::words(&home.date, true).unwrap_or_default();
    let exam = home
        .exam
        .and_then(|(exam, days)| days_until(days).map(|until| format!("{exam} {until}")))
        .map(|exam| {
            view! {
                " · "
                <a class="tap" href="/settings#study">{exam}</a>
            }
        });
    let mut steps = home.steps.into_iter();
    let best = steps.next().map(|step| view! { <Best step/> });
    let others: Vec<_> = steps.collect();
    let others = (!others.is_empty()).then(|| view! { <Others steps=others/> });
    let standing = home.standing.map(|standing| view! { <Goal standing date=home.date.clone()/> });
    let guest = home.guest.then(|| {
        view! {
            <Note hue=Hue::Honey glyph=Glyph::Info>
                <p>
                    "What you have done is kept in this browser alone. "
                    <a class="tap" href="/register">"Make an account"</a> " and it stays."
                </p>
            </Note>
        }
    });
    view! {
        <header class="page-head home__greet">
            <div>
                <h1>{greeting(home.hour)}</h1>
                <p>{date} {exam}</p>
            </div>
        </header>
        <div class="cols">
            <div class="stack">
                {guest}
                {standing}
                {best}
                {others}
            </div>
            <div class="stack">
                <Coming due=home.due tomorrow=home.tomorrow/>
                <Reading first=home.reading/>
            </div>
        </div>
    }
}

/// Ring, streak and week.
#[component]
fn Goal(standing: Standing, date: String) -> impl IntoView {
    let (earned, goal) = (standing.xp_today, standing.daily_goal);
    let reached = earned >= goal;
    let mito = if reached { Mito::Cheer } else { Mito::Idle };
    let days = if standing.streak == 1 {
        "1-day streak".to_string()
    } else {
        format!("{}-day streak", standing.streak)
    };
    let saved = match (standing.studied_today, standing.freezes) {
        (_, 1) => "1 rest day saved".to_string(),
        (_, freezes) if freezes > 1 => format!("{freezes} rest days saved"),
        (false, _) if standing.streak > 0 => "One answer keeps it".to_string(),
        (false, _) => "One answer starts it".to_string(),
        (true, _) => "Today counts".to_string(),
    };
    let level = standing.level;
    let today = day::place_in_week(&date);
    view! {
        <section class="card goal dots" aria-labelledby="goal">
            <Ring
                label=format!("Daily goal: {earned} of {goal} XP")
                value=earned
                max=goal
                hue=if reached { Hue::Mint } else { Hue::Sakura }
                class="goal__ring"
            >
                <MitoSprite state=mito/>
            </Ring>
            <div class="goal__text">
                <h2 class="eyebrow" id="goal">
                    {if reached { "Today’s goal reached" } else { "Today’s goal" }}
                </h2>
                <p class="goal__num">{earned} <small>{format!(" of {goal}\u{a0}XP")}</small></p>
                <div class="goal__streak">
                    <ArtSprite art=Art::Flame still=!standing.studied_today/>
                    <p><strong>{days}</strong> <span class="small soft">{saved}</span></p>
                </div>
            </div>
            <Week week=standing.week today/>
            <div class="goal__level">
                <p class="small">
                    <b>{format!("Level\u{a0}{}", level.number)}</b>
                    <span class="soft">{format!(" · {} of {}\u{a0}XP to level\u{a0}{}", level.into, level.span, level.number + 1)}</span>
                </p>
                <Bar
                    label=format!("To level {}", level.number + 1)
                    value=level.into
                    max=level.span
                    hue=Hue::Honey
                    size=BarSize::Thin
                />
            </div>
        </section>
    }
}

#[component]
fn Week(week: [WeekDay; 7], today: Option<usize>) -> impl IntoView {
    const DAYS: [(&str, &str); 7] = [
        ("M", "Monday"),
        ("T", "Tuesday"),
        ("W", "Wednesday"),
        ("T", "Thursday"),
        ("F", "Friday"),
        ("S", "Saturday"),
        ("S", "Sunday"),
    ];
    let days = week
        .into_iter()
        .zip(DAYS)
        .enumerate()
        .map(|(place, (state, (letter, name)))| {
            let now = today == Some(place);
            let (class, glyph, word) = match state {
                WeekDay::Done => ("on", Some(Glyph::Check), ": studied"),
                WeekDay::Rested => ("rest", Some(Glyph::Moon), ": rest"),
                WeekDay::Missed => ("miss", None, ": nothing"),
                WeekDay::Open => ("", None, ""),
            };
            let name = if now { "Today" } else { name };
            view! {
                <li class=class class:now=now aria-current=now.then_some("date")>
                    <i>{glyph.map(|glyph| view! { <Icon glyph=glyph size=IconSize::Small/> })}</i>
                    <span aria-hidden="true">{letter}</span>
                    <span class="sr">{name} {word}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="week" aria-label="This week">{days}</ol> }
}

/// How a step looks and where it leads.
struct Way {
    hue: &'static str,
    glyph: Glyph,
    go: &'static str,
    target: Target,
}

enum Target {
    Page(String),
    NewQuiz(Option<domain::id::MaterialId>),
}

fn way(kind: &StepKind) -> Way {
    match kind {
        StepKind::Review => Way {
            hue: "coral",
            glyph: Glyph::Cards,
            go: "Start review",
            target: Target::Page("/review".into()),
        },
        StepKind::ResumeQuiz(quiz) => {
            Way { hue: "lav", glyph: Glyph::Play, go: "Go on", target: Target::Page(format!("/quiz/{quiz}")) }
        }
        StepKind::StartQuiz(material) => {
            Way { hue: "mint", glyph: Glyph::List, go: "Start", target: Target::NewQuiz(*material) }
        }
        StepKind::AddMaterial => Way {
            hue: "sky",
            glyph: Glyph::Upload,
            go: "Bring a file",
            target: Target::Page("/library".into()),
        },
        StepKind::Read(material) => Way {
            hue: "sky",
            glyph: Glyph::Library,
            go: "Read",
            target: Target::Page(format!("/library/{material}")),
        },
    }
}

/// A form that makes a set of ten and leads to it, around a button; works without scripts.
#[component]
fn NewQuiz(material: Option<domain::id::MaterialId>, children: Children) -> impl IntoView {
    let start = ServerAction::<StartQuiz>::new();
    let error = Signal::derive(move || start.value().get().and_then(Result::err));
    view! {
        <ActionForm action=start attr:class="home__form">
            {material.map(|material| view! {
                <input type="hidden" name="request[material]" value=material.to_string()/>
            })}
            <input type="hidden" name="request[length]" value="10"/>
            {children()}
            <FormError error fields=&[]/>
        </ActionForm>
    }
}

#[component]
fn Best(step: NextStep) -> impl IntoView {
    let Way { go, target, .. } = way(&step.kind);
    let words = move || {
        view! {
            {go}
            <Icon glyph=Glyph::Arrow/>
        }
    };
    let action = match target {
        Target::Page(href) => view! { <a class="btn btn--fill btn--lg" href=href>{words()}</a> }.into_any(),
        Target::NewQuiz(material) => view! {
            <NewQuiz material>
                <button class="btn btn--fill btn--lg" type="submit">{words()}</button>
            </NewQuiz>
        }
        .into_any(),
    };
    let minutes = step.minutes.map(|minutes| {
        view! {
            <span class="soft small row nowrap">
                <Icon glyph=Glyph::Clock size=IconSize::Small/>
                {format!("about {minutes}\u{a0}min")}
            </span>
        }
    });
    view! {
        <section class="card next sakura" aria-labelledby="next">
            <p class="eyebrow">
                <Icon glyph=Glyph::Target size=IconSize::Small/>
                "Your best next step"
            </p>
            <h2 id="next">{step.title}</h2>
            <p class="next__why">
                <Icon glyph=Glyph::Info/>
                <span>{step.reason}</span>
            </p>
            <div class="next__acts">
                {action}
                {minutes}
            </div>
        </section>
    }
}

#[component]
fn Others(steps: Vec<NextStep>) -> impl IntoView {
    let rows = steps
        .into_iter()
        .map(|step| {
            let Way { hue, glyph, target, .. } = way(&step.kind);
            let reason = match step.minutes {
                Some(minutes) => format!("{} · {minutes}\u{a0}min", step.reason.trim_end_matches('.')),
                None => step.reason,
            };
            let inside = view! {
                <span class="step__pic"><Icon glyph=glyph/></span>
                <span><b>{step.title}</b><span class="small soft">{reason}</span></span>
                <Icon glyph=Glyph::Right/>
            };
            match target {
                Target::Page(href) => {
                    view! { <li><a class=format!("step {hue}") href=href>{inside}</a></li> }.into_any()
                }
                Target::NewQuiz(material) => view! {
                    <li>
                        <NewQuiz material>
                            <button class=format!("step {hue}") type="submit">{inside}</button>
                        </NewQuiz>
                    </li>
                }
                .into_any(),
            }
        })
        .collect_view();
    view! {
        <section class="card card--flush" aria-labelledby="then">
            <h2 class="eyebrow then" id="then">"After that"</h2>
            <ul class="rows">{rows}</ul>
        </section>
    }
}

/// How many come back now and tomorrow.
#[component]
fn Coming(due: u32, tomorrow: u32) -> impl IntoView {
    let text = match (due, tomorrow) {
        (0, 0) => "Nothing waits. What you answer comes back when it would fade.",
        (0, _) => "Nothing is due now. Rest helps it stick.",
        _ => "The most forgotten come first; what you leave waits.",
    };
    view! {
        <section class="card coming" aria-labelledby="coming">
            <h2 class="coming__title" id="coming">"Coming back"</h2>
            <dl>
                <div><dt>"due now"</dt><dd>{due}</dd></div>
                <div><dt>"until tomorrow night"</dt><dd>{tomorrow}</dd></div>
            </dl>
            <p class="small soft">{text}</p>
        </section>
    }
}

/// What is being read, looked at again every few seconds until it is done.
#[component]
fn Reading(first: Vec<Material>) -> impl IntoView {
    let reading = RwSignal::new(first);
    let is_working = Memo::new(move |_| reading.with(|reading| reading.iter().any(Material::is_working)));
    Effect::new(move |_| {
        if !is_working.get() {
            return;
        }
        let look = move || {
            spawn_local(async move {
                // a lost request is made good by the next one
                if let Ok(shelf) = load_materials().await {
                    let shown: Vec<_> = reading.with_untracked(|old| old.iter().map(|old| old.id).collect());
                    reading.set(
                        shelf
                            .materials
                            .into_iter()
                            .filter(|material| material.is_working() || shown.contains(&material.id))
                            .collect(),
                    );
                }
            });
        };
        if let Ok(timer) = set_interval_with_handle(look, LOOK_AGAIN) {
            on_cleanup(move || timer.clear());
        }
    });
    view! {
        <For
            each=move || reading.get()
            key=|material| (material.id, material.state as u8, material.pages_read, material.questions)
            let:material
        >
            <ReadingCard material/>
        </For>
    }
}

#[component]
fn ReadingCard(material: Material) -> impl IntoView {
    let questions = match material.questions {
        0 => "no questions yet".to_string(),
        1 => "1 question so far".to_string(),
        n => format!("{n} questions so far"),
    };
    let (word, text) = match material.state {
        MaterialState::Queued => ("Waiting", "Its turn comes next".to_string()),
        MaterialState::Reading => (
            "Reading",
            format!("Page\u{a0}{} of {} · {questions}", material.pages_read, material.pages_total),
        ),
        MaterialState::Preparing => {
            ("Writing questions", format!("All {} pages read · {questions}", material.pages_total))
        }
        MaterialState::Ready => ("Ready", format!("{} questions", material.questions)),
        MaterialState::Failed => ("Could not be read", material.error.clone().unwrap_or_default()),
    };
    let bar = (material.state != MaterialState::Failed).then(|| {
        view! {
            <Bar
                label=format!("{word} {}", material.title)
                value=material.pages_read
                max=material.pages_total.max(1)
                hue=if material.state == MaterialState::Ready { Hue::Mint } else { Hue::Sky }
                size=BarSize::Thin
            />
        }
    });
    view! {
        <section class="card reading" aria-label=format!("{word}: {}", material.title)>
            <h2 class="reading__title truncate">
                <a href=format!("/library/{}", material.id)>{format!("{word}: {}", material.title)}</a>
            </h2>
            {bar}
            <p class="small soft">{text}</p>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greeting_follows_the_clock() {
        for (hour, words) in [
            (4, "Still awake?"),
            (5, "Good morning"),
            (12, "Good afternoon"),
            (18, "Good evening"),
            (23, "Still awake?"),
        ] {
            assert_eq!(greeting(hour), words);
        }
    }

    #[test]
    fn a_past_exam_is_not_counted_down() {
        assert_eq!(days_until(-1), None);
        assert_eq!(days_until(1).as_deref(), Some("tomorrow"));
        assert_eq!(days_until(41).as_deref(), Some("in 41\u{a0}days"));
    }
}
