//! A passage that was found, and why it comes where it does.

use super::{
    address::Address,
    api::{Hit, Meaning, Placed, Words},
    segments::{Run, stretches},
};
use crate::ui::{Glyph, Icon, IconSize};
use leptos::prelude::*;

/// A stage of the search, in the learner's words, and what its figure means.
pub(super) static STAGES: [(&str, &str); 4] = [
    ("By words", "How often and how close together your words stand, rare ones more: no upper end."),
    ("By meaning", "How near in meaning: 1.00 would be the same sentence."),
    ("Together", "Both places made one; the list is in this order unless there is a second look."),
    (
        "Second look",
        "The best ones read again beside your question; this place and the one above count half each.",
    ),
];

/// How a search went, as far as its hits tell of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Searched {
    /// Passages that were searched.
    pub(super) passages: u32,
    /// By words.
    pub(super) words: Words,
    /// By meaning.
    pub(super) meaning: Meaning,
}

/// A passage that was found.
#[component]
pub(super) fn HitRow(
    /// Which.
    hit: Hit,
    /// The best one.
    first: bool,
    /// What was looked for: the reader marks it too.
    query: String,
    /// Where the reader leads back to.
    back: String,
    /// How the search went.
    searched: Searched,
    /// Whether every hit shows how it was placed.
    why: Signal<bool>,
) -> impl IntoView {
    let leading = |material, span| {
        let (query, back) = (Some(query.clone()), Some(back.clone()));
        Address { lit: Some(span), query, back, ..Address::of(material) }.href()
    };
    let href = leading(hit.material, hit.span);
    let elsewhere = (!hit.elsewhere.is_empty()).then(|| {
        let places = hit.elsewhere.iter().map(|place| {
            let name = format!("{}, page {}", place.title, place.page);
            view! { <li><a href=leading(place.material, place.span)>{name}</a></li> }
        });
        view! {
            <div class="r__also small">
                <span class="soft">"The same words:"</span>
                <ul>{places.collect_view()}</ul>
            </div>
        }
    });
    let heading = hit.headings.last().cloned().unwrap_or_else(|| hit.title.clone());
    let path: Vec<_> = std::iter::once(hit.title.clone())
        .chain(hit.headings.iter().filter(|heading| **heading != hit.title).cloned())
        .collect();
    let text: Vec<_> = stretches(&hit.text, 0..hit.text.len(), &[], &[], &hit.lit)
        .into_iter()
        .flat_map(|stretch| stretch.runs)
        .map(|Run { found, pieces }| {
            let words: String = pieces.into_iter().map(|piece| piece.text).collect();
            match found {
                Some(_) => view! { <mark class="hit">{words}</mark> }.into_any(),
                None => words.into_any(),
            }
        })
        .collect();
    let reasons =
        reasons(&hit, searched).into_iter().map(|reason| view! { <li>{reason}</li> }).collect_view();
    view! {
        <li class="r" class:r--first=first>
            <p class="r__p">
                <span class="chip sky"><Icon glyph=Glyph::Page/>{format!("Page {}", hit.page)}</span>
                <span class="micro soft">{path.join(" › ")}</span>
            </p>
            <h3><a class="r__open" href=href>{heading}</a></h3>
            <p class="r__text" dir="auto">{text}</p>
            {elsewhere}
            <details class="why" open=move || why.get()>
                <summary>"Why this?"<Icon glyph=Glyph::Down size=IconSize::Small/></summary>
                <div class="why__in">
                    <ul class="small">{reasons}</ul>
                    {stages(&hit)}
                </div>
            </details>
        </li>
    }
}

