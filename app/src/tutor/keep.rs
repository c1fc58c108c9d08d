//! What can be made of a line of the tutor: a card, or a report. Owns: the buttons, and the dialog that they open; without scripts
//! the address opens it (`?card=LINE`, `?report=LINE`). Refuses: what a card suggests (`domain::flashcard`).

use super::{
    api::{Body, REASON_MAX_CHARS, REPORTED, ReportLine, Reporting, Said},
    said::messages,
    talking::Talking,
};
use crate::{
    app::FrameHandle,
    flashcard::api::{KeepFlashcard, Keeping, keep_flashcard},
    tutor::api::report_line,
    ui::{Dialog, Glyph, Icon, Toast, Toasts, field::FieldError, returned::returned_error},
};
use domain::flashcard::{FRONT_MAX_CHARS, suggested};
use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn, task::spawn_local};
use leptos_router::hooks::use_query_map;

/// What is wrong with a line, as it is sent and as it is shown.
const REASONS: [(&str, &str); 4] = [
    ("wrong", "It is wrong"),
    ("page does not say it", "The page does not say that"),
    ("unclear", "It is unclear"),
    ("unkind or unsafe", "It is unkind or unsafe"),
];

/// Said once a card is made.
const MADE: &str = "Your card is made. It waits in your reviews.";

/// What is to be made of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Making {
    /// A card of what it cites.
    Card(u64),
    /// A report.
    Report(u64),
}

impl Making {
    /// What the address asks for.
    pub(super) fn asked() -> Option<Self> {
        use_query_map().with_untracked(|query| {
            let line = |name: &str| query.get_str(name)?.parse().ok();
            line("card").map(Self::Card).or_else(|| line("report").map(Self::Report))
        })
    }
}

/// The sentences of a message that a card can be made of, each with its place in the message. A hint is none: it hides a part.
fn cited(said: &Said) -> Vec<(u32, String)> {
    if matches!(said, Said::Hinted { .. }) {
        return vec![];
    }
    let numbered = (0_u32..).zip(said.parts()).filter(|(_, part)| part.source.is_some());
    numbered.map(|(at, part)| (at, part.text.clone())).collect()
}

/// The buttons under a line of the tutor.
#[component]
pub(super) fn Keep(
    talking: Talking,
    /// The line's number.
    line: u64,
    /// What it says.
    said: Said,
) -> impl IntoView {
    let card = !cited(&said).is_empty();
    let talk = talking.talk.with_untracked(|talk| talk.id);
    // the flag needs no word: it stands under every line
    let action = move |making: Making| {
        let (name, glyph, words) = match making {
            Making::Card(_) => ("card", Glyph::Cards, "Make a card"),
            Making::Report(_) => ("report", Glyph::Flag, "Report"),
        };
        let shown = matches!(making, Making::Card(_)).then_some(words);
        view! {
            <a
                class=if shown.is_some() { "btn btn--quiet btn--sm" } else { "btn btn--icon" }
                href=format!("/tutor/{talk}?{name}={line}")
                rel="external"
                title=shown.is_none().then_some(words)
                aria-label=shown.is_none().then_some(words)
                on:click=move |event| {
                    event.prevent_default();
                    talking.making.set(Some(making));
                }
            >
                <Icon glyph/>
                {shown}
            </a>
        }
    };
    let hidden = said.parts().first().is_some_and(|part| part.text == REPORTED);
    let speaks = !said.parts().is_empty() || matches!(said, Said::Asked(_));
    // a form without scripts comes back with the line it made a card of
    let kept = use_query_map().with_untracked(|query| query.get("kept")) == Some(line.to_string());
    view! {
        {kept.then(|| view! { <p class="small soft" role="status">{MADE}</p> })}
        {(speaks && !hidden).then(|| view! {
            <div class="msg__acts">
                {card.then(|| action(Making::Card(line)))}
                {action(Making::Report(line))}
            </div>
        })}
    }
}

