//! Why: the key first, then what was chosen, then the rest, each from the learner's own page. Docked at the bottom of a
//! phone, in the right column from 1024 px.

use super::{
    api::{AnswerOption, Question},
    due::comes_back,
    reason::{Reason, letter},
    report::ReportForm,
    sitting::{Sitting, Told},
    verdict::{Feats, VerdictHead},
};
use crate::{
    tutor::teach::{Teach, TeachMe},
    ui::{Glyph, Icon, IconSize, cite::WayBack, prose::Prose},
};
use domain::{id::MaterialId, quiz::Confidence};
use leptos::prelude::*;

/// The sheet with verdict, reasons and the way on.
#[component]
pub fn Explanation(sitting: Sitting, question: Question, position: u32, told: Signal<Told>) -> impl IntoView {
    // the router does not hear of `shown`, which the answer put into the address
    let here = format!("{}?shown={position}", sitting.href());
    provide_context(WayBack(here.clone()));
    let folded = RwSignal::new(false);
    let correct = Memo::new(move |_| told.with(|told| told.correct));
    let verdict = Memo::new(move |_| told.with(|told| told.verdict.clone()));
    let plays = move || sitting.quiz.with(|quiz| quiz.gamification);
    let feats = move || verdict.get().filter(|_| plays()).map(|verdict| view! { <Feats verdict/> });
    let back = move || {
        let due = verdict.get()?.due?;
        let words = comes_back(due, sitting.now());
        let because = match (correct.get(), sitting.confidence.get()) {
            (false, Some(Confidence::Fairly)) => Some("You were fairly sure, so this one comes back "),
            (false, Some(Confidence::Certain)) => Some("You were certain, so this one comes back "),
            (false, _) => Some("This one comes back "),
            (true, _) => None,
        };
        Some(view! {
            <p class="note lav">
                <Icon glyph=Glyph::Refresh/>
                <span>{because.unwrap_or("Comes back ")} <b>{words}</b> "."</span>
            </p>
        })
    };
    let key = question.options.get(question.key()).cloned();
    let others = {
        let question = question.clone();
        move || view! { <Others question=question.clone() chosen=sitting.choice.get()/> }
    };
    let origin = if question.automatic {
        "Made from your text without a model; every quote was checked against its page. For study, not medical advice."
    } else {
        "For study, not medical advice."
    };
    let (material, title) = (question.material, question.title.clone());
    let id = question.id;
    view! {
        <div
            class="sheet sheet--dock"
            class:sheet--low=correct
            class:is-folded=folded
            role="region"
            aria-labelledby="verdict"
        >
            <button
                type="button"
                class="sheet__grip"
                aria-label=move || if folded.get() { "Show the explanation" } else { "Show the question" }
                aria-expanded=move || (!folded.get()).to_string()
                on:click=move |_| folded.update(|folded| *folded = !*folded)
            ></button>
            <VerdictHead sitting question told/>
            <div class="sheet__body" role="group" tabindex="0" aria-label="Explanation">
                {feats}
                <section class="reasons">
                    <h3>"Why"</h3>
                    {key.map(|option| view! { <Reason option material title=title.clone()/> })}
                </section>
                {others}
                {back}
                <Show when=move || !correct.get()>
                    <TeachMe what=Teach::Question(id)/>
                </Show>
                <ReportForm question=id position back=here/>
                <p class="micro soft">{origin}</p>
            </div>
            <NextBar sitting told/>
        </div>
    }
}

/// The options besides the key, the chosen one first and open.
#[component]
pub fn Others(question: Question, chosen: Option<u32>) -> impl IntoView {
    let key = question.key();
    let chosen = chosen.map(|chosen| chosen as usize);
    let mut order: Vec<usize> = (0..question.options.len()).filter(|index| *index != key).collect();
    order.sort_by_key(|index| Some(*index) != chosen);
    let rows = order
        .into_iter()
        .filter_map(|index| question.options.get(index).cloned().map(|option| (index, option)))
        .map(|(index, option)| {
            view! { <Other index option material=question.material chosen=chosen == Some(index)/> }
        })
        .collect_view();
    view! {
        <section>
            <h3>"Why not the others"</h3>
            <div class="opts">{rows}</div>
        </section>
    }
}

#[component]
fn Other(index: usize, option: AnswerOption, material: MaterialId, chosen: bool) -> impl IntoView {
    let hue = if chosen { "coral" } else { "plain" };
    view! {
        <details open=chosen>
            <summary>
                <span class=hue>{letter(index).to_string()}</span>
                <span><Prose text=option.text.clone()/></span>
                {if chosen {
                    view! { <span class="chip coral"><Icon glyph=Glyph::Cross/>"Yours"</span> }.into_any()
                } else {
                    view! { <span></span> }.into_any()
                }}
                <Icon glyph=Glyph::Down size=IconSize::Small/>
            </summary>
            <div class="body">
                <Reason option material/>
            </div>
        </details>
    }
}

/// The way on. Without scripts a link; with them it waits for the server, or sends again what could not be sent.
#[component]
fn NextBar(sitting: Sitting, told: Signal<Told>) -> impl IntoView {
    let unsent = move || told.with(|told| told.unsent);
    let words = move || {
        let last = told.with(|told| told.verdict.as_ref().is_some_and(|verdict| verdict.finished));
        match (unsent(), sitting.waiting.get(), told.with(|told| told.correct)) {
            (true, ..) => "Try again",
            (_, true, _) => "One moment …",
            _ if last => "See the results",
            (.., true) => "Next",
            (.., false) => "Got it, next",
        }
    };
    view! {
        <div class="sheet__foot">
            <Show when=unsent>
                <p class="note honey" role="status">
                    <Icon glyph=Glyph::Offline/>
                    <span>"No connection. Your answer is kept here and not lost."</span>
                </p>
            </Show>
            <a
                class="btn btn--fill btn--lg btn--block sakura"
                href=move || {
                    told.track();
                    sitting.next_href()
                }
                on:click=move |event| {
                    event.prevent_default();
                    sitting.go_on();
                }
            >
                {words}
                <kbd class="kbd">"Enter"</kbd>
            </a>
        </div>
    }
}
