//! The library, searched: a plain form that answers with the best passages; with the WASM it answers while one types.

use super::{
    api::{Found, Material, Search, load_materials, search_library},
    hit::HitRow,
    shelf::count,
};
use crate::{
    error::ApiError,
    ui::{Empty, ErrorState, Glyph, Hue, Icon, IconSize, Mito, Note, Skeleton, SubmitButton},
};
use domain::id::MaterialId;
use leptos::{html, leptos_dom::helpers::TimeoutHandle, prelude::*, wasm_bindgen::JsCast};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    location::Url,
};
use std::time::Duration;

/// Rest in the typing after which the search begins.
const PAUSE: Duration = Duration::from_millis(300);

/// What is looked for, and where.
#[derive(Debug, Clone, Default, PartialEq)]
struct Asked {
    query: String,
    material: Option<MaterialId>,
}

impl Asked {
    fn href(&self) -> String {
        let query = (!self.query.is_empty()).then(|| format!("q={}", Url::escape(&self.query)));
        let material = self.material.map(|material| format!("material={material}"));
        let parts: Vec<_> = query.into_iter().chain(material).collect();
        if parts.is_empty() { "/search".into() } else { format!("/search?{}", parts.join("&")) }
    }
}

/// The library, searched.
#[component]
pub fn SearchPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| Asked {
            query: query.get("q").unwrap_or_default().trim().to_string(),
            material: query.get("material").and_then(|id| id.parse().ok()),
        })
    });
    let shelf = Resource::new(|| (), |()| load_materials());
    let found = Resource::new(
        move || asked.get(),
        |asked| async move {
            if asked.query.is_empty() {
                return Ok(None);
            }
            // a search that is overtaken by the next one is dropped, and its request with it
            search_library(Search { query: asked.query, material: asked.material }).await.map(Some)
        },
    );
    let busy = RwSignal::new(false);
    let retry = Callback::new(move |()| found.refetch());
    let title = move || match asked.read().query.as_str() {
        "" => "Search".to_string(),
        query => format!("{query}, search"),
    };
    view! {
        <Title text=title/>
        <div class="finder">
            <h1 class="sr">"Search"</h1>
            <Transition fallback=|| view! { <Skeleton label="the search"/> }>
                {move || Suspend::new(async move {
                    let mut materials = shelf.await.unwrap_or_default().materials;
                    // in a file that is not read yet there is nothing to find, and the sample is nobody's lecture
                    materials.retain(|material| material.passages > 0 && !material.built_in);
                    view! { <Field asked materials/> }
                })}
            </Transition>
            <Transition fallback=|| view! { <Skeleton label="the results" lines=&[30, 55, 100, 92, 40, 62, 98, 71]/> } set_pending=busy>
                {move || {
                    let asked = asked.get();
                    Suspend::new(async move {
                        let none = shelf.await.is_ok_and(|shelf| shelf.materials.iter().all(|material| material.built_in));
                        match found.await {
                            Ok(Some(found)) => view! { <Results found asked busy/> }.into_any(),
                            Ok(None) => view! { <Nothing none/> }.into_any(),
                            Err(error) => view! { <Failed error retry/> }.into_any(),
                        }
                    })
                }}
            </Transition>
        </div>
    }
}

