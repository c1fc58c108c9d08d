//! A material on the shelf: being read, failed, or ready to learn from.

use super::{
    api::{KeepHere, Material, MaterialState, RetryMaterial},
    menu::Menu,
    practise::Practise,
    shelf::{Stage, count, leaf, picture, progress, stages, status},
    upload_row::Picture,
};
use crate::{
    quiz::api::StartQuiz,
    ui::{Bar, Glyph, Hue, Icon, IconSize, Note, progress::BarSize},
};
use leptos::{form::ActionForm, prelude::*};

/// Questions of the set that a row begins.
const SET: u32 = 10;

/// A material on its way, or one that could not be read.
#[component]
pub fn BusyRow(
    /// As it changes.
    material: Memo<Material>,
    /// Whether the model for meaning is installed.
    by_meaning: bool,
    /// Begins a set.
    start: ServerAction<StartQuiz>,
    /// Tries a failed one again.
    again: ServerAction<RetryMaterial>,
    /// Marks it 'stays here'.
    keep: ServerAction<KeepHere>,
) -> impl IntoView {
    let failed = Memo::new(move |_| material.read().state == MaterialState::Failed);
    move || {
        if failed.get() {
            view! { <FailedRow material again/> }.into_any()
        } else {
            view! { <ReadingRow material by_meaning start keep/> }.into_any()
        }
    }
}

#[component]
fn ReadingRow(
    material: Memo<Material>,
    by_meaning: bool,
    start: ServerAction<StartQuiz>,
    keep: ServerAction<KeepHere>,
) -> impl IntoView {
    let id = material.read_untracked().id;
    let title = Memo::new(move |_| material.read().title.clone());
    let readable = Memo::new(move |_| material.read().pages_read > 0);
    let share = Memo::new(move |_| {
        material.with(|material| progress(material, by_meaning)).map(|share| share as u32)
    });
    let counted = Memo::new(move |_| share.get().is_some());
    let length = Memo::new(move |_| material.read().questions.min(SET));
    let label = Signal::derive(move || match material.read().state {
        MaterialState::Preparing => format!("Making {} ready", title.get()),
        _ => format!("Reading {}", title.get()),
    });
    let steps = move || {
        let icon = |stage| match stage {
            Stage::Done => view! { <Icon glyph=Glyph::Check size=IconSize::Small/> }.into_any(),
            Stage::Now | Stage::Later => view! { <span class="dot"></span> }.into_any(),
        };
        let look = |stage| match stage {
            Stage::Done => ("done", "done: "),
            Stage::Now => ("now", "now: "),
            Stage::Later => ("", "later: "),
        };
        let step = |(stage, words): (Stage, String)| {
            let (class, said) = look(stage);
            view! { <li class=class>{icon(stage)}<span class="sr">{said}</span>{words}</li> }
        };
        material.with(|material| stages(material, by_meaning)).into_iter().map(step).collect_view()
    };
    view! {
        <li class="file sky">
            <Picture name=Signal::derive(move || material.with(picture))/>
            <div>
                <h3>{move || match readable.get() {
                    true => view! { <a href=format!("/library/{id}")>{title}</a> }.into_any(),
                    false => title.into_any(),
                }}<StaysHere material/></h3>
                <p class="small soft">{move || material.with(|material| format!("{} · {}", material.format, status(material)))}</p>
            </div>
            <RowMenu material keep/>
            <div class="file__more">
                {move || counted.get().then(|| view! {
                    <Bar label value=Signal::derive(move || share.get().unwrap_or(0)) max=100 hue=Hue::Sky/>
                })}
                <ol class="stages">{steps}</ol>
                {move || (length.get() > 0).then(|| view! {
                    <Practise
                        start
                        material=id
                        length
                        label=Signal::derive(move || match length.get() {
                            1 => "Start with the first question".to_string(),
                            many => format!("Start with the first {many}"),
                        })
                        from=title.get_untracked()
                    />
                })}
            </div>
        </li>
    }
}

#[component]
fn FailedRow(material: Memo<Material>, again: ServerAction<RetryMaterial>) -> impl IntoView {
    let Material { id, title, format, error, .. } = material.get_untracked();
    let reason = error.unwrap_or_else(|| "This file could not be read.".into());
    view! {
        <li class="file coral">
            <Picture name=material.with_untracked(picture)/>
            <div>
                <h3>{title.clone()}</h3>
                <p class="small soft">{format}</p>
            </div>
            <a class="btn btn--icon" href=format!("/library?delete={id}") data-noscroll="" aria-label=format!("Delete {title}")>
                <Icon glyph=Glyph::Trash/>
            </a>
            <div class="file__more">
                <p class="small refused">{reason}</p>
                <ActionForm action=again>
                    <input type="hidden" name="material" value=id.to_string()/>
                    <button type="submit" class="btn btn--line btn--sm" aria-disabled=move || again.pending().get().then_some("true")>
                        <Icon glyph=Glyph::Refresh/>
                        "Try again"
                        <span class="sr">{format!(" with {title}")}</span>
                    </button>
                </ActionForm>
            </div>
        </li>
    }
}

