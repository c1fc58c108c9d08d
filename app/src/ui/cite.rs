//! Citations: the page a sentence stands on, and the sentence itself.

use super::{Glyph, Icon};
use domain::{document::Span, id::MaterialId};
use leptos::prelude::*;

/// Where the reader opens with a span lit: `/library/{material}?from={start}&to={end}`.
pub fn reader_href(material: MaterialId, span: Span) -> String {
    format!("/library/{material}?from={}&to={}", span.start, span.end)
}

/// A link to the cited page. Put it and the word before it into a `nowrap`, so that they never part.
#[component]
pub fn Cite(
    /// The material.
    material: MaterialId,
    /// The cited stretch.
    span: Span,
    /// Its page.
    page: u32,
    /// What the number counts: 'p.' or 'slide'.
    #[prop(default = "p.")]
    unit: &'static str,
) -> impl IntoView {
    view! {
        <a class="cite" href=reader_href(material, span)>
            <Icon glyph=Glyph::Page/>
            {format!("{unit}\u{a0}{page}")}
        </a>
    }
}

/// The learner's own words from the page: honey ground and bar, never used for ours.
#[component]
pub fn Quote(
    /// Verbatim.
    #[prop(into)]
    text: String,
    /// Where it stands: a [`Cite`], perhaps with the title before it.
    children: Children,
) -> impl IntoView {
    view! {
        <blockquote class="quote">
            <p class="read">{format!("“{text}”")}</p>
            <footer class="small soft">{children()}</footer>
        </blockquote>
    }
}
