//! `/tutor/:id`: a talk.

use super::{
    api::{DeleteTalk, RenameTalk, Talk, Wanted, load_talk, load_talks},
    compose::{Compose, Modes},
    ladder::Ladder,
    said::{Spoken, mode_word},
    talking::Talking,
    talks::TalkLink,
};
use crate::{
    error::ApiError,
    resource::resource,
    ui::{Cite, ErrorState, Glyph, Icon, Mito, MitoSprite, Skeleton},
};
use domain::{id::TalkId, tutor::Because};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// `/tutor/:id`: a talk.
#[component]
pub fn TalkPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| {
        params.with(|params| params.get_str("id").and_then(|id| id.parse::<TalkId>().ok()))
    });
    let talk = resource(
        move || id.get(),
        async |id| match id {
            Some(id) => load_talk(id).await,
            None => Err(ApiError::not_found("This talk")),
        },
    );
    view! {
        <Suspense fallback=|| view! { <Skeleton label="the talk" lines=&[40, 100, 80, 100]/> }>
            {move || Suspend::new(async move {
                match talk.await {
                    Ok(talk) => view! { <Open talk/> }.into_any(),
                    Err(error) => {
                        let retry = Callback::new(move |()| talk.refetch());
                        view! {
                            <Title text="Tutor"/>
                            <div class="doc doc--alone"><ErrorState error whole_page=true retry/></div>
                        }
                        .into_any()
                    }
                }
            })}
        </Suspense>
    }
}

#[component]
fn Open(talk: Talk) -> impl IntoView {
    let title = talk.title.clone();
    let talking = Talking::new(talk);
    Effect::new(move |_| talking.awake());
    view! {
        <Title text=title/>
        <div class="tut">
            <Others talking/>
            <Conversation talking/>
            <Beside talking/>
        </div>
    }
}

/// The other talks.
#[component]
fn Others(talking: Talking) -> impl IntoView {
    let talks = resource(|| (), async |()| load_talks(Wanted::default()).await);
    let here = talking.talk.with_untracked(|talk| talk.id);
    view! {
        <nav class="chats" aria-label="Talks">
            <div class="row">
                <h2 class="grow">"Talks"</h2>
                <a class="btn btn--icon" href="/tutor" aria-label="New talk"><Icon glyph=Glyph::Plus/></a>
            </div>
            <Transition>
                {move || Suspend::new(async move {
                    talks.await.ok().map(|found| {
                        let now = found.now;
                        let rows = found.talks.into_iter().take(20).map(|talk| {
                            let current = talk.id == here;
                            view! { <TalkLink talk now current/> }
                        });
                        view! { <ul class="stack">{rows.collect_view()}</ul> }
                    })
                })}
            </Transition>
        </nav>
    }
}

fn because_words(because: Because) -> &'static str {
    match because {
        Because::Chosen => "because you chose it",
        Because::New => "because this is new to you",
        Because::Shaky => "because it does not sit yet",
        Because::Growing => "because you have met it a few times",
        Because::Firm => "because you know it well",
    }
}

#[component]
fn Conversation(talking: Talking) -> impl IntoView {
    let lines = move || talking.talk.with(|talk| talk.lines.clone());
    let head = move || {
        talking.talk.with(|talk| {
            format!(
                "{}, {} · {}",
                mode_word(talk.state.mode),
                because_words(talk.state.because),
                talk.material_title
            )
        })
    };
    view! {
        <section class="chat" aria-labelledby="talk">
            <header class="chead">
                <a class="btn btn--icon back" href="/tutor" aria-label="All talks"><Icon glyph=Glyph::Left/></a>
                <div class="grow">
                    <h1 class="truncate" id="talk">{move || talking.talk.with(|talk| talk.title.clone())}</h1>
                    <p class="micro soft truncate">{head}</p>
                </div>
                <More talking/>
            </header>
            <div class="flow">
                <div role="log" aria-label="Conversation" tabindex="0">
                    <ol class="log">
                    <For each=lines key=|line| line.seq let:line>
                        <Spoken talking line/>
                    </For>
                    <Show when=move || talking.pending.get() || talking.talk.with(|talk| talk.state.speaking)>
                        <li class="msg msg--mito" aria-busy="true">
                            <MitoSprite state=Mito::Think side=32/>
                            <div class="msg__body"><p class="soft">"Mito thinks…"</p></div>
                        </li>
                    </Show>
                    </ol>
                    <div id="talk-end"></div>
                </div>
                <Compose talking/>
            </div>
        </section>
    }
}

/// What can be done with the talk as a whole.
#[component]
fn More(talking: Talking) -> impl IntoView {
    let (id, title) = talking.talk.with_untracked(|talk| (talk.id, talk.title.clone()));
    view! {
        <button type="button" class="btn btn--icon" popovertarget="more" aria-label="More">
            <Icon glyph=Glyph::More/>
        </button>
        <div id="more" popover class="dialog">
            <h2 class="dialog__title">"This talk"</h2>
            <Modes talking/>
            <form method="post" action=RenameTalk::url() class="stack">
                <input type="hidden" name="request[talk]" value=id.to_string()/>
                <label class="label" for="talk-title">"Its name"</label>
                <input id="talk-title" class="input" name="request[title]" value=title required maxlength="120"/>
                <button type="submit" class="btn btn--line">"Rename"</button>
            </form>
            <p>
                <a class="btn btn--line" href=format!("/tutor/{id}/text") rel="external" download="">
                    <Icon glyph=Glyph::Download/>"Save as text"
                </a>
            </p>
            <form method="post" action=DeleteTalk::url()>
                <input type="hidden" name="talk" value=id.to_string()/>
                <button type="submit" class="btn btn--line coral"><Icon glyph=Glyph::Trash/>"Delete this talk"</button>
                <p class="micro soft">"What it taught stays in your reviews."</p>
            </form>
        </div>
    }
}

/// Hints and the page, from 1024 px on.
#[component]
fn Beside(talking: Talking) -> impl IntoView {
    let open = move || talking.talk.with(|talk| talk.state.open.is_some());
    let title = talking.talk.with_untracked(|talk| talk.material_title.clone());
    let pages = move || {
        use super::api::{Body, Part, Said};
        let material = talking.talk.with_untracked(|talk| talk.material);
        let mut cited: Vec<(u32, domain::document::Span)> = vec![];
        talking.talk.with(|talk| {
            for line in &talk.lines {
                let Body::Tutor(said) = &line.body.body else { continue };
                let parts: &[Part] = match said {
                    Said::Explained { parts, .. }
                    | Said::Judged { parts, .. }
                    | Said::Hinted { parts, .. } => parts,
                    Said::Told(parts) | Said::Answered(parts) => parts,
                    Said::Asked(_) | Said::Concluded(_) | Said::Ended(_) => &[],
                };
                for source in parts.iter().filter_map(|part| part.source) {
                    if cited.iter().all(|(page, _)| *page != source.page) {
                        cited.push((source.page, source.span));
                    }
                }
            }
        });
        cited
            .into_iter()
            .map(|(page, span)| {
                view! {
                    <li><Cite material span page/></li>
                }
            })
            .collect_view()
    };
    view! {
        <aside class="side" aria-label="Hints and sources">
            <Show when=open>
                <h2>"Hint ladder"</h2>
                <p class="small soft">"Fewer rungs, more to show for it. Nothing is taken away."</p>
                <Ladder talking wide=true/>
            </Show>
            <h2>"Pages in this talk"</h2>
            <p class="small soft">{title}</p>
            <ul class="row row--wrap pages">{pages}</ul>
        </aside>
    }
}
