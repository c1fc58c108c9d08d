//! The keys, told in a dialog and, where there is room, beside the question.

use leptos::prelude::*;

/// Four keys beside the question, from 1024 px.
#[component]
pub fn KeyHints(options: usize) -> impl IntoView {
    view! {
        <dl class="helpkeys keys" aria-label="Keys">
            <dt><kbd class="kbd">"1"</kbd>"–"<kbd class="kbd">{options.to_string()}</kbd></dt><dd>"choose an answer"</dd>
            <dt><kbd class="kbd">"−"</kbd><kbd class="kbd">"+"</kbd></dt><dd>"less or more sure"</dd>
            <dt><kbd class="kbd">"X"</kbd></dt><dd>"rule out the chosen one"</dd>
            <dt><kbd class="kbd">"?"</kbd></dt><dd>"all keys"</dd>
        </dl>
    }
}

/// All keys.
#[component]
pub fn KeyHelp(
    /// Keys and what they do.
    keys: &'static [(&'static [&'static str], &'static str)],
) -> impl IntoView {
    let rows = keys
        .iter()
        .map(|(keys, meaning)| {
            let caps = keys.iter().map(|key| view! { <kbd class="kbd">{*key}</kbd> }).collect_view();
            view! { <dt>{caps}</dt><dd>{*meaning}</dd> }
        })
        .collect_view();
    view! {
        <div class="dialog" id="keys" popover="auto" role="dialog" aria-labelledby="keys-title">
            <h2 id="keys-title">"Keys"</h2>
            <dl class="helpkeys helpkeys--all">{rows}</dl>
            <div class="dialog__acts">
                <a class="btn btn--quiet btn--sm" href="/settings">"Switch keys off"</a>
                <button type="button" class="btn btn--line btn--sm" popovertarget="keys" popovertargetaction="hide">"Close"</button>
            </div>
        </div>
    }
}

/// The keys of a set.
pub const QUIZ_KEYS: &[(&[&str], &str)] = &[
    (&["1", "2", "…"], "choose an answer, also A to E"),
    (&["X"], "rule out the chosen one, or bring it back"),
    (&["−", "+"], "less or more sure"),
    (&["Enter"], "check the answer, then go on"),
    (&["?"], "show this"),
];

/// The keys of review.
pub const REVIEW_KEYS: &[(&[&str], &str)] = &[
    (&["Space"], "show the answer"),
    (&["1"], "Again: forgotten"),
    (&["2"], "Hard: recalled with effort"),
    (&["3"], "Good: recalled"),
    (&["4"], "Easy: recalled at once"),
    (&["U"], "undo the last grade"),
    (&["?"], "show this"),
];
