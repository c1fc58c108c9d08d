//! The model of each tier, whether its provider is asked, and trying one now that is left alone.

use super::api::{Seat, Standing, TryNow};
use crate::{
    browser,
    ui::{FormError, Glyph, Hue, Icon},
};
use leptos::{form::ActionForm, html, prelude::*};

/// The section.
#[component]
pub(super) fn Seats(
    /// As they are at first.
    seats: Vec<Seat>,
    /// Of the page, for forms without scripts.
    days: usize,
) -> impl IntoView {
    let seats = RwSignal::new(seats);
    let trial = ServerAction::<TryNow>::new();
    let list = NodeRef::<html::Ul>::new();
    Effect::new(move |_| {
        if let Some(Ok(now)) = trial.value().get() {
            seats.set(now);
            // the pressed button is gone
            if let Some(list) = list.get_untracked() {
                browser::focus(&list);
            }
        }
    });
    let error = Signal::derive(move || trial.value().get().and_then(Result::err));
    let pending = trial.pending();
    let row = move |Seat { tier, model, title, here, endpoint, standing, wait }: Seat| {
        let (hue, glyph, word, words) = match standing {
            Standing::Closed => (Hue::Mint, Glyph::Check, "Closed", "is asked"),
            Standing::Trying => (Hue::Honey, Glyph::Clock, "Half open", "the next request tries it out"),
            Standing::Open => (
                Hue::Coral,
                Glyph::Cross,
                "Open",
                "left alone for a while after failures; others are asked meanwhile",
            ),
        };
        let place = if here { "on this machine".to_string() } else { title };
        let named = model.clone();
        let now = (standing == Standing::Open).then(|| {
            view! {
                <div class="breaker__now">
                    <ActionForm action=trial>
                        <input type="hidden" name="request[endpoint]" value=endpoint/>
                        <input type="hidden" name="request[days]" value=days/>
                        <button
                            type="submit"
                            class="btn btn--line btn--sm"
                            aria-disabled=move || pending.get().then_some("true")
                        >
                            <Icon glyph=Glyph::Refresh/>
                            "Try now"
                            <span class="sr">{format!(": {named}")}</span>
                        </button>
                    </ActionForm>
                    {wait.map(|wait| view! { <span class="micro soft">{format!("by itself in {}", after(wait))}</span> })}
                </div>
            }
        });
        view! {
            <li class=format!("breaker {}", hue.class())>
                <span class="breaker__pic"><Icon glyph=Glyph::Server/></span>
                <b>{model}</b>
                <span class=format!("chip {}", hue.class())><Icon glyph=glyph/>{word}</span>
                <span class="micro soft">{format!("{tier}, {place}: {words}")}</span>
                {now}
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby="breakers">
            <div class="card__head"><h2 id="breakers">"Breakers"</h2><span class="small soft">"the model of each tier"</span></div>
            <FormError error fields=&[]/>
            <ul class="rows" node_ref=list aria-labelledby="breakers">
                {move || seats.get().into_iter().map(row).collect_view()}
            </ul>
        </section>
    }
}

/// A pause as it is read beside a button.
fn after(seconds: u32) -> String {
    match seconds {
        ..=90 => format!("{seconds}\u{a0}s"),
        _ => format!("{}\u{a0}minutes", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::after;

    #[test]
    fn a_pause_is_told_in_seconds_or_minutes() {
        for (seconds, told) in
            [(0, "0\u{a0}s"), (40, "40\u{a0}s"), (91, "2\u{a0}minutes"), (300, "5\u{a0}minutes")]
        {
            assert_eq!(after(seconds), told);
        }
    }
}
