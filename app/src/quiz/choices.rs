//! The options: radios that cover their cards, with a button beside each that rules it out.

use super::{
    api::Question,
    reason::{letter, topic},
    sitting::Sitting,
};
use crate::ui::{
    Glyph, Icon,
    prose::{Prose, split_stem},
};
use domain::question::Bloom;
use leptos::prelude::*;

/// Stem and options. Neither moves when the verdict comes.
#[component]
pub fn AskedQuestion(sitting: Sitting, question: Question, position: u32) -> impl IntoView {
    let (case, lead) = split_stem(&question.stem);
    let case = case.map(|case| {
        let paragraphs = case.split('\n').filter(|paragraph| !paragraph.trim().is_empty());
        let paragraphs = paragraphs.map(|paragraph| view! { <p><Prose text=paragraph/></p> }).collect_view();
        view! { <div class="read case">{paragraphs}</div> }
    });
    let lead = lead.to_string();
    let options = question.options.clone();
    let options = options
        .into_iter()
        .enumerate()
        .map(|(index, option)| {
            view! { <Choice sitting index=index as u32 text=option.text correct=option.correct/> }
        })
        .collect_view();
    view! {
        <h1 class="sr">{format!("Question {}", position + 1)}</h1>
        <p class="row row--wrap chips">
            <span class="chip sky"><Icon glyph=Glyph::Pulse/><span class="truncate">{topic(&question)}</span></span>
            <span class="chip plain">{bloom_word(question.bloom)}</span>
        </p>
        {case}
        <fieldset>
            <legend class="read lead" id="lead" tabindex="-1"><Prose text=lead/></legend>
            <div class="choices">{options}</div>
        </fieldset>
    }
}

fn bloom_word(bloom: Bloom) -> &'static str {
    match bloom {
        Bloom::Remember => "Remember",
        Bloom::Understand => "Understand",
        Bloom::Apply => "Apply",
        Bloom::Analyze => "Analyze",
    }
}

#[component]
fn Choice(sitting: Sitting, index: u32, text: String, correct: bool) -> impl IntoView {
    let key = letter(index as usize);
    let id = format!("choice-{index}");
    let told = move || sitting.is_told();
    let chosen = move || sitting.choice.get() == Some(index);
    let out = move || sitting.ruled_out.get() & (1 << index) != 0;
    let right = move || told() && correct;
    let wrong = move || told() && chosen() && !correct;
    let tail = move || {
        if right() {
            let words = if chosen() { "Correct" } else { "The key" };
            Some(view! { <span class="choice__verdict"><Icon glyph=Glyph::Check/>{words}</span> }.into_any())
        } else if wrong() {
            Some(
                view! { <span class="choice__verdict"><Icon glyph=Glyph::Cross/>"Your answer"</span> }
                    .into_any(),
            )
        } else if told() {
            None
        } else {
            let label = move || if out() { format!("Bring {key} back") } else { format!("Rule out {key}") };
            let glyph = Signal::derive(move || if out() { Glyph::Undo } else { Glyph::Strike });
            Some(
                view! {
                    <button
                        type="button"
                        class="choice__strike"
                        aria-label=label
                        aria-pressed=move || out().to_string()
                        on:click=move |_| sitting.toggle_out(index)
                    >
                        <Icon glyph/>
                    </button>
                }
                .into_any(),
            )
        }
    };
    view! {
        <div class="choice" class:is-done=told class:is-right=right class:is-wrong=wrong class:is-out=out>
            <input
                type="radio"
                name="request[choice]"
                id=id.clone()
                value=index.to_string()
                required
                checked=sitting.choice.get_untracked() == Some(index)
                disabled=told
                on:change=move |_| sitting.choose(index)
            />
            <label for=id>
                <span class="choice__key">{key.to_string()}</span>
                <span><Prose text/></span>
            </label>
            {tail}
        </div>
    }
}
