//! Reports a question. The dialog is the browser's own popover, so it opens before any script is there.

use super::api::{Report, ReportQuestion, report_question};
use crate::ui::{Glyph, Icon, Toast, Toasts};
use domain::id::QuestionId;
use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};
use leptos_router::hooks::use_query_map;

/// What can be wrong, as it is sent and as it is shown.
const REASONS: [(&str, &str); 4] = [
    ("wrong key", "The key is wrong"),
    ("two answers fit", "Two answers fit"),
    ("quote does not support it", "The quote does not support it"),
    ("unclear", "It is unclear"),
];

/// The button and its dialog.
#[component]
pub fn ReportForm(
    /// Which.
    question: QuestionId,
    /// Its place in the set.
    position: u32,
    /// Where a form without scripts comes back to; `&reported={position}` is added.
    back: String,
) -> impl IntoView {
    let toasts = Toasts::here();
    let reason = RwSignal::new(String::new());
    // a form without scripts comes back with the place it reported
    let reported = use_query_map().with_untracked(|query| query.get("reported"));
    let sent = RwSignal::new(reported == Some(position.to_string()));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let reason = reason.get_untracked();
        if reason.is_empty() || sent.get_untracked() {
            return;
        }
        sent.set(true);
        crate::browser::hide_popover("report");
        spawn_local(async move {
            match report_question(Report { question, reason, next: String::new() }).await {
                Ok(()) => toasts.push(Toast::done("Thank you. Reported.")),
                Err(error) => {
                    sent.try_set(false);
                    toasts.push(Toast::failed(error.to_string()));
                }
            }
        });
    };
    let reasons = REASONS
        .into_iter()
        .map(|(slug, words)| {
            view! {
                <label class="check">
                    <input type="radio" name="request[reason]" value=slug required on:change=move |_| reason.set(slug.into())/>
                    <i></i>
                    {words}
                </label>
            }
        })
        .collect_view();
    view! {
        <div class="acts">
            <button type="button" class="btn btn--quiet btn--sm" popovertarget="report" disabled=sent>
                <Icon glyph=Glyph::Flag/>
                {move || if sent.get() { "Reported" } else { "Report this question" }}
            </button>
        </div>
        <div class="dialog" id="report" popover="auto" role="dialog" aria-labelledby="report-title">
            <form method="post" action=ReportQuestion::url() on:submit=send>
                <input type="hidden" name="request[question]" value=question.to_string()/>
                <input type="hidden" name="request[next]" value=format!("{back}&reported={position}")/>
                <fieldset>
                    <legend><h2 id="report-title">"What is wrong with it?"</h2></legend>
                    {reasons}
                </fieldset>
                <p class="micro soft">"Three learners' reports take a question out of practice."</p>
                <div class="dialog__acts">
                    <button type="button" class="btn btn--line" popovertarget="report" popovertargetaction="hide">"Cancel"</button>
                    <button type="submit" class="btn btn--fill coral"><Icon glyph=Glyph::Flag/>"Report"</button>
                </div>
            </form>
        </div>
    }
}
