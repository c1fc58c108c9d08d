//! The administrator's page: what language models cost, what was spared, and whether they answer.

use super::{
    api::{Line, Overview, Period, ProviderKey, Today, load_keys, load_overview},
    chart::Costs,
    cost::{dollars, failure, grouped, seconds, share, task},
    keys::Keys,
    seats::Seats,
};
use crate::resource::resource;
use crate::ui::{Bar, Empty, ErrorState, Glyph, Hue, Icon, Mito, Skeleton, progress::BarSize};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// `/admin/ai`. Whoever is not the administrator finds nothing there.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let keys = resource(|| (), |()| load_keys());
    let retry = Callback::new(move |()| keys.refetch());
    view! {
        <Title text="Language models"/>
        <Transition fallback=|| view! { <Skeleton label="what language models cost"/> }>
            {move || Suspend::new(async move {
                match keys.await {
                    Ok(keys) => view! { <Page keys/> }.into_any(),
                    Err(error) => view! { <ErrorState error whole_page=true retry/> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// What stays when another period is chosen or another key is set, around what does not.
#[component]
fn Page(keys: Vec<ProviderKey>) -> impl IntoView {
    let address = use_query_map();
    let period = Memo::new(move |_| Period::read(address.read().get_str("days")));
    let overview = resource(move || period.get(), load_overview);
    let again = Callback::new(move |()| overview.refetch());
    let periods = Period::ALL.map(|one| {
        view! {
            <a
                href=format!("/admin/ai?days={}", one.days)
                aria-current=move || (period.get() == one).then_some("page")
            >
                {format!("{} days", one.days)}
            </a>
        }
    });
    view! {
        <header class="page-head">
            <div>
                <h1>"Language models"</h1>
                <p>"What they cost, what was spared, and whether they answer"</p>
            </div>
            <nav class="seg seg--fit" aria-label="Period">{periods}</nav>
        </header>
        <div class="stack overview">
            <Transition fallback=|| view! { <Skeleton label="what language models cost"/> }>
                {move || Suspend::new(async move {
                    match overview.await {
                        Ok(overview) => view! { <Whole overview/> }.into_any(),
                        Err(error) => view! { <ErrorState error retry=again/> }.into_any(),
                    }
                })}
            </Transition>
            <Keys keys changed=again/>
        </div>
    }
}

#[component]
fn Whole(overview: Overview) -> impl IntoView {
    let Overview { days, tasks, models, all, failures, seats, today } = overview;
    let asked = !tasks.is_empty();
    let connected = !seats.is_empty();
    let paid: i64 = days.iter().map(super::api::Day::cost).sum();
    let by_task = tasks.iter().map(|line| {
        let (words, hue) = task(&line.name);
        (words, Some(hue), line.clone())
    });
    let by_task: Vec<_> = by_task.collect();
    let by_model: Vec<_> = models.into_iter().map(|line| (line.name.clone(), None, line)).collect();
    let limit = today.limit;
    let count = days.len();
    view! {
        {(!asked && !connected).then(|| view! {
            <div class="card">
                <Empty
                    mito=Mito::Sleep
                    title="No language model is connected"
                    text="Nothing was asked and nothing was paid. A provider’s key connects one, below or in the environment, or a server of your own; the README says how."
                />
            </div>
        })}
        {(asked || connected).then(|| view! {
            <Figures all=all.clone() paid today failures=failures.clone() days=count/>
        })}
        {(!asked && connected).then(|| view! {
            <p class="card soft">{format!("Nobody has asked a language model in the last {count} days.")}</p>
        })}
        {(asked || connected).then(|| view! {
            <div class="two">
                {asked.then(|| view! { <Costs days limit/> })}
                {connected.then(|| view! { <Seats seats days=count/> })}
            </div>
            <div class="two">
                {asked.then(|| view! { <Lines id="tasks" title="By task" lines=by_task days=count csv=true/> })}
                <Budgets today/>
            </div>
        })}
        {(!by_model.is_empty() || !failures.is_empty()).then(|| view! {
            <div class="two">
                {(!by_model.is_empty()).then(|| view! { <Lines id="asked" title="By model" lines=by_model days=count/> })}
                {(!failures.is_empty()).then(|| view! { <Failures failures all/> })}
            </div>
        })}
    }
}

#[component]
fn Figures(
    all: Line,
    paid: i64,
    today: Today,
    failures: Vec<super::api::Failed>,
    days: usize,
) -> impl IntoView {
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
                <dt>{format!("Last {days} days")}</dt>
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
fn Lines(
    id: &'static str,
    title: &'static str,
    lines: Vec<(String, Option<Hue>, Line)>,
    days: usize,
    /// Offers the sums as a file.
    #[prop(optional)]
    csv: bool,
) -> impl IntoView {
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
            <div class="card__head">
                <h2 id=id>{title}</h2>
                {csv.then(|| view! {
                    <a class="btn btn--quiet btn--sm lav" href=format!("/admin/ai.csv?days={days}") download="" rel="external">
                        <Icon glyph=Glyph::Download/>
                        "CSV"
                        <span class="sr">" of all sums"</span>
                    </a>
                })}
            </div>
            <table class="lines">
                <thead>
                    <tr>
                        <th scope="col">{format!("Last {days} days")}</th>
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
