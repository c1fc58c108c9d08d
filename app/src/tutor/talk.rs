//! `/tutor/:id`: a talk.

use super::{
    acts::acts_at,
    api::{Act, Talk, Wanted, load_talk, load_talks},
    compose::{Compose, Editing, Modes},
    how::{Tune, unusual},
    keep::KeepDialog,
    keep_talk::KeepTalk,
    ladder::Ladder,
    passage::{Passage, PassageBeside, PassageSheet, pages},
    said::{Pressable, Spoken, case, editable, messages, mode_word, why_words},
    talking::Talking,
    talks::TalkLink,
};
use crate::{
    browser,
    error::ApiError,
    resource::resource,
    ui::{Cite, ErrorState, Glyph, Icon, Mito, MitoSprite, Skeleton, prose::Prose},
};
use domain::{
    id::TalkId,
    tutor::{Because, Mode},
};
use leptos::prelude::*;
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
    let begun = talk.lines.iter().any(|line| matches!(line.body.body, super::api::Body::Learner { .. }));
    let talking = Talking::new(talk);
    Editing::provide();
    let passage = Passage::new(talking);
    Effect::new(move |_| {
        talking.awake();
        // whoever comes back goes on at the end; what is new is read from its beginning
        if begun {
            browser::scroll_into_view("talk-end");
        }
    });
    let hush = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && talking.talk.with_untracked(|talk| talk.state.speaking) {
            talking.act(talking.plain(Act::Hush));
        }
    };
    view! {
        <Title text=title/>
        <div class="tut" on:click=move |event| passage.press(event) on:keydown=hush>
            <Others talking/>
            <Conversation talking/>
            <Beside talking passage/>
            <PassageSheet passage/>
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
    let lines = move || talking.talk.with(|talk| messages(&talk.lines));
    let head = move || {
        talking.talk.with(|talk| {
            let why = talk.why.map(|why| format!(" · {}", why_words(why))).unwrap_or_default();
            format!(
                "{}, {}{why} · {}{}",
                mode_word(talk.state.mode),
                because_words(talk.state.because),
                talk.material_title,
                unusual(talk.state.depth, talk.state.speed)
            )
        })
    };
    let pressable = Pressable {
        said: Memo::new(move |_| talking.talk.with(acts_at)),
        answer: Memo::new(move |_| talking.talk.with(editable)),
    };
    let speaking = Memo::new(move |_| talking.talk.with(|talk| talk.state.speaking));
    view! {
        <section class="chat" aria-labelledby="talk">
            // Enter presses the first button of a form, wherever it stands in the page: never one that ends the talk
            <button
                type="submit"
                form="act"
                name="request[act]"
                value=Act::Answer.slug()
                class="sr"
                tabindex="-1"
                aria-hidden="true"
            ></button>
            <header class="chead">
                <a class="btn btn--icon back" href="/tutor" aria-label="All talks"><Icon glyph=Glyph::Left/></a>
                <div class="grow">
                    <h1 class="truncate" id="talk">{move || talking.talk.with(|talk| talk.title.clone())}</h1>
                    <p class="micro soft truncate">{head}</p>
                    <p class="micro coral" role="status">{move || talking.link.word()}</p>
                </div>
                <More talking/>
            </header>
            <div class="flow">
                // what is said sentence by sentence is read aloud once, when it is whole
                <div role="log" aria-label="Conversation" tabindex="0" aria-busy=move || speaking.get().then_some("true")>
                    <ol class="log">
                        <For each=lines key=|line| line.seq let:line>
                            <Spoken talking line pressable/>
                        </For>
                    </ol>
                    <div id="talk-end"></div>
                </div>
                <Show when=move || speaking.get() || talking.pending.get() && !talking.link.is_cut()>
                    <div class="msg msg--mito working" aria-hidden="true">
                        <MitoSprite state=Mito::Think side=32/>
                        <p class="soft">{move || if speaking.get() { "Mito writes…" } else { "Mito thinks…" }}</p>
                    </div>
                </Show>
                <p class="sr" role="status">{move || speaking.get().then_some("Mito writes. Escape stops it.")}</p>
                <Compose talking/>
            </div>
            <KeepDialog talking/>
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
            <Tune talking/>
            <KeepTalk id title/>
        </div>
    }
}

/// Hints and the page, from 1200 px on.
#[component]
fn Beside(talking: Talking, passage: Passage) -> impl IntoView {
    let is_first = move || talking.talk.with(|talk| talk.state.mode == Mode::FirstPass);
    let open = move || talking.talk.with(|talk| talk.state.open.is_some());
    let told = Memo::new(move |_| talking.talk.with(case));
    let title = talking.talk.with_untracked(|talk| talk.material_title.clone());
    let cites = move || {
        let material = talking.talk.with_untracked(|talk| talk.material);
        let cited = talking.talk.with(pages);
        cited
            .into_iter()
            .map(|source| view! { <li><Cite material span=source.span page=source.page/></li> })
            .collect_view()
    };
    view! {
        <aside class="side" aria-label="Hints and sources">
            <Show when=move || !told.get().is_empty()>
                <h2>"The case so far"</h2>
                <div class="shot">
                    {move || told.get().into_iter().map(|part| view! { <p><Prose text=part/></p> }).collect_view()}
                </div>
                <p class="small soft">"The patient is invented."</p>
            </Show>
            <Show when=move || open() && !is_first()>
                <h2>"Hint ladder"</h2>
                <p class="small soft">"Fewer rungs, more to show for it. Nothing is taken away."</p>
                <Ladder talking wide=true/>
            </Show>
            <PassageBeside passage/>
            <Show when=move || open() && is_first()>
                <h2>"What ‘show me’ does"</h2>
                <p class="small soft">"It gives the answer with its reason. The last question is asked all the same, and its card comes back."</p>
            </Show>
            <Show when=move || talking.talk.with(|talk| !pages(talk).is_empty())>
                <h2>"Pages in this talk"</h2>
                <p class="small soft">{title.clone()}</p>
                <ul class="row row--wrap pages">{cites}</ul>
            </Show>
        </aside>
    }
}
