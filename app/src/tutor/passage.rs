//! A cited passage beside the talk: in the side panel where there is room, in a sheet where there is none. Owns: which is shown.
//! Refuses: reading more than a stretch, which the reader does.

use super::{
    api::{Body, Said, Source, Talk},
    said::messages,
    talking::Talking,
};
use crate::{
    browser,
    error::ApiError,
    library::api::{Excerpt, load_excerpt},
    resource::{Json, resource},
    ui::{Glyph, Hue, Icon, Note, Skeleton, cite::reader_href},
};
use domain::{document::Span, tutor::Mode};
use leptos::{ev::MouseEvent, html, prelude::*};

/// From this width on there is a side panel (style/pages/tutor.css).
const WIDE: &str = "(min-width: 1200px)";

/// The passage that is shown beside a talk.
#[derive(Clone, Copy)]
pub(super) struct Passage {
    talking: Talking,
    chosen: RwSignal<Option<Span>>,
    shown: Memo<Option<Span>>,
    sheet: NodeRef<html::Dialog>,
    loaded: Resource<Option<Result<Excerpt, ApiError>>, Json>,
}

impl Passage {
    /// Before any is chosen, a first pass shows what was explained last. Where the learner is to retrieve something, nothing is
    /// shown that was not asked for: the answer may stand beside it.
    pub(super) fn new(talking: Talking) -> Self {
        let chosen = RwSignal::new(None);
        let material = talking.talk.with_untracked(|talk| talk.material);
        let shown = Memo::new(move |_| chosen.get().or_else(|| talking.talk.with(explained)));
        let loaded = resource(
            move || shown.get(),
            move |span| async move {
                match span {
                    Some(span) => Some(load_excerpt(material, span).await),
                    None => None,
                }
            },
        );
        Self { talking, chosen, shown, sheet: NodeRef::new(), loaded }
    }

    /// A press on a citation of the talk.
    pub(super) fn press(self, event: MouseEvent) {
        let other = event.button() != 0 || event.ctrl_key() || event.meta_key() || event.shift_key();
        let pressed = event_target::<web_sys::Element>(&event).closest("a.cite").ok().flatten();
        let span = pressed.and_then(|link| cited(&link.get_attribute("href")?)).filter(|_| !other);
        let Some(span) = span else { return };
        event.prevent_default();
        self.chosen.set(Some(span));
        if !browser::matches_media(WIDE)
            && let Some(sheet) = self.sheet.get_untracked()
        {
            // it refuses only where it is open already
            let _ = sheet.show_modal();
        }
    }
}

/// The first stretch of what was explained last in a first pass.
fn explained(talk: &Talk) -> Option<Span> {
    if talk.state.mode != Mode::FirstPass {
        return None;
    }
    messages(&talk.lines).iter().rev().find_map(|message| match &message.body.body {
        Body::Tutor(Said::Explained { parts, .. }) => parts.iter().find_map(|part| Some(part.source?.span)),
        _ => None,
    })
}

/// The pages that a talk cites, each once, in the order in which they came.
pub(super) fn pages(talk: &Talk) -> Vec<Source> {
    let mut cited: Vec<Source> = vec![];
    for line in &talk.lines {
        let Body::Tutor(said) = &line.body.body else { continue };
        for source in said.parts().iter().filter_map(|part| part.source) {
            if cited.iter().all(|known| known.page != source.page) {
                cited.push(source);
            }
        }
    }
    cited
}

/// The stretch that a link to the reader lights.
fn cited(href: &str) -> Option<Span> {
    let number = |name: &str| {
        let (_, rest) = href.split_once(name)?;
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    Some(Span { start: number("?from=")?, end: number("&to=")? })
}

fn drawn(passage: Passage) -> impl IntoView {
    let material = passage.talking.talk.with_untracked(|talk| talk.material);
    view! {
        <Transition fallback=|| view! { <Skeleton label="your page" lines=&[40, 100, 90]/> }>
            {move || {
                let href = passage.shown.get().map(|span| reader_href(material, span));
                Suspend::new(async move {
                    Some(match passage.loaded.await? {
                        Ok(excerpt) => excerpted(excerpt, href).into_any(),
                        // the page around it is there all the same
                        Err(error) => view! {
                            <Note hue=Hue::Coral glyph=Glyph::Warn><p>{error.to_string()}</p></Note>
                        }
                        .into_any(),
                    })
                })
            }}
        </Transition>
    }
}

fn excerpted(excerpt: Excerpt, href: Option<String>) -> impl IntoView {
    let Excerpt { page, heading, before, lit, after } = excerpt;
    // a stretch within a sentence runs on from and into it
    let begins = before.is_empty() || before.ends_with(['.', '!', '?', ':']);
    let ends = !after.starts_with(|c: char| c.is_lowercase() || c.is_ascii_punctuation());
    let space = if after.starts_with(|c: char| c.is_ascii_punctuation()) { "" } else { " " };
    let around = |text: &str| (!text.is_empty()).then(|| view! { <p class="soft">{text.to_string()}</p> });
    view! {
        <div class="shot">
            {(!heading.is_empty()).then(|| view! { <h3>{heading}</h3> })}
            {around(if begins { &before } else { "" })}
            <p>
                {(!begins).then(|| view! { <span class="soft">{format!("{before} ")}</span> })}
                <mark class="lit">{lit}</mark>
                {(!ends).then(|| view! { <span class="soft">{format!("{space}{after}")}</span> })}
            </p>
            {around(if ends { &after } else { "" })}
        </div>
        <p><a class="small tap" href=href>{format!("Open p.\u{a0}{page} in the reader")}</a></p>
    }
}

/// In the side panel.
#[component]
pub(super) fn PassageBeside(passage: Passage) -> impl IntoView {
    view! {
        <Show when=move || passage.shown.get().is_some()>
            <h2>"Your page"</h2>
            <div class="stack passage" aria-live="polite">{drawn(passage)}</div>
        </Show>
    }
}

/// Over the talk, where there is no side panel.
#[component]
pub(super) fn PassageSheet(passage: Passage) -> impl IntoView {
    let close = move || {
        if let Some(sheet) = passage.sheet.get_untracked() {
            sheet.close();
        }
    };
    view! {
        <dialog
            class="fsheet"
            node_ref=passage.sheet
            aria-labelledby="passage-title"
            on:click=move |event| {
                if event_target::<web_sys::Element>(&event).tag_name() == "DIALOG" {
                    close();
                }
            }
        >
            <div class="fsheet__in">
                <div class="fsheet__head">
                    <h2 id="passage-title">"Your page"</h2>
                    <span class="grow"></span>
                    <button type="button" class="btn btn--icon" aria-label="Close the page" on:click=move |_| close()>
                        <Icon glyph=Glyph::Cross/>
                    </button>
                </div>
                <div class="stack passage">{move || passage.chosen.get().map(|_| drawn(passage))}</div>
            </div>
        </dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stretch_of_a_citation() {
        let span = |start, end| Some(Span { start, end });
        for (href, wanted) in [
            ("/library/018f?from=10&to=95&back=%2Ftutor%2F7#lit", span(10, 95)),
            ("/library/018f?from=10&to=95#lit", span(10, 95)),
            ("/library/018f?page=3&from=1&to=2", None),
            ("/library/018f?from=10", None),
            ("/library/018f", None),
        ] {
            assert_eq!(cited(href), wanted, "{href}");
        }
    }
}
