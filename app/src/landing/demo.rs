//! The question of the front page. A plain form first: with scripts its verdict stands at once and the server's word
//! follows; if the server refuses, the answer is taken back with a message.

use super::api::{AnswerDemo, Demo, DemoAnswered};
use crate::{
    app::{Connection, FrameHandle},
    browser,
    quiz::api::Question,
    ui::{Cite, FormError, Glyph, Icon, IconSize, Mito, MitoSprite, Quote, prose::split_stem},
};
use domain::quiz::Confidence;
use leptos::{html, prelude::*, server_fn::ServerFn};

const LETTERS: [&str; 5] = ["A", "B", "C", "D", "E"];

#[component]
pub(super) fn DemoCard(
    demo: Demo,
    answer: ServerAction<AnswerDemo>,
    /// Told to the page: its main action changes then.
    answered: RwSignal<bool>,
) -> impl IntoView {
    let frame = FrameHandle::here();
    let connection = Connection::here();
    let question = StoredValue::new(demo.question);
    let kept = demo.answered;
    answered.set(kept.is_some());
    // what is chosen, and what stands as answered: first by this browser's own word, then by the server's
    let chosen = RwSignal::new(kept.as_ref().map(|kept| kept.choice as usize));
    let stands = RwSignal::new(kept.as_ref().map(|kept| kept.choice as usize));
    let zone = NodeRef::<html::Input>::new();
    let heading = NodeRef::<html::H2>::new();

    Effect::new(move |_| {
        if let Some(zone) = zone.get() {
            zone.set_value(&browser::time_zone());
        }
    });
    Effect::new(move |_| match answer.value().get() {
        Some(Ok(_)) => frame.entered(),
        Some(Err(error)) => {
            connection.failed(&error);
            stands.set(None);
            answered.set(false);
        }
        None => {}
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(choice) = chosen.get_untracked() else { return };
        if stands.get_untracked().is_some() {
            return;
        }
        let Ok(request) = AnswerDemo::from_event(&event) else { return };
        answer.dispatch(request);
        stands.set(Some(choice));
        answered.set(true);
        request_animation_frame(move || {
            if let Some(heading) = heading.get_untracked() {
                browser::focus(&heading);
            }
        });
    };
    let xp = Signal::derive(move || match answer.value().get() {
        Some(Ok(verdict)) => Some(verdict.xp.amount),
        _ => kept.as_ref().map(|DemoAnswered { verdict, .. }| verdict.xp.amount),
    });
    let error = Signal::derive(move || answer.value().get().and_then(Result::err));

    let (case, lead, source, id) = question.with_value(|question| {
        let (case, lead) = split_stem(&question.stem);
        let page = question.options.get(question.key()).map_or(1, |option| option.page);
        (
            case.unwrap_or_default().to_string(),
            lead.to_string(),
            format!("{}, p.\u{a0}{page}", question.title),
            question.id,
        )
    });
    let choices = question.with_value(|question| {
        let key = question.key();
        question
            .options
            .iter()
            .enumerate()
            .map(|(index, option)| view! { <DemoChoice index key text=option.text.clone() chosen stands/> })
            .collect_view()
    });
    view! {
        // the fragment brings a browser without scripts back to the question
        <form
            class="card landing__demo"
            id="question"
            method="post"
            action=format!("{}#question", AnswerDemo::url())
            aria-labelledby="demo-lead"
            on:submit=submit
        >
            <span class="landing__mito">
                <MitoSprite state=Mito::Wave/>
            </span>
            <p class="row row--wrap">
                <span class="chip sky">
                    <Icon glyph=Glyph::Pulse/>
                    {source}
                </span>
                <span class="end soft micro nowrap">"Try it: no account"</span>
            </p>
            <p class="read">{case} " " <strong id="demo-lead">{lead}</strong></p>
            <input type="hidden" name="request[question]" value=id.to_string()/>
            <input type="hidden" name="request[time_zone]" node_ref=zone/>
            <div class="choices" role="radiogroup" aria-labelledby="demo-lead">
                {choices}
            </div>
            <FormError error fields=&[]/>
            {move || {
                if let Some(choice) = stands.get() {
                    view! { <Explained question=question choice xp heading/> }.into_any()
                } else {
                    view! { <Submit/> }.into_any()
                }
            }}
        </form>
    }
}

#[component]
fn DemoChoice(
    index: usize,
    key: usize,
    text: String,
    chosen: RwSignal<Option<usize>>,
    stands: RwSignal<Option<usize>>,
) -> impl IntoView {
    let done = move || stands.get().is_some();
    let right = move || done() && index == key;
    let wrong = move || stands.get() == Some(index) && index != key;
    let verdict = move || {
        if right() {
            Some((Glyph::Check, "Correct"))
        } else if wrong() {
            Some((Glyph::Cross, "Your answer"))
        } else {
            None
        }
    };
    view! {
        <label class="choice" class:is-done=done class:is-right=right class:is-wrong=wrong>
            <input
                type="radio"
                name="request[choice]"
                value=index.to_string()
                required=true
                checked=chosen.get_untracked() == Some(index)
                disabled=done
                on:change=move |_| chosen.set(Some(index))
            />
            <span class="choice__key">{LETTERS.get(index).copied().unwrap_or("·")}</span>
            <span>{text}</span>
            {move || verdict().map(|(glyph, word)| view! {
                <span class="choice__verdict">
                    <Icon glyph=glyph size=IconSize::Small/>
                    {word}
                </span>
            })}
        </label>
    }
}

/// How sure, and the button. Both are folded by CSS until an option is chosen.
#[component]
fn Submit() -> impl IntoView {
    let levels = Confidence::ALL
        .into_iter()
        .map(|level| {
            view! {
                <label>
                    <input type="radio" name="request[confidence]" value=level.slug()/>
                    <span>{level.word()}</span>
                    <small>{level.percent()} "\u{a0}%"</small>
                </label>
            }
        })
        .collect_view();
    view! {
        <div class="landing__submit">
            <fieldset>
                <legend class="label">"How sure are you?"</legend>
                <div class="seg conf">{levels}</div>
            </fieldset>
            <button class="btn btn--line btn--block" type="submit">
                <span class="none">"Choose an answer"</span>
                <span>"Check my answer"</span>
            </button>
        </div>
    }
}

/// The verdict, why, the page, and what was earned.
#[component]
fn Explained(
    question: StoredValue<Question>,
    choice: usize,
    xp: Signal<Option<u32>>,
    heading: NodeRef<html::H2>,
) -> impl IntoView {
    let question = question.get_value();
    let key = question.key();
    let correct = choice == key;
    let right = question.options.get(key).cloned();
    let own = question.options.get(choice).filter(|_| !correct).map(|option| option.rationale.clone());
    let material = question.material;
    let why = right.map(|option| {
        let letter = LETTERS.get(key).copied().unwrap_or("·");
        view! {
            <p>
                {(!correct).then(|| view! {
                    <b class="ink">{format!("It is {letter}: {}. ", option.text.trim_end_matches('.'))}</b>
                })}
                {option.rationale.clone()}
            </p>
            {own.map(|own| view! { <p>{own}</p> })}
            <Quote text=option.quote.clone()>
                <span class="nowrap">
                    {format!("{}, ", question.title)}
                    <Cite material=material span=option.span page=option.page/>
                </span>
            </Quote>
        }
    });
    let (hue, glyph, word) =
        if correct { ("mint", Glyph::Check, "Correct") } else { ("coral", Glyph::Cross, "Not quite") };
    view! {
        <div class=format!("landing__why {hue}")>
            <h2 class="landing__verdict" node_ref=heading>
                <Icon glyph=glyph/>
                {word}
            </h2>
            <div class="landing__reason">{why}</div>
            <div class="landing__kept">
                <p>
                    {move || match xp.get() {
                        Some(xp) if xp > 0 => {
                            view! { <b class="nowrap">{format!("+{xp}\u{a0}XP")}</b> " kept on this device. " }
                                .into_any()
                        }
                        _ => view! { "Your answer is kept on this device. " }.into_any(),
                    }}
                    "An account takes it along."
                </p>
                <a class="btn btn--fill sakura" href="/register">"Create your account"</a>
            </div>
        </div>
    }
}
