//! The lower edge: one button that shows the answer, then four that grade it, each with its interval.

use super::{
    api::{Card, GradeCard},
    reviewing::Reviewing,
};
use domain::schedule::{Rating, interval_words};
use leptos::{prelude::*, server_fn::ServerFn};

/// Show, then grade. Both are forms, and work without scripts.
#[component]
pub(super) fn GradeBar(reviewing: Reviewing, card: Card) -> impl IntoView {
    let id = card.id.to_string();
    let show = {
        let id = id.clone();
        move || {
            let id = id.clone();
            view! {
                <form
                    class="grades__in"
                    method="get"
                    action="/review"
                    on:submit=move |event| {
                        event.prevent_default();
                        reviewing.flip();
                    }
                >
                    <button type="submit" class="btn btn--fill btn--lg btn--block sakura" name="flipped" value=id aria-keyshortcuts="Space">
                        "Show the answer "
                        <kbd class="kbd">"Space"</kbd>
                    </button>
                </form>
            }
        }
    };
    let grades = move || view! { <Grades reviewing card=card.clone()/> };
    view! {
        <section class="grades" aria-label="Grade this card">
            {move || if reviewing.flipped.get() { grades().into_any() } else { show().into_any() }}
        </section>
    }
}

#[component]
fn Grades(reviewing: Reviewing, card: Card) -> impl IntoView {
    let buttons = Rating::ALL
        .into_iter()
        .map(|rating| {
            let hue = match rating {
                Rating::Again => "coral",
                Rating::Hard => "honey",
                Rating::Good => "mint",
                Rating::Easy => "sky",
            };
            let key = (rating.index() + 1).to_string();
            view! {
                <button
                    type="submit"
                    class=format!("grade {hue}")
                    name="request[rating]"
                    value=rating.slug()
                    aria-keyshortcuts=key.clone()
                    aria-disabled=move || reviewing.pending.get().then_some("true")
                    on:click=move |event| {
                        event.prevent_default();
                        reviewing.grade(rating);
                    }
                >
                    <span>{rating.word()} " " <kbd class="kbd">{key.clone()}</kbd></span>
                    <small>{interval_words(card.intervals[rating.index()])}</small>
                </button>
            }
        })
        .collect_view();
    view! {
        <form class="grades__in" method="post" action=GradeCard::url()>
            <input type="hidden" name="request[card]" value=card.id.to_string()/>
            <input type="hidden" name="request[reps]" value=card.reps.to_string()/>
            <fieldset>
                <legend class="sr">"How well did you recall it?"</legend>
                {buttons}
            </fieldset>
        </form>
    }
}
