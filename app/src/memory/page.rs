//! `/settings/memory`: what Mito remembers. Every change is a plain form, so the page is the same with and without scripts.

use super::api::{
    AddMemory, ForgetMemories, ForgetMemory, Memory, Recall, RewordMemory, SwitchMemory, load_memories,
};
use crate::{
    quiz::due::seen,
    resource::resource,
    ui::{
        Dialog, Empty, ErrorState, Glyph, Hue, Icon, IconSize, Mito, Note, Skeleton, returned::returned_error,
    },
};
use domain::memory::{Kind, TEXT_MAX_CHARS};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// What is asked before it is done: forgetting one memory, all, or remembering nothing any more.
type Asked = RwSignal<Option<String>>;

/// `/settings/memory`: what Mito remembers.
#[component]
pub fn MemoryPage() -> impl IntoView {
    let recall = resource(|| (), |()| load_memories());
    view! {
        <Title text="What Mito remembers"/>
        <header class="page-head">
            <div>
                <a class="btn btn--quiet btn--sm memory__back" href="/settings"><Icon glyph=Glyph::Left/>"Settings"</a>
                <h1>"What Mito remembers"</h1>
                <p class="soft">
                    "What you want to reach, what was hard, and what clicked. Mito comes back to it in a talk; a language model is \
                     told it there if you agreed to one. Every line is yours to change or delete."
                </p>
            </div>
        </header>
        <Transition fallback=|| view! { <Skeleton label="what Mito remembers"/> }>
            {move || Suspend::new(async move {
                match recall.await {
                    Ok(recall) => view! { <Remembered recall/> }.into_any(),
                    Err(error) => {
                        view! { <ErrorState error retry=Callback::new(move |()| recall.refetch())/> }.into_any()
                    }
                }
            })}
        </Transition>
    }
}

#[component]
fn Remembered(recall: Recall) -> impl IntoView {
    let Recall { memories, on, now } = recall;
    let refused = [AddMemory::PATH, RewordMemory::PATH, ForgetMemory::PATH, SwitchMemory::PATH]
        .into_iter()
        .find_map(returned_error);
    let asked: Asked = RwSignal::new(use_query_map().with_untracked(|query| query.get("forget")));
    let some = !memories.is_empty();
    let groups: [(&str, Glyph, &str, &[Kind]); 4] = [
        ("Your goals", Glyph::Target, "lav", &[Kind::Goal]),
        ("Your notes", Glyph::Quote, "sky", &[Kind::Note]),
        ("Hard so far", Glyph::Refresh, "coral", &[Kind::Misconception, Kind::Error]),
        ("What clicked", Glyph::Star, "mint", &[Kind::Breakthrough]),
    ];
    let lists = groups.map(|(title, glyph, hue, kinds)| {
        let rows: Vec<_> = memories.iter().filter(|memory| kinds.contains(&memory.kind)).collect();
        (!rows.is_empty()).then(|| {
            let rows =
                rows.into_iter().cloned().map(|memory| view! { <Row memory now asked/> }).collect_view();
            view! {
                <section class=format!("card sect {hue}")>
                    <h2><Icon glyph/>{title}</h2>
                    <ul class="rows">{rows}</ul>
                </section>
            }
        })
    });
    view! {
        <div class="settings memory">
            <div class="stack">
                {refused.map(|error| view! {
                    <Note hue=Hue::Coral glyph=Glyph::Warn alert=true><p>{error.to_string()}</p></Note>
                })}
                {if on { view! { <Add/> }.into_any() } else { view! { <Off/> }.into_any() }}
                {(on && !some).then(|| view! {
                    <Empty
                        mito=Mito::Study
                        title="Nothing remembered yet"
                        text="After a talk, what was hard and what clicked stands here. A goal can stand here now."
                    >
                        <a class="btn btn--line" href="/tutor"><Icon glyph=Glyph::Chat/>"To the tutor"</a>
                    </Empty>
                })}
                {lists}
                {on.then(|| view! { <End some asked/> })}
            </div>
        </div>
        <Ask asked memories/>
    }
}

/// Adds a goal or a note.
#[component]
fn Add() -> impl IntoView {
    view! {
        <section class="card sect lav">
            <h2><Icon glyph=Glyph::Plus/>"Tell Mito something"</h2>
            <form method="post" action=AddMemory::url() class="memory__add">
                <div class="seg" role="radiogroup" aria-label="What it is">
                    <label>"A goal"<input type="radio" name="request[kind]" value="goal" checked/></label>
                    <label>"A note"<input type="radio" name="request[kind]" value="note"/></label>
                </div>
                <label class="sr" for="memory-text">"In a sentence"</label>
                <input
                    id="memory-text"
                    class="input"
                    name="request[text]"
                    placeholder="Pass the cardiology exam in June"
                    maxlength=TEXT_MAX_CHARS.to_string()
                    autocomplete="off"
                    required
                />
                <button type="submit" class="btn btn--fill sakura">"Remember"</button>
            </form>
        </section>
    }
}

