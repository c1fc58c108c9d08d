//! Where in a material the reader stands: which page and heading are in view, which hit is current, and where one
//! was last. Scrolling is the browser's; what follows from it is pure.

use super::{
    address::Address,
    api::{OutlineEntry, Place},
};
use crate::browser;
use domain::id::MaterialId;
use leptos::{ev, prelude::*};
use std::time::Duration;

/// How far below the header one reads, in CSS pixels: what has passed this line is in view.
const READING_LINE: f64 = 140.0;

/// What is in view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Its page.
    pub page: u32,
    /// `start` of the last heading above.
    pub heading: Option<u32>,
}

/// A reading position that was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Its page.
    pub page: u32,
    /// How far down the page, in CSS pixels.
    pub below: i32,
}

/// The heading in force when a page begins.
pub fn heading_at(outline: &[OutlineEntry], page: u32) -> Option<u32> {
    let on_page = outline.iter().find(|entry| entry.page == page);
    on_page.or_else(|| outline.iter().rev().find(|entry| entry.page < page)).map(|entry| entry.start)
}

/// Index of the hit that is current: the one asked for, else the first in the lit stretch, else the first from the
/// page on, else the first of all.
pub fn current_hit(hits: &[Place], address: &Address, page: u32) -> Option<usize> {
    address.query.as_ref()?;
    let asked = address.at.and_then(|at| hits.iter().position(|hit| hit.start == at));
    let lit = || address.lit.and_then(|lit| hits.iter().position(|hit| hit.start >= lit.start));
    let near = || hits.iter().position(|hit| hit.page >= page);
    asked.or_else(lit).or_else(near).or((!hits.is_empty()).then_some(0))
}

/// The hit before or after another, round the ends.
pub fn beside(hits: &[Place], index: usize, forward: bool) -> Option<Place> {
    let step = if forward { 1 } else { hits.len().checked_sub(1)? };
    hits.get((index + step) % hits.len().max(1)).copied()
}

fn key(material: MaterialId) -> String {
    format!("mitochi.reader.{material}")
}

fn write(kept: Kept) -> String {
    format!("{}+{}", kept.page, kept.below)
}

fn parse(text: &str) -> Option<Kept> {
    let (page, below) = text.split_once('+')?;
    Some(Kept { page: page.parse().ok()?, below: below.parse().ok()? })
}

/// Where one was last in a material, as this browser remembers it.
pub fn kept(material: MaterialId) -> Option<Kept> {
    browser::stored(&key(material)).as_deref().and_then(parse)
}

/// Distance of an element's top from the line below the header at which reading begins.
fn distance(id: &str) -> Option<f64> {
    let header = browser::find(".rhead").map_or(0.0, |header| header.get_bounding_client_rect().height());
    let element = document().get_element_by_id(id)?;
    Some(element.get_bounding_client_rect().top() - header)
}

/// Scrolls to an element; `focused` moves the focus there too.
pub fn scroll_to(id: &str, focused: bool) {
    let selector = format!("#{id}");
    request_animation_frame(move || {
        let Some(element) = browser::find(&selector) else { return };
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Center);
        element.scroll_into_view_with_scroll_into_view_options(&options);
        if focused {
            browser::focus(&element);
        }
    });
}

