//! Cards that are due, one at a time: recall, flip, grade.

use super::{
    api::{GradeCard, Queue, UndoGrade, load_queue},
    card::FlipCard,
    done::AllDone,
    grade_bar::GradeBar,
    reviewing::Reviewing,
};
use crate::{
    browser,
    quiz::{
        help::{KeyHelp, REVIEW_KEYS},
        page::{Stopped, WayOut},
    },
    resource::resource,
    ui::{
        Bar, Glyph, Hue, Icon, IconSize, Note, Skeleton,
        keys::{Key, on_keys},
        returned::returned_error,
    },
};
use domain::schedule::{Rating, interval_words};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Cards that are due.
#[component]
pub fn ReviewPage() -> impl IntoView {
    let query = use_query_map();
    let queue = resource(|| (), async |()| load_queue().await);
    view! {
        <Suspense fallback=|| view! { <Loading/> }>
            {move || Suspend::new(async move {
                let flipped = query.with_untracked(|query| query.get("flipped"));
                match queue.await {
                    Ok(queue) => view! { <Review queue flipped/> }.into_any(),
                    Err(error) => {
                        view! { <Stopped error retry=Callback::new(move |()| queue.refetch())/> }.into_any()
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
            <main id="main" class="rev">
                <Skeleton label="what is due" lines=&[30, 100, 80, 100, 100, 100]/>
            </main>
        </div>
    }
}

#[component]
fn Review(queue: Queue, flipped: Option<String>) -> impl IntoView {
    let reviewing = Reviewing::new(queue, flipped);
    let refused = returned_error(GradeCard::PATH).or_else(|| returned_error(UndoGrade::PATH));
    Effect::new(move |_| reviewing.awake());
    on_keys(move |key| handle(reviewing, key));
    let queue = reviewing.queue;
    let title = move || match queue.with(|queue| queue.left) {
        0 => "Review, nothing due".to_string(),
        left => format!("Review, {left} left"),
    };
    // a card is drawn anew when it changes, not when a grade is on its way
    let card = Memo::new(move |_| queue.with(|queue| queue.card.clone()));
    let main = move || match card.get() {
        Some(card) => {
            let now = queue.with_untracked(|queue| queue.now);
            view! { <FlipCard card now flipped=reviewing.flipped/> }.into_any()
        }
        None => view! { <AllDone queue=queue.get_untracked()/> }.into_any(),
    };
    let grades = move || card.get().map(|card| view! { <GradeBar reviewing card/> });
    view! {
        <Title text=title/>
        <div class="focus focus--foot">
            <ReviewBar reviewing/>
            <main class="rev" id="main">
                <h1 class="sr">"Review"</h1>
                {refused.map(|error| {
                    view! { <Note hue=Hue::Coral glyph=Glyph::Warn alert=true><p>{error.to_string()}</p></Note> }
                })}
                {main}
                <LastCard reviewing/>
            </main>
            {grades}
        </div>
        <KeyHelp keys=REVIEW_KEYS/>
    }
}

#[component]
fn ReviewBar(reviewing: Reviewing) -> impl IntoView {
    let queue = reviewing.queue;
    let done = Signal::derive(move || queue.with(|queue| queue.done_today));
    let total = Signal::derive(move || queue.with(|queue| queue.done_today + queue.left));
    let left = move || queue.with(|queue| queue.left);
    view! {
        <header class="focus__bar">
            <a class="btn btn--icon" href="/home" aria-label="Leave; your reviews are kept" title="Leave; your reviews are kept">
                <Icon glyph=Glyph::Cross/>
            </a>
            <div class="grow">
                <Bar label="Reviewed today" value=done max=total hue=Hue::Mint/>
                <span class="small nowrap"><b>{left}</b> <span class="soft">" left"</span></span>
            </div>
            <Show when=move || queue.with(|queue| queue.keys)>
                <button type="button" class="btn btn--icon keys" id="keys-button" popovertarget="keys" aria-label="Keyboard help">
                    <Icon glyph=Glyph::Keys/>
                </button>
            </Show>
            <Show when=move || queue.with(|queue| queue.last.is_some())>
                <form method="post" action=UndoGrade::url()>
                    <button
                        type="submit"
                        class="btn btn--quiet btn--sm undo"
                        aria-keyshortcuts="u"
                        on:click=move |event| {
                            event.prevent_default();
                            reviewing.undo();
                        }
                    >
                        <Icon glyph=Glyph::Undo/>
                        <span class="sr">"Undo the last grade"</span>
                        <span class="undo__word" aria-hidden="true">"Undo"</span>
                        <kbd class="kbd" aria-hidden="true">"U"</kbd>
                    </button>
                </form>
            </Show>
        </header>
    }
}

/// What the last grade did; it stands until the next one, so that it can be read and undone in peace.
#[component]
fn LastCard(reviewing: Reviewing) -> impl IntoView {
    let words = move || {
        reviewing.queue.with(|queue| {
            let last = queue.last.as_ref()?;
            let xp = if queue.gamification && last.xp.amount > 0 {
                format!(" · +{}\u{a0}XP", last.xp.amount)
            } else {
                String::new()
            };
            Some(format!("Last card: {}, back in {}{xp}", last.rating.word(), interval_words(last.interval)))
        })
    };
    view! {
        <div class="toastbox" class:is-flipped=reviewing.flipped role="status">
            {move || words().map(|words| {
                view! { <span class="toast"><Icon glyph=Glyph::Check size=IconSize::Small/>{words}</span> }
            })}
        </div>
    }
}

/// What a key does; whether it did anything.
fn handle(reviewing: Reviewing, key: &Key) -> bool {
    let (on, card) = reviewing.queue.with_untracked(|queue| (queue.keys, queue.card.is_some()));
    if !on || key.repeated {
        return false;
    }
    let rating = match key.name.as_str() {
        "1" => Some(Rating::Again),
        "2" => Some(Rating::Hard),
        "3" => Some(Rating::Good),
        "4" => Some(Rating::Easy),
        _ => None,
    };
    match (key.name.as_str(), rating) {
        ("?", _) => browser::press("keys-button"),
        ("u" | "U", _) => reviewing.undo(),
        (_, Some(rating)) if card => reviewing.grade(rating),
        (" " | "Enter", _) if card && !key.on_control && !reviewing.flipped.get_untracked() => {
            reviewing.flip()
        }
        _ => return false,
    }
    true
}
