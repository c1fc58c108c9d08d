//! How sure against how right, as a chart and as a table with ranges.

use crate::quiz::api::Calibration;
use leptos::prelude::*;

/// From this many answers on the figures are more than a hint.
const FEW: u32 = 30;

/// 95 % score interval of a share, in per cent (E. B. Wilson, JASA 22 (1927) 209): it also holds for few answers.
fn wilson(right: u32, asked: u32) -> (u32, u32) {
    const Z: f64 = 1.96;
    let n = f64::from(asked.max(1));
    let share = f64::from(right) / n;
    let middle = share + Z * Z / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let bound = |at: f64| (at / (1.0 + Z * Z / n) * 100.0).round().clamp(0.0, 100.0) as u32;
    (bound(middle - half), bound(middle + half))
}

fn percent(right: u32, asked: u32) -> u32 {
    (f64::from(right) * 100.0 / f64::from(asked.max(1))).round() as u32
}

/// What stands out, in one sentence.
fn sentence(rows: &[Calibration]) -> String {
    let asked: u32 = rows.iter().map(|row| row.asked).sum();
    let hint = match asked {
        n if n >= FEW => String::new(),
        1 => "One answer says little. ".into(),
        n => format!("{n} answers are few: read this as a hint. "),
    };
    let off = |row: &Calibration| percent(row.right, row.asked) as i32 - i32::from(row.confidence.percent());
    let worst = rows.iter().filter(|row| row.asked > 1).max_by_key(|row| off(row).abs());
    let finding = worst.map(|row| {
        let word = row.confidence.word().to_lowercase();
        let comment = match off(row) {
            off if off <= -20 => ": less than you thought",
            off if off >= 20 => ": you know more than you think",
            _ => ": close",
        };
        format!("At ‘{word}’ you were right in {} of {}{comment}.", row.right, row.asked)
    });
    format!("{hint}{}", finding.unwrap_or_default())
}

/// Chart and table; nothing where no confidence was said.
#[component]
pub(super) fn CalibrationCard(calibration: Vec<Calibration>) -> impl IntoView {
    if calibration.is_empty() {
        return None;
    }
    let words = sentence(&calibration);
    Some(view! {
        <section class="card toggle" aria-labelledby="cal">
            <div class="card__head">
                <h2 id="cal">"Sure and right?"</h2>
                <div class="seg seg--fit" role="group" aria-label="Show as">
                    <label><input type="radio" name="cal" value="chart" checked/>"Chart"</label>
                    <label><input type="radio" name="cal" value="table"/>"Table"</label>
                </div>
            </div>
            <div class="as-chart"><Chart rows=calibration.clone()/></div>
            <div class="as-table"><Figures rows=calibration/></div>
            <p class="small soft">{words}</p>
        </section>
    })
}

#[component]
fn Figures(rows: Vec<Calibration>) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| {
            let (low, high) = wilson(row.right, row.asked);
            view! {
                <tr>
                    <th scope="row">{format!("{}, {}\u{a0}%", row.confidence.word(), row.confidence.percent())}</th>
                    <td class="n nowrap">{format!("{} of {}", row.right, row.asked)}</td>
                    <td class="n">
                        <span class="nowrap">{format!("{}\u{a0}%", percent(row.right, row.asked))}</span>
                        " "
                        <small class="soft nowrap">{format!("{low} to {high}")}</small>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">"You said"</th>
                    <th class="n" scope="col">"Right"</th>
                    <th class="n" scope="col">"Share, likely range"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

#[component]
fn Chart(rows: Vec<Calibration>) -> impl IntoView {
    // box of 440 x 272; 0 to 100 % lie from 44 to 428 across and from 224 to 24 upwards
    let x = |percent: u32| format!("{:.0}", 44.0 + f64::from(percent) * 3.84);
    let y = |percent: u32| format!("{:.0}", 224.0 - f64::from(percent) * 2.0);
    let said: Vec<String> = rows
        .iter()
        .map(|row| {
            format!("at {} percent sure right in {} of {}", row.confidence.percent(), row.right, row.asked)
        })
        .collect();
    let points: Vec<(String, String)> = rows
        .iter()
        .map(|row| (x(row.confidence.percent().into()), y(percent(row.right, row.asked))))
        .collect();
    let line = points.iter().map(|(x, y)| format!("{x} {y}")).collect::<Vec<_>>().join(" ");
    let marks = rows
        .iter()
        .zip(points)
        .map(|(row, (at, height))| {
            let (low, high) = wilson(row.right, row.asked);
            let range = format!("M{at} {}V{}", y(low), y(high));
            view! {
                <path d=range stroke="var(--color-lav-edge)" stroke-width="2" stroke-linecap="round"></path>
                <circle
                    cx=at
                    cy=height
                    r=(6 + row.asked.min(6)).to_string()
                    fill="var(--color-lav)"
                    stroke="var(--color-lav-ink)"
                    stroke-width="2.5"
                ></circle>
            }
        })
        .collect_view();
    let across = [25, 50, 75, 95]
        .map(|percent| view! { <text x=x(percent) y="246" text-anchor="middle">{percent}</text> })
        .collect_view();
    let up = [(0, "228"), (50, "128"), (100, "28")]
        .map(|(percent, y)| view! { <text x="36" y=y text-anchor="end">{percent}</text> })
        .collect_view();
    view! {
        <svg class="chart" viewBox="0 0 440 272" width="100%" role="img" aria-label=format!("Calibration: {}", said.join(", "))>
            <path d="M44 224H428M44 174H428M44 124H428M44 74H428M44 24H428" stroke="var(--color-line)"></path>
            <path d="M44 224 428 24" stroke="var(--color-line-strong)" stroke-width="2" stroke-dasharray="4 6"></path>
            <path d=format!("M{line}") fill="none" stroke="var(--color-lav-ink)" stroke-width="2.5" stroke-linejoin="round"></path>
            {marks}
            {up}
            {across}
            <text x="236" y="268" text-anchor="middle">"how sure you were, %"</text>
        </svg>
        <p class="keyline"><span class="lav"><i></i>"right, with likely range"</span><span>"dashed: perfect"</span></p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::quiz::Confidence;

    #[test]
    fn wilson_as_published() {
        // values of the closed form, as statsmodels' proportion_confint(method='wilson') gives them
        for (right, asked, range) in
            [(0, 10, (0, 28)), (1, 2, (9, 91)), (7, 10, (40, 89)), (10, 10, (72, 100)), (50, 100, (40, 60))]
        {
            assert_eq!(wilson(right, asked), range, "{right} of {asked}");
        }
    }

    #[test]
    fn what_stands_out() {
        let row = |confidence, right, asked| Calibration { confidence, right, asked };
        assert_eq!(
            sentence(&[row(Confidence::Guess, 1, 4), row(Confidence::Certain, 1, 3)]),
            "7 answers are few: read this as a hint. At ‘certain’ you were right in 1 of 3: less than you thought."
        );
        assert_eq!(sentence(&[row(Confidence::Fairly, 1, 1)]), "One answer says little. ");
    }
}