/// In the sheet of contents the heading that is being read comes into view.
pub fn scroll_in_sheet() {
    request_animation_frame(|| {
        if let Some(row) = browser::find(".fsheet [aria-current]") {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Center);
            row.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
}

/// Scrolls a stretch that was just drawn to its place.
pub fn go(address: &Address, loaded: (u32, u32), last: Option<Kept>) {
    let anchor = window().location().hash().unwrap_or_default();
    let anchor = anchor.trim_start_matches('#');
    if address.lit.is_some() && address.at.is_none() {
        return scroll_to("lit", true);
    }
    if address.query.is_some() && (address.at.is_some() || anchor.is_empty()) {
        return scroll_to("hit", false);
    }
    let (id, below) = match (last, address.page) {
        _ if !anchor.is_empty() => (anchor.to_string(), 0),
        (Some(last), _) => (format!("p{}", last.page), last.below),
        (None, Some(page)) if page > loaded.0 => (format!("p{page}"), 0),
        _ => return window().scroll_to_with_x_and_y(0.0, 0.0),
    };
    request_animation_frame(move || {
        if let Some(distance) = distance(&id) {
            window().scroll_by_with_x_and_y(0.0, distance + f64::from(below));
        }
    });
}

/// Whether the window was scrolled down to its end.
fn is_at_end() -> bool {
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    let down = window().scroll_y().unwrap_or_default();
    let all = document().document_element().map_or(0, |root| root.scroll_height());
    down > 0.0 && down + height >= f64::from(all) - 2.0
}

/// Tells which page and heading are in view, and remembers the place.
pub fn follow_scrolling(material: MaterialId, pages: Vec<u32>, headings: Vec<u32>, shown: RwSignal<Shown>) {
    let (pages, headings) = (StoredValue::new(pages), StoredValue::new(headings));
    Effect::new(move |_| {
        let waiting = StoredValue::new(false);
        let look = move || {
            waiting.try_set_value(false);
            let above = |id: String| distance(&id).is_some_and(|distance| distance <= READING_LINE);
            let at_end = is_at_end();
            let Some(Some(page)) = pages.try_with_value(|pages| match at_end {
                // a short last page never comes up to the line
                true => pages.last().copied(),
                false => pages.iter().rev().find(|page| above(format!("p{page}"))).or(pages.first()).copied(),
            }) else {
                return;
            };
            let heading = headings
                .try_with_value(|starts| {
                    starts.iter().rev().find(|start| above(format!("b{start}"))).copied()
                })
                .flatten();
            let now = Shown { page, heading };
            shown.try_update(|shown| {
                if *shown != now {
                    *shown = Shown { heading: heading.or(shown.heading), ..now };
                }
            });
            let below = distance(&format!("p{page}")).map_or(0, |distance| -distance.round() as i32);
            browser::store(&key(material), Some(&write(Kept { page, below })));
        };
        let listener = window_event_listener(ev::scroll, move |_| {
            if waiting.try_get_value() == Some(false) {
                waiting.set_value(true);
                set_timeout(look, Duration::from_millis(120));
            }
        });
        on_cleanup(move || listener.remove());
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::document::Span;

    fn hits(places: &[(u32, u32)]) -> Vec<Place> {
        places.iter().map(|(page, start)| Place { page: *page, start: *start }).collect()
    }

    #[test]
    fn the_current_hit_is_the_one_meant() {
        let hits = hits(&[(1, 10), (1, 90), (3, 400), (7, 900)]);
        let address = Address {
            query: Some("node".into()),
            ..Address::of(MaterialId("018f0000-0000-7000-8000-000000000001".parse().unwrap()))
        };
        let cases = [
            (Address { at: Some(90), ..address.clone() }, 1, Some(1)),
            (Address { at: Some(91), ..address.clone() }, 3, Some(2)),
            (Address { lit: Some(Span { start: 300, end: 500 }), ..address.clone() }, 1, Some(2)),
            (address.clone(), 2, Some(2)),
            (address.clone(), 9, Some(0)),
            (Address { query: None, ..address.clone() }, 1, None),
        ];
        for (address, page, wanted) in cases {
            assert_eq!(current_hit(&hits, &address, page), wanted, "{address:?}");
        }
        assert_eq!(current_hit(&[], &address, 1), None);
    }

    #[test]
    fn hits_go_round() {
        let hits = hits(&[(1, 10), (1, 90), (3, 400)]);
        let start = |index, forward| beside(&hits, index, forward).map(|hit| hit.start);
        assert_eq!(
            [start(0, true), start(2, true), start(0, false), start(2, false)],
            [Some(90), Some(10), Some(400), Some(90)]
        );
        assert_eq!(beside(&[], 0, true), None);
        assert_eq!(beside(&[], 0, false), None);
        assert_eq!(beside(&hits[..1], 0, false).map(|hit| hit.start), Some(10));
    }

    #[test]
    fn a_page_takes_its_first_heading_else_the_one_before() {
        let entry = |page, start| OutlineEntry { level: 1, title: String::new(), page, start };
        let outline = [entry(1, 0), entry(3, 50), entry(3, 60), entry(9, 99)];
        let wanted = [(1, Some(0)), (2, Some(0)), (3, Some(50)), (8, Some(60)), (9, Some(99))];
        for (page, start) in wanted {
            assert_eq!(heading_at(&outline, page), start, "page {page}");
        }
        assert_eq!(heading_at(&outline[3..], 2), None);
    }

    #[test]
    fn a_place_is_kept_and_read_back() {
        for kept in [Kept { page: 24, below: 310 }, Kept { page: 1, below: -20 }] {
            assert_eq!(parse(&write(kept)), Some(kept));
        }
        for broken in ["", "24", "x+1", "24+y"] {
            assert_eq!(parse(broken), None, "{broken}");
        }
    }
}
