//! The library, searched: a plain form that answers with the best passages; with the WASM it answers while one types.

use super::{
    api::{Materials, SaveSearch, load_materials, load_saved},
    asked::Asked,
    facets::{File, Selects, Side},
    results::Results,
    searching::{Answer, Searching, answer, chapters_of, short},
};
use crate::{
    browser,
    resource::resource,
    ui::{Glyph, Hue, Icon, Note, Skeleton, SubmitButton, keys::on_keys, returned::returned_error},
};
use domain::{chapter::Chapter, id::MaterialId, query};
use leptos::{
    html, leptos_dom::helpers::TimeoutHandle, prelude::*, server_fn::ServerFn, wasm_bindgen::JsCast,
};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use std::time::Duration;

/// Rest in the typing after which the search begins.
const PAUSE: Duration = Duration::from_millis(160);

/// The library, searched.
#[component]
pub fn SearchPage() -> impl IntoView {
    let address = use_query_map();
    let asked = Memo::new(move |_| address.with(Asked::read));
    let searching = Searching::new(asked);
    let shelf = resource(|| (), |()| load_materials());
    let saved = resource(|| (), |()| load_saved());
    let chapters = resource(|| (), move |()| chapters_of(asked.read_untracked().material));
    let first = StoredValue::new(asked.get_untracked().plain());
    let found = resource(|| (), move |()| answer(first.get_value()));
    let title = move || match asked.read().query.as_str() {
        "" => "Search".to_string(),
        query => format!("{}, search", short(query)),
    };
    let refused = returned_error(SaveSearch::PATH).map(|error| {
        view! { <Note hue=Hue::Coral glyph=Glyph::Warn alert=true><p>{error.to_string()}</p></Note> }
    });
    on_keys(move |key| {
        let to_field = key.name == "/" && searching.keys.get_untracked();
        if to_field {
            step_to_field();
        }
        to_field
    });
    view! {
        <Title text=title/>
        <div class="finder" class:finder--asked=move || !asked.read().query.is_empty()>
            <h1 class="sr">"Search"</h1>
            <Field asked keys=searching.keys>
                <Transition>
                    {move || Suspend::new(async move {
                        let files = files(&shelf.await.unwrap_or_default());
                        fill(searching, chapters.await);
                        view! { <Selects searching files/> }
                    })}
                </Transition>
            </Field>
            {refused}
            <Transition fallback=|| view! { <Skeleton label="the search" lines=&[30, 55, 100, 92, 40, 62, 98, 71]/> }>
                {move || Suspend::new(async move {
                    let shelf = shelf.await.unwrap_or_default();
                    fill(searching, chapters.await);
                    searching.saved.set(saved.await.unwrap_or_default());
                    searching.keys.set(shelf.keys);
                    let outcome = found.await;
                    if searching.shown.read_untracked().is_none() {
                        searching.shown.set(Some(Answer { asked: first.get_value(), outcome }));
                    }
                    let unread = shelf.materials.iter().filter(|material| !material.built_in && material.is_working()).count();
                    let none = shelf.materials.iter().all(|material| material.built_in);
                    let files = files(&shelf);
                    view! {
                        <Side searching files=files.clone()/>
                        <Results searching files none unread=unread as u32/>
                    }
                })}
            </Transition>
        </div>
    }
}

/// What can be searched: in a file that is not read yet there is nothing to find, and the sample is nobody's lecture.
fn files(shelf: &Materials) -> Vec<File> {
    let own = shelf.materials.iter().filter(|material| material.passages > 0 && !material.built_in);
    own.map(|material| File { id: material.id, title: material.title.clone() }).collect()
}

/// The chapters come with the page, unless others were asked for in the meantime.
fn fill(searching: Searching, chapters: Option<(MaterialId, Vec<Chapter>)>) {
    if searching.chapters.read_untracked().is_none() {
        searching.chapters.set(chapters);
    }
}

