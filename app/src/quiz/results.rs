//! A set at its end: the score, how sure against how right, every question, and what is next.

mod calibration;
mod celebration;
mod items;
mod score;
mod topics;

use super::{
    api::{Results, StartQuiz, load_results},
    page::{Stopped, WayOut},
};
use crate::{
    app::FrameHandle,
    error::ApiError,
    resource::resource,
    ui::{Glyph, Hue, Icon, Note, Skeleton},
};
use calibration::CalibrationCard;
use celebration::Celebration;
use domain::id::{MaterialId, QuizId};
use items::ItemsCard;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use score::ScoreCard;
use topics::TopicsCard;

/// A set at its end.
#[component]
pub fn ResultsPage() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id").and_then(|id| id.parse::<QuizId>().ok()));
    let results = resource(id, async |quiz| match quiz {
        Some(quiz) => load_results(quiz).await,
        None => Err(ApiError::not_found("This set")),
    });
    view! {
        <Suspense fallback=|| view! { <Loading/> }>
            {move || Suspend::new(async move {
                match results.await {
                    Ok(results) => view! { <Done results/> }.into_any(),
                    Err(error) => {
                        view! { <Stopped error retry=Callback::new(move |()| results.refetch())/> }.into_any()
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
            <main id="main" class="res">
                <Skeleton label="the results" lines=&[40, 100, 80, 100, 100, 60]/>
            </main>
        </div>
    }
}

/// Questions that wait for an answer.
fn open(results: &Results) -> usize {
    results.answers.iter().filter(|row| row.question.is_some() && row.choice.is_none()).count()
}

fn right(results: &Results) -> usize {
    results.answers.iter().filter(|row| row.correct).count()
}

#[component]
fn Done(results: Results) -> impl IntoView {
    let frame = FrameHandle::here();
    Effect::new(move |_| frame.refresh());
    let questions = results.answers.len();
    let count = if questions == 1 { "1 question".into() } else { format!("{questions} questions") };
    view! {
        <Title text="Results"/>
        <div class="focus">
            <header class="focus__bar">
                <a class="btn btn--icon" href="/home" aria-label="Close" title="Close"><Icon glyph=Glyph::Cross/></a>
                <p class="grow">
                    <b class="truncate">{results.title.clone()}</b>
                    <span class="soft small nowrap">{count}</span>
                </p>
            </header>
            <main class="res" id="main">
                <ScoreCard results=results.clone()/>
                <div class="two">
                    <TopicsCard results=results.clone()/>
                    <CalibrationCard calibration=results.calibration.clone()/>
                </div>
                <ItemsCard results=results.clone()/>
                <NextSteps results=results.clone()/>
            </main>
        </div>
        <Celebration results/>
    }
}

/// What to do now, always in reach at the lower edge.
#[component]
fn NextSteps(results: Results) -> impl IntoView {
    let open = open(&results);
    let due = results.due_now;
    let words = match results.due_tomorrow {
        0 => "Nothing more comes due until the end of tomorrow.".to_string(),
        1 => "1 card comes due by the end of tomorrow.".into(),
        n => format!("{n} cards come due by the end of tomorrow."),
    };
    let start = ServerAction::<StartQuiz>::new();
    let failed = move || start.value().get().and_then(Result::err);
    let main_step = if open > 0 {
        let words = if open == 1 { "Go on: 1 is open".into() } else { format!("Go on: {open} are open") };
        Some(
            view! { <a class="btn btn--fill btn--lg sakura" href=format!("/quiz/{}", results.id)>{words}</a> },
        )
    } else if due > 0 {
        let words = if due == 1 { "Review 1 card now".into() } else { format!("Review {due} cards now") };
        Some(view! { <a class="btn btn--fill btn--lg sakura" href="/review".to_string()>{words}</a> })
    } else {
        None
    };
    let filled = main_step.is_none();
    view! {
        <div class="stick">
            {move || failed().map(|error| {
                view! { <Note hue=Hue::Coral glyph=Glyph::Warn alert=true><p>{error.to_string()}</p></Note> }
            })}
            <div>
                <p class="soft small">{words}</p>
                <a class="btn btn--quiet home" href="/home">"Home"</a>
                <TenMore start material=results.material filled/>
                {main_step}
            </div>
        </div>
    }
}

/// Starts a set of ten; the server leads to it.
#[component]
fn TenMore(start: ServerAction<StartQuiz>, material: Option<MaterialId>, filled: bool) -> impl IntoView {
    let look = if filled { "btn btn--fill btn--lg sakura" } else { "btn btn--line btn--lg" };
    view! {
        <ActionForm action=start>
            {material.map(|material| {
                view! { <input type="hidden" name="request[material]" value=material.to_string()/> }
            })}
            <input type="hidden" name="request[length]" value="10"/>
            <button type="submit" class=look disabled=start.pending()>"Ten more"</button>
        </ActionForm>
    }
}