/// The dialog for a line, where one is to be made something of.
#[component]
pub(super) fn KeepDialog(talking: Talking) -> impl IntoView {
    move || {
        let making = talking.making.get()?;
        let open = RwSignal::new(true);
        Effect::new(move |_| {
            if !open.get() {
                talking.making.set(None);
            }
        });
        match making {
            Making::Card(line) => {
                let found = talking.talk.with_untracked(|talk| {
                    let messages = messages(&talk.lines);
                    let at = messages.iter().position(|said| said.seq == line)?;
                    let Body::Tutor(said) = &messages[at].body.body else { return None };
                    let asked = messages[..at].iter().rev().find_map(|line| match &line.body.body {
                        Body::Tutor(Said::Asked(asked)) => Some(asked.stem.clone()),
                        _ => None,
                    });
                    // what is explained before a question was no answer to it
                    let asked = asked.filter(|_| matches!(said, Said::Judged { .. } | Said::Answered(_)));
                    Some((cited(said), talk.concept.clone(), asked))
                });
                let (sentences, concept, asked) = found.filter(|(sentences, ..)| !sentences.is_empty())?;
                Some(view! { <CardForm talking open line sentences concept asked/> }.into_any())
            }
            Making::Report(line) => Some(view! { <ReportForm talking open line/> }.into_any()),
        }
    }
}

/// A link that closes the dialog.
#[component]
fn Close(talking: Talking, open: RwSignal<bool>) -> impl IntoView {
    let talk = talking.talk.with_untracked(|talk| talk.id);
    view! {
        <a
            class="btn btn--line"
            href=format!("/tutor/{talk}")
            rel="external"
            on:click=move |event| {
                event.prevent_default();
                open.set(false);
            }
        >
            "Cancel"
        </a>
    }
}

