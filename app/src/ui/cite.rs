//! Citations: the page a sentence stands on, and the sentence itself.

use super::{Glyph, Icon, prose::set};
use domain::{document::Span, id::MaterialId};
use leptos::prelude::*;
use leptos_router::{hooks::use_location, location::Url};

/// The page of this site that citations lead back to, where it is another one than the router's address says. Provide
/// it around them.
#[derive(Clone)]
pub struct WayBack(pub String);

/// Where the reader opens with a span lit: `/library/{material}?from={start}&to={end}`, and `back` to the question or
/// card or talk that is being looked at. Call it inside the router.
pub fn reader_href(material: MaterialId, span: Span) -> String {
    let here = use_location();
    let path = here.pathname.get_untracked();
    let here = || {
        let search = here.search.get_untracked();
        let search = search.trim_start_matches('?');
        if search.is_empty() { path.clone() } else { format!("{path}?{search}") }
    };
    let back = use_context::<WayBack>()
        .map(|WayBack(back)| back)
        .or_else(|| ["/quiz/", "/review", "/tutor/"].iter().any(|page| path.starts_with(page)).then(here));
    let back = back.map(|back| format!("&back={}", Url::escape(&back)));
    format!("/library/{material}?from={}&to={}{}#lit", span.start, span.end, back.unwrap_or_default())
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
            <p class="read">{format!("“{}”", set(&text))}</p>
            <footer class="small soft">{children()}</footer>
        </blockquote>
    }
}