/// How each stage placed it, as a small table.
fn stages(hit: &Hit) -> impl IntoView + use<> {
    let places = [(hit.by_words, 2), (hit.by_meaning, 2), (hit.fused, 4), (hit.reranked, 2)];
    let rows = STAGES
        .iter()
        .zip(places)
        // a second look may not have been taken; that a stage did not find it is worth a row
        .filter(|((name, _), (placed, _))| *name != STAGES[3].0 || placed.is_some())
        .map(|((name, told), (placed, places))| {
            let figures = match placed {
                Some(Placed { rank, score }) => view! {
                    <td class="n mono">{rank}</td>
                    <td class="n mono">{decimal(score, places)}</td>
                }
                .into_any(),
                None => view! {
                    <td class="n mono" colspan="2"><span aria-hidden="true">"–"</span><span class="sr">"not found"</span></td>
                }
                .into_any(),
            };
            view! { <tr><th scope="row" title=*told>{*name}</th>{figures}</tr> }
        })
        .collect_view();
    view! {
        <table class="table stages">
            <thead><tr><th scope="col">"Found"</th><th scope="col" class="n">"Place"</th><th scope="col" class="n">"Score"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// A score with so many decimal places.
fn decimal(score: f32, places: usize) -> String {
    format!("{score:.places$}")
}

/// Why a hit comes where it does, in sentences.
fn reasons(hit: &Hit, searched: Searched) -> Vec<String> {
    let passages = searched.passages;
    let mut reasons = vec![];
    match hit.by_words.map(|placed| placed.rank) {
        _ if searched.words == Words::Down => {}
        Some(1) => reasons.push(format!("By words it is the best of {passages} passages.")),
        Some(rank) => reasons.push(format!("By words it is number {rank} of {passages} passages.")),
        None => reasons.push("It has none of your words, or only very common ones.".into()),
    }
    match hit.by_meaning.map(|placed| placed.rank) {
        _ if matches!(searched.meaning, Meaning::NoModel | Meaning::Down) => return reasons,
        Some(1) => reasons.push(format!("By meaning it is the closest of {passages} passages.")),
        Some(rank) => reasons.push(format!("By meaning it is number {rank} of {passages} passages.")),
        None => reasons.push("By meaning it is not among the closest.".into()),
    }
    if hit.by_words.is_some() && hit.by_meaning.is_some() {
        reasons.push("Both agree on it, which lifts it further up.".into());
    }
    if let Some(placed) = hit.reranked {
        reasons.push(format!("Read again beside your question, it is number {}.", placed.rank));
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        document::Span,
        id::{MaterialId, PassageId},
    };
    use uuid::Uuid;

    fn hit(words: Option<u32>, meaning: Option<u32>, second: Option<u32>) -> Hit {
        let placed = |rank: Option<u32>| rank.map(|rank| Placed { rank, score: 0.5 });
        Hit {
            passage: PassageId(Uuid::nil()),
            material: MaterialId(Uuid::nil()),
            title: "The heart".into(),
            page: 1,
            headings: vec![],
            text: "Preload.".into(),
            span: Span { start: 0, end: 8 },
            lit: vec![],
            by_words: placed(words),
            by_meaning: placed(meaning),
            fused: placed(Some(1)),
            reranked: placed(second),
            elsewhere: vec![],
        }
    }

    #[test]
    fn a_hit_says_why_it_comes_where_it_does() {
        let cases: [(_, _, _, _, _, &[&str]); 7] = [
            (
                Some(1),
                Some(1),
                None,
                Words::Searched,
                Meaning::Searched,
                &["By words it is the best of 9", "By meaning it is the closest of 9", "Both agree"],
            ),
            (
                Some(4),
                None,
                None,
                Words::Searched,
                Meaning::Searched,
                &["By words it is number 4 of 9", "By meaning it is not"],
            ),
            (
                None,
                Some(2),
                None,
                Words::Searched,
                Meaning::NotYet { passages_left: 3 },
                &["It has none of your words", "By meaning it is number 2 of 9"],
            ),
            (Some(2), None, None, Words::Searched, Meaning::NoModel, &["By words it is number 2 of 9"]),
            (Some(2), None, None, Words::Searched, Meaning::Down, &["By words it is number 2 of 9"]),
            (None, Some(2), None, Words::Down, Meaning::Searched, &["By meaning it is number 2 of 9"]),
            (
                None,
                Some(2),
                Some(1),
                Words::Rebuilding,
                Meaning::Searched,
                &[
                    "It has none",
                    "By meaning it is number 2 of 9",
                    "Read again beside your question, it is number 1",
                ],
            ),
        ];
        for (by_words, by_meaning, second, words, meaning, wanted) in cases {
            let told = reasons(&hit(by_words, by_meaning, second), Searched { passages: 9, words, meaning });
            assert_eq!(told.len(), wanted.len(), "{told:?}");
            assert!(told.iter().zip(wanted).all(|(told, start)| told.starts_with(start)), "{told:?}");
        }
    }

    #[test]
    fn scores_are_told_with_their_own_decimals() {
        assert_eq!((decimal(11.0, 2), decimal(0.032_786, 4)), ("11.00".into(), "0.0328".into()));
    }
}