#[component]
fn CardForm(
    talking: Talking,
    open: RwSignal<bool>,
    line: u64,
    sentences: Vec<(u32, String)>,
    concept: String,
    asked: Option<String>,
) -> impl IntoView {
    let talk = talking.talk.with_untracked(|talk| talk.id);
    let (toasts, frame) = (Toasts::here(), FrameHandle::here());
    let first = sentences[0].clone();
    let suggest = move |sentence: &str| suggested(sentence, &concept, asked.as_deref());
    let part = RwSignal::new(first.0);
    let front = RwSignal::new(suggest(&first.1));
    let (fault, pending) = (RwSignal::new(returned_error(KeepFlashcard::PATH)), RwSignal::new(false));
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        if pending.get_untracked() {
            return;
        }
        pending.set(true);
        let keeping = Keeping { talk, line, part: part.get_untracked(), front: front.get_untracked() };
        spawn_local(async move {
            let made = keep_flashcard(keeping).await;
            // the dialog may be gone by now
            if pending.try_set(false).is_some() {
                return;
            }
            match made {
                Ok(_) => {
                    open.set(false);
                    frame.refresh();
                    toasts.push(Toast::done(MADE));
                }
                Err(error) => fault.set(Some(error)),
            }
        });
    };
    let choices = (sentences.len() > 1).then(|| {
        let rows = sentences.into_iter().map(|(at, sentence)| {
            let (text, suggest) = (sentence.clone(), suggest.clone());
            view! {
                <label class="check">
                    <input
                        type="radio"
                        name="request[part]"
                        value=at.to_string()
                        checked=at == first.0
                        on:change=move |_| {
                            part.set(at);
                            front.set(suggest(&sentence));
                        }
                    />
                    <i></i>
                    <span>{text}</span>
                </label>
            }
        });
        view! {
            <fieldset>
                <legend class="label">"What stands on the back"</legend>
                {rows.collect_view()}
            </fieldset>
        }
        .into_any()
    });
    let choices = choices.unwrap_or_else(|| {
        view! {
            <input type="hidden" name="request[part]" value=first.0.to_string()/>
            <p class="label">"What stands on the back"</p>
            <blockquote class="quote"><p class="read">{format!("“{}”", first.1)}</p></blockquote>
        }
        .into_any()
    });
    let error = Signal::derive(move || fault.get().map(|error| error.to_string()));
    view! {
        <Dialog open title="Make a card" id="make-card" initially=true>
            <form method="post" action=KeepFlashcard::url() class="stack" on:submit=send>
                <input type="hidden" name="request[talk]" value=talk.to_string()/>
                <input type="hidden" name="request[line]" value=line.to_string()/>
                {choices}
                <div class="field">
                    <label for="front">"What stands on the front"</label>
                    <textarea
                        id="front"
                        class="input"
                        name="request[front]"
                        rows="3"
                        required
                        maxlength=FRONT_MAX_CHARS.to_string()
                        aria-describedby="front-hint front-error"
                        aria-invalid=move || error.get().map(|_| "true")
                        prop:value=front
                        on:input=move |event| front.set(event_target_value(&event))
                    >
                        {front.get_untracked()}
                    </textarea>
                    <p class="small soft" id="front-hint">"A gap is written _____"</p>
                    <FieldError id="front-error" error/>
                </div>
                <div class="dialog__acts">
                    <Close talking open/>
                    <button type="submit" class="btn btn--fill sakura" aria-disabled=move || pending.get().then_some("true")>
                        <Icon glyph=Glyph::Cards/>"Make it"
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

#[component]
fn ReportForm(talking: Talking, open: RwSignal<bool>, line: u64) -> impl IntoView {
    let talk = talking.talk.with_untracked(|talk| talk.id);
    let toasts = Toasts::here();
    let reason = RwSignal::new(String::new());
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let reason: String = reason.get_untracked().chars().take(REASON_MAX_CHARS).collect();
        if reason.is_empty() {
            return;
        }
        open.set(false);
        talking.reported.update(|lines| lines.push(line));
        spawn_local(async move {
            match report_line(Reporting { talk, line, reason }).await {
                Ok(()) => toasts.push(Toast::done("Thank you. Reported.")),
                Err(error) => {
                    talking.reported.try_update(|lines| lines.retain(|reported| *reported != line));
                    toasts.push(Toast::failed(error.to_string()));
                }
            }
        });
    };
    let reasons = REASONS.map(|(slug, words)| {
        view! {
            <label class="check">
                <input type="radio" name="request[reason]" value=slug required on:change=move |_| reason.set(slug.into())/>
                <i></i>
                {words}
            </label>
        }
    });
    view! {
        <Dialog open title="What is wrong with it?" id="report-line" initially=true>
            <form method="post" action=ReportLine::url() on:submit=send>
                <input type="hidden" name="request[talk]" value=talk.to_string()/>
                <input type="hidden" name="request[line]" value=line.to_string()/>
                <fieldset>
                    <legend class="sr">"What is wrong with it?"</legend>
                    {reasons}
                </fieldset>
                <p class="micro soft">"Whoever runs this Mitochi can read it. The line is hidden from you."</p>
                <div class="dialog__acts">
                    <Close talking open/>
                    <button type="submit" class="btn btn--fill coral"><Icon glyph=Glyph::Flag/>"Report"</button>
                </div>
            </form>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::super::api::Part;
    use super::*;
    use domain::{
        document::Span,
        tutor::{Rung, Verdict},
    };

    #[test]
    fn cards_are_made_of_what_is_cited_and_not_of_hints() {
        let parts = vec![Part::ours("So:"), Part::cited("It falls.", Span { start: 0, end: 9 }, 1)];
        let of_answer = cited(&Said::Judged { verdict: Verdict::Wrong, parts: parts.clone() });
        assert_eq!(of_answer, [(1, "It falls.".to_string())]);
        assert_eq!(cited(&Said::Hinted { rung: Rung::Narrowing, parts }), []);
        assert_eq!(cited(&Said::Told(vec![Part::ours("Hello")])), []);
    }
}
