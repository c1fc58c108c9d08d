//! The score, with what it earned.

use super::{open, right};
use crate::{
    quiz::{api::Results, due::comes_back},
    ui::{Art, ArtSprite, Glyph, Hue, Icon, Mito, MitoSprite, Ring},
};
use leptos::prelude::*;

/// Streaks that are marked, days.
pub(super) const MILESTONES: [u32; 4] = [7, 30, 100, 365];

/// The score.
#[component]
pub(super) fn ScoreCard(results: Results) -> impl IntoView {
    let (right, open) = (right(&results), open(&results));
    let asked = results.answers.iter().filter(|row| row.choice.is_some()).count();
    let mito = match right * 10 {
        _ if asked == 0 => Mito::Idle,
        tenths if tenths >= asked * 7 => Mito::Cheer,
        tenths if tenths >= asked * 4 => Mito::Idle,
        _ => Mito::Comfort,
    };
    let chips = results.standing.as_ref().map(|standing| {
        let streak = standing.streak;
        let combo = results.best_combo;
        view! {
            <p class="score__meta">
                <span class="chip honey"><Icon glyph=Glyph::Bolt/>{format!("+{}\u{a0}XP", results.xp)}</span>
                {(combo > 1).then(|| view! {
                    <span class="chip mint"><Icon glyph=Glyph::Check/>{format!("best run {combo}")}</span>
                })}
                {(streak > 0).then(|| view! {
                    <span class="chip coral">
                        <Icon glyph=Glyph::Flame/>
                        {if streak == 1 { "1 day".into() } else { format!("{streak} days in a row") }}
                    </span>
                })}
                <span class="chip lav"><Icon glyph=Glyph::Star/>{format!("level {}", standing.level.number)}</span>
            </p>
        }
    });
    let plays = results.standing.is_some();
    let words = sentence(&results, asked - right.min(asked), open);
    view! {
        <section class="card score" aria-labelledby="score">
            <Ring
                label=format!("{right} of {asked} right")
                value=right as u32
                max=asked as u32
                hue=Hue::Mint
                class="score__ring"
            >
                <p aria-hidden="true"><b>{right}</b><small>{format!("of {asked} right")}</small></p>
            </Ring>
            <div>
                <h1 id="score">{heading(right, asked)}</h1>
                <p class="soft">{words}</p>
                {chips}
            </div>
            {plays.then(|| view! { <MitoSprite state=mito side=96/> })}
        </section>
        <Won results/>
    }
}

fn heading(right: usize, asked: usize) -> &'static str {
    match right * 10 {
        _ if asked == 0 => "Nothing answered yet",
        tenths if tenths == asked * 10 && asked > 2 => "Flawless",
        tenths if tenths >= asked * 7 => "Solid work",
        tenths if tenths >= asked * 4 => "Getting there",
        _ => "A first pass",
    }
}

/// What becomes of what was missed, and when.
fn sentence(results: &Results, missed: usize, open: usize) -> String {
    let missed_rows = results.answers.iter().filter(|row| !row.correct && row.choice.is_some());
    let first = missed_rows.filter_map(|row| row.due).min();
    let open = match open {
        0 => String::new(),
        1 => " One question is still open.".into(),
        n => format!(" {n} questions are still open."),
    };
    let missed = match (missed, first) {
        (0, _) => "Nothing missed. Each one comes back shortly before you would forget it.".into(),
        (1, Some(due)) => format!("The one you missed comes back {}.", comes_back(due, results.now)),
        (n, Some(due)) => {
            format!("The {n} you missed come back, the first {}.", comes_back(due, results.now))
        }
        (1, None) => "You missed one.".into(),
        (n, None) => format!("You missed {n}."),
    };
    format!("{missed}{open}")
}

/// A level or a milestone that this set reached; the celebration shows the same, once and larger.
#[component]
fn Won(results: Results) -> impl IntoView {
    let standing = results.standing?;
    let level = results.level_up.map(|level| {
        let (into, span, next) = (standing.level.into, standing.level.span, standing.level.number + 1);
        let text = format!("{into} of {span} XP to level {next}");
        view! { <WonCard art=Art::Coin title=format!("Level {level} reached") text/> }
    });
    let streak = results.streak.filter(|days| MILESTONES.contains(days)).map(|days| {
        let text = format!("Your best is {}.", standing.best_streak.max(days));
        view! { <WonCard art=Art::Flame title=format!("{days} days in a row") text/> }
    });
    (level.is_some() || streak.is_some()).then(|| view! { <div class="two">{level} {streak}</div> })
}

/// A thing that was won.
#[component]
pub(super) fn WonCard(art: Art, title: String, text: String) -> impl IntoView {
    view! {
        <section class="card won">
            <ArtSprite art scale=4 still=true/>
            <h2>{title}</h2>
            <p class="small soft">{text}</p>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::heading;

    #[test]
    fn words_fit_the_score() {
        for (right, asked, words) in [
            (0, 0, "Nothing answered yet"),
            (10, 10, "Flawless"),
            (2, 2, "Solid work"),
            (7, 10, "Solid work"),
            (4, 10, "Getting there"),
            (3, 10, "A first pass"),
        ] {
            assert_eq!(heading(right, asked), words, "{right} of {asked}");
        }
    }
}
