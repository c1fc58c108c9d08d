//! A passage that was found, and why it comes where it does.

use super::{
    address::Address,
    api::Hit,
    segments::{Run, stretches},
};
use crate::ui::{Glyph, Icon, IconSize};
use leptos::prelude::*;

/// A passage that was found.
#[component]
pub fn HitRow(
    /// Which.
    hit: Hit,
    /// The best one.
    first: bool,
    /// What was looked for: the reader marks it too.
    query: String,
    /// Where the reader leads back to.
    back: String,
    /// Passages that were searched.
    passages: u32,
    /// Whether meaning was searched.
    by_meaning: bool,
) -> impl IntoView {
    let address =
        Address { lit: Some(hit.span), query: Some(query), back: Some(back), ..Address::of(hit.material) };
    let href = address.href();
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
    let reasons = reasons(hit.keyword_rank, hit.vector_rank, passages, by_meaning);
    view! {
        <li class="r" class:r--first=first>
            <p class="r__p">
                <span class="chip sky"><Icon glyph=Glyph::Page/>{format!("Page {}", hit.page)}</span>
                <span class="micro soft">{path.join(" › ")}</span>
            </p>
            <h3><a class="r__open" href=href>{heading}</a></h3>
            <p class="r__text">{text}</p>
            <details class="why">
                <summary>"Why this?"<Icon glyph=Glyph::Down size=IconSize::Small/></summary>
                <ul class="small">{reasons.into_iter().map(|reason| view! { <li>{reason}</li> }).collect_view()}</ul>
            </details>
        </li>
    }
}

/// Why a hit comes where it does, in sentences.
fn reasons(words: Option<u32>, meaning: Option<u32>, passages: u32, by_meaning: bool) -> Vec<String> {
    let mut reasons = vec![];
    reasons.push(match words {
        Some(1) => format!("By words it is the best of {passages} passages."),
        Some(rank) => format!("By words it is number {rank} of {passages} passages."),
        None => "It has none of your words, or only very common ones.".into(),
    });
    if by_meaning {
        reasons.push(match meaning {
            Some(1) => format!("By meaning it is the closest of {passages} passages."),
            Some(rank) => format!("By meaning it is number {rank} of {passages} passages."),
            None => "By meaning it is not among the closest.".into(),
        });
        if words.is_some() && meaning.is_some() {
            reasons.push("Both agree on it, which lifts it further up.".into());
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::reasons;

    #[test]
    fn a_hit_says_why_it_comes_where_it_does() {
        let cases = [
            (
                Some(1),
                Some(1),
                true,
                vec!["By words it is the best of 9", "By meaning it is the closest of 9", "Both agree"],
            ),
            (Some(4), None, true, vec!["By words it is number 4 of 9", "By meaning it is not"]),
            (None, Some(2), true, vec!["It has none of your words", "By meaning it is number 2 of 9"]),
            (Some(2), None, false, vec!["By words it is number 2 of 9"]),
        ];
        for (words, meaning, by_meaning, wanted) in cases {
            let told = reasons(words, meaning, 9, by_meaning);
            assert_eq!(told.len(), wanted.len(), "{told:?}");
            assert!(told.iter().zip(wanted).all(|(told, start)| told.starts_with(start)), "{told:?}");
        }
    }
}
