//! Beside the text: the questions about the page in view. A column on wide screens, a bar at the lower edge that
//! opens on narrower ones.

use super::{
    address::Address,
    api::{OutlineEntry, ReaderQuestion},
    place::Shown,
    practise::Practise,
};
use crate::{
    browser,
    quiz::api::StartQuiz,
    tutor::teach::{Teach, TeachMe},
    ui::{FormError, Glyph, Icon},
};
use domain::{
    document::Span,
    id::{MaterialId, QuestionId},
};
use leptos::{html, prelude::*};

/// Most questions that one set takes.
const LONGEST_SET: usize = 50;

/// The questions about the page in view.
#[component]
pub fn Margin(
    /// Of this material.
    material: MaterialId,
    /// 'page' or 'slide'.
    unit: &'static str,
    /// Of all loaded pages.
    questions: Vec<ReaderQuestion>,
    /// Where the reader stands.
    address: Memo<Address>,
    /// The page in view.
    shown: RwSignal<Shown>,
    /// The heading of what is in view.
    part: Memo<Option<OutlineEntry>>,
    /// Begins a set.
    start: ServerAction<StartQuiz>,
    /// What opens it where it is a bar.
    margin: NodeRef<html::Details>,
) -> impl IntoView {
    let questions = StoredValue::new(questions);
    let page = Memo::new(move |_| shown.get().page);
    let here = Memo::new(move |_| {
        let page = page.get();
        questions.with_value(|all| {
            all.iter().filter(|question| question.page == page).cloned().collect::<Vec<_>>()
        })
    });
    let title = move || {
        let place = format!("{unit} {}", page.get());
        match here.read().len() {
            0 => format!("No questions on {place}"),
            1 => format!("1 question on {place}"),
            many => format!("{many} questions on {place}"),
        }
    };
    let due = move || here.read().iter().filter(|question| question.due).count();
    let length = Signal::derive(move || here.read().len().min(LONGEST_SET) as u32);
    let label = Signal::derive(move || match length.get() {
        1 => "Practise this one".to_string(),
        many => format!("Practise these {many}"),
    });
    // where there is nothing to ask, the nearest page that has something
    let nearest = move || {
        let page = page.get();
        questions.with_value(|all| {
            let near = all.iter().map(|question| question.page).min_by_key(|other| other.abs_diff(page));
            near.filter(|near| *near != page)
        })
    };
    let error = Signal::derive(move || start.value().get().and_then(Result::err));
    view! {
        <aside class="qs" aria-label="Questions">
            <details class="qs__toggle" node_ref=margin>
                <summary class="qs__head">
                    <Icon glyph=Glyph::List/>
                    <span class="grow">{title}</span>
                    {move || (due() > 0).then(|| view! { <span class="chip coral">{due()} " due"</span> })}
                    <Icon glyph=Glyph::Up/>
                </summary>
            </details>
            <div class="qs__body">
                {move || part.get().map(|OutlineEntry { title, start, .. }| {
                    let heading = Span::new(start as usize, start as usize + title.len());
                    view! {
                        <div class="qs__teach">
                            <p class="small"><span class="soft">"In view: "</span><b>{title}</b></p>
                            <TeachMe what=Teach::Stretch(material, heading)/>
                        </div>
                    }
                })}
                <h2 class="qs__title">{title}</h2>
                <FormError error fields=&[]/>
                {move || (!here.read().is_empty()).then(|| view! {
                    <ul class="card card--flush rows">
                        {here.get().into_iter().map(|question| view! { <Question question address/> }).collect_view()}
                    </ul>
                    <Practise start material page=Signal::derive(move || Some(page.get())) length label class="btn--line btn--block"/>
                })}
                {move || here.read().is_empty().then(|| view! {
                    <p class="small soft">
                        {match nearest() {
                            Some(near) => view! {
                                "The nearest are on "
                                <a href=move || address.read().page(near).href()>{format!("{unit} {near}")}</a> "."
                            }
                            .into_any(),
                            None => "Nothing has been asked about these pages.".into_any(),
                        }}
                    </p>
                })}
            </div>
        </aside>
    }
}

/// A question and how it went; it leads to the stretch that it cites.
#[component]
fn Question(question: ReaderQuestion, address: Memo<Address>) -> impl IntoView {
    let span = question.span;
    let href = move || Address { lit: Some(span), page: None, at: None, ..address.get() }.href();
    let last = match question.last {
        Some(true) => {
            view! { <span class="chip mint"><Icon glyph=Glyph::Check/>"Right last time"</span> }.into_any()
        }
        Some(false) => {
            view! { <span class="chip coral"><Icon glyph=Glyph::Cross/>"Missed last time"</span> }.into_any()
        }
        None => view! { <span class="chip plain">"New"</span> }.into_any(),
    };
    let due = question.due.then(|| view! { <span class="chip coral"><Icon glyph=Glyph::Clock/>"Due"</span> });
    view! {
        <li id=format!("q-{}", question.id)>
            <a class="q" href=href data-noscroll="">
                <span class="q__stem">{question.stem}</span>
                <span class="q__state">{due}{last}</span>
            </a>
        </li>
    }
}

/// Opens the margin, where it is closed, at a question.
pub fn show_question(margin: NodeRef<html::Details>, question: QuestionId) {
    if let Some(details) = margin.get_untracked() {
        details.set_open(true);
    }
    request_animation_frame(move || {
        if let Some(row) = browser::find(&format!("#q-{question} a")) {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            row.scroll_into_view_with_scroll_into_view_options(&options);
            browser::focus(&row);
        }
    });
}
