//! The administrator's page: what language models cost, what was spared, and whether they answer.

use super::{
    api::{Line, Overview, Seat, Standing, Today, load_overview},
    chart::Costs,
    cost::{dollars, failure, grouped, seconds, share, task},
};
use crate::resource::resource;
use crate::ui::{Bar, Empty, ErrorState, Glyph, Hue, Icon, Mito, Skeleton, progress::BarSize};
use leptos::prelude::*;
use leptos_meta::Title;

/// `/admin/ai`. Whoever is not the administrator finds nothing there.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let overview = resource(|| (), |()| load_overview());
    let retry = Callback::new(move |()| overview.refetch());
    view! {
        <Title text="Language models"/>
        <Transition fallback=|| view! { <Skeleton label="what language models cost"/> }>
            {move || Suspend::new(async move {
                match overview.await {
                    Ok(overview) => view! { <Whole overview/> }.into_any(),
                    Err(error) => view! { <ErrorState error whole_page=true retry/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Whole(overview: Overview) -> impl IntoView {
    let Overview { days, tasks, models, all, failures, seats, today } = overview;
    let asked = !tasks.is_empty();
    let paid: i64 = days.iter().map(super::api::Day::cost).sum();
    let by_task = tasks.iter().map(|line| {
        let (words, hue) = task(&line.name);
        (words, Some(hue), line.clone())
    });
    let by_task: Vec<_> = by_task.collect();
    let by_model: Vec<_> = models.into_iter().map(|line| (line.name.clone(), None, line)).collect();
    let limit = today.limit;
    view! {
        <header class="page-head">
            <div>
                <h1>"Language models"</h1>
                <p>"What they cost, what was spared, and whether they answer: the last 30 days"</p>
            </div>
        </header>
        <div class="stack overview">
            {(!asked && seats.is_empty()).then(|| view! {
                <div class="card">
                    <Empty
                        mito=Mito::Sleep
                        title="No language model is connected"
                        text="Nothing was asked and nothing was paid. A provider’s key or a server of your own connects one; the README says how."
                    />
                </div>
            })}
            {(asked || !seats.is_empty()).then(|| view! { <Figures all=all.clone() paid today failures=failures.clone()/> })}
            {(!asked && !seats.is_empty()).then(|| view! {
                <p class="card soft">"Nobody has asked a language model in the last 30 days."</p>
            })}
            {(asked || !seats.is_empty()).then(|| view! {
                <div class="two">
                    {asked.then(|| view! { <Costs days limit/> })}
                    <div class="stack">
                        {(!seats.is_empty()).then(|| view! { <Seats seats/> })}
                        <Budgets today/>
                    </div>
                </div>
            })}
            {asked.then(|| view! { <Lines id="tasks" title="By task" lines=by_task/> })}
            <div class="two">
                {(!by_model.is_empty()).then(|| view! { <Lines id="asked" title="By model" lines=by_model/> })}
                {(!failures.is_empty()).then(|| view! { <Failures failures all/> })}
            </div>
        </div>
    }
}

#[component]
fn Figures(all: Line, paid: i64, today: Today, failures: Vec<super::api::Failed>) -> impl IntoView {
    let spared = all.cached + all.shared;
    let asked = all.calls - spared;
    let failed: i64 = failures.iter().map(|failed| failed.calls).sum();
    let of = match today.limit {
        Some(limit) => format!("of {}; begins anew at 00:00 UTC", dollars(limit)),
        None => "no limit is set".into(),
    };
    let tokens = all.input + all.output;
    view! {
        <dl class="card card--flush kpis">
            <div class="kpi"><dt>"Today"</dt><dd><b>{dollars(today.spent)}</b><small>{of}</small></dd></div>
            <div class="kpi">
                <dt>"Last 30 days"</dt>
                <dd>
                    <b>{dollars(paid)}</b>
                    <small>{format!("{} calls, {} tokens", grouped(all.calls), short(tokens))}</small>
                </dd>
            </div>
            <div class="kpi">
                <dt>"Spared calls"</dt>
                <dd>
                    <b>{share(spared, all.calls)}</b>
                    <small>{format!("{} kept, {} shared", grouped(all.cached), grouped(all.shared))}</small>
                </dd>
            </div>
            <div class="kpi">
                <dt>"First word"</dt>
                <dd>
                    <b>{seconds(all.median)}</b>
                    <small>{match all.p95 {
                        Some(_) => format!("median; 95\u{a0}% within {}", seconds(all.p95)),
                        None => "nobody was asked yet".into(),
                    }}</small>
                </dd>
            </div>
            <div class="kpi">
                <dt>"Failed calls"</dt>
                <dd>
                    <b>{share(failed, asked)}</b>
                    <small>{format!("{} of {} that asked", grouped(failed), grouped(asked))}</small>
                </dd>
            </div>
        </dl>
    }
}

/// Tokens in thousands or millions.
fn short(tokens: i64) -> String {
    match tokens {
        ..10_000 => grouped(tokens),
        10_000..1_000_000 => format!("{}\u{a0}k", (tokens + 500) / 1_000),
        _ => {
            let tenths = (tokens + 50_000) / 100_000;
            format!("{}.{}\u{a0}M", grouped(tenths / 10), tenths % 10)
        }
    }
}

#[component]
fn Seats(seats: Vec<Seat>) -> impl IntoView {
    let rows = seats
        .into_iter()
        .map(|Seat { tier, model, title, here, standing }| {
            let (hue, glyph, word, words) = match standing {
                Standing::Closed => (Hue::Mint, Glyph::Check, "Closed", "is asked"),
                Standing::Trying => (Hue::Honey, Glyph::Clock, "Half open", "one request tries it out"),
                Standing::Open => {
                    (Hue::Coral, Glyph::Cross, "Open", "left alone for a while after failures; others are asked meanwhile")
                }
            };
            let place = if here { "on this machine".to_string() } else { title };
            view! {
                <li class=format!("breaker {}", hue.class())>
                    <span class="breaker__pic"><Icon glyph=Glyph::Server/></span>
                    <div><b>{model}</b><span class="micro soft">{format!("{tier}, {place}: {words}")}</span></div>
                    <span class=format!("chip {}", hue.class())><Icon glyph=glyph/>{word}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="breakers">
            <div class="card__head"><h2 id="breakers">"Breakers"</h2><span class="small soft">"the model of each tier"</span></div>
            <ul class="rows">{rows}</ul>
        </section>
    }
}

#[component]
fn Lines(id: &'static str, title: &'static str, lines: Vec<(String, Option<Hue>, Line)>) -> impl IntoView {
    let rows = lines
        .into_iter()
        .map(|(words, hue, line)| {
            let first = line.median.map(|_| {
                view! {
                    <small>
                        {format!("first word {}", seconds(line.median))}
                        <span class="wide">{format!(", 95\u{a0}% within {}", seconds(line.p95))}</span>
                    </small>
                }
            });
            view! {
                <tr>
                    <th scope="row" class:keyed=hue.is_some()>
                        {hue.map(|hue| view! { <span class=format!("swatch {}", hue.class())></span> })}
                        {words}
                        <small>{format!("{} tokens in, {} out", short(line.input), short(line.output))}</small>
                        {first}
                    </th>
                    <td class="n mono">{grouped(line.calls)}</td>
                    <td class="n mono">{share(line.cached + line.shared, line.calls)}</td>
                    <td class="n mono wide">{grouped(line.failed)}</td>
                    <td class="n mono">{dollars(line.cost)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby=id>
            <h2 id=id>{title}</h2>
            <table class="lines">
                <thead>
                    <tr>
                        <th scope="col">"Last 30 days"</th>
                        <th class="n" scope="col">"Calls"</th>
                        <th class="n" scope="col">"Spared"</th>
                        <th class="n wide" scope="col">"Failed"</th>
                        <th class="n" scope="col">"Paid"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

#[component]
fn Budgets(today: Today) -> impl IntoView {
    let row = |title: &'static str, spent: i64, limit: Option<i64>, words: &'static str| {
        let of = limit.map_or_else(|| "no limit".into(), dollars);
        let percent =
            limit.map(|limit| (spent.max(0) * 100).checked_div(limit).unwrap_or(100).min(100) as u32);
        let hue = match percent {
            Some(90..) => Hue::Coral,
            Some(50..) => Hue::Honey,
            _ => Hue::Mint,
        };
        view! {
            <li class="budget">
                <b>{title}</b>
                <span class="num">{dollars(spent)}" / "{of}</span>
                {percent.map(|percent| view! { <Bar label=format!("{title}: spent") value=percent max=100 hue size=BarSize::Thin/> })}
                <small>{words}</small>
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby="budgets">
            <h2 id="budgets">"Budgets of today"</h2>
            <ul class="rows">
                {row("All of it", today.spent, today.limit, "At the limit features go on without a language model until midnight (UTC)")}
                {row("One learner", today.highest, today.learner_limit, "The highest of today; an answer is never cut off")}
            </ul>
        </section>
    }
}

#[component]
fn Failures(failures: Vec<super::api::Failed>, all: Line) -> impl IntoView {
    let asked = all.calls - all.cached - all.shared;
    let rows = failures
        .into_iter()
        .map(|failed| {
            view! {
                <li class="failed">
                    <span>{failure(&failed.outcome).to_string()}</span>
                    <span class="mono">{grouped(failed.calls)}</span>
                    <span class="mono soft">{share(failed.calls, asked)}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="failures">
            <h2 id="failures">"Failed calls by kind"</h2>
            <ul class="rows">{rows}</ul>
        </section>
    }
}
