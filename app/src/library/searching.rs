//! A learner who searches: what is asked, what was answered last, what is kept. Draws nothing.

use super::{
    api::{
        Found, Reworded, SavedSearch, forget_search, load_chapters, reword_search, save_search,
        search_library,
    },
    asked::Asked,
};
use crate::{
    app::Connection,
    browser,
    error::ApiError,
    ui::{Toast, Toasts},
};
use domain::{
    chapter::Chapter,
    id::MaterialId,
    query::{self, Fit},
};
use leptos::{
    leptos_dom::helpers::TimeoutHandle, prelude::*, reactive::actions::ActionAbortHandle, task::spawn_local,
};
use std::time::Duration;

/// Rest after an answer after which a model is asked for other words: who types on wants no other ones yet.
const REST: Duration = Duration::from_millis(1_200);

/// What was answered, and to which question.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    /// What was asked, whichever way it is shown.
    pub(super) asked: Asked,
    /// `None` where the query cannot be searched.
    pub(super) outcome: Result<Option<Found>, ApiError>,
}

impl Answer {
    /// What was asked, if other words may find more.
    fn wants_other_words(&self) -> Option<Asked> {
        let found = self.outcome.as_ref().ok().and_then(Option::as_ref);
        found.filter(|found| found.reword).map(|_| self.asked.clone())
    }
}

/// Everything that changes while one searches.
#[derive(Clone, Copy)]
pub(super) struct Searching {
    /// What the address asks for.
    pub(super) asked: Memo<Asked>,
    /// The last answer; `None` before the first.
    pub(super) shown: RwSignal<Option<Answer>>,
    /// What other words found, and for which search; it comes seconds after the answer, or never.
    pub(super) reworded: RwSignal<Option<(Asked, Reworded)>>,
    /// The chapters of a material.
    pub(super) chapters: RwSignal<Option<(MaterialId, Vec<Chapter>)>>,
    /// Whether keys are on.
    pub(super) keys: RwSignal<bool>,
    /// What is kept, newest first.
    pub(super) saved: RwSignal<Vec<SavedSearch>>,
    ask: Action<Asked, ()>,
    latest: StoredValue<Option<ActionAbortHandle>>,
    toasts: Toasts,
    connection: Connection,
}

/// Asks the server, unless nothing can be answered.
pub(super) async fn answer(asked: Asked) -> Result<Option<Found>, ApiError> {
    match query::judge(&asked.query) {
        Fit::Good => search_library(asked.search()).await.map(Some),
        _ => Ok(None),
    }
}

/// The chapters to choose from.
pub(super) async fn chapters_of(material: Option<MaterialId>) -> Option<(MaterialId, Vec<Chapter>)> {
    let material = material?;
    // without them the whole material can be searched
    Some((material, load_chapters(material).await.unwrap_or_default()))
}

impl Searching {
    pub(super) fn new(asked: Memo<Asked>) -> Self {
        let shown = RwSignal::new(None::<Answer>);
        let ask = Action::new(move |asked: &Asked| {
            let asked = asked.clone();
            async move {
                let outcome = answer(asked.clone()).await;
                shown.try_set(Some(Answer { asked, outcome }));
            }
        });
        let searching = Self {
            asked,
            shown,
            reworded: RwSignal::new(None),
            chapters: RwSignal::new(None),
            keys: RwSignal::new(false),
            saved: RwSignal::new(vec![]),
            ask,
            latest: StoredValue::new(None),
            toasts: Toasts::here(),
            connection: Connection::here(),
        };
        Effect::new(move |before: Option<Asked>| {
            let now = asked.read().plain();
            // the first answer comes with the page
            if before.is_some_and(|before| before != now) {
                searching.follow(now.clone());
            }
            now
        });
        searching.reword_after_rest();
        searching
    }

    /// Asks for other words when an answer that may want some has stood for a while.
    fn reword_after_rest(self) {
        let rest = StoredValue::new(None::<TimeoutHandle>);
        let stop = move || {
            if let Some(handle) = rest.try_update_value(Option::take).flatten() {
                handle.clear();
            }
        };
        on_cleanup(stop);
        Effect::new(move |_| {
            stop();
            let wanted = self.shown.with(|shown| shown.as_ref().and_then(Answer::wants_other_words));
            let Some(asked) = wanted else { return };
            let ask = move || {
                spawn_local(async move {
                    // without other words nothing is missing: a failure is nobody's business
                    if let Ok(found) = reword_search(asked.search()).await {
                        self.reworded.try_set(Some((asked, found)));
                    }
                });
            };
            if let Ok(handle) = set_timeout_with_handle(ask, REST) {
                rest.set_value(Some(handle));
            }
        });
    }

