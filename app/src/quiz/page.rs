//! A set of questions, one by one: question on the left, answer and explanation on the right or docked below.

use super::{
    api::{AnswerQuestion, Opening, Quiz, load_quiz},
    bar::QuizBar,
    choices::AskedQuestion,
    confidence::{Submit, shifted},
    explanation::Explanation,
    help::{KeyHelp, KeyHints, QUIZ_KEYS},
    keys::{Command, command},
    sitting::{Place, Sitting, Stage, Told},
};
use crate::{
    app::Connection,
    browser,
    error::ApiError,
    resource::resource,
    ui::{
        ErrorState, Glyph, Hue, Icon, Mito, MitoSprite, Note, Skeleton,
        keys::{Key, on_keys},
        returned::returned_error,
    },
};
use domain::id::QuizId;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map, use_query_map},
};

/// A set of questions, one by one.
#[component]
pub fn QuizPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let id = move || params.with(|params| params.get("id").and_then(|id| id.parse::<QuizId>().ok()));
    let shown =
        move || query.with_untracked(|query| query.get("shown").and_then(|shown| shown.parse::<u32>().ok()));
    let quiz = resource(
        move || (id(), shown()),
        async |(quiz, shown)| match quiz {
            Some(quiz) => load_quiz(Opening { quiz, shown }).await,
            None => Err(ApiError::not_found("This set")),
        },
    );
    view! {
        <Suspense fallback=|| view! { <Loading/> }>
            {move || Suspend::new(async move {
                match quiz.await {
                    Ok(quiz) => view! { <Practice quiz/> }.into_any(),
                    Err(error) => {
                        view! { <Stopped error retry=Callback::new(move |()| quiz.refetch())/> }.into_any()
                    }
                }
            })}
        </Suspense>
    }
}

#[component]
fn Loading() -> impl IntoView {
    view! {
        <div class="focus">
            <WayOut/>
            <main id="main" class="quiz">
                <Skeleton label="the question" lines=&[30, 100, 96, 72, 100, 100, 100, 100]/>
            </main>
        </div>
    }
}

/// A focus page that could not be loaded.
#[component]
pub fn Stopped(error: ApiError, retry: Callback<()>) -> impl IntoView {
    view! {
        <Title text="Practice"/>
        <div class="focus">
            <WayOut/>
            <main id="main" class="stopped">
                <ErrorState error whole_page=true retry/>
            </main>
        </div>
    }
}

/// The bar of a focus page that has nothing but the way out.
#[component]
pub fn WayOut() -> impl IntoView {
    view! {
        <header class="focus__bar">
            <a class="btn btn--icon" href="/home" aria-label="Leave" title="Leave"><Icon glyph=Glyph::Cross/></a>
        </header>
    }
}

