//! `/admin/users`.

use super::api::{
    CreateUser, InviteUser, Registration, ResetUser, SwitchUser, User, Users, WithdrawInvitations, load_users,
};
use crate::{
    library::intake::size,
    quiz::due::seen,
    resource::resource,
    ui::{ErrorState, Glyph, Hue, Icon, Note, Skeleton, returned::returned_error},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// `/admin/users`. Whoever is not the administrator finds nothing there.
#[component]
pub fn UsersPage() -> impl IntoView {
    let users = resource(|| (), |()| load_users());
    view! {
        <Title text="Accounts"/>
        <header class="page-head">
            <div>
                <a class="btn btn--quiet btn--sm memory__back" href="/settings"><Icon glyph=Glyph::Left/>"Settings"</a>
                <h1>"Accounts"</h1>
                <p class="soft">"Who may come in here. What they study is theirs alone: it is not shown to you."</p>
            </div>
        </header>
        <Transition fallback=|| view! { <Skeleton label="the accounts"/> }>
            {move || Suspend::new(async move {
                match users.await {
                    Ok(users) => view! { <Accounts users/> }.into_any(),
                    Err(error) => {
                        view! { <ErrorState error whole_page=true retry=Callback::new(move |()| users.refetch())/> }.into_any()
                    }
                }
            })}
        </Transition>
    }
}

/// The link that was just made, to be copied and sent.
fn made() -> Option<impl IntoView> {
    let (path, token) = use_query_map().with_untracked(|query| {
        let invite = query.get("invite").map(|token| ("/register?invite=", token));
        invite.or_else(|| query.get("link").map(|token| ("/password?token=", token)))
    })?;
    // what is shown is to be sent on: nothing else than a token
    let token: String = token.chars().filter(char::is_ascii_hexdigit).collect();
    let words = match path {
        "/register?invite=" => "Whoever has this link can make an account with it, once, within seven days.",
        _ => "Whoever has this link sets the password of the account with it, once, within a day.",
    };
    Some(view! {
        <Note hue=Hue::Honey glyph=Glyph::Info>
            <p role="status"><b>{words}</b></p>
            <p class="mono small"><a href=format!("{path}{token}") rel="external">{format!("{path}{token}")}</a></p>
            <p>"Put the address of this site before it and send it on. It is not shown again."</p>
        </Note>
    })
}

#[component]
fn Accounts(users: Users) -> impl IntoView {
    let Users { users, registration, invitations, now } = users;
    let refused = [CreateUser::PATH, ResetUser::PATH, SwitchUser::PATH].into_iter().find_map(returned_error);
    let refused = refused.map(|error| {
        view! { <Note hue=Hue::Coral glyph=Glyph::Warn alert=true><p>{error.to_string()}</p></Note> }
    });
    let who = match registration {
        Registration::Open => "Everybody can make an account.",
        Registration::Invite => "Whoever has a link from you can make an account.",
        Registration::Closed => "Nobody can make an account by themselves: you make it here.",
    };
    let waiting = (invitations > 0).then(|| {
        view! {
            <form method="post" action=WithdrawInvitations::url()>
                <button type="submit" class="btn btn--quiet btn--sm coral">{format!("Take back {invitations} unused")}</button>
            </form>
        }
    });
    let rows = users.into_iter().map(|user| account(user, now)).collect_view();
    view! {
        <div class="settings memory">
            <div class="stack">
                {made()}
                {refused}
                <section class="card sect lav">
                    <h2><Icon glyph=Glyph::Plus/>"Somebody new"</h2>
                    <p class="small soft">{who}" MITOCHI_REGISTRATION says so: open, invite or closed."</p>
                    <div class="rows memory__on">
                        <div class="opt opt--stack">
                            <div><b>"By a link"</b><span class="small soft">"They choose address and password"</span></div>
                            {waiting}
                            <form method="post" action=InviteUser::url()>
                                <button type="submit" class="btn btn--line btn--sm">"Make a link"</button>
                            </form>
                        </div>
                        <form class="opt opt--stack" method="post" action=CreateUser::url()>
                            <div class="field">
                                <label for="email">"By their address"</label>
                                <input class="input" id="email" type="email" name="email" required autocomplete="off"/>
                            </div>
                            <button type="submit" class="btn btn--line btn--sm">"Make the account"</button>
                        </form>
                    </div>
                </section>
                <section class="card sect sky">
                    <h2><Icon glyph=Glyph::User/>"All accounts"</h2>
                    <ul class="rows">{rows}</ul>
                </section>
            </div>
        </div>
    }
}

fn account(user: User, now: i64) -> impl IntoView {
    let used = user.seen.map_or("never logged in".to_string(), |at| format!("used {}", seen(at, now)));
    let shut = user.disabled.map(|at| format!(" · shut {}", seen(at, now))).unwrap_or_default();
    let runs = if user.administrator { " · administrator" } else { "" };
    let facts = format!("since {} · {used} · {}{runs}{shut}", seen(user.created, now), size(user.bytes));
    let id = user.id.to_string();
    let (word, on) = if user.disabled.is_some() { ("Open again", "true") } else { ("Shut", "false") };
    let switch = (!user.administrator).then(|| {
        view! {
            <form method="post" action=SwitchUser::url()>
                <input type="hidden" name="user" value=id.clone()/>
                <input type="hidden" name="on" value=on/>
                <button type="submit" class="btn btn--line btn--sm" aria-label=format!("{word} {}", user.email)>{word}</button>
            </form>
        }
    });
    view! {
        <li class="opt opt--stack">
            <div><b>{user.email.clone()}</b><span class="small soft">{facts}</span></div>
            <form method="post" action=ResetUser::url()>
                <input type="hidden" name="user" value=id.clone()/>
                <button type="submit" class="btn btn--quiet btn--sm" aria-label=format!("New password for {}", user.email)>"New password"</button>
            </form>
            {switch}
        </li>
    }
}
