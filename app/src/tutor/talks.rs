//! All talks, and what could be taught next.

use super::{
    api::{BeginTalk, Suggestion, TalkRow, Talks, Wanted, load_talks},
    how::{ChooseHow, How},
    keep_talk::KeepTalk,
    teach::{Teach, TeachMe},
};
use crate::{
    quiz::due::seen,
    resource::resource,
    ui::{Empty, ErrorState, Glyph, Hue, Icon, Mito, Note, Skeleton, returned::returned_error},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// `/tutor`: all talks, and what could be taught next.
#[component]
pub fn TalksPage() -> impl IntoView {
    let query = use_query_map();
    let words = Memo::new(move |_| query.with(|query| query.get("q").unwrap_or_default()));
    let talks =
        resource(move || words.get(), async |words| load_talks(Wanted { words, suggestions: true }).await);
    let refused = returned_error(BeginTalk::PATH);
    view! {
        <Title text="Tutor"/>
        <h1>"Tutor"</h1>
        <p class="soft">"Mito explains from your own page, then asks. Each sentence shows where it stands."</p>
        {refused.map(|error| {
            view! { <Note hue=Hue::Coral glyph=Glyph::Warn alert=true><p>{error.to_string()}</p></Note> }
        })}
        <Suspense fallback=|| view! { <Skeleton label="your talks" lines=&[60, 100, 100, 100]/> }>
            {move || Suspend::new(async move {
                match talks.await {
                    Ok(found) => view! { <Found found words=words.get_untracked()/> }.into_any(),
                    Err(error) => {
                        view! { <ErrorState error retry=Callback::new(move |()| talks.refetch())/> }.into_any()
                    }
                }
            })}
        </Suspense>
    }
}

#[component]
fn Found(found: Talks, words: String) -> impl IntoView {
    let Talks { talks, suggestions, now } = found;
    if talks.is_empty() && suggestions.is_empty() && words.is_empty() {
        return view! {
            <Empty
                mito=Mito::Study
                title="Nothing to teach from yet"
                text="Bring a lecture: Mito teaches from your own pages and from nothing else."
            >
                <a class="btn btn--fill sakura" href="/library"><Icon glyph=Glyph::Upload/>"Bring a lecture"</a>
            </Empty>
        }
        .into_any();
    }
    let next = (!suggestions.is_empty()).then(|| {
        let how = How::of_address();
        let rows =
            suggestions.into_iter().map(|suggestion| view! { <Suggested suggestion how/> }).collect_view();
        view! {
            <section aria-labelledby="next">
                <h2 id="next">"Worth a talk"</h2>
                <ChooseHow how/>
                <ul class="stack suggested">{rows}</ul>
            </section>
        }
    });
    let some = !talks.is_empty();
    let rows = talks.into_iter().map(|talk| view! { <TalkLink talk now kept=true/> }).collect_view();
    let list = if some {
        view! { <ul class="stack talklist">{rows}</ul> }.into_any()
    } else if words.is_empty() {
        view! { <p class="soft">"No talk yet. Begin with something above, or press ‘Teach me this’ at a question."</p> }
            .into_any()
    } else {
        view! { <p class="soft">{format!("No talk has ‘{words}’ in its name or file.")}</p> }.into_any()
    };
    view! {
        <div class="talks">
        {next}
        <section aria-labelledby="talks">
            <h2 id="talks">"Your talks"</h2>
            <form class="search" role="search" method="get" action="/tutor">
                <label class="sr" for="talk-words">"Search your talks"</label>
                <Icon glyph=Glyph::Search/>
                <input id="talk-words" class="input" type="search" name="q" placeholder="Search your talks" value=words/>
            </form>
            {list}
        </section>
        </div>
    }
    .into_any()
}

#[component]
fn Suggested(suggestion: Suggestion, how: How) -> impl IntoView {
    let Suggestion { material, title, concept, under, why } = suggestion;
    let under = under.map(|under| view! { <span class="soft">{format!(" · {under}")}</span> });
    view! {
        <li class="card row row--wrap">
            <div class="grow">
                <b>{concept.clone()}</b>{under}
                <p class="small soft">{format!("{why} · {title}")}</p>
            </div>
            <TeachMe what=Teach::Concept(material, concept) how/>
        </li>
    }
}

/// A talk in a list.
#[component]
pub(super) fn TalkLink(
    talk: TalkRow,
    now: i64,
    /// It is the one that is open.
    #[prop(optional)]
    current: bool,
    /// With what can be done with it.
    #[prop(optional)]
    kept: bool,
) -> impl IntoView {
    let when = seen(talk.touched, now);
    let state = if talk.over { "settled" } else { "goes on" };
    let more = kept.then(|| {
        let (id, title) = (talk.id, talk.title.clone());
        let target = format!("talk-{id}");
        view! {
            <button type="button" class="btn btn--icon" popovertarget=target.clone() aria-label=format!("More: {title}")>
                <Icon glyph=Glyph::More/>
            </button>
            <div id=target popover class="dialog">
                <h2 class="dialog__title">{title.clone()}</h2>
                <KeepTalk id title/>
            </div>
        }
    });
    view! {
        <li>
            <a href=format!("/tutor/{}", talk.id) aria-current=current.then_some("page")>
                <b class="truncate">{talk.title}</b>
                <span class="micro soft truncate">{format!("{when} · {state} · {}", talk.material)}</span>
            </a>
            {more}
        </li>
    }
}
