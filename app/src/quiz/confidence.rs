//! How sure: asked before any verdict. On a phone it unfolds once a choice is made; the button says what is missing.

use super::sitting::Sitting;
use domain::quiz::Confidence;
use leptos::prelude::*;

/// Confidence and the button that checks the answer. Both belong to the form `answer`.
#[component]
pub fn Submit(sitting: Sitting) -> impl IntoView {
    let options = Confidence::ALL
        .into_iter()
        .map(|confidence| {
            view! {
                <label>
                    <input
                        type="radio"
                        form="answer"
                        name="request[confidence]"
                        id=format!("sure-{}", confidence.slug())
                        value=confidence.slug()
                        required
                        checked=sitting.confidence.get_untracked() == Some(confidence)
                        on:change=move |_| sitting.confidence.set(Some(confidence))
                    />
                    {confidence.word()}
                    <small>{format!("{}\u{a0}%", confidence.percent())}</small>
                </label>
            }
        })
        .collect_view();
    view! {
        <div class="submit" hidden=move || sitting.is_told()>
            <fieldset>
                <legend class="label">"How sure are you?"</legend>
                <div class="seg conf">{options}</div>
            </fieldset>
            <button type="submit" form="answer" class="btn btn--fill btn--lg btn--block sakura">
                <span class="none">"Choose an answer first"</span>
                <span class="unsure">"Say how sure you are"</span>
                <span class="ready">"Check answer"</span>
                <kbd class="kbd">"Enter"</kbd>
            </button>
        </div>
    }
}

/// One step more or less sure.
pub fn shifted(confidence: Option<Confidence>, more: bool) -> Confidence {
    let Some(confidence) = confidence else {
        return if more { Confidence::Fairly } else { Confidence::Unsure };
    };
    let at = confidence as usize;
    Confidence::ALL[if more { (at + 1).min(3) } else { at.saturating_sub(1) }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use Confidence::*;

    #[test]
    fn more_and_less() {
        for (from, more, to) in [
            (None, true, Fairly),
            (None, false, Unsure),
            (Some(Guess), false, Guess),
            (Some(Guess), true, Unsure),
            (Some(Certain), true, Certain),
            (Some(Certain), false, Fairly),
        ] {
            assert_eq!(shifted(from, more), to);
        }
    }
}
