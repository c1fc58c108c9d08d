//! Every question of the set: how it went, what was chosen, the key, the page, when it comes back.

use crate::{
    quiz::{
        api::{ResultRow, Results},
        due::comes_back,
        reason::{Reason, letter},
    },
    tutor::teach::{Teach, TeachMe},
    ui::{
        Glyph, Icon, IconSize,
        prose::{Prose, bind_units, split_stem},
    },
};
use leptos::prelude::*;

/// The list.
#[component]
pub(super) fn ItemsCard(results: Results) -> impl IntoView {
    let now = results.now;
    let rows = results
        .answers
        .into_iter()
        .enumerate()
        .map(|(index, row)| view! { <Item index row now/> })
        .collect_view();
    view! {
        <section class="card items" aria-labelledby="items">
            <h2 id="items">"Every question"</h2>
            {rows}
        </section>
    }
}

#[component]
fn Item(index: usize, row: ResultRow, now: i64) -> impl IntoView {
    let Some(question) = row.question else {
        return view! {
            <p class="item item--gone soft">
                <Icon glyph=Glyph::Trash/>
                <span>{format!("Question {} was deleted in the meantime.", index + 1)}</span>
            </p>
        }
        .into_any();
    };
    let (hue, glyph, word) = match (row.choice, row.correct) {
        (None, _) => ("plain", Glyph::More, "not answered"),
        (_, true) => ("mint", Glyph::Check, "right"),
        (_, false) => ("coral", Glyph::Cross, "missed"),
    };
    let due = row.due.map(|due| comes_back(due, now));
    let (_, lead) = split_stem(&question.stem);
    let lead = lead.to_string();
    let name = |index: usize| {
        question.options.get(index).map(|option| format!("{}, {}", letter(index), bind_units(&option.text)))
    };
    let key = question.options.get(question.key()).cloned();
    let key_name = name(question.key());
    let chosen = row.choice.and_then(|choice| name(choice as usize));
    let sure = row.confidence.map(|confidence| format!(" ({})", confidence.word().to_lowercase()));
    let (material, title) = (question.material, question.title.clone());
    let body = if row.choice.is_none() {
        // what is still open keeps its secret
        view! { <p class="soft">"Not answered yet, so its key stays hidden."</p> }.into_any()
    } else {
        let chosen = (!row.correct).then(|| {
            let sure = sure.clone();
            view! { <dt>"You chose"</dt><dd>{chosen} {sure}</dd> }
        });
        let yours = row.correct.then(|| format!(", your answer{}", sure.unwrap_or_default()));
        view! {
            <dl class="facts">{chosen} <dt>"Key"</dt><dd><b>{key_name}</b> {yours}</dd></dl>
            {key.map(|option| view! { <Reason option material title/> })}
            {(!row.correct).then(|| view! { <TeachMe what=Teach::Question(question.id)/> })}
        }
        .into_any()
    };
    view! {
        <details class=format!("item {hue}")>
            <summary>
                <Icon glyph/>
                <span class="item__stem">
                    <span class="sr">{format!("Question {}, {word}: ", index + 1)}</span>
                    <Prose text=lead/>
                </span>
                <span class="small soft nowrap item__due">{due}</span>
                <Icon glyph=Glyph::Down size=IconSize::Small/>
            </summary>
            <div class="item__body">{body}</div>
        </details>
    }
    .into_any()
}