#[component]
fn Practice(quiz: Quiz) -> impl IntoView {
    let sitting = Sitting::new(quiz);
    let refused = returned_error(AnswerQuestion::PATH);
    Effect::new(move |_| sitting.awake());
    let navigate = use_navigate();
    Effect::new(move |_| {
        if sitting.finished.get() {
            let options = NavigateOptions { replace: true, ..Default::default() };
            navigate(&format!("{}/results", sitting.href()), options);
        }
    });
    let connection = Connection::here();
    Effect::new(move |was_lost: Option<bool>| {
        let lost = connection.is_lost();
        if was_lost == Some(true) && !lost {
            sitting.try_again();
        }
        lost
    });
    on_keys(move |key| handle(sitting, key));

    let place = sitting.place;
    let title = move || {
        let total = sitting.quiz.with(|quiz| quiz.steps.len());
        place.with(|place| match place.question {
            Some(_) => format!("Question {} of {total}", place.position + 1),
            None => "Set done".into(),
        })
    };
    // keyed by the round: a new question must not inherit what was pressed in the old one
    let rounds = move || [place.get()];
    let question = move |place: Place| match place.question {
        Some(question) => view! { <AskedQuestion sitting question position=place.position/> }.into_any(),
        None => view! { <Over href=format!("{}/results", sitting.href())/> }.into_any(),
    };
    let submit = move |place: Place| {
        place.question.map(|question| {
            view! {
                <Submit sitting/>
                <Beside sitting options=question.options.len()/>
            }
        })
    };
    let told = Signal::derive(move || match sitting.stage.get() {
        Stage::Told(told) => told,
        Stage::Asking => Told { correct: false, verdict: None, unsent: false },
    });
    let explained = Memo::new(move |_| (place.with(|place| place.position), sitting.is_told()));
    let explanation = move || {
        let (position, told_yet) = explained.get();
        let question = place.with_untracked(|place| place.question.clone()).filter(|_| told_yet)?;
        Some(view! { <Explanation sitting question position told/> })
    };
    view! {
        <Title text=title/>
        <div class="focus">
            <QuizBar sitting/>
            <main id="main" class="quiz" class:is-live=sitting.live class:is-told=move || sitting.is_told()>
                <section class="quiz__q">
                    {refused.map(|error| {
                        view! { <Note hue=Hue::Coral glyph=Glyph::Warn alert=true><p>{error.to_string()}</p></Note> }
                    })}
                    <form
                        id="answer"
                        method="post"
                        action=AnswerQuestion::url()
                        novalidate=sitting.live
                        on:submit=move |event| {
                            event.prevent_default();
                            sitting.submit();
                        }
                    >
                        <input type="hidden" name="request[quiz]" value=move || sitting.quiz.with(|quiz| quiz.id.to_string())/>
                        <input type="hidden" name="request[position]" value=move || place.with(|place| place.position.to_string())/>
                        <For each=rounds key=|place| place.round children=question/>
                    </form>
                </section>
                <aside class="pane" aria-label="Answer and explanation">
                    <For each=rounds key=|place| place.round children=submit/>
                    {explanation}
                </aside>
            </main>
        </div>
        <KeyHelp keys=QUIZ_KEYS/>
    }
}

/// Keys and Mito under the confidence, from 1024 px.
#[component]
fn Beside(sitting: Sitting, options: usize) -> impl IntoView {
    view! {
        <div class="pane__side" hidden=move || sitting.is_told()>
            <Show when=move || sitting.quiz.with(|quiz| quiz.keys)>
                <KeyHints options/>
            </Show>
            <Show when=move || sitting.quiz.with(|quiz| quiz.gamification)>
                <div class="pane__mito">
                    <MitoSprite state=Mito::Study side=64 still=true/>
                    <p class="bubble soft">"No clock in practice. Take your time."</p>
                </div>
            </Show>
        </div>
    }
}

/// All are answered: what a browser without scripts sees here.
#[component]
fn Over(href: String) -> impl IntoView {
    view! {
        <div class="card empty">
            <MitoSprite state=Mito::Idle/>
            <h1 class="empty__title">"All answered"</h1>
            <p class="soft">"Every question of this set has its answer."</p>
            <a class="btn btn--fill sakura" href=href>"See the results"</a>
        </div>
    }
}

/// What a key does; whether it did anything.
fn handle(sitting: Sitting, key: &Key) -> bool {
    if !sitting.quiz.with_untracked(|quiz| quiz.keys) {
        return false;
    }
    let options = sitting
        .place
        .with_untracked(|place| place.question.as_ref().map_or(0, |question| question.options.len()));
    let asking = sitting.stage.with_untracked(|stage| *stage == Stage::Asking);
    match command(&key.name, options) {
        Some(Command::Help) => browser::press("keys-button"),
        Some(Command::Go) if !key.presses("Enter") => return false,
        Some(Command::Go) if asking => sitting.submit(),
        Some(Command::Go) => sitting.go_on(),
        _ if !asking || key.repeated => return false,
        Some(Command::Choose(option)) => {
            let id = format!("choice-{option}");
            browser::press(&id);
            if let Some(radio) = browser::find(&format!("#{id}")) {
                browser::focus(&radio);
            }
        }
        Some(Command::RuleOut) => {
            let focused = browser::focused_id().and_then(|id| id.strip_prefix("choice-")?.parse().ok());
            match sitting.choice.get_untracked().or(focused) {
                Some(option) => sitting.toggle_out(option),
                None => return false,
            }
        }
        Some(step @ (Command::LessSure | Command::MoreSure)) => {
            let sure = shifted(sitting.confidence.get_untracked(), step == Command::MoreSure);
            browser::press(&format!("sure-{}", sure.slug()));
        }
        None => return false,
    }
    true
}
