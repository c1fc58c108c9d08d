//! Nothing is due: what was done, what comes tomorrow, and what to do instead.

use super::api::Queue;
use crate::{
    flashcard::api::WakeFlashcards,
    quiz::{api::StartQuiz, due::comes_back},
    ui::{Glyph, Hue, Icon, Mito, MitoSprite, Note},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The queue is empty.
#[component]
pub(super) fn AllDone(queue: Queue) -> impl IntoView {
    let start = ServerAction::<StartQuiz>::new();
    let failed = move || start.value().get().and_then(Result::err);
    let title = match queue.done_today {
        0 => "All caught up".to_string(),
        1 => "1 card done, all caught up".into(),
        n => format!("{n} cards done, all caught up"),
    };
    let tomorrow = match (queue.tomorrow, queue.next_due) {
        (0, None) => "Cards come from questions you answer: the missed ones first.".to_string(),
        (0, Some(due)) => {
            format!("The next one comes back {}. Rest helps it stick.", comes_back(due, queue.now))
        }
        (1, _) => "1 card comes due by the end of tomorrow. Rest helps it stick.".into(),
        (n, _) => format!("{n} cards come due by the end of tomorrow. Rest helps them stick."),
    };
    let soon = match (queue.tomorrow, queue.next_due) {
        (1.., Some(due)) => Some(format!("The next one comes back {}.", comes_back(due, queue.now))),
        _ => None,
    };
    view! {
        <section class="card empty">
            {queue.gamification.then(|| view! { <MitoSprite state=Mito::Sleep/> })}
            <h2 class="empty__title" id="done" tabindex="-1">{title}</h2>
            <p class="soft">{tomorrow}</p>
            {soon.map(|soon| view! { <p class="chip lav"><Icon glyph=Glyph::Refresh/>{soon}</p> })}
            {move || failed().map(|error| {
                view! { <Note hue=Hue::Coral glyph=Glyph::Warn alert=true><p>{error.to_string()}</p></Note> }
            })}
            {(queue.resting > 0).then(|| {
                let rest = match queue.resting {
                    1 => "1 of your own cards rests.".to_string(),
                    n => format!("{n} of your own cards rest."),
                };
                view! {
                    <form method="post" action=WakeFlashcards::url() class="row row--wrap">
                        <span class="soft">{rest}</span>
                        <button type="submit" class="btn btn--quiet btn--sm">"Bring them back"</button>
                    </form>
                }
            })}
            <div class="row row--wrap done__acts">
                <ActionForm action=start>
                    <input type="hidden" name="request[length]" value="10"/>
                    <button type="submit" class="btn btn--fill sakura" disabled=start.pending()>"Practise ten"</button>
                </ActionForm>
                <a class="btn btn--line" href="/home">"Today"</a>
            </div>
        </section>
    }
}
