//! The library: files brought in, being read, ready to learn from.

use super::{
    api::{KeepHere, Material, MaterialState, Materials, RetryMaterial, Uploaded, load_materials},
    delete::DeleteDialog,
    drop_zone::DropZone,
    intake::size,
    live,
    material_row::{BusyRow, ReadyRow},
    shelf::{announcement, count},
    upload::{Sending, Upload, dismiss, uploads},
    upload_row::{ToldRow, UploadRow},
};
use crate::{
    app::Connection,
    quiz::api::StartQuiz,
    resource::resource,
    ui::{Bar, ErrorState, FormError, Glyph, Hue, Icon, Skeleton, progress::BarSize},
};
use domain::id::MaterialId;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The shelf, the drop zone, live progress.
#[component]
pub fn LibraryPage() -> impl IntoView {
    let materials = resource(|| (), |()| load_materials());
    let retry = Callback::new(move |()| materials.refetch());
    view! {
        <Title text="Library"/>
        <div class="library">
            <Transition fallback=|| view! { <ShelfSkeleton/> }>
                {move || Suspend::new(async move {
                    match materials.await {
                        Ok(materials) => view! { <Shelf materials/> }.into_any(),
                        Err(error) => view! { <ErrorState error whole_page=true retry/> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
}

#[component]
fn ShelfSkeleton() -> impl IntoView {
    view! {
        <header class="page-head"><h1>"Library"</h1></header>
        <div class="stack">
            <div class="skel library__wait"></div>
            <Skeleton label="the library" lines=&[30, 62, 100, 44, 58, 100]/>
        </div>
    }
}

#[component]
fn Shelf(materials: Materials) -> impl IntoView {
    let (by_meaning, guest) = (materials.by_meaning, materials.guest);
    let shelf = RwSignal::new(materials);
    live::follow(shelf);
    let connection = Connection::here();
    let start = ServerAction::<StartQuiz>::new();
    let again = ServerAction::<RetryMaterial>::new();
    let keep = ServerAction::<KeepHere>::new();
    let sent: RwSignal<Vec<Upload>> = uploads().into();

    // a file that the server has gives its place to its material
    let taken = Memo::new(move |_| {
        let id = |upload: &Upload| match upload.sending.get() {
            Sending::Taken(material) => Some(material),
            _ => None,
        };
        sent.get().iter().filter_map(id).collect::<Vec<_>>()
    });
    Effect::new(move |_| {
        if !taken.read().is_empty() {
            live::refresh(shelf, connection);
        }
    });
    Effect::new(move |_| {
        let on_shelf =
            |id: MaterialId| shelf.with(|shelf| shelf.materials.iter().any(|material| material.id == id));
        let arrived = |upload: &&Upload| matches!(upload.sending.get(), Sending::Taken(id) if on_shelf(id));
        for upload in sent.get().iter().filter(arrived) {
            dismiss(upload.id);
        }
    });
    Effect::new(move |_| {
        if [again.value().get(), keep.value().get()].contains(&Some(Ok(()))) {
            live::refresh(shelf, connection);
        }
    });
    let rows = Memo::new(move |_| sent.get().into_iter().map(|upload| upload.id).collect::<Vec<_>>());
    let upload =
        move |id: u32| sent.with_untracked(|sent| sent.iter().find(|upload| upload.id == id).cloned());

    let ids = move |busy: bool| {
        shelf.with(|shelf| {
            let fits = |material: &&Material| (material.state != MaterialState::Ready) == busy;
            shelf.materials.iter().filter(fits).map(|material| material.id).collect::<Vec<_>>()
        })
    };
    let busy = Memo::new(move |_| ids(true));
    let ready = Memo::new(move |_| ids(false));
    let material = move |id: MaterialId| {
        let of =
            move || shelf.with(|shelf| shelf.materials.iter().find(|material| material.id == id).cloned());
        of_memo(of)
    };

    // told by the address: what a form without scripts was answered
    let query = use_query_map();
    let told: Vec<Uploaded> = query
        .read_untracked()
        .get("uploaded")
        .and_then(|json| serde_json::from_slice(json.as_bytes()).ok())
        .unwrap_or_default();
    let told = RwSignal::new(told);

    let news = RwSignal::new(String::new());
    Effect::new(move |before: Option<Materials>| {
        let now = shelf.get();
        if let Some(text) = before.as_ref().and_then(|before| announcement(before, &now)) {
            news.set(text);
        }
        now
    });

    let facts = move || {
        shelf.with(|shelf| {
            let own: Vec<_> = shelf.materials.iter().filter(|material| !material.built_in).collect();
            let questions: u32 = own.iter().map(|material| material.questions).sum();
            match own.len() as u32 {
                0 => "Your lectures, and the questions that Mito writes from them".to_string(),
                files => {
                    format!("{} · {}, each with its page", count(files, "file"), count(questions, "question"))
                }
            }
        })
    };
    let sample = Memo::new(move |_| {
        shelf.with(|shelf| {
            shelf.materials.iter().find(|material| material.built_in).map(|material| material.id)
        })
    });
    let own =
        Memo::new(move |_| shelf.with(|shelf| shelf.materials.iter().any(|material| !material.built_in)));
    let blank = Memo::new(move |_| !own.get() && rows.read().is_empty());
    let waiting = move || busy.read().len() + rows.read().len() + told.read().len();
    let error = Signal::derive(move || {
        start
            .value()
            .get()
            .and_then(Result::err)
            .or(again.value().get().and_then(Result::err))
            .or(keep.value().get().and_then(Result::err))
    });
    view! {
        <header class="page-head">
            <div>
                <h1>"Library"</h1>
                <p>{facts}</p>
            </div>
        </header>
        <p class="sr" role="status">{news}</p>
        <div class="stack">
            <DropZone blank guest sample/>
            {move || shelf.with(|shelf| meter(shelf.used, shelf.quota))}
            <FormError error fields=&[]/>
            <Show when=move || { waiting() > 0 }>
                <section class="card card--flush shelf" aria-labelledby="busy">
                    <div class="sec">
                        <h2 class="eyebrow grow" id="busy">"Being read"</h2>
                        <span class="micro soft">{move || count(waiting() as u32, "file")}</span>
                    </div>
                    <ul class="rows">
                        <For each=move || told.get().into_iter().enumerate() key=|(_, file)| file.filename.clone() let((index, file))>
                            <ToldRow file dismiss=Callback::new(move |()| told.update(|told| { told.remove(index.min(told.len() - 1)); }))/>
                        </For>
                        <For each=move || rows.get() key=|id| *id let:id>
                            {upload(id).map(|upload| view! { <UploadRow upload/> })}
                        </For>
                        <For each=move || busy.get() key=|id| *id let:id>
                            {material(id).map(|material| view! { <BusyRow material by_meaning start again keep/> })}
                        </For>
                    </ul>
                </section>
            </Show>
            <Show when=move || !ready.read().is_empty()>
                <section class="card card--flush shelf" aria-labelledby="ready">
                    <div class="filter sec">
                        <h2 class="eyebrow" id="ready">"Ready to learn"</h2>
                        <form class="search" role="search" method="get" action="/search">
                            <Icon glyph=Glyph::Search/>
                            <input class="input" type="search" name="q" maxlength="1000" placeholder="Search all files" aria-label="Search all files"/>
                        </form>
                    </div>
                    <ul class="rows">
                        <For each=move || ready.get() key=|id| *id let:id>
                            {material(id).map(|material| view! { <ReadyRow material start keep/> })}
                        </For>
                    </ul>
                </section>
            </Show>
        </div>
        <DeleteDialog shelf/>
    }
}

/// How much room is taken, once it is worth a thought: from a tenth on.
fn meter(used: u64, quota: Option<u64>) -> Option<impl IntoView> {
    let quota = quota.filter(|quota| used >= quota / 10)?;
    let said = format!("{} of {} used", size(used), size(quota));
    let megabytes = |bytes: u64| u32::try_from(bytes >> 20).unwrap_or(u32::MAX);
    let hue = if used >= quota / 10 * 9 { Hue::Coral } else { Hue::Mint };
    Some(view! {
        <div class="stack">
            <p class="small soft">{said.clone()}</p>
            <Bar label=said value=megabytes(used) max=megabytes(quota) hue size=BarSize::Thin/>
        </div>
    })
}

/// A material that changes under its row. When it has left the shelf, the row shows it as it was until it goes.
fn of_memo(of: impl Fn() -> Option<Material> + Send + Sync + 'static) -> Option<Memo<Material>> {
    let first = untrack(&of)?;
    Some(Memo::new(move |before: Option<&Material>| {
        of().or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
    }))
}
