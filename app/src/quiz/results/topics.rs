//! Where to look next: the set's questions by the heading they come from, most missed first.

use super::right;
use crate::{
    quiz::{
        api::{ResultRow, Results},
        reason::topic,
    },
    tutor::teach::{Teach, TeachMe},
    ui::{at, cite::reader_href},
};
use domain::{document::Span, id::MaterialId, quiz::Confidence};
use leptos::prelude::*;
use std::cmp::Reverse;

/// Rows that are shown.
const ROWS: usize = 4;

struct Topic {
    name: String,
    right: usize,
    asked: usize,
    sure_misses: usize,
    lucky: usize,
    href: String,
    /// What it says in the material, where its question cites it.
    at: Option<(MaterialId, Span)>,
}

fn topics(rows: &[ResultRow]) -> Vec<Topic> {
    let mut topics: Vec<Topic> = vec![];
    for row in rows {
        let (Some(question), Some(_)) = (&row.question, row.choice) else { continue };
        let name = question.headings.last().cloned().unwrap_or_else(|| topic(question));
        let at = topics.iter().position(|topic| topic.name == name).unwrap_or_else(|| {
            let at = question.options.get(question.key()).map(|key| (question.material, key.span));
            let href = at.map_or_else(
                || format!("/library/{}", question.material),
                |(material, span)| reader_href(material, span),
            );
            topics.push(Topic { name, right: 0, asked: 0, sure_misses: 0, lucky: 0, href, at });
            topics.len() - 1
        });
        let topic = &mut topics[at];
        let sure = row.confidence >= Some(Confidence::Fairly);
        topic.asked += 1;
        topic.right += usize::from(row.correct);
        topic.sure_misses += usize::from(!row.correct && sure);
        topic.lucky += usize::from(row.correct && row.confidence.is_some() && !sure);
    }
    topics.sort_by_key(|topic| (Reverse(topic.asked - topic.right), Reverse(topic.asked)));
    topics
}

fn why(topic: &Topic) -> String {
    let missed = topic.asked - topic.right;
    match (missed, topic.sure_misses, topic.lucky) {
        (0, _, 0) => "Sure and right".into(),
        (0, ..) => "Right, but not yet sure".into(),
        (_, 0, _) => "You felt unsure: read it once more".into(),
        (_, 1, _) => "You were sure, and it was something else".into(),
        (_, sure, _) => format!("You were sure {sure} times, and it was something else"),
    }
}

/// The topics of a set; nothing where there is only one.
#[component]
pub(super) fn TopicsCard(results: Results) -> impl IntoView {
    let mut topics = topics(&results.answers);
    if topics.len() < 2 {
        return None;
    }
    let heading =
        if right(&results) == results.answers.len() { "What you know" } else { "Where to look next" };
    topics.truncate(ROWS);
    let rows = topics
        .into_iter()
        .map(|topic| {
            let hue = match topic.right {
                0 => "coral",
                right if right == topic.asked => "mint",
                _ => "honey",
            };
            let share = (topic.right * 100 / topic.asked).max(3);
            let counted = format!("{} of {}", topic.right, topic.asked);
            let why = why(&topic);
            let taught = topic.at.filter(|_| topic.right < topic.asked);
            let taught = taught.map(|(material, span)| {
                view! { <TeachMe what=Teach::Stretch(material, span) weak=true class="btn btn--quiet btn--sm"/> }
            });
            view! {
                <li class=hue>
                    <div>
                        <a class="tap" href=topic.href><b>{topic.name}</b></a>
                        <p class="small soft">{why}</p>
                        {taught}
                    </div>
                    <span class="num nowrap">{counted.clone()}</span>
                    <span class=format!("bar bar--thin {}", at(share as u32)) role="img" aria-label=format!("{counted} right")>
                        <i></i>
                    </span>
                </li>
            }
        })
        .collect_view();
    Some(view! {
        <section class="card" aria-labelledby="weak">
            <h2 id="weak">{heading}</h2>
            <ul class="weak rows">{rows}</ul>
        </section>
    })
}
