//! What limits a search, and what is kept: lists beside the results on wide screens, selects in the form on others.

use super::{
    api::{ForgetSearch, SavedSearch},
    asked::Asked,
    searching::{Searching, short},
};
use crate::ui::{Glyph, Icon, IconSize};
use domain::id::MaterialId;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// A file that can be searched.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct File {
    /// Which.
    pub(super) id: MaterialId,
    /// Its title.
    pub(super) title: String,
}

/// File and chapter as selects: on a phone, and in every plain form.
#[component]
pub(super) fn Selects(searching: Searching, files: Vec<File>) -> impl IntoView {
    let asked = searching.asked;
    let navigate = use_navigate();
    let go = Callback::new(move |next: Asked| {
        navigate(&next.href(), NavigateOptions { scroll: false, ..Default::default() });
    });
    let first = asked.get_untracked();
    let file = move |id: Option<MaterialId>, title: String| {
        let value = id.map(|id| id.to_string()).unwrap_or_default();
        view! {
            <option value=value selected=first.material == id prop:selected=move || asked.read().material == id>{title}</option>
        }
    };
    let chapter = move |start: Option<u32>, title: String| {
        let value = start.map(|start| start.to_string()).unwrap_or_default();
        view! {
            <option value=value selected=first.chapter == start prop:selected=move || asked.read().chapter == start>{title}</option>
        }
    };
    let options = files.into_iter().map(|one| file(Some(one.id), one.title)).collect_view();
    let chapters = Memo::new(move |_| searching.chapters_here());
    view! {
        <span class="select ask__in">
            <select
                class="input"
                name="material"
                aria-label="File"
                on:change=move |event| {
                    let material = event_target_value(&event).parse().ok();
                    go.run(Asked { material, chapter: None, ..asked.get_untracked() });
                }
            >
                {file(None, "All files".into())}
                {options}
            </select>
            <Icon glyph=Glyph::Down size=IconSize::Small/>
        </span>
        {move || {
            let chapters = chapters.get();
            let options = chapters.iter().map(|one| {
                let indent = if one.depth > 0 { "\u{a0}\u{a0}" } else { "" };
                chapter(Some(one.span.start), format!("{indent}{}", one.title))
            });
            (!chapters.is_empty()).then(|| view! {
                <span class="select ask__in">
                    <select
                        class="input"
                        name="chapter"
                        aria-label="Chapter"
                        on:change=move |event| {
                            let chapter = event_target_value(&event).parse().ok();
                            go.run(Asked { chapter, ..asked.get_untracked() });
                        }
                    >
                        {chapter(None, "All chapters".into())}
                        {options.collect_view()}
                    </select>
                    <Icon glyph=Glyph::Down size=IconSize::Small/>
                </span>
            })
        }}
    }
}

/// File and chapter as lists of links, and the searches that are kept.
#[component]
pub(super) fn Side(searching: Searching, files: Vec<File>) -> impl IntoView {
    let asked = searching.asked;
    let file = move |id: Option<MaterialId>, title: String| {
        view! {
            <li>
                <a
                    href=move || Asked { material: id, chapter: None, ..asked.get() }.href()
                    aria-current=move || (asked.read().material == id).then_some("true")
                    data-noscroll=""
                >
                    {title}
                </a>
            </li>
        }
    };
    let chapter = move |start: Option<u32>, title: String, page: Option<u32>, below: bool| {
        view! {
            <li class:below=below>
                <a
                    href=move || Asked { chapter: start, ..asked.get() }.href()
                    aria-current=move || (asked.read().chapter == start).then_some("true")
                    data-noscroll=""
                >
                    <span>{title}</span>
                    {page.map(|page| view! { <span class="n"><span class="sr">"page "</span>{page}</span> })}
                </a>
            </li>
        }
    };
    let chapters = Memo::new(move |_| searching.chapters_here());
    let chapters = move || {
        let chapters = chapters.get();
        (!chapters.is_empty()).then(|| {
            let rows = chapters
                .into_iter()
                .map(|one| chapter(Some(one.span.start), one.title, Some(one.page), one.depth > 0))
                .collect_view();
            view! {
                <h2 id="in-chapter">"Chapter"</h2>
                <ul aria-labelledby="in-chapter">{chapter(None, "All chapters".into(), None, false)}{rows}</ul>
            }
        })
    };
    let rows = files.into_iter().map(|one| file(Some(one.id), one.title)).collect_view();
    view! {
        <div class="side">
            <nav class="facet" aria-label="Search in">
                <h2 id="in-file">"Search in"</h2>
                <ul aria-labelledby="in-file">{file(None, "All files".into())}{rows}</ul>
                {chapters}
            </nav>
            <Show when=move || !searching.saved.read().is_empty()>
                <section class="kept" aria-labelledby="saved">
                    <h2 id="saved">"Saved searches"</h2>
                    <ul>
                        <For each=move || searching.saved.get() key=|saved| (saved.id, saved.file.clone()) let:saved>
                            <Saved searching saved/>
                        </For>
                    </ul>
                </section>
            </Show>
        </div>
    }
}

/// A search that is kept: a press asks it again, the cross takes it out.
#[component]
fn Saved(searching: Searching, saved: SavedSearch) -> impl IntoView {
    let place: Vec<_> = saved.file.iter().chain(&saved.chapter).cloned().collect();
    let place = (!place.is_empty()).then(|| view! { <small class="micro soft">{place.join(" › ")}</small> });
    let name = short(&saved.search.query);
    let kept = Asked::of(saved.search.clone());
    let href = kept.href();
    let search = saved.search.clone();
    view! {
        <li>
            <a
                href=href
                aria-current=move || searching.asked.read().is(&search).then_some("true")
                data-noscroll=""
            >
                <bdi>{kept.query}</bdi>
                {place}
            </a>
            <form
                method="post"
                action=ForgetSearch::url()
                on:submit={
                    let saved = saved.clone();
                    move |event| {
                        event.prevent_default();
                        searching.forget(saved.clone());
                    }
                }
            >
                <input type="hidden" name="saved" value=saved.id.to_string()/>
                <button type="submit" class="btn btn--icon" aria-label=format!("Take ‘{name}’ out")>
                    <Icon glyph=Glyph::Cross size=IconSize::Small/>
                </button>
            </form>
        </li>
    }
}