#[component]
fn Field(asked: Memo<Asked>, materials: Vec<Material>) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let choice = NodeRef::<html::Select>::new();
    let navigate = use_navigate();
    let pause = StoredValue::new(None::<TimeoutHandle>);
    let stop = move || {
        if let Some(handle) = pause.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    on_cleanup(stop);
    let go = Callback::new(move |replace: bool| {
        stop();
        let (Some(field), Some(choice)) = (field.get_untracked(), choice.get_untracked()) else { return };
        let next = Asked { query: field.value().trim().to_string(), material: choice.value().parse().ok() };
        if next != asked.get_untracked() {
            navigate(&next.href(), NavigateOptions { replace, scroll: false, ..Default::default() });
        }
    });
    // the address may change without the field: by 'back', or by a link
    Effect::new(move |_| {
        let asked = asked.get();
        if let Some(field) = field.get()
            && field.value().trim() != asked.query
            && document().active_element().as_ref() != Some(field.unchecked_ref())
        {
            field.set_value(&asked.query);
        }
        if let Some(choice) = choice.get() {
            choice.set_value(&asked.material.map(|id| id.to_string()).unwrap_or_default());
        }
    });
    // whoever comes to search wants to type, unless a question came along
    Effect::new(move |_| {
        if let Some(field) = field.get()
            && field.value().is_empty()
            && crate::browser::matches_media("(hover: hover)")
        {
            let _ = field.focus();
        }
    });
    let links = {
        let link = move |name: String, id: Option<MaterialId>| {
            view! {
                <li>
                    <a
                        href=move || Asked { material: id, ..asked.get() }.href()
                        aria-current=move || (asked.read().material == id).then_some("true")
                        data-noscroll=""
                    >
                        {name}
                    </a>
                </li>
            }
        };
        let files: Vec<_> =
            materials.iter().map(|material| link(material.title.clone(), Some(material.id))).collect();
        view! {
            <nav class="facet" aria-label="Search in">
                <h2>"Search in"</h2>
                <ul>{link("All files".into(), None)}{files}</ul>
            </nav>
        }
    };
    let chosen = asked.get_untracked().material;
    let options = materials
        .iter()
        .map(|material| {
            view! { <option value=material.id.to_string() selected=chosen == Some(material.id)>{material.title.clone()}</option> }
        })
        .collect_view();
    view! {
        <form
            class="ask"
            role="search"
            method="get"
            action="/search"
            on:submit=move |event| {
                event.prevent_default();
                go.run(false);
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
                    value=asked.get_untracked().query
                    maxlength="1000"
                    autocomplete="off"
                    placeholder="A word, or a whole question"
                    aria-label="Search all files"
                    on:input=move |_| {
                        stop();
                        if let Ok(handle) = set_timeout_with_handle(move || go.run(true), PAUSE) {
                            pause.set_value(Some(handle));
                        }
                    }
                    on:keydown=move |event| {
                        if event.key() == "ArrowDown" && step(true) {
                            event.prevent_default();
                        }
                    }
                />
            </div>
            <span class="select ask__file">
                <select
                    class="input"
                    node_ref=choice
                    name="material"
                    aria-label="Search in"
                    on:change=move |_| go.run(false)
                >
                    <option value="" selected=chosen.is_none()>"All files"</option>
                    {options}
                </select>
                <Icon glyph=Glyph::Down size=IconSize::Small/>
            </span>
            <SubmitButton label="Search" pending=false class="btn--fill sakura"/>
        </form>
        {links}
    }
}

/// Moves the focus to the next or previous result; from the first one up to the field. Whether there was one.
fn step(forward: bool) -> bool {
    let Ok(links) = document().query_selector_all(".found .r__open") else { return false };
    let active = document().active_element();
    let links: Vec<web_sys::HtmlElement> =
        (0..links.length()).filter_map(|index| links.item(index)?.dyn_into().ok()).collect();
    let at = links.iter().position(|link| Some(link.unchecked_ref()) == active.as_ref());
    let next = match (at, forward) {
        (None, true) => links.first().cloned(),
        (Some(at), true) => links.get(at + 1).cloned(),
        (Some(0), false) => crate::browser::find("#query"),
        (Some(at), false) => links.get(at - 1).cloned(),
        (None, false) => None,
    };
    if let Some(next) = &next {
        let _ = next.focus();
    }
    next.is_some()
}

#[component]
fn Results(found: Found, asked: Asked, busy: RwSignal<bool>) -> impl IntoView {
    let Found { hits, by_meaning, passages } = found;
    let words_only = (!by_meaning).then(|| {
        view! {
            <Note hue=Hue::Honey glyph=Glyph::Info>
                <p>"Searched by words only: the model for meaning is not installed here."</p>
            </Note>
        }
    });
    if hits.is_empty() {
        let title = format!("No page mentions ‘{}’", short(&asked.query));
        let text = match (by_meaning, passages) {
            (_, 0) => "There is nothing to search yet: the files are still being read.".to_string(),
            (true, _) => {
                "Nothing comes near it in meaning either. Perhaps the lecture calls it something else.".into()
            }
            (false, _) => "Try fewer words, or the ones your lecture uses.".into(),
        };
        let wider = asked.material.map(|_| {
            let all = Asked { material: None, ..asked.clone() };
            view! { <a class="btn btn--line" href=all.href()>"Search all files"</a> }
        });
        let library = asked
            .material
            .is_none()
            .then(|| view! { <a class="btn btn--line" href="/library">"Go to the library"</a> });
        return view! {
            <section class="found stack" aria-label="Results">
                <p class="sr" role="status">"Nothing found"</p>
                {words_only}
                <div class="card"><Empty mito=Mito::Think title=title text=text>{wider}{library}</Empty></div>
            </section>
        }
        .into_any();
    }
    let many = count(hits.len() as u32, "passage");
    let back = asked.href();
    let rows = hits
        .into_iter()
        .enumerate()
        .map(|(index, hit)| view! { <HitRow hit first=index == 0 query=asked.query.clone() back=back.clone() passages by_meaning/> })
        .collect_view();
    view! {
        <section
            class="found stack"
            aria-label="Results"
            aria-busy=move || busy.get().to_string()
            on:keydown=move |event| {
                let moved = match event.key().as_str() {
                    "ArrowDown" => step(true),
                    "ArrowUp" => step(false),
                    _ => false,
                };
                if moved {
                    event.prevent_default();
                }
            }
        >
            <div class="row found__head">
                <h2 class="grow">{format!("{many}, best first")}</h2>
                <span class="sr" role="status">{format!("{many} found")}</span>
                <span class="micro soft">{format!("of {passages}")}</span>
            </div>
            {words_only}
            <ol class="card card--flush rows">{rows}</ol>
        </section>
    }
    .into_any()
}

/// A query as it fits into a title.
fn short(query: &str) -> String {
    if query.chars().count() <= 60 {
        query.into()
    } else {
        format!("{}…", query.chars().take(59).collect::<String>().trim_end())
    }
}

/// Before anything is asked.
#[component]
fn Nothing(none: bool) -> impl IntoView {
    if none {
        return view! {
            <section class="found" aria-label="Results">
                <div class="card">
                    <Empty mito=Mito::Study title="Nothing to search yet" text="Bring a lecture, and every sentence of it can be found here.">
                        <a class="btn btn--line" href="/library">"Go to the library"</a>
                    </Empty>
                </div>
            </section>
        }
        .into_any();
    }
    view! {
        <section class="found" aria-label="Results">
            <div class="card">
                <Empty
                    mito=Mito::Think
                    title="What are you looking for?"
                    text="A word finds its pages. A whole question finds the sentences that answer it."
                >
                    <a class="btn btn--quiet btn--sm lav" href="/search?q=why%20does%20the%20AV%20node%20delay%20the%20impulse">
                        "Why does the AV node delay the impulse?"
                    </a>
                </Empty>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Failed(error: ApiError, retry: Callback<()>) -> impl IntoView {
    view! { <section class="found" aria-label="Results"><ErrorState error retry/></section> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_asked() {
        let id = "018f0000-0000-7000-8000-000000000001";
        let cases = [
            ("", None, "/search".to_string()),
            ("AV node?", None, "/search?q=AV%20node%3F".to_string()),
            ("node", Some(id), format!("/search?q=node&material={id}")),
        ];
        for (query, material, wanted) in cases {
            let asked = Asked { query: query.into(), material: material.map(|id| id.parse().unwrap()) };
            assert_eq!(asked.href(), wanted);
        }
    }

    #[test]
    fn a_long_query_is_cut_for_the_title() {
        assert_eq!(short("preload"), "preload");
        let long = short(&"ä ".repeat(100));
        assert!(long.ends_with('…') && long.chars().count() <= 60, "{long}");
    }
}
