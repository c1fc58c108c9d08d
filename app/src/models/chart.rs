//! Cost by day, as bars of tasks and as the table that says the same.

use super::{
    api::Day,
    cost::{CENT, dollars, task},
};
use leptos::prelude::*;

/// The drawing's box: where its lines begin, end, stand.
const LEFT: f64 = 46.0;
const RIGHT: f64 = 434.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 196.0;

/// The step between lines, in nanodollars: 1, 2 or 5 of a power of ten, a cent at least, so that four or fewer hold
/// the highest.
fn step(highest: i64) -> i64 {
    let steps = (0..12).flat_map(|power| [1, 2, 5].map(|of| of * CENT * 10_i64.pow(power)));
    steps.into_iter().find(|step| step * 4 >= highest).unwrap_or(highest)
}

/// 'YYYY-MM-DD' as '3 May'.
pub(super) fn short_date(date: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = date.split('-').skip(1).filter_map(|part| part.parse::<usize>().ok());
    let (month, day) = (parts.next().unwrap_or(1), parts.next().unwrap_or(1));
    format!("{day}\u{a0}{}", MONTHS.get(month.wrapping_sub(1)).unwrap_or(&""))
}

/// The chart with its table.
#[component]
pub(super) fn Costs(
    /// The oldest first.
    days: Vec<Day>,
    /// What may be spent on a day.
    limit: Option<i64>,
) -> impl IntoView {
    let highest = days.iter().map(Day::cost).max().unwrap_or(0);
    // a limit far above all bars would flatten them
    let limit = limit.filter(|limit| *limit <= highest.saturating_mul(3));
    let step = step(highest.max(limit.unwrap_or(0)));
    let lines = highest.max(limit.unwrap_or(0)).div_euclid(step) + 1;
    let scale = (BOTTOM - TOP) / (lines * step) as f64;
    let height = move |cost: i64| cost as f64 * scale;
    let mut used: Vec<String> =
        days.iter().flat_map(|day| day.tasks.iter().map(|(name, _)| name.clone())).collect();
    used.sort_unstable();
    used.dedup();
    let grid = (0..=lines)
        .map(|line| {
            let y = BOTTOM - height(line * step);
            view! {
                <path class="chart__line" d=format!("M{LEFT} {y:.1}H{RIGHT}")/>
                <text x=(LEFT - 6.0).to_string() y=format!("{:.1}", y + 4.0) text-anchor="end">{dollars(line * step)}</text>
            }
        })
        .collect_view();
    let width = (RIGHT - LEFT) / days.len().max(1) as f64;
    let bars = days
        .iter()
        .enumerate()
        .map(|(index, day)| {
            let x = LEFT + index as f64 * width + width * 0.15;
            let mut y = BOTTOM;
            let parts = day.tasks.iter().filter(|(_, cost)| *cost > 0);
            parts
                .map(|(name, cost)| {
                    y -= height(*cost);
                    view! {
                        <rect
                            class=format!("chart__bar {}", task(name).1.class())
                            x=format!("{x:.1}")
                            y=format!("{y:.1}")
                            width=format!("{:.1}", width * 0.7)
                            height=format!("{:.1}", height(*cost))
                            rx=format!("{:.1}", (width * 0.2).min(2.0))
                        />
                    }
                })
                .collect_view()
        })
        .collect_view();
    let last = days.len().saturating_sub(1);
    // as many as stand beside each other on a phone
    let apart = days.len().div_ceil(3).max(1);
    let dates = days
        .iter()
        .enumerate()
        .filter(|(index, _)| (last - index).is_multiple_of(apart) || *index == 0)
        .map(|(index, day)| {
            let x = LEFT + (index as f64 + 0.5) * width;
            let anchor = match index {
                0 => "start",
                _ if index == last => "end",
                _ => "middle",
            };
            view! { <text x=format!("{x:.1}") y="220" text-anchor=anchor>{short_date(&day.date)}</text> }
        })
        .collect_view();
    let key = used
        .iter()
        .map(|name| {
            let (words, hue) = task(name);
            view! { <span class=hue.class()><i></i>{words}</span> }
        })
        .collect_view();
    let dearest = days.iter().max_by_key(|day| day.cost());
    let label = match dearest {
        Some(day) if highest > 0 => format!(
            "Cost a day over {} days; the highest is {} on {}",
            days.len(),
            dollars(highest),
            short_date(&day.date)
        ),
        _ => format!("Cost a day over {} days: nothing was paid", days.len()),
    };
    let head = used.iter().map(|name| view! { <th class="n" scope="col">{task(name).0}</th> }).collect_view();
    let rows = days
        .iter()
        .rev()
        .filter(|day| !day.tasks.is_empty())
        .map(|day| {
            let of =
                |name: &String| day.tasks.iter().filter(|(of, _)| of == name).map(|(_, cost)| cost).sum();
            let cells =
                used.iter().map(|name| view! { <td class="n mono">{dollars(of(name))}</td> }).collect_view();
            view! {
                <tr>
                    <th scope="row">{short_date(&day.date)}</th>
                    <td class="n mono">{dollars(day.cost())}</td>
                    {cells}
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card toggle" aria-labelledby="days">
            <div class="card__head">
                <div>
                    <h2 id="days">"Cost a day, by task"</h2>
                    <p class="small soft">{match limit {
                        Some(_) => "The dashed line is the limit of a day",
                        None => "In dollars; days are those of UTC",
                    }}</p>
                </div>
                <div class="seg seg--fit" role="group" aria-label="Show as">
                    <label>"Chart"<input type="radio" name="costs" value="chart" checked=true/></label>
                    <label>"Table"<input type="radio" name="costs" value="table"/></label>
                </div>
            </div>
            <div class="as-chart">
                <svg class="chart" viewBox="0 0 440 228" role="img" aria-label=label>
                    {grid}
                    {bars}
                    {limit.map(|limit| {
                        let y = BOTTOM - height(limit);
                        view! { <path class="chart__limit" d=format!("M{LEFT} {y:.1}H{RIGHT}")/> }
                    })}
                    {dates}
                </svg>
                <p class="keyline">{key}</p>
            </div>
            <div class="as-table tablewrap" tabindex="0" role="region" aria-label="Cost a day as a table">
                <table class="table">
                    <thead><tr><th scope="col">"Day"</th><th class="n" scope="col">"All"</th>{head}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_steps_hold_the_highest() {
        for (highest, expected) in [
            (0, CENT),
            (4 * CENT, CENT),
            (4 * CENT + 1, 2 * CENT),
            (328 * CENT, 100 * CENT),
            (1_000 * CENT, 500 * CENT),
        ] {
            assert_eq!(step(highest), expected, "{highest}");
        }
    }

    #[test]
    fn dates_are_short() {
        assert_eq!(short_date("2026-05-03"), "3\u{a0}May");
        assert_eq!(short_date("nonsense"), "1\u{a0}Jan");
    }
}