/// A material that is ready.
#[component]
pub fn ReadyRow(
    /// As it changes.
    material: Memo<Material>,
    /// Begins a set.
    start: ServerAction<StartQuiz>,
    /// Marks it 'stays here'.
    keep: ServerAction<KeepHere>,
) -> impl IntoView {
    let Material { id, title, built_in, .. } = material.get_untracked();
    let warned = Memo::new(move |_| material.read().warnings.clone());
    let facts = move || {
        material.with(|material| {
            let pages = match (material.pages_read, material.pages_total) {
                (read, total) if read < total => format!("{read} of {}", count(total, leaf(material))),
                (read, _) => count(read, leaf(material)),
            };
            view! {
                <span>{format!("{}, {pages}", material.format)}</span>
                <span>{match material.questions {
                    0 => "no questions".into(),
                    questions => count(questions, "question"),
                }}</span>
                {(material.due > 0).then(|| view! { <a class="due" href="/review">{format!("{}\u{a0}due", material.due)}</a> })}
            }
        })
    };
    let length = Memo::new(move |_| material.read().questions.min(SET));
    let known = Memo::new(move |_| material.read().known_percent);
    let bar_label = format!("Known of {title}");
    view! {
        <li class="file" class:sky=move || warned.read().is_empty() class:honey=move || !warned.read().is_empty()>
            <Picture name=Signal::derive(move || material.with(picture))/>
            <div>
                <h3>
                    <a href=format!("/library/{id}")>{move || material.read().title.clone()}</a>
                    {built_in.then(|| view! { <span class="chip lav">"Sample"</span> })}
                    <StaysHere material/>
                </h3>
                <p class="small soft meta">{facts}</p>
            </div>
            <RowMenu material keep/>
            <div class="file__more file__learn">
                {move || match known.get() {
                    Some(known) => view! {
                        <div class="mast">
                            <Bar label=bar_label.clone() value=u32::from(known) max=100 hue=Hue::Mint size=BarSize::Thin/>
                            <span class="small soft nowrap">{known}"\u{a0}% known"</span>
                        </div>
                    }
                    .into_any(),
                    None if length.get() > 0 => view! { <p class="small soft">"Not practised yet"</p> }.into_any(),
                    None => ().into_any(),
                }}
                {move || (length.get() > 0).then(|| view! {
                    <Practise
                        start
                        material=id
                        length
                        label=Signal::derive(move || format!("Practise {}", length.get()))
                        from=material.read_untracked().title.clone()
                    />
                })}
            </div>
            {move || {
                let warnings = warned.get();
                (!warnings.is_empty()).then(|| view! {
                    <div class="file__more">
                        <Note hue=Hue::Honey glyph=Glyph::Warn>
                            {warnings.into_iter().map(|warning| view! { <p>{warning}</p> }).collect_view()}
                        </Note>
                    </div>
                })
            }}
        </li>
    }
}

/// The mark of a material whose text goes to no language model elsewhere.
#[component]
fn StaysHere(material: Memo<Material>) -> impl IntoView {
    let stays = Memo::new(move |_| material.read().stays_here);
    move || {
        stays.get().then(|| {
            view! { <span class="chip mint"><Icon glyph=Glyph::Lock size=IconSize::Small/>"Stays here"</span> }
        })
    }
}

/// What else can be done with a material: nothing with a built-in one.
#[component]
fn RowMenu(material: Memo<Material>, keep: ServerAction<KeepHere>) -> impl IntoView {
    let Material { id, title, built_in, .. } = material.get_untracked();
    let stays = Memo::new(move |_| material.read().stays_here);
    (!built_in).then(|| {
        view! {
            <Menu label=format!("More for {title}")>
                <a href=format!("/library/{id}")><Icon glyph=Glyph::Library/>"Open"</a>
                <a href=format!("/search?material={id}")><Icon glyph=Glyph::Search/>"Search in it"</a>
                <ActionForm action=keep>
                    <input type="hidden" name="material" value=id.to_string()/>
                    <input type="hidden" name="stays" value=move || (!stays.get()).to_string()/>
                    <button type="submit">
                        <Icon glyph=Glyph::Lock/>
                        {move || if stays.get() { "Take ‘stays here’ off" } else { "Mark ‘stays here’" }}
                    </button>
                </ActionForm>
                <a href=format!("/library?delete={id}") data-noscroll=""><Icon glyph=Glyph::Trash/>"Delete"</a>
            </Menu>
        }
    })
}
