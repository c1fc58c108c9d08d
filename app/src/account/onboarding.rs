//! The first minute: exam, minutes, what to start with. Skippable at every step. The steps are parts of one page, shown
//! by `:target`, so that they work without scripts: the form is answered with this page at `#start`.

use super::{
    api::{SaveSettings, Settings, load_me},
    gate::{GateBar, TimeZoneField},
};
use crate::{
    app::{Connection, FrameHandle},
    browser,
    library::api::{Material, MaterialState, load_materials},
    quiz::api::StartQuiz,
    resource::resource,
    ui::{Art, ArtSprite, ErrorState, FormError, Glyph, Icon, Mito, MitoSprite},
};
use leptos::{form::ActionForm, prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

/// Exams offered, as kept, with hue, icon and what it means.
const EXAMS: [(&str, &str, Glyph, &str, &str); 4] = [
    ("USMLE Step 1", "sakura", Glyph::Target, "USMLE Step 1", "Mechanisms behind the disease"),
    ("USMLE Step 2 CK", "sky", Glyph::Stethoscope, "USMLE Step 2 CK", "The patient and the next step"),
    ("Faculty exam", "honey", Glyph::Calendar, "An exam at my faculty", "Your files set what counts"),
    ("", "mint", Glyph::Bulb, "No exam, I want to keep it", "A steady 90\u{a0}% recall without a date"),
];

/// Minutes offered, with the word for them.
const MINUTES: [(u32, &str, &str); 3] = [
    (10, "Light", "10 minutes: a set of ten, or the day’s reviews"),
    (20, "Steady", "20 minutes: the day’s reviews and a set of ten"),
    (45, "Full", "45 minutes: reviews, two sets, and reading"),
];

/// The first minute.
#[component]
pub fn OnboardingPage() -> impl IntoView {
    let me = resource(|| (), |()| load_me());
    view! {
        <Title text="Your first minute"/>
        <div class="gate onboarding">
            <GateBar>
                <nav class="prog" aria-label="Steps">
                    <a href="#exam" class="p1" rel="external"><i></i>"Exam"</a>
                    <a href="#time" class="p2" rel="external"><i></i>"Time"</a>
                    <a href="#start" class="p3" rel="external"><i></i>"Start"</a>
                </nav>
                <a class="btn btn--quiet btn--sm end" href="/home">"Skip"</a>
            </GateBar>
            <main id="main">
                <Transition>
                    {move || Suspend::new(async move {
                        match me.await {
                            Ok(me) => {
                                let settings = me.map(|me| me.settings).unwrap_or_default();
                                view! { <Steps settings/> }.into_any()
                            }
                            Err(error) => view! { <ErrorState error whole_page=true/> }.into_any(),
                        }
                    })}
                </Transition>
            </main>
        </div>
    }
}

#[component]
fn Steps(settings: Settings) -> impl IntoView {
    let action = ServerAction::<SaveSettings>::new();
    let (frame, connection) = (FrameHandle::here(), Connection::here());
    let error = Signal::derive(move || action.value().get().and_then(Result::err));
    let exam = RwSignal::new(settings.exam.clone());
    let date = RwSignal::new(settings.exam_date.clone());
    let minutes = RwSignal::new(settings.minutes);
    Effect::new(move |_| match action.value().get() {
        Some(Ok(())) => {
            frame.refresh();
            // the next step is a part of this page
            let _ = window().location().set_hash("start");
            if let Some(heading) = browser::find("#start h1") {
                browser::focus(&heading);
            }
        }
        Some(Err(error)) => connection.failed(&error),
        None => {}
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if let Ok(request) = SaveSettings::from_event(&event) {
            action.dispatch(request);
        }
    };
    view! {
        <div class="ob">
            <div>
                <form method="post" action=format!("{}#start", SaveSettings::url()) on:submit=submit>
                    <Unchanged settings=settings.clone()/>
                    <section class="stepx step1" id="exam">
                        <div>
                            <h1>"What are you working towards?"</h1>
                            <p class="soft">"Two questions, less than a minute, and all of it can be changed later."</p>
                        </div>
                        <ExamChoices exam date/>
                        <p class="ob__foot">
                            <a class="btn btn--fill btn--lg sakura" href="#time" rel="external">"Next: your time"</a>
                        </p>
                    </section>
                    <section class="stepx step2" id="time">
                        <div>
                            <h1>"How long on a usual day?"</h1>
                            <p class="soft">"Less is fine. A short day, kept, beats a long one dropped."</p>
                        </div>
                        <MinuteChoices minutes/>
                        <FormError error fields=&[]/>
                        <p class="ob__foot">
                            <a class="btn btn--line btn--lg" href="#exam" rel="external" aria-label="Back">
                                <Icon glyph=Glyph::Left/>
                            </a>
                            <button
                                class="btn btn--fill btn--lg sakura"
                                aria-disabled=move || action.pending().get().then_some("true")
                            >
                                "Next: where to start"
                            </button>
                        </p>
                    </section>
                </form>
                <section class="stepx step3" id="start">
                    <div>
                        <h1>"What shall we start with?"</h1>
                        <p class="soft">"Your first question comes right after this."</p>
                    </div>
                    <Starts/>
                </section>
            </div>
            <SoFar exam date minutes/>
        </div>
    }
}

/// The settings that these steps do not ask for go along as they are.
#[component]
fn Unchanged(settings: Settings) -> impl IntoView {
    let looks = serde_json::to_value(settings.look).unwrap_or_default();
    let look = |name: &str| looks[name].as_str().unwrap_or("system").to_string();
    view! {
        <input type="hidden" name="settings[look][theme]" value=look("theme")/>
        <input type="hidden" name="settings[look][motion]" value=look("motion")/>
        {settings.gamification.then(|| view! { <input type="hidden" name="settings[gamification]" value="true"/> })}
        {settings.keys.then(|| view! { <input type="hidden" name="settings[keys]" value="true"/> })}
        <input type="hidden" name="settings[daily_goal]" value=settings.daily_goal.to_string()/>
        <input type="hidden" name="settings[retention]" value=settings.retention.to_string()/>
        <TimeZoneField name="settings[time_zone]" value=settings.time_zone/>
    }
}

#[component]
fn ExamChoices(exam: RwSignal<String>, date: RwSignal<String>) -> impl IntoView {
    let chosen = exam.get_untracked();
    let known = EXAMS.iter().any(|(value, ..)| *value == chosen);
    let choices = EXAMS
        .into_iter()
        .enumerate()
        .map(|(index, (value, hue, glyph, title, text))| {
            let id = format!("exam-{index}");
            // another exam, set in the settings, counts as one of the faculty's
            let checked = chosen == value || (!known && value == "Faculty exam");
            view! {
                <div class=format!("choice pick {hue}")>
                    <input
                        type="radio"
                        name="settings[exam]"
                        id=id.clone()
                        value=value
                        checked=checked
                        on:change=move |_| exam.set(value.into())
                    />
                    <label for=id>
                        <span><Icon glyph=glyph/></span>
                        <span><b>{title}</b><small>{text}</small></span>
                    </label>
                </div>
            }
        })
        .collect_view();
    view! {
        <div class="choices" role="radiogroup" aria-label="Exam">
            {choices}
        </div>
        <div class="field ob__date" class:is-away=move || exam.get().is_empty()>
            <label for="exam-date">"On which day? " <span class="soft">"Leave it empty if you do not know yet"</span></label>
            <input
                class="input"
                type="date"
                id="exam-date"
                name="settings[exam_date]"
                value=date.get_untracked()
                on:input=move |event| date.set(event_target_value(&event))
            />
        </div>
    }
}

#[component]
fn MinuteChoices(minutes: RwSignal<u32>) -> impl IntoView {
    let now = minutes.get_untracked();
    let nearest = MINUTES.iter().map(|(value, ..)| *value).min_by_key(|value| value.abs_diff(now));
    let choices = MINUTES
        .into_iter()
        .map(|(value, title, text)| {
            let id = format!("minutes-{value}");
            view! {
                <div class="choice pick mint">
                    <input
                        type="radio"
                        name="settings[minutes]"
                        id=id.clone()
                        value=value.to_string()
                        checked=nearest == Some(value)
                        on:change=move |_| minutes.set(value)
                    />
                    <label for=id>
                        <span class="num">{value}</span>
                        <span><b>{title}</b><small>{text}</small></span>
                    </label>
                </div>
            }
        })
        .collect_view();
    view! { <div class="choices" role="radiogroup" aria-label="Minutes a day">{choices}</div> }
}

/// What to start with: each is pressed directly.
#[component]
fn Starts() -> impl IntoView {
    let shelf = resource(|| (), |()| load_materials());
    let start = ServerAction::<StartQuiz>::new();
    let error = Signal::derive(move || start.value().get().and_then(Result::err));
    let sample = move |material: Material| {
        let facts = format!("{} pages, {} questions, ready now", material.pages_total, material.questions);
        view! {
            <ActionForm action=start>
                <input type="hidden" name="request[material]" value=material.id.to_string()/>
                <input type="hidden" name="request[length]" value="10"/>
                <button class="choice pick coral" type="submit">
                    <span class="pick__pic"><ArtSprite art=Art::Heart/></span>
                    <span><b>{format!("The sample chapter ‘{}’", material.title)}</b><small>{facts}</small></span>
                    <Icon glyph=Glyph::Right/>
                </button>
            </ActionForm>
        }
    };
    view! {
        <div class="choices">
            <a class="choice pick sky" href="/library">
                <span class="pick__pic"><ArtSprite art=Art::Book/></span>
                <span>
                    <b>"A lecture of mine"</b>
                    <small>"PDF, slides, DOCX, HTML or text: first questions after about a minute"</small>
                </span>
                <Icon glyph=Glyph::Right/>
            </a>
            <Transition>
                {move || Suspend::new(async move {
                    shelf
                        .await
                        .ok()
                        .and_then(|shelf| shelf.materials.into_iter().find(|material| {
                            material.built_in && material.state == MaterialState::Ready && material.questions > 0
                        }))
                        .map(sample)
                })}
            </Transition>
            <a class="choice pick lav" href="/home">
                <span class="pick__pic"><Icon glyph=Glyph::Home/></span>
                <span><b>"Look around first"</b><small>"Your day, your library, your settings"</small></span>
                <Icon glyph=Glyph::Right/>
            </a>
        </div>
        <FormError error fields=&[]/>
    }
}

#[component]
fn SoFar(exam: RwSignal<String>, date: RwSignal<String>, minutes: RwSignal<u32>) -> impl IntoView {
    let towards = move || match (exam.get(), date.get()) {
        (exam, _) if exam.is_empty() => "No exam".to_string(),
        (exam, date) if date.is_empty() => format!("{exam}, no day yet"),
        (exam, date) => format!("{exam} on {}", crate::progress::day::words(&date, false).unwrap_or(date)),
    };
    view! {
        <aside class="sofar" aria-labelledby="sofar">
            <section class="card dots">
                <h2 id="sofar">"Your plan so far"</h2>
                <p class="small soft">"Skip, and these values stay"</p>
                <dl>
                    <div class="sakura"><Icon glyph=Glyph::Target/><dt>"Exam"</dt><dd>{towards}</dd></div>
                    <div class="mint"><Icon glyph=Glyph::Clock/><dt>"Time"</dt><dd>{minutes} " minutes a day"</dd></div>
                </dl>
            </section>
            <div class="sofar__mito">
                <MitoSprite state=Mito::Idle side=64 still=true/>
                <p class="bubble soft">{move || format!("That is about {} a week.", hours(minutes.get() * 7))}</p>
            </div>
        </aside>
    }
}

/// Minutes in words, to the half hour once they are many.
fn hours(minutes: u32) -> String {
    let halves = (minutes + 15) / 30;
    match (minutes < 75, halves % 2) {
        (true, _) => format!("{minutes} minutes"),
        (false, 0) => format!("{} hours", halves / 2),
        _ => format!("{}½ hours", halves / 2),
    }
}

#[cfg(test)]
mod tests {
    use super::hours;

    #[test]
    fn many_minutes_are_told_in_half_hours() {
        for (minutes, words) in [(70, "70 minutes"), (140, "2½ hours"), (315, "5½ hours"), (120, "2 hours")]
        {
            assert_eq!(hours(minutes), words);
        }
    }
}
