//! `/settings/security`. Every change is a plain form, so the page is the same with and without scripts.

use super::api::{
    ChangeAddress, ChangePassword, EndOtherSessions, EndSession, Event, Security, SessionRow, load_security,
};
use crate::{
    error::ApiError,
    quiz::due::seen,
    resource::resource,
    ui::{ErrorState, Glyph, Hue, Icon, Note, Skeleton, returned::returned_error},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// `/settings/security`.
#[component]
pub fn SecurityPage() -> impl IntoView {
    let security = resource(|| (), |()| load_security());
    view! {
        <Title text="Security"/>
        <header class="page-head">
            <div>
                <a class="btn btn--quiet btn--sm memory__back" href="/settings"><Icon glyph=Glyph::Left/>"Settings"</a>
                <h1>"Security"</h1>
                <p class="soft">"Your password and address, where you are logged in, and what happened to your account."</p>
            </div>
        </header>
        <Transition fallback=|| view! { <Skeleton label="your sessions"/> }>
            {move || Suspend::new(async move {
                match security.await {
                    Ok(security) => view! { <Sections security/> }.into_any(),
                    Err(error) => {
                        view! { <ErrorState error retry=Callback::new(move |()| security.refetch())/> }.into_any()
                    }
                }
            })}
        </Transition>
    }
}

/// What a form of this page brought back.
fn refused(path: &str) -> Option<impl IntoView + use<>> {
    let error: ApiError = returned_error(path)?;
    Some(view! { <Note hue=Hue::Coral glyph=Glyph::Warn alert=true><p>{error.to_string()}</p></Note> })
}

#[component]
fn Sections(security: Security) -> impl IntoView {
    let Security { email, sessions, events, now } = security;
    let done = use_query_map().with_untracked(|query| query.get("done"));
    let done = done.and_then(|what| match what.as_str() {
        "password" => Some("Your password is another one now. Everywhere else you were logged out."),
        "address" => Some("You log in with the new address from now on."),
        "ended" => Some("That session has ended."),
        "others" => Some("You are logged out everywhere else."),
        _ => None,
    });
    let done = done
        .map(|words| view! { <Note hue=Hue::Mint glyph=Glyph::Check><p role="status">{words}</p></Note> });
    let others = sessions.len() > 1;
    let sessions = sessions.into_iter().map(|row| session(row, now)).collect_view();
    let events = events.into_iter().map(|event| told(event, now)).collect_view();
    view! {
        <div class="settings memory">
            <div class="stack">
                {done}
                {refused(EndSession::PATH)}
                <section class="card sect lav" id="sessions">
                    <h2><Icon glyph=Glyph::User/>"Where you are logged in"</h2>
                    <ul class="rows">{sessions}</ul>
                    {others.then(|| view! {
                        <form method="post" action=EndOtherSessions::url() class="memory__on">
                            <button type="submit" class="btn btn--line btn--sm">"Log out everywhere else"</button>
                        </form>
                    })}
                </section>
                <section class="card sect sakura" id="password">
                    <h2><Icon glyph=Glyph::Shield/>"Password"</h2>
                    {refused(ChangePassword::PATH)}
                    <form method="post" action=ChangePassword::url() class="stack">
                        <div class="field">
                            <label for="old">"Password until now"</label>
                            <input class="input" id="old" type="password" name="request[old]" autocomplete="current-password" required/>
                        </div>
                        <div class="field">
                            <label for="new">"New password"</label>
                            <input class="input" id="new" type="password" name="request[password]" autocomplete="new-password" minlength="12" required/>
                            <p class="small soft">"12 characters or more. Everywhere else you are logged out."</p>
                        </div>
                        <button type="submit" class="btn btn--fill sakura">"Change the password"</button>
                    </form>
                </section>
                <section class="card sect sky" id="address">
                    <h2><Icon glyph=Glyph::User/>"Address"</h2>
                    {refused(ChangeAddress::PATH)}
                    <form method="post" action=ChangeAddress::url() class="stack">
                        <div class="field">
                            <label for="email">"E-mail"</label>
                            <input class="input" id="email" type="email" name="request[email]" value=email autocomplete="email" required/>
                        </div>
                        <div class="field">
                            <label for="address-password">"Your password"</label>
                            <input class="input" id="address-password" type="password" name="request[password]" autocomplete="current-password" required/>
                        </div>
                        <button type="submit" class="btn btn--line">"Change the address"</button>
                    </form>
                </section>
                <section class="card sect mint" id="events">
                    <h2><Icon glyph=Glyph::List/>"What happened"</h2>
                    <p class="small soft">"Of the last half year. Something here that was not you? Change the password."</p>
                    <ul class="rows memory__on">{events}</ul>
                </section>
            </div>
        </div>
    }
}

/// 'from 192.0.2.7', where it is known.
fn from(address: &str) -> String {
    if address.is_empty() { String::new() } else { format!(" · from {address}") }
}

fn session(row: SessionRow, now: i64) -> impl IntoView {
    let browser = if row.browser.is_empty() { "A browser".to_string() } else { row.browser };
    let used = if row.here { "This one".to_string() } else { format!("used {}", seen(row.seen, now)) };
    let facts = format!("{used}{} · since {}", from(&row.address), seen(row.began, now));
    let end = (!row.here).then(|| {
        let label = format!("End it: {browser}");
        view! {
            <form method="post" action=EndSession::url()>
                <input type="hidden" name="which" value=row.id.to_string()/>
                <button type="submit" class="btn btn--line btn--sm" aria-label=label>"End it"</button>
            </form>
        }
    });
    view! {
        <li class="opt opt--stack">
            <div><b>{browser.clone()}</b><span class="small soft">{facts}</span></div>
            {end}
        </li>
    }
}

fn told(event: Event, now: i64) -> impl IntoView {
    view! {
        <li class="opt">
            <div><b>{event.what}</b><span class="small soft">{seen(event.at, now)}{from(&event.address)}</span></div>
        </li>
    }
}