/// The field, with what limits the search as children.
#[component]
fn Field(asked: Memo<Asked>, keys: RwSignal<bool>, children: Children) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let navigate = use_navigate();
    let pause = StoredValue::new(None::<TimeoutHandle>);
    // what was typed and is on its way into the address: one that says something else came from elsewhere
    let sent = StoredValue::new(vec![asked.read_untracked().query.clone()]);
    // Enter, and coming back to a search, settle it: what is typed next is a new place in the history
    let settled = StoredValue::new(!asked.read_untracked().query.is_empty());
    let stop = move || {
        if let Some(handle) = pause.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    on_cleanup(stop);
    let go = Callback::new(move |()| {
        stop();
        let Some(field) = field.get_untracked() else { return };
        let next = Asked { query: query::clean(&field.value()), ..asked.get_untracked() };
        if next != asked.get_untracked() {
            sent.update_value(|sent| sent.push(next.query.clone()));
            let replace = !settled.get_value();
            settled.set_value(false);
            navigate(&next.href(), NavigateOptions { replace, scroll: false, ..Default::default() });
        }
    });
    Effect::new(move |begun: Option<bool>| {
        let now = asked.read().query.clone();
        let Some(field) = field.get() else { return false };
        if begun != Some(true) {
            // somebody may have typed before the scripts ran; else whoever comes to search wants to type
            if query::clean(&field.value()) != now {
                go.run(());
            } else if now.is_empty() && browser::matches_media("(hover: hover)") {
                let _ = field.focus();
            }
        } else if !sent.with_value(|sent| sent.contains(&now)) {
            // by 'back', or by a link
            field.set_value(&now);
            settled.set_value(!now.is_empty());
            sent.set_value(vec![now]);
        } else if sent.with_value(|sent| sent.last() == Some(&now)) {
            sent.set_value(vec![now]);
        }
        true
    });
    let first = asked.get_untracked();
    view! {
        <form
            class="ask"
            role="search"
            method="get"
            action="/search"
            on:submit=move |event| {
                event.prevent_default();
                go.run(());
                settled.set_value(true);
            }
        >
            <div class="search">
                <Icon glyph=Glyph::Search/>
                <input
                    class="input"
                    id="query"
                    node_ref=field
                    type="search"
                    name="q"
                    value=first.query
                    maxlength=query::LONGEST.to_string()
                    dir="auto"
                    autocomplete="off"
                    autocapitalize="off"
                    enterkeyhint="search"
                    placeholder="A word, or a whole question"
                    aria-label="Search all files"
                    aria-keyshortcuts=move || keys.get().then_some("/")
                    on:input=move |_| {
                        stop();
                        if let Ok(handle) = set_timeout_with_handle(move || go.run(()), PAUSE) {
                            pause.set_value(Some(handle));
                        }
                    }
                    on:keydown=move |event| {
                        let typed = event_target_value(&event);
                        let done = match event.key().as_str() {
                            "ArrowDown" => step(true),
                            "Escape" if !typed.is_empty() => {
                                if let Some(field) = field.get_untracked() {
                                    field.set_value("");
                                }
                                go.run(());
                                true
                            }
                            _ => false,
                        };
                        if done {
                            event.prevent_default();
                        }
                    }
                />
                <kbd class="kbd search__key" aria-hidden="true" hidden=move || !keys.get()>"/"</kbd>
            </div>
            {children()}
            {first.why.then(|| view! { <input type="hidden" name="why" value="1"/> })}
            <SubmitButton label="Search" pending=false class="btn--fill sakura"/>
        </form>
    }
}

/// Back to the field, what stands in it chosen, so that typing begins anew.
pub(super) fn step_to_field() {
    let field = browser::find("#query").and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok());
    if let Some(field) = field {
        let _ = field.focus();
        field.select();
    }
}

/// Moves the focus to the next or previous result; from the first one up to the field. Whether there was one.
pub(super) fn step(forward: bool) -> bool {
    let Ok(links) = document().query_selector_all(".found .r__open") else { return false };
    let active = document().active_element();
    let links: Vec<web_sys::HtmlElement> =
        (0..links.length()).filter_map(|index| links.item(index)?.dyn_into().ok()).collect();
    let at = links.iter().position(|link| Some(link.unchecked_ref()) == active.as_ref());
    let next = match (at, forward) {
        (None, true) => links.first(),
        (Some(at), true) => links.get(at + 1),
        (Some(0), false) => {
            step_to_field();
            return true;
        }
        (Some(at), false) => links.get(at - 1),
        (None, false) => None,
    };
    if let Some(next) = next {
        let _ = next.focus();
    }
    next.is_some()
}
