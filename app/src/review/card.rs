//! A card: stem and options in front, then the key, why, and the learner's own page. Nothing moves when it is flipped.

use super::api::{Card, Face};
use crate::{
    flashcard::api::{DeleteFlashcard, Flashcard, RestFlashcard},
    quiz::{
        Others,
        api::Question,
        due::seen,
        reason::{Reason, letter, topic},
    },
    ui::{
        Cite, Glyph, Icon, Quote,
        prose::{Prose, bind_units, split_stem},
    },
};
use domain::id::FlashcardId;
use leptos::{prelude::*, server_fn::ServerFn};

/// The card, front or both sides.
#[component]
pub(super) fn FlipCard(card: Card, now: i64, #[prop(into)] flipped: Signal<bool>) -> impl IntoView {
    let under = history(&card, now);
    let face = match card.face {
        Face::Question(question) => view! { <Asked question flipped/> }.into_any(),
        Face::Flashcard(flashcard) => view! { <Kept flashcard flipped/> }.into_any(),
    };
    view! {
        <article class="card flip" aria-label="Card">{face}</article>
        <p class="under small soft">{under}</p>
    }
}

/// A card that the learner made.
#[component]
fn Kept(flashcard: Flashcard, #[prop(into)] flipped: Signal<bool>) -> impl IntoView {
    let Flashcard { id, front, back, quote, span, page, material, title, .. } = flashcard;
    let topic = title.clone();
    let back = move || {
        let head = if back.is_empty() { "From your page".to_string() } else { bind_units(&back) };
        let (quote, title) = (quote.clone(), title.clone());
        flipped.get().then(|| {
            view! {
                <div class="flip__a">
                    <h2 id="back" tabindex="-1">{head}</h2>
                    <Quote text=quote>{title}" "<Cite material span page/></Quote>
                    <p class="micro soft">"You made this card. For study, not medical advice."</p>
                    <KeptActs id/>
                </div>
            }
        })
    };
    view! {
        <div class="flip__q">
            <p class="row row--wrap chips">
                <span class="chip sky"><Icon glyph=Glyph::Cards/><span class="truncate">{topic}</span></span>
            </p>
            <h2 class="flip__lead" id="front" tabindex="-1"><Prose text=front/></h2>
        </div>
        {back}
    }
}

/// What a learner can do with a card of their own besides grading it.
#[component]
fn KeptActs(id: FlashcardId) -> impl IntoView {
    view! {
        <div class="flip__acts">
            <form method="post" action=RestFlashcard::url()>
                <input type="hidden" name="flashcard" value=id.to_string()/>
                <button type="submit" class="btn btn--quiet btn--sm"><Icon glyph=Glyph::Moon/>"Let it rest"</button>
            </form>
            <button type="button" class="btn btn--quiet btn--sm" popovertarget="delete-card">
                <Icon glyph=Glyph::Trash/>"Delete …"
            </button>
        </div>
        <div class="dialog" id="delete-card" popover="auto" role="dialog" aria-labelledby="delete-card-title">
            <form method="post" action=DeleteFlashcard::url()>
                <input type="hidden" name="flashcard" value=id.to_string()/>
                <h2 id="delete-card-title" class="dialog__title">"Delete this card?"</h2>
                <p class="soft">"It goes with its reviews. This cannot be undone."</p>
                <div class="dialog__acts">
                    <button type="button" class="btn btn--line" popovertarget="delete-card" popovertargetaction="hide">"Keep it"</button>
                    <button type="submit" class="btn btn--fill coral"><Icon glyph=Glyph::Trash/>"Delete"</button>
                </div>
            </form>
        </div>
    }
}

/// A question that was asked before.
#[component]
fn Asked(question: Question, #[prop(into)] flipped: Signal<bool>) -> impl IntoView {
    let about = topic(&question);
    let (case, lead) = split_stem(&question.stem);
    let case = case.map(|case| {
        let paragraphs = case.split('\n').filter(|paragraph| !paragraph.trim().is_empty());
        let paragraphs = paragraphs.map(|paragraph| view! { <p class="read"><Prose text=paragraph/></p> });
        paragraphs.collect_view()
    });
    let lead = lead.to_string();
    let options = question
        .options
        .iter()
        .enumerate()
        .map(|(index, option)| {
            let (text, correct) = (option.text.clone(), option.correct);
            let right = move || flipped.get() && correct;
            view! {
                <li class="choice is-done" class:is-right=right>
                    <span class="choice__key">{letter(index).to_string()}</span>
                    <span><Prose text/></span>
                    <Show when=right>
                        <span class="choice__verdict"><Icon glyph=Glyph::Check/>"The key"</span>
                    </Show>
                </li>
            }
        })
        .collect_view();
    let back = move || flipped.get().then(|| view! { <Back question=question.clone()/> });
    view! {
        <div class="flip__q">
            <p class="row row--wrap chips">
                <span class="chip sky"><Icon glyph=Glyph::Pulse/><span class="truncate">{about}</span></span>
            </p>
            {case}
            <h2 class="flip__lead" id="front" tabindex="-1"><Prose text=lead/></h2>
            <ol class="choices choices--flat">{options}</ol>
        </div>
        {back}
    }
}

fn history(card: &Card, now: i64) -> String {
    let seen =
        card.last_seen.map_or_else(|| "New in review".into(), |then| format!("Seen {}", seen(then, now)));
    let recall = card
        .recall
        .map(|recall| format!(" · expected recall {:.0}\u{a0}%", recall * 100.0))
        .unwrap_or_default();
    let lapses = match card.lapses {
        0 => String::new(),
        1 => " · forgotten once".into(),
        n => format!(" · forgotten {n} times"),
    };
    format!("{seen}{recall}{lapses}")
}

#[component]
fn Back(question: Question) -> impl IntoView {
    let key = question.key();
    let name = question.options.get(key).map(|option| bind_units(&option.text)).unwrap_or_default();
    let option = question.options.get(key).cloned();
    let (material, title) = (question.material, question.title.clone());
    let origin = if question.automatic {
        "Made from your text without a model; every quote was checked against its page. For study, not medical advice."
    } else {
        "For study, not medical advice."
    };
    view! {
        <div class="flip__a">
            <h2 id="back" tabindex="-1"><span class="soft">{format!("{} ", letter(key))}</span>{name}</h2>
            {option.map(|option| view! { <Reason option material title/> })}
            <Others question chosen=None/>
            <p class="micro soft">{origin}</p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        id::{CardId, MaterialId, QuestionId},
        question::Bloom,
    };
    use uuid::Uuid;

    #[test]
    fn what_is_known_about_a_card() {
        let mut card = Card {
            id: CardId(Uuid::nil()),
            face: Face::Question(Question {
                id: QuestionId(Uuid::nil()),
                stem: String::new(),
                options: vec![],
                concept: String::new(),
                bloom: Bloom::Remember,
                material: MaterialId(Uuid::nil()),
                title: String::new(),
                headings: vec![],
                automatic: true,
            }),
            reps: 0,
            intervals: [0; 4],
            last_seen: None,
            recall: None,
            lapses: 0,
        };
        assert_eq!(history(&card, 0), "New in review");
        card.last_seen = Some(0);
        card.recall = Some(0.837);
        card.lapses = 2;
        assert_eq!(
            history(&card, 9 * 86_400_000),
            "Seen 9 days ago · expected recall 84\u{a0}% · forgotten 2 times"
        );
    }
}