    /// What other words found for this search.
    pub(super) fn other_words(self, asked: &Asked) -> Option<Reworded> {
        let known = self.reworded.read();
        let here = known.as_ref().filter(|(of, found)| of == asked && !found.queries.is_empty());
        here.map(|(_, found)| found.clone())
    }

    /// Whether a newer answer than the shown one is on its way.
    pub(super) fn busy(self) -> bool {
        self.ask.pending().get()
    }

    /// Asks the same again.
    pub(super) fn again(self) {
        self.follow(self.asked.read_untracked().plain());
    }

    /// A search that is overtaken is given up, and its request with it.
    fn follow(self, now: Asked) {
        if let Some(overtaken) = self.latest.try_update_value(Option::take).flatten() {
            overtaken.abort();
        }
        let known = self.chapters.with_untracked(|known| known.as_ref().map(|(material, _)| *material));
        if now.material.is_some() && now.material != known {
            spawn_local(async move {
                let found = chapters_of(now.material).await;
                if self.asked.try_read_untracked().is_some_and(|asked| asked.material == now.material) {
                    self.chapters.try_set(found);
                }
            });
        }
        self.latest.set_value(Some(self.ask.dispatch(now)));
    }

    /// The chapters of the material that is searched; none while they are on their way.
    pub(super) fn chapters_here(self) -> Vec<Chapter> {
        let material = self.asked.read().material;
        let known = self.chapters.read();
        let here = known.as_ref().filter(|(of, _)| Some(*of) == material);
        here.map(|(_, chapters)| chapters.clone()).unwrap_or_default()
    }

    /// The kept search that is shown now.
    pub(super) fn kept(self) -> Option<SavedSearch> {
        let asked = self.asked.read();
        self.saved.read().iter().find(|saved| asked.is(&saved.search)).cloned()
    }

    /// Keeps a search.
    pub(super) fn keep(self, asked: Asked) {
        spawn_local(async move {
            match save_search(asked.search()).await {
                Ok(saved) => {
                    self.saved.try_set(saved);
                }
                Err(error) => self.refused(error),
            }
        });
    }

    /// Keeps a search no longer; the message can take that back.
    pub(super) fn forget(self, gone: SavedSearch) {
        let focus = browser::focused_id();
        spawn_local(async move {
            match forget_search(gone.id).await {
                Ok(saved) => {
                    let none = saved.is_empty();
                    if self.saved.try_set(saved).is_some() {
                        return;
                    }
                    if focus.as_deref() != Some("keep") {
                        browser::focus_once_drawn(if none { "query" } else { "saved" });
                    }
                    let text = format!("‘{}’ is not saved any more", short(&gone.search.query));
                    let again = Asked::of(gone.search);
                    self.toasts.push(Toast::done(text).with_action("Undo", move || self.keep(again.clone())));
                }
                Err(error) => self.refused(error),
            }
        });
    }

    fn refused(self, error: ApiError) {
        self.connection.failed(&error);
        self.toasts.push(Toast::failed(error.to_string()));
    }
}

/// A query as it fits into a title. One in another script is set apart, so that it turns no quotation mark round.
pub(super) fn short(query: &str) -> String {
    let cut = match query.char_indices().nth(59) {
        Some((at, _)) if query.chars().count() > 60 => format!("{}…", query[..at].trim_end()),
        _ => query.into(),
    };
    if cut.is_ascii() { cut } else { format!("\u{2068}{cut}\u{2069}") }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_long_query_is_cut_for_the_title() {
        assert_eq!(short("preload"), "preload");
        assert_eq!(short("القلب"), "\u{2068}القلب\u{2069}");
        for (query, end) in [("a ".repeat(100), "…\u{2069}"), ("ä".repeat(10_000), "…\u{2069}")] {
            let short = short(&query);
            assert!(short.ends_with(end) && short.chars().count() <= 62, "{short}");
        }
        assert_eq!(short(&"ä".repeat(60)), format!("\u{2068}{}\u{2069}", "ä".repeat(60)));
    }
}
