//! A material, read: its text with page marks, its outline, the questions about the page in view.

use super::{
    address::Address,
    api::{Material, MaterialState, Reader, ReaderQuestion, open_reader},
    find::Find,
    margin::{Margin, show_question},
    outline::Outline,
    page_text::Ink,
    place::{self, Shown},
    shelf::{count, leaf, status},
};
use crate::{
    error::ApiError,
    quiz::api::StartQuiz,
    resource::resource,
    ui::{ErrorState, Glyph, Hue, Icon, Note, Skeleton},
};
use leptos::{html, prelude::*};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map, use_query_map},
};

/// A material, read.
#[component]
pub fn ReaderPage() -> impl IntoView {
    let (path, query) = (use_params_map(), use_query_map());
    let address =
        Memo::new(move |_| Address::read(&path.read().get("id").unwrap_or_default(), &query.read()));
    // another current hit or way back needs nothing new from the server
    let asked = Memo::new(move |_| address.get().map(|address| Address { at: None, back: None, ..address }));
    let reader = resource(
        move || asked.get(),
        |asked| async move {
            match asked {
                Some(address) => open_reader(address.opening()).await.map(|reader| (address, reader)),
                None => Err(ApiError::not_found("This file")),
            }
        },
    );
    let retry = Callback::new(move |()| reader.refetch());
    view! {
        <Transition fallback=|| view! { <ReaderSkeleton/> }>
            {move || Suspend::new(async move {
                match reader.await {
                    Ok((asked, reader)) => {
                        let address = Memo::new(move |_| address.get().unwrap_or_else(|| asked.clone()));
                        view! { <ReaderView reader address retry/> }.into_any()
                    }
                    Err(error) => view! {
                        <Title text="Reader"/>
                        <div class="doc doc--alone"><ErrorState error whole_page=true retry/></div>
                    }
                    .into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn ReaderSkeleton() -> impl IntoView {
    view! {
        <Title text="Reader"/>
        <div class="doc">
            <div class="doc__in doc__wait"><Skeleton label="the text" lines=&[42, 96, 100, 91, 97, 58, 30, 94, 100, 88]/></div>
        </div>
    }
}

/// A stretch of pages with all that stands around it.
#[component]
fn ReaderView(reader: Reader, address: Memo<Address>, retry: Callback<()>) -> impl IntoView {
    let Reader { material, outline, pages, previous, next, questions, page, hits } = reader;
    let start = ServerAction::<StartQuiz>::new();
    let loaded = pages
        .first()
        .map_or((page, page), |first| (first.number, pages.last().map_or(first.number, |last| last.number)));
    let headings: Vec<u32> = outline.iter().map(|entry| entry.start).collect();
    let numbers: Vec<u32> = pages.iter().map(|page| page.number).collect();
    let shown = RwSignal::new(Shown { page, heading: place::heading_at(&outline, page) });
    let hit = Memo::new({
        let hits = hits.clone();
        move |_| address.with(|address| place::current_hit(&hits, address, page))
    });
    let current = Signal::derive({
        let hits = hits.clone();
        move || hit.get().and_then(|index| hits.get(index)).map(|hit| hit.start)
    });

    place::follow_scrolling(material.id, numbers, headings, shown);
    go_to_place(address, loaded, hits.clone(), hit);

    let margin = NodeRef::<html::Details>::new();
    let ask = Callback::new(move |question: ReaderQuestion| {
        shown.update(|shown| shown.page = question.page);
        show_question(margin, question.id);
    });
    let ink = Ink::new(material.id, questions.clone(), current, ask);
    let unit = leaf(&material);
    let text = pages
        .into_iter()
        .map(|page| {
            let blocks = ink.page(page.number, page.blocks);
            let name = format!("{}{} {}", unit[..1].to_uppercase(), &unit[1..], page.number);
            view! {
                <div class="pg" role="group" aria-label=name.clone()>
                    <p class="pagemark" id=format!("p{}", page.number) aria-hidden="true"><span>{name.clone()}</span></p>
                    {blocks}
                </div>
            }
        })
        .collect_view();
    let turn = |page: Option<u32>, forward: bool| {
        page.map(|page| {
            view! {
                <a class="btn btn--line" class:end=forward href=move || address.read().page(page).href() rel=if forward { "next" } else { "prev" }>
                    {(!forward).then(|| view! { <Icon glyph=Glyph::Left/> })}
                    {format!("{}{} {page}", unit[..1].to_uppercase(), &unit[1..])}
                    {forward.then(|| view! { <Icon glyph=Glyph::Right/> })}
                </a>
            }
        })
    };
    let empty = text.is_empty();
    let turns = (previous.is_some() || next.is_some()).then(|| {
        view! { <nav class="turns" aria-label="Further pages">{turn(previous, false)}{turn(next, true)}</nav> }
    });
    let contents = NodeRef::<html::Dialog>::new();
    let finding = RwSignal::new(address.with_untracked(|address| address.query.is_some()));
    // the part of the file that is in view, by its heading
    let taught = StoredValue::new(outline.clone());
    let part = Memo::new(move |_| {
        let heading = shown.get().heading?;
        taught.with_value(|outline| outline.iter().find(|entry| entry.start == heading).cloned())
    });
    let sheet = {
        let (outline, address) = (outline.clone(), address.get_untracked());
        move || view! { <Outline entries=outline.clone() address=address.clone() loaded current=Signal::derive(move || shown.get().heading)/> }
    };
    let total = material.pages_total.max(material.pages_read).max(loaded.1);
    let sheet_pages = count(total, unit);
    view! {
        <Title text=format!("{}, {unit} {page}", material.title)/>
        <Head title=material.title.clone() unit total shown address finding contents>
            <Find address hits hit loaded shown finding/>
        </Head>
        <div class="reader">
            <nav class="toc" id="contents" aria-label="Contents">
                <p class="eyebrow">"Contents"</p>
                <a class="btn btn--icon toc__close" href="#main" rel="external" aria-label="Close the contents"><Icon glyph=Glyph::Cross/></a>
                <Outline
                    entries=outline
                    address=address.get_untracked()
                    loaded
                    current=Signal::derive(move || shown.get().heading)
                />
            </nav>
            <article class="doc" aria-label=material.title.clone()>
                <div class="doc__in read">
                    <Standing material=material.clone() empty retry first=loaded.0 <= 1/>
                    {text}
                    {turns}
                </div>
            </article>
            <Margin material=material.id unit questions address shown part start margin/>
        </div>
        <dialog
            class="fsheet"
            node_ref=contents
            aria-labelledby="contents-title"
            on:click=move |event| {
                // a row closes it and jumps; so does a press on the ground around it
                let pressed = event_target::<web_sys::Element>(&event);
                if pressed.closest("a").ok().flatten().is_some() || pressed.tag_name() == "DIALOG" {
                    close(contents);
                }
            }
        >
            <div class="fsheet__in">
                <div class="fsheet__head">
                    <h2 id="contents-title">"Contents"</h2>
                    <span class="small soft">{sheet_pages}</span>
                    <button type="button" class="btn btn--icon" aria-label="Close the contents" on:click=move |_| close(contents)>
                        <Icon glyph=Glyph::Cross/>
                    </button>
                </div>
                <nav class="toc2" aria-label="Contents of the file">{sheet()}</nav>
            </div>
        </dialog>
    }
}

fn close(dialog: NodeRef<html::Dialog>) {
    if let Some(dialog) = dialog.get_untracked() {
        dialog.close();
    }
}

/// After a stretch was drawn: to what is lit, to the current hit, to the anchor, or to where one was last. A hit
/// that lies in another stretch is opened there.
fn go_to_place(
    address: Memo<Address>,
    loaded: (u32, u32),
    hits: Vec<super::api::Place>,
    hit: Memo<Option<usize>>,
) {
    let navigate = use_navigate();
    Effect::new(move |drawn: Option<()>| {
        let now = address.get();
        let current = hit.get().and_then(|index| hits.get(index)).copied();
        let near = current.is_none_or(|hit| (loaded.0..=loaded.1).contains(&hit.page));
        if let (Some(hit), None) = (current.filter(|_| !near), now.lit) {
            let there = Address { at: Some(hit.start), ..now.page(hit.page) };
            navigate(&there.href(), NavigateOptions { replace: true, scroll: false, ..Default::default() });
            return;
        }
        if drawn.is_none() {
            let last = place::kept(now.material)
                .filter(|_| now.page.is_none() && now.lit.is_none() && now.query.is_none());
            match last {
                Some(last) if !(loaded.0..=loaded.1).contains(&last.page) => {
                    let there = Address { page: Some(last.page), ..now };
                    navigate(
                        &there.href(),
                        NavigateOptions { replace: true, scroll: false, ..Default::default() },
                    );
                }
                last => place::go(&now, loaded, last),
            }
        } else if now.at.is_some() {
            place::scroll_to("hit", false);
        }
    });
}

#[component]
fn Head(
    title: String,
    unit: &'static str,
    total: u32,
    shown: RwSignal<Shown>,
    address: Memo<Address>,
    finding: RwSignal<bool>,
    contents: NodeRef<html::Dialog>,
    children: Children,
) -> impl IntoView {
    let page = move || format!("{}{} {} of {total}", unit[..1].to_uppercase(), &unit[1..], shown.get().page);
    view! {
        <header class="rhead" class:is-finding=finding>
            <a class="btn btn--icon" href=move || address.read().way_back().0 aria-label=move || address.read().way_back().1>
                <Icon glyph=Glyph::Left/>
            </a>
            <div class="grow rhead__title">
                <h1 class="truncate">{title}</h1>
                <p class="micro soft truncate">{page}</p>
            </div>
            {children()}
            <a
                class="btn btn--icon phone"
                href="#find"
                rel="external"
                aria-label="Search in this file"
                on:click=move |event| {
                    event.prevent_default();
                    finding.update(|finding| *finding = !*finding);
                }
            >
                <Icon glyph=Glyph::Search/>
            </a>
            <a
                class="btn btn--icon toggle"
                href="#contents"
                rel="external"
                aria-label="Contents"
                on:click=move |event| {
                    if let Some(dialog) = contents.get_untracked() {
                        event.prevent_default();
                        // it refuses only where it is open already
                        let _ = dialog.show_modal();
                        place::scroll_in_sheet();
                    }
                }
            >
                <Icon glyph=Glyph::Outline/>
            </a>
        </header>
    }
}

/// What must be said before the text: it is not all there yet, or not all of it could be read.
#[component]
fn Standing(material: Material, empty: bool, first: bool, retry: Callback<()>) -> impl IntoView {
    let working = material.is_working().then(|| {
        let told = format!("Mito is still reading this file: {}.", status(&material));
        view! {
            <Note hue=Hue::Sky glyph=Glyph::Clock>
                <p>
                    {told} " "
                    <a href="" rel="external" on:click=move |event| { event.prevent_default(); retry.run(()); }>"Show what is new"</a>
                </p>
            </Note>
        }
    });
    let failed = (material.state == MaterialState::Failed).then(|| {
        let told = material.error.clone().unwrap_or_else(|| "This file could not be read.".into());
        view! { <Note hue=Hue::Coral glyph=Glyph::Warn><p>{told} " " <a href="/library">"Try again from the library"</a></p></Note> }
    });
    let warnings = (first && !material.warnings.is_empty()).then(|| {
        let lines = material.warnings.iter().map(|warning| view! { <p>{warning.clone()}</p> }).collect_view();
        view! { <Note hue=Hue::Honey glyph=Glyph::Warn>{lines}</Note> }
    });
    let nothing = (empty && !material.is_working() && material.state != MaterialState::Failed)
        .then(|| view! { <p class="soft">"No text was found in this file."</p> });
    (working.is_some() || failed.is_some() || warnings.is_some() || nothing.is_some())
        .then(|| view! { <div class="standing stack">{working}{failed}{warnings}{nothing}</div> })
}
