//! A level, a milestone of the streak or a flawless set, celebrated once: full screen, at most 1.2 s of movement, skipped
//! by Escape. Without scripts and with reduced motion the page below says the same, quietly.

use super::{
    right,
    score::{MILESTONES, WonCard},
};
use crate::{
    browser,
    quiz::api::Results,
    ui::{Art, ArtSprite, Glyph, Icon, Mito, MitoSprite, at},
};
use domain::xp::Level;
use leptos::{html, prelude::*};

/// Where this browser keeps which set was celebrated last.
const CELEBRATED: &str = "mitochi.celebrated";
/// A flawless set is one of at least so many questions.
const FLAWLESS: usize = 5;

/// What there is to celebrate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Feat {
    Level(u32),
    Streak(u32),
    Flawless(usize),
}

/// The largest first.
fn feats(results: &Results) -> Vec<Feat> {
    if results.standing.is_none() {
        return vec![];
    }
    let all = results.answers.len();
    let level = results.level_up.map(Feat::Level);
    let streak = results.streak.filter(|days| MILESTONES.contains(days)).map(Feat::Streak);
    let flawless = (all >= FLAWLESS && right(results) == all).then_some(Feat::Flawless(all));
    level.into_iter().chain(streak).chain(flawless).collect()
}

/// Opens over the results once.
#[component]
pub(super) fn Celebration(results: Results) -> impl IntoView {
    let feats = feats(&results);
    let (first, standing) = (*feats.first()?, results.standing.clone()?);
    let dialog = NodeRef::<html::Dialog>::new();
    let id = results.id.to_string();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        let still = browser::matches_media("(prefers-reduced-motion: reduce)")
            || browser::find("html[data-motion=reduced]").is_some();
        if still || browser::stored(CELEBRATED).as_deref() == Some(&id) {
            return;
        }
        browser::store(CELEBRATED, Some(&id));
        // refused only where it is open already
        let _ = dialog.show_modal();
    });
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let title = match first {
        Feat::Level(_) => "Level up!",
        Feat::Streak(_) => "What a streak!",
        Feat::Flawless(_) => "Flawless!",
    };
    let reached = match first {
        Feat::Level(level) => Some(view! { <Reached level standing=standing.level/> }),
        _ => None,
    };
    let cards = feats
        .iter()
        .filter_map(|feat| match *feat {
            Feat::Level(_) => None,
            Feat::Streak(days) => Some((
                Art::Flame,
                format!("{days} days in a row"),
                format!("Saved rest days are in it. Your best is {}.", standing.best_streak.max(days)),
            )),
            Feat::Flawless(all) => {
                Some((Art::Heart, format!("{all} of {all}"), "The whole set without a miss.".to_string()))
            }
        })
        .map(|(art, title, text)| view! { <WonCard art title text/> })
        .collect_view();
    Some(view! {
        <dialog class="party" node_ref=dialog aria-labelledby="party-title">
            <header class="focus__bar">
                <span class="grow"></span>
                <button type="button" class="btn btn--quiet" on:click=close>"Skip " <kbd class="kbd">"Esc"</kbd></button>
            </header>
            <div class="party__in">
                <div class="stage" aria-hidden="true">
                    <MitoSprite state=Mito::LevelUp side=128/>
                    <ArtSprite art=Art::Sparkle scale=2/>
                    <ArtSprite art=Art::Sparkle scale=2/>
                    <ArtSprite art=Art::Sparkle scale=1/>
                </div>
                <h2 id="party-title">{title}</h2>
                {reached}
                <div class="wons">{cards}</div>
                <div class="acts">
                    <button type="button" class="btn btn--fill btn--lg btn--block sakura" autofocus on:click=close>
                        "See the set "
                        <kbd class="kbd">"Enter"</kbd>
                    </button>
                </div>
            </div>
        </dialog>
    })
}

/// From the old level to the new one, and how far the next is.
#[component]
fn Reached(level: u32, standing: Level) -> impl IntoView {
    let (before, next) = (level.saturating_sub(1), standing.number + 1);
    let (into, span) = (standing.into, standing.span.max(1));
    view! {
        <p class="lvl" role="img" aria-label=format!("From level {before} to level {level}")>
            <span class="was">{before}</span>
            <span class="soft"><Icon glyph=Glyph::Arrow/></span>
            <b>{level}</b>
        </p>
        <div class="xp honey">
            <span
                class=format!("bar {}", at((into * 100 / span).max(4)))
                role="progressbar"
                aria-label=format!("To level {next}")
                aria-valuemin="0"
                aria-valuenow=into.to_string()
                aria-valuemax=span.to_string()
            >
                <i></i>
            </span>
            <p class="small soft">{format!("{into} of {span}\u{a0}XP to level {next}")}</p>
        </div>
    }
}