/// Nothing is remembered.
#[component]
fn Off() -> impl IntoView {
    view! {
        <Note hue=Hue::Sky glyph=Glyph::Moon>
            <p><b>"Mito remembers nothing"</b></p>
            <p>"What happens in a talk is forgotten with its end. Your cards and reviews stay as they are."</p>
            <form method="post" action=SwitchMemory::url() class="memory__on">
                <input type="hidden" name="on" value="true"/>
                <button type="submit" class="btn btn--line btn--sm">"Remember again"</button>
            </form>
        </Note>
    }
}

/// A line under a memory: what it is about, how often, when.
fn about(memory: &Memory, now: i64) -> String {
    let times = match memory.times {
        0 | 1 => None,
        2 => Some("twice".to_string()),
        n => Some(format!("{n}\u{a0}times")),
    };
    let concept = Some(memory.concept.clone()).filter(|concept| !concept.is_empty());
    let when = seen(memory.at, now).replace(' ', "\u{a0}");
    let parts = [concept, memory.file.clone(), times, Some(when)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

#[component]
fn Row(memory: Memory, now: i64, asked: Asked) -> impl IntoView {
    let about = about(&memory, now);
    let Memory { id, text, .. } = memory;
    let (field, asks) = (format!("text-{id}"), id.to_string());
    view! {
        <li class="memory__row">
            <div>
                <p>{text.clone()}</p>
                <p class="small soft">{about}</p>
            </div>
            <a
                class="btn btn--icon"
                href=format!("?forget={id}")
                rel="external"
                aria-label=format!("Delete ‘{text}’")
                on:click=move |event| {
                    event.prevent_default();
                    asked.set(Some(asks.clone()));
                }
            >
                <Icon glyph=Glyph::Trash/>
            </a>
            <details>
                <summary class="btn btn--quiet btn--sm">"Edit"<span class="sr">{format!(" ‘{text}’")}</span></summary>
                <form method="post" action=RewordMemory::url() class="memory__edit">
                    <input type="hidden" name="request[memory]" value=id.to_string()/>
                    <label class="sr" for=field.clone()>"In a sentence"</label>
                    <input
                        id=field
                        class="input"
                        name="request[text]"
                        value=text
                        maxlength=TEXT_MAX_CHARS.to_string()
                        autocomplete="off"
                        required
                    />
                    <button type="submit" class="btn btn--line btn--sm">"Save"</button>
                </form>
            </details>
        </li>
    }
}

/// What ends it: forgetting all, and remembering nothing any more.
#[component]
fn End(some: bool, asked: Asked) -> impl IntoView {
    let asks = move |what: &'static str, words: &'static str| {
        view! {
            <a
                class="btn btn--line btn--sm"
                href=format!("?forget={what}")
                rel="external"
                on:click=move |event| {
                    event.prevent_default();
                    asked.set(Some(what.into()));
                }
            >
                {words}
            </a>
        }
    };
    view! {
        <section class="card sect sky">
            <h2><Icon glyph=Glyph::Shield/>"Your say"</h2>
            <div class="rows">
                {some.then(|| view! {
                    <div class="opt opt--stack">
                        <div><b>"Forget everything"</b><span class="small soft">"All lines above go, at once and for good"</span></div>
                        {asks("all", "Forget everything …")}
                    </div>
                })}
                <div class="opt opt--stack">
                    <div>
                        <b>"Remember nothing"</b>
                        <span class="small soft">"All lines go, and no new ones come. The tutor works the same within a talk"</span>
                    </div>
                    {asks("off", "Remember nothing …")}
                </div>
            </div>
        </section>
    }
}

/// Asks before something is forgotten.
#[component]
fn Ask(asked: Asked, memories: Vec<Memory>) -> impl IntoView {
    move || {
        let what = asked.get()?;
        let one = memories.iter().find(|memory| memory.id.to_string() == what);
        let (title, text, action, field) = match (what.as_str(), one) {
            ("all", _) => (
                "Forget everything?",
                "All lines go. This cannot be undone.".into(),
                ForgetMemories::url(),
                None,
            ),
            ("off", _) => (
                "Remember nothing?",
                "All lines go, and no new ones come. The lines cannot be brought back.".into(),
                SwitchMemory::url(),
                Some(("on", "false".to_string())),
            ),
            (_, Some(memory)) => (
                "Forget this?",
                format!("‘{}’", memory.text),
                ForgetMemory::url(),
                Some(("memory", memory.id.to_string())),
            ),
            (_, None) => return None,
        };
        let open = RwSignal::new(true);
        Effect::new(move |_| {
            if !open.get() {
                asked.set(None);
            }
        });
        Some(view! {
            <Dialog open title id="forget" initially=true>
                <p class="soft">{text}</p>
                <form method="post" action=action>
                    {field.map(|(name, value)| view! { <input type="hidden" name=name value=value/> })}
                    <div class="dialog__acts">
                        <a
                            class="btn btn--line"
                            href="/settings/memory"
                            rel="external"
                            on:click=move |event| {
                                event.prevent_default();
                                open.set(false);
                            }
                        >
                            "Keep it"
                        </a>
                        <button type="submit" class="btn btn--fill coral"><Icon glyph=Glyph::Trash size=IconSize::Small/>"Forget"</button>
                    </div>
                </form>
            </Dialog>
        })
    }
}
