//! Bars and rings. Neither ever stands without its number: the caller writes it beside, the label says it.

use super::Hue;
use leptos::prelude::*;

/// How thick a bar is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BarSize {
    /// 12 px.
    #[default]
    Normal,
    /// 8 px.
    Thin,
    /// 6 px.
    Mini,
}

/// The class of a bar, or a slider, that stands at so many per cent. Classes, because pages have no inline styles: the
/// content security policy refuses them.
pub(crate) fn at(percent: u32) -> String {
    format!("at-{}", percent.min(100))
}

/// Share of a whole in per cent, 0 to 100; 0 of 0 is nothing.
fn percent(value: u32, max: u32) -> u32 {
    if max == 0 { 0 } else { (u64::from(value.min(max)) * 100 / u64::from(max)) as u32 }
}

/// A bar that fills.
#[component]
pub fn Bar(
    /// What it measures, as a screen reader says it.
    #[prop(into)]
    label: Signal<String>,
    /// How much.
    #[prop(into)]
    value: Signal<u32>,
    /// Of how much.
    #[prop(into)]
    max: Signal<u32>,
    /// Its colour.
    hue: Hue,
    /// How thick.
    #[prop(optional)]
    size: BarSize,
) -> impl IntoView {
    let size = match size {
        BarSize::Normal => "",
        BarSize::Thin => " bar--thin",
        BarSize::Mini => " bar--mini",
    };
    view! {
        <span
            class=move || format!("bar{size} {} {}", hue.class(), at(percent(value.get(), max.get())))
            role="progressbar"
            aria-label=move || label.get()
            aria-valuemin="0"
            aria-valuenow=move || value.get().min(max.get()).to_string()
            aria-valuemax=move || max.get().to_string()
        >
            <i></i>
        </span>
    }
}

/// A ring that closes; what stands inside are the children.
#[component]
pub fn Ring(
    /// What it measures and how much of it, as a screen reader says it: 'Daily goal: 85 of 120 XP'.
    #[prop(into)]
    label: Signal<String>,
    /// How much.
    #[prop(into)]
    value: Signal<u32>,
    /// Of how much.
    #[prop(into)]
    max: Signal<u32>,
    /// Its colour.
    hue: Hue,
    /// Further classes: its size.
    #[prop(optional)]
    class: &'static str,
    /// Inside.
    children: Children,
) -> impl IntoView {
    let dash = move || format!("{} 100", percent(value.get(), max.get()));
    // a round cap of a dash of length 0 would still be a dot
    let empty = move || percent(value.get(), max.get()) == 0;
    view! {
        <div class=format!("ring {} {class}", hue.class()) role="img" aria-label=move || label.get()>
            <svg viewBox="0 0 200 200" aria-hidden="true">
                <circle class="track" cx="100" cy="100" r="88" stroke-width="16"/>
                <g class:none=empty>
                    <circle class="edge" cx="100" cy="100" r="88" stroke-width="16" pathLength="100" stroke-dasharray=dash/>
                    <circle class="arc" cx="100" cy="100" r="88" stroke-width="13" pathLength="100" stroke-dasharray=dash/>
                </g>
            </svg>
            {children()}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_share_stays_between_nothing_and_all() {
        for (value, max, expected) in
            [(0, 0, 0), (0, 10, 0), (85, 120, 70), (10, 10, 100), (400, 10, 100), (u32::MAX, u32::MAX, 100)]
        {
            assert_eq!(percent(value, max), expected, "{value} of {max}");
        }
    }
}
